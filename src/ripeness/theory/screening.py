"""Screening two cost types while fighting, by the reduction to a seller and a buyer: theory II.3.3.

Net of fighting to the finish the uninformed side is a seller of cost 0 and the informed side a buyer worth v_H (weak)
or v_L (tough); delta_tilde = delta (1 - q). A closed recursion, not a game for the engine of complete information.
Sources: Powell (2004 AJPS); path as in Fudenberg & Tirole (1983), Fudenberg, Levine & Tirole (1985), Hart (1989).
"""

from __future__ import annotations

from typing import NamedTuple


class ScreeningPath(NamedTuple):
    rounds: int
    """Offers that may be rejected before the pooling offer."""
    net_offers: tuple[float, ...]
    """Falling offers P_n, ..., P_0 = v_L, net of the seller's value of fighting on."""
    value_net: float
    cutoffs: tuple[float, ...]
    """m_0 = 0, ..., m_(n+1): beliefs between which n rounds are best."""


def screening_path(value_weak: float, value_tough: float, discount: float, prior_weak: float) -> ScreeningPath:
    """Offers, value and cut-offs of the infinite horizon (3.3): P_n = v_H - delta^n (v_H - v_L).

    V_n(mu) = a_n P_n + (1 - a_n) delta V(m_(n-1)) with a_n = (mu - m_(n-1)) / (1 - m_(n-1)); m_(n+1) solves V_(n+1) =
    V_n. Both sides are linear in mu, so each cut-off is one division.

    Args:
        discount: delta_tilde per round.
        prior_weak: belief mu that the informed side is weak, in [0, 1).
    """
    if not 0.0 < value_tough < value_weak:
        raise ValueError(f"values must satisfy 0 < value_tough < value_weak, got {value_tough:g} and {value_weak:g}")

    def price(n: int) -> float:
        return value_weak - discount**n * (value_weak - value_tough)

    cutoffs = [0.0]
    intercept, slope = value_tough, 0.0  # V_0 does not depend on the belief
    rounds = 0
    while True:
        start = cutoffs[-1]
        after = discount * (intercept + slope * start)  # delta V(m_n)
        slope_next = (price(rounds + 1) - after) / (1.0 - start)
        intercept_next = after - slope_next * start
        cutoffs.append((intercept_next - intercept) / (slope - slope_next))
        if prior_weak < cutoffs[-1]:
            break
        intercept, slope = intercept_next, slope_next
        rounds += 1
    return ScreeningPath(
        rounds=rounds,
        net_offers=tuple(price(n) for n in range(rounds, -1, -1)),
        value_net=intercept + slope * prior_weak,
        cutoffs=tuple(cutoffs),
    )

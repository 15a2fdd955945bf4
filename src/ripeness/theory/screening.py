"""Screening two cost types while fighting, by the reduction to a seller and a buyer: theory II.3.3 and II.3.4.

The uninformed side U proposes every period; a rejected offer costs each side, and with probability q the round is
decisive. Net of fighting to the finish U is a seller of cost 0 and the informed side a buyer worth v_H (weak) or v_L
(tough); delta_tilde = delta (1 - q).
Sources: Powell (2004 AJPS); path as in Fudenberg & Tirole (1983), Fudenberg, Levine & Tirole (1985), Hart (1989). The
reduction and the game of two periods were derived for this project.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class DecisiveRounds(NamedTuple):
    """Fighting in rounds of which each may decide the war."""

    discount: float
    """delta per round."""
    decisive: float
    """q, probability that a round decides the war."""
    win_probability: float
    """p, that U wins a decisive round, and with it the whole pie."""
    cost_u: float
    """Of a round, to U."""

    @property
    def discount_tilde(self) -> float:
        """delta (1 - q): a round later, and the war still open."""
        return self.discount * (1.0 - self.decisive)

    @property
    def fighting_u(self) -> float:
        """W_U, U's value of fighting to the finish."""
        return self._fighting(self.cost_u, self.win_probability)

    def fighting(self, cost: float) -> float:
        """W_k, that of the informed side's type with this cost of a round."""
        return self._fighting(cost, 1.0 - self.win_probability)

    def net_value(self, cost: float) -> float:
        """v_k = 1 - W_U - W_k, what U and this type gain together from agreeing at once."""
        return 1.0 - self.fighting_u - self.fighting(cost)

    def _fighting(self, cost: float, win_probability: float) -> float:
        gained = -cost + self.discount * self.decisive * win_probability
        return gained / (1.0 - self.discount_tilde)


class ScreeningPath(NamedTuple):
    rounds: int
    """Offers that may be rejected before the pooling offer."""
    net_offers: tuple[float, ...]
    """Falling offers P_n, ..., P_0 = v_L, net of the seller's value of fighting on."""
    beliefs: tuple[float, ...]
    """Belief in weakness at each offer: the prior, m_(n-1), ..., m_0 = 0."""
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
    _check(value_weak, value_tough)

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
        beliefs=(prior_weak, *cutoffs[rounds - 1 :: -1][:rounds]),
        value_net=intercept + slope * prior_weak,
        cutoffs=tuple(cutoffs),
    )


class TwoPeriodScreening(NamedTuple):
    """Two offers, then a fight to the finish; values net of U's value of fighting."""

    regime: Literal["pool", "screen", "delay"]
    value_net: float
    pool: float
    screen: float
    delay: float | None
    """None where the belief in weakness does not exceed m_1."""
    first_cutoff: float
    """m_1 = v_L / v_H."""
    screening_price: float
    """(1 - delta) v_H + delta v_L, at which a weak type that expects v_L next is indifferent."""


def screening_in_two_periods(
    value_weak: float, value_tough: float, discount: float, prior_weak: float
) -> TwoPeriodScreening:
    """The best of three plans (3.4): v_L at once; first the weak, then v_L; or v_H to some of the weak, then v_H again.

    Delay leaves the belief m_1 after a rejection, where U is indifferent in the last period between v_L, which it gets,
    and v_H; so the weak type has nothing to wait for and mixes.

    Args:
        discount: delta_tilde per round.
    """
    _check(value_weak, value_tough)
    cutoff = value_tough / value_weak
    price = (1.0 - discount) * value_weak + discount * value_tough
    screen = prior_weak * price + (1.0 - prior_weak) * discount * value_tough
    plans: dict[Literal["pool", "screen", "delay"], float] = {"pool": value_tough, "screen": screen}
    if prior_weak > cutoff:
        accept = (prior_weak - cutoff) / (1.0 - cutoff)
        plans["delay"] = accept * value_weak + (1.0 - accept) * discount * value_tough
    best = max(plans, key=lambda plan: plans[plan])
    return TwoPeriodScreening(best, plans[best], value_tough, screen, plans.get("delay"), cutoff, price)


def _check(value_weak: float, value_tough: float) -> None:
    if not 0.0 < value_tough < value_weak:
        raise ValueError(f"values must satisfy 0 < value_tough < value_weak, got {value_tough:g} and {value_weak:g}")

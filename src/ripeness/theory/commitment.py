"""Why rational sides fight although fighting is costly: theory II.2, II.3.

The range of terms that both prefer to war, preventive war when power shifts, lock-in by fighting, the ratchet when
terms cannot be committed to, and the least terms acceptable under a fragile peace.
Sources: Fearon (1995), Powell (2004 APSR, 2006), Fearon (2013).
"""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """Terms (A's share) that both sides prefer to war."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def bargaining_range(win_probability: float, cost_a: float, cost_d: float) -> Range:
    """[p - c_A, p + c_D] (2.1). Fearon (1995)."""
    return Range(win_probability - cost_a, win_probability + cost_d)


def preventive_threshold_two_periods(discount: float, win_probability_now: float, cost_decliner: float) -> float:
    """Tomorrow's win probability of the riser above which the decliner fights today, two pies (2.3).

    The pie is divided anew each period, the riser proposes, war is final and its winner takes all remaining pies.
    Needs 1 - p2 >= c_F, so that the decliner would still fight tomorrow.
    """
    return ((1.0 + discount) * win_probability_now + (1.0 - discount) * cost_decliner) / discount


def preventive_threshold(discount: float, win_probability_now: float, cost_decliner: float) -> float:
    """The same over infinitely many pies: delta p2 - p1 > c_F (1 - delta)^2, c_F paid once (2.3). Fearon (1995)."""
    return (win_probability_now + cost_decliner * (1.0 - discount) ** 2) / discount


class LockIn(NamedTuple):
    shift: float
    """Discounted gain of the riser, delta M_D(t+1) - M_D(t)."""
    surplus: float
    """What peace saves, B - M_A(t) - M_D(t)."""

    @property
    def peace_is_impossible(self) -> bool:
        return self.shift > self.surplus


def lock_in(
    discount: float, win_a: tuple[float, float], win_d: tuple[float, float], cost_a: float, cost_d: float
) -> LockIn:
    """Powell's inefficiency condition with M_i(t) = p_i(t) B - c_i, B = 1 / (1 - delta) (3.1).

    Args:
        win_a, win_d: probability that the side wins, now and next period.
        cost_a, cost_d: paid once when fighting starts.
    """
    pie = 1.0 / (1.0 - discount)
    riser_now, riser_next = win_d[0] * pie - cost_d, win_d[1] * pie - cost_d
    return LockIn(discount * riser_next - riser_now, pie - (win_a[0] * pie - cost_a) - riser_now)


class Ratchet(NamedTuple):
    least_flow_for_weak: float
    """What the weak type needs today to reveal itself."""
    most_flow_not_attracting_strong: float

    @property
    def separation_is_feasible(self) -> bool:
        return self.least_flow_for_weak <= self.most_flow_not_attracting_strong


def ratchet(discount: float, war_value_weak: float, war_value_strong: float, fight_flow: float) -> Ratchet:
    """Two periods without commitment to the terms (3.8): a weak type that accepts today is exploited tomorrow."""
    return Ratchet(fight_flow + discount * (war_value_strong - war_value_weak), fight_flow)


def least_terms_under_fragile_peace(discount: float, war_flow: float, war_value_next: float, breakdown: float) -> float:
    """r_i = (1 - delta (1 - beta)) u_i + delta (1 - beta) V_i' (3.9): C_i without breakdown, the flow alone with it."""
    kept = discount * (1.0 - breakdown)
    return (1.0 - kept) * war_flow + kept * war_value_next

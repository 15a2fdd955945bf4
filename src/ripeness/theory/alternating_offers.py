"""Alternating and random offers over a pie of one: closed forms of theory II.1, II.11.5 and II.12.3.

Lump-sum units throughout: an accepted offer pays A its share x and D 1 - x once, a rejection pays the flow g_i and goes
on with the discount factor per period delta_i. Shares are A's unless the name says otherwise.
Sources: Rubinstein (1982), Ståhl (1972), Binmore (1987), Baron & Ferejohn (1989), Shaked & Sutton (1984), Binmore,
Rubinstein & Wolinsky (1986), Muthoo (1999) ch. 6.
"""

from __future__ import annotations

import math


def rubinstein_share(discount_first: float, discount_second: float) -> float:
    """Share of the side that offers first, infinite horizon: (1 - d2) / (1 - d1 d2) (1.1). Rubinstein (1982)."""
    return (1.0 - discount_second) / (1.0 - discount_first * discount_second)


def finite_horizon_share(discount_first: float, discount_second: float, n_periods: int) -> float:
    """The same with `n_periods` offers and nothing after the last rejection (1.2). Ståhl (1972)."""
    both = discount_first * discount_second
    pairs = n_periods // 2
    geometric = pairs if both == 1.0 else (1.0 - both**pairs) / (1.0 - both)
    return (1.0 - discount_second) * geometric + (both**pairs if n_periods % 2 else 0.0)


def shares_with_outside_options(
    discount_a: float, discount_d: float, option_a: float, option_d: float
) -> tuple[float, float]:
    """What each side gets when it offers first and the responder may opt out (1.4): x = 1 - max(d_D y, b_D) and alike.

    An option below the bargaining value changes nothing ("deal me out"). Shaked & Sutton (1984).
    """
    x, y = rubinstein_share(discount_a, discount_d), rubinstein_share(discount_d, discount_a)
    # Each map is a contraction with factor d_A d_D < 1; after one of the two options binds it ends in two steps.
    for _ in range(10_000):
        x_new = 1.0 - max(discount_d * y, option_d)
        y_new = 1.0 - max(discount_a * x_new, option_a)
        if abs(x_new - x) + abs(y_new - y) < 1e-16:
            break
        x, y = x_new, y_new
    return x, y


def shares_with_breakdown(
    discount_a: float, discount_d: float, breakdown: float, option_a: float, option_d: float
) -> tuple[float, float]:
    """What each side gets when it offers first and talks break down for good after a rejection (1.5).

    Solves x + (1-q) d_D y = 1 - q b_D and y + (1-q) d_A x = 1 - q b_A. Binmore, Rubinstein & Wolinsky (1986).

    Args:
        breakdown: probability q after each rejection; the options are then paid at once, undiscounted.
    """
    kept_a, kept_d = (1.0 - breakdown) * discount_a, (1.0 - breakdown) * discount_d
    right_a, right_d = 1.0 - breakdown * option_a, 1.0 - breakdown * option_d
    scale = 1.0 - kept_a * kept_d
    return (right_d - kept_d * right_a) / scale, (right_a - kept_a * right_d) / scale


def nash_split_at_breakdown(option_a: float, option_d: float) -> float:
    """Limit of `shares_with_breakdown` for patient sides and rare breakdown: b_A + (1 - b_A - b_D) / 2 (1.5)."""
    return option_a + 0.5 * (1.0 - option_a - option_d)


def share_with_flows(discount_a: float, discount_d: float, flow_a: float, flow_d: float) -> float:
    """A's share when A offers first and a rejection pays the flows g (1.6); g < 0 is the cost of fighting.

    Valid while both shares stay inside [0, 1] and agreeing beats disagreeing for ever. Muthoo (1999) ch. 6.
    """
    return ((1.0 - flow_d) - discount_d * (1.0 - flow_a)) / (1.0 - discount_a * discount_d)


def random_proposer_value(
    probability_a: float, discount_a: float, discount_d: float, flow_a: float = 0.0, flow_d: float = 0.0
) -> float:
    """A's value when A offers with probability p each period, else D (1.3); with flows (1.6)."""
    p = probability_a
    return (p * (1.0 - discount_d - flow_d) + (1.0 - p) * flow_a) / (1.0 - p * discount_d - (1.0 - p) * discount_a)


def random_proposer_slopes(probability_a: float, discount_a: float, discount_d: float) -> tuple[float, float]:
    """Derivatives of `random_proposer_value` by A's and by D's flow (1.6)."""
    p = probability_a
    scale = 1.0 - p * discount_d - (1.0 - p) * discount_a
    return (1.0 - p) / scale, -p / scale


def random_proposer_value_with_deadline(
    probability_a: float, discount_a: float, discount_d: float, n_periods: int
) -> float:
    """A's value with `n_periods` left and nothing after the last (1.3): V + (p - V) rho^(T-1)."""
    limit = random_proposer_value(probability_a, discount_a, discount_d)
    rho = deadline_decay(probability_a, discount_a, discount_d)
    return limit + (probability_a - limit) * rho ** (n_periods - 1)


def deadline_decay(probability_a: float, discount_a: float, discount_d: float) -> float:
    """rho = p d_D + (1 - p) d_A, the pace at which a deadline's pull fades (1.3), (12.2)."""
    return probability_a * discount_d + (1.0 - probability_a) * discount_a


def share_with_fixed_costs(cost_a: float, cost_d: float) -> float:
    """A's share when A offers first, nobody discounts and each rejection costs c_i (1.7).

    Raises:
        ValueError: equal costs, which leave many equilibria.
    """
    if cost_a == cost_d:
        raise ValueError(
            f"cost_a and cost_d must differ, got {cost_a:g} twice. Equal fixed costs leave many equilibria."
        )
    return 1.0 if cost_a < cost_d else cost_d


def share_with_frequent_offers(rate_a: float, rate_d: float, period: float) -> float:
    """A's share when A offers first and delta_i = exp(-r_i period) (1.8)."""
    return rubinstein_share(math.exp(-rate_a * period), math.exp(-rate_d * period))


def random_proposer_value_with_frequent_offers(
    probability_a: float, rate_a: float, rate_d: float, period: float
) -> float:
    """A's value under random proposals with delta_i = exp(-r_i period) (11.5)."""
    return random_proposer_value(probability_a, math.exp(-rate_a * period), math.exp(-rate_d * period))


def nash_weight_of_frequent_offers(probability_a: float, rate_a: float, rate_d: float) -> float:
    """Limit of both for short periods: A's weight (p_A / r_A) / (p_A / r_A + p_D / r_D) (1.8), (11.5).

    Alternating offers are the case of equal recognition.
    """
    weight_a, weight_d = probability_a / rate_a, (1.0 - probability_a) / rate_d
    return weight_a / (weight_a + weight_d)

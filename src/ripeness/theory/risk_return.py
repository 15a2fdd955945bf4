"""One offer to a side whose strength is not known: more for the proposer against more risk of war. II.2.2, 3.2, 4.6.

Private information about the cost of war (uniform) or about the odds of a battle (two types). Rejecting the offer is
the war lottery.
Sources: Fearon (1995), Powell (1999, ch. 3), Filson & Werner (2002).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class RiskReturn(NamedTuple):
    """The best single offer."""

    share_a: float
    """x, what A gets if the offer is accepted."""
    cutoff_cost: float
    """Responders whose war costs at least this accept."""
    war_probability: float
    proposer_value: float


def demand_under_risk(win_probability: float, cost_a: float, lowest: float, highest: float) -> RiskReturn:
    """A demands p + k of a D whose cost of war is uniform on [lowest, highest] (2.2). Fearon (1995).

    Costs of at least k accept, so A weighs (1 - war) (p + k) + war (p - c_A): k is (highest - c_A) / 2, kept between
    lowest and highest, and the demand within the whole prize.
    """
    cutoff = _cutoff(cost_a, lowest, highest, 1.0 - win_probability)
    war = _below(cutoff, lowest, highest)
    value = (1.0 - war) * (win_probability + cutoff) + war * (win_probability - cost_a)
    return RiskReturn(win_probability + cutoff, cutoff, war, value)


def offer_above_status_quo(
    win_probability: float, status_quo: float, cost_d: float, lowest: float, highest: float
) -> RiskReturn:
    """A satisfied D offers x >= q to an A whose cost of war is uniform on [lowest, highest] (3.2). Powell (1999).

    x = p - k, which costs of at least k accept: the game of `demand_under_risk` from the other side, with k <= p - q.

    Args:
        status_quo: q, A's share without any offer.
    """
    cutoff = _cutoff(cost_d, lowest, highest, win_probability - status_quo)
    war = _below(cutoff, lowest, highest)
    value = (1.0 - war) * (1.0 - win_probability + cutoff) + war * (1.0 - win_probability - cost_d)
    return RiskReturn(win_probability - cutoff, cutoff, war, value)


def _cutoff(cost_proposer: float, lowest: float, highest: float, most: float) -> float:
    return min(max(0.5 * (highest - cost_proposer), lowest), highest, most)


def _below(cutoff: float, lowest: float, highest: float) -> float:
    """Share of costs below a cut-off."""
    return min(max((cutoff - lowest) / (highest - lowest), 0.0), 1.0)


def mean_logit_acceptance(precision: float, premium: float, lowest: float, highest: float) -> float:
    """Probability that a demand of p + premium is accepted by logit responders of uniform cost (2.2).

    (sp(lambda (highest - k)) - sp(lambda (lowest - k))) / (lambda (highest - lowest)).
    """
    top, bottom = (_softplus(precision * (cost - premium)) for cost in (highest, lowest))
    return (top - bottom) / (precision * (highest - lowest))


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


class StrengthGamble(NamedTuple):
    """A's best single offer to a weak or strong D."""

    weak_cutoff: float
    """Belief in weakness above which A demands what only a weak D accepts."""
    value_a: float
    war_probability: float


def gamble_on_weakness(
    prior_weak: float, win_if_weak: float, win_if_strong: float, cost_a: float, cost_d: float
) -> StrengthGamble:
    """One decisive battle, two types of strength (4.6): A demands p_weak + c_D, or p_strong + c_D and no war.

    A gambles iff its belief exceeds (c_A + c_D) / (p_weak - p_strong + c_A + c_D); then the strong type fights.
    """
    loss = cost_a + cost_d
    cutoff = loss / (win_if_weak - win_if_strong + loss)
    if prior_weak <= cutoff:
        return StrengthGamble(cutoff, win_if_strong + cost_d, 0.0)
    gamble = prior_weak * (win_if_weak + cost_d) + (1.0 - prior_weak) * (win_if_strong - cost_a)
    return StrengthGamble(cutoff, gamble, 1.0 - prior_weak)

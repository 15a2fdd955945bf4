"""A mediator whose advice is cheap talk: theory II.7.1.

The message stage is not a decision of the engine's period; a stand-alone function.
Source: Kydd (2003), two-type version with a noisy signal derived for this project.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class TruthfulAdvice(NamedTuple):
    high_after_high: float
    """Posterior that D's cost is high after the signal "high"."""
    high_after_low: float
    bias_low: float
    """Least bias towards A with which the mediator tells the truth after "high"."""
    bias_high: float
    """Largest bias with which it tells the truth after "low"; infinite when lying never pays."""
    obey_threshold: float
    """Belief in a high cost above which A asks for more."""

    @property
    def obeyed(self) -> bool:
        return self.high_after_low <= self.obey_threshold <= self.high_after_high

    @property
    def truthful_without_bias(self) -> bool:
        return self.bias_low <= 0.0


def truthful_advice(
    cost_a: float, cost_low: float, cost_high: float, prior_high: float, accuracy: float, war_aversion: float
) -> TruthfulAdvice:
    """Interval of bias beta in beta x - kappa 1[war] with which advice is truthful (7.1).

    Advice "high" leads A to demand p + c_H, "low" p + c_L, where p is A's chance in war (it cancels).
    """
    after_high = prior_high * accuracy / (prior_high * accuracy + (1.0 - prior_high) * (1.0 - accuracy))
    after_low = prior_high * (1.0 - accuracy) / (prior_high * (1.0 - accuracy) + (1.0 - prior_high) * accuracy)
    gain_after_high, gain_after_low = after_high * cost_high - cost_low, after_low * cost_high - cost_low
    low = (1.0 - after_high) * war_aversion / gain_after_high if gain_after_high > 0.0 else math.inf
    high = (1.0 - after_low) * war_aversion / gain_after_low if gain_after_low > 0.0 else math.inf
    return TruthfulAdvice(after_high, after_low, low, high, (cost_low + cost_a) / (cost_high + cost_a))

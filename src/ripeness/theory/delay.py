"""Delay, drift and patience; the date at which a war is ripe: theory II.12 and II.7.4.

Terms at date tau are x(tau) = p0 + mu tau + b: power drifts by mu per unit of time, b = -kappa_A + beta (kappa_A +
kappa_D) splits the surplus around the war lottery; fighting costs A c_A per unit of time.
Sources: derived for this project (propositions 12.1, 12.2); Zartman (1989) for ripeness.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float64]


class Drift(NamedTuple):
    """Power that drifts to one side while the war goes on."""

    power_start: float
    power_drift: float
    bargaining_share: float
    """b, what A gets beyond its power."""
    discount_rate_a: float
    cost_a: float

    def terms(self, date: float) -> float:
        """A's share if the war is settled at `date`."""
        return self.power_start + self.power_drift * date + self.bargaining_share

    def value(self, date: float) -> float:
        """A's present value of settling at `date` (12.1)."""
        r = self.discount_rate_a
        waiting = (1.0 - math.exp(-r * date)) / r if r > 0.0 else date
        return math.exp(-r * date) * self.terms(date) - self.cost_a * waiting

    def best_date(self) -> float:
        """tau* = (mu - c_A) / (r_A mu) - (p0 + b) / mu, not before now (12.1); a drift against A makes it now."""
        mu, r = self.power_drift, self.discount_rate_a
        if mu <= 0.0:
            return 0.0
        return max(0.0, (mu - self.cost_a) / (r * mu) - (self.power_start + self.bargaining_share) / mu)

    def patience_threshold(self) -> float:
        """Yearly discount rate below which waiting pays at date 0: (mu - c_A) / x(0) (12.1)."""
        return (self.power_drift - self.cost_a) / self.terms(0.0)


def surplus_split(war_cost_a: float, war_cost_d: float, share_a: float) -> float:
    """b = -kappa_A + beta (kappa_A + kappa_D): A's part of what peace saves, around the war lottery (12)."""
    return -war_cost_a + share_a * (war_cost_a + war_cost_d)


def values_of_delay(
    discount_a: float, power_start: float, power_drift: float, bargaining_share: float, cost_a: float, n_delays: int
) -> Float:
    """A's value of settling after 0, 1, ... rounds: delta^d (p0 + mu d + b) less the rounds fought (12.1, discrete)."""
    d = np.arange(n_delays)
    fought = d if discount_a == 1.0 else (1.0 - discount_a**d) / (1.0 - discount_a)
    return np.asarray(discount_a**d * (power_start + power_drift * d + bargaining_share) - cost_a * fought)


class Ripeness(NamedTuple):
    ripe: tuple[bool, ...]
    """By date: do the values of fighting on leave room for terms that both prefer?"""
    first_ripe: int | None
    range_at_first: tuple[float, float] | None
    """A's share at which A and D are just willing, at the first ripe date."""


def ripeness_by_date(continuation_a: ArrayLike, continuation_d: ArrayLike) -> Ripeness:
    """Ripe iff C_A + C_D <= 1, transferable terms over a pie of one (7.4)."""
    a, d = np.asarray(continuation_a, np.float64), np.asarray(continuation_d, np.float64)
    ripe = a + d <= 1.0 + 1e-12
    if not ripe.any():
        return Ripeness(tuple(ripe.tolist()), None, None)
    first = int(np.argmax(ripe))
    return Ripeness(tuple(ripe.tolist()), first, (float(a[first]), float(1.0 - d[first])))

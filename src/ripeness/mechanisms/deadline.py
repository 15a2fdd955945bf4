"""Deadline: an announced date, how far it is believed, and what passing it without a settlement costs.

With credibility c, the probability that the announcement is meant:

    before the period that contains the date:   flow - before_i       (what the threat itself costs while it hangs)
    in that period:                             one payment - c at_i  (what is lost at once, normalised value)
    from that period on:                        flow - c after_i      (aid withdrawn, sanctions that stay)

A settlement in the period of the date comes in time: offers precede payments. The date is known from the start of the
scenario. All are expected costs: whether the threat was meant is not learned by anyone, so that a deadline that has
passed once does not become less believed. A peace in force pays none of it.

Source: Ponsati (1995), Econ. Letters 48:281-285; Damiano, Li & Suen (2012), Theor. Econ. 7:357-393: concessions stop
before a deadline and gather in an atom at it (theory II.7.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from ripeness.mechanisms.base import Array, Date, Mechanism, Role, Setting, discount_factor, period_of_date
from ripeness.scenario.quantity import Quantity, quantity


class Deadline(Mechanism):
    """Costs of letting an announced date pass."""

    name: ClassVar[str] = "deadline"
    order: ClassVar[int] = 90

    date: Date = Field(description="The announced date.")
    credibility: Quantity = quantity(
        0.5, unit="probability", low=0.0, high=1.0, range=(0.1, 0.9), meaning="Probability that it is meant."
    )
    before_attacker: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What the hanging threat costs A until the date.",
    )  # fmt: skip
    before_defender: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What the hanging threat costs D until the date.",
    )  # fmt: skip
    before_patron: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What the hanging threat costs the patron until the date.",
    )  # fmt: skip
    at_attacker: Quantity = quantity(
        0.0, unit="permanent share", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What A loses at once if the date passes and the threat was meant.",
    )  # fmt: skip
    at_defender: Quantity = quantity(
        0.0, unit="permanent share", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What D loses at once if the date passes and the threat was meant.",
    )  # fmt: skip
    at_patron: Quantity = quantity(
        0.0, unit="permanent share", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What the patron loses at once if the date passes and the threat was meant.",
    )  # fmt: skip
    after_attacker: Quantity = quantity(
        0.01, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.05),
        meaning="What A loses for as long as the war lasts after the date, if the threat was meant.",
    )  # fmt: skip
    after_defender: Quantity = quantity(
        0.02, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.1),
        meaning="What D loses for as long as the war lasts after the date, if the threat was meant.",
    )  # fmt: skip
    after_patron: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What the patron loses for as long as the war lasts after the date, if the threat was meant.",
    )  # fmt: skip

    def breaks(self, start: np.datetime64, years_per_period: float, horizon: int) -> tuple[int, ...]:
        """The period that contains the date is an epoch of its own."""
        period = period_of_date(self.date, start, years_per_period)
        return tuple(t for t in (period, period + 1) if 0 < t < horizon)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """Expected cost this period: of the threat before the date, of its execution from the date on."""
        left = at.periods_until(self.date)
        costs = {
            "attacker": (self.before_attacker, self.at_attacker, self.after_attacker),
            "defender": (self.before_defender, self.at_defender, self.after_defender),
            "patron": (self.before_patron, self.at_patron, self.after_patron),
        }
        paid: dict[Role, Array | float] = {}
        for role, rate_yearly in at.discount_yearly.items():
            before, once, after = costs[role]
            if left > 0:
                paid[role] = -float(before)
            elif left < 0:
                paid[role] = -self.credibility * after
            else:  # a payment of `once` in one period is a rate of once / (1 - discount) for its length
                one_period = 1.0 - discount_factor(rate_yearly, at.years_per_period)
                paid[role] = -self.credibility * (after + once / one_period)
        return paid

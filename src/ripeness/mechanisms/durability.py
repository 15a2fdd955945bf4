"""Durability: how fast a settlement breaks and the war resumes.

Hazard of breaking per year of a settlement with guarantees g in [0, 1], where b is the balance of forces in [-1, 1] and
d the distance of the terms from the line of contact:

    hazard = base exp(- guarantees_effect g + balance_effect |b| + distance_effect d)

The balance is the speed at which the line would move in war, so a balance far from even means bargaining power that
shifts fast: whoever it favours can hope for more by resuming (Powell 2004, 2006; theory II.3.1). Terms away from the
line ask a side to hand over what it holds, or to leave what it could take (Werner & Yuen 2005).

The default base is the rate at which fighting resumed within five years of a ceasefire agreement between the same two
opponents: 30 of 95 over 385 years at risk, 0.078 per year; after peace agreements 14 of 105 over 488 years, 0.029
(UCDP Conflict Termination Dataset, dyadic, 3-2021; computed as the page says). The default effect of full guarantees is
the ratio of the two, ln(0.078 / 0.029) = 1.0.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ripeness.mechanisms.base import Array, Mechanism, Package, Peace, Setting
from ripeness.scenario.quantity import Quantity, quantity


class Durability(Mechanism):
    """Hazard with which a settlement breaks."""

    name: ClassVar[str] = "durability"
    order: ClassVar[int] = 90

    base: Quantity = quantity(
        0.078, unit="per year", low=0.0, high=100.0, range=(0.03, 0.12),
        meaning="Hazard of breaking without guarantees, at an even balance, on the line of contact.",
    )  # fmt: skip
    guarantees_effect: Quantity = quantity(
        1.0, unit="log hazard per unit of strength", low=0.0, high=20.0, range=(0.3, 2.5),
        meaning="How much guarantees of full strength lower the logarithm of the hazard.",
    )  # fmt: skip
    balance_effect: Quantity = quantity(
        1.0, unit="log hazard per unit of balance", low=0.0, high=20.0, range=(0.0, 2.0),
        meaning="How much a balance of forces wholly on one side raises the logarithm of the hazard.",
    )  # fmt: skip
    distance_effect: Quantity = quantity(
        0.0, unit="log hazard per share", low=0.0, high=100.0, range=(0.0, 5.0),
        meaning="How much terms one whole share away from the line of contact raise the logarithm of the hazard.",
    )  # fmt: skip

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """Hazard of breaking, given the state in which the settlement is made."""
        log_ratio = (
            -self.guarantees_effect * package.guarantees
            + self.balance_effect * np.abs(at.level("balance", 0.0))
            + self.distance_effect * np.abs(terms - at.line)
        )
        return Peace(breakdown=self.base * np.exp(log_ratio))

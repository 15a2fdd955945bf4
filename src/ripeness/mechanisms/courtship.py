"""Courtship: what leaders gain from the talks themselves, and lose at a settlement.

A leader who is asked for peace by a great power gains standing every month that he is asked; summits and envoys are a
spectacle for each who takes part. At war, with 1[.] for "is so":

    A: + asked 1[court attacker] + spectacle_attacker 1[talks go on]
    D: + spectacle_defender 1[talks go on, and A is not courted over its head]
    P: + spectacle_patron 1[talks go on]

Talks go on while the patron takes any posture other than standing back, and always in a war without a patron. All of it
ends with a settlement: nothing is added under peace. A side whose gains from talks exceed what a settlement can offer
never settles (theory II.8: never iff W_A + W_D > 1, or W_i > 1, with W_i what i gets from talking on for ever).

Source: inside options, Muthoo (1999) ch. 6; Busch & Wen (1995), Econometrica 63:545-565; theory II.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ripeness.mechanisms.base import Array, Mechanism, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity


class Courtship(Mechanism):
    """Gains from being asked and from the spectacle of talks, lost at settlement."""

    name: ClassVar[str] = "courtship"
    order: ClassVar[int] = 90

    asked: Quantity = quantity(
        0.02, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.08),
        meaning="What A's leader gains while the patron courts him.",
    )  # fmt: skip
    spectacle_attacker: Quantity = quantity(
        0.005, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.03),
        meaning="What A's leader gains from the spectacle while talks go on.",
    )  # fmt: skip
    spectacle_defender: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What D's leader gains from the spectacle while talks go on and A is not courted over D's head.",
    )  # fmt: skip
    spectacle_patron: Quantity = quantity(
        0.005, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.03),
        meaning="What the patron's leader gains from the spectacle while talks go on.",
    )  # fmt: skip

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """What the talks are worth to each leader this period."""
        if at.posture == "stand back" and "patron" in at.discount_yearly:
            return {}
        courted = at.posture == "court attacker"
        return {
            "attacker": self.spectacle_attacker + (self.asked if courted else 0.0),
            "defender": 0.0 if courted else float(self.spectacle_defender),
            "patron": float(self.spectacle_patron),
        }

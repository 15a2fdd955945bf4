"""Channel: who gets to put a proposal on the table, how often, and who is left out of the talks.

Bargaining power lies in large part in who makes the offers: in the random-proposer game the terms move one for one with
the chance to propose (Binmore 1987; Baron & Ferejohn 1989; theory II.1.3). Mediators shape it by format: direct talks,
shuttling, or talks with one side first and over the head of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ripeness.mechanisms.base import Array, Mechanism, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity

MONTHS_PER_YEAR = 12.0
DISENGAGED = 2.0
"""Point of the axis "mood" at which the patron has lost interest."""


class Channel(Mechanism):
    """Proposals per month of each side, by the patron's posture."""

    name: ClassVar[str] = "channel"
    order: ClassVar[int] = 90

    attacker: Quantity = quantity(
        0.2, unit="per month", low=0.0, high=30.0, range=(0.05, 0.5), meaning="Proposals of the attacker per month."
    )
    defender: Quantity = quantity(
        0.2, unit="per month", low=0.0, high=30.0, range=(0.05, 0.5), meaning="Proposals of the defender per month."
    )
    patron: Quantity = quantity(
        0.3,
        unit="per month",
        low=0.0,
        high=30.0,
        range=(0.05, 1.0),
        meaning="Proposals of the patron per month while it courts or presses somebody.",
    )
    patron_standing_back: Quantity = quantity(
        0.25,
        unit="factor",
        low=0.0,
        high=1.0,
        range=(0.0, 1.0),
        meaning="Factor on the patron's proposals while it stands back.",
    )
    patron_disengaged: Quantity = quantity(
        0.2,
        unit="factor",
        low=0.0,
        high=1.0,
        range=(0.0, 1.0),
        meaning="Factor on the patron's proposals while its mood is 'disengaged'.",
    )
    defender_left_out: Quantity = quantity(
        0.5,
        unit="factor",
        low=0.0,
        high=1.0,
        range=(0.0, 1.0),
        meaning="Factor on the defender's proposals while the patron courts the attacker over its head.",
    )
    attacker_left_out: Quantity = quantity(
        1.0,
        unit="factor",
        low=0.0,
        high=1.0,
        range=(0.5, 1.0),
        meaning="Factor on the attacker's proposals while the patron presses it.",
    )

    def recognition(self, at: Setting) -> Mapping[Role, Array | float]:
        """Rate times the length of the period, scaled down together where the rates add up to more than one."""
        months = at.years_per_period * MONTHS_PER_YEAR
        patron = float(self.patron) * np.where(np.asarray(at.level("mood")) == DISENGAGED, self.patron_disengaged, 1.0)
        if at.posture == "stand back":
            patron = patron * self.patron_standing_back
        if "patron" not in at.discount_yearly:
            patron = patron * 0.0
        rates: dict[Role, Array | float] = {
            "attacker": self.attacker * (self.attacker_left_out if at.posture == "press attacker" else 1.0),
            "defender": self.defender * (self.defender_left_out if at.posture == "court attacker" else 1.0),
            "patron": patron,
        }
        crowd = np.maximum(1.0, months * (rates["attacker"] + rates["defender"] + rates["patron"]))
        return {role: rate * months / crowd for role, rate in rates.items()}

"""Posture: what the patron does this period, and what that costs everyone while it lasts.

The patron stands back, courts A, presses A with sanctions, or presses D with threatened aid; it chooses by the values
that follow (i.7), so that nothing is assumed about which posture it takes. At war, by posture:

    press attacker:  A - sanctions,  P - sanctions_patron - attention
    press defender:  D - pressure,   P - attention
    court attacker:  P - attention

Beside these payoffs, `reluctance` is weighed in the choice only (kappa in (i.7)): precision times reluctance is the
log-odds against a posture that is worth as much as standing back. Slower effects of a posture belong to the mechanisms
on which it works: aid withheld (support), strain of sanctions (strain), morale (morale), who is left out of the talks
(channel), what A's leader gains from being asked (courtship).

Source: a third party's pressure moves terms by p/(1 - delta) per unit of cost, theory II.7.2; mediators that are not
neutral, Kydd (2003), AJPS 47:597-611.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ripeness.mechanisms.base import POSTURES, Array, Mechanism, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity


class Posture(Mechanism):
    """The patron's menu of postures, their costs and direct effects."""

    name: ClassVar[str] = "posture"
    order: ClassVar[int] = 90
    needs: ClassVar[tuple[str, ...]] = ("patron",)

    menu: tuple[Literal["court attacker", "press attacker", "press defender"], ...] = Field(
        default=("court attacker", "press attacker", "press defender"),
        description="Postures that the patron can take besides standing back.",
    )
    reluctance_court: Quantity = quantity(
        0.005, unit="permanent share", low=-1.0, high=1.0, range=(0.0, 0.02),
        meaning="Reluctance to court A, weighed in the choice only.",
    )  # fmt: skip
    reluctance_press_attacker: Quantity = quantity(
        0.005, unit="permanent share", low=-1.0, high=1.0, range=(0.0, 0.02),
        meaning="Reluctance to press A, weighed in the choice only.",
    )  # fmt: skip
    reluctance_press_defender: Quantity = quantity(
        0.005, unit="permanent share", low=-1.0, high=1.0, range=(0.0, 0.02),
        meaning="Reluctance to press D, weighed in the choice only.",
    )  # fmt: skip
    sanctions: Quantity = quantity(
        0.02, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.06),
        meaning="What sanctions cost A while the patron presses it.",
    )  # fmt: skip
    sanctions_patron: Quantity = quantity(
        0.005, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.02),
        meaning="What sanctions cost the patron itself.",
    )  # fmt: skip
    pressure: Quantity = quantity(
        0.01, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.05),
        meaning="What the patron's open pressure costs D's leader while it lasts, beyond the aid withheld.",
    )  # fmt: skip
    attention: Quantity = quantity(
        0.002, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.01),
        meaning="What any posture other than standing back costs the patron in attention.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _no_posture_twice(self) -> Posture:
        if len(set(self.menu)) != len(self.menu):
            raise ValueError(f"menu must name each posture once, got {list(self.menu)}.")
        return self

    def postures(self) -> tuple[str, ...]:
        """Standing back first, then the menu in the usual order."""
        return tuple(p for p in POSTURES if p == "stand back" or p in self.menu)

    def posture_cost(self, at: Setting) -> Array | float:
        """Reluctance, weighed in the choice only."""
        return {
            "court attacker": float(self.reluctance_court),
            "press attacker": float(self.reluctance_press_attacker),
            "press defender": float(self.reluctance_press_defender),
        }.get(at.posture, 0.0)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """What the posture costs everyone while it lasts."""
        if at.posture == "press attacker":
            return {"attacker": -self.sanctions, "patron": -self.sanctions_patron - self.attention}
        if at.posture == "press defender":
            return {"defender": -self.pressure, "patron": -self.attention}
        if at.posture == "court attacker":
            return {"patron": -self.attention}
        return {}

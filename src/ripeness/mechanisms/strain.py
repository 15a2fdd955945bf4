"""Strain: the attacker's manpower and money.

The state y runs from 0 (war at no noticeable burden) to 1 (nothing left to draw on). Effort, losses and sanctions wear
reserves down; what is worn recovers:

    up     = fighting e_A + attrition e_D + sanctions + press [posture is "press attacker"]
    drift  = up (1 - y) - recovery y

Mutiny-like shocks throw the attacker back at once: with hazard shock y^2 the strain jumps by `shock_size`. And the war
may end because the attacker has had enough: "withdrawal of the attacker" with hazard withdrawal y^steepness.

Source: attrition with a recovering stock; hazards as powers of the state are an assumption, see the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from ripeness.mechanisms.axes import check_start, even_axis, points_field, push_and_pull
from ripeness.mechanisms.base import Array, Axis, Drift, Exit, GridSize, Jump, Mechanism, Move, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity

SHOCK_POWER = 2.0
"""Shocks need strain twice over: grievance and opportunity; hence the square."""


class Strain(Mechanism):
    """Strain of the attacker on the axis "strain", 0 to 1, with shocks and withdrawal."""

    name: ClassVar[str] = "strain"
    order: ClassVar[int] = 45

    start: Quantity = quantity(
        0.4, unit="strain, 0 to 1", low=0.0, high=1.0, range=(0.2, 0.6), meaning="Strain at the start."
    )
    points: int = points_field(5, "Points of the axis.")
    grain: Quantity = quantity(
        0.25, unit="strain, 0 to 1", low=0.0, high=1.0, range=(0.1, 0.34), grid=True,
        meaning="Size of one change; the larger, the noisier. At least the distance of the grid points.",
    )  # fmt: skip
    fighting: Quantity = quantity(
        0.2, unit="per year", low=0.0, high=50.0, range=(0.05, 0.5),
        meaning="Rate at which A's own full effort uses up what is left of its reserves.",
    )  # fmt: skip
    attrition: Quantity = quantity(
        0.1, unit="per year", low=0.0, high=50.0, range=(0.0, 0.3),
        meaning="Rate at which D's full effort uses up what is left of A's reserves.",
    )  # fmt: skip
    sanctions: Quantity = quantity(
        0.05, unit="per year", low=0.0, high=50.0, range=(0.0, 0.2),
        meaning="Rate at which standing sanctions use up what is left of A's reserves.",
    )  # fmt: skip
    press: Quantity = quantity(
        0.15, unit="per year", low=0.0, high=50.0, range=(0.0, 0.5),
        meaning="Added to `sanctions` while the patron presses A.",
    )  # fmt: skip
    recovery: Quantity = quantity(
        0.4, unit="per year", low=0.0, high=50.0, range=(0.1, 1.0),
        meaning="Rate at which strain is worked off by recruitment, substitution and trade.",
    )  # fmt: skip
    cost: Quantity = quantity(
        0.06, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What full strain costs A while the war lasts; proportional to strain.",
    )  # fmt: skip
    shock: Quantity = quantity(
        0.3, unit="per year", low=0.0, high=50.0, range=(0.0, 1.0),
        meaning="Hazard of a mutiny-like shock at full strain; falls with the square of strain.",
    )  # fmt: skip
    shock_size: Quantity = quantity(
        0.2, unit="strain, 0 to 1", low=0.0, high=1.0, range=(0.1, 0.4), meaning="Jump of strain in a shock."
    )
    withdrawal: Quantity = quantity(
        0.5, unit="per year", low=0.0, high=50.0, range=(0.0, 2.0),
        meaning="Hazard at full strain that A gives up and withdraws.",
    )  # fmt: skip
    steepness: Quantity = quantity(
        8.0, unit="power", low=0.0, high=50.0, range=(4.0, 12.0),
        meaning="How steeply the hazard of withdrawal rises: it is withdrawal times strain to this power.",
    )  # fmt: skip
    terms_at_withdrawal: Quantity = quantity(
        0.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 0.5),
        meaning="What A keeps when it withdraws (D gets the rest).",
    )  # fmt: skip

    @model_validator(mode="after")
    def _start_on_axis(self) -> Strain:
        check_start(self.name, 0.0, self.start, 1.0)
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Strain of the attacker."""
        return (
            even_axis(
                "strain", 0.0, 1.0, self.start, self.points, grid,
                unit="strain, 0 to 1", meaning="the attacker's shortage of manpower and money",
            ),
        )  # fmt: skip

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """Strain costs the attacker."""
        return {"attacker": -self.cost * at.level("strain", self.start)}

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """Wear and recovery, then shocks, then withdrawal."""
        strain = at.levels["strain"]
        return (*self._wear(strain, at), *self._shocks(strain, at.years_per_period), *self._leave(strain))

    def _wear(self, strain: Array, at: Setting) -> tuple[Move, ...]:
        """Effort, losses and sanctions wear reserves down; they recover."""
        if strain.size == 1:
            return ()
        effort_a, effort_d = at.effort
        pressed = self.press if at.posture == "press attacker" else 0.0
        up = self.fighting * effort_a + self.attrition * effort_d + self.sanctions + pressed
        drift, spread = push_and_pull(strain, 0.0, 1.0, up=up, down=self.recovery, grain=self.grain)
        return (Drift("strain", drift, spread),)

    def _shocks(self, strain: Array, years: float) -> tuple[Move, ...]:
        """A jump by `shock_size`, at most to the end of the axis, split between two points to keep its mean."""
        if strain.size == 1 or self.shock == 0.0 or self.shock_size == 0.0:
            return ()
        values = strain.reshape(-1)
        landing = np.minimum(values + self.shock_size, values[-1])
        above = np.clip(np.searchsorted(values, landing), 1, values.size - 1)
        part = (landing - values[above - 1]) / (values[above] - values[above - 1])
        chance = -np.expm1(-self.shock * values**SHOCK_POWER * years)
        row = np.arange(values.size)
        destination = np.zeros((values.size, values.size))
        destination[row, row] = 1.0 - chance
        np.add.at(destination, (row, above - 1), chance * (1.0 - part))
        np.add.at(destination, (row, above), chance * part)
        return (Jump("strain", destination.reshape(*strain.shape, values.size)),)

    def _leave(self, strain: Array) -> tuple[Move, ...]:
        """The attacker has had enough."""
        if self.withdrawal == 0.0:
            return ()
        worth: dict[Role, Array | float] = {
            "attacker": float(self.terms_at_withdrawal),
            "defender": 1.0 - self.terms_at_withdrawal,
        }
        return (Exit("withdrawal of the attacker", self.withdrawal * strain**self.steepness, worth),)

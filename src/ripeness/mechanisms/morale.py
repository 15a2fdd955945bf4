"""Morale: the will of D's home front to go on.

The state z runs from 0 (given up) to 1 (united behind the war). Aid that arrives lifts it; losses, outages and the
patron's reversals wear it down:

    up     = recovery (1 + support_effect (support - 1))
    down   = losses (e_A + e_D) / 2 + outages infrastructure + by_mood[mood]
             + pressure [posture is "press defender"] + courting [posture is "court attacker"]
    drift  = up (1 - z) - down z

D's leader pays weight (1 - z) for a discontented public. The war may end because the home front gives way: "collapse of
the defender" with hazard collapse (1 - z)^steepness, on terms that A dictates.

Source: two-rate opinion dynamics (Ehrenfest's urn); magnitudes from the polls named on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, model_validator

from ripeness.mechanisms.axes import by_regime, check_start, even_axis, points_field, push_and_pull, quantities
from ripeness.mechanisms.base import Array, Axis, Drift, Exit, GridSize, Mechanism, Move, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity

Rate = Annotated[Quantity, Field(ge=0.0, le=50.0)]


class Morale(Mechanism):
    """Morale of the defender's home front on the axis "morale", 0 to 1, with collapse at its low end."""

    name: ClassVar[str] = "morale"
    order: ClassVar[int] = 50

    start: Quantity = quantity(
        0.6, unit="morale, 0 to 1", low=0.0, high=1.0, range=(0.4, 0.8), meaning="Morale at the start."
    )
    points: int = points_field(5, "Points of the axis.")
    grain: Quantity = quantity(
        0.25, unit="morale, 0 to 1", low=0.0, high=1.0, range=(0.05, 0.34), grid=True,
        meaning="Size of one change; the larger, the noisier. At least the distance of the grid points.",
    )  # fmt: skip
    recovery: Quantity = quantity(
        0.25, unit="per year", low=0.0, high=50.0, range=(0.1, 0.5),
        meaning="Rate at which the discontented rally again while aid meets the need.",
    )  # fmt: skip
    support_effect: Quantity = quantity(
        0.5, unit="fraction of recovery per share of need", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="How much of the recovery hangs on aid.",
    )  # fmt: skip
    losses: Quantity = quantity(
        0.15, unit="per year", low=0.0, high=50.0, range=(0.05, 0.4),
        meaning="Rate at which losses at full effort of both sides wear down those behind the war.",
    )  # fmt: skip
    outages: Quantity = quantity(
        0.2, unit="per year", low=0.0, high=50.0, range=(0.0, 0.6),
        meaning="The same, of the energy infrastructure fully out.",
    )  # fmt: skip
    by_mood: tuple[Rate, ...] = quantities(
        (0.0, 0.08, 0.08), unit="per year", range=(0.0, 0.3),
        meaning="The same, of the patron's reversals, in each regime of its mood.",
    )  # fmt: skip
    pressure: Quantity = quantity(
        0.15, unit="per year", low=0.0, high=50.0, range=(0.0, 0.5), meaning="The same, while the patron presses D."
    )
    courting: Quantity = quantity(
        0.08, unit="per year", low=0.0, high=50.0, range=(0.0, 0.3), meaning="The same, while the patron courts A."
    )
    weight: Quantity = quantity(
        0.05, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.2),
        meaning="What a home front that has given up costs D's leader; proportional to 1 - morale.",
    )  # fmt: skip
    collapse: Quantity = quantity(
        0.5, unit="per year", low=0.0, high=50.0, range=(0.1, 3.0), meaning="Hazard of collapse at morale 0."
    )
    steepness: Quantity = quantity(
        8.0, unit="power", low=0.0, high=50.0, range=(4.0, 12.0),
        meaning="How steeply the hazard of collapse rises: it is collapse times (1 - morale) to this power.",
    )  # fmt: skip
    terms_at_collapse: Quantity = quantity(
        1.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.5, 1.0),
        meaning="What A gets when D collapses (D gets the rest).",
    )  # fmt: skip
    patron_loss: Quantity = quantity(
        0.05, unit="share of the prize", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What the collapse of D costs the patron, for ever.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _start_on_axis(self) -> Morale:
        check_start(self.name, 0.0, self.start, 1.0)
        if not self.by_mood:
            raise ValueError("by_mood must have one entry for each regime of the patron's mood, got none.")
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Morale of the home front."""
        return (
            even_axis(
                "morale", 0.0, 1.0, self.start, self.points, grid,
                unit="morale, 0 to 1", meaning="will of the defender's home front to go on",
            ),
        )  # fmt: skip

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """A discontented public costs D's leader."""
        return {"defender": -self.weight * (1.0 - at.level("morale", self.start))}

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """Wear and recovery, then collapse."""
        morale = at.levels["morale"]
        return (*self._wear(morale, at), *self._give_way(morale))

    def _wear(self, morale: Array, at: Setting) -> tuple[Move, ...]:
        """Aid lifts morale; losses, outages and the patron's reversals wear it down."""
        if morale.size == 1:
            return ()
        up = self.recovery * (1.0 + self.support_effect * (np.maximum(at.level("support", 1.0), 0.0) - 1.0))
        down = (
            self.losses * 0.5 * sum(at.effort)
            + self.outages * at.level("infrastructure", 0.0)
            + by_regime(self.by_mood, at.level("mood", 0.0), "morale.by_mood")
            + (self.pressure if at.posture == "press defender" else 0.0)
            + (self.courting if at.posture == "court attacker" else 0.0)
        )
        drift, spread = push_and_pull(morale, 0.0, 1.0, up=up, down=down, grain=self.grain)
        return (Drift("morale", drift, spread),)

    def _give_way(self, morale: Array) -> tuple[Move, ...]:
        """The home front gives way."""
        if self.collapse == 0.0:
            return ()
        worth: dict[Role, Array | float] = {
            "attacker": float(self.terms_at_collapse),
            "defender": 1.0 - self.terms_at_collapse,
            "patron": -float(self.patron_loss),
        }
        return (Exit("collapse of the defender", self.collapse * (1.0 - morale) ** self.steepness, worth),)

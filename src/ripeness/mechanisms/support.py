"""Support: aid that reaches D, relative to what holding the front even needs.

The patron gives `patron` (share of need) at full commitment, scaled by its mood and cut while it presses D; supporters
give `supporters` and replace a fraction of what the patron withholds:

    aid     = patron by_mood[mood] (1 - press_cut [posture is "press defender"])
    target  = aid + supporters + replacement max(patron - aid, 0)
    drift   = adjustment (target - support)

The replacement comes with the lag 1 / adjustment, like every other change. The patron's aid costs it `cost` per unit.

Source: first-order adjustment; orders of magnitude from the Ukraine Support Tracker (Kiel Institute), see the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, model_validator

from ripeness.mechanisms.axes import by_regime, check_start, even_axis, points_field, quantities, relaxation
from ripeness.mechanisms.base import Array, Axis, Drift, GridSize, Mechanism, Move, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity

Fraction = Annotated[Quantity, Field(ge=0.0, le=5.0)]


class Support(Mechanism):
    """Aid on the axis "support": 1 meets D's need."""

    name: ClassVar[str] = "support"
    order: ClassVar[int] = 55

    start: Quantity = quantity(
        0.9, unit="share of need", low=0.0, high=5.0, range=(0.6, 1.1), meaning="Aid that reaches D at the start."
    )
    low: Quantity = quantity(
        0.2, unit="share of need", low=0.0, high=5.0, range=(0.0, 0.5), grid=True, meaning="Lower end of the axis."
    )
    high: Quantity = quantity(
        1.2, unit="share of need", low=0.0, high=5.0, range=(1.0, 1.5), grid=True, meaning="Upper end of the axis."
    )
    points: int = points_field(4, "Points of the axis.")
    patron: Quantity = quantity(
        0.5, unit="share of need", low=0.0, high=5.0, range=(0.2, 0.6),
        meaning="Aid of the patron at full commitment.",
    )  # fmt: skip
    by_mood: tuple[Fraction, ...] = quantities(
        (1.0, 0.3, 0.0), unit="fraction of the patron's full aid", range=(0.0, 1.0),
        meaning="What the patron gives in each regime of its mood, as a fraction of its full aid.",
    )  # fmt: skip
    press_cut: Quantity = quantity(
        0.5, unit="fraction of the patron's aid", low=0.0, high=1.0, range=(0.2, 1.0),
        meaning="Fraction of the patron's aid withheld while it presses D.",
    )  # fmt: skip
    supporters: Quantity = quantity(
        0.5, unit="share of need", low=0.0, high=5.0, range=(0.3, 0.8),
        meaning="Aid of the supporters while the patron gives all of its own.",
    )  # fmt: skip
    replacement: Quantity = quantity(
        0.6, unit="fraction of what the patron withholds", low=0.0, high=2.0, range=(0.2, 0.9),
        meaning="Fraction of the patron's missing aid that supporters replace in the end.",
    )  # fmt: skip
    adjustment: Quantity = quantity(
        1.0, unit="per year", low=0.0, high=50.0, range=(0.5, 3.0),
        meaning="Rate at which aid follows decisions; its inverse is the lag.",
    )  # fmt: skip
    grain: Quantity = quantity(
        0.34, unit="share of need", low=0.0, high=5.0, range=(0.1, 0.4), grid=True,
        meaning="Size of one change; the larger, the noisier. At least the distance of the grid points.",
    )  # fmt: skip
    cost: Quantity = quantity(
        0.02, unit="share of the prize as a rate, per share of need", low=0.0, high=10.0, range=(0.0, 0.1),
        meaning="What a unit of its own aid costs the patron.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _start_on_axis(self) -> Support:
        check_start(self.name, self.low, self.start, self.high)
        if not self.by_mood:
            raise ValueError("by_mood must have one entry for each regime of the patron's mood, got none.")
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Aid that reaches D."""
        return (
            even_axis(
                "support", self.low, self.high, self.start, self.points, grid,
                unit="share of need", meaning="aid that reaches the defender, 1 meets its need",
            ),
        )  # fmt: skip

    def patron_aid(self, at: Setting) -> Array | float:
        """Aid that the patron decides to give in its current mood and posture, share of need."""
        kept = 1.0 - self.press_cut if at.posture == "press defender" else 1.0
        return by_regime(self.by_mood, at.level("mood", 0.0), "support.by_mood", scale=self.patron * kept)

    def target(self, at: Setting) -> Array | float:
        """Aid to which all decisions lead once the supporters have replaced what they will."""
        aid = self.patron_aid(at)
        return aid + self.supporters + self.replacement * np.maximum(self.patron - aid, 0.0)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """The patron pays for its aid."""
        return {"patron": -self.cost * self.patron_aid(at)}

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """Aid follows the decisions with a lag."""
        support = at.levels["support"]
        if support.size == 1:
            return ()
        drift, spread = relaxation(
            support, self.low, self.high, target=self.target(at), rate=self.adjustment, grain=self.grain
        )
        return (Drift("support", drift, spread),)

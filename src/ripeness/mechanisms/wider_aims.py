"""Wider aims: what the attacker wants beyond the ground.

While the war lasts, A gains from the discredit of the patron: by its mood, and by its being seen to court A; being
pressed costs it. A settlement ends this flow, and adds what the settlement itself does to A's wider aims:

    war:    + by_mood[mood] + courted [posture is "court attacker"] - pressed [posture is "press attacker"]
    peace:  + settlement - realignment (1 - terms) - guarantees package.guarantees

`realignment` is what A loses because the part of the prize that it does not get is free to choose its own side;
`guarantees` what it loses when outsiders enforce the settlement at full strength.

Source: a benefit of the dispute itself, theory II.8; Fearon (1995) on issues beyond the one bargained over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from ripeness.mechanisms.axes import by_regime, quantities
from ripeness.mechanisms.base import Array, Mechanism, Package, Peace, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity

Flow = Annotated[Quantity, Field(ge=-10.0, le=10.0)]


class WiderAims(Mechanism):
    """A's gain from the patron's discredit at war, and the worth of a settlement beyond its terms."""

    name: ClassVar[str] = "wider_aims"
    order: ClassVar[int] = 90

    by_mood: tuple[Flow, ...] = quantities(
        (0.0, 0.01, 0.02), unit="share of the prize as a rate", range=(-0.02, 0.1),
        meaning="What A gains from the patron's discredit while the war lasts, in each regime of the patron's mood.",
    )  # fmt: skip
    courted: Quantity = quantity(
        0.02, unit="share of the prize as a rate", low=-10.0, high=10.0, range=(0.0, 0.1),
        meaning="Added while the patron courts A: the one who begs is discredited.",
    )  # fmt: skip
    pressed: Quantity = quantity(
        0.01, unit="share of the prize as a rate", low=-10.0, high=10.0, range=(0.0, 0.1),
        meaning="Taken off while the patron presses A: resolve restores its credit.",
    )  # fmt: skip
    settlement: Quantity = quantity(
        0.0, unit="share of the prize", low=-10.0, high=10.0, range=(-0.1, 0.1),
        meaning="What any settlement does to A's wider aims: < 0 the patron takes the credit, > 0 A is readmitted.",
    )  # fmt: skip
    realignment: Quantity = quantity(
        0.05, unit="share of the prize, per share left to D", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What A loses where D is free to realign, per share of what is disputed that D keeps.",
    )  # fmt: skip
    guarantees: Quantity = quantity(
        0.05, unit="share of the prize", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What A loses when outsiders enforce the settlement at full strength; proportional to strength.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_entry_a_regime(self) -> WiderAims:
        if not self.by_mood:
            raise ValueError("by_mood must have one entry for each regime of the patron's mood, got none.")
        return self

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """What the war itself is worth to A's wider aims."""
        gain = by_regime(self.by_mood, at.level("mood", 0.0), "wider_aims.by_mood")
        if at.posture == "court attacker":
            gain = gain + self.courted
        if at.posture == "press attacker":
            gain = gain - self.pressed
        return {"attacker": gain}

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """What a settlement is worth to A beyond its terms."""
        return Peace(
            {"attacker": self.settlement - self.realignment * (1.0 - terms) - self.guarantees * package.guarantees}
        )

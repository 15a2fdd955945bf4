"""Territory: the front line, what holding ground pays, and what fighting costs.

The state is A's share of what is disputed that lies on its side of the line of contact, x. Each side advances with its
effort and its part of the forces; with the balance of forces b in [-1, 1] (+ favours A) these parts are (1 + b) / 2 and
(1 - b) / 2, and

    drift  = speed [(1 + b) e_A - (1 - b) e_D]          per year
    spread = spread sqrt(max(e_A, e_D))                 per square root of a year

so a front where nobody fights stands still. While the war lasts A enjoys what it holds and D the rest, less the cost of
fighting, which is convex in one's own effort and rises with the other's:

    u_A = x - attacker_cost e_A^2 - attacker_losses e_D,    u_D = 1 - x - defender_cost e_D^2 - defender_losses e_A.

Source: contest with effort times force, Hirshleifer (1989), Public Choice 63:101-112, linear form; war flows as in
Muthoo (1999), ch. 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from ripeness.mechanisms.axes import check_start, even_axis, points_field
from ripeness.mechanisms.base import Array, Axis, Drift, Exit, GridSize, Mechanism, Move, Role, Setting
from ripeness.scenario.quantity import Quantity, quantity


class Territory(Mechanism):
    """Front line on the axis "territory", war flows of both belligerents, and victory at the ends of the axis."""

    name: ClassVar[str] = "territory"
    order: ClassVar[int] = 10

    start: Quantity = quantity(
        0.5, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="A's share of what is disputed at the start.",
    )  # fmt: skip
    low: Quantity = quantity(
        0.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 0.5), grid=True,
        meaning="Lower end of the axis: the least that A can be pushed back to.",
    )  # fmt: skip
    high: Quantity = quantity(
        1.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.5, 1.0), grid=True,
        meaning="Upper end of the axis: the most that A can take.",
    )  # fmt: skip
    points: int = points_field(17, "Points of the axis.")
    speed: Quantity = quantity(
        0.025, unit="share of what is disputed per year", low=0.0, high=10.0, range=(0.005, 0.1),
        meaning="Half the yearly advance of a side with all the forces that attacks with full effort unopposed.",
    )  # fmt: skip
    spread: Quantity = quantity(
        0.07, unit="share of what is disputed per square root of a year", low=0.0, high=10.0, range=(0.02, 0.15),
        meaning="Standard deviation of a year's move of the line at full effort: breakthroughs and setbacks.",
    )  # fmt: skip
    attacker_cost: Quantity = quantity(
        0.05, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.01, 0.2),
        meaning="What A's own full effort costs it; grows with the square of the effort.",
    )  # fmt: skip
    defender_cost: Quantity = quantity(
        0.05, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.01, 0.2),
        meaning="What D's own full effort costs it; grows with the square of the effort.",
    )  # fmt: skip
    attacker_losses: Quantity = quantity(
        0.03, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.2),
        meaning="What D's full effort inflicts on A; proportional to that effort.",
    )  # fmt: skip
    defender_losses: Quantity = quantity(
        0.06, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What A's full effort inflicts on D; proportional to that effort.",
    )  # fmt: skip
    ends_war: bool = Field(
        default=False, description="Whether the war ends as soon as the line reaches either end of the axis."
    )
    terms_at_collapse: Quantity = quantity(
        1.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.5, 1.0),
        meaning="What A gets when the line reaches the upper end (D gets the rest).",
    )  # fmt: skip
    terms_at_expulsion: Quantity = quantity(
        0.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 0.5),
        meaning="What A gets when the line reaches the lower end (D gets the rest).",
    )  # fmt: skip

    @model_validator(mode="after")
    def _start_on_axis(self) -> Territory:
        check_start(self.name, self.low, self.start, self.high)
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """The front line."""
        return (
            even_axis(
                "territory", self.low, self.high, self.start, self.points, grid,
                unit="share of what is disputed", meaning="A's share held at the line of contact",
            ),
        )  # fmt: skip

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """What each side holds, less the cost of fighting."""
        effort_a, effort_d = at.effort
        held = at.level("territory", self.start)
        return {
            "attacker": held - self.attacker_cost * effort_a**2 - self.attacker_losses * effort_d,
            "defender": 1.0 - held - self.defender_cost * effort_d**2 - self.defender_losses * effort_a,
        }

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """The line moves; at an end of the axis the war may be over."""
        line = at.levels["territory"]
        if line.size == 1:
            return ()
        effort_a, effort_d = at.effort
        balance = at.level("balance", 0.0)
        advance = Drift(
            "territory",
            drift=self.speed * ((1.0 + balance) * effort_a - (1.0 - balance) * effort_d),
            spread=self.spread * max(effort_a, effort_d) ** 0.5,
        )
        if not self.ends_war:
            return (advance,)
        return (
            advance,
            _victory("collapse of the defender", line, float(line.max()), self.terms_at_collapse),
            _victory("expulsion of the attacker", line, float(line.min()), self.terms_at_expulsion),
        )


def _victory(end: str, line: Array, where: float, terms: float) -> Exit:
    """The war ends at once where the line is at `where`, on `terms`."""
    return Exit(end, np.where(line == where, np.inf, 0.0), {"attacker": float(terms), "defender": 1.0 - terms})

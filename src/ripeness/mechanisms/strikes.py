"""Strikes on D's energy infrastructure: damage, repair, and what both cost.

The state w is the part of the infrastructure that is out, 0 to 1. Strikes that get through put out what still works;
repair brings it back:

    up     = strikes season (1 - interception min(support, 1)),    season = winter_strikes in winter, else 1
    drift  = up (1 - w) - repair w

Interception rests on aid. D pays toll w, in winter winter_toll times as much; A pays cost for each unit of strikes,
whether they get through or not. The home front suffers through the axis (`morale`). With `points: 1` nothing moves, the
damage stays at `start`, and the toll is constant but for the season.

Source: damage and repair as a two-state process for each plant; figures from the Air Force bulletins, see the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ripeness.mechanisms.axes import check_start, even_axis, points_field, push_and_pull
from ripeness.mechanisms.base import (
    Array,
    Axis,
    Drift,
    GridSize,
    Mechanism,
    Move,
    Role,
    Setting,
    dates_of_periods,
)
from ripeness.scenario.quantity import Quantity, quantity


class Strikes(Mechanism):
    """Damage on the axis "infrastructure", 0 to 1, with seasons."""

    name: ClassVar[str] = "strikes"
    order: ClassVar[int] = 57

    start: Quantity = quantity(
        0.4, unit="share of capacity out", low=0.0, high=1.0, range=(0.2, 0.6), meaning="Damage at the start."
    )
    points: int = points_field(4, "Points of the axis.")
    grain: Quantity = quantity(
        0.34, unit="share of capacity out", low=0.0, high=1.0, range=(0.1, 0.4), grid=True,
        meaning="Damage of one wave of strikes; the larger, the noisier. At least the distance of the grid points.",
    )  # fmt: skip
    strikes: Quantity = quantity(
        1.5, unit="per year", low=0.0, high=50.0, range=(0.5, 3.0),
        meaning="Rate at which strikes would put out what still works if none were intercepted.",
    )  # fmt: skip
    interception: Quantity = quantity(
        0.75, unit="fraction of strikes", low=0.0, high=1.0, range=(0.5, 0.9),
        meaning="Fraction of strikes stopped while aid meets D's need; proportional to aid below that.",
    )  # fmt: skip
    repair: Quantity = quantity(
        0.6, unit="per year", low=0.0, high=50.0, range=(0.3, 2.0), meaning="Rate at which damage is repaired."
    )
    winter_strikes: Quantity = quantity(
        1.3, unit="multiple of the rate in summer", low=0.0, high=10.0, range=(1.0, 2.0),
        meaning="How much harder A strikes in winter.",
    )  # fmt: skip
    winter_toll: Quantity = quantity(
        2.0, unit="multiple of the toll in summer", low=0.0, high=10.0, range=(1.0, 3.0),
        meaning="How much more the same damage costs in winter.",
    )  # fmt: skip
    winter_months: tuple[int, ...] = Field(
        default=(10, 11, 12, 1, 2, 3),
        description="Months of the heating season, 1 to 12.",
        json_schema_extra={"unit": "month of the year", "range": [1, 12]},
    )
    toll: Quantity = quantity(
        0.06, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What infrastructure fully out costs D in summer.",
    )  # fmt: skip
    cost: Quantity = quantity(
        0.005, unit="share of the prize, per unit of strikes", low=0.0, high=10.0, range=(0.0, 0.05),
        meaning="What strikes cost A: it pays cost times strikes times season as a rate.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _checks(self) -> Strikes:
        check_start(self.name, 0.0, self.start, 1.0)
        wrong = [month for month in self.winter_months if not 1 <= month <= 12]
        if wrong:
            raise ValueError(f"winter_months must lie in 1 to 12, got {wrong}. January is 1.")
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Damage of the infrastructure."""
        return (
            even_axis(
                "infrastructure", 0.0, 1.0, self.start, self.points, grid,
                unit="share of capacity out", meaning="damage of the defender's energy infrastructure",
            ),
        )  # fmt: skip

    def breaks(self, start: np.datetime64, years_per_period: float, horizon: int) -> tuple[int, ...]:
        """Periods whose part in winter differs from the period before."""
        if self.winter_strikes == 1.0 and self.winter_toll == 1.0:
            return ()
        winter = self.winters(start, years_per_period, np.arange(horizon))
        return tuple((1 + np.flatnonzero(winter[1:] != winter[:-1])).tolist())

    def winters(self, start: np.datetime64, years_per_period: float, periods: NDArray[np.int64]) -> Array:
        """Part of each period that lies in winter: of its months, or for shorter periods by the month it begins in."""
        first = dates_of_periods(start, years_per_period, periods).astype("M8[M]")
        months = first[:, np.newaxis] + np.arange(max(1, round(12.0 * years_per_period))).astype("m8[M]")
        return np.asarray(np.isin(months.astype(np.int64) % 12 + 1, self.winter_months).mean(axis=1), np.float64)

    def winter(self, at: Setting) -> float:
        """Part of the period that lies in winter."""
        return float(self.winters(at.start, at.years_per_period, np.array([at.period]))[0])

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """Outages cost D, strikes cost A."""
        winter = self.winter(at)
        return {
            "attacker": -self.cost * self.strikes * _season(self.winter_strikes, winter),
            "defender": -self.toll * _season(self.winter_toll, winter) * at.level("infrastructure", self.start),
        }

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """Strikes put capacity out, repair brings it back."""
        damage = at.levels["infrastructure"]
        if damage.size == 1:
            return ()
        season = _season(self.winter_strikes, self.winter(at))
        stopped = self.interception * np.clip(at.level("support", 1.0), 0.0, 1.0)
        up = self.strikes * season * (1.0 - stopped)
        drift, spread = push_and_pull(damage, 0.0, 1.0, up=up, down=self.repair, grain=self.grain)
        return (Drift("infrastructure", drift, spread),)


def _season(multiple: float, winter: float) -> float:
    """Multiple of the summer's rate in a period of which the part `winter` lies in winter."""
    return 1.0 + (multiple - 1.0) * winter

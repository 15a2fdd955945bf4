"""Continuous axes: even grids in three sizes, and the law by which a level between two ends moves.

A level x between `low` and `high` (morale, strain, damage, aid) is a stock of many small units, each of which is either
up or down. Units that are down go up at the rate `up`, units that are up go down at the rate `down`:

    drift     v  = up (high - x) - down (x - low)
    variance s^2 = grain [up (high - x) + down (x - low)]      per year

`grain` is the size of one unit: the birth-and-death chain of Ehrenfest's urn when it equals the distance h of the grid
points. Two things follow. Since |v| never exceeds s^2 / grain, the weights of theory (iv.2) are valid in every state
whenever h <= grain. And since nothing pushes outward at the ends, the expected path obeys dx/dt = v up to the square of
the drift in one period: the ends of the axis do not bend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import Field

from ripeness.mechanisms.base import Array, Axis, GridSize
from ripeness.scenario.quantity import Quantity

SIZES: dict[GridSize, float] = {"coarse": 2 / 3, "normal": 1.0, "fine": 3 / 2}
"""Number of steps of a grid relative to the normal one."""
LEAST_COARSE = 5
"""A coarse grid does not fall below this number of points (nor rise above the normal number)."""


MOST_POINTS = 401
"""Most points that an axis may be given."""


def points_field(default: int, meaning: str) -> Any:
    """Field of a model: number of points of the normal grid of an axis; 1 keeps the level where it starts."""
    return Field(
        default=default,
        ge=1,
        le=MOST_POINTS,
        description=f"{meaning} Normal grid; coarse has about 2/3 of the steps, fine 3/2; 1: the level never moves.",
        json_schema_extra={"unit": "points", "range": [1, 101]},
    )


def quantities(defaults: Sequence[float], *, unit: str, meaning: str, range: tuple[float, float]) -> Any:
    """Field of a model: one `Quantity` for each regime of the patron's mood, with unit, meaning and default range."""
    return Field(
        default=tuple(Quantity(value, range=range) for value in defaults),
        description=meaning,
        json_schema_extra={"unit": unit, "range": list(range)},
    )


def n_points(normal: int, grid: GridSize) -> int:
    """Points of an axis on a grid of the given size."""
    if normal == 1:
        return 1
    scaled = 1 + max(1, round((normal - 1) * SIZES[grid]))
    return max(scaled, min(normal, LEAST_COARSE))


def normal_points(points: int, grid: GridSize) -> int:
    """Least number of points on the normal grid that makes at least `points` on a grid of the given size."""
    normal = 1
    while n_points(normal, grid) < points:
        normal += 1
    return normal


def even_axis(
    name: str, low: float, high: float, start: float, points: int, grid: GridSize, *, unit: str, meaning: str
) -> Axis:
    """Axis of evenly spaced points from `low` to `high`, both included; one point lies at `start`."""
    count = n_points(points, grid)
    values = np.array([start], np.float64) if count == 1 else np.linspace(low, high, count)
    return Axis(name=name, values=values, start=float(start), unit=unit, meaning=meaning)


def check_start(mechanism: str, low: float, start: float, high: float) -> None:
    """Refuse an axis without length or a start outside it.

    Raises:
        ValueError: names the value, the axis and the remedy.
    """
    if not low < high:
        raise ValueError(f"low must be below high, got low {low:g} and high {high:g}. Exchange or widen them.")
    if not low <= start <= high:
        raise ValueError(
            f"start must lie on the axis of {mechanism}, [{low:g}, {high:g}], got {start:g}. Move it or widen the axis."
        )


def push_and_pull(
    level: Array | float, low: float, high: float, *, up: Array | float, down: Array | float, grain: float
) -> tuple[Array | float, Array | float]:
    """Drift and spread per year of a level between `low` and `high` (module docstring).

    Args:
        up, down: rates per year, at least 0, at which what is down rises and what is up falls.
        grain: size of one unit, in the unit of the level.
    """
    rise = np.asarray(up) * np.maximum(high - level, 0.0)
    fall = np.asarray(down) * np.maximum(level - low, 0.0)
    return rise - fall, np.sqrt(grain * (rise + fall))


def relaxation(
    level: Array | float, low: float, high: float, *, target: Array | float, rate: float, grain: float
) -> tuple[Array | float, Array | float]:
    """Drift and spread per year of a level that closes its distance to `target` at `rate`: drift = rate (target - x).

    The same law with up = rate (target - low) / (high - low) and down = rate (high - target) / (high - low); a target
    beyond an end counts as that end.
    """
    share = (np.clip(target, low, high) - low) / (high - low)
    return push_and_pull(level, low, high, up=rate * share, down=rate * (1.0 - share), grain=grain)


def by_regime(values: Sequence[float], regime: Array | float, field: str, scale: float = 1.0) -> Array | float:
    """`scale` times the entry of `values` for the patron's mood in each state; without the axis "mood" the first entry.

    Raises:
        ValueError: fewer entries than the axis has regimes.
    """
    index = np.asarray(regime, np.int64)
    if index.size and index.max() >= len(values):
        raise ValueError(
            f"{field} has {len(values)} entries, but the axis 'mood' has {int(index.max()) + 1} regimes. Give one "
            "entry for each regime, in their order."
        )
    found: Array | float = scale * np.asarray(values, np.float64)[index]
    return found

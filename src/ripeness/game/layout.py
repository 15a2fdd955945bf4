"""The grid of the state: axes of all mechanisms, their order in memory, and where the mass starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ripeness.game.errors import GameError, ask
from ripeness.mechanisms.base import Array, Axis, GridSize, Mechanism

MAX_STATES = 4_000_000
"""Largest grid that is filled; beyond it the tables alone take tens of gigabytes."""


def in_order(mechanisms: Mapping[str, Mechanism]) -> tuple[tuple[str, Mechanism], ...]:
    """Mechanisms in nature's sequence: by `order`, ties by name."""
    return tuple(sorted(mechanisms.items(), key=lambda item: (item[1].order, item[0])))


def collect_axes(mechanisms: Sequence[tuple[str, Mechanism]], grid: GridSize) -> tuple[tuple[Axis, str], ...]:
    """Axes of all mechanisms with the name of the one that adds each.

    Raises:
        GameError: an axis given twice, with uneven or decreasing values, or with a start outside them.
    """
    found: dict[str, tuple[Axis, str]] = {}
    for name, mechanism in mechanisms:
        for axis in ask(name, mechanism.axes, grid):
            if axis.name in found:
                raise GameError(
                    f"mechanisms.{name} and mechanisms.{found[axis.name][1]} both add the axis '{axis.name}'. "
                    "Leave one of them out."
                )
            _check_axis(axis, name)
            found[axis.name] = (axis, name)
    n_states = int(np.prod([axis.values.size for axis, _ in found.values()], dtype=np.int64)) if found else 1
    if n_states > MAX_STATES:
        sizes = ", ".join(f"{axis.name} {axis.values.size}" for axis, _ in found.values())
        raise GameError(
            f"the grid has {n_states:,} states ({sizes}), more than {MAX_STATES:,}. Take a coarser grid, fewer "
            "`points` on some axis, or leave out a mechanism."
        )
    return tuple(found.values())


def _check_axis(axis: Axis, mechanism: str) -> None:
    said = f"mechanisms.{mechanism}: axis '{axis.name}'"
    values = np.asarray(axis.values, np.float64)
    if values.ndim != 1 or values.size == 0 or not np.all(np.isfinite(values)):
        raise GameError(f"{said} must have at least one finite value along one dimension, got {values}.")
    gaps = np.diff(values)
    if np.any(gaps <= 0.0):
        raise GameError(f"{said} must have increasing values, got {values}.")
    if axis.labels and (len(axis.labels) != values.size or np.any(values != np.arange(values.size))):
        raise GameError(f"{said} must have the values 0, 1, 2, ... and a label for each, got {values}, {axis.labels}.")
    if gaps.size and not np.allclose(gaps, gaps[0], rtol=1e-6, atol=0.0):
        raise GameError(f"{said} must have evenly spaced values, got steps of {gaps.min():.4g} to {gaps.max():.4g}.")
    if not values[0] - 1e-12 <= axis.start <= values[-1] + 1e-12:
        raise GameError(
            f"{said} must start within [{values[0]:g}, {values[-1]:g}], got {axis.start:g}. Move the start, or widen "
            "the axis."
        )


def levels_of(axes: Sequence[Axis]) -> dict[str, Array]:
    """Grid values of every axis, each shaped to broadcast over the grid."""
    n = len(axes)
    return {
        axis.name: np.asarray(axis.values, np.float64).reshape([-1 if k == d else 1 for k in range(n)])
        for d, axis in enumerate(axes)
    }


def storage_order(axes: Sequence[Axis], moved: Sequence[str]) -> tuple[Axis, ...]:
    """Axes from outermost to innermost: last moved first, first moved last, unmoved ones in between.

    The engine works on slabs along axis 0 and pulls values back through nature's last step first, so the outermost axis
    is the one moved last that has at least four points (work for several threads), else the largest one moved. The
    innermost axis, moved first, has stride one.

    Args:
        moved: names of the axes in the order in which nature moves them; repetitions count as their first place.
    """
    first = {name: k for k, name in reversed(list(enumerate(moved)))}
    last = {name: k for k, name in enumerate(moved)}
    ranked = sorted(axes, key=lambda axis: -first.get(axis.name, -1))
    still = [axis for axis in ranked if axis.name not in first]
    moving = [axis for axis in ranked if axis.name in first]
    if not moving:
        return tuple(sorted(axes, key=lambda axis: -axis.values.size))
    wide = [axis for axis in moving if axis.values.size >= 4]
    if wide:
        outer = max(wide, key=lambda axis: last[axis.name])
    else:
        outer = max(moving, key=lambda axis: (axis.values.size, last[axis.name]))
    rest = [axis for axis in moving if axis is not outer]
    return (outer, *still, *rest)


def initial_mass(axes: Sequence[Axis]) -> Array:
    """Mass at the start, flat: split between the two neighbours on each axis, so that each mean is exact."""
    mass = np.ones(())
    for axis in axes:
        values = np.asarray(axis.values, np.float64)
        along = np.zeros(values.size)
        if values.size == 1:
            along[0] = 1.0
        else:
            k = int(np.clip(np.searchsorted(values, axis.start, side="right") - 1, 0, values.size - 2))
            share = float(np.clip((axis.start - values[k]) / (values[k + 1] - values[k]), 0.0, 1.0))
            along[k], along[k + 1] = 1.0 - share, share
        mass = np.multiply.outer(mass, along)
    return mass.reshape(-1)

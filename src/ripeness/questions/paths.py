"""Where the war stands over time: the marginal distribution of every axis while the war is open."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from ripeness.game import Game
from ripeness.mechanisms.base import Axis
from ripeness.questions.distribution import cell_quantiles
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float, Moment


class Paths:
    """Collects one group per axis.

    Attributes:
        marginal: (T, n) of each axis: probability that the war is open and stands at this point.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        n_periods = game.tables.n_periods
        self.marginal = [np.zeros((n_periods, axis.values.size)) for axis in game.axes]

    def visit(self, at: Moment) -> None:
        """Add one period."""
        shape = self._game.tables.shape
        full = np.zeros(int(np.prod(shape)))
        for part in at.parts:
            if isinstance(part.states, slice):
                full[part.states] += part.mass
            else:  # several lanes of a state: other beliefs
                full += np.bincount(part.states, part.mass, full.size)
        grid = full.reshape(shape)
        for k, marginal in enumerate(self.marginal):
            others = tuple(a for a in range(grid.ndim) if a != k)
            marginal[at.period] = grid.sum(axis=others)

    def datasets(self) -> dict[str, xr.Dataset]:
        """One finished group per axis, by the name of the group."""
        return {
            group_name(axis.name): _axis_dataset(axis, joint)
            for axis, joint in zip(self._game.axes, self.marginal, strict=True)
        }


def group_name(axis: str) -> str:
    """Name of an axis's group in the tree: blanks become underscores."""
    return axis.replace(" ", "_").replace("/", "_")


def catalogue(axis: Axis) -> Catalogue:
    """Variables of an axis's group."""
    return {
        "distribution": Variable("time level", "1", f"probability of each level of {axis.name} while open"),
        "mean": Variable("time", axis.unit, f"mean {axis.name} while open"),
        "spread": Variable("time", axis.unit, f"standard deviation of {axis.name} while open"),
        "quantiles": Variable("time quantile", axis.unit, f"quantiles of {axis.name} while open"),
    }


def _axis_dataset(axis: Axis, joint: Float) -> xr.Dataset:
    total = joint.sum(axis=1, keepdims=True)
    share = np.divide(joint, total, out=np.full(joint.shape, np.nan), where=total > 0.0)
    arrays = {"distribution": share}
    coords: dict[str, Any] = {"level": ("level", axis.values, {"units": axis.unit, "long_name": axis.meaning})}
    if axis.labels:
        coords["label"] = ("level", text(axis.labels))
    else:
        centre = share @ axis.values
        arrays["mean"] = centre
        arrays["spread"] = np.sqrt(np.maximum(share @ axis.values**2 - centre**2, 0.0))
        split = float(arrays["spread"][0])
        arrays["quantiles"] = np.array([cell_quantiles(axis.values, row, split) for row in joint])
    group = dataset(arrays, catalogue(axis), coords, axis.meaning)
    group.attrs["axis"] = axis.name
    return group

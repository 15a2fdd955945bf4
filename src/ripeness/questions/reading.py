"""The numbers of an outlook's tree, in the form in which sentences and charts need them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.questions.labels import values_of
from ripeness.questions.moment import Float
from ripeness.questions.words import month, span

TOLD = 0.005
"""Probabilities, and differences of shares, below half a percent are not told."""

LEAST_OPEN = 1e-4
"""What holds while the war is open is not told of dates at which it is open with less probability than this."""


class Paragraph(NamedTuple):
    """An answer to one question."""

    key: str
    question: str
    answer: str


class Reading:
    """One outlook's tree."""

    def __init__(self, tree: xr.DataTree) -> None:
        self.tree = tree
        self.attrs: dict[str, Any] = {str(key): value for key, value in tree.attrs.items()}
        self.time: NDArray[np.datetime64] = values_of(tree, "time")
        self.years_per_period = float(self.attrs["years_per_period"])
        self.roles = self.names_of("actor")
        self.names = dict(zip(self.roles, self.names_of("actor_name"), strict=True))
        self.leaders = dict(zip(self.roles, self.names_of("actor_leader"), strict=True))
        self.packages = self.names_of("package")
        self.ends = self.names_of("outlook/end")
        self.levels = [float(q) for q in values_of(tree, "quantile")]

    def array(self, name: str) -> Float:
        """Numbers, by their path in the tree."""
        return np.asarray(values_of(self.tree, name), np.float64)

    def names_of(self, name: str) -> list[str]:
        """Strings, by their path in the tree."""
        return [str(x) for x in values_of(self.tree, name)]

    def has(self, name: str) -> bool:
        """Whether the tree has a variable or group of this path."""
        group, _, leaf = name.rpartition("/")
        node = self.tree[group] if group else self.tree
        return leaf in node

    def quantiles(self, name: str, *levels: float) -> list[float]:
        """Some quantiles of a variable whose only dimension is `quantile`."""
        shown = self.array(name)
        return [float(shown[self.levels.index(level)]) for level in levels]

    def date(self, name: str, level: float) -> np.datetime64:
        """One quantile of a date."""
        found: np.datetime64 = values_of(self.tree, name)[self.levels.index(level)]
        return found

    def overall(self, name: str) -> float:
        """The attribute `overall` of a variable."""
        return float(self.tree[name].attrs["overall"])

    def within(self, years: float) -> tuple[int, str]:
        """Last period that starts within `years` of the start, and how to name that span."""
        period = min(len(self.time), max(1, round(years / self.years_per_period))) - 1
        return period, span((period + 1) * self.years_per_period)

    @property
    def n_open(self) -> int:
        """Periods at whose start the war is open with more than a negligible probability; at least one."""
        return max(1, int((self.array("outlook/open_probability") >= LEAST_OPEN).sum()))

    def while_open(self, values: Float) -> Float:
        """Values by period, NaN from where the war is hardly ever open still."""
        known = np.arange(values.shape[0]) < self.n_open
        return np.where(known.reshape((-1,) + (1,) * (values.ndim - 1)), values, np.nan)

    @property
    def horizon(self) -> str:
        return month(np.datetime64(str(self.attrs["horizon"])))

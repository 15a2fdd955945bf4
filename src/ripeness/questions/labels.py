"""Arrays with names: how every measure becomes a dataset with units and meanings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray


class Variable(NamedTuple):
    """What a variable of the outlook is.

    Attributes:
        dims: names of its dimensions, outermost first, separated by blanks; empty for a single number.
        unit: "share" is a share of what is disputed, "1" a probability or a ratio.
        meaning: for axes of charts and for readers of the file.
    """

    dims: str
    unit: str
    meaning: str


Catalogue = Mapping[str, Variable]


def dataset(
    arrays: Mapping[str, Any],
    catalogue: Catalogue,
    coords: Mapping[str, Any],
    title: str,
    attributes: Mapping[str, Mapping[str, float]] | None = None,
) -> xr.Dataset:
    """Arrays as a dataset, each labelled as the catalogue says.

    Args:
        attributes: single numbers kept beside a variable, by its name.
    """
    extra = attributes or {}
    variables = {}
    for name, values in arrays.items():
        said = catalogue[name]
        # A date's unit belongs to the file: xarray writes "days since ..." there itself.
        unit = {} if said.unit == "date" else {"units": said.unit}
        attrs = {**unit, "long_name": said.meaning, **extra.get(name, {})}
        variables[name] = (tuple(said.dims.split()), values, attrs)
    return xr.Dataset(variables, coords=dict(coords), attrs={"title": title})


def text(names: Sequence[str]) -> NDArray[np.str_]:
    """Names as an array of fixed-width strings, the only kind that survives a file unchanged."""
    return np.array(list(names), dtype=f"<U{max([1, *(len(n) for n in names)])}")


def key_of(name: str) -> str:
    """A name as part of a key or of a file's name: small letters, digits and underscores."""
    return "_".join(re.findall(r"\w+", name.lower()))


def values_of(tree: xr.DataTree, name: str) -> NDArray[Any]:
    """Values of a variable or coordinate, by its path in a tree."""
    array = tree[name]
    if not isinstance(array, xr.DataArray):
        raise KeyError(f"{name!r} is a group of the outlook, not a variable")
    return np.asarray(array.values)

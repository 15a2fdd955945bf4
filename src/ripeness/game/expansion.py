"""Answers of hooks, checked against the grid and keyed by content, so that equal ones are worked out once.

In most epochs, postures and pairs of efforts a hook gives the same small array again. An equal answer costs a hash
here, not a table over all states, and the very same one costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ripeness.game.errors import GameError
from ripeness.mechanisms.base import Array

Made = TypeVar("Made")


class Part(NamedTuple):
    """One array as a hook gave it, with a key that is equal for equal content."""

    array: Array
    key: Hashable


class Expansion:
    """Checks what hooks return and remembers what has been made of it.

    Args:
        shape: grid of the state.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self.shape = tuple(shape)
        self._made: dict[Hashable, Any] = {}
        self._parts: dict[Hashable, tuple[Any, Part]] = {}

    def part(
        self,
        value: Any,
        who: str,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        infinite: bool = False,
        trailing: int = 0,
    ) -> Part:
        """One answer of a hook, checked.

        Args:
            who: mechanism and quantity, for messages.
            low, high: allowed range, both inclusive.
            infinite: whether `high` may be reached where it is infinite.
            trailing: number of last dimensions that are not axes of the grid.

        Raises:
            GameError: a shape that does not fit the grid, a value that is not a number or outside its range.
        """
        same = (id(value), low, high, infinite, trailing)
        if same in self._parts:
            return self._parts[same][1]
        array = np.ascontiguousarray(value, np.float64) + 0.0  # + 0.0 turns -0.0 into 0.0
        if np.ndim(value) == trailing:
            array = array.reshape((1,) * len(self.shape) + np.shape(value))
        over_grid = array.shape[: array.ndim - trailing]
        if len(over_grid) != len(self.shape) or any(
            n not in (1, full) for n, full in zip(over_grid, self.shape, strict=True)
        ):
            raise GameError(
                f"{who} must be a number or broadcast over the grid {self.shape}, got shape {over_grid}. Combine the "
                "arrays of Setting.levels without reshaping them."
            )
        least, most = float(array.min()), float(array.max())
        inside = low <= least <= most <= high
        if not inside or (not infinite and not (np.isfinite(least) and np.isfinite(most))):
            bad = least if not low <= least or not np.isfinite(least) else most
            raise GameError(f"{who} must be a number in [{low:g}, {high:g}] in every state, got {bad:.6g}.")
        part = Part(array, (array.shape, blake2b(array.tobytes(), digest_size=16).digest()))
        self._parts[same] = value, part  # with the value, so that its id stays its own
        return part

    def once(self, key: Hashable, make: Callable[..., Made], *args: Any) -> Made:
        """What `make(*args)` returned the first time that `key` was seen."""
        if key not in self._made:
            self._made[key] = make(*args)
        made: Made = self._made[key]
        return made


def keys(parts: Iterable[Part]) -> tuple[Hashable, ...]:
    """Key of a sum of parts."""
    return tuple(part.key for part in parts)


def add(parts: Iterable[Part]) -> Array | float:
    """Sum of parts, over the grid points that they broadcast to."""
    return sum((part.array for part in parts), 0.0)

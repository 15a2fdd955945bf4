"""Finished periods of the backward pass on disk, so that a long solve that was interrupted goes on where it stopped.

Each file, `checkpoint-<first period>.npy`, holds the values of the periods that were finished since the one before. A
short solve writes none.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.runs.folder import KEEP

EVERY_S = 10.0
"""Seconds of solving between two files."""


class Checkpoint:
    """Keeps the values of one solve in a folder.

    Args:
        folder: where the files lie.
        n_periods: horizon T of the solve; a file of another shape is not read.
    """

    def __init__(self, folder: Path, n_periods: int) -> None:
        self._folder = folder
        self._first_saved = n_periods + 1
        self._n_periods = n_periods
        self._saved_at_s = time.monotonic()

    def resume(self, shape: tuple[int, ...], dtype: Any) -> tuple[int, NDArray[Any]] | None:
        """(period, values) from which a solve of this shape can go on, or None."""
        values = np.zeros(shape, dtype)
        for path in sorted(self._folder.glob(f"{KEEP}-*.npy"), reverse=True):
            first = int(path.stem.removeprefix(f"{KEEP}-"))
            stored = np.load(path, allow_pickle=False)
            if (
                stored.dtype != values.dtype
                or first + len(stored) != self._first_saved
                or stored.shape[1:] != shape[1:]
            ):
                break
            values[first : self._first_saved] = stored
            self._first_saved = first
        return (self._first_saved, values) if self._first_saved <= self._n_periods else None

    def save_if_due(self, period: int, values: NDArray[Any]) -> None:
        """Save the periods from `period` on that are not saved yet, when the last time was long enough ago."""
        if time.monotonic() - self._saved_at_s >= EVERY_S and period < self._first_saved:
            self.save(period, values)

    def finish(self, values: NDArray[Any]) -> None:
        """Save the rest of a solve that was long enough to have been saved before."""
        if 0 < self._first_saved <= self._n_periods:
            self.save(0, values)

    def save(self, period: int, values: NDArray[Any]) -> None:
        """Save the periods from `period` on that are not saved yet."""
        part = self._folder / f".part-{period:06d}.npy"
        np.save(part, values[period : self._first_saved])
        part.rename(self._folder / f"{KEEP}-{period:06d}.npy")
        self._first_saved = period
        self._saved_at_s = time.monotonic()

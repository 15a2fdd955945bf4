"""Finished periods of the backward pass on disk, so that a long solve that was interrupted goes on where it stopped.

Each file, `checkpoint-<game>-<first period>.npz`, holds the values of the periods that were finished since the one
before, and how many of their choices had several solutions. A short solve writes none.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from ripeness.engine import DECISIONS, Solution
from ripeness.game import Tables
from ripeness.runs.folder import KEEP

EVERY_S = 10.0
"""Seconds of solving between two files."""


class Checkpoint:
    """Keeps the periods of one solve in a folder.

    Args:
        folder: where the files lie.
        name: of the game; a run solves several where somebody misreads another or has a secret.
        tables: the game; a file of another shape is not read.
        dtype: of its values.
    """

    def __init__(self, folder: Path, name: str, tables: Tables, dtype: np.dtype[Any]) -> None:
        self._start = f"{KEEP}-{name.replace(' ', '_')}-"
        self._folder, self._tables, self._dtype = folder, tables, dtype
        self._n_periods = tables.n_periods
        self._first_saved = self._n_periods + 1
        self._saved_at_s = time.monotonic()

    def resume(self) -> tuple[int, Solution] | None:
        """(period, solution) from which the solve can go on, or None."""
        tables = self._tables
        values = np.zeros((self._n_periods + 1, tables.n_rows, tables.n_states, tables.n_nodes), self._dtype)
        several = np.zeros((self._n_periods + 1, len(DECISIONS)), np.int64)
        for path in sorted(self._folder.glob(f"{self._start}*.npz"), reverse=True):
            first = int(path.stem.removeprefix(self._start))
            with np.load(path, allow_pickle=False) as stored:
                part, counts = stored["values"], stored["several"]
            if (
                part.dtype != values.dtype
                or first + len(part) != self._first_saved
                or part.shape[1:] != values.shape[1:]
            ):
                break
            values[first : self._first_saved], several[first : self._first_saved] = part, counts
            self._first_saved = first
        if self._first_saved > self._n_periods:
            return None
        return self._first_saved, Solution(tables, values, several=several[:-1] if tables.n_profiles > 1 else None)

    def save_if_due(self, period: int, solution: Solution) -> None:
        """Save the periods from `period` on that are not saved yet, when the last time was long enough ago."""
        if time.monotonic() - self._saved_at_s >= EVERY_S and period < self._first_saved:
            self.save(period, solution)

    def finish(self, solution: Solution) -> None:
        """Save the rest of a solve that was long enough to have been saved before."""
        if 0 < self._first_saved <= self._n_periods:
            self.save(0, solution)

    def save(self, period: int, solution: Solution) -> None:
        """Save the periods from `period` on that are not saved yet."""
        values = solution.values[period : self._first_saved]
        several = np.zeros((len(values), len(DECISIONS)), np.int64)
        if solution.several is not None:
            counts = solution.several[period : self._first_saved]
            several[: len(counts)] = counts
        part = self._folder / f".part-{period:06d}.npz"
        np.savez(part, values=values, several=several)
        part.rename(self._folder / f"{self._start}{period:06d}.npz")
        self._first_saved = period
        self._saved_at_s = time.monotonic()

"""Threads that share the units of states of a pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


def default_threads() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Threads that share the units of a layout; the units are the same for any number, so the results are too."""

    def __init__(self, units: NDArray[np.int64], threads: int | None) -> None:
        wanted = default_threads() if threads is None else max(1, int(threads))
        n_units = units.size - 1
        n_threads = min(wanted, n_units)
        cuts = np.unique(np.linspace(0, n_units, n_threads + 1).round().astype(int))
        self.spans = list(pairwise(cuts.tolist()))
        self._pool = ThreadPoolExecutor(len(self.spans)) if len(self.spans) > 1 else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def map(self, kernel: Callable[..., None], *arguments: Any) -> None:
        """Call `kernel(first unit, end unit, *arguments)` for every span and wait."""
        self._call(kernel, self.spans, arguments)

    def map_range(self, n: int, kernel: Callable[..., None], *arguments: Any) -> None:
        """Call `kernel(first, end, *arguments)` for even parts of 0 .. n - 1, at most one for each thread, and wait."""
        cuts = np.linspace(0, n, len(self.spans) + 1).astype(int).tolist()
        self._call(kernel, [(first, end) for first, end in pairwise(cuts) if first < end], arguments)

    def _call(self, kernel: Callable[..., None], spans: list[tuple[int, int]], arguments: tuple[Any, ...]) -> None:
        if self._pool is None:
            for span in spans:
                kernel(*span, *arguments)
        else:
            for done in [self._pool.submit(kernel, *span, *arguments) for span in spans]:
                done.result()

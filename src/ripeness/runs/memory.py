"""Memory that this process may still take, so that a run that would not fit is refused before it starts."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from ripeness.engine import memory_needed
from ripeness.game import Tables
from ripeness.mechanisms.base import Axis
from ripeness.runs.errors import RunError

SHARE_TO_USE = 0.9
"""Part of the free memory that a run may plan with; the rest is left to the system."""

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def available_memory() -> int | None:
    """Bytes that are free now, within the limit of the control group where there is one; None where nobody tells."""
    limits = [found for found in (_from_meminfo(), _from_control_group()) if found is not None]
    if not limits:
        try:
            limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
        except (AttributeError, OSError, ValueError):
            return None
    return min(limits)


def parse_bytes(text: str) -> int:
    """Bytes of a size such as ``800M``, ``1.5GiB`` or ``2000000``; units are powers of 1024."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", text.lower())
    if match is None or (size := int(float(match[1]) * _UNITS[match[2]])) <= 0:
        raise ValueError(f"a memory limit must be a positive size such as 800M or 2G, got {text!r}")
    return size


def in_words(size: int) -> str:
    """A size for people."""
    for unit, name in ((2**30, "GiB"), (2**20, "MiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}" if size < 100 * unit else f"{size / unit:.0f} {name}"
    return f"{size / 2**10:.0f} KiB"


def memory_of_run(tables: Tables, dtype: DTypeLike) -> int:
    """Bytes that solving and forecasting take beyond the tables themselves, about.

    The backward pass, the decisions of one period at every state, and the mass of every period (float64). With private
    information: the engine's own count of its forward pass, what the measures take of one period, and the values of
    one more solution beside the first, since misreadings and secrets are judged by solving again.
    """
    if tables.n_profiles > 1:
        n_packages, n_actors, item = (
            tables.peace_fixed.shape[1],
            len(set(tables.row_side.tolist())),
            np.dtype(dtype).itemsize,
        )
        measured = tables.n_profiles * ((n_packages + 1) * (8 + n_actors * item) + n_actors * item)
        again = (tables.n_periods + 1) * tables.n_rows * item
        lanes = tables.n_states * tables.n_nodes
        return int(memory_needed(tables, dtype, forward=True) + lanes * (measured + again))
    n_postures, n_effort, n_rows = tables.flow.shape[1:]
    n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]
    decided = n_postures * (1 + n_proposers * (n_packages + 2) + 2 * n_packages + n_effort + 2 * n_rows)
    decided += (n_packages + 1) * n_rows
    mass = 8 * (tables.n_periods + 1)
    return int(memory_needed(tables, dtype) + tables.n_states * (np.dtype(dtype).itemsize * decided + mass))


def check_memory(axes: Sequence[Axis], n_periods: int, needed: int, dtype: str, memory_limit: int | None) -> None:
    """Refuse a game that would not fit, with advice.

    Args:
        needed: bytes that it needs.
        memory_limit: bytes that it may take; None: most of what is free.

    Raises:
        RunError: it would not fit.
    """
    free = available_memory()
    limit = memory_limit if memory_limit is not None else None if free is None else int(SHARE_TO_USE * free)
    if limit is None or needed <= limit:
        return
    n_states = math.prod(axis.values.size for axis in axes)
    sizes = ", ".join(f"{axis.name} {axis.values.size}" for axis in axes) or "no axis"
    whose = "the limit is" if memory_limit is not None else "there is room for"
    advice = ["--grid coarse, or fewer `points` on the largest axis"]
    if (periods := n_periods * limit // needed) >= 1:
        advice.append(f"a --horizon of about {periods} periods")
    if dtype == "float64":
        advice.append("--dtype float32")
    raise RunError(
        f"solving {n_states:,} states ({sizes}) over {n_periods} periods needs about {in_words(needed)}, "
        f"{whose} {in_words(limit)}. Use {'; '.join(advice)}; or allow more with --memory-limit."
    )


def _from_meminfo() -> int | None:
    try:
        match = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(match[1]) * 1024 if match else None


def _from_control_group() -> int | None:
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            return max(0, int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return None

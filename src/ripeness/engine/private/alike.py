"""Actions that are worth the same to every type, whatever is believed: they count as one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ripeness.engine.apart import inner_exact, small

ALIKE, ALIKE_SINGLE = 1e-12, 2e-7
"""Payoffs that differ by no more, relative to the largest, are the same; in single precision."""


@inner_exact
def group_alike(weight: Any, worth: Any, most: float, itemsize: int) -> tuple[Any, Any, Any, Any]:
    """Groups of open actions that are worth the same.

    Args:
        weight: (A,) reference weights; 0: the action is closed.
        worth: (A, m) payoffs, of open actions.
        most: the largest payoff.
        itemsize: bytes of the number that payoffs were computed in.

    Returns:
        (A,) group of each action, -1 where it is closed; (A,) its share of the group's chance; (n,) the first action
        of each group; (n,) reference weights of the groups.
    """
    small()
    within, n = (ALIKE if itemsize == 8 else ALIKE_SINGLE) * most, 0
    group, share = np.full(weight.size, -1), np.zeros(weight.size)
    first, total = np.zeros(weight.size, np.int64), np.zeros(weight.size)
    for a in range(weight.size):
        if weight[a] <= 0.0:
            continue
        group[a] = n
        for i in range(n):
            if np.abs(worth[a] - worth[first[i]]).max() <= within:
                group[a] = i
                break
        if group[a] == n:
            first[n] = a
            n += 1
        total[group[a]] += weight[a]
    for a in range(weight.size):
        if group[a] >= 0:
            share[a] = weight[a] / total[group[a]]
    return group, share, first[:n].copy(), total[:n].copy()

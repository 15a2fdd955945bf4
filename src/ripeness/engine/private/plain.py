"""Choices of a side without types, which tell nothing: logit at every lane (theory (i.4), (i.5), (i.7))."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.exponential import FASTMATH, exponential
from ripeness.engine.private.block import NOTHING


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def choose_plain(weight: Any, sharp: Any, worth: Any, row: int, lanes: int, chance: Any) -> None:
    """Logit choice of a side without types at every lane; worth[a, row] is the value of action a."""
    zero = worth.dtype.type(0.0)
    n_actions = weight.size
    best, total = np.full(lanes, NOTHING, worth.dtype), np.zeros(lanes, worth.dtype)
    for a in range(n_actions):
        if weight[a] > zero:
            value = worth[a, row]
            for k in range(lanes):
                best[k] = max(best[k], value[k])
    for a in range(n_actions):
        into, value = chance[a], worth[a, row]
        if weight[a] > zero:
            for k in range(lanes):
                into[k] = weight[a] * exponential(sharp * (value[k] - best[k]))
                total[k] += into[k]
        else:
            for k in range(lanes):
                into[k] = zero
    for a in range(n_actions):
        into = chance[a]
        for k in range(lanes):
            into[k] /= total[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def mean_plain(n_actions: int, chance: Any, leads_to: Any, lanes: int, out: Any) -> None:
    """Value of every row before a choice of a side without types; action a leads to leads_to[a] (R, L)."""
    for r in range(out.shape[0]):
        into = out[r]
        for k in range(lanes):
            into[k] = 0.0
        for a in range(n_actions):
            odds, worth = chance[a], leads_to[a, r]
            for k in range(lanes):
                into[k] += odds[k] * worth[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer_plain(
    reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, chance: Any, accepted: Any, out: Any
) -> None:  # fmt: skip
    """Answers of a side without types to each of N packages, as if decisive, and the value of every row before them.

    Args:
        reject: reference weight of rejecting against accepting.
        peace, fight: (N, R, L), (R, L) what the side compares.
        chance: (N, 2, L) filled: accept, reject.
        accepted: (N, R, L) what acceptance leads to.
        out: (N + 1, R, L), the first N filled.
    """
    one = fight.dtype.type(1.0)
    for n in range(peace.shape[0]):
        yes, no, worth, instead = chance[n, 0], chance[n, 1], peace[n, row], fight[row]
        for k in range(lanes):
            odds = reject * exponential(sharp * (instead[k] - worth[k]))  # of rejecting against accepting
            yes[k] = one / (one + odds)
            no[k] = odds / (one + odds)
        for r in range(fight.shape[0]):
            into, agreed, refused = out[n, r], accepted[n, r], fight[r]
            for k in range(lanes):
                into[k] = yes[k] * agreed[k] + no[k] * refused[k]

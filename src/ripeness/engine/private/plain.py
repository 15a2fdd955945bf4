"""Choices of a side without types, which tell nothing: logit at every lane (theory (i.4), (i.5), (i.7))."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.exponential import FASTMATH, exponential
from ripeness.engine.private.block import NOTHING

TOGETHER = 256
"""Lanes at a time, whose numbers stay in the nearest memory while everything is done with them."""


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def choose_plain(
    weight: Any, sharp: Any, worth: Any, row: int, lanes: int, keep: bool, chance: Any, leads_to: Any, out: Any
) -> None:  # fmt: skip
    """Logit choice of a side without types at every lane, and the value of every row before it.

    Args:
        worth: worth[a, row] is the value of action a to the side.
        keep: whether `chance` (A, L) is filled.
        leads_to: (A, R, L) what each action leads to.
        out: (R, L) filled.
    """
    zero = worth.dtype.type(0.0)
    n_actions = weight.size
    odds = np.zeros((n_actions, TOGETHER), worth.dtype)
    best, total = np.zeros(TOGETHER, worth.dtype), np.zeros(TOGETHER, worth.dtype)
    for first in range(0, lanes, TOGETHER):
        n = min(TOGETHER, lanes - first)
        for k in range(n):
            best[k], total[k] = NOTHING, zero
        for a in range(n_actions):
            if weight[a] > zero:
                value = worth[a, row, first : first + n]
                for k in range(n):
                    best[k] = max(best[k], value[k])
        for a in range(n_actions):
            if weight[a] > zero:
                value, into, odd = worth[a, row, first : first + n], odds[a], weight[a]
                for k in range(n):
                    into[k] = odd * exponential(sharp * (value[k] - best[k]))
                    total[k] += into[k]
        for a in range(n_actions):
            into = odds[a]
            for k in range(n):
                into[k] /= total[k]
            if keep:
                chance[a, first : first + n] = into[:n]
        for r in range(out.shape[0]):
            mean = out[r, first : first + n]
            for k in range(n):
                mean[k] = zero
            for a in range(n_actions):
                if weight[a] > zero:
                    share, value = odds[a], leads_to[a, r, first : first + n]
                    for k in range(n):
                        mean[k] += share[k] * value[k]


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
    reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, keep: bool, chance: Any, accepted: Any,
    out: Any,
) -> None:  # fmt: skip
    """Answers of a side without types to each of N packages, as if decisive, and the value of every row before them.

    Args:
        reject: reference weight of rejecting against accepting.
        peace, fight: (N, R, L), (R, L) what the side compares.
        keep: whether `chance` (N, 2, L) is filled: accept, reject.
        accepted: (N, R, L) what acceptance leads to.
        out: (N + 1, R, L), the first N filled.
    """
    one = fight.dtype.type(1.0)
    yes, no = np.zeros(TOGETHER, fight.dtype), np.zeros(TOGETHER, fight.dtype)
    for first in range(0, lanes, TOGETHER):
        n_here = min(TOGETHER, lanes - first)
        end = first + n_here
        for n in range(peace.shape[0]):
            agreed, refused = peace[n, row, first:end], fight[row, first:end]
            for k in range(n_here):
                odds = reject * exponential(sharp * (refused[k] - agreed[k]))  # of rejecting against accepting
                yes[k] = one / (one + odds)
                no[k] = odds * yes[k]
            if keep:
                chance[n, 0, first:end], chance[n, 1, first:end] = yes[:n_here], no[:n_here]
            for r in range(fight.shape[0]):
                into, agreed, refused = out[n, r, first:end], accepted[n, r, first:end], fight[r, first:end]
                for k in range(n_here):
                    into[k] = yes[k] * agreed[k] + no[k] * refused[k]

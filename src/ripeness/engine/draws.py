"""Random numbers of sampled histories.

Every draw is a hash of seed, history, period and its place in the period (SplitMix64, Steele, Lea & Flood 2014), so
that a history is the same whatever the number of histories or threads.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np


@nb.njit(cache=True, error_model="numpy")
def uniform(key: Any, history: int, period: int, draw: int) -> float:
    """Uniform number in [0, 1) that belongs to one draw of one period of one history."""
    z = key + np.uint64(0x9E3779B97F4A7C15) * np.uint64(1 + history)
    for salt in (np.uint64(period + 1), np.uint64(draw + 1)):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> np.uint64(31))) + np.uint64(0x9E3779B97F4A7C15) * salt
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@nb.njit(cache=True, error_model="numpy")
def pick(weights: Any, u: float) -> int:
    """Index drawn with probability proportional to the weights."""
    total = 0.0
    for k in range(weights.size):
        total += weights[k]
    left = u * total
    last = 0
    for k in range(weights.size):
        if weights[k] > 0.0:
            last = k
            left -= weights[k]
            if left < 0.0:
                return k
    return last

"""Sampled histories: paths through the decisions and moves that the backward pass solved.

Every draw is a hash of seed, history, period and its place in the period (SplitMix64, Steele, Lea & Flood 2014), so
that a history is the same whatever the number of histories or threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.solution import Solution, Stages, refuse_types
from ripeness.engine.stage import Decisions
from ripeness.engine.transport import Operators

FROZEN, SETTLED = -1, -2


class Samples(NamedTuple):
    """n histories of T periods. Paths hold -1 after the end and where nothing was chosen."""

    end: NDArray[np.int32]  # (n,) index in tables.ends, or SETTLED, or FROZEN
    end_period: NDArray[np.int32]  # (n,) period in which the war ended; T when frozen
    package: NDArray[np.int32]  # (n,) package settled on, -1 without settlement
    state: NDArray[np.int32]  # (n, T + 1) flat state at the start of each period
    posture: NDArray[np.int8]  # (n, T)
    proposer: NDArray[np.int8]  # (n, T) who was recognised, -1 nobody
    offer: NDArray[np.int16]  # (n, T) package offered, -1 none
    rejected: NDArray[np.int8]  # (n, T) who rejected the offer: bit 0 A, bit 1 D
    effort: NDArray[np.int16]  # (n, T) pair of efforts, -1 when the war settled first


def sample(solution: Solution, n_histories: int, seed: int, *, threads: int | None = None) -> Samples:
    """Draw histories from period 0.

    Args:
        n_histories: number of histories.
        seed: any integer; the same seed gives the same histories.
    """
    refuse_types(solution.tables)
    tables = solution.tables
    n, n_periods = int(n_histories), tables.n_periods
    if n < 0:
        raise ValueError(f"n_histories must be at least 0, got {n}")
    result = Samples(
        end=np.full(n, FROZEN, np.int32), end_period=np.full(n, n_periods, np.int32), package=np.full(n, -1, np.int32),
        state=np.full((n, n_periods + 1), -1, np.int32), posture=np.full((n, n_periods), -1, np.int8),
        proposer=np.full((n, n_periods), -1, np.int8), offer=np.full((n, n_periods), -1, np.int16),
        rejected=np.zeros((n, n_periods), np.int8), effort=np.full((n, n_periods), -1, np.int16),
    )  # fmt: skip
    key = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    start = np.cumsum(tables.initial) / tables.initial.sum()
    pool = np.ascontiguousarray(tables.pool)
    _draw_start(key, start, result.state)
    with Stages(solution, threads) as stages:
        operators = stages.layout.operators
        for period in range(n_periods):
            chosen = stages.decide(period)
            nature = np.ascontiguousarray(tables.nature[:, tables.epoch_of_period[period], :, :, tables.n_rows])
            stages.workers.map_range(
                n, _draw_period, key, period, chosen, pool, operators, tables.operator_end, nature, result
            )
    return result


@nb.njit(cache=True, error_model="numpy")
def _uniform(key: Any, history: int, period: int, draw: int) -> float:
    """Uniform number in [0, 1) that belongs to one draw of one period of one history."""
    z = key + np.uint64(0x9E3779B97F4A7C15) * np.uint64(1 + history)
    for salt in (np.uint64(period + 1), np.uint64(draw + 1)):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> np.uint64(31))) + np.uint64(0x9E3779B97F4A7C15) * salt
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_start(key: Any, cumulative: Any, state: Any) -> None:
    for h in range(state.shape[0]):
        state[h, 0] = np.searchsorted(cumulative, _uniform(key, h, -1, 0), side="right")


@nb.njit(cache=True, error_model="numpy")
def _pick(weights: Any, u: float) -> int:
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_period(
    first: int, last: int, key: Any, period: int, chosen: Decisions, pool: Any, operators: Operators, operator_end: Any,
    nature: Any, result: Samples,
) -> None:  # fmt: skip
    n_packages = chosen.offer.shape[2] - 1
    for h in range(first, last):
        s = result.state[h, period]
        if s < 0:
            continue
        m = _pick(chosen.posture[:, s], _uniform(key, h, period, 0))
        result.posture[h, period] = m
        u = _uniform(key, h, period, 1)
        proposer = -1
        for j in range(chosen.recognition.shape[1]):
            u -= chosen.recognition[m, j, s]
            if u < 0.0:
                proposer = j
                break
        if proposer >= 0:
            result.proposer[h, period] = proposer
            n = _pick(chosen.offer[m, proposer, :, s], _uniform(key, h, period, 2))
            if n < n_packages:
                result.offer[h, period] = n
                if proposer != 0 and _uniform(key, h, period, 3) >= chosen.accept[0, m, n, s]:
                    result.rejected[h, period] += 1
                if proposer != 1 and _uniform(key, h, period, 4) >= chosen.accept[1, m, n, s]:
                    result.rejected[h, period] += 2
                if result.rejected[h, period] == 0:
                    result.end[h], result.end_period[h], result.package[h] = SETTLED, period, n
                    continue
        e = _pick(chosen.effort[m, :, s], _uniform(key, h, period, 5))
        result.effort[h, period] = e
        for step in range(nature.shape[0]):
            operator = nature[step, m, e]
            if operator < 0:
                continue
            u = _uniform(key, h, period, 6 + step)
            leaves = True
            for arm in range(operators.offset.shape[1]):
                weight = operators.weight[operator, arm]
                if weight >= 0:
                    u -= pool[weight, s]
                    if u < 0.0:
                        s += operators.offset[operator, arm]
                        leaves = False
                        break
            # Weights that sum to one up to rounding must not end the war.
            if leaves and operator_end[operator] >= 0:
                result.end[h], result.end_period[h] = operator_end[operator], period
                s = -1
                break
        result.state[h, period + 1] = s

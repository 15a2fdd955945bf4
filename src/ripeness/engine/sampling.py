"""Sampled histories: paths through the decisions and moves that the backward pass solved; `draws` has the odds."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.draws import pick, uniform
from ripeness.engine.private.sampling import sample_types
from ripeness.engine.samples import SETTLED, Samples, blank_samples
from ripeness.engine.solution import Solution, Stages
from ripeness.engine.stage import Decisions
from ripeness.engine.transport import Operators


def sample(
    solution: Solution, n_histories: int, seed: int, *, weights: NDArray[np.float64] | None = None,
    threads: int | None = None,
) -> Samples:  # fmt: skip
    """Draw histories from period 0.

    Args:
        n_histories: number of histories.
        seed: any integer; the same seed gives the same histories.
        weights: (Theta,) odds of the true profile of types, in a game with private information; None: the analyst's.
    """
    tables = solution.tables
    n, n_periods = int(n_histories), tables.n_periods
    if n < 0:
        raise ValueError(f"n_histories must be at least 0, got {n}")
    if tables.n_profiles > 1:
        return sample_types(solution.values, tables, n, seed, weights, threads)
    result = blank_samples(n, n_periods, False)
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_start(key: Any, cumulative: Any, state: Any) -> None:
    for h in range(state.shape[0]):
        state[h, 0] = np.searchsorted(cumulative, uniform(key, h, -1, 0), side="right")


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
        m = pick(chosen.posture[:, s], uniform(key, h, period, 0))
        result.posture[h, period] = m
        u = uniform(key, h, period, 1)
        proposer = -1
        for j in range(chosen.recognition.shape[1]):
            u -= chosen.recognition[m, j, s]
            if u < 0.0:
                proposer = j
                break
        if proposer >= 0:
            result.proposer[h, period] = proposer
            n = pick(chosen.offer[m, proposer, :, s], uniform(key, h, period, 2))
            if n < n_packages:
                result.offer[h, period] = n
                if proposer != 0 and uniform(key, h, period, 3) >= chosen.accept[0, m, n, s]:
                    result.rejected[h, period] += 1
                if proposer != 1 and uniform(key, h, period, 4) >= chosen.accept[1, m, n, s]:
                    result.rejected[h, period] += 2
                if result.rejected[h, period] == 0:
                    result.end[h], result.end_period[h], result.package[h] = SETTLED, period, n
                    continue
        e = pick(chosen.effort[m, :, s], uniform(key, h, period, 5))
        result.effort[h, period] = e
        for step in range(nature.shape[0]):
            operator = nature[step, m, e]
            if operator < 0:
                continue
            u = uniform(key, h, period, 6 + step)
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

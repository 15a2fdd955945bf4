"""The peer: the same backward pass as an array program, whole-grid NumPy operations from the equations (i.1)-(i.7).

It shares no code with the engine, so it also serves as the check of the engine's answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import Tables

Array = NDArray[Any]


def solve_by_arrays(tables: Tables, dtype: Any, n_periods: int) -> Array:
    """Values at the start of the last `n_periods` periods' first, shape (R, S)."""
    pool: Array = tables.pool.astype(dtype)
    value: Array = tables.terminal.astype(dtype)
    delta: Array = tables.discount.astype(dtype)[:, None]
    n_d = tables.n_effort_d
    for period in range(tables.n_periods - 1, tables.n_periods - 1 - n_periods, -1):
        epoch = tables.epoch_of_period[period]
        worth = pool[tables.peace_fixed[epoch]] + pool[tables.peace_resume[epoch]] * value  # (N, R, S)
        before = []
        for m in range(tables.flow.shape[1]):
            by_effort = np.stack(
                [
                    pool[tables.flow[epoch, m, e]] + delta * _expected(tables, pool, value, epoch, m, e)
                    for e in range(tables.flow.shape[2])
                ]
            )
            grid = by_effort.reshape(tables.n_effort_a, n_d, *by_effort.shape[1:])
            by_d = _softmax(dtype(tables.precision_effort[1]) * grid[:, :, 1], axis=1)
            foreseen = (by_d * grid[:, :, 0]).sum(1)
            by_a = _softmax(dtype(tables.precision_effort[0]) * foreseen, axis=0)
            fight = (by_a[:, None, None] * by_d[:, :, None] * grid).sum((0, 1))
            accept = [_logistic(dtype(tables.precision_response[k]) * (worth[:, k] - fight[k]), tables) for k in (0, 1)]
            responds = [accept[1], accept[0], accept[0] * accept[1]]
            settle = np.zeros_like(worth[:, 0])
            weight = tables.offer_weight[epoch].astype(dtype)[:, None]
            for j in range(tables.recognition.shape[2]):
                gain = dtype(tables.precision_offer[j]) * responds[j] * (worth[:, j] - fight[j])
                offered = _softmax(np.concatenate([gain, np.zeros_like(gain[:1])]), axis=0, weight=weight)
                settle += pool[tables.recognition[epoch, m, j]] * offered[:-1] * responds[j]
            before.append(fight + np.einsum("ns,nrs->rs", settle, worth - fight))
        stacked = np.stack(before)
        if len(before) > 1:
            net = stacked[:, 2] - pool[tables.posture_cost[epoch]]
            posture = _softmax(
                dtype(tables.precision_posture) * net,
                axis=0,
                weight=tables.posture_weight[epoch].astype(dtype)[:, None],
            )
            value = (posture[:, None] * stacked).sum(0)
        else:
            value = stacked[0]
    return value


def _expected(tables: Tables, pool: Array, value: Array, epoch: int, m: int, e: int) -> Array:
    out = np.empty_like(value)
    for row in range(value.shape[0]):
        now = value[row]
        for operator in tables.nature[::-1, epoch, m, e, row]:
            if operator < 0:
                continue
            moved = np.zeros_like(now)
            if tables.operator_source[operator] >= 0:
                moved += pool[tables.operator_source[operator]]
            for offset, weight in zip(tables.operator_offset[operator], tables.operator_weight[operator], strict=True):
                if weight >= 0:
                    moved += pool[weight] * np.roll(now, -offset)
            now = moved
        out[row] = now
    return out


def _softmax(x: Array, axis: int, weight: Array | float = 1.0) -> Array:
    raised = weight * np.exp(x - x.max(axis=axis, keepdims=True))
    shares: Array = raised / raised.sum(axis=axis, keepdims=True)
    return shares


def _logistic(x: Array, tables: Tables) -> Array:
    accepted: Array = 1.0 / (1.0 + np.exp(np.minimum(-x, 80.0)) / x.dtype.type(tables.accept_weight))
    return accepted

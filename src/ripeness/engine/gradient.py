"""Derivatives of one value with respect to everything in the tables, by one reverse pass (theory I.iii).

The adjoint of the backward pass runs forward in time: per period the stage is recomputed from the stored values, and
the weight that today's values carry is handed on to flows, packages, recognition, odds of moves and tomorrow's values.
At finite precision there is no envelope theorem: the effect through the own choices, pi_a lambda (Q_a - V), is
kept. Always in float64; one pass costs a few backward passes, whatever the number of parameters.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.solution import Solution
from ripeness.engine.transport import Operators, backward_program
from ripeness.game.tables import Tables

Float = NDArray[np.float64]


class Gradient(NamedTuple):
    """Derivatives of one row's value at the start. K tables, S states, R rows, J proposers."""

    value: float
    pool: Float  # (K, S): by every entry of every table, summed over all places that use the table
    terminal: Float  # (R, S)
    initial: Float  # (S,)
    discount: Float  # (R,): by the factor on next period's value; flows and packages hold theirs in the pool
    precision_posture: float
    precision_offer: Float  # (J,)
    precision_response: Float  # (2,)
    precision_effort: Float  # (2,)


def gradient(solution: Solution, row: int) -> Gradient:
    """Derivatives of row `row`'s value at period 0, averaged over the initial mass.

    The solution should be in float64: the stage is recomputed from its values.
    """
    tables = solution.tables
    n_rows, n_states = tables.n_rows, tables.n_states
    if not 0 <= row < n_rows:
        raise IndexError(f"row must lie in 0 .. {n_rows - 1}, got {row}")
    pool = np.ascontiguousarray(tables.pool)
    operators = Operators(
        tables.operator_offset.astype(np.int64), tables.operator_weight.astype(np.int32), tables.operator_source
    )
    programs = [backward_program(tables, epoch) for epoch in range(tables.flow.shape[0])]
    precision = np.array(
        [tables.precision_posture, *tables.precision_effort, *tables.precision_response, *tables.precision_offer]
    )
    by_pool, by_precision, by_discount = np.zeros_like(pool), np.zeros_like(precision), np.zeros(n_rows)
    carried = np.zeros((n_rows, n_states))
    carried[row] = tables.initial
    for period in range(tables.n_periods):
        epoch = int(tables.epoch_of_period[period])
        program = programs[epoch]
        v_next = solution.values[period + 1, :, :, 0].astype(np.float64)
        nodes = np.vstack([v_next, np.zeros((program.operator.size, n_states))])
        by_node = np.zeros_like(nodes)
        for k, (operator, origin) in enumerate(zip(program.operator, program.origin, strict=True)):
            _apply(pool, operators, operator, nodes[origin], nodes[n_rows + k])
        _stage_adjoint(
            _maps(tables, epoch), pool, program.leaf, precision, tables.discount, 1.0 / tables.accept_weight,
            tables.n_effort_d, nodes, carried, by_node, by_pool, by_precision, by_discount,
        )  # fmt: skip
        for k in range(program.operator.size - 1, -1, -1):
            origin = program.origin[k]
            _apply_adjoint(
                pool, operators, program.operator[k], nodes[origin], by_node[n_rows + k], by_node[origin], by_pool
            )
        carried = by_node[:n_rows].copy()
    n_fixed = 5
    return Gradient(
        value=float(solution.values[0, row, :, 0].astype(np.float64) @ tables.initial),
        pool=by_pool,
        terminal=carried,
        initial=solution.values[0, row, :, 0].astype(np.float64),
        discount=by_discount,
        precision_posture=float(by_precision[0]),
        precision_offer=by_precision[n_fixed:],
        precision_response=by_precision[3:n_fixed],
        precision_effort=by_precision[1:3],
    )


class _Maps(NamedTuple):
    """The tables' maps of one epoch."""

    flow: Any
    recognition: Any
    peace_fixed: Any
    peace_resume: Any
    posture_cost: Any
    posture_weight: Any
    offer_weight: Any


def _maps(tables: Tables, epoch: int) -> _Maps:
    names = _Maps._fields
    return _Maps(*(np.ascontiguousarray(getattr(tables, name)[epoch]) for name in names))


@nb.njit(cache=True, error_model="numpy")
def _apply(pool: Any, operators: Operators, operator: int, origin: Any, target: Any) -> None:
    n = origin.size
    source = operators.source[operator]
    for s in range(n):
        target[s] = pool[source, s] if source >= 0 else 0.0
    for arm in range(operators.offset.shape[1]):
        weight, offset = operators.weight[operator, arm], operators.offset[operator, arm]
        if weight >= 0:
            for s in range(max(0, -offset), min(n, n - offset)):
                target[s] += pool[weight, s] * origin[s + offset]


@nb.njit(cache=True, error_model="numpy")
def _apply_adjoint(
    pool: Any, operators: Operators, operator: int, origin: Any, by_target: Any, by_origin: Any, by_pool: Any
) -> None:
    n = origin.size
    source = operators.source[operator]
    if source >= 0:
        for s in range(n):
            by_pool[source, s] += by_target[s]
    for arm in range(operators.offset.shape[1]):
        weight, offset = operators.weight[operator, arm], operators.offset[operator, arm]
        if weight >= 0:
            for s in range(max(0, -offset), min(n, n - offset)):
                by_origin[s + offset] += pool[weight, s] * by_target[s]
                by_pool[weight, s] += by_target[s] * origin[s + offset]


@nb.njit(cache=True, error_model="numpy")
def _softmax(x: Any, weight: Any) -> Any:
    """Choice probabilities; an action of weight zero is not available."""
    best = -np.inf
    for k in range(x.size):
        if weight[k] > 0.0:
            best = max(best, x[k])
    p = np.zeros(x.size)
    for k in range(x.size):
        if weight[k] > 0.0:
            p[k] = weight[k] * np.exp(x[k] - best)
    return p / p.sum()


@nb.njit(cache=True, error_model="numpy")
def _softmax_adjoint(p: Any, by_p: Any) -> Any:
    """Derivatives by the exponents, given those by the probabilities."""
    return p * (by_p - (p * by_p).sum())


@nb.njit(cache=True, error_model="numpy")
def _stage_adjoint(
    maps: _Maps, pool: Any, leaf: Any, precision: Any, discount: Any, reject: float, n_d: int, nodes: Any, carried: Any,
    by_node: Any, by_pool: Any, by_precision: Any, by_discount: Any,
) -> None:  # fmt: skip
    """Hand the weight of today's values on to tables, precisions and nodes, state by state."""
    n_postures, n_effort, n_rows = maps.flow.shape
    n_packages, n_proposers = maps.peace_fixed.shape[0], maps.recognition.shape[1]
    n_a = n_effort // n_d
    worth, by_worth = np.empty((n_rows, n_packages)), np.empty((n_rows, n_packages))
    value_of = np.empty((n_postures, n_effort, n_rows))
    fight, before = np.empty((n_postures, n_rows)), np.empty((n_postures, n_rows))
    by_d, by_a = np.empty((n_postures, n_a, n_d)), np.empty((n_postures, n_a))
    accept = np.empty((n_postures, 2, n_packages))
    offer = np.empty((n_postures, n_proposers, n_packages + 1))
    settle = np.empty((n_postures, n_packages))
    equal_a, equal_d = np.ones(n_a), np.ones(n_d)
    gains, net = np.zeros(n_packages + 1), np.zeros(n_postures)
    for s in range(carried.shape[1]):
        # The stage once more, (i.1)-(i.7), keeping all that the way back needs.
        for r in range(n_rows):
            for n in range(n_packages):
                worth[r, n] = pool[maps.peace_fixed[n, r], s] + pool[maps.peace_resume[n, r], s] * nodes[r, s]
        by_worth[:] = 0.0
        for m in range(n_postures):
            for e in range(n_effort):
                for r in range(n_rows):
                    value_of[m, e, r] = pool[maps.flow[m, e, r], s] + discount[r] * nodes[leaf[m, e, r], s]
            foreseen = np.zeros(n_a)
            for a in range(n_a):
                by_d[m, a] = _softmax(precision[2] * value_of[m, a * n_d : (a + 1) * n_d, 1], equal_d)
                for d in range(n_d):
                    foreseen[a] += by_d[m, a, d] * value_of[m, a * n_d + d, 0]
            by_a[m] = _softmax(precision[1] * foreseen, equal_a)
            for r in range(n_rows):
                fight[m, r] = 0.0
                for e in range(n_effort):
                    fight[m, r] += by_a[m, e // n_d] * by_d[m, e // n_d, e % n_d] * value_of[m, e, r]
            for k in range(2):
                for n in range(n_packages):
                    refusal = np.exp(min(-precision[3 + k] * (worth[k, n] - fight[m, k]), 700.0))
                    accept[m, k, n] = 1.0 / (1.0 + reject * refusal)
            settle[m] = 0.0
            for j in range(n_proposers):
                for n in range(n_packages):
                    gains[n] = precision[5 + j] * _responses(accept[m], j, n) * (worth[j, n] - fight[m, j])
                offer[m, j] = _softmax(gains, maps.offer_weight)
                for n in range(n_packages):
                    settle[m, n] += pool[maps.recognition[m, j], s] * offer[m, j, n] * _responses(accept[m], j, n)
            for r in range(n_rows):
                before[m, r] = fight[m, r]
                for n in range(n_packages):
                    before[m, r] += settle[m, n] * (worth[r, n] - fight[m, r])
            net[m] = before[m, 2] - pool[maps.posture_cost[m], s] if n_postures > 1 else 0.0
        posture = _softmax(precision[0] * net, maps.posture_weight)

        # The way back, in the opposite order.
        by_posture = np.zeros(n_postures)
        for m in range(n_postures):
            for r in range(n_rows):
                by_posture[m] += carried[r, s] * before[m, r]
        by_net = _softmax_adjoint(posture, by_posture)
        for m in range(n_postures):
            by_precision[0] += by_net[m] * net[m]
            by_pool[maps.posture_cost[m], s] -= precision[0] * by_net[m]
            by_fight, by_accept = np.zeros(n_rows), np.zeros((2, n_packages))
            by_settle = np.zeros(n_packages)
            for r in range(n_rows):
                by_before = posture[m] * carried[r, s]
                if r == 2 and n_postures > 1:
                    by_before += precision[0] * by_net[m]
                by_fight[r] += by_before
                for n in range(n_packages):
                    by_fight[r] -= by_before * settle[m, n]
                    by_worth[r, n] += by_before * settle[m, n]
                    by_settle[n] += by_before * (worth[r, n] - fight[m, r])
            for j in range(n_proposers):
                chance = pool[maps.recognition[m, j], s]
                by_offer, by_response = np.zeros(n_packages + 1), np.zeros(n_packages)
                for n in range(n_packages):
                    response = _responses(accept[m], j, n)
                    by_pool[maps.recognition[m, j], s] += by_settle[n] * offer[m, j, n] * response
                    by_offer[n] = by_settle[n] * chance * response
                    by_response[n] = by_settle[n] * chance * offer[m, j, n]
                by_gain = _softmax_adjoint(offer[m, j], by_offer)
                for n in range(n_packages):
                    gain, response = worth[j, n] - fight[m, j], _responses(accept[m], j, n)
                    by_precision[5 + j] += by_gain[n] * response * gain
                    by_response[n] += precision[5 + j] * by_gain[n] * gain
                    by_worth[j, n] += precision[5 + j] * by_gain[n] * response
                    by_fight[j] -= precision[5 + j] * by_gain[n] * response
                    if j == 0:
                        by_accept[1, n] += by_response[n]
                    elif j == 1:
                        by_accept[0, n] += by_response[n]
                    else:
                        by_accept[0, n] += by_response[n] * accept[m, 1, n]
                        by_accept[1, n] += by_response[n] * accept[m, 0, n]
            for k in range(2):
                for n in range(n_packages):
                    by_exponent = by_accept[k, n] * accept[m, k, n] * (1.0 - accept[m, k, n])
                    by_precision[3 + k] += by_exponent * (worth[k, n] - fight[m, k])
                    by_worth[k, n] += precision[3 + k] * by_exponent
                    by_fight[k] -= precision[3 + k] * by_exponent
            by_chance_a, by_chance_d, by_value = np.zeros(n_a), np.zeros((n_a, n_d)), np.zeros((n_effort, n_rows))
            foreseen = np.zeros(n_a)
            for e in range(n_effort):
                a, d = e // n_d, e % n_d
                foreseen[a] += by_d[m, a, d] * value_of[m, e, 0]
                for r in range(n_rows):
                    by_value[e, r] += by_fight[r] * by_a[m, a] * by_d[m, a, d]
                    by_chance_a[a] += by_fight[r] * value_of[m, e, r] * by_d[m, a, d]
                    by_chance_d[a, d] += by_fight[r] * value_of[m, e, r] * by_a[m, a]
            by_foreseen = _softmax_adjoint(by_a[m], by_chance_a)
            for a in range(n_a):
                by_precision[1] += by_foreseen[a] * foreseen[a]
                for d in range(n_d):
                    e = a * n_d + d
                    by_value[e, 0] += precision[1] * by_foreseen[a] * by_d[m, a, d]
                    by_chance_d[a, d] += precision[1] * by_foreseen[a] * value_of[m, e, 0]
                by_exponent_d = _softmax_adjoint(by_d[m, a], by_chance_d[a])
                for d in range(n_d):
                    by_precision[2] += by_exponent_d[d] * value_of[m, a * n_d + d, 1]
                    by_value[a * n_d + d, 1] += precision[2] * by_exponent_d[d]
            for e in range(n_effort):
                for r in range(n_rows):
                    by_pool[maps.flow[m, e, r], s] += by_value[e, r]
                    by_discount[r] += by_value[e, r] * nodes[leaf[m, e, r], s]
                    by_node[leaf[m, e, r], s] += discount[r] * by_value[e, r]
        for r in range(n_rows):
            for n in range(n_packages):
                by_pool[maps.peace_fixed[n, r], s] += by_worth[r, n]
                by_pool[maps.peace_resume[n, r], s] += by_worth[r, n] * nodes[r, s]
                by_node[r, s] += by_worth[r, n] * pool[maps.peace_resume[n, r], s]


@nb.njit(cache=True, error_model="numpy")
def _responses(accept: Any, j: int, n: int) -> float:
    """Probability that everyone who responds to proposer j accepts package n."""
    if j == 0:
        return accept[1, n]  # type: ignore[no-any-return]
    if j == 1:
        return accept[0, n]  # type: ignore[no-any-return]
    return accept[0, n] * accept[1, n]  # type: ignore[no-any-return]

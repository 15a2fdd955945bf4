"""Nature's moves where they tell something about a side: expectations of next values, and their transpose for mass.

An operator is evidence about a side where the odds of its arms differ between that side's types. After an arm the
public log-odds rise by ln(L_1 / L_0), and the public lottery moves them to a node. Where they lead is tabulated once
per operator, arm, state and node.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner, inner_exact
from ripeness.engine.private.geometry import Geometry, cell_of
from ripeness.engine.private.many import lottery
from ripeness.engine.transport import Program
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import Tables

CERTAIN = 200.0
"""Evidence, in log-odds, of an event that is impossible under one type."""


class Evidence(NamedTuple):
    """Operators of nature in working precision; tables index the pool."""

    offset: NDArray[np.int64]  # (O, W) in states
    weight: NDArray[np.int32]  # (O, W, K) by type of the side that the operator tells about; -1 for unused arms
    source: NDArray[np.int32]  # (O, K), -1 for none
    side: NDArray[np.int64]  # (O,), -1 where nothing is told
    table: NDArray[np.int64]  # (O,) index into `low` and `up`; -1 where there is none
    low: NDArray[np.int16]  # (V, W, S * J) node of the side's axis: lower vertex, two types
    up: NDArray[Any]  # (V, W, 2, S * J) probability of the upper vertex, by type
    type_of: NDArray[np.int64]  # (O, Theta) type that matters to the operator in each profile


def make_evidence(tables: Tables, g: Geometry, pool: NDArray[Any]) -> Evidence:
    """Operators with the nodes to which they lead.

    Raises:
        ValueError: an operator tells about two sides at once, or differs between rows although it tells something.
    """
    weights, sources = tables.profiles.operator_weight, tables.profiles.operator_source
    n_operators, width, _ = weights.shape
    kinds = max(tables.types)
    profiles = profile_types(tables.types)
    side = np.full(n_operators, -1, np.int64)
    weight = np.repeat(weights[:, :, :1], kinds, axis=2)
    source = np.repeat(sources[:, :1], kinds, axis=1)
    type_of = np.zeros((n_operators, profiles.shape[0]), np.int64)
    for o in range(n_operators):
        told = _tells_about(np.vstack([weights[o], sources[o][None]]), profiles)
        if len(told) > 1:
            raise ValueError(f"operator {o} depends on the types of sides {told}; it may depend on those of one")
        if told:
            side[o] = told[0]
            type_of[o] = profiles[:, told[0]]
            for k in range(tables.types[told[0]]):
                first = int(np.flatnonzero(profiles[:, told[0]] == k)[0])
                weight[o, :, k], source[o, k] = weights[o, :, first], sources[o, first]
    _check_common(tables, side)
    table = np.full(n_operators, -1, np.int64)
    two = [o for o in range(n_operators) if side[o] >= 0 and tables.types[side[o]] == 2]
    table[two] = np.arange(len(two))
    joint = g.at.shape[1]
    low = np.zeros((len(two), width, tables.n_states * joint), np.int16)
    up = np.zeros((len(two), width, 2, tables.n_states * joint), pool.dtype)
    for o in two:
        for arm in range(width):
            if weight[o, arm, 0] >= 0:
                _tabulate(
                    g, int(side[o]), pool[weight[o, arm, 0]], pool[weight[o, arm, 1]], tables.n_states,
                    low[table[o], arm], up[table[o], arm],
                )  # fmt: skip
    return Evidence(tables.operator_offset.astype(np.int64), weight, source, side, table, low, up, type_of)


def _tells_about(maps: NDArray[np.int32], profiles: NDArray[np.int64]) -> list[int]:
    """Sides on whose types the last axis of the maps depends."""
    told = []
    for side in range(3):
        others = np.delete(profiles, side, axis=1)
        for rest in np.unique(others, axis=0):
            same = maps[..., (others == rest).all(axis=1)]
            if np.any(same != same[..., :1]):
                told.append(side)
                break
    return told


def _check_common(tables: Tables, side: NDArray[np.int64]) -> None:
    """What tells something must be seen by all alike."""
    telling = np.append(side >= 0, False)[tables.nature]  # -1, no operator, reads the appended False
    differs = tables.nature != tables.nature[..., -1:]
    if np.any(telling.any(axis=-1, keepdims=True) & differs):
        raise ValueError("an operator that tells about a side's type must be the same for all rows and the truth")


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _tabulate(g: Geometry, side: int, odds0: Any, odds1: Any, n_states: int, low: Any, up: Any) -> None:
    joint, size = g.at.shape[1], g.size[side]
    for s in range(n_states):
        told = 0.0
        if odds0[s] > 0.0 and odds1[s] > 0.0:
            told = np.log(np.float64(odds1[s]) / np.float64(odds0[s]))
        elif odds0[s] > 0.0 or odds1[s] > 0.0:
            told = CERTAIN if odds1[s] > 0.0 else -CERTAIN
        for b in range(joint):
            at, lane = g.at[side, b], s * joint + b
            if at == 0 or at == size - 1 or told == 0.0:
                low[lane] = at if at < size - 1 else at - 1
                up[0, lane] = up[1, lane] = 0.0 if at < size - 1 else 1.0
                continue
            posterior = g.log_odds[side, at] + told
            cell = cell_of(g.log_odds[side], size, posterior)
            e = np.exp(min(max(posterior - g.origin[side, cell], -500.0), 500.0))
            low[lane] = cell
            up[0, lane] = g.s0[side, cell] + g.t0[side, cell] * e
            up[1, lane] = g.s1[side, cell] + g.t1[side, cell] / e


@inner
def _expect(
    pool: Any, g: Geometry, ev: Evidence, operator: int, row: int, origin: Any, target: Any, low: int, high: int, n: int
) -> None:
    """target = operator applied to origin for one row at states low .. high - 1 of n: value of what follows.

    Not for what tells about a side with more than two types: see `expect_many`.
    """
    joint = g.at.shape[1]
    side = ev.side[operator]
    for k in range(low * joint, high * joint):
        target[k] = 0.0
    if side < 0:
        source = ev.source[operator, 0]
        if source >= 0:
            for s in range(low, high):
                worth_now = pool[source, s]
                for b in range(s * joint, (s + 1) * joint):
                    target[b] = worth_now
        for arm in range(ev.offset.shape[1]):
            weight, offset = ev.weight[operator, arm, 0], ev.offset[operator, arm]
            if weight >= 0:
                for s in range(max(low, -offset), min(high, n - offset)):
                    odds = pool[weight, s]
                    into = target[s * joint : (s + 1) * joint]
                    worth = origin[(s + offset) * joint : (s + offset + 1) * joint]
                    for b in range(joint):
                        into[b] += odds * worth[b]
        return
    stride, own, table = g.stride[side], g.own[row, side], ev.table[operator]
    _add_sources(pool, g, ev, operator, row, target, low, high)
    for arm in range(ev.offset.shape[1]):
        offset = ev.offset[operator, arm]
        if ev.weight[operator, arm, 0] < 0:
            continue
        for s in range(max(low, -offset), min(high, n - offset)):
            into = target[s * joint : (s + 1) * joint]
            worth = origin[(s + offset) * joint : (s + offset + 1) * joint]
            odds0, odds1 = pool[ev.weight[operator, arm, 0], s], pool[ev.weight[operator, arm, 1], s]
            vertex = ev.low[table, arm, s * joint : (s + 1) * joint]
            up0 = ev.up[table, arm, 0, s * joint : (s + 1) * joint]
            up1 = ev.up[table, arm, 1, s * joint : (s + 1) * joint]
            for b in range(joint):
                share0, share1 = own[0, b] * odds0, own[1, b] * odds1
                upper = share0 * up0[b] + share1 * up1[b]
                below = b + (vertex[b] - g.at[side, b]) * stride
                into[b] += (share0 + share1 - upper) * worth[below] + upper * worth[below + stride]


@inner_exact
def _add_sources(
    pool: Any, g: Geometry, ev: Evidence, operator: int, row: int, target: Any, low: int, high: int
) -> None:
    """The worth of what leaves the war, which a row expects by its belief about the side that an operator tells of."""
    joint, side = g.at.shape[1], ev.side[operator]
    for k in range(g.kinds[side]):
        source = ev.source[operator, k]
        if source >= 0:
            for s in range(low, high):
                worth_now = pool[source, s]
                for b in range(joint):
                    target[s * joint + b] += g.own[row, side, k, b] * worth_now


@nb.njit(nogil=True, cache=True, error_model="numpy")
def expect_many(
    pool: Any, g: Geometry, ev: Evidence, operator: int, row: int, origin: Any, target: Any, low: int, high: int, n: int
) -> None:
    """`target` = operator applied to origin for one row, where it tells about a side with more than two types."""
    joint, side = g.at.shape[1], ev.side[operator]
    kinds, stride, own = g.kinds[side], g.stride[side], g.own[row, side]
    for k in range(low * joint, high * joint):
        target[k] = 0.0
    _add_sources(pool, g, ev, operator, row, target, low, high)
    belief, weights, chance = np.empty(kinds), np.empty(kinds), np.empty((kinds, kinds))
    vertices = np.empty(kinds, np.int64)
    for arm in range(ev.offset.shape[1]):
        offset = ev.offset[operator, arm]
        if ev.weight[operator, arm, 0] < 0:
            continue
        for s in range(max(low, -offset), min(high, n - offset)):
            for b in range(joint):
                if not posterior_of(pool, g, ev, operator, arm, s, b, belief):
                    continue
                lottery(g, side, belief, vertices, weights, chance)
                fiber = b - g.at[side, b] * stride
                for v in range(kinds):
                    if weights[v] > 0.0:
                        share = 0.0
                        for k in range(kinds):
                            share += own[k, b] * pool[ev.weight[operator, arm, k], s] * chance[k, v]
                        target[s * joint + b] += share * origin[(s + offset) * joint + fiber + vertices[v] * stride]


@inner_exact
def posterior_of(pool: Any, g: Geometry, ev: Evidence, operator: int, arm: int, s: int, b: int, belief: Any) -> bool:
    """Public belief about a side after an arm from state s at joint node b; False where the arm is impossible."""
    side, total = ev.side[operator], 0.0
    for k in range(belief.size):
        belief[k] = g.nodes[side, g.at[side, b], k] * pool[ev.weight[operator, arm, k], s]
        total += belief[k]
    if total <= 0.0:
        return False
    for k in range(belief.size):
        belief[k] /= total
    return True


@nb.njit(nogil=True, cache=True, error_model="numpy")
def expect_steps(
    first: int, end: int, pool: Any, g: Geometry, ev: Evidence, program: Program, rows: Any, phase: int, units: Any,
    n_states: int, nodes: Any, v_next: Any,
) -> None:  # fmt: skip
    """All steps of a phase for units first .. end - 1 of states, but for those of `expect_many`."""
    n_rows = v_next.shape[0]
    for unit in range(first, end):
        low, high = units[unit], units[unit + 1]
        for k in range(program.operator.size):
            operator = program.operator[k]
            if program.phase[k] == phase and (ev.side[operator] < 0 or ev.table[operator] >= 0):
                origin = program.origin[k]
                values = v_next[origin] if origin < n_rows else nodes[origin - n_rows]
                _expect(pool, g, ev, operator, rows[k], values, nodes[k], low, high, n_states)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def convey(
    pool: Any, g: Geometry, ev: Evidence, operator: int, profile: int, origin: Any, target: Any, n: int
) -> float:
    """target += transpose of the operator under one profile applied to origin; returns the mass that leaves the war.

    Not for what tells about a side with more than two types: see `convey_many`.

    Args:
        origin, target: (S * J, V) mass first, then what is carried along with it.
    """
    joint, carried = g.at.shape[1], origin.shape[1]
    side, kind, table = ev.side[operator], ev.type_of[operator, profile], ev.table[operator]
    left = 0.0
    for s in range(n):
        stays = 0.0
        for arm in range(ev.offset.shape[1]):
            if ev.weight[operator, arm, kind] >= 0:
                stays += pool[ev.weight[operator, arm, kind], s]
        for b in range(joint):
            lane = s * joint + b
            if origin[lane, 0] == 0.0:
                continue
            if stays < 1.0:
                left += origin[lane, 0] * (1.0 - stays)
            for arm in range(ev.offset.shape[1]):
                weight = ev.weight[operator, arm, kind]
                if weight < 0 or pool[weight, s] == 0.0:
                    continue
                odds, to = pool[weight, s], lane + ev.offset[operator, arm] * joint
                if side < 0:
                    for x in range(carried):
                        target[to, x] += odds * origin[lane, x]
                else:
                    upper = np.float64(ev.up[table, arm, kind, lane])
                    to += (ev.low[table, arm, lane] - g.at[side, b]) * g.stride[side]
                    for x in range(carried):
                        target[to, x] += odds * (1.0 - upper) * origin[lane, x]
                        target[to + g.stride[side], x] += odds * upper * origin[lane, x]
    return left


@nb.njit(nogil=True, cache=True, error_model="numpy")
def convey_many(
    pool: Any, g: Geometry, ev: Evidence, operator: int, profile: int, origin: Any, target: Any, n: int
) -> float:
    """`convey` of an operator that tells about a side with more than two types."""
    joint, carried = g.at.shape[1], origin.shape[1]
    side, kind = ev.side[operator], ev.type_of[operator, profile]
    kinds, stride = g.kinds[side], g.stride[side]
    belief, weights, chance = np.empty(kinds), np.empty(kinds), np.empty((kinds, kinds))
    vertices = np.empty(kinds, np.int64)
    left = 0.0
    for s in range(n):
        for b in range(joint):
            lane, stays = s * joint + b, 0.0
            if origin[lane, 0] == 0.0:
                continue
            for arm in range(ev.offset.shape[1]):
                weight = ev.weight[operator, arm, kind]
                if weight < 0 or pool[weight, s] == 0.0:
                    continue
                odds = pool[weight, s]
                stays += odds
                posterior_of(pool, g, ev, operator, arm, s, b, belief)
                lottery(g, side, belief, vertices, weights, chance)
                fiber = lane + ev.offset[operator, arm] * joint - g.at[side, b] * stride
                for v in range(kinds):
                    if weights[v] > 0.0:
                        for x in range(carried):
                            target[fiber + vertices[v] * stride, x] += odds * chance[kind, v] * origin[lane, x]
            left += origin[lane, 0] * max(1.0 - stays, 0.0)
    return left

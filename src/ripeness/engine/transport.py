"""Nature's moves: expectations of next values, and their transpose, which moves mass.

An operator has a few arms: from every state a fixed flat offset with a probability per state; what the arms leave over
leaves the war, with a worth added to the value. Chains of operators that several decisions share are walked once: the
`Program` is the tree of all distinct chains, from next period's values (its roots) to one node per decision and row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.exponential import FASTMATH
from ripeness.engine.vectors import LANES, load, splat, store_first
from ripeness.game.tables import Tables


class Operators(NamedTuple):
    """Nature's operators in working precision; tables index the pool."""

    offset: NDArray[np.int64]  # (O, W)
    weight: NDArray[np.int32]  # (O, W), -1 for unused arms
    source: NDArray[np.int32]  # (O,), -1 for none


class Program(NamedTuple):
    """Steps of one epoch, in backward order: node `target[k]` = operator[k] applied to node `origin[k]`.

    Nodes below n_rows are next period's values; step k fills node n_rows + k. `phase` counts how often a step has to
    wait until all units of states have finished earlier steps; `leaf` is the node of every decision, row and the truth.
    """

    operator: NDArray[np.int32]  # (steps,)
    origin: NDArray[np.int32]  # (steps,)
    phase: NDArray[np.int32]  # (steps,)
    leaf: NDArray[np.int32]  # (M, n_effort, R)


class Passage(NamedTuple):
    """Steps of one epoch for mass: the chains of the truth, walked from decision to next period.

    `leaf` (M, n_effort) is the node where the mass of a decision enters; nodes are numbered so that node k moves by
    `operator[k]` into node `target[k]`; target -1 is next period's mass. Nodes are in the order in which they can move.
    """

    operator: NDArray[np.int32]
    target: NDArray[np.int32]
    leaf: NDArray[np.int32]


def chains(tables: Tables, epoch: int, column: int) -> list[list[tuple[int, ...]]]:
    """Operators in nature's order for each posture and effort pair, identities left out. Column n_rows is the truth."""
    nature = tables.nature[:, epoch, :, :, column]
    return [
        [tuple(int(o) for o in nature[:, m, e] if o >= 0) for e in range(nature.shape[2])]
        for m in range(nature.shape[1])
    ]


def backward_program(tables: Tables, epoch: int, local: NDArray[np.bool_] | None = None) -> Program:
    """Distinct chains of all rows.

    Args:
        local: (O,) operators that stay inside units of states (`local_operators`); None: all, as one unit has them all.
    """
    n_rows = tables.n_rows
    node_of: dict[tuple[int, tuple[int, ...]], int] = {(r, ()): r for r in range(n_rows)}
    operator: list[int] = []
    origin: list[int] = []
    phase: list[int] = []

    def node(row: int, chain: tuple[int, ...]) -> int:
        before = row
        for first in range(len(chain) - 1, -1, -1):  # from the last operator, which next period's values meet first
            key = (row, chain[first:])
            if key not in node_of:
                crosses = local is not None and not local[chain[first]] and before >= n_rows
                operator.append(chain[first])
                origin.append(before)
                phase.append((phase[before - n_rows] if before >= n_rows else 0) + int(crosses))
                node_of[key] = n_rows + len(operator) - 1
            before = node_of[key]
        return before

    n_postures, n_effort = tables.flow.shape[1:3]
    leaf = np.empty((n_postures, n_effort, n_rows), np.int32)
    for r in range(n_rows):
        for m, by_effort in enumerate(chains(tables, epoch, r)):
            for e, chain in enumerate(by_effort):
                leaf[m, e, r] = node(r, chain)
    return Program(np.array(operator, np.int32), np.array(origin, np.int32), np.array(phase, np.int32), leaf)


def forward_passage(tables: Tables, epoch: int) -> Passage:
    """The truth's chains, so that decisions with the same remaining chain share a node."""
    by_decision = chains(tables, epoch, tables.n_rows)
    known: set[tuple[int, ...]] = set()
    for row in by_decision:
        for chain in row:
            known.update(chain[k:] for k in range(len(chain)))
    ordered = sorted(known, key=lambda chain: (-len(chain), chain))
    index = {chain: k for k, chain in enumerate(ordered)} | {(): -1}
    return Passage(
        np.array([chain[0] for chain in ordered], np.int32),
        np.array([index[chain[1:]] for chain in ordered], np.int32),
        np.array([[index[chain] for chain in row] for row in by_decision], np.int32),
    )


def local_operators(tables: Tables, unit: int) -> NDArray[np.bool_]:
    """(O,) whether an operator never leads from one unit of so many states to another."""
    local = np.ones(tables.operator_offset.shape[0], bool)
    state = np.arange(tables.n_states)
    leaving = {int(d): np.flatnonzero(state // unit != (state + d) // unit) for d in np.unique(tables.operator_offset)}
    for o, (offsets, weights) in enumerate(zip(tables.operator_offset, tables.profiles.operator_weight, strict=True)):
        for offset, by_profile in zip(offsets, weights, strict=True):
            if by_profile[0] >= 0 and local[o]:
                local[o] = not any(tables.pool[k, leaving[int(offset)]].any() for k in np.unique(by_profile))
    return local


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def expect(
    pool: Any, operators: Operators, operator: int, nodes: Any, origin: int, target: int, low: int, high: int,
    margin: int,
) -> None:  # fmt: skip
    """Row `target` of nodes = operator applied to row `origin` at states low .. high - 1: expectation of what follows.

    State s stands in column margin + s. The margin is at least the greatest offset; what is beyond the states counts
    with a weight of zero and has to be finite.
    """
    weights, offsets = operators.weight[operator], operators.offset[operator]
    source = operators.source[operator]
    for start in range(low, high, LANES):
        worth = load(pool, (source, start)) if source >= 0 else splat(pool.dtype.type(0.0))
        for arm in range(weights.size):
            if weights[arm] >= 0:
                worth += load(pool, (weights[arm], start)) * load(nodes, (origin, margin + start + offsets[arm]))
        store_first(nodes, (target, margin + start), worth, min(LANES, high - start))


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def convey(
    pool: Any, operators: Operators, operator: int, nodes: Any, vector: int, origin: int, target: int, fresh: bool,
    margin: int,
) -> None:  # fmt: skip
    """Row `target` of nodes += transpose of the operator applied to row `origin`: mass that arrives at every state.

    Nodes are (vectors, rows, ...), state s in column margin + s, with zeros beyond the states. Odds that are read
    beyond their own table meet these zeros: they only have to be there and finite (`surrounded`).

    Args:
        fresh: the target holds nothing yet and is written over.
    """
    weights, offsets = operators.weight[operator], operators.offset[operator]
    n_states = pool.shape[1]
    for start in range(0, n_states, LANES):
        arrived = splat(0.0) if fresh else load(nodes, (vector, target, margin + start))
        for arm in range(weights.size):
            if weights[arm] >= 0:
                left = start - offsets[arm]
                arrived += load(pool, (weights[arm], left)) * load(nodes, (vector, origin, margin + left))
        store_first(nodes, (vector, target, margin + start), arrived, min(LANES, n_states - start))


def surrounded(pool: NDArray[np.float64], margin: int) -> NDArray[np.float64]:
    """A copy of the tables with room in memory before the first and after the last."""
    room = np.zeros(pool.size + 2 * (margin + LANES))
    inner = room[margin : margin + pool.size].reshape(pool.shape)
    inner[:] = pool
    return inner


@nb.njit(nogil=True, cache=True, error_model="numpy")
def departed(pool: Any, operators: Operators, operator: int, origin: Any, low: int, high: int) -> float:
    """Mass of `origin` at states low .. high - 1 that leaves the war under an operator."""
    total = 0.0
    for s in range(low, high):
        stays = 0.0
        for arm in range(operators.offset.shape[1]):
            weight = operators.weight[operator, arm]
            if weight >= 0:
                stays += pool[weight, s]
        total += origin[s] * (1.0 - stays)
    return total

"""Public beliefs as the kernels see them: nodes, cells between them, and what every row makes of a node.

A belief that Bayes puts between nodes is moved to a node of its cell by a public lottery whose mean it is. Given the
true type the lottery has odds of its own: type k goes to vertex v with probability w_v n_v(k) / b(k), where w are the
weights of the mean, n the nodes and b the belief. Every node is then a true posterior, for all observers at once.

With two types and odds r = exp(log-odds), type 0's weight of the upper node is linear in r, type 1's linear in 1 / r.
With d the distance in log-odds from the cell's reference and E = exp(d),

    q_0(up) = s0 + t0 E,    q_1(up) = s1 + t1 / E.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import BeliefAxis, Tables

FAR = 1e4
"""Stands for infinite log-odds: the two certainties."""
WIDE = 16
"""States whose nodes lie beside one another while a period is decided: vector instructions take so many at once."""


class Geometry(NamedTuple):
    """Belief axes of all three sides in working precision. Sides without types have one node. J joint nodes."""

    kinds: NDArray[np.int64]  # (3,) number of types
    size: NDArray[np.int64]  # (3,) number of nodes of the side's own axis
    stride: NDArray[np.int64]  # (3,) distance of neighbouring nodes among the joint ones
    resolution: NDArray[np.int64]  # (3,) of a simplex grid
    at: NDArray[np.int32]  # (3, J) node of the own axis at each joint node
    log_odds: NDArray[Any]  # (3, most nodes) of type 1, two types; FAR at certainty
    origin: NDArray[Any]  # (3, most nodes) reference of each cell, two types
    width: NDArray[Any]  # (3, most nodes) length of each cell, FAR for those that end in certainty
    reach: NDArray[Any]  # (3, most nodes) E at the far end of each cell; 1 where it ends in certainty
    s0: NDArray[Any]  # (3, most nodes) see above, and the next three
    t0: NDArray[Any]
    s1: NDArray[Any]
    t1: NDArray[Any]
    nodes: NDArray[np.float64]  # (3, most nodes, most types) public probabilities
    binomial: NDArray[np.int64]  # (n, k) Pascal's triangle: where a point of a simplex grid stands
    own: NDArray[Any]  # (R, 3, most types, J) what each row believes of each side at each joint node
    weight: NDArray[Any]  # (R, Theta, J) what each row believes of whole profiles; its own type is known
    truth: NDArray[np.float64]  # (Theta,) probability of each profile at the start, for the analyst
    profile: NDArray[np.int64]  # (Theta, 3) types of each profile
    row_side: NDArray[np.int32]  # (R,)
    row_type: NDArray[np.int32]  # (R,)
    first_row: NDArray[np.int64]  # (3,) row of type 0 of each side; -1: no such side


class Axis(NamedTuple):
    """The belief axis of one side with two types, as a choice of that side reads it. B nodes."""

    size: int  # number of nodes
    stride: int  # distance of neighbouring nodes among the joint ones
    log_odds: NDArray[Any]  # (B,) and so on, see `Geometry`
    origin: NDArray[Any]
    width: NDArray[Any]
    reach: NDArray[Any]
    s0: NDArray[Any]
    t0: NDArray[Any]
    s1: NDArray[Any]
    t1: NDArray[Any]
    half: Any  # 1/2 in working precision


Axes = dict[int, Axis]
"""By side."""


def axis_of(g: Geometry, side: int) -> Axis:
    """The axis of one side."""
    n = int(g.size[side])
    number = g.log_odds.dtype.type
    cells = (g.log_odds, g.origin, g.width, g.reach, g.s0, g.t0, g.s1, g.t1)
    own = [np.ascontiguousarray(c[side, :n]) for c in cells]
    return Axis(n, int(g.stride[side]), own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7], number(0.5))


def axes_of(g: Geometry) -> Axes:
    """The axes of all sides with two types."""
    return {side: axis_of(g, side) for side in range(3) if g.kinds[side] == 2}


def in_blocks(g: Geometry, wide: int) -> Geometry:
    """The same for lanes in blocks of `wide` states, node by node and in each the states beside one another.

    Its joint nodes are the lanes of a block: as if there were one more axis, innermost, on which nothing depends.
    """
    if wide == 1:
        return g
    return g._replace(
        stride=g.stride * wide, at=np.repeat(g.at, wide, axis=1), own=np.repeat(g.own, wide, axis=3),
        weight=np.repeat(g.weight, wide, axis=2),
    )  # fmt: skip


def make_geometry(tables: Tables, dtype: np.dtype[Any]) -> Geometry:
    """Geometry of the belief axes of a game."""
    axes: list[BeliefAxis | None] = [None, None, None]
    for told in tables.beliefs:
        axes[told.side] = told
    size = np.array([1 if axis is None else axis.nodes.shape[0] for axis in axes])
    joint = np.stack(np.unravel_index(np.arange(size.prod()), size)).astype(np.int32)
    most_nodes, most_types = int(size.max()), max(tables.types)
    cells = np.zeros((8, 3, most_nodes))
    nodes = np.ones((3, most_nodes, most_types))
    for side, axis in enumerate(axes):
        if axis is not None:
            nodes[side, : size[side], : tables.types[side]] = axis.nodes
            if tables.types[side] == 2:
                cells[:, side, : size[side]] = _cells(axis.nodes)
    n_rows = tables.n_rows
    row_side, row_type = tables.row_side, tables.row_type
    own = np.ones((n_rows + 1, 3, most_types, joint.shape[1]))
    for side, axis in enumerate(axes):
        if axis is None:
            continue
        for row in range(n_rows + 1):
            if row < n_rows and row_side[row] == side:
                own[row, side] = (np.arange(most_types) == row_type[row])[:, None]
            else:
                seen = believed(axis.nodes, axis.offset[row])
                own[row, side, : tables.types[side]] = seen[joint[side]].T
    profile = profile_types(tables.types)
    weight = np.ones((n_rows + 1, profile.shape[0], joint.shape[1]))
    for side, axis in enumerate(axes):
        if axis is not None:
            weight *= own[:, side][:, profile[:, side]]
    start = start_node(tables)
    first = [int(np.flatnonzero(row_side == side)[0]) if np.any(row_side == side) else -1 for side in range(3)]
    return Geometry(
        kinds=np.array(tables.types), size=size, stride=np.array([size[1] * size[2], size[2], 1]),
        resolution=np.array([0 if axis is None else axis.resolution for axis in axes]), at=joint,
        log_odds=cells[0].astype(dtype), origin=cells[1].astype(dtype), width=cells[2].astype(dtype),
        reach=cells[7].astype(dtype),
        s0=cells[3].astype(dtype), t0=cells[4].astype(dtype), s1=cells[5].astype(dtype), t1=cells[6].astype(dtype),
        nodes=nodes, binomial=_pascal(tables), own=own[:n_rows].astype(dtype), weight=weight[:n_rows].astype(dtype),
        truth=weight[n_rows, :, start].copy(), profile=profile, row_side=row_side, row_type=row_type,
        first_row=np.array(first),
    )  # fmt: skip


def believed(nodes: NDArray[np.float64], offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, K) what an observer believes who stands `offset` (K,) away, in log-odds against type 0, from public nodes."""
    odds = nodes * np.exp(offset - offset.max())
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def believed_profiles(tables: Tables, row: int, node: int) -> NDArray[np.float64]:
    """(Theta,) what a row believes of whole profiles at a joint node; row n_rows: the truth. Its own type is known."""
    profile = profile_types(tables.types)
    weight = np.ones(profile.shape[0])
    left = node
    for axis in reversed(tables.beliefs):
        left, at = divmod(left, axis.nodes.shape[0])
        if row < tables.n_rows and tables.row_side[row] == axis.side:
            seen = (np.arange(tables.types[axis.side]) == tables.row_type[row]).astype(np.float64)
        else:
            seen = believed(axis.nodes[at : at + 1], axis.offset[row])[0]
        weight *= seen[profile[:, axis.side]]
    return weight


def start_node(tables: Tables) -> int:
    """Joint node of the public beliefs at period 0."""
    node = 0
    for axis in tables.beliefs:
        node = node * axis.nodes.shape[0] + axis.start
    return node


def certain_node(tables: Tables, profile: NDArray[np.int64]) -> int:
    """Joint node at which everybody knows the types of a profile."""
    node = 0
    for axis in tables.beliefs:
        at = int(np.flatnonzero(axis.nodes[:, int(profile[axis.side])] == 1.0)[0])
        node = node * axis.nodes.shape[0] + at
    return node


def _cells(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(8, B): log-odds of the nodes; origin, width, s0, t0, s1, t1, reach of the cell above each."""
    n = nodes.shape[0]
    log_odds = np.full(n, FAR)
    log_odds[0] = -FAR
    log_odds[1:-1] = np.log(nodes[1:-1, 1]) - np.log(nodes[1:-1, 0])
    out = np.zeros((8, n))
    out[0] = log_odds
    h = np.diff(log_odds[1:-1])
    out[7] = 1.0
    out[7, 1 : n - 2] = np.exp(h)
    out[1, 0], out[2, 0], out[4, 0], out[5, 0] = log_odds[1], FAR, 1.0, 1.0
    out[1, 1 : n - 2], out[2, 1 : n - 2] = log_odds[1 : n - 2], h
    out[3, 1 : n - 2], out[4, 1 : n - 2] = -1.0 / np.expm1(h), 1.0 / np.expm1(h)
    out[5, 1 : n - 2], out[6, 1 : n - 2] = -1.0 / np.expm1(-h), 1.0 / np.expm1(-h)
    out[1, n - 2], out[2, n - 2], out[5, n - 2], out[6, n - 2] = log_odds[n - 2], FAR, 1.0, -1.0
    return out


def _pascal(tables: Tables) -> NDArray[np.int64]:
    """Binomial coefficients (n, k), as far as simplex grids need them."""
    most = max([axis.resolution for axis in tables.beliefs if tables.types[axis.side] > 2], default=0)
    kinds = max(tables.types) if most else 1
    triangle = np.zeros((most + kinds + 1, kinds + 1), np.int64)
    triangle[:, 0] = 1
    for n in range(1, triangle.shape[0]):
        triangle[n, 1:] = triangle[n - 1, 1:] + triangle[n - 1, :-1]
    return triangle


@inner
def cell_of(log_odds: Any, size: int, posterior: Any) -> int:
    """Cell of an axis with two types in which log-odds lie: index of its lower node."""
    low, high = 0, size - 1  # nodes: value(low) <= posterior < value(high), certainties being infinite
    while high - low > 1:
        middle = (low + high) // 2
        if log_odds[middle] <= posterior:
            low = middle
        else:
            high = middle
    return low

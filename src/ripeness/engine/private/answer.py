"""Answers of a side with two types: the informed choice among two actions, of which one is shared by all packages."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, inner
from ripeness.engine.exponential import FASTMATH, exponential, logarithm, softplus
from ripeness.engine.private.block import (
    END,
    FALLING,
    LEAST_SLOPE,
    ROUNDING,
    SINGLE,
    TINY,
    WIDE,
    Cells,
    Room,
    cells_below,
    count_above,
    first_lanes,
    places,
    put_places,
    reply,
    scatter,
    tabulate,
)
from ripeness.engine.private.choice import Choice
from ripeness.engine.private.geometry import Axis

FEW_NODES = 64
"""Up to here a cell is found by counting, which vector instructions do fast; beyond by halving."""
ROUNDS, MOST_ROUNDS = 2, 6
"""Newton steps in both beliefs after an answer: so many at first, and so many at most before it is done alone."""


@inner
def _softplus_block(n: int, z0: Any, z1: Any, own: Any, prior: Any) -> None:
    """The prior that leads to each posterior after a rejection: l + sp(z_1) - sp(z_0)."""
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        prior[k] = own[k] + softplus(z1[k]) - softplus(z0[k])


@inner
def _cells_on_axis(axis: Axis, y: Any, cell: Any) -> None:
    """Cell of the axis in which log-odds lie, for every number of a block."""
    distinct()
    size, n = axis.size, axis.size * WIDE
    if size > FEW_NODES:
        for number in range(WIDE, n - WIDE):
            k = np.uintp(number)
            below, above = 0, size - 1
            while above - below > 1:
                middle = (below + above) // 2
                if axis.log_odds[middle] <= y[k]:
                    below = middle
                else:
                    above = middle
            cell[k] = below
        return
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        cell[k] = 0
    for j in range(1, size - 1):
        edge = axis.log_odds[j]
        for number in range(WIDE, n - WIDE):
            k = np.uintp(number)
            cell[k] += np.int32(edge <= y[k])


class _Cell(NamedTuple):
    """lambda Q_0 = base0 + q E and lambda Q_1 = base1 - r / E around a posterior, E = exp(posterior - origin)."""

    origin: NDArray[Any]  # (n,) and so on
    base0: NDArray[Any]
    base1: NDArray[Any]
    q: NDArray[Any]
    r: NDArray[Any]


@inner
def _pick_cell(axis: Axis, cell: Any, base0: Any, base1: Any, q: Any, r: Any, into: _Cell) -> None:
    """The numbers of the cell of every number of a block."""
    distinct()
    for j in range(1, axis.size - 1):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            at = np.uintp(cell[k] * WIDE + i)
            into.origin[k] = axis.origin[np.uintp(cell[k])]
            into.base0[k], into.base1[k], into.q[k], into.r[k] = base0[at], base1[at], q[at], r[at]


@inner
def _start_both(
    axis: Axis, cell: Any, prior: Any, after_accept: Any, x: Any, y: Any, low: Any, high: Any, bounds: Any
) -> None:
    """Starts of both posteriors between the nodes whose priors enclose the wanted one, and their bounds.

    Args:
        prior: prior that leads to each node by a rejection. after_accept: where an acceptance then leads.
        low, high: bounds of x. bounds: (2, n) bounds of y.
    """
    apart()
    size = axis.size
    far = x.dtype.type(END)
    for j in range(1, size - 1):
        wanted = axis.log_odds[j]
        for i in range(WIDE):
            k = j * WIDE + i
            c = cell[k]
            at = c * WIDE + i
            if c == 0 or c == size - 2:  # a cell that ends in certainty: from its inner node
                inner_node = at + WIDE if c == 0 else at
                node = axis.log_odds[1] if c == 0 else axis.log_odds[size - 2]
                moved = wanted - prior[inner_node]
                moved = min(moved, x.dtype.type(0.0)) if c == 0 else max(moved, x.dtype.type(0.0))
                x[k], y[k] = node + moved, after_accept[inner_node] + moved
                low[k], high[k] = (node - far, node) if c == 0 else (node, node + far)
                bounds[0, k], bounds[1, k] = y[k] - far, y[k] + far
            else:
                part = (wanted - prior[at]) / max(prior[at + WIDE] - prior[at], x.dtype.type(TINY))
                low[k], high[k] = axis.log_odds[c], axis.log_odds[c + 1]
                x[k] = low[k] + part * (high[k] - low[k])
                y[k] = after_accept[at] + part * (after_accept[at + WIDE] - after_accept[at])
                bounds[0, k] = min(after_accept[at], after_accept[at + WIDE])
                bounds[1, k] = max(after_accept[at], after_accept[at + WIDE])


@inner
def _step_both(
    n: int, bias: Any, own: Any, x_origin: Any, c0: Any, c1: Any, cq: Any, cr: Any, y_origin: Any, w0: Any, w1: Any,
    wq: Any, wr: Any, low: Any, high: Any, y_low: Any, y_high: Any, x: Any, y: Any,
) -> None:  # fmt: skip
    """One Newton step, within bounds, towards the beliefs x after a rejection and y after an acceptance.

    x - prior - sp(z_0) + sp(z_1) = 0 and y - x + z_0 - z_1 = 0, with z_k = lambda [W_k(y) - C_k(x)] - ln(reject).
    """
    distinct()
    one, zero, far, least = x.dtype.type(1.0), x.dtype.type(0.0), x.dtype.type(END), x.dtype.type(LEAST_SLOPE)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ex, ey = (
            exponential(min(max(x[k] - x_origin[k], -far), far)),
            exponential(min(max(y[k] - y_origin[k], -far), far)),
        )
        u0, u1, v0, v1 = cq[k] * ex, cr[k] / ex, wq[k] * ey, wr[k] / ey
        z0, z1 = w0[k] + v0 - c0[k] - u0 - bias, w1[k] - v1 - c1[k] + u1 - bias
        t0, t1 = exponential(-abs(z0)), exponential(-abs(z1))
        part0, part1 = one / (one + t0), one / (one + t1)
        accept0 = part0 if z0 > zero else t0 * part0
        accept1 = part1 if z1 > zero else t1 * part1
        g1 = x[k] - own[k] - (max(z0, zero) - max(z1, zero) - logarithm(part0) + logarithm(part1))
        g2 = y[k] - x[k] + z0 - z1
        g1x, g1y = one + accept0 * u0 - accept1 * u1, accept1 * v1 - accept0 * v0
        g2x, g2y = u1 - u0 - one, one + v0 - v1
        scale = one / max(g1x * g2y - g1y * g2x, least)
        x[k] = min(max(x[k] - (g1 * g2y - g2 * g1y) * scale, low[k]), high[k])
        y[k] = min(max(y[k] - (g1x * g2 - g2x * g1) * scale, y_low[k]), y_high[k])


@inner
def _weigh_both(
    n: int, bias: Any, own: Any, x_origin: Any, c0: Any, c1: Any, cq: Any, cr: Any, y_origin: Any, w0: Any, w1: Any,
    wq: Any, wr: Any, x: Any, y: Any, z0: Any, z1: Any, rest: Any,
) -> None:  # fmt: skip
    """z_0, z_1 at both posteriors, and the larger violation of the two equations of `_step_both`."""
    distinct()
    far = x.dtype.type(END)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ex, ey = (
            exponential(min(max(x[k] - x_origin[k], -far), far)),
            exponential(min(max(y[k] - y_origin[k], -far), far)),
        )
        z0[k] = w0[k] + wq[k] * ey - c0[k] - cq[k] * ex - bias
        z1[k] = w1[k] - wr[k] / ey - c1[k] + cr[k] / ex - bias
        g1 = x[k] - own[k] - softplus(z0[k]) + softplus(z1[k])
        rest[k] = max(abs(g1), abs(y[k] - x[k] + z0[k] - z1[k]))


class _Answers(NamedTuple):
    """Numbers of one block of fibers while packages are answered. n = size * WIDE."""

    c0: NDArray[Any]  # (n,) lambda C of type 0, and so on
    c1: NDArray[Any]
    reject: NDArray[Any]  # (6, n) table of f, base0, base1, q, r, least slope of rejecting
    w0: NDArray[Any]
    w1: NDArray[Any]
    accept: NDArray[Any]  # (6, n) the same of accepting
    at: Cells
    room: Room
    at_reject: _Cell
    at_accept: _Cell
    cell: NDArray[np.int32]  # (n,) of the posterior after a rejection
    cell_accept: NDArray[np.int32]
    node_accept: NDArray[Any]  # (n,) where an acceptance leads when a rejection leads to the node
    prior: NDArray[Any]  # (n,) the prior of that
    own: NDArray[Any]  # (n,) the node's log-odds
    x: NDArray[Any]
    y: NDArray[Any]
    z0: NDArray[Any]
    z1: NDArray[Any]
    rest: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    bounds: NDArray[Any]  # (2, n)
    spare: NDArray[Any]  # (4, n)


@inner
def _map_nodes(axis: Axis, b: _Answers, bias: Any, tolerance: Any) -> None:
    """For every node as the belief after a rejection: where an acceptance would lead, and the prior of both."""
    apart()
    n = axis.size * WIDE
    reply(
        axis, False, b.accept[0], b.accept[1], b.accept[2], b.accept[3], b.accept[4], b.reject[0], tolerance,
        b.cell_accept, b.y, b.at, b.room, b.z0, b.z1, b.spare[0], b.spare[1],
    )  # fmt: skip
    for j in range(1, axis.size - 1):
        for i in range(WIDE):
            k = j * WIDE + i
            b.node_accept[k] = axis.origin[b.cell_accept[k]] + b.y[k]
            b.z0[k] -= b.c0[k] + bias
            b.z1[k] -= b.c1[k] + bias
    _softplus_block(n, b.z0, b.z1, b.own, b.prior)


@inner
def _solve_answers(axis: Axis, b: _Answers, bias: Any, tolerance: Any) -> None:
    """Both posteriors for every node as the prior: Newton steps from between the nodes that enclose it."""
    apart()
    n = axis.size * WIDE
    reject, accept = b.at_reject, b.at_accept
    cells_below(b.prior, b.own, axis.size, b.cell)
    _pick_cell(axis, b.cell, b.reject[1], b.reject[2], b.reject[3], b.reject[4], reject)
    _start_both(axis, b.cell, b.prior, b.node_accept, b.x, b.y, b.low, b.high, b.bounds)
    for turn in range(MOST_ROUNDS):
        _cells_on_axis(axis, b.y, b.cell_accept)
        _pick_cell(axis, b.cell_accept, b.accept[1], b.accept[2], b.accept[3], b.accept[4], accept)
        if turn >= ROUNDS:
            _weigh_both(
                n, bias, b.own, reject.origin, reject.base0, reject.base1, reject.q, reject.r, accept.origin,
                accept.base0, accept.base1, accept.q, accept.r, b.x, b.y, b.z0, b.z1, b.rest,
            )  # fmt: skip
            if turn == MOST_ROUNDS - 1 or count_above(axis.size, b.rest, tolerance, b.x.dtype.type(0.5)) == 0:
                break
        _step_both(
            n, bias, b.own, reject.origin, reject.base0, reject.base1, reject.q, reject.r, accept.origin, accept.base0,
            accept.base1, accept.q, accept.r, b.low, b.high, b.bounds[0], b.bounds[1], b.x, b.y,
        )  # fmt: skip


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer_two(
    axis: Axis, reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, choices: Choice, hard: Any
) -> int:  # fmt: skip
    """Answers of a side with two types to N packages: the informed choice among two actions, of which one is shared.

    A belief x after a rejection says, through f_accept(y) = f_reject(x), what belief y an acceptance would have left,
    and the prior x + sp(z_1) - sp(z_0) of both, z_k = lambda [W_k(y) - C_k(x)] - ln(reject): on the nodes this is the
    inverse map of (ii.3), from whose cells Newton steps in both beliefs start. Where acceptance is worth the same at
    all nodes it is (ii.3) itself.

    Args:
        reject: reference weight of rejecting against accepting.
        peace: (N, rows, L) W; fight: (rows, L) C; rows `row` and `row + 1` are the types.
        choices: with a leading axis over packages; actions are accept, reject.
        hard: (N, L) lanes left to `homotopy.follow` are marked.

    Returns:
        How many lanes are left.
    """
    zero, one, half = fight.dtype.type(0.0), fight.dtype.type(1.0), fight.dtype.type(0.5)
    size, stride = axis.size, axis.stride
    n, n_fibers = size * WIDE, lanes // size
    g, h = np.zeros((30, n), fight.dtype), np.zeros((12, n), fight.dtype)
    tables, cells = np.zeros((2, 6, n), fight.dtype), np.zeros((2, n), np.int32)
    b = _Answers(
        g[0], g[1], tables[0], g[2], g[3], tables[1],
        Cells(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]), Room(h[8], h[9], h[10], h[11]),
        _Cell(g[4], g[5], g[6], g[7], g[8]), _Cell(g[9], g[10], g[11], g[12], g[13]), cells[0], cells[1], g[14], g[15],
        g[16], g[17], g[18], g[19], g[20], g[21], g[22], g[23], g[24:26], g[26:30],
    )  # fmt: skip
    w = np.empty((5, WIDE), fight.dtype)
    tolerance, scale, falls, level = w[0], w[1], w[2], w[3:5]
    first, turns = np.empty(WIDE, np.int64), np.empty(WIDE, np.bool_)
    unit = fight.dtype.type(ROUNDING * (1.2e-7 if fight.itemsize == 4 else 2.3e-16))
    bias, falling = np.log(reject), fight.dtype.type(FALLING)
    n_hard = 0
    for j in range(size):
        for i in range(WIDE):
            b.own[j * WIDE + i] = axis.log_odds[j]
    for block in range(0, n_fibers, WIDE):
        first_lanes(block, n_fibers, size, stride, first)
        n_here = min(WIDE, n_fibers - block)
        for i in range(WIDE):
            scale[i] = zero
            level[0, i], level[1, i] = fight[row, first[i]], fight[row + 1, first[i]]
        _load(axis, sharp, fight[row], fight[row + 1], first, level, b.c0, b.c1, scale)
        for p in range(peace.shape[0]):
            for i in range(WIDE):
                tolerance[i], falls[i], turns[i] = scale[i], one, False
            _load(axis, sharp, peace[p, row], peace[p, row + 1], first, level, b.w0, b.w1, tolerance)
            for i in range(WIDE):
                tolerance[i] = unit * (tolerance[i] + one)
            # Of rejecting every time anew: what rounding hides depends on the package.
            tabulate(
                axis, b.c0, b.c1, b.reject[0], b.reject[1], b.reject[2], b.reject[3], b.reject[4], b.reject[5],
                tolerance, falls,
            )  # fmt: skip
            tabulate(
                axis, b.w0, b.w1, b.accept[0], b.accept[1], b.accept[2], b.accept[3], b.accept[4], b.accept[5],
                tolerance, falls,
            )  # fmt: skip
            _map_nodes(axis, b, bias, tolerance)
            for j in range(2, size - 1):
                for i in range(WIDE):
                    k = j * WIDE + i
                    back = b.prior[k] < b.prior[k - WIDE] - tolerance[i]
                    back |= b.accept[0, k] < b.accept[0, k - WIDE] - tolerance[i]
                    back |= b.reject[0, k] < b.reject[0, k - WIDE] - tolerance[i]
                    turns[i] |= back
            _solve_answers(axis, b, bias, tolerance)
            _write_answers(
                axis, b, bias, first, n_here, choices.chance[p], choices.after[p], choices.low[p], choices.up[p]
            )
            for i in range(n_here):
                bent = falls[i] < falling
                for j in range(1, size - 1):
                    k = j * WIDE + i
                    leave = turns[i] or b.rest[k] > half * tolerance[i]
                    if bent:
                        leave |= fight.itemsize > SINGLE
                        leave |= b.reject[5, b.cell[k] * WIDE + i] < falling
                        leave |= b.accept[5, b.cell_accept[k] * WIDE + i] < falling
                    if leave:
                        hard[p, first[i] + j * stride] = True
                        n_hard += 1
    return n_hard


@inner
def _load(axis: Axis, sharp: Any, q0: Any, q1: Any, first: Any, level: Any, w0: Any, w1: Any, most: Any) -> None:
    """lambda Q of both types, above a level by fiber, in a block's layout; `most` is raised to the largest size."""
    apart()
    for j in range(axis.size):
        for i in range(WIDE):
            k, lane = j * WIDE + i, first[i] + j * axis.stride
            w0[k], w1[k] = sharp * (q0[lane] - level[0, i]), sharp * (q1[lane] - level[1, i])
    for j in range(axis.size):
        for i in range(WIDE):
            k = j * WIDE + i
            most[i] = max(most[i], max(abs(w0[k]), abs(w1[k])))


@inner
def _logistic(n: int, z: Any, yes: Any, no: Any) -> None:
    distinct()
    one = z.dtype.type(1.0)
    for k in range(n):
        e = exponential(-z[k])
        yes[k] = one / (one + e)
        no[k] = e / (one + e)


@inner
def _write_answers(
    axis: Axis, b: _Answers, bias: Any, first: Any, n_fibers: int, chance: Any, after: Any, low: Any, up: Any
) -> None:
    """The answers of a block to one package, put where the lanes of its fibers are."""
    apart()
    size = axis.size
    n = size * WIDE
    for i in range(WIDE):  # where everybody is certain, nothing is told
        for j in range(0, size, size - 1):
            k = j * WIDE + i
            b.z0[k], b.z1[k] = b.w0[k] - b.c0[k] - bias, b.w1[k] - b.c1[k] - bias
    for kind in range(2):
        z = b.z0 if kind == 0 else b.z1
        _logistic(n, z, b.spare[0], b.spare[1])
        for a in range(2):
            scatter(axis, b.spare[a], first, n_fibers, chance[2 * kind + a])
    for a in range(2):
        posterior, cell = (b.y, b.cell_accept) if a == 0 else (b.x, b.cell)
        origin = b.at_accept.origin if a == 0 else b.at_reject.origin
        for k in range(WIDE, n - WIDE):
            b.spare[3, k] = posterior[k] - origin[k]
        places(axis, cell, b.spare[3], b.spare[0], b.spare[1], b.spare[2])
        put_places(
            axis, True, cell, posterior, b.spare[1], b.spare[2], first, n_fibers, after[a, 0], low[a],
            up[2 * a : 2 * a + 2],
        )  # fmt: skip

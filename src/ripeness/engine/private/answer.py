"""Answers of a side with two types: the informed choice among two actions, of which one is shared by all packages."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, inner
from ripeness.engine.exponential import FASTMATH, exponential, log_ratio
from ripeness.engine.private.block import (
    END,
    FALLING,
    LEAST_SLOPE,
    ROUNDING,
    SINGLE,
    TINY,
    WIDE,
    Cells,
    Lottery,
    add_mean,
    cells_below,
    copy_block,
    count_above,
    draw,
    find_falls,
    find_turns,
    first_lanes,
    load,
    reply,
    scatter,
    set_tolerance,
    tabulate,
)
from ripeness.engine.private.choice import Choice, mark, write
from ripeness.engine.private.geometry import Axis

FEW_NODES = 64
"""Up to here a cell is found by counting, which vector instructions do fast; beyond by halving."""
ROUNDS, MOST_ROUNDS = 1, 6
"""Newton steps in both beliefs after an answer: so many at first, and so many at most before it is done alone."""


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
    axis: Axis, cell: Any, prior: Any, after_accept: Any, x: Any, y: Any, low: Any, high: Any, y_low: Any, y_high: Any
) -> None:  # fmt: skip
    """Starts of both posteriors between the nodes whose priors enclose the wanted one, and their bounds.

    In a cell that ends in certainty they start from its inner node.

    Args:
        prior: prior that leads to each node by a rejection. after_accept: where an acceptance then leads.
        low, high: bounds of x. y_low, y_high: bounds of y.
    """
    distinct()
    last = np.int32(axis.size - 2)
    far, zero, tiny = x.dtype.type(END), x.dtype.type(0.0), x.dtype.type(TINY)
    for j in range(1, axis.size - 1):
        wanted = axis.log_odds[j]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            at = np.uintp(cell[k] * WIDE + i)
            at_bottom, at_top = cell[k] == 0, cell[k] == last
            left, right = axis.log_odds[np.uintp(cell[k])], axis.log_odds[np.uintp(cell[k]) + np.uintp(1)]
            from_left, from_right = prior[at], prior[at + np.uintp(WIDE)]
            y_left, y_right = after_accept[at], after_accept[at + np.uintp(WIDE)]
            part = (wanted - from_left) / max(from_right - from_left, tiny)
            below, above = min(wanted - from_right, zero), max(wanted - from_left, zero)
            x_here = right + below if at_bottom else left + part * (right - left)
            x[k] = left + above if at_top else x_here
            y_here = y_right + below if at_bottom else y_left + part * (y_right - y_left)
            y[k] = y_left + above if at_top else y_here
            low[k] = right - far if at_bottom else left
            high[k] = left + far if at_top else right
            y_low[k] = y[k] - far if at_bottom | at_top else min(y_left, y_right)
            y_high[k] = y[k] + far if at_bottom | at_top else max(y_left, y_right)


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
        g1 = x[k] - own[k] + max(z1, zero) - max(z0, zero) + log_ratio(t0, t1)
        g2 = y[k] - x[k] + z0 - z1
        g1x, g1y = one + accept0 * u0 - accept1 * u1, accept1 * v1 - accept0 * v0
        g2x, g2y = u1 - u0 - one, one + v0 - v1
        scale = one / max(g1x * g2y - g1y * g2x, least)
        x[k] = min(max(x[k] - (g1 * g2y - g2 * g1y) * scale, low[k]), high[k])
        y[k] = min(max(y[k] - (g1x * g2 - g2x * g1) * scale, y_low[k]), y_high[k])


@inner
def _weigh_both(
    n: int, bias: Any, own: Any, x_origin: Any, c0: Any, c1: Any, cq: Any, cr: Any, y_origin: Any, w0: Any, w1: Any,
    wq: Any, wr: Any, x: Any, y: Any, grown_x: Any, grown_y: Any, accept0: Any, accept1: Any, reject0: Any,
    reject1: Any, rest: Any,
) -> None:  # fmt: skip
    """E and all chances at both posteriors, and the larger violation of the two equations of `_step_both`."""
    distinct()
    one, zero, far = x.dtype.type(1.0), x.dtype.type(0.0), x.dtype.type(END)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ex, ey = (
            exponential(min(max(x[k] - x_origin[k], -far), far)),
            exponential(min(max(y[k] - y_origin[k], -far), far)),
        )
        z0 = w0[k] + wq[k] * ey - c0[k] - cq[k] * ex - bias
        z1 = w1[k] - wr[k] / ey - c1[k] + cr[k] / ex - bias
        t0, t1 = exponential(-abs(z0)), exponential(-abs(z1))
        more0, more1 = one / (one + t0), one / (one + t1)
        less0, less1 = t0 * more0, t1 * more1
        accept0[k], reject0[k] = more0 if z0 > zero else less0, less0 if z0 > zero else more0
        accept1[k], reject1[k] = more1 if z1 > zero else less1, less1 if z1 > zero else more1
        g1 = x[k] - own[k] + max(z1, zero) - max(z0, zero) + log_ratio(t0, t1)
        grown_x[k], grown_y[k] = ex, ey
        rest[k] = max(abs(g1), abs(y[k] - x[k] + z0 - z1))


class _Answers(NamedTuple):
    """Numbers of one block of fibers while packages are answered. n = size * WIDE."""

    c0: NDArray[Any]  # (n,) lambda C of type 0, and so on
    c1: NDArray[Any]
    reject: NDArray[Any]  # (6, n) table of f, base0, base1, q, r, least slope of rejecting
    w0: NDArray[Any]
    w1: NDArray[Any]
    accept: NDArray[Any]  # (6, n) the same of accepting
    at: Cells
    at_reject: _Cell
    at_accept: _Cell
    cell: NDArray[np.int32]  # (n,) of the posterior after a rejection
    cell_accept: NDArray[np.int32]
    node_accept: NDArray[Any]  # (n,) where an acceptance leads when a rejection leads to the node
    prior: NDArray[Any]  # (n,) the prior of that
    own: NDArray[Any]  # (n,) the node's log-odds
    x: NDArray[Any]
    y: NDArray[Any]
    rest: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    y_low: NDArray[Any]
    y_high: NDArray[Any]
    grown_x: NDArray[Any]
    grown_y: NDArray[Any]
    chance: NDArray[Any]  # (4, n) accepting by type 0, type 1, rejecting by type 0, type 1
    spare: NDArray[Any]  # (4, n)


@inner
def _prior_block(
    axis: Axis, bias: Any, c0: Any, c1: Any, origin: Any, distance: Any, w0: Any, w1: Any, node_accept: Any, prior: Any
) -> None:
    """The prior that leads to each node by a rejection, l + sp(z_1) - sp(z_0), and where an acceptance then leads."""
    distinct()
    zero = prior.dtype.type(0.0)
    for j in range(1, axis.size - 1):
        own = axis.log_odds[j]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            node_accept[k] = origin[k] + distance[k]
            z0, z1 = w0[k] - c0[k] - bias, w1[k] - c1[k] - bias
            t0, t1 = exponential(-abs(z0)), exponential(-abs(z1))
            prior[k] = own + max(z1, zero) - max(z0, zero) + log_ratio(t0, t1)


@inner
def _map_nodes(axis: Axis, b: _Answers, bias: Any, tolerance: Any) -> None:
    """For every node as the belief after a rejection: where an acceptance would lead, and the prior of both."""
    apart()
    reply(
        axis, False, b.accept[0], b.accept[1], b.accept[2], b.accept[3], b.accept[4], b.reject[0], tolerance,
        b.cell_accept, b.at, b.y, b.grown_y, b.rest, b.spare[0], b.spare[1], b.spare[2], b.spare[3],
    )  # fmt: skip
    _prior_block(axis, bias, b.c0, b.c1, b.at.origin, b.y, b.spare[0], b.spare[1], b.node_accept, b.prior)


@inner
def _solve_answers(axis: Axis, b: _Answers, bias: Any, tolerance: Any) -> None:
    """Both posteriors for every node as the prior: Newton steps from between the nodes that enclose it."""
    apart()
    n = axis.size * WIDE
    reject, accept = b.at_reject, b.at_accept
    cells_below(b.prior, b.own, axis.size, b.cell)
    _pick_cell(axis, b.cell, b.reject[1], b.reject[2], b.reject[3], b.reject[4], reject)
    _start_both(axis, b.cell, b.prior, b.node_accept, b.x, b.y, b.low, b.high, b.y_low, b.y_high)
    for turn in range(MOST_ROUNDS):
        _cells_on_axis(axis, b.y, b.cell_accept)
        _pick_cell(axis, b.cell_accept, b.accept[1], b.accept[2], b.accept[3], b.accept[4], accept)
        if turn >= ROUNDS:
            _weigh_both(
                n, bias, b.own, reject.origin, reject.base0, reject.base1, reject.q, reject.r, accept.origin,
                accept.base0, accept.base1, accept.q, accept.r, b.x, b.y, b.grown_x, b.grown_y, b.chance[0],
                b.chance[1], b.chance[2], b.chance[3], b.rest,
            )  # fmt: skip
            if turn == MOST_ROUNDS - 1 or count_above(n, b.rest, tolerance, b.x.dtype.type(0.5)) == 0:
                break
        _step_both(
            n, bias, b.own, reject.origin, reject.base0, reject.base1, reject.q, reject.r, accept.origin, accept.base0,
            accept.base1, accept.q, accept.r, b.low, b.high, b.y_low, b.y_high, b.x, b.y,
        )  # fmt: skip


@inner
def _answer_certain(axis: Axis, bias: Any, b: _Answers) -> None:
    """The answers where everybody is certain."""
    apart()
    one = b.w0.dtype.type(1.0)
    for first in range(0, axis.size * WIDE, (axis.size - 1) * WIDE):
        for k in range(first, first + WIDE):
            e0, e1 = exponential(-(b.w0[k] - b.c0[k] - bias)), exponential(-(b.w1[k] - b.c1[k] - bias))
            b.chance[0, k], b.chance[1, k] = one / (one + e0), one / (one + e1)
            b.chance[2, k], b.chance[3, k] = e0 / (one + e0), e1 / (one + e1)


@inner
def _leave(axis: Axis, b: _Answers, tolerance: Any, turns: Any, falls: Any, left_over: Any) -> None:
    """Leave the numbers of a block that are not solved or may be one of several, or the fiber (`SINGLE`)."""
    distinct()
    half, falling = b.x.dtype.type(0.5), b.x.dtype.type(FALLING)
    strict = np.int32(falls.itemsize > SINGLE)
    for j in range(1, axis.size - 1):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            left_over[k] = turns[i] | np.int32(b.rest[k] > half * tolerance[i]) | strict * np.int32(falls[i] < falling)
    for i in range(WIDE):
        if falls[i] < falling:
            for number in range(WIDE + i, (axis.size - 1) * WIDE, WIDE):
                left_over[number] |= np.int32(b.reject[5, b.cell[number] * WIDE + i] < falling)
                left_over[number] |= np.int32(b.accept[5, b.cell_accept[number] * WIDE + i] < falling)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer_two(
    axis: Axis, reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, keep: bool, choices: Choice,
    hard: Any, own: Any, out: Any, accepted: Any, out_accepted: Any,
) -> int:  # fmt: skip
    """Answers of a side with two types to N packages: the informed choice among two actions, of which one is shared.

    A belief x after a rejection says, through f_accept(y) = f_reject(x), what belief y an acceptance would have left,
    and the prior x + sp(z_1) - sp(z_0) of both, z_k = lambda [W_k(y) - C_k(x)] - ln(reject): on the nodes this is the
    inverse map of (ii.3), from whose cells Newton steps in both beliefs start. Where acceptance is worth the same at
    all nodes it is (ii.3) itself.

    Args:
        reject: reference weight of rejecting against accepting.
        peace: (N, rows, L) W; fight: (rows, L) C; rows `row` and `row + 1` are the types.
        keep: whether `choices` is filled: with a leading axis over packages; actions are accept, reject.
        hard: (N, L) filled: the lanes left to `homotopy.follow`.
        own: (R, 2, B) probability that each row gives to each type of the side.
        out: (N + 1, R, L), the first N filled but for the lanes left: value of every row where acceptance settles.
        accepted: (N, R, L) what acceptance leads to otherwise, for `out_accepted`; without packages: nothing.

    Returns:
        How many lanes are left.
    """
    n, number = axis.size * WIDE, fight.dtype
    hard[:, :lanes] = False
    return _answer_blocks(
        axis, reject, sharp, peace, fight, row, lanes, keep, choices, hard, own, out, accepted, out_accepted,
        np.zeros((48, n), number), np.zeros((2, 6, n), number), np.zeros((fight.shape[0], n), number),
        np.zeros((5, n), np.int32), np.zeros((5, WIDE), number), np.zeros(WIDE, np.int32), np.zeros(WIDE, np.int64),
    )  # fmt: skip


@inner
def _answer_blocks(
    axis: Axis, reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, keep: bool, choices: Choice,
    hard: Any, own: Any, out: Any, accepted: Any, out_accepted: Any, g: Any, tables: Any, refused: Any, whole: Any,
    wide: Any, turns: Any, first: Any,
) -> int:  # fmt: skip
    """The same block by block, in room given."""
    apart()
    zero, one = fight.dtype.type(0.0), fight.dtype.type(1.0)
    size, stride = axis.size, axis.stride
    n, n_fibers, n_rows = size * WIDE, lanes // size, fight.shape[0]
    b = _Answers(
        g[0], g[1], tables[0], g[2], g[3], tables[1],
        Cells(g[4], g[5], g[6], g[7], g[8], g[9], g[10], g[11]), _Cell(g[12], g[13], g[14], g[15], g[16]),
        _Cell(g[17], g[18], g[19], g[20], g[21]), whole[0], whole[1], g[22], g[23], g[24], g[25], g[26], g[27], g[28],
        g[29], g[30], g[31], g[32], g[33], g[34:38], g[38:42],
    )  # fmt: skip
    yes, no = Lottery(b.y, g[42], g[43], whole[2]), Lottery(b.x, g[44], g[45], whole[3])
    mean, tolerance, left_over = g[46], g[47], whole[4]
    most, scale, falls, level = wide[0], wide[1], wide[2], wide[3:5]
    unit = fight.dtype.type(ROUNDING * (1.2e-7 if fight.itemsize == 4 else 2.3e-16))
    bias = np.log(reject)
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
        load(axis, sharp, fight[row], fight[row + 1], first, level, b.c0, b.c1, scale)
        tabulate(axis, b.c0, b.c1, b.reject[0], b.reject[1], b.reject[2], b.reject[3], b.reject[4])
        for p in range(peace.shape[0]):
            for i in range(WIDE):
                most[i], falls[i], turns[i] = scale[i], one, 0
            load(axis, sharp, peace[p, row], peace[p, row + 1], first, level, b.w0, b.w1, most)
            set_tolerance(n, unit, most, tolerance)
            tabulate(axis, b.w0, b.w1, b.accept[0], b.accept[1], b.accept[2], b.accept[3], b.accept[4])
            # Of rejecting every time anew: what rounding hides depends on the package.
            find_falls(axis, b.reject[3], b.reject[4], tolerance, b.reject[5], falls)
            find_falls(axis, b.accept[3], b.accept[4], tolerance, b.accept[5], falls)
            _map_nodes(axis, b, bias, tolerance)
            find_turns(n, b.prior, tolerance, turns)
            find_turns(n, b.accept[0], tolerance, turns)
            find_turns(n, b.reject[0], tolerance, turns)
            _solve_answers(axis, b, bias, tolerance)
            _answer_certain(axis, bias, b)
            _leave(axis, b, tolerance, turns, falls, left_over)
            n_hard += mark(axis, left_over, first, n_here, hard[p])

            draw(axis, b.cell_accept, b.grown_y, first, yes)
            draw(axis, b.cell, b.grown_x, first, no)
            for r in range(n_rows):
                refused[r] = zero
                add_mean(axis, own[r], b.chance[2], b.chance[3], no, fight[r], refused[r])
                copy_block(n, refused[r], mean)
                add_mean(axis, own[r], b.chance[0], b.chance[1], yes, peace[p, r], mean)
                scatter(axis, mean, first, n_here, out[p, r])
                if p < accepted.shape[0]:
                    copy_block(n, refused[r], mean)
                    add_mean(axis, own[r], b.chance[0], b.chance[1], yes, accepted[p, r], mean)
                    scatter(axis, mean, first, n_here, out_accepted[p, r])
            if keep:
                to = Choice(choices.chance[p], choices.after[p], choices.low[p], choices.up[p])
                write(axis, 0, b.chance[0], b.chance[1], yes, first, n_here, to)
                write(axis, 1, b.chance[2], b.chance[3], no, first, n_here, to)
    return n_hard

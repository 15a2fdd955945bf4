"""Answers of a side with two types: the informed choice among two actions, of which one is shared by all packages."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, either, inner, spread
from ripeness.engine.exponential import FASTMATH, exponential, log_ratio
from ripeness.engine.private.block import (
    AT,
    BASE0,
    BASE1,
    END,
    FALLING,
    LEAST,
    LEAST_SLOPE,
    LOG_ODDS,
    ORIGIN,
    ROUNDING,
    ROWS,
    SINGLE,
    TABLE,
    TINY,
    Lottery,
    Q,
    R,
    cells_below,
    column,
    copy_block,
    count_above,
    draw,
    expected,
    find_falls,
    find_turns,
    first_lane,
    lay,
    look_up,
    put_back,
    reply,
    set_tolerance,
    settle,
    sharpen,
    tabulate,
    view,
    view_rows,
)
from ripeness.engine.private.choice import Choice, mark, write
from ripeness.engine.private.geometry import WIDE, Axis

ROOM = 57
"""Rows of room that a block of answers takes."""
ROUNDS, MOST_ROUNDS = 1, 6
"""Newton steps in both beliefs after an answer: so many at first, and so many at most before it is done alone."""


@inner
def _start_both(size: int, wanted: Any, cell: Any, left: Any, right: Any, x: Any, y: Any, bounds: Any) -> None:
    """Starts of both posteriors between the nodes whose priors enclose the wanted one, and their bounds.

    In a cell that ends in certainty they start from its inner node.

    Args:
        left, right: (3, n) of the nodes of the cell: log-odds, prior that leads there by a rejection, and where an
            acceptance then leads.
        bounds: (4, n) filled: of x below and above, of y below and above.
    """
    distinct()
    last = np.int32(size - 2)
    far, zero, tiny = x.dtype.type(END), x.dtype.type(0.0), x.dtype.type(TINY)
    for number in range(WIDE, (size - 1) * WIDE):
        k = np.uintp(number)
        at_bottom, at_top = cell[k] == 0, cell[k] == last
        x_left, x_right, p_left, p_right = left[0, k], right[0, k], left[1, k] - wanted[k], right[1, k] - wanted[k]
        y_left, y_right = left[2, k], right[2, k]
        part = -p_left / max(p_right - p_left, tiny)
        below, above = min(-p_right, zero), max(-p_left, zero)
        at = either(at_bottom, x_right + below, x_left + part * (x_right - x_left))
        x[k] = either(at_top, x_left + above, at)
        at = either(at_bottom, y_right + below, y_left + part * (y_right - y_left))
        y[k] = either(at_top, y_left + above, at)
    for number in range(WIDE, (size - 1) * WIDE):
        k = np.uintp(number)
        bounds[0, k] = either(cell[k] == 0, right[0, k] - far, left[0, k])
    for number in range(WIDE, (size - 1) * WIDE):
        k = np.uintp(number)
        bounds[1, k] = either(cell[k] == last, left[0, k] + far, right[0, k])
    for number in range(WIDE, (size - 1) * WIDE):
        k = np.uintp(number)
        bounds[2, k] = either((cell[k] == 0) | (cell[k] == last), y[k] - far, min(left[2, k], right[2, k]))
    for number in range(WIDE, (size - 1) * WIDE):
        k = np.uintp(number)
        bounds[3, k] = either((cell[k] == 0) | (cell[k] == last), y[k] + far, max(left[2, k], right[2, k]))


@inner
def _gains(
    bias: Any, x: Any, y: Any, reject: Any, accept: Any, k: Any
) -> Any:  # fmt: skip
    """E at both beliefs, the slopes of lambda C and lambda W there, and z_k = lambda [W_k(y) - C_k(x)] - ln(reject)."""
    far = x.dtype.type(END)
    ex = exponential(min(max(x[k] - reject[ORIGIN, k], -far), far))
    ey = exponential(min(max(y[k] - accept[ORIGIN, k], -far), far))
    u0, u1, v0, v1 = reject[Q, k] * ex, reject[R, k] / ex, accept[Q, k] * ey, accept[R, k] / ey
    z0 = accept[BASE0, k] + v0 - reject[BASE0, k] - u0 - bias
    z1 = accept[BASE1, k] - v1 - reject[BASE1, k] + u1 - bias
    return ex, ey, u0, u1, v0, v1, z0, z1


@inner
def _step_both(n: int, bias: Any, own: Any, reject: Any, accept: Any, bounds: Any, x: Any, y: Any) -> None:
    """One Newton step, within bounds, towards the beliefs x after a rejection and y after an acceptance.

    x - prior - sp(z_0) + sp(z_1) = 0 and y - x + z_0 - z_1 = 0, with z_k = lambda [W_k(y) - C_k(x)] - ln(reject).

    Args:
        own: (n,) log-odds of the prior. reject, accept: (AT, n) what the cells of x and y have.
        bounds: (4, n), see `_start_both`.
    """
    distinct()
    one, zero, least = x.dtype.type(1.0), x.dtype.type(0.0), x.dtype.type(LEAST_SLOPE)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        _, _, u0, u1, v0, v1, z0, z1 = _gains(bias, x, y, reject, accept, k)
        t0, t1 = exponential(-abs(z0)), exponential(-abs(z1))
        part0, part1 = one / (one + t0), one / (one + t1)
        accept0 = part0 if z0 > zero else t0 * part0
        accept1 = part1 if z1 > zero else t1 * part1
        g1 = x[k] - own[k] + max(z1, zero) - max(z0, zero) + log_ratio(t0, t1)
        g2 = y[k] - x[k] + z0 - z1
        g1x, g1y = one + accept0 * u0 - accept1 * u1, accept1 * v1 - accept0 * v0
        g2x, g2y = u1 - u0 - one, one + v0 - v1
        scale = one / max(g1x * g2y - g1y * g2x, least)
        x[k] = min(max(x[k] - (g1 * g2y - g2 * g1y) * scale, bounds[0, k]), bounds[1, k])
        y[k] = min(max(y[k] - (g1x * g2 - g2x * g1) * scale, bounds[2, k]), bounds[3, k])


@inner
def _weigh_both(
    n: int, bias: Any, own: Any, reject: Any, accept: Any, x: Any, y: Any, grown_x: Any, grown_y: Any, accept0: Any,
    accept1: Any, reject0: Any, reject1: Any, rest: Any,
) -> None:  # fmt: skip
    """E and all chances at both posteriors, and the larger violation of the two equations of `_step_both`."""
    distinct()
    one, zero = x.dtype.type(1.0), x.dtype.type(0.0)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ex, ey, _, _, _, _, z0, z1 = _gains(bias, x, y, reject, accept, k)
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

    node: NDArray[np.int32]  # (n,) node of each number
    laid: NDArray[Any]  # (5, n) the axis
    c0: NDArray[Any]  # (n,) lambda C of type 0, and so on
    c1: NDArray[Any]
    w0: NDArray[Any]
    w1: NDArray[Any]
    reject: NDArray[Any]  # (ROWS, n) tables of rejecting
    accept: NDArray[Any]  # (ROWS, n) the same of accepting
    at_reject: NDArray[Any]  # (AT, n) what the cells have
    at_accept: NDArray[Any]
    cell: NDArray[np.int32]  # (n,) of the posterior after a rejection
    cell_accept: NDArray[np.int32]
    mapped: NDArray[Any]  # (3, n) the node, the prior that leads there by a rejection, where an acceptance then leads
    left: NDArray[Any]  # (3, n) the same of the nodes that enclose a prior
    right: NDArray[Any]
    bounds: NDArray[Any]  # (4, n) of x and y
    chance: NDArray[Any]  # (4, n) accepting by type 0, type 1, rejecting by type 0, type 1
    spare: NDArray[Any]  # (5, n)
    x: NDArray[Any]
    y: NDArray[Any]
    rest: NDArray[Any]
    grown_x: NDArray[Any]
    grown_y: NDArray[Any]


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
        axis, b.node, False, b.accept, b.reject[TABLE], tolerance, b.cell_accept, b.at_accept, b.spare[4], b.y,
        b.grown_y, b.rest, b.spare[0], b.spare[1], b.spare[2], b.spare[3],
    )  # fmt: skip
    _prior_block(
        axis, bias, b.c0, b.c1, b.at_accept[ORIGIN], b.y, b.spare[0], b.spare[1], b.mapped[2], b.mapped[1]
    )  # fmt: skip


@inner
def _solve_answers(axis: Axis, b: _Answers, bias: Any, tolerance: Any) -> Any:
    """Both posteriors for every node as the prior: Newton steps from between the nodes that enclose it.

    Returns:
        Whether all cells of x are near, and all of y.
    """
    apart()
    size, n, own = axis.size, axis.size * WIDE, b.laid[LOG_ODDS]
    near = cells_below(size, b.node, b.mapped[1], own, b.cell)
    look_up(size, b.node, b.cell, near, b.reject[: R + 1], 0, b.at_reject[: R + 1])
    look_up(size, b.node, b.cell, near, b.mapped, 0, b.left)
    look_up(size, b.node, b.cell, near, b.mapped, 1, b.right)
    _start_both(size, own, b.cell, b.left, b.right, b.x, b.y, b.bounds)
    y_near = True
    for turn in range(MOST_ROUNDS):
        y_near = cells_below(size, b.node, own, b.y, b.cell_accept)
        look_up(size, b.node, b.cell_accept, y_near, b.accept[: R + 1], 0, b.at_accept[: R + 1])
        if turn >= ROUNDS:
            _weigh_both(
                n, bias, own, b.at_reject, b.at_accept, b.x, b.y, b.grown_x, b.grown_y, b.chance[0], b.chance[1],
                b.chance[2], b.chance[3], b.rest,
            )  # fmt: skip
            if turn == MOST_ROUNDS - 1 or count_above(n, b.rest, tolerance, b.x.dtype.type(0.5)) == 0:
                break
        _step_both(n, bias, own, b.at_reject, b.at_accept, b.bounds, b.x, b.y)
    return near, y_near


@inner
def _answer_certain(
    size: int, bias: Any, c0: Any, c1: Any, w0: Any, w1: Any, accept0: Any, accept1: Any, reject0: Any, reject1: Any
) -> None:  # fmt: skip
    """The answers where everybody is certain."""
    distinct()
    one = w0.dtype.type(1.0)
    for j in range(0, size, size - 1):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            e0, e1 = exponential(c0[k] + bias - w0[k]), exponential(c1[k] + bias - w1[k])
            part0, part1 = one / (one + e0), one / (one + e1)
            accept0[k], accept1[k], reject0[k], reject1[k] = part0, part1, e0 * part0, e1 * part1


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
                left_over[number] |= np.int32(b.reject[LEAST, b.cell[number] * WIDE + i] < falling)
                left_over[number] |= np.int32(b.accept[LEAST, b.cell_accept[number] * WIDE + i] < falling)


@spread
def _mean_at_node(
    near: bool, j: int, r: int, first: Any, second: Any, own: Any, chance: Any, up: Any, cell_yes: Any, cell_no: Any,
    agreed: Any, refused: Any, at: int, into: Any,
) -> None:  # fmt: skip
    """The same of one row at one node. Where `near` is a constant its loop has no jump in it."""
    for i in range(WIDE):
        k = np.uintp(j * WIDE + i)
        yes0, yes1 = first * chance[0, k], second * chance[1, k]
        no0, no1 = first * chance[2, k], second * chance[3, k]
        yes = expected(near, k, own, cell_yes, yes0, yes1, up[0, k], up[1, k], agreed, r, at)
        no = expected(near, k, own, cell_no, no0, no1, up[2, k], up[3, k], refused, r, at)
        into[r, np.uintp(at) + k] = yes + no


@inner
def _means_of_answers(
    size: int, believed: Any, own: Any, chance: Any, up: Any, cell_yes: Any, cell_no: Any, near: bool, agreed: Any,
    refused: Any, at: int, into: Any,
) -> None:  # fmt: skip
    """What every row expects of an answer, into (R, .), from column `at` on.

    Args:
        believed: (R, 2, B) probability that each row gives to each type of the side.
        chance, up: (4, n) accepting by type 0, type 1, rejecting by type 0, type 1; of the upper node after that.
        near: whether all cells are.
        agreed, refused: (R, .) what acceptance and rejection are worth, from column `at` on.
    """
    distinct()
    for r in range(into.shape[0]):
        for j in range(0, size, size - 1):
            for i in range(WIDE):
                k = np.uintp(j * WIDE + i)
                yes = believed[r, 0, j] * chance[0, k] + believed[r, 1, j] * chance[1, k]
                no = believed[r, 0, j] * chance[2, k] + believed[r, 1, j] * chance[3, k]
                here = np.uintp(at) + k
                into[r, here] = yes * agreed[r, here] + no * refused[r, here]
        for j in range(1, size - 1):
            first, second = believed[r, 0, j], believed[r, 1, j]
            if near:
                _mean_at_node(True, j, r, first, second, own, chance, up, cell_yes, cell_no, agreed, refused, at, into)
            else:
                _mean_at_node(False, j, r, first, second, own, chance, up, cell_yes, cell_no, agreed, refused, at, into)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer_two(
    axis: Axis, reject: Any, sharp: Any, peace: Any, fight: Any, row: int, states: int, lanes: int, keep: bool,
    choices: Choice, hard: Any, own: Any, out: Any, accepted: Any, out_accepted: Any,
) -> int:  # fmt: skip
    """Answers of a side with two types to N packages: the informed choice among two actions, of which one is shared.

    A belief x after a rejection says, through f_accept(y) = f_reject(x), what belief y an acceptance would have left,
    and the prior x + sp(z_1) - sp(z_0) of both, z_k = lambda [W_k(y) - C_k(x)] - ln(reject): on the nodes this is the
    inverse map of (ii.3), from whose cells Newton steps in both beliefs start. Where acceptance is worth the same at
    all nodes it is (ii.3) itself.

    Args:
        reject: reference weight of rejecting against accepting.
        peace: (N, rows, L) W; fight: (rows, L) C; rows `row` and `row + 1` are the types.
        states: how many of the states of these lanes there are; the last block is filled up with others.
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
        axis, reject, sharp, peace, fight, row, states, lanes, keep, choices, hard, own, out, accepted, out_accepted,
        np.zeros((ROOM, n), number), np.zeros((2, ROWS, n), number), np.zeros((4, n), number),
        np.zeros((3, fight.shape[0], n), number), np.zeros((5, n), np.int32),
        np.zeros((3, WIDE), number), np.zeros(WIDE, np.int32),
    )  # fmt: skip


@inner
def _answer_blocks(
    axis: Axis, reject: Any, sharp: Any, peace: Any, fight: Any, row: int, states: int, lanes: int, keep: bool,
    choices: Choice, hard: Any, own: Any, out: Any, accepted: Any, out_accepted: Any, g: Any, tables: Any, spares: Any,
    room: Any, whole: Any, wide: Any, turns: Any,
) -> int:  # fmt: skip
    """The same block by block, in room given."""
    apart()
    zero, one = fight.dtype.type(0.0), fight.dtype.type(1.0)
    size, n, together = axis.size, axis.size * WIDE, axis.stride == WIDE
    n_blocks, n_beside = lanes // n, -(-states // WIDE)
    b = _Answers(
        whole[0], g[:5], g[5], g[6], g[7], g[8], tables[0], tables[1], g[9 : 9 + AT], g[17 : 17 + AT], whole[1],
        whole[2], g[25:28], g[28:31], g[31:34], g[34:38], g[38:42], g[42:47], g[47], g[48], g[49], g[50], g[51],
    )  # fmt: skip
    yes, no, up = Lottery(b.y, g[52], g[53], whole[3]), Lottery(b.x, g[54], g[55], whole[3]), g[52:56]
    tolerance, left_over = g[56], whole[4]
    most, scale, falls = wide[0], wide[1], wide[2]
    unit = fight.dtype.type(ROUNDING * (1.2e-7 if fight.itemsize == 4 else 2.3e-16))
    bias = np.log(reject)
    n_hard = 0
    lay(axis, b.node, b.laid, tables)
    copy_block(n, b.laid[LOG_ODDS], b.mapped[0])
    for block in range(n_blocks):
        base, here = first_lane(block, axis), min(WIDE, states - block // (n_blocks // n_beside) * WIDE)
        at = column(axis, base)
        refused0, refused1 = view(axis, fight[row], base, spares[2]), view(axis, fight[row + 1], base, spares[3])
        for i in range(WIDE):
            scale[i] = zero
        sharpen(axis, sharp, refused0, refused1, refused0, refused1, b.c0, b.c1, scale)
        tabulate(axis, b.c0, b.c1, b.reject)
        for p in range(peace.shape[0]):
            for i in range(WIDE):
                most[i], falls[i], turns[i] = scale[i], one, 0
            sharpen(
                axis, sharp, view(axis, peace[p, row], base, spares[0]), view(axis, peace[p, row + 1], base, spares[1]),
                refused0, refused1, b.w0, b.w1, most,
            )  # fmt: skip
            set_tolerance(n, unit, most, tolerance)
            tabulate(axis, b.w0, b.w1, b.accept)
            # Of rejecting every time anew: what rounding hides depends on the package.
            find_falls(axis, b.reject[Q], b.reject[R], tolerance, b.reject[LEAST], falls)
            find_falls(axis, b.accept[Q], b.accept[R], tolerance, b.accept[LEAST], falls)
            _map_nodes(axis, b, bias, tolerance)
            find_turns(n, b.mapped[1], tolerance, turns)
            find_turns(n, b.accept[TABLE], tolerance, turns)
            find_turns(n, b.reject[TABLE], tolerance, turns)
            near, y_near = _solve_answers(axis, b, bias, tolerance)
            _answer_certain(
                size, bias, b.c0, b.c1, b.w0, b.w1, b.chance[0], b.chance[1], b.chance[2], b.chance[3]
            )  # fmt: skip
            _leave(axis, b, tolerance, turns, falls, left_over)
            n_hard += mark(axis, left_over, base, here, hard[p])

            draw(size, b.node, b.laid, b.cell_accept, y_near, b.grown_y, b.spare[:4], yes.up0, yes.up1)
            draw(size, b.node, b.laid, b.cell, near, b.grown_x, b.spare[:4], no.up0, no.up1)
            refused, agreed = view_rows(axis, fight, base, room[0]), view_rows(axis, peace[p], base, room[1])
            _means_of_answers(
                size, own, b.node, b.chance, up, b.cell_accept, b.cell, near and y_near, agreed, refused, at,
                out[p] if together else room[2],
            )  # fmt: skip
            put_back(axis, room[2], base, out[p])
            if p < accepted.shape[0]:
                agreed = view_rows(axis, accepted[p], base, room[1])
                _means_of_answers(
                    size, own, b.node, b.chance, up, b.cell_accept, b.cell, near and y_near, agreed, refused, at,
                    out_accepted[p] if together else room[2],
                )  # fmt: skip
                put_back(axis, room[2], base, out_accepted[p])
            if keep:
                to = Choice(choices.chance[p], choices.after[p], choices.low[p], choices.up[p])
                settle(axis, b.cell_accept, base, yes)
                write(axis, 0, b.chance[0], b.chance[1], yes, base, to)
                settle(axis, b.cell, base, no)
                write(axis, 1, b.chance[2], b.chance[3], no, base, to)
    return n_hard

"""Choices whose maker knows something that others do not: the informed choice (theory (ii.1), (ii.2)), two types.

All loops run over lanes: joint belief nodes of a few states. Nodes of one side's axis that differ in nothing else are
a fiber. With f_a(l) = l - lambda [Q_1(a, l) - Q_0(a, l)], every action's posterior l_a solves f_a(l_a) = c with one
number c for all actions, and Bayes asks that

    H(c) = c + LSE_a lambda Q_1(a, l_a(c)) - LSE_a lambda Q_0(a, l_a(c))

be the prior. f_a and H belong to the fiber, not to the prior: both are tabulated once for all priors of a fiber. Where
they increase the solution is unique and lies in a known bracket, inside which safeguarded Newton steps end. Where they
do not, and where the steps taken together do not suffice, the lane is marked: `homotopy.follow` takes it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, either, inner
from ripeness.engine.exponential import FASTMATH, exponential, logarithm
from ripeness.engine.private.block import (
    AT,
    BASE0,
    BASE1,
    FALLING,
    LEAST,
    LEAST_SLOPE,
    NOTHING,
    ORIGIN,
    ROUNDING,
    ROWS,
    SINGLE,
    TABLE,
    Lottery,
    Q,
    R,
    add_means,
    column,
    draw,
    find_falls,
    find_turns,
    first_lane,
    fold,
    lay,
    put_back,
    reply,
    scatter,
    set_tolerance,
    settle,
    sharpen,
    stay,
    tabulate,
    view,
    view_rows,
)
from ripeness.engine.private.geometry import WIDE, Axis

TOGETHER = 6
"""Newton steps in c of a whole block; lanes that need more are left."""


class Choice(NamedTuple):
    """One choice at L lanes. K types of the chooser, A actions."""

    chance: NDArray[Any]  # (K * A, L) probability of each action, by own type
    after: NDArray[Any]  # (A, max(K - 1, 1), L) log-odds after each action, before the lottery
    low: NDArray[np.int32]  # (A, L) lane of the lower vertex, two types
    up: NDArray[Any]  # (2 * A, L) probability of the upper vertex, by type: rows 2 a and 2 a + 1


def make_choice(n_actions: int, kinds: int, lanes: int, dtype: np.dtype[Any]) -> Choice:
    """Room for a choice of a side with `kinds` types; without types only the chances are kept."""
    told = lanes if kinds > 1 else 0
    two = lanes if kinds == 2 else 0
    return Choice(
        np.zeros((kinds * n_actions, lanes), dtype), np.zeros((n_actions, max(kinds - 1, 1), told), dtype),
        np.zeros((n_actions, two), np.int32), np.zeros((2 * n_actions, two), dtype),
    )  # fmt: skip


def make_choices(n: int, n_actions: int, kinds: int, lanes: int, dtype: np.dtype[Any]) -> Choice:
    """Room for n choices, one after the other along a leading axis."""
    one = make_choice(n_actions, kinds, lanes, dtype)
    return Choice(*(np.zeros((n, *part.shape), part.dtype) for part in one))


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def mean_two(axis: Axis, choice: Choice, own: Any, leads_to: Any, lanes: int, where: Any, out: Any) -> None:
    """Value of every row before an informed choice that was written down, of a side with two types.

    Args:
        own: (R, 2, B) probability that each row gives to each type of the side.
        leads_to: (A, R, L) what each action leads to, at the vertex that is drawn.
        where: (L,) at which lanes.
        out: (R, L), filled there.
    """
    n_actions, stride = leads_to.shape[0], axis.stride
    for k in range(lanes):
        if where[k]:
            j = k // stride % axis.size
            for r in range(out.shape[0]):
                out[r, k] = 0.0
                for a in range(n_actions):
                    share0, share1 = own[r, 0, j] * choice.chance[a, k], own[r, 1, j] * choice.chance[n_actions + a, k]
                    upper = share0 * choice.up[2 * a, k] + share1 * choice.up[2 * a + 1, k]
                    low, worth = choice.low[a, k], leads_to[a, r]
                    out[r, k] += (share0 + share1 - upper) * worth[low] + upper * worth[low + stride]


class _Block(NamedTuple):
    """Numbers of one block of fibers. n = size * WIDE."""

    node: NDArray[np.int32]  # (n,) node of each number
    laid: NDArray[Any]  # (5, n) the axis
    w0: NDArray[Any]  # (A, n) lambda Q of type 0, and so on
    w1: NDArray[Any]
    q0: NDArray[Any]
    q1: NDArray[Any]
    slope0: NDArray[Any]
    slope1: NDArray[Any]
    chance0: NDArray[Any]
    chance1: NDArray[Any]
    distance: NDArray[Any]
    grown: NDArray[Any]
    tables: NDArray[Any]  # (A, ROWS, n)
    at: NDArray[Any]  # (A, AT, n) what the cells have
    cell: NDArray[np.int32]  # (A, n)
    near: NDArray[np.bool_]  # (A,) whether all cells are next to the numbers' own nodes
    rest: NDArray[Any]  # (n,)
    sums: NDArray[Any]  # (4, n)
    spare: NDArray[Any]  # (n,)


@inner
def _raise(n: int, values0: Any, values1: Any, best0: Any, best1: Any) -> None:
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        best0[k], best1[k] = max(best0[k], values0[k]), max(best1[k], values1[k])


@inner
def _weigh(
    n: int, weight: Any, values0: Any, values1: Any, best0: Any, best1: Any, chance0: Any, chance1: Any, total0: Any,
    total1: Any,
) -> None:  # fmt: skip
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        odds0, odds1 = weight * exponential(values0[k] - best0[k]), weight * exponential(values1[k] - best1[k])
        chance0[k], chance1[k] = odds0, odds1
        total0[k] += odds0
        total1[k] += odds1


@inner
def _compare(n: int, best0: Any, best1: Any, total0: Any, total1: Any, gap: Any) -> None:
    """Difference of two logarithms of sums; the sums lie between the smallest weight and the number of actions."""
    distinct()
    one = gap.dtype.type(1.0)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        gap[k] = best1[k] - best0[k] + logarithm(total1[k] / total0[k])
        total0[k], total1[k] = one / total0[k], one / total1[k]


@inner
def _share(n: int, part0: Any, part1: Any, slope0: Any, slope1: Any, chance0: Any, chance1: Any, slope: Any) -> None:
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        chance0[k] *= part0[k]
        chance1[k] *= part1[k]
        slope[k] += chance1[k] * slope1[k] - chance0[k] * slope0[k]


@inner
def _clear(n: int, sums: Any) -> None:
    for k in range(n):
        sums[0, k] = sums[1, k] = NOTHING
        sums[2, k] = sums[3, k] = 0.0


@inner
def _sum(n: int, left: Any, right: Any, into: Any) -> None:
    distinct()
    for number in range(n):
        k = np.uintp(number)
        into[k] = left[k] + right[k]


@inner
def _gap(axis: Axis, weight: Any, b: _Block, again: bool, c: Any, tolerance: Any, gap: Any, slope: Any) -> None:
    """Z(c) = LSE_a lambda Q_1 - LSE_a lambda Q_0 at the posteriors of c, the slope of H, and all chances.

    Args:
        again: starts from the posteriors of another c close by, which are there.
    """
    apart()
    zero = c.dtype.type(0.0)
    n = axis.size * WIDE
    best0, best1, total0, total1 = b.sums[0], b.sums[1], b.sums[2], b.sums[3]
    _clear(n, b.sums)
    for a in range(weight.size):
        if weight[a] > zero:
            b.near[a] = reply(
                axis, b.node, again, b.tables[a], c, tolerance, b.cell[a], b.at[a], b.spare, b.distance[a], b.grown[a],
                b.rest, b.q0[a], b.q1[a], b.slope0[a], b.slope1[a],
            )  # fmt: skip
            _raise(n, b.q0[a], b.q1[a], best0, best1)
    for a in range(weight.size):
        if weight[a] > zero:
            _weigh(n, weight[a], b.q0[a], b.q1[a], best0, best1, b.chance0[a], b.chance1[a], total0, total1)
    _compare(n, best0, best1, total0, total1, gap)
    for k in range(n):
        slope[k] = 1.0
    for a in range(weight.size):
        if weight[a] > zero:
            _share(n, total0, total1, b.slope0[a], b.slope1[a], b.chance0[a], b.chance1[a], slope)


@inner
def _at_own_node(weight: Any, b: _Block, n: int, gap: Any) -> None:
    """Z as it would be if no action told anything."""
    apart()
    zero = gap.dtype.type(0.0)
    best0, best1, total0, total1 = b.sums[0], b.sums[1], b.sums[2], b.sums[3]
    _clear(n, b.sums)
    for a in range(weight.size):
        if weight[a] > zero:
            _raise(n, b.w0[a], b.w1[a], best0, best1)
    for a in range(weight.size):
        if weight[a] > zero:
            _weigh(n, weight[a], b.w0[a], b.w1[a], best0, best1, b.q0[a], b.q1[a], total0, total1)
    _compare(n, best0, best1, total0, total1, gap)


@inner
def _certain(size: int, weight: Any, w: Any, chance: Any, best: Any, total: Any) -> None:
    """Logit choice of one type at the nodes of a block where everybody is certain."""
    apart()
    zero = w.dtype.type(0.0)
    for first in range(0, size * WIDE, (size - 1) * WIDE):
        for i in range(WIDE):
            best[i], total[i] = NOTHING, zero
        for a in range(weight.size):
            if weight[a] > zero:
                for i in range(WIDE):
                    best[i] = max(best[i], w[a, first + i])
        for a in range(weight.size):
            if weight[a] > zero:
                for i in range(WIDE):
                    chance[a, first + i] = weight[a] * exponential(w[a, first + i] - best[i])
                    total[i] += chance[a, first + i]
        for a in range(weight.size):
            if weight[a] > zero:
                for i in range(WIDE):
                    chance[a, first + i] /= total[i]


@inner
def _brackets(
    axis: Axis, c: Any, gap: Any, lowest: Any, highest: Any, tolerance: Any, turns: Any, left: Any, right: Any,
    start: Any, fiber_hard: Any,
) -> None:  # fmt: skip
    """Brackets and starts of c for every prior of the fibers of a block, from H on a grid of c; hard fibers."""
    apart()
    size = axis.size
    for i in range(WIDE):
        hard = turns[i]
        for j in range(2, size - 1):
            k = j * WIDE + i
            hard |= np.int32(c[k] + gap[k] < c[k - WIDE] + gap[k - WIDE] - tolerance[i])
        fiber_hard[i] = hard
        n = 1
        for j in range(1, size - 1):
            k = j * WIDE + i
            prior = axis.log_odds[j]
            under, over = prior - highest[i] - tolerance[i], prior - lowest[i] + tolerance[i]
            begin = prior - gap[k]
            while n < size - 1 and c[n * WIDE + i] + gap[n * WIDE + i] <= prior:
                n += 1
            before, behind = (n - 1) * WIDE + i, n * WIDE + i
            if n > 1:
                under = max(under, c[before])
            if n < size - 1:
                over = min(over, c[behind])
            if 1 < n < size - 1:
                part = (prior - c[before] - gap[before]) / (c[behind] + gap[behind] - c[before] - gap[before])
                begin = c[before] + part * (c[behind] - c[before])
            low, high = min(under, over), max(under, over)  # they change places by rounding only
            left[k], right[k], start[k] = low, high, min(max(begin, low), high)


@inner
def _advance(
    axis: Axis, c: Any, gap: Any, slope: Any, fiber_hard: Any, tolerance: Any, left: Any, right: Any, left_over: Any
) -> int:
    """A Newton step of every c that is not solved, a bisection where it leaves its bracket; how many there were."""
    distinct()
    zero, half, least = c.dtype.type(0.0), c.dtype.type(0.5), c.dtype.type(LEAST_SLOPE)
    moved = np.int32(0)
    for j in range(1, axis.size - 1):
        prior = axis.log_odds[j]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            value = c[k] + gap[k] - prior
            at, low, high = c[k], left[k], right[k]
            low, high = either(value < zero, at, low), either(value < zero, high, at)
            step = at - value / max(slope[k], least)
            step = either((step >= low) & (step <= high), step, half * (low + high))
            go = np.int32((fiber_hard[i] == 0) & (abs(value) > tolerance[i]) & (step != at))
            left[k], right[k], left_over[k] = low, high, go | fiber_hard[i]
            c[k] = either(go > 0, step, at)
            moved += go
    return int(moved)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def choose_two(
    axis: Axis, weight: Any, sharp: Any, worth: Any, row: int, states: int, lanes: int, keep: bool, choice: Choice,
    hard: Any, own: Any, leads_to: Any, out: Any,
) -> int:  # fmt: skip
    """Informed choice of a side with two types at every lane; returns how many lanes are left to `homotopy.follow`.

    Args:
        weight: (A,) reference weights; an action of weight 0 is closed.
        worth: (A, rows, L); worth[a, row + k] is Q of type k for action a at the lane's node.
        states: how many of the states of these lanes there are; the last block is filled up with others.
        keep: whether `choice` is filled.
        hard: (L,) filled: the lanes left.
        own: (R, 2, B) probability that each row gives to each type of the side.
        leads_to: (A, R, L) what each action leads to, at the vertex that is drawn.
        out: (R, L) filled but for the lanes left: value of every row before the choice.
    """
    n, n_actions, number = axis.size * WIDE, weight.size, worth.dtype
    hard[:lanes] = False
    return _choose_blocks(
        axis, weight, sharp, worth, row, states, lanes, keep, choice, hard, own, leads_to, out,
        np.zeros((10, n_actions, n), number), np.zeros((n_actions, ROWS, n), number),
        np.zeros((n_actions, AT, n), number), np.zeros((25, n), number), np.zeros((2, out.shape[0], n), number),
        np.zeros((n_actions + 3, n), np.int32), np.zeros((n_actions + 6, WIDE), number), np.zeros((2, WIDE), np.int32),
        np.zeros(n_actions, np.bool_),
    )  # fmt: skip


@inner
def _choose_blocks(
    axis: Axis, weight: Any, sharp: Any, worth: Any, row: int, states: int, lanes: int, keep: bool, choice: Choice,
    hard: Any, own: Any, leads_to: Any, out: Any, f: Any, tables: Any, at: Any, g: Any, rows: Any, whole: Any,
    wide: Any, marks: Any, near: Any,
) -> int:  # fmt: skip
    """The same block by block, in room given."""
    apart()
    zero, one = worth.dtype.type(0.0), worth.dtype.type(1.0)
    size, n, n_actions, together = axis.size, axis.size * WIDE, weight.size, axis.stride == WIDE
    n_blocks, n_beside = lanes // n, -(-states // WIDE)
    b = _Block(
        whole[n_actions + 2], g[:5], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], tables, at,
        whole[:n_actions], near, g[5], g[6:10], g[10],
    )  # fmt: skip
    c, gap, slope, left, right, start, tolerance = g[11], g[12], g[13], g[14], g[15], g[16], g[17]
    mean, values, up = rows[0], rows[1], g[19:21]
    lottery, left_over = Lottery(g[18], g[19], g[20], whole[n_actions]), whole[n_actions + 1]
    spares = g[21:25]
    lay(axis, b.node, b.laid, tables)
    falls, lowest, highest, most = wide[:n_actions], wide[n_actions], wide[n_actions + 1], wide[n_actions + 2]
    spare, band = wide[n_actions + 3 : n_actions + 5], wide[n_actions + 5]
    turns, fiber_hard = marks[0], marks[1]
    reference = 0
    while weight[reference] <= zero:
        reference += 1
    unit = worth.dtype.type(ROUNDING * (1.2e-7 if worth.itemsize == 4 else 2.3e-16))
    n_hard = 0
    for block in range(n_blocks):
        base, here = first_lane(block, axis), min(WIDE, states - block // (n_blocks // n_beside) * WIDE)
        for i in range(WIDE):
            lowest[i], highest[i], most[i], turns[i] = -NOTHING, NOTHING, zero, 0
        # What all actions have in common tells nothing: differences keep their last digits.
        level0 = view(axis, worth[reference, row], base, spares[0])
        level1 = view(axis, worth[reference, row + 1], base, spares[1])
        for a in range(n_actions):
            if weight[a] > zero:
                worth0 = view(axis, worth[a, row], base, spares[2])
                worth1 = view(axis, worth[a, row + 1], base, spares[3])
                sharpen(axis, sharp, worth0, worth1, level0, level1, b.w0[a], b.w1[a], most)
                _widen(n, b.w0[a], b.w1[a], lowest, highest)
        set_tolerance(n, unit, most, tolerance)
        for a in range(n_actions):
            if weight[a] > zero:
                falls[a] = one
                of = tables[a]
                tabulate(axis, b.w0[a], b.w1[a], of)
                find_falls(axis, of[Q], of[R], tolerance, of[LEAST], falls[a])
                find_turns(n, of[TABLE], tolerance, turns)

        # H on a grid of c: brackets for every prior of the fiber, or the finding that there is more than one solution.
        _at_own_node(weight, b, n, gap)
        for i in range(WIDE):
            last = worth.dtype.type(NOTHING)
            for j in range(1, size - 1):
                k = j * WIDE + i
                last = max(last, axis.log_odds[j] - gap[k])
                c[k] = last
            c[i], c[n - WIDE + i] = c[WIDE + i], last
        _gap(axis, weight, b, False, c, tolerance, gap, slope)
        _brackets(axis, c, gap, lowest, highest, tolerance, turns, left, right, start, fiber_hard)
        for k in range(WIDE, n - WIDE):
            c[k] = start[k]
        for _ in range(TOGETHER + 1):
            _gap(axis, weight, b, True, c, tolerance, gap, slope)
            if _advance(axis, c, gap, slope, fiber_hard, tolerance, left, right, left_over) == 0:
                break
        _mark_bent(axis, weight, b, c, tolerance, falls, band, left_over)
        n_hard += mark(axis, left_over, base, here, hard)

        _certain(size, weight, b.w0, b.chance0, spare[0], spare[1])
        _certain(size, weight, b.w1, b.chance1, spare[0], spare[1])
        into, at = out if together else mean, column(axis, base)
        into[:, at : at + n] = zero
        for a in range(n_actions):
            if weight[a] > zero:
                draw(size, b.node, b.laid, b.cell[a], near[a], b.grown[a], spares, up[0], up[1])
                add_means(
                    size, own, b.node, b.cell[a], near[a], b.chance0[a], b.chance1[a], up,
                    view_rows(axis, leads_to[a], base, values), at, into,
                )  # fmt: skip
            if keep:
                if weight[a] > zero:
                    _sum(n, b.at[a, ORIGIN], b.distance[a], lottery.after)
                    settle(axis, b.cell[a], base, lottery)
                else:
                    stay(axis, 0, 1, base, lottery)
                    b.chance0[a], b.chance1[a] = zero, zero
                write(axis, a, b.chance0[a], b.chance1[a], lottery, base, choice)
        put_back(axis, mean, base, out)
    return n_hard


@inner
def _widen(n: int, w0: Any, w1: Any, lowest: Any, highest: Any) -> None:
    """Widen the range of lambda (Q_1 - Q_0) of every fiber of a block to that of an action."""
    distinct()
    for first in range(0, n, WIDE):
        for i in range(WIDE):
            k = np.uintp(first + i)
            lowest[i], highest[i] = min(lowest[i], w1[k] - w0[k]), max(highest[i], w1[k] - w0[k])


@inner
def mark(axis: Axis, left_over: Any, base: int, n_fibers: int, hard: Any) -> int:
    """Mark the lanes of the numbers left over of the first fibers of a block; returns how many there are."""
    apart()
    found = 0
    for k in range(WIDE, WIDE * (axis.size - 1)):
        found += left_over[k]
    if found == 0:
        return 0
    found = 0
    for i in range(n_fibers):
        for j in range(1, axis.size - 1):
            if left_over[j * WIDE + i] > 0:
                hard[base + j * axis.stride + i] = True
                found += 1
    return found


@inner
def write(axis: Axis, a: int, chance0: Any, chance1: Any, lottery: Lottery, base: int, to: Choice) -> None:
    """Action a of a block, put where the lanes of its fibers are."""
    apart()
    n_actions = to.low.shape[0]
    scatter(axis, chance0, base, to.chance[a])
    scatter(axis, chance1, base, to.chance[n_actions + a])
    scatter(axis, lottery.after, base, to.after[a, 0])
    scatter(axis, lottery.low, base, to.low[a])
    scatter(axis, lottery.up0, base, to.up[2 * a])
    scatter(axis, lottery.up1, base, to.up[2 * a + 1])


@inner
def _mark_bent(
    axis: Axis, weight: Any, b: _Block, c: Any, tolerance: Any, falls: Any, band: Any, left_over: Any
) -> None:
    """Leave the numbers of a block of which a posterior may be one of several inside cells, or the fiber (`SINGLE`).

    Where f falls H may turn as well, but by no more than lambda Q changes there, and by no more than the chance of the
    action there, which is at most exp(change) times what it is here, times exp(change).
    """
    apart()
    size, zero = axis.size, falls.dtype.type(0.0)
    falling, strict = falls.dtype.type(FALLING), falls.itemsize > SINGLE
    for a in range(weight.size):
        if weight[a] <= zero:
            continue
        for i in range(WIDE):
            if falls[a, i] >= falling:
                continue
            of = b.tables[a]
            change = fold(axis, of[BASE0], of[BASE1], of[Q], of[R], of[LEAST], i, band)
            spread = exponential(change + change)
            for j in range(1, size - 1):
                k = j * WIDE + i
                wider = min(change, (b.chance0[a, k] + b.chance1[a, k]) * spread) + tolerance[i]
                left_over[k] |= np.int32(strict or (c[k] >= band[0] - wider and c[k] <= band[1] + wider))

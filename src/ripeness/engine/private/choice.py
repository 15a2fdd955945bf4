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

from ripeness.engine.apart import apart, distinct, inner, small
from ripeness.engine.exponential import FASTMATH, exponential, logarithm
from ripeness.engine.private.block import (
    FALLING,
    LEAST_SLOPE,
    ROUNDING,
    SINGLE,
    WIDE,
    Cells,
    first_lanes,
    growths,
    reply,
    tabulate,
)
from ripeness.engine.private.geometry import Axis

TOGETHER = 6
"""Newton steps in c of a whole block; lanes that need more are left."""
NOTHING = -1e30
"""Less than any value."""


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
def choose_plain(weight: Any, sharp: Any, worth: Any, row: int, lanes: int, chance: Any) -> None:
    """Logit choice of a side without types at every lane; worth[a, row] is the value of action a."""
    zero = worth.dtype.type(0.0)
    n_actions = weight.size
    best, total = np.full(lanes, NOTHING, worth.dtype), np.zeros(lanes, worth.dtype)
    for a in range(n_actions):
        if weight[a] > zero:
            value = worth[a, row]
            for k in range(lanes):
                best[k] = max(best[k], value[k])
    for a in range(n_actions):
        into, value = chance[a], worth[a, row]
        if weight[a] > zero:
            for k in range(lanes):
                into[k] = weight[a] * exponential(sharp * (value[k] - best[k]))
                total[k] += into[k]
        else:
            for k in range(lanes):
                into[k] = zero
    for a in range(n_actions):
        into = chance[a]
        for k in range(lanes):
            into[k] /= total[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def mean_plain(n_actions: int, chance: Any, leads_to: Any, lanes: int, out: Any) -> None:
    """Value of every row before a choice of a side without types; action a leads to leads_to[a] (R, L)."""
    for r in range(out.shape[0]):
        into = out[r]
        for k in range(lanes):
            into[k] = 0.0
        for a in range(n_actions):
            odds, worth = chance[a], leads_to[a, r]
            for k in range(lanes):
                into[k] += odds[k] * worth[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def mean_two(n_actions: int, stride: int, choice: Choice, own: Any, leads_to: Any, lanes: int, out: Any) -> None:
    """Value of every row before an informed choice of a side with two types.

    Args:
        own: (R, 2, L) probability that each row gives to each type of the side.
        leads_to: (A, R, L) what each action leads to, at the vertex that is drawn.
        out: (R, L), filled.
    """
    for r in range(out.shape[0]):
        into, own0, own1 = out[r], own[r, 0], own[r, 1]
        for k in range(lanes):
            into[k] = 0.0
        for a in range(n_actions):
            low, up0, up1 = choice.low[a], choice.up[2 * a], choice.up[2 * a + 1]
            chance0, chance1, worth = choice.chance[a], choice.chance[n_actions + a], leads_to[a, r]
            for k in range(lanes):
                share0, share1 = own0[k] * chance0[k], own1[k] * chance1[k]
                upper = share0 * up0[k] + share1 * up1[k]
                into[k] += (share0 + share1 - upper) * worth[low[k]] + upper * worth[low[k] + stride]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def mean_answers(
    stride: int, choices: Choice, own: Any, accepted: Any, rejected: Any, lanes: int, out: Any
) -> None:  # fmt: skip
    """Value of every row before the answers of a side with two types to each of N packages.

    Args:
        choices: actions accept, reject; with a leading axis over packages.
        own: (R, 2, L).
        accepted: (N, R, L) what acceptance leads to.
        rejected: (R, L) what rejection leads to.
        out: (N + 1, R, L), the first N filled.
    """
    for n in range(choices.low.shape[0]):
        for r in range(rejected.shape[0]):
            into, own0, own1 = out[n, r], own[r, 0], own[r, 1]
            for a in range(2):
                low, up0, up1 = choices.low[n, a], choices.up[n, 2 * a], choices.up[n, 2 * a + 1]
                chance0, chance1 = choices.chance[n, a], choices.chance[n, 2 + a]
                worth = accepted[n, r] if a == 0 else rejected[r]
                if a == 0:
                    for k in range(lanes):
                        into[k] = 0.0
                for k in range(lanes):
                    share0, share1 = own0[k] * chance0[k], own1[k] * chance1[k]
                    upper = share0 * up0[k] + share1 * up1[k]
                    into[k] += (share0 + share1 - upper) * worth[low[k]] + upper * worth[low[k] + stride]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer_plain(
    reject: Any, sharp: Any, peace: Any, fight: Any, row: int, lanes: int, chance: Any, accepted: Any, out: Any
) -> None:  # fmt: skip
    """Answers of a side without types to each of N packages, as if decisive, and the value of every row before them.

    Args:
        reject: reference weight of rejecting against accepting.
        peace, fight: (N, R, L), (R, L) what the side compares.
        chance: (N, 2, L) filled: accept, reject.
        accepted: (N, R, L) what acceptance leads to.
        out: (N + 1, R, L), the first N filled.
    """
    one = fight.dtype.type(1.0)
    for n in range(peace.shape[0]):
        yes, no, worth, instead = chance[n, 0], chance[n, 1], peace[n, row], fight[row]
        for k in range(lanes):
            odds = reject * exponential(sharp * (instead[k] - worth[k]))  # of rejecting against accepting
            yes[k] = one / (one + odds)
            no[k] = odds / (one + odds)
        for r in range(fight.shape[0]):
            into, agreed, refused = out[n, r], accepted[n, r], fight[r]
            for k in range(lanes):
                into[k] = yes[k] * agreed[k] + no[k] * refused[k]


class _Block(NamedTuple):
    """Numbers of one block of fibers. n = size * WIDE."""

    w0: NDArray[Any]  # (A, n) lambda Q of type 0, and so on
    w1: NDArray[Any]
    table: NDArray[Any]
    base0: NDArray[Any]
    base1: NDArray[Any]
    q: NDArray[Any]
    r: NDArray[Any]
    q0: NDArray[Any]
    q1: NDArray[Any]
    slope0: NDArray[Any]
    slope1: NDArray[Any]
    least: NDArray[Any]
    chance0: NDArray[Any]
    chance1: NDArray[Any]
    distance: NDArray[Any]
    cell: NDArray[np.int32]
    at: Cells
    sums: NDArray[Any]  # (4, n)


@inner
def _raise(n: int, values: Any, best: Any) -> None:
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        best[k] = max(best[k], values[k])


@inner
def _weigh(n: int, weight: Any, values: Any, best: Any, chance: Any, total: Any) -> None:
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        chance[k] = weight * exponential(values[k] - best[k])
        total[k] += chance[k]


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
def _gap(axis: Axis, weight: Any, b: _Block, c: Any, tolerance: Any, gap: Any, slope: Any) -> None:
    """Z(c) = LSE_a lambda Q_1 - LSE_a lambda Q_0 at the posteriors of c, the slope of H, and all chances."""
    apart()
    zero = c.dtype.type(0.0)
    n = axis.size * WIDE
    best0, best1, total0, total1 = b.sums[0], b.sums[1], b.sums[2], b.sums[3]
    _clear(n, b.sums)
    for a in range(weight.size):
        if weight[a] > zero:
            reply(
                axis, b.table[a], b.base0[a], b.base1[a], b.q[a], b.r[a], c, tolerance, b.cell[a], b.distance[a],
                b.at, b.q0[a], b.q1[a], b.slope0[a], b.slope1[a],
            )  # fmt: skip
            _raise(n, b.q0[a], best0)
            _raise(n, b.q1[a], best1)
    for a in range(weight.size):
        if weight[a] > zero:
            _weigh(n, weight[a], b.q0[a], best0, b.chance0[a], total0)
            _weigh(n, weight[a], b.q1[a], best1, b.chance1[a], total1)
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
            _raise(n, b.w0[a], best0)
            _raise(n, b.w1[a], best1)
    for a in range(weight.size):
        if weight[a] > zero:
            _weigh(n, weight[a], b.w0[a], best0, b.q0[a], total0)
            _weigh(n, weight[a], b.w1[a], best1, b.q1[a], total1)
    _compare(n, best0, best1, total0, total1, gap)


@inner
def _certain(weight: Any, b: _Block, k: int) -> None:
    """Logit choice of both types at a node where everybody is certain."""
    small()
    zero = b.w0.dtype.type(0.0)
    for kind in range(2):
        worth, chance = (b.w0, b.chance0) if kind == 0 else (b.w1, b.chance1)
        best, total = b.w0.dtype.type(NOTHING), zero
        for a in range(weight.size):
            if weight[a] > zero:
                best = max(best, worth[a, k])
        for a in range(weight.size):
            if weight[a] > zero:
                chance[a, k] = weight[a] * exponential(worth[a, k] - best)
                total += chance[a, k]
        for a in range(weight.size):
            if weight[a] > zero:
                chance[a, k] /= total


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
            hard |= c[k] + gap[k] < c[k - WIDE] + gap[k - WIDE] - tolerance[i]
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


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def choose_two(axis: Axis, weight: Any, sharp: Any, worth: Any, row: int, lanes: int, choice: Choice, hard: Any) -> int:
    """Informed choice of a side with two types at every lane; returns how many lanes are left to `homotopy.follow`.

    Args:
        weight: (A,) reference weights; an action of weight 0 is closed.
        worth: (A, rows, L); worth[a, row + k] is Q of type k for action a at the lane's node.
        hard: (L,) filled: the lanes left.
    """
    zero, one, half = worth.dtype.type(0.0), worth.dtype.type(1.0), worth.dtype.type(0.5)
    least_slope = worth.dtype.type(LEAST_SLOPE)
    size, stride, n_actions = axis.size, axis.stride, weight.size
    n, n_fibers = size * WIDE, lanes // size
    f, h = np.empty((15, n_actions, n), worth.dtype), np.empty((10, n), worth.dtype)
    b = _Block(
        f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14],
        np.empty((n_actions, n), np.int32),
        Cells(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9]), np.empty((4, n), worth.dtype),
    )  # fmt: skip
    g = np.empty((8, n), worth.dtype)
    c, gap, slope, left, right, start = g[0], g[1], g[2], g[3], g[4], g[5]
    wide = np.empty((6, WIDE), worth.dtype)
    lowest, highest, tolerance, falls, level0, level1 = wide[0], wide[1], wide[2], wide[3], wide[4], wide[5]
    reference = 0
    while weight[reference] <= zero:
        reference += 1
    first, turns, fiber_hard = np.empty(WIDE, np.int64), np.empty(WIDE, np.bool_), np.empty(WIDE, np.bool_)
    left_over = np.empty(n, np.bool_)
    unit = worth.dtype.type(ROUNDING * (1.2e-7 if worth.itemsize == 4 else 2.3e-16))
    n_hard = 0
    for block in range(0, n_fibers, WIDE):
        first_lanes(block, n_fibers, size, stride, first)
        for i in range(WIDE):
            lowest[i], highest[i], tolerance[i], falls[i], turns[i] = -NOTHING, NOTHING, zero, one, False
        for i in range(WIDE):  # what all actions have in common tells nothing: differences keep their last digits
            level0[i], level1[i] = worth[reference, row, first[i]], worth[reference, row + 1, first[i]]
        for a in range(n_actions):
            if weight[a] > zero:
                w0, w1, q0, q1 = b.w0[a], b.w1[a], worth[a, row], worth[a, row + 1]
                for j in range(size):
                    for i in range(WIDE):
                        k, lane = j * WIDE + i, first[i] + j * stride
                        w0[k], w1[k] = sharp * (q0[lane] - level0[i]), sharp * (q1[lane] - level1[i])
                        lowest[i], highest[i] = min(lowest[i], w1[k] - w0[k]), max(highest[i], w1[k] - w0[k])
                        tolerance[i] = max(tolerance[i], max(abs(w0[k]), abs(w1[k])))
        for i in range(WIDE):
            tolerance[i] = unit * (tolerance[i] + one)
        for a in range(n_actions):
            if weight[a] > zero:
                table = b.table[a]
                tabulate(
                    axis, b.w0[a], b.w1[a], table, b.base0[a], b.base1[a], b.q[a], b.r[a], b.least[a], tolerance, falls
                )
                for j in range(2, size - 1):
                    for i in range(WIDE):
                        k = j * WIDE + i
                        turns[i] |= table[k] < table[k - WIDE] - tolerance[i]

        # H on a grid of c: brackets for every prior of the fiber, or the finding that there is more than one solution.
        _at_own_node(weight, b, n, gap)
        for i in range(WIDE):
            last = worth.dtype.type(NOTHING)
            for j in range(1, size - 1):
                k = j * WIDE + i
                last = max(last, axis.log_odds[j] - gap[k])
                c[k] = last
            c[i], c[n - WIDE + i] = c[WIDE + i], last
        _gap(axis, weight, b, c, tolerance, gap, slope)
        _brackets(axis, c, gap, lowest, highest, tolerance, turns, left, right, start, fiber_hard)
        for k in range(WIDE, n - WIDE):
            c[k] = start[k]
        for _ in range(TOGETHER + 1):
            _gap(axis, weight, b, c, tolerance, gap, slope)
            n_moved = 0
            for j in range(1, size - 1):
                prior = axis.log_odds[j]
                for i in range(WIDE):
                    k = j * WIDE + i
                    value = c[k] + gap[k] - prior
                    left[k] = c[k] if value < zero else left[k]
                    right[k] = right[k] if value < zero else c[k]
                    step = c[k] - value / max(slope[k], least_slope)
                    step = step if (step >= left[k]) and (step <= right[k]) else half * (left[k] + right[k])
                    go = not fiber_hard[i] and abs(value) > tolerance[i] and step != c[k]
                    left_over[k] = go or fiber_hard[i]
                    c[k] = step if go else c[k]
                    n_moved += int(go)
            if n_moved == 0:
                break
        _mark_bent(size, weight, b, falls, left_over)

        for i in range(min(WIDE, n_fibers - block)):
            for j in range(size):
                k, lane = j * WIDE + i, first[i] + j * stride
                inner = 0 < j < size - 1
                hard[lane] = inner and left_over[k]
                n_hard += int(hard[lane])
                if not inner:
                    _certain(weight, b, k)
        _write(axis, weight, b, first, min(WIDE, n_fibers - block), choice)
    return n_hard


@inner
def _mark_bent(size: int, weight: Any, b: _Block, falls: Any, left_over: Any) -> None:
    """Leave the numbers of a block for which f turns inside a cell: of a posterior, or any of the fiber (`SINGLE`)."""
    apart()
    falling, strict = falls.dtype.type(FALLING), falls.itemsize > SINGLE
    for i in range(WIDE):
        if falls[i] >= falling:
            continue
        for a in range(weight.size):
            if weight[a] > falls.dtype.type(0.0):
                for j in range(1, size - 1):
                    k = j * WIDE + i
                    left_over[k] |= strict or b.least[a, b.cell[a, k] * WIDE + i] < falling


@inner
def _write(axis: Axis, weight: Any, b: _Block, first: Any, n_fibers: int, choice: Choice) -> None:
    """The choices of a block, put where the lanes of its fibers are."""
    apart()
    zero, one = b.w0.dtype.type(0.0), b.w0.dtype.type(1.0)
    size, stride, n_actions = axis.size, axis.stride, weight.size
    for a in range(n_actions):
        is_open = weight[a] > zero
        cell, distance = b.cell[a], b.distance[a]
        if is_open:
            for k in range(size * WIDE):
                b.sums[2, k] = zero
            growths(size * WIDE, distance, b.sums[2], b.sums[0], b.sums[1])
        for i in range(n_fibers):
            for j in range(size):
                k, lane = j * WIDE + i, first[i] + j * stride
                choice.chance[a, lane] = b.chance0[a, k] if is_open else zero
                choice.chance[n_actions + a, lane] = b.chance1[a, k] if is_open else zero
                if is_open and 0 < j < size - 1:
                    c = cell[k]
                    choice.after[a, 0, lane] = axis.origin[c] + distance[k]
                    choice.low[a, lane] = first[i] + c * stride
                    choice.up[2 * a, lane] = axis.s0[c] + axis.t0[c] * b.sums[0, k]
                    choice.up[2 * a + 1, lane] = axis.s1[c] + axis.t1[c] * b.sums[1, k]
                else:
                    choice.after[a, 0, lane] = axis.log_odds[j]
                    choice.low[a, lane] = lane if j < size - 1 else lane - stride
                    choice.up[2 * a, lane] = choice.up[2 * a + 1, lane] = zero if j < size - 1 else one

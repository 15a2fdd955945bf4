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
    TINY,
    WIDE,
    Cells,
    Room,
    first_lanes,
    places,
    put_places,
    reply,
    scatter,
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
    at: Cells  # (A, n) each
    room: Room
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
            at = Cells(
                b.at.p[a], b.at.q[a], b.at.r[a], b.at.base0[a], b.at.base1[a], b.at.under[a], b.at.over[a],
                b.at.width[a],
            )  # fmt: skip
            reply(
                axis, again, b.table[a], b.base0[a], b.base1[a], b.q[a], b.r[a], c, tolerance, b.cell[a],
                b.distance[a], at, b.room, b.q0[a], b.q1[a], b.slope0[a], b.slope1[a],
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
def _certain(size: int, weight: Any, w: Any, chance: Any) -> None:
    """Logit choice of one type at the nodes of a block where everybody is certain."""
    apart()
    zero = w.dtype.type(0.0)
    best, total = np.empty(WIDE, w.dtype), np.empty(WIDE, w.dtype)
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
    f, h = np.empty((23, n_actions, n), worth.dtype), np.empty((8, n), worth.dtype)
    b = _Block(
        f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14],
        np.empty((n_actions, n), np.int32),
        Cells(f[15], f[16], f[17], f[18], f[19], f[20], f[21], f[22]), Room(h[0], h[1], h[2], h[3]), h[4:8],
    )  # fmt: skip
    g = np.empty((8, n), worth.dtype)
    c, gap, slope, left, right, start = g[0], g[1], g[2], g[3], g[4], g[5]
    wide, falls = np.empty((5, WIDE), worth.dtype), np.empty((n_actions, WIDE), worth.dtype)
    lowest, highest, tolerance, level0, level1 = wide[0], wide[1], wide[2], wide[3], wide[4]
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
            lowest[i], highest[i], tolerance[i], turns[i] = -NOTHING, NOTHING, zero, False
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
                falls[a] = one
                tabulate(
                    axis, b.w0[a], b.w1[a], table, b.base0[a], b.base1[a], b.q[a], b.r[a], b.least[a], tolerance,
                    falls[a],
                )  # fmt: skip
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
        _gap(axis, weight, b, False, c, tolerance, gap, slope)
        _brackets(axis, c, gap, lowest, highest, tolerance, turns, left, right, start, fiber_hard)
        for k in range(WIDE, n - WIDE):
            c[k] = start[k]
        for turn in range(TOGETHER + 1):
            _gap(axis, weight, b, turn > 0, c, tolerance, gap, slope)
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
        _mark_bent(axis, weight, b, c, tolerance, falls, left_over)

        for i in range(min(WIDE, n_fibers - block)):
            for j in range(size):
                k, lane = j * WIDE + i, first[i] + j * stride
                inner = 0 < j < size - 1
                hard[lane] = inner and left_over[k]
                n_hard += int(hard[lane])
        _certain(size, weight, b.w0, b.chance0)
        _certain(size, weight, b.w1, b.chance1)
        _write(axis, weight, b, first, min(WIDE, n_fibers - block), choice)
    return n_hard


@inner
def _fold(axis: Axis, base0: Any, base1: Any, q: Any, r: Any, least: Any, i: int, band: Any) -> Any:
    """Fill in the c between which f of an action, inside cells of fiber i, takes a value more than once.

    Outside of the heights of the stretches on which f falls, it takes every value once.

    Returns:
        How much lambda Q of both types changes along these stretches.
    """
    small()
    zero, one, half, tiny = q.dtype.type(0.0), q.dtype.type(1.0), q.dtype.type(0.5), q.dtype.type(TINY)
    band[0], band[1] = -NOTHING, NOTHING
    change = zero
    for j in range(axis.size - 1):
        k = j * WIDE + i
        if least[k] >= q.dtype.type(FALLING):
            continue
        near = tiny if j == 0 else one
        far = axis.reach[j] if j < axis.size - 2 else one / tiny
        begin, end, again = near, far, far  # f falls from E = begin to end, and from again to far
        under = one + q.dtype.type(4.0) * q[k] * r[k]
        if under > zero:
            root = -half * (one + np.sqrt(under))
            end = -r[k] / root
            if q[k] < zero:
                end, again = min(end, root / q[k]), max(end, root / q[k])
        for turn in range(2):
            low, high = max(begin if turn == 0 else again, near), min(end if turn == 0 else far, far)
            if low < high:
                for e in (low, high):
                    height = axis.origin[j] + logarithm(e) + base0[k] - base1[k] + q[k] * e + r[k] / e
                    band[0], band[1] = min(band[0], height), max(band[1], height)
                change += abs(q[k]) * (high - low) + abs(r[k]) * (one / low - one / high)
    return change


@inner
def _mark_bent(axis: Axis, weight: Any, b: _Block, c: Any, tolerance: Any, falls: Any, left_over: Any) -> None:
    """Leave the numbers of a block of which a posterior may be one of several inside cells, or the fiber (`SINGLE`).

    Where f falls H may turn as well, but by no more than lambda Q changes there, and by no more than the chance of the
    action there, which is at most exp(change) times what it is here, times exp(change).
    """
    apart()
    size, zero = axis.size, falls.dtype.type(0.0)
    falling, strict = falls.dtype.type(FALLING), falls.itemsize > SINGLE
    band = np.empty(2, falls.dtype)
    for a in range(weight.size):
        if weight[a] <= zero:
            continue
        for i in range(WIDE):
            if falls[a, i] >= falling:
                continue
            change = _fold(axis, b.base0[a], b.base1[a], b.q[a], b.r[a], b.least[a], i, band)
            spread = exponential(change + change)
            for j in range(1, size - 1):
                k = j * WIDE + i
                wider = min(change, (b.chance0[a, k] + b.chance1[a, k]) * spread) + tolerance[i]
                left_over[k] |= strict or (c[k] >= band[0] - wider and c[k] <= band[1] + wider)


@inner
def _write(axis: Axis, weight: Any, b: _Block, first: Any, n_fibers: int, choice: Choice) -> None:
    """The choices of a block, put where the lanes of its fibers are."""
    apart()
    zero, n_actions = b.w0.dtype.type(0.0), weight.size
    posterior, up0, up1 = b.sums[0], b.sums[1], b.sums[2]
    for a in range(n_actions):
        is_open = weight[a] > zero
        if is_open:
            places(axis, b.cell[a], b.distance[a], posterior, up0, up1)
        for kind in range(2):
            chances = b.chance0[a] if kind == 0 else b.chance1[a]
            if not is_open:
                chances[:] = zero
            scatter(axis, chances, first, n_fibers, choice.chance[kind * n_actions + a])
        put_places(
            axis, is_open, b.cell[a], posterior, up0, up1, first, n_fibers, choice.after[a, 0], choice.low[a],
            choice.up[2 * a : 2 * a + 2],
        )  # fmt: skip

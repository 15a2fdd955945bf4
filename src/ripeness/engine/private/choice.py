"""Choices whose maker knows something that others do not: the informed choice (theory (ii.1), (ii.2)), two types.

All loops run over lanes: joint belief nodes of a few states. Nodes of one side's axis that differ in nothing else are
a fiber. With f_a(l) = l - lambda [Q_1(a, l) - Q_0(a, l)], every action's posterior l_a solves f_a(l_a) = c with one
number c for all actions, and Bayes asks that

    H(c) = c + LSE_a lambda Q_1(a, l_a(c)) - LSE_a lambda Q_0(a, l_a(c))

be the prior. f_a and H belong to the fiber, not to the prior: both are tabulated once for all priors of a fiber. Where
they increase the solution is unique and lies in a known bracket, inside which safeguarded Newton steps end. Where they
do not, and where the steps taken together do not suffice, the lane is marked: `homotopy.follow` takes it.

Fibers are worked on WIDE at a time, laid out so that number j * WIDE + i of a block is node j of its fiber i: every
inner loop then has a constant length, and vector instructions fit it whatever the number of nodes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, inner, small
from ripeness.engine.exponential import FASTMATH, exponential, logarithm, softplus
from ripeness.engine.private.geometry import Axis

WIDE = 16
"""Fibers of a block."""
FEW_STEPS = 3
"""Newton steps of all lanes together; those that need more go on alone."""
FEW_NODES = 64
"""Up to here a cell is found by counting, which vector instructions do fast; beyond by halving."""
ROUNDS, MOST_ROUNDS = 2, 6
"""Newton steps in both beliefs after an answer: so many at first, and so many at most before it is done alone."""
TOGETHER = 6
"""Newton steps in c of a whole block; lanes that need more are left."""
MOST_STEPS = 60
"""Newton steps, each at worst a bisection: enough for double precision from any bracket."""
ROUNDING = 8.0
"""A step below this many units in the last place of the numbers involved is rounding."""
FALLING = -1e-5
"""A slope of f or of the inverse map below this is no rounding: there may be several solutions."""
SINGLE = 4
"""Bytes of a number in single precision, in which turns inside cells are looked for where the posteriors lie alone.

The curve between the nodes is an interpolation; double precision, which verifies, does not pass over its turns.
"""
LEAST_SLOPE = 1e-6
TINY = 1e-30
NOTHING = -1e30
"""Less than any value."""
END = 60.0
"""Distances in log-odds beyond this are certainty to working precision."""


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


@inner
def _first_lanes(block: int, n_fibers: int, size: int, stride: int, first: Any) -> None:
    """Lane of node 0 of each fiber of a block; a block that runs over the last fiber repeats it."""
    for i in range(WIDE):
        fiber = min(block + i, n_fibers - 1)
        first[i] = fiber // stride * (size * stride) + fiber % stride


@inner
def _cells_below(table: Any, wanted: Any, size: int, cell: Any) -> None:
    """Cell of each inner number of a block: the last inner node of its fiber whose table value is up to the one wanted.

    Both increase along a fiber where that has one solution, so that a walk finds all cells of a fiber.
    """
    distinct()
    for i in range(WIDE):
        c = 0
        for j in range(1, size - 1):
            k = np.uintp(j * WIDE + i)
            while c < size - 2 and table[np.uintp((c + 1) * WIDE + i)] <= wanted[k]:
                c += 1
            while c > 0 and table[np.uintp(c * WIDE + i)] > wanted[k]:
                c -= 1
            cell[k] = c


@inner
def _tabulate(
    axis: Axis, w0: Any, w1: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any, least: Any, noise: Any, falls: Any
) -> None:
    """f on the nodes, and lambda Q_0 = base0 + q E, lambda Q_1 = base1 - r / E in every cell, of one action.

    least: (n,) filled: least slope of f in every cell that rounding leaves possible; falls: (WIDE,) lowered to the
    least of a fiber; noise: (WIDE,) rounding in lambda Q.
    """
    distinct()
    one = w0.dtype.type(1.0)
    size = axis.size
    for j in range(size):
        for i in range(WIDE):
            k = j * WIDE + i
            table[k] = axis.log_odds[j] - (w1[k] - w0[k])
    for j in range(size - 1):
        far, near = axis.reach[j], one / axis.reach[j]
        s0, s1, t0, t1 = axis.s0[j], axis.s1[j], axis.t0[j], axis.t1[j]
        at_low, at_high = t0 - t1, t0 * far - t1 * near  # t1 is negative
        for i in range(WIDE):
            k = j * WIDE + i
            rise0, rise1 = w0[k + WIDE] - w0[k], w1[k + WIDE] - w1[k]
            base0[k], base1[k] = w0[k] + s0 * rise0, w1[k] + s1 * rise1
            q[k], r[k] = t0 * rise0, -t1 * rise1
            low, high = one + q[k] - r[k], one + q[k] * far - r[k] * near
            least[k] = min(low + noise[i] * at_low, high + noise[i] * at_high)
            falls[i] = min(falls[i], least[k])


@inner
def _pick(axis: Axis, cell: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, at: _Cells) -> None:
    """The numbers of the cell in which each c lies."""
    apart()
    for own in range(1, axis.size - 1):
        for i in range(WIDE):
            k = own * WIDE + i
            j = cell[k]
            n = j * WIDE + i
            at.p[k] = axis.origin[j] - c[k] - (base1[n] - base0[n])
            at.q[k], at.r[k] = q[n], r[n]
            at.base0[k], at.base1[k] = base0[n], base1[n]
            at.under[k], at.over[k] = table[n] - c[k], table[n + WIDE] - c[k]
            at.width[k] = axis.width[j]


@inner
def _start(
    n: int, cell: Any, p: Any, q: Any, r: Any, under: Any, over: Any, width: Any, left: Any, right: Any, d: Any
) -> None:  # fmt: skip
    """Bracket and start of d: the secant between nodes, or the bounds of a cell that ends in certainty."""
    distinct()
    zero, half, far, tiny = d.dtype.type(0.0), d.dtype.type(0.5), d.dtype.type(END), d.dtype.type(TINY)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ends = width[k] > far
        bend = q[k] + r[k]  # one of them is zero in a cell that ends in certainty
        low = -p[k] - max(bend, zero) if ends else zero
        high = -p[k] - min(bend, zero) if ends else width[k]
        low = max(low, zero) if ends and cell[k] > 0 else low
        high = min(high, zero) if ends and cell[k] == 0 else high
        left[k], right[k] = min(low, high), max(low, high)
        begin = half * (low + high) if ends else width[k] * under[k] / min(under[k] - over[k], -tiny)
        d[k] = min(max(begin, left[k]), right[k])


@inner
def _newton(n: int, p: Any, q: Any, r: Any, left: Any, right: Any, d: Any) -> None:
    """A few Newton steps, in shrinking brackets, towards the roots of d + p + q E + r / E with E = exp(d)."""
    distinct()
    zero, one, half, far = d.dtype.type(0.0), d.dtype.type(1.0), d.dtype.type(0.5), d.dtype.type(END)
    for _ in range(FEW_STEPS):
        for number in range(WIDE, n - WIDE):
            k = np.uintp(number)
            here = d[k]
            e = exponential(min(max(here, -far), far))
            move0, move1 = q[k] * e, r[k] / e
            value = here + p[k] + move0 + move1
            low = here if value < zero else left[k]
            high = right[k] if value < zero else here
            step = here - value / (one + move0 - move1)
            left[k], right[k] = low, high
            d[k] = step if (step >= low) and (step <= high) else half * (low + high)


@inner
def _finish(p: Any, q: Any, r: Any, left: Any, right: Any, d: Any, one: Any, half: Any, far: Any) -> Any:
    """The same for one number, to the end."""
    small()
    zero = one - one
    for _ in range(MOST_STEPS):
        e = exponential(min(max(d, -far), far))
        value = d + p + q * e + r / e
        left = d if value < zero else left
        right = right if value < zero else d
        before = d
        d = d - value / (one + q * e - r / e)
        d = d if (d >= left) and (d <= right) else half * (left + right)
        if d == before:
            break
    return d


@inner
def _land(
    n: int, p: Any, q: Any, r: Any, base0: Any, base1: Any, d: Any, rest: Any, q0: Any, q1: Any, slope0: Any,
    slope1: Any,
) -> None:  # fmt: skip
    """What is left of the equation at d, the values there, and their slopes against c."""
    distinct()
    one, far, least = d.dtype.type(1.0), d.dtype.type(END), d.dtype.type(LEAST_SLOPE)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        e = exponential(min(max(d[k], -far), far))
        move0, move1 = q[k] * e, r[k] / e
        rest[k] = abs(d[k] + p[k] + move0 + move1)
        rate = one / max(one + move0 - move1, least)
        q0[k], q1[k] = base0[k] + move0, base1[k] - move1
        slope0[k], slope1[k] = move0 * rate, move1 * rate


@inner
def _reply(
    axis: Axis, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, tolerance: Any, cell: Any, distance: Any,
    at: _Cells, q0: Any, q1: Any, slope0: Any, slope1: Any,
) -> None:  # fmt: skip
    """Posterior of one action for given c at every number of a block, the values there and their slopes against c."""
    apart()
    one, half, far = c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    n = axis.size * WIDE
    _cells_below(table, c, axis.size, cell)
    _pick(axis, cell, table, base0, base1, q, r, c, at)
    _start(n, cell, at.p, at.q, at.r, at.under, at.over, at.width, at.left, at.right, distance)
    _newton(n, at.p, at.q, at.r, at.left, at.right, distance)
    _land(n, at.p, at.q, at.r, at.base0, at.base1, distance, at.under, q0, q1, slope0, slope1)
    if _count_above(axis.size, at.under, tolerance, half) > 0:
        for k in range(WIDE, n - WIDE):
            if at.under[k] > half * tolerance[k % WIDE]:
                distance[k] = _finish(at.p[k], at.q[k], at.r[k], at.left[k], at.right[k], distance[k], one, half, far)
        _land(n, at.p, at.q, at.r, at.base0, at.base1, distance, at.under, q0, q1, slope0, slope1)


@inner
def _count_above(size: int, rest: Any, tolerance: Any, share: Any) -> int:
    """How many numbers of a block are above a share of the tolerance of their fiber."""
    distinct()
    found = np.int32(0)
    for j in range(1, size - 1):
        for i in range(WIDE):
            found += np.int32(rest[j * WIDE + i] > share * tolerance[i])
    return int(found)


class _Cells(NamedTuple):
    """What a cell has for each number of a block."""

    p: NDArray[Any]  # (n,) and so on
    q: NDArray[Any]
    r: NDArray[Any]
    base0: NDArray[Any]
    base1: NDArray[Any]
    under: NDArray[Any]
    over: NDArray[Any]
    width: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]


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
    at: _Cells
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
            _reply(
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
        _Cells(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9]), np.empty((4, n), worth.dtype),
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
        _first_lanes(block, n_fibers, size, stride, first)
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
                _tabulate(
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
            _growth(size * WIDE, distance, b.sums[2], b.sums[0], b.sums[1])
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
    apart()
    for j in range(1, axis.size - 1):
        for i in range(WIDE):
            k = j * WIDE + i
            at = cell[k] * WIDE + i
            into.origin[k] = axis.origin[cell[k]]
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
    at: _Cells
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
    _reply(
        axis, b.accept[0], b.accept[1], b.accept[2], b.accept[3], b.accept[4], b.reject[0], tolerance, b.cell_accept,
        b.y, b.at, b.z0, b.z1, b.spare[0], b.spare[1],
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
    _cells_below(b.prior, b.own, axis.size, b.cell)
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
            if turn == MOST_ROUNDS - 1 or _count_above(axis.size, b.rest, tolerance, b.x.dtype.type(0.5)) == 0:
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
    g, h = np.zeros((30, n), fight.dtype), np.zeros((10, n), fight.dtype)
    tables, cells = np.zeros((2, 6, n), fight.dtype), np.zeros((2, n), np.int32)
    b = _Answers(
        g[0], g[1], tables[0], g[2], g[3], tables[1],
        _Cells(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9]),
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
        _first_lanes(block, n_fibers, size, stride, first)
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
            _tabulate(
                axis, b.c0, b.c1, b.reject[0], b.reject[1], b.reject[2], b.reject[3], b.reject[4], b.reject[5],
                tolerance, falls,
            )  # fmt: skip
            _tabulate(
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
def _growth(n: int, x: Any, origin: Any, up: Any, down: Any) -> None:
    """E = exp(x - origin) and 1 / E."""
    distinct()
    one, far = x.dtype.type(1.0), x.dtype.type(END)
    for k in range(n):
        up[k] = exponential(min(max(x[k] - origin[k], -far), far))
        down[k] = one / up[k]


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
    zero, one = b.x.dtype.type(0.0), b.x.dtype.type(1.0)
    size, stride = axis.size, axis.stride
    n = size * WIDE
    for i in range(WIDE):  # where everybody is certain, nothing is told
        for j in range(0, size, size - 1):
            k = j * WIDE + i
            b.z0[k], b.z1[k] = b.w0[k] - b.c0[k] - bias, b.w1[k] - b.c1[k] - bias
    for kind in range(2):
        z = b.z0 if kind == 0 else b.z1
        _logistic(n, z, b.spare[0], b.spare[1])
        for a in range(2):
            _scatter(axis, b.spare[a], first, n_fibers, chance[2 * kind + a])
    for a in range(2):
        posterior, cell = (b.y, b.cell_accept) if a == 0 else (b.x, b.cell)
        origin = b.at_accept.origin if a == 0 else b.at_reject.origin
        _growth(n, posterior, origin, b.spare[0], b.spare[1])
        for i in range(n_fibers):
            for j in range(1, size - 1):
                k, lane = j * WIDE + i, first[i] + j * stride
                c = cell[k]
                after[a, 0, lane] = posterior[k]
                low[a, lane] = first[i] + c * stride
                up[2 * a, lane] = axis.s0[c] + axis.t0[c] * b.spare[0, k]
                up[2 * a + 1, lane] = axis.s1[c] + axis.t1[c] * b.spare[1, k]
            bottom, top = first[i], first[i] + (size - 1) * stride
            after[a, 0, bottom], after[a, 0, top] = axis.log_odds[0], axis.log_odds[size - 1]
            low[a, bottom], low[a, top] = bottom, top - stride
            up[2 * a, bottom] = up[2 * a + 1, bottom] = zero
            up[2 * a, top] = up[2 * a + 1, top] = one


@inner
def _scatter(axis: Axis, values: Any, first: Any, n_fibers: int, out: Any) -> None:
    """Numbers of a block, put where the lanes of its fibers are."""
    apart()
    for i in range(n_fibers):
        for j in range(axis.size):
            out[first[i] + j * axis.stride] = values[j * WIDE + i]

"""Blocks of fibers: what the informed choices of two types share.

Nodes of one side's axis that differ in nothing else are a fiber. Fibers are worked on WIDE at a time, laid out so that
number j * WIDE + i of a block is node j of its fiber i: every inner loop then has a constant length, and vector
instructions fit it whatever the number of nodes. Of every action f is tabulated on the nodes, and its posterior found
for any c (`choice`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, inner, small
from ripeness.engine.exponential import exponential, logarithm
from ripeness.engine.private.geometry import Axis

WIDE = 16
"""Fibers of a block."""
STEPS = 3
"""Newton steps of a whole block, until all of its equations are solved; those that need more go on alone."""
MOST_STEPS = 60
"""Newton steps of a lane alone, each at worst a bisection: enough for double precision from any bracket."""
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


class Cells(NamedTuple):
    """What the cell of each number of a block has."""

    origin: NDArray[Any]  # (n,) and so on
    base0: NDArray[Any]  # lambda Q_0 = base0 + q E and lambda Q_1 = base1 - r / E, E = exp(distance from the origin)
    base1: NDArray[Any]
    q: NDArray[Any]
    r: NDArray[Any]
    under: NDArray[Any]  # f at the ends of the cell
    over: NDArray[Any]
    width: NDArray[Any]


class Lottery(NamedTuple):
    """Where an action leads from each number of a block: the public lottery between the nodes of a cell."""

    after: NDArray[Any]  # (n,) log-odds before it, and so on
    up0: NDArray[Any]  # chance of the upper node, by type
    up1: NDArray[Any]
    low: NDArray[np.int32]  # lane of the lower node


@inner
def first_lanes(block: int, n_fibers: int, size: int, stride: int, first: Any) -> None:
    """Lane of node 0 of each fiber of a block; a block that runs over the last fiber repeats it."""
    for i in range(WIDE):
        fiber = min(block + i, n_fibers - 1)
        first[i] = fiber // stride * (size * stride) + fiber % stride


@inner
def load(axis: Axis, sharp: Any, q0: Any, q1: Any, first: Any, level: Any, w0: Any, w1: Any, most: Any) -> None:
    """lambda Q of both types, above a level by fiber, in a block's layout; `most` is raised to the largest size."""
    distinct()
    for i in range(WIDE):
        for j in range(axis.size):
            k, lane = np.uintp(j * WIDE + i), np.uintp(first[i] + j * axis.stride)
            w0[k], w1[k] = q0[lane], q1[lane]
    for j in range(axis.size):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            w0[k], w1[k] = sharp * (w0[k] - level[0, i]), sharp * (w1[k] - level[1, i])
            most[i] = max(most[i], max(abs(w0[k]), abs(w1[k])))


@inner
def cells_below(table: Any, wanted: Any, size: int, cell: Any) -> None:
    """Cell of each inner number of a block: how many inner nodes of its fiber have a table value up to the one wanted.

    Counting costs the square of the nodes, but for some dozens of them much less than a search with its jumps. Each
    pass compares every number with the node that lies `shift` nodes above it.
    """
    distinct()
    for number in range(WIDE, (size - 1) * WIDE):
        cell[np.uintp(number)] = 0
    for shift in range(3 - size, size - 2):
        for number in range(max(1, 1 - shift) * WIDE, min(size - 1, size - 1 - shift) * WIDE):
            k = np.uintp(number)
            cell[k] += np.int32(table[np.uintp(number + shift * WIDE)] <= wanted[k])


@inner
def tabulate(axis: Axis, w0: Any, w1: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any) -> None:
    """f on the nodes, and lambda Q_0 = base0 + q E, lambda Q_1 = base1 - r / E in every cell, of one action."""
    distinct()
    size = axis.size
    for j in range(size):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            table[k] = axis.log_odds[j] - (w1[k] - w0[k])
    for j in range(size - 1):
        s0, s1, t0, t1 = axis.s0[j], axis.s1[j], axis.t0[j], axis.t1[j]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            rise0, rise1 = w0[k + np.uintp(WIDE)] - w0[k], w1[k + np.uintp(WIDE)] - w1[k]
            base0[k], base1[k] = w0[k] + s0 * rise0, w1[k] + s1 * rise1
            q[k], r[k] = t0 * rise0, -t1 * rise1


@inner
def find_falls(axis: Axis, q: Any, r: Any, noise: Any, least: Any, falls: Any) -> None:
    """Least slope of f in every cell that rounding leaves possible.

    Args:
        noise: (n,) rounding in lambda Q, the same along a fiber.
        least: (n,) filled; falls: (WIDE,) lowered to the least of a fiber.
    """
    distinct()
    one = q.dtype.type(1.0)
    for j in range(axis.size - 1):
        far, near = axis.reach[j], one / axis.reach[j]
        at_low, at_high = axis.t0[j] - axis.t1[j], axis.t0[j] * far - axis.t1[j] * near  # t1 is negative
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            low, high = one + q[k] - r[k], one + q[k] * far - r[k] * near
            least[k] = min(low + noise[i] * at_low, high + noise[i] * at_high)
            falls[i] = min(falls[i], least[k])


@inner
def find_turns(n: int, table: Any, tolerance: Any, turns: Any) -> None:
    """Mark in turns (WIDE,) the fibers of a block whose table does not increase on the inner nodes."""
    distinct()
    found = np.int32(0)
    for number in range(2 * WIDE, n - WIDE):
        k = np.uintp(number)
        found += np.int32(table[k] < table[k - np.uintp(WIDE)] - tolerance[k])
    if found > 0:
        for number in range(2 * WIDE, n - WIDE):
            turns[number % WIDE] |= np.int32(table[number] < table[number - WIDE] - tolerance[number])


@inner
def set_tolerance(n: int, unit: Any, most: Any, tolerance: Any) -> None:
    """Rounding in lambda Q of every number of a block, from the largest lambda |Q| of its fiber."""
    distinct()
    for first in range(0, n, WIDE):
        for i in range(WIDE):
            tolerance[np.uintp(first + i)] = unit * (most[i] + tolerance.dtype.type(1.0))


@inner
def copy_block(n: int, values: Any, into: Any) -> None:
    """Copy the numbers of a block."""
    distinct()
    for number in range(n):
        into[np.uintp(number)] = values[np.uintp(number)]


@inner
def _pick(axis: Axis, cell: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any, at: Cells, distance: Any) -> None:
    """The numbers of the cells of a block; distances from the origins of other cells become those from theirs."""
    distinct()
    for own in range(1, axis.size - 1):
        for i in range(WIDE):
            k = np.uintp(own * WIDE + i)
            j = np.uintp(cell[k])
            n = np.uintp(j * WIDE + i)
            distance[k] += at.origin[k] - axis.origin[j]
            at.origin[k], at.width[k] = axis.origin[j], axis.width[j]
            at.base0[k], at.base1[k], at.q[k], at.r[k] = base0[n], base1[n], q[n], r[n]
            at.under[k], at.over[k] = table[n], table[n + np.uintp(WIDE)]


@inner
def _bracket(
    c: Any, cell: Any, origin: Any, base0: Any, base1: Any, q: Any, r: Any, width: Any, zero: Any, far: Any
) -> Any:
    """p of the equation d + p + q E + r / E = 0 of a distance d, E = exp(d), and bounds of d."""
    p = origin - (base1 - base0) - c
    ends = width > far
    bend = q + r  # one of them is zero in a cell that ends in certainty
    low = -p - max(bend, zero) if ends else zero
    high = -p - min(bend, zero) if ends else width
    low = max(low, zero) if ends and cell > 0 else low
    high = min(high, zero) if ends and cell == 0 else high
    return p, min(low, high), max(low, high)


@inner
def _newton(d: Any, p: Any, q: Any, r: Any, left: Any, right: Any, zero: Any, half: Any, one: Any, far: Any) -> Any:
    """A Newton step towards the root of d + p + q E + r / E, a bisection where it leaves the bracket; the bracket."""
    e = exponential(min(max(d, -far), far))
    move0, move1 = q * e, r / e
    value = d + p + move0 + move1
    left, right = d if value < zero else left, right if value < zero else d
    step = d - value / (one + move0 - move1)
    return step if (step >= left) and (step <= right) else half * (left + right), left, right


@inner
def _start(n: int, c: Any, cell: Any, at: Cells, distance: Any) -> None:
    """A Newton step from the secant between nodes, or from the middle where a cell ends in certainty."""
    distinct()
    zero, one, half, far = c.dtype.type(0.0), c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    tiny = c.dtype.type(TINY)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        q, r = at.q[k], at.r[k]
        p, left, right = _bracket(c[k], cell[k], at.origin[k], at.base0[k], at.base1[k], q, r, at.width[k], zero, far)
        secant = at.width[k] * (c[k] - at.under[k]) / max(at.over[k] - at.under[k], tiny)
        d = half * (left + right) if at.width[k] > far else min(max(secant, left), right)
        d, left, right = _newton(d, p, q, r, left, right, zero, half, one, far)
        distance[k] = d


@inner
def _close_in(
    n: int, c: Any, cell: Any, at: Cells, distance: Any, grown: Any, rest: Any, q0: Any, q1: Any, slope0: Any,
    slope1: Any,
) -> None:  # fmt: skip
    """A Newton step from where the distance is. What is then left of the equation, E, values and slopes against c."""
    distinct()
    zero, one, half, far = c.dtype.type(0.0), c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    least = c.dtype.type(LEAST_SLOPE)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        q, r = at.q[k], at.r[k]
        p, left, right = _bracket(c[k], cell[k], at.origin[k], at.base0[k], at.base1[k], q, r, at.width[k], zero, far)
        d = min(max(distance[k], left), right)
        d, left, right = _newton(d, p, q, r, left, right, zero, half, one, far)
        e = exponential(min(max(d, -far), far))
        move0, move1 = q * e, r / e
        distance[k], grown[k], rest[k] = d, e, abs(d + p + move0 + move1)
        rate = one / max(one + move0 - move1, least)
        q0[k], q1[k] = at.base0[k] + move0, at.base1[k] - move1
        slope0[k], slope1[k] = move0 * rate, move1 * rate


@inner
def _finish(
    k: int, c: Any, cell: Any, at: Cells, distance: Any, grown: Any, q0: Any, q1: Any, slope0: Any, slope1: Any
) -> None:  # fmt: skip
    """The same for one number, to the end."""
    small()
    zero, one, half, far = c.dtype.type(0.0), c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    q, r = at.q[k], at.r[k]
    p, left, right = _bracket(c[k], cell[k], at.origin[k], at.base0[k], at.base1[k], q, r, at.width[k], zero, far)
    d = distance[k]
    for _ in range(MOST_STEPS):
        before = d
        d, left, right = _newton(d, p, q, r, left, right, zero, half, one, far)
        if d == before:
            break
    e = exponential(min(max(d, -far), far))
    move0, move1 = q * e, r / e
    distance[k], grown[k] = d, e
    rate = one / max(one + move0 - move1, c.dtype.type(LEAST_SLOPE))
    q0[k], q1[k] = at.base0[k] + move0, at.base1[k] - move1
    slope0[k], slope1[k] = move0 * rate, move1 * rate


@inner
def count_above(n: int, rest: Any, tolerance: Any, share: Any) -> int:
    """How many inner numbers of a block are above a share of the tolerance."""
    distinct()
    found = np.int32(0)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        found += np.int32(rest[k] > share * tolerance[k])
    return int(found)


@inner
def reply(
    axis: Axis, again: bool, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, tolerance: Any, cell: Any,
    at: Cells, distance: Any, grown: Any, rest: Any, q0: Any, q1: Any, slope0: Any, slope1: Any,
) -> None:  # fmt: skip
    """Posterior of one action for given c at every number of a block, the values there and their slopes against c.

    Args:
        tolerance: (n,).
        again: from the posteriors that are there, of a c close by.
        distance, grown: filled: of the posterior from the origin of its cell, and E.
    """
    apart()
    half = c.dtype.type(0.5)
    n = axis.size * WIDE
    cells_below(table, c, axis.size, cell)
    _pick(axis, cell, table, base0, base1, q, r, at, distance)
    if not again:
        _start(n, c, cell, at, distance)
    left = n
    for _ in range(STEPS):
        _close_in(n, c, cell, at, distance, grown, rest, q0, q1, slope0, slope1)
        left = count_above(n, rest, tolerance, half)
        if left == 0:
            return
    for k in range(WIDE, n - WIDE):
        if rest[k] > half * tolerance[k]:
            _finish(k, c, cell, at, distance, grown, q0, q1, slope0, slope1)


@inner
def draw(axis: Axis, cell: Any, grown: Any, first: Any, to: Lottery) -> None:
    """The lottery at the posteriors of a block, in `to.after`; where everybody is certain nothing moves."""
    distinct()
    one = grown.dtype.type(1.0)
    size, stride = axis.size, np.int32(axis.stride)
    for own in range(1, size - 1):
        for i in range(WIDE):
            k = np.uintp(own * WIDE + i)
            j = np.uintp(cell[k])
            to.up0[k] = axis.s0[j] + axis.t0[j] * grown[k]
            to.up1[k] = axis.s1[j] + axis.t1[j] * (one / grown[k])
            to.low[k] = np.int32(first[i]) + cell[k] * stride
    stay(axis, 0, size - 1, first, to)


@inner
def stay(axis: Axis, start: int, step: int, first: Any, to: Lottery) -> None:
    """Nothing is told at every `step`th node of a block from `start` on: the lottery stays there."""
    apart()
    for j in range(start, axis.size, step):
        top = int(j == axis.size - 1)
        for i in range(WIDE):
            k = j * WIDE + i
            to.after[k], to.up0[k], to.up1[k] = axis.log_odds[j], top, top
            to.low[k] = first[i] + (j - top) * axis.stride


@inner
def add_mean(axis: Axis, own: Any, chance0: Any, chance1: Any, to: Lottery, worth: Any, into: Any) -> None:
    """Add what a row expects of an action to `into` (n,): worth (L,) at the node drawn.

    Args:
        own: (2, B) probability that the row gives to each type of the side.
    """
    distinct()
    stride = np.uintp(axis.stride)
    for j in range(axis.size):
        own0, own1 = own[0, j], own[1, j]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            share0, share1 = own0 * chance0[k], own1 * chance1[k]
            upper = share0 * to.up0[k] + share1 * to.up1[k]
            low = np.uintp(to.low[k])
            into[k] += (share0 + share1 - upper) * worth[low] + upper * worth[low + stride]


@inner
def scatter(axis: Axis, values: Any, first: Any, n_fibers: int, out: Any) -> None:
    """Numbers of a block, put where the lanes of its fibers are."""
    distinct()
    for i in range(n_fibers):
        for j in range(axis.size):
            out[np.uintp(first[i] + j * axis.stride)] = values[np.uintp(j * WIDE + i)]


@inner
def fold(axis: Axis, base0: Any, base1: Any, q: Any, r: Any, least: Any, i: int, band: Any) -> Any:
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

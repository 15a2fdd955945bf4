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
from ripeness.engine.exponential import exponential
from ripeness.engine.private.geometry import Axis

WIDE = 16
"""Fibers of a block."""
FEW_STEPS, AGAIN = 3, 2
"""Newton steps of all lanes together, at first and from close by; those that need more go on alone."""
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
END = 60.0
"""Distances in log-odds beyond this are certainty to working precision."""


class Cells(NamedTuple):
    """What the cell of each number of a block has, and room for solving in it."""

    p: NDArray[Any]  # (n,) d + p - c + q E + r / E = 0 is the equation of the distance d from the cell's origin
    q: NDArray[Any]
    r: NDArray[Any]
    base0: NDArray[Any]
    base1: NDArray[Any]
    under: NDArray[Any]  # f at the ends of the cell
    over: NDArray[Any]
    width: NDArray[Any]


class Room(NamedTuple):
    """Room for solving the equations of a block: p - c, a bracket of each distance, and what is left."""

    p: NDArray[Any]  # (n,) and so on
    left: NDArray[Any]
    right: NDArray[Any]
    rest: NDArray[Any]


@inner
def first_lanes(block: int, n_fibers: int, size: int, stride: int, first: Any) -> None:
    """Lane of node 0 of each fiber of a block; a block that runs over the last fiber repeats it."""
    for i in range(WIDE):
        fiber = min(block + i, n_fibers - 1)
        first[i] = fiber // stride * (size * stride) + fiber % stride


@inner
def cells_below(table: Any, wanted: Any, size: int, cell: Any) -> None:
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
def tabulate(
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
def _pick(axis: Axis, cell: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any, at: Cells) -> None:
    """The numbers of the cells of a block."""
    distinct()
    for own in range(1, axis.size - 1):
        for i in range(WIDE):
            k = np.uintp(own * WIDE + i)
            j = np.uintp(cell[k])
            n = np.uintp(j * WIDE + i)
            at.p[k] = axis.origin[j] - (base1[n] - base0[n])
            at.q[k], at.r[k] = q[n], r[n]
            at.base0[k], at.base1[k] = base0[n], base1[n]
            at.under[k], at.over[k] = table[n], table[n + np.uintp(WIDE)]
            at.width[k] = axis.width[j]


@inner
def _moved(n: int, c: Any, under: Any, over: Any) -> int:
    """How many c have left the cells that they were in."""
    distinct()
    found = np.int32(0)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        found += np.int32((c[k] < under[k]) | (c[k] >= over[k]))
    return int(found)


@inner
def _pick_moved(
    axis: Axis, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, cell: Any, distance: Any, at: Cells
) -> None:  # fmt: skip
    """`cells_below` and `_pick` for those that have left their cell; the posterior stays where it is."""
    small()
    for k in range(WIDE, (axis.size - 1) * WIDE):
        if (c[k] < at.under[k]) | (c[k] >= at.over[k]):
            i, before = k % WIDE, cell[k]
            j = before
            while j < axis.size - 2 and table[(j + 1) * WIDE + i] <= c[k]:
                j += 1
            while j > 0 and table[j * WIDE + i] > c[k]:
                j -= 1
            n = j * WIDE + i
            cell[k] = j
            distance[k] += axis.origin[before] - axis.origin[j]
            at.p[k] = axis.origin[j] - (base1[n] - base0[n])
            at.q[k], at.r[k] = q[n], r[n]
            at.base0[k], at.base1[k] = base0[n], base1[n]
            at.under[k], at.over[k] = table[n], table[n + WIDE]
            at.width[k] = axis.width[j]


@inner
def _start(
    n: int, again: bool, c: Any, cell: Any, own_p: Any, q: Any, r: Any, under: Any, over: Any, width: Any, p: Any,
    left: Any, right: Any, d: Any,
) -> None:  # fmt: skip
    """Bracket and start of d: where it is, the secant between nodes, or the bounds of a cell that ends in certainty."""
    distinct()
    zero, half, far, tiny = d.dtype.type(0.0), d.dtype.type(0.5), d.dtype.type(END), d.dtype.type(TINY)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        ends = width[k] > far
        bend = q[k] + r[k]  # one of them is zero in a cell that ends in certainty
        here = own_p[k] - c[k]
        low = -here - max(bend, zero) if ends else zero
        high = -here - min(bend, zero) if ends else width[k]
        low = max(low, zero) if ends and cell[k] > 0 else low
        high = min(high, zero) if ends and cell[k] == 0 else high
        p[k], left[k], right[k] = here, min(low, high), max(low, high)
        secant = width[k] * (c[k] - under[k]) / max(over[k] - under[k], tiny)
        begin = half * (low + high) if ends else secant
        begin = d[k] if again else begin
        d[k] = min(max(begin, left[k]), right[k])


@inner
def _newton(n: int, steps: int, p: Any, q: Any, r: Any, left: Any, right: Any, d: Any) -> None:
    """A few Newton steps, in shrinking brackets, towards the roots of d + p + q E + r / E with E = exp(d)."""
    distinct()
    zero, one, half, far = d.dtype.type(0.0), d.dtype.type(1.0), d.dtype.type(0.5), d.dtype.type(END)
    for _ in range(steps):
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
def count_above(size: int, rest: Any, tolerance: Any, share: Any) -> int:
    """How many numbers of a block are above a share of the tolerance of their fiber."""
    distinct()
    found = np.int32(0)
    for j in range(1, size - 1):
        for i in range(WIDE):
            found += np.int32(rest[j * WIDE + i] > share * tolerance[i])
    return int(found)


@inner
def reply(
    axis: Axis, again: bool, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, tolerance: Any, cell: Any,
    distance: Any, at: Cells, room: Room, q0: Any, q1: Any, slope0: Any, slope1: Any,
) -> None:  # fmt: skip
    """Posterior of one action for given c at every number of a block, the values there and their slopes against c.

    Args:
        again: from the posteriors and cells that are there: of a c close by.
    """
    apart()
    one, half, far = c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    n = axis.size * WIDE
    if not again:
        cells_below(table, c, axis.size, cell)
        _pick(axis, cell, table, base0, base1, q, r, at)
    elif _moved(n, c, at.under, at.over) > 0:
        _pick_moved(axis, table, base0, base1, q, r, c, cell, distance, at)
    _start(n, again, c, cell, at.p, at.q, at.r, at.under, at.over, at.width, room.p, room.left, room.right, distance)
    _newton(n, AGAIN if again else FEW_STEPS, room.p, at.q, at.r, room.left, room.right, distance)
    _land(n, room.p, at.q, at.r, at.base0, at.base1, distance, room.rest, q0, q1, slope0, slope1)
    if count_above(axis.size, room.rest, tolerance, half) > 0:
        for k in range(WIDE, n - WIDE):
            if room.rest[k] > half * tolerance[k % WIDE]:
                distance[k] = _finish(
                    room.p[k], at.q[k], at.r[k], room.left[k], room.right[k], distance[k], one, half, far
                )
        _land(n, room.p, at.q, at.r, at.base0, at.base1, distance, room.rest, q0, q1, slope0, slope1)


@inner
def places(axis: Axis, cell: Any, distance: Any, after: Any, up0: Any, up1: Any) -> None:
    """Log-odds of the posteriors of a block and, by type, the chance of the upper node of their cells."""
    distinct()
    one, far = after.dtype.type(1.0), after.dtype.type(END)
    for own in range(1, axis.size - 1):
        for i in range(WIDE):
            k = np.uintp(own * WIDE + i)
            j = np.uintp(cell[k])
            e = exponential(min(max(distance[k], -far), far))
            after[k] = axis.origin[j] + distance[k]
            up0[k] = axis.s0[j] + axis.t0[j] * e
            up1[k] = axis.s1[j] + axis.t1[j] * (one / e)


@inner
def scatter(axis: Axis, values: Any, first: Any, n_fibers: int, out: Any) -> None:
    """Numbers of a block, put where the lanes of its fibers are."""
    distinct()
    for i in range(n_fibers):
        for j in range(axis.size):
            out[np.uintp(first[i] + j * axis.stride)] = values[np.uintp(j * WIDE + i)]


@inner
def put_places(
    axis: Axis, is_open: bool, cell: Any, posterior: Any, up0: Any, up1: Any, first: Any, n_fibers: int, after: Any,
    low: Any, up: Any,
) -> None:  # fmt: skip
    """Where an action leads, put where the lanes of the fibers of a block are; one that is closed tells nothing."""
    distinct()
    zero, one = posterior.dtype.type(0.0), posterior.dtype.type(1.0)
    size, stride = axis.size, axis.stride
    for i in range(n_fibers):
        for j in range(1, size - 1):
            k, lane = np.uintp(j * WIDE + i), np.uintp(first[i] + j * stride)
            after[lane] = posterior[k] if is_open else axis.log_odds[j]
            low[lane] = first[i] + cell[k] * stride if is_open else lane
            up[0, lane] = up0[k] if is_open else zero
            up[1, lane] = up1[k] if is_open else zero
        bottom, top = np.uintp(first[i]), np.uintp(first[i] + (size - 1) * stride)
        after[bottom], after[top] = axis.log_odds[0], axis.log_odds[size - 1]
        low[bottom], low[top] = bottom, top - np.uintp(stride)
        up[0, bottom] = up[1, bottom] = zero
        up[0, top] = up[1, top] = one

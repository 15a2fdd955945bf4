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
FEW_STEPS = 3
"""Newton steps of all lanes together; those that need more go on alone."""
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
def _pick(axis: Axis, cell: Any, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, at: Cells) -> None:
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
    axis: Axis, table: Any, base0: Any, base1: Any, q: Any, r: Any, c: Any, tolerance: Any, cell: Any, distance: Any,
    at: Cells, q0: Any, q1: Any, slope0: Any, slope1: Any,
) -> None:  # fmt: skip
    """Posterior of one action for given c at every number of a block, the values there and their slopes against c."""
    apart()
    one, half, far = c.dtype.type(1.0), c.dtype.type(0.5), c.dtype.type(END)
    n = axis.size * WIDE
    cells_below(table, c, axis.size, cell)
    _pick(axis, cell, table, base0, base1, q, r, c, at)
    _start(n, cell, at.p, at.q, at.r, at.under, at.over, at.width, at.left, at.right, distance)
    _newton(n, at.p, at.q, at.r, at.left, at.right, distance)
    _land(n, at.p, at.q, at.r, at.base0, at.base1, distance, at.under, q0, q1, slope0, slope1)
    if count_above(axis.size, at.under, tolerance, half) > 0:
        for k in range(WIDE, n - WIDE):
            if at.under[k] > half * tolerance[k % WIDE]:
                distance[k] = _finish(at.p[k], at.q[k], at.r[k], at.left[k], at.right[k], distance[k], one, half, far)
        _land(n, at.p, at.q, at.r, at.base0, at.base1, distance, at.under, q0, q1, slope0, slope1)


@inner
def growths(n: int, x: Any, origin: Any, up: Any, down: Any) -> None:
    """E = exp(x - origin) and 1 / E."""
    distinct()
    one, far = x.dtype.type(1.0), x.dtype.type(END)
    for k in range(n):
        up[k] = exponential(min(max(x[k] - origin[k], -far), far))
        down[k] = one / up[k]

"""Blocks of fibers: what the informed choices of two types share.

Nodes of one side's axis that differ in nothing else are a fiber. Fibers are worked on WIDE at a time, those of WIDE
states beside one another: number j * WIDE + i of a block is node j of its fiber i. Every inner loop then has a constant
length, and vector instructions fit it whatever the number of nodes. The lanes of a unit lie in that order too
(`geometry.in_blocks`), so that where one side alone has types a block is a stretch of lanes. Of every action f is
tabulated on the nodes, and its posterior found for any c (`choice`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, distinct, either, inner, small, spread
from ripeness.engine.exponential import exponential, logarithm
from ripeness.engine.private.geometry import WIDE, Axis

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


LOG_ODDS, S0, T0, S1, T1 = range(5)
"""Rows of an axis in a block's layout (`lay`): the node's log-odds, and what the cell above the node has."""
ORIGIN, WIDTH, BASE0, BASE1, Q, R, TABLE, OVER, LEAST = range(9)
"""Rows of the tables of an action (`tabulate`, `find_falls`): f on the nodes is TABLE; the others belong to the cell
above each node: what `Cells` says, and the least slope of f."""
ROWS = 9


class Cells(NamedTuple):
    """What the cell of each number of a block has."""

    origin: NDArray[Any]  # (n,) and so on
    width: NDArray[Any]
    base0: NDArray[Any]  # lambda Q_0 = base0 + q E and lambda Q_1 = base1 - r / E, E = exp(distance from the origin)
    base1: NDArray[Any]
    q: NDArray[Any]
    r: NDArray[Any]
    under: NDArray[Any]  # f at the ends of the cell
    over: NDArray[Any]


AT = len(Cells._fields)
"""Rows that `Cells` take."""


class Lottery(NamedTuple):
    """Where an action leads from each number of a block: the public lottery between the nodes of a cell."""

    after: NDArray[Any]  # (n,) log-odds before it, and so on
    up0: NDArray[Any]  # chance of the upper node, by type
    up1: NDArray[Any]
    low: NDArray[np.int32]  # lane of the lower node


@inner
def cells(rows: Any) -> Cells:
    """Cells in room given, (AT, n)."""
    return Cells(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7])


@inner
def lay(axis: Axis, own: Any, laid: Any, tables: Any) -> None:
    """An axis in a block's layout: node of each number (n,), rows (5, n), and those of tables (A, ROWS, n)."""
    apart()
    for j in range(axis.size):
        for k in range(j * WIDE, (j + 1) * WIDE):
            own[k], laid[LOG_ODDS, k] = j, axis.log_odds[j]
            laid[S0, k], laid[T0, k], laid[S1, k], laid[T1, k] = axis.s0[j], axis.t0[j], axis.s1[j], axis.t1[j]
            for a in range(tables.shape[0]):
                tables[a, ORIGIN, k], tables[a, WIDTH, k] = axis.origin[j], axis.width[j]


@inner
def first_lane(block: int, axis: Axis) -> Any:
    """Lane of node 0 of the first fiber of a block; the others of the block follow."""
    fiber = block * WIDE
    return fiber // axis.stride * (axis.size * axis.stride) + fiber % axis.stride


@spread
def view(axis: Axis, values: Any, base: int, room: Any) -> Any:
    """The numbers of a block among values (L,): themselves where they lie together, else copied into room (n,)."""
    numbers = values[base : base + axis.size * WIDE] if axis.stride == WIDE else room
    if axis.stride != WIDE:
        take(axis, values, base, room)
    return numbers


@spread
def view_rows(axis: Axis, values: Any, base: int, room: Any) -> Any:
    """Values (R, L) themselves where a block lies together, from column `base` on, else a copy from column 0 on (R, n).

    See `column`.
    """
    rows = values if axis.stride == WIDE else room
    if axis.stride != WIDE:
        for r in range(room.shape[0]):
            take(axis, values[r], base, room[r])
    return rows


@inner
def column(axis: Axis, base: int) -> int:
    """Where a block starts in what `view_rows` gives, or in what is to be put back."""
    return base if axis.stride == WIDE else 0


@inner
def take(axis: Axis, values: Any, base: int, into: Any) -> None:
    """Numbers of a block, from where the lanes of its fibers are."""
    distinct()
    for j in range(axis.size):
        for i in range(WIDE):
            into[np.uintp(j * WIDE + i)] = values[np.uintp(base + j * axis.stride + i)]


@inner
def put_back(axis: Axis, room: Any, base: int, values: Any) -> None:
    """Put rows (R, n) that were made in room where they are to go, unless they were made there."""
    if axis.stride != WIDE:
        for r in range(room.shape[0]):
            scatter(axis, room[r], base, values[r])


@inner
def sharpen(axis: Axis, sharp: Any, q0: Any, q1: Any, level0: Any, level1: Any, w0: Any, w1: Any, most: Any) -> None:
    """lambda Q of both types of a block, above a level by fiber; `most` is raised to the largest size.

    Args:
        level0, level1: (n,), of which node 0 is the level.
    """
    distinct()
    for j in range(axis.size):
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            w0[k], w1[k] = sharp * (q0[k] - level0[np.uintp(i)]), sharp * (q1[k] - level1[np.uintp(i)])
            most[i] = max(most[i], max(abs(w0[k]), abs(w1[k])))


@inner
def cells_below(size: int, own: Any, table: Any, wanted: Any, cell: Any) -> bool:
    """Cell of each inner number of a block: above the last inner node of its fiber with a table value up to the wanted.

    Most actions tell little, so that cells lie about the number's own node: passes over the block compare every number
    with the node `shift` above it, as far up and down as one of them goes. The table must increase along a fiber.

    Args:
        own: (n,) node of each number.

    Returns:
        Whether all cells are near: next to the number's own node.
    """
    distinct()
    n, i32, near = size * WIDE, np.int32, True
    for number in range(WIDE, n - WIDE):
        cell[np.uintp(number)] = own[np.uintp(number)]
    for shift in range(1, size - 2):
        found = i32(0)
        for number in range(WIDE, n - (1 + shift) * WIDE):
            k = np.uintp(number)
            above = i32(table[np.uintp(number + shift * WIDE)] <= wanted[k])
            cell[k] = i32(cell[k] + above)
            found = i32(found + above)
        if found == 0:
            break
        near = False
    for shift in range(size - 2):
        found = i32(0)
        for number in range((1 + shift) * WIDE, n - WIDE):
            k = np.uintp(number)
            below = i32(table[np.uintp(number - shift * WIDE)] > wanted[k])
            cell[k] = i32(cell[k] - below)
            found = i32(found + below)
        if found == 0:
            break
        near = near and shift == 0
    return near


@inner
def look_up(size: int, own: Any, cell: Any, near: bool, tables: Any, ahead: int, into: Any) -> None:
    """Look up tables (K, n) at the cell of every inner number of a block, into (K, n).

    Args:
        own: (n,) node of each number.
        near: whether all cells are next to these.
        ahead: 0 for the lower node of the cell, 1 for the upper.
    """
    distinct()
    start, end = WIDE, (size - 1) * WIDE
    for row in range(into.shape[0]):
        if near:
            for number in range(start, end):
                k, there = np.uintp(number), np.uintp(number + ahead * WIDE)
                into[row, k] = either(cell[k] < own[k], tables[row, there - np.uintp(WIDE)], tables[row, there])
        else:
            for number in range(start, end):
                k = np.uintp(number)
                into[row, k] = tables[row, np.uintp((cell[k] + ahead) * WIDE + number % WIDE)]


@inner
def tabulate(axis: Axis, w0: Any, w1: Any, tables: Any) -> None:
    """Fill in the tables (ROWS, n) of an action but for its falls, from lambda Q of both types."""
    _tabulate(axis, w0, w1, tables[BASE0], tables[BASE1], tables[Q], tables[R], tables[TABLE], tables[OVER])


@inner
def _tabulate(
    axis: Axis, w0: Any, w1: Any, base0: Any, base1: Any, q: Any, r: Any, table: Any, over: Any
) -> None:  # fmt: skip
    """f on the nodes, and lambda Q_0 = base0 + q E, lambda Q_1 = base1 - r / E in every cell, of one action."""
    distinct()
    for j in range(axis.size - 1):
        s0, s1, t0, t1 = axis.s0[j], axis.s1[j], axis.t0[j], axis.t1[j]
        here, there = axis.log_odds[j], axis.log_odds[j + 1]
        for i in range(WIDE):
            k = np.uintp(j * WIDE + i)
            above0, above1 = w0[k + np.uintp(WIDE)], w1[k + np.uintp(WIDE)]
            rise0, rise1 = above0 - w0[k], above1 - w1[k]
            base0[k], base1[k] = w0[k] + s0 * rise0, w1[k] + s1 * rise1
            q[k], r[k] = t0 * rise0, -t1 * rise1
            table[k], over[k] = here - (w1[k] - w0[k]), there - (above1 - above0)
    for i in range(WIDE):
        k = np.uintp((axis.size - 1) * WIDE + i)
        table[k] = axis.log_odds[axis.size - 1] - (w1[k] - w0[k])


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
        found = np.int32(found + np.int32(table[k] < table[k - np.uintp(WIDE)] - tolerance[k]))
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
def _rebase(n: int, from_origin: Any, origin: Any, distance: Any) -> None:
    """Distances from some origins become those from others."""
    distinct()
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        distance[k] += from_origin[k] - origin[k]


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
        found = np.int32(found + np.int32(rest[k] > share * tolerance[k]))
    return int(found)


@inner
def reply(
    axis: Axis, own: Any, again: bool, tables: Any, c: Any, tolerance: Any, cell: Any, rows: Any, spare: Any,
    distance: Any, grown: Any, rest: Any, q0: Any, q1: Any, slope0: Any, slope1: Any,
) -> bool:  # fmt: skip
    """Posterior of one action for given c at every number of a block, the values there and their slopes against c.

    Args:
        own: (n,) node of each number.
        again: from the posteriors that are there, of a c close by.
        tables: (ROWS, n) of the action.
        tolerance: (n,).
        cell, rows: filled: the cell of each posterior, and what it has, (AT, n).
        distance, grown: filled: of the posterior from the origin of its cell, and E.

    Returns:
        Whether all cells are near.
    """
    apart()
    half = c.dtype.type(0.5)
    n, at = axis.size * WIDE, cells(rows)
    near = cells_below(axis.size, own, tables[TABLE], c, cell)
    if again:
        copy_block(n, at.origin, spare)
        look_up(axis.size, own, cell, near, tables[: R + 1], 0, rows[: R + 1])
        _rebase(n, spare, at.origin, distance)
    else:
        look_up(axis.size, own, cell, near, tables[:AT], 0, rows)
        _start(n, c, cell, at, distance)
    for _ in range(STEPS):
        _close_in(n, c, cell, at, distance, grown, rest, q0, q1, slope0, slope1)
        if count_above(n, rest, tolerance, half) == 0:
            return near
    for k in range(WIDE, n - WIDE):
        if rest[k] > half * tolerance[k]:
            _finish(k, c, cell, at, distance, grown, q0, q1, slope0, slope1)
    return near


@inner
def draw(size: int, own: Any, laid: Any, cell: Any, near: bool, grown: Any, ends: Any, up0: Any, up1: Any) -> None:
    """Chances of the upper node at the posteriors of a block, by type; ends: room (4, n)."""
    look_up(size, own, cell, near, laid[S0:], 0, ends)
    _odds_of_upper(size * WIDE, ends, grown, up0, up1)


@inner
def _odds_of_upper(n: int, ends: Any, grown: Any, up0: Any, up1: Any) -> None:
    distinct()
    one = grown.dtype.type(1.0)
    for number in range(WIDE, n - WIDE):
        k = np.uintp(number)
        up0[k] = ends[0, k] + ends[1, k] * grown[k]
        up1[k] = ends[2, k] + ends[3, k] * (one / grown[k])


@inner
def settle(axis: Axis, cell: Any, base: int, to: Lottery) -> None:
    """Fill in the lanes of a lottery, and its ends: where everybody is certain nothing moves."""
    apart()
    for j in range(1, axis.size - 1):
        for i in range(WIDE):
            k = j * WIDE + i
            to.low[k] = base + cell[k] * axis.stride + i
    stay(axis, 0, axis.size - 1, base, to)


@inner
def stay(axis: Axis, start: int, step: int, base: int, to: Lottery) -> None:
    """Nothing is told at every `step`th node of a block from `start` on: the lottery stays there."""
    apart()
    for j in range(start, axis.size, step):
        top = int(j == axis.size - 1)
        for i in range(WIDE):
            k = j * WIDE + i
            to.after[k], to.up0[k], to.up1[k] = axis.log_odds[j], top, top
            to.low[k] = base + (j - top) * axis.stride + i


@inner
def expected(
    near: bool, k: Any, own: Any, cell: Any, share0: Any, share1: Any, up0: Any, up1: Any, worth: Any, row: int, at: int
) -> Any:  # fmt: skip
    """What is expected at inner number k of a block: worth at the nodes of its cell, by the chances of both types."""
    above = share0 * up0 + share1 * up1
    here, wide = np.uintp(at) + k, np.uintp(WIDE)
    if near:
        below = cell[k] < own[k]
        lower = either(below, worth[row, here - wide], worth[row, here])
        upper = either(below, worth[row, here], worth[row, here + wide])
    else:
        there = np.uintp(at + cell[k] * WIDE) + k % wide
        lower, upper = worth[row, there], worth[row, there + wide]
    return (share0 + share1 - above) * lower + above * upper


@spread
def _add_at_node(
    near: bool, j: int, r: int, first: Any, second: Any, own: Any, chance0: Any, chance1: Any, up: Any, cell: Any,
    worth: Any, at: int, into: Any,
) -> None:  # fmt: skip
    """`add_means` of one row at one node. Where `near` is a constant its loop has no jump in it."""
    for i in range(WIDE):
        k = np.uintp(j * WIDE + i)
        one, two = first * chance0[k], second * chance1[k]
        into[r, np.uintp(at) + k] += expected(near, k, own, cell, one, two, up[0, k], up[1, k], worth, r, at)


@inner
def add_means(
    size: int, believed: Any, own: Any, cell: Any, near: bool, chance0: Any, chance1: Any, up: Any, worth: Any, at: int,
    into: Any,
) -> None:  # fmt: skip
    """Add what every row expects of an action to `into` (R, .), from column `at` on.

    Args:
        believed: (R, 2, B) probability that each row gives to each type of the side.
        up: (2, n) chance of the upper node, by type.
        worth: (R, .) from column `at` on.
    """
    distinct()
    for r in range(into.shape[0]):
        for j in range(0, size, size - 1):
            for i in range(WIDE):
                k = np.uintp(j * WIDE + i)
                share = believed[r, 0, j] * chance0[k] + believed[r, 1, j] * chance1[k]
                into[r, np.uintp(at) + k] += share * worth[r, np.uintp(at) + k]
        for j in range(1, size - 1):
            first, second = believed[r, 0, j], believed[r, 1, j]
            if near:
                _add_at_node(True, j, r, first, second, own, chance0, chance1, up, cell, worth, at, into)
            else:
                _add_at_node(False, j, r, first, second, own, chance0, chance1, up, cell, worth, at, into)


@inner
def scatter(axis: Axis, numbers: Any, base: int, values: Any) -> None:
    """Numbers of a block, put where the lanes of its fibers are."""
    distinct()
    for j in range(axis.size):
        for i in range(WIDE):
            values[np.uintp(base + j * axis.stride + i)] = numbers[np.uintp(j * WIDE + i)]


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

"""Choices whose maker knows something that others do not: the informed choice (theory (ii.1), (ii.2)), two types.

All loops run over lanes: joint belief nodes of a few states. Nodes of one side's axis that differ in nothing else are
a fiber. With f_a(l) = l - lambda [Q_1(a, l) - Q_0(a, l)], every action's posterior l_a solves f_a(l_a) = c with one
number c for all actions, and Bayes asks that

    H(c) = c + LSE_a lambda Q_1(a, l_a(c)) - LSE_a lambda Q_0(a, l_a(c))

be the prior. f_a and H belong to the fiber, not to the prior: both are tabulated once for all priors of a fiber. Where
they increase the solution is unique and lies in a known bracket, inside which safeguarded Newton steps end. Where they
do not, the fiber is followed from lambda = 0 (`homotopy`), and counted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart
from ripeness.engine.exponential import FASTMATH, exponential, logarithm, softplus
from ripeness.engine.private.geometry import Geometry
from ripeness.engine.private.homotopy import followed

FEW_STEPS = 4
"""Newton steps of all lanes together; those that need more go on alone."""
FEW_NODES = 64
"""Up to here a cell is found by counting, which the compiler turns into vector instructions; beyond by halving."""
MOST_STEPS = 60
"""Newton steps, each at worst a bisection: enough for double precision from any bracket."""
ROUNDING = 8.0
"""A step below this many units in the last place of the numbers involved is rounding."""


class Choice(NamedTuple):
    """One choice at L lanes. K types of the chooser, A actions."""

    chance: NDArray[Any]  # (K * A, L) probability of each action, by own type
    after: NDArray[Any]  # (A, most(K - 1, 1), L) log-odds after each action, before the lottery
    low: NDArray[np.int32]  # (A, L) lane of the lower vertex, two types
    up: NDArray[Any]  # (2 * A, L) probability of the upper vertex, by type


class Scratch(NamedTuple):
    """Room for the numbers of one choice. F: any action."""

    f: NDArray[Any]  # (A, L)
    q: NDArray[Any]  # (2 * A, L) lambda Q at the posterior
    slope: NDArray[Any]  # (2 * A, L) d(lambda Q)/dl there, over f'
    c: NDArray[Any]  # (10, L)
    cell: NDArray[np.int32]  # (L,)
    crossed: NDArray[np.int32]  # (L,)
    hard: NDArray[np.bool_]  # (L,)
    left_over: NDArray[np.bool_]  # (L,)


def make_scratch(n_actions: int, lanes: int, dtype: np.dtype[Any]) -> Scratch:
    """Scratch for choices of at most `n_actions` at `lanes` lanes."""
    return Scratch(
        np.zeros((n_actions, lanes), dtype), np.zeros((2 * n_actions, lanes), dtype),
        np.zeros((2 * n_actions, lanes), dtype), np.zeros((10, lanes), dtype), np.zeros(lanes, np.int32),
        np.zeros(lanes, np.int32), np.zeros(lanes, np.bool_), np.zeros(lanes, np.bool_),
    )  # fmt: skip


def make_choice(n_actions: int, kinds: int, lanes: int, dtype: np.dtype[Any]) -> Choice:
    """Room for a choice of a side with `kinds` types."""
    return Choice(
        np.zeros((kinds * n_actions, lanes), dtype), np.zeros((n_actions, max(kinds - 1, 1), lanes), dtype),
        np.zeros((n_actions, lanes), np.int32), np.zeros((2 * n_actions, lanes), dtype),
    )  # fmt: skip


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def softmax(n_actions: int, weight: Any, sharp: Any, worth: Any, lanes: int, chance: Any, spare: Any) -> None:
    """Logit choice at every lane: chance[a] in proportion to weight[a] exp(sharp * worth[a])."""
    apart()
    zero = spare.dtype.type(0.0)
    best, total = spare[0], spare[1]
    for k in range(lanes):
        best[k] = -1e30
        total[k] = zero
    for a in range(n_actions):
        if weight[a] > zero:
            for k in range(lanes):
                best[k] = max(best[k], worth[a, k])
    for a in range(n_actions):
        if weight[a] > zero:
            for k in range(lanes):
                chance[a, k] = weight[a] * exponential(sharp * (worth[a, k] - best[k]))
                total[k] += chance[a, k]
        else:
            for k in range(lanes):
                chance[a, k] = zero
    for a in range(n_actions):
        for k in range(lanes):
            chance[a, k] /= total[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _cells_below(table: Any, wanted: Any, size: int, stride: int, lanes: int, cell: Any) -> None:
    """Cell of each lane: how many inner nodes of its fiber have a table value up to the one wanted."""
    apart()
    for k in range(lanes):
        cell[k] = 0
    step = size * stride
    if size > FEW_NODES:
        for k in range(lanes):
            first = k - (k // stride) % size * stride
            below, above = 0, size - 1
            while above - below > 1:
                middle = (below + above) // 2
                if table[first + middle * stride] <= wanted[k]:
                    below = middle
                else:
                    above = middle
            cell[k] = below
        return
    if stride == 1:
        for base in range(0, lanes, step):
            into, sought = cell[base : base + size], wanted[base : base + size]
            for j in range(1, size - 1):
                here = table[base + j]
                for k in range(size):
                    into[k] += np.int32(here <= sought[k])
    else:
        for base in range(0, lanes, step):
            for own in range(size):
                into = cell[base + own * stride : base + (own + 1) * stride]
                sought = wanted[base + own * stride : base + (own + 1) * stride]
                for j in range(1, size - 1):
                    here = table[base + j * stride : base + (j + 1) * stride]
                    for k in range(stride):
                        into[k] += np.int32(here[k] <= sought[k])


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _root(d: Any, left: Any, right: Any, p: Any, q: Any, r: Any, one: Any, far: Any, steps: int) -> tuple[Any, Any]:
    """Root of d + p + q E + r / E with E = exp(d), by Newton steps in a shrinking bracket; and what is left there."""
    zero = one - one
    half = one / (one + one)
    d = min(max(d, left), right)
    for _ in range(steps):
        e = exponential(min(max(d, -far), far))
        value = d + p + q * e + r / e
        left = d if value < zero else left
        right = right if value < zero else d
        d = d - value / (one + q * e - r / e)
        d = d if (d > left) and (d < right) else half * (left + right)
    e = exponential(min(max(d, -far), far))
    return d, d + p + q * e + r / e


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _reply(
    g: Geometry, side: int, table: Any, worth0: Any, worth1: Any, sharp: Any, at: Any, c: Any, tolerance: Any,
    lanes: int, room: Scratch, low: Any, up0: Any, up1: Any, q0: Any, q1: Any, slope0: Any, slope1: Any, after: Any,
) -> None:  # fmt: skip
    """Posterior of one action for given c at every lane, the values there and their slopes against c."""
    apart()
    one, half = worth0.dtype.type(1.0), worth0.dtype.type(0.5)
    zero, far = worth0.dtype.type(0.0), worth0.dtype.type(60.0)
    size, stride = g.size[side], g.stride[side]
    origin, width = g.origin[side], g.width[side]
    s0, t0, s1, t1 = g.s0[side], g.t0[side], g.s1[side], g.t1[side]
    cell = room.cell
    _cells_below(table, c, size, stride, lanes, cell)
    unfinished = 0
    for turn in range(2):
        steps = FEW_STEPS if turn == 0 else MOST_STEPS
        if turn == 1 and unfinished == 0:
            break
        for k in range(lanes):
            if turn == 1 and not room.left_over[k]:
                continue
            i = cell[k]
            below = k + (i - at[k]) * stride
            above = below + stride
            a0, a1 = worth0[below], worth1[below]
            rise0, rise1 = worth0[above] - a0, worth1[above] - a1
            p = origin[i] - c[k] - sharp * ((a1 + s1[i] * rise1) - (a0 + s0[i] * rise0))
            q, r = sharp * t0[i] * rise0, -sharp * t1[i] * rise1
            # Bracket and start: the secant between nodes, or the bounds of d in a cell that ends in certainty.
            under, over = table[below] - c[k], table[above] - c[k]
            bend = q + r
            ends = width[i] > far
            left = -p - max(bend, zero) if ends else zero
            right = -p - min(bend, zero) if ends else width[i]
            left = max(left, zero) if ends and i > 0 else left
            right = min(right, zero) if ends and i == 0 else right
            left, right = min(left, right), max(left, right)
            d = half * (left + right) if ends else width[i] * under / min(under - over, -worth0.dtype.type(1e-30))
            d, rest = _root(d, left, right, p, q, r, one, far, steps)
            e = exponential(min(max(d, -far), far))
            inverse = one / e
            rate = one / max(one + q * e - r * inverse, worth0.dtype.type(1e-6))
            part0, part1 = s0[i] + t0[i] * e, s1[i] + t1[i] * inverse
            low[k] = below
            up0[k], up1[k] = part0, part1
            q0[k] = sharp * (a0 + part0 * rise0)
            q1[k] = sharp * (a1 + part1 * rise1)
            slope0[k], slope1[k] = q * e * rate, r * inverse * rate
            after[k] = origin[i] + d
            room.left_over[k] = abs(rest) > half * tolerance[k]
        for k in range(lanes):
            unfinished += int(room.left_over[k])


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _gap(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, sharp: Any, at: Any, c: Any, lanes: int,
    room: Scratch, choice: Choice, gap: Any, slope: Any, tolerance: Any,
) -> None:  # fmt: skip
    """Z(c) = LSE_a lambda Q_1 - LSE_a lambda Q_0 at the posteriors of c, its slope, and the chances of every action."""
    apart()
    zero, one = worth.dtype.type(0.0), worth.dtype.type(1.0)
    most = worth.shape[0] // 2
    best0, best1, total0, total1 = room.c[0], room.c[1], room.c[2], room.c[3]
    for k in range(lanes):
        best0[k] = best1[k] = -1e30
        total0[k] = total1[k] = slope[k] = zero
    for a in range(n_actions):
        if weight[a] <= zero:
            continue
        _reply(
            g, side, room.f[a], worth[a], worth[most + a], sharp, at, c, tolerance, lanes, room, choice.low[a],
            choice.up[2 * a], choice.up[2 * a + 1], room.q[2 * a], room.q[2 * a + 1], room.slope[2 * a],
            room.slope[2 * a + 1], choice.after[a, 0],
        )  # fmt: skip
        for k in range(lanes):
            best0[k] = max(best0[k], room.q[2 * a, k])
            best1[k] = max(best1[k], room.q[2 * a + 1, k])
    for a in range(n_actions):
        if weight[a] > zero:
            zero_type, one_type = choice.chance[a], choice.chance[n_actions + a]
            for k in range(lanes):
                zero_type[k] = weight[a] * exponential(room.q[2 * a, k] - best0[k])
                one_type[k] = weight[a] * exponential(room.q[2 * a + 1, k] - best1[k])
                total0[k] += zero_type[k]
                total1[k] += one_type[k]
        else:
            for k in range(lanes):
                choice.chance[a, k] = zero
                choice.chance[n_actions + a, k] = zero
    for a in range(n_actions):
        if weight[a] > zero:
            zero_type, one_type = choice.chance[a], choice.chance[n_actions + a]
            for k in range(lanes):
                zero_type[k] /= total0[k]
                one_type[k] /= total1[k]
                slope[k] += one_type[k] * room.slope[2 * a + 1, k] - zero_type[k] * room.slope[2 * a, k]
    for k in range(lanes):
        # The sums lie between the smallest weight and the number of actions: a logarithm of moderate numbers.
        gap[k] = best1[k] - best0[k] + logarithm(total1[k] / total0[k])
    for k in range(lanes):
        slope[k] += one


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def choose(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, sharp: Any, at: Any, own: Any, lanes: int,
    room: Scratch, choice: Choice,
) -> int:  # fmt: skip
    """Informed choice of a side with two types at every lane; returns how many lanes have several solutions.

    Args:
        weight: (A,) reference weights; an action of weight 0 is closed.
        worth: (2 * most, L) Q of type 0 and then of type 1 for each action, at the lane's node; `most` >= A.
        at: (L,) node of the lane on the side's axis.
        own: (L,) its log-odds, cut at FAR.
    """
    apart()
    zero, one = worth.dtype.type(0.0), worth.dtype.type(1.0)
    size, stride = g.size[side], g.stride[side]
    most = worth.shape[0] // 2
    c, gap, slope, left, right, shift = room.c[4], room.c[5], room.c[6], room.c[7], room.c[8], room.c[9]
    unit = worth.dtype.type(ROUNDING * (1.2e-7 if worth.itemsize == 4 else 2.3e-16))

    # Tables of f, the bounds of Z, and Z at each node if nobody learned anything.
    for k in range(lanes):
        left[k], right[k], shift[k] = 1e30, -1e30, zero
    for a in range(n_actions):
        if weight[a] > zero:
            f = room.f[a]
            for k in range(lanes):
                difference = sharp * (worth[most + a, k] - worth[a, k])
                f[k] = own[k] - difference
                left[k] = min(left[k], difference)
                right[k] = max(right[k], difference)
                shift[k] = max(shift[k], sharp * max(abs(worth[a, k]), abs(worth[most + a, k])))
    for base in range(0, lanes, size * stride):
        for i in range(stride):
            lowest, highest, scale, hard = left[base + i], right[base + i], zero, False
            for j in range(size):
                k = base + j * stride + i
                lowest, highest = min(lowest, left[k]), max(highest, right[k])
                scale = max(scale, shift[k])
            tolerance = unit * (scale + one)
            for a in range(n_actions):
                if weight[a] > zero:
                    for j in range(2, size - 1):
                        k = base + j * stride + i
                        hard |= room.f[a, k] < room.f[a, k - stride] - tolerance
                    hard |= _turns(g, side, worth[a], worth[most + a], sharp, base + i, stride)
            for j in range(size):
                k = base + j * stride + i
                room.hard[k] = hard
                left[k], right[k], shift[k] = lowest, highest, tolerance
    _at_own_node(n_actions, most, weight, worth, sharp, lanes, room, gap)
    for base in range(0, lanes, size * stride):
        for i in range(stride):
            last = worth.dtype.type(-1e30)
            for j in range(size):
                k = base + j * stride + i
                if 0 < j < size - 1:
                    last = max(last, own[k] - gap[k])
                c[k] = last if j > 0 else zero
            c[base + i] = c[base + stride + i]
    _gap(g, side, n_actions, weight, worth, sharp, at, c, lanes, room, choice, gap, slope, shift)

    # H on that grid of c: brackets for every prior of the fiber, or the finding that there is more than one solution.
    several = 0
    crossed = room.crossed
    for base in range(0, lanes, size * stride):
        for i in range(stride):
            first = base + stride + i
            lowest, highest, tolerance = left[first], right[first], shift[first]
            hard = room.hard[first]
            for j in range(2, size - 1):
                k = base + j * stride + i
                hard |= c[k] + gap[k] < c[k - stride] + gap[k - stride] - tolerance
            n, crossings = 1, 0
            for j in range(1, size - 1):
                k = base + j * stride + i
                under, over = own[k] - highest - tolerance, own[k] - lowest + tolerance
                start = own[k] - gap[k]
                while n < size - 1 and c[base + n * stride + i] + gap[base + n * stride + i] <= own[k]:
                    n += 1
                if n > 1:
                    under = max(under, c[base + (n - 1) * stride + i])
                if n < size - 1:
                    over = min(over, c[base + n * stride + i])
                if 1 < n < size - 1:
                    before, behind = base + (n - 1) * stride + i, base + n * stride + i
                    part = (own[k] - c[before] - gap[before]) / (c[behind] + gap[behind] - c[before] - gap[before])
                    start = c[before] + part * (c[behind] - c[before])
                if under > over:  # by rounding
                    under, over = over, under
                if hard:
                    crossings = _crossings(c, gap, own[k], base + i, size, stride)
                left[k], right[k] = under, over
                room.hard[k] = hard
                slope[k] = start  # kept here until every lane has read the grid
                crossed[k] = crossings
            room.hard[base + i] = room.hard[base + (size - 1) * stride + i] = False
    for k in range(lanes):
        inner = 0 < at[k] < size - 1
        if inner:
            c[k] = min(max(slope[k], left[k]), right[k])
        else:
            left[k] = right[k] = c[k]
    for _ in range(MOST_STEPS):
        _gap(g, side, n_actions, weight, worth, sharp, at, c, lanes, room, choice, gap, slope, shift)
        moved = False
        for k in range(lanes):
            value = c[k] + gap[k] - own[k]
            inside = (at[k] > 0) and (at[k] < size - 1) and not room.hard[k]
            settled = abs(value) <= shift[k]
            left[k] = c[k] if value < zero else left[k]
            right[k] = right[k] if value < zero else c[k]
            step = c[k] - value / max(slope[k], worth.dtype.type(1e-6))
            step = step if (step > left[k]) and (step < right[k]) else worth.dtype.type(0.5) * (left[k] + right[k])
            go = inside and not settled and step != c[k]
            c[k] = step if go else c[k]
            moved |= go
        if not moved:
            break
    for k in range(lanes):
        lost = 0 < at[k] < size - 1 and abs(c[k] + gap[k] - own[k]) > worth.dtype.type(8.0) * shift[k]
        if room.hard[k] or lost:
            several += followed(
                g, side, n_actions, weight, worth, sharp, k, at[k], own[k], int(crossed[k]), choice.chance,
                choice.after, choice.low, choice.up,
            )  # fmt: skip
        elif at[k] == 0 or at[k] == size - 1:
            _certain(n_actions, most, weight, worth, sharp, k, choice)
            for a in range(n_actions):
                choice.after[a, 0, k] = own[k]
                choice.low[a, k] = k if at[k] == 0 else k - stride
                choice.up[2 * a, k] = choice.up[2 * a + 1, k] = zero if at[k] == 0 else one
        else:
            for a in range(n_actions):
                if weight[a] <= zero:
                    choice.after[a, 0, k] = own[k]
                    choice.low[a, k] = k
                    choice.up[2 * a, k] = choice.up[2 * a + 1, k] = zero
    return several


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _turns(g: Geometry, side: int, worth0: Any, worth1: Any, sharp: Any, first: int, stride: int) -> bool:
    """Whether f_a falls anywhere in the fiber that starts at lane `first`: its slope is least at the ends of cells."""
    one = worth0.dtype.type(1.0)
    size = g.size[side]
    least = one
    for j in range(size - 1):
        k = first + j * stride
        rise0, rise1 = sharp * (worth0[k + stride] - worth0[k]), sharp * (worth1[k + stride] - worth1[k])
        q, r = g.t0[side, j] * rise0, -g.t1[side, j] * rise1
        far = g.reach[side, j]
        least = min(least, min(one + q - r, one + q * far - r / far))
    return bool(least < worth0.dtype.type(-1e-5))


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _at_own_node(
    n_actions: int, most: int, weight: Any, worth: Any, sharp: Any, lanes: int, room: Scratch, gap: Any
) -> None:
    """Z as it would be if no action told anything."""
    apart()
    zero = worth.dtype.type(0.0)
    best0, best1, total0, total1 = room.c[0], room.c[1], room.c[2], room.c[3]
    for k in range(lanes):
        best0[k] = best1[k] = -1e30
        total0[k] = total1[k] = zero
    for a in range(n_actions):
        if weight[a] > zero:
            for k in range(lanes):
                best0[k] = max(best0[k], worth[a, k])
                best1[k] = max(best1[k], worth[most + a, k])
    for a in range(n_actions):
        if weight[a] > zero:
            for k in range(lanes):
                total0[k] += weight[a] * exponential(sharp * (worth[a, k] - best0[k]))
                total1[k] += weight[a] * exponential(sharp * (worth[most + a, k] - best1[k]))
    for k in range(lanes):
        gap[k] = sharp * (best1[k] - best0[k]) + logarithm(total1[k] / total0[k])


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _crossings(c: Any, gap: Any, prior: Any, first: int, size: int, stride: int) -> int:
    """How often c + gap crosses the prior on the inner nodes of the fiber that starts at lane `first`."""
    found, below = 0, True
    for j in range(1, size - 1):
        k = first + j * stride
        under = c[k] + gap[k] <= prior
        found += int(under != below)
        below = under
    return found + int(below)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _certain(n_actions: int, most: int, weight: Any, worth: Any, sharp: Any, k: int, choice: Choice) -> None:
    """Logit choice of both types at a node where everybody is certain."""
    apart()
    zero = worth.dtype.type(0.0)
    for kind in range(2):
        best = worth.dtype.type(-1e30)
        for a in range(n_actions):
            if weight[a] > zero:
                best = max(best, worth[kind * most + a, k])
        total = zero
        for a in range(n_actions):
            chance = zero
            if weight[a] > zero:
                chance = weight[a] * exponential(sharp * (worth[kind * most + a, k] - best))
            choice.chance[kind * n_actions + a, k] = chance
            total += chance
        for a in range(n_actions):
            choice.chance[kind * n_actions + a, k] /= total


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def answer(
    g: Geometry, side: int, reject: Any, worth: Any, sharp: Any, at: Any, own: Any, lanes: int, room: Scratch,
    choice: Choice,
) -> int:  # fmt: skip
    """Answer of a side with two types to an offer whose acceptance is worth the same at all nodes, by (ii.3).

    With ln(1 - alpha_k) = -sp(z_k), z_k = sharp (W_k - C_k) - ln(reject), the belief after a rejection solves
    l' = l + G(l'), G = sp(z_0) - sp(z_1); l' - G(l') on the nodes is the prior that leads to each of them.

    Args:
        reject: reference weight of rejecting against accepting.
        worth: (4, L) of type 0: W, C; of type 1: W, C. Actions are accept, reject.
    """
    apart()
    zero, one, half = worth.dtype.type(0.0), worth.dtype.type(1.0), worth.dtype.type(0.5)
    far = worth.dtype.type(60.0)
    size, stride = g.size[side], g.stride[side]
    origin, width = g.origin[side], g.width[side]
    s0, t0, s1, t1 = g.s0[side], g.t0[side], g.s1[side], g.t1[side]
    prior, z0, z1, scale = room.c[0], room.c[1], room.c[2], room.c[3]
    unit = worth.dtype.type(ROUNDING * (1.2e-7 if worth.itemsize == 4 else 2.3e-16))
    bias = np.log(reject)
    for k in range(lanes):
        z0[k] = sharp * (worth[0, k] - worth[1, k]) - bias
        z1[k] = sharp * (worth[2, k] - worth[3, k]) - bias
        prior[k] = own[k] - (softplus(z0[k]) - softplus(z1[k]))
        scale[k] = sharp * max(max(abs(worth[0, k]), abs(worth[1, k])), max(abs(worth[2, k]), abs(worth[3, k])))
    for base in range(0, lanes, size * stride):
        for i in range(stride):
            hard, largest = False, zero
            for j in range(size):
                largest = max(largest, scale[base + j * stride + i])
            for j in range(2, size - 1):
                k = base + j * stride + i
                hard |= prior[k] < prior[k - stride] - unit * (largest + one)
            for j in range(size - 1):
                k = base + j * stride + i
                rise0, rise1 = t0[j] * (z0[k + stride] - z0[k]), t1[j] * (z1[k + stride] - z1[k])
                for end in range(2):
                    edge = g.reach[side, j] if end == 1 else one
                    y0, y1 = z0[k + end * stride], z1[k + end * stride]
                    y1 = z1[k + stride] if j == 0 else y1
                    y0 = z0[k] if j == size - 2 else y0
                    slope = rise0 * edge / (one + exponential(-y0)) + rise1 / edge / (one + exponential(-y1))
                    hard |= one - slope < worth.dtype.type(-1e-5)
            for j in range(size):
                k = base + j * stride + i
                room.hard[k] = hard and 0 < j < size - 1
                scale[k] = unit * (largest + one)
    _cells_below(prior, own, size, stride, lanes, room.cell)
    unfinished = 0
    for turn in range(2):
        steps = FEW_STEPS if turn == 0 else MOST_STEPS
        if turn == 1 and unfinished == 0:
            break
        for k in range(lanes):
            if turn == 1 and not room.left_over[k]:
                continue
            cell = room.cell[k]
            below = k + (cell - at[k]) * stride
            above = below + stride
            z0_low, z1_low = z0[below], z1[below]
            rise0, rise1 = z0[above] - z0_low, z1[above] - z1_low
            ends = width[cell] > far
            rest = own[k] - origin[cell]
            under, over = prior[below] - own[k], prior[above] - own[k]
            # In the lowest cell only z_0 moves, in the highest only z_1.
            high = softplus(z1[above])
            g_low = softplus(z0_low) - (high if cell == 0 else softplus(z1_low))
            g_high = (softplus(z0[above]) if cell == 0 else softplus(z0_low)) - high
            left = rest + min(g_low, g_high) if ends else zero
            right = rest + max(g_low, g_high) if ends else width[cell]
            left = max(left, zero) if ends and cell > 0 else left
            right = min(right, zero) if ends and cell == 0 else right
            left, right = min(left, right), max(left, right)
            d = half * (left + right) if ends else width[cell] * under / min(under - over, -worth.dtype.type(1e-30))
            d = min(max(d, left), right)
            for _ in range(steps):
                e = exponential(min(max(d, -far), far))
                y0, y1 = z0_low + (s0[cell] + t0[cell] * e) * rise0, z1_low + (s1[cell] + t1[cell] / e) * rise1
                value = d - rest - (softplus(y0) - softplus(y1))
                accept0, accept1 = one / (one + exponential(-y0)), one / (one + exponential(-y1))
                left = d if value < zero else left
                right = right if value < zero else d
                d = d - value / (one - (accept0 * t0[cell] * e * rise0 + accept1 * t1[cell] / e * rise1))
                d = d if (d > left) and (d < right) else half * (left + right)
            e = exponential(min(max(d, -far), far))
            up0, up1 = s0[cell] + t0[cell] * e, s1[cell] + t1[cell] / e
            y0, y1 = z0_low + up0 * rise0, z1_low + up1 * rise1
            value = d - rest - (softplus(y0) - softplus(y1))
            sure = at[k] == 0 or at[k] == size - 1
            room.left_over[k] = (abs(value) > half * scale[k]) and not sure
            y0, y1 = (z0[k] if sure else y0), (z1[k] if sure else y1)
            choice.chance[0, k], choice.chance[1, k] = one / (one + exponential(-y0)), one / (one + exponential(y0))
            choice.chance[2, k], choice.chance[3, k] = one / (one + exponential(-y1)), one / (one + exponential(y1))
            edge = zero if at[k] == 0 else one
            inner = k if at[k] == 0 else k - stride
            choice.after[1, 0, k] = own[k] if sure else origin[cell] + d
            choice.low[1, k] = inner if sure else below
            choice.up[2, k] = edge if sure else up0
            choice.up[3, k] = edge if sure else up1
            choice.after[0, 0, k] = own[k] if sure else own[k] + softplus(-y0) - softplus(-y1)
        for k in range(lanes):
            unfinished += int(room.left_over[k])
    # Where an acceptance leaves the belief: explicit.
    accepted = choice.after[0, 0]
    _cells_below(own, accepted, size, stride, lanes, room.cell)
    for k in range(lanes):
        cell = room.cell[k]
        e = exponential(min(max(accepted[k] - origin[cell], -far), far))
        sure = at[k] == 0 or at[k] == size - 1
        edge = zero if at[k] == 0 else one
        inner = k if at[k] == 0 else k - stride
        choice.low[0, k] = inner if sure else k + (cell - at[k]) * stride
        choice.up[0, k] = edge if sure else s0[cell] + t0[cell] * e
        choice.up[1, k] = edge if sure else s1[cell] + t1[cell] / e
    several = 0
    zeros = room.c[4]
    for k in range(lanes):
        zeros[k] = zero
    for k in range(lanes):
        if room.hard[k] or room.left_over[k]:
            weight = np.ones(2, worth.dtype)
            weight[1] = reject
            crossings = _crossings(prior, zeros, own[k], k - at[k] * stride, size, stride)
            several += followed(
                g, side, 2, weight, worth, sharp, k, at[k], own[k], crossings, choice.chance, choice.after, choice.low,
                choice.up,
            )  # fmt: skip
    return several


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def move(
    g: Geometry, side: int, n_actions: int, choice: Choice, own0: Any, own1: Any, leads_to: Any, first: int, step: int,
    lanes: int, out: Any,
) -> None:  # fmt: skip
    """Value of a row before an informed choice of a side with two types.

    Args:
        own0, own1: (L,) probability that the row gives to each type of the side.
        leads_to: rows of values by action: action a leads to leads_to[first + step * a] at the vertex drawn.
    """
    apart()
    stride = g.stride[side]
    for k in range(lanes):
        out[k] = 0.0
    for a in range(n_actions):
        low, up0, up1 = choice.low[a], choice.up[2 * a], choice.up[2 * a + 1]
        chance0, chance1, worth = choice.chance[a], choice.chance[n_actions + a], leads_to[first + step * a]
        for k in range(lanes):
            share0, share1 = own0[k] * chance0[k], own1[k] * chance1[k]
            upper = share0 * up0[k] + share1 * up1[k]
            out[k] += (share0 + share1 - upper) * worth[low[k]] + upper * worth[low[k] + stride]

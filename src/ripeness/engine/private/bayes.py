"""Bayes' rule of one informed choice with more than two types, as equations in log-odds, and Newton's method on them.

Unknown are, for every action a and every possible type k but one, the log-odds x_a(k) against that one, type 0 here:

    f_a(k) = x_a(k) - prior(k) - lambda [Q_k(a) - Q_0(a)] + S_k - S_0,    S_k = ln sum_a weight_a exp(lambda Q_k(a)).

The one is a likely type after that action, for differences of large log-odds have few digits. Q depends on x_a through
the public lottery: inside a cell of the grid the weights of its vertices are linear in the belief, and Q_k is the mean
of type k's values at the vertices with their odds given k. All is in double precision, and all slopes are exact.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, inner_exact, small
from ripeness.engine.private.alike import group_alike
from ripeness.engine.private.geometry import Geometry
from ripeness.engine.private.simplex import likeliest, locate, vertices, weigh

STEPS, CUTS, FREELY = 60, 30, 15
"""Newton steps, how often one is halved, and how many of them may lead up: over kinks between cells."""
LONGEST = 1.0
"""How far log-odds may move in a step that leads up."""
CLOSE = 1e-9
"""|f| relative to lambda |Q| below which all but rounding is gone by the next step."""
ROUNDING = 2.2e-16
EASE = 1e-13
"""A possible type counts as at least about this probable where payoffs are looked up."""


class Informed(NamedTuple):
    """The choice at one lane: n open actions, K possible types, B nodes of the fiber.

    Actions that are worth the same to every type, whatever is believed, count as one: at lambda = 0 they are followed
    by the same belief, and so they are along the whole curve from there.
    """

    worth: NDArray[np.float64]  # (n, B, K) Q in units of `span`, about the middle of each type's
    log_weight: NDArray[np.float64]  # (n,) reference weights
    prior: NDArray[np.float64]  # (K,) log-odds against the likeliest type
    nodes: NDArray[np.float64]  # (B, K) public probabilities
    first: NDArray[np.int64]  # (all types,) see `simplex.vertices`
    binomial: NDArray[np.int64]
    mix: NDArray[np.float64]  # (n, K) what `ease` adds to the beliefs
    resolution: int
    likeliest: int  # before the choice
    sharp: float  # lambda, in units of 1 / span
    group: NDArray[np.int64]  # (A,) which of the n each action is; -1: it is closed
    share: NDArray[np.float64]  # (A,) of the chance of it


class Place(NamedTuple):
    """Where the actions stand: posteriors, their cells and what follows from them."""

    one: NDArray[np.int64]  # (n,) the type against which log-odds after an action are taken
    x: NDArray[np.float64]  # (n, K) log-odds
    belief: NDArray[np.float64]  # (n, K)
    corner: NDArray[np.int64]  # (n, K) of the cells, see `simplex`
    order: NDArray[np.int64]  # (n, K - 1)
    vertex: NDArray[np.int64]  # (n, K)
    weight: NDArray[np.float64]  # (n, K)
    q: NDArray[np.float64]  # (n, K) Q
    slope: NDArray[np.float64]  # (n, K, K) of Q_k against x_j
    tilt: NDArray[np.float64]  # (n, K) of Q_k against the logarithm of the ease
    blur: NDArray[np.float64]  # (n,) how much of the roundings of a belief comes into Q at most
    log_chance: NDArray[np.float64]  # (n, K) of each action, by type
    f: NDArray[np.float64]  # (n, K) violation of Bayes' rule


@inner_exact
def make_place(n: int, kinds: int) -> Place:
    """Room for n actions."""
    small()
    whole = np.zeros((n, kinds), np.int64)
    return Place(
        np.zeros(n, np.int64), np.zeros((n, kinds)), np.zeros((n, kinds)), whole, np.zeros((n, kinds - 1), np.int64),
        whole.copy(), np.zeros((n, kinds)), np.zeros((n, kinds)), np.zeros((n, kinds, kinds)), np.zeros((n, kinds)),
        np.zeros(n), np.zeros((n, kinds)), np.zeros((n, kinds)),
    )  # fmt: skip


@inner_exact
def load(
    g: Geometry, side: int, at: int, weight: Any, worth: Any, row: int, sharp: float, fiber: int, stride: int
) -> Informed:  # fmt: skip
    """The choice of a side at node `at` of a fiber whose node 0 is lane `fiber`."""
    small()
    kinds, size = g.kinds[side], g.size[side]
    possible, first, n_possible, top = np.empty(kinds, np.int64), np.empty(kinds, np.int64), 0, 0
    for k in range(kinds):
        first[k] = n_possible
        if g.nodes[side, at, k] > 0.0:
            if n_possible == 0 or g.nodes[side, at, k] > g.nodes[side, at, possible[top]]:
                top = n_possible
            possible[n_possible] = k
            n_possible += 1
    whole, span, most = np.zeros((weight.size, size, n_possible)), 0.0, 0.0
    for k in range(n_possible):
        low, high = 1e300, -1e300
        for a in range(weight.size):
            for j in range(size if weight[a] > 0.0 else 0):
                value = np.float64(worth[a, row + possible[k], fiber + j * stride])
                whole[a, j, k] = value
                low, high = min(low, value), max(high, value)
        whole[:, :, k] -= 0.5 * (low + high)
        span, most = max(span, 0.5 * (high - low)), max(most, -low, high)
    span = span if span > 0.0 else 1.0
    whole /= span
    flat = whole.reshape((weight.size, size * n_possible))
    group, share, kept, total = group_alike(weight, flat, most / span, worth.itemsize)
    n = kept.size
    nodes, prior, mix = np.empty((size, n_possible)), np.empty(n_possible), np.empty((n, n_possible))
    for k in range(n_possible):
        prior[k] = math.log(g.nodes[side, at, possible[k]] / g.nodes[side, at, possible[top]])
        for j in range(size):
            nodes[j, k] = g.nodes[side, j, possible[k]]
        for i in range(n):  # different for every type and action, so that no belief is led along the edge of a cell
            mix[i, k] = 1.0 + 0.5 * math.sin(1.0 + 2.3 * k + 3.7 * i)
    return Informed(
        whole[kept], np.log(total), prior, nodes, first, g.binomial, mix, g.resolution[side], top,
        sharp * span, group, share,
    )  # fmt: skip


@inner_exact
def believe(p: Informed, s: Place, a: int, ease: float, moving: bool) -> None:
    """Belief after action a, its cell, and the weights of its vertices.

    Args:
        ease: how much of all types is mixed into the belief, so that none counts as all but impossible.
        moving: whether the cell is looked for; else the weights are those of the cell in which it stands, extended.
    """
    small()
    x, belief = s.x[a], s.belief[a]
    kinds = x.size
    best, total, mixed = x[0], 0.0, 1.0
    for k in range(kinds):
        best = max(best, x[k])
    for k in range(kinds):
        belief[k] = math.exp(x[k] - best)
        total += belief[k]
        mixed += ease * p.mix[a, k]
    held = np.empty(kinds)
    for k in range(kinds):
        belief[k] /= total
        held[k] = (belief[k] + ease * p.mix[a, k]) / mixed
    if moving:
        locate(held, p.resolution, s.corner[a], s.order[a])
        vertices(s.corner[a], s.order[a], p.first, p.resolution, p.binomial, s.vertex[a])
    weigh(held, p.resolution, s.corner[a], s.order[a], s.weight[a])
    if moving:
        for v in range(kinds):
            s.weight[a, v] = max(s.weight[a, v], 0.0)


@inner_exact
def value(p: Informed, s: Place, a: int, ease: float) -> None:
    """Q of every type after action a, and its slopes."""
    small()
    kinds, belief, q, slope = p.prior.size, s.belief[a], s.q[a], s.slope[a]
    added = p.mix[a].sum()
    mixed = 1.0 + ease * added
    gain = np.empty(kinds)
    s.blur[a] = 1.0
    for k in range(kinds):
        reached, total, face = 0.0, 0.0, 0.0
        for v in range(kinds):
            if s.weight[a, v] != 0.0:
                mass = s.weight[a, v] * p.nodes[s.vertex[a, v], k]
                reached += mass
                total += mass * p.worth[a, s.vertex[a, v], k]
                face += s.weight[a, v] * p.worth[a, s.vertex[a, v], k]
        q[k] = total / reached if reached > 0.0 else face
        for v in range(kinds):
            gain[v] = 0.0
            if reached > 0.0 and p.nodes[s.vertex[a, v], k] > 0.0:
                gain[v] = p.nodes[s.vertex[a, v], k] * (p.worth[a, s.vertex[a, v], k] - q[k]) / reached
        mean, blur, s.tilt[a, k] = 0.0, 0.0, 0.0
        for j in range(kinds):
            slope[k, j] = 0.0
        for i in range(kinds - 1):
            slope[k, s.order[a, i]] += p.resolution * (gain[i + 1] - gain[i])
        for j in range(kinds):
            slope[k, j] += slope[k, j - 1] if j > 0 else 0.0
            held = (belief[j] + ease * p.mix[a, j]) / mixed
            mean += belief[j] * slope[k, j]
            blur += held * abs(slope[k, j])
            s.tilt[a, k] += slope[k, j] * ease * (p.mix[a, j] - held * added) / mixed
        s.blur[a] = max(s.blur[a], blur)
        for j in range(kinds):
            slope[k, j] = belief[j] * (slope[k, j] - mean) / mixed if belief[j] > 0.0 else 0.0


@inner_exact
def violation(p: Informed, s: Place, sharp: float) -> float:
    """Fill chances and f; returns the largest |f|."""
    small()
    n, kinds = s.q.shape
    for k in range(kinds):
        best, total = -1e300, 0.0
        for a in range(n):
            s.log_chance[a, k] = p.log_weight[a] + sharp * s.q[a, k]
            best = max(best, s.log_chance[a, k])
        for a in range(n):
            total += math.exp(s.log_chance[a, k] - best)
        for a in range(n):
            s.log_chance[a, k] = (s.log_chance[a, k] - best) - math.log(total)  # near 0 without loss of digits
    worst = 0.0
    for a in range(n):
        one = s.one[a]
        for k in range(kinds):
            told = p.prior[k] - p.prior[one] + s.log_chance[a, k] - s.log_chance[a, one]
            s.f[a, k] = s.x[a, k] - told if k != one else 0.0
            worst = max(worst, abs(s.f[a, k]))
    return worst


@inner_exact
def evaluate(p: Informed, s: Place, sharp: float, ease: float, moving: bool) -> float:
    """All of a place from its log-odds x; returns the largest |f|."""
    small()
    for a in range(s.x.shape[0]):
        believe(p, s, a, ease, moving)
        value(p, s, a, ease)
    return violation(p, s, sharp)


@inner_exact
def untrue(p: Informed, s: Place) -> float:
    """How far probabilities after an action are from what Bayes' rule makes of the chances, at most."""
    small()
    n, kinds = s.x.shape
    worst, told = 0.0, np.empty(kinds)
    for a in range(n):
        best, total = -1e300, 0.0
        for k in range(kinds):
            told[k] = s.x[a, k] - s.f[a, k]
            best = max(best, told[k])
        for k in range(kinds):
            told[k] = math.exp(told[k] - best)
            total += told[k]
        for k in range(kinds):
            worst = max(worst, abs(told[k] / total - s.belief[a, k]))
    return worst


@inner_exact
def slopes(s: Place, sharp: float, eased: bool, out: Any) -> None:
    """Fill the Jacobian of f: rows and columns are (action, type but one), with a last column.

    Args:
        eased: the last column is against minus the logarithm of the ease; else against lambda.
    """
    apart()
    n, kinds = s.x.shape
    m = kinds - 1
    common, mean = np.empty((kinds, n * m)), np.zeros(kinds)  # slopes of S_k
    for k in range(kinds):
        for b in range(n):
            chance = math.exp(s.log_chance[b, k])
            mean[k] += chance * (-sharp * s.tilt[b, k] if eased else s.q[b, k])
            for j in range(m):
                common[k, b * m + j] = sharp * chance * s.slope[b, k, j + int(j >= s.one[b])]
    for a in range(n):
        one = s.one[a]
        for i in range(m):
            k, row = i + int(i >= one), a * m + i
            for c in range(n * m):
                out[row, c] = common[k, c] - common[one, c]
            own = sharp * (s.tilt[a, k] - s.tilt[a, one]) if eased else s.q[a, one] - s.q[a, k]
            out[row, n * m] = mean[k] - mean[one] + own
            for c in range(m):
                j = c + int(c >= one)
                out[row, a * m + c] += (1.0 if j == k else 0.0) - sharp * (s.slope[a, k, j] - s.slope[a, one, j])


@inner_exact
def eliminate(a: Any, b: Any) -> float:
    """Solve a x = b in place by Gauss's elimination with pivots, rows scaled; the solution is left in b.

    Returns:
        The sign of the determinant.
    """
    apart()
    n, sign = b.size, 1.0
    for i in range(n):
        most = 0.0
        for c in range(n):
            most = max(most, abs(a[i, c]))
        if most > 0.0:
            for c in range(n):
                a[i, c] /= most
            b[i] /= most
    for i in range(n):
        pivot = i
        for j in range(i + 1, n):
            if abs(a[j, i]) > abs(a[pivot, i]):
                pivot = j
        if pivot != i:
            for c in range(i, n):
                a[i, c], a[pivot, c] = a[pivot, c], a[i, c]
            b[i], b[pivot] = b[pivot], b[i]
            sign = -sign
        if a[i, i] == 0.0:
            a[i, i] = 1e-300
        sign = sign if a[i, i] > 0.0 else -sign
        for j in range(i + 1, n):
            ratio = a[j, i] / a[i, i]
            if ratio != 0.0:
                for c in range(i, n):
                    a[j, c] -= ratio * a[i, c]
                b[j] -= ratio * b[i]
    for i in range(n - 1, -1, -1):
        total = b[i]
        for c in range(i + 1, n):
            total -= a[i, c] * b[c]
        b[i] = total / a[i, i]
    return sign


@inner_exact
def violations(s: Place, out: Any) -> None:
    """Fill f in the order of the rows of `slopes`."""
    small()
    m = s.x.shape[1] - 1
    for a in range(s.x.shape[0]):
        for i in range(m):
            out[a * m + i] = s.f[a, i + int(i >= s.one[a])]


@inner_exact
def _move(s: Place, start: Any, way: Any, length: float, most: float) -> None:
    """x = start - length * way, no log-odds further than `most`."""
    small()
    m = s.x.shape[1] - 1
    for a in range(s.x.shape[0]):
        for i in range(m):
            k = i + int(i >= s.one[a])
            s.x[a, k] = start[a, k] - min(max(length * way[a * m + i], -most), most)


@inner_exact
def _rebase(s: Place) -> None:
    """Take the log-odds after every action against the type that is likeliest there."""
    small()
    for a in range(s.x.shape[0]):
        s.one[a] = likeliest(s.belief[a])
        reference = s.x[a, s.one[a]]
        for k in range(s.x.shape[1]):
            s.x[a, k] -= reference


@inner_exact
def newton(p: Informed, s: Place, sharp: float, ease: float) -> float:
    """Newton's method at one lambda from where the actions stand; returns how untrue the beliefs are that are left.

    A step is halved until |f| falls; where that does not help, at kinks, it is gone a little way all the same.
    """
    small()
    n, kinds = s.x.shape
    size = n * (kinds - 1)
    jacobian, way = np.empty((size, size + 1)), np.empty(size)
    start, best = np.empty((n, kinds)), np.empty((n, kinds))
    limit, freely = ROUNDING * max(1.0, sharp), 0
    evaluate(p, s, sharp, ease, True)
    best[:] = s.x
    least = untrue(p, s)
    for _ in range(STEPS):
        _rebase(s)
        worst = violation(p, s, sharp)
        if least <= limit and worst <= CLOSE * max(1.0, sharp):
            break
        slopes(s, sharp, False, jacobian)
        violations(s, way)
        eliminate(jacobian[:, :size].copy(), way)
        start[:] = s.x
        length, before = 1.0, worst
        for _ in range(CUTS):
            _move(s, start, way, length, math.inf)
            worst = evaluate(p, s, sharp, ease, True)
            if worst < before:
                break
            length *= 0.5
        if not worst < before:
            freely += 1
            if freely > FREELY:
                break
            _move(s, start, way, 1.0, LONGEST)
            evaluate(p, s, sharp, ease, True)
        now = untrue(p, s)
        if now < least:
            best[:], least = s.x, now
    s.x[:] = best
    evaluate(p, s, sharp, ease, True)
    _rebase(s)
    violation(p, s, sharp)
    return least

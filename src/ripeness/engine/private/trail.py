"""The solution of an informed choice with more than two types that is continued from precision 0.

At lambda = 0 nobody learns anything: one solution. From there a curve of solutions (x, lambda) is followed by its
length, so that it may turn back in lambda and forth again. Inside the cells of all actions it is smooth: a step along
the tangent, Newton's method back to the curve. Where it leaves a cell it has a kink: the step ends there, the action
changes its cell, and the curve is gone on with into the new one. It ends where lambda is reached: it cannot end before,
nor come back to lambda = 0, where the solution is the only one.

A type that is all but impossible after an action may be worth anything there, depending on digits of the belief that no
number has. On the way beliefs are therefore mixed with a little of all types, `ease`; `many` takes the solution on to
where nothing is mixed.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.bayes import ROUNDING, Informed, Place, eliminate, evaluate, slopes, violations
from ripeness.engine.private.simplex import likeliest, vertices

MOST_STEPS = 3000
"""Of the coarsest course; the finer, the more."""
FIRST, SHORTEST = 0.05, 1e-11
CORRECTIONS = 7
NOISE, COARSE = 64.0, 4.0
"""|f| on the curve: so many roundings; and the largest."""
BEND, ASIDE, BARELY = 0.9, 0.25, 1e-3
"""Least cosine between the tangents at both ends of a step; and, as shares of it, how far corrections may lead in all,
and what is no way at all."""
OUTSIDE = 1e-13
"""A weight of a vertex may be so far below zero inside its cell."""
UNLIKELY = 3.0
"""Log-odds of another type at which it takes the place of the one against which log-odds are."""
CONTRACTION = 0.5
"""How much shorter every correction must be than the one before."""
EVENTS = 8
"""How many kinks are tried as the first one of a step."""
GROWTH, QUICK = 2.0, 3
"""What a step that needed so few corrections makes of the next."""


class Course(NamedTuple):
    """What grows along the curve: the last of its coordinates."""

    eased: bool  # minus the logarithm of the ease; else lambda
    ease: float  # where it is lambda
    end: float
    fine: float  # 1, or the share of it to which steps are held


@inner_exact
def _put(s: Place, z: Any) -> None:
    """Log-odds from a point of the curve, whose last entry is lambda."""
    m = s.x.shape[1] - 1
    for a in range(s.x.shape[0]):
        s.x[a, s.one[a]] = 0.0
        for i in range(m):
            s.x[a, i + int(i >= s.one[a])] = z[a * m + i]


@inner_exact
def _rebase(s: Place, a: int, top: int, z: Any) -> None:
    """Write a point of the curve, or a direction, with log-odds after action a against type `top`."""
    small()
    m, one = s.x.shape[1] - 1, s.one[a]
    whole = np.zeros(m + 1)
    for i in range(m):
        whole[i + int(i >= one)] = z[a * m + i]
    for i in range(m):
        z[a * m + i] = whole[i + int(i >= top)] - whole[top]


@inner_exact
def _at(p: Informed, s: Place, c: Course, z: Any, moving: bool) -> float:
    """Everything where the curve's coordinates are z; returns the largest |f|."""
    _put(s, z)
    last = z[z.size - 1]
    return float(evaluate(p, s, p.sharp if c.eased else last, math.exp(-max(last, 0.0)) if c.eased else c.ease, moving))


@inner_exact
def _slopes(p: Informed, s: Place, c: Course, z: Any, out: Any) -> None:
    """All but the last row of the matrix of a step."""
    slopes(s, p.sharp if c.eased else z[z.size - 1], c.eased, out)


@inner_exact
def _near(p: Informed, s: Place, c: Course, z: Any) -> float:
    """Largest |f| on the curve: what roundings leave of the payoffs."""
    sharp = p.sharp if c.eased else z[z.size - 1]
    return float(min(NOISE * ROUNDING * max(abs(sharp), 1.0) * s.blur.max(), COARSE))


@inner_exact
def _edge(p: Informed, s: Place, c: Course, z: Any, a: int, v: int, out: Any) -> float:
    """Slope of the weight of vertex v after action a along the curve's coordinates; returns a factor left out of it."""
    small()
    kinds, size = p.prior.size, out.size
    ease = math.exp(-max(z[size - 1], 0.0)) if c.eased else c.ease
    for i in range(size):
        out[i] = 0.0
    added = p.mix[a].sum()
    mixed, mean, most, raw = 1.0 + ease * added, 0.0, 0.0, np.zeros(kinds)
    for j in range(kinds):
        if v > 0 and s.order[a, v - 1] <= j:
            raw[j] += 1.0
        if v < kinds - 1 and s.order[a, v] <= j:
            raw[j] -= 1.0
        mean += raw[j] * s.belief[a, j]
    for j in range(kinds):
        if c.eased:
            held = (s.belief[a, j] + ease * p.mix[a, j]) / mixed
            out[size - 1] -= raw[j] * ease * (p.mix[a, j] - held * added)
        if j != s.one[a]:
            i = a * (kinds - 1) + j - int(j > s.one[a])
            out[i] = s.belief[a, j] * (raw[j] - mean)
            most = max(most, abs(out[i]))
    most = max(most, abs(out[size - 1]), 1e-290)
    for i in range(size):
        out[i] /= most
    return float(most * p.resolution / mixed)


@inner_exact
def _tangent(p: Informed, s: Place, c: Course, z: Any, row: Any, matrix: Any, out: Any) -> float:
    """Unit tangent of the curve where `row` rises; returns its orientation, which is the same all along the curve."""
    small()
    size = out.size
    _slopes(p, s, c, z, matrix)
    for i in range(size):
        matrix[size - 1, i] = row[i]
        out[i] = 0.0
    out[size - 1] = 1.0
    sign = eliminate(matrix, out)
    length = math.sqrt((out * out).sum())
    for i in range(size):
        out[i] /= length
    return float(sign)


@inner_exact
def _correct(p: Informed, s: Place, c: Course, z: Any, row: Any, far: float, matrix: Any, right: Any) -> int:
    """Newton's method back to the curve in the plane of `row`; returns the steps that it took, or -1."""
    small()
    size = z.size
    moved, before = 0.0, 1e300
    for step in range(CORRECTIONS):
        worst = _at(p, s, c, z, False)
        if not worst < 1e300:
            return -1
        if worst <= _near(p, s, c, z):
            return step
        _slopes(p, s, c, z, matrix)
        violations(s, right)
        for i in range(size):
            matrix[size - 1, i] = row[i]
        right[size - 1] = 0.0
        eliminate(matrix, right)
        length = math.sqrt((right * right).sum())
        moved += length
        if not moved <= far or length > CONTRACTION * before:
            return -1
        before = length
        for i in range(size):
            z[i] -= right[i]
    return -1


@inner_exact
def _stop(p: Informed, s: Place, c: Course, z: Any, a: int, v: int, matrix: Any, right: Any, row: Any) -> bool:
    """Go to where the curve leaves a cell by the face opposite vertex v of action a; a < 0: to its end."""
    small()
    size, before = z.size, 1e300
    for _ in range(2 * CORRECTIONS):
        worst = _at(p, s, c, z, False)
        if not worst < 1e300:
            return False
        _slopes(p, s, c, z, matrix)
        violations(s, right)
        if a < 0:
            row[:] = 0.0
            row[size - 1] = 1.0
            off = right[size - 1] = z[size - 1] - c.end
            done = abs(off) <= 1e-12 * c.end
        else:
            off = s.weight[a, v]
            right[size - 1] = off / _edge(p, s, c, z, a, v, row)
            done = abs(off) <= 0.1 * OUTSIDE
        if done and worst <= _near(p, s, c, z):
            return True
        for i in range(size):
            matrix[size - 1, i] = row[i]
        eliminate(matrix, right)
        length = math.sqrt((right * right).sum())
        if not length < 2.0 * before:
            return False
        before = length
        for i in range(size):
            z[i] -= right[i]
    return False


@inner_exact
def _turn_into(p: Informed, s: Place, a: int, v: int) -> int:
    """Let action a stand in the cell on the other side of the face opposite vertex v; returns its vertex there."""
    small()
    order, m, opposite = s.order[a], p.prior.size - 1, v
    if v == 0:
        opposite = m
        kept = order[0]
        s.corner[a, kept] += 1
        for i in range(m - 1):
            order[i] = order[i + 1]
        order[m - 1] = kept
    elif v == m:
        opposite = 0
        kept = order[m - 1]
        s.corner[a, kept] -= 1
        for i in range(m - 1, 0, -1):
            order[i] = order[i - 1]
        order[0] = kept
    else:
        order[v - 1], order[v] = order[v], order[v - 1]
    vertices(s.corner[a], order, p.first, p.resolution, p.binomial, s.vertex[a])
    return opposite


@inner_exact
def _first_event(
    s: Place, before: Any, past: Any, n_past: int, done: float, now: float, end: float
) -> tuple[int, int, float]:  # fmt: skip
    """Which weight first falls below zero on a step: action, vertex and share of the step; -1: lambda's end; -2: none.

    Args:
        before: (n, K) weights at its beginning.
        past: (n_past,) numbers of those left out.
        done, now: lambda at its beginning and end.
    """
    small()
    n, kinds = s.weight.shape
    action, vertex, first = -2, 0, 2.0
    if now >= end:
        action, first = -1, (end - done) / (now - done) if now > done else 1.0
    for a in range(n):
        for v in range(kinds):
            if s.weight[a, v] < -OUTSIDE:
                skipped = False
                for i in range(n_past):
                    skipped = skipped or past[i] == a * kinds + v
                high = max(before[a, v], 0.0)
                share = high / (high - s.weight[a, v])
                if not skipped and share < first:
                    action, vertex, first = a, v, share
    return action, vertex, first


@inner_exact
def continued(p: Informed, s: Place, ease: float, fine: float) -> int:
    """Follow the curve from lambda = 0; s is where it ends. Returns how often it turned, or -1 where it was lost."""
    small()
    n, m = s.x.shape[0], s.x.shape[1] - 1
    z, along = np.zeros(n * m + 1), np.zeros(n * m + 1)
    for a in range(n):
        s.one[a] = p.likeliest
        for i in range(m):
            z[a * m + i] = p.prior[i + int(i >= p.likeliest)]
    c = Course(False, ease, p.sharp, fine)
    return int(_follow(p, s, c, z, along))


@inner_exact
def sharpened(p: Informed, s: Place, ease: float, end: float, fine: float) -> int:
    """Follow the curve of solutions from one ease, where s stands, to another; returns what `continued` does."""
    small()
    n, m = s.x.shape[0], s.x.shape[1] - 1
    z, along = np.zeros(n * m + 1), np.zeros(n * m + 1)
    for a in range(n):
        for i in range(m):
            z[a * m + i] = s.x[a, i + int(i >= s.one[a])]
    z[n * m] = -math.log(ease)
    c = Course(True, ease, -math.log(end), fine)
    return int(_follow(p, s, c, z, along))


@inner_exact
def _follow(p: Informed, s: Place, c: Course, z: Any, along: Any) -> int:
    """Follow the curve from z to the end of the course."""
    small()
    n, kinds = s.x.shape
    size, least = z.size, 0.5 * z[z.size - 1]
    trial, ahead, kept, row = np.empty(size), np.empty(size), np.empty(size), np.zeros(size)
    right, matrix = np.empty(size), np.empty((size, size))
    weights, past = np.empty((n, kinds)), np.empty(EVENTS, np.int64)
    _at(p, s, c, z, True)
    row[size - 1] = 1.0
    sign = _tangent(p, s, c, z, row, matrix, along)
    if not c.eased:
        trial[:] = z + 1e-9 * along  # the prior is a node: which of the cells around it is entered
        _at(p, s, c, trial, True)
        _at(p, s, c, z, False)
    weights[:] = s.weight
    length, turns, entered = FIRST, 0, -1
    bend = 1.0 - (1.0 - BEND) * c.fine**2
    for _ in range(int(MOST_STEPS / c.fine)):
        if length < SHORTEST or z[size - 1] < least:
            return -1
        _put(s, z)
        for a in range(n):
            top = likeliest(s.x[a])
            if s.x[a, top] > UNLIKELY:
                _rebase(s, a, top, z)
                _rebase(s, a, top, along)
                s.one[a] = top
                along /= math.sqrt((along * along).sum())
        trial[:] = z + length * along
        taken = _correct(p, s, c, trial, along, c.fine * ASIDE * length + 1e-12, matrix, right)
        good = taken >= 0
        if good:
            good = _tangent(p, s, c, trial, along, matrix, ahead) == sign and (ahead * along).sum() >= bend
        if not good:
            length *= 0.4
            continue
        action, at, share = _first_event(s, weights, past, 0, z[size - 1], trial[size - 1], c.end)
        if action == -2:
            turns += int(along[size - 1] * ahead[size - 1] < 0.0)
            z[:], along[:], weights[:] = trial, ahead, s.weight
            length *= GROWTH if taken <= QUICK else 1.0
            entered = -1
            continue
        n_past, stopped = 0, False
        while n_past < EVENTS and action != -2:
            ahead[:] = z + share * (trial - z)
            if _stop(p, s, c, ahead, action, at, matrix, right, row):
                gone = ((ahead - z) * along).sum()
                stopped = -1e-9 <= gone <= 1.5 * length and ahead[size - 1] <= c.end * (1.0 + 1e-9)
                # By the face by which the cell was entered the curve leaves it further on, if at all.
                stopped = stopped and not (action * kinds + at == entered and gone < BARELY * length)
                for a in range(n):
                    for v in range(kinds):
                        if s.weight[a, v] < -10.0 * OUTSIDE and not (a == action and v == at):
                            stopped = False
            if stopped or action == -1:
                break
            past[n_past] = action * kinds + at
            n_past += 1
            _at(p, s, c, trial, False)
            action, at, share = _first_event(s, weights, past, n_past, z[size - 1], trial[size - 1], c.end)
        if not stopped:
            length *= 0.4
            continue
        if action == -1:
            return turns
        kept[:] = ahead
        _edge(p, s, c, kept, action, at, row)
        for i in range(size):
            row[i] = -row[i]
        entered = action * kinds + _turn_into(p, s, action, at)
        _at(p, s, c, kept, False)
        if _tangent(p, s, c, kept, row, matrix, ahead) != sign:  # the kink is one of another curve
            _turn_into(p, s, action, entered - action * kinds)
            entered = -1
            length *= 0.4
            continue
        z[:] = kept
        turns += int(along[size - 1] * ahead[size - 1] < 0.0)
        along[:], weights[:] = ahead, s.weight
        length = max(0.5 * length, min(length, 1e-3))
    return -1

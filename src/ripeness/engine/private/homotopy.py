"""The solution of an informed choice that is continued from lambda = 0.

At lambda = 0 nobody learns anything: one solution. From there a curve of solutions (posteriors after all actions, and
lambda) is followed by its length, so that it may turn back in lambda and forth again. Inside the cells of all actions
it is smooth: a step along the tangent, Newton's method back to the curve. Where it leaves a cell it has a kink: the
step ends there, the action changes its cell, and the curve is gone on with into the new one. It ends where lambda is
reached: it cannot end before, nor come back to lambda = 0, where the solution is the only one. Which way it runs is
told by the sign of a determinant, so that a step that lands on another solution is noticed.

Only the lanes that `choice` and `answer` leave come here. `curve` tells whether they have several solutions. Where it
finds one and no other can exist, that is the solution; else even the only one on its curve need not be the one
continued from lambda = 0. `trail` follows solutions of more types, whose cells are not intervals.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, inner_exact, small
from ripeness.engine.private.bayes import eliminate
from ripeness.engine.private.curve import Curve, make_curve, trace
from ripeness.engine.private.fiber import BASE0, BASE1, LOG_ODDS, Fiber, Q, R, growth, lay_axis, load_fiber, put
from ripeness.engine.private.geometry import Axis, cell_of

MOST_STEPS = 4000
FIRST, SHORTEST = 0.05, 1e-11
"""Length of the first step, and below which the curve is lost; log-odds and lambda |Q| count alike."""
LONGER, QUICK, SHORTER = 2.0, 3, 0.4
"""What a step that needed so few corrections makes of the next one, and what one that failed does."""
CORRECTIONS, CONTRACTION = 7, 0.5
"""Newton steps back to the curve, and how much shorter each must be than the one before."""
BEND, ASIDE = 0.9, 0.25
"""Least cosine between the tangents at both ends of a step; share of it by which corrections may lead aside."""
BULGE = 0.06
"""How far an arc that bends by so much strays from the straight line between its ends, as a share of it."""
BARELY, EVENTS = 1e-3, 8
"""Share of a step that is no way at all; how many kinks are tried as its first one."""
GRAZING = 1e-6
"""Share of its way by which a curve goes through a kink that it all but runs along."""
OUTSIDE = 1e-12
"""How far a posterior may lie outside of its cell, relative to its log-odds."""
NEAR = 1e-13
"""Violation of Bayes' rule, relative to lambda |Q|, on the curve, and at the end."""
NUDGES = (0.0, 1e-9, 1e-7, 1e-6, 1e-5)
"""By how much Bayes' rule is shifted at most, relative to lambda |Q|, in the attempts to follow the curve."""
ASTRAY = 0.1
"""How far from the end of a curve shifted so the solution may lie, in log-odds."""
POLISHING, HALVINGS = 200, 40
FAILED = 1e-8
"""A violation above this, relative to lambda |Q|, is no solution."""
FAILED_SINGLE = 1e-6
"""The same where payoffs are in single precision, whose rounding is of that size."""
SAME = 1e-6
"""Solutions whose chances differ by no more are the same one, computed twice."""
UNSOLVED = 1 << 40
"""Added to the number of choices with several solutions for each that has none to that accuracy."""


class Choices(NamedTuple):
    """The choice of one prior, for n open actions, and room for what it is computed with."""

    prior: float  # log-odds
    scale: float  # largest |lambda Q|: the last coordinate of the curve where all of lambda is reached
    nudge: float  # how far Bayes' rule is shifted, for some actions more than for others
    chance: NDArray[np.float64]  # (2, n) of each action, by type
    level: NDArray[np.float64]  # (2, n) lambda Q
    slope: NDArray[np.float64]  # (2, n) against log-odds
    f: NDArray[np.float64]  # (n,) violation of Bayes' rule
    jacobian: NDArray[np.float64]  # (n + 1, n + 1), its last row left free
    right: NDArray[np.float64]  # (n + 1,)


@inner_exact
def make_choices(n: int, prior: float, scale: float, nudge: float) -> Choices:
    """Room for the choice among n actions."""
    small()
    return Choices(
        prior, scale, nudge, np.empty((2, n)), np.empty((2, n)), np.empty((2, n)), np.empty(n),
        np.empty((n + 1, n + 1)), np.empty(n + 1),
    )  # fmt: skip


@inner_exact
def _dot(one: Any, other: Any) -> float:
    total = 0.0
    for i in range(one.size):
        total += one[i] * other[i]
    return total


@inner_exact
def _bayes(b: Fiber, c: Choices, z: Any, cell: Any) -> float:
    """Fill in the choice at z = (posteriors, lambda); returns the largest violation of Bayes' rule.

    Args:
        cell: (n,) whose payoffs are taken, extended beyond it.
    """
    apart()
    axis, payoff, n = b.axis, b.payoff, b.weight.size
    level, slope, chance, f, jacobian = c.level, c.slope, c.chance, c.f, c.jacobian
    share = z[n] / c.scale
    for i in range(n):
        j = cell[i]
        e = growth(axis, j, z[i])
        slope[0, i], slope[1, i] = payoff[Q, i, j] * e, payoff[R, i, j] / e
        level[0, i], level[1, i] = payoff[BASE0, i, j] + slope[0, i], payoff[BASE1, i, j] - slope[1, i]
    zeta, mean, worst = 0.0, 0.0, 0.0  # differences of the types'
    for k in range(2):
        best, total, middle = -1e300, 0.0, 0.0
        for i in range(n):
            best = max(best, share * level[k, i])
        for i in range(n):
            chance[k, i] = b.weight[i] * math.exp(share * level[k, i] - best)
            total += chance[k, i]
        for i in range(n):
            chance[k, i] /= total
            middle += chance[k, i] * level[k, i]
        zeta += (best + math.log(total)) * (1.0 if k == 1 else -1.0)
        mean += middle * (1.0 if k == 1 else -1.0)
    for i in range(n):
        own = level[1, i] - level[0, i]
        if c.nudge != 0.0:
            own += c.nudge * math.sin(1.0 + 3.7 * i)
        f[i] = z[i] - c.prior - share * own + zeta
        worst = max(worst, abs(f[i])) if f[i] == f[i] else math.inf
        jacobian[i, n] = (mean - own) / c.scale
        jacobian[n, i] = share * (chance[1, i] * slope[1, i] - chance[0, i] * slope[0, i])
    for i in range(n):
        for k in range(n):
            jacobian[i, k] = jacobian[n, k]
        jacobian[i, i] += 1.0 - share * (slope[1, i] - slope[0, i])
    return worst


@inner_exact
def _tangent(c: Choices, row: Any, out: Any) -> float:
    """Unit tangent of the curve along which `row` rises; returns its orientation. The Jacobian is used up."""
    apart()
    size = out.size
    for i in range(size):
        c.jacobian[size - 1, i], out[i] = row[i], 0.0
    out[size - 1] = 1.0
    sign = eliminate(c.jacobian, out)
    length = math.sqrt(_dot(out, out))
    for i in range(size):
        out[i] /= length
    return float(sign)


@inner_exact
def _correct(b: Fiber, c: Choices, z: Any, cell: Any, row: Any, far: float) -> int:
    """Newton's method back to the curve in the plane of `row`; returns the steps that it took, or -1.

    The Jacobian is left as it is there.
    """
    apart()
    size = z.size
    moved, before = 0.0, 1e300
    for step in range(CORRECTIONS):
        if _bayes(b, c, z, cell) <= NEAR * max(z[size - 1], 1.0):
            return step
        for i in range(size):
            c.jacobian[size - 1, i] = row[i]
            c.right[i] = c.f[i] if i < size - 1 else 0.0
        eliminate(c.jacobian, c.right)
        length = math.sqrt(_dot(c.right, c.right))
        moved += length
        if not moved <= far or length > CONTRACTION * before:
            return -1
        before = length
        for i in range(size):
            z[i] -= c.right[i]
    return -1


@inner_exact
def _first_event(axis: Any, cell: Any, z: Any, trial: Any, past: Any, n_past: int, end: float) -> tuple[int, float]:
    """Which coordinate first leaves its cell, or lambda its range, on a step, and at which share of it; -1: none.

    Args:
        past: (n_past,) those left out.
    """
    apart()
    n, first, share = cell.size, -1, 2.0
    for i in range(n + 1):
        edge = end if i == n else axis[LOG_ODDS, cell[i] + int(trial[i] > z[i])]
        inner = i == n or (cell[i] < axis.shape[1] - 2 if trial[i] > z[i] else cell[i] > 0)
        gone = trial[i] - z[i]
        if not inner or (trial[i] - edge if gone > 0.0 or i == n else edge - trial[i]) <= OUTSIDE * (1.0 + abs(edge)):
            continue
        for k in range(n_past):
            inner = inner and past[k] != i
        at = max((edge - z[i]) / gone, 0.0) if gone != 0.0 else 0.0
        if inner and at < share:
            first, share = i, at
    return first, share


@inner_exact
def _inside(axis: Any, cell: Any, z: Any) -> bool:
    """Whether all posteriors lie in their cells."""
    apart()
    for i in range(cell.size):
        low, high, room = axis[LOG_ODDS, cell[i]], axis[LOG_ODDS, cell[i] + 1], OUTSIDE * (1.0 + abs(z[i]))
        if (cell[i] > 0 and z[i] < low - room) or (cell[i] < axis.shape[1] - 2 and z[i] > high + room):
            return False
    return True


@inner_exact
def _continued(b: Fiber, c: Choices, node: int, z: Any, cell: Any) -> bool:
    """Fill z (n + 1,), cells and choice with the solution continued from lambda = 0; False: the curve was lost."""
    apart()
    axis, n = b.axis, b.weight.size
    size = n + 1
    row, along, ahead = np.zeros(size), np.empty(size), np.empty(size)
    trial, bent, past = np.empty(size), np.empty(size), np.empty(EVENTS, np.int64)
    for i in range(n):
        z[i], cell[i] = c.prior, node
    z[n], row[n] = 0.0, 1.0
    _bayes(b, c, z, cell)
    _tangent(c, row, along)
    for i in range(n):  # the prior is a node: which of the cells around it is entered
        cell[i] -= int(along[i] < 0.0)
    length, entered, entered_up = FIRST, -1, False
    for _ in range(MOST_STEPS):
        if length < SHORTEST or z[n] < 0.0:
            return False
        for i in range(size):
            trial[i] = z[i] + length * along[i]
        far = ASIDE * length + 1e-12
        taken = _correct(b, c, trial, cell, along, far)
        if taken < 0 or not (_tangent(c, along, ahead) > 0.0 and _dot(ahead, along) >= BEND):
            length *= SHORTER
            continue
        event, share = _first_event(axis, cell, z, trial, past, 0, c.scale)
        if event < 0 and along[n] > 0.0 > ahead[n] and max(z[n], trial[n]) + BULGE * length > c.scale:
            length *= SHORTER  # it may have arrived in between
            continue
        if event < 0:
            z[:], along[:] = trial, ahead
            length *= LONGER if taken <= QUICK else 1.0
            entered = -1
            continue
        n_past, stopped, rises = 0, False, False
        while n_past < EVENTS and event >= 0:
            for i in range(size):
                ahead[i], row[i] = z[i] + share * (trial[i] - z[i]), 0.0
            rises, row[event] = trial[event] > z[event], 1.0
            ahead[event] = c.scale if event == n else axis[LOG_ODDS, cell[event] + int(rises)]
            if _correct(b, c, ahead, cell, row, far) >= 0:
                gone = _dot(ahead, along) - _dot(z, along)
                stopped = -1e-9 <= gone <= 1.5 * length and ahead[n] <= c.scale * (1.0 + OUTSIDE)
                stopped = stopped and _inside(axis, cell, ahead)
                stopped = stopped and _tangent(c, along, bent) > 0.0 and _dot(bent, along) >= BEND
                # By the end by which the cell was entered the curve leaves it further on, if at all.
                stopped = stopped and not (event == entered and rises != entered_up and gone < BARELY * length)
            if stopped:
                break
            past[n_past] = event
            n_past += 1
            event, share = _first_event(axis, cell, z, trial, past, n_past, c.scale)
        if not stopped:
            length *= SHORTER
            continue
        if event == n:
            z[:] = ahead
            z[n] = c.scale
            return True
        if abs(along[event]) < GRAZING:  # the kink is too slight to turn the curve, and its own direction is rounding
            row[:] = along
        else:
            row[event] = 1.0 if rises else -1.0
        cell[event] += 1 if rises else -1
        _bayes(b, c, ahead, cell)
        if not _tangent(c, row, trial) > 0.0:  # the kink is one of another curve
            cell[event] -= 1 if rises else -1
            entered = -1
            length *= SHORTER
            continue
        z[:], along[:] = ahead, trial
        entered, entered_up = event, rises
        length = max(0.5 * length, min(length, 1e-3))
    return False


@inner_exact
def _locate(b: Fiber, z: Any, cell: Any) -> None:
    """Cells in which posteriors lie."""
    small()
    for i in range(cell.size):
        cell[i] = cell_of(b.axis[LOG_ODDS], b.axis.shape[1], z[i])


@inner_exact
def _polished(b: Fiber, c: Choices, z: Any, cell: Any) -> float:
    """Newton's method at constant lambda, with shorter steps where full ones do not help; returns what is left."""
    small()
    n = b.weight.size
    way, trial = np.empty(n), np.empty(n + 1)
    _locate(b, z, cell)
    worst = _bayes(b, c, z, cell)
    for _ in range(POLISHING):
        if worst <= NEAR * c.scale:
            break
        for i in range(n):
            c.jacobian[n, i], c.right[i] = 0.0, c.f[i]
        c.jacobian[n, n], c.right[n] = 1.0, 0.0
        eliminate(c.jacobian, c.right)
        way[:] = c.right[:n]
        trial[n] = z[n]
        cut, improved = 1.0, False
        for _ in range(HALVINGS):
            for i in range(n):
                trial[i] = z[i] - cut * way[i]
            _locate(b, trial, cell)
            left = _bayes(b, c, trial, cell)
            if left < worst:
                worst, improved = left, True
                break
            cut *= 0.5
        if not improved:
            _locate(b, z, cell)
            return _bayes(b, c, z, cell)
        z[:n] = trial[:n]
    return worst


@inner_exact
def continued(b: Fiber, node: int, scale: float, failed: float, z: Any, cell: Any, odds: Any) -> bool:
    """Fill z (n + 1,), cells and chances with the solution continued from lambda = 0; returns whether there is one.

    Where branches all but cross, the one that is followed cannot be told in these digits. Where Bayes' rule is slightly
    shifted they pass one another at a distance.

    Args:
        scale: largest |lambda Q|.
        failed: violation of Bayes' rule, relative to it, above which there is none.
    """
    small()
    n, prior = b.weight.size, b.axis[LOG_ODDS, node]
    exact, end = make_choices(n, prior, scale, 0.0), np.empty(n + 1)
    for nudge in NUDGES:
        if not _continued(b, exact if nudge == 0.0 else make_choices(n, prior, scale, nudge * scale), node, z, cell):
            continue
        end[:] = z
        near = nudge == 0.0 or _polished(b, exact, z, cell) <= failed * scale
        for i in range(n):
            near = near and abs(z[i] - end[i]) <= ASTRAY
        if near:
            odds[:] = exact.chance
            return True
    return False


@inner_exact
def _anywhere(b: Fiber, v: Curve, node: int, scale: float, failed: float, z: Any, cell: Any, odds: Any) -> bool:
    """Fill z, cells and chances with any solution: from the prior, or from those of the other nodes of the fiber."""
    small()
    n, size = b.weight.size, b.axis.shape[1]
    c = make_choices(n, b.axis[LOG_ODDS, node], scale, 0.0)
    for start in range(size):
        if start > 0 and not v.solved[start]:
            continue
        for i in range(n):
            z[i] = v.posterior[start, i] if start > 0 else c.prior
        z[n] = scale
        left = _polished(b, c, z, cell)
        odds[:] = c.chance
        if left <= failed * scale:
            return True
    return False


@inner_exact
def _same(v: Curve, node: int, odds: Any) -> bool:
    """Whether the solution that `trace` kept has these chances."""
    worst = 0.0
    for k in range(2):
        for i in range(odds.shape[1]):
            worst = max(worst, abs(v.chances[node, k, i] - odds[k, i]))
    return worst <= SAME


@nb.njit(nogil=True, cache=True, error_model="numpy")
def follow(
    axis: Axis, weight: Any, sharp: Any, worth: Any, row: int, lanes: int, hard: Any, chance: Any, after: Any, low: Any,
    up: Any,
) -> int:  # fmt: skip
    """Fill the hard lanes of a choice; returns at how many there are several solutions, see `UNSOLVED`.

    Args:
        axis: in double precision.
        worth: (A, rows, L); worth[a, row + k] is Q of type k for action a.
        hard: (L,) which lanes.
        chance, after, low, up: of a `Choice`.
    """
    size, stride, n_actions = axis.size, axis.stride, weight.size
    cells, v = lay_axis(axis), make_curve(n_actions, size)
    wanted = np.zeros(size, np.bool_)
    failed = FAILED if worth.itemsize == 8 else FAILED_SINGLE
    several = 0
    for number in range(lanes // size):
        first = number // stride * (size * stride) + number % stride
        n_wanted = 0
        for j in range(size):
            wanted[j] = hard[first + j * stride]
            n_wanted += int(wanted[j])
        if n_wanted == 0:
            continue
        b, scale = load_fiber(cells, weight, np.float64(sharp), worth, row, first, stride)
        n = b.weight.size
        z, odds, cell = np.empty(n + 1), np.empty((2, n)), np.empty(n, np.int64)
        whole, only = trace(b, v, wanted, scale)
        for j in range(size):
            if not wanted[j]:
                continue
            lane, prior = first + j * stride, axis.log_odds[j]
            alone = whole and v.found[j] == 1 and v.solved[j]
            if not (alone and only):
                good = continued(b, j, scale, failed, z, cell, odds)
                several += int(not (alone and good and _same(v, j, odds)))
                if good or not v.solved[j]:
                    if not (good or _anywhere(b, v, j, scale, failed, z, cell, odds)):
                        several += UNSOLVED
                    put(b, first, stride, lane, cell, z, odds, prior, chance, after, low, up)
                    continue
            put(b, first, stride, lane, v.where[j], v.posterior[j], v.chances[j], prior, chance, after, low, up)
    return several

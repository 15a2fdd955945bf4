"""The solution of an informed choice that is continued from lambda = 0, where a belief has several.

At lambda = 0 nobody learns anything. The solution (posteriors after all actions) is followed from there while lambda
grows, by Newton's method in steps. Where that fails the curve of solutions turns back: what is nearest to the turn just
beyond it is gone on with. Only fibers that `choice` leaves come here, and of them only the nodes for which `curve`
does not find exactly one solution.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.curve import Curve, make_curve, trace
from ripeness.engine.private.fiber import (
    BASE0,
    BASE1,
    LOG_ODDS,
    Fiber,
    Q,
    R,
    growth,
    load_fiber,
    make_fiber,
    put,
    scale_fiber,
)
from ripeness.engine.private.geometry import Axis, cell_of

LONGEST = 1.0
"""How far a posterior may move, in log-odds, while lambda grows by one step."""
SHORTEST = 1e-5
"""Share of lambda below which a step that fails shows a turn."""
BEYOND = 1e-3
"""How far beyond a turn, relative to lambda, solutions are looked for."""
MOST_TURNS = 20
NEWTON_STEPS = 6
POLISHING = 200
HALVINGS = 40
NEAR = 1e-9
"""Violation of Bayes' rule, relative to lambda |Q|, at which a step is good."""
CLOSE = 1e-12
"""The same at the end."""
FAILED = 1e-8
"""A violation above this, relative to lambda |Q|, is no solution."""
FAILED_SINGLE = 1e-6
"""The same where payoffs are in single precision, whose rounding is of that size."""
LEAST_OWN = 1e-12
"""Stands for a slope of zero in a Newton step."""
OWN, COMMON, SHARE = range(3)
UNSOLVED = 1 << 20
"""Added to the number of choices with several solutions for each that has none to that accuracy."""


@inner_exact
def _bayes(b: Fiber, prior: float, y: Any, f: Any, jacobian: Any, chance: Any) -> float:
    """Violation f of Bayes' rule at y = (posteriors, share of lambda), and its largest value; Jacobian and chances.

    Args:
        jacobian: (3, n) filled: its diagonal, the row that is added to all its rows, and the slopes against the share.
    """
    small()
    axis, payoff, n = b.axis, b.payoff, b.weight.size
    share = y[n]
    level, slope = np.empty((2, n)), np.empty((2, n))  # of lambda Q
    for i in range(n):
        j = cell_of(axis[LOG_ODDS], axis.shape[1], y[i])
        e = growth(axis, j, y[i])
        slope[0, i], slope[1, i] = payoff[Q, i, j] * e, payoff[R, i, j] / e
        level[0, i], level[1, i] = payoff[BASE0, i, j] + slope[0, i], payoff[BASE1, i, j] - slope[1, i]
    sums, means = np.empty(2), np.zeros(2)
    for k in range(2):
        best, total = -1e300, 0.0
        for i in range(n):
            best = max(best, share * level[k, i])
        for i in range(n):
            chance[k, i] = b.weight[i] * math.exp(share * level[k, i] - best)
            total += chance[k, i]
        sums[k] = best + math.log(total)
        for i in range(n):
            chance[k, i] /= total
            means[k] += chance[k, i] * level[k, i]
    zeta, worst = sums[1] - sums[0], 0.0
    for i in range(n):
        f[i] = y[i] - prior - share * (level[1, i] - level[0, i]) + zeta
        worst = max(worst, abs(f[i]))
        jacobian[OWN, i] = 1.0 - share * (slope[1, i] - slope[0, i])
        jacobian[COMMON, i] = share * (chance[1, i] * slope[1, i] - chance[0, i] * slope[0, i])
        jacobian[SHARE, i] = (means[1] - level[1, i]) - (means[0] - level[0, i])
    return worst


@inner_exact
def _step(jacobian: Any, right: Any, way: Any) -> float:
    """Solve for a Newton step at constant lambda; returns the sign of the Jacobian's determinant.

    A diagonal matrix d plus one row s added to all its rows: x_i = (right_i - s x) / d_i.
    """
    small()
    sign, one, total = 1.0, 1.0, 0.0
    for i in range(jacobian.shape[1]):
        own = jacobian[OWN, i]
        own = own if abs(own) > LEAST_OWN else math.copysign(LEAST_OWN, own)
        sign = sign if own > 0.0 else -sign
        one += jacobian[COMMON, i] / own
        total += jacobian[COMMON, i] * right[i] / own
    shared = total / (one if one != 0.0 else LEAST_OWN)
    for i in range(jacobian.shape[1]):
        own = jacobian[OWN, i]
        way[i] = (right[i] - shared) / (own if abs(own) > LEAST_OWN else math.copysign(LEAST_OWN, own))
    return sign if one > 0.0 else -sign


@inner_exact
def _move(y: Any, length: float, way: Any, to: Any) -> None:
    """to = y + length * way, of the posteriors."""
    small()
    for i in range(way.size):
        to[i] = y[i] + length * way[i]


@inner_exact
def _polished(b: Fiber, prior: float, y: Any, odds: Any, scale: float) -> float:
    """Newton's method at constant lambda from y, with shorter steps where the full one does not help."""
    small()
    n = b.weight.size
    f, spare_f, way, trial = np.empty(n), np.empty(n), np.empty(n), np.empty(n + 1)
    jacobian, spare = np.empty((3, n)), np.empty((3, n))
    trial[n] = y[n]
    worst = _bayes(b, prior, y, f, jacobian, odds)
    for _ in range(POLISHING):
        if worst <= CLOSE * scale:
            break
        _step(jacobian, f, way)
        cut, improved = 1.0, False
        for _ in range(HALVINGS):
            _move(y, -cut, way, trial)
            if _bayes(b, prior, trial, spare_f, spare, odds) < worst:
                improved = True
                break
            cut *= 0.5
        if improved:
            for i in range(n):
                y[i] = trial[i]
        worst = _bayes(b, prior, y, f, jacobian, odds)
        if not improved:
            break
    return worst


@inner_exact
def _grown(b: Fiber, prior: float, scale: float, y: Any, odds: Any) -> None:
    """Let lambda grow from where y is as far as single steps of Newton's method follow; y is where they end."""
    small()
    n = b.weight.size
    f, tangent, way, trial, jacobian = np.empty(n), np.empty(n), np.empty(n), np.empty(n + 1), np.empty((3, n))
    step = 1.0 / scale
    while y[n] < 1.0 and step > SHORTEST:
        _bayes(b, prior, y, f, jacobian, odds)
        for i in range(n):
            f[i] = -jacobian[SHARE, i]
        _step(jacobian, f, tangent)
        most = 1e-300
        for i in range(n):
            most = max(most, abs(tangent[i]))
        step = min(step, min(1.0 - y[n], LONGEST / most))
        good, turn = False, 0
        _move(y, step, tangent, trial)
        trial[n] = y[n] + step
        for turn in range(NEWTON_STEPS):  # noqa: B007
            violation = _bayes(b, prior, trial, f, jacobian, odds)
            upright = _step(jacobian, f, way) > 0.0
            if violation <= NEAR * scale:
                good = upright
                break
            _move(trial, -1.0, way, trial)
        for i in range(n):
            good = good and abs(trial[i] - y[i] - step * tangent[i]) <= 0.5 * LONGEST
        if good:
            for i in range(n + 1):
                y[i] = trial[i]
            if 1.0 - y[n] < 1e-12:
                y[n] = 1.0
            step *= 2.0 if turn <= 3 else 1.0
        else:
            step *= 0.5


@inner_exact
def continued(
    b: Fiber, part: Fiber, v: Curve, node: int, scale: float, wanted: Any, y: Any, odds: Any
) -> float:  # fmt: skip
    """Fill y (n + 1,) and the chances with the solution continued from lambda = 0; returns its violation.

    Args:
        part, v: room for the fiber at a smaller lambda, and for its curve.
        scale: largest |lambda Q|.
        wanted: (B,) all false.
    """
    small()
    n, prior = b.weight.size, b.axis[LOG_ODDS, node]
    for i in range(n):
        y[i] = prior
    y[n] = 0.0
    jump = BEYOND
    for _ in range(MOST_TURNS):
        _grown(b, prior, scale, y, odds)
        if y[n] >= 1.0:
            break
        share = min(1.0, y[n] * (1.0 + jump))
        scale_fiber(b, share, part)
        wanted[node] = True
        trace(part, v, wanted, scale, y)
        wanted[node] = False
        if v.solved[node]:
            for i in range(n):
                y[i] = v.posterior[node, i]
            y[n], jump = share, BEYOND
        else:
            jump *= 4.0
    y[n] = 1.0
    return _polished(b, prior, y, odds, scale)


@inner_exact
def _anywhere(b: Fiber, v: Curve, prior: float, y: Any, odds: Any, scale: float, failed: float) -> bool:
    """Fill y and the chances with any solution: from the prior, or from those of the other nodes of the fiber."""
    small()
    n, size = b.weight.size, b.axis.shape[1]
    for start in range(size):
        if start > 0 and not v.solved[start]:
            continue
        for i in range(n):
            y[i] = v.posterior[start, i] if start > 0 else prior
        y[n] = 1.0
        if _polished(b, prior, y, odds, scale) <= failed * scale:
            return True
    return False


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
    size, stride = axis.size, axis.stride
    b, part = make_fiber(axis, weight), make_fiber(axis, weight)
    n = b.weight.size
    v, beyond = make_curve(n, size), make_curve(n, size)
    wanted, none = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    y, odds, cell = np.empty(n + 1), np.empty((2, n)), np.empty(n, np.int64)
    any_first = np.empty(0)
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
        scale = load_fiber(b, np.float64(sharp), worth, row, first, stride)
        whole = trace(b, v, wanted, scale, any_first)
        for j in range(size):
            if not wanted[j]:
                continue
            lane, prior = first + j * stride, axis.log_odds[j]
            several += int(v.found[j] > 1)
            if not (whole and v.found[j] == 1 and v.solved[j]):
                good = continued(b, part, beyond, j, scale, none, y, odds) <= failed * scale
                if not good and not v.solved[j]:
                    good = _anywhere(b, v, prior, y, odds, scale, failed)
                    several += int(good and v.found[j] <= 1)  # it may not be the one that continues from 0
                if good:
                    for i in range(n):
                        cell[i] = cell_of(axis.log_odds, size, y[i])
                    put(b, first, stride, lane, cell, y, odds, prior, weight.size, chance, after, low, up)
                    continue
                several += 0 if v.solved[j] else UNSOLVED
            put(
                b, first, stride, lane, v.where[j], v.posterior[j], v.chances[j], prior, weight.size, chance, after,
                low, up,
            )  # fmt: skip
    return several

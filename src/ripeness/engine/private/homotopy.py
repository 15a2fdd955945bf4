"""The solution of an informed choice that is continued from lambda = 0, where there may be several.

At lambda = 0 nobody learns anything. The curve of solutions (posteriors after all actions, lambda) is followed from
there by arc length: predictor along the tangent, Newton steps back to the curve across it, so that turns of the curve,
where lambda falls for a while, are passed. The solution is where lambda first reaches its value. Only fibers whose
tables do not increase (`choice`) come here.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.geometry import Geometry, cell_of
from ripeness.engine.private.many import eliminate

MOST_STEPS = 4000
POLISHING = 200
CORRECTIONS = 12
CLOSE = 1e-12
"""Largest violation of Bayes' rule at the end, relative to lambda |Q|, in log-odds."""
FAILED = 1e-8
"""A violation above this, relative to lambda |Q|, is no solution."""
FAILED_SINGLE = 1e-6
"""The same where payoffs are in single precision, whose rounding is of that size."""
SMALLEST = 1e-7
"""Arc length at which a corner of the curve is taken for what it is: nodes make the curve piecewise smooth."""
APART = 1e-5
"""Solutions nearer to each other than this, in log-odds, are the same."""
FARTHEST = 100.0
"""Log-odds beyond which nothing is looked for, besides what payoffs can add."""
OUTWARD = 12
"""Points of a scan beyond the outermost nodes, each twice as far away as the one before."""
UNSOLVED = 1 << 20
"""Added to what `followed` returns where no solution was found to that accuracy."""


@inner_exact
def _worths(
    g: Geometry, side: int, worth: Any, a: int, row: int, fiber: int, stride: int, log_odds: float
) -> tuple[int, float, float, float, float, float, float]:
    """Cell, chance of the upper vertex by type, Q by type of action a at given log-odds, and their slopes."""
    small()
    cell = cell_of(g.log_odds[side], g.size[side], log_odds)
    e = math.exp(min(max(log_odds - g.origin[side, cell], -500.0), 500.0))
    up0, up1 = g.s0[side, cell] + g.t0[side, cell] * e, g.s1[side, cell] + g.t1[side, cell] / e
    below = fiber + cell * stride
    rise0 = worth[a, row, below + stride] - worth[a, row, below]
    rise1 = worth[a, row + 1, below + stride] - worth[a, row + 1, below]
    return (
        cell, up0, up1, worth[a, row, below] + up0 * rise0, worth[a, row + 1, below] + up1 * rise1,
        g.t0[side, cell] * e * rise0, -g.t1[side, cell] / e * rise1,
    )  # fmt: skip


@inner_exact
def _bayes(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, f: Any, jacobian: Any, chance: Any,
) -> float:  # fmt: skip
    """Violation f of Bayes' rule at y = (posteriors, share of lambda times `unit`); its Jacobian; its largest value."""
    small()
    share = y[n] / unit
    sharp = share * lam
    q, slope = np.empty((2, n)), np.empty((2, n))
    for i in range(n):
        _, _, _, q[0, i], q[1, i], slope[0, i], slope[1, i] = _worths(
            g, side, worth, action[i], row, fiber, stride, y[i]
        )
    sums, means = np.empty(2), np.zeros(2)
    for k in range(2):
        best, total = -1e300, 0.0
        for i in range(n):
            best = max(best, sharp * q[k, i])
        for i in range(n):
            chance[k, i] = weight[action[i]] * math.exp(sharp * q[k, i] - best)
            total += chance[k, i]
        sums[k] = best + math.log(total)
        for i in range(n):
            chance[k, i] /= total
            means[k] += chance[k, i] * q[k, i]
    zeta, worst = sums[1] - sums[0], 0.0
    for i in range(n):
        f[i] = y[i] - prior - sharp * (q[1, i] - q[0, i]) + zeta
        worst = max(worst, abs(f[i]))
        for j in range(n):
            jacobian[i, j] = sharp * (chance[1, j] * slope[1, j] - chance[0, j] * slope[0, j])
        jacobian[i, i] += 1.0 - sharp * (slope[1, i] - slope[0, i])
        jacobian[i, n] = lam / unit * ((means[1] - q[1, i]) - (means[0] - q[0, i]))
    return worst


@inner_exact
def _normalise(way: Any) -> None:
    """Divide a direction by its length."""
    small()
    total = 0.0
    for i in range(way.size):
        total += way[i] * way[i]
    length = math.sqrt(total)
    for i in range(way.size):
        way[i] /= length


@inner_exact
def _farthest(x: Any, y: Any) -> float:
    """Largest distance along one coordinate."""
    small()
    most = 0.0
    for i in range(x.size):
        most = max(most, abs(x[i] - y[i]))
    return most


@inner_exact
def _turned(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, tangent: Any, trial: Any, f: Any, jacobian: Any, chance: Any,
    scale: float,
) -> bool:  # fmt: skip
    """Find a point of the curve beyond the corner at y, off the way it came; left in `trial`."""
    small()
    beyond, way = np.empty(n + 1), np.empty(n + 1)
    for reach in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
        for coordinate in range(-1, n):
            beyond[:] = y + reach * tangent
            if coordinate >= 0:  # the cell on the other side of one posterior alone
                beyond[:] = y
                beyond[coordinate] += reach * (1.0 if tangent[coordinate] > 0.0 else -1.0)
            _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, prior, beyond, unit, f, jacobian, chance)
            jacobian[n] = 0.0
            if coordinate >= 0:
                jacobian[n, coordinate] = 1.0
            else:
                jacobian[n] = tangent
            way[:] = 0.0
            way[n] = 1.0
            eliminate(jacobian, way)
            _normalise(way)
            for sign in (1.0, -1.0):
                trial[:] = y + sign * reach * way
                worst = 1e300
                for _ in range(CORRECTIONS):
                    worst = _bayes(
                        g, side, n, action, weight, worth, row, fiber, stride, lam, prior, trial, unit, f, jacobian,
                        chance,
                    )  # fmt: skip
                    if worst <= 1e-9 * scale:
                        break
                    jacobian[n] = way
                    f[n] = -sign * reach
                    for i in range(n + 1):
                        f[n] += way[i] * (trial[i] - y[i])
                    eliminate(jacobian, f)
                    trial -= f
                moved, along = 0.0, 0.0
                for i in range(n + 1):
                    moved += (trial[i] - y[i]) ** 2
                    along += (trial[i] - y[i]) * tangent[i]
                moved = math.sqrt(moved)
                if worst <= 1e-9 * scale and 0.5 * reach < moved < 3.0 * reach and along > -0.99 * moved:
                    return True
    return False


@inner_exact
def _polished(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, f: Any, jacobian: Any, chance: Any, trial: Any, spare: Any,
    scale: float,
) -> float:  # fmt: skip
    """Newton's method at the given lambda from y, with shorter steps where the full one does not help."""
    small()
    tried_f = np.empty(n + 1)
    worst = _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance)
    for _ in range(POLISHING):
        if worst <= CLOSE * scale:
            break
        for i in range(n):
            jacobian[i, n] = jacobian[n, i] = 0.0
        jacobian[n, n], f[n] = 1.0, 0.0
        eliminate(jacobian, f)
        cut, improved = 1.0, False
        for _ in range(40):
            trial[:] = y - cut * f
            tried = _bayes(
                g, side, n, action, weight, worth, row, fiber, stride, lam, prior, trial, unit, tried_f, spare, chance
            )
            if tried < worst:
                improved = True
                break
            cut *= 0.5
        if not improved:
            break
        y[:] = trial
        worst = _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance)
    return worst


@inner_exact
def _pivoted(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, f: Any, jacobian: Any, chance: Any, pivot: int, at: float,
) -> float:  # fmt: skip
    """Excess of the prior that would leave the belief `at` after one action; y is filled with what the others leave."""
    small()
    _, _, _, q0, q1, _, _ = _worths(g, side, worth, action[pivot], row, fiber, stride, at)
    c = at - lam * (q1 - q0)
    y[n] = unit
    for i in range(n):
        y[i] = at
        if i != pivot:
            left, right = -4.0 * lam - FARTHEST, 4.0 * lam + FARTHEST
            for _ in range(200):
                y[i] = 0.5 * (left + right)
                _, _, _, q0, q1, _, _ = _worths(g, side, worth, action[i], row, fiber, stride, y[i])
                if y[i] - lam * (q1 - q0) < c:
                    left = y[i]
                else:
                    right = y[i]
    _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance)
    return float(f[pivot])


@inner_exact
def _bracketed(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, f: Any, jacobian: Any, chance: Any, scale: float,
) -> float:  # fmt: skip
    """A solution by halving, for where no curve could be followed; returns the violation that is left.

    The belief after one action determines all others where these have increasing tables; a scan of it brackets a root.
    The bracket nearest to the prior is taken.
    """
    small()
    size = g.size[side]
    best, kept = 1e300, y.copy()
    for pivot in range(n):
        nearest, left, right = 1e300, 0.0, 0.0
        before, excess = 0.0, 0.0
        for number in range(2 * size + 2 * OUTWARD - 5):
            if number < OUTWARD:
                at = g.log_odds[side, 1] - 2.0 ** (OUTWARD - 1 - number)
            elif number >= OUTWARD + 2 * size - 5:
                at = g.log_odds[side, size - 2] + 2.0 ** (number - OUTWARD - 2 * size + 5)
            else:
                j = 1 + (number - OUTWARD) // 2
                at = g.log_odds[side, j]
                if (number - OUTWARD) % 2 == 1:
                    at = 0.5 * (at + g.log_odds[side, j + 1])
            here = _pivoted(
                g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance, pivot,
                at,
            )  # fmt: skip
            if number > 0 and (here > 0.0) != (excess > 0.0) and abs(0.5 * (at + before) - prior) < nearest:
                nearest, left, right = abs(0.5 * (at + before) - prior), before, at
            before, excess = at, here
        if nearest == 1e300:
            continue
        rises = _pivoted(
            g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance, pivot,
            right,
        ) > 0.0  # fmt: skip
        for _ in range(200):
            middle = 0.5 * (left + right)
            over = _pivoted(
                g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance, pivot,
                middle,
            ) > 0.0  # fmt: skip
            if over == rises:
                right = middle
            else:
                left = middle
        worst = _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, prior, y, unit, f, jacobian, chance)
        if worst < best:
            best = worst
            for i in range(n + 1):
                kept[i] = y[i]
        if best <= FAILED * scale:
            break
    for i in range(n + 1):
        y[i] = kept[i]
    return best


@inner_exact
def _others(
    g: Geometry, side: int, n: int, action: Any, weight: Any, worth: Any, row: int, fiber: int, stride: int,
    lam: float, prior: float, y: Any, unit: float, f: Any, spare: Any, chance: Any, trial: Any, jacobian: Any,
    scale: float, found: Any,
) -> bool:  # fmt: skip
    """Whether Newton's method, from every node and from the middle of every cell, finds a solution other than y."""
    small()
    size = g.size[side]
    for twice in range(2, 2 * size - 3):
        j = twice // 2
        from_here = g.log_odds[side, j]
        if twice % 2 == 1:
            from_here = 0.5 * (from_here + g.log_odds[side, j + 1])
        for i in range(n):
            found[i] = from_here
        found[n] = unit
        worst = _polished(
            g, side, n, action, weight, worth, row, fiber, stride, lam, prior, found, unit, f, spare, chance, trial,
            jacobian, scale,
        )  # fmt: skip
        if worst <= FAILED * scale and _farthest(found, y) > APART:
            return True
    return False


@inner_exact
def followed(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, row: int, sharp: Any, lane: int, at: int,
    prior: Any, crossings: int, chance: Any, after: Any, low: Any, up: Any,
) -> int:  # fmt: skip
    """Fill one lane of a choice with the solution continued from lambda = 0; returns 1 where there are several.

    Args:
        crossings: how many solutions the tables of the fast way showed.
    """
    small()
    stride = g.stride[side]
    fiber = lane - at * stride
    action, n = np.empty(n_actions, np.int64), 0
    for a in range(n_actions):
        if weight[a] > 0.0:
            action[n] = a
            n += 1
    lam, start = float(sharp), float(prior)
    scale, failed = 1.0, FAILED if worth.itemsize == 8 else FAILED_SINGLE
    for i in range(n):
        for j in range(g.size[side]):
            k = fiber + j * stride
            scale = max(scale, lam * abs(worth[action[i], row, k]), lam * abs(worth[action[i], row + 1, k]))
    y, trial, f = np.full(n + 1, start), np.empty(n + 1), np.zeros(n + 1)
    jacobian, spare = np.zeros((n + 1, n + 1)), np.zeros((n + 1, n + 1))
    odds = np.empty((2, n))
    tangent, last = np.zeros(n + 1), np.zeros(n + 1)
    y[n], last[n] = 0.0, 1.0
    unit = scale
    step, length = 0.01, 0
    while 0.0 <= y[n] < unit and length < MOST_STEPS:
        length += 1
        _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, jacobian, odds)
        jacobian[n] = last
        tangent[:] = 0.0
        tangent[n] = 1.0
        eliminate(jacobian, tangent)
        _normalise(tangent)
        while True:
            trial[:] = y + step * tangent
            done = False
            turn = 0
            for turn in range(CORRECTIONS):  # noqa: B007
                worst = _bayes(
                    g, side, n, action, weight, worth, row, fiber, stride, lam, start, trial, unit, f, spare, odds
                )
                if worst <= 1e-9 * scale:
                    done = True
                    break
                spare[n] = tangent
                f[n] = 0.0
                for i in range(n + 1):
                    f[n] += tangent[i] * (trial[i] - y[i])
                f[n] -= step
                eliminate(spare, f)
                trial -= f
            bend = 0.0
            for i in range(n + 1):
                bend += (trial[i] - y[i]) * tangent[i]
            if done and bend > 0.5 * step and _farthest(trial, y) < 2.0 * step:
                if turn <= 3:
                    step *= 1.6
                break
            step *= 0.5
            if step < SMALLEST:
                break
        if step < SMALLEST:  # a corner: the curve leaves it in a direction of its own
            if not _turned(
                g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, tangent, trial, f,
                jacobian, odds, scale,
            ):  # fmt: skip
                break
            tangent[:] = trial - y
            _normalise(tangent)
            step = 0.01
        last[:] = tangent
        if trial[n] >= unit:  # between y and trial: the point at lambda itself, by Newton from the chord
            part = (unit - y[n]) / (trial[n] - y[n])
            y[:] = y + part * (trial - y)
            break
        y[:] = trial
    arrived = y[n] >= 0.0 and length < MOST_STEPS
    y[n] = unit
    worst = _polished(
        g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds, trial, jacobian,
        scale,
    )  # fmt: skip
    if not arrived or worst > failed * scale:  # the curve was lost: Newton from every node
        nearest = 1e300
        kept = y.copy()
        for j in range(1, g.size[side] - 1):
            y[:n] = g.log_odds[side, j]
            y[n] = unit
            found = _polished(
                g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds, trial,
                jacobian, scale,
            )  # fmt: skip
            away = 0.0
            for i in range(n):
                away += abs(y[i] - start)
            if found <= failed * scale and away < nearest:
                nearest, worst = away, found
                kept[:] = y
        y[:] = kept
        worst = _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds)
        if worst > failed * scale:
            worst = _bracketed(
                g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds, scale
            )
    several = crossings > 1 or _others(
        g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds, trial, jacobian,
        scale, tangent,
    )  # fmt: skip
    _bayes(g, side, n, action, weight, worth, row, fiber, stride, lam, start, y, unit, f, spare, odds)
    for a in range(n_actions):
        if weight[a] <= 0.0:
            chance[a, lane] = chance[n_actions + a, lane] = 0.0
            after[a, 0, lane], low[a, lane] = start, lane
            up[2 * a, lane] = up[2 * a + 1, lane] = 0.0
    for i in range(n):
        a = action[i]
        chance[a, lane], chance[n_actions + a, lane] = odds[0, i], odds[1, i]
        cell, up0, up1, _, _, _, _ = _worths(g, side, worth, a, row, fiber, stride, y[i])
        after[a, 0, lane], low[a, lane] = y[i], fiber + cell * stride
        up[2 * a, lane], up[2 * a + 1, lane] = up0, up1
    return int(several) + (UNSOLVED if worst > failed * scale else 0)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def follow(
    g: Geometry, side: int, weight: Any, worth: Any, row: int, sharp: Any, lanes: int, hard: Any, crossed: Any,
    chance: Any, after: Any, low: Any, up: Any,
) -> int:  # fmt: skip
    """Fill the hard lanes of a choice; returns at how many there are several solutions, see `UNSOLVED`.

    Args:
        worth: (A, rows, L); worth[a, row + k] is Q of type k for action a.
        hard, crossed: (L,) which lanes, and how many solutions the tables of their fiber show.
        chance, after, low, up: of a `Choice`.
    """
    several, joint = 0, g.at.shape[1]
    for lane in range(lanes):
        if hard[lane]:
            at = g.at[side, lane % joint]
            several += followed(
                g, side, weight.size, weight, worth, row, sharp, lane, at, g.log_odds[side, at], crossed[lane], chance,
                after, low, up,
            )  # fmt: skip
    return several

"""The informed choice of a side with more than two types: Newton's method in log-odds, lane by lane.

Unknown are the log-odds of every type, against the likeliest one, after every action. Newton starts from the belief
that one substitution gives; where it fails, lambda grows from zero by steps as long as they succeed, and every solution
is the next one's start. Where no step does, what damped substitution finds just beyond is gone on with.
Meant for small games: no table of the fiber can be inverted here as with two types.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.geometry import Geometry, simplex_cell
from ripeness.engine.private.homotopy import UNSOLVED

NEWTON_STEPS, FREELY = 60, 15
FIRST, SHORTEST, BEYOND = 1e-2, 1e-5, 1e-3
"""Steps of the growing lambda, relative to it: the first; one that shows a turn; and the one over a turn."""
LONGEST = 1.0
"""How far log-odds may move in one such step."""
MOST_STEPS, MOST_TURNS = 400, 20
DAMPING, SUBSTITUTIONS = 0.3, 300
IMPOSSIBLE = 1e-300
"""Less is the probability of a type that is impossible."""
LEAST, ROUNDING = 1e-8, 1e-13
"""Least probability of a possible type in a lottery, and how far from one probabilities may sum."""
STEP = 1e-9
"""Step of the numerical Jacobian, in log-odds."""
CLOSE = 1e-12
"""Largest violation of Bayes' rule, relative to lambda |Q|, in log-odds."""
GOOD = 1e-9
"""A violation below this is a solution, from which to go on."""
OFF = 1e-5
"""A belief may be so far from Bayes' rule where no better is found: kinks of the grid lie close to certainty."""
NEVER = -700.0
"""Log-odds of a type that has probability zero."""


@inner_exact
def believed(log_odds: Any, belief: Any) -> None:
    """Probabilities from log-odds against any common reference."""
    best, total = log_odds[0], 0.0
    for k in range(belief.size):
        best = max(best, log_odds[k])
    for k in range(belief.size):
        belief[k] = math.exp(log_odds[k] - best) if log_odds[k] > NEVER else 0.0
        total += belief[k]
    for k in range(belief.size):
        belief[k] /= total


@inner_exact
def lottery(g: Geometry, side: int, belief: Any, vertex: Any, weight: Any, chance: Any) -> None:
    """Vertices of the public lottery at a belief, and the probability (K, K) of each given the type.

    A type that is possible counts as at least LEAST: from far smaller beliefs its odds could not be told in numbers.
    """
    small()
    kinds = belief.size
    held, total = np.empty(kinds), 0.0
    for k in range(kinds):
        held[k] = max(belief[k], LEAST) if belief[k] > IMPOSSIBLE else 0.0
        total += held[k]
    for k in range(kinds):
        held[k] = belief[k] if total <= 1.0 + ROUNDING else held[k] / total
    simplex_cell(held, g.resolution[side], g.binomial, vertex, weight)
    for k in range(kinds):
        for v in range(kinds):
            if held[k] > 0.0:
                chance[k, v] = weight[v] * g.nodes[side, vertex[v], k] / held[k]
            else:
                chance[k, v] = weight[v]


@inner_exact
def _worths(
    g: Geometry, side: int, worth: Any, a: int, row: int, fiber: int, stride: int, log_odds: Any, belief: Any,
    vertex: Any, weight: Any, chance: Any, out: Any,
) -> None:  # fmt: skip
    """Q of every type for action a at a posterior."""
    small()
    believed(log_odds, belief)
    kinds = belief.size
    if g.resolution[side] == 1:  # the lottery ends in certainty of one type
        for k in range(kinds):
            out[k] = 0.0
            for v in range(kinds if belief[k] <= 0.0 else 1):
                known = k if belief[k] > 0.0 else v
                share = 1.0 if belief[k] > 0.0 else belief[v]
                out[k] += share * worth[a, row + k, fiber + (kinds - 1 - known) * stride]
        return
    lottery(g, side, belief, vertex, weight, chance)
    for k in range(belief.size):
        total = 0.0
        for v in range(belief.size):
            if weight[v] > 0.0:
                total += chance[k, v] * worth[a, row + k, fiber + vertex[v] * stride]
        out[k] = total


@inner_exact
def _bayes(n_actions: int, weight: Any, sharp: float, q: Any, prior: Any, x: Any, reference: int, f: Any) -> float:
    """f = x minus the log-odds that Bayes' rule gives; returns the largest of its absolute values."""
    small()
    kinds = prior.size
    share = np.empty(kinds)
    for k in range(kinds):
        best, total = -1e300, 0.0
        for a in range(n_actions):
            if weight[a] > 0.0:
                best = max(best, sharp * q[a, k])
        for a in range(n_actions):
            if weight[a] > 0.0:
                total += weight[a] * math.exp(sharp * q[a, k] - best)
        share[k] = best + math.log(total)
    worst = 0.0
    for a in range(n_actions):
        for k in range(kinds):
            f[a, k] = 0.0
            if weight[a] > 0.0 and k != reference and prior[k] > NEVER:
                told = sharp * (q[a, k] - q[a, reference]) - share[k] + share[reference]
                f[a, k] = x[a, k] - prior[k] - told
                worst = max(worst, abs(f[a, k]))
    return worst


@inner_exact
def eliminate(a: Any, b: Any) -> None:
    """Solve a x = b in place by Gauss's elimination with pivots; the solution is left in b."""
    small()
    n = b.size
    for i in range(n):
        pivot = i
        for j in range(i + 1, n):
            if abs(a[j, i]) > abs(a[pivot, i]):
                pivot = j
        if pivot != i:
            for c in range(i, n):
                a[i, c], a[pivot, c] = a[pivot, c], a[i, c]
            b[i], b[pivot] = b[pivot], b[i]
        if a[i, i] == 0.0:
            a[i, i] = 1e-300
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


@inner_exact
def choose_many(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, row: int, sharp: Any, lane: int, at: int,
    chance: Any, after: Any,
) -> int:  # fmt: skip
    """Informed choice at one lane; returns 1 where Newton alone finds no solution, see `homotopy.UNSOLVED`.

    Args:
        worth: (A, rows, L); worth[a, row + k] is Q of type k for action a.
        chance, after: rows of a `Choice`, filled; log-odds after an action are against type 0.
    """
    small()
    kinds = g.kinds[side]
    stride = g.stride[side]
    fiber = lane - at * stride
    lam = float(sharp)
    reference, scale = 0, 1.0
    prior = np.empty(kinds)
    for k in range(kinds):
        if g.nodes[side, at, k] > g.nodes[side, at, reference]:
            reference = k
    n_known = 0
    for k in range(kinds):
        share = g.nodes[side, at, k]
        prior[k] = math.log(share / g.nodes[side, at, reference]) if share > 0.0 else NEVER - 1.0
        n_known += int(share > 0.0)
    for a in range(n_actions):
        for k in range(kinds):
            scale = max(scale, lam * abs(worth[a, row + k, lane]))
    x, q, f = np.empty((n_actions, kinds)), np.zeros((n_actions, kinds)), np.zeros((n_actions, kinds))
    belief, weights, odds = np.empty(kinds), np.empty(kinds), np.empty((kinds, kinds))
    vertex = np.empty(kinds, np.int64)
    for a in range(n_actions):
        x[a] = prior
    several, residual = 0, 1e300
    if n_known > 1:
        residual = _newton(g, side, n_actions, weight, worth, row, fiber, stride, lam, prior, reference, scale, x, q,
                           f, belief, vertex, weights, odds)  # fmt: skip
        if residual > GOOD * scale:
            several = 1
            residual = _continued(g, side, n_actions, weight, worth, row, fiber, stride, lam, prior, reference, scale,
                                  x, q, f, belief, vertex, weights, odds)  # fmt: skip
            if residual > GOOD * scale:
                several += UNSOLVED if _off(x, f, belief) > OFF else 0
    for a in range(n_actions):
        if weight[a] > 0.0:
            _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, q[a])
    for k in range(kinds):
        best, total = -1e300, 0.0
        for a in range(n_actions):
            if weight[a] > 0.0:
                best = max(best, lam * q[a, k])
        for a in range(n_actions):
            if weight[a] > 0.0:
                total += weight[a] * math.exp(lam * q[a, k] - best)
        for a in range(n_actions):
            chosen = weight[a] * math.exp(lam * q[a, k] - best) / total if weight[a] > 0.0 else 0.0
            chance[k * n_actions + a, lane] = chosen
    for a in range(n_actions):
        for k in range(1, kinds):
            after[a, k - 1, lane] = max(x[a, k] - x[a, 0], NEVER - 1.0)
    return several


@inner_exact
def _continued(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, row: int, fiber: int, stride: int, lam: float,
    prior: Any, reference: int, scale: float, x: Any, q: Any, f: Any, belief: Any, vertex: Any, weights: Any, odds: Any,
) -> float:  # fmt: skip
    """Let lambda grow from zero; x is where it ends. Returns the largest violation that is left."""
    small()
    for a in range(n_actions):
        x[a] = prior
    before, done, step, turns, beyond, residual = x.copy(), 0.0, FIRST, 0, BEYOND, 0.0
    for _ in range(MOST_STEPS):
        if done >= 1.0 or turns > MOST_TURNS:
            break
        over = step < SHORTEST
        here = min(1.0, done + (beyond if over else step))
        before[:] = x
        if over:
            _substituted(g, side, n_actions, weight, worth, row, fiber, stride, here * lam, prior, reference, x, q, f,
                         belief, vertex, weights, odds)  # fmt: skip
        residual = _newton(g, side, n_actions, weight, worth, row, fiber, stride, here * lam, prior, reference, scale,
                           x, q, f, belief, vertex, weights, odds)  # fmt: skip
        if residual <= GOOD * scale and (over or np.abs(x - before).max() <= LONGEST):
            done, step, beyond = here, FIRST if over else 1.6 * step, BEYOND
        else:
            x[:] = before
            step *= 0.5
            beyond *= 4.0 if over else 1.0
        turns += int(over)
    if done < 1.0:
        _substituted(g, side, n_actions, weight, worth, row, fiber, stride, lam, prior, reference, x, q, f, belief,
                     vertex, weights, odds)  # fmt: skip
        residual = _newton(g, side, n_actions, weight, worth, row, fiber, stride, lam, prior, reference, scale, x, q, f,
                           belief, vertex, weights, odds)  # fmt: skip
    return residual


@inner_exact
def _off(x: Any, f: Any, belief: Any) -> float:
    """How far probabilities after an action are from Bayes' rule at most."""
    small()
    worst = 0.0
    for a in range(x.shape[0]):
        believed(x[a], belief)
        for k in range(belief.size):
            worst = max(worst, belief[k] * abs(f[a, k]))
    return worst


@inner_exact
def _substituted(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, row: int, fiber: int, stride: int, lam: float,
    prior: Any, reference: int, x: Any, q: Any, f: Any, belief: Any, vertex: Any, weights: Any, odds: Any,
) -> None:  # fmt: skip
    """Move x a part of the way to what Bayes' rule makes of it, again and again."""
    small()
    for _ in range(SUBSTITUTIONS):
        for a in range(n_actions):
            if weight[a] > 0.0:
                _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, q[a])
        _bayes(n_actions, weight, lam, q, prior, x, reference, f)
        x -= DAMPING * f


@inner_exact
def _newton(
    g: Geometry, side: int, n_actions: int, weight: Any, worth: Any, row: int, fiber: int, stride: int, lam: float,
    prior: Any, reference: int, scale: float, x: Any, q: Any, f: Any, belief: Any, vertex: Any, weights: Any, odds: Any,
) -> float:  # fmt: skip
    """Solve Bayes' rule from x; returns the largest violation that is left."""
    small()
    kinds = prior.size
    known = np.empty(n_actions * kinds, np.int64)
    n = 0
    for a in range(n_actions):
        for k in range(kinds):
            if weight[a] > 0.0 and k != reference and prior[k] > NEVER:
                known[n] = a * kinds + k
                n += 1
    shifted, moved, spare = np.empty((n_actions, kinds)), np.empty((n_actions, kinds)), np.empty(kinds)
    for a in range(n_actions):
        if weight[a] > 0.0:
            _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, q[a])
    residual = _bayes(n_actions, weight, lam, q, prior, x, reference, f)
    for _ in range(2):  # substitution ends the matter where values do not depend on the belief
        moved[:] = x - f
        for a in range(n_actions):
            if weight[a] > 0.0:
                _worths(g, side, worth, a, row, fiber, stride, moved[a], belief, vertex, weights, odds, q[a])
        tried = _bayes(n_actions, weight, lam, q, prior, moved, reference, shifted)
        if tried < residual:
            x[:] = moved
            f[:] = shifted
            residual = tried
    jacobian, right = np.empty((n, n)), np.empty(n)
    best, least, freely = x.copy(), residual, 0
    for _ in range(NEWTON_STEPS):
        if residual <= CLOSE * scale:
            break
        for a in range(n_actions):
            if weight[a] > 0.0:
                _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, q[a])
        for c in range(n):
            a, k = known[c] // kinds, known[c] % kinds
            kept = q[a].copy()
            x[a, k] += STEP
            _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, spare)
            q[a] = spare
            _bayes(n_actions, weight, lam, q, prior, x, reference, shifted)
            for i in range(n):
                b, kind = known[i] // kinds, known[i] % kinds
                jacobian[i, c] = (shifted[b, kind] - f[b, kind]) / STEP
            x[a, k] -= STEP
            q[a] = kept
        for i in range(n):
            right[i] = f[known[i] // kinds, known[i] % kinds]
        eliminate(jacobian, right)
        length, better = 1.0, False
        for _ in range(30):
            moved[:] = x
            for c in range(n):
                moved[known[c] // kinds, known[c] % kinds] -= length * right[c]
            for a in range(n_actions):
                if weight[a] > 0.0:
                    _worths(g, side, worth, a, row, fiber, stride, moved[a], belief, vertex, weights, odds, q[a])
            tried = _bayes(n_actions, weight, lam, q, prior, moved, reference, shifted)
            if tried < residual:
                better = True
                break
            length *= 0.5
        if not better:  # at a kink no step along the slope of one side helps: go over it
            freely += 1
            if freely > FREELY:
                break
            for c in range(n):
                step = min(max(right[c], -LONGEST), LONGEST)
                moved[known[c] // kinds, known[c] % kinds] = x[known[c] // kinds, known[c] % kinds] - step
            for a in range(n_actions):
                if weight[a] > 0.0:
                    _worths(g, side, worth, a, row, fiber, stride, moved[a], belief, vertex, weights, odds, q[a])
            tried = _bayes(n_actions, weight, lam, q, prior, moved, reference, shifted)
        x[:] = moved
        f[:] = shifted
        residual = tried
        if residual < least:
            best[:], least = x, residual
    if least < residual:
        x[:] = best
        for a in range(n_actions):
            if weight[a] > 0.0:
                _worths(g, side, worth, a, row, fiber, stride, x[a], belief, vertex, weights, odds, q[a])
        residual = _bayes(n_actions, weight, lam, q, prior, x, reference, f)
    return residual


@nb.njit(nogil=True, cache=True, error_model="numpy")
def choose_many_lanes(
    g: Geometry, side: int, weight: Any, worth: Any, row: int, sharp: Any, lanes: int, chance: Any, after: Any
) -> int:  # fmt: skip
    """Informed choice at every lane; returns at how many there may be several solutions."""
    several, joint = 0, g.at.shape[1]
    for lane in range(lanes):
        at = g.at[side, lane % joint]
        several += choose_many(g, side, weight.size, weight, worth, row, sharp, lane, at, chance, after)
    return several


@nb.njit(nogil=True, cache=True, error_model="numpy")
def mean_many(
    g: Geometry, side: int, n_actions: int, chance: Any, after: Any, leads_to: Any, lanes: int, out: Any
) -> None:  # fmt: skip
    """Value of every row before an informed choice; action a leads to leads_to[a] (R, L)."""
    kinds, stride, joint = g.kinds[side], g.stride[side], g.at.shape[1]
    log_odds, belief, weights = np.zeros(kinds), np.empty(kinds), np.empty(kinds)
    odds, vertex = np.empty((kinds, kinds)), np.empty(kinds, np.int64)
    own = np.ascontiguousarray(g.own[:, side])
    for r in range(out.shape[0]):
        for lane in range(lanes):
            out[r, lane] = 0.0
    for lane in range(lanes):
        node = lane % joint
        at = g.at[side, node]
        fiber = lane - at * stride
        for a in range(n_actions):
            reached = 0.0
            for k in range(kinds):
                reached += chance[k * n_actions + a, lane]
            if reached <= 0.0:
                continue
            if g.resolution[side] == 1:  # every act is followed by certainty of the type
                for r in range(out.shape[0]):
                    worth = leads_to[a, r]
                    for k in range(kinds):
                        to = lane if at < kinds else fiber + (kinds - 1 - k) * stride
                        out[r, lane] += own[r, k, node] * chance[k * n_actions + a, lane] * worth[to]
                continue
            for k in range(1, kinds):
                log_odds[k] = after[a, k - 1, lane]
            believed(log_odds, belief)
            lottery(g, side, belief, vertex, weights, odds)
            for r in range(out.shape[0]):
                for v in range(kinds):
                    if weights[v] > 0.0:
                        share = 0.0
                        for k in range(kinds):
                            share += own[r, k, node] * chance[k * n_actions + a, lane] * odds[k, v]
                        out[r, lane] += share * leads_to[a, r, fiber + vertex[v] * stride]


@nb.njit(nogil=True, cache=True, error_model="numpy")
def reached_many(
    g: Geometry, side: int, n_actions: int, chance: Any, after: Any, lanes: int, vertex_out: Any, reach: Any
) -> None:  # fmt: skip
    """Where a choice leads: vertex (A, K, L), and the probability (K, A, K, L) of action and vertex by type."""
    kinds, stride, joint = g.kinds[side], g.stride[side], g.at.shape[1]
    log_odds, belief, weights = np.zeros(kinds), np.empty(kinds), np.empty(kinds)
    odds, vertex = np.empty((kinds, kinds)), np.empty(kinds, np.int64)
    for lane in range(lanes):
        fiber = lane - g.at[side, lane % joint] * stride
        for a in range(n_actions):
            for k in range(1, kinds):
                log_odds[k] = after[a, k - 1, lane]
            believed(log_odds, belief)
            lottery(g, side, belief, vertex, weights, odds)
            for v in range(kinds):
                vertex_out[a, v, lane] = fiber + vertex[v] * stride
                for k in range(kinds):
                    reach[k, a, v, lane] = chance[k * n_actions + a, lane] * odds[k, v] if weights[v] > 0.0 else 0.0

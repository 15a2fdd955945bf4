"""The informed choice of a side with more than two types, lane by lane, and where it leads.

Newton's method solves Bayes' rule (`bayes`) from the belief that substitution gives. Where it fails, `trail` follows
the solutions from precision 0. Meant for small games: no table of the fiber can be inverted here as with two types.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.bayes import EASE, ROUNDING, Informed, Place, evaluate, load, make_place, newton
from ripeness.engine.private.geometry import Geometry
from ripeness.engine.private.homotopy import UNSOLVED
from ripeness.engine.private.simplex import simplex_cell
from ripeness.engine.private.trail import continued, sharpened

ACCURATE, ROUNDINGS = 1e-10, 16.0
"""Payoffs are taken at beliefs that differ by no more from what Bayes' rule makes of the chances; or by so many
roundings of lambda Q, times the resolution. The beliefs that are handed on are always exactly Bayes'."""
ATTEMPTS = ((1e-4, 1.0), (1e-6, 0.5), (1e-4, 0.25), (1e-2, 0.25), (1e-5, 0.1), (1e-3, 0.1))
"""How far roundings may move log-odds while solutions are followed, which sets how much beliefs are mixed, and how fine
the steps are. Each is tried where those before it fail."""
MIXED = 1e-7
"""So much of all types may be mixed into the beliefs at which payoffs are taken, where digits allow no less."""
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
    """Vertices of the public lottery at a belief, and the probability (K, K) of each given the type."""
    small()
    kinds = belief.size
    simplex_cell(belief, g.resolution[side], g.binomial, vertex, weight)
    for k in range(kinds):
        total = 0.0
        for v in range(kinds):
            chance[k, v] = weight[v] * g.nodes[side, vertex[v], k]
            total += chance[k, v]
        for v in range(kinds):
            chance[k, v] = chance[k, v] / total if total > 0.0 else weight[v]


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
    kinds, stride = g.kinds[side], g.stride[side]
    fiber = lane - at * stride
    p = load(g, side, at, weight, worth, row, float(sharp), fiber, stride)
    s = make_place(p.worth.shape[0], p.prior.size)
    several = solve_bayes(p, s)
    told = np.empty(kinds)
    for a in range(n_actions):
        i = p.group[a]
        for k in range(kinds):
            chance[k * n_actions + a, lane] = 0.0
            told[k] = math.log(g.nodes[side, at, k]) if g.nodes[side, at, k] > 0.0 else 2.0 * NEVER
            if i >= 0 and g.nodes[side, at, k] > 0.0:
                told[k] += s.log_chance[i, p.first[k]]
                chance[k * n_actions + a, lane] = p.share[a] * math.exp(s.log_chance[i, p.first[k]])
        best = told.max()
        for k in range(1, kinds):
            after[a, k - 1, lane] = max(told[k] - best, NEVER - 1.0) - max(told[0] - best, NEVER - 1.0)
    for k in range(kinds):
        if g.nodes[side, at, k] <= 0.0:
            _choose_impossible(p, s, weight, worth, row + k, float(sharp), fiber, stride, chance[k * n_actions :, lane])
    return several


@inner_exact
def _choose_impossible(
    p: Informed, s: Place, weight: Any, worth: Any, row: int, sharp: float, fiber: int, stride: int, chance: Any
) -> None:  # fmt: skip
    """Chances of a type that nobody believes possible: it takes beliefs as they are."""
    small()
    best, total = -1e300, 0.0
    q = np.zeros(weight.size)
    for a in range(weight.size):
        i = p.group[a]
        if i >= 0:
            for v in range(p.prior.size):
                q[a] += s.weight[i, v] * worth[a, row, fiber + s.vertex[i, v] * stride]
            best = max(best, sharp * q[a])
    for a in range(weight.size):
        chance[a] = weight[a] * math.exp(sharp * q[a] - best) if weight[a] > 0.0 else 0.0
        total += chance[a]
    for a in range(weight.size):
        chance[a] /= total


@inner_exact
def solve_bayes(p: Informed, s: Place) -> int:
    """Let s be the solution of a choice; returns 1 where Newton alone finds none, plus `UNSOLVED` if nothing does."""
    small()
    noise = ROUNDINGS * ROUNDING * p.resolution * max(1.0, p.sharp)
    tolerance = max(ACCURATE, noise)
    for a in range(s.x.shape[0]):
        s.x[a], s.one[a] = p.prior, p.likeliest
    if p.prior.size == 1:
        evaluate(p, s, p.sharp, EASE, True)
        return 0
    worst = evaluate(p, s, p.sharp, EASE, True)
    for _ in range(2):  # substitution ends the matter where values do not depend on the belief
        kept = s.x.copy()
        s.x[:] = s.x - s.f
        tried = evaluate(p, s, p.sharp, EASE, True)
        if tried >= worst:
            s.x[:] = kept
            break
        worst = tried
    left = newton(p, s, p.sharp, EASE)
    if left <= tolerance:
        return 0
    best, one, held, mixed = s.x.copy(), s.one.copy(), EASE, MIXED
    end, any_x, any_one, found = max(noise, EASE), s.x.copy(), s.one.copy(), False
    for share, fine in ATTEMPTS:
        ease = min(max(noise / share, EASE), 1e-2)
        if continued(p, s, ease, fine) < 0:
            if not found and newton(p, s, p.sharp, EASE) <= tolerance:  # from where the curve was lost
                any_x[:], any_one[:], found = s.x, s.one, True
            continue
        kept, base, reached = s.x.copy(), s.one.copy(), ease
        now = newton(p, s, p.sharp, EASE)
        if now > tolerance:
            s.x[:], s.one[:] = kept, base
            if sharpened(p, s, ease, end, fine) >= 0:
                kept[:], base[:], reached = s.x, s.one, end
                now = newton(p, s, p.sharp, EASE)
        if now <= tolerance:
            return 1
        s.x[:], s.one[:] = kept, base
        now = newton(p, s, p.sharp, reached)
        if now <= tolerance and reached < mixed:
            left, held, mixed, best[:], one[:] = now, reached, reached, s.x, s.one
        if left <= tolerance and held <= end:
            break
    if left > tolerance and found:
        best[:], one[:], left = any_x, any_one, 0.0
    s.x[:], s.one[:] = best, one
    evaluate(p, s, p.sharp, held, True)
    return 1 + (UNSOLVED if left > tolerance else 0)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def choose_many_lanes(
    g: Geometry, side: int, weight: Any, worth: Any, row: int, sharp: Any, wide: int, states: int, chance: Any,
    after: Any,
) -> int:  # fmt: skip
    """Informed choice at the lanes of so many states; returns at how many there may be several solutions.

    Args:
        wide: states of a block of lanes, see `geometry.in_blocks`.
    """
    several, joint = 0, g.at.shape[1]
    for s in range(states):
        for node in range(s % wide, joint, wide):
            lane = s // wide * joint + node
            several += choose_many(
                g, side, weight.size, weight, worth, row, sharp, lane, g.at[side, node], chance, after
            )
    return several


@nb.njit(nogil=True, cache=True, error_model="numpy")
def mean_many(
    g: Geometry, side: int, n_actions: int, chance: Any, after: Any, leads_to: Any, lanes: int, out: Any
) -> None:  # fmt: skip
    """Value of every row before an informed choice; action a leads to leads_to[a] (R, L)."""
    kinds, stride, joint = g.kinds[side], g.stride[side], g.at.shape[1]
    log_odds, belief, weights = np.zeros(kinds), np.empty(kinds), np.empty(kinds)
    odds, vertex = np.empty((kinds, kinds)), np.empty(kinds, np.int64)
    first, end = np.zeros(out.shape[0], np.int64), np.zeros(out.shape[0], np.int64)  # types that a row may believe in
    for r in range(out.shape[0]):
        known = g.row_side[r] == side
        first[r], end[r] = g.row_type[r] if known else 0, g.row_type[r] + 1 if known else kinds
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
                    for k in range(first[r], end[r]):
                        to = lane if at < kinds else fiber + (kinds - 1 - k) * stride
                        out[r, lane] += g.own[r, side, k, node] * chance[k * n_actions + a, lane] * worth[to]
                continue
            for k in range(1, kinds):
                log_odds[k] = after[a, k - 1, lane]
            believed(log_odds, belief)
            lottery(g, side, belief, vertex, weights, odds)
            for r in range(out.shape[0]):
                for v in range(kinds):
                    if weights[v] > 0.0:
                        share = 0.0
                        for k in range(first[r], end[r]):
                            share += g.own[r, side, k, node] * chance[k * n_actions + a, lane] * odds[k, v]
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

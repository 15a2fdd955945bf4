"""Single informed choices of three and four types, up to best replies: every solution against the equations themselves.

The choice is taken from the engine's own kernel; lottery, payoffs and logit are written anew here from theory I.ii.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy import optimize, special

from ripeness.engine.private.geometry import Geometry, make_geometry
from ripeness.engine.private.homotopy import UNSOLVED
from ripeness.engine.private.many import choose_many_lanes
from tests.engine.typed_games import TypedGame, typed_game

FLOOR = 1e-10
"""Least probability of a type in the search: its payoff is a ratio of such numbers."""
NEARBY = 2e-7
"""Payoffs may be taken at beliefs that are that far from the posterior: `many.MIXED`, once for every type."""


class Solved(NamedTuple):
    unsolved: int
    prior: np.ndarray  # (B, K)
    chance: np.ndarray  # (B, K, A)
    posterior: np.ndarray  # (B, A, K)


def geometry(n_types: int, resolution: int) -> Geometry:
    """One side with types, one state: a lane is a node of its beliefs."""
    game = TypedGame(types=(n_types, 1, 1), shape=(1,), n_periods=1, resolution=resolution)
    return make_geometry(typed_game(0, game), np.dtype(np.float64))


def solve_choice(g: Geometry, weight: np.ndarray, worth: np.ndarray, precision: float) -> Solved:
    """The choice at every node; worth (A, B, K)."""
    n_actions, n_nodes, n_types = worth.shape
    chance, after = np.zeros((n_types * n_actions, n_nodes)), np.zeros((n_actions, n_types - 1, n_nodes))
    rows = np.ascontiguousarray(worth.transpose(0, 2, 1))
    found = choose_many_lanes(g, 0, weight, rows, 0, np.float64(precision), 1, 1, chance, after)
    log_odds = np.concatenate([np.zeros((n_actions, 1, n_nodes)), after], axis=1)
    by_type = chance.reshape(n_types, n_actions, n_nodes).transpose(2, 0, 1)
    posterior = special.softmax(log_odds, axis=1).transpose(2, 0, 1)
    return Solved(int(found) // UNSOLVED, g.nodes[0, :n_nodes, :n_types], by_type, posterior)


def lottery(belief: np.ndarray, resolution: int) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (K, K) of Freudenthal's cell around beliefs, as beliefs, and their weights."""
    n = belief.size
    y = resolution * np.append(np.cumsum(belief[::-1])[::-1][1:], 0.0)[: n - 1]
    low = np.floor(y)
    part = y - low
    order = np.argsort(-part, kind="stable")
    corners = np.repeat(low[None], n, axis=0)
    for v in range(1, n):
        corners[v:, order[v - 1]] += 1
    whole = np.column_stack([np.full(n, resolution), corners, np.zeros(n)])
    falling = part[order]
    return -np.diff(whole, axis=1) / resolution, np.append(1.0, falling) - np.append(falling, 0.0)


def payoffs(worth: np.ndarray, nodes: np.ndarray, belief: np.ndarray, resolution: int) -> np.ndarray:
    """(K,) of every type, after the lottery at a belief; worth (B, K)."""
    vertices, weight = lottery(belief, resolution)
    joint = weight[:, None] * vertices
    at = [
        int(np.abs(nodes - vertex).sum(axis=1).argmin()) if w > 0.0 else 0
        for vertex, w in zip(vertices, weight, strict=True)
    ]
    return (joint * worth[at]).sum(axis=0) / joint.sum(axis=0)


def range_of_payoffs(worth, nodes, belief, resolution, rng) -> tuple[np.ndarray, np.ndarray]:
    """Least and most (K,) that the types are paid at beliefs hardly different."""
    found = []
    for _ in range(60):
        size = NEARBY * 10.0 ** rng.uniform(-6.0, 0.0)
        near = belief + size * rng.dirichlet(np.full(belief.size, 0.5)) + 1e-3 * size
        found.append(payoffs(worth, nodes, near / near.sum(), resolution))
    return np.min(found, axis=0), np.max(found, axis=0)


def assert_solution(g: Geometry, weight, worth, precision: float, resolution: int, rng) -> None:
    """Beliefs are Bayes' of the chances, and chances the logit of payoffs at these beliefs."""
    solved = solve_choice(g, weight, worth, precision)
    assert solved.unsolved == 0
    np.testing.assert_allclose(solved.chance.sum(axis=2), 1.0, rtol=0.0, atol=1e-13)
    joint = solved.prior[:, :, None] * solved.chance
    told = solved.posterior * joint.sum(axis=1)[:, :, None]
    np.testing.assert_allclose(joint.transpose(0, 2, 1), told, rtol=0.0, atol=1e-13)
    inner = np.flatnonzero((solved.prior > 0.0).all(axis=1))
    for b in rng.choice(inner, min(inner.size, 4), replace=False):
        bounds = [
            range_of_payoffs(worth[a], solved.prior, solved.posterior[b, a], resolution, rng)
            for a in range(len(weight))
        ]
        low, high = np.array([x for x, _ in bounds]), np.array([x for _, x in bounds])
        for k in range(solved.prior.shape[1]):
            best = int(solved.chance[b, k].argmax())
            for a in range(len(weight)):
                if solved.chance[b, k, a] > 1e-300:  # smaller ones have lost digits
                    gap = np.log(solved.chance[b, k, a] / solved.chance[b, k, best]) - np.log(weight[a] / weight[best])
                    slack = 1e-6 + 1e-9 * precision
                    assert precision * (low[a, k] - high[best, k]) - slack <= gap
                    assert gap <= precision * (high[a, k] - low[best, k]) + slack


@pytest.mark.parametrize("n_types", [3, 4])
@pytest.mark.parametrize("precision", [1.0, 30.0, 300.0, 3e3, 1e4])
def test_every_random_choice_is_solved_and_obeys_bayes_and_logit(n_types, precision):
    """Payoffs that are drawn anew at every node, the hardest there are, and such that are linear in the belief."""
    rng = np.random.default_rng(n_types)
    for number in range(6):
        resolution, n_actions = int(rng.integers(1, 4)), int(rng.integers(2, 5))
        g = geometry(n_types, resolution)
        nodes = g.nodes[0, : g.size[0], :n_types]
        weight = rng.uniform(0.3, 1.0, n_actions)
        worth = rng.uniform(size=(n_actions, g.size[0], n_types))
        if number % 2:
            slope = 0.5 * rng.normal(size=(n_actions, n_types, n_types))
            worth = rng.uniform(size=(n_actions, 1, n_types)) + np.einsum("akj,bj->abk", slope, nodes)
        assert_solution(g, weight, worth, precision, resolution, rng)


@pytest.mark.parametrize("seed", range(4))
def test_the_solution_is_one_of_those_that_a_search_over_all_beliefs_finds(seed):
    """Two actions, the first worth the same whatever is believed: unknown is the belief after the second alone."""
    rng = np.random.default_rng(seed)
    resolution, precision = 2, 20.0
    g = geometry(3, resolution)
    nodes = g.nodes[0, : g.size[0], :3]
    worth = rng.uniform(size=(2, g.size[0], 3))
    worth[0] = worth[0, 0]
    solved = solve_choice(g, np.ones(2), worth, precision)
    assert solved.unsolved == 0

    def excess(log_odds: np.ndarray, prior: np.ndarray) -> np.ndarray:
        belief = special.softmax(np.append(0.0, log_odds))
        paid = payoffs(worth[1], nodes, (belief + FLOOR) / (1.0 + 3.0 * FLOOR), resolution)
        told = np.log(prior) + special.log_expit(precision * (paid - worth[0, 0]))
        return log_odds - (told[1:] - told[0])

    grid = np.linspace(-15.0, 15.0, 13)
    for b in np.flatnonzero((solved.prior > 0.0).all(axis=1)):
        roots: list[np.ndarray] = []
        for start in np.array(np.meshgrid(grid, grid)).reshape(2, -1).T:
            end = optimize.root(excess, start, args=(solved.prior[b],), tol=1e-13)
            if np.abs(excess(end.x, solved.prior[b])).max() < 1e-8:
                roots.append(special.softmax(np.append(0.0, end.x)))
        away = min(np.abs(root - solved.posterior[b, 1]).max() for root in roots)
        assert away < 1e-7  # slopes of the map times FLOOR

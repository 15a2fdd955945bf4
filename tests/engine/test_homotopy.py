"""Choices with several solutions: which is taken, against other ways to continue a solution from precision 0."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy import ndimage, special

from ripeness.engine.private.geometry import Axis, axis_of, make_geometry
from ripeness.engine.private.homotopy import UNSOLVED, follow
from ripeness.game.tables import TableBuilder
from ripeness.theory.informed_choice import InformedChoice, continued_equilibrium


class Beliefs(NamedTuple):
    """A belief axis: as the engine reads it, and the probability of type 1 at its nodes."""

    axis: Axis
    nodes: np.ndarray

    @property
    def inside(self):
        return range(1, self.nodes.size - 1)


def beliefs(log_odds) -> Beliefs:
    nodes = np.concatenate([[0.0], 1.0 / (1.0 + np.exp(-np.asarray(log_odds))), [1.0]])
    builder = TableBuilder((1,), 1, [0.9, 0.9, 0.9], n_packages=1, types=(2, 1, 1))
    builder.add_beliefs(0, np.stack([1.0 - nodes, nodes], axis=1), start=1)
    return Beliefs(axis_of(make_geometry(builder.finish(), np.dtype(np.float64)), 0), nodes)


FEW = beliefs([-2.5, -0.4, 0.8, 2.5])
"""Cells so wide that payoffs have kinks between them."""
MANY = beliefs(np.linspace(-8.0, 8.0, 81))


def chosen(on: Beliefs, weight, sharp, worth, nodes=None):
    """Chances (2, A, B) by type, log-odds (A, B) after each action, and how many choices have several solutions.

    Args:
        nodes: priors; None: all that are uncertain.
    """
    n, size = weight.size, on.nodes.size
    hard = np.zeros(size, np.bool_)
    hard[on.inside if nodes is None else nodes] = True
    chance, after, up = np.zeros((2 * n, size)), np.zeros((n, 1, size)), np.zeros((2 * n, size))
    several = follow(on.axis, weight, sharp, worth, 0, size, hard, chance, after, np.zeros((n, size), np.int32), up)
    assert several < UNSOLVED
    return chance.reshape(2, n, size), after[:, 0], several


def payoff(on: Beliefs, worth, log_odds):
    """Payoffs (2, n) of both types at beliefs in log-odds, from those (2, B) at the nodes: by the public lottery."""
    log_odds = np.clip(log_odds, -600.0, 600.0)  # payoffs are constant beyond, to rounding
    j = np.clip(np.searchsorted(on.axis.log_odds, log_odds, side="right") - 1, 0, on.nodes.size - 2)
    belief, other = special.expit(log_odds), special.expit(-log_odds)
    low, high = on.nodes[j], on.nodes[j + 1]
    upper = (belief - low) / (high - low) * np.stack([(1.0 - high) / other, high / belief])
    return worth[:, j] + upper * (worth[:, j + 1] - worth[:, j])


def continued_refusals(on: Beliefs, worth, sharp):
    """Brackets of the log-odds after a refusal of a half, for every uncertain node as the prior, by topology.

    Where Bayes' rule asks for more than the log-odds there are and where it asks for less, in the plane of precision
    and log-odds, are patches; the branch that starts at precision 0 runs between the patch of lowest log-odds and that
    of highest.
    """
    odds, precisions = np.linspace(-36.0, 36.0, 3601), np.linspace(0.0, sharp, 401)[:, None]
    refused = [-np.logaddexp(0.0, precisions * gain) for gain in 0.5 - payoff(on, worth, odds)]
    prior = odds - (refused[1] - refused[0])  # that leads there
    for node in on.inside:
        below = prior < on.axis.log_odds[node]
        low, high = ndimage.label(below)[0], ndimage.label(~below)[0]
        (at,) = np.flatnonzero((low[-1, :-1] == low[0, 0]) & (high[-1, 1:] == high[0, -1]))
        yield node, odds[at], odds[at + 1]


def test_of_several_posteriors_after_a_refusal_the_one_continued_from_precision_zero_is_taken():
    rng, n_several = np.random.default_rng(0), 0
    for sharp in (15.0, 40.0, 80.0) * 4:
        worth = np.full((2, 2, FEW.nodes.size), 0.5)
        worth[1] = rng.uniform(0.3, 0.7, worth[1].shape)
        _, after, several = chosen(FEW, np.ones(2), sharp, worth)
        n_several += several
        for node, low, high in continued_refusals(FEW, worth[1], sharp):
            assert low <= after[1, node] <= high
    assert n_several > 10  # of 48: enough to have met turns


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_of_several_solutions_of_many_actions_the_one_continued_from_precision_zero_is_taken(seed):
    """Against another way along the same branch, with slopes by differences, that knows nothing of cells."""
    rng, compared = np.random.default_rng(seed), 0
    for n, sharp in ((2, 20.0), (3, 10.0), (5, 10.0)):
        level, slope, bend = rng.uniform(size=(n, 2, 1)), rng.normal(size=(n, 2, 1)), rng.normal(size=(n, 2, 1))
        worth = level + slope * MANY.nodes + bend * MANY.nodes * (1.0 - MANY.nodes)
        weight = rng.uniform(0.2, 1.0, n)
        pays = tuple((lambda belief, w=w: payoff(MANY, w, log_ratio(belief))) for w in worth)
        for node in range(5, 80, 9):
            chance, _, several = chosen(MANY, weight, sharp, worth, [node])
            if several == 0:
                continue
            prior = (1.0 - MANY.nodes[node], MANY.nodes[node])
            other = continued_equilibrium(InformedChoice(pays, sharp, tuple(weight)), prior)
            # Both solve Bayes' rule to 1e-9 or better; other solutions are much further away.
            np.testing.assert_allclose(chance[:, :, node], other.choice, atol=1e-6)
            compared += 1
    assert compared > 0


def log_ratio(belief):
    """Log-odds of beliefs (2, n)."""
    return np.diff(np.log(np.maximum(belief, 1e-300)), axis=0)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_actions_that_are_worth_the_same_to_both_types_count_as_one(dtype):
    """Four copies of an action make no solutions of their own; in single precision neither do those to rounding."""
    worth = np.random.default_rng(2).uniform(size=(3, 2, FEW.nodes.size)).astype(dtype)
    copies = np.concatenate([worth, np.repeat(worth[2:], 3, axis=0)])
    if dtype == np.float32:
        copies[4] = np.nextafter(copies[4], np.float32(0.0))
    whole = chosen(FEW, np.array([1.0, 1.0, 4.0]), 300.0, worth)
    parts = chosen(FEW, np.ones(6), 300.0, copies)
    assert parts[2] == whole[2] > 0
    # Beside rounding the computation is the same.
    np.testing.assert_allclose(parts[0][:, :2], whole[0][:, :2], rtol=1e-12)
    np.testing.assert_allclose(parts[0][:, 2:], np.repeat(0.25 * whole[0][:, 2:], 4, axis=1), rtol=1e-12)


@pytest.mark.parametrize("sharp", [1e3, 1e4])
def test_many_nearly_equal_actions_are_solved_at_high_precision(sharp):
    """They have so many solutions that a walk along all of them does not end."""
    rng = np.random.default_rng(3)
    worth = np.repeat(rng.uniform(size=(2, 2, FEW.nodes.size)), 6, axis=0)
    worth += 1e-5 * rng.uniform(size=worth.shape)
    chance, after, several = chosen(FEW, np.ones(12), sharp, worth)
    assert several > 0
    for node in FEW.inside:  # the logit at what is believed after each action is what makes it believed
        value = np.concatenate([payoff(FEW, w, y) for w, y in zip(worth, after[:, node, None], strict=True)], axis=1)
        odds = np.exp(sharp * (value - value.max(axis=1, keepdims=True)))
        # Log-odds to 1e-9 or better, and payoffs up to 1e4 times as steep, hence some digits less.
        np.testing.assert_allclose(chance[:, :, node], odds / odds.sum(axis=1, keepdims=True), atol=1e-6)

"""Periods beyond the horizon take the end of the calendar out of the outlook."""

import numpy as np
import pytest

import ripeness
from ripeness.scenario import load
from tests.questions import typed_toys

HORIZON, BEYOND = 10, 26
"""Of the shipped case: the elections of November 2026 (period 11) and 2028 (35) lie beyond, and many epochs between."""


@pytest.fixture(scope="module")
def scenario():
    return load("ukraine-2025-12", sets=["lookahead=0", "beliefs=null"])


@pytest.mark.slow
def test_lookahead_gives_the_values_of_the_longer_game(scenario):
    long = ripeness.solve(ripeness.build(scenario, horizon=HORIZON + BEYOND, grid="coarse"))
    cut = scenario.model_copy(update={"lookahead": BEYOND})
    game = ripeness.build(cut, horizon=HORIZON, grid="coarse")
    short = ripeness.solve(game)
    assert np.unique(game.tables.epoch_of_period).size > np.unique(short.tables.epoch_of_period).size
    np.testing.assert_array_equal(short.values, long.values[: HORIZON + 1])
    assert short.game.tables.n_periods == HORIZON
    assert short.game.dates.size == HORIZON + 1


def test_lookahead_keeps_what_beliefs_beyond_the_horizon_are_worth():
    typed = typed_toys.scenario(horizon=3)
    long = ripeness.solve(ripeness.build(typed), dtype=np.float64)
    game = ripeness.build(typed.model_copy(update={"lookahead": 2}), horizon=1)
    short = ripeness.solve(game, dtype=np.float64)
    assert short.tables.terminal_nodes.shape == (4, 3, 5)  # rows, states, beliefs
    np.testing.assert_array_equal(short.values, long.values[:2])
    assert short.several.shape == (1, 5)
    again = ripeness.solve(short.game, dtype=np.float64)
    np.testing.assert_array_equal(again.values, short.values)


def test_without_lookahead_a_conflict_open_at_the_horizon_is_frozen_on_the_line():
    scenario = load("textbook")
    assert scenario.lookahead == 0
    game = ripeness.build(scenario, horizon=5)
    cost = {role: float(scenario.frozen.cost.get(role, 0.0)) for role in game.roles}
    line = game.level("territory")
    values = ripeness.solve(game, dtype=np.float64).values[-1, :, :, 0]
    np.testing.assert_allclose(values[0], line - cost["attacker"], atol=1e-15)
    np.testing.assert_allclose(values[1], 1.0 - line - cost["defender"], atol=1e-15)

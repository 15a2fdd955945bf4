"""Periods beyond the horizon take the end of the calendar out of the outlook."""

import numpy as np

import ripeness
from ripeness.scenario import load


def test_lookahead_gives_the_values_of_the_longer_game():
    scenario = load("textbook")
    long = ripeness.solve(ripeness.build(scenario, horizon=20), dtype=np.float64)
    cut = scenario.model_copy(update={"lookahead": 12})
    short = ripeness.solve(ripeness.build(cut, horizon=8), dtype=np.float64)
    np.testing.assert_array_equal(short.values, long.values[:9])
    assert short.game.tables.n_periods == 8
    assert short.game.dates.size == 9


def test_without_lookahead_the_calendar_ends_in_a_frozen_conflict():
    scenario = load("textbook")
    game = ripeness.build(scenario, horizon=5)
    assert game.lookahead == 0
    solution = ripeness.solve(game, dtype=np.float64)
    np.testing.assert_array_equal(solution.values[-1, :, :, 0], game.tables.terminal)

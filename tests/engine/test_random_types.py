"""Whatever the game: values within the bounds of payoffs, no choice left unsolved, mass one, beliefs martingales."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ripeness.engine import Passing, profile_weights, propagate_types, solve
from ripeness.engine.private.block import ROUNDING
from ripeness.engine.private.geometry import believed_profiles
from ripeness.engine.private.stage import DECISIONS
from ripeness.game.tables import Tables
from tests.engine.typed_games import TypedGame, bounds_of_payoffs, held_possible, typed_game

SIDES = (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 1), (2, 1, 2), (1, 2, 2), (3, 1, 1), (1, 3, 1)


@st.composite
def games(draw: st.DrawFn) -> tuple[int, TypedGame]:
    """Types of any side, offsets, battles, leaks, fragile peace; precisions from 0.1 to 10,000."""
    types = draw(st.sampled_from(SIDES))
    informed = [side for side in range(3) if types[side] > 1]
    told = st.sampled_from([None, *informed])
    several = sum(types) > 4
    wanted = TypedGame(
        types=types,
        shape=draw(st.sampled_from([(1,), (2,)] if several else [(1,), (3,), (2, 2)])),
        n_periods=draw(st.integers(1, 2 if several else 4)),
        n_packages=draw(st.integers(1, 4)),
        n_nodes=draw(st.integers(5, 6 if several else 12)),
        resolution=draw(st.integers(1, 4)),
        start=draw(st.floats(-3.0, 3.0)),
        offsets=draw(st.sampled_from([0.0, 1.0])),
        spread=draw(st.sampled_from([0.0, 0.1, 0.3])),
        others=draw(st.sampled_from([0.0, 0.2])),
        n_postures=draw(st.integers(1, 2)),
        n_effort=draw(st.sampled_from([(1, 1), (2, 1), (1, 2), (2, 2)])),
        tell=draw(told),
        leak=draw(told),
        exits=draw(st.booleans()),
        breakdown=draw(st.sampled_from([0.0, 0.0, 0.3, 1.0])),
        precision=draw(st.floats(-1.0, 4.0).map(lambda power: (10.0**power, 10.0**power))),
        closed=draw(st.booleans()),
    )
    return draw(st.integers(0, 2**20)), wanted


def rounding_of_beliefs(tables: Tables) -> float:
    """How far what passes a node may be from its belief in double precision.

    lambda Q has digits down to lambda |Q| times the unit in the last place, and with two types a choice is solved in
    its log-odds to `block.ROUNDING` of these. A belief moves by at most a quarter of what its log-odds do, anew with
    every choice on the way to a node.
    """
    sharpest = max(
        tables.precision_posture, *tables.precision_effort, *tables.precision_response, *tables.precision_offer
    )
    unit = np.finfo(float).eps * (1.0 + sharpest * np.abs(bounds_of_payoffs(tables)).max())
    return 0.25 * ROUNDING * unit * len(DECISIONS) * tables.n_periods


def assert_kept(tables: Tables, dtype: type) -> None:
    rounding = 1e-10 if dtype == np.float64 else 1e-5
    solution = solve(tables, dtype=dtype, threads=1)  # refuses a choice that has no solution to accuracy
    low, high = bounds_of_payoffs(tables)
    assert np.isfinite(solution.values).all()
    for row in range(tables.n_rows):
        values = solution.values[0, row][:, held_possible(tables, row)]
        assert low[row] - rounding <= values.min()
        assert values.max() <= high[row] + rounding
    visits: list[Passing] = []
    for found in propagate_types(solution, lambda _, passing: visits.append(passing), threads=1):
        left = np.cumsum(found.settled.sum(axis=(1, 2)) + found.ended.sum(axis=1))
        np.testing.assert_allclose(found.open[1:] + left, 1.0, rtol=0.0, atol=1e-12)
    exact = 1e-12 + rounding_of_beliefs(tables)
    for row in (None, 0):
        prior = profile_weights(tables, row)
        number = tables.n_rows if row is None else row
        believed = np.array([believed_profiles(tables, number, b) for b in range(tables.n_nodes)])
        for here in visits:
            joint = prior[:, None] * here.mass
            expected = joint.sum(axis=0) * believed[here.lane % tables.n_nodes].T
            # The lottery of a belief has odds of its own for each type, in the precision of the values.
            np.testing.assert_allclose(joint, expected, rtol=0.0, atol=exact if dtype == np.float64 else 1e-5)


def _some(n: int):
    return settings(max_examples=n, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("dtype", [np.float32, pytest.param(np.float64, marks=pytest.mark.slow)])
@_some(30)
@given(game=games())
def test_thirty_random_games_with_types_keep_mass_bounds_and_beliefs(dtype, game):
    assert_kept(typed_game(*game), dtype)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@_some(1000)
@given(game=games())
def test_a_thousand_random_games_with_types_keep_mass_bounds_and_beliefs(dtype, game):
    assert_kept(typed_game(*game), dtype)

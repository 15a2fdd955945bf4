"""The reverse pass against central differences and against the softmax formula of theory I.iii."""

import numpy as np
import pytest

from ripeness.engine import decisions, gradient, solve
from tests.engine.games import random_game

STEP = 1e-5
# Central differences: the third derivative is of order precision**3 = 3e4 and is multiplied by STEP**2 / 6 = 2e-11;
# rounding adds 1e-16 / STEP = 1e-11. Both are below 1e-6 with room for the sum over periods.
TOLERANCE = 1e-6


def value(tables, row):
    return float(solve(tables, dtype=np.float64, threads=1).values[0, row, :, 0] @ tables.initial)


def difference(tables, row, field, change):
    up = tables._replace(**{field: getattr(tables, field) + STEP * change})
    down = tables._replace(**{field: getattr(tables, field) - STEP * change})
    return (value(up, row) - value(down, row)) / (2 * STEP)


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("seed", range(4))
def test_derivative_along_random_changes_of_all_tables_is_the_central_difference(seed, row):
    tables = random_game(seed, removal=seed % 2 == 0)
    found = gradient(solve(tables, dtype=np.float64), row)
    change = np.random.default_rng(100 + seed).normal(size=tables.pool.shape) * tables.pool.astype(bool) / 20
    assert abs((found.pool * change).sum() - difference(tables, row, "pool", change)) < TOLERANCE


@pytest.mark.parametrize("row", range(3))
def test_derivatives_by_precision_discount_and_terminal_value_are_central_differences(row):
    tables = random_game(7)
    found = gradient(solve(tables, dtype=np.float64), row)
    assert found.value == pytest.approx(value(tables, row), abs=1e-14)
    for field in ("precision_offer", "precision_response", "precision_effort", "discount"):
        analytic = getattr(found, field)
        for k in range(analytic.size):
            change = np.eye(analytic.size)[k]
            assert abs(analytic[k] - difference(tables, row, field, change)) < TOLERANCE, (field, k)
    assert abs(found.precision_posture - difference(tables, row, "precision_posture", 1.0)) < TOLERANCE
    change = np.random.default_rng(1).normal(size=tables.terminal.shape)
    assert abs((found.terminal * change).sum() - difference(tables, row, "terminal", change)) < TOLERANCE


def test_posture_is_a_softmax_node_whose_derivative_can_leave_the_unit_interval():
    """dV/dQ_a = pi_a (1 + lambda (Q_a - V)), theory I.iii: the patron's value by the flow of one posture."""
    tables = random_game(8, n_periods=1, n_epochs=1)
    blunt = tables._replace(recognition=np.zeros_like(tables.recognition))  # table 0 is zero: nobody talks
    solution = solve(blunt, dtype=np.float64)
    found = gradient(solution, 2)
    chosen = decisions(solution, 0)
    values, odds = chosen.before_posture[:, 2], chosen.posture
    mean = (odds * values).sum(0)
    formula = odds * (1.0 + blunt.precision_posture * (values - mean)) * blunt.initial
    # A posture's value moves one for one with a flow that all its effort pairs share.
    for m in range(2):
        shared = sum(found.pool[blunt.flow[0, m, e, 2]] for e in range(6))
        np.testing.assert_allclose(shared, formula[m], rtol=0, atol=1e-13)


def test_value_of_a_chooser_rises_with_its_precision_by_the_variance_of_its_values():
    """dV/dlambda = Var_pi(Q) >= 0 for a softmax node on its own."""
    tables = random_game(9, n_periods=1, n_epochs=1)
    quiet = tables._replace(
        recognition=np.zeros_like(tables.recognition), posture_cost=np.zeros_like(tables.posture_cost)
    )
    solution = solve(quiet, dtype=np.float64)
    chosen = decisions(solution, 0)
    values, odds = chosen.before_posture[:, 2], chosen.posture
    variance = (odds * values**2).sum(0) - (odds * values).sum(0) ** 2
    assert gradient(solution, 2).precision_posture == pytest.approx(float(variance @ quiet.initial), abs=1e-13)

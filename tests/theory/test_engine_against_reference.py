"""The engine computes (i.1)-(i.8): checked against plain loops over the same equations on random small games."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ripeness.engine import decisions, propagate, solve

from .games import random_tables
from .reference import reference_propagate, reference_solve

SEEDS = range(60)
# Rounding: 1e-16 in values of size one, times a precision of up to 200, over a handful of periods.
ABSOLUTE = 1e-12
DECISIONS = (
    "posture", "recognition", "offer", "accept", "effort", "continuation", "before_posture", "peace", "value",
)  # fmt: skip
FLOWS_OF_MASS = ("mass", "open", "settled", "ended", "posture", "effort", "offer", "worth_settled", "frozen")


@cache
def referred(seed):
    """A random game, and what plain loops make of it backward and forward."""
    tables = random_tables(seed)
    expected = reference_solve(tables)
    return tables, expected, reference_propagate(tables, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_and_decisions_are_those_of_the_equations(seed):
    tables, expected, _ = referred(seed)
    solution = solve(tables, dtype=np.float64, threads=1)
    np.testing.assert_allclose(solution.values[..., 0], expected.values, rtol=0.0, atol=ABSOLUTE)
    for period, stage in enumerate(expected.stages):
        decided = decisions(solution, period)
        for name in DECISIONS:
            np.testing.assert_allclose(
                getattr(decided, name),
                getattr(stage, name),
                rtol=0.0,
                atol=100 * ABSOLUTE,
                err_msg=f"{name}, period {period}",
            )


@pytest.mark.parametrize("sharper", [30.0, 1e3, 1e5])
@pytest.mark.parametrize("seed", SEEDS[:8])
def test_sharp_choices_are_those_of_the_equations(seed, sharper):
    """Odds that are multiplied or summed as they are elsewhere are taken one by one here; rounding is sharpened too."""
    tables = random_tables(seed)
    tables = tables._replace(
        precision_posture=sharper * tables.precision_posture,
        precision_offer=sharper * tables.precision_offer,
        precision_response=sharper * tables.precision_response,
        precision_effort=sharper * tables.precision_effort,
    )
    solution = solve(tables, dtype=np.float64, threads=1)
    expected = reference_solve(tables)
    np.testing.assert_allclose(solution.values[..., 0], expected.values, rtol=0.0, atol=sharper * ABSOLUTE)


@pytest.mark.parametrize("seed", SEEDS)
def test_mass_goes_where_the_equations_send_it(seed):
    tables, _, expected = referred(seed)
    passed = propagate(solve(tables, dtype=np.float64, threads=1))
    for name in FLOWS_OF_MASS:
        np.testing.assert_allclose(
            getattr(passed, name), getattr(expected, name), rtol=0.0, atol=100 * ABSOLUTE, err_msg=name
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_mass_is_one_in_every_period(seed):
    """Open, settled and ended together, in the engine and in the reference."""
    tables, _, expected = referred(seed)
    for passed in (propagate(solve(tables, dtype=np.float64, threads=1)), expected):
        left = np.cumsum(passed.settled.sum(axis=(1, 2)) + passed.ended.sum(axis=1))
        np.testing.assert_allclose(passed.open[1:] + left, 1.0, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_single_precision_stays_close_to_the_equations(seed):
    """float32 rounds at 6e-8; a precision of 200 multiplies it in the log-odds of a choice."""
    tables = random_tables(seed)
    solution = solve(tables, dtype=np.float32, threads=1)
    np.testing.assert_allclose(solution.values[..., 0], reference_solve(tables).values, rtol=0.0, atol=1e-4)

"""Weighted quantiles against NumPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ripeness.questions.distribution import (
    QUANTILES,
    cell_quantiles,
    first_reach,
    mean,
    per_year,
    quantiles,
    share_quantiles,
    slope,
)

weights = st.lists(st.integers(0, 50), min_size=3, max_size=30).filter(lambda w: sum(w) > 0)


@given(weights=weights, seed=st.integers(0, 10_000))
def test_quantiles_are_those_of_the_repeated_values(weights: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=len(weights))
    repeated = np.repeat(values, weights)
    expected = np.quantile(repeated, QUANTILES, method="inverted_cdf")
    np.testing.assert_array_equal(quantiles(values, np.array(weights, float)), expected)


@given(weights=weights, seed=st.integers(0, 10_000))
def test_quantiles_of_shares_are_exact_to_their_step(weights: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).uniform(size=len(weights))
    exact = quantiles(values, np.array(weights, float))
    np.testing.assert_allclose(share_quantiles(values, np.array(weights, float)), exact, rtol=0, atol=0.5e-4 + 1e-12)


@pytest.mark.parametrize("spread", [0.02, 0.05, 0.1, 0.2])
def test_cell_quantiles_of_a_normal_on_a_grid_are_those_of_the_normal(spread: float) -> None:
    step = 0.05
    points = np.arange(-20, 21) * step
    mass = stats.norm.pdf(points, scale=spread)
    found = cell_quantiles(points, mass / mass.sum())
    # Linear pieces of the distribution function, one per cell, bend by at most (step / spread)^2 / 8 of its slope.
    np.testing.assert_allclose(
        found, stats.norm.ppf(QUANTILES, scale=spread), rtol=0, atol=step**2 / (4 * spread) + 1e-4
    )


def test_a_start_between_two_grid_points_has_no_spread() -> None:
    points, mass = np.array([0.0, 0.25, 0.5, 0.75]), np.array([0.0, 0.6, 0.4, 0.0])
    split = 0.25 * np.sqrt(0.6 * 0.4)
    np.testing.assert_allclose(cell_quantiles(points, mass, split), 0.35, rtol=0, atol=1e-9)


def test_nothing_has_no_quantile_and_no_mean() -> None:
    assert np.isnan(quantiles([1.0, 2.0], [0.0, 0.0])).all()
    assert np.isnan(cell_quantiles(np.array([0.0, 1.0]), np.zeros(2))).all()
    assert np.isnan(mean([1.0], [0.0]))
    assert first_reach([0.1, 0.2], 0.5) == -1


def test_hazard_per_year_gives_the_probability_back() -> None:
    p = np.array([0.0, 0.01, 0.5, 0.99])
    np.testing.assert_allclose(1 - np.exp(-per_year(p, 0.25) * 0.25), p, rtol=0, atol=1e-15)
    assert per_year(1.0, 0.25) == np.inf


def test_slopes_reproduce_the_derivative_of_proposition_12_1() -> None:
    # U_A(tau) = exp(-r tau) x(tau) - c (1 - exp(-r tau)) / r with x = p0 + mu tau; theory II.12.1.
    r, p0, mu, c, step = 0.05, 0.4, 0.04, 0.01, 1 / 12
    tau = np.arange(0, 120) * step
    x = p0 + mu * tau
    value = np.exp(-r * tau) * x - c * (1 - np.exp(-r * tau)) / r
    derivative = np.exp(-r * tau) * (mu - r * x - c)
    third = np.exp(-r * tau) * r**2 * (3 * mu + r * np.abs(x) + c)  # bounds the third derivative
    error = np.abs(slope(value, tau) - derivative)
    assert (error[1:-1] <= third[1:-1].max() * step**2 / 6 + 1e-13).all()
    np.testing.assert_allclose(slope(x, tau), mu, rtol=0, atol=1e-13)
    assert np.argmax(value) == np.argmin(np.abs(tau - 5.0))  # the best date of case delay_drift_1

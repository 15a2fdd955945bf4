"""Laws by which levels move: mean paths, noise, and the validity of the up/stay/down weights."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.mechanisms.axes import by_regime, even_axis, n_points, push_and_pull, relaxation
from tests.mechanisms.hooks import GRIDS, MONTH, one_step


def test_a_level_without_pushes_stands_still() -> None:
    drift, spread = push_and_pull(np.linspace(0.0, 1.0, 5), 0.0, 1.0, up=0.0, down=0.0, grain=0.25)
    assert not np.any(drift)
    assert not np.any(spread)


def test_drift_and_variance_are_those_of_independent_units() -> None:
    """N units of size 1/N, up with chance x: births N(1-x) u, deaths N x d per year, each moving x by 1/N."""
    n, x, up, down = 8, 0.25, 0.3, 0.2
    births, deaths = n * (1 - x) * up, n * x * down
    drift, spread = push_and_pull(x, 0.0, 1.0, up=up, down=down, grain=1 / n)
    assert drift == pytest.approx((births - deaths) / n)
    assert spread**2 == pytest.approx((births + deaths) / n**2)


@pytest.mark.parametrize("target", [0.1, 0.5, 0.9])
def test_expected_path_closes_the_distance_to_the_target_at_the_rate(target: float) -> None:
    """The mean of the walk follows x' = rate (target - x).

    The ends bend it by at most v^2 / (2 h) in a period, and rate * MONTH of that is forgotten in each that follows.
    """
    x, rate, n_periods = np.linspace(0.0, 1.0, 5), 0.6, 60
    drift, spread = relaxation(x, 0.0, 1.0, target=target, rate=rate, grain=0.25)
    chain = one_step(x, np.asarray(drift) * MONTH, np.asarray(spread) ** 2 * MONTH)
    mass = np.array([0.0, 0.0, 0.0, 1.0, 0.0])
    bend = (np.abs(drift).max() * MONTH) ** 2 / (2 * 0.25)
    for period in range(1, n_periods + 1):
        mass = mass @ chain
        expected = target + (0.75 - target) * (1 - rate * MONTH) ** period
        assert abs(mass @ x - expected) <= bend * (1 - (1 - rate * MONTH) ** period) / (rate * MONTH)
    assert bend / (rate * MONTH) < 0.1  # otherwise the bound says nothing


def test_a_target_beyond_an_end_counts_as_that_end() -> None:
    x = np.linspace(0.2, 1.2, 5)
    assert relaxation(x, 0.2, 1.2, target=7.0, rate=0.5, grain=0.3)[0] == pytest.approx(0.5 * (1.2 - x))
    assert relaxation(x, 0.2, 1.2, target=-7.0, rate=0.5, grain=0.3)[0] == pytest.approx(0.5 * (0.2 - x))


@pytest.mark.parametrize("seed", range(20))
def test_any_pushes_are_valid_on_any_grid_no_coarser_than_the_grain(seed: int) -> None:
    """h <= s^2 / |v| in every state, whatever the rates."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0.0, 1.0, int(rng.integers(2, 12)))
    h = x[1]
    up, down = rng.uniform(0.0, 2.0, (2, 100, 1)) * rng.integers(0, 2, (2, 100, 1))
    drift, spread = push_and_pull(x, 0.0, 1.0, up=up, down=down, grain=h * rng.uniform(1.0, 2.0))
    assert np.all(np.abs(drift) * h <= np.asarray(spread) ** 2 + 1e-12)


def test_grids_grow_from_coarse_to_fine() -> None:
    for normal in range(1, 60):
        coarse, same, fine = (n_points(normal, grid) for grid in GRIDS)
        assert coarse <= same == normal <= fine
        assert (coarse, fine) == (1, 1) if normal == 1 else coarse >= 2
    assert [n_points(17, grid) for grid in GRIDS] == [12, 17, 25]


def test_one_point_lies_at_the_start() -> None:
    axis = even_axis("x", 0.0, 1.0, 0.37, 1, "fine", unit="u", meaning="m")
    assert axis.values.tolist() == [0.37]


def test_every_regime_needs_an_entry() -> None:
    assert np.asarray(by_regime((1.0, 2.0), np.array([1.0, 0.0]), "field", scale=3.0)).tolist() == [6.0, 3.0]
    with pytest.raises(ValueError, match="field has 2 entries, but the axis 'mood' has 3 regimes"):
        by_regime((1.0, 2.0), np.array([0.0, 1.0, 2.0]), "field")

"""The vectorisable exponential against NumPy's."""

import numba as nb
import numpy as np
import pytest

from ripeness.engine.exponential import exponential, log_ratio


@nb.njit
def _apply(x, out):
    for k in range(x.size):
        out[k] = exponential(x[k])


@pytest.mark.parametrize(
    ("dtype", "reach", "relative"),
    # Two units in the last place of each precision.
    [(np.float32, 86.0, 2.0 * 2.0**-23), (np.float64, 700.0, 2.0 * 2.0**-52)],
)
def test_exponential_is_exact_to_two_units_in_the_last_place(dtype, reach, relative):
    x = np.linspace(-reach, reach, 200_001).astype(dtype)
    out = np.empty_like(x)
    _apply(x, out)
    exact = np.exp(x.astype(np.longdouble))
    assert np.max(np.abs(out / exact - 1)) <= relative


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exponential_stays_finite_and_tiny_far_out(dtype):
    x = np.array([-1e30, -1e4, 0.0, 1e4], dtype)
    out = np.empty_like(x)
    _apply(x, out)
    assert np.isfinite(out).all()
    assert out[0] == out[1] < 1e-37
    assert out[2] == 1.0


@nb.njit
def _apply_ratio(x, y, out):
    for k in range(x.size):
        out[k] = log_ratio(x[k], y[k])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_difference_of_logarithms_keeps_its_digits_where_they_cancel(dtype):
    random = np.random.default_rng(0)
    x = random.random(10_000).astype(dtype)
    y = np.where(np.arange(x.size) < 5_000, random.random(x.size), np.minimum(x * (1.0 + 1e-3), 1.0)).astype(dtype)
    out = np.empty_like(x)
    _apply_ratio(x, y, out)
    wide = np.longdouble
    exact = np.log1p((y.astype(wide) - x) / (1.0 + x.astype(wide)))
    # Rounding of the sum 2 + x + y, the quotient, its square and the last of the series: a few units each.
    assert np.max(np.abs(out - exact) / np.maximum(np.abs(exact), np.finfo(dtype).tiny)) <= 4.0 * np.finfo(dtype).eps

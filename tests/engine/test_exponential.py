"""The vectorisable exponential against NumPy's."""

import numba as nb
import numpy as np
import pytest

from ripeness.engine.exponential import exponential


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

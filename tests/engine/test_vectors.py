"""Vectors of compiled code against NumPy, one lane at a time."""

import numba as nb
import numpy as np
import pytest

from ripeness.engine.exponential import exponential
from ripeness.engine.vectors import LANES, any_above, load, splat, store, store_first

BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@nb.njit
def _arithmetic(x, y, scale, out):
    a, b = load(x, (0,)), load(y, (0,))
    store(out, (0, 0), a + b)
    store(out, (1, 0), a - b)
    store(out, (2, 0), a * b)
    store(out, (3, 0), a / b)
    store(out, (4, 0), max(a, b))
    store(out, (5, 0), min(a, scale))
    store(out, (6, 0), scale - a)
    store(out, (7, 0), a * scale)
    store(out, (8, 0), splat(scale))
    total = a
    total += b
    total *= a
    total -= scale
    total /= b
    store(out, (9, 0), total)


@BOTH
def test_operations_are_those_of_numpy_in_every_lane(dtype):
    random = np.random.default_rng(0)
    x, y = (random.normal(size=(2, LANES)) + 3.0).astype(dtype)
    scale = dtype(2.5)
    out = np.zeros((10, LANES), dtype)
    _arithmetic(x, y, scale, out)
    expected = [
        x + y, x - y, x * y, x / y, np.maximum(x, y), np.minimum(x, scale), scale - x, x * scale,
        np.full(LANES, scale), ((x + y) * x - scale) / y,
    ]  # fmt: skip
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, expected)


@nb.njit
def _exponential(x, out):
    for k in range(0, x.size, LANES):
        store(out, (k,), exponential(load(x, (k,))))


@nb.njit
def _exponential_of_numbers(x, out):
    for k in range(x.size):
        out[k] = exponential(x[k])


@BOTH
def test_exponential_of_a_vector_is_that_of_its_numbers(dtype):
    x = np.linspace(-100.0, 100.0, 64 * LANES).astype(dtype)
    out, one_by_one = np.empty_like(x), np.empty_like(x)
    _exponential(x, out)
    _exponential_of_numbers(x, one_by_one)
    np.testing.assert_array_equal(out, one_by_one)


@nb.njit
def _copy(source, target, start, count):
    store_first(target, (1, start), load(source, (2, start)), count)


@pytest.mark.parametrize("count", [1, 2, LANES - 1, LANES])
def test_only_the_first_lanes_are_stored_at_any_place(count):
    source = np.arange(3.0 * 4 * LANES, dtype=np.float32).reshape(3, -1)
    target = np.full_like(source, -1.0)
    _copy(source, target, 7, count)
    expected = np.full_like(source, -1.0)
    expected[1, 7 : 7 + count] = source[2, 7 : 7 + count]
    np.testing.assert_array_equal(target, expected)


@nb.njit
def _any(x, limit, count):
    return any_above(load(x, (0,)), limit, count)


@pytest.mark.parametrize("lane", [0, 5, LANES - 1])
def test_one_lane_above_a_limit_is_noticed_among_the_first(lane):
    x = np.zeros(LANES, np.float32)
    assert not _any(x, 0.0, LANES)
    x[lane] = 1e-30
    assert _any(x, 0.0, LANES)
    assert _any(x, 0.0, lane + 1)
    assert lane == 0 or not _any(x, 0.0, lane)
    x[lane] = np.nan
    assert not _any(x, 0.0, LANES)


def test_what_is_not_contiguous_is_refused_when_it_is_compiled():
    with pytest.raises(TypeError, match="contiguous"):
        _any(np.zeros(4 * LANES, np.float32)[::2], 0.0, LANES)

"""Shares, intervals and correlations against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ripeness.ensembles.statistics import firm, movers, rank_correlations, share_error, spread_of, wilson, word_of


@pytest.mark.parametrize(("k", "n"), [(0, 20), (7, 20), (256, 256), (130, 256)])
def test_intervals_are_wilsons(k, n):
    known = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((known.low, known.high), abs=1e-12)


def test_errors_are_near_the_binomial_ones_and_never_zero():
    assert share_error(128, 256) == pytest.approx(math.sqrt(0.25 / 256), rel=0.01)
    assert share_error(256, 256) > 0.0
    assert math.isnan(share_error(0, 0))


def test_ranks_correlate_as_spearman_has_it():
    rng = np.random.default_rng(0)
    inputs = np.round(rng.random((60, 4)), 1)  # with ties
    values = inputs[:, 1] ** 3 + 0.1 * rng.random(60)
    values[5] = np.nan
    known = np.isfinite(values)
    found = rank_correlations(inputs, values)
    for k in range(4):
        assert found[k] == pytest.approx(stats.spearmanr(inputs[known, k], values[known]).statistic, abs=1e-12)


def test_only_what_moves_a_number_is_named():
    rng = np.random.default_rng(1)
    inputs = rng.random((200, 30))
    paths = tuple(map(str, range(30)))
    assert [each.path for each in movers(inputs, np.exp(inputs[:, 4]) - 0.5 * inputs[:, 9], paths)] == ["4", "9"]
    assert movers(inputs, np.ones(200), paths) == ()


def test_words_and_spreads():
    assert [word_of(share) for share in (0.95, 0.94, 0.06, 0.05)] == ["holds", "depends", "depends", "fails"]
    assert firm((0.96, 1.0))
    assert not firm((0.9, 0.99))
    spread = spread_of(np.array([1.0, 2.0, 3.0, np.nan]))
    assert (spread.median, spread.mean, spread.n) == (2.0, 2.0, 3)
    assert spread_of(np.array([np.nan])).n == 0

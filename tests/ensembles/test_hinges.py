"""Scenario discovery on arrays whose separating threshold is known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from ripeness.ensembles.draws import latin
from ripeness.ensembles.hinges import discover

P = 40
PATHS = tuple(f"a.{k}" for k in range(P))


@pytest.mark.parametrize("n", [128, 512])
@pytest.mark.parametrize("seed", range(3))
def test_a_step_is_found_in_its_place(n, seed):
    inputs = 10.0 * latin(n, P, seed)
    found = discover(inputs, inputs[:, 7] > 4.0, PATHS)
    (hinge,) = found.hinges
    assert (hinge.path, hinge.above, hinge.share_above, hinge.share_below) == ("a.7", True, 1.0, 0.0)
    assert hinge.interval[0] <= 4.0 <= hinge.interval[1]
    assert hinge.threshold == pytest.approx(4.0, abs=0.5)  # 5% of the range
    assert (hinge.n_above, hinge.n_below) == (np.sum(inputs[:, 7] > 4.0), np.sum(inputs[:, 7] <= 4.0))


def test_the_first_split_is_that_of_a_tree_grown_by_another_route():
    """Against the root of a deep tree of scikit-learn on the same draws, before thresholds are put anew."""
    inputs = latin(512, P, 0)
    rng = np.random.default_rng(0)
    holds = inputs[:, 3] + 0.2 * rng.standard_normal(512) > 0.6
    found = discover(inputs, holds, PATHS)
    deep = DecisionTreeClassifier(min_samples_leaf=11, random_state=0).fit(inputs, holds).tree_
    assert found.hinges[0].path == PATHS[deep.feature[0]]
    if len(found.hinges) == 1:
        assert found.hinges[0].threshold == pytest.approx(deep.threshold[0], abs=1e-6)  # thresholds are float32


@pytest.mark.parametrize("seed", range(4))
def test_where_two_must_come_together_both_thresholds_are_right(seed):
    inputs = latin(256, P, seed)
    holds = (inputs[:, 7] > 0.4) & (inputs[:, 9] < 0.6)
    found = {each.path: each for each in discover(inputs, holds, PATHS).hinges}
    assert found.keys() == {"a.7", "a.9"}
    assert found["a.7"].threshold == pytest.approx(0.4, abs=0.05)
    assert found["a.9"].threshold == pytest.approx(0.6, abs=0.05)


def test_pure_chance_has_no_hinge():
    """One of 240 such ensembles of sixty assumptions had a hinge named: more than three of fifty are a fault."""
    named = 0
    for seed in range(50):
        rng = np.random.default_rng(seed)
        inputs, holds = rng.random((128, P)), rng.random(128) < (0.1, 0.3, 0.5, 0.8)[seed % 4]
        named += bool(discover(inputs, holds, PATHS).hinges)
    assert named <= 3


def test_what_hardly_ever_happens_has_no_hinge():
    inputs = latin(256, P, 0)
    holds = np.zeros(256, dtype=bool)
    holds[:4] = True
    assert discover(inputs, holds, PATHS) == ((), ())


def test_regions_part_the_draws():
    inputs = latin(256, P, 1)
    holds = inputs[:, 7] - 0.5 * inputs[:, 9] > 0.25
    found = discover(inputs, holds, PATHS)
    assert sum(each.n for each in found.regions) == 256
    assert sum(each.coverage for each in found.regions) == pytest.approx(1.0)
    inside = sum(each.n * each.density for each in found.regions)
    assert inside == pytest.approx(holds.sum())
    for region in found.regions:  # and each says what it says
        rows = np.ones(256, dtype=bool)
        for each in region.conditions:
            column = inputs[:, PATHS.index(each.path)]
            rows &= (column > each.threshold) == each.above
        assert rows.sum() == region.n


def test_the_same_draws_give_the_same_hinges():
    inputs = latin(128, P, 2)
    holds = inputs[:, 1] + 0.3 * inputs[:, 2] > 0.7
    assert discover(inputs, holds, PATHS) == discover(inputs, holds, PATHS)

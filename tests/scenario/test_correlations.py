"""Correlations in a scenario file: every misfit with its place, and the matrix that they make."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ripeness.scenario import check, load
from ripeness.scenario.correlations import matrix_of, normal_correlation
from ripeness.scenario.ledger import scenario_hash

ONE, OTHER, THIRD = "mechanisms.territory.attacker_cost", "actors.defender.discount_yearly", "frozen.cost.attacker"


def faults(correlations: str) -> list[str]:
    return [str(each).replace("\n    ", " ") for each in check("textbook", [f"correlations=[{correlations}]"])]


def pair(one: str, other: str, rank: float = 0.5) -> str:
    return f"{{between: [{one}, {other}], rank: {rank}}}"


def test_sound_correlations_are_read():
    (found,) = load("textbook", [f"correlations=[{pair(ONE, OTHER)}]"]).correlations
    assert (found.between, found.rank) == ((ONE, OTHER), 0.5)


def test_a_scenario_without_any_keeps_its_hash_and_one_with_some_has_another():
    plain = load("textbook")
    assert scenario_hash(load("textbook", ["correlations=[]"])) == scenario_hash(plain)
    assert scenario_hash(load("textbook", [f"correlations=[{pair(ONE, OTHER)}]"])) != scenario_hash(plain)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (pair("mechanisms.teritory.start", OTHER), 'between.0: found the path "mechanisms.teritory.start"'),
        (pair("mechanisms.teritory.start", OTHER), "nearest: mechanisms.territory.start"),
        (pair(ONE, "horizon"), 'between.1: found the path "horizon"'),
        (pair(ONE, "mechanisms.territory.speed"), "mechanisms.territory.speed, which does not vary"),
        (pair(ONE, "mechanisms.territory.low"), "mechanisms.territory.low, which does not vary"),
        (pair(ONE, ONE), f"found {ONE} with itself"),
        (f"{pair(ONE, OTHER)}, {pair(OTHER, ONE)}", "a second time"),
        (pair(ONE, OTHER, 1.0), "rank: found 1.0; allowed: a number above -1 and below 1"),
        (f"{{between: [{ONE}], rank: 0.5}}", "between"),
        (f"{{between: [{ONE}, {OTHER}]}}", "rank: found nothing"),
        (f"{pair(ONE, OTHER, -0.8)}, {pair(OTHER, THIRD, -0.8)}, {pair(ONE, THIRD, -0.8)}", "contradict each other"),
    ],
)
def test_every_misfit_is_a_fault_with_its_place(said: str, found: str):
    assert any(found in each and "correlations" in each for each in faults(said)), faults(said)


def test_all_faults_are_reported_together():
    both = f"{pair(ONE, ONE, 2.0)}, {pair('nothing', OTHER)}"
    assert len(faults(both)) == 3


def test_normal_scores_have_the_rank_correlation_that_was_asked_for():
    # the rank correlation of a bivariate normal with correlation c is 6 / pi asin(c / 2), by Monte Carlo as well
    for rank in (-0.9, -0.3, 0.0, 0.5, 0.95):
        assert 6.0 / math.pi * math.asin(normal_correlation(rank) / 2.0) == pytest.approx(rank, abs=1e-12)
    matrix = matrix_of(["a", "b"], {("a", "b"): 0.7})
    draws = np.random.default_rng(0).multivariate_normal([0, 0], matrix, 20_000)
    assert stats.spearmanr(draws).statistic == pytest.approx(0.7, abs=4 / math.sqrt(20_000))

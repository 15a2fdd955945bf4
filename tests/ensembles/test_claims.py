"""Claims whose verdict, share, hinge and threshold are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ripeness.ensembles.claims import claim_variants, judge
from ripeness.ensembles.inquiry import Options, ask_claims
from ripeness.ensembles.sweep import sweep
from ripeness.questions.verdicts import FAILS, HOLDS
from ripeness.scenario.faults import ScenarioError
from ripeness.scenario.measures import Asked
from tests.ensembles.wars import THRESHOLD, advantage, war

N = 128
RATE, LOSSES = "actors.attacker.discount_yearly", "mechanisms.territory.defender_losses"


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    options = Options(n=N, grid="normal", workers=1, folder=tmp_path_factory.mktemp("claims"))
    return ask_claims(war(), None, options)


@pytest.fixture(scope="module")
def verdicts(answer):
    return {each.claim.id: each for each in answer.verdicts}


def three_errors(share: float) -> float:
    return 3.0 * math.sqrt(share * (1.0 - share) / N)


def test_a_claim_that_is_true_everywhere_holds(verdicts):
    found = verdicts["terms-improve"]
    assert (found.verdict, found.share, found.central) == ("holds", 1.0, True)
    assert found.hinges == ()
    # the line moves by 0.02 a year whatever is drawn; 1e-5: float32 of expected terms over differences of a year
    assert found.tests[0].effect.quantiles == pytest.approx((0.02,) * 5, abs=1e-5)


def test_a_claim_that_is_false_everywhere_fails(verdicts):
    found = verdicts["terms-worsen"]
    assert (found.verdict, found.share, found.central) == ("fails", 0.0, False)
    assert found.hinges == ()


def test_proposition_12_1_comes_out_as_a_claim_with_its_threshold(verdicts):
    """Theory II.12.1: waiting pays the attacker iff its discount rate lies below (mu - c_A) / x.

    In the engine's units c_A = -(1 - d) u / d with u = x - cost while the war lasts (theory 0.2), so that the threshold
    is speed / cost, whatever x.
    """
    found = verdicts["waiting-pays"]
    true_share = (THRESHOLD - 0.02) / (0.20 - 0.02)
    assert found.verdict == "depends"
    assert found.central is True
    assert found.share == pytest.approx(true_share, abs=three_errors(true_share))
    (hinge,) = found.hinges
    assert hinge.path == RATE
    assert hinge.threshold == pytest.approx(THRESHOLD, abs=0.05 * 0.18)
    assert hinge.interval[0] <= THRESHOLD <= hinge.interval[1]
    assert not hinge.above
    assert (hinge.share_below, hinge.share_above) == (1.0, 0.0)


def test_the_effect_is_that_of_the_closed_form(tmp_path):
    """Slopes in years 1 to 8, of histories that settle at a date, are central differences of theory's U_A."""
    done = sweep(war(), 4, grid="normal", workers=1, folder=tmp_path, kind="latin")
    rates = done.inputs[:, done.paths.index(RATE)]
    for year in (1, 4, 7):
        found = done.values(Asked("value_slope", of="attacker", at=12 * year))
        known = [(advantage(r, year + 1) - advantage(r, year - 1)) / 2.0 for r in rates]
        assert found == pytest.approx(known, abs=2e-6)  # float32 of values near 0.4, halved


def test_a_claim_that_is_true_on_half_a_range_says_which_half(verdicts):
    """What the defender gets falls with its losses: the draw is worse than the middle iff it lies above the middle."""
    found = verdicts["dearer-than-middling"]
    assert found.share == pytest.approx(0.5, abs=three_errors(0.5))
    (hinge,) = found.hinges
    assert hinge.path == LOSSES
    assert hinge.threshold == pytest.approx(0.1, abs=0.05 * 0.2)
    assert hinge.above
    assert hinge.explained > 0.9
    assert hinge.accuracy > 0.95


def test_a_claim_of_two_tests_hinges_on_both(verdicts):
    found = verdicts["both"]
    true_share = 0.5 * (THRESHOLD - 0.02) / 0.18
    assert found.share == pytest.approx(true_share, abs=three_errors(true_share))
    thresholds = {each.path: each.threshold for each in found.hinges}
    assert thresholds.keys() == {RATE, LOSSES}
    assert thresholds[RATE] == pytest.approx(THRESHOLD, abs=0.05 * 0.18)
    assert thresholds[LOSSES] == pytest.approx(0.1, abs=0.05 * 0.2)
    best = found.regions[0]
    assert best.density > 0.95
    assert best.coverage > 0.95
    assert {each.path for each in best.conditions} == {RATE, LOSSES}


def test_verdicts_follow_their_rule(verdicts):
    for each in verdicts.values():
        word = "holds" if each.share >= HOLDS else "fails" if each.share <= FAILS else "depends"
        assert each.verdict == word
        assert each.share == float((each.margins > 0.0).mean())
        assert each.interval[0] <= each.share <= each.interval[1]


def test_the_strongest_draws_are_the_ends_of_the_margin(answer, verdicts):
    found = verdicts["waiting-pays"]
    best, worst = found.strongest_for, found.strongest_against
    assert best.margin == np.nanmax(found.margins)
    assert worst.margin == np.nanmin(found.margins)
    # the slope falls in the discount rate while it pays, so that the most patient draw is the strongest for
    assert best.values[RATE] == min(found.drawn[RATE])
    first = found.contrasts[0]
    assert first.path == RATE
    assert first.distance == pytest.approx((best.values[RATE] - worst.values[RATE]) / np.ptp(found.drawn[RATE]))


def test_a_change_without_effect_makes_no_claim_true(tmp_path):
    text = """
claims:
  - id: same
    says: A proposal of a patron that is not there changes the outcome.
    tests: [{measure: value, of: attacker, is: more, than: {set: {mechanisms.channel.patron: 0.5}}}]
"""
    options = Options(n=8, grid="normal", workers=1, folder=tmp_path)
    (found,) = ask_claims(war(text), None, options).verdicts
    assert found.share == 0.0
    assert np.abs(found.margins).max() == 0.0
    assert found.tests[0].same == 1.0


def test_draws_that_fail_are_counted_and_left_out(tmp_path):
    """A start beyond the end of the axis, 0.35, is refused: half of the range from 0.25 to 0.45. A Latin hypercube of
    eight draws has four in each half."""
    text = """
claims:
  - id: shorter
    says: A shorter axis changes nothing.
    tests: [{measure: value, of: attacker, is: less, than: {set: {mechanisms.territory.high: 0.35}}}]
"""
    varied = war(text, "mechanisms.territory.start={value: 0.3, range: [0.25, 0.45]}")
    answer = ask_claims(varied, None, Options(n=8, grid="normal", workers=1, folder=tmp_path))
    (found,) = answer.verdicts
    assert (found.n, found.failed, found.undefined) == (4, 4, 0)
    assert np.isfinite(found.margins).sum() == 4
    ((said, count),) = answer.ensemble.failures
    assert count == 4
    assert "start" in said


def test_a_claim_is_judged_again_without_solving(tmp_path):
    done = sweep(war(), 16, variants=claim_variants(war()), grid="normal", workers=1, folder=tmp_path, kind="latin")
    first = judge(done)
    edited = war("""
claims:
  - {id: other, says: Another., tests: [{measure: value, of: attacker, is: more, than: 0.25}]}
""")
    again = sweep(edited, 16, grid="normal", workers=1, folder=tmp_path, kind="latin", executor=Refusing())
    (found,) = judge(again)
    assert found.n == len(first[0].margins) == 16


class Refusing:
    """A place where nothing may be computed."""

    def run(self, batches, function):
        raise AssertionError("nothing is to be solved")


def test_an_unknown_claim_is_a_fault(tmp_path):
    with pytest.raises(ScenarioError, match="nearest: waiting-pays"):
        ask_claims(war(), ["waiting-pay"], Options(folder=tmp_path))
    with pytest.raises(ScenarioError, match="a scenario with claims"):
        ask_claims(war(""), None, Options(folder=tmp_path))

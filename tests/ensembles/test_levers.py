"""Levers whose effect, interaction and least setting are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ripeness.ensembles.inquiry import Options, ask_levers
from ripeness.ensembles.levers import _bracket, _monotone, least_settings, lever_variant, pairs_of
from ripeness.ensembles.sweep import extend, sweep
from ripeness.scenario.measures import Asked
from tests.ensembles.wars import COST, SPEED, START, war

LINE = Asked("level", of="territory", at=24)
"""Where the line stands after two years: start + 2 speed."""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    options = Options(n=4, grid="normal", workers=1, folder=tmp_path_factory.mktemp("levers"))
    target = START + 2 * SPEED + 0.03
    return ask_levers(war(), LINE, None, options, most_pairs=1, pair_draws=2, target=target, target_draws=1).table


def by_id(effects):
    return {each.id: each for each in effects}


def test_effects_are_those_of_the_closed_form(table):
    found = by_id(table.singles)
    # 2e-6: the mean of an axis in float32
    assert found["further"].central == pytest.approx(0.1, abs=2e-6)
    assert found["faster"].central == pytest.approx(2 * SPEED, abs=2e-6)
    assert found["faster"].effect.quantiles == pytest.approx((2 * SPEED,) * 5, abs=2e-6)
    assert found["nothing"].effects == pytest.approx(np.zeros(4), abs=0.0)
    assert table.central == pytest.approx(START + 2 * SPEED, abs=2e-6)


def test_levers_are_ranked_by_the_size_of_their_effect(table):
    assert [each.id for each in table.singles][:2] == ["further", "faster"]


def test_whom_a_lever_helps(table):
    """A line further on is worth as much to the one as it costs the other."""
    found = by_id(table.singles)
    assert found["further"].helps == {"attacker": 1.0, "defender": 0.0}
    assert found["nothing"].helps == {"attacker": 0.5, "defender": 0.5}
    moved = found["further"].values
    assert moved["attacker"].median == pytest.approx(0.1, abs=2e-6)
    assert moved["defender"].median == pytest.approx(-0.1, abs=2e-6)


def test_what_adds_up_does_not_interact(table):
    pair = by_id(table.pairs)["further + faster"]
    assert pair.effect.median == pytest.approx(0.1 + 2 * SPEED, abs=4e-6)
    assert pair.interaction.quantiles == pytest.approx((0.0,) * 5, abs=4e-6)
    assert pair.central_interaction == pytest.approx(0.0, abs=4e-6)
    assert pair.effect.n == 2


def test_costs_are_counted_while_the_war_goes_on(table):
    """A hazard h a year at no gain leaves the war open with exp(-h t): cost (1 - d) sum d^t exp(-h t)."""
    factor = 1 / 1.05
    known = 0.01 * (1 - factor) * sum((factor * math.exp(-0.3)) ** t for t in range(10))
    assert by_id(table.singles)["faster"].cost == {"attacker": pytest.approx(known, rel=1e-6)}
    assert by_id(table.singles)["further"].cost == {}


def test_the_least_setting_is_found(table):
    """The line must move 0.03 on: 0.3 of the way for a start at 0.4, three quarters of a doubled speed."""
    found = {each.id: each for each in table.least}
    assert found["further"].strength == pytest.approx(0.3, abs=0.005)
    assert found["faster"].strength == pytest.approx(0.75, abs=0.005)
    assert found["faster"].settings["mechanisms.territory.speed"] == pytest.approx(SPEED * 1.75, abs=SPEED * 0.005)
    assert found["further + faster"].strength == pytest.approx(0.03 / 0.14, abs=0.005)
    assert found["further"].monotone
    # straight lines between eight strengths are exact where the measure is a straight line
    assert found["faster"].in_draws == pytest.approx([0.75], abs=1e-4)


def test_where_none_reaches_the_target_that_is_said(table):
    found = {each.id: each for each in table.least}
    assert found["nothing"].strength is None
    assert found["nothing"].settings == {}
    assert found["talks"].strength is None
    assert table.least[-1].strength is None


def test_a_dated_lever_leaves_what_comes_before_alone(tmp_path):
    scenario = war()
    talks = next(each for each in scenario.levers if each.id == "talks")
    changed = lever_variant(talks, scenario)
    done = sweep(scenario, 2, variants=[changed], grid="normal", workers=1, folder=tmp_path, kind="latin")
    for year in range(1, 6):
        asked = Asked("still_open", at=12 * year)
        hazards = [0.3 if t < 2 else 0.6 for t in range(year)]
        assert done.central_value(asked, changed) == pytest.approx(math.exp(-sum(hazards)), rel=1e-5)


def test_targets_below_are_reached_from_above(tmp_path):
    scenario = war("""
levers:
  - {id: slower, says: The advance stops., set: {mechanisms.territory.speed: 0.002}}
""")
    done = sweep(scenario, 1, grid="normal", workers=1, folder=tmp_path, kind="latin")
    (found,) = least_settings(
        done, LINE, START + SPEED, [(scenario.levers[0],)], lambda v, n: extend(done, v, n, workers=1)
    )
    # from 0.02 down to 0.01 on the way to 0.002
    assert found.strength == pytest.approx(0.01 / 0.018, abs=0.005)


def test_the_first_strength_that_reaches_is_taken():
    values = {0.0: 0.1, 0.25: 0.3, 0.5: 0.2, 1.0: 0.5}
    assert _bracket(values, 0.25, True) == (0.0, 0.25)
    assert _bracket(values, 0.6, True) is None
    assert not _monotone(list(values.values()))
    assert _monotone([0.1, 0.1 + 1e-8, 0.2])


def test_pairs_are_those_of_the_strongest(table):
    assert [tuple(each.id for each in pair) for pair in pairs_of(table, 1)] == [("further", "faster")]
    assert len(pairs_of(table, 3)) == 3
    assert pairs_of(table, 0) == []


def test_a_faster_advance_is_worth_what_the_closed_form_says(table):
    """The attacker's value: over dates of settlement, each as likely as the hazard has it, and the end."""
    factor, stays = 1 / 1.05, math.exp(-0.3)

    def value(speed: float) -> float:
        line = [START + speed * t for t in range(11)]
        total, alive = 0.0, 1.0
        for t in range(10):
            total += alive * (1 - stays) * factor**t * line[t]
            alive *= stays
            total += alive * (1 - factor) * factor**t * (line[t] - COST)
        return total + alive * factor**10 * line[10]

    moved = value(2 * SPEED) - value(SPEED)
    # with twice the speed a few lines reach the end of the axis in the last years
    assert by_id(table.singles)["faster"].central_values["attacker"] == pytest.approx(moved, rel=1e-3)

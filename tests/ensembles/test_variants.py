"""What variants change: numbers by a part of the way, within what fields allow, and between dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import game_of
from ripeness.ensembles.variants import BASE, Variant, applied, period_of, stretches, variant
from ripeness.game import build
from ripeness.game.errors import GameError
from ripeness.runs.solving import solve
from ripeness.scenario import Scenario, load
from ripeness.scenario.variants import changed

COST = "mechanisms.territory.attacker_cost"


@pytest.fixture(scope="module")
def war() -> Scenario:
    return load("textbook", ["horizon=8"])


def number(scenario: Scenario, said: Any, strength: float = 1.0) -> float:
    """The attacker's cost, 0.1, after a change."""
    (step,) = variant({COST: said}, strength=strength).steps
    return float(applied(scenario, step).mechanisms["territory"].attacker_cost)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("said", "strength", "wanted"),
    [
        (0.3, 1.0, 0.3), (0.3, 0.5, 0.2), (0.3, 0.25, 0.15), (2, 1.0, 2.0), ("x2", 1.0, 0.2), ("x2", 0.5, 0.15),
        ("x 1e-1", 1.0, 0.01), ("+0.05", 1.0, 0.15), ("-0.05", 0.5, 0.075), ("-0.2", 1.0, 0.0), ("-0.2", 0.5, 0.05),
        ("x1000", 1.0, 10.0), ("x1000", 0.5, 5.05),
    ],
)  # fmt: skip
def test_a_number_goes_a_part_of_the_way_and_stays_in_its_field(war: Scenario, said: Any, strength: float, wanted: Any):
    assert number(war, said, strength) == pytest.approx(wanted, rel=1e-12)


def test_what_changes_is_known_by_its_content():
    one = variant({"b": 1, "a": "x2"}, label="one")
    assert one.id == variant({"a": "x2", "b": 1.0}, label="other").id
    others = [
        BASE, variant({"a": "x2"}), variant({"a": "x2", "b": 2}), variant({"a": "x2", "b": 1}, strength=0.5),
        variant({"a": "x2", "b": 1}, since=3), variant({"a": "x2", "b": 1}, until="2027-01"),
        variant({"a": "x2", "b": None}), one + variant({"c": 1}),
    ]  # fmt: skip
    assert len({each.id for each in [one, *others]}) == len(others) + 1
    assert BASE.id == variant({}).id == variant({"a": 1}, strength=0.0).id == ""
    assert (one + variant({"c": 1}, label="two")).label == "one and two"
    assert (one + BASE).steps == one.steps


def test_strengths_outside_0_to_1_are_refused():
    with pytest.raises(EnsembleError, match=r"must lie in \[0, 1\], got 1.5"):
        variant({"a": 1}, strength=1.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({COST: "twice"}, f'{COST} must be set to a number, or by "x2"'),
        ({"mechanisms.nothing.x": 1.0}, "there is no 'nothing' to change"),
        ({"mechanisms.nothing": None}, "only a mechanism of the scenario can be left out, got mechanisms.nothing"),
        ({"actors.attacker.discount_yearly": None}, "only a mechanism of the scenario can be left out"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(war: Scenario, changes: Any, said: str):
    with pytest.raises(ValueError, match=said):
        applied(war, variant(changes).steps[0])


def test_a_mechanism_can_be_left_out():
    scenario = load("korea-1951-07")
    name = next(each for each in scenario.mechanisms if each not in ("territory", "channel"))
    assert name not in applied(scenario, variant({f"mechanisms.{name}": None}).steps[0]).mechanisms


def test_dates_are_periods_of_the_scenario():
    scenario = load("ukraine-2025-12")
    assert [period_of(scenario, when) for when in ("2025-12", "2026-03-15", "2024-01", 7, -3)] == [0, 3, 0, 7, 0]


def test_stretches_are_cut_where_something_begins_or_ends(war: Scenario):
    both = variant({"a": 1}, since=2, until=5) + variant({"b": 1}, since="2004-06")  # years from 2000
    one, two = both.steps
    assert stretches(war, both) == [(0, ()), (2, (one,)), (4, (one, two)), (5, (two,))]
    assert stretches(war, BASE) == [(0, ())]
    assert stretches(war, variant({"a": 1})) == [(0, variant({"a": 1}).steps)]
    assert stretches(war, variant({"a": 1}, since="1990-01")) == [(0, variant({"a": 1}, since="1990-01").steps)]
    with pytest.raises(EnsembleError, match="a change must end after it begins"):
        stretches(war, variant({"a": 1}, since=5, until=5))


def test_a_change_for_all_time_is_the_changed_scenario_and_one_from_a_date_ends_in_it(war: Scenario):
    def values(game: Any) -> np.ndarray:
        return solve(game, dtype=np.float64, threads=1).values

    dear = build(changed(war, {COST: 0.2}))
    np.testing.assert_array_equal(values(game_of(war, variant({COST: "x2"}), "normal")), values(dear))
    later = values(game_of(war, variant({COST: 0.2}, since=3), "normal"))
    np.testing.assert_array_equal(later[3:], values(dear)[3:])
    plain = values(build(war))
    for_a_time = values(game_of(war, variant({COST: 0.2}, since=3, until=5), "normal"))
    np.testing.assert_array_equal(for_a_time[5:], plain[5:])
    assert not np.array_equal(for_a_time[4], plain[4])
    whole = values(game_of(war, variant({COST: 0.2}, since=0), "normal"))
    np.testing.assert_array_equal(whole, values(dear))


def test_what_a_war_has_once_cannot_change_from_a_date(war: Scenario):
    patient = variant({"actors.attacker.discount_yearly": 0.1}, since=3)
    with pytest.raises(GameError, match="may not touch discount rates"):
        game_of(war, patient, "normal")


def test_variants_are_plain_data(war: Scenario):
    said = variant({COST: "x2"}, since="2003-01", until=5, strength=0.5).plain()
    assert said == [{"set": {COST: "x2"}, "from": "2003-01", "until": 5, "strength": 0.5}]
    assert Variant().plain() == []

"""The list of assumptions is complete, and the hash of a scenario depends on what it says alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from ripeness.mechanisms.registry import BUILT_IN, registered
from ripeness.scenario import AssumptionRow, Quantity, assumptions, parse, scenario_hash, starter_text
from ripeness.scenario.fields import fields
from tests.scenario.broken import SOUND
from tests.scenario.typed import TYPED


def rows(text: str = SOUND) -> dict[str, AssumptionRow]:
    return {row.path: row for row in assumptions(parse(text))}


def test_number_is_listed_with_all_that_is_known_of_it() -> None:
    start = rows()["mechanisms.territory.start"]
    assert (start.value, start.unit, start.range, start.given) == (0.2, "share of what is disputed", (0.1, 0.3), True)
    assert [(each.document, each.sentence) for each in start.citations] == [("analysis", 4)]
    assert start.varies
    assert start.meaning.startswith("A's share")
    guess = rows()["actors.defender.discount_yearly"]
    assert (guess.value, guess.note) == (0.1, "guessed")
    credibility = rows()["mechanisms.deadline.credibility"]
    assert credibility.range is None
    assert credibility.prior is not None
    assert credibility.prior.kind == "uniform"


def test_default_is_listed_as_such_with_the_range_of_its_field() -> None:
    spread = rows()["mechanisms.territory.spread"]
    assert not spread.given
    assert spread.range == (0.02, 0.15)
    assert not rows()["choices.precision.effort"].given
    assert rows()["choices.precision.offer"].given
    assert not rows()["actors.patron.discount_yearly"].given


def test_number_outside_the_plausible_range_of_its_field_has_no_range() -> None:
    spread = rows(SOUND.replace("    points: 7", "    spread: 0.5"))["mechanisms.territory.spread"]
    assert (spread.given, spread.range, spread.varies) == (True, None, False)


def test_entries_of_lists_carry_the_unit_of_the_list() -> None:
    first = rows()["mechanisms.mood.peace_benefit.0"]
    assert (first.unit, first.range) == ("share of the prize", (0.0, 0.5))
    assert rows()["mechanisms.mood.rates.0.1"].unit == "per year"
    assert rows()["agenda.grid.shifts.1"].value == 0.0
    assert rows()["frozen.cost.attacker"].unit == "share of the prize"


def test_dates_words_and_switches_that_the_engine_reads_are_listed() -> None:
    known = rows()
    assert known["start"].value == "2026-01"
    assert known["mechanisms.mood.start"].value == "impatient"
    assert known["mechanisms.mood.elections.0.date"].value == "2026-11"
    assert known["mechanisms.territory.ends_war"].value is False
    assert known["agenda.packages.1.terms"].value == "line"
    assert not any(path.startswith(("notes", "documents", "title", "name")) or path.endswith(".name") for path in known)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_number_of_every_mechanism_has_unit_and_meaning(name: str) -> None:
    for key, place in fields(registered()[name]).items():
        if any(each.annotation in (Quantity, int, float) for each in place.alternatives):
            assert place.unit, f"{name}.{key} has no unit"
            assert place.meaning, f"{name}.{key} has no meaning"


@pytest.mark.parametrize("text", [starter_text(), TYPED], ids=["starter", "typed"])
def test_every_assumption_has_a_meaning_and_numbers_have_units(text: str) -> None:
    for row in assumptions(parse(text)):
        assert row.meaning, row.path
        if isinstance(row.value, float):
            assert row.unit, row.path


def test_number_that_a_type_changes_is_listed_as_its_field_is() -> None:
    known = rows(TYPED)
    change = known["beliefs.attacker.types.1.set.mechanisms.territory.attacker_cost"]
    field = known["mechanisms.territory.attacker_cost"]
    assert (change.unit, change.meaning) == (field.unit, field.meaning)
    assert (change.value, change.range, change.note, change.given) == (0.02, (0.01, 0.03), "fights for more", True)
    benefit = known["beliefs.attacker.types.1.set.mechanisms.mood.peace_benefit.1"]
    assert (benefit.unit, benefit.range) == ("share of the prize", (0.0, 0.5))
    rate = known["beliefs.attacker.types.1.set.actors.attacker.discount_yearly"]
    assert (rate.unit, rate.range) == ("per year", (0.02, 0.2))
    assert known["beliefs.attacker.types.1.set.agenda.packages.0.extra.patron"].unit == "share of the prize"


def test_beliefs_are_listed_with_their_ranges_and_citations() -> None:
    known = rows(TYPED)
    start = known["beliefs.attacker.types.1.probability"]
    assert (start.value, start.unit, start.range, start.note) == (0.4, "probability", (0.2, 0.6), "a guess")
    assert [each.sentence for each in start.citations] == [7]
    assert known["beliefs.attacker.types.1.seen_by.defender"].range == (0.6, 0.9)
    assert known["beliefs.attacker.types.1.seen_by.truth"].range == (0.05, 0.95)
    assert known["beliefs.attacker.leak_yearly"].given
    assert not known["beliefs.defender.nodes"].given
    assert not any(path.startswith("beliefs") for path in rows(SOUND))
    assert not any(path.split(".")[-1] in ("about", "meaning", "name") for path in known)


@pytest.mark.parametrize("text", [SOUND, TYPED], ids=["sound", "typed"])
def test_setting_every_assumption_to_its_value_changes_nothing(text: str) -> None:
    known = assumptions(parse(text))
    assert len(known) > 90
    again = parse(text, sets=[f"{row.path}={json.dumps(row.value)}" for row in known])
    assert scenario_hash(again) == scenario_hash(parse(text))
    assert {row.path: row.value for row in assumptions(again)} == {row.path: row.value for row in known}


@cache
def hash_of_sound() -> str:
    return scenario_hash(parse(SOUND))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("horizon: 24", "horizon:    24   # two years"),
        ("discount_yearly: 0.05", "discount_yearly: 5e-2"),
        ("discount_yearly: 0.05", "discount_yearly: {value: 0.05}"),
        ("discount_yearly: 0.05", "{discount_yearly}: 0.05".format(discount_yearly='"discount_yearly"')),
        ("title: A border war", "title: 'A border war'"),
        ("title: A border war", "title: &t A border war"),
        ("[0.5, 1.0]", "\n      - 0.5\n      - 1"),
        ("ripeness: 1\nname: border-war\n", "name: border-war\nripeness: 1\n"),
        ("{offer: 200}", "{effort: 200.0, offer: 200}"),
        ("  durability: {}\n", "  durability: {base: 0.078}\n"),
        ("cost: {attacker: 0.02, patron: 0.01}", "cost: {patron: 0.01, attacker: 0.02}"),
        ("cites: {document: analysis, sentence: 4}", "cites: [{sentence: 4, document: analysis}]"),
    ],
)
def test_layout_does_not_change_the_hash(old: str, new: str) -> None:
    assert SOUND.count(old) == 1
    assert scenario_hash(parse(SOUND.replace(old, new))) == hash_of_sound()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("horizon: 24", "horizon: 25"),
        ("title: A border war", "title: A border War"),
        ("note: guessed", "note: measured"),
        ("range: [0.1, 0.3]", "range: [0.1, 0.31]"),
        ("sentence: 4", "sentence: 5"),
        ("[0.2, 0.6]", "[0.2, 0.7]"),
        ("discount_yearly: 0.05", "discount_yearly: 0.050000001"),
        ("[-0.05, 0.0, 0.05]", "[0.0, -0.05, 0.05]"),
        ("  durability: {}\n", ""),
        ("  durability: {}\n", "  durability: {base: 0.079}\n"),
        ("goes", "went"),
        ("frozen:", "beliefs: {known: true}\nfrozen:"),
    ],
)
def test_whatever_the_scenario_says_changes_the_hash(old: str, new: str) -> None:
    assert SOUND.count(old) == 1
    assert scenario_hash(parse(SOUND.replace(old, new))) != hash_of_sound()


def test_hash_is_the_same_in_every_process() -> None:
    program = "from ripeness.scenario import *; print(scenario_hash(parse(starter_text())))"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert hashes == {scenario_hash(parse(starter_text()))}

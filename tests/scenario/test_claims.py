"""Claims and levers of a scenario file: what they may say, and every fault of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from ripeness.ensembles.variants import applied, variant
from ripeness.runs.inputs import inputs_of
from ripeness.scenario import ScenarioError, json_schema, parse, scenario_hash
from ripeness.scenario.claims import Operand, taken_over
from ripeness.scenario.ledger import assumptions
from ripeness.scenario.measures import Asked
from ripeness.scenario.reading import read

PAGE = Path(__file__).resolve().parents[2] / "docs" / "claims.md"

WAR = """
ripeness: 1
name: border-war
title: A border war
start: 2026-01
horizon: 36
documents:
  - {id: analysis, title: An analysis}
actors:
  attacker: {name: Northland, discount_yearly: 0.05}
  defender: {name: Southland, discount_yearly: 0.1}
  patron: {name: Farland, discount_yearly: 0.2}
mechanisms:
  territory: {start: 0.2}
  support: {}
  channel: {}
  mood: {start: impatient}
  posture: {}
agenda:
  grid: {shifts: [-0.05, 0.0, 0.05], guarantees: [0.0, 0.6]}
  packages:
    - {name: swap of ground, terms: line, shift: 0.02}
"""

GOOD = """
claims:
  - id: delay
    says: Delay helps.
    cites: [{document: analysis, sentence: 3}]
    note: A note.
    tests:
      - {measure: terms, at: 24, is: more, than: {at: 2026-07}, by: 0.01, note: Why.}
      - {measure: acceptable, of: attacker, package: "line +0.05, guarantees 0.6", is: less, than: {of: defender, package: swap of ground}}
      - {measure: posture, of: press defender, within: 2027-01, is: more, than: 0.1}
      - {measure: chance_of_settlement, within: 12, set: {mechanisms.support: null}, is: less, than: {lever: aid}}
levers:
  - id: aid
    says: More aid.
    who: A coalition
    set: {mechanisms.support.supporters: "x2", mechanisms.support.cost: "-0.001", mechanisms.territory.ends_war: true}
    from: 2026-04
    until: 24
    cost: {patron: {value: 0.002, note: a guess}}
"""  # noqa: E501


def faults(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(WAR + text, "war.yaml")
    return [str(each) for each in caught.value.faults]


def test_what_a_file_says_is_understood():
    scenario = parse(WAR + GOOD)
    (claim,), (lever,) = scenario.claims, scenario.levers
    first = claim.tests[0]
    assert (first.left_asked(), first.right_asked()) == (Asked("terms", at=24), Asked("terms", at="2026-07"))
    assert (first.is_, first.by) == ("more", 0.01)
    assert claim.citations[0].sentence == 3
    assert claim.tests[2].right_asked() is None
    assert claim.tests[3].right_asked() == Asked("chance_of_settlement", within=12)
    assert isinstance(claim.tests[3].than, Operand)
    assert (lever.from_, lever.until, lever.who) == ("2026-04", 24, "A coalition")
    assert lever.set["mechanisms.support.supporters"] == "x2"
    assert float(lever.cost["patron"]) == 0.002
    assert lever.cost["patron"].note == "a guess"


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ({"measure": "value", "of": "attacker"}, {"of": "defender"}, {"measure": "value", "of": "defender"}),
        ({"measure": "terms", "at": 24}, {"within": 6}, {"measure": "terms", "within": 6}),
        (
            {"measure": "value", "of": "attacker", "at": 6},
            {"measure": "terms"},
            {"measure": "terms", "at": 6},
        ),
        ({"measure": "terms", "at": 24}, {"measure": "median_duration"}, {"measure": "median_duration"}),
    ],
)
def test_what_is_left_out_on_the_right_is_as_on_the_left(left, right, found):
    assert taken_over(left, right) == found


def test_neither_claims_nor_levers_are_part_of_the_hash():
    assert scenario_hash(parse(WAR + GOOD)) == scenario_hash(parse(WAR))


def test_nor_of_the_inputs_of_a_run():
    asked = {"sets": (), "n_periods": 36, "grid": "normal", "seed": 0, "histories": 0, "dtype": "float32"}
    said = [inputs_of(parse(text), text.encode(), "war", **asked) for text in (WAR, WAR + GOOD)]
    assert said[0].hash == said[1].hash
    assert said[0].document == said[1].document


def test_every_fault_is_found_at_once_with_its_place():
    said = faults("""
claims:
  - id: delay
    says: Delay helps.
    tests:
      - {measure: term, at: 24, is: more, than: {at: 6}}
      - {measure: terms, at: 48, is: more, than: {at: 6}}
      - {measure: value, is: more, than: 0.5}
      - {measure: value, of: attackr, is: more, than: {of: defender}}
      - {measure: value, of: attacker, is: moar, than: 0.5}
      - {measure: value, of: attacker, is: more, than: {}}
      - {measure: value, of: attacker, is: more, than: {lever: ad}}
      - {measure: acceptable, of: attacker, package: swap of grounds, is: more, than: 0.5}
      - {measure: terms, package: line, is: more, than: 0.5}
      - {measure: terms, view: patrn, is: more, than: 0.5}
  - {id: delay, says: Again., tests: []}
levers:
  - {id: aid, says: More., set: {mechanisms.support.suporters: "x2"}, from: 2027-01, until: 2026-05}
  - {id: aid, says: More., set: {mechanisms.courtship.asked: 0}, from: 2030-01}
""")
    wanted = {
        "7:19": ("claims.0.tests.0.measure", "nearest: terms"),
        "8:30": ("claims.0.tests.1.at", "0 to 35 months"),
        "9:9": ("claims.0.tests.2.of", "value needs it"),
        "10:30": ("claims.0.tests.3.of", "nearest: attacker"),
        "11:44": ("claims.0.tests.4.is", "nearest: more"),
        "12:50": ("claims.0.tests.5.than", "another actor, date or view"),
        "13:64": ("claims.0.tests.6.than.lever", "nearest: aid"),
        "14:54": ("claims.0.tests.7.package", "nearest: swap of ground"),
        "15:26": ("claims.0.tests.8.package", "does not take"),
        "16:32": ("claims.0.tests.9.view", "nearest: patron"),
        "17:10": ("claims.1.id", "its own id for each claim"),
        "17:38": ("claims.1.tests", "1 to 20 entries"),
        "19:34": ("levers.0.set.mechanisms.support.suporters", "nearest: mechanisms.support.supporters"),
        "19:93": ("levers.0.until", "after `from`"),
        "20:10": ("levers.1.id", "its own id for each lever"),
        "20:34": ("levers.1.set.mechanisms.courtship.asked", "does not use"),
        "20:72": ("levers.1.from", "after the end"),
    }
    first = WAR.count("\n")
    found = {}
    for each in said:
        line, column = map(int, each.split(":")[1:3])
        found[f"{line - first + 1}:{column}"] = each
    assert found.keys() == wanted.keys()
    for place, (path, words) in wanted.items():
        assert f"{path}: found" in found[place], place
        assert words in found[place], place


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("mechanisms.territory.start", "3", "If 3% is meant, write 0.03"),
        ("mechanisms.territory.start", "+0.1", 'Write "+0.1", in quotes'),
        ("mechanisms.territory.start", '"2×"', 'Write "x2"'),
        ("mechanisms.territory.start", '"+10%"', 'Write "x1.1"'),
        ("mechanisms.territory.start", "null", "Only a whole mechanism can be taken out"),
        ("mechanisms.territory.points", "3", "lays out the grid"),
        ("mechanisms.territory", "null", "no scenario can be without it"),
        ("mechanisms.support", "0.5", "null, which takes it out"),
        ("horizon", "12", "lays out the grid"),
        ("mechanisms.territory.high", "0.1", "refuses"),
        ("mechanisms.territory.ends_war", "0.5", "true or false"),
        ("frozen.cost.attacker", "0.5", "the path of a number"),
        ("title", "0.5", "the path of a number"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(path, value, words):
    (said,) = faults(f"levers:\n  - {{id: one, says: One., set: {{{path}: {value}}}}}\n")
    assert words in said


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("actors.attacker.discount_yearly", "patience"),
        ("choices.precision.offer", "how sharply"),
        ("mechanisms.territory.start", "another grid of states"),
        ("mechanisms.mood", "for a part of the time"),
    ],
)
def test_what_a_war_has_once_cannot_change_at_a_date(path, words):
    value = "null" if path == "mechanisms.mood" else "0.3"
    (said,) = faults(f"levers:\n  - {{id: one, says: One., set: {{{path}: {value}}}, from: 2026-06}}\n")
    assert words in said


def test_a_relative_change_beyond_the_bounds_is_cut_and_not_refused():
    scenario = parse(WAR + 'levers:\n  - {id: one, says: One., set: {mechanisms.support.patron: "x100"}}\n')
    (step,) = variant(scenario.levers[0].set).steps
    (made,) = (row for row in assumptions(applied(scenario, step)) if row.path == "mechanisms.support.patron")
    assert made.value == made.bounds[1] < 100.0 * float(scenario.mechanisms["support"].patron)


def test_what_is_wrong_elsewhere_does_not_hide_what_is_wrong_here():
    text = (WAR + GOOD).replace("discount_yearly: 0.05", "discount_yearly: 5%")
    with pytest.raises(ScenarioError) as caught:
        parse(text.replace("measure: terms", "measure: term"))
    paths = {each.path for each in caught.value.faults}
    assert {"actors.attacker.discount_yearly", "claims.0.tests.0.measure"} <= paths


def test_the_schema_of_the_file_knows_them():
    root = read(WAR + GOOD, "war.yaml").root
    assert root is not None
    validator, data = jsonschema.Draft202012Validator(json_schema()), root.plain()
    assert [error.message for error in validator.iter_errors(data)] == []
    data["claims"][0]["tests"][0]["is"] = "moar"
    wrong = [each for error in validator.iter_errors(data) for each in (error, *(error.context or ()))]
    assert any("moar" in each.message for each in wrong)


def test_the_examples_of_the_page_can_be_used():
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        scenario = parse(WAR + block)
        assert scenario.claims or scenario.levers


def test_a_war_too_short_for_its_claims_can_do_without_them():
    claim = "claims:\n  - {id: one, says: One., tests: [{measure: terms, at: 9, is: more, than: 0.5}]}\n"
    with pytest.raises(ScenarioError) as caught:
        parse(WAR + claim, sets=["horizon=6"])
    (fault,) = caught.value.faults
    assert fault.path == "claims.0.tests.0.at"
    setting = fault.remedy.rpartition("--set ")[2]
    assert parse(WAR + claim, sets=["horizon=6", setting]).claims == ()

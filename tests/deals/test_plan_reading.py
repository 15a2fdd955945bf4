"""Plan files: what is read, and every fault of a broken one at once, at its place and with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.deals.plan_reading import load_plan, parse_plan
from ripeness.scenario import ScenarioError

SOUND = """\
plan: 1
name: two-rivers
title: A plan for two rivers
documents:
  - {id: survey, title: A survey}
parties:
  north: {name: Northland, reservation: {value: 0.3, range: [0.2, 0.4], cites: {document: survey, sentence: 2}}}
  south: {name: Southland, reservation: 0.3, power: 2}
  guild: {name: The guild, reservation: 0.0, consents: false}
points:
  line:
    title: Where the line runs
    weight: 2
    options:
      contact: {title: the line of contact, worth: {north: 0.4, south: 0.2, guild: 0.0}}
      river: {worth: {north: 0.1, south: 0.5, guild: 0.1}, red_line_of: [north]}
  force:
    title: Who watches it
    options:
      none: {worth: {north: 0.2, south: 0.0, guild: 0.0}}
      observers: {worth: {north: 0.1, south: 0.15, guild: 0.05}}
      troops: {worth: {north: 0.0, south: 0.3, guild: 0.1}}
conditions:
  requires:
    - {when: {line: contact}, then: {force: [observers, troops]}}
  excludes:
    - {line: river, force: troops}
  together:
    - {options: {line: contact, force: troops}, worth: {south: 0.1}}
drafts:
  first: {line: contact, force: none}
  second: {line: contact, force: troops}
"""


def test_a_sound_plan_keeps_ranges_citations_and_who_must_sign():
    plan = parse_plan(SOUND)
    reservation = plan.parties["north"].reservation
    assert (reservation, reservation.range, reservation.cites[0].sentence) == (0.3, (0.2, 0.4), 2)
    assert plan.signers == ("north", "south")
    assert plan.points["line"].options["river"].red_line_of == ("north",)
    assert plan.drafts["second"]["force"] == "troops"


BROKEN = {
    "an unknown party's worth": ("guild: 0.05}", "gild: 0.05}", "worth.gild", 'unknown party "gild"', "nearest: guild"),
    "a missing worth": (", guild: 0.05}", "}", "options.observers.worth", "no worth for guild", "Add it"),
    "a worth that is a text": ("guild: 0.05}", "guild: much}", "worth.guild", 'the text "much"', ""),
    "a worth out of bounds": ("guild: 0.05}", "guild: 1e6}", "worth.guild", "1000000", ""),
    "a red line of nobody": ("[north]", "[nrth]", "river.red_line_of.0", 'party "nrth"', "nearest: north"),
    "a red line said twice": ("[north]", "[north, north]", "red_line_of.1", "north a second time", "Drop one"),
    "an unknown point": ("first: {line", "first: {lines", "drafts.first.lines", 'point "lines"', "nearest: line"),
    "an unknown option": ("force: none}", "force: some}", "drafts.first.force", 'option of force "some"', ""),
    "a draft without a point": (", force: none}", "}", "drafts.first", "without a choice for force", "Add the missing"),
    "an unknown option of a condition": ("[observers,", "[observer,", "then.force.0", '"observer"', "observers"),
    "an option twice in a condition": ("[observers, troops]", "[troops, troops]", "then.force.1", "a second time", ""),
    "a point on both sides": ("then: {force: [observers, troops]}", "then: {line: river}", "then.line", "`when`", ""),
    "an exclusion of one point": ("- {line: river, force: troops}", "- {line: river}", "excludes.0", "1 point", ""),
    "worth together of one point": ("line: contact, force: troops}, w", "force: troops}, w", "options", "1 point", ""),
    "worth together of nobody": ("worth: {south: 0.1}", "worth: {sauth: 0.1}", "worth.sauth", '"sauth"', "south"),
    "a document that is not there": ("document: survey", "document: servey", "cites.document", "servey", "survey"),
    "a range that misses its value": ("[0.2, 0.4]", "[0.5, 0.6]", "reservation.value", "outside", "Widen"),
    "one signer": ("power: 2}", "power: 2, consents: false}", "parties", "1 of 3 parties", "consents"),
    "no power": ("power: 2}", "power: 0}", "south.power", "0", ""),
    "an unknown key": ("weight: 2", "wieght: 2", "points.line.wieght", "unknown key", "weight"),
    "another version": ("plan: 1", "plan: 2", "plan", "2", ""),
    "a name with blanks": ("  second:", "  the second:", "drafts.the second", "the second", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plan_gets_its_fault_at_its_place(name):
    before, after, path, found, remedy = BROKEN[name]
    assert before in SOUND
    text = SOUND.replace(before, after, 1)
    with pytest.raises(ScenarioError) as caught:
        parse_plan(text, "rivers.yaml")
    (fault,) = caught.value.faults
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line != SOUND.splitlines()[number - 1])
    assert fault.file == "rivers.yaml"
    assert fault.line == (6 if name == "one signer" else line)
    assert fault.path.endswith(path)
    assert found in fault.found
    assert fault.allowed
    assert remedy in fault.remedy
    assert "Input should" not in str(fault)


def test_all_faults_of_a_plan_come_at_once_in_the_order_of_the_file():
    text = SOUND
    apart = ("an unknown point", "a red line of nobody", "a missing worth", "no power", "an exclusion of one point")
    for name in apart:
        text = text.replace(BROKEN[name][0], BROKEN[name][1], 1)
    with pytest.raises(ScenarioError) as caught:
        parse_plan(text)
    faults = caught.value.faults
    assert len(faults) == len(apart)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


@pytest.mark.parametrize(("text", "found"), [("", "no content"), ("- 1", "a list of 1"), ("a: [", "plan.yaml:1")])
def test_a_file_that_is_no_plan_is_refused(text, found):
    with pytest.raises(ScenarioError, match=found):
        parse_plan(text)


@pytest.mark.parametrize("empty", ["parties: {}", "points: {}"])
def test_a_plan_without_parties_or_points_is_refused(empty):
    with pytest.raises(ScenarioError, match=f"found 0 {empty.split(':')[0]}"):
        parse_plan(f"plan: 1\nname: x\ntitle: X\n{empty}\n")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    with pytest.raises(ScenarioError, match="no file of this name"):
        load_plan(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_plan(tmp_path)


def test_a_plan_is_read_from_a_file(tmp_path: Path):
    path = tmp_path / "rivers.yaml"
    path.write_text(SOUND, encoding="utf-8")
    assert load_plan(path) == parse_plan(SOUND)

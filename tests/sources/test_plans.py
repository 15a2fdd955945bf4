"""Plans: points, sub-points and options; two drafts side by side; the file for the deal desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.sources.documents import load_document
from ripeness.sources.errors import SourceError
from ripeness.sources.plan_file import draft_plan
from ripeness.sources.plans import align, find_points, substance
from ripeness.sources.project import open_project
from ripeness.sources.reading import read_sources
from ripeness.sources.sentences import split_document

TEXTS = Path(__file__).parent / "texts"
A, B = TEXTS / "armistice-a.txt", TEXTS / "armistice-b.txt"


def points(path: Path):
    return find_points(split_document(load_document(path)))


def test_points_subpoints_and_options_are_told_by_their_marks():
    found = [(p.label, p.level, p.parent) for p in points(A)]
    assert found == [
        ("1", "point", ""),
        ("2", "point", ""),
        ("2(a)", "subpoint", "2"),
        ("2(b)", "subpoint", "2"),
        ("3", "point", ""),
        ("4", "point", ""),
        ("4/Option A", "option", "4"),
        ("4/Option B", "option", "4"),
        ("5", "point", ""),
        ("6", "point", ""),
        ("6/Option A", "option", "6"),
        ("6/Option B", "option", "6"),
        ("7", "point", ""),
    ]
    assert [p.text for p in points(A) if p.parent == "6"] == [
        "The border shall be marked by a commission of five.",
        "The border may be marked by a commission of five.",
    ]


def test_a_text_without_points_is_no_plan():
    assert points(TEXTS / "korea.txt") == []


def test_two_drafts_are_aligned_by_what_points_say_and_not_by_where_they_stand():
    changes = align(points(A), points(B))
    partner = {c.one.label: c.other.label if c.other else None for c in changes if c.one}
    assert partner == {"1": "1", "2": "3", "3": "4", "4": "5", "5": "2", "6": "6", "7": None}
    assert [c.other.label for c in changes if c.one is None] == ["7"]


def test_changes_of_substance_are_told_from_changes_of_wording():
    changes = {c.one.label: c for c in align(points(A), points(B)) if c.one}
    assert changes["1"].kind == "reworded"
    assert changes["2"].kind == "changed"
    assert changes["2"].substance == ("obligation: must -> may/must",)
    assert any(why.startswith("party: none -> Algeria") for why in changes["3"].substance)
    assert changes["4"].kind == "same"
    assert changes["4"].moved
    assert "number: 400 -> 4200" in changes["5"].substance
    assert "obligation: may -> must" in changes["5"].substance
    assert changes["7"].kind == "dropped"


def test_a_draft_aligned_with_itself_has_no_changes():
    assert {c.kind for c in align(points(A), points(A))} == {"same"}


def test_a_negation_is_a_change_of_substance():
    assert substance("Forces shall not return.").negations != substance("Forces shall return.").negations


def test_a_plan_file_has_the_points_options_and_drafts_and_leaves_worths_open(tmp_path):
    read_sources([A, B], tmp_path / "p.ripeness")
    with open_project(tmp_path / "p.ripeness") as project:
        text, notes = draft_plan(project)
    assert "8 points from armistice-a and armistice-b" in notes[0]
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(text)
    assert data["plan"] == 1
    assert len(data["points"]) == 8
    assert set(data["parties"]) >= {"ethiopia", "eritrea"}
    assert set(data["drafts"]) == {"armistice-a", "armistice-b"}
    for draft in data["drafts"].values():
        assert set(draft) == set(data["points"])
        assert all(option in data["points"][point]["options"] for point, option in draft.items())
    worths = [
        w if isinstance(w, float) else w["value"]
        for p in data["points"].values()
        for o in p["options"].values()
        for w in o["worth"].values()
    ]
    assert set(worths) == {0.0}
    assert data["drafts"]["armistice-a"]["p1"] == data["drafts"]["armistice-b"]["p1"]  # reworded only
    assert data["drafts"]["armistice-a"]["p5"] != data["drafts"]["armistice-b"]["p5"]


def test_the_deal_desk_reads_the_plan_file(tmp_path):
    reading = pytest.importorskip("ripeness.deals.plan_reading", reason="this version has no deal desk")
    read_sources([A, B], tmp_path / "p.ripeness")
    with open_project(tmp_path / "p.ripeness") as project:
        text, _ = draft_plan(project)
    assert len(reading.parse_plan(text).points) == 8


def test_a_project_without_a_plan_is_told_so(tmp_path):
    read_sources([TEXTS / "korea.txt"], tmp_path / "p.ripeness")
    with (
        open_project(tmp_path / "p.ripeness") as project,
        pytest.raises(SourceError, match="no document at hand is a plan"),
    ):
        draft_plan(project)

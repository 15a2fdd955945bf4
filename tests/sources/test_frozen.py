"""The frozen texts, on other wars, by another hand: the figures of the page are the measured ones.

They were written and labelled before the rules had been run on them (`frozen/README.md`). The figures are those of the
rules as they stand; no rule was made for these texts. What is tested is that the page tells the truth, and that no rule
names a person or a place of the first case.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from ripeness.sources.project import Filter, open_project
from ripeness.sources.reading import read_sources
from tests.conftest import ROOT
from tests.sources.frozen_scores import ARTICLES, FOLDER, PLANS, plan_scores, table

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*ARTICLES, *PLANS, "tigray-2022-brief"])
def test_texts_are_those_that_were_labelled(name):
    labels = json.loads((FOLDER / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((FOLDER / "texts" / f"{name}.txt").read_bytes()).hexdigest() == labels["sha256"]


def test_the_page_gives_the_measured_figures():
    for row in table():
        assert row in PAGE, row


def test_the_page_gives_the_measured_figures_of_the_plans():
    found = plan_scores()
    said = f"points {found['points']:.2f}, pairs {found['aligned']:.2f}, kind of change {found['relation']:.2f}"
    assert said in PAGE, said


def test_a_brief_that_is_a_text_reworded_is_warned_about_and_independent_texts_are_not(tmp_path):
    read_sources(
        [FOLDER / "texts" / f"{name}.txt" for name in (*ARTICLES, "tigray-2022-brief")], tmp_path / "p.ripeness"
    )
    with open_project(tmp_path / "p.ripeness") as project:
        warned = {(f.document, f.values.other) for f in project.findings(Filter(kinds=("dependence",)))}
    assert warned == {("tigray-2022-brief", "tigray-2022")}


def test_no_rule_names_a_person_or_place_of_the_first_case():
    """The gazetteer is no rule: it lists all states and seats of government alike."""
    labels = json.loads((Path(__file__).parent / "seed_labels.json").read_text(encoding="utf-8"))
    general = {"united", "states", "armed", "forces", "brigade", "separate", "artillery", "148th", "europe", "nato"}
    names = {word.lower() for name in labels["actors"] for word in name.split()} - general
    names |= {
        "russian",
        "ukrainian",
        "kremlin",
        "moscow",
        "kyiv",
        "pokrovsk",
        "donetsk",
        "tomahawk",
        "truth social",
        "thanksgiving target",
    }
    sources = ROOT / "src" / "ripeness" / "sources"
    for path in sorted([*sources.rglob("*.py"), *sources.rglob("*.toml"), *sources.rglob("*.txt")]):
        if path.name != "gazetteer.toml":
            text = path.read_text(encoding="utf-8").lower()
            assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)], path.name

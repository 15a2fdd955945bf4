"""Cited sentences in their context: in `check`, and in the report of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.report.html import _cite
from ripeness.scenario import load
from ripeness.sources.documents import load_document
from ripeness.sources.drafting import write_drafts
from ripeness.sources.project import Filter, open_project
from ripeness.sources.quoting import quotes, read_as_cited
from ripeness.sources.reading import read_sources
from ripeness.sources.review import decide
from ripeness.sources.sentences import split_document

WAR = Path(__file__).parent / "texts" / "falklands.txt"


@pytest.fixture
def scenario(tmp_path):
    read_sources([WAR], tmp_path / "war.ripeness")
    with open_project(tmp_path / "war.ripeness") as project:
        decide(project, "accept", Filter())
    write_drafts(tmp_path / "war.ripeness", tmp_path / "war.yaml", "Argentina", "United Kingdom", "none")
    return load(tmp_path / "war.yaml")


def test_a_cited_sentence_is_quoted_with_its_neighbours(scenario):
    said = [s.text for s in split_document(load_document(WAR))]
    found = quotes(scenario, {"falklands": str(WAR)})
    assert len(found) >= 4
    for (document, number), quote in found.items():
        assert document == "falklands"
        assert quote.said == said[number - 1]
        assert quote.before == (said[number - 2] if number > 1 else "")


def test_another_version_of_the_document_is_not_quoted(scenario, tmp_path):
    changed = tmp_path / "changed.txt"
    changed.write_text(WAR.read_text(encoding="utf-8").replace("a", "e"), encoding="utf-8")
    assert quotes(scenario, {"falklands": str(changed)}) == {}
    assert quotes(scenario, {}) == {}


def test_a_document_of_one_sentence_a_line_is_read_as_ever(scenario, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("".join(f"{s.text}\n" for s in split_document(load_document(WAR))), encoding="utf-8")
    by_lines = read_as_cited(scenario, {"falklands": str(lines)})["falklands"]
    assert by_lines == read_as_cited(scenario, {"falklands": str(WAR)})["falklands"]


def test_the_report_shows_the_quote_or_else_the_citation_and_escapes_both():
    assert _cite("war, sentence 3", None) == '<span class="cite">war, sentence 3</span>'
    page = _cite("war, sentence 3", ("Before <b>.", "Said & done.", "After."))
    assert "<mark>Said &amp; done.</mark>" in page
    assert "<b>" not in page

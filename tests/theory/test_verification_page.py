"""The page on verification: its example runs, and it lists every kind of case."""

from __future__ import annotations

from pathlib import Path

from ripeness.theory.case import read_cases
from ripeness.theory.cases import RUNNERS
from ripeness.theory.verify import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verification.md"


def test_example_of_the_page_passes(tmp_path, capsys):
    example = PAGE.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    path = tmp_path / "cases.json"
    path.write_text(example)
    assert main([str(path)]) == 0, capsys.readouterr().out


def test_page_lists_every_id_prefix():
    page = PAGE.read_text(encoding="utf-8")
    assert [prefix for prefix in RUNNERS if f"`{prefix}`" not in page] == []


def test_table_of_the_page_has_a_row_for_every_section(theory_cases):
    page = PAGE.read_text(encoding="utf-8")
    assert [case.section for case in read_cases(theory_cases) if f"| {case.section} |" not in page] == []

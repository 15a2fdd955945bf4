"""`ripeness export gambit`: files of scenarios, and every refusal with place, found and allowed."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from ripeness.cli.app import main
from ripeness.runs.exporting import export_gambit
from tests.conftest import ROOT
from tests.scenario.typed import TYPED


@pytest.fixture
def ripeness(capsys, monkeypatch, tmp_path):
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return call


def two_packages(ripeness) -> list[str]:
    """Options that keep two packages of the textbook."""
    _, out, _ = ripeness("show", "textbook", "--json")
    return [f"--package={package['name']}" for package in json.loads(out)["packages"][:2]]


def test_a_case_is_written_whole_and_twice_the_same(ripeness, tmp_path):
    keep = two_packages(ripeness)
    status, out, err = ripeness("export", "gambit", "textbook", *keep)
    assert (status, err) == (0, "")
    assert out.startswith("Wrote textbook.efg: 4 players that move, 2 that only receive, 6 information sets, 10 ends.")
    first = (tmp_path / "textbook.efg").read_bytes()
    assert first.startswith(b'EFG 2 R "textbook, period 0, from ')
    status, out, _ = ripeness("export", "gambit", "textbook", *keep, "--json")
    assert json.loads(out)["information_sets"] == 6
    assert (tmp_path / "textbook.efg").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["textbook.efg"]


def test_the_last_period_needs_no_solution(ripeness, monkeypatch):
    monkeypatch.setattr("ripeness.runs.exporting.solve_tables", None)
    status, _, err = ripeness("export", "gambit", "textbook", "--period", 39, *two_packages(ripeness))
    assert (status, err) == (0, "")


def test_all_faults_are_told_at_once_and_nothing_is_written(ripeness, tmp_path):
    status, out, err = ripeness(
        "export", "gambit", "textbook", "--period", 99, "--posture", "smile", "--package", "all of it", "--out",
        "nowhere/x.efg", "--most-information-sets", 0,
    )  # fmt: skip
    assert (status, out) == (2, "")
    lines = err.splitlines()
    assert lines[0] == "ripeness: period: found 99; allowed: 0 to 39."
    assert lines[1] == "ripeness: posture: found 'smile'; allowed: 'stand back'."
    assert lines[2].startswith("ripeness: package: found 'all of it'; allowed: ")
    assert lines[3].startswith("ripeness: out: found nowhere/x.efg, a file in a folder that does not exist; allowed: ")
    assert lines[4] == "ripeness: most-information-sets: found 0; allowed: 1 and more."
    assert len(lines) == 5
    assert list(tmp_path.iterdir()) == []


def test_a_game_that_is_too_large_is_refused_before_it_is_solved(ripeness, monkeypatch):
    monkeypatch.setattr("ripeness.runs.exporting.solve_tables", None)
    status, out, err = ripeness("export", "gambit", "textbook")
    assert (status, out) == (2, "")
    assert err == (
        "ripeness: the slice has 102 information sets (2 offers, 100 answers); allowed: 60. 29 packages would fit "
        "(--package); --most-information-sets 102 writes all.\n"
    )


def test_types_are_named_in_the_file(tmp_path, monkeypatch):
    """What comes after the slice is replaced: this is about names, and solving games with types takes minutes."""
    import numpy as np

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "ripeness.runs.exporting._after",
        lambda game, wanted, progress: np.zeros((game.tables.n_rows, game.tables.n_profiles, game.tables.n_states)),
    )
    Path("typed.yaml").write_text(TYPED, encoding="utf-8")
    done = export_gambit(
        "typed.yaml", out="typed.efg", packages=["half"], postures=["stand back"], most_information_sets=1000
    )
    text = Path("typed.efg").read_text(encoding="ascii")
    assert '"attacker (limited aims), defender (firm)"' in text
    assert '"value of attacker (wider aims)"' in text
    assert done.observers == 6


def test_the_example_of_the_page_runs(ripeness, tmp_path, capsys):
    pytest.importorskip("pygambit", reason="Gambit's Python package is not installed; it comes with the extra 'gambit'")
    page = (ROOT / "docs" / "interop.md").read_text(encoding="utf-8")
    command = re.search(r"```bash\nripeness (.*?)\n```", page)
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert command is not None
    assert example is not None
    status, out, _ = ripeness(*command[1].split())
    assert (status, out[:29]) == (0, "Wrote korea-1951-07.efg: 6 pl")
    (tmp_path / "example.py").write_text(example[1], encoding="utf-8")
    runpy.run_path(str(tmp_path / "example.py"))
    printed = capsys.readouterr().out.splitlines()
    chances = [float(line.split()[0]) for line in printed]
    assert len(printed) == 8 + 8 + 28 + 2 + 4
    assert sum(chances) == pytest.approx(19, abs=0.005)

"""`ripeness claims`, `levers` and `why`: what they print, write and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ripeness.cli.app import main
from tests.ensembles.wars import DRIFT, VARYING

Call = Callable[..., tuple[int, str, str]]
FEW = ("--draws", "4", "--grid", "normal", "--workers", "1")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Runs a command in this process, in a folder with the file `war.yaml`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (tmp_path / "war.yaml").write_text(DRIFT + VARYING, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


def test_claims_are_judged_and_their_page_is_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "study.txt").write_text("It improves with time.\n", encoding="utf-8")
    asked = ("claims", "war.yaml", *FEW, "--only", "terms-improve,terms-worsen")
    status, out, _ = call(*asked, "--document", "study=study.txt")
    assert status == 0
    assert out.startswith("Of 2 claims, 1 holds, 0 depend on the assumptions and 1 fails.")
    assert "More draws" not in out
    (folder,) = (tmp_path / "ensembles").iterdir()
    assert f"Page: ensembles/{folder.name}/claims.html" in out
    page = (folder / "claims.html").read_text(encoding="utf-8")
    assert "<mark>It improves with time.</mark>" in page
    status, out, err = call(*asked, "--json", "--page", "mine.html")
    said = json.loads(out)
    assert (status, err) == (0, "")
    assert {each["id"]: each["share"] for each in said["claims"]} == {"terms-improve": 1.0, "terms-worsen": 0.0}
    assert said["ensemble"]["n"] == 4
    assert (tmp_path / "mine.html").exists()


def test_levers_are_ranked(call: Call, tmp_path: Path) -> None:
    status, out, _ = call(
        "levers", "war.yaml", *FEW, "--measure", "level:of=territory,at=24", "--only", "faster,further", "--pairs", "0",
        "--target", "0.36", "--json",
    )  # fmt: skip
    said = json.loads(out)
    assert status == 0
    assert [each["levers"] for each in said["levers"]] == [["further"], ["faster"]]
    assert {tuple(each["levers"]): round(each["strength"], 2) for each in said["least"]} == {
        ("further",): 0.2, ("faster",): 0.5,
    }  # fmt: skip
    assert Path(said["page"]).name == "levers-level-of-territory-at-24.html"


def test_why_says_what_a_measure_depends_on(call: Call) -> None:
    status, out, _ = call("why", "value:of=attacker", "war.yaml", *FEW, "--no-local")
    assert status == 0
    assert "no single assumption accounts for a part" in out  # four draws tell nothing
    assert "Too few draws" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("why", "value:of=attackr", "war.yaml"), "nearest: attacker"),
        (("why", "valu", "war.yaml"), "nearest: value"),
        (("levers", "war.yaml", "--measure", "acceptable:of=attacker,package=lin"), "nearest: line"),
        (("claims", "war.yaml", "--only", "terms-improv"), "nearest: terms-improve"),
        (("claims", "textbook"), "a scenario with claims"),
        (("levers", "textbook"), "a scenario with levers"),
        (("claims", "war.yaml", "--workers", "1", "--on", "tcp://127.0.0.1:1"), "not both"),
        (("claims", "war.yaml", "--document", "nothing=war.yaml"), "no document 'nothing'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_status_2(call: Call, tmp_path: Path, arguments, words: str) -> None:
    status, out, err = call(*arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("**/*.html"))

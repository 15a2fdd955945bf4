"""The commands read, review and draft, as a user gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ripeness.cli.app import main

TEXTS = Path(__file__).parent / "texts"


@pytest.fixture
def ripeness(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return call


def test_from_a_text_to_a_scenario_that_the_check_accepts(ripeness, tmp_path):
    status, out, _ = ripeness("read", TEXTS / "falklands.txt", "--out", "war.ripeness")
    assert status == 0
    assert "1 document" in out
    status, out, _ = ripeness("review", "war.ripeness", "--kind", "event", "--most", "3")
    assert status == 0
    assert "ASSAULT Falkland Islands" in out
    assert "3 of" in out
    assert ripeness("review", "war.ripeness", "--accept-all", "--by", "me", "--note", "first look")[0] == 0
    status, out, _ = ripeness("draft", "war.ripeness", "--attacker", "Argentina", "--defender", "United Kingdom")
    assert status == 0, out
    status, out, err = ripeness("check", "war.yaml", "--document", f"falklands={TEXTS / 'falklands.txt'}")
    assert (status, err) == (0, "")
    assert "not verified: 0" in out


def test_findings_are_accepted_edited_and_rejected_one_by_one(ripeness):
    ripeness("read", TEXTS / "falklands.txt", "--out", "war.ripeness")
    found = json.loads(ripeness("review", "war.ripeness", "--kind", "event", "--json")[1])["findings"]
    one, other, third = (f["id"] for f in found[:3])
    assert ripeness("review", "war.ripeness", "--accept", one, "--reject", other)[0] == 0
    assert ripeness("review", "war.ripeness", "--edit", third, "--set", "mode=planned")[0] == 0
    after = {f["id"]: f for f in json.loads(ripeness("review", "war.ripeness", "--json")[1])["findings"]}
    assert [after[k]["status"] for k in (one, other, third)] == ["accepted", "rejected", "accepted"]
    assert after[third]["values"]["mode"] == "planned"
    history = ripeness("review", "war.ripeness", "--history")[1]
    assert len(history.splitlines()) == 3


@pytest.mark.parametrize("name", ["f.csv", "f.json", "f.qdpx"])
def test_findings_are_exported(ripeness, tmp_path, name):
    ripeness("read", TEXTS / "falklands.txt", "--out", "war.ripeness")
    assert ripeness("review", "war.ripeness", "--export", name)[0] == 0
    assert (tmp_path / name).stat().st_size > 500


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("read", "nowhere.txt"), "nowhere.txt"),
        (("read", TEXTS / "korea.txt", "--out", "no/such/folder.ripeness"), "no such folder"),
        (("read", TEXTS / "korea.txt", "--model", "m"), "--endpoint"),
        (("review", "nothing.ripeness"), "no such file"),
        (("draft", "nothing.ripeness"), "no such file"),
    ],
)
def test_bad_input_gets_a_sentence_and_status_2(ripeness, tmp_path, arguments, said):
    status, _, err = ripeness(*arguments)
    assert status == 2
    assert said in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_bad_decisions_get_a_sentence_and_change_nothing(ripeness, tmp_path):
    ripeness("read", TEXTS / "falklands.txt", "--out", "war.ripeness")
    before = (tmp_path / "war.ripeness").read_bytes()
    for arguments in (
        ("--accept", "x:1:event:1"),
        ("--kind", "evnt"),
        ("--accept-all", "--reject-all"),
        ("--set", "a=b"),
        ("--export", "f.doc"),
    ):
        status, _, err = ripeness("review", "war.ripeness", *arguments)
        assert status == 2, arguments
        assert err
    assert (tmp_path / "war.ripeness").read_bytes() == before

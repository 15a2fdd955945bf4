"""The command `ripeness sweep`: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ripeness.ensembles.draws import DEFAULT_KIND
from ripeness.ensembles.sweep import sweep
from ripeness.questions.measures import parse_asked
from ripeness.scenario import load

HERE = ["textbook", "--set", "horizon=10", "--workers", "1"]


def ripeness(*words: str) -> int:
    from ripeness.cli.app import main

    with pytest.raises(SystemExit) as left:
        main(["sweep", *words])
    return int(left.value.code or 0)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_quantiles_are_printed_and_everything_is_written(tmp_path: Path, capsys: Any):
    out = tmp_path / "swept"
    assert ripeness(*HERE, "--draws", "8", "--measure", "value:of=attacker", "--out", str(out)) == 0
    said = capsys.readouterr().out
    assert "value of Attacker" in said
    assert "8 draws, kept in" in said
    page = (out / "sweep.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "value:of=attacker" in page
    assert sorted(path.name for path in (out / "results").iterdir()) == [
        "digests.zarr", "inputs.parquet", "measures.parquet",
    ]  # fmt: skip
    assert (
        ripeness(*HERE, "--draws", "8", "--no-store", "--json", "--measure", "value:of=attacker", "--out", str(out))
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    done = sweep(load("textbook", ["horizon=10"]), 8, kind=DEFAULT_KIND, workers=1, folder=out)
    values = done.values(parse_asked("value:of=attacker"))
    found = answer["measures"]["value:of=attacker"]
    assert found["quantiles"]["0.5"] == pytest.approx(float(np.median(values)))
    assert found["draws"] == 8
    assert answer["solved"] == 9  # the scenario's own numbers as well
    again = (out / "sweep.html").read_bytes()
    assert again == page.encode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--measure", "valeu:of=attacker"], "nearest: value"),
        (["--measure", "value:of=patron"], "patron"),
        (["--on", "tcp://127.0.0.1:1"], "give workers or on, not both"),
        (["--draws", "2000000"], "draws must be 1 to 1,000,000"),
        (["--set", "mechanisms.teritory.start=1"], "teritory"),
    ],
)
def test_what_will_not_do_is_a_sentence_and_status_2(words: list[str], said: str, tmp_path: Path, capsys: Any):
    assert ripeness(*HERE, "--out", str(tmp_path), *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "results").exists()

"""The command line: what it prints, where, and with which exit status. Mostly in this process, a few as a real one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ripeness.cli.app import main
from ripeness.scenario.cases import case_names, case_text
from tests.scenario import broken

pytestmark = pytest.mark.usefixtures("without_images")

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Said(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def ripeness(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def call(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return Said(int(left.value.code or 0), printed.out, printed.err)

    return call


def process(*arguments: object, cwd: Path, **environment: str) -> Said:
    """Run a command as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "ripeness", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, timeout=300, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def assert_no_traceback(said: Said) -> None:
    assert "Traceback" not in said.out + said.err


# --- cases, new, schema, version -----------------------------------------------------------------------------------


def test_cases_lists_the_shipped_scenarios(ripeness):
    said = ripeness("cases")
    assert said.status == 0
    assert "textbook" in said.out
    assert "ukraine-2025-12" in said.out
    found = json.loads(ripeness("cases", "--json").out)["cases"]
    assert {"textbook", "ukraine-2025-12"} <= {case["name"] for case in found}
    assert all(case["title"] and case["summary"] for case in found)


def test_cases_loads_nothing_that_takes_long(tmp_path):
    """Half a second is what a listing may take; the engine's compiler or the charts alone would take longer."""
    script = (
        "import sys\n"
        "from ripeness.cli.app import main\n"
        "try:\n    main(['cases'])\n"
        "finally:\n    print([m for m in ('numba', 'xarray', 'h5py', 'altair', 'pandas') if m in sys.modules])\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def test_version_is_that_of_the_package(ripeness):
    from importlib.metadata import version

    assert ripeness("version").out.strip() == version("ripeness")


def test_a_new_scenario_is_sound_and_is_never_overwritten(ripeness, tmp_path):
    assert ripeness("new", "war.yaml").status == 0
    assert ripeness("check", "war.yaml").status == 0
    before = (tmp_path / "war.yaml").read_bytes()
    (tmp_path / "war.yaml").write_bytes(before + b"# mine\n")
    said = ripeness("new", "war.yaml")
    assert said.status == 2
    assert "exists already" in said.err
    assert (tmp_path / "war.yaml").read_bytes() == before + b"# mine\n"


def test_a_copy_of_a_case_is_the_case_and_goes_by_its_own_plan(ripeness, tmp_path):
    for name in ("mine.yaml", "korea-1951-07.yaml"):  # a copy that is called like the case is still a copy
        assert ripeness("new", name, "--from", "korea-1951-07").status == 0
        assert (tmp_path / name).read_bytes() == case_text("korea-1951-07")
        plan = tmp_path / "korea-1951-07.plan.yaml"
        assert ripeness("check", name).status == 0
        plan.write_text(plan.read_text().replace("plan: 1", "plan: one", 1))
        said = ripeness("check", name)
        assert said.status == 2
        assert "korea-1951-07.plan.yaml" in said.err
        assert ripeness("check", "korea-1951-07").status == 0
        before = plan.read_bytes()
        assert ripeness("new", "other.yaml", "--from", "korea-1951-07").status == 2  # its plan is there
        assert not (tmp_path / "other.yaml").exists()
        assert plan.read_bytes() == before
        plan.unlink()


def test_new_in_a_folder_that_is_not_there_is_refused(ripeness):
    said = ripeness("new", "nowhere/war.yaml")
    assert said.status == 2
    assert "nowhere/war.yaml" in said.err


def test_the_schema_accepts_the_starter_and_the_cases(ripeness, tmp_path):
    import jsonschema
    from ruamel.yaml import YAML

    schema = json.loads(ripeness("schema").out)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    ripeness("new", "war.yaml")
    texts = [(tmp_path / "war.yaml").read_bytes(), *(case_text(name) for name in case_names())]
    for text in texts:
        plain = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
        assert not list(validator(schema).iter_errors(plain))


# --- check ---------------------------------------------------------------------------------------------------------

SOME_BROKEN = broken.BROKEN[::6]
"""A few of each group; that each file gets its faults at their places is in tests/scenario/test_broken.py."""


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(each, id=each.name.replace(" ", "-"), marks=() if each in SOME_BROKEN else pytest.mark.slow)
        for each in broken.BROKEN
    ],
)
def test_every_broken_file_gets_all_of_its_faults_and_status_2(ripeness, tmp_path, case):
    text = case.text if isinstance(case.text, bytes) else case.text.encode()
    (tmp_path / "broken.yaml").write_bytes(text)
    said = ripeness("check", "broken.yaml")
    assert said.status == 2
    assert said.out == ""
    assert_no_traceback(said)
    assert not CONTROL.search(said.err)
    for fault in case.faults:
        assert f"broken.yaml:{fault.line}:{fault.column}: " in said.err
    answer = json.loads(ripeness("check", "broken.yaml", "--json").out)
    assert answer["ok"] is False
    assert [(f["line"], f["column"]) for f in answer["faults"]] == [(f.line, f.column) for f in case.faults]


OF_FIVE_KINDS = broken.BROKEN[:: len(broken.BROKEN) // 4]


@pytest.mark.parametrize(
    ("command", "case"),
    [
        pytest.param(command, case, id=f"{command}-{case.name}", marks=pytest.mark.slow if (j - k) % 5 else ())
        for j, command in enumerate(("check", "show", "run"))
        for k, case in enumerate(OF_FIVE_KINDS)
    ],
)
def test_a_broken_file_never_shows_a_traceback_to_a_user(tmp_path, case, command):
    (tmp_path / "broken.yaml").write_bytes(case.text if isinstance(case.text, bytes) else case.text.encode())
    said = process(command, "broken.yaml", cwd=tmp_path)
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith("broken.yaml:")
    assert_no_traceback(said)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.yaml"]


def test_faults_of_settings_are_placed_in_the_settings(ripeness):
    said = ripeness("check", "textbook", "--set", "mechanisms.teritory.start=0.2", "--set", "horizon=zero")
    assert said.status == 2
    assert "--set:1:" in said.err
    assert "territory" in said.err
    assert "--set:2:" in said.err


def test_check_verifies_quotations_against_the_documents_supplied(ripeness, tmp_path):
    from ripeness.scenario.citations import sentence_hash

    said = "The talks lasted five hours."
    (tmp_path / "talks.txt").write_text(f"Talks were held.\n{said}\n", encoding="utf-8")
    scenario = broken.SOUND.replace("sentence: 4", f"sentence: 2, sha256: {sentence_hash(said)}")
    (tmp_path / "war.yaml").write_text(scenario, encoding="utf-8")
    good = ripeness("check", "war.yaml", "--document", "analysis=talks.txt", "--json")
    assert good.status == 0
    assert json.loads(good.out)["citations"] == {"verified": 1, "not_verified": 0}
    (tmp_path / "talks.txt").write_text("Talks were held.\nThe talks lasted six hours.\n", encoding="utf-8")
    bad = ripeness("check", "war.yaml", "--document", "analysis=talks.txt")
    assert bad.status == 2
    assert "talks.txt:2:1: mechanisms.territory.start.cites" in bad.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",), ("check", "no-such-file.yaml"), ("check", "."), ("check", "textbook", "--document", "analysis"),
        ("check", "textbook", "--document", "analysis=missing.txt"), ("show", "texbook"), ("run", "texbook"),
        ("run", "textbook", "--grid", "finest"), ("run", "textbook", "--dtype", "float16"),
        ("run", "textbook", "--horizon", "0"), ("run", "textbook", "--horizon", "many"),
        ("run", "textbook", "--seed", "-1"), ("run", "textbook", "--histories", "-1"),
        ("run", "textbook", "--threads", "0"), ("run", "textbook", "--memory-limit", "lots"),
        ("run", "textbook", "--memory-limit", "1K"), ("run", "textbook", "--set", "nonsense"),
        ("compare", "nowhere", "nowhere"), ("compare", "."), ("fly",), ("run", "textbook", "--fly"),
        ("show", "textbook", "--horizon", "-3"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_bad_input_gets_status_2_and_a_sentence(ripeness, tmp_path, arguments):
    said = ripeness(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert said.err.strip()
    assert_no_traceback(said)
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_error_is_short_without_debug_and_full_with_it(ripeness, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr("ripeness.runs.checking.check_all", fail)
    said = ripeness("check", "textbook")
    assert said.status == 1
    assert "the moon is full" in said.err
    assert "--debug" in said.err
    assert_no_traceback(said)
    with pytest.raises(RuntimeError, match="moon"):
        main(["check", "textbook", "--debug"])


# --- show ----------------------------------------------------------------------------------------------------------


def test_show_tells_what_the_engine_understood(ripeness):
    said = ripeness("show", "textbook", "--set", "horizon=7")
    assert said.status == 0
    for word in ("Attacker", "Mechanisms, in nature's order", "territory", "7 years", "of memory to run", "0.25"):
        assert word in said.out
    picture = json.loads(ripeness("show", "textbook", "--json").out)
    assert [m["name"] for m in picture["mechanisms"]] == ["territory", "channel"]
    assert picture["sizes"]["periods"] == 40
    assert picture["sizes"]["memory_bytes"] > 0
    paths = {row["path"]: row for row in picture["assumptions"]}
    assert paths["mechanisms.territory.start"]["value"] == 0.5
    assert paths["mechanisms.territory.start"]["range"] == [0.3, 0.7]


@pytest.mark.parametrize("case", ["korea-1951-07", pytest.param("ukraine-2025-12", marks=pytest.mark.slow)])
def test_show_names_every_assumption_of_a_shipped_case(ripeness, case):
    from ripeness.scenario import load
    from ripeness.scenario.ledger import assumptions

    picture = json.loads(ripeness("show", case, "--grid", "coarse", "--set", "lookahead=0", "--json").out)
    assert [row["path"] for row in picture["assumptions"]] == [row.path for row in assumptions(load(case))]


# --- run and compare -----------------------------------------------------------------------------------------------


def test_run_prints_a_summary_and_names_the_folder(ripeness, tmp_path):
    said = ripeness("run", "textbook", "--histories", "20")
    assert said.status == 0
    assert said.err == ""
    assert "settlement" in said.out
    (folder,) = (tmp_path / "runs").iterdir()
    assert re.fullmatch(r"textbook-[0-9a-f]{8}", folder.name)
    assert f"Run folder: runs/{folder.name}" in said.out


def test_run_answers_machines_with_one_json_document(ripeness, tmp_path):
    said = ripeness("run", "textbook", "--histories", "0", "--out", "here", "--json")
    answer = json.loads(said.out)
    assert said.status == 0
    assert answer["path"] == "here"
    by_key = {result["key"]: result["value"] for result in answer["results"]}
    assert by_key["end_settlement"] == pytest.approx(1.0, abs=1e-6)
    assert json.loads((tmp_path / "here" / "summary.json").read_text())["headline"] == answer["headline"]
    assert not (tmp_path / "here" / "histories.nc").exists()


def test_compare_sets_changed_assumptions_beside_changed_results(ripeness):
    ripeness("run", "textbook", "--out", "a", "--histories", "0")
    ripeness("run", "textbook", "--out", "b", "--histories", "0", "--set", "mechanisms.territory.defender_cost=0.1")
    said = ripeness("compare", "a", "b")
    assert said.status == 0
    assert "mechanisms.territory.defender_cost" in said.out
    assert "1 assumption differs" in said.out
    answer = json.loads(ripeness("compare", "a", "b", "--json").out)
    (change,) = answer["assumptions"]
    assert (change["key"], change["before"], change["after"]) == ("mechanisms.territory.defender_cost", 0.2, 0.1)
    moved = {result["key"]: result for result in answer["results"]}
    # A defender who bears war more easily gives less: closed form of the case, docs/cases/textbook.md.
    assert moved["terms_median"]["difference"] < 0
    same = json.loads(ripeness("compare", "a", "a", "--json").out)
    assert same["assumptions"] == same["options"] == same["results"] == []


@pytest.mark.parametrize(
    "commands",
    [
        (("--help",), ("show", "textbook")),
        pytest.param(
            (("cases",), ("run", "textbook", "--out", "a", "--histories", "5"), ("compare", "a", "a")),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["help, show", "cases, run, compare"],
)
def test_nothing_but_text_is_printed_into_a_pipe(tmp_path, commands):
    for arguments in commands:
        said = process(*arguments, cwd=tmp_path)
        assert said.status == 0
        assert said.err == ""
        assert not CONTROL.search(said.out)


def test_a_closed_pipe_is_no_error(tmp_path):
    command = f"{sys.executable} -m ripeness show ukraine-2025-12 --grid coarse --set lookahead=0 | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_terminal_shows_progress_and_a_pipe_does_not(tmp_path):
    import pty

    parent, child = pty.openpty()
    script = (
        "import sys, time\n"
        "from ripeness.cli.terminal import progress_bar\n"
        "with progress_bar() as tell:\n"
        "    for k in range(15):\n"
        "        tell and tell('solving', k, 15)\n"
        "        time.sleep(0.1)\n"
        "print('done')\n"
    )
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", script], stderr=child, stdout=subprocess.PIPE, cwd=tmp_path,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    ) as running:  # fmt: skip
        os.close(child)
        seen = b""
        while time.monotonic() - started < 60:
            try:
                chunk = os.read(parent, 4096)
            except OSError:
                break
            if not chunk:
                break
            seen += chunk
        assert running.wait(30) == 0
    os.close(parent)
    assert b"solving" in seen
    piped = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=tmp_path, check=True)
    assert piped.stderr == b""

"""Runs: what their folder holds, that the same inputs give the same bytes, and that none is ever half there."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ripeness.questions.summary import summarise
from ripeness.runs import checkpoint, execute, memory
from ripeness.runs.comparison import compare
from ripeness.runs.errors import RunError
from ripeness.runs.execute import run
from ripeness.runs.results import results
from ripeness.scenario import load

pytestmark = pytest.mark.usefixtures("without_images")  # but `done` is made before, with all of them

FILES = ("inputs.json", "report.html", "results.nc", "scenario.yaml", "summary.json", "summary.txt")

SCRIPT = """
import os, signal, sys
from pathlib import Path
import ripeness
signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background it is ignored
stage, number, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
def progress(name, done, total):
    if name == stage and 2 * done >= total:
        os.kill(os.getpid(), number)
ripeness.run("textbook", out=out, histories=10, progress=progress)
"""

WITHOUT_IMAGES = """
import sys
import ripeness.runs.contents
ripeness.runs.contents.save_charts = lambda folder, *_: []
from ripeness.cli.app import main
main(sys.argv[1:])
"""
"""The command line in a process of its own, less what takes most of the time of a small run."""


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> execute.Run:
    """A run of the smallest case."""
    return run("textbook", ["horizon=12"], tmp_path_factory.mktemp("runs") / "a", histories=50)


def test_the_folder_holds_everything_needed_to_repeat_the_run(done):
    found = hashes(done.path)
    assert {*FILES, "histories.nc"} <= found.keys()
    assert any(name.startswith("charts/") and name.endswith(".svg") for name in found)
    assert any(name.startswith("charts/") and name.endswith(".png") for name in found)
    inputs = json.loads((done.path / "inputs.json").read_text())
    assert inputs["sets"] == ["horizon=12"]
    assert inputs["options"] == {"horizon": 12, "grid": "normal", "seed": 0, "histories": 50, "dtype": "float32"}
    assert inputs["scenario"]["mechanisms"]["territory"]["start"]["value"] == 0.5
    from ripeness.scenario.ledger import scenario_hash

    assert inputs["scenario_sha256"] == scenario_hash(load("textbook", ["horizon=12"]))


def test_the_scenario_and_the_changes_in_the_folder_give_the_same_folder_again(done, tmp_path):
    inputs = json.loads((done.path / "inputs.json").read_text())
    again = run(done.path / "scenario.yaml", inputs["sets"], tmp_path / "b", histories=inputs["options"]["histories"])
    first, second = hashes(done.path), hashes(again.path)
    # the name of the file that was read is the only thing that differs; both of these tell it
    assert {name for name in second if first[name] != second[name]} <= {"inputs.json", "report.html"}
    assert {name for name in first.keys() - second.keys() if not name.startswith("charts/")} == set()


def test_the_results_in_the_folder_are_those_in_memory(done):
    with xr.open_datatree(done.path / "results.nc", engine="h5netcdf") as stored:
        xr.testing.assert_equal(stored.load(), done.outlook.tree)
        assert summarise(stored) == done.summary
        assert results(stored) == results(done.outlook.tree)
    assert done.histories is not None
    with xr.open_dataset(done.path / "histories.nc", engine="h5netcdf") as stored:
        np.testing.assert_array_equal(stored["end"], done.histories.dataset["end"])


def test_a_scenario_object_is_written_as_a_file_that_reads_as_the_same(tmp_path):
    scenario = load("textbook")
    made = run(scenario, out=tmp_path / "a", histories=0)
    assert (
        made.inputs.document["scenario_sha256"]
        == json.loads((made.path / "inputs.json").read_text())["scenario_sha256"]
    )
    from ripeness.scenario.ledger import scenario_hash

    assert scenario_hash(load(made.path / "scenario.yaml")) == scenario_hash(scenario)


@pytest.mark.parametrize(
    ("command", "case"),
    [
        (("-c", WITHOUT_IMAGES), ("textbook",)),
        pytest.param(("-c", WITHOUT_IMAGES), ("korea-1951-07", "--set", "lookahead=0"), marks=pytest.mark.slow),
        pytest.param(("-m", "ripeness"), ("ukraine-2025-12", "--set", "beliefs=null"), marks=pytest.mark.slow),
    ],
    ids=["textbook without images", "korea-1951-07 without images", "ukraine-2025-12"],
)
def test_the_same_inputs_give_the_same_bytes_in_any_process_and_with_any_threads(tmp_path, command, case):
    running = []
    for name, threads, hash_seed in (("one", "1", "0"), ("two", "2", "7")):
        arguments = ["run", *case, "--grid", "coarse", "--horizon", "6", "--histories", "200"]
        arguments += ["--out", name, "--threads", threads]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        running.append(
            subprocess.Popen(
                [sys.executable, *command, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL, env=environment
            )
        )
        time.sleep(1.1)  # another second, in case a file keeps the time
    assert [process.wait(300) for process in running] == [0, 0]
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_what_does_not_decide_results_does_not_change_the_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = run("textbook", ["horizon=3"], histories=0)
    again = run("textbook", ["horizon=3"], histories=0, threads=1)
    other = run("textbook", ["horizon=3"], histories=0, seed=1)
    assert first.path == again.path != other.path
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == sorted({first.path.name, other.path.name})


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("writing results", signal.SIGKILL),
        *(
            pytest.param(at, signal.SIGKILL, marks=pytest.mark.slow)
            for at in ("building", "solving", "forecasting", "drawing")
        ),
        *(pytest.param(at, signal.SIGINT, marks=pytest.mark.slow) for at in ("solving", "drawing")),
        pytest.param("writing results", signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_a_kill_in_the_middle_of_a_run_leaves_no_half_run_folder(tmp_path, stage, number):
    dead = subprocess.run(
        [sys.executable, "-c", SCRIPT, stage, str(int(number)), "out"], cwd=tmp_path, capture_output=True, check=False
    )
    assert dead.returncode != 0
    assert not (tmp_path / "out").exists()
    if number == signal.SIGINT:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["solving", pytest.param("drawing", marks=pytest.mark.slow)])
def test_a_run_after_a_killed_one_is_complete_and_tidies_up(tmp_path, stage):
    subprocess.run([sys.executable, "-c", SCRIPT, stage, str(int(signal.SIGKILL)), "out"], cwd=tmp_path, check=False)
    assert [path.name[0] for path in tmp_path.iterdir()] == ["."]
    run("textbook", out=tmp_path / "out", histories=10)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_ctrl_c_ends_with_status_130_and_a_sentence(tmp_path):
    script = f"import sys; from ripeness.cli.app import main\n{SCRIPT.split('ripeness.run')[0]}"
    script += "import ripeness.runs.execute as e\nold = e.run\n"
    script += (
        "e.run = lambda *a, **k: old(*a, **{**k, 'progress': progress})\nmain(['run', 'textbook', '--out', out])\n"
    )
    dead = subprocess.run(
        [sys.executable, "-c", script, "solving", str(int(signal.SIGINT)), "out"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert dead.returncode == 130
    assert dead.stderr == "ripeness: interrupted; nothing was written\n"
    assert dead.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_solve_goes_on_where_it_stopped_and_gives_the_same_bytes(tmp_path, monkeypatch):
    whole = run("textbook", out=tmp_path / "whole", histories=0)
    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    solved: list[int] = []

    def stop(stage: str, n_done: int, total: int) -> None:
        if stage == "solving":
            solved.append(n_done)
            if n_done == 15:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="goes on where this one stopped"):
        run("textbook", out=tmp_path / "out", histories=0, progress=stop)
    assert sorted(path.name[0] for path in tmp_path.iterdir()) == [".", "w"]
    assert solved == list(range(16))
    solved.clear()
    resumed = run(
        "textbook",
        out=tmp_path / "out",
        histories=0,
        progress=lambda s, n, t: solved.append(n) if s == "solving" else None,
    )
    assert solved[0] == 0  # announced
    assert 13 <= solved[1] <= 16  # the first period that was still to do
    assert hashes(resumed.path) == hashes(whole.path)


def test_a_game_that_cannot_be_solved_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise FloatingPointError("period 3: 2 choices have no solution to accuracy")

    monkeypatch.setattr(execute, "solve", fail)
    with pytest.raises(RunError, match="could not be solved: period 3: 2 choices"):
        run("textbook", out=tmp_path / "out", histories=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_interrupted_solve_of_a_variant_goes_on_where_it_stopped(tmp_path, monkeypatch):
    """A war with private information is solved again with its types known, and that pass is kept as well."""
    whole = run("screening", out=tmp_path / "whole", histories=0)
    solved: list[tuple[str, int]] = []

    def stop(stage: str, n_done: int, total: int) -> None:
        if stage.startswith("solving"):
            solved.append((stage, n_done))
            if stage != "solving" and 2 * n_done >= total:
                raise KeyboardInterrupt

    with monkeypatch.context() as often:
        often.setattr(checkpoint, "EVERY_S", 0.0)
        with pytest.raises(KeyboardInterrupt, match="goes on where this one stopped"):
            run("screening", out=tmp_path / "out", histories=0, progress=stop)
    before, solved[:] = solved[-1], []
    resumed = run("screening", out=tmp_path / "out", histories=0, progress=lambda s, n, t: solved.append((s, n)))
    first = next(n for stage, n in solved if stage == before[0] and n > 0)
    assert before[1] <= first <= before[1] + 1
    assert hashes(resumed.path) == hashes(whole.path)


def test_a_folder_that_is_no_run_of_this_scenario_is_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(RunError, match="is no run folder"):
        run("textbook", out=mine, histories=0)
    assert hashes(mine).keys() == {"thesis.txt"}
    other = run("textbook", ["name=another", "horizon=2"], tmp_path / "other", histories=0)
    with pytest.raises(RunError, match="another scenario, 'another'"):
        run("textbook", ["horizon=2"], other.path, histories=0)
    (tmp_path / "file").write_text("text")
    with pytest.raises(RunError, match="file is there already"):
        run("textbook", out=tmp_path / "file", histories=0)


def test_a_game_that_does_not_fit_is_refused_before_it_is_solved_with_advice(tmp_path):
    with pytest.raises(RunError, match=r"needs about .* the limit is 10 KiB.*--grid coarse"):
        run("textbook", out=tmp_path / "out", histories=0, memory_limit=10 * 1024)
    assert list(tmp_path.iterdir()) == []


def test_a_giant_grid_is_refused_before_its_tables_are_made(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 2**30)
    monkeypatch.setattr(execute, "build", lambda *_, **__: pytest.fail("the tables were made"))
    huge = ["mechanisms.territory.points=400"]
    with pytest.raises(RunError, match="states"):
        run("ukraine-2025-12", huge, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "size"),
    [("800M", 800 * 2**20), ("2G", 2**31), ("1.5GiB", 3 * 2**29), ("2000000", 2_000_000), ("64 kb", 65536)],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert memory.parse_bytes(text) == size


@pytest.mark.parametrize("text", ["", "lots", "-1G", "0", "1X", "1e9", "G"])
def test_sizes_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match="memory limit"):
        memory.parse_bytes(text)


def test_free_memory_is_a_positive_number_below_what_the_machine_has():
    free = memory.available_memory()
    assert free is not None
    assert 0 < free <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_comparing_two_runs_finds_exactly_the_changed_assumption(done, tmp_path):
    dearer = run(
        "textbook", ["horizon=12", "mechanisms.territory.defender_cost=0.25"], tmp_path / "dearer", histories=50
    )
    found = compare(done.path, dearer.path)
    assert [(c.key, c.before, c.after) for c in found.assumptions] == [
        ("mechanisms.territory.defender_cost", 0.2, 0.25)
    ]
    assert found.options == ()
    moved = {c.key: c for c in found.results}
    assert moved["terms_median"].difference == pytest.approx(
        float(np.median(dearer.outlook.tree["outlook/terms_overall"][2]))
        - float(np.median(done.outlook.tree["outlook/terms_overall"][2]))
    )
    assert "1 assumption differs" in found.sentence()
    assert "defender_cost" in found._repr_html_()
    options = compare(done.path, run("textbook", ["horizon=12"], tmp_path / "c", histories=50, dtype="float64").path)
    assert [(c.key, c.before, c.after) for c in options.options] == [("dtype", "float32", "float64")]


def test_every_result_of_a_run_is_explained_on_its_page(done):
    page = (Path(__file__).parents[1] / "docs" / "runs.md").read_text(encoding="utf-8")
    for result in results(done.outlook.tree):
        key = result.key
        for stem in ("value_", "best_gain_"):
            key = f"{stem}<role>" if key.startswith(stem) else key
        if key.startswith("end_") and key not in ("end_settlement", "end_frozen_conflict"):
            key = "end_<name>"
        assert f"`{key}`" in page, result.key


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="this system does not tell a peak of memory")
def test_the_memory_stated_is_about_the_memory_taken():
    script = (
        "import gc, re\n"
        "import ripeness as rp\n"
        "from ripeness.runs.memory import memory_of_run\n"
        "def status(key):\n"
        "    return 1024 * int(re.search(key + r':\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
        "rp.forecast(rp.solve(rp.build(rp.load('textbook'))))\n"  # compiles, imports
        "gc.collect()\n"
        "open('/proc/self/clear_refs', 'w').write('5')\n"  # sets the peak back to what is taken now
        "before = status('VmRSS')\n"
        "game = rp.build(rp.load('ukraine-2025-12-complete', ['lookahead=12']), grid='coarse', horizon=36)\n"
        "rp.forecast(rp.solve(game))\n"
        "print(game.tables.pool.nbytes + memory_of_run(game.tables, 'float32'), status('VmHWM') - before)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    stated, taken = map(int, said.stdout.split())
    assert 0.7 * taken < stated < 1.4 * taken

"""Ensembles: the same results wherever, in whatever order and after whatever interruptions they are computed."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ripeness.ensembles.draws import drawn
from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Result, Work, sentence
from ripeness.ensembles.executors import Local, Serial
from ripeness.ensembles.journal import Journal
from ripeness.ensembles.results import write_results
from ripeness.ensembles.sweep import CENTRAL, journal_of, sweep
from ripeness.ensembles.variants import BASE
from ripeness.game import build
from ripeness.questions.digest import digest
from ripeness.questions.measures import parse_asked, value_of
from ripeness.runs.errors import Interrupted
from ripeness.runs.solving import solve
from ripeness.scenario import load
from tests.ensembles.sweeping import DEARER, IMPOSSIBLE, VARIANTS, swept, war

VALUE = parse_asked("value:of=attacker")


def contents(folder: Path) -> dict[tuple[int, str], tuple[Any, Any]]:
    """Everything in a journal, read by another library's plain query."""
    with sqlite3.connect(journal_of(folder)) as db:
        return {(draw, v): (content, failure) for draw, v, content, failure in db.execute("select * from results")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight draws with all variants, computed in this process."""
    folder = tmp_path_factory.mktemp("whole")
    swept(folder, 8, workers=1)
    return folder


def test_every_draw_and_variant_has_a_result_or_a_failure_with_its_sentence(whole: Path):
    found = contents(whole)
    assert set(found) == {(draw, each.id) for draw in (CENTRAL, *range(8)) for each in VARIANTS}
    for (_, name), (content, failure) in found.items():
        assert (content is None) == (failure is not None) == (name == IMPOSSIBLE.id)
    done = swept(whole, 8, workers=1)
    assert {each.variant for each in done.failures} == {IMPOSSIBLE.id}
    assert done.failures[0].sentence == "territory.points: input should be greater than or equal to 1, got 0.0"
    assert done.failed(IMPOSSIBLE).all()
    assert not done.failed().any()


def test_results_are_those_of_solving_each_draw_by_itself(whole: Path):
    done = swept(whole, 8, workers=1)
    values = done.values(VALUE)
    assert values.shape == (8,)
    for draw in (0, 5):
        scenario = drawn(war(), done.paths, done.inputs[draw])
        alone = digest(solve(build(scenario, grid="coarse")))
        assert values[draw] == value_of(alone, VALUE)
        assert contents(whole)[draw, ""][0] == alone.to_bytes()
    assert np.isnan(done.values(VALUE, IMPOSSIBLE)).all()
    own = digest(solve(build(war(), grid="coarse")))
    assert done.central_value(VALUE) == value_of(own, VALUE)
    assert done.values_of([VALUE, VALUE], DEARER).shape == (8, 2)


def test_workers_change_no_byte(whole: Path, tmp_path: Path):
    swept(tmp_path, 8, workers=2)
    assert contents(tmp_path) == contents(whole)


def test_growth_and_order_change_no_byte_and_compute_nothing_twice(whole: Path, tmp_path: Path):
    class Backwards:
        def __init__(self) -> None:
            self.given: list[tuple[int, str]] = []

        def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
            wanted = [batch._replace(variants=batch.variants[::-1]) for batch in batches][::-1]
            self.given += [(batch.draw, each.id) for batch in wanted for each in batch.variants]
            yield from Serial().run(wanted, function)

    place = Backwards()
    sweep(war(), 3, 11, [DEARER], folder=tmp_path, executor=place)
    swept(tmp_path, 5, executor=place)
    swept(tmp_path, 8, executor=place)
    swept(tmp_path, 2, executor=place)
    assert len(place.given) == len(set(place.given))
    assert contents(tmp_path) == contents(whole)


def test_an_interruption_keeps_what_there_is_and_says_how_to_go_on(whole: Path, tmp_path: Path):
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"7 of 27 results are kept in .*the same command goes on from there"):
        swept(tmp_path, 8, workers=1, progress=interrupt)
    assert len(contents(tmp_path)) == 7
    told: list[tuple[str, int, int]] = []
    swept(tmp_path, 8, workers=1, progress=lambda *said: told.append(said))
    assert told[0] == ("solving", 7, 27)
    assert told[-1] == ("solving", 27, 27)
    assert contents(tmp_path) == contents(whole)


@pytest.mark.slow
def test_a_worker_that_dies_is_noticed_and_its_batch_done_by_another(whole: Path, tmp_path: Path):
    class Deadly(Local):
        died = 0

        def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
            for number, result in enumerate(super().run(batches, function)):
                if number in (3, 10):
                    os.kill(self.processes()[0], signal.SIGKILL)
                    self.died += 1
                yield result

    place = Deadly(2)
    swept(tmp_path, 8, executor=place)
    assert place.died == 2
    assert contents(tmp_path) == contents(whole)


class Fatal:
    """Work that ends its process on one variant of one draw."""

    def __call__(self, batch: Batch) -> Iterator[Result]:
        for each in batch.variants:
            if (batch.draw, each) == (1, DEARER):
                os.kill(os.getpid(), signal.SIGKILL)
            yield Result(batch.draw, each.id, b"done", None)


@pytest.mark.slow
def test_what_worker_after_worker_dies_of_is_a_failure_and_the_rest_is_done():
    batches = [Batch(draw, (), VARIANTS) for draw in range(4)]
    found = {(each.draw, each.variant): each for each in Local(2).run(batches, Fatal())}
    assert len(found) == 12
    failed = [each for each in found.values() if each.failure is not None]
    assert [(each.draw, each.variant) for each in failed] == [(1, DEARER.id)]
    assert "died 3 times (killed by signal 9)" in failed[0].failure


class Unloadable:
    def __call__(self, batch: Batch) -> Iterator[Result]:
        yield from ()

    def __reduce__(self) -> Any:
        return _refuse, ()


def _refuse() -> None:
    raise RuntimeError("no such work here")


def test_workers_that_cannot_begin_say_so():
    with pytest.raises(EnsembleError, match="cannot load its work: RuntimeError: no such work here"):
        list(Local(1).run([Batch(0, (), VARIANTS)], Unloadable()))


def test_work_that_cannot_be_sent_says_so():
    with pytest.raises(EnsembleError, match="cannot be sent to other processes"):
        list(Local(1).run([Batch(0, (), VARIANTS)], lambda batch: iter(())))


def test_failed_draws_can_be_rerun_alone(tmp_path: Path):
    swept(tmp_path, 2, workers=1)
    with sqlite3.connect(journal_of(tmp_path)) as db:  # one more that failed, for want of memory, say
        db.execute("update results set content = null, failure = 'out of memory' where draw = 1 and variant = ''")
    given: list[tuple[int, str]] = []

    class Watching:
        def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
            wanted = list(batches)
            given.extend((batch.draw, each.id) for batch in wanted for each in batch.variants)
            yield from Serial().run(wanted, function)

    done = swept(tmp_path, 2, executor=Watching())
    assert given == []
    assert (1, "") in [(each.draw, each.variant) for each in done.failures]
    done = swept(tmp_path, 2, executor=Watching(), rerun_failed=True)
    assert sorted(given) == sorted([(1, ""), *((draw, IMPOSSIBLE.id) for draw in (CENTRAL, 0, 1))])
    assert not done.failed().any()


def test_two_drivers_of_one_journal_are_one_too_many(tmp_path: Path):
    with (
        Journal(journal_of(tmp_path), {"a": 1}),
        pytest.raises(EnsembleError, match="is being written by another process"),
    ):
        Journal(journal_of(tmp_path), {"a": 1})
    Journal(journal_of(tmp_path), {"a": 1}).close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": 12}, "seed 11 instead of 12"),
        ({"kind": "sobol"}, "kind latin instead of sobol"),
        ({"grid": "normal"}, "grid coarse instead of normal"),
        ({"horizon": 9}, "horizon 10 instead of 9"),
    ],
)
def test_a_folder_of_another_ensemble_is_refused(whole: Path, options: dict[str, Any], said: str):
    with pytest.raises(EnsembleError, match=rf"holds another ensemble: .*{said}"):
        sweep(war(), 2, **({"seed": 11} | options), folder=whole, workers=1)


def test_claims_levers_and_the_number_of_draws_are_no_part_of_an_ensemble(tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(tmp_path)
    plain = sweep(war(), 1, workers=1)
    lever = "levers=[{id: dear, says: a dearer war, set: {mechanisms.territory.attacker_cost: x2}}]"
    more = sweep(load("textbook", ["horizon=10", lever]), 2, workers=1)
    assert plain.folder == more.folder
    assert plain.folder.parts[0] == "ensembles"
    assert sweep(war(), 1, 1, workers=1).folder != plain.folder


def test_what_is_no_journal_is_refused(tmp_path: Path):
    journal_of(tmp_path).write_text("no journal")
    with pytest.raises(EnsembleError, match="is no journal of an ensemble"):
        swept(tmp_path, 1, workers=1)
    with pytest.raises(EnsembleError, match="there is no such journal"):
        Journal(tmp_path / "none.sqlite", reading=True)


def test_a_journal_can_be_read_while_it_is_written(tmp_path: Path):
    done = swept(tmp_path, 1, workers=1)
    with Journal(journal_of(tmp_path), done._journal.spec) as journal:
        journal.put([Result(7, "", b"x", None)])
        assert Journal(journal_of(tmp_path), reading=True).get(7, "") == Result(7, "", b"x", None)
    done.close()


def test_unexpected_errors_are_failures_too(monkeypatch: Any):
    def broken(*_: Any, **__: Any) -> Any:
        raise IndexError("no third entry")

    monkeypatch.setattr("ripeness.ensembles.evaluate.digest", broken)
    (result,) = Work(war(), (), "coarse")(Batch(0, (), (BASE,)))
    assert result == Result(0, "", None, "unexpected IndexError: no third entry")
    assert sentence(ValueError("a  b\nc")) == "a b c"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "workers must be 1 to 1024, got 0"),
        ({"workers": 2, "on": "tcp://x"}, "workers or on, not both"),
    ],
)
def test_options_that_will_not_do(tmp_path: Path, options: dict[str, Any], said: str):
    with pytest.raises(EnsembleError, match=said):
        swept(tmp_path, 1, **options)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found where Linux lists them")
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path: Path):
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in what runs behind
        "from ripeness.cli import main; main()"
    )
    options = ["sweep", "textbook", "--set", "horizon=10", "--draws", "4000", "--workers", "2", "--out", str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-c", program, *options], stderr=subprocess.PIPE, text=True)
    journal = journal_of(tmp_path)
    while process.poll() is None and not (journal.exists() and _count(journal) > 3):
        time.sleep(0.05)
    workers = _children(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "results are kept in" in said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    assert len(workers) == 2
    assert not any(Path(f"/proc/{each}").exists() for each in workers)
    assert _count(journal) < 4001


def _count(journal: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(journal)) as db:
            return int(db.execute("select count(*) from results").fetchone()[0])
    except sqlite3.Error:  # its tables are not there yet
        return 0


def _children(pid: int) -> list[str]:
    """Process ids of the children of a process."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def run_and_kill(arguments: list[str], log: Path, reported: int, delay_s: float) -> bool:
    """Start the sweep and kill it soon after its log has that many results; False: it ended before."""
    process = subprocess.Popen([sys.executable, "-m", "tests.ensembles.sweeping", *arguments])
    try:
        while process.poll() is None:
            if log.exists() and log.read_text().count("reported") >= reported:
                time.sleep(delay_s)
                break
            time.sleep(0.002)
        ended = process.poll() is not None
        assert not ended or process.returncode == 0
    finally:
        process.kill()
        process.wait()
    return not ended


def check_log(log: Path, folder: Path) -> None:
    """Nothing that was reported is lost, and nothing that is in the journal is handed out again."""
    there = set(contents(folder)) if journal_of(folder).exists() else set()
    reported = {tuple(line.split()[1:]) for line in _lines(log) if line.startswith("reported")}
    assert reported <= {(str(draw), name) if name else (str(draw),) for draw, name in there}


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def given_in(log: Path) -> set[tuple[str, ...]]:
    return {tuple(line.split()[1:]) for line in _lines(log) if line.startswith("given")}


def killed_and_resumed(folder: Path, where: str, draws: int, kills: int, seed: int) -> None:
    """A sweep that is killed again and again at random moments, then run to its end."""
    rng = np.random.default_rng(seed)
    total = (draws + 1) * len(VARIANTS)
    before: set[tuple[str, ...]] = set()
    for number, share in enumerate(np.sort(rng.random(kills))):
        log = folder / f"log-{number}"
        at_least = max(0, int(share * total) - len(before))
        arguments = [str(folder / "sweep"), str(log), str(draws), where]
        run_and_kill(arguments, log, at_least, float(rng.random() * 0.02))
        check_log(log, folder / "sweep")
        assert not given_in(log) & before  # nothing that was there is computed again
        before = {(str(draw), name) if name else (str(draw),) for draw, name in contents(folder / "sweep")}
    log = folder / "log-last"
    arguments = [str(folder / "sweep"), str(log), str(draws), where]
    subprocess.run([sys.executable, "-m", "tests.ensembles.sweeping", *arguments], check=True)
    assert not given_in(log) & before
    assert len(contents(folder / "sweep")) == total


def test_a_killed_driver_loses_nothing_that_was_reported(whole: Path, tmp_path: Path):
    killed_and_resumed(tmp_path, "1", 8, 1, 5)
    assert contents(tmp_path / "sweep") == contents(whole)


def check_same_bytes(folder: Path, other: Path, draws: int) -> None:
    """Two finished sweeps hold the same results, and the files written from them are the same byte for byte."""
    assert contents(folder) == contents(other)
    pytest.importorskip("zarr")
    pytest.importorskip("pyarrow")
    written = [write_results(swept(each, draws, workers=1), [VALUE]) for each in (folder, other)]
    files = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()} for root in written
    ]
    assert len(files[0]) > 20
    assert files[0] == files[1]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_driver_killed_at_ten_random_moments_resumes_to_the_same_bytes(tmp_path: Path, workers: str):
    killed_and_resumed(tmp_path, workers, 40, 10, int(workers))
    swept(tmp_path / "undisturbed", 40, workers=1)
    check_same_bytes(tmp_path / "sweep", tmp_path / "undisturbed", 40)


@pytest.mark.slow
def test_workers_killed_at_ten_random_moments_change_no_byte(tmp_path: Path):
    rng = np.random.default_rng(3)
    moments = set(np.sort(rng.choice(120, 10, replace=False)).tolist())

    class Deadly(Local):
        def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
            for number, result in enumerate(super().run(batches, function)):
                if number in moments and self.processes():
                    os.kill(int(rng.choice(self.processes())), signal.SIGKILL)
                yield result

    swept(tmp_path / "killed", 40, executor=Deadly(2))
    swept(tmp_path / "undisturbed", 40, workers=1)
    assert contents(tmp_path / "killed") == contents(tmp_path / "undisturbed")

"""How many draws a second does an ensemble solve, and does its memory grow with the number of draws?

python benchmarks/ensembles.py [--draws N] [--workers N] [--memory N,N]

Speed: the shipped case of Ukraine without its secret, on its coarse grid, as drawn and under changes that claims make.
The digest of one draw is checked against that of solving it by itself. Memory: the largest resident set of the driver
over sweeps of the textbook case, solved, read back and written, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

CASE, SETS = "ukraine-2025-12", ("beliefs=null",)
CHANGES = (
    {"mechanisms.support.supporters": "x1.2"},
    {"mechanisms.courtship.asked": 0.0},
    {"mechanisms.posture.sanctions": "x2"},
)


def report(**said: Any) -> None:
    """One line that a machine can read."""
    shared = {"python": platform.python_version(), "ripeness": version("ripeness"), "numpy": version("numpy")}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    print(json.dumps({**said, **shared, "processors": os.cpu_count(), "load_1min": load}), flush=True)


def parts() -> None:
    """Seconds of processor time for each part of one evaluation and for its exponentials alone, medians of several."""
    import numpy as np
    from engine import count_exponentials, repeat, time_exponentials

    from ripeness.ensembles.evaluate import game_of
    from ripeness.ensembles.variants import BASE, variant
    from ripeness.game.answers import Answers
    from ripeness.game.splice import share_epochs
    from ripeness.questions.digest import digest
    from ripeness.runs.solving import solve
    from ripeness.scenario import load

    scenario, changed = load(CASE, SETS), variant(CHANGES[0])
    answers, times = Answers(), []
    share_epochs(game_of(scenario, BASE, "coarse", None, answers))
    for number in range(6):
        begin = time.process_time()
        game_of(scenario, BASE, "coarse")
        alone = time.process_time()
        game = share_epochs(game_of(scenario, changed, "coarse", None, answers))
        built = time.process_time()
        solution = solve(game, dtype=np.float32, threads=1)
        solved = time.process_time()
        digest(solution, threads=1).to_bytes()
        if number:  # the first one loads compiled code
            times.append((alone - begin, built - alone, solved - built, time.process_time() - solved))
    names = ("build_of_a_draw_s", "build_of_its_variant_s", "solve_s", "digest_s")
    middle = dict(zip(names, np.median(times, axis=0).round(3).tolist(), strict=True))
    periods = game.tables.n_periods + solution.tables.n_periods  # solved, and then carried forward
    bound = repeat(9, time_exponentials(game.tables.n_states * periods * count_exponentials(game.tables)))
    middle["exponentials_alone_s"] = round(float(np.median(bound)), 3)
    report(question="processor seconds of one evaluation, by part", case=CASE, sets=SETS, grid="coarse", **middle)


def speed(draws: int, workers: int) -> None:
    """Draws a second, as drawn alone and with variants."""
    from ripeness.ensembles.draws import drawn
    from ripeness.ensembles.sweep import sweep
    from ripeness.ensembles.variants import BASE, variant
    from ripeness.game import build
    from ripeness.questions.digest import digest
    from ripeness.runs.solving import solve
    from ripeness.scenario import load

    scenario = load(CASE, SETS)
    for variants in ([BASE], [BASE, *map(variant, CHANGES)]):
        with tempfile.TemporaryDirectory() as folder:
            begin, cpu = time.monotonic(), _children()
            done = sweep(scenario, draws, 0, variants, workers=workers, folder=folder, kind="latin", central=False)
            wall, spent = time.monotonic() - begin, _children() - cpu
            games = draws * len(variants)
            first = next(draw for draw, found in done.digests() if found is not None)
            alone = digest(solve(build(drawn(scenario, done.paths, done.inputs[first]), grid="coarse")))
            same = dict(done.digests())[first].to_bytes() == alone.to_bytes()  # type: ignore[union-attr]
            report(
                question="draws a second", case=CASE, sets=SETS, grid="coarse", draws=draws, variants=len(variants),
                workers=workers, wall_s=round(wall, 1), draws_a_second=round(draws / wall, 3),
                games_a_second=round(games / wall, 3), processor_s_a_game=round(spent / games, 3),
                failed=len(done.failures), same_as_alone=same,
            )  # fmt: skip
            done.close()


def _children() -> float:
    """Processor time of finished child processes and of this one."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    )


def memory(draws: int) -> None:
    """Largest resident set of a driver that solves, reads and writes so many draws."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        said = [sys.executable, __file__, "--drive", str(draws), folder]
        driven = json.loads(subprocess.run(said, check=True, stdout=subprocess.PIPE, text=True).stdout)
        size = (Path(folder) / "journal.sqlite").stat().st_size
    report(
        question="memory of the driver by the number of draws", case="textbook", draws=draws, journal_mib=_mib(size),
        wall_s=round(time.monotonic() - begin, 1), **driven,
    )  # fmt: skip


def drive(draws: int, folder: str) -> None:
    """Solve, read back and write an ensemble of the textbook case; print the memory after each."""
    from ripeness.ensembles.results import write_results
    from ripeness.ensembles.sweep import sweep
    from ripeness.questions.measures import parse_asked
    from ripeness.scenario import load

    asked = [parse_asked("value:of=attacker"), parse_asked("terms")]
    done = sweep(load("textbook", ["horizon=10"]), draws, kind="latin", workers=2, folder=folder)
    after = {"solved_mib": _largest()}
    done.values_of(asked)
    after["read_mib"] = _largest()
    write_results(done, asked)
    print(json.dumps(after | {"written_mib": _largest()}))


def _largest() -> float:
    """Largest resident set of this process, which getrusage would begin with that of its parent."""
    peak = Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0]
    return _mib(int(peak) * 1024)


def _mib(size: float) -> float:
    return round(size / 2**20, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="256,4096", help="numbers of draws")
    parser.add_argument("--drive", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.drive:
        drive(int(given.drive[0]), given.drive[1])
    else:
        parts()
        speed(given.draws, given.workers)
        for each in filter(None, given.memory.split(",")):
            memory(int(each))

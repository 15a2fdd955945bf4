"""How fast is the engine, against the bound of its arithmetic and against an array program, measured in one run?

    python benchmarks/engine.py [--quick] [--json FILE]

Prints one JSON line per question; every timing is checked against an independent answer in the same run. Requirements
are printed beside the measurements, and the exit status is 1 when one is not met.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
from array_program import solve_by_arrays
from games import synthetic_game

from ripeness.engine import Solution, decisions_of_types, memory_needed, propagate, solve
from ripeness.engine.exponential import exponential
from ripeness.engine.vectors import LANES, load, store
from ripeness.game.tables import Tables

STANDARD = (10, 10, 8, 15)  # 12,000 states
WITH_TYPES, NODES = (5, 10, 16), 15  # 12,000 states with their belief nodes
LARGE = (10, 20, 25, 40)  # 200,000 states
missed: list[str] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three repeats, no start-up measurements")
    parser.add_argument("--json", type=Path, help="also append the lines to this file")
    options = parser.parse_args()
    n_repeats = 3 if options.quick else 9
    lines = [*time_one_thread(n_repeats), *time_types(n_repeats), *scale_to_large(3 if options.quick else 5)]
    if not options.quick:
        lines += start_up()
    if options.json:
        with options.json.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    for requirement in missed:
        print("NOT MET:", requirement, file=sys.stderr)
    return 1 if missed else 0


def time_one_thread(n_repeats: int) -> list[dict[str, Any]]:
    """One thread, float32, 12,000 states x 72 periods x 15 packages x 2 postures x 4 effort pairs."""
    tables = synthetic_game(STANDARD, 72)
    work = tables.n_states * tables.n_periods
    solve(tables, threads=1)
    engine = repeat(n_repeats, lambda: solve(tables, threads=1))
    solution = solve(tables, threads=1)
    n_periods_peer = 4
    peer = repeat(3, lambda: solve_by_arrays(tables, np.float32, n_periods_peer))
    n_exponentials = count_exponentials(tables)
    bound = repeat(n_repeats, time_exponentials(tables.n_states * n_exponentials))
    checked = solve_by_arrays(tables, np.float64, tables.n_periods)
    us = statistics.median(engine) / work * 1e6
    peer_us = statistics.median(peer) / (tables.n_states * n_periods_peer) * 1e6
    bound_us = statistics.median(bound) / tables.n_states * 1e6
    require(us <= 1.0, f"{us:.3f} us per state and period, at most 1")
    return [
        report(
            "microseconds per state and period, one thread, float32",
            median_us=us, least_us=min(engine) / work * 1e6, required_us=1.0, aim_us=0.5,
            exponentials_alone_us=bound_us, ratio_to_exponentials=us / bound_us,
            array_program_us=peer_us, ratio_to_array_program=us / peer_us,
            states=tables.n_states, periods=tables.n_periods,
            max_error=float(np.abs(solution.values[0, :, :, 0] - checked).max()), times_s=engine,
        )
    ]  # fmt: skip


def time_types(n_repeats: int) -> list[dict[str, Any]]:
    """One thread, float32, two types of A: 800 states x 15 belief nodes, else as `time_one_thread`."""
    tables = synthetic_game(WITH_TYPES, 72, n_nodes=NODES)
    work = tables.n_states * tables.n_nodes * tables.n_periods
    solution = solve(tables, threads=1)
    engine = repeat(n_repeats, lambda: solve(tables, threads=1))
    us = statistics.median(engine) / work * 1e6
    exact = solve(tables, dtype=np.float64, threads=1)
    require(us <= 4.0, f"{us:.3f} us per state and period with two types, at most 4")
    return [
        report(
            "microseconds per state and period, two types, one thread, float32", median_us=us,
            least_us=min(engine) / work * 1e6, required_us=4.0, states=tables.n_states * tables.n_nodes,
            periods=tables.n_periods, several_solutions=int(np.sum(solution.several)),
            bayes_violation_log_odds=bayes_violation(solution, tables),
            deviation_gain=deviation_gain(solution, tables),
            max_difference_to_float64=float(np.abs(solution.values[0] - exact.values[0]).max()), times_s=engine,
        )
    ]  # fmt: skip


def bayes_violation(solution: Solution, tables: Tables) -> float:
    """Largest distance, in log-odds, between A's posterior after an act and Bayes' rule on the chances of its types."""
    decided = decisions_of_types(solution, 0, threads=1)
    nodes = tables.beliefs[0].nodes
    with np.errstate(divide="ignore"):
        prior = np.tile(np.log(nodes[:, 1] / nodes[:, 0]), tables.n_states)
    inner, worst = np.isfinite(prior), 0.0
    acts = [(decided.offer[0], decided.offer_after[0, :, :, 0]), (decided.effort_a, decided.effort_a_after[:, :, 0])]
    acts.append((decided.accept[0], decided.accept_after[0, :, :, 0, 0]))
    for chance, after in acts:
        zero, one = chance[0][..., inner].astype(float), chance[1][..., inner].astype(float)
        told = (zero > 1e-30) & (one > 1e-30)
        with np.errstate(divide="ignore", invalid="ignore"):
            bayes = prior[inner] + np.log(one) - np.log(zero)
        worst = max(worst, float(np.abs(after[..., inner] - bayes)[told].max()))
    return worst


def deviation_gain(solution: Solution, tables: Tables) -> float:
    """Most that a type of A would gain, in value units, by answering one package by other odds, beliefs as they are.

    Odds p gain at most KL(p || p*) / lambda, with p* the logit choice among what both answers lead to.
    """
    decided = decisions_of_types(solution, 0, threads=1)
    public, sharp = tables.beliefs[0].nodes[:, 1], float(tables.precision_response[0])
    size, worst = public.size, 0.0
    inner = np.tile((public > 0.0) & (public < 1.0), tables.n_states)

    def worth(values: Any, after: Any, kind: int) -> Any:
        """Value of a type at the nodes between which a belief is drawn, by its own odds of them."""
        log_odds = np.clip(after.astype(float).reshape(-1, size), -700.0, 700.0)
        belief = 1.0 / (1.0 + np.exp(-log_odds))
        low = np.clip(np.searchsorted(public, belief, side="right") - 1, 0, size - 2)
        upper = np.clip((belief - public[low]) / (public[low + 1] - public[low]), 0.0, 1.0)
        own = public if kind == 1 else 1.0 - public
        held = belief if kind == 1 else 1.0 / (1.0 + np.exp(log_odds))
        odds = upper * own[low + 1] / np.maximum(held, 1e-300)
        table = values.astype(float).reshape(-1, size)
        return (np.take_along_axis(table, low, 1) * (1.0 - odds) + np.take_along_axis(table, low + 1, 1) * odds).ravel()

    for m in range(decided.continuation.shape[0]):
        for n in range(decided.peace.shape[0]):
            yes_after, no_after = decided.accept_after[0, m, n, :, 0]
            for kind in range(2):
                agreed = worth(decided.peace[n, kind], yes_after, kind)
                refused = worth(decided.continuation[m, kind], no_after, kind)
                best = 1.0 / (1.0 + np.exp(np.clip(sharp * (refused - agreed), -700.0, 700.0)) / tables.accept_weight)
                p = np.clip(decided.accept[0, kind, m, n].astype(float), 0.0, 1.0)
                with np.errstate(divide="ignore", invalid="ignore"):
                    gain = np.where(p > 0.0, p * np.log(p / best), 0.0)
                    gain += np.where(p < 1.0, (1.0 - p) * np.log((1.0 - p) / (1.0 - best)), 0.0)
                told = inner & (belief_inside(yes_after) & belief_inside(no_after))
                worst = max(worst, float(np.nanmax(gain[told])) / sharp)
    return worst


def belief_inside(after: Any) -> Any:
    """Where float32 log-odds are no certainty: beyond, the odds of nodes are lost in rounding."""
    return np.abs(after) < 12.0


def scale_to_large(n_repeats: int) -> list[dict[str, Any]]:
    """200,000 states x 120 periods: memory, and what a second thread gains."""
    tables = synthetic_game(LARGE, 120)
    pairs = []
    for _ in range(n_repeats):
        one = repeat(1, lambda: solve(tables, threads=1))[0]
        two = repeat(1, lambda: solve(tables, threads=2))[0]
        pairs.append((one, two))
    gain = statistics.median(one / two for one, two in pairs)
    same = solve(tables, threads=1).values.tobytes() == solve(tables, threads=2).values.tobytes()
    if (os.cpu_count() or 1) >= 2:
        require(gain >= 1.7, f"two threads give {gain:.2f} times, at least 1.7")
    require(same, "one and two threads give the same bytes")
    forward = repeat(1, lambda: propagate(solve(tables), keep_mass=False))[0]
    peak = peak_memory_gib(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from games import synthetic_game\nfrom ripeness.engine import solve\n"
        f"solve(synthetic_game({LARGE}, 120))"
    )
    require(peak < 2.0, f"{peak:.2f} GiB for 200,000 states x 120 periods, under 2")
    work = tables.n_states * tables.n_periods
    return [
        report(
            "200,000 states x 120 periods", peak_memory_gib=peak, required_gib=2.0,
            stated_gib=memory_needed(tables) / 2**30, speed_up_two_threads=gain, required_speed_up=1.7,
            one_thread_us=statistics.median(one for one, _ in pairs) / work * 1e6, same_bytes=same,
            solve_and_forward_us=forward / work * 1e6, pairs_s=pairs,
        )
    ]  # fmt: skip


def start_up() -> list[dict[str, Any]]:
    """Compiling for the first time, and the time of later starts to a first result on the textbook case."""
    script = "import ripeness as r; print(float(r.solve(r.build(r.load('textbook'))).values[0, 0, 0, 0]))"
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        before = os.times()
        first = subprocess.run(
            [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
        )
        after = os.times()
        compile_cpu = after.children_user + after.children_system - before.children_user - before.children_system
        walls = []
        for _ in range(5):
            started = time.perf_counter()
            later = subprocess.run(
                [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
            )
            walls.append(time.perf_counter() - started)
    require(compile_cpu < 25.0, f"first start takes {compile_cpu:.1f} s of CPU, under 25")
    require(statistics.median(walls) < 2.0, f"later starts take {statistics.median(walls):.2f} s, under 2")
    return [
        report(
            "start to first result on the textbook case", first_cpu_s=compile_cpu, required_first_cpu_s=25.0,
            later_wall_s=statistics.median(walls), required_later_wall_s=2.0, same_answer=first.stdout == later.stdout,
        )
    ]  # fmt: skip


def count_exponentials(tables: Tables) -> int:
    """Exponentials per state and period that the equations ask for, where no gain is large (`engine/stage.py`)."""
    _, n_postures, n_effort, _ = tables.flow.shape
    n_packages, n_proposers = tables.peace_fixed.shape[1], tables.recognition.shape[2]
    efforts = n_effort + (tables.n_effort_a if tables.n_effort_a > 1 else 0) if n_effort > 1 else 0
    refusals = 2 * (n_packages + n_postures)
    return int(refusals + n_postures * (efforts + n_proposers * n_packages) + (n_postures if n_postures > 1 else 0))


def time_exponentials(n: int) -> Callable[[], None]:
    """The bound: nothing but that many exponentials of vectors, on data that stays in the first-level cache."""
    x = np.random.default_rng(0).uniform(-20, 0, 4096).astype(np.float32)
    out = np.empty_like(x)
    _exponentials(x, out, 1)
    return lambda: _exponentials(x, out, max(1, n // x.size))


@nb.njit
def _exponentials(x: Any, out: Any, n: int) -> None:
    for _ in range(n):
        for k in range(0, x.size, LANES):
            store(out, (k,), exponential(load(x, (k,))))


def repeat(n: int, call: Callable[[], Any]) -> list[float]:
    """Seconds of each of n calls."""
    times = []
    for _ in range(n):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return times


def peak_memory_gib(script: str) -> float:
    """Greatest resident memory of a fresh process that runs the script."""
    measure = f"{script}\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    command = [sys.executable, "-c", measure, str(Path(__file__).parent)]
    kibibytes = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return kibibytes / 2**20


def require(met: bool, what: str) -> None:
    if not met:
        missed.append(what)


def report(question: str, **measured: Any) -> dict[str, Any]:
    line = {
        "question": question,
        **{key: round(value, 6) if isinstance(value, float) else value for key, value in measured.items()},
        "python": platform.python_version(), "numba": nb.__version__, "numpy": np.__version__, "cpus": os.cpu_count(),
    }  # fmt: skip
    print(json.dumps(line), flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())

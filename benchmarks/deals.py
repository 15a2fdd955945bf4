"""How long do the efficient packages of a large plan take, and does any of a million random packages beat one?

    python benchmarks/deals.py [--json FILE] [--only TEXT] [--sample N] [--negmas-full]

One thread. Prints one JSON line per plan; requirements are printed beside the measurements, and the exit status is 1
when one is not met. Worths are uniform on [0, 1], independent, or opposed: at every point the order of the options is
one party's from best to worst and another's from worst to best. Conditions are over two random points; one in three
rewards or punishes, the others exclude. Where NegMAS is installed, it and ripeness do the same smaller domains (with
--negmas-full also one of ten million outcomes, which takes it minutes and gigabytes); the ratio is printed.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import negmas_frontier
import numpy as np

from ripeness.deals.dominance import undominated
from ripeness.deals.packages import Packages, efficient
from ripeness.deals.problem import UNIT, Pattern, Problem


class Size(NamedTuple):
    """A plan to time.

    Attributes:
        at_most_s: what is required.
        within: largest bound allowed, as a share of the span of a party's worths; 0: exact.
    """

    points: int
    options: int
    parties: int
    conditions: int
    opposed: bool
    at_most_s: float
    within: float = 0.0

    def __str__(self) -> str:
        kind = "opposed" if self.opposed else "independent"
        return f"{self.points} points x {self.options}, {self.parties} parties, {self.conditions} conditions, {kind}"


SIZES = (
    Size(27, 3, 2, 0, False, 0.1),
    Size(27, 3, 2, 0, True, 0.1),
    Size(27, 3, 2, 20, False, 2.0),
    Size(27, 3, 2, 20, True, 2.0),
    Size(60, 4, 2, 0, False, 5.0, 0.001),
    Size(60, 4, 2, 0, True, 5.0, 0.001),
    Size(27, 3, 3, 0, False, 5.0),
    Size(27, 3, 3, 0, True, 5.0),
    Size(27, 3, 4, 0, False, 30.0, 0.01),
    Size(27, 3, 4, 0, True, 30.0, 0.01),
)


WITH_NEGMAS = (Size(7, 5, 2, 0, False, 0.0), Size(8, 5, 2, 0, False, 0.0))
WITH_NEGMAS_FULL = Size(10, 5, 2, 0, False, 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="also append the lines to this file")
    parser.add_argument("--only", default="", help="only plans whose description has this text")
    parser.add_argument("--sample", type=int, default=1_000_000, help="random packages to check against")
    parser.add_argument("--negmas-full", action="store_true", help="also 10 points x 5 in NegMAS")
    options = parser.parse_args()
    for n_parties in (2, 3, 4):  # the first call compiles
        efficient(random_problem(Size(3, 2, n_parties, 0, False, 1.0), 0))
    n_missed = 0
    for line in lines(options.only, options.sample, options.negmas_full):
        n_missed += not line["met"]
        print(json.dumps(line), flush=True)
        if options.json:
            with options.json.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
    return 1 if n_missed else 0


def lines(only: str, n_sample: int, negmas_full: bool) -> Iterator[dict[str, Any]]:
    """Measurements, one for each plan whose description has the text `only`."""
    for size in SIZES:
        if only in str(size):
            yield timed(size, n_sample)
    if not negmas_frontier.available():
        print("NegMAS is not installed: no comparison with it (pip install 'ripeness[negmas]').", file=sys.stderr)
        return
    for size in (*WITH_NEGMAS, *((WITH_NEGMAS_FULL,) if negmas_full else ())):
        question = f"NegMAS: {size}"
        if only in question:
            yield negmas_frontier.compared(random_problem(size, 0), question)


def timed(size: Size, n_sample: int) -> dict[str, Any]:
    """Seconds of three plans of a size, with the answers checked."""
    times_s, counts, within, n_better = [], [], [], 0
    for seed in range(3):
        problem = random_problem(size, seed)
        start_s = time.process_time()
        packages = efficient(problem)
        times_s.append(round(time.process_time() - start_s, 4))
        counts.append(len(packages))
        within.append(round(packages.within, 6))
        n_better += better(problem, packages, n_sample // 3, seed)
    met = max(times_s) <= size.at_most_s and max(within) <= size.within and not n_better
    return {
        "question": str(size), "median_s": statistics.median(times_s), "times_s": times_s, "at_most_s": size.at_most_s,
        "packages": counts, "within": within, "within_at_most": size.within, "sample": n_sample,
        "better_in_sample": n_better, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "numpy": np.__version__, "machine": platform.machine(), "met": met,
    }  # fmt: skip


def random_problem(size: Size, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    worth = [rng.integers(0, UNIT, (size.options, size.parties)) for _ in range(size.points)]
    if size.opposed:
        for index, rows in enumerate(worth):
            worth[index] = np.sort(rows, axis=0)
            worth[index][:, 1] = worth[index][::-1, 1].copy()
    patterns = []
    for index in range(size.conditions):
        members = {
            int(point): frozenset([int(rng.integers(size.options))])
            for point in rng.choice(size.points, 2, replace=False)
        }
        reward = tuple(int(each) for each in rng.integers(-UNIT // 3, UNIT // 3, size.parties))
        patterns.append(Pattern(members, reward if index % 3 == 0 else None))
    allowed = tuple(np.ones(size.options, np.bool_) for _ in range(size.points))
    return Problem(tuple(worth), allowed, tuple(patterns))


def better(problem: Problem, packages: Packages, n_sample: int, seed: int) -> int:
    """How many of the best random packages are better than every one listed, by more than the bound."""
    rng = np.random.default_rng(1000 + seed)
    drawn = np.stack([rng.integers(0, len(rows), n_sample, np.int8) for rows in problem.worth])
    total = np.zeros((n_sample, problem.n_parties), np.int64)
    for rows, options in zip(problem.worth, drawn, strict=True):
        total += rows[options]
    kept = np.ones(n_sample, np.bool_)
    for pattern in problem.patterns:
        met = np.all([np.isin(drawn[point], list(options)) for point, options in pattern.members.items()], axis=0)
        if pattern.worth is None:
            kept &= ~met
        else:
            total[met] += np.array(pattern.worth)
    total = total[kept]
    best = total[undominated(total, np.zeros(len(total), np.int64))]
    return sum(not np.any(np.all(packages.worth >= row - packages.bound, axis=1)) for row in best)


if __name__ == "__main__":
    sys.exit(main())

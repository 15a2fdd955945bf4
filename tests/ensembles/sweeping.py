"""A sweep in a process of its own, which writes down what is handed out and what has been reported, to be killed.

python -m tests.ensembles.sweeping FOLDER LOG DRAWS WHERE: WHERE is a number of workers, or the address of a scheduler.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ripeness.ensembles.cluster import Cluster
from ripeness.ensembles.evaluate import Batch, Result
from ripeness.ensembles.executors import Local
from ripeness.ensembles.sweep import Sweep, sweep
from ripeness.ensembles.variants import BASE, variant
from ripeness.scenario import Scenario, load

DEARER = variant({"mechanisms.territory.attacker_cost": "x2"}, since=5, label="a dearer war")
IMPOSSIBLE = variant({"mechanisms.territory.points": 0}, label="a grid without points")
"""Fails in every draw, in a sentence."""

VARIANTS = (BASE, DEARER, IMPOSSIBLE)


class Watched:
    """An executor that logs what it is given, and each result once it has been committed."""

    def __init__(self, inner: Any, log: Path) -> None:
        self.inner, self.log = inner, log

    def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
        with self.log.open("a", buffering=1) as log:
            wanted = list(batches)
            for batch in wanted:
                for each in batch.variants:
                    log.write(f"given {batch.draw} {each.id}\n")
            for result in self.inner.run(wanted, function):
                yield result  # the journal commits before it asks for the next one
                log.write(f"reported {result.draw} {result.variant}\n")


def war() -> Scenario:
    """The smallest shipped war, over ten years: a few milliseconds a solve."""
    return load("textbook", ["horizon=10"])


def swept(folder: Path, draws: int, **options: Any) -> Sweep:
    """The sweep of the tests."""
    return sweep(war(), draws, 11, VARIANTS, folder=folder, **options)


if __name__ == "__main__":
    folder, log, draws, where = sys.argv[1:]
    place = Local(int(where)) if where.isdecimal() else Cluster(where)
    swept(Path(folder), int(draws), executor=Watched(place, Path(log)))

"""Where the work is done: in this process, in processes of this machine, or on a cluster.

An executor is given batches and a function, and hands results back as they come, in any order. It promises that every
batch is done to its end although workers may die, and that it stops when it is closed. It keeps nothing: what has been
done is the journal's business.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import IO, Protocol

from ripeness.ensembles.evaluate import Batch, Result

Function = Callable[[Batch], Iterable[Result]]
"""Results of a batch, in the order of its variants; it can be pickled."""

MOST_DEATHS = 3
"""After so many deaths of the workers that computed it, a variant counts as failed."""

ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Executor(Protocol):
    """Something that computes batches."""

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        """Results of all batches as they come; closing the iterator stops the work."""
        ...


class Serial:
    """This very process."""

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        for batch in batches:
            yield from function(batch)


@dataclass
class _Worker:
    """A process, the ends of its pipes, and what it is doing."""

    process: subprocess.Popen[bytes]
    results: Connection
    tasks: Connection
    batch: Batch | None = None
    done: int = 0

    def give(self, batch: Batch) -> None:
        self.batch, self.done = batch, 0
        with contextlib.suppress(OSError):  # it died; its end of the other pipe says so as well
            self.tasks.send(batch)

    def stop(self) -> None:
        """End the process now."""
        for end in (self.tasks, self.results):
            end.close()
        self.process.kill()
        self.process.wait()


@dataclass
class Local:
    """Processes on this machine, one thread each.

    Each is an interpreter of its own that runs `ripeness.ensembles.worker`, so that a program that calls this needs no
    guard, and ends by itself when this process dies.

    Attributes:
        workers: how many.
    """

    workers: int
    _alive: list[_Worker] = field(default_factory=list, repr=False)

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        said = pickle.dumps(function, protocol=pickle.HIGHEST_PROTOCOL)
        waiting = iter(batches)
        again: deque[Batch] = deque()
        deaths: dict[tuple[int, str], int] = {}

        def feed(worker: _Worker) -> None:
            batch = again.popleft() if again else next(waiting, None)
            if batch is None:
                worker.batch = None
            else:
                worker.give(batch)

        self._alive = []
        try:
            for batch in waiting:
                self._alive.append(_start(said))
                self._alive[-1].give(batch)
                if len(self._alive) == self.workers:
                    break
            while any(worker.batch is not None for worker in self._alive):
                busy = {worker.results: worker for worker in self._alive if worker.batch is not None}
                for end in wait(list(busy)):
                    worker = busy[end]  # type: ignore[index]
                    assert worker.batch is not None
                    try:
                        found = worker.results.recv()
                    except (EOFError, OSError):
                        batch = worker.batch.rest(worker.done)
                        worker.stop()
                        self._alive.remove(worker)
                        what = (batch.draw, batch.variants[0].id)
                        deaths[what] = deaths.get(what, 0) + 1
                        if deaths[what] >= MOST_DEATHS:
                            yield _dead(batch, worker.process.returncode)
                            batch = batch.rest(1)
                        if batch.variants:
                            again.append(batch)
                        fresh = _start(said)
                        self._alive.append(fresh)
                        feed(fresh)
                        continue
                    if isinstance(found, BaseException):
                        raise found
                    worker.done += 1
                    if worker.done == len(worker.batch.variants):
                        feed(worker)
                    yield found
                if again:
                    for worker in self._alive:
                        if worker.batch is None and again:
                            feed(worker)
        finally:
            for worker in self._alive:
                worker.stop()
            self._alive = []


def _dead(batch: Batch, status: int) -> Result:
    """A variant on which worker after worker died."""
    how = f"killed by signal {-status}" if status < 0 else f"left with status {status}"
    said = f"the process that computed it died {MOST_DEATHS} times ({how}); it may have run out of memory"
    return Result(batch.draw, batch.variants[0].id, None, said)


def _start(function: bytes) -> _Worker:
    """A worker that knows its function."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ripeness.ensembles.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
        process_group=0,  # an interruption from the keyboard is this process's to handle
    )  # fmt: skip
    results, tasks = _own(process.stdout), _own(process.stdin)
    worker = _Worker(process, Connection(results, writable=False), Connection(tasks, readable=False))
    with contextlib.suppress(OSError):  # it died at once; reading from it says so
        worker.tasks.send_bytes(function)
    return worker


def _own(stream: IO[bytes] | None) -> int:
    """A descriptor of its own for one end of a pipe."""
    assert stream is not None
    with stream:
        return os.dup(stream.fileno())

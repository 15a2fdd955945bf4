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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import IO, Protocol, runtime_checkable

from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Result

Function = Callable[[Batch], Iterable[Result]]
"""Results of a batch, in the order of its variants; it can be pickled."""

MOST_DEATHS = 3
"""After so many deaths of the workers that computed it, a variant counts as failed."""

ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@runtime_checkable
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
    """A process, the ends of its pipes, and what it is doing.

    Attributes:
        done: results of the batch that have arrived.
        ready: whether it has loaded its work.
    """

    process: subprocess.Popen[bytes]
    results: Connection
    tasks: Connection
    batch: Batch | None = None
    done: int = 0
    ready: bool = False

    def give(self, batch: Batch | None) -> None:
        """Have it compute a batch; None: nothing more."""
        self.batch, self.done = batch, 0
        if batch is not None:
            with contextlib.suppress(OSError):  # it died; its end of the other pipe says so as well
                self.tasks.send(batch)

    def stop(self, wait_s: float = 0.0) -> int:
        """Exit status of the process, which is given some time to end by itself."""
        for end in (self.tasks, self.results):
            end.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(wait_s)
        self.process.kill()
        return self.process.wait()


class _Pool:
    """Workers that share what there is to do."""

    def __init__(self, n_workers: int, batches: Iterable[Batch], function: Function) -> None:
        self._function = packed(function)
        self._fresh = iter(batches)
        self._again: deque[Batch] = deque()  # parts of batches whose workers died
        self._deaths: Counter[tuple[int, str]] = Counter()
        self._failed_starts = 0  # since the last result
        self.workers: list[_Worker] = []
        for batch in islice(self._fresh, n_workers):
            self._start(batch)

    def results(self) -> Iterator[Result]:
        """Results as they come, until nothing is left to do."""
        while busy := {worker.results: worker for worker in self.workers if worker.batch is not None}:
            for end in wait(list(busy)):
                yield from self._heard(busy[end])  # type: ignore[index]

    def stop(self) -> None:
        """End all processes now."""
        for worker in self.workers:
            worker.stop()
        self.workers = []

    def _start(self, batch: Batch | None) -> None:
        self.workers.append(_start(self._function))
        self.workers[-1].give(batch)

    def _next(self) -> Batch | None:
        return self._again.popleft() if self._again else next(self._fresh, None)

    def _heard(self, worker: _Worker) -> Iterator[Result]:
        """What a worker has to say: that it is ready, a result, that its work is broken, or nothing more."""
        assert worker.batch is not None
        try:
            said = worker.results.recv()
        except (EOFError, OSError):
            yield from self._died(worker)
            return
        if isinstance(said, BaseException):
            raise said
        if said is None:
            worker.ready = True
            return
        self._failed_starts = 0
        worker.done += 1
        if worker.done == len(worker.batch.variants):
            worker.give(self._next())
        yield said

    def _died(self, worker: _Worker) -> Iterator[Result]:
        """Another worker takes over; what worker after worker dies of is a failure."""
        assert worker.batch is not None
        self.workers.remove(worker)
        status, batch = worker.stop(wait_s=5.0), worker.batch.rest(worker.done)
        if not worker.ready:
            self._failed_starts += 1
            if status > 0 or self._failed_starts >= MOST_DEATHS:
                raise EnsembleError(
                    f"a worker process could not start ({_how(status)}); what it said stands above. Try workers=1, "
                    "which computes in this process."
                )
        else:
            what = batch.draw, batch.variants[0].id
            self._deaths[what] += 1
            if self._deaths[what] >= MOST_DEATHS:
                yield dead(batch, _how(status))
                batch = batch.rest(1)
        if batch.variants:
            self._again.append(batch)
        if (left := self._next()) is not None:
            self._start(left)


class Local:
    """Processes on this machine, one thread each.

    Each is an interpreter of its own that runs `ripeness.ensembles.worker`, so that a program that calls this needs no
    guard, and ends by itself when this process dies.

    Args:
        workers: how many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: _Pool | None = None

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        self._pool = pool = _Pool(self.workers, batches, function)
        try:
            yield from pool.results()
        finally:
            pool.stop()
            self._pool = None

    def processes(self) -> list[int]:
        """Process ids of the workers that are alive."""
        return [] if self._pool is None else [worker.process.pid for worker in self._pool.workers]


def packed(function: Function) -> bytes:
    """Work as it is sent to other processes.

    Raises:
        EnsembleError: a mechanism is made of what cannot be sent, a class of a notebook, say.
    """
    try:
        return pickle.dumps(function, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise EnsembleError(
            f"the scenario cannot be sent to other processes ({type(error).__name__}: {error}). Define its mechanisms "
            "in a module that they can import, or take workers=1."
        ) from error


def _how(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"left with status {status}"


def dead(batch: Batch, how: str) -> Result:
    """Failure of the first variant of a batch, on which worker after worker died."""
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

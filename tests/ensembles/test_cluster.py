"""Ensembles on a Dask cluster of two processes, with workers and drivers killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ripeness.ensembles.cluster import Cluster
from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Result
from ripeness.ensembles.executors import Serial
from tests.ensembles.sweeping import VARIANTS, swept
from tests.ensembles.test_sweep import Fatal, check_same_bytes, contents, killed_and_resumed

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own: ports, and sockets that close late


class Started:
    """A scheduler and two workers in processes of their own, as an analyst starts them.

    Attributes:
        address: of the scheduler.
    """

    def __init__(self, folder: Path) -> None:
        said = folder / "scheduler.json"
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
        program = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
        self.folder, self.quiet, self.file = folder, quiet, said
        self.processes = [
            subprocess.Popen(
                [*program, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said)],
                **quiet,
            )
        ]
        for _ in range(2):
            self.start_worker()
        deadline_s = time.monotonic() + 60.0
        while not said.exists() and time.monotonic() < deadline_s:
            time.sleep(0.05)
        import json

        self.address: str = json.loads(said.read_text())["address"]

    def start_worker(self) -> None:
        """One more worker; a nanny starts it anew when it dies."""
        program = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(self.file)]
        options = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder)]
        self.processes.append(subprocess.Popen([*program, *options], **self.quiet))

    def workers(self) -> list[int]:
        """Process ids of the workers themselves."""
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            return list(client.run(os.getpid).values())

    def stop(self) -> None:
        for process in self.processes[::-1]:
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = Started(tmp_path_factory.mktemp("cluster"))
        yield found
        found.stop()


class Deadly:
    """A cluster one of whose workers is killed after some results."""

    def __init__(self, cluster: Started, moments: Iterable[int], seed: int = 0) -> None:
        self.cluster, self.moments, self.died = cluster, set(moments), 0
        self.rng = np.random.default_rng(seed)

    def run(self, batches: Iterable[Batch], function: Any) -> Iterator[Result]:
        for number, result in enumerate(Cluster(self.cluster.address).run(batches, function)):
            if number in self.moments:
                os.kill(int(self.rng.choice(self.cluster.workers())), signal.SIGKILL)
                self.died += 1
            yield result


def test_a_scheduler_that_does_not_answer_is_a_sentence():
    with pytest.raises(EnsembleError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        list(Cluster("tcp://127.0.0.1:1", wait_s=1.0).run([Batch(0, (), VARIANTS)], Fatal()))


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_with_and_without_a_worker_killed(started: Started, tmp_path: Path):
    swept(tmp_path / "here", 30, workers=1)
    swept(tmp_path / "there", 30, on=started.address)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    place = Deadly(started, [20])
    swept(tmp_path / "killed", 30, executor=place)
    assert place.died == 1
    assert contents(tmp_path / "killed") == contents(tmp_path / "here")


@pytest.mark.slow
def test_a_driver_of_a_cluster_killed_at_ten_random_moments_resumes_to_the_same_bytes(started: Started, tmp_path: Path):
    killed_and_resumed(tmp_path, started.address, 60, 10, 4)
    swept(tmp_path / "undisturbed", 60, executor=Serial())
    check_same_bytes(tmp_path / "sweep", tmp_path / "undisturbed", 60)


@pytest.mark.slow
def test_what_worker_after_worker_dies_of_is_a_failure_on_a_cluster_too(started: Started):
    batches = [Batch(draw, (), VARIANTS) for draw in range(3)]
    found = list(Cluster(started.address).run(batches, Fatal()))
    failed = [(each.draw, each.variant) for each in found if each.failure is not None]
    assert len(found) == 9
    assert len({(each.draw, each.variant) for each in found}) == 9
    assert all(draw == 1 for draw, _ in failed)

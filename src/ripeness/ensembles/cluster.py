"""A Dask cluster as the place where batches are computed.

Each batch is one task; a bounded number of them is with the scheduler at any time, and a result is released as soon as
it has arrived, so that neither side holds the ensemble. Dask reruns the tasks of workers that die.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from typing import Any

from ripeness.ensembles.errors import EnsembleError, MissingLibrary
from ripeness.ensembles.evaluate import Batch, Result
from ripeness.ensembles.executors import Function, dead, packed

WAIT_S = 30.0
"""How long to wait for a scheduler, and for its first worker."""

AHEAD = 2
"""Tasks with the scheduler for each thread of its workers: one that is computed and one that waits beside it."""


@dataclass(frozen=True)
class Cluster:
    """Workers of a Dask scheduler; it and they need the same version of ripeness.

    Attributes:
        address: of the scheduler, for example tcp://10.0.0.1:8786.
        wait_s: how long to wait for the scheduler and for its first worker.
    """

    address: str
    wait_s: float = WAIT_S

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        distributed = _distributed()
        said = zlib.compress(packed(function))
        waiting = iter(batches)
        with self._client(distributed) as client:
            threads = sum(client.nthreads().values())

            def submitted(batch: Batch) -> Any:
                future = client.submit(_compute, said, version("ripeness"), batch, pure=False)
                given[future.key] = batch
                return future

            given: dict[str, Batch] = {}
            first = [submitted(batch) for batch in islice(waiting, AHEAD * threads)]
            arrived = distributed.as_completed(first, loop=client.loop)
            for future in arrived:
                batch = given.pop(future.key)
                try:
                    results = future.result()
                except distributed.KilledWorker:
                    results = [dead(batch, "the worker left")]
                    if batch.rest(1).variants:
                        arrived.add(submitted(batch.rest(1)))
                except EnsembleError:
                    raise
                except Exception as error:  # failures of draws are results; this is the cluster's own
                    first_line = (str(error).splitlines() or [""])[0]
                    raise EnsembleError(
                        f"the cluster at {self.address} could not compute a batch ({type(error).__name__}: "
                        f"{first_line}). Its scheduler and workers need the same ripeness as this process."
                    ) from error
                future.release()
                arrived.update([submitted(each) for each in islice(waiting, 1)])
                yield from results

    def _client(self, distributed: Any) -> Any:
        """A client with at least one worker."""
        try:
            client = distributed.Client(self.address, timeout=self.wait_s, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EnsembleError(
                f"no Dask scheduler answers at {self.address} ({type(error).__name__}). Start one with "
                "`dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`."
            ) from None
        try:
            client.wait_for_workers(1, timeout=self.wait_s)
        except TimeoutError:
            client.close()
            raise EnsembleError(
                f"the scheduler at {self.address} has no workers. Start some with "
                f"`dask worker {self.address} --nthreads 1`."
            ) from None
        return client


def _compute(function: bytes, needed: str, batch: Batch) -> list[Result]:
    """All results of a batch, on a worker."""
    if version("ripeness") != needed:
        raise EnsembleError(
            f"a worker has ripeness {version('ripeness')} where the driver has {needed}. Install the same on all."
        )
    return list(_function(function)(batch))


@lru_cache(maxsize=2)
def _function(said: bytes) -> Function:
    made: Function = pickle.loads(zlib.decompress(said))
    return made


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingLibrary("dask.distributed", "cluster", "computing on a cluster") from None
    return distributed

"""A Dask cluster as the place where batches are computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Result
from ripeness.ensembles.executors import Function


@dataclass(frozen=True)
class Cluster:
    """Workers of a Dask scheduler.

    Attributes:
        address: of the scheduler, for example tcp://10.0.0.1:8786.
    """

    address: str

    def run(self, batches: Iterable[Batch], function: Function) -> Iterator[Result]:
        raise EnsembleError("clusters are not there yet. Use workers.")

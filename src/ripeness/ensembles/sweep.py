"""One ensemble from its design to its results: what is missing is computed, what there is is read lazily."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.draws import DEFAULT_KIND, Design, Float, Kind, design
from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Work
from ripeness.ensembles.executors import Executor, Local, Serial
from ripeness.ensembles.journal import Failure, Journal
from ripeness.ensembles.variants import BASE, Variant
from ripeness.game.layout import collect_axes, in_order
from ripeness.mechanisms.base import GridSize
from ripeness.questions.digest import Digest
from ripeness.questions.measures import Asked, value_of
from ripeness.runs.errors import Interrupted
from ripeness.runs.inputs import sha256
from ripeness.scenario.ledger import scenario_hash
from ripeness.scenario.schema import Scenario

Progress = Callable[[str, int, int], None]
"""Called with the name of the stage, steps done and steps in all."""

CENTRAL = -1
"""Number of the draw that is the scenario's own numbers."""

READ_AT_ONCE = 32
"""Draws of which digests are held in memory while they are read."""

NOT_PART = ("claims", "levers")
"""Sections of a scenario that decide no result of an ensemble."""


@dataclass(frozen=True)
class Sweep:
    """An ensemble of one scenario, with its journal; results are read when they are asked for.

    Attributes:
        folder: holds `journal.sqlite`.
        variants: those that were asked for, in that order.
    """

    scenario: Scenario
    design: Design
    variants: tuple[Variant, ...]
    folder: Path
    grid: GridSize
    horizon: int | None = None
    _known: dict[tuple[Asked, str], Float] = field(default_factory=dict, repr=False, compare=False)

    @property
    def n(self) -> int:
        """Number of draws."""
        return self.design.n

    @property
    def paths(self) -> tuple[str, ...]:
        """(p,) assumptions that are drawn."""
        return self.design.paths

    @property
    def inputs(self) -> Float:
        """(n, p) numbers of every draw."""
        return self.design.values

    @cached_property
    def _journal(self) -> Journal:
        return Journal(journal_of(self.folder), reading=True)

    def digests(
        self, variant: Variant = BASE, first: int = 0, last: int | None = None
    ) -> Iterator[tuple[int, Digest | None]]:
        """Number and digest of draws in order; None where it failed or is missing. A few are held at a time.

        Args:
            first, last: from which draw, and up to which, itself not included; None: to the end.
        """
        end = self.n if last is None else min(last, self.n)
        for begin in range(first, end, READ_AT_ONCE):
            until = min(begin + READ_AT_ONCE, end)
            found = {each.draw: each.content for each in self._journal.read([variant.id], begin, until)}
            for draw in range(begin, until):
                content = found.get(draw)
                yield draw, None if content is None else Digest.from_bytes(content)

    def values(self, asked: Asked, variant: Variant = BASE) -> Float:
        """(n,) a measure in every draw under a variant; NaN where the draw failed or the measure is undefined."""
        return self.values_of([asked], variant)[:, 0]

    def values_of(self, asked: Sequence[Asked], variant: Variant = BASE) -> Float:
        """(n, k) several measures, with one pass over the digests."""
        fresh = [each for each in dict.fromkeys(asked) if (each, variant.id) not in self._known]
        if fresh:
            found = np.full((self.n, len(fresh)), np.nan)
            for draw, digest in self.digests(variant):
                if digest is not None:
                    found[draw] = [value_of(digest, each) for each in fresh]
            self._known.update({(each, variant.id): found[:, k] for k, each in enumerate(fresh)})
        columns = [self._known[each, variant.id] for each in asked]
        return np.stack(columns, axis=1) if columns else np.empty((self.n, 0))

    def central(self, variant: Variant = BASE) -> Digest | None:
        """Digest of the scenario's own numbers under a variant; None where it failed or was not asked for."""
        found = self._journal.get(CENTRAL, variant.id)
        return None if found is None or found.content is None else Digest.from_bytes(found.content)

    def central_value(self, asked: Asked, variant: Variant = BASE) -> float:
        """A measure in the scenario's own numbers; NaN where that failed."""
        found = self.central(variant)
        return float("nan") if found is None else float(value_of(found, asked))

    @cached_property
    def failures(self) -> list[Failure]:
        """Draws of this ensemble that failed, by draw and variant, each with its sentence; -1: its own numbers."""
        mine = {each.id for each in self.variants}
        return [each for each in self._journal.failures() if each.draw < self.n and each.variant in mine]

    def failed(self, variant: Variant = BASE) -> NDArray[np.bool_]:
        """(n,) whether a draw failed under a variant."""
        found = np.zeros(self.n, bool)
        found[[each.draw for each in self.failures if each.variant == variant.id and each.draw >= 0]] = True
        return found

    @cached_property
    def refined(self) -> dict[str, int]:
        """In how many draws an axis has more points than the grid gives it, since their own numbers need them."""
        usual = {axis.name: axis.values.size for axis, _ in collect_axes(in_order(self.scenario.mechanisms), self.grid)}
        found = dict.fromkeys(usual, 0)
        for _, digest in self.digests():
            shapes = {} if digest is None else digest.shapes()
            for name, points in usual.items():
                found[name] += shapes.get(f"points/{name}", ("", (points,)))[1][0] > points
        return {name: int(draws) for name, draws in found.items() if draws}

    def close(self) -> None:
        """Give the journal back; it is opened again when something is read."""
        if "_journal" in self.__dict__:
            self._journal.close()
            del self.__dict__["_journal"]


def sweep(
    scenario: Scenario,
    n: int = 256,
    seed: int = 0,
    variants: Sequence[Variant] = (BASE,),
    *,
    kind: Kind = DEFAULT_KIND,
    grid: GridSize = "coarse",
    horizon: int | None = None,
    workers: int | None = None,
    on: str | None = None,
    executor: Executor | None = None,
    folder: str | Path | None = None,
    central: bool = True,
    rerun_failed: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Solve a scenario over the ranges of its assumptions, under every variant, as far as that is not done yet.

    Results depend on the scenario, seed, kind, grid and horizon only: not on workers, on where they run, on kills, or
    on what was computed before. A larger n, or further variants, go on from what there is.

    Args:
        n: number of draws.
        variants: what is compared; `BASE`, the scenario as drawn, is always computed.
        workers: processes on this machine; None: one for each processor, 1: this process.
        on: address of a Dask scheduler, for example tcp://10.0.0.1:8786, which computes instead.
        executor: another place to compute, instead of `workers` and `on`.
        folder: where results are kept; None: `ensembles/<name>-<digits>`.
        central: whether the scenario's own numbers are computed under every variant as well.
        rerun_failed: compute what failed before once more, and nothing else.

    Raises:
        EnsembleError: options that will not do, or a folder that is in use or holds another ensemble.
        Interrupted: by the keyboard; what was computed stays, and the same call goes on from there.
    """
    wanted = tuple({each.id: each for each in (BASE, *variants)}.values())
    if workers is not None and not 1 <= workers <= 1024:
        raise EnsembleError(f"workers must be 1 to 1024, got {workers}.")
    drawn = design(scenario, n, seed, kind)
    spec = spec_of(scenario, seed=seed, kind=kind, grid=grid, horizon=horizon)
    where = folder_of(scenario, spec) if folder is None else Path(folder)
    work = Work(scenario, drawn.paths, grid, horizon)
    done = Sweep(scenario, drawn, wanted, where, grid, horizon)
    with Journal(journal_of(where), spec) as journal:
        journal.name(wanted)
        batches = journal.missing(drawn.values, wanted, failed=rerun_failed)
        if central:
            own = journal.missing([()], wanted, failed=rerun_failed, first=CENTRAL)
            batches = own + batches
        if batches:
            place = executor or _place(workers, on, len(batches))
            _compute(journal, place, batches, work, progress, len(wanted) * (n + central))
    return done


def extend(
    done: Sweep,
    variants: Sequence[Variant],
    draws: int = 0,
    *,
    workers: int | None = None,
    on: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Compute further variants in the scenario's own numbers and in the first draws only, as far as that is not done.

    Args:
        done: an ensemble; in the draws that are left out, a variant has no value.
        draws: how many draws besides the scenario's own numbers.
        workers, on, executor: as for `sweep`.
    """
    wanted = tuple({each.id: each for each in variants}.values())
    kind, seed = done.design.kind, done.design.seed
    spec = spec_of(done.scenario, seed=seed, kind=kind, grid=done.grid, horizon=done.horizon)
    done.close()
    with Journal(journal_of(done.folder), spec) as journal:
        journal.name(wanted)
        own = journal.missing([()], wanted, first=CENTRAL)
        batches = [each._replace(variants=(one,)) for each in own for one in each.variants]  # for workers to share
        batches += journal.missing(done.design.values[:draws], wanted)
        if batches:
            place = executor or _place(workers, on, len(batches))
            work = Work(done.scenario, done.paths, done.grid, done.horizon)
            total = len(wanted) * (min(draws, done.n) + 1)
            _compute(journal, place, batches, work, progress, total)
    both = tuple({each.id: each for each in (*done.variants, *wanted)}.values())
    fresh = {each.id for each in wanted}
    known = {key: values for key, values in done._known.items() if key[1] not in fresh}
    return Sweep(done.scenario, done.design, both, done.folder, done.grid, done.horizon, known)


def _place(workers: int | None, on: str | None, n_batches: int) -> Executor:
    """Where to compute."""
    if on is not None:
        if workers is not None:
            raise EnsembleError("give workers or on, not both: a cluster has its own workers.")
        from ripeness.ensembles.cluster import Cluster

        return Cluster(on)
    count = min(workers or _processors(), n_batches)
    return Serial() if count == 1 else Local(count)


def _processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _compute(
    journal: Journal, place: Executor, batches: Sequence[Batch], work: Work, progress: Progress | None, total: int
) -> None:
    """Have batches computed, and commit every result as it comes."""
    tell = progress or (lambda stage, done, total: None)
    left = sum(len(batch.variants) for batch in batches)
    done = 0
    tell("solving", total - left, total)
    try:
        with closing(_generator(place, batches, work)) as results:
            for result in results:
                journal.put([result])
                done += 1
                tell("solving", total - left + done, total)
    except KeyboardInterrupt:
        kept = total - left + done
        raise Interrupted(
            f"interrupted; {kept:,} of {total:,} results are kept in {journal.path.parent}, and the same command goes "
            "on from there"
        ) from None


def _generator(place: Executor, batches: Sequence[Batch], work: Work) -> Any:
    yield from place.run(batches, work)


def spec_of(scenario: Scenario, *, seed: int, kind: str, grid: str, horizon: int | None) -> dict[str, Any]:
    """Everything that decides the results of an ensemble, but the number of draws and what is compared."""
    said = scenario.model_copy(update={name: () for name in NOT_PART if name in type(scenario).model_fields})
    return {
        "scenario": scenario_hash(said), "name": scenario.name, "seed": seed, "kind": kind, "grid": grid,
        "horizon": scenario.horizon if horizon is None else horizon, "ripeness": version("ripeness"),
    }  # fmt: skip


def folder_of(scenario: Scenario, spec: dict[str, Any]) -> Path:
    """Folder of an ensemble that is given no other."""
    return Path("ensembles", f"{scenario.name}-{sha256(spec)[:8]}")


def journal_of(folder: Path) -> Path:
    """The journal in the folder of an ensemble."""
    return folder / "journal.sqlite"

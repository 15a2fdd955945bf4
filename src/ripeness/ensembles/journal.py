"""What has been computed, in one SQLite file that survives a kill at any moment.

Every result is committed as it arrives; what is left to do is the design less what stands here. Only the driver opens
the file for writing, under a lock that the system releases with the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.evaluate import Batch, Result
from ripeness.ensembles.variants import Variant

try:
    import fcntl
except ImportError:  # no such locks on this system: SQLite's own keep the file whole, and two drivers may work twice
    fcntl = None  # type: ignore[assignment]

FORMAT = 1
"""Version of the layout."""

TABLES = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists variants (id text primary key, label text not null, steps text not null);
create table if not exists results (
    draw integer not null, variant text not null, content blob, failure text, primary key (draw, variant)
) without rowid;
"""


class Failure(NamedTuple):
    """A draw that could not be computed under a variant, and why."""

    draw: int
    variant: str
    sentence: str


class Journal:
    """Results by draw and variant.

    Args:
        path: the file; made where it is missing, unless it is only read.
        spec: everything that decides the results, as plain data; None: whatever the file was made for.
        reading: open the file to read only; another process may be writing.

    Raises:
        EnsembleError: another process has it open for writing, it was made for something else, or it is no journal.
    """

    def __init__(self, path: Path, spec: Mapping[str, Any] | None = None, *, reading: bool = False) -> None:
        self.path = Path(path)
        self._lock: int | None = None
        if reading and not self.path.is_file():
            raise EnsembleError(f"{self.path}: there is no such journal.")
        if not reading:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.path)
        try:
            self._open(spec, reading)
        except BaseException:
            self.close()
            raise

    def _open(self, spec: Mapping[str, Any] | None, reading: bool) -> None:
        try:
            self._db = sqlite3.connect(self.path, timeout=60.0, isolation_level=None, check_same_thread=False)
            if not reading:
                self._db.execute("pragma journal_mode = wal")
                self._db.execute("pragma synchronous = normal")  # a kill of the process loses nothing; see docs
                self._db.executescript(TABLES)
            else:
                self._db.execute("pragma query_only = on")
            known = {key: json.loads(value) for key, value in self._db.execute("select key, value from meta")}
        except sqlite3.DatabaseError as error:
            raise EnsembleError(f"{self.path} is no journal of an ensemble ({error}). Name another folder.") from None
        if not known and spec is not None and not reading:
            known = {"format": FORMAT, "spec": json.loads(json.dumps(spec))}
            with self._at_once():
                rows = [(key, json.dumps(value, sort_keys=True)) for key, value in known.items()]
                self._db.executemany("insert into meta values (?, ?)", rows)
        if known.get("format") != FORMAT:
            raise EnsembleError(
                f"{self.path} has format {known.get('format')}, this version reads {FORMAT}. Name another folder."
            )
        self.spec: dict[str, Any] = known["spec"]
        if spec is not None:
            wanted = json.loads(json.dumps(spec))
            differ = [
                f"{key} {_short(self.spec.get(key))} instead of {_short(wanted.get(key))}"
                for key in sorted({*wanted, *self.spec})
                if wanted.get(key) != self.spec.get(key)
            ]
            if differ:
                raise EnsembleError(f"{self.path} holds another ensemble: {'; '.join(differ)}. Name another folder.")

    def close(self) -> None:
        """Give the file and its lock back."""
        db = getattr(self, "_db", None)
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                if self._lock is not None:
                    db.execute("pragma wal_checkpoint(truncate)")
            db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def name(self, variants: Iterable[Variant]) -> None:
        """Remember what variants change; the label given last is kept."""
        rows = [(each.id, each.label, json.dumps(each.plain(), sort_keys=True)) for each in variants]
        with self._at_once():
            self._db.executemany(
                "insert into variants values (?, ?, ?) on conflict (id) do update set label = excluded.label", rows
            )

    def variants(self) -> dict[str, str]:
        """Label of every variant, by id, in the order of ids."""
        return dict(self._db.execute("select id, label from variants order by id"))

    def put(self, results: Iterable[Result]) -> None:
        """Commit results; one that is there already is replaced (a failure that was tried again)."""
        with self._at_once():
            self._db.executemany("insert or replace into results values (?, ?, ?, ?)", list(results))

    def get(self, draw: int, variant: str) -> Result | None:
        """One result, or None where it is missing."""
        return next(self.read([variant], draw, draw + 1), None)

    def read(self, variants: Sequence[str], first: int, last: int) -> Iterator[Result]:
        """Results of draws from `first` up to `last`, by draw and then in the order of variants."""
        marks = ", ".join("?" * len(variants))
        place = {each: k for k, each in enumerate(variants)}
        asked = (
            "select draw, variant, content, failure from results "
            f"where draw between ? and ? and variant in ({marks}) order by draw"
        )
        row: list[Result] = []
        for each in self._db.execute(asked, (first, last - 1, *variants)):
            if row and row[0].draw != each[0]:
                yield from sorted(row, key=lambda found: place[found.variant])
                row = []
            row.append(Result(*each))
        yield from sorted(row, key=lambda found: place[found.variant])

    def failures(self) -> list[Failure]:
        """Everything that failed, by draw and variant."""
        asked = "select draw, variant, failure from results where failure is not null order by draw, variant"
        return [Failure(*row) for row in self._db.execute(asked)]

    def count(self) -> int:
        """Number of results, failures included."""
        return int(self._db.execute("select count(*) from results").fetchone()[0])

    def missing(
        self, values: Iterable[Sequence[float] | NDArray[np.float64]], variants: Sequence[Variant], *,
        failed: bool = False, first: int = 0,
    ) -> list[Batch]:  # fmt: skip
        """What is left to do: the design less what stands here, a batch for each draw.

        Args:
            values: numbers of every draw.
            first: number of the first draw.
            failed: what failed instead of what is missing.
        """
        state = "and failure is not null" if failed else ""
        asked = f"select draw, variant from results where draw >= ? {state} order by draw"
        there = groupby(self._db.execute(asked, (first,)), key=itemgetter(0))
        known = next(there, None)
        whole: tuple[Variant, ...] = () if failed else tuple(variants)
        batches = []
        for draw, row in enumerate(values, start=first):
            left = whole
            if known is not None and known[0] == draw:
                ids = {variant for _, variant in known[1]}
                left = tuple(each for each in variants if (each.id in ids) == failed)
                known = next(there, None)
            if left:
                batches.append(Batch(draw, row, left))
        return batches


def _lock(path: Path) -> int | None:
    """Descriptor that locks the journal's folder for one driver."""
    if fcntl is None:
        return None
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise EnsembleError(
            f"{path} is being written by another process. Wait for it, or name another folder with --out."
        ) from None
    return descriptor


def _short(value: Any) -> str:
    said = str(value)
    return said if len(said) <= 16 else f"{said[:8]}..."

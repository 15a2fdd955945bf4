"""An ensemble as files for other programs: a Zarr store of everything that was kept, and summaries in Parquet.

Both are written from the journal in the order of the draws, a block of them at a time: their bytes do not depend on who
computed what when, and the memory that this takes does not depend on the number of draws. The store opens lazily in
xarray, one group for each variant. Other versions of Zarr or Arrow may give other bytes for the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.errors import MissingLibrary
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import Variant
from ripeness.questions.digest import Digest
from ripeness.questions.measures import Asked, value_of
from ripeness.runs.folder import whole_or_absent
from ripeness.runs.inputs import sha256

BLOCK = 64
"""Draws in one chunk of the store, and held in memory at a time."""

STORE, INPUTS, MEASURES_FILE = "digests.zarr", "inputs.parquet", "measures.parquet"

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "open": ("profile", "date"), "settled": ("profile", "period", "proposer", "package"),
    "offered": ("profile", "period", "proposer", "package"), "ended": ("profile", "period", "end"),
    "posture": ("profile", "period", "posture"), "effort": ("profile", "period", "pair of efforts"),
    "terms": ("profile", "period"), "breaks": ("profile", "period"), "worth": ("profile", "period", "role"),
    "value": ("profile", "period", "role"), "best": ("profile", "period", "role"),
    "gain": ("profile", "period", "role", "package"), "acceptable": ("profile", "period", "role", "package"),
    "least": ("profile", "period", "class"), "most": ("profile", "period", "class"), "ripe": ("profile", "period"),
    "ripe_all": ("profile", "period"), "weight": ("view", "profile"), "profile": ("profile", "side"),
}  # fmt: skip
"""Names of the dimensions of a digest's arrays, beside the draw; others get the name of the array and a number."""

VARIABLES = {"posture": "taken", "profile": "types"}
"""Arrays that would be called like a dimension."""


def write_results(done: Sweep, asked: Sequence[Asked] = (), *, store: bool = True) -> Path:
    """Write the folder `results` of an ensemble: the digests of all draws and variants, their inputs, and measures.

    Args:
        asked: measures in the summary, a column each.
        store: whether the digests are written as well, which is most of the work.

    Returns:
        The folder, which is whole or absent; one that is there already is replaced.

    Raises:
        MissingLibrary: Zarr or Arrow is not installed.
    """
    _library("pyarrow", "summaries in Parquet")
    if store:
        _library("zarr", "a Zarr store")
    folder = done.folder / "results"
    with whole_or_absent(folder, sha256([str(each) for each in asked])) as aside:
        _write_inputs(aside.path / INPUTS, done)
        _write_measures(aside.path / MEASURES_FILE, done, asked)
        if store:
            _write_store(aside.path / STORE, done)
    return folder


def _library(name: str, what: str) -> Any:
    """A library of the extra `ensembles`."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingLibrary(name, "ensembles", what) from None


def blocks(n: int) -> Iterator[tuple[int, int]]:
    """First draw of every block, and the one after its last."""
    for first in range(0, n, BLOCK):
        yield first, min(first + BLOCK, n)


def _write_inputs(path: Path, done: Sweep) -> None:
    """Numbers of every draw, a column for each assumption."""
    with _Rows(path, {"draw": "int64", **dict.fromkeys(done.paths, "double")}) as rows:
        for first, last in blocks(done.n):
            columns = {name: done.inputs[first:last, k] for k, name in enumerate(done.paths)}
            rows.write({"draw": np.arange(first, last), **columns})


def _write_measures(path: Path, done: Sweep, asked: Sequence[Asked]) -> None:
    """A row for each draw and variant: why it failed, or what it says."""
    names = [str(each) for each in asked]
    kinds = {"draw": "int64", "variant": "string", "label": "string", "failure": "string"}
    failures = {(each.draw, each.variant): each.sentence for each in done.failures}
    with _Rows(path, {**kinds, **dict.fromkeys(names, "double")}) as rows:
        for variant in done.variants:
            for first, last in blocks(done.n):
                found = np.full((last - first, len(asked)), np.nan)
                for draw, digest in done.digests(variant, first, last):
                    if digest is not None:
                        found[draw - first] = [value_of(digest, each) for each in asked]
                draws = range(first, last)
                rows.write(
                    {
                        "draw": np.arange(first, last),
                        "variant": [variant.id] * len(draws),
                        "label": [variant.label] * len(draws),
                        "failure": [failures.get((draw, variant.id)) for draw in draws],
                        **{name: found[:, k] for k, name in enumerate(names)},
                    }
                )


class _Rows:
    """A Parquet file that is written block by block."""

    def __init__(self, path: Path, kinds: Mapping[str, str]) -> None:
        arrow = _library("pyarrow", "summaries in Parquet")
        parquet = _library("pyarrow.parquet", "summaries in Parquet")
        self._arrow = arrow
        self._schema = arrow.schema([(name, arrow.type_for_alias(kind)) for name, kind in kinds.items()])
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append a block."""
        arrays = [self._arrow.array(columns[each.name], type=each.type) for each in self._schema]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()


def _write_store(path: Path, done: Sweep) -> None:
    """Everything that was kept of every draw, a group for each variant."""
    zarr = _library("zarr", "a Zarr store")
    root = zarr.create_group(str(path), zarr_format=3)
    said = {
        "scenario": done.scenario.name, "kind": done.design.kind, "seed": done.design.seed, "grid": done.grid,
        "variants": [{"id": each.id, "label": each.label, "steps": each.plain()} for each in done.variants],
    }  # fmt: skip
    root.attrs.update(said)
    _put(root, "inputs", done.inputs, ("draw", "assumption"))
    _put(root, "assumption", list(done.paths), ("assumption",))
    for variant in done.variants:
        _write_variant(root.create_group(variant.id or "as-drawn"), done, variant)


def _write_variant(group: Any, done: Sweep, variant: Variant) -> None:
    """Arrays of all digests of a variant; where draws differ in size, the smaller ones end in NaN."""
    failed = done.failed(variant)
    _put(group, "failed", failed, ("draw",))
    shapes: dict[str, NDArray[np.int64]] = {}
    kinds: dict[str, Any] = {}
    labels: Digest | None = None
    for _, digest in done.digests(variant):
        if digest is not None:
            labels = labels or digest
            for name, (kind, shape) in digest.shapes().items():
                shapes[name] = np.maximum(shapes.get(name, 0), shape)
                kinds[name] = kind
    if labels is None:
        return
    sizes = {name: tuple(int(n) for n in shape) for name, shape in shapes.items() if np.all(shape > 0)}
    for name, coordinate in _coordinates(labels).items():
        _put(group, name, coordinate, (name,))
    known: dict[str, int] = {name: len(coordinate) for name, coordinate in _coordinates(labels).items()}
    arrays = {}
    for name, shape in sizes.items():
        arrays[name] = group.create_array(
            VARIABLES.get(name, name.replace("/", ".")),
            shape=(done.n, *shape),
            chunks=(min(BLOCK, done.n), *shape),
            dtype=kinds[name],
            dimension_names=("draw", *_dimensions(name, shape, known)),
            fill_value=np.nan,
        )
    for first, last in blocks(done.n):
        block = {name: np.full((last - first, *shape), np.nan, kinds[name]) for name, shape in sizes.items()}
        for draw, digest in done.digests(variant, first, last):
            if digest is not None:
                for name, into in block.items():
                    values = digest.arrays.get(name)
                    if values is not None:
                        into[draw - first][tuple(slice(n) for n in values.shape)] = values
        for name, values in block.items():
            arrays[name][first:last] = values


def _put(group: Any, name: str, values: Any, dimensions: tuple[str, ...]) -> None:
    """A small array, written at once."""
    strings = isinstance(values, list | tuple)
    array = np.asarray(values, dtype=np.dtypes.StringDType()) if strings else np.asarray(values)
    chunks = tuple(max(1, min(n, BLOCK if name == "draw" else n)) for n in array.shape)
    made = group.create_array(
        name, shape=array.shape, chunks=chunks, dtype="str" if strings else array.dtype, dimension_names=dimensions
    )
    made[...] = array


def _coordinates(digest: Digest) -> dict[str, tuple[str, ...]]:
    """Names along the dimensions that have some."""
    said = digest.labels
    found = {
        "role": said.roles, "proposer": said.roles, "package": said.packages, "end": said.ends,
        "posture": said.postures, "view": said.views,
    }  # fmt: skip
    return {name: tuple(names) for name, names in found.items() if names}


def _dimensions(name: str, shape: tuple[int, ...], known: dict[str, int]) -> tuple[str, ...]:
    """Names of the dimensions of an array; one of another size than the same name elsewhere gets its own."""
    head, _, rest = name.partition("/")
    own = {
        "axis": ("profile", "period", f"point of {rest}"),
        "points": (f"point of {rest}",),
        "nodes": ("profile", "period", f"belief of {rest}"),
        "believed": (f"observer of {rest}", f"belief of {rest}", f"type of {rest}"),
    }
    wanted = own.get(head) or DIMENSIONS.get(name) or ()
    found = []
    for k, n in enumerate(shape):
        dimension = wanted[k] if k < len(wanted) and len(wanted) == len(shape) else f"{name} {k}"
        if known.setdefault(dimension, n) != n:
            dimension = f"{name} {k}"
        found.append(dimension)
    return tuple(found)

"""Everything that decides the results of a run, and its hash."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ripeness.scenario.ledger import scenario_hash
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.schema import Scenario

FORMAT = 1
"""Version of the layout of a run folder."""

ASKED = ("correlations", "claims", "levers")
"""Parts of a scenario that no run answers; the file as read, which is kept beside, has them."""

_COMPUTING = ("numpy", "numba", "xarray", "h5netcdf", "h5py", "altair", "vl-convert-python")
"""Packages whose version can show in the last digit of a number or in the bytes of a file."""


@dataclass(frozen=True)
class Inputs:
    """What a run was asked.

    Attributes:
        document: content of `inputs.json`.
        source: the scenario file as read, byte for byte.
        beside: plan files that it names, by name.
    """

    document: Mapping[str, Any]
    source: bytes
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of the scenario as understood, the version of ripeness and the options."""
        asked = {key: self.document[key] for key in ("format", "ripeness", "scenario_sha256", "options")}
        return sha256(asked)

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The scenario as understood: changes applied, defaults filled in."""
        said: Mapping[str, Any] = self.document["scenario"]
        return said

    @property
    def options(self) -> Mapping[str, Any]:
        said: Mapping[str, Any] = self.document["options"]
        return said

    def encoded(self) -> bytes:
        """Content of `inputs.json`."""
        return encode(self.document)


def inputs_of(
    scenario: Scenario, source: bytes, origin: str, *, sets: Sequence[str], n_periods: int, grid: str, seed: int,
    histories: int, dtype: str, beside: Mapping[str, bytes] | None = None,
    documents: Mapping[str, str | Path] | None = None,
) -> Inputs:  # fmt: skip
    """The inputs of a run.

    Args:
        source: the scenario file as read.
        origin: name of the case or file, without its folder.
        n_periods: horizon that is solved.
        beside: plan files that it names, by name.
        documents: files whose sentences the report quotes, by identifier.
    """
    quoted = {name: hashlib.sha256(_content(path)).hexdigest() for name, path in sorted((documents or {}).items())}
    return Inputs(
        {
            "format": FORMAT,
            "ripeness": version("ripeness"),
            "origin": origin,
            "sets": list(sets),
            "options": {
                "horizon": n_periods, "grid": grid, "seed": seed, "histories": histories, "dtype": dtype,
                **({"documents": quoted} if quoted else {}),
            },
            "scenario_sha256": scenario_hash(scenario),
            "computed_with": {
                "python": platform.python_version(), "machine": platform.machine(),
                **{name: version(name) for name in _COMPUTING},
            },
            "scenario": {key: said for key, said in plain(scenario).items() if key not in ASKED},
        },
        source,
        beside or {},
    )  # fmt: skip


def plain(value: Any) -> Any:
    """Models as plain data in the order of their fields; a number keeps its range, prior, citations and note."""
    if isinstance(value, Quantity):
        extras = {
            "range": None if value.range is None else list(value.range),
            "prior": plain(value.prior),
            "cites": [plain(cite) for cite in value.cites],
            "note": value.note,
        }
        return {"value": float(value), **{key: extra for key, extra in extras.items() if extra}}
    if isinstance(value, BaseModel):
        return {info.alias or name: plain(getattr(value, name)) for name, info in type(value).model_fields.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of everything in plain data; a number with its range is one value, list items go by position."""
    if isinstance(value, Mapping) and isinstance(value.get("value"), int | float):
        yield path, value["value"]
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from leaves(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
        for index, each in enumerate(value):
            yield from leaves(each, f"{path}.{index}")
    else:
        yield path, value


def encode(document: Any) -> bytes:
    """JSON for people and machines: the same data give the same bytes."""
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256(data: Any) -> str:
    """Hash of plain data, whatever the order of its keys."""
    said = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _content(path: str | Path) -> bytes:
    """A document's bytes; of one that cannot be read none, which is told where it is quoted."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""

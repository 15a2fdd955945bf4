"""One result of the literature as a test: what a file of cases holds, and how it is read.

The format is that of docs/verification.md. A case states a game by its parameters, what must come out of it, and how
closely. Everything is checked when it is read, and all faults of a file are reported together.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

Kind = Literal["exact", "limit", "formula", "property"]
KINDS: tuple[Kind, ...] = ("exact", "limit", "formula", "property")
FORMULA_TOLERANCE = 1e-9
"""Absolute tolerance of a closed form whose case states none: files print about twelve digits."""
ROUNDING_SLACK = 1e-9
"""Added to the limit rule: without noise an error of exactly one grid step must not fail by rounding."""


STATED_WITH_EXPECTATIONS = ("delta_tilde",)
"""Names among the expectations that say what they are for, so a runner may read their values."""
BELIEF_RULE = "abs <= lambda*hb^2/4+1e-6"
"""How a case says that its game may be played on a grid of beliefs, of step hb."""
LARGEST = 1e15
"""Bound on what a file may give as tolerance, step or precision; "inf" is spelt out."""


class CaseError(Exception):
    """A case cannot be run as it stands; the message says what it lacks."""


class UnreadableFileError(Exception):
    """A file is no file of cases; the message lists every fault."""


class Resolution(NamedTuple):
    """How finely a limit case is played: distance of two offers, and the precision of every choice."""

    step: float
    precision: float


class ReferenceRun(NamedTuple):
    """The same finite game solved elsewhere."""

    resolution: Resolution
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Tolerance:
    """How closely a measured number must match.

    Attributes:
        absolute: for exact cases.
        per_step, per_precision: K_h and K_lambda of the limit rule.
        applies_to: keys that the limit rule is meant for; empty: all.
        runs: resolutions to play at.
        run_absolute: tolerance against the values of a reference run.
        slack: tolerance by key, from entries "<key>_slack" and "sum_abs".
        interpolated: the case gives a rule for games played on a grid of beliefs.
    """

    absolute: float = FORMULA_TOLERANCE
    per_step: float = 0.0
    per_precision: float = 0.0
    applies_to: tuple[str, ...] = ()
    runs: tuple[ReferenceRun, ...] = ()
    run_absolute: float = 1e-7
    slack: Mapping[str, float] = field(default_factory=dict)
    interpolated: bool = False

    def on_beliefs(self, step: float, precision: float) -> float:
        """lambda h^2 / 4 + 1e-6 on a grid of beliefs of step h, for a case with that rule; `absolute` for others."""
        return 0.25 * precision * step**2 + 1e-6 if self.interpolated else self.absolute

    def at(self, resolution: Resolution) -> float:
        """K_h h + K_lambda (2 + ln(1 + lambda)) / lambda, the second term 0 without noise."""
        noise = 0.0
        if math.isfinite(resolution.precision):
            noise = self.per_precision * (2.0 + math.log1p(resolution.precision)) / resolution.precision
        return self.per_step * resolution.step + noise + ROUNDING_SLACK


@dataclass(frozen=True)
class Case:
    """One case of a file, checked."""

    id: str
    section: str
    kind: Kind
    title: str
    params: Mapping[str, Any]
    engine: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Tolerance

    def __getitem__(self, name: str) -> Any:
        """A parameter as it stands in the file."""
        if name not in self.params:
            raise CaseError(f"params lacks {name!r}")
        return self.params[name]

    def number(self, name: str) -> float:
        """A parameter that must be one number ("inf" allowed)."""
        value = self[name]
        if value == "inf":
            return math.inf
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CaseError(f"params.{name} must be a number, found {value!r}")
        return float(value)

    def count(self, name: str) -> int:
        """A parameter that must be a whole number."""
        value = self.number(name)
        if value != int(value):
            raise CaseError(f"params.{name} must be a whole number, found {value!r}")
        return int(value)

    def numbers(self, name: str) -> list[float]:
        """A parameter that must be a list of numbers."""
        value = self[name]
        if not isinstance(value, list) or not all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in value
        ):
            raise CaseError(f"params.{name} must be a list of numbers, found {value!r}")
        return [float(v) for v in value]

    def by_actor(self, name: str, actors: str) -> tuple[float, ...]:
        """A parameter that maps actors' letters to numbers, in the order of `actors`."""
        value = self[name]
        if not isinstance(value, dict) or any(a not in value for a in actors):
            raise CaseError(f"params.{name} must give a number for each of {', '.join(actors)}, found {value!r}")
        return tuple(float(value[a]) for a in actors)

    def blind(self) -> Case:
        """The case as a runner sees it: which names are expected and how many numbers, not the numbers."""
        return replace(self, expected={name: _hidden(value, name) for name, value in self.expected.items()})

    def horizon(self, default: int) -> int:
        """Number of periods that the file asks for, where it gives one."""
        value = self.engine.get("horizon")
        return value if isinstance(value, int) and not isinstance(value, bool) else default


def _hidden(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hidden(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return value if name in STATED_WITH_EXPECTATIONS else None


def read_cases(path: Path) -> list[Case]:
    """All cases of a file.

    Raises:
        UnreadableFileError: with every fault, one a line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is no UTF-8 text"
        raise UnreadableFileError(f"{path}: cannot be read, {reason}") from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as fault:
        raise UnreadableFileError(f"{path}:{fault.lineno}:{fault.colno}: not JSON: {fault.msg}") from None
    except RecursionError:
        raise UnreadableFileError(f"{path}: nested too deeply") from None
    except ValueError as fault:  # a number of thousands of digits
        raise UnreadableFileError(f"{path}: not JSON: {fault}") from None
    entries = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnreadableFileError(f"{path}: must be an object with a list under 'cases'")
    if document.get("schema_version", 1) != 1:
        raise UnreadableFileError(
            f"{path}: schema_version {document['schema_version']!r} is not known, this version reads 1"
        )
    cases: list[Case] = []
    faults: list[str] = []
    for index, entry in enumerate(entries):
        try:
            cases.append(parse_case(entry))
        except CaseError as fault:
            name = entry.get("id") if isinstance(entry, dict) else None
            faults.append(f"{path}: case {index}{f' ({name})' if isinstance(name, str) else ''}: {fault}")
    known: set[str] = set()
    for case in cases:
        if case.id in known:
            faults.append(f"{path}: id {case.id!r} stands twice")
        known.add(case.id)
    if faults:
        raise UnreadableFileError("\n".join(faults))
    return cases


def parse_case(entry: object) -> Case:
    """One entry of a file, checked.

    Raises:
        CaseError: with its first fault.
    """
    if not isinstance(entry, dict):
        raise CaseError(f"must be an object, found {type(entry).__name__}")
    for key, wanted in (("id", str), ("section", str), ("kind", str), ("params", dict), ("expected", dict)):
        if not isinstance(entry.get(key), wanted):
            raise CaseError(f"{key!r} must be {'a text' if wanted is str else 'an object'}, found {entry.get(key)!r}")
    kind = entry["kind"]
    if kind not in KINDS:
        raise CaseError(f"kind must be one of {', '.join(KINDS)}, found {kind!r}")
    if not entry["expected"]:
        raise CaseError("expected is empty: there is nothing to test")
    engine, tolerance = entry.get("engine") or {}, entry.get("tolerance") or {}
    if not isinstance(engine, dict) or not isinstance(tolerance, dict):
        raise CaseError("'engine' and 'tolerance' must be objects")
    title = entry.get("title", "")
    return Case(
        id=entry["id"],
        section=entry["section"],
        kind=kind,
        title=title if isinstance(title, str) else "",
        params=entry["params"],
        engine=engine,
        expected=entry["expected"],
        tolerance=_read_tolerance(tolerance),
    )


def _read_tolerance(given: dict[str, Any]) -> Tolerance:
    def number(key: str, default: float) -> float:
        value = given.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= LARGEST:
            raise CaseError(f"tolerance.{key} must be a number between 0 and {LARGEST:g}, found {value!r}")
        return float(value)

    rule = given.get("rule", "")
    stated = re.search(r"([\d.]+)\s*\*\s*dt", rule) if isinstance(rule, str) else None
    runs = given.get("reference_runs", [])
    if not isinstance(runs, list) or not all(isinstance(r, dict) and "h" in r and "lam" in r for r in runs):
        raise CaseError("tolerance.reference_runs must be a list of objects with h and lam")
    if not all(isinstance(r.get("values", {}), dict) for r in runs):
        raise CaseError("values of a reference run must be an object")
    applies = given.get("applies_to", "")
    if not isinstance(applies, str):
        raise CaseError(f"tolerance.applies_to must be names between commas, found {applies!r}")
    slack = {key.removesuffix("_slack"): number(key, 0.0) for key in given if key.endswith("_slack")}
    if "sum_abs" in given:
        slack["sum_of_values_t0"] = number("sum_abs", 0.0)
    return Tolerance(
        absolute=number("abs", FORMULA_TOLERANCE),
        per_step=number("K_h", float(stated[1]) if stated else 0.0),
        per_precision=number("K_lam", 1.0),
        applies_to=tuple(name.strip() for name in applies.split(",") if name.strip()),
        runs=tuple(
            ReferenceRun(Resolution(_resolution(r["h"], "h"), _resolution(r["lam"], "lam")), r.get("values", {}))
            for r in runs
        ),
        run_absolute=number("reference_run_abs", 1e-7),
        slack=slack,
        interpolated=str(given.get("with_belief_interpolation", "")).startswith(BELIEF_RULE),
    )


def _resolution(value: object, name: str) -> float:
    if value == "inf":
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value <= LARGEST:
        raise CaseError(f'{name} of a reference run must be a positive number or "inf", found {value!r}')
    return float(value)

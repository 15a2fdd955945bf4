"""Every assumption of a scenario in one list, and the hash by which a scenario is known."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from ripeness.scenario.fields import Place, fields, place_of, step, target
from ripeness.scenario.quantity import Citation, Prior, Quantity
from ripeness.scenario.schema import Scenario

SECTIONS = ("period", "start", "horizon", "lookahead", "actors", "mechanisms", "beliefs", "agenda", "choices", "frozen")
"""Parts of a scenario that hold assumptions; the rest names and describes."""
NAMES = frozenset({"name", "title", "summary", "documents", "note", "leader", "label", "about", "meaning"})
"""Fields that name something and assume nothing."""

UNREAD = frozenset({"actors.patron.efforts"})
"""Fields that say nothing where they stand: a patron does not fight."""


class AssumptionRow(NamedTuple):
    """One assumption.

    Attributes:
        path: as `--set` takes it, for example ``mechanisms.territory.start``.
        value: a number; in a few places a word, a date or a truth value.
        range: least and greatest plausible value: the scenario's own, else the field's where it contains the value.
        prior: distribution, where the scenario gives one.
        given: whether the scenario states it; otherwise it is the default.
        varies: whether it has a range or a prior, so that an ensemble can draw it.
        bounds: least and greatest value that its field takes.
        grid: whether it only lays out an axis, and the scenario gives it no range of its own.
        total: what the entries of the list in which it stands add up to, where that is fixed.
    """

    path: str
    value: float | int | bool | str
    unit: str
    meaning: str
    range: tuple[float, float] | None
    prior: Prior | None
    citations: tuple[Citation, ...]
    note: str | None
    given: bool
    bounds: tuple[float, float] = (-math.inf, math.inf)
    grid: bool = False
    total: float | None = None

    @property
    def varies(self) -> bool:
        return self.range is not None or self.prior is not None


def assumptions(scenario: Scenario) -> list[AssumptionRow]:
    """Every number, date and choice that the engine reads from a scenario, in the order of the file format."""
    known = fields(Scenario)
    rows: list[AssumptionRow] = []
    sections = SECTIONS if scenario.agenda.plan is None else (*SECTIONS, "plan")  # else nothing is drawn from the plan
    for section in sections:
        given = section in scenario.model_fields_set
        rows.extend(_rows(section, getattr(scenario, section), known[section], given, scenario))
    return rows


def _rows(path: str, value: Any, place: Place, given: bool, scenario: Scenario) -> Iterator[AssumptionRow]:
    if isinstance(value, BaseModel):
        below = fields(type(value))
        for name, info in type(value).model_fields.items():
            key = info.alias or name
            if key not in NAMES and f"{path}.{key}" not in UNREAD:
                stated = given and name in value.model_fields_set
                yield from _rows(f"{path}.{key}", getattr(value, name), below[key], stated, scenario)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            below_key = _changed(scenario, key) if place.paths else None
            yield from _rows(f"{path}.{key}", item, below_key or _below(place, key), given, scenario)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _rows(f"{path}.{index}", item, _below(place, index), given, scenario)
    elif isinstance(value, Quantity):
        place = place.quantity or place
        span = _range(value, place)
        yield AssumptionRow(
            path, float(value), place.unit, place.meaning, span, value.prior, value.cites, value.note, given,
            bounds=limits(place),
            grid=place.grid and not (given and (value.range or value.prior)),
            total=place.total,
        )  # fmt: skip
    elif isinstance(value, bool | int | float | str):
        yield AssumptionRow(path, value, place.unit, place.meaning, None, None, (), None, given)


def _changed(scenario: Scenario, path: str) -> Place | None:
    """Place of the number of a scenario that a type changes."""
    head, _, rest = path.partition(".")
    if head != "mechanisms":
        return target(place_of(Scenario), path)
    name, _, rest = rest.partition(".")
    used = scenario.mechanisms.get(name)
    return target(place_of(type(used)), rest) if used is not None else None


def _below(place: Place, key: str | int) -> Place:
    """Place of an entry; what is said of the list or mapping holds for it where it says nothing itself."""
    inner = step(place, key) or place_of(Any)
    return replace(
        inner, unit=inner.unit or place.unit, meaning=inner.meaning or place.meaning, total=inner.total or place.total
    )


def limits(place: Place) -> tuple[float, float]:
    """Least and greatest number that may stand at a place; next to a bound that is itself excluded."""
    low = -math.inf if place.low is None else place.low
    high = math.inf if place.high is None else place.high
    return (
        math.nextafter(low, math.inf) if place.open_low else low,
        math.nextafter(high, -math.inf) if place.open_high else high,
    )


def _range(value: Quantity, place: Place) -> tuple[float, float] | None:
    if value.range is not None or value.prior is not None:
        return value.range
    span = place.range
    return span if span is not None and span[0] <= value <= span[1] else None


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of everything that a scenario says but its claims and levers, whatever the layout of its file.

    Two files have the same hash if they load as the same scenario: order of keys, comments, aliases, ways of writing a
    number, and defaults written out do not matter; ranges, citations and notes do.
    """
    plain = _canonical(scenario, place_of(Scenario))
    for asked in ("claims", "levers"):  # what is asked of a war changes nothing in it
        plain.pop(asked, None)
    if scenario.beliefs is None:  # as it was before there were beliefs
        plain.pop("beliefs")
    if not scenario.correlations:
        plain.pop("correlations")
    if scenario.plan is None:  # nor plans
        plain.pop("plan")
    if scenario.agenda.plan is None:
        plain["agenda"].pop("plan")
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any, place: Place) -> Any:
    if isinstance(value, Quantity):
        # a default carries the range of its field; a number without one of its own is the same assumption
        place = place.quantity or place
        span = value.range if value.range != place.range else None
        prior = _canonical(value.prior, place_of(Any))
        cites = [_canonical(citation, place_of(Any)) for citation in value.cites]
        said = {"value": float(value), "range": span, "prior": prior, "cites": cites, "note": value.note}
        return {key: each for key, each in said.items() if each not in (None, [])}
    if isinstance(value, BaseModel):
        known = fields(type(value))
        names = {name: info.alias or name for name, info in type(value).model_fields.items()}
        return {key: _canonical(getattr(value, name), known[key]) for name, key in names.items()}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item, _below(place, key)) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_canonical(item, _below(place, index)) for index, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        return sorted((_canonical(item, place_of(Any)) for item in value), key=repr)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)

"""What may stand at each place of a scenario: read off the models, so that no message repeats them.

A `Place` is one place of the file (a field, an entry of a list, a value of a mapping) with its type, unit, bounds and
meaning. `step` goes from a place to what lies under a key, through optional fields, unions and long forms of numbers.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import types
import typing
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ripeness.scenario.quantity import Assumption, Citation, Prior, Quantity

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """What may stand somewhere.

    Attributes:
        annotation: the type, without its metadata.
        low, high: bounds; exclusive where `open_low`, `open_high`.
        range: plausible range where the scenario gives none.
        default: value where the scenario is silent (meaningless where `required`).
        paths: whether it is a mapping whose keys are paths of the scenario itself.
        grid: whether it only lays out an axis.
        total: what the entries of the list it is, or stands in, add up to.
    """

    annotation: Any
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    unit: str = ""
    range: tuple[float, float] | None = None
    meaning: str = ""
    required: bool = False
    default: Any = None
    paths: bool = False
    grid: bool = False
    total: float | None = None

    @property
    def alternatives(self) -> tuple[Place, ...]:
        """The members of a union, or the place itself."""
        if typing.get_origin(self.annotation) in (Union, types.UnionType):
            found: list[Place] = []
            for member in typing.get_args(self.annotation):
                found.extend(place_of(member, self).alternatives)
            return tuple(found)
        return (self,)

    @property
    def quantity(self) -> Place | None:
        """The alternative that is a `Quantity`, if any."""
        return next((each for each in self.alternatives if _is(each.annotation, Quantity)), None)

    @property
    def optional(self) -> bool:
        return any(each.annotation is type(None) for each in self.alternatives)


def place_of(annotation: Any, around: Place | None = None) -> Place:
    """The place of a type; a union hands what is said of it on to its members."""
    place = Place(annotation) if around is None else replace(around, annotation=annotation, required=False)
    while True:
        if isinstance(place.annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
            place = replace(place, annotation=place.annotation.__value__)
        elif typing.get_origin(place.annotation) is Annotated:
            base, *metadata = typing.get_args(place.annotation)
            place = _with(replace(place, annotation=base), metadata)
        else:
            return place


def place_of_field(info: FieldInfo) -> Place:
    """The place of a field of a model."""
    place = _with(place_of(info.annotation), [info])
    default = None if info.default is PydanticUndefined else info.default
    return replace(place, required=info.is_required(), default=default)


def _with(place: Place, metadata: Sequence[Any]) -> Place:
    for item in metadata:
        if isinstance(item, FieldInfo):
            place = _with(place, item.metadata)
            extra = item.json_schema_extra if isinstance(item.json_schema_extra, dict) else {}
            unit, span = extra.get("unit"), extra.get("range")
            place = replace(
                place,
                meaning=item.description or place.meaning,
                unit=str(unit) if unit is not None else place.unit,
                range=(float(span[0]), float(span[1])) if isinstance(span, list) else place.range,  # type: ignore[arg-type]
                paths=extra.get("keys") == "paths",
                grid=extra.get("grid") is True or place.grid,
                total=float(total) if isinstance(total := extra.get("total"), int | float) else place.total,
            )
            continue
        if hasattr(item, "__iter__") and not isinstance(item, str | bytes):  # grouped metadata such as Interval
            place = _with(place, list(item))
        for name in ("ge", "gt"):
            if isinstance(bound := getattr(item, name, None), int | float):
                place = replace(place, low=float(bound), open_low=name == "gt")
        for name in ("le", "lt"):
            if isinstance(bound := getattr(item, name, None), int | float):
                place = replace(place, high=float(bound), open_high=name == "lt")
        if isinstance(getattr(item, "min_length", None), int):
            place = replace(place, least=item.min_length)
        if isinstance(getattr(item, "max_length", None), int):
            place = replace(place, most=item.max_length)
        if isinstance(getattr(item, "pattern", None), str):
            place = replace(place, pattern=item.pattern)
    return place


@lru_cache(maxsize=1024)
def fields(model: type[BaseModel]) -> Mapping[str, Place]:
    """Places of the fields of a model, by the names that a file uses."""
    return {info.alias or name: place_of_field(info) for name, info in model.model_fields.items()}


def attribute(model: type[BaseModel], key: str) -> str:
    """Name of the attribute that holds the field which a file calls `key`."""
    return next(name for name, info in model.model_fields.items() if (info.alias or name) == key)


def keys(place: Place) -> tuple[str, ...] | None:
    """Keys that a mapping at this place may have; None where it is free or no mapping may stand here."""
    found: list[str] = []
    for each in place.alternatives:
        kind, origin = each.annotation, typing.get_origin(each.annotation)
        if _is(kind, Quantity):
            found.extend(fields(Assumption))
        elif _is(kind, BaseModel):
            found.extend(fields(kind))
        elif _is(origin or kind, Mapping):
            words = _words(place_of((typing.get_args(kind) or (Any, Any))[0]))
            if words is None:
                return None
            found.extend(words)
    return tuple(dict.fromkeys(found)) or None


def outside(place: Place, *values: Any) -> bool:
    """Whether a number lies beyond the bounds of a place."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return any(
        (place.low is not None and (value < place.low or (place.open_low and value == place.low)))
        or (place.high is not None and (value > place.high or (place.open_high and value == place.high)))
        for value in numbers
    )


def choices(place: Place) -> tuple[str, ...]:
    """Words of the closed choices that may stand at a place."""
    return tuple(word for each in place.alternatives for word in _words(each) or ())


def step(place: Place, key: str | int, top: Place | None = None) -> Place | None:
    """The place under a key or index, or None where nothing is known of it.

    Args:
        top: what may stand in the whole scenario; says what keys that are paths lead to.
    """
    if place.paths and top is not None and (found := target(top, str(key))) is not None:
        return found
    for each in place.alternatives:
        kind, origin, arguments = each.annotation, typing.get_origin(each.annotation), typing.get_args(each.annotation)
        if _is(kind, Quantity):
            known = fields(Assumption)
            if key == "value":
                return replace(each, annotation=float, required=True)
            if key == "range":
                inner = replace(each, annotation=tuple[float, float], required=False, meaning=known["range"].meaning)
                return replace(inner, range=None)
            if key in known:
                return known[str(key)]
        elif _is(kind, BaseModel):
            known = fields(kind)
            if key in known:
                return known[str(key)]
        elif _is(origin or kind, Mapping):
            if isinstance(key, str) and len(arguments) == 2:
                return place_of(arguments[1])
        elif _is(origin or kind, tuple) and arguments and isinstance(key, int):
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return _inside(each, arguments[0])
            if 0 <= key < len(arguments):
                return _inside(each, arguments[key])
        elif _is(origin or kind, Sequence | Set) and arguments and isinstance(key, int):
            return _inside(each, arguments[0])
    return None


def _inside(around: Place, annotation: Any) -> Place:
    """An entry of a list: bounds and unit said of the list hold for its entries, but not its length."""
    return place_of(annotation, replace(around, least=None, most=None, pattern=None))


def target(top: Place, path: str) -> Place | None:
    """The number that a path with dots leads to, with the unit and meaning of the list or mapping that holds it."""
    current = top
    for part in path.split("."):
        below = step(current, part) or (step(current, int(part)) if part.isdecimal() else None)
        if below is None:
            return None
        above = current.alternatives[0] if len(current.alternatives) == 1 else current
        current = replace(below, unit=below.unit or above.unit, meaning=below.meaning or above.meaning)
    return current.quantity


def walk(place: Place, path: Sequence[str | int]) -> Place | None:
    """The place at a path below another."""
    current: Place | None = place
    for key in path:
        if current is None:
            return None
        current = step(current, key, place)
    return current


def places(
    place: Place, data: Any, path: tuple[str | int, ...] = (), top: Place | None = None
) -> Iterator[tuple[tuple[str | int, ...], Place, Any]]:
    """Every place of some data with what stands there, from the top down; the inside of long forms included."""
    yield path, place, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        below = step(place, key, top or place)
        if below is not None:
            yield from places(below, value, (*path, key), top or place)


PATTERNS = {
    "^[a-z0-9][a-z0-9-]*$": "a name of lower-case letters, digits and hyphens",
    "^[a-z0-9][a-z0-9_-]*$": "a name of lower-case letters, digits, hyphens and underscores",
    "^[0-9a-f]{64}$": "a SHA-256: 64 digits 0-9 and a-f",
    r"^\d{4}-\d{2}(-\d{2})?$": "a date as YYYY-MM or YYYY-MM-DD",
    r"^\d{4}-\d{2}-\d{2}$": "a date as YYYY-MM-DD",
}


def describe(place: Place) -> str:
    """What may stand at a place, as a phrase; empty where the type says nothing to an analyst."""
    parts = [phrase for phrase in (_phrase(each) for each in place.alternatives) if phrase]
    parts = list(dict.fromkeys(parts))
    said = " or ".join(parts)
    if place.quantity is not None and place.range is not None:
        said += f"; plausible: {number(place.range[0])} to {number(place.range[1])}"
    return said


def _phrase(place: Place) -> str:
    kind, origin = place.annotation, typing.get_origin(place.annotation)
    if kind is type(None) or kind is Any:
        return ""
    words = _words(place)
    if words is not None:
        return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
    if kind is bool:
        return "true or false"
    if _is(kind, int):
        return f"a whole number{_bounds(place)}{_unit(place)}"
    if _is(kind, float | decimal.Decimal):
        return f"a number{_bounds(place)}{_unit(place)}"
    if _is(kind, str):
        if place.pattern:
            return PATTERNS.get(place.pattern, f"a text of the form {place.pattern}")
        return f"a text{_length(place, 'characters')}"
    if _is(kind, datetime.datetime):
        return "a date and time such as 2026-03-01T12:00:00"
    if _is(kind, datetime.date):
        return "a date such as 2026-03-01"
    if _is(kind, datetime.timedelta):
        return "a length of time such as P30D"
    if _is(kind, Citation):
        return "a mapping with document, sentence and sha256"
    if _is(kind, Prior):
        return "a mapping with kind and parameters"
    if _is(kind, BaseModel):
        return f"a mapping with {_some(tuple(fields(kind)))}" if kind.model_fields else "an empty mapping {}"
    if _is(origin or kind, Mapping):
        inner = typing.get_args(kind)
        names = keys(place)
        what = f"a mapping with {_some(names)}" if names else "a mapping"
        below = _phrase(place_of(inner[1])) if len(inner) == 2 else ""
        return f"{what}, each {below}" if below else what
    if _is(origin or kind, Sequence | Set):
        arguments = typing.get_args(kind)
        if _is(origin or kind, tuple) and arguments and arguments[-1] is not Ellipsis:
            each = _phrase(_inside(place, arguments[0]))
            return f"a list of {len(arguments)}" + (f", each {each}" if each else "")
        each = " or ".join(filter(None, map(_phrase, _inside(place, arguments[0]).alternatives))) if arguments else ""
        return f"a list{_length(place, 'entries')}" + (f", each {each}" if each else "")
    return ""


def _words(place: Place) -> tuple[str, ...] | None:
    """The words of a closed choice."""
    kind = place.annotation
    if typing.get_origin(kind) is Literal:
        return tuple(map(str, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return tuple(str(each.value) for each in kind)
    return None


def _is(kind: Any, base: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, base) and not (kind is bool and base is not bool)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 20 else f"{', '.join(names[:20])}, ..."


def _bounds(place: Place) -> str:
    low = None if place.low is None else number(place.low)
    high = None if place.high is None else number(place.high)
    if low is not None and high is not None and not (place.open_low or place.open_high):
        return f" from {low} to {high}"
    said = []
    if low is not None:
        said.append(f"above {low}" if place.open_low else f"of at least {low}")
    if high is not None:
        said.append(f"below {high}" if place.open_high else f"of at most {high}")
    return f" {' and '.join(said)}" if said else ""


def _unit(place: Place) -> str:
    return f" ({place.unit})" if place.unit else ""


def _length(place: Place, what: str) -> str:
    if place.least and place.most:
        return f" of {place.least} to {place.most} {what}"
    if place.least:
        return f" of at least {place.least} {what}"
    return f" of at most {place.most} {what}" if place.most is not None else ""


def number(value: float) -> str:
    """A bound as people write it: 1 rather than 1.0."""
    return f"{value:.10g}"

"""From what the models refuse to what an analyst reads: every validation error becomes a `Problem` in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from ripeness.scenario.faults import SHOWN, Fault, listing, nearest, shown
from ripeness.scenario.fields import Place, choices, describe, fields, keys, number, outside, walk
from ripeness.scenario.reading import Node, Plain

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """A fault before it has a place in the text.

    Attributes:
        at_key: the key itself is at fault, not what it holds.
    """

    path: Path
    found: str
    allowed: str
    remedy: str = ""
    at_key: bool = False


def locate(problem: Problem, root: Node, file: str, plan_file: str = "") -> Fault:
    """Give a problem the place of its value or key; of the nearest thing around it where that is missing.

    Args:
        plan_file: name of the file that a scenario's plan was read from, if it has one of its own.
    """
    node, place = root, (root.line, root.column, root.origin)
    for depth, key in enumerate(problem.path):
        below = node.child(key)
        if below is None:
            break
        last = depth == len(problem.path) - 1
        if isinstance(node.value, dict):
            entry = node.value[str(key)]
            place = (entry.line, entry.column, entry.origin)
        if (last and not problem.at_key) or not isinstance(node.value, dict):
            place = (below.line, below.column, below.origin)
        node = below
    line, column, origin = place
    name = file if origin == 0 else plan_file if origin < 0 else "--set"
    line = origin if origin > 0 else line
    return Fault(name, line, column, dotted(problem.path), problem.found, problem.allowed, problem.remedy)


def dotted(path: Iterable[str | int]) -> str:
    """A path as people and ``--set`` write it."""
    return ".".join(map(str, path))


class _Refusal(NamedTuple):
    """A validation error with the path that it concerns in the file."""

    path: Path
    in_union: bool
    kind: str
    message: str
    context: Mapping[str, Any]
    on_key: bool


def translate(error: ValidationError, data: Plain, root: Place) -> list[Problem]:
    """Every refusal of a model as a problem, one for each place."""
    refusals = [_refusal(each, data) for each in error.errors(include_url=False, include_input=False)]
    deeper = {refusal.path[:depth] for refusal in refusals for depth in range(len(refusal.path))}
    seen: set[tuple[Path, bool]] = set()
    misspelt: dict[Path, set[str]] = {}
    problems: list[tuple[_Refusal, Problem]] = []
    n_unknown = 0
    for refusal in refusals:
        wrong_member = refusal.in_union and refusal.path in deeper  # another member of the union fits better
        # entries that are refused do not count for the library; their own faults say enough
        enough = refusal.kind == "too_short" and len(_at(data, refusal.path)) >= refusal.context["min_length"]
        if wrong_member or enough or (refusal.path, refusal.on_key) in seen:
            continue
        seen.add((refusal.path, refusal.on_key))
        n_unknown += refusal.kind == "extra_forbidden" or refusal.on_key
        problem, close = _problem(refusal, data, root, suggest=n_unknown <= SHOWN)
        if close is not None:
            misspelt.setdefault(refusal.path[:-1], set()).add(close)
        problems.append((refusal, problem))
    return [
        problem
        for refusal, problem in problems
        # a misspelt key is one fault, not an unknown key and a missing one
        if not (refusal.kind == "missing" and str(refusal.path[-1]) in misspelt.get(refusal.path[:-1], ()))
    ]


def _refusal(error: ErrorDetails, data: Plain) -> _Refusal:
    """Follow the location of an error through the data; what is not there (names of union members) is left out."""
    path: list[str | int] = []
    current: Any = data
    in_union = on_key = False
    for position, part in enumerate(error["loc"]):
        if part == "[key]":
            on_key = True
        elif (isinstance(current, dict) and part in current) or (
            isinstance(current, list) and isinstance(part, int) and part < len(current)
        ):
            path.append(part)
            current = current[part]  # type: ignore[index]
        elif error["type"] == "missing" and position == len(error["loc"]) - 1:
            path.append(part)
        else:
            in_union = True
    return _Refusal(tuple(path), in_union, error["type"], error["msg"], error.get("ctx", {}), on_key)


def _problem(refusal: _Refusal, data: Plain, root: Place, *, suggest: bool) -> tuple[Problem, str | None]:
    """The problem, and the known key that an unknown one stands for."""
    path = refusal.path
    place = walk(root, path)
    if refusal.kind == "missing":
        allowed = describe(place) if place else "a value"
        meaning = f": {place.meaning}" if place and place.meaning else ""
        return Problem(path, "nothing", allowed or "a value", f"Add `{path[-1]}`{meaning}", at_key=True), None
    if refusal.kind == "extra_forbidden" or refusal.on_key:
        around = walk(root, path[:-1])
        known = keys(around) if around else None
        close = nearest(str(path[-1]), known) if known and suggest else None
        allowed = listing(known) if known else describe(around) if around and refusal.on_key else "no key here"
        remedy = f"nearest: {close}" if close else ""
        return Problem(path, f'the unknown key "{_short(str(path[-1]))}"', allowed, remedy, at_key=True), close
    value = _at(data, path)
    if refusal.kind in OF_VALUE and isinstance(value, dict) and "value" in value:  # a bound of a long form
        path, value = (*path, "value"), value["value"]
        place = walk(root, path)
    if refusal.kind == "fault":  # in our own words already
        part = refusal.context.get("part")
        whole = place.quantity if place else None
        if part == "value" and whole is not None and isinstance(value, dict) and outside(whole, value.get("value")):
            path, value = (*path, "value"), value["value"]  # worse than what the model saw first
            return Problem(path, shown(value), describe(whole), hint(whole, value)), None
        found, allowed, remedy = (str(refusal.context.get(key, "")) for key in ("found", "allowed", "remedy"))
        return Problem((*path, part) if part else path, found, allowed, remedy), None
    if refusal.kind in ("value_error", "assertion_error"):
        return _own_words(path, value, refusal), None
    allowed = describe(place) if place else ""
    remedy = hint(place, value) if place else ""
    if refusal.kind not in CORE_KINDS:  # in a mechanism's own words
        return Problem(
            path, shown(value), allowed or refusal.message, remedy or (refusal.message if allowed else "")
        ), None
    if refusal.kind in ("multiple_of", "is_instance_of", "is_subclass_of", "union_tag_invalid"):
        allowed = ""
    return Problem(path, shown(value), allowed or _kind(refusal, place), remedy), None


_GOT = re.compile(r"^(?P<must>.*?), (?:got|found) (?P<got>.*?)\.?(?:\s+(?P<remedy>[A-Z].*))?$", re.DOTALL)


def _own_words(path: Path, value: Any, refusal: _Refusal) -> Problem:
    """A check that a model makes itself, which says ``NAME must ..., got VALUE. REMEDY.``"""
    message = refusal.message.removeprefix("Value error, ").removeprefix("Assertion failed, ").strip()
    first = re.match(r"[\w.-]+", message)
    if first and isinstance(value, dict):
        key = first.group().removesuffix(".").split(".")[-1]
        if key in value:
            path, value = (*path, key), value[key]
    parts = _GOT.match(" ".join(message.split()))
    if parts:
        close = nearest(value, re.findall(r"'([^']+)'", parts["must"])) if isinstance(value, str) else None
        remedy = f"nearest: {close}" if close else parts["remedy"] or ""
        return Problem(path, parts["got"], parts["must"], remedy)
    return Problem(path, shown(value), message or "another value")


def hint(place: Place, value: Any) -> str:
    """What most likely was meant."""
    kinds = {each.annotation for each in place.alternatives}
    numeric = place.quantity is not None or bool(kinds & {int, float})
    words = describe(place)
    if isinstance(value, str):
        text = value.strip()
        if numeric:
            if re.fullmatch(r"[-+]?\d+,\d+", text):
                return f"Write {text.replace(',', '.')}, with a point."
            if match := re.fullmatch(r"([-+]?\d+(?:\.\d+)?)\s*%", text):
                return f"Write {number(float(match[1]) / 100)}."
            if re.fullmatch(r"[-+]?\d[\d_ ]*(\.\d+)?", text):
                plain = re.sub("[_ ]", "", text)
                return f"Write {plain}, without quotation marks, blanks or underscores."
        if bool in kinds and text.casefold() in ("yes", "on", "y", "no", "off", "n"):
            return f"Write {'true' if text.casefold() in ('yes', 'on', 'y') else 'false'}."
        if close := nearest(text, choices(place)):
            return f"nearest: {close}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if numeric and any(each.high == 1.0 for each in place.alternatives) and 1.0 < value <= 100.0:
            return f"If {number(float(value))}% is meant, write {number(value / 100)}."
        if str in kinds and not numeric:
            return "Put it in quotes."
    if isinstance(value, bool) and str in kinds:
        return "Put it in quotes."
    if value is None:
        for each in place.alternatives:
            kind = each.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                required = [key for key, below in fields(kind).items() if below.required]
                return (
                    f"Give at least {listing(required).replace(' or ', ' and ')}."
                    if required
                    else "Write {} for the defaults."
                )
    if words.startswith("a list") and not isinstance(value, list | dict) and value is not None:
        return "Write it in brackets: [...]."
    return ""


OF_VALUE = frozenset(
    {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "finite_number"}
)
CORE_KINDS = frozenset(get_args(ErrorType))
"""Kinds of error that the validation library itself raises; a model may raise others."""
KINDS: Mapping[str, str] = {
    "url": "a web address such as https://example.org",
    "uuid": "a UUID",
    "ip": "an internet address",
    "time_delta": "a length of time such as P30D",
    "timezone": "a date and time with its time zone",
    "time": "a time such as 12:00",
    "datetime": "a date and time such as 2026-03-01T12:00:00",
    "date": "a date such as 2026-03-01",
    "decimal": "a decimal number",
    "complex": "a complex number such as 1+2j",
    "bytes": "a text",
    "string": "a text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "none": "nothing",
    "list": "a list",
    "tuple": "a list",
    "set": "a list without repetitions",
    "frozen_set": "a list without repetitions",
    "iterable": "a list",
    "dict": "a mapping",
    "mapping": "a mapping",
    "model": "a mapping",
    "dataclass": "a mapping",
    "arguments": "a mapping",
}


def _kind(refusal: _Refusal, place: Place | None) -> str:
    """What a kind of error allows, where the type of the field has no words of its own."""
    context = refusal.context
    for key in ("expected", "expected_tags"):
        if key in context:
            return str(context[key])
    if refusal.kind == "multiple_of":
        return f"a multiple of {context.get('multiple_of')}"
    for stem in sorted(KINDS, key=len, reverse=True):
        if refusal.kind == stem or refusal.kind.startswith(f"{stem}_"):
            return KINDS[stem]
    for key, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if key in context:
            return f"{words} {context[key]}"
    if refusal.kind == "too_short":
        return f"at least {context.get('min_length')} entries"
    if refusal.kind == "too_long":
        return f"at most {context.get('max_length')} entries"
    return f"another value: {place.meaning}" if place and place.meaning else "another value"


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        data = data[key]
    return data


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."

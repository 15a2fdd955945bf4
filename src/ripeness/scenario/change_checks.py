"""What a claim or a lever may change in a scenario, and whether it can be done."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from ripeness.mechanisms.base import Mechanism
from ripeness.scenario.belief_checks import axes_of, changed_mechanisms
from ripeness.scenario.faults import listing, nearest, shown
from ripeness.scenario.fields import Place, choices, describe, fields, outside, place_of, step, target, walk
from ripeness.scenario.translation import Path, Problem, hint, translate
from ripeness.scenario.variants import with_numbers

SETTABLE = ("actors", "mechanisms", "beliefs", "agenda", "choices", "frozen", "plan")
"""Sections whose entries a claim or a lever may change."""
NEVER_OUT = ("territory", "channel")
"""Mechanisms that no scenario can be without."""
ONCE = {
    "actors.": "patience and effort levels",
    "beliefs.": "who believes what at the start",
    "choices.precision": "how sharply is chosen",
}
"""What a war has once, for all time, by the beginning of its paths."""
RELATIVE = re.compile(r"[x+-]\s*\d+(\.\d+)?([eE][+-]?\d+)?")
PATHS = "the path of a number of this scenario, as `--set` takes it; `ripeness show` lists them"


class Settable(NamedTuple):
    """One entry of a scenario that a change may set, and what it is without."""

    place: Place
    value: Any


class War(NamedTuple):
    """A scenario file that changes are made to.

    Attributes:
        data: as plain data.
        top: what may stand in it.
        registry: mechanisms by name.
        known: what may be changed, by path.
    """

    data: Any
    top: Place
    registry: Mapping[str, type[Mechanism]]
    known: Mapping[str, Settable]


def settable(data: Any, top: Place, registry: Mapping[str, type[Mechanism]]) -> dict[str, Settable]:
    """Every entry that a change may set, by path, with its present value; mechanisms themselves as well.

    Whole numbers lay out grids and calendars, and are left alone.
    """
    found: dict[str, Settable] = {}
    for section in SETTABLE:
        place = step(top, section)
        if place is None:
            continue
        if section == "mechanisms":
            for name, said in _mapping(data, "mechanisms").items():
                if name in registry:
                    inner = place_of(registry[name])
                    found[f"mechanisms.{name}"] = Settable(inner, said)
                    found.update(_entries(inner, said, f"mechanisms.{name}", top))
        else:
            found.update(_entries(place, data.get(section), section, top))
    return found


def _entries(place: Place, said: Any, path: str, top: Place) -> Iterator[tuple[str, Settable]]:
    """Every number, word and truth value at and below a place, with what the file says or the default."""
    if place.quantity is not None:
        if said is not None:
            yield path, Settable(place.quantity, said.get("value") if isinstance(said, dict) else said)
        return
    if isinstance(said, str | bool):
        yield path, Settable(place, said)
        return
    for each in place.alternatives:
        kind, origin = each.annotation, typing.get_origin(each.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if said is None and not place.optional and not any(p.required for p in fields(kind).values()):
                said = kind()
            if isinstance(said, BaseModel):
                said = {info.alias or name: getattr(said, name) for name, info in type(said).model_fields.items()}
            if isinstance(said, dict):
                for key, below in fields(kind).items():
                    yield from _entries(below, said.get(key, below.default), f"{path}.{key}", top)
        elif origin is tuple and isinstance(said, list | tuple):
            for index, item in enumerate(said):
                if (inner := step(each, index)) is not None:
                    yield from _entries(inner, item, f"{path}.{index}", top)
        elif isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(said, dict):
            for key, item in said.items():
                inner = (target(top, str(key)) if place.paths else None) or step(each, str(key))
                if inner is not None:
                    yield from _entries(inner, item, f"{path}.{key}", top)


def change_checks(changes: Mapping[str, Any], at: Path, war: War, dated: bool) -> Iterator[Problem]:
    """Paths that lead to something, values that may stand there, and mechanisms that bear them together.

    Args:
        dated: whether the change holds for a part of the time only.
    """
    good: dict[str, Any] = {}
    for path, said in changes.items():
        where = (*at, path)
        if path not in war.known:
            yield _no_path(path, where, war)
            continue
        problem = _value_fault(path, said, where, war.known[path], dated)
        if problem is not None:
            yield problem
        elif said is not None:
            good[path] = _result(said, war.known[path].value)
    yield from _borne(good, at, war, dated)


def _no_path(path: str, where: Path, war: War) -> Problem:
    short = path if len(path) <= 80 else f"{path[:77]}..."
    parts = path.split(".")
    used = _mapping(war.data, "mechanisms")
    if parts[0] == "mechanisms" and len(parts) > 1 and parts[1] not in used:
        close = nearest(parts[1], used)
        remedy = f"nearest: {close}" if close else "Add the mechanism to the scenario, or change another one."
        return Problem(
            where, f'the mechanism "{parts[1]}", which the scenario does not use', listing(list(used)), remedy, True
        )
    there = walk(war.top, [int(part) if part.isdecimal() else part for part in parts])
    if there is not None and any(each.annotation is int for each in there.alternatives):
        remedy = "Change a number that a mechanism acts by."
        return Problem(where, f"{short}, which lays out the grid or the calendar", PATHS, remedy, True)
    close = nearest(path, war.known)
    return Problem(where, f'the path "{short}"', PATHS, f"nearest: {close}" if close else "", True)


def _value_fault(path: str, said: Any, where: Path, entry: Settable, dated: bool) -> Problem | None:
    """What is wrong with the value that a path is set to; None: nothing."""
    place, parts = entry.place, path.split(".")
    if dated and (what := next((what for start, what in ONCE.items() if path.startswith(start)), None)):
        remedy = "Leave out `from` and `until`, or change something else."
        return Problem(where, f"{what}, changed for a part of the time", "what a mechanism does", remedy, True)
    if len(parts) == 2 and parts[0] == "mechanisms":
        if said is not None:
            return Problem(
                where, f"{shown(said)} for a whole mechanism", "null, which takes it out", "Set one of its numbers."
            )
        if parts[1] in NEVER_OUT:
            return Problem(where, "nothing", "a number of it: no scenario can be without it", "", True)
        if dated:
            remedy = "Set its numbers to values without effect, or leave out `from` and `until`."
            return Problem(
                where, "a mechanism that is there for a part of the time", "mechanisms taken out for all time", remedy
            )
        return None
    if said is None:
        return Problem(where, "nothing", describe(place) or "a value", "Only a whole mechanism can be taken out.")
    if place.quantity is not None:
        return _number_fault(said, where, place, entry.value)
    words = choices(place)
    if isinstance(entry.value, bool) != isinstance(said, bool) or isinstance(entry.value, str) != isinstance(said, str):
        return Problem(where, shown(said), describe(place), hint(place, said))
    if words and said not in words:
        return Problem(where, shown(said), listing(words), hint(place, said))
    return None


def _number_fault(said: Any, where: Path, place: Place, value: Any) -> Problem | None:
    allowed = f'{describe(place)}; or "x2", "+0.1", "-0.1" of what it is'
    if isinstance(said, str):
        if RELATIVE.fullmatch(said.strip()):
            if said.strip()[0] == "x" and value == 0:
                remedy = 'A number that is 0 stays 0, whatever it is multiplied by; write "+0.1", or a number.'
                return Problem(where, f"{shown(said)} of 0", "a change that changes something", remedy)
            return None
        return Problem(where, shown(said), allowed, _meant(said) or hint(place, said))
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None if isinstance(said, dict | list) else Problem(where, shown(said), allowed)
    if outside(place, said):
        return Problem(where, shown(said), allowed, hint(place, said))
    return None


def _meant(said: str) -> str:
    """How a change is written that was nearly written."""
    text = said.strip().replace(",", ".")
    if match := re.fullmatch(r"(?:[×*Xх]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*[x×*])", text):
        return f'Write "x{match[1] or match[2]}".'
    if match := re.fullmatch(r"([+-])\s*(\d+(?:\.\d+)?)\s*%", text):
        factor = 1.0 + (1 if match[1] == "+" else -1) * float(match[2]) / 100.0
        return f'Write "x{factor:g}".'
    return ""


def _result(said: Any, value: Any) -> Any:
    """What a change makes of a value; relative ones are cut at the bounds when they are made."""
    if isinstance(said, str) and RELATIVE.fullmatch(said.strip()) and isinstance(value, int | float):
        by = float(said.strip()[1:])
        return value * by if said.strip()[0] == "x" else value + (by if said.strip()[0] == "+" else -by)
    return said


def _borne(good: Mapping[str, Any], at: Path, war: War, dated: bool) -> Iterator[Problem]:
    """Mechanisms accept their new numbers together; what holds for a time only keeps the grid of states."""
    for name, base, changes in changed_mechanisms(good, war.registry, war.data):
        inside = {".".join(path.split(".")[2:]): value for path, value in changes.items()}
        culprit = next(iter(changes))
        try:
            made = with_numbers(base, inside)
        except ValidationError as error:
            if any(isinstance(value, float) for value in changes.values()) and _only_bounds(error):
                continue  # a relative change that is cut at the bounds
            for problem in translate(error, {}, place_of(war.registry[name]))[:1]:
                found = f"a change that mechanisms.{name} refuses: {problem.found}"
                yield Problem((*at, culprit), found, problem.allowed, problem.remedy)
            continue
        except Exception as error:
            found = f"a change on which the checks of `{name}` fail ({type(error).__name__})"
            yield Problem((*at, culprit), found, "another value")
            continue
        if dated and axes_of(made) != axes_of(base) and axes_of(made) is not None:
            found = "another grid of states or choice of postures for a part of the time"
            remedy = "Leave out `from` and `until`, or change what moves the state instead of where it starts."
            yield Problem((*at, culprit), found, "changes that leave axes, their starts and postures", remedy, True)


def _only_bounds(error: ValidationError) -> bool:
    return all(
        each["type"] in ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
        for each in error.errors()
    )


def _mapping(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}

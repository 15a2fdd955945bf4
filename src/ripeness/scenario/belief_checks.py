"""Whether the types of a scenario fit together and into it.

Like all checks of its kind it reads plain data, and stays silent about what the models refuse anyway.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Mapping
from math import comb
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from ripeness.mechanisms.base import ROLES, Mechanism
from ripeness.scenario.beliefs import MOST_TYPES, Observer
from ripeness.scenario.faults import listing, nearest, shown
from ripeness.scenario.fields import Place, describe, fields, number, outside, place_of, step, target
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.translation import Path, Problem, hint, translate
from ripeness.scenario.variants import with_numbers

MOST_SIMPLEX_NODES = 1001
KINDS = "a number of a mechanism of this scenario, the actor's own discount_yearly, or extra of a package"
GRID_SIZES: tuple[typing.Literal["coarse", "normal", "fine"], ...] = ("coarse", "normal", "fine")


class Changeable(typing.NamedTuple):
    """A number that a type may change, and what it is without."""

    place: Place
    value: float | None


def belief_checks(data: Any, top: Place, registry: Mapping[str, type[Mechanism]]) -> Iterator[Problem]:
    """Every misfit of the types of a scenario."""
    beliefs = data.get("beliefs") if isinstance(data, dict) else None
    if not isinstance(beliefs, dict):
        return
    set_by: dict[str, str] = {}
    for role in ROLES:
        side, at = beliefs.get(role), ("beliefs", role)
        if not isinstance(side, dict):
            continue
        if role == "patron" and not _has_patron(data):
            remedy = "Describe it under actors.patron, or leave its types out."
            yield Problem(at, "types of a patron in a scenario without one", "attacker or defender", remedy, True)
        types = side.get("types")
        if not isinstance(types, list) or not 2 <= len(types) <= MOST_TYPES:
            continue
        kinds = [kind if isinstance(kind, dict) else {} for kind in types]
        yield from _names(kinds, (*at, "types"))
        yield from _start(data, kinds, role, (*at, "types"))
        yield from _grid(side, len(kinds), at)
        known = changeable(data, top, registry, role)
        yield from _changes(kinds, known, top, registry, data, role, (*at, "types"))
        yield from _differences(kinds, known, (*at, "types"))
        for k, kind in enumerate(kinds):
            for path in _mapping(kind, "set"):
                if set_by.setdefault(path, role) != role:
                    remedy = "Let the types of one actor change it."
                    where = (*at, "types", k, "set", path)
                    found = f"a number that types of the {set_by[path]} change as well"
                    yield Problem(where, found, "numbers that types of one actor change", remedy, True)


def _has_patron(data: Any) -> bool:
    actors = data.get("actors")
    return not isinstance(actors, dict) or isinstance(actors.get("patron"), dict)


def _names(kinds: list[dict[str, Any]], at: Path) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for k, kind in enumerate(kinds):
        name = kind.get("name")
        if isinstance(name, str) and name in first:
            found = f"{shown(name)}, the name of type {first[name]} as well"
            yield Problem((*at, k, "name"), found, "its own name for each type", "Rename one of them.")
        elif isinstance(name, str):
            first[name] = k


def _start(data: Any, kinds: list[dict[str, Any]], role: str, at: Path) -> Iterator[Problem]:
    """Beliefs at the start: the first type has the rest, and somebody else holds them."""
    if kinds[0].get("probability") is not None:
        found = "a probability of the first type"
        allowed = "probabilities of the others; the first has what they leave"
        yield Problem((*at, 0, "probability"), found, allowed, "Leave it out.", True)
    public: list[float | None] = [_value(kind.get("probability")) for kind in kinds]
    for k, kind in enumerate(kinds[1:], start=1):
        if kind and kind.get("probability") is None:
            remedy = "Add `probability`: what is publicly believed at the start."
            yield Problem(
                (*at, k, "probability"), "nothing", "a number above 0 and below 1 (probability)", remedy, True
            )
    yield from _rest(public, "probability", at)
    observers = [each for each in typing.get_args(Observer) if each != role]
    if not _has_patron(data) and "patron" in observers:
        observers.remove("patron")
    for k, kind in enumerate(kinds):
        for observer in _mapping(kind, "seen_by"):
            where = (*at, k, "seen_by", observer)
            if k == 0:
                allowed = "beliefs in the other types; the first has what they leave"
                yield Problem(where, "a belief in the first type", allowed, "Leave it out.", True)
            elif observer == role:
                found = f"the key {observer}, which knows its own type"
                yield Problem(where, found, listing(observers), "Leave it out.", True)
            elif observer == "patron" and observer not in observers:
                found = "the key patron in a scenario without a patron"
                remedy = "Describe it under actors.patron, or leave the key out."
                yield Problem(where, found, listing(observers), remedy, True)
    for observer in observers:
        seen = [_value(_mapping(kind, "seen_by").get(observer)) for kind in kinds]
        if any(p is not None for p in seen[1:]):
            merged = [p if q is None else q for p, q in zip(public, seen, strict=True)]
            last = max(k for k, p in enumerate(seen) if p is not None)
            yield from _rest(merged, f"seen_by.{observer}", at, last)


def _rest(beliefs: list[float | None], key: str, at: Path, where: int | None = None) -> Iterator[Problem]:
    others = [p for p in beliefs[1:] if p is not None and 0.0 < p < 1.0]
    if len(others) == len(beliefs) - 1 and sum(others) >= 1.0 - 1e-9:
        k = len(beliefs) - 1 if where is None else where
        found = f"probabilities that add up to {number(sum(others))}"
        allowed = "a sum below 1, so that the first type has the rest"
        yield Problem((*at, k, *key.split(".")), found, allowed, "Lower one of them.")


def _grid(side: dict[str, Any], n_types: int, at: Path) -> Iterator[Problem]:
    yield from _extra_nodes(side, n_types, at)
    resolution = side.get("resolution", 10)
    if n_types < 3 or not isinstance(resolution, int) or isinstance(resolution, bool) or not 1 <= resolution <= 100:
        return
    if _n_nodes(resolution, n_types) > MOST_SIMPLEX_NODES:
        fits = max(r for r in range(1, resolution) if _n_nodes(r, n_types) <= MOST_SIMPLEX_NODES)
        found = f"{resolution} steps for {n_types} types, which makes {_n_nodes(resolution, n_types):,} beliefs"
        allowed = f"at most {MOST_SIMPLEX_NODES:,} beliefs"
        yield Problem((*at, "resolution"), found, allowed, f"Set resolution: {fits} or less, or give fewer types.")


def _extra_nodes(side: dict[str, Any], n_types: int, at: Path) -> Iterator[Problem]:
    """Nodes of their own: on a line of beliefs, each once."""
    extra = side.get("at")
    if not isinstance(extra, list) or not extra:
        return
    if n_types > 2:
        found = f"beliefs with points of their own for {n_types} types"
        yield Problem((*at, "at"), found, "points of their own with two types", "Use `resolution`.", True)
        return
    first: dict[float, int] = {}
    for index, belief in enumerate(extra):
        if not isinstance(belief, int | float) or isinstance(belief, bool):
            continue
        if first.setdefault(float(belief), index) != index:
            found = f"{number(belief)}, which is entry {first[float(belief)]} as well"
            yield Problem((*at, "at", index), found, "each belief once", "Leave it out.")


def _n_nodes(resolution: int, n_types: int) -> int:
    return comb(resolution + n_types - 1, n_types - 1)


def changeable(data: Any, top: Place, registry: Mapping[str, type[Mechanism]], role: str) -> dict[str, Changeable]:
    """Every number that a type of a role may change, by path, with its present value."""
    found: dict[str, Changeable] = {}
    used = data.get("mechanisms")
    for name, said in used.items() if isinstance(used, dict) else ():
        if name in registry:
            found.update(_numbers(place_of(registry[name]), said, f"mechanisms.{name}"))
    own = f"actors.{role}.discount_yearly"
    actors = data.get("actors")
    actor = actors.get(role) if isinstance(actors, dict) else None
    if isinstance(actor, dict) and (place := target(top, own)) is not None:
        found[own] = Changeable(place, _value(actor.get("discount_yearly", place.default)))
    agenda = data.get("agenda")
    packages = agenda.get("packages") if isinstance(agenda, dict) else None
    for index, package in enumerate(packages if isinstance(packages, list) else []):
        extra = package.get("extra") if isinstance(package, dict) else None
        for each, worth in extra.items() if isinstance(extra, dict) else ():
            path = f"agenda.packages.{index}.extra.{each}"
            if (place := target(top, path)) is not None:
                found[path] = Changeable(place, _value(worth))
    return found


def _numbers(place: Place, said: Any, path: str) -> Iterator[tuple[str, Changeable]]:
    """Every number at and below a place, with what the file says or the default."""
    if place.quantity is not None:
        value = _value(said)
        yield path, Changeable(place.quantity, value)
        return
    for each in place.alternatives:
        kind, origin = each.annotation, typing.get_origin(each.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if isinstance(said, BaseModel):
                said = {info.alias or name: getattr(said, name) for name, info in type(said).model_fields.items()}
            if isinstance(said, dict):
                for key, below in fields(kind).items():
                    yield from _numbers(below, said.get(key, below.default), f"{path}.{key}")
        elif origin is tuple and isinstance(said, list | tuple):
            for index, item in enumerate(said):
                if (inner := step(each, index)) is not None:
                    yield from _numbers(inner, item, f"{path}.{index}")
        elif isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(said, dict):
            for key, item in said.items():
                if (inner := step(each, str(key))) is not None:
                    yield from _numbers(inner, item, f"{path}.{key}")


def _changes(
    kinds: list[dict[str, Any]],
    known: dict[str, Changeable],
    top: Place,
    registry: Mapping[str, type[Mechanism]],
    data: Any,
    role: str,
    at: Path,
) -> Iterator[Problem]:
    """Paths that lead to a number, numbers within its bounds, and mechanisms that bear them."""
    for k, kind in enumerate(kinds):
        good: dict[str, float] = {}
        for path, said in _mapping(kind, "set").items():
            where = (*at, k, "set", path)
            if path not in known:
                yield _unknown(path, where, known, top, role)
                continue
            value = _value(said)
            if value is None:
                continue
            place = known[path].place
            if outside(place, value):
                if not isinstance(said, dict):  # of a long form it is said elsewhere
                    yield Problem(where, shown(said), describe(place), hint(place, said))
                continue
            good[path] = value
        yield from _borne(good, registry, data, (*at, k, "set"))


def _unknown(path: str, where: Path, known: dict[str, Changeable], top: Place, role: str) -> Problem:
    parts = path.split(".")
    short = path if len(path) <= 80 else f"{path[:77]}..."
    if parts[0] == "actors" and parts[2:] == ["discount_yearly"] and parts[1] in ROLES:
        found, remedy = f"the discount rate of the {parts[1]}", f"Types of the {parts[1]} can change it."
        return Problem(where, found, f"actors.{role}.discount_yearly, for types of the {role}", remedy, True)
    if parts[0] == "actors" and parts[2:3] == ["efforts"]:
        remedy = "Change what an effort costs or does instead, in the mechanisms."
        return Problem(where, "effort levels, which are the same for all types", KINDS, remedy, True)
    close = nearest(path, known)
    return Problem(where, f'the path "{short}"', KINDS, f"nearest: {close}" if close else "", True)


def changed_mechanisms(
    changes: Mapping[str, Any], registry: Mapping[str, type[Mechanism]], data: Any
) -> Iterator[tuple[str, Mechanism, dict[str, Any]]]:
    """Name and model of every sound mechanism that changes by path belong to, with these changes."""
    by_mechanism: dict[str, dict[str, Any]] = {}
    for path, value in changes.items():
        head, name, *_ = path.split(".")
        if head == "mechanisms":
            by_mechanism.setdefault(name, {})[path] = value
    for name, own in by_mechanism.items():
        try:
            base = registry[name].model_validate_json(json.dumps(data["mechanisms"][name]), strict=True)
        except Exception:  # reported where the mechanism is described
            continue
        yield name, base, own


def _borne(good: dict[str, float], registry: Mapping[str, type[Mechanism]], data: Any, at: Path) -> Iterator[Problem]:
    """Mechanisms accept the numbers of a type, and keep their axes and postures."""
    for name, base, changes in changed_mechanisms(good, registry, data):
        for path, value in changes.items():
            if axes_of(_with(base, {path: value})) not in (None, axes_of(base)):
                found = "another grid of states or choice of postures than that of the other types"
                remedy = "Grids are the same for all types: give the mechanism an axis that suits all of them."
                yield Problem((*at, path), found, "numbers that leave axes, their starts and postures", remedy, True)
        alone = [path for path, value in changes.items() if _with(base, {path: value}) is None]
        culprit = (alone or [*changes])[0]
        try:
            _with(base, changes, refuse=True)
        except ValidationError as error:
            for problem in translate(error, {}, place_of(registry[name]))[:1]:
                found = f"a number that mechanisms.{name} refuses: {problem.found}"
                yield Problem((*at, culprit), found, problem.allowed, problem.remedy)
        except Exception as error:
            found = f"a number on which the checks of `{name}` fail ({type(error).__name__})"
            yield Problem((*at, culprit), found, "another number")


def _with(base: Mechanism, changes: Mapping[str, float], refuse: bool = False) -> Mechanism | None:
    """A mechanism with numbers changed, or None where it refuses them."""
    numbers = {".".join(path.split(".")[2:]): Quantity(value) for path, value in changes.items()}
    try:
        return with_numbers(base, numbers)
    except Exception:
        if refuse:
            raise
        return None


def axes_of(mechanism: Mechanism | None) -> Any:
    """Axes on every grid, and postures."""
    if mechanism is None:
        return None
    try:
        axes = [axis for grid in GRID_SIZES for axis in mechanism.axes(grid)]
        return [(a.name, np.asarray(a.values).tolist(), float(a.start), a.labels) for a in axes], mechanism.postures()
    except Exception:  # reported when the game is built
        return None


def _differences(kinds: list[dict[str, Any]], known: dict[str, Changeable], at: Path) -> Iterator[Problem]:
    """No two types are the same."""
    effects: dict[Any, int] = {}
    for k, kind in enumerate(kinds):
        given = {path: _value(said) for path, said in _mapping(kind, "set").items()}
        if any(path not in known or value is None for path, value in given.items()):
            continue
        effect = frozenset((path, value) for path, value in given.items() if value != known[path].value)
        if effect in effects:
            found = f"a type that changes the same as type {effects[effect]}"
            remedy = "Let it `set` a number that differs, or leave it out."
            yield Problem((*at, k), found, "types that differ", remedy)
        effects.setdefault(effect, k)


def _mapping(kind: Any, key: str) -> dict[str, Any]:
    found = kind.get(key) if isinstance(kind, dict) else None
    return found if isinstance(found, dict) else {}


def _value(said: Any) -> float | None:
    """A number in its short or long form."""
    if isinstance(said, dict):
        said = said.get("value")
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None

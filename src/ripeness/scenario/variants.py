"""One scenario under every combination of types: the numbers that a type changes, put in their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ripeness.mechanisms.base import ROLES, Mechanism
from ripeness.scenario.fields import attribute
from ripeness.scenario.schema import Scenario


def n_types(scenario: Scenario) -> tuple[int, int, int]:
    """How many types the attacker, the defender and the patron have."""
    sides = scenario.beliefs.sides() if scenario.beliefs is not None else {}
    counts = [len(sides[role].types) if role in sides else 1 for role in ROLES]
    return counts[0], counts[1], counts[2]


def variants(scenario: Scenario) -> tuple[Scenario, ...]:
    """The scenario of every profile of types (a, d, p), the patron's innermost; what no type changes is shared.

    Raises:
        ValueError: a path that leads nowhere, or a mechanism that refuses the number.
    """
    found: tuple[Scenario, ...] = (scenario,)
    sides = scenario.beliefs.sides() if scenario.beliefs is not None else {}
    for side in sides.values():
        found = tuple(changed(each, kind.set) for each in found for kind in side.types)
    return found


def changed(scenario: Scenario, changes: Mapping[str, float]) -> Scenario:
    """The scenario with numbers replaced, by path; a mechanism checks itself again with all of its new numbers.

    Raises:
        ValueError: a path that leads nowhere, or a mechanism that refuses its numbers.
    """
    of_mechanisms: dict[str, dict[str, float]] = {}
    for path, number in changes.items():
        head, _, rest = path.partition(".")
        name, _, field = rest.partition(".")
        if head == "mechanisms" and field:
            of_mechanisms.setdefault(name, {})[field] = number
        else:
            scenario = put(scenario, path.split("."), number)
    if not of_mechanisms:
        return scenario
    used = dict(scenario.mechanisms)
    for name, numbers in of_mechanisms.items():
        if name not in used:
            raise ValueError(f"there is no '{name}' to change; there are {', '.join(used)}.")
        used[name] = with_numbers(used[name], numbers)
    return scenario.model_copy(update={"mechanisms": used})


def with_numbers(mechanism: Mechanism, numbers: Mapping[str, float]) -> Mechanism:
    """A mechanism with numbers replaced, by path inside it; checked once, since some numbers only fit together.

    Raises:
        ValueError: a path that leads nowhere, or numbers that the mechanism refuses.
    """
    given = _plain(mechanism)
    for path, number in numbers.items():
        given = put(given, path.split("."), number)
    return type(mechanism).model_validate(given)


def put(value: Any, keys: list[str], number: float) -> Any:
    """A copy of a model, list or mapping with the number at a path of keys replaced; nothing is checked again.

    Raises:
        ValueError: the path leads nowhere.
    """
    if not keys:
        return number
    key, *rest = keys
    if isinstance(value, BaseModel):
        if key not in {info.alias or name for name, info in type(value).model_fields.items()}:
            raise ValueError(f"there is no '{key}' to change; there are {', '.join(type(value).model_fields)}.")
        name = attribute(type(value), key)
        return value.model_copy(update={name: put(getattr(value, name), rest, number)})
    if isinstance(value, Mapping):
        if key not in value and (joined := _joined(value, keys)):  # a key that is itself a path
            key, *rest = joined
        if key not in value:
            raise ValueError(f"there is no '{key}' to change; there are {', '.join(map(str, value))}.")
        return {each: put(item, rest, number) if each == key else item for each, item in value.items()}
    if isinstance(value, tuple | list) and key.isdecimal() and int(key) < len(value):
        return tuple(put(item, rest, number) if index == int(key) else item for index, item in enumerate(value))
    raise ValueError(f"there is no '{key}' to change.")


def _joined(value: Mapping[str, Any], keys: list[str]) -> list[str]:
    """The keys with the first ones joined to a key of the mapping; empty where none fits."""
    for n in range(2, len(keys) + 1):
        if ".".join(keys[:n]) in value:
            return [".".join(keys[:n]), *keys[n:]]
    return []


def _plain(value: Any) -> Any:
    """Models inside a mechanism as mappings, so that their own checks are made again."""
    if isinstance(value, BaseModel):
        return {info.alias or name: _plain(getattr(value, name)) for name, info in type(value).model_fields.items()}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    return value

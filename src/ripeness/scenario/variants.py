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
    """The scenario with numbers replaced, by path; mechanisms check themselves again."""
    for path, number in changes.items():
        scenario = put(scenario, path.split("."), number)
    return scenario


def put(value: Any, keys: list[str], number: float) -> Any:
    """A copy of a model, list or mapping with the number at a path of keys replaced.

    Raises:
        ValueError: the path leads nowhere, or a mechanism refuses the number.
    """
    if not keys:
        return number
    key, *rest = keys
    if isinstance(value, BaseModel):
        if key not in {info.alias or name for name, info in type(value).model_fields.items()}:
            raise ValueError(f"there is no '{key}' to change; there are {', '.join(type(value).model_fields)}.")
        name = attribute(type(value), key)
        new = put(getattr(value, name), rest, number)
        if isinstance(value, Scenario) or not isinstance(value, Mechanism):
            return value.model_copy(update={name: new})
        given = {info.alias or field: getattr(value, field) for field, info in type(value).model_fields.items()}
        return type(value).model_validate({**_plain(given), key: _plain(new)})
    if isinstance(value, Mapping) and key in value:
        return {each: put(item, rest, number) if each == key else item for each, item in value.items()}
    if isinstance(value, tuple | list) and key.isdecimal() and int(key) < len(value):
        return tuple(put(item, rest, number) if index == int(key) else item for index, item in enumerate(value))
    raise ValueError(f"there is no '{key}' to change.")


def _plain(value: Any) -> Any:
    """Models inside a mechanism as mappings, so that their own checks are made again."""
    if isinstance(value, BaseModel):
        return {info.alias or name: _plain(getattr(value, name)) for name, info in type(value).model_fields.items()}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    return value

"""A writer of YAML that knows, without any parser, where it puts every key and value."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Line and column, counted from 1, of a key (or list item) and of its value."""

    key: tuple[int, int]
    value: tuple[int, int]


class Written(NamedTuple):
    text: str
    places: dict[Path, Place]


def write(data: dict[str, Any]) -> Written:
    """Data as block YAML, one key or item a line."""
    lines: list[str] = []
    places: dict[Path, Place] = {}
    _mapping(data, (), 0, lines, places)
    return Written("\n".join(lines) + "\n", places)


def _mapping(data: dict[str, Any], path: Path, indent: int, lines: list[str], places: dict[Path, Place]) -> None:
    for key, value in data.items():
        lines.append(f"{' ' * indent}{key}:")
        _value(value, (*path, key), (len(lines), indent + 1), indent + 2, lines, places)


def _sequence(data: list[Any], path: Path, indent: int, lines: list[str], places: dict[Path, Place]) -> None:
    for index, value in enumerate(data):
        lines.append(f"{' ' * indent}-")
        _value(value, (*path, index), (len(lines), indent + 1), indent + 2, lines, places)


def _value(
    value: Any, path: Path, key: tuple[int, int], indent: int, lines: list[str], places: dict[Path, Place]
) -> None:
    if isinstance(value, dict) and value:
        places[path] = Place(key, (len(lines) + 1, indent + 1))
        _mapping(value, path, indent, lines, places)
    elif isinstance(value, list) and value:
        places[path] = Place(key, (len(lines) + 1, indent + 1))
        _sequence(value, path, indent, lines, places)
    else:
        places[path] = Place(key, (len(lines), len(lines[-1]) + 2))
        lines[-1] += f" {json.dumps(value)}"


def put(data: Any, path: Path, value: Any) -> Any:
    """A copy of data with the value at a path replaced."""
    if not path:
        return value
    head, *rest = path
    if isinstance(data, dict):
        return {key: put(item, tuple(rest), value) if key == head else item for key, item in data.items()}
    return [put(item, tuple(rest), value) if index == head else item for index, item in enumerate(data)]


def drop(data: Any, path: Path) -> Any:
    """A copy of data without the key at a path."""
    head, *rest = path
    if not rest:
        return {key: item for key, item in data.items() if key != head}
    if isinstance(data, dict):
        return {key: drop(item, tuple(rest)) if key == head else item for key, item in data.items()}
    return [drop(item, tuple(rest)) if index == head else item for index, item in enumerate(data)]


def rename(data: Any, path: Path, name: str) -> Any:
    """A copy of data with the key at a path renamed."""
    head, *rest = path
    if not rest:
        return {name if key == head else key: item for key, item in data.items()}
    if isinstance(data, dict):
        return {key: rename(item, tuple(rest), name) if key == head else item for key, item in data.items()}
    return [rename(item, tuple(rest), name) if index == head else item for index, item in enumerate(data)]


def at(data: Any, path: Path) -> Any:
    """What stands at a path."""
    for key in path:
        data = data[key]
    return data

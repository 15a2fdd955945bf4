"""Changes to a scenario from the command line: ``path=value``, with the same care for places as a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ripeness.scenario.faults import Fault, listing, nearest, shown
from ripeness.scenario.fields import Place, keys, step, target
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.reading import LIMITS, Entry, Node, read_value

FILE = "--set"


class _Segment(NamedTuple):
    """One key or index of a path, and the column where it begins."""

    key: str
    column: int


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def apply(root: Node, sets: Iterable[str], top: Place) -> tuple[Node, list[Fault]]:
    """The scenario after the changes, in their order, and the faults of the changes themselves.

    A value replaces what stands at its path. For a number in its long form it replaces `value` and keeps the rest; a
    mapping replaces the long form as a whole. ``null`` (or nothing) takes the key out of the scenario.

    Args:
        root: the scenario as read.
        top: what may stand in it.
    """
    faults: list[Fault] = []
    for origin, said in enumerate(sets, start=1):
        path, equals, text = said.partition("=")
        try:
            segments = _segments(path, said, origin)
            if not equals:
                remedy = "For example mechanisms.territory.start=0.25."
                raise _refused(origin, 1, "", f"{shown(said)} without `=`", "path=value", remedy)
            reading = read_value(text, FILE, origin)
            before = len(path) + 1
            moved = [_moved_fault(each, path.strip(), origin, before) for each in reading.faults]
            if reading.root is None or moved:
                faults += moved
                continue
            value = _moved(reading.root, origin, before)
            root = _put(root, _joined(segments, top), 0, value, top, origin)
            if root.size > LIMITS.nodes:
                raise _refused(origin, 1, path, "a scenario of too many values", f"at most {LIMITS.nodes:,}", "")
        except _Refused as refused:
            faults.append(refused.fault)
    return root, faults


def _segments(path: str, said: str, origin: int) -> list[_Segment]:
    segments = [_Segment(match.group(), match.start() + 1) for match in re.finditer(r"[^.\[\]]+", path.rstrip())]
    plain = re.fullmatch(r"[^.\[\]\s]+(\.[^.\[\]\s]+|\[\d+\])*\s*", path)
    if not plain or len(segments) > LIMITS.depth:
        remedy = "For example mechanisms.territory.start=0.25 or agenda.packages.0.terms=0.3."
        raise _refused(
            origin, 1, "", shown(said), "a path of keys and list indices, joined by dots, then =value", remedy
        )
    return segments


def _joined(segments: list[_Segment], top: Place) -> list[_Segment]:
    """The segments with a key that is itself a path made one: what leads from its first to a number, else the rest."""
    place: Place | None = top
    for depth, segment in enumerate(segments):
        if place is None or not place.paths:
            place = place and (step(place, segment.key) or _entry(place, segment.key))
            continue
        rest = [each.key for each in segments[depth:]]
        ends = [n for n in range(1, len(rest) + 1) if target(top, ".".join(rest[:n])) is not None]
        n = ends[0] if ends else len(rest)
        return [*segments[:depth], _Segment(".".join(rest[:n]), segment.column), *segments[depth + n :]]
    return segments


def _entry(place: Place, key: str) -> Place | None:
    return step(place, int(key)) if key.isdecimal() else None


def _put(node: Node, segments: list[_Segment], depth: int, value: Node, place: Place | None, origin: int) -> Node:
    """A copy of `node` in which what stands at the segments from `depth` on is `value`."""
    if depth == len(segments):
        long_form = place is not None and place.quantity is not None and isinstance(node.value, dict)
        if long_form and not isinstance(value.value, dict | tuple):
            return _with(node, "value", Entry(value.line, value.column, origin, value))
        return value
    key, column = segments[depth]
    path = ".".join(segment.key for segment in segments[: depth + 1])
    last = depth == len(segments) - 1
    if isinstance(node.value, tuple):
        if not key.isdecimal() or int(key) >= len(node.value):
            count = len(node.value)
            allowed = f"an index from 0 to {count - 1}" if count else "nothing: the list is empty"
            raise _refused(origin, column, path, f"the index {key}", allowed, "Set the whole list: path=[...].")
        index = int(key)
        item = _put(node.value[index], segments, depth + 1, value, step(place, index) if place else None, origin)
        items = (*node.value[:index], item, *node.value[index + 1 :])
        return replace(node, value=items, size=1 + sum(each.size for each in items))
    below = step(place, key) if place else None
    if not isinstance(node.value, dict):
        if place is not None and place.quantity is not None and below is not None and node.value is not None:
            node = replace(node, value={"value": Entry(node.line, node.column, node.origin, node)}, height=1, size=3)
        elif node.value is None:
            node = replace(node, value={}, origin=origin, line=value.line, column=column)
        else:
            if place is not None and place.quantity is not None:
                raise _unknown(key, keys(place) or (), origin, column, path)
            parent = ".".join(segment.key for segment in segments[:depth])
            raise _refused(origin, column, path, f"the key {key} below {shown(node.value)}", f"`{parent}=value`", "")
    assert isinstance(node.value, dict)
    entry = node.value.get(key)
    if last and value.value is None:
        if entry is None:
            known = tuple(node.value)
            close = nearest(key, known)
            raise _refused(
                origin, column, path, f"the key {key}, which is not in the scenario",
                listing(known) or "no key: the mapping is empty", f"nearest: {close}" if close else "",
            )  # fmt: skip
        return _with(node, key, None)
    if entry is None:
        known_keys = keys(place) if place else None
        if below is None and known_keys:
            raise _unknown(key, known_keys, origin, column, path)
        inner = value
        if not last:
            inner = _put(_default(below, origin, column), segments, depth + 1, value, below, origin)
        return _with(node, key, Entry(value.line, column, origin, inner))
    item = _put(entry.node, segments, depth + 1, value, below, origin)
    return _with(node, key, entry._replace(node=item))


def _with(node: Node, key: str, entry: Entry | None) -> Node:
    """A copy of a mapping with a key set, or taken out."""
    assert isinstance(node.value, dict)
    entries = dict(node.value)
    if entry is None:
        entries.pop(key)
    else:
        entries[key] = entry
    size = 1 + sum(1 + each.node.size for each in entries.values())
    return replace(node, value=entries, size=size)


def _moved(node: Node, origin: int, columns: int) -> Node:
    """A value of the command line with its places counted from the beginning of the change."""
    value = node.value
    if isinstance(value, tuple):
        value = tuple(_moved(item, origin, columns) for item in value)
    elif isinstance(value, dict):
        value = {
            key: Entry(origin, entry.column + columns, origin, _moved(entry.node, origin, columns))
            for key, entry in value.items()
        }
    return replace(node, value=value, line=origin, column=node.column + columns, origin=origin)


def _unknown(key: str, known: tuple[str, ...], origin: int, column: int, path: str) -> _Refused:
    close = nearest(key, known)
    remedy = f"nearest: {close}" if close else ""
    return _refused(origin, column, path, f'the unknown key "{key[:40]}"', listing(known), remedy)


def _moved_fault(fault: Fault, path: str, origin: int, columns: int) -> Fault:
    whole = f"{path}.{fault.path}" if fault.path else path
    return replace(fault, line=origin, column=fault.column + columns, path=whole)


def _default(place: Place | None, origin: int, column: int) -> Node:
    """What stands at a place where the scenario is silent, as far as settings may go below it."""

    def node(value: object) -> Node:
        if isinstance(value, list | tuple):
            items = tuple(node(item) for item in value)
            return Node(items, origin, column, origin, 1 + sum(item.size for item in items))
        if isinstance(value, Quantity):
            return Node(float(value), origin, column, origin)
        if isinstance(value, str | bool | int | float):
            return Node(value, origin, column, origin)
        return Node({}, origin, column, origin)

    return node(place.default if place is not None else None)


def _refused(origin: int, column: int, path: str, found: str, allowed: str, remedy: str) -> _Refused:
    return _Refused(Fault(FILE, origin, column, path, found, allowed, remedy))

"""JSON and YAML files of other programs as nodes that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ripeness.interop.domains import Findings, Place, number_from
from ripeness.scenario.faults import Fault, shown
from ripeness.scenario.reading import Entry, Limits, Node, read_value

LIMITS = Limits(n_bytes=8 << 20, line_length=8 << 20, nodes=400_000)
"""Larger than those of a scenario: such files are written by programs, often in one line."""

RESERVED = "reserved_value"
NOT_FINITE = ("-Infinity", "Infinity", "NaN")
"""What JSON of Python holds for numbers that are not finite; they are read as texts."""
_UNSTATED = re.compile(rb"(\breserved_value[\"']?[ \t]*:[ \t]*)[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)\b")


def read_nodes(content: bytes, file: str, faults: list[Fault]) -> Node | None:
    """The top of a JSON or YAML file; None, with a fault, where there is none.

    NegMAS writes -.inf (in JSON -Infinity) for a reservation value that is not stated; that is no fault here.
    """
    reading = read_value(_UNSTATED.sub(rb"\1null", content), file, limits=LIMITS)
    faults += reading.faults
    return reading.root


def place_of(file: str, node: Node, *path: object) -> Place:
    """Where a node stands; `path` leads to it."""
    return Place(file, node.line, node.column, ".".join(map(str, path)))


def entries(node: Node | None) -> dict[str, Entry]:
    """Entries of a mapping; none of anything else."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def items(node: Node | None) -> tuple[Node, ...]:
    """Items of a list; none of anything else."""
    return node.value if node is not None and isinstance(node.value, tuple) else ()


def child(node: Node | None, *keys: str) -> Node | None:
    """What stands under some keys, one within another, or None."""
    for key in keys:
        node = None if node is None else node.child(key)
    return node


def text_of(node: Node | None) -> str | None:
    """A text, or a number as a text; None for anything else."""
    value = None if node is None else node.value
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else None


def number_of(node: Node | None, place: Place, findings: Findings) -> float | None:
    """A number, or a number in quotes; a fault where it is neither."""
    value = None if node is None else node.value
    number = None
    if isinstance(value, str):
        number = number_from(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    if number is None:
        found = "nothing" if node is None else shown(node.plain())
        findings.faults.append(place.fault(found, "a finite number"))
    return number


def mapping(node: Node | None, around: Place, key: str, findings: Findings) -> Iterator[tuple[str, Node]]:
    """Entries of a mapping that must be there, as pairs; a fault where it is not."""
    if node is None or not isinstance(node.value, dict):
        found = f"no `{key}`" if node is None else shown(node.plain())
        place = around if node is None else place_of(around.file, node, key)
        findings.faults.append(place.fault(found, f"a mapping `{key}`"))
        return
    for name, entry in node.value.items():
        yield name, entry.node

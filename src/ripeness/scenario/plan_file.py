"""A plan file beside a scenario: where the scenario names one, its content stands in the place of the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ripeness.scenario.cases import beside_case, case_names
from ripeness.scenario.faults import Fault
from ripeness.scenario.reading import LIMITS, Entry, Node, Reading, read, read_value

ORIGIN = -1
"""Origin of nodes that were read from a plan file; 0 is the scenario, and settings count from 1."""


def with_plan(root: Node, file: str, plan_file: str = "") -> tuple[Node, list[Fault], str]:
    """The scenario with the content of the plan file that it names, faults met on the way, and the name of that file.

    Args:
        file: name of the scenario's own file; the plan lies beside it.
        plan_file: name of a plan file read before, which is kept where the scenario names no other.
    """
    node = root.child("plan")
    if node is None or not isinstance(node.value, str):
        return root, [], plan_file
    name, said = node.value, f'"{node.value[:60]}"'
    where = (file, node.line) if node.origin == 0 else ("--set", node.origin)

    def fault(found: str, remedy: str) -> list[Fault]:
        return [Fault(*where, node.column, "plan", found, "a plan, or the name of a plan file beside this one", remedy)]

    if name != Path(name).name or name in ("", ".", ".."):
        return root, fault(f"{said}, which is no plain file name", "Put the plan beside the scenario."), ""
    text = read_beside(name, file)
    if text is None:
        return root, fault(f"no file {said} beside it that can be read", "Check the name."), ""
    reading = _read(text, name)
    if reading.root is None or not isinstance(reading.root.value, dict):
        found = f"{said}, which holds no plan"
        faults = list(reading.faults) or fault(found, "docs/deals.md has a plan to start from.")
        return root, faults, name
    assert isinstance(root.value, dict)
    entry = root.value["plan"]
    entries = {**root.value, "plan": Entry(entry.line, entry.column, entry.origin, reading.root)}
    size = 1 + sum(1 + each.node.size for each in entries.values())
    return replace(root, value=entries, size=size), list(reading.faults), name


def named_plan(text: bytes, file: str, sets: Sequence[str] = ()) -> dict[str, bytes]:
    """Name and content of the plan files that a scenario and its changes name; empty where the plan stands in it."""
    root = read(text, file).root
    said = [root.child("plan")] if root is not None else []
    said += [read_value(each.partition("=")[2], "--set").root for each in sets if each.partition("=")[0] == "plan"]
    found = {}
    for node in said:
        if node is not None and isinstance(node.value, str) and (content := read_beside(node.value, file)) is not None:
            found[node.value] = content
    return found


def read_beside(name: str, file: str) -> bytes | None:
    """Content of a file beside a scenario file or a shipped case; None where it cannot be read."""
    if file.removesuffix(".yaml") in case_names():
        return beside_case(name)
    try:
        with Path(file).with_name(name).open("rb") as stream:
            return stream.read(LIMITS.n_bytes + 1)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=8)
def _read(text: bytes, name: str) -> Reading:
    """The same file is read once, however often its scenario is."""
    return read_value(text, name, ORIGIN)

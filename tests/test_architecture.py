"""The rooms of docs/architecture.md: imports point from a later room to an earlier one only."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "ripeness"
ROOMS = (
    "scenario.quantity", "mechanisms", "scenario", "deals", "game", "engine", "interop", "sources", "questions",
    "report", "theory", "runs", "ensembles", "cli",
)  # fmt: skip
"""Earlier rooms first."""


DOORS = {"questions/outlook.py": {"report.charts"}}
"""`Outlook.plot` is the one door back: it loads the charts when a notebook asks for a picture."""


def room_of(module: str) -> str:
    """The room of a module, given without the package's name."""
    return "scenario.quantity" if module == "scenario.quantity" else module.split(".")[0]


def imported(path) -> set[str]:
    """Modules of this package that a file imports when it is loaded or called."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name.removeprefix("ripeness.") for name in found if name.startswith("ripeness.")}


FILES = sorted(p for p in SOURCE.rglob("*.py") if p.parent != SOURCE)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_to_earlier_rooms(path):
    here = ROOMS.index(room_of(".".join(path.relative_to(SOURCE).with_suffix("").parts)))
    later = {name for name in imported(path) if ROOMS.index(room_of(name)) > here}
    assert later == DOORS.get(str(path.relative_to(SOURCE)), set())


def test_every_folder_is_a_room_of_the_page():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == {room for room in ROOMS if "." not in room}
    assert all(f"`{folder}/`" in page for folder in folders)

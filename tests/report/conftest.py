"""A report of a small war, written once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ripeness.engine import Solution, solve
from ripeness.game import build
from ripeness.questions import Outlook, forecast, simulate
from ripeness.report import write_report
from ripeness.scenario import load
from tests.questions import toys

RUN_INFO = {"Version": "0", "Inputs": "ab" * 32, "Seed": "0"}


@pytest.fixture(scope="session")
def solution() -> Solution:
    """Five years of months, 31 points of the line, a patron with two postures, and long names."""
    names = ("Northern Confederation and its allies", "United Southern Command", "Great Eastern Republic")
    actors = {role: {**toys.ACTORS[role], "name": name} for role, name in zip(toys.ACTORS, names, strict=True)}
    game = toys.small(actors=actors)
    return replace(solve(game.tables, threads=1), game=game)


@pytest.fixture(scope="session")
def outlook(solution: Solution) -> Outlook:
    return forecast(solution)


@pytest.fixture(scope="session")
def textbook() -> Solution:
    """One state, no patron, a line that does not move, fifty packages."""
    game = build(load("textbook"))
    return replace(solve(game.tables, threads=1), game=game)


@pytest.fixture(scope="session")
def report(solution: Solution, outlook: Outlook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, outlook, solution.game, histories=simulate(solution, 500, 0), run_info=RUN_INFO)
    return path

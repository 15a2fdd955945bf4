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
from tests.questions import toys, typed_toys
from tests.questions.typed_toys import Played
from tests.questions.typed_toys import outlook as outlook_of_types

NAMES = ("Northern Confederation and its allies", "United Southern Command", "Great Eastern Republic")
RUN_INFO = {"Version": "0", "Inputs": "ab" * 32, "Seed": "0"}


@pytest.fixture(scope="session")
def solution() -> Solution:
    """Five years of months, 31 points of the line, a patron with two postures, and long names."""
    actors = {role: {**toys.ACTORS[role], "name": name} for role, name in zip(toys.ACTORS, NAMES, strict=True)}
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


@pytest.fixture(scope="session")
def secret() -> Played:
    """A war whose attacker has two types, which its defender and patron misread in opposite ways."""
    actors = {role: {**toys.ACTORS[role], "name": name} for role, name in zip(toys.ACTORS, NAMES, strict=True)}
    return typed_toys.play(typed_toys.tiny(actors=actors))


@pytest.fixture(scope="session")
def secret_outlook(secret: Played) -> Outlook:
    """Its outlook, with what misreadings and secrets change."""
    return outlook_of_types(secret).with_group("secrets", typed_toys.secrets(secret))

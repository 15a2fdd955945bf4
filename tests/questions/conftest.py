"""Solved toys that several tests share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ripeness.engine import Solution, solve
from ripeness.questions import Outlook, forecast
from tests.questions import toys


@pytest.fixture(scope="session")
def tiny() -> Solution:
    """20 states, 12 periods, 6 packages, in double precision."""
    game = toys.tiny()
    return replace(solve(game.tables, dtype=np.float64, threads=1), game=game)


@pytest.fixture(scope="session")
def small() -> Solution:
    """124 states, 60 periods, 15 packages."""
    game = toys.small()
    return replace(solve(game.tables, threads=1), game=game)


@pytest.fixture(scope="session")
def tiny_outlook(tiny: Solution) -> Outlook:
    return forecast(tiny)


@pytest.fixture(scope="session")
def small_outlook(small: Solution) -> Outlook:
    return forecast(small)

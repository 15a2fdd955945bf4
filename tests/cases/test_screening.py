"""The screening case against its closed form (docs/cases/screening.md)."""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pytest

import ripeness
from ripeness.game import Game, build
from ripeness.theory.screening import ScreeningPath, screening_path
from tests.conftest import ROOT

FLOW_A, WEAK, TOUGH = 0.4, 0.1, 0.35
DISCOUNT = 0.8
STEP, PRECISION = 0.005, 5_000.0
TOLERANCE = 6.9 * (STEP + (2 + math.log1p(PRECISION)) / PRECISION)
"""K_h = K_lambda = 6.9 as theory_cases.json states for a discount factor of 0.855, with which errors last longer."""


def closed_form(weak: float) -> ScreeningPath:
    return screening_path(1 - FLOW_A - WEAK, 1 - FLOW_A - TOUGH, DISCOUNT, weak)


@cache
def solved(*sets: str) -> tuple[Game, ripeness.Solution]:
    game = build(ripeness.load("screening", sets))
    return game, ripeness.solve(game, dtype=np.float64)


def test_the_numbers_of_the_page_are_those_of_the_closed_form():
    page = (ROOT / "docs" / "cases" / "screening.md").read_text(encoding="utf-8")
    path = closed_form(0.85)
    assert path.net_offers == pytest.approx((0.34, 0.3, 0.25))
    assert path.beliefs == pytest.approx((0.85, 0.5, 0.0))
    assert path.value_net + FLOW_A == pytest.approx(0.698)
    for number in ("0.698", "m_1=v_t/v_w=0.5", "m_2=0.7778", "m_3=0.9188", "0.049"):
        assert number in page
    assert path.cutoffs[1:] == pytest.approx((0.5, 0.7778, 0.9188), abs=1e-4)
    assert abs(TOLERANCE - 0.049) < 5e-4
    known = 0.85 * 0.9 + 0.15 * 0.65
    assert known - 0.698 == pytest.approx(0.1645)


def test_kinks_of_the_value_have_nodes_of_their_own():
    (axis,) = build(ripeness.load("screening")).tables.beliefs
    for cutoff in closed_form(0.85).cutoffs[1:]:
        assert np.abs(axis.nodes[:, 0] - cutoff).min() < 1e-4


@pytest.mark.slow
def test_the_values_at_every_belief_are_those_of_the_closed_form():
    game, solution = solved()
    (axis,) = game.tables.beliefs
    value = np.asarray(solution.values)[0, 0, 0]
    inside = [k for k in range(len(axis.nodes)) if 0.0 < axis.nodes[k, 0] < 1.0]
    wanted = np.array([FLOW_A + closed_form(float(axis.nodes[k, 0])).value_net for k in inside])
    assert np.abs(value[inside] - wanted).max() <= TOLERANCE
    assert abs(value[axis.start] - 0.698) <= TOLERANCE


def test_a_secret_costs_the_attacker_what_the_page_says():
    known, of_known = solved("beliefs.known=true")
    value = float(np.asarray(of_known.values)[0, 0, 0, known.tables.beliefs[0].start])
    assert abs(value - 0.8625) <= TOLERANCE


@pytest.mark.parametrize(("tough", "value"), [pytest.param(0.6, 0.65, marks=pytest.mark.slow), (0.3, 0.67)])
def test_likelier_tough_defenders_shorten_the_search(tough, value):
    game, solution = solved(f"beliefs.defender.types.1.probability={tough}")
    assert closed_form(1 - tough).value_net + FLOW_A == pytest.approx(value)
    found = float(np.asarray(solution.values)[0, 0, 0, game.tables.beliefs[0].start])
    assert abs(found - value) <= TOLERANCE


def test_settings_of_the_page_are_those_tested_here():
    page = (ROOT / "docs" / "cases" / "screening.md").read_text(encoding="utf-8")
    assert re.findall(r"--set (\S+)", page) == [
        "beliefs.known=true", "beliefs.defender.types.1.probability=0.6", "beliefs.defender.types.1.probability=0.3",
    ]  # fmt: skip

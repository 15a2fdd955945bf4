"""Deadline: costs before, in and after the period of the date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.engine import propagate, solve
from ripeness.game import build
from ripeness.mechanisms.base import Setting
from ripeness.mechanisms.channel import Channel
from ripeness.mechanisms.deadline import Deadline
from ripeness.scenario.schema import Agenda, AgendaGrid, Choices, Precision
from tests.game.wars import war
from tests.mechanisms.hooks import MONTH, check_page, check_schema, setting

COSTLY = Deadline(
    date="2026-03-20", credibility=0.4, before_attacker=0.01, at_attacker=0.02, after_attacker=0.1, before_defender=0.0,
    after_defender=0.3,
)  # fmt: skip
START = np.datetime64("2025-12-01")


def in_period(period: int, years: float = MONTH) -> Setting:
    return replace(setting(period=period, years=years), discount_yearly={"attacker": 0.1, "defender": 0.1})


def test_the_period_that_contains_the_date_is_an_epoch_of_its_own() -> None:
    assert COSTLY.breaks(START, MONTH, 24) == (3, 4)
    assert COSTLY.breaks(START, 0.25, 24) == (1, 2)
    assert COSTLY.breaks(START, MONTH, 3) == ()
    assert Deadline(date="2025-12-05").breaks(START, MONTH, 24) == (1,)
    assert Deadline(date="2024-12-05").breaks(START, MONTH, 24) == ()


def test_costs_change_at_the_date_and_are_weighed_with_credibility() -> None:
    paid = {period: COSTLY.flow(in_period(period)) for period in (0, 2, 3, 4, 20)}
    assert paid[0]["attacker"] == paid[2]["attacker"] == -0.01
    assert paid[4]["attacker"] == paid[20]["attacker"] == pytest.approx(-0.04)
    assert paid[4]["defender"] == pytest.approx(-0.12)
    assert "patron" not in paid[0]


@pytest.mark.parametrize("years", [7 / 365.25, MONTH, 0.25])
def test_what_is_lost_at_once_is_the_same_whatever_the_length_of_the_period(years: float) -> None:
    """One period at the extra rate, normalised, is (1 - discount) times the rate: credibility times the loss."""
    period = COSTLY.breaks(START, years, 100)[0]
    extra = COSTLY.flow(in_period(period, years))["attacker"] - COSTLY.flow(in_period(period + 1, years))["attacker"]
    assert (1 - 1.1**-years) * extra == pytest.approx(-0.4 * 0.02, rel=1e-12)


def hazard_by_month(**costs: Any) -> np.ndarray:
    """Chance of settling in each month in which the war is still on."""
    scenario = war(
        Deadline(date="2026-06", **costs),
        Channel(attacker=0.3, defender=0.3),
        agenda=Agenda(grid=AgendaGrid(shifts=(-0.1, 0.0, 0.1))),
        choices=Choices(precision=Precision(**dict.fromkeys(("posture", "offer", "response", "effort"), 500.0))),
        horizon=18,
    )
    ahead = propagate(solve(build(scenario).tables, dtype=np.float64))
    return ahead.settled.sum(axis=(1, 2)) / ahead.open[:-1]


def test_a_credible_deadline_gathers_settlements_in_its_last_period() -> None:
    """Theory II.7.3: an atom at the date, which grows with credibility; without a deadline there is none."""
    once = {"at_attacker": 0.02, "at_defender": 0.02, "after_attacker": 0.0, "after_defender": 0.0}
    hazards = [hazard_by_month(credibility=credibility, **once) for credibility in (0.0, 0.2, 1.0)]
    assert np.argmax(hazards[2]) == 6
    assert hazards[2][6] > hazards[1][6] > hazards[0][6]
    assert hazards[0][7:] == pytest.approx(hazards[2][7:], rel=1e-12)  # nothing is left of it afterwards


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="is no date; write YYYY-MM-DD"):
        Deadline(date="2026-02-30")


def test_page_and_fields_agree() -> None:
    check_schema(Deadline)
    check_page("deadline", Deadline)

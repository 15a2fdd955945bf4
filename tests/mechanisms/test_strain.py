"""Strain: effort, losses and sanctions use up A's reserves; shocks and withdrawal follow."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.mechanisms.base import Exit, GridSize, Jump
from ripeness.mechanisms.strain import Strain
from tests.mechanisms.hooks import GRIDS, MONTH, check_fits_grid, check_page, check_schema, drift, setting

LEVELS = np.linspace(0.0, 1.0, 5)


def yearly_move(
    mechanism: Strain | None = None, effort: tuple[float, float] = (1.0, 1.0), posture: str = "stand back"
) -> np.ndarray:
    at = setting({"strain": LEVELS}, effort=effort, posture=posture)
    return np.asarray(drift((mechanism or Strain()).moves(at)).drift)


def jump(mechanism: Strain, years: float = MONTH) -> np.ndarray:
    (found,) = (m for m in mechanism.moves(setting({"strain": LEVELS}, years=years)) if isinstance(m, Jump))
    return found.destination


def test_drift_by_hand() -> None:
    """At 0.5: (0.2 + 0.1 + 0.05) * 0.5 - 0.4 * 0.5 = -0.025; pressed, 0.15 * 0.5 more."""
    assert yearly_move()[2] == pytest.approx(-0.025)
    assert yearly_move(posture="press attacker")[2] == pytest.approx(0.05)


def test_effort_of_either_side_and_sanctions_strain() -> None:
    rest = yearly_move(effort=(0.0, 0.0))
    for harder in (
        yearly_move(effort=(1.0, 0.0)),
        yearly_move(effort=(0.0, 1.0)),
        yearly_move(posture="press attacker"),
    ):
        assert np.all(harder[:-1] > rest[:-1])
    assert np.all(yearly_move(posture="press defender") == yearly_move())


def test_without_effort_and_sanctions_strain_only_recovers() -> None:
    assert yearly_move(Strain(sanctions=0.0), effort=(0.0, 0.0)) == pytest.approx(-0.4 * LEVELS)


def test_strain_costs_the_attacker_in_proportion() -> None:
    flow = Strain().flow(setting({"strain": LEVELS}))
    assert np.asarray(flow["attacker"]) == pytest.approx(-0.06 * LEVELS)
    assert set(flow) == {"attacker"}


def test_shock_by_hand() -> None:
    """From 0.5 with hazard 0.3 * 0.25 a year: to 0.7, which is 0.2 of the way from 0.75 to 0.5."""
    row, chance = jump(Strain())[2], 1 - np.exp(-0.3 * 0.25 / 12)
    assert row == pytest.approx([0.0, 0.0, 1 - chance + 0.2 * chance, 0.8 * chance, 0.0])


def test_shocks_keep_their_mean_stay_on_the_axis_and_sum_to_one() -> None:
    found = jump(Strain(shock=2.0, shock_size=0.4))
    chance = 1 - np.exp(-2.0 * LEVELS**2 / 12)
    assert np.all(found >= 0.0)
    assert found.sum(axis=1) == pytest.approx(np.ones(5))
    assert found @ LEVELS - LEVELS == pytest.approx(chance * np.minimum(0.4, 1 - LEVELS))


def test_hazard_of_a_shock_is_per_year_and_rises_with_strain() -> None:
    """Nobody unstrained mutinies; twelve months leave as many without a shock as one year."""
    stays_month, stays_year = (np.diag(jump(Strain(shock_size=1.0), years)) for years in (MONTH, 1.0))
    assert stays_month[0] == 1.0
    assert np.all(np.diff(stays_month[:-1]) < 0.0)
    assert stays_month[:-1] ** 12 == pytest.approx(stays_year[:-1])


def test_withdrawal_is_rare_until_strain_is_high() -> None:
    (leave,) = (m for m in Strain().moves(setting({"strain": LEVELS})) if isinstance(m, Exit))
    assert leave.end == "withdrawal of the attacker"
    assert np.asarray(leave.hazard) == pytest.approx(0.5 * LEVELS**8)
    assert leave.values == {"attacker": 0.0, "defender": 1.0}


def test_without_hazards_there_is_neither_shock_nor_withdrawal() -> None:
    moves = Strain(shock=0.0, withdrawal=0.0).moves(setting({"strain": LEVELS}))
    assert [type(m).__name__ for m in moves] == ["Drift"]


def test_one_point_keeps_cost_and_hazard_of_withdrawal() -> None:
    still = Strain(points=1, start=0.5)
    at = setting({"strain": [0.5]})
    (leave,) = still.moves(at)
    assert isinstance(leave, Exit)
    assert np.asarray(leave.hazard) == pytest.approx([0.5 / 256])
    assert np.asarray(still.flow(at)["attacker"]) == pytest.approx([-0.03])


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_neither_too_coarse_nor_too_fine(grid: GridSize) -> None:
    check_fits_grid(Strain(), grid)


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Strain)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("strain", Strain)

"""Strikes: damage grows with what gets through, is repaired, and costs most in winter."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.mechanisms.base import GridSize
from ripeness.mechanisms.strikes import Strikes
from tests.mechanisms.hooks import GRIDS, MONTH, check_fits_grid, check_page, check_schema, drift, setting

DAMAGE = np.array([0.0, 1 / 3, 2 / 3, 1.0])
DECEMBER, JULY = "2025-12-01", "2026-07-01"


def yearly_move(mechanism: Strikes | None = None, start: str = DECEMBER, support: float = 1.0) -> list[float]:
    at = setting({"infrastructure": DAMAGE, "support": [support]}, start=start)
    return [float(v) for v in np.asarray(drift((mechanism or Strikes()).moves(at)).drift)[:, 0]]


def test_drift_by_hand() -> None:
    """December: 1.5 * 1.3 * (1 - 0.75) = 0.4875 of what works, less 0.6 of what is out; July without the factor 1.3."""
    assert yearly_move() == pytest.approx([0.4875, 0.125, -0.2375, -0.6])
    assert yearly_move(start=JULY) == pytest.approx([0.375, 0.05, -0.275, -0.6])


def test_more_strikes_more_damage_and_less_aid_more_damage() -> None:
    assert all(np.greater(yearly_move(Strikes(strikes=3.0))[:3], yearly_move()[:3]))
    assert all(np.greater(yearly_move(support=0.5)[:3], yearly_move()[:3]))
    assert yearly_move(support=1.5) == yearly_move()  # aid beyond need intercepts no more


def test_without_strikes_damage_is_only_repaired_and_costs_the_attacker_nothing() -> None:
    quiet = Strikes(strikes=0.0)
    assert yearly_move(quiet) == pytest.approx((-0.6 * DAMAGE).tolist())
    assert quiet.flow(setting({"infrastructure": DAMAGE}))["attacker"] == 0.0


def test_full_interception_stops_all_damage_while_aid_meets_the_need() -> None:
    assert yearly_move(Strikes(interception=1.0)) == pytest.approx((-0.6 * DAMAGE).tolist())


def test_missing_support_counts_as_need_met() -> None:
    at = setting({"infrastructure": DAMAGE})
    assert np.asarray(drift(Strikes().moves(at)).drift) == pytest.approx(yearly_move())


def test_toll_is_proportional_to_damage_and_doubles_in_winter() -> None:
    winter = np.asarray(Strikes().flow(setting({"infrastructure": DAMAGE}, start=DECEMBER))["defender"])
    summer = np.asarray(Strikes().flow(setting({"infrastructure": DAMAGE}, start=JULY))["defender"])
    assert summer == pytest.approx(-0.06 * DAMAGE)
    assert winter == pytest.approx(2.0 * summer)


def test_strikes_cost_the_attacker_whether_they_get_through_or_not() -> None:
    for interception in (0.0, 1.0):
        flow = Strikes(interception=interception).flow(setting({"infrastructure": DAMAGE}, start=JULY))
        assert flow["attacker"] == pytest.approx(-0.005 * 1.5)


def test_season_is_that_of_the_period_not_of_the_start() -> None:
    at = setting({"infrastructure": DAMAGE}, start=DECEMBER, period=7)
    assert np.asarray(drift(Strikes().moves(at)).drift) == pytest.approx(yearly_move(start=JULY))


def test_epochs_begin_with_the_seasons() -> None:
    start = np.datetime64("2025-12-01")
    assert Strikes().breaks(start, MONTH, 24) == (4, 10, 16, 22)  # April and October
    assert Strikes(winter_strikes=1.0, winter_toll=1.0).breaks(start, MONTH, 24) == ()
    assert Strikes(winter_months=()).breaks(start, MONTH, 24) == ()


def test_epochs_agree_with_the_season_of_every_period() -> None:
    """Between breaks nothing changes: months, weeks, quarters and years."""
    start, mechanism = np.datetime64("2025-12-15"), Strikes()
    for years, horizon in [(MONTH, 40), (7 / 365.25, 120), (0.25, 20), (1.0, 5)]:
        breaks = {0, *mechanism.breaks(start, years, horizon)}
        for period in range(1, horizon):
            before, now = mechanism.winters(start, years, np.array([period - 1, period]))
            changed = before != now
            assert changed == (period in breaks)


def test_longer_periods_take_their_part_of_the_winter() -> None:
    start = np.datetime64("2026-01-01")
    assert Strikes().winters(start, 0.25, np.arange(4)).tolist() == [1.0, 0.0, 0.0, 1.0]
    assert Strikes().winters(start, 1.0, np.array([0])).tolist() == [0.5]


def test_one_point_leaves_a_constant_seasonal_toll() -> None:
    still = Strikes(points=1, start=0.5)
    (axis,) = still.axes("normal")
    at = setting({"infrastructure": axis.values}, start=JULY)
    assert still.moves(at) == ()
    assert np.asarray(still.flow(at)["defender"]).tolist() == pytest.approx([-0.03])


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_never_too_coarse_and_take_at_most_two_substeps(grid: GridSize) -> None:
    check_fits_grid(Strikes(), grid, substeps=2)


def test_months_outside_the_year_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"winter_months must lie in 1 to 12, got \[0, 13\]"):
        Strikes(winter_months=(0, 1, 13))


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Strikes)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("strikes", Strikes)

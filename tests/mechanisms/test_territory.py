"""Territory: the front line moves with effort and forces, and pays who holds."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.mechanisms.base import Exit, GridSize
from ripeness.mechanisms.territory import Territory
from tests.mechanisms.hooks import (
    GRIDS,
    MONTH,
    check_fits_grid,
    check_page,
    check_schema,
    drift,
    one_step,
    setting,
)

LINE = np.linspace(0.0, 1.0, 17)


def yearly_move(effort: tuple[float, float], balance: float = 0.0) -> float:
    moves = Territory().moves(setting({"territory": LINE, "balance": [balance]}, effort=effort))
    return float(np.asarray(drift(moves).drift).reshape(-1)[0])


def test_drift_and_spread_by_hand() -> None:
    """0.025 (1.2 * 1 - 0.8 * 0.5) = 0.02 a year; the spread follows the greater effort."""
    assert yearly_move((1.0, 0.5), balance=0.2) == pytest.approx(0.02)
    spread = drift(Territory().moves(setting({"territory": LINE}, effort=(0.25, 0.16)))).spread
    assert spread == pytest.approx(0.07 * 0.5)


def test_line_moves_for_the_side_that_fights_harder_or_is_stronger() -> None:
    assert yearly_move((1.0, 0.5)) > yearly_move((1.0, 1.0)) == 0.0 > yearly_move((0.5, 1.0))
    assert yearly_move((1.0, 1.0), 0.4) > yearly_move((1.0, 1.0), 0.1) > 0.0 > yearly_move((1.0, 1.0), -0.1)


def test_exchanging_the_sides_turns_the_move_around() -> None:
    for a, d, b in [(1.0, 0.3, 0.2), (0.5, 0.5, -0.6), (0.0, 1.0, 0.9)]:
        assert yearly_move((a, d), b) == pytest.approx(-yearly_move((d, a), -b))


def test_front_stands_still_where_nobody_fights() -> None:
    found = drift(Territory().moves(setting({"territory": LINE, "balance": [-0.5, 0.5]}, effort=(0.0, 0.0))))
    assert not np.any(found.drift)
    assert found.spread == 0.0


def test_units_are_per_year() -> None:
    """Twelve months of the walk move the mean by the yearly drift (away from the ends)."""
    found = drift(Territory().moves(setting({"territory": LINE}, effort=(1.0, 0.5))))
    chain = one_step(LINE, np.asarray(found.drift) * MONTH, np.asarray(found.spread) ** 2 * MONTH)
    mass = np.zeros(17)
    mass[8] = 1.0
    after = mass @ np.linalg.matrix_power(chain, 12)
    assert after @ LINE == pytest.approx(0.5 + 0.025 * 0.5, abs=1e-6)  # mass beyond 8 steps: below 1e-6
    assert after @ LINE**2 - (after @ LINE) ** 2 == pytest.approx(0.07**2, abs=1e-6)


def test_war_pays_the_holder_less_the_cost_of_fighting() -> None:
    flow = Territory().flow(setting({"territory": [0.3]}, effort=(0.5, 1.0)))
    assert flow["attacker"] == pytest.approx(0.3 - 0.05 * 0.25 - 0.03)
    assert flow["defender"] == pytest.approx(0.7 - 0.05 - 0.06 * 0.5)
    assert "patron" not in flow


def test_costs_rise_with_own_and_with_the_others_effort() -> None:
    def paid(effort: tuple[float, float]) -> tuple[float, float]:
        flow = Territory().flow(setting({"territory": [0.5]}, effort=effort))
        return float(np.asarray(flow["attacker"])[0]), float(np.asarray(flow["defender"])[0])

    rest = paid((0.0, 0.0))
    assert rest == (0.5, 0.5)
    for effort in [(1.0, 0.0), (0.0, 1.0)]:
        assert all(harder < easier for harder, easier in zip(paid(effort), rest, strict=True))


def test_cost_of_own_effort_is_convex() -> None:
    cost = [0.5 - float(np.asarray(Territory().flow(setting({"territory": [0.5]}, effort=(e, 0.0)))["attacker"])[0])
            for e in (0.0, 0.5, 1.0)]  # fmt: skip
    assert cost[2] - cost[1] > cost[1] - cost[0] > 0.0


def test_still_front_needs_one_point_and_no_moves() -> None:
    still = Territory(start=0.35, points=1)
    (axis,) = still.axes("normal")
    assert axis.values.tolist() == [0.35]
    at = setting({"territory": axis.values})
    assert still.moves(at) == ()
    assert np.asarray(still.flow(at)["attacker"]).tolist() == pytest.approx([0.35 - 0.08])


def test_war_ends_at_once_at_either_end_if_asked() -> None:
    mechanism = Territory(low=0.2, high=0.8, points=4, ends_war=True, terms_at_collapse=0.9, terms_at_expulsion=0.1)
    (axis,) = mechanism.axes("normal")
    exits = [m for m in mechanism.moves(setting({"territory": axis.values})) if isinstance(m, Exit)]
    assert [e.end for e in exits] == ["collapse of the defender", "expulsion of the attacker"]
    assert np.asarray(exits[0].hazard).tolist() == [0.0, 0.0, 0.0, np.inf]
    assert np.asarray(exits[1].hazard).tolist() == [np.inf, 0.0, 0.0, 0.0]
    assert exits[0].values == {"attacker": 0.9, "defender": pytest.approx(0.1)}
    assert exits[1].values == {"attacker": 0.1, "defender": pytest.approx(0.9)}
    assert not any(isinstance(m, Exit) for m in Territory().moves(setting({"territory": LINE})))


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_neither_too_coarse_nor_too_fine(grid: GridSize) -> None:
    check_fits_grid(Territory(), grid)


def test_start_off_the_axis_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValidationError, match=r"start must lie on the axis of territory, \[0.2, 0.4\], got 0.5"):
        Territory(low=0.2, high=0.4)
    with pytest.raises(ValidationError, match="low must be below high"):
        Territory(low=0.5, high=0.5)


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Territory)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("territory", Territory)

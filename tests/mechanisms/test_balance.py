"""Balance of forces: sustained strengths set the target, and the balance follows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ripeness.mechanisms.balance import Balance
from ripeness.mechanisms.base import GridSize
from tests.mechanisms.hooks import GRIDS, check_fits_grid, check_page, check_schema, drift, setting


def target(mechanism: Balance | None = None, effort: tuple[float, float] = (1.0, 1.0), **levels: float) -> float:
    given_levels = {name: [value] for name, value in levels.items()}
    return float(np.asarray((mechanism or Balance()).target(setting(given_levels, effort=effort))).reshape(-1)[0])


def test_target_by_hand() -> None:
    """(1/1.5 - 1/1.35) / (1/1.5 + 1/1.35) = -1/19; with half the aid D has 3/4 of its strength, which makes 1/11."""
    assert target() == pytest.approx(-1 / 19)
    assert target(support=0.5) == pytest.approx(1 / 11)
    assert target(effort=(0.0, 0.0)) == 0.0


def test_missing_axes_are_full_aid_full_morale_and_no_strain() -> None:
    assert target() == target(support=1.0, morale=1.0, strain=0.0)


def test_aid_and_morale_favour_the_defender_strain_too() -> None:
    assert target(support=0.4) > target(support=0.8) > target(support=1.2)
    assert target(morale=0.2) > target(morale=0.6) > target(morale=1.0)
    assert target(strain=0.0) > target(strain=0.5) > target(strain=1.0)


def test_mobilisation_favours_who_mobilises() -> None:
    assert target(Balance(attacker_mobilisation=1.5)) > target() > target(Balance(defender_mobilisation=1.5))
    double = target(Balance(attacker_mobilisation=2.0), effort=(0.0, 0.0))
    assert double == pytest.approx(1 / 3)  # two to one


def test_effort_wears_down_both_sides() -> None:
    only_wear, only_fire = Balance(fire=0.0), Balance(attacker_wear=0.0, defender_wear=0.0)
    assert target(only_wear, (1.0, 0.0)) < 0.0 < target(only_wear, (0.0, 1.0))
    assert target(only_fire, (1.0, 0.0)) > 0.0 > target(only_fire, (0.0, 1.0))


@given(
    st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 5.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)
)  # fmt: skip
def test_target_stays_between_all_of_one_and_all_of_the_other(
    effort_a: float, effort_d: float, support: float, morale: float, strain: float
) -> None:
    assert -1.0 < target(None, (effort_a, effort_d), support=support, morale=morale, strain=strain) < 1.0


def test_balance_closes_its_distance_to_the_target_at_the_yearly_rate() -> None:
    b = np.linspace(-0.6, 0.6, 7)
    found = drift(Balance(reversion=0.7).moves(setting({"balance": b}, effort=(0.0, 0.0))))
    assert np.asarray(found.drift) == pytest.approx(-0.7 * b)


def test_balance_is_noisier_with_a_larger_grain() -> None:
    b = np.linspace(-0.6, 0.6, 7)
    fine, rough = (np.asarray(drift(Balance(grain=g).moves(setting({"balance": b}))).spread) for g in (0.2, 0.4))
    assert rough == pytest.approx(2**0.5 * fine)


def test_one_point_stays() -> None:
    (axis,) = Balance(points=1, start=0.2).axes("fine")
    assert axis.values.tolist() == [0.2]
    assert Balance(points=1).moves(setting({"balance": axis.values})) == ()


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_neither_too_coarse_nor_too_fine(grid: GridSize) -> None:
    check_fits_grid(Balance(), grid)


def test_start_beyond_reach_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"start must lie on the axis of balance, \[-0.3, 0.3\], got 0.5"):
        Balance(start=0.5, reach=0.3)


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Balance)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("balance", Balance)

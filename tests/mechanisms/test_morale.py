"""Morale: aid lifts D's home front; losses, outages and the patron's reversals wear it down, even to collapse."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.mechanisms.base import Exit, GridSize
from ripeness.mechanisms.morale import Morale
from tests.mechanisms.hooks import GRIDS, check_fits_grid, check_page, check_schema, drift, setting

LEVELS = np.linspace(0.0, 1.0, 5)


def half(
    mechanism: Morale | None = None,
    effort: tuple[float, float] = (1.0, 1.0),
    posture: str = "stand back",
    **axes: float,
) -> float:
    """Yearly move at morale one half."""
    levels = {"morale": [0.0, 0.5, 1.0]} | {name: [value] for name, value in axes.items()}
    found = drift((mechanism or Morale()).moves(setting(levels, effort=effort, posture=posture)))
    return float(np.asarray(found.drift).reshape(-1)[1])


def test_drift_by_hand() -> None:
    """Up 0.25, down 0.15 + 0.2 * 0.5 = 0.25: at one half nothing moves; each reversal takes half its rate."""
    assert half(infrastructure=0.5) == pytest.approx(0.0)
    assert half(infrastructure=0.5, posture="court attacker") == pytest.approx(-0.04)
    assert half(infrastructure=0.5, posture="press defender") == pytest.approx(-0.075)
    assert half(infrastructure=0.5, mood=1.0) == pytest.approx(-0.04)


def test_losses_of_either_sides_effort_and_outages_wear_morale_down() -> None:
    assert half(effort=(0.0, 0.0)) > half(effort=(1.0, 0.0)) == half(effort=(0.0, 1.0)) > half(effort=(1.0, 1.0))
    assert half(infrastructure=0.0) > half(infrastructure=0.5) > half(infrastructure=1.0)


def test_aid_lifts_morale_and_need_met_is_the_neutral_level() -> None:
    assert half(support=0.2) < half(support=0.8) < half(support=1.0) == half() < half(support=1.2)
    assert half(Morale(support_effect=0.0), support=0.0) == half(Morale(support_effect=0.0))


def test_without_aid_only_part_of_the_recovery_is_left() -> None:
    assert half(Morale(support_effect=1.0), effort=(0.0, 0.0), support=0.0) == pytest.approx(0.0)
    assert half(effort=(0.0, 0.0), support=0.0) == pytest.approx(0.25 * 0.5 * 0.5)


def test_pressing_the_attacker_leaves_morale_alone() -> None:
    assert half(posture="press attacker") == half()


def test_missing_axes_are_no_outages_supportive_mood_and_need_met() -> None:
    assert half() == half(infrastructure=0.0, mood=0.0, support=1.0)


def test_units_are_per_year() -> None:
    """With losses 0.15 and recovery 0 a whole year at full effort leaves 1 - 0.15 * (1 - small) of morale."""
    found = drift(Morale(recovery=0.0).moves(setting({"morale": LEVELS})))
    assert np.asarray(found.drift) == pytest.approx(-0.15 * LEVELS)


def test_discontent_costs_the_defenders_leader() -> None:
    flow = Morale().flow(setting({"morale": LEVELS}))
    assert np.asarray(flow["defender"]) == pytest.approx(-0.05 * (1 - LEVELS))
    assert set(flow) == {"defender"}


def test_collapse_is_rare_until_morale_is_low() -> None:
    (fall,) = (m for m in Morale(terms_at_collapse=0.8).moves(setting({"morale": LEVELS})) if isinstance(m, Exit))
    assert fall.end == "collapse of the defender"
    assert np.asarray(fall.hazard) == pytest.approx(0.5 * (1 - LEVELS) ** 8)
    assert fall.values == {"attacker": 0.8, "defender": pytest.approx(0.2), "patron": -0.05}
    assert not any(isinstance(m, Exit) for m in Morale(collapse=0.0).moves(setting({"morale": LEVELS})))


def test_one_point_keeps_weight_and_hazard_of_collapse() -> None:
    (axis,) = Morale(points=1, start=0.5).axes("coarse")
    (fall,) = Morale(points=1, start=0.5).moves(setting({"morale": axis.values}))
    assert isinstance(fall, Exit)
    assert np.asarray(fall.hazard) == pytest.approx([0.5 / 256])


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_never_too_coarse_and_take_at_most_two_substeps(grid: GridSize) -> None:
    check_fits_grid(Morale(), grid, substeps=2)


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Morale)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("morale", Morale)

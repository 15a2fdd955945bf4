"""Support: aid follows the patron's mood and posture, and supporters replace part of what is withheld."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.mechanisms.base import POSTURES, GridSize
from ripeness.mechanisms.support import Support
from tests.mechanisms.hooks import GRIDS, check_fits_grid, check_page, check_schema, drift, setting

MOODS = {"mood": [0.0, 1.0, 2.0]}


def targets(mechanism: Support | None = None, posture: str = "stand back") -> list[float]:
    """Aid in the end, by mood."""
    found = (mechanism or Support()).target(setting(MOODS, posture=posture))
    return [float(value) for value in np.asarray(found)]


def test_target_by_hand() -> None:
    """Mood 1 gives 0.3 of 0.5; supporters give 0.5 and replace 0.6 of the 0.35 that is missing."""
    assert targets() == pytest.approx([1.0, 0.15 + 0.5 + 0.6 * 0.35, 0.5 + 0.6 * 0.5])
    assert targets(posture="press defender") == pytest.approx([0.25 + 0.5 + 0.15, 0.075 + 0.5 + 0.255, 0.8])


def test_pressing_the_defender_cuts_aid_and_no_other_posture_does() -> None:
    assert all(np.less(targets(posture="press defender")[:2], targets()[:2]))
    for posture in POSTURES[:3]:
        assert targets(posture=posture) == targets()


def test_without_replacement_the_patrons_aid_is_lost_and_with_full_replacement_nothing_is() -> None:
    assert targets(Support(replacement=0.0)) == pytest.approx([1.0, 0.65, 0.5])
    assert targets(Support(replacement=1.0)) == pytest.approx([1.0, 1.0, 1.0])


def test_without_a_patron_only_supporters_give() -> None:
    assert targets(Support(patron=0.0)) == pytest.approx([0.5, 0.5, 0.5])
    assert targets(Support(patron=0.0, supporters=0.0)) == pytest.approx([0.0, 0.0, 0.0])


def test_without_a_mood_the_patron_is_in_its_first_regime() -> None:
    assert float(np.asarray(Support().target(setting()))) == pytest.approx(1.0)


def test_aid_follows_the_decision_with_the_lag() -> None:
    """With rate k, the distance to the target shrinks by k a year."""
    s = np.array([0.2, 0.7, 1.2])
    at = setting({"support": s, "mood": [2.0]})
    assert np.asarray(drift(Support(adjustment=2.0).moves(at)).drift)[:, 0] == pytest.approx(2.0 * (0.8 - s))


def test_patron_pays_for_what_it_gives_and_for_nothing_else() -> None:
    flow = Support(cost=0.1).flow(setting(MOODS))
    assert np.asarray(flow["patron"]) == pytest.approx([-0.05, -0.015, 0.0])
    pressing = Support(cost=0.1).flow(setting(MOODS, posture="press defender"))
    assert np.asarray(pressing["patron"]) == pytest.approx([-0.025, -0.0075, 0.0])
    assert set(flow) == {"patron"}


def test_one_point_stays() -> None:
    (axis,) = Support(points=1).axes("fine")
    assert axis.values.tolist() == [0.9]
    assert Support(points=1).moves(setting({"support": axis.values})) == ()


def test_a_regime_without_an_entry_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match=r"support.by_mood has 2 entries, but the axis 'mood' has 3 regimes"):
        targets(Support(by_mood=(1.0, 0.5)))


@pytest.mark.parametrize("grid", GRIDS)
def test_defaults_are_neither_too_coarse_nor_too_fine(grid: GridSize) -> None:
    check_fits_grid(Support(), grid)


def test_negative_aid_and_empty_regimes_are_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Support(by_mood=(1.0, -0.1))
    with pytest.raises(ValidationError, match="one entry for each regime"):
        Support(by_mood=())


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Support)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("support", Support)

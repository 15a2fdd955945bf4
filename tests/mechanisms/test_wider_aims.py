"""Wider aims: the attacker's gains from the patron's discredit, and the worth of a settlement beyond its terms."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.mechanisms.base import Package
from ripeness.mechanisms.wider_aims import WiderAims
from tests.mechanisms.hooks import check_page, check_schema, setting

MOODS = {"mood": [0.0, 1.0, 2.0]}


def gain(posture: str) -> list[float]:
    flow = WiderAims().flow(setting(MOODS, posture=posture))
    assert set(flow) == {"attacker"}
    return [float(value) for value in np.asarray(flow["attacker"])]


def worth(mechanism: WiderAims, terms: float, guarantees: float) -> float:
    package = Package("any", terms=terms, guarantees=guarantees)
    return float(np.asarray(mechanism.peace(setting(), package, terms).utility["attacker"]))


def test_flow_at_war_by_hand() -> None:
    assert gain("stand back") == gain("press defender") == pytest.approx([0.0, 0.01, 0.02])
    assert gain("court attacker") == pytest.approx([0.02, 0.03, 0.04])
    assert gain("press attacker") == pytest.approx([-0.01, 0.0, 0.01])


def test_without_a_mood_the_patron_is_in_its_first_regime() -> None:
    assert float(np.asarray(WiderAims(by_mood=(0.03, 0.0)).flow(setting())["attacker"])) == 0.03


def test_peace_by_hand() -> None:
    """0.01 - 0.05 * 0.7 - 0.05 * 0.5 = -0.05."""
    assert worth(WiderAims(settlement=0.01), terms=0.3, guarantees=0.5) == pytest.approx(-0.05)


def test_a_freer_defender_is_worth_less_to_the_attacker() -> None:
    mechanism = WiderAims()
    assert worth(mechanism, 0.6, 0.5) > worth(mechanism, 0.3, 0.5) > worth(mechanism, 0.3, 1.0)


def test_taking_all_leaves_nobody_to_realign() -> None:
    assert worth(WiderAims(), terms=1.0, guarantees=0.0) == 0.0


def test_an_attacker_without_wider_aims_sees_only_the_terms() -> None:
    narrow = WiderAims(by_mood=(0.0, 0.0, 0.0), courted=0.0, pressed=0.0, realignment=0.0, guarantees=0.0)
    assert worth(narrow, 0.3, 1.0) == 0.0
    assert not np.any(narrow.flow(setting(MOODS, posture="court attacker"))["attacker"])


def test_realignment_counts_the_terms_in_each_state() -> None:
    at = setting({"territory": [0.2, 0.6]})
    found = WiderAims().peace(at, Package("line", terms=None), at.line).utility["attacker"]
    assert np.asarray(found) == pytest.approx([-0.04, -0.02])


def test_it_adds_no_axis_and_no_move() -> None:
    assert WiderAims().axes("normal") == ()
    assert WiderAims().moves(setting(MOODS)) == ()


def test_no_regime_is_refused() -> None:
    with pytest.raises(ValidationError, match="one entry for each regime"):
        WiderAims(by_mood=())


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(WiderAims)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("wider_aims", WiderAims)

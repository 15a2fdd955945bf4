"""Red lines: what terms beyond them cost both sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.mechanisms.base import Package
from ripeness.mechanisms.red_line import RedLine
from tests.mechanisms.hooks import check_page, check_schema, setting

SHARE = st.floats(0.0, 1.0)


def worth(mechanism: RedLine, terms: float) -> tuple[float, float]:
    found = mechanism.peace(setting(), Package("any", terms=terms), terms).utility
    assert set(found) == {"attacker", "defender"}
    return float(np.asarray(found["attacker"])), float(np.asarray(found["defender"]))


def test_costs_by_hand() -> None:
    """A falls 0.1 short of 0.3 at 2 a share; D is 0.2 beyond 0.2 at 5 a share."""
    mechanism = RedLine(attacker=0.3, attacker_cost=2.0, defender=0.2, defender_cost=5.0)
    assert worth(mechanism, 0.2) == pytest.approx((-0.2, 0.0))
    assert worth(mechanism, 0.4) == pytest.approx((0.0, -1.0))


@given(terms=SHARE)
def test_by_default_nobody_has_one(terms: float) -> None:
    assert worth(RedLine(), terms) == (0.0, 0.0)


@given(terms=SHARE, a=SHARE, d=SHARE)
def test_terms_on_the_right_side_of_a_red_line_cost_nothing(terms: float, a: float, d: float) -> None:
    for_a, for_d = worth(RedLine(attacker=a, defender=d), terms)
    assert (for_a == 0.0) == (terms >= a)
    assert (for_d == 0.0) == (terms <= d)


@given(v=st.floats(0.3, 0.69), cost=st.floats(0.0, 100.0))
def test_most_that_the_defender_accepts_is_that_of_the_page(v: float, cost: float) -> None:
    """At x = (1 - v + c r) / (1 + c) peace is worth as much to D as a war of worth v, with r = 0.3."""
    x = (1.0 - v + cost * 0.3) / (1.0 + cost)
    assert 1.0 - x + worth(RedLine(defender=0.3, defender_cost=cost), x)[1] == pytest.approx(v, abs=1e-12)


def test_terms_count_in_each_state() -> None:
    at = setting({"territory": [0.2, 0.6]})
    found = RedLine(defender=0.5).peace(at, Package("line", terms=None), at.line).utility["defender"]
    assert np.asarray(found) == pytest.approx([0.0, -0.1])


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(RedLine)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("red_line", RedLine)

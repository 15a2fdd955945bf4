"""Ripeness and reservation terms against the theory's cases, closed forms and search."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.questions import ripe


@pytest.mark.parametrize("case_id", ["ripeness_1", "ripeness_2"])
def test_war_is_ripe_from_the_first_date_at_which_fighting_is_worth_at_most_the_pie(
    theory_cases: Path, case_id: str
) -> None:
    case = next(c for c in json.loads(theory_cases.read_text())["cases"] if c["id"] == case_id)
    fighting = np.array([case["params"]["W_A"], case["params"]["W_D"]])
    zone = ripe.transferable(fighting)
    expected, tolerance = case["expected"], case["tolerance"]["abs"]
    assert zone.exists.tolist() == expected["ripe"]
    first = ripe.first_date(zone.exists.astype(float))
    assert first == expected["first_ripe"]
    found = [zone.least_attacker[first], zone.greatest_defender[first]]
    np.testing.assert_allclose(found, expected["range_at_first"], rtol=0, atol=tolerance)


def test_fragile_reservations_leave_the_widths_of_theory_3_9() -> None:
    sides = [(0.99, np.array(0.35), np.array(0.55)), (0.98, np.array(0.3), np.array(0.4))]
    widths = [
        1 - sum(float(ripe.fragile_reservation(flow, ahead, discount, b)) for discount, flow, ahead in sides)
        for b in (0.0, 0.02, 0.1, 0.5, 1.0)
    ]
    np.testing.assert_allclose(widths, [0.054, 0.05992, 0.0836, 0.202, 0.35], rtol=0, atol=1e-12)


share = st.floats(0.0, 1.0)


@given(
    terms=st.lists(share, min_size=1, max_size=6), flow=st.tuples(share, share), ahead=st.tuples(share, share),
    discount=st.tuples(st.floats(0.5, 0.999), st.floats(0.5, 0.999)), breakdown=st.floats(0.0, 0.99),
)  # fmt: skip
def test_zone_between_packages_is_the_fragile_reservation_of_each_side(
    terms: list[float],
    flow: tuple[float, float],
    ahead: tuple[float, float],
    discount: tuple[float, float],
    breakdown: float,
) -> None:
    # Terms enter the peace linearly here, so that interpolation and continuation have no error but rounding.
    x = np.sort(np.array(terms))[:, None]
    delta = np.array(discount)
    kept = 1 - delta * (1 - breakdown)
    fight = ((1 - delta) * np.array(flow) + delta * np.array(ahead))[:, None]
    utility = np.stack([x, 1 - x], axis=1)
    peace = ((1 - delta) / kept)[:, None] * utility + (delta * breakdown / kept * np.array(ahead))[:, None]
    slope = np.broadcast_to(((1 - delta) / kept)[:, None], peace.shape)
    zone = ripe.zone(x, peace, fight, slope)
    least, kept_by_d = (
        ripe.fragile_reservation(np.array(flow[i]), np.array(ahead[i]), discount[i], breakdown) for i in (0, 1)
    )
    # Rounding of W - C, of order 1e-16, is divided by a slope of at least 5e-4.
    np.testing.assert_allclose(zone.least_attacker, least, rtol=0, atol=1e-11)
    np.testing.assert_allclose(zone.greatest_defender, 1 - kept_by_d, rtol=0, atol=1e-11)


@given(
    shares=st.lists(st.integers(0, 100), min_size=2, max_size=7, unique=True),
    gains=st.lists(st.integers(-100, 100), min_size=7, max_size=7),
)
def test_least_acceptable_share_is_the_first_zero_of_the_broken_line(shares: list[int], gains: list[int]) -> None:
    x, gain = np.sort(shares) / 100, np.sort(gains[: len(shares)]) / 100
    found = float(ripe.least_acceptable(x[:, None], gain[:, None], np.ones((x.size, 1)))[0])
    if gain[0] >= 0:
        expected = x[0] - gain[0]
    elif gain[-1] < 0:
        expected = x[-1] - gain[-1]
    else:
        k = int(np.argmax(gain >= 0))
        expected = x[k - 1] + (x[k] - x[k - 1]) * gain[k - 1] / (gain[k - 1] - gain[k])
    assert found == pytest.approx(expected, abs=1e-13)


def test_ripe_means_one_package_for_both_not_one_for_each() -> None:
    peace = np.array([[[0.6], [0.3]], [[0.3], [0.6]]])  # package 0 suits A alone, package 1 suits D alone
    fight = np.array([[0.5], [0.5]])
    assert not ripe.ripe(peace, fight)[0]
    assert ripe.ripe(np.array([[[0.6], [0.5]]]), fight)[0]


def test_a_side_that_nothing_can_satisfy_asks_for_infinitely_much_where_shares_are_worth_nothing() -> None:
    zone = ripe.zone(np.array([[0.5]]), np.zeros((1, 2, 1)), np.ones((2, 1)), np.zeros((1, 2, 1)))
    assert zone.least_attacker[0] == np.inf
    assert zone.greatest_defender[0] == -np.inf
    assert not zone.exists[0]

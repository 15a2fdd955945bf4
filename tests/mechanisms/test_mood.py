"""Mood: regimes of the patron switch, are drawn anew at elections, and decide what it has at stake."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
from pydantic import ValidationError

from ripeness.mechanisms.base import Jump, Package
from ripeness.mechanisms.mood import Election, Mood
from tests.mechanisms.hooks import MONTH, check_page, check_schema, setting

MOODS = {"mood": [0.0, 1.0, 2.0]}
PACKAGE = Package("any", terms=0.5)
TWO = Mood(
    regimes=("one", "two"), start="two", rates=((0.0, 0.6), (0.2, 0.0)), peace_benefit=(0.0, 0.0), lean=(0.0, 0.0),
    war_cost=(0.0, 0.0), aid_cost=(0.0, 0.0),
)  # fmt: skip


def destination(mechanism: Mood, **where: float) -> np.ndarray:
    (found,) = mechanism.moves(setting(MOODS, **where))  # type: ignore[arg-type]
    assert isinstance(found, Jump)
    return found.destination


@pytest.mark.parametrize("years", [0.0, 7 / 365.25, MONTH, 1.0, 30.0])
def test_two_regimes_switch_as_the_closed_form_says(years: float) -> None:
    """P(one -> two) = 0.6 / 0.8 (1 - exp(-0.8 t))."""
    gone = 1 - np.exp(-0.8 * years)
    expected = [[1 - 0.75 * gone, 0.75 * gone], [0.25 * gone, 1 - 0.25 * gone]]
    assert TWO.switching(years) == pytest.approx(np.array(expected), abs=1e-13)


@pytest.mark.parametrize("seed", range(10))
def test_switching_is_the_matrix_exponential_of_the_rates(seed: int) -> None:
    rates = np.random.default_rng(seed).uniform(0.0, 5.0, (3, 3))
    generator = rates - np.diag(np.diag(rates))
    generator -= np.diag(generator.sum(axis=1))
    mechanism = Mood(rates=tuple(tuple(row) for row in rates.tolist()))
    for years in (MONTH, 1.0, 5.0):
        assert mechanism.switching(years) == pytest.approx(scipy.linalg.expm(generator * years), abs=1e-12)


def test_rates_are_per_year() -> None:
    assert np.linalg.matrix_power(Mood().switching(MONTH), 12) == pytest.approx(Mood().switching(1.0))


def test_without_rates_and_elections_the_mood_stays() -> None:
    still = Mood(rates=((0.0, 0.0, 0.0),) * 3)
    assert np.array_equal(destination(still), np.eye(3))


def test_every_row_of_the_move_sums_to_one() -> None:
    voting = Mood(elections=(Election(date="2025-12", chance_of_change=0.3, redraw=(0.2, 0.3, 0.5)),))
    found = destination(voting)
    assert np.all(found >= 0.0)
    assert found.sum(axis=-1) == pytest.approx(np.ones(3))


def test_election_draws_the_regime_anew_with_its_odds() -> None:
    still = {"rates": ((0.0, 0.0, 0.0),) * 3}
    sure = Mood(**still, elections=(Election(date="2026-11", chance_of_change=1.0, redraw=(0.2, 0.3, 0.5)),))
    maybe = Mood(**still, elections=(Election(date="2026-11", chance_of_change=0.4, redraw=(0.2, 0.3, 0.5)),))
    assert destination(sure, period=11) == pytest.approx(np.array([[0.2, 0.3, 0.5]] * 3))
    assert destination(maybe, period=11)[0] == pytest.approx([0.6 + 0.08, 0.12, 0.2])


def test_election_counts_in_its_own_period_only() -> None:
    voting = Mood(elections=(Election(date="2026-11-03", chance_of_change=1.0, redraw=(0.0, 0.0, 1.0)),))
    for period in range(24):
        swept = bool(np.all(destination(voting, period=period)[:, 2] == 1.0))
        assert swept == (period == 11)


def test_switching_comes_before_the_election() -> None:
    voting = Mood(elections=(Election(date="2026-11", chance_of_change=0.5, redraw=(1.0, 0.0, 0.0)),))
    by_hand = Mood().switching(MONTH) @ (0.5 * np.eye(3) + 0.5 * np.array([[1.0, 0.0, 0.0]] * 3))
    assert destination(voting, period=11) == pytest.approx(by_hand)


def test_every_election_is_an_epoch_of_one_period() -> None:
    redraw = (0.2, 0.3, 0.5)
    voting = Mood(
        elections=tuple(
            Election(date=d, redraw=redraw) for d in ("2024-11", "2025-12", "2026-11", "2029-01", "2060-11")
        )
    )
    start = np.datetime64("2025-12-01")
    assert voting.breaks(start, MONTH, 60) == (1, 11, 12, 37, 38)
    assert voting.breaks(start, MONTH, 38) == (1, 11, 12, 37)
    assert Mood().breaks(start, MONTH, 60) == ()


def test_moves_differ_only_between_epochs() -> None:
    """What an epoch of several periods says holds for each of its periods."""
    voting = Mood(
        elections=(Election(date="2026-03", redraw=(1.0, 0.0, 0.0)), Election(date="2026-11", redraw=(0.0, 1.0, 0.0)))
    )
    horizon, start = 24, np.datetime64("2025-12-01")
    first = [0, *voting.breaks(start, MONTH, horizon), horizon]
    for a, b in pairwise(first):
        whole = destination(voting, period=a, n_periods=b - a)
        for period in range(a, b):
            assert np.array_equal(destination(voting, period=period), whole)


def test_war_costs_the_patron_by_mood_and_aid() -> None:
    flow = Mood().flow(setting({"mood": [0.0, 1.0, 2.0], "support": [0.5, 1.0]}))
    assert np.asarray(flow["patron"]) == pytest.approx(-np.array([[0.02, 0.02], [0.055, 0.06], [0.02, 0.03]]))
    assert set(flow) == {"patron"}


def test_peace_is_worth_its_benefit_at_half_and_half_and_leans_from_there() -> None:
    mechanism = Mood(lean=(-0.2, 0.0, 0.1))
    fair = mechanism.peace(setting(MOODS), PACKAGE, 0.5).utility["patron"]
    good_for_a = mechanism.peace(setting(MOODS), PACKAGE, 0.8).utility["patron"]
    assert np.asarray(fair) == pytest.approx([0.05, 0.15, 0.02])
    assert np.asarray(good_for_a) - np.asarray(fair) == pytest.approx([-0.06, 0.0, 0.03])


def test_terms_may_differ_from_state_to_state() -> None:
    at = setting({"mood": [0.0, 1.0, 2.0], "territory": [0.2, 0.6]})
    found = Mood().peace(at, PACKAGE, at.line).utility["patron"]
    assert np.asarray(found) == pytest.approx(np.array([[0.11, 0.03], [0.15, 0.15], [0.02, 0.02]]))


def test_one_regime_never_moves() -> None:
    alone = Mood(
        regimes=("steady",),
        start="steady",
        rates=((0.0,),),
        peace_benefit=(0.1,),
        lean=(0.0,),
        war_cost=(0.0,),
        aid_cost=(0.0,),
    )
    assert alone.moves(setting({"mood": [0.0]})) == ()


def test_axis_is_labelled_and_starts_where_the_scenario_says() -> None:
    (axis,) = TWO.axes("normal")
    assert axis.labels == ("one", "two")
    assert axis.start == 1.0
    assert np.array_equal(axis.values, [0.0, 1.0])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"start": "angry"}, "start must be one of the regimes"),
        ({"regimes": ("a", "a", "b")}, "different names"),
        ({"rates": ((0.0, 1.0), (1.0, 0.0))}, "rates must have 3 rows of 3 entries"),
        ({"lean": (0.0, 0.1)}, "lean must have 3 entries, one for each regime, got 2"),
        ({"elections": ({"date": "2026-11", "redraw": (0.5, 0.5)},)}, "redraw of the election of 2026-11 must have 3"),
        ({"elections": ({"date": "2026-11", "redraw": (0.5, 0.5, 0.5)},)}, "redraw must sum to 1, got 1.5"),
        ({"elections": ({"date": "2026-13", "redraw": (1.0, 0.0, 0.0)},)}, "2026-13"),
        ({"elections": ({"date": "2026-11", "redraw": (1.5, -0.5, 0.0)},)}, "less than or equal to 1"),
        ({"rates": ((0.0, -1.0, 0.0),) * 3}, "greater than or equal to 0"),
    ],
)
def test_faults_are_refused_with_a_sentence(fault: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Mood(**fault)


def test_every_number_has_unit_range_and_meaning() -> None:
    check_schema(Mood)
    check_schema(Election)


def test_page_shows_the_parameters_as_they_are() -> None:
    check_page("mood", Mood, Election)

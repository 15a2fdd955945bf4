"""Reference weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.engine import propagate, solve
from ripeness.game import GameError, build
from ripeness.game.reference import noise, total_weight
from ripeness.mechanisms.channel import Channel
from ripeness.scenario.schema import Agenda, AgendaGrid, Choices, Precision
from tests.game.wars import war

FLAT = dict.fromkeys(("posture", "offer", "response", "effort"), 0.0)


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
@pytest.mark.parametrize("n_packages", [1, 7])
@pytest.mark.parametrize("patron", [False, True])
def test_indifferent_actors_settle_with_the_stated_hazard_whatever_the_period_and_the_number_of_packages(
    period, n_packages, patron
):
    """Precision 0 makes everyone indifferent; the solved game must then settle at exactly the stated hazard."""
    hazard = 0.03
    scenario = war(
        Channel(attacker=0.2, defender=0.1, patron=0.3, patron_standing_back=1.0),
        patron=patron,
        period=period,
        agenda=Agenda(grid=AgendaGrid(terms=tuple(np.linspace(0.2, 0.8, n_packages)))),
        choices=Choices(precision=Precision(**FLAT), settlement_hazard_at_zero_gain=hazard),
        horizon=10,
    )
    game = build(scenario)
    still_open = propagate(solve(game.tables, dtype=np.float64)).open
    years = np.arange(11) * game.years_per_period
    assert still_open == pytest.approx(np.exp(-hazard * years), rel=1e-13)  # rounding of ten periods
    assert game.noise.hazard_at_zero_gain_yearly == pytest.approx(hazard, rel=1e-12)


@given(
    hazard=st.floats(1e-4, 1.0), years=st.floats(0.01, 1.0), talks=st.floats(0.001, 0.5), n_packages=st.integers(1, 50)
)
def test_hazard_at_zero_gain_is_computed_back_from_the_weights(hazard, years, talks, n_packages):
    if 1 - np.exp(-hazard * years) >= talks * (1 - 1e-6):
        return
    total = total_weight(hazard, years, talks)
    said = noise(Precision(), {}, {}, total, n_packages, talks, years, 10)
    assert said.hazard_at_zero_gain_yearly == pytest.approx(hazard, rel=1e-6)
    assert said.package_weight * n_packages == pytest.approx(total)


def test_without_talks_the_weights_are_idle():
    assert total_weight(0.02, 1 / 12, 0.0) == 1.0


@pytest.mark.parametrize(
    ("hazard", "message"), [(0.0, "must be above 0"), (2.0, "must lie below 0.6.* per year, got 2.*mechanisms.channel")]
)
def test_a_hazard_that_no_weight_can_give_is_refused(hazard, message):
    with pytest.raises(GameError, match=message):
        total_weight(hazard, 1 / 12, 0.05)


def test_a_run_warns_where_noise_alone_would_end_the_war():
    def said(horizon):
        return noise(Precision(), {}, {}, total_weight(0.05, 0.25, 0.5), 3, 0.5, 0.25, horizon).warnings

    assert said(55) == ()  # 13.75 years at 0.05 a year: below ln 2
    (warning,) = said(56)  # 14 years: above it
    assert "0.50" in warning
    assert "settlement_hazard_at_zero_gain" in warning


def test_a_run_warns_where_choices_are_coin_flips_and_says_what_precision_would_do():
    discount = {"attacker": 0.999, "defender": 0.99}
    said = noise(Precision(), {"effort": ("attacker", "defender")}, discount, 0.01, 1, 0.5, 1 / 12, 12)
    assert said.sharpness["effort"]["attacker"] == pytest.approx(0.2)
    assert said.warnings == ()
    blunt = noise(Precision(effort=50.0), {"effort": ("attacker", "defender")}, discount, 0.01, 1, 0.5, 1 / 12, 12)
    assert blunt.warnings == (
        "The effort of the attacker is close to a coin flip where one period is at stake: precision times "
        "(1 - discount) is 0.05. Raise choices.precision.effort to 100 or more.",
    )

"""The mechanisms of the war in a real game: they build on every grid, and the engine moves them as their pages say."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.engine import propagate, solve
from ripeness.game.build import Game, build
from ripeness.mechanisms.balance import Balance
from ripeness.mechanisms.base import GridSize, Mechanism
from ripeness.mechanisms.channel import Channel
from ripeness.mechanisms.mood import Election, Mood
from ripeness.mechanisms.morale import Morale
from ripeness.mechanisms.strain import Strain
from ripeness.mechanisms.strikes import Strikes
from ripeness.mechanisms.support import Support
from ripeness.mechanisms.territory import Territory
from ripeness.mechanisms.wider_aims import WiderAims
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Period, Scenario
from tests.mechanisms.hooks import GRIDS

ALL = (Territory(), Balance(), Support(), Strikes(), Strain(), Morale(), Mood(), WiderAims())
SILENCE = Channel(attacker=0.0, defender=0.0, patron=0.0)


def war(*mechanisms: Mechanism, grid: GridSize = "normal", period: Period = "month", horizon: int = 13) -> Game:
    """A game of the given mechanisms in which nobody makes an offer, A fights with 1 and D with 0.5."""
    scenario = Scenario(
        ripeness=1, name="test", title="Test", start="2025-12", horizon=horizon, period=period,
        actors=Actors(
            attacker=Actor(name="A", efforts=(1.0,)), defender=Actor(name="D", efforts=(0.5,)), patron=Actor(name="P")
        ),
        mechanisms={m.name: m for m in (*mechanisms, SILENCE)},
        agenda=Agenda(grid=AgendaGrid(shifts=(0.0,), guarantees=(0.0, 1.0))),
    )  # fmt: skip
    return build(scenario, grid=grid)


def mass_at(game: Game, period: int) -> np.ndarray:
    """Mass at war over the grid at the start of a period."""
    solution = solve(game.tables, dtype=np.float64)
    return np.asarray(propagate(solution).mass)[period].reshape(game.tables.shape)


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("mechanism", ALL, ids=lambda m: m.name)
def test_each_mechanism_alone_makes_a_game_on_every_grid(mechanism: Mechanism, grid: GridSize, period: Period) -> None:
    game = war(mechanism, grid=grid, period=period)
    assert [axis.name for axis in game.axes] == [axis.name for axis in mechanism.axes(grid)]


@pytest.mark.parametrize("grid", GRIDS)
def test_quieter_levels_that_the_pages_advise_build_on_every_grid(grid: GridSize) -> None:
    for mechanism in (Morale(points=11, grain=0.15), Balance(points=13, grain=0.15)):
        game = war(mechanism, grid=grid)
        assert game.tables.n_states == mechanism.axes(grid)[0].values.size


def test_all_together_make_a_game_with_their_axes_and_ends() -> None:
    game = war(*ALL, grid="coarse", horizon=2)
    assert {axis.name for axis in game.axes} == {
        "territory", "balance", "support", "infrastructure", "strain", "morale", "mood",
    }  # fmt: skip
    assert set(game.tables.ends) == {"collapse of the defender", "withdrawal of the attacker"}
    assert game.tables.n_states < 100_000


def test_line_advances_by_its_yearly_drift_in_twelve_months() -> None:
    game = war(Territory())
    mass = mass_at(game, 12)
    assert mass @ game.level("territory") == pytest.approx(0.5 + 0.025 * 0.5, abs=1e-6)


def test_mood_is_where_a_year_of_its_rates_brings_it() -> None:
    assert mass_at(war(Mood()), 12) == pytest.approx(Mood().switching(1.0)[0], abs=1e-9)


def test_election_of_november_shows_in_december() -> None:
    swept = Mood(elections=(Election(date="2026-11", redraw=(0.0, 0.0, 1.0)),))
    assert mass_at(war(swept), 11) == pytest.approx(np.linalg.matrix_power(Mood().switching(1 / 12), 11)[0], abs=1e-9)
    assert mass_at(war(swept), 12) == pytest.approx([0.0, 0.0, 1.0], abs=1e-9)


def test_aid_follows_the_exponential_path_to_its_target() -> None:
    """Supportive for ever: 0.9 + (1 - 0.9)(1 - (1 - 1/12)^12); the upper end bends it by v^2 / 2h a period."""
    game = war(Support())
    bend = (1.0 * 0.8 / 12) ** 2 / (2 / 3)
    expected = 1.0 - 0.1 * (1 - 1 / 12) ** 12
    assert mass_at(game, 12) @ game.level("support") == pytest.approx(expected, abs=bend * (1 - (11 / 12) ** 12) * 12)


def test_a_mood_without_a_patron_is_refused() -> None:
    scenario = Scenario(
        ripeness=1, name="test", title="Test", start="2025-12", horizon=3,
        actors=Actors(attacker=Actor(name="A"), defender=Actor(name="D")),
        mechanisms={"mood": Mood(), "channel": SILENCE}, agenda=Agenda(grid=AgendaGrid(terms=(0.5,))),
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"mechanisms.mood needs actors.patron"):
        build(scenario)

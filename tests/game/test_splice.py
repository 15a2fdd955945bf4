"""A change from a date: joined tables are those of a war whose mechanisms know the date themselves."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from ripeness.game import Game, build
from ripeness.game.errors import GameError
from ripeness.game.splice import share_epochs, splice
from ripeness.mechanisms.base import Exit, Mechanism
from ripeness.runs.solving import solve
from ripeness.scenario import load
from ripeness.scenario.variants import changed
from tests.game.wars import Leader, Line, Patron, war
from tests.questions import toys, typed_toys

EXACT = np.float64


class Levy(Mechanism):
    """From a period on A pays a levy, and the war may end in a revolt."""

    name: ClassVar[str] = "levy"
    order: ClassVar[int] = 40
    since: int = 0
    cost: float = 0.0
    revolt: float = 0.0

    def breaks(self, start: Any, years: float, horizon: int) -> tuple[int, ...]:
        return (self.since,)

    def flow(self, at: Any) -> dict[str, Any]:
        return {"attacker": -self.cost if at.period >= self.since else 0.0}

    def moves(self, at: Any) -> tuple[Any, ...]:
        return (Exit("revolt", self.revolt if at.period >= self.since else 0.0, {"attacker": -0.5}),)


class Steady(Patron):
    """A patron that pays the same in all epochs, wherever they begin."""

    def flow(self, at: Any) -> dict[str, Any]:
        return {"patron": -0.1 * (1.0 - at.levels["mood"]) * (1.0 if at.period < 2 else 1.5)}


def small(points: int = 3, **levy: Any) -> Game:
    return build(war(Line(points=points), Steady(), Leader(), Levy(**levy), patron=True, horizon=6))


@pytest.mark.parametrize("since", [1, 2, 3, 5])
def test_a_change_from_a_date_is_the_game_whose_mechanism_knows_the_date(since: int):
    by_hand = small(since=since, cost=0.2, revolt=0.4)
    joined = splice(small(), small(cost=0.2, revolt=0.4), since)
    assert joined.tables.ends == ("A holds all", "revolt")
    one, other = solve(by_hand, dtype=EXACT, threads=1), solve(joined, dtype=EXACT, threads=1)
    np.testing.assert_array_equal(other.values, one.values)
    from ripeness.engine import propagate

    forward, wanted = propagate(other), propagate(one)
    np.testing.assert_array_equal(forward.open, wanted.open)
    np.testing.assert_array_equal(forward.ended.sum(axis=1), wanted.ended.sum(axis=1))


def test_a_change_that_ends_is_two_joints():
    plain, changed_ = small(), small(cost=0.2, revolt=0.4)
    joined = splice(splice(plain, changed_, 2), plain, 4)
    values = solve(joined, dtype=EXACT, threads=1).values
    np.testing.assert_array_equal(values[4:], solve(plain, dtype=EXACT, threads=1).values[4:])
    late = splice(changed_, plain, 4)
    np.testing.assert_array_equal(values[2:], solve(late, dtype=EXACT, threads=1).values[2:])
    assert np.abs(values[1] - solve(plain, dtype=EXACT, threads=1).values[1]).max() > 1e-3


GAMES = {
    "small": lambda: small(cost=0.1),
    "toys": lambda: toys.tiny(),
    "types": lambda: typed_toys.tiny(),
    "types of two": lambda: typed_toys.tiny(
        beliefs={"attacker": typed_toys.ATTACKER, "defender": typed_toys.DEFENDER}, horizon=3
    ),
    "textbook": lambda: build(load("textbook"), horizon=10),
    "screening": lambda: build(load("screening"), horizon=4),
    "korea-1951-07": lambda: build(load("korea-1951-07"), grid="coarse", horizon=6),
}


@pytest.mark.parametrize("name", list(GAMES))
def test_joining_a_game_with_itself_changes_nothing(name: str):
    game = GAMES[name]()
    wanted = solve(game, threads=1).values
    for period in (0, 2, game.tables.n_periods):
        joined = splice(game, game, period)
        assert joined.tables.pool.shape[0] <= 2 * game.tables.pool.shape[0]
        np.testing.assert_array_equal(solve(joined, threads=1).values, wanted)


@pytest.mark.parametrize("name", ["textbook", "screening"])
def test_at_the_ends_all_is_one_of_the_two_games(name: str):
    scenario = load(name)
    before = build(scenario)
    cost = float(scenario.mechanisms["territory"].attacker_cost)
    after = build(changed(scenario, {"mechanisms.territory.attacker_cost": 1.1 * cost, "frozen.cost.attacker": 0.0}))
    at_first = solve(splice(before, after, 0), threads=1).values
    np.testing.assert_array_equal(at_first, solve(after, threads=1).values)
    at_last = splice(before, after, before.tables.n_periods)
    only_the_end = build(changed(scenario, {"frozen.cost.attacker": 0.0}))
    np.testing.assert_array_equal(solve(at_last, threads=1).values, solve(only_the_end, threads=1).values)


def test_values_after_the_date_are_those_of_the_changed_game_with_types():
    plain = typed_toys.tiny()
    other = build(typed_toys.scenario(choices=typed_toys.CHOICES | {"settlement_hazard_at_zero_gain": 0.9}))
    values = solve(splice(plain, other, 2), dtype=EXACT, threads=1).values
    np.testing.assert_array_equal(values[2:], solve(other, dtype=EXACT, threads=1).values[2:])
    assert np.abs(values[1] - solve(other, dtype=EXACT, threads=1).values[1]).max() > 1e-6


@pytest.mark.parametrize(
    ("path", "number", "what"),
    [
        ("actors.attacker.discount_yearly", 0.3, "discount rates"),
        ("choices.precision.offer", 300.0, "the precision of offers"),
        ("agenda.grid.terms.0", 0.3, "packages"),
    ],
)
def test_what_a_war_has_once_may_not_change_from_a_date(path: str, number: float, what: str):
    scenario = load("textbook")
    with pytest.raises(GameError, match=rf"a change from a date on may not touch {what}.*hold from the start"):
        splice(build(scenario), build(changed(scenario, {path: number})), 3)


def test_another_grid_may_not_be_joined():
    with pytest.raises(GameError, match="the grid"):
        splice(small(), small(points=5), 3)


@pytest.mark.parametrize("name", ["small", "types", "screening", "joined", "winters"])
def test_equal_epochs_are_one_and_no_value_changes(name: str):
    made = {
        "joined": lambda: splice(splice(small(), small(cost=0.2), 2), small(), 4),
        "winters": lambda: build(load("ukraine-2025-12-complete", ["lookahead=0"]), grid="coarse", horizon=30),
    }
    game = (GAMES | made)[name]()
    shared = share_epochs(game)
    assert share_epochs(shared) is shared
    np.testing.assert_array_equal(solve(shared, threads=1).values, solve(game, threads=1).values)
    if name == "winters":
        assert shared.tables.flow.shape[0] < game.tables.flow.shape[0]

"""What misreadings and secrets change, against what the theory's reference pays history by history."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ripeness.questions import secrets, views
from ripeness.questions.secrets import AS_IT_IS, KNOWN
from tests.questions import toys as plain
from tests.questions import typed_toys as toys

FORCES = {"line": plain.Line(points=3, spread=0.2), "talks": plain.Talks(with_postures=False)}
"""A peace that lasts: what a settlement is worth then depends on no belief, and payoffs add up without values."""

GAMES = {
    "attacker": {"horizon": 3},
    "attacker and defender": {"horizon": 2, "beliefs": {"attacker": toys.ATTACKER, "defender": toys.DEFENDER}},
}


@cache
def played(name: str) -> toys.Played:
    return toys.play(toys.tiny(mechanisms=FORCES, **GAMES[name]))


@pytest.fixture(scope="module", params=["attacker", pytest.param("attacker and defender", marks=pytest.mark.slow)])
def game(request: pytest.FixtureRequest) -> toys.Played:
    return played(request.param)


@pytest.fixture(scope="module")
def found(game: toys.Played):
    return toys.secrets(game)


def paid(game: toys.Played) -> np.ndarray:
    """(rows,) what each row is paid on average under the truth, from the reference's forward pass."""
    tables, forward = game.game.tables, game.forward
    total = []
    for row in range(tables.n_rows):
        side, kind = int(tables.row_side[row]), int(tables.row_type[row])
        own = np.array([profile[side] == kind for profile in game.reference.beliefs.profiles])
        total.append(float(forward.prior * own @ forward.worth[:, row]) / float((forward.prior * own).sum()))
    return np.array(total)


def test_those_who_misread_are_found(game: toys.Played) -> None:
    expected = ("defender", "patron") if len(game.game.types) == 1 else ("attacker", "defender", "patron")
    assert secrets.misreading(game.game) == expected
    for role in expected:
        assert role not in secrets.misreading(secrets.put_right(game.game, role))
    assert secrets.misreading(secrets.made_known(game.game)) == ()


def test_expected_payoffs_are_what_the_histories_pay(game: toys.Played, found) -> None:
    # Values and payments are sums of at most a thousand terms of size one.
    np.testing.assert_allclose(found["value"].sel(variant=AS_IT_IS), paid(game), rtol=0, atol=1e-11)
    for role in secrets.misreading(game.game):
        right = toys.play(secrets.put_right(game.game, role))
        shown = found.sel(variant=f"{role} reads right")
        np.testing.assert_allclose(shown["value"], paid(right), rtol=0, atol=1e-11)
        cumulative = right.forward.settled.sum(axis=(2, 3)).cumsum(axis=0) @ right.forward.prior
        np.testing.assert_allclose(shown["cumulative_probability"][:, 0], cumulative, rtol=0, atol=1e-12)
    known = toys.play(secrets.made_known(game.game))
    np.testing.assert_allclose(found["value"].sel(variant=KNOWN), paid(known), rtol=0, atol=1e-11)


def test_a_game_with_the_types_known_is_the_games_of_each_type(game: toys.Played, found) -> None:
    settled = found["cumulative_probability"].sel(variant=KNOWN, end="settlement").values[-1]
    expected, weight = [], views.weights_of(game.game, "truth")
    for profile in game.reference.beliefs.profiles:
        believed = {}
        for role, side in game.game.scenario.beliefs.sides().items():
            kind = side.types[profile[("attacker", "defender", "patron").index(role)]]
            believed |= dict(kind.set)
        changed = _with(game.game.scenario, believed)
        expected.append(_settles(changed))
    assert settled == pytest.approx(float(weight @ np.array(expected)), abs=1e-11)


def _with(scenario, numbers):
    from ripeness.scenario.variants import changed

    return changed(scenario.model_copy(update={"beliefs": None}), numbers)


def _settles(scenario) -> float:
    from ripeness.engine import propagate, solve
    from ripeness.game import build

    return float(propagate(solve(build(scenario).tables, dtype=np.float64, threads=1)).settled.sum())


def test_gains_are_differences_from_the_war_as_it_is(found) -> None:
    np.testing.assert_array_equal(found["gain"], found["value"] - found["value"].sel(variant=AS_IT_IS))
    first, *_, last = (str(v) for v in found["variant"].values)
    assert (first, last) == (AS_IT_IS, KNOWN)

"""Parts of flows and settlements add up to the tables that the engine reads, which `build` fills by its own sums."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ripeness.game import Game, build
from ripeness.game.build import variants_of
from ripeness.game.parts import peace_parts, war_parts
from ripeness.scenario import load
from tests.questions import toys, typed_toys

ROUNDING = 1e-14
"""Sums of at most twenty terms of size one in double precision, in another order than the tables'."""

GAMES = {
    "toys": lambda: toys.tiny(),
    "types of all three": lambda: typed_toys.tiny(
        horizon=2,
        mechanisms={"line": toys.Line(points=3, spread=0.2), "talks": toys.Talks(), "bill": typed_toys.Bill()},
        beliefs={"attacker": typed_toys.ATTACKER, "defender": typed_toys.DEFENDER, "patron": typed_toys.PATRON},
    ),
    "ukraine-2025-12": lambda: short("ukraine-2025-12"),
    "korea-1951-07": lambda: short("korea-1951-07"),
}


def short(case: str) -> Game:
    """A shipped case on its coarse grid, three periods of it."""
    return build(load(case).model_copy(update={"lookahead": 0}), grid="coarse", horizon=3)


@pytest.fixture(scope="module", params=list(GAMES))
def game(request: pytest.FixtureRequest) -> Game:
    return GAMES[request.param]()


def some_states(game: Game) -> np.ndarray:
    """Those of the start, and a few anywhere."""
    anywhere = np.linspace(0, game.tables.n_states - 1, 7).astype(int)
    return np.union1d(np.flatnonzero(game.tables.initial), anywhere)


def test_what_war_pays_is_the_sum_of_its_parts(game: Game) -> None:
    states, tables = some_states(game), game.tables
    sources, parts = war_parts(variants_of(game), states)
    assert parts.shape[4] == len(set(sources))
    assert set(sources) <= {name for name, _ in game.mechanisms}
    for m, e, r, theta in product(*(range(n) for n in parts.shape[:4])):
        paid = tables.pool[tables.profiles.flow[0, m, e, r, theta], states]
        found = (1.0 - tables.discount[r]) * parts[m, e, r, theta].sum(axis=0)
        np.testing.assert_allclose(found, paid, rtol=0, atol=ROUNDING)


def test_what_a_settlement_is_worth_is_the_sum_of_its_parts(game: Game) -> None:
    states, tables = some_states(game), game.tables
    sources, parts = peace_parts(variants_of(game), states)
    assert sources[0] == "terms"
    for n, r, theta in product(*(range(k) for k in parts.shape[:3])):
        fixed = tables.pool[tables.profiles.peace_fixed[0, n, r, theta], states]
        np.testing.assert_allclose(parts[n, r, theta].sum(axis=0), fixed, rtol=0, atol=ROUNDING)


def test_parts_of_the_toys_by_hand() -> None:
    """Two mechanisms pay at war; peace pays terms, and the patron a bonus; it breaks with the hazard of `Breaks`."""
    game = toys.tiny()
    states = np.flatnonzero(game.tables.initial)
    line, mood = game.level("territory")[states], game.level("mood")[states]
    sources, war = war_parts(variants_of(game), states)
    assert sources == ("line", "mood")
    np.testing.assert_allclose(war[0, 1, 0, 0, 0], line - 0.03 * 2.0, rtol=0, atol=ROUNDING)  # A at full effort
    np.testing.assert_allclose(war[1, 0, 2, 0, 1], -0.02 - 0.05 * mood, rtol=0, atol=ROUNDING)
    assert not war[:, :, 0, 0, 1].any()
    sources, peace = peace_parts(variants_of(game), states)
    assert sources == ("terms", "breaks")
    n = next(k for k, package in enumerate(game.packages) if (package.terms, package.guarantees) == (0.3, 1.0))
    delta = game.tables.discount
    broken = 1.0 - np.exp(-0.1 * 0.2 * (0.5 + line) * 0.25)
    lasting = (1.0 - delta[:, None]) / (1.0 - delta[:, None] * (1.0 - broken))
    np.testing.assert_allclose(peace[n, 0, 0, 0], lasting[0] * 0.3, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(peace[n, 1, 0, 0], lasting[1] * 0.7, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(peace[n, 2, 0, 1], lasting[2] * 0.05, rtol=0, atol=ROUNDING)

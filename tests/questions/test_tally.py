"""What a digest adds up in loops, against the outlook's measures, which work on arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ripeness.engine import propagate, propagate_types
from ripeness.game import Game
from ripeness.questions import moment as moments
from ripeness.questions.agreement import Agreement
from ripeness.questions.endings import Endings
from ripeness.questions.moment import Moment, moment, moment_of_types
from ripeness.questions.seats import Seats
from ripeness.questions.tally import Tally
from ripeness.questions.views import rows_of
from ripeness.runs.solving import solve
from tests.questions import toys, typed_toys

GAMES: dict[str, Callable[[], Game]] = {
    "quarters, three actors": toys.tiny,
    "months, finer": lambda: toys.small(horizon=24),
    "with types": typed_toys.tiny,
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("block", [7, 1 << 14])
@pytest.mark.parametrize("name", GAMES)
def test_totals_are_the_means_of_the_outlook_times_open(
    name: str, block: int, dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "BLOCK", block)
    solution = solve(GAMES[name](), dtype=dtype, threads=1)
    game = solution.game
    endings, seats, agreement = Endings(game), Seats(game), Agreement(game)
    tally = Tally(game, agreement.classes)
    is_open = np.zeros(game.tables.n_periods)

    def visit(at: Moment) -> None:
        is_open[at.period] = at.open
        for each in (endings, seats, agreement, tally):
            each.visit(at)

    if game.tables.n_profiles == 1:
        propagate(solution, lambda period, mass, leads: visit(moment(period, mass, leads)))
    else:
        weight = np.full(game.tables.n_profiles, 1.0 / game.tables.n_profiles)
        propagate_types(solution, lambda t, passing: visit(moment_of_types(game, t, passing, weight, rows_of(game))))
    found, error = tally.totals, 8 * np.finfo(dtype).eps  # sums of up to eight rounded numbers below one
    expected = {
        "value": endings.value, "best": endings.best - endings.continuation, "gain": seats.gain,
        "acceptable": agreement.acceptable, "least": agreement.least, "most": agreement.most, "ripe": agreement.ripe,
        "ripe_all": agreement.ripe_all,
    }  # fmt: skip
    for measure, given in expected.items():
        joint = np.nan_to_num(given) * is_open.reshape(-1, *(1,) * (given.ndim - 1))
        np.testing.assert_allclose(getattr(found, measure), joint, rtol=0, atol=error, err_msg=measure)
    np.testing.assert_allclose(found.terms, endings.terms, rtol=0, atol=error)
    np.testing.assert_allclose(found.breaks, endings.breaks_soon, rtol=0, atol=error)
    assert (found.terms > 0.0).any()
    assert (found.breaks > 0.0).any()

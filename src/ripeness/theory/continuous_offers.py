"""Offers that may be any share: the limit without noise and without a grid, period by period through the engine.

Without noise each proposer offers the other exactly its value of fighting on, or nothing. So each period needs an
agenda of two packages per state, which depends on that period's values: one period is solved for the values of fighting
on, the two packages are set to them, and the period is solved again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Decisions, decisions
from ripeness.game.tables import TableBuilder
from ripeness.theory.tables_of_theory import ALWAYS_ACCEPT, play

Float = NDArray[np.float64]


SETTLED_DOWN = 1e-13
"""Largest change of a value over a period below which earlier periods are alike, for errors fade by discounting."""


def solve_continuous_offers(
    one_period: Callable[[Float], TableBuilder], terminal: Float, n_periods: int
) -> tuple[Float, Decisions]:
    """Values (R, S) at period 0 and that period's decisions; a side that is indifferent accepts.

    Args:
        one_period: tables of a game of one period, from the shares (2, S) that A and that D offers.
        terminal: (R, S).
        n_periods: periods to go; fewer are computed once the values have settled down.
    """
    values = np.asarray(terminal, np.float64)
    shape = values.shape
    offers = np.zeros((2, shape[1]))
    for _ in range(n_periods):
        # The value of fighting on does not depend on this period's agenda, so any will do to learn it.
        fighting_on = _decide(one_period(offers), values).continuation[0]
        offers = np.clip(np.stack([1.0 - fighting_on[1], fighting_on[0]]), 0.0, 1.0)
        decided = _decide(one_period(offers), values)
        before, values = values, np.asarray(decided.value, np.float64).reshape(shape)
        if float(np.abs(values - before).max()) < SETTLED_DOWN:
            break
    return values, decided


def _decide(builder: TableBuilder, next_values: Float) -> Decisions:
    """Decisions of a game of one period, in which an indifferent side accepts."""
    builder.accept_weight = ALWAYS_ACCEPT
    builder.terminal = next_values
    return decisions(play(builder.finish()), 0, threads=1)

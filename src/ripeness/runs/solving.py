"""Solve a labelled game, so that the solution knows what its numbers mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike

from ripeness.engine import Solution
from ripeness.engine import solve as solve_tables
from ripeness.game import Game, Tables
from ripeness.game.build import within_horizon


def solve(
    game: Game | Tables,
    *,
    dtype: DTypeLike = np.float32,
    threads: int | None = None,
    memory_limit: int | None = None,
    resume: tuple[int, Solution] | None = None,
    progress: Callable[[int, int, Solution], None] | None = None,
) -> Solution:
    """Values of everybody in every period and state: the only equilibrium, by one backward pass (theory (i.1)-(i.7)).

    Args:
        game: what `build` made of a scenario, or bare tables; the outlook needs a game.
        dtype: float32, or float64 for verification.
        threads: None: all processors. They change no result.
        memory_limit: bytes; a game that needs more is refused before its values are allocated.
        resume: (period, solution) of an interrupted pass: periods from `period` on are taken from it.
        progress: called after each period with periods done, periods in all and the solution so far.

    Raises:
        MemoryLimitError: more memory needed than allowed.
    """
    tables = game.tables if isinstance(game, Game) else game
    solution = solve_tables(
        tables, dtype=dtype, threads=threads, memory_limit=memory_limit, resume=resume, progress=progress
    )
    if not isinstance(game, Game):
        return solution
    if game.lookahead:
        game = within_horizon(game, solution.values)
        kept = game.tables.n_periods
        several = None if solution.several is None else solution.several[:kept]
        solution = Solution(game.tables, solution.values[: kept + 1], several=several)
    return replace(solution, game=game)

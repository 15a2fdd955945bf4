"""Compile the engine in both precisions, side by side, so that each worker of the tests finds it compiled.

python tests/compile_engine.py

What is in double precision in either is the same code: the one goes through the kinds of games forwards and the other
backwards, so that each finds much of it compiled by the other.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

KINDS: list[dict[str, Any] | None] = [
    None,  # without types
    {"types": (2, 1, 1), "tell": 0, "leak": 0},
    {"types": (1, 2, 1), "n_effort": (2, 2)},
    {},
    {"types": (3, 1, 1)},
]


def use(dtype: str, kinds: list[dict[str, Any] | None]) -> None:
    """Solve a game of each kind, carry it forward and draw from it."""
    import numpy as np

    from ripeness.engine import decisions, decisions_of_types, gradient, propagate, propagate_types, sample, solve
    from tests.engine.games import random_game
    from tests.engine.typed_games import TypedGame, typed_game

    for kind in kinds:
        if kind is None:
            plain = solve(random_game(0), dtype=np.dtype(dtype))
            propagate(plain)
            decisions(plain, 0)
            sample(plain, 10, 0)
            gradient(plain, 0)
            continue
        typed = solve(typed_game(0, TypedGame(n_postures=2, exits=True, **kind)), dtype=np.dtype(dtype))
        propagate_types(typed)
        decisions_of_types(typed, 0)
        sample(typed, 10, 0)


if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(use, ["float32", "float64"], [KINDS, KINDS[::-1]]))

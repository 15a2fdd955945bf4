"""Best lottery for the worst-off: the mixed strategy that maximises the least of several linear gains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def maximin_lottery(gain: Float) -> tuple[Float, float]:
    """Probabilities over rows that maximise the least expected column, and that least value.

    The row player's side of a matrix game, by the simplex method on the column player's problem with Bland's rule,
    which cannot cycle: maximise sum y subject to M y <= 1, y >= 0 after M is shifted to be positive (von Neumann 1928,
    Dantzig 1951).

    Args:
        gain: (n_rows, n_columns).
    """
    n_rows, n_columns = gain.shape
    spread = float(gain.max() - gain.min()) or 1.0
    shift = 1.0 - float(gain.min()) / spread
    matrix = gain / spread + shift  # entries in [1, 2]
    tableau = np.zeros((n_rows + 1, n_columns + n_rows + 1))
    tableau[:n_rows, :n_columns] = matrix
    tableau[:n_rows, n_columns:-1] = np.eye(n_rows)
    tableau[:n_rows, -1] = 1.0
    tableau[-1, :n_columns] = -1.0
    basis = list(range(n_columns, n_columns + n_rows))
    for _ in range(50 * (n_rows + n_columns) ** 2):
        entering = np.flatnonzero(tableau[-1, :-1] < -1e-12)
        if not entering.size:
            break
        column = int(entering[0])
        rows = np.flatnonzero(tableau[:n_rows, column] > 1e-12)
        ratio = tableau[rows, -1] / tableau[rows, column]
        tied = rows[ratio <= ratio.min() + 1e-14]
        row = int(min(tied, key=lambda r: basis[r]))
        tableau[row] /= tableau[row, column]
        others = np.arange(n_rows + 1) != row
        tableau[others] -= np.outer(tableau[others, column], tableau[row])
        basis[row] = column
    else:
        raise ArithmeticError(f"the simplex method did not finish on {n_rows} packages and {n_columns} parties")
    total = tableau[-1, -1]
    lottery = np.maximum(tableau[-1, n_columns:-1], 0.0)
    lottery = lottery / lottery.sum()
    return lottery, float((1.0 / total - shift) * spread)

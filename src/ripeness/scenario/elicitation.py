"""Weights and scores from what people can answer: numbers, rankings, comparisons of pairs.

- **Ranks** of points: rank-order centroid weights, the mean of all weights that keep the order and sum to one, as
  SMARTER has them. Edwards & Barron (1994), Organizational Behavior and Human Decision Processes 60(3).
- **Ranks** of options, the best of which scores 1 and the worst 0: even steps, the mean of all scores in that order.
- **Comparisons** of pairs: logarithmic least squares, min sum (ln w_i - ln w_j - ln r_ij)^2, which is the geometric
  mean of the rows where every pair is compared, and needs no more than comparisons that link all. Crawford & Williams
  (1985), Journal of Mathematical Psychology 29(4); with pairs left out: Bozoki, Fulop & Ronyai (2010), Mathematical
  and Computer Modelling 52(1-2). Consistency: the geometric consistency index, the mean square of what is left over
  for each comparison beyond those needed. Aguaron & Moreno-Jimenez (2003), European J. of Operational Research 147(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

MOST_INCONSISTENT = {3: 0.31, 4: 0.35}
"""Largest index by number of things compared that corresponds to Saaty's consistency ratio of 0.1; 0.37 for more."""


class Compared(NamedTuple):
    """Weights from comparisons.

    Attributes:
        weights: sum to one.
        inconsistency: geometric consistency index; 0 where the answers agree, or where none is beyond those needed.
        limit: largest index at which answers are commonly called consistent.
    """

    weights: Float
    inconsistency: float
    limit: float


def centroid_weights(n: int) -> Float:
    """Rank-order centroid weights of n things, the most important first: w_k = (1/k + ... + 1/n) / n."""
    return np.asarray(np.cumsum(1.0 / np.arange(n, 0, -1))[::-1] / n)


def rank_bounds(n: int) -> tuple[Float, Float]:
    """Least and greatest weight at each rank among all weights in that order that sum to one."""
    low = np.zeros(n)
    low[0] = 1.0 / n
    return low, 1.0 / np.arange(1, n + 1)


def even_scores(n: int) -> Float:
    """Scores of n options, the best first: 1 to 0 in even steps; 1 for a single one."""
    return np.linspace(1.0, 0.0, n) if n > 1 else np.ones(1)


def compared_weights(n: int, pairs: Sequence[tuple[int, int]], times: Sequence[float] | Float) -> Compared:
    """Weights of n things by logarithmic least squares.

    Args:
        pairs: (i, j): i is so many times j; they must link all things.
        times: one for each pair, above 0.
    """
    design = np.zeros((len(pairs), n))
    for row, (better, than) in enumerate(pairs):
        design[row, better] += 1.0
        design[row, than] -= 1.0
    logs = np.log(np.asarray(times, np.float64))
    found = np.linalg.lstsq(design, logs, rcond=None)[0]
    left = logs - design @ found
    beyond = len(pairs) - (n - 1)
    index = float(left @ left) / beyond if beyond > 0 else 0.0
    weights = np.exp(found - found.max())
    return Compared(weights / weights.sum(), index, MOST_INCONSISTENT.get(n, 0.37))


def linked(n: int, pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether comparisons link all of n things."""
    group = list(range(n))
    for first, second in pairs:
        old, new = group[second], group[first]
        group = [new if each == old else each for each in group]
    return len(set(group)) <= 1


def drawn_ranking(rng: np.random.Generator, n: int, n_draws: int) -> Float:
    """Weights in order, the greatest first, uniform over all that sum to one; (draws, n)."""
    draws = rng.standard_exponential((n_draws, n))
    return np.asarray(-np.sort(-draws / draws.sum(axis=1, keepdims=True), axis=1))


def drawn_scores(rng: np.random.Generator, n: int, n_draws: int) -> Float:
    """Scores of two or more options in order from 1 to 0, those between uniform over all in that order; (draws, n)."""
    inner = -np.sort(-rng.uniform(size=(n_draws, n - 2)), axis=1)
    return np.concatenate([np.ones((n_draws, 1)), inner, np.zeros((n_draws, 1))], axis=1)

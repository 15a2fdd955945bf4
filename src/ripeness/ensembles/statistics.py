"""Shares and spreads over the draws of an ensemble, with their Monte Carlo errors.

Draws count as independent. Those of a Latin hypercube or a scrambled Sobol sequence lie more evenly than that, so that
the errors stated here are, as a rule, too large for them rather than too small.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ripeness.questions.verdicts import FAILS, HOLDS, LEVELS, Mover, Spread, Word

Float = NDArray[np.float64]

Z95 = 1.959963984540054
"""97.5% quantile of the normal distribution."""


def spread_of(values: Float) -> Spread:
    """Quantiles and mean of what is known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread((math.nan,) * len(LEVELS), math.nan, math.nan, 0)
    error = float(known.std(ddof=1) / math.sqrt(known.size)) if known.size > 1 else math.nan
    quantiles = tuple(float(q) for q in np.quantile(known, LEVELS))
    return Spread(quantiles, float(known.mean()), error, int(known.size))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927); 0 to 1 without any draw."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else middle - half
    return low, 1.0 if successes == n else middle + half


def share_error(successes: int, n: int) -> float:
    """Standard error of a share; that of Agresti and Coull (1998), which is not zero at shares of 0 and 1."""
    if n == 0:
        return math.nan
    n_more = n + Z95**2
    share = (successes + Z95**2 / 2) / n_more
    return math.sqrt(share * (1 - share) / n_more)


def word_of(share: float) -> Word:
    """Verdict by the share of the draws in which a claim holds."""
    return "holds" if share >= HOLDS else "fails" if share <= FAILS else "depends"


def firm(interval: tuple[float, float]) -> bool:
    """Whether all shares of an interval give the same verdict."""
    return word_of(interval[0]) == word_of(interval[1])


def movers(inputs: Float, values: Float, paths: tuple[str, ...], most: int = 5) -> tuple[Mover, ...]:
    """Assumptions whose rank correlation with a number is beyond what chance would give the largest of all of them.

    The bound is the normal approximation for no correlation at a level of 5%, divided by the number of assumptions
    (Bonferroni). Ups and downs that cancel out are not seen.

    Args:
        inputs: (n, p) draws.
        values: (n,) with NaN where unknown.
    """
    n, p = int(np.isfinite(values).sum()), inputs.shape[1]
    if n < 10:
        return ()
    correlation = rank_correlations(inputs, values)
    bound = _normal_quantile(1.0 - 0.025 / p) / math.sqrt(n - 1)
    order = np.argsort(-np.abs(correlation), kind="stable")[:most]
    return tuple(Mover(paths[k], float(correlation[k])) for k in order if abs(correlation[k]) > bound)


def rank_correlations(inputs: Float, values: Float) -> Float:
    """(p,) Spearman's correlation of each assumption with a number, over the draws in which it is known."""
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.zeros(inputs.shape[1])
    x, y = _ranks(inputs[known]), _ranks(values[known][:, None])[:, 0]
    x, y = x - x.mean(axis=0), y - y.mean()
    scale = np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    together = (x * y[:, None]).sum(axis=0)
    return np.asarray(np.divide(together, scale, out=np.zeros(inputs.shape[1]), where=scale > 0.0))


def _ranks(columns: Float) -> Float:
    """Ranks of each column; ties share their mean rank."""
    found = np.empty(columns.shape)
    for k in range(columns.shape[1]):
        _, inverse, counts = np.unique(columns[:, k], return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        found[:, k] = (last - 0.5 * (counts - 1))[inverse]
    return found


def _normal_quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(level)

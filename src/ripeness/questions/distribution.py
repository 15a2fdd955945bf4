"""Weighted distributions: means and quantiles of a quantity over states, dates or terms."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of every fan in the outlook."""

SHARE_STEP = 1e-4
"""Resolution of quantiles of shares over states."""

_SLACK = 1e-9
"""Rounding in a running sum must not push a quantile to the next value."""

Float = NDArray[np.float64]


def mean(values: ArrayLike, weights: ArrayLike) -> float:
    """Weighted mean; NaN without weight."""
    w = np.asarray(weights, np.float64)
    total = float(w.sum())
    return float((np.asarray(values, np.float64) * w).sum() / total) if total > 0.0 else float("nan")


def quantiles(values: ArrayLike, weights: ArrayLike, levels: tuple[float, ...] = QUANTILES) -> Float:
    """Least values at which the weighted distribution reaches each level; NaN without weight.

    Args:
        values: (n,), in any order.
        weights: (n,), not negative; they need not sum to one.
    """
    v, w = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    order = np.argsort(v, kind="stable")
    return sorted_quantiles(v[order], w[order], levels)


def sorted_quantiles(values: Float, weights: Float, levels: tuple[float, ...] = QUANTILES) -> Float:
    """`quantiles` of values that increase already."""
    reached = np.cumsum(weights)
    if reached.size == 0 or reached[-1] <= 0.0:
        return np.full(len(levels), np.nan)
    wanted = np.array(levels) * reached[-1] * (1.0 - _SLACK)
    # A value without weight is never a quantile: `left` skips the flat stretches before it.
    found = np.searchsorted(reached, wanted, side="left")
    return np.asarray(values[np.minimum(found, values.size - 1)], np.float64)


def share_quantiles(shares: ArrayLike, weights: ArrayLike, levels: tuple[float, ...] = QUANTILES) -> Float:
    """Quantiles of shares in [0, 1], to `SHARE_STEP`: counting cells is much cheaper than sorting states."""
    n = round(1.0 / SHARE_STEP)
    cell = np.rint(np.asarray(shares, np.float64) * n).astype(np.intp)
    counted = np.bincount(cell, np.asarray(weights, np.float64), n + 1)
    return sorted_quantiles(np.linspace(0.0, 1.0, n + 1), counted.astype(np.float64), levels)


def cell_quantiles(
    points: Float, weights: Float, known_spread: float = 0.0, levels: tuple[float, ...] = QUANTILES
) -> Float:
    """Quantiles of a continuous quantity known on an even grid, less what only the grid adds.

    A start between two grid points is a split between them, which has a spread although nothing is uncertain; the moves
    of the grid keep that variance and add their own. The variance wanted is therefore that of the points less that of
    the split. Where its root is less than a step, the grid cannot show the shape, and a normal of this mean and
    variance stands for it. From two steps on, the weight of a point is spread evenly over its cell, and drawn towards
    the mean to that variance. In between the two are mixed. Nothing leaves the grid.

    Args:
        points: (n,), increasing by equal steps.
        weights: (n,), not negative.
        known_spread: standard deviation of the split at the start.
    """
    total = float(np.sum(weights))
    if total <= 0.0:
        return np.full(len(levels), np.nan)
    if points.size == 1:
        return np.full(len(levels), float(points[0]))
    share = weights / total
    mean = float(share @ points)
    spread = float(np.sqrt(max(float(share @ (points - mean) ** 2) - known_spread**2, 0.0)))
    normal = mean + spread * np.array([NormalDist().inv_cdf(level) for level in levels])
    shape = float(np.clip(spread / (points[1] - points[0]) - 1.0, 0.0, 1.0))
    mixed = shape * _from_cells(points, share, mean, spread, levels) + (1.0 - shape) * normal
    return np.asarray(np.clip(mixed, points[0], points[-1]), np.float64)


def _from_cells(points: Float, share: Float, mean: float, spread: float, levels: tuple[float, ...]) -> Float:
    """Quantiles of the weights spread over cells, scaled about the mean to a standard deviation of at most `spread`."""
    edges = np.concatenate([points[:1], 0.5 * (points[1:] + points[:-1]), points[-1:]])
    reached = np.concatenate([[0.0], np.cumsum(share)])
    # Flat stretches have no inverse: of equal running sums the first edge counts.
    keep = np.concatenate([[True], np.diff(reached) > 0.0])
    found = np.interp(levels, reached[keep], edges[keep])
    low, high = edges[:-1], edges[1:]
    centre = float(share @ (0.5 * (low + high)))
    in_cells = float(share @ ((low**2 + low * high + high**2) / 3.0)) - centre**2
    scale = min(spread / np.sqrt(in_cells), 1.0) if in_cells > 0.0 else 0.0
    return np.asarray(mean + (found - centre) * scale, np.float64)


def first_reach(cumulative: ArrayLike, level: float) -> int:
    """First index at which a running probability reaches `level` of one; -1: never."""
    reached = np.asarray(cumulative, np.float64) >= level * (1.0 - _SLACK)
    return int(np.argmax(reached)) if reached.any() else -1


def per_year(probability: ArrayLike, years_per_period: float) -> Float:
    """Hazard per year that a probability per period stands for, -ln(1 - p) / years; infinite for certainty."""
    p = np.clip(np.asarray(probability, np.float64), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-p) / years_per_period)


def slope(values: ArrayLike, years: ArrayLike) -> Float:
    """Derivative per year along axis 0 by central differences, one-sided at the ends; NaN next to what is not known.

    Args:
        values: (T, ...).
        years: (T,), increasing.
    """
    v, t = np.asarray(values, np.float64), np.asarray(years, np.float64)
    if t.size < 2:
        return np.full(v.shape, np.nan)
    return np.asarray(np.gradient(v, t, axis=0))

"""Drift and spread of one axis as up/stay/down weights on its grid, matching mean and variance exactly.

With drift v and variance s^2 over a period and step h (theory (iv.2)):

    p_up, p_down = (s^2 + v^2) / (2 h^2) +- v / (2 h),   p_stay = 1 - (s^2 + v^2) / h^2,
    valid iff  sqrt(s^2 + v^2) <= h <= (s^2 + v^2) / |v|   in every state.

A grid that is too fine for one step gets k equal sub-steps, each with drift v/k and variance s^2/k. A grid that is too
coarse is an error that says how many points would do. At the ends of the axis mass that would leave stays at the end
point, so mean and variance are matched in the interior only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ripeness.game.errors import CoarseGridError, GameError
from ripeness.mechanisms.axes import MOST_POINTS
from ripeness.mechanisms.base import Array, Axis

ROUNDING = 1e-12
"""Weights this far below zero are rounding of the validity limits and are cut to zero."""


class Weights(NamedTuple):
    """Probabilities of one sub-step, before the ends of the axis are closed; arrays that broadcast over the grid."""

    down: Array
    stay: Array
    up: Array


def weights(drift: Array, variance: Array, step: float) -> Weights:
    """Weights of (iv.2) for drift and variance over one (sub-)step; a state without drift and variance stays."""
    spread = (variance + drift**2) / step**2
    tilt = drift / step
    up, down = 0.5 * (spread + tilt), 0.5 * (spread - tilt)
    up, down = (np.where(np.abs(p) <= ROUNDING, 0.0, p) for p in (up, down))
    stay = 1.0 - up - down
    return Weights(down, np.where(np.abs(stay) <= ROUNDING, 0.0, stay), up)


def substeps(drift: Array, variance: Array, step: float) -> int:
    """Least number k of equal sub-steps for which the step is not too fine: s^2/k + v^2/k^2 <= h^2 in every state.

    It is the larger root of k^2 h^2 - k s^2 - v^2 = 0, rounded up.
    """
    h2 = step**2
    k = (variance + np.sqrt(variance**2 + 4.0 * h2 * drift**2)) / (2.0 * h2)
    return max(1, int(np.ceil(np.max(k) * (1.0 - ROUNDING))))


def trinomial(
    drift_yearly: Array, spread_yearly: Array, axis: Axis, years: float, *, mechanism: str, least: int = 1
) -> tuple[Weights, int]:
    """Weights of one sub-step and the number of sub-steps, for a drift and spread per year over a period of `years`.

    Args:
        drift_yearly, spread_yearly: mean change per year and standard deviation per square root of a year.
        mechanism: whose move it is, for the message.
        least: number of sub-steps to take at least.

    Raises:
        GameError: the grid is too coarse for the drift in some state.
    """
    drift, variance = np.broadcast_arrays(drift_yearly * years, spread_yearly**2 * years)
    step = float(axis.values[1] - axis.values[0])
    k = max(least, substeps(drift, variance, step))
    found = weights(drift / k, variance / k, step)
    if min(float(p.min()) for p in found) < 0.0:
        raise _too_coarse(drift, variance, k, axis, years, mechanism)
    return found, k


def _too_coarse(drift: Array, variance: Array, k: int, axis: Axis, years: float, mechanism: str) -> GameError:
    """What is wrong in the worst state, and the number of points that would do."""
    values, n = axis.values, axis.values.size
    step, length = float(values[1] - values[0]), float(values[-1] - values[0])
    moving = np.abs(drift) > ROUNDING * step
    speed = np.where(moving, np.abs(drift), 1.0)
    widest = np.where(moving, (variance + drift**2 / k) / speed, np.inf)  # largest step allowed in each state
    worst = np.unravel_index(int(np.argmin(widest)), widest.shape)
    v, s2 = float(drift[worst]), float(variance[worst])
    limit = np.where(moving, variance / speed, np.inf).min()  # allowed whatever the number of sub-steps
    said = (
        f"mechanisms.{mechanism}: the grid of axis '{axis.name}' is too coarse, {n} points {step:.3g} apart: where its "
        f"drift is {v / years:+.3g} and its spread {np.sqrt(s2 / years):.3g} per year, points may be at most "
        f"{widest[worst]:.3g} apart"
    )
    if limit <= 0.0:
        return GameError(f"{said}. A drift without spread fits no grid: give it a spread above 0 wherever it drifts.")
    enough = int(np.ceil(length / limit * (1.0 - 1e-9))) + 1
    if enough > MOST_POINTS:
        return GameError(f"{said}; it would take {enough} points. Give it a larger spread or a smaller drift.")
    remedy = (
        f"{enough} points would do. Set mechanisms.{mechanism}.points: {enough} and solve on the normal grid (a coarse "
        "one takes fewer points), or give it a larger spread or a smaller drift."
    )
    return CoarseGridError(f"{said}; {remedy}", mechanism, enough)


def close_ends(found: Weights, dimension: int, n_points: int) -> Weights:
    """Keep at the end points what would leave the axis; the result has all `n_points` along `dimension`."""
    shape = list(np.broadcast_shapes(*(p.shape for p in found)))
    shape[dimension] = n_points
    down, stay, up = (np.broadcast_to(p, shape).copy() for p in found)
    first, last = (
        tuple(end if d == dimension else slice(None) for d in range(len(shape))) for end in (0, n_points - 1)
    )
    stay[first] += down[first]
    down[first] = 0.0
    stay[last] += up[last]
    up[last] = 0.0
    return Weights(down, stay, up)

"""What a grid does to a value and to a moving mass: theory I.iv.

Sources: standard interpolation bounds; (iv.1) and (iv.2) derived for this project.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class UpStayDown(NamedTuple):
    """Weights that match drift v and variance s^2 per period on a grid of step h (iv.2)."""

    up: float
    stay: float
    down: float
    step_min: float
    step_max: float

    @property
    def feasible(self) -> bool:
        return min(self.up, self.stay, self.down) >= 0.0


def up_stay_down(drift: float, variance: float, step: float) -> UpStayDown:
    """Probabilities of one step up, none, one down: mean `drift`, variance `variance` exactly (iv.2)."""
    second_moment = variance + drift**2
    half, tilt = second_moment / (2.0 * step**2), drift / (2.0 * step)
    step_max = second_moment / abs(drift) if drift else math.inf
    return UpStayDown(half + tilt, 1.0 - 2.0 * half, half - tilt, math.sqrt(second_moment), step_max)


def kink_interpolation_error(precision: float, n_cells: int, crossing: float, points_per_cell: int = 4000) -> float:
    """Largest error of linear interpolation on [0, 1] of f = p z + (1 - p)(k - z), p = sigma(lambda (2 z - k)) (iv.1).

    Two values of slopes +1 and -1 that cross at k / 2, chosen between with precision lambda.

    Args:
        crossing: k, twice the point where the two values cross.
    """

    def smooth_kink(z: np.ndarray) -> np.ndarray:
        p = 0.5 * (1.0 + np.tanh(0.5 * precision * (2.0 * z - crossing)))
        return np.asarray(p * z + (1.0 - p) * (crossing - z))

    nodes = np.linspace(0.0, 1.0, n_cells + 1)
    inside = np.linspace(0.0, 1.0, points_per_cell + 1)
    dense = nodes[:-1, None] + inside / n_cells
    at_nodes = smooth_kink(nodes)
    linear = at_nodes[:-1, None] * (1.0 - inside) + at_nodes[1:, None] * inside
    return float(np.abs(smooth_kink(dense) - linear).max())


def kink_interpolation_bound(precision: float, n_cells: int) -> float:
    """min(h / 2, lambda h^2 / 4) (iv.1)."""
    step = 1.0 / n_cells
    return min(0.5 * step, 0.25 * precision * step**2)


def numerical_diffusion(step: float, shift: float, n_periods: int) -> float:
    """Variance that two-point weights add to a deterministic move by `shift` per period (I.iv)."""
    part = shift / step - math.floor(shift / step)
    return n_periods * step**2 * part * (1.0 - part)

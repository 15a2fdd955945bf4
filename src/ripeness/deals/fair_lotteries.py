"""What the impartial rules could promise if the parties drew lots between packages, said apart from pure packages.

Lotteries over all efficient packages: those that somebody would refuse by itself may be part of one that nobody
refuses. Only packages on the convex hull matter: all of its corners for two parties; for more, those that are best for
one of many ways of weighing the parties, so that the figures are then a little low at worst.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.feasible import NoAgreementError
from ripeness.deals.lotteries import (
    egalitarian_with_lotteries,
    kalai_smorodinsky_with_lotteries,
    nash_with_lotteries,
)

Float = NDArray[np.float64]

DIRECTIONS = 400
"""Ways of weighing the parties for which the best package is kept."""


def fair_lotteries(gain: Float, powers: Float) -> dict[str, Float]:
    """Expected gains of each rule by name; nothing where no lottery gives everybody a gain.

    Utilities are as concave as the parties' units say: a worth of 0.5 for certain is as good as a coin for 0 or 1.

    Args:
        gain: worths of the efficient packages over the reservations (packages, parties).
        powers: weights of Nash's rule.
    """
    hull = gain[_on_hull(gain)]
    rules: dict[str, Callable[[], Float]] = {
        "Nash": lambda: nash_with_lotteries(hull, weights=powers),
        "Kalai-Smorodinsky": lambda: kalai_smorodinsky_with_lotteries(hull),
        "egalitarian": lambda: egalitarian_with_lotteries(hull),
    }
    try:
        return {name: rule() for name, rule in rules.items()}
    except NoAgreementError:
        return {}


def _on_hull(gain: Float) -> NDArray[np.intp]:
    """Packages that are best for some weights of the parties: all corners for two parties, most of them for more."""
    if gain.shape[0] <= 50:
        return np.arange(gain.shape[0])
    if gain.shape[1] == 2:
        return _upper_hull(gain)
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(gain.shape[1]), DIRECTIONS)
    scale = np.maximum(gain.max(axis=0) - gain.min(axis=0), 1e-12)
    best = np.argmax((gain / scale) @ weights.T, axis=0)
    return np.unique(np.concatenate([best, np.argmax(gain, axis=0), [int(np.argmax(gain.min(axis=1)))]]))


def _upper_hull(gain: Float) -> NDArray[np.intp]:
    """Corners of the upper right hull of points in the plane, by Andrew's monotone chain."""
    order = np.lexsort((-gain[:, 1], gain[:, 0]))
    kept: list[int] = []
    for row in order.tolist():
        while len(kept) >= 2:
            (x0, y0), (x1, y1), (x2, y2) = gain[kept[-2]], gain[kept[-1]], gain[row]
            if (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0) >= 0.0:
                kept.pop()
            else:
                break
        kept.append(row)
    return np.array(sorted(kept), np.intp)

"""One fiber of beliefs by itself, in double precision: the informed choice where the fast way does not serve.

`choice` solves whole blocks of fibers where their tables increase. Where they do not, or where its steps run out, the
fiber comes here: `curve` runs through the solutions that hang together with the certain ends, and where others may
exist `homotopy` follows the one continued from lambda = 0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.alike import group_alike
from ripeness.engine.private.geometry import Axis, cell_of

FAR = 500.0
"""Distances in log-odds beyond this are certainty."""
LEAST = 1e-290
"""Chances below this have lost digits."""


LOG_ODDS, ORIGIN, S0, T0, S1, T1 = range(6)
BASE0, BASE1, Q, R, W0, W1 = range(6)


class Fiber(NamedTuple):
    """Payoffs of n open actions along the B nodes of a fiber, times lambda, each type's about its own middle.

    Actions that are worth the same to both types, whatever is believed, count as one: at lambda = 0 they are followed
    by the same belief, and so they are along the whole curve from there. Few arrays, for they are handed on at every
    step: names of their rows stand above.
    """

    axis: NDArray[np.float64]  # (6, B) see `Geometry`
    weight: NDArray[np.float64]  # (n,) reference weights
    group: NDArray[np.int64]  # (A,) which of the n each action is; -1: it is closed
    share: NDArray[np.float64]  # (A,) of the chance of it
    # (6, n, B) W0, W1: lambda Q at the nodes; in a cell lambda Q_0 = BASE0 + Q E and lambda Q_1 = BASE1 - R / E,
    # E = exp(log-odds - origin)
    payoff: NDArray[np.float64]


@inner_exact
def lay_axis(axis: Axis) -> Any:
    """The axis of a fiber."""
    small()
    cells = np.empty((6, axis.size))
    for j in range(axis.size):
        cells[LOG_ODDS, j], cells[ORIGIN, j] = axis.log_odds[j], axis.origin[j]
        cells[S0, j], cells[T0, j], cells[S1, j], cells[T1, j] = axis.s0[j], axis.t0[j], axis.s1[j], axis.t1[j]
    return cells


@inner_exact
def load_fiber(
    axis: Any, weight: Any, sharp: float, worth: Any, row: int, first: int, stride: int
) -> tuple[Fiber, float]:  # fmt: skip
    """The fiber whose node 0 is lane `first`, and the largest of its |lambda Q|, at least 1.

    Args:
        axis: of `lay_axis`.
        weight: (A,) reference weights; 0: the action is closed.
    """
    small()
    size = axis.shape[1]
    whole, most, span = np.zeros((weight.size, 2, size)), 0.0, 1.0
    for kind in range(2):
        low, high = 1e300, -1e300
        for a in range(weight.size):
            for j in range(size if weight[a] > 0.0 else 0):
                value = sharp * np.float64(worth[a, row + kind, first + j * stride])
                whole[a, kind, j] = value
                low, high = min(low, value), max(high, value)
        whole[:, kind] -= 0.5 * (low + high)
        most, span = max(most, -low, high), max(span, 0.5 * (high - low))
    group, share, kept, total = group_alike(weight, whole.reshape((weight.size, 2 * size)), most, worth.itemsize)
    payoff = np.zeros((6, kept.size, size))
    for i in range(kept.size):
        of0, of1 = whole[kept[i], 0], whole[kept[i], 1]
        payoff[W0, i], payoff[W1, i] = of0, of1
        for j in range(size - 1):
            rise0, rise1 = of0[j + 1] - of0[j], of1[j + 1] - of1[j]
            payoff[BASE0, i, j] = of0[j] + axis[S0, j] * rise0
            payoff[BASE1, i, j] = of1[j] + axis[S1, j] * rise1
            payoff[Q, i, j], payoff[R, i, j] = axis[T0, j] * rise0, -axis[T1, j] * rise1
    return Fiber(axis, total, group, share, payoff), span


@inner_exact
def growth(axis: Any, j: int, log_odds: float) -> float:
    """E of cell j at log-odds."""
    return math.exp(min(max(log_odds - axis[ORIGIN, j], -FAR), FAR))


@inner_exact
def put(
    b: Fiber, first: int, stride: int, lane: int, cell: Any, y: Any, odds: Any, prior: float, chance: Any, after: Any,
    low: Any, up: Any,
) -> None:  # fmt: skip
    """Write the solution at one lane into a `Choice`: posteriors y, their cells, and chances (2, n) by type.

    The posteriors written are what Bayes' rule makes of the chances, to rounding: y is that to the solver's accuracy.
    """
    small()
    n_actions = b.group.size
    for a in range(n_actions):
        i = b.group[a]
        if i < 0:
            chance[a, lane] = chance[n_actions + a, lane] = 0.0
            after[a, 0, lane], low[a, lane] = prior, lane
            up[2 * a, lane] = up[2 * a + 1, lane] = 0.0
            continue
        j, told = cell[i], y[i]
        if min(odds[0, i], odds[1, i]) > LEAST:
            told = prior + math.log(odds[1, i] / odds[0, i])
            j = cell_of(b.axis[LOG_ODDS], b.axis.shape[1], told)
        e = growth(b.axis, j, told)
        chance[a, lane], chance[n_actions + a, lane] = b.share[a] * odds[0, i], b.share[a] * odds[1, i]
        after[a, 0, lane], low[a, lane] = told, first + j * stride
        up[2 * a, lane] = b.axis[S0, j] + b.axis[T0, j] * e
        up[2 * a + 1, lane] = b.axis[S1, j] + b.axis[T1, j] / e

"""One fiber of beliefs by itself, in double precision: the informed choice where the fast way does not serve.

`choice` solves whole blocks of fibers where their tables increase. Where they do not, or where its steps run out, the
fiber comes here: `curve` runs through all its solutions that hang together with the certain ends, and where a belief
has more than one of them, `homotopy` takes the one continued from lambda = 0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner_exact, small
from ripeness.engine.private.geometry import Axis, cell_of

FAR = 500.0
"""Distances in log-odds beyond this are certainty."""
LEAST = 1e-290
"""Chances below this have lost digits."""


LOG_ODDS, ORIGIN, S0, T0, S1, T1 = range(6)
BASE0, BASE1, Q, R, W0, W1 = range(6)


class Fiber(NamedTuple):
    """Payoffs of n open actions along the B nodes of a fiber, times lambda, each type's about its own middle.

    Few arrays, for they are handed on at every step: names of their rows stand above.
    """

    axis: NDArray[np.float64]  # (6, B) see `Geometry`
    weight: NDArray[np.float64]  # (n,) reference weights
    action: NDArray[np.int64]  # (n,) numbers of the open actions
    # (6, n, B) W0, W1: lambda Q at the nodes; in a cell lambda Q_0 = BASE0 + Q E and lambda Q_1 = BASE1 - R / E,
    # E = exp(log-odds - origin)
    payoff: NDArray[np.float64]


@inner_exact
def make_fiber(axis: Axis, weight: Any) -> Fiber:
    """Room for the fibers of a side."""
    small()
    size = axis.size
    cells = np.empty((6, size))
    for j in range(size):
        cells[LOG_ODDS, j], cells[ORIGIN, j] = axis.log_odds[j], axis.origin[j]
        cells[S0, j], cells[T0, j], cells[S1, j], cells[T1, j] = axis.s0[j], axis.t0[j], axis.s1[j], axis.t1[j]
    n = 0
    for a in range(weight.size):
        n += int(weight[a] > 0.0)
    reference, action, k = np.empty(n), np.empty(n, np.int64), 0
    for a in range(weight.size):
        if weight[a] > 0.0:
            reference[k], action[k] = weight[a], a
            k += 1
    return Fiber(cells, reference, action, np.zeros((6, n, size)))


@inner_exact
def load_fiber(b: Fiber, sharp: float, worth: Any, row: int, first: int, stride: int) -> float:
    """Fill in the payoffs of the fiber whose node 0 is lane `first`; returns the largest of |lambda Q|, at least 1."""
    small()
    axis, payoff = b.axis, b.payoff
    n, size = b.weight.size, axis.shape[1]
    most = 1.0
    for kind in range(2):
        low, high = 1e300, -1e300
        for i in range(n):
            for j in range(size):
                value = sharp * np.float64(worth[b.action[i], row + kind, first + j * stride])
                payoff[W0 + kind, i, j] = value
                low, high = min(low, value), max(high, value)
        for i in range(n):
            for j in range(size):
                payoff[W0 + kind, i, j] -= 0.5 * (low + high)
        most = max(most, 0.5 * (high - low))
    for i in range(n):
        for j in range(size - 1):
            rise0 = payoff[W0, i, j + 1] - payoff[W0, i, j]
            rise1 = payoff[W1, i, j + 1] - payoff[W1, i, j]
            payoff[BASE0, i, j] = payoff[W0, i, j] + axis[S0, j] * rise0
            payoff[BASE1, i, j] = payoff[W1, i, j] + axis[S1, j] * rise1
            payoff[Q, i, j], payoff[R, i, j] = axis[T0, j] * rise0, -axis[T1, j] * rise1
    return most


@inner_exact
def scale_fiber(b: Fiber, share: float, to: Fiber) -> None:
    """Fill in the payoffs of the same fiber at a share of lambda."""
    small()
    n, size = b.weight.size, b.axis.shape[1]
    for k in range(6):
        for i in range(n):
            for j in range(size):
                to.payoff[k, i, j] = share * b.payoff[k, i, j]


@inner_exact
def growth(axis: Any, j: int, log_odds: float) -> float:
    """E of cell j at log-odds."""
    return math.exp(min(max(log_odds - axis[ORIGIN, j], -FAR), FAR))


@inner_exact
def put(
    b: Fiber, first: int, stride: int, lane: int, cell: Any, y: Any, odds: Any, prior: float, n_actions: int,
    chance: Any, after: Any, low: Any, up: Any,
) -> None:  # fmt: skip
    """Write the solution at one lane into a `Choice`: posteriors y, their cells, and chances (2, n) by type.

    The posteriors written are what Bayes' rule makes of the chances, to rounding: y is that to the solver's accuracy.
    """
    small()
    for a in range(n_actions):
        chance[a, lane] = chance[n_actions + a, lane] = 0.0
        after[a, 0, lane], low[a, lane] = prior, lane
        up[2 * a, lane] = up[2 * a + 1, lane] = 0.0
    for i in range(b.action.size):
        a, j, told = b.action[i], cell[i], y[i]
        if min(odds[0, i], odds[1, i]) > LEAST:
            told = prior + math.log(odds[1, i] / odds[0, i])
            j = cell_of(b.axis[LOG_ODDS], b.axis.shape[1], told)
        e = growth(b.axis, j, told)
        chance[a, lane], chance[n_actions + a, lane] = odds[0, i], odds[1, i]
        after[a, 0, lane], low[a, lane] = told, first + j * stride
        up[2 * a, lane] = b.axis[S0, j] + b.axis[T0, j] * e
        up[2 * a + 1, lane] = b.axis[S1, j] + b.axis[T1, j] / e

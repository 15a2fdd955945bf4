"""Bargaining solutions: which agreement an impartial rule would pick (theory II.11).

Four rules on several kinds of feasible set. With d the disagreement point:

- **Nash**: the largest product of gains, prod (u_i - d_i)^w_i. Ignores the scale of utilities and dropped packages.
- **Kalai-Smorodinsky**: equal fractions of the ideal gains, the largest t with d + t (ideal - d) feasible. Ignores
  scale; a party never loses when the set grows in its favour.
- **Egalitarian**: equal gains, as large as possible. Compares utilities between parties; monotone.
- **Utilitarian**: the largest sum of utilities. Compares utilities; may leave a party with little.

Suffixes: `_on_frontier` for a curve traced by one number (returns the position), `_package` for a finite list (returns
its index), `_split` for a pie that can be handed around (returns utilities), `_on_ellipsoid` for sum (u_i / a_i)^2 <= 1
(returns utilities); lotteries over a list have a module of their own, `lotteries`.
Sources: Nash (1950), Kalai & Smorodinsky (1975), Kalai (1977); Imai (1983) for the lexicographic rules on lists.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ripeness.deals.feasible import Frontier, acceptable_gains, as_utilities, as_weights, crossing

Float = NDArray[np.float64]
ORIGIN = (0.0, 0.0)


# On a frontier: positions.


def nash_on_frontier(frontier: Frontier, disagreement: Sequence[float] = ORIGIN, *, weight_first: float = 0.5) -> float:
    """Position with the largest w ln(u_1 - d_1) + (1 - w) ln(u_2 - d_2); the utilities must be concave in it (11.1)."""
    if not 0.0 < weight_first < 1.0:
        raise ValueError(f"weight_first must lie in (0, 1), got {weight_first:g}")
    low, high = frontier.acceptable(disagreement)

    def slope(x: float, reach: float) -> float:
        gain_first, gain_second = frontier.first(x) - disagreement[0], frontier.second(x) - disagreement[1]
        first, second = derivative(frontier.first, x, reach), derivative(frontier.second, x, reach)
        return weight_first * first * gain_second + (1.0 - weight_first) * second * gain_first

    return _stationary(slope, low, high)


def kalai_smorodinsky_on_frontier(frontier: Frontier, disagreement: Sequence[float] = ORIGIN) -> float:
    """Position at which both get the same fraction of their ideal gain (11.1)."""
    low, high = frontier.acceptable(disagreement)
    ideal_first = frontier.first(high) - disagreement[0]
    ideal_second = frontier.second(low) - disagreement[1]
    return crossing(
        lambda x: (
            (frontier.first(x) - disagreement[0]) * ideal_second - (frontier.second(x) - disagreement[1]) * ideal_first
        ),
        low,
        high,
    )


def egalitarian_on_frontier(frontier: Frontier, disagreement: Sequence[float] = ORIGIN) -> float:
    """Position at which both gain the same (11.1)."""
    low, high = frontier.acceptable(disagreement)
    return crossing(lambda x: (frontier.first(x) - disagreement[0]) - (frontier.second(x) - disagreement[1]), low, high)


def utilitarian_on_frontier(frontier: Frontier, disagreement: Sequence[float] = ORIGIN) -> float:
    """Acceptable position with the largest sum of utilities, which must be concave in it (11.1)."""
    low, high = frontier.acceptable(disagreement)
    return _stationary(
        lambda x, reach: derivative(frontier.first, x, reach) + derivative(frontier.second, x, reach), low, high
    )


def derivative(function: Callable[[float], float], x: float, reach: float) -> float:
    """Slope at x from points within `reach`: central differences, extrapolated twice (Richardson), error O(reach^6)."""
    steps = [reach / 4.0, reach / 2.0, reach]
    d = [(function(x + h) - function(x - h)) / (2.0 * h) for h in steps]
    once = [(4.0 * d[0] - d[1]) / 3.0, (4.0 * d[1] - d[2]) / 3.0]
    return (16.0 * once[0] - once[1]) / 15.0


def _stationary(slope: Callable[[float, float], float], low: float, high: float) -> float:
    """Maximum of a concave function on [low, high] from its slope; an end where the slope does not change sign."""
    width = high - low
    if width <= 0.0:
        return low

    def falling(x: float) -> float:
        # Points of the difference stay inside the interval; square roots at an end have no slope beyond it.
        return -slope(x, min(x - low, high - x, 0.1 * width) * 0.05)

    position = crossing(falling, low + 1e-9 * width, high - 1e-9 * width)
    if position <= low + 2e-9 * width:
        return low
    return high if position >= high - 2e-9 * width else position


# On a finite list: indices.


def nash_package(utilities: ArrayLike, disagreement: ArrayLike | None = None, weights: ArrayLike | None = None) -> int:
    """Package with the largest product of gains; where no package gives everybody a gain, the most parties gain."""
    gain, rows = acceptable_gains(utilities, disagreement)
    weight = as_weights(weights, gain.shape[1])
    positive = gain > 0.0
    logs = np.where(positive, np.log(np.where(positive, gain, 1.0)), 0.0) @ weight
    order = np.lexsort((-logs, -positive.sum(axis=1)))
    return int(rows[order[0]])


def kalai_smorodinsky_package(utilities: ArrayLike, disagreement: ArrayLike | None = None) -> int:
    """Package with the largest least fraction of the ideal gain, then the largest second least, and so on.

    On a list the ray to the ideal point need not meet a package; the lexicographic rule is its usual extension.
    """
    gain, rows = acceptable_gains(utilities, disagreement)
    ideal = gain.max(axis=0)
    return int(rows[_leximin(gain / np.where(ideal > 0.0, ideal, 1.0))])


def egalitarian_package(utilities: ArrayLike, disagreement: ArrayLike | None = None) -> int:
    """Package with the largest least gain, then the largest second least, and so on."""
    gain, rows = acceptable_gains(utilities, disagreement)
    return int(rows[_leximin(gain)])


def utilitarian_package(utilities: ArrayLike, disagreement: ArrayLike | None = None) -> int:
    """Package with the largest sum of utilities among those that nobody would refuse."""
    gain, rows = acceptable_gains(utilities, disagreement)
    return int(rows[int(np.argmax(gain.sum(axis=1)))])


def efficient_packages(utilities: ArrayLike) -> NDArray[np.intp]:
    """Indices of the packages that no other package matches for all and beats for one, in their order."""
    table = as_utilities(utilities)
    keep = [k for k, row in enumerate(table) if not np.any(np.all(table >= row, axis=1) & np.any(table > row, axis=1))]
    return np.array(keep, np.intp)


def _leximin(gain: Float) -> int:
    """Row whose sorted entries, least first, are largest in the order of a dictionary."""
    ascending = np.sort(gain, axis=1)
    # Rounding must not decide between packages that are equally good for the worst-off.
    ascending = np.round(ascending / max(float(ascending.max()), 1e-300), 12)
    return int(np.lexsort(tuple(-ascending[:, k] for k in range(ascending.shape[1] - 1, -1, -1)))[0])


# A pie that can be handed around: utilities.


def nash_split(disagreement: ArrayLike, weights: ArrayLike | None = None, pie: float = 1.0) -> Float:
    """u_i = d_i + w_i (pie - sum d): the surplus in proportion to the weights (11.3)."""
    d = np.asarray(disagreement, np.float64)
    surplus = pie - float(d.sum())
    if surplus < 0.0:
        from_pie = f"sum of disagreement utilities {d.sum():g} exceeds the pie {pie:g}"
        raise ValueError(f"{from_pie}: nothing to share. Lower them, or enlarge the pie.")
    return np.asarray(d + as_weights(weights, d.size) * surplus)


def kalai_smorodinsky_split(disagreement: ArrayLike, pie: float = 1.0) -> Float:
    """Equal gains: every party's ideal gain is the whole surplus (11.3)."""
    return nash_split(disagreement, None, pie)


def egalitarian_split(disagreement: ArrayLike, pie: float = 1.0) -> Float:
    """Equal gains (11.3). The utilitarian rule picks nothing here: every split has the same sum."""
    return nash_split(disagreement, None, pie)


# On an ellipsoid sum (u_i / a_i)^2 <= 1 with disagreement 0: utilities.


def nash_on_ellipsoid(semi_axes: ArrayLike) -> Float:
    """a_i / sqrt(n) (11.4); Kalai-Smorodinsky picks the same, for the ideal point is a."""
    a = np.asarray(semi_axes, np.float64)
    return np.asarray(a / math.sqrt(a.size))


def kalai_smorodinsky_on_ellipsoid(semi_axes: ArrayLike) -> Float:
    """The point of the surface towards the ideal point a (11.4)."""
    a = np.asarray(semi_axes, np.float64)
    return np.asarray(a / math.sqrt(float(np.sum((a / a) ** 2))))


def egalitarian_on_ellipsoid(semi_axes: ArrayLike) -> Float:
    """(sum a_i^-2)^(-1/2) to each (11.4)."""
    a = np.asarray(semi_axes, np.float64)
    return np.full(a.size, float(np.sum(a**-2.0)) ** -0.5)


def utilitarian_on_ellipsoid(semi_axes: ArrayLike) -> Float:
    """a_i^2 / sqrt(sum a_j^2) (11.4)."""
    a = np.asarray(semi_axes, np.float64)
    return np.asarray(a**2 / math.sqrt(float(np.sum(a**2))))

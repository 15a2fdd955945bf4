"""Bargaining solutions with lotteries over a finite list of packages (theory II.11.2), for any number of parties.

Lotteries make the feasible set convex, so that every rule is defined; a package that somebody would refuse by itself
may still be part of a lottery that nobody refuses. Disposal is free. Each function returns expected utilities
(n_parties,).
Sources: Nash (1950), Kalai & Smorodinsky (1975), Kalai (1977).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ripeness.deals.feasible import NoAgreementError, as_point, as_utilities, as_weights
from ripeness.deals.matrix_game import maximin_lottery

Float = NDArray[np.float64]


def nash_with_lotteries(
    utilities: ArrayLike, disagreement: ArrayLike | None = None, weights: ArrayLike | None = None
) -> Float:
    """Largest product of expected gains prod (u_i - d_i)^w_i over all lotteries.

    Newton's method on the logarithm with a barrier that is lowered step by step. At the maximum G no package g has
    sum_i w_i g_i / G_i > 1; the result is returned only with that certificate.

    Raises:
        NoAgreementError: no lottery gives everybody a gain.
        ArithmeticError: the certificate fails.
    """
    table = as_utilities(utilities)
    point = as_point(disagreement, table.shape[1])
    weight = as_weights(weights, table.shape[1])
    gain, lottery = _strict_gains(table, point)
    scale = np.abs(gain).max(axis=0)
    relative = gain / scale
    lottery = _interior(relative, lottery)
    barrier = 0.1
    while barrier > 1e-14:
        lottery = _newton(relative, weight, lottery, barrier)
        barrier *= 0.2
    expected = lottery @ relative
    excess = float((relative @ (weight / expected)).max()) - 1.0
    if excess > 1e-9:
        raise ArithmeticError(f"Nash solution with lotteries not certified: excess {excess:.2e}, at most 1e-9 allowed")
    return np.asarray(point + expected * scale)


def kalai_smorodinsky_with_lotteries(utilities: ArrayLike, disagreement: ArrayLike | None = None) -> Float:
    """Largest equal fraction of the ideal gains that a lottery reaches.

    Raises:
        NoAgreementError: no lottery gives everybody a gain.
    """
    table = as_utilities(utilities)
    point = as_point(disagreement, table.shape[1])
    gain, _ = _strict_gains(table, point)
    ideal = np.array([_ideal_gain(gain, party) for party in range(gain.shape[1])])
    _, fraction = maximin_lottery(gain / ideal)
    return np.asarray(point + fraction * ideal)


def egalitarian_with_lotteries(utilities: ArrayLike, disagreement: ArrayLike | None = None) -> Float:
    """Largest equal gain that a lottery reaches.

    Raises:
        NoAgreementError: no lottery gives everybody a gain.
    """
    table = as_utilities(utilities)
    point = as_point(disagreement, table.shape[1])
    gain, lottery = _strict_gains(table, point)
    return np.asarray(point + (lottery @ gain).min())


def utilitarian_with_lotteries(utilities: ArrayLike) -> Float:
    """Utilities of the package with the largest sum, which no lottery beats; a party may fall below disagreement."""
    table = as_utilities(utilities)
    return np.asarray(table[int(np.argmax(table.sum(axis=1)))])


def _strict_gains(table: Float, point: Float) -> tuple[Float, Float]:
    """Gains of all packages, and a lottery that gives everybody the same positive gain or more."""
    gain = np.asarray(table - point)
    lottery, least = maximin_lottery(gain)
    if least <= 1e-12 * float(np.abs(gain).max()):
        raise NoAgreementError(
            f"no lottery over the {table.shape[0]} packages gives all {table.shape[1]} parties more than their "
            f"disagreement utility; the best for the worst-off is {least:+.3g}."
        )
    return gain, lottery


def _ideal_gain(gain: Float, party: int) -> float:
    """Largest expected gain of a party while nobody falls below disagreement, by bisection on that gain."""
    low, high = 0.0, float(gain[:, party].max())
    offset = np.zeros(gain.shape[1])
    for _ in range(60):
        offset[party] = middle = 0.5 * (low + high)
        _, least = maximin_lottery(gain - offset)
        low, high = (middle, high) if least >= -1e-13 else (low, middle)
    # The largest package is often acceptable by itself; then no bisection error remains.
    top = float(gain[:, party].max())
    return top if top - low < 1e-10 * top else 0.5 * (low + high)


def _interior(relative: Float, lottery: Float) -> Float:
    """A lottery that uses every package a little and still gives everybody a gain."""
    uniform = np.full(lottery.size, 1.0 / lottery.size)
    mix = 0.5
    while np.any(((1.0 - mix) * lottery + mix * uniform) @ relative <= 0.0):
        mix *= 0.5
    return np.asarray((1.0 - mix) * lottery + mix * uniform)


def _newton(relative: Float, weight: Float, lottery: Float, barrier: float) -> Float:
    """Maximum of sum_i w_i ln G_i + barrier * sum_k ln p_k over lotteries p, from an interior one.

    Solved in the variable dp / p, in which the barrier's curvature is the identity, however small some p are.
    """

    def objective(p: Float) -> float:
        expected = p @ relative
        return float(weight @ np.log(expected) + barrier * np.log(p).sum()) if np.all(expected > 0.0) else -np.inf

    p = lottery
    n = p.size
    for _ in range(100):
        expected = p @ relative
        scaled = p[:, None] * relative
        slope = scaled @ (weight / expected) + barrier
        curvature = (scaled * (weight / expected**2)) @ scaled.T + barrier * np.eye(n)
        system = np.zeros((n + 1, n + 1))
        system[:n, :n], system[:n, n], system[n, :n] = curvature, p, p
        step = np.linalg.solve(system, np.append(slope, 0.0))[:n]
        length = min(1.0, 0.99 / max(float(-step.min()), 1e-300))
        start = objective(p)
        while objective(p * (1.0 + length * step)) < start - 1e-15 * abs(start) and length > 1e-12:
            length *= 0.5
        p = p * (1.0 + length * step)
        p = p / p.sum()
        if (
            abs(float(slope @ step)) < 1e-13
        ):  # twice what this step gained; Newton's next error is of that order squared
            break
    return np.asarray(p)

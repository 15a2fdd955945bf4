"""Crisis signalling with private values, and simultaneous logit play: theory II.9.2, II.9.4.

Neither fits the engine: in the first A keeps two shocks to itself, in the second both sides move at once.
Sources: Lewis & Schultz (2003), Jo (2011), Crisman-Cox & Gibilisco (2021); McKelvey & Palfrey (1995), Ochs (1995).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class CrisisEquilibrium(NamedTuple):
    resist: float
    """p_R, probability that B resists a challenge."""
    challenge: float
    """p_C."""
    fight: float
    """p_F, probability that A fights when B has resisted."""


class CrisisPayoffs(NamedTuple):
    """Means of the payoffs; A's war and back-down payoffs and B's war payoff carry standard normal shocks."""

    status_quo_a: float
    concession_a: float
    concession_b: float
    war_a: float
    war_b: float
    backing_down_a: float
    back_down_b: float


def crisis_equilibria(payoffs: CrisisPayoffs, n_scan: int = 2000) -> list[CrisisEquilibrium]:
    """All equilibria, by a scan of the fixed-point equation in p_R and bisection in each bracket (9.4).

    One start is not enough: the game often has three.

    Args:
        n_scan: points of the scan; two roots closer than 1 / n_scan would be missed.
    """

    def gap(resist: float) -> float:
        challenge, fight = _replies(payoffs, resist)
        # p_F W_B + (1 - p_F) V_B - C_B, over p_F; a vanishing p_F makes resisting safe.
        lure = fight * payoffs.war_b + (1.0 - fight) * payoffs.back_down_b - payoffs.concession_b
        return _normal_cdf(lure / fight) - resist if fight > 0.0 and challenge > 0.0 else 1.0 - resist

    grid = np.linspace(0.0, 1.0, n_scan + 2)[1:-1]
    gaps = np.array([gap(float(p)) for p in grid])
    found = []
    for k in np.flatnonzero(np.sign(gaps[:-1]) != np.sign(gaps[1:])):
        low, high = float(grid[k]), float(grid[k + 1])
        rising = gaps[k] < 0.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if (gap(middle) < 0.0) == rising else (low, middle)
        resist = 0.5 * (low + high)
        found.append(CrisisEquilibrium(resist, *_replies(payoffs, resist)))
    return found


def _replies(payoffs: CrisisPayoffs, resist: float) -> tuple[float, float]:
    """p_C and p_F when B resists with probability p_R."""
    cut = (payoffs.status_quo_a - (1.0 - resist) * payoffs.concession_a) / resist
    challenge = 1.0 - _normal_cdf(cut - payoffs.war_a) * _normal_cdf(cut - payoffs.backing_down_a)
    both = _bivariate_normal_cdf(
        (payoffs.war_a - payoffs.backing_down_a) / math.sqrt(2.0), payoffs.war_a - cut, 1.0 / math.sqrt(2.0)
    )
    return challenge, min(1.0, both / challenge) if challenge > 0.0 else 0.0


def logit_equilibrium_2x2(row_payoffs: Float, column_payoffs: Float, precision: float) -> list[tuple[float, float]]:
    """All logit equilibria (p, q) of a simultaneous two-by-two game, p and q the first actions (9.2).

    p = sigma(lambda dU_row(q)) and q = sigma(lambda dU_column(p)): one equation in p, scanned and bisected.
    """
    row, column = np.asarray(row_payoffs, np.float64), np.asarray(column_payoffs, np.float64)

    def reply_column(p: float) -> float:
        gain = p * (column[0, 0] - column[0, 1]) + (1.0 - p) * (column[1, 0] - column[1, 1])
        return _logistic(precision * float(gain))

    def gap(p: float) -> float:
        q = reply_column(p)
        gain = q * (row[0, 0] - row[1, 0]) + (1.0 - q) * (row[0, 1] - row[1, 1])
        return _logistic(precision * float(gain)) - p

    grid = np.linspace(0.0, 1.0, 2001)
    gaps = np.array([gap(float(p)) for p in grid])
    found = []
    for k in np.flatnonzero((gaps[:-1] > 0.0) != (gaps[1:] > 0.0)):
        low, high, falling = float(grid[k]), float(grid[k + 1]), gaps[k] > 0.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if (gap(middle) > 0.0) == falling else (low, middle)
        found.append((0.5 * (low + high), reply_column(0.5 * (low + high))))
    return found


def _logistic(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0.0 else math.exp(z) / (1.0 + math.exp(z))


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def _bivariate_normal_cdf(h: float, k: float, correlation: float) -> float:
    """Phi_2(h, k; rho) by Plackett's integral over the angle, accurate to rounding for |rho| <= 0.9."""
    angle = 0.5 * math.asin(correlation) * (_NODES + 1.0)
    sine, cosine_sq = np.sin(angle), np.cos(angle) ** 2
    density = np.exp(-(h * h + k * k - 2.0 * h * k * sine) / (2.0 * cosine_sq))
    integral = 0.5 * math.asin(correlation) * float(_WEIGHTS @ density)
    return _normal_cdf(h) * _normal_cdf(k) + integral / (2.0 * math.pi)

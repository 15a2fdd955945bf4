"""Attrition between two forces, and how long a random front takes to reach an end: theory II.10.

alpha is what one unit of A kills per unit of time, beta what one unit of D kills.
Sources: Lanchester (1916), Brown (1963), Kingman (2002), Feller (1968) ch. XIV.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class Battle(NamedTuple):
    """A deterministic battle."""

    winner: Literal["A", "D", "none"]
    survivors: float
    duration: float
    """Time at which the loser is gone; infinite under the linear law."""
    invariant: float
    a_at_time: float
    d_at_time: float


def square_law(alpha: float, beta: float, start_a: float, start_d: float, time: float) -> Battle:
    """dA/dt = -beta D, dD/dt = -alpha A (10.1): alpha A^2 - beta D^2 is constant.

    Args:
        time: at which the two forces are reported; must lie before the end of the battle.
    """
    omega, ratio = math.sqrt(alpha * beta), math.sqrt(beta / alpha)
    invariant = alpha * start_a**2 - beta * start_d**2
    a = start_a * math.cosh(omega * time) - ratio * start_d * math.sinh(omega * time)
    d = start_d * math.cosh(omega * time) - start_a / ratio * math.sinh(omega * time)
    if invariant == 0.0:
        return Battle("none", 0.0, math.inf, 0.0, a, d)
    if invariant > 0.0:
        return Battle("A", math.sqrt(invariant / alpha), math.atanh(ratio * start_d / start_a) / omega, invariant, a, d)
    return Battle("D", math.sqrt(-invariant / beta), math.atanh(start_a / (ratio * start_d)) / omega, invariant, a, d)


def linear_law(alpha: float, beta: float, start_a: float, start_d: float, time: float) -> Battle:
    """dA/dt = -beta A D, dD/dt = -alpha A D (10.2): k = alpha A - beta D is constant; survivors in the limit."""
    k = alpha * start_a - beta * start_d
    if k == 0.0:
        a = start_a / (1.0 + alpha * start_a * time)
    else:
        growth = math.expm1(k * time)
        a = k * start_a * (growth + 1.0) / (k + alpha * start_a * growth)
    d = (alpha * a - k) / beta
    winner: Literal["A", "D", "none"] = "A" if k > 0.0 else "D" if k < 0.0 else "none"
    return Battle(winner, k / alpha if k > 0.0 else -k / beta, math.inf, k, a, d)


class RandomBattle(NamedTuple):
    """Expectations of a battle in which units fall one at a time (10.3)."""

    a_wins: float
    mean_survivors_a: float
    mean_duration: float


def stochastic_square_law(start_a: int, start_d: int, alpha: float, beta: float) -> RandomBattle:
    """The next casualty is D's with probability alpha a / (alpha a + beta d), after an exponential time (10.3)."""
    wins, left, time = (np.zeros((start_a + 1, start_d + 1)) for _ in range(3))
    wins[1:, 0] = 1.0
    left[:, 0] = np.arange(start_a + 1)
    for a in range(1, start_a + 1):
        for d in range(1, start_d + 1):
            rate = alpha * a + beta * d
            p = alpha * a / rate
            wins[a, d] = p * wins[a, d - 1] + (1.0 - p) * wins[a - 1, d]
            left[a, d] = p * left[a, d - 1] + (1.0 - p) * left[a - 1, d]
            time[a, d] = 1.0 / rate + p * time[a, d - 1] + (1.0 - p) * time[a - 1, d]
    return RandomBattle(float(wins[-1, -1]), float(left[-1, -1]), float(time[-1, -1]))


def exponential_duel(alpha: float, beta: float) -> tuple[float, float]:
    """Probability that A hits first, and the mean time, when both fire at exponential times (10.4)."""
    return alpha / (alpha + beta), 1.0 / (alpha + beta)


def alternating_duel(hit_a: float, hit_d: float) -> tuple[float, float]:
    """Probability that A hits first, and the mean number of shots, when A shoots first and they alternate (10.4)."""
    over = 1.0 - (1.0 - hit_a) * (1.0 - hit_d)
    return hit_a / over, (1.0 + (1.0 - hit_a)) / over


def simultaneous_duel(hit_a: float, hit_d: float) -> tuple[float, float]:
    """Probability that both hit in the same round, and that A alone hits first (10.4)."""
    over = 1.0 - (1.0 - hit_a) * (1.0 - hit_d)
    return hit_a * hit_d / over, hit_a * (1.0 - hit_d) / over


def first_passage_at_bottom(n_points: int, start: int, up_probability: float, n_steps: int) -> Float:
    """Pr(T = n, at 0) for n = 1 .. n_steps of the walk on 0 .. N from `start` (10.5). Feller (1968) XIV (5.8).

    Exchange p with 1 - p and z with N - z for the other end.
    """
    p, q = up_probability, 1.0 - up_probability
    nu = np.arange(1, n_points)
    angle = math.pi * nu / n_points
    out = np.zeros(n_steps)
    for n in range(1, n_steps + 1):
        if n >= start and (n - start) % 2 == 0:
            spectral = float(np.sum(np.cos(angle) ** (n - 1) * np.sin(angle) * np.sin(angle * start)))
            out[n - 1] = 2.0**n / n_points * p ** ((n - start) / 2) * q ** ((n + start) / 2) * spectral
    return out


def first_passage_tail(n_points: int, up_probability: float) -> float:
    """Factor by which Pr(T > n) falls per step in the long run: 2 sqrt(pq) cos(pi / N) (10.5)."""
    p = up_probability
    return 2.0 * math.sqrt(p * (1.0 - p)) * math.cos(math.pi / n_points)

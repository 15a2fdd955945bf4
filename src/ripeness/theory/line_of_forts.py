"""War on a line of forts 0 .. N, one battle a period: theory II.4.

A wins a battle with probability p and moves one fort up; at 0 A has lost, at N A has won. c is the cost of a battle,
delta the discount factor per battle. Arrays run over forts 0 .. N.
Sources: Feller (1968) ch. XIV, Smith & Stam (2004), Wagner (2000), Slantchev (2003), Filson & Werner (2002).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


NEARLY = 1e-4
"""Closed forms divide by 1 - delta and 1 - 2p; nearer to zero they lose digits, so the recursion is solved."""


def fight_to_the_finish(
    n_forts: int, win_probability: float, discount: float, cost: float, at_bottom: float = 0.0, at_top: float = 1.0
) -> Float:
    """V(n) = -c + delta [p V(n+1) + (1-p) V(n-1)] with V given at both ends (4.1)."""
    n = np.arange(n_forts + 1)
    p, q = win_probability, 1.0 - win_probability
    if discount == 1.0:
        return at_bottom + (at_top - at_bottom) * top_probability(n_forts, p) - cost * mean_battles(n_forts, p)
    if 1.0 - discount < NEARLY:
        return _solve_recursion(n_forts, p, discount, cost, at_bottom, at_top)
    root = math.sqrt(1.0 - 4.0 * discount**2 * p * q)
    high, low = (1.0 + root) / (2.0 * discount * p), (1.0 - root) / (2.0 * discount * p)
    floor = -cost / (1.0 - discount)
    system = np.array([[1.0, 1.0], [high**n_forts, low**n_forts]])
    a, b = np.linalg.solve(system, [at_bottom - floor, at_top - floor])
    return np.asarray(floor + a * high**n + b * low**n)


def top_probability(n_forts: int, win_probability: float) -> Float:
    """h_n = (1 - (q/p)^n) / (1 - (q/p)^N), probability that A reaches N before 0 (4.1)."""
    n = np.arange(n_forts + 1)
    if win_probability == 0.5:
        return n / n_forts
    log_odds = math.log((1.0 - win_probability) / win_probability)
    return np.asarray(np.expm1(n * log_odds) / math.expm1(n_forts * log_odds))


def mean_battles(n_forts: int, win_probability: float) -> Float:
    """D_n = (n - N h_n) / (1 - 2p), expected number of battles to the finish (4.1)."""
    n = np.arange(n_forts + 1)
    if win_probability == 0.5:
        return np.asarray(n * (n_forts - n), np.float64)
    if abs(1.0 - 2.0 * win_probability) < NEARLY:
        return _solve_recursion(n_forts, win_probability, 1.0, -1.0, 0.0, 0.0)
    return np.asarray((n - n_forts * top_probability(n_forts, win_probability)) / (1.0 - 2.0 * win_probability))


def _solve_recursion(n_forts: int, p: float, discount: float, cost: float, at_bottom: float, at_top: float) -> Float:
    """The linear system of (4.1)."""
    system, right = np.eye(n_forts + 1), np.full(n_forts + 1, -cost)
    for n in range(1, n_forts):
        system[n, n + 1], system[n, n - 1] = -discount * p, -discount * (1.0 - p)
    right[0], right[-1] = at_bottom, at_top
    return np.linalg.solve(system, right)


def terms_when_one_side_offers(n_forts: int, win_probability: float, discount: float, cost_d: float) -> Float:
    """A makes all offers: terms are one minus D's fight-to-the-finish value (4.2), which must be >= 0. Wagner 2000."""
    return 1.0 - fight_to_the_finish(n_forts, win_probability, discount, cost_d, 1.0, 0.0)


def shifted_cost(discount: float, cost_a: float, cost_d: float, recognition_a: float) -> float:
    """kappa = c_A - rho_A (1 - delta + c_A + c_D): what A's battle costs net of A's part of the surplus (4.3)."""
    return cost_a - recognition_a * (1.0 - discount + cost_a + cost_d)


def value_under_random_offers(
    n_forts: int, win_probability: float, discount: float, cost_a: float, cost_d: float, recognition_a: float
) -> Float:
    """A's value when a random side offers at every fort, common discount factor (4.3): (4.1) with the shifted cost."""
    cost = shifted_cost(discount, cost_a, cost_d, recognition_a)
    return fight_to_the_finish(n_forts, win_probability, discount, cost)


def shares_under_alternating_offers(
    n_forts: int, win_probability: float, discount: float, cost_a: float, cost_d: float
) -> tuple[Float, Float]:
    """A's share at forts 1 .. N-1 when A offers and when D offers, a battle after each rejection (4.4). Slantchev
    (2003).

    Solves v_A = 1 + c_D - delta P v_D and v_D = 1 + c_A - delta P v_A, with the loser's payoff at the ends inside P.
    """
    live = n_forts - 1
    step = np.zeros((live, live))
    to_top, to_bottom = np.zeros(live), np.zeros(live)
    for k in range(live):
        for target, probability in ((k + 1, win_probability), (k - 1, 1.0 - win_probability)):
            if 0 <= target < live:
                step[k, target] += probability
            elif target == live:
                to_top[k] += probability
            else:
                to_bottom[k] += probability
    # v_A is what A keeps when it offers, v_D what D keeps; when A offers next period D gets 1 - v_A there.
    identity = np.eye(live)
    system = np.block([[identity, discount * step], [discount * step, identity]])
    right = np.concatenate([1.0 + cost_d - discount * to_bottom, 1.0 + cost_a - discount * to_top])
    solved = np.linalg.solve(system, right)
    return solved[:live], 1.0 - solved[live:]


def race_win_probability(resources_a: int, resources_d: int, win_probability: float) -> float:
    """A takes D's resources before losing its own: Pr[NB(r_D, p) <= r_A - 1] (4.5). Filson & Werner (2002)."""
    p = win_probability
    return sum(math.comb(resources_d - 1 + j, j) * p**resources_d * (1.0 - p) ** j for j in range(resources_a))

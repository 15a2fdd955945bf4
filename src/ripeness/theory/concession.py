"""Wars of attrition: both sides wait for the other to give in. Theory II.5 and II.7.3.

Both sides choose at the same time, which the engine's period (one decision after the other) cannot express; these are
stand-alone solutions. c is the cost of a round (or of a unit of time), V the prize.
Sources: Maynard Smith (1974), Hendricks, Weiss & Wilson (1988), Riley (1980), Bulow & Klemperer (1999), Fearon (1994),
Ponsati (1995), Damiano, Li & Suen (2012); the logit version was derived for this project.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class LogitAttrition(NamedTuple):
    quit_probability: float
    value: float


def logit_attrition(cost: float, prize: float, discount: float, precision: float) -> LogitAttrition:
    """Stationary symmetric agent-logit equilibrium, both quit pays nothing (5.1): pi = sigma(-lambda Q).

    Q = pi V + (1 - pi)(-c + delta v), v = (1 - pi) Q, hence Q = (pi V - (1 - pi) c) / (1 - delta (1 - pi)^2). The
    right-hand side falls in pi, so the root is unique and bracketed.
    """

    def staying(quit_probability: float) -> float:
        stay = 1.0 - quit_probability
        return (quit_probability * prize - stay * cost) / (1.0 - discount * stay**2)

    low, high = 1e-300, 1.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        reply = _logistic(-precision * staying(middle))
        low, high = (middle, high) if reply > middle else (low, middle)
    quit_probability = 0.5 * (low + high)
    return LogitAttrition(quit_probability, (1.0 - quit_probability) * staying(quit_probability))


def symmetric_quit_probability(cost: float, prize: float) -> float:
    """c / (V + c) per round when both quitting pays nothing (5.1)."""
    return cost / (prize + cost)


def symmetric_quit_probability_with_shared_tie(cost: float, prize: float, discount: float) -> float:
    """Quit probability when both quitting pays V / 2 each (5.1): pi V + (1 - pi)(-c + delta pi V / 2) = pi V / 2.

    A quadratic in pi with one root in (0, 1), for its left side less its right is -c < 0 at 0 and V / 2 > 0 at 1.
    """
    half = 0.5 * prize
    a, b, c = -discount * half, half + cost + discount * half, -cost
    return (-b + math.sqrt(b * b - 4.0 * a * c)) / (2.0 * a) if a else -c / b


def mean_rounds_fought(quit_a: float, quit_d: float) -> float:
    """Expected number of rounds in which both stay, for constant quit probabilities."""
    both_stay = (1.0 - quit_a) * (1.0 - quit_d)
    return both_stay / (1.0 - both_stay)


class AsymmetricAttrition(NamedTuple):
    """Equilibrium without an atom at zero: each side gives in at the other's ratio of cost to prize (5.2)."""

    hazard_a: float
    hazard_d: float
    win_probability_a: float
    mean_duration: float
    quit_a: float
    """Per round of the discrete game."""
    quit_d: float
    a_wins_alone: float
    both_quit: float
    mean_rounds: float


def asymmetric_attrition(cost_a: float, prize_a: float, cost_d: float, prize_d: float) -> AsymmetricAttrition:
    """Continuous time and rounds (5.2). The side with the higher cost is the likelier winner."""
    hazard_a, hazard_d = cost_d / prize_d, cost_a / prize_a
    quit_a, quit_d = symmetric_quit_probability(cost_d, prize_d), symmetric_quit_probability(cost_a, prize_a)
    over = 1.0 - (1.0 - quit_a) * (1.0 - quit_d)
    return AsymmetricAttrition(
        hazard_a=hazard_a,
        hazard_d=hazard_d,
        win_probability_a=hazard_d / (hazard_a + hazard_d),
        mean_duration=1.0 / (hazard_a + hazard_d),
        quit_a=quit_a,
        quit_d=quit_d,
        a_wins_alone=(1.0 - quit_a) * quit_d / over,
        both_quit=quit_a * quit_d / over,
        mean_rounds=mean_rounds_fought(quit_a, quit_d),
    )


def stopping_time(value: float) -> float:
    """How long a side that values the prize at v waits: -v - ln(1 - v); values uniform on [0, 1], unit cost (5.3)."""
    return -value - math.log1p(-value)


def mean_duration_under_private_values(n_nodes: int = 64) -> float:
    """E min(t(v), t(v')) = int (1 - v)^2 t'(v) dv with t' = v / (1 - v), by quadrature (5.3)."""
    v, weight = _gauss(0.0, 1.0, n_nodes)
    return float(weight @ ((1.0 - v) ** 2 * v / (1.0 - v)))


def interim_payoff(value: float, n_nodes: int = 64) -> float:
    """Expected payoff of type v: v Pr(win) less the wait, int_0^v t(y) dy + (1 - v) t(v), by quadrature (5.3)."""
    y, weight = _gauss(0.0, value, n_nodes)
    waited = float(weight @ (-y - np.log1p(-y))) + (1.0 - value) * stopping_time(value)
    return value * value - waited


class AudienceContest(NamedTuple):
    """Crisis in which backing down at time t costs a_i t before the own public (5.4)."""

    horizon: float
    """Time after which nobody backs down."""
    atom_a: float
    """Probability that A backs down at once."""
    atom_d: float
    war_probability: float
    survival_a: float
    survival_d: float


def audience_contest(prize: float, war_cost_max: float, audience_a: float, audience_d: float) -> AudienceContest:
    """War values are uniform on [-war_cost_max, 0]; j's hazard of backing down is a_i / (v + a_i t) (5.4). Fearon
    (1994).

    Without an atom j survives with v / (v + a_i t); the contest ends at the first t at which that equals a_j t / w_bar,
    the share of j's types that prefer war to backing down then. The other side's share is smaller, so it has an atom at
    0.
    """

    def crossing(own: float, other: float) -> float:
        # v w_bar = own t (v + other t)
        a, b, c = own * other, own * prize, -prize * war_cost_max
        return (-b + math.sqrt(b * b - 4.0 * a * c)) / (2.0 * a)

    horizon = min(crossing(audience_a, audience_d), crossing(audience_d, audience_a))
    survival_a = min(1.0, audience_a * horizon / war_cost_max)
    survival_d = min(1.0, audience_d * horizon / war_cost_max)
    atom_a = 1.0 - survival_a * (prize + audience_d * horizon) / prize
    atom_d = 1.0 - survival_d * (prize + audience_a * horizon) / prize
    return AudienceContest(horizon, max(atom_a, 0.0), max(atom_d, 0.0), survival_a * survival_d, survival_a, survival_d)


class DeadlineConcession(NamedTuple):
    silent_window: float
    """Time before the deadline in which nobody gives in."""
    atom_at_deadline: float
    """Probability that the two reach the deadline, and the compromise there."""


def concession_before_deadline(cost: float, prize: float, compromise: float, deadline: float) -> DeadlineConcession:
    """Symmetric concession game with a compromise worth e to each at T, continuous time (7.3)."""
    silent = compromise / cost
    return DeadlineConcession(silent, math.exp(-2.0 * (cost / prize) * (deadline - silent)))


def concession_before_deadline_in_rounds(
    cost: float, prize: float, compromise: float, deadline: float, period: float
) -> DeadlineConcession:
    """The same by backward induction in rounds of length `period`; both conceding pays nothing (7.3).

    While holding on for sure is worth more than nothing nobody concedes; before that the concession probability leaves
    the other indifferent: pi V = (1 - pi)(c period - v'), and the value is 0.
    """
    n_rounds = round(deadline / period)
    value, reached, silent_rounds = compromise, 1.0, 0
    for _ in range(n_rounds):
        loss = cost * period - value
        if loss <= 1e-12 * prize:  # rounding: the last silent round leaves exactly nothing
            value, silent_rounds = max(-loss, 0.0), silent_rounds + 1
        else:
            concede = loss / (prize + loss)
            reached *= (1.0 - concede) ** 2
            value = 0.0
    return DeadlineConcession(silent_rounds * period, reached)


def _gauss(low: float, high: float, n_nodes: int) -> tuple[np.ndarray, np.ndarray]:
    node, weight = np.polynomial.legendre.leggauss(n_nodes)
    return low + 0.5 * (high - low) * (node + 1.0), 0.5 * (high - low) * weight


def _logistic(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0.0 else math.exp(z) / (1.0 + math.exp(z))

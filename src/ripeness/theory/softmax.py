"""What logit choice loses, and how far it amplifies: theory (0.1), I.i fact 3, I.iii.

lambda is the precision of a choice; every result here scales with it, so that lambda times the loss is a number.
Sources: derived for this project; the failure of non-expansion is that of Asadi & Littman (2017).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class LogitResponse(NamedTuple):
    """Best offer to a responder who accepts with probability sigma(lambda * margin) (0.1)."""

    margin: float
    """What the proposer leaves to the responder above its reservation value."""
    acceptance: float
    proposer_gain: float
    responder_gain: float


def wright_omega(exponent: float) -> float:
    """The z > 0 with z + ln z = exponent; Lambert's W(exp(exponent)) without overflow."""
    z = math.exp(exponent) if exponent < 1.0 else exponent
    for _ in range(60):  # Newton on a concave increasing function, from the left after one step
        step = z * (z + math.log(z) - exponent) / (1.0 + z)
        z = z - step if z > step else 0.5 * z
        if abs(step) <= 1e-16 * z:
            break
    return z


def offer_to_logit_responder(precision: float, surplus: float) -> LogitResponse:
    """Exact proposer against a logit responder, one shot (0.1): z + ln z = lambda S - 1.

    Args:
        surplus: S, what the two gain together from agreeing.
    """
    z = wright_omega(precision * surplus - 1.0)
    margin, acceptance = math.log(z) / precision, z / (1.0 + z)
    return LogitResponse(margin, acceptance, z / precision, acceptance * margin)


def largest_loss(n_actions: int) -> float:
    """Largest lambda * (max Q - sum pi Q) over all values Q of n actions: W((n - 1) / e) (fact 3)."""
    return wright_omega(math.log(n_actions - 1) - 1.0)


def crude_loss_bound(n_actions: int) -> float:
    """ln n, the bound through entropy (fact 3)."""
    return math.log(n_actions)


def lipschitz_constant(n_actions: int) -> float:
    """Sup-norm Lipschitz constant of Q -> sum pi Q (I.iii), attained with one action above n - 1 that tie.

    With gap y (times lambda) and pi the best action's probability the gradient's 1-norm is
    2 pi - 1 + 2 pi (1 - pi) y, largest where y (2 pi - 1) = 2.
    """
    low, high = math.log(n_actions) + 1e-9, math.log(n_actions) + 20.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        best = 1.0 / (1.0 + (n_actions - 1) * math.exp(-middle))
        low, high = (middle, high) if middle * (2.0 * best - 1.0) < 2.0 else (low, middle)
    best = 1.0 / (1.0 + (n_actions - 1) * math.exp(-low))
    return 2.0 * best - 1.0 + 2.0 * best * (1.0 - best) * low

"""Two offers to a side of unknown cost, every choice by logit, then a fight to the finish: theory II.3.5.

The informed side's answers are choices that inform (`informed_choice`), with tomorrow's values as exact functions of
the belief: any number of types, and no grid of beliefs, against which games on a grid can be judged.
Source: derived for this project from the game of II.3.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.theory.informed_choice import continued_equilibrium, response
from ripeness.theory.screening import DecisiveRounds

Float = NDArray[np.float64]


class LogitScreening(NamedTuple):
    """At the first of two offers. N packages, K types."""

    value_u: float
    """Of the uninformed side, which proposes."""
    value_by_type: Float
    """(K,) of the informed side."""
    settles: float
    """Probability of agreeing on the first offer."""
    offer: Float
    """(N + 1,) probability of each offer, "none" last."""
    belief_after_rejection: Float
    """(N, K)."""


def logit_screening_in_two_periods(
    rounds: DecisiveRounds,
    costs: Sequence[float],
    prior: Sequence[float],
    shares: Sequence[float],
    precision: float,
    *,
    with_none: bool = True,
) -> LogitScreening:
    """The agent-quantal-response equilibrium of two periods (3.5).

    Args:
        costs: of a round, to each type.
        shares: of the uninformed side, in each package.
        with_none: it may also offer nothing, with the weight of one package.
    """
    share, belief, cost = (np.asarray(x, np.float64) for x in (shares, prior, costs))
    fighting = np.array([rounds.fighting(float(c)) for c in cost])
    last_accept = _logistic(precision * (1.0 - share[:, None] - fighting))  # (N, K), whatever is believed

    def last_offers(gain: Float) -> Float:
        """(N, n) probabilities; "none" has the rest."""
        weight = np.vstack([precision * gain, np.full((int(with_none), gain.shape[1]), 0.0)])
        return np.asarray(np.exp(weight - np.logaddexp.reduce(weight, axis=0))[: share.size])

    def last_gain(beliefs: Float) -> Float:
        return np.asarray((last_accept @ beliefs) * (share[:, None] - rounds.fighting_u))

    def rejecting(beliefs: Float) -> Float:
        """(K, n) worth of a rejection today to each type."""
        surplus = last_accept * (1.0 - share[:, None] - fighting)
        tomorrow = fighting[:, None] + surplus.T @ last_offers(last_gain(beliefs))
        flow = -cost + rounds.discount * rounds.decisive * (1.0 - rounds.win_probability)
        return np.asarray(flow[:, None] + rounds.discount_tilde * tomorrow)

    def rejected(beliefs: Float) -> Float:
        """(n,) the same to the uninformed side, which knows only what it believes."""
        gain = last_gain(beliefs)
        tomorrow = rounds.fighting_u + (last_offers(gain) * gain).sum(axis=0)
        flow = -rounds.cost_u + rounds.discount * rounds.decisive * rounds.win_probability
        return np.asarray(flow + rounds.discount_tilde * tomorrow)

    answers = [continued_equilibrium(response([1.0 - x] * cost.size, rejecting, precision), prior) for x in shares]
    accept = np.array([answer.choice[:, 0] for answer in answers])  # (N, K)
    after = np.array([answer.belief[:, 1] for answer in answers])
    agreed = accept @ belief
    silent = float(rejected(belief[:, None])[0])
    gain = agreed * share + (1.0 - agreed) * rejected(after.T) - silent
    offer = last_offers(gain[:, None])[:, 0]
    worth = accept * (1.0 - share[:, None]) + (1.0 - accept) * rejecting(after.T).T
    none = 1.0 - float(offer.sum()) if with_none else 0.0
    return LogitScreening(
        value_u=silent + float(offer @ gain),
        value_by_type=offer @ worth + none * rejecting(belief[:, None])[:, 0],
        settles=float(offer @ agreed),
        offer=np.append(offer, none),
        belief_after_rejection=after,
    )


def _logistic(z: Float) -> Float:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))

"""One period of the exact forward pass, as every measure of the outlook sees it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Decisions
from ripeness.game import Game

Float = NDArray[np.float64]
Values = NDArray[np.floating[Any]]
Bool = NDArray[np.bool_]


DENSE = 0.5
"""Above this part of all states that can be reached, nothing is gained by leaving the others out."""


class Moment(NamedTuple):
    """What is decided in a period, at the states that can be reached in it. S of them; R rows, N packages.

    Attributes:
        period: index from 0.
        states: which states of the game they are, as an index into arrays over all states.
        mass: (S,) probability that the war is open at the start of the period and in this state.
        posture, recognition, offer, accept, effort: probabilities, see `engine.Decisions`.
        continuation: (R, S) C_i averaged over the postures that the patron would choose.
        peace: (N, R, S) W_i.
        value: (R, S) V_i.
    """

    period: int
    states: NDArray[np.intp] | slice
    mass: Float
    posture: Values
    recognition: Values
    offer: Values
    accept: Values
    effort: Values
    continuation: Values
    peace: Values
    value: Values

    @property
    def open(self) -> float:
        """Probability that the war is open at the start of the period."""
        return float(self.mass.sum())

    def acceptance(self, posture: int, proposer: int) -> Values:
        """(N, S) probability that an offer of this proposer is accepted by all who must."""
        by_a, by_d = self.accept[0, posture], self.accept[1, posture]
        return by_d if proposer == 0 else by_a if proposer == 1 else np.asarray(by_a * by_d)

    def settles(self) -> Values:
        """(N, S) probability that the period settles on each package, given the state."""
        n_postures, n_proposers = self.recognition.shape[:2]
        total = np.zeros((self.peace.shape[0], self.mass.size), self.peace.dtype)
        for m in range(n_postures):
            for j in range(n_proposers):
                talks = self.posture[m] * self.recognition[m, j]
                if talks.any():
                    total += talks * self.offer[m, j, :-1] * self.acceptance(m, j)
        return total

    def expect(self, values: Values | Bool) -> Float:
        """Expectation over the states given open, along the last axis; NaN when nothing is open."""
        total = self.open
        if total <= 0.0:
            return np.full(values.shape[:-1], np.nan)
        # Not a matrix product: its sums would depend on how many threads the linear algebra of the machine takes.
        summed = np.einsum("...s,s->...", np.asarray(values, np.float64), self.mass)
        return np.asarray(summed / total, np.float64)


def moment(period: int, mass: NDArray[Any], decisions: Decisions) -> Moment:
    """The reachable part of a period: states without mass are left out where that saves work."""
    reached = np.flatnonzero(mass)
    pick = slice(None) if reached.size > DENSE * mass.size else reached
    posture = decisions.posture[..., pick]
    return Moment(
        period=period,
        states=pick,
        mass=np.asarray(mass[pick], np.float64),
        posture=posture,
        recognition=decisions.recognition[..., pick],
        offer=decisions.offer[..., pick],
        accept=decisions.accept[..., pick],
        effort=decisions.effort[..., pick],
        continuation=np.einsum("ms,mrs->rs", posture, decisions.continuation[..., pick]),
        peace=decisions.peace[..., pick],
        value=decisions.value[..., pick],
    )


def years_of(game: Game) -> Float:
    """(T,) start of each period in years from the start of the scenario."""
    return np.arange(game.tables.n_periods, dtype=np.float64) * game.years_per_period

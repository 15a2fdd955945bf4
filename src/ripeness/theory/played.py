"""A game in which one side has types, after it was played: what happens at the start, and at every other belief.

A game of few periods reaches few beliefs. With a node on each of them no number is read between nodes, and what is
published without a grid of beliefs comes out to rounding: see `Played.at_its_posteriors`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Solution, TypedDecisions, decisions_of_types
from ripeness.game.tables import BeliefAxis, TableBuilder
from ripeness.theory.tables_of_theory import even_beliefs, play

Float = NDArray[np.float64]
FIRST_STEPS = 50
"""Of the even beliefs in [0, 1] that every grid contains."""
MOST_ROUNDS = 10
STILL = 1e-10
"""Posteriors of the first period that move by less than this from one grid to the next have arrived."""
APART, APART_LATER = 1e-8, 2.5e-4
"""Nodes nearer to each other than this, in probability, are one: beliefs of the first period, of later periods. The
second leaves errors of precision * 6e-8 / 4 times what a value bends with the belief."""


@dataclass(frozen=True)
class Played:
    """A solved game with one posture, no patron and one side with types, and the decisions of its first period."""

    solution: Solution
    decided: TypedDecisions

    @classmethod
    def of(cls, builder: TableBuilder) -> Played:
        """Solve the game of a builder."""
        solution = play(builder.finish())
        return cls(solution, decisions_of_types(solution, 0, threads=1))

    @classmethod
    def at_its_posteriors(
        cls, make: Callable[[], TableBuilder], side: int, prior: float, evidence: Sequence[float] = (0.0,)
    ) -> Played:
        """Solve a game with two types on a grid with a node at every belief that it reaches from the prior.

        Args:
            make: builds the game, without beliefs.
            prior: of type 1.
            evidence: log-odds by which what a period's fighting shows may move the belief after its talks.
        """
        reached: list[Float] = []
        before = np.empty(0)
        for _ in range(MOST_ROUNDS):
            builder = make()
            nodes, start = _with_nodes_at(reached, prior)
            builder.add_beliefs(side, nodes, start=start)
            played = cls.of(builder)
            reached = played.reached(evidence)
            if before.shape == reached[0].shape and np.abs(reached[0] - before).max(initial=0.0) < STILL:
                break
            before = reached[0]
        return played

    def reached(self, evidence: Sequence[float]) -> list[Float]:
        """By period, beliefs in type 1 from the start on: after the informed side's acts, and then after fighting."""
        tables, side = self.solution.tables, self.axis.side
        n_nodes, at = tables.n_nodes, np.array([self.start])
        found = []
        for period in range(tables.n_periods):
            decided = self.decided if period == 0 else decisions_of_types(self.solution, period, threads=1)
            lanes = (np.arange(tables.n_states)[:, None] * n_nodes + at).reshape(-1)
            offered = _told(decided.offer_after[side, 0, :, 0, lanes])
            told = offered
            if period < tables.n_periods - 1:
                rejected = _told(decided.accept_after[side, 0, :, 1, 0, lanes])
                silent = np.log(self.beliefs[at, 1] / self.beliefs[at, 0])
                talked = np.concatenate([silent, offered, rejected])
                fought = np.unique(talked[:, None] + np.asarray(evidence))
                told = np.concatenate([talked, fought])
                later = beliefs_of(fought[:, None])[:, 1]
                at = np.unique(np.abs(self.beliefs[:, 1][:, None] - later).argmin(axis=0))
            found.append(beliefs_of(told[:, None])[:, 1])
        return found

    @property
    def axis(self) -> BeliefAxis:
        """What is believed of the side with types."""
        (axis,) = self.solution.tables.beliefs
        return axis

    @property
    def start(self) -> int:
        """Node of the public belief at period 0."""
        return self.axis.start

    @property
    def beliefs(self) -> Float:
        """(B, K) of the nodes."""
        return self.axis.nodes

    def value(self, row: int, state: int = 0) -> float:
        """Of a row at the start."""
        return float(self.solution.values[0, row, state, self.start])

    def value_by_node(self, row: int, state: int = 0) -> Float:
        """(B,) at period 0."""
        return np.asarray(self.solution.values[0, row, state], np.float64)

    @property
    def settles(self) -> float:
        """Probability that period 0 ends in a settlement, by what is publicly believed at the start."""
        initial = self.solution.tables.initial
        return float(sum(initial[s] * self.settles_by_node(int(s))[self.start] for s in np.flatnonzero(initial)))

    def settles_by_node(self, state: int = 0) -> Float:
        """(B,) the same at every belief and in one state."""
        tables, decided, informed = self.solution.tables, self.decided, self.axis.side
        lanes, n_packages = self._lanes(state), decided.accept.shape[3]
        total = np.zeros(lanes.stop - lanes.start)
        for j in (0, 1):
            chance = tables.pool[tables.recognition[tables.epoch_of_period[0], 0, j], state]
            if chance == 0.0:
                continue
            offered, accepted = self.offer_by_node(j, state)[:-1], decided.accept[1 - j, :, 0, :, lanes]
            if j == informed:  # the lottery is linear in the belief, and so is what an answer to it is expected to be
                after = beliefs_of(decided.offer_after[j, 0, :-1, :, lanes])
                agreed = [np.interp(after[n, 1], self.beliefs[:, 1], accepted[0, n]) for n in range(n_packages)]
            else:
                agreed = [np.einsum("bk,kb->b", self.beliefs, accepted[:, n]) for n in range(n_packages)]
            total += chance * (offered * np.array(agreed)).sum(axis=0)
        return total

    def offer(self, side: int, state: int = 0) -> Float:
        """(N + 1,) probability of each offer of a recognised side at the start, "none" last."""
        return self.offer_by_node(side, state)[:, self.start]

    def offer_by_type(self, side: int, state: int = 0) -> Float:
        """(K, N + 1) the same by the side's own type."""
        return np.asarray(self.decided.offer[side, :, 0, :, self._lanes(state).start + self.start])

    def offer_by_node(self, side: int, state: int = 0) -> Float:
        """(N + 1, B) as the public expects it at every node."""
        offered = self.decided.offer[side, :, 0, :, self._lanes(state)]
        return np.asarray(offered[0] if side != self.axis.side else np.einsum("bk,knb->nb", self.beliefs, offered))

    def after_offer(self, state: int = 0) -> Float:
        """(N + 1, K) beliefs after each offer of the informed side at the start."""
        lane = self._lanes(state).start + self.start
        return beliefs_of(self.decided.offer_after[self.axis.side, 0, :, :, lane])

    def after_rejection(self, state: int = 0) -> Float:
        """(N, K) beliefs after the informed side has rejected each offer at the start."""
        lane = self._lanes(state).start + self.start
        return beliefs_of(self.decided.accept_after[self.axis.side, 0, :, 1, :, lane])

    def accepts_at(self, responder: int, package: int, belief: float, state: int = 0) -> float:
        """Probability that the uninformed side accepts a package at a belief in type 1 between nodes."""
        return float(
            np.interp(belief, self.beliefs[:, 1], self.decided.accept[responder, 0, 0, package, self._lanes(state)])
        )

    def _lanes(self, state: int) -> slice:
        n = self.beliefs.shape[0]
        return slice(state * n, (state + 1) * n)


def _told(log_odds: Float) -> Float:
    """Log-odds after acts of a side with types, without those that nobody takes."""
    return np.unique(log_odds[np.isfinite(log_odds)])


def _with_nodes_at(reached: list[Float], prior: float) -> tuple[Float, int]:
    """Nodes (B, 2) even in probability with further ones among them, by period, and which is the prior."""
    even, start = even_beliefs(FIRST_STEPS, prior)
    taken = even[[0, start, -1], 1]
    # In this order: a node that is reached stands in for an even one beside it, an early one for a late one.
    for period, more in enumerate([*reached, even[:, 1]]):
        apart = APART if period == 0 else APART_LATER
        for belief in more:
            if np.abs(taken - belief).min() >= apart:
                taken = np.append(taken, belief)
    inner = np.sort(taken)
    return np.stack([1.0 - inner, inner], axis=1), int(np.flatnonzero(inner == prior)[0])


def beliefs_of(log_odds: Float) -> Float:
    """Probabilities of all types, from their log-odds against type 0 along axis 1."""
    against = np.concatenate([np.zeros_like(log_odds[:, :1]), log_odds], axis=1)
    odds = np.exp(against - against.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def at_belief(wanted: float, beliefs: Float, by_node: Float) -> float:
    """A number known at every node, at a belief between nodes."""
    order = np.argsort(beliefs)
    return float(np.interp(wanted, beliefs[order], by_node[order]))

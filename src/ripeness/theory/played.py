"""A typed game after it was played: what happens at the public belief it starts from, and at every other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Decisions, Solution, decisions
from ripeness.game.tables import TableBuilder
from ripeness.theory.tables_of_theory import play

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Played:
    """A game in which one side has types, solved, with the decisions of its first period."""

    solution: Solution
    decided: Decisions

    @classmethod
    def of(cls, builder: TableBuilder) -> Played:
        """Solve the game of a builder."""
        solution = play(builder.finish())
        return cls(solution, decisions(solution, 0, threads=1))

    @property
    def start(self) -> int:
        """Node of the public belief at period 0."""
        return self.solution.tables.beliefs[0].start

    def beliefs(self, side: int) -> Float:
        """(B, K) of the nodes."""
        (axis,) = (a for a in self.solution.tables.beliefs if a.side == side)
        return axis.nodes

    def value(self, row: int, state: int = 0) -> float:
        """Of a row at the start."""
        return float(self.solution.values[0, row, state, self.start])

    def value_by_node(self, row: int, state: int = 0) -> Float:
        """(B,) at period 0."""
        return np.asarray(self.solution.values[0, row, state], np.float64)

    @property
    def settles(self) -> float:
        """Probability that period 0 ends in a settlement, by what is publicly believed at the start."""
        raise NotImplementedError

    @property
    def settles_by_node(self) -> Float:
        """(B,) the same at every node of state 0."""
        raise NotImplementedError

    def offer(self, side: int, state: int = 0) -> Float:
        """(N + 1,) probability of each offer of a recognised side at the start, "none" last."""
        raise NotImplementedError

    def offer_by_type(self, side: int, state: int = 0) -> Float:
        """(K, N + 1) the same by the side's own type."""
        raise NotImplementedError

    def offer_by_node(self, side: int, state: int = 0) -> Float:
        """(N + 1, B) the same at every node."""
        raise NotImplementedError

    def after_offer(self, side: int, state: int = 0) -> Float:
        """(N + 1, K) beliefs after each offer of the informed side at the start."""
        raise NotImplementedError

    def after_rejection(self, proposer: int, responder: int, state: int = 0) -> Float:
        """(N, K) beliefs after the informed side has rejected each offer at the start."""
        raise NotImplementedError

    def accepts_at(self, responder: int, package: int, belief: float, state: int = 0) -> float:
        """Probability that an uninformed side accepts a package at a belief in type 1 between nodes."""
        raise NotImplementedError


def at_belief(wanted: float, beliefs: Float, by_node: Float) -> float:
    """A number known at every node, at a belief between nodes."""
    order = np.argsort(beliefs)
    return float(np.interp(wanted, beliefs[order], by_node[order]))

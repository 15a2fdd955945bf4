"""What can happen at a point of a game in `Tables`: open actions, nature's outcomes, and how large the whole tree is.

A *belief-free* reading of the tables: it says which actions and outcomes are possible and how likely nature makes them
under each profile of types, and knows nothing of how anybody chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ripeness.game.beliefs import profile_types
from ripeness.game.tables import Tables

ROUNDING = 1e-11
"""Probabilities smaller than this are the rounding of a sum."""


class Position(NamedTuple):
    """Start of a period, as everybody sees it: the state, and the profiles of types that are still possible."""

    period: int
    state: int
    profiles: frozenset[int]


class Outcome(NamedTuple):
    """One publicly seen result of nature's moves in a period.

    Attributes:
        arms: which arm was seen at each move that says something of a type, and at which step the war ended.
        state: destination, or the state in which the war ended.
        end: -2: the war goes on; else the end that is booked, -1 for one without a name.
        step: at which of nature's steps the war ended, else -1.
    """

    arms: tuple[int, ...]
    state: int
    end: int = -2
    step: int = -1


class Size(NamedTuple):
    """Size of a tree."""

    information_sets: int
    leaves: int


class CountingStopped(Exception):
    """The tree has more than MAX_LEAVES leaves, or more than MAX_POSITIONS positions."""


MAX_POSITIONS = 2_000
"""Positions looked at while the size of a tree is counted."""

MAX_LEAVES = 20_000
"""Largest number of leaves: the text of a larger tree takes tens of megabytes."""


class Structure:
    """Possible actions and outcomes of a game.

    Args:
        start: state at period 0; None: the mass of the tables.
        periods: how many periods from the start; None: all.
    """

    def __init__(self, tables: Tables, *, start: int | None = None, periods: int | None = None) -> None:
        self.tables = tables
        self.n_periods = tables.n_periods if periods is None else periods
        self.types = profile_types(tables.types)
        prior = np.ones(tables.n_profiles)
        for axis in tables.beliefs:
            prior *= axis.nodes[axis.start][self.types[:, axis.side]]
        self.prior = prior / prior.sum()
        self.profiles = frozenset(int(p) for p in np.flatnonzero(prior))
        mass = tables.initial / tables.initial.sum() if start is None else np.eye(1, tables.n_states, start)[0]
        self.starts = {int(s): float(mass[s]) for s in np.flatnonzero(mass > ROUNDING)}
        self._outcomes: dict[tuple[int, int, int, int], dict[Outcome, dict[int, float]]] = {}
        self._n_outcomes = 0  # each leads to a leaf at least

    def epoch(self, period: int) -> int:
        return int(self.tables.epoch_of_period[period])

    def row(self, side: int, kind: int) -> int:
        """Value row of one type of a side."""
        return sum(self.tables.types[:side]) + kind

    def kinds(self, side: int, profiles: frozenset[int]) -> int:
        """How many types of a side are still possible."""
        return len({int(self.types[p, side]) for p in profiles})

    def postures(self, epoch: int) -> list[int]:
        return np.flatnonzero(self.tables.posture_weight[epoch] > 0.0).tolist()

    def offers(self, epoch: int) -> list[int]:
        """Packages that can be offered; "none" is the number of packages."""
        return np.flatnonzero(self.tables.offer_weight[epoch] > 0.0).tolist()

    def recognised(self, epoch: int, posture: int, state: int) -> dict[int, float]:
        """Chance that each side proposes; -1: nobody."""
        maps = self.tables.recognition[epoch, posture]
        chances = {j: float(self.tables.pool[table, state]) for j, table in enumerate(maps)}
        nobody = 1.0 - sum(chances.values())
        found = {j: p for j, p in chances.items() if p > 0.0}
        return {**found, -1: nobody} if nobody > ROUNDING else found

    def operators(self, epoch: int, posture: int, effort: int, row: int) -> list[int]:
        """Operator at each of nature's steps for one row, the truth for -1; -1 where nothing moves."""
        return [int(o) for o in self.tables.nature[:, epoch, posture, effort, row]]

    def odds(self, operator: int, state: int, profile: int) -> list[float]:
        """Probability of each arm of an operator."""
        maps = self.tables.profiles.operator_weight[operator, :, profile]
        return [float(self.tables.pool[w, state]) if w >= 0 else 0.0 for w in maps]

    def outcomes(self, epoch: int, posture: int, effort: int, state: int) -> dict[Outcome, dict[int, float]]:
        """What everybody sees of nature's moves, with its probability under each profile that allows it."""
        key = (epoch, posture, effort, state)
        if key not in self._outcomes:
            self._outcomes[key] = self._move(*key)
            self._n_outcomes += len(self._outcomes[key])
            self._check_leaves(self._n_outcomes)
        return self._outcomes[key]

    def _move(self, epoch: int, posture: int, effort: int, state: int) -> dict[Outcome, dict[int, float]]:
        tables = self.tables
        going = {Outcome((), state): dict.fromkeys(sorted(self.profiles), 1.0)}
        ended: dict[Outcome, dict[int, float]] = {}
        for step, operator in enumerate(self.operators(epoch, posture, effort, -1)):
            if operator < 0:
                continue
            arriving: dict[Outcome, dict[int, float]] = {}
            for before, chances in going.items():
                odds = {p: self.odds(operator, before.state, p) for p in chances}
                telling = len({tuple(each) for each in odds.values()}) > 1
                for p, chance in chances.items():
                    stays = sum(odds[p])
                    leaves = 1.0 - stays if 1.0 - stays > ROUNDING else 0.0
                    for arm, odd in enumerate(odds[p]):
                        if odd > 0.0:
                            arms = (*before.arms, arm) if telling else before.arms
                            to = Outcome(arms, before.state + int(tables.operator_offset[operator, arm]))
                            into = arriving.setdefault(to, {})
                            into[p] = into.get(p, 0.0) + chance * odd * (1.0 - leaves) / stays
                    if leaves:
                        end = int(tables.operator_end[operator])
                        ended[Outcome(before.arms, before.state, end, step)] = {
                            **ended.get(Outcome(before.arms, before.state, end, step), {}), p: chance * leaves,
                        }  # fmt: skip
            going = arriving
            self._check_leaves(self._n_outcomes + len(going))
        return {**going, **ended}

    @staticmethod
    def _check_leaves(at_least: int) -> None:
        if at_least > MAX_LEAVES:
            raise CountingStopped

    def positions_after(self, here: Position, posture: int, effort: int) -> Iterator[tuple[Outcome, Position | None]]:
        """Outcomes of nature with the position that each leads to, None where the war ends."""
        for outcome, chances in self.outcomes(self.epoch(here.period), posture, effort, here.state).items():
            possible = here.profiles.intersection(chances)
            if possible:
                goes_on = outcome.end == -2
                yield outcome, Position(here.period + 1, outcome.state, possible) if goes_on else None

    def first_positions(self) -> list[Position]:
        return [Position(0, state, self.profiles) for state in self.starts]

    def measure(self) -> tuple[Size, set[Position]]:
        """Size of the tree, and every position of it.

        Raises:
            CountingStopped: it is too large to be counted.
        """
        known: dict[Position, Size] = {}
        sizes = [self._size(position, known) for position in self.first_positions()]
        return Size(*(sum(each) for each in zip(*sizes, strict=True))), set(known)

    def _size(self, here: Position, known: dict[Position, Size]) -> Size:
        if here.period == self.n_periods:
            return Size(0, len(here.profiles))
        if here in known:
            return known[here]
        if len(known) >= MAX_POSITIONS:
            raise CountingStopped
        known[here] = Size(0, 0)  # counts against the budget while its successors are looked at
        epoch = self.epoch(here.period)
        postures = self.postures(epoch) if self.tables.posture_weight.shape[1] > 1 else [0]
        sets = self.kinds(2, here.profiles) if len(postures) > 1 else 0
        leaves = 0
        n_none = self.tables.peace_fixed.shape[1]
        for m in postures:
            fight = self._size_of_fight(here, m, known)
            for j in self.recognised(epoch, m, here.state):
                offers = self.offers(epoch) if j >= 0 else [n_none]
                sets += self.kinds(j, here.profiles) if len(offers) > 1 else 0
                responders = [i for i in (0, 1) if i != j]
                for n in offers:
                    answers = responders if n != n_none else []
                    sets += sum(self.kinds(i, here.profiles) for i in answers)
                    leaves += len(here.profiles) if answers else 0
                    times = max(len(answers), 1)  # each refusal leads to a fight of its own
                    sets, leaves = sets + times * fight.information_sets, leaves + times * fight.leaves
        known[here] = Size(sets, leaves)
        return known[here]

    def _size_of_fight(self, here: Position, posture: int, known: dict[Position, Size]) -> Size:
        n_a, n_d = self.tables.n_effort_a, self.tables.n_effort_d
        sets = self.kinds(0, here.profiles) if n_a > 1 else 0
        sets += n_a * self.kinds(1, here.profiles) if n_d > 1 else 0
        leaves = 0
        for effort in range(n_a * n_d):
            for outcome, position in self.positions_after(here, posture, effort):
                if position is None:
                    chances = self.outcomes(self.epoch(here.period), posture, effort, here.state)[outcome]
                    leaves += len(here.profiles.intersection(chances))
                else:
                    size = self._size(position, known)
                    sets, leaves = sets + size.information_sets, leaves + size.leaves
        return Size(sets, leaves)

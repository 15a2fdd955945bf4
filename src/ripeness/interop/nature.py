"""Where nature takes the war between two periods of a slice, and what it is worth after the last one.

Payoffs stand at the ends of a tree, and the tree has one nature, the truth. A row that reckons with odds of its own
(w instead of q) gets w / q times what follows, which gives the same expectation before nature moves; and what happens
after nature has moved is decided by agents whose payoffs start there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game import Tables
from ripeness.interop.errors import ExportError
from ripeness.interop.extensive import Evidence

Float = NDArray[np.float64]
NO_CHANCE = 1e-15
"""Odds below this are rounding."""


@dataclass(frozen=True)
class Outcome:
    """One way in which nature moves, for one profile of types.

    Attributes:
        state: where the war stands; -1: it is over.
        seen: what of it tells about types.
        odds: under the truth.
        factor: (R,) by which what follows counts for each row.
        paid: (R,) what each row receives at next period's beginning.
    """

    state: int
    seen: tuple[Evidence, ...]
    odds: float
    factor: Float
    paid: Float


class Nature:
    """Nature's operators of a game, read by profile of types."""

    def __init__(self, tables: Tables, profiles: NDArray[np.int64], possible: tuple[int, ...]) -> None:
        """`possible`: the profiles that the slice holds possible."""
        self.tables, self.types, self.possible = tables, profiles, possible
        maps = tables.profiles
        self.weights, self.sources = maps.operator_weight, maps.operator_source

    def steps(self, epoch: int, posture: int, effort: int) -> list[NDArray[np.int32]]:
        """Operators by row, the truth last, of every step in which something happens."""
        return [row for row in self.tables.nature[:, epoch, posture, effort] if np.any(row >= 0)]

    def expected(self, row: int, steps: list[NDArray[np.int32]], state: int, profile: int, after: Float) -> float:
        """What a row expects under its own odds of values (S,) after nature's moves."""
        total, mass = 0.0, {state: 1.0}
        for step in steps:
            operator = int(step[row])
            if operator < 0:
                continue
            moved: dict[int, float] = {}
            for at, share in mass.items():
                total += share * self._source(operator, at, profile)
                for arm, chance in self._arms(operator, at, profile):
                    to = at + int(self.tables.operator_offset[operator, arm])
                    moved[to] = moved.get(to, 0.0) + share * chance
            mass = {to: share for to, share in moved.items() if share != 0.0}
        return total + float(sum(share * after[at] for at, share in mass.items()))

    def outcomes(self, steps: list[NDArray[np.int32]], state: int, profile: int) -> list[Outcome]:
        """All ways in which nature moves from a state; ways that lead to the same are one."""
        n_rows = self.tables.n_rows
        ways = [Outcome(state, (), 1.0, np.ones(n_rows), np.zeros(n_rows))]
        for step in steps:
            ways = _merged([then for at in ways for then in (self._step(step, at, profile) if at.state >= 0 else [at])])
        return sorted(ways, key=lambda way: (way.state < 0, way.state, [seen.event for seen in way.seen]))

    def _step(self, operators: NDArray[np.int32], at: Outcome, profile: int) -> list[Outcome]:
        """What one step makes of an outcome so far."""
        truth = int(operators[-1])
        telling = self._tells(truth, at.state)
        if telling >= 0 and np.any(operators[:-1] != truth):
            raise ExportError([
                f"nature: operator {truth} tells of the type of side {telling} and is not the same for all rows; an "
                "exported game has one nature. Give every row the same odds."
            ])  # fmt: skip
        by_row = [self._destinations(int(o), at.state, profile, telling >= 0) for o in operators]
        source = np.array([self._source(int(o), at.state, profile) for o in operators[:-1]])
        leaving = 1.0 - sum(by_row[-1].values())
        then = []
        if leaving > NO_CHANCE:
            paid = at.paid + at.factor * source / leaving
            then.append(Outcome(-1, at.seen, at.odds * leaving, at.factor, paid))
            source = np.zeros_like(source)
        for row in by_row[:-1]:
            if any(chance > 0.0 and by_row[-1].get(key, 0.0) <= 0.0 for key, chance in row.items()):
                raise ExportError([
                    f"nature: a row holds a move from state {at.state} possible that the truth excludes; an exported "
                    "game has one nature. Give the truth odds above 0 wherever a row has them."
                ])  # fmt: skip
        for key, chance in by_row[-1].items():
            if chance <= 0.0:
                continue
            offset, arm = key
            factor = at.factor * np.array([row.get(key, 0.0) / chance for row in by_row[:-1]])
            seen = at.seen
            if telling >= 0:
                seen = (*seen, Evidence(telling, f"nature's move {arm}", (truth, at.state, arm)))
            then.append(Outcome(at.state + offset, seen, at.odds * chance, factor, at.paid + at.factor * source))
        return then

    def _destinations(self, operator: int, state: int, profile: int, apart: bool) -> dict[tuple[int, int], float]:
        """Odds by offset and arm; arms with the same offset are one unless they are to be kept apart."""
        if operator < 0:
            return {(0, 0): 1.0}
        odds: dict[tuple[int, int], float] = {}
        for arm, chance in self._arms(operator, state, profile):
            key = (int(self.tables.operator_offset[operator, arm]), arm if apart else 0)
            odds[key] = odds.get(key, 0.0) + chance
        return odds

    def _arms(self, operator: int, state: int, profile: int) -> list[tuple[int, float]]:
        tables = self.weights[operator, :, profile]
        return [(arm, float(self.tables.pool[table, state])) for arm, table in enumerate(tables) if table >= 0]

    def _source(self, operator: int, state: int, profile: int) -> float:
        table = int(self.sources[operator, profile]) if operator >= 0 else -1
        return float(self.tables.pool[table, state]) if table >= 0 else 0.0

    def _tells(self, operator: int, state: int) -> int:
        """Side of whose type an operator tells here; -1: of none."""
        if operator < 0:
            return -1
        odds: dict[int, list[Any]] = {x: self._arms(operator, state, x) for x in self.possible}
        for one in self.possible:
            for other in self.possible:
                differing = np.flatnonzero(self.types[one] != self.types[other])
                if differing.size == 1 and odds[one] != odds[other]:
                    return int(differing[0])
        return -1


def _merged(ways: list[Outcome]) -> list[Outcome]:
    """Ways that lead to the same state and were seen alike, as one with their mean."""
    found: dict[tuple[int, tuple[Evidence, ...]], Outcome] = {}
    for way in ways:
        same = found.get((way.state, way.seen))
        if same is None:
            found[way.state, way.seen] = way
            continue
        odds = same.odds + way.odds
        factor = (same.odds * same.factor + way.odds * way.factor) / odds
        paid = (same.odds * same.paid + way.odds * way.paid) / odds
        found[way.state, way.seen] = Outcome(way.state, way.seen, odds, factor, paid)
    return list(found.values())

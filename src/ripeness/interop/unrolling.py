"""A game in `Tables` as an extensive-form game whose logit equilibrium at lambda = 1 is the engine's.

**Structure.** Chance draws the profile of types and, where the mass starts on several states, the state. In each
period follow the posture (P), who is recognised (chance), the offer, the answers, effort of A, effort of D, and nature.
All see everything but the others' types. Equal states that are reached on different ways are different histories.

**Players.** The engine's precision differs between decisions, while other programs know one lambda. So each decision of
each type of each side in each period is a player of its own: the agent form of McKelvey and Palfrey (1998), in which an
agent weighs only his own choice. His payoff on a path is

    precision * (what his row gets from his period on, discounted to it) + ln(reference weight of what he did),

in the engine's normalised units. Differences of conditional payoffs are then the engine's log-odds at lambda = 1. A
cost of a posture is subtracted for the agent who chooses it and for nobody else. An action of weight zero is left out,
and who has one action left does not choose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, SupportsInt

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import Tables
from ripeness.interop.extensive_form import (
    SIDES,
    Agent,
    Chance,
    Choice,
    Decision,
    ExtensiveGame,
    InformationSet,
    Leaf,
    Node,
    assemble,
)
from ripeness.interop.labels import Labels
from ripeness.interop.refusal import NotExportable, reasons_against
from ripeness.interop.structure import Outcome, Structure

__all__ = ["MAX_INFORMATION_SETS", "NotExportable", "check", "unroll"]

MAX_INFORMATION_SETS = 60
"""Largest tree made by default: the time of a logit tracer grows with the square of the number of actions or faster."""

VERBS: dict[Decision, str] = {"posture": "chooses ", "offer": "offers ", "response": "answers ", "effort": "fights at "}
"""How a public history tells of a choice."""

Values = NDArray[np.float64]


class _Act(NamedTuple):
    """What an agent did, as far as his payoff goes."""

    agent: Agent
    row: int
    precision: float
    bonus: float  # ln of the reference weight, less precision times the cost of the posture
    decided: float | None = None  # value that this act fixed for him whatever follows; None: what follows counts


class _Path(NamedTuple):
    """A path from the root: what happened, and who did what."""

    profile: int
    period: int
    state: int
    history: tuple[str, ...]
    flows: tuple[Values, ...] = ()  # (R,) lump paid in each period so far
    acts: tuple[_Act, ...] = ()

    def seen(self, what: str) -> _Path:
        return self._replace(history=(*self.history, what))


class _Option(NamedTuple):
    """An action that can be taken: its name, its number in the tables, its log-weight, and what follows."""

    label: str
    action: int
    bonus: float
    follows: Callable[[_Path], Node]
    decided: float | None = None


def unroll(
    tables: Tables,
    *,
    start: int | None = None,
    periods: int | None = None,
    title: str = "ripeness",
    note: str = "",
    labels: Labels | None = None,
    limit: int = MAX_INFORMATION_SETS,
    as_if_decisive: bool = False,
) -> ExtensiveGame:
    """The extensive form of a small game.

    Args:
        start: state in which the war starts; None: drawn from the mass of the tables.
        periods: how many periods from the start; None: all. After the last one a war still open is worth what
            `tables.terminal` says.
        note: for whoever opens the file.
        limit: largest number of information sets.
        as_if_decisive: export a patron's offers although both must answer. Who answers first is then paid what the
            settlement is worth to him as soon as he accepts, which is the rule of the engine and no rule of Nash.

    Raises:
        NotExportable: with every reason.
    """
    structure = check(tables, start=start, periods=periods, limit=limit, as_if_decisive=as_if_decisive)
    names = Labels(ends=tables.ends) if labels is None else labels
    return assemble(title, note, _Unrolling(structure, names).root())


def check(
    tables: Tables, *, start: int | None = None, periods: int | None = None, limit: int = MAX_INFORMATION_SETS,
    as_if_decisive: bool = False,
) -> Structure:  # fmt: skip
    """What can happen in a game that can be exported; arguments as of `unroll`.

    Raises:
        NotExportable: with every reason.
    """
    if start is not None and not 0 <= start < tables.n_states:
        raise NotExportable([f"start must be a state from 0 to {tables.n_states - 1}, got {start}"])
    if periods is not None and not 1 <= periods <= tables.n_periods:
        raise NotExportable([f"periods must lie in 1 .. {tables.n_periods}, got {periods}"])
    structure = Structure(tables, start=start, periods=periods)
    reasons = reasons_against(structure, limit=limit, as_if_decisive=as_if_decisive)
    if reasons:
        raise NotExportable(reasons)
    return structure


@dataclass(frozen=True)
class _Unrolling:
    structure: Structure
    names: Labels

    @property
    def tables(self) -> Tables:
        return self.structure.tables

    def root(self) -> Node:
        """Chance draws the types, then the state."""
        found = self.structure
        by_profile = [
            (self._types(profile), float(found.prior[profile]), self._start(profile))
            for profile in sorted(found.profiles)
        ]
        return _draw("types", by_profile)

    def _types(self, profile: int) -> str:
        kinds = self.structure.types[profile]
        told = [f"{SIDES[i]} is of type {kinds[i]}" for i in range(3) if self.tables.types[i] > 1]
        return ", ".join(told) or "the only types"

    def _start(self, profile: int) -> Node:
        several = len(self.structure.starts) > 1
        return _draw("start", [
            (
                self.names.state(state), chance,
                self._period(_Path(profile, 0, state, (self.names.state(state),) if several else ())),
            )
            for state, chance in self.structure.starts.items()
        ])  # fmt: skip

    def _worth(self, table: SupportsInt, state: int) -> float:
        return float(self.tables.pool[int(table), state])

    def _period(self, path: _Path) -> Node:
        if path.period == self.structure.n_periods:
            value = self.tables.profiles.terminal[:, path.profile, path.state]
            return self._leaf(path, "open", path.state, -1, value, path.period)
        if self.tables.posture_weight.shape[1] == 1:
            return self._talks(path, 0)
        epoch, precision = self.structure.epoch(path.period), self.tables.precision_posture
        cost = self.tables.profiles.posture_cost[epoch, :, path.profile]
        options = [
            _Option(
                self.names.posture(m), m,
                math.log(self.tables.posture_weight[epoch, m]) - precision * self._worth(cost[m], path.state),
                lambda then, m=m: self._talks(then, m),  # type: ignore[misc]
            )
            for m in self.structure.postures(epoch)
        ]  # fmt: skip
        return self._choose(path, 2, "posture", precision, options)

    def _talks(self, path: _Path, m: int) -> Node:
        chances = self.structure.recognised(self.structure.epoch(path.period), m, path.state)
        branches = []
        for j, chance in chances.items():
            what = f"{SIDES[j]} proposes" if j >= 0 else "no talks"
            then = path.seen(what) if len(chances) > 1 else path
            branches.append((what, chance, self._offer(then, m, j) if j >= 0 else self._effort_a(then, m)))
        return _draw("recognition", branches)

    def _offer(self, path: _Path, m: int, j: int) -> Node:
        epoch = self.structure.epoch(path.period)
        n_packages = self.tables.peace_fixed.shape[1]
        responders = tuple(i for i in (0, 1) if i != j)
        options = []
        for n in self.structure.offers(epoch):
            bonus = math.log(self.tables.offer_weight[epoch, n])
            if n == n_packages:
                options.append(_Option("none", n, bonus, lambda then: self._effort_a(then, m)))
            else:
                options.append(
                    _Option(
                        self.names.package(n), n, bonus,
                        lambda then, n=n: self._answer(then, m, j, n, responders),  # type: ignore[misc]
                    )
                )  # fmt: skip
        return self._choose(path, j, "offer", float(self.tables.precision_offer[j]), options, m, j)

    def _answer(self, path: _Path, m: int, j: int, n: int, responders: tuple[int, ...]) -> Node:
        side, others = responders[0], responders[1:]
        peace = self._peace(path, n)

        def accepted(then: _Path) -> Node:
            return self._answer(then, m, j, n, others) if others else self._settle(then, n, j)

        # Where another still has to answer, accepting is worth the settlement all the same: as if decisive.
        decided = float(peace[self._row(path, side)]) if others else None
        options = [
            _Option("accept", 1, math.log(self.tables.accept_weight), accepted, decided),
            _Option("reject", 0, 0.0, lambda then: self._effort_a(then, m)),
        ]
        precision = float(self.tables.precision_response[side])
        return self._choose(path, side, "response", precision, options, m, j, n)

    def _peace(self, path: _Path, n: int) -> Values:
        """(R,) W of a package (i.3). A peace that can break occurs only in the last period, where V_next is given."""
        epoch, state = self.structure.epoch(path.period), path.state
        fixed = self.tables.profiles.peace_fixed[epoch, n, :, path.profile]
        resume = self.tables.peace_resume[epoch, n]
        later = self.tables.profiles.terminal[:, path.profile, state]
        return np.array([
            self._worth(f, state) + self._worth(r, state) * v for f, r, v in zip(fixed, resume, later, strict=True)
        ])  # fmt: skip

    def _settle(self, path: _Path, n: int, j: int) -> Node:
        return self._leaf(path, "settled", n, j, self._peace(path, n), path.period)

    def _effort_a(self, path: _Path, m: int) -> Node:
        options = [
            _Option(
                self.names.effort(0, e), e, 0.0,
                lambda then, e=e: self._effort_d(then, m, e),  # type: ignore[misc]
            )
            for e in range(self.tables.n_effort_a)
        ]  # fmt: skip
        return self._choose(path, 0, "effort", float(self.tables.precision_effort[0]), options, m)

    def _effort_d(self, path: _Path, m: int, effort_a: int) -> Node:
        options = [
            _Option(
                self.names.effort(1, e), e, 0.0,
                lambda then, e=e: self._nature(then, m, effort_a * self.tables.n_effort_d + e),  # type: ignore[misc]
            )
            for e in range(self.tables.n_effort_d)
        ]  # fmt: skip
        precision = float(self.tables.precision_effort[1])
        return self._choose(path, 1, "effort", precision, options, m, effort_a=effort_a)

    def _nature(self, path: _Path, m: int, effort: int) -> Node:
        epoch = self.structure.epoch(path.period)
        paid = self.tables.profiles.flow[epoch, m, effort, :, path.profile]
        path = path._replace(flows=(*path.flows, np.array([self._worth(table, path.state) for table in paid])))
        possible = self.structure.outcomes(epoch, m, effort, path.state)
        branches = []
        for outcome, chances in possible.items():
            chance = chances.get(path.profile, 0.0)
            if chance <= 0.0:
                continue
            label = self.names.outcome(outcome)
            if outcome.end == -2:
                then = path.seen(label) if len(possible) > 1 else path
                node = self._period(then._replace(period=path.period + 1, state=outcome.state))
            else:
                value = self._left(path, epoch, m, effort, outcome)
                node = self._leaf(path, "ended", outcome.end, -1, value, path.period + 1)
            branches.append((label, chance, node))
        return _draw("nature", branches)

    def _left(self, path: _Path, epoch: int, m: int, effort: int, outcome: Outcome) -> Values:
        """(R,) what the war's end without agreement is worth to each row."""
        tables, state = self.tables, outcome.state
        truth = self.structure.operators(epoch, m, effort, -1)[outcome.step]
        leaves = 1.0 - sum(self.structure.odds(truth, state, path.profile))
        value = np.zeros(tables.n_rows)
        for row in range(tables.n_rows):
            operator = tables.nature[outcome.step, epoch, m, effort, row]
            source = tables.profiles.operator_source[operator, path.profile] if operator >= 0 else -1
            value[row] = self._worth(source, state) / leaves if source >= 0 else 0.0
        return value

    def _row(self, path: _Path, side: int) -> int:
        return self.structure.row(side, int(self.structure.types[path.profile, side]))

    def _choose(
        self, path: _Path, side: int, decision: Decision, precision: float, options: Sequence[_Option], m: int = -1,
        j: int = -1, n: int = -1, effort_a: int = -1,
    ) -> Node:  # fmt: skip
        """A choice of one side; with one option left, what follows from it."""
        if len(options) == 1:
            return options[0].follows(path)
        agent = Agent(path.period, decision, side, int(self.structure.types[path.profile, side]))
        known = InformationSet(agent, path.history, path.state, m, j, n, effort_a)
        branches = []
        for option in options:
            act = _Act(agent, self._row(path, side), precision, option.bonus, option.decided)
            then = path.seen(f"{SIDES[side]} {VERBS[decision]}{option.label}")._replace(acts=(*path.acts, act))
            branches.append((option.label, option.action, option.follows(then)))
        return Choice(known, tuple(branches))

    def _leaf(self, path: _Path, how: str, what: int, proposer: int, value: Values, paid_in: int) -> Leaf:
        """End of a path, with the value that every row gets at the start of period `paid_in`."""
        payoffs = {}
        for act in path.acts:
            first, factor = act.agent.period, float(self.tables.discount[act.row])
            gets = act.decided
            if gets is None:
                gets = factor ** (paid_in - first) * float(value[act.row]) + sum(
                    factor ** (k - first) * float(path.flows[k][act.row]) for k in range(first, len(path.flows))
                )
            payoffs[act.agent] = act.precision * gets + act.bonus
        return Leaf(how, path.period, what, proposer, payoffs)  # type: ignore[arg-type]


def _draw(what: str, branches: Sequence[tuple[str, float, Node]]) -> Node:
    """A draw; what is certain is none."""
    if len(branches) == 1:
        return branches[0][2]
    total = sum(chance for _, chance, _ in branches)
    return Chance(what, tuple((label, chance / total, node) for label, chance, node in branches))

"""The tree of a slice: a period in its order, with payoffs that make its logit equilibrium the engine's.

The engine's equilibrium is an agent-quantal-response equilibrium in which every decision has a precision, reference
weights and units of its own. A solver for trees knows one precision for all. Since every information set is played by
an agent of its own, the agents of different decisions can be different players, with payoffs in which all of that is
folded in. An agent that decides in period t with precision L receives, at every end below its action a,

    L * (worth of that end to its row, in values of period t) + ln(reference weight of a),

so that at precision 1 it chooses a with probability proportional to weight * exp(L * Q_a). What it receives elsewhere
plays no part, nor does a constant: payoffs are counted from an agent's lowest. From this follows:

- A posture's cost is taken off the payoff of the agent that chooses the posture, and of nobody else.
- When the patron proposes, A answers as if decisive: below "accept" its answering agent receives the worth of peace,
  whatever D says afterwards. D answers last, when A has accepted, and is decisive.
- A peace that may break goes on with next period's war for sure, and what that is worth counts for every row as much as
  (i.3) says; the agents of the later periods receive their own payoffs undiminished.
- Whatever happens after the last period is a number at the end: what the rows expect there, as if types became known.
- Nodes with the same situation are one information set, whatever happened before: what they have in common decides how
  the game goes on, and what is believed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import SupportsInt

import numpy as np
from numpy.typing import NDArray

from ripeness.game import Tables
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import INFINITE_PRECISION
from ripeness.interop.errors import ExportError
from ripeness.interop.extensive import (
    Agent,
    Chance,
    Evidence,
    InformationSet,
    Leaf,
    Move,
    Node,
    Situation,
    Slice,
    leaves,
)
from ripeness.interop.names import Names
from ripeness.interop.nature import NO_CHANCE, Nature
from ripeness.interop.priors import public_beliefs

Float = NDArray[np.float64]
A, D, P = 0, 1, 2
ACCEPT = 0
MOST_ENDS = 100_000
"""Largest number of ends of a tree."""


class Tree:
    """Builds the tree of one profile of types after the other; information sets are shared among them.

    `x` is a profile of types, `seen` what has told of types so far.
    """

    def __init__(self, tables: Tables, wanted: Slice, after: Float, names: Names) -> None:
        self.tables, self.after, self.names = tables, after, names
        self.last = wanted.period + wanted.n_periods - 1
        self.long = wanted.n_periods > 1
        self.types = profile_types(tables.types)
        public = public_beliefs(tables)
        self.possible = tuple(
            x for x, kinds in enumerate(self.types) if all(public[i][kinds[i]] > 0.0 for i in (A, D, P))
        )
        several = [len({int(self.types[x, i]) for x in self.possible}) > 1 for i in (A, D, P)]
        self.hidden = [i for i in (A, D, P) if several[i] and not tables.known]  # sides whose moves tell of their type
        self.public = [i for i in (A, D, P) if several[i] and tables.known]
        self.nature = Nature(tables, self.types, self.possible)
        self.rows = {(int(s), int(k)): r for r, (s, k) in enumerate(zip(tables.row_side, tables.row_type, strict=True))}
        self.sets: dict[tuple[Situation, int], InformationSet] = {}
        self.place: dict[tuple[Situation, int], int] = {}
        self.labels: Counter[str] = Counter()
        self.faults: list[str] = []
        self.n_ends = 0
        self.worth_of_month: dict[tuple[int, ...], Float] = {}

    def known(self, x: int) -> tuple[Evidence, ...]:
        """What is seen at the start: nothing, or who everybody is."""
        kinds = [(i, int(self.types[x, i])) for i in self.public]
        return tuple(Evidence(i, f"the {self.names.actor(i, kind)}", kind) for i, kind in kinds)

    def row(self, side: int, x: int) -> int:
        """Row of a side under a profile."""
        return self.rows[side, int(self.types[x, side])]

    def pool(self, table: SupportsInt, state: int) -> float:
        return float(self.tables.pool[int(table), state])

    def epoch(self, period: int) -> int:
        return int(self.tables.epoch_of_period[period])

    # --- The period, in its order -------------------------------------------------------------------------------------

    def war(self, t: int, s: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """A period from its beginning."""
        epoch = self.epoch(t)
        weights = self.tables.posture_weight[epoch]
        menu = [m for m in range(weights.size) if weights[m] > 0.0]
        costs = self.tables.profiles.posture_cost[epoch, :, x]
        return self.choice(
            Situation("posture", t, P, s, seen=seen), x, menu, lambda m, now: self.talks(t, s, m, now, x),
            weights=weights[menu], precision=self.tables.precision_posture,
            costs=[self.pool(costs[m], s) for m in menu],
        )  # fmt: skip

    def talks(self, t: int, s: int, m: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """Recognition."""
        speaks = [self.pool(table, s) for table in self.tables.recognition[self.epoch(t), m]]
        ways = [(f"{self.names.sides[j]} proposes", p, j) for j, p in enumerate(speaks) if p > 0.0]
        silent = 1.0 - sum(speaks)
        if silent > NO_CHANCE or not ways:
            ways.append(("nobody proposes", silent, -1))
        nodes = [self.offer(t, s, m, j, seen, x) if j >= 0 else self.fight(t, s, m, seen, x) for _, _, j in ways]
        return _chance("recognition", [p for _, p, _ in ways], [label for label, _, _ in ways], nodes)

    def offer(self, t: int, s: int, m: int, j: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """The offer of j: a package, or none."""
        weights = self.tables.offer_weight[self.epoch(t)]
        menu = [n for n in range(weights.size) if weights[n] > 0.0]
        none = weights.size - 1
        responders = [k for k in (A, D) if k != j]

        def leads_to(n: int, now: tuple[Evidence, ...]) -> Node:
            return self.fight(t, s, m, now, x) if n == none else self.answer(t, s, m, j, n, responders, now, x)

        return self.choice(
            Situation("offer", t, j, s, m, j, seen=seen), x, menu, leads_to, weights=weights[menu],
            precision=float(self.tables.precision_offer[j]),
        )  # fmt: skip

    def answer(
        self, t: int, s: int, m: int, j: int, n: int, waiting: list[int], seen: tuple[Evidence, ...], x: int
    ) -> Node:
        """Answers to package n, one after the other while all accept."""
        if not waiting:
            return self.peace(t, s, n, seen, x)
        side, rest = waiting[0], waiting[1:]

        def leads_to(a: int, now: tuple[Evidence, ...]) -> Node:
            return self.answer(t, s, m, j, n, rest, now, x) if a == ACCEPT else self.fight(t, s, m, now, x)

        return self.choice(
            Situation("answer", t, side, s, m, j, n, seen=seen), x, [0, 1], leads_to,
            weights=[self.tables.accept_weight, 1.0], precision=float(self.tables.precision_response[side]),
            decisive=self.peace_worth(t, s, n, self.row(side, x), x) if rest else None,
        )  # fmt: skip

    def fight(self, t: int, s: int, m: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """Efforts of A, then of D, and what comes of them."""
        n_a, n_d = self.tables.n_effort_a, self.tables.n_effort_d

        def reply(e_a: int, seen_a: tuple[Evidence, ...]) -> Node:
            return self.choice(
                Situation("effort", t, D, s, m, effort_a=e_a, seen=seen_a), x, list(range(n_d)),
                lambda e_d, now: self.month(t, s, m, e_a * n_d + e_d, now, x),
                precision=float(self.tables.precision_effort[D]),
            )  # fmt: skip

        return self.choice(
            Situation("effort", t, A, s, m, seen=seen), x, list(range(n_a)), reply,
            precision=float(self.tables.precision_effort[A]),
        )  # fmt: skip

    def month(self, t: int, s: int, m: int, e: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """The period's flow, and nature's moves."""
        if t == self.last:
            key = (s, m, e, x)
            if key not in self.worth_of_month:
                self.worth_of_month[key] = self.last_month(*key)
            return self.end("war goes on", self.worth_of_month[key])
        flow, steps = self.flow(t, s, m, e, x), self.nature.steps(self.epoch(t), m, e)
        discount = self.tables.discount
        ways = self.nature.outcomes(steps, s, x)
        nodes: list[Node] = []
        for way in ways:
            if way.state < 0:
                nodes.append(self.end("war is over", flow + discount * way.paid))
                continue
            node = self.war(t + 1, way.state, (*seen, *way.seen), x)
            for leaf in leaves(node):
                leaf.worth = flow + discount * (way.paid + way.factor * leaf.worth)
            nodes.append(node)
        to = [f"to state {way.state}" if way.state >= 0 else "war is over" for way in ways]
        labels = _distinct([", ".join((k, *(e.text for e in way.seen))) for k, way in zip(to, ways, strict=True)])
        return _chance("nature", [way.odds for way in ways], labels, nodes)

    def last_month(self, s: int, m: int, e: int, x: int) -> Float:
        """(R,) worth of the last period's fighting, and of what comes after the slice."""
        steps = self.nature.steps(self.epoch(self.last), m, e)
        later = [self.nature.expected(r, steps, s, x, self.after[r, x]) for r in range(self.tables.n_rows)]
        return np.asarray(self.flow(self.last, s, m, e, x) + self.tables.discount * np.array(later))

    def flow(self, t: int, s: int, m: int, e: int, x: int) -> Float:
        """(R,) what is paid in a period at war."""
        return np.array([self.pool(table, s) for table in self.tables.profiles.flow[self.epoch(t), m, e, :, x]])

    def peace(self, t: int, s: int, n: int, seen: tuple[Evidence, ...], x: int) -> Node:
        """Settlement on package n (i.3)."""
        epoch, label = self.epoch(t), f"peace: {self.names.packages[n]}"
        resume = np.array([self.pool(table, s) for table in self.tables.peace_resume[epoch, n]])
        if t == self.last or not resume.any():
            rows = range(self.tables.n_rows)
            return self.end(label, np.array([self.peace_worth(t, s, n, r, x) for r in rows]))
        fixed = np.array([self.pool(table, s) for table in self.tables.profiles.peace_fixed[epoch, n, :, x]])
        node = self.war(t + 1, s, seen, x)
        for leaf in leaves(node):
            leaf.worth = fixed + resume * leaf.worth
            leaf.label = f"{label}, broken; {leaf.label}"
        return node

    def peace_worth(self, t: int, s: int, n: int, row: int, x: int) -> float:
        """Worth of package n to a row where it does not hang on what is believed next period."""
        epoch = self.epoch(t)
        resume = self.pool(self.tables.peace_resume[epoch, n, row], s)
        if t < self.last and resume != 0.0:
            self.faults.append(
                f"{self.names.packages[n]}: found a peace that may break, which {self.names.sides[P]} may propose "
                f"in period {t}; allowed in the last period of the slice, {self.last}, since its worth to the one who "
                "answers first hangs on an answer that may not come. Export one period, or leave the package out."
            )
            return 0.0
        later = resume * self.after[row, x, s] if resume != 0.0 else 0.0
        return self.pool(self.tables.profiles.peace_fixed[epoch, n, row, x], s) + later

    def end(self, label: str, worth: Float) -> Leaf:
        self.n_ends += 1
        if self.n_ends > MOST_ENDS:
            raise ExportError([
                f"the tree of the slice has more than {MOST_ENDS:,} ends. Take fewer periods, packages or postures, or "
                "a coarser state."
            ])  # fmt: skip
        return Leaf(label, worth)

    # --- A choice -----------------------------------------------------------------------------------------------------

    def choice(
        self,
        situation: Situation,
        x: int,
        menu: list[int],
        leads_to: Callable[[int, tuple[Evidence, ...]], Node],
        *,
        precision: float,
        weights: Sequence[float] | Float = (),
        costs: Sequence[float] = (),
        decisive: float | None = None,
    ) -> Node:
        """A choice from a menu; one action is no choice.

        Args:
            leads_to: what follows an action when it has been seen.
            decisive: worth of the first action, in place of what follows it.
        """
        side, seen = situation.side, situation.seen
        if len(menu) == 1:
            return leads_to(menu[0], seen)
        agent = Agent(situation.kind, situation.period, side)
        if precision >= INFINITE_PRECISION:
            self.faults.append(
                f"precision of {self.names.agent(agent)}: found {precision:g}, best reply; allowed: below "
                f"{INFINITE_PRECISION:g}. A logit equilibrium has finite precision."
            )
        here = self.set_of(situation, x, menu)
        children: list[Node] = []
        for k, action in enumerate(menu):
            now = (*seen, self.told(situation, action)) if side in self.hidden else seen
            node = leads_to(action, now)
            bonus = math.log(weights[k]) if len(weights) else 0.0
            bonus -= precision * costs[k] if costs else 0.0
            for leaf in leaves(node):
                worth = decisive if decisive is not None and k == 0 else float(leaf.worth[self.row(side, x)])
                leaf.payoff[agent] = precision * worth + bonus
            children.append(node)
        return Move(here, children)

    def set_of(self, situation: Situation, x: int, menu: list[int]) -> int:
        """Index of the information set of a situation for the type that moves there."""
        kind = int(self.types[x, situation.side])
        key = (situation, kind)
        if key not in self.sets:
            label = self.names.situation(situation, kind, self.long and self.tables.n_states > 1)
            self.labels[label] += 1
            label += f" #{self.labels[label]}" if self.labels[label] > 1 else ""
            words = tuple(self.names.action(situation, a) for a in menu)
            self.place[key] = len(self.sets)
            self.sets[key] = InformationSet(situation, kind, label, tuple(menu), tuple(_distinct(words)))
        return self.place[key]

    def told(self, situation: Situation, action: int) -> Evidence:
        """What an action of a side with several types tells."""
        when = f" in period {situation.period}" if self.long else ""
        said = f"{self.names.sides[situation.side]}: {self.names.action(situation, action)}{when}"
        return Evidence(situation.side, said, (situation, action))


def _chance(label: str, odds: list[float], labels: list[str], nodes: list[Node]) -> Node:
    """A move of nature; one way is none."""
    return nodes[0] if len(nodes) == 1 else Chance(label, tuple(odds), tuple(labels), nodes)


def _distinct(words: Sequence[str]) -> list[str]:
    """Words, with a number after those that came before."""
    found: Counter[str] = Counter()
    out = []
    for word in words:
        found[word] += 1
        out.append(word if found[word] == 1 else f"{word} #{found[word]}")
    return out

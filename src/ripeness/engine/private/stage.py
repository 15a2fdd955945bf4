"""One period of a game with types, at every state and joint public belief (theory I.ii).

The period is computed inside out. Every decision is a choice of one side, which tells something where that side has
types; every row's value before it is the mean of what it leads to. The order of the period is written here, in Python;
each step runs compiled over all lanes of a unit: the joint belief nodes of some hundred states. While a period is
decided the lanes of a unit lie in blocks of states, see `geometry.in_blocks`; the last block is filled up with the last
state. What is handed on lies state by state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner
from ripeness.engine.exponential import FASTMATH
from ripeness.engine.private.answer import answer_two
from ripeness.engine.private.choice import Choice, choose_two, make_choice, make_choices, mean_two
from ripeness.engine.private.geometry import WIDE, Axes, Geometry, in_blocks
from ripeness.engine.private.homotopy import follow
from ripeness.engine.private.many import choose_many_lanes, mean_many
from ripeness.engine.private.plain import answer_plain, choose_plain, mean_plain

LANES = 2048
"""About this many lanes a unit, whole blocks of states: the calls of a period cost little beside the work in them."""
A, D, P = 0, 1, 2
LEAST = 1e-304
"""Stands for the probability of an impossible type where its logarithm is taken."""
DECISIONS = ("posture", "offer", "response", "effort of A", "effort of D")
POSTURE, OFFER, RESPONSE, EFFORT_A, EFFORT_D = range(5)


class StageTables(NamedTuple):
    """`Tables` in working precision, as the kernels read them."""

    pool: NDArray[Any]  # (K, S or more), filled up with the last state to whole blocks
    flow: NDArray[np.int32]  # (E, M, n_effort, R, Theta)
    continuation: NDArray[np.int32]  # (E, M, n_effort, R) node of the program
    recognition: NDArray[np.int32]  # (E, M, J)
    peace_fixed: NDArray[np.int32]  # (E, N, R, Theta)
    peace_resume: NDArray[np.int32]  # (E, N, R)
    posture_cost: NDArray[np.int32]  # (E, M, Theta)
    posture_weight: NDArray[Any]  # (E, M)
    offer_weight: NDArray[Any]  # (E, N + 1)
    discount: NDArray[Any]  # (R,)
    precision: NDArray[Any]  # posture, effort A, effort D, response A, response D, offer of each proposer
    reject_weight: Any
    n_effort_d: int
    nowhere: int  # table that is zero everywhere, or -1


@dataclass(frozen=True)
class Sizes:
    """How many of each thing there are."""

    postures: int
    effort_a: int
    effort_d: int
    rows: int
    proposers: int
    packages: int


@dataclass
class Decided:
    """Everything decided in one period at the lanes of a unit, and what it is worth; overwritten by the next unit.

    Lists are by posture, then by A's effort (`effort_d`), by who answers (`answers`) or by proposer (`offers`). Without
    `keep` all postures share their room, so that only values are left at the end.
    """

    lanes: int  # L: state * J + joint node
    posture: Choice | None
    effort_a: list[Choice]
    effort_d: list[list[Choice]]
    answers: list[list[Choice | None]]  # actions accept, reject; leading axis over packages
    offers: list[list[Choice | None]]  # "none" last
    fight: NDArray[Any]  # (M, R, L) value of fighting on
    before_posture: NDArray[Any]  # (M, R, L)
    peace: NDArray[Any]  # (N, R, L)
    value: NDArray[Any]  # (R, L)
    continuation: NDArray[Any]  # (R, L) of fighting on, by the posture that the row expects; with `keep`

    def choices(self) -> list[Choice]:
        """All choices."""
        talks = [choice for by_side in (*self.answers, *self.offers) for choice in by_side]
        replies = [choice for by_effort in self.effort_d for choice in by_effort]
        return [choice for choice in (self.posture, *self.effort_a, *replies, *talks) if choice is not None]


class Stage:
    """Solves the period unit by unit, in room of its own: one for each thread."""

    def __init__(
        self, tables: StageTables, g: Geometry, axes: Axes, exact: Axes, states: int, *, keep: bool,
        known: bool,
    ) -> None:  # fmt: skip
        """Room for so many states.

        Args:
            axes, exact: of sides with two types, in working precision and in double.
            known: only certainties are reached.
        """
        self.tables, self.keep, self.known = tables, keep, known
        pool, self.joint = tables.pool, g.at.shape[1]
        self.wide = WIDE if axes else 1
        n_blocks = -(-states // self.wide)
        self.g = g = in_blocks(g, self.wide)
        self.axes, self.exact = (
            {side: axis._replace(stride=axis.stride * self.wide) for side, axis in each.items()}
            for each in (axes, exact)
        )
        _, m, n_effort, rows = tables.continuation.shape
        n_d = tables.n_effort_d
        s = Sizes(m, n_effort // n_d, n_d, rows, tables.recognition.shape[2], tables.peace_fixed.shape[1])
        self.sizes, self.width = s, states * self.joint
        width, dtype = n_blocks * g.at.shape[1], pool.dtype
        kinds = [int(k) for k in g.kinds]
        nodes = [np.arange(g.size[side]) * g.stride[side] for side in range(3)]
        self.own = [
            np.ascontiguousarray(g.own[:, side, : kinds[side], nodes[side]].transpose(1, 2, 0)) for side in range(3)
        ]
        self.profiles = np.tile(g.weight, n_blocks)  # (R, Theta, L)

        def room(*shape: int) -> NDArray[Any]:
            return np.zeros((*shape, width), dtype)

        self.out, self.answers, self.offers = make_decided(s, kinds, width, dtype, keep=keep)
        if keep:
            self.told, self._told_answers, self._told_offers = make_decided(s, kinds, self.width, dtype, keep=True)
        else:
            self.told = replace(self.out, value=np.zeros((s.rows, self.width), dtype))
        # Nodes of the program that a decision leads to, by epoch, and which of these it is.
        leaf = tables.continuation
        self._all_rows = np.arange(rows)
        self._entered = [np.unique(each[each >= rows]) - rows for each in leaf]
        self._leads_to = leaf.copy()
        for each, entered in zip(self._leads_to, self._entered, strict=True):
            each[each >= rows] = np.searchsorted(entered, each[each >= rows] - rows) + rows
        self._next, self._nodes = room(s.rows), room(max(each.size for each in self._entered))
        self._by_effort = room(s.effort_a * s.effort_d, s.rows)
        self._by_effort_a = room(s.effort_a, s.rows)
        self._answered = [room(s.packages + 1, s.rows) for _ in range(3)]  # to A's, to D's, to P's offers
        self._mean = room(s.rows)
        self._worth = room(s.postures, kinds[P])
        self._hard = np.zeros((s.packages, width), np.bool_)
        self._everywhere = np.ones(width, np.bool_)
        self._plain = np.ones(max(s.effort_a, s.effort_d), dtype)
        self._accepting = np.array([1.0, tables.reject_weight], dtype)
        self.several = np.zeros(len(DECISIONS), np.int64)  # choices of the unit with several solutions
        self.total = np.zeros(len(DECISIONS), np.int64)

    def solve(self, epoch: int, nodes: NDArray[Any], v_next: NDArray[Any], low: int, high: int) -> Decided:
        """Solve the period at states low .. high - 1.

        Args:
            nodes: (B, S * J) expected next values by node of the program.
            v_next: (R, S * J) next period's values.
        """
        t, s, out = self.tables, self.sizes, self.out
        self.states, self.n_blocks = high - low, -(-(high - low) // self.wide)
        out.lanes = self.n_blocks * self.g.at.shape[1]
        self.several[:] = 0
        in_blocks_of(v_next, self._all_rows, self.wide, self.joint, low, high, self._next)
        in_blocks_of(nodes, self._entered[epoch], self.wide, self.joint, low, high, self._nodes)
        fill_peace(
            t.pool, t.peace_fixed[epoch], t.peace_resume[epoch], t.nowhere, self.profiles, self._next, low,
            self.n_blocks, self.joint, self.wide, out.peace,
        )  # fmt: skip
        for m in range(s.postures):
            self._efforts(epoch, m, low)
            self._talks(epoch, m, low)
        self._posture(epoch, low)
        return self._in_order()

    def _in_order(self) -> Decided:
        """What was decided, state by state: the value, and with `keep` all else."""
        out, told = self.out, self.told
        told.lanes = self.states * self.joint

        def move(values: NDArray[Any], into: NDArray[Any]) -> None:
            of, to = values.reshape(-1, values.shape[-1]), into.reshape(-1, into.shape[-1])
            in_order(of, self.wide, self.joint, self.states, to)

        move(out.value, told.value)
        if not self.keep:
            return told
        for m in range(self.sizes.postures):
            answers, offers = self._told_answers[m], self._told_offers[m]
            told.answers[m] = [a if b is not None else None for a, b in zip(answers, out.answers[m], strict=True)]
            told.offers[m] = [a if b is not None else None for a, b in zip(offers, out.offers[m], strict=True)]
        for choice, to in zip(out.choices(), told.choices(), strict=True):
            for part, into in zip(choice, to, strict=True):
                if part.size:
                    move(part, into)
            if to.low.size:
                lanes_in_order(to.low.reshape(-1), self.wide, self.joint)
        for name in ("fight", "before_posture", "peace", "continuation"):
            move(getattr(out, name), getattr(told, name))
        return told

    def _efforts(self, epoch: int, m: int, low: int) -> None:
        """D's reply to each effort of A, then A's choice on top of it."""
        t, s, out = self.tables, self.sizes, self.out
        fill_efforts(
            t.pool, t.flow[epoch, m], self._leads_to[epoch, m], t.discount, self.profiles, self._next, self._nodes, low,
            self.n_blocks, self.joint, self.wide, self._by_effort,
        )  # fmt: skip
        by_effort_a = self._by_effort_a if s.effort_d > 1 else self._by_effort
        if s.effort_d > 1:
            for a in range(s.effort_a):
                replies = self._by_effort[a * s.effort_d : (a + 1) * s.effort_d]
                into = self._by_effort_a[a]
                self._choose(D, EFFORT_D, self._plain[: s.effort_d], t.precision[2], replies, out.effort_d[m][a], into)
        elif self.keep:
            for a in range(s.effort_a):
                self._only(D, out.effort_d[m][a])
        if s.effort_a > 1:
            weight = self._plain[: s.effort_a]
            self._choose(A, EFFORT_A, weight, t.precision[1], by_effort_a, out.effort_a[m], out.fight[m])
        else:
            out.fight[m] = by_effort_a[0]
            if self.keep:
                self._only(A, out.effort_a[m])

    def _talks(self, epoch: int, m: int, low: int) -> None:
        """Answers to every package, offers on top of them, and the value before the posture is known."""
        t, s, out = self.tables, self.sizes, self.out
        answers, offers = self.answers[m if self.keep else 0], self.offers[m if self.keep else 0]
        fight = out.fight[m]
        talks = [int(t.recognition[epoch, m, j]) != t.nowhere for j in range(s.proposers)]
        to_a, to_d, to_both = self._answered
        by_patron = s.proposers > P and talks[P]
        asked = [any(talks[j] for j in range(s.proposers) if j != side) for side in (A, D)]
        out.answers[m] = [answers[side] if asked[side] else None for side in (A, D)]
        out.offers[m] = [offers[j] if talks[j] else None for j in range(s.proposers)]
        if asked[D]:
            self._answer(D, fight, answers[D], to_a, None, to_both)
        if asked[A]:  # the patron's packages A answers first; where it accepts, D answers next
            self._answer(A, fight, answers[A], to_d, to_a if by_patron else None, to_both)
        before = out.before_posture[m]
        before[:] = fight
        for j, leads_to in enumerate((to_a, to_d, to_both)[: s.proposers]):
            if talks[j]:
                leads_to[s.packages] = fight
                self._choose(j, OFFER, t.offer_weight[epoch], t.precision[5 + j], leads_to, offers[j], self._mean)
                add_talks(
                    t.pool[t.recognition[epoch, m, j]], low, self.n_blocks, self.joint, self.wide, self._mean, fight,
                    before,
                )  # fmt: skip

    def _posture(self, epoch: int, low: int) -> None:
        t, out = self.tables, self.out
        if out.posture is None:
            out.value[:] = out.before_posture[0]
            out.continuation[:] = out.fight[0]
            return
        net_of_cost(
            t.pool, t.posture_cost[epoch], out.before_posture, int(self.g.first_row[P]), low, self.n_blocks, self.joint,
            self.wide, self._worth,
        )  # fmt: skip
        weight, sharp = t.posture_weight[epoch], t.precision[0]
        self._decide(P, POSTURE, weight, sharp, self._worth, 0, out.posture, out.before_posture, out.value)
        if self.keep:
            self._before(P, out.posture, out.fight, out.continuation, self._everywhere)

    def _only(self, side: int, choice: Choice) -> None:
        """The choice among one action: it tells nothing."""
        choice.chance[:] = 1.0
        kinds, stride = int(self.g.kinds[side]), int(self.g.stride[side])
        if kinds == 1:
            return
        width = self.out.value.shape[1]
        at = np.tile(self.g.at[side], width // self.g.at.shape[1])
        log_p = np.log(np.maximum(self.g.nodes[side, at, :kinds], LEAST))
        choice.after[0] = (log_p[:, 1:] - log_p[:, :1]).T
        if kinds == 2:
            choice.after[0] = self.g.log_odds[side, at]
            top = at == self.g.size[side] - 1
            choice.low[0] = np.arange(width) - np.where(top, stride, 0)
            choice.up[:] = np.where(top, 1.0, 0.0)

    def _choose(
        self, side: int, decision: int, weight: NDArray[Any], sharp: Any, leads_to: NDArray[Any], choice: Choice,
        out: NDArray[Any],
    ) -> None:  # fmt: skip
        """Choice of a side among actions that lead to leads_to[a], and the value of every row before it."""
        self._decide(side, decision, weight, sharp, leads_to, int(self.g.first_row[side]), choice, leads_to, out)

    def _decide(
        self, side: int, decision: int, weight: NDArray[Any], sharp: Any, worth: NDArray[Any], row: int,
        choice: Choice, leads_to: NDArray[Any], out: NDArray[Any],
    ) -> None:  # fmt: skip
        """The same where the actions are worth worth[a, row + type] to the types of the side."""
        kinds, lanes = int(self.g.kinds[side]), self.out.lanes
        worth, leads_to = worth[: weight.size], leads_to[: weight.size]
        if kinds == 2:
            hard = self._hard[0]
            n_hard = choose_two(
                self.axes[side], weight, sharp, worth, row, self.states, lanes, self.keep, choice, hard,
                self.own[side], leads_to, out,
            )  # fmt: skip
            if n_hard and not self.known:
                self.several[decision] += follow(self.exact[side], weight, sharp, worth, row, lanes, hard, *choice)
                self._before(side, choice, leads_to, out, hard)
            return
        if kinds == 1:
            choose_plain(weight, sharp, worth, row, lanes, self.keep, choice.chance, leads_to, out)
            return
        self.several[decision] += choose_many_lanes(
            self.g, side, weight, worth, row, sharp, self.wide, self.states, choice.chance, choice.after
        )
        self._before(side, choice, leads_to, out, self._everywhere)

    def _before(
        self, side: int, choice: Choice, leads_to: NDArray[Any], out: NDArray[Any], where: NDArray[np.bool_]
    ) -> None:
        """Value of every row before a choice that was made; with two types at the lanes `where` alone."""
        kinds, lanes = int(self.g.kinds[side]), self.out.lanes
        n_actions = leads_to.shape[0]
        if kinds == 1:
            mean_plain(n_actions, choice.chance, leads_to, lanes, out)
        elif kinds == 2:
            mean_two(self.axes[side], choice, self.own[side], leads_to, lanes, where, out)
        else:
            mean_many(self.g, side, n_actions, choice.chance, choice.after, leads_to, lanes, out)

    def _answer(
        self, side: int, fight: NDArray[Any], answers: Choice, out: NDArray[Any], accepted: NDArray[Any] | None,
        out_accepted: NDArray[Any],
    ) -> None:  # fmt: skip
        """Answers of a side to every package, and every row's value before them.

        Args:
            out: (N + 1, R, L) values where acceptance settles.
            out_accepted: values where acceptance leads to `accepted`, if that is given.
        """
        t, lanes, peace = self.tables, self.out.lanes, self.out.peace
        kinds, row, sharp = int(self.g.kinds[side]), int(self.g.first_row[side]), t.precision[3 + side]
        ends = [(peace, out)] if accepted is None else [(peace, out), (accepted, out_accepted)]
        where = [self._everywhere] * peace.shape[0]
        left: Sequence[int] = range(peace.shape[0])  # packages whose means are still to be taken
        if kinds == 1:
            for leads_to, into in ends:
                answer_plain(
                    t.reject_weight, sharp, peace, fight, row, lanes, self.keep, answers.chance, leads_to, into
                )
            return
        if kinds == 2:
            n_hard = answer_two(
                self.axes[side], t.reject_weight, sharp, peace, fight, row, self.states, lanes, self.keep, answers,
                self._hard, self.own[side], out, peace[:0] if accepted is None else accepted[: len(left)], out_accepted,
            )  # fmt: skip
            where = list(self._hard)
            left = [n for n in left if n_hard and where[n][:lanes].any()] if not self.known else []
            for n in left:
                self.several[RESPONSE] += follow(
                    self.exact[side], self._accepting, sharp, np.stack([peace[n], fight]), row, lanes, where[n],
                    *_of(answers, n),
                )  # fmt: skip
        else:
            for n in left:
                self.several[RESPONSE] += choose_many_lanes(
                    self.g, side, self._accepting, np.stack([peace[n], fight]), row, sharp, self.wide, self.states,
                    answers.chance[n], answers.after[n],
                )  # fmt: skip
        for accept, into in ends:
            for n in left:
                self._before(side, _of(answers, n), np.stack([accept[n], fight]), into[n], where[n])


def _of(choices: Choice, n: int) -> Choice:
    """One of several choices."""
    return Choice(*(part[n] for part in choices))


def make_decided(
    s: Sizes, kinds: list[int], width: int, dtype: np.dtype[Any], *, keep: bool
) -> tuple[Decided, list[list[Choice]], list[list[Choice]]]:
    """Room for what is decided at so many lanes; of answers and offers, by posture, also where nobody may talk."""

    def room(*shape: int) -> NDArray[Any]:
        return np.zeros((*shape, width), dtype)

    def choice(side: int, n_actions: int) -> Choice:
        return make_choice(n_actions, kinds[side], width, dtype)

    def answers(side: int) -> Choice:
        if kinds[side] == 1:
            plain = room(s.packages, 2)
            nothing = np.zeros((s.packages, 0, 0), dtype)
            return Choice(plain, nothing, nothing.astype(np.int32), nothing)
        return make_choices(s.packages, 2, kinds[side], width, dtype)

    kept = s.postures if keep else 1
    by_posture = [m if keep else 0 for m in range(s.postures)]
    efforts_a = [choice(A, s.effort_a) for _ in range(kept)]
    efforts_d = [[choice(D, s.effort_d) for _ in range(s.effort_a if keep else 1)] for _ in range(kept)]
    answered = [[answers(A), answers(D)] for _ in range(kept)]
    offered = [[choice(j, s.packages + 1) for j in range(s.proposers)] for _ in range(kept)]
    decided = Decided(
        lanes=0,
        posture=choice(P, s.postures) if s.postures > 1 else None,
        effort_a=[efforts_a[k] for k in by_posture],
        effort_d=[[efforts_d[k][a if keep else 0] for a in range(s.effort_a)] for k in by_posture],
        answers=[list(answered[k]) for k in by_posture],
        offers=[list(offered[k]) for k in by_posture],
        fight=room(s.postures, s.rows), before_posture=room(s.postures, s.rows), peace=room(s.packages, s.rows),
        value=room(s.rows), continuation=room(s.rows),
    )  # fmt: skip
    return decided, answered, offered


@nb.njit(nogil=True, cache=True)
def in_order(values: Any, wide: int, joint: int, states: int, into: Any) -> None:
    """Put values (K, L) that lie in blocks of `wide` states, node by node, state by state."""
    for k in range(values.shape[0]):
        for s in range(states):
            first = s // wide * joint * wide + s % wide
            for b in range(joint):
                into[k, s * joint + b] = values[k, first + b * wide]


@nb.njit(nogil=True, cache=True)
def lanes_in_order(lanes: Any, wide: int, joint: int) -> None:
    """Numbers of lanes in blocks become those of the same states and nodes, state by state."""
    for k in range(lanes.size):
        block, rest = divmod(lanes[k], wide * joint)
        lanes[k] = (block * wide + rest % wide) * joint + rest // wide


@inner
def _mean_table(
    pool: Any, tables: Any, profiles: Any, low: int, n_blocks: int, joint: int, wide: int, out: Any
) -> None:  # fmt: skip
    """Table of a row at every lane, averaged over the profiles by the row's own beliefs."""
    n_profiles = tables.size
    same = True
    for theta in range(1, n_profiles):
        same &= tables[theta] == tables[0]
    for block in range(n_blocks):
        s = low + block * wide
        for b in range(joint):
            start = (block * joint + b) * wide
            if same:
                for i in range(wide):
                    out[start + i] = pool[tables[0], s + i]
            else:
                for i in range(wide):
                    out[start + i] = profiles[0, start + i] * pool[tables[0], s + i]
                for theta in range(1, n_profiles):
                    for i in range(wide):
                        out[start + i] += profiles[theta, start + i] * pool[tables[theta], s + i]


@nb.njit(nogil=True, cache=True)
def in_blocks_of(
    values: Any, which: Any, wide: int, joint: int, low: int, high: int, into: Any
) -> None:  # fmt: skip
    """Put some rows of values (., S * J) at states low .. high - 1 into blocks (K, L).

    The last block is filled up with the last state.
    """
    for k in range(which.size):
        row = values[which[k]]
        for block in range(-(-(high - low) // wide)):
            for i in range(wide):
                s = min(low + block * wide + i, high - 1)
                for b in range(joint):
                    into[k, (block * joint + b) * wide + i] = row[s * joint + b]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def fill_peace(
    pool: Any, fixed: Any, resume: Any, nowhere: int, profiles: Any, v_next: Any, low: int, n_blocks: int, joint: int,
    wide: int, out: Any,
) -> None:  # fmt: skip
    """What every package is worth to every row from state `low` on (i.3); v_next (R, L), out (N, R, L)."""
    for n in range(out.shape[0]):
        for r in range(out.shape[1]):
            into = out[n, r]
            _mean_table(pool, fixed[n, r], profiles[r], low, n_blocks, joint, wide, into)
            if resume[n, r] != nowhere:
                share, follows = pool[resume[n, r]], v_next[r]
                for block in range(n_blocks):
                    for b in range(joint):
                        start = (block * joint + b) * wide
                        for i in range(wide):
                            into[start + i] += share[low + block * wide + i] * follows[start + i]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def fill_efforts(
    pool: Any, flow: Any, leaf: Any, discount: Any, profiles: Any, v_next: Any, nodes: Any, low: int, n_blocks: int,
    joint: int, wide: int, out: Any,
) -> None:  # fmt: skip
    """What fighting with every pair of efforts is worth to every row; nodes (B, L), out (n_effort, R, L)."""
    n_rows = out.shape[1]
    for e in range(out.shape[0]):
        for r in range(n_rows):
            into, node = out[e, r], leaf[e, r]
            _mean_table(pool, flow[e, r], profiles[r], low, n_blocks, joint, wide, into)
            later = v_next[node] if node < n_rows else nodes[node - n_rows]
            for k in range(n_blocks * joint * wide):
                into[k] += discount[r] * later[k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def add_talks(
    chance: Any, low: int, n_blocks: int, joint: int, wide: int, offered: Any, fight: Any, out: Any
) -> None:  # fmt: skip
    """out += chance (S,) of being recognised times what talking changes."""
    for r in range(out.shape[0]):
        for block in range(n_blocks):
            s = low + block * wide
            for b in range(joint):
                start = (block * joint + b) * wide
                for i in range(wide):
                    out[r, start + i] += chance[s + i] * (offered[r, start + i] - fight[r, start + i])


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def net_of_cost(
    pool: Any, cost: Any, before_posture: Any, row: int, low: int, n_blocks: int, joint: int, wide: int, out: Any
) -> None:  # fmt: skip
    """What each posture is worth to each type of the patron, less its cost; out (M, K, L)."""
    for m in range(out.shape[0]):
        for kind in range(out.shape[1]):
            paid = pool[cost[m, kind]]
            for block in range(n_blocks):
                s = low + block * wide
                for b in range(joint):
                    start = (block * joint + b) * wide
                    for i in range(wide):
                        out[m, kind, start + i] = before_posture[m, row + kind, start + i] - paid[s + i]

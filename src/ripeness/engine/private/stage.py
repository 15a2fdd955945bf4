"""One period of a game with types, at every state and joint public belief (theory I.ii).

The period is computed inside out. Every decision is a choice of one side, which tells something where that side has
types; every row's value before it is the mean of what it leads to. The order of the period is written here, in Python;
each step runs compiled over all lanes of a unit: the joint belief nodes of some thousand states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner
from ripeness.engine.exponential import FASTMATH
from ripeness.engine.private.answer import answer_two
from ripeness.engine.private.choice import Choice, choose_two, make_choice, make_choices, mean_two
from ripeness.engine.private.geometry import Axes, Geometry
from ripeness.engine.private.homotopy import follow
from ripeness.engine.private.many import choose_many_lanes, mean_many
from ripeness.engine.private.plain import answer_plain, choose_plain, mean_plain

LANES = 4096
"""About this many lanes a unit, whole states: the calls of a period cost little beside the work in them."""
A, D, P = 0, 1, 2
LEAST = 1e-304
"""Stands for the probability of an impossible type where its logarithm is taken."""
DECISIONS = ("posture", "offer", "response", "effort of A", "effort of D")
POSTURE, OFFER, RESPONSE, EFFORT_A, EFFORT_D = range(5)


class StageTables(NamedTuple):
    """`Tables` in working precision, as the kernels read them."""

    pool: NDArray[Any]  # (K, S)
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

    lanes: int
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


class Stage:
    """Solves the period unit by unit, in room of its own: one for each thread."""

    def __init__(
        self, tables: StageTables, g: Geometry, axes: Axes, exact: Axes, states: int, *, keep: bool,
        known: bool,
    ) -> None:  # fmt: skip
        """Axes of sides with two types, in working precision and in double; `known`: only certainties are reached."""
        self.tables, self.g, self.axes, self.exact, self.keep, self.known = tables, g, axes, exact, keep, known
        pool, joint = tables.pool, g.at.shape[1]
        _, m, n_effort, rows = tables.continuation.shape
        n_d = tables.n_effort_d
        s = Sizes(m, n_effort // n_d, n_d, rows, tables.recognition.shape[2], tables.peace_fixed.shape[1])
        self.sizes, self.joint, self.width = s, joint, states * joint
        width, dtype = self.width, pool.dtype
        kinds = [int(k) for k in g.kinds]
        nodes = [np.arange(g.size[side]) * g.stride[side] for side in range(3)]
        self.own = [
            np.ascontiguousarray(g.own[:, side, : kinds[side], nodes[side]].transpose(1, 2, 0)) for side in range(3)
        ]
        self.profiles = np.tile(g.weight, states)  # (R, Theta, L)

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
        self.out = Decided(
            lanes=0,
            posture=choice(P, s.postures) if s.postures > 1 else None,
            effort_a=[efforts_a[k] for k in by_posture],
            effort_d=[[efforts_d[k][a if keep else 0] for a in range(s.effort_a)] for k in by_posture],
            answers=[list(answered[k]) for k in by_posture],
            offers=[list(offered[k]) for k in by_posture],
            fight=room(s.postures, s.rows), before_posture=room(s.postures, s.rows), peace=room(s.packages, s.rows),
            value=room(s.rows), continuation=room(s.rows),
        )  # fmt: skip
        self._rooms = (answered, offered)
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
        out.lanes = (high - low) * self.joint
        self.several[:] = 0
        fill_peace(
            t.pool, t.peace_fixed[epoch], t.peace_resume[epoch], t.nowhere, self.profiles, v_next, low, high,
            self.joint, out.peace,
        )  # fmt: skip
        for m in range(s.postures):
            self._efforts(epoch, m, nodes, v_next, low, high)
            self._talks(epoch, m, low)
        self._posture(epoch, low)
        return out

    def _efforts(self, epoch: int, m: int, nodes: NDArray[Any], v_next: NDArray[Any], low: int, high: int) -> None:
        """D's reply to each effort of A, then A's choice on top of it."""
        t, s, out = self.tables, self.sizes, self.out
        fill_efforts(
            t.pool, t.flow[epoch, m], t.continuation[epoch, m], t.discount, self.profiles, v_next, nodes, low, high,
            self.joint, self._by_effort,
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
        answers, offers = self._rooms[0][m if self.keep else 0], self._rooms[1][m if self.keep else 0]
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
                add_talks(t.pool[t.recognition[epoch, m, j]], low, self.joint, self._mean, fight, out.lanes, before)

    def _posture(self, epoch: int, low: int) -> None:
        t, out = self.tables, self.out
        if out.posture is None:
            out.value[:] = out.before_posture[0]
            out.continuation[:] = out.fight[0]
            return
        net_of_cost(
            t.pool, t.posture_cost[epoch], out.before_posture, int(self.g.first_row[P]), low, self.joint, out.lanes,
            self._worth,
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
        at = np.tile(self.g.at[side], self.width // self.joint)
        log_p = np.log(np.maximum(self.g.nodes[side, at, :kinds], LEAST))
        choice.after[0] = (log_p[:, 1:] - log_p[:, :1]).T
        if kinds == 2:
            choice.after[0] = self.g.log_odds[side, at]
            top = at == self.g.size[side] - 1
            choice.low[0] = np.arange(self.width) - np.where(top, stride, 0)
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
                self.axes[side], weight, sharp, worth, row, lanes, self.keep, choice, hard, self.own[side], leads_to,
                out,
            )  # fmt: skip
            if n_hard and not self.known:
                self.several[decision] += follow(self.exact[side], weight, sharp, worth, row, lanes, hard, *choice)
                self._before(side, choice, leads_to, out, hard)
            return
        if kinds == 1:
            choose_plain(weight, sharp, worth, row, lanes, choice.chance)
        else:
            self.several[decision] += choose_many_lanes(
                self.g, side, weight, worth, row, sharp, lanes, choice.chance, choice.after
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
            answer_plain(t.reject_weight, sharp, peace, fight, row, lanes, answers.chance, peace, out)
            ends = ends[1:]
        elif kinds == 2:
            n_hard = answer_two(
                self.axes[side], t.reject_weight, sharp, peace, fight, row, lanes, self.keep, answers, self._hard,
                self.own[side], out, peace[:0] if accepted is None else accepted[: len(left)], out_accepted,
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
                    self.g, side, self._accepting, np.stack([peace[n], fight]), row, sharp, lanes, answers.chance[n],
                    answers.after[n],
                )  # fmt: skip
        for accept, into in ends:
            for n in left:
                self._before(side, _of(answers, n), np.stack([accept[n], fight]), into[n], where[n])


def _of(choices: Choice, n: int) -> Choice:
    """One of several choices."""
    return Choice(*(part[n] for part in choices))


@inner
def _mean_table(pool: Any, tables: Any, profiles: Any, low: int, high: int, joint: int, out: Any) -> None:
    """Table of a row at every lane, averaged over the profiles by the row's own beliefs."""
    n_profiles = tables.size
    same = True
    for theta in range(1, n_profiles):
        same &= tables[theta] == tables[0]
    for s in range(low, high):
        start = (s - low) * joint
        here = pool[tables[0], s]
        if same:
            for b in range(start, start + joint):
                out[b] = here
        else:
            for b in range(start, start + joint):
                out[b] = profiles[0, b] * here
            for theta in range(1, n_profiles):
                here = pool[tables[theta], s]
                for b in range(start, start + joint):
                    out[b] += profiles[theta, b] * here


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def fill_peace(
    pool: Any, fixed: Any, resume: Any, nowhere: int, profiles: Any, v_next: Any, low: int, high: int, joint: int,
    out: Any,
) -> None:  # fmt: skip
    """What every package is worth to every row at states low .. high - 1 (i.3); out (N, R, L)."""
    for n in range(out.shape[0]):
        for r in range(out.shape[1]):
            into = out[n, r]
            _mean_table(pool, fixed[n, r], profiles[r], low, high, joint, into)
            if resume[n, r] != nowhere:
                share, follows = pool[resume[n, r]], v_next[r]
                for s in range(low, high):
                    start, base = (s - low) * joint, s * joint
                    for b in range(joint):
                        into[start + b] += share[s] * follows[base + b]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def fill_efforts(
    pool: Any, flow: Any, leaf: Any, discount: Any, profiles: Any, v_next: Any, nodes: Any, low: int, high: int,
    joint: int, out: Any,
) -> None:  # fmt: skip
    """What fighting with every pair of efforts is worth to every row at these states; out (n_effort, R, L)."""
    n_rows = out.shape[1]
    first, lanes = low * joint, (high - low) * joint
    for e in range(out.shape[0]):
        for r in range(n_rows):
            into, node = out[e, r], leaf[e, r]
            _mean_table(pool, flow[e, r], profiles[r], low, high, joint, into)
            later = v_next[node] if node < n_rows else nodes[node - n_rows]
            for k in range(lanes):
                into[k] += discount[r] * later[first + k]


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def add_talks(chance: Any, low: int, joint: int, offered: Any, fight: Any, lanes: int, out: Any) -> None:
    """out += chance of being recognised, by state, times what talking changes."""
    for r in range(out.shape[0]):
        for k in range(lanes):
            out[r, k] += chance[low + k // joint] * (offered[r, k] - fight[r, k])


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def net_of_cost(
    pool: Any, cost: Any, before_posture: Any, row: int, low: int, joint: int, lanes: int, out: Any
) -> None:  # fmt: skip
    """What each posture is worth to each type of the patron, less its cost; out (M, K, L)."""
    for m in range(out.shape[0]):
        for kind in range(out.shape[1]):
            paid = pool[cost[m, kind]]
            for k in range(lanes):
                out[m, kind, k] = before_posture[m, row + kind, k] - paid[low + k // joint]

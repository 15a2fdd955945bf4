"""The first period at the states in which the war may start: what everybody may do there, how likely he is to, and what
it is worth to him.

What is chosen, and what peace and fighting on are worth, is the engine's. What an option is worth follows from them by
(i.2), (i.5) and (i.6), and with types by theory I.ii: an act of a side with types moves what is publicly believed, and
what it leads to is read where the belief lands (`lottery`). The engine chose by the same numbers: its choices, and its
values before them, follow from these options, and a test sees that they do.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Decisions, Solution, decisions, decisions_of_types
from ripeness.engine.private.geometry import certain_node, start_node
from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import Tables
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.lottery import landing
from ripeness.questions.moment import Float
from ripeness.questions.views import axis_of, believed_of, nodes_of, type_name

A, D, P = 0, 1, 2


class Seat(NamedTuple):
    """From where the war is seen: an actor, of one of its types.

    Attributes:
        name: the actor, and its type where it has several.
        kind: number of the type.
        row: its value row.
    """

    name: str
    role: Role
    kind: int
    row: int

    @property
    def side(self) -> int:
        return ROLES.index(self.role)


def seats(game: Game) -> tuple[Seat, ...]:
    """Every actor, those with types once for each."""
    found = []
    for row, role in enumerate(game.actor_of_row):
        kind = int(game.tables.row_type[row])
        name = type_name(role, game.types[role][kind]) if role in game.types else role
        found.append(Seat(name, role, kind, row))
    return tuple(found)


class Played(NamedTuple):
    """What the engine decides in the first period, in one form for all games.

    Axes: K types, M postures, J proposers, N packages, R rows, s starting states, b joint public beliefs, one without
    types. `_after` has public log-odds against the first type, (K - 1).
    """

    posture: Float  # (K, M, s, b)
    posture_after: Float  # (M, K - 1, s, b)
    recognition: Float  # (M, J, s)
    offer: Float  # (J, K, M, N + 1, s, b), "none" last
    offer_after: Float  # (J, M, N + 1, K - 1, s, b)
    accept: Float  # (2, K, M, N, s, b)
    accept_after: Float  # (2, M, N, 2, K - 1, s, b)
    effort_a: Float  # (K, M, a, s, b)
    effort_a_after: Float  # (M, a, K - 1, s, b)
    effort_d: Float  # (K, M, a, d, s, b) after each effort of A
    effort_d_after: Float  # (M, a, d, K - 1, s, b)
    fight: Float  # (M, R, s, b)
    before_posture: Float  # (M, R, s, b)
    peace: Float  # (N, R, s, b)
    value: Float  # (R, s, b)
    by_effort: Float  # (M, a, d, R, s, b) of fighting with each pair of efforts


class Opening:
    """What may be done in the first period, and what it is worth.

    Attributes:
        states: (s,) states in which the war may start, with `mass`.
        played: what the engine decides there.
        start: (R, s, b) where each row believes the war to start.
        seen: (R, M, s, b) probability of each posture, as each row sees it, and where the war stands after it.
        held: by side, (R, K, b) what each row believes of the side's types; of its own it knows the type.
    """

    def __init__(self, game: Game, solution: Solution, decided: Any) -> None:
        """`decided`: decisions of period 0, by `engine.decisions` or, in a game with types, `decisions_of_types`."""
        tables = game.tables
        self.game, self.tables = game, tables
        self.states = np.flatnonzero(tables.initial)
        self.mass = np.asarray(tables.initial[self.states], np.float64)
        self._types = profile_types(tables.types)
        self._along = [_along(game, side) for side in range(3)]
        self.held = [self._held(side) for side in range(3)]
        read = _plain if isinstance(decided, Decisions) else _typed
        self.played = read(game, self.states, decided, self._by_effort(solution))
        self.follows = self._at_start(solution.values[1])
        self.start = self._start()
        self.seen = self._seen()

    def profiles(self, row: int) -> Float:
        """(Theta, b) what a row believes of the combinations of types."""
        weight = np.ones((self._types.shape[0], self.tables.n_nodes))
        for side, held in enumerate(self.held):
            weight *= held[row][self._types[:, side]]
        return weight

    def landed(self, side: int, values: Float, after: Float) -> Float:
        """(K, ..., s, b) what values (..., s, b) are, for each type, where an act of a side leaves the belief.

        Args:
            after: (K - 1, s, b) public log-odds after the act; not read where the side has one type.
        """
        along = self._along[side]
        if along is None:
            return values[None]
        there = landing(axis_of(self.game, ROLES[side]), np.nan_to_num(after))  # (K, s, b, B)
        out = np.zeros((there.shape[0], *values.shape))
        for v in range(there.shape[3]):
            weight = there[..., v].reshape(there.shape[0], *(1,) * (values.ndim - 2), *there.shape[1:3])
            out += weight * values[..., along[:, v]]
        return out

    def answered(self, side: int, m: int, accepted: Float, refused: Float) -> Float:
        """(N, R, s, b) what each package leads to, before a side answers to it in a posture.

        Args:
            accepted: (N, R, s, b) where it accepts.
            refused: (R, s, b) where it does not.
        """
        p, out = self.played, np.zeros_like(accepted)
        for n in range(accepted.shape[0]):
            yes = self.landed(side, accepted[n], p.accept_after[side, m, n, 0])
            no = self.landed(side, refused, p.accept_after[side, m, n, 1])
            for k in range(self.tables.types[side]):
                says = p.accept[side, k, m, n]
                out[n] += self.held[side][:, k, None] * (says * yes[k] + (1.0 - says) * no[k])
        return out

    def offered(self, j: int, m: int, peace: Float, fight: Float) -> Float:
        """(K, N + 1, R, s, b) what each offer of a proposer's types leads to in a posture, "none" last.

        Args:
            peace: (N, R, s, b) what is got where all accept.
            fight: (R, s, b) what is got where not.
        """
        leads_to = peace
        for side in (D, A):  # A answers first, and D where A accepts
            if side != j:
                leads_to = self.answered(side, m, leads_to, fight)
        leads_to = np.concatenate([leads_to, fight[None]])
        acts = [self.landed(j, each, self.played.offer_after[j, m, n]) for n, each in enumerate(leads_to)]
        return np.stack(acts, axis=1)

    def offer_worth(self, j: int) -> Float:
        """(M, K, N + 1, R, s, b) what each offer is worth to every row, by posture and the proposer's type."""
        p = self.played
        return np.stack([self.offered(j, m, p.peace, p.fight[m]) for m in range(p.fight.shape[0])])

    def offer_taken(self, j: int) -> Float:
        """(M, K, N + 1, R, s, b) how likely each row holds it that all accept: a peace worth 1, against 0."""
        p = self.played
        one, nothing = np.ones_like(p.peace), np.zeros_like(p.fight[0])
        return np.stack([self.offered(j, m, one, nothing) for m in range(p.fight.shape[0])])

    def all_accept(self, seat: Seat) -> Float:
        """(N, M, s, b) how likely a seat holds it that the other belligerents accept each package, once it does itself.

        A answers first, so that D may learn from its answer; to the patron it is the chance that both accept.
        """
        p, found = self.played, []
        one, nothing = np.ones_like(p.peace), np.zeros_like(p.fight[0])
        for m in range(p.fight.shape[0]):
            leads_to = one if seat.side == D else self.answered(D, m, one, nothing)
            if seat.side != A:
                found.append(self.answered(A, m, leads_to, nothing)[:, seat.row])
                continue
            kind = seat.kind if self.tables.types[A] > 1 else 0
            told = [
                self.landed(A, each, p.accept_after[A, m, n, 0])[kind] for n, each in enumerate(leads_to[:, seat.row])
            ]
            found.append(np.stack(told))
        return np.stack(found, axis=1)

    def reply_worth(self) -> Float:
        """(K, M, a, d, R, s, b) what fighting with each effort of D is worth to every row, by D's type."""
        return self._acts(D, self.played.by_effort, self.played.effort_d_after)

    def before_reply(self) -> Float:
        """(M, a, R, s, b) what each effort of A is worth to every row, before D's reply."""
        replies = self.played.effort_d[: self.tables.types[D]]
        return self._mean(D, np.einsum("kmadsb,kmadrsb->kmarsb", replies, self.reply_worth()))

    def effort_worth(self) -> Float:
        """(K, M, a, R, s, b) the same for what it tells of A, by A's type."""
        return self._acts(A, self.before_reply(), self.played.effort_a_after)

    def after_effort(self, values: Float) -> Float:
        """(..., M, R, d, s, b) mean over what A does of (..., M, a, d, s, b), as each row expects A to act."""
        p, lead = self.played, values.shape[:-5]
        found = np.zeros((*lead, p.fight.shape[0], self.tables.n_rows, *values.shape[-3:]))
        for m, a in product(range(p.effort_a.shape[1]), range(p.effort_a.shape[2])):
            landed = self.landed(A, values[..., m, a, :, :, :], p.effort_a_after[m, a])
            for k in range(self.tables.types[A]):
                weight = self.held[A][:, k, None] * p.effort_a[k, m, a]  # (R, s, b)
                found[..., m, :, :, :, :] += weight[:, None] * landed[k][..., None, :, :, :]
        return found

    def fought(self, profile: int) -> Float:
        """(M, e, s, b) probability of each pair of efforts where this period is fought, under a profile of types."""
        p, (a, d, _) = self.played, self._types[profile]
        n_postures, n_a, n_d = p.by_effort.shape[:3]
        found = np.zeros((n_postures, n_a, n_d, *p.by_effort.shape[-2:]))
        for m, e in product(range(n_postures), range(n_a)):
            replies = self.landed(A, p.effort_d[d, m, e], p.effort_a_after[m, e])[a]
            found[m, e] = p.effort_a[a, m, e] * replies
        return found.reshape(n_postures, n_a * n_d, *found.shape[3:])

    def posture_worth(self) -> Float:
        """(K, M, R, s, b) what each posture is worth to every row, by the patron's type."""
        return self._acts(P, self.played.before_posture, self.played.posture_after)

    def of_side(self, side: int, by_type: Float, row: int) -> Float:
        """Mean of (K, ..., s, b) over a side's types, as a row holds them."""
        return np.asarray(np.einsum("kb,k...b->...b", self.held[side][row], by_type[: self.tables.types[side]]))

    def at_states(self, table: NDArray[Any]) -> Float:
        """(..., s) tables over all states, at those of the start."""
        return np.asarray(self.tables.pool[table][..., self.states])

    def _acts(self, side: int, values: Float, after: Float) -> Float:
        """(K, acts, R, s, b) values (acts, R, s, b) where each act of a side leaves the belief."""
        acts, rest = values.shape[:-3], values.shape[-3:]
        landed = [self.landed(side, values[act], after[act]) for act in np.ndindex(acts)]
        return np.stack(landed, axis=1).reshape(self.tables.types[side], *acts, *rest)

    def _mean(self, side: int, by_type: Float) -> Float:
        """Mean of (K, ..., R, s, b) over a side's types, as each row holds them."""
        return np.asarray(np.einsum("rkb,k...rsb->...rsb", self.held[side], by_type))

    def _at_start(self, values: NDArray[Any]) -> Float:
        """(..., s, b) values (..., S, b) at the states of the start."""
        return np.asarray(values[..., self.states, :], np.float64)

    def _held(self, side: int) -> Float:
        """(R, K, b)."""
        tables = self.tables
        own = np.ones((tables.n_rows, tables.types[side], tables.n_nodes))
        if self._along[side] is None:
            return own
        place = nodes_of(self.game, ROLES[side])
        for row in range(tables.n_rows):
            if tables.row_side[row] == side:
                own[row] = (np.arange(tables.types[side]) == tables.row_type[row])[:, None]
            else:
                own[row] = believed_of(self.game, ROLES[side], row)[place].T
        return own

    def _start(self) -> Float:
        out = np.zeros((self.tables.n_rows, self.states.size, self.tables.n_nodes))
        at = start_node(self.tables)
        for row in range(self.tables.n_rows):
            if not self.game.known:
                out[row, :, at] = self.mass
                continue
            for profile, weight in zip(self._types, self.profiles(row)[:, at], strict=True):
                out[row, :, certain_node(self.tables, profile)] += weight * self.mass
        return out

    def _seen(self) -> Float:
        p, along = self.played, self._along[P]
        out = np.zeros((self.tables.n_rows, *p.posture.shape[1:]))
        for k, m in product(range(self.tables.types[P]), range(p.posture.shape[1])):
            chosen = self.start * self.held[P][:, k, None] * p.posture[k, m]  # (R, s, b)
            if along is None:
                out[:, m] += chosen
                continue
            there = landing(axis_of(self.game, "patron"), np.nan_to_num(p.posture_after[m]))[k]  # (s, b, B)
            for b, v in product(range(along.shape[0]), range(along.shape[1])):
                out[:, m, :, along[b, v]] += chosen[..., b] * there[:, b, v]
        return out

    def _by_effort(self, solution: Solution) -> Float:
        """(M, a, d, R, s, b) C_i(e) of (i.1): the first period without talks, fought with one pair of efforts."""
        tables = self.tables
        n_a, n_d = tables.n_effort_a, tables.n_effort_d
        found = []
        for e in range(n_a * n_d):
            only = Solution(_fought(tables, e), solution.values[:2])
            if tables.n_profiles > 1:
                fight = decisions_of_types(only, 0).continuation
                fight = fight.reshape(*fight.shape[:2], tables.n_states, tables.n_nodes)
            else:
                fight = decisions(only, 0).continuation[..., None]
            found.append(self._at_start(fight))
        by_pair = np.stack(found, axis=1)
        return by_pair.reshape(by_pair.shape[0], n_a, n_d, *by_pair.shape[2:])


def _fought(tables: Tables, pair: int) -> Tables:
    """A game of the first period alone, with one pair of efforts, the first package and nobody who proposes."""
    maps = tables.by_profile
    silent = np.flatnonzero(~tables.pool.any(axis=1))
    pool = tables.pool if silent.size else np.vstack([tables.pool, np.zeros((1, tables.n_states))])
    nobody = int(silent[0]) if silent.size else tables.pool.shape[0]
    now = slice(tables.epoch_of_period[0], tables.epoch_of_period[0] + 1)
    if maps is not None:
        maps = maps._replace(
            flow=maps.flow[now][:, :, [pair]],
            peace_fixed=maps.peace_fixed[now, :1],
            posture_cost=maps.posture_cost[now],
        )
    return tables._replace(
        epoch_of_period=np.zeros(1, np.int32),
        pool=pool,
        n_effort_a=1,
        n_effort_d=1,
        flow=tables.flow[now][:, :, [pair]],
        nature=tables.nature[:, now][:, :, :, [pair]],
        recognition=np.full_like(tables.recognition[now], nobody),
        peace_fixed=tables.peace_fixed[now, :1],
        peace_resume=tables.peace_resume[now, :1],
        posture_cost=tables.posture_cost[now],
        posture_weight=tables.posture_weight[now],
        offer_weight=tables.offer_weight[now][:, [0, -1]],
        by_profile=maps,
    )


def _along(game: Game, side: int) -> NDArray[np.intp] | None:
    """(b, B) joint node at which a side's own axis stands at each of its nodes, all else as in a joint node."""
    sides = [axis.side for axis in game.tables.beliefs]
    if side not in sides:
        return None
    sizes = [axis.nodes.shape[0] for axis in game.tables.beliefs]
    place = list(np.unravel_index(np.arange(game.tables.n_nodes)[:, None], sizes))
    place[sides.index(side)] = np.arange(sizes[sides.index(side)])[None]
    return np.ravel_multi_index(tuple(np.broadcast_arrays(*place)), sizes)


def _plain(game: Game, states: NDArray[np.intp], d: Decisions, by_effort: Float) -> Played:
    """Decisions of a game without types; nothing that is done tells anything."""

    def at(values: NDArray[Any]) -> Float:
        return np.asarray(values[..., states, None], np.float64)

    def told(*shape: int) -> Float:
        return np.zeros((*shape, 0, states.size, 1))

    n_a, n_d = (len(levels) for levels in game.efforts)
    n_postures, n_proposers, n_offers = d.offer.shape[:3]
    pairs = at(d.effort)
    pairs = pairs.reshape(n_postures, n_a, n_d, *pairs.shape[2:])
    effort_a = pairs.sum(axis=2)
    replies = _replies(by_effort[:, :, :, D], float(game.tables.precision_effort[1]))
    likely = effort_a[:, :, None] > 0.0  # what A never does, the engine records no reply to
    replies = np.where(likely, pairs / np.where(likely, effort_a[:, :, None], 1.0), replies)
    return Played(
        posture=at(d.posture)[None], posture_after=told(n_postures),
        recognition=np.asarray(d.recognition[..., states], np.float64),
        offer=at(d.offer).transpose(1, 0, 2, 3, 4)[:, None], offer_after=told(n_proposers, n_postures, n_offers),
        accept=at(d.accept)[:, None], accept_after=told(2, n_postures, n_offers - 1, 2),
        effort_a=effort_a[None], effort_a_after=told(n_postures, n_a),
        effort_d=replies[None], effort_d_after=told(n_postures, n_a, n_d),
        fight=at(d.continuation), before_posture=at(d.before_posture), peace=at(d.peace), value=at(d.value),
        by_effort=by_effort,
    )  # fmt: skip


def _replies(worth: Float, precision: float) -> Float:
    """(M, a, d, s, b) D's reply to every effort of A, by what each is worth to it (i.1)."""
    odds = np.exp(precision * (worth - worth.max(axis=2, keepdims=True)))
    return np.asarray(odds / odds.sum(axis=2, keepdims=True))


def _typed(game: Game, states: NDArray[np.intp], d: Any, by_effort: Float) -> Played:
    """Decisions of a game with types (`engine.TypedDecisions`)."""
    tables = game.tables
    lanes = (states[:, None] * tables.n_nodes + np.arange(tables.n_nodes)).ravel()

    def at(values: NDArray[Any]) -> Float:
        return np.asarray(values[..., lanes], np.float64).reshape(*values.shape[:-1], states.size, tables.n_nodes)

    index = tables.recognition[tables.epoch_of_period[0]]
    n_a, n_d = (len(levels) for levels in game.efforts)
    effort_d, effort_d_after = at(d.effort_d), at(d.effort_d_after)
    return Played(
        posture=at(d.posture), posture_after=at(d.posture_after), recognition=tables.pool[index][..., states],
        offer=at(d.offer), offer_after=at(d.offer_after), accept=at(d.accept), accept_after=at(d.accept_after),
        effort_a=at(d.effort_a), effort_a_after=at(d.effort_a_after),
        effort_d=effort_d.reshape(*effort_d.shape[:2], n_a, n_d, *effort_d.shape[3:]),
        effort_d_after=effort_d_after.reshape(effort_d_after.shape[0], n_a, n_d, *effort_d_after.shape[2:]),
        fight=at(d.continuation), before_posture=at(d.before_posture), peace=at(d.peace), value=at(d.value),
        by_effort=by_effort,
    )  # fmt: skip

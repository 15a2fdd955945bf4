"""Exact forward pass of a game with types: mass and public beliefs, under every profile of types at once.

Everything is *given the profile*: the probability of what happens if these are the types. What an observer expects is
the mean over profiles by what he believes of them at the start, so that one pass serves every point of view. The stage
of a period is recomputed from the stored values; mass is carried in float64 whatever the precision of the values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner_exact
from ripeness.engine.private.choice import Choice
from ripeness.engine.private.geometry import believed_profiles, certain_node, start_node
from ripeness.engine.private.many import reached_many
from ripeness.engine.private.solution import Layout, Period, make_layout
from ripeness.engine.private.stage import A, D, Decided, P, Stage
from ripeness.engine.private.transport import convey, convey_many
from ripeness.engine.propagation import Propagation
from ripeness.engine.transport import forward_passage
from ripeness.game.tables import Tables


class Passing(NamedTuple):
    """One period at the lanes that some profile reaches. L of them; Theta profiles, N packages, R rows.

    A lane is a state and a joint public belief: number state * tables.n_nodes + node.
    """

    lane: NDArray[np.int64]  # (L,) increasing
    mass: NDArray[np.float64]  # (Theta, L) probability that the war is open there at the start of the period
    settled: NDArray[np.float64]  # (Theta, N, L) settles in the period, where the public belief is at the signing
    continuation: NDArray[Any]  # (R, L) value of fighting on, as the row expects the patron to choose
    peace: NDArray[Any]  # (N, R, L)
    value: NDArray[Any]  # (R, L)


Visit = Callable[[int, Passing], None]

TOGETHER = 64
"""States that talk at once: what is read of them for one package lies together, and what is added up stays near."""


def profile_weights(tables: Tables, row: int | None = None) -> NDArray[np.float64]:
    """(Theta,) what a value row believes of whole profiles of types at the start; None: what the analyst believes."""
    return believed_profiles(tables, tables.n_rows if row is None else row, start_node(tables))


def rows_of_profile(tables: Tables, profile: NDArray[np.int64]) -> NDArray[np.int64]:
    """Value rows of the actors present, each of the type that it has in a profile (3,)."""
    side, kind = tables.row_side, tables.row_type
    return np.array([r for r in range(tables.n_rows) if side[r] >= 0 and kind[r] == profile[side[r]]], np.int64)


def propagate_types(
    values: NDArray[Any], tables: Tables, visit: Visit | None, threads: int | None, payoffs: bool
) -> tuple[Propagation, ...]:
    """Carry the mass of every profile from period 0 to the horizon; see `Propagation`, here given the profile.

    Args:
        values: (T + 1, R, S, J) from the backward pass.
        visit: called after each period.
        payoffs: also count them; without, `worth_settled` has no rows.

    Returns:
        One for each profile, without `mass` by state; rows are those of the profile's types. `worth_settled` counts
        the flows that the profile brings and, at the signing, what its actors expect of the peace.
    """
    layout = make_layout(tables, values.dtype)
    g, joint, lanes = layout.geometry, tables.n_nodes, layout.lanes
    n_profiles, n_periods = g.profile.shape[0], tables.n_periods
    rows = [rows_of_profile(tables, profile)[: None if payoffs else 0] for profile in g.profile]
    width = 1 + rows[0].size
    passages = [forward_passage(tables, epoch) for epoch in range(tables.flow.shape[0])]
    most = max(passage.operator.size for passage in passages)
    nodes = np.zeros((n_profiles, most + 1, lanes, width))
    carried = np.zeros((n_profiles, lanes, width))
    for theta, profile in enumerate(g.profile):
        node = certain_node(tables, profile) if tables.known else start_node(tables)
        carried[theta, node::joint, 0] = tables.initial
    results = [_blank(tables, rows[0].size) for _ in range(n_profiles)]
    with Period(layout, threads, keep=True) as solver:
        splits = [_Split(layout, stage, rows, nodes) for stage in solver.stages.values()]

        def carry(period: int) -> None:
            epoch = int(tables.epoch_of_period[period])
            passage = passages[epoch]
            nodes[:, : passage.operator.size] = 0.0
            nodes[:, -1] = 0.0
            factor = tables.discount**period
            found: dict[int, tuple[NDArray[Any], ...]] = {}

            def divide(number: int, low: int, high: int, decided: Decided) -> None:
                here = carried[:, low * joint : high * joint]
                found[low] = splits[number].divide(epoch, factor, passage.leaf, here, low, high, decided)

            reached = np.asarray(carried[:, :, 0].reshape(n_profiles, tables.n_states, joint).any(axis=(0, 2)))
            solver.solve(epoch, values[period + 1].reshape(tables.n_rows, -1), divide, reached)
            for theta, result in enumerate(results):
                result.open[period] = carried[theta, :, 0].sum()
                for low in sorted(found):  # in the order of states, whatever the threads
                    sums = found[low][4][theta]
                    result.settled[period] += sums.settled
                    result.offer[period] += sums.offer
                    result.worth_settled[period] += sums.worth
                    result.posture[period] += sums.posture
                    result.effort[period] += sums.effort
            if visit is not None:
                visit(period, _passing(found, joint))
            solver.workers.map_range(
                n_profiles, _move_profiles, layout, passage.operator, passage.target, nodes, results, period
            )
            carried[:] = nodes[:, -1]

        for period in range(n_periods):
            carry(period)
    for theta, result in enumerate(results):
        result.open[n_periods] = carried[theta, :, 0].sum()
        result.frozen[:] = carried[theta, :, 0].reshape(tables.n_states, joint).sum(axis=1)
    return tuple(results)


def _blank(tables: Tables, n_rows: int) -> Propagation:
    n_periods = tables.n_periods
    n_postures, n_effort = tables.flow.shape[1:3]
    n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]
    return Propagation(
        open=np.zeros(n_periods + 1), mass=np.zeros((0, tables.n_states)),
        settled=np.zeros((n_periods, n_proposers, n_packages)), ended=np.zeros((n_periods, len(tables.ends))),
        posture=np.zeros((n_periods, n_postures)), effort=np.zeros((n_periods, n_effort)),
        offer=np.zeros((n_periods, n_proposers, n_packages + 1)), worth_settled=np.zeros((n_periods, n_rows)),
        frozen=np.zeros(tables.n_states),
    )  # fmt: skip


def _move_profiles(
    first: int, end: int, layout: Layout, operators: NDArray[np.int32], targets: NDArray[np.int32],
    nodes: NDArray[np.float64], results: list[Propagation], period: int,
) -> None:  # fmt: skip
    """Nature's moves of some profiles."""
    ev, g, pool, n = layout.evidence, layout.geometry, layout.tables.pool, layout.tables.n_states
    for theta in range(first, end):
        for node, (operator, target) in enumerate(zip(operators, targets, strict=True)):
            o, into = int(operator), nodes[theta, int(target)] if target >= 0 else nodes[theta, -1]
            carry = convey_many if ev.side[o] >= 0 and ev.table[o] < 0 else convey
            left = carry(pool, g, ev, o, theta, nodes[theta, node], into, n)
            ending = int(layout.tables.operator_end[o])
            if ending >= 0:
                results[theta].ended[period, ending] += left


def _passing(found: dict[int, tuple[NDArray[Any], ...]], joint: int) -> Passing:
    """The units' lanes that are reached or at which something is signed, one after the other."""
    parts: list[list[NDArray[Any]]] = [[] for _ in Passing._fields]
    for low in sorted(found):
        mass, settled, decided_values, values, _ = found[low]
        continuation, peace = decided_values
        kept = np.flatnonzero((mass > 0.0).any(axis=0) | (settled > 0.0).any(axis=(0, 1)))
        taken = (
            kept + low * joint, mass[:, kept], settled[:, :, kept], continuation[:, kept], peace[:, :, kept],
            values[:, kept],
        )  # fmt: skip
        for part, each in zip(parts, taken, strict=True):
            part.append(each)
    return Passing(*(np.concatenate(part, axis=-1) for part in parts))


class _Sums(NamedTuple):
    """Totals of a unit under one profile."""

    settled: NDArray[np.float64]  # (J, N)
    offer: NDArray[np.float64]  # (J, N + 1)
    worth: NDArray[np.float64]  # (R,)
    posture: NDArray[np.float64]  # (M,)
    effort: NDArray[np.float64]  # (n_effort,)


class Reached(NamedTuple):
    """Where a choice leads. A actions, V vertices of the public lottery, K types of the chooser."""

    vertex: NDArray[np.int32]  # (A, V, L) lane
    reach: NDArray[Any]  # (K, A, V, L) probability of action and vertex


class Landing:
    """Turns choices into where they lead; room for one thread."""

    def __init__(self, layout: Layout, width: int) -> None:
        self.g = layout.geometry
        self.width = width
        self.stay = np.arange(width, dtype=np.int32)

    def of(self, side: int, choice: Choice, lanes: int) -> Reached:
        """Where one choice leads. Probabilities sum to one to double precision, so that mass is conserved."""
        kinds = int(self.g.kinds[side])
        n_actions = choice.chance.shape[0] // kinds
        if kinds == 1 or n_actions == 1:  # nothing is said
            vertex = np.ascontiguousarray(np.broadcast_to(self.stay, (n_actions, 1, self.width)))
            reach = choice.chance.reshape(kinds, n_actions, 1, self.width).astype(np.float64)
        else:
            vertices = 2 if kinds == 2 else kinds
            vertex = np.zeros((n_actions, vertices, self.width), np.int32)
            reach = np.zeros((kinds, n_actions, vertices, self.width))
            if kinds == 2:
                reached_two(int(self.g.stride[side]), choice, lanes, vertex, reach)
            else:
                reached_many(self.g, side, n_actions, choice.chance, choice.after, lanes, vertex, reach)
        whole = reach.sum(axis=(1, 2), keepdims=True)
        return Reached(vertex, np.divide(reach, whole, out=reach, where=whole > 0.0))

    def of_answers(self, side: int, choices: Choice | None, lanes: int) -> Reached:
        """Where answers to every package lead: action 2 n accepts package n, action 2 n + 1 rejects it."""
        if choices is None:
            return Reached(np.zeros((0, 1, self.width), np.int32), np.zeros((1, 0, 1, self.width)))
        each = [self.of(side, Choice(*(part[n] for part in choices)), lanes) for n in range(choices.chance.shape[0])]
        return Reached(
            np.concatenate([one.vertex for one in each]), np.concatenate([one.reach for one in each], axis=1)
        )


class _Split:
    """Splits the mass of a unit into what settles and what fights on; room for one thread."""

    def __init__(self, layout: Layout, stage: Stage, rows: list[NDArray[np.int64]], nodes: NDArray[np.float64]) -> None:
        self.layout, self.stage, self.rows, self.nodes = layout, stage, rows, nodes
        self.landing = Landing(layout, stage.width)

    def divide(
        self, epoch: int, factor: NDArray[np.float64], leaf: NDArray[np.int32], here: NDArray[np.float64], low: int,
        high: int, decided: Decided,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Push what is at the lanes of a unit into the nodes of nature; returns what `_passing` needs, and totals.

        Args:
            here: (Theta, L, 1 + rows) mass, and payoffs so far on it.
            leaf: (M, n_effort) node where each decision enters; -1: next period.
        """
        layout, s, lanes = self.layout, self.stage.sizes, decided.lanes
        g, joint, tables = layout.geometry, self.stage.joint, layout.tables
        n_profiles, width = here.shape[0], here.shape[2]
        settled = np.zeros((n_profiles, s.packages, lanes))
        totals = [
            _Sums(
                np.zeros((s.proposers, s.packages)), np.zeros((s.proposers, s.packages + 1)), np.zeros(width - 1),
                np.zeros(s.postures), np.zeros(s.effort_a * s.effort_d),
            )
            for _ in range(n_profiles)
        ]  # fmt: skip
        postures = None if decided.posture is None else self.landing.of(P, decided.posture, lanes)
        for m in range(s.postures):
            offers = [
                self.landing.of(j, c, lanes) if c is not None else self.landing.of_answers(j, None, lanes)
                for j, c in enumerate(decided.offers[m])
            ]
            while len(offers) < 3:
                offers.append(self.landing.of_answers(A, None, lanes))
            by_a = self.landing.of_answers(A, decided.answers[m][A], lanes)
            by_d = self.landing.of_answers(D, decided.answers[m][D], lanes)
            chance = np.array(
                [tables.pool[tables.recognition[epoch, m, j], low:high] for j in range(s.proposers)]
                + [np.zeros(high - low)] * (3 - s.proposers)
            )
            effort_a = self.landing.of(A, decided.effort_a[m], lanes)
            efforts_d = [self.landing.of(D, c, lanes) for c in decided.effort_d[m]]
            for theta in range(n_profiles):
                kinds = g.profile[theta]
                start = here[theta]
                if postures is not None:
                    start = np.zeros((lanes, width))
                    push(postures.vertex[m], postures.reach[kinds[P], m], here[theta], start)
                totals[theta].posture[m] = start[:, 0].sum()
                fight = np.zeros((lanes, width))
                offered = [part for to, k in zip(offers, kinds, strict=True) for part in (to.vertex, _type(to, k))]
                own = self.rows[theta]
                arguments: tuple[Any, ...] = (
                    start, chance, *offered, by_a.vertex, _type(by_a, kinds[A]), by_d.vertex, _type(by_d, kinds[D]),
                    decided.peace, own, factor[own], joint, fight, settled[theta], *totals[theta][:3],
                )  # fmt: skip
                talk(*arguments)
                flow = tables.profiles.flow[epoch, m][:, self.rows[theta], theta]
                for a in range(s.effort_a):
                    mid = np.zeros((lanes, width))
                    push(effort_a.vertex[a], _type(effort_a, kinds[A])[a], fight, mid)
                    for d in range(s.effort_d):
                        e = a * s.effort_d + d
                        totals[theta].effort[e] += enter(
                            efforts_d[a].vertex[d], _type(efforts_d[a], kinds[D])[d], mid, tables.pool, flow[e],
                            factor[self.rows[theta]], low, joint, self.nodes[theta, leaf[m, e]],
                        )  # fmt: skip
        values = (decided.continuation[:, :lanes].copy(), decided.peace[:, :, :lanes].copy())
        return here[:, :, 0].copy(), settled, values, decided.value[:, :lanes].copy(), totals


def _type(reached: Reached, kind: int) -> NDArray[Any]:
    """(A, V, L) where the choice of one type leads."""
    by_type: NDArray[Any] = reached.reach[min(int(kind), reached.reach.shape[0] - 1)]
    return by_type


@nb.njit(nogil=True, cache=True, error_model="numpy")
def reached_two(stride: int, choice: Choice, lanes: int, vertex: Any, reach: Any) -> None:
    """`Reached` of a choice of a side with two types."""
    n_actions = vertex.shape[0]
    for a in range(n_actions):
        for k in range(lanes):
            vertex[a, 0, k] = choice.low[a, k]
            vertex[a, 1, k] = choice.low[a, k] + stride
        for kind in range(2):
            chance, up = choice.chance[kind * n_actions + a], choice.up[2 * a + kind]
            for k in range(lanes):
                reach[kind, a, 1, k] = np.float64(chance[k]) * up[k]
                reach[kind, a, 0, k] = np.float64(chance[k]) - reach[kind, a, 1, k]


@nb.njit(nogil=True, cache=True, error_model="numpy")
def push(vertex: Any, reach: Any, here: Any, into: Any) -> None:
    """Move what is at each lane along one action: into[vertex] += reach * here; vertex and reach are (V, L)."""
    for k in range(here.shape[0]):
        if here[k, 0] != 0.0:
            for v in range(vertex.shape[0]):
                share, to = np.float64(reach[v, k]), vertex[v, k]
                for x in range(here.shape[1]):
                    into[to, x] += share * here[k, x]


@nb.njit(nogil=True, cache=True, error_model="numpy")
def enter(
    vertex: Any, reach: Any, here: Any, pool: Any, flow: Any, factor: Any, low: int, joint: int, into: Any
) -> float:  # fmt: skip
    """`push` into a node of nature, with what the period pays; returns the mass that enters."""
    total, first = 0.0, low * joint
    for k in range(here.shape[0]):
        if here[k, 0] != 0.0:
            s = low + k // joint
            for v in range(vertex.shape[0]):
                share, to = np.float64(reach[v, k]), first + vertex[v, k]
                total += share * here[k, 0]
                into[to, 0] += share * here[k, 0]
                for r in range(flow.size):
                    into[to, 1 + r] += share * (here[k, 1 + r] + here[k, 0] * factor[r] * pool[flow[r], s])
    return total


@inner_exact
def _settle(
    n: int, vertex: Any, reach: Any, k: int, here: Any, peace: Any, rows: Any, factor: Any, settled: Any, worth: Any
) -> float:  # fmt: skip
    """What of `here` accepts package n at lane k, booked where the belief then stands; returns its mass."""
    total = 0.0
    for v in range(vertex.shape[1]):
        share, to = np.float64(reach[2 * n, v, k]), np.uintp(vertex[2 * n, v, k])
        agreed = share * here[0]
        settled[n, to] += agreed
        total += agreed
        for r in range(rows.size):
            worth[r] += share * here[1 + r] + agreed * factor[r] * peace[n, rows[r], to]
    return total


@nb.njit(nogil=True, cache=True, error_model="numpy")
def talk(
    here: Any, chance: Any, vertex_a: Any, reach_a: Any, vertex_d: Any, reach_d: Any, vertex_p: Any, reach_p: Any,
    by_a_vertex: Any, by_a: Any, by_d_vertex: Any, by_d: Any, peace: Any, rows: Any, factor: Any, joint: int,
    fight: Any, settled: Any, by_proposer: Any, offered: Any, worth: Any,
) -> None:  # fmt: skip
    """Offers and answers at every state of a unit under one profile: what settles, and what fights on.

    Args:
        here: (L, X) mass, then what is carried along with it.
        chance: (3, states) that each side is recognised.
        vertex_*, reach_*: offers of each side (`Reached` of its type in the profile), "none" last.
        by_*: answers; action 2 n accepts package n, 2 n + 1 rejects it.
        fight: (L, X) added to. settled: (N, L) added to. by_proposer (J, N), offered (J, N + 1), worth (R,): totals.
    """
    n_packages, carried = peace.shape[0], here.shape[1]
    made, heard = np.empty((TOGETHER * joint, carried)), np.empty((TOGETHER * joint, carried))
    spoken = np.empty(TOGETHER * joint)
    for low in range(0, chance.shape[1], TOGETHER):
        high = min(low + TOGETHER, chance.shape[1])
        first, lanes = low * joint, (high - low) * joint
        for k in range(first, first + lanes):
            s = k // joint
            silent = 1.0 - chance[0, s] - chance[1, s] - chance[2, s]
            for x in range(carried):
                fight[k, x] += silent * here[k, x]
        for j in range(by_proposer.shape[0]):
            if not chance[j, low:high].any():
                continue
            for k in range(lanes):
                spoken[k] = chance[j, low + k // joint]
            vertex, reach = (vertex_a, reach_a) if j == 0 else (vertex_d, reach_d) if j == 1 else (vertex_p, reach_p)
            for n in range(n_packages + 1):
                made[:lanes] = 0.0
                for k in range(lanes):
                    if here[first + k, 0] != 0.0 and spoken[k] != 0.0:
                        for v in range(vertex.shape[1]):
                            share, to = spoken[k] * reach[n, v, first + k], np.uintp(vertex[n, v, first + k] - first)
                            for x in range(carried):
                                made[to, x] += share * here[first + k, x]
                offered[j, n] += made[:lanes, 0].sum()
                if n == n_packages:
                    for k in range(lanes):
                        for x in range(carried):
                            fight[first + k, x] += made[k, x]
                    continue
                if j == 2:  # A answers first; where it accepts, D answers next
                    heard[:lanes] = 0.0
                    for k in range(lanes):
                        if made[k, 0] != 0.0:
                            for v in range(by_a_vertex.shape[1]):
                                share, to = (
                                    by_a[2 * n, v, first + k],
                                    np.uintp(by_a_vertex[2 * n, v, first + k] - first),
                                )
                                refused, back = (
                                    by_a[2 * n + 1, v, first + k],
                                    np.uintp(by_a_vertex[2 * n + 1, v, first + k]),
                                )
                                for x in range(carried):
                                    heard[to, x] += share * made[k, x]
                                    fight[back, x] += refused * made[k, x]
                else:
                    heard[:lanes] = made[:lanes]
                answer_vertex, answer = (by_a_vertex, by_a) if j == 1 else (by_d_vertex, by_d)
                for k in range(lanes):
                    if heard[k, 0] == 0.0:
                        continue
                    by_proposer[j, n] += _settle(
                        n, answer_vertex, answer, first + k, heard[k], peace, rows, factor, settled, worth
                    )
                    for v in range(answer_vertex.shape[1]):
                        share, to = answer[2 * n + 1, v, first + k], np.uintp(answer_vertex[2 * n + 1, v, first + k])
                        for x in range(carried):
                            fight[to, x] += share * heard[k, x]

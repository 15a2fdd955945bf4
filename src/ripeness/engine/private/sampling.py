"""Sampled histories of a game with types: paths of states, beliefs and acts under true types drawn at the start."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import inner_exact
from ripeness.engine.draws import pick, uniform
from ripeness.engine.private.forward import Landing, Reached, profile_weights
from ripeness.engine.private.geometry import Geometry, certain_node, start_node
from ripeness.engine.private.many import lottery
from ripeness.engine.private.solution import Period, make_layout
from ripeness.engine.private.stage import A, D, Decided, P
from ripeness.engine.private.transport import Evidence, posterior_of
from ripeness.engine.samples import Samples, blank_samples
from ripeness.game.tables import Tables

TYPE_DRAW, POSTURE_DRAW, RECOGNITION_DRAW, OFFER_DRAW, ANSWER_DRAW, EFFORT_DRAW, NATURE_DRAW = -2, 0, 1, 2, 3, 5, 8


class _Acts(NamedTuple):
    """Where the choices of a unit lead under one posture; see `Reached`."""

    offer_a: Reached
    offer_d: Reached
    offer_p: Reached
    answer_a: Reached  # action 2 n accepts package n, 2 n + 1 rejects it
    answer_d: Reached
    effort_a: Reached


def sample_types(
    values: NDArray[Any], tables: Tables, n: int, seed: int, weights: NDArray[np.float64] | None, threads: int | None
) -> Samples:
    """Draw n histories.

    Args:
        values: (T + 1, R, S, J) from the backward pass.
        weights: (Theta,) odds of the true profile; None: the analyst's.
    """
    layout = make_layout(tables, values.dtype)
    joint, n_periods = tables.n_nodes, tables.n_periods
    result = blank_samples(n, n_periods, joint > 1 or tables.n_profiles > 1)
    key = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    odds = profile_weights(tables) if weights is None else np.asarray(weights, np.float64)
    start = np.cumsum(tables.initial) / tables.initial.sum()
    first = np.array(
        [certain_node(tables, each) if tables.known else start_node(tables) for each in layout.geometry.profile]
    )
    _draw_start(key, start, np.cumsum(odds) / odds.sum(), first, result)
    pool = np.ascontiguousarray(tables.pool)
    with Period(layout, threads, keep=True) as solver:
        landings = [Landing(layout, stage.width) for stage in solver.stages.values()]

        def advance(period: int) -> None:
            epoch = int(tables.epoch_of_period[period])
            nature = np.ascontiguousarray(tables.nature[:, epoch, :, :, tables.n_rows])
            state = result.state[:, period]
            reached = np.zeros(tables.n_states, bool)
            reached[state[state >= 0]] = True

            def draw(number: int, low: int, high: int, decided: Decided) -> None:
                who = np.flatnonzero((state >= low) & (state < high))
                landing, lanes = landings[number], decided.lanes
                if decided.posture is not None:
                    to = landing.of(P, decided.posture, lanes)
                    _draw_posture(key, period, who, low, joint, layout.geometry, to, result)
                else:
                    result.posture[who, period] = 0
                    result.node[who, period + 1] = result.node[who, period]
                for m in range(len(decided.offers)):
                    mine = who[result.posture[who, period] == m]
                    if mine.size == 0:
                        continue
                    offers = [
                        landing.of(j, c, lanes) if c is not None else landing.of_answers(j, None, lanes)
                        for j, c in enumerate(decided.offers[m])
                    ]
                    offers += [landing.of_answers(A, None, lanes)] * (3 - len(offers))
                    acts = _Acts(
                        offers[0], offers[1], offers[2], landing.of_answers(A, decided.answers[m][A], lanes),
                        landing.of_answers(D, decided.answers[m][D], lanes),
                        landing.of(A, decided.effort_a[m], lanes),
                    )  # fmt: skip
                    efforts_d = [landing.of(D, c, lanes) for c in decided.effort_d[m]]
                    _draw_acts(
                        key, period, mine, low, joint, layout.geometry, tables.recognition[epoch, m], pool, acts,
                        len(decided.peace), len(efforts_d[0].vertex), result,
                    )  # fmt: skip
                    for a, replies in enumerate(efforts_d):
                        _draw_reply(key, period, mine, a, low, joint, layout.geometry, replies, result)
                _draw_nature(
                    key, period, who, pool, layout.geometry, layout.evidence, tables.operator_end, nature, result
                )

            solver.solve(epoch, values[period + 1].reshape(tables.n_rows, -1), draw, reached)

        for period in range(n_periods):
            advance(period)
    return result


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_start(key: Any, states: Any, profiles: Any, node: Any, result: Samples) -> None:
    for h in range(result.state.shape[0]):
        result.state[h, 0] = np.searchsorted(states, uniform(key, h, -1, 0), side="right")
        result.profile[h] = np.searchsorted(profiles, uniform(key, h, TYPE_DRAW, 0), side="right")
        result.node[h, 0] = node[result.profile[h]]


@inner_exact
def _land(reached: Reached, kind: int, a: int, k: int, u: float) -> int:
    """Lane drawn among the vertices of action a."""
    row = min(kind, reached.reach.shape[0] - 1)
    return int(reached.vertex[a, pick(reached.reach[row, a, :, k], u), k])


@inner_exact
def _act(reached: Reached, kind: int, first: int, n_actions: int, k: int, u: float) -> int:
    """Action drawn among `n_actions` from `first` on, counted from there."""
    row, total = min(kind, reached.reach.shape[0] - 1), 0.0
    for a in range(first, first + n_actions):
        total += reached.reach[row, a, :, k].sum()
    left, last = u * total, 0
    for a in range(n_actions):
        odds = reached.reach[row, first + a, :, k].sum()
        if odds > 0.0:
            last = a
            left -= odds
            if left < 0.0:
                return a
    return last


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_posture(
    key: Any, period: int, who: Any, low: int, joint: int, g: Geometry, to: Reached, result: Samples
) -> None:  # fmt: skip
    for h in who:
        k = (result.state[h, period] - low) * joint + result.node[h, period]
        kind = g.profile[result.profile[h], P]
        m = _act(to, kind, 0, to.vertex.shape[0], k, uniform(key, h, period, POSTURE_DRAW))
        result.posture[h, period] = m
        result.node[h, period + 1] = _land(to, kind, m, k, uniform(key, h, period, 100 + POSTURE_DRAW)) % joint


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_acts(
    key: Any, period: int, who: Any, low: int, joint: int, g: Geometry, recognition: Any, pool: Any, acts: _Acts,
    n_packages: int, n_d: int, result: Samples,
) -> None:  # fmt: skip
    """Who proposes what, who accepts, and A's effort; the belief of the moment stands in the next period's place."""
    for h in who:
        s = result.state[h, period]
        first = (s - low) * joint
        k = first + result.node[h, period + 1]
        profile = g.profile[result.profile[h]]
        u, proposer = uniform(key, h, period, RECOGNITION_DRAW), -1
        for j in range(recognition.size):
            u -= pool[recognition[j], s]
            if u < 0.0:
                proposer = j
                break
        settled = False
        if proposer >= 0:
            result.proposer[h, period] = proposer
            to = acts.offer_a if proposer == 0 else acts.offer_d if proposer == 1 else acts.offer_p
            kind = profile[proposer]
            n = _act(to, kind, 0, n_packages + 1, k, uniform(key, h, period, OFFER_DRAW))
            k = _land(to, kind, n, k, uniform(key, h, period, 100 + OFFER_DRAW))
            if n < n_packages:
                result.offer[h, period] = n
                settled = True
                for side in range(2):  # A answers first; only where it accepts a patron's offer, D answers next
                    if side == proposer or not settled:
                        continue
                    to = acts.answer_a if side == 0 else acts.answer_d
                    kind = profile[side]
                    said = _act(to, kind, 2 * n, 2, k, uniform(key, h, period, ANSWER_DRAW + side))
                    k = _land(to, kind, 2 * n + said, k, uniform(key, h, period, 100 + ANSWER_DRAW + side))
                    if said == 1:
                        result.rejected[h, period] += 1 + side
                        settled = False
                if settled:
                    result.end[h], result.end_period[h], result.package[h] = -2, period, n
        if not settled:
            kind = profile[0]
            a = _act(acts.effort_a, kind, 0, acts.effort_a.vertex.shape[0], k, uniform(key, h, period, EFFORT_DRAW))
            k = _land(acts.effort_a, kind, a, k, uniform(key, h, period, 100 + EFFORT_DRAW))
            result.effort[h, period] = a * n_d
        result.node[h, period + 1] = k - first


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_reply(
    key: Any, period: int, who: Any, a: int, low: int, joint: int, g: Geometry, to: Reached, result: Samples
) -> None:  # fmt: skip
    """D's effort where A has chosen effort a."""
    n_d = to.vertex.shape[0]
    for h in who:
        if result.effort[h, period] != a * n_d or result.end[h] == -2:
            continue
        k = (result.state[h, period] - low) * joint + result.node[h, period + 1]
        kind = g.profile[result.profile[h], D]
        d = _act(to, kind, 0, n_d, k, uniform(key, h, period, EFFORT_DRAW + 1))
        result.node[h, period + 1] = _land(to, kind, d, k, uniform(key, h, period, 101 + EFFORT_DRAW)) % joint
        # Marked, so that a later effort of A does not meet it again.
        result.effort[h, period] = -2 - (a * n_d + d)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _draw_nature(
    key: Any, period: int, who: Any, pool: Any, g: Geometry, ev: Evidence, operator_end: Any, nature: Any,
    result: Samples,
) -> None:  # fmt: skip
    kinds_most = g.nodes.shape[2]
    for h in who:
        if result.end[h] == -2:
            continue
        e = -2 - result.effort[h, period]
        result.effort[h, period] = e
        s, b = result.state[h, period], result.node[h, period + 1]
        for step in range(nature.shape[0]):
            operator = nature[step, result.posture[h, period], e]
            if operator < 0:
                continue
            kind, side = ev.type_of[operator, result.profile[h]], ev.side[operator]
            u, leaves = uniform(key, h, period, NATURE_DRAW + step), True
            for arm in range(ev.offset.shape[1]):
                weight = ev.weight[operator, arm, kind]
                if weight < 0:
                    continue
                u -= pool[weight, s]
                if u < 0.0:
                    leaves = False
                    if side >= 0:
                        u = uniform(key, h, period, 100 + NATURE_DRAW + step)
                        b = _evidence_lands(pool, g, ev, operator, arm, kind, s, b, u, kinds_most)
                    s += ev.offset[operator, arm]
                    break
            # Weights that sum to one up to rounding must not end the war.
            if leaves and operator_end[operator] >= 0:
                result.end[h], result.end_period[h] = operator_end[operator], period
                s = -1
                break
        result.state[h, period + 1] = s
        result.node[h, period + 1] = b


@inner_exact
def _evidence_lands(
    pool: Any, g: Geometry, ev: Evidence, operator: int, arm: int, kind: int, s: int, b: int, u: float, most: int
) -> int:  # fmt: skip
    """Joint node after an arm that tells something, drawn in the public lottery."""
    side, table, joint = ev.side[operator], ev.table[operator], g.at.shape[1]
    stride, lane = g.stride[side], s * joint + b
    if table >= 0:
        below = b + (ev.low[table, arm, lane] - g.at[side, b]) * stride
        return int(below + stride if u < ev.up[table, arm, kind, lane] else below)
    kinds = g.kinds[side]
    belief, weights, chance = np.empty(kinds), np.empty(kinds), np.empty((kinds, kinds))
    vertices = np.empty(kinds, np.int64)
    posterior_of(pool, g, ev, operator, arm, s, b, belief)
    lottery(g, side, belief, vertices, weights, chance)
    for v in range(kinds):
        if weights[v] <= 0.0:
            chance[kind, v] = 0.0
    return int(b + (vertices[pick(chance[kind], u)] - g.at[side, b]) * stride)

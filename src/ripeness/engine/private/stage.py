"""One period of a game with types, at every state and joint public belief (theory I.ii).

The period is computed inside out. Every decision is a choice of one side (`decide`), which tells something where that
side has types; every row's value before it is the mean of what it leads to (`before`). Lanes are the joint belief
nodes of a few states.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart
from ripeness.engine.exponential import FASTMATH
from ripeness.engine.private.choice import Choice, Scratch, answer, choose, move, softmax
from ripeness.engine.private.geometry import Geometry
from ripeness.engine.private.many import choose_many, move_many

LANES = 120
"""At least this many lanes a block where the game has them; whole states."""
A, D, P = 0, 1, 2


class StageTables(NamedTuple):
    """`Tables` in working precision, as the kernels read them."""

    pool: NDArray[Any]  # (K, S)
    flow: NDArray[np.int32]  # (E, M, n_effort, R, Theta)
    continuation: NDArray[np.int32]  # (E, M, n_effort, R) node of the program
    recognition: NDArray[np.int32]  # (E, M, J)
    peace_fixed: NDArray[np.int32]  # (E, N, R, Theta)
    peace_resume: NDArray[np.int32]  # (E, N, R)
    steady: NDArray[np.bool_]  # (E, N, R): the worth of peace does not depend on beliefs
    posture_cost: NDArray[np.int32]  # (E, M, Theta)
    posture_weight: NDArray[Any]  # (E, M)
    offer_weight: NDArray[Any]  # (E, N + 1)
    discount: NDArray[Any]  # (R,)
    precision: NDArray[Any]  # posture, effort A, effort D, response A, response D, offer of each proposer
    reject_weight: NDArray[Any]  # (1,)
    n_effort_d: NDArray[np.int64]  # (1,)
    zero: NDArray[np.int64]  # (1,) table that is zero everywhere


class Tiles(NamedTuple):
    """What belongs to lanes rather than to nodes: the geometry repeated for the states of a block."""

    at: NDArray[np.int32]  # (3, L) node on each side's axis
    log_odds: NDArray[Any]  # (3, L)
    own: NDArray[Any]  # (R, 3, K, L)
    weight: NDArray[Any]  # (R, Theta, L)


class Decided(NamedTuple):
    """Everything decided in one period. K: most types of a side, 1 .. K-1 for log-odds against type 0; L lanes.

    Axes: M postures, J proposers, N packages, R rows. Beliefs are log-odds after the act, before the public lottery.
    """

    posture: NDArray[Any]  # (K, M, L) probability of each posture, by type of P
    posture_after: NDArray[Any]  # (M, K - 1, L)
    offer: NDArray[Any]  # (J, K, M, N + 1, L) by type of the proposer, "none" last
    offer_after: NDArray[Any]  # (J, M, N + 1, K - 1, L)
    accept: NDArray[Any]  # (2, K, M, N, L) probability that A, D accepts, by its type
    accept_after: NDArray[Any]  # (2, M, N, 2, K - 1, L) after acceptance, rejection
    effort_a: NDArray[Any]  # (K, M, n_effort_a, L)
    effort_a_after: NDArray[Any]  # (M, n_effort_a, K - 1, L)
    effort_d: NDArray[Any]  # (K, M, n_effort, L) D's effort given A's
    effort_d_after: NDArray[Any]  # (M, n_effort, K - 1, L)
    continuation: NDArray[Any]  # (M, R, L)
    before_posture: NDArray[Any]  # (M, R, L)
    peace: NDArray[Any]  # (N, R, L)
    value: NDArray[Any]  # (R, L)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def decide(
    g: Geometry, tiles: Tiles, side: int, n_actions: int, weight: Any, worth: Any, sharp: Any, lanes: int,
    room: Scratch, choice: Choice,
) -> int:  # fmt: skip
    """Choice of a side; returns at how many lanes it has several solutions.

    Args:
        worth: (K * most, L) Q by own type and action.
    """
    apart()
    kinds = g.kinds[side]
    if kinds == 1:
        softmax(n_actions, weight, sharp, worth, lanes, choice.chance, room.c)
        return 0
    if kinds == 2:
        return choose(
            g, side, n_actions, weight, worth, sharp, tiles.at[side], tiles.log_odds[side], lanes, room, choice
        )
    several = 0
    for lane in range(lanes):
        several += choose_many(
            g, side, n_actions, weight, worth, sharp, lane, tiles.at[side, lane], choice.chance, choice.after
        )
    return several


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def before(
    g: Geometry, tiles: Tiles, side: int, row: int, n_actions: int, choice: Choice, leads_to: Any, first: int,
    step: int, lanes: int, out: Any,
) -> None:  # fmt: skip
    """Value of a row before a choice of a side; action a leads to leads_to[first + step * a]."""
    apart()
    kinds = g.kinds[side]
    if kinds == 1:
        for k in range(lanes):
            out[k] = 0.0
        for a in range(n_actions):
            chance, worth = choice.chance[a], leads_to[first + step * a]
            for k in range(lanes):
                out[k] += chance[k] * worth[k]
    elif kinds == 2:
        own = tiles.own[row, side]
        move(g, side, n_actions, choice, own[0], own[1], leads_to, first, step, lanes, out)
    else:
        move_many(
            g, side, n_actions, choice.chance, choice.after, tiles.own[row, side], tiles.at[side], leads_to, first,
            step, lanes, out,
        )  # fmt: skip


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _mean_table(pool: Any, tables: Any, weight: Any, start: int, joint: int, lanes: int, out: Any) -> None:
    """Table of a row at every lane, averaged over the profiles by the row's own beliefs."""
    apart()
    n_profiles = tables.size
    same = True
    for theta in range(1, n_profiles):
        same &= tables[theta] == tables[0]
    if same:
        table = pool[tables[0]]
        for base in range(0, lanes, joint):
            here = table[start + base // joint]
            into = out[base : base + joint]
            for k in range(joint):
                into[k] = here
        return
    for k in range(lanes):
        out[k] = 0.0
    for theta in range(n_profiles):
        table, share = pool[tables[theta]], weight[theta]
        for base in range(0, lanes, joint):
            here = table[start + base // joint]
            into, part = out[base : base + joint], share[base : base + joint]
            for k in range(joint):
                into[k] += part[k] * here


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _gather_worth(g: Geometry, side: int, source: Any, rows: int, a: int, most: int, lanes: int, worth: Any) -> None:
    """Q of action a by own type: rows of the side in `source`, of which row r stands at rows + r."""
    apart()
    first = g.first_row[side]
    for kind in range(g.kinds[side]):
        into, value = worth[kind * most + a], source[rows + first + kind]
        for k in range(lanes):
            into[k] = value[k]


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _keep(values: Any, lanes: int, target: Any, base: int) -> None:
    for k in range(lanes):
        target[base + k] = values[k]


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _keep_choice(
    g: Geometry, side: int, n_actions: int, choice: Choice, lanes: int, base: int, chance: Any, after: Any, first: int
) -> None:
    """Record a choice: chance (K, actions, L) and after (actions, K - 1, L) from action `first` on."""
    apart()
    for a in range(n_actions):
        for kind in range(g.kinds[side]):
            _keep(choice.chance[kind * n_actions + a], lanes, chance[kind, first + a], base)
        for kind in range(g.kinds[side] - 1):
            _keep(choice.after[a, kind], lanes, after[first + a, kind], base)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def stage(
    tables: StageTables, g: Geometry, tiles: Tiles, epoch: int, nodes: Any, v_next: Any, low: int, high: int,
    record: bool, out: Decided, counts: Any,
) -> None:  # fmt: skip
    """Solve the period at states low .. high - 1.

    Args:
        nodes: (B, S * J) expected next values by node of the program.
        v_next: (R, S * J) next period's values.
        record: fill all of `out`; else only `out.value`.
        counts: (5,) added to: choices with several solutions, by decision: posture, offer, response, effort A, D.
    """
    apart()
    pool = tables.pool
    one = pool.dtype.type(1.0)
    n_postures, n_effort, n_rows = tables.flow.shape[1:4]
    n_proposers = tables.recognition.shape[2]
    n_packages = tables.peace_fixed.shape[1]
    n_d = tables.n_effort_d[0]
    n_a = n_effort // n_d
    nowhere = tables.zero[0]
    reject = tables.reject_weight[0]
    joint, width = g.at.shape[1], tiles.at.shape[1]
    most = max(max(n_packages + 1, n_postures), max(n_effort, 2))
    kinds = max(max(g.kinds[0], g.kinds[1]), g.kinds[2])

    peace = np.empty((n_packages * n_rows, width), pool.dtype)
    by_effort = np.empty((n_effort * n_rows, width), pool.dtype)
    by_effort_a = np.empty((n_a * n_rows, width), pool.dtype)
    fight = np.empty((n_rows, width), pool.dtype)
    answered_d = np.empty(((n_packages + 1) * n_rows, width), pool.dtype)  # last: "none", which leads to fighting on
    answered_a = np.empty(((n_packages + 1) * n_rows, width), pool.dtype)
    answered_both = np.empty(((n_packages + 1) * n_rows, width), pool.dtype)
    two = np.empty((2 * n_rows, width), pool.dtype)
    offered = np.empty((n_rows, width), pool.dtype)
    before_posture = np.empty((n_postures * n_rows, width), pool.dtype)
    worth = np.empty((kinds * most, width), pool.dtype)
    mean = np.empty(width, pool.dtype)
    plain = np.ones(most, pool.dtype)
    accepting = np.ones(2, pool.dtype)
    accepting[1] = reject
    room = Scratch(
        np.zeros((most, width), pool.dtype), np.zeros((2 * most, width), pool.dtype),
        np.zeros((2 * most, width), pool.dtype), np.zeros((10, width), pool.dtype), np.zeros(width, np.int32),
        np.zeros(width, np.int32), np.zeros(width, np.bool_), np.zeros(width, np.bool_),
    )  # fmt: skip
    choice = Choice(
        np.zeros((kinds * most, width), pool.dtype), np.zeros((most, max(kinds - 1, 1), width), pool.dtype),
        np.zeros((most, width), np.int32), np.zeros((2 * most, width), pool.dtype),
    )  # fmt: skip

    for start in range(low, high, width // joint):
        n_here = min(width // joint, high - start)
        lanes = n_here * joint
        base = start * joint

        # Peace (i.3).
        for n in range(n_packages):
            for r in range(n_rows):
                into = peace[n * n_rows + r]
                _mean_table(pool, tables.peace_fixed[epoch, n, r], tiles.weight[r], start, joint, lanes, into)
                resume = tables.peace_resume[epoch, n, r]
                if resume != nowhere:
                    follows, share = v_next[r, base : base + lanes], pool[resume]
                    for k in range(lanes):
                        into[k] += share[start + k // joint] * follows[k]
                if record:
                    _keep(into, lanes, out.peace[n, r], base)

        for m in range(n_postures):
            # Effort: D's reply at every node, then A's choice on top of it.
            for e in range(n_effort):
                for r in range(n_rows):
                    into, node = by_effort[e * n_rows + r], tables.continuation[epoch, m, e, r]
                    _mean_table(pool, tables.flow[epoch, m, e, r], tiles.weight[r], start, joint, lanes, into)
                    delta = tables.discount[r]
                    if node < n_rows:
                        later = v_next[node, base : base + lanes]
                    else:
                        later = nodes[node - n_rows, base : base + lanes]
                    for k in range(lanes):
                        into[k] += delta * later[k]
            for a in range(n_a):
                for d in range(n_d):
                    _gather_worth(g, D, by_effort, (a * n_d + d) * n_rows, d, most, lanes, worth)
                counts[4] += decide(g, tiles, D, n_d, plain, worth, tables.precision[2], lanes, room, choice)
                for r in range(n_rows):
                    before(
                        g, tiles, D, r, n_d, choice, by_effort, a * n_d * n_rows + r, n_rows, lanes,
                        by_effort_a[a * n_rows + r],
                    )  # fmt: skip
                if record:
                    _keep_choice(g, D, n_d, choice, lanes, base, out.effort_d[:, m], out.effort_d_after[m], a * n_d)
            for a in range(n_a):
                _gather_worth(g, A, by_effort_a, a * n_rows, a, most, lanes, worth)
            counts[3] += decide(g, tiles, A, n_a, plain, worth, tables.precision[1], lanes, room, choice)
            for r in range(n_rows):
                before(g, tiles, A, r, n_a, choice, by_effort_a, r, n_rows, lanes, fight[r])
            if record:
                _keep_choice(g, A, n_a, choice, lanes, base, out.effort_a[:, m], out.effort_a_after[m], 0)
                for r in range(n_rows):
                    _keep(fight[r], lanes, out.continuation[m, r], base)

            asked_a = asked_d = asked_both = record
            for j in range(n_proposers):
                talks = tables.recognition[epoch, m, j] != nowhere
                asked_d |= talks and j != D
                asked_a |= talks and j != A
                asked_both |= talks and j == P
            asked_both &= n_proposers > P

            # Responses: D's, then A's to what D offers and to what P offers, where D answers next.
            for side in range(1, -1, -1):
                if not (asked_d if side == D else asked_a):
                    continue
                for n in range(n_packages):
                    _gather_worth(g, side, peace, n * n_rows, 0, 2, lanes, worth)
                    _gather_worth(g, side, fight, 0, 1, 2, lanes, worth)
                    steady = True
                    for kind in range(g.kinds[side]):
                        steady &= tables.steady[epoch, n, g.first_row[side] + kind]
                    sharp = tables.precision[3 + side]
                    if g.kinds[side] == 2 and steady:
                        counts[2] += answer(
                            g, side, reject, worth[:4], sharp, tiles.at[side], tiles.log_odds[side], lanes, room, choice
                        )
                    else:
                        counts[2] += decide(
                            g, tiles, side, 2, accepting, worth[: 2 * g.kinds[side]], sharp, lanes, room, choice
                        )
                    if record:
                        for kind in range(g.kinds[side]):
                            _keep(choice.chance[2 * kind], lanes, out.accept[side, kind, m, n], base)
                        for kind in range(g.kinds[side] - 1):
                            _keep(choice.after[0, kind], lanes, out.accept_after[side, m, n, 0, kind], base)
                            _keep(choice.after[1, kind], lanes, out.accept_after[side, m, n, 1, kind], base)
                    for r in range(n_rows):
                        for k in range(lanes):
                            two[r, k] = peace[n * n_rows + r, k]
                            two[n_rows + r, k] = fight[r, k]
                    for r in range(n_rows):
                        target = answered_d[n * n_rows + r] if side == D else answered_a[n * n_rows + r]
                        before(g, tiles, side, r, 2, choice, two, r, n_rows, lanes, target)
                    if side == A and asked_both:
                        for r in range(n_rows):
                            for k in range(lanes):
                                two[r, k] = answered_d[n * n_rows + r, k]
                        for r in range(n_rows):
                            before(g, tiles, A, r, 2, choice, two, r, n_rows, lanes, answered_both[n * n_rows + r])

            # Offer, and the value before the posture is known.
            for r in range(n_rows):
                for k in range(lanes):
                    before_posture[m * n_rows + r, k] = fight[r, k]
            for j in range(n_proposers):
                recognised = tables.recognition[epoch, m, j]
                if recognised == nowhere and not record:
                    continue
                leads_to = answered_d if j == A else answered_a if j == D else answered_both
                for r in range(n_rows):
                    for k in range(lanes):
                        leads_to[n_packages * n_rows + r, k] = fight[r, k]
                for n in range(n_packages + 1):
                    _gather_worth(g, j, leads_to, n * n_rows, n, most, lanes, worth)
                counts[1] += decide(
                    g, tiles, j, n_packages + 1, tables.offer_weight[epoch], worth, tables.precision[5 + j], lanes,
                    room, choice,
                )  # fmt: skip
                if record:
                    _keep_choice(
                        g, j, n_packages + 1, choice, lanes, base, out.offer[j, :, m], out.offer_after[j, m], 0
                    )
                probability = pool[recognised]
                for r in range(n_rows):
                    before(g, tiles, j, r, n_packages + 1, choice, leads_to, r, n_rows, lanes, offered[r])
                    into = before_posture[m * n_rows + r]
                    for k in range(lanes):
                        into[k] += probability[start + k // joint] * (offered[r, k] - fight[r, k])
            if record:
                for r in range(n_rows):
                    _keep(before_posture[m * n_rows + r], lanes, out.before_posture[m, r], base)

        # Posture and value.
        if n_postures > 1:
            first = g.first_row[P]
            for m in range(n_postures):
                for kind in range(g.kinds[P]):
                    cost = pool[tables.posture_cost[epoch, m, kind]]
                    into = worth[kind * most + m]
                    for k in range(lanes):
                        into[k] = before_posture[m * n_rows + first + kind, k] - cost[start + k // joint]
            counts[0] += decide(
                g, tiles, P, n_postures, tables.posture_weight[epoch], worth, tables.precision[0], lanes, room, choice
            )
            if record:
                _keep_choice(g, P, n_postures, choice, lanes, base, out.posture, out.posture_after, 0)
            for r in range(n_rows):
                before(g, tiles, P, r, n_postures, choice, before_posture, r, n_rows, lanes, mean)
                _keep(mean, lanes, out.value[r], base)
        else:
            for r in range(n_rows):
                _keep(before_posture[r], lanes, out.value[r], base)
            if record:
                for kind in range(g.kinds[P]):
                    for k in range(lanes):
                        out.posture[kind, 0, base + k] = one
                for kind in range(g.kinds[P] - 1):
                    _keep(tiles.log_odds[P], lanes, out.posture_after[0, kind], base)

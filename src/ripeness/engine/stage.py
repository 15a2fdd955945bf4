"""One period of the game at every state: effort, response, offer, posture (theory I.i, (i.1)-(i.7)).

States go through the stage in blocks of `LANES`: every inner loop runs over the lanes of a block, so that the compiler
turns it into vector instructions whatever the sizes of the game. Lanes beyond the last state compute on padding and are
not stored. Belief nodes, when a game has them, are further lanes of the same loops.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.exponential import FASTMATH, exponential

LANES = 64
"""States per block: a few vector registers, and the scratch of fifteen packages stays in the first-level cache."""


class StageTables(NamedTuple):
    """`Tables` in working precision, as the kernels read them. The pool is padded by LANES states."""

    pool: NDArray[Any]  # (K, S + LANES)
    flow: NDArray[np.int32]  # (E, M, n_effort, R)
    continuation: NDArray[np.int32]  # (E, M, n_effort, R): node with E[V_next]; below R: V_next of that row itself
    recognition: NDArray[np.int32]  # (E, M, J)
    peace_fixed: NDArray[np.int32]  # (E, N, R)
    peace_resume: NDArray[np.int32]  # (E, N, R)
    posture_cost: NDArray[np.int32]  # (E, M)
    posture_weight: NDArray[Any]  # (E, M)
    offer_weight: NDArray[Any]  # (E, N + 1)
    discount: NDArray[Any]  # (R,)
    precision: NDArray[Any]  # posture, effort A, effort D, response A, response D, offer of each proposer
    reject_weight: NDArray[Any]  # (1,): weight of rejecting against accepting
    n_effort_d: NDArray[np.int64]  # (1,)
    zero: NDArray[np.int64]  # (1,): table that is zero everywhere


class Decisions(NamedTuple):
    """Everything decided in one period, at every state. Axes: M postures, J proposers, N packages, R rows, S states."""

    posture: NDArray[Any]  # (M, S) probability of each posture
    recognition: NDArray[Any]  # (M, J, S) probability that j proposes
    offer: NDArray[Any]  # (M, J, N + 1, S) probability of each offer of a recognised j, "none" last
    accept: NDArray[Any]  # (2, M, N, S) probability that A, D accepts
    effort: NDArray[Any]  # (M, n_effort, S) probability of each pair of efforts after talks failed
    continuation: NDArray[Any]  # (M, R, S) C_i: value of fighting on
    before_posture: NDArray[Any]  # (M, R, S) U_i: value once the posture is chosen
    peace: NDArray[Any]  # (N, R, S) W_i: value of settling on each package
    value: NDArray[Any]  # (R, S) V_i


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def stage(
    tables: StageTables, epoch: int, nodes: Any, v_next: Any, low: int, high: int, record: bool, out: Decisions
) -> None:
    """Solve the period at states low .. high - 1.

    Args:
        nodes: (B, S + LANES) expected next values by node, from `transport`.
        v_next: (R, S + LANES) next period's values.
        record: fill all of `out`; else only `out.value`.
        out: arrays over S + LANES states in `value`, over S states elsewhere.
    """
    pool = tables.pool
    one, zero = pool.dtype.type(1.0), pool.dtype.type(0.0)
    n_postures, n_effort, n_rows = tables.flow.shape[1:]
    n_proposers = tables.recognition.shape[2]
    n_packages = tables.peace_fixed.shape[1]
    n_d = tables.n_effort_d[0]
    n_a = n_effort // n_d
    nowhere = tables.zero[0]
    reject = tables.reject_weight[0]
    none_weight = tables.offer_weight[epoch, n_packages]
    floor = zero if none_weight > zero else pool.dtype.type(-1e30)  # gain of "none", where it is allowed

    peace = np.empty((n_rows * n_packages, LANES), pool.dtype)
    by_effort = np.empty((n_effort * n_rows, LANES), pool.dtype)
    effort = np.empty((n_effort, LANES), pool.dtype)
    effort_a = np.empty((n_a, LANES), pool.dtype)
    fight = np.empty((n_rows, LANES), pool.dtype)
    accept = np.empty((2 * n_packages, LANES), pool.dtype)
    offer = np.empty((n_packages, LANES), pool.dtype)
    settle = np.empty((n_packages, LANES), pool.dtype)
    before = np.empty((n_postures * n_rows, LANES), pool.dtype)
    posture = np.empty((n_postures, LANES), pool.dtype)
    best = np.empty(LANES, pool.dtype)
    total = np.empty(LANES, pool.dtype)

    for start in range(low, high, LANES):
        stored = min(LANES, high - start)
        for r in range(n_rows):
            for n in range(n_packages):
                row, fixed, resume = (
                    r * n_packages + n,
                    tables.peace_fixed[epoch, n, r],
                    tables.peace_resume[epoch, n, r],
                )
                fixed_worth = pool[fixed, start : start + LANES]
                if resume == nowhere:
                    for k in range(LANES):
                        peace[row, k] = fixed_worth[k]
                else:
                    share, follows = pool[resume, start : start + LANES], v_next[r, start : start + LANES]
                    for k in range(LANES):
                        peace[row, k] = fixed_worth[k] + share[k] * follows[k]

        for m in range(n_postures):
            # Effort (i.1), (i.2).
            for e in range(n_effort):
                for r in range(n_rows):
                    row, node, paid = e * n_rows + r, tables.continuation[epoch, m, e, r], tables.flow[epoch, m, e, r]
                    delta, now = tables.discount[r], pool[paid, start : start + LANES]
                    if node < n_rows:
                        later = v_next[node, start : start + LANES]
                    else:
                        later = nodes[node - n_rows, start : start + LANES]
                    for k in range(LANES):
                        by_effort[row, k] = now[k] + delta * later[k]
            if n_effort == 1:
                for k in range(LANES):
                    effort[0, k] = one
            else:
                sharp_a, sharp_d = tables.precision[1], tables.precision[2]
                for a in range(n_a):
                    for k in range(LANES):
                        best[k] = by_effort[a * n_d * n_rows + 1, k]
                        total[k] = zero
                        effort_a[a, k] = zero
                    for d in range(1, n_d):
                        for k in range(LANES):
                            best[k] = max(best[k], by_effort[(a * n_d + d) * n_rows + 1, k])
                    for d in range(n_d):
                        e = a * n_d + d
                        for k in range(LANES):
                            effort[e, k] = exponential(sharp_d * (by_effort[e * n_rows + 1, k] - best[k]))
                            total[k] += effort[e, k]
                    for k in range(LANES):
                        total[k] = one / total[k]
                    for d in range(n_d):
                        e = a * n_d + d
                        for k in range(LANES):
                            effort[e, k] *= total[k]
                            effort_a[a, k] += effort[e, k] * by_effort[e * n_rows, k]
                for k in range(LANES):
                    best[k] = effort_a[0, k]
                    total[k] = zero
                for a in range(1, n_a):
                    for k in range(LANES):
                        best[k] = max(best[k], effort_a[a, k])
                for a in range(n_a):
                    for k in range(LANES):
                        effort_a[a, k] = exponential(sharp_a * (effort_a[a, k] - best[k]))
                        total[k] += effort_a[a, k]
                for k in range(LANES):
                    total[k] = one / total[k]
                for a in range(n_a):
                    for d in range(n_d):
                        for k in range(LANES):
                            effort[a * n_d + d, k] *= effort_a[a, k] * total[k]
            for r in range(n_rows):
                for k in range(LANES):
                    fight[r, k] = effort[0, k] * by_effort[r, k]
                for e in range(1, n_effort):
                    for k in range(LANES):
                        fight[r, k] += effort[e, k] * by_effort[e * n_rows + r, k]

            # Response (i.4).
            for side in range(2):
                sharp = -tables.precision[3 + side]
                for n in range(n_packages):
                    row = side * n_packages + n  # also the row of `peace`: A is row 0, D row 1
                    for k in range(LANES):
                        refusal = exponential(sharp * (peace[row, k] - fight[side, k]))
                        accept[row, k] = one / (one + reject * refusal)

            # Offer (i.5).
            for n in range(n_packages):
                for k in range(LANES):
                    settle[n, k] = zero
            for j in range(n_proposers):
                chance = tables.recognition[epoch, m, j]
                if chance == nowhere and not record:
                    continue
                sharp = tables.precision[5 + j]
                for k in range(LANES):
                    best[k] = floor
                for n in range(n_packages):
                    if tables.offer_weight[epoch, n] <= zero:
                        continue
                    other = n_packages + n if j == 0 else n
                    if j < 2:
                        for k in range(LANES):
                            offer[n, k] = sharp * accept[other, k] * (peace[j * n_packages + n, k] - fight[j, k])
                            best[k] = max(best[k], offer[n, k])
                    else:
                        for k in range(LANES):
                            both = accept[n, k] * accept[n_packages + n, k]
                            offer[n, k] = sharp * both * (peace[j * n_packages + n, k] - fight[j, k])
                            best[k] = max(best[k], offer[n, k])
                for k in range(LANES):
                    total[k] = none_weight * exponential(-best[k])
                for n in range(n_packages):
                    weight = tables.offer_weight[epoch, n]
                    if weight <= zero:
                        for k in range(LANES):
                            offer[n, k] = zero
                    else:
                        for k in range(LANES):
                            offer[n, k] = weight * exponential(offer[n, k] - best[k])
                            total[k] += offer[n, k]
                for k in range(LANES):
                    total[k] = one / total[k]
                if record:
                    for n in range(n_packages):
                        into = out.offer[m, j, n, start : start + stored]
                        for k in range(stored):
                            into[k] = offer[n, k] * total[k]
                    into, recognised = (
                        out.offer[m, j, n_packages, start : start + stored],
                        pool[chance, start : start + LANES],
                    )
                    for k in range(stored):
                        into[k] = none_weight * exponential(-best[k]) * total[k]
                    _store(recognised, stored, out.recognition[m, j], start)
                probability = pool[chance, start : start + LANES]
                for k in range(LANES):
                    total[k] *= probability[k]
                for n in range(n_packages):
                    if j == 0:
                        for k in range(LANES):
                            settle[n, k] += offer[n, k] * total[k] * accept[n_packages + n, k]
                    elif j == 1:
                        for k in range(LANES):
                            settle[n, k] += offer[n, k] * total[k] * accept[n, k]
                    else:
                        for k in range(LANES):
                            settle[n, k] += offer[n, k] * total[k] * accept[n, k] * accept[n_packages + n, k]

            # Value before posture (i.6).
            for r in range(n_rows):
                row = m * n_rows + r
                for k in range(LANES):
                    before[row, k] = fight[r, k]
                for n in range(n_packages):
                    for k in range(LANES):
                        before[row, k] += settle[n, k] * (peace[r * n_packages + n, k] - fight[r, k])

            if record:
                for e in range(n_effort):
                    _store(effort[e], stored, out.effort[m, e], start)
                for r in range(n_rows):
                    _store(fight[r], stored, out.continuation[m, r], start)
                    _store(before[m * n_rows + r], stored, out.before_posture[m, r], start)
                for side in range(2):
                    for n in range(n_packages):
                        _store(accept[side * n_packages + n], stored, out.accept[side, m, n], start)

        # Posture and value (i.7).
        if n_postures == 1:
            for k in range(LANES):
                posture[0, k] = one
        else:
            sharp = tables.precision[0]
            for k in range(LANES):
                best[k] = pool.dtype.type(-1e30)
                total[k] = zero
            for m in range(n_postures):
                if tables.posture_weight[epoch, m] > zero:
                    cost = pool[tables.posture_cost[epoch, m], start : start + LANES]
                    for k in range(LANES):
                        posture[m, k] = before[m * n_rows + 2, k] - cost[k]
                        best[k] = max(best[k], posture[m, k])
            for m in range(n_postures):
                weight = tables.posture_weight[epoch, m]
                if weight > zero:
                    for k in range(LANES):
                        posture[m, k] = weight * exponential(sharp * (posture[m, k] - best[k]))
                        total[k] += posture[m, k]
                else:
                    for k in range(LANES):
                        posture[m, k] = zero
            for k in range(LANES):
                total[k] = one / total[k]
            for m in range(n_postures):
                for k in range(LANES):
                    posture[m, k] *= total[k]
        for r in range(n_rows):
            for k in range(LANES):
                total[k] = zero
            for m in range(n_postures):
                for k in range(LANES):
                    total[k] += posture[m, k] * before[m * n_rows + r, k]
            _store(total, stored, out.value[r], start)
        if record:
            for m in range(n_postures):
                _store(posture[m], stored, out.posture[m], start)
            for n in range(n_packages):
                for r in range(n_rows):
                    _store(peace[r * n_packages + n], stored, out.peace[n, r], start)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _store(lanes: Any, stored: int, target: Any, start: int) -> None:
    into = target[start : start + stored]
    for k in range(into.size):
        into[k] = lanes[k]

"""One period of the game at every state: effort, response, offer, posture (theory I.i, (i.1)-(i.7)).

States go through the stage a vector at a time (`vectors.py`). Lanes beyond the last state of a unit compute on whatever
stands there, and are neither stored nor asked.

Most of the work is in exponentials. The odds of a refusal, exp(-lambda (W - C)), are those under the first posture
times exp(lambda (C - C of the first)), which no package enters. The weights of offers need no greatest gain taken off
where none is large. Where either might lose digits or overflow, the exponentials are taken one by one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.exponential import FASTMATH, exponential
from ripeness.engine.vectors import LANES, any_above, load, splat, store, store_first

_NEAR = 30.0
"""Greatest lambda |C - C of the first posture| at which odds are multiplied: an exponent cut at 87 is sure anyway."""

_LOW = 40.0
"""Greatest lambda (W - C) of any package at which the weights of offers, at most exp(40) then, are summed unshifted."""


class StageTables(NamedTuple):
    """`Tables` in working precision, as the kernels read them. The pool is padded by LANES states."""

    pool: NDArray[Any]  # (K, S + LANES)
    flow: NDArray[np.int32]  # (E, M, n_effort, R)
    continuation: NDArray[np.int32]  # (E, M, n_effort, R): row of `nodes` with E[V_next]
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


class Outcomes(NamedTuple):
    """What one period leads to from every state: decisions, the patron's choice of posture averaged out."""

    posture: NDArray[Any]  # (M, S) probability of each posture
    made: NDArray[Any]  # (J, N + 1, S) probability that j proposes, and this: "none" last
    settled: NDArray[Any]  # (J, N, S) probability of settling on what j proposes
    fought: NDArray[Any]  # (M, n_effort, S) probability of fighting on, with each posture and pair of efforts
    continuation: NDArray[Any]  # (R, S) C_i: value of fighting on
    peace: NDArray[Any]  # (N, R, S) W_i: value of settling on each package
    value: NDArray[Any]  # (R, S) V_i


VALUES, OUTCOMES, ALL_DECISIONS = 0, 1, 2
"""What `stage` fills: values alone; outcomes; decisions."""


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def stage(
    tables: StageTables, epoch: int, nodes: Any, margin: int, low: int, high: int, detail: int, out: Decisions,
    outcomes: Outcomes,
) -> None:  # fmt: skip
    """Solve the period at states low .. high - 1.

    Args:
        nodes: (R + B, ...) next period's values by row, then their expectations by node, from `transport`; state s
            stands in column margin + s.
        detail: what is filled: VALUES, `out.value` alone; OUTCOMES, `outcomes` too; ALL_DECISIONS, all of `out`.
    """
    # Taken apart once: an array that is taken out of a tuple inside a loop is counted there as being in use.
    pool, precision, discount = tables.pool, tables.precision, tables.discount
    flow, continuation, recognition = tables.flow[epoch], tables.continuation[epoch], tables.recognition[epoch]
    peace_fixed, peace_resume = tables.peace_fixed[epoch], tables.peace_resume[epoch]
    posture_cost, posture_weight = tables.posture_cost[epoch], tables.posture_weight[epoch]
    offer_weight = tables.offer_weight[epoch]
    to_posture, to_recognition, to_offer, to_accept, to_effort = (
        out.posture, out.recognition, out.offer, out.accept, out.effort
    )  # fmt: skip
    to_continuation, to_before, to_peace, to_value = out.continuation, out.before_posture, out.peace, out.value
    mean_posture, mean_made, mean_settled, mean_fought, mean_continuation, mean_peace, mean_value = (
        outcomes.posture, outcomes.made, outcomes.settled, outcomes.fought, outcomes.continuation, outcomes.peace,
        outcomes.value,
    )  # fmt: skip
    brief, record = detail == OUTCOMES, detail == ALL_DECISIONS
    number = pool.dtype.type
    one, zero = number(1.0), number(0.0)
    n_postures, n_effort, n_rows = flow.shape
    n_proposers = recognition.shape[1]
    n_packages = peace_fixed.shape[0]
    nowhere, reject, n_d = tables.zero[0], tables.reject_weight[0], tables.n_effort_d[0]
    hopeless = number(1e30) if pool.itemsize == 4 else number(1e300)  # odds of a refusal are cut here
    none_weight = offer_weight[n_packages]
    floor = zero if none_weight > zero else number(-1e30)  # gain of "none", where it is allowed

    # Rows of scratch, one vector each. What only outcomes need of every posture is otherwise written over.
    kept = n_postures if brief else 1
    peace = np.empty((n_rows * n_packages, LANES), pool.dtype)
    top = np.empty((n_proposers, LANES), pool.dtype)  # a bound of what any package is worth to who proposes
    fight = np.empty((n_postures * n_rows, LANES), pool.dtype)
    chosen = np.empty((n_postures * n_effort, LANES), pool.dtype)
    effort = np.empty((n_effort * (n_rows + 2), LANES), pool.dtype)
    refusal = np.empty((2 * n_packages, LANES), pool.dtype)
    accept = np.empty((kept * 3 * n_packages, LANES), pool.dtype)  # by A, by D, by both
    offer = np.empty((kept * n_proposers * n_packages, LANES), pool.dtype)
    talks = np.empty((kept * n_proposers, LANES), pool.dtype)  # odds of an offer times this are its probability
    silent = np.empty((kept * n_proposers, LANES), pool.dtype)
    settle = np.empty((n_packages, LANES), pool.dtype)
    before = np.empty((n_postures * n_rows, LANES), pool.dtype)
    posture = np.empty((n_postures, LANES), pool.dtype)

    for start in range(low, high, LANES):
        stored = min(LANES, high - start)

        # Settlement (i.3).
        for r in range(n_rows):
            best = splat(number(-1e30))
            for n in range(n_packages):
                worth = load(pool, (peace_fixed[n, r], start))
                resume = peace_resume[n, r]
                if resume != nowhere:
                    worth += load(pool, (resume, start)) * load(nodes, (r, margin + start))
                store(peace, (r * n_packages + n, 0), worth)
                if offer_weight[n] > zero:
                    best = max(best, worth)
                if record:
                    store_first(to_peace, (n, r, start), worth, stored)
                elif brief:
                    store_first(mean_peace, (n, r, start), worth, stored)
            if r < n_proposers:
                store(top, (r, 0), best)

        # Effort (i.1), (i.2).
        for m in range(n_postures):
            _efforts(pool, flow, continuation, discount, precision, n_d, m, nodes, margin, start, effort)
            for r in range(n_rows):
                mean = load(effort, (0, 0)) * load(effort, (n_effort + r, 0))
                for e in range(1, n_effort):
                    mean += load(effort, (e, 0)) * load(effort, (n_effort + e * n_rows + r, 0))
                store(fight, (m * n_rows + r, 0), mean)
                if record:
                    store_first(to_continuation, (m, r, start), mean, stored)
            for e in range(n_effort):
                store(chosen, (m * n_effort + e, 0), load(effort, (e, 0)))
                if record:
                    store_first(to_effort, (m, e, start), load(effort, (e, 0)), stored)

        for side in range(2):
            sharp = precision[3 + side]
            first = load(fight, (side, 0))
            for n in range(n_packages):
                row = side * n_packages + n  # also the row of `peace`: A is row 0, D row 1
                store(refusal, (row, 0), exponential(sharp * (first - load(peace, (row, 0)))))

        for m in range(n_postures):
            keep = m if brief else 0
            accepts, offers, speaks = keep * 3 * n_packages, keep * n_proposers * n_packages, keep * n_proposers

            # Response (i.4).
            for side in range(2):
                sharp, own = precision[3 + side], load(fight, (m * n_rows + side, 0))
                shift = sharp * (own - load(fight, (side, 0)))
                near = not any_above(max(shift, zero - shift), number(_NEAR), stored)
                turn = exponential(shift)
                for n in range(n_packages):
                    row = side * n_packages + n
                    if near:
                        odds = load(refusal, (row, 0)) * turn
                    else:
                        odds = exponential(sharp * (own - load(peace, (row, 0))))
                    store(accept, (accepts + row, 0), one / (one + reject * min(odds, hopeless)))
            for n in range(n_packages):
                both = load(accept, (accepts + n, 0)) * load(accept, (accepts + n_packages + n, 0))
                store(accept, (accepts + 2 * n_packages + n, 0), both)

            # Offer (i.5).
            for j in range(n_proposers):
                chance = recognition[m, j]
                if chance == nowhere and not record:
                    continue
                sharp, own = precision[5 + j], load(fight, (m * n_rows + j, 0))
                answer = accepts + (1 - j if j < 2 else 2) * n_packages  # of whoever has to agree
                row = offers + j * n_packages
                best = splat(floor)
                none = splat(none_weight)
                large = none_weight <= zero or any_above(sharp * (load(top, (j, 0)) - own), number(_LOW), stored)
                if large:
                    for n in range(n_packages):
                        if offer_weight[n] > zero:
                            gain = load(peace, (j * n_packages + n, 0)) - own
                            exponent = sharp * load(accept, (answer + n, 0)) * gain
                            store(offer, (row + n, 0), exponent)
                            best = max(best, exponent)
                    none *= exponential(zero - best)
                total = none
                for n in range(n_packages):
                    weight = offer_weight[n]
                    if weight <= zero:
                        store(offer, (row + n, 0), splat(zero))
                    else:
                        if large:
                            exponent = load(offer, (row + n, 0)) - best
                        else:
                            gain = load(peace, (j * n_packages + n, 0)) - own
                            exponent = sharp * load(accept, (answer + n, 0)) * gain
                        odds = weight * exponential(exponent)
                        store(offer, (row + n, 0), odds)
                        total += odds
                share = one / total
                recognised = load(pool, (chance, start))
                store(talks, (speaks + j, 0), share * recognised)
                if brief:
                    store(silent, (speaks + j, 0), none * share * recognised)
                if record:
                    for n in range(n_packages):
                        store_first(to_offer, (m, j, n, start), load(offer, (row + n, 0)) * share, stored)
                    store_first(to_offer, (m, j, n_packages, start), none * share, stored)
                    store_first(to_recognition, (m, j, start), recognised, stored)

            # Value before posture (i.6).
            fights = splat(one)
            for n in range(n_packages):
                agreed = splat(zero)
                for j in range(n_proposers):
                    if recognition[m, j] != nowhere:
                        answer = accepts + (1 - j if j < 2 else 2) * n_packages
                        made = load(offer, (offers + j * n_packages + n, 0)) * load(talks, (speaks + j, 0))
                        agreed += made * load(accept, (answer + n, 0))
                store(settle, (n, 0), agreed)
                fights -= agreed
            for r in range(n_rows):
                own = load(fight, (m * n_rows + r, 0))
                value = own
                for n in range(n_packages):
                    value += load(settle, (n, 0)) * (load(peace, (r * n_packages + n, 0)) - own)
                store(before, (m * n_rows + r, 0), value)
                if record:
                    store_first(to_before, (m, r, start), value, stored)
            if brief:
                fights = max(fights, zero)  # rounding may leave less than nothing
                for e in range(n_effort):
                    store(chosen, (m * n_effort + e, 0), load(chosen, (m * n_effort + e, 0)) * fights)
            if record:
                for side in range(2):
                    for n in range(n_packages):
                        by = load(accept, (side * n_packages + n, 0))
                        store_first(to_accept, (side, m, n, start), by, stored)

        # Posture and value (i.7).
        if n_postures == 1:
            store(posture, (0, 0), splat(one))
        else:
            sharp = precision[0]
            best, total = splat(number(-1e30)), splat(zero)
            for m in range(n_postures):
                if posture_weight[m] > zero:
                    worth = load(before, (m * n_rows + 2, 0)) - load(pool, (posture_cost[m], start))
                    store(posture, (m, 0), worth)
                    best = max(best, worth)
            for m in range(n_postures):
                weight = posture_weight[m]
                if weight > zero:
                    odds = weight * exponential(sharp * (load(posture, (m, 0)) - best))
                    store(posture, (m, 0), odds)
                    total += odds
                else:
                    store(posture, (m, 0), splat(zero))
            share = one / total
            for m in range(n_postures):
                store(posture, (m, 0), load(posture, (m, 0)) * share)
        for r in range(n_rows):
            value = splat(zero)
            for m in range(n_postures):
                value += load(posture, (m, 0)) * load(before, (m * n_rows + r, 0))
            store_first(to_value, (r, start), value, stored)
            if brief:
                store_first(mean_value, (r, start), value, stored)
        if record:
            for m in range(n_postures):
                store_first(to_posture, (m, start), load(posture, (m, 0)), stored)

        # What it leads to, whatever the posture.
        if brief:
            for m in range(n_postures):
                chance_of = load(posture, (m, 0))
                store_first(mean_posture, (m, start), chance_of, stored)
                for e in range(n_effort):
                    store_first(mean_fought, (m, e, start), chance_of * load(chosen, (m * n_effort + e, 0)), stored)
                for j in range(n_proposers):
                    row = m * n_proposers + j
                    if recognition[m, j] != nowhere:
                        store(talks, (row, 0), load(talks, (row, 0)) * chance_of)
                        store(silent, (row, 0), load(silent, (row, 0)) * chance_of)
            for r in range(n_rows):
                mean = load(posture, (0, 0)) * load(fight, (r, 0))
                for m in range(1, n_postures):
                    mean += load(posture, (m, 0)) * load(fight, (m * n_rows + r, 0))
                store_first(mean_continuation, (r, start), mean, stored)
            for j in range(n_proposers):
                quiet = splat(zero)
                for m in range(n_postures):
                    if recognition[m, j] != nowhere:
                        quiet += load(silent, (m * n_proposers + j, 0))
                store_first(mean_made, (j, n_packages, start), quiet, stored)
                for n in range(n_packages):
                    put, agreed = splat(zero), splat(zero)
                    for m in range(n_postures):
                        if recognition[m, j] != nowhere:
                            row = m * n_proposers + j
                            made = load(offer, (row * n_packages + n, 0)) * load(talks, (row, 0))
                            put += made
                            answer = 3 * m + (1 - j if j < 2 else 2)
                            agreed += made * load(accept, (answer * n_packages + n, 0))
                    store_first(mean_made, (j, n, start), put, stored)
                    store_first(mean_settled, (j, n, start), agreed, stored)


@nb.njit(nogil=True, cache=True, fastmath=FASTMATH, error_model="numpy")
def _efforts(
    pool: Any, flow: Any, continuation: Any, discount: Any, precision: Any, n_d: int, m: int, nodes: Any, margin: int,
    start: int, scratch: Any,
) -> None:  # fmt: skip
    """Fill scratch with the probability of every pair of efforts under a posture, then the values that each leads to.

    Row e is the probability of pair e, row n_effort + e * n_rows + r the value of row r; rows after these are used.
    """
    n_effort, n_rows = flow.shape[1:]
    n_a = n_effort // n_d
    one, zero = pool.dtype.type(1.0), pool.dtype.type(0.0)
    for e in range(n_effort):
        for r in range(n_rows):
            later = load(nodes, (continuation[m, e, r], margin + start))
            worth = load(pool, (flow[m, e, r], start)) + discount[r] * later
            store(scratch, (n_effort + e * n_rows + r, 0), worth)
    if n_effort == 1:
        store(scratch, (0, 0), splat(one))
        return
    sharp_a, sharp_d = precision[1], precision[2]
    by_a = n_effort * (n_rows + 1)
    best_a = splat(zero)
    for a in range(n_a):
        best = load(scratch, (n_effort + a * n_d * n_rows + 1, 0))
        for d in range(1, n_d):
            best = max(best, load(scratch, (n_effort + (a * n_d + d) * n_rows + 1, 0)))
        total, foreseen = splat(zero), splat(zero)
        for d in range(n_d):
            e = a * n_d + d
            odds = exponential(sharp_d * (load(scratch, (n_effort + e * n_rows + 1, 0)) - best))
            store(scratch, (e, 0), odds)
            total += odds
            foreseen += odds * load(scratch, (n_effort + e * n_rows, 0))
        share = one / total
        foreseen *= share
        for d in range(n_d):
            store(scratch, (a * n_d + d, 0), load(scratch, (a * n_d + d, 0)) * share)
        store(scratch, (by_a + a, 0), foreseen)
        best_a = foreseen if a == 0 else max(best_a, foreseen)
    if n_a > 1:
        total = splat(zero)
        for a in range(n_a):
            odds = exponential(sharp_a * (load(scratch, (by_a + a, 0)) - best_a))
            store(scratch, (by_a + a, 0), odds)
            total += odds
        share = one / total
        for a in range(n_a):
            chance = load(scratch, (by_a + a, 0)) * share
            for d in range(n_d):
                store(scratch, (a * n_d + d, 0), load(scratch, (a * n_d + d, 0)) * chance)

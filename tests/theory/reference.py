"""The equations (i.1)-(i.8) of complete information, written out state by state.

An independent check of the engine: plain loops over states, postures, efforts, proposers and packages, straight from
the page, slow on purpose. Only the layout of `Tables` is shared with the engine. Time is the leading axis; index 0 is
the first period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import Tables

Float = NDArray[np.float64]
BELLIGERENTS = (0, 1)
PATRON = 2


@dataclass
class Stage:
    """Decisions of one period over all states, named as in `ripeness.engine.Decisions`."""

    posture: Float
    recognition: Float
    offer: Float
    accept: Float
    effort: Float
    continuation: Float
    before_posture: Float
    peace: Float
    value: Float


@dataclass
class Forward:
    """Where the mass went, named as in `ripeness.engine.Propagation`."""

    mass: Float
    open: Float
    settled: Float
    ended: Float
    posture: Float
    effort: Float
    offer: Float
    worth_settled: Float
    frozen: Float


@dataclass
class Reference:
    values: Float  # (T + 1, R, S)
    stages: list[Stage] = field(default_factory=list)


def logit_choice(weights: list[float], log_odds: list[float]) -> list[float]:
    """Probabilities proportional to weight * exp(log_odds); weight 0 closes an action."""
    top = max(z for w, z in zip(weights, log_odds, strict=True) if w > 0.0)
    raw = [w * math.exp(z - top) if w > 0.0 else 0.0 for w, z in zip(weights, log_odds, strict=True)]
    return [r / sum(raw) for r in raw]


def expected(tables: Tables, operators: list[int], state: int, values: Float) -> float:
    """E V'(s') when nature applies the operators one after the other from `state`."""
    operators = [o for o in operators if o >= 0]
    if not operators:
        return float(values[state])
    first, rest = operators[0], operators[1:]
    total = 0.0
    if tables.operator_source[first] >= 0:
        total += tables.pool[tables.operator_source[first], state]
    for offset, weight in zip(tables.operator_offset[first], tables.operator_weight[first], strict=True):
        if weight >= 0 and tables.pool[weight, state] != 0.0:
            total += tables.pool[weight, state] * expected(tables, rest, state + int(offset), values)
    return total


def scatter(
    tables: Tables, operators: list[int], state: int, mass: float, arriving: Float, ended: Float, lost: Float
) -> None:
    """Moves mass from `state` through the operators; what leaves the war is booked under the operator's end."""
    operators = [o for o in operators if o >= 0]
    if not operators:
        arriving[state] += mass
        return
    first, rest = operators[0], operators[1:]
    stays = 0.0
    for offset, weight in zip(tables.operator_offset[first], tables.operator_weight[first], strict=True):
        if weight >= 0:
            probability = float(tables.pool[weight, state])
            stays += probability
            if probability != 0.0:
                scatter(tables, rest, state + int(offset), mass * probability, arriving, ended, lost)
    if tables.operator_end[first] >= 0:
        ended[tables.operator_end[first]] += mass * (1.0 - stays)
    else:
        lost[0] += mass * (1.0 - stays)


def solve_stage(tables: Tables, period: int, next_values: Float) -> Stage:
    """One backward step, (i.1)-(i.7)."""
    epoch = int(tables.epoch_of_period[period])
    n_rows, n_states = tables.n_rows, tables.n_states
    n_postures, n_proposers = tables.recognition.shape[1:]
    n_packages = tables.peace_fixed.shape[1]
    n_a, n_d = tables.n_effort_a, tables.n_effort_d
    pool, discount = tables.pool, tables.discount
    stage = Stage(
        posture=np.zeros((n_postures, n_states)),
        recognition=np.zeros((n_postures, n_proposers, n_states)),
        offer=np.zeros((n_postures, n_proposers, n_packages + 1, n_states)),
        accept=np.zeros((2, n_postures, n_packages, n_states)),
        effort=np.zeros((n_postures, n_a * n_d, n_states)),
        continuation=np.zeros((n_postures, n_rows, n_states)),
        before_posture=np.zeros((n_postures, n_rows, n_states)),
        peace=np.zeros((n_packages, n_rows, n_states)),
        value=np.zeros((n_rows, n_states)),
    )
    for s in range(n_states):
        for n in range(n_packages):
            for i in range(n_rows):
                fixed = pool[tables.peace_fixed[epoch, n, i], s]
                resume = pool[tables.peace_resume[epoch, n, i], s]
                stage.peace[n, i, s] = fixed + resume * next_values[i, s]  # (i.3)
        for m in range(n_postures):
            after = np.zeros((n_a * n_d, n_rows))  # (i.1), C_i(e)
            for e in range(n_a * n_d):
                for i in range(n_rows):
                    operators = [int(o) for o in tables.nature[:, epoch, m, e, i]]
                    after[e, i] = pool[tables.flow[epoch, m, e, i], s] + discount[i] * expected(
                        tables, operators, s, next_values[i]
                    )
            replies = []
            for e_a in range(n_a):
                log_odds = [tables.precision_effort[1] * after[e_a * n_d + e_d, 1] for e_d in range(n_d)]
                replies.append(logit_choice([1.0] * n_d, log_odds))
            foreseen = [sum(replies[a][d] * after[a * n_d + d, 0] for d in range(n_d)) for a in range(n_a)]
            first = logit_choice([1.0] * n_a, [tables.precision_effort[0] * q for q in foreseen])
            for a in range(n_a):
                for d in range(n_d):
                    stage.effort[m, a * n_d + d, s] = first[a] * replies[a][d]
            for i in range(n_rows):  # (i.2)
                stage.continuation[m, i, s] = sum(stage.effort[m, e, s] * after[e, i] for e in range(n_a * n_d))
            c = stage.continuation[m, :, s]
            w = stage.peace[:, :, s]
            for k in BELLIGERENTS:  # (i.4)
                for n in range(n_packages):
                    log_odds_accept = tables.precision_response[k] * (w[n, k] - c[k])
                    stage.accept[k, m, n, s] = logit_choice([tables.accept_weight, 1.0], [log_odds_accept, 0.0])[0]
            u = [float(c[i]) for i in range(n_rows)]
            for j in range(n_proposers):
                recognised = pool[tables.recognition[epoch, m, j], s]
                stage.recognition[m, j, s] = recognised
                everybody = []
                for n in range(n_packages):
                    product = 1.0
                    for k in BELLIGERENTS:
                        if k != j:
                            product *= stage.accept[k, m, n, s]
                    everybody.append(product)
                gains = [tables.precision_offer[j] * everybody[n] * (w[n, j] - c[j]) for n in range(n_packages)]
                offers = logit_choice([float(x) for x in tables.offer_weight[epoch]], [*gains, 0.0])  # (i.5)
                stage.offer[m, j, :, s] = offers
                for i in range(n_rows):  # (i.6)
                    u[i] += recognised * sum(offers[n] * everybody[n] * (w[n, i] - c[i]) for n in range(n_packages))
            stage.before_posture[m, :, s] = u
        if n_postures == 1:
            stage.posture[0, s] = 1.0
        else:  # (i.7)
            utilities = [
                tables.precision_posture * (stage.before_posture[m, PATRON, s] - pool[tables.posture_cost[epoch, m], s])
                for m in range(n_postures)
            ]
            stage.posture[:, s] = logit_choice([float(x) for x in tables.posture_weight[epoch]], utilities)
        for i in range(n_rows):
            stage.value[i, s] = sum(stage.posture[m, s] * stage.before_posture[m, i, s] for m in range(n_postures))
    return stage


def reference_solve(tables: Tables) -> Reference:
    """Values of every period and the decisions that lead to them."""
    n_periods = tables.n_periods
    values = np.zeros((n_periods + 1, tables.n_rows, tables.n_states))
    values[n_periods] = tables.terminal
    stages: list[Stage] = []
    for t in range(n_periods - 1, -1, -1):
        stage = solve_stage(tables, t, values[t + 1])
        values[t] = stage.value
        stages.insert(0, stage)
    return Reference(values, stages)


def reference_propagate(tables: Tables, reference: Reference) -> Forward:
    """Where the mass goes, (i.8)."""
    n_periods, n_states, n_rows = tables.n_periods, tables.n_states, tables.n_rows
    n_postures, n_proposers = tables.recognition.shape[1:]
    n_packages = tables.peace_fixed.shape[1]
    n_effort = tables.n_effort_a * tables.n_effort_d
    out = Forward(
        mass=np.zeros((n_periods + 1, n_states)),
        open=np.zeros(n_periods + 1),
        settled=np.zeros((n_periods, n_proposers, n_packages)),
        ended=np.zeros((n_periods, len(tables.ends))),
        posture=np.zeros((n_periods, n_postures)),
        effort=np.zeros((n_periods, n_effort)),
        offer=np.zeros((n_periods, n_proposers, n_packages + 1)),
        worth_settled=np.zeros((n_periods, n_rows)),
        frozen=np.zeros(n_states),
    )
    lost = np.zeros(1)
    out.mass[0] = tables.initial
    paid = np.zeros((n_rows, n_states))  # flows so far, discounted to period 0, times the mass that got them
    for t in range(n_periods):
        epoch = int(tables.epoch_of_period[t])
        stage = reference.stages[t]
        paid_next = np.zeros((n_rows, n_states))
        for s in range(n_states):
            present = float(out.mass[t, s])
            for m in range(n_postures):
                chosen = stage.posture[m, s]
                out.posture[t, m] += present * chosen
                fighting = 1.0
                for j in range(n_proposers):
                    speaks = stage.recognition[m, j, s]
                    for n in range(n_packages + 1):
                        offered = speaks * stage.offer[m, j, n, s]
                        out.offer[t, j, n] += present * chosen * offered
                        if n < n_packages:
                            for k in BELLIGERENTS:
                                if k != j:
                                    offered *= stage.accept[k, m, n, s]
                            out.settled[t, j, n] += present * chosen * offered
                            fighting -= offered
                            for i in range(n_rows):
                                now = paid[i, s] + present * tables.discount[i] ** t * stage.peace[n, i, s]
                                out.worth_settled[t, i] += chosen * offered * now
                for e in range(n_effort):
                    share = chosen * fighting * stage.effort[m, e, s]
                    out.effort[t, e] += present * share
                    truth = [int(o) for o in tables.nature[:, epoch, m, e, n_rows]]
                    scatter(tables, truth, s, present * share, out.mass[t + 1], out.ended[t], lost)
                    for i in range(n_rows):
                        flow = tables.pool[tables.flow[epoch, m, e, i], s]
                        carried = share * (paid[i, s] + present * tables.discount[i] ** t * flow)
                        scatter(tables, truth, s, carried, paid_next[i], np.zeros(len(tables.ends)), np.zeros(1))
        paid = paid_next
    out.open[:] = out.mass.sum(axis=1)
    out.frozen[:] = out.mass[n_periods]
    assert lost[0] < 1e-15, "some mass left the war under no end"
    return out

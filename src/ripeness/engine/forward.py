"""Exact forward pass (theory (i.8)): where the mass is, when it settles and on what, without sampling noise.

The stage of every period is recomputed from the stored values; the mass is carried in float64 whatever the precision of
the values, so that the total stays one to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.exponential import FASTMATH
from ripeness.engine.private.forward import Passing
from ripeness.engine.private.forward import propagate_types as carry_types
from ripeness.engine.propagation import Propagation
from ripeness.engine.solution import Solution, Stages, refuse_types
from ripeness.engine.stage import Outcomes
from ripeness.engine.transport import Operators, Passage, convey, departed, forward_passage, surrounded
from ripeness.engine.vectors import LANES

Visit = Callable[[int, NDArray[np.float64], Outcomes], None]


def propagate(
    solution: Solution,
    visit: Visit | None = None,
    *,
    initial: NDArray[np.float64] | None = None,
    keep_mass: bool = True,
    threads: int | None = None,
) -> Propagation:
    """Carry the mass from period 0 to the horizon.

    Args:
        visit: called once per period with the period, the mass at its start (S,) and what it leads to, in arrays that
            are written over in the next period: copy what is kept.
        initial: (S,) mass at period 0; None: the game's own.
        keep_mass: keep the mass of every period; 8 bytes per state and period.
    """
    refuse_types(solution.tables, "Use propagate_types.")
    tables = solution.tables
    n_states, n_periods, n_rows = tables.n_states, tables.n_periods, tables.n_rows
    n_postures, n_effort = tables.flow.shape[1:3]
    n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]
    stages = Stages(solution, threads)
    layout, workers = stages.layout, stages.workers
    pool = surrounded(tables.pool, layout.margin)
    operators = layout.operators
    passages = [forward_passage(tables, epoch) for epoch in range(tables.flow.shape[0])]

    # Carried vectors: the mass, then for every row the payoffs so far on that mass.
    carried = np.zeros((1 + n_rows, n_states))
    carried[0] = tables.initial if initial is None else initial
    n_nodes = max(p.operator.size for p in passages)
    nodes = np.zeros((1 + n_rows, n_nodes + 1, 2 * layout.margin + n_states + LANES))  # last node: the next period
    fought, whole = np.empty((n_postures, n_effort, n_states)), np.empty(n_states)
    n_units = layout.units.size - 1
    sums = _Sums(
        np.zeros((n_units, n_proposers, n_packages)), np.zeros((n_units, n_proposers, n_packages + 1)),
        np.zeros((n_units, n_postures)), np.zeros((n_units, n_effort)),
    )  # fmt: skip
    result = Propagation(
        open=np.zeros(n_periods + 1), mass=np.zeros((n_periods + 1 if keep_mass else 0, n_states)),
        settled=np.zeros((n_periods, n_proposers, n_packages)), ended=np.zeros((n_periods, len(tables.ends))),
        posture=np.zeros((n_periods, n_postures)), effort=np.zeros((n_periods, n_effort)),
        offer=np.zeros((n_periods, n_proposers, n_packages + 1)), worth_settled=np.zeros((n_periods, n_rows)),
        frozen=np.zeros(n_states),
    )  # fmt: skip
    with stages:
        for period in range(n_periods):
            epoch = int(tables.epoch_of_period[period])
            result.open[period] = carried[0].sum()
            if keep_mass:
                result.mass[period] = carried[0]
            leads = stages.lead(period)
            if visit is not None:
                visit(period, carried[0], leads)
            workers.map(_divide, leads, carried[0], layout.units, fought, whole, sums)
            result.settled[period], result.offer[period] = sums.settled.sum(0), sums.offer.sum(0)
            result.posture[period], result.effort[period] = sums.posture.sum(0), sums.effort.sum(0)
            workers.map_range(
                1 + n_rows, _carry, leads.settled, leads.peace, fought, whole, pool, tables.flow[epoch],
                tables.discount**period, operators, tables.operator_end, passages[epoch], carried, nodes,
                layout.margin, result.ended[period], result.worth_settled[period],
            )  # fmt: skip
            carried[:] = nodes[:, -1, layout.columns]
    result.open[n_periods] = carried[0].sum()
    if keep_mass:
        result.mass[n_periods] = carried[0]
    result.frozen[:] = carried[0]
    return result


def propagate_types(
    solution: Solution, visit: Callable[[int, Passing], None] | None = None, *, threads: int | None = None,
    payoffs: bool = True,
) -> tuple[Propagation, ...]:  # fmt: skip
    """Carry the mass of a game with private information from period 0 to the horizon, under every profile of types.

    Everything is given the profile: what an observer expects is the mean by `profile_weights` of what he believes.
    `worth_settled` has the rows of the profile's own types and counts the flows that the profile brings, and at the
    signing what its actors expect of the peace. `mass` is left empty.

    Args:
        visit: called once per period with the period and what passes through it.
        payoffs: also count `worth_settled`, which takes longer; without, it has no rows.

    Returns:
        One `Propagation` for each profile.
    """
    return carry_types(solution.values, solution.tables, visit, threads, payoffs)


class _Sums(NamedTuple):
    """Totals per unit of states, added up in the units' order so that threads do not matter."""

    settled: NDArray[np.float64]  # (units, J, N)
    offer: NDArray[np.float64]  # (units, J, N + 1)
    posture: NDArray[np.float64]  # (units, M)
    effort: NDArray[np.float64]  # (units, n_effort)


_REORDER = {*FASTMATH, "reassoc"}
"""Sums over states may be taken in any order."""


@nb.njit(nogil=True, cache=True, fastmath=_REORDER, error_model="numpy")
def _divide(first: int, end: int, leads: Outcomes, mass: Any, units: Any, fought: Any, whole: Any, sums: _Sums) -> None:
    """What is done by the mass of every unit.

    Settling and fighting on have a total of one but for rounding: by `whole` (S,) everything is divided, in `fought`
    (M, n_effort, S) already, so that no mass is lost.
    """
    settled, made, posture, by_effort = leads.settled, leads.made, leads.posture, leads.fought
    n_postures, n_effort = by_effort.shape[:2]
    n_proposers, n_packages = settled.shape[:2]
    for unit in range(first, end):
        low, high = units[unit], units[unit + 1]
        total, here = whole[low:high], np.empty(high - low)
        total[:] = 0.0
        for j in range(n_proposers):
            for agreed in settled[j, :, low:high]:
                for s in range(total.size):
                    total[s] += agreed[s]
        for m in range(n_postures):
            for chance in by_effort[m, :, low:high]:
                for s in range(total.size):
                    total[s] += chance[s]
        for s in range(total.size):
            here[s] = mass[low + s] / total[s]
        for j in range(n_proposers):
            for n in range(n_packages + 1):
                sums.offer[unit, j, n] = _sum(here, made[j, n, low:high])
            for n in range(n_packages):
                sums.settled[unit, j, n] = _sum(here, settled[j, n, low:high])
        sums.effort[unit] = 0.0
        for m in range(n_postures):
            for e in range(n_effort):
                chance, into = by_effort[m, e, low:high], fought[m, e, low:high]
                sums.effort[unit, e] += _sum(here, chance)
                for s in range(total.size):
                    into[s] = chance[s] / total[s]
        total = np.zeros(here.size)
        for m in range(n_postures):
            for s in range(here.size):
                total[s] += posture[m, low + s]
        for s in range(here.size):
            here[s] = mass[low + s] / total[s]
        for m in range(n_postures):
            sums.posture[unit, m] = _sum(here, posture[m, low:high])


@nb.njit(nogil=True, cache=True, fastmath=_REORDER, error_model="numpy")
def _sum(mass: Any, chance: Any) -> float:
    total = 0.0
    for s in range(mass.size):
        total += mass[s] * chance[s]
    return total


@nb.njit(nogil=True, cache=True, fastmath=_REORDER, error_model="numpy")
def _carry(
    first: int, end: int, settled: Any, peace: Any, fought: Any, whole: Any, pool: Any, flow: Any, factor: Any,
    operators: Operators, operator_end: Any, passage: Passage, carried: Any, nodes: Any, margin: int, ended: Any,
    worth_settled: Any,
) -> None:  # fmt: skip
    """Move carried vectors first .. end - 1 on to the next period: 0 is the mass, 1 + r the payoffs of row r so far."""
    n_postures, n_effort, n_states = fought.shape
    mass, added = carried[0], np.empty(n_states)
    here = slice(margin, margin + n_states)
    last = nodes.shape[1] - 1
    begun = np.zeros(last + 1, np.bool_)  # nodes that hold something
    for m in range(n_postures):
        for e in range(n_effort):
            chance, node = fought[m, e], passage.leaf[m, e] if passage.leaf[m, e] >= 0 else last
            for vector in range(first, end):
                held, r = carried[vector], vector - 1
                if vector == 0:
                    for s in range(n_states):
                        added[s] = chance[s] * mass[s]
                else:
                    paid, scale = pool[flow[m, e, r]], factor[r]
                    for s in range(n_states):
                        added[s] = chance[s] * (held[s] + mass[s] * scale * paid[s])
                target = nodes[vector, node, here]
                if begun[node]:
                    for s in range(n_states):
                        target[s] += added[s]
                else:
                    target[:] = added
            begun[node] = True
    for node in range(passage.operator.size):
        operator, follows = passage.operator[node], passage.target[node] if passage.target[node] >= 0 else last
        for vector in range(first, end):
            convey(pool, operators, operator, nodes, vector, node, follows, not begun[follows], margin)
        begun[follows] = True
        if first == 0 and operator_end[operator] >= 0:
            ended[operator_end[operator]] += departed(pool, operators, operator, nodes[0, node, here], 0, n_states)
    for vector in range(max(first, 1), end):
        r, total = vector - 1, 0.0
        held, here = carried[vector] / whole, factor[r] * mass / whole
        for n in range(settled.shape[1]):
            worth = peace[n, r]
            for j in range(settled.shape[0]):
                agreed = settled[j, n]
                for s in range(n_states):
                    total += agreed[s] * (held[s] + here[s] * worth[s])
        worth_settled[r] = total

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

from ripeness.engine.private.forward import Passing
from ripeness.engine.private.forward import propagate_types as carry_types
from ripeness.engine.propagation import Propagation
from ripeness.engine.solution import Solution, Stages, refuse_types
from ripeness.engine.stage import Decisions
from ripeness.engine.transport import Operators, convey, departed, forward_passage

Visit = Callable[[int, NDArray[np.float64], Decisions], None]


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
        visit: called once per period with the period, the mass at its start (S,) and all decisions, whose arrays are
            written over in the next period: copy what is kept.
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
    pool = np.ascontiguousarray(tables.pool)
    operators = layout.operators
    passages = [forward_passage(tables, epoch) for epoch in range(tables.flow.shape[0])]

    # Carried vectors: the mass, then for every row the payoffs so far on that mass.
    carried = np.zeros((1 + n_rows, n_states))
    carried[0] = tables.initial if initial is None else initial
    nodes = np.zeros((max(p.operator.size for p in passages), 1 + n_rows, n_states))
    n_units = layout.units.size - 1
    sums = _Sums(
        np.zeros((n_units, n_proposers, n_packages)), np.zeros((n_units, n_proposers, n_packages + 1)),
        np.zeros((n_units, n_rows)), np.zeros((n_units, n_postures)), np.zeros((n_units, n_effort)),
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
            passage = passages[epoch]
            result.open[period] = carried[0].sum()
            if keep_mass:
                result.mass[period] = carried[0]
            chosen = stages.decide(period)
            if visit is not None:
                visit(period, carried[0], chosen)
            arriving = np.zeros_like(carried)
            nodes[:] = 0.0
            for total in sums:
                total[:] = 0.0
            factor = tables.discount**period
            workers.map(
                _divide,
                chosen,
                pool,
                tables.flow[epoch],
                factor,
                carried,
                passage.leaf,
                layout.units,
                nodes,
                arriving,
                sums,
            )
            result.settled[period], result.offer[period] = sums.settled.sum(0), sums.offer.sum(0)
            result.worth_settled[period] = sums.worth.sum(0)
            result.posture[period], result.effort[period] = sums.posture.sum(0), sums.effort.sum(0)
            for node, (operator, target) in enumerate(zip(passage.operator, passage.target, strict=True)):
                into = arriving if target < 0 else nodes[target]
                workers.map(_convey_units, pool, operators, operator, nodes[node], into, layout.units, n_states)
                end = tables.operator_end[operator]
                if end >= 0:
                    result.ended[period, end] += departed(pool, operators, operator, nodes[node, 0], 0, n_states)
            carried = arriving
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
    worth: NDArray[np.float64]  # (units, R)
    posture: NDArray[np.float64]  # (units, M)
    effort: NDArray[np.float64]  # (units, n_effort)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _convey_units(
    first: int, end: int, pool: Any, operators: Operators, operator: int, origin: Any, target: Any, units: Any, n: int
) -> None:
    for vector in range(origin.shape[0]):
        convey(pool, operators, operator, origin[vector], target[vector], units[first], units[end], n)


@nb.njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _divide(
    first: int, end: int, chosen: Decisions, pool: Any, flow: Any, factor: Any, carried: Any, leaf: Any, units: Any,
    nodes: Any, arriving: Any, sums: _Sums,
) -> None:  # fmt: skip
    """Split the mass of every state into what settles and what fights on under each posture and pair of efforts."""
    n_postures, n_effort, _ = chosen.effort.shape
    n_rows = factor.size
    n_proposers, n_offers = chosen.offer.shape[1:3]
    for unit in range(first, end):
        low, high = units[unit], units[unit + 1]
        size = high - low
        mass = carried[0, low:high]
        whole, share, here, remain, agreed = (
            np.zeros(size),
            np.empty(size),
            np.empty(size),
            np.empty(size),
            np.empty(size),
        )
        for m in range(n_postures):
            for s, chance in enumerate(chosen.posture[m, low:high]):
                whole[s] += chance
        for m in range(n_postures):
            for s, chance in enumerate(chosen.posture[m, low:high]):
                share[s] = chance / whole[s]
                here[s] = mass[s] * share[s]
                remain[s] = 1.0
            sums.posture[unit, m] += here.sum()
            for n in range(n_offers):
                agreed[:] = 0.0
                for j in range(n_proposers):
                    recognised, offered = chosen.recognition[m, j, low:high], chosen.offer[m, j, n, low:high]
                    made_sum, agreed_sum = 0.0, 0.0
                    if n == n_offers - 1:
                        for s in range(size):
                            made_sum += here[s] * recognised[s] * offered[s]
                    else:
                        by_a, by_d = chosen.accept[0, m, n, low:high], chosen.accept[1, m, n, low:high]
                        for s in range(size):
                            made = np.float64(recognised[s]) * offered[s]
                            accepted = (1.0 if j == 0 else by_a[s]) * (1.0 if j == 1 else by_d[s])
                            made_sum += here[s] * made
                            agreed_sum += here[s] * made * accepted
                            agreed[s] += made * accepted
                        sums.settled[unit, j, n] += agreed_sum
                    sums.offer[unit, j, n] += made_sum
                for s in range(size):
                    remain[s] -= agreed[s]
                if n < n_offers - 1:
                    for r in range(n_rows):
                        so_far, worth, scale, total = (
                            carried[1 + r, low:high],
                            chosen.peace[n, r, low:high],
                            factor[r],
                            0.0,
                        )
                        for s in range(size):
                            total += agreed[s] * (share[s] * so_far[s] + here[s] * scale * worth[s])
                        sums.worth[unit, r] += total
            efforts = np.zeros(size)
            for e in range(n_effort):
                for s, chance in enumerate(chosen.effort[m, e, low:high]):
                    efforts[s] += chance
            for e in range(n_effort):
                node, chance = leaf[m, e], chosen.effort[m, e, low:high]
                into = arriving if node < 0 else nodes[node]
                mass_in, total = into[0, low:high], 0.0
                for s in range(size):
                    agreed[s] = (
                        remain[s] * chance[s] / efforts[s]
                    )  # from here on: chance to fight on with these efforts
                    mass_in[s] += agreed[s] * here[s]
                    total += agreed[s] * here[s]
                sums.effort[unit, e] += total
                for r in range(n_rows):
                    so_far, paid, scale = carried[1 + r, low:high], pool[flow[m, e, r], low:high], factor[r]
                    worth_in = into[1 + r, low:high]
                    for s in range(size):
                        worth_in[s] += agreed[s] * (share[s] * so_far[s] + here[s] * scale * paid[s])

"""Backward pass: the values of the only agent-quantal-response equilibrium (theory I.i)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import DTypeLike, NDArray

from ripeness.engine.private import solution as private
from ripeness.engine.private.decisions import TypedDecisions, decisions_of_period
from ripeness.engine.private.stage import DECISIONS
from ripeness.engine.stage import ALL_DECISIONS, OUTCOMES, VALUES, Decisions, Outcomes, StageTables, stage
from ripeness.engine.transport import Operators, Program, backward_program, expect, forward_passage, local_operators
from ripeness.engine.vectors import LANES
from ripeness.engine.workers import Workers
from ripeness.game.tables import Tables

Progress = Callable[[int, int], None]
"""Called with periods done and periods in all."""

_LEAST_UNIT = 256
"""Fewest states that are worth handing to a thread."""


@dataclass(frozen=True)
class Layout:
    """Tables in working precision with the programs of every epoch: what the kernels are called with."""

    tables: Tables
    stage_tables: StageTables
    operators: Operators
    programs: tuple[Program, ...]
    units: NDArray[np.int64]  # first state of each unit, and the number of states at the end
    margin: int  # column of the first state in the arrays of nodes

    @property
    def columns(self) -> slice:
        """Where the states stand in the arrays of nodes."""
        return slice(self.margin, self.margin + self.tables.n_states)

    def blank_nodes(self) -> NDArray[Any]:
        """(R + B, ...) next period's values and their expectations, with room for every offset on both sides."""
        rows = self.tables.n_rows + max(program.operator.size for program in self.programs)
        columns = 2 * self.margin + self.tables.n_states + LANES
        return np.zeros((rows, columns), self.stage_tables.pool.dtype)


@dataclass(frozen=True)
class Solution:
    """Values of every row in every period and state.

    Attributes:
        tables: the game that was solved.
        values: (T + 1, R, S, B), V_i at the start of each period, normalised; last period: terminal values. The last
            axis is the joint public belief, of which a game with complete information has one.
        game: the labelled game, when there is one.
        several: (T, 5) at how many states and beliefs a choice had several solutions, by `DECISIONS`; the one that is
            continued from precision 0 was taken wherever it could be followed. None without private information.
    """

    tables: Tables
    values: NDArray[Any]
    game: Any = None
    several: NDArray[np.int64] | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype


class MemoryLimitError(MemoryError):
    """The game needs more memory than it is allowed."""


def memory_needed(tables: Tables, dtype: DTypeLike = np.float32, *, forward: bool = False) -> int:
    """Bytes that the tables and `solve` need together; with `forward`, those of a forward pass after it."""
    if tables.n_profiles > 1:
        return private.memory_needed(tables, np.dtype(dtype), forward=forward)
    size, padded = np.dtype(dtype).itemsize, tables.n_states + LANES
    n_rows, n_periods, n_states = tables.n_rows, tables.n_periods, tables.n_states
    stored = (n_periods + 1) * n_rows * n_states
    nodes = (_count_nodes(tables) + n_rows) * (padded + 2 * _margin(tables))
    needed = tables.pool.nbytes + size * (stored + nodes + tables.pool.shape[0] * padded + n_rows * n_states)
    if forward:
        n_postures, n_effort = tables.flow.shape[1:3]
        n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]
        recorded = n_postures * (1 + n_effort) + n_proposers * (2 * n_packages + 1) + n_rows * (2 + n_packages)
        moved = max(forward_passage(tables, epoch).operator.size for epoch in range(tables.flow.shape[0])) + 2
        needed += size * recorded * n_states
        needed += 8 * (moved * (1 + n_rows) * (padded + 2 * _margin(tables)) + tables.pool.size)
        needed += 8 * n_states * (n_postures * n_effort + n_periods + 6)
    return int(needed)


def solve(
    tables: Tables,
    *,
    dtype: DTypeLike = np.float32,
    threads: int | None = None,
    memory_limit: int | None = None,
    resume: tuple[int, Solution] | None = None,
    progress: Callable[[int, int, Solution], None] | None = None,
) -> Solution:
    """Values of all rows by one backward pass, (i.1)-(i.7). The same bytes for any number of threads.

    Args:
        tables: the game.
        dtype: float32, or float64 for verification.
        threads: number of threads; None: all processors.
        memory_limit: bytes; a game that needs more is refused before its values are allocated.
        resume: (period, solution) of an interrupted pass: periods from `period` on are taken from it.
        progress: called after each period with periods done, periods in all and the solution so far.

    Raises:
        MemoryLimitError: more memory needed than allowed.
        FloatingPointError: a value that is not finite, or a choice that has no solution to accuracy.
    """
    working = np.dtype(dtype)
    if working not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype must be float32 or float64, got {working}")
    needed = 0 if memory_limit is None else memory_needed(tables, working)
    if memory_limit is not None and needed > memory_limit:
        raise MemoryLimitError(
            f"solving {tables.n_states:,} states over {tables.n_periods} periods in {working} needs "
            f"{needed / 2**30:.2f} GiB, the limit is {memory_limit / 2**30:.2f} GiB. Use a coarser grid, a shorter "
            "horizon or float32."
        )
    if tables.n_profiles > 1:
        shape = (tables.n_periods + 1, tables.n_rows, tables.n_states, tables.n_nodes)
        several = np.zeros((tables.n_periods, len(DECISIONS)), np.int64)
        found = Solution(tables, np.zeros(shape, working), several=several)
        first = tables.n_periods
        if resume is not None:
            first, done = resume
            found.values[first:], several[first:] = done.values[first:], np.asarray(done.several)[first:]

        def tell(period: int) -> None:
            if progress is not None:
                progress(tables.n_periods - period, tables.n_periods, found)

        private.backward(tables, threads, first, found.values, several, tell)
        _check_finite(found.values)
        return found
    layout = make_layout(tables, working)
    n_states, n_rows, n_periods = tables.n_states, tables.n_rows, tables.n_periods
    values = np.zeros((n_periods + 1, n_rows, n_states, 1), working)
    values[n_periods, :, :, 0] = tables.terminal
    solution = Solution(tables, values)
    first = n_periods
    if resume is not None:
        first, done = resume
        values[first:] = done.values[first:]
    nodes, here = layout.blank_nodes(), layout.columns
    nodes[:n_rows, here] = values[first, :, :, 0]
    out, unused = _blank(layout, VALUES)
    with Workers(layout.units, threads) as workers:
        for period in range(first - 1, -1, -1):
            run_stage(layout, workers, int(tables.epoch_of_period[period]), nodes, VALUES, out, unused)
            nodes[:n_rows, here] = out.value
            values[period, :, :, 0] = out.value
            if progress is not None:
                progress(n_periods - period, n_periods, solution)
    _check_finite(values)
    return solution


def _check_finite(values: NDArray[Any]) -> None:
    if not np.isfinite(values).all():
        period, row, state, _ = np.argwhere(~np.isfinite(values))[-1]
        raise FloatingPointError(
            f"value of row {row} in period {period} at state {state} is not finite; "
            f"a table holds values too large for {values.dtype}"
        )


def refuse_types(tables: Tables, instead: str) -> None:
    """Refuse a game with private information.

    Raises:
        NotImplementedError: a side has several types; names what to call instead.
    """
    if tables.n_profiles > 1:
        raise NotImplementedError(f"types of A, D, P are {tables.types}; this is for one type each. {instead}")


def decisions(solution: Solution, period: int, *, threads: int | None = None) -> Decisions:
    """All decisions of one period at every state, recomputed from the next period's values."""
    with Stages(solution, threads) as stages:
        return stages.decide(period)


def decisions_of_types(solution: Solution, period: int, *, threads: int | None = None) -> TypedDecisions:
    """All decisions of one period of a game with private information, at every state and joint public belief."""
    if not 0 <= period < solution.tables.n_periods:
        raise IndexError(f"period must lie in 0 .. {solution.tables.n_periods - 1}, got {period}")
    return decisions_of_period(solution.values, solution.tables, period, threads)


class Stages:
    """The stages of a solution, recomputed period by period in arrays that are written over each time."""

    def __init__(self, solution: Solution, threads: int | None) -> None:
        refuse_types(solution.tables, "Use decisions_of_types and propagate_types.")
        self.solution = solution
        self.layout = make_layout(solution.tables, solution.dtype)
        self.workers = Workers(self.layout.units, threads)
        self._nodes = self.layout.blank_nodes()
        self._out: dict[int, tuple[Decisions, Outcomes]] = {}

    def __enter__(self) -> Stages:
        return self

    def __exit__(self, *failure: object) -> None:
        self.workers.close()

    def decide(self, period: int) -> Decisions:
        """Decisions of one period; the arrays hold until the next call."""
        return self._run(period, ALL_DECISIONS)[0]

    def lead(self, period: int) -> Outcomes:
        """Outcomes of one period; the arrays hold until the next call."""
        return self._run(period, OUTCOMES)[1]

    def _run(self, period: int, detail: int) -> tuple[Decisions, Outcomes]:
        tables, layout = self.solution.tables, self.layout
        if not 0 <= period < tables.n_periods:
            raise IndexError(f"period must lie in 0 .. {tables.n_periods - 1}, got {period}")
        if detail not in self._out:
            self._out[detail] = _blank(layout, detail)
        self._nodes[: tables.n_rows, layout.columns] = self.solution.values[period + 1, :, :, 0]
        epoch = int(tables.epoch_of_period[period])
        run_stage(layout, self.workers, epoch, self._nodes, detail, *self._out[detail])
        return self._out[detail]


def run_stage(
    layout: Layout,
    workers: Workers,
    epoch: int,
    nodes: NDArray[Any],
    detail: int,
    out: Decisions,
    outcomes: Outcomes,
) -> None:
    """Nature's expectations and the stage of one period, phase by phase.

    Args:
        nodes: next period's values in the first rows; the others are written over.
        detail: what is filled of `out` and `outcomes`, as `stage` has it.
    """
    program = layout.programs[epoch]
    last = int(program.phase.max()) if program.phase.size else 0
    for phase in range(last + 1):
        workers.map(
            _run_units, layout.stage_tables, layout.operators, program, epoch, phase, phase == last, layout.units,
            nodes, layout.margin, detail, out, outcomes,
        )  # fmt: skip


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _run_units(
    first: int, end: int, tables: StageTables, operators: Operators, program: Program, epoch: int, phase: int,
    is_last: bool, units: Any, nodes: Any, margin: int, detail: int, out: Decisions, outcomes: Outcomes,
) -> None:  # fmt: skip
    n_rows = tables.flow.shape[3]
    for unit in range(first, end):
        low, high = units[unit], units[unit + 1]
        for k in range(program.operator.size):
            if program.phase[k] == phase:
                operator, origin = program.operator[k], program.origin[k]
                expect(tables.pool, operators, operator, nodes, origin, n_rows + k, low, high, margin)
        if is_last:
            stage(tables, epoch, nodes, margin, low, high, detail, out, outcomes)


def make_layout(tables: Tables, dtype: DTypeLike) -> Layout:
    """Working copies of the tables and the programs of all epochs."""
    working = np.dtype(dtype)
    n_states = tables.n_states
    pool = np.zeros((tables.pool.shape[0], n_states + LANES), working)
    pool[:, :n_states] = tables.pool
    unit = _unit_size(tables.shape)
    local = local_operators(tables, unit)
    programs = tuple(backward_program(tables, epoch, local) for epoch in range(tables.flow.shape[0]))
    zero = np.flatnonzero(~tables.pool.any(axis=1))
    weight = np.where(tables.operator_weight >= 0, tables.operator_weight, -1).astype(np.int32)
    precision = [
        tables.precision_posture,
        *tables.precision_effort,
        *tables.precision_response,
        *tables.precision_offer,
    ]
    stage_tables = StageTables(
        pool=pool,
        flow=np.ascontiguousarray(tables.flow),
        continuation=np.array([program.leaf for program in programs], np.int32),
        recognition=np.ascontiguousarray(tables.recognition),
        peace_fixed=np.ascontiguousarray(tables.peace_fixed),
        peace_resume=np.ascontiguousarray(tables.peace_resume),
        posture_cost=np.ascontiguousarray(tables.posture_cost),
        posture_weight=tables.posture_weight.astype(working),
        offer_weight=tables.offer_weight.astype(working),
        discount=tables.discount.astype(working),
        precision=np.array(precision).astype(working),
        reject_weight=np.array([1.0 / tables.accept_weight]).astype(working),
        n_effort_d=np.array([tables.n_effort_d]),
        zero=np.array([zero[0] if zero.size else -1]),
    )
    operators = Operators(tables.operator_offset.astype(np.int64), weight, tables.operator_source.astype(np.int32))
    units = np.append(np.arange(0, n_states, unit), n_states)
    return Layout(tables, stage_tables, operators, programs, units, _margin(tables))


def _margin(tables: Tables) -> int:
    """Columns before the first state of an array of nodes: no move leads further."""
    return int(np.abs(tables.operator_offset).max(initial=0))


def _unit_size(shape: tuple[int, ...]) -> int:
    """States per unit: whole slices of axis 0, at least some hundred states."""
    slice_size = int(np.prod(shape[1:], dtype=np.int64))
    return slice_size * max(1, min(shape[0], -(-_LEAST_UNIT // slice_size)))


def _count_nodes(tables: Tables) -> int:
    return max((backward_program(tables, epoch).operator.size for epoch in range(tables.flow.shape[0])), default=0)


def _blank(layout: Layout, detail: int) -> tuple[Decisions, Outcomes]:
    """Room for what `stage` fills of a period."""
    tables, dtype = layout.tables, layout.stage_tables.pool.dtype
    n_postures, n_effort, n_rows = tables.flow.shape[1:]
    n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]

    def room(wanted: bool, *shape: int) -> NDArray[Any]:
        return np.zeros((*shape, tables.n_states if wanted else 0), dtype)

    every, brief = detail == ALL_DECISIONS, detail == OUTCOMES
    decided = Decisions(
        posture=room(every, n_postures),
        recognition=room(every, n_postures, n_proposers),
        offer=room(every, n_postures, n_proposers, n_packages + 1),
        accept=room(every, 2, n_postures, n_packages),
        effort=room(every, n_postures, n_effort),
        continuation=room(every, n_postures, n_rows),
        before_posture=room(every, n_postures, n_rows),
        peace=room(every, n_packages, n_rows),
        value=room(True, n_rows),
    )
    outcomes = Outcomes(
        posture=room(brief, n_postures),
        made=room(brief, n_proposers, n_packages + 1),
        settled=room(brief, n_proposers, n_packages),
        fought=room(brief, n_postures, n_effort),
        continuation=room(brief, n_rows),
        peace=room(brief, n_packages, n_rows),
        value=room(brief, n_rows),
    )
    return decided, outcomes

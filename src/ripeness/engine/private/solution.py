"""Backward pass of a game with types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.private.geometry import WIDE, Axes, Geometry, axes_of, make_geometry
from ripeness.engine.private.homotopy import UNSOLVED
from ripeness.engine.private.stage import DECISIONS, LANES, Decided, Stage, StageTables
from ripeness.engine.private.transport import Evidence, expect_many, expect_steps, make_evidence
from ripeness.engine.transport import Program, backward_program, forward_passage, local_operators
from ripeness.engine.workers import Workers
from ripeness.game.tables import Tables


@dataclass(frozen=True)
class Layout:
    """Tables in working precision with the programs of every epoch: what the kernels are called with."""

    tables: Tables
    stage_tables: StageTables
    geometry: Geometry
    axes: Axes
    exact_axes: Axes  # the same in double precision
    evidence: Evidence
    programs: tuple[Program, ...]
    units: NDArray[np.int64]  # first state of each unit, and the number of states at the end

    @property
    def lanes(self) -> int:
        """States times joint nodes."""
        return self.tables.n_states * self.tables.n_nodes


def make_layout(tables: Tables, working: np.dtype[Any]) -> Layout:
    """Working copies of the tables, beliefs and programs."""
    g = make_geometry(tables, working)
    maps = tables.profiles
    filled = -tables.n_states % WIDE
    pool = np.pad(tables.pool.astype(working), ((0, 0), (0, filled)), mode="edge")
    wide = WIDE if 2 in tables.types else 1
    unit = min(max(1, LANES // tables.n_nodes // wide) * wide, tables.n_states)
    local = local_operators(tables, unit)
    programs = tuple(backward_program(tables, epoch, local) for epoch in range(tables.flow.shape[0]))
    zero = np.flatnonzero(~tables.pool.any(axis=1))
    nowhere = int(zero[0]) if zero.size else -1
    kinds = np.array(tables.types)
    precision = [
        tables.precision_posture, *tables.precision_effort, *tables.precision_response, *tables.precision_offer,
    ]  # fmt: skip
    # The cost of a posture by the patron's own type alone: profile (0, 0, p) is number p.
    if np.any(maps.posture_cost != np.tile(maps.posture_cost[..., : kinds[2]], g.profile.shape[0] // kinds[2])):
        raise ValueError("the cost of a posture may depend on the patron's own type alone")
    stage_tables = StageTables(
        pool=pool, flow=np.ascontiguousarray(maps.flow),
        continuation=np.array([program.leaf for program in programs], np.int32),
        recognition=np.ascontiguousarray(tables.recognition), peace_fixed=np.ascontiguousarray(maps.peace_fixed),
        peace_resume=np.ascontiguousarray(tables.peace_resume),
        posture_cost=np.ascontiguousarray(maps.posture_cost), posture_weight=tables.posture_weight.astype(working),
        offer_weight=tables.offer_weight.astype(working), discount=tables.discount.astype(working),
        precision=np.array(precision).astype(working), reject_weight=working.type(1.0 / tables.accept_weight),
        n_effort_d=tables.n_effort_d, nowhere=nowhere,
    )  # fmt: skip
    units = np.append(np.arange(0, tables.n_states, unit), tables.n_states)
    double = make_geometry(tables, np.dtype(np.float64))
    return Layout(
        tables, stage_tables, g, axes_of(g), axes_of(double), make_evidence(tables, g, pool), programs, units
    )  # fmt: skip


def memory_needed(tables: Tables, working: np.dtype[Any], *, forward: bool = False) -> int:
    """Bytes that the tables and `solve` need together; with `forward`, those of a forward pass after it."""
    lanes = tables.n_states * tables.n_nodes
    nodes = max(backward_program(tables, e).operator.size for e in range(tables.flow.shape[0]))
    stored = (tables.n_periods + 1) * tables.n_rows + nodes + 2 * tables.n_rows
    weights = tables.profiles.operator_weight
    telling = int(np.any(weights != weights[..., :1], axis=(1, 2)).sum()) * weights.shape[1]
    size = working.itemsize
    needed = int(tables.pool.nbytes * (1 + size / 8) + lanes * (size * stored + telling * (2 + 2 * size)))
    if forward:
        passages = max(forward_passage(tables, e).operator.size for e in range(tables.flow.shape[0])) + 2
        carried = 1 + sum(int(np.any(tables.row_side == side)) for side in range(3))
        n_packages = tables.peace_fixed.shape[1]
        needed += 8 * lanes * tables.n_profiles * (passages * carried + n_packages)
        needed += size * lanes * tables.n_rows * (n_packages + 2)
    return needed


class Period:
    """Solves single periods of a layout on several threads, each with room of its own."""

    def __init__(self, layout: Layout, threads: int | None, *, keep: bool) -> None:
        self.layout = layout
        self.workers = Workers(layout.units, threads)
        states = int(np.diff(layout.units).max())
        self.stages = {
            span: Stage(
                layout.stage_tables,
                layout.geometry,
                layout.axes,
                layout.exact_axes,
                states,
                keep=keep,
                known=layout.tables.known,
            )
            for span in self.workers.spans
        }
        dtype = layout.stage_tables.pool.dtype
        most = max(max(program.operator.size for program in layout.programs), 1)
        self._nodes = np.zeros((most, layout.lanes), dtype)
        self._rows = [_rows_of(program, layout.tables.n_rows) for program in layout.programs]

    def __enter__(self) -> Period:
        return self

    def __exit__(self, *failure: object) -> None:
        self.workers.close()

    def solve(
        self, epoch: int, v_next: NDArray[Any], visit: Callable[[int, int, int, Decided], None],
        reached: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.int64]:  # fmt: skip
        """Solve a period and hand over every unit; returns how many choices have several solutions, by decision.

        Args:
            v_next: (R, S * J).
            visit: called, from several threads, with number of the thread, first state, state after the last, and what
                was decided there.
            reached: (S,) units without a state that is reached are left out; None: none are.
        """
        layout = self.layout
        program, rows, ev = layout.programs[epoch], self._rows[epoch], layout.evidence
        many = [k for k, o in enumerate(program.operator) if ev.side[o] >= 0 and ev.table[o] < 0]
        if many:  # such steps are taken by themselves, so that every step is a phase of its own
            program = program._replace(phase=np.arange(program.operator.size, dtype=np.int32))
        last = int(program.phase.max()) if program.phase.size else 0
        for phase in range(last + 1):
            self.workers.map(
                expect_steps, layout.stage_tables.pool, layout.geometry, ev, program, rows, phase, layout.units,
                layout.tables.n_states, self._nodes, v_next,
            )  # fmt: skip
            if phase in many:
                self.workers.map(self._expect_many, program, phase, int(rows[phase]), v_next)
        counts = np.zeros(len(DECISIONS), np.int64)
        self.workers.map(self._solve_units, epoch, v_next, visit, reached)
        for stage in self.stages.values():
            counts += stage.total
        return counts

    def _expect_many(self, first: int, end: int, program: Program, k: int, row: int, v_next: NDArray[Any]) -> None:
        layout, origin = self.layout, int(program.origin[k])
        values = v_next[origin] if origin < v_next.shape[0] else self._nodes[origin - v_next.shape[0]]
        expect_many(
            layout.stage_tables.pool, layout.geometry, layout.evidence, int(program.operator[k]), row, values,
            self._nodes[k], int(layout.units[first]), int(layout.units[end]), layout.tables.n_states,
        )  # fmt: skip

    def _solve_units(
        self, first: int, end: int, epoch: int, v_next: NDArray[Any], visit: Callable[[int, int, int, Decided], None],
        reached: NDArray[np.bool_] | None,
    ) -> None:  # fmt: skip
        number = self.workers.spans.index((first, end))
        stage = self.stages[first, end]
        stage.total[:] = 0
        for unit in range(first, end):
            low, high = int(self.layout.units[unit]), int(self.layout.units[unit + 1])
            if reached is not None and not reached[low:high].any():
                continue
            visit(number, low, high, stage.solve(epoch, self._nodes, v_next, low, high))
            stage.total += stage.several


def backward(
    tables: Tables, threads: int | None, first: int, values: NDArray[Any], several: NDArray[np.int64],
    progress: Callable[[int], None],
) -> None:  # fmt: skip
    """Fill the values of all periods before `first`.

    Args:
        values: (T + 1, R, S, J) in working precision, filled from `first` on; the last period is always filled here.
        several: (T, 5) how many choices of each period have several solutions.
        progress: called with each period that is done.

    Raises:
        FloatingPointError: a choice that has no solution to accuracy.
    """
    layout = make_layout(tables, values.dtype)
    n_rows, n_periods, joint = tables.n_rows, tables.n_periods, tables.n_nodes
    values[n_periods] = terminal_values(layout)
    with Period(layout, threads, keep=False) as solver:
        for period in range(first - 1, -1, -1):
            now, v_next = values[period].reshape(n_rows, -1), values[period + 1].reshape(n_rows, -1)

            def store(_: int, low: int, high: int, decided: Decided, now: NDArray[Any] = now) -> None:
                now[:, low * joint : high * joint] = decided.value[:, : decided.lanes]

            counts = solver.solve(int(tables.epoch_of_period[period]), v_next, store)
            several[period] = counts % UNSOLVED
            if unsolved := int((counts // UNSOLVED).sum()):
                raise FloatingPointError(
                    f"period {period}: {unsolved} choices under private information have no solution to accuracy. "
                    "More belief nodes or a lower precision of choices help"
                )
            progress(period)


def terminal_values(layout: Layout) -> NDArray[np.float64]:
    """(R, S, J) what every row expects of a war that is open at the horizon."""
    given = layout.tables.terminal_nodes
    if given is not None:
        return given
    return np.asarray(np.einsum("rts,rtj->rsj", layout.tables.profiles.terminal, layout.geometry.weight))


def _rows_of(program: Program, n_rows: int) -> NDArray[np.int64]:
    """Row whose values each step carries."""
    rows = np.zeros(program.operator.size, np.int64)
    for k, origin in enumerate(program.origin):
        rows[k] = origin if origin < n_rows else rows[origin - n_rows]
    return rows

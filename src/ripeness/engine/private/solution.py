"""Backward pass of a game with types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from ripeness.engine.private.geometry import Geometry, make_geometry
from ripeness.engine.private.homotopy import UNSOLVED
from ripeness.engine.private.stage import LANES, Decided, StageTables, Tiles, stage
from ripeness.engine.private.transport import Evidence, expect, make_evidence
from ripeness.engine.transport import Program, backward_program
from ripeness.engine.workers import Workers
from ripeness.game.tables import Tables

DECISIONS = ("posture", "offer", "response", "effort of A", "effort of D")


@dataclass(frozen=True)
class Layout:
    """Tables in working precision with the programs of every epoch: what the kernels are called with."""

    tables: Tables
    stage_tables: StageTables
    geometry: Geometry
    tiles: Tiles
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
    pool = tables.pool.astype(working)
    joint = tables.n_nodes
    n_block = min(max(1, -(-LANES // joint)), tables.n_states)
    unit = max(n_block, 2048 // joint // n_block * n_block)
    programs = tuple(backward_program(tables, epoch, unit) for epoch in range(tables.flow.shape[0]))
    zero = np.flatnonzero(~tables.pool.any(axis=1))
    nowhere = int(zero[0]) if zero.size else -1
    kinds = np.array(tables.types)
    same = np.ones(maps.peace_fixed.shape[:3], bool)
    for r in range(tables.n_rows):
        side, kind = int(g.row_side[r]), int(g.row_type[r])
        known = np.ones(g.profile.shape[0], bool) if side < 0 else g.profile[:, side] == kind
        consistent = maps.peace_fixed[:, :, r][..., known]
        same[:, :, r] = (consistent == consistent[..., :1]).all(axis=-1)
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
        peace_resume=np.ascontiguousarray(tables.peace_resume), steady=same & (tables.peace_resume == nowhere),
        posture_cost=np.ascontiguousarray(maps.posture_cost), posture_weight=tables.posture_weight.astype(working),
        offer_weight=tables.offer_weight.astype(working), discount=tables.discount.astype(working),
        precision=np.array(precision).astype(working),
        reject_weight=np.array([1.0 / tables.accept_weight]).astype(working),
        n_effort_d=np.array([tables.n_effort_d]), zero=np.array([nowhere]),
    )  # fmt: skip
    tiles = Tiles(
        np.tile(g.at, n_block), np.stack([np.tile(g.log_odds[i][g.at[i]], n_block) for i in range(3)]),
        np.tile(g.own, n_block), np.tile(g.weight, n_block),
    )  # fmt: skip
    units = np.append(np.arange(0, tables.n_states, unit), tables.n_states)
    return Layout(tables, stage_tables, g, tiles, make_evidence(tables, g, pool), programs, units)


def memory_needed(tables: Tables, working: np.dtype[Any]) -> int:
    """Bytes that the tables and `solve` need together."""
    lanes = tables.n_states * tables.n_nodes
    nodes = max(backward_program(tables, e, tables.n_states).operator.size for e in range(tables.flow.shape[0]))
    stored = (tables.n_periods + 1) * tables.n_rows + nodes + 2 * tables.n_rows
    weights = tables.profiles.operator_weight
    telling = int(np.any(weights != weights[..., :1], axis=(1, 2)).sum()) * weights.shape[1]
    size = working.itemsize
    return int(tables.pool.nbytes * (1 + size / 8) + lanes * (size * stored + telling * (2 + 2 * size)))


def backward(
    tables: Tables,
    working: np.dtype[Any],
    threads: int | None,
    resume: tuple[int, NDArray[Any]] | None,
    progress: Callable[[int, int, NDArray[Any]], None] | None,
) -> tuple[NDArray[Any], NDArray[np.int64], int]:
    """Values (T + 1, R, S, J); how many choices of each period have several solutions (T, 5); and how many have none.

    Periods taken from `resume` count as none.
    """
    layout = make_layout(tables, working)
    n_rows, n_periods, joint = tables.n_rows, tables.n_periods, tables.n_nodes
    values = np.zeros((n_periods + 1, n_rows, tables.n_states, joint), working)
    values[n_periods] = terminal_values(layout)
    first = n_periods
    if resume is not None:
        first, done = resume
        values[first:] = done[first:]
    out = blank(layout, record=False)
    nodes = blank_nodes(layout)
    several = np.zeros((n_periods, len(DECISIONS)), np.int64)
    with Workers(layout.units, threads) as workers:
        for period in range(first - 1, -1, -1):
            v_next = values[period + 1].reshape(n_rows, -1)
            several[period] = run_stage(layout, workers, int(tables.epoch_of_period[period]), nodes, v_next, False, out)
            values[period] = out.value.reshape(n_rows, tables.n_states, joint)
            if progress is not None:
                progress(n_periods - period, n_periods, values)
    return values, several % UNSOLVED, int((several // UNSOLVED).sum())


def terminal_values(layout: Layout) -> NDArray[np.float64]:
    """(R, S, J) what every row expects of a war that is open at the horizon."""
    given = layout.tables.terminal_nodes
    if given is not None:
        return given
    return np.asarray(np.einsum("rts,rtj->rsj", layout.tables.profiles.terminal, layout.geometry.weight))


def run_stage(
    layout: Layout, workers: Workers, epoch: int, nodes: NDArray[Any], v_next: NDArray[Any], record: bool, out: Decided
) -> NDArray[np.int64]:
    """Nature's expectations and the stage of one period; returns choices with several solutions, by decision."""
    program = layout.programs[epoch]
    last = int(program.phase.max()) if program.phase.size else 0
    counts = np.zeros((layout.units.size - 1, len(DECISIONS)), np.int64)
    rows = _rows_of(program, layout.tables.n_rows)
    for phase in range(last + 1):
        workers.map(
            _run_units, layout.stage_tables, layout.geometry, layout.tiles, layout.evidence, program, rows, epoch,
            phase, phase == last, layout.units, layout.tables.n_states, nodes, v_next, record, out, counts,
        )  # fmt: skip
    return np.asarray(counts.sum(axis=0))


def _rows_of(program: Program, n_rows: int) -> NDArray[np.int64]:
    """Row whose values each step carries."""
    rows = np.zeros(program.operator.size, np.int64)
    for k, origin in enumerate(program.origin):
        rows[k] = origin if origin < n_rows else rows[origin - n_rows]
    return rows


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _run_units(
    first: int, end: int, tables: StageTables, g: Geometry, tiles: Tiles, evidence: Evidence, program: Program,
    rows: Any, epoch: int, phase: int, is_last: bool, units: Any, n_states: int, nodes: Any, v_next: Any, record: bool,
    out: Decided, counts: Any,
) -> None:  # fmt: skip
    n_rows = v_next.shape[0]
    for unit in range(first, end):
        low, high = units[unit], units[unit + 1]
        for k in range(program.operator.size):
            if program.phase[k] == phase:
                origin = program.origin[k]
                from_values = v_next[origin] if origin < n_rows else nodes[origin - n_rows]
                expect(
                    tables.pool, g, evidence, program.operator[k], rows[k], from_values, nodes[k], low, high, n_states
                )
        if is_last:
            stage(tables, g, tiles, epoch, nodes, v_next, low, high, record, out, counts[unit])


def blank_nodes(layout: Layout) -> NDArray[Any]:
    """Room for nature's expectations."""
    most = max(max(program.operator.size for program in layout.programs), 1)
    return np.zeros((most, layout.lanes), layout.stage_tables.pool.dtype)


def blank(layout: Layout, *, record: bool) -> Decided:
    """Room for the decisions of one period; without `record` for the values alone."""
    tables, dtype = layout.tables, layout.stage_tables.pool.dtype
    lanes = layout.lanes if record else 0
    n_postures, n_effort, n_rows = tables.flow.shape[1:]
    n_proposers, n_packages = tables.recognition.shape[2], tables.peace_fixed.shape[1]
    kinds = max(tables.types)
    m, n, e, told = n_postures, n_packages, n_effort, max(kinds - 1, 1)
    shapes = {
        "posture": (kinds, m), "posture_after": (m, told), "offer": (n_proposers, kinds, m, n + 1),
        "offer_after": (n_proposers, m, n + 1, told), "accept": (2, kinds, m, n), "accept_after": (2, m, n, 2, told),
        "effort_a": (kinds, m, tables.n_effort_a), "effort_a_after": (m, tables.n_effort_a, told),
        "effort_d": (kinds, m, e), "effort_d_after": (m, e, told), "continuation": (m, n_rows),
        "before_posture": (m, n_rows), "peace": (n, n_rows),
    }  # fmt: skip
    rooms = {name: np.zeros((*shape, lanes), dtype) for name, shape in shapes.items()}
    return Decided(**rooms, value=np.zeros((n_rows, layout.lanes), dtype))

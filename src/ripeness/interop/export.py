"""A slice of a scenario as a file for Gambit: read, build, cut, unroll, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ripeness.engine import solve
from ripeness.game import Game, build
from ripeness.game.tables import Tables
from ripeness.interop.efg import efg_text
from ripeness.interop.labels import Labels
from ripeness.interop.refusal import NotExportable
from ripeness.interop.slicing import hold_state, keep_packages, keep_periods, keep_postures
from ripeness.interop.unrolling import MAX_INFORMATION_SETS, check, unroll
from ripeness.mechanisms.base import GridSize
from ripeness.runs.errors import RunError
from ripeness.runs.folder import write_file
from ripeness.runs.reading import read_scenario

FIRST_WORDS = b"EFG 2 R "


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        notes: what of the scenario the file leaves out, one sentence each.
    """

    path: Path
    information_sets: int
    players: int
    leaves: int
    notes: tuple[str, ...]


def export_gambit(
    source: str | Path,
    out: Path,
    sets: Sequence[str] = (),
    *,
    periods: int = 1,
    packages: Sequence[str] = (),
    postures: Sequence[str] = (),
    fixed_state: bool = False,
    grid: GridSize = "coarse",
    as_if_decisive: bool = False,
    limit: int = MAX_INFORMATION_SETS,
) -> Exported:
    """Write a slice of a scenario as an extensive-form game.

    Args:
        source: name of a shipped case, or a scenario file.
        periods: from the start.
        packages, postures: names of those that stay open; none: all.
        fixed_state: stay in the state with most mass at the start, without nature.
        as_if_decisive: see `unroll`.

    Raises:
        ScenarioError, GameError: a scenario that cannot be used.
        RunError: a slice that cannot be exported, with every reason; a file in the way.
    """
    if not out.absolute().parent.is_dir():
        raise RunError(f"{out.parent} is no folder. Make it first, or name a file elsewhere.")
    if out.exists() and not _is_efg(out):
        raise RunError(f"{out} exists and is no extensive-form game of Gambit; it is left as it is. Name another file.")
    game = build(read_scenario(source, sets).scenario, grid=grid)
    n_periods = game.tables.n_periods - game.lookahead
    if not 1 <= periods <= n_periods:
        raise RunError(f"--periods must lie in 1 .. {n_periods}, the horizon of the scenario, got {periods}.")
    tables, labels, notes = _slice(game, packages, postures, fixed_state)
    try:
        check(keep_periods(tables, periods), limit=limit, as_if_decisive=as_if_decisive)
        cut, worth = _cut(tables, periods)
        notes = (*notes, worth)
        tree = unroll(
            cut, title=f"{game.scenario.title}: {_count(periods, game.scenario.period)}", note=" ".join(notes),
            labels=labels, limit=limit, as_if_decisive=as_if_decisive,
        )  # fmt: skip
    except NotExportable as refusal:
        raise RunError(f"{refusal}.") from None
    text = efg_text(tree, tables.types)
    write_file(out, text.encode())
    return Exported(out, len(tree.information_sets), len(tree.agents), text.count('\nt "'), notes)


def _slice(
    game: Game, packages: Sequence[str], postures: Sequence[str], fixed_state: bool
) -> tuple[Tables, Labels, tuple[str, ...]]:
    """Tables with fewer packages, postures and states, the names of what is in them, and what was left out."""
    tables, notes = game.tables, []
    names, states = tuple(package.name for package in game.packages), _states(game)
    if packages:
        tables = keep_packages(tables, _numbers(packages, names, "package"))
        notes.append(f"{len(packages)} of {len(names)} packages can be offered, at their own weights.")
        names = tuple(packages)
    if postures:
        tables = keep_postures(tables, _numbers(postures, game.postures, "posture"))
        notes.append(f"{len(postures)} of {len(game.postures)} postures are open to the patron.")
    if fixed_state:
        state = int(np.argmax(tables.initial))
        tables = hold_state(tables, state)
        states = (states[state],)
        notes.append(f"The state is held at its start ({states[0]}): nature's moves and ends of the war are dropped.")
    efforts_a, efforts_d = (tuple(f"{level:g}" for level in levels) for levels in game.efforts)
    return tables, Labels(names, game.postures, efforts_a, efforts_d, states, tables.ends), tuple(notes)


def _numbers(wanted: Sequence[str], names: Sequence[str], what: str) -> list[int]:
    """Positions of names that a user gave for the option of that name."""
    if len(set(wanted)) < len(wanted) or not set(wanted) <= set(names):
        raise RunError(
            f"--{what} must name different {what}s of the scenario, got {_listed(wanted)}. It has {_listed(names)}."
        )
    return [names.index(name) for name in wanted]


def _states(game: Game) -> tuple[str, ...]:
    levels = [(axis, game.level(axis.name)) for axis in game.axes]
    return tuple(
        ", ".join(
            f"{axis.name} {axis.labels[int(level[s])] if axis.labels else format(float(level[s]), '.6g')}"
            for axis, level in levels
        )
        for s in range(game.tables.n_states)
    )


def _cut(tables: Tables, periods: int) -> tuple[Tables, str]:
    """The first periods, and what a war still open after them is worth, in words."""
    if periods == tables.n_periods:
        return tables, "A war still open after the last period is worth what the scenario says of a frozen one."
    if tables.n_profiles == 1:
        values = solve(tables, dtype=np.float64).values[periods, :, :, 0]
        told = "A war still open after the last period exported is worth what the rest of the game thus cut is worth."
        return keep_periods(tables, periods, values), told
    told = (
        "A war still open after the last period exported is worth what the scenario says of a frozen one: with private "
        "information the worth of what would follow depends on beliefs and is no payoff."
    )
    return keep_periods(tables, periods), told


def _is_efg(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(FIRST_WORDS)) == FIRST_WORDS


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _count(number: int, noun: str) -> str:
    return f"the first {noun}" if number == 1 else f"the first {number} {noun}s"

"""From a scenario to a file for another program: build, solve what comes after the slice, write aside, rename."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Solution, memory_needed
from ripeness.engine import solve as solve_tables
from ripeness.game import Game, Tables, build
from ripeness.interop import (
    MOST_INFORMATION_SETS,
    ExportError,
    ExtensiveForm,
    Slice,
    efg,
    extensive_form,
    faults_of,
    known_values,
    names_of,
    restricted,
    terminal_values,
)
from ripeness.interop.extensive import leaves
from ripeness.mechanisms.base import GridSize
from ripeness.runs.folder import write_file
from ripeness.runs.memory import check_memory
from ripeness.runs.reading import read_scenario

Progress = Callable[[str, int, int], None]
"""Called with the name of the stage, steps done and steps in all."""


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        players: that move; `observers` only receive.
        state: level of every axis at the start of the slice.
    """

    path: Path
    players: int
    observers: int
    information_sets: int
    ends: int
    state: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {**self.__dict__, "path": str(self.path)}

    def sentence(self) -> str:
        """The result in one line."""
        return (
            f"Wrote {self.path}: {self.players} players that move, {self.observers} that only receive, "
            f"{self.information_sets} information sets, {self.ends:,} ends. Its agent logit equilibrium at lambda = 1 "
            "is that of the slice."
        )


def export_gambit(
    source: str | Path,
    sets: Sequence[str] = (),
    out: str | Path | None = None,
    *,
    period: int = 0,
    periods: int = 1,
    postures: Sequence[str] | None = None,
    packages: Sequence[str] | None = None,
    grid: GridSize = "normal",
    most_information_sets: int = MOST_INFORMATION_SETS,
    progress: Progress | None = None,
) -> Exported:
    """Write some periods of a scenario's game, from its start's state on, as an `.efg` file, whole or not at all.

    Args:
        source: file or name of a shipped case.
        sets: changes `path=value`, applied to the file before it is checked.
        out: file to write; None: the scenario's name with the ending .efg. A file that is there already is replaced.
        period: first period of the slice.
        periods: how many.
        postures, packages: names of those to keep; None: all.
        grid: size of the axes that do not state their own number of points.
        most_information_sets: a larger game is refused.

    Raises:
        ScenarioError, GameError: a scenario that cannot be used.
        ExportError: all that stands in the way of the slice.
        RunError: too little memory.
    """
    scenario = read_scenario(source, sets).scenario
    game = build(scenario, grid=grid)
    tables = game.tables
    state = int(np.argmax(tables.initial))
    wanted = Slice(period, periods, state)
    target = Path(f"{scenario.name}.efg" if out is None else out)
    faults = faults_of(tables, wanted)
    kept_postures = _places("posture", postures, game.postures, faults)
    kept_packages = _places("package", packages, [package.name for package in game.packages], faults)
    if target.is_dir() or not target.parent.is_dir():
        what = "a folder" if target.is_dir() else "a file in a folder that does not exist"
        faults.append(f"out: found {target}, {what}; allowed: a file in a folder that exists.")
    if most_information_sets < 1:
        faults.append(f"most-information-sets: found {most_information_sets}; allowed: 1 and more.")
    if faults:
        raise ExportError(faults)
    kept = restricted(tables, postures=kept_postures, packages=kept_packages)

    def tree(after: NDArray[np.float64]) -> ExtensiveForm:
        return extensive_form(
            kept, wanted, after=after, names=names_of(game), most_information_sets=most_information_sets,
            title=f"{scenario.name}, {_when(game, wanted)}",
        )  # fmt: skip

    tree(np.zeros((tables.n_rows, tables.n_profiles, tables.n_states)))  # refuses what will not do before it is solved
    form = tree(_after(game, wanted, progress))
    write_file(target, efg(form).encode("ascii"))
    return Exported(
        path=target,
        players=len(form.agents),
        observers=len(form.observers),
        information_sets=len(form.information_sets),
        ends=sum(1 for _ in leaves(form.root)),
        state={axis.name: float(game.level(axis.name)[state]) for axis in game.axes},
    )


def _after(game: Game, wanted: Slice, progress: Progress | None) -> NDArray[np.float64]:
    """(R, Theta, S) values of every row after the slice if types became known."""
    end = wanted.period + wanted.n_periods
    tables: Tables = game.tables
    if end == tables.n_periods:
        return terminal_values(tables)
    rest = tables._replace(epoch_of_period=tables.epoch_of_period[end:])
    check_memory(game.axes, rest.n_periods, memory_needed(rest, np.float64), "float64", None)

    def tell(done: int, total: int, _: Solution) -> None:
        if progress is not None:
            progress("solving", done, total)

    return known_values(tables, solve_tables(rest, dtype=np.float64, progress=tell).values[0])


def _places(what: str, wanted: Sequence[str] | None, known: Sequence[str], faults: list[str]) -> list[int] | None:
    """Indices of names; faults are added to."""
    if wanted is None:
        return None
    for name in wanted:
        if name not in known:
            faults.append(f"{what}: found {name!r}; allowed: {', '.join(map(repr, known))}.")
    return [known.index(name) for name in wanted if name in known]


def _when(game: Game, wanted: Slice) -> str:
    """The periods of a slice, with the day on which the first begins where the calendar has it."""
    last = wanted.period + wanted.n_periods - 1
    said = f"period {wanted.period}" if last == wanted.period else f"periods {wanted.period} to {last}"
    return f"{said}, from {game.dates[wanted.period]}" if wanted.period < len(game.dates) else said

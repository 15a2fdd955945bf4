"""From a scenario to a run folder: solve, measure, sample, draw, write aside, rename."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ripeness.engine import Solution
from ripeness.game import Game, build
from ripeness.game.layout import collect_axes, in_order
from ripeness.game.typed import belief_sizes
from ripeness.mechanisms.base import GridSize
from ripeness.questions import Histories, Outlook, forecast, simulate
from ripeness.questions.secrets import AS_IT_IS, audited, secrets, unaudited
from ripeness.questions.summary import Summary
from ripeness.questions.views import has_types
from ripeness.report.assumptions import Quotes
from ripeness.runs.checkpoint import Checkpoint
from ripeness.runs.contents import save, scenario_name_of, summary_document
from ripeness.runs.errors import Interrupted, RunError
from ripeness.runs.folder import Aside, whole_or_absent
from ripeness.runs.inputs import Inputs, encode, inputs_of, plain
from ripeness.runs.memory import check_memory, memory_of_run
from ripeness.runs.reading import Read, read_scenario
from ripeness.runs.solving import solve
from ripeness.scenario import Scenario

Progress = Callable[[str, int, int], None]
"""Called with the name of the stage, steps done and steps in all."""

FEW_TABLES = 40
"""Tables over the states that a game of several mechanisms has at the least; the shipped case has some 300."""

BYTES_TO_BUILD = 16
"""Bytes per entry of a table while tables are made: the table, and its copy in the pool."""


@dataclass(frozen=True)
class Run:
    """One scenario, solved, with everything that its folder holds.

    Attributes:
        path: the run folder.
        inputs: what decides the results; the same inputs give the same folder, byte for byte.
        histories: sampled paths; None where none were asked for.
        summary: the outlook in plain sentences.
    """

    path: Path
    inputs: Inputs
    solution: Solution
    outlook: Outlook
    histories: Histories | None
    summary: Summary

    @property
    def scenario(self) -> Scenario:
        scenario: Scenario = self.game.scenario
        return scenario

    @property
    def game(self) -> Game:
        game: Game = self.solution.game
        return game

    def as_dict(self) -> dict[str, Any]:
        """The folder and the summary as plain data."""
        return {"path": str(self.path), **summary_document(self.inputs, self.outlook, self.summary)}

    def _repr_html_(self) -> str:
        return self.outlook._repr_html_()


def run(
    source: str | Path | Scenario,
    sets: Sequence[str] = (),
    out: str | Path | None = None,
    *,
    horizon: int | None = None,
    grid: GridSize = "normal",
    seed: int = 0,
    histories: int = 1000,
    threads: int | None = None,
    dtype: str = "float32",
    memory_limit: int | None = None,
    documents: Mapping[str, str | Path] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Solve a scenario and write its run folder, whole or not at all.

    The folder appears when it is complete. A run of the same inputs gives the same bytes and replaces it. A run that
    was interrupted after a while of solving goes on where it stopped when it is started again.

    Args:
        source: file, name of a shipped case, or scenario.
        sets: changes `path=value`, applied to the file before it is checked.
        out: folder to write; None: `runs/<name>-<first digits of the inputs' hash>`. A folder that is there already is
            replaced if it is a run of a scenario of this name, and refused otherwise.
        horizon: number of periods; None: the scenario's.
        grid: size of the axes that do not state their own number of points.
        seed, histories: of the sampled histories; they change no probability.
        threads: None: all processors. They change no result.
        dtype: float32, or float64 for verification.
        memory_limit: bytes that solving may take; None: most of what is free.
        documents: files by the identifiers that the scenario uses; the report then shows each cited sentence in its
            context. They change no number.

    Raises:
        ScenarioError: faults of the file, all of them.
        GameError: a scenario that cannot be turned into a game.
        RunError: options or a folder that will not do, too little memory, or a game that could not be solved.
    """
    _check_options(horizon, grid, seed, histories, threads, dtype)
    tell = progress or _silent
    tell("reading", 0, 1)
    scenario, text, origin, beside = _read(source, sets)
    inputs = inputs_of(
        scenario, text, origin, sets=sets, n_periods=horizon or scenario.horizon, grid=grid, seed=seed,
        histories=histories, dtype=dtype, beside=beside, documents=documents,
    )  # fmt: skip
    quoted = quotes_of(scenario, documents)
    target = Path("runs", f"{scenario.name}-{inputs.hash[:8]}") if out is None else Path(out)
    _check_target(target, scenario.name)
    tell("reading", 1, 1)
    tell("building", 0, 1)
    game = _build(scenario, grid, horizon, dtype, memory_limit)
    tell("building", 1, 1)
    with whole_or_absent(target, inputs.hash) as aside:
        try:
            found = _solve(audited(game), AS_IT_IS, dtype, threads, aside, tell)
            solution = unaudited(game, found)
            outlook = forecast(solution, progress=_stage(tell, "forecasting"))
            if has_types(game) and not game.known:
                outlook = _with_secrets(outlook, game, found, dtype, threads, aside, tell)
            sampled = simulate(solution, histories, seed, threads=threads) if histories else None
            summary = save(aside.path, inputs, outlook, sampled, solution.game, tell, quoted)
        except KeyboardInterrupt:
            if aside.checkpoints():
                raise Interrupted("interrupted; the same command goes on where this one stopped") from None
            raise Interrupted("interrupted; nothing was written") from None
    return Run(target, inputs, solution, outlook, sampled, summary)


def quotes_of(scenario: Scenario, documents: Mapping[str, str | Path] | None) -> Quotes:
    """Cited sentences in their context, from the documents supplied."""
    if not documents:
        return {}
    from ripeness.sources.quoting import quotes

    known = {document.id for document in scenario.documents}
    for name, path in documents.items():
        if name not in known:
            raise RunError(f"no document {name!r} in the scenario; it names {', '.join(sorted(known)) or 'none'}.")
        if not Path(path).is_file():
            raise RunError(f"{path}: no such file.")
    return {place: (quote.before, quote.said, quote.after) for place, quote in quotes(scenario, documents).items()}


def _read(source: str | Path | Scenario, sets: Sequence[str]) -> Read:
    """The scenario, the text it was read from, and the name of that text."""
    if isinstance(source, Scenario):
        if sets:
            raise RunError("sets change a file or case while it is read; give one of these instead of a Scenario.")
        return Read(source, encode(plain(source)), "scenario")
    return read_scenario(source, sets)


def _build(scenario: Scenario, grid: GridSize, horizon: int | None, dtype: str, memory_limit: int | None) -> Game:
    """The game, unless it would not fit: judged by its size before the tables are made, and exactly after that."""
    n_periods = (scenario.horizon if horizon is None else horizon) + scenario.lookahead
    (n_rows, n_nodes), item = belief_sizes(scenario), np.dtype(dtype).itemsize
    axes = tuple(axis for axis, _ in collect_axes(in_order(scenario.mechanisms), grid))
    per_state = (n_periods + 1) * n_rows * n_nodes * item + FEW_TABLES * (BYTES_TO_BUILD + item)
    check_memory(axes, n_periods, per_state * math.prod(axis.values.size for axis in axes), dtype, memory_limit)
    game = build(scenario, grid=grid, horizon=horizon)
    check_memory(game.axes, n_periods, memory_of_run(audited(game).tables, dtype), dtype, memory_limit)
    return game


def _solve(game: Game, name: str, dtype: str, threads: int | None, aside: Aside, tell: Progress) -> Solution:
    """Backward pass that saves what is done now and then, and goes on from what an earlier one of its name saved."""
    tables = game.tables
    checkpoint = Checkpoint(aside.path, name, tables, np.dtype(dtype))
    stage = "solving" if name == AS_IT_IS else f"solving again, {name}"

    def after_period(done: int, total: int, solution: Solution) -> None:
        tell(stage, done, total)
        if done == total:
            checkpoint.finish(solution)
        else:
            checkpoint.save_if_due(total - done, solution)

    tell(stage, 0, tables.n_periods)
    try:
        return solve(game, dtype=np.dtype(dtype), threads=threads, resume=checkpoint.resume(), progress=after_period)
    except FloatingPointError as error:
        raise RunError(f"the game could not be solved: {error}.") from None


def _with_secrets(
    outlook: Outlook, game: Game, solution: Solution, dtype: str, threads: int | None, aside: Aside, tell: Progress
) -> Outlook:
    """The outlook with what misreadings and secrets change, each solved anew."""

    def again(name: str, changed: Game) -> Solution:
        return _solve(changed, name, dtype, threads, aside, tell)

    return outlook.with_group("secrets", secrets(game, solution, outlook.tree, again))


def _stage(tell: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: tell(name, done, total)


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _check_options(horizon: int | None, grid: str, seed: int, histories: int, threads: int | None, dtype: str) -> None:
    faults = []
    if horizon is not None and not 1 <= horizon <= 1200:
        faults.append(f"horizon must be 1 to 1200 periods, got {horizon}")
    if grid not in ("coarse", "normal", "fine"):
        faults.append(f"grid must be coarse, normal or fine, got {grid!r}")
    if not 0 <= seed < 2**63:
        faults.append(f"seed must be a whole number from 0 to 2**63 - 1, got {seed}")
    if not 0 <= histories <= 10_000_000:
        faults.append(f"histories must be 0 to 10,000,000, got {histories}")
    if threads is not None and not 1 <= threads <= 1024:
        faults.append(f"threads must be 1 to 1024, got {threads}")
    if dtype not in ("float32", "float64"):
        faults.append(f"dtype must be float32 or float64, got {dtype!r}")
    if faults:
        raise RunError("; ".join(faults) + ".")


def _check_target(target: Path, name: str) -> None:
    """Refuse to replace anything but a run of the same scenario."""
    if not (target.exists() or target.is_symlink()):
        return
    if not target.is_dir() or target.is_symlink():
        raise RunError(f"{target} is there already and is no run folder. Name another with --out.")
    found = scenario_name_of(target)
    if found == name or not any(target.iterdir()):
        return
    what = "is not empty and is no run folder" if found is None else f"holds a run of another scenario, {found!r}"
    raise RunError(f"{target} {what}; it is left as it is. Name another with --out, or remove it.")

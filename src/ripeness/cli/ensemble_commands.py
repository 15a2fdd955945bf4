"""The command about whole ensembles: sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ripeness.cli.claim_commands import (
    Draws,
    GridOption,
    Horizon,
    Kind,
    KindOption,
    On,
    Out,
    Page,
    Retry,
    Seed,
    Workers,
)  # fmt: skip
from ripeness.cli.run_commands import Grid
from ripeness.cli.scenario_commands import Json, Sets, Source
from ripeness.cli.terminal import console, guarded, print_json, progress_bar

if TYPE_CHECKING:
    from ripeness.questions.spreads import Measured
    from ripeness.questions.verdicts import Ensemble
    from ripeness.scenario import Scenario
    from ripeness.scenario.measures import Asked

MEASURES = (
    "chance_of_settlement", "median_duration", "terms", "chance_of_collapse", "value:of=attacker", "value:of=defender",
    "ripe",
)  # fmt: skip
"""What is told of an ensemble where nothing is asked for."""


def add_to(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command()(guarded(sweep))


def sweep(
    source: Source,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", metavar="MEASURE", help="As for `why`; may be repeated. [default: seven]"),
    ] = None,
    sets: Sets = None,
    draws: Draws = 256,
    seed: Seed = 0,
    kind: KindOption = Kind.latin,
    grid: GridOption = Grid.coarse,
    horizon: Horizon = None,
    workers: Workers = None,
    on: On = None,
    out: Out = None,
    page: Page = None,
    store: Annotated[bool, typer.Option(help="Whether everything is written to a Zarr store.")] = True,
    retry_failed: Retry = False,
    as_json: Json = False,
) -> None:
    """Solve a scenario over the ranges of its assumptions, and say how measures are spread over the draws."""
    from ripeness.cli.claim_commands import run_info
    from ripeness.ensembles.inquiry import ensemble_of
    from ripeness.ensembles.results import write_results
    from ripeness.ensembles.spreads import measured
    from ripeness.ensembles.sweep import sweep as solve
    from ripeness.report.sweep_page import write_sweep_page
    from ripeness.scenario import load

    scenario = load(source, tuple(sets or ()))
    asked = _asked(measure or MEASURES, scenario, grid, horizon)
    with progress_bar(not as_json) as progress:
        done = solve(
            scenario, draws, seed, kind=kind.value, grid=grid.value, horizon=horizon, workers=workers, on=on,
            folder=out, rerun_failed=retry_failed, progress=progress,
        )  # fmt: skip
        found = measured(done, asked)
        if progress is not None:
            progress("writing", 0, 1)
        folder = write_results(done, asked, store=store)
    ensemble = ensemble_of(done)
    path = done.folder / "sweep.html" if page is None else page
    write_sweep_page(path, scenario, ensemble, found, run_info(scenario, ensemble))
    if as_json:
        print_json({**_document(ensemble, found), "results": str(folder), "page": str(path)})
        return
    _print(scenario, ensemble, found)
    typer.echo(f"\n{ensemble.n:,} draws, kept in {ensemble.folder}   Results: {folder}   Page: {path}")


def _asked(said: Sequence[str], scenario: Scenario, grid: Grid, horizon: int | None) -> list[Asked]:
    """The measures that are asked for, which the game can answer."""
    from ripeness.game import build
    from ripeness.questions.measures import facts_of
    from ripeness.scenario.measures import AskedError, faults_of, parse_asked

    facts = facts_of(build(scenario, grid=grid.value, horizon=horizon))
    asked = [parse_asked(each) for each in said]
    for each in asked:
        wrong = faults_of(each, facts)
        if wrong:
            raise AskedError(str(each), wrong)
    return asked


def _print(scenario: Scenario, ensemble: Ensemble, found: Sequence[Measured]) -> None:
    """Quantiles of every measure, and what failed."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    from ripeness.questions.claim_words import actor_names, amount, in_words
    from ripeness.scenario.measures import MEASURES

    names, table = actor_names(scenario), Table(box=SIMPLE, pad_edge=False)
    for index, column in enumerate(("measure", "own numbers", "5%", "25%", "median", "75%", "95%")):
        table.add_column(Text(column), justify="right" if index else "left", overflow="fold")
    for each in found:
        unit = MEASURES[each.asked.measure].unit
        quantiles = (amount(q, unit) for q in each.spread.quantiles)
        table.add_row(*map(Text, (in_words(each.asked, names), amount(each.central, unit), *quantiles)))
    console().print(table)
    for sentence, count in ensemble.failures[:3]:
        print(f"{count:,} game{'' if count == 1 else 's'} could not be computed: {sentence}")
    for note in ensemble.notes:
        print(note)


def _document(ensemble: Ensemble, found: Sequence[Measured]) -> dict[str, Any]:
    """The answer as plain data."""
    from ripeness.questions.verdicts import LEVELS

    def plain(value: float) -> float | None:
        return value if value == value else None

    return {
        "draws": ensemble.n, "seed": ensemble.seed, "kind": ensemble.kind, "grid": ensemble.grid,
        "horizon": ensemble.horizon, "assumptions": ensemble.n_assumptions, "solved": ensemble.solved,
        "failures": [{"why": sentence, "games": count} for sentence, count in ensemble.failures],
        "notes": list(ensemble.notes), "folder": ensemble.folder,
        "measures": {
            str(each.asked): {
                "own": plain(each.central), "mean": plain(each.spread.mean), "draws": each.spread.n,
                "quantiles": {f"{q:g}": plain(v) for q, v in zip(LEVELS, each.spread.quantiles, strict=True)},
            }
            for each in found
        },
    }  # fmt: skip

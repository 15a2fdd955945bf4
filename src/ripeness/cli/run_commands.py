"""Commands about runs: run, compare."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ripeness.cli.terminal import console, guarded, print_json, progress_bar

Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on stdout.")]

ONLY_IN_REPORT = ("rejection", "survival", "seats", "noise")
"""Paragraphs of the summary that the terminal leaves out, so that it fits on one screen."""


class Grid(StrEnum):
    """Size of the axes that do not state their own number of points."""

    coarse = "coarse"
    normal = "normal"
    fine = "fine"


class Number(StrEnum):
    """Kind of number to compute with."""

    float32 = "float32"
    float64 = "float64"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(guarded(run))
    app.command()(guarded(compare))


def run(
    source: Annotated[str, typer.Argument(metavar="CASE_OR_FILE", help="A shipped case or a scenario file.")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change one entry of the scenario; may be repeated."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Run folder to write. [default: runs/NAME-HASH]")] = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", help="Number of periods. [default: the scenario's]")
    ] = None,
    grid: Annotated[Grid, typer.Option("--grid", help="Size of the axes that do not state their own.")] = Grid.normal,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the sampled histories.")] = 0,
    histories: Annotated[int, typer.Option("--histories", help="How many histories to sample.")] = 1000,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Threads; they change no result. [default: all]")
    ] = None,
    dtype: Annotated[Number, typer.Option("--dtype", help="Precision of the numbers.")] = Number.float32,
    memory_limit: Annotated[
        str | None,
        typer.Option("--memory-limit", metavar="SIZE", help="For example 800M or 2G. [default: most of what is free]"),
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option(
            "--document", metavar="ID=PATH", help="Quote cited sentences from it in the report; may be repeated."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Solve a scenario, print its summary and write a run folder with a report."""
    from ripeness.runs.errors import RunError
    from ripeness.runs.memory import parse_bytes

    try:
        limit = None if memory_limit is None else parse_bytes(memory_limit)
    except ValueError as error:
        raise RunError(str(error)) from None
    with progress_bar(not as_json) as progress:
        if progress is not None:
            progress("starting", 0, 1)
        from ripeness.runs.execute import run as perform

        done = perform(
            source, tuple(sets or ()), out, horizon=horizon, grid=grid.value, seed=seed, histories=histories,
            threads=threads, dtype=dtype.value, memory_limit=limit,
            documents=dict(_pair(said) for said in document or ()), progress=progress,
        )  # fmt: skip
    if as_json:
        print_json(done.as_dict())
        return
    to = console()
    print_summary(to, done.summary)
    to.print(f"\nRun folder: {done.path}   Report: {done.path / 'report.html'}", markup=False, soft_wrap=True)


def _pair(said: str) -> tuple[str, str]:
    name, equals, path = said.partition("=")
    if not (equals and name and path):
        raise typer.BadParameter(f"{said!r} is not of the form ID=PATH", param_hint="--document")
    return name, path


def print_summary(to: Any, summary: Any) -> None:
    """The outlook in words, on one screen."""
    from rich.text import Text

    to.print(Text(summary.headline, style="bold"))
    to.print()
    widest = max((len(figure.label) for figure in summary.figures), default=0)
    for figure in summary.figures:
        to.print(Text.assemble(f"  {figure.label:<{widest}}  ", (f"{figure.value:<14}", "bold"), f" {figure.note}"))
    for paragraph in summary.paragraphs:
        if paragraph.key in ONLY_IN_REPORT:
            continue
        to.print()
        to.print(Text.assemble((paragraph.question, "bold"), f"  {paragraph.answer}"))
    for warning in summary.warnings:
        to.print()
        to.print(Text.assemble(("Note: ", "bold yellow"), warning))


def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    after: Annotated[Path, typer.Argument(metavar="RUN", help="Another run folder.")],
    as_json: Json = False,
) -> None:
    """What moved between two runs, and why: changed assumptions beside changed results."""
    from ripeness.runs.comparison import compare as compared
    from ripeness.runs.comparison import difference, shown

    answer = compared(before, after)
    if as_json:
        print_json(answer.as_dict())
        return
    from rich.table import Table
    from rich.text import Text

    to = console()
    to.print(Text(answer.sentence(), style="bold"))
    for line in answer.explained:
        to.print(Text(line))
    for title, changes in (
        ("Assumptions", answer.assumptions), ("Options", answer.options), ("Results", answer.results),
    ):  # fmt: skip
        if not changes:
            continue
        table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("")
        for name in answer.names:
            table.add_column(Text(Path(name).name or name), justify="right", overflow="fold")
        table.add_column("change", justify="right")
        for c in changes:
            table.add_row(
                *(Text(cell) for cell in (c.label, shown(c.before, c.unit), shown(c.after, c.unit), difference(c)))
            )
        to.print()
        to.print(table)

"""Commands that write games for other programs: export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ripeness.cli.run_commands import Grid
from ripeness.cli.terminal import console, guarded


class Format(StrEnum):
    """Program to export for."""

    gambit = "gambit"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(guarded(export))


def export(
    format: Annotated[Format, typer.Argument(metavar="gambit", help="Program to export for.")],
    source: Annotated[str, typer.Argument(metavar="CASE_OR_FILE", help="A shipped case or a scenario file.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write, for example war.efg.")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change one entry of the scenario; may be repeated."),
    ] = None,
    periods: Annotated[int, typer.Option("--periods", help="How many periods from the start.")] = 1,
    packages: Annotated[
        list[str] | None,
        typer.Option(
            "--package", metavar="NAME", help="A package that can be offered; may be repeated. [default: all]"
        ),
    ] = None,
    fixed_state: Annotated[
        bool, typer.Option("--fixed-state", help="Stay in the state at the start, without nature's moves.")
    ] = False,
    grid: Annotated[Grid, typer.Option("--grid", help="Size of the axes that do not state their own.")] = Grid.coarse,
    as_if_decisive: Annotated[
        bool, typer.Option("--as-if-decisive", help="Export a patron's offers, which two sides answer, by this rule.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", help="Largest number of information sets.")] = 60,
) -> None:
    """Write a small slice of a scenario as an extensive-form game that Gambit opens and solves."""
    from ripeness.interop.export import export_gambit

    done = export_gambit(
        source, out, tuple(sets or ()), periods=periods, packages=tuple(packages or ()),
        postures=tuple(postures or ()), fixed_state=fixed_state, grid=grid.value, as_if_decisive=as_if_decisive,
        limit=limit,
    )  # fmt: skip
    to = console()
    to.print(
        f"Wrote {done.path}: {done.information_sets} information sets of {done.players} players, {done.leaves} leaves.",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    for note in done.notes:
        to.print(f"Note: {note}", markup=False, soft_wrap=True)
    to.print("The logit equilibrium at lambda = 1 is that of ripeness.", markup=False, soft_wrap=True)

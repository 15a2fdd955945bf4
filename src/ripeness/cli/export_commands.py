"""Commands that write other tools' formats: export gambit, export negmas."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ripeness.cli.run_commands import Grid
from ripeness.cli.scenario_commands import Json, Sets, Source
from ripeness.cli.terminal import guarded, print_json, progress_bar


class Form(StrEnum):
    """Format of a NegMAS scenario's files."""

    yml = "yml"
    xml = "xml"
    json = "json"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    group = typer.Typer(help="Write a part of a scenario's game, or a plan, for another program.", no_args_is_help=True)
    group.command()(guarded(gambit))
    group.command()(guarded(negmas))
    app.add_typer(group, name="export")


def gambit(
    source: Source,
    sets: Sets = None,
    period: Annotated[int, typer.Option("--period", help="First period of the slice; 0 is the start.")] = 0,
    periods: Annotated[int, typer.Option("--periods", help="How many periods.")] = 1,
    posture: Annotated[
        list[str] | None,
        typer.Option("--posture", metavar="NAME", help="Keep this posture; may be repeated. [default: all]"),
    ] = None,
    package: Annotated[
        list[str] | None,
        typer.Option("--package", metavar="NAME", help="Keep this package; may be repeated. [default: all]"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write. [default: NAME.efg]")] = None,
    grid: Annotated[Grid, typer.Option("--grid", help="Size of the axes that do not state their own.")] = Grid.normal,
    most_information_sets: Annotated[
        int, typer.Option("--most-information-sets", help="Refuse a larger game; solvers for trees are slow.")
    ] = 60,
    as_json: Json = False,
) -> None:
    """Some periods from the start's state on, as an extensive-form game that Gambit reads (.efg)."""
    with progress_bar(not as_json) as progress:
        from ripeness.runs.exporting import export_gambit

        done = export_gambit(
            source, tuple(sets or ()), out, period=period, periods=periods, postures=posture, packages=package,
            grid=grid.value, most_information_sets=most_information_sets, progress=progress,
        )  # fmt: skip
    if as_json:
        print_json(done.as_dict())
        return
    print(done.sentence())


def negmas(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; it must not exist. [default: NAME]")
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="YAML or JSON as NegMAS writes them, or XML as GENIUS does.")
    ] = Form.yml,
    parties: Annotated[
        str | None, typer.Option("--parties", metavar="A,B,C", help="Whose profiles to write. [default: who must sign]")
    ] = None,
    without_conditions: Annotated[
        bool, typer.Option("--without-conditions", help="Leave out conditions and red lines, which NegMAS cannot hold.")
    ] = False,
    as_json: Json = False,
) -> None:
    """A plan as a scenario folder that NegMAS reads."""
    from ripeness.runs.domains import export_negmas

    named = None if parties is None else [word.strip() for word in parties.split(",") if word.strip()]
    done = export_negmas(plan, out, form=form.value, parties=named, without_conditions=without_conditions)
    if as_json:
        print_json(done.as_dict())
        return
    print(done.sentence())
    for note in done.notes:
        print(f"  {note}")

"""Commands that read other tools' formats: import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ripeness.cli.scenario_commands import Json
from ripeness.cli.terminal import guarded, print_json

NO_ROUNDING = 1e-12
"""Differences below this are those of floats, not of counting in millionths."""


class Utility(StrEnum):
    """How evaluations of a GENIUS file count."""

    genius = "genius"
    negmas = "negmas"


class Reservation(StrEnum):
    """How reservation values count."""

    written = "written"
    at_least_worst = "at-least-worst"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command(name="import")(guarded(import_plan))


def import_plan(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER_OR_FILES", help="A domain with its profiles: a folder, or the files."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Plan file to write; it must not exist. [default: NAME.yaml]")
    ] = None,
    utility: Annotated[
        Utility,
        typer.Option("--utility", help="GENIUS's weight x evaluation / maximum, or NegMAS's weight x evaluation."),
    ] = Utility.genius,
    reservation: Annotated[
        Reservation,
        typer.Option("--reservation", help="As written, or raised to the worst utility as NegMAS does."),
    ] = Reservation.written,
    levels: Annotated[
        int | None,
        typer.Option("--levels", min=2, metavar="N", help="Keep N evenly spaced values of a longer range of numbers."),
    ] = None,
    scale: Annotated[
        float, typer.Option("--scale", metavar="X", help="Factor on all utilities; plans count in millionths.")
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Write a negotiation domain of GENIUS, GeniusWeb or NegMAS as a plan file."""
    from ripeness.runs.domains import import_domain

    done = import_domain(
        sources, out, utility=utility.value, reservation=reservation.value, levels=levels, scale=scale,
    )  # fmt: skip
    if as_json:
        print_json(done.as_dict())
        return
    print(done.sentence())
    for note in done.notes:
        print(f"  {note}")
    if done.rounding > NO_ROUNDING:
        print(
            f"  Worths are counted in millionths: a package's differs from its utility by at most {done.rounding:.1g}."
        )
    print(f"See what it says with `ripeness deal {done.path}`.")

"""Commands about scenarios: cases, new, check, show, schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ripeness.cli.run_commands import Grid
from ripeness.cli.terminal import console, guarded, print_error, print_json

Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on stdout.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one entry of the scenario; may be repeated."),
]
Source = Annotated[str, typer.Argument(metavar="CASE_OR_FILE", help="A shipped case or a scenario file.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    for command in (cases, new, check, show, schema):
        app.command()(guarded(command))


def cases(as_json: Json = False) -> None:
    """Scenarios that ship with ripeness."""
    from ripeness.scenario.cases import cases as shipped

    found = shipped()
    if as_json:
        print_json({"cases": [case._asdict() for case in found]})
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for case in found:
        table.add_row(Text(case.name, style="bold"), Text.assemble(case.title, "\n", (case.summary, "dim")))
    console().print(table)


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; it must not exist.")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="CASE_OR_FILE", help="Copy this scenario, with its plan file, instead."),
    ] = None,
) -> None:
    """Write a commented starter scenario that runs, or a copy of a shipped case to work on."""
    from ripeness.scenario.loading import read_source
    from ripeness.scenario.plan_file import named_plan
    from ripeness.scenario.starter import starter_text

    if source is None:
        contents = {file: starter_text().encode()}
    else:
        text, origin = read_source(source)
        contents = {file: text} | {file.with_name(name): plan for name, plan in named_plan(text, origin).items()}
    if there := [str(path) for path in contents if path.exists()]:
        print_error(f"{' and '.join(there)} exists already and is left as it is; name another file, or another folder.")
        raise typer.Exit(2)
    for path, content in contents.items():
        with path.open("xb") as stream:
            stream.write(content)
    wrote = " and ".join(map(str, contents))
    print(f"Wrote {wrote}. Check it with `ripeness check {file}`, solve it with `ripeness run {file}`.")


def check(
    file: Source,
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="ID=PATH", help="Document to verify citations against; may be repeated."),
    ] = None,
    sets: Sets = None,
    as_json: Json = False,
) -> None:
    """All faults of a scenario at once, with line and column; exit status 2 where there are any."""
    from ripeness.runs.checking import check_all

    documents = dict(_pair(said) for said in document or ())
    answer = check_all(file, tuple(sets or ()), documents)
    if as_json:
        print_json(answer.as_dict())
    else:
        for fault in answer.faults:
            print(fault, file=sys.stderr)
        print(answer.sentence(), file=sys.stderr if answer.faults else sys.stdout)
    if answer.faults:
        raise typer.Exit(2)


def show(
    source: Source,
    sets: Sets = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", help="Number of periods. [default: the scenario's]")
    ] = None,
    grid: Annotated[Grid, typer.Option("--grid", help="Size of the axes that do not state their own.")] = Grid.normal,
    as_json: Json = False,
) -> None:
    """A scenario as the engine understands it: actors, mechanisms, axes, packages, assumptions, memory."""
    from ripeness.runs.portrait import portray

    picture = portray(source, tuple(sets or ()), grid=grid.value, horizon=horizon)
    if as_json:
        print_json(picture.as_dict())
        return
    from ripeness.cli.portrait import print_portrait

    print_portrait(console(), picture)


def schema(
    plan: Annotated[bool, typer.Option("--plan", help="That of a plan file in place of a scenario.")] = False,
) -> None:
    """JSON Schema of the scenario file, so that editors complete and check it."""
    from ripeness.scenario.schema_document import json_schema, plan_schema

    print_json(plan_schema() if plan else json_schema())


def _pair(said: str) -> tuple[str, str]:
    name, equals, path = said.partition("=")
    if not (equals and name and path):
        raise typer.BadParameter(f"{said!r} is not of the form ID=PATH", param_hint="--document")
    return name, path

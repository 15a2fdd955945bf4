"""Commands about documents: read, review, draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ripeness.cli.terminal import console, guarded, print_json, progress_bar

Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on stdout.")]
ProjectFile = Annotated[Path, typer.Argument(metavar="PROJECT", help="A project file of `ripeness read`.")]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID=PATH", help="Where a document lies now; may be repeated."),
]
LISTED = 40
"""Findings that a list shows unless more are asked for."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    for command in (read, review, draft):
        app.command()(guarded(command))


def read(
    documents: Annotated[list[Path], typer.Argument(metavar="DOC...", help="Text, HTML or PDF files.")],
    out: Annotated[Path, typer.Option("--out", help="Project file to write, or to add to.")] = Path("sources.ripeness"),
    lexicon: Annotated[Path | None, typer.Option("--lexicon", help="Changes to the lexicon.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of text and HTML files. [default: found]")] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="OpenAI-compatible endpoint of a language model.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Model at the endpoint.")] = None,
    key_variable: Annotated[
        str, typer.Option("--key-variable", metavar="NAME", help="Environment variable that holds the endpoint's key.")
    ] = "RIPENESS_API_KEY",
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds to wait for an answer.")] = 60.0,
    most_requests: Annotated[int, typer.Option("--most-requests", help="Requests to the endpoint, at most.")] = 200,
    most_tokens: Annotated[int, typer.Option("--most-tokens", help="Tokens to send and receive, at most.")] = 1_000_000,
    as_json: Json = False,
) -> None:
    """Read documents; suggest actors, events, mechanisms, duplicates and points of plans, each with its span."""
    with progress_bar(not as_json) as progress:
        from ripeness.sources.reading import read_sources

        suggest: Any = None
        if endpoint is not None or model is not None:
            from ripeness.sources.model.suggest import suggester

            suggest = suggester(endpoint, model, key_variable, timeout, most_requests, most_tokens)
        done = read_sources(documents, out, lexicon=lexicon, encoding=encoding, suggest=suggest, progress=progress)
    notes = [*done.notes, *(suggest.notes() if suggest is not None else ())]
    if as_json:
        print_json({**done.as_dict(), "notes": notes})
        return
    to = console()
    to.print(done.sentence(), markup=False, soft_wrap=True)
    for note in notes:
        to.print(f"Note: {note}", markup=False, soft_wrap=True)
    to.print(f"Look at them with `ripeness review {out}`.", markup=False, soft_wrap=True)


def review(
    project: ProjectFile,
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="ID", help="Accept; may be repeated.")] = None,
    reject: Annotated[list[str] | None, typer.Option("--reject", metavar="ID", help="Reject; may be repeated.")] = None,
    edit: Annotated[str | None, typer.Option("--edit", metavar="ID", help="Change with --set, and accept.")] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="New value for --edit.")
    ] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Accept all that the filters leave.")] = False,
    reject_all: Annotated[bool, typer.Option("--reject-all", help="Reject all that the filters leave.")] = False,
    reset_all: Annotated[
        bool, typer.Option("--reset-all", help="Make all that the filters leave suggestions again.")
    ] = False,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Filter: kind of finding; may be repeated.")] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Filter: suggested, accepted or rejected.")
    ] = None,
    of: Annotated[
        list[str] | None, typer.Option("--of", metavar="ID", help="Filter: document; may be repeated.")
    ] = None,
    sentence: Annotated[list[int] | None, typer.Option("--sentence", help="Filter: number of a sentence.")] = None,
    about: Annotated[
        str, typer.Option("--about", metavar="TEXT", help="Filter: a word in what the finding says.")
    ] = "",
    most: Annotated[int, typer.Option("--most", help="List at most so many.")] = LISTED,
    note: Annotated[str, typer.Option("--note", help="Why, for the history.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides, for the history.")] = "",
    history: Annotated[bool, typer.Option("--history", help="Every decision so far.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write findings: .csv, .json or .qdpx (REFI-QDA).")
    ] = None,
    grow: Annotated[
        Path | None, typer.Option("--grow", metavar="FILE", help="Add decided cues to a lexicon file.")
    ] = None,
    document: Documents = None,
    as_json: Json = False,
) -> None:
    """List findings with their sentences; accept, edit or reject them; export them."""
    from ripeness.sources.errors import SourceError
    from ripeness.sources.project import Filter, open_project
    from ripeness.sources.review import check_filter, decide, grow_lexicon
    from ripeness.sources.review import edit as change

    chosen = Filter(
        kinds=tuple(kind or ()), statuses=tuple(status or ()), documents=tuple(of or ()),
        sentences=tuple(sentence or ()), about=about,
    )  # fmt: skip
    if accept_all + reject_all + reset_all > 1:
        raise SourceError("--accept-all, --reject-all and --reset-all exclude one another; give one.")
    if sets and not edit:
        raise SourceError("--set needs --edit ID.")
    done: list[str] = []
    with open_project(project, dict(_pair(said, "--document") for said in document or ())) as opened:
        check_filter(chosen, opened)
        check_filter(Filter(ids=(*(accept or ()), *(reject or ()))), opened)
        said: dict[str, Any] = {"note": note, "by": by, "clock": _now}
        if edit:
            after = change(opened, edit, dict(_pair(each, "--set") for each in sets or ()), **said)
            done.append(f"edited {after.id}: {after.summary()}")
        for action, ids in (("accept", accept), ("reject", reject)):
            if ids:
                n = decide(opened, action, Filter(ids=tuple(ids)), **said)  # type: ignore[arg-type]
                done.append(f"{action}ed {n}")
        for action, wanted in (("accept", accept_all), ("reject", reject_all), ("reset", reset_all)):
            if wanted:
                narrowed = chosen if chosen.statuses or action == "reset" else chosen._replace(statuses=("suggested",))
                n = decide(opened, action, narrowed, **said)  # type: ignore[arg-type]
                done.append(f"{action}ed {n}" if action != "reset" else f"reset {n}")
        if grow is not None:
            done.append(f"{grow}: {grow_lexicon(opened, grow)} patterns added")
        if export is not None:
            from ripeness.sources.exports import export_findings

            done.append(f"wrote {export}: {export_findings(opened, export, chosen)} findings")
        if as_json:
            print_json(_as_data(opened, chosen, history, done))
        elif history:
            _print_history(opened)
        elif done:
            for line in done:
                print(line)
        else:
            _print_findings(opened, chosen, most)


def draft(
    project: ProjectFile,
    out: Annotated[Path | None, typer.Option("--out", help="Scenario file to write. [default: NAME.yaml]")] = None,
    attacker: Annotated[
        str | None, typer.Option("--attacker", help="Who attacks. [default: by accepted events]")
    ] = None,
    defender: Annotated[
        str | None, typer.Option("--defender", help="Who defends. [default: by accepted events]")
    ] = None,
    patron: Annotated[
        str | None,
        typer.Option("--patron", help="Who mediates and supports; `none` for none. [default: by accepted events]"),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Write the plans among the documents for `ripeness deal`."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="YYYY-MM", help="First month. [default: by events]")
    ] = None,
    document: Documents = None,
    as_json: Json = False,
) -> None:
    """Turn accepted findings into a commented scenario that cites them, and plans into a plan file."""
    from ripeness.sources.drafting import write_drafts

    where = dict(_pair(said, "--document") for said in document or ())
    written = write_drafts(project, out, attacker, defender, patron, plan, where, start)
    if as_json:
        print_json(written.as_dict())
        return
    for line in written.sentences():
        print(line)


def _print_findings(project: Any, chosen: Any, most: int) -> None:
    from rich.text import Text

    from ripeness.sources.review import shown

    to = console()
    total = project.count(chosen)
    last: tuple[str, int | None] | None = None
    for finding in project.findings(chosen, most):
        view = shown(project, finding)
        place = (finding.document, finding.sentence)
        if place != last:
            to.print()
            where = finding.document if finding.sentence is None else f"{finding.document}, sentence {finding.sentence}"
            said = view.sentence or "(document not at hand; say where it is with --document ID=PATH)"
            to.print(Text.assemble((f"{where}  ", "bold"), said))
        last = place
        mark = {"suggested": "?", "accepted": "+", "rejected": "-"}[finding.status]
        more = "" if finding.verified is not False else "  UNVERIFIED QUOTE: " + finding.quote
        marked = f"  “{view.marked}”" if view.marked and view.marked != view.sentence else ""
        origin = "" if finding.origin == "rules" else f"  [{finding.origin}]"
        to.print(Text(f"  {mark} {finding.id}  {finding.summary()}{marked}{origin}{more}"))
    to.print()
    counts = "; ".join(
        f"{kind}: {', '.join(f'{n} {status}' for status, n in by.items())}" for kind, by in project.counts().items()
    )
    to.print(Text(f"{min(most, total)} of {total} findings. All: {counts or 'none'}."))


def _print_history(project: Any) -> None:
    for step in project.history():
        by = f" by {step.by}" if step.by else ""
        note = f": {step.note}" if step.note else ""
        print(f"{step.step}. {step.at} {step.action} {step.finding}{by}{note}")


def _as_data(project: Any, chosen: Any, history: bool, done: list[str]) -> dict[str, Any]:
    from ripeness.sources.review import shown

    if history:
        return {"history": [step._asdict() for step in project.history()], "done": done}
    found = []
    for finding in project.findings(chosen):
        view = shown(project, finding)
        found.append({**finding.model_dump(mode="json"), "sentence_text": view.sentence, "marked": view.marked})
    return {"findings": found, "counts": project.counts(), "done": done}


def _pair(said: str, option: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not (equals and name):
        raise typer.BadParameter(f"{said!r} is not of the form NAME=VALUE", param_hint=option)
    return name, value


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

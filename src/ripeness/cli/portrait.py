"""How `ripeness show` prints a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ripeness.runs.memory import in_words
from ripeness.runs.portrait import Portrait
from ripeness.scenario.ledger import AssumptionRow


def print_portrait(to: Console, picture: Portrait) -> None:
    """Everything that `show` says, from the broad to the fine."""
    said, sizes = picture.scenario, picture.sizes
    to.print(Text(said.title, style="bold"))
    for line in (said.summary, said.disputed):
        if line.strip():
            to.print(Text(" ".join(line.split())))
    to.print(
        Text(
            f"{_count(sizes['periods'], said.period)} from {picture.epochs[0]['starts']}"
            f"{', ' + _count(sizes['lookahead'], 'period') + ' beyond' if sizes['lookahead'] else ''} · "
            f"{_count(sizes['states'], 'state')} · "
            f"{_count(sizes['beliefs'], 'public belief') + ' · ' if sizes['beliefs'] > 1 else ''}"
            f"{_count(sizes['packages'], 'package')} · "
            f"{_count(sizes['postures'], 'posture')} · {_count(sizes['effort_pairs'], 'effort pair')} · "
            f"{in_words(sizes['memory_bytes'])} of memory to run"
        )
    )
    _table(to, "Actors", ("role", "name", "leader", ">discount a year"), [
        (a["role"], a["name"], a["leader"] or "–", f"{a['discount_yearly']:.4g}") for a in picture.actors
    ])  # fmt: skip
    _table(
        to,
        "Mechanisms, in nature's order",
        ("name", "what it is"),
        [(m["name"], m["what"]) for m in picture.mechanisms],
    )
    _table(to, "Axes of the state", ("axis", ">points", ">from", ">to", ">start", "unit or labels", "by"), [
        (
            x["name"], str(x["points"]), f"{x['low']:.4g}", f"{x['high']:.4g}", f"{x['start']:.4g}",
            ", ".join(x["labels"]) or x["unit"], x["mechanism"],
        )
        for x in picture.axes
    ])  # fmt: skip
    _table(to, "Epochs", (">first period", "starts", ">periods"), [
        (str(e["first_period"]), e["starts"], str(e["periods"])) for e in picture.epochs
    ])  # fmt: skip
    _table(to, "Packages", ("name", ">A's share at the start", "follows the line", ">guarantees", "extra"), [
        (
            p["name"], f"{p['terms_at_start']:.4g}", "yes" if p["follows_the_line"] else "no", f"{p['guarantees']:.4g}",
            ", ".join(f"{role} {value:+.4g}" for role, value in p["extra"].items()),
        )
        for p in picture.packages
    ])  # fmt: skip
    choices = [f"Postures: {', '.join(picture.postures)}."]
    choices += [
        f"Efforts of the {side}: {', '.join(f'{x:g}' for x in levels)}." for side, levels in picture.efforts.items()
    ]
    to.print()
    for line in choices:
        to.print(Text(line))
    _print_assumptions(to, picture.assumptions)
    _table(to, "Documents", ("id", "title", "published"), [(d.id, d.title, d.published or "–") for d in said.documents])
    for warning in picture.warnings:
        to.print()
        to.print(Text.assemble(("Note: ", "bold yellow"), warning))


def _print_assumptions(to: Console, rows: Sequence[AssumptionRow]) -> None:
    """One table for each section, so that paths stay short."""
    for section, members in groupby(rows, lambda row: _section(row.path)):
        cells = [
            (
                row.path.removeprefix(section).lstrip("."), _value(row.value),
                "" if row.range is None else f"{row.range[0]:.4g} to {row.range[1]:.4g}",
                row.unit, "" if row.given else "default", " ".join(map(_citation, row.citations)), row.note or "",
            )
            for row in members
        ]  # fmt: skip
        _table(to, f"Assumptions: {section}", ("path", ">value", "range", "unit", "", "cites", "note"), cells)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _section(path: str) -> str:
    parts = path.split(".")
    return ".".join(parts[:2]) if parts[0] in ("actors", "mechanisms", "choices") and len(parts) > 2 else parts[0]


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _citation(cite: Any) -> str:
    return cite.document if cite.sentence is None else f"{cite.document}:{cite.sentence}"


def _table(to: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table; a column whose name begins with ">" is right-aligned, and empty columns are left out."""
    if not rows:
        return
    kept = [k for k in range(len(header)) if any(row[k] for row in rows)]
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for k in kept:
        right = header[k].startswith(">")
        table.add_column(header[k].removeprefix(">"), justify="right" if right else "left", overflow="fold", style=None)
    for row in rows:
        table.add_row(*(Text(row[k]) for k in kept))
    to.print()
    to.print(table)

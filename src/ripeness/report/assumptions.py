"""The assumptions of a scenario as a reader sees them: grouped, with value, range, unit and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ripeness.game import Game
from ripeness.questions.words import sentence
from ripeness.scenario.ledger import AssumptionRow, assumptions
from ripeness.scenario.quantity import Citation, Prior
from ripeness.scenario.schema import Scenario

HASH_SHOWN = 10
"""Digits of a sentence's hash that are printed."""

TITLES = {
    "time": ("Time", "When the game starts, how long a period is, and where it ends."),
    "actors": ("Actors", "Who decides, how patient each is, and how hard each can fight."),
    "agenda": ("Agenda", "The packages that are bargained over."),
    "plan": ("Plan", "What is settled point by point, and what each option is worth to each party."),
    "choices": ("Choices", "How sharply decisions follow what they are worth."),
    "frozen": ("Frozen conflict", "What a conflict is worth that is still open at the end."),
}


Quotes = Mapping[tuple[str, int], tuple[str, str, str]]
"""Cited sentences by document and number: what stands before, the sentence, what stands after."""


class Line(NamedTuple):
    """One assumption, ready to print."""

    path: str
    meaning: str
    value: str
    unit: str
    range: str
    note: str
    citations: tuple[str, ...]
    given: bool
    quotes: tuple[tuple[str, str, str] | None, ...] = ()


class Group(NamedTuple):
    """Assumptions that belong together."""

    title: str
    about: str
    rows: tuple[Line, ...]


def assumption_groups(scenario: Scenario, game: Game, quotes: Quotes | None = None) -> list[Group]:
    """All assumptions: time and actors, the mechanisms in nature's order, then agenda, choices and the horizon."""
    titles = {d.id: d.title for d in scenario.documents}
    by_group: dict[str, list[Line]] = {}
    for row in assumptions(scenario):
        by_group.setdefault(_group_of(row.path), []).append(_line(row, titles, quotes or {}))
    ordered = [
        "time",
        "actors",
        *(f"mechanisms.{name}" for name, _ in game.mechanisms),
        "plan",
        "agenda",
        "choices",
        "frozen",
    ]
    about = {f"mechanisms.{name}": _first_line(type(mechanism).__doc__) for name, mechanism in game.mechanisms}
    return [
        Group(*(TITLES.get(key) or (_mechanism_title(key), about.get(key, ""))), tuple(by_group[key]))
        for key in [*ordered, *(k for k in by_group if k not in ordered)]
        if key in by_group
    ]


def document_list(scenario: Scenario) -> list[str]:
    """The documents that are cited, one line each."""
    lines = []
    for d in scenario.documents:
        parts = [f"{d.id}: {d.title}", d.source, d.published]
        if d.sha256:
            parts.append(f"SHA-256 {d.sha256[:HASH_SHOWN]}…")
        lines.append(", ".join(p for p in parts if p))
    return lines


def _group_of(path: str) -> str:
    parts = path.split(".")
    if parts[0] == "mechanisms":
        return ".".join(parts[:2])
    return parts[0] if parts[0] in TITLES else "time"


def _mechanism_title(key: str) -> str:
    return sentence(key.removeprefix("mechanisms.").replace("_", " "))


def _first_line(doc: str | None) -> str:
    """What a mechanism says of itself, first sentence."""
    return (doc or "").strip().split("\n\n")[0].replace("\n", " ").strip()


def _line(row: AssumptionRow, titles: dict[str, str], quotes: Quotes) -> Line:
    return Line(
        path=row.path,
        meaning=row.meaning.rstrip(".") or row.path.rsplit(".", 1)[-1],
        value=_value(row.value),
        unit=row.unit,
        range=_range(row.range, row.prior),
        note=row.note or "",
        citations=_citations(row.citations, titles),
        given=row.given,
        quotes=tuple(None if c.sentence is None else quotes.get((c.document, c.sentence)) for c in row.citations),
    )


def _value(value: float | int | bool | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.6g}"


def _range(span: tuple[float, float] | None, prior: Prior | None) -> str:
    if prior is not None:
        return f"{prior.kind}({', '.join(f'{p:.6g}' for p in prior.parameters)})"
    if span is None:
        return ""
    return f"{span[0]:.6g} to {span[1]:.6g}" if span[0] != span[1] else "fixed"


def _citations(cites: Sequence[Citation], titles: dict[str, str]) -> tuple[str, ...]:
    said = []
    for c in cites:
        place = f"{c.document}, sentence {c.sentence}" if c.sentence is not None else titles.get(c.document, c.document)
        said.append(place + (f" ({c.sha256[:HASH_SHOWN]}…)" if c.sha256 else ""))
    return tuple(said)

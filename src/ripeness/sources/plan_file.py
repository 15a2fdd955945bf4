"""Plan files for the deal desk: drafts among the documents as points with options, every worth waiting for a number.

With one draft, options are those that it names. With several, each point is settled as one of the drafts says: versions
that differ in substance are options; versions that differ in words only are one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence

from ripeness.sources.errors import SourceError
from ripeness.sources.findings import ActorValues
from ripeness.sources.plans import Point, align, find_points, substance, whole_text
from ripeness.sources.project import Filter, Project

MOST_POINTS, MOST_PARTIES = 100, 12


def draft_plan(project: Project) -> tuple[str, list[str]]:
    """A plan file in the format of docs/deals.md, with notes.

    Raises:
        SourceError: no document is a plan, or nobody is named that could sign.
    """
    drafts: dict[str, list[Point]] = {}
    hashes: dict[tuple[str, int], str] = {}
    for row in project.documents():
        again = project.text(row.id)
        if again is None:
            continue
        points = find_points(again[1])
        if points:
            drafts[row.id] = points
            hashes.update({(s.document, s.number): s.sha256 for s in again[1]})
    if not drafts:
        raise SourceError(
            f"{project.path}: no document at hand is a plan (three numbered points or more); say where documents "
            "lie with --document ID=PATH."
        )
    parties = _parties(project, drafts)
    names = list(drafts)
    rows = _rows(drafts, names)
    notes = [f"{len(rows)} points from {' and '.join(names)}; parties: {', '.join(parties.values())}."]
    if len(rows) > MOST_POINTS:
        notes.append(f"only the first {MOST_POINTS} of {len(rows)} points are written: a plan may have no more.")
        rows = rows[:MOST_POINTS]
    return _text(project, names, rows, parties, hashes), notes


class _Row:
    """A point of the plan: its options by name, and which of them each draft takes."""

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.options: dict[str, tuple[str, str, Point | None]] = {}
        self.choice: dict[str, str] = {}


def _rows(drafts: dict[str, list[Point]], names: Sequence[str]) -> list[_Row]:
    first = drafts[names[0]]
    rows: list[_Row] = []
    by_label: dict[str, _Row] = {}
    for point in (p for p in first if p.level == "point"):
        row = _Row(f"p{len(rows) + 1}", point.title or f"point {point.label}")
        rows.append(row)
        by_label[point.label] = row
        options = [p for p in first if p.parent == point.label and p.level == "option"]
        for option in options:
            row.options[_slug(option.label.rpartition("/")[2])] = (option.title, names[0], option)
        if not options:
            row.options[_slug(names[0])] = (point.title, names[0], point)
        row.choice[names[0]] = next(iter(row.options))
    for name in names[1:]:
        _merge(rows, by_label, names[0], first, name, drafts[name])
    return rows


def _merge(
    rows: list[_Row], by_label: dict[str, _Row], base: str, first: list[Point], name: str, points: list[Point]
) -> None:
    for change in align(first, points):
        if change.one is None:
            assert change.other is not None
            row = _Row(f"p{len(rows) + 1}", change.other.title)
            row.options["absent"] = ("not in this draft", base, None)
            row.options[_slug(name)] = (change.other.title, name, change.other)
            row.choice = dict.fromkeys((r for r in rows[0].choice), "absent") | {name: _slug(name)}
            rows.append(row)
            continue
        row = by_label[change.one.label]
        if change.other is None:
            row.options.setdefault("absent", ("not in this draft", name, None))
            row.choice[name] = "absent"
        elif change.kind == "changed":
            said = whole_text(points, change.other.label)
            same = next(
                (
                    key
                    for key, (_, of, p) in row.options.items()
                    if p is not None and of != base and substance(p.text) == substance(said)
                ),
                None,
            )
            option = same or _slug(name)
            why = "; ".join(change.substance)
            row.options.setdefault(option, (f"{change.other.title} [{why}]"[:500], name, change.other))
            row.choice[name] = option
        else:
            row.choice[name] = row.choice[base]
    for row in rows:
        row.choice.setdefault(name, "absent")
        if row.choice[name] == "absent":
            row.options.setdefault("absent", ("not in this draft", name, None))


def _parties(project: Project, drafts: dict[str, list[Point]]) -> dict[str, str]:
    """States and organisations that the plans name most, or else parties named by a letter; two to twelve."""
    counts: Counter[str] = Counter()
    for finding in project.findings(Filter(kinds=("actor",), documents=tuple(drafts))):
        v = finding.values
        if isinstance(v, ActorValues) and v.type != "person" and finding.status != "rejected":
            counts[v.name] += v.mentions
    for points in drafts.values():
        for point in points:
            counts.update(p for p in substance(point.text).parties if p.startswith("Party "))
    names = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:MOST_PARTIES]
    if len(names) < 2:
        raise SourceError("the plans name fewer than two states or organisations; accept or edit actors first.")
    found: dict[str, str] = {}
    for name in names:
        key = _slug(name)
        found[key if key not in found else f"{key}-{len(found) + 1}"] = name
    return found


def _text(
    project: Project,
    names: Sequence[str],
    rows: Sequence[_Row],
    parties: dict[str, str],
    hashes: dict[tuple[str, int], str],
) -> str:
    lines = [
        f"# A draft made by `ripeness draft --plan` from {project.path.name}. Every worth and reservation is 0: "
        "put yours.",
        "# `ripeness deal FILE` then says who could sign which draft.",
        "plan: 1",
        f"name: {_slug(project.path.stem)}",
        f"title: {_quoted('A plan from ' + ' and '.join(names))}",
        "documents:",
        *(f"  - {{id: {name}, title: {_quoted(name)}}}" for name in names),
        "parties:",
        *(f"  {key}: {{name: {_quoted(name)}, reservation: 0.0}}" for key, name in parties.items()),
        "points:",
    ]
    for row in rows:
        lines += [f"  {row.name}:", f"    title: {_quoted(row.title)}", "    options:"]
        for option, (title, document, point) in row.options.items():
            worth = ", ".join(f"{party}: 0.0" for party in parties)
            if point is not None:
                number = point.sentences[0]
                cites = f"{{document: {document}, sentence: {number}, sha256: {hashes[document, number]}}}"
                first = next(iter(parties))
                worth = worth.replace(
                    f"{first}: 0.0", f'{first}: {{value: 0.0, cites: {cites}, note: "put a number here"}}', 1
                )
            lines += [f"      {option}:", f"        title: {_quoted(title)}", f"        worth: {{{worth}}}"]
    lines.append("drafts:")
    lines += [f"  {_slug(name)}: {{{', '.join(f'{row.name}: {row.choice[name]}' for row in rows)}}}" for name in names]
    return "\n".join(lines) + "\n"


def _slug(said: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")[:60].strip("-")
    return name or "x"


def _quoted(said: str) -> str:
    return json.dumps("".join(c if c.isprintable() else " " for c in said)[:500] or "–", ensure_ascii=False)

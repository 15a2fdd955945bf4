"""Review: accept, edit or reject findings, one by one or all that fit a filter; every decision is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, NamedTuple

from ripeness.sources.errors import SourceError
from ripeness.sources.findings import KINDS, STATUSES, AnyValues, Finding, MechanismValues, changed
from ripeness.sources.project import Filter, Project

Action = Literal["accept", "reject", "reset"]
_STATUS = {"accept": "accepted", "reject": "rejected", "reset": "suggested"}


class Shown(NamedTuple):
    """A finding with its sentence, where the document is at hand.

    Attributes:
        sentence: its text; empty where the document is not there.
        before, marked, after: the sentence cut at the span.
    """

    finding: Finding
    sentence: str
    before: str
    marked: str
    after: str


def check_filter(chosen: Filter, project: Project) -> None:
    """Refuse words that no finding can have.

    Raises:
        SourceError: with every unknown kind, status, document and identifier.
    """
    documents = [row.id for row in project.documents()]
    faults = []
    for given, allowed, what in (
        (chosen.kinds, KINDS, "kind"),
        (chosen.statuses, STATUSES, "status"),
        (chosen.documents, documents, "document"),
    ):
        faults += [f"unknown {what} {word!r}; allowed: {', '.join(allowed)}." for word in given if word not in allowed]
    if chosen.ids:
        there = {finding.id for finding in project.findings(Filter(ids=chosen.ids))}
        faults += [
            f"no finding {name!r}; `ripeness review {project.path}` lists them."
            for name in chosen.ids
            if name not in there
        ]
    if faults:
        raise SourceError(faults)


def shown(project: Project, finding: Finding) -> Shown:
    """A finding with its sentence."""
    again = project.text(finding.document)
    if again is None or finding.sentence is None or not 1 <= finding.sentence <= len(again[1]):
        return Shown(finding, "", "", "", "")
    document, sentences = again
    sentence = sentences[finding.sentence - 1]
    if finding.end <= finding.start or finding.start < sentence.start or finding.end > sentence.end:
        return Shown(finding, sentence.text, sentence.text, "", "")
    parts = (
        document.original(sentence.start, finding.start),
        document.original(finding.start, finding.end),
        document.original(finding.end, sentence.end),
    )
    return Shown(finding, sentence.text, *(" ".join(part.split()) for part in parts))


def decide(
    project: Project,
    action: Action,
    chosen: Filter,
    *,
    note: str = "",
    by: str = "",
    clock: Callable[[], str] = lambda: "",
) -> int:
    """Accept, reject or reset all findings that fit; returns how many changed.

    Args:
        clock: says when, for the history.
    """
    check_filter(chosen, project)
    status = _STATUS[action]
    findings = [finding for finding in project.findings(chosen) if finding.status != status]
    with _whole(project):
        for finding in findings:
            project.decide(finding, action, finding.model_copy(update={"status": status}), note, by, clock())
    return len(findings)


def edit(
    project: Project,
    name: str,
    changes: Mapping[str, str],
    *,
    note: str = "",
    by: str = "",
    clock: Callable[[], str] = lambda: "",
) -> Finding:
    """Change fields of a finding, and accept it: what an analyst has written is the analyst's.

    Raises:
        SourceError: with every fault of the changes.
    """
    check_filter(Filter(ids=(name,)), project)
    finding = next(iter(project.findings(Filter(ids=(name,)))))
    values: AnyValues = changed(finding.values, dict(changes), name)
    after = finding.model_copy(update={"status": "accepted", "values": values})
    with _whole(project):
        project.decide(finding, "edit", after, note, by, clock())
    return after


class _whole:
    """Decisions that are written all together or not at all."""

    def __init__(self, project: Project) -> None:
        self.db = project.db

    def __enter__(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.execute("COMMIT" if kind is None else "ROLLBACK")


def grow_lexicon(project: Project, path: str | PathLike[str]) -> int:
    """Write what was decided about mechanisms into a lexicon file; returns how many patterns it gained.

    An accepted or edited mechanism whose words the lexicon did not know (a model's, or one that was edited to another
    mechanism) adds them as a pattern. The file is read by `ripeness read --lexicon`.
    """
    from ripeness.sources.lexicon import read_changes

    file = Path(fspath(path))
    known = read_changes(file) if file.exists() else {}
    touched = {step.finding for step in project.history() if step.action == "edit"}
    gained = 0
    for finding in project.findings(Filter(kinds=("mechanism",), statuses=("accepted",))):
        values = finding.values
        if not isinstance(values, MechanismValues) or (finding.origin == "rules" and finding.id not in touched):
            continue
        words = _pattern(shown(project, finding).marked)
        entries = known.setdefault("mechanism", {}).setdefault(values.mechanism, {}).setdefault("add", [])
        if words and all(entry["pattern"] != words for entry in entries):
            entries.append(
                {"pattern": words, "direction": values.direction, "side": "nearest", "strength": values.strength}
            )
            gained += 1
    if gained:
        _write_lexicon(file, known)
    return gained


def _pattern(said: str) -> str:
    from ripeness.sources.words import tokens

    words = [token.lower for token in tokens(said) if token.text[0].isalnum() and not token.is_capital]
    return " .. ".join([" ".join(words)]) if 1 <= len(words) <= 6 else ""


def _write_lexicon(file: Path, known: Mapping[str, Mapping[str, Mapping[str, Sequence[object]]]]) -> None:
    import os

    lines = ["# Changes to the lexicon of `ripeness read`, grown from decisions. Patterns: docs/sources.md"]
    for kind in sorted(known):
        for name in sorted(known[kind]):
            lines += ["", f"[{kind}.{name}]"]
            for part in ("add", "remove"):
                entries = known[kind][name].get(part, ())
                if not entries:
                    continue
                lines.append(f"{part} = [")
                for entry in entries:
                    lines.append(f"  {_toml(entry)},")
                lines.append("]")
    part_file = file.with_name(f".{file.name}.{os.getpid()}.part")
    part_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(part_file, file)


def _toml(entry: object) -> str:
    """A pattern, or an inline table of texts and truth values; TOML writes both as JSON does."""
    import json

    if isinstance(entry, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()) + "}"
    return json.dumps(entry, ensure_ascii=False)

"""Two runs side by side: which assumptions and options differ, and which results moved."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ripeness.runs.errors import RunError
from ripeness.runs.explanation import explained
from ripeness.runs.inputs import leaves

ROUNDING = 5e-7
"""Differences of results below this come from rounding in float32 and are not called moves."""

IGNORED = ("name", "title", "summary", "disputed", "notes", "documents")
"""Parts of a scenario that no result depends on."""


@dataclass(frozen=True)
class Change:
    """One thing that differs between two runs.

    Attributes:
        key: path in the scenario, name of the option, or key of the result.
        label: for people.
        before, after: None where a run has no such thing.
        difference: after minus before; days for dates; None where one has no number.
        unit: of a result; empty otherwise.
    """

    key: str
    label: str
    before: Any
    after: Any
    difference: float | None
    unit: str = ""


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs.

    Attributes:
        names: the two run folders.
        assumptions: changed parts of the scenario.
        options: changed options, version and the like.
        results: changed results, the largest moves of probabilities and shares first.
        unchanged: how many results are the same in both.
        explained: what private information changes, in sentences, where only one of the runs has it.
    """

    names: tuple[str, str]
    assumptions: tuple[Change, ...]
    options: tuple[Change, ...]
    results: tuple[Change, ...]
    unchanged: int
    explained: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """What moved and why, in one line."""
        moved = f"{_count(len(self.results), 'result')} moved, {self.unchanged} stayed"
        why = [_count(len(self.assumptions), "assumption")] if self.assumptions else []
        why += [_count(len(self.options), "option")] if self.options else []
        if not why:
            return f"The same inputs; {moved}."
        verb = "differs" if len(self.assumptions) + len(self.options) == 1 else "differ"
        return f"{' and '.join(why)} {verb}; {moved}."

    def _repr_html_(self) -> str:
        def rows(changes: tuple[Change, ...]) -> str:
            cells = "".join(
                f"<tr><td>{html.escape(c.label)}</td><td>{html.escape(shown(c.before, c.unit))}</td>"
                f"<td>{html.escape(shown(c.after, c.unit))}</td><td>{html.escape(difference(c))}</td></tr>"
                for c in changes
            )
            head = "".join(f"<th>{html.escape(name)}</th>" for name in ("", *self.names, "change"))
            return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"

        parts = [f"<p>{html.escape(line)}</p>" for line in (self.sentence(), *self.explained)]
        for changes in (self.assumptions, self.options, self.results):
            parts += [rows(changes)] if changes else []
        return "".join(parts)


def compare(before: str | Path, after: str | Path) -> Comparison:
    """What moved between two run folders, and why.

    Raises:
        RunError: a folder that is no complete run.
    """
    first, second = _read(before), _read(after)
    assumptions = _changes(
        dict(_assumptions(first.inputs["scenario"])), dict(_assumptions(second.inputs["scenario"])), {}, {}
    )
    options = _changes(_options(first.inputs), _options(second.inputs), {}, {})
    earlier, later = ({r["key"]: r for r in each.results} for each in (first, second))
    labels = {key: str(r["label"]) for key, r in (earlier | later).items()}
    units = {key: str(r["unit"]) for key, r in (earlier | later).items()}
    results = _changes(
        {key: r["value"] for key, r in earlier.items()}, {key: r["value"] for key, r in later.items()}, labels, units
    )
    moved = sorted(results, key=lambda c: -abs(c.difference or 0.0) if c.unit in ("1", "share") else 1.0)
    same = len(earlier.keys() & later.keys()) - sum(c.key in earlier and c.key in later for c in results)
    values = [{key: r["value"] for key, r in each.items()} for each in (earlier, later)]
    scenarios = first.inputs["scenario"], second.inputs["scenario"]
    said = explained(scenarios[0], scenarios[1], values[0], values[1], {change.key for change in assumptions})
    return Comparison((str(before), str(after)), assumptions, options, tuple(moved), same, said)


def shown(value: Any, unit: str = "") -> str:
    """A value for people."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and unit == "1":
        return f"{100 * value:.1f}%"
    if isinstance(value, int | float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    return str(value)


def difference(change: Change) -> str:
    """A difference for people, with its sign."""
    if change.difference is None:
        return ""
    if change.unit == "date":
        return f"{change.difference:+.0f} days"
    if change.unit == "1":
        return f"{100 * change.difference:+.1f} points"
    return f"{change.difference:+.4g}"


@dataclass(frozen=True)
class _Record:
    """What a comparison reads of a run folder."""

    inputs: Mapping[str, Any]
    results: list[Mapping[str, Any]]


def _read(folder: str | Path) -> _Record:
    path = Path(folder)
    if not path.is_dir():
        raise RunError(f"{folder} is no folder; name a run folder, such as those under runs/.")
    try:
        inputs = json.loads((path / "inputs.json").read_text(encoding="utf-8"))
        summary = json.loads((path / "summary.json").read_text(encoding="utf-8"))
        return _Record({key: inputs[key] for key in ("ripeness", "options", "scenario")}, summary["results"])
    except FileNotFoundError as error:
        raise RunError(f"{folder} is no run folder: it has no {Path(error.filename).name}.") from None
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise RunError(f"{folder} is no run folder that this version can read: {error!r}.") from None


def _assumptions(scenario: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(path, value) for path, value in leaves(scenario) if path.split(".")[0] not in IGNORED]


def _options(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"ripeness": inputs["ripeness"], **inputs["options"]}


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, str], units: Mapping[str, str]
) -> tuple[Change, ...]:
    """What differs, in the order of the first and then of what only the second has."""
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        gap = _gap(old, new)
        if old == new and (key in before) == (key in after):
            continue
        if labels and gap is not None and abs(gap) < ROUNDING:
            continue
        found.append(Change(key, labels.get(key, key), old, new, gap, units.get(key, "")))
    return tuple(found)


def _gap(old: Any, new: Any) -> float | None:
    numbers = [isinstance(each, int | float) and not isinstance(each, bool) for each in (old, new)]
    if all(numbers):
        return float(new) - float(old)
    if isinstance(old, str) and isinstance(new, str) and len(old) == len(new) == 10:
        try:
            return float((np.datetime64(new, "D") - np.datetime64(old, "D")).astype(int))
        except ValueError:
            return None
    return None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

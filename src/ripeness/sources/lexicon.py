"""The lexicons: categories of events, mechanisms, and what an analyst has added to them.

What ships are the files in `data/`. A project may bring a file of its own in the same form, which grows with the
analyst's decisions: `add` puts patterns in, `remove` takes shipped ones out.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ripeness.sources.errors import SourceError
from ripeness.sources.patterns import Matcher, compile_pattern

Direction = Literal["+", "-"]
Strength = Literal["states", "implies"]
SideRule = Literal["before", "after", "nearest", "none"]


class EventCategory(NamedTuple):
    """One of PLOVER's categories: its definition, and whom `of` after one of its nouns names."""

    name: str
    definition: str
    of: Literal["target", "source", "both", "object"]


class Trigger(NamedTuple):
    """What a pattern for an event means: its category, and whether it is a verb."""

    category: str
    verb: bool


class Mechanism(NamedTuple):
    """One mechanism of wartime bargaining: what it is, what its two directions mean, and what to look at."""

    name: str
    title: str
    definition: str
    plus: str
    minus: str
    look_at: tuple[str, ...]


class Cue(NamedTuple):
    """What a pattern for a mechanism proposes."""

    mechanism: str
    direction: Direction
    side: SideRule
    strength: Strength


class Lexicon(NamedTuple):
    """Everything that texts are searched for.

    Attributes:
        events, mechanisms: by name, in the order of the files.
        triggers, cues: matchers of their patterns.
    """

    events: dict[str, EventCategory]
    mechanisms: dict[str, Mechanism]
    triggers: Matcher[Trigger]
    cues: Matcher[Cue]


@cache
def shipped() -> Lexicon:
    """The lexicon that ships with the package."""
    return _built({})


def load_lexicon(path: str | PathLike[str] | None = None) -> Lexicon:
    """The shipped lexicon, with the changes of a file.

    Raises:
        SourceError: with every fault of the file.
    """
    return shipped() if path is None else _built(read_changes(path))


def read_changes(path: str | PathLike[str]) -> dict[str, Any]:
    """Changes to the lexicon: `[mechanism.NAME]` and `[event.NAME]` tables with `add` and `remove`.

    Raises:
        SourceError: the file cannot be read, or with every fault of it.
    """
    file = fspath(path)
    try:
        said = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{file}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: not TOML ({error}).") from None
    faults = list(_faults(said, file))
    if faults:
        raise SourceError(faults)
    return said


def _faults(said: dict[str, Any], file: str) -> list[str]:
    known = {"mechanism": set(_data("mechanisms")), "event": set(_data("events"))}
    faults = []
    for kind, tables in said.items():
        if kind not in known or not isinstance(tables, dict):
            faults.append(f"{file}: found {kind!r}; allowed: tables [mechanism.NAME] and [event.NAME].")
            continue
        for name, table in tables.items():
            if name not in known[kind]:
                faults.append(f"{file}: {kind}.{name}: unknown; allowed: {', '.join(sorted(known[kind]))}.")
                continue
            if not isinstance(table, dict) or not set(table) <= {"add", "remove"}:
                faults.append(f"{file}: {kind}.{name}: allowed are the lists `add` and `remove`.")
                continue
            for entry in table.get("add", ()):
                faults += _entry_faults(f"{file}: {kind}.{name}.add", kind, entry)
            faults += [
                f"{file}: {kind}.{name}.remove: found {p!r}; write patterns."
                for p in table.get("remove", ())
                if not isinstance(p, str)
            ]
    return faults


def _entry_faults(where: str, kind: str, entry: Any) -> list[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("pattern"), str):
        return [f'{where}: found {entry!r}; write {{pattern = "..."}}.']
    faults = []
    try:
        compile_pattern(entry["pattern"])
    except ValueError as error:
        faults.append(f"{where}: {error}.")
    allowed = {
        "direction": ("+", "-"),
        "side": ("before", "after", "nearest", "none"),
        "strength": ("states", "implies"),
    }
    for key, value in entry.items():
        if key == "pattern" or (kind == "event" and key == "verb" and isinstance(value, bool)):
            continue
        if kind == "event" or key not in allowed:
            faults.append(f"{where}: unknown key {key!r}.")
        elif value not in allowed[key]:
            faults.append(f"{where}: {key} is {value!r}; allowed: {', '.join(allowed[key])}.")
    return faults


@cache
def _data(name: str) -> dict[str, Any]:
    text = files("ripeness.sources").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _built(changes: dict[str, Any]) -> Lexicon:
    events, triggers = {}, []
    for name, said in _data("events").items():
        events[name] = EventCategory(name, said["definition"], said["of"])
        change = changes.get("event", {}).get(name, {})
        gone = set(change.get("remove", ()))
        triggers += [(p, Trigger(name, True)) for p in said["verbs"] if p not in gone]
        triggers += [(p, Trigger(name, False)) for p in said["nouns"] if p not in gone]
        triggers += [(e["pattern"], Trigger(name, e.get("verb", True))) for e in change.get("add", ())]
    mechanisms, cues = {}, []
    for name, said in _data("mechanisms").items():
        mechanisms[name] = Mechanism(
            name, said["title"], said["definition"], said["plus"], said["minus"], tuple(said["look_at"])
        )
        change = changes.get("mechanism", {}).get(name, {})
        gone = set(change.get("remove", ()))
        for group in said["cues"]:
            cue = Cue(name, group["direction"], group["side"], group["strength"])
            cues += [(p, cue) for p in group["patterns"] if p not in gone]
        for entry in change.get("add", ()):
            cue = Cue(name, entry.get("direction", "+"), entry.get("side", "nearest"), entry.get("strength", "states"))
            cues.append((entry["pattern"], cue))
    return Lexicon(events, mechanisms, Matcher(triggers), Matcher(cues))

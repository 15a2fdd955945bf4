"""States, their demonyms and capitals, seats of government, and organisations of states.

From the package countryinfo, with its mistakes corrected by `data/gazetteer.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Sense = Literal["state", "demonym", "capital", "seat", "organisation", "region"]


class Entry(NamedTuple):
    """What a name stands for: an actor, and in which sense it does."""

    actor: str
    sense: Sense


class Gazetteer(NamedTuple):
    """Known names.

    Attributes:
        names: entries by the words of a name, in lower case.
        longest: words of the longest name.
        states: names of the states.
    """

    names: dict[tuple[str, ...], Entry]
    longest: int
    states: frozenset[str]


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer; read once."""
    fix = corrections()
    names: dict[tuple[str, ...], Entry] = {}
    states: set[str] = set()
    for state, (capital, demonyms, aliases) in sorted(_states(fix).items()):
        states.add(state)
        for name in (state, *aliases):
            _add(names, name, Entry(state, "state"))
        for name in demonyms:
            _add(names, name, Entry(state, "demonym"))
            if not name.isupper() and not name.endswith((".", "s", "sh", "ch", "ese", "ss")):
                _add(names, f"{name}s", Entry(state, "demonym"))
        if capital:
            _add(names, capital, Entry(state, "capital"))
    for seat, state in fix["seats"].items():
        _add(names, seat, Entry(state, "seat"))
    for organisation, aliases in fix["organisations"].items():
        for name in (organisation, *aliases):
            _add(names, name, Entry(organisation, "organisation"))
    for region, adjectives in fix["regions"].items():
        for name in (region, *adjectives):
            names.setdefault(_key(name), Entry(region, "region"))
    return Gazetteer(names, max(map(len, names)), frozenset(states))


@cache
def corrections() -> dict[str, Any]:
    """The corrections as they are written."""
    text = files("ripeness.sources").joinpath("data", "gazetteer.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _states(fix: dict[str, Any]) -> dict[str, tuple[str, list[str], list[str]]]:
    """Capital, demonyms and further names of every state."""
    from countryinfo import CountryInfo

    dropped, wrong = set(fix["drop"]), set(fix["not_aliases"])
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    for info in CountryInfo("France").all().values():  # all of them, whichever state is asked for
        written = info.get("name")
        if not written or written in dropped:
            continue
        name = fix["rename"].get(written, written)
        capital = fix["capital"].get(name, info.get("capital") or "")
        demonyms = fix["demonyms"].get(name) or [d.strip() for d in (info.get("demonym") or "").split(",") if d.strip()]
        spelt = [
            a for a in info.get("altSpellings", []) if len(a) > 3 and "," not in a and a not in wrong and a.isascii()
        ]
        aliases = [*fix["aliases"].get(name, ()), *(a for a in spelt if a not in dropped)]
        if written != name:
            aliases.append(written)
        found[name] = (capital if isinstance(capital, str) else "", demonyms, aliases)
    for name, said in fix["states"].items():
        found[name] = (said["capital"], said["demonyms"], said["aliases"])
    return found


def _key(name: str) -> tuple[str, ...]:
    return tuple(name.lower().replace("’", "'").split())


def _add(names: dict[tuple[str, ...], Entry], name: str, entry: Entry) -> None:
    """Keep the first meaning, except that a state's own name beats all else."""
    key = _key(name)
    if key and (key not in names or (entry.sense == "state" and names[key].sense != "state")):
        names[key] = entry

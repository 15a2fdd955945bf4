"""From a plan file to a `Plan`, or to all of its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ripeness.deals.plan import MOST_OPTIONS, MOST_PARTIES, MOST_POINTS, Plan
from ripeness.scenario.checks import source_checks
from ripeness.scenario.faults import Fault, ScenarioError, listing, nearest, shown
from ripeness.scenario.fields import place_of
from ripeness.scenario.loading import by_place
from ripeness.scenario.reading import LIMITS, read_value
from ripeness.scenario.translation import Problem, locate, translate

Place = tuple[str | int, ...]


def load_plan(path: str | PathLike[str]) -> Plan:
    """The plan in a file.

    Raises:
        ScenarioError: with every fault of the file.
    """
    name = fspath(path)
    try:
        with Path(name).open("rb") as stream:
            text = stream.read(LIMITS.n_bytes + 1)
    except FileNotFoundError:
        fault = Fault(name, 1, 1, "", "no file of this name", "a plan file", "Check the path.")
        raise ScenarioError([fault]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        fault = Fault(name, 1, 1, "", f"a file that cannot be read ({reason})", "a readable plan file")
        raise ScenarioError([fault]) from None
    return parse_plan(text, name)


def parse_plan(text: bytes | str, file: str = "plan.yaml") -> Plan:
    """The plan that a text describes; `file` is its name in faults.

    Raises:
        ScenarioError: with every fault of the text.
    """
    reading = read_value(text, file)
    root = reading.root
    if root is None:
        raise ScenarioError(reading.faults)
    if not isinstance(root.value, dict):
        found = "no content" if root.value is None else shown(root.plain())
        allowed = "a mapping with the keys of a plan, such as `plan: 1`"
        fault = Fault(file, root.line, root.column, "", found, allowed, "docs/deals.md has a plan to start from.")
        raise ScenarioError([*reading.faults, fault])
    data, top = root.plain(), place_of(Plan)
    plan, problems = None, []
    try:
        # strict, by way of JSON: a quoted number stays a text, yet lists may stand for tuples
        plan = Plan.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems = translate(error, data, top)
    refused = {problem.path for problem in problems}
    problems += [each for each in (*_checks(data), *source_checks(data, top)) if each.path not in refused]
    faults = [*reading.faults, *(locate(problem, root, file) for problem in problems)]
    if faults or plan is None:
        raise ScenarioError(by_place(faults))
    return plan


# What no single field can know. Every check reads plain data, and stays silent about what the models refuse anyway.


def _checks(data: Any) -> Iterator[Problem]:
    parties = list(_mapping(data, "parties"))
    points = {
        name: list(_mapping(point, "options"))
        for name, point in _mapping(data, "points").items()
        if isinstance(point, dict)
    }
    yield from _size(data.get("parties"), ("parties",), "parties", 2, MOST_PARTIES)
    yield from _size(data.get("points"), ("points",), "points", 1, MOST_POINTS)
    for point in points:
        where: Place = ("points", point, "options")
        yield from _size(data["points"][point].get("options"), where, "options", 1, MOST_OPTIONS)
    yield from _signers(data)
    for point, options in points.items():
        for option in options:
            said = data["points"][point]["options"][option]
            path: Place = ("points", point, "options", option)
            yield from _worths(said, path, parties)
            yield from _red_lines(said, path, parties)
    yield from _conditions(data, points, parties)
    yield from _drafts(data, points)


def _size(said: Any, path: Place, what: str, least: int, most: int) -> Iterator[Problem]:
    """Whether a mapping has as many entries as it may."""
    if isinstance(said, dict) and not least <= len(said) <= most:
        one = {"parties": "party"}.get(what, what.removesuffix("s"))
        found = f"{len(said)} {one if len(said) == 1 else what}"
        yield Problem(path, found, f"{least} to {most} {what}", "", True)


def _signers(data: Any) -> Iterator[Problem]:
    parties = _mapping(data, "parties")
    signers = [name for name, party in parties.items() if _mapping(party).get("consents", True) is not False]
    if len(parties) >= 2 and len(signers) < 2:
        found = f"{len(signers)} of {len(parties)} parties with `consents: true`"
        yield Problem(("parties",), found, "at least two parties that must sign", "Drop a `consents: false`.", True)


def _worths(said: Any, path: Place, parties: list[str]) -> Iterator[Problem]:
    worth = _mapping(said, "worth")
    for party in worth:
        if party not in parties:
            yield _unknown((*path, "worth", party), "party", party, parties, at_key=True)
    missing = _missing(parties, worth)
    if missing:
        found = f"no worth for {_and(missing)}"
        yield Problem((*path, "worth"), found, "one number for every party", "Add it; 0 where nothing changes.", True)


def _red_lines(said: Any, path: Place, parties: list[str]) -> Iterator[Problem]:
    lines = _list(_mapping(said).get("red_line_of"))
    for index, party in enumerate(lines):
        where = (*path, "red_line_of", index)
        if isinstance(party, str) and party not in parties:
            yield _unknown(where, "party", party, parties)
        elif isinstance(party, str) and party in lines[:index]:
            yield Problem(where, f"{party} a second time", "each party once", "Drop one of the two.")


def _conditions(data: Any, points: dict[str, list[str]], parties: list[str]) -> Iterator[Problem]:
    said = _mapping(data, "conditions")
    for index, condition in enumerate(_list(said.get("requires"))):
        if not isinstance(condition, dict):
            continue
        path: Place = ("conditions", "requires", index)
        for part in ("when", "then"):
            yield from _size(condition.get(part), (*path, part), "points", 1, MOST_POINTS)
            yield from _choices(_mapping(condition, part), (*path, part), points)
        for point in _mapping(condition, "then"):
            if point in _mapping(condition, "when"):
                remedy = "Write the options that may stand together into one of the two."
                found = f"the point {point}, which stands under `when` as well"
                yield Problem((*path, "then", point), found, "other points than under `when`", remedy, True)
    for index, condition in enumerate(_list(said.get("excludes"))):
        path = ("conditions", "excludes", index)
        yield from _size(condition, path, "points", 2, MOST_POINTS)
        yield from _choices(_mapping(condition), path, points)
    for index, condition in enumerate(_list(said.get("together"))):
        if not isinstance(condition, dict):
            continue
        path = ("conditions", "together", index)
        yield from _size(condition.get("options"), (*path, "options"), "points", 2, MOST_POINTS)
        yield from _size(condition.get("worth"), (*path, "worth"), "parties", 1, MOST_PARTIES)
        yield from _choices(_mapping(condition, "options"), (*path, "options"), points)
        for party in _mapping(condition, "worth"):
            if party not in parties:
                yield _unknown((*path, "worth", party), "party", party, parties, at_key=True)


def _choices(said: dict[str, Any], path: Place, points: dict[str, list[str]]) -> Iterator[Problem]:
    for point, options in said.items():
        if point not in points:
            yield _unknown((*path, point), "point", point, list(points), at_key=True)
            continue
        several = isinstance(options, list)
        for index, option in enumerate(options if several else [options]):
            where = (*path, point, index) if several else (*path, point)
            if isinstance(option, str) and option not in points[point]:
                yield _unknown(where, f"option of {point}", option, points[point])
            elif several and option in options[:index]:
                yield Problem(where, f"{shown(option)} a second time", "each option once", "Drop one of the two.")


def _drafts(data: Any, points: dict[str, list[str]]) -> Iterator[Problem]:
    for draft, choices in _mapping(data, "drafts").items():
        if not isinstance(choices, dict):
            continue
        yield from _choices({p: o for p, o in choices.items() if isinstance(o, str)}, ("drafts", draft), points)
        missing = _missing(list(points), choices)
        if missing:
            found = f"a draft without a choice for {_and(missing)}"
            yield Problem(("drafts", draft), found, "one option for every point", "Add the missing points.", True)


def _unknown(path: Place, what: str, word: str, known: list[str], *, at_key: bool = False) -> Problem:
    close = nearest(word, known)
    short = word if len(word) <= 40 else f"{word[:37]}..."
    remedy = f"nearest: {close}" if close else ""
    return Problem(path, f'the unknown {what} "{short}"', listing(known) or "none", remedy, at_key)


def _missing(words: list[str], said: dict[str, Any]) -> list[str]:
    """Words that are not said; a misspelt one is one fault, not an unknown word and a missing one."""
    meant = {nearest(word, words) for word in said if word not in words}
    return [word for word in words if word not in said and word not in meant]


def _mapping(data: Any, key: str | None = None) -> dict[str, Any]:
    """A mapping, or what stands under a key of it; empty where there is none."""
    if key is not None:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _and(words: list[str]) -> str:
    more = f" and {len(words) - 6} more" if len(words) > 6 else ""
    return ", ".join(words[:6]) + more

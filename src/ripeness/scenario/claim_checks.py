"""Whether the claims and levers of a scenario fit it: each path, measure, actor, package, date and lever they name.

Like all checks of its kind it reads plain data, and stays silent about what the models refuse anyway.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ripeness.mechanisms.base import ROLES, Mechanism
from ripeness.scenario.change_checks import War, change_checks, settable
from ripeness.scenario.claims import taken_over
from ripeness.scenario.faults import listing, nearest, shown
from ripeness.scenario.fields import Place
from ripeness.scenario.measures import (
    MEASURES,
    PARAMETERS,
    Facts,
    asked_of,
    faults_of,
    faults_of_fields,
    levels_named,
)
from ripeness.scenario.reading import Node
from ripeness.scenario.schema import YEARS_PER_PERIOD, package_name
from ripeness.scenario.translation import Path, Problem

YEARS: Mapping[str, float] = {str(name): years for name, years in YEARS_PER_PERIOD.items()}
SHORTER = "Ask for another date, lengthen the horizon, or leave all claims out: --set claims=[]"


def claim_checks(data: Any, top: Place, registry: Mapping[str, type[Mechanism]]) -> Iterator[Problem]:
    """Every misfit of the claims and levers of a scenario."""
    if not isinstance(data, dict):
        return
    claims, levers = _list(data.get("claims")), _list(data.get("levers"))
    if not claims and not levers:
        return
    war, facts = War(data, top, registry, settable(data, top, registry)), _facts(data, registry)
    yield from _twice(claims, "claims", "claim")
    yield from _twice(levers, "levers", "lever")
    ids = [each["id"] for each in levers if isinstance(each, dict) and isinstance(each.get("id"), str)]
    for index, lever in enumerate(levers):
        if isinstance(lever, dict):
            yield from _lever(lever, ("levers", index), war)
    for index, claim in enumerate(claims):
        if _set_aside(claim, data):
            continue
        for number, test in enumerate(_list(claim.get("tests")) if isinstance(claim, dict) else []):
            if isinstance(test, dict):
                yield from _test(test, ("claims", index, "tests", number), war, facts, ids)


def _set_aside(claim: Any, data: dict[str, Any]) -> bool:
    """Whether the scenario lacks what a claim needs, so that its names mean nothing here."""
    needs = claim.get("needs") if isinstance(claim, dict) else None
    return isinstance(needs, str) and needs.partition(".")[2] not in _mapping(data, "beliefs")


def signed_numbers(root: Node, lines: Sequence[str]) -> Iterator[Problem]:
    """Changes written as ``+0.1`` without quotes, which YAML reads as the number 0.1.

    Args:
        root: the file as read.
        lines: of the file.
    """
    for path, node in _set_nodes(root):
        if node.origin == 0 and isinstance(node.value, int | float) and 0 < node.line <= len(lines):
            written = lines[node.line - 1][node.column - 1 :]
            if written.startswith("+"):
                number = f"{node.value:g}"
                remedy = f'Write "+{number}", in quotes, for {number} more, or {number} for the number itself.'
                allowed = 'a number, or a change in quotes such as "+0.1"'
                yield Problem(path, f"+{number} without quotes", allowed, remedy)


def _set_nodes(root: Node) -> Iterator[tuple[Path, Node]]:
    """Everything that levers and claims set, with its path."""

    def inside(node: Node | None, at: Path) -> Iterator[tuple[Path, Node]]:
        below = node.child("set") if node is not None else None
        for key, entry in below.value.items() if below is not None and isinstance(below.value, dict) else ():
            yield (*at, "set", key), entry.node

    levers, claims = root.child("levers"), root.child("claims")
    for k, lever in enumerate(levers.value if levers is not None and isinstance(levers.value, tuple) else ()):
        yield from inside(lever, ("levers", k))
    for k, claim in enumerate(claims.value if claims is not None and isinstance(claims.value, tuple) else ()):
        tests = claim.child("tests")
        for j, test in enumerate(tests.value if tests is not None and isinstance(tests.value, tuple) else ()):
            at: Path = ("claims", k, "tests", j)
            yield from inside(test, at)
            yield from inside(test.child("than"), (*at, "than"))


def _twice(items: list[Any], section: str, what: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str) and first.setdefault(name, index) != index:
            found = f"{shown(name)}, the id of entry {first[name]} as well"
            yield Problem((section, index, "id"), found, f"its own id for each {what}", "Rename one of them.")


def _lever(lever: dict[str, Any], at: Path, war: War) -> Iterator[Problem]:
    dates = [_when(lever.get(key), (*at, key), war.data) for key in ("from", "until")]
    for each in dates:
        yield from each.problems
    begin, end = (each.months for each in dates)
    if end is not None and end <= (begin or 0.0):
        found = f"an end at {lever['until']}, which is not after its beginning"
        remedy = f"It begins {'with the war' if lever.get('from') is None else 'at ' + str(lever['from'])}."
        yield Problem((*at, "until"), found, "a date after `from`", remedy)
    dated = bool(lever.get("from")) or lever.get("until") is not None
    yield from change_checks(_mapping(lever, "set"), (*at, "set"), war, dated)


class _When(NamedTuple):
    """A date in months from the start, and what is wrong with it."""

    months: float | None
    problems: tuple[Problem, ...] = ()


def _when(said: Any, at: Path, data: Any) -> _When:
    """A date within the calendar of the scenario."""
    horizon, years = data.get("horizon"), YEARS.get(str(data.get("period", "month")))
    months: float | None = None
    if isinstance(said, int) and not isinstance(said, bool):
        months = float(said)
    elif isinstance(said, str) and re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", said):
        day, start = _day(said), _day(data.get("start"))
        if day is None:
            allowed = "a day of the calendar, as YYYY-MM or YYYY-MM-DD"
            return _When(None, (Problem(at, shown(said), allowed, "Check month and day."),))
        if start is None:
            return _When(None)
        months = 12.0 * (day.year - start.year) + day.month - start.month + (day.day - start.day) / 31.0
    if months is None or years is None or not isinstance(horizon, int):
        return _When(months)
    most = 12.0 * years * horizon
    if not 0.0 <= months <= most + 1e-6:
        where = "before the start" if months < 0.0 else "after the end"
        allowed = f"0 to {most:.6g} months from the start, {data.get('start')}"
        return _When(None, (Problem(at, f"{said}, {where} of the scenario", allowed),))
    return _When(months)


def _day(said: Any) -> datetime.date | None:
    if not isinstance(said, str):
        return None
    try:
        parts = [int(part) for part in said.split("-")]
        return datetime.date(*parts, *[1] * (3 - len(parts)))
    except (ValueError, TypeError):
        return None


def _test(test: dict[str, Any], at: Path, war: War, facts: Facts | None, levers: list[str]) -> Iterator[Problem]:
    left = _question(test)
    yield from _asked(left, {}, at, facts)
    yield from _scenario_of(test, at, war, levers)
    than = test.get("than")
    if not isinstance(than, dict):
        return
    right, at = _question(than), (*at, "than")
    whole = taken_over(left, right)
    if "measure" in right or left.get("measure") in MEASURES:
        yield from _asked(whole, right, at, facts)
    yield from _scenario_of(than, at, war, levers)
    changed = [(each.get("set") or {}, each.get("lever")) for each in (test, than)]
    if whole == left and changed[0] == changed[1]:
        remedy = "Give `than` another actor, date or view, a `set`, a `lever`, or a number."
        yield Problem(at, "the same as what it is compared with", "something else", remedy, True)


def _question(said: dict[str, Any]) -> dict[str, Any]:
    return {key: said[key] for key in ("measure", *PARAMETERS) if said.get(key) is not None}


def _asked(asked: dict[str, Any], own: dict[str, Any], at: Path, facts: Facts | None) -> Iterator[Problem]:
    """What is wrong with a question; of a right side only what it says itself, or lacks."""
    wrong = faults_of_fields(asked)
    if not wrong and facts is not None:
        wrong = faults_of(asked_of(asked), facts)
    for each in wrong:
        if own and each.field not in own and asked.get(each.field) is not None:
            continue  # said of the left side already
        missing = asked.get(each.field) is None
        key = missing or each.found.startswith("a parameter that")
        remedy = each.remedy or (SHORTER if each.field in ("at", "within") and not missing else "")
        yield Problem((*at, each.field), each.found, each.allowed, remedy, key)


def _scenario_of(said: dict[str, Any], at: Path, war: War, levers: list[str]) -> Iterator[Problem]:
    """Changes and lever under which a side is taken."""
    yield from change_checks(_mapping(said, "set"), (*at, "set"), war, False)
    lever = said.get("lever")
    if isinstance(lever, str) and lever not in levers:
        close = nearest(lever, levers)
        remedy = f"nearest: {close}" if close else "Add it under `levers`."
        allowed = listing(levers) or "none: there are no levers"
        yield Problem((*at, "lever"), f'the unknown lever "{lever[:40]}"', allowed, remedy)


def _facts(data: Any, registry: Mapping[str, type[Mechanism]]) -> Facts | None:
    """What questions may name, as far as the file can be understood; None where it has no calendar."""
    years, horizon, start = YEARS.get(str(data.get("period", "month"))), data.get("horizon"), data.get("start")
    if years is None or not isinstance(horizon, int) or isinstance(horizon, bool) or _day(start) is None:
        return None
    actors, beliefs = _mapping(data, "actors"), _mapping(data, "beliefs")
    roles = tuple(role for role in ROLES if role != "patron" or isinstance(actors.get("patron"), dict))
    types = tuple(
        f"{role}: {kind['name']}"
        for role in roles
        for kind in _list(_mapping(beliefs, role).get("types"))
        if isinstance(kind, dict) and isinstance(kind.get("name"), str)
    )
    postures: tuple[str, ...] | None = None
    levels: tuple[str, ...] | None = None
    try:
        used = [
            registry[name].model_validate_json(json.dumps(said), strict=True)
            for name, said in _mapping(data, "mechanisms").items()
        ]
        postures = tuple(dict.fromkeys(posture for each in used for posture in each.postures()))
        postures = (postures if "patron" in roles else ()) or ("stand back",)
        levels = levels_named((axis.name, axis.labels) for each in used for axis in each.axes("coarse"))
    except Exception:  # reported where the mechanism is described
        pass
    packages = _packages(data)
    return Facts(
        months_per_period=12.0 * years,
        start=str(start),
        horizon=horizon,
        roles=roles,
        types=types,
        secret=() if beliefs.get("known") is True else types,
        postures=postures,
        levels=levels,
        packages=None if packages is None else tuple(packages),
    )


def _packages(data: Any) -> list[str] | None:
    """Names of the packages of the agenda; None where some are drawn from a plan, whose names take work to find."""
    agenda = _mapping(data, "agenda")
    if agenda.get("plan") is not None:
        return None
    grid = _mapping(agenda, "grid")
    guarantees = [_number(each) for each in _list(grid.get("guarantees"))] or [0.0]
    said = len(guarantees) > 1 or any(g != 0.0 for g in guarantees)
    kinds: list[tuple[float | None, float | None]] = [(None, _number(shift)) for shift in _list(grid.get("shifts"))]
    kinds += [(_number(terms), 0.0) for terms in _list(grid.get("terms"))]
    names = [
        package_name(terms, shift, g if said else None)
        for terms, shift in kinds
        for g in guarantees
        if shift is not None and (not said or g is not None)
    ]
    written = [each.get("name") for each in _list(agenda.get("packages")) if isinstance(each, dict)]
    return [*names, *(name for name in written if isinstance(name, str))]


def _mapping(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    """A number in its short or long form."""
    if isinstance(value, dict):
        value = value.get("value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

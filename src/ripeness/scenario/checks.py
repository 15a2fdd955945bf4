"""What no single field can know: whether the parts of a scenario fit together.

Every check reads plain data, not models, so that it speaks up even where other parts of the file are broken. A check
stays silent about data that the models refuse anyway.
"""

from __future__ import annotations

import datetime
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ripeness.mechanisms.base import ROLES, Mechanism
from ripeness.scenario.belief_checks import belief_checks
from ripeness.scenario.claim_checks import claim_checks
from ripeness.scenario.correlation_checks import correlation_checks
from ripeness.scenario.faults import listing, nearest, shown
from ripeness.scenario.fields import Place, choices, describe, number, outside, place_of, places
from ripeness.scenario.plan_checks import plan_checks
from ripeness.scenario.quantity import Citation, Prior
from ripeness.scenario.translation import Path, Problem

Registry = Mapping[str, type[Mechanism]]
_PRIOR = TypeAdapter(Prior)


def cross_checks(data: Any, root: Place, registry: Registry) -> Iterator[Problem]:
    """Every misfit between parts of a scenario.

    Args:
        data: the file as plain data.
        root: what may stand in it.
        registry: mechanisms by name.
    """
    checks: tuple[Callable[[Any], Iterator[Problem]], ...] = (_start, _efforts, _agenda, _roles)
    for check in checks:
        yield from check(data)
    yield from _needs(data, registry)
    yield from belief_checks(data, root, registry)
    yield from correlation_checks(data, root, registry)
    yield from claim_checks(data, root, registry)
    yield from _plan(data)
    yield from source_checks(data, root)
    present = _present(data)
    for path, place, value in places(root, data):
        yield from _absent_roles(path, place, value, present)


def source_checks(data: Any, root: Place) -> Iterator[Problem]:
    """What is wrong with documents, citations, ranges and priors, in any file that has them."""
    yield from _documents(data)
    known = _known_documents(data)
    of_plan = [*_known_documents(_get(data, "plan")), *known]  # a plan inside a scenario may have its own
    for path, place, value in places(root, data):
        yield from _citation(path, place, value, of_plan if path[:1] == ("plan",) else known)
        yield from _uncertainty(path, place, value)


def _start(data: Any) -> Iterator[Problem]:
    for path in (("start",), *(("documents", k, "published") for k in range(len(_list(_get(data, "documents")))))):
        said = _get(data, *path)
        if not isinstance(said, str):
            continue
        parts = said.split("-")
        if len(parts) > 3 or not all(part.isdigit() and part.isascii() for part in parts) or len(parts[0]) != 4:
            continue  # the pattern of the field says so
        try:
            datetime.date(*[int(part) for part in parts], *[1] * (3 - len(parts)))
        except ValueError:
            yield Problem(path, shown(said), "a day of the calendar, as YYYY-MM or YYYY-MM-DD", "Check month and day.")


def _known_documents(data: Any) -> list[str]:
    """Names of the documents that a file lists."""
    documents = [each.get("id") for each in _list(_get(data, "documents")) if isinstance(each, dict)]
    return [each for each in documents if isinstance(each, str)]


def _plan(data: Any) -> Iterator[Problem]:
    """A scenario's plan, and whether its agenda can be drawn from it."""
    plan, asked = _get(data, "plan"), _get(data, "agenda", "plan")
    if isinstance(plan, dict):
        for problem in plan_checks(plan):
            yield problem._replace(path=("plan", *problem.path))
    if not isinstance(asked, dict):
        return
    if not isinstance(plan, dict):
        remedy = "Add `plan`, or leave `agenda.plan` out."
        yield Problem(
            ("agenda", "plan"), "an agenda from a plan that is not there", "a scenario with a plan", remedy, True
        )
        return
    parties = plan.get("parties")
    said = [_get(party, "role") for party in parties.values()] if isinstance(parties, dict) else []
    for role in ("attacker", "defender"):
        if role not in said:
            remedy = f"Write `role: {role}` at one of plan.parties."
            yield Problem(("agenda", "plan"), f"a plan without the {role}", f"a party that is the {role}", remedy, True)
    drafts = plan.get("drafts")
    known = list(drafts) if isinstance(drafts, dict) else []
    for index, draft in enumerate(_list(asked.get("drafts"))):
        if isinstance(draft, str) and draft not in known:
            close = nearest(draft, known)
            remedy = f"nearest: {close}" if close else ""
            found = f'the unknown draft "{draft[:40]}"'
            yield Problem(
                ("agenda", "plan", "drafts", index), found, listing(known) or "none: the plan has none", remedy
            )
    wanted = asked.get("packages", 8)
    if wanted == 0 and not known:
        yield Problem(("agenda", "plan"), "no package at all", "packages above 0, or a plan with drafts", "", True)


def _documents(data: Any) -> Iterator[Problem]:
    yield from _twice(data, ("documents",), "id", "document")


def _agenda(data: Any) -> Iterator[Problem]:
    agenda = _get(data, "agenda")
    if not isinstance(agenda, dict):
        return
    yield from _twice(data, ("agenda", "packages"), "name", "package")
    packages, grid = _list(agenda.get("packages")), agenda.get("grid")
    if isinstance(agenda.get("plan"), dict) and not packages and grid is None:
        return
    if not packages and "packages" not in agenda and not isinstance(grid, dict | None):
        return
    if not packages and not isinstance(agenda.get("packages"), str | int | float | dict):
        points = [_get(grid, "shifts"), _get(grid, "terms")]
        offers = any(point for point in points) and _get(grid, "guarantees") != []
        if not offers:
            found = "a grid without any package" if grid else "an agenda without any package"
            remedy = "Give grid.shifts, for example [-0.05, 0, 0.05], or packages."
            yield Problem(
                ("agenda", "grid") if grid else ("agenda",), found, "at least one package", remedy, at_key=True
            )
    for index, package in enumerate(packages):
        terms, shift = _number(_get(package, "terms")), _number(_get(package, "shift"))
        if terms is not None and shift is not None and 0 <= terms <= 1 and not 0 <= terms + shift <= 1:
            found = f"terms {number(terms)} shifted by {number(shift)}, which makes {number(terms + shift)}"
            remedy = "Change one of the two, or give the sum as `terms`."
            yield Problem(("agenda", "packages", index, "shift"), found, "terms from 0 to 1 in the end", remedy)
    for name in ("shifts", "terms", "guarantees"):
        seen: set[float] = set()
        for index, value in enumerate(map(_number, _list(_get(grid, name)))):
            if value in seen:
                path = ("agenda", "grid", name, index)
                yield Problem(path, f"{shown(value)} a second time", "each value once", "Drop one of the two.")
            elif value is not None:
                seen.add(value)


def _efforts(data: Any) -> Iterator[Problem]:
    for role in ROLES:
        path = ("actors", role, "efforts")
        levels = _list(_get(data, *path))
        for index in range(1, len(levels)):
            before, level = _number(levels[index - 1]), _number(levels[index])
            if before is not None and level is not None and level <= before:
                found = f"{number(level)} after {number(before)}"
                yield Problem((*path, index), found, "effort levels that increase", "Sort them, and give each once.")


def _roles(data: Any) -> Iterator[Problem]:
    names: dict[str, str] = {}
    for role in ROLES:
        name = _get(data, "actors", role, "name")
        if isinstance(name, str):
            if name in names:
                found = f"{shown(name)}, the name of the {names[name]} as well"
                yield Problem(
                    ("actors", role, "name"), found, "a name of its own for each actor", "Rename one of them."
                )
            names.setdefault(name, role)


def _needs(data: Any, registry: Registry) -> Iterator[Problem]:
    used = _get(data, "mechanisms")
    if not isinstance(used, dict):
        return
    present = _present(data)
    for name in used:
        if name not in registry:
            continue
        for need in getattr(registry[name], "needs", ()):
            if need in ROLES and present is not None and need not in present:
                remedy = f"Describe it under actors.{need}, or leave `{name}` out."
                found = f"`{name}` in a scenario without a {need}"
                yield Problem(("mechanisms", name), found, f"a scenario with actors.{need}", remedy, at_key=True)
            elif need not in ROLES and need not in used:
                remedy = f"Add `{need}:` under mechanisms, or leave `{name}` out."
                found = f"`{name}` without `{need}`"
                allowed = f"`{name}` together with `{need}`"
                yield Problem(("mechanisms", name), found, allowed, remedy, at_key=True)


def _citation(path: Path, place: Place, value: Any, known: list[str]) -> Iterator[Problem]:
    if not any(each.annotation is Citation for each in place.alternatives) or not isinstance(value, dict):
        return
    document = value.get("document")
    if isinstance(document, str) and document not in known:
        allowed = listing(known) if known else "the id of an entry of `documents`, of which there is none"
        close = nearest(document, known)
        remedy = f"nearest: {close}" if close else "Add the document under `documents`, with its id and title."
        yield Problem((*path, "document"), f'the unknown document "{document[:40]}"', allowed, remedy)
    if value.get("sha256") is not None and value.get("sentence") is None:
        remedy = "Add `sentence:`, or move the hash of a whole file to the entry of `documents`."
        yield Problem((*path, "sha256"), "a hash without a sentence", "the hash of a numbered sentence", remedy)


def _absent_roles(path: Path, place: Place, value: Any, present: tuple[str, ...] | None) -> Iterator[Problem]:
    if not isinstance(value, dict) or present is None:
        return
    for each in place.alternatives:
        arguments = typing.get_args(each.annotation)
        if typing.get_origin(each.annotation) is None or len(arguments) != 2:
            continue
        words = choices(place_of(arguments[0]))
        if words and set(words) <= set(ROLES):
            for role in value:
                if role in words and role not in present:
                    found = f"the key {role} in a scenario without a {role}"
                    remedy = f"Describe it under actors.{role}, or leave the key out."
                    yield Problem((*path, role), found, listing(present), remedy, at_key=True)


def _uncertainty(path: Path, place: Place, value: Any) -> Iterator[Problem]:
    """Value, range and prior of a number stay within the bounds of its field."""
    quantity = place.quantity
    if quantity is None or not isinstance(value, dict):
        return
    if outside(quantity, value.get("value")):  # also where another part of the long form is broken
        yield Problem((*path, "value"), shown(value["value"]), describe(quantity))
    bounds = describe(quantity).split(";")[0]
    for index, end in enumerate(_list(value.get("range"))):
        found = _number(end)
        if found is not None and outside(quantity, found):
            yield Problem((*path, "range", index), f"{number(found)} as an end of the range", bounds)
    if isinstance(value.get("prior"), dict):
        try:
            low, high = _PRIOR.validate_python(value["prior"]).support
        except ValidationError:
            return
        # a prior without ends is cut at the bounds of the field; one with ends must keep to them
        ends = [end for end in (low, high) if abs(end) != float("inf")]
        if ends and outside(quantity, *ends):
            found_text = f"a prior from {number(low)} to {number(high)}"
            yield Problem((*path, "prior"), found_text, bounds, "Change its parameters.")


def _twice(data: Any, path: Path, key: str, what: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, item in enumerate(_list(_get(data, *path))):
        name = _get(item, key)
        if isinstance(name, str) and name in first:
            found = f"{shown(name)}, the {key} of entry {first[name]} as well"
            yield Problem((*path, index, key), found, f"its own {key} for each {what}", "Rename one of them.")
        elif isinstance(name, str):
            first[name] = index


def _present(data: Any) -> tuple[str, ...] | None:
    """Roles of the actors described; None where that is broken."""
    actors = _get(data, "actors")
    if not isinstance(actors, dict):
        return None
    return tuple(role for role in ROLES if role != "patron" or isinstance(actors.get(role), dict))


def _get(data: Any, *path: str | int) -> Any:
    """What stands at a path, or None."""
    for key in path:
        if isinstance(data, dict):
            data = data.get(str(key))
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    """A number in its short or long form."""
    if isinstance(value, dict):
        value = value.get("value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

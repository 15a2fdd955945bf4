"""Domains of the negotiation literature as plans, and plans as such domains."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from ripeness.deals.plan import LARGEST, MOST_OPTIONS, MOST_PARTIES, MOST_POINTS, Plan
from ripeness.deals.problem import UNIT, millionths
from ripeness.interop.domains import Domain, Issue, Profile, ReservationReading
from ripeness.interop.errors import ExportError
from ripeness.scenario.faults import listing


def plan_data(domain: Domain, *, reservation: ReservationReading = "written", scale: float = 1.0) -> dict[str, Any]:
    """A plan file's content, as plain data, for a domain: an issue is a point, a negotiator a party that must consent.

    Args:
        reservation: how reservation values count.
        scale: factor on all worths and reservations. A plan counts in millionths, so a larger factor keeps more digits.

    Raises:
        ExportError: the domain is larger than a plan may be; every reason.
    """
    faults = [
        f"{what}: found {count:,}; allowed: {least} to {most}."
        for what, count, least, most in (
            ("issues", len(domain.issues), 1, MOST_POINTS),
            ("negotiators", len(domain.profiles), 2, MOST_PARTIES),
            *((f"values of {issue.name}", len(issue.values), 1, MOST_OPTIONS) for issue in domain.issues),
        )
        if not least <= count <= most
    ]
    if not (math.isfinite(scale) and scale > 0.0):
        raise ExportError([*faults, f"scale: found {scale:g}; allowed: a number above 0."])
    for profile in domain.profiles:
        numbers = [*(each for row in profile.worth for each in row), profile.reserved(reservation)]
        largest = max(map(abs, numbers), default=0.0) * scale
        if largest > LARGEST:
            allowed = f"at most {LARGEST:,.0f}. Give a smaller --scale."
            faults.append(f"utilities of {profile.name}: found {largest:,.6g}; allowed: {allowed}")
    if faults:
        raise ExportError(faults)
    parties = names_for([profile.name for profile in domain.profiles], "party")
    points = names_for([issue.name for issue in domain.issues], "point")
    return {
        "plan": 1,
        "name": names_for([domain.name], "domain")[0].replace("_", "-"),
        "title": _title(domain.name) or "A negotiation domain",
        "parties": {
            party: {
                "name": _title(profile.name)[:200] or party,
                "reservation": _reservation(profile, reservation, scale),
            }
            for party, profile in zip(parties, domain.profiles, strict=True)
        },
        "points": {
            point: {"title": _title(issue.name) or point, "options": _options(index, issue, domain, parties, scale)}
            for index, (point, issue) in enumerate(zip(points, domain.issues, strict=True))
        },
    }


def rounding(domain: Domain, scale: float) -> float:
    """Most by which a package's worth in a plan differs from the domain's utility, in the domain's unit."""
    worst = 0.0
    for profile in domain.profiles:
        errors = [
            max(abs(round(each * scale * UNIT) / UNIT - each * scale) for each in row) / scale for row in profile.worth
        ]
        worst = max(worst, math.fsum(errors))
    return worst


def domain_of(plan: Plan, parties: Sequence[str] | None = None, *, without_conditions: bool = False) -> Domain:
    """A plan as a domain of the parties that must consent, or of others.

    Names are titles where all of a kind have different ones, else the keys of the plan.

    Args:
        parties: whose profiles to write; those that must consent when None.
        without_conditions: whether conditions and red lines, which such a domain cannot hold, are left out.

    Raises:
        ExportError: all that stands in the way.
    """
    chosen = list(plan.signers if parties is None else dict.fromkeys(parties))
    unknown = [each for each in chosen if each not in plan.parties]
    faults = [f"parties: found {each!r}; allowed: {listing(list(plan.parties))}." for each in unknown]
    if len(chosen) < 2:
        faults.append(f"parties: found {len(chosen)}; allowed: at least two.")
    lost = _not_held(plan, chosen)
    if lost and not without_conditions:
        remedy = "Such domains hold additive utilities only. Give --without-conditions to leave them out."
        faults += [f"{each}. {remedy if each == lost[-1] else ''}".rstrip() for each in lost]
    if faults:
        raise ExportError(faults)
    points, worths = list(plan.points.values()), plan.worths
    issue_names = _told([point.title for point in points], list(plan.points))
    issues = tuple(
        Issue(name, tuple(_told([option.title for option in point.options.values()], list(point.options))))
        for name, point in zip(issue_names, points, strict=True)
    )
    profiles = tuple(
        Profile(
            name,
            tuple(
                tuple(worths[name, option, party].value for option in point.options)
                for name, point in plan.points.items()
            ),
            float(plan.parties[party].reservation),
        )
        for party, name in zip(chosen, _told([plan.parties[each].name for each in chosen], chosen), strict=True)
    )
    notes = [f"Left out: {each}." for each in lost]
    others = [name for name in plan.parties if name not in chosen]
    if others:
        notes.append(f"Left out: parties whose consent is not needed ({', '.join(others)}).")
    if any(float(plan.parties[each].power) != 1.0 for each in chosen):
        notes.append("Left out: bargaining power; these programs weigh all negotiators alike.")
    if plan.drafts:
        notes.append("Left out: drafts.")
    return Domain(plan.name, issues, profiles, tuple(notes))


def names_for(texts: Sequence[str], otherwise: str) -> list[str]:
    """Names that a plan may use for some texts: small letters, digits, - and _, all different.

    Args:
        otherwise: a word for texts of which nothing is left; it gets their number.
    """
    found: list[str] = []
    for number, text in enumerate(texts, 1):
        plain = unicodedata.normalize("NFKD", _title(text)).encode("ascii", "ignore").decode("ascii").casefold()
        short = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:50].rstrip("-_") or f"{otherwise}-{number}"
        name, count = short, 1
        while name in found:
            count += 1
            name = f"{short}-{count}"
        found.append(name)
    return found


def _options(index: int, issue: Issue, domain: Domain, parties: Sequence[str], scale: float) -> dict[str, Any]:
    return {
        name: {
            "title": _title(value),
            "worth": {
                party: _tidy(profile.worth[index][place] * scale)
                for party, profile in zip(parties, domain.profiles, strict=True)
            },
        }
        for place, (name, value) in enumerate(zip(names_for(issue.values, "option"), issue.values, strict=True))
    }


def _reservation(profile: Profile, reading: ReservationReading, scale: float) -> Any:
    """A reservation, with what is to be known of it."""
    value = profile.reserved(reading)
    notes = []
    if profile.reservation is None:
        notes.append("No reservation value is stated; this is the worst outcome's utility.")
    elif value != profile.reservation:
        notes.append(f"Written {profile.reservation!r}; raised to the worst outcome's utility, as NegMAS does.")
    if profile.discount is not None and profile.discount != 1.0:
        notes.append(f"Discount factor {profile.discount!r} in the file; a plan is static and does not apply it.")
    # the worst package must be worth its reservation, and a plan rounds the worth of each of its options
    worst = profile.reservation is None or value != profile.reservation
    scaled = sum(millionths(min(row) * scale) for row in profile.worth) / UNIT if worst else value * scale
    return {"value": scaled, "note": " ".join(notes)} if notes else scaled


def _title(text: str) -> str:
    """A text as a plan may hold it: signs that cannot be seen become blanks."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:500]


def _tidy(number: float) -> float:
    """A number to fifteen digits: 0.45 where products and quotients make 0.44999999999999996 of it."""
    return float(f"{number:.15g}") + 0.0


def _not_held(plan: Plan, parties: Collection[str]) -> list[str]:
    """Conditions and red lines of some parties, which no additive domain holds."""
    said = plan.conditions
    found = [
        f"conditions.{kind}: found {count}; allowed: none"
        for kind, count in (
            ("requires", len(said.requires)), ("excludes", len(said.excludes)), ("together", len(said.together)),
        )
        if count
    ]  # fmt: skip
    lines = [
        f"points.{point_name}.options.{option_name}"
        for point_name, point in plan.points.items()
        for option_name, option in point.options.items()
        if any(party in parties for party in option.red_line_of)
    ]
    return [*found, *(f"{place}: found a red line; allowed: none" for place in lines)]


def _told(titles: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Titles where all are there and differ, else keys."""
    return list(titles) if all(titles) and len(set(titles)) == len(titles) else list(keys)

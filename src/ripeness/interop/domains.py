"""A negotiation domain of the literature: issues with values, and one additive utility function for each negotiator.

What GENIUS, GeniusWeb and NegMAS write differs in form and in conventions; here it is one table of worths. Discount
factors are kept beside it and are not applied: a plan is static.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ripeness.deals.plan import MOST_OPTIONS
from ripeness.scenario.faults import Fault

UtilityReading = Literal["genius", "negmas"]
"""How evaluations of a GENIUS file count: weight x evaluation / maximum, or NegMAS's weight x evaluation."""

ReservationReading = Literal["written", "at-least-worst"]
"""Reservation values as they are written, or raised to the worst utility where they lie below it, as NegMAS does."""


@dataclass(frozen=True)
class Issue:
    """What is negotiated.

    Attributes:
        values: names of the ways to settle it.
        numbers: the same as numbers, for an issue that is a range of them; empty otherwise.
    """

    name: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What one negotiator wants.

    Attributes:
        worth: for each issue, the worth of each of its values; an outcome is worth their sum.
        reservation: worth of no agreement as the file states it; None: it states none.
        discount: factor by which utility shrinks a round, or over the session in GENIUS; None: not stated.
    """

    name: str
    worth: tuple[tuple[float, ...], ...]
    reservation: float | None = None
    discount: float | None = None

    @property
    def worst(self) -> float:
        """Worth of the worst outcome."""
        return math.fsum(min(row) for row in self.worth)

    def reserved(self, reading: ReservationReading) -> float:
        """Worth of no agreement under a reading; that of the worst outcome where none is stated."""
        if self.reservation is None:
            return self.worst
        return self.reservation if reading == "written" else max(self.reservation, self.worst)


@dataclass(frozen=True)
class Domain:
    """Issues and the profiles over them.

    Attributes:
        notes: what was decided on reading, in sentences.
    """

    name: str
    issues: tuple[Issue, ...]
    profiles: tuple[Profile, ...]
    notes: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where something stands in a file."""

    file: str
    line: int
    column: int
    path: str

    def fault(self, found: str, allowed: str, remedy: str = "") -> Fault:
        """Something wrong there."""
        return Fault(self.file, self.line, self.column, self.path, found, allowed, remedy)


@dataclass
class Findings:
    """What comes to light while files are read: faults, and decisions worth telling.

    Attributes:
        incomplete: whether issues with faults are missing from the domain, so that profiles may name others.
    """

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    incomplete: bool = False

    def note(self, text: str) -> None:
        """A decision, told once."""
        if text not in self.notes:
            self.notes.append(text)


def number_from(text: str | None) -> float | None:
    """A finite number as a file writes it, or None."""
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def as_text(number: float) -> str:
    """A number as the name of a value: whole numbers without a point."""
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))


def range_issue(
    name: str, numbers: Sequence[float] | None, bounds: tuple[float, float], levels: int | None, place: Place,
    findings: Findings,
) -> Issue | None:  # fmt: skip
    """An issue whose values are numbers; None, with a fault, where there are too many of them.

    Args:
        numbers: all of them, rising; None: every number between the bounds.
        levels: how many to keep, evenly spaced, where there are more; at least two.
    """
    low, high = bounds
    if numbers is None or (levels is not None and len(numbers) > levels):
        if levels is None:
            remedy = f"Give --levels N to negotiate over N evenly spaced values, N at most {MOST_OPTIONS}."
            findings.faults.append(place.fault(f"every number from {low:g} to {high:g}", "a list of values", remedy))
            return None
        spaced = [k / (levels - 1) for k in range(levels)]
        if numbers is None:
            kept = [low + (high - low) * share for share in spaced]
        else:
            kept = [numbers[round((len(numbers) - 1) * share)] for share in spaced]
        findings.note(f"{name}: {len(kept)} evenly spaced values from {low:g} to {high:g}.")
    else:
        kept = list(numbers)
    if len(kept) > MOST_OPTIONS:
        remedy = f"Give --levels N to keep N evenly spaced ones, N at most {MOST_OPTIONS}."
        findings.faults.append(place.fault(f"{len(kept):,} values", f"at most {MOST_OPTIONS} values", remedy))
        return None
    return Issue(name, tuple(as_text(x) for x in kept), tuple(kept))


def position(issue: Issue, value: str) -> int | None:
    """Place of a value among those of an issue: the same text, or the same number; None: it is none of them."""
    if value in issue.values:
        return issue.values.index(value)
    number = number_from(value)
    if number is None:
        return None
    for index, known in enumerate(issue.values):
        if number_from(known) == number:
            return index
    return None

"""What is changed in a draw: claims and levers compare the scenario as drawn with the same draw under a variant.

A variant is a list of steps. Each changes some numbers, wholly or by a part of the way, for all time or between two
dates. All of it is known to everybody from the start.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ripeness.ensembles.errors import EnsembleError
from ripeness.mechanisms.base import period_of_date
from ripeness.scenario.ledger import assumptions
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario
from ripeness.scenario.variants import changed

Said = float | int | str | None
"""What a change says: a number; "x2" (times), "+0.1", "-0.1" of what was drawn; another word or date; None: a mechanism
is left out."""
When = str | int | None
"""A date YYYY-MM or YYYY-MM-DD, or a number of periods from the start."""

RELATIVE = re.compile(r"(?P<kind>[x+-])\s*(?P<by>\d+(\.\d+)?([eE][+-]?\d+)?)")


@dataclass(frozen=True)
class Step:
    """Numbers that are changed together.

    Attributes:
        changes: paths and what they are set to, in the order of paths.
        since: when the change begins; None: with the war.
        until: when it ends: the first period that is again as drawn; None: never.
        strength: which part of the way a number goes, from what was drawn (0) to what is said (1).
    """

    changes: tuple[tuple[str, Said], ...]
    since: When = None
    until: When = None
    strength: float = 1.0

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"set": dict(self.changes), "from": self.since, "until": self.until, "strength": self.strength}


@dataclass(frozen=True)
class Variant:
    """A changed scenario; without steps the scenario as drawn.

    Attributes:
        steps: in the order in which they are made; a later one changes what earlier ones left.
        label: for people; no part of the identity.
    """

    steps: tuple[Step, ...] = ()
    label: str = ""

    @cached_property
    def id(self) -> str:
        """Hash of what is changed, 16 digits; empty for the scenario as drawn."""
        if not self.steps:
            return ""
        said = json.dumps([step.plain() for step in self.steps], sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()

    def __add__(self, other: Variant) -> Variant:
        """Both together."""
        label = " and ".join(each for each in (self.label, other.label) if each)
        return Variant((*self.steps, *other.steps), label)

    def plain(self) -> list[dict[str, Any]]:
        """The steps as plain data."""
        return [step.plain() for step in self.steps]


BASE = Variant((), "as drawn")
"""The scenario as drawn."""


def variant(
    changes: Mapping[str, Said], *, since: When = None, until: When = None, strength: float = 1.0, label: str = ""
) -> Variant:
    """A variant of one step; without changes, or with strength 0, the scenario as drawn.

    Args:
        changes: what paths are set to: a number; "x2", "+0.1" or "-0.1" of what was drawn; another word where none of
            these forms fits (it is set at any strength above 0); None leaves a mechanism out.
        since, until: dates or numbers of periods; None: always.
        strength: from 0 to 1.

    Raises:
        EnsembleError: a strength outside 0 to 1.
    """
    if not 0.0 <= strength <= 1.0:
        raise EnsembleError(f"strength of a change must lie in [0, 1], got {strength:g}.")
    if not changes or strength == 0.0:
        return Variant((), label)
    said = {path: float(to) if isinstance(to, int) and not isinstance(to, bool) else to for path, to in changes.items()}
    return Variant((Step(tuple(sorted(said.items())), since, until, float(strength)),), label)


def applied(scenario: Scenario, step: Step) -> Scenario:
    """The scenario with the numbers of one step, whatever its dates.

    A number that would leave what its field allows goes to the nearest one that is allowed: twice a chance of 0.6 is 1.

    Raises:
        ValueError: a path that leads nowhere, or numbers that a mechanism refuses.
    """
    known = _numbers(scenario)
    said: dict[str, Any] = {}
    for path, to in step.changes:
        if to is None:
            scenario = _without(scenario, path)
        elif path in known:
            base, low, high = known[path]
            wanted = min(max(_wanted(path, base, to), low), high)
            said[path] = base + step.strength * (wanted - base)
        else:
            said[path] = to
    return changed(scenario, said)


def _wanted(path: str, base: float, to: float | int | str) -> float:
    """The number that a change leads to at full strength."""
    if not isinstance(to, str):
        return float(to)
    found = RELATIVE.fullmatch(to.strip())
    if found is None:
        raise EnsembleError(f'{path} must be set to a number, or by "x2", "+0.1" or "-0.1", got {to!r}.')
    by = float(found["by"])
    return base * by if found["kind"] == "x" else base + (by if found["kind"] == "+" else -by)


def _numbers(scenario: Scenario) -> dict[str, tuple[float, float, float]]:
    """Value, least and greatest allowed number of every path."""
    return {row.path: (row.value, *row.bounds) for row in assumptions(scenario) if isinstance(row.value, float)}


def _without(scenario: Scenario, path: str) -> Scenario:
    """The scenario without one of its mechanisms."""
    head, _, name = path.partition(".")
    if head != "mechanisms" or name not in scenario.mechanisms:
        raise EnsembleError(f"only a mechanism of the scenario can be left out, got {path}.")
    kept = {each: mechanism for each, mechanism in scenario.mechanisms.items() if each != name}
    return scenario.model_copy(update={"mechanisms": kept})


def period_of(scenario: Scenario, when: str | int) -> int:
    """Period that contains a date, counted from 0 at the start; dates before the start count as the start.

    Args:
        when: a date YYYY-MM or YYYY-MM-DD, or the number of periods itself.
    """
    if isinstance(when, int):
        return max(0, when)
    start = np.datetime64(scenario.start, "D")
    return max(0, period_of_date(when, start, YEARS_PER_PERIOD[scenario.period]))


def stretches(scenario: Scenario, variant: Variant) -> list[tuple[int, tuple[Step, ...]]]:
    """First period of every stretch of time in which the same steps hold, and these steps; the first begins at 0."""
    spans = []
    for step in variant.steps:
        first = 0 if step.since is None else period_of(scenario, step.since)
        last = math.inf if step.until is None else period_of(scenario, step.until)
        if last <= first:
            raise EnsembleError(f"a change must end after it begins, got from {step.since} until {step.until}.")
        spans.append((first, last, step))
    begins = sorted({0} | {int(end) for first, last, _ in spans for end in (first, last) if math.isfinite(end)})
    found: list[tuple[int, tuple[Step, ...]]] = []
    for begin in begins:
        holding = tuple(step for first, last, step in spans if first <= begin < last)
        if not found or found[-1][1] != holding:
            found.append((begin, holding))
    return found

"""Questions, comparisons and changes of a scenario in words, for pages and terminals."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ripeness.questions.verdicts import Spread
from ripeness.scenario.claims import Change, ClaimTest, Operand
from ripeness.scenario.measures import MEASURES, Asked
from ripeness.scenario.schema import Scenario

NOTHING = "—"
"""Shown where there is no number."""


def in_words(asked: Asked, names: Mapping[str, str]) -> str:
    """A question as a phrase.

    Args:
        names: of actors, by role.
    """
    parts = [asked.measure.replace("_", " ")]
    if asked.of is not None:
        role, _, kind = asked.of.partition(": ")
        parts.append(f"of {names.get(role, role)}{f' ({kind})' if kind else ''}")
    if asked.package is not None:
        parts.append(f"on “{asked.package}”")
    if asked.within is not None:
        parts.append(f"within {_months(asked.within)}" if isinstance(asked.within, int) else f"before {asked.within}")
    if asked.at is not None:
        parts.append(f"after {_months(asked.at)}" if isinstance(asked.at, int) else f"in {asked.at}")
    if asked.view is not None:
        role, _, kind = asked.view.partition(": ")
        parts.append(f"as {names.get(role, role)}{f' ({kind})' if kind else ''} sees it")
    return " ".join(parts)


def _months(number: int) -> str:
    return "1 month" if number == 1 else f"{number} months"


def comparison_in_words(test: ClaimTest, scenario: Scenario) -> str:
    """A comparison as a sentence without its full stop."""
    names = actor_names(scenario)
    left = test.left_asked()
    unit = MEASURES[left.measure].unit
    by = f" by at least {amount(test.by, unit)}" if test.by else ""
    said = f"{in_words(left, names)}{_under(test, scenario)} is {test.is_}{by} than "
    if not isinstance(test.than, Operand):
        return said + amount(test.than, unit)
    right = test.right_asked()
    assert right is not None
    where = _under(test.than, scenario) or (" as things stand" if test.set or test.lever else "")
    if right == left:
        return said + (f"it is{where}" if where != " as things stand" else "as things stand")
    return f"{said}{in_words(right, names)}{where}"


def _under(side: Operand, scenario: Scenario) -> str:
    """Under which changes a side is taken."""
    said = []
    if side.lever is not None:
        lever = next((each for each in scenario.levers if each.id == side.lever), None)
        said.append(f"with the lever “{lever.says if lever else side.lever}”")
    if side.set:
        said.append(f"with {changes_in_words(side.set)}")
    return " " + " and ".join(said) if said else ""


def changes_in_words(changes: Mapping[str, Change]) -> str:
    """Changes as a phrase: ``mechanisms.support.supporters times 2``."""
    return ", ".join(f"{path} {change_in_words(to)}" for path, to in changes.items())


def change_in_words(to: Change) -> str:
    """What a path is set to, as a phrase."""
    if to is None:
        return "left out"
    if isinstance(to, str) and to[:1] == "x":
        return f"times {to[1:].strip()}"
    if isinstance(to, str) and to[:1] in "+-":
        return f"{'raised' if to[0] == '+' else 'lowered'} by {to[1:].strip()}"
    if isinstance(to, bool):
        return f"set to {str(to).lower()}"
    return f"set to {to:g}" if isinstance(to, int | float) else f"set to {to}"


def actor_names(scenario: Scenario) -> dict[str, str]:
    """Names of the actors by role."""
    return {role: actor.name for role, actor in scenario.actors.roles().items()}


def amount(value: float, unit: str, *, signed: bool = False) -> str:
    """A number with its unit."""
    if not math.isfinite(value):
        return NOTHING
    sign = "+" if signed else ""
    if unit in ("share", "1"):
        digits = 1 if abs(value) >= 0.001 else 3
        said = f"{100 * value:{sign}.{digits}f}" if abs(value) >= 5e-6 else "0"
        return f"{said} points" if signed and unit == "1" else f"{said}%"
    if unit == "month":
        return f"{value:{sign}.1f} months"
    said = f"{value:{sign}.3g}"
    return {"1/year": f"{said} a year", "share/year": f"{100 * value:{sign}.2g}% a year"}.get(unit, said)


def spread_said(spread: Spread, unit: str, *, signed: bool = True) -> str:
    """Median and middle 90% of a number over the draws: ``+6.8 (+1.1 to +17.3) points``."""
    if not spread.n:
        return NOTHING
    shown = (spread.median, spread.quantiles[0], spread.quantiles[-1])
    middle, low, high = (amount(q, unit, signed=signed) for q in shown)
    for end in (" points", " months", "% a year", " a year"):
        if all(each.endswith(end) for each in (middle, low, high)):
            middle, low, high = (each.removesuffix(end) for each in (middle, low, high))
            return f"{middle} ({low} to {high}){end}"
    return f"{middle} ({low} to {high})"


def plain_number(value: float) -> str:
    """An assumption's number."""
    return f"{value:.4g}" if math.isfinite(value) else NOTHING

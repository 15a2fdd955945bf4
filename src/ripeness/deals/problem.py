"""A plan in whole numbers: worths in millionths, and conditions as patterns of options that stand together.

Whole numbers make every comparison exact, in whatever order the points are summed. A condition becomes one or more
patterns, each a set of options at each of some points: a *forbidden* pattern may not be met at all its points, a
*rewarded* one adds worth where it is. `when A then B` forbids A together with anything but B.

Points are merged one after another. A pattern is *open* between its first and its last point in that order; all that
the rest of the merge must know of a part of a package is which open patterns it has met so far: one bit each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.plan import Options, PlanSection, as_options

UNIT = 1_000_000
"""Worths are counted in millionths of the party's own unit."""

MOST_OPEN = 62
"""Open patterns that the bits of one state can hold."""

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


class DealError(ValueError):
    """A plan in order that is too much for an exact answer."""


class TooManyConditionsError(DealError):
    """More conditions are open at once than a state can remember."""


@dataclass(frozen=True)
class Pattern:
    """Options that stand together.

    Attributes:
        members: for each of its points, the options that meet it.
        worth: millionths that each party gains where it is met at all points; None: it is forbidden.
    """

    members: dict[int, frozenset[int]]
    worth: tuple[int, ...] | None


@dataclass(frozen=True)
class Problem:
    """What packages there are and what they are worth.

    Attributes:
        worth: for each point, millionths (options, parties).
        allowed: for each point, which options may be chosen.
        patterns: conditions between points.
    """

    worth: tuple[Int, ...]
    allowed: tuple[Bool, ...]
    patterns: tuple[Pattern, ...]

    @property
    def n_points(self) -> int:
        return len(self.worth)

    @property
    def n_parties(self) -> int:
        return int(self.worth[0].shape[1])

    def with_party(self, worth: Sequence[Int]) -> Problem:
        """The same with one more party, given what each option is worth to it."""
        wider = tuple(np.column_stack([old, new]) for old, new in zip(self.worth, worth, strict=True))
        patterns = tuple(
            each if each.worth is None else replace(each, worth=(*each.worth, 0)) for each in self.patterns
        )
        return Problem(wider, self.allowed, patterns)

    def worth_of(self, package: Sequence[int]) -> Int:
        """Millionths that a package is worth to each party, forbidden or not."""
        total = np.zeros(self.n_parties, np.int64)
        for worth, option in zip(self.worth, package, strict=True):
            total += worth[option]
        for pattern in self.patterns:
            if pattern.worth is not None and meets(pattern, package):
                total += np.array(pattern.worth, np.int64)
        return total


def meets(pattern: Pattern, package: Sequence[int]) -> bool:
    """Whether a package meets a pattern at all its points."""
    return all(package[point] in options for point, options in pattern.members.items())


def millionths(value: float) -> int:
    """A worth in whole millionths, rounded to the nearest."""
    return round(value * UNIT)


RedLine = tuple[str, str, str]
"""Party, point, option."""

ConditionName = tuple[str, int]
"""`requires`, `excludes` or `together`, and its place in that list."""


def problem_of(
    plan: PlanSection,
    parties: Sequence[str],
    red_lines: Collection[RedLine] | None = None,
    conditions: Collection[ConditionName] | None = None,
) -> Problem:
    """The plan as it looks to some parties.

    Args:
        parties: whose worths count, in this order.
        red_lines: those that bind; those of `parties` when None.
        conditions: requires and excludes that bind; all when None. Worth that holds together always counts.
    """
    binding = red_lines_of(plan, parties) if red_lines is None else red_lines
    worth, allowed = [], []
    for point_name, point in plan.points.items():
        rows = [[plan.worths[point_name, option, party].value for party in parties] for option in point.options]
        numbers = np.array(rows, np.float64).reshape(len(rows), len(parties))
        worth.append(np.rint(numbers * UNIT).astype(np.int64))  # as `millionths`, all at once
        crossed = {option for _, at, option in binding if at == point_name}
        allowed.append(np.array([name not in crossed for name in point.options]))
    return Problem(tuple(worth), tuple(allowed), patterns_of(plan, parties, conditions))


def red_lines_of(plan: PlanSection, parties: Collection[str]) -> tuple[RedLine, ...]:
    """Red lines of some parties, in the order of the plan."""
    return tuple(
        (party, point_name, option_name)
        for point_name, point in plan.points.items()
        for option_name, option in point.options.items()
        for party in option.red_line_of
        if party in parties
    )


def restrictions_of(plan: PlanSection) -> tuple[ConditionName, ...]:
    """The conditions that rule packages out."""
    said = plan.conditions
    named = (("requires", len(said.requires)), ("excludes", len(said.excludes)))
    return tuple((kind, index) for kind, count in named for index in range(count))


def patterns_of(
    plan: PlanSection, parties: Sequence[str], conditions: Collection[ConditionName] | None = None
) -> tuple[Pattern, ...]:
    """Conditions of a plan as patterns; those named, or all."""
    points = list(plan.points)
    options = [list(point.options) for point in plan.points.values()]

    def members(said: dict[str, Options]) -> dict[int, frozenset[int]]:
        return {
            points.index(point): frozenset(options[points.index(point)].index(name) for name in as_options(names))
            for point, names in said.items()
        }

    found = []
    for index, requires in enumerate(plan.conditions.requires):
        if conditions is None or ("requires", index) in conditions:
            when = members(requires.when)
            for point, good in members(requires.then).items():
                found.append(Pattern(when | {point: frozenset(range(len(options[point]))) - good}, None))
    for index, excludes in enumerate(plan.conditions.excludes):
        if conditions is None or ("excludes", index) in conditions:
            found.append(Pattern(members(excludes), None))
    for together in plan.conditions.together:
        worth = tuple(millionths(together.worth.get(party, 0.0)) for party in parties)
        found.append(Pattern(members(together.options), worth))
    # a pattern that nothing can meet, such as one of a requirement that every option fulfils, says nothing
    return tuple(pattern for pattern in found if all(pattern.members.values()))


@dataclass(frozen=True)
class Order:
    """The order in which points are merged, and the bit of each pattern while it is open.

    Attributes:
        points: indices of the points, first merged first.
        bits: for each pattern, the place of its bit; patterns that are never open together may share one.
    """

    points: tuple[int, ...]
    bits: tuple[int, ...]

    def reversed(self) -> Order:
        """From the last point to the first; the same patterns are open at every cut, with the same bits."""
        return Order(self.points[::-1], self.bits)


def order_of(problem: Problem) -> Order:
    """An order that keeps few patterns open: the next point is the one that leaves the fewest open.

    Raises:
        TooManyConditionsError: more than `MOST_OPEN` patterns are open at once.
    """
    rest = list(range(problem.n_points))
    order: list[int] = []
    touching = [[p for p, each in enumerate(problem.patterns) if point in each.members] for point in rest]
    missing = [len(pattern.members) for pattern in problem.patterns]
    size = list(missing)

    def opened(point: int) -> int:
        """Patterns that the point opens, less those that it closes."""
        return sum((missing[p] == size[p]) - (missing[p] == 1) for p in touching[point])

    bits = [-1] * len(problem.patterns)
    free = list(range(MOST_OPEN))
    while rest:
        point = min(rest, key=lambda each: (opened(each), each))
        rest.remove(point)
        order.append(point)
        for p in touching[point]:
            if missing[p] == size[p]:
                if not free:
                    raise TooManyConditionsError(
                        f"the plan's conditions tie more than {MOST_OPEN} choices together at once; "
                        "write conditions that name the same points as one, or drop some."
                    )
                bits[p] = free.pop(0)
        # freed only now, so that no pattern takes over a bit at the point at which another still needs it
        for p in touching[point]:
            missing[p] -= 1
            if missing[p] == 0:
                free.append(bits[p])
        free.sort()
    return Order(tuple(order), tuple(bits))

"""The smallest changes of a draft that all who must sign could sign.

Closeness to the draft is treated as one more party: every changed point costs it one, and by much less the point's
weight, so that its best package has the fewest points changed and, of those, the least weighted change. All ties are
found by walking through the points once more, keeping to parts that some part of the remaining points completes. At a
point with ordered options, the weight of a change counts once for every step between the two.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from ripeness.deals.drafts import indices
from ripeness.deals.packages import Layer, OutOfTimeError, acceptable_layers, acceptable_package, end_of, moves
from ripeness.deals.plan import PlanSection
from ripeness.deals.problem import UNIT, Int, Order, Problem, millionths, order_of, problem_of

MOST_TIES = 100


class Change(NamedTuple):
    """One point of a draft that is settled otherwise."""

    point: str
    before: str
    after: str


@dataclass(frozen=True)
class Amendment:
    """A set of changes that makes a draft acceptable.

    Attributes:
        changes: in the order of the plan; none where the draft is acceptable as it stands.
        weight: sum of the weights of the changed points.
        worth: what the amended draft is worth to each party asked.
    """

    changes: tuple[Change, ...]
    weight: float
    worth: dict[str, float]


@dataclass(frozen=True)
class Amendments:
    """All smallest amendments of a draft, equally good by number and weight of changes.

    Attributes:
        complete: whether these are all ties; if not, there are more than were asked for, or time was over.
        at_least: points that any change changes that makes the draft acceptable; certain, also where nothing was found.
    """

    draft: str
    found: tuple[Amendment, ...]
    complete: bool
    at_least: int


def smallest_amendments(
    plan: PlanSection,
    draft: str,
    parties: Sequence[str] | None = None,
    most_ties: int = MOST_TIES,
    time_limit_s: float | None = None,
) -> Amendments | None:
    """Changes of the fewest points, and of those with the least weight, after which every party would sign.

    Args:
        parties: whose signatures are needed; those of the plan when None.
        time_limit_s: None: as long as it takes. When time is over, the answer has what is known until then.

    Returns:
        None where no package at all is acceptable to the parties (see `conflict`).
    """
    signers = tuple(plan.signers if parties is None else parties)
    problem = problem_of(plan, signers)
    targets = [millionths(plan.parties[party].reservation) for party in signers]
    start = indices(plan, draft)
    weights = _weights(plan, start)
    with_draft, one = with_closeness(problem, start, weights)
    order, ends = order_of(problem), end_of(time_limit_s)
    n_changes, packages = 0, []
    try:
        if acceptable_package(problem, targets, ends) is None:
            return None
        best = None
        while best is None:
            best = _closest(with_draft, order, targets, n_changes, one, ends)
            n_changes += best is None
        for package in islice(_walk(with_draft, order, [*targets, best], ends), most_ties + 1):
            packages.append(package)
        complete = len(packages) <= most_ties
    except OutOfTimeError:
        complete = False
    found = [_amendment(plan, signers, problem, start, package, weights) for package in packages[:most_ties]]
    ordered = sorted(found, key=lambda each: [list(plan.points).index(change.point) for change in each.changes])
    return Amendments(draft, tuple(ordered), complete, n_changes)


def _weights(plan: PlanSection, draft: Sequence[int]) -> list[Int]:
    """Weight of a change to each option of each point, in millionths; at an ordered point it counts for each step."""
    found = []
    for point, option in zip(plan.points.values(), draft, strict=True):
        steps = np.abs(np.arange(len(point.options)) - option)
        found.append(millionths(point.weight) * (steps if point.ordered else np.minimum(steps, 1)).astype(np.int64))
    return found


def with_closeness(problem: Problem, draft: Sequence[int], weights: Sequence[Int]) -> tuple[Problem, int]:
    """The problem with closeness to the draft as its last party, and what one change costs that party at most.

    Args:
        weights: of a change to each option of each point; 0 for the draft's.
    """
    one = sum(int(each.max()) for each in weights) + 1  # more than all together, so that fewer changes count first
    closeness = []
    for option, weight in zip(draft, weights, strict=True):
        cost: Int = -(one + weight)
        cost[option] = 0
        closeness.append(cost)
    return problem.with_party(closeness), one


def _closest(
    problem: Problem, order: Order, targets: Sequence[int], n_changes: int, one: int, ends: float | None
) -> int | None:
    """Greatest closeness of an acceptable package with at most so many changes; None where there is none."""
    least = -(n_changes * one + one - 1)
    last = acceptable_layers(problem, order, [*targets, least], cut_last=False, ends=ends)[-1]
    return int(last.worth[:, -1].max()) if last.state.size else None


def _walk(problem: Problem, order: Order, targets: Sequence[int], ends: float | None) -> Iterator[tuple[int, ...]]:
    """Every package that gives each party its target; no step is taken that leads to none."""
    behind = acceptable_layers(problem, order.reversed(), targets, ends=ends)
    n_points = problem.n_points
    options = [moves(problem, order, position) for position in range(n_points)]
    target = np.array(targets, np.int64)
    stack = [(0, np.zeros(problem.n_parties, np.int64), 0, (0,) * n_points)]
    while stack:
        position, worth, state, package = stack.pop()
        if ends is not None and time.monotonic() > ends:
            raise OutOfTimeError("not all smallest amendments were found in time")
        if position == n_points:
            yield package
            continue
        point = order.points[position]
        for move in reversed(options[position]):
            after = (state & ~move.clears) | move.sets
            if after & move.forbidden:
                continue
            total = worth + move.worth
            for bit, reward in move.rewarded:
                total = total + (reward if after & bit else 0)
            after &= ~move.closes
            if _completable(problem, order, position + 1, total, after, behind[n_points - position - 1], target):
                chosen = (*package[:point], move.option, *package[point + 1 :])
                stack.append((position + 1, total, after, chosen))


def _completable(
    problem: Problem, order: Order, position: int, worth: Int, state: int, behind: Layer, target: Int
) -> bool:
    """Whether some part of the points from a position on makes an acceptable package of a part of those before."""
    before = set(order.points[:position])
    both = behind.state & np.int64(state)
    total = behind.worth + worth
    good = np.ones(both.size, np.bool_)
    for pattern, place in zip(problem.patterns, order.bits, strict=True):
        n_before = sum(point in before for point in pattern.members)
        if n_before in (0, len(pattern.members)):
            continue
        met = (both >> np.int64(place)) & 1 == 1
        if pattern.worth is None:
            good &= ~met
        else:
            total[met] += np.array(pattern.worth, np.int64)
    return bool(np.any(good & np.all(total >= target, axis=1)))


def _amendment(
    plan: PlanSection,
    signers: Sequence[str],
    problem: Problem,
    draft: Sequence[int],
    package: Sequence[int],
    weights: Sequence[Int],
) -> Amendment:
    changes, weight = [], 0
    for index, (name, point) in enumerate(plan.points.items()):
        if package[index] != draft[index]:
            options = list(point.options)
            changes.append(Change(name, options[draft[index]], options[package[index]]))
            weight += int(weights[index][package[index]])
    worth = problem.worth_of(package) / UNIT
    return Amendment(tuple(changes), weight / UNIT, dict(zip(signers, map(float, worth), strict=True)))

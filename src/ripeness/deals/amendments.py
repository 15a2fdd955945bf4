"""The smallest changes of a draft that all who must sign could sign.

Closeness to the draft is treated as one more party: every changed point costs it one, and by much less the point's
weight, so that its best package has the fewest points changed and, of those, the least weighted change. All ties are
found by walking through the points once more, keeping to parts that some part of the remaining points completes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from ripeness.deals.drafts import indices
from ripeness.deals.packages import Layer, acceptable_layers, acceptable_package, moves
from ripeness.deals.plan import Plan
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
        complete: whether these are all ties; if not, there are more than were asked for.
    """

    draft: str
    found: tuple[Amendment, ...]
    complete: bool


def smallest_amendments(
    plan: Plan, draft: str, parties: Sequence[str] | None = None, most_ties: int = MOST_TIES
) -> Amendments | None:
    """Changes of the fewest points, and of those with the least weight, after which every party would sign.

    Args:
        parties: whose signatures are needed; those of the plan when None.

    Returns:
        None where no package at all is acceptable to the parties (see `conflict`).
    """
    signers = tuple(plan.signers if parties is None else parties)
    problem = problem_of(plan, signers)
    targets = [millionths(plan.parties[party].reservation) for party in signers]
    if acceptable_package(problem, targets) is None:
        return None
    weights = [millionths(point.weight) for point in plan.points.values()]
    start = indices(plan, draft)
    with_draft, one = with_closeness(problem, start, weights)
    order = order_of(problem)
    best = _closest(with_draft, order, targets, one)
    walk = _walk(with_draft, order, [*targets, best])
    packages = list(islice(walk, most_ties + 1))
    found = [_amendment(plan, signers, problem, start, package, weights) for package in packages[:most_ties]]
    ordered = sorted(found, key=lambda each: [list(plan.points).index(change.point) for change in each.changes])
    return Amendments(draft, tuple(ordered), len(packages) <= most_ties)


def with_closeness(problem: Problem, draft: Sequence[int], weights: Sequence[int]) -> tuple[Problem, int]:
    """The problem with closeness to the draft as its last party, and what one change costs that party at most."""
    one = sum(weights) + 1  # more than all weights together, so that fewer changes always count first
    closeness = []
    for rows, option, weight in zip(problem.worth, draft, weights, strict=True):
        cost: Int = np.full(rows.shape[0], -(one + weight), np.int64)
        cost[option] = 0
        closeness.append(cost)
    return problem.with_party(closeness), one


def _closest(problem: Problem, order: Order, targets: Sequence[int], one: int) -> int:
    """Greatest closeness of an acceptable package; there must be one."""
    for n_changes in range(problem.n_points + 1):
        least = -(n_changes * one + one - 1)
        last = acceptable_layers(problem, order, [*targets, least], cut_last=False)[-1]
        if last.state.size:
            return int(last.worth[:, -1].max())
    raise AssertionError("an acceptable package changes at most every point")


def _walk(problem: Problem, order: Order, targets: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every package that gives each party its target; no step is taken that leads to none."""
    behind = acceptable_layers(problem, order.reversed(), targets)
    n_points = problem.n_points
    options = [moves(problem, order, position) for position in range(n_points)]
    target = np.array(targets, np.int64)
    stack = [(0, np.zeros(problem.n_parties, np.int64), 0, (0,) * n_points)]
    while stack:
        position, worth, state, package = stack.pop()
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
    plan: Plan,
    signers: Sequence[str],
    problem: Problem,
    draft: Sequence[int],
    package: Sequence[int],
    weights: Sequence[int],
) -> Amendment:
    changes, weight = [], 0
    for index, (name, point) in enumerate(plan.points.items()):
        if package[index] != draft[index]:
            options = list(point.options)
            changes.append(Change(name, options[draft[index]], options[package[index]]))
            weight += weights[index]
    worth = problem.worth_of(package) / UNIT
    return Amendment(tuple(changes), weight / UNIT, dict(zip(signers, map(float, worth), strict=True)))

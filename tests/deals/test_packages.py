"""Efficient packages and bargaining solutions of plans are those that going through every package finds."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from ripeness.deals.desk import negotiate
from ripeness.deals.dominance import thinned, undominated
from ripeness.deals.packages import HURRIED, Packages, acceptable_package, efficient
from ripeness.deals.plan import Plan
from ripeness.deals.problem import (
    MOST_OPEN,
    UNIT,
    Pattern,
    Problem,
    TooManyConditionsError,
    meets,
    order_of,
    problem_of,
)
from tests.deals import plans

TENTH = UNIT // 10


def beaten(table: np.ndarray, row: np.ndarray) -> bool:
    return bool(np.any(np.all(table >= row, axis=1) & np.any(table > row, axis=1)))


def named(plan: Plan, choice: np.ndarray) -> plans.Package:
    return {
        name: list(point.options)[option]
        for (name, point), option in zip(plan.points.items(), choice.tolist(), strict=True)
    }


def score_of(rule: str, gains: tuple[int, ...], powers: list[int], ideal: list[int]) -> tuple[Fraction | int, ...]:
    """What a rule wants as large as possible, exactly, and in the order of a dictionary."""
    if rule == "Nash":
        positive = [(gain, power) for gain, power in zip(gains, powers, strict=True) if gain > 0]
        return len(positive), math.prod(gain**power for gain, power in positive)
    if rule == "utilitarian":
        return (sum(gains),)
    if rule == "Kalai-Smorodinsky":
        return tuple(sorted(Fraction(gain, best or 1) for gain, best in zip(gains, ideal, strict=True)))
    return tuple(sorted(gains))


def test_efficient_packages_and_all_four_solutions_are_those_of_brute_force():
    n_empty = n_refused = n_solved = 0
    for seed in range(plans.N_PLANS):
        every = plans.everything(seed)
        plan = every.plan
        packages = efficient(problem_of(plan, plan.signers))
        table = np.array([every.worths(row) for row in every.possible]).reshape(-1, len(plan.signers))
        as_good = np.all(table[:, None] >= table, axis=2)
        kept = set(map(tuple, table[~np.any(as_good & ~as_good.T, axis=0)].tolist()))
        found = [tuple(row) for row in (packages.worth // TENTH).tolist()]
        assert packages.exact
        assert np.all(packages.worth % TENTH == 0)
        assert len(found) == len(set(found))
        assert set(found) == kept, seed
        for choice, worth in zip(packages.choices, found, strict=True):
            row = every.packages.index(named(plan, choice))
            assert row in every.possible
            assert worth == every.worths(row)

        signed = [every.gains(row) for row in every.acceptable]
        reservations = [every.reservation[party] for party in plan.signers]
        assert any(min(np.subtract(row, reservations)) >= 0 for row in found) == bool(signed), seed
        n_empty += not every.possible
        n_refused += bool(every.possible) and not signed
        n_solved += bool(signed)
        powers = [round(plan.parties[party].power) for party in plan.signers]
        ideal = [max(gain[k] for gain in signed) for k in range(len(powers))] if signed else []
        solutions = negotiate(plan, drafts=[], lotteries=False).solutions if signed else ()
        assert len(solutions) == (4 if signed else 0)
        for chosen in solutions:
            best = max(score_of(chosen.rule, gain, powers, ideal) for gain in signed)
            row = every.packages.index(chosen.options)
            assert row in every.acceptable
            assert score_of(chosen.rule, every.gains(row), powers, ideal) == best, (seed, chosen.rule)
            assert list(chosen.gain.values()) == [gain / 10 for gain in every.gains(row)]
    assert min(n_empty, n_refused, n_solved) > 5


def test_acceptable_packages_are_found_exactly_where_there_are_some():
    for seed in range(0, plans.N_PLANS, 3):
        every = plans.everything(seed)
        plan = every.plan
        targets = [every.reservation[party] * TENTH for party in plan.signers]
        found = acceptable_package(problem_of(plan, plan.signers), targets)
        assert (found is None) == (not every.acceptable)
        assert found is None or every.packages.index(named(plan, np.array(found))) in every.acceptable


def random_problem(n_points: int, n_options: int, n_parties: int, n_patterns: int = 0, seed: int = 0) -> Problem:
    """Random worths, opposed for the first two parties, and patterns over two points."""
    rng = np.random.default_rng(seed)
    worth = [np.sort(rng.integers(0, UNIT, (n_options, n_parties)), axis=0) for _ in range(n_points)]
    for rows in worth:
        rows[:, 1] = rows[::-1, 1].copy()
    patterns = []
    for index in range(n_patterns):
        first, second = map(int, rng.choice(n_points, 2, replace=False))
        members = {each: frozenset([int(rng.integers(n_options))]) for each in (first, second)}
        reward = tuple(int(each) for each in rng.integers(-UNIT // 3, UNIT // 3, n_parties))
        patterns.append(Pattern(members, reward if index % 3 == 0 else None))
    allowed = tuple(np.ones(n_options, np.bool_) for _ in range(n_points))
    return Problem(tuple(worth), allowed, tuple(patterns))


@pytest.mark.parametrize("n_parties", [2, 3])
def test_the_best_package_for_any_weights_of_the_parties_is_among_27_points(n_parties):
    """Without conditions that package takes the best option of each point, whatever the merge does."""
    problem = random_problem(27, 3, n_parties)
    packages = efficient(problem)
    rng = np.random.default_rng(1)
    assert packages.exact
    for _ in range(100):
        weights = rng.integers(1, 1000, n_parties)
        assert (packages.worth @ weights).max() == sum((rows @ weights).max() for rows in problem.worth)


@pytest.mark.parametrize("n_parties", [2, 3])
def test_no_package_of_a_random_sample_beats_one_of_27_points_with_20_conditions(n_parties):
    problem = random_problem(27, 3, n_parties, 20)
    packages = efficient(problem)
    rng = np.random.default_rng(2)
    sample = [
        each
        for each in rng.integers(0, 3, (1000, 27)).tolist()
        if not any(pattern.worth is None and meets(pattern, each) for pattern in problem.patterns)
    ]
    # changes of one point of efficient packages come closer to the frontier than anything drawn at random
    for choice in packages.choices[:: max(1, len(packages) // 20)].tolist():
        for point in range(27):
            other = [*choice[:point], (choice[point] + 1) % 3, *choice[point + 1 :]]
            if not any(pattern.worth is None and meets(pattern, other) for pattern in problem.patterns):
                sample.append(other)
    assert len(sample) > 100
    for each in sample:
        row = problem.worth_of(each)
        assert np.any(np.all(packages.worth >= row, axis=1))
    for choice, worth in zip(packages.choices.tolist(), packages.worth, strict=True):
        assert np.array_equal(problem.worth_of(choice), worth)
        assert not any(pattern.worth is None and meets(pattern, choice) for pattern in problem.patterns)


def assert_within_bound(found: Packages, true: Packages) -> None:
    """Every efficient package has one in the list that nobody finds worse by more than the bound."""
    for row in true.worth:
        assert np.any(np.all(found.worth >= row - found.bound, axis=1))


@pytest.mark.parametrize("n_parties", [2, 3, 4])
@pytest.mark.parametrize("most_parts", [5, 40])
def test_with_a_limit_on_size_no_package_is_better_than_the_list_by_more_than_its_bound(n_parties, most_parts):
    problem = random_problem(10, 3, n_parties, 4, seed=n_parties)
    true, found = efficient(problem), efficient(problem, most_parts=most_parts)
    assert true.exact
    assert not found.exact
    assert found.within > 0.0
    assert_within_bound(found, true)
    for choice, worth in zip(found.choices.tolist(), found.worth, strict=True):
        assert np.array_equal(problem.worth_of(choice), worth)


def test_a_larger_limit_on_size_gives_a_smaller_bound():
    problem = random_problem(20, 3, 3, seed=5)
    bounds = [efficient(problem, most_parts=most).within for most in (30, 300, 3000)]
    assert bounds[0] > bounds[1] > bounds[2]


def test_when_time_is_up_the_list_is_short_and_its_bound_holds():
    problem = random_problem(20, 3, 3, seed=6)
    true, found = efficient(problem), efficient(problem, time_limit_s=0.0)
    assert len(found) <= HURRIED < len(true)
    assert not found.exact
    assert_within_bound(found, true)


@pytest.mark.parametrize("n_columns", [1, 2, 3, 4, 5])
def test_rows_that_nothing_in_their_group_beats_are_kept_once(n_columns):
    rng = np.random.default_rng(n_columns)
    for _ in range(40):
        table = rng.integers(-4, 5, (int(rng.integers(1, 150)), n_columns))
        group = rng.integers(0, 4, len(table))
        kept = undominated(table, group)
        expected = {
            (int(group[row]), *table[row].tolist())
            for row in range(len(table))
            if not beaten(table[group == group[row]], table[row])
        }
        assert sorted(expected) == sorted((int(group[row]), *table[row].tolist()) for row in kept)


def test_many_rows_of_many_columns_are_compared_as_one_by_one():
    """More rows than one block of the sets of bits holds, with ties."""
    rng = np.random.default_rng(9)
    table, group = rng.integers(0, 12, (900, 6)), np.zeros(900, np.int64)
    as_good = np.all(table[:, None] >= table, axis=2)
    kept = set(map(tuple, table[~np.any(as_good & ~as_good.T, axis=0)].tolist()))
    found = [tuple(row) for row in table[undominated(table, group)].tolist()]
    assert set(found) == kept
    assert len(found) == len(kept) > 50


def test_sorting_by_two_columns_holds_where_worths_times_groups_exceed_64_bits():
    table = np.array([[3, -(2**61)], [2, 2**61], [1, 0], [3, 5], [2, 4]])
    assert sorted(undominated(table, np.array([0, 0, 0, 1, 1])).tolist()) == [0, 1, 3]


def test_thinning_keeps_as_many_as_allowed_and_a_near_one_of_the_same_group_for_each():
    rng = np.random.default_rng(7)
    table, group = rng.integers(0, 10**6, (500, 3)), rng.integers(0, 3, 500)
    rows, bound = thinned(table, group, 50)
    assert 25 <= len(rows) <= 50
    for row in range(500):
        near = rows[group[rows] == group[row]]
        assert np.any(np.all(table[near] >= table[row] - bound, axis=1))


def test_thinning_keeps_one_row_of_each_group_at_least():
    table, group = np.arange(30).reshape(10, 3), np.arange(10)
    rows, _ = thinned(table, group, 4)
    assert sorted(group[rows].tolist()) == list(range(10))


def test_conditions_that_tie_more_choices_together_than_a_state_can_hold_are_refused():
    patterns = tuple(
        Pattern({first: frozenset([0]), second: frozenset([1])}, None)
        for first in range(17)
        for second in range(17)
        if first != second
    )
    worth, allowed = (np.zeros((2, 2), np.int64),) * 17, (np.ones(2, np.bool_),) * 17
    with pytest.raises(TooManyConditionsError, match=str(MOST_OPEN)):
        order_of(Problem(worth, allowed, patterns))

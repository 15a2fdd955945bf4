"""Bargaining solutions keep the axioms that define them, and agree with other programs and with each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ripeness import deals
from ripeness.deals.matrix_game import maximin_lottery

few = settings(max_examples=25, deadline=None, derandomize=True, database=None)
ON_LISTS = [deals.nash_package, deals.kalai_smorodinsky_package, deals.egalitarian_package, deals.utilitarian_package]
WITH_LOTTERIES = [
    deals.nash_with_lotteries,
    deals.kalai_smorodinsky_with_lotteries,
    deals.egalitarian_with_lotteries,
]


@st.composite
def lists(draw, n_parties=None):
    """Tables of packages in which one package gives everybody a gain over nothing."""
    parties = n_parties or draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    table = rng.uniform(-0.5, 1.0, (draw(st.integers(2, 12)), parties))
    table[0] = rng.uniform(0.05, 0.5, parties)
    return table


class TestOnLists:
    @few
    @given(lists())
    @pytest.mark.parametrize("solution", ON_LISTS)
    def test_choice_is_efficient_and_refused_by_nobody(self, solution, table):
        chosen = solution(table)
        assert np.all(table[chosen] >= 0.0)
        assert chosen in deals.efficient_packages(table)

    @few
    @given(lists(), st.integers(0, 10**6))
    @pytest.mark.parametrize("solution", [deals.nash_package, deals.kalai_smorodinsky_package])
    def test_scale_of_utilities_does_not_matter(self, solution, table, seed):
        rng = np.random.default_rng(seed)
        scale, shift = rng.uniform(0.2, 5.0, table.shape[1]), rng.normal(size=table.shape[1])
        assert solution(table * scale + shift, shift) == solution(table)

    @few
    @given(lists(), st.integers(0, 10**6))
    def test_dropped_packages_do_not_matter_to_nash(self, table, seed):
        chosen = deals.nash_package(table)
        keep = np.random.default_rng(seed).uniform(size=len(table)) < 0.5
        keep[chosen] = True
        assert np.all(table[keep][deals.nash_package(table[keep])] == table[chosen])

    @few
    @given(lists())
    def test_new_packages_never_lower_the_least_gain_of_the_egalitarian(self, table):
        fewer = deals.egalitarian_package(table[: max(1, len(table) // 2)])
        more = deals.egalitarian_package(table)
        assert table[more].min() >= table[fewer].min() - 1e-12

    @few
    @given(lists())
    @pytest.mark.parametrize("solution", ON_LISTS)
    def test_order_of_parties_does_not_matter(self, solution, table):
        np.testing.assert_array_equal(table[solution(table)], table[solution(table[:, ::-1])])

    def test_weights_pull_nash_towards_the_weighty(self):
        table = np.array([[0.9, 0.2], [0.6, 0.6], [0.2, 0.9]])
        assert deals.nash_package(table, None, [0.9, 0.1]) == 0
        assert deals.nash_package(table) == 1
        assert deals.nash_package(table, None, [0.1, 0.9]) == 2

    def test_where_not_all_can_gain_nash_lets_most_gain(self):
        assert deals.nash_package([[0.0, 0.0, 0.5], [0.1, 0.1, 0.0]]) == 1

    def test_equally_bad_for_the_worst_off_is_decided_by_the_next(self):
        assert deals.egalitarian_package([[0.2, 0.3], [0.2, 0.5], [0.1, 0.9]]) == 1

    @pytest.mark.parametrize("solution", ON_LISTS)
    def test_without_an_acceptable_package_there_is_no_agreement(self, solution):
        with pytest.raises(deals.NoAgreementError, match="2 packages"):
            solution([[-0.1, 0.5], [0.5, -0.1]])


class TestWithLotteries:
    @few
    @given(lists())
    @pytest.mark.parametrize("solution", WITH_LOTTERIES)
    def test_nobody_falls_below_disagreement_and_lists_are_not_beaten(self, solution, table):
        found = solution(table)
        assert np.all(found > 0.0)
        assert not np.any(np.all(table > found + 1e-9, axis=1))

    @few
    @given(lists())
    def test_nash_has_a_product_that_no_package_and_no_other_solution_beats(self, table):
        product = float(np.prod(deals.nash_with_lotteries(table)))
        acceptable = table[np.all(table >= 0.0, axis=1)]
        others = [solution(table) for solution in WITH_LOTTERIES[1:]]
        assert product >= max(np.prod(row) for row in [*acceptable, *others]) - 1e-9

    @few
    @given(lists(), st.integers(0, 10**6))
    @pytest.mark.parametrize("solution", [pytest.param(WITH_LOTTERIES[0], marks=pytest.mark.slow), WITH_LOTTERIES[1]])
    def test_scale_of_utilities_does_not_matter(self, solution, table, seed):
        rng = np.random.default_rng(seed)
        scale, shift = rng.uniform(0.2, 5.0, table.shape[1]), rng.normal(size=table.shape[1])
        np.testing.assert_allclose(
            solution(table * scale + shift, shift), solution(table) * scale + shift, rtol=0.0, atol=1e-7
        )

    @few
    @given(lists())
    def test_egalitarian_is_the_linear_programme(self, table):
        np.testing.assert_allclose(deals.egalitarian_with_lotteries(table), _most_for_least(table), atol=1e-9)

    @few
    @given(lists())
    def test_kalai_smorodinsky_is_two_linear_programmes(self, table):
        ideal = np.array([_ideal(table, party) for party in range(table.shape[1])])
        fraction = _most_for_least(table / ideal)
        np.testing.assert_allclose(deals.kalai_smorodinsky_with_lotteries(table), fraction * ideal, atol=1e-8)

    @few
    @given(lists(n_parties=2))
    def test_two_equal_parties_get_the_same(self, table):
        both = np.concatenate([table, table[:, ::-1]])
        for solution in WITH_LOTTERIES:
            first, second = solution(both)
            assert first == pytest.approx(second, abs=1e-6)

    @few
    @given(lists(n_parties=2), st.integers(0, 10**6))
    def test_a_larger_set_never_lowers_the_egalitarian(self, table, seed):
        more = np.concatenate([table, np.random.default_rng(seed).uniform(0.0, 1.0, (3, 2))])
        assert np.all(deals.egalitarian_with_lotteries(more) >= deals.egalitarian_with_lotteries(table) - 1e-9)

    def test_a_refused_package_may_be_part_of_a_lottery(self):
        table = [[1.0, -0.2], [-0.2, 1.0]]
        for solution in WITH_LOTTERIES:
            np.testing.assert_allclose(solution(table), [0.4, 0.4], rtol=0.0, atol=1e-8)

    @pytest.mark.parametrize("solution", WITH_LOTTERIES)
    def test_without_a_gain_for_all_there_is_no_agreement(self, solution):
        with pytest.raises(deals.NoAgreementError, match="no lottery"):
            solution([[0.5, -0.6], [-0.6, 0.5]])

    @few
    @given(st.integers(0, 10**6))
    def test_maximin_lottery_has_the_value_of_the_linear_programme(self, seed):
        rng = np.random.default_rng(seed)
        gain = rng.integers(-3, 4, (rng.integers(1, 9), rng.integers(1, 6))).astype(float)  # many ties
        lottery, value = maximin_lottery(gain)
        assert value == pytest.approx(_most_for_least(gain), abs=1e-9)
        assert (lottery @ gain).min() == pytest.approx(value, abs=1e-9)
        assert lottery.sum() == pytest.approx(1.0)


def _most_for_least(gain):
    n, parties = gain.shape
    found = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([-gain.T, np.ones(parties)]),
        b_ub=np.zeros(parties),
        A_eq=[np.append(np.ones(n), 0.0)],
        b_eq=[1.0],
        bounds=[(0.0, None)] * n + [(None, None)],
    )
    return -found.fun


def _ideal(gain, party):
    n = len(gain)
    found = linprog(-gain[:, party], A_ub=-gain.T, b_ub=np.zeros(gain.shape[1]), A_eq=[np.ones(n)], b_eq=[1.0])
    return -found.fun


class TestOnFrontiers:
    @few
    @given(st.floats(0.3, 1.0), st.floats(0.3, 1.0), st.floats(0.1, 0.9))
    def test_nash_on_powers_is_the_closed_form(self, power_a, power_d, weight):
        """u_A = x^a and u_D = (1 - x)^b: the largest x^(wa) (1 - x)^((1-w) b)."""
        frontier = deals.Frontier(lambda x: x**power_a, lambda x: (1.0 - x) ** power_d)
        exact = weight * power_a / (weight * power_a + (1.0 - weight) * power_d)
        assert deals.nash_on_frontier(frontier, weight_first=weight) == pytest.approx(exact, abs=1e-8)

    def test_solutions_on_a_straight_line_split_the_surplus(self):
        frontier = deals.Frontier(lambda x: x, lambda x: 1.0 - x)
        for solution in (
            deals.nash_on_frontier,
            deals.kalai_smorodinsky_on_frontier,
            deals.egalitarian_on_frontier,
        ):
            assert solution(frontier, (0.3, 0.1)) == pytest.approx(0.6, abs=1e-9)

    @few
    @given(st.floats(0.2, 5.0), st.floats(-1.0, 1.0))
    @pytest.mark.parametrize("solution", [deals.nash_on_frontier, deals.kalai_smorodinsky_on_frontier])
    def test_scale_of_utilities_does_not_matter(self, solution, scale, shift):
        plain = deals.Frontier(math.sqrt, lambda x: 1.0 - x * x)
        other = deals.Frontier(lambda x: scale * math.sqrt(x) + shift, lambda x: 1.0 - x * x)
        assert solution(other, (shift, 0.0)) == pytest.approx(solution(plain), abs=1e-8)

    def test_utilitarian_may_give_everything_to_one(self):
        assert deals.utilitarian_on_frontier(deals.Frontier(math.sqrt, lambda x: 0.3 * (1.0 - x))) == 1.0

    def test_frontier_is_the_limit_of_a_fine_list(self):
        frontier = deals.Frontier(math.sqrt, lambda x: 2.0 * (1.0 - x))
        x = np.linspace(0.0, 1.0, 2001)
        table = np.column_stack([np.sqrt(x), 2.0 * (1.0 - x)])
        pairs = (
            (deals.nash_package, deals.nash_on_frontier),
            (deals.kalai_smorodinsky_package, deals.kalai_smorodinsky_on_frontier),
            (deals.egalitarian_package, deals.egalitarian_on_frontier),
            (deals.utilitarian_package, deals.utilitarian_on_frontier),
        )
        for on_list, on_frontier in pairs:
            assert x[on_list(table)] == pytest.approx(on_frontier(frontier), abs=2 * 0.0005)

    def test_demands_beyond_the_frontier_are_refused(self):
        frontier = deals.Frontier(lambda x: x, lambda x: 1.0 - x)
        with pytest.raises(deals.NoAgreementError, match=r"0\.7 and 0\.4"):
            deals.nash_on_frontier(frontier, (0.7, 0.4))


class TestSharesAndEllipsoids:
    @few
    @given(st.lists(st.floats(0.0, 0.2), min_size=2, max_size=5))
    def test_split_hands_out_the_whole_pie(self, disagreement):
        assert deals.nash_split(disagreement).sum() == pytest.approx(1.0)
        np.testing.assert_allclose(
            deals.nash_split(disagreement) - disagreement, (1.0 - sum(disagreement)) / len(disagreement)
        )

    def test_too_large_demands_are_refused(self):
        with pytest.raises(ValueError, match=r"1\.2 exceeds the pie 1"):
            deals.nash_split([0.6, 0.6])

    @few
    @given(st.lists(st.floats(0.2, 3.0), min_size=2, max_size=4), st.integers(0, 10**6))
    def test_ellipsoid_points_are_feasible_and_best(self, semi_axes, seed):
        a = np.array(semi_axes)
        points = np.abs(np.random.default_rng(seed).normal(size=(500, a.size)))
        points /= np.sqrt((points**2).sum(axis=1, keepdims=True))
        points *= a
        nash, equal, total = (
            f(semi_axes)
            for f in (deals.nash_on_ellipsoid, deals.egalitarian_on_ellipsoid, deals.utilitarian_on_ellipsoid)
        )
        for found in (nash, equal, total):
            assert np.sum((found / a) ** 2) == pytest.approx(1.0)
        assert np.all(points.prod(axis=1) <= nash.prod() + 1e-12)
        assert np.all(points.min(axis=1) <= equal.min() + 1e-12)
        assert np.all(points.sum(axis=1) <= total.sum() + 1e-12)
        np.testing.assert_allclose(deals.kalai_smorodinsky_on_ellipsoid(semi_axes), nash)


class TestBadInput:
    @pytest.mark.parametrize(
        ("table", "point", "said"),
        [
            ([0.1, 0.2], None, "packages by at least two parties"),
            ([[0.1], [0.2]], None, "packages by at least two parties"),
            ([[0.1, math.inf]], None, "must be finite"),
            ([[0.1, 0.2]], [0.0], r"one number per party \(2\)"),
        ],
    )
    def test_malformed_tables_are_refused_with_the_reason(self, table, point, said):
        with pytest.raises(ValueError, match=said):
            deals.egalitarian_package(table, point)

    def test_weights_must_be_positive(self):
        with pytest.raises(ValueError, match="2 positive numbers"):
            deals.nash_package([[0.1, 0.2]], None, [1.0, 0.0])
        with pytest.raises(ValueError, match="weight_first must lie in"):
            deals.nash_on_frontier(deals.Frontier(lambda x: x, lambda x: 1 - x), weight_first=1.0)

"""Closed forms of the theory against brute force, limits and other programs, without the file of cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from ripeness.theory import (
    alternating_offers,
    attrition,
    commitment,
    concession,
    crisis,
    delay,
    grids,
    leaders,
    learning,
    line_of_forts,
    mediation,
    risk_return,
    screening,
    softmax,
)

discounts = st.floats(0.5, 0.98)
odds = st.floats(0.2, 0.8)
few = settings(max_examples=50, deadline=None, derandomize=True, database=None)


class TestOffers:
    @few
    @given(discounts, discounts, st.integers(1, 60))
    def test_finite_horizon_approaches_the_infinite_one_at_the_rate_of_the_proof(self, first, second, n_periods):
        gap = abs(
            alternating_offers.finite_horizon_share(first, second, n_periods)
            - alternating_offers.rubinstein_share(first, second)
        )
        assert gap <= (first * second) ** (n_periods // 2) + 1e-12

    @few
    @given(discounts, discounts, st.integers(1, 40))
    def test_finite_horizon_is_backward_induction(self, discount_a, discount_d, n_periods):
        share = 0.0  # of the side that would offer next
        for periods_left in range(1, n_periods + 1):
            a_offers = (n_periods - periods_left) % 2 == 0
            share = 1.0 - (discount_d if a_offers else discount_a) * share
        assert alternating_offers.finite_horizon_share(discount_a, discount_d, n_periods) == pytest.approx(share)

    @few
    @given(discounts, discounts, st.floats(0.0, 0.9), st.floats(0.0, 0.9))
    def test_outside_options_satisfy_both_equations(self, discount_a, discount_d, option_a, option_d):
        x, y = alternating_offers.shares_with_outside_options(discount_a, discount_d, option_a, option_d)
        assert x == pytest.approx(1.0 - max(discount_d * y, option_d), abs=1e-12)
        assert y == pytest.approx(1.0 - max(discount_a * x, option_a), abs=1e-12)

    def test_rare_breakdown_gives_the_nash_split(self):
        x, _ = alternating_offers.shares_with_breakdown(1.0, 1.0, 1e-7, 0.2, 0.1)
        assert x == pytest.approx(alternating_offers.nash_split_at_breakdown(0.2, 0.1), abs=1e-7)

    @few
    @given(st.floats(0.05, 0.95), discounts, discounts, st.integers(1, 50))
    def test_random_proposals_with_a_deadline_are_backward_induction(self, p, discount_a, discount_d, n_periods):
        value_a = value_d = 0.0
        for _ in range(n_periods):
            keep_a, keep_d = 1.0 - discount_d * value_d, 1.0 - discount_a * value_a
            value_a = p * keep_a + (1.0 - p) * discount_a * value_a
            value_d = (1.0 - p) * keep_d + p * discount_d * value_d
        found = alternating_offers.random_proposer_value_with_deadline(p, discount_a, discount_d, n_periods)
        assert found == pytest.approx(value_a)

    def test_slopes_are_the_differences_of_the_value(self):
        value = alternating_offers.random_proposer_value
        slope_a, slope_d = alternating_offers.random_proposer_slopes(0.4, 0.9, 0.85)
        base = value(0.4, 0.9, 0.85, -0.05, -0.02)
        assert (value(0.4, 0.9, 0.85, -0.04, -0.02) - base) / 0.01 == pytest.approx(slope_a)
        assert (value(0.4, 0.9, 0.85, -0.05, -0.01) - base) / 0.01 == pytest.approx(slope_d)

    def test_equal_fixed_costs_are_refused(self):
        with pytest.raises(ValueError, match="must differ"):
            alternating_offers.share_with_fixed_costs(0.1, 0.1)


class TestSoftmax:
    @pytest.mark.parametrize("n_actions", [2, 5, 30])
    def test_no_values_lose_more_than_the_bound_and_ties_attain_it(self, n_actions):
        rng = np.random.default_rng(n_actions)
        bound = softmax.largest_loss(n_actions)
        values = rng.normal(size=(2000, n_actions)) * rng.uniform(0.1, 10.0, (2000, 1))
        tied = np.zeros((4000, n_actions))
        tied[:, 0] = np.linspace(0.0, 8.0, 4000)
        losses = [self._loss(v) for v in (values, tied)]
        assert max(loss.max() for loss in losses) <= bound + 1e-12
        assert losses[1].max() == pytest.approx(bound, abs=1e-5)
        assert bound <= softmax.crude_loss_bound(n_actions)

    @staticmethod
    def _loss(values: np.ndarray) -> np.ndarray:
        weight = np.exp(values - values.max(axis=1, keepdims=True))
        mean = (weight * values).sum(axis=1) / weight.sum(axis=1)
        return np.asarray(values.max(axis=1) - mean)

    @pytest.mark.parametrize(("n_actions", "published"), [(2, 1.1996786), (3, 1.327), (5, 1.499), (10, 1.749)])
    def test_lipschitz_constant_is_the_largest_gradient(self, n_actions, published):
        gap = np.linspace(0.0, 12.0, 200_001)
        best = 1.0 / (1.0 + (n_actions - 1) * np.exp(-gap))
        rest = (1.0 - best) / (n_actions - 1)
        norm = best * np.abs(1.0 + (1.0 - best) * gap) + (n_actions - 1) * rest * np.abs(1.0 - best * gap)
        assert softmax.lipschitz_constant(n_actions) == pytest.approx(norm.max(), abs=1e-9)
        assert softmax.lipschitz_constant(n_actions) == pytest.approx(published, abs=6e-4)

    @few
    @given(st.floats(-30.0, 500.0))
    def test_wright_omega_solves_its_equation(self, exponent):
        z = softmax.wright_omega(exponent)
        assert z + math.log(z) == pytest.approx(exponent, abs=1e-12, rel=1e-14)

    @few
    @given(st.floats(1.0, 500.0), st.floats(0.05, 1.0))
    def test_no_other_margin_pays_the_proposer_more(self, precision, surplus):
        best = softmax.offer_to_logit_responder(precision, surplus)
        margin = np.linspace(-1.0, 1.0, 20_001)
        gain = (surplus - margin) / (1.0 + np.exp(-precision * margin))
        assert best.proposer_gain >= gain.max() - 1e-12
        assert best.acceptance * (surplus - best.margin) == pytest.approx(best.proposer_gain)


class TestGrids:
    @few
    @given(st.floats(-0.05, 0.05), st.floats(0.001, 0.02))
    def test_weights_match_mean_and_variance(self, drift, variance):
        w = grids.up_stay_down(drift, variance, 0.2)
        assert w.up + w.stay + w.down == pytest.approx(1.0)
        assert 0.2 * (w.up - w.down) == pytest.approx(drift)
        assert 0.04 * (w.up + w.down) - drift**2 == pytest.approx(variance)
        assert w.feasible == (w.step_min <= 0.2 <= w.step_max)

    @pytest.mark.parametrize("n_cells", [16, 64, 256])
    def test_interpolation_error_keeps_to_its_bound(self, n_cells):
        error = grids.kink_interpolation_error(50.0, n_cells, 0.8274)
        assert error <= grids.kink_interpolation_bound(50.0, n_cells)


class TestForts:
    @few
    @given(st.integers(2, 12), odds, st.floats(0.8, 1.0), st.floats(0.0, 0.05))
    def test_fight_to_the_finish_solves_the_recursion(self, n_forts, p, discount, cost):
        value = line_of_forts.fight_to_the_finish(n_forts, p, discount, cost, 0.1, 0.9)
        inside = -cost + discount * (p * value[2:] + (1.0 - p) * value[:-2])
        np.testing.assert_allclose(value[1:-1], inside, rtol=0.0, atol=1e-9)
        assert (value[0], value[-1]) == (pytest.approx(0.1), pytest.approx(0.9))

    @few
    @given(st.integers(2, 12), st.floats(0.3, 0.7))
    def test_battles_to_the_finish_solve_the_recursion_near_even_odds_too(self, n_forts, p):
        battles = line_of_forts.mean_battles(n_forts, p)
        np.testing.assert_allclose(battles[1:-1], 1.0 + p * battles[2:] + (1.0 - p) * battles[:-2], rtol=0.0, atol=1e-8)

    @few
    @given(st.integers(2, 10), odds, st.floats(0.8, 0.99))
    def test_alternating_shares_make_each_side_indifferent(self, n_forts, p, discount):
        a_offers, d_offers = line_of_forts.shares_under_alternating_offers(n_forts, p, discount, 0.02, 0.03)
        next_for_d = np.concatenate([[1.0], 1.0 - d_offers, [0.0]])  # D's share if it offers next period
        next_for_a = np.concatenate([[0.0], a_offers, [1.0]])
        for offered, cost, following in ((1.0 - a_offers, 0.03, next_for_d), (d_offers, 0.02, next_for_a)):
            rejecting = -cost + discount * (p * following[2:] + (1.0 - p) * following[:-2])
            np.testing.assert_allclose(offered, rejecting, rtol=0.0, atol=1e-12)

    @few
    @given(st.integers(1, 6), st.integers(1, 6), odds)
    def test_race_is_won_as_often_as_by_counting(self, a, d, p):
        win = np.zeros((a + 1, d + 1))
        win[1:, 0] = 1.0
        for i in range(1, a + 1):
            for j in range(1, d + 1):
                win[i, j] = p * win[i, j - 1] + (1.0 - p) * win[i - 1, j]
        assert line_of_forts.race_win_probability(a, d, p) == pytest.approx(win[a, d])

    def test_gap_of_two_observers_in_log_odds_never_changes(self):
        def log_odds(prior: float) -> float:
            b = learning.belief_after_battles(prior, 0.7, 0.4, 3, 5)
            return math.log(b / (1.0 - b))

        before = math.log(0.8 / 0.2) - math.log(0.3 / 0.7)
        assert log_odds(0.8) - log_odds(0.3) == pytest.approx(before)


class TestCommitment:
    def test_ratchet_and_lock_in_at_their_borders(self):
        assert commitment.ratchet(0.9, 0.2, 0.2, 0.1).separation_is_feasible
        assert not commitment.ratchet(0.9, 0.2, 0.21, 0.1).separation_is_feasible
        assert not commitment.lock_in(0.9, (0.5, 0.5), (0.5, 0.5), 0.5, 0.5).peace_is_impossible

    @few
    @given(st.floats(0.0, 1.0))
    def test_least_terms_make_settling_worth_fighting_on(self, breakdown):
        delta, flow, later = 0.97, 0.3, 0.5
        terms = commitment.least_terms_under_fragile_peace(delta, flow, later, breakdown)
        peace = ((1.0 - delta) * terms + delta * breakdown * later) / (1.0 - delta * (1.0 - breakdown))
        assert peace == pytest.approx((1.0 - delta) * flow + delta * later)


class TestRiskReturn:
    costs = (st.floats(0.0, 0.2), st.floats(0.05, 0.4), st.floats(0.0, 0.4))

    @few
    @given(odds, *costs)
    def test_no_other_demand_pays_the_proposer_more(self, p, lowest, width, cost_a):
        highest = lowest + width
        found = risk_return.demand_under_risk(p, cost_a, lowest, highest)
        demand = np.linspace(0.0, 1.0, 20_001)
        accepting = np.clip((highest - (demand - p)) / width, 0.0, 1.0)
        value = accepting * demand + (1.0 - accepting) * (p - cost_a)
        assert found.proposer_value >= value.max() - 1e-12
        assert found.proposer_value == pytest.approx(value.max(), abs=1e-4)  # the step of the demands, and its slope
        assert found.war_probability == pytest.approx(
            1.0 - np.interp(found.share_a, demand, accepting), abs=5e-5 / width
        )

    @few
    @given(odds, st.floats(0.0, 0.9), *costs)
    def test_no_offer_above_the_status_quo_pays_a_satisfied_side_more(self, p, q, lowest, width, cost_d):
        if p - lowest <= q:  # nobody is dissatisfied
            return
        highest = lowest + width
        found = risk_return.offer_above_status_quo(p, q, cost_d, lowest, highest)
        offer = np.linspace(q, 1.0, 20_001)
        accepting = np.clip((highest - (p - offer)) / width, 0.0, 1.0)
        value = accepting * (1.0 - offer) + (1.0 - accepting) * (1.0 - p - cost_d)
        assert found.share_a >= q
        assert found.proposer_value >= value.max() - 1e-12
        assert found.proposer_value == pytest.approx(value.max(), abs=1e-4)

    @few
    @given(st.floats(0.1, 2000.0), st.floats(-0.2, 0.6))
    def test_mean_acceptance_is_the_integral_over_costs(self, precision, premium):
        exact, _ = integrate.quad(
            lambda cost: stats.logistic.cdf(precision * (cost - premium)), 0.1, 0.5, points=[np.clip(premium, 0.1, 0.5)]
        )
        assert risk_return.mean_logit_acceptance(precision, premium, 0.1, 0.5) == pytest.approx(exact / 0.4, abs=1e-9)

    @few
    @given(st.floats(0.0, 1.0), st.floats(0.5, 0.8), st.floats(0.1, 0.5), st.floats(0.01, 0.2), st.floats(0.01, 0.2))
    def test_no_other_demand_of_a_weak_or_strong_side_pays_more(self, prior, weak, strong, cost_a, cost_d):
        if weak - strong < 1e-3:
            return
        found = risk_return.gamble_on_weakness(prior, weak, strong, cost_a, cost_d)
        demand = np.append(np.linspace(0.0, 1.0, 10_001), [weak + cost_d, strong + cost_d])
        accepts = [demand <= win + cost_d for win in (weak, strong)]
        value = sum(
            chance * np.where(accept, demand, win - cost_a)
            for chance, accept, win in zip((prior, 1.0 - prior), accepts, (weak, strong), strict=True)
        )
        assert found.value_a == pytest.approx(value.max(), abs=1e-12)


class TestScreening:
    def test_fighting_to_the_finish_is_worth_the_sum_over_rounds(self):
        rounds = screening.DecisiveRounds(0.95, 0.1, 0.5, 0.02)
        still_open = (0.95 * 0.9) ** np.arange(2000)
        assert rounds.fighting_u == pytest.approx(float((still_open * (-0.02 + 0.95 * 0.1 * 0.5)).sum()))
        assert rounds.fighting(0.04) == pytest.approx(float((still_open * (-0.04 + 0.95 * 0.1 * 0.5)).sum()))

    def test_screening_value_is_the_best_over_rounds_and_continuous(self):
        beliefs = np.linspace(0.0, 0.97, 400)
        values = [screening.screening_path(0.76, 0.48, 0.855, float(b)).value_net for b in beliefs]
        assert np.all(np.diff(values) >= -1e-12)
        assert np.abs(np.diff(values)).max() < 3.0 * (beliefs[1] - beliefs[0])

    @settings(few, max_examples=20)
    @given(st.floats(0.1, 0.8), st.floats(0.5, 0.95), st.floats(0.05, 0.96))
    def test_no_other_belief_after_a_rejection_pays_the_seller_more(self, tough, discount, prior):
        self.assert_no_other_belief_pays_more(tough, discount, prior)

    @pytest.mark.slow
    @few
    @given(st.floats(0.1, 0.8), st.floats(0.5, 0.95), st.floats(0.05, 0.96))
    def test_in_more_games_no_other_belief_after_a_rejection_pays_the_seller_more(self, tough, discount, prior):
        self.assert_no_other_belief_pays_more(tough, discount, prior)

    def assert_no_other_belief_pays_more(self, tough, discount, prior):
        """The weak type is held to what it would get next, so a target belief has one price."""
        here = screening.screening_path(1.0, tough, discount, prior)
        for target in (*np.linspace(0.0, prior, 60), *(m for m in here.cutoffs if m <= prior)):
            later = screening.screening_path(1.0, tough, discount, float(target))
            price = 1.0 - discount * (1.0 - later.net_offers[0])
            accept = (prior - target) / (1.0 - target)
            assert here.value_net >= accept * price + (1.0 - accept) * discount * later.value_net - 1e-12

    @few
    @given(st.floats(0.1, 0.8), st.floats(0.5, 0.95), st.floats(0.02, 0.98))
    def test_two_periods_are_backward_induction_over_target_beliefs(self, tough, discount, prior):
        found = screening.screening_in_two_periods(1.0, tough, discount, prior)
        targets = np.append(np.linspace(0.0, prior, 2001), tough if tough < prior else 0.0)
        last_price = np.where(targets >= tough, 1.0, tough)  # at m_1 the seller is indifferent and asks for more
        price = 1.0 - discount * (1.0 - last_price)
        accept = (prior - targets) / (1.0 - targets)
        value = accept * price + (1.0 - accept) * discount * np.maximum(tough, targets)
        assert found.value_net == pytest.approx(max(tough, float(value.max())), abs=1e-12)

    def test_values_that_leave_nothing_to_screen_are_refused(self):
        with pytest.raises(ValueError, match="0 < value_tough < value_weak"):
            screening.screening_in_two_periods(0.4, 0.5, 0.9, 0.5)


class TestConcession:
    @few
    @given(st.floats(0.01, 0.5), st.floats(0.2, 2.0), st.floats(0.5, 1.0), st.floats(0.1, 500.0))
    def test_logit_attrition_is_a_fixed_point(self, cost, prize, discount, precision):
        found = concession.logit_attrition(cost, prize, discount, precision)
        stay = 1.0 - found.quit_probability
        staying = found.quit_probability * prize + stay * (-cost + discount * found.value)
        assert found.quit_probability == pytest.approx(
            1.0 / (1.0 + math.exp(min(precision * staying, 700.0))), abs=1e-9
        )
        assert found.value == pytest.approx(stay * staying, abs=1e-9)

    def test_no_type_gains_by_waiting_otherwise(self):
        """Uniform values: a type that stops at t(v') wins v' of the time and waits like type v'."""
        value = 0.6
        for other in (0.1, 0.3, 0.5, 0.7, 0.9):
            pretended = concession.interim_payoff(other) + other * (value - other)
            assert pretended <= concession.interim_payoff(value) + 1e-12

    def test_audience_contest_balances_its_masses(self):
        found = concession.audience_contest(1.0, 2.0, 0.2, 0.1)
        decay_d = 1.0 / (1.0 + 0.2 * found.horizon)
        assert found.survival_d == pytest.approx((1.0 - found.atom_d) * decay_d)
        assert found.survival_d == pytest.approx(0.1 * found.horizon / 2.0)
        assert min(found.atom_a, found.atom_d) == 0.0

    def test_rounds_before_a_deadline_approach_continuous_time(self):
        limit = concession.concession_before_deadline(0.1, 1.0, 0.3, 10.0)
        gaps = [
            abs(
                concession.concession_before_deadline_in_rounds(0.1, 1.0, 0.3, 10.0, dt).atom_at_deadline
                - limit.atom_at_deadline
            )
            for dt in (0.1, 0.05)
        ]
        assert gaps[1] == pytest.approx(0.5 * gaps[0], rel=0.02)  # first order in the length of a round


class TestCrisis:
    @few
    @given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.sampled_from([0.2, 1 / math.sqrt(2.0)]))
    def test_bivariate_normal_is_that_of_scipy(self, h, k, correlation):
        law = stats.multivariate_normal([0.0, 0.0], [[1.0, correlation], [correlation, 1.0]])
        assert crisis._bivariate_normal_cdf(h, k, correlation) == pytest.approx(float(law.cdf([h, k])), abs=1e-7)

    def test_three_equilibria_are_found_where_there_are_three(self):
        payoffs = crisis.CrisisPayoffs(0.0, 1.0, 0.0, -1.9, -2.8, -1.2, 1.0)
        assert len(crisis.crisis_equilibria(payoffs)) == 3

    def test_matching_pennies_is_even_by_symmetry(self):
        pennies = np.array([[1.0, 0.0], [0.0, 1.0]])
        ((p, q),) = crisis.logit_equilibrium_2x2(pennies, 1.0 - pennies, 3.0)
        assert (p, q) == (pytest.approx(0.5), pytest.approx(0.5))

    def test_coordination_has_three_equilibria_when_choices_are_sharp(self):
        same = np.array([[1.0, 0.0], [0.0, 1.0]])
        assert len(crisis.logit_equilibrium_2x2(same, same, 1.0)) == 1
        assert len(crisis.logit_equilibrium_2x2(same, same, 6.0)) == 3


class TestAttrition:
    @pytest.mark.parametrize("law", ["square", "linear"])
    @pytest.mark.parametrize(("start_a", "start_d"), [(100.0, 80.0), (60.0, 150.0)])
    def test_laws_solve_their_differential_equations(self, law, start_a, start_d):
        alpha, beta, time = (0.05, 0.04, 5.0) if law == "square" else (0.001, 0.0008, 30.0)
        both = (lambda a, d: 1.0) if law == "square" else (lambda a, d: a * d)

        def rates(_: float, state: np.ndarray) -> list[float]:
            a, d = state
            scale = both(a, d)
            return [-beta * (d if law == "square" else 1.0) * scale, -alpha * (a if law == "square" else 1.0) * scale]

        path = integrate.solve_ivp(rates, (0.0, time), [start_a, start_d], rtol=1e-10, atol=1e-10)
        found = (attrition.square_law if law == "square" else attrition.linear_law)(alpha, beta, start_a, start_d, time)
        assert (found.a_at_time, found.d_at_time) == pytest.approx(tuple(path.y[:, -1]), rel=1e-7)
        assert found.winner == ("A" if found.invariant > 0.0 else "D")

    def test_duels_by_summing_their_series(self):
        hit_a, hit_d = 0.3, 0.4
        wins, shots, alive = 0.0, 0.0, 1.0
        for shot in range(400):
            hit = hit_a if shot % 2 == 0 else hit_d
            wins += alive * hit * (shot % 2 == 0)
            shots += alive
            alive *= 1.0 - hit
        assert attrition.alternating_duel(hit_a, hit_d) == pytest.approx((wins, shots))

    def test_first_passage_is_that_of_the_walk(self):
        n_points, start, p = 7, 3, 0.45
        mass, density = np.eye(n_points + 1)[start], []
        for _ in range(30):
            live = mass.copy()
            live[[0, -1]] = 0.0
            mass = np.zeros_like(live)
            mass[1:] += p * live[:-1]
            mass[:-1] += (1.0 - p) * live[1:]
            density.append(mass[0])
        np.testing.assert_allclose(
            attrition.first_passage_at_bottom(n_points, start, p, 30), density, rtol=0.0, atol=1e-14
        )


class TestLeadersAndMediators:
    @pytest.mark.parametrize("p", [0.4, 0.5, 0.6])
    @pytest.mark.parametrize("penalty", [0.0, 1.0, 3.0])
    def test_resurrection_is_optimal_stopping(self, p, penalty):
        n_forts, office, cost = 10, 6, 0.01
        settle = (np.arange(n_forts + 1) >= office).astype(float)
        settle[0] = -penalty
        value = settle.copy()
        for _ in range(5000):
            value[1:-1] = np.maximum(settle[1:-1], -cost + p * value[2:] + (1.0 - p) * value[:-2])
        found, _ = leaders.resurrection_value(n_forts, office, p, cost, penalty)
        np.testing.assert_allclose(found, value, rtol=0.0, atol=1e-9)

    def test_gambling_pays_below_the_threshold_only(self):
        x = np.array([0.1, 0.3, 0.7, 0.9])
        assert np.all(np.sign(leaders.gain_from_gamble(x, 0.1, 20.0, 0.5)) == [1.0, 1.0, -1.0, -1.0])

    def test_advice_is_truthful_exactly_inside_the_interval_of_bias(self):
        accuracy, prior, aversion, cost_low, cost_high = 0.75, 0.75, 0.25, 0.12, 0.3
        found = mediation.truthful_advice(0.1, cost_low, cost_high, prior, accuracy, aversion)

        def payoff(bias: float, belief_high: float, high: bool) -> float:
            settles = belief_high if high else 1.0
            terms = cost_high if high else cost_low
            return settles * bias * terms - (1.0 - settles) * aversion

        for bias in np.linspace(0.01, 6.0, 400):
            truthful = payoff(bias, found.high_after_high, True) >= payoff(
                bias, found.high_after_high, False
            ) and payoff(bias, found.high_after_low, False) >= payoff(bias, found.high_after_low, True)
            assert truthful == (found.bias_low <= bias <= found.bias_high)


class TestDelay:
    @few
    @given(st.floats(0.01, 0.2), st.floats(0.1, 0.6), st.floats(0.0, 0.08), st.floats(0.0, 0.05))
    def test_no_date_is_better_than_the_best_one(self, rate, power, drift, cost):
        game = delay.Drift(power, drift, 0.05, rate, cost)
        best = game.value(game.best_date())
        assert all(game.value(float(date)) <= best + 1e-12 for date in np.linspace(0.0, 60.0, 241))

    def test_waiting_pays_at_once_exactly_below_the_patience_threshold(self):
        for rate in (0.07, 0.08):
            game = delay.Drift(0.4, 0.04, 0.0, rate, 0.01)
            assert (game.best_date() > 0.0) == (rate < game.patience_threshold())

    def test_one_more_round_pays_by_the_stated_condition(self):
        values = delay.values_of_delay(0.95, 0.4, 0.04, 0.0, 0.005, 12)
        for d in range(11):
            pays = 0.05 * (0.4 + 0.04 * d) + 0.005 < 0.95 * 0.04
            assert (values[d + 1] > values[d]) == pays

    def test_nothing_is_ripe_while_both_expect_too_much(self):
        found = delay.ripeness_by_date([0.6, 0.6], [0.6, 0.5])
        assert found == delay.Ripeness((False, False), None, None)

"""Choices that inform: all equilibria against other root finders, limits and the definition itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from ripeness.theory import logit_screening, screening
from ripeness.theory.informed_choice import (
    InformedChoice,
    beliefs_after_rejection,
    continued_equilibrium,
    equilibria,
    response,
)

few = settings(max_examples=12, deadline=None, derandomize=True, database=None)


def smooth_choice(rng: np.random.Generator, n_types: int, n_actions: int, precision: float, swing: float = 0.5):
    """Payoffs that are quadratic in the beliefs, with other slopes for every type and action."""

    def action():
        level, slope = rng.uniform(size=n_types), swing * rng.normal(size=(n_types, n_types))
        bend = swing * rng.normal(size=n_types)
        return lambda belief: level[:, None] + slope @ belief + bend[:, None] * (belief[-1] * (1.0 - belief[-1]))

    payoffs = tuple(action() for _ in range(n_actions))
    return InformedChoice(payoffs, precision, tuple(rng.uniform(0.2, 2.0, n_actions)))


def bayes_map(choice, prior, log_odds):
    """Log-odds (A,) after each action when the others act on `log_odds`, straight from the definition, two types."""
    belief = special.expit(log_odds)
    payoff = np.array([pay(np.array([[1.0 - b], [b]]))[:, 0] for pay, b in zip(choice.payoffs, belief, strict=True)]).T
    weight = np.asarray(choice.weight or np.ones(len(choice.payoffs)))
    chosen = special.log_softmax(choice.precision * payoff + np.log(weight), axis=1)
    return np.log(prior[1] / prior[0]) + chosen[1] - chosen[0]


def found_from_many_starts(choice, prior, rng, n_starts=120):
    """Log-odds of the equilibria that another root finder reaches."""
    reach = abs(np.log(prior[1] / prior[0])) + 2.0 * choice.precision
    found: list[np.ndarray] = []
    for _ in range(n_starts):
        start = np.clip(rng.uniform(-1.0, 1.0, len(choice.payoffs)) * reach, -12.0, 12.0)
        end = optimize.root(lambda x: x - bayes_map(choice, prior, x), start, tol=1e-12)
        root = np.asarray(end.x)
        exact = np.abs(root - bayes_map(choice, prior, root)).max() < 1e-8
        if exact and not any(np.abs(root - other).max() < 1e-4 for other in found):
            found.append(root)
    return found


@pytest.mark.parametrize(
    ("seed", "count"),
    [
        *((0, 1), (9, 3), (39, 5)),
        *(pytest.param(seed, n, marks=pytest.mark.slow) for seed, n in ((1, 1), (18, 3), (21, 3), (42, 3))),
    ],
)
def test_other_root_finder_from_many_starts_finds_the_same_equilibria(seed, count):
    rng = np.random.default_rng(seed)
    choice = smooth_choice(rng, 2, int(rng.integers(2, 4)), float(rng.choice([2.0, 6.0, 15.0])), swing=1.0)
    prior = (0.55, 0.45)
    ours = [np.log(e.belief[1] / e.belief[0]) for e in equilibria(choice, prior)]
    theirs = found_from_many_starts(choice, prior, rng)
    assert len(ours) == count  # odd: one more crossing up than down
    assert all(any(np.abs(a - b).max() < 1e-4 for a in ours) for b in theirs)
    for root in ours:
        np.testing.assert_allclose(bayes_map(choice, prior, root), root, rtol=0.0, atol=1e-8)


@few
@given(st.floats(0.02, 0.98), st.floats(0.0, 60.0), st.integers(0, 1000))
def test_rejections_are_choices_between_two_actions(prior, precision, seed):
    rng = np.random.default_rng(seed)
    rejecting = smooth_choice(rng, 2, 1, 1.0).payoffs[0]
    accept = rng.uniform(size=2).tolist()
    scalar = beliefs_after_rejection(accept, rejecting, precision, prior)
    nested = sorted(e.belief[1, 1] for e in equilibria(response(accept, rejecting, precision), (1.0 - prior, prior)))
    np.testing.assert_allclose(scalar, nested, rtol=0.0, atol=1e-9)


@few
@given(st.floats(0.02, 0.98), st.floats(0.1, 60.0), st.integers(0, 1000))
def test_scan_of_beliefs_finds_the_same_rejections(prior, precision, seed):
    """Brute force in probability: sign changes of b' - prior (1 - alpha_1) / (1 - mean alpha)."""
    rng = np.random.default_rng(seed)
    rejecting = smooth_choice(rng, 2, 1, 1.0).payoffs[0]
    accept = rng.uniform(size=2).tolist()

    def gap(belief):
        both = np.stack([1.0 - belief, belief])
        reject = special.expit(precision * (rejecting(both) - np.array(accept)[:, None]))
        return belief - prior * reject[1] / ((1.0 - prior) * reject[0] + prior * reject[1])

    grid = np.linspace(1e-9, 1.0 - 1e-9, 200_001)
    sign = np.sign(gap(grid))
    cells = np.flatnonzero(sign[:-1] != sign[1:])
    roots = [
        optimize.brentq(lambda b: gap(np.array([b]))[0], grid[k], grid[k + 1], xtol=1e-14) if sign[k] else grid[k]
        for k in cells
    ]
    ours = [b for b in beliefs_after_rejection(accept, rejecting, precision, prior) if 1e-9 < b < 1.0 - 1e-9]
    np.testing.assert_allclose(ours, roots, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 8))])
def test_branch_from_precision_zero_is_the_one_that_small_steps_follow(seed):
    """Plain steps in precision with another root finder, where the branch never turns back."""
    rng = np.random.default_rng(100 + seed)
    choice, prior = smooth_choice(rng, 2, 3, 8.0), (0.7, 0.3)
    log_odds = np.full(3, np.log(prior[1] / prior[0]))
    for precision in np.linspace(0.0, 8.0, 401):
        here = choice._replace(precision=float(precision))
        before = log_odds
        log_odds = optimize.root(lambda x, here=here: x - bayes_map(here, prior, x), before, tol=1e-12).x
        assert np.abs(log_odds - before).max() < 0.5  # no jump, or this test says nothing
    found = continued_equilibrium(choice, prior)
    np.testing.assert_allclose(np.log(found.belief[1] / found.belief[0]), log_odds, rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
@pytest.mark.parametrize("precision", [1.0, 30.0, 500.0])
def test_branch_from_precision_zero_ends_in_an_equilibrium(seed, precision):
    choice = smooth_choice(np.random.default_rng(seed), 2, 4, precision)
    prior = (0.4, 0.6)
    found = continued_equilibrium(choice, prior)
    assert found.residual < 1e-8
    distance = [float(np.abs(found.belief - e.belief).max()) for e in equilibria(choice, prior)]
    assert min(distance) < 1e-7


@pytest.mark.slow
def test_branch_that_turns_back_is_followed_round_the_fold():
    """Where the branch turns back, three equilibria become one: the belief jumps, and the branch goes on from there."""

    def rejecting(belief):
        b = belief[1]
        return np.stack([0.644 + 0.107 * b - 0.445 * b**2, 0.465 + 0.206 * b - 0.188 * b**2])

    choice, prior = response((0.5, 0.5), rejecting, 1.0), (0.326, 0.674)
    precisions = np.linspace(14.0, 20.0, 25)
    path = [continued_equilibrium(choice._replace(precision=float(p)), prior) for p in precisions]
    assert max(e.residual for e in path) < 1e-9
    jumps = np.flatnonzero(np.abs(np.diff([e.belief[1, 1] for e in path])) > 0.1)
    counts = [len(equilibria(choice._replace(precision=float(p)), prior)) for p in precisions]
    assert jumps.size == 1
    assert (counts[jumps[0]], counts[jumps[0] + 1]) == (3, 1)


def test_without_precision_nothing_is_learnt():
    choice = smooth_choice(np.random.default_rng(3), 3, 4, 0.0)
    found = continued_equilibrium(choice, (0.2, 0.5, 0.3))
    np.testing.assert_allclose(found.belief, np.array([[0.2], [0.5], [0.3]]) * np.ones(4), atol=1e-15)
    np.testing.assert_allclose(found.choice, np.asarray(choice.weight) / sum(choice.weight) * np.ones((3, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_three_types_obey_bayes_by_the_definition(seed):
    choice, prior = smooth_choice(np.random.default_rng(seed), 3, 4, 12.0), np.array([0.5, 0.3, 0.2])
    found = continued_equilibrium(choice, tuple(prior))
    joint = prior[:, None] * found.choice
    np.testing.assert_allclose(found.belief, joint / joint.sum(axis=0), rtol=0.0, atol=1e-10)
    payoff = np.stack([pay(found.belief[:, [a]])[:, 0] for a, pay in enumerate(choice.payoffs)], axis=1)
    logit = np.asarray(choice.weight) * np.exp(12.0 * payoff)
    np.testing.assert_allclose(found.choice, logit / logit.sum(axis=1, keepdims=True), rtol=0.0, atol=1e-10)


def test_types_that_differ_in_name_only_are_one_type():
    two = smooth_choice(np.random.default_rng(5), 2, 3, 10.0)

    def split(pay):
        return lambda belief: pay(np.stack([belief[0] + belief[1], belief[2]]))[[0, 0, 1]]

    three = InformedChoice(tuple(split(pay) for pay in two.payoffs), 10.0, two.weight)
    alone = continued_equilibrium(two, (0.6, 0.4))
    apart = continued_equilibrium(three, (0.2, 0.4, 0.4))
    np.testing.assert_allclose(apart.choice, alone.choice[[0, 0, 1]], rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(apart.belief[2], alone.belief[1], rtol=0.0, atol=1e-10)


def test_slope_of_the_belief_is_that_of_the_implicit_step():
    """I.iii: db'/dc = db'/dx' (dG/dc) / (1 - G'), here with dG/dc = precision alpha_0, against central differences."""

    def belief(shift):
        rejecting = lambda b: np.stack([0.3 + 0.2 * b[1] - shift, 0.62 + 0.05 * b[1]])  # noqa: E731
        (found,) = beliefs_after_rejection((0.6, 0.6), rejecting, 30.0, 0.3)
        return found

    b = belief(0.0)
    accept = [1.0 / (1.0 + np.exp(-30.0 * z)) for z in (0.6 - 0.3 - 0.2 * b, 0.6 - 0.62 - 0.05 * b)]
    slope = 30.0 * b * (1.0 - b) * (accept[1] * 0.05 - accept[0] * 0.2)
    exact = b * (1.0 - b) * 30.0 * accept[0] / (1.0 - slope)
    assert (belief(1e-5) - belief(-1e-5)) / 2e-5 == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    ("prior", "said"),
    [((0.5, 0.6), "sum to 1"), ((1.0, 0.0), "above 0"), ((0.2, 0.3, 0.5), "must hold two types")],
)
def test_a_prior_that_is_none_is_refused(prior, said):
    choice = smooth_choice(np.random.default_rng(0), 2, 2, 1.0)
    with pytest.raises(ValueError, match=said):
        equilibria(choice, prior)


def test_payoffs_that_swing_too_often_are_refused():
    def wave(belief):
        return np.stack([np.zeros(belief.shape[1]), np.sin(300.0 * belief[1])])

    with pytest.raises(ValueError, match="combinations would have to be"):
        equilibria(InformedChoice((wave, wave, wave), 50.0), (0.5, 0.5))


class TestLogitScreening:
    """Two offers to a side of unknown cost: limits."""

    rounds = screening.DecisiveRounds(0.95, 0.1, 0.5, 0.02)
    shares = tuple(np.linspace(0.0, 1.0, 11).tolist())

    def test_types_of_equal_cost_are_one_type(self):
        one = self._solve((0.03,), (1.0,))
        three = self._solve((0.03, 0.03, 0.03), (0.2, 0.5, 0.3))
        assert three.value_u == pytest.approx(one.value_u, abs=1e-10)
        np.testing.assert_allclose(three.belief_after_rejection, np.tile([0.2, 0.5, 0.3], (11, 1)), atol=1e-12)

    def test_near_certainty_is_the_game_against_that_type(self):
        sure = self._solve((0.04,), (1.0,))
        nearly = self._solve((0.04, 0.0), (1.0 - 1e-9, 1e-9))
        assert nearly.value_u == pytest.approx(sure.value_u, abs=1e-6)

    def test_tough_types_are_believed_more_after_a_rejection_and_worth_more(self):
        found = self._solve((0.04, 0.02, 0.0), (0.5, 0.3, 0.2))
        assert np.all(found.belief_after_rejection[:, 2] >= 0.2)
        assert np.all(np.diff(found.value_by_type) > 0.0)

    @pytest.mark.parametrize("prior_weak", [0.5, 0.7, pytest.param(0.9, marks=pytest.mark.slow)])
    def test_without_noise_the_value_approaches_the_closed_form(self, prior_weak):
        """Within the limit rule, with its constants for two periods."""
        weak, tough = (self.rounds.net_value(cost) for cost in (0.04, 0.0))
        exact = screening.screening_in_two_periods(weak, tough, self.rounds.discount_tilde, prior_weak)
        shares = np.linspace(0.3, 0.9, 31).tolist()
        prior = (prior_weak, 1.0 - prior_weak)
        found = logit_screening.logit_screening_in_two_periods(self.rounds, (0.04, 0.0), prior, shares, 500.0)
        error = abs(found.value_u - self.rounds.fighting_u - exact.value_net)
        assert error <= 1.5 * 0.02 + 1.5 * (2.0 + np.log1p(500.0)) / 500.0

    def _solve(self, costs, prior):
        return logit_screening.logit_screening_in_two_periods(self.rounds, costs, prior, self.shares, 20.0)

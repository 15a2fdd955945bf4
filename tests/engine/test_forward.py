"""The exact forward pass against the values, against sampling, and against itself."""

import numpy as np
import pytest

from ripeness.engine import SETTLED, decisions, propagate, sample, solve
from ripeness.game.tables import TableBuilder
from tests.engine.games import random_game


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mass_is_one_in_every_period(dtype):
    """Mass is carried in float64 whatever the values are in: 120 periods of a few operators leave less than 1e-12."""
    outlook = propagate(solve(random_game(0, shape=(6, 5, 4), n_periods=120), dtype=dtype))
    gone = np.cumsum(outlook.settled.sum((1, 2)) + outlook.ended.sum(1))
    assert np.abs(outlook.open[1:] + gone - 1.0).max() < 1e-12
    np.testing.assert_allclose(outlook.mass.sum(1), outlook.open, rtol=0, atol=1e-15)


def test_discounted_payoffs_on_the_forward_path_add_up_to_the_value():
    """Two ways to the same number: the backward recursion, and what the forward mass is paid on its way."""
    tables = random_game(1, exits=False)
    solution = solve(tables, dtype=np.float64)
    outlook = propagate(solution)
    flows = np.zeros(tables.n_rows)

    def pay(period, mass, leads):
        chosen = decisions(solution, period)
        settles = np.einsum("mjs,mjns->mns", chosen.recognition, chosen.offer[:, :, :-1] * _accepted(chosen)).sum(1)
        fights = chosen.posture * (1.0 - settles)
        epoch = tables.epoch_of_period[period]
        for r in range(tables.n_rows):
            paid = tables.pool[tables.flow[epoch, :, :, r]]  # (M, effort, S)
            flows[r] += tables.discount[r] ** period * np.einsum("s,ms,mes,mes->", mass, fights, chosen.effort, paid)

    propagate(solution, visit=pay)
    at_horizon = tables.discount**tables.n_periods * (tables.terminal @ outlook.frozen)
    paid_in_peace = np.zeros(tables.n_rows)

    def settle(period, mass, leads):
        chosen = decisions(solution, period)
        agreed = np.einsum(
            "ms,mjs,mjns->ns", chosen.posture, chosen.recognition, chosen.offer[:, :, :-1] * _accepted(chosen)
        )
        for r in range(tables.n_rows):
            paid_in_peace[r] += tables.discount[r] ** period * np.einsum("s,ns,ns->", mass, agreed, chosen.peace[:, r])

    propagate(solution, visit=settle)
    value = solution.values[0, :, :, 0] @ tables.initial
    np.testing.assert_allclose(flows + paid_in_peace + at_horizon, value, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sharper", [1.0, 5.0, 100.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_outcomes_are_the_decisions_with_the_posture_averaged_out(dtype, sharper):
    """Both come from the same choices: a few roundings of numbers up to one are left."""
    error = 16 * np.finfo(dtype).eps
    tables = random_game(6, shape=(7, 9, 11), n_periods=3)  # 693 states: the last vector is not full
    tables = tables._replace(
        precision_offer=sharper * tables.precision_offer, precision_response=sharper * tables.precision_response
    )
    solution = solve(tables, dtype=dtype)

    def compare(period, mass, leads):
        d = decisions(solution, period)
        made = np.einsum("ms,mjs,mjns->jns", d.posture, d.recognition, d.offer)
        agreed = d.recognition[:, :, None] * d.offer[:, :, :-1] * _accepted(d)
        fights = 1.0 - agreed.sum(axis=(1, 2))
        expected = {
            "posture": d.posture,
            "made": made,
            "settled": np.einsum("ms,mjns->jns", d.posture, agreed),
            "fought": d.posture[:, None] * fights[:, None] * d.effort,
            "continuation": np.einsum("ms,mrs->rs", d.posture, d.continuation),
            "peace": d.peace,
            "value": d.value,
        }
        assert set(expected) == set(leads._fields)
        for name, right in expected.items():
            np.testing.assert_allclose(getattr(leads, name), right, rtol=0, atol=error, err_msg=name)

    propagate(solution, visit=compare)


def test_worth_at_settlement_is_the_value_when_every_war_settles():
    """With a horizon so long that nearly all settle, worth at settlement sums to the value of period 0."""
    tables = random_game(2, exits=False, n_periods=400, n_epochs=1)
    solution = solve(tables, dtype=np.float64)
    outlook = propagate(solution)
    assert outlook.open[-1] < 1e-9
    value = solution.values[0, :, :, 0] @ tables.initial
    np.testing.assert_allclose(outlook.worth_settled.sum(0), value, rtol=0, atol=1e-8)


def test_same_bytes_for_any_number_of_threads():
    solution = solve(random_game(3, shape=(40, 9, 7), n_periods=4))
    one = propagate(solution, threads=1)
    for threads in (2, 3, 8):  # fewer and more than there are vectors to carry
        assert all(a.tobytes() == b.tobytes() for a, b in zip(one, propagate(solution, threads=threads), strict=True))
    a, b = sample(solution, 500, 7, threads=1), sample(solution, 500, 7, threads=2)
    assert all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))


def test_exact_pass_lies_within_four_standard_errors_of_200_000_histories():
    n = 200_000
    tables = random_game(4, shape=(5, 4), n_periods=24)
    solution = solve(tables)
    outlook, drawn = propagate(solution), sample(solution, n, seed=20251203)

    def check(exact, counted):
        frequency = np.asarray(counted) / n
        error = np.sqrt(np.maximum(exact * (1.0 - exact), 1e-12) / n)
        # Where fewer than ten are expected the normal bound is not valid; allow a Poisson-sized slack of ten counts.
        assert np.all(np.abs(frequency - exact) <= np.where(exact * n >= 10, 4 * error, 10 / n))

    settled = drawn.end == SETTLED
    check(outlook.settled.sum(1), _histogram(drawn.end_period[settled], drawn.package[settled], 24, 5))
    check(outlook.ended[:, 0], np.bincount(drawn.end_period[drawn.end == 0], minlength=24)[:24])
    check(outlook.open[1:], [(drawn.state[:, t + 1] >= 0).sum() for t in range(24)])
    check(outlook.mass[12], np.bincount(drawn.state[drawn.state[:, 12] >= 0, 12], minlength=20))
    check(outlook.posture[5], [(drawn.posture[:, 5] == m).sum() for m in range(2)])
    check(outlook.effort[5], [(drawn.effort[:, 5] == e).sum() for e in range(6)])


def test_a_history_does_not_depend_on_how_many_are_drawn():
    solution = solve(random_game(5))
    few, many = sample(solution, 10, seed=3), sample(solution, 1000, seed=3)
    for a, b in zip(few, many, strict=True):
        np.testing.assert_array_equal(a, b[:10])


def _accepted(chosen):
    """(M, J, N, S): probability that everyone who responds to proposer j accepts."""
    by_a, by_d = chosen.accept
    return np.stack([by_d, by_a, by_a * by_d], axis=1)


def _histogram(periods, packages, n_periods, n_packages):
    counted = np.zeros((n_periods, n_packages))
    np.add.at(counted, (periods, packages), 1)
    return counted


def test_pairs_of_efforts_are_recorded_however_many_there_are():
    builder = TableBuilder((1,), 1, [0.9, 0.9], n_packages=1, n_effort=(16, 16))
    builder.set_flow(1.0, 0, effort=255)
    builder.set_flow(1.0, 1, effort=255)
    builder.precision_effort[:] = 1e6
    drawn = sample(solve(builder.finish()), 3, seed=0)
    assert (drawn.effort == 255).all()


def test_a_period_of_many_steps_of_nature_is_solved():
    builder = TableBuilder((2,), 1, [0.9, 0.9], n_packages=1)
    swap = builder.move(0, {-1: [0.0, 1.0], 1: [1.0, 0.0]})
    for step in range(2001):
        builder.set_nature(step, swap)
    builder.terminal[:, 1] = 1.0
    # An odd number of swaps leads from state 0 to state 1, whose value is discounted once.
    assert solve(builder.finish()).values[0, 0, 0, 0] == pytest.approx(0.9, abs=1e-7)

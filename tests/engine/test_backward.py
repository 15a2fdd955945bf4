"""The backward pass: bounds, precision, threads, resuming, refusing, compiling once."""

from dataclasses import replace

import numpy as np
import pytest

from ripeness.engine import MemoryLimitError, decisions, memory_needed, solve
from ripeness.engine.solution import _run_units
from ripeness.engine.stage import stage
from ripeness.game.tables import INFINITE_PRECISION, TableBuilder
from tests.engine.games import random_game


@pytest.mark.parametrize("seed", range(5))
def test_values_stay_between_the_least_and_the_greatest_payoff(seed):
    tables = random_game(seed, exits=False)
    solution = solve(tables, dtype=np.float64)
    # Every flow, package and terminal value of the random game lies in [-0.2, 1], and a value is an average of them.
    assert solution.values.min() >= -0.2
    assert solution.values.max() <= 1.0


def test_single_precision_agrees_with_double():
    tables = random_game(1, shape=(4, 5, 3), n_periods=24)
    single, double = solve(tables), solve(tables, dtype=np.float64)
    # A logit of precision 30 amplifies rounding (6e-8) by at most 1 + 30/4 a choice; four choices a period, and errors
    # of later periods are discounted: 24 * 4 * 8.5 * 6e-8 = 5e-5 is the crude bound.
    assert np.abs(single.values - double.values).max() < 5e-5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sharper", [1.0, 5.0, 1e6])
def test_same_bytes_for_any_number_of_threads(dtype, sharper):
    """Five times as sharp, exponentials are taken one by one at some states of most vectors, at others they are not."""
    tables = random_game(9, shape=(60, 7, 9), n_periods=5)
    tables = tables._replace(
        precision_offer=sharper * tables.precision_offer, precision_response=sharper * tables.precision_response
    )
    one = solve(tables, dtype=dtype, threads=1)
    for threads in (2, 3, 8):
        many = solve(tables, dtype=dtype, threads=threads)
        assert many.values.tobytes() == one.values.tobytes()
    assert decisions(one, 3).value.tobytes() == np.ascontiguousarray(one.values[3, :, :, 0]).tobytes()


def test_resumed_pass_gives_the_same_bytes():
    tables = random_game(3, n_periods=8)
    kept = {}

    def interrupt(done, total, solution):
        if done == 5:
            kept["resume"] = total - done, replace(solution, values=solution.values.copy())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(tables, progress=interrupt)
    resumed = solve(tables, resume=kept["resume"])
    assert resumed.values.tobytes() == solve(tables).values.tobytes()


def test_a_game_beyond_the_memory_limit_is_refused_with_advice():
    tables = random_game(4)
    needed = memory_needed(tables)
    with pytest.raises(MemoryLimitError, match=r"needs .* GiB, the limit is .* coarser grid"):
        solve(tables, memory_limit=needed - 1)
    assert solve(tables, memory_limit=needed).values.shape == (7, 3, 12, 1)


def test_stated_memory_covers_what_is_allocated():
    tracemalloc = pytest.importorskip("tracemalloc")
    tables = random_game(5, shape=(30, 20, 10), n_periods=20)
    solve(tables)
    tracemalloc.start()
    solve(tables, threads=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The check for finite values at the end briefly holds one byte a value on top.
    assert peak <= 1.3 * memory_needed(tables)


def test_a_second_game_of_another_shape_compiles_nothing():
    for dtype in (np.float32, np.float64):
        solve(random_game(6), dtype=dtype)
    before = (len(_run_units.signatures), len(stage.signatures))
    for dtype in (np.float32, np.float64):
        solve(random_game(7, shape=(5, 2, 3, 2), n_periods=3, n_epochs=3), dtype=dtype)
        solve(TableBuilder((1,), 2, [0.9, 0.8], n_packages=1).finish(), dtype=dtype)
    assert (len(_run_units.signatures), len(stage.signatures)) == before


def test_probabilities_of_every_decision_sum_to_one():
    solution = solve(random_game(8), dtype=np.float64)
    chosen = decisions(solution, 2)
    np.testing.assert_allclose(chosen.posture.sum(0), 1.0, rtol=0, atol=1e-14)
    np.testing.assert_allclose(chosen.offer.sum(2), 1.0, rtol=0, atol=1e-14)
    np.testing.assert_allclose(chosen.effort.sum(1), 1.0, rtol=0, atol=1e-14)
    assert np.all((chosen.accept > 0) & (chosen.accept < 1))


@pytest.mark.parametrize(("dtype", "error"), [(np.float32, 1e-6), (np.float64, 1e-11)])
def test_nobody_gains_by_another_offer_at_infinite_precision(dtype, error):
    """One-shot deviation: the best reply among the packages is worth no more than what the proposer plays."""
    tables = random_game(9, shape=(7, 9))._replace(precision_offer=np.full(3, INFINITE_PRECISION))
    solution = solve(tables, dtype=dtype)
    chosen = decisions(solution, 0)
    fight, peace = chosen.continuation, chosen.peace
    for j, both in enumerate((chosen.accept[1], chosen.accept[0], chosen.accept[0] * chosen.accept[1])):
        gains = both * (peace[None, :, j] - fight[:, None, j])  # (M, N, S)
        played = (chosen.offer[:, j, :-1] * gains).sum(1)
        best = np.maximum(gains.max(1), 0.0)
        # Precision 1e12 leaves differences below 1e-11 unresolved, float32 some roundings of 6e-8.
        np.testing.assert_allclose(played, best, rtol=0, atol=error)


def test_precision_zero_makes_every_choice_by_its_weights_alone():
    tables = random_game(10)
    blunt = tables._replace(
        precision_posture=0.0, precision_offer=np.zeros(3), precision_response=np.zeros(2), precision_effort=np.zeros(2)
    )
    chosen = decisions(solve(blunt, dtype=np.float64), 0)
    weights = tables.offer_weight[0] / tables.offer_weight[0].sum()
    np.testing.assert_allclose(
        chosen.offer, np.broadcast_to(weights[None, None, :, None], chosen.offer.shape), atol=1e-15
    )
    np.testing.assert_allclose(chosen.accept, 0.7 / 1.7, atol=1e-15)
    np.testing.assert_allclose(chosen.effort, 1 / 6, atol=1e-15)
    np.testing.assert_allclose(chosen.posture, 1 / 2, atol=1e-15)


def test_tables_that_are_no_game_are_refused_with_every_fault():
    builder = TableBuilder((2,), 3, [0.9, 1.2], n_packages=1)
    builder.set_recognition(0.8, 0)
    builder.set_recognition(0.7, 1)
    builder.initial[:] = 0.4
    with pytest.raises(ValueError, match=r"discount factors .*recognition probabilities .*initial mass"):
        builder.finish()
    once = TableBuilder((1,), 1, [0.9, 0.9], n_packages=1)
    once.finish()
    with pytest.raises(ValueError, match="finished already"):
        once.finish()
    with pytest.raises(ValueError, match="leaves axis 0"):
        builder.move(0, {-1: 0.5, 0: 0.5})
    with pytest.raises(ValueError, match="sum to"):
        builder.move(0, {0: 0.5})

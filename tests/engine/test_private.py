"""The engine on games with types: threads, precision, sampling, Bayes' rule on its own forward pass, limits, errors.

That it computes the equations is held against plain loops in tests/theory/test_typed_engine.py.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from ripeness.engine import (
    SETTLED,
    Passing,
    Solution,
    decisions,
    decisions_of_types,
    profile_weights,
    propagate,
    propagate_types,
    rows_of_profile,
    sample,
    solve,
)
from ripeness.engine.private.geometry import believed_profiles
from ripeness.game import build
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import TableBuilder, Tables
from ripeness.scenario import load, parse
from tests.engine.typed_games import TypedGame, bounds_of_payoffs, held_possible, of_profile, typed_game
from tests.scenario.typed import TYPED

ROUNDING = 1e-13
GAMES = {
    "attacker": TypedGame(n_periods=4, n_effort=(2, 2), exits=True, offsets=0.6),
    "defender and patron": TypedGame(types=(1, 2, 2), n_postures=2, n_periods=3, leak=1, offsets=0.5),
    "battles": TypedGame(types=(2, 1, 1), shape=(4,), n_periods=4, tell=0, exits=True, offsets=0.5),
    "three defenders": TypedGame(types=(1, 3, 1), resolution=4, n_periods=3, n_effort=(2, 2), offsets=0.5),
}


@cache
def tables_of(name: str) -> Tables:
    return typed_game(11, GAMES[name])


@cache
def solved(name: str) -> Solution:
    return solve(tables_of(name), dtype=np.float64, threads=1)


@cache
def passed(name: str) -> tuple:
    """What happens under each profile, and the visits of all periods."""
    visits: list[Passing] = []
    results = propagate_types(solved(name), lambda _, passing: visits.append(passing), threads=1)
    return results, visits


# --- Bayes' rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GAMES)
def test_mass_is_one_under_every_profile(name):
    results, _ = passed(name)
    for found in results:
        left = np.cumsum(found.settled.sum(axis=(1, 2)) + found.ended.sum(axis=1))
        np.testing.assert_allclose(found.open[1:] + left, 1.0, rtol=0.0, atol=ROUNDING)


@pytest.mark.parametrize("name", GAMES)
def test_at_every_node_reached_an_observer_believes_what_bayes_says(name):
    """Prior times mass, given the node, is what he believes there: his belief is a martingale under his own prior."""
    tables = tables_of(name)
    _, visits = passed(name)
    believed = [
        np.array([believed_profiles(tables, r, b) for b in range(tables.n_nodes)]) for r in range(tables.n_rows + 1)
    ]
    for r in range(tables.n_rows + 1):
        prior = profile_weights(tables, r if r < tables.n_rows else None)
        for here in visits:
            for mass in (here.mass, *np.moveaxis(here.settled, 1, 0)):
                joint = prior[:, None] * mass
                expected = joint.sum(axis=0) * believed[r][here.lane % tables.n_nodes].T
                np.testing.assert_allclose(joint, expected, rtol=0.0, atol=ROUNDING)


@pytest.mark.parametrize("name", ["attacker", "defender and patron"])
def test_a_belief_is_a_martingale_over_what_goes_on_settles_and_ends(name):
    """Under the analyst's own truth. An exit that tells nothing leaves the belief where it is."""
    tables = tables_of(name)
    results, visits = passed(name)
    prior = profile_weights(tables)
    believed = np.array([believed_profiles(tables, tables.n_rows, b) for b in range(tables.n_nodes)])
    left, ended = np.zeros(prior.size), np.zeros(prior.size)
    for t, here in enumerate(visits):
        going_on = (prior @ here.mass) @ believed[here.lane % tables.n_nodes]
        np.testing.assert_allclose(going_on + left + prior * ended, prior, rtol=0.0, atol=ROUNDING)
        left += (prior @ here.settled.sum(axis=1)) @ believed[here.lane % tables.n_nodes]
        # What ended under each profile, weighed by its prior, is the belief of those who saw it end.
        ended += np.array([found.ended[t].sum() for found in results])


# --- Values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "types",
    [
        pytest.param((2, 1, 1), marks=pytest.mark.slow),
        (1, 2, 1),
        (1, 2, 2),
        pytest.param((1, 3, 1), marks=pytest.mark.slow),
    ],
)
def test_a_value_is_what_the_forward_pass_pays_when_every_war_settles(types):
    """Under the own prior of each row: flows until then and the worth of peace; hardly a war is open at the end."""
    wanted = TypedGame(
        types=types, n_periods=400, n_postures=2, offsets=0.4, n_effort=(2, 1), shape=(2,), n_nodes=7,
        precision=(1.0, 2.0),
    )  # fmt: skip
    tables = typed_game(2, wanted)
    solution = solve(tables, dtype=np.float64, threads=1)
    results = propagate_types(solution, threads=1)
    for row in range(tables.n_rows):
        paid = 0.0
        for theta, weight in enumerate(profile_weights(tables, row)):
            if weight > 0.0:
                assert results[theta].open[-1] < 1e-12
                rows = rows_of_profile(tables, profile_types(tables.types)[theta])
                paid += weight * results[theta].worth_settled[:, list(rows).index(row)].sum()
        value = solution.values[0, row, :, _start(tables)] @ tables.initial
        assert paid == pytest.approx(value, rel=0.0, abs=1e-11), f"row {row}"


@pytest.mark.parametrize("types", [(2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2, 1), (1, 3, 1)])
def test_types_that_only_look_different_are_complete_information(types):
    """Equal payoffs and odds: every value, decision and flow of mass is that of the game without types."""
    wanted = TypedGame(types=types, spread=0.0, n_postures=2, n_effort=(2, 2), exits=True, offsets=0.7, n_nodes=5)
    tables = typed_game(5, wanted)
    alone, rows = of_profile(tables, 0)
    found, expected = (solve(game, dtype=np.float64, threads=1) for game in (tables, alone))
    for r in range(tables.n_rows):
        like = [tables.row_side[row] for row in rows].index(tables.row_side[r])
        wide = np.broadcast_to(expected.values[:, like], found.values[:, r].shape)
        held = held_possible(tables, r)
        np.testing.assert_allclose(found.values[:, r][..., held], wide[..., held], rtol=0.0, atol=ROUNDING)
    chosen, plain = decisions_of_types(found, 0, threads=1), decisions(expected, 0)
    at = chosen.posture.shape[-1] // tables.n_states
    np.testing.assert_allclose(chosen.posture[0], np.repeat(plain.posture, at, axis=-1), rtol=0.0, atol=1e-12)
    outlook = propagate(expected)
    for by_type in propagate_types(found, threads=1):
        for name in ("open", "settled", "ended", "posture", "effort", "offer", "frozen"):
            np.testing.assert_allclose(getattr(by_type, name), getattr(outlook, name), rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("name", GAMES)
def test_where_all_are_certain_the_values_are_those_of_the_game_of_these_types(name):
    tables, values = tables_of(name), solved(name).values
    for theta, profile in enumerate(profile_types(tables.types)):
        corner = 0
        for axis in tables.beliefs:
            sure = np.flatnonzero(axis.nodes[:, profile[axis.side]] == 1.0)[0]
            corner = corner * axis.nodes.shape[0] + int(sure)
        alone, rows = of_profile(tables, theta)
        expected = solve(alone, dtype=np.float64, threads=1).values
        np.testing.assert_allclose(values[..., corner][:, rows], expected[..., 0], rtol=0.0, atol=ROUNDING)


# --- Threads, precision, compiling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("wanted", [TypedGame(shape=(90, 9), tell=0, n_nodes=9), GAMES["three defenders"]])
def test_same_bytes_for_any_number_of_threads(wanted, dtype):
    tables = typed_game(3, wanted)
    one, two = (solve(tables, dtype=dtype, threads=n) for n in (1, 2))
    assert one.values.tobytes() == two.values.tobytes()
    assert np.array_equal(one.several, two.several)
    for a, b in zip(propagate_types(one, threads=1), propagate_types(two, threads=2), strict=True):
        assert all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))
    drawn = [sample(one, 200, 7, threads=n) for n in (1, 2)]
    assert all(x.tobytes() == y.tobytes() for x, y in zip(*drawn, strict=True))


@pytest.mark.parametrize("wanted", [TypedGame(shape=(7, 5), n_nodes=9), TypedGame(types=(2, 3, 1), shape=(9, 2))])
def test_same_bytes_however_states_are_cut_into_units(monkeypatch, wanted):
    """35 and 18 states: the last block of 16 is filled up, whether it lies in a unit of its own or with the others."""
    tables = typed_game(5, wanted)
    whole = solve(tables, threads=1)
    passed = [propagate_types(whole, threads=1)]
    monkeypatch.setattr("ripeness.engine.private.solution.LANES", 1)
    pieces = solve(tables, threads=1)
    passed.append(propagate_types(whole, threads=1))
    assert whole.values.tobytes() == pieces.values.tobytes()
    assert np.array_equal(whole.several, pieces.several)
    for a, b in zip(*passed, strict=True):  # mass, which is one, is added up unit by unit: a rounding for each of 35
        np.testing.assert_allclose(a.open, b.open, rtol=0.0, atol=35 * 2.3e-16)
        np.testing.assert_allclose(a.settled, b.settled, rtol=0.0, atol=35 * 2.3e-16)


@pytest.mark.parametrize("name", GAMES)
def test_single_precision_agrees_with_double(name):
    """float32 rounds at 6e-8, a logit of precision 12 amplifies it at most 1 + 12 / 4 times, in at most six choices of
    four periods: 6e-8 * 4 * 24 = 6e-6; informed choices amplify once more by the slope of the posterior, below 10."""
    single = solve(tables_of(name), dtype=np.float32, threads=1)
    assert np.abs(single.values - solved(name).values).max() < 6e-5
    for a, b in zip(propagate_types(single, threads=1), passed(name)[0], strict=True):
        left = np.cumsum(a.settled.sum(axis=(1, 2)) + a.ended.sum(axis=1))
        np.testing.assert_allclose(a.open[1:] + left, 1.0, rtol=0.0, atol=1e-12)
        # The mass is carried in double; decisions differ by precision / 4 times what values do.
        assert np.abs(a.open - b.open).max() < 4 * 3 * 6e-5


def test_a_second_game_with_types_of_another_shape_compiles_nothing():
    """What games of a kind have called is called as it is by games of that kind with other numbers of everything.

    A kind is what a game has and lacks, axes of one point among it: Numba takes their arrays for another type.
    """
    kinds = [
        TypedGame(types=(1, 2, 1), shape=(2, 3), n_periods=3, n_packages=5, n_nodes=9, exits=True, n_effort=(3, 1)),
        TypedGame(types=(2, 2, 1), n_nodes=5, n_postures=2, tell=1),
        TypedGame(types=(1, 1, 3), n_postures=3, n_effort=(1, 2)),
        TypedGame(types=(2, 1, 1), patron=False, n_proposers=2, passive=2),
    ]
    for wanted, dtype in product(kinds, (np.float32, np.float64)):
        _everything(typed_game(0, wanted), dtype)
    before = _compiled()
    assert before["ripeness.engine.private.choice.choose_two"] == 2  # one for each precision
    for wanted, dtype in product(kinds, (np.float32, np.float64)):
        larger = replace(wanted, n_periods=4, n_packages=6, n_nodes=wanted.n_nodes + 2, shape=(3, 4), resolution=3)
        _everything(typed_game(1, larger), dtype)
    after = _compiled()  # a hard choice may have come up in one precision only: then the other is due
    assert {name: (n, after[name]) for name, n in before.items() if after[name] > max(n, 2)} == {}


def _everything(tables: Tables, dtype: type) -> None:
    solution = solve(tables, dtype=dtype, threads=1)
    decisions_of_types(solution, 0, threads=1)
    propagate_types(solution, lambda *_: None, threads=1)
    sample(solution, 5, seed=0, threads=1)


def _compiled() -> dict[str, int]:
    """Number of signatures of every function of the engine that has been compiled."""
    from numba.core.registry import CPUDispatcher

    import ripeness.engine.private as package

    modules = [getattr(package, name) for name in dir(package)]
    return {
        f"{found.__module__}.{name}": len(found.signatures)
        for module in modules
        if getattr(module, "__name__", "").startswith("ripeness.engine.private.")
        for name, found in vars(module).items()
        if isinstance(found, CPUDispatcher) and found.signatures
    }


# --- Sampling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GAMES)
def test_the_exact_pass_lies_within_four_standard_errors_of_the_histories(name):
    """Under the analyst's prior: dates and packages of settlements, ends, efforts, and the belief of every period."""
    n = 40_000
    tables, (results, visits) = tables_of(name), passed(name)
    prior = profile_weights(tables)
    drawn = sample(solved(name), n, seed=20251203, threads=1)
    n_periods, n_packages = tables.n_periods, tables.peace_fixed.shape[1]

    def check(exact, counted):
        frequency = np.asarray(counted) / n
        error = np.sqrt(np.maximum(exact * (1.0 - exact), 1e-12) / n)
        # Where fewer than ten are expected the normal bound is not valid; ten counts of slack.
        assert np.all(np.abs(frequency - exact) <= np.where(exact * n >= 10, 4 * error, 10 / n))

    check(prior, np.bincount(drawn.profile, minlength=prior.size))
    settled = drawn.end == SETTLED
    dated = np.zeros((n_periods, n_packages))
    np.add.at(dated, (drawn.end_period[settled], drawn.package[settled]), 1)
    check(sum(w * found.settled.sum(axis=1) for w, found in zip(prior, results, strict=True)), dated)
    ended = sum(w * found.ended.sum(axis=1) for w, found in zip(prior, results, strict=True))
    check(ended, np.bincount(drawn.end_period[drawn.end >= 0], minlength=n_periods)[:n_periods])
    for t, here in enumerate(visits):
        open_now = drawn.state[:, t] >= 0
        lanes = drawn.state[open_now, t] * tables.n_nodes + drawn.node[open_now, t]
        counted = np.bincount(lanes, minlength=tables.n_states * tables.n_nodes)
        exact = np.zeros(counted.size)
        exact[here.lane] = prior @ here.mass
        check(exact, counted)
        efforts = sum(w * found.effort[t] for w, found in zip(prior, results, strict=True))
        check(efforts, [(drawn.effort[:, t] == e).sum() for e in range(efforts.size)])


def test_histories_of_one_profile_are_those_of_its_types():
    tables, (results, _) = tables_of("attacker"), passed("attacker")
    n = 20_000
    drawn = sample(solved("attacker"), n, seed=1, weights=np.array([0.0, 1.0]), threads=1)
    assert (drawn.profile == 1).all()
    exact = results[1].open[1:]
    counted = (drawn.state[:, 1:] >= 0).mean(axis=0)
    assert np.all(np.abs(counted - exact) < 4 * np.sqrt(exact * (1 - exact) / n))
    assert tables.n_profiles == 2


# --- Several solutions ------------------------------------------------------------------------------------------------


def _reputation(precision: float, n_nodes: int = 121) -> Tables:
    """Theory I.ii: to be thought tough pays the tough. D offers 0.5 at once; a refusal is worth 0.5 to the weak and 0.2
    + 0.6 b' to the tough, b' what is believed then. Prior of toughness 0.7."""
    belief = np.linspace(0.0, 1.0, n_nodes)
    start = int(np.abs(belief - 0.7).argmin())
    builder = TableBuilder((1,), 1, [1.0, 1.0, 1.0], n_packages=1, types=(2, 1, 1))
    builder.add_beliefs(0, np.stack([1.0 - belief, belief], axis=1), start=start)
    builder.set_recognition(1.0, 1)
    for row in range(3):
        builder.set_peace(0.5, row, 0)
    builder.offer_weight[:, -1] = 0.0
    builder.precision_response[:] = precision
    tables = builder.finish()
    worth = np.zeros((3, 1, n_nodes))
    worth[0], worth[1] = 0.5, 0.2 + 0.6 * belief
    return tables._replace(terminal_nodes=worth)


def test_where_a_refusal_has_several_posteriors_they_are_counted_and_the_first_is_continued_from_zero():
    """At precision 10 one posterior, 0.800; at 20 three, of which 0.820 is continued from the prior 0.7.

    Three posteriors at 46 of the 119 uncertain nodes, by a scan of (ii.3): `theory.informed_choice`.
    """
    for precision, posterior, n_several in ((10.0, 0.800217158001, 0), (20.0, 0.820433668629, 46)):
        solution = solve(_reputation(precision), dtype=np.float64, threads=1)
        start = _start(solution.tables)
        after = decisions_of_types(solution, 0, threads=1).accept_after[0, 0, 0, 1, 0, start]
        # Between nodes the lottery gives the tough a little more than 0.2 + 0.6 b': the order of the step squared.
        assert 1.0 / (1.0 + np.exp(-after)) == pytest.approx(posterior, abs=2e-4)
        assert solution.several.tolist() == [[0, 0, n_several, 0, 0]]


def test_a_resumed_pass_gives_the_same_bytes_and_the_same_counts():
    tables = _reputation(20.0)
    tables = tables._replace(epoch_of_period=np.repeat(tables.epoch_of_period, 3))
    kept = {}

    def interrupt(done, total, solution):
        kept["resume"] = total - done, replace(solution, values=solution.values.copy(), several=solution.several.copy())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(tables, threads=1, progress=interrupt)
    resumed, whole = solve(tables, threads=1, resume=kept["resume"]), solve(tables, threads=1)
    assert resumed.values.tobytes() == whole.values.tobytes()
    assert whole.several[kept["resume"][0] :].any()
    assert np.array_equal(resumed.several, whole.several)


# --- Shapes that once failed, and errors ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_war_in_which_both_sides_have_types_is_solved_and_passed_forward(dtype):
    """Types (2, 3, 1) on a grid of many units."""
    game = build(parse(TYPED), grid="coarse")
    assert game.tables.types == (2, 3, 1)
    solution = solve(game.tables, dtype=dtype)
    assert np.isfinite(solution.values).all()
    for found in propagate_types(solution):
        left = found.settled.sum() + found.ended.sum()
        assert found.open[-1] + left == pytest.approx(1.0, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("precision", [0.1, 1.0, 10.0, 100.0, 1e3, 1e4])
@pytest.mark.parametrize("name", ["sides with types", "screening", "ukraine-2025-12"])
def test_a_war_with_types_is_solved_at_every_precision(name, precision):
    """Every decision equally sharp, in the precision that users have: no choice unsolved, values within bounds."""
    shorter = {"screening": [], "ukraine-2025-12": ["horizon=6", "lookahead=0", "claims=[]"]}
    scenario = load(name, shorter[name]) if name in shorter else parse(TYPED, sets=["horizon=6", "lookahead=1"])
    tables = build(scenario, grid="coarse").tables
    tables = tables._replace(
        precision_posture=precision,
        precision_offer=np.full_like(tables.precision_offer, precision),
        precision_response=np.full(2, precision),
        precision_effort=np.full(2, precision),
    )
    values = solve(tables).values
    low, high = bounds_of_payoffs(tables)
    for row in range(tables.n_rows):
        held = values[0, row][:, held_possible(tables, row)]
        assert low[row] - 1e-4 <= held.min()
        assert held.max() <= high[row] + 1e-4


def _wrong(change: str) -> TableBuilder:
    builder = TableBuilder((1,), 1, [0.9, 0.9, 0.9], n_packages=1, types=(2, 1, 1))
    even = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    if change == "no beliefs":
        return builder
    if change == "a row too few":
        builder = TableBuilder((1,), 1, [0.9, 0.9], n_packages=1, types=(2, 1, 1))
    nodes = {"no certainty": even[1:], "falling": even[::-1], "no probabilities": 2.0 * even}.get(change, even)
    offset = np.full((builder.discount.size + 1, 2), np.nan) if change == "offsets" else None
    builder.add_beliefs(0, nodes, start=3 if change == "start" else 1, offset=offset)
    return builder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("no beliefs", "side 0 has 2 types and no belief axis"),
        ("a row too few", r"types \(2, 1, 1\) need a discount factor for each, got 2"),
        ("no certainty", "must run from certainty to certainty"),
        ("falling", "must run from certainty to certainty and increase"),
        ("no probabilities", "must be probabilities that sum to one"),
        ("start", "nodes of side 0 must have shape"),
        ("offsets", "offsets of side 0 must be finite"),
    ],
)
def test_tables_with_wrong_beliefs_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        _wrong(change).finish()


def test_what_tells_of_two_sides_at_once_is_refused():
    builder = TableBuilder((2,), 1, [0.9] * 4, n_packages=1, types=(2, 2, 1))
    even = np.array([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]])
    for side in (0, 1):
        builder.add_beliefs(side, even, start=1)
    moves = [{0: [p, 1.0], 1: [1.0 - p, 0.0]} for p in (0.1, 0.2, 0.3, 0.4)]
    builder.set_nature(0, builder.move(0, moves))
    with pytest.raises(ValueError, match=r"depends on the types of sides \[0, 1\]"):
        solve(builder.finish())


def test_evidence_that_rows_see_differently_is_refused():
    builder = TableBuilder((2,), 1, [0.9] * 3, n_packages=1, types=(2, 1, 1))
    builder.add_beliefs(0, np.array([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]]), start=1)
    builder.set_nature(0, builder.move(0, [{0: [p, 1.0], 1: [1.0 - p, 0.0]} for p in (0.1, 0.4)]), row=0)
    with pytest.raises(ValueError, match="must be the same for all rows and the truth"):
        solve(builder.finish())


def test_what_needs_one_type_each_says_what_to_call_instead():
    solution = solved("attacker")
    with pytest.raises(NotImplementedError, match="Use propagate_types"):
        propagate(solution)
    with pytest.raises(NotImplementedError, match="Use decisions_of_types and propagate_types"):
        decisions(solution, 0)
    with pytest.raises(IndexError, match=r"period must lie in 0 \.\. 3, got 4"):
        decisions_of_types(solution, 4)


def _start(tables: Tables) -> int:
    node = 0
    for axis in tables.beliefs:
        node = node * axis.nodes.shape[0] + axis.start
    return node

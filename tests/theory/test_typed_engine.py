"""The engine and the plain-loop reference compute the same game with private information, and the reference is right.

The reference is held against complete information where that is the same game (one type, types that only look
different, beliefs of 0 and 1), against Bayes' rule on its own forward pass, and against what its forward pass pays.
"""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from ripeness.engine import Passing, Solution, decisions_of_types, propagate_types, solve
from ripeness.game.beliefs import log_odds_nodes
from ripeness.game.tables import BeliefAxis, TableBuilder, Tables
from tests.engine.typed_games import TypedGame, of_profile, typed_game
from tests.theory import reference as complete
from tests.theory import reference_types as typed
from tests.theory.games import random_tables

EXACT = 1e-12  # rounding: 1e-16 in values of size one, times precisions of up to 30, over some hundred operations

GAMES = {
    "attacker": (TypedGame(precision=(5.0, 15.0)), range(3)),
    "defender": (TypedGame(types=(1, 2, 1), precision=(5.0, 15.0), n_effort=(2, 2), exits=True), range(3)),
    "patron": (TypedGame(types=(1, 1, 2), n_postures=2, n_effort=(1, 2), passive=1), range(2)),
    "without a patron": (TypedGame(patron=False, n_proposers=2, n_effort=(2, 2), passive=1), range(2)),
    "offsets": (TypedGame(offsets=0.8, n_postures=2, n_effort=(2, 2), exits=True, breakdown=0.2), range(2)),
    "battles": (TypedGame(tell=0, shape=(2, 2), n_effort=(1, 2), exits=True, offsets=0.5), range(2)),
    "others' odds": (TypedGame(own_odds=True, shape=(2, 2), closed=True, n_periods=3), range(1)),
    "battles about the defender": (TypedGame(types=(2, 2, 1), shape=(2,), n_nodes=5, tell=1, offsets=0.5), range(2)),
    "a leaking defender": (TypedGame(types=(1, 2, 1), leak=1, tell=1, n_effort=(1, 2), offsets=0.5), range(2)),
    "attacker and patron": (TypedGame(types=(2, 1, 2), shape=(2,), n_nodes=5, n_postures=2, offsets=0.5), range(2)),
    "everybody": (
        TypedGame(types=(2, 2, 2), shape=(1,), n_periods=2, n_packages=2, n_nodes=5, n_postures=2, offsets=0.5),
        range(1),
    ),
    "sharp": (TypedGame(precision=(15.0, 30.0), spread=0.15, n_effort=(2, 2)), range(4)),
    "three attackers": (TypedGame(types=(3, 1, 1), n_effort=(1, 2), tell=0, offsets=0.5, exits=True), range(2)),
    "three defenders": (TypedGame(types=(1, 3, 1), resolution=4, shape=(2,), n_effort=(2, 2)), range(1)),
}
FAST = ("attacker", "patron", "battles", "a leaking defender")
"""Each side informed in one of them, and between them exits, efforts, offsets and what battles and leaks tell."""
CASES = [
    pytest.param(name, seed, marks=[] if name in FAST and seed == 0 else [pytest.mark.slow])
    for name, (_, seeds) in GAMES.items()
    for seed in seeds
]
DECISIONS_OF_ONE_TYPE = ("posture", "offer", "accept", "effort", "continuation", "before_posture", "peace", "value")


@cache
def played(name: str, seed: int) -> tuple[Tables, typed.Reference, typed.Forward]:
    tables = typed_game(seed, GAMES[name][0])
    reference = typed.reference_solve(tables)
    return tables, reference, typed.reference_propagate(tables, reference)


def in_complete_information(stage: typed.Stage, tables: Tables) -> complete.Stage:
    """Decisions of a game with one type each, in the layout of complete information."""
    n_postures, n_proposers = tables.recognition.shape[1:]
    n_packages, n_states = tables.peace_fixed.shape[1], tables.n_states
    n_a, n_d = tables.n_effort_a, tables.n_effort_d
    out = complete.Stage(
        posture=np.ones((n_postures, n_states)),
        recognition=np.zeros(0),
        offer=np.zeros((n_postures, n_proposers, n_packages + 1, n_states)),
        accept=np.zeros((2, n_postures, n_packages, n_states)),
        effort=np.zeros((n_postures, n_a * n_d, n_states)),
        continuation=stage.continuation[..., 0],
        before_posture=stage.before_posture[..., 0],
        peace=stage.peace[..., 0],
        value=stage.value[..., 0],
    )
    for s, posture in stage.posture.items():
        out.posture[:, s] = posture[0].probability[0]
    for (m, j, s), offer in stage.offer.items():
        out.offer[m, j, :, s] = offer[0].probability[0]
    for (i, m, n, s), answer in stage.answer.items():
        out.accept[i, m, n, s] = answer[0].probability[0, 0]
    for (m, e_a, s), effort in stage.effort_d.items():
        first = stage.effort_a[m, s][0].probability[0, e_a]
        out.effort[m, e_a * n_d : (e_a + 1) * n_d, s] = first * effort[0].probability[0]
    return out


def all_choices(reference: typed.Reference):
    """Every decision with the side that takes it, its joint node and what it is."""
    for t, stage in enumerate(reference.stages):
        decided = (
            [(typed.PATRON, key, choices) for key, choices in stage.posture.items()]
            + [(key[1], key, choices) for key, choices in stage.offer.items()]
            + [(key[0], key, choices) for key, choices in stage.answer.items()]
            + [(typed.ATTACKER, key, choices) for key, choices in stage.effort_a.items()]
            + [(typed.DEFENDER, key, choices) for key, choices in stage.effort_d.items()]
        )
        for side, key, choices in decided:
            for b, choice in enumerate(choices):
                yield side, b, choice, f"period {t}, side {side}, decision {key}, node {b}"


# --- The engine -------------------------------------------------------------------------------------------------------


@cache
def engine_solution(name: str, seed: int) -> Solution:
    return solve(played(name, seed)[0], dtype=np.float64, threads=1)


# The engine stops its brackets near rounding; a value depends on a posterior by precision times a slope.
VALUE, CHANCE = 1e-12, 1e-11


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_the_engine_computes_the_values_of_the_equations(name, seed):
    _, reference, _ = played(name, seed)
    compared = np.broadcast_to(typed.possible(reference.beliefs)[None, :, None], reference.values.shape)
    found = engine_solution(name, seed).values
    assert found.shape == reference.values.shape
    np.testing.assert_allclose(found[compared], reference.values[compared], rtol=0.0, atol=VALUE)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_every_decision_and_every_posterior_of_the_engine_is_that_of_the_equations(name, seed):
    tables, reference, _ = played(name, seed)
    for period in range(tables.n_periods):
        expected = typed.decision_arrays(tables, reference, period)
        for what, of_engine in _in_the_layout_of_the_reference(engine_solution(name, seed), period).items():
            if what in expected:
                wanted = expected[what]
                compared = np.isfinite(wanted) & _where_types_are_possible(reference.beliefs, what, wanted)
                np.testing.assert_allclose(
                    of_engine[compared], wanted[compared], rtol=0.0, atol=CHANCE, err_msg=f"{what}, period {period}"
                )


def _in_the_layout_of_the_reference(solution: Solution, period: int) -> dict[str, np.ndarray]:
    """Decisions (K, ..., actions, S, B), and beliefs after them (..., actions, K, S, B), as `decision_arrays` has."""
    tables = solution.tables
    decided = decisions_of_types(solution, period, threads=1)
    n_a, n_d = tables.n_effort_a, tables.n_effort_d
    both = np.stack([decided.accept, 1.0 - decided.accept], axis=4)  # (2, K, M, N, 2, L)
    replies = decided.effort_d.reshape(*decided.effort_d.shape[:2], n_a, n_d, -1)
    told = decided.effort_d_after.reshape(decided.effort_d_after.shape[0], n_a, n_d, *decided.effort_d_after.shape[2:])
    by_side = {"posture": (2, decided.posture, decided.posture_after)}
    for j in range(tables.recognition.shape[2]):
        by_side[f"offer_{j}"] = (j, decided.offer[j], decided.offer_after[j])
    for i in (0, 1):
        by_side[f"accept_{i}"] = (i, both[i], decided.accept_after[i])
    by_side["effort_a"] = (0, decided.effort_a, decided.effort_a_after)
    by_side["effort_d"] = (1, replies, told)
    at = (tables.n_states, tables.n_nodes)
    out = {}
    for name, (side, chance, after) in by_side.items():
        kinds = tables.types[side]
        out[name] = chance[:kinds].reshape(*chance[:kinds].shape[:-1], *at)
        if kinds > 1:
            axis = after.ndim - 2
            against = np.concatenate([np.zeros_like(after[..., :1, :]), after[..., : kinds - 1, :]], axis=axis)
            odds = np.exp(against - against.max(axis=axis, keepdims=True))
            after = odds / odds.sum(axis=axis, keepdims=True)
            out[f"{name}_after"] = after.reshape(*after.shape[:-1], *at)
    return out


def _where_types_are_possible(beliefs: typed.Beliefs, what: str, like: np.ndarray) -> np.ndarray:
    """Not what a type does, one of more than two, that the public holds impossible: a convention."""
    side = {"posture": 2, "effort_a": 0, "effort_d": 1}.get(what, int(what[-1]) if what[-1].isdigit() else -1)
    if side < 0:
        return np.ones(like.shape, bool)
    rows = [beliefs.row_of[side, k] for k in range(like.shape[0])]
    return np.broadcast_to(typed.possible(beliefs)[rows].reshape(like.shape[0], *[1] * (like.ndim - 2), -1), like.shape)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_the_engine_sends_mass_and_beliefs_where_the_equations_send_them(name, seed):
    """Under every profile of types: what happens in each period, and the public belief at which it does."""
    tables, _, expected = played(name, seed)
    passing: dict[int, Passing] = {}
    results = propagate_types(engine_solution(name, seed), passing.__setitem__, threads=1)
    assert len(results) == tables.n_profiles
    for theta, found in enumerate(results):
        for what in ("open", "settled", "ended", "posture", "offer", "effort"):
            np.testing.assert_allclose(
                getattr(found, what), getattr(expected, what)[:, theta], rtol=0.0, atol=CHANCE, err_msg=what
            )
        np.testing.assert_allclose(found.frozen, expected.frozen[theta].sum(axis=1), rtol=0.0, atol=CHANCE)
    at = (tables.n_states, tables.n_nodes)
    for t, here in passing.items():
        mass, settled = np.zeros((tables.n_profiles, *at)), np.zeros((tables.n_profiles, *at))
        mass.reshape(tables.n_profiles, -1)[:, here.lane] = here.mass
        settled.reshape(tables.n_profiles, -1)[:, here.lane] = here.settled.sum(axis=1)
        np.testing.assert_allclose(mass, expected.mass[t], rtol=0.0, atol=CHANCE, err_msg=f"period {t}")
        np.testing.assert_allclose(settled.sum(axis=1), expected.settled_at[t], rtol=0.0, atol=CHANCE)


# --- The reference ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_one_type_each_is_complete_information(seed):
    tables = random_tables(seed)
    expected, found = complete.reference_solve(tables), typed.reference_solve(tables)
    np.testing.assert_allclose(found.values[..., 0], expected.values, rtol=0.0, atol=EXACT)
    for stage, expected_stage in zip(found.stages, expected.stages, strict=True):
        flat = in_complete_information(stage, tables)
        for name in DECISIONS_OF_ONE_TYPE:
            np.testing.assert_allclose(
                getattr(flat, name), getattr(expected_stage, name), rtol=0.0, atol=100 * EXACT, err_msg=name
            )
    passed, expected_passed = typed.reference_propagate(tables, found), complete.reference_propagate(tables, expected)
    np.testing.assert_allclose(passed.mass[:, 0, :, 0], expected_passed.mass, rtol=0.0, atol=100 * EXACT)
    for name in ("settled", "ended", "posture", "offer", "effort"):
        np.testing.assert_allclose(
            getattr(passed, name)[:, 0], getattr(expected_passed, name), rtol=0.0, atol=100 * EXACT, err_msg=name
        )


@pytest.mark.parametrize(
    "types",
    [
        (2, 1, 1),
        (1, 2, 1),
        (1, 1, 2),
        *(pytest.param(k, marks=pytest.mark.slow) for k in [(2, 2, 1), (3, 1, 1), (1, 1, 3)]),
    ],
)
def test_types_that_only_look_different_change_nothing(types):
    """Equal payoffs and odds for all types: at every belief the values are those of complete information."""
    shape = (2,) if sum(types) > 4 else (3,)
    wanted = TypedGame(types=types, shape=shape, spread=0.0, n_postures=2, n_effort=(2, 2), exits=True, offsets=0.7)
    tables = typed_game(5, wanted)
    found = typed.reference_solve(tables)
    alone, rows = of_profile(tables, 0)
    expected = complete.reference_solve(alone).values
    for r in range(found.beliefs.n_rows):
        like = [found.beliefs.row_side[row] for row in rows].index(found.beliefs.row_side[r])
        np.testing.assert_allclose(
            found.values[:, r], np.broadcast_to(expected[:, like, :, None], found.values[:, r].shape), atol=EXACT
        )


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_certain_beliefs_are_the_game_of_those_types(name, seed):
    """Where the public is certain of all types, rows of these types have their value of complete information."""
    tables, reference, _ = played(name, seed)
    beliefs = reference.beliefs
    n_corners = 0
    for theta, b in product(range(len(beliefs.profiles)), range(beliefs.n_joint)):
        if all(beliefs.public(i, b)[beliefs.profiles[theta][i]] == 1.0 for i in typed.SIDES):
            n_corners += 1
            alone, rows = of_profile(tables, theta)
            expected = complete.reference_solve(alone).values
            np.testing.assert_allclose(reference.values[..., b][:, rows], expected, rtol=0.0, atol=EXACT)
    assert n_corners == len(beliefs.profiles)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_every_choice_and_lottery_obeys_bayes(name, seed):
    """The posterior is proportional to belief times choice; at every vertex it is the vertex, for every type."""
    _, reference, _ = played(name, seed)
    beliefs = reference.beliefs
    for side, b, choice, what in all_choices(reference):
        prior = beliefs.public(side, b)
        for a, landing in enumerate(choice.landing):
            if not landing:
                assert not choice.probability[:, a].any()
                continue
            joint = prior * choice.probability[:, a]
            np.testing.assert_allclose(choice.posterior[a], joint / joint.sum(), rtol=0.0, atol=EXACT, err_msg=what)
            np.testing.assert_allclose(sum(q for _, q in landing), 1.0, rtol=0.0, atol=EXACT, err_msg=what)
            for v, q in landing:
                here = joint * q
                np.testing.assert_allclose(here, here.sum() * beliefs.public(side, v), atol=EXACT, err_msg=what)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_at_every_reached_node_an_observer_believes_what_bayes_says(name, seed):
    """The mass under an observer's prior over profiles, given the node, is what the observer believes at that node."""
    _, reference, passed = played(name, seed)
    beliefs = reference.beliefs
    for r in range(beliefs.n_rows + 1):
        prior = beliefs.own_profile[r, beliefs.start]
        for mass in (*passed.mass, *passed.settled_at[:, :, None]):
            joint = prior[:, None, None] * mass  # (Theta, S, B)
            believed = joint.sum(axis=0) * beliefs.own_profile[r].T[:, None]
            np.testing.assert_allclose(joint, believed, rtol=0.0, atol=EXACT)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_a_belief_is_a_martingale_under_the_observers_own_prior(name, seed):
    """Expected belief stays where it began, over what goes on, what settled and what ended, for every offset."""
    tables, reference, passed = played(name, seed)
    beliefs = reference.beliefs
    nature = typed.Nature(tables, beliefs)
    for r in range(beliefs.n_rows + 1):
        prior = beliefs.own_profile[r, beliefs.start]
        left = np.zeros(len(prior))
        for t in range(tables.n_periods + 1):
            going_on = np.einsum("x,xsb,by->y", prior, passed.mass[t], beliefs.own_profile[r])
            np.testing.assert_allclose(going_on + left, prior, rtol=0.0, atol=EXACT, err_msg=f"row {r}, period {t}")
            if t == tables.n_periods:
                break
            left += np.einsum("x,xb,by->y", prior, passed.settled_at[t], beliefs.own_profile[r])
            # What ended: belief after the end was seen, from the belief before and the hazard of every profile.
            for s, b, o in zip(*np.nonzero(passed.ended_at[t].sum(axis=0)), strict=True):
                hazard = [
                    1.0 - sum(nature.weight(int(o), w, x, int(s)) for w in nature.n_arms()) for x in range(len(prior))
                ]
                seen = beliefs.own_profile[r, b] * hazard
                left += (prior @ passed.ended_at[t][:, s, b, o]) * seen / seen.sum()


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_a_value_is_what_the_row_expects_to_be_paid(name, seed):
    """Two ways to the same number: the backward recursion under own beliefs, and the forward pass of every profile."""
    tables, reference, passed = played(name, seed)
    beliefs = reference.beliefs
    mass = passed.open[-1] + passed.settled.sum(axis=(0, 2, 3)) + passed.ended.sum(axis=(0, 2))
    np.testing.assert_allclose(mass, 1.0, rtol=0.0, atol=EXACT)
    for r in range(beliefs.n_rows):
        weights = tables.profiles.operator_weight
        same = np.array_equal(weights[tables.nature[..., r]], weights[tables.nature[..., -1]])
        if same:  # a row with odds of nature of its own expects something else
            paid = beliefs.own_profile[r, beliefs.start] @ passed.worth[:, r]
            value = reference.values[0, r, :, beliefs.start] @ tables.initial
            assert paid == pytest.approx(value, rel=0.0, abs=EXACT), f"row {r}"


@pytest.mark.parametrize("prior", [-1.5, 0.0, 0.7])
@pytest.mark.parametrize("precision", [1.0, 8.0, 25.0])
def test_a_response_solves_its_own_scalar_equation(prior, precision):
    """(ii.3): with belief-free acceptance, l' = l + sp(lambda z_0(l')) - sp(lambda z_1(l')), bracketed."""
    random = np.random.default_rng(3)
    nodes, start = log_odds_nodes(9, 3.0, prior)
    axis = BeliefAxis(0, nodes, start, 0, np.zeros((4, 2)))
    tables = random_tables(0)._replace(types=(2, 1, 1), beliefs=(axis,), discount=np.ones(3))
    beliefs = typed.Beliefs(tables)
    accept = np.array([0.5, 0.6])
    reject = np.stack([np.sort(random.uniform(0.2, 0.8, 9)), np.full(9, 0.55)])  # Q_0 rises, Q_1 is flat: one root
    payoff = np.stack([np.repeat(accept[:, None], 9, axis=1), reject], axis=1)

    def after_rejection(odds: float) -> np.ndarray:
        p = 1.0 / (1.0 + math.exp(-odds))
        high = min(int(np.searchsorted(nodes[:, 1], p)), 8)
        up = (p - nodes[high - 1, 1]) / (nodes[high, 1] - nodes[high - 1, 1])
        belief = np.array([1.0 - p, p])
        return sum(
            w * nodes[v] / belief * reject[:, v] for v, w in ((high - 1, 1.0 - up), (high, up))
        )  # q_k(v) = w_v nodes[v, k] / b_k

    def equation(odds: float) -> float:
        z = precision * (accept - after_rejection(odds))
        return odds - prior - float(np.logaddexp(0.0, z[0]) - np.logaddexp(0.0, z[1]))

    expected = brentq(equation, -30.0, 30.0, xtol=1e-14)
    choice = typed.choose(beliefs, 0, [1.0, 1.0], precision, payoff)[start]
    assert math.log(choice.posterior[1, 1] / choice.posterior[1, 0]) == pytest.approx(expected, rel=0.0, abs=1e-10)


def _published(shared: Path, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    cases = json.loads((shared / "theory_cases.json").read_text(encoding="utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == name)
    return case["params"], case["expected"]


def _two_types_of_defender(
    n_periods: int, discount: float, n_nodes: int, prior: float, n_packages: int
) -> TableBuilder:
    """Belief nodes uniform in the probability of type 1, as the tolerance of the published cases asks."""
    belief = np.linspace(0.0, 1.0, n_nodes)
    builder = TableBuilder((1,), n_periods, [discount] * 3, n_packages=n_packages, types=(1, 2, 1))
    start = int(np.abs(belief - prior).argmin())
    assert belief[start] == pytest.approx(prior, abs=EXACT)
    builder.add_beliefs(1, np.stack([1.0 - belief, belief], axis=1), start=start)
    for n in range(n_packages):
        share = n / (n_packages - 1)
        for row in range(3):
            builder.set_peace(share if row == 0 else 1.0 - share, row, n)
    return builder


@pytest.mark.slow
def test_screening_approaches_the_published_values_with_the_square_of_the_belief_step(shared):
    """An uninformed proposer, two types of cost, two periods: errors below lambda h^2 / 4."""
    given, expected = _published(shared, "aqre_types_1")
    n_nodes = 31
    lasting = given["delta"] * (1.0 - given["q"])  # a round is decisive with probability q
    builder = _two_types_of_defender(2, lasting, n_nodes, given["prior"][1], given["offer_points"])
    builder.set_recognition(1.0, 0)
    wins = [given["p"], 1.0 - given["p"], 1.0 - given["p"]]
    for row, cost in enumerate([given["c_A"], *given["c_types"]]):
        paid = given["delta"] * given["q"] * wins[row] - cost
        builder.set_flow_lump(paid, row)
        builder.terminal[row] = paid / (1.0 - lasting)  # fighting to the finish
    builder.precision_offer[:] = builder.precision_response[:] = given["lam"]
    reference = typed.reference_solve(builder.finish())
    bound = given["lam"] / (4.0 * (n_nodes - 1) ** 2)
    start = reference.beliefs.start
    assert reference.values[0, 0, 0, start] == pytest.approx(expected["VA"], rel=0.0, abs=bound)
    np.testing.assert_allclose(reference.values[0, 1:, 0, start], expected["VD_by_type"], rtol=0.0, atol=bound)
    offers = reference.stages[0].offer[0, 0, 0][start].probability[0]
    slope = 0.25 * given["lam"]  # of a choice probability in a payoff, at most
    np.testing.assert_allclose(offers, expected["offer_probabilities_t0_none_last"], rtol=0.0, atol=slope * bound)


@pytest.mark.slow
def test_informed_offers_approach_the_published_values_with_the_square_of_the_belief_step(shared):
    """Twelve messages of a side with two types, answered at the posterior of each: errors below lambda h^2 / 4."""
    given, expected = _published(shared, "aqre_informed_1")
    n_nodes = 61
    builder = _two_types_of_defender(1, 1.0, n_nodes, given["prior_type1"], given["offer_points"])
    builder.set_recognition(1.0, 1)
    for profile, p in enumerate(given["p_win_A_by_type"]):
        builder.set_terminal(p - given["c_A"], 0, profile)
        builder.set_terminal(1.0 - p - given["c_D"], 1 + profile, profile)
    builder.precision_offer[:] = builder.precision_response[:] = given["lam"]
    reference = typed.reference_solve(builder.finish())
    bound = given["lam"] / (4.0 * (n_nodes - 1) ** 2)
    start = reference.beliefs.start
    assert reference.values[0, 0, 0, start] == pytest.approx(expected["VA"], rel=0.0, abs=bound)
    np.testing.assert_allclose(reference.values[0, 1:, 0, start], expected["VD_by_type"], rtol=0.0, atol=bound)
    messages = reference.stages[0].offer[0, 1, 0][start].posterior[:, 1]
    slope = 0.25 * given["lam"]
    np.testing.assert_allclose(messages, expected["posterior_type1_by_offer_none_last"], rtol=0.0, atol=slope * bound)

"""The engine's equilibria against those that Gambit traces on the same games, exported as trees.

Gambit shares nothing with the engine but the written file. Its tracer stops within 1e-9 of a precision, relatively, and
its corrector leaves about as much; a probability moves by at most a quarter of precision times payoff times that, which
leaves 1e-6 of room at all precisions used here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("pygambit", reason="Gambit's Python package is not installed; it comes with the extra 'gambit'")

import ripeness as rp
from ripeness.engine import solve
from ripeness.game import Tables
from ripeness.interop import ExtensiveForm, Slice, extensive_form, known_values, names_of
from ripeness.interop.extensive import leaves
from ripeness.theory.informed_choice import InformedChoice, Payoffs, continued_equilibrium
from ripeness.theory.tables_of_theory import D_FIRST, add_sure_beliefs, pie_builder
from tests.engine.typed_games import TypedGame, typed_game
from tests.interop import traced

Float = NDArray[np.float64]
AGREES = 1e-6
SHARP = (1.0, 5.0, 20.0)
"""Factors on all precisions, which lie between 0.4 and 1.5: from play near chance to play near best reply."""

SMALL = TypedGame(types=(1, 1, 1), shape=(1,), n_periods=1, n_packages=2, n_proposers=2, patron=False)
GAMES = {
    # complete information
    "patron with posture, efforts": replace(
        SMALL, n_packages=1, n_proposers=3, patron=True, n_postures=2, n_effort=(2, 2)
    ),
    "peace that breaks": replace(SMALL, n_proposers=3, patron=True, breakdown=0.3),
    "two periods": replace(SMALL, n_periods=2, n_packages=1, n_effort=(2, 1), breakdown=0.3),
    "two periods, states, exits, odds of one's own": replace(
        SMALL, n_periods=2, n_packages=1, shape=(2,), own_odds=True, exits=True, passive=1
    ),
    # types
    "informed attacker": replace(SMALL, types=(2, 1, 1)),
    "informed effort": replace(SMALL, types=(2, 1, 1), n_packages=1, n_effort=(2, 2)),
    "informed defender": replace(SMALL, types=(1, 2, 1), n_effort=(1, 2), closed=True),
    "both informed": replace(SMALL, types=(2, 2, 1), n_packages=1),
    "informed patron": replace(SMALL, types=(1, 1, 2), n_packages=1, n_proposers=3, patron=True, n_postures=2),
    "two periods, informed attacker": replace(SMALL, types=(2, 1, 1), n_periods=2, n_packages=1),
    "two periods, battles that tell": replace(
        SMALL, types=(2, 1, 1), n_periods=2, n_packages=1, tell=0, exits=True, breakdown=0.3
    ),
    "observers who differ": replace(
        SMALL, types=(2, 1, 1), n_packages=1, n_proposers=3, patron=True, n_postures=2, n_effort=(1, 2), offsets=1.0
    ),
}


def even_game(wanted: TypedGame) -> Tables:
    """A random game with equal reference weights, whose precisions differ between decisions and lie near one."""
    return traced.sharper(traced.evenly_weighted(typed_game(3, wanted)), 0.125)


def form_of(tables: Tables) -> ExtensiveForm:
    return extensive_form(tables, Slice(0, tables.n_periods))


SLOW = (
    "two periods, informed attacker", "two periods, battles that tell", "informed effort", "informed defender",
    "both informed", "informed patron", "observers who differ",
)  # fmt: skip


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in GAMES])
def test_gambit_plain_loops_and_engine_agree_at_several_precisions(name, tmp_path):
    """One trace passes through the game with all precisions times lambda, since reference weights are equal."""
    tables = even_game(GAMES[name])
    form = form_of(tables)
    for factor, profile in zip(SHARP, traced.trace(form, tmp_path, SHARP), strict=True):
        sharper = traced.sharper(tables, factor)
        gap = traced.from_plain_loops(sharper, form, profile)
        assert max(gap) < AGREES, f"precision times {factor}: {gap}"
        assert traced.from_engine(sharper, form, profile) < AGREES


@pytest.mark.parametrize(
    "name",
    ["peace that breaks", "informed attacker", pytest.param("observers who differ", marks=pytest.mark.slow)],
)
def test_gambit_and_plain_loops_agree_with_unequal_reference_weights(name, tmp_path):
    tables = typed_game(5, GAMES[name])
    form = form_of(tables)
    (profile,) = traced.trace(form, tmp_path, [1.0])
    assert max(traced.from_plain_loops(tables, form, profile)) < AGREES
    assert traced.from_engine(tables, form, profile) < AGREES


@pytest.mark.parametrize("name", [name for name, wanted in GAMES.items() if wanted.types == (1, 1, 1)])
def test_gambit_finds_the_decisions_of_the_engine_under_complete_information(name, tmp_path):
    tables = typed_game(7, GAMES[name])
    form = form_of(tables)
    (profile,) = traced.trace(form, tmp_path, [1.0])
    solution = solve(tables, dtype=np.float64, threads=1)
    assert max(traced.from_decisions(solution, form, profile)) < AGREES


def test_gambit_finds_the_decisions_of_the_engine_in_a_shipped_case(tmp_path):
    """At its own precisions, of which the largest is 5000, and its own reference weights."""
    game = rp.build(rp.load("korea-1951-07"), grid="coarse")
    solution = solve(game.tables, dtype=np.float64)
    wanted = Slice(state=int(np.argmax(game.tables.initial)))
    after = known_values(game.tables, solution.values[1])
    form = extensive_form(game.tables, wanted, after=after, names=names_of(game))
    (profile,) = traced.trace(form, tmp_path, [1.0])
    assert max(traced.from_decisions(solution, form, profile)) < AGREES


def test_three_types_answer_and_fight_as_in_plain_loops(tmp_path):
    """D proposes; what A's three types answer, and how hard they fight, hangs on no belief, and values are linear in
    it, so that the certainties alone are grid enough."""
    wanted = replace(SMALL, types=(3, 1, 1), n_effort=(2, 1), resolution=1)
    tables = even_game(wanted)
    silent = tables.recognition.copy()
    silent[:, :, 0] = np.flatnonzero(~tables.pool.any(axis=1))[0]
    tables = tables._replace(recognition=silent)
    form = form_of(tables)
    for factor, profile in zip(SHARP, traced.trace(form, tmp_path, SHARP), strict=True):
        sharper = traced.sharper(tables, factor)
        assert max(traced.from_plain_loops(sharper, form, profile)) < AGREES
        assert traced.from_engine(sharper, form, profile) < AGREES


def signalling(
    shares: Sequence[float], war_a: Sequence[float], war_d: Sequence[float], precision: float, prior: Sequence[float]
) -> Tables:
    """D knows what war is worth to both, and makes one offer or none; A answers."""
    kinds = len(prior)
    builder = pie_builder(
        shares, 1, (1.0,) * (1 + kinds), recognition=D_FIRST[:1], flow=(0.0, *war_d), precision=precision,
        types=(1, kinds, 1),
    )  # fmt: skip
    for kind in range(kinds):
        builder.set_flow_lump(war_a[kind], 0, profile=kind)
    if kinds == 2:
        builder.add_beliefs(1, [[1.0, 0.0], [1.0 - prior[1], prior[1]], [0.0, 1.0]], start=1)
    else:
        add_sure_beliefs(builder, 1, prior)
    return builder.finish()


def messages(shares: Sequence[float], war_a: Float, war_d: Float, precision: float) -> InformedChoice:
    """The same offers as messages without a game around them."""

    def offering(share: float) -> Payoffs:
        def payoffs(belief: Float) -> Float:
            accepted = 1.0 / (1.0 + np.exp(-precision * (share - war_a @ belief)))
            return np.asarray(accepted * (1.0 - share) + (1.0 - accepted) * war_d[:, None])

        return payoffs

    def silence(belief: Float) -> Float:
        return np.repeat(war_d[:, None], belief.shape[1], axis=1)

    return InformedChoice((*(offering(share) for share in shares), silence), precision)


@pytest.mark.parametrize("precision", [1.0, pytest.param(5.0, marks=pytest.mark.slow), 20.0])
@pytest.mark.parametrize(
    ("prior", "odds_of_a"), [((0.5, 0.5), (0.6, 0.4)), ((0.2, 0.5, 0.3), (0.7, 0.5, 0.35))], ids=["two", "three"]
)
def test_an_informed_proposer_signals_as_without_a_grid_of_beliefs(prior, odds_of_a, precision, tmp_path):
    shares = np.linspace(0.0, 1.0, 6).tolist()
    war_a, war_d = np.array(odds_of_a) - 0.05, 0.95 - np.array(odds_of_a)
    tables = signalling(shares, war_a.tolist(), war_d.tolist(), precision, prior)
    form = form_of(tables)
    (profile,) = traced.trace(form, tmp_path, [1.0])
    known = continued_equilibrium(messages(shares, war_a, war_d, precision), prior)
    beliefs, place_of = traced.public_beliefs(tables, form, profile)
    for k, s in enumerate(form.information_sets):
        if s.situation.side == 1:
            assert np.abs(profile[k] - known.choice[s.own_type]).max() < AGREES
        else:
            after = known.belief[:, s.situation.package]
            assert np.abs(beliefs[1][place_of[k]] - after).max() < AGREES
            accepts = 1.0 / (1.0 + np.exp(-precision * (shares[s.situation.package] - war_a @ after)))
            assert abs(profile[k][0] - accepts) < AGREES


def test_the_informed_proposer_of_the_theory_comes_out_of_gambit(theory_cases, tmp_path):
    """All strict cases of theory II.3.7, whose numbers were found by nested roots."""
    cases = [c for c in json.loads(theory_cases.read_text())["cases"] if c["id"].startswith("aqre_informed_")]
    assert cases
    for case in cases:
        p, said = case["params"], case["expected"]
        odds = np.array(p["p_win_A_by_type"])
        tables = signalling(
            np.linspace(0.0, 1.0, p["offer_points"]).tolist(), (odds - p["c_A"]).tolist(),
            (1.0 - odds - p["c_D"]).tolist(), p["lam"], (1.0 - p["prior_type1"], p["prior_type1"]),
        )  # fmt: skip
        form = form_of(tables)
        (profile,) = traced.trace(form, tmp_path, [1.0])
        expected = traced.values(form, profile)
        assert np.abs(np.array([expected[r] for r in range(3)]) - [said["VA"], *said["VD_by_type"]]).max() < AGREES
        answers = {s.situation.package: k for k, s in enumerate(form.information_sets) if s.situation.side == 0}
        accepts = [float(profile[answers[n]][0]) for n in range(p["offer_points"])]
        assert np.abs(np.array([*accepts, 0.0]) - said["acceptance_by_offer_none_last"]).max() < AGREES


@pytest.mark.parametrize("name", ["patron with posture, efforts", "two periods, battles that tell", "both informed"])
def test_gambit_reads_what_was_written(name, tmp_path):
    """Players, information sets, actions, the draw of types and every payoff."""
    form = form_of(typed_game(3, GAMES[name]))
    game = traced.read(form, tmp_path)
    assert [player.label for player in game.players] == list(form.players)
    assert not any(len(player.infosets) for player in list(game.players)[: len(form.observers)])
    labelled = {s.label: s.action_labels for s in form.information_sets}
    assert len(labelled) == len(form.information_sets)
    assert {i.label: tuple(a.label for a in i.actions) for i in game.infosets} == labelled
    ends, waiting = [], [game.root]
    while waiting:
        node = waiting.pop()
        waiting.extend(reversed(list(node.children)))
        if node.is_terminal:
            ends.append([float(node.outcome[player]) for player in game.players])
    assert np.array_equal(ends, [form.payoffs(leaf) for leaf in leaves(form.root)])
    if len(form.profiles) > 1:
        drawn = [float(action.prob) for action in game.root.infoset.actions]
        assert np.abs(np.array(drawn) - traced.drawn(form)).max() < 1e-15

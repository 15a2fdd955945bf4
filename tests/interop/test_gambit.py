"""An outside solver agrees: pygambit traces the logit equilibrium of exported games to the engine's.

The tracer knows nothing of periods, precisions or reference weights: it is given a tree and payoffs. Its own accuracy
is that of the Newton step at the end of its path, about 1e-10; 1e-6 is what is asked.
"""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.engine import propagate, solve
from ripeness.interop import unroll

from .beliefs import nodes_of_sets, posteriors
from .games import tiny, tiny_typed
from .solving import largest_difference, of_engine, of_typed_engine, results, traced

AGREEMENT = 1e-6
COMPLETE = {
    "one period, offers and answers": {},
    "effort of both sides": {"effort": (2, 2)},
    "three levels of effort": {"effort": (2, 3), "n_packages": 1},
    "two periods": {"n_periods": 2},
    "two periods with effort": {"n_periods": 2, "n_packages": 1, "effort": (2, 1), "proposers": (0.6, 0.0)},
    "no closed talks: somebody must offer": {"none_weight": 0.0, "effort": (2, 2)},
    "a package of weight zero": {"close": 1, "n_packages": 3},
    "three periods, A alone proposes one package": {"n_periods": 3, "n_packages": 1, "proposers": (0.5, 0.0)},
    "nature moves the front": {"n_periods": 2, "n_packages": 1, "states": 3, "proposers": (1.0, 0.0)},
    "the war can end by itself": {"n_periods": 2, "n_packages": 1, "exits": True, "effort": (2, 1),
                                  "proposers": (0.6, 0.0)},
    "a patron chooses among postures": {"postures": 2, "effort": (1, 2), "proposers": (0.5, 0.3)},
    "a patron mediates": {"postures": 2, "proposers": (0.3, 0.2, 0.4), "n_packages": 1, "effort": (2, 1)},
    "state and end together": {"states": 2, "exits": True, "effort": (2, 2), "n_packages": 1},
}  # fmt: skip


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("kind", COMPLETE)
def test_the_tracer_finds_what_the_engine_finds(kind, scale):
    """Every choice probability, and where the war ends; complete information."""
    tables = tiny(3, scale=scale, **COMPLETE[kind])
    game = unroll(tables, title=kind, as_if_decisive=True)
    outside = traced(game)
    solution = solve(tables, dtype=np.float64, threads=1)
    assert largest_difference(outside, of_engine(game, solution)) < AGREEMENT
    passed = propagate(solution)
    expected = {}
    for t, j, n in np.argwhere(passed.settled > 0.0):
        expected["settled", t, n, j] = passed.settled[t, j, n]
    for t, end in np.argwhere(passed.ended > 0.0):
        expected["ended", t, end, -1] = passed.ended[t, end]
    for (s,) in np.argwhere(passed.frozen > 0.0):
        expected["open", tables.n_periods, s, -1] = passed.frozen[s]
    found = results(game, outside)
    assert found.keys() == expected.keys()
    assert max(abs(found[key] - expected[key]) for key in expected) < AGREEMENT


TYPED = {
    "an uninformed proposer": {},
    "an informed proposer": {"types": (1, 2, 1)},
    "an informed proposer with a choice of packages": {"types": (1, 2, 1), "n_packages": 2, "effort": (2, 1)},
    "an informed defender fights": {"types": (1, 2, 1), "effort": (1, 2)},
    "effort signals": {"effort": (2, 2)},
    "two periods": {"n_periods": 2},
    "battles tell of strength": {"states": 2, "battle_tells": 0, "n_periods": 2},
    "the type may leak": {"leak": 0, "n_periods": 2},
    "both sides informed, both propose": {"types": (2, 2, 1), "proposers": (0.4, 0.4)},
    "a patron whose resolve is not known": {"types": (1, 1, 2), "postures": 2},
    "a patron mediates between informed sides": {"types": (2, 2, 1), "proposers": (0.0, 0.0, 0.6)},
}


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("kind", TYPED)
def test_the_tracer_finds_what_the_engine_finds_under_private_information(kind, scale):
    """Every choice probability of every type, at every public history.

    The engine is given a belief grid that contains the posteriors of the tracer's equilibrium (see `beliefs`). Had it
    another equilibrium, or another belief at some history, its choices would differ there.
    """
    plain = tiny_typed(1, scale=scale, **TYPED[kind])
    game = unroll(plain, title=kind, as_if_decisive=True)
    outside = traced(game, plain.types)
    learnt = posteriors(game, plain, outside)
    assert all(odds.size > 1 and np.ptp(odds) > 0.01 for odds in learnt.values()), "nobody learns anything here"
    tables = tiny_typed(1, scale=scale, extra_nodes=learnt, **TYPED[kind])
    solution = solve(tables, dtype=np.float64, threads=1)
    assert not solution.several.any()
    joint_nodes = {known: joint for known, _, joint in nodes_of_sets(game, tables, outside)}
    assert joint_nodes.keys() == set(game.information_sets)
    assert largest_difference(outside, of_typed_engine(game, solution, joint_nodes)) < AGREEMENT


def test_a_grid_without_the_posteriors_rounds_them_and_its_error_falls_faster_than_the_distance_of_its_nodes():
    """Rounding is a linear interpolation: its error is of the order of the distance squared."""
    wanted = {"types": (1, 2, 1), "effort": (2, 2), "scale": 2.5}
    plain = tiny_typed(1, **wanted)
    game = unroll(plain)
    first = next(known for known in game.information_sets if known.agent.decision == "offer")
    exact = traced(game, plain.types)[first]
    errors = []
    for n_nodes in (21, 321):
        tables = tiny_typed(1, extra_nodes={1: np.linspace(-3.0, 3.0, n_nodes) + 1e-3}, **wanted)
        solution = solve(tables, dtype=np.float64, threads=1)
        found = of_typed_engine(game, solution, {first: tables.beliefs[0].start})[first]
        errors.append(max(abs(p - q) for p, q in zip(found, exact, strict=True)))
    assert 0.0 < errors[1] < errors[0] / 16

"""Beliefs land on nodes as the engine and the theory's reference have it, and keep their mean."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.game.beliefs import log_odds_nodes, simplex_nodes
from ripeness.game.tables import BeliefAxis
from ripeness.questions.lottery import landing
from tests.theory.reference_types import _more_types, _two_types

TWO, START = log_odds_nodes(7, 2.0, 0.4)
AXES = {
    "two types": BeliefAxis(0, TWO, START, 0, np.zeros((1, 2))),
    "two types, known": BeliefAxis(0, np.array([[1.0, 0.0], [0.6, 0.4], [0.0, 1.0]]), 1, 0, np.zeros((1, 2))),
    "three types": BeliefAxis(0, *simplex_nodes(3, 4, (0.3, 0.3, 0.4)), 4, np.zeros((1, 3))),
    "three types, known": BeliefAxis(0, *simplex_nodes(3, 1, (0.3, 0.3, 0.4)), 1, np.zeros((1, 3))),
    "four types": BeliefAxis(0, *simplex_nodes(4, 3, (0.25,) * 4), 3, np.zeros((1, 4))),
}


@pytest.fixture(params=list(AXES))
def axis(request: pytest.FixtureRequest) -> BeliefAxis:
    return AXES[request.param]


def some_beliefs(kinds: int) -> np.ndarray:
    """(40, K) beliefs inside the simplex."""
    return np.random.default_rng(3).dirichlet(np.full(kinds, 0.7), 40)


def test_every_type_lands_as_in_the_reference(axis: BeliefAxis) -> None:
    belief = some_beliefs(axis.nodes.shape[1])
    found = landing(axis, np.log(belief[:, 1:] / belief[:, :1]).T)
    for here, b in zip(found.transpose(1, 0, 2), belief, strict=True):
        expected = np.zeros_like(here)
        log_belief = list(np.log(b))
        for v, q in _two_types(axis.nodes, log_belief) if b.size == 2 else _more_types(axis, log_belief):
            expected[:, v] += q
        np.testing.assert_allclose(here, expected, rtol=0, atol=1e-12)  # ratios of beliefs down to 1e-3


def test_the_mean_of_the_lottery_is_the_belief(axis: BeliefAxis) -> None:
    """Bayes plausible: an observer who believes b meets the nodes with weights whose mean is b."""
    belief = some_beliefs(axis.nodes.shape[1])
    q = landing(axis, np.log(belief[:, 1:] / belief[:, :1]).T)
    weight = np.einsum("sk,ksv->sv", belief, q)
    np.testing.assert_allclose(weight @ axis.nodes, belief, rtol=0, atol=1e-13)
    np.testing.assert_allclose(q.sum(axis=-1), 1.0, rtol=0, atol=1e-13)


def test_a_belief_on_a_node_stays_there(axis: BeliefAxis) -> None:
    inside = [v for v, node in enumerate(axis.nodes) if node.min() > 0.0 and (node.size == 2 or v != axis.start)]
    for v in inside:
        node = axis.nodes[v]
        found = landing(axis, np.log(node[1:, None] / node[0]))
        np.testing.assert_allclose(found[:, 0, v], 1.0, rtol=0, atol=1e-11)


def test_certainty_lands_on_certainty() -> None:
    for name in ("two types", "two types, known"):
        found = landing(AXES[name], np.array([[-np.inf, np.inf, -1e4, 1e4]]))
        assert (found[:, [0, 2], 0] == 1.0).all()
        assert (found[:, [1, 3], -1] == 1.0).all()
    found = landing(AXES["three types"], np.array([[-1e4, 1e4, -1e4], [-1e4, -1e4, 1e4]]))
    nodes = AXES["three types"].nodes
    for k in range(3):
        assert found[k, k, int(np.flatnonzero(nodes[:, k] == 1.0)[0])] == 1.0

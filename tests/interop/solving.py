"""Exported games solved by pygambit's logit tracer, and the engine's answer in the same shape."""

from __future__ import annotations

import io
from collections import defaultdict

import numpy as np
import pytest

from ripeness.engine import Solution, decisions
from ripeness.engine.private.solution import blank, blank_nodes, make_layout, run_stage
from ripeness.engine.private.stage import Decided
from ripeness.engine.workers import Workers
from ripeness.interop.efg import efg_text
from ripeness.interop.extensive_form import Chance, ExtensiveGame, InformationSet, Leaf, Node
from ripeness.interop.labels import agent_name

Behaviour = dict[InformationSet, tuple[float, ...]]
"""Probability of every branch of each information set."""


def read_back(text: str):
    """The game as pygambit understands the text."""
    pygambit = pytest.importorskip("pygambit", reason="pygambit, the outside solver, is not installed")
    return pygambit.read_efg(io.BytesIO(text.encode()))


def traced(game: ExtensiveGame, types=(1, 1, 1)) -> Behaviour:
    """The logit equilibrium at lambda = 1, on the branch that starts from equal odds."""
    outside = read_back(efg_text(game, types))
    from pygambit.qre import logit_solve_lambda

    profile = logit_solve_lambda(outside, [1.0])[-1]
    assert abs(profile.lam - 1.0) < 1e-8
    found, position = {}, 0
    for player in outside.players:
        for known in player.infosets:
            labels = [action.label for action in known.actions]
            found[player.label, known.label] = (labels, [profile[position + k] for k in range(len(labels))])
            position += len(labels)
    behaviour = {}
    for known in game.information_sets:
        labels, odds = found[agent_name(known.agent, types), "; ".join(known.history) or "start"]
        behaviour[known] = tuple(odds)
    assert len(found) == len(behaviour)
    return behaviour


def of_engine(game: ExtensiveGame, solution: Solution) -> Behaviour:
    """What the engine's decisions say at the information sets of a game with complete information."""
    by_period: dict[int, dict[str, np.ndarray]] = {}
    for period in {known.agent.period for known in game.information_sets}:
        made = decisions(solution, period)
        by_period[period] = {name: np.array(getattr(made, name)) for name in ("posture", "offer", "accept", "effort")}
    n_d = solution.tables.n_effort_d
    actions = {node.known: [index for _, index, _ in node.branches] for node in choices(game.root)}
    behaviour = {}
    for known, indices in actions.items():
        made, s, m = by_period[known.agent.period], known.state, known.posture
        if known.agent.decision == "posture":
            odds = made["posture"][:, s]
        elif known.agent.decision == "offer":
            odds = made["offer"][m, known.proposer, :, s]
        elif known.agent.decision == "response":
            accepts = made["accept"][known.agent.side, m, known.package, s]
            odds = np.array([1.0 - accepts, accepts])
        else:
            pairs = made["effort"][m, :, s].reshape(-1, n_d)
            odds = pairs.sum(axis=1) if known.agent.side == 0 else pairs[known.effort_a] / pairs[known.effort_a].sum()
        closed = np.delete(odds, indices)
        assert not closed.any(), "the engine gives weight to an action that was left out"
        behaviour[known] = tuple(odds[indices])
    return behaviour


def of_typed_engine(game: ExtensiveGame, solution: Solution, joint_nodes: dict[InformationSet, int]) -> Behaviour:
    """What the engine decides at the information sets of a game with types, each at its joint belief node."""
    tables = solution.tables
    made = {known.agent.period: _decided(solution, known.agent.period) for known in joint_nodes}
    actions = {node.known: [index for _, index, _ in node.branches] for node in choices(game.root)}
    behaviour = {}
    for known, joint in joint_nodes.items():
        here, m, kind = made[known.agent.period], known.posture, known.agent.type
        at = known.state * tables.n_nodes + joint
        if known.agent.decision == "posture":
            odds = here.posture[kind, :, at]
        elif known.agent.decision == "offer":
            odds = here.offer[known.proposer, kind, m, :, at]
        elif known.agent.decision == "response":
            accepts = here.accept[known.agent.side, kind, m, known.package, at]
            odds = np.array([1.0 - accepts, accepts])
        elif known.agent.side == 0:
            odds = here.effort_a[kind, m, :, at]
        else:
            odds = here.effort_d[kind, m, :, at].reshape(-1, tables.n_effort_d)[known.effort_a]
        behaviour[known] = tuple(odds[actions[known]])
    return behaviour


def _decided(solution: Solution, period: int) -> Decided:
    """All decisions of one period by own type, state and joint node."""
    tables = solution.tables
    layout = make_layout(tables, solution.dtype)
    out, later = blank(layout, record=True), solution.values[period + 1].reshape(tables.n_rows, -1)
    with Workers(layout.units, 1) as workers:
        epoch = int(tables.epoch_of_period[period])
        run_stage(layout, workers, epoch, blank_nodes(layout), np.ascontiguousarray(later), True, out)
    return out


def choices(node: Node):
    """Every node at which somebody chooses."""
    if isinstance(node, Leaf):
        return
    if not isinstance(node, Chance):
        yield node
    for _, _, follows in node.branches:
        yield from choices(follows)


def reached(node: Node, behaviour: Behaviour, chance: float = 1.0):
    """Every leaf with the probability that play reaches it."""
    if isinstance(node, Leaf):
        yield node, chance
        return
    odds = [p for _, p, _ in node.branches] if isinstance(node, Chance) else behaviour[node.known]
    for (_, _, follows), p in zip(node.branches, odds, strict=True):
        yield from reached(follows, behaviour, chance * p)


def results(game: ExtensiveGame, behaviour: Behaviour) -> dict[tuple, float]:
    """Probability of (how, period, what, proposer)."""
    total: dict[tuple, float] = defaultdict(float)
    for leaf, chance in reached(game.root, behaviour):
        total[leaf.how, leaf.period, leaf.what, leaf.proposer] += chance
    return total


def largest_difference(first: Behaviour, second: Behaviour) -> float:
    assert first.keys() == second.keys()
    return max(abs(p - q) for known in first for p, q in zip(first[known], second[known], strict=True))

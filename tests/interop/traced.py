"""Exported games solved by Gambit's logit tracer, and the same decisions in plain loops and in the engine.

Gambit reads the written file and nothing else. Its profile is indexed player by player, information set by information
set, action by action; labels find the place of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pygambit
from numpy.typing import NDArray
from pygambit import qre

from ripeness.engine import Decisions, Solution, decisions, solve
from ripeness.game import Tables
from ripeness.interop import ExtensiveForm, InformationSet, efg
from ripeness.interop.extensive import Chance, Leaf, Move, Node
from tests.theory import reference_types as plain

Float = NDArray[np.float64]
Profile = list[Float]
"""Probabilities of the actions at every information set."""


def read(form: ExtensiveForm, folder: Path) -> Any:
    """The game as Gambit reads it from its file."""
    path = folder / "game.efg"
    path.write_text(efg(form), encoding="ascii")
    return pygambit.read_efg(path)


def trace(form: ExtensiveForm, folder: Path, precisions: Sequence[float]) -> list[Profile]:
    """Agent logit equilibria on the principal branch at some precisions, as found by Gambit."""
    game = read(form, folder)
    flat = {}
    for player in game.players:
        for there in player.infosets:
            for action in there.actions:
                flat[player.label, there.label, action.label] = len(flat)
    label_of = dict(zip(form.agents, form.agent_labels, strict=True))
    found = qre.logit_solve_lambda(game, list(precisions), first_step=0.1, max_accel=1.3)
    assert all(abs(q.lam - wanted) < 1e-7 * wanted for q, wanted in zip(found, precisions, strict=True))
    return [
        [np.array([q[flat[label_of[s.agent], s.label, a]] for a in s.action_labels]) for s in form.information_sets]
        for q in found
    ]


@dataclass
class Place:
    """What everybody sees alike: a node for every profile of types under which it can happen, and how likely it is."""

    nodes: list[Node | None]
    reached: Float  # (profiles,) given that profile

    @property
    def leaves(self) -> list[Leaf | None]:
        """The nodes, where the game ends here."""
        return [] if any(isinstance(n, Chance | Move) for n in self.nodes) else list(self.nodes)  # type: ignore[arg-type]


def places(form: ExtensiveForm, profile: Profile) -> Iterator[Place]:
    """All of them, the root's first."""
    hidden = len(form.profiles) > 1
    roots: list[Node | None] = [form.root]
    if hidden and isinstance(form.root, Chance):
        roots = list(form.root.children)
    waiting = [Place(roots, np.ones(len(roots)))]
    while waiting:
        at = waiting.pop()
        yield at
        if at.leaves:
            continue
        ways: dict[str, Place] = {}
        for x, node in enumerate(at.nodes):
            if isinstance(node, Chance):
                below = zip(node.labels, node.odds, node.children, strict=True)
            elif isinstance(node, Move):
                labels = form.information_sets[node.information_set].action_labels
                below = zip(labels, profile[node.information_set], node.children, strict=True)
            else:
                continue
            for label, odds, child in below:
                way = ways.setdefault(label, Place([None] * len(roots), np.zeros(len(roots))))
                way.nodes[x], way.reached[x] = child, at.reached[x] * odds
        waiting.extend(ways.values())


def drawn(form: ExtensiveForm) -> Float:
    """(profiles,) odds of the draw of types."""
    return np.array(form.root.odds if len(form.profiles) > 1 and isinstance(form.root, Chance) else [1.0])


def values(form: ExtensiveForm, profile: Profile) -> dict[int, float]:
    """What every row expects at the start of the slice."""
    total = np.zeros(len(form.observers))
    for at in places(form, profile):
        for leaf, odds in zip(at.leaves, drawn(form) * at.reached, strict=False):
            total += odds * leaf.worth if leaf is not None else 0.0
    return {o.row: float(v) for o, v in zip(form.observers, total, strict=True)}


Beliefs = dict[int, Float]
"""By side with types: (places, K)."""


def public_beliefs(tables: Tables, form: ExtensiveForm, profile: Profile) -> tuple[Beliefs, dict[int, int]]:
    """What is publicly believed everywhere by Bayes' rule, and a place of every information set."""
    seen: dict[int, list[Float]] = {axis.side: [] for axis in tables.beliefs}
    place_of: dict[int, int] = {}
    for number, at in enumerate(places(form, profile)):
        for axis in tables.beliefs:
            with_type = form.profiles[:, axis.side, None] == np.arange(axis.nodes.shape[1])
            likelihood = (drawn(form) * at.reached) @ with_type / (drawn(form) @ with_type)
            belief = axis.nodes[axis.start] * likelihood
            seen[axis.side].append(belief / belief.sum())
        place_of.update({node.information_set: number for node in at.nodes if isinstance(node, Move)})
    return {side: np.array(beliefs) for side, beliefs in seen.items()}, place_of


SAME = 1e-8
"""Beliefs closer than this are one node."""


def on_nodes(tables: Tables, beliefs: Beliefs) -> Tables:
    """The game with belief nodes at the given beliefs (two types), so that no value lies between nodes."""
    axes = []
    for axis in tables.beliefs:
        if axis.nodes.shape[1] == 2:
            prior = float(axis.nodes[axis.start, 1])
            given = np.sort(beliefs[axis.side][:, 1])
            given = given[(np.diff(given, prepend=0.0) > SAME) & (np.abs(given - prior) > SAME) & (given < 1.0 - SAME)]
            up = np.array(sorted([0.0, prior, 1.0, *given]))
            axis = axis._replace(nodes=np.stack([1.0 - up, up], axis=1), start=int(np.searchsorted(up, prior)))
        axes.append(axis)
    return tables._replace(beliefs=tuple(axes))


def node_of(tables: Tables, beliefs: Beliefs, place: int) -> int:
    """Joint belief node of a place; the start where beliefs lie between the nodes of a simplex grid."""
    node = 0
    for axis in tables.beliefs:
        distance = np.abs(axis.nodes - beliefs[axis.side][place]).max(axis=1)
        at = int(distance.argmin())
        if axis.nodes.shape[1] > 2 and distance[at] > SAME:
            at = axis.start
        assert axis.nodes.shape[1] > 2 or distance[at] < 2.0 * SAME
        node = node * axis.nodes.shape[0] + at
    return node


def decided_plainly(stage: plain.Stage, s: InformationSet, node: int) -> Float:
    """Probabilities of the actions of an information set in the plain loops."""
    at = s.situation
    choices = {
        "posture": lambda: stage.posture[at.state],
        "offer": lambda: stage.offer[at.posture, at.proposer, at.state],
        "answer": lambda: stage.answer[at.side, at.posture, at.package, at.state],
        "effort": lambda: (
            stage.effort_a[at.posture, at.state] if at.side == 0 else stage.effort_d[at.posture, at.effort_a, at.state]
        ),
    }[at.kind]()
    return np.asarray(choices[node].probability[s.own_type, list(s.actions)])


def sharper(tables: Tables, factor: float) -> Tables:
    """The game with all precisions times a factor."""
    return tables._replace(
        precision_posture=tables.precision_posture * factor, precision_offer=tables.precision_offer * factor,
        precision_response=tables.precision_response * factor, precision_effort=tables.precision_effort * factor,
    )  # fmt: skip


def evenly_weighted(tables: Tables) -> Tables:
    """The game with reference weights of one wherever an action is open."""
    return tables._replace(
        posture_weight=(tables.posture_weight > 0.0) * 1.0, offer_weight=(tables.offer_weight > 0.0) * 1.0,
        accept_weight=1.0,
    )  # fmt: skip


class Difference(NamedTuple):
    """Largest differences of the probability of an action and of a value at the start."""

    chance: float
    value: float


def from_plain_loops(tables: Tables, form: ExtensiveForm, profile: Profile) -> Difference:
    """Between Gambit and the plain loops, solved with belief nodes wherever Gambit's play leads."""
    beliefs, place_of = public_beliefs(tables, form, profile)
    exact = on_nodes(tables, beliefs)
    solved = plain.reference_solve(exact)
    chance = max(
        float(np.abs(decided_plainly(solved.stages[s.situation.period], s, node) - profile[k]).max())
        for k, s in enumerate(form.information_sets)
        for node in [node_of(exact, beliefs, place_of[k])]
    )
    first = form.information_sets[0].situation
    at_start = solved.values[first.period, :, first.state, solved.beliefs.start]
    return Difference(chance, value_gap(form, profile, at_start))


def from_engine(tables: Tables, form: ExtensiveForm, profile: Profile) -> float:
    """Largest difference of a value at the start between Gambit and the engine in double precision, with belief nodes
    wherever Gambit's play leads."""
    exact = on_nodes(tables, public_beliefs(tables, form, profile)[0])
    solved = solve(exact, dtype=np.float64, threads=1)
    first, node = form.information_sets[0].situation, 0
    for axis in exact.beliefs:
        node = node * axis.nodes.shape[0] + axis.start
    return value_gap(form, profile, solved.values[first.period, :, first.state, node])


def value_gap(form: ExtensiveForm, profile: Profile, at_start: Float) -> float:
    """Largest difference between what the observers expect and values (R,) at the start of the slice."""
    return max(abs(float(at_start[row]) - expected) for row, expected in values(form, profile).items())


def from_decisions(solution: Solution, form: ExtensiveForm, profile: Profile) -> Difference:
    """Between Gambit and the engine under complete information: decisions and values at the start."""
    tables = solution.tables
    periods = sorted({s.situation.period for s in form.information_sets})
    decided = {t: decisions(solution, t, threads=1) for t in periods}
    chance = max(
        float(np.abs(_decided(tables, decided[s.situation.period], s) - profile[k]).max())
        for k, s in enumerate(form.information_sets)
    )
    first = form.information_sets[0].situation
    return Difference(chance, value_gap(form, profile, solution.values[first.period, :, first.state, 0]))


def _decided(tables: Tables, decided: Decisions, s: InformationSet) -> Float:
    """Probabilities of the actions of an information set in the engine."""
    at, menu = s.situation, list(s.actions)
    if at.kind == "posture":
        return np.asarray(decided.posture[menu, at.state])
    if at.kind == "offer":
        return np.asarray(decided.offer[at.posture, at.proposer, menu, at.state])
    if at.kind == "answer":
        accepts = decided.accept[at.side, at.posture, at.package, at.state]
        return np.array([accepts, 1.0 - accepts])
    pairs = decided.effort[at.posture, :, at.state].reshape(tables.n_effort_a, tables.n_effort_d)
    return np.asarray(pairs.sum(axis=1) if at.side == 0 else pairs[at.effort_a] / pairs[at.effort_a].sum())

"""What everybody believes at each public history of an exported game, by Bayes' rule on somebody's behaviour.

In the engine a belief lies on a node, and a public lottery rounds it. A grid that contains every posterior of an
equilibrium of the game without rounding rounds nothing there: that equilibrium is one of the game on the grid too,
exactly, whatever the other nodes are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ripeness.game.tables import Tables
from ripeness.interop.extensive_form import Chance, Choice, ExtensiveGame, InformationSet, Node
from ripeness.interop.structure import Structure
from tests.interop.solving import Behaviour

Reached = dict[int, tuple[float, Node]]
"""Probability and node of every profile of types that is still possible at a public history."""


def public_histories(game: ExtensiveGame, tables: Tables, behaviour: Behaviour) -> Iterator[Reached]:
    """Every public history, the last ones included, with how likely each profile of types comes there."""
    structure = Structure(tables)
    profiles = sorted(structure.profiles)
    assert isinstance(game.root, Chance)
    assert len(game.root.branches) == len(profiles)
    waiting: list[Reached] = [
        {p: (odds, node) for p, (_, odds, node) in zip(profiles, game.root.branches, strict=True)}
    ]
    while waiting:
        here = waiting.pop()
        yield here
        after: dict[str, Reached] = {}
        for profile, (chance, node) in here.items():
            for label, odds, follows in chances(node, behaviour):
                after.setdefault(label, {})[profile] = (chance * odds, follows)
        waiting.extend(after.values())


def chances(node: Node, behaviour: Behaviour) -> list[tuple[str, float, Node]]:
    """Branches of a node with their probabilities."""
    if isinstance(node, Chance):
        return list(node.branches)
    if isinstance(node, Choice):
        return [(b[0], p, b[2]) for b, p in zip(node.branches, behaviour[node.known], strict=True)]
    return []


def belief(here: Reached, types: np.ndarray, side: int) -> np.ndarray:
    """Probability of both types of a side at a public history."""
    total = np.zeros(2)
    for profile, (chance, _) in here.items():
        total[types[profile, side]] += chance
    return total / total.sum()


def posteriors(game: ExtensiveGame, tables: Tables, behaviour: Behaviour) -> dict[int, np.ndarray]:
    """{side: log-odds of type 1 that occur}, certainty left out."""
    types = Structure(tables).types
    found: dict[int, set[float]] = {axis.side: set() for axis in tables.beliefs}
    for here in public_histories(game, tables, behaviour):
        for side, odds in found.items():
            of_type = belief(here, types, side)
            if of_type.min() > 0.0:
                odds.add(float(np.log(of_type[1]) - np.log(of_type[0])))
    return {side: np.array(sorted(odds)) for side, odds in found.items()}


def nodes_of_sets(
    game: ExtensiveGame, tables: Tables, behaviour: Behaviour
) -> Iterator[tuple[InformationSet, tuple[str, ...], int]]:
    """Every information set with the joint belief node at which it lies."""
    types = Structure(tables).types
    seen = set()
    for here in public_histories(game, tables, behaviour):
        for _, node in here.values():
            if isinstance(node, Choice) and node.known not in seen:
                seen.add(node.known)
                joint = 0
                for axis in tables.beliefs:
                    distance = np.abs(axis.nodes - belief(here, types, axis.side)).max(axis=1)
                    assert distance.min() < 1e-8, "this posterior is no node"
                    joint = joint * axis.nodes.shape[0] + int(distance.argmin())
                yield node.known, tuple(index for _, index, _ in node.branches), joint

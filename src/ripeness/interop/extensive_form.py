"""An extensive-form game as a plain tree: chance, choices in information sets, leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

Decision = Literal["posture", "offer", "response", "effort"]
DECISIONS: tuple[Decision, ...] = ("posture", "offer", "response", "effort")
SIDES = ("A", "D", "P")


class Agent(NamedTuple):
    """One player of the tree: one decision of one type of one side in one period. He acts at most once on a path."""

    period: int
    decision: Decision
    side: int  # 0 A, 1 D, 2 P
    type: int


class InformationSet(NamedTuple):
    """What an agent knows when he chooses. -1 stands for what has not happened (yet).

    Attributes:
        history: all that was publicly seen, in order; with the agent it identifies the set.
        package: on the table, for a response.
        effort_a: of A, seen by D before he chooses his own.
    """

    agent: Agent
    history: tuple[str, ...]
    state: int
    posture: int = -1
    proposer: int = -1
    package: int = -1
    effort_a: int = -1


class Leaf(NamedTuple):
    """Where a path ends, and what each agent who acted on it gets.

    Attributes:
        how: "settled", "ended" (without agreement) or "open" (after the last period).
        what: package, or end (-1: without a name), or state.
        proposer: of the settlement, else -1.
    """

    how: Literal["settled", "ended", "open"]
    period: int
    what: int
    proposer: int
    payoffs: dict[Agent, float]


class Chance(NamedTuple):
    """A draw; probabilities sum to one."""

    what: str
    branches: tuple[tuple[str, float, Node], ...]


class Choice(NamedTuple):
    """A choice; each branch has a label and the index of the action in the engine's tables."""

    known: InformationSet
    branches: tuple[tuple[str, int, Node], ...]


Node: TypeAlias = Leaf | Chance | Choice


class ExtensiveGame(NamedTuple):
    """A game tree.

    Attributes:
        note: what was left out or assumed, for whoever opens the file.
        agents: the players, in the order of play.
        information_sets: all of them, in the order in which a walk from the root meets them.
    """

    title: str
    note: str
    root: Node
    agents: tuple[Agent, ...]
    information_sets: tuple[InformationSet, ...]


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents before children and branches in order."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        if not isinstance(here, Leaf):
            waiting.extend(branch[2] for branch in reversed(here.branches))


def assemble(title: str, note: str, root: Node) -> ExtensiveGame:
    """The game of a tree, with its agents and information sets collected."""
    sets = dict.fromkeys(node.known for node in walk(root) if isinstance(node, Choice))
    agents = sorted(
        {known.agent for known in sets}, key=lambda a: (a.period, DECISIONS.index(a.decision), a.side, a.type)
    )
    return ExtensiveGame(title, note, root, tuple(agents), tuple(sets))

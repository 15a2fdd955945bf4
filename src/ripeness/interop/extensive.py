"""A finite extensive-form game: a tree, players and information sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Kind = Literal["posture", "offer", "answer", "effort"]


class Slice(NamedTuple):
    """Which part of a game: periods `period` .. `period + n_periods - 1` from one state on, types as at the start."""

    period: int = 0
    n_periods: int = 1
    state: int = 0


class Evidence(NamedTuple):
    """A public event whose odds depend on the type of a side."""

    side: int  # of whose type it tells
    text: str
    event: Any  # what happened: a situation and an action, or nature's operator, state and arm


class Situation(NamedTuple):
    """Where a side decides, as everybody sees it.

    What is publicly believed depends on `seen` alone, so that the game goes on alike from all nodes that agree in it,
    whatever else has happened before.
    """

    kind: Kind
    period: int
    side: int  # 0 A, 1 D, 2 P
    state: int
    posture: int = -1  # before one is chosen
    proposer: int = -1
    package: int = -1
    effort_a: int = -1  # A's, where D chooses after it
    seen: tuple[Evidence, ...] = ()


class Agent(NamedTuple):
    """One player of the exported game that moves: all decisions of one kind of a side in one period.

    No path leads through two of its information sets, so that its payoffs can be in the units of that decision.
    """

    kind: Kind
    period: int
    side: int


@dataclass
class InformationSet:
    """Nodes between which whoever moves cannot tell: one situation and one type of its own."""

    situation: Situation
    own_type: int
    label: str
    actions: tuple[int, ...]  # posture, package ("none": number of packages), 0 accept and 1 reject, or effort
    action_labels: tuple[str, ...]

    @property
    def agent(self) -> Agent:
        return Agent(self.situation.kind, self.situation.period, self.situation.side)


@dataclass
class Leaf:
    """An end of the game.

    Attributes:
        worth: (R,) what it is worth to every row, in units of the period under construction.
        payoff: of the agents that moved on the way, by agent.
    """

    label: str
    worth: Float
    payoff: dict[Agent, float] = field(default_factory=dict)


@dataclass
class Chance:
    """A move of nature; `odds` are positive and sum to one."""

    label: str
    odds: tuple[float, ...]
    labels: tuple[str, ...]
    children: list[Node]


@dataclass
class Move:
    """A move at an information set, given by its index."""

    information_set: int
    children: list[Node]


Node = Leaf | Chance | Move


class Observer(NamedTuple):
    """A player of the exported game that does not move: its expected payoff is the value of one row at the start."""

    row: int
    label: str


@dataclass
class ExtensiveForm:
    """A slice of a game as a tree. At precision 1 its agent logit equilibrium is that of the slice.

    Attributes:
        observers: one for every row; they come first among the players.
        agents: the players that move, after the observers.
        profiles: (Theta', 3) types of A, D and P after each branch of the root, where types are drawn there.
    """

    title: str
    comment: str
    root: Node
    observers: tuple[Observer, ...]
    agents: tuple[Agent, ...]
    agent_labels: tuple[str, ...]
    information_sets: tuple[InformationSet, ...]
    profiles: NDArray[np.int64]

    @property
    def players(self) -> tuple[str, ...]:
        """Names of all players."""
        return (*(observer.label for observer in self.observers), *self.agent_labels)

    def payoffs(self, leaf: Leaf) -> list[float]:
        """Payoff of every player at an end; nothing for agents that did not move."""
        return [*(float(w) for w in leaf.worth), *(leaf.payoff.get(agent, 0.0) for agent in self.agents)]


def leaves(node: Node) -> Iterator[Leaf]:
    """Ends below a node, from the first branch to the last."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Leaf):
            yield here
        else:
            waiting.extend(reversed(here.children))

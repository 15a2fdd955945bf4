"""Building blocks that turn a game of the literature into the engine's tables.

Lump-sum units: flows are given as g = (1 - delta) u, agreements pay once and for ever (theory 0.2). Everything goes
through `TableBuilder`, as the game of a scenario does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Decisions, Solution, solve
from ripeness.game.beliefs import simplex_nodes
from ripeness.game.tables import INFINITE_PRECISION, TableBuilder, TableLike, Tables
from ripeness.theory.case import Resolution

Float = NDArray[np.float64]
EVERYWHERE = slice(None)
ALWAYS_ACCEPT = 1e15
"""Reference weight of accepting that settles ties for it and, with precision 0, makes a side accept anything."""
A_FIRST = ((1.0, 0.0), (0.0, 1.0))
D_FIRST = ((0.0, 1.0), (1.0, 0.0))


def shares_on_grid(resolution: Resolution) -> Float:
    """Offers 0, h, ..., 1."""
    return np.linspace(0.0, 1.0, round(1.0 / resolution.step) + 1)


def set_precision(builder: TableBuilder, precision: float) -> None:
    """One precision for every decision; infinity is the engine's stand-in for it."""
    value = precision if math.isfinite(precision) else INFINITE_PRECISION
    builder.precision_posture = value
    builder.precision_offer = np.full(builder.precision_offer.size, value)
    builder.precision_response = np.full(2, value)
    builder.precision_effort = np.full(2, value)


def pie_builder(
    shares: TableLike,
    n_periods: int,
    discount: Sequence[float],
    *,
    shape: Sequence[int] = (1,),
    recognition: Sequence[Sequence[TableLike]] = A_FIRST,
    flow: Sequence[TableLike] = (0.0, 0.0),
    precision: float = math.inf,
    n_effort: tuple[int, int] = (1, 1),
    none_weight: float = 1.0,
    types: tuple[int, int, int] = (1, 1, 1),
) -> TableBuilder:
    """A pie of one: package n gives A shares[n] and D the rest.

    Args:
        shares: (N,), or (N, *shape) where terms differ by state.
        discount: factor of each row; A's types, D's types, then further rows.
        recognition: for each phase of a cycle the probability that A and that D offers; the phases follow each other.
        flow: g of each row on rejection, the same in every phase and whatever the others' types.
        types: how many A, D and P have; beliefs are added by the caller.
    """
    packages = np.asarray(shares, np.float64)
    n_phases = len(recognition)
    n_proposers = len(recognition[0])
    builder = TableBuilder(
        shape,
        n_periods,
        discount,
        n_packages=packages.shape[0],
        n_proposers=n_proposers,
        n_effort=n_effort,
        epoch_of_period=np.arange(n_periods) % n_phases,
        types=types,
    )
    for epoch in range(builder.n_epochs):
        for n in range(packages.shape[0]):
            for row in range(types[0] + types[1]):
                builder.set_peace(packages[n] if row < types[0] else 1.0 - packages[n], row, n, epoch=epoch)
        for j in range(n_proposers):
            builder.set_recognition(recognition[epoch][j], j, epoch=epoch)
        for effort in range(n_effort[0] * n_effort[1]):
            for row, lump in enumerate(flow):
                builder.set_flow_lump(lump, row, epoch=epoch, effort=effort)
    builder.offer_weight[:, -1] = none_weight
    set_precision(builder, precision)
    return builder


def even_beliefs(n_steps: int, prior: float) -> tuple[Float, int]:
    """Nodes (B, 2) for two types, even in the probability of type 1, and which is the prior.

    Where the prior is no multiple of the step, the node nearest to it is moved there.
    """
    belief = np.linspace(0.0, 1.0, n_steps + 1)
    start = min(max(round(prior * n_steps), 1), n_steps - 1)
    belief[start] = prior
    return np.stack([1.0 - belief, belief], axis=1), start


def add_even_beliefs(builder: TableBuilder, side: int, n_steps: int, prior: float) -> None:
    """What is believed of a side with two types, on nodes even in probability."""
    nodes, start = even_beliefs(n_steps, prior)
    builder.add_beliefs(side, nodes, start=start)


def add_sure_beliefs(builder: TableBuilder, side: int, prior: Sequence[float]) -> None:
    """What is believed of a side whose type nobody needs to learn: the prior, and certainty of each type."""
    nodes, start = simplex_nodes(len(prior), 1, prior)
    builder.add_beliefs(side, nodes, start=start, resolution=1)


def cell_midpoints(low: float, high: float, n_types: int) -> Float:
    """Types at the midpoints of equal cells, for a uniform distribution on [low, high]."""
    return low + (high - low) * (np.arange(n_types) + 0.5) / n_types


@dataclass(frozen=True)
class Exit:
    """A way out of the war, taken with `probability` after nature's moves, worth `values` to the rows."""

    name: str
    probability: TableLike
    values: Sequence[TableLike]


def set_exits(
    builder: TableBuilder, exits: Sequence[Exit], *, first_step: int, epoch: int | slice = EVERYWHERE
) -> None:
    """Exits one after the other, from nature's step `first_step` on."""
    for step, leaving in enumerate(exits, start=first_step):
        name = builder.end(leaving.name)
        builder.set_nature(
            step, builder.leave(leaving.probability, 0.0, name), epoch=epoch, posture=EVERYWHERE, effort=EVERYWHERE
        )
        for row, value in enumerate(leaving.values):
            operator = builder.leave(leaving.probability, value, name)
            builder.set_nature(step, operator, epoch=epoch, posture=EVERYWHERE, effort=EVERYWHERE, row=row)


@dataclass(frozen=True)
class Row:
    """An actor of a chain without decisions: discount factor and what a step pays, by state."""

    discount: float
    flow: TableLike = 0.0


def chain_builder(
    n_states: int, n_periods: int, rows: Sequence[Row], steps: Mapping[int, TableLike], exits: Sequence[Exit]
) -> TableBuilder:
    """A war without talks: a Markov chain on 0 .. n_states - 1 with ways out.

    Args:
        steps: probability of each step, in states, from each state; must sum to one.
        exits: taken after the step; a state where an exit is certain is worth its value from the start.
    """
    builder = TableBuilder((n_states,), n_periods, [row.discount for row in rows], n_packages=1)
    certain = np.zeros(n_states)
    for leaving in exits:
        certain = np.maximum(certain, np.broadcast_to(np.asarray(leaving.probability, np.float64), n_states) == 1.0)
    for i, row in enumerate(rows):
        lump = np.broadcast_to(np.asarray(row.flow, np.float64), n_states) * (1.0 - certain)
        for leaving in exits:
            here = np.broadcast_to(np.asarray(leaving.probability, np.float64), n_states) == 1.0
            lump = lump + here * (1.0 - row.discount) * np.asarray(leaving.values[i], np.float64)
        builder.set_flow_lump(lump, i)
    moving: dict[int, TableLike] = {k: np.where(certain, 0.0, np.asarray(p, np.float64)) for k, p in steps.items()}
    moving[0] = np.where(certain, 1.0, np.asarray(steps.get(0, 0.0), np.float64))
    builder.set_nature(0, builder.move(0, moving))
    set_exits(builder, exits, first_step=1)
    return builder


@dataclass(frozen=True)
class Ladder:
    """A line of forts 0 .. N with a battle after each rejected offer (theory II.4).

    Attributes:
        win_probability: what each row believes that A's chance is; A, D, then further rows.
        cost: of a battle, to each row.
        at_bottom, at_top: what each row gets when A has lost, or won.
    """

    n_forts: int
    win_probability: Sequence[float]
    discount: Sequence[float]
    cost: Sequence[float]
    at_bottom: Sequence[float] = (0.0, 1.0)
    at_top: Sequence[float] = (1.0, 0.0)

    @property
    def live(self) -> Float:
        """1 at the forts between the ends."""
        inside = np.ones(self.n_forts + 1)
        inside[[0, -1]] = 0.0
        return inside

    def builder(
        self,
        n_periods: int,
        *,
        shares: TableLike,
        recognition: Sequence[Sequence[float]],
        precision: float = math.inf,
        terminal: Sequence[TableLike] = (),
        none_weight: float = 1.0,
    ) -> TableBuilder:
        """Tables of the ladder; the ends are left at once, and are worth what they pay from the start.

        Args:
            recognition: by phase, at live forts; nobody talks at the ends.
            terminal: value of each row at live forts after the last period; zero when not given.
        """
        n_states = self.n_forts + 1
        bottom, top = np.eye(n_states)[0], np.eye(n_states)[-1]
        rows = range(len(self.discount))
        flow = [
            -self.cost[i] * self.live + (1.0 - self.discount[i]) * (self.at_bottom[i] * bottom + self.at_top[i] * top)
            for i in rows
        ]
        builder = pie_builder(
            shares,
            n_periods,
            self.discount,
            shape=(n_states,),
            recognition=[[p * self.live for p in phase] for phase in recognition],
            flow=flow,
            precision=precision,
            none_weight=none_weight,
        )
        for i in [*rows, -1]:  # the truth is what A believes; sides that disagree are only asked for their values
            p = self.win_probability[max(i, 0)]
            battle = builder.move(0, {1: p * self.live, 0: 1.0 - self.live, -1: (1.0 - p) * self.live})
            builder.set_nature(0, battle, epoch=EVERYWHERE, row=i)
        exits = [Exit("A wins", top, self.at_top), Exit("D wins", bottom, self.at_bottom)]
        set_exits(builder, exits, first_step=1)
        for i in rows:
            value = np.asarray(terminal[i], np.float64) if terminal else np.zeros(n_states)
            builder.terminal[i] = value * self.live + self.at_bottom[i] * bottom + self.at_top[i] * top
        return builder


def play(tables: Tables) -> Solution:
    """The engine in double precision on one thread."""
    return solve(tables, dtype=np.float64, threads=1)


def values_at_start(solution: Solution, row: int) -> Float:
    """Value of a row at period 0 in every state."""
    return np.asarray(solution.values[0, row, :, 0], np.float64)


def settling(decided: Decisions) -> Float:
    """Probability (S,) that the period ends in a settlement: sum of posture, recognition, offer and acceptance."""
    accept_all = np.ones_like(decided.offer[:, :, :-1])
    for k in (0, 1):
        for j in range(decided.offer.shape[1]):
            if j != k:
                accept_all[:, j] *= decided.accept[k]
    agreed = (decided.offer[:, :, :-1] * accept_all).sum(axis=2)
    return np.asarray((decided.posture[:, None] * decided.recognition * agreed).sum(axis=(0, 1)))

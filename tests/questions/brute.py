"""The forward pass of a small game by plain loops over states, moves and dictionaries, independent of the engine's.

It takes what is decided at each state as given (the engine's stage has tests of its own) and carries probability and
discounted payoffs one branch at a time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from ripeness.engine import Decisions, Solution, decisions
from ripeness.game import Game


@dataclass
class Settled:
    """One way in which mass settles: period, state, package and proposer."""

    period: int
    state: int
    package: int
    proposer: int
    mass: float
    worth: np.ndarray  # (R,) mass times the value at period 0 of the history up to here and of the peace after it


@dataclass
class Forward:
    """Everything that happens, branch by branch."""

    open: list[dict[int, float]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    ended: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    decided: list[Decisions] = field(default_factory=list)


def forward(solution: Solution, game: Game) -> Forward:
    """Carry the mass and everybody's payoffs so far from period 0 to the horizon."""
    t, found = game.tables, Forward()
    n_rows = t.n_rows
    mass = {int(s): float(p) for s, p in enumerate(t.initial) if p > 0}
    paid = {s: np.zeros(n_rows) for s in mass}
    for period in range(t.n_periods):
        epoch = int(t.epoch_of_period[period])
        d = decisions(solution, period)
        found.open.append(dict(mass))
        found.decided.append(d)
        next_mass: dict[int, float] = defaultdict(float)
        next_paid: dict[int, np.ndarray] = defaultdict(lambda: np.zeros(n_rows))
        factor = t.discount**period
        for s, p in mass.items():
            for m in range(d.posture.shape[0]):
                chosen = float(d.posture[m, s])
                failed = 1.0
                for j in range(d.recognition.shape[1]):
                    for n in range(d.peace.shape[0]):
                        answer = float(d.accept[1, m, n, s]) if j == 0 else float(d.accept[0, m, n, s])
                        if j == 2:
                            answer *= float(d.accept[1, m, n, s])
                        done = float(d.recognition[m, j, s]) * float(d.offer[m, j, n, s]) * answer
                        failed -= done
                        if done > 0:
                            worth = chosen * done * (paid[s] + p * factor * d.peace[n, :, s])
                            found.settled.append(Settled(period, s, n, j, p * chosen * done, worth))
                for e in range(d.effort.shape[1]):
                    share = chosen * failed * float(d.effort[m, e, s])
                    flow = t.pool[t.flow[epoch, m, e], s]
                    here = {s: (p * share, share * (paid[s] + p * factor * flow))}
                    for step in range(t.nature.shape[0]):
                        here = _moved(game, int(t.nature[step, epoch, m, e, n_rows]), here, found, period)
                    for to, (q, w) in here.items():
                        next_mass[to] += q
                        next_paid[to] = next_paid[to] + w
        mass, paid = dict(next_mass), dict(next_paid)
    found.ended[t.n_periods - 1, "still open"] += sum(mass.values())
    return found


def _moved(
    game: Game, operator: int, here: dict[int, tuple[float, np.ndarray]], found: Forward, period: int
) -> dict[int, tuple[float, np.ndarray]]:
    """One step of nature; what leaves the war is booked."""
    if operator < 0:
        return here
    t = game.tables
    arrived: dict[int, tuple[float, np.ndarray]] = {}
    for s, (q, w) in here.items():
        stayed = 0.0
        for offset, weight in zip(t.operator_offset[operator], t.operator_weight[operator], strict=True):
            chance = float(t.pool[weight, s]) if weight >= 0 else 0.0
            if chance <= 0.0:
                continue
            stayed += chance
            before = arrived.get(s + int(offset), (0.0, np.zeros_like(w)))
            arrived[s + int(offset)] = (before[0] + q * chance, before[1] + w * chance)
        if t.operator_end[operator] >= 0:
            found.ended[period, t.ends[t.operator_end[operator]]] += q * (1.0 - stayed)
    return arrived

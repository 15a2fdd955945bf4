"""Small games with every feature that a measure must survive, made from mechanisms of a few lines each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ripeness.game import Game, build
from ripeness.mechanisms.base import (
    Array,
    Axis,
    Drift,
    Exit,
    Jump,
    Mechanism,
    Move,
    Package,
    Peace,
    Role,
    Setting,
    Succession,
)
from ripeness.scenario.schema import Scenario


class Line(Mechanism):
    """A front line that drifts up to `upper`, and war costs."""

    name: ClassVar[str] = "toy line"
    order: ClassVar[int] = 10
    points: int = 5
    upper: float = 0.6
    start: float = 0.3
    drift: float = 0.02
    spread: float = 0.06
    costs: tuple[float, float] = (0.03, 0.08)

    def axes(self, grid: str) -> tuple[Axis, ...]:
        return (Axis("territory", np.linspace(0.0, self.upper, self.points), self.start, "share", "A's share held"),)

    def moves(self, at: Setting) -> tuple[Move, ...]:
        return (Drift("territory", self.drift * (0.5 + at.effort[0] - 0.5 * at.effort[1]), self.spread),)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        return {
            "attacker": at.line - self.costs[0] * (1 + at.effort[0]),
            "defender": 1 - at.line - self.costs[1] * (1 + at.effort[1]),
        }


class Talks(Mechanism):
    """Who proposes, and what postures do to it."""

    name: ClassVar[str] = "toy talks"
    chances: tuple[float, float, float] = (0.2, 0.2, 0.2)
    with_postures: bool = True

    def postures(self) -> tuple[str, ...]:
        return ("stand back", "press defender") if self.with_postures else ()

    def posture_cost(self, at: Setting) -> float:
        return 0.0 if at.posture == "stand back" else 0.001

    def recognition(self, at: Setting) -> Mapping[Role, float]:
        a, d, p = self.chances
        return {"attacker": a, "defender": d, "patron": p if at.posture != "stand back" else 0.5 * p}


class Breaks(Mechanism):
    """A peace that breaks sooner without guarantees and where the line is far out."""

    name: ClassVar[str] = "toy breaks"
    hazard: float = 0.1

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        bonus: dict[Role, Array | float] = {"patron": 0.05}
        return Peace(bonus, self.hazard * (1 - 0.8 * package.guarantees) * (0.5 + at.line))


class Mood(Mechanism):
    """A patron's mood that switches, and pays him."""

    name: ClassVar[str] = "toy mood"
    order: ClassVar[int] = 20

    def axes(self, grid: str) -> tuple[Axis, ...]:
        labels = ("supportive", "impatient")
        return (Axis("mood", np.arange(2.0), 0.0, "", "mood of the patron", labels),)

    def moves(self, at: Setting) -> tuple[Move, ...]:
        stay = 0.95
        return (Jump("mood", np.array([[stay, 1 - stay], [1 - stay, stay]])[at.levels["mood"].astype(int)]),)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        return {"patron": -0.02 - 0.05 * at.level("mood")}


class Collapse(Mechanism):
    """The defender collapses where the line is far out; the attacker's leader can fall."""

    name: ClassVar[str] = "toy collapse"
    order: ClassVar[int] = 80

    def axes(self, grid: str) -> tuple[Axis, ...]:
        labels = ("incumbent", "successor")
        return (Axis("attacker leader", np.arange(2.0), 0.0, "", "who leads the attacker", labels),)

    def moves(self, at: Setting) -> tuple[Move, ...]:
        return (
            Succession("attacker leader", "attacker", 0.08, 0.2),
            Exit("collapse of the defender", 0.15 * at.line**2, {"attacker": 0.8, "defender": 0.1, "patron": -0.1}),
            Exit("withdrawal of the attacker", 0.02 * at.at_successor("attacker"), {"attacker": 0.1, "defender": 0.8}),
        )


ACTORS = {
    "attacker": {"name": "North", "leader": "President of North", "discount_yearly": 0.05, "efforts": [0.5, 1.0]},
    "defender": {"name": "South", "leader": "President of South", "discount_yearly": 0.08, "efforts": [1.0]},
    "patron": {"name": "East", "leader": "Chancellor of East", "discount_yearly": 0.2},
}


def scenario(mechanisms: Mapping[str, Mechanism] | None = None, **changes: object) -> Scenario:
    """A scenario of toys; keyword arguments replace its entries."""
    said: dict[str, object] = {
        "ripeness": 1,
        "name": "toy",
        "title": "A war of toys",
        "summary": "Two sides of a toy box fight over its middle.",
        "disputed": "the middle of the box",
        "period": "quarter",
        "start": "2030-01",
        "horizon": 12,
        "actors": ACTORS,
        "mechanisms": dict(mechanisms)
        if mechanisms is not None
        else {"line": Line(), "talks": Talks(), "breaks": Breaks(), "mood": Mood(), "collapse": Collapse()},
        "agenda": {"grid": {"shifts": [-0.05, 0.05], "terms": [0.3], "guarantees": [0.0, 1.0]}},
    }
    return Scenario.model_validate(said | changes)


def tiny() -> Game:
    """40 states, 12 periods, 6 packages, 2 postures, 2 pairs of efforts, 3 proposers, 2 ends."""
    return build(scenario())


def small(**changes: object) -> Game:
    """The same forces on a finer line, month by month for five years: the shape of a real case."""
    forces = {"line": Line(points=31, spread=0.05), "talks": Talks(chances=(0.1, 0.1, 0.15)), "breaks": Breaks(),
              "mood": Mood(), "collapse": Collapse()}  # fmt: skip
    agenda = {"grid": {"shifts": [-0.1, -0.05, 0.0, 0.05, 0.1], "guarantees": [0.0, 0.5, 1.0]}}
    choices = {"precision": {"posture": 1000.0, "offer": 2000.0, "response": 2000.0, "effort": 1000.0}}
    return build(scenario(forces, **{"period": "month", "horizon": 60, "agenda": agenda, "choices": choices} | changes))

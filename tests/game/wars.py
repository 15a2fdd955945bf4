"""Small wars for the tests of the game, made of mechanisms whose tables can be written down by hand."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ripeness.mechanisms.base import Axis, Drift, Exit, Jump, Mechanism, Peace, Removal, Succession
from ripeness.mechanisms.channel import Channel
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Choices, Precision, Scenario

STEADY = Channel(attacker=6.0, defender=3.0, patron=0.0, patron_standing_back=0.0)
"""Nine proposals a month, cut to one a month: A proposes with 2/3, D with 1/3."""


class Line(Mechanism):
    """A line of three points that drifts with A's effort; it ends the war at once at 1."""

    name: ClassVar[str] = "territory"
    order: ClassVar[int] = 10
    start: float = 0.3
    points: int = 3
    ends: bool = True

    def axes(self, grid: Any) -> tuple[Axis, ...]:
        return (Axis("territory", np.linspace(0.0, 1.0, self.points), self.start, "share", "line"),)

    def flow(self, at: Any) -> dict[str, Any]:
        return {"attacker": at.line - 0.2 * at.effort[0], "defender": 1.0 - at.line - 0.3 * at.effort[1]}

    def moves(self, at: Any) -> tuple[Any, ...]:
        drift = Drift("territory", 0.3 * (at.effort[0] - 0.4), 1.0)
        if not self.ends:
            return (drift,)
        worth = {"attacker": 0.9, "defender": 0.05}
        return drift, Exit("A holds all", np.where(at.line >= 1.0, np.inf, 0.0), worth)


class Patron(Mechanism):
    """Two moods of the patron; courting brings on the second. It pays for the war in the first."""

    name: ClassVar[str] = "patron_mood"
    order: ClassVar[int] = 20

    def axes(self, grid: Any) -> tuple[Axis, ...]:
        return (Axis("mood", np.arange(2.0), 0.0, "regime", "mood", ("one", "two")),)

    def breaks(self, start: Any, years: float, horizon: int) -> tuple[int, ...]:
        return (2,)

    def postures(self) -> tuple[str, ...]:
        return ("stand back", "court attacker")

    def posture_cost(self, at: Any) -> Any:
        return 0.01 if at.posture == "court attacker" else 0.0

    def flow(self, at: Any) -> dict[str, Any]:
        return {"patron": -0.1 * (1.0 - at.levels["mood"]) * (1.0 + at.period)}

    def moves(self, at: Any) -> tuple[Any, ...]:
        to_two = 0.5 if at.posture == "court attacker" else 0.1 + 0.1 * at.line
        chance = np.broadcast_to(to_two, np.broadcast_shapes(np.shape(to_two), np.shape(at.levels["mood"])))
        to = np.where(at.levels["mood"] == 0.0, chance, 0.8)
        return (Jump("mood", np.stack([1.0 - to, to], axis=-1)),)


class Leader(Mechanism):
    """A leader of A who can be replaced at war and removed under peace."""

    name: ClassVar[str] = "leader"
    order: ClassVar[int] = 30

    def axes(self, grid: Any) -> tuple[Axis, ...]:
        return (Axis("attacker leader", np.arange(2.0), 0.0, "who", "leader", ("incumbent", "successor")),)

    def moves(self, at: Any) -> tuple[Any, ...]:
        return (Succession("attacker leader", "attacker", 0.6, 0.1 * at.line),)

    def peace(self, at: Any, package: Any, terms: Any) -> Peace:
        removal = {"attacker": Removal(0.2 + 0.5 * (1.0 - terms), 0.4)}
        return Peace({"patron": 0.3}, 0.4 * np.exp(-package.guarantees), removal)

    def frozen(self, at: Any) -> dict[str, Any]:
        return {"patron": 0.1 * at.levels["attacker leader"]}


def war(*mechanisms: Mechanism, patron: bool = False, **changes: Any) -> Scenario:
    """A scenario of the given mechanisms; anything else can be changed by name."""
    actor = {role: Actor(name=role, discount_yearly=rate) for role, rate in RATES.items() if patron or role != "patron"}
    said: dict[str, Any] = {
        "ripeness": 1,
        "name": "small",
        "title": "small",
        "start": "2025-12",
        "horizon": 4,
        "actors": Actors(**actor),
        "mechanisms": {m.name: m for m in mechanisms} | ({} if _talks(mechanisms) else {"channel": STEADY}),
        "agenda": Agenda(grid=AgendaGrid(shifts=(-0.1, 0.0), guarantees=(0.0, 1.0))),
        "choices": Choices(precision=Precision(posture=40.0, offer=30.0, response=50.0, effort=20.0)),
    }
    return Scenario(**(said | changes))


RATES = {"attacker": 0.3, "defender": 0.5, "patron": 0.2}


def _talks(mechanisms: tuple[Mechanism, ...]) -> bool:
    return any(isinstance(m, Channel) for m in mechanisms)

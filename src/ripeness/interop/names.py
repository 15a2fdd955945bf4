"""What sides, types, postures, packages and efforts are called in an exported game."""

from __future__ import annotations

from typing import NamedTuple

from ripeness.game import Game, Tables
from ripeness.interop.extensive import Agent, Situation
from ripeness.mechanisms.base import ROLES


class Names(NamedTuple):
    """Names of everything that somebody chooses or is."""

    sides: tuple[str, str, str]
    types: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # of each side; one name where it has one type
    postures: tuple[str, ...]
    packages: tuple[str, ...]
    efforts: tuple[tuple[str, ...], tuple[str, ...]]  # of A, of D

    def actor(self, side: int, kind: int) -> str:
        """A side, with its type where it has several."""
        named = self.types[side]
        return f"{self.sides[side]} ({named[kind]})" if len(named) > 1 else self.sides[side]

    def agent(self, agent: Agent) -> str:
        """A player that moves."""
        return f"{self.sides[agent.side]}, {agent.kind} in period {agent.period}"

    def action(self, at: Situation, action: int) -> str:
        """An action at a situation."""
        if at.kind == "posture":
            return self.postures[action]
        if at.kind == "offer":
            return (*self.packages, "none")[action]
        if at.kind == "answer":
            return ("accept", "reject")[action]
        return self.efforts[at.side][action]

    def situation(self, at: Situation, kind: int, with_state: bool) -> str:
        """A situation as one type of the side that moves sees it."""
        parts = [f"{self.actor(at.side, kind)}, period {at.period}"]
        if with_state:
            parts.append(f"state {at.state}")
        if at.posture >= 0 and len(self.postures) > 1:
            parts.append(self.postures[at.posture])
        what: str = at.kind
        if at.kind == "answer":
            what = f"answer to {self.packages[at.package]} from {self.sides[at.proposer]}"
        elif at.effort_a >= 0 and len(self.efforts[0]) > 1:
            what = f"effort after {self.efforts[0][at.effort_a]} of {self.sides[0]}"
        said = f"{', '.join(parts)}: {what}"
        return f"{said}; seen {', '.join(e.text for e in at.seen)}" if at.seen else said


def names_of(game: Game) -> Names:
    """Names of a labelled game."""
    kinds = {role: game.types.get(role, ("",)) for role in ROLES}
    return Names(
        sides=("attacker", "defender", "patron"),
        types=(kinds["attacker"], kinds["defender"], kinds["patron"]),
        postures=game.postures,
        packages=tuple(package.name for package in game.packages),
        efforts=(tuple(f"{x:g}" for x in game.efforts[0]), tuple(f"{x:g}" for x in game.efforts[1])),
    )


def plain_names(tables: Tables) -> Names:
    """Names for bare tables: letters and indices."""
    a, d, p = (tuple(f"type {k}" for k in range(n)) if n > 1 else ("",) for n in tables.types)
    return Names(
        sides=("A", "D", "P"),
        types=(a, d, p),
        postures=tuple(f"posture {m}" for m in range(tables.flow.shape[1])),
        packages=tuple(f"package {n}" for n in range(tables.peace_fixed.shape[1])),
        efforts=(
            tuple(f"effort {e}" for e in range(tables.n_effort_a)),
            tuple(f"effort {e}" for e in range(tables.n_effort_d)),
        ),
    )

"""Names of what the tables only number."""

from __future__ import annotations

from typing import NamedTuple

from ripeness.interop.extensive_form import SIDES, Agent
from ripeness.interop.structure import Outcome


class Labels(NamedTuple):
    """Names for an exported game; what is left empty is numbered."""

    packages: tuple[str, ...] = ()
    postures: tuple[str, ...] = ()
    efforts_a: tuple[str, ...] = ()
    efforts_d: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def package(self, n: int) -> str:
        return _name(self.packages, n, "package")

    def posture(self, m: int) -> str:
        return _name(self.postures, m, "posture")

    def effort(self, side: int, level: int) -> str:
        return _name(self.efforts_d if side else self.efforts_a, level, "effort")

    def state(self, s: int) -> str:
        return _name(self.states, s, "state")

    def outcome(self, outcome: Outcome) -> str:
        """Of nature's moves in one period; different outcomes have different names."""
        arms = "".join(f" (seen {'-'.join(map(str, outcome.arms))})" if outcome.arms else "")
        if outcome.end == -2:
            return f"to {self.state(outcome.state)}{arms}"
        end = _name(self.ends, outcome.end, "end") if outcome.end >= 0 else "the war ends"
        return f"{end} at step {outcome.step} in {self.state(outcome.state)}{arms}"


def agent_name(agent: Agent, types: tuple[int, int, int]) -> str:
    """Name of a player; its type is told where the side has several."""
    kind = f" (type {agent.type})" if types[agent.side] > 1 else ""
    return f"{SIDES[agent.side]}{kind} {agent.decision} in period {agent.period}"


def _name(names: tuple[str, ...], index: int, what: str) -> str:
    return names[index] if index < len(names) else f"{what} {index}"

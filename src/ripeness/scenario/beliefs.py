"""Private information as an analyst writes it: types of the actors, and what others believe of them.

A type is a version of an actor that only the actor itself tells apart: it changes some numbers of the scenario (`set`).
The first type has the probability that the others leave.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ripeness.mechanisms.base import Role
from ripeness.scenario.quantity import Quantity, quantity
from ripeness.scenario.section import Section

Observer = Literal["attacker", "defender", "patron", "truth"]
"""Who may start from a belief of its own; "truth" is the analyst's, under which the outlook is worked out."""

MOST_TYPES = 6
MOST_NODES = 401
MOST_EXTRA_NODES = 50

Chance = Annotated[Quantity, Field(gt=0.0, lt=1.0, json_schema_extra={"unit": "probability", "range": [0.05, 0.95]})]
"""A probability that leaves room for doubt: certainty has infinite log-odds, and no evidence could move it."""


class TypeSpec(Section):
    """One type of an actor."""

    name: str = Field(min_length=1, max_length=100, description="Name shown in results.")
    meaning: str = Field(default="", max_length=500, description="What the type stands for, in a neutral sentence.")
    probability: Chance | None = Field(
        default=None,
        description="Public belief at the start; the first type has what the others leave.",
        json_schema_extra={"unit": "probability", "range": [0.05, 0.95]},
    )
    seen_by: dict[Observer, Chance] = Field(
        default_factory=dict, description="Beliefs at the start of those who do not share the public one."
    )
    set: dict[str, Quantity] = Field(
        default_factory=dict,
        max_length=100,
        description="What the type changes, by path, as for `--set`.",
        json_schema_extra={"keys": "paths"},
    )


class SideBeliefs(Section):
    """What one actor alone knows about itself."""

    about: str = Field(default="", max_length=200, description="What the types differ in, for readers.")
    nodes: int = Field(
        default=15, ge=5, le=MOST_NODES,
        description="Points of the belief axis with two types, both certainties included.",
        json_schema_extra={"unit": "points", "range": [9, 101]},
    )  # fmt: skip
    reach: Quantity = quantity(
        5.0, unit="log-odds", low=0.1, high=30.0, range=(3.0, 10.0), grid=True,
        meaning="Largest finite log-odds on the belief axis, with two types.",
    )  # fmt: skip
    at: tuple[Annotated[float, Field(gt=0.0, lt=1.0)], ...] = Field(
        default=(), max_length=MOST_EXTRA_NODES,
        description="Beliefs in the second type that get points of their own besides `nodes`, with two types.",
        json_schema_extra={"unit": "probability"},
    )  # fmt: skip
    resolution: int = Field(
        default=10, ge=1, le=100, description="Steps between two certainties on the grid of beliefs, from three types.",
        json_schema_extra={"unit": "steps", "range": [1, 20]},
    )  # fmt: skip
    leak_yearly: Quantity = quantity(
        0.0, unit="per year", low=0.0, high=100.0, range=(0.0, 1.0),
        meaning="Hazard with which the type becomes known to all.",
    )  # fmt: skip
    types: tuple[TypeSpec, ...] = Field(
        min_length=2, max_length=MOST_TYPES, description="Types; the first has the probability that the others leave."
    )


class Beliefs(Section):
    """Private information: who knows what about itself that others do not."""

    known: bool = Field(
        default=False,
        description="Whether types are drawn and made known to everybody at the start: the same war without secrets.",
    )
    attacker: SideBeliefs | None = Field(default=None, description="Types of the attacker.")
    defender: SideBeliefs | None = Field(default=None, description="Types of the defender.")
    patron: SideBeliefs | None = Field(default=None, description="Types of the patron.")

    def sides(self) -> dict[Role, SideBeliefs]:
        """The actors that have types, in the order A, D, P."""
        found: dict[Role, SideBeliefs | None] = {
            "attacker": self.attacker, "defender": self.defender, "patron": self.patron,
        }  # fmt: skip
        return {role: side for role, side in found.items() if side is not None}


def public_belief(side: SideBeliefs) -> tuple[float, ...]:
    """Public probability of each type at the start."""
    return _with_rest([float(each.probability or 0.0) for each in side.types[1:]])


def belief_of(side: SideBeliefs, observer: Observer) -> tuple[float, ...]:
    """Probability that an observer gives to each type at the start; the public one where it states none."""
    return _with_rest([float(each.seen_by.get(observer, each.probability or 0.0)) for each in side.types[1:]])


def _with_rest(others: list[float]) -> tuple[float, ...]:
    return (1.0 - sum(others), *others)

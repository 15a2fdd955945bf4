"""Levers as an analyst writes them: a change of the scenario that somebody could bring about."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ripeness.mechanisms.base import Role
from ripeness.scenario.claims import Changes, Id, When
from ripeness.scenario.quantity import Citation, Quantity
from ripeness.scenario.section import Section

MOST_LEVERS = 100

CostYearly = Annotated[
    Quantity, Field(ge=-10.0, le=10.0, json_schema_extra={"unit": "share of the prize per year"})
]  # fmt: skip


class Lever(Section):
    """A change that somebody could bring about, wholly or in part, for all time or between two dates.

    Everybody knows of it from the start. At a strength between 0 and 1 every number goes that part of the way.
    """

    id: Id = Field(description="Short name.")
    says: str = Field(min_length=1, max_length=1000, description="What is done, in the analyst's own words.")
    who: str = Field(default="", max_length=300, description="Who could do it.")
    cites: Citation | tuple[Citation, ...] = Field(default=(), description="Sentences that propose it.")
    note: str = Field(default="", max_length=4000, description="How the change stands for it, and its reasons.")
    set: Changes = Field(min_length=1, description="What it changes, by path.")
    from_: When | None = Field(
        default=None, alias="from", description="When it begins: months from the start, or a date; at once if absent."
    )
    until: When | None = Field(default=None, description="When it ends: the first period without it; never if absent.")
    cost: dict[Role, CostYearly] = Field(
        default_factory=dict,
        description="What it costs whom while it lasts, shown beside its effect; the game does not know of it.",
    )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Sentences that propose it, as a list."""
        return (self.cites,) if isinstance(self.cites, Citation) else self.cites

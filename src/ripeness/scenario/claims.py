"""Claims as an analyst writes them: a statement of a source in own words, its citation, and tests of it on the model.

A test compares a measure with a number, or with a measure again: of another actor, at another date, or in the same
scenario with a change. A claim holds in a draw where all of its tests hold there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from ripeness.scenario.measures import MEASURES, PARAMETERS, Asked, asked_of
from ripeness.scenario.quantity import Citation
from ripeness.scenario.section import Section

Change = float | bool | str | None
"""What a path is set to: a number; "x2" (times), "+0.1" or "-0.1" of what it is; another word or date; null takes a
mechanism out."""
When = Annotated[int, Field(ge=0, le=14400)] | Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
"""Months from the start, or a date."""
Changes = Annotated[dict[str, Change], Field(max_length=100, json_schema_extra={"keys": "paths"})]
Id = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=80)]

MOST_CLAIMS = 200


class Operand(Section):
    """One side of a comparison: a measure, and in which scenario it is taken."""

    measure: str | None = Field(default=None, description="Name of the measure; on the right the left one's if absent.")
    of: str | None = Field(default=None, description="Whose or of what: an actor, an end, an axis; see the measure.")
    within: When | None = Field(
        default=None, description="Months from the start, or the first day that does not count."
    )
    at: When | None = Field(default=None, description="Months from the start, or a date.")
    package: str | None = Field(default=None, description="A package of the agenda.")
    view: str | None = Field(default=None, description="As who sees it; the analyst if absent.")
    set: Changes = Field(default_factory=dict, description="Changes under which this side is taken, by path.")
    lever: Id | None = Field(default=None, description="Lever under which this side is taken.")


class ClaimTest(Operand):
    """One comparison that a claim implies."""

    measure: str = Field(description="Name of the measure.")
    is_: Literal["more", "less"] = Field(alias="is", description="Which way the two sides should differ.")
    than: float | Operand = Field(description="A number, or what else it is compared with.")
    by: float = Field(default=0.0, ge=0.0, description="Least difference, in the unit of the measure.")
    note: str = Field(default="", max_length=2000, description="Why this comparison, for readers.")

    def left_asked(self) -> Asked:
        """What is measured on the left."""
        return asked_of(_question(self))

    def right_asked(self) -> Asked | None:
        """What it is compared with, all that is left out taken over from the left side; None: with a number."""
        if not isinstance(self.than, Operand):
            return None
        return asked_of(taken_over(_question(self), _question(self.than)))


def taken_over(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked on the right: where it leaves something out, the same as on the left.

    A date takes the place of a span and the other way round, since a measure has one of the two; another measure takes
    over only what it takes.
    """
    name = right.get("measure") or left.get("measure")
    found = {key: value for key, value in right.items() if value is not None} | {"measure": name}
    measure = MEASURES.get(str(name))
    dated = any(key in found for key in ("at", "within"))
    for key in PARAMETERS:
        value = left.get(key)
        if value is None or key in found or (dated and key in ("at", "within")):
            continue
        if name == left.get("measure") or (measure is not None and key in measure.takes):
            found[key] = value
    return found


def _question(operand: Operand) -> dict[str, Any]:
    return {key: getattr(operand, key) for key in ("measure", *PARAMETERS)}


class Claim(Section):
    """A statement of a source, in a form that the model can test."""

    id: Id = Field(description="Short name.")
    says: str = Field(min_length=1, max_length=1000, description="The claim in the analyst's own words.")
    cites: Citation | tuple[Citation, ...] = Field(default=(), description="Sentences that make it.")
    note: str = Field(
        default="", max_length=4000, description="How the tests stand for the claim, and what they cannot capture."
    )
    needs: Literal["beliefs.attacker", "beliefs.defender", "beliefs.patron"] | None = Field(
        default=None, description="Whose secret it is about; where the scenario has no such secret it is set aside."
    )
    tests: tuple[ClaimTest, ...] = Field(min_length=1, max_length=20, description="Comparisons that must all hold.")

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Sentences that make it, as a list."""
        return (self.cites,) if isinstance(self.cites, Citation) else self.cites

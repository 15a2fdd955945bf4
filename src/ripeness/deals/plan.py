"""A plan as an analyst writes it: points with options, what each option is worth to each party, and who must sign.

Every number is a `Quantity`, with its range and the sentence that it rests on. Worths of one party are in one unit of
its own and add up over the points; the reservation is in the same unit: what the party gets without a deal. How many
entries a mapping may have, and whether names fit together, is checked on reading (`plan_reading.py`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from ripeness.scenario.quantity import Quantity, quantity
from ripeness.scenario.schema import Document
from ripeness.scenario.section import Section

MOST_POINTS = 100
MOST_OPTIONS = 50
MOST_PARTIES = 12
MOST_CONDITIONS = 200
LARGEST = 100_000.0
"""Largest worth; sums of worths in millionths then fit into 64 bits."""

Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Worth = Annotated[
    Quantity, Field(ge=-LARGEST, le=LARGEST, json_schema_extra={"unit": "the party's own unit", "range": [-1.0, 1.0]})
]
Options = Name | Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_OPTIONS)]
"""One option of a point, or several of which one is chosen."""


class Party(Section):
    """Somebody to whom the plan matters."""

    name: str = Field(min_length=1, max_length=200, description="Name of the party.")
    reservation: Worth = Field(description="Worth of no deal to it: it signs what is worth at least this.")
    consents: bool = Field(default=True, description="Whether the plan needs its signature.")
    power: Quantity = quantity(
        1.0, unit="weight", low=0.001, high=1000.0, range=(0.5, 2.0), meaning="Bargaining power, relative to others'."
    )


class Option(Section):
    """One way to settle a point."""

    title: str = Field(default="", max_length=500, description="What it says, in a few words.")
    worth: dict[Name, Worth] = Field(description="Worth to each party, one number for every party.")
    red_line_of: tuple[Name, ...] = Field(
        default=(), description="Parties that cannot sign it, whatever they get elsewhere."
    )


class Point(Section):
    """One matter that the plan settles."""

    title: str = Field(min_length=1, max_length=500, description="What it settles.")
    weight: Quantity = quantity(
        1.0, unit="weight", low=0.0, high=1000.0, range=(0.5, 2.0), meaning="How much it takes to reopen the point."
    )
    options: dict[Name, Option] = Field(description="Options, by name.")


class Requires(Section):
    """Where all of `when` is chosen, all of `then` must be chosen too."""

    when: dict[Name, Options] = Field(description="Points, each with one option or a list.")
    then: dict[Name, Options] = Field(description="Points, each with one option or a list.")


class Together(Section):
    """Worth that holds only where all of `options` are chosen, beyond what each is worth by itself."""

    options: dict[Name, Options] = Field(description="Two or more points, each with one option or a list.")
    worth: dict[Name, Worth] = Field(description="Worth to parties; those left out gain nothing by it.")


class Conditions(Section):
    """What holds between points."""

    requires: tuple[Requires, ...] = Field(
        default=(), max_length=MOST_CONDITIONS, description="Choices that need other choices."
    )
    excludes: tuple[dict[Name, Options], ...] = Field(
        default=(), max_length=MOST_CONDITIONS, description="Choices of two or more points that cannot stand together."
    )
    together: tuple[Together, ...] = Field(
        default=(), max_length=MOST_CONDITIONS, description="Worth of choices that holds only together."
    )


class Plan(Section):
    """One plan."""

    plan: Literal[1] = Field(description="Version of this format.")
    name: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=100, description="Short name.")
    title: str = Field(min_length=1, max_length=500, description="Title for people.")
    summary: str = Field(default="", description="What the plan is about, in a neutral sentence or two.")
    documents: tuple[Document, ...] = Field(default=(), description="Texts that citations refer to.")
    parties: dict[Name, Party] = Field(description="Who is asked to sign, and to whom it matters besides.")
    points: dict[Name, Point] = Field(description="What is settled, by name.")
    conditions: Conditions = Field(default_factory=Conditions, description="What holds between points.")
    drafts: dict[Name, dict[Name, Name]] = Field(
        default_factory=dict, description="Named texts: one option for every point."
    )

    @field_validator("plan", mode="before")
    @classmethod
    def _no_truth_value(cls, said: object) -> object:
        if isinstance(said, bool):  # equal to 1, and yet no version
            raise ValueError(f"plan must be 1, got {str(said).lower()}.")
        return said

    @property
    def signers(self) -> tuple[str, ...]:
        """Parties whose signature the plan needs."""
        return tuple(name for name, party in self.parties.items() if party.consents)


def as_options(said: Options) -> tuple[str, ...]:
    """One option or several, as a tuple."""
    return (said,) if isinstance(said, str) else said

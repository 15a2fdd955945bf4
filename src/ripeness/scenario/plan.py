"""A plan as an analyst writes it: points with options, what each option is worth to each party, and who must sign.

Every number is a `Quantity`, with its range and the sentence that it rests on. Worths of one party are in one unit of
its own and add up over the points; the reservation is in the same unit: what the party gets without a deal. How many
entries a mapping may have, and whether names fit together, is checked on reading (`plan_checks.py`); how worths follow
from weights, scores, ranks and comparisons is in `worths.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from ripeness.mechanisms.base import Role
from ripeness.scenario.document import Document
from ripeness.scenario.quantity import Citation, Quantity, quantity
from ripeness.scenario.section import Section
from ripeness.scenario.worths import Choice, Worth, worths_of

MOST_POINTS = 100
MOST_OPTIONS = 50
MOST_PARTIES = 12
MOST_CONDITIONS = 200
LARGEST = 100_000.0
"""Largest worth; sums of worths in millionths then fit into 64 bits."""

Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Worths = Annotated[Quantity, Field(ge=-LARGEST, le=LARGEST, json_schema_extra={"unit": "the party's own unit"})]
Positive = Annotated[Quantity, Field(ge=0.0, le=LARGEST, json_schema_extra={"unit": "weight, on any scale"})]
Score = Annotated[Quantity, Field(ge=0.0, le=100.0, json_schema_extra={"unit": "score, 0 worst to 100 best"})]
Options = Name | Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_OPTIONS)]
"""One option of a point, or several of which one is chosen."""


class Comparison(Section):
    """One answer to: how many times as important, or as good, is this as that?"""

    better: Name = Field(description="The one that weighs more, or is better.")
    than: Name = Field(description="The other one.")
    times: Quantity = quantity(
        None, unit="times", low=0.01, high=100.0, range=(1.0, 9.0), meaning="How many times as much."
    )


class Elicitation(Section):
    """Worths asked for in another way than as numbers: weights of points, times scores of their options.

    Weights sum to one, and a score of 100 is the best option of a point, so that worths add up to at most one. Each
    kind of answer is given for all points in one way: weights as numbers, as a ranking, or as comparisons of pairs.
    """

    weights: dict[Name, Positive] = Field(default_factory=dict, description="Weight of each point, on any scale.")
    weights_ranked: tuple[Name, ...] = Field(default=(), description="Points, the most important first.")
    weights_compared: tuple[Comparison, ...] = Field(
        default=(), max_length=500, description="Pairs of points, enough to link all of them."
    )
    scores: dict[Name, dict[Name, Score]] = Field(
        default_factory=dict, description="By point, the score of each option: 0 worst to 100 best."
    )
    scores_ranked: dict[Name, tuple[Name, ...]] = Field(
        default_factory=dict, description="By point, its options, the best first: the best scores 100, the worst 0."
    )
    scores_compared: dict[Name, tuple[Comparison, ...]] = Field(
        default_factory=dict, description="By point, pairs of options that link all of them: the best scores 100."
    )


class Party(Section):
    """Somebody to whom the plan matters."""

    name: str = Field(min_length=1, max_length=200, description="Name of the party.")
    reservation: Worths = Field(description="Worth of no deal to it: it signs what is worth at least this.")
    consents: bool = Field(default=True, description="Whether the plan needs its signature.")
    asked: bool = Field(
        default=False, description="Whether it is asked to sign as well, though the plan could go ahead without it."
    )
    power: Quantity = quantity(
        1.0, unit="weight", low=0.001, high=1000.0, range=(0.5, 2.0), meaning="Bargaining power, relative to others'."
    )
    discount_yearly: Quantity = quantity(
        0.05,
        unit="per year",
        low=0.0,
        high=2.0,
        range=(0.02, 0.2),
        meaning="Yearly discount rate, for costs over time.",
    )
    elicited: Elicitation | None = Field(
        default=None, description="Weights and scores, in place of worths at the options."
    )
    role: Role | None = Field(default=None, description="Actor of a scenario that the party is.")
    stake: Quantity = quantity(
        1.0, unit="share per unit", low=1e-6, high=1e6, range=(0.01, 1.0),
        meaning="What one unit of its worth is in shares of what the war is about.",
    )  # fmt: skip
    zero: Quantity = quantity(
        0.0, unit="the party's own unit", low=-LARGEST, high=LARGEST, range=(-1.0, 1.0),
        meaning="Its worth of peace on the line of contact with nothing else settled.",
    )  # fmt: skip

    @property
    def signature(self) -> Literal["needed", "asked", "none"]:
        """Whether its signature is needed, asked for, or neither."""
        return "needed" if self.consents else "asked" if self.asked else "none"


class Cost(Section):
    """A cost that a party bears for a time, in its own unit of worth."""

    while_borne: Worths = Field(description="Cost while it is borne: what it would take off if it lasted for ever.")
    years: Quantity = quantity(
        None, unit="years", low=0.0, high=200.0, range=(1.0, 20.0), meaning="How long it is borne."
    )
    from_year: Quantity = quantity(
        0.0, unit="years", low=0.0, high=200.0, range=(0.0, 10.0), meaning="When it begins, after the signature."
    )


class Option(Section):
    """One way to settle a point."""

    title: str = Field(default="", max_length=500, description="What it says, in a few words.")
    worth: dict[Name, Worths] = Field(
        default_factory=dict, description="Worth to each party whose worths are not elicited otherwise."
    )
    red_line_of: tuple[Name, ...] = Field(
        default=(), description="Parties that cannot sign it, whatever they get elsewhere."
    )
    note: str = Field(default="", max_length=2000, description="Why it is worth what it is, in the analyst's words.")
    cites: tuple[Citation, ...] = Field(default=(), description="Where it is proposed.")
    costs: dict[Name, Cost] = Field(default_factory=dict, description="Costs over time, by party.")
    shift: Quantity = quantity(
        0.0, unit="share", low=-1.0, high=1.0, range=(-0.1, 0.1),
        meaning="Share of what the war is about that it moves to the attacker.",
    )  # fmt: skip
    guarantees: Quantity = quantity(
        0.0, unit="strength, 0 to 1", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="Strength that it adds to the enforcement of the plan.",
    )  # fmt: skip


class Point(Section):
    """One matter that the plan settles."""

    title: str = Field(min_length=1, max_length=500, description="What it settles.")
    weight: Quantity = quantity(
        1.0, unit="weight", low=0.0, high=1000.0, range=(0.5, 2.0), meaning="How much it takes to reopen the point."
    )
    ordered: bool = Field(
        default=False, description="Whether its options stand in an order, so that a change takes steps."
    )
    options: dict[Name, Option] = Field(description="Options, by name.")


class Requires(Section):
    """Where all of `when` is chosen, all of `then` must be chosen too."""

    when: dict[Name, Options] = Field(description="Points, each with one option or a list.")
    then: dict[Name, Options] = Field(description="Points, each with one option or a list.")


class Together(Section):
    """Worth that holds only where all of `options` are chosen, beyond what each is worth by itself."""

    options: dict[Name, Options] = Field(description="Two or more points, each with one option or a list.")
    worth: dict[Name, Worths] = Field(description="Worth to parties; those left out gain nothing by it.")


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


class PlanSection(Section):
    """A plan inside a scenario: what is settled, who signs, and drafts of it."""

    plan: Literal[1] = Field(default=1, description="Version of this format.")
    name: str = Field(default="plan", pattern="^[a-z0-9][a-z0-9-]*$", max_length=100, description="Short name.")
    title: str = Field(default="Plan", min_length=1, max_length=500, description="Title for people.")
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

    @cached_property
    def worths(self) -> Mapping[Choice, Worth]:
        """What each option is worth to each party, by (point, option, party): elicited or given, less costs."""
        return worths_of(self)


class Plan(PlanSection):
    """One plan in a file of its own."""

    plan: Literal[1] = Field(description="Version of this format.")
    name: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=100, description="Short name.")
    title: str = Field(min_length=1, max_length=500, description="Title for people.")


def as_options(said: Options) -> tuple[str, ...]:
    """One option or several, as a tuple."""
    return (said,) if isinstance(said, str) else said

"""What an analyst writes: the whole description of one war, as frozen models.

Every number is a `Quantity`. Mechanisms are validated by their own models, found by name in the registry, so that a
scenario can use mechanisms of other packages.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, field_validator

from ripeness.mechanisms.base import Mechanism, Role
from ripeness.scenario.beliefs import Beliefs
from ripeness.scenario.claims import MOST_CLAIMS, Claim
from ripeness.scenario.correlations import MOST_CORRELATIONS, Correlation
from ripeness.scenario.document import Document
from ripeness.scenario.levers import MOST_LEVERS, Lever
from ripeness.scenario.plan import Name, PlanSection
from ripeness.scenario.quantity import Quantity, quantity
from ripeness.scenario.section import Section

Period = Literal["week", "month", "quarter", "year"]
YEARS_PER_PERIOD: dict[Period, float] = {"week": 7 / 365.25, "month": 1 / 12, "quarter": 0.25, "year": 1.0}


Share = Annotated[Quantity, Field(ge=0.0, le=1.0, json_schema_extra={"unit": "share", "range": [0.0, 1.0]})]
Strength = Annotated[Quantity, Field(ge=0.0, le=1.0)]
Shift = Annotated[Quantity, Field(ge=-1.0, le=1.0)]
Amount = Annotated[Quantity, Field(ge=-10.0, le=10.0, json_schema_extra={"unit": "share of the prize"})]


class Actor(Section):
    """A belligerent or the patron, and the leader who decides for it."""

    name: str = Field(min_length=1, max_length=200, description="Name of the actor.")
    leader: str | None = Field(default=None, description="Who decides.")
    discount_yearly: Quantity = quantity(
        0.05, unit="per year", low=0.0, high=2.0, range=(0.02, 0.2), meaning="Yearly discount rate of the leader."
    )
    efforts: tuple[Strength, ...] = Field(
        default=(Quantity(0.5), Quantity(1.0)),
        min_length=1,
        max_length=16,
        description="Effort levels that a belligerent chooses from, increasing.",
        json_schema_extra={"unit": "share of full effort"},
    )


class Actors(Section):
    """Who decides."""

    attacker: Actor = Field(description="The side that wants to change the status quo.")
    defender: Actor = Field(description="The side that wants to keep it.")
    patron: Actor | None = Field(default=None, description="Third party that supports one side and mediates.")

    def roles(self) -> dict[Role, Actor]:
        """The actors present, in the order A, D, P."""
        present: dict[Role, Actor] = {"attacker": self.attacker, "defender": self.defender}
        if self.patron is not None:
            present["patron"] = self.patron
        return present


class PackageSpec(Section):
    """One package written out."""

    name: str = Field(min_length=1, max_length=200, description="Name shown in results.")
    terms: Share | Literal["line"] = Field(description="A's share of what is disputed, or `line` (line of contact).")
    shift: Quantity = quantity(0.0, unit="share", low=-1.0, high=1.0, range=(-0.1, 0.1), meaning="Added to `terms`.")
    guarantees: Quantity = quantity(
        0.0, unit="strength, 0 to 1", low=0.0, high=1.0, range=(0.0, 1.0), meaning="Strength of enforcement."
    )
    extra: dict[Role, Amount] = Field(default_factory=dict, description="Utility for a role beyond the terms.")


def package_name(terms: float | None, shift: float, guarantees: float | None = None) -> str:
    """Name of a package that is made from a grid.

    Args:
        terms: fixed terms; None: the line of contact.
        guarantees: None where no package of the grid has any.
    """
    name = f"terms {terms:.6g}" if terms is not None else "line" if shift == 0.0 else f"line {shift:+.6g}"
    return name if guarantees is None else f"{name}, guarantees {guarantees:.6g}"


class AgendaGrid(Section):
    """Packages on a grid: every combination of terms and guarantees."""

    shifts: tuple[Shift, ...] = Field(
        default=(),
        max_length=100,
        description="Terms relative to the line of contact.",
        json_schema_extra={"unit": "share"},
    )
    terms: tuple[Strength, ...] = Field(
        default=(), max_length=100, description="Fixed terms, A's share.", json_schema_extra={"unit": "share"}
    )
    guarantees: tuple[Strength, ...] = Field(
        default=(Quantity(0.0),),
        max_length=100,
        description="Strengths of enforcement.",
        json_schema_extra={"unit": "strength, 0 to 1"},
    )


class AgendaPlan(Section):
    """Packages of the scenario's plan: efficient ones, spread along the frontier of the belligerents, and drafts."""

    packages: int = Field(default=8, ge=0, le=100, description="How many efficient packages, drafts not counted.")
    drafts: tuple[Name, ...] | None = Field(default=None, description="Drafts that are kept; all when left out.")


class Agenda(Section):
    """The short list of packages that is bargained over: a grid, packages written out, those of a plan, or several."""

    grid: AgendaGrid | None = Field(default=None, description="Packages made from a grid.")
    packages: tuple[PackageSpec, ...] = Field(default=(), description="Packages written out.")
    plan: AgendaPlan | None = Field(default=None, description="Packages drawn from the scenario's plan.")


class Precision(Section):
    """How sharply each decision follows its values: log-odds per permanent share of the prize."""

    posture: Quantity = quantity(
        200.0, unit="1/share", low=0.0, high=1e6, range=(50.0, 1000.0), meaning="Patron's posture."
    )
    offer: Quantity = quantity(200.0, unit="1/share", low=0.0, high=1e6, range=(50.0, 1000.0), meaning="Offers.")
    response: Quantity = quantity(200.0, unit="1/share", low=0.0, high=1e6, range=(50.0, 1000.0), meaning="Responses.")
    effort: Quantity = quantity(200.0, unit="1/share", low=0.0, high=1e6, range=(50.0, 1000.0), meaning="Effort.")


class Choices(Section):
    """How decisions are made."""

    precision: Precision = Field(default_factory=Precision, description="Sharpness of each decision.")
    settlement_hazard_at_zero_gain: Quantity = quantity(
        0.02, unit="per year", low=0.0, high=10.0, range=(0.005, 0.1),
        meaning="Hazard of a settlement from which nobody gains or loses; fixes the reference weights of packages.",
    )  # fmt: skip


class Frozen(Section):
    """Payoffs of a conflict that is still open at the horizon: the line of contact for ever, less a cost to each."""

    cost: dict[Role, Amount] = Field(
        default_factory=dict, description="Standing cost of a frozen conflict; roles left out bear none."
    )


class Scenario(Section):
    """One war."""

    ripeness: Literal[1] = Field(description="Version of this schema.")
    name: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=100, description="Short name, also the run folder's.")
    title: str = Field(min_length=1, max_length=500, description="Title for people.")
    summary: str = Field(default="", description="What the war is about, in a neutral sentence or two.")
    disputed: str = Field(default="", description="What a share of 0 or 1 means in this war.")
    period: Period = Field(default="month", description="Length of a period.")
    start: str = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$", description="First period: YYYY-MM or YYYY-MM-DD.")
    horizon: int = Field(ge=1, le=1200, description="Number of periods.")
    lookahead: int = Field(
        default=0,
        ge=0,
        le=1200,
        description="Periods solved beyond the horizon, so that the end of the calendar does not act as a deadline.",
    )
    documents: tuple[Document, ...] = Field(default=(), description="Texts that citations refer to.")
    actors: Actors = Field(description="Who decides.")
    mechanisms: dict[str, SerializeAsAny[Mechanism]] = Field(description="Forces at work, by name.")
    beliefs: Beliefs | None = Field(default=None, description="What actors alone know about themselves.")
    plan: PlanSection | None = Field(
        default=None, description="Points, options and drafts of a settlement; or the name of a plan file beside this."
    )
    agenda: Agenda = Field(description="Packages bargained over.")
    choices: Choices = Field(default_factory=Choices, description="How decisions are made.")
    frozen: Frozen = Field(default_factory=Frozen, description="Payoffs at the horizon.")
    correlations: tuple[Correlation, ...] = Field(
        default=(), max_length=MOST_CORRELATIONS, description="How uncertain numbers go together, for ensembles."
    )
    claims: tuple[Claim, ...] = Field(
        default=(), max_length=MOST_CLAIMS, description="Statements of sources, in a form that the model can test."
    )
    levers: tuple[Lever, ...] = Field(
        default=(), max_length=MOST_LEVERS, description="Changes that somebody could bring about."
    )
    notes: dict[str, Any] = Field(default_factory=dict, description="Free remarks; not read by the engine.")

    @field_validator("ripeness", mode="before")
    @classmethod
    def _no_truth_value(cls, said: object) -> object:
        if isinstance(said, bool):  # equal to 1, and yet no version
            raise ValueError(f"ripeness must be 1, got {str(said).lower()}.")
        return said

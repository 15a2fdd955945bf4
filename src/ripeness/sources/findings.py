"""Findings: what was found where, as models that the reader, the language model and the analyst share."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ripeness.sources.errors import SourceError

Status = Literal["suggested", "accepted", "rejected"]
Kind = Literal["actor", "merge", "event", "mechanism", "quantity", "duplicate", "dependence", "damage", "point"]
KINDS: tuple[Kind, ...] = (
    "actor",
    "merge",
    "event",
    "mechanism",
    "quantity",
    "duplicate",
    "dependence",
    "damage",
    "point",
)
STATUSES: tuple[Status, ...] = ("suggested", "accepted", "rejected")

CATEGORIES = Literal[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]
MECHANISMS = Literal[
    "time",
    "front",
    "capacity",
    "morale",
    "leader",
    "domestic-politics",
    "patron-reliability",
    "patron-pressure",
    "broker-haste",
    "aid",
    "secrecy",
    "signal",
    "misjudgement",
    "aims",
    "stalling",
    "terms",
    "commitment",
    "coercion",
]

Short = Annotated[str, Field(max_length=300)]


class Values(BaseModel):
    """What a finding says, besides where."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ActorValues(Values):
    """Somebody who acts."""

    kind: Literal["actor"] = "actor"
    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: Literal["state", "person", "organisation", "group"]
    aliases: tuple[Short, ...] = ()
    roles: tuple[Short, ...] = ()
    side: Short = ""
    mentions: int = 1


class MergeValues(Values):
    """Two names that may be one actor's."""

    kind: Literal["merge"] = "merge"
    name: Short
    into: Short
    why: Short


class EventValues(Values):
    """Who did what to whom, when and where."""

    kind: Literal["event"] = "event"
    category: CATEGORIES
    source: Short = ""
    target: Short = ""
    mode: Literal["happened", "claimed", "threatened", "planned", "denied"] = "happened"
    when: Short = ""
    where: Short = ""


class MechanismValues(Values):
    """A mechanism that the text speaks of."""

    kind: Literal["mechanism"] = "mechanism"
    mechanism: MECHANISMS
    side: Short = ""
    direction: Literal["+", "-"]
    strength: Literal["states", "implies"] = "states"
    voice: Short = "author"
    claim: bool = False


class QuantityValues(Values):
    """A number in the text."""

    kind: Literal["quantity"] = "quantity"
    value: float
    unit: Short = ""
    what: Short = ""
    hedge: Short = ""


class DuplicateValues(Values):
    """Two sentences that are alike; the finding stands at the second."""

    kind: Literal["duplicate"] = "duplicate"
    relation: Literal["duplicate", "conflict"]
    other: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*:\d+$")]
    likeness: float
    why: tuple[Short, ...] = ()
    differences: tuple[tuple[str, str], ...] = ()


class DependenceValues(Values):
    """Two documents that may be one text reworded."""

    kind: Literal["dependence"] = "dependence"
    other: Short
    share: float
    sentences: int


class DamageValues(Values):
    """Wording that is damaged; it is never repaired."""

    kind: Literal["damage"] = "damage"
    what: Short


class PointValues(Values):
    """A point, sub-point or option of a plan."""

    kind: Literal["point"] = "point"
    label: Short
    level: Literal["point", "subpoint", "option"]
    parent: Short = ""


AnyValues = (
    ActorValues
    | MergeValues
    | EventValues
    | MechanismValues
    | QuantityValues
    | DuplicateValues
    | DependenceValues
    | DamageValues
    | PointValues
)
_ANY: TypeAdapter[AnyValues] = TypeAdapter(Annotated[AnyValues, Field(discriminator="kind")])


class Finding(BaseModel):
    """One suggestion, and what was decided about it.

    Attributes:
        id: stable name: document, sentence, kind and a count.
        start, end: span in the original.
        origin: "rules", or the model that proposed it.
        verified: whether a quote that a model gave stands in the document; None where none was needed.
        quote: the words of a model where they do not stand in the document; else empty, for the span says it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    document: str
    sentence: int | None
    start: int
    end: int
    status: Status = "suggested"
    origin: str = "rules"
    verified: bool | None = None
    quote: str = ""
    values: Annotated[AnyValues, Field(discriminator="kind")]

    @property
    def kind(self) -> Kind:
        kind: Kind = self.values.kind
        return kind

    def summary(self) -> str:
        """What it says, in a line."""
        return summarise(self.values)


def read_values(data: Any) -> AnyValues:
    """Values of any kind from plain data.

    Raises:
        pydantic.ValidationError: data that fit no kind.
    """
    return _ANY.validate_python(data)


def changed(values: AnyValues, changes: dict[str, str], where: str) -> AnyValues:
    """Values with some fields replaced by what an analyst typed.

    Raises:
        SourceError: with every unknown field and every value that a field cannot have.
    """
    fields = type(values).model_fields
    unknown = [key for key in changes if key not in fields or key == "kind"]
    faults = [
        f"{where}: unknown field {key!r}; allowed: {', '.join(f for f in fields if f != 'kind')}." for key in unknown
    ]
    data = values.model_dump(mode="json")
    for key, said in changes.items():
        if key in unknown:
            continue
        data[key] = [part.strip() for part in said.split(";") if part.strip()] if isinstance(data[key], list) else said
    try:
        new = type(values).model_validate_json(_json(data))
    except ValidationError as error:
        for one in error.errors():
            place = ".".join(map(str, one["loc"]))
            faults.append(f"{where}: {place}: found {one['input']!r}; {one['msg'].lower()}.")
        new = values
    if faults:
        raise SourceError(faults)
    return new


def _json(data: Any) -> str:
    import json

    return json.dumps(data)


def summarise(v: AnyValues) -> str:
    """Values in a line, for lists."""
    if isinstance(v, ActorValues):
        more = "; ".join(
            part for part in (", ".join(v.roles[:3]), f"of {v.side}" if v.side and v.side != v.name else "") if part
        )
        return f"{v.name} ({v.type}{', ' + more if more else ''})" + (
            f", also {', '.join(v.aliases)}" if v.aliases else ""
        )
    if isinstance(v, MergeValues):
        return f"{v.name} may be {v.into}: {v.why}"
    if isinstance(v, EventValues):
        place = "; ".join(part for part in (v.when, v.where) if part)
        return f"{v.source or '?'} {v.category} {v.target or '–'}, {v.mode}{' (' + place + ')' if place else ''}"
    if isinstance(v, MechanismValues):
        said = "" if v.voice == "author" else f", as {v.voice} sees it"
        return f"{v.mechanism} {v.direction} {v.side or '?'} ({v.strength}{said}{', claim' if v.claim else ''})"
    if isinstance(v, QuantityValues):
        return " ".join(part for part in (v.hedge, f"{v.value:g}", v.unit, v.what) if part)
    if isinstance(v, DuplicateValues):
        marked = "; ".join(f"[{a or '–'} | {b or '–'}]" for a, b in v.differences[:6])
        why = f" in {', '.join(v.why)}" if v.why else ""
        return (
            f"{'conflicts with' if v.relation == 'conflict' else 'says the same as'} {v.other}{why} {marked}".rstrip()
        )
    if isinstance(v, DependenceValues):
        return f"{v.share:.0%} of its sentences are in {v.other} too: hardly two independent sources"
    if isinstance(v, DamageValues):
        return f"damaged wording: {v.what}"
    return f"{v.level} {v.label}"


ID = re.compile(r"^[a-z0-9][a-z0-9_-]*:\d+:[a-z]+:\d+$")

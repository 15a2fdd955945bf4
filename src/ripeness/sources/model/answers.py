"""What a model may answer, and how it is read: the models of `findings.py`, each with a quote, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ripeness.sources.findings import CATEGORIES, MECHANISMS, ActorValues, AnyValues, EventValues, MechanismValues

MOST_ITEMS = 200
Text = Annotated[str, Field(max_length=300)]


class _Item(BaseModel):
    """Unknown keys are ignored: a model cannot set a status, an identifier or a place."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    quote: Annotated[
        str, Field(min_length=1, max_length=2000, description="Words of the text, copied letter by letter.")
    ]


class ActorItem(_Item):
    """An actor that the text names."""

    kind: Literal["actor"]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: Literal["state", "person", "organisation", "group"]
    side: Text = ""

    def values(self) -> AnyValues:
        return ActorValues(name=self.name, type=self.type, side=self.side)


class EventItem(_Item):
    """Something that one actor does to another."""

    kind: Literal["event"]
    category: CATEGORIES
    source: Text = ""
    target: Text = ""
    mode: Literal["happened", "claimed", "threatened", "planned", "denied"] = "happened"
    when: Text = ""
    where: Text = ""

    def values(self) -> AnyValues:
        return EventValues(
            category=self.category,
            source=self.source,
            target=self.target,
            mode=self.mode,
            when=self.when,
            where=self.where,
        )


class MechanismItem(_Item):
    """A mechanism that the text speaks of."""

    kind: Literal["mechanism"]
    mechanism: MECHANISMS
    side: Text = ""
    direction: Literal["+", "-"]
    strength: Literal["states", "implies"] = "states"
    voice: Text = "author"
    claim: bool = False

    def values(self) -> AnyValues:
        return MechanismValues(
            mechanism=self.mechanism,
            side=self.side,
            direction=self.direction,
            strength=self.strength,
            voice=self.voice,
            claim=self.claim,
        )


AnyItem = Annotated[ActorItem | EventItem | MechanismItem, Field(discriminator="kind")]


class Answer(BaseModel):
    """All that a model found in a window."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    findings: Annotated[tuple[AnyItem, ...], Field(max_length=MOST_ITEMS)]


def schema() -> dict[str, Any]:
    """JSON Schema of an answer."""
    return Answer.model_json_schema()


def read_answer(text: str) -> tuple[Answer | None, str]:
    """An answer from what a model wrote, or None with what is wrong with it.

    Plain text may put the object into a fence or words around it; the first whole object with `findings` counts.
    """
    said = "no JSON object with the list `findings`"
    for candidate in _objects(text):
        try:
            return Answer.model_validate(candidate), ""
        except ValidationError as error:
            places = {".".join(map(str, one["loc"])): one["msg"] for one in error.errors()[:5]}
            said = "; ".join(f"{place}: {message}" for place, message in places.items())
    return None, said


def _objects(text: str) -> list[Any]:
    found = []
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and "findings" in value:
            found.append(value)
            break
    return found

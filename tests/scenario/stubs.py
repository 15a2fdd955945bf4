"""Mechanisms of another package, to see that scenarios work with forces that this package does not know."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ripeness.mechanisms.base import Mechanism, Role
from ripeness.scenario.quantity import Quantity, quantity


class Territory(Mechanism):
    """Front line of a stub."""

    name: ClassVar[str] = "territory"
    start: Quantity = quantity(None, unit="share", low=0.0, high=1.0, range=(0.1, 0.3), meaning="Where it starts.")


class Channel(Mechanism):
    """Channel of a stub."""

    name: ClassVar[str] = "channel"


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Corn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["corn"]
    yield_: float = Field(alias="yield", gt=0.0, description="Tonnes per hectare.")


class Coal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["coal"]
    seams: int


class Weather(Mechanism):
    """Every kind of field that a package may come up with."""

    name: ClassVar[str] = "weather"
    needs: ClassVar[tuple[str, ...]] = ("territory",)
    rain: Quantity = quantity(0.5, unit="metres per year", low=0.0, high=12.0, range=(0.2, 2.0), meaning="Rain.")
    seasons: tuple[Quantity, ...] = Field(default=(), description="By season.", json_schema_extra={"unit": "degrees"})
    by_role: dict[Role, Quantity] = Field(default_factory=dict, description="How much it matters to each.")
    by_year: dict[int, float] = Field(default_factory=dict, description="By year.")
    since: datetime.date | None = Field(default=None, description="First day.")
    at: datetime.datetime | None = Field(default=None, description="Hour of observation.")
    hour: datetime.time | None = Field(default=None, description="Hour of the day.")
    lag: datetime.timedelta | None = Field(default=None, description="How long it takes to matter.")
    exact: decimal.Decimal | None = Field(default=None, description="A number in tenths.", decimal_places=1)
    station: uuid.UUID | None = Field(default=None, description="Station.")
    colour: Colour = Field(default=Colour.RED, description="Colour of the flag.")
    steps: Annotated[int, Field(multiple_of=5, ge=0)] = Field(default=5, description="Steps.")
    open: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(default=0.5, description="A number without its ends.")
    pair: tuple[int, float] = Field(default=(1, 2.0), description="A pair.")
    words: frozenset[str] = Field(default=frozenset(), description="Words.")
    names: list[Annotated[str, Field(min_length=2, max_length=4)]] = Field(
        default=[], max_length=2, description="Names."
    )
    code: str = Field(default="x1", pattern="^[a-z][0-9]$", description="Code.")
    crop: Annotated[Corn | Coal, Field(discriminator="kind")] | None = Field(default=None, description="What grows.")
    flag: bool = Field(default=False, description="Whether it is on.")
    free: Any = Field(default=None, description="Anything.")
    even: int = Field(default=0, description="An even number.")
    picky: int = Field(default=0, description="Unbearable at 7.")

    @field_validator("even")
    @classmethod
    def _even(cls, even: int) -> int:
        assert even % 2 == 0, "even must be divisible by 2, got an odd number. Add one."
        return even

    @field_validator("picky")
    @classmethod
    def _picky(cls, picky: int) -> int:
        return picky if picky == 0 else picky // (picky - 7)


REGISTRY: dict[str, type[Mechanism]] = {"territory": Territory, "channel": Channel, "weather": Weather}
SOUND = """\
ripeness: 1
name: stub
title: A war in the rain
start: 2026-01
horizon: 12
actors:
  attacker: {name: A}
  defender: {name: D}
mechanisms:
  territory: {start: 0.2}
  channel: {}
  weather: {}
agenda:
  grid: {shifts: [0.0]}
"""

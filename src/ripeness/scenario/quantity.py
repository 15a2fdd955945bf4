"""A number of a scenario, together with what is known of it.

Any number in a scenario may be a plain value or ``{value, range | prior, cites, note}``. Both arrive here as a
`Quantity`: a float for the mathematics, with the rest as attributes for `show`, the report and later the ensembles.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Citation(BaseModel):
    """Where a number or a statement comes from: one sentence of one of the scenario's documents."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    document: str = Field(description="Identifier of an entry of `documents`.")
    sentence: int | None = Field(default=None, ge=1, description="Number of the sentence, counted from 1.")
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of the sentence (UTF-8, blanks collapsed), to verify it against a supplied document.",
    )


class Prior(BaseModel):
    """Distribution over a number, for ensembles: a family of SciPy, with its parameters in SciPy's order.

    uniform (loc, scale): from loc to loc + scale; normal (mean, standard deviation); lognormal (s, loc, scale): loc +
    scale exp(s z); beta (a, b) on [0, 1] or (a, b, loc, scale); triangular (c, loc, scale): mode at loc + c scale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind: Literal["uniform", "normal", "lognormal", "beta", "triangular"] = Field(description="Family.")
    parameters: tuple[float, ...] = Field(description="Parameters of the family, in SciPy's order.")

    @model_validator(mode="after")
    def _sensible(self) -> Prior:
        given = self.parameters
        names = FAMILIES[self.kind]
        counts = {len(names)} | ({2} if self.kind == "beta" else set())
        if len(given) not in counts:
            raise _custom(
                part="parameters",
                found=f"{len(given)} parameter{'' if len(given) == 1 else 's'}",
                allowed=f"{' or '.join(map(str, sorted(counts)))} for {self.kind}: {', '.join(names)}",
            )
        for name, value in zip(names, given, strict=False):
            anywhere, mode = name in ("loc", "mean"), name == "c"
            if not (anywhere or (0.0 <= value <= 1.0 if mode else value > 0.0)):
                allowed = "c from 0 to 1" if mode else f"{name} above 0"
                raise _custom(part="parameters", found=f"{name} = {value:g}", allowed=f"{self.kind} with {allowed}")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest value that the prior allows."""
        if self.kind == "normal":
            return -math.inf, math.inf
        if self.kind == "lognormal":
            return self.parameters[1], math.inf
        loc, scale = (0.0, 1.0) if len(self.parameters) == 2 and self.kind == "beta" else self.parameters[-2:]
        return loc, loc + scale


FAMILIES = {
    "uniform": ("loc", "scale"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("s", "loc", "scale"),
    "beta": ("a", "b", "loc", "scale"),
    "triangular": ("c", "loc", "scale"),
}


def _custom(*, part: str = "", found: str, allowed: str, remedy: str = "") -> PydanticCustomError:
    """An error that the translation to faults takes over word by word; `part` is the key below that it concerns."""
    said = {"part": part, "found": found, "allowed": allowed, "remedy": remedy}
    return PydanticCustomError("fault", "found {found}; allowed: {allowed}", said)


class Assumption(BaseModel):
    """Long form of a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    value: float = Field(strict=True, description="The number itself, in the unit of the field.")
    range: tuple[float, float] | None = Field(default=None, description="Least and greatest plausible value.")
    prior: Prior | None = Field(default=None, description="Distribution, where a range says too little.")
    cites: Citation | tuple[Citation, ...] | None = Field(default=None, description="Sentences it rests on.")
    note: str | None = Field(default=None, description="Source or reasoning in the analyst's words.")


class Quantity(float):
    """A float that remembers its range or prior, its citations and its note."""

    range: tuple[float, float] | None
    prior: Prior | None
    cites: tuple[Citation, ...]
    note: str | None

    def __new__(
        cls,
        value: float,
        range: tuple[float, float] | None = None,
        prior: Prior | None = None,
        cites: tuple[Citation, ...] = (),
        note: str | None = None,
    ) -> Quantity:
        self = super().__new__(cls, value)
        self.range, self.prior, self.cites, self.note = range, prior, cites, note
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        long_form = handler(Assumption)

        def from_number(value: float) -> Quantity:
            if not math.isfinite(value):
                raise _custom(found=f"{value}", allowed="a finite number")
            return cls(value)

        def from_assumption(said: Assumption) -> Quantity:
            cites = () if said.cites is None else said.cites if isinstance(said.cites, tuple) else (said.cites,)
            _check(said)
            return cls(said.value, said.range, said.prior, cites, said.note)

        plain = core_schema.no_info_after_validator_function(from_number, core_schema.float_schema(strict=True))
        rich = core_schema.no_info_after_validator_function(from_assumption, long_form)
        tagged = core_schema.tagged_union_schema(
            choices={"already": core_schema.is_instance_schema(cls), "rich": rich, "plain": plain},
            discriminator=lambda v: "already" if isinstance(v, cls) else "rich" if isinstance(v, dict) else "plain",
        )
        return tagged

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "number"}, handler(Assumption.__pydantic_core_schema__)]}


def _check(said: Assumption) -> None:
    if said.range and said.prior:
        raise _custom(part="prior", found="a range and a prior", allowed="one of the two", remedy="Drop the range.")
    if said.range and said.range[0] > said.range[1]:
        found = f"a range from {said.range[0]:g} down to {said.range[1]:g}"
        raise _custom(part="range", found=found, allowed="[least, greatest]", remedy="Exchange the two.")
    if said.range and not said.range[0] <= said.value <= said.range[1]:
        raise _custom(
            part="value",
            found=f"{said.value:g}, outside its own range",
            allowed=f"a number in the range that is given with it, {said.range[0]:g} to {said.range[1]:g}",
            remedy=f"Widen the range, or give the number without it: {{value: {said.value:g}}}.",
        )
    if said.prior and not said.prior.support[0] <= said.value <= said.prior.support[1]:
        low, high = said.prior.support
        found = f"{said.value:g}, which its own prior rules out"
        allowed = f"a number that the prior allows, {low:g} to {high:g}"
        raise _custom(part="value", found=found, allowed=allowed, remedy="Change the prior or the number.")


def quantity(
    default: float | None,
    *,
    unit: str,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    range: tuple[float, float],
    grid: bool = False,
) -> Any:
    """Field of a model: a `Quantity` with its unit, meaning, allowed bounds and default range.

    Args:
        default: value when the scenario is silent; None makes the field required.
        low, high: hard bounds, both inclusive; None where there is none.
        range: plausible range where the scenario gives none; it must contain the default.
        grid: whether it only lays out an axis, so that ensembles vary it only where the scenario itself gives a range.
    """
    return Field(
        default=... if default is None else Quantity(default, range=range),
        description=meaning,
        ge=low,
        le=high,
        json_schema_extra={"unit": unit, "range": list(range), **({"grid": True} if grid else {})},
    )

"""Mood of the patron: regimes that switch, elections, and what the patron has at stake in each.

The state is one of a few regimes. By itself it switches with yearly rates: row r of `rates` gives the rates from regime
r to the others, so that over a period of dt years the probabilities are exp(Q dt), with Q the rates and a diagonal that
makes its rows sum to zero. At an election or the end of a term, at the end of the period that contains its date, the
regime is drawn anew with probability `chance_of_change`, from the odds `redraw`; otherwise it stays.

The stakes of the patron, by regime k:

    war:    - war_cost[k] - aid_cost[k] support
    peace:  + peace_benefit[k] + lean[k] (terms - 1/2)

so that a patron with a large benefit wants any peace soon, and one with lean above 0 wants it on A's terms. The
regime at the time of the settlement counts.

Source: regime switching, Hamilton (1989), Econometrica 57:357-384; biased mediator, Kydd (2003), AJPS 47:597-611.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ripeness.mechanisms.axes import by_regime, quantities
from ripeness.mechanisms.base import (
    Array,
    Axis,
    Date,
    GridSize,
    Jump,
    Mechanism,
    Move,
    Package,
    Peace,
    Role,
    Setting,
    period_of_date,
)
from ripeness.scenario.quantity import Quantity, quantity

Rate = Annotated[Quantity, Field(ge=0.0, le=365.0)]
Stake = Annotated[Quantity, Field(ge=-10.0, le=10.0)]
Odds = Annotated[Quantity, Field(ge=0.0, le=1.0)]


class Election(BaseModel):
    """A date at which the regime may be drawn anew: an election, or the end of a term in office."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    date: Date = Field(
        description="When, YYYY-MM or YYYY-MM-DD; the regime changes at the end of the period that contains it."
    )
    label: str = Field(default="", description="Name of the event, for the report.")
    chance_of_change: Quantity = quantity(
        1.0, unit="probability", low=0.0, high=1.0, range=(0.1, 1.0),
        meaning="Probability that the regime is drawn anew.",
    )  # fmt: skip
    redraw: tuple[Odds, ...] = Field(
        description="Probability of each regime when it is drawn anew; they sum to 1.",
        json_schema_extra={"unit": "probability", "range": [0.0, 1.0], "total": 1.0},
    )

    @field_validator("redraw")
    @classmethod
    def _sums_to_one(cls, redraw: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        if abs(sum(redraw) - 1.0) > 1e-6:
            raise ValueError(f"redraw must sum to 1, got {sum(redraw):g}. Divide each entry by that sum.")
        return redraw


class Mood(Mechanism):
    """Regimes of the patron on the labelled axis "mood"."""

    name: ClassVar[str] = "mood"
    order: ClassVar[int] = 60
    needs: ClassVar[tuple[str, ...]] = ("patron",)

    regimes: tuple[str, ...] = Field(
        default=("supportive", "impatient", "disengaged"),
        min_length=1,
        description="Names of the regimes; by convention supportive of D, impatient for a deal, disengaged.",
    )
    start: str = Field(default="supportive", description="Regime at the start, one of `regimes`.")
    rates: tuple[tuple[Rate, ...], ...] = Field(
        default=tuple(
            tuple(Quantity(rate, range=(0.0, 2.0)) for rate in row)
            for row in ((0.0, 0.3, 0.1), (0.3, 0.0, 0.3), (0.1, 0.3, 0.0))
        ),
        description="Yearly rates of switching, one row for each regime left, one entry for each regime entered; the "
        "diagonal is not read.",
        json_schema_extra={"unit": "per year", "range": [0.0, 2.0]},
    )
    elections: tuple[Election, ...] = Field(
        default=(), description="Dates at which the regime may be drawn anew: elections, ends of terms in office."
    )
    peace_benefit: tuple[Stake, ...] = quantities(
        (0.05, 0.15, 0.02), unit="share of the prize", range=(0.0, 0.5),
        meaning="What peace on any terms is worth to the patron, by regime at the time of the settlement.",
    )  # fmt: skip
    lean: tuple[Stake, ...] = quantities(
        (-0.2, 0.0, 0.0), unit="share of the prize, per share of terms", range=(-0.5, 0.5),
        meaning="What terms matter to the patron, by regime: above 0 it prefers A's terms, below 0 D's.",
    )  # fmt: skip
    war_cost: tuple[Stake, ...] = quantities(
        (0.02, 0.05, 0.01), unit="share of the prize as a rate", range=(0.0, 0.2),
        meaning="What the war costs the patron while it lasts, by regime.",
    )  # fmt: skip
    aid_cost: tuple[Stake, ...] = quantities(
        (0.0, 0.01, 0.02), unit="share of the prize as a rate, per share of need", range=(0.0, 0.1),
        meaning="What each unit of aid that reaches D costs the patron, by regime, over and above `support.cost`.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_entry_a_regime(self) -> Mood:
        n = len(self.regimes)
        if len(set(self.regimes)) != n:
            raise ValueError(f"regimes must have different names, got {list(self.regimes)}.")
        if self.start not in self.regimes:
            raise ValueError(f"start must be one of the regimes {list(self.regimes)}, got {self.start!r}.")
        if len(self.rates) != n or any(len(row) != n for row in self.rates):
            raise ValueError(
                f"rates must have {n} rows of {n} entries, one for each regime, got rows of "
                f"{[len(row) for row in self.rates]}."
            )
        for field in ("peace_benefit", "lean", "war_cost", "aid_cost"):
            found = len(getattr(self, field))
            if found != n:
                raise ValueError(f"{field} must have {n} entries, one for each regime, got {found}.")
        for election in self.elections:
            if len(election.redraw) != n:
                raise ValueError(
                    f"redraw of the election of {election.date} must have {n} entries, one for each regime, got "
                    f"{len(election.redraw)}."
                )
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Regimes of the patron."""
        return (
            Axis(
                name="mood",
                values=np.arange(len(self.regimes), dtype=np.float64),
                start=float(self.regimes.index(self.start)),
                unit="regime",
                meaning="mood of the patron",
                labels=self.regimes,
            ),
        )

    def breaks(self, start: np.datetime64, years_per_period: float, horizon: int) -> tuple[int, ...]:
        """Every period with an election is an epoch of its own."""
        found = set()
        for election in self.elections:
            period = period_of_date(election.date, start, years_per_period)
            found |= {period, period + 1} if 0 <= period < horizon else set()
        return tuple(sorted(t for t in found if 0 < t < horizon))

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """What the war costs the patron."""
        regime = at.level("mood", float(self.regimes.index(self.start)))
        aid = by_regime(self.aid_cost, regime, "mood.aid_cost") * at.level("support", 1.0)
        return {"patron": -by_regime(self.war_cost, regime, "mood.war_cost") - aid}

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """The regime switches, and is drawn anew at elections."""
        n = len(self.regimes)
        if n == 1:
            return ()
        step = self.switching(at.years_per_period)
        for election in self.elections:
            if 0 <= at.periods_until(election.date) < at.n_periods:
                step = step @ self.redrawing(election)
        regime = at.levels["mood"]
        return (Jump("mood", step.reshape(*regime.shape, n)),)

    def switching(self, years: float) -> Array:
        """Probabilities of the regime after `years`, by regime before: the matrix exponential exp(Q years).

        By uniformisation, so that every term is positive: exp(Q t) = sum_k Poisson(k; q t) (I + Q / q)^k with q the
        largest rate of leaving, after halving t until q t <= 1 and squaring back.
        """
        rates = np.array(self.rates, np.float64)
        np.fill_diagonal(rates, 0.0)
        leaving = rates.sum(axis=1)
        fastest = leaving.max()
        if fastest == 0.0 or years == 0.0:
            return np.eye(rates.shape[0])
        halvings = max(0, int(np.ceil(np.log2(fastest * years))))
        jumps = fastest * years / 2.0**halvings
        chain = (rates + np.diag(fastest - leaving)) / fastest
        term = np.exp(-jumps) * np.eye(rates.shape[0])
        total: Array = term.copy()
        for k in range(1, 25):  # 1 / 25! is below rounding
            term = term @ chain * (jumps / k)
            total += term
        for _ in range(halvings):
            total = total @ total
        normal: Array = total / total.sum(axis=1, keepdims=True)
        return normal

    def redrawing(self, election: Election) -> Array:
        """Probabilities of the regime after an election, by regime before."""
        change = float(election.chance_of_change)
        redraw = np.array(election.redraw, np.float64)
        drawn: Array = (1.0 - change) * np.eye(redraw.size) + change * redraw / redraw.sum()
        return drawn

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """What a settlement is worth to the patron in its current regime."""
        regime = at.level("mood", float(self.regimes.index(self.start)))
        benefit = by_regime(self.peace_benefit, regime, "mood.peace_benefit")
        return Peace({"patron": benefit + by_regime(self.lean, regime, "mood.lean") * (terms - 0.5)})

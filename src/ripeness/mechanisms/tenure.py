"""Tenure: leaders' clocks. What office is worth, how it is lost at war and under peace, and who comes after.

For a leader whose side gets the share x (of the line at war, of the terms under peace), with sigma the logistic
function and z = (expected - x) / width how far the outcome falls short of what his side expects:

    hazard at war             at_war + bad_line sigma(z) + mortality             per year
    hazard under peace        in_peace + bad_terms sigma(z) + mortality          per year
    chance of losing a vote   sigma(logit(vote_risk) + z)

in the period that contains each date of `elections`, and under peace also `vote_after_peace` years after the
settlement. A leader for whom peace is the danger has in_peace above at_war, or a vote that waits for peace. The
logistic form makes a gamble attractive below the expected outcome and repulsive above it (theory II.6.3).

Office pays `office` as a rate. A removed leader gets, from then on, v = care x - punishment (no punishment after a
natural death). At war this is exact: for the leader's own value the war ends there, while it goes on for everyone else,
either unchanged or, with a `successor`, on the axis "<role> leader". Under peace the hazard is constant, so that with r
the chance per period of removal a lasting peace is worth, exactly,

    W = [(1 - delta) (x + office) + delta r v] / (1 - delta (1 - r)),

which at care = 1 and no punishment is x + office (1 - delta) / (1 - delta (1 - r)). A vote at a later date enters as
the constant hazard with the same discounted chance of removal, D = sum_j delta^(n_j + 1) p_j prod_(i<j) (1 - p_i), that
is r = D (1 - delta) / (delta (1 - D)) per period, where the j-th vote lies n_j periods after the first of the epoch.
This is exact for a vote that is the only danger, and close otherwise.

Source: Downs & Rocke (1994), AJPS 38:362-380; Goemans & Fey (2009), JOP 71:35-54; Goemans (2000), War and Punishment.
Default hazards: shares of leaders who left office at war, after it, and without it, see the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ripeness.mechanisms.base import (
    Array,
    Axis,
    Date,
    GridSize,
    Mechanism,
    Move,
    Package,
    Peace,
    Removal,
    Role,
    Setting,
    Succession,
    discount_factor,
    period_of_date,
)
from ripeness.scenario.quantity import Quantity, quantity

Belligerent = Literal["attacker", "defender"]
YEARS_BEFORE_VOTE = (2.0, 1.0, 0.5, 0.25)
"""New epochs begin this long before an election, so that its distance is seen in what peace is worth."""
NEARLY_SURE = 1.0 - 1e-12
"""Largest chance of losing a vote; keeps its hazard finite."""


class Successor(BaseModel):
    """How a leader's successor differs from him."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    war: Quantity = quantity(
        0.0, unit="share of the prize as a rate", low=-10.0, high=10.0, range=(-0.1, 0.1),
        meaning="Added to what war pays while the successor is in office.",
    )  # fmt: skip
    peace: Quantity = quantity(
        0.0, unit="share of the prize", low=-10.0, high=10.0, range=(-0.1, 0.1),
        meaning="Added to what any settlement pays while the successor is in office.",
    )  # fmt: skip


class Clock(BaseModel):
    """Office of one leader, and how it is lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    office: Quantity = quantity(
        0.05, unit="share of the prize as a rate", low=0.0, high=10.0, range=(0.0, 0.3),
        meaning="What being in office is worth to the leader.",
    )  # fmt: skip
    punishment: Quantity = quantity(
        0.0, unit="permanent share", low=0.0, high=10.0, range=(0.0, 0.5),
        meaning="What removal costs beyond office: exile, trial, death.",
    )  # fmt: skip
    care: Quantity = quantity(
        1.0, unit="weight", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="How much the leader minds his side's share once he is out of office, against 1 in it.",
    )  # fmt: skip
    at_war: Quantity = quantity(
        0.067, unit="per year", low=0.0, high=365.0, range=(0.02, 0.15),
        meaning="Hazard of removal while the war lasts, whatever its course.",
    )  # fmt: skip
    bad_line: Quantity = quantity(
        0.0, unit="per year", low=0.0, high=365.0, range=(0.0, 0.3),
        meaning="Added at war when the line of contact is far worse than expected.",
    )  # fmt: skip
    in_peace: Quantity = quantity(
        0.041, unit="per year", low=0.0, high=365.0, range=(0.02, 0.3),
        meaning="Hazard of removal under peace, whatever its terms.",
    )  # fmt: skip
    bad_terms: Quantity = quantity(
        0.175, unit="per year", low=0.0, high=365.0, range=(0.05, 0.5),
        meaning="Added under peace when the terms are far worse than expected.",
    )  # fmt: skip
    expected: Quantity = quantity(
        0.5, unit="share", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="His side's share that his public or his elite takes for an acceptable outcome.",
    )  # fmt: skip
    width: Quantity = quantity(
        0.05, unit="share", low=1e-4, high=10.0, range=(0.02, 0.2),
        meaning="How gradually judgement turns around `expected`; smaller is sharper.",
    )  # fmt: skip
    mortality: Quantity = quantity(
        0.03, unit="per year", low=0.0, high=10.0, range=(0.002, 0.08), meaning="Hazard of natural death or incapacity."
    )
    elections: tuple[Date, ...] = Field(default=(), description="Dates at which the leader stands for election.")
    vote_risk: Quantity = quantity(
        0.5, unit="probability", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="Chance of losing a vote when the outcome is as expected.",
    )  # fmt: skip
    vote_after_peace: Quantity | None = Field(
        default=None,
        description="Years between a settlement and a vote that waits for peace; none: there is no such vote.",
        ge=0.0,
        le=20.0,
        json_schema_extra={"unit": "years", "range": [0.1, 2.0]},
    )
    successor: Successor | None = Field(
        default=None, description="How the successor differs; none: removal changes nothing for anyone else."
    )


class Exposure(NamedTuple):
    """How a leader can lose office, and the punishment to expect if he does."""

    hazard: Array | float  # per year
    penalty: Array | float  # permanent share, by the odds that removal is political


class Tenure(Mechanism):
    """Clocks of the leaders of A and D."""

    name: ClassVar[str] = "tenure"
    order: ClassVar[int] = 80

    attacker: Clock | None = Field(default=None, description="The leader of A.")
    defender: Clock | None = Field(default=None, description="The leader of D.")

    def clocks(self) -> dict[Belligerent, Clock]:
        """Leaders with a clock."""
        found: dict[Belligerent, Clock | None] = {"attacker": self.attacker, "defender": self.defender}
        return {role: clock for role, clock in found.items() if clock is not None}

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """One labelled axis for each leader whose successor differs."""
        return tuple(
            Axis(
                name=f"{role} leader",
                values=np.arange(2.0),
                start=0.0,
                unit="who",
                meaning=f"who leads the {role}",
                labels=("incumbent", "successor"),
            )
            for role, clock in self.clocks().items()
            if clock.successor is not None
        )

    def breaks(self, start: np.datetime64, years_per_period: float, horizon: int) -> tuple[int, ...]:
        """Periods with an election, those after them, and some on the way to them."""
        found = set()
        for clock in self.clocks().values():
            for day in clock.elections:
                vote = period_of_date(day, start, years_per_period)
                if vote >= 0:
                    ahead = [vote - round(years / years_per_period) for years in YEARS_BEFORE_VOTE]
                    found |= {vote, vote + 1, *ahead}
        return tuple(sorted(t for t in found if 0 < t < horizon))

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """Office, and what war is worth to a successor beyond what it is to the incumbent."""
        return {
            role: clock.office + (clock.successor.war * at.at_successor(role) if clock.successor else 0.0)
            for role, clock in self.clocks().items()
        }

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """Removal at war. A successor is exposed as the incumbent was; his own successor is like him."""
        moves: list[Move] = []
        for role, clock in self.clocks().items():
            hazard, penalty = at_war(clock, _share(role, at.line), at)
            discount = discount_factor(at.discount_yearly[role], at.years_per_period)
            chance = -np.expm1(-np.asarray(hazard) * at.years_per_period)
            value = -clock.care * stream_until_removal(clock.office, chance, 0.0, discount) - penalty
            if clock.successor is None:
                moves.append(Succession(None, role, hazard, value, clock.care))
            else:
                moves.append(Succession(f"{role} leader", role, hazard, value, clock.care))
                moves.append(Succession(None, role, hazard * at.at_successor(role), value, clock.care))
        return tuple(moves)

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """Office while it lasts under peace, and its end."""
        utility: dict[Role, Array | float] = {}
        removal: dict[Role, Removal] = {}
        for role, clock in self.clocks().items():
            gain = clock.successor.peace * at.at_successor(role) if clock.successor else 0.0
            utility[role] = clock.office + gain
            hazard, penalty = under_peace(clock, _share(role, terms), at, at.discount_yearly[role])
            removal[role] = Removal(hazard, -clock.care * clock.office - penalty, clock.care)
        return Peace(utility=utility, removal=removal)

    def frozen(self, at: Setting) -> Mapping[Role, Array | float]:
        """Office in a conflict frozen on the line, lost as under a peace on it; beyond the share itself."""
        added: dict[Role, Array | float] = {}
        for role, clock in self.clocks().items():
            share, rate_yearly = _share(role, at.line), at.discount_yearly[role]
            hazard, penalty = under_peace(clock, share, at, rate_yearly)
            value = clock.care * share - penalty
            chance = -np.expm1(-np.asarray(hazard) * at.years_per_period)
            discount = discount_factor(rate_yearly, at.years_per_period)
            added[role] = stream_until_removal(share + clock.office, chance, value, discount) - share
        return added


def stream_until_removal(
    utility: Array | float, chance: Array | float, value: Array | float, discount: float
) -> Array | float:
    """Normalised value of a stream that ends with `chance` after each period, when `value` takes its place."""
    kept = 1.0 - discount * (1.0 - chance)
    return ((1.0 - discount) * utility + discount * chance * value) / kept


def discounted_chance(votes: Sequence[tuple[float, Array | float]], discount: float) -> Array | float:
    """D: discounted chance of losing one of several votes, each with its distance in periods and its chance of loss."""
    total: Array | float = 0.0
    standing: Array | float = 1.0
    for periods, chance in sorted(votes, key=lambda vote: vote[0]):
        total = total + discount**periods * standing * chance
        standing = standing * (1.0 - chance)
    return total


def at_war(clock: Clock, share: Array | float, at: Setting) -> Exposure:
    """Hazard of removal at war on a line that gives the leader's side `share`, and the punishment to expect."""
    political = clock.at_war + clock.bad_line * _judgement(clock, share)
    votes = sum(1 for day in clock.elections if 0 <= at.periods_until(day) < at.n_periods)
    if votes:
        political = political - np.log1p(-_loses_vote(clock, share)) * votes / at.years_per_period
    return _exposure(clock, political)


def under_peace(clock: Clock, share: Array | float, at: Setting, rate_yearly: float) -> Exposure:
    """Constant hazard of removal under a peace that gives the leader's side `share`, and the punishment to expect."""
    years = at.years_per_period
    political = clock.in_peace + clock.bad_terms * _judgement(clock, share)
    middle = (at.n_periods - 1) / 2  # distance as seen from the middle of the epoch
    ahead = [max(n - middle, 0.0) for n in map(at.periods_until, clock.elections) if n >= 0]
    if clock.vote_after_peace is not None:
        ahead.append(float(clock.vote_after_peace) / years)
    if ahead:
        discount = discount_factor(rate_yearly, years)
        loses = _loses_vote(clock, share)
        lost = discounted_chance([(n + 1.0, loses) for n in ahead], discount)
        chance = lost * (1.0 - discount) / (discount * (1.0 - lost))
        political = political - np.log1p(-np.minimum(chance, NEARLY_SURE)) / years
    return _exposure(clock, political)


def _exposure(clock: Clock, political: Array | float) -> Exposure:
    """Add natural death, which carries no punishment."""
    hazard = political + clock.mortality
    punished = np.divide(political, hazard, out=np.zeros_like(np.asarray(hazard, np.float64)), where=hazard > 0.0)
    return Exposure(hazard, clock.punishment * punished)


def _share(role: Belligerent, attacker_share: Array | float) -> Array | float:
    return attacker_share if role == "attacker" else 1.0 - attacker_share


def _judgement(clock: Clock, share: Array | float) -> Array | float:
    """sigma(z): 0 where the outcome is far better than expected, 1 where it is far worse."""
    return _logistic((clock.expected - share) / clock.width)


def _loses_vote(clock: Clock, share: Array | float) -> Array | float:
    risk = np.clip(float(clock.vote_risk), 0.0, NEARLY_SURE)
    if risk == 0.0:
        return 0.0
    log_odds = np.log(risk) - np.log1p(-risk)
    return np.minimum(_logistic(log_odds + (clock.expected - share) / clock.width), NEARLY_SURE)


def _logistic(z: Array | float) -> Array | float:
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z, np.float64)))

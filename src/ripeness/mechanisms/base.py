"""What a mechanism is: a frozen parameter model and pure functions that return arrays.

A mechanism never sees the engine. The game calls each hook with a `Setting` for every epoch, posture and pair of
efforts, once for all that look the same to it; arrays broadcast over the grid, and the game turns them into tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

Role = Literal["attacker", "defender", "patron"]
ROLES: tuple[Role, ...] = ("attacker", "defender", "patron")
GridSize = Literal["coarse", "normal", "fine"]
POSTURES = ("stand back", "court attacker", "press attacker", "press defender")
Array = NDArray[np.float64]
Dates = NDArray[Any]
"""Days, dtype datetime64[D], which run-time checks of annotations cannot tell from other datetime64."""
SOME_DAY = np.datetime64("2000-01-01", "D")
"""Start of a scenario where a `Setting` is made by hand and no date matters."""


def _iso_date(said: object) -> object:
    """A date as ISO text; YAML readers may hand over a date."""
    if isinstance(said, date):
        return said.isoformat()
    if isinstance(said, str):
        try:
            np.datetime64(said, "D")
        except ValueError:
            sentence = "'{said}' is no date; write YYYY-MM-DD or YYYY-MM"
            raise PydanticCustomError("iso_date", sentence, {"said": said}) from None
    return said


Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$"), BeforeValidator(_iso_date)]
"""A day (or the first day of a month) in ISO form, as fields of mechanisms hold it."""


def discount_factor(rate_yearly: float, years: float) -> float:
    """Discount factor over `years` of a yearly rate: 5% a year over a month is 1.05 ** (-1/12) = 0.99594."""
    return float((1.0 + rate_yearly) ** -years)


def dates_of_periods(start: np.datetime64, years_per_period: float, periods: NDArray[np.int64]) -> Dates:
    """First day of each period, counted from 0 at `start`.

    Periods of whole months keep the day of the month (the last day where a month is too short); others count days.
    """
    periods = np.asarray(periods, np.int64)
    months = 12.0 * years_per_period
    if abs(months - round(months)) > 1e-9:
        days: Dates = start.astype("M8[D]") + np.round(periods * years_per_period * 365.25).astype("m8[D]")
        return days
    first_month = start.astype("M8[M]")
    day = (start.astype("M8[D]") - first_month.astype("M8[D]")).astype(np.int64)
    month = first_month + (periods * round(months)).astype("m8[M]")
    length = ((month + 1).astype("M8[D]") - month.astype("M8[D]")).astype(np.int64)
    same_day: Dates = month.astype("M8[D]") + np.minimum(day, length - 1).astype("m8[D]")
    return same_day


def period_of_date(day: str | np.datetime64, start: np.datetime64, years_per_period: float) -> int:
    """Index of the period that contains `day` (ISO "YYYY-MM" or "YYYY-MM-DD"); negative before `start`."""
    wanted = np.datetime64(str(day), "D")
    years = float((wanted - start.astype("M8[D]")).astype(np.int64)) / 365.25
    guess = int(np.floor(years / years_per_period)) + np.arange(-2, 3)
    return int(guess[dates_of_periods(start, years_per_period, guess) <= wanted].max())


@dataclass(frozen=True)
class Axis:
    """One coordinate of the state.

    Attributes:
        name: unique in the game; other mechanisms read it by this name.
        values: increasing grid values, shape (n,); for labelled axes 0, 1, 2, ...
        start: value at period 0; mass starts on the two neighbouring points so that its mean is exact.
        labels: names of the points of a discrete axis, empty for a continuous one.
    """

    name: str
    values: Array
    start: float
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """Continuous move of one axis: mean change and standard deviation **per year**; both broadcast over the grid.

    The game turns both into up/stay/down weights per period (theory (iv.2)); mass that would leave the axis stays at
    its end.
    """

    axis: str
    drift: Array | float
    spread: Array | float


@dataclass(frozen=True)
class Jump:
    """Discrete move of one axis per period: probabilities of each destination.

    Attributes:
        destination: shape (..., n) with the last axis the destination point; leading axes broadcast over the grid;
            rows sum to one.
    """

    axis: str
    destination: Array


@dataclass(frozen=True)
class Exit:
    """A way in which the war ends without agreement, with a hazard **per year** (np.inf: at once).

    Attributes:
        end: name of the end, for example "collapse of the defender".
        values: normalised value that each role gets from then on; roles left out get 0.
    """

    end: str
    hazard: Array | float
    values: Mapping[Role, Array | float]


@dataclass(frozen=True)
class Succession:
    """Removal of a leader at war. For everyone else the war goes on; his own row gets `keeps` times what his side has
    from then on, plus `value`.

    Attributes:
        axis: labelled axis (incumbent, successor) that moves to point 1 for everyone else; removal then happens only at
            point 0. None: a successor of the same preferences, so that nothing changes for anyone else.
        hazard: per year.
        value: added to the removed leader's normalised value: what removal itself gains or costs him.
        keeps: how much he still minds what his side gets, 0 to 1; at 0 the war is over for him.
    """

    axis: str | None
    role: Role
    hazard: Array | float
    value: Array | float
    keeps: Array | float = 0.0


Move = Drift | Jump | Exit | Succession


@dataclass(frozen=True)
class Package:
    """One complete choice of options, as the agenda lists it.

    Attributes:
        terms: A's share of what is disputed; None: the line of contact (`Setting.line`) plus `shift`.
        guarantees: strength of the enforcement of the settlement, 0 to 1.
        extra: utility added for a role beyond the terms, shares of the prize.
    """

    name: str
    terms: float | None
    shift: float = 0.0
    guarantees: float = 0.0
    extra: Mapping[Role, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Removal:
    """Removal of a leader under peace, which goes on without him: from then on his own value is `keeps` times all that
    the settlement pays his role, plus `value`.

    Attributes:
        hazard: per year, constant while the peace lasts.
        value: normalised; what removal itself gains or costs him.
        keeps: how much he still minds what the peace pays, 0 to 1.
    """

    hazard: Array | float
    value: Array | float
    keeps: Array | float = 0.0


@dataclass(frozen=True)
class Peace:
    """What one mechanism adds to a settlement.

    Attributes:
        utility: added to each role's utility under peace, shares of the prize, arrays that broadcast over the grid.
        breakdown: hazard **per year**, added over mechanisms, with which the peace breaks and the war resumes.
        removal: removal of leaders under peace; at most one mechanism may give it for a role.
    """

    utility: Mapping[Role, Array | float] = field(default_factory=dict)
    breakdown: Array | float = 0.0
    removal: Mapping[Role, Removal] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """Everything that a hook may look at.

    Attributes:
        levels: grid values of every axis of the game, shaped to broadcast over the grid.
        posture: name of the patron's posture this period ("stand back" where there is no patron).
        effort: effort levels of attacker and defender this period, each in [0, 1].
        period: index of the first period of the epoch; index 0 is the start of the scenario.
        n_periods: length of the epoch in periods.
        years_per_period: length of a period in years.
        years_from_start: time from the start of the scenario to the first period of the epoch.
        discount_yearly: yearly discount rate of each role.
        start: first day of the scenario.
    """

    levels: Mapping[str, Array]
    posture: str
    effort: tuple[float, float]
    period: int
    n_periods: int
    years_per_period: float
    years_from_start: float
    discount_yearly: Mapping[Role, float]
    start: np.datetime64 = SOME_DAY

    def periods_until(self, day: str | np.datetime64) -> int:
        """Periods from the first one of the epoch to the one that contains `day`; 0 in it, negative when it is past."""
        return period_of_date(day, self.start, self.years_per_period) - self.period

    def level(self, axis: str, default: float = 0.0) -> Array | float:
        """Grid values of an axis, or `default` in a game without it."""
        return self.levels.get(axis, default)

    @property
    def line(self) -> Array | float:
        """A's share of what is disputed at the line of contact (axis "territory"; one half in a game without it)."""
        return self.level("territory", 0.5)

    def at_successor(self, role: Role) -> Array | float:
        """1 where the role's leader has been replaced, else 0 (axis "<role> leader" of `tenure`)."""
        return self.level(f"{role} leader", 0.0)


class Mechanism(BaseModel):
    """One force of war or politics. Subclasses are frozen and override the hooks that they need.

    Every numeric field is a `Quantity` made by `quantity(...)`, so that it carries unit, meaning and range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    order: ClassVar[int] = 50
    """Place in nature's sequence, low first; ties by name. Moves that depend on effort or posture come first."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Names of mechanisms, or roles ("patron"), that must be present in a scenario that uses this mechanism."""

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """Axes that this mechanism adds to the state."""
        return ()

    def breaks(self, start: np.datetime64, years_per_period: float, horizon: int) -> tuple[int, ...]:
        """Periods at which this mechanism's tables change (start of a new epoch)."""
        return ()

    def postures(self) -> tuple[str, ...]:
        """Postures that this mechanism lets the patron choose."""
        return ()

    def posture_cost(self, at: Setting) -> Array | float:
        """Cost of the current posture to the patron, normalised value, weighed in the choice only (kappa in (i.7))."""
        return 0.0

    def recognition(self, at: Setting) -> Mapping[Role, Array | float]:
        """Probability per period that each role gets to propose; given by one mechanism only (channel)."""
        return {}

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        """Payoff at war, added over mechanisms: shares of the prize **as a rate** (a flow u for ever is worth u)."""
        return {}

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """How this mechanism moves the state, in this order."""
        return ()

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """What this mechanism adds to a settlement on `package`, whose terms in the current state are `terms`."""
        return Peace()

    def frozen(self, at: Setting) -> Mapping[Role, Array | float]:
        """Value added to a conflict frozen at the horizon."""
        return {}

"""What all steps of the build share: who takes part, the grid, the calendar, and the settings that hooks look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from ripeness.game.calendar import Calendar
from ripeness.game.errors import GameError
from ripeness.game.layout import levels_of
from ripeness.mechanisms.base import ROLES, Array, Axis, Mechanism, Package, Role, Setting, discount_factor
from ripeness.scenario.schema import Scenario

STAND_BACK = "stand back"
AT_REST = (0.0, 0.0)
"""Efforts in settings of hooks that do not depend on them: peace, recognition, posture_cost, frozen."""

Named = tuple[str, Mechanism]


@dataclass(frozen=True)
class Frame:
    """Everything that the filling steps share; axes in the order of the arrays that hooks return.

    Attributes:
        discount: factor per period of each role.
        rates: yearly discount rate of each role.
    """

    mechanisms: tuple[Named, ...]
    axes: tuple[Axis, ...]
    roles: tuple[Role, ...]
    discount: Mapping[Role, float]
    rates: Mapping[Role, float]
    packages: tuple[Package, ...]
    postures: tuple[str, ...]
    efforts: tuple[tuple[float, ...], tuple[float, ...]]
    calendar: Calendar

    def with_axes(self, axes: tuple[Axis, ...]) -> Frame:
        return replace(self, axes=axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Grid of the state; a game without axes has one state."""
        return tuple(axis.values.size for axis in self.axes) or (1,)

    @cached_property
    def levels(self) -> Mapping[str, Array]:
        """Grid values of every axis, each shaped to broadcast over the grid."""
        return levels_of(self.axes)

    @property
    def years(self) -> float:
        return self.calendar.years_per_period

    @property
    def n_epochs(self) -> int:
        return len(self.calendar.first_period)

    def setting(self, epoch: int, posture: str, effort: tuple[float, float]) -> Setting:
        """What hooks look at in one epoch, posture and pair of efforts; the same object whenever it is asked for."""
        known = self._settings.get((epoch, posture, effort))
        if known is None:
            known = self._settings[epoch, posture, effort] = self._setting(epoch, posture, effort)
        return known

    @cached_property
    def _settings(self) -> dict[tuple[int, str, tuple[float, float]], Setting]:
        return {}

    def _setting(self, epoch: int, posture: str, effort: tuple[float, float]) -> Setting:
        period = self.calendar.first_period[epoch]
        return Setting(
            levels=self.levels,
            posture=posture,
            effort=effort,
            period=period,
            n_periods=self.calendar.n_periods(epoch),
            years_per_period=self.years,
            years_from_start=period * self.years,
            discount_yearly=self.rates,
            start=self.calendar.dates[0],
        )

    def at_rest(self, epoch: int, posture: str = STAND_BACK) -> Setting:
        """Setting of hooks that do not depend on efforts."""
        return self.setting(epoch, posture, AT_REST)

    def settings(self, epochs: Iterable[int]) -> Iterator[tuple[int, int, int, Setting]]:
        """Index of epoch, posture and pair of efforts, with the setting, for all of them in some epochs."""
        pairs = list(product(*self.efforts))
        for epoch in epochs:
            for m, posture in enumerate(self.postures):
                for e, pair in enumerate(pairs):
                    yield epoch, m, e, self.setting(epoch, posture, pair)


def check_needs(mechanisms: Sequence[Named], roles: tuple[Role, ...]) -> None:
    """Refuse a mechanism without the mechanisms or roles that it needs."""
    present = {name for name, _ in mechanisms} | set(roles)
    for name, mechanism in mechanisms:
        for need in mechanism.needs:
            if need not in present:
                where = f"actors.{need}" if need in ROLES else f"mechanisms.{need}"
                raise GameError(f"mechanisms.{name} needs {where}, which the scenario does not have. Add it.")


def discount_of(role: Role, rate_yearly: float, years: float) -> float:
    """Discount factor per period of a role."""
    if rate_yearly <= 0.0:
        raise GameError(
            f"actors.{role}.discount_yearly must be above 0, got {rate_yearly:g}: values are averages over a "
            "discounted future. Take 0.001 for a very patient leader."
        )
    return discount_factor(rate_yearly, years)


def efforts_of(scenario: Scenario, role: Role) -> tuple[float, ...]:
    """Effort levels of a belligerent."""
    levels = tuple(float(x) for x in scenario.actors.roles()[role].efforts)
    if not levels or any(not 0.0 <= x <= 1.0 for x in levels) or list(levels) != sorted(set(levels)):
        raise GameError(f"actors.{role}.efforts must be increasing levels in [0, 1], got {list(levels)}. Try [0.5, 1].")
    return levels


def postures_of(mechanisms: Sequence[Named], patron: bool) -> tuple[str, ...]:
    """Postures of all mechanisms in order of appearance; without a patron or a choice it stands back."""
    found = list(dict.fromkeys(p for _, mechanism in mechanisms for p in mechanism.postures())) if patron else []
    return tuple(found) or (STAND_BACK,)


def check_role(role: str, who: str) -> None:
    """Refuse a role that does not exist."""
    if role not in ROLES:
        raise GameError(f"{who} names the role '{role}'; there are {', '.join(ROLES)}.")


def probability(hazard: Array | float, years: float) -> Array:
    """Probability that something of a hazard per year happens within `years`."""
    return np.asarray(-np.expm1(-np.asarray(hazard, np.float64) * years), np.float64)

"""How soon a settlement on a package would break, were it signed at the start."""

from __future__ import annotations

import numpy as np

from ripeness.game.agenda import terms_of
from ripeness.game.calendar import start_date
from ripeness.game.frame import AT_REST, STAND_BACK
from ripeness.game.layout import collect_axes, in_order
from ripeness.mechanisms.base import Package, Setting
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario


def breakdown_yearly(scenario: Scenario, package: Package) -> float:
    """Hazard per year, in the state at the start of the scenario, with which a peace on a package breaks."""
    mechanisms = in_order(scenario.mechanisms)
    at = Setting(
        levels={axis.name: np.array(float(axis.start)) for axis, _ in collect_axes(mechanisms, "normal")},
        posture=STAND_BACK,
        effort=AT_REST,
        period=0,
        n_periods=scenario.horizon,
        years_per_period=YEARS_PER_PERIOD[scenario.period],
        years_from_start=0.0,
        discount_yearly={role: float(actor.discount_yearly) for role, actor in scenario.actors.roles().items()},
        start=start_date(scenario.start),
    )
    terms = terms_of(package, at.line)
    return float(sum(np.mean(mechanism.peace(at, package, terms).breakdown) for _, mechanism in mechanisms))

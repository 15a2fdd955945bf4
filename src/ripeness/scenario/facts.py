"""What a question may name in a scenario, before any game is built."""

from __future__ import annotations

from ripeness.scenario.measures import Facts, levels_named
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario


def facts_of_scenario(scenario: Scenario, horizon: int | None = None) -> Facts:
    """What a question may name, as far as the scenario says it by itself: all but packages and ends.

    Args:
        horizon: number of periods; None: the scenario's.
    """
    roles = tuple(scenario.actors.roles())
    mechanisms = tuple(scenario.mechanisms.values())
    axes = [axis for mechanism in mechanisms for axis in mechanism.axes("coarse")]
    postures = tuple(dict.fromkeys(posture for mechanism in mechanisms for posture in mechanism.postures()))
    beliefs = scenario.beliefs
    sides = beliefs.sides() if beliefs is not None else {}
    types = tuple(f"{role}: {kind.name}" for role, side in sides.items() for kind in side.types)
    return Facts(
        months_per_period=12.0 * YEARS_PER_PERIOD[scenario.period],
        start=scenario.start,
        horizon=scenario.horizon if horizon is None else horizon,
        roles=roles,
        types=types,
        secret=() if beliefs is not None and beliefs.known else types,
        postures=(postures if "patron" in roles else ()) or ("stand back",),
        levels=levels_named((axis.name, axis.labels) for axis in axes),
    )

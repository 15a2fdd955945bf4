"""Reference weights of offers, and how much of what happens is noise.

Agreeing now instead of next period gains an actor only about 1 - discount, so a logit choice with equal weights settles
by coin flips, once per period. Here "none" and "reject" weigh 1, and all packages together weigh `total`, so chosen
that a settlement from which nobody gains or loses happens with a stated hazard per year, whatever the length of the
period and the number of packages (theory III, pitfalls 1 and 2).

At zero gain a responder accepts with 1/2, so an offer of proposer j succeeds with a_j = (1/2)^(number of responders),
and a proposer makes some offer with total / (1 + total). In the posture and state where talks are most likely

    sum_j rho_j a_j * total / (1 + total) = 1 - exp(-hazard * years_per_period),

which this module solves for `total`. Elsewhere the hazard at zero gain is lower in proportion to the chance of talks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ripeness.game.errors import GameError
from ripeness.mechanisms.base import Role
from ripeness.scenario.schema import Precision

ACCEPTED_AT_ZERO_GAIN: dict[Role, float] = {"attacker": 0.5, "defender": 0.5, "patron": 0.25}
"""Chance that an offer of each proposer succeeds when every responder is indifferent: 1/2 for each responder."""

COIN_FLIP = 0.1
"""Precision times (1 - discount) below which a gain of a tenth of the prize for one period changes the odds of choosing
it by less than 1%."""


@dataclass(frozen=True)
class Noise:
    """How much of what happens is error of choice; every run reports it.

    Attributes:
        sharpness: precision times (1 - discount) by decision and role: log-odds of a choice per share of the prize
            gained for one period.
        package_weight: reference weight of each package, against 1 for making no offer.
        hazard_at_zero_gain_yearly: hazard per year of a settlement from which nobody gains or loses, computed back from
            the weights, where talks are most likely.
        settled_by_noise: probability that such settlements alone end the war within the horizon.
        warnings: sentences for the reader of a run.
    """

    sharpness: Mapping[str, Mapping[Role, float]]
    package_weight: float
    hazard_at_zero_gain_yearly: float
    settled_by_noise: float
    warnings: tuple[str, ...]


def chance_at_zero_gain(talks: float, total_weight: float) -> float:
    """Probability per period of settling when nobody gains or loses; `talks` is sum_j rho_j a_j."""
    return talks * total_weight / (1.0 + total_weight)


def total_weight(hazard_yearly: float, years_per_period: float, talks: float) -> float:
    """Weight of all packages together that gives the stated hazard at zero gain where `talks` = max sum_j rho_j a_j.

    Without talks the weights are idle; 1 is returned.

    Raises:
        GameError: a hazard that is not above zero, or that talks are too rare to reach.
    """
    name = "choices.settlement_hazard_at_zero_gain"
    if talks <= 0.0:
        return 1.0
    if hazard_yearly <= 0.0:
        raise GameError(f"{name} must be above 0, got {hazard_yearly:g}: at 0 no offer is ever made. Try 0.005.")
    chance = -np.expm1(-hazard_yearly * years_per_period)
    if chance >= talks:
        most = -np.log1p(-talks) / years_per_period
        raise GameError(
            f"{name} must lie below {most:.3g} per year, got {hazard_yearly:.3g}: an offer from which nobody gains or "
            f"loses can succeed with {talks:.3g} per period at most, however often offers are made. Lower it, or raise "
            "the rates of mechanisms.channel."
        )
    return float(chance / (talks - chance))


def noise(
    precision: Precision,
    choosers: Mapping[str, Sequence[Role]],
    discount: Mapping[Role, float],
    total: float,
    n_packages: int,
    talks: float,
    years_per_period: float,
    horizon: int,
) -> Noise:
    """What a run reports about error of choice, with a warning where error alone would decide.

    Args:
        choosers: roles that take each decision; a decision without alternatives is left out.
        discount: factor per period of each role present.
        total: weight of all packages together.
        talks: largest sum_j rho_j a_j over postures and states.
    """
    sharpness = {
        decision: {role: float(getattr(precision, decision)) * (1.0 - discount[role]) for role in roles}
        for decision, roles in choosers.items()
        if roles
    }
    hazard = -np.log1p(-chance_at_zero_gain(talks, total)) / years_per_period
    years = horizon * years_per_period
    settled = -float(np.expm1(-hazard * years))
    warnings = []
    if hazard * years > np.log(2.0):
        warnings.append(
            f"Settlements from which nobody gains alone would end the war within the horizon with probability "
            f"{settled:.2f}: {hazard:.3g} per year over {years:.3g} years. Lower "
            "choices.settlement_hazard_at_zero_gain."
        )
    for decision, by_role in sharpness.items():
        blunt = {role: x for role, x in by_role.items() if x < COIN_FLIP}
        if blunt:
            least = min(blunt.values())
            need = float(getattr(precision, decision)) * COIN_FLIP / least if least > 0.0 else np.inf
            hint = f" Raise choices.precision.{decision} to {need:.3g} or more." if np.isfinite(need) else ""
            warnings.append(
                f"The {decision} of the {' and '.join(blunt)} is close to a coin flip where one period is at stake: "
                f"precision times (1 - discount) is {least:.2g}.{hint}"
            )
    return Noise(sharpness, total / n_packages, float(hazard), settled, tuple(warnings))

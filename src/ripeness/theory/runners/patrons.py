"""Runners of theory II.7, II.8 and II.12.1-12.2: mediators, patrons, ripeness, being courted, delay."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Outcomes, propagate
from ripeness.game.tables import TableBuilder
from ripeness.theory import alternating_offers, delay, mediation
from ripeness.theory.case import Case, Resolution
from ripeness.theory.continuous_offers import solve_continuous_offers
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.tables_of_theory import (
    ALWAYS_ACCEPT,
    pie_builder,
    play,
    shares_on_grid,
    values_at_start,
)

Float = NDArray[np.float64]


def mediator(case: Case, at: Resolution | None) -> Measured:
    """7.1 When is a mediator's advice truthful?"""
    found = mediation.truthful_advice(
        case.number("c_A"),
        case.number("c_low"),
        case.number("c_high"),
        case.number("prior_high"),
        case.number("signal_accuracy"),
        case.number("kappa"),
    )
    return Measured(
        formula={
            "post_high_after_h": found.high_after_high,
            "post_high_after_l": found.high_after_low,
            "beta_lo": found.bias_low,
            "beta_hi": found.bias_high,
            "A_threshold": found.obey_threshold,
            "A_follows": found.obeyed,
            "unbiased_truthful": found.truthful_without_bias,
        }
    )


def patron(case: Case, at: Resolution | None) -> Measured:
    """7.2 A patron adds a cost of s a round to one side; offers may be any share."""
    p, delta = case.number("p_A"), case.number("delta")
    flow, s = (case.number("g_A"), case.number("g_D")), case.number("s")

    def value(flow: tuple[float, float]) -> float:
        one_period = partial(_random_period, (delta, delta), p, flow)
        values, _ = solve_continuous_offers(one_period, np.zeros((2, 1)), case.horizon(300))
        return float(values[0, 0])

    base, on_d, on_a = value(flow), value((flow[0], flow[1] - s)), value((flow[0] - s, flow[1]))
    exact = partial(alternating_offers.random_proposer_value, p, delta, delta)
    gains = alternating_offers.random_proposer_slopes(p, delta, delta)
    return Measured(
        game={
            "VA_base": base,
            "VA_pressure_on_D": on_d,
            "VA_pressure_on_A": on_a,
            "slope_D": (on_d - base) / s,
            "slope_A": (on_a - base) / s,
        },
        formula={
            "VA_base": exact(*flow),
            "VA_pressure_on_D": exact(flow[0], flow[1] - s),
            "VA_pressure_on_A": exact(flow[0] - s, flow[1]),
            "slope_D": -gains[1],  # pressure lowers the flow
            "slope_A": -gains[0],
        },
    )


def _random_period(
    discount: tuple[float, float], probability_a: float, flow: tuple[float, float], offers: Float
) -> TableBuilder:
    return pie_builder(offers, 1, discount, recognition=((probability_a, 1.0 - probability_a),), flow=flow)


def ripe_dates(case: Case, at: Resolution | None) -> Measured:
    """7.4 Values of fighting on by date, given."""
    found = delay.ripeness_by_date(case.numbers("W_A"), case.numbers("W_D"))
    return Measured(
        formula={
            "ripe": list(found.ripe),
            "first_ripe": found.first_ripe,
            "range_at_first": list(found.range_at_first) if found.range_at_first else None,
        }
    )


FINE = Resolution(1e-3, math.inf)


def courted(case: Case, at: Resolution | None) -> Measured:
    """8.1 A side that enjoys the talks, without noise, offers 1e-3 apart.

    A period can settle when a recognised side settles with more than an even chance. In the infinite horizon the war is
    never settled if, with twice the periods, nothing settles in the first half.
    """
    delta, horizon = case.number("delta"), case.count("T")
    flow = (case.number("g_A"), case.number("g_D"))
    twice = 2 * horizon
    builder = pie_builder(
        shares_on_grid(FINE), twice, (delta, delta), recognition=((0.5, 0.5),), flow=flow, precision=FINE.precision
    )
    solution = play(builder.finish())
    chance = np.zeros(twice)

    def note(period: int, mass: Float, leads: Outcomes) -> None:
        chance[period] = leads.settled[..., 0].sum()

    propagate(solution, note, threads=1)
    settles = chance > 0.25
    from_start = settles[twice - horizon :]
    first = int(np.argmax(from_start)) if from_start.any() else None
    at_start = solution.values[twice - horizon, :2, 0, 0]
    return Measured(
        game={
            "settles_in_infinite_horizon": bool(settles[: twice - horizon].any()),
            "settles_at_t0": bool(from_start[0]),
            "settles_in_last_period": bool(from_start[-1]),
            "first_settlement_period": first,
            "sum_of_values_t0": float(at_start.sum()),
        },
        formula={"W_A": flow[0] / (1.0 - delta), "W_D": flow[1] / (1.0 - delta)},
    )


def drifting_power(case: Case, at: Resolution | None) -> Measured:
    """12.1 The best date to settle while power drifts, continuous time."""
    drift = delay.Drift(
        power_start=case.number("p0"),
        power_drift=case.number("mu"),
        bargaining_share=delay.surplus_split(case.number("kappa_A"), case.number("kappa_D"), case.number("beta")),
        discount_rate_a=case.number("r_A"),
        cost_a=case.number("c_A"),
    )
    best = drift.best_date()
    return Measured(
        formula={
            "tau_star": best,
            "U_at_0": drift.value(0.0),
            "U_at_tau_star": drift.value(best),
            "patience_threshold_r": drift.patience_threshold(),
        }
    )


def drifting_power_in_rounds(case: Case, at: Resolution | None) -> Measured:
    """12.2 State d is the plan "fight d rounds, then settle at that date's terms"; recognition is one in period d."""
    expected = case.expected.get("U")
    n = len(expected) if isinstance(expected, list) else 20
    delta, cost = case.number("delta_A"), case.number("c_A")
    p0, mu, b = case.number("p0"), case.number("mu"), case.number("b")
    builder = pie_builder(
        np.zeros((1, 1)),
        n,
        (delta, delta),
        shape=(n,),
        recognition=tuple((np.eye(n)[t], 0.0) for t in range(n)),
        flow=(-cost, 0.0),
        none_weight=0.0,
    )
    builder.accept_weight, builder.precision_response = ALWAYS_ACCEPT, np.zeros(2)
    for t in range(n):
        builder.set_peace(p0 + mu * t + b, 0, 0, epoch=t)
    values = values_at_start(play(builder.finish()), 0)
    exact = delay.values_of_delay(delta, p0, mu, b, cost, n)
    return Measured(
        game={"U": values.tolist(), "best_delay": int(values.argmax())},
        formula={"U": exact.tolist(), "best_delay": int(exact.argmax())},
    )


RUNNERS = {
    "mediator": Runner(mediator, because="a message before the game, which the engine's period has no place for"),
    "patron": Runner(patron),
    "ripeness": Runner(ripe_dates, because="a condition on given values, without a decision to solve"),
    "courted": Runner(courted),
    "delay_drift": Runner(drifting_power, because="continuous time"),
    "delay_drift_discrete": Runner(drifting_power_in_rounds),
}

"""Runners of theory II.1, II.11.5 and II.12.3: offers over a pie of one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from ripeness.engine import decisions, propagate
from ripeness.game.tables import TableBuilder, Tables
from ripeness.theory import alternating_offers as closed
from ripeness.theory import softmax
from ripeness.theory.case import Case, Resolution
from ripeness.theory.runner import Measured, Runner, resolved
from ripeness.theory.tables_of_theory import (
    A_FIRST,
    D_FIRST,
    Exit,
    pie_builder,
    play,
    set_exits,
    shares_on_grid,
    values_at_start,
)

VALUE_A, VALUE_D = "VA_when_A_first", "VD_when_D_first"


def _start_value(tables: Tables, row: int) -> float:
    return float(values_at_start(play(tables), row)[0])


def _random(probability_a: float) -> tuple[tuple[float, float], ...]:
    return ((probability_a, 1.0 - probability_a),)


def rubinstein(case: Case, at: Resolution | None) -> Measured:
    """1.1 Alternating offers without end; the terms that D offers are the mean of those settled at once."""
    at, horizon = resolved(at), case.horizon(200)
    discount = (case.number("delta_A"), case.number("delta_D"))
    shares = shares_on_grid(at)
    a_first = pie_builder(shares, horizon, discount, precision=at.precision)
    d_first = pie_builder(shares, horizon, discount, recognition=D_FIRST, precision=at.precision)
    solution = play(d_first.finish())
    settled = propagate(solution, threads=1).settled[0, 1]
    return Measured(
        game={
            VALUE_A: _start_value(a_first.finish(), 0),
            VALUE_D: float(values_at_start(solution, 1)[0]),
            "x_when_D_proposes": float(settled @ shares / settled.sum()),
        },
        formula={
            VALUE_A: closed.rubinstein_share(*discount),
            VALUE_D: closed.rubinstein_share(*discount[::-1]),
            "x_when_D_proposes": 1.0 - closed.rubinstein_share(*discount[::-1]),
        },
    )


def finite_horizon(case: Case, at: Resolution | None) -> Measured:
    """1.2 Alternating offers, T periods, nothing after the last."""
    at = resolved(at)
    discount = (case.number("delta_A"), case.number("delta_D"))
    game, formula = {}, {}
    for periods in (int(t) for t in case.numbers("T")):
        tables = pie_builder(shares_on_grid(at), periods, discount, precision=at.precision).finish()
        game[f"VA_T{periods}"] = _start_value(tables, 0)
        formula[f"VA_T{periods}"] = closed.finite_horizon_share(*discount, periods)
    return Measured(game, formula)


def random_recognition(case: Case, at: Resolution | None) -> Measured:
    """1.3 A random side offers; one backward pass holds every horizon, "inf" is read at 400 periods."""
    at, horizon = resolved(at), 400
    p, delta_a, delta_d = case.number("p_A"), case.number("delta_A"), case.number("delta_D")
    builder = pie_builder(
        shares_on_grid(at), horizon, (delta_a, delta_d), recognition=_random(p), precision=at.precision
    )
    path = play(builder.finish()).values[:, 0, 0, 0]
    game = {"VA_inf": float(path[0])}
    formula = {"VA_inf": closed.random_proposer_value(p, delta_a, delta_d)}
    for periods in range(1, horizon):
        game[f"VA_T{periods}"] = float(path[horizon - periods])
        formula[f"VA_T{periods}"] = closed.random_proposer_value_with_deadline(p, delta_a, delta_d, periods)
    return Measured(game, formula)


def outside_option(case: Case, at: Resolution | None) -> Measured:
    """1.4 The responder may opt out after rejecting: the second of its two levels of effort, a certain exit.

    The proposer's two levels do the same, so its choice between them moves nothing.
    """
    at, horizon = resolved(at), case.horizon(201)
    discount = (case.number("delta_A"), case.number("delta_D"))
    option = (case.number("b_A"), case.number("b_D"))
    worth = [b / d for b, d in zip(option, discount, strict=True)]  # paid at once, so not discounted

    def tables(recognition: Sequence[Sequence[float]]) -> Tables:
        builder = pie_builder(
            shares_on_grid(at), horizon, discount, recognition=recognition, precision=at.precision, n_effort=(2, 2)
        )
        for epoch, phase in enumerate(recognition):
            responder = 1 if phase[0] else 0
            for effort_a in (0, 1):
                for effort_d in (0, 1):
                    if (effort_a, effort_d)[responder]:
                        _opt_out(builder, worth, epoch, 2 * effort_a + effort_d)
        return builder.finish()

    x, y = closed.shares_with_outside_options(*discount, *option)
    return Measured(
        game={VALUE_A: _start_value(tables(A_FIRST), 0), VALUE_D: _start_value(tables(D_FIRST), 1)},
        formula={VALUE_A: x, VALUE_D: y},
    )


def _opt_out(builder: TableBuilder, worth: Sequence[float], epoch: int, effort: int) -> None:
    end = builder.end("opt out")
    builder.set_nature(0, builder.leave(1.0, 0.0, end), epoch=epoch, effort=effort)
    for row, value in enumerate(worth):
        builder.set_nature(0, builder.leave(1.0, value, end), epoch=epoch, effort=effort, row=row)


def breakdown(case: Case, at: Resolution | None) -> Measured:
    """1.5 Talks break down for good with probability q after each rejection, an exit."""
    at, horizon = resolved(at), case.horizon(600)
    discount = (case.number("delta_A"), case.number("delta_D"))
    q, option = case.number("q"), (case.number("b_A"), case.number("b_D"))
    values = []
    for recognition, row in ((A_FIRST, 0), (D_FIRST, 1)):
        builder = pie_builder(shares_on_grid(at), horizon, discount, recognition=recognition, precision=at.precision)
        worth = [b / d for b, d in zip(option, discount, strict=True)]
        set_exits(builder, [Exit("breakdown", q, worth)], first_step=0)
        values.append(_start_value(builder.finish(), row))
    x, y = closed.shares_with_breakdown(*discount, q, *option)
    return Measured(
        game={VALUE_A: values[0], VALUE_D: values[1]},
        formula={
            VALUE_A: x,
            VALUE_D: y,
            "limit_q_to_0_split": closed.nash_split_at_breakdown(*option),
        },
    )


def inside_option_alternating(case: Case, at: Resolution | None) -> Measured:
    """1.6 A flow after each rejection, alternating offers."""
    at, horizon = resolved(at), case.horizon(300)
    discount = (case.number("delta_A"), case.number("delta_D"))
    flow = (case.number("g_A"), case.number("g_D"))
    values = []
    for recognition, row in ((A_FIRST, 0), (D_FIRST, 1)):
        builder = pie_builder(
            shares_on_grid(at), horizon, discount, recognition=recognition, flow=flow, precision=at.precision
        )
        values.append(_start_value(builder.finish(), row))
    return Measured(
        game={VALUE_A: values[0], VALUE_D: values[1]},
        formula={
            VALUE_A: closed.share_with_flows(*discount, *flow),
            VALUE_D: closed.share_with_flows(*discount[::-1], *flow[::-1]),
        },
    )


def inside_option_random(case: Case, at: Resolution | None) -> Measured:
    """1.6 A flow after each rejection, random proposer; the slopes are closed forms (a grid makes values jump)."""
    at, horizon = resolved(at), case.horizon(300)
    p, discount = case.number("p_A"), (case.number("delta_A"), case.number("delta_D"))
    flow = (case.number("g_A"), case.number("g_D"))
    builder = pie_builder(
        shares_on_grid(at), horizon, discount, recognition=_random(p), flow=flow, precision=at.precision
    )
    solution = play(builder.finish())
    slope_a, slope_d = closed.random_proposer_slopes(p, *discount)
    return Measured(
        game={"VA": float(values_at_start(solution, 0)[0]), "VD": float(values_at_start(solution, 1)[0])},
        formula={
            "VA": closed.random_proposer_value(p, *discount, *flow),
            "VD": closed.random_proposer_value(1.0 - p, *discount[::-1], *flow[::-1]),
            "dVA_d_gA": slope_a,
            "dVA_d_gD": slope_d,
        },
    )


def fixed_cost(case: Case, at: Resolution | None) -> Measured:
    """1.7 No discounting, a fixed cost per rejection."""
    at, horizon = resolved(at), case.horizon(400)
    cost = (case.number("c_A"), case.number("c_D"))
    builder = pie_builder(shares_on_grid(at), horizon, (1.0, 1.0), flow=(-cost[0], -cost[1]), precision=at.precision)
    return Measured(
        game={VALUE_A: _start_value(builder.finish(), 0)},
        formula={VALUE_A: closed.share_with_fixed_costs(*cost)},
    )


def frequent_offers(case: Case, at: Resolution | None) -> Measured:
    """1.8 The share for short periods, a closed form in closed form."""
    rates = (case.number("r_A"), case.number("r_D"))
    formula = {"limit": closed.nash_weight_of_frequent_offers(0.5, *rates)}
    for key in case.expected:
        if found := re.fullmatch(r"alt_offers_Delta_([\d.]+)", key):
            formula[key] = closed.share_with_frequent_offers(*rates, float(found[1]))
    return Measured(formula=formula)


def nash_weights(case: Case, at: Resolution | None) -> Measured:
    """11.5 Frequent random proposals implement a weighted Nash solution."""
    p, rates = case.number("p_A"), (case.number("r_A"), case.number("r_D"))
    formula = {"limit_weight_A": closed.nash_weight_of_frequent_offers(p, *rates)}
    for key in case.expected:
        if found := re.fullmatch(r"VA_Delta_([\d.]+)", key):
            formula[key] = closed.random_proposer_value_with_frequent_offers(p, *rates, float(found[1]))
    return Measured(formula=formula)


def lambert(case: Case, at: Resolution | None) -> Measured:
    """1.9 Exact proposer against a logit responder, one shot, on offers ever closer around the best one.

    The gain is flat at its maximum, so the last offers, 1e-7 apart, share the probability around it evenly.
    """
    precision, surplus = case.number("lambda_responder"), case.number("S")
    centre = 0.5
    for reach, step in ((0.5, 1e-3), (2e-3, 1e-5), (2e-5, 1e-7)):
        n = round(reach / step)
        shares = centre + step * np.arange(-n, n + 1)
        builder = pie_builder(
            shares, 1, (1.0, 1.0), recognition=((1.0, 0.0),), flow=(0.0, 1.0 - surplus), none_weight=0.0
        )
        builder.precision_response = np.full(2, precision)
        solution = play(builder.finish())
        decided = decisions(solution, 0, threads=1)
        offered, accepted = decided.offer[0, 0, :-1, 0], decided.accept[1, 0, :, 0]
        centre = float(offered @ shares)
    return Measured(
        game={
            "proposer_gain": float(values_at_start(solution, 0)[0]),
            "margin": surplus - centre,
            "acceptance": float(offered @ accepted),
            "responder_gain": float(values_at_start(solution, 1)[0]) - (1.0 - surplus),
        },
        formula=softmax.offer_to_logit_responder(precision, surplus)._asdict(),
    )


def deadline_patience(case: Case, at: Resolution | None) -> Measured:
    """12.3 A fixed deadline: the value by date is the value with that many periods left."""
    at, horizon = resolved(at), case.count("T")
    p, delta_a, delta_d = case.number("p_A"), case.number("delta_A"), case.number("delta_D")
    builder = pie_builder(
        shares_on_grid(at), horizon, (delta_a, delta_d), recognition=_random(p), precision=at.precision
    )
    path = [float(v) for v in play(builder.finish()).values[:horizon, 0, 0, 0]]
    exact = [closed.random_proposer_value_with_deadline(p, delta_a, delta_d, horizon - t) for t in range(horizon)]
    return Measured(
        game={"VA_by_date": path, "V": path, "sign_of_drift": int(math.copysign(1, path[-1] - path[0]))},
        formula={
            "VA_by_date": exact,
            "V_star": closed.random_proposer_value(p, delta_a, delta_d),
            "rho": closed.deadline_decay(p, delta_a, delta_d),
        },
    )


RUNNERS = {
    "rub_inf": Runner(rubinstein),
    "rub_finite": Runner(finite_horizon),
    "random_recognition": Runner(random_recognition),
    "outside_option": Runner(outside_option),
    "breakdown": Runner(breakdown),
    "inside_option_alt": Runner(inside_option_alternating),
    "inside_option_rr": Runner(inside_option_random),
    "fixed_cost": Runner(fixed_cost),
    "rub_continuous": Runner(frequent_offers),
    "lambert": Runner(lambert),
    "nash_weights": Runner(nash_weights),
    "deadline_patience": Runner(deadline_patience),
}

"""Runners of theory II.2 and II.3: war as a lottery, preventive war, fragile peace."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ripeness.engine import decisions
from ripeness.theory import commitment as closed
from ripeness.theory.case import Case, Resolution
from ripeness.theory.runner import Measured, Runner, resolved
from ripeness.theory.tables_of_theory import (
    ALWAYS_ACCEPT,
    Exit,
    pie_builder,
    play,
    set_exits,
    shares_on_grid,
    values_at_start,
)


def fearon_range(case: Case, at: Resolution | None) -> Measured:
    """2.1 One offer, rejection is the war lottery; the range is read off the values of fighting on."""
    at = resolved(at)
    p, cost_a, cost_d = case.number("p"), case.number("c_A"), case.number("c_D")
    flow = (p - cost_a, 1.0 - p - cost_d)
    solutions = [
        play(
            pie_builder(
                shares_on_grid(at), 1, (1.0, 1.0), recognition=(phase,), flow=flow, precision=at.precision
            ).finish()
        )
        for phase in ((1.0, 0.0), (0.0, 1.0))
    ]
    fighting_on = decisions(solutions[0], 0, threads=1).continuation[0, :, 0]
    exact = closed.bargaining_range(p, cost_a, cost_d)
    low, high = float(fighting_on[0]), float(1.0 - fighting_on[1])
    return Measured(
        game={
            "x_A_tioli": float(values_at_start(solutions[0], 0)[0]),
            "x_D_tioli": float(values_at_start(solutions[1], 0)[0]),
            "range_lo": low,
            "range_hi": high,
            "width": high - low,
        },
        formula={
            "range_lo": exact.low,
            "range_hi": exact.high,
            "width": exact.width,
            "x_A_tioli": exact.high,
            "x_D_tioli": exact.low,
        },
    )


def _decliner_fights(
    discount: float, win: Sequence[float], war_decliner: Sequence[float], after: tuple[float, float] | None
) -> bool:
    """Does D reject even the whole pie in period 0? The riser A makes every offer, a pie lasts one period.

    Two packages without noise: the whole pie to D, and exactly what holds D to its value of fighting tomorrow. D
    accepts where it is indifferent; its value does not depend on that.

    Args:
        win: probability that A wins if war starts in each period.
        war_decliner: D's normalised value of war in each period.
        after: values of A and D after the last period; None: the last pie is the last.
    """
    n_periods, terminal = len(win), after or (0.0, 0.0)
    builder = pie_builder(
        np.zeros((2, 1)), n_periods, (discount, discount), recognition=((1.0, 0.0),) * n_periods, none_weight=0.0
    )
    held = (war_decliner[-1] - discount * terminal[1]) / (1.0 - discount)  # D's share of one pie
    for t in range(n_periods):
        for package, share in enumerate((0.0, 1.0 - held)):
            builder.set_peace(share, 0, package, epoch=t, breakdown=1.0)
            builder.set_peace(1.0 - share, 1, package, epoch=t, breakdown=1.0)
        pies_left = 1.0 if after else 1.0 - discount ** (n_periods - t)
        builder.set_flow_lump(win[t] * pies_left, 0, epoch=t)
        builder.set_flow_lump(war_decliner[t], 1, epoch=t)
    set_exits(builder, [Exit("war", 1.0, (0.0, 0.0))], first_step=0)
    builder.terminal = np.array(terminal)[:, None]
    builder.accept_weight = ALWAYS_ACCEPT
    decided = decisions(play(builder.finish()), 0, threads=1)
    return float(decided.peace[0, 1, 0]) < float(decided.continuation[0, 1, 0])


def _threshold(fights: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(45):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if fights(middle) else (middle, high)
    return 0.5 * (low + high)


def preventive_two_periods(case: Case, at: Resolution | None) -> Measured:
    """2.3 Two pies; the threshold by bisection on tomorrow's odds."""
    discount, p1, cost = case.number("delta"), case.number("p1"), case.number("c_F")

    def fights(p2: float) -> bool:
        # Lump-sum pies of 1: war at t is worth (1 - p) times the pies that remain, less the cost, paid once.
        now = (1.0 - discount) * ((1.0 - p1) * (1.0 + discount) - cost)
        tomorrow = (1.0 - discount) * (1.0 - p2 - cost)
        return _decliner_fights(discount, (p1, p2), (now, tomorrow), None)

    threshold = _threshold(fights, p1, 1.0 - cost)
    return Measured(
        game={
            "p2_threshold": threshold,
            "war_at_threshold_plus_0_01": fights(threshold + 0.01),
            "war_at_threshold_minus_0_01": fights(threshold - 0.01),
        },
        formula={"p2_threshold": closed.preventive_threshold_two_periods(discount, p1, cost)},
    )


def preventive_for_ever(case: Case, at: Resolution | None) -> Measured:
    """2.3 A pie every period for ever: from period 1 on D is held to its war value, which closes the game."""
    discount, p1, cost = case.number("delta"), case.number("p1"), case.number("c_F")

    def fights(p2: float) -> bool:
        now, later = (1.0 - p - (1.0 - discount) * cost for p in (p1, p2))
        return _decliner_fights(discount, (p1, *[p2] * 20), (now, *[later] * 20), (1.0 - later, later))

    return Measured(
        game={"p2_threshold": _threshold(fights, p1, 1.0 - cost * (1.0 - discount))},
        formula={"p2_threshold": closed.preventive_threshold(discount, p1, cost)},
    )


def powell_inefficiency(case: Case, at: Resolution | None) -> Measured:
    """3.1 A condition on what each side can lock in by fighting."""
    (a0, a1), (d0, d1) = case.numbers("p_A"), case.numbers("p_D")
    found = closed.lock_in(case.number("delta"), (a0, a1), (d0, d1), case.number("c_A"), case.number("c_D"))
    return Measured(formula={"shift": found.shift, "surplus": found.surplus, "inefficient": found.peace_is_impossible})


def ratchet(case: Case, at: Resolution | None) -> Measured:
    """3.8 Two periods without commitment: the conditions for separation."""
    found = closed.ratchet(
        case.number("delta"), case.number("W_weak"), case.number("W_strong"), case.number("fight_flow")
    )
    return Measured(
        formula={
            "min_separating_flow": found.least_flow_for_weak,
            "max_flow_not_attracting_strong": found.most_flow_not_attracting_strong,
            "separation_feasible": found.separation_is_feasible,
        }
    )


def durability(case: Case, at: Resolution | None) -> Measured:
    """3.9 Least terms under a fragile peace: where W crosses C on the line through the packages 0 and 1."""
    hazards = np.array(case.numbers("beta"))
    discount, flow = case.by_actor("delta", "AD"), case.by_actor("war_flow", "AD")
    later = case.by_actor("V_next", "AD")
    builder = pie_builder([0.0, 1.0], 1, discount, shape=(hazards.size,))
    for row in (0, 1):
        builder.set_flow(flow[row], row)
        for package, share in enumerate((0.0, 1.0)):
            builder.set_peace(share if row == 0 else 1.0 - share, row, package, breakdown=hazards)
        builder.terminal[row] = later[row]
    decided = decisions(play(builder.finish()), 0, threads=1)
    worst, best = decided.peace[[0, 1], [0, 1]], decided.peace[[1, 0], [0, 1]]  # each side's 0 and 1
    least = (decided.continuation[0] - worst) / (best - worst)
    exact = [
        [closed.least_terms_under_fragile_peace(discount[i], flow[i], later[i], float(h)) for h in hazards]
        for i in (0, 1)
    ]
    return Measured(
        game={
            "min_share_A": least[0].tolist(),
            "min_share_D": least[1].tolist(),
            "range_width": (1.0 - least.sum(axis=0)).tolist(),
        },
        formula={
            "min_share_A": exact[0],
            "min_share_D": exact[1],
            "range_width": [1.0 - a - d for a, d in zip(*exact, strict=True)],
        },
    )


CONDITION = "a condition on given payoffs, without a decision to solve"

RUNNERS = {
    "fearon_range": Runner(fearon_range),
    "preventive_T2": Runner(preventive_two_periods),
    "preventive_inf": Runner(preventive_for_ever),
    "powell_inefficiency": Runner(powell_inefficiency, because=CONDITION),
    "ratchet": Runner(ratchet, because=CONDITION),
    "durability": Runner(durability),
}

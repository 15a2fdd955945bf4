"""Runners of theory II.6: leaders who fight for office. One side decides; the other accepts anything."""

from __future__ import annotations

import numpy as np

from ripeness.engine import decisions
from ripeness.theory import leaders as closed
from ripeness.theory.case import Case, Resolution
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.tables_of_theory import ALWAYS_ACCEPT, Ladder, pie_builder, play, values_at_start


def ladder(case: Case, at: Resolution | None) -> Measured:
    """6.1 A settles or fights at each fort; the one package pays office where the fort is high enough."""
    n_forts, tau, penalty = case.count("N"), case.count("tau"), case.number("k")
    p, cost = case.number("p"), case.number("c_per_battle")
    office = (np.arange(n_forts + 1) >= tau).astype(float)
    game = Ladder(n_forts, (p, p), (1.0, 1.0), (cost, 0.0), at_bottom=(-penalty, 0.0), at_top=(1.0, 0.0))
    builder = game.builder(case.horizon(5000), shares=office[None], recognition=((1.0, 0.0),))
    builder.accept_weight, builder.precision_response = ALWAYS_ACCEPT, np.zeros(2)
    solution = play(builder.finish())
    settle = decisions(solution, 0, threads=1).offer[0, 0, 0]
    best, lowest = closed.resurrection_value(n_forts, tau, p, cost, penalty)
    return Measured(
        game={
            "value_by_fort": values_at_start(solution, 0).tolist(),
            "gamble_forts": [n for n in range(1, n_forts) if settle[n] < 0.25],
        },
        formula={"value_by_fort": best.tolist(), "gamble_forts": list(range(lowest, tau))},
    )


def gamble_band(case: Case, at: Resolution | None) -> Measured:
    """6.2 One decision: fight or settle, for the leader and, as a passive row, for the public.

    Fighting is worth a line in the chance of winning, so the two states "sure defeat" and "sure victory" give the
    chance at which each is indifferent.
    """
    settle, penalty = case.number("s_retained_if_settle"), case.number("k_extra_punishment")
    leader_cost, share, public_cost = (case.number(k) for k in ("c_leader", "settlement_share", "c_public"))
    builder = pie_builder([0.0], 1, (1.0, 1.0, 1.0), shape=(2,), flow=(-leader_cost, 0.0, -public_cost))
    builder.set_peace(settle, 0, 0)
    builder.set_peace(share, 2, 0)
    builder.terminal = np.array([[-penalty, 1.0], [0.0, 0.0], [0.0, 1.0]])
    decided = decisions(play(builder.finish()), 0, threads=1)
    fighting, settling = decided.continuation[0][[0, 2]], decided.peace[0][[0, 2]]
    indifferent = (settling[:, 0] - fighting[:, 0]) / (fighting[:, 1] - fighting[:, 0])
    leader, public = (float(x) for x in indifferent)
    exact = closed.gamble_band(settle, penalty, leader_cost, share, public_cost)
    return Measured(
        game={
            "pi_leader": leader,
            "pi_public": public,
            "band": [leader, public],
            "band_nonempty": leader < public,
        },
        formula={
            "pi_leader": exact.leader,
            "pi_public": exact.public,
            "band": list(exact),
            "band_nonempty": exact.nonempty,
        },
    )


def jensen(case: Case, at: Resolution | None) -> Measured:
    """6.3 One battle that moves the outcome by d either way, against settling where it is."""
    x, size = np.array(case.numbers("x")), case.number("d")
    kappa, tau = case.number("kappa"), case.number("tau")
    outcome = x[:, None] + size * np.array([-1.0, 0.0, 1.0])
    office = closed.survival(outcome, kappa, tau)
    builder = pie_builder(office[None], 1, (1.0, 1.0), shape=outcome.shape)
    middle = np.array([0.0, 1.0, 0.0])
    builder.set_nature(0, builder.move(1, {1: 0.5 * middle, 0: 1.0 - middle, -1: 0.5 * middle}))
    builder.terminal[0] = office.ravel()
    decided = decisions(play(builder.finish()), 0, threads=1)
    gain = (decided.continuation[0, 0] - decided.peace[0, 0]).reshape(outcome.shape)[:, 1]
    return Measured(
        game={"gain": gain.tolist()},
        formula={"gain": closed.gain_from_gamble(x, size, kappa, tau).tolist()},
    )


RUNNERS = {
    "leader_ladder": Runner(ladder),
    "gamble_band": Runner(gamble_band),
    "leader_jensen": Runner(jensen),
}

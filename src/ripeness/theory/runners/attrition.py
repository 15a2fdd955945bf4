"""Runners of theory II.10: battles of attrition. Chains of single losses are games for the engine without talks."""

from __future__ import annotations

import numpy as np

from ripeness.engine import propagate
from ripeness.theory import attrition as closed
from ripeness.theory.case import Case, Resolution
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.tables_of_theory import Exit, Row, chain_builder, pie_builder, play, set_exits, values_at_start


def square_law(case: Case, at: Resolution | None) -> Measured:
    """10.1 A differential equation."""
    found = closed.square_law(*(case.number(k) for k in ("alpha", "beta", "A0", "D0", "t")))
    return Measured(
        formula={
            "winner": found.winner,
            "survivors": found.survivors,
            "duration": found.duration,
            "A_t": found.a_at_time,
            "D_t": found.d_at_time,
            "invariant": found.invariant,
        }
    )


def linear_law(case: Case, at: Resolution | None) -> Measured:
    """10.2 A differential equation."""
    found = closed.linear_law(*(case.number(k) for k in ("alpha", "beta", "A0", "D0", "t")))
    return Measured(
        formula={
            "A_t": found.a_at_time,
            "D_t": found.d_at_time,
            "limit_survivors": found.survivors,
            "winner": found.winner,
        }
    )


def _casualties(start_a: int, start_d: int, alpha: float, beta: float) -> closed.RandomBattle:
    """One unit falls a period; who, is drawn; how long it took is what a passive row is paid."""
    a, d = (grid.ravel() for grid in np.meshgrid(np.arange(start_a + 1), np.arange(start_d + 1), indexing="ij"))
    fighting = (a > 0) & (d > 0)
    rate = np.where(fighting, alpha * a + beta * d, 1.0)
    hit_d = np.where(fighting, alpha * a / rate, 0.0)
    over = (~fighting).astype(float)
    rows = [Row(1.0), Row(1.0), Row(1.0, np.where(fighting, 1.0 / rate, 0.0))]
    exits = [Exit("over", over, ((d == 0) & (a > 0), a, 0.0))]
    steps = {-1: hit_d, -(start_d + 1): np.where(fighting, 1.0 - hit_d, 0.0)}
    solution = play(chain_builder(a.size, start_a + start_d, rows, steps, exits).finish())
    return closed.RandomBattle(*(float(values_at_start(solution, row)[-1]) for row in range(3)))


def stochastic_square_law(case: Case, at: Resolution | None) -> Measured:
    """10.3 A chain on what is left of both sides, laid out on one axis."""
    game_of = (case.count("A0"), case.count("D0"), case.number("alpha"), case.number("beta"))
    found, exact = _casualties(*game_of), closed.stochastic_square_law(*game_of)
    keys = ("prob_A_wins", "mean_A_survivors", "mean_duration")
    return Measured(game=dict(zip(keys, found, strict=True)), formula=dict(zip(keys, exact, strict=True)))


def duel(case: Case, at: Resolution | None) -> Measured:
    """10.4 An exponential duel is a chain of one unit a side; shots are exits, in turns or at once."""
    alpha, beta = case.number("alpha"), case.number("beta")
    hit_a, hit_d = case.number("p_A"), case.number("p_D")
    exponential = _casualties(1, 1, alpha, beta)

    turns = pie_builder([0.0], 2000, (1.0, 1.0), recognition=((0.0, 0.0), (0.0, 0.0)), flow=(0.0, 1.0))
    for epoch, (name, hit, value) in enumerate((("A hits", hit_a, 1.0), ("D hits", hit_d, 0.0))):
        set_exits(turns, [Exit(name, hit, (value, 0.0))], first_step=0, epoch=epoch)
    in_turns = play(turns.finish())

    at_once = pie_builder([0.0], 2000, (1.0, 1.0), recognition=((0.0, 0.0),))
    both, a_only, d_only = hit_a * hit_d, hit_a * (1.0 - hit_d), (1.0 - hit_a) * hit_d
    # Exits are asked one after the other, so later ones are taken by what the earlier ones left.
    exits = [
        Exit("both hit", both, (0.0, 0.0)),
        Exit("A alone hits", a_only / (1.0 - both), (0.0, 0.0)),
        Exit("D alone hits", d_only / (1.0 - both - a_only), (0.0, 0.0)),
    ]
    set_exits(at_once, exits, first_step=0)
    ended = propagate(play(at_once.finish()), threads=1).ended.sum(axis=0)
    exact = (
        *closed.exponential_duel(alpha, beta),
        *closed.alternating_duel(hit_a, hit_d),
        *closed.simultaneous_duel(hit_a, hit_d),
    )
    keys = (
        "exp_prob_A",
        "exp_mean",
        "alt_prob_A",
        "alt_mean_shots",
        "simultaneous_both_hit",
        "simultaneous_A_only",
    )
    found = (
        exponential.a_wins,
        exponential.mean_duration,
        float(values_at_start(in_turns, 0)[0]),
        float(values_at_start(in_turns, 1)[0]),
        float(ended[0]),
        float(ended[1]),
    )
    return Measured(game=dict(zip(keys, found, strict=True)), formula=dict(zip(keys, exact, strict=True)))


DIFFERENTIAL = "continuous time and continuous forces: a differential equation with a closed form"

RUNNERS = {
    "lanchester_square": Runner(square_law, because=DIFFERENTIAL),
    "lanchester_linear": Runner(linear_law, because=DIFFERENTIAL),
    "stochastic_square": Runner(stochastic_square_law),
    "duel": Runner(duel),
}

"""Runners of theory II.4 and II.10.5: war on a line of forts, and how long it takes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import propagate
from ripeness.game.tables import TableBuilder
from ripeness.theory import attrition, learning
from ripeness.theory import line_of_forts as closed
from ripeness.theory.case import Case, Resolution
from ripeness.theory.continuous_offers import solve_continuous_offers
from ripeness.theory.runner import Measured, Runner, resolved
from ripeness.theory.tables_of_theory import (
    A_FIRST,
    D_FIRST,
    Exit,
    Ladder,
    Row,
    chain_builder,
    play,
    settling,
    shares_on_grid,
    values_at_start,
)

Float = NDArray[np.float64]
LONG = 2000
"""Periods after which a fight to the finish is over but for rounding."""


def _walk(n_forts: int, p: float, rows: list[Row], top: list[float]) -> TableBuilder:
    """A random walk on 0 .. n_forts that ends at both ends, worth 0 and `top`."""
    n_states = n_forts + 1
    exits = [Exit("top", np.eye(n_states)[-1], top), Exit("bottom", np.eye(n_states)[0], [0.0] * len(top))]
    return chain_builder(n_states, LONG, rows, {1: p, -1: 1.0 - p}, exits)


def fight_to_the_finish(case: Case, at: Resolution | None) -> Measured:
    """4.1 No offers; the chance of winning and the number of battles are passive rows of the same game."""
    n_forts, p = case.count("N"), case.number("p")
    delta, cost = case.number("delta"), case.number("c_A")
    rows = [Row(delta, -cost), Row(1.0), Row(1.0, 1.0)]
    solution = play(_walk(n_forts, p, rows, [1.0, 1.0, 0.0]).finish())
    keys = ("value_A", "win_prob_A", "mean_battles")
    exact = (
        closed.fight_to_the_finish(n_forts, p, delta, cost),
        closed.top_probability(n_forts, p),
        closed.mean_battles(n_forts, p),
    )
    return Measured(
        game={key: values_at_start(solution, row).tolist() for row, key in enumerate(keys)},
        formula={key: value.tolist() for key, value in zip(keys, exact, strict=True)},
    )


def first_passage(case: Case, at: Resolution | None) -> Measured:
    """10.5 The whole distribution of the end of a walk, by the exact forward pass."""
    n_points, start, p = case.count("N"), case.count("z"), case.number("p")
    builder = _walk(n_points, p, [Row(1.0), Row(1.0)], [1.0, 1.0])
    builder.initial = np.eye(n_points + 1)[start]
    passed = propagate(play(builder.finish()), threads=1)
    ended, still_open = passed.ended, passed.open
    steps = np.arange(1, LONG + 1)
    density = ended.sum(axis=1)
    mean = float(steps @ density)
    over = np.cumsum(density)
    # Mass returns to the same forts every second step; long after the start only the slowest mode is left.
    late = 300
    bottom = attrition.first_passage_at_bottom(n_points, start, p, 12)
    top = attrition.first_passage_at_bottom(n_points, n_points - start, 1.0 - p, 12)
    return Measured(
        game={
            "pmf_at_0_n1_to_12": ended[:12, 1].tolist(),
            "pmf_at_N_n1_to_12": ended[:12, 0].tolist(),
            "mean": mean,
            "variance": float((steps - mean) ** 2 @ density),
            "median": int(steps[np.argmax(over >= 0.5 - 1e-12)]),
            "tail_rate_per_step": float((still_open[late + 2] / still_open[late]) ** 0.5),
            "prob_end_at_N": float(ended[:, 0].sum()),
        },
        formula={
            "pmf_at_0_n1_to_12": bottom.tolist(),
            "pmf_at_N_n1_to_12": top.tolist(),
            "mean": float(closed.mean_battles(n_points, p)[start]),
            "tail_rate_per_step": attrition.first_passage_tail(n_points, p),
            "prob_end_at_N": float(closed.top_probability(n_points, p)[start]),
        },
    )


def _ladder(case: Case) -> tuple[Ladder, float, tuple[float, float]]:
    p, delta = case.number("p"), case.number("delta")
    cost = (case.number("c_A"), case.number("c_D"))
    return Ladder(case.count("N"), (p, p), (delta, delta), cost), delta, cost


def one_side_offers(case: Case, at: Resolution | None) -> Measured:
    """4.2 A makes all offers; after the horizon live forts are worth the closed form."""
    at = resolved(at)
    ladder, delta, cost = _ladder(case)
    exact = closed.terms_when_one_side_offers(ladder.n_forts, ladder.win_probability[0], delta, cost[1])
    builder = ladder.builder(
        case.horizon(400),
        shares=shares_on_grid(at),
        recognition=((1.0, 0.0),),
        precision=at.precision,
        terminal=(exact, 1.0 - exact),
    )
    found = values_at_start(play(builder.finish()), 0)[1:-1].tolist()
    return Measured(game={"A_share_by_fort": found, "x": found}, formula={"A_share_by_fort": exact[1:-1].tolist()})


def random_offers(case: Case, at: Resolution | None) -> Measured:
    """4.3 A random side offers at every fort."""
    at = resolved(at)
    ladder, delta, cost = _ladder(case)
    rho = case.number("rho_A")
    builder = ladder.builder(
        case.horizon(400),
        shares=shares_on_grid(at),
        recognition=((rho, 1.0 - rho),),
        precision=at.precision,
    )
    found = values_at_start(play(builder.finish()), 0)[1:-1].tolist()
    exact = closed.value_under_random_offers(ladder.n_forts, ladder.win_probability[0], delta, *cost, rho)
    return Measured(
        game={"A_value_by_fort": found, "x": found},
        formula={"A_value_by_fort": exact[1:-1].tolist(), "kappa": closed.shifted_cost(delta, *cost, rho)},
    )


def alternating_with_battles(case: Case, at: Resolution | None) -> Measured:
    """4.4 Alternating offers, a battle after each rejection."""
    at = resolved(at)
    ladder, delta, cost = _ladder(case)
    found = []
    for recognition in (A_FIRST, D_FIRST):
        builder = ladder.builder(
            case.horizon(301), shares=shares_on_grid(at), recognition=recognition, precision=at.precision
        )
        found.append(values_at_start(play(builder.finish()), 0)[1:-1].tolist())
    exact = closed.shares_under_alternating_offers(ladder.n_forts, ladder.win_probability[0], delta, *cost)
    return Measured(
        game={"A_share_when_A_proposes": found[0], "a": found[0], "A_share_when_D_proposes": found[1]},
        formula={
            "A_share_when_A_proposes": exact[0].tolist(),
            "A_share_when_D_proposes": exact[1].tolist(),
        },
    )


def resource_race(case: Case, at: Resolution | None) -> Measured:
    """4.5 States are pairs of what is left, laid out on one axis; each battle takes one unit from one side."""
    a, d, p = case.count("r_A"), case.count("r_D"), case.number("p")
    left_a, left_d = (grid.ravel() for grid in np.meshgrid(np.arange(a + 1), np.arange(d + 1), indexing="ij"))
    fighting = (left_a > 0) & (left_d > 0)
    won, lost = (left_a > 0) & (left_d == 0), left_a == 0
    exits = [
        Exit("A wins", won.astype(float), (1.0, 0.0)),
        Exit("D wins", lost.astype(float), (0.0, 0.0)),
    ]
    steps = {-1: p * fighting, -(d + 1): (1.0 - p) * fighting}
    builder = chain_builder(left_a.size, a + d, [Row(1.0), Row(1.0, 1.0)], steps, exits)
    solution = play(builder.finish())
    return Measured(
        game={
            "win_prob_A": float(values_at_start(solution, 0)[-1]),
            "mean_battles": float(values_at_start(solution, 1)[-1]),
        },
        formula={"win_prob_A": closed.race_win_probability(a, d, p)},
    )


def learning_from_battles(case: Case, at: Resolution | None) -> Measured:
    """4.7 Two observers with different priors see the same battles."""
    out: dict[str, Any] = {}
    for won, lost in case["wins_losses"]:
        out[f"w{won}_l{lost}"] = [
            learning.belief_after_battles(prior, case.number("p_H"), case.number("p_L"), int(won), int(lost))
            for prior in case.numbers("priors")
        ]
    return Measured(formula=out)


def different_odds_believed(case: Case, at: Resolution | None) -> Measured:
    """4.8 Each side's values move by its own odds; offers may be any share, and an indifferent side accepts."""
    n_forts, rho, delta = case.count("N"), case.number("rho_A"), case.number("delta")
    ladder = Ladder(
        n_forts,
        (case.number("p_believed_by_A"), case.number("p_believed_by_D")),
        (delta, delta),
        (case.number("c_A"), case.number("c_D")),
    )
    one_period = partial(_ladder_period, ladder, ((rho, 1.0 - rho),))
    ends = np.zeros((2, n_forts + 1))
    ends[:, 0], ends[:, -1] = ladder.at_bottom, ladder.at_top
    values, decided = solve_continuous_offers(one_period, ends, 400)
    surplus = 1.0 - decided.continuation[0].sum(axis=0)
    settles = settling(decided)
    return Measured(
        game={
            "value_A": values[0].tolist(),
            "value_D": values[1].tolist(),
            "surplus": surplus[1:-1].tolist(),
            "fight_forts": [n for n in range(1, n_forts) if settles[n] < 0.5],
        }
    )


def _ladder_period(ladder: Ladder, recognition: tuple[tuple[float, float], ...], offers: Float) -> TableBuilder:
    return ladder.builder(1, shares=offers, recognition=recognition)


RUNNERS = {
    "forts": Runner(fight_to_the_finish),
    "ruin_pmf": Runner(first_passage),
    "forts_tioli": Runner(one_side_offers),
    "forts_random": Runner(random_offers),
    "slantchev_alt": Runner(alternating_with_battles),
    "race": Runner(resource_race),
    "learning": Runner(learning_from_battles, because="a belief filter, without a decision"),
    "optimism": Runner(different_odds_believed),
}

"""Runners of theory II.2.2, II.3.2 and II.4.6: one offer to a side whose strength is not known."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from ripeness.game.tables import TableBuilder
from ripeness.theory import risk_return as closed
from ripeness.theory.case import Case, Resolution
from ripeness.theory.played import Played, at_belief
from ripeness.theory.runner import Measured, Runner, resolved
from ripeness.theory.tables_of_theory import (
    A_FIRST,
    D_FIRST,
    add_even_beliefs,
    add_sure_beliefs,
    cell_midpoints,
    pie_builder,
    shares_on_grid,
)

LOGIT_ACCEPTANCE = 50.0
"""Precision of the responders in `logit50_mean_acceptance_at_x_star`."""
BELIEF_STEPS = 100


def _one_offer_to_many(
    case: Case, shares: Sequence[float], precision: float, costs: Sequence[float], informed: int
) -> TableBuilder:
    """The other side makes one offer to a side with one type for each cost of war; a rejection is the war lottery."""
    p, n = case.number("p"), len(costs)
    if informed == 1:
        flow = [p - case.number("c_A"), *(1.0 - p - cost for cost in costs)]
    else:
        flow = [*(p - cost for cost in costs), 1.0 - p - case.number("c_D")]
    builder = pie_builder(
        shares,
        1,
        (1.0,) * (n + 1),
        recognition=(D_FIRST if informed == 0 else A_FIRST)[:1],
        flow=flow,
        precision=precision,
        types=(n, 1, 1) if informed == 0 else (1, n, 1),
    )
    add_sure_beliefs(builder, informed, [1.0 / n] * n)
    return builder


def fearon_risk_return(case: Case, at: Resolution | None) -> Measured:
    """2.2 A demands of a D with private cost of war; "none" has A fight. Offers are read off as their mean."""
    at = resolved(at)
    low, high, p = case.number("lo"), case.number("hi"), case.number("p")
    exact = closed.demand_under_risk(p, case.number("c_A"), low, high)
    costs = cell_midpoints(low, high, case.count("K_types")).tolist()
    shares = shares_on_grid(at)
    played = Played.of(_one_offer_to_many(case, shares.tolist(), at.precision, costs, informed=1))
    offered = played.offer(0)[:-1]
    demand = float(offered @ shares / offered.sum())

    logit = _one_offer_to_many(case, [exact.share_a], math.inf, costs, informed=1)
    logit.precision_response = np.full(2, LOGIT_ACCEPTANCE)
    logit.offer_weight[:, -1] = 0.0
    return Measured(
        game={
            "x_star": demand,
            "cutoff_cost": demand - p,
            "prob_war": 1.0 - played.settles,
            "value_A": played.value(0),
            "logit50_mean_acceptance_at_x_star": Played.of(logit).settles,
        },
        formula={
            "x_star": exact.share_a,
            "cutoff_cost": exact.cutoff_cost,
            "prob_war": exact.war_probability,
            "value_A": exact.proposer_value,
            "logit50_mean_acceptance_at_x_star": closed.mean_logit_acceptance(
                LOGIT_ACCEPTANCE, exact.cutoff_cost, low, high
            ),
        },
    )


def _flat_at_the_best(case: Case, bound: float) -> float:
    """An offer that costs `bound` in value may be off by its root: the value is a parabola of width high - low."""
    return math.sqrt(bound * (case.number("hi") - case.number("lo")))


def powell_status_quo(case: Case, at: Resolution | None) -> Measured:
    """3.2 A satisfied D offers; types at midpoints of 200 cells, offers at their borders, no noise.

    At the borders the value is that of the uniform distribution, so the best offer is too if it is one of them.
    """
    low, high, p, q = case.number("lo"), case.number("hi"), case.number("p"), case.number("q")
    exact = closed.offer_above_status_quo(p, q, case.number("c_D"), low, high)
    borders = p - np.linspace(low, high, 201)
    shares = np.unique(np.append(borders[borders > q], q))
    costs = cell_midpoints(low, high, 200).tolist()
    played = Played.of(_one_offer_to_many(case, shares.tolist(), math.inf, costs, informed=0))
    offered = played.offer(1)[:-1]
    return Measured(
        game={
            "x_star": float(offered @ shares / offered.sum()),
            "prob_war": 1.0 - played.settles,
            "value_D": played.value(len(costs)),
        },
        formula={"x_star": exact.share_a, "prob_war": exact.war_probability, "value_D": exact.proposer_value},
    )


def strength(case: Case, at: Resolution | None) -> Measured:
    """4.6 One decisive battle against a weak or strong D; one solution holds every belief of A."""
    at = resolved(at)
    weak, strong = case.number("p_weak"), case.number("p_strong")
    cost_a, cost_d = case.number("c_A"), case.number("c_D")
    shares = shares_on_grid(at)
    builder = pie_builder(
        shares,
        1,
        (1.0, 1.0, 1.0),
        recognition=A_FIRST[:1],
        flow=(0.0, 1.0 - weak - cost_d, 1.0 - strong - cost_d),
        precision=at.precision,
        types=(1, 2, 1),
    )
    for kind, win in enumerate((weak, strong)):
        builder.set_flow_lump(win - cost_a, 0, profile=kind)
    add_even_beliefs(builder, 1, BELIEF_STEPS, 0.5)
    played = Played.of(builder)
    believed_weak = played.beliefs[:, 0]
    game: dict[str, float] = {"mu_cutoff": _where_demands_jump(played, shares, believed_weak, weak, strong, cost_d)}
    formula: dict[str, float] = {"mu_cutoff": closed.gamble_on_weakness(0.5, weak, strong, cost_a, cost_d).weak_cutoff}
    for name in case.expected:
        if found := re.fullmatch(r"(value_A|prob_war)_mu_(\d+)_(\d+)", name):
            mu = float(f"{found[2]}.{found[3]}")
            exact = closed.gamble_on_weakness(mu, weak, strong, cost_a, cost_d)
            formula[name] = exact.value_a if found[1] == "value_A" else exact.war_probability
            by_belief = played.value_by_node(0) if found[1] == "value_A" else 1.0 - played.settles_by_node()
            game[name] = at_belief(mu, believed_weak, by_belief)
    return Measured(game, formula)


def _where_demands_jump(
    played: Played, shares: np.ndarray, believed_weak: np.ndarray, weak: float, strong: float, cost_d: float
) -> float:
    """Belief in weakness at which half of all demands are more than midway from the strong's limit to the weak's."""
    midway = 0.5 * (weak + strong) + cost_d
    offered = played.offer_by_node(0)[:-1]
    bold = offered[shares > midway].sum(axis=0) / offered.sum(axis=0)
    order = np.argsort(believed_weak)
    first = int(np.argmax(bold[order] >= 0.5))
    before, after = order[first - 1], order[first]
    part = (0.5 - bold[before]) / (bold[after] - bold[before])
    return float(believed_weak[before] + part * (believed_weak[after] - believed_weak[before]))


RUNNERS = {
    "fearon_risk_return": Runner(
        fearon_risk_return,
        wider={"x_star": _flat_at_the_best, "cutoff_cost": _flat_at_the_best, "prob_war": _flat_at_the_best},
    ),
    "powell_status_quo": Runner(powell_status_quo),
    "fw_cutoff": Runner(strength, wider={"mu_cutoff": lambda case, bound: 4.0 * bound}),
}

"""Runners of theory II.11: bargaining solutions, which are rules and not games."""

from __future__ import annotations

import math

import numpy as np

from ripeness import deals
from ripeness.theory.case import Case, Resolution
from ripeness.theory.runner import Measured, Runner


def concave_frontier(case: Case, at: Resolution | None) -> Measured:
    """11.1 u_A = sqrt(x), u_D = k (1 - x)."""
    k, weight = case.number("k"), case.number("weight_A")
    frontier = deals.Frontier(math.sqrt, lambda x: k * (1.0 - x))
    return Measured(
        formula={
            "nash_sym_x": deals.nash_on_frontier(frontier),
            "nash_weighted_x": deals.nash_on_frontier(frontier, weight_first=weight),
            "ks_x": deals.kalai_smorodinsky_on_frontier(frontier),
            "egalitarian_x": deals.egalitarian_on_frontier(frontier),
            "utilitarian_x": deals.utilitarian_on_frontier(frontier),
        }
    )


def polygon(case: Case, at: Resolution | None) -> Measured:
    """11.2 Lotteries over a few packages."""
    vertices = np.array(case["vertices"], np.float64)
    return Measured(
        formula={
            "nash": deals.nash_with_lotteries(vertices).tolist(),
            "kalai_smorodinsky": deals.kalai_smorodinsky_with_lotteries(vertices).tolist(),
            "egalitarian": deals.egalitarian_with_lotteries(vertices).tolist(),
            "utilitarian": deals.utilitarian_with_lotteries(vertices).tolist(),
            "nash_on_vertices_only": vertices[deals.nash_package(vertices)].tolist(),
        }
    )


def transferable_pie(case: Case, at: Resolution | None) -> Measured:
    """11.3 A pie of one that can be handed around."""
    d, weights = case.numbers("d"), case.numbers("weights")
    return Measured(
        formula={
            "nash_sym": deals.nash_split(d).tolist(),
            "nash_weighted": deals.nash_split(d, weights).tolist(),
            "kalai_smorodinsky": deals.kalai_smorodinsky_split(d).tolist(),
            "egalitarian": deals.egalitarian_split(d).tolist(),
        }
    )


def ellipsoid(case: Case, at: Resolution | None) -> Measured:
    """11.4 n parties on an ellipsoid."""
    a = case.numbers("a")
    return Measured(
        formula={
            "nash": deals.nash_on_ellipsoid(a).tolist(),
            "kalai_smorodinsky": deals.kalai_smorodinsky_on_ellipsoid(a).tolist(),
            "egalitarian": deals.egalitarian_on_ellipsoid(a).tolist(),
            "utilitarian": deals.utilitarian_on_ellipsoid(a).tolist(),
        }
    )


RULE = "a rule that picks an agreement, not a game"

RUNNERS = {
    "solutions_concave": Runner(concave_frontier, because=RULE),
    "solutions_polygon": Runner(polygon, because=RULE),
    "n_party_tu": Runner(transferable_pie, because=RULE),
    "n_party_ellipsoid": Runner(ellipsoid, because=RULE),
}

"""What every option of a plan is worth to every party: given as a number or elicited, less costs over time.

A cost c that lasts from year s for n years takes c ((1+r)^-s - (1+r)^-(s+n)) off a worth that is held for ever, with r
the party's yearly discount rate; a cost for ever takes off c.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ripeness.scenario.elicitation import (
    Compared,
    Float,
    centroid_weights,
    compared_weights,
    even_scores,
    rank_bounds,
)
from ripeness.scenario.quantity import Citation, Quantity

if TYPE_CHECKING:
    from ripeness.scenario.plan import Comparison, Cost, Elicitation, PlanSection

CENTRAL = 1.645
"""Standard deviations around the mean that hold 90% of a normal distribution."""

FEW_PAIRS = 10
"""Comparisons whose ranges are taken in all combinations of their ends."""

Choice = tuple[str, str, str]
"""Point, option, party."""


class Worth(NamedTuple):
    """What an option is worth to a party.

    Attributes:
        low, high: ends of the range; equal to the value where none is given.
        why: where the number comes from, in a few words.
    """

    value: float
    low: float
    high: float
    why: str
    cites: tuple[Citation, ...]


class Answer(NamedTuple):
    """One elicited number, before it is multiplied.

    Attributes:
        why: what was answered.
    """

    value: float
    low: float
    high: float
    why: str
    cites: tuple[Citation, ...]


def worths_of(plan: PlanSection) -> Mapping[Choice, Worth]:
    """By (point, option, party); a choice for which the plan has no number is left out."""
    weights = {name: weights_of(party.elicited, plan) for name, party in plan.parties.items() if party.elicited}
    found: dict[Choice, Worth] = {}
    for point_name, point in plan.points.items():
        for name, party in plan.parties.items():
            scores = scores_of(party.elicited, plan, point_name) if party.elicited else {}
            for option_name, option in point.options.items():
                worth = None
                if name in option.worth:
                    worth = _given(option.worth[name], option.note)
                elif option_name in scores and point_name in weights[name]:
                    worth = _product(weights[name][point_name], scores[option_name])
                if worth is not None and name in option.costs:
                    worth = _less(worth, option.costs[name], float(party.discount_yearly))
                if worth is not None:
                    found[point_name, option_name, name] = worth
    return found


def weights_of(asked: Elicitation, plan: PlanSection) -> dict[str, Answer]:
    """Weight of each point, summing to one, with its range."""
    names = list(plan.points)
    if asked.weights_ranked:
        low, high = rank_bounds(len(asked.weights_ranked))
        values = centroid_weights(len(asked.weights_ranked))
        return {
            name: Answer(float(values[k]), float(low[k]), float(high[k]), f"point ranked {k + 1} of {values.size}", ())
            for k, name in enumerate(asked.weights_ranked)
        }
    if asked.weights_compared:
        return _from_pairs(names, asked.weights_compared, "weight")
    total = sum(float(each) for each in asked.weights.values()) or 1.0
    ends = {name: _ends(each) for name, each in asked.weights.items()}
    found = {}
    for name, said in asked.weights.items():
        bottom, top = ends[name]
        least, most = (sum(end[side] for other, end in ends.items() if other != name) for side in (0, 1))
        found[name] = Answer(
            float(said) / total,
            bottom / (bottom + most) if bottom > 0.0 else 0.0,
            top / (top + least) if top > 0.0 else 0.0,
            f"weight {float(said):g} of {total:g}{_noted(said)}",
            said.cites,
        )
    return found


def scores_of(asked: Elicitation, plan: PlanSection, point: str) -> dict[str, Answer]:
    """Score of each option of a point, 0 to 1, with its range."""
    if point in asked.scores_ranked:
        ranked = asked.scores_ranked[point]
        values, last = even_scores(len(ranked)), len(ranked) - 1
        return {
            name: Answer(
                float(values[k]),
                1.0 if k == 0 else 0.0,
                0.0 if k == last and last > 0 else 1.0,
                f"option ranked {k + 1} of {values.size}",
                (),
            )
            for k, name in enumerate(ranked)
        }
    if point in asked.scores_compared:
        found = _from_pairs(list(plan.points[point].options), asked.scores_compared[point], "score")
        best = max(each.value for each in found.values())
        return {
            name: each._replace(value=each.value / best, low=min(each.low / best, 1.0), high=min(each.high / best, 1.0))
            for name, each in found.items()
        }
    scores = asked.scores.get(point, {})
    return {
        name: Answer(
            float(said) / 100.0, _ends(said)[0] / 100.0, _ends(said)[1] / 100.0,
            f"score {float(said):g} of 100{_noted(said)}", said.cites,
        )
        for name, said in scores.items()
    }  # fmt: skip


def comparisons_of(names: Sequence[str], said: Sequence[Comparison]) -> Compared:
    """Weights of the things named, from comparisons, with their consistency."""
    return compared_weights(len(names), pairs_of(names, said), [float(each.times) for each in said])


def pairs_of(names: Sequence[str], said: Sequence[Comparison]) -> list[tuple[int, int]]:
    """Positions of what each comparison compares."""
    places = {name: place for place, name in enumerate(names)}
    return [(places[each.better], places[each.than]) for each in said]


def taken_off(cost: Cost, rate_yearly: float) -> float:
    """What a cost over time takes off a worth that is held for ever."""
    return _taken_off(float(cost.while_borne), float(cost.years), float(cost.from_year), rate_yearly)


def _taken_off(amount: float, years: float, start: float, rate_yearly: float) -> float:
    return amount * float((1.0 + rate_yearly) ** -start - (1.0 + rate_yearly) ** -(start + years))


def _from_pairs(names: Sequence[str], said: Sequence[Comparison], what: str) -> dict[str, Answer]:
    """Weights from comparisons, with the range that the answers' own ranges leave them."""
    pairs = pairs_of(names, said)
    values = comparisons_of(names, said)
    ends = np.log([[max(end, 1e-9) for end in _ends(each.times)] for each in said])
    low, high = _reach_of_pairs(len(names), pairs, ends)
    index = f"inconsistency {values.inconsistency:.2g}" if len(pairs) >= len(names) else "no comparison to spare"
    cites = tuple(cite for each in said for cite in each.times.cites)
    return {
        name: Answer(
            float(values.weights[k]), float(low[k]), float(high[k]), f"{what} from {len(said)} comparisons, {index}",
            cites,
        )
        for k, name in enumerate(names)
    }  # fmt: skip


def _reach_of_pairs(n: int, pairs: Sequence[tuple[int, int]], ends: Float) -> tuple[Float, Float]:
    """Least and greatest weight of each thing with every answer at an end of its range.

    All combinations of ends where there are few; where there are many, for each thing the combination in which every
    answer is at the end to which that thing's weight rises, or falls, at first.

    Args:
        ends: logarithms (pairs, 2).
    """
    design = np.zeros((len(pairs), n))
    for row, (better, than) in enumerate(pairs):
        design[row, better] += 1.0
        design[row, than] -= 1.0
    effect = np.linalg.pinv(design)  # (things, pairs): of each answer's logarithm on each log weight
    if len(pairs) <= FEW_PAIRS:
        corners = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, len(pairs))
    else:
        middle = np.exp(effect @ ends.mean(axis=1))
        slope = effect - (middle / middle.sum()) @ effect
        up, down = (np.where(side, ends[:, 1], ends[:, 0]) for side in (slope >= 0.0, slope < 0.0))
        corners = np.concatenate([up, down])
    weights = np.exp(corners @ effect.T)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights.min(axis=0), weights.max(axis=0)


def _given(said: Quantity, note: str) -> Worth:
    low, high = _ends(said)
    return Worth(float(said), low, high, said.note or note, said.cites)


def _product(weight: Answer, score: Answer) -> Worth:
    why = f"{weight.why}; {score.why}"
    low, high = weight.low * score.low, weight.high * score.high
    value = weight.value * score.value
    return Worth(value, min(low, value), max(high, value), why, (*weight.cites, *score.cites))


def _less(worth: Worth, cost: Cost, rate_yearly: float) -> Worth:
    value = taken_off(cost, rate_yearly)
    corners = [
        _taken_off(amount, years, start, rate_yearly)
        for amount in _ends(cost.while_borne)
        for years in _ends(cost.years)
        for start in _ends(cost.from_year)
    ]
    said = f"less a cost over {float(cost.years):g} years worth {value:.4g}"
    why = "; ".join(each for each in (worth.why, said) if each)
    cites = (*worth.cites, *cost.while_borne.cites, *cost.years.cites)
    return Worth(worth.value - value, worth.low - max(corners), worth.high - min(corners), why, cites)


def _ends(said: Quantity) -> tuple[float, float]:
    """Range that the number itself states; of a prior its ends, or the central 90% where it has none; else twice it."""
    if said.range is not None:
        return float(said.range[0]), float(said.range[1])
    if said.prior is None:
        return float(said), float(said)
    parameters = said.prior.parameters
    if said.prior.kind == "normal":
        return parameters[0] - CENTRAL * parameters[1], parameters[0] + CENTRAL * parameters[1]
    if said.prior.kind == "lognormal":
        low, high = (parameters[1] + parameters[2] * float(np.exp(z * parameters[0])) for z in (-CENTRAL, CENTRAL))
        return low, high
    return said.prior.support


def _noted(said: Quantity) -> str:
    return f" ({said.note})" if said.note else ""

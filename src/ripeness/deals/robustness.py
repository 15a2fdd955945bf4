"""How often a package stays acceptable when worths and reservations move over their ranges.

Each draw takes every number that has a range uniformly from it (or from its prior), all independently; a party whose
worths are elicited has its answers drawn instead, so that one weight moves all options of its point together: rankings
uniformly over all weights or scores in that order, comparisons log-uniformly. Numbers without a range stay. Conditions
and red lines do not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.plan import PlanSection
from ripeness.deals.problem import UNIT, Pattern, meets, problem_of
from ripeness.scenario.elicitation import drawn_ranking, drawn_scores
from ripeness.scenario.plan import Comparison, Elicitation
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.worths import pairs_of, taken_off

Float = NDArray[np.float64]

ROUNDING = 0.5 / UNIT
"""Worths are counted in millionths; a draw that falls short by less is not short."""

MOST_PAIRS = 3_000
"""Changes of two points at once that the search for the package most often acceptable tries, at most."""


@dataclass(frozen=True)
class Draws:
    """Worths drawn from their ranges.

    Attributes:
        worth: for each point (draws, options, parties).
        rewards: for each pattern that adds worth (draws, parties); None for one that is forbidden.
        reservation: (draws, parties).
    """

    parties: tuple[str, ...]
    worth: tuple[Float, ...]
    patterns: tuple[Pattern, ...]
    rewards: tuple[Float | None, ...]
    reservation: Float

    def gain(self, package: Sequence[int]) -> Float:
        """Gain over the reservation in every draw, (draws, parties)."""
        total = -self.reservation
        for worth, option in zip(self.worth, package, strict=True):
            total = total + worth[:, option]
        for pattern, reward in zip(self.patterns, self.rewards, strict=True):
            if reward is not None and meets(pattern, package):
                total = total + reward
        return total

    def possible(self, package: Sequence[int]) -> bool:
        """Whether a package keeps the conditions."""
        return not any(each.worth is None and meets(each, package) for each in self.patterns)


@dataclass(frozen=True)
class Stays:
    """How often a package is acceptable.

    Attributes:
        label: name of the draft, of the rule that picks it, or `most often acceptable`.
        share: of the draws in which all who must sign would; `by_party` each by itself, red lines included.
    """

    label: str
    options: dict[str, str]
    share: float
    by_party: dict[str, float]


def draw(plan: PlanSection, parties: Sequence[str], n_draws: int, seed: int) -> Draws:
    """Worths and reservations of some parties, drawn from their ranges; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    by_party = [_worths(rng, plan, party, n_draws) for party in parties]
    worth = tuple(np.stack([each[k] for each in by_party], axis=2) for k in range(len(plan.points)))
    reservation = np.stack([_drawn(rng, plan.parties[party].reservation, n_draws) for party in parties], axis=1)
    patterns = problem_of(plan, tuple(parties)).patterns
    together = iter(plan.conditions.together)
    rewards = tuple(
        None if each.worth is None else _reward(rng, next(together).worth, parties, n_draws) for each in patterns
    )
    return Draws(tuple(parties), worth, patterns, rewards, reservation)


def stays(plan: PlanSection, draws: Draws, label: str, package: Sequence[int]) -> Stays:
    """How often a package is acceptable, to all and to each."""
    options = {
        name: list(point.options)[option] for (name, point), option in zip(plan.points.items(), package, strict=True)
    }
    crossed = {party for name, option in options.items() for party in plan.points[name].options[option].red_line_of}
    free = np.array([party not in crossed for party in draws.parties])
    signs = (draws.gain(package) >= -ROUNDING) & free
    share = float(signs.all(axis=1).mean()) if draws.possible(package) else 0.0
    by_party = {party: float(signs[:, k].mean()) for k, party in enumerate(draws.parties)}
    return Stays(label, options, share, by_party)


def most_often(plan: PlanSection, draws: Draws, starts: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """A package that is acceptable in the most draws, found by changing one point, then two, from several starts.

    It is the best that was found, not proven to be the best there is. None where no start keeps conditions and red
    lines.
    """
    problem = problem_of(plan, draws.parties)
    allowed = [np.flatnonzero(each).tolist() for each in problem.allowed]

    best: tuple[Merit, tuple[int, ...]] | None = None
    for start in dict.fromkeys(tuple(map(int, each)) for each in starts):
        if any(option not in allowed[k] for k, option in enumerate(start)) or not draws.possible(start):
            continue
        here, value = start, _merit(draws.gain(start))
        while True:
            found = _better(draws, here, value, allowed, 1) or _better(draws, here, value, allowed, 2)
            if found is None:
                break
            value, here = found
        if best is None or value > best[0]:
            best = value, here
    return None if best is None else best[1]


Merit = tuple[float, float]
"""Share of the draws in which nobody falls short; then, how far the one who falls shortest does, on average."""


def _merit(gain: Float) -> Merit:
    least = gain[:, 0]
    for column in range(1, gain.shape[1]):
        least = np.minimum(least, gain[:, column])
    return float(np.count_nonzero(least >= -ROUNDING)) / least.size, float(np.minimum(least, 0.0).mean())


def _better(
    draws: Draws, package: tuple[int, ...], value: Merit, allowed: list[list[int]], n_changes: int
) -> tuple[Merit, tuple[int, ...]] | None:
    """The best package with so many points changed, if it is better; None also where there are too many to try."""
    single = [(k, option) for k, options in enumerate(allowed) for option in options if option != package[k]]
    changes = [each for each in combinations(single, n_changes) if len({k for k, _ in each}) == n_changes]
    if n_changes > 1 and len(changes) > MOST_PAIRS:
        return None
    rewarded = [
        (each, reward) for each, reward in zip(draws.patterns, draws.rewards, strict=True) if reward is not None
    ]
    alone = draws.gain(package)
    for pattern, reward in rewarded:
        if meets(pattern, package):
            alone = alone - reward
    moved = {(k, option): draws.worth[k][:, option] - draws.worth[k][:, package[k]] for k, option in single}
    best = None
    for change in changes:
        new = list(package)
        for k, option in change:
            new[k] = option
        if not draws.possible(new):
            continue
        gain = alone
        for each in change:
            gain = gain + moved[each]
        for pattern, reward in rewarded:
            if meets(pattern, new):
                gain = gain + reward
        merit = _merit(gain)
        if merit > value:
            value, best = merit, tuple(new)
    return None if best is None else (value, best)


def _worths(rng: np.random.Generator, plan: PlanSection, party: str, n: int) -> list[Float]:
    """For each point (draws, options)."""
    asked = plan.parties[party].elicited
    weights = _weights(rng, asked, list(plan.points), n) if asked is not None else {}
    rate = float(plan.parties[party].discount_yearly)
    found = []
    for name, point in plan.points.items():
        if asked is not None:
            columns = _scores(rng, asked, name, list(point.options), n) * weights[name][:, None]
        else:
            columns = np.stack([_drawn(rng, option.worth[party], n) for option in point.options.values()], axis=1)
        for k, option in enumerate(point.options.values()):
            if party in option.costs:
                cost = option.costs[party]
                unit = taken_off(cost.model_copy(update={"while_borne": Quantity(1.0)}), rate)
                columns[:, k] -= _drawn(rng, cost.while_borne, n) * unit
        found.append(columns)
    return found


def _weights(rng: np.random.Generator, asked: Elicitation, points: list[str], n: int) -> dict[str, Float]:
    if asked.weights_ranked:
        drawn = drawn_ranking(rng, len(asked.weights_ranked), n)
        return {name: drawn[:, k] for k, name in enumerate(asked.weights_ranked)}
    if asked.weights_compared:
        drawn = _from_pairs(rng, points, asked.weights_compared, n)
        drawn /= drawn.sum(axis=1, keepdims=True)
    else:
        drawn = np.stack([_drawn(rng, asked.weights[name], n) for name in points], axis=1)
        drawn /= np.maximum(drawn.sum(axis=1, keepdims=True), 1e-12)
    return {name: drawn[:, k] for k, name in enumerate(points)}


def _scores(rng: np.random.Generator, asked: Elicitation, point: str, options: list[str], n: int) -> Float:
    if point in asked.scores_ranked:
        ranked = asked.scores_ranked[point]
        drawn = drawn_scores(rng, len(ranked), n) if len(ranked) > 1 else np.ones((n, 1))
        return np.stack([drawn[:, ranked.index(name)] for name in options], axis=1)
    if point in asked.scores_compared:
        drawn = _from_pairs(rng, options, asked.scores_compared[point], n)
        return np.asarray(drawn / drawn.max(axis=1, keepdims=True))
    return np.stack([_drawn(rng, asked.scores[point][name], n) / 100.0 for name in options], axis=1)


def _from_pairs(rng: np.random.Generator, names: list[str], said: Sequence[Comparison], n: int) -> Float:
    """Weights up to scale, (draws, things)."""
    design = np.zeros((len(said), len(names)))
    for row, (better, than) in enumerate(pairs_of(names, said)):
        design[row, better] += 1.0
        design[row, than] -= 1.0
    logs = []
    for each in said:
        if each.times.range is not None and each.times.range[0] > 0.0:
            low, high = np.log(each.times.range)
            logs.append(rng.uniform(low, high, n))
        else:
            logs.append(np.full(n, np.log(float(each.times))))
    return np.exp(np.stack(logs, axis=1) @ np.linalg.pinv(design).T)


def _reward(rng: np.random.Generator, worth: dict[str, Quantity], parties: Sequence[str], n: int) -> Float:
    columns = [_drawn(rng, worth[party], n) if party in worth else np.zeros(n) for party in parties]
    return np.stack(columns, axis=1)


def _drawn(rng: np.random.Generator, said: Quantity, n: int) -> Float:
    """Draws of a number: from its range or prior, else the number itself."""
    if said.range is not None:
        return rng.uniform(said.range[0], said.range[1], n)
    if said.prior is None:
        return np.full(n, float(said))
    kind, p = said.prior.kind, said.prior.parameters
    if kind == "uniform":
        return rng.uniform(p[0], p[0] + p[1], n)
    if kind == "normal":
        return rng.normal(p[0], p[1], n)
    if kind == "lognormal":
        return np.asarray(p[1] + p[2] * np.exp(p[0] * rng.standard_normal(n)))
    if kind == "triangular":
        return rng.triangular(p[1], p[1] + p[0] * p[2], p[1] + p[2], n)
    loc, scale = (p[2], p[3]) if len(p) == 4 else (0.0, 1.0)
    return np.asarray(loc + scale * rng.beta(p[0], p[1], n))

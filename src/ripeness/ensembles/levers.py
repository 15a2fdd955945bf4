"""Levers over an ensemble: what each does to a measure, alone and in pairs, whom it helps, and what it would take.

Every effect is a difference between two solved games with the same numbers otherwise, draw by draw, so that what both
have in common falls out of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.statistics import spread_of
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import BASE, Variant, When, applied, period_of, variant
from ripeness.mechanisms.base import discount_factor
from ripeness.questions.verdicts import Least, LeverEffect, LeverTable, Reached
from ripeness.scenario.ledger import assumptions
from ripeness.scenario.levers import Lever
from ripeness.scenario.measures import TRUTH, Asked
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario

Float = NDArray[np.float64]
Levers = tuple[Lever, ...]
"""One lever, or two that are used together."""

Extend = Callable[[Sequence[Variant], int], Sweep]
"""Computes variants in the scenario's own numbers and in so many of the first draws."""

STRENGTHS = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""Strengths that are tried before the least one is narrowed down."""
RESOLUTION = 0.005
"""To which the least strength is found."""
ROUNDING = 1e-6
"""Differences below this part come from rounding in float32."""


def lever_variant(lever: Lever, scenario: Scenario, strength: float = 1.0) -> Variant:
    """The scenario under a lever, at full strength or a part of it."""
    since, until = (_period(each, scenario) for each in (lever.from_, lever.until))
    return variant(lever.set, since=since or None, until=until, strength=strength, label=lever.id)


def together(levers: Levers, scenario: Scenario, strength: float = 1.0) -> Variant:
    """The scenario under one lever, or under two."""
    first, *rest = (lever_variant(each, scenario, strength) for each in levers)
    for each in rest:
        first = first + each
    return first


def _period(when: When, scenario: Scenario) -> When:
    """Months from the start as periods; a date as it is."""
    if not isinstance(when, int):
        return when
    return int(when / (12.0 * YEARS_PER_PERIOD[scenario.period]) + 1e-9)


def lever_variants(scenario: Scenario, levers: Sequence[Lever] | None = None) -> tuple[Variant, ...]:
    """The scenario under each of its levers."""
    return tuple(lever_variant(each, scenario) for each in (scenario.levers if levers is None else levers))


def values_asked(scenario: Scenario) -> dict[str, Asked]:
    """What the war is worth to each actor at its start, by role."""
    return {role: Asked("value", of=role) for role in scenario.actors.roles()}


def rank(
    sweep: Sweep, asked: Asked, levers: Sequence[Lever] | None = None, pairs: Sequence[Levers] = (), pair_draws: int = 0
) -> LeverTable:
    """Levers by what they do to a measure, the largest median effect first.

    Args:
        sweep: with the variants of the levers computed.
        levers: None: all of the scenario's.
        pairs: pairs whose variants have been computed in the first `pair_draws` draws.
    """
    chosen = sweep.scenario.levers if levers is None else tuple(levers)
    base, own = sweep.values(asked), sweep.central_value(asked)
    singles = [effect_of(sweep, asked, (each,)) for each in chosen]
    both = [effect_of(sweep, asked, pair, pair_draws) for pair in pairs]
    return LeverTable(
        asked,
        spread_of(base),
        own,
        tuple(sorted(singles, key=_size)),
        tuple(sorted(both, key=_size)),
        sweep.n,
        pair_draws,
    )


def _size(effect: LeverEffect) -> float:
    median = effect.effect.median if effect.effect.n else effect.central
    return -abs(median) if math.isfinite(median) else math.inf


def effect_of(sweep: Sweep, asked: Asked, levers: Levers, draws: int | None = None) -> LeverEffect:
    """What one lever, or a pair, does to a measure and to what the war is worth to each actor.

    Args:
        draws: how many of the first draws have been computed under it; None: all.
    """
    scenario, changed = sweep.scenario, together(levers, sweep.scenario)
    worth = values_asked(scenario)
    questions = [asked, *worth.values()]
    n = sweep.n if draws is None else draws
    before, after = (sweep.values_of(questions, each)[:n] for each in (BASE, changed))
    moved = after - before
    own = np.array([sweep.central_value(q, changed) - sweep.central_value(q) for q in questions])
    interaction, own_interaction = None, math.nan
    if len(levers) == 2:
        alone = [lever_variant(each, scenario) for each in levers]
        parts = [sweep.values(asked, each)[:n] - before[:, 0] for each in alone]
        interaction = spread_of(moved[:, 0] - parts[0] - parts[1])
        own_parts = [sweep.central_value(asked, each) - sweep.central_value(asked) for each in alone]
        own_interaction = float(own[0]) - sum(own_parts)
    failed = (sweep.failed(changed) | sweep.failed())[:n]
    return LeverEffect(
        levers=levers,
        effect=spread_of(moved[:, 0]),
        central=float(own[0]),
        raises=_positive(moved[:, 0], before[:, 0]),
        values={role: spread_of(moved[:, k]) for k, role in enumerate(worth, start=1)},
        central_values={role: float(own[k]) for k, role in enumerate(worth, start=1)},
        helps={role: _positive(moved[:, k], before[:, k]) for k, role in enumerate(worth, start=1)},
        interaction=interaction,
        central_interaction=own_interaction,
        cost=cost_of(sweep, levers),
        failed=int(failed.sum()),
        effects=moved[:, 0],
    )


def _positive(moved: Float, before: Float) -> float:
    """Share of the draws in which something rises; where it does not move, half."""
    known = np.isfinite(moved)
    if not known.any():
        return math.nan
    small = np.abs(moved) <= ROUNDING * np.maximum(1.0, np.abs(before))
    return float(np.where(small, 0.5, moved > 0.0)[known].mean())


def cost_of(sweep: Sweep, levers: Levers) -> dict[str, float]:
    """What levers cost whom, as a share for ever: the stated cost while they last and the war goes on, discounted.

    By the chance that the war is still going on under them in the scenario's own numbers, and at each actor's own rate,
    in the unit of the values of the game: a cost c that lasts for ever is worth c.
    """
    scenario = sweep.scenario
    found: dict[str, float] = {}
    digest = sweep.central(together(levers, scenario))
    if digest is None:
        return found
    horizon, years = digest.facts.horizon, YEARS_PER_PERIOD[scenario.period]
    going_on = np.asarray(digest.seen("open", TRUTH))[:horizon]
    for lever in levers:
        first, last = (_period(each, scenario) for each in (lever.from_, lever.until))
        lasts = slice(
            0 if first is None else period_of(scenario, first), None if last is None else period_of(scenario, last)
        )
        for role, yearly in lever.cost.items():
            rate = float(scenario.actors.roles()[role].discount_yearly)
            weight = _weights(rate, years, horizon)
            found[role] = found.get(role, 0.0) + float(yearly) * float((going_on * weight)[lasts].sum())
    return found


def _weights(rate_yearly: float, years: float, horizon: int) -> Float:
    """(T,) share that a period has in an average over a discounted future: (1 - d) d^t."""
    factor = discount_factor(rate_yearly, years)
    return np.asarray((1.0 - factor) * factor ** np.arange(horizon))


def pairs_of(table: LeverTable, most: int) -> list[Levers]:
    """All pairs of the levers that move the measure most, as long as there are not more than `most` of them."""
    levers = [each.levers[0] for each in table.singles if math.isfinite(_size(each))]
    count = next((k for k in range(len(levers), 1, -1) if math.comb(k, 2) <= most), 0)
    return list(itertools.combinations(levers[:count], 2))


def least_settings(
    sweep: Sweep, asked: Asked, target: float, chosen: Sequence[Levers], extend: Extend, draws: int = 0
) -> tuple[Least, ...]:
    """The least strength of each lever, or pair at a common strength, that takes a measure to a target.

    In the scenario's own numbers eight strengths are solved; between the least one that reaches the target and the one
    before, the bracket is narrowed down. All levers are solved together, a round at a time.

    Args:
        target: to be reached from below where the measure lies below it, from above otherwise.
        draws: in how many draws the same is done with the eight strengths, by straight lines between them.
    """
    scenario, start = sweep.scenario, sweep.central_value(asked)
    up = target > start
    known: list[dict[float, float]] = [{0.0: start} for _ in chosen]

    def solve(wanted: Mapping[int, Sequence[float]], n: int = 0) -> Sweep:
        made = {(k, s): together(chosen[k], scenario, s) for k, strengths in wanted.items() for s in strengths}
        found = extend(list(made.values()), n)
        for (k, s), changed in made.items():
            known[k][s] = found.central_value(asked, changed)
        return found

    solved = solve(dict.fromkeys(range(len(chosen)), STRENGTHS), draws)
    brackets = [_bracket(each, target, up) for each in known]
    while wide := {k: ends for k, ends in enumerate(brackets) if ends and ends[1] - ends[0] > RESOLUTION}:
        solve({k: _narrower(ends, known[k], target) for k, ends in wide.items()})
        for k in wide:
            brackets[k] = _bracket(known[k], target, up)
    answers = []
    for k, levers in enumerate(chosen):
        ends = brackets[k]
        steps = tuple(Reached(s, value) for s, value in sorted(known[k].items()))
        strength = None if ends is None else ends[1]
        answers.append(
            Least(
                levers=levers,
                strength=strength,
                settings={} if strength is None else settings(scenario, levers, strength),
                steps=steps,
                monotone=_monotone([step.value for step in steps]),
                best=max(steps, key=lambda step: _towards(step.value, up)),
                in_draws=_in_draws(solved, asked, target, levers, draws),
            )
        )
    return tuple(sorted(answers, key=lambda each: 2.0 if each.strength is None else each.strength))


def _narrower(ends: tuple[float, float], values: Mapping[float, float], target: float) -> list[float]:
    """Strengths that narrow a bracket: around where a straight line reaches the target, and the middle in any case.

    Where the measure is nearly straight the two around the line's guess are a bracket of the wanted width, so that one
    round is enough.
    """
    low, high = ends
    guess = 0.5 * (low + high)
    if math.isfinite(values[low]) and values[low] != values[high]:
        guess = low + (target - values[low]) / (values[high] - values[low]) * (high - low)
    wanted = {guess - 0.45 * RESOLUTION, guess + 0.45 * RESOLUTION, 0.5 * (low + high)}
    return sorted(each for each in wanted if low < each < high)


def _towards(value: float, up: bool) -> float:
    if not math.isfinite(value):
        return -math.inf
    return value if up else -value


def _reaches(value: float, target: float, up: bool) -> bool:
    return bool(value >= target if up else value <= target)


def _bracket(values: Mapping[float, float], target: float, up: bool) -> tuple[float, float] | None:
    """The least strength that reaches the target and the one before it; None where none does."""
    ordered = sorted(values)
    for before, after in itertools.pairwise(ordered):
        if _reaches(values[after], target, up):
            return before, after
    return None


def _monotone(values: Sequence[float]) -> bool:
    """Whether a measure moves one way only, rounding aside."""
    steps = np.diff(np.array([each for each in values if math.isfinite(each)]))
    small = ROUNDING * max(1.0, max((abs(each) for each in values if math.isfinite(each)), default=1.0))
    return not ((steps > small).any() and (steps < -small).any())


def _in_draws(sweep: Sweep, asked: Asked, target: float, levers: Levers, draws: int) -> Float:
    """(draws,) least strength in the first draws, by straight lines between the strengths that were solved.

    0 where the target is reached without the lever, NaN where it is not reached with it.
    """
    ways = [BASE, *(together(levers, sweep.scenario, s) for s in STRENGTHS)]
    values = np.stack([sweep.values(asked, each)[:draws] for each in ways])
    up = target > sweep.central_value(asked)
    found = np.full(draws, np.nan)
    for draw in range(draws):
        column, strengths = values[:, draw], (0.0, *STRENGTHS)
        reached = [_reaches(value, target, up) for value in column]
        if any(reached):
            k = reached.index(True)
            if k == 0:
                found[draw] = 0.0
            elif math.isfinite(column[k - 1]):
                part = (target - column[k - 1]) / (column[k] - column[k - 1])
                found[draw] = strengths[k - 1] + part * (strengths[k] - strengths[k - 1])
            else:
                found[draw] = strengths[k]
    return found


def settings(scenario: Scenario, levers: Levers, strength: float) -> dict[str, float]:
    """Numbers that levers set at a strength, by path."""
    changed = scenario
    for step in together(levers, scenario, strength).steps:
        changed = applied(changed, step)
    paths = {path for lever in levers for path in lever.set}
    return {
        row.path: float(row.value) for row in assumptions(changed) if row.path in paths and isinstance(row.value, float)
    }

"""Claims over an ensemble: in how much of the ranges each holds, by how much, and what that hinges on.

No claim is judged without solving first, and none needs solving twice: the measures are read from the digests of the
ensemble, so that a claim can be edited and judged again as long as its changes have been computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.hinges import discover
from ripeness.ensembles.levers import lever_variant
from ripeness.ensembles.statistics import firm, movers, rank_correlations, share_error, spread_of, wilson, word_of
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import BASE, Variant, variant
from ripeness.questions.claim_words import changes_in_words, comparison_in_words
from ripeness.questions.verdicts import Contrast, Extreme, TestResult, Verdict
from ripeness.scenario.claims import Claim, ClaimTest, Operand
from ripeness.scenario.measures import MEASURES, Asked
from ripeness.scenario.schema import Scenario

Float = NDArray[np.float64]

ROUNDING = 1e-6
"""Differences below this part of what is compared (or of 1) come from rounding in float32 and count as none."""

MOST_CONTRASTS = 8


class Side(NamedTuple):
    """What is measured on one side of a comparison, and in which scenario."""

    asked: Asked
    variant: Variant


def sides(test: ClaimTest, scenario: Scenario) -> tuple[Side, Side | float]:
    """Both sides of a test; the right one may be a number."""
    left = Side(test.left_asked(), _variant(test, scenario))
    right = test.right_asked()
    if right is None or not isinstance(test.than, Operand):
        assert not isinstance(test.than, Operand)
        return left, float(test.than)
    return left, Side(right, _variant(test.than, scenario))


def _variant(side: Operand, scenario: Scenario) -> Variant:
    """The scenario of one side: under a lever, under changes, both, or as drawn."""
    found = BASE
    if side.lever is not None:
        lever = next(each for each in scenario.levers if each.id == side.lever)
        found = lever_variant(lever, scenario)
    if side.set:
        changed = variant(side.set, label=changes_in_words(side.set))
        found = found + changed if found.steps else changed
    return found


def claim_variants(scenario: Scenario, claims: Sequence[Claim] | None = None) -> tuple[Variant, ...]:
    """Every changed scenario that claims compare with, each once; the scenario as drawn is not among them."""
    found: dict[str, Variant] = {}
    for claim in scenario.claims if claims is None else claims:
        for test in claim.tests:
            for side in sides(test, scenario):
                if isinstance(side, Side) and side.variant.id:
                    found.setdefault(side.variant.id, side.variant)
    return tuple(found.values())


def judge(sweep: Sweep, claims: Sequence[Claim] | None = None) -> tuple[Verdict, ...]:
    """The verdict on each claim.

    Args:
        sweep: of a scenario with these claims, with their variants computed.
        claims: None: all of the scenario's.
    """
    chosen = sweep.scenario.claims if claims is None else tuple(claims)
    _prefetch(sweep, chosen)
    return tuple(_verdict(sweep, claim) for claim in chosen)


def _prefetch(sweep: Sweep, claims: Sequence[Claim]) -> None:
    """Read each variant's digests once, for all questions to it."""
    wanted: dict[str, tuple[Variant, dict[Asked, None]]] = {}
    for claim in claims:
        for test in claim.tests:
            for side in sides(test, sweep.scenario):
                if isinstance(side, Side):
                    wanted.setdefault(side.variant.id, (side.variant, {}))[1][side.asked] = None
    for each, asked in wanted.values():
        sweep.values_of(list(asked), each)


class _Judged(NamedTuple):
    """A test in every draw: its effect in the direction claimed, what counts as no difference, and central effect."""

    effect: Float
    rounding: Float
    central: float
    central_rounding: float
    failed: NDArray[np.bool_]


def _test(sweep: Sweep, test: ClaimTest) -> _Judged:
    left, right = sides(test, sweep.scenario)
    sign = 1.0 if test.is_ == "more" else -1.0
    numbers: list[tuple[Float, float]] = []
    failed = np.zeros(sweep.n, dtype=bool)
    for side in (left, right):
        if isinstance(side, Side):
            numbers.append((sweep.values(side.asked, side.variant), sweep.central_value(side.asked, side.variant)))
            failed |= sweep.failed(side.variant)
        else:
            numbers.append((np.full(sweep.n, side), side))
    (a, a_own), (b, b_own) = numbers
    return _Judged(sign * (a - b), _rounding(a, b), sign * (a_own - b_own), float(_rounding(a_own, b_own)), failed)


def _rounding(a: Float | float, b: Float | float) -> Float:
    return np.asarray(ROUNDING * np.maximum(1.0, np.maximum(np.abs(a), np.abs(b))))


def _verdict(sweep: Sweep, claim: Claim) -> Verdict:
    judged = [_test(sweep, test) for test in claim.tests]
    units = [MEASURES[test.measure].unit for test in claim.tests]
    margins = [each.effect - test.by for each, test in zip(judged, claim.tests, strict=True)]
    passed = [margin > each.rounding for margin, each in zip(margins, judged, strict=True)]
    unit, scale = units[0], [1.0] * len(units)
    if len(set(units)) > 1:  # least of several units: each in its own spread
        unit, scale = "", [_scale(margin) for margin in margins]
    with np.errstate(invalid="ignore"):
        margin = np.min([each / by for each, by in zip(margins, scale, strict=True)], axis=0)
    failed = np.any([each.failed for each in judged], axis=0)
    known = np.isfinite(margin)
    holds = np.all(passed, axis=0)[known]
    n, count = int(known.sum()), int(holds.sum())
    share = count / n if n else math.nan
    own = [each.central - test.by for each, test in zip(judged, claim.tests, strict=True)]
    own_passed = [m > each.central_rounding for m, each in zip(own, judged, strict=True)]
    own_margin = min(m / by for m, by in zip(own, scale, strict=True)) if all(map(math.isfinite, own)) else math.nan
    found = discover(sweep.inputs[known], holds, sweep.paths)
    moving = movers(sweep.inputs, margin, sweep.paths)
    best, worst = (
        (_extreme(sweep, margin, judged, pick) for pick in (np.nanargmax, np.nanargmin)) if n else (None, None)
    )
    interval = wilson(count, n)
    named = dict.fromkeys([*(each.path for each in found.hinges), *(each.path for each in moving)])
    return Verdict(
        claim=claim,
        verdict=word_of(share) if n else "depends",
        firm=firm(interval),
        share=share,
        error=share_error(count, n),
        interval=interval,
        n=n,
        failed=int(failed.sum()),
        undefined=int((~known & ~failed).sum()),
        margins=margin,
        margin_unit=unit,
        tests=tuple(
            _result(comparison_in_words(test, sweep.scenario), test.by, each_unit, each, passes)
            for test, each_unit, each, passes in zip(claim.tests, units, judged, passed, strict=True)
        ),
        central=all(own_passed) if math.isfinite(own_margin) else None,
        central_margin=own_margin,
        hinges=found.hinges,
        regions=found.regions,
        movers=moving,
        strongest_for=best,
        strongest_against=worst,
        contrasts=() if best is None or worst is None else contrasts(sweep, margin, best, worst),
        drawn={path: sweep.inputs[:, sweep.paths.index(path)] for path in named},
    )  # fmt: skip


def _result(said: str, least: float, unit: str, judged: _Judged, passes: NDArray[np.bool_]) -> TestResult:
    """One test over the draws."""
    known = np.isfinite(judged.effect)
    if not known.any():
        return TestResult(said, unit, spread_of(judged.effect), least, math.nan, judged.central, math.nan)
    same = np.abs(judged.effect[known]) <= np.broadcast_to(judged.rounding, known.shape)[known]
    return TestResult(
        said, unit, spread_of(judged.effect), least, float(passes[known].mean()), judged.central, float(same.mean())
    )


def _scale(margin: Float) -> float:
    """Spread of a margin, in which margins of different units can be compared."""
    known = margin[np.isfinite(margin)]
    spread = float(known.std()) if known.size else 0.0
    return spread if spread > 0.0 else 1.0


def _extreme(sweep: Sweep, margin: Float, judged: Sequence[_Judged], pick: object) -> Extreme:
    assert callable(pick)
    draw = int(pick(margin))
    values: Mapping[str, float] = dict(zip(sweep.paths, map(float, sweep.inputs[draw]), strict=True))
    return Extreme(draw, float(margin[draw]), tuple(float(each.effect[draw]) for each in judged), values)


def contrasts(sweep: Sweep, margin: Float, first: Extreme, second: Extreme) -> tuple[Contrast, ...]:
    """Assumptions in which two draws differ most, those first that move the margin.

    With many assumptions two draws differ widely in most of them, whatever they are drawn for. The distance, in widths
    of what was drawn, therefore counts by the rank correlation of the assumption with the margin.
    """
    low, high = sweep.inputs.min(axis=0), sweep.inputs.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    weight = np.abs(rank_correlations(sweep.inputs, margin))
    a, b = sweep.inputs[first.draw], sweep.inputs[second.draw]
    distance = (a - b) / width
    order = np.argsort(-np.abs(distance) * weight, kind="stable")[:MOST_CONTRASTS]
    return tuple(
        Contrast(sweep.paths[k], float(a[k]), float(b[k]), float(distance[k]), float(weight[k])) for k in order
    )

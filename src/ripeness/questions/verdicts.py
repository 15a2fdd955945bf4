"""What claims and levers come to over the ranges of the assumptions, as plain data for pages and terminals.

n is the number of draws, in the order of the ensemble; where a draw failed, or a measure is not defined in it, there is
a NaN. An effect is counted in the direction that the claim says: positive where it is as claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ripeness.scenario.claims import Claim
from ripeness.scenario.levers import Lever
from ripeness.scenario.measures import Asked

Float = NDArray[np.float64]
Word = Literal["holds", "fails", "depends"]

HOLDS, FAILS = 0.95, 0.05
"""A claim holds where its share of the draws is at least the first, fails where it is at most the second."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels of quantiles over the ensemble."""


@dataclass(frozen=True)
class Ensemble:
    """What an answer over the ranges rests on.

    Attributes:
        n: draws.
        kind: of design: "latin", "sobol" or "saltelli".
        grid: size of the axes.
        horizon: periods.
        n_assumptions: how many are drawn.
        solved: games that were solved for it, of all variants.
        failures: why draws could not be computed, each with how often.
        notes: sentences on how it was drawn.
        folder: where its results are kept.
    """

    n: int
    seed: int
    kind: str
    grid: str
    horizon: int
    n_assumptions: int
    solved: int
    failures: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    folder: str


@dataclass(frozen=True)
class Spread:
    """A number over the draws of an ensemble.

    Attributes:
        quantiles: at LEVELS; NaN without any draw.
        mean: over the draws in which it is known.
        error: standard error of the mean.
        n: draws in which it is known.
    """

    quantiles: tuple[float, ...]
    mean: float
    error: float
    n: int

    @property
    def median(self) -> float:
        return self.quantiles[LEVELS.index(0.5)]


@dataclass(frozen=True)
class Condition:
    """A part of the ranges: draws in which an assumption lies above, or at most at, a threshold."""

    path: str
    threshold: float
    above: bool


@dataclass(frozen=True)
class Hinge:
    """An assumption and a threshold that separate where a claim holds from where it fails.

    Attributes:
        interval: within which the threshold lies, 90% of resampled ensembles.
        above: the claim holds more often above the threshold.
        share_above, share_below: of the draws on each side in which it holds.
        n_above, n_below: draws on each side.
        explained: part of the uncertainty about whether it holds that knowing the side removes, on draws that were not
            used to find it: the fall of the mean squared error, as a share of that of the whole ensemble.
        accuracy: how often the side tells right whether it holds, on draws not used to find it.
        base_rate: how often the commoner outcome would be right without it.
        within: the part of the ranges in which this split was found; empty: all of it.
    """

    path: str
    threshold: float
    interval: tuple[float, float]
    above: bool
    share_above: float
    share_below: float
    n_above: int
    n_below: int
    explained: float
    accuracy: float
    base_rate: float
    within: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Region:
    """A part of the ranges that hinges bound.

    Attributes:
        n: draws in it.
        density: share of them in which the claim holds.
        coverage: of all draws in which it holds, the share that lies here.
    """

    conditions: tuple[Condition, ...]
    n: int
    density: float
    coverage: float


@dataclass(frozen=True)
class Mover:
    """An assumption that moves the size of an effect, by rank correlation over the draws."""

    path: str
    correlation: float


@dataclass(frozen=True)
class Extreme:
    """One draw that speaks most strongly for, or against, a claim.

    Attributes:
        draw: its number, counted from 0.
        effects: of each test, in the direction claimed.
        values: its assumptions, by path.
    """

    draw: int
    margin: float
    effects: tuple[float, ...]
    values: Mapping[str, float]


@dataclass(frozen=True)
class Contrast:
    """An assumption in which two draws differ.

    Attributes:
        first, second: in the strongest draw for the claim and against it.
        distance: from second to first, in widths of what was drawn.
        weight: how closely the margin follows the assumption over all draws (rank correlation, without its sign).
    """

    path: str
    first: float
    second: float
    distance: float
    weight: float


@dataclass(frozen=True)
class TestResult:
    """One test of a claim over the ensemble.

    Attributes:
        said: the comparison in words.
        unit: of the effect.
        effect: over the draws, positive where it is as claimed.
        least: that the effect must exceed.
        share: of the draws in which it passes.
        central: effect in the scenario's own numbers; NaN where it is not known.
        same: share of the draws in which both sides are the same, rounding aside.
    """

    __test__ = False  # no test of pytest

    said: str
    unit: str
    effect: Spread
    least: float
    share: float
    central: float
    same: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes:
        verdict: by the share: see HOLDS and FAILS.
        firm: whether the whole 95% interval of the share gives the same verdict.
        share: of the draws that could be judged, in which it holds.
        error: Monte Carlo standard error of the share (binomial; Agresti and Coull's at the ends).
        interval: Wilson's 95% interval of the share.
        n: draws that were judged.
        failed: draws that could not be computed.
        undefined: draws in which a measure has no value.
        margins: (n,) by how much the least of its tests passes, in `margin_unit`; above zero it holds.
        central: whether it holds in the scenario's own numbers; None: not known.
        hinges: those that explain more than chance, the most telling first.
        drawn: (n,) values of the assumptions that hinges and movers name.
    """

    claim: Claim
    verdict: Word
    firm: bool
    share: float
    error: float
    interval: tuple[float, float]
    n: int
    failed: int
    undefined: int
    margins: Float
    margin_unit: str
    tests: tuple[TestResult, ...]
    central: bool | None
    central_margin: float
    hinges: tuple[Hinge, ...] = ()
    regions: tuple[Region, ...] = ()
    movers: tuple[Mover, ...] = ()
    strongest_for: Extreme | None = None
    strongest_against: Extreme | None = None
    contrasts: tuple[Contrast, ...] = ()
    drawn: Mapping[str, Float] = field(default_factory=dict)


@dataclass(frozen=True)
class OfLevers:
    """What is said of a lever, or of two together."""

    levers: tuple[Lever, ...]

    @property
    def id(self) -> str:
        """Its levers' ids."""
        return " + ".join(each.id for each in self.levers)


@dataclass(frozen=True)
class LeverEffect(OfLevers):
    """What a lever, or two together, does to a measure.

    Attributes:
        levers: one or two.
        effect: on the measure, over the draws: with the lever less without.
        central: in the scenario's own numbers; NaN where it is not known.
        raises: share of the draws in which it raises the measure; ties count half.
        values: what it changes for each actor: the value of the game to him, with less without.
        central_values: the same in the scenario's own numbers.
        helps: share of the draws in which each actor is better off; ties count half.
        interaction: of a pair: its effect less those of both alone; None for a single lever.
        central_interaction: in the scenario's own numbers.
        cost: what it costs whom while the war lasts, as a share for ever, where the scenario says so.
        failed: draws that could not be computed.
        effects: (n,) effect in every draw.
    """

    effect: Spread
    central: float
    raises: float
    values: Mapping[str, Spread]
    central_values: Mapping[str, float]
    helps: Mapping[str, float]
    interaction: Spread | None
    central_interaction: float
    cost: Mapping[str, float]
    failed: int
    effects: Float


@dataclass(frozen=True)
class Reached:
    """The measure at one strength of a lever."""

    strength: float
    value: float


@dataclass(frozen=True)
class Least(OfLevers):
    """The least setting of a lever, or of a pair at a common strength, that reaches a target.

    Attributes:
        strength: least strength, 0 to 1, that reaches it in the scenario's own numbers; None: none does.
        settings: what the numbers then are, by path.
        steps: what was computed on the way, by strength.
        monotone: whether the measure moved one way only on these; where it did not, a smaller strength may reach the
            target between two of them.
        best: the step that came nearest to the target, or went furthest beyond.
        in_draws: least strength in a few draws of the ensemble; NaN where none reaches it.
    """

    strength: float | None
    settings: Mapping[str, float]
    steps: tuple[Reached, ...]
    monotone: bool
    best: Reached
    in_draws: Float


@dataclass(frozen=True)
class LeverTable:
    """Levers by what they do to a measure.

    Attributes:
        asked: the measure.
        base: the measure without any lever, over the draws.
        central: in the scenario's own numbers.
        singles: the levers, the largest median effect first.
        pairs: pairs of levers; `pair_draws` says on how many draws.
        target: a value of the measure that was asked for; None: none was.
        least: what it would take.
    """

    asked: Asked
    base: Spread
    central: float
    singles: tuple[LeverEffect, ...]
    pairs: tuple[LeverEffect, ...]
    n: int
    pair_draws: int
    target: float | None = None
    least: tuple[Least, ...] = ()


@dataclass(frozen=True)
class Elasticity:
    """How a measure answers to one assumption, near the scenario's own numbers.

    Attributes:
        slope: change of the measure per unit of the assumption.
        swing: slope times the width of the range: the change over all of it, if it were a straight line.
        elasticity: relative change of the measure per relative change of the assumption; NaN where one of them is 0.
        disagreement: how far the slopes of two step sizes lie apart, as a share of the larger; NaN: one step only.
        one_sided: the number lies at an end of its range, so that only one side was looked at.
    """

    path: str
    value: float
    low: float
    high: float
    slope: float
    swing: float
    elasticity: float
    disagreement: float
    one_sided: bool = False


@dataclass(frozen=True)
class Sensitivity:
    """Part of the variance of a measure over the ranges that an assumption accounts for.

    Attributes:
        first: by itself.
        total: together with all its interactions; NaN where it was not estimated.
        first_error, total_error: half widths of 95% intervals.
    """

    path: str
    first: float
    first_error: float
    total: float
    total_error: float


@dataclass(frozen=True)
class Why:
    """What a measure depends on: over all of the ranges, and near the scenario's own numbers.

    Attributes:
        asked: the measure.
        central: in the scenario's own numbers.
        spread: over the draws of the ensemble.
        sensitivities: the largest first.
        method: how they were estimated: "given data" or "Sobol".
        elasticities: the largest swing first; empty where none were asked for.
        n: draws behind the sensitivities; `failed` of them could not be computed.
        values: (n,) the measure; `drawn` the assumptions that matter most.
    """

    asked: Asked
    central: float
    spread: Spread
    sensitivities: tuple[Sensitivity, ...]
    method: str
    elasticities: tuple[Elasticity, ...]
    n: int
    failed: int
    values: Float
    drawn: Mapping[str, Float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

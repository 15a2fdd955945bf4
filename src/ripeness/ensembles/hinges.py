"""Scenario discovery: the few assumptions and thresholds that separate where a claim holds from where it fails.

A classification tree (CART, Breiman and others 1984; that of scikit-learn) is grown one split at a time over all
assumptions at once. A split is kept where it foretells draws that it was not fitted to: in five-fold cross-validation,
in which assumption and threshold are chosen anew in each fold, its squared error must fall below that of the plain
share by one and a half standard errors of the difference. Under pure chance the fitted split does worse than the share,
so that hardly any is named then, however many assumptions there are to choose from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.errors import MissingLibrary
from ripeness.questions.verdicts import Condition, Hinge, Region

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

MOST_DEPTH = 3
"""Splits on the way to a part of the ranges: more make no sentence."""
MOST_HINGES = 5
LEAST_DRAWS = 5
"""Draws on either side of a split, and of either outcome, at least; one in fifty where that is more."""
LEAST_EXPLAINED = 0.03
"""Part of the whole uncertainty that a split must remove to be worth naming."""
N_ERRORS = 1.5
"""Standard errors by which a split must beat the plain share."""
N_FOLDS, N_RESAMPLES = 5, 100


class Discovered(NamedTuple):
    """What a claim hinges on: splits, the most telling first, and the parts of the ranges that they bound."""

    hinges: tuple[Hinge, ...]
    regions: tuple[Region, ...]


class _Check(NamedTuple):
    """How a split does on draws that it was not fitted to."""

    gain: float  # fall of the summed squared error
    error: float  # standard error of that
    accuracy: float
    base_rate: float


@dataclass
class _Split:
    """A split of the draws that reach it: at most `cut` in a column, or above it."""

    column: int
    cut: float
    check: _Check
    below: _Split | None = None
    above: _Split | None = None


Way = tuple[tuple[_Split, bool], ...]
"""Splits from the top, and whether one goes on above each."""


def discover(inputs: Float, holds: Bool, paths: tuple[str, ...], seed: int = 0) -> Discovered:
    """Hinges of a claim.

    Args:
        inputs: (n, p) assumptions of the draws that were judged.
        holds: (n,) whether the claim holds in each.
        seed: of folds and resamples.

    Raises:
        MissingLibrary: scikit-learn is not installed.
    """
    n, count = holds.size, int(holds.sum())
    if min(count, n - count) < LEAST_DRAWS:
        return Discovered((), ())
    least = max(LEAST_DRAWS, math.ceil(0.02 * n))
    total = count * (n - count) / n
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    unit = (inputs - low) / width
    rng = np.random.default_rng((seed, 17))
    top = _grown(unit, holds, least, LEAST_EXPLAINED * total, rng, 0)
    if top is None:
        return Discovered((), ())
    _refine(unit, holds, top, least)

    def conditions(way: Way) -> tuple[Condition, ...]:
        found: dict[tuple[str, bool], Condition] = {}  # the last of a kind is the tightest
        for split, above in way:
            threshold = float(low[split.column] + split.cut * width[split.column])
            found[paths[split.column], above] = Condition(paths[split.column], threshold, above)
        return tuple(found.values())

    def hinge(split: _Split, way: Way) -> Hinge:
        rows = _reached(unit, way)
        column, y = unit[rows, split.column], holds[rows]
        above = column > split.cut
        ends = _interval(column, y, split.cut, least, rng)
        place, span = float(low[split.column]), float(width[split.column])
        return Hinge(
            path=paths[split.column],
            threshold=place + split.cut * span,
            interval=(place + ends[0] * span, place + ends[1] * span),
            above=bool(y[above].mean() > y[~above].mean()),
            share_above=float(y[above].mean()),
            share_below=float(y[~above].mean()),
            n_above=int(above.sum()),
            n_below=int((~above).sum()),
            explained=min(1.0, split.check.gain / total),
            accuracy=split.check.accuracy,
            base_rate=split.check.base_rate,
            within=conditions(way),
        )

    hinges = [hinge(split, way) for split, way in _splits(top, ())]
    regions = []
    for way in _leaves(top, ()):
        rows = _reached(unit, way)
        inside = int(holds[rows].sum())
        regions.append(Region(conditions(way), int(rows.sum()), inside / max(1, int(rows.sum())), inside / count))
    hinges.sort(key=lambda each: (len(each.within) > 0, -each.explained))
    return Discovered(tuple(hinges[:MOST_HINGES]), tuple(sorted(regions, key=lambda each: -each.density)))


def _grown(
    unit: Float, holds: Bool, least: int, least_gain: float, rng: np.random.Generator, depth: int
) -> _Split | None:
    """The best split of some draws with those below it; None where none foretells enough."""
    if depth == MOST_DEPTH or not _mixed(holds, least):
        return None
    found = _stump(unit, holds, least)
    if found is None:
        return None
    check = _held_out(unit, holds, least, rng)
    if check.gain <= N_ERRORS * check.error or check.gain < least_gain:
        return None
    above = unit[:, found[0]] > found[1]
    below, beyond = (_grown(unit[side], holds[side], least, least_gain, rng, depth + 1) for side in (~above, above))
    return _Split(found[0], found[1], check, below, beyond)


def _refine(unit: Float, holds: Bool, top: _Split, least: int) -> None:
    """Put thresholds on the way to the most telling part anew, each among the draws that meet the others.

    A split is found among draws that later splits still mix; where two assumptions must come together, the first
    threshold so has the other's noise in it. Among the draws that meet the other conditions it is a clean step.
    """

    def telling(way: Way) -> float:
        y = holds[_reached(unit, way)]
        return float(y.size * (y.mean() - holds.mean()) ** 2) if y.size else 0.0

    for _ in range(2):
        way = max(_leaves(top, ()), key=telling)
        columns = [split.column for split, _ in way]
        for split, _ in way:
            if len(way) < 2 or columns.count(split.column) > 1:
                continue
            rows = _reached(unit, tuple(each for each in way if each[0] is not split))
            if _mixed(holds[rows], least):
                found = _stump(unit[rows][:, [split.column]], holds[rows], least)
                split.cut = split.cut if found is None else found[1]


def _splits(split: _Split | None, way: Way) -> Iterator[tuple[_Split, Way]]:
    if split is not None:
        yield split, way
        yield from _splits(split.below, (*way, (split, False)))
        yield from _splits(split.above, (*way, (split, True)))


def _leaves(split: _Split | None, way: Way) -> Iterator[Way]:
    if split is None:
        yield way
    else:
        yield from _leaves(split.below, (*way, (split, False)))
        yield from _leaves(split.above, (*way, (split, True)))


def _reached(unit: Float, way: Way) -> Bool:
    """(n,) draws that go this way."""
    rows = np.ones(unit.shape[0], dtype=bool)
    for split, above in way:
        rows &= (unit[:, split.column] > split.cut) == above
    return rows


def _mixed(holds: Bool, least: int) -> bool:
    """Whether both outcomes are there often enough for a split to separate them."""
    count = int(holds.sum())
    return min(count, holds.size - count) >= LEAST_DRAWS and holds.size >= 2 * least


def _stump(unit: Float, holds: Bool, least: int) -> tuple[int, float] | None:
    """Column and threshold of the best single split; None where there is none."""
    tree = _tree(least).fit(unit, holds).tree_
    if tree.node_count == 1:
        return None
    return int(tree.feature[0]), float(tree.threshold[0])


def _held_out(unit: Float, holds: Bool, least: int, rng: np.random.Generator) -> _Check:
    """Squared error of the side's share, and of the plain share, on the fold that was left out."""
    n, y = holds.size, holds.astype(float)
    fold = np.empty(n, dtype=np.int64)
    for outcome in (True, False):  # both outcomes in every fold, as far as they go round
        rows = np.flatnonzero(holds == outcome)
        fold[rows] = rng.permutation(np.arange(rows.size) % N_FOLDS)
    predicted, plain = np.empty(n), np.empty(n)
    smallest = max(1, math.floor(least * (1 - 1 / N_FOLDS)))
    for k in range(N_FOLDS):
        left, kept = fold == k, fold != k
        plain[left] = y[kept].mean()
        tree = _tree(smallest).fit(unit[kept], holds[kept])
        shares = tree.predict_proba(unit[left])
        predicted[left] = shares[:, list(tree.classes_).index(True)]
    gain = (y - plain) ** 2 - (y - predicted) ** 2
    accuracy = float(((predicted > 0.5) == holds).mean())
    base_rate = max(float(y.mean()), 1.0 - float(y.mean()))
    return _Check(float(gain.sum()), float(gain.std(ddof=1) * math.sqrt(n)), accuracy, base_rate)


def _interval(column: Float, holds: Bool, cut: float, least: int, rng: np.random.Generator) -> tuple[float, float]:
    """90% of the thresholds of resampled draws, and at least the gap between the draws beside the threshold."""
    cuts = []
    for _ in range(N_RESAMPLES):
        rows = rng.integers(0, holds.size, holds.size)
        split = _stump(column[rows, None], holds[rows], least)
        if split is not None:
            cuts.append(split[1])
    below, above = column[column <= cut].max(), column[column > cut].min()
    if not cuts:
        return float(below), float(above)
    ends = np.quantile(cuts, [0.05, 0.95])
    return float(min(ends[0], below)), float(max(ends[1], above))


def _tree(least: int) -> Any:
    """One split by the Gini index; the seed decides between splits that are equally good."""
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise MissingLibrary("scikit-learn", "ensembles", "finding what a claim hinges on") from None
    return DecisionTreeClassifier(max_depth=1, min_samples_leaf=least, random_state=0)

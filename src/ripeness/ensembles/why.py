"""What a measure depends on: over the whole ranges, and near the scenario's own numbers.

Over the ranges: parts of the variance that single assumptions account for (Sobol indices). First-order indices are
estimated from any ensemble that is there (RBD-FAST with bias correction, Plischke 2010, Tissot and Prieur 2012), first
and total ones from a design of blocks made for it (Saltelli and others 2010), both by SALib. Near the own numbers:
differences of solved games, at two step sizes that should agree.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.draws import quantiles, varying
from ripeness.ensembles.errors import EnsembleError, MissingLibrary
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import Variant, variant
from ripeness.questions.verdicts import Elasticity, Sensitivity
from ripeness.scenario.ledger import AssumptionRow, assumptions
from ripeness.scenario.measures import Asked
from ripeness.scenario.schema import Scenario

Float = NDArray[np.float64]
Solve = Callable[[Sequence[Variant]], Sweep]
"""Computes variants in the scenario's own numbers."""

STEPS = (0.05, 0.025)
"""Sizes of a difference, as parts of the range."""
MOST_CHECKED = 20
"""Assumptions, those with the largest swing, whose slope is checked by the second step size."""
NOISE = 4e-5
"""Swings below this are of the size that rounding in float32 gives, and are not compared between step sizes."""
LEAST_DRAWS = 65
"""Draws from which indices can be estimated: RBD-FAST looks at ten harmonics."""
N_RESAMPLES = 100


def given_data(inputs: Float, values: Float, paths: Sequence[str], seed: int = 0) -> tuple[Sensitivity, ...]:
    """First-order Sobol indices from draws that are there, the largest first; they cost no further solve.

    Args:
        inputs: (n, p) assumptions, independent of each other. Points of a Sobol sequence of many dimensions are not
            independent enough before there are thousands of them.
        values: (n,) the measure; NaN where it is not known.
    """
    known = np.isfinite(values)
    if known.sum() < LEAST_DRAWS or np.ptp(values[known]) == 0.0:
        return ()
    analyse = _salib("rbd_fast")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = analyse(_problem(paths), inputs[known], values[known], num_resamples=N_RESAMPLES, seed=seed)
    rows = zip(paths, found["S1"], found["S1_conf"], strict=True)
    indices = [Sensitivity(path, float(s), float(conf), math.nan, math.nan) for path, s, conf in rows]
    return tuple(sorted(indices, key=lambda each: -each.first))


def block_indices(values: Float, paths: Sequence[str], seed: int = 0) -> tuple[tuple[Sensitivity, ...], int]:
    """First and total Sobol indices from a design of blocks, the largest total first, and how many blocks they rest on.

    Args:
        values: (blocks * (p + 2),) the measure in the order of the design; a block with a NaN is left out.
    """
    p = len(paths)
    if values.size % (p + 2):
        raise EnsembleError(f"a design of blocks has a multiple of {p + 2} draws, got {values.size}.")
    blocks = values.reshape(-1, p + 2)
    whole = blocks[np.isfinite(blocks).all(axis=1)]
    if whole.shape[0] < 8 or np.ptp(whole) == 0.0:
        return (), int(whole.shape[0])
    analyse = _salib("sobol")
    found = analyse(
        _problem(paths),
        whole.ravel(),
        calc_second_order=False,
        num_resamples=N_RESAMPLES,
        seed=seed,
        print_to_console=False,
    )
    columns = (found[key] for key in ("S1", "S1_conf", "ST", "ST_conf"))
    indices = [Sensitivity(path, *map(float, row)) for path, *row in zip(paths, *columns, strict=True)]
    return tuple(sorted(indices, key=lambda each: -each.total)), int(whole.shape[0])


def _problem(paths: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(paths), "names": list(paths), "bounds": [[0.0, 1.0]] * len(paths)}


def _salib(method: str) -> Callable[..., Any]:
    try:
        from SALib.analyze import rbd_fast, sobol
    except ImportError:
        raise MissingLibrary("SALib", "ensembles", "global sensitivity") from None
    found: Callable[..., Any] = {"rbd_fast": rbd_fast.analyze, "sobol": sobol.analyze}[method]
    return found


class _Place(NamedTuple):
    """An assumption and where differences are taken: at its value and on both sides, or at the end of its range."""

    row: AssumptionRow
    low: float
    high: float
    toward: float  # 0: both sides; 1 or -1: one side only

    def points(self, step: float) -> tuple[float, ...]:
        """Values at which the measure is taken, besides the assumption's own."""
        width = step * (self.high - self.low)
        if self.toward:
            return float(self.row.value) + 0.5 * self.toward * width, float(self.row.value) + self.toward * width
        return float(self.row.value) - width, float(self.row.value) + width

    def slope(self, step: float, own: float, found: Sequence[float]) -> float:
        """Derivative by differences of second order."""
        width = step * (self.high - self.low)
        if self.toward:
            return self.toward * (4.0 * found[0] - found[1] - 3.0 * own) / width
        return (found[1] - found[0]) / (2.0 * width)


def elasticities(
    scenario: Scenario, asked: Asked, own: float, solve: Solve, checked: int = MOST_CHECKED
) -> tuple[Elasticity, ...]:
    """How a measure answers to each assumption that varies, near the scenario's own numbers, the largest swing first.

    Args:
        own: the measure there.
        solve: computes variants in the scenario's own numbers.
        checked: for how many, those with the largest swing, a second step size is solved.
    """
    places = [_place(row) for row in varying(scenario)]
    first = _slopes(scenario, places, STEPS[0], asked, own, solve)
    order = sorted(range(len(places)), key=lambda k: -_known(abs(first[k]) * (places[k].high - places[k].low)))
    chosen = [k for k in order[:checked] if math.isfinite(first[k])]
    second = dict(zip(chosen, _slopes(scenario, [places[k] for k in chosen], STEPS[1], asked, own, solve), strict=True))
    found = []
    for k in order:
        at, slope = places[k], second.get(k, first[k])
        slope = slope if math.isfinite(slope) else first[k]
        width, value = at.high - at.low, float(at.row.value)
        apart = abs(second[k] - first[k]) / max(abs(second[k]), abs(first[k])) if k in second and slope else math.nan
        found.append(
            Elasticity(
                path=at.row.path, value=value, low=at.low, high=at.high, slope=slope, swing=slope * width,
                elasticity=slope * value / own if own and value else math.nan,
                disagreement=apart if abs(slope) * width > NOISE else math.nan,
                one_sided=at.toward != 0.0,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda each: -_known(abs(each.swing))))


def _known(size: float) -> float:
    return size if math.isfinite(size) else -1.0


def _place(row: AssumptionRow) -> _Place:
    """Where differences are taken; the range of a prior is its central 95%."""
    if row.range is not None:
        low, high = row.range
    else:
        low, high = map(float, quantiles(np.array([0.025, 0.975]), row)[0])
    value, width = float(row.value), STEPS[0] * (high - low)
    ends = max(low, row.bounds[0]), min(high, row.bounds[1])
    above, below = value + width <= ends[1], value - width >= ends[0]
    toward = 0.0 if above == below else 1.0 if above else -1.0
    return _Place(row, low, high, toward)


def _slopes(
    scenario: Scenario, places: Sequence[_Place], step: float, asked: Asked, own: float, solve: Solve
) -> list[float]:
    """Derivative at each place; NaN where a game beside it could not be solved."""
    ways = [[_moved(scenario, at.row, x) for x in at.points(step)] for at in places]
    if not ways:
        return []
    sweep = solve([each for pair in ways for each in pair])
    return [
        at.slope(step, own, [sweep.central_value(asked, each) for each in pair])
        for at, pair in zip(places, ways, strict=True)
    ]


def _moved(scenario: Scenario, row: AssumptionRow, value: float) -> Variant:
    """The scenario with one number changed; entries that add up to something give way in proportion."""
    changes = {row.path: value}
    if row.total is not None:
        others = list(_beside(scenario, row))
        left = sum(float(each.value) for each in others)
        if left > 0.0:
            changes |= {each.path: float(each.value) * (row.total - value) / left for each in others}
    return variant(changes, label=f"{row.path} = {value:.6g}")


def _beside(scenario: Scenario, row: AssumptionRow) -> Iterator[AssumptionRow]:
    around = row.path.rpartition(".")[0]
    for each in assumptions(scenario):
        if each.path != row.path and each.path.rpartition(".")[0] == around:
            yield each

"""Draws over the ranges and priors of all assumptions that vary.

A point of the unit cube becomes a value of every assumption: uniform between the ends of its range, or by the quantiles
of its prior. Correlated assumptions are joined by a Gaussian copula before that. The k-th draw depends on the
seed and on k only, so that a larger design begins with the smaller one.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ripeness.ensembles.errors import EnsembleError, MissingLibrary
from ripeness.scenario.correlations import Correlation, matrix_of
from ripeness.scenario.ledger import AssumptionRow, assumptions
from ripeness.scenario.quantity import Prior
from ripeness.scenario.schema import Scenario
from ripeness.scenario.variants import changed

Kind = Literal["sobol", "latin", "saltelli"]
Float = NDArray[np.float64]

DEFAULT_KIND: Kind = "latin"
"""Scrambled Sobol points fill the cube more evenly, but with many assumptions and few draws some pairs of coordinates
move together: of 90 coordinates in 256 points, one is to 94% a function of another (in 4,096 points: to 5%; in Latin
hypercubes: to 11% and 1%, as chance has it). What a claim hinges on could then be taken for something else."""

MOST_DRAWS = 1_000_000
INNER = 1e-12
"""Points of the cube keep this far from its faces, where quantiles of priors without ends are infinite."""


@dataclass(frozen=True)
class Design:
    """Draws of the assumptions of one scenario.

    Attributes:
        paths: (p,) assumptions that vary, as `--set` takes them.
        values: (n, p) their values in each draw.
        cut: sentences about priors that reach beyond what their field allows, and are cut there.
    """

    paths: tuple[str, ...]
    values: Float
    seed: int
    kind: Kind
    cut: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of draws."""
        return int(self.values.shape[0])


def varying(scenario: Scenario) -> list[AssumptionRow]:
    """Assumptions that are drawn: those with a prior, or with a range whose ends differ.

    What only lays out a grid (the ends of an axis, say) is drawn where the scenario itself gives it a range, not by the
    default range of its field.
    """
    return [row for row in assumptions(scenario) if _wide(row) and not row.grid]


def _wide(row: AssumptionRow) -> bool:
    return row.prior is not None or (row.range is not None and row.range[0] < row.range[1])


def design(scenario: Scenario, n: int, seed: int = 0, kind: Kind = DEFAULT_KIND) -> Design:
    """Draws over all assumptions of a scenario that vary.

    Args:
        n: number of draws. A power of two covers the ranges most evenly.
        seed: of the scrambling (Sobol) or of the permutations (Latin hypercube).
        kind: "sobol": scrambled Sobol points (Owen); "latin": a Latin hypercube that is doubled, see `latin`;
            "saltelli": blocks of draws from which Sobol indices are estimated, see `saltelli`.

    Raises:
        EnsembleError: nothing varies, a number of draws that will not do, or correlations that no distribution has.
    """
    if not 1 <= n <= MOST_DRAWS:
        raise EnsembleError(f"draws must be 1 to {MOST_DRAWS:,}, got {n}.")
    if not 0 <= seed < 2**63:
        raise EnsembleError(f"seed must be a whole number from 0 to 2**63 - 1, got {seed}.")
    rows = varying(scenario)
    if not rows:
        raise EnsembleError(
            "no assumption of this scenario varies, so that there is nothing to draw. Give a range or a prior to some."
        )
    points = correlated(cube(n, len(rows), seed, kind), [row.path for row in rows], scenario.correlations)
    values = np.empty_like(points)
    cut = []
    for k, row in enumerate(rows):
        values[:, k], said = quantiles(points[:, k], row)
        cut += said
    _share_out(scenario, rows, values)
    return Design(tuple(row.path for row in rows), values, seed, kind, tuple(cut))


def correlated(points: Float, paths: Sequence[str], correlations: Sequence[Correlation]) -> Float:
    """Points of the cube with the rank correlations of a scenario, by a Gaussian copula.

    Normal scores z become L z, with L the lower Cholesky factor of their correlation matrix: each coordinate stays
    uniform, and those that are correlated with nothing stay what they are.

    Raises:
        EnsembleError: a path that is not drawn, or correlations that contradict each other.
    """
    if not correlations:
        return points
    pairs = {each.between: each.rank for each in correlations}
    joined = list(dict.fromkeys(path for pair in pairs for path in pair))
    for path in joined:
        if path not in paths:
            raise EnsembleError(f"correlations name {path}, which does not vary. Give it a range or a prior.")
    try:
        factor = np.linalg.cholesky(matrix_of(joined, pairs))
    except np.linalg.LinAlgError:
        raise EnsembleError("correlations contradict each other. Move ranks towards 0.") from None
    norm = _scipy("norm")
    columns = [paths.index(path) for path in joined]
    points = points.copy()
    points[:, columns] = np.clip(norm.cdf(norm.ppf(points[:, columns]) @ factor.T), INNER, 1.0 - INNER)
    return points


def drawn(scenario: Scenario, paths: Sequence[str], row: Sequence[float] | Float) -> Scenario:
    """The scenario with the numbers of one draw.

    Args:
        row: (p,) values of the paths.

    Raises:
        ValueError: a mechanism that refuses this combination of its numbers.
    """
    return changed(scenario, {path: float(value) for path, value in zip(paths, row, strict=True)})


def cube(n: int, p: int, seed: int, kind: Kind) -> Float:
    """(n, p) points of the unit cube; the first points of a larger n are those of a smaller one."""
    if kind == "latin":
        return latin(n, p, seed)
    if kind == "saltelli":
        return np.clip(saltelli(n, p, seed), INNER, 1.0 - INNER)
    if kind != "sobol":
        raise EnsembleError(f"kind must be sobol, latin or saltelli, got {kind!r}.")
    qmc = _scipy("qmc")
    points: Float = qmc.Sobol(p, scramble=True, rng=seed).random_base2(max(0, math.ceil(math.log2(n))))[:n]
    return np.clip(points, INNER, 1.0 - INNER)


def saltelli(n: int, p: int, seed: int) -> Float:
    """(n, p) points in blocks of p + 2: one; the same with each coordinate in turn that of another; that other.

    The design of Saltelli (2002) and Saltelli and others (2010) for first and total Sobol indices, by SALib.
    """
    try:
        from SALib.sample import sobol
    except ImportError:
        raise MissingLibrary("SALib", "ensembles", "drawing blocks for Sobol indices") from None
    problem = {"num_vars": p, "names": [str(k) for k in range(p)], "bounds": [[0.0, 1.0]] * p}
    blocks = 2 ** max(0, math.ceil(math.log2(n / (p + 2))))
    points: Float = sobol.sample(problem, blocks, calc_second_order=False, scramble=True, seed=seed)[:n]
    return points


def latin(n: int, p: int, seed: int) -> Float:
    """(n, p) points of a Latin hypercube that grows by doubling.

    With m points each in a stratum of its own on every axis, all strata are halved; m new points take the free halves
    in a random order, independent between axes. At every power of two each of n strata on each axis holds one point,
    and no earlier point ever moves, which a Latin hypercube made at once cannot promise.
    """
    points = np.random.default_rng((seed, 0)).random((1, p))
    level = 0
    while points.shape[0] < n:
        level += 1
        m = points.shape[0]
        rng = np.random.default_rng((seed, level))
        fresh = np.empty((m, p))
        for k in range(p):
            taken = np.floor(points[:, k] * 2 * m).astype(np.int64)
            free = np.setdiff1d(np.arange(2 * m), taken, assume_unique=True)
            fresh[:, k] = (rng.permutation(free) + rng.random(m)) / (2 * m)
        points = np.concatenate([points, fresh])
    return np.clip(points[:n], INNER, 1.0 - INNER)


def quantiles(u: Float, row: AssumptionRow) -> tuple[Float, list[str]]:
    """Values of an assumption at points of the unit interval, and a sentence where its prior is cut at its bounds."""
    low, high = row.bounds
    if row.prior is None:
        assert row.range is not None
        least, most = row.range
        return np.clip(least + u * (most - least), least, most), []
    family = frozen(row.prior)
    below, above = float(family.cdf(low)), float(family.sf(high))
    if below + above >= 1.0:
        raise EnsembleError(
            f"{row.path}: its prior has no mass between {low:g} and {high:g}, which its field allows. Change the prior."
        )
    # from the nearer end, so that no digit is lost in a tail
    inside = 1.0 - below - above
    values = np.where(below + u * inside < 0.5, family.ppf(below + u * inside), family.isf(above + (1.0 - u) * inside))
    said = []
    if below + above > 0.0:
        ends = (
            f"{low:g} to {high:g}"
            if math.isfinite(low) and math.isfinite(high)
            else (f"at least {low:g}" if math.isfinite(low) else f"at most {high:g}")
        )
        said = [f"{row.path}: its prior is cut to what the field allows ({ends}); {below + above:.2g} of it lay beyond"]
    return np.clip(values, low, high), said


def frozen(prior: Prior) -> Any:
    """The prior as a frozen distribution of SciPy."""
    stats = _scipy()
    given = prior.parameters
    makers: Mapping[str, Any] = {
        "uniform": lambda: stats.uniform(*given),
        "normal": lambda: stats.norm(*given),
        "lognormal": lambda: stats.lognorm(*given),
        "beta": lambda: stats.beta(*given),
        "triangular": lambda: stats.triang(*given),
    }
    return makers[prior.kind]()


def _share_out(scenario: Scenario, rows: Sequence[AssumptionRow], values: Float) -> None:
    """Divide entries of a list that adds up to something, such as probabilities, by the sum that they were drawn with.

    Entries that do not vary keep their value; the others share what these leave. A value may so leave its range a
    little: the range then says how the entries stand to each other.
    """
    lists: dict[str, list[int]] = {}
    for k, row in enumerate(rows):
        if row.total is not None:
            lists.setdefault(row.path.rpartition(".")[0], []).append(k)
    if not lists:
        return
    for name, columns in lists.items():
        drawn_here = {rows[k].path for k in columns}
        still = [each for each in assumptions(scenario) if each.path.rpartition(".")[0] == name]
        fixed = sum(float(each.value) for each in still if each.path not in drawn_here)
        total = rows[columns[0]].total or 0.0
        values[:, columns] *= (total - fixed) / values[:, columns].sum(axis=1, keepdims=True)


def _scipy(module: str | None = None) -> Any:
    """SciPy's statistics, an extra."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from scipy import stats
    except ImportError:
        raise MissingLibrary("SciPy", "ensembles", "drawing scenarios") from None
    return stats if module is None else getattr(stats, module)

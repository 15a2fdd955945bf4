"""Runs one case and compares what comes out with what is expected, number by number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ripeness.theory.case import FORMULA_TOLERANCE, Case, CaseError, Resolution
from ripeness.theory.cases import runner_of
from ripeness.theory.runner import DEFAULT_RESOLUTIONS, Measured, NotRun, Runner

Status = Literal["PASS", "FAIL", "NOT RUN"]
MISSING = object()


@dataclass(frozen=True)
class Deviation:
    """One compared number.

    Attributes:
        name: where it stands in the case's `expected`, or in the values of a reference run.
        error: absolute; 0 or infinite for what is equal or not, such as a boolean.
        basis: what the tolerance is: "exact", "reference run", "limit", "formula" or "property".
    """

    name: str
    error: float
    tolerance: float
    basis: str

    @property
    def ratio(self) -> float:
        """Error in units of the tolerance."""
        if self.error == 0.0:
            return 0.0
        return self.error / self.tolerance if self.tolerance > 0.0 else math.inf


@dataclass(frozen=True)
class Verdict:
    """What became of one case.

    Attributes:
        how: "engine", "function", or "engine + function" where some names have closed forms only.
        worst: the deviation nearest to or furthest beyond its tolerance.
        reason: why it failed or was not run; for a pass by function, why the engine does not fit.
    """

    case: Case
    how: str
    status: Status
    worst: Deviation | None
    deviations: tuple[Deviation, ...]
    reason: str


def verify_case(case: Case) -> Verdict:
    """Compute a case from its parameters and compare."""
    runner = runner_of(case.id)
    if isinstance(runner, NotRun):
        return Verdict(case, "", "NOT RUN", None, (), runner.reason)
    try:
        deviations, how = _compare(case, runner)
    except CaseError as fault:
        return Verdict(case, "", "FAIL", None, (), str(fault))
    except Exception as fault:  # a case may hold anything; it must not stop the others
        return Verdict(case, "", "FAIL", None, (), f"{type(fault).__name__}: {fault}")
    if not deviations:
        return Verdict(case, how, "FAIL", None, (), "nothing to compare: every expected entry is empty")
    worst = max(deviations, key=lambda d: d.ratio)
    if worst.ratio <= 1.0:
        reason = "" if "engine" in how else runner.because
        return Verdict(case, how, "PASS", worst, deviations, reason)
    missing = [d.name for d in deviations if math.isnan(d.tolerance)]
    reason = f"not computed: {', '.join(missing)}" if missing else f"{worst.name} ({worst.basis})"
    return Verdict(case, how, "FAIL", worst, deviations, reason)


def _compare(case: Case, runner: Runner) -> tuple[tuple[Deviation, ...], str]:
    deviations: list[Deviation] = []
    blind = case.blind()
    if case.kind != "limit":
        measured = runner.measure(blind, None)
        deviations.extend(_against_expected(case, runner, measured, None))
    else:
        runs = {run.resolution: run.values for run in case.tolerance.runs}
        for resolution in runner.resolutions or tuple(runs) or DEFAULT_RESOLUTIONS:
            measured = runner.measure(blind, resolution)
            deviations.extend(_against_expected(case, runner, measured, resolution))
            values, bound = runs.get(resolution, {}), case.tolerance.run_absolute
            at = f" at h={resolution.step:g}, lambda={resolution.precision:g}"
            for name, expected in values.items():
                found = measured.game.get(name, MISSING)
                deviations.extend(_deviations(name, expected, found, bound, "reference run", at))
    return tuple(deviations), _how(case.expected, measured, runner)


def _how(expected: Mapping[str, Any], measured: Measured, runner: Runner) -> str:
    if not runner.on_engine or not any(name in measured.game for name in expected):
        return "function"
    return "engine" if all(name in measured.game for name in expected) else "engine + function"


def _against_expected(
    case: Case, runner: Runner, measured: Measured, resolution: Resolution | None
) -> Iterator[Deviation]:
    """Every expected name, wherever it was computed; one that was computed nowhere is a failure."""
    at = f" at h={resolution.step:g}, lambda={resolution.precision:g}" if resolution else ""
    for name, expected in case.expected.items():
        if name in measured.game:
            bound, basis = _bound(case, name, resolution)
            if resolution is not None and name in runner.wider:
                bound = runner.wider[name](case, bound)
            if measured.belief_step is not None and basis == "exact":
                bound = case.tolerance.on_beliefs(measured.belief_step, case.number("lam"))
            yield from _deviations(name, expected, measured.game[name], bound, basis, at)
        if name in measured.formula:
            bound = case.tolerance.absolute if case.kind in ("exact", "formula") else FORMULA_TOLERANCE
            yield from _deviations(name, expected, measured.formula[name], bound, "formula")
        if name not in measured.game and name not in measured.formula:
            yield from _deviations(name, expected, MISSING, 0.0, "missing")


def _bound(case: Case, name: str, resolution: Resolution | None) -> tuple[float, str]:
    tolerance = case.tolerance
    if case.kind == "limit" and resolution is not None:
        if tolerance.applies_to and name not in tolerance.applies_to:
            return FORMULA_TOLERANCE, "limit"
        return tolerance.at(resolution), "limit"
    if case.kind == "property":
        return tolerance.slack.get(name, FORMULA_TOLERANCE), "property"
    return tolerance.absolute, "exact"


def _deviations(name: str, expected: Any, found: Any, bound: float, basis: str, at: str = "") -> Iterator[Deviation]:
    if found is MISSING:
        yield Deviation(name, math.inf, math.nan, basis)
    elif expected in ([], {}):
        yield Deviation(name + at, 0.0 if found == expected else math.inf, bound, basis)
    elif isinstance(expected, dict):
        for key, value in expected.items():
            inner = found.get(key, MISSING) if isinstance(found, Mapping) else MISSING
            yield from _deviations(f"{name}.{key}", value, inner, bound, basis, at)
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield Deviation(f"{name} (of another length){at}", math.inf, bound, basis)
            return
        for index, (value, inner) in enumerate(zip(expected, found, strict=True)):
            yield from _deviations(f"{name}[{index}]", value, inner, bound, basis, at)
    else:
        yield Deviation(name + at, _error(expected, found), bound + _print_rounding(expected), basis)


def _print_rounding(expected: Any) -> float:
    """Half a unit of the twelfth significant digit, to which files print; a tolerance of 1e-12 means it beyond that."""
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return 0.0
    if not expected or not math.isfinite(expected):
        return 0.0
    return float(0.5 * 10.0 ** (math.floor(math.log10(abs(expected))) - 11))


def _error(expected: Any, found: Any) -> float:
    """Absolute difference of two numbers; what is no number must be equal."""
    if expected == "inf":
        expected = math.inf
    numbers = [isinstance(v, int | float) and not isinstance(v, bool) for v in (expected, found)]
    if not all(numbers):
        return 0.0 if type(expected) is type(found) and expected == found else math.inf
    if expected == found:
        return 0.0
    error = abs(float(found) - float(expected))
    return error if math.isfinite(error) else math.inf

"""One question from the scenario to its answer: what it needs is solved as far as it is missing, then read.

Claims, levers and sensitivities of one scenario share one ensemble. A claim that is edited is judged again from what
was solved, unless it compares with a change that was not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ripeness.ensembles.claims import claim_variants, judge
from ripeness.ensembles.draws import DEFAULT_KIND, Kind, varying
from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.levers import Levers, least_settings, lever_variants, pairs_of, rank, together
from ripeness.ensembles.statistics import spread_of
from ripeness.ensembles.sweep import Progress, Sweep, extend, sweep
from ripeness.ensembles.variants import BASE, Variant
from ripeness.ensembles.why import block_indices, elasticities, given_data
from ripeness.game import build
from ripeness.mechanisms.base import GridSize
from ripeness.questions.measures import facts_of
from ripeness.questions.verdicts import Ensemble, LeverTable, Verdict, Why
from ripeness.scenario.faults import Fault, ScenarioError, listing, nearest
from ripeness.scenario.measures import Asked, AskedError, faults_of
from ripeness.scenario.schema import Scenario

MOST_DRAWN = 6
"""Assumptions that a page draws a measure against."""
ALIASED_BELOW = 4096
"""With fewer points of a Sobol sequence in many dimensions, some assumptions move together."""
MANY = 20


class Options(NamedTuple):
    """How an ensemble is computed. Only the first five decide results.

    Attributes:
        horizon: periods; None: the scenario's.
        workers: processes; None: one for each processor.
        on: address of a Dask scheduler that computes instead.
        folder: where results are kept; None: `ensembles/<name>-<digits>`.
        rerun_failed: try draws again that failed before.
    """

    n: int = 256
    seed: int = 0
    kind: Kind = DEFAULT_KIND
    grid: GridSize = "coarse"
    horizon: int | None = None
    workers: int | None = None
    on: str | None = None
    folder: Path | None = None
    rerun_failed: bool = False
    progress: Progress | None = None


DEFAULT = Options()


@dataclass(frozen=True)
class ClaimsAnswer:
    """Verdicts on the claims of a scenario, and what they rest on."""

    scenario: Scenario
    ensemble: Ensemble
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class LeversAnswer:
    """What the levers of a scenario do to a measure, and what that rests on."""

    scenario: Scenario
    ensemble: Ensemble
    table: LeverTable


@dataclass(frozen=True)
class WhyAnswer:
    """What a measure depends on, and what that rests on."""

    scenario: Scenario
    ensemble: Ensemble
    why: Why


def ask_claims(scenario: Scenario, only: Sequence[str] | None = None, options: Options = DEFAULT) -> ClaimsAnswer:
    """In how much of the ranges each claim holds, and what that hinges on.

    Args:
        only: ids of claims; None: all.

    Raises:
        ScenarioError: no claims, or none of this id.
        EnsembleError: options that will not do.
    """
    chosen = _chosen(scenario, "claims", only)
    secrets = {f"beliefs.{role}" for role in scenario.beliefs.sides()} if scenario.beliefs is not None else set()
    aside = [each.id for each in scenario.claims if each.id in chosen and each.needs and each.needs not in secrets]
    chosen -= set(aside)
    claims = [claim for claim in scenario.claims if claim.id in chosen]
    _check(scenario, _questions(scenario, chosen), options)
    done = _swept(scenario, claim_variants(scenario, claims), options)
    ensemble = ensemble_of(done)
    if aside:
        said = f"Set aside, for they are about secrets that this scenario does not have: {', '.join(aside)}."
        ensemble = replace(ensemble, notes=(*ensemble.notes, said))
    return ClaimsAnswer(scenario, ensemble, judge(done, claims))


def ask_levers(
    scenario: Scenario,
    asked: Asked,
    only: Sequence[str] | None = None,
    options: Options = DEFAULT,
    *,
    most_pairs: int = 6,
    pair_draws: int = 32,
    target: float | None = None,
    target_draws: int = 0,
) -> LeversAnswer:
    """What levers do to a measure, alone and in pairs, and what it would take to bring it to a target.

    Args:
        only: ids of levers; None: all.
        most_pairs: pairs that are solved, of the levers that do most alone.
        pair_draws: in how many of the first draws; and in the scenario's own numbers.
        target: value of the measure that is asked for.
        target_draws: in how many of the first draws the least strength is looked for as well.
    """
    chosen = _chosen(scenario, "levers", only)
    levers = [lever for lever in scenario.levers if lever.id in chosen]
    _check(scenario, [("", asked)], options)
    done = _swept(scenario, lever_variants(scenario, levers), options)
    table = rank(done, asked, levers)
    pairs = pairs_of(table, most_pairs)
    pair_draws = min(pair_draws, done.n)
    if pairs:
        done = _extended(done, [together(pair, scenario) for pair in pairs], pair_draws, options)
        table = rank(done, asked, levers, pairs, pair_draws)
    ensemble = ensemble_of(done)
    if target is not None:
        ways: list[Levers] = [*((lever,) for lever in levers), *pairs]
        least = least_settings(
            done,
            asked,
            target,
            ways,
            lambda variants, n: _extended(done, variants, n, options),
            min(target_draws, done.n),
        )
        table = LeverTable(
            table.asked, table.base, table.central, table.singles, table.pairs, table.n, table.pair_draws, target, least
        )
    return LeversAnswer(scenario, ensemble, table)


def ask_why(
    scenario: Scenario, asked: Asked, options: Options = DEFAULT, *, blocks: int = 0, local: bool = True
) -> WhyAnswer:
    """What a measure depends on, over the ranges and near the scenario's own numbers.

    Args:
        blocks: number of blocks of a design for first and total Sobol indices, p + 2 draws each; 0: first-order indices
            from the draws of the ensemble.
        local: whether differences near the own numbers are solved.
    """
    notes: list[str] = []
    _check(scenario, [("", asked)], options)
    if scenario.correlations:
        if blocks:
            raise EnsembleError(
                "blocks give Sobol indices, which part a variance among independent assumptions; this scenario has "
                "correlated ones. Leave --blocks out, or the correlations: --set correlations=null."
            )
        notes.append("Some assumptions are correlated: each is credited with what those that it goes with do as well.")
    if blocks:
        rows = varying(scenario)
        options = options._replace(n=blocks * (len(rows) + 2), kind="saltelli")
    done = _swept(scenario, (), options)
    values = done.values(asked)
    if blocks:
        found, whole = block_indices(values, done.paths)
        method = f"Sobol indices from {whole:,} blocks of {len(done.paths) + 2} draws"
    else:
        found = given_data(done.inputs, values, done.paths)
        method = "first-order indices from the draws of the ensemble (RBD-FAST)"
    if not found:
        notes.append(
            "Too few draws, or a measure that does not vary, so that no part of the variance can be told apart."
        )
    own = done.central_value(asked)
    local_ones = elasticities(scenario, asked, own, lambda v: _extended(done, v, 0, options)) if local else ()
    broken = [each.path for each in local_ones if not np.isfinite(each.slope)]
    if broken:
        notes.append(
            f"Near the own numbers no game could be solved beside these, which are left out: {', '.join(broken)}."
        )
    order = [each.path for each in found[:MOST_DRAWN]]
    why = Why(
        asked=asked, central=own, spread=spread_of(values), sensitivities=found, method=method,
        elasticities=tuple(each for each in local_ones if np.isfinite(each.slope)), n=done.n,
        failed=int(done.failed().sum()), values=values,
        drawn={path: done.inputs[:, done.paths.index(path)] for path in order}, notes=tuple(notes),
    )  # fmt: skip
    return WhyAnswer(scenario, ensemble_of(done), why)


def _questions(scenario: Scenario, chosen: set[str]) -> Iterator[tuple[str, Asked]]:
    """All that claims ask, with the place where they ask it."""
    for index, claim in enumerate(scenario.claims):
        for number, test in enumerate(claim.tests if claim.id in chosen else ()):
            place = f"claims.{index}.tests.{number}"
            yield place, test.left_asked()
            right = test.right_asked()
            if right is not None:
                yield f"{place}.than", right


def _check(scenario: Scenario, questions: Iterable[tuple[str, Asked]], options: Options) -> None:
    """Refuse questions that the game cannot answer: names of packages and ends are known once it is built.

    Raises:
        ScenarioError: with every fault of a claim.
        AskedError: of a question of the command line.
    """
    facts = facts_of(build(scenario, grid=options.grid, horizon=options.horizon))
    faults = []
    for place, asked in questions:
        wrong = faults_of(asked, facts)
        if wrong and not place:
            raise AskedError(str(asked), wrong)
        faults += [
            Fault(scenario.name, 1, 1, f"{place}.{each.field}", each.found, each.allowed, each.remedy) for each in wrong
        ]
    if faults:
        raise ScenarioError(faults)


def _swept(scenario: Scenario, variants: Sequence[Variant], options: Options) -> Sweep:
    done = sweep(
        scenario, options.n, options.seed, variants, kind=options.kind, grid=options.grid, horizon=options.horizon,
        workers=options.workers, on=options.on, folder=options.folder, progress=options.progress,
    )  # fmt: skip
    if options.rerun_failed and done.failures:
        done.close()
        done = sweep(
            scenario, options.n, options.seed, variants, kind=options.kind, grid=options.grid, horizon=options.horizon,
            workers=options.workers, on=options.on, folder=options.folder, progress=options.progress, rerun_failed=True,
        )  # fmt: skip
    if np.all(done.failed()):
        said = done.failures[0].sentence if done.failures else ""
        raise EnsembleError(f"none of the {done.n:,} draws could be computed; the first says: {said}")
    return done


def _extended(done: Sweep, variants: Sequence[Variant], draws: int, options: Options) -> Sweep:
    return extend(done, variants, draws, workers=options.workers, on=options.on, progress=options.progress)


def _chosen(scenario: Scenario, section: str, only: Sequence[str] | None) -> set[str]:
    """Ids of the claims or levers that are asked about."""
    known = [each.id for each in getattr(scenario, section)]
    if not known:
        remedy = f"Add `{section}`; docs/claims.md has some."
        raise ScenarioError([Fault(scenario.name, 1, 1, section, "nothing", f"a scenario with {section}", remedy)])
    faults = [
        Fault("--only", 1, 1, section, f'the unknown id "{name}"', listing(known), f"nearest: {close}" if close else "")
        for name in only or ()
        if name not in known
        for close in [nearest(name, known)]
    ]
    if faults:
        raise ScenarioError(faults)
    return set(known if only is None else only)


def ensemble_of(done: Sweep) -> Ensemble:
    """What an answer rests on."""
    numbers = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?")  # the same failure has others in each draw
    kinds = [numbers.sub("#", each.sentence) for each in done.failures]
    example = {kind: each.sentence for kind, each in zip(kinds, done.failures, strict=True)}
    failed = [(example[kind], count) for kind, count in Counter(kinds).most_common()]
    notes = list(done.design.cut)
    p = len(done.paths)
    if done.design.kind == "sobol" and p > MANY and done.n < ALIASED_BELOW:
        notes.append(
            f"Of {p} coordinates of a Sobol sequence some move together in {done.n:,} points: what depends "
            "on one assumption may be put down to another. Take --kind latin, or 4,096 draws."
        )
    notes += [
        f"In {draws:,} of {done.n:,} draws the axis {name} has more points than on this grid: the drift needs them."
        for name, draws in done.refined.items()
    ]
    variants = {BASE.id, *(each.id for each in done.variants)}
    return Ensemble(
        n=done.n, seed=done.design.seed, kind=done.design.kind, grid=done.grid,
        horizon=done.scenario.horizon if done.horizon is None else done.horizon, n_assumptions=len(done.paths),
        solved=len(variants) * (done.n + 1), failures=tuple(failed), notes=tuple(notes),
        folder=str(done.folder),
    )  # fmt: skip

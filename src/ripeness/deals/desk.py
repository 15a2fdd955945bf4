"""A plan and some questions about it, answered together: what the command `ripeness deal` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.amendments import Amendments, smallest_amendments
from ripeness.deals.conflicts import ConflictOutOfTimeError, Demand, conflict
from ripeness.deals.drafts import DraftComparison, DraftScore, compare_drafts, indices, score
from ripeness.deals.fair_lotteries import fair_lotteries
from ripeness.deals.packages import OutOfTimeError, Packages, acceptable_package, efficient, end_of
from ripeness.deals.plan import PlanSection
from ripeness.deals.plan_reading import load_plan
from ripeness.deals.problem import UNIT, Int, Problem, millionths, problem_of
from ripeness.deals.robustness import Stays, draw, most_often, stays
from ripeness.deals.solutions import egalitarian_package, kalai_smorodinsky_package, nash_package, utilitarian_package
from ripeness.scenario.faults import Fault, ScenarioError, listing, nearest

MOST_SHOWN = 1_000
"""Efficient packages that a chart shows."""

N_STARTS = 10
"""Efficient packages from which the one most often acceptable is searched for."""

MOST_OFTEN = "most often acceptable"


@dataclass(frozen=True)
class Chosen:
    """The package that a bargaining solution picks.

    Attributes:
        rule: `Nash`, `Kalai-Smorodinsky`, `egalitarian` or `utilitarian`.
        options: option by point.
        worth, gain: by party; the gain is over its reservation.
    """

    rule: str
    options: dict[str, str]
    worth: dict[str, float]
    gain: dict[str, float]


@dataclass(frozen=True)
class Frontier:
    """The efficient packages in figures.

    Attributes:
        n_packages: how many there are, packages of equal worth to all counted once; `n_acceptable` of them to all.
        bound: by how much, for each party, a package may be better than the best one listed for it; 0: exact.
        within: the largest bound as a share of what is between the party's best and worst options.
    """

    n_packages: int
    n_acceptable: int
    bound: dict[str, float]
    within: float


@dataclass(frozen=True)
class Robustness:
    """How often packages stay acceptable over the ranges of worths and reservations.

    Attributes:
        packages: drafts, what the rules pick, and the package found that is acceptable most often.
    """

    n_draws: int
    seed: int
    packages: tuple[Stays, ...]


@dataclass(frozen=True)
class Place:
    """An efficient package as a chart shows it: worth by party, options by point."""

    worth: tuple[float, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Answers about a plan.

    Attributes:
        parties: whose signatures are needed.
        solutions: none where no package is acceptable to all.
        lotteries: expected gain of each party if the rules drew lots between packages; by rule.
        conflict: minimal set of demands that no package meets; none where one meets all.
        amendments: None where they were not asked for, or where no package is acceptable.
        all_amendments: smallest amendments of every draft scored, where they were asked for.
        robustness: None where it was not asked for.
        unanswered: what time did not allow, in sentences.
        shown: efficient packages, at most `MOST_SHOWN` of them spread over the list.
    """

    plan: PlanSection
    parties: tuple[str, ...]
    frontier: Frontier
    solutions: tuple[Chosen, ...]
    lotteries: dict[str, dict[str, float]]
    drafts: tuple[DraftScore, ...]
    comparison: DraftComparison | None
    amendments: Amendments | None
    all_amendments: tuple[Amendments, ...]
    conflict: tuple[Demand, ...]
    robustness: Robustness | None
    unanswered: tuple[str, ...]
    shown: tuple[Place, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {
            "plan": self.plan.name,
            "parties": list(self.parties),
            "frontier": asdict(self.frontier),
            "solutions": [asdict(each) for each in self.solutions],
            "lotteries": self.lotteries,
            "drafts": [asdict(each) for each in self.drafts],
            "comparison": None if self.comparison is None else asdict(self.comparison),
            "amendments": None if self.amendments is None else _amendments_as_dict(self.amendments),
            "conflict": [asdict(each) for each in self.conflict],
            "robustness": None if self.robustness is None else asdict(self.robustness),
            "unanswered": list(self.unanswered),
        }


def _amendments_as_dict(said: Amendments) -> dict[str, Any]:
    found = [
        {"changes": [c._asdict() for c in each.changes], "weight": each.weight, "worth": each.worth}
        for each in said.found
    ]
    return {"draft": said.draft, "complete": said.complete, "at_least": said.at_least, "found": found}


def negotiate(
    source: str | PathLike[str] | PlanSection,
    drafts: Sequence[str] | None = None,
    parties: Sequence[str] | None = None,
    amend: str | None = None,
    time_limit_s: float | None = None,
    n_draws: int = 0,
    seed: int = 0,
    amend_all: bool = False,
    lotteries: bool = True,
) -> Desk:
    """Efficient packages, solutions, drafts, amendments and conflicts of a plan.

    Args:
        source: a plan, or the path of its file.
        drafts: those to score; all when None. Two are compared with each other.
        parties: whose signatures are needed; those of the plan when None.
        amend: draft whose smallest amendments are wanted.
        time_limit_s: for each question. After it the efficient packages are approximated, with a bound; amendments and
            conflicts are given as far as they are known.
        amend_all: whether the smallest amendments of every draft scored are wanted.
        lotteries: whether what lots between packages could promise is wanted.
        n_draws: of worths and reservations from their ranges, for the robustness of packages; 0: none.

    Raises:
        ScenarioError: with every fault of the file, or of the names given.
        DealError: the plan is too large for an exact answer.
    """
    plan = source if isinstance(source, PlanSection) else load_plan(source)
    faults = [
        *_unknown("--drafts", "draft", drafts or (), plan.drafts),
        *_unknown("--parties", "party", parties or (), plan.parties),
        *_unknown("--amend", "draft", () if amend is None else (amend,), plan.drafts),
    ]
    if parties is not None and len(set(parties)) < 2:
        found = f"{len(set(parties))} party" if parties else "no party"
        faults.append(Fault("--parties", 1, 1, "", found, "at least two parties, with commas between them"))
    if faults:
        raise ScenarioError(faults)
    signers = tuple(dict.fromkeys(plan.signers if parties is None else parties))
    scored = tuple(dict.fromkeys(plan.drafts if drafts is None else drafts))
    problem = problem_of(plan, signers)
    packages = efficient(problem, time_limit_s=time_limit_s)
    unanswered: list[str] = []
    frontier, solutions = _solved(plan, signers, problem, packages, time_limit_s, unanswered)
    demands: tuple[Demand, ...] = ()
    amendments = None
    if not solutions:
        demands = _conflict(plan, signers, time_limit_s, unanswered)
    if amend is not None and not demands:
        amendments = smallest_amendments(plan, amend, signers, time_limit_s=time_limit_s)
        if amendments is not None and not amendments.found:
            least = f"any change that makes {amend} acceptable changes {amendments.at_least} points or more"
            unanswered.append(f"The smallest amendments were not found in time; {least}.")
    every = [smallest_amendments(plan, each, signers, time_limit_s=time_limit_s) for each in scored if amend_all]
    reservations = np.array([float(plan.parties[party].reservation) for party in signers])
    powers = np.array([float(plan.parties[party].power) for party in signers])
    drawn = fair_lotteries(packages.utilities - reservations, powers) if lotteries and len(packages) else {}
    return Desk(
        plan=plan,
        parties=signers,
        frontier=frontier,
        solutions=solutions,
        lotteries={rule: dict(zip(signers, map(float, gain), strict=True)) for rule, gain in drawn.items()},
        drafts=tuple(score(plan, draft) for draft in scored),
        comparison=compare_drafts(plan, *scored) if len(scored) == 2 else None,
        amendments=amendments,
        all_amendments=tuple(each for each in every if each is not None),
        conflict=demands,
        robustness=_robust(plan, signers, scored, solutions, packages, n_draws, seed) if n_draws else None,
        unanswered=tuple(unanswered),
        shown=_shown(plan, packages),
    )


def _conflict(
    plan: PlanSection, signers: tuple[str, ...], time_limit_s: float | None, unanswered: list[str]
) -> tuple[Demand, ...]:
    try:
        return conflict(plan, signers, time_limit_s)
    except ConflictOutOfTimeError as error:
        if error.demands:
            unanswered.append(
                "The demands cannot be met together, but time was over before they were as few as can be."
            )
        else:
            unanswered.append("Time was over before it was known whether any package is acceptable to all.")
        return error.demands


def _robust(
    plan: PlanSection,
    signers: tuple[str, ...],
    drafts: Sequence[str],
    solutions: Sequence[Chosen],
    packages: Packages,
    n_draws: int,
    seed: int,
) -> Robustness:
    draws = draw(plan, signers, n_draws, seed)
    named = [(draft, indices(plan, draft)) for draft in drafts]
    named += [(chosen.rule, _indices_of(plan, chosen.options)) for chosen in solutions]
    spread = np.linspace(0, len(packages) - 1, min(len(packages), N_STARTS)).astype(int)
    starts = [package for _, package in named] + [tuple(row) for row in packages.choices[spread].tolist()]
    best = most_often(plan, draws, starts)
    if best is not None:
        named.append((MOST_OFTEN, best))
    return Robustness(n_draws, seed, tuple(stays(plan, draws, label, package) for label, package in named))


def _indices_of(plan: PlanSection, options: dict[str, str]) -> tuple[int, ...]:
    return tuple(list(point.options).index(options[name]) for name, point in plan.points.items())


def _shown(plan: PlanSection, packages: Packages) -> tuple[Place, ...]:
    rows = np.unique(np.linspace(0, len(packages) - 1, min(len(packages), MOST_SHOWN)).astype(int))
    names = [list(point.options) for point in plan.points.values()]
    return tuple(
        Place(
            tuple((packages.worth[row] / UNIT).tolist()),
            tuple(names[k][option] for k, option in enumerate(packages.choices[row].tolist())),
        )
        for row in rows
    )


def _solved(
    plan: PlanSection,
    signers: tuple[str, ...],
    problem: Problem,
    packages: Packages,
    time_limit_s: float | None,
    unanswered: list[str],
) -> tuple[Frontier, tuple[Chosen, ...]]:
    targets = np.array([millionths(plan.parties[party].reservation) for party in signers], np.int64)
    good = np.flatnonzero(np.all(packages.worth >= targets, axis=1))
    bound = {party: int(each) / UNIT for party, each in zip(signers, packages.bound, strict=True)}
    frontier = Frontier(len(packages), int(good.size), bound, packages.within)
    choices, worth = packages.choices[good], packages.worth[good]
    if not good.size and not packages.exact:
        # what an approximation has lost can still be found by itself
        try:
            found = acceptable_package(problem, targets.tolist(), end_of(time_limit_s))
        except OutOfTimeError:
            found = None
        if found is not None:
            choices = np.array([found], np.int16)
            worth = np.array([problem.worth_of(found)], np.int64)
    if not worth.size:
        return frontier, ()
    powers = [float(plan.parties[party].power) for party in signers]
    return frontier, tuple(
        _chosen(plan, signers, rule, choices[row], worth[row], targets)
        for rule, row in solutions_of(worth - targets, powers).items()
    )


def solutions_of(gain: Int, powers: Sequence[float]) -> dict[str, int]:
    """Row that each rule picks among packages that are acceptable to all.

    Args:
        gain: millionths over the reservations (packages, parties), none negative.
        powers: bargaining power of each party, the weights of Nash's rule.
    """
    gains = gain / UNIT
    return {
        "Nash": nash_package(gains, weights=powers),
        "Kalai-Smorodinsky": kalai_smorodinsky_package(gains),
        "egalitarian": egalitarian_package(gains),
        "utilitarian": utilitarian_package(gains),
    }


def _chosen(
    plan: PlanSection, signers: tuple[str, ...], rule: str, choice: NDArray[np.int16], worth: Int, targets: Int
) -> Chosen:
    options = {
        name: list(point.options)[option]
        for (name, point), option in zip(plan.points.items(), choice.tolist(), strict=True)
    }
    worths = {party: int(each) / UNIT for party, each in zip(signers, worth, strict=True)}
    gains = {party: int(each) / UNIT for party, each in zip(signers, worth - targets, strict=True)}
    return Chosen(rule, options, worths, gains)


def _unknown(option: str, what: str, words: Sequence[str], known: Sequence[str] | dict[str, Any]) -> list[Fault]:
    faults = []
    for number, word in enumerate(words, 1):
        if word not in known:
            close = nearest(word, known)
            allowed = listing(list(known)) or f"none: the plan has no {what}"
            remedy = f"nearest: {close}" if close else ""
            faults.append(Fault(option, number, 1, "", f'the unknown {what} "{word[:40]}"', allowed, remedy))
    return faults

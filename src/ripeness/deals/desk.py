"""A plan and some questions about it, answered together: what the command `ripeness deal` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.amendments import Amendments, smallest_amendments
from ripeness.deals.conflicts import Demand, conflict
from ripeness.deals.drafts import DraftComparison, DraftScore, compare_drafts, score
from ripeness.deals.packages import Packages, acceptable_package, efficient
from ripeness.deals.plan import Plan
from ripeness.deals.plan_reading import load_plan
from ripeness.deals.problem import UNIT, Int, Problem, millionths, problem_of
from ripeness.deals.solutions import egalitarian_package, kalai_smorodinsky_package, nash_package, utilitarian_package
from ripeness.scenario.faults import Fault, ScenarioError, listing, nearest


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
class Desk:
    """Answers about a plan.

    Attributes:
        parties: whose signatures are needed.
        solutions: none where no package is acceptable to all.
        conflict: minimal set of demands that no package meets; none where one meets all.
        amendments: None where they were not asked for, or where no package is acceptable.
    """

    plan: Plan
    parties: tuple[str, ...]
    frontier: Frontier
    solutions: tuple[Chosen, ...]
    drafts: tuple[DraftScore, ...]
    comparison: DraftComparison | None
    amendments: Amendments | None
    conflict: tuple[Demand, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {
            "plan": self.plan.name,
            "parties": list(self.parties),
            "frontier": asdict(self.frontier),
            "solutions": [asdict(each) for each in self.solutions],
            "drafts": [asdict(each) for each in self.drafts],
            "comparison": None if self.comparison is None else asdict(self.comparison),
            "amendments": None if self.amendments is None else _amendments_as_dict(self.amendments),
            "conflict": [asdict(each) for each in self.conflict],
        }


def _amendments_as_dict(said: Amendments) -> dict[str, Any]:
    found = [
        {"changes": [c._asdict() for c in each.changes], "weight": each.weight, "worth": each.worth}
        for each in said.found
    ]
    return {"draft": said.draft, "complete": said.complete, "found": found}


def negotiate(
    source: str | PathLike[str] | Plan,
    drafts: Sequence[str] | None = None,
    parties: Sequence[str] | None = None,
    amend: str | None = None,
    time_limit_s: float | None = None,
) -> Desk:
    """Efficient packages, solutions, drafts, amendments and conflicts of a plan.

    Args:
        source: a plan, or the path of its file.
        drafts: those to score; all when None. Two are compared with each other.
        parties: whose signatures are needed; those of the plan when None.
        amend: draft whose smallest amendments are wanted.
        time_limit_s: time after which the efficient packages are approximated, with a bound.

    Raises:
        ScenarioError: with every fault of the file, or of the names given.
        DealError: the plan is too large for an exact answer.
    """
    plan = source if isinstance(source, Plan) else load_plan(source)
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
    frontier, solutions = _solved(plan, signers, problem, packages)
    return Desk(
        plan=plan,
        parties=signers,
        frontier=frontier,
        solutions=solutions,
        drafts=tuple(score(plan, draft) for draft in scored),
        comparison=compare_drafts(plan, *scored) if len(scored) == 2 else None,
        amendments=None if amend is None or not solutions else smallest_amendments(plan, amend, signers),
        conflict=() if solutions else conflict(plan, signers),
    )


def _solved(
    plan: Plan, signers: tuple[str, ...], problem: Problem, packages: Packages
) -> tuple[Frontier, tuple[Chosen, ...]]:
    targets = np.array([millionths(plan.parties[party].reservation) for party in signers], np.int64)
    good = np.flatnonzero(np.all(packages.worth >= targets, axis=1))
    bound = {party: int(each) / UNIT for party, each in zip(signers, packages.bound, strict=True)}
    frontier = Frontier(len(packages), int(good.size), bound, packages.within)
    choices, worth = packages.choices[good], packages.worth[good]
    if not good.size and not packages.exact:
        # what an approximation has lost can still be found by itself
        found = acceptable_package(problem, targets.tolist())
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
    plan: Plan, signers: tuple[str, ...], rule: str, choice: NDArray[np.int16], worth: Int, targets: Int
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

"""Drafts of a plan: what each is worth to each party, who objects to what, and how two drafts differ."""

from __future__ import annotations

from dataclasses import dataclass

from ripeness.deals.conflicts import condition_says
from ripeness.deals.plan import PlanSection
from ripeness.deals.problem import UNIT, meets, millionths, patterns_of, problem_of, restrictions_of


@dataclass(frozen=True)
class Verdict:
    """What a party makes of a draft.

    Attributes:
        worth: of the whole draft, in the party's own unit, worth that holds together included.
        gain: worth less the reservation.
        red_lines: points whose option it cannot sign.
        signs: it is worth at least the reservation, and crosses no red line of the party.
    """

    party: str
    worth: float
    reservation: float
    gain: float
    red_lines: tuple[str, ...]
    signs: bool


@dataclass(frozen=True)
class PointVerdict:
    """What a party makes of one point of a draft.

    Attributes:
        worth: of the option by itself.
        concession: by how much the best option of the point would be worth more to the party; 0: it gets its best.
        verdict: `red line`; `indifferent` where all options are worth the same; `gains` where it gets its best option,
            `objects` where it gets its worst, `concedes` in between.
    """

    point: str
    option: str
    party: str
    worth: float
    concession: float
    verdict: str


@dataclass(frozen=True)
class DraftScore:
    """A draft under everybody's eyes.

    Attributes:
        parties: one verdict for each party of the plan, in its order.
        points: verdicts by point and party.
        broken: conditions of the plan that the draft does not keep, as sentences.
        together: worth that holds only together, for each party; a part of the verdicts' worths.
    """

    draft: str
    parties: tuple[Verdict, ...]
    points: tuple[PointVerdict, ...]
    broken: tuple[str, ...]
    together: dict[str, float]


@dataclass(frozen=True)
class Difference:
    """A point that two drafts settle otherwise, and what a change from the first to the second is worth to each."""

    point: str
    before: str
    after: str
    change: dict[str, float]


@dataclass(frozen=True)
class DraftComparison:
    """Two drafts, point by point.

    Attributes:
        differences: points settled otherwise, in the order of the plan.
        together: change of the worth that holds only together.
        total: change of the worth of the whole draft.
    """

    before: str
    after: str
    differences: tuple[Difference, ...]
    together: dict[str, float]
    total: dict[str, float]


def score(plan: PlanSection, draft: str) -> DraftScore:
    """A draft against every party's reservation and red lines, as a whole and point by point."""
    choices = plan.drafts[draft]
    package = indices(plan, draft)
    names = tuple(plan.parties)
    problem = problem_of(plan, names)
    total = problem.worth_of(package)
    alone = sum(rows[option] for rows, option in zip(problem.worth, package, strict=True))
    verdicts = []
    for column, (name, party) in enumerate(plan.parties.items()):
        crossed = tuple(at for at, point in plan.points.items() if name in point.options[choices[at]].red_line_of)
        gain = int(total[column]) - millionths(party.reservation)
        signs = gain >= 0 and not crossed
        worth = int(total[column]) / UNIT
        verdicts.append(Verdict(name, worth, float(party.reservation), gain / UNIT, crossed, signs))
    broken = tuple(
        condition_says(plan, name)
        for name in restrictions_of(plan)
        if any(each.worth is None and meets(each, package) for each in patterns_of(plan, names, [name]))
    )
    together = {name: int(total[column] - alone[column]) / UNIT for column, name in enumerate(names)}
    return DraftScore(draft, tuple(verdicts), tuple(_points(plan, draft)), broken, together)


def compare_drafts(plan: PlanSection, before: str, after: str) -> DraftComparison:
    """What a change from one draft to another would be worth to every party, point by point."""
    first, second = plan.drafts[before], plan.drafts[after]
    differences = []
    for name in plan.points:
        if first[name] != second[name]:
            change = {
                party: (
                    millionths(plan.worths[name, second[name], party].value)
                    - millionths(plan.worths[name, first[name], party].value)
                )
                / UNIT
                for party in plan.parties
            }
            differences.append(Difference(name, first[name], second[name], change))
    problem = problem_of(plan, tuple(plan.parties))
    moved = problem.worth_of(indices(plan, after)) - problem.worth_of(indices(plan, before))
    alone = [sum(millionths(each.change[party]) for each in differences) for party in plan.parties]
    total = {party: int(moved[column]) / UNIT for column, party in enumerate(plan.parties)}
    together = {party: (int(moved[column]) - alone[column]) / UNIT for column, party in enumerate(plan.parties)}
    return DraftComparison(before, after, tuple(differences), together, total)


def indices(plan: PlanSection, draft: str) -> tuple[int, ...]:
    """Index of the option that a draft chooses at each point."""
    choices = plan.drafts[draft]
    return tuple(list(point.options).index(choices[name]) for name, point in plan.points.items())


def _points(plan: PlanSection, draft: str) -> list[PointVerdict]:
    found = []
    for name, point in plan.points.items():
        chosen = plan.drafts[draft][name]
        for party in plan.parties:
            worths = [millionths(plan.worths[name, option, party].value) for option in point.options]
            worth = millionths(plan.worths[name, chosen, party].value)
            if party in point.options[chosen].red_line_of:
                verdict = "red line"
            elif max(worths) == min(worths):
                verdict = "indifferent"
            elif worth == max(worths):
                verdict = "gains"
            else:
                verdict = "objects" if worth == min(worths) else "concedes"
            found.append(PointVerdict(name, chosen, party, worth / UNIT, (max(worths) - worth) / UNIT, verdict))
    return found

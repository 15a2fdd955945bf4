"""Why no package is acceptable to all: a smallest set of demands that cannot be met together.

The set is minimal: take away any one demand of it, and what is left can be met. It is found by going through all
demands and dropping each one without which the rest still cannot be met (a deletion filter); there may be other minimal
sets. Conditions of the plan are facts here, unless they contradict each other by themselves; then they are the set.
Source: Chinneck & Dravnieks (1991), ORSA Journal on Computing 3(2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from ripeness.deals.packages import OutOfTimeError, acceptable_package, end_of
from ripeness.deals.plan import Options, PlanSection, as_options
from ripeness.deals.problem import ConditionName, RedLine, millionths, problem_of, red_lines_of, restrictions_of
from ripeness.scenario.faults import listing

Kind = Literal["reservation", "red line", "condition"]
T = TypeVar("T")


@dataclass(frozen=True)
class Demand:
    """Something that a package must respect.

    Attributes:
        party: whose demand; empty for a condition.
        point, option: of a red line; of others empty.
        says: the demand as a sentence.
    """

    kind: Kind
    party: str
    point: str
    option: str
    says: str


class ConflictOutOfTimeError(OutOfTimeError):
    """Time was over before the set of demands was minimal.

    Attributes:
        demands: a set that cannot be met, perhaps with more in it than needed; empty where not even that is known.
    """

    def __init__(self, message: str, demands: tuple[Demand, ...]) -> None:
        super().__init__(message)
        self.demands = demands


def conflict(
    plan: PlanSection, parties: Sequence[str] | None = None, time_limit_s: float | None = None
) -> tuple[Demand, ...]:
    """A minimal set of reservations and red lines, or of conditions, that no package meets; empty where one meets all.

    Red lines are dropped first where either would do, so that reservations are named before them.

    Args:
        parties: whose signatures are needed; those of the plan when None.
        time_limit_s: None: as long as it takes.

    Raises:
        ConflictOutOfTimeError: with what was found until then.
    """
    signers = tuple(plan.signers if parties is None else parties)
    conditions = restrictions_of(plan)
    ends = end_of(time_limit_s)

    def condition(name: ConditionName) -> Demand:
        return Demand("condition", "", "", "", condition_says(plan, name))

    try:
        if not _possible(plan, (), (), conditions, ends):
            return _minimal(conditions, lambda kept: _possible(plan, (), (), kept, ends), condition)
        demands: list[RedLine | str] = [*red_lines_of(plan, signers), *signers]

        def possible(kept: Sequence[RedLine | str]) -> bool:
            lines = [each for each in kept if not isinstance(each, str)]
            return _possible(plan, [each for each in kept if isinstance(each, str)], lines, conditions, ends)

        return () if possible(demands) else _minimal(demands, possible, lambda each: _demand(plan, each))
    except ConflictOutOfTimeError:
        raise
    except OutOfTimeError as error:
        raise ConflictOutOfTimeError(str(error), ()) from None


def _minimal(
    demands: Sequence[T], possible: Callable[[Sequence[T]], bool], said: Callable[[T], Demand]
) -> tuple[Demand, ...]:
    """Demands that cannot be met together, while any all but one of them can."""
    kept = list(demands)
    for each in demands:
        fewer = [other for other in kept if other != each]
        try:
            met = possible(fewer)
        except OutOfTimeError as error:
            raise ConflictOutOfTimeError(str(error), tuple(map(said, kept))) from None
        if not met:
            kept = fewer
    return tuple(map(said, kept))


def _possible(
    plan: PlanSection,
    reservations: Sequence[str],
    red_lines: Sequence[RedLine],
    conditions: Sequence[ConditionName],
    ends: float | None,
) -> bool:
    """Whether some package meets these demands."""
    # a merge needs somebody whose worth is summed; a target that any package reaches asks for nothing
    counted = list(reservations) or list(plan.parties)[:1]
    problem = problem_of(plan, counted, red_lines, conditions)
    targets = [millionths(plan.parties[party].reservation) if reservations else -(2**60) for party in counted]
    return acceptable_package(problem, targets, ends) is not None


def _demand(plan: PlanSection, said: RedLine | str) -> Demand:
    if isinstance(said, str):
        party = plan.parties[said]
        return Demand("reservation", said, "", "", f"{party.name} signs for a worth of {party.reservation:g} or more")
    name, point, option = said
    says = f"{plan.parties[name].name} cannot sign {point} = {option}"
    return Demand("red line", name, point, option, says)


def condition_says(plan: PlanSection, name: ConditionName) -> str:
    """A requirement or exclusion as a sentence."""
    kind, index = name
    if kind == "requires":
        requires = plan.conditions.requires[index]
        return f"{_choices(requires.when)} requires {_choices(requires.then)}"
    return f"{_choices(plan.conditions.excludes[index])} cannot stand together"


def _choices(said: dict[str, Options]) -> str:
    return " and ".join(f"{point} = {listing(as_options(options))}" for point, options in said.items())

"""The short list of packages on which a war is bargained over, drawn from its plan.

Efficient packages of the two belligerents, spread along their frontier, and the drafts of the plan. Where there are
drafts, only the stretch of the frontier counts on which each belligerent gets at least what its worst draft gives it:
what nobody has put on paper in any form is not bargained over. Packages are picked one after another, each the farthest
from those that stand already (drafts included), in worths that are scaled by what lies between least and greatest.

A package's shift is the sum of what its options move to the attacker, its guarantees combine like independent chances
of failure, 1 - prod (1 - g), and what it is worth to an actor beyond its terms is, with worth w, zero z, stake s:

    attacker  s (w - z) - shift,    defender  s (w - z) + shift,    patron  s (w - z).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.drafts import indices
from ripeness.deals.packages import Packages, efficient
from ripeness.deals.plan import PlanSection
from ripeness.deals.problem import UNIT, Int, problem_of
from ripeness.mechanisms.base import ROLES, Role

CROSSED = -1.0
"""Added to what a package is worth to an actor whose red line it crosses: the whole of what the war is about."""

TIME_LIMIT_S = 60.0


@dataclass(frozen=True)
class Listed:
    """One package of the short list.

    Attributes:
        name: of the draft, or its number along the frontier.
        draft: whether it is a draft of the plan.
        options: option by point.
        worth: by party, in its own unit.
        shift: share that it moves to the attacker, against the line of contact.
        guarantees: strength of enforcement, 0 to 1.
        extra: by role, what it is worth beyond its terms, in shares of what the war is about.
    """

    name: str
    draft: bool
    options: dict[str, str]
    worth: dict[str, float]
    shift: float
    guarantees: float
    extra: dict[Role, float]


def party_of(plan: PlanSection, role: Role) -> str | None:
    """The party of a plan that an actor of the scenario is."""
    return next((name for name, party in plan.parties.items() if party.role == role), None)


def shortlist(plan: PlanSection, n_packages: int, drafts: tuple[str, ...] | None = None) -> tuple[Listed, ...]:
    """Drafts in their order, then efficient packages from the attacker's best to the defender's best.

    Args:
        n_packages: efficient ones, besides the drafts; fewer where the frontier has fewer.
        drafts: those that are kept; all when None.

    Raises:
        DealError: the plan is too large.
        ValueError: the plan does not say who attacker and defender are.
    """
    sides = [party_of(plan, role) for role in ("attacker", "defender")]
    if None in sides:
        raise ValueError("the plan must say which party is the attacker and which the defender (`role`)")
    belligerents = [str(each) for each in sides]
    kept = tuple(plan.drafts if drafts is None else drafts)
    found = [_listed(plan, draft, indices(plan, draft), draft=True) for draft in kept]
    problem = problem_of(plan, belligerents)
    frontier = efficient(problem, time_limit_s=TIME_LIMIT_S)
    on_paper = [problem.worth_of(indices(plan, draft)) for draft in plan.drafts]
    rows = _spread(frontier, np.array(on_paper, np.int64).reshape(-1, 2), n_packages)
    choices = [tuple(int(option) for option in frontier.choices[row]) for row in rows]
    new = [choice for choice in choices if choice not in {indices(plan, draft) for draft in kept}]
    found += [_listed(plan, f"efficient {k} of {len(new)}", choice, draft=False) for k, choice in enumerate(new, 1)]
    return tuple(found)


def _spread(frontier: Packages, drafts: Int, n_packages: int) -> list[int]:
    """Rows of the frontier, spread along it, from the first party's best."""
    worth = frontier.worth.astype(np.float64)
    rows = np.arange(len(worth))
    if len(drafts):
        inside = np.flatnonzero(np.all(worth >= drafts.min(axis=0), axis=1))
        rows = inside if inside.size else rows
    if not rows.size or not n_packages:
        return []
    scale = np.maximum(worth[rows].max(axis=0) - worth[rows].min(axis=0), 1.0)
    places = worth[rows] / scale
    best = [int(np.argmax(places[:, 0])), int(np.argmax(places[:, 1]))][:n_packages]
    chosen = list(dict.fromkeys(best))
    far = _distance(places, places[chosen])
    if len(drafts):
        far = np.minimum(far, _distance(places, drafts / scale))
    while len(chosen) < min(n_packages, len(rows)):
        far[chosen] = -1.0
        chosen.append(int(np.argmax(far)))
        far = np.minimum(far, _distance(places, places[chosen[-1:]]))
    return sorted((int(rows[k]) for k in chosen), key=lambda row: -worth[row, 0])


def _distance(places: NDArray[np.float64], to: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each place to the nearest of some others, in the larger of the two coordinates."""
    return np.asarray(np.abs(places[:, None] - to).max(axis=2).min(axis=1))


def _listed(plan: PlanSection, name: str, choice: tuple[int, ...], *, draft: bool) -> Listed:
    options = {
        point_name: list(point.options)[option]
        for (point_name, point), option in zip(plan.points.items(), choice, strict=True)
    }
    names = tuple(plan.parties)
    worth = dict(zip(names, (problem_of(plan, names).worth_of(choice) / UNIT).tolist(), strict=True))
    chosen = [plan.points[point].options[option] for point, option in options.items()]
    shift = sum(float(option.shift) for option in chosen)
    failing = 1.0
    for option in chosen:
        failing *= 1.0 - float(option.guarantees)
    extra: dict[Role, float] = {}
    for role in ROLES:
        party = party_of(plan, role)
        if party is None:
            continue
        said = plan.parties[party]
        beyond = float(said.stake) * (worth[party] - float(said.zero))
        beyond += {"attacker": -shift, "defender": shift, "patron": 0.0}[role]
        extra[role] = beyond + (CROSSED if any(party in option.red_line_of for option in chosen) else 0.0)
    return Listed(name, draft, options, worth, shift, 1.0 - failing, extra)

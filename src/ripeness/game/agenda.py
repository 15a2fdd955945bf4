"""The short list of packages that is bargained over, and A's share under each of them in each state."""

from __future__ import annotations

import numpy as np

from ripeness.deals.problem import DealError
from ripeness.deals.shortlist import Listed, shortlist
from ripeness.game.errors import GameError
from ripeness.mechanisms.base import Array, Package
from ripeness.scenario.plan import PlanSection
from ripeness.scenario.schema import Agenda, package_name


def packages(agenda: Agenda, plan: PlanSection | None = None) -> tuple[Package, ...]:
    """Every package of an agenda: first the grid (terms by guarantees), then those written out, then the plan's.

    Raises:
        GameError: no package at all, or two packages of one name.
    """
    grid = agenda.grid
    found: list[Package] = []
    if grid is not None:
        said = len(grid.guarantees) > 1 or any(g != 0.0 for g in grid.guarantees)
        kinds: list[tuple[float | None, float]] = [(None, float(s)) for s in grid.shifts]
        kinds += [(float(t), 0.0) for t in grid.terms]
        for terms, shift in kinds:
            for guarantees in grid.guarantees:
                name = package_name(terms, shift, float(guarantees) if said else None)
                found.append(Package(name, terms, shift, float(guarantees)))
    for spec in agenda.packages:
        terms = None if isinstance(spec.terms, str) else float(spec.terms)
        extra = {role: float(value) for role, value in spec.extra.items()}
        found.append(Package(spec.name, terms, float(spec.shift), float(spec.guarantees), extra))
    found += [Package(each.name, None, each.shift, each.guarantees, each.extra) for each in listed(agenda, plan)]
    if not found:
        raise GameError(
            "agenda is empty: nothing can be offered. Give agenda.grid.shifts, for example [-0.05, 0, 0.05], or "
            "agenda.packages."
        )
    names = [p.name for p in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GameError(f"agenda has more than one package called '{twice[0]}'. Give each its own name or drop one.")
    return tuple(found)


def listed(agenda: Agenda, plan: PlanSection | None) -> tuple[Listed, ...]:
    """What an agenda draws from a plan; nothing where it does not ask for it.

    Raises:
        GameError: there is no plan, or it is no plan of this war, or it is too large.
    """
    if agenda.plan is None:
        return ()
    if plan is None:
        raise GameError("agenda.plan needs `plan`, which the scenario does not have. Add it.")
    try:
        return shortlist(plan, agenda.plan.packages, agenda.plan.drafts)
    except (DealError, ValueError) as error:
        raise GameError(f"agenda.plan: {error}") from None


def terms_of(package: Package, line: Array | float) -> Array | float:
    """A's share under a package, cut to [0, 1]; `line` is A's share held at the line of contact."""
    base = line if package.terms is None else package.terms
    terms: Array | float = np.clip(base + package.shift, 0.0, 1.0)
    return terms

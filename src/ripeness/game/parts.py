"""Who pays what: the parts of the flows at war and of what a settlement is worth, by the mechanism that adds them.

Mechanisms are asked here, and nowhere else, what war and peace pay. `build` adds the answers up into tables;
`war_parts` and `peace_parts` keep them apart, at a few states in the first period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.game.agenda import terms_of
from ripeness.game.errors import GameError
from ripeness.game.expansion import Expansion, Part
from ripeness.game.frame import check_role, probability
from ripeness.game.variants import Variants
from ripeness.mechanisms.base import Array, Package, Peace, Setting

TERMS, EXTRA = "terms", "extra"
"""Sources of what a settlement is worth that are no mechanisms: its terms, and what the agenda adds for a role."""


class Paid(NamedTuple):
    """One term of what somebody is paid, and who adds it: a mechanism, or `TERMS` or `EXTRA`."""

    source: str
    part: Part


class Removed(NamedTuple):
    """How a leader can be removed under a peace; see `mechanisms.base.Removal`."""

    source: str
    hazard: Part
    value: Part
    keeps: Part


@dataclass(frozen=True)
class Settlement:
    """Parts of what one package is worth under one profile of types.

    Attributes:
        utility: what is added to each role's stream under peace.
        removal: of each leader that can be removed.
    """

    utility: dict[str, list[Paid]]
    breakdown: list[Part]
    removal: dict[str, Removed]


def flows(cache: Expansion, v: Variants, at: Sequence[Setting]) -> list[dict[str, list[Paid]]]:
    """What every mechanism pays each role at war, by profile; what is zero everywhere is left out."""
    asked = [v.asked(k, "flow", at) for k in range(len(v.first.mechanisms))]
    return cache.once(("flows", *(id(flow) for answers in asked for flow in answers)), _flows, cache, v, asked)


def _flows(
    cache: Expansion, v: Variants, asked: Sequence[Sequence[Mapping[str, Array | float]]]
) -> list[dict[str, list[Paid]]]:
    found: list[dict[str, list[Paid]]] = [defaultdict(list) for _ in v.frames]
    for (name, _), answers in zip(v.first.mechanisms, asked, strict=True):
        for profile, flow in enumerate(answers):
            for role, value in flow.items():
                check_role(role, f"mechanisms.{name}: flow")
                part = cache.part(value, f"mechanisms.{name}: flow of the {role}")
                if part.array.any():
                    found[profile][role].append(Paid(name, part))
    return found


def settlements(cache: Expansion, v: Variants, epoch: int, n: int) -> list[Settlement]:
    """What every mechanism adds to the n-th package, by profile."""
    at = v.at_rest(epoch)
    packages = [frame.packages[n] for frame in v.frames]
    terms = [terms_of(packages[0], at[0].line)] * len(v.frames)  # types do not differ in terms
    asked = [v.asked(k, "peace", at, packages, terms) for k in range(len(v.first.mechanisms))]
    key = ("settlements", n, *(id(peace) for answers in asked for peace in answers))
    return cache.once(key, _settlements, cache, v, packages, terms[0], asked)


def _settlements(
    cache: Expansion, v: Variants, packages: Sequence[Package], terms: Array | float, asked: Sequence[Sequence[Peace]]
) -> list[Settlement]:
    found = []
    for package in packages:
        utility: dict[str, list[Paid]] = {
            "attacker": [Paid(TERMS, cache.part(terms, "terms"))],
            "defender": [Paid(TERMS, cache.part(1.0 - terms, "terms"))],
            "patron": [],
        }
        for role, extra in package.extra.items():
            who = f"agenda: extra of the {role} in '{package.name}'"
            utility[role].append(Paid(EXTRA, cache.part(extra, who)))
        found.append(Settlement(utility, [], {}))
    for (name, _), answers in zip(v.first.mechanisms, asked, strict=True):
        who = f"mechanisms.{name}: peace on '{packages[0].name}':"
        for worth, peace in zip(found, answers, strict=True):
            for role, value in peace.utility.items():
                check_role(role, who)
                worth.utility[role].append(Paid(name, cache.part(value, f"{who} utility of the {role}")))
            worth.breakdown.append(cache.part(peace.breakdown, f"{who} breakdown", low=0.0, infinite=True))
            for role, removed in peace.removal.items():
                check_role(role, who)
                if role in worth.removal:
                    raise GameError(
                        f"{who} removal of the {role} is given by another mechanism already. Leave one out."
                    )
                hazard = cache.part(removed.hazard, f"{who} hazard of the {role}'s removal", low=0.0, infinite=True)
                worth.removal[role] = Removed(
                    name,
                    hazard,
                    cache.part(removed.value, f"{who} value of the {role}'s removal"),
                    cache.part(removed.keeps, f"{who} what the {role} keeps", low=0.0, high=1.0),
                )
    return found


class Ending(NamedTuple):
    """How a settlement's stream ends, per period: a leader removed, then a peace broken.

    Attributes:
        removed: chance that the leader is removed.
        broken: chance that the peace breaks.
        kept: 1 - discount (1 - removed) (1 - broken), by which everything in (i.3) is divided.
    """

    removed: Array | float
    broken: Array
    kept: Array


def ending(years: float, discount: float, hazard: Array | float | None, breakdown: Array | float) -> Ending:
    """Chances per period of `years` from hazards per year; `hazard` None: nobody can be removed."""
    broken = probability(breakdown, years)
    removed: Array | float = 0.0 if hazard is None else probability(hazard, years)
    return Ending(removed, broken, 1.0 - discount * (1.0 - removed) * (1.0 - broken))


def paying(roles: Sequence[str], found: Sequence[dict[str, list[Paid]]]) -> list[str]:
    """Sources that pay anybody, in the order in which they do."""
    return list(dict.fromkeys(p.source for by_role in found for role in roles for p in by_role.get(role, ())))


def war_parts(v: Variants, states: NDArray[np.intp]) -> tuple[tuple[str, ...], Array]:
    """Rates that war pays in the first period, by source: names (F), and (M, n_effort, R, Theta, F, s) at some states.

    Their sum over sources, times one less the discount factor, is the flow in the game's tables. Where a row's type is
    not that of the profile, the profile with its own type stands in.

    Args:
        v: what the game was built from (`build.variants_of`).
        states: which states, as an index into arrays over all states.
    """
    cache, place = Expansion(v.first.shape), np.unravel_index(states, v.first.shape)
    pairs = list(product(*v.first.efforts))
    asked = [
        [flows(cache, v, [frame.setting(0, posture, pair) for frame in v.frames]) for pair in pairs]
        for posture in v.first.postures
    ]
    sources = paying(v.first.roles, [each for row in asked for found in row for each in found])
    out = np.zeros((len(asked), len(pairs), len(v.rows), len(v.frames), len(sources), states.size))
    for m, e, (r, row) in product(range(len(asked)), range(len(pairs)), enumerate(v.rows)):
        for profile, own in enumerate(v.own(row)):
            for source, part in asked[m][e][own].get(row.role, ()):
                out[m, e, r, profile, sources.index(source)] += at_states(part, place)
    return tuple(sources), out


def peace_parts(v: Variants, states: NDArray[np.intp]) -> tuple[tuple[str, ...], Array]:
    """What each package is worth in the first period without the war that may resume, by source, at some states.

    With `Ending` of the package, a source that adds u to the stream adds (1 - delta + delta r keeps) u / kept, and the
    one that removes the leader adds delta r value / kept besides. Their sum is `peace_fixed` in the game's tables.

    Returns:
        Names (F), and (N, R, Theta, F, s).
    """
    cache, place = Expansion(v.first.shape), np.unravel_index(states, v.first.shape)
    asked = [settlements(cache, v, 0, n) for n in range(len(v.first.packages))]
    named = paying(v.first.roles, [worth.utility for found in asked for worth in found])
    removing = [removed.source for found in asked for worth in found for removed in worth.removal.values()]
    sources = list(dict.fromkeys([*named, *removing]))
    out = np.zeros((len(asked), len(v.rows), len(v.frames), len(sources), states.size))
    for n, (r, row) in product(range(len(asked)), enumerate(v.rows)):
        delta = v.discount(row)
        for profile, own in enumerate(v.own(row)):
            worth, removed = asked[n][own], asked[n][own].removal.get(row.role)
            hazard = None if removed is None else at_states(removed.hazard, place)
            breakdown = sum((at_states(part, place) for part in worth.breakdown), np.zeros(states.size))
            end = ending(v.first.years, delta, hazard, breakdown)
            keeps = 0.0 if removed is None else at_states(removed.keeps, place)
            for source, part in worth.utility[row.role]:
                share = (1.0 - delta + delta * end.removed * keeps) / end.kept
                out[n, r, profile, sources.index(source)] += share * at_states(part, place)
            if removed is not None:
                lump = delta * end.removed * at_states(removed.value, place) / end.kept
                out[n, r, profile, sources.index(removed.source)] += lump
    return tuple(sources), out


def at_states(part: Part, place: tuple[NDArray[np.intp], ...]) -> Array:
    """(s,) a part at some states, given by their index along every axis."""
    along = tuple(np.where(n > 1, index, 0) for n, index in zip(part.array.shape, place, strict=True))
    return np.asarray(part.array[along], np.float64)

"""Some periods of a game, from one state on, as an extensive-form game."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ripeness.game import Tables
from ripeness.game.beliefs import profile_types
from ripeness.interop.errors import ExportError
from ripeness.interop.extensive import (
    Agent,
    Chance,
    ExtensiveForm,
    InformationSet,
    Leaf,
    Node,
    Observer,
    Situation,
    Slice,
    leaves,
)
from ripeness.interop.names import Names, plain_names
from ripeness.interop.priors import draw_of
from ripeness.interop.tree import Tree

Float = NDArray[np.float64]
A, D, P = 0, 1, 2
MOST_INFORMATION_SETS = 60
"""By default. The time of a logit tracer grows with the square of the number of actions."""
ORDER = ("posture", "offer", "answer", "effort")
WHAT = {"posture": "postures", "offer": "offers", "answer": "answers", "effort": "efforts"}
FIRST = Slice()


def known_values(tables: Tables, values: Float) -> Float:
    """(R, Theta, S) values of every row if types became known, from values (R, S, J) by joint public belief."""
    by_profile = np.empty((tables.n_rows, tables.n_profiles, tables.n_states))
    for profile, kinds in enumerate(profile_types(tables.types)):
        node = 0
        for axis in tables.beliefs:
            certain = int(np.flatnonzero(axis.nodes[:, int(kinds[axis.side])] == 1.0)[0])
            node = node * axis.nodes.shape[0] + certain
        by_profile[:, profile] = values[:, :, node]
    return by_profile


def terminal_values(tables: Tables) -> Float:
    """(R, Theta, S) values of the war still open after the last period."""
    if tables.terminal_nodes is not None:
        return known_values(tables, tables.terminal_nodes)
    return np.asarray(tables.profiles.terminal, np.float64)


def restricted(
    tables: Tables, *, postures: Sequence[int] | None = None, packages: Sequence[int] | None = None
) -> Tables:
    """The game in which only some postures and packages may be chosen, with the weights that they have."""
    posture_weight, offer_weight = tables.posture_weight.copy(), tables.offer_weight.copy()
    if postures is not None:
        posture_weight[:, [m for m in range(posture_weight.shape[1]) if m not in postures]] = 0.0
    if packages is not None:
        offer_weight[:, [n for n in range(offer_weight.shape[1] - 1) if n not in packages]] = 0.0
    return tables._replace(posture_weight=posture_weight, offer_weight=offer_weight)


def extensive_form(
    tables: Tables,
    wanted: Slice = FIRST,
    *,
    after: Float | None = None,
    names: Names | None = None,
    most_information_sets: int = MOST_INFORMATION_SETS,
    title: str = "",
) -> ExtensiveForm:
    """The tree of a slice.

    Args:
        after: (R, Theta, S) value of every row after the slice, by profile of types; None: the tables' terminal
            values, for a slice that ends with the last period.
        most_information_sets: a larger game is refused.

    Raises:
        ExportError: all that stands in the way.
    """
    _check(tables, wanted, after)
    worth = terminal_values(tables) if after is None else np.asarray(after, np.float64)
    said = plain_names(tables) if names is None else names
    tree = Tree(tables, wanted, worth, said)
    by_profile = [tree.war(wanted.period, wanted.state, tree.known(x), x) for x in tree.possible]
    sets = tuple(tree.sets.values())
    if tree.faults:
        raise ExportError(list(dict.fromkeys(tree.faults)))
    if len(sets) > most_information_sets:
        raise ExportError([_too_many(sets, most_information_sets, wanted)])
    profiles = profile_types(tables.types)
    draw = draw_of(tables, profiles, () if tables.known else sets, said)
    observers = tuple(
        Observer(r, f"value of {said.actor(side, kind)}" if side >= 0 else f"value of row {r}")
        for r, (side, kind) in enumerate(zip(tables.row_side.tolist(), tables.row_type.tolist(), strict=True))
        if side < 0 or draw.by_side[side][kind] > 0.0
    )
    for x, node in zip(tree.possible, by_profile, strict=True):
        for leaf in leaves(node):
            for agent in leaf.payoff:
                if not tables.known:
                    leaf.payoff[agent] *= draw.ratio[tree.row(agent.side, x), x]
            leaf.worth = np.array([_observed(tables, draw.by_side, draw.ratio, o.row, x, leaf) for o in observers])
    _count_from_lowest(by_profile)
    odds = [math.prod(float(draw.by_side[i][profiles[x, i]]) for i in (A, D, P)) for x in tree.possible]
    labels = [
        ", ".join(said.actor(i, int(profiles[x, i])) for i in (A, D, P) if tables.types[i] > 1) for x in tree.possible
    ]
    agents = tuple(
        sorted({s.agent for s in sets}, key=lambda agent: (agent.period, ORDER.index(agent.kind), agent.side))
    )
    last = wanted.period + wanted.n_periods - 1
    return ExtensiveForm(
        title=title or f"periods {wanted.period} to {last} from state {wanted.state}",
        comment="The agent logit equilibrium at lambda = 1 is that of the slice: precisions and reference weights are "
        "part of the payoffs of those who move. The players called value of ... do not move; what they expect is the "
        "value of that actor at the start of the slice.",
        root=by_profile[0] if len(by_profile) == 1 else Chance("types", tuple(odds), tuple(labels), by_profile),
        observers=observers,
        agents=agents,
        agent_labels=tuple(said.agent(agent) for agent in agents),
        information_sets=sets,
        profiles=profiles[list(tree.possible)],
    )


def faults_of(tables: Tables, wanted: Slice) -> list[str]:
    """All that is wrong with a slice, each with what was found and what is allowed."""
    faults = []
    last = tables.n_periods - 1
    if not 0 <= wanted.period <= last:
        faults.append(f"period: found {wanted.period}; allowed: 0 to {last}.")
    elif not 1 <= wanted.n_periods <= tables.n_periods - wanted.period:
        faults.append(
            f"periods: found {wanted.n_periods}; allowed: 1 to {tables.n_periods - wanted.period}, from period "
            f"{wanted.period} to the end."
        )
    if not 0 <= wanted.state < tables.n_states:
        faults.append(f"state: found {wanted.state}; allowed: 0 to {tables.n_states - 1}.")
    return faults


def _check(tables: Tables, wanted: Slice, after: Float | None) -> None:
    """Refuse a slice that the game does not have, or without what comes after it."""
    faults = faults_of(tables, wanted)
    shape = (tables.n_rows, tables.n_profiles, tables.n_states)
    if after is None and not faults and wanted.period + wanted.n_periods < tables.n_periods:
        faults.append(
            f"after: found nothing for a slice that ends before the last period; allowed: values {shape} of every row "
            f"at the start of period {wanted.period + wanted.n_periods}, by profile and state, from a solution."
        )
    if after is not None and np.shape(after) != shape:
        faults.append(f"after: found an array of shape {np.shape(after)}; allowed: {shape}, rows, profiles, states.")
    if faults:
        raise ExportError(faults)


def _observed(tables: Tables, by_side: tuple[Float, Float, Float], ratio: Float, row: int, x: int, leaf: Leaf) -> float:
    """Payoff by which an observer expects a row's value, conditional on the row's own type."""
    side, kind = int(tables.row_side[row]), int(tables.row_type[row])
    if side >= 0 and int(profile_types(tables.types)[x, side]) != kind:
        return 0.0
    own = float(by_side[side][kind]) if side >= 0 else 1.0
    return float(leaf.worth[row] * ratio[row, x]) / own


def _count_from_lowest(nodes: Sequence[Node]) -> None:
    """Let the lowest payoff of every agent be zero. A constant changes no choice, but a solver's rounding."""
    ends = [leaf for node in nodes for leaf in leaves(node)]
    lowest: dict[Agent, float] = {}
    for leaf in ends:
        for agent, payoff in leaf.payoff.items():
            lowest[agent] = min(payoff, lowest.get(agent, math.inf))
    for leaf in ends:
        leaf.payoff = {agent: payoff - lowest[agent] for agent, payoff in leaf.payoff.items()}


def _too_many(sets: Sequence[InformationSet], most: int, wanted: Slice) -> str:
    """The refusal of a game with too many information sets, with what would fit."""
    by_kind = Counter(s.situation.kind for s in sets)
    counted = ", ".join(f"{n} {WHAT[kind]}" for kind, n in by_kind.items())
    found = f"the slice has {len(sets)} information sets ({counted}); allowed: {most}."
    if wanted.n_periods > 1:
        return f"{found} Take fewer periods, or raise the bound with --most-information-sets {len(sets)}."
    ways = []
    for what, option, named in (("packages", "--package", _packages_of), ("postures", "--posture", _postures_of)):
        involved = [named(s.situation) for s in sets]
        each = Counter(n for about in involved for n in about)
        free = sum(not about for about in involved)
        if len(each) > 1 and (fits := int((most - free) // max(each.values()))) >= 1:
            ways.append(f"{fits} {what} would fit ({option})")
    remedy = " or ".join(ways) or "take fewer packages and postures (--package, --posture)"
    return f"{found} {remedy[0].upper()}{remedy[1:]}; --most-information-sets {len(sets)} writes all."


def _packages_of(at: Situation) -> set[int]:
    """Packages that a situation has to do with."""
    found = {at.package} if at.package >= 0 else set()
    for seen in at.seen:
        before = seen.event[0] if isinstance(seen.event, tuple) else None
        if isinstance(before, Situation):
            found |= _packages_of(before)
            if before.kind == "offer":
                found.add(int(seen.event[1]))
    return found


def _postures_of(at: Situation) -> set[int]:
    """Postures that a situation has to do with."""
    return {at.posture} if at.posture >= 0 else set()

"""A scenario and its mechanisms as plain arrays: the labelled game.

The game adds what belongs to no mechanism: in peace A gets the terms and D the rest; a conflict frozen at the horizon
pays A the line of contact and D the rest, each less a standing cost. War pays only what mechanisms add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.agenda import terms_of
from ripeness.game.alike import first_alike
from ripeness.game.answers import Answers
from ripeness.game.errors import GameError
from ripeness.game.expansion import Expansion, Part, add, keys
from ripeness.game.frame import Named, check_role
from ripeness.game.layout import initial_mass, levels_of, storage_order
from ripeness.game.nature import fill_nature, moved_axes
from ripeness.game.parts import ending, flows, settlements
from ripeness.game.reference import ACCEPTED_AT_ZERO_GAIN, Noise, noise, total_weight
from ripeness.game.tables import TableBuilder, Tables
from ripeness.game.typed import fill_beliefs, typed_frames
from ripeness.game.variants import Variants
from ripeness.mechanisms.base import ROLES, Array, Axis, Dates, GridSize, Package, Role
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario

PATRON = ROLES.index("patron")


@dataclass(frozen=True)
class Game:
    """A scenario as the engine sees it, with the names of everything in its tables.

    Attributes:
        axes: in storage order; states are the points of their product in C order.
        mechanisms: name and parameters, in nature's sequence.
        roles: the actors; without private information also the actor of each value row, and the proposers.
        packages: what can be offered; "none" comes after them in the tables. Where types differ in mechanisms or in
            what a package is worth, these are those of the first types.
        terms: (N, S) A's share under each package in each state.
        postures: of the patron; ("stand back",) without a choice.
        efforts: levels of A and of D; the pair e is e_A * len(efforts[1]) + e_D.
        dates: (horizon + 1,) first day of each period; the last is the horizon.
        lookahead: periods of the tables that lie beyond the horizon; `ripeness.solve` solves and then drops them.
        noise: how much of what happens is error of choice.
        types: names of the types of each actor that has several.
        known: whether types are known to everybody from the start.
        actor_of_row: actor of each value row: A once for each of its types, then D, then the patron.
    """

    scenario: Scenario
    tables: Tables
    axes: tuple[Axis, ...]
    mechanisms: tuple[Named, ...]
    roles: tuple[Role, ...]
    packages: tuple[Package, ...]
    terms: Array
    postures: tuple[str, ...]
    efforts: tuple[tuple[float, ...], tuple[float, ...]]
    dates: Dates
    years_per_period: float
    noise: Noise
    lookahead: int = 0
    types: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    known: bool = False
    actor_of_row: tuple[Role, ...] = ()

    def level(self, axis: str) -> Array:
        """Value of one axis in each state, shape (S,)."""
        levels = levels_of(self.axes)
        if axis not in levels:
            raise KeyError(f"the game has no axis '{axis}'; it has {', '.join(levels) or 'none'}")
        return np.broadcast_to(levels[axis], self.tables.shape).reshape(-1)


def within_horizon(game: Game, values: NDArray[Any]) -> Game:
    """The game without its lookahead: what is solved beyond the horizon becomes the value at the horizon.

    Args:
        values: (T + 1, R, S, J) solution of all periods of the game's tables.
    """
    kept = game.tables.n_periods - game.lookahead
    beyond = values[kept].astype(np.float64)
    tables = game.tables._replace(epoch_of_period=game.tables.epoch_of_period[:kept])
    if tables.n_profiles > 1:
        tables = tables._replace(terminal_nodes=beyond)
    else:
        tables = tables._replace(terminal=beyond[:, :, 0])
    return replace(game, tables=tables, lookahead=0)


def variants_of(game: Game) -> Variants:
    """What a game was built from, on its own grid: its mechanisms can be asked again."""
    periods = game.dates.size - 1 + game.scenario.lookahead
    return typed_frames(game.scenario, periods, "normal").with_axes(game.axes)


def build(
    scenario: Scenario, *, grid: GridSize = "normal", horizon: int | None = None, answers: Answers | None = None
) -> Game:
    """The game of a scenario.

    Args:
        grid: size of the axes that do not state their own number of points.
        horizon: number of periods; None: the scenario's.
        answers: of mechanisms, from games of scenarios that share some; the game is the same without.

    Raises:
        GameError: what cannot be turned into a game, with the remedy.
    """
    roles = scenario.actors.roles()
    years = YEARS_PER_PERIOD[scenario.period]
    horizon = scenario.horizon if horizon is None else horizon
    if horizon < 1:
        raise GameError(f"horizon must be at least 1 period, got {horizon}.")
    v = typed_frames(scenario, horizon + scenario.lookahead, grid, answers)
    v = v.with_axes(storage_order(v.first.axes, moved_axes(v)))
    frame = v.first
    builder = TableBuilder(
        frame.shape,
        horizon + scenario.lookahead,
        tuple(v.discount(row) for row in v.rows),
        n_packages=len(frame.packages),
        n_proposers=len(roles),
        n_postures=len(frame.postures),
        n_effort=(len(frame.efforts[0]), len(frame.efforts[1])),
        epoch_of_period=frame.calendar.epoch_of_period,
        types=v.types,
    )
    cache = Expansion(frame.shape)
    alike = first_alike(v)
    epochs = tuple(dict.fromkeys(alike))
    _fill_war(builder, cache, v, epochs)
    n_steps = fill_nature(builder, cache, v, epochs)
    fill_beliefs(builder, v, scenario.beliefs, n_steps)
    _fill_peace(builder, cache, v, epochs)
    talks = _fill_talks(builder, cache, v, epochs)
    builder.repeat(alike)
    _fill_horizon(builder, cache, v, scenario)
    said = _fill_choices(builder, v, scenario, talks, horizon)
    line = frame.at_rest(0).line
    terms = [np.broadcast_to(terms_of(package, line), frame.shape).reshape(-1) for package in frame.packages]
    sides = scenario.beliefs.sides() if scenario.beliefs is not None else {}
    known = scenario.beliefs is not None and scenario.beliefs.known
    return Game(
        scenario=scenario,
        tables=builder.finish()._replace(known=known),
        axes=frame.axes,
        mechanisms=frame.mechanisms,
        roles=frame.roles,
        packages=frame.packages,
        terms=np.array(terms),
        postures=frame.postures,
        efforts=frame.efforts,
        dates=frame.calendar.dates[: horizon + 1],
        years_per_period=years,
        noise=said,
        lookahead=scenario.lookahead,
        types={role: tuple(kind.name for kind in side.types) for role, side in sides.items()},
        known=known,
        actor_of_row=tuple(row.role for row in v.rows),
    )


def _fill_war(builder: TableBuilder, cache: Expansion, v: Variants, epochs: Sequence[int]) -> None:
    """Flows at war and costs of postures."""
    named = v.first.mechanisms
    for epoch, m, e, at in v.settings(epochs):
        found = flows(cache, v, at)
        for r, row in enumerate(v.rows):
            for profile, own in enumerate(v.own(row)):
                paid = [part for _, part in found[own].get(row.role, ())]
                key = ("flow", v.discount(row), keys(paid))
                builder.flow[epoch, m, e, r, profile] = cache.once(key, _flow, builder, v.discount(row), paid)
    for epoch, (m, posture) in product(epochs, enumerate(v.first.postures)):
        at = v.at_rest(epoch, posture)
        cost: list[list[Part]] = [[] for _ in v.frames]
        for k, (name, _) in enumerate(named):
            for profile, answer in enumerate(v.asked(k, "posture_cost", at)):
                cost[profile].append(cache.part(answer, f"mechanisms.{name}: posture_cost"))
        if "patron" in v.first.roles:
            why = "only the patron chooses postures, and weighs their cost"
            v.same([keys(each) for each in cost], f"posture_cost of '{posture}'", why, but=(PATRON,))
        for profile, each in enumerate(cost):
            builder.posture_cost[epoch, m, profile] = cache.once(("sum", keys(each)), _table, builder, each)


def _flow(builder: TableBuilder, discount: float, parts: Sequence[Part]) -> int:
    """Table of a sum of flows for a row of that discount factor, in lump-sum units."""
    return builder.table((1.0 - discount) * np.asarray(add(parts)))


def _table(builder: TableBuilder, parts: Sequence[Part]) -> int:
    """Table of a sum."""
    return builder.table(add(parts))


def _fill_peace(builder: TableBuilder, cache: Expansion, v: Variants, epochs: Sequence[int]) -> None:
    """What settlements are worth to each role, fixed and per unit of next period's value."""
    for epoch, n in product(epochs, range(len(v.first.packages))):
        found = settlements(cache, v, epoch, n)
        name = v.first.packages[n].name
        why = "how a peace ends must be equally likely for all types"
        v.same([keys(each.breakdown) for each in found], f"breakdown of a peace on '{name}'", why)
        for role in found[0].removal:
            who = f"hazard of the {role}'s removal under a peace on '{name}'"
            v.same([each.removal[role].hazard.key if role in each.removal else None for each in found], who, why)
        for r, row in enumerate(v.rows):
            discount = v.discount(row)
            for profile, own in enumerate(v.own(row)):
                worth = found[own]
                utility = [part for _, part in worth.utility[row.role]]
                leaves = worth.removal[row.role][1:] if row.role in worth.removal else ()
                key = ("peace", discount, keys(utility), keys(worth.breakdown), keys(leaves))
                builder.peace_fixed[epoch, n, r, profile], builder.peace_resume[epoch, n, r] = cache.once(
                    key, _peace, builder, v.first.years, discount, utility, worth.breakdown, leaves
                )


def _peace(
    builder: TableBuilder,
    years: float,
    delta: float,
    utility: Sequence[Part],
    breakdown: Sequence[Part],
    removal: Sequence[Part],
) -> tuple[int, int]:
    """Tables of W = fixed + resume * V_next for one row (i.3), with the leader's removal under peace.

    With delta the discount factor, u the utility, beta the chance per period that the peace breaks, r that the leader
    is removed (first), and v his value then, W = (1 - delta) u + delta { r v + (1 - r) [beta V_next + (1 - beta) W] },
    so that

        fixed = [(1 - delta) u + delta r v] / kept,   resume = delta (1 - r) beta / kept,
        kept = 1 - delta (1 - r) (1 - beta).
    """
    stream = add(utility)
    value: Array | float = 0.0
    if removal:
        value = removal[1].array + removal[2].array * stream
    removed, broken, kept = ending(years, delta, removal[0].array if removal else None, add(breakdown))
    fixed = ((1.0 - delta) * stream + delta * removed * value) / kept
    return builder.table(fixed), builder.table(delta * (1.0 - removed) * broken / kept)


def _fill_talks(builder: TableBuilder, cache: Expansion, v: Variants, epochs: Sequence[int]) -> float:
    """Chance that each role gets to propose; returns the largest sum_j rho_j a_j over epochs, postures and states."""
    most = 0.0
    roles, named = v.first.roles, v.first.mechanisms
    for epoch, (m, posture) in product(epochs, enumerate(v.first.postures)):
        at = v.at_rest(epoch, posture)
        given = {name: answers for k, (name, _) in enumerate(named) if any(answers := v.asked(k, "recognition", at))}
        if len(given) != 1:
            raise GameError(
                "one mechanism must say who proposes to whom, got "
                + (" and ".join(f"mechanisms.{name}" for name in given) or "none. Add mechanisms.channel")
                + "."
            )
        ((name, answers),) = given.items()
        for role in (role for found in answers for role in found):
            check_role(role, f"mechanisms.{name}: recognition")
        by_profile = [
            {
                role: cache.part(found[role], f"mechanisms.{name}: recognition of the {role}", low=0.0, high=1.0)
                for role in roles
                if role in found
            }
            for found in answers
        ]
        why = "everybody knows how often each side gets to propose"
        v.same([(tuple(p), keys(p.values())) for p in by_profile], f"mechanisms.{name}: recognition", why)
        parts = by_profile[0]
        total = float(np.max(add(parts.values())))
        if total > 1.0 + 1e-9:
            raise GameError(
                f"mechanisms.{name}: the chances to propose add up to {total:.4g} in posture '{posture}'; they may add "
                "up to 1 per period. Lower the rates or take a shorter period."
            )
        for j, role in enumerate(roles):
            if role in parts:
                part = parts[role]
                index = cache.once(("sum", keys([part])), _table, builder, [part])
                builder.recognition[epoch, m, j] = index
        most = max(most, float(np.max(sum(part.array * ACCEPTED_AT_ZERO_GAIN[role] for role, part in parts.items()))))
    return most


def _fill_horizon(builder: TableBuilder, cache: Expansion, v: Variants, scenario: Scenario) -> None:
    """Mass at the start, and what a conflict that is still open at the horizon is worth."""
    builder.initial = initial_mass(v.first.axes)
    horizon, years = v.first.calendar.horizon, v.first.years
    last = v.at_rest(builder.n_epochs - 1)
    at = [replace(each, period=horizon, n_periods=0, years_from_start=horizon * years) for each in last]
    added = [(name, v.asked(k, "frozen", at)) for k, (name, _) in enumerate(v.first.mechanisms)]
    line = at[0].line
    share: dict[str, Array | float] = {"attacker": line, "defender": 1.0 - line, "patron": 0.0}
    for r, row in enumerate(v.rows):
        role = row.role
        for profile, own in enumerate(v.own(row)):
            parts = [cache.part(share[role], "line of contact")]
            parts.append(cache.part(-float(scenario.frozen.cost.get(role, 0.0)), f"frozen.cost.{role}"))
            for name, answers in added:
                parts.append(cache.part(answers[own].get(role, 0.0), f"mechanisms.{name}: frozen, {role}"))
            worth = add(parts)
            if len(v.frames) > 1:
                builder.set_terminal(worth, r, profile)
            else:
                builder.terminal[r] = np.broadcast_to(worth, v.first.shape).reshape(-1)


def _fill_choices(builder: TableBuilder, v: Variants, scenario: Scenario, talks: float, horizon: int) -> Noise:
    """Reference weights and precision of each decision; returns what a run reports about error of choice."""
    frame = v.first
    discount = {role: max(v.discount(row) for row in v.rows if row.role == role) for role in frame.roles}
    choices, n_packages = scenario.choices, len(frame.packages)
    weight = total_weight(float(choices.settlement_hazard_at_zero_gain), frame.years, talks)
    builder.offer_weight[:, :n_packages] = weight / n_packages
    builder.offer_weight[:, n_packages] = 1.0
    precision = choices.precision
    builder.precision_posture = float(precision.posture)
    builder.precision_offer[:] = float(precision.offer)
    builder.precision_response[:] = float(precision.response)
    builder.precision_effort[:] = float(precision.effort)
    belligerents: tuple[Role, Role] = ("attacker", "defender")
    choosers: dict[str, tuple[Role, ...]] = {
        "posture": ("patron",) if len(frame.postures) > 1 else (),
        "offer": frame.roles if talks > 0.0 else (),
        "response": belligerents if talks > 0.0 else (),
        "effort": tuple(r for r, levels in zip(belligerents, frame.efforts, strict=True) if len(levels) > 1),
    }
    return noise(precision, choosers, discount, weight, n_packages, talks, frame.years, horizon)

"""A scenario and its mechanisms as plain arrays: the labelled game.

The game adds what belongs to no mechanism: in peace A gets the terms and D the rest; a conflict frozen at the horizon
pays A the line of contact and D the rest, each less a standing cost. War pays only what mechanisms add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.agenda import packages as packages_of
from ripeness.game.agenda import terms_of
from ripeness.game.calendar import calendar, start_date
from ripeness.game.errors import GameError, ask
from ripeness.game.expansion import Expansion, Part, add, keys
from ripeness.game.frame import (
    Frame,
    Named,
    check_needs,
    check_role,
    discount_of,
    efforts_of,
    postures_of,
    probability,
)
from ripeness.game.layout import collect_axes, in_order, initial_mass, levels_of, storage_order
from ripeness.game.nature import fill_nature, moved_axes
from ripeness.game.reference import ACCEPTED_AT_ZERO_GAIN, Noise, noise, total_weight
from ripeness.game.tables import TableBuilder, Tables
from ripeness.mechanisms.base import Array, Axis, Dates, GridSize, Package, Role
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario


@dataclass(frozen=True)
class Game:
    """A scenario as the engine sees it, with the names of everything in its tables.

    Attributes:
        axes: in storage order; states are the points of their product in C order.
        mechanisms: name and parameters, in nature's sequence.
        roles: actor of each value row; the proposers are the same rows.
        packages: what can be offered; "none" comes after them in the tables.
        terms: (N, S) A's share under each package in each state.
        postures: of the patron; ("stand back",) without a choice.
        efforts: levels of A and of D; the pair e is e_A * len(efforts[1]) + e_D.
        dates: (horizon + 1,) first day of each period; the last is the horizon.
        lookahead: periods of the tables that lie beyond the horizon; `ripeness.solve` solves and then drops them.
        noise: how much of what happens is error of choice.
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

    def level(self, axis: str) -> Array:
        """Value of one axis in each state, shape (S,)."""
        levels = levels_of(self.axes)
        if axis not in levels:
            raise KeyError(f"the game has no axis '{axis}'; it has {', '.join(levels) or 'none'}")
        return np.broadcast_to(levels[axis], self.tables.shape).reshape(-1)


def within_horizon(game: Game, values: NDArray[Any]) -> Game:
    """The game without its lookahead: what is solved beyond the horizon becomes the value at the horizon.

    Args:
        values: (T + 1, R, S, 1) solution of all periods of the game's tables.
    """
    kept = game.tables.n_periods - game.lookahead
    tables = game.tables._replace(
        epoch_of_period=game.tables.epoch_of_period[:kept], terminal=values[kept, :, :, 0].astype(np.float64)
    )
    return replace(game, tables=tables, lookahead=0)


def build(scenario: Scenario, *, grid: GridSize = "normal", horizon: int | None = None) -> Game:
    """The game of a scenario.

    Args:
        grid: size of the axes that do not state their own number of points.
        horizon: number of periods; None: the scenario's.

    Raises:
        GameError: what cannot be turned into a game, with the remedy.
    """
    mechanisms = in_order(scenario.mechanisms)
    roles = scenario.actors.roles()
    check_needs(mechanisms, tuple(roles))
    years = YEARS_PER_PERIOD[scenario.period]
    horizon = scenario.horizon if horizon is None else horizon
    if horizon < 1:
        raise GameError(f"horizon must be at least 1 period, got {horizon}.")
    solved = horizon + scenario.lookahead
    start = start_date(scenario.start)
    breaks = [b for name, mechanism in mechanisms for b in ask(name, mechanism.breaks, start, years, solved)]
    frame = Frame(
        mechanisms=mechanisms,
        axes=(),
        roles=tuple(roles),
        discount={role: discount_of(role, float(actor.discount_yearly), years) for role, actor in roles.items()},
        rates={role: float(actor.discount_yearly) for role, actor in roles.items()},
        packages=packages_of(scenario.agenda),
        postures=postures_of(mechanisms, "patron" in roles),
        efforts=(efforts_of(scenario, "attacker"), efforts_of(scenario, "defender")),
        calendar=calendar(start, years, solved, breaks),
    )
    declared = tuple(axis for axis, _ in collect_axes(mechanisms, grid))
    frame = frame.with_axes(declared)
    frame = frame.with_axes(storage_order(declared, moved_axes(frame)))
    builder = TableBuilder(
        frame.shape,
        solved,
        tuple(frame.discount.values()),
        n_packages=len(frame.packages),
        n_proposers=len(roles),
        n_postures=len(frame.postures),
        n_effort=(len(frame.efforts[0]), len(frame.efforts[1])),
        epoch_of_period=frame.calendar.epoch_of_period,
    )
    cache = Expansion(frame.shape)
    _fill_war(builder, cache, frame)
    fill_nature(builder, cache, frame)
    _fill_peace(builder, cache, frame)
    talks = _fill_talks(builder, cache, frame)
    _fill_horizon(builder, cache, frame, scenario)
    said = _fill_choices(builder, frame, scenario, talks, horizon)
    line = frame.at_rest(0).line
    terms = [np.broadcast_to(terms_of(package, line), frame.shape).reshape(-1) for package in frame.packages]
    return Game(
        scenario=scenario,
        tables=builder.finish(),
        axes=frame.axes,
        mechanisms=mechanisms,
        roles=frame.roles,
        packages=frame.packages,
        terms=np.array(terms),
        postures=frame.postures,
        efforts=frame.efforts,
        dates=frame.calendar.dates[: horizon + 1],
        years_per_period=years,
        noise=said,
        lookahead=scenario.lookahead,
    )


def _fill_war(builder: TableBuilder, cache: Expansion, frame: Frame) -> None:
    """Flows at war and costs of postures."""
    for epoch, m, e, at in frame.settings():
        parts: dict[str, list[Part]] = defaultdict(list)
        for name, mechanism in frame.mechanisms:
            for role, value in ask(name, mechanism.flow, at).items():
                check_role(role, f"mechanisms.{name}: flow")
                part = cache.part(value, f"mechanisms.{name}: flow of the {role}")
                if part.array.any():
                    parts[role].append(part)
        for row, role in enumerate(frame.roles):
            key = ("flow", frame.discount[role], keys(parts[role]))
            builder.flow[epoch, m, e, row] = cache.once(key, _flow, builder, parts[role], (epoch, m, e, row))
    for epoch, (m, posture) in product(range(builder.n_epochs), enumerate(frame.postures)):
        at = frame.at_rest(epoch, posture)
        cost = [
            cache.part(ask(name, mech.posture_cost, at), f"mechanisms.{name}: posture_cost")
            for name, mech in frame.mechanisms
        ]
        builder.posture_cost[epoch, m] = cache.once(("sum", keys(cost)), _table, builder, cost)


def _flow(builder: TableBuilder, parts: Sequence[Part], where: tuple[int, int, int, int]) -> int:
    """Table of a sum of flows for one row."""
    epoch, posture, effort, row = where
    builder.set_flow(add(parts), row, epoch=epoch, posture=posture, effort=effort)
    return int(builder.flow[where])


def _table(builder: TableBuilder, parts: Sequence[Part]) -> int:
    """Table of a sum."""
    return builder.table(add(parts))


def _fill_peace(builder: TableBuilder, cache: Expansion, frame: Frame) -> None:
    """What settlements are worth to each role, fixed and per unit of next period's value."""
    for epoch, (n, package) in product(range(builder.n_epochs), enumerate(frame.packages)):
        at = frame.at_rest(epoch)
        terms = terms_of(package, at.line)
        utility: dict[str, list[Part]] = {
            "attacker": [cache.part(terms, "terms")],
            "defender": [cache.part(1.0 - terms, "terms")],
            "patron": [],
        }
        for role, extra in package.extra.items():
            utility[role].append(cache.part(extra, f"agenda: extra of the {role} in '{package.name}'"))
        breakdown: list[Part] = []
        removal: dict[str, tuple[Part, Part, Part]] = {}
        for name, mechanism in frame.mechanisms:
            who = f"mechanisms.{name}: peace on '{package.name}':"
            peace = ask(name, mechanism.peace, at, package, terms)
            for role, value in peace.utility.items():
                check_role(role, who)
                utility[role].append(cache.part(value, f"{who} utility of the {role}"))
            breakdown.append(cache.part(peace.breakdown, f"{who} breakdown", low=0.0, infinite=True))
            for role, removed in peace.removal.items():
                check_role(role, who)
                if role in removal:
                    raise GameError(
                        f"{who} removal of the {role} is given by another mechanism already. Leave one out."
                    )
                hazard = cache.part(removed.hazard, f"{who} hazard of the {role}'s removal", low=0.0, infinite=True)
                removal[role] = (
                    hazard,
                    cache.part(removed.value, f"{who} value of the {role}'s removal"),
                    cache.part(removed.keeps, f"{who} what the {role} keeps", low=0.0, high=1.0),
                )
        for row, role in enumerate(frame.roles):
            leaves = removal.get(role, ())
            key = ("peace", frame.discount[role], keys(utility[role]), keys(breakdown), keys(leaves))
            builder.peace_fixed[epoch, n, row], builder.peace_resume[epoch, n, row] = cache.once(
                key, _peace, builder, frame, role, utility[role], breakdown, leaves
            )


def _peace(
    builder: TableBuilder,
    frame: Frame,
    role: Role,
    utility: Sequence[Part],
    breakdown: Sequence[Part],
    removal: Sequence[Part],
) -> tuple[int, int]:
    """Tables of W = fixed + resume * V_next for one role (i.3), with the leader's removal under peace.

    With u the utility, beta the chance per period that the peace breaks, r that the leader is removed (first), and v
    his value then, W = (1 - delta) u + delta { r v + (1 - r) [beta V_next + (1 - beta) W] }, so that

        fixed = [(1 - delta) u + delta r v] / kept,   resume = delta (1 - r) beta / kept,
        kept = 1 - delta (1 - r) (1 - beta).
    """
    delta = frame.discount[role]
    broken = probability(add(breakdown), frame.years)
    stream = add(utility)
    removed: Array | float = 0.0
    value: Array | float = 0.0
    if removal:
        hazard, lump, keeps = removal
        removed, value = probability(hazard.array, frame.years), lump.array + keeps.array * stream
    kept = 1.0 - delta * (1.0 - removed) * (1.0 - broken)
    fixed = ((1.0 - delta) * stream + delta * removed * value) / kept
    return builder.table(fixed), builder.table(delta * (1.0 - removed) * broken / kept)


def _fill_talks(builder: TableBuilder, cache: Expansion, frame: Frame) -> float:
    """Chance that each role gets to propose; returns the largest sum_j rho_j a_j over epochs, postures and states."""
    most = 0.0
    for epoch, (m, posture) in product(range(builder.n_epochs), enumerate(frame.postures)):
        at = frame.at_rest(epoch, posture)
        given = {name: found for name, mechanism in frame.mechanisms if (found := ask(name, mechanism.recognition, at))}
        if len(given) != 1:
            raise GameError(
                "one mechanism must say who proposes to whom, got "
                + (" and ".join(f"mechanisms.{name}" for name in given) or "none. Add mechanisms.channel")
                + "."
            )
        ((name, found),) = given.items()
        for role in found:
            check_role(role, f"mechanisms.{name}: recognition")
        parts = {
            role: cache.part(found[role], f"mechanisms.{name}: recognition of the {role}", low=0.0, high=1.0)
            for role in frame.roles
            if role in found
        }
        total = float(np.max(add(parts.values())))
        if total > 1.0 + 1e-9:
            raise GameError(
                f"mechanisms.{name}: the chances to propose add up to {total:.4g} in posture '{posture}'; they may add "
                "up to 1 per period. Lower the rates or take a shorter period."
            )
        for row, role in enumerate(frame.roles):
            if role in parts:
                part = parts[role]
                index = cache.once(("sum", keys([part])), _table, builder, [part])
                builder.recognition[epoch, m, row] = index
        most = max(most, float(np.max(sum(part.array * ACCEPTED_AT_ZERO_GAIN[role] for role, part in parts.items()))))
    return most


def _fill_horizon(builder: TableBuilder, cache: Expansion, frame: Frame, scenario: Scenario) -> None:
    """Mass at the start, and what a conflict that is still open at the horizon is worth."""
    builder.initial = initial_mass(frame.axes)
    horizon = frame.calendar.horizon
    last = frame.at_rest(builder.n_epochs - 1)
    at = replace(last, period=horizon, n_periods=0, years_from_start=horizon * frame.years)
    share: dict[str, Array | float] = {"attacker": at.line, "defender": 1.0 - at.line, "patron": 0.0}
    for row, role in enumerate(frame.roles):
        parts = [cache.part(share[role], "line of contact")]
        parts.append(cache.part(-float(scenario.frozen.cost.get(role, 0.0)), f"frozen.cost.{role}"))
        for name, mechanism in frame.mechanisms:
            added = ask(name, mechanism.frozen, at).get(role, 0.0)
            parts.append(cache.part(added, f"mechanisms.{name}: frozen, {role}"))
        builder.terminal[row] = np.broadcast_to(add(parts), frame.shape).reshape(-1)


def _fill_choices(builder: TableBuilder, frame: Frame, scenario: Scenario, talks: float, horizon: int) -> Noise:
    """Reference weights and precision of each decision; returns what a run reports about error of choice."""
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
    return noise(precision, choosers, frame.discount, weight, n_packages, talks, frame.years, horizon)

"""Random small games in which sides have types, with everything that the tables can express about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ripeness.game.beliefs import log_odds_nodes, profile_types, simplex_nodes
from ripeness.game.tables import TableBuilder, Tables

SIDES = (0, 1, 2)


@dataclass(frozen=True)
class TypedGame:
    """What a random game is to contain.

    Attributes:
        types: how many types A, D and P have.
        shape: grid of the state.
        n_nodes: belief nodes along each axis of two types, certainties included.
        resolution: of the simplex grid of a side with more types.
        start: log-odds of type 1 at period 0; with more types the prior is their logistic image.
        offsets: size of the log-odds that rows and the truth add to the public belief.
        spread: how far the types' payoffs lie apart; 0: types that only look different.
        others: how far a row's payoffs depend on the other sides' types.
        n_postures: above 1 the patron chooses.
        n_effort: levels of A and of D.
        n_proposers: 3 with the patron as a proposer.
        patron: there is one; without it n_proposers is 2 and n_postures 1.
        passive: rows that choose nothing.
        tell: side about whose type moves and exits inform; None: they tell nothing.
        leak: side whose type becomes known to all with some probability; None: no secret leaks.
        exits: the war can end for all.
        own_odds: one row has its own odds of an uninformative move.
        breakdown: largest probability per period that a peace breaks.
        precision: range of the precisions of all decisions.
        closed: one package may not be offered.
    """

    types: tuple[int, int, int] = (2, 1, 1)
    shape: tuple[int, ...] = (3,)
    n_periods: int = 2
    n_packages: int = 3
    n_nodes: int = 6
    resolution: int = 3
    start: float = -0.4
    offsets: float = 0.0
    spread: float = 0.3
    others: float = 0.2
    n_postures: int = 1
    n_effort: tuple[int, int] = (1, 1)
    n_proposers: int = 3
    patron: bool = True
    passive: int = 0
    tell: int | None = None
    leak: int | None = None
    exits: bool = False
    own_odds: bool = False
    breakdown: float = 0.0
    precision: tuple[float, float] = (3.0, 12.0)
    closed: bool = False


def typed_game(seed: int, wanted: TypedGame) -> Tables:
    """The game that `seed` draws within what is wanted. Payoffs lie in about [-0.3, 1.3]."""
    random = np.random.default_rng(seed)
    types, shape = wanted.types, wanted.shape
    kinds = profile_types(types)
    sides = SIDES if wanted.patron else SIDES[:2]
    row_side = np.append(np.repeat(sides, types[: len(sides)]), np.full(wanted.passive, -1))
    discount_of = {side: random.uniform(0.85, 0.97) for side in (-1, *SIDES)}  # equal among the types of a side
    n_rows = row_side.size
    builder = TableBuilder(
        shape, wanted.n_periods, [discount_of[int(side)] for side in row_side], n_packages=wanted.n_packages,
        n_proposers=wanted.n_proposers, n_postures=wanted.n_postures, n_effort=wanted.n_effort,
        epoch_of_period=np.arange(wanted.n_periods) % 2, types=types,
    )  # fmt: skip
    row_type = np.append(np.concatenate([np.arange(types[side]) for side in sides]), np.zeros(wanted.passive, int))

    def payoffs(low: float, high: float) -> dict[tuple[int, int], np.ndarray]:
        """By row and profile: of the side, of its own type, and of the other sides' types."""
        base = {side: random.uniform(low, high, shape) for side in (-1, *SIDES)}
        own = {(side, k): random.uniform(-1.0, 1.0, shape) for side in SIDES for k in range(types[side])}
        of_other = {
            (side, other, k): random.uniform(-1.0, 1.0, shape)
            for side in (-1, *SIDES)
            for other in SIDES
            for k in range(types[other])
        }
        drawn = {}
        for r in range(n_rows):
            side, kind = int(row_side[r]), int(row_type[r])
            for x, profile in enumerate(kinds):
                value = base[side] + (wanted.spread * own[side, kind] if side >= 0 and types[side] > 1 else 0.0)
                for other in SIDES:
                    if other != side and types[other] > 1 and wanted.spread > 0.0:
                        value = value + wanted.others * of_other[side, other, int(profile[other])]
                drawn[r, x] = value
        return drawn

    n_pairs = wanted.n_effort[0] * wanted.n_effort[1]
    for epoch in range(builder.n_epochs):
        for m in range(wanted.n_postures):
            speaks = random.dirichlet(np.ones(wanted.n_proposers + 1), shape)
            for j in range(wanted.n_proposers):
                builder.set_recognition(speaks[..., j], j, epoch=epoch, posture=m)
            cost = random.uniform(0.0, 0.1, (types[2], *shape)) * (wanted.spread > 0.0)
            for x, profile in enumerate(kinds):
                builder.set_posture_cost(cost[profile[2]], epoch=epoch, posture=m, profile=x)
            for e in range(n_pairs):
                for (r, x), rate in payoffs(0.0, 0.8).items():
                    lump = 0.3 * rate  # a period at war weighs as much as several, so that values differ between nodes
                    builder.set_flow_lump(lump, r, epoch=epoch, posture=m, effort=e, profile=x)
                _nature(builder, random, wanted, kinds, row_side, epoch, m, e)
        for n in range(wanted.n_packages):
            broken = random.uniform(0.0, wanted.breakdown, shape)
            for (r, x), utility in payoffs(0.2, 1.0).items():
                builder.set_peace(utility, r, n, epoch=epoch, breakdown=broken, profile=x)
    for (r, x), value in payoffs(0.0, 1.0).items():
        builder.set_terminal(value, r, x)
    builder.offer_weight[:] = random.uniform(0.3, 1.0, builder.offer_weight.shape)
    if wanted.closed:
        builder.offer_weight[:, 0] = 0.0
    builder.posture_weight[:] = random.uniform(0.3, 1.0, builder.posture_weight.shape)
    builder.accept_weight = float(random.uniform(0.3, 1.5))
    builder.precision_posture = float(random.uniform(*wanted.precision))
    builder.precision_offer = random.uniform(*wanted.precision, wanted.n_proposers)
    builder.precision_response = random.uniform(*wanted.precision, 2)
    builder.precision_effort = random.uniform(*wanted.precision, 2)
    builder.initial = random.dirichlet(np.ones(builder.n_states))
    for side in SIDES:
        if types[side] > 1:
            _add_beliefs(builder, random, wanted, side)
    return builder.finish()


def bounds_of_payoffs(tables: Tables) -> np.ndarray:
    """(2, R): least and most that a row can be paid from period 0 on, whoever does what."""
    pool, maps = tables.pool, tables.profiles
    leaving = _worth_of_exits(tables)
    out = np.array([maps.terminal.min(axis=(1, 2)), maps.terminal.max(axis=(1, 2))])
    for period in range(tables.n_periods - 1, -1, -1):
        epoch = int(tables.epoch_of_period[period])
        for which, extreme in ((0, np.min), (1, np.max)):
            for row in range(tables.n_rows):
                later = out[which, row]
                ended = extreme([later, leaving[which]])
                war = extreme(pool[maps.flow[epoch, :, :, row]]) + tables.discount[row] * ended
                resumed = pool[tables.peace_resume[epoch, :, row]][:, None] * later
                peace = extreme(pool[maps.peace_fixed[epoch, :, row]] + resumed)
                out[which, row] = extreme([war, peace])
    return out


def _worth_of_exits(tables: Tables) -> tuple[float, float]:
    """Least and most that leaving the war pays to anybody; 0 and 0 where nobody leaves."""
    maps = tables.profiles
    worth = [0.0]
    for operator in np.flatnonzero((maps.operator_source >= 0).any(axis=1)):
        for theta, source in enumerate(maps.operator_source[operator]):
            arms = maps.operator_weight[operator, :, theta]
            leaves = 1.0 - tables.pool[arms[arms >= 0]].sum(axis=0)
            paid = tables.pool[source]
            worth += (paid[leaves > 1e-9] / leaves[leaves > 1e-9]).tolist()
    return min(worth), max(worth)


def held_possible(tables: Tables, row: int) -> np.ndarray:
    """(J,) joint nodes at which the public holds a row's own type possible.

    A type that is held impossible, one of more than two, moves with the beliefs of the others, and its values are a
    convention; nobody gives them any weight.
    """
    held = np.ones(1, bool)
    for axis in tables.beliefs:
        own = axis.side == tables.row_side[row] and axis.nodes.shape[1] > 2
        here = axis.nodes[:, tables.row_type[row]] > 0.0 if own else np.ones(axis.nodes.shape[0], bool)
        held = (held[:, None] & here).reshape(-1)
    return held


def _add_beliefs(builder: TableBuilder, random: np.random.Generator, wanted: TypedGame, side: int) -> None:
    n_types = wanted.types[side]
    offset = random.uniform(-wanted.offsets, wanted.offsets, (builder.discount.size + 1, n_types))
    offset[:, 0] = 0.0
    if n_types == 2:
        nodes, start = log_odds_nodes(wanted.n_nodes, 2.5, wanted.start)
        builder.add_beliefs(side, nodes, start=start, offset=offset)
    else:
        prior = np.exp(wanted.start * np.arange(n_types))
        nodes, start = simplex_nodes(n_types, wanted.resolution, (prior / prior.sum()).tolist())
        builder.add_beliefs(side, nodes, start=start, offset=offset, resolution=wanted.resolution)


def _nature(
    builder: TableBuilder,
    random: np.random.Generator,
    wanted: TypedGame,
    kinds: np.ndarray,
    row_side: np.ndarray,
    epoch: int,
    posture: int,
    effort: int,
) -> None:
    """Moves on every axis, battles that tell of one side's strength, exits whose hazard does too."""
    at = {"epoch": epoch, "posture": posture, "effort": effort}
    step = 0
    for axis, size in enumerate(builder.shape):
        place = np.arange(size).reshape([-1 if k == axis else 1 for k in range(len(builder.shape))])

        def odds(size: int = size, place: np.ndarray = place) -> dict[int, np.ndarray]:
            up = np.where(place < size - 1, random.uniform(0.05, 0.5, builder.shape), 0.0)
            down = np.where(place > 0, random.uniform(0.05, 0.5, builder.shape), 0.0)
            return {-1: down, 0: 1.0 - up - down, 1: up}

        if wanted.tell is None:
            builder.set_nature(step, builder.move(axis, odds()), **at)
            if wanted.own_odds:
                builder.set_nature(step, builder.move(axis, odds()), row=0, **at)
        else:
            by_type = [odds() for _ in range(wanted.types[wanted.tell])]
            builder.set_nature(step, builder.move(axis, [by_type[k[wanted.tell]] for k in kinds]), **at)
        step += 1
    if wanted.leak is not None:
        builder.set_nature(step, builder.reveal(random.uniform(0.05, 0.4, builder.shape), wanted.leak), **at)
        step += 1
    if not wanted.exits:
        return
    name = builder.end("collapse")
    if wanted.tell is not None:  # the same operator for all, since it tells
        hazard = random.uniform(0.02, 0.3, (wanted.types[wanted.tell], *builder.shape))
        worth = random.uniform(0.0, 1.0, builder.shape)
        builder.set_nature(step, builder.leave([hazard[k[wanted.tell]] for k in kinds], worth, name), **at)
        return
    chance = random.uniform(0.02, 0.3, builder.shape)
    worth_of = {side: random.uniform(0.0, 1.0, builder.shape) for side in (-1, *SIDES)}
    for row, side in enumerate(row_side):
        own = wanted.spread * random.uniform(-1.0, 1.0, builder.shape)
        builder.set_nature(step, builder.leave(chance, worth_of[int(side)] + own, name), row=row, **at)
    builder.set_nature(step, builder.leave(chance, 0.0, name), row=-1, **at)


def of_profile(tables: Tables, theta: int) -> tuple[Tables, list[int]]:
    """The game of complete information in which everybody has the types of a profile, and the rows that it keeps."""
    profile, maps = profile_types(tables.types)[theta], tables.profiles
    side, kind = tables.row_side, tables.row_type
    rows = [r for r in range(tables.n_rows) if side[r] < 0 or kind[r] == profile[side[r]]]
    return tables._replace(
        discount=tables.discount[rows],
        flow=maps.flow[..., rows, theta],
        peace_fixed=maps.peace_fixed[..., rows, theta],
        peace_resume=tables.peace_resume[..., rows],
        posture_cost=maps.posture_cost[..., theta],
        operator_weight=maps.operator_weight[..., theta],
        operator_source=maps.operator_source[..., theta],
        nature=tables.nature[..., [*rows, -1]],
        terminal=maps.terminal[rows, theta],
        types=(1, 1, 1),
        beliefs=(),
        by_profile=None,
    ), rows

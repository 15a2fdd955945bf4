"""Tiny games of every kind, made to fit into sixty information sets."""

from __future__ import annotations

import numpy as np

from ripeness.game.beliefs import beliefs_at, profile_types
from ripeness.game.tables import TableBuilder, Tables


def tiny(
    seed: int,
    *,
    n_periods=1,
    n_packages=2,
    effort=(1, 1),
    proposers=(0.5, 0.3),
    states=1,
    exits=False,
    postures=1,
    scale=1.0,
    none_weight=None,
    close=None,
) -> Tables:
    """A game with complete information.

    Args:
        proposers: chance of A, D (and P) to propose; 0: never.
        states: two or more: the war moves up by a step with a chance, stays at the top.
        scale: multiplies every precision.
        none_weight: reference weight of making no offer; None: random.
        close: package whose weight is zero.
    """  # fmt: skip
    random = np.random.default_rng(seed)
    n_rows = max(len(proposers), 3 if postures > 1 else 2)
    builder = TableBuilder(
        (states,), n_periods, [0.9, 0.8, 0.95][:n_rows], n_packages=n_packages, n_effort=effort, n_postures=postures,
        n_proposers=len(proposers),
    )  # fmt: skip
    for m in range(postures):
        for j, chance in enumerate(proposers):
            builder.set_recognition(chance * (1.0 - 0.3 * m), j, posture=m)
        builder.set_posture_cost(random.uniform(0, 0.1, states), posture=m)
        for e in range(effort[0] * effort[1]):
            for row in range(n_rows):
                builder.set_flow(random.uniform(-0.6, 0.4, states), row, posture=m, effort=e)
            if states > 1:
                up = np.append(random.uniform(0.1, 0.9, states - 1), 0.0)
                builder.set_nature(0, builder.move(0, {0: 1.0 - up, 1: up}), posture=m, effort=e)
            if exits:
                chance, end = random.uniform(0.05, 0.3, states), builder.end("collapse")
                for row in range(n_rows):
                    left = builder.leave(chance, random.uniform(0, 1, states), end)
                    builder.set_nature(1, left, posture=m, effort=e, row=row)
                builder.set_nature(1, builder.leave(chance, 0.0, end), posture=m, effort=e, row=-1)
    for n in range(n_packages):
        for row in range(n_rows):
            builder.set_peace(random.uniform(0, 1, states), row, n)
    builder.offer_weight[:] = random.uniform(0.2, 1.0, n_packages + 1)
    if none_weight is not None:
        builder.offer_weight[:, -1] = none_weight
    if close is not None:
        builder.offer_weight[:, close] = 0.0
    builder.posture_weight[:] = random.uniform(0.3, 1.0, postures)
    builder.accept_weight = 0.7
    builder.precision_posture = 9.0 * scale
    builder.precision_offer[:] = np.array([8.0, 5.0, 7.0])[: len(proposers)] * scale
    builder.precision_response[:] = np.array([6.0, 10.0]) * scale
    builder.precision_effort[:] = np.array([4.0, 12.0]) * scale
    builder.terminal[:] = random.uniform(0, 1, builder.terminal.shape)
    builder.initial[:] = random.dirichlet(np.ones(states)) if states > 1 else 1.0
    return builder.finish()


def tiny_typed(
    seed: int,
    *,
    types=(2, 1, 1),
    start=0.4,
    extra_nodes=None,
    n_periods=1,
    n_packages=1,
    effort=(1, 1),
    proposers=(0.0, 0.7),
    states=1,
    battle_tells=None,
    postures=1,
    scale=1.0,
    spread=0.35,
    leak=None,
) -> Tables:
    """A game in which sides have types, which differ in all payoffs.

    Args:
        types: how many types A, D and P have.
        start: log-odds of type 1 at period 0, the same for every informed side.
        extra_nodes: {side: log-odds} of nodes to be added to the belief axis.
        battle_tells: side whose type the odds of the move depend on.
        leak: side whose type becomes known with a chance of 0.3.
    """  # fmt: skip
    random = np.random.default_rng(seed)
    patron = types[2] > 1 or postures > 1 or len(proposers) > 2
    sides = np.repeat([0, 1, 2], types)[: None if patron else types[0] + types[1]]
    kinds = profile_types(types)
    builder = TableBuilder(
        (states,), n_periods, np.array([0.9, 0.8, 0.95])[sides], n_packages=n_packages, n_effort=effort,
        n_postures=postures, n_proposers=len(proposers), types=types,
    )  # fmt: skip
    row_type = np.concatenate([np.arange(k) for k in types])[: sides.size]

    def payoffs(low: float, high: float):
        """For every row and profile: what the side gets, more or less by its own type and by those of the others."""
        base = random.uniform(low, high, (3, states))
        own, other = random.uniform(-spread, spread, (2, 3, 2, states))
        for row, side in enumerate(sides):
            for x, profile in enumerate(kinds):
                value = base[side] + own[side, row_type[row]] * (types[side] > 1)
                for far in range(3):
                    if far != side and types[far] > 1:
                        value = value + 0.5 * other[far, profile[far]]
                yield row, x, value

    for m in range(postures):
        for j, chance in enumerate(proposers):
            builder.set_recognition(chance * (1.0 - 0.3 * m), j, posture=m)
        cost = random.uniform(0.0, 0.1, types[2])
        for x, profile in enumerate(kinds):
            builder.set_posture_cost(cost[profile[2]], posture=m, profile=x)
        for e in range(effort[0] * effort[1]):
            for row, x, value in payoffs(-0.3, 0.2):
                builder.set_flow_lump(value, row, posture=m, effort=e, profile=x)
            if states > 1:
                up = [np.append(random.uniform(0.1, 0.9, states - 1), 0.0) for _ in range(2)]
                by_profile = [up[profile[battle_tells]] if battle_tells is not None else up[0] for profile in kinds]
                move = builder.move(0, [{0: 1.0 - odds, 1: odds} for odds in by_profile])
                builder.set_nature(0, move, posture=m, effort=e)
            if leak is not None:
                builder.set_nature(1, builder.reveal(0.3, leak), posture=m, effort=e)
    for n in range(n_packages):
        for row, x, value in payoffs(0.2, 0.8):
            builder.set_peace(value, row, n, profile=x)
    for row, x, value in payoffs(0.0, 1.0):
        builder.set_terminal(value, row, x)
    builder.offer_weight[:] = random.uniform(0.3, 1.0, n_packages + 1)
    builder.posture_weight[:] = random.uniform(0.3, 1.0, postures)
    builder.accept_weight = 0.7
    builder.precision_posture = 6.0 * scale
    builder.precision_offer[:] = np.array([5.0, 4.0, 3.0])[: len(proposers)] * scale
    builder.precision_response[:] = np.array([4.0, 6.0]) * scale
    builder.precision_effort[:] = np.array([5.0, 3.0]) * scale
    builder.initial[:] = np.eye(states)[0]
    for side in range(3):
        if types[side] > 1:
            given = np.asarray((extra_nodes or {}).get(side, ()), float)
            inner = np.sort(np.concatenate([np.linspace(-3.0, 3.0, N_NODES), [start], given]))
            inner = inner[np.append(True, np.diff(inner) > SAME_NODE)]
            nodes = np.vstack([[1.0, 0.0], beliefs_at(inner), [0.0, 1.0]])
            builder.add_beliefs(side, nodes, start=1 + int(np.abs(inner - start).argmin()))
    return builder.finish()


N_NODES = 13
"""Nodes of a belief that are there for uniqueness alone: their distance times the precision must stay of size one."""

SAME_NODE = 1e-9
"""Nodes closer than this are one; the error of a probability is of the same size."""

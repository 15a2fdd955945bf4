"""Games of a given size for the benchmarks: every axis moves, effort and posture matter, three rows."""

from __future__ import annotations

import numpy as np

from ripeness.game.beliefs import log_odds_nodes
from ripeness.game.tables import TableBuilder, Tables


def synthetic_game(
    shape: tuple[int, ...], n_periods: int, n_packages: int = 15, seed: int = 0, n_nodes: int = 0
) -> Tables:
    """A war on a grid: two postures, two effort levels a side, up/stay/down moves on every axis.

    The first axis in nature's order is the last of `shape`; its odds depend on posture and efforts, those of the second
    on the posture, the others on the state alone. Nature ends the war by collapse at a small hazard.
    """
    random = np.random.default_rng(seed)
    types = (2, 1, 1) if n_nodes else (1, 1, 1)
    discount = [0.9975] * types[0] + [0.996, 0.99]
    builder = TableBuilder(
        shape, n_periods, discount, n_packages=n_packages, n_proposers=3, n_postures=2, n_effort=(2, 2), types=types
    )
    d, p = types[0], types[0] + 1  # rows of D and P
    if n_nodes:
        nodes, start = log_odds_nodes(n_nodes, 5.0, 0.0)
        offset = np.zeros((len(discount) + 1, 2))
        offset[d, 1], offset[p, 1] = 0.5, -1.0
        builder.add_beliefs(0, nodes, start=start, offset=offset)
    axes = np.meshgrid(*[np.linspace(0.0, 1.0, n) for n in shape], indexing="ij")
    front, wear = axes[-1], sum(axes[:-1]) / max(len(shape) - 1, 1)
    for m in range(2):
        for j, chance in enumerate([(0.15, 0.15, 0.3), (0.1, 0.1, 0.6)][m]):
            builder.set_recognition(chance * (1.0 - 0.3 * wear), j, posture=m)
        for e in range(4):
            hard_a, hard_d = divmod(e, 2)
            for kind in range(types[0]):
                cost = 0.1 - 0.08 * kind
                builder.set_flow(front - cost - 0.05 * hard_a - 0.1 * wear, kind, posture=m, effort=e)
            builder.set_flow(1.0 - front - 0.15 - 0.05 * hard_d - 0.05 * hard_a - 0.1 * wear, d, posture=m, effort=e)
            builder.set_flow(-0.1 - 0.05 * m + 0.02 * wear, p, posture=m, effort=e)
    for n in range(n_packages):
        share = n / max(n_packages - 1, 1)
        breakdown = 0.02 * (1.0 - share) + 0.01 * wear
        for row, utility in enumerate([share] * types[0] + [1.0 - share, 0.1 - 0.05 * share]):
            builder.set_peace(utility, row, n, breakdown=breakdown)
    for step, axis in enumerate(range(len(shape) - 1, -1, -1)):
        n = shape[axis]
        at = np.arange(n).reshape([-1 if k == axis else 1 for k in range(len(shape))])
        base = np.broadcast_to(0.05 + 0.1 * random.random([n if k == axis else 1 for k in range(len(shape))]), shape)
        for m in range(2 if step < 2 else 1):
            for e in range(4 if step == 0 else 1):
                hard_a, hard_d = divmod(e, 2)
                up = base + (0.05 * hard_a + 0.02 * m if step < 2 else 0.0) + 0.05 * wear
                down = base + (0.05 * hard_d if step == 0 else 0.0) + 0.05 * (1.0 - wear)
                up, down = np.where(at == n - 1, 0.0, up), np.where(at == 0, 0.0, down)
                move = builder.move(axis, {-1: down, 0: 1.0 - up - down, 1: up})
                builder.set_nature(
                    step, move, posture=m if step < 2 else slice(None), effort=e if step == 0 else slice(None)
                )
    collapse = builder.leave(0.002 * (1.0 + front), 0.5, builder.end("collapse"))
    builder.set_nature(len(shape), collapse, posture=slice(None), effort=slice(None))
    builder.accept_weight = 1.0
    builder.offer_weight[:, :-1] = 0.02 / n_packages
    builder.precision_posture = 100.0
    builder.precision_offer[:] = builder.precision_response[:] = 200.0
    builder.precision_effort[:] = 200.0
    builder.terminal[:d], builder.terminal[d] = front.reshape(-1) - 0.1, 0.9 - front.reshape(-1)
    builder.initial[:] = 0.0
    builder.initial[np.ravel_multi_index([n // 2 for n in shape], shape)] = 1.0
    return builder.finish()

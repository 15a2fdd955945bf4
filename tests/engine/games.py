"""Random small games that use everything the tables can express."""

import numpy as np

from ripeness.game.tables import TableBuilder


def random_game(
    seed: int, shape=(3, 4), n_periods: int = 6, *, exits: bool = True, removal: bool = False, n_epochs: int = 2
):
    """A game with posture, effort, three proposers, fragile peace and moves on every axis.

    With `exits` the war can end for all; with `removal` row 0 has an operator of its own, as a leader with a clock.
    """
    random = np.random.default_rng(seed)
    n_packages, n_postures, n_effort = 5, 2, (2, 3)
    builder = TableBuilder(
        shape, n_periods, [0.97, 0.95, 0.9], n_packages=n_packages, n_proposers=3, n_postures=n_postures,
        n_effort=n_effort, epoch_of_period=np.arange(n_periods) * n_epochs // n_periods,
    )  # fmt: skip
    everything = slice(None)
    for epoch in range(n_epochs):
        for m in range(n_postures):
            for j in range(3):
                builder.set_recognition(random.uniform(0.05, 0.3, shape), j, epoch=epoch, posture=m)
            builder.set_posture_cost(random.uniform(0, 0.02), epoch=epoch, posture=m)
            for e in range(n_effort[0] * n_effort[1]):
                for row in range(3):
                    builder.set_flow(random.uniform(-0.2, 0.6, shape), row, epoch=epoch, posture=m, effort=e)
        for n in range(n_packages):
            for row in range(3):
                builder.set_peace(
                    random.uniform(0, 1, shape), row, n, epoch=epoch, breakdown=random.uniform(0, 0.2, shape)
                )
        for step, axis in enumerate(reversed(range(len(shape)))):
            for m in range(n_postures):
                for e in range(n_effort[0] * n_effort[1]):
                    odds = {k: random.uniform(0.1, 1.0, shape) for k in (-1, 0, 1)}
                    at = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
                    odds[-1] = np.where(at == 0, 0.0, odds[-1])
                    odds[1] = np.where(at == shape[axis] - 1, 0.0, odds[1])
                    total = sum(odds.values())
                    move = builder.move(axis, {k: p / total for k, p in odds.items()})
                    builder.set_nature(step, move, epoch=epoch, posture=m, effort=e)
    if exits:
        leaving = builder.leave(random.uniform(0.0, 0.05, shape), random.uniform(0, 1, shape), builder.end("collapse"))
        builder.set_nature(len(shape), leaving, epoch=everything, posture=everything, effort=everything)
    if removal:
        handed = builder.hand_over(random.uniform(0.0, 0.1, shape), -0.05, 0.6)
        builder.set_nature(len(shape) + 1, handed, epoch=everything, posture=everything, effort=everything, row=0)
    builder.offer_weight[:] = random.uniform(0.2, 1.0, n_packages + 1)
    builder.accept_weight = 0.7
    builder.precision_posture = 12.0
    builder.precision_offer[:] = (25.0, 15.0, 10.0)
    builder.precision_response[:] = (20.0, 30.0)
    builder.precision_effort[:] = (8.0, 14.0)
    builder.terminal[:] = random.uniform(0, 1, builder.terminal.shape)
    builder.initial[:] = random.dirichlet(np.ones(builder.n_states))
    return builder.finish()

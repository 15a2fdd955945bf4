"""Random small games that use every table: several axes, epochs, postures, efforts, proposers, fragile peace, exits."""

from __future__ import annotations

import numpy as np

from ripeness.game.tables import TableBuilder, Tables

PRECISIONS = (0.0, 1.0, 10.0, 200.0)


def random_tables(seed: int) -> Tables:
    """A game whose sizes, tables and weights are drawn with `seed`."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(1, 4, rng.integers(1, 4)))
    n_periods = int(rng.integers(1, 5))
    n_proposers = int(rng.integers(2, 4))
    n_rows = n_proposers + int(rng.integers(0, 2))
    n_postures = int(rng.integers(1, 4)) if n_proposers == 3 else 1
    n_effort = (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
    n_packages = int(rng.integers(1, 5))
    epochs = np.sort(rng.integers(0, 2, n_periods))
    epochs = np.unique(epochs, return_inverse=True)[1]
    builder = TableBuilder(
        shape,
        n_periods,
        tuple(rng.uniform(0.8, 1.0, n_rows).tolist()),
        n_packages=n_packages,
        n_proposers=n_proposers,
        n_postures=n_postures,
        n_effort=n_effort,
        epoch_of_period=epochs,
    )
    for epoch in range(builder.n_epochs):
        for posture in range(n_postures):
            builder.set_posture_cost(rng.normal(0.0, 0.1, shape), epoch=epoch, posture=posture)
            shares = rng.dirichlet(np.ones(n_proposers + 1), shape)
            for j in range(n_proposers):
                builder.set_recognition(shares[..., j], j, epoch=epoch, posture=posture)
            for effort in range(n_effort[0] * n_effort[1]):
                for row in range(n_rows):
                    builder.set_flow(rng.normal(0.4, 0.3, shape), row, epoch=epoch, posture=posture, effort=effort)
                _random_nature(builder, rng, epoch, posture, effort)
        for package in range(n_packages):
            breakdown = rng.choice([0.0, 1.0, rng.uniform()]) * rng.integers(0, 2, shape)
            for row in range(n_rows):
                builder.set_peace(rng.normal(0.5, 0.3, shape), row, package, epoch=epoch, breakdown=breakdown)
        builder.offer_weight[epoch] = rng.choice([0.0, 1.0, rng.uniform()], n_packages + 1)
        builder.offer_weight[epoch, rng.integers(0, n_packages + 1)] = 1.0
        builder.posture_weight[epoch] = rng.choice([0.0, 1.0], n_postures)
        builder.posture_weight[epoch, rng.integers(0, n_postures)] = 1.0
    builder.accept_weight = float(rng.choice([1.0, rng.uniform(0.01, 3.0)]))
    builder.precision_posture = float(rng.choice(PRECISIONS))
    builder.precision_offer = rng.choice(PRECISIONS, n_proposers)
    builder.precision_response = rng.choice(PRECISIONS, 2)
    builder.precision_effort = rng.choice(PRECISIONS, 2)
    builder.terminal = rng.normal(0.5, 0.3, (n_rows, builder.n_states))
    builder.initial = rng.dirichlet(np.ones(builder.n_states))
    return builder.finish()


def _random_nature(builder: TableBuilder, rng: np.random.Generator, epoch: int, posture: int, effort: int) -> None:
    at = {"epoch": epoch, "posture": posture, "effort": effort}
    step = 0
    for axis, size in enumerate(builder.shape):
        if size > 1 and rng.uniform() < 0.8:
            builder.set_nature(step, _random_move(builder, rng, axis), **at)
            if rng.uniform() < 0.3:  # one row believes something else
                row = int(rng.integers(0, builder.discount.size))
                builder.set_nature(step, _random_move(builder, rng, axis), row=row, **at)
            step += 1
    for end in ("collapse", "withdrawal"):
        if rng.uniform() < 0.5:
            probability = rng.uniform(0.0, 0.3, builder.shape) * rng.integers(0, 2, builder.shape)
            name = builder.end(end)
            for row in range(builder.discount.size):
                value = rng.normal(0.5, 0.3, builder.shape)
                builder.set_nature(step, builder.leave(probability, value, name), row=row, **at)
            builder.set_nature(step, builder.leave(probability, 0.0, name), row=-1, **at)
            step += 1


def _random_move(builder: TableBuilder, rng: np.random.Generator, axis: int) -> int:
    size = builder.shape[axis]
    place = np.arange(size).reshape([-1 if k == axis else 1 for k in range(len(builder.shape))])
    up = np.where(place < size - 1, rng.uniform(0.0, 0.5, builder.shape), 0.0)
    down = np.where(place > 0, rng.uniform(0.0, 0.5, builder.shape), 0.0)
    return builder.move(axis, {1: up, 0: 1.0 - up - down, -1: down})

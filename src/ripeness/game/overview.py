"""Sizes of a game, for `ripeness show` and for refusing what does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from ripeness.game.build import Game


@dataclass(frozen=True)
class Overview:
    """Sizes of a game.

    Attributes:
        axes: name, number of points and mechanism of each axis, in storage order.
        mechanisms: names in nature's sequence.
        n_nature_steps: operators that nature applies in a period, sub-steps counted each.
        n_tables: different tables over the states.
        values_bytes, pool_bytes: memory in float32 of the values of all periods and of the tables.
        types: how many types the attacker, the defender and the patron have.
        n_nodes: joint public beliefs in each state.
    """

    axes: tuple[tuple[str, int, str], ...]
    mechanisms: tuple[str, ...]
    n_states: int
    n_periods: int
    n_epochs: int
    n_packages: int
    n_postures: int
    n_effort_pairs: int
    n_nature_steps: int
    n_tables: int
    values_bytes: int
    pool_bytes: int
    types: tuple[int, int, int]
    n_nodes: int


def overview(game: Game) -> Overview:
    """Sizes of a game, for `ripeness show` and for refusing what does not fit."""
    tables = game.tables
    added_by = {axis.name: name for name, mechanism in game.mechanisms for axis in mechanism.axes("normal")}
    bytes_per_number = 4
    values = (tables.n_periods + 1) * tables.n_rows * tables.n_states * tables.n_nodes * bytes_per_number
    return Overview(
        axes=tuple((axis.name, axis.values.size, added_by[axis.name]) for axis in game.axes),
        mechanisms=tuple(name for name, _ in game.mechanisms),
        n_states=tables.n_states,
        n_periods=tables.n_periods,
        n_epochs=int(tables.flow.shape[0]),
        n_packages=len(game.packages),
        n_postures=len(game.postures),
        n_effort_pairs=len(game.efforts[0]) * len(game.efforts[1]),
        n_nature_steps=int(tables.nature.shape[0]),
        n_tables=int(tables.pool.shape[0]),
        values_bytes=values,
        pool_bytes=int(tables.pool.size) * bytes_per_number,
        types=tables.types,
        n_nodes=tables.n_nodes,
    )

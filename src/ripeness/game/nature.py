"""Nature: the moves of all mechanisms as operators on the states, one after the other.

Each move keeps its place in the sequence in every epoch, posture and pair of efforts; a move that needs k sub-steps
takes k places.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np

from ripeness.game.errors import GameError, ask
from ripeness.game.expansion import Expansion, Part
from ripeness.game.frame import Frame, check_role, probability
from ripeness.game.layout import levels_of
from ripeness.game.stencil import close_ends, trinomial
from ripeness.game.tables import TableBuilder
from ripeness.mechanisms.base import Array, Axis, Drift, Exit, Jump, Mechanism, Move, Setting, Succession

SUM_TOLERANCE = 1e-9
"""How far the probabilities of a jump may miss one by rounding; they are divided by their sum."""

Operators = tuple[int, ...]
"""Operator of one step for each row, the truth last; -1 where nothing moves."""


def moved_axes(frame: Frame) -> list[str]:
    """Axes in the order in which nature moves them, over all epochs, in the first posture at full effort."""
    full = (frame.efforts[0][-1], frame.efforts[1][-1])
    settings = [frame.setting(epoch, frame.postures[0], full) for epoch in range(frame.n_epochs)]
    found: list[str] = []
    for name, mechanism in frame.mechanisms:
        axes = [_axis_of(move) for at in settings for move in _moves(name, mechanism, at)]
        found += dict.fromkeys(axis for axis in axes if axis is not None)
    return found


def fill_nature(builder: TableBuilder, cache: Expansion, frame: Frame) -> None:
    """Set nature's operators in every epoch, posture and pair of efforts."""
    plan: dict[tuple[int, int, int], dict[tuple[int, int], tuple[Operators, int]]] = {}
    width: dict[tuple[int, int], int] = defaultdict(int)  # places that a move takes, by mechanism and move
    for epoch, m, e, at in frame.settings():
        here = plan.setdefault((epoch, m, e), {})
        for k, (name, mechanism) in enumerate(frame.mechanisms):
            for j, move in enumerate(_moves(name, mechanism, at)):
                operators, times = _operators(builder, cache, frame, name, move)
                if any(operator >= 0 for operator in operators):
                    here[k, j] = operators, times
                    width[k, j] = max(width[k, j], times)
    places = sorted(width)
    first = dict(zip(places, np.cumsum([0] + [width[p] for p in places]).tolist(), strict=False))
    for (epoch, m, e), moves in plan.items():
        for place, (operators, times) in moves.items():
            for step in range(first[place], first[place] + times):
                for row, operator in enumerate(operators):
                    if operator >= 0:
                        builder.set_nature(step, operator, epoch=epoch, posture=m, effort=e, row=row)


def _axis_of(move: Move) -> str | None:
    return None if isinstance(move, Exit) else move.axis


def _moves(name: str, mechanism: Mechanism, at: Setting) -> tuple[Move, ...]:
    """Moves of one mechanism, each on an axis that exists."""
    moves = ask(name, mechanism.moves, at)
    for axis in map(_axis_of, moves):
        if axis is not None and axis not in at.levels:
            raise GameError(
                f"mechanisms.{name} moves the axis '{axis}', which no mechanism of the scenario adds; there are "
                f"{', '.join(at.levels) or 'none'}. Add the mechanism that adds it."
            )
    return moves


def _operators(builder: TableBuilder, cache: Expansion, frame: Frame, name: str, move: Move) -> tuple[Operators, int]:
    """Operator of a move for each row and the truth, and how many times it is applied."""
    n = len(frame.roles) + 1
    if isinstance(move, Drift):
        operator, times = _drift(builder, cache, frame, name, move)
        return (operator,) * n, times
    if isinstance(move, Jump):
        return (_jump(builder, cache, frame, name, move),) * n, 1
    if isinstance(move, Exit):
        return _exit(builder, cache, frame, name, move), 1
    return _succession(builder, cache, frame, name, move), 1


def _drift(builder: TableBuilder, cache: Expansion, frame: Frame, name: str, move: Drift) -> tuple[int, int]:
    dimension, axis = _axis(frame, move.axis)
    who = f"mechanisms.{name}: axis '{axis.name}'"
    if axis.labels:
        raise GameError(f"{who} has labels and cannot drift. Move it by a Jump.")
    drift = cache.part(move.drift, f"{who} drift")
    spread = cache.part(move.spread, f"{who} spread", low=0.0)
    if axis.values.size == 1 or not (drift.array.any() or spread.array.any()):
        return -1, 1
    key = ("drift", dimension, drift.key, spread.key)
    return cache.once(key, _make_drift, builder, frame, name, dimension, drift, spread)


def _make_drift(
    builder: TableBuilder, frame: Frame, name: str, dimension: int, drift: Part, spread: Part
) -> tuple[int, int]:
    axis = frame.axes[dimension]
    found, times = trinomial(drift.array, spread.array, axis, frame.years, mechanism=name)
    down, stay, up = close_ends(found, dimension, axis.values.size)
    return builder.move(dimension, {-1: down, 0: stay, 1: up}), times


def _jump(builder: TableBuilder, cache: Expansion, frame: Frame, name: str, move: Jump) -> int:
    dimension, axis = _axis(frame, move.axis)
    n = axis.values.size
    who = f"mechanisms.{name}: probability of a jump on axis '{axis.name}'"
    to = cache.part(move.destination, who, low=0.0, high=1.0 + SUM_TOLERANCE, trailing=1)
    sums = to.array.sum(axis=-1)
    if to.array.shape[-1] != n or not np.allclose(sums, 1.0, rtol=0.0, atol=SUM_TOLERANCE):
        raise GameError(
            f"{who} must give {n} destinations that sum to 1, got {to.array.shape[-1]} that sum to {sums.min():.6g} .. "
            f"{sums.max():.6g}."
        )
    return cache.once(("jump", dimension, to.key), _make_jump, builder, dimension, to.array / sums[..., np.newaxis])


def _make_jump(builder: TableBuilder, dimension: int, chance: Array) -> int:
    """Operator from the probability of each destination (last dimension of `chance`)."""
    n = chance.shape[-1]
    shape = [n if d == dimension else size for d, size in enumerate(chance.shape[:-1])]
    chance = np.broadcast_to(chance, (*shape, n))
    by_step = {step: np.zeros(shape) for step in range(1 - n, n)}
    for here, there in product(range(n), range(n)):
        at = tuple(here if d == dimension else slice(None) for d in range(len(shape)))
        by_step[there - here][at] = chance[(*at, there)]
    return builder.move(dimension, {step: p for step, p in by_step.items() if p.any()})


def _exit(builder: TableBuilder, cache: Expansion, frame: Frame, name: str, move: Exit) -> Operators:
    """The war ends for everyone: each row gets its value, the truth books the end."""
    who = f"mechanisms.{name}: '{move.end}'"
    for role in move.values:
        check_role(role, who)
    hazard = cache.part(move.hazard, f"{who} hazard", low=0.0, infinite=True)
    if not hazard.array.any():
        return (-1,) * (len(frame.roles) + 1)
    worth = [cache.part(move.values.get(role, 0.0), f"{who} value of the {role}") for role in frame.roles]
    chance = probability(hazard.array, frame.years)
    rows = [cache.once(("exit", hazard.key, v.key), builder.leave, chance, v.array) for v in worth]
    truth = cache.once(("end", hazard.key, move.end), builder.leave, chance, 0.0, builder.end(move.end))
    return (*rows, truth)


def _succession(builder: TableBuilder, cache: Expansion, frame: Frame, name: str, move: Succession) -> Operators:
    """The removed leader's own row is handed over; for everyone else the axis moves to the successor."""
    who = f"mechanisms.{name}: removal of the {move.role}"
    check_role(move.role, who)
    hazard = cache.part(move.hazard, f"{who}, hazard", low=0.0, infinite=True)
    value = cache.part(move.value, f"{who}, value")
    keeps = cache.part(move.keeps, f"{who}, keeps", low=0.0, high=1.0)
    if not hazard.array.any():
        return (-1,) * (len(frame.roles) + 1)
    chance = probability(hazard.array, frame.years)
    moved, dimension = -1, None
    if move.axis is not None:
        dimension, axis = _axis(frame, move.axis)
        if axis.values.size != 2:
            raise GameError(f"{who} moves axis '{axis.name}', which must have two points, got {axis.values.size}.")
        chance = np.where(levels_of(frame.axes)[axis.name] == 0.0, chance, 0.0)
        moved = cache.once(("succession", dimension, hazard.key), builder.move, dimension, {0: 1.0 - chance, 1: chance})
    key = ("removal", move.axis, hazard.key, value.key, keeps.key)
    left = cache.once(key, builder.hand_over, chance, value.array, keeps.array, dimension)
    return (*(left if role == move.role else moved for role in frame.roles), moved)


def _axis(frame: Frame, name: str) -> tuple[int, Axis]:
    return next((d, axis) for d, axis in enumerate(frame.axes) if axis.name == name)

"""Nature: the moves of all mechanisms as operators on the states, one after the other.

Each move keeps its place in the sequence in every epoch, posture and pair of efforts; a move that needs k sub-steps
takes k places.

A move whose probabilities differ between the types of one actor is evidence of that type for everybody who watches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import product
from typing import TypeVar

import numpy as np

from ripeness.game.errors import GameError
from ripeness.game.expansion import Expansion, Part, keys
from ripeness.game.frame import Frame, check_role, probability
from ripeness.game.layout import levels_of
from ripeness.game.stencil import Weights, close_ends, trinomial
from ripeness.game.tables import TableBuilder, TableLike
from ripeness.game.variants import Row, Variants
from ripeness.mechanisms.base import ROLES, Array, Axis, Drift, Exit, Jump, Move, Setting, Succession

SUM_TOLERANCE = 1e-9
"""How far the probabilities of a jump may miss one by rounding; they are divided by their sum."""

Operators = tuple[int, ...]
"""Operator of one step for each row, the truth last; -1 where nothing moves."""


def moved_axes(v: Variants) -> list[str]:
    """Axes in the order in which nature moves them, over all epochs and types, in the first posture at full effort."""
    frame = v.first
    full = (frame.efforts[0][-1], frame.efforts[1][-1])
    settings = [
        tuple(each.setting(epoch, frame.postures[0], full) for each in v.frames) for epoch in range(frame.n_epochs)
    ]
    found: list[str] = []
    for k in range(len(frame.mechanisms)):
        axes = [_axis_of(move) for at in settings for moves in _moves(v, k, at) for move in moves]
        found += dict.fromkeys(axis for axis in axes if axis is not None)
    return found


def fill_nature(builder: TableBuilder, cache: Expansion, v: Variants, epochs: Sequence[int]) -> int:
    """Set nature's operators in some epochs, every posture and pair of efforts; returns how many steps they take."""
    plan: dict[tuple[int, int, int], dict[tuple[int, int], tuple[Operators, int]]] = {}
    width: dict[tuple[int, int], int] = defaultdict(int)  # places that a move takes, by mechanism and move
    for epoch, m, e, at in v.settings(epochs):
        here = plan.setdefault((epoch, m, e), {})
        for k, (name, _) in enumerate(v.first.mechanisms):
            by_profile = _moves(v, k, at)
            key = ("moves", k, *map(id, by_profile))  # equal answers are the same object
            for j, (operators, times) in enumerate(
                cache.once(key, _all_operators, builder, cache, v, name, by_profile)
            ):
                if any(operator >= 0 for operator in operators):
                    here[k, j] = operators, times
                    width[k, j] = max(width[k, j], times)
    places = sorted(width)
    first = dict(zip(places, np.cumsum([0] + [width[p] for p in places]).tolist(), strict=False))
    for (epoch, m, e), found in plan.items():
        for place, (operators, times) in found.items():
            rows: list[tuple[int | slice, int]] = [(slice(None), operators[0])]
            if len(set(operators)) > 1:
                rows = list(enumerate(operators))
            for step, (row, operator) in product(range(first[place], first[place] + times), rows):
                if operator >= 0:
                    builder.set_nature(step, operator, epoch=epoch, posture=m, effort=e, row=row)
    return sum(width.values())


def _all_operators(
    builder: TableBuilder, cache: Expansion, v: Variants, name: str, by_profile: list[tuple[Move, ...]]
) -> list[tuple[Operators, int]]:
    """Operators of every move of a mechanism."""
    return [_operators(builder, cache, v, name, moves) for moves in _together(name, by_profile)]


def _axis_of(move: Move) -> str | None:
    return None if isinstance(move, Exit) else move.axis


def _moves(v: Variants, k: int, at: Sequence[Setting]) -> list[tuple[Move, ...]]:
    """Moves of one mechanism in every profile, each on an axis that exists."""
    name = v.first.mechanisms[k][0]
    by_profile: list[tuple[Move, ...]] = v.asked(k, "moves", at)
    for axis in (_axis_of(move) for moves in by_profile for move in moves):
        if axis is not None and axis not in at[0].levels:
            raise GameError(
                f"mechanisms.{name} moves the axis '{axis}', which no mechanism of the scenario adds; there are "
                f"{', '.join(at[0].levels) or 'none'}. Add the mechanism that adds it."
            )
    return by_profile


def _kind(move: Move) -> Hashable:
    """What a move must share with its like under other types."""
    return type(move), _axis_of(move), getattr(move, "end", None), getattr(move, "role", None)


def _together(name: str, by_profile: Sequence[tuple[Move, ...]]) -> list[tuple[Move, ...]]:
    """Each move of a mechanism, by profile."""
    kinds = {tuple(map(_kind, moves)) for moves in by_profile}
    if len(kinds) > 1:
        raise GameError(
            f"mechanisms.{name} makes moves under some types that it does not make under others, so that they cannot "
            "be compared. Give a move that hardly happens a rate a little above 0."
        )
    return list(zip(*by_profile, strict=True))


def _operators(
    builder: TableBuilder, cache: Expansion, v: Variants, name: str, moves: tuple[Move, ...]
) -> tuple[Operators, int]:
    """Operator of a move, given by profile, for each row and the truth, and how many times it is applied."""
    n = len(v.rows) + 1
    kind = moves[0]
    if isinstance(kind, Drift):
        operator, times = _drift(builder, cache, v, name, [m for m in moves if isinstance(m, Drift)])
        return (operator,) * n, times
    if isinstance(kind, Jump):
        return (_jump(builder, cache, v, name, [m for m in moves if isinstance(m, Jump)]),) * n, 1
    if isinstance(kind, Exit):
        return _exit(builder, cache, v, name, [m for m in moves if isinstance(m, Exit)]), 1
    return _succession(builder, cache, v, name, [m for m in moves if isinstance(m, Succession)]), 1


Given = TypeVar("Given")


def _evidence(v: Variants, given: Sequence[Given], keys: Sequence[Hashable], who: str) -> list[Given]:
    """Answers by profile, or one for all where they are equal; they may depend on the type of one actor only."""
    sides = v.sides(keys)
    if not sides:
        return [given[0]]
    if len(sides) > 1:
        raise GameError(
            f"{who} depends on the types of the {' and the '.join(ROLES[side] for side in sides)}: one move may tell "
            "of one actor's type only. Let the types of one of them change it."
        )
    return list(given)


def _drift(builder: TableBuilder, cache: Expansion, v: Variants, name: str, moves: Sequence[Drift]) -> tuple[int, int]:
    dimension, axis = _axis(v.first, moves[0].axis)
    who = f"mechanisms.{name}: axis '{axis.name}'"
    if axis.labels:
        raise GameError(f"{who} has labels and cannot drift. Move it by a Jump.")
    parts = [
        (cache.part(move.drift, f"{who} drift"), cache.part(move.spread, f"{who} spread", low=0.0)) for move in moves
    ]
    if axis.values.size == 1 or not any(part.array.any() for both in parts for part in both):
        return -1, 1
    parts = _evidence(v, parts, [keys(both) for both in parts], who)
    key = ("drift", dimension, tuple(keys(both) for both in parts))
    return cache.once(key, _make_drift, builder, v.first, name, dimension, parts)


def _make_drift(
    builder: TableBuilder, frame: Frame, name: str, dimension: int, parts: Sequence[tuple[Part, Part]]
) -> tuple[int, int]:
    axis = frame.axes[dimension]

    def found(least: int) -> list[tuple[Weights, int]]:
        return [
            trinomial(drift.array, spread.array, axis, frame.years, mechanism=name, least=least)
            for drift, spread in parts
        ]

    made = found(1)
    times = max(k for _, k in made)
    if any(k < times for _, k in made):  # all types take the same sub-steps, so that each can be compared
        made = found(times)
    closed = [close_ends(weights, dimension, axis.values.size) for weights, _ in made]
    return builder.move(dimension, _one_or_all([{-1: down, 0: stay, 1: up} for down, stay, up in closed])), times


def _jump(builder: TableBuilder, cache: Expansion, v: Variants, name: str, moves: Sequence[Jump]) -> int:
    dimension, axis = _axis(v.first, moves[0].axis)
    n = axis.values.size
    who = f"mechanisms.{name}: probability of a jump on axis '{axis.name}'"
    parts = [cache.part(move.destination, who, low=0.0, high=1.0 + SUM_TOLERANCE, trailing=1) for move in moves]
    for to in parts:
        sums = to.array.sum(axis=-1)
        if to.array.shape[-1] != n or not np.allclose(sums, 1.0, rtol=0.0, atol=SUM_TOLERANCE):
            raise GameError(
                f"{who} must give {n} destinations that sum to 1, got {to.array.shape[-1]} that sum to "
                f"{sums.min():.6g} .. {sums.max():.6g}."
            )
    parts = _evidence(v, parts, keys(parts), who)
    chances = [to.array / to.array.sum(axis=-1)[..., np.newaxis] for to in parts]
    return cache.once(("jump", dimension, keys(parts)), _make_jump, builder, dimension, chances)


def _make_jump(builder: TableBuilder, dimension: int, chances: Sequence[Array]) -> int:
    """Operator from the probability of each destination (last dimension), by profile."""
    return builder.move(dimension, _one_or_all([_by_step(chance, dimension) for chance in chances]))


def _by_step(chance: Array, dimension: int) -> dict[int, TableLike]:
    """Probability of each step from the probability of each destination."""
    n = chance.shape[-1]
    shape = [n if d == dimension else size for d, size in enumerate(chance.shape[:-1])]
    chance = np.broadcast_to(chance, (*shape, n))
    by_step = {step: np.zeros(shape) for step in range(1 - n, n)}
    for here, there in product(range(n), range(n)):
        at = tuple(here if d == dimension else slice(None) for d in range(len(shape)))
        by_step[there - here][at] = chance[(*at, there)]
    return {step: p for step, p in by_step.items() if p.any()}


def _one_or_all(by_profile: list[dict[int, TableLike]]) -> dict[int, TableLike] | list[dict[int, TableLike]]:
    return by_profile[0] if len(by_profile) == 1 else by_profile


def _exit(builder: TableBuilder, cache: Expansion, v: Variants, name: str, moves: Sequence[Exit]) -> Operators:
    """The war ends for everyone: each row gets its value, the truth books the end."""
    end = moves[0].end
    who = f"mechanisms.{name}: '{end}'"
    for role in (role for move in moves for role in move.values):
        check_role(role, who)
    hazards = [cache.part(move.hazard, f"{who} hazard", low=0.0, infinite=True) for move in moves]
    if not any(hazard.array.any() for hazard in hazards):
        return (-1,) * (len(v.rows) + 1)
    hazards = _evidence(v, hazards, keys(hazards), f"{who} hazard")
    chances = [probability(hazard.array, v.first.years) for hazard in hazards]
    chance = chances[0] if len(chances) == 1 else chances
    found = []
    for row in v.rows:
        said = f"{who} value of the {row.role}"
        worth = _of_row(v, row, [cache.part(move.values.get(row.role, 0.0), said) for move in moves], said)
        found.append(cache.once(("exit", keys(hazards), worth.key), builder.leave, chance, worth.array))
    truth = cache.once(("end", keys(hazards), end), builder.leave, chance, 0.0, builder.end(end))
    return (*found, truth)


def _of_row(v: Variants, row: Row, parts: Sequence[Part], who: str) -> Part:
    """What a row gets, which may depend on its own type only."""
    own = [parts[profile] for profile in v.own(row)]
    v.same(keys(own), who, "what a move pays may depend on the type of the actor itself only")
    return own[0]


def _succession(
    builder: TableBuilder, cache: Expansion, v: Variants, name: str, moves: Sequence[Succession]
) -> Operators:
    """The removed leader's own row is handed over; for everyone else the axis moves to the successor."""
    move, frame = moves[0], v.first
    who = f"mechanisms.{name}: removal of the {move.role}"
    check_role(move.role, who)
    hazards = [cache.part(each.hazard, f"{who}, hazard", low=0.0, infinite=True) for each in moves]
    values = [cache.part(each.value, f"{who}, value") for each in moves]
    kept = [cache.part(each.keeps, f"{who}, keeps", low=0.0, high=1.0) for each in moves]
    v.same(keys(hazards), f"{who}, hazard", "a leader's removal must be equally likely for all types")
    hazard = hazards[0]
    if not hazard.array.any():
        return (-1,) * (len(v.rows) + 1)
    chance = probability(hazard.array, frame.years)
    moved, dimension = -1, None
    if move.axis is not None:
        dimension, axis = _axis(frame, move.axis)
        if axis.values.size != 2:
            raise GameError(f"{who} moves axis '{axis.name}', which must have two points, got {axis.values.size}.")
        chance = np.where(levels_of(frame.axes)[axis.name] == 0.0, chance, 0.0)
        moved = cache.once(("succession", dimension, hazard.key), builder.move, dimension, {0: 1.0 - chance, 1: chance})
    found = []
    for row in v.rows:
        if row.role != move.role:
            found.append(moved)
            continue
        value = _of_row(v, row, values, f"{who}, value")
        keeps = _of_row(v, row, kept, f"{who}, keeps")
        key = ("removal", move.axis, hazard.key, value.key, keeps.key)
        found.append(cache.once(key, builder.hand_over, chance, value.array, keeps.array, dimension))
    return (*found, moved)


def _axis(frame: Frame, name: str) -> tuple[int, Axis]:
    return next((d, axis) for d, axis in enumerate(frame.axes) if axis.name == name)

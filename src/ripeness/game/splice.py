"""Two games of the same war in one: the one until a period, the other from it on.

A change from a date that everybody foresees: the values of periods before it lead into those of the changed game. Only
what may differ between epochs is taken from the later game; what holds for the whole game (discount factors,
precision of choice, beliefs) must be the same in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.build import Game
from ripeness.game.errors import GameError
from ripeness.game.tables import BeliefAxis, Index, Profiles, Tables

WHOLE = {
    "discount": "discount rates",
    "accept_weight": "the weight of acceptance",
    "precision_posture": "the precision of postures",
    "precision_offer": "the precision of offers",
    "precision_response": "the precision of responses",
    "precision_effort": "the precision of efforts",
    "types": "the types of actors",
    "known": "whether types are known",
}
"""Tables that hold for the whole game, in words."""


MAPS = (
    "flow", "recognition", "peace_fixed", "peace_resume", "posture_cost", "operator_weight", "operator_source",
)  # fmt: skip
"""Maps of indices of tables."""

OF_PROFILES = ("flow", "peace_fixed", "posture_cost", "operator_weight", "operator_source")
"""Those of them that there are for every profile of types."""


def splice(before: Game, after: Game, period: int) -> Game:
    """The game that is `before` in the periods up to `period`, and `after` from it on.

    The war starts as in `before`; what it is worth when it is still open at the end is that of `after`. Names, dates
    and what is said of choices are those of `before`.

    Args:
        period: first period of `after`; at 0 or less all is `after` but the start, from the last period on all is
            `before` but the end.

    Raises:
        GameError: the games differ in what one game has only once, such as axes or packages.
    """
    faults = [what for what, differ in _once(before, after).items() if differ]
    if faults:
        raise GameError(
            f"a change from a date on may not touch {' or '.join(faults)}: the war has these once, for all time. Make "
            "the change hold from the start, or leave it out."
        )
    return replace(before, tables=splice_tables(before.tables, after.tables, period))


def _once(before: Game, after: Game) -> dict[str, bool]:
    """Whether two games differ in each of the things that a game has only once."""
    a, b = before.tables, after.tables

    def axes(game: Game) -> list[Any]:
        return [(axis.name, np.asarray(axis.values).tolist(), axis.labels) for axis in game.axes]

    def names(game: Game) -> list[str]:
        return [package.name for package in game.packages]

    found = {
        "the actors": before.roles != after.roles,
        "the grid (ends, points or units of an axis)": axes(before) != axes(after),
        "the calendar": a.n_periods != b.n_periods or before.dates[0] != after.dates[0],
        "packages (their number, names and terms)": names(before) != names(after)
        or not np.array_equal(before.terms, after.terms),
        "the menu of postures": before.postures != after.postures,
        "the list of efforts": before.efforts != after.efforts,
        "beliefs": not _same_beliefs(a.beliefs, b.beliefs),
    }
    return found | {what: not np.array_equal(getattr(a, name), getattr(b, name)) for name, what in WHOLE.items()}


def _same_beliefs(one: tuple[BeliefAxis, ...], other: tuple[BeliefAxis, ...]) -> bool:
    pairs = [pair for a, b in zip(one, other, strict=False) for pair in zip(a, b, strict=True)]
    return len(one) == len(other) and all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)


def splice_tables(before: Tables, after: Tables, period: int) -> Tables:
    """The tables that are `before` in the periods up to `period`, and `after` from it on; unused epochs are dropped."""
    period = min(max(period, 0), before.n_periods)
    epochs_a, early = np.unique(before.epoch_of_period[:period], return_inverse=True)
    epochs_b, late = np.unique(after.epoch_of_period[period:], return_inverse=True)
    ends = tuple(dict.fromkeys((*before.ends, *after.ends)))
    n_tables, n_operators = before.pool.shape[0], before.operator_offset.shape[0]

    def by_epoch(of: Callable[[Tables], NDArray[Any]], shift: int = 0, axis: int = 0) -> NDArray[Any]:
        later = of(after)
        later = np.where(later >= 0, later + shift, later) if shift else later
        return np.concatenate([of(before).take(epochs_a, axis), later.take(epochs_b, axis)], axis).astype(later.dtype)

    def of_operators(of: Callable[[Tables], Index], shift: int, fill: int | None = None) -> Index:
        one, other = of(before), of(after)
        other = np.where(other >= 0, other + shift, other) if shift else other
        if fill is not None:  # arms: the narrower of the two is filled up
            width = max(one.shape[1], other.shape[1])
            one, other = (_wider(each, width, 1, fill) for each in (one, other))
        return np.concatenate([one, other]).astype(np.int32)

    steps = max(before.nature.shape[0], after.nature.shape[0])
    padded = [_wider(each, steps, 0, -1) for each in (before.nature, after.nature)]
    nature = np.concatenate(
        [padded[0].take(epochs_a, 1), np.where(padded[1] >= 0, padded[1] + n_operators, -1).take(epochs_b, 1)], axis=1
    ).astype(np.int32)
    end_of = np.array([ends.index(name) for name in after.ends], np.int32)
    operator_end = np.concatenate(
        [before.operator_end, np.array([end_of[end] if end >= 0 else -1 for end in after.operator_end], np.int32)]
    ).astype(np.int32)
    profiles = None
    if before.by_profile is not None:
        profiles = Profiles(
            flow=by_epoch(lambda t: t.profiles.flow, n_tables),
            peace_fixed=by_epoch(lambda t: t.profiles.peace_fixed, n_tables),
            posture_cost=by_epoch(lambda t: t.profiles.posture_cost, n_tables),
            operator_weight=of_operators(lambda t: t.profiles.operator_weight, n_tables, -1),
            operator_source=of_operators(lambda t: t.profiles.operator_source, n_tables),
            terminal=after.profiles.terminal,
        )
    tables = before._replace(
        epoch_of_period=np.concatenate([early, late + epochs_a.size]).astype(np.int32),
        pool=np.concatenate([before.pool, after.pool]),
        flow=by_epoch(lambda t: t.flow, n_tables),
        recognition=by_epoch(lambda t: t.recognition, n_tables),
        peace_fixed=by_epoch(lambda t: t.peace_fixed, n_tables),
        peace_resume=by_epoch(lambda t: t.peace_resume, n_tables),
        posture_cost=by_epoch(lambda t: t.posture_cost, n_tables),
        posture_weight=by_epoch(lambda t: t.posture_weight),
        offer_weight=by_epoch(lambda t: t.offer_weight),
        operator_offset=of_operators(lambda t: t.operator_offset, 0, 0),
        operator_weight=of_operators(lambda t: t.operator_weight, n_tables, -1),
        operator_source=of_operators(lambda t: t.operator_source, n_tables),
        operator_end=operator_end,
        nature=nature,
        terminal=after.terminal,
        terminal_nodes=after.terminal_nodes,
        ends=ends,
        by_profile=profiles,
    )
    return _used(tables)


def _wider(array: NDArray[Any], n: int, axis: int, fill: int) -> NDArray[Any]:
    """The array with `n` entries along an axis, the further ones `fill`."""
    widths = [(0, n - size if d == axis else 0) for d, size in enumerate(array.shape)]
    return np.pad(array, widths, constant_values=fill)


def _used(tables: Tables) -> Tables:
    """The same game without tables and operators that no epoch uses."""
    operators, nature = _renumbered(tables.nature)
    tables = tables._replace(
        nature=nature,
        operator_offset=np.ascontiguousarray(tables.operator_offset[operators]),
        operator_weight=tables.operator_weight[operators],
        operator_source=tables.operator_source[operators],
        operator_end=np.ascontiguousarray(tables.operator_end[operators]),
    )
    profiles = tables.by_profile
    if profiles is not None:
        profiles = profiles._replace(
            operator_weight=profiles.operator_weight[operators], operator_source=profiles.operator_source[operators]
        )
    maps = [*(getattr(tables, name) for name in MAPS), *(getattr(profiles, n) for n in OF_PROFILES if profiles)]
    used = np.unique(np.concatenate([each.reshape(-1) for each in maps]))
    used = used[used >= 0]
    place = np.full(tables.pool.shape[0], -1, np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)

    def moved(indices: Index) -> Index:
        return np.where(indices >= 0, place[indices], -1).astype(np.int32)

    if profiles is not None:
        found: Any = {name: moved(getattr(profiles, name)) for name in OF_PROFILES}
        profiles = profiles._replace(**found)
    renamed: Any = {name: moved(getattr(tables, name)) for name in MAPS}
    return tables._replace(pool=np.ascontiguousarray(tables.pool[used]), by_profile=profiles, **renamed)


def _renumbered(indices: Index) -> tuple[NDArray[np.int64], Index]:
    """The entries of a map that are used, and the map into these."""
    used = np.unique(indices[indices >= 0]).astype(np.int64)
    found = np.where(indices >= 0, np.searchsorted(used, indices), -1).astype(np.int32)
    return used, found


EPOCHS = ("flow", "recognition", "peace_fixed", "peace_resume", "posture_cost", "posture_weight", "offer_weight")
"""Maps whose first axis is the epoch; that of `nature` is the second."""


def share_epochs(game: Game) -> Game:
    """The same game with equal epochs made one: every other winter, say. No value changes, and less is prepared."""
    tables = game.tables
    given = tables.by_profile
    of_profiles = ("flow", "peace_fixed", "posture_cost") if given is not None else ()
    first: dict[bytes, int] = {}
    number = np.empty(tables.flow.shape[0], np.int32)
    kept: list[int] = []
    for epoch in range(number.size):
        maps = [getattr(tables, name)[epoch] for name in EPOCHS] + [tables.nature[:, epoch]]
        maps += [getattr(given, name)[epoch] for name in of_profiles]
        key = b"".join(each.tobytes() for each in maps)
        if key not in first:
            first[key] = len(kept)
            kept.append(epoch)
        number[epoch] = first[key]
    if len(kept) == number.size:
        return game
    found: Any = {name: getattr(tables, name)[kept] for name in EPOCHS}
    if given is not None:
        more: Any = {name: getattr(given, name)[kept] for name in of_profiles}
        found["by_profile"] = given._replace(**more)
    tables = tables._replace(
        epoch_of_period=number[tables.epoch_of_period],
        nature=np.ascontiguousarray(tables.nature[:, kept]),
        **found,
    )
    return replace(game, tables=tables)

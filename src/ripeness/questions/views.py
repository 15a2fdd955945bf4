"""Whose outlook it is: the analyst's, an actor's, or that of one type (theory I.ii, observers with different priors).

Everything that happens is worked out once for every combination of types (*profile*). Who believes what of the types
then only weighs the profiles, so that each view is a mean of the same results.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import Propagation
from ripeness.engine.private.geometry import believed
from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.game.tables import BeliefAxis
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.distribution import QUANTILES, mean, sorted_quantiles
from ripeness.questions.endings import SETTLEMENT, STILL_OPEN, TermsCells, dates_of
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float
from ripeness.scenario.measures import PUBLIC as PUBLIC
from ripeness.scenario.measures import TRUTH as TRUTH

CATALOGUE: Catalogue = {
    "profile_probability": Variable("view profile", "1", "probability of the combination of types"),
    "open_probability": Variable("time view", "1", "probability that the war is open at the start of the period"),
    "cumulative_probability": Variable("time view end", "1", "probability that the war has ended in this way by then"),
    "war_end_date": Variable("view quantile", "date", "date of the end of the war, by agreement or otherwise"),
    "settlement_date": Variable("view quantile", "date", "date of settlement"),
    "settlement_date_given": Variable("view quantile", "date", "date of settlement, given that there is one"),
    "settlement_probability": Variable(
        "view package", "1", "probability of a settlement on this package by the horizon"
    ),
    "terms_mean": Variable("view", "share", "mean terms of any settlement"),
    "terms_overall": Variable("view quantile", "share", "quantiles of the terms of any settlement"),
    "value": Variable("view actor", "share", "value of the war at the start, of the actor's own type"),
}


def has_types(game: Game) -> bool:
    """Whether anybody has something to hide, or had it before it was made known."""
    return bool(game.tables.n_profiles > 1)


def axis_of(game: Game, role: Role) -> BeliefAxis:
    """What is publicly believed of an actor that has types."""
    return next(axis for axis in game.tables.beliefs if axis.side == ROLES.index(role))


def observers(game: Game, role: Role) -> tuple[str, ...]:
    """Who believes something of an actor with types: the analyst, the public, and every other actor."""
    return (TRUTH, PUBLIC, *(other for other in game.roles if other != role))


def offset_of(game: Game, role: Role, observer: str) -> Float:
    """(K,) log-odds against the first type that an observer adds to the public belief about an actor."""
    axis = axis_of(game, role)
    if observer == PUBLIC:
        return np.zeros(axis.nodes.shape[1])
    row = -1 if observer == TRUTH else game.actor_of_row.index(observer)
    return np.asarray(axis.offset[row], np.float64)


def belief_at_nodes(game: Game, role: Role, observer: str) -> Float:
    """(B, K) what an observer believes of an actor at each node of the public belief."""
    return believed(axis_of(game, role).nodes, offset_of(game, role, observer))


def believed_of(game: Game, role: Role, row: int) -> Float:
    """(B, K) what a value row believes of an actor at each node of the public belief."""
    axis = axis_of(game, role)
    return believed(axis.nodes, np.asarray(axis.offset[row], np.float64))


def belief_at_start(game: Game, role: Role, observer: str) -> Float:
    """(K,) what an observer believes of an actor before anything has happened."""
    return np.asarray(belief_at_nodes(game, role, observer)[axis_of(game, role).start])


def nodes_of(game: Game, role: Role) -> NDArray[np.intp]:
    """(J,) node of an actor's own axis at each joint node of the public beliefs."""
    sizes = [axis.nodes.shape[0] for axis in game.tables.beliefs]
    place = np.unravel_index(np.arange(game.tables.n_nodes), sizes)
    return place[[axis.side for axis in game.tables.beliefs].index(ROLES.index(role))]


def type_name(role: str, kind: str) -> str:
    """Name of a type among all types of a game, and of the view that is given it."""
    return f"{role}: {kind}"


def view_names(game: Game) -> tuple[str, ...]:
    """All views: of the analyst, of every actor, and given each type."""
    types = tuple(type_name(role, kind) for role, kinds in game.types.items() for kind in kinds)
    return (TRUTH, *game.roles, *(types if has_types(game) else ()))


def weights_of(game: Game, view: str) -> Float:
    """(Theta,) probability of each profile of types at the start, as somebody sees it.

    An actor knows its own type: its view is the mean over its types by their public probabilities. Given one type, the
    types of the others are as likely as the analyst holds them.

    Raises:
        ValueError: no view of this name.
    """
    names = view_names(game)
    if view not in names:
        raise ValueError(f"view must be one of {', '.join(names)}; got {view!r}.")
    profiles = profile_types(game.tables.types)
    weight = np.ones(profiles.shape[0])
    for role, kinds in game.types.items() if has_types(game) else ():
        given = [k for k, kind in enumerate(kinds) if view == type_name(role, kind)]
        if given:
            belief = (np.arange(len(kinds)) == given[0]).astype(float)
        elif view == role:
            belief = belief_at_start(game, role, PUBLIC)
        else:
            belief = belief_at_start(game, role, view if view in game.roles else TRUTH)
        weight *= belief[profiles[:, ROLES.index(role)]]
    return weight


def rows_of(game: Game) -> NDArray[np.int64]:
    """(Theta, actors) value row of every actor under each profile: the one of its own type."""
    profiles = profile_types(game.tables.types)
    first = [game.actor_of_row.index(role) for role in game.roles]
    sides = [ROLES.index(role) for role in game.roles]
    return np.asarray(np.array(first) + profiles[:, sides])


def profile_names(game: Game) -> list[str]:
    """The types of each profile, in the order of the tables."""
    kinds = [game.types.get(role, ("",)) for role in ROLES]
    return [", ".join(name for name in names if name) for names in product(*kinds)]


def mixed(by_profile: Sequence[Propagation], weight: Float) -> Propagation:
    """What happens under a view, from what happens under each profile."""
    fields = zip(*by_profile, strict=True)
    return Propagation(
        *(np.asarray(sum(w * part for w, part in zip(weight, parts, strict=True) if w > 0.0)) for parts in fields)
    )


class Views:
    """Collects the group "views" of the tree."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._names = view_names(game)
        self._weight = np.array([weights_of(game, name) for name in self._names])
        self._rows = rows_of(game)
        self._cells = TermsCells(game)
        self._terms = np.zeros((self._rows.shape[0], self._cells.support.size))
        self._value = np.full(self._rows.shape, np.nan)

    def visit(self, period: int, passing: Any) -> None:
        """Add one period by profile (`engine.Passing`)."""
        states = passing.lane // self._game.tables.n_nodes
        for profile, settled in enumerate(passing.settled):
            self._terms[profile] += self._cells.count(states, settled)
        if period == 0:
            mass = passing.mass
            for profile, rows in enumerate(self._rows):
                self._value[profile] = passing.value[rows].astype(np.float64) @ mass[profile]

    @property
    def terms(self) -> Float:
        """(Theta, terms) probability of a settlement on each of the terms that there are (`TermsCells.support`)."""
        return self._terms

    def dataset(self, by_profile: Sequence[Propagation]) -> xr.Dataset:
        """The finished group."""
        arrays = {
            "profile_probability": self._weight,
            **expected(self._game, by_profile, self._weight, self._terms),
            "value": self._weight @ self._value,
        }
        coords = {
            "view": text(self._names),
            "profile": text(profile_names(self._game)),
            "end": text((SETTLEMENT, *self._game.tables.ends, STILL_OPEN)),
        }
        return dataset(arrays, CATALOGUE, coords, "The outlook as each sees it, and given each type")


def expected(game: Game, by_profile: Sequence[Propagation], weight: Float, terms: Float) -> dict[str, Any]:
    """What is to be expected of the war under some views, by the names of the group "views".

    Args:
        weight: (V, Theta) probability of each profile under each view.
        terms: (Theta, terms) probability of a settlement on each of the terms that there are.
    """
    forward = [mixed(by_profile, each) for each in weight]
    cumulative = np.array([_cumulative(f) for f in forward]).transpose(1, 0, 2)
    support, signed = TermsCells(game).support, weight @ terms
    return {
        "open_probability": np.array([f.open[:-1] for f in forward]).T,
        "cumulative_probability": cumulative,
        "war_end_date": np.array([dates_of(game, c, 1.0) for c in cumulative[..., :-1].sum(axis=2).T]),
        "settlement_date": np.array([dates_of(game, c, 1.0) for c in cumulative[..., 0].T]),
        "settlement_date_given": np.array([dates_of(game, c, float(c[-1])) for c in cumulative[..., 0].T]),
        "settlement_probability": np.array([f.settled.sum(axis=(0, 1)) for f in forward]),
        "terms_mean": np.array([mean(support, row) for row in signed]),
        "terms_overall": np.array([sorted_quantiles(support, row, QUANTILES) for row in signed]),
    }


def _cumulative(forward: Propagation) -> Float:
    """(T, ends) probability that the war has ended in each way, up to and including the period."""
    ended = np.zeros((forward.settled.shape[0], forward.ended.shape[1] + 2))
    ended[:, 0] = forward.settled.sum(axis=(1, 2))
    ended[:, 1:-1] = forward.ended
    ended[-1, -1] = forward.frozen.sum()
    return np.cumsum(ended, axis=0)

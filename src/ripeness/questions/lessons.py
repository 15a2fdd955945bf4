"""What an act would teach at the start: what each observer believes after an offer, an answer, an effort, a posture."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine.private.geometry import start_node
from ripeness.game import Game
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.endings import NO_OFFER
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float
from ripeness.questions.views import PUBLIC, belief_at_start, observers, offset_of

UNLIKELY = 1e-6
"""An act less likely than this tells what it tells on average over the circumstances, not weighed by its chance."""

CATALOGUE: Catalogue = {
    "acceptance_by_type": Variable("package type", "1", "probability at the start that the type accepts the package"),
    "after_acceptance": Variable("package observer type", "1", "belief after the package was accepted at the start"),
    "after_rejection": Variable("package observer type", "1", "belief after the package was rejected at the start"),
    "offer_by_type": Variable("offer type", "1", "probability of the offer at the start, when the type may propose"),
    "after_offer": Variable("offer observer type", "1", "belief after the actor itself made the offer at the start"),
    "effort_by_type": Variable("effort type", "1", "probability of the effort at the start"),
    "after_effort": Variable("effort observer type", "1", "belief after the effort at the start"),
    "posture_by_type": Variable("posture type", "1", "probability of the posture at the start"),
    "after_posture": Variable("posture observer type", "1", "belief after the posture at the start"),
}


class Choice(NamedTuple):
    """One choice of an actor with types, in C circumstances: starting states, postures, what came before.

    Attributes:
        weight: (C,) probability of the circumstances.
        chance: (K, actions, C) probability of each action by type.
        after: (actions, K - 1, C) public log-odds against the first type after each action.
    """

    weight: Float
    chance: Float
    after: Float


def lessons(game: Game, decided: Any, role: Role) -> xr.Dataset:
    """What each act of an actor with types would teach in the first period, all else believed as at the start.

    Args:
        decided: decisions of period 0 (`engine.decisions_of_types`).
    """
    start = _Start(game, decided)
    side = ROLES.index(role)
    arrays: dict[str, Any] = {}
    coords: dict[str, Any] = {}

    def put(name: str, by_type: str, choice: Choice) -> None:
        arrays[by_type], arrays[name] = _learned(game, role, choice)

    if side < 2:
        by_package = [_learned(game, role, start.answer(side, n)) for n in range(len(game.packages))]
        arrays["acceptance_by_type"] = np.array([chance[0] for chance, _ in by_package])
        arrays["after_acceptance"] = np.array([after[0] for _, after in by_package])
        arrays["after_rejection"] = np.array([after[1] for _, after in by_package])
        put("after_effort", "effort_by_type", start.effort(side))
        coords["effort"] = np.array(game.efforts[side])
    if side < game.tables.recognition.shape[2]:
        put("after_offer", "offer_by_type", start.offer(side))
        coords["offer"] = text([*(p.name for p in game.packages), NO_OFFER])
    if side == 2 and len(game.postures) > 1:
        put("after_posture", "posture_by_type", start.posture())
        coords["posture"] = text(game.postures)
    return dataset(arrays, CATALOGUE, coords, f"What an act of the {role} would teach at the start")


class _Start:
    """Choices of the first period at the public beliefs of the start."""

    def __init__(self, game: Game, decided: Any) -> None:
        self._game, self._decided = game, decided
        tables = game.tables
        self._states = np.flatnonzero(tables.initial)
        self._lanes = self._states * tables.n_nodes + start_node(tables)
        self._mass = np.asarray(tables.initial[self._states], np.float64)
        posture = self._public(2, self._at(decided.posture))
        self._weight = posture * self._mass  # (M, S)

    def _at(self, values: NDArray[Any]) -> Float:
        return np.asarray(values[..., self._lanes], np.float64)

    def _public(self, side: int, by_type: Float) -> Float:
        """Mean over a side's types, the leading axis, by their public probabilities."""
        n_types = self._game.tables.types[side]
        if n_types == 1:
            return np.asarray(by_type[0])
        prior = belief_at_start(self._game, ROLES[side], PUBLIC)
        return np.asarray(np.einsum("k,k...->...", prior, by_type[:n_types]))

    def answer(self, side: int, package: int) -> Choice:
        """Accept or reject a package, in every posture."""
        d = self._decided
        accept = self._at(d.accept[side, :, :, package])
        after = self._at(d.accept_after[side, :, package])  # (M, 2, K - 1, S)
        return _flat(self._weight, np.stack([accept, 1.0 - accept], axis=1), after.transpose(1, 2, 0, 3))

    def offer(self, side: int) -> Choice:
        """What to propose, in every posture, by how often the actor may."""
        d = self._decided
        tables = self._game.tables
        index = tables.recognition[tables.epoch_of_period[0], :, side]
        speaks = tables.pool[index][:, self._states]
        chance = self._at(d.offer[side]).transpose(0, 2, 1, 3)
        return _flat(self._weight * speaks, chance, self._at(d.offer_after[side]).transpose(1, 2, 0, 3))

    def effort(self, side: int) -> Choice:
        """How hard to fight, in every posture; D's after each effort of A."""
        d = self._decided
        by_a = self._at(d.effort_a)  # (K, M, a, S)
        if side == 0:
            return _flat(self._weight, by_a.transpose(0, 2, 1, 3), self._at(d.effort_a_after).transpose(1, 2, 0, 3))
        n_a, n_d = (len(levels) for levels in self._game.efforts)
        weight = self._weight[:, None] * self._public(0, by_a)  # (M, a, S)
        chance, after = self._at(d.effort_d), self._at(d.effort_d_after)
        n_postures, told = after.shape[0], after.shape[2]
        chance = chance.reshape(chance.shape[0], n_postures, n_a, n_d, -1).transpose(0, 3, 1, 2, 4)
        after = after.reshape(n_postures, n_a, n_d, told, -1).transpose(2, 3, 0, 1, 4)
        return _flat(weight, chance, after)

    def posture(self) -> Choice:
        d = self._decided
        return _flat(self._mass, self._at(d.posture), self._at(d.posture_after))


def _flat(weight: Float, chance: Float, after: Float) -> Choice:
    """A choice whose circumstances span the last axes; those that never arise are left out."""
    flat = weight.ravel()
    arises = flat > 0.0
    chance, after = chance.reshape(*chance.shape[:2], -1), after.reshape(*after.shape[:2], -1)
    return Choice(flat[arises], chance[..., arises], after[..., arises])


def _learned(game: Game, role: Role, choice: Choice) -> tuple[Float, Float]:
    """(actions, K) probability of each action by type, and (actions, observers, K) what is believed after it.

    What an act tells may depend on the circumstances, which are seen; the belief is the mean over them, as likely as
    the observer holds them once the act is known.
    """
    n_types = len(game.types[role])
    chance = choice.chance[:n_types]
    total = choice.weight.sum()
    by_type = (
        np.einsum("c,kac->ak", choice.weight, chance) / total if total > 0.0 else np.full(chance.shape[1::-1], np.nan)
    )
    public = np.concatenate([np.zeros_like(choice.after[:, :1]), choice.after[:, : n_types - 1]], axis=1)
    found = np.full((chance.shape[1], len(observers(game, role)), n_types), np.nan)
    if total <= 0.0:
        return by_type, found
    for o, observer in enumerate(observers(game, role)):
        odds = public + offset_of(game, role, observer)[:, None]
        believed = np.exp(odds - odds.max(axis=1, keepdims=True))
        believed /= believed.sum(axis=1, keepdims=True)  # (actions, K, C)
        likely = choice.weight * np.einsum("k,kac->ac", belief_at_start(game, role, observer), chance)
        closed = ~chance.any(axis=(0, 2))
        rare = likely.sum(axis=1) < UNLIKELY * total
        weight = np.where(rare[:, None], choice.weight, likely)
        found[:, o] = np.einsum("ac,akc->ak", weight, believed) / weight.sum(axis=1)[:, None]
        found[closed, o] = np.nan
    return by_type, found

"""The view from each seat: what settling now is worth to each actor against fighting on, and what delay brings him."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import Decisions, Propagation
from ripeness.engine.private.geometry import certain_node, start_node
from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.questions.distribution import slope
from ripeness.questions.labels import Catalogue, Variable, dataset
from ripeness.questions.moment import Float, Moment, years_of
from ripeness.questions.paths import group_name

LINE = "territory"
LEAST_SETTLED = 1e-6
"""Dates at which a settlement is less likely than this say nothing about delay."""

CATALOGUE: Catalogue = {
    "gain": Variable("time actor package", "share", "expected gain of settling now over fighting on"),
    "gain_modal": Variable("time actor package", "share", "gain of settling now at the likeliest state"),
    "gain_by_line": Variable("line actor package", "share", "gain of settling at the start, by the line of contact"),
}
DELAY: Catalogue = {
    "settled": Variable("time", "1", "probability that a settlement is signed in the period"),
    "terms": Variable("time", "share", "expected terms by date of settlement"),
    "value": Variable("time actor", "share", "value at the start of histories that settle at this date"),
    "terms_slope": Variable("time", "share/year", "change of the terms with the date of settlement"),
    "value_slope": Variable("time actor", "share/year", "change of each side's value with the date of settlement"),
}


class Seats:
    """Collects the group "seats" of the tree.

    Attributes:
        gain: (T, R, N) expected W - C while open.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        n_periods, n_actors, n = game.tables.n_periods, len(game.roles), len(game.packages)
        self.gain = np.full((n_periods, n_actors, n), np.nan)
        self._modal = np.full((n_periods, n_actors, n), np.nan)
        self._mode = np.full(n_periods, -1, np.int64)
        self._by_line: Float | None = None

    def visit(self, at: Moment) -> None:
        """Add one period."""
        if at.open <= 0.0:
            return
        t = at.period
        self.gain[t] = (at.expect(lambda part: part.peace) - at.expect(lambda part: part.continuation)).T
        part = max(at.parts, key=lambda each: float(each.mass.max()))
        mode = int(np.argmax(part.mass))
        self._mode[t] = (part.states.start or 0) + mode if isinstance(part.states, slice) else part.states[mode]
        self._modal[t] = (part.peace[..., mode] - part.continuation[:, mode]).T

    def open(self, gain: Float) -> None:
        """Add the gains of period 0, (N, R, S), at every state."""
        names = [axis.name for axis in self._game.axes]
        if LINE in names:
            self._by_line = _gain_by_level(self._game, gain, names.index(LINE))

    def dataset(self) -> xr.Dataset:
        """The finished group."""
        game = self._game
        arrays = {"gain": self.gain, "gain_modal": self._modal}
        variables = dict(CATALOGUE)
        known = self._mode >= 0
        where = np.unravel_index(np.maximum(self._mode, 0), game.tables.shape)
        for axis, index in zip(game.axes, where, strict=False):
            name = f"modal_{group_name(axis.name)}"
            arrays[name] = np.where(known, axis.values[index], np.nan)
            variables[name] = Variable("time", axis.unit, f"{axis.name} at the likeliest state")
        coords = {}
        if self._by_line is not None:
            line = next(axis for axis in game.axes if axis.name == LINE)
            coords["line"] = ("line", line.values, {"units": line.unit, "long_name": line.meaning})
            arrays["gain_by_line"] = self._by_line
        return dataset(arrays, variables, coords, "Settle now, or fight on: the view from each seat")


def gain_at_start(first: Decisions) -> Float:
    """(N, R, S): W - C at every state, from the decisions of period 0."""
    fight = np.einsum("ms,mrs->rs", first.posture, first.continuation)
    return np.asarray(first.peace - fight, np.float64)


def gain_of_types_at_start(game: Game, decided: Any, weight: Float, rows: NDArray[np.int64]) -> Float:
    """The same in a game with types, at the public beliefs of the start and under one view; the patron has one type.

    Args:
        decided: decisions of period 0 (`engine.decisions_of_types`).
        weight: (Theta,) probability of each profile.
        rows: (Theta, R) value row of each actor under each profile.
    """
    tables, total = game.tables, np.zeros(())
    for profile, (w, own) in enumerate(zip(weight, rows, strict=True)):
        if w > 0.0:
            types = profile_types(tables.types)[profile]
            node = certain_node(tables, types) if game.known else start_node(tables)
            lanes = slice(node, None, tables.n_nodes)
            posture, fight = decided.posture[0][:, lanes], decided.continuation[:, own][..., lanes]
            gain = decided.peace[:, own][..., lanes] - np.einsum("ms,mrs->rs", posture, fight)
            total = total + w * np.asarray(gain, np.float64)
    return total


def _gain_by_level(game: Game, gain: Float, axis: int) -> Float:
    """(levels, R, N): W - C in period 0 along one axis, averaged over the starting mass of all other axes."""
    shape = game.tables.shape
    start = np.asarray(game.tables.initial, np.float64).reshape(shape).sum(axis=axis)
    by_level = np.moveaxis(gain.reshape(gain.shape[:2] + shape), 2 + axis, 0)
    total = np.tensordot(by_level, start, axes=start.ndim) if start.ndim else by_level * start
    return np.asarray(total.transpose(0, 2, 1))


def delay(game: Game, forward: Propagation, terms: Float) -> xr.Dataset:
    """Terms and values by date of settlement, and the three derivatives of theory II.12 apart.

    Args:
        terms: (T,) mean terms of what is settled in each period.
    """
    settled = np.asarray(forward.settled, np.float64).sum(axis=(1, 2))
    enough = settled >= LEAST_SETTLED
    worth = np.asarray(forward.worth_settled, np.float64)
    value = np.full(worth.shape, np.nan)
    value[enough] = worth[enough] / settled[enough, None]
    shown = np.where(enough, terms, np.nan)
    years = years_of(game)
    arrays = {
        "settled": settled,
        "terms": shown,
        "value": value,
        "terms_slope": slope(shown, years),
        "value_slope": slope(value, years),
    }
    return dataset(arrays, DELAY, {}, "What delay does: terms, and what each side gets")

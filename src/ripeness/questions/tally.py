"""What a digest keeps of a period, added up in one pass over the places where the war may stand.

The outlook's measures (`Endings`, `Seats`, `Agreement`) make an array of each quantity, which also gives quantiles; an
ensemble wants means of thousands of games and nothing else. Definitions are those of the outlook, in loops.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

from ripeness.game import Game
from ripeness.questions.agreement import OfferClass
from ripeness.questions.endings import breakdown
from ripeness.questions.moment import Float, Moment


class Totals(NamedTuple):
    """Sums by mass, so that all are joint with the war being open. R actors, N packages, K classes, T periods."""

    terms: Float  # (T,) of what is settled
    breaks: Float  # (T,) of what is settled: breaks within five years
    value: Float  # (T, R) V
    best: Float  # (T, R) W - C of the package liked best
    gain: Float  # (T, R, N) W - C
    acceptable: Float  # (T, R, N) W >= C
    least: Float  # (T, K) least terms of A, cut to [0, 1]
    most: Float  # (T, K) greatest terms of D, cut to [0, 1]
    ripe: Float  # (T,) some package suits both belligerents
    ripe_all: Float  # (T,) and the patron


class Tally:
    """Adds up periods of one game."""

    def __init__(self, game: Game, classes: tuple[OfferClass, ...]) -> None:
        """Begin with nothing.

        Args:
            classes: packages that differ in their terms only, `agreement.offer_classes`.
        """
        tables = game.tables
        n_periods, n_actors, n = tables.n_periods, len(game.roles), len(game.packages)
        shapes = {"value": (n_actors,), "best": (n_actors,), "gain": (n_actors, n), "acceptable": (n_actors, n)}
        shapes |= {"least": (len(classes),), "most": (len(classes),)}
        self.totals = Totals(*(np.zeros((n_periods, *shapes.get(name, ()))) for name in Totals._fields))
        self._tables = tables
        self._terms = np.ascontiguousarray(game.terms, np.float64)
        self._pool = np.ascontiguousarray(tables.pool)
        self._breaks = breakdown(game)
        self._member = np.full((len(classes), n), -1)
        for k, group in enumerate(classes):
            self._member[k, : group.members.size] = group.members

    def visit(self, at: Moment) -> None:
        """Add one period."""
        t, tables = at.period, self._tables
        epoch = int(tables.epoch_of_period[t])
        now = Totals(*(total[t : t + 1].reshape(total.shape[1:] or (1,)) for total in self.totals))
        for part in at.parts:
            states = np.arange(tables.n_states) if isinstance(part.states, slice) else part.states
            if isinstance(part.states, slice):
                states = states[part.states]
            for n, settled in enumerate(part.settled):
                now.terms[0] += _weighed(settled, self._terms[n], states)
                now.breaks[0] += _weighed(settled, self._breaks[epoch, n][1], states)
            resume = tables.peace_resume[epoch][:, list(part.rows[:2])]
            continuation, peace, value = map(np.ascontiguousarray, (part.continuation, part.peace, part.value))
            _add(
                part.mass, continuation, peace, value, states, self._terms, self._pool, resume, self._member, now
            )  # fmt: skip


_REORDER = {"reassoc", "contract", "nsz"}
"""Sums over places may be taken in any order."""


@nb.njit(cache=True, fastmath=_REORDER, error_model="numpy")
def _weighed(settled: Any, worth: Any, states: Any) -> float:
    total = 0.0
    for s in range(settled.size):
        total += settled[s] * worth[states[s]]
    return total


@nb.njit(cache=True, fastmath=_REORDER, error_model="numpy")
def _add(
    mass: Any, continuation: Any, peace: Any, value: Any, states: Any, terms: Any, pool: Any, resume: Any, member: Any,
    into: Totals,
) -> None:  # fmt: skip
    """Add the places of one block to the totals of its period, (1,) where `Totals` has (T,)."""
    n_packages, n_actors, n = peace.shape
    best = np.empty(n, peace.dtype)
    willing = np.zeros((n_actors, n_packages, n), np.bool_)
    for r in range(n_actors):
        own, total = continuation[r], 0.0
        for s in range(n):
            total += mass[s] * value[r, s]
            best[s] = peace[0, r, s]
        into.value[r] += total
        for k in range(n_packages):
            worth, yes, total, likely = peace[k, r], willing[r, k], 0.0, 0.0
            for s in range(n):
                total += mass[s] * (worth[s] - own[s])
                likely += mass[s] if worth[s] >= own[s] else 0.0
                yes[s] = worth[s] >= own[s]
                best[s] = max(best[s], worth[s])
            into.gain[r, k] += total
            into.acceptable[r, k] += likely
        total = 0.0
        for s in range(n):
            total += mass[s] * (best[s] - own[s])
        into.best[r] += total
    two, three = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for k in range(n_packages):
        for s in range(n):
            both = willing[0, k, s] & willing[1, k, s]
            two[s] |= both
            if n_actors > 2:
                three[s] |= both & willing[2, k, s]
    for s in range(n):
        into.ripe[0] += mass[s] if two[s] else 0.0
        into.ripe_all[0] += mass[s] if three[s] else 0.0
    _add_zones(mass, continuation, peace, states, terms, pool, resume, member, into.least, into.most)


@nb.njit(cache=True, error_model="numpy")
def _add_zones(
    mass: Any, continuation: Any, peace: Any, states: Any, terms: Any, pool: Any, resume: Any, member: Any,
    least: Any, most: Any,
) -> None:  # fmt: skip
    """Add what both sides would sign in every class: `ripe.zone` with its slopes 1 - dW/dV'."""
    order = np.empty(member.shape[1], np.int64)
    share, gain = np.empty(member.shape[1]), np.empty(member.shape[1])
    for c in range(member.shape[0]):
        if member.shape[1] == 1 or member[c, 1] < 0:
            k = member[c, 0]
            wanted, left = _gathered(terms[k], states), 1.0 - _gathered(terms[k], states)
            least[c] += _alone(mass, peace[k, 0], continuation[0], wanted, _gathered(pool[resume[k, 0]], states))
            most[c] += mass.sum() - _alone(
                mass, peace[k, 1], continuation[1], left, _gathered(pool[resume[k, 1]], states)
            )
            continue
        least_here, most_here = 0.0, 0.0
        for s in range(mass.size):
            state, size = states[s], 0
            for k in member[c]:  # by rising terms, those that are equal as they are listed
                if k < 0:
                    break
                place = size
                while place > 0 and terms[order[place - 1], state] > terms[k, state]:
                    order[place] = order[place - 1]
                    place -= 1
                order[place] = k
                size += 1
            first, last = order[0], order[size - 1]
            for side in range(2):
                for k in range(size):
                    package = order[k] if side == 0 else order[size - 1 - k]
                    share[k] = terms[package, state] if side == 0 else 1.0 - terms[package, state]
                    gain[k] = peace[package, side, s] - continuation[side, s]
                low, high = (first, last) if side == 0 else (last, first)
                at_low = max(1.0 - pool[resume[low, side], state], 0.0)
                at_high = max(1.0 - pool[resume[high, side], state], 0.0)
                found = min(max(_least_acceptable(share, gain, size, at_low, at_high), 0.0), 1.0)
                if side == 0:
                    least_here += mass[s] * found
                else:
                    most_here += mass[s] * (1.0 - found)
        least[c] += least_here
        most[c] += most_here


@nb.njit(cache=True, error_model="numpy")
def _gathered(row: Any, states: Any) -> Any:
    found = np.empty(states.size)
    for s in range(states.size):
        found[s] = row[states[s]]
    return found


@nb.njit(cache=True, fastmath=_REORDER, error_model="numpy")
def _alone(mass: Any, worth: Any, own: Any, share: Any, resumes: Any) -> float:
    """Sum of `_least_acceptable`, cut to [0, 1], over the places of a class of one package."""
    total = 0.0
    for s in range(mass.size):
        gain = np.float64(worth[s] - own[s])
        enough = share[s] - (gain / max(1.0 - resumes[s], 0.0) if gain != 0.0 else 0.0)
        total += mass[s] * min(max(enough, 0.0), 1.0)
    return float(total)


@nb.njit(cache=True, error_model="numpy")
def _least_acceptable(share: Any, gain: Any, n: int, at_low: float, at_high: float) -> float:
    """`ripe.least_acceptable` of one place."""
    if gain[0] >= 0.0:
        return float(share[0] - (gain[0] / at_low if gain[0] > 0.0 else 0.0))
    for k in range(1, n):
        if gain[k] >= 0.0:
            return float(share[k] - (share[k] - share[k - 1]) * gain[k] / (gain[k] - gain[k - 1]))
    return float(share[n - 1] - gain[n - 1] / at_high)

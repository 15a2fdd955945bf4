"""One period of the exact forward pass, as every measure of the outlook sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Outcomes
from ripeness.game import Game

Float = NDArray[np.float64]
Values = NDArray[np.floating[Any]]
Bool = NDArray[np.bool_]


DENSE = 0.5
"""Above this part of all states that can be reached, nothing is gained by leaving the others out."""

NEGLIGIBLE = 0.01
"""Lanes of a game with types are left out that all together hold less than this part of the rounding of values."""

BLOCK = 1 << 14
"""Most lanes in one array: what measures make of a block stays small."""


class Lanes(NamedTuple):
    """Some of the places where the war may stand in a period, for one combination of types. L of them; N packages.

    Without private information a lane is a state; with it, a state and what is publicly believed there. R counts the
    actors, each with the value row of its own type.

    Attributes:
        rows: value row of each actor in the tables.
        states: which states of the game they are, as an index into arrays over all states.
        mass: (L,) probability that the war is open at the start of the period, in this place.
        settled: (N, L) probability that the war settles on each package in the period, signed in this place.
        continuation: (R, L) C_i averaged over the postures that the patron may choose.
        peace: (N, R, L) W_i.
        value: (R, L) V_i.
    """

    rows: tuple[int, ...]
    states: NDArray[np.intp] | slice
    mass: Float
    settled: Float
    continuation: Values
    peace: Values
    value: Values

    def total(self, values: Values | Bool) -> Float:
        """Sum over the lanes, the last axis of `values`, by mass."""
        # Not a matrix product: its sums would depend on how many threads the linear algebra of the machine takes.
        return np.asarray(np.einsum("...s,s->...", np.asarray(values, np.float64), self.mass), np.float64)


class Moment(NamedTuple):
    """A period at all the places where the war may stand.

    Attributes:
        period: index from 0.
        parts: the places, in blocks.
    """

    period: int
    parts: tuple[Lanes, ...]

    @property
    def open(self) -> float:
        """Probability that the war is open at the start of the period."""
        return float(sum(part.mass.sum() for part in self.parts))

    def expect(self, of: Callable[[Lanes], Values | Bool]) -> Float:
        """Expectation given open, along the last axis of what `of` makes of a block."""
        return self.mean([of(part) for part in self.parts])

    def mean(self, values: Sequence[Values | Bool]) -> Float:
        """The same of values that are there already, one array for each block."""
        totals = (part.total(each) for part, each in zip(self.parts, values, strict=True))
        return np.asarray(sum(totals) / self.open)


def moment(period: int, mass: NDArray[Any], leads: Outcomes) -> Moment:
    """A period without private information; states that cannot be reached are left out where that saves work."""
    reached = np.flatnonzero(mass)
    pick = slice(None) if reached.size > DENSE * mass.size else reached
    here = np.asarray(mass[pick], np.float64)
    whole = Lanes(
        rows=tuple(range(leads.value.shape[0])),
        states=pick,
        mass=here,
        settled=leads.settled[..., pick].sum(axis=0, dtype=np.float64) * here,
        continuation=leads.continuation[..., pick],
        peace=leads.peace[..., pick],
        value=leads.value[..., pick],
    )
    return Moment(period, tuple(blocks(whole)))


def moment_of_types(game: Game, period: int, passing: Any, weight: Float, rows: NDArray[np.int64]) -> Moment:
    """A period under one view of a game with types.

    Args:
        passing: the period by profile, `engine.Passing`.
        weight: (Theta,) probability of each profile.
        rows: (Theta, R) value row of each actor under each profile.
    """
    states = passing.lane // game.tables.n_nodes
    parts = []
    for profile in np.flatnonzero(weight > 0.0):
        mass, own = passing.mass[profile], rows[profile]
        settled = passing.settled[profile]
        reached = _reached(mass + settled.sum(axis=0), float(np.finfo(passing.value.dtype).eps))
        for first in range(0, reached.size, BLOCK):
            pick = reached[first : first + BLOCK]
            parts.append(
                Lanes(
                    rows=tuple(int(r) for r in own),
                    states=states[pick],
                    mass=weight[profile] * mass[pick],
                    settled=weight[profile] * settled[:, pick],
                    continuation=passing.continuation[own][:, pick],
                    peace=passing.peace[:, own][..., pick],
                    value=passing.value[own][:, pick],
                )
            )
    return Moment(period, tuple(parts))


def _reached(mass: Float, rounding: float) -> NDArray[np.intp]:
    """Lanes with mass, but for the least of them that weigh nothing beside the rounding of values."""
    order = np.argsort(mass, kind="stable")
    spare = np.searchsorted(np.cumsum(mass[order]), NEGLIGIBLE * rounding * mass.sum(), side="right")
    return np.sort(order[spare:])


def blocks(whole: Lanes) -> Iterator[Lanes]:
    """The same lanes in blocks of at most `BLOCK`."""
    n = whole.mass.size
    if n <= BLOCK:
        yield whole
        return
    for first in range(0, n, BLOCK):
        cut = slice(first, min(first + BLOCK, n))
        states = cut if isinstance(whole.states, slice) else whole.states[cut]
        yield Lanes(
            whole.rows, states, whole.mass[cut], whole.settled[:, cut], whole.continuation[:, cut],
            whole.peace[..., cut], whole.value[:, cut],
        )  # fmt: skip


def years_of(game: Game) -> Float:
    """(T,) start of each period in years from the start of the scenario."""
    return np.arange(game.tables.n_periods, dtype=np.float64) * game.years_per_period

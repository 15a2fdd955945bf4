"""Efficient packages of a plan: points are merged one after another, and what is beaten is dropped at once.

A part of a package is a choice at the points merged so far, with its worths and its state: which open patterns it has
met (`problem.py`). Of two parts in the same state, whatever completes one completes the other, at the same further
worth; so a part that another one in its state beats can be dropped, and so can one that meets a forbidden pattern. No
list of all packages is ever made.

Two things keep the number of parts small where the question allows it. With *targets* (worths that each party must
get), a part is dropped when even the best options of the points to come leave somebody short, and what a party has
beyond what the worst options could cost it no longer counts as better. With a limit on size or time, parts are thinned
to a grid (`dominance.thinned`), and the errors of all thinnings add up to a bound that is returned.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.deals.dominance import thinned, undominated
from ripeness.deals.problem import UNIT, DealError, Int, Order, Problem, order_of

MOST_PARTS = {1: 1_000_000, 2: 1_000_000, 3: 500_000, 4: 300_000}
"""Parts kept after a point, by number of parties; `MOST_PARTS_OF_MANY` for more."""
MOST_PARTS_OF_MANY = 10_000
HURRIED = 1_000
"""Parts kept after a point when the time is up."""
MOST_ROWS = 10_000_000
"""Parts in the making, kept and not yet dropped; more would not fit into memory."""


class PlanTooLargeError(DealError):
    """The question cannot be answered exactly within memory."""


class OutOfTimeError(DealError):
    """The question was not answered within its time limit."""


def end_of(time_limit_s: float | None) -> float | None:
    """When a time limit that begins now is over, on the clock of `time.monotonic`; None: never."""
    return None if time_limit_s is None else time.monotonic() + time_limit_s


class Layer(NamedTuple):
    """Parts of packages after some points.

    Attributes:
        worth: millionths (parts, parties); with targets cut where more cannot matter.
        state: bits of the open patterns that each part has met at all its points so far.
        parent: row of the layer before that each part continues.
        option: option chosen at the last point merged.
    """

    worth: Int
    state: Int
    parent: NDArray[np.int32]
    option: NDArray[np.int16]


@dataclass(frozen=True)
class Packages:
    """The efficient packages of a plan, or a certified approximation of them; one for each list of worths.

    Attributes:
        choices: index of the option chosen (packages, points).
        worth: millionths (packages, parties), falling in the first party's.
        bound: millionths by which a package of the plan may be better for a party than the best one of the list for it:
            for every package there is one in the list that gives no party less than its worth there minus its bound.
        span: millionths between the largest and the least worth of any choice of options, for each party.
    """

    choices: NDArray[np.int16]
    worth: Int
    bound: Int
    span: Int

    @property
    def exact(self) -> bool:
        return not self.bound.any()

    @property
    def utilities(self) -> NDArray[np.float64]:
        """Worths in the parties' own units (packages, parties)."""
        return np.asarray(self.worth / UNIT)

    @property
    def within(self) -> float:
        """The largest bound as a share of the party's span; 0 where the list is exact."""
        return float((self.bound / np.maximum(self.span, 1)).max())

    def __len__(self) -> int:
        return int(self.worth.shape[0])


def efficient(problem: Problem, most_parts: int | None = None, time_limit_s: float | None = None) -> Packages:
    """The packages that no other package matches for all parties and beats for one.

    Args:
        most_parts: parts kept after a point; more are thinned, at the price of a bound.
        time_limit_s: time after which the rest is done with few parts, at the price of a bound.

    Returns:
        No packages where conditions and red lines leave none.
    """
    order = order_of(problem)
    most = most_parts or MOST_PARTS.get(problem.n_parties, MOST_PARTS_OF_MANY)
    most = max(1, min(most, MOST_ROWS // max(map(len, problem.worth))))
    ends = end_of(time_limit_s)
    bound = np.zeros(problem.n_parties, np.int64)
    layers = [_start(problem.n_parties)]
    for position in range(problem.n_points):
        grown = _grown(layers[-1], problem, order, position)
        kept = _rows(grown, undominated(grown.worth, grown.state))
        allowed = most if ends is None or time.monotonic() < ends else min(most, HURRIED)
        rows, error = thinned(kept.worth, kept.state, allowed)
        bound += error
        layers[-1] = layers[-1]._replace(worth=layers[-1].worth[:0])  # only the way back is needed from here on
        layers.append(_rows(kept, rows))
    last = layers[-1].worth
    rows = np.lexsort(tuple(-last[:, party] for party in range(problem.n_parties - 1, -1, -1)))
    best, worst = _reach(problem, order)
    return Packages(_choices(layers, order)[rows], last[rows], bound, best[0] - worst[0])


def acceptable_layers(
    problem: Problem, order: Order, targets: Sequence[int], *, cut_last: bool = True, ends: float | None = None
) -> list[Layer]:
    """Parts from which packages that give every party its target can be made, after 0, 1, 2, ... points.

    Where the last layer has parts, there are such packages; each part of it is one.

    Args:
        cut_last: whether the last party's worth, too, counts only up to what its target needs; if not, the last layer
            has the packages that are best for it.
        ends: when to give up (`end_of`).

    Raises:
        PlanTooLargeError: there are more parts than fit into memory.
        OutOfTimeError: time is over.
    """
    target = np.array(targets, np.int64)
    best, worst = _reach(problem, order)
    layers = [_start(problem.n_parties)]
    for position in range(problem.n_points):
        if ends is not None and time.monotonic() > ends:
            raise OutOfTimeError(
                f"not answered in time, after {position} of {problem.n_points} points; more time, fewer conditions "
                "that span many points, or fewer parties would help."
            )
        grown = _grown(layers[-1], problem, order, position)
        reached = np.all(grown.worth + best[position + 1] >= target, axis=1)
        grown = _rows(grown, np.flatnonzero(reached))
        enough = np.minimum(grown.worth, target - worst[position + 1])
        if not cut_last:
            enough[:, -1] = grown.worth[:, -1]
        grown = grown._replace(worth=enough)
        layers.append(_rows(grown, undominated(grown.worth, grown.state)))
    return layers


def acceptable_package(problem: Problem, targets: Sequence[int], ends: float | None = None) -> tuple[int, ...] | None:
    """Some package that gives every party at least its target, in millionths; None where there is none.

    Raises:
        OutOfTimeError: time is over (`end_of`).
    """
    order = order_of(problem)
    layers = acceptable_layers(problem, order, targets, ends=ends)
    if not layers[-1].state.size:
        return None
    return tuple(int(option) for option in _choices(layers, order)[0])


def _start(n_parties: int) -> Layer:
    """The one part with no point chosen."""
    none = np.zeros(1, np.int64)
    return Layer(np.zeros((1, n_parties), np.int64), none, none.astype(np.int32), none.astype(np.int16))


class Move(NamedTuple):
    """What choosing an option does.

    Attributes:
        clears: bits of patterns that it does not meet; `sets` those of patterns that it meets as their first point.
        forbidden: bits of patterns that may not be met, and `rewarded` those that add worth, decided at this point.
        closes: bits of all patterns whose last point this is.
    """

    option: int
    worth: Int
    clears: int
    sets: int
    forbidden: int
    rewarded: tuple[tuple[int, Int], ...]
    closes: int


def moves(problem: Problem, order: Order, position: int) -> list[Move]:
    """The options of the point at a position of the order, with what each does to the state."""
    point = order.points[position]
    merged = set(order.points[: position + 1])
    found = []
    for option in map(int, np.flatnonzero(problem.allowed[point])):
        clears = sets = forbidden = closes = 0
        rewarded = []
        for pattern, place in zip(problem.patterns, order.bits, strict=True):
            if point not in pattern.members:
                continue
            bit, met = 1 << place, option in pattern.members[point]
            first = not any(other in merged for other in pattern.members if other != point)
            last = all(other in merged for other in pattern.members)
            sets |= bit if first and met else 0
            clears |= 0 if met else bit
            if last:
                closes |= bit
                if pattern.worth is None:
                    forbidden |= bit
                else:
                    rewarded.append((bit, np.array(pattern.worth, np.int64)))
        found.append(Move(option, problem.worth[point][option], clears, sets, forbidden, tuple(rewarded), closes))
    return found


def _grown(layer: Layer, problem: Problem, order: Order, position: int) -> Layer:
    """Every part with every option of one more point, less those that meet a forbidden pattern."""
    options = moves(problem, order, position)
    if layer.state.size * len(options) > MOST_ROWS:
        raise PlanTooLargeError(
            f"{layer.state.size:,} parts of packages after {position} of {problem.n_points} points are more than "
            "can be merged; fewer conditions that span many points, fewer parties, or fewer options would help."
        )
    parts: list[tuple[Int, Int, NDArray[np.intp], int]] = []
    for move in options:
        state = (layer.state & ~np.int64(move.clears)) | np.int64(move.sets)
        rows = np.flatnonzero((state & np.int64(move.forbidden)) == 0)
        state = state[rows]
        worth = layer.worth[rows] + move.worth
        for bit, reward in move.rewarded:
            worth[(state & np.int64(bit)) != 0] += reward
        parts.append((worth, state & ~np.int64(move.closes), rows, move.option))
    if not parts:
        return _rows(layer, np.zeros(0, np.intp))
    return Layer(
        np.concatenate([worth for worth, *_ in parts]),
        np.concatenate([state for _, state, *_ in parts]),
        np.concatenate([rows for _, _, rows, _ in parts]).astype(np.int32),
        np.concatenate([np.full(rows.size, option, np.int16) for _, _, rows, option in parts]),
    )


def _rows(layer: Layer, rows: NDArray[np.intp]) -> Layer:
    return Layer(layer.worth[rows], layer.state[rows], layer.parent[rows], layer.option[rows])


def _reach(problem: Problem, order: Order) -> tuple[Int, Int]:
    """Most and least that the points from each position on can add, (positions + 1, parties)."""
    size = (problem.n_points + 1, problem.n_parties)
    best, worst = np.zeros(size, np.int64), np.zeros(size, np.int64)
    place = {point: position for position, point in enumerate(order.points)}
    closing: dict[int, list[Int]] = {}
    for pattern in problem.patterns:
        if pattern.worth is not None:
            last = max(place[point] for point in pattern.members)
            closing.setdefault(last, []).append(np.array(pattern.worth, np.int64))
    for position in range(problem.n_points - 1, -1, -1):
        point = order.points[position]
        allowed = problem.allowed[point]
        worth = problem.worth[point][allowed] if allowed.any() else problem.worth[point]
        best[position] = best[position + 1] + worth.max(axis=0)
        worst[position] = worst[position + 1] + worth.min(axis=0)
        for reward in closing.get(position, ()):
            best[position] += np.maximum(reward, 0)
            worst[position] += np.minimum(reward, 0)
    return best, worst


def _choices(layers: Sequence[Layer], order: Order) -> NDArray[np.int16]:
    """Options at each point of the packages of the last layer, by following every part back to the start."""
    rows = np.arange(layers[-1].state.size)
    found = np.zeros((rows.size, len(order.points)), np.int16)
    for layer, point in zip(reversed(layers[1:]), reversed(order.points), strict=True):
        found[:, point] = layer.option[rows]
        rows = layer.parent[rows].astype(np.intp)
    return found

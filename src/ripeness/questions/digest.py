"""A solved game in some ten kilobytes: enough for every measure, small enough to keep for each of many thousand.

A digest is made by one forward pass and never asks for the game again: claims can be edited and measures added to a
report without solving anything. All series are joint with the war being open, and given the types of all (*profile*,
the first axis), so that every mean over dates, and every view of who believes what, is a ratio of weighted sums.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine import Outcomes, Passing, Propagation, Solution, propagate, propagate_types
from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.agreement import OfferClass, offer_classes
from ripeness.questions.moment import Float, Moment, moment, moment_of_types
from ripeness.questions.paths import Paths
from ripeness.questions.tally import Tally
from ripeness.questions.views import (
    belief_at_nodes,
    has_types,
    nodes_of,
    observers,
    rows_of,
    type_name,
    view_names,
    weights_of,
)
from ripeness.scenario.measures import Facts, levels_named

Series = NDArray[np.float32]

MAGIC = b"ripeness digest 1\n"
_LEVEL = 6
"""Of compression: higher ones take much longer and save nothing on these series."""


class Axis(NamedTuple):
    """An axis of the state."""

    name: str
    unit: str
    labels: tuple[str, ...]


class Labels(NamedTuple):
    """Names of everything in the arrays of a digest.

    Attributes:
        months_per_period: length of a period.
        start: first day, YYYY-MM-DD.
        horizon: number of periods, T.
        classes: class of each package: those that differ in their terms only.
        ends: without agreement.
        views: whose outlook can be asked for.
        types: "actor: type" of all actors with types.
        observers: of each actor whose type others have to guess, who believes something of it.
    """

    months_per_period: float
    start: str
    horizon: int
    roles: tuple[str, ...]
    packages: tuple[str, ...]
    classes: tuple[int, ...]
    ends: tuple[str, ...]
    postures: tuple[str, ...]
    efforts: tuple[tuple[float, ...], tuple[float, ...]]
    axes: tuple[Axis, ...]
    views: tuple[str, ...]
    types: tuple[str, ...]
    observers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class Digest:
    """What is kept of one solved game. T periods, Q profiles of types, R actors, J proposers, N packages.

    Attributes:
        labels: names of everything.
        arrays: by name. Series are float32, (Q, T, ...), joint with the war being open at the start of the period:
            `open` (T + 1 long); `settled` (J, N) and `offered` (J, N); `ended` (ends); `posture`; `effort` (pairs);
            `terms`, `breaks`: of what is settled, times its terms, and what of it breaks within five years; `worth` (R)
            of histories that settle, at period 0; `value`, `best` (R): V, and W - C of the package liked best; `gain`,
            `acceptable` (R, N): W - C, and whether it is not negative; `least`, `most` (classes): least terms of A,
            greatest of D; `ripe`, `ripe_all`; `axis/<name>` (points); `nodes/<role>`: public beliefs. In float64:
            `weight` (views, Q), `profile` (Q, 3), `points/<axis>`, `believed/<role>` (observers, nodes, types).
    """

    labels: Labels
    arrays: Mapping[str, NDArray[Any]]

    @property
    def facts(self) -> Facts:
        """What a question to this digest may name."""
        said = self.labels
        secret = {role for role, _ in said.observers}
        return Facts(
            months_per_period=said.months_per_period,
            start=said.start,
            horizon=said.horizon,
            roles=said.roles,
            types=said.types,
            secret=tuple(each for each in said.types if each.partition(": ")[0] in secret),
            postures=said.postures,
            levels=levels_named((axis.name, axis.labels) for axis in said.axes),
            packages=said.packages,
            ends=said.ends,
        )

    def seen(self, name: str, view: str) -> Float:
        """A series under a view, (T, ...): the mean over the profiles of types."""
        weight = self.arrays["weight"][self.labels.views.index(view)]
        return np.asarray(np.einsum("q,q...->...", weight, self.arrays[name].astype(np.float64)))

    def shapes(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Type and shape of every array; none is unpacked for that."""
        if isinstance(self.arrays, _Packed):
            return self.arrays.shapes()
        return {name: (array.dtype.str, array.shape) for name, array in self.arrays.items()}

    def to_bytes(self) -> bytes:
        """The digest as bytes: the same content gives the same bytes."""
        kinds, blobs = [], []
        for name in sorted(self.arrays):
            array = self.arrays[name]
            blobs.append(_pack(array))
            kinds.append([name, array.dtype.str, array.shape, len(blobs[-1])])
        header = json.dumps({"labels": self.labels, "arrays": kinds}, separators=(",", ":"), ensure_ascii=False)
        packed = zlib.compress(header.encode(), _LEVEL)
        return b"".join([MAGIC, len(packed).to_bytes(4, "little"), packed, *blobs])

    @classmethod
    def from_bytes(cls, data: bytes) -> Digest:
        """What `to_bytes` made bytes of; arrays are unpacked when they are first used.

        Raises:
            ValueError: the bytes are no digest, or not a whole one.
        """
        first = len(MAGIC) + 4
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError("the bytes are no digest of this version. Solve the draw again.")
        begin = first + int.from_bytes(data[len(MAGIC) : first], "little")
        try:
            header = json.loads(zlib.decompress(data[first:begin]))
            said = header["labels"]
            places: dict[str, tuple[str, tuple[int, ...], bytes]] = {}
            for name, dtype, shape, size in header["arrays"]:
                places[name] = dtype, tuple(shape), data[begin : begin + size]
                begin += size
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"the bytes are no whole digest: {error}. Solve the draw again.") from None
        if begin != len(data):
            raise ValueError(f"the digest has {len(data)} bytes where {begin} are due. Solve the draw again.")
        return cls(_labels(said), _Packed(places))


def digest(solution: Solution, game: Game | None = None, threads: int | None = None) -> Digest:
    """What is kept of a solved game, by one forward pass.

    Args:
        solution: what `solve` returned.
        game: the labelled game; None: the one that the solution carries.
        threads: None: all processors. They change no result.

    Raises:
        ValueError: neither argument has a labelled game.
    """
    g: Game | None = game if game is not None else solution.game
    if g is None:
        raise ValueError("game is missing: the solution carries no labelled game. Pass game=build(scenario).")
    measured, by_profile, more = _of_types(solution, g, threads) if has_types(g) else _of_all(solution, g, threads)
    parts = [each.arrays(forward) for each, forward in zip(measured, by_profile, strict=True)]
    arrays: dict[str, NDArray[Any]] = {name: np.array([part[name] for part in parts], np.float32) for name in parts[0]}
    arrays |= {name: series.astype(np.float32) for name, series in more.items()}
    arrays["weight"] = np.array([weights_of(g, view) for view in view_names(g)])
    arrays["profile"] = profile_types(g.tables.types).astype(np.float64)
    arrays |= {f"points/{axis.name}": np.asarray(axis.values, np.float64) for axis in g.axes}
    for role, names in _observers(g):
        arrays[f"believed/{role}"] = np.array([belief_at_nodes(g, role, name) for name in names])
    return Digest(_labels_of(g, measured[0].classes), arrays)


class _Measured:
    """What is measured of one profile of types."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self.classes = offer_classes(game.packages)
        self._paths, self._tally = Paths(game), Tally(game, self.classes)

    def visit(self, at: Moment) -> None:
        """Add one period."""
        self._paths.visit(at)
        self._tally.visit(at)

    def arrays(self, forward: Propagation) -> dict[str, Float]:
        """The finished series."""
        return {
            "open": forward.open,
            "settled": forward.settled,
            "offered": forward.offer[:, :, :-1],
            "ended": forward.ended,
            "posture": forward.posture,
            "effort": forward.effort,
            "worth": forward.worth_settled[:, : len(self._game.roles)],
            **self._tally.totals._asdict(),
            **{f"axis/{axis.name}": at for axis, at in zip(self._game.axes, self._paths.marginal, strict=True)},
        }


_Found = tuple[list[_Measured], tuple[Propagation, ...], dict[str, Float]]


def _of_all(solution: Solution, game: Game, threads: int | None) -> _Found:
    """A game in which all know the same."""
    measured = _Measured(game)

    def visit(period: int, mass: NDArray[Any], leads: Outcomes) -> None:
        measured.visit(moment(period, mass, leads))

    return [measured], (propagate(solution, visit, keep_mass=False, threads=threads),), {}


def _of_types(solution: Solution, game: Game, threads: int | None) -> _Found:
    """A game with types: every profile by itself, and what is publicly believed while the war is open."""
    rows = rows_of(game)
    measured = [_Measured(game) for _ in rows]
    alone = np.eye(len(rows))
    node = {role: nodes_of(game, role) for role, _ in _observers(game)}
    n_periods = game.tables.n_periods
    nodes = {f"nodes/{role}": np.zeros((len(rows), n_periods, int(at.max()) + 1)) for role, at in node.items()}

    def visit(period: int, passing: Passing) -> None:
        joint = passing.lane % game.tables.n_nodes
        for profile, each in enumerate(measured):
            each.visit(moment_of_types(game, period, passing, alone[profile], rows))
            for role, at in node.items():
                counted = nodes[f"nodes/{role}"]
                counted[profile, period] = np.bincount(at[joint], passing.mass[profile], counted.shape[2])

    return measured, propagate_types(solution, visit, threads=threads), nodes


def _observers(game: Game) -> tuple[tuple[Role, tuple[str, ...]], ...]:
    """Actors whose type others have to guess, and who guesses."""
    return () if game.known else tuple((role, observers(game, role)) for role in game.types)


def _labels_of(game: Game, offered: tuple[OfferClass, ...]) -> Labels:
    classes = np.zeros(len(game.packages), int)
    for k, group in enumerate(offered):
        classes[group.members] = k
    return Labels(
        months_per_period=12.0 * game.years_per_period,
        start=str(game.dates[0]),
        horizon=int(game.tables.n_periods),
        roles=tuple(game.roles),
        packages=tuple(package.name for package in game.packages),
        classes=tuple(classes.tolist()),
        ends=tuple(game.tables.ends),
        postures=tuple(game.postures),
        efforts=(tuple(map(float, game.efforts[0])), tuple(map(float, game.efforts[1]))),
        axes=tuple(Axis(axis.name, axis.unit, tuple(axis.labels)) for axis in game.axes),
        views=view_names(game),
        types=tuple(type_name(role, kind) for role in ROLES for kind in game.types.get(role, ())),
        observers=_observers(game),
    )


def _labels(said: list[Any]) -> Labels:
    """Labels from plain lists, as JSON has them."""
    whole = _tuples(said)
    labels = Labels(*whole)
    return labels._replace(axes=tuple(Axis(*axis) for axis in labels.axes))


def _tuples(said: Any) -> Any:
    return tuple(_tuples(each) for each in said) if isinstance(said, list) else said


class _Packed(Mapping[str, NDArray[Any]]):
    """Arrays that are unpacked when they are first used."""

    def __init__(self, places: Mapping[str, tuple[str, tuple[int, ...], bytes]]) -> None:
        self._places = places
        self._known: dict[str, NDArray[Any]] = {}

    def shapes(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Type and shape of every array."""
        return {name: (kind, shape) for name, (kind, shape, _) in self._places.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._known:
            self._known[name] = _unpack(*self._places[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _pack(array: NDArray[Any]) -> bytes:
    """An array in little-endian bytes, compressed.

    Series change little from one period to the next. Their bits, read as whole numbers in the order of the floats, are
    differenced twice along time, modulo 2**32, and stored plane by plane of their bytes, most of which are then zero.
    """
    if array.dtype != np.float32:
        return zlib.compress(np.ascontiguousarray(array, "<f8").tobytes(), _LEVEL)
    bits = np.moveaxis(np.ascontiguousarray(array, "<f4").view("<u4"), 1, 0).reshape(array.shape[1], -1)
    whole = np.where(bits >> 31 == 1, ~bits, bits | np.uint32(1 << 31))
    for _ in range(2):
        whole[1:] = whole[1:] - whole[:-1]
    folded = (whole << 1) ^ (np.uint32(0) - (whole >> 31))
    planes = np.ascontiguousarray(folded.T, "<u4").view(np.uint8).reshape(-1, 4).T
    return zlib.compress(np.ascontiguousarray(planes).tobytes(), _LEVEL)


def _unpack(dtype: str, shape: tuple[int, ...], packed: bytes) -> NDArray[Any]:
    data = np.frombuffer(zlib.decompress(packed), np.uint8)
    if np.dtype(dtype) != np.float32:
        return data.view("<f8").astype(np.float64).reshape(shape)
    folded = np.ascontiguousarray(data.reshape(4, -1).T).view("<u4").reshape(-1, shape[1]).T
    whole = (folded >> 1) ^ (np.uint32(0) - (folded & 1))
    for _ in range(2):
        whole = np.cumsum(whole, axis=0, dtype=np.uint32)
    bits = np.where(whole >> 31 == 1, whole & np.uint32((1 << 31) - 1), ~whole)
    series = np.ascontiguousarray(bits).view(np.float32).reshape(shape[1], shape[0], *shape[2:])
    return np.ascontiguousarray(np.moveaxis(series, 0, 1))

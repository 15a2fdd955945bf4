"""The zone of agreement over time, and whether the war is ripe (theory II.7.4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.game import Game
from ripeness.mechanisms.base import Package
from ripeness.questions import ripe
from ripeness.questions.distribution import QUANTILES, share_quantiles
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float, Lanes, Moment, Values

RIPE = 0.5
"""The war is called ripe from the first period in which this probability is reached."""

CATALOGUE: Catalogue = {
    "least_attacker": Variable("time offer_class", "share", "least terms that the attacker accepts"),
    "greatest_defender": Variable("time offer_class", "share", "greatest terms that the defender accepts"),
    "least_attacker_quantile": Variable("time offer_class quantile", "share", "quantiles of the attacker's least"),
    "greatest_defender_quantile": Variable(
        "time offer_class quantile", "share", "quantiles of the defender's greatest"
    ),
    "zone_probability": Variable("time offer_class", "1", "probability while open that some terms suit both"),
    "ripe_probability": Variable("time", "1", "probability while open that some package suits both belligerents"),
    "ripe_with_patron": Variable("time", "1", "probability while open that some package suits both and the patron"),
    "ripe_interpolated": Variable("time", "1", "probability while open that some terms, listed or between, suit both"),
    "ripe_transferable": Variable("time", "1", "probability while open that values of fighting on sum to one or less"),
    "acceptable_probability": Variable(
        "time actor package", "1", "probability while open that settling beats fighting on"
    ),
    "first_ripe": Variable("", "date", f"first period that is ripe with probability {RIPE:g} or more"),
}


class OfferClass(NamedTuple):
    """Packages that differ in their terms only."""

    label: str
    guarantees: float
    members: NDArray[np.intp]


class Agreement:
    """Collects the group "zone" of the tree.

    Attributes:
        least, most: (T, K) expected least terms of A and greatest of D by class of packages, while open.
        ripe, ripe_all: (T,) probability while open that some package suits both, and the patron too.
        acceptable: (T, R, N) probability while open that settling beats fighting on.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self.classes = offer_classes(game.packages)
        self._shapes = _shapes(game, self.classes)
        self._slopes: dict[tuple[int, int, tuple[int, ...]], Float] = {}  # of one epoch
        n_periods, n_actors, n = game.tables.n_periods, len(game.roles), len(game.packages)
        k, q = len(self.classes), len(QUANTILES)
        self.least = np.full((n_periods, k), np.nan)
        self.most = np.full((n_periods, k), np.nan)
        self._least_fan = np.full((n_periods, k, q), np.nan)
        self._most_fan = np.full((n_periods, k, q), np.nan)
        self._zone = np.full((n_periods, k), np.nan)
        self.ripe = np.full(n_periods, np.nan)
        self.ripe_all = np.full(n_periods, np.nan)
        self._interpolated = np.full(n_periods, np.nan)
        self._transferable = np.full(n_periods, np.nan)
        self.acceptable = np.full((n_periods, n_actors, n), np.nan)

    def visit(self, at: Moment) -> None:
        """Add one period."""
        if at.open <= 0.0:
            return
        t = at.period
        zones = [self._zones(t, part) for part in at.parts]
        least = [np.clip(zone.least_attacker, 0.0, 1.0) for zone in zones]
        most = [np.clip(zone.greatest_defender, 0.0, 1.0) for zone in zones]
        self.least[t], self.most[t] = at.mean(least), at.mean(most)
        willing = [ripe.accepted(part.peace, part.continuation) for part in at.parts]
        self.acceptable[t] = at.mean(willing).T
        both = [np.asarray(each[:, :2].all(axis=1)) for each in willing]
        self.ripe[t] = at.mean([np.asarray(each.any(axis=0)) for each in both])
        if len(self._game.roles) > 2:
            three = [np.asarray((some & each[:, 2]).any(axis=0)) for some, each in zip(both, willing, strict=True)]
            self.ripe_all[t] = at.mean(three)
        exists, mass = [zone.exists for zone in zones], np.concatenate([part.mass for part in at.parts])
        self._zone[t] = at.mean(exists)
        self._interpolated[t] = at.mean([np.asarray(each.any(axis=0)) for each in exists])
        self._transferable[t] = at.expect(lambda part: ripe.transferable(part.continuation).exists)
        for k in range(len(self.classes)):
            self._least_fan[t, k] = share_quantiles(np.concatenate([each[k] for each in least]), mass)
            self._most_fan[t, k] = share_quantiles(np.concatenate([each[k] for each in most]), mass)

    def _zones(self, period: int, part: Lanes) -> ripe.Zone:
        """Zones of all classes, (K, L)."""
        least, most = np.empty((2, len(self.classes), part.mass.size))
        epoch = int(self._game.tables.epoch_of_period[period])
        for number, shape in enumerate(self._shapes):
            terms = shape.terms[..., part.states]
            peace = part.peace[shape.members][..., :2, :].transpose(0, 2, 1, 3)  # (n, 2, C, L)
            slope = self._slope(epoch, number, part)
            if shape.order is not None:
                here = shape.order[..., part.states]
                terms, peace = np.take_along_axis(terms, here, 0), np.take_along_axis(peace, here[:, np.newaxis], 0)
                slope = np.take_along_axis(slope, here[[0, -1], np.newaxis], 0)
            zone = ripe.zone(terms, peace, part.continuation[:, np.newaxis], slope)
            least[shape.classes], most[shape.classes] = zone.least_attacker, zone.greatest_defender
        return ripe.Zone(least, most)

    def _slope(self, epoch: int, number: int, part: Lanes) -> Values:
        """(2, 2, C, L): dW/du = 1 - dW/dV' of (i.3), what one more share is worth to each belligerent.

        At the first and the last package of each class; at all, (n, ...), where their order differs between states.
        """
        shape, rows, tables = self._shapes[number], part.rows[:2], self._game.tables
        key = epoch, number, rows
        if key not in self._slopes:
            if any(each[0] != epoch for each in self._slopes):
                self._slopes.clear()
            members = shape.members if shape.order is not None else shape.members[[0, -1]]
            index = tables.peace_resume[epoch, members][..., list(rows)]
            self._slopes[key] = np.maximum(1.0 - tables.pool[index], 0.0).transpose(0, 2, 1, 3)
        return self._slopes[key][..., part.states]

    def dataset(self) -> xr.Dataset:
        """The finished group."""
        game = self._game
        first = ripe.first_date(np.nan_to_num(self.ripe), RIPE)
        arrays = {
            "least_attacker": self.least,
            "greatest_defender": self.most,
            "least_attacker_quantile": self._least_fan,
            "greatest_defender_quantile": self._most_fan,
            "zone_probability": self._zone,
            "ripe_probability": self.ripe,
            "ripe_interpolated": self._interpolated,
            "ripe_transferable": self._transferable,
            "acceptable_probability": self.acceptable,
            "first_ripe": np.datetime64("NaT", "ns") if first < 0 else game.dates[first].astype("datetime64[ns]"),
        }
        if len(game.roles) > 2:
            arrays["ripe_with_patron"] = self.ripe_all
        coords = {
            "offer_class": np.arange(len(self.classes), dtype=np.int32),
            "class_guarantees": ("offer_class", np.array([c.guarantees for c in self.classes])),
            "class_label": ("offer_class", text([c.label for c in self.classes])),
        }
        return dataset(arrays, CATALOGUE, coords, "What each side would sign")


def offer_classes(packages: tuple[Package, ...]) -> tuple[OfferClass, ...]:
    """Packages grouped by guarantees and extras, in the order of first appearance by rising guarantees."""
    members: dict[tuple[float, tuple[tuple[str, float], ...]], list[int]] = {}
    for n, package in enumerate(packages):
        members.setdefault((package.guarantees, tuple(sorted(package.extra.items()))), []).append(n)
    plain = len({g for g, _ in members}) == len(members)
    classes = []
    for (guarantees, _), listed in sorted(members.items(), key=lambda item: (item[0][0], item[1][0])):
        label = f"guarantees of {guarantees:g}" if plain else f"all else as in “{packages[listed[0]].name}”"
        classes.append(OfferClass(label, guarantees, np.array(listed)))
    return tuple(classes)


class _Shape(NamedTuple):
    """Classes with the same number of packages, C of them with n each.

    Attributes:
        classes: (C,) which they are.
        members: (n, C) their packages; by rising terms where all states have them in the same order.
        terms: (n, C, S) of the members.
        order: (n, C, S) place of the members by rising terms where that differs between states, else None.
    """

    classes: NDArray[np.intp]
    members: NDArray[np.intp]
    terms: Float
    order: NDArray[np.intp] | None


def _shapes(game: Game, classes: tuple[OfferClass, ...]) -> list[_Shape]:
    """Classes by their number of packages, so that all of a number are worked out together."""
    found = []
    for n in sorted({group.members.size for group in classes}):
        listed = np.array([k for k, group in enumerate(classes) if group.members.size == n])
        members = np.array([classes[k].members for k in listed]).T
        first = np.argsort(game.terms[members][..., 0], axis=0, kind="stable")
        members = np.take_along_axis(members, first, 0)
        terms = np.asarray(game.terms[members], np.float64)
        fixed = (np.diff(terms, axis=0) >= 0.0).all()
        found.append(_Shape(listed, members, terms, None if fixed else np.argsort(terms, axis=0, kind="stable")))
    return found

"""The zone of agreement over time, and whether the war is ripe (theory II.7.4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.game import Game
from ripeness.mechanisms.base import Package
from ripeness.questions import ripe
from ripeness.questions.distribution import QUANTILES, mean, share_quantiles
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

    def __init__(self, game: Game, fans: bool = True) -> None:
        """Begin.

        Args:
            fans: also collect quantiles, and whether a zone exists, which takes most of the time.
        """
        self._game = game
        self._fans = fans
        self.classes = offer_classes(game.packages)
        self._rising = [_rising(game.terms[group.members]) for group in self.classes]
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
        zones = [[self._zone_of(k, t, part) for k in range(len(self.classes))] for part in at.parts]
        mass = np.concatenate([part.mass for part in at.parts])
        for k in range(len(self.classes)):
            least = np.concatenate([np.clip(here[k].least_attacker, 0.0, 1.0) for here in zones])
            most = np.concatenate([np.clip(here[k].greatest_defender, 0.0, 1.0) for here in zones])
            self.least[t, k], self.most[t, k] = mean(least, mass), mean(most, mass)
            if not self._fans:
                continue
            self._zone[t, k] = mean(np.concatenate([here[k].exists for here in zones]), mass)
            self._least_fan[t, k], self._most_fan[t, k] = share_quantiles(least, mass), share_quantiles(most, mass)
        willing = [ripe.accepted(part.peace, part.continuation) for part in at.parts]
        self.acceptable[t] = at.mean(willing).T
        both = [np.asarray(each[:, :2].all(axis=1)) for each in willing]
        self.ripe[t] = at.mean([np.asarray(each.any(axis=0)) for each in both])
        if len(self._game.roles) > 2:
            three = [np.asarray((some & each[:, 2]).any(axis=0)) for some, each in zip(both, willing, strict=True)]
            self.ripe_all[t] = at.mean(three)
        if not self._fans:
            return
        any_zone = np.concatenate([np.any([zone.exists for zone in here], axis=0) for here in zones])
        self._interpolated[t] = mean(any_zone, mass)
        self._transferable[t] = at.expect(lambda part: ripe.transferable(part.continuation).exists)

    def _zone_of(self, k: int, period: int, part: Lanes) -> ripe.Zone:
        """Zone of one class of packages, with its members by rising terms, for all states or for each."""
        members, order = self.classes[k].members, self._rising[k]
        terms, peace = self._game.terms[members][:, part.states], part.peace[members, :2]
        if order.ndim == 1:
            ends = members[order[[0, -1]]]
            return ripe.zone(terms[order], peace[order], part.continuation, _slope(self._game, period, ends, part))
        here = order[:, part.states]
        slope = _slope(self._game, period, members, part)
        return ripe.zone(
            np.take_along_axis(terms, here, 0),
            np.take_along_axis(peace, here[:, np.newaxis], 0),
            part.continuation,
            np.take_along_axis(slope, here[[0, -1], np.newaxis], 0),
        )

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


def _rising(terms: Float) -> NDArray[np.intp]:
    """Order of packages by rising terms: one for all states where there is one, (n,), else one for each, (n, S)."""
    first = np.argsort(terms[:, 0], kind="stable")
    if (np.diff(terms[first], axis=0) >= 0.0).all():
        return first
    return np.argsort(terms, axis=0, kind="stable")


def _slope(game: Game, period: int, members: NDArray[np.intp], part: Lanes) -> Values:
    """(n, 2, L): dW/du = 1 - dW/dV' of (i.3), what one more share is worth to each belligerent."""
    tables = game.tables
    index = tables.peace_resume[tables.epoch_of_period[period], members][:, list(part.rows[:2])]
    resume: Float = tables.pool[index][..., part.states]
    return np.maximum(1.0 - resume, 0.0)

"""How and when the war ends: probabilities, dates, terms, durability, and the play that leads there."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import Propagation
from ripeness.game import Game
from ripeness.questions.distribution import QUANTILES, first_reach, mean, per_year, sorted_quantiles
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float, Moment
from ripeness.scenario.measures import SETTLEMENT as SETTLEMENT
from ripeness.scenario.measures import STILL_OPEN as STILL_OPEN

NO_OFFER = "none"
LASTING_YEARS = 5.0
"""Span over which the durability of a peace is reported."""

TERMS_CELLS = 101
"""Terms are binned to hundredths: 0.00, 0.01, ... 1.00."""

_TERMS_DECIMALS = 4
"""Resolution of quantiles of terms."""

CATALOGUE: Catalogue = {
    "open_probability": Variable("time", "1", "probability that the war is open at the start of the period"),
    "end_probability": Variable("time end", "1", "probability that the war ends in this way in the period"),
    "cumulative_probability": Variable("time end", "1", "probability that the war has ended in this way by then"),
    "hazard": Variable("time end", "1/year", "hazard of each end while the war is open"),
    "settlement_probability": Variable("time package", "1", "probability of a settlement on this package then"),
    "settlement_by_proposer": Variable("time proposer", "1", "probability of a settlement proposed by this actor"),
    "war_end_date": Variable("quantile", "date", "date of the end of the war, by agreement or otherwise"),
    "settlement_date": Variable("quantile", "date", "date of settlement"),
    "settlement_date_given": Variable("quantile", "date", "date of settlement, given that there is one"),
    "terms_mean": Variable("time", "share", "mean terms of what is settled in the period"),
    "terms_quantile": Variable("time quantile", "share", "quantiles of the terms of what is settled in the period"),
    "terms_probability": Variable("time terms", "1", "probability of a settlement in the period on these terms"),
    "terms_overall": Variable("quantile", "share", "quantiles of the terms of any settlement"),
    "breakdown_probability": Variable("time", "1", f"what is settled breaks within {LASTING_YEARS:g} years"),
    "breakdown_hazard": Variable("time", "1/year", "hazard that what is settled in the period breaks"),
    "posture_probability": Variable("time posture", "1", "probability of the posture while open"),
    "effort_probability": Variable("time effort", "1", "probability of the efforts in a period that is fought"),
    "effort_mean": Variable("time side", "1", "mean effort in a period that is fought"),
    "proposal_probability": Variable("time proposer offer", "1", "probability while open of this offer by this actor"),
    "acceptance_probability": Variable("time proposer", "1", "probability that an offer made is accepted"),
    "value": Variable("time actor", "share", "expected value while open"),
    "continuation": Variable("time actor", "share", "expected value of fighting on"),
    "best_settlement": Variable("time actor", "share", "expected value of settling on the package liked best"),
    "best_gain": Variable("time actor", "share", "gain of settling on the package liked best"),
}


class TermsCells:
    """Counts settlements by their terms, to `_TERMS_DECIMALS` digits; `support` lists the terms that there are."""

    def __init__(self, game: Game) -> None:
        self.support, index = np.unique(np.round(game.terms, _TERMS_DECIMALS), return_inverse=True)
        self._index = index.reshape(game.terms.shape)

    def count(self, states: NDArray[np.intp] | slice, settled: Float) -> Float:
        """Mass of each of the terms, from what settles (N, L) on each package at these states."""
        index = self._index[:, states]
        counted = np.bincount(index.ravel(), settled.ravel(), self.support.size)
        return np.asarray(counted, np.float64)


class Endings:
    """Collects the group "outlook" of the tree.

    Attributes:
        terms: (T,) probability of a settlement in the period times its terms.
        breaks_soon: (T,) probability of a settlement in the period that breaks within five years.
        value, continuation, best: (T, R) expected V, C and W of the package liked best, while open.
    """

    def __init__(self, game: Game) -> None:
        tables = game.tables
        n_periods, n_actors = tables.n_periods, len(game.roles)
        self._game = game
        self._cells = TermsCells(game)
        self._support = self._cells.support
        self._breaks = breakdown(game)
        self._by_terms = np.zeros((n_periods, self._support.size))
        self._breaks_now = np.zeros(n_periods)
        self.terms = np.zeros(n_periods)
        self.breaks_soon = np.zeros(n_periods)
        self._settled = np.zeros(n_periods)
        self.value = np.full((n_periods, n_actors), np.nan)
        self.continuation = np.full((n_periods, n_actors), np.nan)
        self.best = np.full((n_periods, n_actors), np.nan)

    def visit(self, at: Moment) -> None:
        """Add one period."""
        t = at.period
        epoch = int(self._game.tables.epoch_of_period[t])
        for part in at.parts:
            self._by_terms[t] += self._cells.count(part.states, part.settled)
            self.terms[t] += float((part.settled * self._game.terms[:, part.states]).sum())
            self._settled[t] += part.settled.sum()
            for n, by_package in enumerate(part.settled):
                now, soon = self._breaks[epoch, n]
                self._breaks_now[t] += float((by_package * now[part.states]).sum())
                self.breaks_soon[t] += float((by_package * soon[part.states]).sum())
        if at.open > 0.0:
            self.value[t] = at.expect(lambda part: part.value)
            self.continuation[t] = at.expect(lambda part: part.continuation)
            self.best[t] = at.expect(lambda part: part.peace.max(axis=0))

    @property
    def on_terms(self) -> Float:
        """(terms,) probability of a settlement on each of the terms that there are (`TermsCells.support`)."""
        return np.asarray(self._by_terms.sum(axis=0))

    def dataset(self, forward: Propagation) -> xr.Dataset:
        """The finished group."""
        game, tables = self._game, self._game.tables
        n_periods = tables.n_periods
        years = game.years_per_period
        ends = (SETTLEMENT, *tables.ends, STILL_OPEN)
        by_package, offers = np.asarray(forward.settled, np.float64), np.asarray(forward.offer, np.float64)
        ended = np.zeros((n_periods, len(ends)))
        ended[:, 0] = by_package.sum(axis=(1, 2))
        ended[:, 1:-1] = forward.ended
        ended[-1, -1] = np.sum(forward.frozen, dtype=np.float64)
        is_open = np.asarray(forward.open, np.float64)[:n_periods]
        cumulative = np.cumsum(ended, axis=0)
        over = cumulative[:, :-1].sum(axis=1)
        levels = np.array([(a, d) for a in game.efforts[0] for d in game.efforts[1]])
        fought = np.asarray(forward.effort, np.float64)
        effort = _given(fought, fought.sum(axis=1))
        cells = np.rint(self._support * (TERMS_CELLS - 1)).astype(int)
        overall = self._by_terms.sum(axis=0)
        broken = _given(self._breaks_now, self._settled)
        hazard = per_year(_given(ended, is_open), years)
        hazard[:, -1] = np.nan  # the horizon is where the calendar stops, not something that happens
        settled = float(self._settled.sum())
        arrays = {
            "open_probability": is_open,
            "end_probability": ended,
            "cumulative_probability": cumulative,
            "hazard": hazard,
            "settlement_probability": by_package.sum(axis=1),
            "settlement_by_proposer": by_package.sum(axis=2),
            "war_end_date": dates_of(game, over, 1.0),
            "settlement_date": dates_of(game, cumulative[:, 0], 1.0),
            "settlement_date_given": dates_of(game, cumulative[:, 0], float(cumulative[-1, 0])),
            "terms_mean": _given(self.terms, self._settled),
            "terms_quantile": np.array([sorted_quantiles(self._support, row) for row in self._by_terms]),
            "terms_probability": np.array([np.bincount(cells, row, TERMS_CELLS) for row in self._by_terms]),
            "terms_overall": sorted_quantiles(self._support, overall),
            "breakdown_probability": _given(self.breaks_soon, self._settled),
            "breakdown_hazard": per_year(broken, years),
            "posture_probability": _given(np.asarray(forward.posture, np.float64), is_open),
            "effort_probability": effort,
            "effort_mean": effort @ levels,
            "proposal_probability": _given(offers, is_open),
            "acceptance_probability": _given(by_package.sum(axis=2), offers[:, :, :-1].sum(axis=2)),
            "value": self.value,
            "continuation": self.continuation,
            "best_settlement": self.best,
            "best_gain": self.best - self.continuation,
        }
        attributes = {
            "hazard": {"at_zero_gain": float(game.noise.hazard_at_zero_gain_yearly)},
            "terms_overall": {"mean": mean(self._support, overall)},
            "breakdown_probability": {"overall": _ratio(float(self.breaks_soon.sum()), settled)},
            "breakdown_hazard": {"overall": float(per_year(_ratio(float(self._breaks_now.sum()), settled), years))},
        }
        coords = {
            "end": text(ends),
            "proposer": text(game.roles[: by_package.shape[1]]),
            "offer": text([*(p.name for p in game.packages), NO_OFFER]),
            "posture": text(game.postures),
            "effort": text([f"{a:g}/{d:g}" for a, d in levels]),
            "side": text(game.roles[:2]),
            "terms": np.linspace(0.0, 1.0, TERMS_CELLS),
        }
        return dataset(arrays, CATALOGUE, coords, "How and when the war ends", attributes)


def breakdown(game: Game) -> dict[tuple[int, int], tuple[Float, Float]]:
    """Probability that a peace breaks in a period, and within five years, by epoch and package; each (S,).

    Read back from (i.3): the factor of V' is r = d b / (1 - d (1 - b)), so that b = r (1 - d) / (d (1 - r)). The least
    patient row is used, where that is best conditioned; b is the same for all rows.
    """
    tables = game.tables
    row = int(np.argmin(tables.discount))
    discount = float(tables.discount[row])
    periods = LASTING_YEARS / game.years_per_period
    found: dict[int, tuple[Float, Float]] = {}
    for index in np.unique(tables.peace_resume[:, :, row]):
        r = tables.pool[index]
        with np.errstate(divide="ignore", invalid="ignore"):
            now = np.clip(np.where(r >= 1.0, 1.0, r * (1.0 - discount) / (discount * (1.0 - r))), 0.0, 1.0)
            found[int(index)] = now, -np.expm1(periods * np.log1p(-now))
    n_epochs, n_packages = tables.peace_resume.shape[:2]
    return {(e, n): found[int(tables.peace_resume[e, n, row])] for e in range(n_epochs) for n in range(n_packages)}


def _given(joint: Float, condition: Float) -> Float:
    """Conditional probabilities; NaN where the condition, which spans the leading axes of `joint`, is impossible."""
    c = condition.reshape(condition.shape + (1,) * (joint.ndim - condition.ndim))
    return np.asarray(np.divide(joint, c, out=np.full(joint.shape, np.nan), where=c > 0.0))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else float("nan")


def dates_of(game: Game, cumulative: Float, total: float) -> NDArray[np.datetime64]:
    """Starts of the periods in which a running probability reaches each quantile of `total`; NaT where never."""
    found = np.full(len(QUANTILES), np.datetime64("NaT"), "datetime64[ns]")
    if total > 0.0:
        for q, level in enumerate(QUANTILES):
            period = first_reach(cumulative / total, level)
            if period >= 0:
                found[q] = game.dates[period]
    return found

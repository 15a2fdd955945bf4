"""What a question to a solved game is worth: every measure of the vocabulary, from a digest (docs/measures.md).

Each is a ratio of sums over dates, so that a mean over several periods weighs them by how likely the war is still open
in each. What cannot happen has no expectation: it is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ripeness.game import Game
from ripeness.mechanisms.base import ROLES
from ripeness.questions.digest import Digest
from ripeness.questions.distribution import per_year, slope
from ripeness.questions.moment import Float
from ripeness.questions.seats import LEAST_SETTLED
from ripeness.questions.views import type_name
from ripeness.scenario.facts import facts_of_scenario as facts_of_scenario
from ripeness.scenario.measures import MEASURES as MEASURES
from ripeness.scenario.measures import SETTLEMENT, STILL_OPEN, TRUTH, AskedError, Facts, faults_of, levels_named
from ripeness.scenario.measures import Asked as Asked
from ripeness.scenario.measures import Measure as Measure
from ripeness.scenario.measures import asked_of as asked_of
from ripeness.scenario.measures import check_asked as check_asked
from ripeness.scenario.measures import parse_asked as parse_asked

EVEN = 0.5
"""An observer is misled who holds the true type less likely than this."""


def facts_of(game: Game) -> Facts:
    """What a question to this game may name."""
    types = tuple(type_name(role, kind) for role in ROLES for kind in game.types.get(role, ()))
    return Facts(
        months_per_period=12.0 * game.years_per_period,
        start=str(game.dates[0]),
        horizon=int(game.dates.size) - 1,
        roles=tuple(game.roles),
        types=types,
        secret=() if game.known else types,
        postures=tuple(game.postures),
        levels=levels_named((axis.name, axis.labels) for axis in game.axes),
        packages=tuple(package.name for package in game.packages),
        ends=tuple(game.tables.ends),
    )


def value_of(digest: Digest, asked: Asked) -> float:
    """The answer to a question; NaN where it has none, since what is asked of cannot happen.

    Raises:
        AskedError: the question cannot be asked of this game.
    """
    wrong = faults_of(asked, digest.facts)
    if wrong:
        raise AskedError(str(asked), wrong)
    return float(_VALUES[asked.measure](_Reading(digest, asked)))


class _Reading:
    """A digest as one question reads it."""

    def __init__(self, digest: Digest, asked: Asked) -> None:
        facts = digest.facts
        self.digest, self.asked, self.facts = digest, asked, facts
        self.view = asked.view or TRUTH
        default = MEASURES[asked.measure].default
        if asked.at is not None or (asked.within is None and default == "start"):
            at = facts.period_of(asked.at)
            self.when = slice(at, at + 1)
        else:
            self.when = slice(0, facts.periods_within(asked.within))

    def seen(self, name: str, view: str | None = None) -> Float:
        """A series under the view of the question, (T, ...)."""
        return self.digest.seen(name, view or self.view)

    def during(self, name: str) -> Float:
        """The sum of a series over the dates of the question."""
        return np.asarray(self.seen(name)[self.when].sum(axis=0))

    @property
    def open(self) -> float:
        """Periods while open that are to be expected among the dates of the question."""
        return float(self.seen("open")[: self.facts.horizon][self.when].sum())

    @property
    def actor(self) -> int:
        """Place of the actor that is asked of."""
        return self.digest.labels.roles.index(self.asked.of or "")

    @property
    def package(self) -> int | slice:
        """Place of the package that is asked of, or all."""
        name = self.asked.package
        return slice(None) if name is None else self.digest.labels.packages.index(name)

    @property
    def proposer(self) -> int | slice:
        """Place of the actor that proposes, or all."""
        return slice(None) if self.asked.of is None else self.actor


def _ratio(part: float | Float, whole: float | Float) -> float:
    return float(part) / float(whole) if whole > 0.0 else float("nan")


def _ended(r: _Reading, end: str) -> Float:
    """(T,) probability that the war ends in a way in each period."""
    if end == SETTLEMENT:
        return np.asarray(r.seen("settled").sum(axis=(1, 2)))
    if end == STILL_OPEN:
        left = np.zeros(r.facts.horizon)
        left[-1] = r.seen("open")[-1]
        return left
    return np.asarray(r.seen("ended")[:, r.digest.labels.ends.index(end)])


def _chance_of_settlement(r: _Reading) -> float:
    return float(r.during("settled")[r.proposer][..., r.package].sum())


def _chance_of_end(r: _Reading) -> float:
    return float(_ended(r, r.asked.of or "")[r.when].sum())


def _chance_of_collapse(r: _Reading) -> float:
    who = "" if r.asked.of is None else f"of the {r.asked.of}"
    return float(sum(_ended(r, end)[r.when].sum() for end in r.digest.labels.ends if end.endswith(who)))


def _still_open(r: _Reading) -> float:
    return float(r.seen("open")[r.when][0])


def _hazard(r: _Reading) -> float:
    years = r.facts.months_per_period / 12.0
    chance = _ratio(_ended(r, r.asked.of or SETTLEMENT)[r.when].sum(), r.open)
    return float(per_year(chance, years))


def _duration(r: _Reading) -> float:
    """An end falls in the middle of its period."""
    at = r.seen("open")
    return float((0.5 * (at[:-1] + at[1:]))[r.when].sum() * r.facts.months_per_period)


def _median_duration(r: _Reading) -> float:
    """Within a period the probability is spread evenly."""
    of = r.asked.of
    over = 1.0 - r.seen("open") if of is None else np.concatenate([[0.0], np.cumsum(_ended(r, of))])
    after = int(np.searchsorted(over, EVEN))
    if after >= over.size:
        return r.facts.horizon * r.facts.months_per_period
    before = after - 1
    return float((before + (EVEN - over[before]) / (over[after] - over[before])) * r.facts.months_per_period)


def _terms(r: _Reading) -> float:
    return _ratio(r.during("terms"), r.during("settled").sum())


def _durability(r: _Reading) -> float:
    return 1.0 - _ratio(r.during("breaks"), r.during("settled").sum())


def _slope_of(r: _Reading, total: Float) -> float:
    """Derivative by the date of settlement of a quantity, given its totals over what is settled in each period."""
    settled = _ended(r, SETTLEMENT)
    enough = settled >= LEAST_SETTLED
    given = np.divide(total, settled, out=np.full(total.shape, np.nan), where=enough)
    years = np.arange(settled.size) * r.facts.months_per_period / 12.0
    found, weight = slope(given, years)[r.when], settled[r.when]
    known = np.isfinite(found)
    return _ratio((found[known] * weight[known]).sum(), weight[known].sum())


def _terms_slope(r: _Reading) -> float:
    return _slope_of(r, r.seen("terms"))


def _value_slope(r: _Reading) -> float:
    return _slope_of(r, r.seen("worth")[:, r.actor])


def _while_open(name: str) -> Callable[[_Reading], float]:
    """Mean while open of a series by actor."""
    return lambda r: _ratio(r.during(name)[r.actor], r.open)


def _gain_from_settling(r: _Reading) -> float:
    if r.asked.package is None:
        return _ratio(r.during("best")[r.actor], r.open)
    return _ratio(r.during("gain")[r.actor, r.package], r.open)


def _acceptable(r: _Reading) -> float:
    return _ratio(r.during("acceptable")[r.actor, r.package], r.open)


def _classes(r: _Reading, by_class: Float) -> Float:
    """Of the classes of packages that is asked for, or of all."""
    if r.asked.package is None:
        return by_class
    k = r.digest.labels.classes[r.digest.labels.packages.index(r.asked.package)]
    return by_class[k : k + 1]


def _reservation(r: _Reading) -> float:
    if r.actor == 0:
        return _ratio(_classes(r, r.during("least")).min(), r.open)
    return _ratio(_classes(r, r.during("most")).max(), r.open)


def _zone_width(r: _Reading) -> float:
    return _ratio(_classes(r, r.during("most") - r.during("least")).max(), r.open)


def _ripe(r: _Reading) -> float:
    return _ratio(r.during("ripe" if r.asked.of is None else "ripe_all"), r.open)


def _posture(r: _Reading) -> float:
    return _ratio(r.during("posture")[r.digest.labels.postures.index(r.asked.of or "")], r.open)


def _effort(r: _Reading) -> float:
    pairs = np.array(list(np.ndindex(*map(len, r.digest.labels.efforts))))
    levels = np.array(r.digest.labels.efforts[r.actor])[pairs[:, r.actor]]
    fought = r.during("effort")
    return _ratio(fought @ levels, fought.sum())


def _offered(r: _Reading) -> float:
    return _ratio(r.during("offered")[r.actor][..., r.package].sum(), r.open)


def _accepted(r: _Reading) -> float:
    made = r.during("offered")[r.actor][..., r.package].sum()
    return _ratio(r.during("settled")[r.actor][..., r.package].sum(), made)


def _level(r: _Reading) -> float:
    for axis in r.digest.labels.axes:
        here = r.during(f"axis/{axis.name}")
        if axis.labels:
            for point, label in enumerate(axis.labels):
                if r.asked.of == f"{axis.name}: {label}":
                    return _ratio(here[point], r.open)
        elif r.asked.of == axis.name:
            return _ratio(here @ r.digest.arrays[f"points/{axis.name}"], r.open)
    raise AssertionError(r.asked.of)


def _believed(r: _Reading) -> tuple[Float, Float]:
    """Belief of an observer in a type at each node of the public belief; how the war is spread over the nodes."""
    role, _, _ = (r.asked.of or "").partition(": ")
    mine = [each for each in r.digest.labels.types if each.partition(": ")[0] == role]
    seen_by = dict(r.digest.labels.observers)[role]
    at_node = r.digest.arrays[f"believed/{role}"][seen_by.index(r.view), :, mine.index(r.asked.of or "")]
    whose = TRUTH if r.asked.measure == "belief" else r.asked.of
    return at_node, np.asarray(r.seen(f"nodes/{role}", whose)[r.when].sum(axis=0))


def _belief(r: _Reading) -> float:
    belief, mass = _believed(r)
    return _ratio(mass @ belief, mass.sum())


def _misled(r: _Reading) -> float:
    belief, mass = _believed(r)
    return _ratio(mass @ (belief < EVEN), mass.sum())


_VALUES: Mapping[str, Callable[[_Reading], float]] = {
    "chance_of_settlement": _chance_of_settlement,
    "chance_of_end": _chance_of_end,
    "chance_of_collapse": _chance_of_collapse,
    "still_open": _still_open,
    "hazard": _hazard,
    "duration": _duration,
    "median_duration": _median_duration,
    "terms": _terms,
    "durability": _durability,
    "terms_slope": _terms_slope,
    "value_slope": _value_slope,
    "value": _while_open("value"),
    "gain_from_settling": _gain_from_settling,
    "reservation": _reservation,
    "zone_width": _zone_width,
    "ripe": _ripe,
    "acceptable": _acceptable,
    "posture": _posture,
    "effort": _effort,
    "offered": _offered,
    "accepted": _accepted,
    "level": _level,
    "belief": _belief,
    "misled": _misled,
}

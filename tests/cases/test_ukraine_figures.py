"""Figures of ukraine-2025-12 that come from series: each is computed again from the series and compared.

The series stand in a folder beside a checkout of the project; without it these tests are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ripeness.scenario.quantity import Quantity
from tests.cases.loaded import load
from tests.cases.stated import stated

Rows = list[dict[str, str]]
LAST_YEAR = ("2024-12", "2025-11")


class Series:
    """The files of the record, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, name: str) -> Rows:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def monthly(self, column: str, first: str, last: str) -> np.ndarray:
        found = [row[column] for row in self.rows("ukr_monthly") if first <= row["month"] <= last]
        return np.array([float(value) for value in found if value])

    def advance(self, months: int) -> float:
        """Change of the area under Russian control over the last months, percentage points a year."""
        area = self.monthly("ru_area_pct_end", "2022-05", "2025-11")
        return float(area[-1] - area[-1 - months]) * 12.0 / months

    def aid(self, years: tuple[str, ...], blocs: tuple[str, ...]) -> float:
        """Allocations of all kinds, bn EUR a year."""
        rows = [row for row in self.rows("ukr_aid_moments") if row["kind"] == "allocation_bn_eur"]
        return sum(float(r["value"]) for r in rows if r["period"] in years and r["bloc"] in blocs) / len(years)

    def opinion(self, question: str, period: str, column: str) -> float:
        rows = self.rows("ukr_opinion_headline")
        return next(float(r[column]) for r in rows if (r["question"], r["period"]) == (question, period))

    def war(self, statistic: str, group: str) -> float:
        rows = self.rows("interstate_war_moments")
        return next(float(r["value"]) for r in rows if (r["statistic"], r["group"]) == (statistic, group))

    def missiles(self, winter: bool) -> float:
        """Cruise and ballistic missiles a month, October 2022 to September 2025."""
        rows = [row for row in self.rows("ukr_monthly") if "2022-10" <= row["month"] <= "2025-09"]
        half = [r for r in rows if (r["month"][5:] in ("10", "11", "12", "01", "02", "03")) == winter]
        return sum(float(r["cruise_launched"]) + float(r["ballistic_launched"]) for r in half) / len(half)

    def stopped(self, weapon: str) -> float:
        row = next(row for row in self.rows("ukr_monthly") if row["month"] == "2025-11")
        return 100.0 * float(row[f"{weapon}_destroyed"]) / float(row[f"{weapon}_launched"])

    def area(self, day: str) -> float:
        rows = self.rows("ukr_daily_territory_fires_losses")
        return next(float(row["ru_area_pct"]) for row in rows if row["date"] == day)

    def before_the_war(self, column: str) -> float:
        rows = self.rows("ucdp_interstate_episodes")
        return next(
            float(r[column]) for r in rows if r["side_b"] == "Government of Ukraine" and r["first_year"] == "2022"
        )


BEFORE, NOW = ("2022", "2023", "2024"), ("2025",)
PATRON, OTHERS = ("united_states",), ("europe", "other")
ALL = PATRON + OTHERS


@cache
def numbers() -> dict[str, Quantity]:
    return dict(stated(load("ukraine-2025-12")))


@pytest.fixture
def series(shared: Path) -> Series:
    return Series(shared / "data")


VALUES: list[tuple[str, Callable[[Series], float], float]] = [
    ("mechanisms.territory.start", lambda s: s.area("2025-12-03") / 100, 0.0005),
    ("mechanisms.territory.speed", lambda s: s.advance(24) / 100 / (2 * numbers()["mechanisms.balance.start"]), 0.0006),
    ("mechanisms.support.start", lambda s: s.aid(NOW, ALL) / s.aid(BEFORE, ALL), 0.005),
    ("mechanisms.support.patron", lambda s: s.aid(BEFORE, PATRON) / s.aid(BEFORE, ALL), 0.0005),
    ("mechanisms.support.supporters", lambda s: s.aid(BEFORE, OTHERS) / s.aid(BEFORE, ALL), 0.0005),
    (
        "mechanisms.support.replacement",
        lambda s: (s.aid(NOW, OTHERS) - s.aid(BEFORE, OTHERS)) / (s.aid(BEFORE, PATRON) - s.aid(NOW, PATRON)),
        0.005,
    ),
    ("mechanisms.strain.terms_at_withdrawal", lambda s: s.area("2022-02-22") / 100, 0.005),
]


@pytest.mark.parametrize(("path", "figure", "rounding"), VALUES, ids=[path for path, _, _ in VALUES])
def test_a_value_is_the_figure_of_the_record(series, path, figure, rounding):
    assert float(numbers()[path]) == pytest.approx(figure(series), abs=rounding)


NOTES: list[tuple[str, str, Callable[[Series], float]]] = [
    ("mechanisms.territory.start", "{:.2f}%", lambda s: s.area("2025-12-03")),
    ("mechanisms.territory.speed", "{:.2f} percentage points in the last 12 months", lambda s: s.advance(12)),
    ("mechanisms.territory.speed", "{:.2f} a year over 24", lambda s: s.advance(24)),
    ("mechanisms.territory.speed", "{:.2f} over 36", lambda s: s.advance(36)),
    (
        "mechanisms.territory.spread",
        "{:.4f} per square root of a year",
        lambda s: np.diff(s.monthly("ru_area_pct_end", "2022-05", "2025-11")).std(ddof=1) * np.sqrt(12) / 100,
    ),
    (
        "mechanisms.territory.spread",
        "over 12 months {:.4f}",
        lambda s: (lambda area: (area[12:] - area[:-12]).std(ddof=1) / 100)(
            s.monthly("ru_area_pct_end", "2022-05", "2025-11")
        ),
    ),
    (
        "mechanisms.territory.spread",
        "correlated ({:.1f})",
        lambda s: (lambda change: np.corrcoef(change[1:], change[:-1])[0, 1])(
            np.diff(s.monthly("ru_area_pct_end", "2022-12", "2025-11"))
        ),
    ),
    (
        "mechanisms.territory.attacker_losses",
        "{:,.0f} Russian casualties a month",
        lambda s: round(s.monthly("ru_casualties_month", *LAST_YEAR).mean(), -2),
    ),
    (
        "mechanisms.territory.attacker_losses",
        "of whom {:,.0f} dead",
        lambda s: round(s.monthly("ru_deaths_month", *LAST_YEAR).mean(), -3),
    ),
    ("mechanisms.balance.attacker_mobilisation", "population {:.0f} to", lambda s: s.before_the_war("pop_a") / 1e6),
    ("mechanisms.balance.attacker_mobilisation", "to {:.0f} million", lambda s: s.before_the_war("pop_b") / 1e6),
    ("mechanisms.balance.aid_share", "{:.1f} bn EUR", lambda s: s.aid(NOW, ALL)),
    ("mechanisms.balance.aid_share", "{:.0f} bn USD", lambda s: s.before_the_war("gdp_b_bn_usd")),
    ("mechanisms.support.start", "{:.1f} bn EUR allocated in 2025", lambda s: s.aid(NOW, ALL)),
    ("mechanisms.support.start", "{:.1f} a year in 2022 to 2024", lambda s: s.aid(BEFORE, ALL)),
    ("mechanisms.support.patron", "{:.1f} of", lambda s: s.aid(BEFORE, PATRON)),
    ("mechanisms.support.supporters", "{:.1f} of", lambda s: s.aid(BEFORE, OTHERS)),
    ("mechanisms.support.replacement", "gave {:.1f} in 2025", lambda s: s.aid(NOW, OTHERS)),
    (
        "mechanisms.support.replacement",
        "{:.1f} more than",
        lambda s: round(s.aid(NOW, OTHERS), 1) - round(s.aid(BEFORE, OTHERS), 1),
    ),
    (
        "mechanisms.support.replacement",
        "for {:.1f} that",
        lambda s: round(s.aid(BEFORE, PATRON), 1) - round(s.aid(NOW, PATRON), 1),
    ),
    ("mechanisms.support.by_mood.1", "({:.1f} bn EUR)", lambda s: s.aid(NOW, PATRON)),
    (
        "mechanisms.strikes.strikes",
        "{:,.0f} long-range drones",
        lambda s: s.monthly("strike_uav_launched", *LAST_YEAR).mean(),
    ),
    ("mechanisms.strikes.strikes", "{:.0f} cruise", lambda s: s.monthly("cruise_launched", *LAST_YEAR).mean()),
    ("mechanisms.strikes.strikes", "{:.0f} ballistic", lambda s: s.monthly("ballistic_launched", *LAST_YEAR).mean()),
    ("mechanisms.strikes.interception", "{:.0f}% of drones", lambda s: s.stopped("strike_uav")),
    ("mechanisms.strikes.interception", "{:.0f}% of cruise", lambda s: s.stopped("cruise")),
    ("mechanisms.strikes.interception", "{:.0f}% of ballistic", lambda s: s.stopped("ballistic")),
    ("mechanisms.strikes.winter_strikes", "{:.2f} times", lambda s: s.missiles(True) / s.missiles(False)),
    ("mechanisms.strain.terms_at_withdrawal", "{:.2f}%", lambda s: s.area("2022-02-22")),
    (
        "mechanisms.strain.attrition",
        "{:,.0f} a month in the last 12",
        lambda s: round(s.monthly("ru_casualties_month", *LAST_YEAR).mean(), -2),
    ),
    (
        "mechanisms.morale.start",
        "{:.0f}% rejected",
        lambda s: s.opinion("territorial_concessions", "2025-09", "pct_reject"),
    ),
    (
        "mechanisms.morale.start",
        "{:.0f}% accepted",
        lambda s: s.opinion("territorial_concessions", "2025-09", "pct_accept"),
    ),
    (
        "mechanisms.morale.start",
        "{:.0f}% wanted to fight on",
        lambda s: s.opinion("negotiate_now_vs_fight_on", "2025-07", "pct_reject"),
    ),
    (
        "mechanisms.morale.recovery",
        "from {:.0f}% in July 2022",
        lambda s: s.opinion("territorial_concessions", "2022-07", "pct_reject"),
    ),
    (
        "mechanisms.morale.recovery",
        "to {:.0f}% in December 2024",
        lambda s: s.opinion("territorial_concessions", "2024-12", "pct_reject"),
    ),
    (
        "mechanisms.tenure.attacker.at_war",
        "{:.3f} a year",
        lambda s: 12 * s.war("leader_irregular_exit_hazard_per_month_in_war", "all participants"),
    ),
    (
        "mechanisms.tenure.attacker.in_peace",
        "{:.3f} a year",
        lambda s: 12 * s.war("leader_irregular_exit_hazard_per_month_all_leaders", "1840-2015"),
    ),
    (
        "mechanisms.tenure.attacker.bad_terms",
        "{:.0f}% of losers",
        lambda s: 100 * s.war("leader_exit_within_12m_after_war", "loser"),
    ),
    (
        "mechanisms.tenure.attacker.bad_terms",
        "{:.0f}% of winners",
        lambda s: 100 * s.war("leader_exit_within_12m_after_war", "winner"),
    ),
    (
        "mechanisms.tenure.defender.bad_terms",
        "{:.0f}% rejected the Russian package",
        lambda s: s.opinion("accept_russian_package", "2025-09", "pct_reject"),
    ),
    (
        "mechanisms.tenure.defender.bad_terms",
        "{:.0f}% the European one",
        lambda s: s.opinion("accept_european_ukrainian_package", "2025-09", "pct_reject"),
    ),
    (
        "agenda.packages.6.extra.defender",
        "against {:.0f}% for a plan of the United States",
        lambda s: s.opinion("accept_us_package", "2025-07", "pct_reject"),
    ),
    (
        "mechanisms.channel.attacker",
        "{:.0f} direct rounds",
        lambda s: sum(r["kind"] == "talks" and r["start"] >= "2025" for r in s.rows("ukr_talks_rounds")),
    ),
]


@pytest.mark.parametrize(("path", "words", "figure"), NOTES, ids=[f"{path}: {words}" for path, words, _ in NOTES])
def test_a_note_names_the_figure_of_the_record(series, path, words, figure):
    assert words.format(figure(series)) in (numbers()[path].note or "")


def test_the_balance_at_the_start_lasts_while_nothing_else_changes():
    """As the note on the attacker's mobilisation says, at full effort of both sides."""
    n = {path.removeprefix("mechanisms."): float(number) for path, number in numbers().items()}
    attacker = n["balance.attacker_mobilisation"] * (1 - n["balance.strain_effect"] * n["strain.start"])
    attacker /= 1 + n["balance.attacker_wear"] + n["balance.fire"]
    defender = n["balance.defender_mobilisation"] * (1 - n["balance.morale_effect"] * (1 - n["morale.start"]))
    defender *= 1 - n["balance.aid_share"] * (1 - n["support.start"])
    defender /= 1 + n["balance.defender_wear"] + n["balance.fire"]
    assert (attacker - defender) / (attacker + defender) == pytest.approx(n["balance.start"], abs=0.005)


def test_no_figure_is_later_than_the_case(series):
    last = max(row["date"] for row in series.rows("ukr_daily_territory_fires_losses"))
    assert last <= "2025-12-03"

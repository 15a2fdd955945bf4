"""Durability: the hazard of breaking, and what it does to a settlement."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from ripeness.game import build
from ripeness.mechanisms.base import Package
from ripeness.mechanisms.durability import Durability
from ripeness.scenario.schema import Agenda, AgendaGrid
from tests.game.wars import war
from tests.mechanisms.hooks import MONTH, check_page, check_schema, setting

LINE = Package("line", None)


def hazard(mechanism: Durability, guarantees: float = 0.0, terms: float = 0.5, **levels: list[float]) -> np.ndarray:
    package = Package("any", None, guarantees=guarantees)
    return np.asarray(mechanism.peace(setting(levels), package, terms).breakdown)


def test_a_bare_settlement_on_the_line_at_an_even_balance_breaks_at_the_base_rate() -> None:
    assert hazard(Durability(base=0.1), balance=[0.0]) == pytest.approx(0.1)
    assert hazard(Durability(base=0.1)) == pytest.approx(0.1)  # a game without the axis counts as even


def test_guarantees_lower_the_hazard_and_an_uneven_balance_raises_it_whomever_it_favours() -> None:
    some = Durability(base=0.1, guarantees_effect=2.0, balance_effect=1.5)
    assert np.all(np.diff([float(hazard(some, g)) for g in np.linspace(0, 1, 5)]) < 0)
    assert float(hazard(some, 1.0) / hazard(some, 0.0)) == pytest.approx(np.exp(-2.0))
    tilted = hazard(some, balance=[-0.8, -0.4, 0.0, 0.4, 0.8])
    assert tilted == pytest.approx(tilted[::-1])
    assert np.all(np.diff(tilted[2:]) > 0)


def test_terms_away_from_the_line_break_faster_where_that_is_assumed() -> None:
    some = Durability(distance_effect=3.0)
    on_it, beyond = (hazard(some, terms=terms, territory=[0.3]) for terms in (0.3, 0.5))
    assert beyond / on_it == pytest.approx(np.exp(0.6))


def test_hazard_becomes_the_chance_of_a_period_in_the_value_of_a_settlement() -> None:
    """(i.3): resume = discount beta / (1 - discount (1 - beta)), which tends to 1 when peace breaks at once."""
    for base in (0.0, 0.5, 100.0):
        agenda = Agenda(grid=AgendaGrid(terms=(0.5,)))
        tables = build(war(Durability(base=base), agenda=agenda)).tables
        discount, beta = tables.discount[0], 1 - np.exp(-base * MONTH)
        found = tables.pool[tables.peace_resume[0, 0, 0]]
        assert found == pytest.approx(discount * beta / (1 - discount * (1 - beta)), abs=1e-14)


def test_default_rates_are_those_of_the_data(shared: Path) -> None:
    """UCDP Conflict Termination Dataset, dyadic, 3-2021: recurrences within five years of an episode's end."""
    path = shared / "data" / "ucdp_dyad_episodes.csv"
    if not path.is_file():
        pytest.skip("the episodes of the UCDP Conflict Termination Dataset are not beside the project")
    by_dyad = defaultdict(list)
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        by_dyad[row["dyad_id"]].append(row)
    found: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for episodes in by_dyad.values():
        episodes.sort(key=lambda row: int(row["episode"]))
        for k, row in enumerate(episodes):
            if row["terminated"] == "1" and row["end_date"]:
                end = np.datetime64(row["end_date"])
                later = [np.datetime64(r["start_date"]) for r in episodes[k + 1 :] if r["start_date"]]
                stop = later[0] if later else np.datetime64("2020-12-31")
                years = max(0, (stop - end).astype(int)) / 365.25
                sums = found[row["outcome"]]
                sums[0] += 1
                sums[1] += bool(later) and years <= 5
                sums[2] += min(years, 5)
    rates = {outcome: n / years for outcome, (_, n, years) in found.items() if years}
    assert {k: v[:2] for k, v in found.items()}["ceasefire_agreement"] == [95, 30]
    assert {k: v[:2] for k, v in found.items()}["peace_agreement"] == [105, 14]
    assert {k: v[:2] for k, v in found.items()}["low_activity"] == [350, 149]
    assert rates["ceasefire_agreement"] == pytest.approx(float(Durability().base), abs=5e-4)
    ratio = np.log(rates["ceasefire_agreement"] / rates["peace_agreement"])
    assert ratio == pytest.approx(float(Durability().guarantees_effect), abs=5e-3)
    assert rates["low_activity"] == pytest.approx(0.116, abs=5e-4)


def test_page_and_fields_agree() -> None:
    check_schema(Durability)
    check_page("durability", Durability)

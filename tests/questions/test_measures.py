"""Every measure against the outlook's own arrays, and against results of the theory that have a closed form."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import ripeness
from ripeness.engine import Solution
from ripeness.game import Game, build
from ripeness.mechanisms.base import Array, Axis, Jump, Mechanism, Move, Role, Setting
from ripeness.questions import forecast
from ripeness.questions.digest import Digest, digest
from ripeness.questions.labels import values_of
from ripeness.questions.measures import (
    MEASURES,
    Asked,
    asked_of,
    check_asked,
    facts_of,
    facts_of_scenario,
    parse_asked,
    value_of,
)
from ripeness.questions.paths import group_name
from ripeness.runs.solving import solve
from ripeness.scenario.measures import PARAMETERS, AskedError, Facts, faults_of
from tests.conftest import ROOT
from tests.questions import toys, typed_toys

SINGLE = 4 * float(np.finfo(np.float32).eps)
"""Rounding of a ratio of two sums of numbers that are kept in single precision, relative to their greatest term."""


class Play:
    """A solved game with its outlook under some view, and its digest."""

    def __init__(self, game: Game, view: str | None = None) -> None:
        self.solution: Solution = solve(game, dtype=np.float64, threads=1)
        self.game: Game = self.solution.game
        self.view = view
        self.digest: Digest = Digest.from_bytes(digest(self.solution).to_bytes())
        self.tree: xr.DataTree = forecast(self.solution, view=view or "truth").tree

    def array(self, name: str) -> np.ndarray:
        return np.asarray(values_of(self.tree, name))

    def ask(self, measure: str, **given: Any) -> float:
        return value_of(self.digest, Asked(measure, view=self.view, **given))

    def months(self, period: int) -> int:
        return round(period * 12 * self.game.years_per_period)


GAMES: Mapping[str, Any] = {
    "quarters, three actors, two ends": lambda: Play(toys.tiny()),
    "months, finer": lambda: Play(toys.small(horizon=24)),
    "years, no patron, one state": lambda: Play(ripeness.build(ripeness.load("textbook"))),
    "types, as the analyst sees it": lambda: Play(typed_toys.tiny()),
    "types, as the patron sees it": lambda: Play(typed_toys.tiny(), "patron"),
    "types, given one": lambda: Play(typed_toys.tiny(), "attacker: wider aims"),
}


@cache
def played(name: str) -> Play:
    return GAMES[name]()


@pytest.fixture(params=GAMES)
def play(request: pytest.FixtureRequest) -> Play:
    return played(request.param)


def by_date(play: Play) -> Iterator[tuple[str, dict[str, str], np.ndarray]]:
    """Measures that have one number a period in the outlook: name, parameters, and the numbers."""
    game = play.game
    ends = [str(end) for end in play.array("outlook/end")]
    open_at = play.array("outlook/open_probability")
    settled = play.array("outlook/end_probability")[:, 0]
    yield "still_open", {}, open_at
    for k, end in enumerate(ends[:-1]):
        yield "hazard", {"of": end} if k else {}, play.array("outlook/hazard")[:, k]
    yield "terms", {}, play.array("outlook/terms_mean")
    yield "durability", {}, 1.0 - play.array("outlook/breakdown_probability")
    yield "terms_slope", {}, play.array("delay/terms_slope")
    for r, role in enumerate(game.roles):
        of = {"of": role}
        yield "value_slope", of, play.array("delay/value_slope")[:, r]
        yield "value", of, play.array("outlook/value")[:, r]
        yield "gain_from_settling", of, play.array("outlook/best_gain")[:, r]
        for n, package in enumerate(game.packages[:4]):
            which = {**of, "package": package.name}
            yield "gain_from_settling", which, play.array("seats/gain")[:, r, n]
            yield "acceptable", which, play.array("zone/acceptable_probability")[:, r, n]
    least, most = play.array("zone/least_attacker"), play.array("zone/greatest_defender")
    yield "reservation", {"of": "attacker"}, least.min(axis=1)
    yield "reservation", {"of": "defender"}, most.max(axis=1)
    yield "zone_width", {}, (most - least).max(axis=1)
    guarantees = play.array("zone/class_guarantees")
    for package in game.packages[:6]:  # classes of these games differ in guarantees only
        k = int(np.flatnonzero(guarantees == package.guarantees)[0])
        yield "zone_width", {"package": package.name}, (most - least)[:, k]
        yield "reservation", {"of": "attacker", "package": package.name}, least[:, k]
        yield "reservation", {"of": "defender", "package": package.name}, most[:, k]
    yield "ripe", {}, play.array("zone/ripe_probability")
    if len(game.roles) > 2:
        yield "ripe", {"of": "patron"}, play.array("zone/ripe_with_patron")
    for m, posture in enumerate(game.postures):
        yield "posture", {"of": posture}, play.array("outlook/posture_probability")[:, m]
    for side, role in enumerate(game.roles[:2]):
        yield "effort", {"of": role}, play.array("outlook/effort_mean")[:, side]
    offers, by = play.array("outlook/proposal_probability"), play.array("outlook/settlement_by_proposer")
    for j, proposer in enumerate(str(each) for each in play.array("outlook/proposer")):
        yield "offered", {"of": proposer}, offers[:, j, :-1].sum(axis=1)
        yield "offered", {"of": proposer, "package": game.packages[0].name}, offers[:, j, 0]
        yield "accepted", {"of": proposer}, play.array("outlook/acceptance_probability")[:, j]
        yield "chance_of_settlement", {"of": proposer}, by[:, j].cumsum()
    for axis in game.axes:
        group = f"axes/{group_name(axis.name)}"
        if axis.labels:
            for point, label in enumerate(axis.labels):
                yield "level", {"of": f"{axis.name}: {label}"}, play.array(f"{group}/distribution")[:, point]
        else:
            yield "level", {"of": axis.name}, play.array(f"{group}/mean")
    cumulative = play.array("outlook/cumulative_probability")
    for k, end in enumerate(ends):
        yield "chance_of_end", {"of": end}, cumulative[:, k]
    yield "chance_of_settlement", {}, cumulative[:, 0]
    yield "chance_of_collapse", {}, cumulative[:, 1:-1].sum(axis=1)
    for role in game.roles[:2]:
        of_side = [k for k, end in enumerate(ends) if end.endswith(f"of the {role}")]
        yield "chance_of_collapse", {"of": role}, cumulative[:, of_side].sum(axis=1)
    for n, package in enumerate(game.packages[:4]):
        found = play.array("outlook/settlement_probability")[:, n]
        yield "chance_of_settlement", {"package": package.name}, found.cumsum()
    following = np.append(open_at[1:], cumulative[-1, -1])
    yield "duration", {}, (0.5 * (open_at + following)).cumsum() * 12 * game.years_per_period
    assert settled.size == game.tables.n_periods


def test_every_measure_of_a_date_is_the_number_of_the_outlook(play: Play) -> None:
    asked = set()
    for measure, given_, expected in by_date(play):
        asked.add(measure)
        cumulative = "at" not in MEASURES[measure].takes
        scale = np.nanmax(np.abs(expected), initial=0.0)
        slope = 24 / play.months(1) if "slope" in measure else 1.0  # differences over two periods, per year
        for period, number in enumerate(expected):
            when = {"within": play.months(period + 1)} if cumulative else {"at": play.months(period)}
            found = play.ask(measure, **given_, **when)
            assert found == pytest.approx(number, rel=SINGLE, abs=SINGLE * max(scale, 1.0) * slope, nan_ok=True), (
                measure, given_, when,
            )  # fmt: skip
    assert asked == set(MEASURES) - {"median_duration", "belief", "misled"}


def test_over_several_dates_each_weighs_by_how_likely_the_war_is_open_or_signed_then(play: Play) -> None:
    """Means of the outlook's numbers of single dates, by the weights that make them conditional on all of the dates."""
    open_at, n = play.array("outlook/open_probability"), max(1, play.game.tables.n_periods // 2)
    settled = play.array("outlook/end_probability")[:, 0]
    offers = play.array("outlook/proposal_probability")[:, 0, :-1].sum(axis=1) * open_at
    fought = open_at - settled
    weights = {
        **dict.fromkeys(("terms", "durability"), settled), "effort": fought, "accepted": offers,
        **dict.fromkeys(("terms_slope", "value_slope"), np.where(settled >= 1e-6, settled, 0.0)),
    }  # fmt: skip
    for measure, given_, expected in by_date(play):
        if measure in ("hazard", "reservation", "zone_width") or not {"at", "within"} <= MEASURES[measure].takes:
            continue
        if measure == "accepted" and given_["of"] != "attacker":
            continue
        weight = weights.get(measure, open_at)[:n]
        known = np.isfinite(expected[:n]) & (weight > 0.0)
        found = play.ask(measure, **given_, within=play.months(n))
        slope = 24 / play.months(1) if "slope" in measure else 1.0
        mean = np.average(expected[:n][known], weights=weight[known]) if known.any() else np.nan
        assert found == pytest.approx(mean, rel=4 * SINGLE, abs=4 * SINGLE * slope, nan_ok=True), (measure, given_)


def test_the_median_lies_in_the_period_that_the_outlook_names(play: Play) -> None:
    horizon, starts = play.months(play.game.tables.n_periods), play.array("time")
    for of, date in ((None, "war_end_date"), ("settlement", "settlement_date")):
        found = play.ask("median_duration", of=of)
        median = play.array(f"outlook/{date}")[2]
        if np.isnat(median):
            assert found == horizon
        else:
            period = int(np.flatnonzero(starts == median)[0])
            assert play.months(period) <= found <= play.months(period + 1)


def test_beliefs_are_those_of_the_outlook() -> None:
    play = played("types, as the analyst sees it")
    groups = play.tree["beliefs/attacker"].to_dataset()
    for kind in ("limited aims", "wider aims"):
        for observer in ("truth", "public", "defender", "patron"):
            for period in range(play.game.tables.n_periods):
                given_ = {"of": f"attacker: {kind}", "at": play.months(period), "view": observer}
                expected = groups["mean"].sel(view="truth", observer=observer, type=kind)[period]
                assert value_of(play.digest, Asked("belief", **given_)) == pytest.approx(float(expected), rel=SINGLE)
                expected = groups["misled"].sel(true_type=kind, observer=observer)[period]
                found = value_of(play.digest, Asked("misled", **given_))
                assert found == pytest.approx(float(expected), abs=SINGLE)


def test_views_differ_where_beliefs_do() -> None:
    asked = "chance_of_settlement:within=12"
    values = {view: value_of(played("types, as the analyst sees it").digest, parse_asked(f"{asked},view={view}"))
              for view in ("truth", "patron", "attacker: limited aims", "attacker: wider aims")}  # fmt: skip
    kinds = values["attacker: limited aims"], values["attacker: wider aims"]
    assert abs(kinds[0] - kinds[1]) > 1e-3
    assert values["patron"] == pytest.approx(0.8 * kinds[0] + 0.2 * kinds[1], rel=SINGLE)
    assert values["truth"] == pytest.approx(0.6 * kinds[0] + 0.4 * kinds[1], rel=SINGLE)


# Results of the theory ----------------------------------------------------------------------------------------------


def test_the_textbook_war_is_its_closed_form() -> None:
    """Equation (1) of docs/cases/textbook.md, within the bound that the page derives for its grid and precision."""
    play, bound = played("years, no patron, one state"), 0.019
    value = (0.5 / 3 * 0.7 + 0.5 / 5 * 0.4) / (0.5 / 3 + 0.5 / 5)
    least, kept = 0.2 * 0.4 + 0.8 * value, 0.3 / 3 + 2 / 3 * (1.0 - value)
    assert play.ask("value", of="attacker") == pytest.approx(value, abs=bound)
    assert play.ask("value", of="defender") == pytest.approx(1.0 - value, abs=bound)
    assert play.ask("terms", at=0) == pytest.approx(value, abs=bound)
    assert play.ask("reservation", of="attacker") == pytest.approx(least, abs=bound)
    assert play.ask("reservation", of="defender") == pytest.approx(1.0 - kept, abs=bound)
    assert play.ask("zone_width") == pytest.approx(1.0 - kept - least, abs=2 * bound)
    # What the page works out on the grid itself: offers of 0.6175 and 0.5475, at once.
    assert play.ask("terms", within=12) == pytest.approx(0.5825, abs=1e-6)
    assert play.ask("chance_of_settlement", within=12) == pytest.approx(1.0, abs=1e-6)
    assert play.ask("ripe") == 1.0
    assert play.ask("durability") == 1.0
    assert play.ask("median_duration") == pytest.approx(6.0, abs=1e-3)  # half of the first year


class Advance(Mechanism):
    """The line moves a fixed step a period, and war costs A a fixed amount; theory II.12, Proposition 12.1."""

    name: ClassVar[str] = "advance"
    order: ClassVar[int] = 10
    start: float = 0.4
    step: float = 0.04 / 12
    cost_yearly: float = 0.01

    def axes(self, grid: str) -> tuple[Axis, ...]:
        return (Axis("territory", self.start + self.step * np.arange(130), self.start, "share", "A's share held"),)

    def moves(self, at: Setting) -> tuple[Move, ...]:
        n = at.levels["territory"].size
        return (Jump("territory", np.eye(n)[np.minimum(np.arange(n) + 1, n - 1)]),)

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        rate = math.log1p(at.discount_yearly["attacker"])
        return {"attacker": -self.cost_yearly / rate}  # a cost c for ever is worth c / r: theory 0.2


@cache
def drift(rate: float) -> Play:
    """Settles at any date with a hazard that nobody chooses, on the line as it is then; r = log(1 + discount)."""
    rates = {"attacker": math.expm1(rate), "defender": 0.05}
    actors = {role: {"name": role, "discount_yearly": each, "efforts": [1.0]} for role, each in rates.items()}
    said = toys.scenario(
        {"advance": Advance(), "talks": toys.Talks(chances=(0.2, 0.2, 0.0), with_postures=False)}, actors=actors,
        period="month", horizon=120, agenda={"grid": {"shifts": [0.0]}},
        choices={"settlement_hazard_at_zero_gain": 0.3, "precision": {"offer": 0.0, "response": 0.0}},
    )  # fmt: skip
    return Play(build(said))


MONTH = 1 / 12


@pytest.mark.parametrize("rate", [0.03, 0.05, 0.1])
def test_delay_changes_terms_and_value_as_proposition_12_1_says(rate: float) -> None:
    """dx/dt = mu; dU_A/dt = exp(-r t) [mu - r x(t) - c], here by central differences over two months."""
    play, mu, cost = drift(rate), 0.04, 0.01
    for months in (12, 36, 60, 96):
        tau = months / 12
        assert play.ask("terms_slope", at=months) == pytest.approx(mu, abs=SINGLE * 6)
        expected = math.exp(-rate * tau) * (mu - rate * (0.4 + mu * tau) - cost)
        # Third derivative times h^2 / 6: at most r^2 (r x + 3 mu) times 1/864.
        # The cost of a month falls at its beginning, so that dU/dt has c (1 - exp(-r h)) / (r h): a part r h / 2 less.
        bound = rate**2 * (rate * 0.8 + 3 * mu) * MONTH**2 / 6 + cost * rate * MONTH
        assert play.ask("value_slope", of="attacker", at=months) == pytest.approx(expected, abs=bound + SINGLE * 6)


def test_patience_is_a_threshold_for_gaining_from_delay() -> None:
    """Proposition 12.1: at tau = 0 the gain changes its sign at r = (mu - c) / x = 0.075, the terms never."""
    margin = 0.001
    for rate, sign in ((0.075 - margin, 1), (0.075 + margin, -1)):
        assert np.sign(drift(rate).ask("value_slope", of="attacker", at=0)) == sign
        assert drift(rate).ask("terms_slope") > 0.0


def test_the_best_date_is_where_the_slope_of_the_value_is_zero() -> None:
    """r = 0.05: tau* = (mu - c) / (r mu) - p_0 / mu = 5 years, to the month."""
    play = drift(0.05)
    assert play.ask("value_slope", of="attacker", at=58) > 0.0 > play.ask("value_slope", of="attacker", at=62)


def test_delay_hurts_the_patient_side_before_a_deadline() -> None:
    """Proposition 12.2 with talks in some periods only: the recursion of best replies, written out, and its sign.

    With chances a and d to propose, V_A = a (1 - D_D V_D') + (1 - a) D_A V_A', and likewise V_D; what is signed is the
    mean of the two offers. War pays nothing, and the prize is lost at the deadline.
    """
    chance, n, step = 0.3, 8, 0.002
    packages = [{"name": f"package {k}", "terms": step * (k + 0.25)} for k in range(500)]
    for factors, sign in (((0.95, 0.8), -1), ((0.8, 0.95), 1)):
        actors = {
            role: {"name": role, "discount_yearly": 1 / factor - 1, "efforts": [1.0]}
            for role, factor in zip(("attacker", "defender"), factors, strict=True)
        }
        said = toys.scenario(
            {"talks": toys.Talks(chances=(chance, chance, 0.0), with_postures=False)}, actors=actors, period="year",
            horizon=n, agenda={"packages": packages}, frozen={"cost": {"attacker": 0.5, "defender": 0.5}},
            choices={"precision": {"offer": 1e6, "response": 1e6}},
        )  # fmt: skip
        play = Play(build(said))
        value, signed = np.zeros(2), []
        for _ in range(n):
            least = np.array(factors) * value
            signed.append(0.5 * (1.0 - least[1] + least[0]))
            value = chance * (1.0 - least[::-1]) + (1.0 - chance) * least
        for period, expected in enumerate(signed[::-1]):
            # An offer is rounded by a step at most. Values then err by chance * step a period, over n of them; what is
            # signed errs by half of the two values' errors and of the two offers'.
            assert play.ask("terms", at=12 * period) == pytest.approx(expected, abs=(1.0 + chance * n) * step)
        assert np.sign(play.ask("terms_slope")) == sign


# How questions are written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.name)
def test_the_example_of_a_measure_is_a_question_as_it_is_written(measure: Any) -> None:
    asked = parse_asked(measure.example)
    assert str(asked) == measure.example
    assert asked.measure == measure.name
    assert set(asked.given()) <= measure.takes <= set(PARAMETERS)
    assert measure.needs <= set(asked.given())


NAMES = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).map(str.strip).filter(bool)
)


@given(of=NAMES, package=NAMES, view=NAMES, within=st.integers(0, 10_000))
def test_any_name_can_be_asked_for(of: str, package: str, view: str, within: int) -> None:
    asked = Asked("chance_of_settlement", of=of, within=within, package=package, view=view)
    assert parse_asked(str(asked)) == asked


def test_parameters_come_in_any_order_and_names_may_hold_commas() -> None:
    asked = parse_asked("chance_of_settlement: package=ceasefire on the line, all else open, within=12")
    assert asked == Asked("chance_of_settlement", within=12, package="ceasefire on the line, all else open")
    assert str(asked) == "chance_of_settlement:within=12,package=ceasefire on the line, all else open"
    assert asked_of({"measure": "chance_of_settlement", "within": 12, "package": asked.package, "of": None}) == asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chance_of_setlement:within=12", "nearest: chance_of_settlement"),
        ("chance_of_settlement:withn=12", "nearest: within"),
        ("chance_of_settlement:at=12", "a parameter that chance_of_settlement does not take; allowed: of, within"),
        ("terms:at=3,within=4", "allowed: one of the two"),
        ("terms:at=3,at=4", "allowed: each parameter once"),
        ("terms:at", "allowed: parameter=value"),
        ("terms:at=soon", "allowed: months from the start, or a date YYYY-MM"),
        ("terms:at=-1", "allowed: months from the start, or a date YYYY-MM"),
        ("value", "of: found nothing; allowed: an actor. value needs it: value:of=attacker"),
        ("", "measure: found the text"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(text: str, said: str) -> None:
    with pytest.raises(AskedError) as refused:
        parse_asked(text)
    assert said in str(refused.value)


def test_all_faults_of_a_question_are_reported_together() -> None:
    with pytest.raises(AskedError) as refused:
        parse_asked("gain_from_settling:of,att=3,within=soon,at=1")
    assert [each.field for each in refused.value.wrong] == ["of", "att", "within", "of", "within"]


FACTS = Facts(
    months_per_period=1.0, start="2025-12", horizon=60, roles=("attacker", "defender", "patron"),
    types=("attacker: mild", "attacker: grim"), secret=("attacker: mild", "attacker: grim"),
    postures=("stand back", "press defender"), levels=("territory", "mood: impatient"), packages=("line",),
    ends=("collapse of the defender",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "remedy"),
    [
        ("value:of=atacker", "of", "nearest: attacker"),
        ("effort:of=patron", "of", ""),
        ("ripe:of=defender", "of", ""),
        ("posture:of=press the defender", "of", "nearest: press defender"),
        ("level:of=mood", "of", ""),
        ("chance_of_end:of=collapse of defender", "of", "nearest: collapse of the defender"),
        ("hazard:of=still open", "of", ""),
        ("belief:of=attacker: grimm", "of", "nearest: attacker: grim"),
        ("belief:of=attacker: grim,view=attacker", "view", ""),
        ("value:of=attacker,view=attacker: mildly", "view", "nearest: attacker: mild"),
        ("chance_of_settlement:package=lime", "package", "nearest: line"),
        ("terms:at=60", "at", ""),
        ("terms:at=2025-11", "at", ""),
        ("terms:at=2026-13", "at", ""),
        ("terms:within=61", "within", ""),
        ("terms:within=2025-12", "within", ""),
        ("still_open:at=61", "at", ""),
    ],
)
def test_what_a_scenario_does_not_have_is_a_fault_with_the_nearest_spelling(text: str, field: str, remedy: str) -> None:
    (wrong,) = faults_of(parse_asked(text), FACTS)
    assert (wrong.field, wrong.remedy) == (field, remedy)
    assert check_asked(parse_asked(text), FACTS) == [str(wrong)]
    assert wrong.allowed


def test_what_is_not_known_of_a_scenario_is_not_checked() -> None:
    unknown = FACTS._replace(packages=None, ends=None, levels=None, postures=None)
    for text in ("posture:of=x", "level:of=x", "chance_of_end:of=x", "chance_of_settlement:package=x"):
        assert check_asked(parse_asked(text), unknown) == []


def test_a_game_a_digest_and_a_scenario_name_the_same() -> None:
    for name in ("quarters, three actors, two ends", "types, as the analyst sees it", "years, no patron, one state"):
        play = played(name)
        assert facts_of(play.game) == play.digest.facts
        said = facts_of_scenario(play.game.scenario)
        known = play.digest.facts
        assert set(said.levels or ()) == set(known.levels or ())
        whole = known._replace(packages=None, ends=None, levels=said.levels)
        assert said._replace(start=known.start) == whole


def test_a_question_to_the_wrong_game_is_refused() -> None:
    with pytest.raises(AskedError, match="allowed: attacker or defender"):
        played("years, no patron, one state").ask("value", of="patron")


@pytest.mark.parametrize(
    ("period", "said", "index"),
    [
        ("month", 6, 6), ("month", "2026-06", 6), ("month", "2026-06-30", 6),
        ("quarter", 6, 2), ("quarter", 7, 2), ("quarter", "2026-05", 1),
        ("year", 11, 0), ("year", 12, 1), ("year", "2026-12", 1),
        ("week", 12, 52), ("week", "2026-01", 4),
    ],
)  # fmt: skip
def test_months_and_dates_become_periods_by_the_calendar(period: str, said: int | str, index: int) -> None:
    months = {"month": 1.0, "quarter": 3.0, "year": 12.0, "week": 12 * 7 / 365.25}[period]
    facts = FACTS._replace(months_per_period=months)
    assert facts.period_of(said) == index
    assert facts.periods_within(said) == index
    assert facts.periods_within(None) == 60


def test_what_cannot_happen_has_no_expectation() -> None:
    play = played("years, no patron, one state")
    nothing = replace(
        play.digest, arrays={**play.digest.arrays, "settled": np.zeros_like(play.digest.arrays["settled"])}
    )
    assert math.isnan(value_of(nothing, parse_asked("terms")))
    assert math.isnan(value_of(nothing, parse_asked("durability")))
    assert math.isnan(value_of(nothing, parse_asked("terms_slope")))
    assert value_of(nothing, parse_asked("chance_of_settlement")) == 0.0


# The page ------------------------------------------------------------------------------------------------------------


def row(measure: Any) -> str:
    """A measure as the page lists it: what it needs stands plain, what it may have in brackets."""
    takes = [each for each in PARAMETERS if each in measure.takes]
    dates = " or ".join(f"`{each}`" for each in ("at", "within") if each in takes)
    said = [each if each in measure.needs else f"[{each}]" for each in takes if each not in ("at", "within", "view")]
    said += [dates if {"at", "within"} & measure.needs else f"[{dates}]"] if dates else []
    said += ["[view]"] if "view" in takes else []
    parameters = ", ".join(re.sub(r"\b(of|package|view)\b", r"`\1`", each) for each in said)
    return (
        f"| `{measure.name}` | {measure.unit} | {measure.meaning} | {parameters} | {measure.default or '–'} "
        f"| `{measure.example}` |"
    )


def test_the_page_lists_every_measure_as_it_is() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if re.match(r"\| `[a-z_]+` \| \S+ \| .* \| `[a-z_]+(:.*)?` \|$", line)]
    assert listed == [row(measure) for measure in MEASURES.values()]


def test_the_examples_of_the_page_run() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["chance"] == pytest.approx(1.0, abs=SINGLE)  # that war is settled at once
    questions = [each for each in re.findall(r"`([a-z_]+:[^`]*)`", page) if each.partition(":")[0] in MEASURES]
    assert len(questions) > 2 * len(MEASURES) - 10
    for question in questions:
        assert str(parse_asked(question)) == question

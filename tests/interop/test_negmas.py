"""NegMAS and ripeness on the same files: the same utilities, efficient outcomes and Nash point.

A plan counts worths in millionths of its unit. Utilities are scaled up before, so that a package's worth differs from
its utility by less than 1e-9; how much less is known for each domain (`rounding`), and that is the tolerance, with
1e-12 for sums of floats in another order.
"""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("negmas", reason="NegMAS is not installed; it comes with the extra 'negmas'")
    from negmas.inout import Scenario
    from negmas.outcomes import make_issue, make_os
    from negmas.preferences import ExpDiscountedUFun, LinearAdditiveUtilityFunction
    from negmas.preferences.ops import nash_points, pareto_frontier
    from negmas.preferences.value_fun import AffineFun, ConstFun, IdentityFun, LinearFun, TableFun

from ripeness.deals.desk import negotiate
from ripeness.deals.packages import efficient
from ripeness.deals.plan import LARGEST, Plan
from ripeness.deals.plan_reading import parse_plan
from ripeness.deals.plan_writing import plan_text
from ripeness.deals.problem import problem_of
from ripeness.interop.domain_files import read_domain
from ripeness.interop.domain_writing import scenario_files
from ripeness.interop.domains import Domain, ReservationReading
from ripeness.interop.plans import domain_of, plan_data, rounding
from tests.interop.domains import Side, Texts, geniusweb_domain, geniusweb_profile, random_texts, write_genius

pytestmark = pytest.mark.filterwarnings("ignore")  # NegMAS's own

Float = NDArray[np.float64]
SUMS = 1e-12
READINGS: tuple[ReservationReading, ...] = ("written", "at-least-worst")


def write(folder: Path, domain: Domain, form: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in scenario_files(domain, form).items():
        (folder / name).write_bytes(content)
    return folder


def theirs(folder: Path) -> Any:
    """NegMAS's scenario of a folder. It does not find its own JSON in a folder, so that is named file by file."""
    found = Scenario.load(folder)
    if found is None:
        space, *utilities = sorted(folder.glob("*.json"))  # the domain's name comes first here
        found = Scenario.from_yaml_files(space, utilities)
    return found


def plan_of(domain: Domain, reading: ReservationReading, scale: float) -> Plan:
    return parse_plan(plan_text(plan_data(domain, reservation=reading, scale=scale)))


def our_frontier(plan: Plan, scale: float) -> Float:
    """Efficient packages that are worth their reservation to everybody, as NegMAS has them."""
    parties = list(plan.parties)
    worth = efficient(problem_of(plan, parties)).utilities
    reservations = np.array([float(plan.parties[party].reservation) for party in parties])
    return worth[np.all(worth >= reservations, axis=1)] / scale


def apart(some: Float, others: Float) -> float:
    """Largest distance of one of some points to the nearest of others."""
    return max((float(np.abs(others - point).max(axis=1).min()) for point in some), default=0.0)


def assert_same_answers(domain: Domain, scenario: Any) -> int:
    """Frontier, and Nash point with reservations as written and raised as NegMAS does; 1 where the points differ."""
    totals = [
        max(sum(max(map(abs, row)) for row in profile.worth), abs(profile.reservation or 0.0))
        for profile in domain.profiles
    ]
    scale = 0.9 * LARGEST / max(totals)
    tolerance = rounding(domain, scale) + SUMS
    assert tolerance < 1e-9
    frontier, _ = pareto_frontier(scenario.ufuns)
    wanted = np.array(frontier, np.float64).reshape(-1, len(domain.profiles))
    picks = []
    for reading in READINGS:
        plan = plan_of(domain, reading, scale)
        found = our_frontier(plan, scale)
        assert bool(found.size) == bool(wanted.size)
        assert apart(found, wanted) <= tolerance
        assert apart(wanted, found) <= tolerance
        if not wanted.size:
            assert negotiate(plan).conflict
            continue
        # NegMAS reckons from the lower end of the range where the reservation lies below it: as written, it is that end
        ranges = [
            (profile.reserved(reading), ufun.minmax()[1])
            for profile, ufun in zip(domain.profiles, scenario.ufuns, strict=True)
        ]
        said = nash_points(scenario.ufuns, frontier, ranges=ranges if reading == "written" else None)
        nash = negotiate(plan).solutions[0]
        ours = np.array([nash.worth[party] for party in plan.parties]) / scale
        assert min(float(np.abs(ours - np.array(point)).max()) for point, _ in said) <= tolerance
        picks.append(ours)
    return int(len(picks) == 2 and float(np.abs(picks[0] - picks[1]).max()) > 1e-6)


def with_reservations(texts: Texts, seed: int) -> Texts:
    """Reservations in the unit of NegMAS's reading, about half of them below the worst utility."""
    rng = np.random.default_rng(1000 + seed)
    sides = {
        name: side._replace(reservation=float(rng.uniform(-10.0, 14.0))) for name, side in texts.sides.items()
    }  # fmt: skip
    return Texts(texts.values, sides)


def test_genius_files_in_negmas_reading_give_the_same_frontier_and_nash_point(tmp_path):
    moved = 0
    for seed in range(40):
        folder = write_genius(tmp_path / str(seed), with_reservations(random_texts(seed, 2 + seed % 2), seed))
        domain = read_domain([folder], utility="negmas")
        moved += assert_same_answers(domain, Scenario.load(folder))
    assert moved >= 5  # raising a reservation does move Nash points


@pytest.mark.parametrize("form", ["yml", "json", "xml"])
def test_genius_files_in_genius_reading_give_the_same_by_way_of_what_we_write(tmp_path, form):
    for seed in range(12):
        domain = read_domain([write_genius(tmp_path / f"{seed}", random_texts(seed, 2 + seed % 2))])
        written = domain_of(plan_of(domain, "written", 1.0))
        folder = write(tmp_path / f"{seed}-{form}", written, form)
        assert_same_answers(read_domain([folder]), theirs(folder))


@pytest.mark.parametrize("base", [0, 1])
def test_numbering_changes_no_utility(tmp_path, base):
    """NegMAS reads numbers from 1 only; a file numbered from 0 gives what it reads in the one numbered from 1."""
    texts = random_texts(7)
    scenario = Scenario.load(write_genius(tmp_path / "one", texts, 1))
    domain = read_domain([write_genius(tmp_path / "base", texts, base)], utility="negmas")
    assert_same_utilities(domain, scenario)


def assert_same_utilities(domain: Domain, scenario: Any) -> None:
    """Every outcome is worth the same to everybody."""
    space = list(itertools.product(*(list(issue.all) for issue in scenario.outcome_space.issues)))
    places = list(itertools.product(*(range(len(issue.values)) for issue in domain.issues)))
    assert len(space) == len(places)
    for ufun, profile in zip(scenario.ufuns, domain.profiles, strict=True):
        for outcome, place in zip(space, places, strict=True):
            worth = sum(row[k] for row, k in zip(profile.worth, place, strict=True))
            assert float(ufun(outcome)) == pytest.approx(worth, rel=SUMS, abs=SUMS)


def made_by_negmas() -> Any:
    """A scenario with every kind of issue and of value function that can be read."""
    issues = [
        make_issue(["a", "b c", "yes", "9:30"], "i one"), make_issue((0, 3), "num"), make_issue([1, 5, 7], "card"),
    ]  # fmt: skip
    space = make_os(issues, name="dom")
    table = TableFun({"a": 0.1, "b c": 1.0, "yes": 0.3, "9:30": 1e-7})

    def utility(name: str, number: Any, card: Any, weights: Sequence[float], **more: Any) -> Any:
        return LinearAdditiveUtilityFunction(
            values=[table, number, card], weights=list(weights), outcome_space=space, name=name, **more
        )

    first = utility("u1", AffineFun(0.2, 0.1), IdentityFun(), (0.3, 0.2, 0.1), reserved_value=0.25)
    second = utility("u2", LinearFun(-0.2), ConstFun(0.3), (0.5, 0.25, 0.25))
    return Scenario(space, (first, second))


@pytest.mark.parametrize("form", ["yml", "json", "xml"])
def test_folders_that_negmas_writes_have_the_same_utilities(tmp_path, form):
    scenario = made_by_negmas()
    scenario.dumpas(tmp_path / form, form)
    domain = read_domain([tmp_path / form], utility="negmas")
    assert_same_utilities(domain, scenario)
    assert domain.profiles[0].reservation == 0.25
    # in XML NegMAS writes the worst utility where none is reserved, elsewhere minus infinity
    worst = pytest.approx(scenario.ufuns[1].min(), abs=SUMS)
    assert domain.profiles[1].reservation == (worst if form == "xml" else None)


def test_discounted_functions_of_negmas_are_read_with_their_factor(tmp_path):
    plain = made_by_negmas()
    discounted = ExpDiscountedUFun(plain.ufuns[0], discount=0.9, name="u1", reserved_value=0.4)
    Scenario(plain.outcome_space, (discounted, plain.ufuns[1])).dumpas(tmp_path, "yml")
    domain = read_domain([tmp_path])
    assert (domain.profiles[0].discount, domain.profiles[0].reservation) == (0.9, 0.4)
    assert_same_utilities(domain, plain)


@pytest.mark.parametrize("form", ["yml", "xml"])
def test_negmas_reads_the_discount_factor_that_we_write(tmp_path, form):
    folder = tmp_path / "from"
    texts = random_texts(3)
    texts = Texts(texts.values, {name: side._replace(discount=0.8) for name, side in texts.sides.items()})
    domain = read_domain([write_genius(folder, texts)])
    scenario = theirs(write(tmp_path / form, domain, form))
    assert [type(ufun).__name__ for ufun in scenario.ufuns] == ["ExpDiscountedUFun"] * 2
    assert [ufun.discount for ufun in scenario.ufuns] == [0.8, 0.8]


@pytest.mark.parametrize("bid", [False, True])
def test_geniusweb_files_give_the_same(tmp_path, bid):
    """NegMAS knows the older name of a profile's utilities only, and whole reservation bids only."""
    for seed in range(10):
        texts = random_texts(seed)
        unit = {
            name: Side(side.weights, {i: {v: x / 40 for v, x in of.items()} for i, of in side.evaluations.items()})
            for name, side in texts.sides.items()
        }
        texts = Texts(texts.values, unit)
        folder = tmp_path / str(seed)
        folder.mkdir()
        whole = {"issuevalues": {issue: of[seed % len(of)] for issue, of in texts.values.items()}} if bid else None
        for name in texts.sides:
            said = geniusweb_profile(texts, name, old=True, reservation_bid=whole or {})
            (folder / f"{name}.json").write_text(said, encoding="utf-8")
        (folder / "web.json").write_text(json.dumps(geniusweb_domain(texts)), encoding="utf-8")
        domain = read_domain([folder])
        scenario = Scenario.load(folder)
        assert_same_utilities(domain, scenario)
        for profile, ufun in zip(domain.profiles, scenario.ufuns, strict=True):
            if bid:
                assert profile.reservation == pytest.approx(float(ufun.reserved_value), abs=SUMS)

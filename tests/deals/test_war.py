"""A plan inside a scenario: where it is read from, the short list of the war, and reservations of the solved war."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import ripeness as rp
from ripeness.deals.shortlist import CROSSED, shortlist
from ripeness.game.agenda import packages
from ripeness.game.breaking import breakdown_yearly
from ripeness.runs.dealing import deal, read_plan
from ripeness.runs.reservations import _beyond, _passed_on, with_reservations
from ripeness.scenario import ScenarioError
from ripeness.scenario.ledger import scenario_hash
from ripeness.scenario.plan import Plan
from ripeness.scenario.starter import starter_text
from tests.deals import plans
from tests.deals.test_plan_reading import SOUND

WAR = SOUND.replace("name: Northland,", "name: Northland, role: attacker, stake: 0.1, zero: 0.4,").replace(
    "name: Southland,", "name: Southland, role: defender, stake: 0.1, zero: 0.3,"
)
WAR = WAR.replace("troops: {worth", "troops: {shift: 0.01, guarantees: 0.5, worth")
WAR = WAR.replace("contact: {title", "contact: {shift: -0.02, guarantees: 0.2, title")


@pytest.fixture
def without_report(monkeypatch: pytest.MonkeyPatch, without_images: None) -> None:
    """Runs in this process write neither charts nor a page."""
    monkeypatch.setattr("ripeness.runs.contents.write_report", lambda path, *_, **__: path.touch())


@pytest.fixture
def war(tmp_path: Path) -> Path:
    """A scenario file with a plan file beside it."""
    (tmp_path / "rivers.plan.yaml").write_text(WAR, encoding="utf-8")
    path = tmp_path / "war.yaml"
    path.write_text(f"{starter_text()}\nplan: rivers.plan.yaml\n", encoding="utf-8")
    return path


def test_a_plan_beside_a_scenario_is_the_same_as_one_inside_it(war: Path):
    beside = rp.load(war)
    inside = war.with_name("inside.yaml")
    indented = "".join(f"  {line}\n" for line in WAR.splitlines())
    inside.write_text(f"{starter_text()}\nplan:\n{indented}", encoding="utf-8")
    assert scenario_hash(rp.load(inside)) == scenario_hash(beside)
    assert beside.plan is not None
    assert beside.plan.parties["north"].reservation.range == (0.2, 0.4)


def test_a_scenario_without_a_plan_has_the_hash_that_it_had(war: Path):
    plain = war.with_name("plain.yaml")
    plain.write_text(starter_text(), encoding="utf-8")
    assert scenario_hash(rp.load(plain)) == scenario_hash(rp.load(war, ["plan=null"]))
    assert scenario_hash(rp.load(plain)) != scenario_hash(rp.load(war))


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        ("plan=none.yaml", "--set:1:6", 'no file "none.yaml"'),
        ("plan=../x.yaml", "--set:1:6", "no plain file name"),
        ("plan.parties.north.role=defender", "rivers.plan.yaml:", "defender, which north is as well"),
        ("agenda.plan={drafts: [frist]}", "--set:1:", 'unknown draft "frist"'),
        ("agenda.plan={packages: 0, drafts: []}", "", ""),
    ],
)
def test_faults_of_a_plan_name_the_file_that_they_are_in(war: Path, change, place, found):
    if not found:
        with pytest.raises(rp.ScenarioError):
            rp.load(war, ["agenda={plan: {packages: 0}}", "plan.drafts=null"])
        return
    with pytest.raises(ScenarioError) as caught:
        rp.load(war, [change])
    assert place in str(caught.value)
    assert found in str(caught.value)


def test_an_agenda_cannot_be_drawn_from_a_plan_that_is_not_there_or_not_of_this_war(war: Path):
    with pytest.raises(ScenarioError, match="not there"):
        rp.load(war, ["plan=null", "agenda.plan={}"])
    (war.with_name("rivers.plan.yaml")).write_text(SOUND, encoding="utf-8")
    with pytest.raises(ScenarioError, match="a plan without the attacker"):
        rp.load(war, ["agenda.plan={}"])


def test_packages_of_the_short_list_have_the_terms_guarantees_and_worths_of_their_options(war: Path):
    scenario = rp.load(war, ["agenda={plan: {packages: 3}}"])
    assert scenario.plan is not None
    listed = {each.name: each for each in shortlist(scenario.plan, 3)}
    second = listed["second"]  # contact and troops, which are worth 0.1 more to the south together
    assert second.shift == pytest.approx(-0.01)
    assert second.guarantees == pytest.approx(1 - 0.8 * 0.5)
    assert second.worth == pytest.approx({"north": 0.4, "south": 0.6, "guild": 0.1})
    assert second.extra == pytest.approx({"attacker": 0.01, "defender": 0.1 * 0.3 - 0.01})
    made = {each.name: each for each in packages(scenario.agenda, scenario.plan)}
    assert set(made) == set(listed)
    assert made["second"].terms is None
    assert (made["second"].shift, made["second"].guarantees) == (second.shift, second.guarantees)
    assert dict(made["second"].extra) == second.extra


def test_a_draft_across_a_red_line_costs_its_party_everything(war: Path):
    text = WAR.replace("first: {line: contact, force: none}", "first: {line: river, force: none}")
    war.with_name("rivers.plan.yaml").write_text(text, encoding="utf-8")
    plan = rp.load(war).plan
    assert plan is not None
    (first,) = (each for each in shortlist(plan, 0) if each.name == "first")
    assert first.extra["attacker"] == pytest.approx(0.1 * (0.1 + 0.2 - 0.4) + CROSSED)
    assert first.extra["defender"] == pytest.approx(0.1 * (0.5 - 0.3))


def test_listed_packages_are_efficient_for_the_two_sides_and_no_worse_than_the_worst_draft():
    n_listed = 0
    for seed in range(60):
        every = plans.everything(seed)
        data = json.loads(every.plan.model_dump_json())
        for name, role in zip(data["parties"], ("attacker", "defender"), strict=False):
            data["parties"][name]["role"] = role
        plan = Plan.model_validate_json(json.dumps(data))
        sides = list(plan.parties)[:2]
        possible = [
            row for row, package in enumerate(every.packages)
            if every.kept[row] and not plans.crosses(plan, package, sides)
        ]  # fmt: skip
        table = np.array([[every.worth[row][side] for side in sides] for row in possible]).reshape(-1, 2)
        drafts = [every.packages.index({at: said[at] for at in plan.points}) for said in plan.drafts.values()]
        floor = np.array([[every.worth[row][side] for side in sides] for row in drafts]).min(axis=0)
        efficient = [
            tuple(row) for row in table.tolist()
            if not np.any(np.all(table >= row, axis=1) & np.any(table > row, axis=1))
        ]  # fmt: skip
        inside = {row for row in efficient if np.all(np.array(row) >= floor)}
        listed = [each for each in shortlist(plan, 4) if not each.draft]
        worths = [tuple(round(10 * each.worth[side]) for side in sides) for each in listed]
        assert len(set(worths)) == len(worths) <= 4
        assert set(worths) <= (inside or set(efficient))
        n_listed += len(worths)
    assert n_listed > 60


@pytest.mark.slow
def test_a_change_of_the_plan_changes_the_outlook_and_compare_says_so(war: Path, tmp_path: Path, without_report):
    base = ["agenda={plan: {packages: 2}}", "horizon=3"]
    before = rp.run(war, base, tmp_path / "before", grid="coarse", histories=0)
    change = "plan.points.force.options.troops.worth.south=0.6"
    rp.run(war, [*base, change], tmp_path / "after", grid="coarse", histories=0)
    said = rp.compare(tmp_path / "before", tmp_path / "after")
    assert [each.key for each in said.assumptions] == [change.partition("=")[0]]
    assert said.results
    # the folder holds the plan, so that its scenario can be read again from there
    again = rp.load(before.path / "scenario.yaml", base)
    assert scenario_hash(again) == before.inputs.document["scenario_sha256"]


def test_reservations_from_a_run_are_what_makes_signing_as_good_as_fighting_on(
    war: Path, tmp_path: Path, without_images
):
    run = rp.run(war, ["horizon=6"], tmp_path / "run", grid="coarse", histories=0)
    plan, found = with_reservations(read_plan(war)[0], run.path)
    assert set(found) == {"north", "south"}
    assert plan.parties["north"].reservation == found["north"]
    assert plan.parties["guild"].reservation == 0.0
    # one share of utility more raises what signing is worth by what the tables of a game with it say
    game = run.game
    richer = rp.build(rp.load(war, ["horizon=6", "agenda.packages.0.extra.attacker=1.0"]), grid="coarse")
    tables = game.tables
    first = next(k for k, each in enumerate(game.packages) if each.name == run.scenario.agenda.packages[0].name)
    start = np.asarray(tables.initial).reshape(-1)
    fixed = [
        each.tables.pool[each.tables.peace_fixed[0, first, 0].reshape(-1)[0]] @ start for each in (game, richer)
    ]  # fmt: skip
    added = 1.0 - float(run.scenario.agenda.packages[0].extra.get("attacker", 0.0))
    assert _passed_on(game, "attacker")[first] == pytest.approx((fixed[1] - fixed[0]) / added, rel=1e-5)
    gain = run.outlook.tree["seats/gain"].values[0]
    least = 0.4 + (_beyond(game, "attacker") - gain[0] / _passed_on(game, "attacker")) / 0.1
    assert found["north"] == pytest.approx(np.median(least), abs=1e-5)
    assert found["north"].range == pytest.approx((least.min(), least.max()), abs=1e-5)


def test_the_short_list_is_told_with_how_soon_peace_would_break(war: Path):
    said = deal(war, n_draws=0)
    assert [each.package.name for each in said.agenda][:2] == ["first", "second"]
    scenario = rp.load(war)
    strong = packages(scenario.agenda, None)[0]
    assert all(each.breaks_yearly >= 0.0 for each in said.agenda)
    assert breakdown_yearly(scenario, strong) >= 0.0
    weak, firm = (each.breaks_yearly for each in said.agenda[:2])
    assert weak > firm  # the second has guarantees of 0.6, the first of 0.2


def test_a_plan_file_takes_no_settings_and_a_scenario_needs_a_plan(war: Path):
    with pytest.raises(ScenarioError, match="changes of a plan file"):
        deal(war.with_name("rivers.plan.yaml"), ["a=1"])
    with pytest.raises(ScenarioError, match="a scenario with a plan"):
        deal("textbook")
    with pytest.raises(rp.ScenarioError, match="no file of this name"):
        deal("no-such-plan.yaml")
    with pytest.raises(Exception, match="is no run folder"):
        deal(war, run=war.parent)

"""GeniusWeb's JSON files: utilities by hand, ranges, reservation bids, and faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ripeness.interop.domain_files import read_domain
from ripeness.scenario.faults import ScenarioError
from tests.interop.domains import Side, Texts, geniusweb_domain, geniusweb_profile

JOBS = Texts(
    values={"car": ["yes", "no"], "hours": ["0.6", "0.8", "1.0"]},
    sides={
        "one": Side(
            {"car": 0.25, "hours": 0.75},
            {"car": {"no": 0.0, "yes": 1.0}, "hours": {"1.0": 0.75, "0.6": 0.25, "0.8": 0.5}},
        ),
        "two": Side(
            {"car": 0.5, "hours": 0.5},
            {"car": {"no": 1.0, "yes": 0.0}, "hours": {"1.0": 1.0, "0.6": 0.0, "0.8": 0.25}},
        ),
    },
)


def write(folder: Path, *, domain: bool = True, old: bool = False, bid: object = None) -> Path:
    if domain:
        (folder / "jobs.json").write_text(json.dumps(geniusweb_domain(JOBS), indent=1), encoding="utf-8")
    for name in JOBS.sides:
        text = geniusweb_profile(JOBS, name, old=old, reservation_bid=bid)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("domain", [False, True])
def test_utility_is_weight_times_utility_of_the_value(tmp_path, old, domain):
    read = read_domain([write(tmp_path, old=old, domain=domain)])
    assert read.name == "web"
    assert [issue.values for issue in read.issues] == [("yes", "no"), ("0.6", "0.8", "1.0")]
    assert read.profiles[0].worth == ((0.25, 0.0), (0.1875, 0.375, 0.5625))
    assert read.profiles[1].worth == ((0.0, 0.5), (0.0, 0.125, 0.5))
    assert [profile.name for profile in read.profiles] == ["one", "two"]


def test_the_reservation_is_the_worth_of_the_reservation_bid(tmp_path):
    read = read_domain([write(tmp_path, bid={"issuevalues": {"hours": "0.8"}})])
    assert [profile.reservation for profile in read.profiles] == [0.375, 0.125]  # the car, left open, counts nothing


def test_without_a_bid_any_agreement_will_do(tmp_path):
    profile = read_domain([write(tmp_path)]).profiles[0]
    assert profile.reservation is None
    assert profile.reserved("written") == profile.worst == 0.1875


def test_ranges_of_numbers_run_in_a_straight_line(tmp_path):
    domain = {"name": "pay", "issuesValues": {"pay": {"range": ["12.2", "12.6", "0.3"]}, "car": {"values": ["yes"]}}}
    # the line passes 0.3 at 12.2 and 0.6 at 12.8: at 12.5 it is 0.45; 12.8 itself lies beyond the range
    said = {"lowValue": 12.2, "lowUtility": 0.3, "highValue": 12.8, "highUtility": 0.6}
    space = {
        "issueUtilities": {"pay": {"numberutils": said}, "car": {"discreteutils": {"valueUtilities": {"yes": 1}}}},
        "issueWeights": {"pay": 0.5, "car": 0.5}, "domain": domain, "name": "x",
    }  # fmt: skip
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"LinearAdditiveUtilitySpace": space}), encoding="utf-8")
    read = read_domain([tmp_path])
    assert read.issues[0].values == ("12.2", "12.5")
    assert read.profiles[0].worth[0] == pytest.approx((0.15, 0.225), abs=1e-15)


def test_all_faults_of_all_files_come_at_once(tmp_path):
    write(tmp_path)
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    one.write_text(
        one.read_text().replace('"valueUtilities": {"no": 0.0', '"valueUtilities": {"nn": 0.0'), encoding="utf-8"
    )
    broken = json.loads(two.read_text())
    space = broken["LinearAdditiveUtilitySpace"]
    space["issueWeights"] = {"car": "much"}
    space["reservationBid"] = {"issuevalues": {"car": "maybe"}}
    two.write_text(json.dumps(broken, indent=1), encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        read_domain([tmp_path])
    said = [f"{Path(fault.file).name} {fault.path}: {fault.found}" for fault in raised.value.faults]
    assert said == [
        "one.json issueUtilities.car.nn: a value that the domain does not have",
        "two.json issueWeights: no weight of hours",
        'two.json issueWeights.car: the text "much"',
    ]
    assert all(fault.line > 1 for fault in raised.value.faults if fault.file == str(two))


def test_other_kinds_of_profiles_are_refused(tmp_path):
    write(tmp_path)
    (tmp_path / "one.json").write_text('{"SumOfGroupsUtilitySpace": {}}', encoding="utf-8")
    with pytest.raises(ScenarioError, match="found the profile SumOfGroupsUtilitySpace; allowed: LinearAdditive"):
        read_domain([tmp_path])

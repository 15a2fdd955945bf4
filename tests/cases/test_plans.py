"""The plans of the shipped cases: against the coded texts, and against what happened."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from ripeness.deals.amendments import smallest_amendments
from ripeness.deals.drafts import score
from ripeness.runs.dealing import deal
from ripeness.runs.dealing import read_plan as read
from tests.cases.stated import stated

read_plan = cache(read)

CODED = {
    "us_28_point": ("text-28", {
        ("territory_crimea", "de_facto_russian"): ("crimea", "de_facto"),
        ("territory_donetsk_luhansk", "de_facto_russian_full"): ("donbas", "buffer"),
        ("territory_kherson_zaporizhzhia", "freeze_line"): ("south", "line"),
        ("armed_forces_cap", "600000"): ("forces", "cap_600"),
        ("nato_membership", "banned_constitutional"): ("nato", "banned"),
        ("foreign_troops", "none_nato"): ("troops", "no_nato"),
        ("security_guarantee", "us_conditional"): ("guarantee", "conditional"),
        ("eu_membership", "eligible"): ("eu", "eligible"),
        ("frozen_assets", "reconstruction_shared"): ("assets", "us_led"),
        ("sanctions", "staged_relief"): ("sanctions", "staged"),
        ("znpp", "iaea_split"): ("znpp", "iaea_split"),
        ("ceasefire_timing", "after_signature"): ("ceasefire", "after_withdrawal"),  # to agreed positions
        ("monitoring", "peace_council"): ("monitoring", "council"),
    }),
    "european_counter": ("text-european", {
        ("armed_forces_cap", "800000"): ("forces", "cap_800"),
        ("nato_membership", "open_by_consensus"): ("nato", "open"),
        ("foreign_troops", "no_permanent_nato"): ("troops", "no_permanent"),
        ("security_guarantee", "article5_like"): ("guarantee", "article5_us"),
        ("eu_membership", "eligible"): ("eu", "eligible"),
        ("frozen_assets", "frozen_until_compensation"): ("assets", "until_compensation"),
    }),
    "us_ukraine_20_point": ("text-20", {
        ("territory_donetsk_luhansk", "freeze_line_or_free_zone"): ("donbas", "line_or_zone"),
        ("territory_kherson_zaporizhzhia", "freeze_line"): ("south", "line"),
        ("territory_other", "russian_withdrawal"): ("other_ground", "withdrawal"),
        ("armed_forces_cap", "800000"): ("forces", "cap_800"),
        ("security_guarantee", "article5_like"): ("guarantee", "article5_all"),
        ("nuclear_status", "non_nuclear"): ("nuclear", "non_nuclear"),
        ("eu_membership", "dated_accession"): ("eu", "dated"),
        ("reconstruction", "800"): ("reconstruction", "fund_800"),
        ("znpp", "open"): ("znpp", "open"),
        ("elections", "soon_after_signature"): ("elections", "soon_after"),
        ("monitoring", "international_mechanism"): ("monitoring", "international"),
    }),
}  # fmt: skip


@pytest.mark.parametrize("text", CODED)
def test_every_coded_position_of_a_text_is_in_its_draft(shared: Path, text):
    draft, coded = CODED[text]
    plan, _ = read_plan("ukraine-2025-12")
    with (shared / "data" / "peace_plan_issue_matrix.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["plan"] == text]
    known = {issue: (position, choice) for (issue, position), choice in coded.items()}
    assert {row["issue"] for row in rows} == set(known)
    for row in rows:
        position, (point, option) = known[row["issue"]]
        assert position in (row["position"], row["value"])
        assert plan.drafts[draft][point] == option


def test_the_worth_of_the_28_points_is_within_what_the_case_assumes_of_them():
    plan, scenario = read_plan("ukraine-2025-12")
    assert scenario is not None
    said = next(each for each in scenario.agenda.packages if each.name == "draft of 28 points")
    russia, ukraine, *_ = score(plan, "text-28").parties
    low, high = said.shift.range or (0.0, 0.0)
    assert low <= russia.worth <= high
    least, most = said.extra["defender"].range or (0.0, 0.0)
    assert -high + least <= ukraine.worth <= -low + most


def test_every_worth_of_the_shipped_plans_has_a_range_and_a_reason():
    for case in ("ukraine-2025-12", "korea-1951-07"):
        plan, _ = read_plan(case)
        for choice, worth in plan.worths.items():
            assert worth.low < worth.high, choice
            assert worth.why, choice
        for path, number in stated(plan):
            assert number.range is not None, path
            assert number.note or number.cites or path.startswith("points."), path  # options say it once
        assert all(party.reservation.range and party.reservation.note for party in plan.parties.values())


def test_the_korean_armistice_is_the_smallest_amendment_of_the_position_of_1952():
    plan, _ = read_plan("korea-1951-07")
    found = smallest_amendments(plan, "position-1952-unc")
    assert found is not None
    (only,) = found.found
    amended = dict(plan.drafts["position-1952-unc"]) | {each.point: each.after for each in only.changes}
    assert amended == plan.drafts["armistice-1953"]
    signs = {each.party: each.signs for each in score(plan, "armistice-1953").parties}
    assert signs == {"communist": True, "unc": True, "rok": False}


def test_no_draft_of_the_ukraine_plan_suits_both_sides_and_each_has_an_amendment():
    answer = deal("ukraine-2025-12", amend_all=True).desk
    assert not any(all(v.signs for v in said.parties if v.party in answer.parties) for said in answer.drafts)
    assert [each.draft for each in answer.all_amendments] == ["text-28", "text-european", "text-20"]
    assert all(each.found and each.complete for each in answer.all_amendments)

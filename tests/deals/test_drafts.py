"""What drafts are worth, who objects, how two differ; and the command that prints it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ripeness.cli.app import main
from ripeness.deals.desk import negotiate
from ripeness.deals.drafts import compare_drafts, score
from ripeness.deals.plan_reading import parse_plan
from tests.conftest import ROOT
from tests.deals import plans
from tests.deals.test_plan_reading import SOUND


def test_a_draft_is_scored_as_by_hand():
    said = score(parse_plan(SOUND), "first")
    by_name = {each.party: each for each in said.parties}
    assert (by_name["north"].worth, by_name["north"].gain, by_name["north"].signs) == (0.6, 0.3, True)
    assert (by_name["south"].worth, by_name["south"].gain, by_name["south"].signs) == (0.2, -0.1, False)
    assert by_name["guild"].signs
    assert said.broken == ("line = contact requires force = observers or troops",)
    assert said.together == {"north": 0.0, "south": 0.0, "guild": 0.0}
    points = {(each.point, each.party): (each.verdict, each.concession) for each in said.points}
    assert points["force", "north"] == ("gains", 0.0)
    assert points["force", "south"] == ("objects", 0.3)


def test_verdicts_tell_concessions_indifference_and_red_lines_apart():
    text = SOUND.replace("first: {line: contact, force: none}", "first: {line: river, force: observers}")
    said = score(parse_plan(text.replace("guild: 0.1}, red", "guild: 0.0}, red")), "first")
    points = {(each.point, each.party): (each.verdict, each.concession) for each in said.points}
    assert points["line", "north"] == ("red line", 0.3)
    assert points["line", "guild"] == ("indifferent", 0.0)
    assert points["force", "south"] == ("concedes", 0.15)
    (north,) = (each for each in said.parties if each.party == "north")
    assert north.red_lines == ("line",)
    assert not north.signs


def test_a_pleasant_draft_across_a_red_line_is_not_signed():
    """No gain elsewhere pays for a red line."""
    text = SOUND.replace("first: {line: contact, force: none}", "first: {line: river, force: none}")
    said = score(parse_plan(text.replace("none: {worth: {north: 0.2", "none: {worth: {north: 9")), "first")
    assert said.parties[0].gain > 8
    assert not said.parties[0].signs


def test_scores_and_comparisons_agree_with_brute_force():
    for seed in range(0, plans.N_PLANS, 3):
        every = plans.everything(seed)
        plan = every.plan
        rows = {name: every.packages.index({at: plan.drafts[name][at] for at in plan.points}) for name in plan.drafts}
        for name, row in rows.items():
            said = score(plan, name)
            for verdict in said.parties:
                gain = every.worth[row][verdict.party] - every.reservation[verdict.party]
                crossed = plans.crosses(plan, every.packages[row], [verdict.party])
                assert (verdict.gain, verdict.signs) == (gain / 10, gain >= 0 and not crossed)
            assert len(said.broken) == sum(not every.keeps(every.packages[row], [rule]) for rule in every.rules)
        between = compare_drafts(plan, "first", "second")
        for party in plan.parties:
            moved = every.worth[rows["second"]][party] - every.worth[rows["first"]][party]
            assert between.total[party] == moved / 10
            parts = [each.change[party] for each in between.differences]
            assert round(10 * (sum(parts) + between.together[party])) == moved
        differ = [at for at in plan.points if plan.drafts["first"][at] != plan.drafts["second"][at]]
        assert [each.point for each in between.differences] == differ


@pytest.fixture
def deal(capsys, monkeypatch, tmp_path: Path):
    """Run the command on a text."""
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def call(text: str, *arguments: str) -> tuple[int, str, str]:
        path = tmp_path / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as left:
            main(["deal", str(path), *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return int(left.value.code or 0), printed.out, printed.err

    return call


def test_the_command_prints_packages_drafts_solutions_and_amendments(deal):
    status, out, err = deal(SOUND, "--amend", "first")
    assert (status, err) == (0, "")
    for said in (
        "must sign: Northland, Southland", "2 efficient packages, 2 of them acceptable to all (exact)", "Draft first",
        "It breaks a condition: line = contact requires", "From first to second", "worth together", "Kalai-Smorodinsky",
        "Smallest amendments of first: 1 point changed, weight 1; 2 equally small", "force: none -> troops",
    ):  # fmt: skip
        assert said in out


MORE = {"agenda": [], "reservations_from_war": {}}


def test_the_command_says_the_same_as_json(deal):
    status, out, _ = deal(SOUND, "--amend", "first", "--drafts", "first", "--json")
    assert status == 0
    assert json.loads(out) == json.loads(
        json.dumps(negotiate(parse_plan(SOUND), ["first"], amend="first", n_draws=1000).as_dict() | MORE)
    )


def test_parties_named_are_those_whose_signatures_count(deal):
    text = SOUND.replace("name: The guild, reservation: 0.0", "name: The guild, reservation: 0.07")
    amended = json.loads(deal(text, "--parties", "north,south,guild", "--amend", "first", "--json")[1])["amendments"]
    assert [each["changes"][0]["after"] for each in amended["found"]] == ["troops"]


def test_a_plan_that_nobody_can_agree_on_gets_its_conflict(deal):
    status, out, _ = deal(SOUND.replace("reservation: 0.3, power", "reservation: 0.61, power"), "--amend", "first")
    assert status == 0
    assert "No package is acceptable to all" in out
    assert "Southland signs for a worth of 0.61 or more" in out
    assert "No change of first makes it acceptable to all" in out
    both = SOUND.replace("river: {worth: {north: 0.1", "river: {worth: {north: 0.4")
    both = both.replace("reservation: 0.3, power", "reservation: 0.62, power")
    both = both.replace("    - {line: river, force: troops}", "    - {line: river, force: none}")
    _, out, _ = deal(both)
    assert "These cannot be met together" in out
    assert "Northland cannot sign line = river" in out


def test_a_draft_that_all_can_sign_needs_no_amendment(deal):
    assert "second is acceptable to all as it stands" in deal(SOUND, "--amend", "second")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--drafts", "first,secnd"), '--drafts:2:1: found the unknown draft "secnd"; allowed: first or second'),
        (("--amend", "third"), '--amend:1:1: found the unknown draft "third"'),
        (("--parties", "north,sauth"), "nearest: south"),
        (("--parties", "north"), "found 1 party; allowed: at least two parties"),
    ],
)
def test_names_that_the_plan_does_not_know_are_refused(deal, arguments, said):
    status, out, err = deal(SOUND, *arguments)
    assert (status, out) == (2, "")
    assert said in err


def test_a_broken_plan_leaves_with_status_2_and_every_fault(deal):
    status, out, err = deal(SOUND.replace("[north]", "[nrth]").replace("power: 2", "power: 0"))
    assert (status, out) == (2, "")
    assert err.count("plan.yaml:") == 2
    assert "2 faults" in err


def test_the_example_of_the_page_is_answered_as_the_page_says(deal):
    page = (ROOT / "docs" / "deals.md").read_text(encoding="utf-8")
    plan, answer = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("yaml", "text"))
    assert plan is not None
    assert answer is not None
    status, out, _ = deal(plan[1], "--amend", "first")
    assert status == 0
    assert out.endswith(answer[1])


def test_an_approximate_list_is_said_to_be_one_and_a_package_for_all_is_still_found(deal, monkeypatch):
    """With the time up at once and one part kept, the list need not have what the parties would sign."""
    monkeypatch.setattr("ripeness.deals.packages.HURRIED", 1)
    n_approximate = 0
    for seed in range(12):
        every = plans.everything(seed)
        with monkeypatch.context() as patched:
            # the last question of the approximate answer gets the time that it needs
            patched.setattr("ripeness.deals.desk.end_of", lambda _: None)
            answer = negotiate(every.plan, drafts=[], time_limit_s=0.0)
        assert bool(answer.solutions) == bool(every.acceptable) or answer.unanswered
        for solution in answer.solutions:
            assert every.packages.index(solution.options) in every.acceptable
        n_approximate += bool(answer.frontier.within)
        if answer.frontier.within and n_approximate == 1:
            out = deal(json.dumps(plans.random_data(seed)), "--time-limit", "0")[1]
            assert "(approximate: for every package, one listed is at most" in out
    assert n_approximate > 3


def test_a_plan_too_large_for_an_exact_answer_leaves_with_status_2_and_what_would_help(deal, monkeypatch):
    monkeypatch.setattr("ripeness.deals.packages.MOST_ROWS", 2)
    status, out, err = deal(SOUND, "--amend", "first")
    assert (status, out) == (2, "")
    assert "fewer options would help" in err

"""Smallest amendments and conflict certificates of plans are right, judged by going through every package."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from ripeness.deals.amendments import smallest_amendments
from ripeness.deals.conflicts import ConflictOutOfTimeError, Demand, conflict
from ripeness.deals.desk import negotiate
from ripeness.deals.packages import OutOfTimeError, acceptable_package
from ripeness.deals.plan import Plan
from ripeness.deals.plan_reading import parse_plan
from tests.deals import plans


@pytest.mark.parametrize("n_plans", [40, pytest.param(plans.N_PLANS, marks=pytest.mark.slow)])
def test_smallest_amendments_are_all_those_of_brute_force_and_no_others(n_plans):
    n_changes: dict[int, int] = {}
    n_tied = 0
    for seed in range(n_plans):
        every = plans.everything(seed)
        plan = every.plan
        draft = plan.drafts["first"]

        def size(row: int, plan: Plan = plan, every: plans.Everything = every) -> tuple[int, int]:
            weights = []
            for at, option in every.packages[row].items():
                options, before = list(plan.points[at].options), plan.drafts["first"][at]
                steps = abs(options.index(option) - options.index(before))
                if steps:
                    weights.append(round(plan.points[at].weight) * (steps if plan.points[at].ordered else 1))
            return len(weights), sum(weights)

        found = smallest_amendments(plan, "first")
        if not every.acceptable:
            assert found is None
            continue
        assert found is not None
        assert found.complete
        least = min(map(size, every.acceptable))
        expected = [every.packages[row] for row in every.acceptable if size(row) == least]
        amended = [dict(draft) | {each.point: each.after for each in said.changes} for said in found.found]
        assert sorted(map(str, amended)) == sorted(map(str, ({p: e[p] for p in draft} for e in expected))), seed
        for said, package in zip(found.found, amended, strict=True):
            assert (len(said.changes), said.weight) == least
            assert all(each.before == draft[each.point] for each in said.changes)
            row = every.packages.index(package)
            assert list(said.worth.values()) == [worth / 10 for worth in every.worths(row)]
        n_changes[least[0]] = n_changes.get(least[0], 0) + 1
        n_tied += len(expected) > 1
    assert {0, 1, 2} <= set(n_changes)
    assert n_tied > n_plans / 60


def meets_all(every: plans.Everything, demands: list[Demand]) -> bool:
    """Whether some package meets demands; the plan's conditions hold unless they are the demands."""
    conditions = [each for each in demands if each.kind == "condition"]
    for row, package in enumerate(every.packages):
        if not conditions and not every.kept[row]:
            continue
        if all(
            every.worth[row][each.party] >= every.reservation[each.party]
            if each.kind == "reservation"
            else package[each.point] != each.option
            for each in demands
            if each.kind != "condition"
        ):
            return True
    return False


def test_a_conflict_is_named_where_there_is_one_and_any_demand_less_can_be_met():
    sizes = set()
    for seed in range(0, plans.N_PLANS, 2):
        every = plans.everything(seed)
        demands = list(conflict(every.plan))
        assert bool(demands) == (not every.acceptable), seed
        if not demands or demands[0].kind == "condition":
            assert not demands or not any(every.kept)
            continue
        signers = every.plan.signers
        assert all(each.party in signers for each in demands)
        assert all(
            each.party in every.plan.points[each.point].options[each.option].red_line_of
            for each in demands
            if each.kind == "red line"
        )
        assert not meets_all(every, demands), seed
        for k in range(len(demands)):
            assert meets_all(every, demands[:k] + demands[k + 1 :]), seed
        sizes.add((len(demands), any(each.kind == "red line" for each in demands)))
    assert {(1, False), (2, False)} <= sizes
    assert any(red for _, red in sizes)


TWO_BY_TWO = {
    "plan": 1,
    "name": "small",
    "title": "Two points",
    "parties": {"a": {"name": "A", "reservation": 0}, "b": {"name": "B", "reservation": 0}},
    "points": {
        point: {"title": point, "options": {option: {"worth": {"a": 1, "b": 1}} for option in ("yes", "no")}}
        for point in ("one", "two")
    },
}


def test_conditions_that_contradict_each_other_are_the_conflict_less_those_that_do_not():
    rules = {
        "requires": [{"when": {"one": "yes"}, "then": {"two": "yes"}}, {"when": {"one": "no"}, "then": {"two": "yes"}}],
        "excludes": [
            {"one": "yes", "two": "no"},
            {"one": ["yes", "no"], "two": "yes"},
        ],
    }
    plan = parse_plan(json.dumps(TWO_BY_TWO | {"conditions": rules}))
    demands = conflict(plan)
    assert {each.kind for each in demands} == {"condition"}
    every = plans.Everything(plan)
    named = {"one = no requires two = yes": ("requires", 1), "one = yes requires two = yes": ("requires", 0)}
    named |= {"one = yes and two = no cannot stand together": ("excludes", 0)}
    named |= {"one = yes or no and two = yes cannot stand together": ("excludes", 1)}
    said = [named[each.says] for each in demands]
    assert len(said) == 3
    assert not any(every.keeps(package, said) for package in every.packages)
    for fewer in itertools.combinations(said, 2):
        assert any(every.keeps(package, fewer) for package in every.packages)


def test_more_ties_than_asked_for_are_said_to_be_more():
    names = [f"point{k}" for k in range(6)]
    options = {"old": {"worth": {"a": 0, "b": 1}}, "new": {"worth": {"a": 1, "b": 1}}}
    data = TWO_BY_TWO | {
        "parties": {"a": {"name": "A", "reservation": 2}, "b": {"name": "B", "reservation": 1}},
        "points": {name: {"title": name, "options": options} for name in names},
        "drafts": {"text": dict.fromkeys(names, "old")},
    }
    plan = parse_plan(json.dumps(data))
    found = smallest_amendments(plan, "text", most_ties=100)
    assert found is not None
    assert (len(found.found), found.complete) == (15, True)  # two of six points
    few = smallest_amendments(plan, "text", most_ties=14)
    assert few is not None
    assert (len(few.found), few.complete) == (14, False)


def test_when_time_is_up_what_is_certain_is_said():
    plan = large_plan()
    for limit_s, least in ((-1.0, 0), (60.0, 1)):
        found = smallest_amendments(plan, "text", time_limit_s=limit_s)
        assert found is not None
        assert found.at_least >= least
        assert bool(found.found) == (limit_s > 0.0)
        assert found.complete == (limit_s > 0.0)
    answer = negotiate(plan, amend="text", time_limit_s=-1.0)
    assert answer.amendments is not None
    assert not answer.amendments.found
    assert any("not found in time" in each for each in answer.unanswered)


def test_a_conflict_that_time_does_not_allow_to_make_minimal_is_a_conflict_all_the_same(monkeypatch):
    every = next(e for e in map(plans.everything, range(99)) if len(e.possible) > 9 and not e.acceptable)
    with pytest.raises(ConflictOutOfTimeError) as caught:
        conflict(every.plan, time_limit_s=-1.0)
    assert caught.value.demands == ()
    n_asked = 0

    def hurried(*arguments: object) -> object:
        nonlocal n_asked
        n_asked += 1
        if n_asked > 3:
            raise OutOfTimeError("time is up")
        return acceptable_package(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("ripeness.deals.conflicts.acceptable_package", hurried)
    with pytest.raises(ConflictOutOfTimeError) as caught:
        conflict(every.plan)
    assert caught.value.demands
    assert not meets_all(every, list(caught.value.demands))


def large_plan(n_points: int = 27) -> Plan:
    """Two parties that want the opposite at every point and a draft that gives one of them everything."""
    rng = np.random.default_rng(8)
    points = {}
    for k in range(n_points):
        levels = np.sort(rng.integers(0, 1000, (2, 3)), axis=1) / 1000
        worth = [{"a": float(levels[0, j]), "b": float(levels[1, 2 - j])} for j in range(3)]
        points[f"point{k}"] = {"title": f"Point {k}", "options": {f"o{j}": {"worth": worth[j]} for j in range(3)}}
    least = sum(each["options"]["o1"]["worth"]["a"] for each in points.values())
    return parse_plan(
        json.dumps(
            TWO_BY_TWO
            | {
                "parties": {
                    "a": {"name": "A", "reservation": round(0.9 * least, 3)},
                    "b": {"name": "B", "reservation": 11.0},
                },
                "points": points,
                "conditions": {"excludes": [{f"point{k}": "o2", f"point{k + 9}": "o0"} for k in range(9)]},
                "drafts": {"text": dict.fromkeys(points, "o2")},
            }
        )
    )


def test_a_one_sided_draft_of_27_points_is_amended_and_no_fewer_points_could_satisfy_the_other_side():
    plan = large_plan()
    answer = negotiate(plan, amend="text")
    assert answer.amendments is not None
    first = answer.amendments.found[0]
    for party in ("a", "b"):
        assert first.worth[party] >= plan.parties[party].reservation
    # conditions aside, b gains least by ever fewer points where those with its largest gains are changed
    short = plan.parties["b"].reservation - answer.drafts[0].parties[1].worth
    largest = sorted(p.options["o0"].worth["b"] - p.options["o2"].worth["b"] for p in plan.points.values())[::-1]
    least = next(k for k in range(28) if sum(largest[:k]) >= short)
    assert 0 < least <= len(first.changes) < 27

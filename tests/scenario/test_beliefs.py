"""Types as they are written, changed from the command line, and put into the scenario that they stand for."""

from __future__ import annotations

from functools import cache

import pytest

from ripeness.scenario import Scenario, ScenarioError, assumptions, parse, scenario_hash
from ripeness.scenario.beliefs import belief_of, public_belief
from ripeness.scenario.citations import cited
from ripeness.scenario.variants import changed, n_types, variants
from tests.scenario.broken import SOUND
from tests.scenario.typed import TYPED

COST = "beliefs.attacker.types.1.set.mechanisms.territory.attacker_cost"


def values(scenario: Scenario) -> dict[str, object]:
    return {row.path: row.value for row in assumptions(scenario)}


def test_first_type_has_the_probability_that_the_others_leave() -> None:
    beliefs = parse(TYPED).beliefs
    assert beliefs is not None
    sides = beliefs.sides()
    assert list(sides) == ["attacker", "defender"]
    assert public_belief(sides["attacker"]) == pytest.approx((0.6, 0.4))
    assert public_belief(sides["defender"]) == pytest.approx((0.5, 0.3, 0.2))
    assert belief_of(sides["attacker"], "defender") == pytest.approx((0.2, 0.8))
    assert belief_of(sides["attacker"], "truth") == pytest.approx((0.5, 0.5))
    assert belief_of(sides["defender"], "truth") == public_belief(sides["defender"])  # who says nothing shares it


@cache
def hash_of_typed() -> str:
    return scenario_hash(parse(TYPED))


@pytest.mark.parametrize(
    ("said", "old", "new"),
    [
        (f"{COST}=0.025", "{value: 0.02, range: [0.01", "{value: 0.025, range: [0.01"),
        (f"{COST}.value=0.025", "{value: 0.02, range: [0.01", "{value: 0.025, range: [0.01"),
        (f"{COST}.range=[0.0, 0.1]", "[0.01, 0.03]", "[0.0, 0.1]"),
        (f"{COST}.range.1=0.04", "[0.01, 0.03]", "[0.01, 0.04]"),
        (f"{COST}.note=another", "fights for more", "another"),
        (f"{COST}={{value: 0.5}}", "{value: 0.02, range: [0.01, 0.03], note: fights for more}", "0.5"),
        ("beliefs.attacker.types[1].set.mechanisms.mood.peace_benefit[1]=0.3", "peace_benefit.1: 0.2",
         "peace_benefit.1: 0.3"),
        ("beliefs.attacker.types.1.set.mechanisms.mood.peace_benefit.1.note=why", "peace_benefit.1: 0.2",
         "peace_benefit.1: {value: 0.2, note: why}"),
        ("beliefs.attacker.types.1.set.mechanisms.mood.peace_benefit.0=0.3", "peace_benefit.1: 0.2",
         "peace_benefit.1: 0.2\n          mechanisms.mood.peace_benefit.0: 0.3"),
        ("beliefs.attacker.types.1.set.mechanisms.mood.peace_benefit.1=",
         "          mechanisms.mood.peace_benefit.1: 0.2\n", ""),
        ("beliefs.attacker.types.0.set.mechanisms.territory.spread=0.05", "limited aims,",
         "limited aims, set: {mechanisms.territory.spread: 0.05},"),
        ("beliefs.attacker.types.1.seen_by.patron=0.9", "patron: 0.3", "patron: 0.9"),
        ("beliefs.known=true", "known: false", "known: true"),
        ("beliefs.attacker.nodes=21", "    about: how far", "    nodes: 21\n    about: how far"),
        ("beliefs=null", TYPED[len(SOUND) :], ""),
    ],
)  # fmt: skip
def test_setting_a_type_does_what_writing_it_does(said: str, old: str, new: str) -> None:
    assert TYPED.count(old) == 1
    set_so = scenario_hash(parse(TYPED, sets=[said]))
    assert set_so == scenario_hash(parse(TYPED.replace(old, new)))
    assert set_so != hash_of_typed()


@pytest.mark.parametrize(
    ("said", "column", "found", "remedy"),
    [
        (f"{COST}=12", 65, "12", ""),
        ("beliefs.attacker.types.1.set.mechanisms.territory.atacker_cost=0.1", 30, "atacker_cost",
         "nearest: mechanisms.territory.attacker_cost"),
        ("beliefs.attacker.types.1.probability=1", 38, "1", ""),
        ("beliefs.attacker.types.2.probability=0.1", 24, "the index 2", "Set the whole list: path=[...]."),
    ],
)  # fmt: skip
def test_fault_of_a_setting_stands_at_its_place(said: str, column: int, found: str, remedy: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(TYPED, sets=[said])
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column) == ("--set", 1, column), str(fault)
    assert found in fault.found
    assert remedy in fault.remedy


def test_variants_are_what_the_settings_of_their_types_make() -> None:
    scenario = parse(TYPED)
    assert n_types(scenario) == (2, 3, 1)
    found = variants(scenario)
    attacker = ["mechanisms.territory.attacker_cost=0.02", "actors.attacker.discount_yearly=0.03",
                "mechanisms.mood.peace_benefit=[0.05, 0.2, 0.02]", "agenda.packages.0.extra.patron=0.02"]  # fmt: skip
    defender = [[], ["mechanisms.territory.defender_cost=0.1"], ["mechanisms.territory.defender_cost=0.2"]]
    expected = [values(parse(SOUND, sets=[*a, *d])) for a in ([], attacker) for d in defender]
    without = [each.model_copy(update={"beliefs": None}) for each in found]
    assert [values(each) for each in without] == expected


def test_variants_share_what_no_type_changes() -> None:
    found = variants(parse(TYPED))
    assert len({id(each.mechanisms["channel"]) for each in found}) == 1
    assert len({id(each.mechanisms["mood"]) for each in found}) == 2
    assert len({id(each.agenda) for each in found}) == 2


def test_scenario_without_types_is_its_only_variant() -> None:
    scenario = parse(SOUND)
    assert variants(scenario) == (scenario,)
    assert n_types(scenario) == (1, 1, 1)


def test_mechanism_checks_the_numbers_of_a_type_again() -> None:
    with pytest.raises(ValueError, match="start must lie on the axis of territory"):
        changed(parse(SOUND), {"mechanisms.territory.low": 0.5})
    with pytest.raises(ValueError, match="redraw must sum to 1"):
        changed(parse(SOUND), {"mechanisms.mood.elections.0.redraw.0": 0.7})


@pytest.mark.parametrize("path", ["mechanisms.territory.sped", "mechanisms.weather.rain", "agenda.packages.7.shift"])
def test_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"there is no '(sped|weather|7)' to change"):
        changed(parse(SOUND), {path: 0.1})


def test_citations_of_types_are_found() -> None:
    assert ("beliefs.attacker.types.1.probability", 7) in [(path, each.sentence) for path, each in cited(parse(TYPED))]


def test_faults_of_types_do_not_hide_each_other_or_those_of_the_rest() -> None:
    text = (
        TYPED.replace("horizon: 24", "horizon: never").replace("weary, probability: 0.2", "weary, probability: 0.9")
        .replace("mechanisms.mood.peace_benefit.1: 0.2", "mechanisms.mod.peace_benefit.1: 0.2")
        .replace("truth: 0.5", "truth: 1")
    )  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        parse(text)
    assert [fault.path for fault in caught.value.faults] == [
        "horizon", "beliefs.attacker.types.1.seen_by.truth",
        "beliefs.attacker.types.1.set.mechanisms.mod.peace_benefit.1", "beliefs.defender.types.2.probability",
    ]  # fmt: skip


REDRAW = "mechanisms.mood.elections.0.redraw"


def test_numbers_that_only_fit_together_are_checked_together() -> None:
    """A type may turn the odds of an election, which sum to one, in several numbers."""
    text = TYPED.replace(
        "          mechanisms.mood.peace_benefit.1: 0.2\n",
        f"          {REDRAW}.0: 0.5\n          {REDRAW}.1: 0.3\n          {REDRAW}.2: 0.2\n",
    )
    scenario = parse(text)
    base, other = variants(scenario)[0], variants(scenario)[3]
    assert other.mechanisms["mood"].elections[0].redraw == (0.5, 0.3, 0.2)  # type: ignore[attr-defined]
    assert base.mechanisms["mood"] == scenario.mechanisms["mood"]
    with pytest.raises(ScenarioError, match="must sum to 1"):
        parse(text.replace(f"{REDRAW}.2: 0.2", f"{REDRAW}.2: 0.3"))

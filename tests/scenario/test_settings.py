"""Changes on the command line do what writing into the file would do, and their faults have places of their own."""

from __future__ import annotations

import pytest

from ripeness.scenario import Scenario, ScenarioError, parse, scenario_hash
from tests.scenario.broken import SOUND


def with_sets(*sets: str) -> Scenario:
    return parse(SOUND, "war.yaml", sets)


@pytest.mark.parametrize(
    ("said", "old", "new"),
    [
        ("horizon=36", "horizon: 24", "horizon: 36"),
        ("horizon = 36", "horizon: 24", "horizon: 36"),
        ('title="A war: two"', "title: A border war", 'title: "A war: two"'),
        ("actors.attacker.efforts=[1.0]", "[0.5, 1.0]", "[1.0]"),
        ("actors.attacker.efforts.0=0.7", "[0.5, 1.0]", "[0.7, 1.0]"),
        ("agenda.packages[0].terms=0.4", "terms: 0.5", "terms: 0.4"),
        ("agenda.packages.1.terms=0.4", "terms: line", "terms: 0.4"),
        ("agenda.packages.0.extra.patron=0.02", "extra: {patron: 0.01}", "extra: {patron: 0.02}"),
        ("agenda.packages.0.extra.attacker=0.02", "extra: {patron: 0.01}", "extra: {patron: 0.01, attacker: 0.02}"),
        ("mechanisms.territory.start=0.25", "start: {value: 0.2,", "start: {value: 0.25,"),
        ("mechanisms.territory.start.value=0.25", "start: {value: 0.2,", "start: {value: 0.25,"),
        ("mechanisms.territory.start.range=[0, 1]", "range: [0.1, 0.3]", "range: [0, 1]"),
        ("mechanisms.territory.start.range.1=0.4", "range: [0.1, 0.3]", "range: [0.1, 0.4]"),
        (
            "mechanisms.territory.start={value: 0.9}",
            "{value: 0.2, range: [0.1, 0.3], cites: {document: analysis, sentence: 4}}",
            "0.9",
        ),
        ("actors.attacker.discount_yearly.note=a guess", "discount_yearly: 0.05",
         "discount_yearly: {value: 0.05, note: a guess}"),
        ("mechanisms.territory.spread=0.1", "    points: 7", "    points: 7\n    spread: 0.1"),
        ("mechanisms.durability.base=0.1", "durability: {}", "durability: {base: 0.1}"),
        ("mechanisms.support.by_mood.1=0.4", "  durability: {}",
         "  durability: {}\n  support: {by_mood: [1.0, 0.4, 0.0]}"),
        ("actors.defender.efforts.0=0.4", "    name: Southland", "    name: Southland\n    efforts: [0.4, 1.0]"),
        ("mechanisms.strain={}", "  durability: {}", "  durability: {}\n  strain: {}"),
        ("mechanisms.strain.start=0.3", "  durability: {}", "  durability: {}\n  strain: {start: 0.3}"),
        ("choices.precision.effort=50", "{offer: 200}", "{offer: 200, effort: 50}"),
        ("mechanisms.durability=null", "  durability: {}\n", ""),
        ("mechanisms.durability=", "  durability: {}\n", ""),
        ("frozen=null", "frozen:\n  cost: {attacker: 0.02, patron: 0.01}\n", ""),
        ("notes={}", "notes:\n  anything: [goes, {here: true}]\n", "notes: {}\n"),
    ],
)  # fmt: skip
def test_setting_does_what_writing_it_into_the_file_does(said: str, old: str, new: str) -> None:
    assert SOUND.count(old) == 1
    assert scenario_hash(with_sets(said)) == scenario_hash(parse(SOUND.replace(old, new)))


def test_number_set_in_a_long_form_keeps_its_range_and_citations() -> None:
    start = with_sets("mechanisms.territory.start=0.25").mechanisms["territory"].start  # type: ignore[attr-defined]
    assert float(start) == 0.25
    assert start.range == (0.1, 0.3)
    assert [citation.sentence for citation in start.cites] == [4]


def test_settings_apply_in_their_order() -> None:
    assert with_sets("horizon=36", "horizon=48").horizon == 48


def test_settings_repair_a_broken_file() -> None:
    assert parse(SOUND.replace("horizon: 24", "horizon: never"), "war.yaml", ["horizon=24"]) == parse(SOUND)


def test_patron_can_be_taken_out_with_what_needs_it() -> None:
    scenario = with_sets(
        "actors.patron=null", "mechanisms.mood=null", "mechanisms.posture=null", "agenda.packages.0.extra=null",
        "frozen.cost.patron=null",
    )  # fmt: skip
    assert scenario.actors.patron is None
    assert set(scenario.mechanisms) == {"territory", "channel", "deadline", "durability"}


@pytest.mark.parametrize(
    ("said", "column", "path", "found", "remedy"),
    [
        ("horizon", 1, "", "without `=`", "For example"),
        ("", 1, "", 'the text ""', "For example"),
        ("=3", 1, "", 'the text "=3"', "For example"),
        ("a..b=3", 1, "", 'the text "a..b=3"', "For example"),
        ("a[x]=3", 1, "", 'the text "a[x]=3"', "For example"),
        ("horizn=3", 1, "horizn", 'unknown key "horizn"', "nearest: horizon"),
        ("mechanisms.teritory.start=0.3", 12, "mechanisms.teritory", '"teritory"', "nearest: territory"),
        ("mechanisms.territory.strat=0.3", 22, "mechanisms.territory.strat", '"strat"', "nearest: start"),
        ("mechanisms.territory.start.rnage=[0, 1]", 28, "mechanisms.territory.start.rnage", "rnage", "nearest: range"),
        ("actors.defender.discount_yearly.vlue=1", 33, "actors.defender.discount_yearly.vlue", "vlue", "value"),
        ("actors.attacker.discount_yearly.vlue=1", 33, "actors.attacker.discount_yearly.vlue", "vlue", "value"),
        ("agenda.packages.2.terms=0.3", 17, "agenda.packages.2", "the index 2", "whole list"),
        ("agenda.packages.first.terms=0.3", 17, "agenda.packages.first", "the index first", "whole list"),
        ("agenda.grid.terms.0=0.3", 19, "agenda.grid.terms.0", "the index 0", "whole list"),
        ("name.first=x", 6, "name.first", 'below the text "border-war"', ""),
        ("mechanisms.strain=null", 12, "mechanisms.strain", "not in the scenario", ""),
        ("mechanisms.posture.menue=null", 20, "mechanisms.posture.menue", "not in the scenario", "nearest: menu"),
        ("horizon=0", 9, "horizon", "0", ""),
        ("horizon=never", 9, "horizon", 'the text "never"', ""),
        ("mechanisms.territory.start=1.5", 28, "mechanisms.territory.start.value", "1.5", "If 1.5% is meant"),
        ("mechanisms.territory.start=0.5", 28, "mechanisms.territory.start.value", "outside its own", "{value: 0.5}"),
        ("mechanisms.territory.start={value: 0.3, rang: 1}", 41, "mechanisms.territory.start.rang", "rang", "range"),
        ("mechanisms.territory.start={value: 0.3", 28, "mechanisms.territory.start", "not YAML", "not closed"),
        ("horizon=!!int 3", 9, "horizon", "the tag", "Leave"),
        ("horizon=*x", 9, "horizon", "the alias", ""),
        ("mechanisms.territory.start={value: .inf}", 36, "mechanisms.territory.start.value", ".inf", "large"),
        ("mechanisms.territory.start={value: 0.3, cites: {document: analyis}}", 59,
         "mechanisms.territory.start.cites.document", "analyis", "nearest: analysis"),
    ],
)  # fmt: skip
def test_broken_setting_has_its_place_in_the_setting(
    said: str, column: int, path: str, found: str, remedy: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_sets("horizon=12", said)
    assert [(fault.file, fault.line, fault.column) for fault in caught.value.faults] == [("--set", 2, column)]
    fault = caught.value.faults[0]
    assert fault.path == path
    assert found in fault.found
    assert remedy in fault.remedy
    assert str(fault).startswith(f"--set:2:{column}: ")


def test_faults_of_the_file_and_of_the_settings_are_reported_together() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(SOUND.replace("horizon: 24", "horizon: never"), "war.yaml", ["start=soon", "nme=x", "title=5"])
    assert [(fault.file, fault.line, fault.path) for fault in caught.value.faults] == [
        ("war.yaml", 6, "horizon"),
        ("--set", 1, "start"),
        ("--set", 2, "nme"),
        ("--set", 3, "title"),
    ]


def test_bomb_in_a_setting_is_refused() -> None:
    with pytest.raises(ScenarioError, match="32 levels"):
        with_sets(f"notes.x={'[' * 40}")

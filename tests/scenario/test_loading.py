"""Scenarios by name or path, the starter, the shipped cases, and what is public."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from ripeness.game import build
from ripeness.mechanisms.registry import BUILT_IN
from ripeness.scenario import (
    Quantity,
    Scenario,
    ScenarioError,
    assumptions,
    cases,
    check,
    load,
    parse,
    scenario_hash,
    starter_text,
)
from ripeness.scenario.cases import case_names
from tests.scenario.broken import SOUND


def test_public_names() -> None:
    import ripeness.scenario as room

    assert sorted(room.__all__) == [
        "AssumptionRow", "Case", "Fault", "Quantity", "Scenario", "ScenarioError", "assumptions", "cases", "check",
        "json_schema", "load", "parse", "scenario_hash", "sentence_hash", "starter_text", "verify_citations",
    ]  # fmt: skip
    assert all(getattr(room, name) for name in room.__all__)


def test_file_loads_from_a_path_or_its_text(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text(SOUND)
    scenario = load(file)
    assert isinstance(scenario, Scenario)
    assert scenario == load(str(file)) == parse(SOUND) == parse(SOUND.encode())
    assert check(file) == []


def test_every_number_arrives_as_a_quantity() -> None:
    scenario = parse(SOUND)
    assert isinstance(scenario.actors.attacker.discount_yearly, Quantity)
    assert isinstance(scenario.actors.defender.discount_yearly, Quantity)
    assert isinstance(scenario.agenda.packages[0].terms, Quantity)
    assert scenario.agenda.packages[1].terms == "line"
    assert scenario.mechanisms["durability"].model_fields_set == set()


def test_mechanisms_come_in_the_order_of_nature() -> None:
    used = list(parse(SOUND).mechanisms.values())
    assert [(each.order, each.name) for each in used] == sorted((each.order, each.name) for each in used)


def test_scenario_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse(SOUND).horizon = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "found", "remedy"),
    [
        ("textbok", "no file of this name, and no case", "nearest case: textbook"),
        ("nowhere/war.yaml", "no file of this name", "ripeness cases"),
        ("", "cannot be read", ""),
        ("a\x00b", "cannot be read", ""),
    ],
)
def test_unknown_source_is_a_fault(name: str, found: str, remedy: str) -> None:
    (fault,) = check(name)
    assert found in fault.found
    assert remedy in fault.remedy


def test_folder_and_unreadable_file_are_faults(tmp_path: Path) -> None:
    (fault,) = check(tmp_path)
    assert "cannot be read" in fault.found
    secret = tmp_path / "secret.yaml"
    secret.write_text(SOUND)
    secret.chmod(0)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read every file")
    (fault,) = check(secret)
    assert "Permission denied" in fault.found


def test_endless_file_is_refused() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero on this system")
    (fault,) = check("/dev/zero")
    assert "more than 1,048,576 bytes" in fault.found


def test_case_goes_before_a_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = case_names()[0]
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(SOUND)
    assert load(name).name == name
    assert load(f"./{name}").name == "border-war"


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name.startswith("ukraine") else ()) for name in case_names()],
)
def test_shipped_case_loads_under_its_own_name(name: str) -> None:
    assert check(name) == []
    assert load(name).name == name


def test_cases_are_listed_with_title_and_one_line() -> None:
    assert [case.name for case in cases()] == list(case_names())
    for case in cases():
        assert case.title
        assert case.summary
        assert "\n" not in case.summary


def test_starter_loads_without_a_fault_and_makes_a_game(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(starter_text())
    assert check(file) == []
    game = build(load(file))
    assert game.tables.n_states > 100
    assert len(game.packages) == 8


def test_starter_comments_on_every_section_and_uses_a_handful_of_mechanisms() -> None:
    lines = starter_text().split("\n")
    for section in ("period", "documents", "actors", "mechanisms", "agenda", "choices", "frozen"):
        above = lines[next(k for k, line in enumerate(lines) if line.startswith(f"{section}:")) - 1]
        assert above.startswith("# "), section
    for name in parse(starter_text()).mechanisms:
        assert any(line.startswith(f"  {name}:") and "# " in line for line in lines), name
    assert 5 <= len(parse(starter_text()).mechanisms) < len(BUILT_IN)


def test_starter_shows_a_range_a_note_and_a_citation() -> None:
    rows = assumptions(parse(starter_text()))
    assert any(row.given and row.range for row in rows)
    assert any(row.note for row in rows)
    assert any(row.citations for row in rows)


def test_fault_reads_as_one_or_two_lines_and_as_json() -> None:
    (fault,) = check_text(SOUND.replace("horizon: 24", "horizn: 24"))
    first, second = str(fault).split("\n")
    assert first.startswith('war.yaml:6:1: horizn: found the unknown key "horizn"; allowed: ripeness, name,')
    assert second.strip() == "nearest: horizon"
    assert fault.as_dict()["remedy"] == "nearest: horizon"
    (plain,) = check_text(SOUND.replace("horizon: 24", "horizon: 0"))
    assert str(plain) == "war.yaml:6:10: horizon: found 0; allowed: a whole number from 1 to 1200"


def test_error_lists_its_faults_as_text_and_json() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(SOUND.replace("horizon: 24", "horizon: 0").replace("period: month", "period: day"), "war.yaml")
    assert str(caught.value).count("war.yaml:") == 2
    assert str(caught.value).endswith("2 faults")
    said = json.loads(caught.value.to_json())["faults"]
    assert [(each["line"], each["path"]) for each in said] == [(4, "period"), (6, "horizon")]


def test_error_survives_the_way_between_processes() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(SOUND.replace("horizon: 24", "horizon: 0"), "war.yaml")
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults
    assert scenario_hash(pickle.loads(pickle.dumps(parse(SOUND)))) == scenario_hash(parse(SOUND))


def test_name_of_a_file_cannot_command_a_terminal() -> None:
    (fault,) = check("war\x1b[2J.yaml")
    assert str(fault).startswith("war?[2J.yaml:1:1: ")


def test_hundreds_of_faults_are_counted_after_the_first_hundred() -> None:
    faults = check_text(SOUND + "".join(f"unknown{k}: 1\n" for k in range(500)))
    assert len(faults) == 101
    assert "400 more faults" in faults[-1].found


def test_loading_twice_gives_equal_scenarios() -> None:
    assert scenario_hash(parse(SOUND)) == scenario_hash(parse(SOUND))


def check_text(text: str) -> list[object]:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "war.yaml")
    return list(caught.value.faults)

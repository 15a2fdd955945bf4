"""The JSON Schema is valid, knows every mechanism and unit, and agrees with the loader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ripeness.mechanisms import registry
from ripeness.mechanisms.registry import BUILT_IN, registered
from ripeness.scenario import ScenarioError, json_schema, parse, starter_text
from ripeness.scenario.cases import beside_case, case_names, case_text
from ripeness.scenario.fields import fields
from ripeness.scenario.reading import read
from ripeness.scenario.schema_document import plan_schema
from tests.scenario import stubs, typed
from tests.scenario.broken import AGENDA, BROKEN, FIELDS, MECHANISMS, NUMBERS, SOUND


def plain(text: str | bytes) -> Any:
    root = read(text, "x.yaml").root
    assert root is not None
    return root.plain()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def used(schema: dict[str, Any], name: str) -> dict[str, Any]:
    reference = schema["$defs"]["Mechanisms"]["properties"][name]["$ref"]
    found: dict[str, Any] = schema["$defs"][reference.removeprefix("#/$defs/")]
    return found


def test_schema_is_valid_and_plain_json(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


def test_two_calls_give_the_same_bytes(schema: dict[str, Any]) -> None:
    assert json.dumps(json_schema()) == json.dumps(schema)


@pytest.mark.parametrize("name", BUILT_IN)
def test_mechanism_is_known_with_meaning_unit_and_range_of_every_number(schema: dict[str, Any], name: str) -> None:
    model = used(schema, name)
    assert model["additionalProperties"] is False
    known = fields(registered()[name])
    assert set(model["properties"]) == set(known)
    for key, said in model["properties"].items():
        if known[key].quantity is not None:
            assert said["description"] == known[key].meaning
            assert said["unit"] == known[key].unit
            assert said["range"] == list(known[key].range or ())


def test_territory_and_channel_are_required(schema: dict[str, Any]) -> None:
    assert set(schema["$defs"]["Mechanisms"]["required"]) == {"territory", "channel"}
    assert schema["$defs"]["Mechanisms"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "text",
    [SOUND, typed.TYPED, starter_text(), *map(case_text, case_names())],
    ids=["sound", "typed", "starter", *case_names()],
)
def test_sound_files_satisfy_the_schema(schema: dict[str, Any], text: str | bytes) -> None:
    assert list(Draft202012Validator(schema).iter_errors(plain(text))) == []


CROSS_CHECKED = {
    # what a schema cannot say: how parts of a file fit together, and which days exist
    "a month that does not exist", "a day that does not exist", "a day that no document can have",
    "a document named twice", "two actors of one name", "efforts that fall", "a value outside its range",
    "a range upside down", "a prior with too few parameters", "a prior of no width", "a prior that rules its value out",
    "a prior beyond the bounds", "a citation of an unknown document", "a hash without a sentence",
    "a start off its axis", "an unknown regime", "odds that do not sum to 1", "nothing to offer", "a grid of nothing",
    "terms shifted out of reach", "two packages of one name", "a shift twice",
    "a patron's mechanisms without a patron",
}  # fmt: skip


@pytest.mark.parametrize("broken", [*FIELDS, *NUMBERS, *MECHANISMS, *AGENDA], ids=lambda broken: broken.name)
def test_broken_files_break_the_schema_unless_only_their_parts_do_not_fit(schema: dict[str, Any], broken: Any) -> None:
    satisfied = Draft202012Validator(schema).is_valid(plain(broken.text))
    assert satisfied == (broken.name in CROSS_CHECKED)


@pytest.mark.parametrize("broken", typed.BROKEN, ids=lambda broken: broken.name)
def test_broken_types_break_the_schema_where_they_do_so_by_themselves(schema: dict[str, Any], broken: Any) -> None:
    assert Draft202012Validator(schema).is_valid(plain(broken.text)) == (broken.name not in typed.BY_SCHEMA)


def test_names_of_cross_checks_exist() -> None:
    assert {broken.name for broken in BROKEN} > CROSS_CHECKED
    assert {broken.name for broken in typed.BROKEN} > typed.BY_SCHEMA


def test_numbers_that_types_change_are_described_as_in_their_mechanism(schema: dict[str, Any]) -> None:
    changes = schema["$defs"]["TypeSpec"]["properties"]["set"]["properties"]
    assert changes["mechanisms.territory.speed"] == {"$ref": "#/$defs/Territory/properties/speed"}
    assert "mechanisms.territory.points" not in changes
    assert schema["$defs"]["TypeSpec"]["properties"]["probability"]["unit"] == "probability"


@pytest.mark.parametrize(
    ("said", "sound"),
    [
        ("0.3", True), ("1", True), ("1.5", False), ("-0.1", False), ('"0.3"', False), ("true", False), ("null", False),
        ("{value: 0.3}", True), ("{value: 1.5}", False), ("{value: 0.3, range: [0.1, 0.4]}", True),
        ("{value: 0.3, range: [0.1, 1.4]}", False), ("{range: [0.1, 0.4]}", False), ("{value: 0.3, rang: 1}", False),
        ("{value: 0.3, prior: {kind: beta, parameters: [2, 5]}}", True), ("{value: 0.3, prior: {kind: beta}}", False),
        ("{value: 0.3, range: [0, 1], prior: {kind: beta, parameters: [2, 5]}}", False),
        ("{value: 0.3, cites: {document: analysis}, note: x}", True),
        ("{value: 0.3, cites: [{document: analysis, sentence: 3}, {document: memo}]}", True),
        ("{value: 0.3, cites: {sentence: 3}}", False), ("[0.3]", False), ("{}", False),
    ],
)  # fmt: skip
def test_schema_and_loader_agree_on_the_forms_of_a_number(schema: dict[str, Any], said: str, sound: bool) -> None:
    text = SOUND.replace("{value: 0.2, range: [0.1, 0.3], cites: {document: analysis, sentence: 4}}", said)
    assert Draft202012Validator(schema).is_valid(plain(text)) is sound
    try:
        parse(text)
        loaded = True
    except ScenarioError:
        loaded = False
    assert loaded is sound


def test_schema_knows_mechanisms_of_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "registered", lambda: dict(stubs.REGISTRY))
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    weather = used(schema, "weather")
    assert weather["additionalProperties"] is False
    assert weather["properties"]["rain"]["unit"] == "metres per year"
    validator = Draft202012Validator(schema)
    assert validator.is_valid(plain(stubs.SOUND.replace("weather: {}", "weather: {rain: {value: 3}, steps: 10}")))
    assert not validator.is_valid(plain(stubs.SOUND.replace("weather: {}", "weather: {rain: {value: 13}}")))
    assert not validator.is_valid(plain(stubs.SOUND.replace("weather: {}", "weather: {wind: 1}")))


@pytest.mark.parametrize("case", ["korea-1951-07", "ukraine-2025-12"])
def test_shipped_plans_satisfy_the_schema_of_plans_and_broken_ones_do_not(case: str) -> None:
    schema = plan_schema()
    Draft202012Validator.check_schema(schema)
    text = beside_case(f"{case}.plan.yaml")
    assert text is not None
    data = plain(text)
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(data)) == []
    point = next(iter(data["points"]))
    for change in ({"plan": 2}, {"parties": {}, "pionts": {}}, {"points": {point: {"title": "x", "options": 3}}}):
        assert list(validator.iter_errors({**data, **change}))
    worth = next(iter(next(iter(data["points"][point]["options"].values()))["worth"].values()))
    worth["value"] = 1e9
    assert list(validator.iter_errors(data))

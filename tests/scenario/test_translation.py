"""No message of the validation library reaches an analyst, whatever type of field a mechanism has."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from ripeness.mechanisms import registry
from ripeness.scenario import ScenarioError, parse
from ripeness.scenario.fields import place_of
from ripeness.scenario.translation import _problem, _Refusal
from tests.scenario import stubs


@pytest.fixture(autouse=True)
def _stub_mechanisms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "registered", lambda: dict(stubs.REGISTRY))


def weather(said: str) -> str:
    return stubs.SOUND.replace("weather: {}", f"weather: {{{said}}}")


def test_scenario_loads_with_mechanisms_of_another_package() -> None:
    scenario = parse(weather("rain: {value: 0.7, range: [0.5, 1]}, crop: {kind: corn, yield: 8}, since: 2026-01-05"))
    used = scenario.mechanisms["weather"]
    assert isinstance(used, stubs.Weather)
    assert (float(used.rain), used.rain.range) == (0.7, (0.5, 1.0))
    assert str(used.since) == "2026-01-05"


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_every_kind_of_error_has_words_of_our_own(kind: str) -> None:
    raw = "Input should be whatever the library says"
    context = {"ge": 1, "le": 2, "gt": 1, "lt": 2, "multiple_of": 5, "min_length": 1, "max_length": 2}
    for said in ({}, context):
        refusal = _Refusal(("x",), False, kind, raw, said, False)
        if kind in ("value_error", "assertion_error"):  # the words of a check that a model makes itself
            continue
        problem, _ = _problem(refusal, {"x": 3}, place_of(dict[str, Any]), suggest=True)
        assert problem.found
        assert problem.allowed
        assert raw not in problem.allowed + problem.remedy


@pytest.mark.parametrize(
    ("said", "path", "found", "allowed"),
    [
        ("rain: 13", "rain", "13", "a number from 0 to 12 (metres per year); plausible: 0.2 to 2"),
        ("rain: {value: -1}", "rain.value", "-1", "a number from 0 to 12 (metres per year)"),
        ("rain: {value: 1, range: [0, 20]}", "rain.range.1", "20", "a number from 0 to 12 (metres per year)"),
        ("seasons: [1, x]", "seasons.1", '"x"', "a number (degrees)"),
        ("seasons: {a: 1}", "seasons", "a mapping with a", "a list, each a number (degrees)"),
        ("by_role: {patron: 1}", "by_role.patron", "without a patron", "attacker or defender"),
        ("by_role: {atacker: 1}", "by_role.atacker", "unknown key", "attacker, defender or patron"),
        ("by_year: {soon: 1}", "by_year.soon", "unknown key", "a mapping"),
        ("by_year: {2026: x}", "by_year.2026", '"x"', "a number"),
        ("since: someday", "since", '"someday"', "a date such as 2026-03-01"),
        ("since: 2026-02-30", "since", "2026-02-30", "a date such as"),
        ("at: noon", "at", '"noon"', "a date and time such as"),
        ("hour: noon", "hour", '"noon"', "a time such as 12:00"),
        ("lag: long", "lag", '"long"', "a length of time such as P30D"),
        ("exact: 0.55", "exact", "0.55", "a number"),
        ("exact: x", "exact", '"x"', "a number"),
        ("station: here", "station", '"here"', "a UUID"),
        ("colour: blu", "colour", '"blu"', "red or blue"),
        ("steps: 7", "steps", "7", "a multiple of 5"),
        ("steps: -5", "steps", "-5", "a whole number of at least 0"),
        ("open: 1.0", "open", "1.0", "a number above 0 and below 1"),
        ("pair: [1]", "pair.1", "nothing", "a number"),
        ("pair: [1, 2, 3]", "pair", "a list of 3", "a list of 2"),
        ("pair: [x, 2]", "pair.0", '"x"', "a whole number"),
        ("words: once", "words", '"once"', "a list, each a text"),
        ("words: [1]", "words.0", "1", "a text"),
        ("names: [a]", "names.0", '"a"', "a text of 2 to 4 characters"),
        ("names: [aa, bb, cc]", "names", "a list of 3", "a list of at most 2 entries"),
        ("code: 9z", "code", '"9z"', "a text of the form ^[a-z][0-9]$"),
        ("crop: {kind: wheat}", "crop", "a mapping with kind", "'corn', 'coal'"),
        ("crop: {yield: 8}", "crop", "a mapping with yield", "a mapping with kind, yield"),
        ("crop: {kind: corn, yield: 0}", "crop.yield", "0", "a number above 0"),
        ("crop: {kind: corn, yeld: 1}", "crop.yeld", "yeld", "kind, yield"),
        ("flag: yes", "flag", '"yes"', "true or false"),
        ("flag: 1", "flag", "1", "true or false"),
        ("even: 3", "even", "an odd number", "even must be divisible by 2"),
        ("picky: 7", "", "fail (ZeroDivisionError", "other values"),
        ("rane: 1", "rane", "unknown key", "rain"),
    ],
)
def test_field_of_any_type_gets_a_message(said: str, path: str, found: str, allowed: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(weather(said))
    whole = "mechanisms.weather" + (f".{path}" if path else "")
    faults = {fault.path: fault for fault in caught.value.faults}
    assert list(faults) == [whole], str(caught.value)
    assert found in faults[whole].found
    assert allowed in faults[whole].allowed
    assert "nput should" not in str(caught.value)


def test_needs_of_a_mechanism_are_checked() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(stubs.SOUND.replace("  territory: {start: 0.2}\n", ""))
    assert [fault.path for fault in caught.value.faults] == ["mechanisms.territory", "mechanisms.weather"]


def test_package_that_offers_a_broken_mechanism_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, Any]:
        raise ImportError("no module named weather")

    monkeypatch.setattr(registry, "registered", broken)
    with pytest.raises(ScenarioError, match=r"mechanisms that cannot be loaded .*no module named weather"):
        parse(stubs.SOUND)

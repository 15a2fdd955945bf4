"""Whatever stands in a scenario file or a setting, nothing but faults comes out, and each has its place in the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ripeness.scenario import ScenarioError, parse, starter_text
from tests.scenario.broken import SOUND
from tests.scenario.test_reading import JSON
from tests.scenario.typed import TYPED
from tests.scenario.writing import put, write

FEW, MANY = (settings(max_examples=n, derandomize=True, deadline=None) for n in (15, 50))
ALPHABET = st.text(st.sampled_from("ab01.:-,?&*!|>%@'\"#[]{}\n\n  \t~<=\\é\x00\u2028"), max_size=60)


def assert_only_faults(text: bytes | str, sets: tuple[str, ...] = ()) -> None:
    error = refusal(text, sets)
    if error is None:
        return
    n_lines = (text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")).count(b"\n") + 1
    assert error.faults
    for fault in error.faults:
        assert fault.found
        assert fault.allowed
        assert fault.column >= 1
        assert 1 <= fault.line <= (n_lines if fault.file == "fuzz.yaml" else len(sets))
    assert len(json.loads(error.to_json())["faults"]) == len(error.faults)


def refusal(text: bytes | str, sets: tuple[str, ...]) -> ScenarioError | None:
    try:
        parse(text, "fuzz.yaml", sets)
    except ScenarioError as error:
        return error
    return None


@MANY
@given(st.binary(max_size=80))
def test_bytes(data: bytes) -> None:
    assert_only_faults(data)


@MANY
@given(st.text(max_size=80))
def test_text(text: str) -> None:
    assert_only_faults(text)


@MANY
@given(ALPHABET)
def test_what_looks_like_yaml(text: str) -> None:
    assert_only_faults(text)


@MANY
@given(st.integers(0, len(TYPED)), st.integers(0, 40), ALPHABET)
def test_scenario_with_a_piece_replaced(start: int, length: int, new: str) -> None:
    assert_only_faults(TYPED[:start] + new + TYPED[start + length :])


@MANY
@given(st.data())
def test_scenario_with_lines_mixed(data: st.DataObject) -> None:
    lines = starter_text().split("\n")
    order = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=60))
    assert_only_faults("\n".join(lines[k] for k in sorted(order[:40]) + order[40:]))


PLACES = sorted(
    (
        ("ripeness",), ("start",), ("horizon",), ("documents",), ("documents", 0), ("actors",), ("actors", "attacker"),
        ("actors", "patron"), ("actors", "attacker", "efforts"), ("actors", "attacker", "discount_yearly"),
        ("mechanisms",), ("mechanisms", "territory"), ("mechanisms", "territory", "start"), ("mechanisms", "mood"),
        ("mechanisms", "channel"), ("agenda",), ("agenda", "grid"), ("agenda", "packages"), ("agenda", "packages", 0),
        ("choices",), ("choices", "precision"), ("frozen",), ("frozen", "cost"), ("notes",), ("beliefs",),
        ("beliefs", "attacker"), ("beliefs", "attacker", "types"), ("beliefs", "attacker", "types", 1),
        ("beliefs", "attacker", "types", 1, "set"), ("beliefs", "attacker", "types", 1, "seen_by"),
        ("beliefs", "attacker", "types", 1, "probability"), ("beliefs", "attacker", "resolution"),
        ("beliefs", "attacker", "types", 1, "set", "mechanisms.channel.attacker"),
    ),
    key=str,
)  # fmt: skip
WHOLE: dict[str, Any] = {
    "ripeness": 1,
    "name": "fuzz",
    "title": "Fuzz",
    "start": "2026-01",
    "horizon": 12,
    "documents": [{"id": "memo", "title": "A memorandum"}],
    "actors": {
        "attacker": {"name": "A", "efforts": [1.0], "discount_yearly": 0.1},
        "defender": {"name": "D"},
        "patron": {"name": "P"},
    },
    "mechanisms": {"territory": {"start": 0.2}, "channel": {"attacker": 0.1}, "mood": {"start": "impatient"}},
    "agenda": {"grid": {"shifts": [0.0]}, "packages": [{"name": "half", "terms": 0.5}]},
    "choices": {"precision": {"offer": 100}},
    "frozen": {"cost": {"patron": 0.1}},
    "notes": {},
    "beliefs": {
        "attacker": {
            "resolution": 4,
            "types": [
                {"name": "one"},
                {
                    "name": "two",
                    "probability": 0.3,
                    "seen_by": {"defender": 0.5},
                    "set": {"mechanisms.channel.attacker": 0.3, "mechanisms.mood.rates.0.1": 0.2},
                },
                {"name": "three", "probability": 0.3},
            ],
        },
        "defender": {"types": [{"name": "one"}, {"name": "two", "probability": 0.5}]},
    },
}
LONG_FORM = st.fixed_dictionaries(
    {},
    optional={
        "value": JSON,
        "range": st.lists(st.floats(-2, 2), max_size=3) | JSON,
        "prior": st.fixed_dictionaries(
            {},
            optional={
                "kind": st.sampled_from(["uniform", "normal", "lognormal", "beta", "triangular", "none"]),
                "parameters": st.lists(st.floats(-2, 2), max_size=5) | JSON,
            },
        )
        | JSON,
        "cites": st.lists(st.fixed_dictionaries({"document": JSON, "sentence": JSON})) | JSON,
        "note": JSON,
    },
)


def assert_only_faults_of(path: tuple[str | int, ...], data: Any) -> None:
    """Of data that stand in the file, and of data that a setting puts there."""
    assert_only_faults(write(put(WHOLE, path, data)).text)
    assert_only_faults(TYPED, (f"{'.'.join(map(str, path))}={json.dumps(data)}",))


@FEW
@given(st.sampled_from(PLACES), JSON | LONG_FORM)
def test_data_at_some_places(path: tuple[str | int, ...], data: Any) -> None:
    assert_only_faults_of(path, data)


@pytest.mark.slow
@MANY
@given(st.sampled_from(PLACES), JSON | LONG_FORM)
def test_any_data_anywhere(path: tuple[str | int, ...], data: Any) -> None:
    assert_only_faults_of(path, data)


@MANY
@given(st.lists(st.text(max_size=20) | ALPHABET | st.builds("{}={}".format, ALPHABET, ALPHABET), max_size=4))
def test_any_settings(sets: list[str]) -> None:
    assert_only_faults(SOUND, tuple(sets))

"""Every key and value of a scenario, broken one after the other, is reported where it stands.

Each mechanism is written out with all of its parameters, by a writer that knows the places without a parser. What is
broken is decided by the JSON Schema through another validator, or by the bounds that a field declares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ripeness.mechanisms import registry
from ripeness.mechanisms.registry import BUILT_IN
from ripeness.scenario import Fault, ScenarioError, check, json_schema, parse
from ripeness.scenario.fields import Place, place_of, walk
from ripeness.scenario.loading import file_model
from tests.scenario.writing import Path, at, drop, put, rename, write

BASE: dict[str, Any] = {
    "ripeness": 1,
    "name": "mutant",
    "title": "A war to break",
    "summary": "",
    "disputed": "A province",
    "period": "month",
    "start": "2026-01",
    "horizon": 12,
    "documents": [{"id": "memo", "title": "A memorandum", "published": "2025-12", "source": "an archive"}],
    "actors": {
        "attacker": {"name": "Northland", "leader": "a", "discount_yearly": 0.05, "efforts": [0.5, 1.0]},
        "defender": {
            "name": "Southland",
            "leader": "d",
            "discount_yearly": {
                "value": 0.1,
                "range": [0.05, 0.2],
                "cites": {"document": "memo", "sentence": 3, "sha256": "a" * 64},
                "note": "a guess",
            },
        },
        "patron": {"name": "Farland", "leader": "p", "discount_yearly": {"value": 0.1, "prior": None}},
    },
    "mechanisms": {"territory": {"start": 0.2}, "channel": {"attacker": 0.2}},
    "agenda": {
        "grid": {"shifts": [-0.05, 0.05], "terms": [0.1, 0.9], "guarantees": [0.0, 0.5]},
        "packages": [{"name": "half", "terms": 0.5, "shift": 0.0, "guarantees": 0.1, "extra": {"patron": 0.01}}],
    },
    "choices": {
        "precision": {"posture": 200, "offer": 200, "response": 200, "effort": 200},
        "settlement_hazard_at_zero_gain": 0.02,
    },
    "frozen": {"cost": {"attacker": 0.02, "defender": 0.04, "patron": 0.0}},
}
BASE["actors"]["patron"]["discount_yearly"]["prior"] = {"kind": "uniform", "parameters": [0.05, 0.1]}
NEEDED: dict[str, Any] = {
    "deadline": {"date": "2026-06"},
    "mood": {"elections": [{"date": "2026-11", "redraw": [0.5, 0.3, 0.2]}]},
    "tenure": {"attacker": {"elections": ["2027-03"], "vote_after_peace": 0.5, "successor": {}}, "defender": {}},
}
"""Parameters without a default, and parts that are left out by default."""
WRONG = ("many words", True, None, [], {}, [[0.5]], 1e300, -1e300)


@lru_cache
def scenario(part: str) -> dict[str, Any]:
    """A scenario with one mechanism written out in full, and what it needs ("" for the base alone)."""
    used = dict(BASE["mechanisms"])
    for name in (part, *(need for need in needs(part) if need in BUILT_IN)) if part else ():
        model = registry.registered()[name].model_validate(NEEDED.get(name, {}))
        used[name] = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))
    return {**BASE, "mechanisms": used}


def needs(part: str) -> tuple[str, ...]:
    return registry.registered()[part].needs if part else ()


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of some data, from the top down."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


def to_break(part: str) -> list[Path]:
    """Paths of the part that is written out in full."""
    data = scenario(part)
    if not part:
        return list(paths(data))
    return [("mechanisms", part, *path) for path in paths(data["mechanisms"][part])]


def faults(data: dict[str, Any]) -> list[Fault]:
    try:
        parse(write(data).text)
    except ScenarioError as error:
        return list(error.faults)
    return []


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


@lru_cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


@lru_cache
def top() -> Place:
    return place_of(file_model(tuple(registry.registered().items())))


def place(path: Path) -> Place | None:
    return walk(top(), path)


PARTS = ("", *BUILT_IN)
SINGLE = [path for path in to_break("") if isinstance(path[-1], str)]
"""Keys of the base, each broken alone; those of the mechanisms are broken together, one file for each mechanism."""


def misspelt(key: str) -> str:
    return key[:-1] + "qx" if len(key) > 4 else key + "q"


def leaves(part: str) -> list[Path]:
    """Paths of values that hold no others."""
    return [path for path in to_break(part) if not isinstance(at(scenario(part), path), dict | list)]


def named(part: str) -> list[Path]:
    """Paths of keys that hold no other keys."""
    found = [path for path in to_break(part) if isinstance(path[-1], str)]
    return [path for path in found if not any(other[: len(path)] == path for other in found if other != path)]


@pytest.mark.parametrize("part", PARTS)
def test_scenario_with_every_parameter_written_out_is_sound(part: str) -> None:
    assert faults(scenario(part)) == []


@pytest.mark.parametrize("path", SINGLE, ids=dotted)
def test_misspelt_key_is_found_with_its_right_name(path: Path) -> None:
    key, wrong = str(path[-1]), misspelt(str(path[-1]))
    data = rename(scenario(""), path, wrong)
    expected = write(data).places[(*path[:-1], wrong)].key
    found = [fault for fault in faults(data) if fault.path == dotted((*path[:-1], wrong))]
    assert [(fault.line, fault.column) for fault in found] == [expected]
    assert found[0].remedy == f"nearest: {key}"
    assert wrong in found[0].found
    assert key in found[0].allowed


@pytest.mark.parametrize("part", [part for part in PARTS if part and named(part)])
def test_all_misspelt_parameters_of_a_mechanism_are_found_at_once(part: str) -> None:
    data: Any = scenario(part)
    for path in named(part):
        data = rename(data, path, misspelt(str(path[-1])))
    places = write(data).places
    expected = {}
    for path in named(part):
        wrong = (*path[:-1], misspelt(str(path[-1])))
        expected[dotted(wrong)] = (places[wrong].key, f"nearest: {path[-1]}")
    assert {fault.path: ((fault.line, fault.column), fault.remedy) for fault in faults(data)} == expected


@pytest.mark.parametrize("path", SINGLE, ids=dotted)
def test_missing_key_is_found_at_what_holds_it_if_it_is_needed(path: Path) -> None:
    data = drop(scenario(""), path)
    spot = place(path)
    assert spot is not None
    needed = [fault for fault in faults(data) if fault.path == dotted(path)]
    assert len(needed) == spot.required
    for fault in needed:
        around = path[:-1]
        spots = write(data).places.get(around)
        expected = (1, 1) if spots is None else spots.value if isinstance(around[-1], int) else spots.key
        assert (fault.line, fault.column) == expected
        assert fault.found == "nothing"
        assert f"`{path[-1]}`" in fault.remedy


@pytest.mark.parametrize("part", [part for part in PARTS if part])
def test_mechanism_misses_only_parameters_without_a_default(part: str) -> None:
    data = {**scenario(part), "mechanisms": {**scenario(part)["mechanisms"], part: {}}}
    required = {dotted(path) for path in to_break(part) if len(path) == 3 and (place(path) or place_of(int)).required}
    assert {fault.path for fault in faults(data)} == required


def beyond(part: str, end: int) -> dict[Path, float]:
    """Values just beyond the bounds of every number of a part: below the lower ends (-1), above the upper ends (1)."""
    found: dict[Path, float] = {}
    for path in leaves(part):
        value, spot = at(scenario(part), path), place(path)
        if spot is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        for each in spot.alternatives:
            bound, beside = (each.low, each.open_low) if end < 0 else (each.high, each.open_high)
            if bound is not None:
                new = bound if beside else bound + end
                found[path] = new if isinstance(value, float) else int(new)
    return found


@pytest.mark.parametrize("end", [-1, 1], ids=["below", "above"])
@pytest.mark.parametrize("part", PARTS)
def test_numbers_beyond_their_bounds_are_found_with_the_bounds(part: str, end: int) -> None:
    data: Any = scenario(part)
    wrong = beyond(part, end)
    for path, value in wrong.items():
        data = put(data, path, value)
    places = write(data).places
    found = {fault.path: fault for fault in faults(data)}
    for path in wrong:
        fault, spot = found[dotted(path)], place(path)
        assert spot is not None
        assert (fault.line, fault.column) == places[path].value
        for each in spot.alternatives:
            for bound in (each.low, each.high):
                assert bound is None or f"{bound:.10g}" in fault.allowed
            assert not each.unit or f"({each.unit})" in fault.allowed


def test_hundreds_of_numbers_have_been_pushed_beyond_their_bounds() -> None:
    assert sum(len(beyond(part, end)) for part in PARTS for end in (-1, 1)) > 300


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        pytest.param(part, wrong, id=f"{part}-{wrong!r}", marks=pytest.mark.slow if (j + k) % 4 else ())
        for j, part in enumerate(PARTS)
        for k, wrong in enumerate(WRONG)
    ],
)
def test_wrong_types_are_found_wherever_the_schema_refuses_them(part: str, wrong: Any) -> None:
    """All leaves at once: no fault may hide another."""
    data: Any = scenario(part)
    for path in leaves(part):
        data = put(data, path, wrong)
    refused = {tuple(error.absolute_path) for error in validator().iter_errors(data)}
    found = {fault.path: fault for fault in faults(data)}
    places = write(data).places
    for path in leaves(part):
        # the schema refuses a long form as a whole where one of its parts is wrong
        if path in refused:
            inside = [fault for said, fault in found.items() if (said + ".").startswith(dotted(path) + ".")]
            assert inside, f"{dotted(path)}: {wrong!r} is not reported"
            spot = places[path]
            assert any((fault.line, fault.column) in (spot.value, spot.key) for fault in inside) or wrong == [[0.5]]
    if refused:
        assert found


def test_faults_of_a_file_on_disk_name_the_file(tmp_path: Any) -> None:
    file = tmp_path / "war.yaml"
    file.write_text(write(put(BASE, ("horizon",), 0)).text)
    assert [str(fault).split(": ")[0] for fault in check(file)] == [
        f"{file}:{write(BASE).places[('horizon',)].value[0]}:10"
    ]

"""JSON Schema of a scenario file and of a plan file, so that editors complete and check it while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ripeness.mechanisms import registry
from ripeness.mechanisms.base import Mechanism
from ripeness.scenario.fields import fields
from ripeness.scenario.loading import file_model
from ripeness.scenario.plan import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file with every mechanism that is installed.

    Each number may take its long form; units and plausible ranges stand beside the standard keywords as `unit` and
    `range`, which validators leave alone.

    Raises:
        ValueError: a package offers something that is no mechanism.
    """
    known = registry.registered()
    generated = file_model(tuple(known.items())).model_json_schema(by_alias=True)
    schema: dict[str, Any] = {"$schema": DIALECT, **_bounded(generated), "title": "Scenario of ripeness"}
    definitions = schema["$defs"]
    definitions["Assumption"]["not"] = {"required": ["range", "prior"]}
    for used in definitions["Mechanisms"]["properties"].values():
        used.pop("default", None)
    plan = schema["properties"]["plan"]
    plan["anyOf"] = [*plan["anyOf"], {"type": "string", "description": "Name of a plan file beside the scenario."}]
    definitions["TypeSpec"]["properties"]["set"] |= {"properties": _changes(known, definitions["Mechanisms"])}
    return schema


def plan_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a plan file; units and plausible ranges as in that of a scenario."""
    schema: dict[str, Any] = {"$schema": DIALECT, **_bounded(Plan.model_json_schema()), "title": "Plan of ripeness"}
    schema["$defs"]["Assumption"]["not"] = {"required": ["range", "prior"]}
    return schema


def _changes(known: Mapping[str, type[Mechanism]], used: dict[str, Any]) -> dict[str, Any]:
    """What a type may change: each number of each mechanism, as it is described there.

    Entries of lists, discount rates and worths of packages are numbers like any other here; the loader knows which
    there are.
    """
    return {
        f"mechanisms.{name}.{key}": {"$ref": f"{used['properties'][name]['$ref']}/properties/{key}"}
        for name, model in known.items()
        for key, place in fields(model).items()
        if place.quantity is not None
    }


def _bounded(node: Any) -> Any:
    """Move the bounds of numbers with a long form to where a validator looks for them."""
    if isinstance(node, list):
        return [_bounded(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _bounded(item) for key, item in node.items()}
    bounds = {keyword: node[key] for key, keyword in BOUNDS.items() if isinstance(node.get(key), int | float)}
    if not bounds or "anyOf" not in node:
        return node
    kept = {key: item for key, item in node.items() if key not in BOUNDS}
    return {**kept, "anyOf": [_with_bounds(member, bounds) for member in node["anyOf"]]}


def _with_bounds(member: dict[str, Any], bounds: dict[str, float]) -> dict[str, Any]:
    if member.get("type") in ("number", "integer"):
        return {**member, **bounds}
    if str(member.get("$ref", "")).endswith("/Assumption"):
        return {**member, "properties": {"value": bounds, "range": {"items": bounds}}}
    if "anyOf" in member:
        return {**member, "anyOf": [_with_bounds(each, bounds) for each in member["anyOf"]]}
    return member

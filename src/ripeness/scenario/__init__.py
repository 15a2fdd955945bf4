"""What an analyst writes: scenarios, their faults, their citations, and the cases that ship with the package."""

from ripeness.scenario.cases import Case, cases
from ripeness.scenario.citations import sentence_hash, verify_citations
from ripeness.scenario.faults import Fault, ScenarioError
from ripeness.scenario.ledger import AssumptionRow, assumptions, scenario_hash
from ripeness.scenario.loading import check, load, parse
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.schema import Scenario
from ripeness.scenario.schema_document import json_schema
from ripeness.scenario.starter import starter_text

__all__ = [
    "AssumptionRow",
    "Case",
    "Fault",
    "Quantity",
    "Scenario",
    "ScenarioError",
    "assumptions",
    "cases",
    "check",
    "json_schema",
    "load",
    "parse",
    "scenario_hash",
    "sentence_hash",
    "starter_text",
    "verify_citations",
]

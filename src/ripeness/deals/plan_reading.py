"""From a plan file to a `Plan`, or to all of its faults."""

from __future__ import annotations

import json
from os import PathLike, fspath
from pathlib import Path

from pydantic import ValidationError

from ripeness.deals.plan import Plan
from ripeness.scenario.checks import source_checks
from ripeness.scenario.faults import Fault, ScenarioError, shown
from ripeness.scenario.fields import place_of
from ripeness.scenario.loading import by_place
from ripeness.scenario.plan_checks import plan_checks
from ripeness.scenario.reading import LIMITS, read_value
from ripeness.scenario.translation import locate, translate


def load_plan(path: str | PathLike[str]) -> Plan:
    """The plan in a file.

    Raises:
        ScenarioError: with every fault of the file.
    """
    name = fspath(path)
    try:
        with Path(name).open("rb") as stream:
            text = stream.read(LIMITS.n_bytes + 1)
    except FileNotFoundError:
        fault = Fault(name, 1, 1, "", "no file of this name", "a plan file", "Check the path.")
        raise ScenarioError([fault]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        fault = Fault(name, 1, 1, "", f"a file that cannot be read ({reason})", "a readable plan file")
        raise ScenarioError([fault]) from None
    return parse_plan(text, name)


def parse_plan(text: bytes | str, file: str = "plan.yaml") -> Plan:
    """The plan that a text describes; `file` is its name in faults.

    Raises:
        ScenarioError: with every fault of the text.
    """
    reading = read_value(text, file)
    root = reading.root
    if root is None:
        raise ScenarioError(reading.faults)
    if not isinstance(root.value, dict):
        found = "no content" if root.value is None else shown(root.plain())
        allowed = "a mapping with the keys of a plan, such as `plan: 1`"
        fault = Fault(file, root.line, root.column, "", found, allowed, "docs/deals.md has a plan to start from.")
        raise ScenarioError([*reading.faults, fault])
    data, top = root.plain(), place_of(Plan)
    plan, problems = None, []
    try:
        # strict, by way of JSON: a quoted number stays a text, yet lists may stand for tuples
        plan = Plan.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems = translate(error, data, top)
    refused = {problem.path for problem in problems}
    problems += [each for each in (*plan_checks(data), *source_checks(data, top)) if each.path not in refused]
    faults = [*reading.faults, *(locate(problem, root, file) for problem in problems)]
    if faults or plan is None:
        raise ScenarioError(by_place(faults))
    return plan

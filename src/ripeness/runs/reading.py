"""A scenario together with the text it was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ripeness.scenario.loading import parse, read_source
from ripeness.scenario.plan_file import named_plan
from ripeness.scenario.schema import Scenario


class Read(NamedTuple):
    """A scenario as read.

    Attributes:
        text: its file, byte for byte.
        origin: name of the file, without its folder.
        beside: content of the plan file that it names, by its name.
    """

    scenario: Scenario
    text: bytes
    origin: str
    beside: Mapping[str, bytes] = {}


def read_scenario(source: str | Path, sets: Sequence[str] = ()) -> Read:
    """The scenario of a case or file, with the very bytes it was made from.

    Raises:
        ScenarioError: with every fault.
    """
    text, file = read_source(source)
    scenario = parse(text, file, sets)
    beside = {} if scenario.plan is None else named_plan(text, file, sets)
    return Read(scenario, text, Path(file).name, beside)

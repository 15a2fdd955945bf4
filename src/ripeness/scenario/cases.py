"""The scenarios that ship with the package."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from ripeness.scenario.faults import ScenarioError
from ripeness.scenario.reading import read

FOLDER = "cases"
PLAN = ".plan.yaml"
"""End of the name of a case's plan."""


class Case(NamedTuple):
    """One shipped scenario.

    Attributes:
        name: by which it is loaded.
        title: for people.
        summary: what the war is about, in one line.
    """

    name: str
    title: str
    summary: str


def case_names() -> tuple[str, ...]:
    """Names of the shipped scenarios, sorted."""
    folder = resources.files("ripeness.scenario") / FOLDER
    if not folder.is_dir():
        return ()
    files = [each.name for each in folder.iterdir() if each.name.endswith(".yaml")]
    return tuple(sorted(name.removesuffix(".yaml") for name in files if not name.endswith(PLAN)))


def case_text(name: str) -> bytes:
    """Content of a shipped scenario file."""
    return (resources.files("ripeness.scenario") / FOLDER / f"{name}.yaml").read_bytes()


def beside_case(name: str) -> bytes | None:
    """Content of a file that ships beside the cases, such as a plan; None where there is none of this name."""
    file = resources.files("ripeness.scenario") / FOLDER / name
    return file.read_bytes() if file.is_file() else None


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """The shipped scenarios, by name.

    Raises:
        ScenarioError: a shipped file that is no YAML.
    """
    return tuple(_case(name) for name in case_names())


def _case(name: str) -> Case:
    reading = read(case_text(name), f"{name}.yaml")
    if reading.root is None:
        raise ScenarioError(reading.faults)
    said = [reading.root.child(key) for key in ("title", "summary")]
    title, summary = (str(node.value) if node and isinstance(node.value, str) else "" for node in said)
    return Case(name, title or name, " ".join(summary.split()))

"""From a scenario file to a `Scenario`, or to all of its faults."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ripeness.mechanisms import registry
from ripeness.mechanisms.base import Mechanism
from ripeness.scenario.cases import case_names, case_text
from ripeness.scenario.checks import Registry, cross_checks
from ripeness.scenario.claim_checks import signed_numbers
from ripeness.scenario.faults import SHOWN, Fault, ScenarioError, listing, nearest
from ripeness.scenario.fields import Place, place_of
from ripeness.scenario.plan_file import with_plan
from ripeness.scenario.reading import LIMITS, Node, read
from ripeness.scenario.schema import Scenario
from ripeness.scenario.settings import apply
from ripeness.scenario.translation import Problem, locate, translate

REQUIRED = ("territory", "channel")
"""Mechanisms without which there is no war to settle, or nobody to settle it."""


def load(source: str | PathLike[str], sets: Iterable[str] = ()) -> Scenario:
    """The scenario of a shipped case or of a file.

    Args:
        source: name of a shipped case, or path of a scenario file (``./name`` for a file called like a case).
        sets: changes, each ``path=value``, for example ``mechanisms.territory.start=0.25``.

    Raises:
        ScenarioError: with every fault of the file and of the changes.
    """
    text, file = read_source(source)
    return parse(text, file, sets)


def check(source: str | PathLike[str], sets: Iterable[str] = ()) -> list[Fault]:
    """Every fault of a scenario, sorted by place; an empty list where it can be used."""
    try:
        load(source, sets)
    except ScenarioError as error:
        return list(error.faults)
    return []


def parse(text: bytes | str, file: str = "scenario.yaml", sets: Iterable[str] = ()) -> Scenario:
    """The scenario that a text describes; `file` is its name in faults.

    Raises:
        ScenarioError: with every fault of the text and of the changes.
    """
    known = _mechanisms(file)
    shape = file_model(tuple(known.items()))
    top = place_of(shape)
    reading = read(text, file)
    if reading.root is None:
        raise ScenarioError(reading.faults)
    # a plan may be named in the file, changed by settings, or named by one
    root, plan_faults, plan_file = with_plan(reading.root, file)
    root, set_faults = apply(root, sets, top)
    root, more_faults, plan_file = with_plan(root, file, plan_file)
    faults = [*reading.faults, *plan_faults, *set_faults, *more_faults]
    scenario, problems = _validated(root, shape, top, known)
    lines = text.decode("utf-8", "replace").split("\n") if isinstance(text, bytes) else text.split("\n")
    problems += signed_numbers(root, lines)
    faults += [locate(problem, root, file, plan_file) for problem in problems]
    if faults or scenario is None:
        raise ScenarioError(by_place(faults))
    return scenario


def _validated(
    root: Node, shape: type[BaseModel], top: Place, known: Registry
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that plain data describe, or None, and every problem with them."""
    data = root.plain()
    problems: list[Problem] = []
    scenario = None
    try:
        # strict, by way of JSON: a quoted number stays a text, yet lists may stand for tuples
        said = shape.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems = translate(error, data, top)
    except Exception as error:
        problems = [_broken(error, data, known)]
    else:
        scenario = _scenario(said)
    refused = {problem.path for problem in problems}
    problems += [problem for problem in cross_checks(data, top, known) if problem.path not in refused]
    return scenario, problems


def _broken(error: Exception, data: Any, known: Registry) -> Problem:
    """A mechanism whose own checks fail on the values given, in another way than by refusing them."""
    used = data.get("mechanisms") if isinstance(data, dict) else None
    for name, values in used.items() if isinstance(used, dict) else ():
        try:
            known[name].model_validate_json(json.dumps(values), strict=True)
        except (ValidationError, KeyError):
            continue
        except Exception as its_error:
            found = f"values on which the checks of `{name}` fail ({type(its_error).__name__}: {its_error})"
            return Problem(("mechanisms", name), found, "other values", "Report it to the authors of the mechanism.")
    return Problem((), f"values on which a check fails ({type(error).__name__}: {error})", "other values")


def _scenario(said: BaseModel) -> Scenario:
    """The scenario with its mechanisms by name, each as its own model; what was left out stays known as such."""
    values = {name: getattr(said, name) for name in Scenario.model_fields}
    used = values["mechanisms"]
    names = {attribute: info.alias or attribute for attribute, info in type(used).model_fields.items()}
    present = {names[attribute]: value for attribute, value in used if value is not None}
    values["mechanisms"] = dict(sorted(present.items(), key=lambda item: (item[1].order, item[0])))
    return Scenario.model_construct(_fields_set=set(said.model_fields_set), **values)


@lru_cache(maxsize=16)
def file_model(mechanisms: tuple[tuple[str, type[Mechanism]], ...]) -> type[BaseModel]:
    """Model of a scenario file in which each of the given mechanisms may be used."""
    # aliases, since a mechanism may be called like an attribute of models
    used: dict[str, Any] = {
        f"mechanism_{index}": (
            (model, Field(alias=name, description=_first_line(model)))
            if name in REQUIRED
            else (model, Field(default=None, alias=name, description=_first_line(model)))  # absent, never null
        )
        for index, (name, model) in enumerate(mechanisms)
    }
    config = ConfigDict(frozen=True, extra="forbid")
    section = create_model("Mechanisms", __config__=config, __doc__="Forces at work, by name.", **used)
    description = Scenario.model_fields["mechanisms"].description
    shape: type[BaseModel] = create_model(
        "ScenarioFile",
        __base__=Scenario,
        __doc__=Scenario.__doc__,
        mechanisms=(section, Field(description=description)),
    )
    return shape


def _first_line(model: type[Mechanism]) -> str:
    return (model.__doc__ or model.__name__).strip().split("\n")[0]


def _mechanisms(file: str) -> dict[str, type[Mechanism]]:
    try:
        return dict(registry.registered())
    except Exception as error:  # whatever a package that offers a mechanism does wrong
        found = f"mechanisms that cannot be loaded ({type(error).__name__}: {error})"
        remedy = "Repair or remove the package that offers the mechanism."
        raise ScenarioError([Fault(file, 1, 1, "mechanisms", found, "installed mechanisms", remedy)]) from error


class Source(NamedTuple):
    """Content of a scenario file, and its name in faults."""

    text: bytes
    file: str


def read_source(source: str | PathLike[str]) -> Source:
    """Content of a case or file, at most one byte more than a scenario may have.

    Raises:
        ScenarioError: there is no such case or readable file.
    """
    name = fspath(source)
    if isinstance(source, str) and name in case_names():
        return Source(case_text(name), f"{name}.yaml")
    try:
        with Path(name).open("rb") as stream:
            # a copy of a case is not the case: what it names is looked up beside it
            own = f"./{name}" if name.removesuffix(".yaml") in case_names() else name
            return Source(stream.read(LIMITS.n_bytes + 1), own)
    except FileNotFoundError:
        known = case_names()
        close = nearest(Path(name).stem, known)
        remedy = f"nearest case: {close}" if close else "Check the path, or see `ripeness cases`."
        what = f"no file of this name{'' if Path(name).name != name else ', and no case'}"
        allowed = f"a scenario file, or a case: {listing(known)}" if known else "a scenario file"
        raise ScenarioError([Fault(name, 1, 1, "", what, allowed, remedy)]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        fault = Fault(name, 1, 1, "", f"a file that cannot be read ({reason})", "a readable scenario file")
        raise ScenarioError([fault]) from None


def by_place(faults: Sequence[Fault]) -> list[Fault]:
    """Faults by place, one for each, and not more than anyone reads."""
    ordered = sorted(faults, key=lambda fault: (fault.file == "--set", fault.line, fault.column))
    places: set[tuple[str, int, int, str]] = set()
    kept = []
    for fault in ordered:
        place = (fault.file, fault.line, fault.column, fault.path)
        if place not in places:
            kept.append(fault)
        places.add(place)
    if len(kept) > SHOWN:
        more = kept[SHOWN]
        rest = f"{len(kept) - SHOWN} more faults from here on"
        return [*kept[:SHOWN], Fault(more.file, more.line, more.column, "", rest, "none", "Repair the first ones.")]
    return kept

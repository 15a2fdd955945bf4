"""Whether the correlations of a scenario fit it and each other.

Like all checks of its kind it reads plain data, and stays silent about what the models refuse anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ripeness.mechanisms.base import Mechanism
from ripeness.scenario.change_checks import settable
from ripeness.scenario.correlations import matrix_of
from ripeness.scenario.faults import nearest
from ripeness.scenario.fields import Place, number
from ripeness.scenario.translation import Problem

LEAST_EIGENVALUE = 1e-6
"""Of the matrix of normal correlations: below it some combination of the scores would hardly vary, or not at all."""


def correlation_checks(data: Any, top: Place, registry: Mapping[str, type[Mechanism]]) -> Iterator[Problem]:
    """Every misfit of the correlations of a scenario: paths that do not vary, pairs given twice, and a whole that no
    numbers can have."""
    given = data.get("correlations") if isinstance(data, dict) else None
    if not isinstance(given, list) or not given:
        return
    known = settable(data, top, registry)
    pairs: dict[tuple[str, str], float] = {}
    sound = True
    for index, said in enumerate(given):
        between = said.get("between") if isinstance(said, dict) else None
        if not isinstance(between, list) or len(between) != 2 or not all(isinstance(each, str) for each in between):
            sound = False
            continue
        at = ("correlations", index, "between")
        for k, path in enumerate(between):
            entry = known.get(path)
            if entry is None or entry.place.quantity is None:
                close = nearest(path, [each for each, found in known.items() if found.place.quantity is not None])
                found = f'the path "{path if len(path) <= 80 else path[:77] + "..."}"'
                remedy = f"nearest: {close}" if close else ""
                yield Problem((*at, k), found, "the path of a number; `ripeness show` lists them", remedy)
                sound = False
            elif not _varies(data, path, entry.place.quantity):
                remedy = "Give it a range or a prior, or leave the correlation out."
                yield Problem((*at, k), f"{path}, which does not vary", "numbers with a range or a prior", remedy)
                sound = False
        one, other = sorted(between)
        if one == other:
            yield Problem(at, f"{one} with itself", "two different numbers", "Name another one.")
            sound = False
        elif (one, other) in pairs:
            yield Problem(at, f"{one} and {other} a second time", "each pair once", "Drop one of the two.")
        rank = said.get("rank")
        if isinstance(rank, bool) or not isinstance(rank, int | float) or not -1.0 < rank < 1.0:
            sound = False
        else:
            pairs.setdefault((one, other), float(rank))
    if sound and pairs:
        yield from _together(pairs)


def _together(pairs: Mapping[tuple[str, str], float]) -> Iterator[Problem]:
    """Whether any numbers can be correlated like this: three cannot all be opposed to each other, for example."""
    paths = list(dict.fromkeys(path for pair in pairs for path in pair))
    least = float(np.linalg.eigvalsh(matrix_of(paths, pairs))[0])
    if least < LEAST_EIGENVALUE:
        found = f"correlations that contradict each other (least eigenvalue of their matrix {number(round(least, 6))})"
        remedy = "Move ranks towards 0, or add the correlations that follow from those given."
        yield Problem(("correlations",), found, "correlations that numbers can have together", remedy, True)


def _varies(data: Any, path: str, place: Place) -> bool:
    """Whether a number has a prior, or a range with different ends; its field's where it states none."""
    said = _at(data, path.split("."))
    if isinstance(said, dict) and said.get("prior") is not None:
        return True
    span = said.get("range") if isinstance(said, dict) else None
    if span is None and not place.grid:
        span = place.range
    if not isinstance(span, list | tuple) or len(span) != 2:
        return False
    return all(isinstance(end, int | float) for end in span) and span[0] < span[1]


def _at(data: Any, keys: list[str]) -> Any:
    """What a file says at a path, whose keys may themselves be paths; None where it says nothing."""
    if not keys:
        return data
    if isinstance(data, list):
        return _at(data[int(keys[0])], keys[1:]) if keys[0].isdecimal() and int(keys[0]) < len(data) else None
    if not isinstance(data, dict):
        return None
    for n in range(1, len(keys) + 1):
        key = ".".join(keys[:n])
        if key in data:
            return _at(data[key], keys[n:])
    return None

"""Every number that a scenario states, with the path at which it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from ripeness.scenario.quantity import Quantity


def stated(value: object, path: str = "") -> Iterator[tuple[str, Quantity]]:
    """Quantities written in a scenario file; defaults that it leaves alone are not among them."""
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield from stated(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from stated(below, f"{path}.{key}")
    elif isinstance(value, tuple):
        for index, below in enumerate(value):
            yield from stated(below, f"{path}.{index}")

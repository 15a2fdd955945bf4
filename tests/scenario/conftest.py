"""Thousands of scenarios are read here; installed packages are asked for mechanisms once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ripeness.mechanisms import registry


@pytest.fixture(scope="package", autouse=True)
def _mechanisms_asked_for_once() -> Iterator[None]:
    known = registry.registered()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "registered", lambda: dict(known))
        yield

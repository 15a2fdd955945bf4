"""The commented scenario that `ripeness new FILE` writes."""

from __future__ import annotations

from importlib import resources


def starter_text() -> str:
    """A small invented war that runs as it is, with a comment on every section."""
    return (resources.files("ripeness.scenario") / "starter.yaml").read_text(encoding="utf-8")

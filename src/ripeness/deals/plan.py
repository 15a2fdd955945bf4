"""The plan that the questions of this room are asked of; what may stand in it is a matter of `scenario.plan`."""

from __future__ import annotations

from ripeness.scenario.plan import (
    LARGEST,
    MOST_CONDITIONS,
    MOST_OPTIONS,
    MOST_PARTIES,
    MOST_POINTS,
    Options,
    Plan,
    PlanSection,
    as_options,
)

__all__ = [
    "LARGEST", "MOST_CONDITIONS", "MOST_OPTIONS", "MOST_PARTIES", "MOST_POINTS", "Options", "Plan", "PlanSection",
    "as_options",
]  # fmt: skip

"""Shipped cases, each read once in a process: scenarios are frozen, and the largest take a second."""

from __future__ import annotations

from functools import cache

import ripeness


@cache
def load(name: str, *sets: str) -> ripeness.Scenario:
    return ripeness.load(name, sets)

"""Mechanisms by name: those of this package and those that other packages offer through an entry point."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from ripeness.mechanisms.base import Mechanism

GROUP = "ripeness.mechanisms"
BUILT_IN: dict[str, str] = {
    "territory": "Territory", "balance": "Balance", "support": "Support", "strikes": "Strikes", "morale": "Morale",
    "strain": "Strain", "mood": "Mood", "posture": "Posture", "courtship": "Courtship", "tenure": "Tenure",
    "wider_aims": "WiderAims", "red_line": "RedLine", "durability": "Durability", "deadline": "Deadline",
    "channel": "Channel",
}  # fmt: skip


def registered() -> dict[str, type[Mechanism]]:
    """Every mechanism that a scenario can name.

    Raises:
        ValueError: an entry point that offers something else than a `Mechanism`, or a name that is taken.
    """
    found: dict[str, type[Mechanism]] = {
        module: getattr(import_module(f"ripeness.mechanisms.{module}"), cls) for module, cls in BUILT_IN.items()
    }
    for entry in entry_points(group=GROUP):
        offered = entry.load()
        if not (isinstance(offered, type) and issubclass(offered, Mechanism)):
            raise ValueError(f"entry point {entry.name!r} of {GROUP} offers {offered!r}, which is not a Mechanism")
        if entry.name in found:
            raise ValueError(f"entry point {entry.name!r} of {GROUP} has the name of a mechanism that exists already")
        found[entry.name] = offered
    return found

"""The one error of this room."""

from __future__ import annotations

from collections.abc import Sequence


class ExportError(ValueError):
    """A game that cannot be written in another tool's format as asked.

    Attributes:
        faults: all that stands in the way, each with the place, what was found, what is allowed and the remedy.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)

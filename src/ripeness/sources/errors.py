"""The errors of this room."""

from __future__ import annotations

from collections.abc import Iterable


class SourceError(ValueError):
    """Documents or a project that cannot be used as asked; each fault names what, the value found and the remedy."""

    def __init__(self, faults: Iterable[str] | str) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))

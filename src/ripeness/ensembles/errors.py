"""The errors of this room."""

from __future__ import annotations


class EnsembleError(ValueError):
    """An ensemble that cannot be made as asked; the message names what, the value and the remedy."""


class MissingLibrary(EnsembleError):
    """A library of an extra that is not installed."""

    def __init__(self, library: str, extra: str, what: str) -> None:
        self._given = (library, extra, what)
        super().__init__(f"{what} needs {library}, which is not installed. Run: pip install 'ripeness[{extra}]'")

    def __reduce__(self) -> tuple[type[MissingLibrary], tuple[str, str, str]]:
        return type(self), self._given

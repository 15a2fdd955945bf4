"""The errors of this room."""

from __future__ import annotations


class RunError(ValueError):
    """A run that cannot be made as asked; the message names what, the value and the remedy."""


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted; the message says what is left of it."""

"""The errors of this room, and how a mechanism's own faults become one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class GameError(ValueError):
    """A scenario that is well formed but cannot be turned into a game; the message names what, where and the remedy."""


class CoarseGridError(GameError):
    """An axis has too few points for the drift on it.

    Attributes:
        mechanism: whose axis it is, by its name in the scenario.
        points: of the axis, that would do.
    """

    def __init__(self, message: str, mechanism: str, points: int) -> None:
        super().__init__(message)
        self.mechanism, self.points = mechanism, points


def ask(name: str, hook: Callable[..., Answer], *args: Any) -> Answer:
    """What a hook of the mechanism `name` answers; a fault that it finds in its parameters becomes a `GameError`."""
    try:
        return hook(*args)
    except GameError:
        raise
    except ValueError as fault:
        raise GameError(f"mechanisms.{name}: {fault}") from fault

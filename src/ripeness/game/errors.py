"""The one error of this room, and how a mechanism's own faults become it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class GameError(ValueError):
    """A scenario that is well formed but cannot be turned into a game; the message names what, where and the remedy."""


def ask(name: str, hook: Callable[..., Answer], *args: Any) -> Answer:
    """What a hook of the mechanism `name` answers; a fault that it finds in its parameters becomes a `GameError`."""
    try:
        return hook(*args)
    except GameError:
        raise
    except ValueError as fault:
        raise GameError(f"mechanisms.{name}: {fault}") from fault

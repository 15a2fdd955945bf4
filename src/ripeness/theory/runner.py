"""What a runner is: a function that computes the numbers of a case from its parameters alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ripeness.theory.case import Case, CaseError, Resolution

DEFAULT_RESOLUTIONS = (Resolution(0.02, 200.0), Resolution(0.005, 2000.0), Resolution(0.005, math.inf))


@dataclass(frozen=True)
class Measured:
    """Numbers computed for one case, under the names that the case expects.

    A name may stand in both: then the finite game and the closed form are both compared.

    Attributes:
        game: read off a solved finite game.
        formula: closed forms, compared to rounding in limit cases.
        belief_step: step of the belief grid, where the game can only be played on one so coarse that its error shows;
            then the case's rule for belief interpolation holds.
    """

    game: Mapping[str, Any] = field(default_factory=dict)
    formula: Mapping[str, Any] = field(default_factory=dict)
    belief_step: float | None = None


@dataclass(frozen=True)
class Runner:
    """How the cases of one id prefix are computed.

    Attributes:
        measure: computes; the resolution is given for limit cases only.
        on_engine: `Measured.game` comes from the engine (tables -> solve, decisions, propagate).
        because: why the game does not fit the engine, where it does not.
        resolutions: where a limit case states no reference runs, or states some that its game cannot use.
        wider: for some names of a limit case, the tolerance that follows from that of the limit rule.
    """

    measure: Callable[[Case, Resolution | None], Measured]
    on_engine: bool = True
    because: str = ""
    resolutions: tuple[Resolution, ...] = ()
    wider: Mapping[str, Callable[[Case, float], float]] = field(default_factory=dict)


@dataclass(frozen=True)
class NotRun:
    """Cases that are known and not run, with the reason."""

    reason: str


def resolved(at: Resolution | None) -> Resolution:
    """The resolution of a game that needs one.

    Raises:
        CaseError: the case is none of kind "limit", so that nothing says at what step and precision to play.
    """
    if at is None:
        raise CaseError("kind must be 'limit': this game is played at a step and a precision")
    return at

"""A measure over the draws of an ensemble, as pages and commands show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ripeness.questions.verdicts import Spread
from ripeness.scenario.measures import Asked


@dataclass(frozen=True)
class Measured:
    """One measure in every draw.

    Attributes:
        central: in the scenario's own numbers; NaN where these could not be computed.
        spread: over the draws in which it is known.
        values: (n,) by draw; NaN where the draw failed or the measure means nothing there.
    """

    asked: Asked
    central: float
    spread: Spread
    values: NDArray[np.float64]

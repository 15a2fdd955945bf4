"""What a forward pass finds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Propagation(NamedTuple):
    """The exact outlook of a solved game. T periods, S states, J proposers, N packages, M postures, R rows.

    Probabilities are joint with the war being open at the start of the period, so that
    settled[t].sum() + ended[t].sum() + open[t + 1] = open[t].
    """

    open: NDArray[np.float64]  # (T + 1,) mass at war at the start of each period; last: at the horizon
    mass: NDArray[np.float64]  # (T + 1, S) the same by state; (0, S) when it was not kept
    settled: NDArray[np.float64]  # (T, J, N) settled in the period, by proposer and package
    ended: NDArray[np.float64]  # (T, n_ends) ended without agreement in the period
    posture: NDArray[np.float64]  # (T, M) posture chosen
    effort: NDArray[np.float64]  # (T, n_effort) effort pair played after talks failed
    offer: NDArray[np.float64]  # (T, J, N + 1) offer made, "none" last
    worth_settled: NDArray[
        np.float64
    ]  # (T, R) E[flows so far + discount^t W; settles in t], normalised, from period 0;
    # what whoever leads the side is paid: a leader's own value also counts his removal on the way, this does not
    frozen: NDArray[np.float64]  # (S,) mass still at war at the horizon

"""What sampled histories hold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FROZEN, SETTLED = -1, -2


class Samples(NamedTuple):
    """n histories of T periods. Paths hold -1 after the end and where nothing was chosen."""

    end: NDArray[np.int32]  # (n,) index in tables.ends, or SETTLED, or FROZEN
    end_period: NDArray[np.int32]  # (n,) period in which the war ended; T when frozen
    package: NDArray[np.int32]  # (n,) package settled on, -1 without settlement
    state: NDArray[np.int32]  # (n, T + 1) flat state at the start of each period
    posture: NDArray[np.int8]  # (n, T)
    proposer: NDArray[np.int8]  # (n, T) who was recognised, -1 nobody
    offer: NDArray[np.int16]  # (n, T) package offered, -1 none
    rejected: NDArray[np.int8]  # (n, T) who rejected the offer: bit 0 A, bit 1 D
    effort: NDArray[np.int16]  # (n, T) pair of efforts, -1 when the war settled first
    profile: NDArray[np.int32]  # (n,) profile of types that is true; (0,) without private information
    node: NDArray[np.int32]  # (n, T + 1) joint public belief at the start of each period; (0, 0) without. In the
    # period that settles, the entry after it is the belief at the signing


def blank_samples(n: int, n_periods: int, beliefs: bool) -> Samples:
    """Room for n histories in which nothing has happened."""
    told = n if beliefs else 0
    return Samples(
        end=np.full(n, FROZEN, np.int32), end_period=np.full(n, n_periods, np.int32), package=np.full(n, -1, np.int32),
        state=np.full((n, n_periods + 1), -1, np.int32), posture=np.full((n, n_periods), -1, np.int8),
        proposer=np.full((n, n_periods), -1, np.int8), offer=np.full((n, n_periods), -1, np.int16),
        rejected=np.zeros((n, n_periods), np.int8), effort=np.full((n, n_periods), -1, np.int16),
        profile=np.zeros(told, np.int32), node=np.full((told, n_periods + 1 if beliefs else 0), -1, np.int32),
    )  # fmt: skip

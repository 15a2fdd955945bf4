"""Leaders who fight for office: theory II.6.

Sources: Downs & Rocke (1994), Goemans & Fey (2009).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.theory.line_of_forts import fight_to_the_finish

Float = NDArray[np.float64]


def resurrection_value(
    n_forts: int, office_fort: int, win_probability: float, cost: float, defeat_penalty: float
) -> tuple[Float, int]:
    """Value of a leader who may settle at any fort 0 .. N, and the lowest fort at which he fights on (6.1).

    Settling at n pays 1 if n >= office_fort, else 0; fort 0 is defeat and pays -defeat_penalty. He fights between the
    lowest fort that beats settling and office_fort; below it he settles for nothing. Tries every lowest fort and takes
    the best, for an optimal stopping rule is at least as good as any.
    """
    best = np.where(np.arange(n_forts + 1) >= office_fort, 1.0, 0.0)
    best[0] = -defeat_penalty
    lowest = office_fort
    for stop in range(office_fort):
        at_stop = -defeat_penalty if stop == 0 else 0.0
        inside = fight_to_the_finish(office_fort - stop, win_probability, 1.0, cost, at_stop, 1.0)
        candidate = best.copy()
        candidate[stop : office_fort + 1] = inside
        if np.all(candidate >= best - 1e-15) and candidate[stop + 1] > best[stop + 1]:
            best, lowest = candidate, stop + 1
    return best, lowest


class GambleBand(NamedTuple):
    """Win probabilities above which the leader and the public want to fight on (6.2)."""

    leader: float
    public: float

    @property
    def nonempty(self) -> bool:
        """The leader gambles where the public would not."""
        return self.leader < self.public


def gamble_band(
    office_if_settled: float, defeat_penalty: float, cost_leader: float, settlement_share: float, cost_public: float
) -> GambleBand:
    """(s + k + c_L) / (1 + k) for the leader, x + c_P for the public (6.2)."""
    leader = (office_if_settled + defeat_penalty + cost_leader) / (1.0 + defeat_penalty)
    return GambleBand(leader, settlement_share + cost_public)


def survival(outcome: Float | float, steepness: float, threshold: float) -> Float:
    """Probability of keeping office, sigma(kappa (x - tau)) (6.3)."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * steepness * (np.asarray(outcome) - threshold))))


def gain_from_gamble(outcome: Float | float, size: float, steepness: float, threshold: float) -> Float:
    """Half S(x + d) plus half S(x - d) less S(x): positive below the threshold, negative above (6.3)."""
    x = np.asarray(outcome, np.float64)
    around = survival(x + size, steepness, threshold) + survival(x - size, steepness, threshold)
    return 0.5 * around - survival(x, steepness, threshold)

"""When a war is ripe: what each side would sign, and whether anything suits both (theory II.7.4, II.3.9).

A side signs a package when settling is worth at least as much to it as fighting on, W_i >= C_i. Everything here works
on plain arrays over the states; the last axis is always the state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.floating]
Bool = NDArray[np.bool_]


class Zone(NamedTuple):
    """Terms that suit both sides, as far as each of them is concerned.

    Attributes:
        least_attacker: least terms (A's share) that A accepts, not cut: above 1 nothing is enough.
        greatest_defender: greatest terms that D accepts, not cut: below 0 nothing is little enough.
    """

    least_attacker: Float
    greatest_defender: Float

    @property
    def exists(self) -> Bool:
        """Whether some terms in [0, 1] suit both."""
        low, high = np.maximum(self.least_attacker, 0.0), np.minimum(self.greatest_defender, 1.0)
        return np.asarray(low <= high)


def accepted(peace: Float, continuation: Float) -> Bool:
    """Who prefers which package to fighting on, W_i(n) >= C_i; shape (N, R, S).

    Args:
        peace: W, shape (N, R, S).
        continuation: C, shape (R, S).
    """
    return np.asarray(peace >= continuation)


def ripe(peace: Float, continuation: Float, rows: tuple[int, ...] = (0, 1)) -> Bool:
    """Whether some package has W_i >= C_i for every row of `rows`; shape (S,). Rows 0 and 1 are the belligerents."""
    willing = accepted(peace, continuation)[:, list(rows)]
    return np.asarray(willing.all(axis=1).any(axis=0))


def transferable(continuation: Float) -> Zone:
    """The zone if peace lasts and only terms count: A needs C_A, D leaves 1 - C_D. It exists iff C_A + C_D <= 1."""
    return Zone(continuation[0], 1.0 - continuation[1])


def fragile_reservation(flow: Float, value_next: Float, discount: float, breakdown: Float | float) -> Float:
    """Least share r_i that i accepts when peace breaks with probability `breakdown` per period (theory II.3.9).

    Args:
        flow: u_i, payoff rate of the war this period.
        value_next: V_i', value of the war from the next period on.
    """
    kept = discount * (1.0 - np.asarray(breakdown))
    return np.asarray((1.0 - kept) * flow + kept * value_next)


def zone(terms: Float, peace: Float, continuation: Float, slope: Float) -> Zone:
    """Zone of agreement on terms between packages that differ in nothing else.

    Args:
        terms: A's share under each package, (N, S), increasing along the first axis.
        peace: W of the packages, (N, R, S); rows 0 and 1 are A and D.
        continuation: C, (R, S).
        slope: (2, 2, S): what one more share for a side adds to its W, 1 - dW_i/dV_i', with the first and the last
            package, beyond which it is used.
    """
    gain = peace[:, :2] - continuation[:2]
    least = least_acceptable(terms, gain[:, 0], slope[:, 0])
    most = 1.0 - least_acceptable(1.0 - terms[::-1], gain[::-1, 1], slope[::-1, 1])
    return Zone(least, most)


def least_acceptable(share: Float, gain: Float, slope: Float) -> Float:
    """Least share of its own that a side accepts: where the gain, linear between packages, first reaches zero; (S,).

    Below the smallest share offered and above the greatest, the gain goes on with `slope` per share.

    Args:
        share: own share under each package, (N, S), increasing along the first axis.
        gain: W - C of the side, (N, S).
        slope: (2, S), at the first and the last package, not negative; where it is zero, a refusal stays a refusal
            (infinite share).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = share[-1] - gain[-1] / slope[-1]
        for k in range(share.shape[0] - 1, 0, -1):  # the lowest package with a gain comes last and stands
            crossing = share[k] - (share[k] - share[k - 1]) * gain[k] / (gain[k] - gain[k - 1])
            found = np.where(gain[k] >= 0.0, crossing, found)
        below = share[0] - np.where(gain[0] > 0.0, gain[0] / slope[0], 0.0)
    return np.asarray(np.where(gain[0] >= 0.0, below, found))


def first_date(probability: Float, least: float = 0.5) -> int:
    """First period whose probability of being ripe is at least `least`; -1: none."""
    reached = np.asarray(probability) >= least
    return int(np.argmax(reached)) if reached.any() else -1

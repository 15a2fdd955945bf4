"""What two or more parties can reach together, as the bargaining solutions see it.

A frontier traced by one number (`Frontier`), or a finite list of packages: a table of utilities (n_packages, n_parties)
with the disagreement point beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float64]


class NoAgreementError(ValueError):
    """Nothing feasible gives every party at least its disagreement utility."""


@dataclass(frozen=True)
class Frontier:
    """Efficient utilities of two parties, traced by one number such as A's share.

    Attributes:
        first, second: utility of each party at a position; the first rises and the second falls with it.
        low, high: ends of the positions.
    """

    first: Callable[[float], float]
    second: Callable[[float], float]
    low: float = 0.0
    high: float = 1.0

    def acceptable(self, disagreement: Sequence[float]) -> tuple[float, float]:
        """Positions between which both get at least their disagreement utility.

        Raises:
            NoAgreementError: there are none.
        """
        low = self._crossing(lambda x: self.first(x) - disagreement[0])
        high = self._crossing(lambda x: disagreement[1] - self.second(x))
        if low > high or self.first(self.high) < disagreement[0] or self.second(self.low) < disagreement[1]:
            raise NoAgreementError(
                f"no position in [{self.low:g}, {self.high:g}] gives the parties at least their disagreement utilities "
                f"{disagreement[0]:g} and {disagreement[1]:g}; lower them, or add packages."
            )
        return low, high

    def _crossing(self, rising: Callable[[float], float]) -> float:
        return crossing(rising, self.low, self.high)


def crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function becomes positive; the nearer end where it has one sign."""
    if rising(low) >= 0.0:
        return low
    if rising(high) <= 0.0:
        return high
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def as_point(disagreement: ArrayLike | None, n_parties: int) -> Float:
    """Disagreement utilities; zero for everybody when none are given."""
    point = np.zeros(n_parties) if disagreement is None else np.asarray(disagreement, np.float64)
    if point.shape != (n_parties,):
        raise ValueError(f"disagreement must have one number per party ({n_parties}), got shape {point.shape}")
    return point


def acceptable_gains(utilities: ArrayLike, disagreement: ArrayLike | None) -> tuple[Float, NDArray[np.intp]]:
    """Utilities less the disagreement point, of the packages that nobody would refuse, and the rows they stand in.

    Raises:
        NoAgreementError: somebody would refuse each package.
    """
    table = as_utilities(utilities)
    gain = table - as_point(disagreement, table.shape[1])
    rows = np.flatnonzero(np.all(gain >= -1e-12, axis=1))
    if not rows.size:
        raise NoAgreementError(
            f"none of the {table.shape[0]} packages gives all {table.shape[1]} parties at least their disagreement "
            f"utility; the one nearest to it leaves a party {-gain.min(axis=1).max():.3g} short."
        )
    return np.maximum(gain[rows], 0.0), rows


def as_utilities(utilities: ArrayLike) -> Float:
    """Table (n_packages, n_parties) of finite utilities."""
    table = np.asarray(utilities, np.float64)
    if table.ndim != 2 or not table.shape[0] or table.shape[1] < 2:
        raise ValueError(f"utilities must be a table of packages by at least two parties, got shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("utilities must be finite; leave out packages that cross a red line, do not mark them inf")
    return table


def as_weights(weights: ArrayLike | None, n_parties: int) -> Float:
    """Bargaining weights that sum to one; equal ones when none are given."""
    if weights is None:
        return np.full(n_parties, 1.0 / n_parties)
    values = np.asarray(weights, np.float64)
    if values.shape != (n_parties,) or not np.all(values > 0.0):
        raise ValueError(f"weights must be {n_parties} positive numbers, got {values.tolist()}")
    return np.asarray(values / values.sum())

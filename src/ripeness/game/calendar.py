"""Dates of periods, and epochs: stretches of periods that share the same tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.game.errors import GameError
from ripeness.mechanisms.base import Dates, dates_of_periods


class Calendar(NamedTuple):
    """When periods and epochs begin. T periods, E epochs; index 0 is the start of the scenario."""

    dates: Dates  # (T+1,) first day of each period; the last is the horizon
    years_per_period: float
    first_period: tuple[int, ...]  # (E,) first period of each epoch, increasing, the first is 0
    epoch_of_period: NDArray[np.int32]  # (T,)

    @property
    def horizon(self) -> int:
        return self.epoch_of_period.size

    def n_periods(self, epoch: int) -> int:
        """Length of an epoch in periods."""
        return int(np.count_nonzero(self.epoch_of_period == epoch))


def start_date(start: str) -> np.datetime64:
    """First day of the first period of a scenario that starts at YYYY-MM or YYYY-MM-DD."""
    try:
        return np.datetime64(start, "D")
    except ValueError:
        raise GameError(f"start must be a day YYYY-MM-DD or a month YYYY-MM, got '{start}'.") from None


def calendar(start: np.datetime64, years_per_period: float, horizon: int, breaks: Iterable[int]) -> Calendar:
    """Calendar of `horizon` periods with a new epoch at each break inside it."""
    first = tuple(sorted({0} | {int(b) for b in breaks if 0 < b < horizon}))
    epochs = np.searchsorted(first, np.arange(horizon), side="right").astype(np.int32) - 1
    dates = dates_of_periods(start, years_per_period, np.arange(horizon + 1))
    return Calendar(dates, years_per_period, first, epochs.astype(np.int32))

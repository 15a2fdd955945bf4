"""Dates of periods and epochs."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.game.calendar import calendar, start_date
from ripeness.game.errors import GameError
from ripeness.mechanisms.base import dates_of_periods, period_of_date
from ripeness.scenario.schema import YEARS_PER_PERIOD


@pytest.mark.parametrize(
    ("start", "period", "dates"),
    [
        ("2025-12", "month", ["2025-12-01", "2026-01-01", "2026-02-01"]),
        ("2024-12-31", "month", ["2024-12-31", "2025-01-31", "2025-02-28"]),
        ("2025-12-03", "quarter", ["2025-12-03", "2026-03-03", "2026-06-03"]),
        ("2025-12", "week", ["2025-12-01", "2025-12-08", "2025-12-15"]),
        ("2024-02-29", "year", ["2024-02-29", "2025-02-28", "2026-02-28"]),
    ],
)
def test_periods_start_on_calendar_days(start, period, dates):
    found = calendar(start_date(start), YEARS_PER_PERIOD[period], 2, ()).dates
    assert found.tolist() == [date.fromisoformat(d) for d in dates]


@given(
    start=st.dates(date(1950, 1, 1), date(2050, 1, 1)),
    period=st.sampled_from(sorted(YEARS_PER_PERIOD)),
    days=st.integers(-5000, 5000),
)
def test_every_day_lies_in_the_period_that_starts_before_it_and_ends_after_it(start, period, days):
    years, first = YEARS_PER_PERIOD[period], np.datetime64(start, "D")
    day = np.datetime64(start + timedelta(days), "D")
    k = period_of_date(day, first, years)
    begins, ends = dates_of_periods(first, years, np.array([k, k + 1]))
    assert begins <= day < ends


def test_a_start_that_is_no_day_is_refused():
    with pytest.raises(GameError, match="start must be a day YYYY-MM-DD or a month YYYY-MM, got '2025-02-30'"):
        start_date("2025-02-30")


def test_epochs_begin_at_breaks_inside_the_horizon_only():
    found = calendar(start_date("2025-12"), 1 / 12, 6, (4, 2, 2, 0, -1, 6, 9))
    assert found.first_period == (0, 2, 4)
    assert found.epoch_of_period.tolist() == [0, 0, 1, 1, 2, 2]
    assert [found.n_periods(e) for e in range(3)] == [2, 2, 2]

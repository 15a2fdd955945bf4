"""Numbers as people say them: probabilities, shares, dates, spans, lists."""

from __future__ import annotations

import calendar
from collections.abc import Sequence

import numpy as np

LIKELIHOOD = (
    (0.01, "almost excluded"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.45, "less likely than not"),
    (0.55, "about as likely as not"),
    (0.66, "more likely than not"),
    (0.90, "likely"),
    (0.99, "very likely"),
)
"""Upper bounds of probability for each phrase; above the last it is almost certain."""

NEGLIGIBLE_GAIN = 5e-6
"""Gains below this share of the prize are called nothing."""


def likelihood(probability: float) -> str:
    """Phrase for a probability."""
    return next((phrase for bound, phrase in LIKELIHOOD if probability < bound), "almost certain")


def percent(share: float) -> str:
    """A share or probability, without false precision at the ends."""
    if not np.isfinite(share):
        return "unknown"
    shown = round(100 * share)
    if share > 0.0 and shown == 0:
        return "under 1%"
    if share < 1.0 - 1e-6 and shown == 100:
        return "over 99%"
    return f"{shown}%"


def points(difference: float) -> str:
    """A difference of shares, without its sign."""
    value = f"{100 * abs(difference):.1f}"
    return f"{value} percentage point{'' if value == '1.0' else 's'}"


def gain(share: float) -> str:
    """A gain or loss as a share of the prize, for ever."""
    if abs(share) < NEGLIGIBLE_GAIN:
        return "neither gain nor loss"
    return f"{'a gain' if share > 0 else 'a loss'} of {100 * abs(share):.2g}%"


def rate(hazard: float) -> str:
    """A hazard per year."""
    return f"{hazard:.2g}"


def month(date: np.datetime64) -> str:
    """Month and year."""
    year, number = str(np.datetime_as_string(date.astype("datetime64[M]"), "M")).split("-")
    return f"{calendar.month_name[int(number)]} {year}"


def between(first: np.datetime64, last: np.datetime64) -> str:
    """A stretch of time, by its months."""
    a, b = month(first), month(last)
    return f"in {a}" if a == b else f"between {a} and {b}"


def span(years: float) -> str:
    """A length of time."""
    months = round(12 * years)
    if months < 1:
        return f"{max(1, round(365.25 * years))} days"
    if months % 12 == 0:
        return "one year" if months == 12 else f"{months // 12} years"
    return "one month" if months == 1 else f"{months} months"


def listing(items: Sequence[str]) -> str:
    """Items with commas and a final "and"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def sentence(text: str) -> str:
    """Text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def the_end(end: str) -> str:
    """An end with its article, inside a sentence."""
    return f"{'an' if end[:1].lower() in 'aeiou' else 'a'} {end}"

"""Numbers of the outlook as the rows that charts and tables are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.questions.labels import values_of
from ripeness.questions.moment import Float

Row = dict[str, Any]
Dates = NDArray[np.datetime64]

DIGITS = 6
"""Significant digits of numbers in charts: more than a screen shows, less than rounding of another processor."""


def number(value: float) -> float | None:
    """A number for JSON; None where there is none."""
    return float(f"{float(value):.{DIGITS}g}") if np.isfinite(value) else None


def moment(date: np.datetime64) -> str:
    """A date for charts: local midnight, so that no time zone moves it to the day before."""
    return f"{np.datetime_as_string(date, 'D')}T00:00:00"


def boundaries(tree: xr.DataTree) -> Dates:
    """(T + 1,) start of each period, then the horizon."""
    time = values_of(tree, "time").astype("datetime64[D]")
    return np.append(time, np.datetime64(str(tree.attrs["horizon"]), "D"))


def lines(time: Dates, series: Mapping[str, Float]) -> list[Row]:
    """Long rows {date, series, value} of named lines; unknown values are left out."""
    return [
        {"date": moment(t), "series": name, "value": number(v)}
        for name, values in series.items()
        for t, v in zip(time, values, strict=True)
        if np.isfinite(v)
    ]


def stacked(time: Dates, parts: Mapping[str, Float]) -> list[Row]:
    """Long rows {date, series, low, high} of areas stacked in their order."""
    base = np.zeros(len(time))
    rows = []
    for name, values in parts.items():
        top = base + np.nan_to_num(values)
        known = np.isfinite(values)
        rows += [
            {"date": moment(t), "series": name, "low": number(lo), "high": number(hi), "value": number(hi - lo)}
            for t, lo, hi, ok in zip(time, base, top, known, strict=True)
            if ok
        ]
        base = top
    return rows


def fan(time: Dates, quantiles: Float) -> list[Row]:
    """Wide rows {date, q05, q25, q50, q75, q95}."""
    return [
        {"date": moment(t), **dict(zip(("q05", "q25", "q50", "q75", "q95"), map(number, q), strict=True))}
        for t, q in zip(time, quantiles, strict=True)
        if np.isfinite(q).all()
    ]


def zone_runs(time: Dates, least: Float, most: Float, agreed: bool) -> list[list[Row]]:
    """Stretches {date, least, most} over which the sides agree (or do not), each ending where the two lines cross."""
    minutes = time.astype("datetime64[m]").astype(np.int64)
    runs: list[list[Row]] = []
    run: list[Row] = []
    for k in range(len(time)):
        width = most[k] - least[k]
        inside = bool(np.isfinite(width)) and (width >= 0) == agreed
        before = most[k - 1] - least[k - 1] if k else np.nan
        if np.isfinite(before) and np.isfinite(width) and (before >= 0) != (width >= 0):
            share = before / (before - width)
            at = np.datetime64(round(minutes[k - 1] + share * (minutes[k] - minutes[k - 1])), "m")
            level = number(least[k - 1] + share * (least[k] - least[k - 1]))
            run.append({"date": np.datetime_as_string(at, "s"), "least": level, "most": level})
        if inside:
            run.append({"date": moment(time[k]), "least": number(least[k]), "most": number(most[k])})
        if not inside and run:
            runs.append(run)
            run = []
    return [r for r in [*runs, run] if len(r) > 1]


def spread(n: int, most: int = 7) -> list[int]:
    """At most `most` of the indices 0 .. n - 1, evenly spread, the first and the last among them."""
    few = min(most, n)
    return sorted({round(k * (n - 1) / max(1, few - 1)) for k in range(few)})


def shortened(names: Sequence[str], length: int = 46) -> list[str]:
    """Names cut to a length; equal cuts get a number."""
    cut = [n if len(n) <= length else n[: length - 1].rstrip() + "…" for n in names]
    return [c if cut.count(c) == 1 else f"{c} ({cut[: k + 1].count(c)})" for k, c in enumerate(cut)]

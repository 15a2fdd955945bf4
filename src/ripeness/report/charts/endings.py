"""How the war ends: probabilities by date, hazards, terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.endings import SETTLEMENT, STILL_OPEN
from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.words import likelihood, month, percent, rate
from ripeness.report import rows, style
from ripeness.report.picture import (
    SOLID,
    Picture,
    Table,
    area_legend,
    cells_axis,
    date_axis,
    finished,
    hover,
    lines,
    rule_at,
    share_axis,
    table_over_time,
    values,
)

LEAST_SHOWN = 1e-4
"""Dates at which settlements are rarer than this are not shown."""

TERMS_CELL = 0.02
"""Height of a cell of the chart of terms, a share."""

LEAST_HAZARD = 1e-3
"""Bottom of a logarithmic chart of hazards, per year."""

WIDE_HAZARDS = 30.0
"""Ratio of the greatest to the least hazard from which the chart is logarithmic."""

NAMED_BAND = 0.12
"""A band carries its name where it is at least this high."""


def fan(tree: xr.DataTree) -> Picture:
    """Cumulative probability of each end by date, stacked, with what is still open."""
    r = Reading(tree)
    dates = rows.boundaries(tree)
    ended = np.vstack([np.zeros(len(r.ends)), r.array("outlook/cumulative_probability")])
    last = ended[-1]
    shown = [k for k, end in enumerate(r.ends) if end != STILL_OPEN]
    parts = {r.ends[k]: ended[:, k] for k in shown}
    parts[STILL_OPEN] = 1.0 - ended[:, shown].sum(axis=1)
    told = dict(zip(parts, [*(last[k] for k in shown), last[r.ends.index(STILL_OPEN)]], strict=True))
    legend = {name: f"{name} {percent(p)}" for name, p in told.items()}
    colours = [style.end_colours(r.ends)[k] for k in shown] + [style.OPEN_COLOUR]
    x = date_axis(dates[0], dates[-1])
    scale = alt.Scale(domain=list(legend.values()), range=colours)
    areas = (
        alt.Chart(values(rows.stacked(dates, {legend[name]: part for name, part in parts.items()})))
        .mark_area(stroke="white", strokeWidth=0.8)
        .encode(
            x=x,
            y=share_axis("low", "probability", domain=[0, 1]),
            y2="high:Q",
            color=alt.Color("series:N", scale=scale, legend=area_legend(list(legend.values()))),
        )
    )
    median = r.date("outlook/settlement_date", 0.5)
    when = "" if np.isnat(median) else f", with even odds reached in {month(median)}"
    table = table_over_time(r, "by the end of", {name: part[1:] for name, part in parts.items()}, percent)
    return Picture(
        "fan",
        f"A settlement by {r.horizon} is {likelihood(last[0])}: {percent(last[0])}{when}",
        "Height of a band: probability that the war has ended in this way by the date below. Pale: still open.",
        finished(alt.layer(areas, *_band_names(dates, parts, x), hover(dates, parts, x, ".1%", "by")), 340),
        table,
    )


def _band_names(dates: rows.Dates, parts: Mapping[str, Float], x: alt.X) -> list[Any]:
    """Names inside the bands that are high enough, each where its band is highest in the later half."""
    base = np.zeros(len(dates))
    first, last = int(0.4 * len(dates)), max(int(0.92 * len(dates)), int(0.4 * len(dates)) + 1)
    found: dict[str, list[rows.Row]] = {"white": [], style.INK: []}
    for name, part in parts.items():
        k = first + int(np.argmax(part[first:last]))
        if part[k] >= NAMED_BAND:
            middle = rows.number(base[k] + part[k] / 2)
            found["white" if name == SETTLEMENT else style.INK].append(
                {"date": rows.moment(dates[k]), "y": middle, "text": name}
            )
        base = base + part
    return [
        alt.Chart(values(labels))
        .mark_text(color=colour, fontWeight="bold", align="right", limit=180, aria=False)
        .encode(x=x, y="y:Q", text="text:N")
        for colour, labels in found.items()
        if labels
    ]


def hazard(tree: xr.DataTree) -> Picture | None:
    """Hazard of each end while the war is open, against the hazard of noise alone."""
    r = Reading(tree)
    by_end = r.while_open(r.array("outlook/hazard"))
    by_end = np.where(np.isfinite(by_end), by_end, np.nan)
    shown = [k for k, e in enumerate(r.ends) if e != STILL_OPEN and np.nanmax(by_end[:, k], initial=0.0) > 1e-6]
    if not shown:
        return None
    noise = float(r.attrs["hazard_at_zero_gain"])
    series = {r.ends[k]: by_end[:, k] for k in shown}
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[r.n_open])
    series, y = _hazard_scale(series)
    colours = [style.as_line(style.end_colours(r.ends)[k]) for k in shown]
    drawn = lines(r.time, series, colours, [SOLID] * len(series), x, y)
    known = np.flatnonzero(np.isfinite(by_end[:, 0]))
    finding = "While the war goes on, no settlement is signed"
    if known.size and by_end[known, 0].max() > 1e-6:
        peak = int(known[np.argmax(by_end[known, 0])])
        finding = (
            f"While the war goes on, the hazard of a settlement is {rate(by_end[known[0], 0])} a year at the start"
        )
        finding += f" and highest in {month(r.time[peak])} ({rate(by_end[peak, 0])})" if peak else ", its highest"
    reading = (
        "A hazard of 1 a year: of wars open today, 63% end so within a year. Dashed: the hazard of settlements from "
        f"which nobody gains, {rate(noise)}."
    )
    chart = finished(alt.layer(rule_at(noise, dashed=True), drawn, hover(r.time, series, x, ".3f")), 260)
    return Picture("hazard", finding, reading, chart, table_over_time(r, "in", series, rate))


def _hazard_scale(series: dict[str, Float]) -> tuple[dict[str, Float], alt.Y]:
    """Linear, or logarithmic where hazards differ by orders of magnitude; what is below a log scale is left out."""
    every = np.concatenate(list(series.values()))
    every = every[np.isfinite(every) & (every > 0)]
    if every.max() < WIDE_HAZARDS * max(every.min(), LEAST_HAZARD):
        axis = alt.Axis(tickCount=5)
        return series, alt.Y("value:Q", title="per year", axis=axis, scale=alt.Scale(zero=True, nice=True))
    shown = {name: np.where(v >= LEAST_HAZARD, v, np.nan) for name, v in series.items()}
    scale = alt.Scale(type="log", domain=[LEAST_HAZARD, max(1.0, float(f"{1.1 * every.max():.1g}"))], nice=True)
    axis = alt.Axis(values=[0.001, 0.01, 0.1, 1, 10, 100], format="~g")
    return shown, alt.Y("value:Q", title="per year, logarithmic scale", axis=axis, scale=scale)


def terms(tree: xr.DataTree) -> Picture | None:
    """Terms of settlements by date: where the probability lies, with the mean."""
    r = Reading(tree)
    dates = rows.boundaries(tree)
    joint = r.array("outlook/terms_probability")
    settled = joint.sum(axis=1)
    cells = _term_cells(dates, joint, r.array("outlook/terms"))
    if not cells:
        return None
    most = float(f"{max(c['p'] for c in cells):.1g}")
    low = max(0.0, min(c["low"] for c in cells) - 0.04)
    high = min(1.0, max(c["high"] for c in cells) + 0.04)
    x, whole = cells_axis(dates[0], dates[r.n_open])
    y = share_axis("low", f"share of {r.names['attacker']}", domain=[low, high], nice=False, zero=False)
    colour = alt.Color(
        "p:Q",
        scale=alt.Scale(type="sqrt", domain=[0, most], range=list(style.SEQUENTIAL), clamp=True),
        legend=style.gradient_legend("probability", ".2~%", [most / 4, most]),
    )
    tips = [
        alt.Tooltip("date:T", title="settled in", format="%B %Y"),
        alt.Tooltip("terms:Q", title="terms", format=".0%"),
        alt.Tooltip("p:Q", title="probability", format=".2%"),
    ]
    blocks = alt.Chart(values(cells)).mark_rect(clip=True)
    blocks = blocks.encode(x=x, x2="until:T", y=y, y2="high:Q", color=colour, tooltip=tips)
    mean = np.where(settled >= LEAST_SHOWN, r.array("outlook/terms_mean"), np.nan)
    middle = dates[:-1] + (dates[1:] - dates[:-1]) // 2
    line = alt.Chart(values(rows.lines(middle, {"mean": mean}))).mark_line(color=style.INK, strokeWidth=1.75)
    q05, q50, q95 = r.quantiles("outlook/terms_overall", 0.05, 0.5, 0.95)
    finding = f"Settlements give {r.names['attacker']} {percent(q50)} in the median"
    finding += f", 90% of them between {percent(q05)} and {percent(q95)}" if q95 - q05 >= 0.005 else ""
    reading = "Darker: a settlement on these terms at this date is more probable. Line: mean terms at each date."
    chart = finished(alt.layer(whole, blocks, line.encode(x=x, y="value:Q")))
    return Picture("terms", finding, reading, chart, _terms_table(r, settled))


def _term_cells(dates: rows.Dates, joint: Float, grid: Float) -> list[rows.Row]:
    """Cells of the chart of terms with more than a negligible probability."""
    cell = np.rint(grid / TERMS_CELL).astype(int)
    coarse = np.zeros((joint.shape[0], int(cell.max()) + 1))
    for column, k in zip(joint.T, cell, strict=True):
        coarse[:, k] += column
    return [
        {
            "date": rows.moment(dates[t]),
            "until": rows.moment(dates[t + 1]),
            "low": rows.number((k - 0.5) * TERMS_CELL),
            "high": rows.number((k + 0.5) * TERMS_CELL),
            "terms": rows.number(k * TERMS_CELL),
            "p": rows.number(p),
        }
        for t, row in enumerate(coarse)
        for k, p in enumerate(row)
        if p >= LEAST_SHOWN
    ]


def _terms_table(r: Reading, settled: Float) -> Table:
    quantiles = r.array("outlook/terms_quantile")
    columns = {"5%": 0.05, "median": 0.5, "95%": 0.95}
    series = {"probability": np.where(settled > 0, settled, np.nan)}
    series |= {label: quantiles[:, r.levels.index(q)] for label, q in columns.items()}
    return table_over_time(r, "settled in", series, percent)

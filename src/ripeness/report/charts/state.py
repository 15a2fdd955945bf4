"""Where the war stands and how it is fought: the line, the other axes, postures and efforts over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.words import percent
from ripeness.report import rows, style
from ripeness.report.picture import (
    SOLID,
    Picture,
    area_legend,
    date_axis,
    finished,
    hover,
    lines,
    share_axis,
    table_over_time,
    values,
)

SMALL = 200
"""Height of a chart of a single axis."""

BANDS = {"5%": "q05", "25%": "q25", "median": "q50", "75%": "q75", "95%": "q95"}
FAN_READING = "Line: median. Darker band: half of the probability; pale band: nine tenths. Only open wars count."


def front(tree: xr.DataTree) -> Picture | None:
    """Fan of the front line while the war is open."""
    r = Reading(tree)
    if "territory" not in axes(tree) or r.array("axes/territory/level").size < 2:
        return None
    quantiles = r.while_open(r.array("axes/territory/quantiles"))
    a = r.names["attacker"]
    start, end = _first_and_last(quantiles)
    finding = f"If the war goes on, the median share that {a} holds goes from {percent(start[2])} to {percent(end[2])}"
    drawn = _fan(tree, quantiles, style.ROLE_COLOUR["attacker"], f"share held by {a}", "%")
    return Picture("front", finding, FAN_READING, finished(drawn, 260), _fan_table(r, quantiles, percent))


def axis(tree: xr.DataTree, group: str) -> Picture | None:
    """Any other axis: a fan, or for a labelled axis the probability of each of its points."""
    r = Reading(tree)
    node = tree[f"axes/{group}"]
    name = str(node.attrs["axis"])
    title = name[:1].upper() + name[1:]
    meaning = str(node.attrs["title"]).rstrip(".") + "."
    meaning = meaning[:1].upper() + meaning[1:]
    if "label" in node.coords:
        share = r.while_open(r.array(f"axes/{group}/distribution"))
        labels = r.names_of(f"axes/{group}/label")
        end = _first_and_last(share)[1]
        best = int(np.argmax(end))
        finding = f"{title}: “{labels[best]}” with {percent(end[best])} at the end, if the war goes on"
        colours = [style.STATE_COLOURS[k % len(style.STATE_COLOURS)] for k in range(len(labels))]
        return _shares(tree, f"axis_{group}", finding, meaning, dict(zip(labels, share.T, strict=True)), colours, SMALL)
    quantiles = r.while_open(r.array(f"axes/{group}/quantiles"))
    start, end = _first_and_last(quantiles)
    drawn = _fan(tree, quantiles, style.STATE_COLOURS[2], str(node["level"].attrs.get("units", "")), "f")
    finding = f"{title}: from {start[2]:.2g} to {end[2]:.2g} in the median, if the war goes on"
    table = _fan_table(r, quantiles, lambda v: f"{v:.2g}")
    return Picture(f"axis_{group}", finding, meaning, finished(drawn, SMALL), table)


def postures(tree: xr.DataTree) -> Picture | None:
    """Probability of each posture of the patron while the war is open."""
    r = Reading(tree)
    named = r.names_of("outlook/posture")
    if len(named) < 2:
        return None
    share = r.while_open(r.array("outlook/posture_probability"))
    start, end = _first_and_last(share)
    first, last = int(np.argmax(start)), int(np.argmax(end))
    finding = f"{r.names['patron']}: “{named[first]}” is the likeliest posture at the start ({percent(start[first])})"
    finding += " and stays so" if first == last else f", “{named[last]}” at the end ({percent(end[last])})"
    reading = "Height of a band: probability that the patron takes this posture, if the war is still open."
    parts = dict(zip(named, share.T, strict=True))
    return _shares(tree, "postures", finding, reading, parts, style.posture_colours(named), 240)


def efforts(tree: xr.DataTree) -> Picture | None:
    """Mean effort of each side in periods that are fought."""
    r = Reading(tree)
    effort = r.while_open(r.array("outlook/effort_mean"))
    fought = effort[np.isfinite(effort).all(axis=1)]
    if not fought.size or np.ptp(fought, axis=0).max() < 1e-3:
        return None
    roles = r.names_of("outlook/side")
    series = {r.names[role]: effort[:, k] for k, role in enumerate(roles)}
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, r.n_open - 1)])
    y = share_axis("value", "mean effort; 100% is all that a side can do", domain=[0, 1])
    drawn = lines(r.time, series, [style.ROLE_COLOUR[role] for role in roles], [SOLID] * len(roles), x, y)
    end = _first_and_last(effort)[1]
    finding = "Effort at the end, if the war goes on: " + ", ".join(
        f"{name} {percent(e)}" for name, e in zip(series, end, strict=True)
    )
    chart = finished(alt.layer(drawn, hover(r.time, series, x, ".0%")), SMALL)
    reading = "Mean over the states that are still open, in months that are fought."
    return Picture("efforts", finding, reading, chart, table_over_time(r, "in", series, percent))


def axes(tree: xr.DataTree) -> list[str]:
    """Names of the groups of all axes."""
    return list(tree["axes"].children) if "axes" in tree.children else []


def _first_and_last(shown: Float) -> tuple[Float, Float]:
    known = shown[np.isfinite(shown).all(axis=1)]
    return known[0], known[-1]


def _fan(tree: xr.DataTree, quantiles: Float, colour: str, title: str, kind: str) -> Any:
    """Bands of quantiles with the median. `kind` is D3's letter for the numbers."""
    r, dates = Reading(tree), rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, r.n_open - 1)])
    data = values(rows.fan(r.time, quantiles))
    axis_of = alt.Axis(format=f".2~{kind}", tickCount=5)
    y = alt.Y("q05:Q", axis=axis_of, title=title or None, scale=alt.Scale(zero=False, nice=True))
    outer = alt.Chart(data).mark_area(color=colour, opacity=0.16, aria=False).encode(x=x, y=y, y2="q95:Q")
    inner = alt.Chart(data).mark_area(color=colour, opacity=0.3, aria=False).encode(x=x, y="q25:Q", y2="q75:Q")
    middle = alt.Chart(data).mark_line(color=colour).encode(x=x, y="q50:Q")
    series = dict(zip(BANDS, quantiles.T, strict=True))
    return alt.layer(outer, inner, middle, hover(r.time, series, x, f".3~{kind}"))


def _fan_table(r: Reading, quantiles: Float, said: Any) -> Any:
    return table_over_time(r, "in", dict(zip(BANDS, quantiles.T, strict=True)), said)


def _shares(
    tree: xr.DataTree,
    name: str,
    finding: str,
    reading: str,
    parts: Mapping[str, Float],
    colours: Sequence[str],
    height: int,
) -> Picture:
    """Probabilities that sum to one, stacked over time."""
    r = Reading(tree)
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, r.n_open - 1)])
    scale = alt.Scale(domain=list(parts), range=list(colours))
    areas = (
        alt.Chart(values(rows.stacked(r.time, parts)))
        .mark_area(stroke="white", strokeWidth=0.8)
        .encode(
            x=x,
            y=share_axis("low", "probability while open", domain=[0, 1]),
            y2="high:Q",
            color=alt.Color("series:N", scale=scale, legend=area_legend(list(parts))),
        )
    )
    chart = finished(alt.layer(areas, hover(r.time, parts, x, ".1%")), height)
    return Picture(name, finding, reading, chart, table_over_time(r, "in", parts, percent))

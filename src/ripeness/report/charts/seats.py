"""The view from each seat: settle now, or fight on."""

from __future__ import annotations

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.summary import nearest_package
from ripeness.questions.words import gain as gain_said
from ripeness.questions.words import month, percent
from ripeness.report import rows, style
from ripeness.report.picture import (
    Picture,
    Table,
    cells_axis,
    finished,
    gain_axis,
    line_legend,
    rule_at,
    values,
)

LARGE = 0.9
"""Quantile of the size of gains at which the colours of the seats are full."""

MOST_PACKAGES = 24
"""A longer agenda is cut to the packages that come nearest to suiting both sides at the start."""


def seat(tree: xr.DataTree, role: str) -> Picture | None:
    """Gain of settling on each package over fighting on, as one actor sees it over time."""
    r = Reading(tree)
    if role not in r.roles:
        return None
    everyone = r.while_open(r.array("seats/gain"))
    gain = everyone[:, r.roles.index(role)]
    if not np.isfinite(gain).any():
        return None
    order = shown_packages(r, everyone[0])
    labels = rows.shortened([r.packages[n] for n in order])
    dates = rows.boundaries(tree)
    cells = [
        {"date": rows.moment(dates[t]), "until": rows.moment(dates[t + 1])}
        | {f"k{i}": rows.number(gain[t, n]) for i, n in enumerate(order)}
        for t in range(len(r.time))
        if np.isfinite(gain[t]).all()
    ]
    named = [
        {"key": f"k{i}", "package": label, "name": r.packages[n]}
        for i, (n, label) in enumerate(zip(order, labels, strict=True))
    ]
    x, whole = cells_axis(dates[0], dates[r.n_open])
    bound = _bound(everyone)
    colours = alt.Scale(domain=[-bound, 0, bound], range=list(style.DIVERGING), clamp=True)
    y_axis = alt.Axis(
        title=None,
        labelLimit=250,
        grid=False,
        domain=False,
        ticks=False,
    )
    tips = [
        alt.Tooltip("date:T", title="in", format="%B %Y"),
        alt.Tooltip("name:N", title="package"),
        alt.Tooltip("gain:Q", title="gain", format="+.2%"),
    ]
    drawn = (
        alt.Chart(values(cells))
        .transform_fold([n["key"] for n in named], as_=["key", "gain"])
        .transform_lookup("key", from_=alt.LookupData(values(named), "key", ["package", "name"]))
        .mark_rect(clip=True)
        .encode(
            x=x,
            x2="until:T",
            y=alt.Y("package:N", sort=labels, axis=y_axis),
            color=alt.Color(
                "gain:Q", scale=colours, legend=style.gradient_legend("gain", "+.2~%", [-bound, bound], 10)
            ),
            tooltip=tips,
        )
    )
    leader = r.leaders[role] or r.names[role]
    reading = f"Teal: settling now on this package is worth more to {leader} than fighting on. Brown: less."
    if len(order) < len(r.packages):
        reading += f" The {len(order)} of {len(r.packages)} packages that come nearest to suiting both sides are shown."
    chart = finished(alt.layer(whole, drawn), max(120, 20 * len(order)))
    return Picture(f"seat_{role}", _seat_finding(r, role, gain[0]), reading, chart, _seat_table(r, gain, order))


def shown_packages(r: Reading, start: Float) -> list[int]:
    """Packages from the greatest terms to the least; of equal terms, the strongest guarantees first."""
    nearest = np.argsort(-np.minimum(start[0], start[1]), kind="stable")[:MOST_PACKAGES]
    order = np.lexsort((r.array("package_guarantees"), r.array("package_terms")))[::-1]
    return [int(n) for n in order if n in set(nearest.tolist())]


def _bound(everyone: Float) -> float:
    """Size of a gain or loss at which the colours are full, the same for all seats."""
    sizes = np.abs(everyone[np.isfinite(everyone)])
    return float(f"{max(float(np.quantile(sizes, LARGE)), 1e-6):.1g}")


def _seat_finding(r: Reading, role: str, start: Float) -> str:
    n, good, best = start.size, int((start >= 0).sum()), int(np.argmax(start))
    count = "no package beats" if good == 0 else "every package beats" if good == n else f"{good} of {n} packages beat"
    said = f"{r.names[role]}: {'one of ' + str(n) + ' packages beats' if good == 1 else count} fighting on at the start"
    return f"{said}; the best, “{r.packages[best]}”, means {gain_said(start[best])}"


def _seat_table(r: Reading, gain: Float, order: list[int]) -> Table:
    known = np.flatnonzero(np.isfinite(gain).all(axis=1))
    shown = [known[k] for k in rows.spread(known.size, 5)]
    body = tuple((r.packages[n], *(f"{100 * gain[t, n]:+.2f}%" for t in shown)) for n in order)
    return Table(("package", *(month(r.time[t]) for t in shown)), body)


def by_line(tree: xr.DataTree) -> Picture | None:
    """What the most acceptable package is worth to each actor at the start, by the line of contact."""
    r = Reading(tree)
    if not r.has("seats/gain_by_line") or r.array("seats/line").size < 2:
        return None
    gain, line = r.array("seats/gain_by_line"), r.array("seats/line")
    n = nearest_package(r)
    names = [r.names[role] for role in r.roles]
    long = [
        {"line": rows.number(x), "series": names[i], "value": rows.number(gain[k, i, n])}
        for i in range(len(names))
        for k, x in enumerate(line)
    ]
    title = "share that the attacker holds"
    axis = alt.Axis(format=".0%", tickCount=6, grid=False)
    x = alt.X("line:Q", axis=axis, scale=alt.Scale(nice=False, zero=False), title=title)
    legend = line_legend(names)
    colours = alt.Scale(domain=names, range=[style.ROLE_COLOUR[role] for role in r.roles])
    dashes = alt.Scale(domain=names, range=[style.ROLE_DASH[role] for role in r.roles])
    drawn = (
        alt.Chart(values(long))
        .mark_line()
        .encode(
            x=x,
            y=gain_axis("value", "gain of settling now"),
            color=alt.Color("series:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
            tooltip=[
                alt.Tooltip("series:N", title="to"),
                alt.Tooltip("line:Q", title="line", format=".0%"),
                alt.Tooltip("value:Q", title="gain", format="+.2%"),
            ],
        )
    )
    start = float(r.array("axes/territory/mean")[0])
    now = alt.Chart(values([{"line": rows.number(start)}])).mark_rule(strokeDash=[4, 4], color=style.MUTED, aria=False)
    finding = f"“{r.packages[n]}”: what it is worth to each side depends on where the line stands"
    reading = "All else as at the start. Above zero, settling now beats fighting on. Dashed: where the line is now."
    table = Table(
        ("line", *names),
        tuple((percent(line[k]), *(f"{100 * g:+.2f}%" for g in gain[k, :, n])) for k in rows.spread(len(line))),
    )
    chart = finished(alt.layer(rule_at(0.0), drawn, now.encode(x=x)), 260)
    return Picture("seats_by_line", finding, reading, chart, table)

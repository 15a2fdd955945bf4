"""What each side would sign: the zone of agreement, and ripeness, over time."""

from __future__ import annotations

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.words import month, percent, points
from ripeness.report import rows, style
from ripeness.report.picture import (
    SOLID,
    Picture,
    date_axis,
    finished,
    hover,
    lines,
    share_axis,
    table_over_time,
    values,
)

RIPENESS = {
    "a listed package suits both": ("ripe_probability", style.SETTLEMENT_COLOUR, SOLID),
    "any terms suit both": ("ripe_interpolated", "#6db79f", (6, 3)),
    "a package suits the patron too": ("ripe_with_patron", style.ROLE_COLOUR["patron"], (2, 3)),
    "a lasting peace could be shared": ("ripe_transferable", "#b98d4a", (9, 4)),
}
"""Forms of ripeness, with their variable, colour and dashes."""


def widest_class(r: Reading) -> int:
    """The class of guarantees with the widest zone at the start: the one that is shown."""
    width = r.array("zone/greatest_defender")[0] - r.array("zone/least_attacker")[0]
    return int(np.argmax(np.nan_to_num(width, nan=-np.inf)))


def zone(tree: xr.DataTree) -> Picture | None:
    """Least terms of A and greatest of D over time, with the band between them."""
    r = Reading(tree)
    k = widest_class(r)
    least = r.while_open(r.array("zone/least_attacker")[:, k])
    most = r.while_open(r.array("zone/greatest_defender")[:, k])
    if not np.isfinite(least).any():
        return None
    a, d = r.names["attacker"], r.names["defender"]
    series = {f"least that {a} accepts": least, f"most that {d} accepts": most}
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[r.n_open])
    every = np.concatenate([v[np.isfinite(v)] for v in series.values()])
    domain = [rows.number(max(0.0, every.min() - 0.02)), rows.number(min(1.0, every.max() + 0.02))]
    y = share_axis("value", f"share of {a}", domain=domain, zero=False, nice=True)
    bands = []
    for agreed, colour, opacity in ((True, style.SETTLEMENT_COLOUR, 0.28), (False, style.GAP_COLOUR, 0.55)):
        for run in rows.zone_runs(r.time, least, most, agreed):
            band = alt.Chart(values(run)).mark_area(color=colour, opacity=opacity, clip=True, aria=False)
            bands.append(band.encode(x=x, y="least:Q", y2="most:Q"))
    drawn = lines(r.time, series, [style.ROLE_COLOUR["attacker"], style.ROLE_COLOUR["defender"]], [SOLID] * 2, x, y)
    odds = {"zone exists": r.while_open(r.array("zone/zone_probability")[:, k])}
    reading = (
        f"Expected over the states that are still open, for packages with {r.names_of('zone/class_label')[k]}. "
        "Green: terms that both would sign. Grey: the gap between them."
    )
    chart = finished(alt.layer(*bands, drawn, hover(r.time, series | odds, x, ".1%")))
    table = table_over_time(r, "in", series | odds, percent)
    return Picture("zone", _zone_finding(r, most - least, a, d), reading, chart, table)


def _zone_finding(r: Reading, width: Float, a: str, d: str) -> str:
    there = np.isfinite(width)
    agreed = width >= 0
    start = float(width[there][0])
    if agreed[there].all():
        return f"On average, what {a} and {d} would sign overlaps throughout, by {points(start)} at the start"
    if not agreed[there].any():
        return f"On average, what {a} and {d} would sign never meets: {points(-start)} lie between them at the start"
    change = int(np.flatnonzero(there & (agreed != agreed[there][0]))[0])
    said = f"overlap by {points(start)}" if start >= 0 else f"are {points(-start)} apart"
    verb = "part" if start >= 0 else "meet"
    return (
        f"On average, the terms that {a} and {d} would sign {said} at the start and {verb} in {month(r.time[change])}"
    )


def ripe(tree: xr.DataTree) -> Picture | None:
    """Probability that the war is ripe, given that it is still open."""
    r = Reading(tree)
    there = {label: said for label, said in RIPENESS.items() if said[0] in tree["zone"]}
    series = {label: r.while_open(r.array(f"zone/{name}")) for label, (name, _, _) in there.items()}
    main = next(iter(series.values()))
    if not np.isfinite(main).any():
        return None
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, r.n_open - 1)])
    y = share_axis("value", "probability while open", domain=[0, 1])
    drawn = lines(r.time, series, [c for _, c, _ in there.values()], [dash for _, _, dash in there.values()], x, y)
    first, last = main[np.isfinite(main)][[0, -1]]
    finding = f"The war is ripe with {percent(first)} at the start and, if still open, with {percent(last)} at the end"
    reading = "Ripe: some package of the agenda is worth at least as much as fighting on to both belligerents."
    chart = finished(alt.layer(drawn, hover(r.time, series, x, ".0%")), 240)
    return Picture("ripe", finding, reading, chart, table_over_time(r, "in", series, percent))

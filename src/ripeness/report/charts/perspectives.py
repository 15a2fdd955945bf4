"""What each package is worth from a seat, by part, against fighting on."""

from __future__ import annotations

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.briefs import Seen, source_said, worth
from ripeness.questions.labels import key_of
from ripeness.questions.perspectives import RESUMED
from ripeness.questions.reading import Reading
from ripeness.questions.words import gain as gain_said
from ripeness.report import rows, style
from ripeness.report.picture import Picture, Table, area_legend, finished, values

MOST_PACKAGES = 12
"""A longer agenda is cut to what comes nearest to suiting both sides, and the package worth most to the seat."""

NAME = "perspective_"


def names(tree: xr.DataTree) -> list[str]:
    """One chart for each seat."""
    if "perspectives" not in tree.children:
        return []
    return [NAME + key_of(seat) for seat in Reading(tree).names_of("perspectives/seat")]


def named_chart(tree: xr.DataTree, name: str) -> Picture:
    """The chart of one seat."""
    return parts(Seen(Reading(tree), names(tree).index(name)))


def shown_packages(s: Seen) -> list[int]:
    """Packages from the one worth most to the seat to the one worth least; a long agenda is cut."""
    both = s.array("gain")[:2].min(axis=0)
    kept = np.argsort(-both, kind="stable")[:MOST_PACKAGES].tolist()
    best = int(np.argmax(s.gain))
    if best not in kept:
        kept[-1] = best
    return [int(n) for n in np.argsort(-s.gain, kind="stable") if n in kept]


def parts(s: Seen) -> Picture:
    """Parts of the value of every package as bars, their sum as a mark, and what fighting on is worth as a line."""
    order, sources = shown_packages(s), s.names_of("peace_source")
    split, whole, fight = s.array("peace_part"), s.array("peace"), s.number("fight_on")
    labels = rows.shortened([s.r.packages[n] for n in order])
    paid = [k for k in range(len(sources)) if np.abs(split[:, k]).max() > 0.0]
    said = [source_said(sources[k]) for k in paid]
    bars = [
        {"package": label, "name": s.r.packages[n], "part": name, "value": rows.number(split[n, k]), "order": i}
        for label, n in zip(labels, order, strict=True)
        for i, (k, name) in enumerate(zip(paid, said, strict=True))
        if split[n, k] != 0.0
    ]
    sums = [
        {"package": label, "name": s.r.packages[n], "value": rows.number(whole[n]), "gain": rows.number(s.gain[n])}
        for label, n in zip(labels, order, strict=True)
    ]
    y = alt.Y(
        "package:N", sort=labels, axis=alt.Axis(title=None, labelLimit=250, grid=False, domain=False, ticks=False)
    )
    axis = alt.Axis(format=".0%", tickCount=6, grid=True, gridColor=style.GRID)
    x = alt.X("value:Q", axis=axis, title="worth, as a share of what is disputed")
    colours = style.part_colours([sources[k] for k in paid], s.role, RESUMED)
    drawn = (
        alt.Chart(values(bars))
        .mark_bar(height={"band": 0.72})
        .encode(
            x=x,
            y=y,
            color=alt.Color("part:N", scale=alt.Scale(domain=said, range=colours), legend=area_legend(said)),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title="package"),
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("value:Q", title="worth", format="+.2%"),
            ],
        )
    )
    marks = (
        alt.Chart(values(sums))
        .mark_tick(color=style.INK, thickness=3, bandSize=16)
        .encode(
            x="value:Q",
            y=y,
            tooltip=[
                alt.Tooltip("name:N", title="package"),
                alt.Tooltip("value:Q", title="worth in all", format=".2%"),
                alt.Tooltip("gain:Q", title="gain over fighting on", format="+.2%"),
            ],
        )
    )
    line = (
        alt.Chart(values([{"value": rows.number(fight)}]))
        .mark_rule(color=style.INK, strokeDash=[4, 3], strokeWidth=1.5, aria=False)
        .encode(x="value:Q")
    )
    chart = finished(alt.layer(drawn, line, marks), max(110, 20 * len(order)))
    return Picture(NAME + key_of(s.seat), _finding(s), _reading(s, order), chart, _table(s, order, paid, said))


def _finding(s: Seen) -> str:
    good, best = int((s.gain >= 0.0).sum()), int(np.argmax(s.gain))
    reach = f"{good} of {s.gain.size} packages reach" if good != 1 else f"one of {s.gain.size} packages reaches"
    who = s.r.leaders[s.role] or s.name
    of_type = f" (type “{s.kind}”)" if s.kind else ""
    return (
        f"To {who}{of_type} {reach} what fighting on is worth, {worth(s.number('fight_on'))}; "
        f"“{s.r.packages[best]}” is worth {worth(float(s.array('peace')[best]))}, {gain_said(float(s.gain[best]))}"
    )


def _reading(s: Seen, order: list[int]) -> str:
    said = "Bars: what makes the worth of a package, gains to the right and losses to the left. Black marks: worth in "
    said += "all. Dashed line: fighting on."
    if len(order) < s.gain.size:
        said += f" Of {s.gain.size} packages the {len(order)} that come nearest to suiting both sides are shown."
    return said


def _table(s: Seen, order: list[int], paid: list[int], said: list[str]) -> Table:
    split, whole = s.array("peace_part"), s.array("peace")
    body = tuple(
        (
            s.r.packages[n],
            *(f"{100 * split[n, k]:+.2f}%" for k in paid),
            f"{100 * whole[n]:.2f}%",
            f"{100 * s.gain[n]:+.2f}%",
        )
        for n in order
    )
    return Table(("package", *said, "worth in all", "gain over fighting on"), body)

"""Charts of claims over an ensemble: shares, margins, and what separates where a claim holds from where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from ripeness.questions.claim_words import amount, plain_number
from ripeness.questions.moment import Float
from ripeness.questions.verdicts import FAILS, HOLDS, Hinge, Verdict
from ripeness.report import style
from ripeness.report.picture import Picture, Table, finished, values
from ripeness.report.rows import number

WORDS = {"holds": style.SETTLEMENT_COLOUR, "depends": "#b58900", "fails": "#8a3c05"}
OUTCOMES = ["holds", "fails"]
COLOURS = [WORDS[each] for each in OUTCOMES]
SHAPES = ["circle", "cross"]
MOST_POINTS = 1500
"""Draws that a chart shows; of more, evenly spaced ones."""
N_BINS = 30


def shares(verdicts: Sequence[Verdict]) -> Picture:
    """The share of the draws in which each claim holds, with its interval."""
    ordered = sorted((each for each in verdicts if each.n), key=lambda each: -each.share)
    rows: list[dict[str, Any]] = [
        {
            "claim": each.claim.id, "share": number(each.share), "low": number(each.interval[0]),
            "high": number(each.interval[1]), "verdict": each.verdict,
            "own": {None: "not known", True: "it holds", False: "it fails"}[each.central],
        }
        for each in ordered
    ]  # fmt: skip
    names = [each.claim.id for each in ordered]
    axis = alt.Axis(title=None, labelLimit=300, grid=False, domain=False, ticks=False, titleAngle=0)
    y = alt.Y("claim:N", sort=names, axis=axis)
    x = alt.X(
        "share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5), title="share of draws"
    )
    colour = alt.Color("verdict:N", scale=alt.Scale(domain=list(WORDS), range=list(WORDS.values())))
    tips = [
        alt.Tooltip("claim:N", title="claim"), alt.Tooltip("share:Q", title="holds in", format=".1%"),
        alt.Tooltip("low:Q", title="from", format=".1%"), alt.Tooltip("high:Q", title="to", format=".1%"),
        alt.Tooltip("own:N", title="in the own numbers"),
    ]  # fmt: skip
    bounds = alt.Chart(values([{"x": FAILS}, {"x": HOLDS}])).mark_rule(color=style.MUTED, strokeDash=[4, 4], aria=False)
    chart = alt.layer(
        bounds.encode(x=alt.X("x:Q", title="share of draws")),
        alt.Chart(values(rows)).mark_rule(strokeWidth=3).encode(y=y, x=alt.X("low:Q"), x2="high:Q", color=colour),
        alt.Chart(values(rows)).mark_point(filled=True, size=90, opacity=1.0)
        .encode(
            y=y, x=x, color=colour, tooltip=tips, shape=alt.Shape("verdict:N", scale=alt.Scale(domain=list(WORDS)))
        ),
    )  # fmt: skip
    count = {word: sum(each.verdict == word for each in verdicts) for word in WORDS}
    of = len(verdicts)
    title = f"Of {of}: holds {count['holds']}, depends on the assumptions {count['depends']}, fails {count['fails']}"
    reading = (
        f"The share of the draws in which a claim holds, with its 95% interval. Dashed: from {HOLDS:.0%} it is said to "
        f"hold, up to {FAILS:.0%} to fail."
    )
    table = Table(
        ("claim", "share", "95% interval"),
        tuple((r["claim"], f"{r['share']:.1%}", f"{r['low']:.1%} to {r['high']:.1%}") for r in rows),
    )
    return Picture("shares", title, reading, finished(chart, max(80, 26 * len(rows))), table)


def margins(verdict: Verdict) -> Picture | None:
    """How far the claim holds or fails, over the draws."""
    known = verdict.margins[np.isfinite(verdict.margins)]
    if known.size < 2 or np.ptp(known) == 0.0:
        return None
    counts, edges = _histogram(known)
    middle = 0.5 * (edges[:-1] + edges[1:])
    rows = [
        {"low": number(a), "high": number(b), "draws": int(c), "none": 0, "outcome": OUTCOMES[int(m <= 0.0)]}
        for a, b, m, c in zip(edges[:-1], edges[1:], middle, counts, strict=True)
    ]
    x = alt.X(
        "low:Q", title=_margin_title(verdict), axis=_margin_axis(verdict.margin_unit), scale=alt.Scale(nice=False)
    )
    y = alt.Y("draws:Q", title="draws", axis=alt.Axis(tickCount=4))
    bars = alt.Chart(values(rows)).mark_rect(stroke="#ffffff", strokeWidth=0.5)
    bars = bars.encode(x=x, x2="high:Q", y=y, y2="none:Q", color=_outcome(), tooltip=["draws:Q"])
    layers = [bars, _upright(0.0, [1, 0])]
    if np.isfinite(verdict.central_margin):
        layers.append(_upright(verdict.central_margin, [4, 4]))
    title = f"It holds in {verdict.share:.0%} of {verdict.n:,} draws"
    reading = "Margin by which the claim holds (right of the line) or fails. Dashed: the scenario's own numbers."
    quantiles = np.quantile(known, (0.05, 0.25, 0.5, 0.75, 0.95))
    table = Table(
        ("part of the draws below", "margin"),
        tuple((f"{q:.0%}", _margin(v, verdict)) for q, v in zip((0.05, 0.25, 0.5, 0.75, 0.95), quantiles, strict=True)),
    )
    return Picture(f"margin-{verdict.claim.id}", title, reading, finished(alt.layer(*layers), 180), table)


def _histogram(known: Float) -> tuple[Any, Any]:
    """Counts in bins of equal width of which one ends at zero, so that no bar has both outcomes."""
    low, high = float(known.min()), float(known.max())
    width = (high - low) / N_BINS
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    return np.histogram(known, bins=width * np.arange(first, last + 1))


def hinge(verdict: Verdict, found: Hinge, meaning: str, unit: str) -> Picture:
    """Margin of a claim against an assumption, with the threshold that separates best."""
    x_all, y_all = verdict.drawn[found.path], verdict.margins
    known = np.flatnonzero(np.isfinite(y_all))
    shown = known[:: max(1, int(np.ceil(known.size / MOST_POINTS)))]
    rows = [
        {"x": number(x_all[k]), "y": number(y_all[k]), "outcome": OUTCOMES[int(not y_all[k] > 0.0)], "draw": int(k)}
        for k in shown
    ]
    label = f"{meaning}{f' ({unit})' if unit else ''}"
    x = alt.X("x:Q", title=label if len(label) < 90 else found.path, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("y:Q", title=_margin_title(verdict), axis=_margin_axis(verdict.margin_unit))
    ends = [{"a": number(found.interval[0]), "b": number(found.interval[1])}]
    band = (
        alt.Chart(values(ends)).mark_rect(color=style.MUTED, opacity=0.15, aria=False).encode(x=alt.X("a:Q"), x2="b:Q")
    )
    points = (
        alt.Chart(values(rows)).mark_point(filled=True, size=24, opacity=0.7, strokeWidth=1)
        .encode(
            x=x, y=y, color=_outcome(),
            shape=alt.Shape("outcome:N", scale=alt.Scale(domain=OUTCOMES, range=SHAPES)),
            tooltip=[alt.Tooltip("draw:Q"), alt.Tooltip("x:Q", title="assumption", format=".4~g"),
                     alt.Tooltip("y:Q", title="margin", format=".4~g")],
        )
    )  # fmt: skip
    zero = alt.Chart(values([{"y": 0.0}])).mark_rule(color="#9aa5b1", aria=False).encode(y="y:Q")
    chart = alt.layer(band, zero, points, _upright(found.threshold, [4, 4]))
    better, worse = sorted((found.share_above, found.share_below), reverse=True)
    side = "above" if found.above else "below"
    title = f"{side.capitalize()} {plain_number(found.threshold)} it holds in {better:.0%}, elsewhere in {worse:.0%}"
    reading = f"{meaning}. One mark a draw; dashed: the threshold, shaded: where it may lie."
    table = Table(
        ("part", "draws", "holds in"),
        (
            (f"above {plain_number(found.threshold)}", f"{found.n_above:,}", f"{found.share_above:.1%}"),
            (f"up to {plain_number(found.threshold)}", f"{found.n_below:,}", f"{found.share_below:.1%}"),
        ),
    )
    name = f"hinge-{verdict.claim.id}-{found.path.replace('.', '-')}"
    return Picture(name, title, reading, finished(chart, 240), table)


def _outcome() -> alt.Color:
    legend = alt.Legend(columns=2)
    return alt.Color("outcome:N", scale=alt.Scale(domain=OUTCOMES, range=COLOURS), legend=legend)


def _upright(at: float, dash: list[int]) -> Any:
    drawn = alt.Chart(values([{"at": number(at)}])).mark_rule(color=style.INK, strokeDash=dash, aria=False)
    return drawn.encode(x="at:Q")


def _margin_axis(unit: str) -> alt.Axis:
    if unit in ("share", "1"):
        return alt.Axis(labelExpr="datum.value == 0 ? '0' : format(datum.value, '+.2~%')", tickCount=5)
    return alt.Axis(labelExpr="datum.value == 0 ? '0' : format(datum.value, '+.3~g')", tickCount=5)


def _margin_title(verdict: Verdict) -> str:
    units = {
        "share": "share of the prize",
        "1": "probability",
        "month": "months",
        "": "spreads of the tests",
        "axis": "",
    }
    unit = units.get(verdict.margin_unit, verdict.margin_unit)
    return f"margin{f', {unit}' if unit else ''}"


def _margin(value: float, verdict: Verdict) -> str:
    return amount(value, verdict.margin_unit, signed=True)

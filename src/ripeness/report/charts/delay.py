"""What delay does: terms and values by date of settlement, and their three derivatives apart (theory II.12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.summary import FLAT
from ripeness.questions.words import listing, percent, points
from ripeness.report import rows, style
from ripeness.report.charts.endings import LEAST_SHOWN
from ripeness.report.picture import (
    SOLID,
    Picture,
    date_axis,
    finished,
    gain_axis,
    hover,
    lines,
    rule_at,
    share_axis,
    table_over_time,
)


def terms(tree: xr.DataTree) -> Picture | None:
    """Expected terms by date of settlement."""
    r = Reading(tree)
    a = r.names["attacker"]
    series = {"expected terms": _where_settled(r, r.array("delay/terms"))}
    if not _drawable(series):
        return None
    y = share_axis("value", f"share of {a}", zero=False, nice=True)
    drawn = _by_date(tree, series, [style.SETTLEMENT_COLOUR], [SOLID], y, ".1%")
    shown = series["expected terms"]
    first, last = shown[np.isfinite(shown)][[0, -1]]
    finding = (
        f"Expected terms for {a}: {percent(first)} if settled at the start, {percent(last)} at the latest date shown"
    )
    table = table_over_time(r, "settled in", series, percent)
    return Picture("delay_terms", finding, "Mean terms of what is signed at each date.", finished(drawn, 220), table)


def values_by_date(tree: xr.DataTree) -> Picture | None:
    """What each side gets, seen from the start, by date of settlement."""
    r = Reading(tree)
    value = r.array("delay/value")
    series = {r.names[role]: _where_settled(r, value[:, k]) for k, role in enumerate(r.roles)}
    if not _drawable(series):
        return None
    y = share_axis("value", "value from the start", zero=False, nice=True)
    dashes = [style.ROLE_DASH[role] for role in r.roles]
    drawn = _by_date(tree, series, [style.ROLE_COLOUR[role] for role in r.roles], dashes, y, ".1%")
    less = [name for name, v in series.items() if (k := v[np.isfinite(v)]).size > 1 and k[-1] < k[0] - FLAT]
    finding = "Seen from the start, settling at the latest date shown instead of the first "
    finding += f"is worth less to {listing(less)}" if less else "is worth less to nobody"
    reading = "War until the date and peace after it, discounted to the start and counted as a share for ever."
    table = table_over_time(r, "settled in", series, lambda v: f"{100 * v:.1f}%")
    return Picture("delay_values", finding, reading, finished(drawn, 240), table)


def slopes(tree: xr.DataTree) -> Picture | None:
    """The three derivatives: of the terms, of A's value, of D's value."""
    r = Reading(tree)
    by_actor = r.array("delay/value_slope")
    a, d = r.names["attacker"], r.names["defender"]
    series = {
        f"terms, share of {a}": _where_settled(r, r.array("delay/terms_slope")),
        f"value to {a}": _where_settled(r, by_actor[:, 0]),
        f"value to {d}": _where_settled(r, by_actor[:, 1]),
    }
    if not _drawable(series):
        return None
    colours = [style.SETTLEMENT_COLOUR, style.ROLE_COLOUR["attacker"], style.ROLE_COLOUR["defender"]]
    y = gain_axis("value", "change per year of delay")
    drawn = alt.layer(rule_at(0.0), _by_date(tree, series, colours, [(6, 3), SOLID, SOLID], y, "+.2%"))
    weights = r.array("delay/settled")
    moved = [
        _moved(float(np.average(v[ok], weights=weights[ok]))) for v in series.values() if (ok := np.isfinite(v)).any()
    ]
    finding = f"A year of delay: terms {moved[0]}, value to {a} {moved[1]}, value to {d} {moved[2]}"
    reading = "Terms can move towards a side that loses by waiting. The title averages over dates by their probability."
    table = table_over_time(r, "settled in", series, lambda v: f"{100 * v:+.2f}%")
    return Picture("delay_slopes", finding, reading, finished(drawn, 260), table)


def _where_settled(r: Reading, shown: Float) -> Float:
    return np.where(r.array("delay/settled") >= LEAST_SHOWN, shown, np.nan)


def _drawable(series: Mapping[str, Float]) -> bool:
    """Every line has at least two points."""
    return all(np.isfinite(v).sum() >= 2 for v in series.values())


def _moved(change: float) -> str:
    if abs(change) < FLAT:
        return "hardly moves"
    return f"{'+' if change > 0 else '−'}{points(abs(change))}"


def _by_date(
    tree: xr.DataTree,
    series: Mapping[str, Float],
    colours: Sequence[str],
    dashes: Sequence[Sequence[int]],
    y: alt.Y,
    format: str,
) -> Any:
    time = Reading(tree).time
    dates = rows.boundaries(tree)
    last = int(np.flatnonzero(np.isfinite(next(iter(series.values()))))[-1])
    x = date_axis(dates[0], dates[last], "date of settlement")
    return alt.layer(lines(time, series, colours, dashes, x, y), hover(time, series, x, format, "settled in"))

"""The chart of a measure over the draws of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np

from ripeness.questions.claim_words import amount, in_words
from ripeness.questions.spreads import Measured
from ripeness.questions.verdicts import LEVELS
from ripeness.report import style
from ripeness.report.picture import Picture, Table, finished, values
from ripeness.report.rows import number

N_BINS = 30


def histogram(said: Measured, unit: str, names: Mapping[str, str], name: str) -> Picture | None:
    """In how many draws the measure lies where; None where it does not vary."""
    known = said.values[np.isfinite(said.values)]
    if known.size < 2 or np.ptp(known) == 0.0:
        return None
    counts, edges = np.histogram(known, bins=N_BINS)
    rows = [
        {"low": number(low), "high": number(high), "draws": int(count), "none": 0}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    form = ".2~%" if unit in ("share", "1", "share/year") else ".3~g"
    axis = alt.Axis(labelExpr=f"datum.value == 0 ? '0' : format(datum.value, '{form}')", tickCount=6)
    words = in_words(said.asked, names)
    x = alt.X("low:Q", title=words, axis=axis, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("draws:Q", title="draws", axis=alt.Axis(tickCount=4, tickMinStep=1))
    bars = alt.Chart(values(rows)).mark_rect(stroke="#ffffff", strokeWidth=0.5, color=style.SETTLEMENT_COLOUR)
    layers = [bars.encode(x=x, x2="high:Q", y=y, y2="none:Q", tooltip=["draws:Q"])]
    if np.isfinite(said.central):
        own = alt.Chart(values([{"at": number(said.central)}]))
        layers.append(own.mark_rule(color=style.INK, strokeDash=[4, 4], aria=False).encode(x="at:Q"))
    low, high = (amount(q, unit) for q in (said.spread.quantiles[0], said.spread.quantiles[-1]))
    title = f"{words[:1].upper()}{words[1:]}: {amount(said.spread.median, unit)}, in most draws {low} to {high}"
    table = Table(
        ("part of the draws below", words),
        tuple((f"{q:.0%}", amount(v, unit)) for q, v in zip(LEVELS, said.spread.quantiles, strict=True)),
    )
    reading = f"{known.size:,} draws. Dashed: the scenario's own numbers."
    return Picture(name, title, reading, finished(alt.layer(*layers), 160), table)

"""What a chart is in this project: the drawing, the finding it shows, how to read it, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import numpy as np

from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.words import month
from ripeness.report import style
from ripeness.report.rows import Dates, Row, moment, number, spread
from ripeness.report.rows import lines as line_rows

FEW = 3
"""Lines of this many points or fewer are drawn with their points, so that a single one is seen."""

SOLID = (1, 0)
"""Dash pattern of an unbroken line."""

Chart = Any
"""Any Altair chart; single, layered or repeated ones share no public base class."""

LETTER, SYMBOL = 6.2, 44.0
"""Mean width of a letter of a legend, and of what stands beside a name, in points."""


class Table(NamedTuple):
    """Numbers behind a chart, as they are printed."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """One chart and everything that is said about it.

    Attributes:
        name: by which it is called, and its file's.
        title: what is seen, in one sentence.
        reading: how to read it.
        chart: without title, for a page that prints it as a heading.
        table: the numbers behind it.
    """

    name: str
    title: str
    reading: str
    chart: Chart
    table: Table

    def titled(self) -> Chart:
        """The chart with its title and reading aid inside, for a notebook, a slide or an image."""
        lines = _wrapped(self.reading, 112)
        return self.chart.properties(title=alt.TitleParams(text=_wrapped(self.title, 84), subtitle=lines))

    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, as wide as the page lets it be, with the finding as its description."""
        spec: dict[str, Any] = self.chart.to_dict(validate=False)
        spec["description"] = f"{self.title} {self.reading}"
        spec["width"] = "container"
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        return spec


def values(rows: Sequence[Row]) -> alt.Data:
    """Rows inside the specification."""
    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def finished(chart: Chart, height: int = style.HEIGHT) -> Chart:
    """Size and look that all charts share."""
    return chart.properties(width=style.WIDTH, height=height).configure(**style.config())


def date_axis(first: Any, last: Any, title: str | None = None) -> alt.X:
    """Horizontal time axis from first to last."""
    scale = alt.Scale(domain=[_local(first), _local(last)], nice=False)
    return alt.X("date:T", axis=_date_ticks(first, last, title), scale=scale)


def cells_axis(first: Any, last: Any) -> tuple[alt.X, Chart]:
    """Time axis of a chart of cells from `date` to `until`, and an unseen layer that stretches it from first to last.

    A domain of dates cannot be stated beside x2 (Vega-Lite 6 then reads it twice), so data have to state it.
    """
    x = alt.X("date:T", axis=_date_ticks(first, last, None), scale=alt.Scale(nice=False))
    ends = [{"date": moment(d)} for d in (first, last)]
    return x, alt.Chart(values(ends)).mark_rule(opacity=0, aria=False).encode(x=x)


def _date_ticks(first: Any, last: Any, title: str | None) -> alt.Axis:
    """Ticks at years or months, as many as the span allows, whatever the width."""
    years = float((last - first).astype("timedelta64[D]").astype(int)) / 365.25
    if years > 3.2:
        step = 1 if years <= 8 else 2 if years <= 16 else 5 if years <= 45 else 10
        tick: Any = {"interval": "year", "step": step}
        label = "timeFormat(datum.value, '%Y')"
    else:
        step = 6 if years > 1.6 else 3 if years > 0.8 else 1
        tick = {"interval": "month", "step": step}
        label = "month(datum.value) == 0 ? timeFormat(datum.value, '%Y') : timeFormat(datum.value, '%b')"
    return alt.Axis(tickCount=tick, labelExpr=label, title=title, labelOverlap=True, grid=False)


def _local(date: Any) -> alt.DateTime:
    year, month, day = (int(part) for part in str(date.astype("datetime64[D]")).split("-"))
    return alt.DateTime(year=year, month=month, date=day)


def share_axis(field: str, title: str, **scale: Any) -> alt.Y:
    """Vertical axis of shares or probabilities in percent."""
    axis = alt.Axis(format=".0%", tickCount=5)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(**scale), title=title)


def gain_axis(field: str, title: str, **scale: Any) -> alt.Y:
    """Vertical axis of gains and losses in percent, with their signs."""
    label = "datum.value == 0 ? '0' : format(datum.value, '+.2~%')"
    return alt.Y(f"{field}:Q", axis=alt.Axis(labelExpr=label, tickCount=5), scale=alt.Scale(**scale), title=title)


def area_legend(names: Sequence[str]) -> alt.Legend:
    """Legend of a chart of areas, in as many columns as fit."""
    return alt.Legend(columns=_columns(names))


def line_legend(names: Sequence[str]) -> alt.Legend:
    """Legend of a chart of lines: strokes, dashed where the line is, in as many columns as fit."""
    return alt.Legend(columns=_columns(names), symbolType="stroke", symbolStrokeWidth=3, symbolSize=280)


def _columns(names: Sequence[str]) -> int:
    """Columns of a legend at the full width; the report's script fits them to a narrower page in the same way."""
    longest = LETTER * max((len(n) for n in names), default=1) + SYMBOL
    return max(1, min(len(names), int(style.WIDTH // longest)))


def hover(time: Dates, series: Mapping[str, Float], x: alt.X, format: str, before: str = "in") -> Chart:
    """An unseen upright line at each date that says the numbers of that date when pointed at.

    Args:
        series: (T,) values by the name under which they are said; dates without any value are left out.
        format: of the values, in D3's language.
        before: word before the date.
    """
    tips = [alt.Tooltip("date:T", title=before, format="%B %Y")]
    tips += [alt.Tooltip(f"p{k}:Q", title=name, format=format) for k, name in enumerate(series)]
    table = [
        {"date": moment(t), **{f"p{k}": number(v[i]) for k, v in enumerate(series.values())}}
        for i, t in enumerate(time)
        if any(np.isfinite(v[i]) for v in series.values())
    ]
    return alt.Chart(values(table)).mark_rule(opacity=0, strokeWidth=9, aria=False).encode(x=x, tooltip=tips)


def lines(
    time: Dates,
    series: Mapping[str, Float],
    colours: Sequence[str],
    dashes: Sequence[Sequence[int]],
    x: alt.X,
    y: alt.Y,
) -> Chart:
    """Named lines over time, told apart by colour and, where asked, by dashes; y encodes the field `value`."""
    names = list(series)
    legend = None if len(names) == 1 else line_legend(names)
    encoding: dict[str, Any] = {
        "color": alt.Color("series:N", scale=alt.Scale(domain=names, range=list(colours)), legend=legend)
    }
    if any(tuple(d) != SOLID for d in dashes):
        scale = alt.Scale(domain=names, range=[list(d) for d in dashes])
        encoding["strokeDash"] = alt.StrokeDash("series:N", scale=scale, legend=legend)
    few = max(int(np.isfinite(v).sum()) for v in series.values()) <= FEW
    dots: Any = {"filled": True, "size": 60} if few else False
    return alt.Chart(values(line_rows(time, series))).mark_line(clip=not few, point=dots).encode(x=x, y=y, **encoding)


def rule_at(value: float, *, dashed: bool = False) -> Chart:
    """A level line across the chart; y encodes the field `value`."""
    mark = alt.Chart(values([{"value": number(value)}]))
    drawn = (
        mark.mark_rule(color=style.MUTED, strokeDash=[4, 4], aria=False)
        if dashed
        else mark.mark_rule(color="#9aa5b1", aria=False)
    )
    return drawn.encode(y="value:Q")


def table_over_time(reading: Reading, first: str, series: Mapping[str, Float], said: Callable[[float], str]) -> Table:
    """Numbers at a few dates, evenly spread over those at which the first series is known."""
    known = np.flatnonzero(np.isfinite(next(iter(series.values()))))
    shown = [known[k] for k in spread(known.size)]
    body = tuple((month(reading.time[t]), *(said(float(v[t])) for v in series.values())) for t in shown)
    return Table((first, *series), body)


def _wrapped(sentence: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]

"""Charts of levers and of what a measure depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np

from ripeness.questions.claim_words import amount, in_words, plain_number
from ripeness.questions.verdicts import LEVELS, LeverEffect, LeverTable, Why
from ripeness.report import style
from ripeness.report.picture import Picture, Table, finished, values
from ripeness.report.rows import number

BAR = "#4a6c94"
MOST_BARS, LEAST_BAR = 15, 0.005
"""Bars of a chart, and the least length of one as a part of the longest."""
MOST_POINTS = 1500
LINES = ("#1b8a6b", "#c2570c", "#1d5c99", "#7a5aa6", "#a8913a", "#474747", "#8a70ad", "#6f9fca")


def effects(table: LeverTable, shown: Sequence[LeverEffect], unit: str, names: Mapping[str, str], name: str) -> Picture:
    """Effect of each lever on the measure: the spread over the draws, and the scenario's own numbers."""
    rows: list[dict[str, Any]] = [
        {
            "lever": each.id, "low": number(each.effect.quantiles[0]), "left": number(each.effect.quantiles[1]),
            "middle": number(each.effect.median), "right": number(each.effect.quantiles[3]),
            "high": number(each.effect.quantiles[-1]), "own": number(each.central),
        }
        for each in shown
        if each.effect.n
    ]  # fmt: skip
    y = alt.Y("lever:N", sort=[row["lever"] for row in rows], axis=_names_axis())
    x = alt.X("low:Q", title=f"change of {in_words(table.asked, names)}", axis=_axis(unit))
    tips = [
        alt.Tooltip("lever:N"), alt.Tooltip("middle:Q", title="median", format="+.4~g"),
        alt.Tooltip("low:Q", title="5%", format="+.4~g"), alt.Tooltip("high:Q", title="95%", format="+.4~g"),
        alt.Tooltip("own:Q", title="own numbers", format="+.4~g"),
    ]  # fmt: skip
    chart = alt.layer(
        _zero(),
        alt.Chart(values(rows)).mark_rule(color=BAR, strokeWidth=2).encode(y=y, x=x, x2="high:Q"),
        alt.Chart(values(rows)).mark_bar(color=BAR, height=12).encode(y=y, x="left:Q", x2="right:Q", tooltip=tips),
        alt.Chart(values(rows)).mark_tick(color="#ffffff", thickness=3, height=12).encode(y=y, x="middle:Q"),
        alt.Chart(values(rows)).mark_point(color=style.INK, filled=True, shape="diamond", size=60, opacity=1.0)
        .encode(y=y, x="own:Q", tooltip=tips),
    )  # fmt: skip
    title = _effects_title(table, shown, unit, names)
    reading = (
        "Line: 5 to 95% of the draws; bar: the middle half; white: the median; diamond: the scenario's own numbers. "
        "Left of zero the lever lowers the measure."
    )
    numbers = Table(
        ("lever", *(f"{level:.0%}" for level in LEVELS), "own numbers"),
        tuple(
            (
                each.id,
                *(amount(q, unit, signed=True) for q in each.effect.quantiles),
                amount(each.central, unit, signed=True),
            )
            for each in shown
        ),
    )
    return Picture(name, title, reading, finished(chart, max(80, 34 * len(rows))), numbers)


def _effects_title(table: LeverTable, shown: Sequence[LeverEffect], unit: str, names: Mapping[str, str]) -> str:
    first = next((each for each in shown if each.effect.n), None)
    if first is None:
        return f"No effect on {in_words(table.asked, names)} could be computed"
    return f"{first.id} does most: {amount(first.effect.median, unit, signed=True)} in the median draw"


def by_actor(shown: Sequence[LeverEffect], names: Mapping[str, str]) -> Picture:
    """What each lever changes for each actor."""
    rows: list[dict[str, Any]] = [
        {
            "lever": each.id, "actor": names[role], "low": number(spread.quantiles[0]), "middle": number(spread.median),
            "high": number(spread.quantiles[-1]), "helps": number(each.helps[role]),
        }
        for each in shown
        for role, spread in each.values.items()
        if spread.n
    ]  # fmt: skip
    roles = list(dict.fromkeys(role for each in shown for role in each.values))
    colours = [style.ROLE_COLOUR[role] for role in roles]
    domain = [names[role] for role in roles]
    y = alt.Y("lever:N", sort=list(dict.fromkeys(row["lever"] for row in rows)), axis=_names_axis())
    offset = alt.YOffset("actor:N", sort=domain)
    colour = alt.Color("actor:N", scale=alt.Scale(domain=domain, range=colours))
    tips = [
        alt.Tooltip("lever:N"), alt.Tooltip("actor:N"), alt.Tooltip("middle:Q", title="median", format="+.3%"),
        alt.Tooltip("helps:Q", title="better off in", format=".0%"),
    ]  # fmt: skip
    x = alt.X("low:Q", title="change of the war's value to each, share of the prize for ever", axis=_axis("share"))
    chart = alt.layer(
        _zero(),
        alt.Chart(values(rows)).mark_rule(strokeWidth=2).encode(y=y, yOffset=offset, x=x, x2="high:Q", color=colour),
        alt.Chart(values(rows)).mark_point(filled=True, size=70, opacity=1.0)
        .encode(y=y, yOffset=offset, x="middle:Q", color=colour, tooltip=tips,
                shape=alt.Shape("actor:N", scale=alt.Scale(domain=domain))),
    )  # fmt: skip
    table = Table(
        ("lever", *(f"{names[role]}, median" for role in roles), *(f"{names[role]} better off in" for role in roles)),
        tuple(
            (
                each.id, *(amount(each.values[role].median, "share", signed=True) for role in roles),
                *(f"{each.helps[role]:.0%}" for role in roles),
            )
            for each in shown
        ),
    )  # fmt: skip
    reading = "Point: the median draw; line: 5 to 95% of the draws. Costs of a lever itself are not in it."
    return Picture("by-actor", "Whom each lever helps", reading, finished(chart, max(90, 44 * len(shown))), table)


def strengths(table: LeverTable, unit: str, names: Mapping[str, str]) -> Picture | None:
    """The measure against the strength of each lever, with the target."""
    if table.target is None or not table.least:
        return None
    shown = table.least[: len(LINES)]
    rows = [
        {"lever": each.id, "strength": number(step.strength), "value": number(step.value)}
        for each in shown
        for step in each.steps
    ]
    domain = [each.id for each in shown]
    colour = alt.Color(
        "lever:N", scale=alt.Scale(domain=domain, range=list(LINES[: len(domain)])), legend=alt.Legend(columns=2)
    )
    x = alt.X("strength:Q", title="strength of the lever", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y(
        "value:Q", title=in_words(table.asked, names), axis=_axis(unit, signed=False), scale=alt.Scale(zero=False)
    )
    target = alt.Chart(values([{"value": number(table.target)}])).mark_rule(
        color=style.INK, strokeDash=[4, 4], aria=False
    )
    chart = alt.layer(
        target.encode(y="value:Q"),
        alt.Chart(values(rows)).mark_line(point={"size": 30, "filled": True})
        .encode(x=x, y=y, color=colour, tooltip=["lever:N", "strength:Q", "value:Q"]),
    )  # fmt: skip
    reached = [each for each in table.least if each.strength is not None]
    title = (
        f"{reached[0].id} reaches the target with {reached[0].strength:.0%} of its strength"
        if reached
        else "None reaches the target"
    )
    grid = [s / 4 for s in range(5)]
    body = tuple(
        (each.id, *(amount(next((p.value for p in each.steps if p.strength == s), np.nan), unit) for s in grid))
        for each in shown
    )
    numbers = Table(("lever", *(f"{s:.0%}" for s in grid)), body)
    reading = "In the scenario's own numbers. Dashed: the target. A strength of 50% goes half of the way."
    return Picture("strengths", title, reading, finished(chart, 260), numbers)


def indices(why: Why, words: Mapping[str, str]) -> Picture | None:
    """Parts of the variance by assumption."""
    shown = [each for each in why.sensitivities if _told(each.first, each.first_error)][:MOST_BARS]
    if not shown:
        return None
    kinds = ["alone", "with interactions"]
    rows: list[dict[str, Any]] = []
    for each in shown:
        rows.append(_index(words[each.path], kinds[0], each.first, each.first_error))
        if np.isfinite(each.total):
            rows.append(_index(words[each.path], kinds[1], each.total, each.total_error))
    both = any(row["kind"] == kinds[1] for row in rows)
    domain = kinds if both else kinds[:1]
    y = alt.Y("assumption:N", sort=[words[each.path] for each in shown], axis=_names_axis())
    encoding: dict[str, Any] = {"y": y}
    if both:
        encoding["yOffset"] = alt.YOffset("kind:N", sort=kinds)
    legend = alt.Legend() if both else None
    colour = alt.Color("kind:N", scale=alt.Scale(domain=domain, range=[BAR, "#b98d4a"][: len(domain)]), legend=legend)
    x = alt.X("value:Q", title="part of the variance", axis=alt.Axis(format=".0%", tickCount=5))
    tips = ["assumption:N", "kind:N", alt.Tooltip("value:Q", format=".1%")]
    chart = alt.layer(
        alt.Chart(values(rows)).mark_bar().encode(x=x, color=colour, tooltip=tips, **encoding),
        alt.Chart(values(rows)).mark_rule(color=style.INK, aria=False).encode(x="low:Q", x2="high:Q", **encoding),
    )  # fmt: skip
    title = f"{words[shown[0].path]} accounts for {max(0.0, shown[0].first):.0%} of the variance by itself"
    table = Table(
        ("assumption", "alone", "±", "with interactions", "±"),
        tuple(
            (
                each.path,
                f"{each.first:.1%}",
                f"{each.first_error:.1%}",
                _percent(each.total),
                _percent(each.total_error),
            )
            for each in shown
        ),
    )
    reading = (
        "Part of the variance of the measure over the ranges; line: 95% interval. What chance explains is left out."
    )
    return Picture("indices", title, reading, finished(chart, max(80, (36 if both else 24) * len(shown))), table)


def _told(index: float, error: float) -> bool:
    """Whether an index is told apart from none."""
    return bool(np.isfinite(index) and index > error)


def _index(name: str, kind: str, value: float, error: float) -> dict[str, Any]:
    return {
        "assumption": name, "kind": kind, "value": number(max(0.0, value)), "low": number(max(0.0, value - error)),
        "high": number(value + error),
    }  # fmt: skip


def _percent(value: float) -> str:
    return f"{value:.1%}" if np.isfinite(value) else ""


def swings(why: Why, unit: str, words: Mapping[str, str]) -> Picture | None:
    """Change of the measure over the range of each assumption, by its slope at the scenario's own numbers."""
    largest = abs(why.elasticities[0].swing) if why.elasticities else 0.0
    shown = [each for each in why.elasticities if abs(each.swing) > LEAST_BAR * largest][:MOST_BARS]
    if not shown:
        return None
    rows: list[dict[str, Any]] = [
        {"assumption": words[each.path], "swing": number(each.swing), "way": "raises" if each.swing > 0 else "lowers"}
        for each in shown
    ]
    y = alt.Y("assumption:N", sort=[row["assumption"] for row in rows], axis=_names_axis())
    colour = alt.Color(
        "way:N", scale=alt.Scale(domain=["raises", "lowers"], range=[style.SETTLEMENT_COLOUR, "#b58900"])
    )
    x = alt.X("swing:Q", title="change over the whole range, by the slope here", axis=_axis(unit))
    tips = ["assumption:N", alt.Tooltip("swing:Q", format="+.4~g")]
    chart = alt.layer(_zero(), alt.Chart(values(rows)).mark_bar(height=13).encode(x=x, y=y, color=colour, tooltip=tips))
    first = shown[0]
    title = (
        f"Near the own numbers {words[first.path]} counts most: {amount(first.swing, unit, signed=True)} over its range"
    )
    table = Table(
        ("assumption", "value", "range", "slope", "swing", "elasticity"),
        tuple(
            (
                each.path, plain_number(each.value), f"{plain_number(each.low)} to {plain_number(each.high)}",
                f"{each.slope:+.4g}", amount(each.swing, unit, signed=True),
                f"{each.elasticity:+.3f}" if np.isfinite(each.elasticity) else "",
            )
            for each in shown
        ),
    )  # fmt: skip
    reading = "Slopes by differences of solved games around the scenario's own numbers, times the width of each range."
    return Picture("swings", title, reading, finished(chart, max(80, 24 * len(shown))), table)


def against(why: Why, path: str, unit: str, word: str, names: Mapping[str, str]) -> Picture:
    """The measure against one assumption, over the draws."""
    x_all, y_all = why.drawn[path], why.values
    known = np.flatnonzero(np.isfinite(y_all))
    shown = known[:: max(1, int(np.ceil(known.size / MOST_POINTS)))]
    rows = [{"x": number(x_all[k]), "y": number(y_all[k]), "draw": int(k)} for k in shown]
    x = alt.X("x:Q", title=word, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("y:Q", title=in_words(why.asked, names), axis=_axis(unit, signed=False), scale=alt.Scale(zero=False))
    chart = (
        alt.Chart(values(rows))
        .mark_point(filled=True, size=22, opacity=0.6, color=BAR)
        .encode(x=x, y=y, tooltip=["draw:Q", "x:Q", "y:Q"])
    )
    thirds = np.quantile(x_all[known], (0.0, 1 / 3, 2 / 3, 1.0))
    parts = [y_all[known][(x_all[known] >= a) & (x_all[known] <= b)] for a, b in pairwise(thirds)]
    table = Table(
        (word, "mean"),
        tuple(
            (f"{plain_number(a)} to {plain_number(b)}", amount(float(part.mean()), unit))
            for (a, b), part in zip(pairwise(thirds), parts, strict=True)
        ),
    )
    means = [float(part.mean()) for part in (parts[0], parts[-1])]
    title = f"{amount(means[0], unit)} on average in the lowest third, {amount(means[1], unit)} in the highest"
    return Picture(
        f"against-{path.replace('.', '-')}", title, f"{word}. One point a draw.", finished(chart, 220), table
    )


def _names_axis() -> alt.Axis:
    return alt.Axis(title=None, labelLimit=300, grid=False, domain=False, ticks=False)


def _axis(unit: str, *, signed: bool = True) -> alt.Axis:
    sign = "+" if signed else ""
    form = f"{sign}.2~%" if unit in ("share", "1", "share/year") else f"{sign}.3~g"
    return alt.Axis(labelExpr=f"datum.value == 0 ? '0' : format(datum.value, '{form}')", tickCount=5)


def _zero() -> Any:
    return alt.Chart(values([{"at": 0.0}])).mark_rule(color="#9aa5b1", aria=False).encode(x="at:Q")

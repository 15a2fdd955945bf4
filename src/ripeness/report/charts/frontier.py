"""Efficient packages of a plan, with its drafts, what impartial rules pick, and what both parties would sign."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from ripeness.deals.desk import Desk
from ripeness.report import style
from ripeness.report.picture import Picture, Table, finished, values
from ripeness.report.rows import number

KINDS = {"efficient": "#8aa4c2", "draft": style.INK, "rule": "#7a5aa6", "amended draft": style.SETTLEMENT_COLOUR}
SHAPES = {"efficient": "circle", "draft": "diamond", "rule": "triangle-up", "amended draft": "square"}
HEIGHT = 420


def frontier(desk: Desk) -> Picture:
    """The chart of the first two parties that must sign; with more, the list is seen from these two."""
    plan, (first, second) = desk.plan, desk.parties[:2]
    names = [plan.parties[party].name for party in (first, second)]
    rows: list[dict[str, Any]] = [_row("efficient", "efficient", each.worth[0], each.worth[1]) for each in desk.shown]
    for said in desk.drafts:
        worth = {each.party: each.worth for each in said.parties}
        rows.append(_row("draft", said.draft, worth[first], worth[second]))
    for amended in desk.all_amendments:
        if amended.found and amended.found[0].changes:
            worth = amended.found[0].worth
            rows.append(_row("amended draft", f"{amended.draft}, amended", worth[first], worth[second]))
    rows += [_row("rule", each.rule, each.worth[first], each.worth[second]) for each in desk.solutions]
    least = [float(plan.parties[party].reservation) for party in (first, second)]
    spans = [[*(row[axis] for row in rows), level] for axis, level in zip("xy", least, strict=True)]
    rooms = [0.06 * (max(span) - min(span) or 1.0) for span in spans]
    domains = [[number(min(span) - room), number(max(span) + room)] for span, room in zip(spans, rooms, strict=True)]
    x = alt.X("x:Q", title=f"worth to {names[0]}", scale=alt.Scale(domain=domains[0], nice=False))
    y = alt.Y("y:Q", title=f"worth to {names[1]}", scale=alt.Scale(domain=domains[1], nice=False))
    corner = {"x": number(least[0]), "y": number(least[1]), "x2": domains[0][1], "y2": domains[1][1]}
    zone = alt.Chart(values([corner])).mark_rect(color=style.SETTLEMENT_COLOUR, opacity=0.12, aria=False)
    dash: dict[str, Any] = {"color": style.MUTED, "strokeDash": [4, 4], "aria": False}
    rules = [
        alt.Chart(values([corner])).mark_rule(**dash).encode(x=x),
        alt.Chart(values([corner])).mark_rule(**dash).encode(y=y),
    ]
    present = [kind for kind in KINDS if any(row["kind"] == kind for row in rows)]
    legend = alt.Legend(columns=len(present), symbolStrokeWidth=0)
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=present, range=[KINDS[kind] for kind in present]), legend=legend
    )
    shape = alt.Shape(
        "kind:N", scale=alt.Scale(domain=present, range=[SHAPES[kind] for kind in present]), legend=legend
    )
    tips = [
        alt.Tooltip("name:N", title="version"),
        alt.Tooltip("x:Q", title=names[0], format=".4~g"),
        alt.Tooltip("y:Q", title=names[1], format=".4~g"),
    ]
    small = [row for row in rows if row["kind"] == "efficient"]
    large = [row for row in rows if row["kind"] != "efficient"]
    points = [
        alt.Chart(values(some)).mark_point(filled=True, opacity=1.0, size=size)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=tips)
        for some, size in ((small, 26), (large, 110))
        if some
    ]  # fmt: skip
    middle = number(0.5 * (min(spans[0]) + max(spans[0])))
    sides: tuple[tuple[Literal["left", "right"], int, str], ...] = (
        ("left", -4, f"datum.x <= {middle}"),
        ("right", 4, f"datum.x > {middle}"),
    )
    labels = [
        alt.Chart(values([row for row in rows if row["kind"] == "draft"]))
        .mark_text(
            align=side, dx=dx, dy=13, fontSize=12, color=style.INK, aria=False
        )  # below it, where no version is drawn
        .transform_filter(test)
        .encode(x=x, y=y, text="name:N")
        for side, dx, test in sides
    ]
    chart = finished(
        alt.layer(zone.encode(x=x, y=y, x2="x2:Q", y2="y2:Q"), *rules, *points, *(labels if desk.drafts else ())),
        HEIGHT,
    )
    reading = (
        "Each dot is a version that nobody could better without another losing. Dashed: what each gets without a deal. "
        "Shaded: what both would sign, red lines and conditions aside."
    )
    shown = [row for row in rows if row["kind"] != "efficient"]
    table = Table(
        ("version", *names), tuple((row["name"], f"{row['x']:.4g}", f"{row['y']:.4g}") for row in shown or rows[:20])
    )
    return Picture("frontier", _finding(desk), reading, chart, table)


def _row(kind: str, name: str, x: float, y: float) -> dict[str, Any]:
    return {"kind": kind, "name": name, "x": number(x), "y": number(y)}


def _finding(desk: Desk) -> str:
    said = desk.frontier
    names = " and ".join(desk.plan.parties[party].name for party in desk.parties)
    if not said.n_acceptable:
        return f"None of the {said.n_packages:,} efficient versions suits {names}"
    return f"{said.n_acceptable:,} of {said.n_packages:,} efficient versions suit {names}"

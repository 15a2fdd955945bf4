"""Who believes what: over time, after a rejected offer, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import xarray as xr

from ripeness.questions.disagreement import WORTH, Side, named, telling_package, view_said
from ripeness.questions.endings import SETTLEMENT
from ripeness.questions.labels import key_of
from ripeness.questions.moment import Float
from ripeness.questions.reading import Reading
from ripeness.questions.secrets import AS_IT_IS, KNOWN
from ripeness.questions.views import PUBLIC, TRUTH
from ripeness.questions.words import listing, percent, sentence
from ripeness.report import rows, style
from ripeness.report.charts.seats import shown_packages
from ripeness.report.picture import (
    SOLID,
    Picture,
    Table,
    date_axis,
    finished,
    gain_axis,
    hover,
    lines,
    share_axis,
    table_over_time,
    values,
)

ALIKE = 5e-4
"""Lines closer than this everywhere are drawn as one."""

LEAST_SHOWN = 1e-3
"""An axis of gains shows at least this much to either side."""

LONG = 36
"""Names of several observers that are longer than this together give way to their roles."""

SMALL, BAR = 220, 17
"""Height of a chart of one type, and of a bar."""

DASHES = ((7, 3), (2, 3), (9, 3, 2, 3), (4, 2, 1, 2), (12, 4), (1, 3))
"""Lines given a type, first to last."""


def names(tree: xr.DataTree) -> list[str]:
    """Charts of single actors and types that this outlook has."""
    if "beliefs" not in tree.children:
        return []
    sides = [Side(Reading(tree), str(role)) for role in tree["beliefs"].children]
    over_time = [f"belief_{side.role}_{key_of(kind)}" for side in sides for kind in side.types]
    return [*(f"rejection_{side.role}" for side in sides), *over_time]


def named_chart(tree: xr.DataTree, name: str) -> Picture | None:
    """One of the charts of `names`."""
    what, role, *rest = name.split("_", 2)
    side = Side(Reading(tree), role)
    if what == "rejection":
        return rejection(tree, side)
    return belief(tree, side, [key_of(kind) for kind in side.types].index(rest[0]))


def odds(tree: xr.DataTree) -> Picture | None:
    """Probability of a settlement by date as each sees it, and given each type."""
    r = Reading(tree)
    if "views" not in tree.children:
        return None
    views = r.names_of("views/view")
    settled = r.array("views/cumulative_probability")[:, :, r.names_of("views/end").index(SETTLEMENT)]
    seen = _merged(r, {view: settled[:, k] for k, view in enumerate(views) if ": " not in view})
    series = {f"as {label} {'see' if ' and ' in label else 'sees'} it": line for label, (_, line) in seen.items()}
    colours = [style.OBSERVER_COLOUR[TRUTH if "the analyst" in label else first] for label, (first, _) in seen.items()]
    dashes: list[Sequence[int]] = [style.ROLE_DASH.get(first, list(SOLID)) for first, _ in seen.values()]
    count: dict[str, int] = {}
    for k, view in enumerate(views):
        role, given, kind = view.partition(": ")
        if given:
            count[role] = count.get(role, -1) + 1
            series[f"if {r.names[role]} is “{kind}”"] = settled[:, k]
            colours.append(style.ROLE_COLOUR[role])
            dashes.append(DASHES[count[role] % len(DASHES)])
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, len(r.time) - 1)])
    y = share_axis("value", "probability of a settlement by then", domain=[0, _top(settled)])
    drawn = lines(r.time, series, colours, dashes, x, y)
    least, most = settled[-1].argmin(), settled[-1].argmax()
    finding = f"A settlement by {r.horizon}: from {percent(settled[-1, least])} ({_said(r, views[least])}) "
    finding += f"to {percent(settled[-1, most])} ({_said(r, views[most])}), by who looks and what is true"
    reading = "One war, seen by each with its own beliefs, and what would follow if this type were the true one."
    chart = finished(alt.layer(drawn, hover(r.time, series, x, ".1%", "by")))
    return Picture("views", finding, reading, chart, table_over_time(r, "by", series, percent))


def _said(r: Reading, view: str) -> str:
    role, given, kind = view.partition(": ")
    return f"if {r.names[role]} is “{kind}”" if given else f"as {view_said(r, view)} sees it"


def _top(shares: Float) -> float:
    """A round upper end of an axis of probabilities."""
    most = float(np.nanmax(shares, initial=0.0))
    return next(top for top in (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0) if most <= top + 1e-12 or top == 1.0)


def _merged(r: Reading, series: Mapping[str, Float]) -> dict[str, tuple[str, Float]]:
    """Lines by label, those that lie upon one another as one, with the first of each."""
    groups: list[tuple[list[str], Float]] = []
    for name, line in series.items():
        same = next((g for g in groups if np.nanmax(np.abs(g[1] - line), initial=0.0) < ALIKE), None)
        if same is None:
            groups.append(([name], line))
        else:
            same[0].append(name)
    found = {}
    for members, line in groups:
        shown = [named(r, m) for m in members if m != PUBLIC or len(members) == 1]
        actors = [m for m in members if m in r.names]
        label = listing(shown)
        if len(shown) > 1 and len(label) > LONG:
            label = listing([named(r, m) if m not in r.names else f"the {m}" for m in members if m != PUBLIC])
        found[label] = (actors[0] if actors else members[0], line)
    return found


def belief(tree: xr.DataTree, side: Side, k: int) -> Picture | None:
    """How likely each observer holds the type that is true, while the war goes on."""
    r = Reading(tree)
    believed = r.while_open(side.array("in_true_type")[:, k])
    if not np.isfinite(believed).any():
        return None
    merged = _merged(r, {observer: believed[:, o] for o, observer in enumerate(side.observers)})
    series = {label: line for label, (_, line) in merged.items()}
    colours = [style.OBSERVER_COLOUR[first] for first, _ in merged.values()]
    dashes = [style.OBSERVER_DASH[first] for first, _ in merged.values()]
    dates = rows.boundaries(tree)
    x = date_axis(dates[0], dates[max(1, r.n_open - 1)])
    y = share_axis("value", "mean belief in it while open", domain=[0, 1])
    drawn = lines(r.time, series, colours, dashes, x, y)
    half = alt.Chart(values([{"value": 0.5}])).mark_rule(color=style.MUTED, strokeDash=[4, 4], aria=False)
    actors = [o for o, observer in enumerate(side.observers) if observer in r.names]
    known = np.flatnonzero(np.isfinite(believed).all(axis=1))
    slowest = min(actors, key=lambda o: float(believed[known[-1], o]))
    who = r.names[side.observers[slowest]]
    first, last = (percent(believed[t, slowest]) for t in known[[0, -1]])
    moves = f"stays at {first}" if first == last else f"goes from {first} to {last}"
    finding = f"If {side.name} is “{side.types[k]}”, {who}'s belief in that {moves} while the war goes on"
    reading = "Above the dashed line an observer holds the true type more likely than not."
    chart = finished(alt.layer(half.encode(y="value:Q"), drawn, hover(r.time, series, x, ".1%")), SMALL)
    table = table_over_time(r, "in", series, percent)
    return Picture(f"belief_{side.role}_{key_of(side.types[k])}", finding, reading, chart, table)


def rejection(tree: xr.DataTree, side: Side) -> Picture | None:
    """What each observer would believe after each package was rejected at the start."""
    r = Reading(tree)
    n = telling_package(side)
    if n is None:
        return None
    start, after = side.array("start"), side.array("after_rejection")
    public = side.observers.index(PUBLIC)
    k = int(np.nanargmax(np.abs(after[n, public] - start[public]))) if len(side.types) > 2 else 1
    observers = [o for o, observer in enumerate(side.observers) if observer in r.names]
    order = shown_packages(r, r.array("seats/gain")[0])
    order = [p for p in order if np.isfinite(after[p]).all()]
    labels = rows.shortened([r.packages[p] for p in order])
    people = [r.names[side.observers[o]] for o in observers]
    accepts = side.array("acceptance_by_type")
    data = [
        {"package": label, "name": r.packages[p], "series": who, "before": rows.number(start[o, k]),
         "value": rows.number(after[p, o, k])}
        | {f"a{t}": rows.number(accepts[p, t]) for t in range(len(side.types))}
        for p, label in zip(order, labels, strict=True)
        for o, who in zip(observers, people, strict=True)
    ]  # fmt: skip
    axis = alt.Axis(title=None, labelLimit=250, grid=True, domain=False, ticks=False)
    y = alt.Y("package:N", sort=labels, axis=axis)
    x_axis = alt.Axis(format=".0%", tickCount=6, grid=False, orient="bottom")
    everything = np.concatenate([start[observers, k], after[order][:, observers, k].ravel()])
    low, high = max(0.0, float(everything.min()) - 0.03), min(1.0, float(everything.max()) + 0.03)
    x = alt.X(
        "value:Q", axis=x_axis, title=f"belief in “{side.types[k]}”",
        scale=alt.Scale(domain=[rows.number(low), rows.number(high)], nice=True, zero=False),
    )  # fmt: skip
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=people, range=[style.ROLE_COLOUR[side.observers[o]] for o in observers]),
        legend=alt.Legend(columns=len(people), symbolType="circle", symbolOpacity=1),
    )
    tips = [
        alt.Tooltip("name:N", title="package"), alt.Tooltip("series:N", title="observer"),
        alt.Tooltip("before:Q", title="at the start", format=".1%"),
        alt.Tooltip("value:Q", title="after a rejection", format=".1%"),
        *(alt.Tooltip(f"a{t}:Q", title=f"“{kind}” accepts", format=".1%") for t, kind in enumerate(side.types)),
    ]  # fmt: skip
    base = alt.Chart(values(data))
    moves = base.mark_rule(opacity=0.45, strokeWidth=2, aria=False).encode(y=y, x=x, x2="before:Q", color=colour)
    dots = base.mark_circle(size=70, opacity=1).encode(y=y, x=x, color=colour, tooltip=tips)
    lines_at = [{"value": rows.number(start[o, k]), "series": who} for o, who in zip(observers, people, strict=True)]
    priors = alt.Chart(values(lines_at)).mark_rule(strokeDash=[4, 3], aria=False).encode(x=x, color=colour)
    o = max(observers, key=lambda each: abs(float(after[n, each, k] - start[each, k])))
    finding = f"If {side.name} rejected “{r.packages[n]}” at the start, {r.names[side.observers[o]]}'s belief in "
    finding += f"“{side.types[k]}” would move from {percent(start[o, k])} to {percent(after[n, o, k])}"
    reading = "Dot: belief once the package has been offered and rejected. Dashed: belief before."
    if len(order) < len(r.packages):
        reading += f" The {len(order)} of {len(r.packages)} packages that come nearest to suiting both sides are shown."
    chart = finished(alt.layer(priors, moves, dots), max(120, 20 * len(order)))
    table = Table(
        ("package", *(f"“{kind}” accepts" for kind in side.types), *people),
        tuple(
            (r.packages[p], *map(percent, accepts[p]), *(percent(after[p, each, k]) for each in observers))
            for p in order
        ),
    )
    return Picture(f"rejection_{side.role}", finding, reading, chart, table)


def secrets(tree: xr.DataTree) -> Picture | None:
    """What each would gain if a misreading were put right, or the types were known."""
    r = Reading(tree)
    if "secrets" not in tree.children:
        return None
    variants, who, gain = r.names_of("secrets/variant"), r.names_of("secrets/who"), r.array("secrets/gain")
    places = [v for v, name in enumerate(variants) if name != AS_IT_IS]
    labels = {v: _variant(r, variants[v]) for v in places}
    people = [sentence(_seat(r, seat)) for seat in who]
    data = [
        {"who": person, "series": labels[v], "value": rows.number(gain[v, w])}
        for v in places
        for w, person in enumerate(people)
    ]
    colours = [
        style.SETTLEMENT_COLOUR if variants[v] == KNOWN else style.ROLE_COLOUR[_reader(variants[v])] for v in places
    ]
    named_variants = [labels[v] for v in places]
    y = gain_axis("value", "gain")
    axis = alt.Axis(title=None, labelLimit=260, grid=False, domain=False, ticks=False)
    low, high = min(float(gain.min()), -LEAST_SHOWN), max(float(gain.max()), LEAST_SHOWN)
    scale = alt.Scale(domain=[rows.number(low), rows.number(high)], nice=True)
    drawn = (
        alt.Chart(values(data))
        .mark_bar()
        .encode(
            x=alt.X("value:Q", axis=y["axis"], scale=scale, title="gain, as a share of what is disputed, for ever"),
            y=alt.Y("who:N", sort=people, axis=axis),
            yOffset=alt.YOffset("series:N", sort=named_variants),
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=named_variants, range=colours),
                legend=alt.Legend(columns=1 if max(map(len, named_variants)) > 38 else 2),
            ),
            tooltip=[
                alt.Tooltip("who:N", title="to"), alt.Tooltip("series:N", title="if"),
                alt.Tooltip("value:Q", title="gain", format="+.2%"),
            ],
        )
    )  # fmt: skip
    zero = alt.Chart(values([{"value": 0.0}])).mark_rule(color="#9aa5b1", aria=False).encode(x="value:Q")
    v, w = max(((v, w) for v in places for w in range(len(who))), key=lambda at: abs(float(gain[at])))
    if abs(gain[v, w]) < WORTH:
        finding = f"Nobody would gain or lose {100 * WORTH:.2g}% of what is disputed if beliefs were put right"
    else:
        verb = "gain" if gain[v, w] > 0 else "lose"
        finding = f"{people[w]} would {verb} {100 * abs(gain[v, w]):.2g}% of what is disputed if {labels[v]}"
    reading = "Expected payoffs under the analyst's beliefs, against the war as it is; all else the same."
    table = Table(
        ("to", *named_variants),
        tuple((person, *(f"{100 * gain[v, w]:+.2f}%" for v in places)) for w, person in enumerate(people)),
    )
    chart = finished(alt.layer(zero, drawn), max(120, (BAR * len(places) + 8) * len(people)))
    return Picture("secrets", finding, reading, chart, table)


def _seat(r: Reading, seat: str) -> str:
    role, given, kind = seat.partition(": ")
    return f"{r.names[role]}, “{kind}”" if given else r.names[role]


def _reader(variant: str) -> str:
    return variant.removesuffix(" reads right")


def _variant(r: Reading, variant: str) -> str:
    return "the types were known to all" if variant == KNOWN else f"{r.names[_reader(variant)]} read right"

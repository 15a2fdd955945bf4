"""The pictures of docs/private-information.md, drawn from real runs: `make figures`.

Each picture is one small scenario, solved here. The numbers behind a picture are worked out in one function and drawn
in another, so that a test can compare them with what the page says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import vl_convert
import xarray as xr

import ripeness
from ripeness.report import style
from ripeness.report.images import SCALE, renumbered

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent / "images"
WIDTH, HEIGHT = 300, 210
TEAL, GREY = style.SETTLEMENT_COLOUR, style.OPEN_HISTORY_COLOUR
ORANGE, BLUE = style.ROLE_COLOUR["attacker"], style.ROLE_COLOUR["defender"]


def outlook_of(source: str, *sets: str, view: str = "truth") -> xr.DataTree:
    """Outlook of a shipped case or of a scenario in this folder."""
    file = HERE / f"{source}.yaml"
    scenario = ripeness.load(str(file) if file.exists() else source, list(sets))
    solution = ripeness.solve(ripeness.build(scenario), dtype="float64")  # precision is high in `screening`
    return ripeness.forecast(solution, view=view).tree


class Screening(NamedTuple):
    """By year, of the `screening` case.

    Attributes:
        settled: (types, years) probability that the war is settled in that year, given the type.
        asked: (years,) terms on which it is settled.
        belief: (years,) belief in a weak defender while the war is open.
    """

    types: tuple[str, ...]
    settled: np.ndarray
    asked: np.ndarray
    belief: np.ndarray


def screening(*sets: str, years: int = 4) -> Screening:
    """What the attacker asks for, who takes it, and what a refusal teaches."""
    tree = outlook_of("screening", *sets)
    views = [f"defender: {kind}" for kind in ("weak", "tough")]
    total = tree["views/cumulative_probability"].sel(view=views, end="settlement").values.T
    belief = tree["beliefs/defender/mean"].sel(view="truth", observer="public", type="weak").values
    return Screening(
        types=("weak", "tough"),
        settled=np.diff(total, axis=1, prepend=0.0)[:, :years],
        asked=tree["outlook/terms_mean"].values[:years],
        belief=belief[:years],
    )


class Signalling(NamedTuple):
    """The first quarter of the patron's war.

    Attributes:
        secret, known: (types,) probability of a plea where the type is secret, and where it is known.
        after: belief that the patron stays at the start, after a plea, after holding back.
    """

    types: tuple[str, ...]
    secret: np.ndarray
    known: np.ndarray
    after: tuple[float, float, float]


def signalling(*sets: str) -> Signalling:
    """How often each type pleads, and what is read from it."""
    types = ("leaving", "committed")
    told = outlook_of("pleading", *sets)["beliefs/patron"]
    known = [
        float(outlook_of("pleading", "beliefs.known=true", *sets, view=f"patron: {kind}")["outlook/posture_probability"]
              .isel(time=0).sel(posture="court attacker"))
        for kind in types
    ]  # fmt: skip
    staying = told["after_posture"].sel(observer="attacker", type="committed")
    return Signalling(
        types=types,
        secret=told["posture_by_type"].sel(posture="court attacker", type=list(types)).values,
        known=np.array(known),
        after=(
            float(told["start"].sel(observer="attacker", type="committed")),
            float(staying.sel(posture="court attacker")),
            float(staying.sel(posture="stand back")),
        ),
    )


class Learning(NamedTuple):
    """Belief that the attacker is strong, by month and by what it is.

    Attributes:
        low, mean, high: (types, months) quantiles 0.1 and 0.9 and mean.
    """

    time: np.ndarray
    types: tuple[str, ...]
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray


def learning(*sets: str) -> Learning:
    """What the front teaches of the attacker."""
    tree = outlook_of("learning", *sets)
    found = tree["beliefs/attacker"]
    types = ("weak", "strong")
    nodes = found["node_belief"].sel(type="strong").values
    order = np.argsort(nodes)
    low, mean, high = [], [], []
    for kind in types:
        mass = found["public_distribution"].sel(view=f"attacker: {kind}").values[:, order]
        low.append([_quantile(nodes[order], row, 0.1) for row in mass])
        high.append([_quantile(nodes[order], row, 0.9) for row in mass])
        mean.append(found["mean"].sel(view=f"attacker: {kind}", observer="public", type="strong").values)
    return Learning(tree["time"].values, types, np.array(low), np.array(mean), np.array(high))


def _quantile(points: np.ndarray, mass: np.ndarray, level: float) -> float:
    """Of a distribution over increasing points, between those that carry mass."""
    some = mass > 1e-9 * mass.sum()
    return float(np.interp(level, np.cumsum(mass[some]) / mass[some].sum(), points[some]))


class Disagreement(NamedTuple):
    """Of the war of two optimists.

    Attributes:
        belief: (2, quarters) mean belief of attacker and defender in little help, while the war is open and there is
            little.
        settled: (2, quarters) probability that it is settled by then: where they disagree, where they agree.
    """

    time: np.ndarray
    belief: np.ndarray
    settled: np.ndarray


def disagreement(*sets: str) -> Disagreement:
    """What each side believes while the war lasts, and how long it lasts."""
    tree = outlook_of("disagreement", *sets)
    agreed = outlook_of(
        "disagreement", *(f"beliefs.patron.types.1.seen_by.{role}=0.5" for role in ("attacker", "defender")), *sets
    )
    seen = tree["beliefs/patron/mean"].sel(view="patron: little", type="little", observer=["attacker", "defender"])
    settled = [t["outlook/cumulative_probability"].sel(end="settlement").values for t in (tree, agreed)]
    return Disagreement(tree["time"].values, seen.transpose("observer", "time").values, np.array(settled))


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    return alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]


def _percent(field: str, title: str, **scale: Any) -> alt.Y:
    return alt.Y(f"{field}:Q", title=title, axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(**scale))


def _colours(domain: Sequence[str], colours: Sequence[str], *, lines: bool = False) -> alt.Color:
    legend = alt.Legend(symbolType="stroke", symbolStrokeWidth=3, symbolSize=280) if lines else alt.Legend()
    return alt.Color("what:N", scale=alt.Scale(domain=list(domain), range=list(colours)), title=None, legend=legend)


def _panel(chart: Any, title: str) -> Any:
    return chart.properties(width=WIDTH, height=HEIGHT, title=alt.TitleParams(text=title, fontSize=13))


def _beside(*panels: Any) -> Any:
    return alt.hconcat(*panels, spacing=48).resolve_scale(color="independent").configure(**style.config())


def _over_time(time: np.ndarray, series: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    return [
        {"date": str(t)[:10], "value": float(v), "what": name}
        for name, line in series.items()
        for t, v in zip(time, line, strict=True)
        if np.isfinite(v)
    ]


def _dates() -> alt.X:
    return alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", grid=False))


def draw_screening(found: Screening) -> Any:
    """Who settles when; what is asked, and what is believed."""
    years = range(1, found.settled.shape[1] + 1)
    bars = [
        {"year": year, "value": float(found.settled[k, year - 1]), "what": f"{kind} defender"}
        for k, kind in enumerate(found.types)
        for year in years
    ]
    names = [f"{kind} defender" for kind in found.types]
    left = (
        alt.Chart(_data(bars)).mark_bar()
        .encode(
            x=alt.X("year:O", title="year of the war", axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("what:N", sort=names), y=_percent("value", "settled in this year", domain=[0, 1]),
            color=_colours(names, [BLUE, "#8fb8de"]),
        )
    )  # fmt: skip
    lines = [
        {"year": year, "value": float(line[year - 1]), "what": name}
        for name, line in (("terms signed", found.asked), ("belief that the defender is weak", found.belief))
        for year in years
        if np.isfinite(line[year - 1]) and found.settled[:, year - 1].max() > 1e-3
    ]
    right = (
        alt.Chart(_data(lines)).mark_line(point={"filled": True, "size": 60})
        .encode(
            x=alt.X("year:O", title="year of the war", axis=alt.Axis(labelAngle=0)),
            y=_percent("value", "", domain=[0, 1]),
            color=_colours(["terms signed", "belief that the defender is weak"], [ORANGE, GREY], lines=True),
        )
    )  # fmt: skip
    return _beside(_panel(left, "Who accepts, and when"), _panel(right, "What is signed, and believed"))


def draw_signalling(found: Signalling) -> Any:
    """How often each type pleads; what is believed after."""
    rows = [
        {"type": kind, "value": float(values[k]), "what": name}
        for name, values in (("its resolve is known", found.known), ("its resolve is secret", found.secret))
        for k, kind in enumerate(found.types)
    ]
    names = ["its resolve is known", "its resolve is secret"]
    left = (
        alt.Chart(_data(rows)).mark_bar()
        .encode(
            x=alt.X("type:N", title="the patron is", sort=list(found.types), axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("what:N", sort=names),
            y=_percent("value", "pleads in the first quarter", domain=[0, 1]),
            color=_colours(names, [style.GAP_COLOUR, style.ROLE_COLOUR["patron"]]),
        )
    )  # fmt: skip
    said = ("before", "after a plea", "after holding back")
    beliefs = [{"when": when, "value": value} for when, value in zip(said, found.after, strict=True)]
    right = (
        alt.Chart(_data(beliefs)).mark_bar(color=ORANGE, size=46)
        .encode(
            x=alt.X("when:N", title=None, sort=list(said), axis=alt.Axis(labelAngle=0)),
            y=_percent("value", "the attacker believes that it stays", domain=[0, 1]),
        )
    )  # fmt: skip
    return _beside(_panel(left, "A plea gives something away"), _panel(right, "What is read from it"))


def draw_learning(found: Learning) -> Any:
    """Belief by month, with the range of four histories in five."""
    colours = {"weak": BLUE, "strong": ORANGE}
    layers = []
    for k, kind in enumerate(found.types):
        band = [
            {"date": str(t)[:10], "low": float(found.low[k, i]), "high": float(found.high[k, i])}
            for i, t in enumerate(found.time)
        ]
        layers.append(
            alt.Chart(_data(band)).mark_area(color=colours[kind], opacity=0.18)
            .encode(x=_dates(), y="low:Q", y2="high:Q")
        )  # fmt: skip
    names = [f"it is {kind}" for kind in found.types]
    lines = _over_time(found.time, {name: found.mean[k] for k, name in enumerate(names)})
    mean = (
        alt.Chart(_data(lines)).mark_line()
        .encode(
            x=_dates(), y=_percent("value", "belief that the attacker is strong", domain=[0, 1]),
            color=_colours(names, [colours[kind] for kind in found.types], lines=True),
        )
    )  # fmt: skip
    return alt.layer(*layers, mean).properties(width=2 * WIDTH, height=HEIGHT).configure(**style.config())


def draw_disagreement(found: Disagreement) -> Any:
    """Beliefs while the war lasts; how long it lasts."""
    names = ["attacker", "defender"]
    beliefs = _over_time(found.time, dict(zip(names, found.belief, strict=True)))
    left = (
        alt.Chart(_data(beliefs)).mark_line()
        .encode(
            x=_dates(), y=_percent("value", "belief in little help", domain=[0, 1]),
            color=_colours(names, [ORANGE, BLUE], lines=True),
        )
    )  # fmt: skip
    said = ["they agree at the start", "they disagree at the start"]
    settled = _over_time(found.time, dict(zip(said, found.settled[::-1], strict=True)))
    right = (
        alt.Chart(_data(settled)).mark_line()
        .encode(
            x=_dates(), y=_percent("value", "settled by then", domain=[0, 1]),
            color=_colours(said, [TEAL, GREY], lines=True),
        )
    )  # fmt: skip
    return _beside(_panel(left, "What each believes while they fight"), _panel(right, "How long they fight"))


PICTURES = {
    "screening": (screening, draw_screening),
    "signalling": (signalling, draw_signalling),
    "learning": (learning, draw_learning),
    "disagreement": (disagreement, draw_disagreement),
}
"""By name: what works the numbers out, and what draws them."""


def main(names: Sequence[str]) -> None:
    """Draw the pictures of these names, or all."""
    IMAGES.mkdir(exist_ok=True)
    for name in names or PICTURES:
        work_out, draw = PICTURES[name]
        found = work_out()
        svg = renumbered(vl_convert.vegalite_to_svg(json.dumps(draw(found).to_dict())))
        (IMAGES / f"{name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=SCALE))
        print(name, found)


if __name__ == "__main__":
    main(sys.argv[1:])

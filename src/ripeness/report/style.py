"""One look for all charts: colours, fonts and axes.

Colours keep apart under the common kinds of colour blindness (orange, blue, teal and greys of different lightness), and
no chart relies on colour alone: series are labelled, and the patron's lines are dashed. A is always orange, D always
blue, P always charcoal; none of the three is the colour of good or bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Same widths on every system: Liberation Sans (which the image writer brings along) has the metrics of Arial."""

INK, MUTED, GRID, PAPER = "#1f2933", "#52606d", "#e4e7eb", "#ffffff"
ROLE_COLOUR = {"attacker": "#c2570c", "defender": "#1d5c99", "patron": "#474747"}
ROLE_DASH: dict[str, list[int]] = {"attacker": [1, 0], "defender": [1, 0], "patron": [5, 3]}
OBSERVER_COLOUR = {"truth": "#7a5aa6", "public": "#7b8794", **ROLE_COLOUR}
OBSERVER_DASH: dict[str, list[int]] = {"truth": [2, 3], "public": [1, 3], **ROLE_DASH}
"""The analyst and the public belief beside the actors."""
SETTLEMENT_COLOUR, OPEN_COLOUR, GAP_COLOUR = "#1b8a6b", "#edf0f3", "#c9ced4"
OPEN_HISTORY_COLOUR = "#9aa5b1"
_DEFENDER_ENDS, _ATTACKER_ENDS = ("#8fb8de", "#5f97c9", "#b9d3ea"), ("#f0b489", "#d98a4f", "#f7d6bd")
_OTHER_ENDS = ("#b7a3d0", "#d8c36a", "#9b8ab8")
POSTURE_COLOUR = {
    "stand back": "#d5dae0",
    "court attacker": "#f3c7a3",
    "press attacker": "#c2570c",
    "press defender": "#5f97c9",
}
STATE_COLOURS = ("#cfd8e3", "#8aa4c2", "#4a6c94", "#e3c79a", "#b98d4a")
"""Points of a labelled axis, first to last."""

_PARTS = ("#d8b365", "#5ab4ac", "#7a5aa6", "#b98d4a", "#8aa4c2", "#8c510a")

DIVERGING = ("#8c510a", "#d8b365", "#f6e8c3", "#f5f5f5", "#c7eae5", "#5ab4ac", "#01665e")
"""Losses to gains; brown to teal (ColorBrewer BrBG), which colour-blind readers tell apart."""

SEQUENTIAL = ("#e3f1ec", SETTLEMENT_COLOUR, "#0b4a39")
"""Little to much probability."""

_AS_LINE = {
    "#8fb8de": "#3f7fb8", "#b9d3ea": "#6f9fca", "#f0b489": "#d98a4f", "#f7d6bd": "#e0a16e", "#d8c36a": "#a8913a",
    "#b7a3d0": "#8a70ad",
}  # fmt: skip

WIDTH, HEIGHT = 680, 300


def end_colours(ends: Sequence[str]) -> list[str]:
    """A colour for each end: teal for a settlement, blues for what befalls the defender, oranges the attacker."""
    used = {"defender": 0, "attacker": 0, "other": 0}
    shades = {"defender": _DEFENDER_ENDS, "attacker": _ATTACKER_ENDS, "other": _OTHER_ENDS}
    colours = []
    for end in ends:
        if end == "settlement":
            colours.append(SETTLEMENT_COLOUR)
        elif end == "still open":
            colours.append(OPEN_HISTORY_COLOUR)
        else:
            kind = next((role for role in ("defender", "attacker") if role in end.lower()), "other")
            colours.append(shades[kind][used[kind] % len(shades[kind])])
            used[kind] += 1
    return colours


def posture_colours(postures: Sequence[str]) -> list[str]:
    """A colour for each posture."""
    return [POSTURE_COLOUR.get(p, STATE_COLOURS[k % len(STATE_COLOURS)]) for k, p in enumerate(postures)]


def part_colours(sources: Sequence[str], role: str, resumed: str) -> list[str]:
    """A colour for each part of a value: the role's for the terms, grey for the war that resumes, others one each."""
    others = iter(_PARTS * (1 + len(sources) // len(_PARTS)))
    known = {"terms": ROLE_COLOUR[role], resumed: GAP_COLOUR}
    return [known.get(source) or next(others) for source in sources]


def as_line(colour: str) -> str:
    """The shade of a colour of areas that a thin line needs."""
    return _AS_LINE.get(colour, colour)


def gradient_legend(title: str, format: str, ticks: Sequence[float], offset: int = 26) -> alt.Legend:
    """Legend of a scale of colours."""
    return alt.Legend(
        title=title, format=format, orient="top", gradientLength=150, gradientThickness=9, values=list(ticks),
        titleFontWeight="normal", titleFontSize=12, titleColor=MUTED, titleOrient="left",
        offset=offset,
    )  # fmt: skip


def config() -> dict[str, Any]:
    """Configuration that every chart carries."""
    text = {"font": FONT, "fontSize": 12}
    axis = {
        "labelFont": FONT, "labelFontSize": 12, "labelColor": MUTED, "titleFont": FONT, "titleFontSize": 12,
        "titleFontWeight": "normal", "titleColor": MUTED, "titlePadding": 8, "gridColor": GRID,
        "domainColor": "#9aa5b1", "tickColor": "#9aa5b1", "tickSize": 4, "labelPadding": 4, "labelSeparation": 8,
    }  # fmt: skip
    return {
        "font": FONT,
        "background": PAPER,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {
            "domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleBaseline": "bottom",
            "titleAnchor": "end", "titleX": 0, "titleY": -8, "titleLimit": 400,
        },
        "axisX": {"grid": False},
        "legend": {
            "labelFont": FONT, "labelFontSize": 12, "labelColor": INK, "labelLimit": 260, "title": None,
            "orient": "top", "symbolType": "square", "symbolSize": 120, "symbolStrokeWidth": 0,
            "columnPadding": 14, "rowPadding": 3,
            "offset": 26,  # above the title of the vertical axis, which stands on top of it
        },
        "title": {
            "font": FONT, "fontSize": 15, "fontWeight": "bold", "color": INK, "anchor": "start", "offset": 12,
            "subtitleFont": FONT, "subtitleFontSize": 12, "subtitleColor": MUTED, "subtitlePadding": 4,
        },
        "text": {**text, "color": INK},
        "line": {"strokeWidth": 2.25, "strokeCap": "round", "strokeJoin": "round"},
        "area": {"line": False},
    }  # fmt: skip

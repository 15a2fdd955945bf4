"""The charts of the outlook, by name: one drawing for report, notebook, PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xarray as xr

from ripeness.report.charts import agreement, beliefs, delay, endings, perspectives, seats, state
from ripeness.report.picture import Picture

Drawing = Callable[[xr.DataTree], Picture | None]
"""Draws one picture of an outlook; None where the outlook has nothing to show in it."""

CHARTS: dict[str, Drawing] = {
    "fan": endings.fan,
    "hazard": endings.hazard,
    "terms": endings.terms,
    "zone": agreement.zone,
    "ripe": agreement.ripe,
    "seat_attacker": lambda tree: seats.seat(tree, "attacker"),
    "seat_defender": lambda tree: seats.seat(tree, "defender"),
    "seat_patron": lambda tree: seats.seat(tree, "patron"),
    "seats_by_line": seats.by_line,
    "views": beliefs.odds,
    "secrets": beliefs.secrets,
    "delay_terms": delay.terms,
    "delay_values": delay.values_by_date,
    "delay_slopes": delay.slopes,
    "front": state.front,
    "postures": state.postures,
    "efforts": state.efforts,
}
"""Every chart but those of single axes, `axis_<name>`, of single actors with types, `rejection_<role>` and
`belief_<role>_<type>`, and of single seats, `perspective_<seat>`, in the order of the report."""


def names(tree: xr.DataTree) -> list[str]:
    """Names of all charts that this outlook may have, those of single actors with types, of seats and of axes last."""
    axes = (
        [f"axis_{group}" for group in tree["axes"].children if group != "territory"] if "axes" in tree.children else []
    )
    return [*CHARTS, *beliefs.names(tree), *perspectives.names(tree), *axes]


def picture(tree: xr.DataTree, name: str) -> Picture | None:
    """One picture; None where the outlook has nothing to show in it.

    Raises:
        KeyError: no chart of this name.
    """
    if name in CHARTS:
        return CHARTS[name](tree)
    if name in beliefs.names(tree):
        return beliefs.named_chart(tree, name)
    if name in perspectives.names(tree):
        return perspectives.named_chart(tree, name)
    if name in names(tree):
        return state.axis(tree, name.removeprefix("axis_"))
    raise KeyError(f"no chart is called {name!r}; there are {', '.join(names(tree))}")


def pictures(tree: xr.DataTree) -> dict[str, Picture]:
    """All pictures that this outlook has, by name, in the order of the report."""
    drawn = {name: picture(tree, name) for name in names(tree)}
    return {name: p for name, p in drawn.items() if p is not None}


def chart(tree: xr.DataTree, name: str) -> Any:
    """One chart with its title, as an `altair` chart.

    Raises:
        KeyError: no chart of this name, or this outlook has nothing to show in it.
    """
    drawn = picture(tree, name)
    if drawn is None:
        raise KeyError(f"this outlook has nothing to show in the chart {name!r}")
    return drawn.titled()


__all__ = ["CHARTS", "chart", "names", "picture", "pictures"]

"""The outlook: every measure of a solved game, as labelled arrays in one tree (docs/outlook.md)."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import Decisions, Solution, propagate
from ripeness.game import Game
from ripeness.questions.agreement import Agreement
from ripeness.questions.distribution import QUANTILES
from ripeness.questions.endings import Endings
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import moment
from ripeness.questions.paths import Paths
from ripeness.questions.seats import Seats, delay, gain_at_start

Progress = Callable[[int, int], None]
"""Called with periods done and periods in all."""

CATALOGUE: Catalogue = {
    "actor_name": Variable("actor", "", "name of the actor"),
    "actor_leader": Variable("actor", "", "who decides"),
    "package_terms": Variable("package", "share", "terms of the package at the start"),
    "package_guarantees": Variable("package", "strength, 0 to 1", "strength of enforcement"),
}


@dataclass(frozen=True)
class Outlook:
    """The outlook of one solved game.

    Attributes:
        tree: groups `outlook`, `axes/<axis>`, `zone`, `seats` and `delay`; docs/outlook.md lists every variable.
    """

    tree: xr.DataTree

    def plot(self, name: str = "fan") -> Any:
        """One of the report's charts, an `altair` chart: see `ripeness.report.charts.CHARTS` for the names."""
        from ripeness.report.charts import chart  # a picture is optional, and the report stands on this module

        return chart(self.tree, name)

    def summary(self) -> str:
        """The outlook in a few plain sentences."""
        from ripeness.questions.summary import summarise

        return summarise(self.tree).text()

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in self.summary().splitlines() if line)
        tree: str = self.tree._repr_html_()  # type: ignore[no-untyped-call]
        return f"<div>{paragraphs}{tree}</div>"


def forecast(solution: Solution, game: Game | None = None, progress: Progress | None = None) -> Outlook:
    """Exact outlook of a solved game, by one forward pass.

    Args:
        solution: what `solve` returned.
        game: the labelled game; None: the one that the solution carries.
        progress: called after each period.

    Raises:
        ValueError: neither argument has a labelled game.
    """
    labelled_game: Game | None = game if game is not None else solution.game
    if labelled_game is None:
        raise ValueError("game is missing: the solution carries no labelled game. Pass game=build(scenario).")
    g = labelled_game
    if g.tables.n_periods != solution.tables.n_periods:
        raise ValueError(
            f"game has {g.tables.n_periods} periods and the solution {solution.tables.n_periods}: they are not the "
            "same game. Leave `game` out, and solve with ripeness.solve, which keeps them together."
        )
    n_periods = g.tables.n_periods
    endings, paths, agreement, seats = Endings(g), Paths(g), Agreement(g), Seats(g)

    def visit(period: int, mass: NDArray[Any], decided: Decisions) -> None:
        at = moment(period, mass, decided)
        if period == 0:
            seats.open(gain_at_start(decided))
        for measure in (endings, paths, agreement, seats):
            measure.visit(at)
        if progress is not None:
            progress(period + 1, n_periods)

    forward = propagate(solution, visit, keep_mass=False)
    ends = endings.dataset(forward)
    groups: dict[str, xr.Dataset] = {"/": _root(g), "/outlook": ends}
    groups |= {f"/axes/{name}": group for name, group in paths.datasets().items()}
    groups["/zone"] = agreement.dataset()
    groups["/seats"] = seats.dataset()
    groups["/delay"] = delay(g, forward, ends["terms_mean"].values)
    return Outlook(xr.DataTree.from_dict(groups))


def _root(game: Game) -> xr.Dataset:
    """Coordinates that all groups share, and who is who."""
    scenario, tables, noise = game.scenario, game.tables, game.noise
    present = scenario.actors.roles()
    arrays = {
        "actor_name": text([present[role].name for role in game.roles]),
        "actor_leader": text([present[role].leader or "" for role in game.roles]),
        "package_terms": np.asarray(game.terms, np.float64) @ np.asarray(tables.initial, np.float64),
        "package_guarantees": np.array([package.guarantees for package in game.packages]),
    }
    coords = {
        "time": ("time", game.dates[:-1].astype("datetime64[ns]"), {"long_name": "start of the period"}),
        "actor": text(game.roles),
        "package": text([package.name for package in game.packages]),
        "quantile": np.array(QUANTILES),
    }
    root = dataset(arrays, CATALOGUE, coords, scenario.title)
    root.attrs |= {
        "scenario": scenario.name,
        "summary": scenario.summary,
        "disputed": scenario.disputed,
        "period": scenario.period,
        "years_per_period": float(game.years_per_period),
        "start": str(game.dates[0]),
        "horizon": str(game.dates[-1]),
        "n_states": int(tables.n_states),
        "n_periods": int(tables.n_periods),
        "hazard_at_zero_gain": float(noise.hazard_at_zero_gain_yearly),
        "settlement_by_noise": float(noise.settled_by_noise),
        "warnings": "\n".join(noise.warnings),
    }
    for decision, precision in scenario.choices.precision:
        root.attrs[f"precision_{decision}"] = float(precision)
    for decision, by_role in noise.sharpness.items():
        root.attrs |= {f"sharpness_{decision}_{role}": float(value) for role, value in by_role.items()}
    return root

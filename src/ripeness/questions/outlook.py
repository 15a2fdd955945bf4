"""The outlook: every measure of a solved game, as labelled arrays in one tree (docs/outlook.md)."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import (
    DECISIONS,
    Outcomes,
    Passing,
    Propagation,
    Solution,
    decisions,
    decisions_of_types,
    propagate,
    propagate_types,
)
from ripeness.game import Game
from ripeness.questions.agreement import Agreement
from ripeness.questions.beliefs import Beliefs
from ripeness.questions.distribution import QUANTILES
from ripeness.questions.endings import Endings
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.lessons import lessons
from ripeness.questions.moment import Float, Moment, moment, moment_of_types
from ripeness.questions.opening import Opening
from ripeness.questions.paths import Paths
from ripeness.questions.perspectives import perspectives
from ripeness.questions.seats import Seats, delay, gain_at_start, gain_of_types_at_start
from ripeness.questions.views import TRUTH, Views, has_types, mixed, rows_of, weights_of
from ripeness.questions.words import listing

Progress = Callable[[int, int], None]
"""Called with periods done and periods in all."""

CATALOGUE: Catalogue = {
    "actor_name": Variable("actor", "", "name of the actor"),
    "actor_leader": Variable("actor", "", "who decides"),
    "package_terms": Variable("package", "share", "terms of the package at the start"),
    "package_guarantees": Variable("package", "strength, 0 to 1", "strength of enforcement"),
    "several_solutions": Variable("time decision", "choices", "choices of the period that have several solutions"),
}


@dataclass(frozen=True)
class Outlook:
    """The outlook of one solved game.

    Attributes:
        tree: groups `outlook`, `axes/<axis>`, `zone`, `seats`, `delay` and `perspectives`, and with private information
            `views` and `beliefs/<role>`; docs/outlook.md lists every variable.
    """

    tree: xr.DataTree

    def with_group(self, name: str, group: xr.Dataset) -> Outlook:
        """The outlook with one more group in its tree."""
        tree = self.tree.copy()
        tree[name] = xr.DataTree(group)
        return Outlook(tree)

    def plot(self, name: str = "fan") -> Any:
        """One of the report's charts, an `altair` chart: see `ripeness.report.charts.CHARTS` for the names."""
        from ripeness.report.charts import chart  # a picture is optional, and the report stands on this module

        return chart(self.tree, name)

    def summary(self) -> str:
        """The outlook in a few plain sentences."""
        from ripeness.questions.summary import summarise

        return summarise(self.tree).text()

    def perspectives(self) -> str:
        """The war from each seat, in a few plain sentences: docs/outlook.md."""
        from ripeness.questions.briefs import briefs

        return "\n\n\n".join(brief.text() for brief in briefs(self.tree))

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in self.summary().splitlines() if line)
        tree: str = self.tree._repr_html_()  # type: ignore[no-untyped-call]
        return f"<div>{paragraphs}{tree}</div>"


def forecast(
    solution: Solution, game: Game | None = None, progress: Progress | None = None, view: str = TRUTH
) -> Outlook:
    """Exact outlook of a solved game, by one forward pass.

    Args:
        solution: what `solve` returned.
        game: the labelled game; None: the one that the solution carries.
        progress: called after each period.
        view: whose outlook it is: "truth", the analyst's; an actor's ("patron"); or given one type
            ("attacker: limited aims"). Without private information all see the same.

    Raises:
        ValueError: neither argument has a labelled game, or there is no such view.
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
    weight = weights_of(g, view)
    tell = progress or (lambda done, total: None)
    measured = _of_types(solution, g, tell, weight) if has_types(g) else _of_all(solution, g, tell)
    root = _root(g, solution.several)
    root.attrs["view"] = view
    return Outlook(xr.DataTree.from_dict({"/": root, **measured}))


class _Measures:
    """What is measured under one view, whatever is known."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self.endings, self._paths, self._agreement = Endings(game), Paths(game), Agreement(game)
        self.seats = Seats(game)

    def visit(self, at: Moment) -> None:
        """Add one period."""
        for measure in (self.endings, self._paths, self._agreement, self.seats):
            measure.visit(at)

    def groups(self, forward: Propagation) -> dict[str, xr.Dataset]:
        """The finished groups."""
        ends = self.endings.dataset(forward)
        return {
            "/outlook": ends,
            **{f"/axes/{name}": group for name, group in self._paths.datasets().items()},
            "/zone": self._agreement.dataset(),
            "/seats": self.seats.dataset(),
            "/delay": delay(self._game, forward, ends["terms_mean"].values),
        }


def _of_all(solution: Solution, game: Game, tell: Progress) -> dict[str, xr.Dataset]:
    """Groups of a game in which all know the same."""
    measures, n_periods = _Measures(game), game.tables.n_periods
    decided = decisions(solution, 0)
    measures.seats.open(gain_at_start(decided))
    opening = Opening(game, solution, decided)
    del decided

    def visit(period: int, mass: NDArray[Any], leads: Outcomes) -> None:
        measures.visit(moment(period, mass, leads))
        tell(period + 1, n_periods)

    forward = propagate(solution, visit, keep_mass=False)
    seen = perspectives(game, opening, (forward,), measures.endings.on_terms[None])
    return measures.groups(forward) | {"/perspectives": seen}


def _of_types(solution: Solution, game: Game, tell: Progress, weight: Float) -> dict[str, xr.Dataset]:
    """Groups of a game with types: one forward pass for all profiles, and what each view makes of it."""
    measures, views, n_periods, rows = _Measures(game), Views(game), game.tables.n_periods, rows_of(game)
    beliefs = None if game.known else Beliefs(game)
    decided = decisions_of_types(solution, 0)
    if game.tables.types[2] == 1:
        measures.seats.open(gain_of_types_at_start(game, decided, weight, rows))
    taught = {} if beliefs is None else {role: lessons(game, decided, role) for role in game.types}
    opening = Opening(game, solution, decided)
    del decided

    def visit(period: int, passing: Passing) -> None:
        measures.visit(moment_of_types(game, period, passing, weight, rows))
        views.visit(period, passing)
        if beliefs is not None:
            beliefs.visit(period, passing)
        tell(period + 1, n_periods)

    by_profile = propagate_types(solution, visit)
    groups = measures.groups(mixed(by_profile, weight)) | {"/views": views.dataset(by_profile)}
    groups["/perspectives"] = perspectives(game, opening, by_profile, views.terms)
    if beliefs is not None:
        groups |= {f"/beliefs/{role}": beliefs.dataset(role).merge(taught[role]) for role in game.types}
    return groups


def _root(game: Game, several: NDArray[np.int64] | None) -> xr.Dataset:
    """Coordinates that all groups share, who is who, and how many choices had several solutions."""
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
    warnings = list(noise.warnings)
    if several is not None:
        arrays["several_solutions"] = several
        coords["decision"] = text(DECISIONS)
        warnings += _several_said(several, tables.n_states * tables.n_nodes)
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
        "warnings": "\n".join(warnings),
    }
    for decision, precision in scenario.choices.precision:
        root.attrs[f"precision_{decision}"] = float(precision)
    for decision, by_role in noise.sharpness.items():
        root.attrs |= {f"sharpness_{decision}_{role}": float(value) for role, value in by_role.items()}
    return root


def _several_said(several: NDArray[np.int64], n_places: int) -> list[str]:
    """That choices had several solutions, how many, and which was taken; nothing where none had."""
    total = several.sum(axis=0)
    if not total.any():
        return []
    listed = listing([f"{name} ({int(n):,})" for name, n in zip(DECISIONS, total, strict=True) if n])
    periods = int(several.any(axis=1).sum())
    return [
        f"What is believed and what is done had several solutions at {int(total.sum()):,} choices in "
        f"{periods} of {several.shape[0]} periods, out of {n_places:,} states and beliefs in each: {listed}. "
        "The one that continues from a precision of 0, where choices tell nothing, was taken wherever it could be "
        "followed."
    ]

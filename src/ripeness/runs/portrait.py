"""A scenario as the engine understands it, for `ripeness show`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ripeness.game import Game, build, overview
from ripeness.mechanisms.base import GridSize
from ripeness.runs.inputs import plain
from ripeness.runs.memory import memory_of_run
from ripeness.runs.reading import read_scenario
from ripeness.scenario.ledger import AssumptionRow, assumptions, scenario_hash
from ripeness.scenario.schema import Scenario


@dataclass(frozen=True)
class Portrait:
    """What the engine makes of a scenario.

    Attributes:
        actors, mechanisms, axes, epochs, packages: one plain mapping for each, in the engine's order.
        sizes: numbers of states, periods and choices, and the memory that a run takes, in bytes.
    """

    scenario: Scenario
    sha256: str
    actors: tuple[dict[str, Any], ...]
    mechanisms: tuple[dict[str, Any], ...]
    axes: tuple[dict[str, Any], ...]
    epochs: tuple[dict[str, Any], ...]
    packages: tuple[dict[str, Any], ...]
    postures: tuple[str, ...]
    efforts: dict[str, tuple[float, ...]]
    sizes: dict[str, int]
    warnings: tuple[str, ...]
    assumptions: tuple[AssumptionRow, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        said = self.scenario
        return {
            **{
                key: getattr(said, key)
                for key in ("name", "title", "summary", "disputed", "period", "start", "horizon")
            },
            "sha256": self.sha256,
            **{
                key: list(getattr(self, key))
                for key in ("actors", "mechanisms", "axes", "epochs", "packages", "postures")
            },
            "efforts": {side: list(levels) for side, levels in self.efforts.items()},
            "sizes": self.sizes,
            "warnings": list(self.warnings),
            "documents": [plain(document) for document in said.documents],
            "assumptions": [
                {
                    **plain(row._asdict()),
                    "citations": [plain(cite) for cite in row.citations],
                    "bounds": [end if math.isfinite(end) else None for end in row.bounds],  # JSON has no infinity
                }
                for row in self.assumptions
            ],
        }


def portray(
    source: str | Path, sets: Sequence[str] = (), *, grid: GridSize = "normal", horizon: int | None = None
) -> Portrait:
    """Build a scenario's game and describe it.

    Raises:
        ScenarioError, GameError: a scenario that cannot be used.
    """
    scenario = read_scenario(source, sets).scenario
    game = build(scenario, grid=grid, horizon=horizon)
    return Portrait(
        scenario=scenario,
        sha256=scenario_hash(scenario),
        actors=tuple(
            {"role": role, "name": actor.name, "leader": actor.leader, "discount_yearly": float(actor.discount_yearly)}
            for role, actor in scenario.actors.roles().items()
        ),
        mechanisms=tuple(
            {"name": name, "what": (type(mechanism).__doc__ or "").strip().split("\n")[0]}
            for name, mechanism in game.mechanisms
        ),
        axes=_axes(game),
        epochs=_epochs(game),
        packages=_packages(game),
        postures=game.postures,
        efforts={"attacker": game.efforts[0], "defender": game.efforts[1]},
        sizes=_sizes(game),
        warnings=game.noise.warnings,
        assumptions=tuple(assumptions(scenario)),
    )


def _axes(game: Game) -> tuple[dict[str, Any], ...]:
    owner = {name: mechanism for name, _, mechanism in overview(game).axes}
    return tuple(
        {
            "name": axis.name, "mechanism": owner[axis.name], "points": int(axis.values.size),
            "low": float(axis.values[0]), "high": float(axis.values[-1]), "start": float(axis.start),
            "unit": axis.unit, "meaning": axis.meaning, "labels": list(axis.labels),
        }
        for axis in game.axes
    )  # fmt: skip


def _epochs(game: Game) -> tuple[dict[str, Any], ...]:
    epochs = game.tables.epoch_of_period[: game.dates.size - 1]
    firsts = [int(np.flatnonzero(epochs == epoch)[0]) for epoch in np.unique(epochs)]
    lengths = [int(np.count_nonzero(epochs == epoch)) for epoch in np.unique(epochs)]
    return tuple(
        {"first_period": first, "starts": str(game.dates[first]), "periods": length}
        for first, length in zip(firsts, lengths, strict=True)
    )


def _packages(game: Game) -> tuple[dict[str, Any], ...]:
    terms = np.asarray(game.terms, np.float64) @ np.asarray(game.tables.initial, np.float64)
    return tuple(
        {
            "name": package.name, "terms_at_start": float(at_start), "follows_the_line": package.terms is None,
            "guarantees": float(package.guarantees),
            "extra": {role: float(value) for role, value in package.extra.items()},
        }
        for package, at_start in zip(game.packages, terms, strict=True)
    )  # fmt: skip


def _sizes(game: Game) -> dict[str, int]:
    size = overview(game)
    return {
        "states": size.n_states,
        "beliefs": size.n_nodes,
        "periods": game.dates.size - 1,
        "lookahead": game.lookahead,
        "epochs": size.n_epochs,
        "packages": size.n_packages,
        "postures": size.n_postures,
        "effort_pairs": size.n_effort_pairs,
        "steps_of_nature": size.n_nature_steps,
        "tables": size.n_tables,
        "memory_bytes": game.tables.pool.nbytes + memory_of_run(game.tables, "float32"),
    }

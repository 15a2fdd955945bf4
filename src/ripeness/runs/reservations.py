"""What a solved war says of signing: the worth that beats fighting on, for each party that is an actor of the war."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.deals.plan import PlanSection
from ripeness.deals.shortlist import party_of
from ripeness.game import Game, build
from ripeness.mechanisms.base import Role
from ripeness.runs.contents import INPUTS, RESULTS, SCENARIO
from ripeness.runs.errors import RunError
from ripeness.runs.reading import read_scenario
from ripeness.scenario.quantity import Quantity

Float = NDArray[np.float64]


def with_reservations(plan: PlanSection, run: str | Path) -> tuple[PlanSection, dict[str, Quantity]]:
    """The plan with what a run says of fighting on as the reservations of the parties that are its actors.

    A party signs what is worth at least fighting on. For each package of the run's agenda, the worth that would make
    signing it exactly as good is its worth less its gain, divided by how much of the worth reaches the party (a peace
    that may break passes on less than all of it). Packages differ in guarantees and in what else they bring, so that
    each gives another number: the reservation is their median, its range goes from the least to the greatest.

    Raises:
        RunError: the folder holds no run, or none of its actors is a party.
    """
    folder = Path(run)
    if not (folder / INPUTS).is_file() or not (folder / RESULTS).is_file():
        raise RunError(f"{run} is no run folder; name one, such as those under runs/.")
    game, gain = _solved(folder)
    found = {}
    for k, role in enumerate(game.roles):
        party = party_of(plan, role)
        if party is None:
            continue
        said = plan.parties[party]
        beyond, passed_on = _beyond(game, role), _passed_on(game, role)
        known = passed_on > 1e-6
        least = float(said.zero) + (beyond[known] - gain[k][known] / passed_on[known]) / float(said.stake)
        if least.size:
            value, low, high = (round(float(each), 6) for each in (np.median(least), least.min(), least.max()))
            note = f"From the solved war in {folder.name}: what beats fighting on at its start; {least.size} packages."
            found[party] = Quantity(value, range=(low, high), note=note)
    if not found:
        raise RunError(f"no party of the plan is an actor of {run}. Write `role:` at the parties that are.")
    parties = {
        name: party.model_copy(update={"reservation": found[name]}) if name in found else party
        for name, party in plan.parties.items()
    }
    return plan.model_copy(update={"parties": parties}), found


def _solved(folder: Path) -> tuple[Game, Float]:
    """The game of a run, and the gain of signing over fighting on at its start, (actors, packages)."""
    inputs = json.loads((folder / INPUTS).read_text(encoding="utf-8"))
    scenario = read_scenario(folder / SCENARIO, inputs["sets"]).scenario
    game = build(scenario, grid=inputs["options"]["grid"], horizon=inputs["options"]["horizon"])
    with xr.open_datatree(folder / RESULTS, engine="h5netcdf") as tree:
        gain = np.asarray(tree["seats/gain"].isel(time=0).transpose("actor", "package").values, np.float64)
    return game, gain


def _start(game: Game) -> Float:
    return np.asarray(game.tables.initial, np.float64).reshape(-1)


def _beyond(game: Game, role: Role) -> Float:
    """What each package pays a role at the start beyond peace on the line of contact, (packages,)."""
    names = [axis.name for axis in game.axes]
    line = game.level("territory") if "territory" in names else 0.5
    shift = (game.terms - line) @ _start(game)
    sign = {"attacker": 1.0, "defender": -1.0, "patron": 0.0}[role]
    return np.asarray(sign * shift + np.array([each.extra.get(role, 0.0) for each in game.packages]))


def _passed_on(game: Game, role: Role) -> Float:
    """How much one share of utility in peace adds to the value of signing each package at the start, (packages,)."""
    tables = game.tables
    rows = [k for k, actor in enumerate(game.actor_of_row) if actor == role] if game.actor_of_row else []
    rows = rows or [game.roles.index(role)]
    resume = tables.pool[tables.peace_resume[tables.epoch_of_period[0]][: len(game.packages), rows]]
    return np.asarray(np.maximum(1.0 - resume, 0.0).mean(axis=1) @ _start(game))

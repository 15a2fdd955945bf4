"""Small wars in which somebody has types, and their outlook by the plain loops of the theory's reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
import xarray as xr

from ripeness.engine import Passing, Propagation, Solution
from ripeness.game import Game, build
from ripeness.mechanisms.base import Array, Mechanism, Role, Setting
from ripeness.questions import Outlook, forecast
from ripeness.questions.secrets import AS_IT_IS, audited
from ripeness.questions.secrets import secrets as secrets_of
from ripeness.runs.solving import solve
from ripeness.scenario.schema import Scenario
from tests.questions import toys
from tests.theory import reference_types as typed

LIMITED, WIDER = "limited aims", "wider aims"
ATTACKER = {
    "about": "how far its aims reach",
    "nodes": 5,
    "reach": 2.5,
    "types": [
        {"name": LIMITED},
        {
            "name": WIDER,
            "probability": 0.4,
            "seen_by": {"defender": 0.7, "patron": 0.2},
            "set": {"mechanisms.line.costs.0": -0.06},
        },
    ],
}
DEFENDER = {
    "about": "what it can bear",
    "nodes": 5,
    "reach": 2.0,
    "types": [
        {"name": "firm"},
        {"name": "weary", "probability": 0.3, "seen_by": {"truth": 0.5}, "set": {"mechanisms.line.costs.1": 0.2}},
    ],
}
PATRON = {
    "about": "its resolve",
    "nodes": 5,
    "reach": 2.0,
    "types": [
        {"name": "committed"},
        {"name": "leaving", "probability": 0.4, "seen_by": {"defender": 0.2}, "set": {"mechanisms.bill.cost": 0.3}},
    ],
}


class Bill(Mechanism):
    """What the war costs the patron, the more so when it presses."""

    name: ClassVar[str] = "toy bill"
    order: ClassVar[int] = 25
    cost: float = 0.05

    def flow(self, at: Setting) -> Mapping[Role, Array | float]:
        return {"patron": -self.cost * (1.0 if at.posture == "stand back" else 1.3)}


CHOICES = {"settlement_hazard_at_zero_gain": 0.5, "precision": {"offer": 60.0, "response": 60.0, "effort": 40.0}}


def scenario(**changes: Any) -> Scenario:
    """A war of one axis with an attacker of two types; keyword arguments replace its entries."""
    forces = {
        "line": toys.Line(points=3, spread=0.2), "talks": toys.Talks(with_postures=False), "breaks": toys.Breaks(),
    }  # fmt: skip
    said: dict[str, Any] = {
        "horizon": 4,
        "agenda": {"grid": {"shifts": [-0.05, 0.1]}},
        "choices": CHOICES,
        "beliefs": {"attacker": ATTACKER},
    }
    said["actors"] = toys.ACTORS | changes.pop("actors", {})
    return toys.scenario(changes.pop("mechanisms", forces), **(said | changes))


def tiny(**changes: Any) -> Game:
    """3 states, 5 beliefs, 4 periods, 2 packages, 3 proposers."""
    return build(scenario(**changes))


class Played(NamedTuple):
    """A game by plain loops."""

    game: Game
    reference: typed.Reference
    forward: typed.Forward
    passed: list[Passing]
    by_profile: tuple[Propagation, ...]


def play(game: Game) -> Played:
    """Solve and carry forward, type by type, in the form in which the engine hands it to the measures."""
    t = game.tables
    reference = typed.reference_solve(t)
    forward = _propagate_known(game, reference) if game.known else typed.reference_propagate(t, reference)
    n_profiles, n = forward.open.shape[1], len(game.packages)
    beliefs, lanes = reference.beliefs, np.arange(t.n_states * t.n_nodes)
    passed = []
    settled = np.zeros((t.n_periods, n_profiles, n, lanes.size))
    worth = np.zeros((t.n_periods, n_profiles, len(game.roles)))
    for period, stage in enumerate(reference.stages):
        for profile in range(n_profiles):
            for lane in lanes:
                s, b = divmod(int(lane), t.n_nodes)
                if forward.mass[period, profile, s, b] > 0.0:
                    for k, agreed in enumerate(_settles(t, reference, period, profile, s, b)):
                        here = forward.mass[period, profile, s, b] * agreed
                        settled[period, profile, k, s * t.n_nodes : (s + 1) * t.n_nodes] += here
        shown = stage.posture
        fight = stage.continuation[0] if not shown else _before_posture(reference, stage)
        passed.append(
            Passing(
                lanes,
                forward.mass[period].reshape(n_profiles, -1),
                settled[period],
                fight.reshape(t.n_rows, -1),
                stage.peace.reshape(n, t.n_rows, -1),
                stage.value.reshape(t.n_rows, -1),
            )
        )
    by_profile = tuple(
        Propagation(
            open=forward.open[:, x],
            mass=np.zeros((0, t.n_states)),
            settled=forward.settled[:, x],
            ended=forward.ended[:, x],
            posture=forward.posture[:, x],
            effort=forward.effort[:, x],
            offer=forward.offer[:, x],
            worth_settled=worth[:, x],
            frozen=forward.frozen[x].sum(axis=1),
        )
        for x in range(n_profiles)
    )
    assert beliefs.n_rows == t.n_rows
    return Played(game, reference, forward, passed, by_profile)


def _propagate_known(game: Game, reference: typed.Reference) -> typed.Forward:
    """The forward pass where every profile starts at the node at which it is known."""
    t, beliefs = game.tables, reference.beliefs
    parts = []
    for profile in beliefs.profiles:
        axes = tuple(
            axis._replace(start=int(np.flatnonzero(axis.nodes[:, profile[axis.side]] == 1.0)[0])) for axis in t.beliefs
        )
        here = t._replace(beliefs=axes)
        started = replace(reference, beliefs=typed.Beliefs(here))
        parts.append(typed.reference_propagate(here, started))
    whole = typed.reference_propagate(t, reference)
    for name in ("mass", "open", "settled", "settled_at", "ended", "ended_at", "posture", "offer", "effort"):
        for x, part in enumerate(parts):
            getattr(whole, name)[:, x] = getattr(part, name)[:, x]
    for x, part in enumerate(parts):
        whole.frozen[x], whole.worth[x] = part.frozen[x], part.worth[x]
    return whole


def secrets(game: Played) -> xr.Dataset:
    """What misreadings and secrets change, by the engine; its outlook is that of the plain loops."""

    def solved(name: str, variant: Game) -> Solution:
        return solve(variant, dtype=np.float64, threads=1)

    whole = solved(AS_IT_IS, audited(game.game))
    return secrets_of(game.game, whole, outlook(game).tree, solved)


def _settles(t: Any, reference: typed.Reference, period: int, profile: int, s: int, b: int) -> list[np.ndarray]:
    """(J,) mass by node at which each package is signed, of a unit of mass that starts the period at (s, b)."""
    single = typed._PeriodOfProfile.__new__(typed._PeriodOfProfile)
    single.beliefs, single.stage = reference.beliefs, reference.stages[period]
    single.profile = reference.beliefs.profiles[profile]
    epoch = int(t.epoch_of_period[period])
    mass = np.zeros(t.n_nodes)
    mass[b] = 1.0
    stage, n_packages = single.stage, t.peace_fixed.shape[1]
    agreed = [np.zeros(t.n_nodes) for _ in range(n_packages)]
    for m, here in enumerate(single.through(2, stage.posture[s], mass) if stage.posture else [mass]):
        for j in range(t.recognition.shape[2]):
            speaks = float(t.pool[t.recognition[epoch, m, j], s])
            for n, offered in enumerate(single.through(j, stage.offer[m, j, s], speaks * here)[:n_packages]):
                kept = offered
                for i in (0, 1):
                    if i != j:
                        kept = single.through(i, stage.answer[i, m, n, s], kept)[0]
                agreed[n] += kept
    return agreed


def _before_posture(reference: typed.Reference, stage: typed.Stage) -> np.ndarray:
    found = np.zeros_like(stage.value)
    for s, choices in stage.posture.items():
        found[:, s] = typed.before(reference.beliefs, 2, choices, stage.continuation[:, :, s])
    return found


def decided(played: Played) -> Any:
    """Decisions of period 0 with the fields of `engine.private.stage.Decided` that measures read."""
    t, reference = played.game.tables, played.reference
    arrays = typed.decision_arrays(t, reference, 0)
    lanes = t.n_states * t.n_nodes
    most = max(t.types)

    def chance(name: str) -> np.ndarray:
        values = arrays[name]
        full = np.zeros((most, *values.shape[1:-2], lanes))
        full[: values.shape[0]] = values.reshape(*values.shape[:-2], lanes)
        return full

    def after(name: str) -> np.ndarray:
        values = arrays[name + "_after"]  # (..., actions, K, S, B)
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(values[..., 1:, :, :]) - np.log(values[..., :1, :, :])
        full = np.zeros((*odds.shape[:-3], max(most - 1, 1), lanes))
        full[..., : odds.shape[-3], :] = odds.reshape(*odds.shape[:-2], lanes)
        return full

    n_proposers = t.recognition.shape[2]
    shown = reference.stages[0].posture
    effort_d = chance("effort_d")
    effort_d_after = after("effort_d")
    fields = {
        "posture": chance("posture") if shown else np.ones((most, 1, lanes)),
        "posture_after": after("posture") if shown else np.zeros((1, max(most - 1, 1), lanes)),
        "offer": np.stack([chance(f"offer_{j}") for j in range(n_proposers)]),
        "offer_after": np.stack([after(f"offer_{j}") for j in range(n_proposers)]),
        "accept": np.stack([chance(f"accept_{i}")[..., 0, :] for i in (0, 1)]),
        "accept_after": np.stack([after(f"accept_{i}") for i in (0, 1)]),
        "effort_a": chance("effort_a"),
        "effort_a_after": after("effort_a"),
        "effort_d": effort_d.reshape(*effort_d.shape[:2], -1, lanes),
        "effort_d_after": effort_d_after.reshape(effort_d_after.shape[0], -1, *effort_d_after.shape[3:]),
        "continuation": reference.stages[0].continuation.reshape(-1, t.n_rows, lanes),
        "before_posture": reference.stages[0].before_posture.reshape(-1, t.n_rows, lanes),
        "peace": reference.stages[0].peace.reshape(-1, t.n_rows, lanes),
        "value": reference.stages[0].value.reshape(t.n_rows, lanes),
    }
    return type("Decided", (), fields)


def instead_of_the_engine(played: Played) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Stand-ins of `propagate_types` and `decisions_of_types`."""

    def propagate_types(solution: Any, visit: Any = None, **_: Any) -> tuple[Propagation, ...]:
        here = played if solution.game is played.game else play(solution.game)
        for period, passing in enumerate(here.passed):
            if visit is not None:
                visit(period, passing)
        return here.by_profile

    return propagate_types, lambda solution, period: decided(played)


def outlook(game: Played, view: str = "truth", several: np.ndarray | None = None) -> Outlook:
    """The outlook of a game that was played by plain loops."""
    with pytest.MonkeyPatch.context() as patch:
        propagate, decisions = instead_of_the_engine(game)
        patch.setattr("ripeness.questions.outlook.propagate_types", propagate)
        patch.setattr("ripeness.questions.outlook.decisions_of_types", decisions)
        return forecast(Solution(game.game.tables, game.reference.values, game.game, several), view=view)


GAMES = {
    "attacker": {},
    "attacker and defender": {"beliefs": {"attacker": ATTACKER, "defender": DEFENDER}, "horizon": 2},
}
"""Wars that several tests share."""


@cache
def played(name: str) -> Played:
    return play(tiny(**GAMES[name]))

"""Who believes what of whom: over time, at the signature, and how long a wrong belief survives (theory I.ii)."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float
from ripeness.questions.views import (
    TRUTH,
    axis_of,
    belief_at_nodes,
    belief_at_start,
    nodes_of,
    observers,
    type_name,
    view_names,
    weights_of,
)

EVEN = 0.5
"""An observer is misled who holds the true type less likely than this."""

CATALOGUE: Catalogue = {
    "start": Variable("observer type", "1", "belief at the start"),
    "mean": Variable("time view observer type", "1", "mean belief while open, under each view"),
    "type_probability": Variable("time view type", "1", "probability of the type while open, under each view"),
    "public_distribution": Variable("time view node", "1", "probability while open of each public belief"),
    "signed_distribution": Variable("view node", "1", "probability of each public belief when a settlement is signed"),
    "in_true_type": Variable("time true_type observer", "1", "mean belief in the true type while open"),
    "misled": Variable(
        "time true_type observer", "1", "probability while open of holding the true type less likely than not"
    ),
    "misled_at_settlement": Variable(
        "true_type observer", "1", "part of the settlements signed by an observer still misled"
    ),
    "seen_through": Variable(
        "true_type observer", "date", "first period in which the mean belief in the true type is at least one half"
    ),
    "surprise": Variable("time observer", "bit", "mean surprise of an observer who learns the true type while open"),
}


class Beliefs:
    """Collects the groups "beliefs/<role>" of the tree, one for each actor with types."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._profiles = profile_types(game.tables.types)
        n_periods, n_profiles = game.tables.n_periods, self._profiles.shape[0]
        self._open: dict[Role, Float] = {}
        self._signed: dict[Role, Float] = {}
        self._node: dict[Role, NDArray[np.intp]] = {}
        for axis in game.tables.beliefs:
            role, size = ROLES[axis.side], axis.nodes.shape[0]
            self._node[role] = nodes_of(game, role)
            self._open[role] = np.zeros((n_periods, n_profiles, size))
            self._signed[role] = np.zeros((n_profiles, size))

    def visit(self, period: int, passing: Any) -> None:
        """Add one period by profile (`engine.Passing`)."""
        joint = passing.lane % self._game.tables.n_nodes
        for role, node in self._node.items():
            size = self._open[role].shape[2]
            for profile, mass in enumerate(passing.mass):
                self._open[role][period, profile] = np.bincount(node[joint], mass, size)
                signed = passing.settled[profile].sum(axis=0)
                self._signed[role][profile] += np.bincount(node[joint], signed, size)

    def dataset(self, role: Role) -> xr.Dataset:
        """The finished group of one actor."""
        game = self._game
        seen, views, kinds = observers(game, role), view_names(game), game.types[role]
        axis = axis_of(game, role)
        own = self._profiles[:, ROLES.index(role)]
        weight = np.array([weights_of(game, view) for view in views])
        belief = np.array([belief_at_nodes(game, role, observer) for observer in seen])  # (observers, B, K)
        by_profile = self._open[role]
        joint = np.einsum("vp,tpb->tvb", weight, by_profile)
        is_open = joint.sum(axis=2)
        of_type = np.array([[np.einsum("p,tp->t", w * (own == k), by_profile.sum(axis=2)) for k in range(len(kinds))]
                            for w in weight])  # fmt: skip
        given = np.array([weights_of(game, type_name(role, kind)) for kind in kinds])
        by_type = np.einsum("kp,tpb->tkb", given, by_profile)
        true = belief[:, :, np.arange(len(kinds))]  # what an observer believes of the type k that is true
        wrong = (true < EVEN).astype(np.float64)
        in_true = _mean(np.einsum("tkb,obk->tko", by_type, true), by_type.sum(axis=2))
        signed = given @ self._signed[role]
        arrays: dict[str, Any] = {
            "start": np.array([belief_at_start(game, role, observer) for observer in seen]),
            "mean": _mean(np.einsum("tvb,obk->tvok", joint, belief), is_open),
            "type_probability": _mean(of_type.transpose(2, 0, 1), is_open),
            "public_distribution": _mean(joint, is_open),
            "signed_distribution": _mean(weight @ self._signed[role], (weight @ self._signed[role]).sum(axis=1)),
            "in_true_type": in_true,
            "misled": _mean(np.einsum("tkb,obk->tko", by_type, wrong), by_type.sum(axis=2)),
            "misled_at_settlement": _mean(np.einsum("kb,obk->ko", signed, wrong), signed.sum(axis=1)),
            "seen_through": _first(game, in_true),
            "surprise": self._surprise(role, weights_of(game, TRUTH), true),
        }
        coords = {
            "view": text(views),
            "observer": text(seen),
            "type": text(kinds),
            "true_type": text(kinds),
            "node_belief": (("node", "type"), axis.nodes, {"units": "1", "long_name": "public belief at the node"}),
        }
        side = game.scenario.beliefs.sides()[role] if game.scenario.beliefs is not None else None
        about = side.about if side is not None else ""
        group = dataset(arrays, CATALOGUE, coords, f"What is believed of the {role}")
        group.attrs |= {"about": about, "start_node": int(axis.start)}
        return group

    def _surprise(self, role: Role, truth: Float, true: Float) -> Float:
        """(T, observers) mean of -log2 of the belief in the true type, under the analyst's view."""
        own = self._profiles[:, ROLES.index(role)]
        by_profile = self._open[role]
        with np.errstate(divide="ignore"):
            bits = -np.log2(true)
        total = np.zeros((by_profile.shape[0], true.shape[0]))
        for profile, w in enumerate(truth):
            # What a type never reaches, it is never believed at: there 0 times infinity is nothing.
            cost = np.where(np.isfinite(bits[:, :, own[profile]]), bits[:, :, own[profile]], 0.0)
            total += w * by_profile[:, profile] @ cost.T
        return _mean(total, np.einsum("p,tp->t", truth, by_profile.sum(axis=2)))


def _mean(total: Float, weight: Float) -> Float:
    """Totals divided by their weight, which spans the leading axes; NaN without any."""
    w = weight.reshape(weight.shape + (1,) * (total.ndim - weight.ndim))
    return np.asarray(np.divide(total, w, out=np.full(total.shape, np.nan), where=w > 0.0))


def _first(game: Game, in_true: Float) -> NDArray[np.datetime64]:
    """(types, observers) first period of at least an even belief in the true type; NaT: none."""
    reached = np.nan_to_num(in_true) >= EVEN
    found = np.full(in_true.shape[1:], np.datetime64("NaT"), "datetime64[ns]")
    dates = game.dates[:-1].astype("datetime64[ns]")
    return np.where(reached.any(axis=0), dates[reached.argmax(axis=0)], found)

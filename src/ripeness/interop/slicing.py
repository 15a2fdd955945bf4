"""A small piece of a large game: fewer packages and postures, a state that stands still, fewer periods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import Tables


def keep_packages(tables: Tables, packages: Sequence[int]) -> Tables:
    """The game in which only these packages can be offered, in the order given; each keeps its reference weight."""
    kept = np.asarray(packages, np.int64)
    n_packages = tables.peace_fixed.shape[1]
    if kept.size == 0 or np.unique(kept).size != kept.size or kept.min() < 0 or kept.max() >= n_packages:
        raise ValueError(f"packages must be different numbers from 0 to {n_packages - 1}, got {list(packages)}")
    by_profile = tables.by_profile
    if by_profile is not None:
        by_profile = by_profile._replace(peace_fixed=by_profile.peace_fixed[:, kept])
    return tables._replace(
        peace_fixed=tables.peace_fixed[:, kept],
        peace_resume=tables.peace_resume[:, kept],
        offer_weight=tables.offer_weight[:, [*kept.tolist(), n_packages]],
        by_profile=by_profile,
    )


def keep_postures(tables: Tables, postures: Sequence[int]) -> Tables:
    """The game in which the patron can take only these postures, at their own reference weights."""
    n_postures = tables.posture_weight.shape[1]
    if not set(postures) <= set(range(n_postures)) or not tables.posture_weight[:, list(postures)].any(axis=1).all():
        raise ValueError(f"postures must be open ones from 0 to {n_postures - 1}, got {list(postures)}")
    weight = np.zeros_like(tables.posture_weight)
    weight[:, list(postures)] = tables.posture_weight[:, list(postures)]
    return tables._replace(posture_weight=weight)


def hold_state(tables: Tables, state: int) -> Tables:
    """The game that stays in one state: nature's moves, and with them its ends of the war, are dropped."""
    if not 0 <= state < tables.n_states:
        raise ValueError(f"state must lie in 0 .. {tables.n_states - 1}, got {state}")
    by_profile = tables.by_profile
    if by_profile is not None:
        by_profile = by_profile._replace(terminal=by_profile.terminal[:, :, [state]])
    return tables._replace(
        shape=(1,),
        pool=np.ascontiguousarray(tables.pool[:, [state]]),
        nature=np.zeros((0, *tables.nature.shape[1:]), np.int32),
        terminal=tables.terminal[:, [state]],
        terminal_nodes=None if tables.terminal_nodes is None else tables.terminal_nodes[:, [state]],
        initial=np.ones(1),
        by_profile=by_profile,
    )


def keep_periods(tables: Tables, periods: int, worth: NDArray[np.floating] | None = None) -> Tables:
    """The first periods of a game.

    Args:
        worth: (R, S) value of a war still open after them, the same for all profiles of types; None: the terminal
            values of the tables.
    """
    if not 1 <= periods <= tables.n_periods:
        raise ValueError(f"periods must lie in 1 .. {tables.n_periods}, got {periods}")
    cut = tables._replace(epoch_of_period=tables.epoch_of_period[:periods], terminal_nodes=None)
    if worth is None:
        return tables if periods == tables.n_periods else cut
    terminal = np.asarray(worth, np.float64)
    by_profile = tables.by_profile
    if by_profile is not None:
        by_profile = by_profile._replace(terminal=np.repeat(terminal[:, None], tables.n_profiles, axis=1))
    return cut._replace(terminal=terminal, by_profile=by_profile)

"""Grids of public beliefs, and combinations of types.

Two types: certainty of the one, nodes in log-odds, certainty of the other; further ones where values have kinks. More
types: a grid of the simplex.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def profile_types(types: Sequence[int]) -> NDArray[np.int64]:
    """(Theta, 3) type of A, D and P in every profile, in the order of the tables."""
    return np.array(list(itertools.product(*(range(k) for k in types))))


def beliefs_at(log_odds: NDArray[np.floating]) -> Float:
    """(B, 2) probability of either type at log-odds of type 1, both without loss of digits."""
    z = np.asarray(log_odds, np.float64)
    return np.stack([1.0 / (1.0 + np.exp(z)), 1.0 / (1.0 + np.exp(-z))], axis=1)


SAME_NODE = 1e-6
"""Distance in log-odds within which two nodes are one."""


def log_odds_nodes(n: int, reach: float, start: float, at: Sequence[float] = ()) -> tuple[Float, int]:
    """Nodes for two types, and which of them is the start.

    Nodes are evenly spaced in log-odds from -reach to reach, between the two certainties; the one nearest to the start
    is moved there, so that the game begins at its prior exactly. Values are linear in the probability between nodes, so
    that the beliefs at which a choice switches deserve nodes of their own, `at`.

    Args:
        n: number of even nodes, the two certainties included; at least 5.
        reach: largest finite log-odds of even nodes; moved out to twice the start's where that is not inside.
        start: log-odds of type 1 at period 0.
        at: further nodes, in log-odds of type 1; those that coincide with another node add none.

    Returns:
        (B, 2) probabilities, with B from n to n + len(at), and the index of the start.
    """
    if n < 5:
        raise ValueError(f"a belief needs at least 5 nodes, got {n}")
    if not np.isfinite(start):
        raise ValueError(f"log-odds of the start must be finite, got {start}")
    inner = np.linspace(-1.0, 1.0, n - 2) * max(float(reach), 2.0 * abs(start))
    nearest = int(np.argmin(np.abs(inner - start)))
    inner[nearest] = start
    for further in at:
        if np.abs(inner - further).min() > SAME_NODE:
            inner = np.append(inner, further)
    inner.sort()
    return np.vstack([[1.0, 0.0], beliefs_at(inner), [0.0, 1.0]]), int(np.flatnonzero(inner == start)[0]) + 1


def simplex_nodes(n_types: int, resolution: int, start: Sequence[float]) -> tuple[Float, int]:
    """Grid of the simplex for more than two types, and which node is the start.

    Args:
        resolution: number of steps between two certainties; 1: the certainties alone.
        start: probability of each type at period 0; added as a node of its own where it is not on the grid.
    """
    counts = _compositions(resolution, n_types)
    nodes = np.array(counts, np.float64) / resolution
    prior = np.asarray(start, np.float64) / np.sum(start)
    at = np.flatnonzero(np.abs(nodes - prior).max(axis=1) < 1e-12)
    if at.size:
        return nodes, int(at[0])
    return np.vstack([nodes, prior]), nodes.shape[0]


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """All ways to write `total` as an ordered sum of `parts` numbers from 0, in lexicographic order."""
    if parts == 1:
        return [(total,)]
    if total == 1:
        return [tuple(int(k == p) for k in range(parts)) for p in reversed(range(parts))]
    return [(k, *rest) for k in range(total + 1) for rest in _compositions(total - k, parts - 1)]

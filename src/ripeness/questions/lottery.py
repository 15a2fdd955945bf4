"""Where a public belief lands among the nodes of its axis (theory I.iv): a lottery that keeps every belief's mean.

A belief between nodes is a lottery over those around it, with weights that are linear in the belief. Somebody who knows
that the type is k meets node v with q_k(v) = weight(v) node(v)_k / belief_k, and one who believes b with weight(v).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import BeliefAxis
from ripeness.questions.moment import Float

FARTHEST = 700.0
"""Log-odds beyond these are certainty in double precision."""

ON_A_NODE = 1e-12
"""Distance, in steps of a simplex grid, within which a belief lies on a node."""


def landing(axis: BeliefAxis, log_odds: NDArray[np.floating[Any]]) -> Float:
    """(K, ..., B) probability, given each type, of each node.

    Args:
        log_odds: (K - 1, ...) of the public belief, against the first type.
    """
    odds = np.clip(np.asarray(log_odds, np.float64), -FARTHEST, FARTHEST)
    return _two(axis.nodes, odds[0]) if axis.nodes.shape[1] == 2 else _more(axis, odds)


def _two(nodes: Float, log_odds: Float) -> Float:
    """Two types: q_0 is linear in the odds of type 1, q_1 in those of type 0, which keeps the digits near certainty."""
    with np.errstate(divide="ignore"):
        borders = nodes[:, 1] / nodes[:, 0]
        inverse = nodes[:, 0] / nodes[:, 1]
    odds = np.exp(log_odds)
    low = np.clip(np.searchsorted(borders, odds, side="right") - 1, 0, borders.size - 2)
    width, depth = borders[low + 1] - borders[low], inverse[low] - inverse[low + 1]
    with np.errstate(invalid="ignore"):
        up_0 = np.where(np.isfinite(width), (odds - borders[low]) / width, 0.0)
        down_1 = np.where(np.isfinite(depth), (1.0 / odds - inverse[low + 1]) / depth, 0.0)
    surely_0, surely_1 = log_odds <= -FARTHEST, log_odds >= FARTHEST  # whatever an impossible type does tells nothing
    up_0, down_1 = np.where(surely_1, 1.0, up_0), np.where(surely_0, 1.0, down_1)
    out = np.zeros((2, *odds.shape, borders.size))
    for step, chance in ((0, (1.0 - up_0, down_1)), (1, (up_0, 1.0 - down_1))):
        np.put_along_axis(out[0], (low + step)[..., None], chance[0][..., None], axis=-1)
        np.put_along_axis(out[1], (low + step)[..., None], chance[1][..., None], axis=-1)
    return out


def _more(axis: BeliefAxis, log_odds: Float) -> Float:
    """More types: barycentric weights in the triangulation of Freudenthal; an impossible type follows the weights."""
    n, kinds = axis.resolution, axis.nodes.shape[1]
    odds = np.concatenate([np.zeros((1, *log_odds.shape[1:])), log_odds])
    belief = np.exp(odds - odds.max(axis=0))
    belief /= belief.sum(axis=0)
    tail = n * np.cumsum(belief[::-1], axis=0)[::-1][1:]  # (K - 1, ...): n (b_k + ... + b_{K-1})
    near = np.rint(tail)
    tail = np.where(np.abs(tail - near) < ON_A_NODE * n, near, tail)
    corner = np.floor(tail).astype(np.int64)
    part = tail - corner
    order = np.argsort(-part, axis=0, kind="stable")
    ones, zeros = np.ones((1, *part.shape[1:])), np.zeros((1, *part.shape[1:]))
    falling = np.concatenate([ones, np.take_along_axis(part, order, axis=0), zeros])
    numbers = _numbers(axis)
    weight = np.zeros((*belief.shape[1:], axis.nodes.shape[0]))
    for step in range(kinds):
        if step > 0:
            which = order[step - 1 : step]
            np.put_along_axis(corner, which, np.take_along_axis(corner, which, axis=0) + 1, axis=0)
        here = falling[step] - falling[step + 1]
        node = numbers[tuple(np.where(here > 0.0, c, 0) for c in corner)][..., None]
        np.put_along_axis(weight, node, np.take_along_axis(weight, node, axis=-1) + here[..., None], axis=-1)
    out = weight * axis.nodes.T.reshape(kinds, *(1,) * (weight.ndim - 1), -1)
    total = out.sum(axis=-1, keepdims=True)  # belief_k, as the nodes have it
    return np.where(total > 0.0, out / np.where(total > 0.0, total, 1.0), weight)


def _numbers(axis: BeliefAxis) -> NDArray[np.int64]:
    """Number of the node by its cumulated counts from the end; -1 where there is none."""
    n, kinds = axis.resolution, axis.nodes.shape[1]
    out = np.full((n + 1,) * (kinds - 1), -1, np.int64)
    counts = axis.nodes * n
    whole = np.rint(counts).astype(np.int64)
    for v, count in enumerate(whole):
        if np.abs(counts[v] - count).max() < ON_A_NODE * n:  # the start may be a node of its own, off the grid
            out[tuple(np.cumsum(count[::-1])[::-1][1:])] = v
    return out

"""Cells of a grid of the simplex: where a belief about more than two types lies between the nodes.

The grid is cut by Freudenthal's rule. With y_j = resolution * (b_j + ... + b_{K-1}), j = 1 .. K - 1, a cell has a
lowest vertex, the whole parts of y, and an order of the coordinates, by falling fractional parts: each vertex is the
one before it with one more unit of the next coordinate. The weights of the vertices, of which the belief is the mean,
are the differences of neighbouring fractional parts: linear in the belief.

A type may be believed with a probability far below the rounding of one. What its odds depend on are the weights of the
few vertices at which it is possible at all. They are computed as sums of probabilities, never as differences of numbers
near one: coordinates before the likeliest type are counted from above.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ripeness.engine.apart import inner_exact, small


@inner_exact
def likeliest(belief: Any) -> int:
    """The type with the largest probability."""
    best = 0
    for k in range(1, belief.size):
        if belief[k] > belief[best]:
            best = k
    return best


@inner_exact
def locate(belief: Any, resolution: int, corner: Any, order: Any) -> None:
    """The cell of a belief.

    Args:
        belief: (K,) probabilities.
        corner: (K,) filled: the lowest vertex; corner[0] = resolution.
        order: (K - 1,) filled: coordinates by falling fractional part, among equals the first one first.
    """
    small()
    kinds, top = belief.size, likeliest(belief)
    part = np.empty(kinds)
    corner[0] = resolution
    total = 0.0
    for j in range(1, top + 1):
        total += belief[j - 1]
        above = resolution * total
        corner[j] = resolution - np.int64(math.ceil(above))
        part[j] = math.ceil(above) - above
    total = 0.0
    for j in range(kinds - 1, top, -1):
        total += belief[j]
        y = resolution * total
        corner[j] = np.int64(math.floor(y))
        part[j] = y - math.floor(y)
    for j in range(1, kinds):
        place = j - 1
        while place > 0 and part[order[place - 1]] < part[j]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = j


@inner_exact
def weigh(belief: Any, resolution: int, corner: Any, order: Any, weight: Any) -> None:
    """Weights (K,) of the vertices of a cell; negative ones where the belief lies outside."""
    small()
    kinds, top = belief.size, likeliest(belief)
    if kinds == 1:
        weight[0] = 1.0
        return
    for v in range(kinds):
        low = order[v - 1] if v > 0 else 0  # the coordinate that has one unit more at this vertex
        high = order[v] if v < kinds - 1 else kinds  # the one that has not
        total = 0.0
        if v == 0 and high <= top:  # 1 - part, counted from above
            for k in range(high):
                total += belief[k]
            weight[v] = resolution * total + (1 - resolution + corner[high])
        elif v == 0:
            for k in range(high, kinds):
                total += belief[k]
            weight[v] = (1 + corner[high]) - resolution * total
        elif v == kinds - 1 and low <= top:
            for k in range(low):
                total += belief[k]
            weight[v] = (resolution - corner[low]) - resolution * total
        elif v == kinds - 1:
            for k in range(low, kinds):
                total += belief[k]
            weight[v] = resolution * total - corner[low]
        else:
            for k in range(min(low, high), max(low, high)):
                total += belief[k]
            more = resolution * total - abs(corner[low] - corner[high])
            weight[v] = more if low < high else -more


@inner_exact
def vertices(corner: Any, order: Any, first: Any, resolution: int, binomial: Any, vertex: Any) -> None:
    """Places (K,) of the vertices of a cell among all grid points, in lexicographic order.

    Args:
        first: (all types,) the first of the cell's types that does not come before it; K: there is none.
        binomial: (n, k) Pascal's triangle.
    """
    small()
    count = corner.copy()
    for v in range(vertex.size):
        if v > 0:
            count[order[v - 1]] += 1
        index, left = 0, resolution
        for k in range(first.size - 1):
            here = count[first[k]] if first[k] < count.size else 0
            then = count[first[k + 1]] if first[k + 1] < count.size else 0
            parts = first.size - 1 - k
            for c in range(here - then):
                index += binomial[left - c + parts - 1, parts - 1]
            left -= here - then
        vertex[v] = index


@inner_exact
def simplex_cell(belief: Any, resolution: int, binomial: Any, vertex: Any, weight: Any) -> None:
    """Vertices of the grid around a belief, and the weights of which it is the mean.

    Args:
        belief: (K,) probabilities.
        vertex, weight: (K,) filled: node in lexicographic order, weight.
    """
    small()
    kinds = belief.size
    if resolution == 1:
        for k in range(kinds):
            vertex[k], weight[k] = kinds - 1 - k, belief[k]
        return
    corner, order, all_types = np.empty(kinds, np.int64), np.empty(kinds - 1, np.int64), np.arange(kinds)
    locate(belief, resolution, corner, order)
    weigh(belief, resolution, corner, order, weight)
    for v in range(kinds):
        weight[v] = max(weight[v], 0.0)
    vertices(corner, order, all_types, resolution, binomial, vertex)
    for v in range(kinds):
        if weight[v] <= 0.0:
            vertex[v] = 0

"""Which rows of a table nothing in the same group beats: exact, in whole numbers.

A row is beaten by another that is at least as good in every column and better in one; of equal rows the first stays.
Two columns take one sweep over sorted rows, three a sweep with a staircase of the best pairs so far, four such sweeps
over halves, halves of halves and so on. More columns take one bit for each pair of rows: of the earlier rows, those at
least as good in every column are what the columns' sets have in common, 64 rows at a time.
Source: Kung, Luccio & Preparata (1975), Journal of the ACM 22(4).
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]


def undominated(table: Int, group: Int) -> NDArray[np.intp]:
    """Rows that no row of their group beats, sorted by group and then falling by columns.

    Args:
        table: (rows, columns), at least one column.
        group: (rows,).
    """
    n_rows, n_columns = table.shape
    if n_rows == 0:
        return np.zeros(0, np.intp)
    order = np.lexsort((*(-table[:, column] for column in range(n_columns - 1, -1, -1)), group))
    ranked, groups = table[order], group[order]
    first = np.ones(n_rows, np.bool_)
    first[1:] = groups[1:] != groups[:-1]
    if n_columns == 1:
        return np.asarray(order[first])
    if n_columns == 2:
        return np.asarray(order[_rising(ranked[:, 1], first)])
    starts = np.append(np.flatnonzero(first), n_rows)
    columns = np.ascontiguousarray(ranked[:, 1:])
    kernel = _staircase if n_columns == 3 else _halved if n_columns == 4 else _common
    keep = kernel(columns, starts)
    return np.asarray(order[keep])


def _rising(second: Int, first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows whose second column is above all earlier ones of their group."""
    number = np.cumsum(first) - 1
    low, high = int(second.min()), int(second.max())
    if (high - low + 1) * (int(number[-1]) + 1) >= 2**62:
        _, ranks = np.unique(second, return_inverse=True)
        second, low, high = ranks.reshape(-1).astype(np.int64), 0, int(ranks.max())
    # every group lies above the one before it, so that one running maximum serves all
    lifted = (second - low) + number * (high - low + 1)
    before = np.maximum.accumulate(lifted)
    keep = np.ones(second.size, np.bool_)
    keep[1:] = first[1:] | (lifted[1:] > before[:-1])
    return keep


@nb.njit(cache=True)
def _added(stairs: Int, size: int, x: int, y: int) -> int:
    """Number of stairs after a pair has been added; 0: some stair matches it, and nothing was added.

    Stairs fall in their first number and rise in their second.
    """
    low, high = 0, size  # stairs before `low` have at least x
    while low < high:
        middle = (low + high) // 2
        if stairs[middle, 0] >= x:
            low = middle + 1
        else:
            high = middle
    if low > 0 and stairs[low - 1, 1] >= y:
        return 0
    start = low - 1 if low > 0 and stairs[low - 1, 0] == x else low
    end = start
    while end < size and stairs[end, 1] <= y:
        end += 1
    shift = start + 1 - end
    if shift == 1:
        for k in range(size, start, -1):
            stairs[k, 0], stairs[k, 1] = stairs[k - 1, 0], stairs[k - 1, 1]
    elif shift < 0:
        for k in range(end, size):
            stairs[k + shift, 0], stairs[k + shift, 1] = stairs[k, 0], stairs[k, 1]
    stairs[start, 0], stairs[start, 1] = x, y
    return size + shift


@nb.njit(cache=True)
def _matched(stairs: Int, size: int, x: int, y: int) -> bool:
    """Whether some stair has at least these numbers."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if stairs[middle, 0] >= x:
            low = middle + 1
        else:
            high = middle
    return low > 0 and stairs[low - 1, 1] >= y


@nb.njit(cache=True)
def _staircase(pairs: Int, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Rows whose pair no earlier row of the group matches."""
    keep = np.zeros(pairs.shape[0], np.bool_)
    stairs = np.empty((pairs.shape[0], 2), np.int64)
    for g in range(starts.size - 1):
        size = 0
        for row in range(starts[g], starts[g + 1]):
            more = _added(stairs, size, pairs[row, 0], pairs[row, 1])
            if more > 0:
                keep[row], size = True, more
    return keep


@nb.njit(cache=True)
def _halved(columns: Int, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Rows whose three columns no earlier row of the group matches.

    Runs of rows are joined two by two. When a run meets the one before it, both are gone through from the best first
    column down, so that only pairs of the other two columns are left to compare.
    """
    n_rows = columns.shape[0]
    keep = np.ones(n_rows, np.bool_)
    stairs = np.empty((n_rows, 2), np.int64)
    for g in range(starts.size - 1):
        low, high = starts[g], starts[g + 1]
        order = np.arange(low, high)  # rows of each run, by their first column from the best down
        merged = np.empty(high - low, order.dtype)
        width = 1
        while width < high - low:
            for start in range(0, high - low, 2 * width):
                middle, end = min(start + width, high - low), min(start + 2 * width, high - low)
                left, right, size = start, middle, 0
                for k in range(start, end):
                    # of equal ones the earlier row comes first, since it is the one that can beat the other
                    from_left = left < middle and (right == end or columns[order[left], 0] >= columns[order[right], 0])
                    if from_left:
                        row = order[left]
                        left += 1
                        if keep[row]:
                            more = _added(stairs, size, columns[row, 1], columns[row, 2])
                            size = more if more > 0 else size
                    else:
                        row = order[right]
                        right += 1
                        if keep[row] and _matched(stairs, size, columns[row, 1], columns[row, 2]):
                            keep[row] = False
                    merged[k] = row
            order, merged = merged, order
            width *= 2
    return keep


BLOCK = 256
"""Rows by rank between two sets of `_common` that are kept."""


@nb.njit(cache=True)
def _common(columns: Int, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Rows whose columns no earlier row of the group matches."""
    n_rows, n_columns = columns.shape
    keep = np.ones(n_rows, np.bool_)
    for g in range(starts.size - 1):
        low, size = starts[g], starts[g + 1] - starts[g]
        n_words, n_blocks = (size + 63) // 64, (size + BLOCK - 1) // BLOCK
        # of each column: rows from the best down, how many are at least as good as each row, and sets at every block
        order = np.empty((n_columns, size), np.int64)
        reach = np.empty((n_columns, size), np.int64)
        sets = np.zeros((n_columns, n_blocks + 1, n_words), np.uint64)
        for column in range(n_columns):
            values = columns[low : low + size, column]
            order[column] = np.argsort(-values, kind="mergesort")
            for k in range(size):
                row = order[column, k]
                block = k // BLOCK
                if k % BLOCK == 0:
                    sets[column, block + 1] = sets[column, block]
                sets[column, block + 1, row // 64] |= np.uint64(1) << np.uint64(row % 64)
            end = size
            for k in range(size - 1, -1, -1):
                if k < size - 1 and values[order[column, k]] != values[order[column, k + 1]]:
                    end = k + 1
                reach[column, order[column, k]] = end
        common = np.empty(n_words, np.uint64)
        here = np.empty(n_words, np.uint64)
        for row in range(1, size):
            n_earlier = row // 64 + 1
            for word in range(n_earlier):
                common[word] = ~np.uint64(0)
            common[n_earlier - 1] = (np.uint64(1) << np.uint64(row % 64)) - np.uint64(1)
            left = True
            for column in range(n_columns):
                end = reach[column, row]
                block = end // BLOCK
                for word in range(n_earlier):
                    here[word] = sets[column, block, word]
                for k in range(block * BLOCK, end):
                    other = order[column, k]
                    if other < row:
                        here[other // 64] |= np.uint64(1) << np.uint64(other % 64)
                left = False
                for word in range(n_earlier):
                    common[word] &= here[word]
                    left |= common[word] != 0
                if not left:
                    break
            keep[low + row] = not left
    return keep


def thinned(table: Int, group: Int, most: int) -> tuple[NDArray[np.intp], Int]:
    """At most `most` rows (or one a group), so that every row has one of its group that is nearly as good.

    A grid with equal cells is laid over all columns but the last, the finest that leaves few enough cells; of each cell
    the row with the best last column stays.

    Returns:
        Rows that stay, and by how much, in each column, a row may be better than the best one that stays for it.
    """
    n_rows, n_columns = table.shape
    if n_rows <= most:
        return np.arange(n_rows), np.zeros(n_columns, np.int64)
    low = table.min(axis=0)
    span = table.max(axis=0) - low + 1
    parts = 1 << 20
    while True:
        width = -(-span // parts)
        _, cell = np.unique(group, return_inverse=True)
        for column in range(n_columns - 1):
            number = (table[:, column] - low[column]) // width[column]
            _, cell = np.unique(cell.reshape(-1) * parts + number, return_inverse=True)
        if int(cell.max()) < most or parts == 1:
            break
        parts = parts // 2 if parts > 64 else parts - 1
    order = np.lexsort((-table[:, -1], cell))
    first = np.ones(n_rows, np.bool_)
    first[1:] = cell[order][1:] != cell[order][:-1]
    bound = width - 1
    bound[-1] = 0
    return np.sort(order[first]), bound

"""Whose beliefs the draw of types at the root of an exported game stands for.

A tree draws types once, with one distribution, and Bayes does the rest. Where observers differ, one that believes b
instead of the draw's m is given b / m times its payoffs, profile by profile: E_m[(b / m) u] = E_b[u]. That is exact for
values, and for decisions as long as nothing has told of the type in question: with L the likelihood of what was seen, a
decision reckons with sum m L (b / m) u / sum m L, where Bayes asks for sum b L u / sum b L, and the two denominators
are the same for any b only while L is the same for all types. A precision would be stretched by their ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.game import Tables
from ripeness.interop.errors import ExportError
from ripeness.interop.extensive import InformationSet
from ripeness.interop.names import Names

Float = NDArray[np.float64]
SAME = 1e-12


class Draw(NamedTuple):
    """Types at the root.

    Attributes:
        by_side: for A, D and P, probability of each type in the draw.
        ratio: (R, Theta) what each row believes of the others' types, over the draw.
    """

    by_side: tuple[Float, Float, Float]
    ratio: Float


def public_beliefs(tables: Tables) -> tuple[Float, Float, Float]:
    """Public probability of each type of A, D and P at the start."""
    found = [np.ones(1), np.ones(1), np.ones(1)]
    for axis in tables.beliefs:
        found[axis.side] = np.asarray(axis.nodes[axis.start], np.float64)
    return found[0], found[1], found[2]


def draw_of(tables: Tables, profiles: NDArray[np.int64], sets: Sequence[InformationSet], names: Names) -> Draw:
    """The draw under which all decisions are exact.

    Raises:
        ExportError: two rows that believe different things of a side both decide after something told of it.
    """
    row_of = {(int(s), int(k)): r for r, (s, k) in enumerate(zip(tables.row_side, tables.row_type, strict=True))}
    by_side, faults = list(public_beliefs(tables)), []
    ratio = np.ones((tables.n_rows, profiles.shape[0]))
    for axis in tables.beliefs:
        side = axis.side
        believed = _believed(by_side[side], axis.offset[: tables.n_rows])
        deciding = [(row_of[s.situation.side, s.own_type], s) for s in sets if s.situation.side != side]
        after = sorted({row for row, s in deciding if any(seen.side == side for seen in s.situation.seen)})
        if any(np.abs(believed[one] - believed[other]).max() > SAME for one, other in pairwise(after)):
            who = " and ".join(dict.fromkeys(names.sides[int(tables.row_side[row])] for row in after))
            faults.append(
                f"beliefs: {who} start from different beliefs about {names.sides[side]}, and both decide after "
                "something has told of its type; an exported game draws types once. Export one period, give both the "
                "same belief, or close what one of them decides."
            )
            continue
        told = after or sorted({row for row, _ in deciding})
        if told:
            by_side[side] = believed[told[0]]
        for row in range(tables.n_rows):
            if tables.row_side[row] != side:
                share = np.divide(
                    believed[row], by_side[side], out=np.ones(axis.nodes.shape[1]), where=by_side[side] > 0.0
                )
                ratio[row] *= share[profiles[:, side]]
    if faults:
        raise ExportError(faults)
    return Draw((by_side[0], by_side[1], by_side[2]), ratio)


def _believed(public: Float, offset: Float) -> Float:
    """(R, K) what each row believes that stands `offset` (R, K) away from the public, in log-odds against type 0."""
    odds = public * np.exp(offset - offset.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))

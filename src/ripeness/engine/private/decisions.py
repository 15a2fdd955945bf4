"""Everything decided in one period of a game with types, at every state and belief."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.private.choice import Choice
from ripeness.engine.private.geometry import Geometry
from ripeness.engine.private.solution import Period, make_layout
from ripeness.engine.private.stage import A, D, Decided, P
from ripeness.game.tables import Tables


class TypedDecisions(NamedTuple):
    """Choices by the chooser's own type, and the public log-odds against type 0 after each act, before the lottery.

    Axes: K most types of a side, M postures, J proposers, N packages, R rows, L lanes (state * tables.n_nodes + node).
    What a side without types does says nothing: its `_after` entries are NaN, as are those of talks that never happen.
    """

    posture: NDArray[Any]  # (K, M, L)
    posture_after: NDArray[Any]  # (M, K - 1, L)
    offer: NDArray[Any]  # (J, K, M, N + 1, L) "none" last
    offer_after: NDArray[Any]  # (J, M, N + 1, K - 1, L)
    accept: NDArray[Any]  # (2, K, M, N, L) probability that A, D accepts
    accept_after: NDArray[Any]  # (2, M, N, 2, K - 1, L) after acceptance, rejection
    effort_a: NDArray[Any]  # (K, M, n_effort_a, L)
    effort_a_after: NDArray[Any]  # (M, n_effort_a, K - 1, L)
    effort_d: NDArray[Any]  # (K, M, n_effort, L) D's effort given A's
    effort_d_after: NDArray[Any]  # (M, n_effort, K - 1, L)
    continuation: NDArray[Any]  # (M, R, L) value of fighting on
    before_posture: NDArray[Any]  # (M, R, L)
    peace: NDArray[Any]  # (N, R, L)
    value: NDArray[Any]  # (R, L)


def decisions_of_period(values: NDArray[Any], tables: Tables, period: int, threads: int | None) -> TypedDecisions:
    """Decisions of one period, recomputed from the next period's values (T + 1, R, S, J)."""
    layout = make_layout(tables, values.dtype)
    out = _blank(tables, layout.lanes, values.dtype)

    def store(_: int, low: int, high: int, decided: Decided) -> None:
        where = slice(low * tables.n_nodes, high * tables.n_nodes)
        _copy(out, decided, layout.geometry, where)

    with Period(layout, threads, keep=True) as solver:
        solver.solve(int(tables.epoch_of_period[period]), values[period + 1].reshape(tables.n_rows, -1), store)
    return out


def _blank(tables: Tables, lanes: int, dtype: np.dtype[Any]) -> TypedDecisions:
    m, e, r = tables.flow.shape[1:]
    j, n = tables.recognition.shape[2], tables.peace_fixed.shape[1]
    k = max(tables.types)
    told = max(k - 1, 1)

    def room(*shape: int) -> NDArray[Any]:
        return np.full((*shape, lanes), np.nan, dtype)

    return TypedDecisions(
        posture=room(k, m), posture_after=room(m, told), offer=room(j, k, m, n + 1),
        offer_after=room(j, m, n + 1, told), accept=room(2, k, m, n), accept_after=room(2, m, n, 2, told),
        effort_a=room(k, m, tables.n_effort_a), effort_a_after=room(m, tables.n_effort_a, told),
        effort_d=room(k, m, e), effort_d_after=room(m, e, told), continuation=room(m, r), before_posture=room(m, r),
        peace=room(n, r), value=room(r),
    )  # fmt: skip


def _copy(out: TypedDecisions, decided: Decided, g: Geometry, where: slice) -> None:
    """Put the decisions of a unit in their place."""
    lanes = decided.lanes

    def keep(choice: Choice, side: int, chance: NDArray[Any], after: NDArray[Any]) -> None:
        """chance (K, A, L), after (A, K - 1, L): the lanes of the unit."""
        kinds = int(g.kinds[side])
        n_actions = choice.chance.shape[0] // kinds
        chance[:kinds] = choice.chance.reshape(kinds, n_actions, -1)[:, :, :lanes]
        if kinds > 1:
            after[:, : kinds - 1] = choice.after[:, :, :lanes]

    if decided.posture is None:
        out.posture[: g.kinds[P], 0, where] = 1.0
    else:
        keep(decided.posture, P, out.posture[..., where], out.posture_after[..., where])
    n_d = len(decided.effort_d[0]) and out.effort_d.shape[2] // len(decided.effort_d[0])
    for m, offers in enumerate(decided.offers):
        for j, offer in enumerate(offers):
            if offer is not None:
                keep(offer, j, out.offer[j, :, m, :, where], out.offer_after[j, m, :, :, where])
        for side in (A, D):
            answers = decided.answers[m][side]
            for n in range(out.accept.shape[3]) if answers is not None else ():
                assert answers is not None
                kinds = int(g.kinds[side])
                chance = answers.chance[n].reshape(kinds, 2, -1)[:, 0, :lanes]
                out.accept[side, :kinds, m, n, where] = chance
                if kinds > 1:
                    out.accept_after[side, m, n, :, : kinds - 1, where] = answers.after[n][:, :, :lanes]
        keep(decided.effort_a[m], A, out.effort_a[:, m, :, where], out.effort_a_after[m, :, :, where])
        for a, replies in enumerate(decided.effort_d[m]):
            e = slice(a * n_d, (a + 1) * n_d)
            keep(replies, D, out.effort_d[:, m, e, where], out.effort_d_after[m, e, :, where])
    out.continuation[..., where] = decided.fight[..., :lanes]
    out.before_posture[..., where] = decided.before_posture[..., :lanes]
    out.peace[..., where] = decided.peace[..., :lanes]
    out.value[..., where] = decided.value[..., :lanes]

"""The plain arrays that the engine works on, and a builder that fills them.

The engine knows nothing of war. It sees one pool of tables over the states and small maps of indices into it: which
table is the flow of row i in posture m under effort pair e, which operator nature applies at its k-th step, and so on.
Equal tables are stored once. All maps have the epoch as their leading axis; `epoch_of_period` says which period uses
which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]
Float = NDArray[np.float64]
TableLike = float | int | np.generic | NDArray[Any] | Sequence[Any]
"""A number or anything that NumPy broadcasts over the grid."""

INFINITE_PRECISION = 1e12
"""Stands for lambda = infinity: best reply, with equal weights where values agree to rounding."""


class Tables(NamedTuple):
    """A finite bargaining game. S states, T periods, E epochs, R value rows, M postures, N packages, J proposers.

    Rows are the actors whose value is computed; proposers are rows 0 .. J-1 in the order A, D, P, so that row 0 is
    always A and row 1 always D; rows beyond the proposers are passive. A pair of efforts is e_A * n_effort_d + e_D.
    """

    shape: tuple[int, ...]  # grid; states are its points in C order
    n_effort_a: int
    n_effort_d: int
    epoch_of_period: Index  # (T,)
    discount: Float  # (R,) factor per period, in (0, 1]
    pool: Float  # (K, S)
    flow: Index  # (E, M, n_effort, R): what is paid in a period at war, already times (1 - discount)
    recognition: Index  # (E, M, J): probability that j proposes
    peace_fixed: Index  # (E, N, R): W = peace_fixed + peace_resume * V_next, from (i.3)
    peace_resume: Index  # (E, N, R)
    posture_cost: Index  # (E, M)
    posture_weight: Float  # (E, M): reference weights, 0 closes a posture
    offer_weight: Float  # (E, N + 1): reference weights, "none" last
    accept_weight: float  # reference weight of accepting, against 1 for rejecting
    precision_posture: float
    precision_offer: Float  # (J,)
    precision_response: Float  # (2,): A, D
    precision_effort: Float  # (2,): A, D
    operator_offset: Index  # (O, W): flat offset of each destination from its state
    operator_weight: Index  # (O, W): table of the probability of that destination
    operator_source: Index  # (O,): table added to the value (the worth of what leaves the war), -1 for none
    operator_end: Index  # (O,): end under which the mass that leaves is booked, -1 for none
    nature: Index  # (P, E, M, n_effort, R + 1): operator at step k for each row; last entry the truth; -1 for none
    terminal: Float  # (R, S): value of the war still open after the last period
    initial: Float  # (S,): mass at the start of period 0, sums to one
    ends: tuple[str, ...]  # names of the ends without agreement

    @property
    def n_states(self) -> int:
        return int(np.prod(self.shape))

    @property
    def n_periods(self) -> int:
        return self.epoch_of_period.size

    @property
    def n_rows(self) -> int:
        return self.discount.size


class TableBuilder:
    """Fills `Tables` step by step; every array given may broadcast over the grid `shape`.

    Args:
        shape: grid of the state, one length per axis.
        n_periods: horizon T.
        discount: factor per period of each row, A first, then D, then P or passive rows.
        n_proposers: how many rows can propose (2, or 3 with a patron).
        n_postures, n_packages, n_effort: sizes of the choice sets; n_effort is (A's levels, D's levels).
        epoch_of_period: (T,) epoch of each period; None: one epoch.
    """

    def __init__(
        self,
        shape: Sequence[int],
        n_periods: int,
        discount: TableLike,
        *,
        n_packages: int,
        n_proposers: int = 2,
        n_postures: int = 1,
        n_effort: tuple[int, int] = (1, 1),
        epoch_of_period: TableLike | None = None,
    ) -> None:
        self.shape = tuple(int(n) for n in shape)
        self.n_states = int(np.prod(self.shape))
        self.discount = np.asarray(discount, np.float64)
        epochs = np.zeros(n_periods, np.int32) if epoch_of_period is None else np.asarray(epoch_of_period, np.int32)
        self.epoch_of_period = epochs
        self.n_epochs = int(epochs.max()) + 1 if epochs.size else 1
        n_rows, n_e = self.discount.size, n_effort[0] * n_effort[1]
        self.n_effort = n_effort
        self._pool: list[Float] = []
        self._known: dict[bytes, int] = {}
        self._operators: list[tuple[tuple[tuple[int, int], ...], int, int]] = []
        self._operator_known: dict[tuple[tuple[tuple[int, int], ...], int, int], int] = {}
        self._nature: dict[int, Index] = {}
        self._ends: list[str] = []
        zero, one = self.table(0.0), self.table(1.0)
        e = self.n_epochs
        self.flow = np.full((e, n_postures, n_e, n_rows), zero, np.int32)
        self.recognition = np.full((e, n_postures, n_proposers), zero, np.int32)
        self.peace_fixed = np.full((e, n_packages, n_rows), zero, np.int32)
        self.peace_resume = np.full((e, n_packages, n_rows), zero, np.int32)
        self.posture_cost = np.full((e, n_postures), zero, np.int32)
        self.posture_weight = np.ones((e, n_postures))
        self.offer_weight = np.ones((e, n_packages + 1))
        self.accept_weight = 1.0
        self.precision_posture = 1.0
        self.precision_offer = np.ones(n_proposers)
        self.precision_response = np.ones(2)
        self.precision_effort = np.ones(2)
        self.terminal = np.zeros((n_rows, self.n_states))
        self.initial = np.zeros(self.n_states)
        self.initial[0] = 1.0
        self._one = one

    def table(self, values: TableLike) -> int:
        """Index of a table over the states; equal tables share one."""
        small = np.ascontiguousarray(values, np.float64) + 0.0  # + 0.0 turns -0.0 into 0.0
        full = np.ascontiguousarray(np.broadcast_to(small, self.shape).reshape(-1))
        key = hashlib.blake2b(full.tobytes(), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = len(self._pool)
            self._pool.append(full)
        return self._known[key]

    def set_flow(self, rate: TableLike, row: int, *, epoch: int = 0, posture: int = 0, effort: int = 0) -> None:
        """Payoff rate u of a row at war; a rate that lasts for ever is worth u."""
        self.set_flow_lump(
            (1.0 - self.discount[row]) * np.asarray(rate), row, epoch=epoch, posture=posture, effort=effort
        )

    def set_flow_lump(self, lump: TableLike, row: int, *, epoch: int = 0, posture: int = 0, effort: int = 0) -> None:
        """The same in lump-sum units, g = (1 - discount) u; the only form that is defined for discount 1."""
        self.flow[epoch, posture, effort, row] = self.table(lump)

    def set_peace(
        self, utility: TableLike, row: int, package: int, *, epoch: int = 0, breakdown: TableLike = 0.0
    ) -> None:
        """Utility of a package as a stream, and the probability per period that the peace breaks (i.3)."""
        delta = self.discount[row]
        broken = np.asarray(breakdown, np.float64)
        kept = 1.0 - delta * (1.0 - broken)
        lasting = kept <= 0.0  # discount 1 and no breakdown: the stream is worth its utility
        safe = np.where(lasting, 1.0, kept)
        self.peace_fixed[epoch, package, row] = self.table(
            np.where(lasting, 1.0, (1.0 - delta) / safe) * np.asarray(utility, np.float64)
        )
        self.peace_resume[epoch, package, row] = self.table(np.where(lasting, 0.0, delta * broken / safe))

    def set_recognition(self, probability: TableLike, proposer: int, *, epoch: int = 0, posture: int = 0) -> None:
        """Probability per period that a row gets to propose."""
        self.recognition[epoch, posture, proposer] = self.table(probability)

    def set_posture_cost(self, cost: TableLike, *, epoch: int = 0, posture: int = 0) -> None:
        """Cost that the patron weighs when it chooses a posture."""
        self.posture_cost[epoch, posture] = self.table(cost)

    def end(self, name: str) -> int:
        """Index of an end without agreement."""
        if name not in self._ends:
            self._ends.append(name)
        return self._ends.index(name)

    def move(self, axis: int, probabilities: Mapping[int, TableLike]) -> int:
        """Operator that moves the state along one axis: probability of each step (in grid points) from each state.

        The probability of a step that would leave the grid must be zero; probabilities sum to one in every state.
        """
        stride = int(np.prod(self.shape[axis + 1 :], dtype=np.int64))
        arms = []
        total = np.zeros(self.shape)
        for step, probability in sorted(probabilities.items()):
            full = np.broadcast_to(np.asarray(probability, np.float64), self.shape)
            position = np.arange(self.shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(self.shape))])
            outside = (position + step < 0) | (position + step >= self.shape[axis])
            if np.any(np.where(outside, full, 0.0) != 0.0):
                raise ValueError(
                    f"a step of {step:+d} leaves axis {axis} of {self.shape[axis]} points with positive probability"
                )
            if np.any(full < 0.0):
                raise ValueError(f"probability of step {step:+d} on axis {axis} is negative: {full.min():.3g}")
            total = total + full
            if np.any(full != 0.0):
                arms.append((step * stride, self.table(full)))
        if not np.allclose(total, 1.0, rtol=0.0, atol=1e-12):
            raise ValueError(
                f"probabilities of a move along axis {axis} sum to {total.min():.6g} .. {total.max():.6g}, not 1"
            )
        return self._operator(tuple(arms), -1, -1)

    def leave(self, probability: TableLike, value: TableLike, end: int = -1) -> int:
        """Operator with which the war ends without agreement: probability per period, and the value from then on."""
        p = np.broadcast_to(np.asarray(probability, np.float64), self.shape)
        worth = p * np.asarray(value, np.float64)
        return self._operator(((0, self.table(1.0 - p)),), self.table(worth), end)

    def hand_over(self, probability: TableLike, value: TableLike, keeps: TableLike, axis: int | None = None) -> int:
        """Operator of a row whose leader is removed with a probability per period, when `keeps` times the value one
        step up `axis` (in the same state without an axis), plus `value`, takes the place of the row's own."""
        p = np.broadcast_to(np.asarray(probability, np.float64), self.shape)
        kept = p * np.asarray(keeps, np.float64)
        worth = self.table(p * np.asarray(value, np.float64))
        if axis is None:
            return self._operator(((0, self.table(1.0 - p + kept)),), worth, -1)
        if np.take(p, -1, axis=axis).any():
            raise ValueError(f"a leader is removed with positive probability at the last point of axis {axis}")
        stride = int(np.prod(self.shape[axis + 1 :], dtype=np.int64))
        return self._operator(((0, self.table(1.0 - p)), (stride, self.table(kept))), worth, -1)

    def _operator(self, arms: tuple[tuple[int, int], ...], source: int, end: int) -> int:
        key = (arms, source, end)
        if key not in self._operator_known:
            self._operator_known[key] = len(self._operators)
            self._operators.append(key)
        return self._operator_known[key]

    def _drain(self) -> Float:
        pool = np.empty((len(self._pool), self.n_states))
        for row in range(len(self._pool) - 1, -1, -1):
            pool[row] = self._pool.pop()
        return pool

    def _faults(self) -> list[str]:
        pool, faults = self._pool, []
        for table, values in enumerate(pool):
            if not np.isfinite(values).all():
                faults.append(f"table {table} holds values that are not finite")
        if not np.all((self.discount > 0.0) & (self.discount <= 1.0)):
            faults.append(f"discount factors must lie in (0, 1], got {self.discount.tolist()}")
        for maps in self.recognition.reshape(-1, self.recognition.shape[2]):
            chances = np.array([pool[table] for table in maps])
            if chances.min() < 0.0 or chances.sum(axis=0).max() > 1.0 + 1e-9:
                faults.append(
                    f"recognition probabilities must be at least 0 and sum to at most 1, got {chances.min():.4g} "
                    f"at least and {chances.sum(axis=0).max():.4g} in sum"
                )
        for name, weights in (("offer_weight", self.offer_weight), ("posture_weight", self.posture_weight)):
            if weights.min() < 0.0 or weights.sum(axis=1).min() <= 0.0:
                faults.append(f"{name} must be at least 0 with one above 0 in every epoch")
        if self.accept_weight <= 0.0:
            faults.append(f"accept_weight must be above 0, got {self.accept_weight}")
        for name, precision in (
            ("posture", np.atleast_1d(self.precision_posture)), ("offer", self.precision_offer),
            ("response", self.precision_response), ("effort", self.precision_effort),
        ):  # fmt: skip
            if not np.all((precision >= 0.0) & (precision <= INFINITE_PRECISION)):
                faults.append(f"precision of {name} must lie in [0, {INFINITE_PRECISION:g}], got {precision.tolist()}")
        if self.initial.min() < 0.0 or abs(self.initial.sum() - 1.0) > 1e-9:
            faults.append(f"initial mass must be at least 0 and sum to 1, got a sum of {self.initial.sum():.6g}")
        if not np.isfinite(self.terminal).all():
            faults.append("terminal values must be finite")
        if self.flow.shape[1] > 1 and self.discount.size < 3:
            faults.append("several postures need a third row, the patron who chooses among them")
        return faults

    def set_nature(
        self,
        step: int,
        operator: int,
        *,
        epoch: int | slice = 0,
        posture: int | slice = 0,
        effort: int | slice = 0,
        row: int | slice = slice(None),
    ) -> None:
        """Operator that nature applies at its `step`-th step; `row` n_rows (or -1) is the truth, a slice means all."""
        shape = (self.n_epochs, self.flow.shape[1], self.flow.shape[2], self.discount.size + 1)
        self._nature.setdefault(step, np.full(shape, -1, np.int32))[epoch, posture, effort, row] = operator

    def finish(self) -> Tables:
        """The finished tables. The builder is used up: its own copies are given back as the tables are filled.

        Raises:
            ValueError: all that makes the tables no game, in one message.
        """
        if not self._pool:
            raise ValueError("these tables are finished already; make a new TableBuilder for another game")
        faults = self._faults()
        if faults:
            raise ValueError("these tables are no game: " + "; ".join(faults))
        width = max([len(arms) for arms, _, _ in self._operators], default=1)
        n_operators = len(self._operators)
        offset = np.zeros((n_operators, width), np.int32)
        weight = np.full((n_operators, width), -1, np.int32)
        source = np.full(n_operators, -1, np.int32)
        end = np.full(n_operators, -1, np.int32)
        for o, (arms, operator_source, operator_end) in enumerate(self._operators):
            for k, (step, table) in enumerate(arms):
                offset[o, k], weight[o, k] = step, table
            source[o], end[o] = operator_source, operator_end
        steps = sorted(self._nature)
        empty = (0, self.n_epochs, self.flow.shape[1], self.flow.shape[2], self.discount.size + 1)
        return Tables(
            shape=self.shape, n_effort_a=self.n_effort[0], n_effort_d=self.n_effort[1],
            epoch_of_period=self.epoch_of_period, discount=self.discount, pool=self._drain(),
            flow=self.flow, recognition=self.recognition, peace_fixed=self.peace_fixed, peace_resume=self.peace_resume,
            posture_cost=self.posture_cost, posture_weight=self.posture_weight, offer_weight=self.offer_weight,
            accept_weight=self.accept_weight, precision_posture=self.precision_posture,
            precision_offer=self.precision_offer, precision_response=self.precision_response,
            precision_effort=self.precision_effort, operator_offset=offset, operator_weight=weight,
            operator_source=source, operator_end=end,
            nature=np.array([self._nature[k] for k in steps]) if steps else np.zeros(empty, np.int32),
            terminal=self.terminal, initial=self.initial, ends=tuple(self._ends),
        )  # fmt: skip

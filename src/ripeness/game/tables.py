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

from ripeness.game.beliefs import profile_types

Index = NDArray[np.int32]
Float = NDArray[np.float64]
TableLike = float | int | np.generic | NDArray[Any] | Sequence[Any]
"""A number or anything that NumPy broadcasts over the grid."""

Moves = Mapping[int, TableLike]
EVERY = slice(None)
_Operator = tuple[tuple[tuple[int, tuple[int, ...]], ...], tuple[int, ...] | None, int]
"""Arms (offset, table by profile), table of the source by profile or None, end."""

INFINITE_PRECISION = 1e12
"""Stands for lambda = infinity: best reply, with equal weights where values agree to rounding."""


class BeliefAxis(NamedTuple):
    """What is publicly believed of one side's type, on B nodes. K types.

    With two types the nodes run from certainty of type 0 to certainty of type 1; with more they are the simplex grid of
    `resolution` in lexicographic order, then the start where it is no point of that grid. Every row starts from odds of
    its own and reads the same evidence, so that it stands at a constant distance, in log-odds, from the public belief.
    """

    side: int  # 0 A, 1 D, 2 P
    nodes: Float  # (B, K) public probability of each type at each node
    start: int  # node at period 0
    resolution: int  # of the simplex grid; 0 with two types
    offset: Float  # (R + 1, K) log-odds against type 0 that each row adds to the public ones; the last is the truth


class Profiles(NamedTuple):
    """Maps of `Tables` by profile of types, the last axis of each (the second of `terminal`)."""

    flow: Index  # (E, M, n_effort, R, Theta)
    peace_fixed: Index  # (E, N, R, Theta)
    posture_cost: Index  # (E, M, Theta): only P's own type matters
    operator_weight: Index  # (O, W, Theta)
    operator_source: Index  # (O, Theta)
    terminal: Float  # (R, Theta, S)


class Tables(NamedTuple):
    """A finite bargaining game. S states, T periods, E epochs, R value rows, M postures, N packages, J proposers.

    Rows are whose value is computed: one for every type of A, then of D, then of P, then passive rows. Without private
    information row 0 is A, row 1 D, row 2 P. A pair of efforts is e_A * n_effort_d + e_D. What a row is paid may depend
    on the types of all (`by_profile`); then the maps here are those of profile 0.
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
    types: tuple[int, int, int] = (1, 1, 1)  # how many types A, D and P have
    beliefs: tuple[BeliefAxis, ...] = ()  # one for every side with several types, in the order A, D, P
    by_profile: Profiles | None = None  # None: payoffs and moves depend on no type
    known: bool = False  # types are made known to all before the first period
    terminal_nodes: Float | None = None  # (R, S, J) instead of `terminal` where the horizon's value depends on beliefs

    @property
    def n_profiles(self) -> int:
        """Number of combinations of types; profile (a, d, p) is (a * K_D + d) * K_P + p."""
        return int(np.prod(self.types))

    @property
    def n_nodes(self) -> int:
        """Number of joint public beliefs: the innermost axis of values."""
        return int(np.prod([axis.nodes.shape[0] for axis in self.beliefs], dtype=np.int64))

    @property
    def row_side(self) -> Index:
        """(R,) side of each row, 0 A, 1 D, 2 P, -1 for passive rows."""
        present = self.flow.shape[1] > 1 or self.recognition.shape[2] > 2 or self.types[2] > 1
        actors = self.types if present else (*self.types[:2], 0)
        sides = np.repeat([0, 1, 2], actors)[: self.n_rows]
        return np.append(sides, np.full(self.n_rows - sides.size, -1)).astype(np.int32)

    @property
    def row_type(self) -> Index:
        """(R,) type of each row."""
        types = np.concatenate([np.arange(k) for k in self.types])[: self.n_rows]
        return np.append(types, np.zeros(self.n_rows - types.size)).astype(np.int32)

    @property
    def profiles(self) -> Profiles:
        """Maps by profile, also of a game without private information."""
        if self.by_profile is not None:
            return self.by_profile
        shape = self.operator_weight.shape
        return Profiles(
            flow=self.flow[..., None], peace_fixed=self.peace_fixed[..., None],
            posture_cost=self.posture_cost[..., None],
            operator_weight=self.operator_weight.reshape(*shape, 1), operator_source=self.operator_source[:, None],
            terminal=self.terminal[:, None],
        )  # fmt: skip

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
        types: how many types A, D and P have; `discount` then has a row for each. A side with several needs
            `add_beliefs`.
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
        types: tuple[int, int, int] = (1, 1, 1),
    ) -> None:
        self.types = types
        self.n_profiles = int(np.prod(types))
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
        self._operators: list[_Operator] = []
        self._operator_known: dict[_Operator, int] = {}
        self._nature: dict[int, Index] = {}
        self._ends: list[str] = []
        zero, one = self.table(0.0), self.table(1.0)
        e, k = self.n_epochs, self.n_profiles
        self.flow = np.full((e, n_postures, n_e, n_rows, k), zero, np.int32)
        self.recognition = np.full((e, n_postures, n_proposers), zero, np.int32)
        self.peace_fixed = np.full((e, n_packages, n_rows, k), zero, np.int32)
        self.peace_resume = np.full((e, n_packages, n_rows), zero, np.int32)
        self.posture_cost = np.full((e, n_postures, k), zero, np.int32)
        self.posture_weight = np.ones((e, n_postures))
        self.offer_weight = np.ones((e, n_packages + 1))
        self.accept_weight = 1.0
        self.precision_posture = 1.0
        self.precision_offer = np.ones(n_proposers)
        self.precision_response = np.ones(2)
        self.precision_effort = np.ones(2)
        self.terminal = np.zeros((n_rows, self.n_states))
        self._terminal_of: dict[tuple[int, int], Float] = {}
        self._beliefs: dict[int, BeliefAxis] = {}
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

    def set_flow(
        self,
        rate: TableLike,
        row: int,
        *,
        epoch: int = 0,
        posture: int = 0,
        effort: int = 0,
        profile: int | slice = EVERY,
    ) -> None:
        """Payoff rate u of a row at war; a rate that lasts for ever is worth u. `profile`: under which types."""
        lump = (1.0 - self.discount[row]) * np.asarray(rate)
        self.set_flow_lump(lump, row, epoch=epoch, posture=posture, effort=effort, profile=profile)

    def set_flow_lump(
        self,
        lump: TableLike,
        row: int,
        *,
        epoch: int = 0,
        posture: int = 0,
        effort: int = 0,
        profile: int | slice = EVERY,
    ) -> None:
        """The same in lump-sum units, g = (1 - discount) u; the only form that is defined for discount 1."""
        self.flow[epoch, posture, effort, row, profile] = self.table(lump)

    def set_peace(
        self,
        utility: TableLike,
        row: int,
        package: int,
        *,
        epoch: int = 0,
        breakdown: TableLike = 0.0,
        profile: int | slice = EVERY,
    ) -> None:
        """Utility of a package as a stream, and the probability per period that the peace breaks (i.3).

        The utility may depend on the types; how the peace breaks may not.
        """
        delta = self.discount[row]
        broken = np.asarray(breakdown, np.float64)
        kept = 1.0 - delta * (1.0 - broken)
        lasting = kept <= 0.0  # discount 1 and no breakdown: the stream is worth its utility
        safe = np.where(lasting, 1.0, kept)
        self.peace_fixed[epoch, package, row, profile] = self.table(
            np.where(lasting, 1.0, (1.0 - delta) / safe) * np.asarray(utility, np.float64)
        )
        self.peace_resume[epoch, package, row] = self.table(np.where(lasting, 0.0, delta * broken / safe))

    def set_recognition(self, probability: TableLike, proposer: int, *, epoch: int = 0, posture: int = 0) -> None:
        """Probability per period that a row gets to propose."""
        self.recognition[epoch, posture, proposer] = self.table(probability)

    def set_posture_cost(
        self, cost: TableLike, *, epoch: int = 0, posture: int = 0, profile: int | slice = EVERY
    ) -> None:
        """Cost that the patron weighs when it chooses a posture; it may depend on the patron's own type."""
        self.posture_cost[epoch, posture, profile] = self.table(cost)

    def set_terminal(self, value: TableLike, row: int, profile: int) -> None:
        """Value of the war still open after the last period for one row under one profile of types."""
        full = np.broadcast_to(np.asarray(value, np.float64), self.shape)
        self._terminal_of[row, profile] = full.reshape(-1).copy()

    def add_beliefs(
        self, side: int, nodes: TableLike, *, start: int, offset: TableLike | None = None, resolution: int = 0
    ) -> None:
        """What is publicly believed of the type of a side.

        Args:
            side: 0 A, 1 D, 2 P.
            nodes: (B, K) probability of each type; see `game.beliefs` for grids.
            start: node at period 0.
            offset: (R + 1, K) log-odds against type 0 that each row adds, and the truth last; None: all agree.
            resolution: of a simplex grid, for more than two types.
        """
        grid = np.asarray(nodes, np.float64)
        offsets = np.zeros((self.discount.size + 1, self.types[side])) if offset is None else np.asarray(offset, float)
        self._beliefs[side] = BeliefAxis(side, grid, int(start), int(resolution), offsets)

    def end(self, name: str) -> int:
        """Index of an end without agreement."""
        if name not in self._ends:
            self._ends.append(name)
        return self._ends.index(name)

    def move(self, axis: int, probabilities: Moves | Sequence[Moves]) -> int:
        """Operator that moves the state along one axis: probability of each step (in grid points) from each state.

        The probability of a step that would leave the grid must be zero; probabilities sum to one in every state.

        Args:
            probabilities: by step; or one such mapping for every profile of types, which makes the move evidence.
        """
        by_profile = [probabilities] if isinstance(probabilities, Mapping) else list(probabilities)
        stride = int(np.prod(self.shape[axis + 1 :], dtype=np.int64))
        position = np.arange(self.shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(self.shape))])
        steps = sorted({step for given in by_profile for step in given})
        totals = [np.zeros(self.shape) for _ in by_profile]
        arms = []
        for step in steps:
            outside = (position + step < 0) | (position + step >= self.shape[axis])
            weights = []
            for given, total in zip(by_profile, totals, strict=True):
                full = np.broadcast_to(np.asarray(given.get(step, 0.0), np.float64), self.shape)
                if np.any(np.where(outside, full, 0.0) != 0.0):
                    raise ValueError(
                        f"a step of {step:+d} leaves axis {axis} of {self.shape[axis]} points with positive probability"
                    )
                if np.any(full < 0.0):
                    raise ValueError(f"probability of step {step:+d} on axis {axis} is negative: {full.min():.3g}")
                total += full
                weights.append(full)
            if any(np.any(full != 0.0) for full in weights):
                arms.append((step * stride, self._by_profile(weights)))
        for total in totals:
            if not np.allclose(total, 1.0, rtol=0.0, atol=1e-12):
                raise ValueError(
                    f"probabilities of a move along axis {axis} sum to {total.min():.6g} .. {total.max():.6g}, not 1"
                )
        return self._operator(tuple(arms), None, -1)

    def leave(self, probability: TableLike | Sequence[TableLike], value: TableLike, end: int = -1) -> int:
        """Operator with which the war ends without agreement: probability per period, and the value from then on.

        Args:
            probability: one, or a list with one for every profile of types.
        """
        given = probability if isinstance(probability, list) else [probability]
        odds = [np.broadcast_to(np.asarray(p, np.float64), self.shape) for p in given]
        worth = np.asarray(value, np.float64)
        stays = self._by_profile([1.0 - p for p in odds])
        return self._operator(((0, stays),), self._by_profile([p * worth for p in odds]), end)

    def reveal(self, probability: TableLike, side: int) -> int:
        """Operator with which the type of a side becomes known to all: probability per period."""
        p = np.broadcast_to(np.asarray(probability, np.float64), self.shape)
        own = profile_types(self.types)[:, side]
        arms = [(0, self._by_profile([1.0 - p] * self.n_profiles))]
        for kind in range(self.types[side]):
            arms.append((0, self._by_profile([p * float(k == kind) for k in own])))
        return self._operator(tuple(arms), None, -1)

    def hand_over(self, probability: TableLike, value: TableLike, keeps: TableLike, axis: int | None = None) -> int:
        """Operator of a row whose leader is removed with a probability per period, when `keeps` times the value one
        step up `axis` (in the same state without an axis), plus `value`, takes the place of the row's own."""
        p = np.broadcast_to(np.asarray(probability, np.float64), self.shape)
        kept = p * np.asarray(keeps, np.float64)
        worth = self.table(p * np.asarray(value, np.float64))
        if axis is None:
            return self._operator(((0, self._by_profile([1.0 - p + kept])),), (worth,) * self.n_profiles, -1)
        if np.take(p, -1, axis=axis).any():
            raise ValueError(f"a leader is removed with positive probability at the last point of axis {axis}")
        stride = int(np.prod(self.shape[axis + 1 :], dtype=np.int64))
        arms = ((0, self._by_profile([1.0 - p])), (stride, self._by_profile([kept])))
        return self._operator(arms, (worth,) * self.n_profiles, -1)

    def _by_profile(self, values: Sequence[TableLike]) -> tuple[int, ...]:
        """Tables of every profile; one stands for all."""
        tables = tuple(self.table(v) for v in values)
        if len(tables) not in (1, self.n_profiles):
            raise ValueError(f"there are {self.n_profiles} profiles of types, got values for {len(tables)}")
        return tables * (self.n_profiles // len(tables))

    def _operator(self, arms: tuple[tuple[int, tuple[int, ...]], ...], source: tuple[int, ...] | None, end: int) -> int:
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
        return faults + self._belief_faults()

    def _belief_faults(self) -> list[str]:
        faults = []
        if self.discount.size < self.types[0] + self.types[1] or (
            self.types[2] > 1 and self.discount.size < sum(self.types)
        ):
            faults.append(f"types {self.types} need a discount factor for each, got {self.discount.size}")
        for side, kinds in enumerate(self.types):
            axis = self._beliefs.get(side)
            if (axis is not None) != (kinds > 1):
                faults.append(f"side {side} has {kinds} types and {'no' if axis is None else 'a'} belief axis")
            elif axis is not None:
                if axis.nodes.ndim != 2 or axis.nodes.shape[1] != kinds or not 0 <= axis.start < len(axis.nodes):
                    faults.append(f"nodes of side {side} must have shape (B, {kinds}), got {axis.nodes.shape}")
                elif axis.nodes.min() < 0.0 or not np.allclose(axis.nodes.sum(axis=1), 1.0, rtol=0.0, atol=1e-12):
                    faults.append(f"nodes of side {side} must be probabilities that sum to one")
                elif kinds == 2 and not (
                    np.all(np.diff(axis.nodes[:, 0]) < 0.0) and axis.nodes[0, 1] == 0.0 and axis.nodes[-1, 0] == 0.0
                ):
                    faults.append(f"nodes of side {side} must run from certainty to certainty and increase")
                if axis.offset.shape != (self.discount.size + 1, kinds) or not np.isfinite(axis.offset).all():
                    faults.append(
                        f"offsets of side {side} must be finite and have shape ({self.discount.size + 1}, {kinds})"
                    )
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
        if step not in self._nature:
            shape = (self.n_epochs, self.flow.shape[1], self.flow.shape[2], self.discount.size + 1)
            self._nature[step] = np.full(shape, -1, np.int32)
        self._nature[step][epoch, posture, effort, row] = operator

    def repeat(self, first: Sequence[int]) -> None:
        """Make every epoch the same as the one whose number stands at its place."""
        take = np.asarray(first)
        for name in ("flow", "recognition", "peace_fixed", "peace_resume", "posture_cost"):
            setattr(self, name, getattr(self, name)[take])
        self._nature = {step: operators[take] for step, operators in self._nature.items()}

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
        weight = np.full((n_operators, width, self.n_profiles), -1, np.int32)
        source = np.full((n_operators, self.n_profiles), -1, np.int32)
        end = np.full(n_operators, -1, np.int32)
        for o, (arms, operator_source, operator_end) in enumerate(self._operators):
            for k, (step, table) in enumerate(arms):
                offset[o, k], weight[o, k] = step, table
            end[o] = operator_end
            if operator_source is not None:
                source[o] = operator_source
        terminal = np.repeat(np.asarray(self.terminal, np.float64)[:, None], self.n_profiles, axis=1)
        for (row, profile), values in self._terminal_of.items():
            terminal[row, profile] = values
        by_profile = Profiles(self.flow, self.peace_fixed, self.posture_cost, weight, source, terminal)

        def first(of_profiles: Index) -> Index:
            return np.ascontiguousarray(of_profiles[..., 0])

        steps = sorted(self._nature)
        empty = (0, self.n_epochs, self.flow.shape[1], self.flow.shape[2], self.discount.size + 1)
        return Tables(
            shape=self.shape, n_effort_a=self.n_effort[0], n_effort_d=self.n_effort[1],
            epoch_of_period=self.epoch_of_period, discount=self.discount, pool=self._drain(),
            flow=first(self.flow), recognition=self.recognition, peace_fixed=first(self.peace_fixed),
            peace_resume=self.peace_resume, posture_cost=first(self.posture_cost),
            posture_weight=self.posture_weight, offer_weight=self.offer_weight,
            accept_weight=self.accept_weight, precision_posture=self.precision_posture,
            precision_offer=self.precision_offer, precision_response=self.precision_response,
            precision_effort=self.precision_effort, operator_offset=offset, operator_weight=first(weight),
            operator_source=first(source), operator_end=end,
            nature=np.array([self._nature[k] for k in steps]) if steps else np.zeros(empty, np.int32),
            terminal=by_profile.terminal[:, 0], initial=self.initial, ends=tuple(self._ends), types=self.types,
            beliefs=tuple(self._beliefs[side] for side in sorted(self._beliefs)),
            by_profile=by_profile if self.n_profiles > 1 else None,
        )  # fmt: skip

"""The same war under every combination of types: what differs between them, and whose type it tells.

A profile (a, d, p) has the index (a K_D + d) K_P + p. A value row belongs to an actor and one of its types; what it is
paid in a profile with another own type is never read, so that the profile with its own type stands in for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.game.answers import Answers
from ripeness.game.beliefs import profile_types
from ripeness.game.errors import GameError
from ripeness.game.frame import Frame
from ripeness.mechanisms.base import ROLES, Axis, Role, Setting


class Row(NamedTuple):
    """Whose value a row is."""

    role: Role
    type: int


@dataclass(frozen=True)
class Variants:
    """Frames of all profiles, which share axes, postures, efforts, packages but for their worth, and calendar.

    Attributes:
        types: how many types A, D and P have.
        frames: one for each profile.
        answers: what hooks have answered before.
    """

    types: tuple[int, int, int]
    frames: tuple[Frame, ...]
    answers: Answers = field(default_factory=Answers, compare=False, repr=False)

    @property
    def first(self) -> Frame:
        """The frame of profile 0; the only one without private information."""
        return self.frames[0]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Value rows: all types of A, then of D, then of the patron."""
        return tuple(Row(role, k) for role in self.first.roles for k in range(self.types[ROLES.index(role)]))

    @cached_property
    def _types(self) -> NDArray[np.int64]:
        return profile_types(self.types)

    @cached_property
    def _own(self) -> dict[Row, list[int]]:
        found = {}
        for row in self.rows:
            types = self._types.copy()
            types[:, ROLES.index(row.role)] = row.type
            found[row] = [int(k) for k in np.ravel_multi_index(tuple(types.T), self.types)]
        return found

    def own(self, row: Row) -> list[int]:
        """For each profile, the one in which the row's actor has the row's type."""
        return self._own[row]

    def discount(self, row: Row) -> float:
        """Factor per period of a row."""
        return self.frames[self.own(row)[0]].discount[row.role]

    def with_axes(self, axes: tuple[Axis, ...]) -> Variants:
        return replace(self, frames=tuple(frame.with_axes(axes) for frame in self.frames))

    def settings(self, epochs: Iterable[int]) -> Iterator[tuple[int, int, int, tuple[Setting, ...]]]:
        """Index of epoch, posture and pair of efforts, with the setting of every profile, for all in some epochs."""
        for same in zip(*(frame.settings(epochs) for frame in self.frames), strict=True):
            epoch, m, e, _ = same[0]
            yield epoch, m, e, tuple(at for _, _, _, at in same)

    def at_rest(self, epoch: int, posture: str | None = None) -> tuple[Setting, ...]:
        """Settings of hooks that do not depend on efforts."""
        given = () if posture is None else (posture,)
        return tuple(frame.at_rest(epoch, *given) for frame in self.frames)

    def asked(self, k: int, hook: str, settings: Sequence[Setting], *args: Sequence[Any]) -> list[Any]:
        """What a hook of the k-th mechanism answers in every profile; the same object where nothing differs.

        Args:
            args: further arguments, each by profile.
        """
        found = []
        for profile, (frame, at) in enumerate(zip(self.frames, settings, strict=True)):
            name, mechanism = frame.mechanisms[k]
            found.append(self.answers.ask(name, mechanism, hook, at, [each[profile] for each in args]))
        return found

    def sides(self, keys: Sequence[Hashable]) -> tuple[int, ...]:
        """Sides on whose type something depends; `keys` are equal by profile where it is the same."""
        known = list(dict.fromkeys(keys))
        if len(known) == 1:
            return ()
        cube = np.array([known.index(key) for key in keys]).reshape(self.types)
        return tuple(side for side in range(3) if np.any(cube != np.take(cube, [0], axis=side)))

    def same(self, keys: Sequence[Hashable], what: str, why: str, but: tuple[int, ...] = ()) -> None:
        """Refuse what differs between the types of an actor, other than those of the sides `but`.

        Args:
            what: the field, with the mechanism it comes from.
            why: reason, for the message.

        Raises:
            GameError: names the field and the actors.
        """
        wrong = [ROLES[side] for side in self.sides(keys) if side not in but]
        if wrong:
            who = " and the ".join(wrong)
            raise GameError(
                f"{what} depends on the type of the {who}: {why}. Take what changes it out of `set` under "
                f"{' and '.join(f'beliefs.{role}.types' for role in wrong)}."
            )

"""What hooks have answered, and what they looked at: a hook is asked again only where that differs.

Hooks are functions of a `Setting`, and most look at a part of it only: what a settlement is worth rarely depends on the
date. While a hook is asked, the fields that it reads are written down. In every other setting with the same values of
these fields it would take the same way and give the same answer, so that answer is handed out again, the very
same object. The same holds between scenarios that share a mechanism, such as a draw and its variants.
"""

from __future__ import annotations

import pickle
from collections.abc import Hashable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from ripeness.game.errors import ask
from ripeness.mechanisms.base import Mechanism, Package, Setting

READ = ("posture", "effort", "period", "n_periods", "years_from_start", "discount_yearly")
"""Fields of a setting that are watched; the others are the same throughout a game."""

DATED = frozenset(READ.index(field) for field in ("period", "n_periods", "years_from_start"))
"""Places of the fields that differ between epochs."""

_WATCHED = frozenset((*READ, "__dict__"))


class _Watched(Setting):
    """A setting that writes down which of its fields are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in _WATCHED:
            seen = object.__getattribute__(self, "__dict__").get("_seen")
            if seen is not None:  # a copy made by the hook itself depends on nothing but what was read to make it
                seen.update(READ if name == "__dict__" else (name,))
        return object.__getattribute__(self, name)


class _Known(NamedTuple):
    """Answers of one hook by what it read: places in `READ`, and the answer by the values of these fields."""

    places: tuple[int, ...]
    answers: dict[Hashable, Any]


class Answers:
    """A memory of answers. It may be kept for several games, whatever they have in common.

    It grows with every mechanism and grid that it meets: make one for the games of one draw, not of an ensemble.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, list[_Known]] = {}
        self._equal: dict[Hashable, Any] = {}
        self._said: dict[int, tuple[Setting, Hashable, tuple[Hashable, ...]]] = {}
        self._grids: dict[Hashable, int] = {}
        self._kept: dict[int, Any] = {}

    def ask(self, name: str, mechanism: Mechanism, hook: str, at: Setting, args: Sequence[Any] = ()) -> Any:
        """What a hook answers in a setting; equal answers are the same object.

        Args:
            name: of the mechanism, for messages.
            args: further arguments of the hook: a package, and terms that follow from it and from the levels.
        """
        _, same, said = self._said.get(id(at)) or self._read(at)
        key = (id(mechanism), hook, same, _package(args[0])) if args else (id(mechanism), hook, same)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = []
            self._kept[id(mechanism)] = mechanism  # so that its id stays its own
        for places, answers in known:
            found = answers.get(tuple([said[place] for place in places]), self)
            if found is not self:
                return found
        seen: set[str] = set()
        watched = object.__new__(_Watched)
        watched.__dict__.update(at.__dict__, _seen=seen)
        answer = self._one(key[:2], ask(name, getattr(mechanism, hook), watched, *args))
        places = tuple(place for place, field in enumerate(READ) if field in seen)
        before = next((each for each in known if each.places == places), None)
        if before is None:
            known.append(before := _Known(places, {}))
        before.answers[tuple([said[place] for place in places])] = answer
        return answer

    def timeless(self, mechanism: Mechanism, hook: str, at: Setting, args: Sequence[Any] = ()) -> bool:
        """Whether an answer that was given depends on no date: it is the same in every epoch, all else being equal."""
        _, same, said = self._said.get(id(at)) or self._read(at)
        key = (id(mechanism), hook, same, _package(args[0])) if args else (id(mechanism), hook, same)
        for places, answers in self._known.get(key, ()):
            if tuple([said[place] for place in places]) in answers:
                return DATED.isdisjoint(places)
        return False

    def _read(self, at: Setting) -> tuple[Setting, Hashable, tuple[Hashable, ...]]:
        """The setting, what of it is the same throughout a game, and the fields that are watched."""
        content = tuple((name, values.shape, values.tobytes()) for name, values in at.levels.items())
        same = self._grids.setdefault((content, at.years_per_period, at.start), len(self._grids))
        rates = tuple(at.discount_yearly.items())
        said = (at.posture, at.effort, at.period, at.n_periods, at.years_from_start, rates)
        found = self._said[id(at)] = at, same, said  # with the setting, so that its id stays its own
        return found

    def _one(self, key: Hashable, answer: Any) -> Any:
        """The answer, or an equal one that was given before: what is made of it is then made once."""
        try:
            content = blake2b(pickle.dumps(answer, protocol=5), digest_size=16).digest()
        except Exception:  # an answer that cannot be pickled stays its own
            return answer
        return self._equal.setdefault((key, content), answer)


def _package(package: Package) -> Hashable:
    """A package by its content."""
    return package.name, package.terms, package.shift, package.guarantees, tuple(package.extra.items())

"""Epochs in which every mechanism says the same: their tables are made once.

A break of one mechanism, the first day of a winter say, begins an epoch for all of them, and one winter is like the
next. Answers that depend on no date are asked for in the first epoch only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from ripeness.game.agenda import terms_of
from ripeness.game.variants import Variants
from ripeness.mechanisms.base import Setting


class Question(NamedTuple):
    """What `build` asks every mechanism in an epoch: a hook, the setting and further arguments of each profile."""

    hook: str
    at: Sequence[Setting]
    args: tuple[Sequence[Any], ...] = ()


def first_alike(v: Variants) -> tuple[int, ...]:
    """For each epoch the first one in which all mechanisms answer the same to everything that `build` asks."""
    every: Sequence[int] = range(len(v.first.mechanisms))
    dated: dict[int, Sequence[int]] = {}  # by question, the mechanisms whose answers may depend on the date
    first: dict[Hashable, int] = {}
    found = []
    for epoch in range(v.first.n_epochs):
        said: list[int] = []
        for number, question in enumerate(_questions(v, epoch)):
            known = dated.get(number)
            every = range(len(v.first.mechanisms))
            answers = {
                k: v.asked(k, question.hook, question.at, *question.args) for k in (every if known is None else known)
            }
            if known is None:
                known = dated[number] = [k for k in every if not _timeless(v, k, question)]
            said += [id(answer) for k in known for answer in answers[k]]  # equal answers are the same object
        found.append(first.setdefault(tuple(said), epoch))
    return tuple(found)


def _questions(v: Variants, epoch: int) -> Iterator[Question]:
    """Everything that the tables of an epoch are made from."""
    for posture, pair in product(v.first.postures, product(*v.first.efforts)):
        at = tuple(frame.setting(epoch, posture, pair) for frame in v.frames)
        yield Question("flow", at)
        yield Question("moves", at)
    for posture in v.first.postures:
        at = v.at_rest(epoch, posture)
        yield Question("posture_cost", at)
        yield Question("recognition", at)
    at = v.at_rest(epoch)
    for n, package in enumerate(v.first.packages):
        packages = [frame.packages[n] for frame in v.frames]
        yield Question("peace", at, (packages, [terms_of(package, at[0].line)] * len(packages)))


def _timeless(v: Variants, k: int, question: Question) -> bool:
    """Whether what a mechanism has just answered depends on no date, in any profile."""
    return all(
        v.answers.timeless(frame.mechanisms[k][1], question.hook, at, [each[profile] for each in question.args])
        for profile, (frame, at) in enumerate(zip(v.frames, question.at, strict=True))
    )

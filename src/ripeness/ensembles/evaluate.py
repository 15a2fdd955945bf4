"""One draw with its variants: built, solved, measured. What workers do; it reads nothing and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ripeness.ensembles.draws import drawn
from ripeness.ensembles.variants import Variant, applied, stretches
from ripeness.game import Game, build
from ripeness.game.answers import Answers
from ripeness.game.errors import CoarseGridError
from ripeness.game.splice import share_epochs, splice
from ripeness.mechanisms.axes import MOST_POINTS, normal_points
from ripeness.mechanisms.base import GridSize
from ripeness.questions.digest import Digest, digest
from ripeness.runs.solving import solve
from ripeness.scenario.ledger import assumptions
from ripeness.scenario.schema import Scenario
from ripeness.scenario.variants import changed


class Batch(NamedTuple):
    """One draw with the variants that are wanted of it.

    Attributes:
        draw: its number, counted from 0.
        values: (p,) numbers of the draw; empty for the scenario's own numbers.
        variants: in the order in which they are computed.
    """

    draw: int
    values: Sequence[float] | NDArray[np.float64]
    variants: tuple[Variant, ...]

    def rest(self, done: int) -> Batch:
        """The batch without its first variants."""
        return self._replace(variants=self.variants[done:])


class Result(NamedTuple):
    """What became of one draw under one variant.

    Attributes:
        variant: id of the variant.
        content: bytes of the digest; None where it failed.
        failure: why it failed, in a sentence; None where it did not.
    """

    draw: int
    variant: str
    content: bytes | None
    failure: str | None


@dataclass(frozen=True)
class Work:
    """What all draws of an ensemble share; called with a batch it yields the results in the order of its variants.

    Attributes:
        paths: (p,) assumptions that are drawn.
        horizon: number of periods; None: the scenario's.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    grid: GridSize
    horizon: int | None = None

    def __call__(self, batch: Batch) -> Iterator[Result]:
        answers = Answers()  # variants of one draw share most of their mechanisms
        scenario: Scenario | None = None
        own: Game | None = None  # as drawn, until it is solved
        for each in batch.variants:
            try:
                if scenario is None:
                    scenario = drawn(self.scenario, self.paths, batch.values) if len(batch.values) else self.scenario
                    scenario, own = refined(scenario, self.grid, self.horizon, answers)
                if own is not None and not each.steps:
                    game, own = own, None
                else:
                    game = game_of(scenario, each, self.grid, self.horizon, answers)
                content = _solved(game).to_bytes()
            except Exception as error:  # a draw that fails is a result of its own
                yield Result(batch.draw, each.id, None, sentence(error))
            else:
                yield Result(batch.draw, each.id, content, None)


def refined(
    scenario: Scenario, grid: GridSize, horizon: int | None = None, answers: Answers | None = None
) -> tuple[Scenario, Game | None]:
    """The scenario with as many points on every axis as its own numbers need on a grid of this size, and its game.

    A draw is solved so with all its variants, whichever of them are asked for: they are compared on the same grid.
    There is no game where its own numbers are refused for what more points do not cure.
    """
    while True:
        try:
            return scenario, build(scenario, grid=grid, horizon=horizon, answers=answers)
        except CoarseGridError as short:
            path, points = f"mechanisms.{short.mechanism}.points", normal_points(short.points, grid)
            if not _can_have(scenario, path, points):
                return scenario, None
            scenario = changed(scenario, {path: points})
        except ValueError:
            return scenario, None


def _can_have(scenario: Scenario, path: str, points: int) -> bool:
    """Whether the scenario has a number of points there that can be raised to this."""
    known = [row.value for row in assumptions(scenario) if row.path == path]
    return points <= MOST_POINTS and any(isinstance(value, int) and value < points for value in known)


def _solved(game: Game) -> Digest:
    """Digest of a game, on one thread in float32.

    Raises:
        FloatingPointError: values that are not finite, or a choice that has no solution to accuracy.
    """
    return digest(solve(share_epochs(game), dtype=np.float32, threads=1), threads=1)


def game_of(
    scenario: Scenario, variant: Variant, grid: GridSize, horizon: int | None = None, answers: Answers | None = None
) -> Game:
    """The game of a scenario under a variant; changes between dates are joined at the level of tables."""
    found: Game | None = None
    for first, steps in stretches(scenario, variant):
        changed = scenario
        for step in steps:
            changed = applied(changed, step)
        game = build(changed, grid=grid, horizon=horizon, answers=answers)
        found = game if found is None else splice(found, game, first)
    assert found is not None
    return found


def sentence(error: BaseException) -> str:
    """What went wrong, in one line."""
    if isinstance(error, ValidationError):  # of a model: say its own words, not the library's
        said = "; ".join(_refusal(error.title, each) for each in error.errors())
    else:
        said = " ".join(str(error).split())
    if isinstance(error, ValueError | FloatingPointError | MemoryError) and said:
        return said
    return f"unexpected {type(error).__name__}: {said}"


def _refusal(model: str, error: Any) -> str:
    """What a model refuses: its own words, or those of the library with the place and the value."""
    own = str(error["msg"]).removeprefix("Value error, ")
    if own != error["msg"]:
        return f"{model.lower()}: {own}"
    place = ".".join([model.lower(), *map(str, error["loc"])])
    return f"{place}: {own[:1].lower()}{own[1:]}, got {error['input']!r}"

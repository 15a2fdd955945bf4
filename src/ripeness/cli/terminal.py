"""What the user sees: faults, tables, progress. Colour and moving bars only where a person watches."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import typer

BAR_AFTER_S = 1.0
"""Work shorter than this shows no progress bar."""

WIDTH_WHEN_PIPED = 120

P = ParamSpec("P")
T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with the name of the stage, steps done and steps in all."""


def console(stderr: bool = False) -> Any:
    """Rich console; without colour or control codes when it does not write to a terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, highlight=False, emoji=False, width=None if stream.isatty() else WIDTH_WHEN_PIPED)


def print_error(*lines: str) -> None:
    """Lines on stderr, the first after the program's name."""
    for number, line in enumerate(lines):
        print(f"ripeness: {line}" if number == 0 else line, file=sys.stderr)


def print_json(answer: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors that a user can cause into sentences on stderr and exit status 2, an interruption into 130."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt as interruption:
            print_error(str(interruption) or "interrupted")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise
        except (PermissionError, FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            print_error(f"{error.filename}: {error.strerror}")
            raise typer.Exit(2) from None
        except Exception as error:
            lines = _user_sentences(error)
            if lines is None:
                raise
            for line in lines:
                print(line, file=sys.stderr)
            raise typer.Exit(2) from None

    return wrapped


def _user_sentences(error: Exception) -> list[str] | None:
    """What to tell about an error that the user can mend; None: it is not one of them."""
    from ripeness.deals.problem import DealError
    from ripeness.ensembles.errors import EnsembleError
    from ripeness.game.errors import GameError  # imported late: commands that fail early stay quick
    from ripeness.interop.errors import ExportError
    from ripeness.runs.errors import RunError
    from ripeness.scenario import ScenarioError
    from ripeness.scenario.measures import AskedError
    from ripeness.sources.errors import SourceError

    if isinstance(error, ScenarioError):
        return [str(error)]
    if isinstance(error, ExportError | SourceError):
        return [f"ripeness: {fault}" for fault in error.faults]
    if isinstance(error, AskedError):
        return [f"ripeness: {line}" for line in str(error).split("\n")]
    if isinstance(error, DealError | EnsembleError | GameError | RunError):
        return [f"ripeness: {error}"]
    return None


@contextlib.contextmanager
def progress_bar(wanted: bool = True) -> Iterator[Progress | None]:
    """A callback that draws one bar per stage on stderr, or None where nobody watches."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    bars = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
    tasks: dict[str, TaskID] = {}
    started_s = time.monotonic()

    def update(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)
        if not bars.live.is_started and time.monotonic() - started_s >= BAR_AFTER_S:
            bars.start()

    try:
        yield update
    finally:
        bars.stop()

"""What is wrong with a scenario file: where, what was found, what is allowed, and what to do about it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SHOWN = 100
"""Faults of one file that are listed; the rest is counted."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong.

    Attributes:
        file: as the user named it; "--set" for a fault of a command-line setting.
        line, column: counted from 1; for "--set" the number of the setting, and the place within it.
        path: keys and list indices from the top of the scenario, joined by dots; empty for the file as a whole.
        found: what stands there.
        allowed: what may stand there.
        remedy: what to do; empty where `allowed` says it all.
    """

    file: str
    line: int
    column: int
    path: str
    found: str
    allowed: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: " + (f"{self.path}: " if self.path else "")
        said = f"{where}found {self.found}; allowed: {self.allowed}"
        whole = f"{said}\n    {self.remedy}" if self.remedy else said
        # names of files and settings come as they were typed; a terminal must not obey them
        return "".join(character if character.isprintable() or character == "\n" else "?" for character in whole)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return asdict(self)


class ScenarioError(ValueError):
    """A scenario that cannot be used, with every fault of it.

    Attributes:
        faults: sorted by place: the file from top to bottom, then the settings in their order.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([*map(str, self.faults), count]))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)

    def to_json(self) -> str:
        """A JSON object with the list `faults`."""
        return json.dumps({"faults": [fault.as_dict() for fault in self.faults]}, ensure_ascii=False, indent=2)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The known word that `word` most likely stands for, or None where nothing comes close."""
    known = {_folded(each): each for each in sorted(words, reverse=True)}
    close = difflib.get_close_matches(_folded(word[:100]), known, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def _folded(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def listing(words: Sequence[str]) -> str:
    """Words as a list for people: ``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def shown(value: Any) -> str:
    """A value of a scenario file, as a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()} (a truth value)"
    if isinstance(value, str):
        text = " ".join(value.split())
        return f'the text "{text}"' if len(text) <= 60 else f'the text "{text[:57]}..."'
    if isinstance(value, int | float):
        digits = str(value)
        return digits if len(digits) <= 30 else f"{digits[:12]}... ({len(digits)} digits)"
    if isinstance(value, dict):
        keys = [key if len(key) <= 20 else f"{key[:17]}..." for key in list(value)[:4]]
        rest = ", ..." if len(value) > 4 else ""
        return f"a mapping with {', '.join(keys)}{rest}" if keys else "an empty mapping"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else f"a list of {len(value)}"
    return f"something else ({type(value).__name__})"

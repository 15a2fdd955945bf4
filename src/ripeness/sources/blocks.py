"""Blocks: stretches of running text that remember where each of their characters stands in the original."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Literal, NamedTuple

Hint = Literal["", "heading", "caption", "credit", "quote", "list", "boilerplate"]
"""What the layout of a document says about a block; empty where it says nothing."""


class Block(NamedTuple):
    """A paragraph, heading, caption, or line.

    Attributes:
        text: what a reader sees.
        start: offset of its first character in the original.
        runs: parts of `text` that stand in one piece in the original, where there are several; else empty. Each is
            told by where it begins in `text` and where in the original, and goes on until the next.
        hint: what markup or layout says of it.
        page: counted from 1; None in documents without pages.
    """

    text: str
    start: int
    runs: tuple[tuple[int, int], ...] = ()
    hint: Hint = ""
    page: int | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of `text[start:end]`, the second one exclusive."""
        first = self._offset(start)
        return first, first if start == end else self._offset(end - 1) + 1

    def _offset(self, place: int) -> int:
        """Offset in the original of `text[place]`."""
        if not self.runs:
            return self.start + place
        begin, offset = self.runs[bisect_right(self.runs, place, key=itemgetter(0)) - 1]
        return offset + place - begin


def joined(pieces: Sequence[tuple[str, int]], hint: Hint = "", page: int | None = None) -> Block:
    """A block of one piece of text or more, each with the offset of its first character in the original."""
    runs: list[tuple[int, int]] = []
    place = follows = 0
    for said, offset in pieces:
        if not runs or offset != follows:
            runs.append((place, offset))
        place += len(said)
        follows = offset + len(said)
    text = "".join(said for said, _ in pieces)
    return Block(text, pieces[0][1], tuple(runs) if len(runs) > 1 else (), hint, page)

"""Blocks: stretches of running text that remember where each of their characters stands in the original."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Literal, NamedTuple

Hint = Literal["", "heading", "caption", "credit", "quote", "list", "boilerplate"]
"""What the layout of a document says about a block; empty where it says nothing."""


class Block(NamedTuple):
    """A paragraph, heading, caption, or line.

    Attributes:
        text: what a reader sees.
        start: offset of its first character in the original.
        offsets: offset of each character, where they do not simply follow one another; else None.
        hint: what markup or layout says of it.
        page: counted from 1; None in documents without pages.
    """

    text: str
    start: int
    offsets: array[int] | None = None
    hint: Hint = ""
    page: int | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of `text[start:end]`, the second one exclusive."""
        if self.offsets is None:
            return self.start + start, self.start + end
        if start == end:
            return (self.offsets[start],) * 2 if start < len(self.offsets) else (self.start, self.start)
        return self.offsets[start], self.offsets[end - 1] + 1


def stretched(characters: Iterable[tuple[str, int]], hint: Hint = "", page: int | None = None) -> Block:
    """A block of characters that need not follow one another in the original."""
    pairs = list(characters)
    offsets = array("q", (place for _, place in pairs))
    return Block("".join(said for said, _ in pairs), offsets[0] if offsets else 0, offsets, hint, page)

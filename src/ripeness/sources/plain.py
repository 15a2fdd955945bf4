"""Blocks of a plain text: one for each line, or one for each paragraph where lines are broken at a fixed width."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from ripeness.sources.blocks import Block, Hint

TERMINAL = re.compile(r"[.!?…:;]['\"”’»)\]]*$")
LIST_MARK = re.compile(
    r"^\s*(?:[-*•–—·]\s+|\(?(?:\d{1,3}|[a-z]|[ivxIVX]{1,5})[.)]\s+|\d{1,3}(?:\.\d{1,3})+\.?\s+|"
    r"(?:Article|Point|Option|Section|Annex|Paragraph)\s+(?:\d+|[A-Z]|[IVX]+)\b)"
)
MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+")


class _Line(NamedTuple):
    start: int
    text: str


def read_plain(text: str, page: int | None = None, offset: int = 0, wrapped: bool | None = None) -> tuple[Block, ...]:
    """Blocks of a text.

    Args:
        page, offset: page and first offset of the text within a larger document.
        wrapped: whether lines are broken at a fixed width; None: found from the text.
    """
    lines: list[_Line] = []
    at = 0
    for said in re.split(r"(?<=\n)|(?<=\f)", text):
        lines.append(_Line(at, said))
        at += len(said)
    if not (is_wrapped([line.text.strip() for line in lines]) if wrapped is None else wrapped):
        return tuple(_block(text, [line], page, offset) for line in lines if line.text.strip())
    found: list[Block] = []
    for group in _paragraphs(lines):
        found.append(_block(text, group, page, offset))
    return tuple(found)


def is_wrapped(lines: list[str]) -> bool:
    """Whether lines are broken at a fixed width: many of them stop in the middle of a sentence that the next goes
    on."""
    goes_on = ends = 0
    for line, after in pairwise(lines):
        if line and after and not LIST_MARK.match(after):
            if not TERMINAL.search(line) and (after[0].islower() or len(line) > 40):
                goes_on += after[0].islower() or after[0].isdigit()
            else:
                ends += 1
    longest = max(map(len, lines), default=0)
    return longest <= 200 and goes_on >= 2 and goes_on >= 0.25 * (goes_on + ends)


def _paragraphs(lines: list[_Line]) -> list[list[_Line]]:
    """Lines that belong together: until a blank line, a list mark, a heading, or a short line that ends a sentence."""
    widths = sorted(len(line.text.strip()) for line in lines if line.text.strip())
    full = widths[int(0.75 * (len(widths) - 1))] if widths else 0
    groups: list[list[_Line]] = []
    current: list[_Line] = []
    for line in lines:
        said = line.text.strip()
        if not said:
            if current:
                groups.append(current)
            current = []
            continue
        if current:
            before = current[-1].text.strip()
            short = len(before) < 0.75 * full
            ended = short and (TERMINAL.search(before) is not None or said[:1].isupper())
            if LIST_MARK.match(said) or MARKDOWN_HEADING.match(said) or ended:
                groups.append(current)
                current = []
        current.append(line)
    if current:
        groups.append(current)
    return groups


def _block(text: str, lines: list[_Line], page: int | None, offset: int) -> Block:
    first, last = lines[0], lines[-1]
    start = first.start + len(first.text) - len(first.text.lstrip())
    end = last.start + len(last.text.rstrip())
    said = text[start:end]
    hint: Hint = ""
    if MARKDOWN_HEADING.match(said):
        mark = MARKDOWN_HEADING.match(said)
        assert mark is not None
        start, hint = start + mark.end(), "heading"
    elif said.startswith(">"):
        hint = "quote"
        start += len(said) - len(said.lstrip("> "))
    elif LIST_MARK.match(said):
        hint = "list"
    return Block(text[start:end], start + offset, (), hint, page)

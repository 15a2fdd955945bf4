"""Sentences: where one ends and the next begins.

A full stop ends no sentence after an abbreviation, an initial, inside a number or a dotted name, or before a word in
lower case; a closing quotation mark or bracket belongs to the sentence that it closes. What is damaged stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ripeness.scenario.citations import sentence_hash
from ripeness.sources.blocks import Block
from ripeness.sources.documents import Document
from ripeness.sources.lines import LineKind, line_kinds
from ripeness.sources.plain import LIST_MARK
from ripeness.sources.wordlists import word_set

NEVER_LAST = word_set("sentences", "never_last")
"""Abbreviations after which the sentence goes on, whatever follows."""

SELDOM_LAST = word_set("sentences", "seldom_last")
"""Abbreviations that may end a sentence: they do where a word follows that begins one."""

BEGINS = word_set("sentences", "begins")

_END = re.compile(r"(?:\.{2,}|…|[.!?]+)[\"'”’»)\]]*")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?$")


class Sentence(NamedTuple):
    """One sentence.

    Attributes:
        document, number: the document's identifier, and its place there counted from 1.
        start, end: span in the original.
        raw: characters as a reader sees them, line breaks included.
        kind: of the line that it stands in.
        block: which block of the document, counted from 0; `at` is where the sentence begins there.
        page: counted from 1; None without pages.
        flags: what is damaged in its wording; it is never repaired.
    """

    document: str
    number: int
    start: int
    end: int
    raw: str
    kind: LineKind
    block: int
    at: int
    page: int | None
    flags: tuple[str, ...]
    source: Block

    @property
    def id(self) -> str:
        """Stable name: document and number."""
        return f"{self.document}:{self.number}"

    @property
    def text(self) -> str:
        """With blanks collapsed."""
        return " ".join(self.raw.split())

    @property
    def sha256(self) -> str:
        """Hash by which a citation recognises the sentence: of its UTF-8 bytes, blanks collapsed."""
        return sentence_hash(self.raw)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the original of `raw[start:end]`."""
        return self.source.span(self.at + start, self.at + end)


def split_document(document: Document) -> tuple[Sentence, ...]:
    """Sentences of a document in reading order, numbered from 1; boilerplate is left out."""
    from ripeness.sources.damage import damage  # kept apart: it needs words, not places

    kept = [block for block in document.blocks if block.hint != "boilerplate"]
    kinds = line_kinds(kept)
    found: list[Sentence] = []
    for index, (block, kind) in enumerate(zip(kept, kinds, strict=True)):
        whole = kind in ("heading", "credit") or (kind == "teaser" and not block.text.rstrip().endswith("."))
        places = [_trimmed(block.text, 0, len(block.text))] if whole else list(boundaries(block.text))
        for start, end in places:
            if start == end:
                continue
            raw = block.text[start:end]
            span = block.span(start, end)
            flags = damage(raw)
            found.append(
                Sentence(document.id, len(found) + 1, *span, raw, kind, index, start, block.page, flags, block)
            )
    return tuple(found)


def boundaries(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence of a paragraph, without blanks around it."""
    start = 0
    mark = LIST_MARK.match(text)
    search_from = mark.end() if mark else 0
    for found in _END.finditer(text, search_from):
        if found.start() < start or not _ends_here(text, start, found):
            continue
        yield _trimmed(text, start, found.end())
        start = found.end()
    if text[start:].strip():
        yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_here(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a sentence ends at a full stop, question mark, exclamation mark or ellipsis."""
    after = text[mark.end() :]
    if after and not after[0].isspace():
        # "2.5", "U.S.-led", "gov.uk"; but a sentence ends in "word.[3] Next" and, damaged, in "word.Next"
        return re.match(r"\[\d+\]\s", after) is not None
    rest = after.lstrip()
    if not rest:
        return True
    opening = rest.lstrip("\"'“‘«([—–-• ")
    follows = opening[:1]
    word = re.match(r"[A-Za-zÀ-ɏ']+", opening)
    first = word[0] if word else ""
    quoted = re.search(r"[\"'”’»)]$", mark[0]) is not None
    if follows.islower():
        # "Stop!" she said; e.g. this; "... and so on"
        return False
    said = mark[0].rstrip("\"'”’»)]")
    if said != ".":
        # an exclamation inside quotes goes on with its speaker: "Never!" President X said
        return not (quoted and re.match(r"\w+(\s\w+)?\s+(said|says|asked|told|added|warned)\b", opening) is not None)
    before = re.search(r"(\S+)$", text[start : mark.start()])
    last = before[1].strip("\"'“‘«([—–") if before else ""
    bare = last.lower().rstrip(".")
    if bare in NEVER_LAST and not quoted:
        return bare == "no" and not rest[:1].isdigit()
    if bare == "p" and rest[:1].isdigit():
        return False
    if re.fullmatch(r"[A-Z]", last) or (_DOTTED.fullmatch(last) and last[-1:].isupper() and bare not in SELDOM_LAST):
        # an initial, or the end of a dotted name: the sentence goes on unless the next word begins one
        return first.lower() in BEGINS and len(last) > 1
    if bare in SELDOM_LAST:
        return first.lower() in BEGINS or quoted
    is_mark = re.fullmatch(r"\(?(\d{1,3}|[a-z]|[ivx]{1,4})", last) is not None
    return not (is_mark and not text[start : mark.start() - len(last)].strip())

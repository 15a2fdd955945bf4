"""Line kinds: what a stretch of text is to a reader.

`body` is the text itself. A `heading` names a part. A `caption` tells of a picture and a `credit` names who made it; a
`teaser` points to another article; a `quote` is a paragraph in somebody else's words. Captions keep their events: they
tell what happened, and when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ripeness.sources.blocks import Block
from ripeness.sources.likeness import rough_likeness
from ripeness.sources.plain import TERMINAL

LineKind = Literal["body", "heading", "caption", "credit", "teaser", "quote"]

AGENCIES = (
    "Reuters|AFP|AP|Associated Press|Agence France-Presse|Getty(?: Images)?|EPA(?:-EFE)?|EFE|TASS|Anadolu(?: Agency)?|"
    "Xinhua|UPI|Magnum|Bloomberg|Shutterstock|Alamy|NurPhoto|Sipa|ANSA|DPA|dpa|PA(?: Media)?|Zuma(?: Press)?|Corbis|"
    "Keystone|Kyodo|Yonhap|Interfax|SANA|WAFA|IRNA|Handout|Pool|Polaris|Abaca|Maxar|Planet Labs"
)
"""News and picture agencies, as credits name them."""

_CREDIT = re.compile(
    r"^(?:(?:photo(?:graph)?s?|image|picture|credit|source|video|illustration|graphic|map)s?(?: "
    rf"courtesy)?(?:\s+(?:by|of)|\s*:)\s*.{{1,80}}"
    rf"|©.{{1,80}}|.{{0,80}}(?:/|via |\()\s*(?:{AGENCIES})\b.{{0,60}}|(?:{AGENCIES})(?:\s*/.*)?)$",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"^(?:(?:related|recommended|further|more)(?: (?:article|articles|story|stories|content|reading|coverage|on "
    r"this|from))?s?|"
    r"read (?:more|next|also)|see also|also read|don[’']t miss|more on this|watch|listen|up next|in case you missed it|"
    r"most read|trending|opinion|explainer)\s*(?::.*|\.{3}|→|»)?$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"^(?:photo(?:graph)?|image|picture|caption|figure|map)s?\s*:\s*(.+)$", re.IGNORECASE)
_OPENING, _CLOSING = '"“‘«', '"”’»'
CAPTION_WORDS = 60
HEADING_WORDS = 16
HEADLINE_WORDS = 30
ALIKE = 0.5
"""Likeness from which on two neighbouring lines describe the same picture."""


def line_kinds(blocks: Sequence[Block]) -> list[LineKind]:
    """Kind of each block, in the order of the document."""
    kinds: list[LineKind] = [_own_kind(block) for block in blocks]
    _teasers(blocks, kinds)
    for k, kind in enumerate(kinds):
        if kind == "credit" and blocks[k].hint != "credit":
            _captions_before(blocks, kinds, k)
    _teasers(blocks, kinds)
    return kinds


def _own_kind(block: Block) -> LineKind:
    text = " ".join(block.text.split())
    if block.hint in ("heading", "caption", "credit", "quote"):
        return block.hint
    labelled = _LABELLED.match(text)
    if labelled:
        return "credit" if _is_credit(text) and _names_only(labelled[1]) else "caption"
    if _is_credit(text):
        return "credit"
    if _TEASER.match(text):
        return "teaser"
    if text[:1] in _OPENING and text.rstrip(".,")[-1:] in _CLOSING and not _closes_early(text):
        return "quote"
    if block.hint != "list" and _is_heading(text):
        return "heading"
    return "body"


def _is_credit(text: str) -> bool:
    words = text.split()
    if len(words) > 14 or not _CREDIT.match(text):
        return False
    return not text.endswith(".") or len(words) <= 6


def _names_only(text: str) -> bool:
    """Whether words are names: of a photographer, an agency, an archive."""
    words = [
        word
        for word in re.findall(r"[^\W\d_]+", text)
        if word.lower() not in ("by", "of", "for", "via", "the", "and", "de", "van", "von")
    ]
    return bool(words) and all(word[0].isupper() for word in words)


def _is_heading(text: str) -> bool:
    words = text.split()
    if not words or len(words) > HEADING_WORDS or TERMINAL.search(text) or text[:1].islower():
        return False
    return any(character.isalpha() for character in text)


def _closes_early(text: str) -> bool:
    """Whether a quotation that opens a line ends inside it, so that the line says more than the quotation."""
    inside = text[1:].rstrip(".,")[:-1]
    return any(mark in inside for mark in '"”»')


def _captions_before(blocks: Sequence[Block], kinds: list[LineKind], credit: int) -> None:
    """The line before a credit is a caption, and so is its double before it (a picture's text and its caption)."""
    before = credit - 1
    if before < 0 or kinds[before] not in ("body", "heading"):
        return
    text = blocks[before].text
    if len(text.split()) > CAPTION_WORDS or blocks[before].page != blocks[credit].page:
        return
    kinds[before] = "caption"
    if before and kinds[before - 1] in ("body", "heading") and rough_likeness(blocks[before - 1].text, text) >= ALIKE:
        kinds[before - 1] = "caption"


def _is_headline(text: str) -> bool:
    return len(text.split()) <= HEADLINE_WORDS and not TERMINAL.search(text.rstrip())


def _teasers(blocks: Sequence[Block], kinds: list[LineKind]) -> None:
    """After the mark of a teaser come its picture and its headline; the headline is a teaser too."""
    for k, block in enumerate(blocks):
        if not _TEASER.match(" ".join(block.text.split())) or kinds[k] != "teaser":
            continue
        j = k + 1
        while j < len(blocks) and kinds[j] in ("caption", "credit"):
            j += 1
        if j < len(blocks) and (kinds[j] == "heading" or _is_headline(blocks[j].text)):
            kinds[j] = "teaser"

"""Names in a text: runs of capitalised words, cut into states, titles and the names of people and organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ripeness.sources.gazetteer import Entry, gazetteer
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token

Part = Literal["known", "title", "name"]

CALENDAR = word_set("names", "calendar")
TITLES = word_set("names", "titles")
"""Words that stand before a person's name and say what he or she is. The first word of a run decides."""

HARD_TITLES = TITLES - word_set("names", "hard_titles")
ORGANISATION_HEADS = word_set("names", "organisation_heads")
PLACE_HEADS = word_set("names", "place_heads")
PLACE_BEFORE = word_set("names", "place_before")
DIRECTIONS = word_set("names", "directions")
CONNECTORS = word_set("names", "connectors")
PARTICLES = frozenset({"de", "del", "al", "el", "bin", "ben", "ibn", "van", "von", "der", "den", "da", "dos", "la"})
EQUIPMENT = word_set("names", "equipment")
GROUPS = word_set("names", "groups")
"""Words for people or bodies after a demonym: "European allies", "Iraqi troops"."""

NOT_NAMES = word_set("names", "not_names")
"""Words that begin sentences and lines, and are no names."""


class Piece(NamedTuple):
    """A part of a run of capitalised words.

    Attributes:
        first, end: tokens, `end` exclusive.
        part: a name of the gazetteer, a title, or another name.
        entry: what a known name stands for.
    """

    first: int
    end: int
    part: Part
    entry: Entry | None = None


def pieces(listed: Sequence[Token], lower_words: frozenset[str] = frozenset(), heading: bool = False) -> list[Piece]:
    """Names of a sentence in their order.

    Args:
        lower_words: words that the document writes in lower case somewhere, which therefore are no names where they
            merely begin a sentence.
        heading: the sentence is a heading, in which any word may be capitalised.
    """
    found: list[Piece] = []
    k = 0
    while k < len(listed):
        known = _known(listed, k)
        if known is not None:
            end, entry = known
            found.append(Piece(k, end, "known", entry))
            k = end
            continue
        if _is_title(listed, k):
            found.append(Piece(k, k + 1, "title"))
            k += 1
            continue
        if not _is_name_word(listed, k, lower_words, heading):
            k += 1
            continue
        end = _name_end(listed, k, lower_words, heading)
        found.append(Piece(k, end, "name"))
        k = max(end, k + 1)
    return _joined(listed, found)


def _joined(listed: Sequence[Token], found: Sequence[Piece]) -> list[Piece]:
    """A demonym before the name of a body belongs to it: "the Iraqi Republican Guard"."""
    joined: list[Piece] = []
    for piece in found:
        last = joined[-1] if joined else None
        body = piece.part == "name" and listed[piece.end - 1].lower in ORGANISATION_HEADS
        if (
            last
            and body
            and last.part == "known"
            and last.end == piece.first
            and last.entry is not None
            and last.entry.sense in ("demonym", "organisation")
        ):
            joined[-1] = Piece(last.first, piece.end, "name", last.entry)
        else:
            joined.append(piece)
    return joined


def _known(listed: Sequence[Token], k: int) -> tuple[int, Entry] | None:
    """The longest name of the gazetteer that begins at a token; case counts, so that "turkey" and "us" are words."""
    book = gazetteer()
    if not (listed[k].is_capital or (listed[k].is_word and "." in listed[k].text)):
        return None
    for length in range(min(book.longest, len(listed) - k), 0, -1):
        words = listed[k : k + length]
        entry = book.names.get(tuple(word.lower for word in words))
        if entry is None or not all(
            word.is_capital or word.lower in CONNECTORS or word.lower == "'s" for word in words
        ):
            continue
        if (
            length == 1
            and len(words[0].text) <= 3
            and not words[0].text.isupper()
            and "." not in words[0].text
            and entry.sense not in ("demonym", "state")
        ):
            continue
        if length == 1 and words[0].text in ("Us", "Un", "Eu", "Au"):
            continue
        return k + length, entry
    return None


def _is_title(listed: Sequence[Token], k: int) -> bool:
    """A capitalised title before a name, or inside a row of titles before one."""
    if listed[k].lower not in TITLES or not listed[k].is_capital:
        return False
    j = k
    while j < len(listed) and (listed[j].lower in TITLES or listed[j].lower == "of" or listed[j].text == "."):
        j += 1
    after = listed[j] if j < len(listed) else None
    return (
        after is not None
        and after.is_capital
        and after.lower not in NOT_NAMES
        and after.lower not in ORGANISATION_HEADS
    )


def _is_name_word(listed: Sequence[Token], k: int, lower_words: frozenset[str], heading: bool) -> bool:
    token = listed[k]
    if token.text[0].isdigit():
        after = listed[k + 1] if k + 1 < len(listed) else None
        return (
            token.lower.endswith(("st", "nd", "rd", "th"))
            and after is not None
            and after.is_capital
            and after.lower not in CALENDAR
        )
    if not token.is_capital or token.lower in NOT_NAMES or token.lower in CALENDAR:
        return False
    if "-" in token.text and token.text.split("-")[1][:1].islower() and not token.text.startswith("al-"):
        return False  # "Western-backed", "Five-hour"
    if token.text.isupper() and len(token.text) > 1:
        return not (heading and all(word.text.isupper() for word in listed if word.is_word))
    starts = k == 0 or listed[k - 1].text in ('"', "“", "‘", ":", "(", "—", "–") or (k == 1 and not listed[0].is_word)
    if starts or heading:
        if token.lower in lower_words:
            return False
        after = listed[k + 1] if k + 1 < len(listed) else None
        follows = after is not None and after.is_capital and after.lower not in NOT_NAMES
        if not follows and token.lower.endswith(("ly", "ing", "ed")) and not heading:
            return False
    return True


def _name_end(listed: Sequence[Token], k: int, lower_words: frozenset[str], heading: bool) -> int:
    """Where a name ends: it goes on over capitalised words, initials, and small words between them."""
    end = k + 1
    while end < len(listed):
        token = listed[end]
        if token.text == "." and is_initial(listed[end - 1]) and end + 1 < len(listed) and listed[end + 1].is_capital:
            end += 1
            continue
        if token.is_capital and token.lower not in CALENDAR and token.lower not in NOT_NAMES:
            end += 1
            continue
        if (
            token.lower in CONNECTORS
            and end + 1 < len(listed)
            and listed[end + 1].is_capital
            and listed[end + 1].lower not in NOT_NAMES
        ):
            organisation = listed[end - 1].lower in ORGANISATION_HEADS
            if token.lower == "of" and _known(listed, end + 1) is not None:
                break  # "the Army of France": whose it is, and no part of its name
            if token.lower in PARTICLES or (organisation and token.lower in ("of", "for", "del", "della")):
                end += 1
                continue
        break
    return end


def is_initial(token: Token) -> bool:
    """A single capital letter, as in a person's initials."""
    return len(token.text) == 1 and token.text.isupper()

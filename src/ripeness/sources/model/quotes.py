"""Whether a quote stands in a document, word for word.

Quotation marks, dashes, ellipses, blanks and line breaks are made equal on both sides, and nothing else is: no
letter, no word, no order. An ellipsis stands for left-out words; the parts around it must follow one another, in one
paragraph or in neighbouring ones. What does not stand there is not accepted, however near it comes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LEAST_WORDS = 4
"""Words that a quote must have: fewer stand in any text."""

LEAST_IN_PART = 2
"""Words that each part around an ellipsis must have."""

MOST_APART = 1500
"""Characters of the document that an ellipsis may stand for."""

_QUOTES = "\"'“”‘’„‚«»‹›`´′″"
_DASHES = "-‐‑‒–—―−"
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.{3,}|…)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.\s?\.\s?\.(?:\s?\.)?|…)\s*")


class Normal(NamedTuple):
    """A text in its normal form, with the place of each of its characters in the original."""

    text: str
    places: list[int]


def normal(said: str) -> Normal:
    """The form in which quotes are compared: no quotation marks, one kind of dash, single blanks, small letters.

    Letters are compared without regard to case, since a quote may begin in the middle of a sentence.
    """
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(said):
        for one in unicodedata.normalize("NFKC", character):
            if one in _QUOTES or one in "\u00ad\u200b\u200c\u200d\ufeff":
                continue
            if one in _DASHES:
                one = "-"
            if one.isspace():
                one = " "
            if one == "-":  # blanks around a dash are a matter of typesetting
                while kept and kept[-1] == " ":
                    kept.pop()
                    places.pop()
                if kept and kept[-1] == "-":
                    continue
            if one == " " and (not kept or kept[-1] in " -"):
                continue
            kept.append(one.lower())
            places.append(place)
    while kept and kept[-1] == " ":
        kept.pop()
        places.pop()
    return Normal("".join(kept), places)


def find_quote(quote: str, document: Normal) -> tuple[int, int] | None:
    """Span of a quote in the original document, or None where it does not stand there.

    Args:
        document: the document in its normal form.
    """
    parts = [normal(part).text.strip(" .,;:") for part in _ELLIPSIS.split(quote)]
    parts = [part for part in parts if part]
    words = [len(re.findall(r"\w+", part)) for part in parts]
    if sum(words) < LEAST_WORDS or min(words) < LEAST_IN_PART:
        return None
    at = 0
    while (first := _next(parts[0], document.text, at)) is not None:
        end = first + len(parts[0])
        for part in parts[1:]:
            following = _next(part, document.text, end)
            if following is None or following - end > MOST_APART:
                break
            end = following + len(part)
        else:
            return document.places[first], document.places[end - 1] + 1
        at = first + 1
    return None


def _next(part: str, text: str, at: int) -> int | None:
    """The next place where a part stands as whole words."""
    while (found := text.find(part, at)) >= 0:
        before = text[found - 1] if found else " "
        after = text[found + len(part)] if found + len(part) < len(text) else " "
        if not (before.isalnum() and part[0].isalnum()) and not (after.isalnum() and part[-1].isalnum()):
            return found
        at = found + 1
    return None

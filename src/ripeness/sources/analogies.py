"""Analogies: sentences that speak of something else in order to explain. They tell of no events.

"This is sensible if you are a grocer who haggles over the price of eggs" brings in the grocer and the eggs, the
analogy's
*vehicle*. The sentences right after it belong to it as long as they speak of the vehicle again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ripeness.sources.likeness import SILENT
from ripeness.sources.sentences import Sentence
from ripeness.sources.words import Token, stem

MARKS = re.compile(
    r"\b(?:if|as if|as though|like) (?:you|one|we|he|she|they)(?: are|'re|’re| is| were| was) (?:an? |the )?[a-z]"
    r"|\b(?:is|are|was|were) (?:no|not an?|like an?|rather like an?) (?:[a-z]+ ){0,2}[a-z]+[.,;]"
    r"|\b(?:imagine|picture|suppose) (?:an?|that|you|yourself)\b"
    r"|\b(?:works?|works well|makes sense|may work|sensible) (?:for|if|in|when) (?:an? |you|selling|buying)",
    re.IGNORECASE,
)
OPENERS = re.compile(
    r"\bif (?:you|one|we)(?: are|'re|’re| is| were)\b|\bimagine\b|\bpicture (?:an?|yourself)\b|\bthink of "
    r"(?:it|this|him|her|them) as\b|\blike an? [a-z]+ (?:who|that|which)\b|\bas (?:if|though) (?:he|she|it|they) "
    r"were an? ",
    re.IGNORECASE,
)
REACH = 3
"""Sentences after an analogy that may go on with it."""


def analogical(rows: Iterable[tuple[Sentence, Sequence[Token]]]) -> Iterator[bool]:
    """Whether each sentence of a document, given with its tokens, is part of an analogy."""
    vehicle: set[str] = set()
    left = 0
    for sentence, row in rows:
        opens = OPENERS.search(sentence.text)
        if opens:
            vehicle, left = _nouns(row, opens), REACH
            yield True
            continue
        goes_on = False
        if left and vehicle:
            left -= 1
            goes_on = bool(vehicle & _nouns(row, None)) and sentence.kind == "body"
            if goes_on and MARKS.search(sentence.text):
                vehicle |= _nouns(row, None)
        yield goes_on


def _nouns(row: Sequence[Token], after: re.Match[str] | None) -> set[str]:
    """Stems of the content words in lower case, from a place on."""
    start = after.start() if after else 0
    return {
        stem(token.lower)
        for token in row
        if token.start >= start
        and token.is_word
        and not token.is_capital
        and token.lower not in SILENT
        and len(token.text) > 3
    } - {
        "deal",
        "war",
        "peac",
        "side",
        "mak",
        "sens",
        "time",
        "year",
        "force",
        "forc",
        "country",
        "meet",
        "demand",
        "negotiat",
    }

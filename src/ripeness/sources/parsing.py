"""Parsed sentences: one after another, each with its words and who is named in it, which is what searches look at.

The words of a sentence take thirty times the memory of its text. They are made when its turn comes and let go of after
it, so that a long document takes little more than a short one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import tee
from typing import NamedTuple

from ripeness.sources.actors import Cast, Mention
from ripeness.sources.analogies import analogical
from ripeness.sources.sentences import Sentence
from ripeness.sources.words import Token, tokens


class Parsed(NamedTuple):
    """A sentence as searches see it.

    Attributes:
        tokens: its words and marks.
        mentions: of actors; empty for credits.
        places: names of places, as token spans.
        figurative: whether it is part of an analogy.
    """

    sentence: Sentence
    tokens: Sequence[Token]
    mentions: Sequence[Mention]
    places: Sequence[tuple[int, int]]
    figurative: bool


def parsed(sentences: Sequence[Sentence], cast: Cast) -> Iterator[Parsed]:
    """The sentences of a document in their order, `cast` being who is named in them."""
    rows, again = tee((sentence, tokens(sentence.raw)) for sentence in sentences)
    together = zip(rows, cast.mentions, cast.places, analogical(again), strict=True)
    for (sentence, row), mentions, places, figurative in together:
        yield Parsed(sentence, row, mentions, places, figurative)

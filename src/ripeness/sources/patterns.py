"""Patterns of words: how the lexicons say what to look for.

A pattern is a row of elements, separated by blanks:

| element | matches |
| --- | --- |
| `word` | that word |
| `~verb` | any form of a verb or noun |
| `one|~two` | either |
| `word?` | the element or nothing |
| `..`, `...` | up to four, up to eight words of the same clause |
| `{A}` | a mention of an actor |
| `#` | a number |

The first element must be words, so that a text is searched in one pass, whatever the number of patterns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, forms

T = TypeVar("T")

GAPS = {"..": 4, "...": 8}
CLAUSE_ENDS = frozenset([".", ";", ":", "!", "?", "…"])
NUMBER_WORDS = word_set("patterns", "number_words")


class Element(NamedTuple):
    """One part of a pattern: words, a gap of at most `gap` words, an actor or a number."""

    words: frozenset[str] = frozenset()
    gap: int = 0
    actor: bool = False
    number: bool = False
    optional: bool = False


class Pattern(NamedTuple):
    """A compiled pattern; `said` is how it was written."""

    said: str
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Match(Generic[T]):
    """Where a pattern matched: tokens from `first` up to, not including, `end`."""

    pattern: Pattern
    meaning: T
    first: int
    end: int


def compile_pattern(said: str) -> Pattern:
    """A pattern from its written form.

    Raises:
        ValueError: it begins with a gap, an actor or a number, or has an empty part.
    """
    elements = tuple(_element(part, said) for part in said.split())
    if not elements or not elements[0].words or elements[0].optional:
        raise ValueError(f"a pattern must begin with a word, got {said!r}")
    return Pattern(said, elements)


def _element(part: str, said: str) -> Element:
    if part in GAPS:
        return Element(gap=GAPS[part])
    optional = part.endswith("?") and len(part) > 1
    part = part.removesuffix("?") if optional else part
    if part == "{A}":
        return Element(actor=True, optional=optional)
    if part == "#":
        return Element(number=True, optional=optional)
    words: set[str] = set()
    for word in part.split("|"):
        if not word.strip("~"):
            raise ValueError(f"an empty alternative in the pattern {said!r}")
        words.update(forms(word[1:]) if word.startswith("~") else (word.lower(),))
    return Element(words=frozenset(words), optional=optional)


class Matcher(Generic[T]):
    """Finds patterns in token lists; each pattern stands for a meaning."""

    def __init__(self, patterns: Iterable[tuple[str, T]]) -> None:
        self._by_word: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        for said, meaning in patterns:
            pattern = compile_pattern(said)
            for word in pattern.elements[0].words:
                self._by_word[word].append((pattern, meaning))

    def matches(self, tokens: Sequence[Token], actors: Mapping[int, int] | None = None) -> Iterator[Match[T]]:
        """Every match, by place and then in the order of the patterns.

        Args:
            actors: mentions as first token and the token after the last.
        """
        known = actors or {}
        for first, token in enumerate(tokens):
            for pattern, meaning in self._by_word.get(token.lower, ()):
                end = _end(pattern.elements, 0, tokens, first, known)
                if end is not None:
                    yield Match(pattern, meaning, first, end)


def _end(
    elements: Sequence[Element], k: int, tokens: Sequence[Token], at: int, actors: Mapping[int, int]
) -> int | None:
    """Token after the shortest match of `elements[k:]` that begins at a token, or None."""
    if k == len(elements):
        return at
    element = elements[k]
    if element.gap:
        for skipped in range(element.gap + 1):
            place = at + skipped
            if place > len(tokens) or (skipped and tokens[place - 1].lower in CLAUSE_ENDS):
                return None
            end = _end(elements, k + 1, tokens, place, actors)
            if end is not None:
                return end
        return None
    after = _step(element, tokens, at, actors)
    if after is not None:
        end = _end(elements, k + 1, tokens, after, actors)
        if end is not None:
            return end
    return _end(elements, k + 1, tokens, at, actors) if element.optional else None


def _step(element: Element, tokens: Sequence[Token], at: int, actors: Mapping[int, int]) -> int | None:
    if at >= len(tokens):
        return None
    if element.actor:
        return actors.get(at)
    token = tokens[at]
    if element.number:
        return at + 1 if token.text[0].isdigit() or token.lower in NUMBER_WORDS else None
    return at + 1 if token.lower in element.words else None

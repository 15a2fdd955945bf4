"""Near-duplicates: sentences that say one thing twice, within a document or across documents.

Candidates are found by signatures (minimum hashes of a sentence's concepts, in bands), so that time grows with the
number of sentences and not with its square. Two candidates are compared concept by concept. They are one sentence
reworded only where what they tell is the same: a difference in event, negation, number, mode or name makes them a
*conflict*, which is shown and never merged.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from rapidfuzz import fuzz

from ripeness.sources.events import CLAIMING, PLANNING, THREATENING, is_verb
from ripeness.sources.lexicon import Lexicon
from ripeness.sources.likeness import concepts
from ripeness.sources.sentences import Sentence
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, stem, tokens

Relation = Literal["duplicate", "conflict"]

LEAST_CONCEPTS = 4
"""Sentences of fewer concepts are too short to call alike, unless they are the same letter by letter."""

ALIKE = 0.62
"""Shared concepts, of all concepts of both, from which on two sentences say much the same."""

N_HASHES, N_BANDS = 24, 12
"""A pair that shares 62% of its concepts is a candidate with probability 1 - (1 - 0.62 ** 2) ** 12 = 0.997."""

_PRIME = np.uint64((1 << 61) - 1)
_RANDOM = np.random.default_rng(0)
_FACTORS = _RANDOM.integers(1, 1 << 31, (N_HASHES, 1)).astype(np.uint64)
_SHIFTS = _RANDOM.integers(0, 1 << 31, (N_HASHES, 1)).astype(np.uint64)
_NEGATIONS = word_set("duplicates", "negations")


class Difference(NamedTuple):
    """Words that stand in one sentence where the other has others; either may be empty."""

    one: str
    other: str


class Features(NamedTuple):
    """What two reports of one thing must share."""

    events: tuple[str, ...]
    negations: int
    numbers: tuple[str, ...]
    modes: tuple[str, ...]
    names: tuple[str, ...]
    concepts: tuple[str, ...]
    text: str
    passive: bool


class Pair(NamedTuple):
    """Two sentences that are alike.

    Attributes:
        why: of a conflict, in what they differ.
    """

    relation: Relation
    likeness: float
    why: tuple[str, ...]
    differences: tuple[Difference, ...]


def features(sentence: Sentence, row: Sequence[Token], lexicon: Lexicon) -> Features:
    """What a sentence is compared by."""
    listed = list(row)
    said = [token.lower for token in listed]
    categories = set()
    for match in lexicon.triggers.matches(listed):
        verb = is_verb(listed, match.first, ())
        if verb is None or verb == match.meaning.verb:
            categories.add(match.meaning.category)
    modes = {
        name
        for name, words in (("planned", PLANNING), ("threatened", THREATENING), ("claimed", CLAIMING))
        if any(word in words for word in said)
    }
    numbers = sorted(re.sub(r"[^\d.]", "", token.lower) for token in listed if token.text[0].isdigit())
    names = [
        token.lower for k, token in enumerate(listed) if token.is_capital and (k > 0 or token.lower not in _COMMON)
    ]
    return Features(
        tuple(sorted(categories)),
        sum(word in _NEGATIONS or word.endswith("n't") for word in said),
        tuple(numbers),
        tuple(sorted(modes)),
        tuple(names),
        tuple(concepts(listed)),
        sentence.text,
        " by " in f" {' '.join(said)} ",
    )


_COMMON = word_set("duplicates", "common")


def signature(said: Features) -> list[int]:
    """Keys of the bands of a sentence; sentences that share one are candidates. Empty for one that is too short."""
    if len(set(said.concepts)) < LEAST_CONCEPTS:
        return []
    hashed = np.array(sorted({_hash(concept) for concept in said.concepts}), dtype=np.uint64)
    # 32-bit values times 31-bit factors stay below 2 ** 63
    least = ((_FACTORS * hashed + _SHIFTS) % _PRIME).min(axis=1).tolist()
    rows = N_HASHES // N_BANDS
    return [
        int.from_bytes(
            hashlib.blake2b(repr((b, least[b * rows : (b + 1) * rows])).encode(), digest_size=7).digest(), "big"
        )
        for b in range(N_BANDS)
    ]


@lru_cache(maxsize=1 << 16)
def _hash(concept: str) -> int:
    return int.from_bytes(hashlib.blake2b(concept.encode(), digest_size=4).digest(), "big")


def compare(one: Features, other: Features) -> Pair | None:
    """How two sentences are alike, or None where they are not."""
    if " ".join(one.text.lower().split()) == " ".join(other.text.lower().split()):
        return Pair("duplicate", 1.0, (), ())
    first, second = set(one.concepts), set(other.concepts)
    if min(len(first), len(second)) < LEAST_CONCEPTS:
        return None
    shared = len(first & second) / len(first | second)
    likeness = max(shared, fuzz.token_sort_ratio(" ".join(one.concepts), " ".join(other.concepts)) / 100 - 0.15)
    named = {stem(name) for name in (*one.names, *other.names)}
    bare_one, bare_other = first - named, second - named
    bare = len(bare_one & bare_other) / max(1, len(bare_one | bare_other))
    if bare >= 0.8 and len(bare_one & bare_other) >= 3 and shared >= 0.5:
        likeness = max(likeness, ALIKE)  # one report about two places or people
    contained = len(first & second) / min(len(first), len(second))
    if likeness < ALIKE and not (contained >= 0.85 and shared >= 0.5):
        return None
    why = _conflicts(one, other)
    left, right = first - second, second - first
    if not why and left and right and not _spelling(left, right):
        why = ("wording that may change what is said",)
    return Pair("conflict" if why else "duplicate", round(max(shared, 0.0), 3), why, differences(one.text, other.text))


def _spelling(left: set[str], right: set[str]) -> bool:
    """Whether words that one sentence has alone are misspellings or forms of those that the other has alone."""
    return len(left) == len(right) == 1 and fuzz.ratio(next(iter(left)), next(iter(right))) >= 80


def _conflicts(one: Features, other: Features) -> tuple[str, ...]:
    why = []
    if set(one.events) != set(other.events):
        why.append("event")
    if one.negations % 2 != other.negations % 2 or (one.negations == 0) != (other.negations == 0):
        why.append("negation")
    if one.numbers != other.numbers:
        why.append("number")
    if one.modes != other.modes:
        why.append("mode")
    left, right = set(one.names), set(other.names)
    if left - right and right - left:
        why.append("name")
    elif left == right and one.passive == other.passive and _order(one.names) != _order(other.names) and len(left) > 1:
        why.append("who does it to whom")
    return tuple(why)


def _order(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def differences(one: str, other: str) -> tuple[Difference, ...]:
    """Where two sentences differ, word by word."""
    left = [token.text for token in tokens(one)]
    right = [token.text for token in tokens(other)]
    matcher = difflib.SequenceMatcher(None, [w.lower() for w in left], [w.lower() for w in right], autojunk=False)
    return tuple(
        Difference(" ".join(left[a:b]), " ".join(right[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    )


REWORDED = 1 / 3
"""Share of a document's sentences that another one tells too, from which on the two may be one text."""


class Dependence(NamedTuple):
    """A warning that two documents may be one text reworded.

    Attributes:
        share: of the shorter document's sentences, the part that the other tells too.
        n: how many these are.
    """

    share: float
    n: int


def dependence(n_pairs: int, n_one: int, n_other: int) -> Dependence | None:
    """Whether two documents tell so much alike that they hardly count as two witnesses; None where they do count.

    Args:
        n_pairs: sentences of the shorter one that are alike to one of the other.
        n_one, n_other: sentences of both.
    """
    shorter = min(n_one, n_other)
    if n_pairs < 3 or shorter == 0 or n_pairs / shorter < REWORDED:
        return None
    return Dependence(round(n_pairs / shorter, 3), n_pairs)

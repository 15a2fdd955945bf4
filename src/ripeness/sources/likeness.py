"""How alike two sentences are: by the concepts that they name, so that "held talks" and "met" count as the same."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, forms, stem, tokens

SILENT = word_set("likeness", "silent")
"""Words that tell two sentences apart by themselves only rarely; negations and modal verbs are compared separately."""


@cache
def _concepts() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Concept of a stem, and of two words in a row."""
    single: dict[str, str] = {}
    double: dict[tuple[str, str], str] = {}
    text = files("ripeness.sources").joinpath("data", "concepts.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        said = line.partition("#")[0].strip()
        if not said:
            continue
        words = [word.strip() for word in said.split(",")]
        name = f"={words[0]}"
        for word in words:
            first, _, second = word.partition(" ")
            if second:
                double.update({(form, second): name for form in forms(first)})
            else:
                single.update({stem(form): name for form in forms(first)})
    return single, double


def concepts(said: str | list[Token]) -> list[str]:
    """Concepts of a sentence in their order, without silent words and marks; capitalised words keep theirs."""
    listed = tokens(said) if isinstance(said, str) else said
    single, double = _concepts()
    found: list[str] = []
    k = 0
    while k < len(listed):
        token = listed[k]
        pair = (token.lower, listed[k + 1].lower) if k + 1 < len(listed) else None
        if pair in double:
            found.append(double[pair])
            k += 2
            continue
        if (token.text[0].isalnum()) and token.lower not in SILENT:
            root = stem(token.lower)
            found.append(single.get(root, root))
        k += 1
    return found


def rough_likeness(one: str, other: str) -> float:
    """Shared concepts as a part of all concepts of both, from 0 to 1."""
    first, second = set(concepts(one)), set(concepts(other))
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)

"""Words: tokens with their places, and the forms that an English verb or noun takes."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from ripeness.sources.wordlists import word_set

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S.
    r"|\d+(?:[.,]\d+)*(?:st|nd|rd|th|s|%|bn|m|km|k)?\b(?:-[A-Za-zÀ-ɏ]+)*"  # 1,200  148th  27-point
    r"|[A-Za-zÀ-ɏЀ-ӿ]+(?:[’'][A-Za-zÀ-ɏ]+)*(?:-[A-Za-zÀ-ɏ0-9]+(?:[’'][a-z]+)*)*"  # words, with hyphens
    r"|[’']s\b|\.\.\.|…|[^\w\s]"
)
_POSSESSIVE = re.compile(r"^(.+?)([’']s|(?<=s)[’'])$")


class Token(NamedTuple):
    """A word, number or mark.

    Attributes:
        text, lower: as written, and in lower case with a straight apostrophe.
        start, end: place in the sentence.
    """

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def tokens(raw: str) -> list[Token]:
    """Tokens of a sentence; a possessive ending is a token of its own, `'s`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(raw):
        said, start, end = match[0], match.start(), match.end()
        ending = _POSSESSIVE.match(said)
        if ending and ending[1].lower() not in ("it", "he", "she", "that", "what", "there", "here", "who", "let"):
            cut = start + len(ending[1])
            found.append(Token(ending[1], _lower(ending[1]), start, cut))
            found.append(Token(said[len(ending[1]) :], "'s", cut, end))
        elif said in ("’", "'") and found and found[-1].end == start and found[-1].lower.endswith("s"):
            found.append(Token(said, "'s", start, end))  # the plural's possessive
        else:
            found.append(Token(said, _lower(said), start, end))
    return found


def _lower(said: str) -> str:
    return said.lower().replace("’", "'")


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    """Other forms of irregular verbs by their dictionary form."""
    text = files("ripeness.sources").joinpath("data", "irregular_verbs.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {row[0]: tuple(row[1:]) for row in rows}


_DOUBLING = word_set("words", "doubling") - {"arm", "bomb", "curb", "wipe", "shell"}


@lru_cache(maxsize=8192)
def forms(lemma: str) -> frozenset[str]:
    """All forms of a verb (or noun) by its dictionary form; both spellings where British and American differ."""
    lemma = lemma.lower()
    if "-" in lemma:  # of a compound the last part is inflected
        head, _, tail = lemma.rpartition("-")
        return frozenset(f"{head}-{form}" for form in forms(tail))
    found = {lemma}
    if lemma in _irregular():
        found.update(_irregular()[lemma])
        if not any(form.endswith("ing") for form in found):
            found.add(_joined(lemma, "ing"))
        return frozenset(found)
    found.update((_third(lemma), _joined(lemma, "ed"), _joined(lemma, "ing")))
    for ending, other in (("ise", "ize"), ("yse", "yze")):
        for one, two in ((ending, other), (other, ending)):
            if lemma.endswith(one):
                stem = lemma[: -len(one)] + two
                found.update((stem, f"{stem}s", f"{stem}d", f"{stem[:-1]}ing"))
    return frozenset(found)


def _third(lemma: str) -> str:
    if re.search(r"(s|x|z|ch|sh|[^aeiou]o)$", lemma):
        return f"{lemma}es"
    return f"{lemma[:-1]}ies" if re.search(r"[^aeiou]y$", lemma) else f"{lemma}s"


def _joined(lemma: str, ending: str) -> str:
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return lemma[:-1] + ending if ending == "ing" else f"{lemma}d"
    if lemma.endswith("ee") and ending == "ed":
        return f"{lemma}d"
    if ending == "ed" and re.search(r"[^aeiou]y$", lemma):
        return f"{lemma[:-1]}ied"
    if lemma in _DOUBLING:
        return f"{lemma}{lemma[-1]}{ending}"
    return f"{lemma}{ending}"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A rough common form of a word's inflections, for comparing texts; not for showing."""
    for ending, least in (("ingly", 5), ("edly", 5), ("ations", 4), ("ation", 4), ("ing", 4), ("ies", 3), ("ied", 3),
                          ("ed", 4), ("es", 4), ("ly", 4), ("s", 3)):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= least - (ending == "s"):
            if ending == "s" and word.endswith(("ss", "us", "is")):
                continue
            base = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsze":
                base = base[:-1]
            return base.rstrip("e") or base
    return word.rstrip("e") if len(word) > 3 else word

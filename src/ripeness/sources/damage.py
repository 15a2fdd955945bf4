"""Damaged wording: what a reader stumbles over. It is flagged, never repaired, so that a quote stays a quote."""

from __future__ import annotations

import re

from ripeness.sources.wordlists import word_set

_ARTICLES = r"(?:a|an|the)"
_PAIRS = (
    (
        r"\b(?:(?:and|or) (?:and|or|but)|yet (?:and|or|but|yet)|but (?:and|or|but)|nor (?:and|or|nor))\b(?! "
        r"(?:so|then)\b)",
        "two conjunctions in a row",
    ),
    (rf"\b{_ARTICLES} {_ARTICLES}\b", "two articles in a row"),
    (r"(?<![A-Za-z.])(?:the|an|of|into|onto|than|because|which)\s*[.!?;](?:\s|$)", "a sentence that breaks off"),
)
_DOUBLED = re.compile(r"\b([A-Za-z]{2,})\s+\1\b", re.IGNORECASE)
_MAY_DOUBLE = word_set("damage", "may_double")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf]|â€|Â[\xa0-\xbf]|\ufffd")
_GLUED = re.compile(r"[a-z]{2}[.!?][A-Z][a-z]+ [a-z]|[a-z],[A-Za-z]{2}")
_ADDRESS = re.compile(r"\w+[.@]\w+\.\w|https?:|www\.")


def damage(raw: str) -> tuple[str, ...]:
    """What is damaged in a sentence, one phrase for each kind; empty where nothing is."""
    text = " ".join(raw.split())
    found = []
    for pattern, meaning in _PAIRS:
        if re.search(pattern, text, re.IGNORECASE):
            found.append(meaning)
    doubled = [
        match[1].lower()
        for match in _DOUBLED.finditer(text)
        if not match[1][0].isupper() or match[1].lower() in ("the", "in")
    ]
    if any(word not in _MAY_DOUBLE for word in doubled):
        found.append("a word twice in a row")
    if _MOJIBAKE.search(text):
        found.append("characters of a wrong encoding")
    if _GLUED.search(text) and not _ADDRESS.search(text):
        found.append("words that run together")
    if text.count("“") != text.count("”") or text.count('"') % 2:
        found.append("a quotation mark without its partner")
    if text.count("(") != text.count(")") and not re.match(r"\(?\w{1,3}\)", text):
        found.append("a bracket without its partner")
    if re.search(r"\s[,;.](?:\s|$)", text):
        found.append("a blank before a stop")
    return tuple(found)

"""Numbers that stand in a text, each with its unit and what it counts. Dates and numbers that are part of a name are
none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ripeness.sources.parsing import Parsed
from ripeness.sources.sentences import Sentence
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token


class Quantity(NamedTuple):
    """One number.

    Attributes:
        sentence: its number.
        start, end: span within the sentence as written.
        value: the number; "dozens" and the like have none.
        unit: percent, a currency, a measure, or empty.
        what: the word that it counts.
        hedge: "nearly", "almost", "more than", as the text says it.
    """

    sentence: int
    start: int
    end: int
    value: float
    unit: str
    what: str
    hedge: str


ONES = {
    w: k
    for k, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    w: 10 * k
    for k, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "m": 1e6,
    "k": 1e3,
}
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "dollars": "USD", "euros": "EUR", "pounds": "GBP"}
UNITS = {
    "%": "percent",
    "percent": "percent",
    "per": "percent",
    "km": "km",
    "kilometres": "km",
    "kilometers": "km",
    "miles": "miles",
    "metres": "m",
    "tonnes": "tonnes",
    "tons": "tons",
    "years": "years",
    "year": "years",
    "months": "months",
    "month": "months",
    "weeks": "weeks",
    "week": "weeks",
    "days": "days",
    "day": "days",
    "hours": "hours",
    "hour": "hours",
}
HEDGES = (
    "more than",
    "less than",
    "fewer than",
    "at least",
    "at most",
    "up to",
    "nearly",
    "almost",
    "about",
    "around",
    "some",
    "roughly",
    "over",
    "under",
    "approximately",
    "barely",
    "only",
)
MONTHS = word_set("quantities", "months")
IRREGULAR_PLURALS = frozenset({"men", "women", "people", "children", "dead", "wounded", "aircraft", "personnel"})
NUMBER = re.compile(r"^(\d+(?:[.,]\d+)*)(%|bn|m|km|k)?$")
COMPOUND = re.compile(r"^(\d+(?:[.,]\d+)*|[a-z]+)-([a-z]+)$")


def find_quantities(parsed: Parsed) -> list[Quantity]:
    """Quantities of a sentence in its order."""
    sentence, row = parsed.sentence, parsed.tokens
    if sentence.kind == "credit":
        return []
    found: list[Quantity] = []
    taken = {k for m in parsed.mentions for k in range(m.first, m.end)}
    k = 0
    while k < len(row):
        if k in taken or (row[k].is_capital and row[k].lower not in ONES and row[k].lower not in TENS):
            k += 1
            continue
        if _is_label(row, k):
            k += 1
            continue
        quantity, end = _at(sentence, row, k)
        if quantity is not None:
            found.append(quantity)
        k = max(end, k + 1)
    return found


def _is_label(row: Sequence[Token], k: int) -> bool:
    """Whether a number is the mark of a list item or point: "3.", "Article 3"."""
    opens = k == 0 and len(row) > 1 and row[1].text in (".", ")")
    return opens or (
        k > 0 and row[k - 1].lower in ("article", "point", "option", "section", "paragraph", "annex", "no", "clause")
    )


def _at(sentence: Sentence, row: Sequence[Token], k: int) -> tuple[Quantity | None, int]:
    token = row[k]
    compound = COMPOUND.match(token.lower)
    if compound and (value := _value(compound[1])) is not None and compound[2] not in ("th", "st", "nd", "rd"):
        if compound[2] in ONES:  # "twenty-one"
            return _made(sentence, row, k, k + 1, value + ONES[compound[2]], ""), k + 1
        unit = UNITS.get(compound[2], "")
        what = compound[2] if not unit else (row[k + 1].lower if k + 1 < len(row) and row[k + 1].is_word else "")
        end = k + 1
        return Quantity(sentence.number, token.start, token.end, value, unit, what, _hedge(row, k)), end
    if token.lower.isalpha() and _value(token.lower) is None:
        return None, k + 1
    said = NUMBER.match(token.lower)
    value = _value(said[1]) if said else _value(token.lower)
    if value is None:
        return None, k + 1
    suffix = said[2] or "" if said else ""
    if said and not suffix and _is_date(row, k, value):
        return None, k + 1
    if token.lower == "one" and not (k + 1 < len(row) and (row[k + 1].lower in SCALES or row[k + 1].lower in UNITS)):
        return None, k + 1
    end = k + 1
    if suffix in ("bn", "m", "k"):
        value *= SCALES[suffix]
    while end < len(row) and row[end].lower in SCALES and row[end].lower not in ("m", "k"):
        value *= SCALES[row[end].lower]
        end += 1
    return _made(sentence, row, k, end, value, "percent" if suffix == "%" else suffix if suffix == "km" else ""), end


def _made(sentence: Sentence, row: Sequence[Token], k: int, end: int, value: float, unit: str) -> Quantity:
    start = k
    if k and row[k - 1].text in CURRENCIES:
        unit, start = CURRENCIES[row[k - 1].text], k - 1
    j = end
    if not unit and j < len(row) and (row[j].lower in UNITS or row[j].lower in CURRENCIES or row[j].text == "%"):
        per = row[j].lower == "per"
        unit = UNITS.get(row[j].lower) or CURRENCIES.get(row[j].lower, "")
        cent = j + 1 < len(row) and row[j + 1].lower == "cent"
        unit, end = ("", end) if per and not cent else (unit, j + 1 + per)
    return Quantity(
        sentence.number,
        row[start].start,
        row[end - 1].end,
        value,
        unit,
        _counted(row[end : end + 4]),
        _hedge(row, start),
    )


def _counted(after: Sequence[Token]) -> str:
    """The noun that a number counts: the first plural among the next words, or else the first of them."""
    words: list[str] = []
    for token in after:
        if not token.is_word:
            break
        if token.lower not in ("of", "the", "its", "their", "his", "more", "other"):
            words.append(token.lower)
    plural = [w for w in words if (w.endswith("s") and not w.endswith("ss")) or w in IRREGULAR_PLURALS]
    return (plural or words or [""])[0]


def _value(said: str) -> float | None:
    if said in ONES:
        return float(ONES[said])
    if said in TENS:
        return float(TENS[said])
    if not said or not said[0].isdigit():
        return None
    plain = re.sub(r",(?=\d{3}(\D|$))", "", said)
    try:
        return float(plain)
    except ValueError:
        return None


def _is_date(row: Sequence[Token], k: int, value: float) -> bool:
    near = [token.lower for token in (*row[max(0, k - 2) : k], *row[k + 1 : k + 2])]
    if any(word in MONTHS for word in near):
        return True
    year = value == int(value) and 1500 <= value <= 2100 and "," not in row[k].text
    before = row[k - 1].lower if k else ""
    after = row[k + 1] if k + 1 < len(row) else None
    counted = (
        after is not None
        and after.is_word
        and after.lower.endswith("s")
        and before not in ("in", "since", "of", "by", "until", "from")
    )
    return year and not counted


def _hedge(row: Sequence[Token], k: int) -> str:
    before = " ".join(token.lower for token in row[max(0, k - 2) : k])
    return next((hedge for hedge in HEDGES if before == hedge or before.endswith(f" {hedge}")), "")

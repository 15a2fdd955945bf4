"""Plans: the points, sub-points and options of a draft, and two drafts side by side.

Points are told by their marks (`1.`, `Article 2`, `Point 3:`), sub-points by theirs (`2.1`, `(a)`, `ii.`, a dash),
options by `Option A` or by alternatives in square brackets (`[shall / may]`). Two drafts are aligned point by point
by what they say, wherever a point stands; a change of substance is one of numbers, parties, obligation (shall against
may) or negation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from ripeness.sources.duplicates import Difference, differences
from ripeness.sources.likeness import concepts
from ripeness.sources.names import pieces
from ripeness.sources.quantities import ONES, TENS
from ripeness.sources.sentences import Sentence
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import tokens

Level = Literal["point", "subpoint", "option"]

_MARKS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("option", re.compile(r"^\[?\s*(?:Option|Alternative|Variant)\s+([A-Z]|\d{1,2}|[IVX]+)\b\s*[:.)\]–—-]*\s*", re.I)),
    (
        "point",
        re.compile(
            r"^(?:Article|Point|Section|Paragraph|Item|Clause|Principle)\s+(\d{1,3}|[IVX]{1,6}|One|"
            r"Two|Three)\b\s*[:.)–—-]*\s*",
            re.I,
        ),
    ),
    ("subpoint", re.compile(r"^(\d{1,3}\.\d{1,3}(?:\.\d{1,3})*)\.?\s+")),
    ("point", re.compile(r"^\(?(\d{1,3})[.)]\s+")),
    ("subpoint", re.compile(r"^\(?([ivx]{1,5}|[a-zA-Z])[.)]\s+")),
    ("subpoint", re.compile(r"^([-*•–—])\s+")),
)
_BRACKETS = re.compile(r"\[([^\[\]]{1,300}(?:\s*(?:/|\|)\s*[^\[\]]{1,300})+)\]")
LEAST_POINTS = 3
"""Points from which on a document counts as a plan."""

SAME = 0.3
"""Likeness from which on two points may be versions of one."""

OBLIGATION = {
    "shall": "must",
    "must": "must",
    "will": "must",
    "undertakes": "must",
    "undertake": "must",
    "agrees": "must",
    "agree": "must",
    "may": "may",
    "can": "may",
    "might": "may",
    "could": "may",
    "should": "should",
    "ought": "should",
    "endeavour": "should",
}
_NEGATIONS = word_set("plans", "negations")


@dataclass(frozen=True)
class Point:
    """A point, sub-point or option.

    Attributes:
        label: its mark, with that of its parent before it ("3", "3(a)", "3/Option B").
        sentences: numbers of the sentences that it consists of, sub-points not included.
        text: as the draft says it, blanks collapsed; never stored.
    """

    label: str
    level: Level
    parent: str
    text: str
    start: int
    end: int
    sentences: tuple[int, ...]

    @property
    def title(self) -> str:
        """The first words, for lists."""
        words = self.text.split()
        return " ".join(words[:12]) + ("…" if len(words) > 12 else "")


class Substance(NamedTuple):
    """What a point is about, as far as two versions must share it."""

    numbers: tuple[str, ...]
    parties: tuple[str, ...]
    obligation: tuple[str, ...]
    negations: int


class Change(NamedTuple):
    """One row of two drafts side by side.

    Attributes:
        one, other: the point in each; None where it has none.
        kind: `changed` is a change of substance, `reworded` one of words only.
        substance: in what it changed: number, party, obligation, negation; with both versions.
        moved: whether it has another label.
    """

    one: Point | None
    other: Point | None
    kind: Literal["same", "reworded", "changed", "added", "dropped"]
    substance: tuple[str, ...]
    differences: tuple[Difference, ...]
    moved: bool


def find_points(sentences: Sequence[Sentence]) -> list[Point]:
    """Points of a document in its order; empty where it has too few to be a plan."""
    rows: list[tuple[Level, str, str, list[Sentence], str]] = []
    current = ""
    seen_block = -1
    for sentence in sentences:
        starts = sentence.block != seen_block
        seen_block = sentence.block
        mark = _mark(sentence.text) if starts and sentence.kind != "credit" else None
        if mark is None:
            if rows and sentence.kind in ("body", "quote") and (not starts or not sentence.text.isupper()):
                rows[-1][3].append(sentence)
            continue
        level, label, rest = mark
        if level == "point":
            current = label
            rows.append((level, label, "", [sentence], rest))
        elif current:
            shown = f"{current}/Option {label}" if level == "option" else _sub(current, label, rows)
            rows.append((level, shown, current, [sentence], rest))
    if sum(level == "point" for level, *_ in rows) < LEAST_POINTS:
        return []
    found: list[Point] = []
    for level, label, parent, said, rest in rows:
        text = " ".join([rest, *(s.text for s in said[1:])]).strip()
        found.append(Point(label, level, parent, text, said[0].start, said[-1].end, tuple(s.number for s in said)))
        found += _bracketed(found[-1])
    return found


def _mark(text: str) -> tuple[Level, str, str] | None:
    for level, pattern in _MARKS:
        match = pattern.match(text)
        if match:
            return level, match[1], text[match.end() :]
    return None


def _sub(current: str, label: str, rows: Sequence[tuple[Level, str, str, list[Sentence], str]]) -> str:
    if label.startswith(f"{current}."):
        return label
    if not label.isalnum():
        label = str(1 + sum(parent == current and level == "subpoint" for level, _, parent, *_ in rows))
    return f"{current}({label})"


def _bracketed(point: Point) -> list[Point]:
    """Alternatives in square brackets, each as an option of its point."""
    match = _BRACKETS.search(point.text)
    if match is None or point.level == "option":
        return []
    parts = [part.strip() for part in re.split(r"\s*[/|]\s*", match[1]) if part.strip()]
    return [
        Point(
            f"{point.label}/Option {chr(65 + k)}",
            "option",
            point.label,
            f"{point.text[: match.start()]}{part}{point.text[match.end() :]}",
            point.start,
            point.end,
            point.sentences,
        )
        for k, part in enumerate(parts[:26])
    ]


def whole_text(points: Sequence[Point], label: str) -> str:
    """A point with its sub-points, without its options."""
    return " ".join(p.text for p in points if p.label == label or (p.parent == label and p.level == "subpoint"))


def substance(text: str) -> Substance:
    """Numbers, parties, obligation and negation of a point."""
    row = tokens(text)
    words = [token.lower for token in row]
    numbers = [str(_number(word)) for word in words if _number(word) is not None]
    parties = {
        piece.entry.actor if piece.entry else " ".join(token.text for token in row[piece.first : piece.end])
        for piece in pieces(row)
        if piece.part != "title"
    }
    parties |= {f"Party {m[1]}" for m in re.finditer(r"\b(?:Party|Side)\s+([A-Z])\b", text)}
    obligation = [OBLIGATION[word] for word in words if word in OBLIGATION]
    return Substance(
        tuple(sorted(numbers)), tuple(sorted(parties)), tuple(obligation), sum(word in _NEGATIONS for word in words)
    )


def _number(word: str) -> float | None:
    head = word.split("-")[0]
    if head in ONES and head != "one":
        return float(ONES[head])
    if head in TENS:
        return float(TENS[head])
    match = re.match(r"^\d+(?:[.,]\d+)*", head)
    return float(re.sub(r",(?=\d{3})", "", match[0]).replace(",", ".")) if match and match[0].count(".") <= 1 else None


def align(one: Sequence[Point], other: Sequence[Point]) -> list[Change]:
    """Two drafts point by point, in the order of the first; points that only the second has come where they stand."""
    left = [p for p in one if p.level == "point"]
    right = [p for p in other if p.level == "point"]
    texts = {id(p): whole_text(one, p.label) for p in left} | {id(p): whole_text(other, p.label) for p in right}
    scores = sorted(
        (
            (-_likeness(texts[id(a)], texts[id(b)], a.label == b.label), i, j)
            for i, a in enumerate(left)
            for j, b in enumerate(right)
        )
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in scores:
        if -score >= SAME and i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    changes = [_change(a, right[partner[i]] if i in partner else None, texts) for i, a in enumerate(left)]
    for j, b in enumerate(right):
        if j not in taken:
            after = max((i for i, k in partner.items() if k < j), default=-1)
            place = next((n + 1 for n, c in enumerate(changes) if after >= 0 and c.one is left[after]), 0)
            while place < len(changes) and changes[place].one is None:
                place += 1
            changes.insert(place, Change(None, b, "added", (), (), False))
    return changes


def _likeness(one: str, other: str, same_label: bool) -> float:
    first, second = set(concepts(one)), set(concepts(other))
    shared = len(first & second) / max(1, len(first | second))
    letters = fuzz.token_set_ratio(one.lower(), other.lower()) / 100
    return 0.7 * shared + 0.3 * max(0.0, 2 * letters - 1) + 0.05 * same_label


def _change(one: Point, other: Point | None, texts: dict[int, str]) -> Change:
    if other is None:
        return Change(one, None, "dropped", (), (), False)
    said, then = texts[id(one)], texts[id(other)]
    moved = one.label != other.label
    if " ".join(said.lower().split()) == " ".join(then.lower().split()):
        return Change(one, other, "same", (), (), moved)
    why = _substantial(substance(said), substance(then))
    return Change(one, other, "changed" if why else "reworded", why, differences(said, then), moved)


def _substantial(one: Substance, other: Substance) -> tuple[str, ...]:
    why = []
    for name, a, b in (("number", one.numbers, other.numbers), ("party", one.parties, other.parties)):
        gone, new = sorted(set(a) - set(b)), sorted(set(b) - set(a))
        if gone or new:
            why.append(f"{name}: {_short(gone) or 'none'} -> {_short(new) or 'none'}")
    if sorted(set(one.obligation)) != sorted(set(other.obligation)):
        why.append(
            f"obligation: {'/'.join(dict.fromkeys(one.obligation)) or 'none'} -> "
            f"{'/'.join(dict.fromkeys(other.obligation)) or 'none'}"
        )
    if (one.negations > 0) != (other.negations > 0):
        why.append(f"negation: {'yes' if one.negations else 'no'} -> {'yes' if other.negations else 'no'}")
    return tuple(why)


def _short(items: Sequence[str]) -> str:
    return ", ".join(item.removesuffix(".0") for item in items[:6])

"""Mechanisms of wartime bargaining that a text speaks of: which, for whom, in which direction, how plainly, in whose
voice.

A finding proposes a parameter of a scenario to look at. It never proposes a number: numbers that stand in a text are
quantities of their own (`quantities.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ripeness.sources.actors import Mention
from ripeness.sources.events import NEGATIONS
from ripeness.sources.lexicon import Cue, Direction, Lexicon, Strength
from ripeness.sources.parsing import Parsed
from ripeness.sources.patterns import Match
from ripeness.sources.sentences import Sentence
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, forms


class MechanismFinding(NamedTuple):
    """One mechanism in one sentence.

    Attributes:
        sentence: its number.
        start, end: span of the cue, within the sentence as written.
        side: the actor that it concerns; empty where nobody is named.
        strength: whether the text states it or implies it.
        voice: "author", or the actor whose words or views are reported.
        cue: the words that show it.
        claim: whether the sentence says that something follows, will be, or ought to be: what a scenario can test.
    """

    sentence: int
    start: int
    end: int
    mechanism: str
    side: str
    direction: Direction
    strength: Strength
    voice: str
    cue: str
    claim: bool


HEDGES = word_set("mechanisms", "hedges")
REPORTING = frozenset(
    forms("say")
    | forms("claim")
    | forms("argue")
    | forms("believe")
    | forms("think")
    | forms("insist")
    | forms("warn")
    | forms("add")
    | forms("tell")
    | forms("declare")
    | forms("comment")
    | forms("admit")
    | forms("complain")
    | forms("fear")
    | forms("perceive")
    | forms("promise")
    | forms("hope")
    | forms("boast")
    | {"according"}
)
CLAIM_WORDS = word_set("mechanisms", "claim_words")


def find_mechanisms(parsed: Parsed, lexicon: Lexicon) -> list[MechanismFinding]:
    """Mechanisms of a sentence in its order, at most one of a kind."""
    sentence, row, mentions, _, figurative = parsed
    if sentence.kind == "credit" or figurative:
        return []
    spans = {mention.first: mention.end for mention in mentions}
    best: dict[str, MechanismFinding] = {}
    named = {k for m in mentions if m.kind in ("organisation", "person") for k in range(m.first, m.end)}
    for match in lexicon.cues.matches(row, spans):
        if match.first in named:
            continue
        finding = _finding(sentence, row, mentions, match)
        kept = best.get(finding.mechanism)
        if kept is None or (bool(finding.side), finding.end - finding.start) > (
            bool(kept.side),
            kept.end - kept.start,
        ):
            best[finding.mechanism] = finding
    return sorted(best.values(), key=lambda f: (f.start, f.mechanism))


def _finding(
    sentence: Sentence, row: Sequence[Token], mentions: Sequence[Mention], match: Match[Cue]
) -> MechanismFinding:
    cue = match.meaning
    own_words = match.pattern.said.split()
    direction = cue.direction
    before = [token.lower for token in row[max(0, match.first - 3) : match.first]]
    if any(word in NEGATIONS for word in before) and not any(
        word in ("no", "not", "never", "without") for word in own_words[:1]
    ):
        direction = "-" if direction == "+" else "+"
    strength: Strength = (
        "implies"
        if cue.strength == "implies"
        or any(token.lower in HEDGES and not (k and token.is_capital) for k, token in enumerate(row))
        else "states"
    )
    said = " ".join(token.text for token in row[match.first : match.end])
    return MechanismFinding(
        sentence.number,
        row[match.first].start,
        row[match.end - 1].end,
        cue.mechanism,
        _side(row, mentions, match),
        direction,
        strength,
        _voice(sentence, row, mentions, match),
        said,
        any(token.lower in CLAIM_WORDS for token in row) and sentence.kind in ("body", "quote", "heading"),
    )


def _side(row: Sequence[Token], mentions: Sequence[Mention], match: Match[Cue]) -> str:
    """The actor that a cue concerns, by the rule of the cue."""
    rule = match.meaning.side
    if rule == "none":
        return ""
    inside = [m for m in mentions if match.first <= m.first < match.end and m.use != "place"]
    before = [m for m in mentions if m.end <= match.first and m.use != "place"]
    after = [m for m in mentions if m.first >= match.end and m.use != "place"]
    if rule == "after":
        chosen = [*inside, *after] or before[-1:]
        return chosen[0].actor if chosen else ""
    if rule == "before":
        owner = before[-1:] if before and before[-1].end == match.first else []
        subject = [m for m in before if not _governed(row, m)]
        chosen = owner or subject[-1:] or before[-1:] or inside or after
        return chosen[0].actor if chosen else ""
    gaps = (
        [(match.first - m.end, m.actor) for m in before]
        + [(m.first - match.end + 1, m.actor) for m in after]
        + [(-1, m.actor) for m in inside]
    )
    return min(gaps, key=lambda gap: gap[0])[1] if gaps else ""


def _governed(row: Sequence[Token], mention: Mention) -> bool:
    return bool(mention.first) and row[mention.first - 1].lower in (
        "of",
        "in",
        "on",
        "with",
        "against",
        "from",
        "to",
        "for",
        "by",
    )


def _voice(sentence: Sentence, row: Sequence[Token], mentions: Sequence[Mention], match: Match[Cue]) -> str:
    """Whose words or views a cue stands in."""
    for k, token in enumerate(row[: match.first]):
        if token.lower in REPORTING:
            speakers = [m for m in mentions if m.end <= k]
            if speakers:
                return speakers[-1].actor
    tail = row[match.end :]
    for k, token in enumerate(tail):
        if token.lower in REPORTING and k and any(t.text in (",", "”", '"') for t in tail[:k]):
            near = [m for m in mentions if match.end + k - 6 <= m.first]
            if near:
                return near[0].actor
    return "author" if sentence.kind != "quote" else "quoted"

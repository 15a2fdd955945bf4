"""Events: who did what to whom, when and where, in which mode.

A trigger of the lexicon is a verb or a noun. Of an active verb the actor before it in the clause is the source and the
actor after it the target; a passive turns them round; a noun finds them beside it ("the raid by X on Y"). Without an
actor that is named, or named before by a pronoun, there is no event: what somebody in particular did, not what somebody
might do. An analogy tells of no events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from ripeness.sources.actors import ROLE_WORDS, Mention
from ripeness.sources.lexicon import Lexicon, Trigger
from ripeness.sources.names import TITLES
from ripeness.sources.parsing import Parsed
from ripeness.sources.patterns import Match
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, forms

Mode = Literal["happened", "claimed", "threatened", "planned", "denied"]


class Event(NamedTuple):
    """One event.

    Attributes:
        sentence: its number.
        start, end: span of the words that tell it, within the sentence as written.
        source, target: who did it to whom; empty where the text does not say.
        when, where: as the text says it; empty where it does not.
        trigger: the words that show it.
    """

    sentence: int
    start: int
    end: int
    category: str
    source: str
    target: str
    mode: Mode
    when: str
    where: str
    trigger: str


BREAKS = word_set("events", "breaks")
CLAUSE_WORDS = word_set("events", "clause_words")
NEGATIONS = word_set("events", "negations")
PLANNING = frozenset(
    forms("plan")
    | forms("intend")
    | forms("consider")
    | forms("prepare")
    | forms("expect")
    | forms("hope")
    | forms("promise")
    | forms("pledge")
    | forms("aim")
    | forms("schedule")
    | forms("propose")
    | forms("offer")
    | forms("seek")
    | forms("want")
    | forms("agree")
    | forms("discuss")
    | forms("mull")
    | forms("weigh")
    | forms("vow")
    | forms("wish")
    | forms("try")
    | forms("need")
    | {
        "will",
        "would",
        "shall",
        "may",
        "might",
        "could",
        "should",
        "must",
        "ready",
        "willing",
        "likely",
        "possible",
        "due",
        "set",
        "wanted",
        "'ll",
        "unwilling",
    }
)
THREATENING = frozenset(forms("threaten") | forms("warn") | {"threat", "threats", "warning", "ultimatum"})
CLAIMING = frozenset(
    forms("claim")
    | forms("say")
    | forms("allege")
    | forms("insist")
    | forms("assert")
    | forms("report")
    | forms("maintain")
    | forms("announce")
    | forms("declare")
    | forms("boast")
    | {"according", "reportedly", "allegedly", "supposedly", "apparently"}
)
BE = word_set("events", "be")
MODALS = word_set("events", "modals")
SUBJECT_BEFORE = word_set("events", "subject_before")
DETERMINERS = word_set("events", "determiners")
PREPOSITIONS = word_set("events", "prepositions")
OBJECT_PREPOSITIONS = word_set("events", "object_prepositions")
NOT_SOURCE_BEFORE = word_set("events", "not_source_before")

SUFFERING = (
    forms("face")
    | forms("suffer")
    | forms("endure")
    | forms("withstand")
    | forms("resist")
    | forms("survive")
    | forms("repel")
    | forms("undergo")
)
FIGURES = word_set("events", "figures")
ING_NOUNS = word_set("events", "ing_nouns")
ROLE_FILLERS = ROLE_WORDS | TITLES | word_set("events", "role_fillers")

_WHEN = re.compile(
    r"\b(?:(?:on|since|until|by|in|from|late|early|during|before|after)\s+)*(?:"
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)(?:\s+\d{1,2})?(?:,?\s+\d{4})?|"
    r"\d{1,2}\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)(?:\s+\d{4})?)|"
    r"(?:last|this|next|early|late)\s+(?:week|month|year|spring|summer|autumn|winter|night|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|yesterday|today|tomorrow|tonight|"
    r"(?:1[5-9]|20)\d{2}|(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:days|weeks|months|years)\s+(?:ago|later|earlier))\b"
)


def find_events(parsed: Parsed, lexicon: Lexicon) -> list[Event]:
    """Events of a sentence in its order; one for each category, source and target."""
    if parsed.sentence.kind == "credit" or parsed.figurative:
        return []
    found: dict[tuple[str, str, str], Event] = {}
    for event in _all_events(parsed, lexicon):
        found.setdefault((event.category, event.source, event.target), event)
    return list(found.values())


def _all_events(parsed: Parsed, lexicon: Lexicon) -> list[Event]:
    sentence, row, mentions, places, _ = parsed
    spans = {mention.first: mention.end for mention in mentions}
    named = {k for m in mentions if m.kind in ("organisation", "person") for k in range(m.first, m.end)}
    best: dict[int, Match[Trigger]] = {}
    for match in lexicon.triggers.matches(row, spans):
        verb = is_verb(row, match.first, mentions)
        if verb is not None and verb != match.meaning.verb:
            continue
        if match.first in named or _is_figure(row, match):
            continue
        kept = best.get(match.first)
        longer = kept is None or match.end - match.first > kept.end - kept.first
        if longer or (verb is None and kept.meaning.verb and not match.meaning.verb and match.end == kept.end):  # type: ignore[union-attr]
            best[match.first] = match
    verbs = frozenset(match.first for match in best.values() if match.meaning.verb)
    found: list[Event] = []
    for match in _outermost(best.values()):
        inner = [m.actor for m in mentions if match.first < m.first < match.end] if "{A}" in match.pattern.said else []
        source, target, reciprocal = (
            (inner[0], "", None)
            if inner
            else _of_verb(row, match, mentions, verbs)
            if match.meaning.verb
            else _of_noun(row, match, mentions, lexicon)
        )
        if match.meaning.category in ("CONSULT", "COOPERATE", "AGREE") and reciprocal and not target:
            source, target = reciprocal
        if not _tells(match, source, target, row):
            continue
        start, end = row[match.first].start, row[match.end - 1].end
        mode = _mode(row, match, mentions, source)
        found.append(
            Event(
                sentence.number,
                start,
                end,
                match.meaning.category,
                source,
                target,
                mode,
                _when(sentence.raw),
                _where(row, places),
                " ".join(token.text for token in row[match.first : match.end]),
            )
        )
    return found


def _outermost(matches: Iterable[Match[Trigger]]) -> list[Match[Trigger]]:
    """Matches by place, without those inside a longer one of the same category."""
    kept: list[Match[Trigger]] = []
    for match in sorted(matches, key=lambda m: (m.first - m.end, m.first)):
        inside = any(
            k.first <= match.first and match.end <= k.end + 1 and k.meaning.category == match.meaning.category
            for k in kept
        )
        if not inside:
            kept.append(match)
    return sorted(kept, key=lambda m: m.first)


def _is_figure(row: Sequence[Token], match: Match[Trigger]) -> bool:
    """A figure of speech ("captured attention"), or nobody in particular ("pressing whoever comes")."""
    after = [token.lower for token in row[match.end : match.end + 5]]
    return bool(set(after) & FIGURES) or after[:1] in (["whichever"], ["whoever"], ["whatever"], ["anyone"])


def _tells(match: Match[Trigger], source: str, target: str, row: Sequence[Token]) -> bool:
    """Whether enough is known: a source; or, of a noun or a passive, a target."""
    if source and source == target:
        return False
    if source:
        return True
    passive = (
        match.meaning.verb
        and match.first
        and any(token.lower in BE for token in row[max(0, match.first - 3) : match.first])
    )
    return (
        bool(target)
        and (not match.meaning.verb or bool(passive))
        and match.meaning.category
        in ("ASSAULT", "CONSULT", "SANCTION", "AID", "COERCE", "AGREE", "RETREAT", "ACCUSE", "CONCEDE")
    )


def is_verb(row: Sequence[Token], k: int, mentions: Sequence[Mention]) -> bool | None:
    """Whether a word that could be both is a verb here; None where nothing tells."""
    word = row[k].lower
    j = k - 1
    while j >= 0 and (
        row[j].lower.endswith("ly")
        or row[j].lower
        in (
            "not",
            "also",
            "never",
            "again",
            "then",
            "now",
            "still",
            "already",
            "once",
            "n't",
            "repeatedly",
            "ever",
            "just",
            "soon",
            "twice",
        )
    ):
        j -= 1
    before = row[j] if j >= 0 else None
    after = row[k + 1].lower if k + 1 < len(row) else ""
    if word == "back" and (
        before is None
        or not (before.lower in MODALS or before.lower in SUBJECT_BEFORE or any(m.end == j + 1 for m in mentions))
    ):
        return False
    if word.endswith("ing"):
        if before is not None and (before.lower in DETERMINERS or before.lower == "'s"):
            return False
        if before is not None and (
            before.lower in BE
            or before.lower
            in (
                "by",
                "of",
                "without",
                "from",
                "after",
                "before",
                "while",
                "keep",
                "kept",
                "started",
                "stopped",
                "began",
            )
        ):
            return True
        return False if word in ING_NOUNS else None
    if before is None:
        return None
    lower = before.lower
    if lower in DETERMINERS or lower == "'s":
        return lower in ("this", "that", "these", "those", "all") and word.endswith("ed")
    if lower in ("to",):
        return None if word.endswith("s") else True
    if lower in MODALS or lower in SUBJECT_BEFORE:
        return True
    if lower in BE or lower in ("has", "have", "had", "having"):
        return True if word.endswith(("ed", "en", "wn", "ught", "uck", "ld", "t")) else None
    if lower in PREPOSITIONS:
        return False if not word.endswith("ed") else None
    for mention in mentions:
        if mention.end == j + 1:
            if mention.use == "modifier":
                return False
            # "X attacks Y" against "X attacks on Y"
            if after in (
                "on",
                "against",
                "by",
                "with",
                "between",
                "of",
                "in",
                "from",
                "continue",
                "have",
                "were",
                "are",
            ) and word.endswith("s"):
                return False if after in ("on", "by", "have", "were", "are", "continue", "of") else None
            return True
    if (
        before.is_word
        and lower.endswith(("ous", "ive", "ian", "ese", "ish", "ful", "ary", "ic", "al", "less"))
        and not word.endswith("ed")
    ):
        return False
    return None


def _clause_start(row: Sequence[Token], k: int) -> int:
    """First token of the clause that a token stands in."""
    j = k
    while j > 0:
        token = row[j - 1]
        if token.text in BREAKS or token.lower in (
            "that",
            "because",
            "although",
            "while",
            "but",
            "whether",
            "if",
            "when",
            "after",
            "before",
            "since",
            "until",
            "though",
        ):
            return j
        j -= 1
    return 0


def _clause_end(row: Sequence[Token], k: int) -> int:
    """Token after the last of the clause that a token stands in."""
    j = k
    while j < len(row):
        token = row[j]
        if token.text in BREAKS or token.lower in (
            "because",
            "although",
            "while",
            "but",
            "whether",
            "when",
            "though",
            "after",
            "who",
            "which",
            "whose",
        ):
            return j
        j += 1
    return len(row)


def _of_verb(
    row: Sequence[Token], match: Match[Trigger], mentions: Sequence[Mention], verbs: frozenset[int]
) -> tuple[str, str, tuple[str, str] | None]:
    first, end = match.first, match.end
    begin = _clause_start(row, first)
    before = [m for m in mentions if m.end <= first and m.first >= begin and m.use != "place"]
    if not before and begin > 0:  # "X, which/that ... attacked": the actor before the clause
        opener = row[begin - 1].lower
        if opener in ("that", "and", "after", "before", "while", "but", "when", ",") or row[begin - 1].text in (
            "—",
            "–",
        ):
            earlier = [m for m in mentions if m.end <= begin and m.use in ("name", "pronoun", "modifier")]
            if opener == "that":
                before = earlier[-1:]
            elif opener in ("after", "before", "while", "but"):
                before = earlier[:1] if row[first].lower.endswith("ing") or opener == "but" else []
    stop = _clause_end(row, end)
    after = [
        m
        for m in mentions
        if m.first >= first + 1 and m.first < stop and m.use in ("name", "modifier", "pronoun", "place")
    ]
    passive = _is_passive(row, first)
    subject = _subject(row, before, first, verbs)
    if passive:
        agent = _after_word(row, after, "by")
        return agent, subject, None
    objects = [
        m
        for m in after
        if m.use != "place" or row[m.first - 1].lower in ("into", "to", "toward", "towards", "on", "against")
    ]
    heads = _heads(row, objects)
    target = next((m.actor for m in heads if m.actor != subject and not _past_next_verb(row, end, m.first)), "")
    pair = None
    names = [m.actor for m in _conjoined(row, before)]
    if len(names) >= 2 and not target and subject == names[0] != names[1]:
        pair = (names[0], names[1])
    return subject, target, pair


def _is_passive(row: Sequence[Token], first: int) -> bool:
    word = row[first].lower
    if not word.endswith(
        ("ed", "en", "wn", "ught", "uck", "ld", "un", "ot", "ade", "ed", "it", "id", "one", "ut", "ung")
    ):
        return False
    j = first - 1
    while j >= 0 and (row[j].lower.endswith("ly") or row[j].lower in ("not", "also", "again", "already", "once")):
        j -= 1
    return j >= 0 and row[j].lower in BE


def _subject(row: Sequence[Token], before: Sequence[Mention], first: int, verbs: frozenset[int]) -> str:
    """The actor that does what a verb says: the nearest before it that no preposition or other verb governs.

    Of a list ("X, Y and Z met") it is the first.
    """
    if first and row[first - 1].lower == "into":  # "pressed into signing": by whom it is done, the text leaves open
        return ""
    for k in range(len(before) - 1, -1, -1):
        mention = before[k]
        lead = _lead(row, mention)
        governed = lead >= 0 and (row[lead].lower in NOT_SOURCE_BEFORE or lead in verbs)
        if governed or mention.use == "place":
            continue
        listed = _conjoined(row, before[: k + 1])
        return listed[0].actor if listed else mention.actor
    for mention in before:  # "members of X", "two ships of the X navy"
        lead = _lead(row, mention)
        if lead > 0 and row[lead].lower == "of" and lead <= _clause_start(row, first) + 3 and mention.use != "place":
            return mention.actor
    return ""


def _lead(row: Sequence[Token], mention: Mention) -> int:
    """The token that governs a mention: before its determiners, titles and adverbs; -1 at the start."""
    lead = mention.first - 1
    while lead >= 0 and (row[lead].lower in DETERMINERS or row[lead].lower in TITLES or row[lead].lower.endswith("ly")):
        lead -= 1
    return lead


def _conjoined(row: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """The list that ends in the last mention ("X, his envoy Y and Z"); empty where it is no list."""
    if not mentions:
        return []
    found = [mentions[-1]]
    for mention in reversed(mentions[:-1]):
        between = [token.lower for token in row[mention.end : found[0].first]]
        if (
            not between
            or len(between) > 8
            or not all(word in (",", "and", "or") or word in ROLE_FILLERS for word in between)
        ):
            break
        if not {"and", ",", "or"} & set(between):
            continue
        found.insert(0, mention)
    return (
        found if len(found) > 1 and any(token.lower == "and" for token in row[found[0].first : found[-1].first]) else []
    )


def _heads(row: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions without those that only qualify the next one: "US President X's envoy Y" is Y."""
    found = []
    for k, mention in enumerate(mentions):
        after = mentions[k + 1] if k + 1 < len(mentions) else None
        if after is not None:
            between = [token.lower for token in row[mention.end : after.first]]
            owns = between[:1] == ["'s"] or mention.use == "modifier" or mention.kind in ("state", "group")
            if owns and len(between) <= 6 and all(word == "'s" or word in ROLE_FILLERS for word in between):
                continue
        found.append(mention)
    return found


def _after_word(row: Sequence[Token], after: Sequence[Mention], word: str) -> str:
    for mention in after:
        lead = [token.lower for token in row[max(0, mention.first - 4) : mention.first]]
        if word in lead:
            return mention.actor
    return ""


def _past_next_verb(row: Sequence[Token], end: int, first: int) -> bool:
    """Whether another clause begins between a verb and a mention: "..., then met with"; ", and she said"."""
    between = row[end:first]
    for k, token in enumerate(between):
        if (
            token.lower in ("said", "says", "then", "before", "ahead")
            or (token.text == "," and k + 1 < len(between) and between[k + 1].lower.endswith("ing"))
            or (
                token.text == ","
                and k + 1 < len(between)
                and between[k + 1].lower in ("then", "and", "but")
                and k + 2 < len(between)
                and between[k + 2].lower.endswith("ed")
            )
        ):
            return True
    return len(between) > 16


def _of_noun(
    row: Sequence[Token], match: Match[Trigger], mentions: Sequence[Mention], lexicon: Lexicon
) -> tuple[str, str, tuple[str, str] | None]:
    first, end = match.first, match.end
    source = target = ""
    for mention in mentions:  # "X's talks", "Iraqi shelling"
        gap = first - mention.end
        if (0 <= gap <= 4 and mention.use != "place") or (0 <= gap <= 3 and mention.use == "place"):
            between = [token.lower for token in row[mention.end : first]]
            owns = (
                between[:1] == ["'s"]
                or (mention.use == "modifier" and all(w.isalpha() or "-" in w for w in between))
                or (not between)
            )
            if owns and not ({"and", "the", "to", "in", "with"} & set(between)):
                source = mention.actor
    stop = min(_clause_end(row, end), end + 14)
    after = _heads(row, [m for m in mentions if end - 1 <= m.first < stop])
    pair: list[str] = []
    of = lexicon.events[match.meaning.category].of
    last = row[end - 1].lower
    for mention in after:
        lead = [token.lower for token in row[max(end - 1, mention.first - 8) : mention.first]]
        governor = _lead(row, mention)
        word = row[governor].lower if governor >= end - 1 else last
        if "between" in lead or (pair and word == "and"):
            pair.append(mention.actor)
        elif word == "by" or (word == "from" and not source):
            source = source or mention.actor
        elif word == "of":
            if of == "source" or (of == "both" and not source):
                source = source or mention.actor
            elif of != "object":
                target = target or mention.actor
        elif word in OBJECT_PREPOSITIONS:
            target = target or mention.actor
        elif (
            word == "in"
            and mention.use == "place"
            and match.meaning.category == "ASSAULT"
            and not target
            and source != mention.actor
        ):
            target = ""
    if (
        not source
        and not match.meaning.verb
        and row[first - 1].lower not in ("no", "any")
        and match.meaning.category in ("CONSULT", "REQUEST", "ACCUSE", "THREATEN", "CONCEDE", "AID", "MOBILIZE")
    ):
        # "X offered talks", "X arrived for talks": whoever the clause is about
        begin = _clause_start(row, first)
        before = [m for m in mentions if m.end <= first and m.first >= begin and m.use in ("name", "pronoun")]
        if not pair:
            source = _subject(row, before, first, frozenset())
    if source and not target and not pair:
        suffered = {token.lower for token in row[max(0, first - 8) : first]} & SUFFERING
        begin = _clause_start(row, first)
        victims = [m for m in mentions if m.end <= first and m.first >= begin and m.actor != source and m.use == "name"]
        if suffered and victims:
            target = victims[0].actor
    if len(pair) >= 2:
        return pair[0], pair[1], (pair[0], pair[1])
    if len(pair) == 1:
        target = target or pair[0]
    return source, target if target != source else "", None


def _mode(row: Sequence[Token], match: Match[Trigger], mentions: Sequence[Mention], source: str) -> Mode:
    first = match.first
    begin = _clause_start(row, first)
    near = [_modal_or_month(token, k) for k, token in enumerate(row)][max(begin, first - 7) : first]
    part = max((k + 1 for k in range(first) if row[k].text == ";"), default=0)
    whole = [token.lower for token in row[part:first]]
    own = match.meaning.category
    negations = NEGATIONS if match.meaning.verb else NEGATIONS - {"failed", "fails", "hardly"}
    if any(word in negations or word.endswith("n't") for word in near[-5:]) and not (
        own == "REJECT" and near[-1:] == ["no"]
    ):
        return "denied"
    if own != "THREATEN" and any(word in THREATENING for word in near):
        return "threatened"
    if (
        own in ("CONSULT", "AGREE")
        and any(word in ("ahead", "before", "for", "upcoming", "next") for word in near[-3:])
        and not match.meaning.verb
    ):
        return "planned"
    if (
        any(word in PLANNING for word in near)
        or near[-2:] == ["going", "to"]
        or (
            near[-1:] == ["to"]
            and near[-2:-1]
            not in (["began"], ["managed"], ["helped"], ["continue"], ["continued"], ["forced"], ["continues"])
        )
    ):
        return "planned"
    if any(word in CLAIMING for word in whole) and not (match.meaning.verb and row[first].lower in CLAIMING):
        speaker = next((k for k in range(part, first) if row[k].lower in CLAIMING), None)
        if speaker is not None and any(m.end <= speaker + 3 for m in mentions):
            return "claimed"
    tail = [token.lower for token in row[match.end :]]
    if any(a in CLAIMING and "," in tail[: k + 1] for k, a in enumerate(tail)) and "according" in tail:
        return "claimed"
    return "happened"


def _modal_or_month(token: Token, k: int) -> str:
    """A word in lower case, but for names and months: "May" is no "may"."""
    return token.text if k and token.is_capital else token.lower


def _when(raw: str) -> str:
    found = _WHEN.search(" ".join(raw.split()))
    return found[0] if found else ""


def _where(row: Sequence[Token], places: Sequence[tuple[int, int]]) -> str:
    return "; ".join(" ".join(token.text for token in row[first:end]) for first, end in places)

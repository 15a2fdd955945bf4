"""Names in a text: runs of capitalised words, cut into states, titles and the names of people and organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ripeness.sources.gazetteer import Entry, gazetteer
from ripeness.sources.words import Token

Part = Literal["known", "title", "name"]

CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december christmas easter thanksgiving ramadan passover yom kippur eid ashura independence new year "
    "spring summer autumn winter".split()
)
TITLES = frozenset(
    "president vice prime minister premier chancellor king queen prince princess emperor sultan sheikh emir emira shah ayatollah "
    "general gen colonel col major maj captain capt lieutenant lt marshal field admiral adm brigadier commander commandant sergeant "
    "foreign defence defense interior finance justice secretary state deputy acting former ex-president senator congressman congresswoman governor mayor "
    "ambassador envoy special emissary representative mr mrs ms miss dr sir lord lady dame imam pope archbishop bishop cardinal "
    "reverend rabbi mullah professor chief staff security adviser advisor council attorney head spokesman spokeswoman spokesperson "
    "chairman chairwoman chair director speaker leader comrade warlord rebel opposition junta army".split()
)
"""Words that stand before a person's name and say what he or she is. The first word of a run decides."""

HARD_TITLES = TITLES - frozenset("field state staff security council army major special foreign defence defense interior finance justice former acting opposition rebel".split())  # fmt: skip
ORGANISATION_HEADS = frozenset(
    "army brigade battalion regiment division corps force forces navy ministry department council union party front movement "
    "group organization organisation agency parliament congress senate court bank committee authority government militia guard "
    "guards league alliance command commission assembly federation association fund institute university company corporation "
    "office bureau service services police coalition network brigades militias legion fleet directorate secretariat faction "
    "resistance liberation cabinet junta senate knesset duma politburo tribunal mission squad unit cartel syndicate".split()
)
PLACE_HEADS = frozenset(
    "river province region valley city strait straits sea peninsula mountain mountains bay island islands road oblast district "
    "county lake canal desert coast highlands heights ridge hill hills pass port airport bridge plain delta gulf cape square "
    "street avenue village town border line zone corridor basin plateau forest airfield dam crossing pass gorge gap".split()
)
PLACE_BEFORE = frozenset("in at near outside around from to into toward towards across through inside beyond on of over along north south east west northern southern eastern western above below between".split())  # fmt: skip
DIRECTIONS = frozenset("north south east west northern southern eastern western central upper lower".split())
CONNECTORS = frozenset("of de del della la le al el bin ben ibn abu van von der den du da dos the for and".split())
EQUIPMENT = frozenset(
    "missile missiles howitzer howitzers tank tanks drone drones jet jets rifle rifles rocket rockets launcher launchers "
    "helicopter helicopters fighter bomber bombers system systems aircraft shell shells gun guns cannon vehicle vehicles "
    "torpedo frigate destroyer submarine radar mortar mortars mine mines munition munitions".split()
)
GROUPS = frozenset(
    "troops soldiers forces allies ally partners leaders leader officials official officers officer diplomats diplomat government governments army "
    "navy rebels fighters militants insurgents guerrillas militia militias commanders generals negotiators delegation envoys "
    "mediators peacekeepers police parliament opposition president ministers minister delegates citizens people public lawmakers "
    "authorities regime military commander marines paratroopers guards capitals states nations donors powers monarchs ".split()
)
"""Words for people or bodies after a demonym: "European allies", "Iraqi troops"."""

NOT_NAMES = frozenset(
    "i a an the this that these those he she it we they you my our your his her its their and but or nor so yet for in on at by to "
    "of from with as if when while where why how what who which whose whom there here now then thus hence still even only just "
    "both neither either each every all some any no none one two three four five six seven eight nine ten many most more much few "
    "several such another other others same own not never ever always often sometimes once twice again also too very quite rather "
    "perhaps maybe indeed instead meanwhile moreover however therefore otherwise nevertheless nonetheless although though because "
    "since until unless whether whatever whenever wherever whoever after before during between among against within without under "
    "over above below behind beyond beside besides despite except like unlike near toward towards through throughout across along "
    "around about into onto upon off out up down yes first second third last next former latter new old recent early late today "
    "tomorrow yesterday tonight is are was were be been being am has have had do does did will would shall should may might can "
    "could must let namely given asked added according speaking talks peace war members members' related article read video photo analysis "
    "nothing nobody everyone everything someone something anyone anything people officials sources analysts diplomats experts observers "
    "critics soldiers troops fighters rebels villagers residents mediators generals commanders ministers both negotiators time money "
    "winter spring summer autumn months weeks days years night morning half inside outside later earlier soon long longer short "
    "part parts point points article annex section option paragraph chapter plan draft table figure note notes".split()
)
"""Words that begin sentences and lines, and are no names."""


class Piece(NamedTuple):
    """A part of a run of capitalised words.

    Attributes:
        first, end: tokens, `end` exclusive.
        part: a name of the gazetteer, a title, or another name.
        entry: what a known name stands for.
    """

    first: int
    end: int
    part: Part
    entry: Entry | None = None


def pieces(listed: Sequence[Token], lower_words: frozenset[str] = frozenset(), heading: bool = False) -> list[Piece]:
    """Names of a sentence in their order.

    Args:
        lower_words: words that the document writes in lower case somewhere, which therefore are no names where they
            merely begin a sentence.
        heading: the sentence is a heading, in which any word may be capitalised.
    """
    found: list[Piece] = []
    k = 0
    while k < len(listed):
        known = _known(listed, k)
        if known is not None:
            end, entry = known
            found.append(Piece(k, end, "known", entry))
            k = end
            continue
        if _is_title(listed, k):
            found.append(Piece(k, k + 1, "title"))
            k += 1
            continue
        if not _is_name_word(listed, k, lower_words, heading):
            k += 1
            continue
        end = _name_end(listed, k, lower_words, heading)
        found.append(Piece(k, end, "name"))
        k = max(end, k + 1)
    return _joined(listed, found)


def _joined(listed: Sequence[Token], found: Sequence[Piece]) -> list[Piece]:
    """A demonym before the name of a body belongs to it: "the Iraqi Republican Guard"."""
    joined: list[Piece] = []
    for piece in found:
        last = joined[-1] if joined else None
        body = piece.part == "name" and listed[piece.end - 1].lower in ORGANISATION_HEADS
        if last and body and last.part == "known" and last.end == piece.first and last.entry is not None and last.entry.sense == "demonym":  # fmt: skip
            joined[-1] = Piece(last.first, piece.end, "name", last.entry)
        else:
            joined.append(piece)
    return joined


def _known(listed: Sequence[Token], k: int) -> tuple[int, Entry] | None:
    """The longest name of the gazetteer that begins at a token; case counts, so that "turkey" and "us" are words."""
    book = gazetteer()
    if not (listed[k].is_capital or (listed[k].is_word and "." in listed[k].text)):
        return None
    for length in range(min(book.longest, len(listed) - k), 0, -1):
        words = listed[k : k + length]
        entry = book.names.get(tuple(word.lower for word in words))
        if entry is None or not all(word.is_capital or word.lower in CONNECTORS or word.lower == "'s" for word in words):
            continue
        if length == 1 and len(words[0].text) <= 3 and not words[0].text.isupper() and "." not in words[0].text and entry.sense not in ("demonym", "state"):
            continue
        if length == 1 and words[0].text in ("Us", "Un", "Eu", "Au"):
            continue
        return k + length, entry
    return None


def _is_title(listed: Sequence[Token], k: int) -> bool:
    """A capitalised title before a name, or inside a row of titles before one."""
    if listed[k].lower not in TITLES or not listed[k].is_capital:
        return False
    j = k
    while j < len(listed) and (listed[j].lower in TITLES or listed[j].lower == "of" or listed[j].text == "."):
        j += 1
    after = listed[j] if j < len(listed) else None
    return after is not None and after.is_capital and after.lower not in NOT_NAMES and after.lower not in ORGANISATION_HEADS


def _is_name_word(listed: Sequence[Token], k: int, lower_words: frozenset[str], heading: bool) -> bool:
    token = listed[k]
    if token.text[0].isdigit():
        after = listed[k + 1] if k + 1 < len(listed) else None
        return token.lower.endswith(("st", "nd", "rd", "th")) and after is not None and after.is_capital and after.lower not in CALENDAR
    if not token.is_capital or token.lower in NOT_NAMES or token.lower in CALENDAR:
        return False
    if "-" in token.text and token.text.split("-")[1][:1].islower() and not token.text.startswith("al-"):
        return False  # "Western-backed", "Five-hour"
    if token.text.isupper() and len(token.text) > 1:
        return not (heading and all(word.text.isupper() for word in listed if word.is_word))
    starts = k == 0 or listed[k - 1].text in ("\"", "“", "‘", ":", "(", "—", "–") or (k == 1 and not listed[0].is_word)
    if starts or heading:
        if token.lower in lower_words:
            return False
        after = listed[k + 1] if k + 1 < len(listed) else None
        follows = after is not None and after.is_capital and after.lower not in NOT_NAMES
        if not follows and token.lower.endswith(("ly", "ing", "ed")) and not heading:
            return False
    return True


def _name_end(listed: Sequence[Token], k: int, lower_words: frozenset[str], heading: bool) -> int:
    """Where a name ends: it goes on over capitalised words, initials, and small words between them."""
    end = k + 1
    while end < len(listed):
        token = listed[end]
        if token.text == "." and is_initial(listed[end - 1]) and end + 1 < len(listed) and listed[end + 1].is_capital:
            end += 1
            continue
        if token.is_capital and token.lower not in CALENDAR and token.lower not in NOT_NAMES:
            end += 1
            continue
        if token.lower in CONNECTORS and end + 1 < len(listed) and listed[end + 1].is_capital and listed[end + 1].lower not in NOT_NAMES:
            head = listed[end - 1].lower in ORGANISATION_HEADS or token.lower in ("de", "del", "al", "el", "bin", "ben", "ibn", "van", "von", "der", "den", "da", "dos", "la")
            if head and token.lower not in ("and", "the", "for"):
                end += 1
                continue
            if token.lower == "for" and listed[end - 1].lower in ORGANISATION_HEADS:
                end += 1
                continue
        break
    return end


def is_initial(token: Token) -> bool:
    """A single capital letter, as in a person's initials."""
    return len(token.text) == 1 and token.text.isupper()

"""Actors: who is named, by which names, in which role and on whose side.

States come from the gazetteer; people and organisations are discovered: a run of capitalised words is a person where a
title, a role or a verb of speaking says so, an organisation where it ends in a word for one or is an acronym, a place
where a preposition or a word for one says so. What nothing speaks for is left out. That two names mean one actor is a
suggestion like everything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ripeness.sources.names import (
    DIRECTIONS,
    EQUIPMENT,
    GROUPS,
    HARD_TITLES,
    ORGANISATION_HEADS,
    PLACE_BEFORE,
    PLACE_HEADS,
    TITLES,
    Piece,
    pieces,
)
from ripeness.sources.sentences import Sentence
from ripeness.sources.wordlists import word_set
from ripeness.sources.words import Token, tokens

ActorKind = Literal["state", "person", "organisation", "group"]
Use = Literal["name", "modifier", "place", "pronoun"]

ROLE_WORDS = word_set("actors", "role_words")
SPEAKING = word_set("actors", "speaking")
LOCATIVE = PLACE_BEFORE - word_set("actors", "locative")
GENERIC_GROUPS = word_set("actors", "generic_groups")
EVENT_NOUNS = word_set("actors", "event_nouns")


VESSELS = word_set("actors", "vessels")
TEAMS = word_set("actors", "teams")
"""Words after "his" and "her" for those who act on somebody's behalf."""


class Mention(NamedTuple):
    """A place where an actor is named.

    Attributes:
        first, end: tokens of its sentence, `end` exclusive.
        actor: canonical name.
        use: as a name, as an adjective or possessor ("Iraqi troops"), as a place only, or by a pronoun.
    """

    first: int
    end: int
    actor: str
    kind: ActorKind
    use: Use


@dataclass
class Actor:
    """An actor of one document.

    Attributes:
        name: the fullest name.
        aliases: other names in the text, sorted.
        roles: what the text calls it, most frequent first.
        side: the state or person that it belongs to by the text; empty where nothing says so.
        n: mentions.
    """

    name: str
    kind: ActorKind
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    side: str = ""
    n: int = 0
    sentences: tuple[int, ...] = ()


@dataclass
class _Evidence:
    """What a document says about one unknown name."""

    n: int = 0
    person: int = 0
    organisation: int = 0
    place: int = 0
    equipment: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)


class Cast(NamedTuple):
    """Everybody in a document.

    Attributes:
        actors: by first appearance.
        mentions: of each sentence, in its order; empty for credits.
        places: names of places found, by sentence, as token spans.
    """

    actors: tuple[Actor, ...]
    mentions: tuple[tuple[Mention, ...], ...]
    places: tuple[tuple[tuple[int, int], ...], ...]


def find_actors(sentences: Sequence[Sentence], merges: Mapping[str, str] | None = None) -> Cast:
    """Actors of a document and every place where they are named.

    Args:
        merges: names that the analyst has decided to be other names of an actor.
    """
    lower_words = frozenset(
        token.lower for sentence in sentences for token in tokens(sentence.raw) if token.text[0].islower()
    )
    evidence = _evidence(_named(sentences, lower_words))
    return _cast(_named(sentences, lower_words), evidence, _kinds(evidence), merges or {})


def _named(
    sentences: Sequence[Sentence], lower_words: frozenset[str]
) -> Iterator[tuple[Sentence, list[Token], list[Piece]]]:
    """Each sentence with its tokens and names, made again in each pass: those of a whole document take much memory."""
    for sentence in sentences:
        row = tokens(sentence.raw)
        heading = sentence.kind in ("heading", "teaser") and _title_case(row)
        yield sentence, row, [] if sentence.kind == "credit" else pieces(row, lower_words, heading)


def _title_case(row: Sequence[Token]) -> bool:
    """Whether a heading capitalises its words, so that capitals say nothing."""
    words = [token for token in row if token.is_word and len(token.text) > 3]
    return bool(words) and sum(token.is_capital for token in words) > 0.7 * len(words)


def name_of(row: Sequence[Token], piece: Piece) -> str:
    """A name as written, with its tokens set apart by blanks."""
    said = " ".join(token.text for token in row[piece.first : piece.end])
    return said.replace(" .", ".").replace(" ’s", "’s")


def _evidence(named: Iterable[tuple[Sentence, Sequence[Token], Sequence[Piece]]]) -> dict[str, _Evidence]:
    evidence: dict[str, _Evidence] = defaultdict(_Evidence)
    for _, row, parts in named:
        for index, piece in enumerate(parts):
            if piece.part != "name":
                continue
            _weigh(evidence[name_of(row, piece)], row, parts, index)
    return evidence


def _weigh(said: _Evidence, row: Sequence[Token], parts: Sequence[Piece], index: int) -> None:
    piece = parts[index]
    before = row[piece.first - 1] if piece.first else None
    after = row[piece.end] if piece.end < len(row) else None
    words = [token.lower for token in row[piece.first : piece.end]]
    said.n += 1
    role, side = _role_before(row, parts, index)
    if piece.entry is not None:
        said.sides[piece.entry.actor] += 1
    if role:
        said.person += 3
        said.roles[role] += 1
    if side:
        said.sides[side] += 1
    if (
        words[-1] in ORGANISATION_HEADS
        or words[0] in ORGANISATION_HEADS
        or any(w in ORGANISATION_HEADS for w in words[1:])
    ):
        said.organisation += 4
    if len(words) == 1 and row[piece.first].text.isupper() and len(words[0]) > 1:
        said.organisation += 3
    if (
        words[-1] in PLACE_HEADS
        or words[0] in ("mount", "lake", "fort", "port", "cape", "camp")
        or (words[0] in DIRECTIONS and len(words) > 1)
    ):
        said.place += 4
    if any(token.lower in VESSELS for token in row[max(0, piece.first - 2) : piece.first]) or words[0] in (
        "hms",
        "uss",
    ):
        said.equipment += 9
    if after is not None:
        if after.lower in PLACE_HEADS:
            said.place += 3
        if any(token.lower in EQUIPMENT for token in row[piece.end : piece.end + 3]):
            said.equipment += 3
        if after.lower in EVENT_NOUNS:
            said.organisation += 2
        # a lone word that begins a sentence may be any noun: "Refugees said"
        if after.lower in SPEAKING and (piece.first > 0 or len(words) > 1):
            said.person += 2
        if after.text == "," and piece.end + 2 < len(row):
            following = [token.lower for token in row[piece.end + 1 : piece.end + 6]]
            if following[0] in ("the", "a", "an", "his", "her", "its", "who", "whose") and any(
                w in ROLE_WORDS or w == "who" for w in following
            ):
                said.person += 3
    governed = before is not None and (before.lower in PLACE_BEFORE or before.lower in ("for", "the", "by", "'s"))
    if len(words) in (2, 3) and not governed and not (after is not None and after.lower == "'s" and said.n == 1):
        said.person += 2  # two names in a row that nothing places: people most often
    if before is not None:
        if before.lower in LOCATIVE or (
            before.lower in ("to", "from", "into", "of", "through")
            and len(words) == 1
            and _after_place_word(row, piece)
        ):
            said.place += 2
        if before.lower == "the" and len(words) > 1:
            said.organisation += 1
        if (
            before.lower in ("and", ",")
            and index
            and parts[index - 1].end >= piece.first - 2
            and parts[index - 1].part == "name"
        ):
            said.person += 0


def _after_place_word(row: Sequence[Token], piece: Piece) -> bool:
    """ "the city of X", "returned to X", "the road to X" """
    earlier = [token.lower for token in row[max(0, piece.first - 4) : piece.first - 1]]
    moving = {
        "return",
        "returned",
        "returns",
        "flew",
        "travel",
        "travelled",
        "road",
        "city",
        "town",
        "village",
        "port",
        "near",
        "fled",
        "drove",
        "miles",
        "km",
        "kilometres",
        "outskirts",
        "battle",
        "siege",
        "fall",
        "capture",
        "island",
        "valley",
        "way",
        "arrived",
        "went",
    }
    return any(word in moving or word in PLACE_HEADS for word in earlier)


def _role_before(row: Sequence[Token], parts: Sequence[Piece], index: int) -> tuple[str, str]:
    """What stands before a name: its role ("foreign policy aide") and its side (a state, or a possessor)."""
    piece = parts[index]
    k = piece.first - 1
    words: list[str] = []
    hard = False
    if k >= 0 and row[k].text == "," and k and row[k - 1].lower in ROLE_WORDS:
        k -= 1
    while k >= 0 and len(words) < 6:
        token = row[k]
        if token.lower in TITLES and (token.is_capital or token.lower in ROLE_WORDS):
            hard = hard or token.lower in HARD_TITLES
        elif token.lower in ROLE_WORDS:
            hard = True
        elif token.lower == "of" and k and row[k - 1].lower in HARD_TITLES:
            pass  # "Secretary of State"
        elif not (
            hard
            and token.is_word
            and token.text[0].islower()
            and token.lower
            in (
                "foreign",
                "policy",
                "special",
                "defence",
                "defense",
                "security",
                "national",
                "chief",
                "former",
                "deputy",
                "of",
                "army",
                "rebel",
                "presidential",
                "military",
                "peace",
                "senior",
                "top",
                "interior",
                "finance",
                "staff",
                "chief-of-staff",
                "opposition",
                "acting",
                "opposite",
                "prime",
            )
        ):
            break
        words.insert(0, token.text)
        k -= 1
    if not hard:
        return "", ""
    side = ""
    if k >= 0:
        owner = next(
            (part for part in parts if part.first <= k < part.end or (part.end == k and row[k].lower == "'s")), None
        )
        if owner is not None and owner.part == "known" and owner.entry is not None:
            side = owner.entry.actor
        elif owner is not None and owner.part == "name" and row[k].lower == "'s":
            side = name_of(row, owner)
    return " ".join(words), side


def _kinds(evidence: Mapping[str, _Evidence]) -> dict[str, ActorKind | Literal["place", "unknown"]]:
    """Kind of every unknown name. The last word of a person's full name stands for that person."""
    kinds: dict[str, ActorKind | Literal["place", "unknown"]] = {}
    full = [name for name in evidence if " " in name]
    for name in full:
        short = evidence.get(name.split()[-1])
        kinds[name] = _kind_of(evidence[name], short, name)
    for name, said in evidence.items():
        if " " not in name:
            owners = [long for long in full if long.split()[-1] == name and kinds[long] == "person"]
            kinds[name] = "person" if owners else _kind_of(said, None, name)
    return kinds


def _kind_of(said: _Evidence, short: _Evidence | None, name: str) -> ActorKind | Literal["place", "unknown"]:
    person = said.person + (short.person + 1 if short else 0)
    if said.equipment and said.equipment >= max(person, said.organisation):
        return "unknown"
    scores: list[tuple[int, ActorKind | Literal["place"]]] = [
        (said.organisation, "organisation"),
        (person, "person"),
        (said.place, "place"),
    ]
    best = max(scores, key=lambda score: score[0])
    if best[0] < 2:
        return "unknown"
    return best[1]


def _cast(
    named: Iterable[tuple[Sentence, Sequence[Token], Sequence[Piece]]],
    evidence: Mapping[str, _Evidence],
    kinds: Mapping[str, ActorKind | Literal["place", "unknown"]],
    merges: Mapping[str, str],
) -> Cast:
    canonical = _canonical(kinds)
    actors: dict[str, Actor] = {}
    names: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[str, list[int]] = defaultdict(list)
    all_mentions: list[tuple[Mention, ...]] = []
    all_places: list[tuple[tuple[int, int], ...]] = []
    last_person = ""
    for sentence, row, parts in named:
        mentions: list[Mention] = []
        places: list[tuple[int, int]] = []
        for piece in parts:
            mention = _mention(row, piece, kinds, canonical)
            if mention is None:
                if piece.part == "name" and kinds.get(name_of(row, piece)) == "place":
                    places.append((piece.first, piece.end))
                continue
            actor = merges.get(mention.actor, mention.actor)
            mention = mention._replace(actor=actor)
            mentions.append(mention)
            if mention.use == "place":
                places.append((piece.first, piece.end))
            if actor not in actors:
                actors[actor] = Actor(actor, mention.kind)
            names[actor][name_of(row, piece)] += 1
            where[actor].append(sentence.number)
        mentions += _groups(row, mentions)
        mentions.sort()
        last_person = _pronouns(row, mentions, last_person)
        mentions.sort()
        all_mentions.append(tuple(mentions))
        all_places.append(tuple(places))
    for one in actors.values():
        _complete(one, names[one.name], where[one.name], evidence, canonical)
    return Cast(tuple(actors.values()), tuple(all_mentions), tuple(all_places))


def _canonical(kinds: Mapping[str, ActorKind | Literal["place", "unknown"]]) -> dict[str, str]:
    """The fullest name for each name of a person or organisation."""
    people = sorted(
        (name for name, kind in kinds.items() if kind == "person" and " " in name), key=lambda n: (-len(n), n)
    )
    found: dict[str, str] = {}
    for name, kind in kinds.items():
        if kind == "person":
            longer = [
                full
                for full in people
                if full != name
                and full.split()[-1] == name.split()[-1]
                and (" " not in name or full.endswith(f" {name}"))
            ]
            found[name] = longer[0] if longer else name
        elif kind == "organisation":
            found[name] = name
    return found


def _mention(
    row: Sequence[Token],
    piece: Piece,
    kinds: Mapping[str, ActorKind | Literal["place", "unknown"]],
    canonical: Mapping[str, str],
) -> Mention | None:
    before = row[piece.first - 1].lower if piece.first else ""
    after = row[piece.end].lower if piece.end < len(row) else ""
    if piece.part == "name":
        name = name_of(row, piece)
        kind = kinds.get(name, "unknown")
        if kind not in ("person", "organisation"):
            return None
        return Mention(piece.first, piece.end, canonical[name], kind, "name")
    if piece.part != "known" or piece.entry is None:
        return None
    actor, sense = piece.entry
    if sense == "region":
        group = after in GROUPS or (
            row[piece.first].lower.endswith("s")
            and row[piece.first].lower != "balkans"
            and after not in ("",)
            and row[piece.first].lower in ("europeans", "africans", "arabs")
        )
        return Mention(piece.first, piece.end + (after in GROUPS), actor, "group", "name") if group else None
    kind = "organisation" if sense == "organisation" else "state"
    if sense in ("capital", "seat"):
        located = (
            before in LOCATIVE
            or before in ("to", "from", "into", "through")
            or (before == "the" and piece.first > 1 and row[piece.first - 2].lower in (*LOCATIVE, "to", "from"))
        )
        return Mention(piece.first, piece.end, actor, "state", "place" if located else "name")
    if sense == "demonym":
        plural = row[piece.end - 1].lower.endswith("s") and not row[piece.end - 1].text.isupper()
        alone = (
            plural
            or not (after.isalpha() or "-" in after)
            or after in ("and", "have", "has", "are", "were", "who", "will", "would")
        )
        return Mention(piece.first, piece.end, actor, "state", "name" if alone else "modifier")
    place = sense == "state" and before in ("in", "inside", "across", "throughout", "outside", "near", "around")
    return Mention(piece.first, piece.end, actor, kind, "place" if place else "name")


def _groups(row: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Groups without a name that a text treats as actors: "the rebels", "the junta"."""
    taken = {k for mention in mentions for k in range(mention.first, mention.end)}
    found = []
    for k, token in enumerate(row):
        if token.lower not in GENERIC_GROUPS or k in taken:
            continue
        before = row[k - 1].lower if k else ""
        if before in ("the", "both") or (
            token.lower.endswith("s")
            and (k == 0 or before in ("and", "by", "with", "against", "of", "to", "between", ","))
        ):
            found.append(Mention(k, k + 1, f"the {token.lower}", "group", "name"))
    return found


def _pronouns(row: Sequence[Token], mentions: list[Mention], last: str) -> str:
    """Add a mention for each "he" and "she": the person named last before it. Returns the last person of the
    sentence."""
    people = [mention for mention in mentions if mention.kind == "person"]
    for k, token in enumerate(row):
        team = token.lower in ("his", "her") and k + 1 < len(row) and row[k + 1].lower in TEAMS
        if team or token.lower in ("he", "she", "him"):
            earlier = [mention.actor for mention in people if mention.end <= k]
            actor = earlier[0] if earlier else last
            if actor:
                mentions.append(Mention(k, k + 1 + team, actor, "person", "pronoun"))
    return people[0].actor if people else last


def _complete(
    actor: Actor,
    names: Counter[str],
    where: Sequence[int],
    evidence: Mapping[str, _Evidence],
    canonical: Mapping[str, str],
) -> None:
    roles: Counter[str] = Counter()
    sides: Counter[str] = Counter()
    for name in names:
        if name in evidence:
            roles.update(evidence[name].roles)
            sides.update(evidence[name].sides)
    actor.aliases = tuple(sorted(name for name in names if name != actor.name))
    actor.roles = tuple(role for role, _ in sorted(roles.items(), key=lambda item: (-item[1], item[0])))
    best = sorted(sides.items(), key=lambda item: (-item[1], item[0]))
    actor.side = actor.name if actor.kind == "state" else canonical.get(best[0][0], best[0][0]) if best else ""
    actor.n = sum(names.values())
    actor.sentences = tuple(dict.fromkeys(where))

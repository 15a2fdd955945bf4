"""Words: tokens with their places, and the forms that an English verb or noun takes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

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


IRREGULAR = {
    line.split()[0]: tuple(line.split()[1:])
    for line in """
be is are was were been being am|arise arises arose arisen arising|bear bears bore borne bearing|beat beats beat beaten
become becomes became become becoming|beg begs begged begging|begin begins began begun beginning|bet bets betting|bid bids bidding
bind binds bound binding|blow blows blew blown blowing|break breaks broke broken breaking|bring brings brought bringing
build builds built building|buy buys bought buying|cast casts casting|catch catches caught catching|choose chooses chose chosen choosing
cling clings clung clinging|come comes came coming|cost costs costing|creep creeps crept creeping|cut cuts cutting|deal deals dealt dealing
die dies died dying|do does did done doing|draw draws drew drawn drawing|drive drives drove driven driving|fall falls fell fallen falling
feed feeds fed feeding|feel feels felt feeling|fight fights fought fighting|find finds found finding|flee flees fled fleeing
fly flies flew flown flying|forbid forbids forbade forbidden forbidding|forget forgets forgot forgotten|give gives gave given giving
get gets got gotten getting|go goes went gone going|grow grows grew grown growing|have has had having|hear hears heard hearing
hit hits hitting|hold holds held holding|hurt hurts hurting|keep keeps kept keeping|know knows knew known knowing|lay lays laid laying
lead leads led leading|leave leaves left leaving|lend lends lent lending|let lets letting|lie lies lied lying lay lain|lose loses lost losing
make makes made making|mean means meant meaning|meet meets met meeting|mislead misleads misled misleading|overrun overruns overran overrunning
overthrow overthrows overthrew overthrown overthrowing|pay pays paid paying|put puts putting|quit quits quitting|read reads reading
refer refers referred referring|rise rises rose risen rising|run runs ran running|say says said saying|see sees saw seen seeing
seek seeks sought seeking|sell sells sold selling|send sends sent sending|set sets setting|shake shakes shook shaken shaking
shoot shoots shot shooting|shrink shrinks shrank shrunk shrinking|shut shuts shutting|sink sinks sank sunk sinking|speak speaks spoke spoken speaking
spend spends spent spending|split splits splitting|spread spreads spreading|stand stands stood standing|steal steals stole stolen
stick sticks stuck sticking|strike strikes struck striking stricken|strive strives strove striving|swear swears swore sworn|take takes took taken taking
teach teaches taught teaching|tell tells told telling|think thinks thought thinking|throw throws threw thrown throwing|understand understands understood understanding
undergo undergoes underwent undergone|undertake undertakes undertook undertaken|upset upsets|wear wears wore worn wearing|win wins won winning
withdraw withdraws withdrew withdrawn withdrawing|withhold withholds withheld withholding|write writes wrote written writing
foresee foresees foresaw foreseen|misunderstand misunderstands misunderstood misunderstanding|misread misreads misreading|overestimate overestimates overestimated overestimating
""".replace("\n", "|").split("|")
    if line.strip()
}  # fmt: skip
_DOUBLING = frozenset(
    "ship arm stop plan ban admit commit submit permit refer prefer transfer rebel deter occur concur rob bomb drop cap grab "
    "swap trap curb bar plot jam drag step slip ram rip sap snub stem trim wipe tap top spur scrap pin strip begin regret "
    "control compel expel repel propel dispel cancel signal level shell tunnel wed shun pit spot sag rig hit".split()
) - {"arm", "bomb", "curb", "wipe", "shell"}


@lru_cache(maxsize=8192)
def forms(lemma: str) -> frozenset[str]:
    """All forms of a verb (or noun) by its dictionary form; both spellings where British and American differ."""
    lemma = lemma.lower()
    if "-" in lemma:  # of a compound the last part is inflected
        head, _, tail = lemma.rpartition("-")
        return frozenset(f"{head}-{form}" for form in forms(tail))
    found = {lemma}
    if lemma in IRREGULAR:
        found.update(IRREGULAR[lemma])
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

"""The war from each seat in plain words: six answers for every leader, with the figures in every sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.questions.labels import values_of
from ripeness.questions.moment import Float
from ripeness.questions.reading import TOLD, Paragraph, Reading
from ripeness.questions.summary import FLAT, average
from ripeness.questions.views import TRUTH
from ripeness.questions.words import NEGLIGIBLE_GAIN, gain, likelihood, listing, month, percent, points

EVEN = 0.5
"""Packages are within reach that the others accept with at least this probability."""

SMALL = 5e-4
"""Parts below a twentieth of a percentage point are not told."""

FEW = 3
"""Packages named in one sentence."""


class Brief(NamedTuple):
    """What is said from one seat.

    Attributes:
        seat: its name in the tree.
        title: who sits there.
        about: the actor, its role, and its type where it has several.
        headline: the answer in one sentence.
        paragraphs: the answers, one question each.
    """

    seat: str
    role: str
    title: str
    about: str
    headline: str
    paragraphs: tuple[Paragraph, ...]

    def text(self) -> str:
        """Everything as plain text."""
        blocks = [f"{self.title}: {self.about}", self.headline]
        return "\n\n".join([*blocks, *(f"{p.question}\n{p.answer}" for p in self.paragraphs)])


def briefs(tree: xr.DataTree) -> tuple[Brief, ...]:
    """What is said from every seat."""
    r = Reading(tree)
    return tuple(_brief(Seen(r, k)) for k in range(len(r.names_of("perspectives/seat"))))


class Seen:
    """The numbers of one seat."""

    def __init__(self, r: Reading, k: int) -> None:
        self.r, self.k = r, k
        group: xr.DataTree = r.tree["perspectives"]  # type: ignore[assignment]
        self.group = {str(name): (each.dims, each.values) for name, each in group.to_dataset().variables.items()}
        self.seat, self.role, self.kind = (self.names_of(name)[k] for name in ("seat", "seat_actor", "seat_type"))
        self.actor = r.roles.index(self.role)
        self.name = r.names[self.role]
        self.period = str(r.attrs["period"])

    def array(self, name: str) -> Float:
        """A variable of the seat."""
        dims, found = self.group[name]
        return np.asarray(found[:, self.k] if dims[0] == "time" else found[self.k])

    def number(self, name: str) -> float:
        return float(self.array(name))

    def names_of(self, name: str) -> list[str]:
        return [str(each) for each in self.group[name][1]]

    def has(self, name: str) -> bool:
        return name in self.group

    @property
    def gain(self) -> Float:
        """(packages,) own gain of settling now over fighting on."""
        return np.asarray(self.array("gain")[self.actor])

    def wants(self, i: int) -> NDArray[np.bool_]:
        """(packages,) whether an actor would rather sign than fight on, as the seat sees it."""
        return np.asarray(self.array("gain")[i] >= 0.0)

    def within_reach(self) -> int | None:
        """The package worth most to the seat of those that the others accept with at least even odds, once it does.

        A side that is never asked, since it alone proposes, is taken to sign what beats fighting on.
        """
        reachable = self.array("others_accept") >= EVEN
        if self.role != "patron":
            other = "defender" if self.role == "attacker" else "attacker"
            reachable |= np.isnan(self.array("others_accept")) & self.wants(self.r.roles.index(other))
        return int(np.argmax(np.where(reachable, self.gain, -np.inf))) if reachable.any() else None


def _brief(s: Seen) -> Brief:
    paragraphs = (_counts(s), _believed(s), _accepted(s), _done(s), _waiting(s), _others(s))
    about = f"{s.name}, {s.role}" if s.r.leaders[s.role] else s.role
    about += f", of type “{s.kind}”" if s.kind else ""
    return Brief(s.seat, s.role, s.r.leaders[s.role] or s.name, about, _headline(s), paragraphs)


def _headline(s: Seen) -> str:
    good, n = int((s.gain >= 0.0).sum()), s.gain.size
    settled = float(s.array("cumulative_probability")[-1, 0])
    beats = "no package beats" if good == 0 else f"{_of(good, n)} {'beats' if good == 1 else 'beat'}"
    return (
        f"From here {beats} fighting on this {s.period}, and a settlement by {s.r.horizon} looks {likelihood(settled)} "
        f"({percent(settled)})."
    )


def _of(some: int, of: int, noun: str = "package") -> str:
    """Some of a number of things."""
    if some == of:
        return f"the only {noun}" if of == 1 else f"all {of} {noun}s"
    return f"none of the {of} {noun}s" if some == 0 else f"{some} of {of} {noun}s"


def worth(share: float) -> str:
    """A value as a share of what is disputed."""
    return f"{100 * share:.1f}%"


def source_said(source: str) -> str:
    """A part of a value, by its name in the tree."""
    return {"terms": "the terms", "extra": "what the agenda adds", "war that resumes": "the war that may resume"}.get(
        source, source.replace("_", " ")
    )


def _parts(names: Sequence[str], values: Float) -> str:
    """Parts in percentage points, the largest first; nothing where all are small."""
    order = [int(k) for k in np.argsort(-np.abs(values), kind="stable") if abs(values[k]) >= SMALL]
    return listing([f"{source_said(names[k])} {100 * values[k]:+.1f}" for k in order])


def _counts(s: Seen) -> Paragraph:
    best = int(np.argmax(s.gain))
    war = _parts(s.names_of("war_source"), s.array("war_part"))
    peace = _parts(s.names_of("peace_source"), s.array("peace_part")[best])
    said = f"War pays {s.name} {worth(s.number('war_rate'))} of what is disputed as a rate this {s.period}"
    said += f": {war} percentage points. " if war else ". "
    said += f"The package worth most to it, “{s.r.packages[best]}”, is worth {worth(float(s.array('peace')[best]))}"
    said += f": {peace}." if peace else "."
    return Paragraph("counts", "What counts?", f"{said} Fighting on is worth {worth(s.number('fight_on'))}.")


def _believed(s: Seen) -> Paragraph:
    return Paragraph("believed", "What is believed and expected?", " ".join([*_types(s), _expected(s)]))


def _types(s: Seen) -> list[str]:
    """What the seat believes of the others' types, and they of its own."""
    if not s.has("belief"):
        return []
    belief, about = s.r.array("perspectives/belief"), s.names_of("about")
    seats = s.names_of("seat_actor")
    said = []
    for role in s.r.roles:
        kinds = {t: name.removeprefix(f"{role}: ") for t, name in enumerate(about) if name.startswith(f"{role}: ")}
        if not kinds:
            continue
        if role != s.role:
            each = [f"“{kind}” {percent(belief[s.k, t])}" for t, kind in kinds.items()]
            said.append(f"Of {s.r.names[role]} it believes: {listing(each)}.")
            continue
        own = next(t for t, kind in kinds.items() if kind == s.kind)
        each = [
            f"{percent(belief[seats.index(other), own])} ({s.r.names[other]})" for other in s.r.roles if other != role
        ]
        said.append(f"{s.name} knows that it is of type “{s.kind}”; the others give this {listing(each)}.")
    if "beliefs" not in s.r.tree.children:
        said.append(f"Before the first {s.period} the types are made known to all.")
    return said


def _expected(s: Seen) -> str:
    """How likely a settlement is and when, as the seat sees it, against the analyst."""
    period, within = s.r.within(1.0)
    own = s.array("cumulative_probability")[:, 0]
    spans = [(period, f"within {within}")]
    if len(s.r.time) > period + 1:
        spans.append((len(s.r.time) - 1, f"by {s.r.horizon}"))
    said = f"It expects a settlement with probability {listing([f'{percent(own[t])} {when}' for t, when in spans])}"
    if "views" in s.r.tree.children:
        whole = s.r.array("views/cumulative_probability")[:, s.r.names_of("views/view").index(TRUTH), 0]
        if max(abs(whole[t] - own[t]) for t, _ in spans) >= TOLD:
            said += f" (the analyst: {listing([percent(whole[t]) for t, _ in spans])})"
    median = s.r.levels.index(0.5)
    when = values_of(s.r.tree, "perspectives/settlement_date_given")[s.k, median]
    if not np.isnat(when):
        terms = float(s.array("terms_overall")[median])
        said += f"; if there is one, with even odds by {month(when)} and median terms of {percent(terms)} to "
        said += s.r.names["attacker"]
    return said + "."


def _accepted(s: Seen) -> Paragraph:
    question = f"What would be accepted this {s.period}?"
    order = [int(n) for n in np.argsort(-s.gain, kind="stable")]
    good, best = int((s.gain >= 0.0).sum()), order[0]
    would = f"{s.name} would rather sign {_of(good, len(order))} than fight on"
    if s.role == "patron":
        would = f"{s.name} is not asked to sign. It would rather see {_of(good, len(order))} signed than the war go on"
    said = f"{would}; the best for it, “{s.r.packages[best]}”, means {gain(float(s.gain[best]))}"
    if 1 < good < len(order):
        last = order[good - 1]
        said += f", the last that beats fighting on, “{s.r.packages[last]}”, {gain(float(s.gain[last]))}"
    said += "."
    accepts = s.array("acceptance")[s.actor]
    if not np.isfinite(accepts).all():
        return Paragraph("accepted", question, said)
    taken = [n for n in order if accepts[n] >= EVEN]
    shown = taken[-FEW:] if len(taken) > FEW else taken
    each = listing([f"“{s.r.packages[n]}” ({percent(accepts[n])})" for n in shown])
    if not taken:
        nearest = int(np.argmax(accepts))
        said += f" Offered this {s.period}, none would be accepted with even odds; the likeliest is "
        said += f"“{s.r.packages[nearest]}” ({percent(accepts[nearest])})."
    elif len(taken) > FEW:
        said += f" Offered this {s.period}, {_of(len(taken), len(order))} would more likely than not be accepted, "
        said += f"the least willingly {each}."
    else:
        said += f" Offered this {s.period}, it would more likely than not accept {each}."
    return Paragraph("accepted", question, said)


def _done(s: Seen) -> Paragraph:
    said = [text for text in (_posture(s), _offer(s), _effort(s)) if text]
    answer = " ".join(said) or f"There is nothing to choose this {s.period} but whether to accept what is offered."
    return Paragraph("done", "What would be done, and why?", answer)


def _posture(s: Seen) -> str:
    postures, chance = s.names_of("posture"), s.array("posture_probability")
    if s.role != "patron" or len(postures) < 2:
        return ""
    net = s.array("posture_value") - s.array("posture_cost")
    open_ones = [int(m) for m in np.argsort(-np.nan_to_num(net, nan=-np.inf), kind="stable") if np.isfinite(net[m])]
    if len(open_ones) < 2:
        return f"{s.name} can but {postures[open_ones[0]]}."
    best, next_best = open_ones[:2]
    likeliest = int(np.argmax(chance))
    said = f"{s.name} would most likely {postures[likeliest]} ({percent(chance[likeliest])})"
    said += "" if likeliest == best else f", though to {postures[best]} is worth more on average"
    said += f": net of reluctance, to {postures[best]} is worth {_than(net[best] - net[next_best])} to "
    said += f"{postures[next_best]} ({percent(chance[next_best])})"
    back = postures.index("stand back") if "stand back" in postures else None
    if back is not None and back not in (best, next_best) and np.isfinite(net[back]):
        said += f", and {_than(net[best] - net[back])} to stand back ({percent(chance[back])})"
    return said + "."


def _more(difference: float) -> str:
    """How much more something is worth."""
    if abs(difference) < NEGLIGIBLE_GAIN:
        return "as much"
    return f"{100 * abs(difference):.2g}% {'more' if difference > 0 else 'less'}"


def _than(difference: float) -> str:
    """The same before what it is compared with."""
    return _more(difference) + (" as" if abs(difference) < NEGLIGIBLE_GAIN else " than")


def _offer(s: Seen) -> str:
    proposes = float(s.array("proposes")[s.actor])
    if proposes <= 0.0:
        return f"{s.name} does not get to propose this {s.period}."
    chance, value, accepted = s.array("offer_probability")[s.actor], s.array("offer_value"), s.array("offer_accepted")
    best, likeliest = int(np.nanargmax(value[:-1])), int(np.argmax(chance))
    over = float(value[best] - value[-1])
    makes = "make no offer" if likeliest == chance.size - 1 else f"offer “{s.r.packages[likeliest]}”"
    said = f"With probability {percent(proposes)} {s.name} gets to propose, and would then most likely {makes} "
    said += f"({percent(chance[likeliest])})."
    if not np.isfinite(value[-1]) or over < NEGLIGIBLE_GAIN:
        return f"{said} No offer is worth more to it than none: {_why_none(s, accepted)}."
    said += " It" if best == likeliest else f" The best offer, “{s.r.packages[best]}”,"
    said += f" is worth {_than(over)} none"
    said += f": settling on it means {gain(float(s.gain[best]))}, and it would be accepted with probability "
    said += f"{percent(float(accepted[best]))}."
    if best != likeliest:
        said += (
            f" It is made with probability {percent(chance[best])}: where little is gained, choices made with errors "
        )
        said += "mostly leave it at none."
    return said


def _why_none(s: Seen, accepted: Float) -> str:
    """Why nothing is worth proposing."""
    wanted, taken = s.gain >= 0.0, np.nan_to_num(accepted[:-1]) >= EVEN
    if not wanted.any():
        return "every package is worth less than fighting on"
    if not taken.any():
        return "what is worth more than fighting on would be refused"
    if (wanted & taken).any():
        return "what would be accepted gains next to nothing"
    return "what is worth more than fighting on would be refused, and what would be accepted is worth less"


def _effort(s: Seen) -> str:
    value = s.array("effort_value")
    levels = s.r.array("perspectives/level")
    own = np.flatnonzero(np.isfinite(value))
    if own.size < 2:
        return ""
    chance = s.array("effort_probability")[s.actor]
    likeliest = own[int(np.argmax(chance[own]))]
    rest = [int(k) for k in own if k != likeliest]
    other = max(rest, key=lambda k: value[k])
    said = f"If the {s.period} is fought, its likeliest effort is {levels[likeliest]:g} ({percent(chance[likeliest])})"
    return f"{said}, worth {_than(float(value[likeliest] - value[other]))} {levels[other]:g}."


def _waiting(s: Seen) -> Paragraph:
    fight, rate, later, delta = (s.number(name) for name in ("fight_on", "war_rate", "later", "discount"))
    said = f"Fighting on is worth {worth(fight)}: this {s.period} at a rate of {worth(rate)}, then a war worth "
    said += f"{worth(later)}."
    n = s.within_reach()
    if n is None:
        said += " No package is within reach: none would be accepted by "
        said += f"{'both belligerents' if s.role == 'patron' else 'the other side'} with even odds."
    else:
        peace = float(s.array("peace")[n])
        whom = "both belligerents" if s.role == "patron" else "the other side"
        said += f" The best package within reach, which {whom} would accept with at least even odds, is "
        said += f"“{s.r.packages[n]}”, worth {worth(peace)}: "
        ahead = fight - peace
        if abs(ahead) < NEGLIGIBLE_GAIN:
            said += "as much as waiting."
        elif ahead > 0:
            said += f"waiting is worth {_more(ahead)}."
        else:
            said += f"signing it is worth {_more(-ahead)} than waiting."
        said += f" One more {s.period} of war instead pays {_more((1 - delta) * (rate - peace))} meanwhile, and what "
        said += f"follows is worth {_more(delta * (later - peace))}."
    talks = s.number("value") - fight
    if abs(talks) >= NEGLIGIBLE_GAIN:
        said += f" The chance of talks this {s.period} adds {gain(talks)}."
    slope = average(s.array("value_slope"), s.array("settled"))
    if np.isfinite(slope):
        moved = "hardly changes" if abs(slope) < FLAT else f"{'rises' if slope > 0 else 'falls'} by {points(slope)}"
        said += f" What it gets in all {moved} with each year by which a settlement comes later."
    return Paragraph("waiting", "What does waiting bring?", said)


def _others(s: Seen) -> Paragraph:
    said = [_other(s, i, role) for i, role in enumerate(s.r.roles) if role != s.role]
    return Paragraph("others", "What do the others look like from here?", " ".join(said))


def _other(s: Seen, i: int, role: str) -> str:
    """One other actor, as the seat sees him."""
    name, gained, accepts = s.r.names[role], s.array("gain")[i], s.array("acceptance")[i]
    best = int(np.argmax(gained))
    if role == "patron":
        postures, chance = s.names_of("posture"), s.array("posture_probability")
        likeliest = int(np.argmax(chance))
        does = f"is most likely to {postures[likeliest]} ({percent(chance[likeliest])})" if len(postures) > 1 else ""
        wants = f"would like best “{s.r.packages[best]}” ({gain(float(gained[best]))})"
        return f"{name} {does + ' and ' if does else ''}{wants}{_proposal(s, i)}."
    if np.isfinite(accepts).all():
        said = f"{name} would accept {_of(int((accepts >= EVEN).sum()), gained.size)} with at least even odds"
    else:
        said = f"{name} is never asked, and would rather sign {_of(int(s.wants(i).sum()), gained.size)} than fight on"
    return f"{said}; best for it is “{s.r.packages[best]}” ({gain(float(gained[best]))}){_proposal(s, i)}."


def _proposal(s: Seen, i: int) -> str:
    """What another actor proposes, as the seat sees it."""
    proposes, chance = float(s.array("proposes")[i]), s.array("offer_probability")[i]
    if proposes <= 0.0 or not np.isfinite(chance).all():
        return ""
    n = int(np.argmax(chance[:-1]))
    if 1.0 - chance[-1] < 0.05:
        return f", and it makes an offer with probability {percent(proposes * (1.0 - chance[-1]))}"
    return (
        f", and it makes an offer with probability {percent(proposes * (1.0 - chance[-1]))}, most often "
        f"“{s.r.packages[n]}”"
    )


def titled(brief: Brief) -> str:
    """Heading of a seat's page."""
    kind = brief.seat.partition(": ")[2]
    return f"As {brief.title} sees it" + (f", if of type “{kind}”" if kind else "")

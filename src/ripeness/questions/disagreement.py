"""Private information in plain words: who believes what, what would teach it, how long it lasts, what it changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ripeness.questions.beliefs import EVEN
from ripeness.questions.endings import SETTLEMENT
from ripeness.questions.labels import values_of
from ripeness.questions.moment import Float
from ripeness.questions.reading import TOLD, Paragraph, Reading
from ripeness.questions.secrets import AS_IT_IS, KNOWN
from ripeness.questions.views import PUBLIC, TRUTH, type_name
from ripeness.questions.words import gain, listing, month, percent, points, sentence

MOVED = 0.02
"""A belief that an act moves by less than this is said to be told next to nothing."""

POSSIBLE = 0.05
"""Acts less likely than this at the start are not told of."""

WORTH = 5e-4
"""Gains and costs below this share of the prize are not told: they are within rounding of what is solved."""


def paragraphs(r: Reading) -> tuple[Paragraph, ...]:
    """Answers that only a war with private information has; none without it."""
    found = []
    if "beliefs" in r.tree.children:
        sides = [Side(r, str(role)) for role in r.tree["beliefs"].children]
        found += [_beliefs(r, sides), _rejection(r, sides), _survival(r, sides)]
    if "secrets" in r.tree.children:
        found += [_misreading(r), _secrets(r)]
    return tuple(p for p in found if p.answer)


class Side:
    """What is believed of one actor with types."""

    def __init__(self, r: Reading, role: str) -> None:
        self.role = role
        self.name = r.names[role]
        self.group: xr.DataTree = r.tree[f"beliefs/{role}"]  # type: ignore[assignment]
        self.about = str(self.group.attrs["about"])
        self.types = [str(kind) for kind in values_of(self.group, "type")]
        self.observers = [str(observer) for observer in values_of(self.group, "observer")]

    def array(self, name: str) -> Float:
        return np.asarray(values_of(self.group, name), np.float64)

    def has(self, name: str) -> bool:
        return name in self.group


def named(r: Reading, observer: str) -> str:
    """An observer inside a sentence."""
    return {TRUTH: "the analyst", PUBLIC: "the public belief"}.get(observer) or r.names[observer]


def view_said(r: Reading, view: str) -> str:
    """A view as a few words: whose it is, or what is given."""
    if view == TRUTH:
        return "the analyst"
    role, given, kind = view.partition(": ")
    return f"{r.names[role]} of type “{kind}”" if given else r.names[role]


def _alike(observers: Sequence[str], beliefs: Float) -> list[tuple[list[str], Float]]:
    """Observers for whom the same would be told, in their order."""
    found: list[tuple[list[str], Float]] = []
    for observer, belief in zip(observers, beliefs, strict=True):
        said = [percent(b) for b in belief]
        same = next((names for names, other in found if [percent(b) for b in other] == said), None)
        if same is None:
            found.append(([observer], belief))
        else:
            same.append(observer)
    return found


def _beliefs(r: Reading, sides: Sequence[Side]) -> Paragraph:
    said = []
    for side in sides:
        about = f" ({side.about.rstrip('.')})" if side.about else ""
        known = f"{side.name} alone knows its type{about}: {listing([f'“{kind}”' for kind in side.types])}."
        keep = [o for o, observer in enumerate(side.observers) if observer != PUBLIC]
        groups = _alike([side.observers[o] for o in keep], side.array("start")[keep])
        if len(side.types) == 2:
            each = [f"{percent(belief[1])} to {listing([named(r, o) for o in names])}" for names, belief in groups]
            said.append(f"{known} At the start the probability of “{side.types[1]}” is {listing(each)}.")
            continue
        each = [
            f"{listing([named(r, o) for o in names])} {'gives' if len(names) == 1 else 'give'} "
            + listing([f"“{kind}” {percent(p)}" for kind, p in zip(side.types, belief, strict=True)])
            for names, belief in groups
        ]
        said.append(f"{known} At the start {'; '.join(each)}.")
    return Paragraph("beliefs", "Who believes what?", " ".join([*said, _odds_seen(r, sides)]))


def _odds_seen(r: Reading, sides: Sequence[Side]) -> str:
    """The probability of a settlement as each sees it, and given each type."""
    views = r.names_of("views/view")
    settled = r.array("views/cumulative_probability")[-1, :, r.names_of("views/end").index(SETTLEMENT)]
    odds = dict(zip(views, settled, strict=True))
    seen = _alike([v for v in views if ": " not in v], np.array([[odds[v]] for v in views if ": " not in v]))
    if len(seen) == 1:
        as_seen = f"As all see it, a settlement by {r.horizon} has a probability of {percent(odds[TRUTH])}"
    else:
        each = [
            f"{percent(value[0])} as {listing([view_said(r, n) for n in names])} {_sees(names)} it"
            for names, value in seen
        ]
        as_seen = f"The probability of a settlement by {r.horizon} is {listing(each)}"
    given = [f"{percent(odds[type_name(s.role, k)])} if {s.name} is of type “{k}”" for s in sides for k in s.types]
    return f"{as_seen}; it is {listing(given)}."


def _sees(names: Sequence[str]) -> str:
    return "sees" if len(names) == 1 else "see"


def _rejection(r: Reading, sides: Sequence[Side]) -> Paragraph:
    said = [text for side in sides for text in (_told_by_answer(r, side), _told_by_acts(r, side)) if text]
    return Paragraph("rejection", "What would a rejection teach?", " ".join(said))


def telling_package(side: Side) -> int | None:
    """The package whose rejection at the start moves the public belief most, of those that are not rarely rejected."""
    if not side.has("after_rejection"):
        return None
    public = side.observers.index(PUBLIC)
    prior = side.array("start")[public]
    rejects = 1.0 - side.array("acceptance_by_type") @ prior
    moved = np.abs(side.array("after_rejection")[:, public] - prior).max(axis=1)
    moved = np.where(np.isfinite(moved) & (rejects >= POSSIBLE), moved, -1.0)
    best = int(np.argmax(moved))
    return best if moved[best] >= 0.0 else None


def _told_by_answer(r: Reading, side: Side) -> str:
    n = telling_package(side)
    if n is None:
        return ""
    start, after, accepts = side.array("start"), side.array("after_rejection")[n], side.array("acceptance_by_type")[n]
    public = side.observers.index(PUBLIC)
    k = int(np.argmax(np.abs(after[public] - start[public]))) if len(side.types) > 2 else 1
    if abs(after[public, k] - start[public, k]) < MOVED:
        return (
            f"Next to nothing of {side.name}: no rejection at the start would move the public belief in any type by "
            f"more than {points(after[public, k] - start[public, k])}."
        )
    said = f"Of the packages, “{r.packages[n]}” would tell most of {side.name} if it rejected it at the start: "
    said += listing([f"“{kind}” accepts with {percent(a)}" for kind, a in zip(side.types, accepts, strict=True)])
    moves = [
        f"{r.names[observer]}'s from {percent(start[o, k])} to {percent(after[o, k])}"
        for o, observer in enumerate(side.observers)
        if observer in r.names
    ]
    return f"{said}. A rejection would move beliefs in “{side.types[k]}”: {listing(moves)}."


def _told_by_acts(r: Reading, side: Side) -> str:
    """The most telling other act: an offer, an effort or a posture."""
    public = side.observers.index(PUBLIC)
    prior = side.array("start")[public]
    best: tuple[float, str] | None = None
    for act, wording in (
        ("offer", "its own proposal “{}”"),
        ("effort", "fighting at an effort of {}"),
        ("posture", "the posture “{}”"),
    ):
        if not side.has(f"after_{act}"):
            continue
        likely = side.array(f"{act}_by_type") @ prior
        after = side.array(f"after_{act}")[:, public]
        moved = np.where(likely >= POSSIBLE, np.nan_to_num(np.abs(after - prior).max(axis=1)), 0.0)
        a = int(np.argmax(moved))
        if moved[a] >= MOVED and (best is None or moved[a] > best[0]):
            k = int(np.argmax(np.abs(after[a] - prior))) if len(side.types) > 2 else 1
            what = values_of(side.group, act)[a]
            label = wording.format(f"{float(what):g}" if act == "effort" else what)
            label = "making no proposal" if str(what) == "none" else label
            text = f"Of its other acts, {label} would tell most: the public belief in “{side.types[k]}” moves from "
            best = float(moved[a]), f"{text}{percent(prior[k])} to {percent(after[a, k])}."
    return best[1] if best else ""


def _survival(r: Reading, sides: Sequence[Side]) -> Paragraph:
    said = [text for side in sides for k in range(len(side.types)) for text in _misled(r, side, k)]
    question = "How long does a wrong belief survive?"
    if not said:
        names = listing([side.name for side in sides])
        return Paragraph(
            "survival", question, f"Nobody holds the true type of {names} less likely than not at the start."
        )
    return Paragraph("survival", question, " ".join(said))


def _misled(r: Reading, side: Side, k: int) -> list[str]:
    """Who starts by holding this type less likely than not, and how long that lasts if it is the true one."""
    start, signed = side.array("start"), side.array("misled_at_settlement")
    reached = values_of(side.group, "seen_through")
    believed = r.while_open(side.array("in_true_type"))
    names: dict[str, list[str]] = {}
    for o, observer in enumerate(side.observers):
        if observer not in r.names or start[o, k] >= EVEN:
            continue
        known = believed[:, k, o][np.isfinite(believed[:, k, o])]
        text = f"from a belief of {percent(start[o, k])} in it; while the war goes on, the mean of that belief "
        if np.isnat(reached[k, o]):
            text += f"does not reach one half by {r.horizon}"
            text += f" (it is {percent(known[-1])} at the end)" if known.size else ""
        else:
            text += f"reaches one half in {month(reached[k, o])}"
        if np.isfinite(signed[k, o]):
            text += f", and {percent(signed[k, o])} of the settlements are signed against such a belief"
        names.setdefault(text, []).append(r.names[observer])
    return [
        f"If {side.name} is of type “{side.types[k]}”, {listing(who)} {'starts' if len(who) == 1 else 'start'} {text}."
        for text, who in names.items()
    ]


class Variants:
    """Numbers of the group "secrets", by variant."""

    def __init__(self, r: Reading) -> None:
        self.names = r.names_of("secrets/variant")
        self.who = r.names_of("secrets/who")
        ends = r.names_of("secrets/end")
        self.settled = r.array("secrets/cumulative_probability")[-1, :, ends.index(SETTLEMENT)]
        self.terms = r.array("secrets/terms_mean")
        self.gain = r.array("secrets/gain")
        median = r.levels.index(0.5)
        self.median: np.ndarray = values_of(r.tree, "secrets/settlement_date_given")[:, median]

    def misread(self) -> dict[str, int]:
        """The actors who misread somebody, with the variant that puts them right."""
        found = {name.removesuffix(" reads right"): v for v, name in enumerate(self.names)}
        return {role: v for role, v in found.items() if role not in (AS_IT_IS, KNOWN)}

    def moved(self, r: Reading, v: int) -> str:
        """How the outlook of a variant differs from that of the war as it is."""
        if abs(self.settled[v] - self.settled[0]) < TOLD:
            said = f"a settlement by {r.horizon} would be about as likely as it is ({percent(self.settled[0])})"
        else:
            said = f"a settlement by {r.horizon} would have a probability of {percent(self.settled[v])} instead of "
            said += percent(self.settled[0])
        if not np.isnat(self.median[[0, v]]).any() and self.median[v] != self.median[0]:
            said += f", its median date, if there is one, would be {month(self.median[v])} instead of "
            said += month(self.median[0])
        if np.isfinite(self.terms[[0, v]]).all() and abs(self.terms[v] - self.terms[0]) >= TOLD:
            towards = r.names["attacker" if self.terms[v] > self.terms[0] else "defender"]
            said += f", and mean terms would move by {points(self.terms[v] - self.terms[0])} towards {towards}"
        return said


def _misreading(r: Reading) -> Paragraph:
    v = Variants(r)
    said = []
    for role, place in v.misread().items():
        who = r.names[role]
        by_seat = [(seat_said(r, seat), float(g)) for seat, g in zip(v.who, v.gain[place], strict=True)]
        costs = [f"{seat} {100 * g:.2g}%" for seat, g in by_seat if g >= WORTH]
        brings = [f"{seat} {100 * -g:.2g}%" for seat, g in by_seat if g <= -WORTH]
        text = f"If {who} started from the analyst's beliefs, all else the same, {v.moved(r, place)}."
        if costs or brings:
            parts = [f"costs {listing(costs)} of what is disputed"] if costs else []
            parts += [f"brings {listing(brings)}"] if brings else []
            text += f" Its misreading {' and '.join(parts)}, for ever."
        else:
            text += f" Its misreading costs nobody more than {100 * WORTH:.2g}% of what is disputed."
        said.append(text)
    return Paragraph("misreading", "What does a misreading cost, and whom?", " ".join(said))


def seat_said(r: Reading, seat: str) -> str:
    """An actor, or an actor of a type, inside a sentence."""
    role, given, kind = seat.partition(": ")
    return f"{r.names[role]} of type “{kind}”" if given else r.names[role]


def _secrets(r: Reading) -> Paragraph:
    v = Variants(r)
    place = v.names.index(KNOWN)
    said = (
        f"Were the types drawn with the same probabilities and then known to all from the start, {v.moved(r, place)}."
    )
    changes = [
        f"{gain(g)} to {seat_said(r, seat)}"
        for seat, g in zip(v.who, v.gain[place], strict=True)
        if abs(g) >= WORTH
    ]  # fmt: skip
    if changes:
        said += f" In expected payoffs, for ever, openness would mean {listing(changes)}."
    else:
        said += f" Nobody's expected payoff would change by more than {100 * WORTH:.2g}% of what is disputed."
    return Paragraph("secrets", "What does private information change?", sentence(said))

"""One history told as a short dated story: neutral sentences from what happened in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from ripeness.game import Game
from ripeness.game.beliefs import profile_types
from ripeness.mechanisms.base import ROLES, Axis, Role
from ripeness.questions.endings import SETTLEMENT, STILL_OPEN
from ripeness.questions.moment import Float
from ripeness.questions.views import belief_at_nodes, has_types, nodes_of
from ripeness.questions.words import listing, month, percent, sentence

Kind = Literal["start", "posture", "talks", "front", "leader", "state", "belief", "end"]

MOVED_LINE = 0.02
"""A move of the line is told when it has gone this far since it was last told, as a share of what is disputed."""

MOVED_AXIS = 0.3
"""A move of another axis is told when it has covered this part of the axis since it was last told."""

MOVED_BELIEF = 0.2
"""A belief is told when it has gone this far since it was last told."""

MOST_EVENTS = 14
"""A story longer than this is told more coarsely, and if that is not enough loses its least important events."""

GRAINS = (1, 2, 4, 8)
"""How coarsely a story is told: what must last, or move, this many times as long or far to be mentioned."""

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}

_IMPORTANCE: dict[Kind, int] = {
    "start": 9,
    "end": 9,
    "leader": 8,
    "belief": 6,
    "state": 5,
    "talks": 4,
    "posture": 3,
    "front": 2,
}

_POSTURES = {
    "stand back": "{patron} stands back",
    "court attacker": "{patron} courts {attacker}",
    "press attacker": "{patron} puts pressure on {attacker}",
    "press defender": "{patron} puts pressure on {defender}",
}


class Event(NamedTuple):
    """Something that happened in a history.

    Attributes:
        date: first day of the period in which it happened.
        kind: what it is about.
        text: one sentence.
    """

    date: np.datetime64
    kind: Kind
    text: str


def tell(game: Game, one: Mapping[str, Any], end: str) -> tuple[Event, ...]:
    """The story of one history, told as coarsely as it takes to stay short.

    Args:
        one: its row of the dataset of histories: paths `state`, `posture`, `proposer`, `offer`, `rejected`, and
            `end_period`, `package`, `terms`.
        end: how it ended.
    """
    names: dict[Role, str] = {role: actor.name for role, actor in game.scenario.actors.roles().items()}
    last = min(int(one["end_period"]), game.tables.n_periods - 1)
    opening, closing = _opening(game, one, names), _ending(game, one, end, names)
    middle: list[Event] = []
    for grain in GRAINS:
        middle = [*_postures(game, one, names, last, grain), *_talks(game, one, names, last, grain)]
        middle += _beliefs(game, one, names, grain)
        for k, axis in enumerate(game.axes):
            middle += _axis(game, _path(game, one, k)[: last + 1], axis, names, grain)
        if len(middle) + 2 <= MOST_EVENTS:
            break
    kept = sorted(range(len(middle)), key=lambda k: (-_IMPORTANCE[middle[k].kind], k))[: MOST_EVENTS - 2]
    told = [middle[k] for k in sorted(kept, key=lambda k: (middle[k].date, -_IMPORTANCE[middle[k].kind], k))]
    return (opening, *told, closing)


def _opening(game: Game, one: Mapping[str, Any], names: Mapping[Role, str]) -> Event:
    line = [k for k, axis in enumerate(game.axes) if axis.name == "territory"]
    if line:
        share = float(_path(game, one, line[0])[0])
        said = f"{names['attacker']} holds {share:.0%} of what is disputed."
    else:
        said = "The war is under way."
    return Event(game.dates[0], "start", said + _types(game, one, names))


def _types(game: Game, one: Mapping[str, Any], names: Mapping[Role, str]) -> str:
    """Who is of which type, which others may not know."""
    if not has_types(game):
        return ""
    kinds = profile_types(game.tables.types)[int(one["profile"])]
    told = [f"{names[role]} is of type “{known[kinds[ROLES.index(role)]]}”" for role, known in game.types.items()]
    secret = "knows it alone" if len(told) == 1 else "each knows its own alone"
    return f" {listing(told)}, and {'all know it' if game.known else secret}."


def _beliefs(game: Game, one: Mapping[str, Any], names: Mapping[Role, str], grain: int) -> list[Event]:
    """Moves of an actor's belief in the true type of another that go far and last at least twice `grain` periods."""
    if not has_types(game) or game.known:
        return []
    node = one["node"][one["node"] >= 0]
    kinds = profile_types(game.tables.types)[int(one["profile"])]
    far, last = MOVED_BELIEF * grain**0.5, 2 * grain
    events = []
    for role, known in game.types.items():
        true = int(kinds[ROLES.index(role)])
        place = nodes_of(game, role)[node]
        paths = {
            observer: belief_at_nodes(game, role, observer)[place, true] for observer in game.roles if observer != role
        }
        told = {observer: float(path[0]) for observer, path in paths.items()}
        for t in range(place.size - last + 1):
            moved = []
            for observer, path in paths.items():
                if (np.abs(path[t : t + last] - told[observer]) >= far).all():
                    moved.append(f"{names[observer]}'s from {percent(told[observer])} to {percent(float(path[t]))}")
                    told[observer] = float(path[t])
            if moved:
                said = f"The belief that {names[role]} is of type “{known[true]}” moves: {listing(moved)}."
                events.append(Event(game.dates[t], "belief", said))
    return events


def _postures(game: Game, one: Mapping[str, Any], names: Mapping[Role, str], last: int, grain: int) -> list[Event]:
    """Changes of posture that last at least twice `grain` periods: a month's wavering is not a story."""
    if len(game.postures) < 2:
        return []
    path = [int(m) for m in one["posture"][: last + 1] if m >= 0]
    events, told = [], -1
    for t, posture in enumerate(path):
        ahead = path[t : t + 2 * grain]
        if posture != told and len(ahead) == 2 * grain and all(m == posture for m in ahead):
            events.append(Event(game.dates[t], "posture", _posture_text(game.postures[posture], names) + "."))
            told = posture
    return events


def _posture_text(posture: str, names: Mapping[Role, str]) -> str:
    said = _POSTURES.get(posture, "{patron} takes the posture “" + posture.replace("{", "").replace("}", "") + "”")
    for role, name in names.items():
        said = said.replace("{" + role + "}", name)
    return said


def _talks(game: Game, one: Mapping[str, Any], names: Mapping[Role, str], last: int, grain: int) -> list[Event]:
    """Offers that failed, the first of every run of `4 * grain`; the others are counted."""
    failed = [t for t in range(last + 1) if one["offer"][t] >= 0 and one["rejected"][t] > 0]
    events = []
    for first in range(0, len(failed), 4 * grain):
        t, others = failed[first], len(failed[first + 1 : first + 4 * grain])
        proposer, offer, refusal = int(one["proposer"][t]), int(one["offer"][t]), int(one["rejected"][t])
        who = {1: names["attacker"], 2: names["defender"], 3: f"{names['attacker']} and {names['defender']}"}[refusal]
        verb = "reject" if refusal == 3 else "rejects"
        text = f"{names[game.roles[proposer]]} proposes “{game.packages[offer].name}”; {who} {verb} it."
        if others:
            last_one = month(game.dates[failed[first + others]])
            counted = _NUMBERS.get(others, str(others)).capitalize()
            text += f" {counted} more offers fail until {last_one}." if others > 1 else f" Another fails in {last_one}."
        events.append(Event(game.dates[t], "talks", text))
    return events


def _axis(game: Game, path: Float, axis: Axis, names: Mapping[Role, str], grain: int) -> list[Event]:
    if axis.name == "territory":
        return _line(game, path, names, MOVED_LINE * grain)
    if axis.labels:
        return _switches(game, axis, path, names, grain)
    return _moves(game, axis, path, grain)


def _line(game: Game, path: Float, names: Mapping[Role, str], step: float) -> list[Event]:
    events, told = [], path[0]
    for t, share in enumerate(path):
        if abs(share - told) >= step - 1e-9:
            gained = f"{names['attacker']} has gained ground and"
            lost = f"{names['defender']} has regained ground; {names['attacker']}"
            text = f"{gained if share > told else lost} holds {share:.0%} of what is disputed."
            events.append(Event(game.dates[t], "front", text))
            told = share
    return events


def _switches(game: Game, axis: Axis, path: Float, names: Mapping[Role, str], grain: int) -> list[Event]:
    leader = axis.name.removesuffix(" leader")
    if leader != axis.name:
        name = next((n for role, n in names.items() if role == leader), leader)
        return [
            Event(game.dates[t], "leader", f"A new leader takes office in {name}.")
            for t in range(1, path.size)
            if path[t] > path[t - 1]
        ]
    events, told = [], path[0]
    for t in range(1, path.size):
        ahead = path[t : t + grain]
        if path[t] != told and ahead.size == grain and (ahead == path[t]).all():
            text = f"{sentence(axis.name)} turns to “{axis.labels[int(path[t])]}”."
            events.append(Event(game.dates[t], "state", text))
            told = path[t]
    return events


def _moves(game: Game, axis: Axis, path: Float, grain: int) -> list[Event]:
    """Moves of a continuous axis that go far, in steps of more than one point of its grid, and last."""
    span = float(axis.values[-1] - axis.values[0])
    if axis.values.size < 3:
        return []
    step = max(MOVED_AXIS * span, 1.5 * span / (axis.values.size - 1))
    events, told = [], path[0]
    for t in range(1, path.size):
        ahead = path[t : t + 3 * grain]
        if abs(path[t] - told) >= step and ahead.size == 3 * grain and (abs(ahead - told) >= step).all():
            moved = "has risen" if path[t] > told else "has fallen"
            events.append(Event(game.dates[t], "state", f"{sentence(axis.name)} {moved} to {path[t]:.2g}."))
            told = path[t]
    return events


def _ending(game: Game, one: Mapping[str, Any], end: str, names: Mapping[Role, str]) -> Event:
    period = int(one["end_period"])
    date = game.dates[min(period, game.dates.size - 1)]
    if end == SETTLEMENT:
        package = game.packages[int(one["package"])].name
        proposer = int(one["proposer"][period])
        by = f" proposed by {names[game.roles[proposer]]}" if proposer >= 0 else ""
        share = float(one["terms"])
        text = f"Settlement on “{package}”{by}: {names['attacker']} gets {share:.0%} of what is disputed."
    elif end == STILL_OPEN:
        text = "The horizon is reached with the war still open."
    else:
        text = f"The war ends without agreement: {end}."
    return Event(date, "end", text)


def _path(game: Game, one: Mapping[str, Any], k: int) -> Float:
    """Values of axis k at the start of every period in which the war was open."""
    state = one["state"][one["state"] >= 0]
    return np.asarray(game.axes[k].values[np.unravel_index(state, game.tables.shape)[k]], np.float64)

"""What no single field of a plan can know: whether names fit together, and whether every worth is there.

Every check reads plain data, and stays silent about what the models refuse anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ripeness.scenario.elicitation import linked
from ripeness.scenario.faults import listing, nearest, shown
from ripeness.scenario.plan import MOST_OPTIONS, MOST_PARTIES, MOST_POINTS
from ripeness.scenario.translation import Problem

Place = tuple[str | int, ...]


def plan_checks(data: Any) -> Iterator[Problem]:
    """Every misfit between parts of a plan."""
    parties = list(_mapping(data, "parties"))
    points = {
        name: list(_mapping(point, "options"))
        for name, point in _mapping(data, "points").items()
        if isinstance(point, dict)
    }
    yield from _size(data.get("parties"), ("parties",), "parties", 2, MOST_PARTIES)
    yield from _size(data.get("points"), ("points",), "points", 1, MOST_POINTS)
    for point in points:
        where: Place = ("points", point, "options")
        yield from _size(data["points"][point].get("options"), where, "options", 1, MOST_OPTIONS)
    yield from _signers(data)
    yield from _elicited(data, points)
    answered = [name for name, said in _mapping(data, "parties").items() if _mapping(said).get("elicited") is not None]
    for point, options in points.items():
        for option in options:
            said = data["points"][point]["options"][option]
            path: Place = ("points", point, "options", option)
            yield from _worths(said, path, parties, answered)
            yield from _red_lines(said, path, parties)
    yield from _conditions(data, points, parties)
    yield from _drafts(data, points)


def _size(said: Any, path: Place, what: str, least: int, most: int) -> Iterator[Problem]:
    """Whether a mapping has as many entries as it may."""
    if isinstance(said, dict) and not least <= len(said) <= most:
        one = {"parties": "party"}.get(what, what.removesuffix("s"))
        found = f"{len(said)} {one if len(said) == 1 else what}"
        yield Problem(path, found, f"{least} to {most} {what}", "", True)


def _signers(data: Any) -> Iterator[Problem]:
    parties = _mapping(data, "parties")
    signers = [name for name, party in parties.items() if _mapping(party).get("consents", True) is not False]
    roles: dict[str, str] = {}
    for name, party in parties.items():
        role = _mapping(party).get("role")
        if isinstance(role, str) and role in roles:
            found = f"{role}, which {roles[role]} is as well"
            yield Problem(("parties", name, "role"), found, "each actor once", "Leave one of the two out.")
        elif isinstance(role, str):
            roles[role] = name
    if len(parties) >= 2 and len(signers) < 2:
        found = f"{len(signers)} of {len(parties)} parties with `consents: true`"
        yield Problem(("parties",), found, "at least two parties that must sign", "Drop a `consents: false`.", True)


def _worths(said: Any, path: Place, parties: list[str], answered: list[str]) -> Iterator[Problem]:
    worth = _mapping(said, "worth")
    for key in ("worth", "costs"):
        for party in _mapping(said, key):
            if party not in parties:
                yield _unknown((*path, key, party), "party", party, parties, at_key=True)
    for party in answered:
        if party in worth:
            found = f"a worth for {party}, whose worths are elicited as well"
            yield Problem((*path, "worth", party), found, "one of the two", f"Drop one for {party}.", True)
    missing = _missing([party for party in parties if party not in answered], worth)
    if missing and isinstance(said, dict):
        found = f"no worth for {_and(missing)}"
        yield Problem((*path, "worth"), found, "one number for every party", "Add it; 0 where nothing changes.", True)


def _elicited(data: Any, points: dict[str, list[str]]) -> Iterator[Problem]:
    """Whether a party's answers give one weight to each point, and one score to each option."""
    for party, said in _mapping(data, "parties").items():
        asked = _mapping(said).get("elicited")
        if not isinstance(asked, dict):
            continue
        path: Place = ("parties", party, "elicited")
        ways = [key for key in ("weights", "weights_ranked", "weights_compared") if asked.get(key)]
        if len(ways) != 1:
            found = " and ".join(ways) if ways else "no weights"
            allowed = "one of weights, weights_ranked and weights_compared"
            yield Problem(path, found, allowed, "Give the weights of the points in one way.", True)
        for key in ways:
            yield from _answers(asked[key], (*path, key), "point", list(points))
        kinds = ("scores", "scores_ranked", "scores_compared")
        for key in kinds:
            for point, answers in _mapping(asked, key).items():
                where = (*path, key, point)
                if point not in points:
                    yield _unknown(where, "point", point, list(points), at_key=True)
                    continue
                yield from _answers(answers, where, f"option of {point}", points[point])
                others = [other for other in kinds if other != key and point in _mapping(asked, other)]
                if others and kinds.index(key) > kinds.index(others[0]):
                    yield Problem(where, f"{point}, which stands under {others[0]} as well", "one of the two", "", True)
        given = {point: None for key in kinds for point in _mapping(asked, key)}
        missing = _missing(list(points), given)
        if missing:
            found = f"no scores for {_and(missing)}"
            yield Problem(path, found, "scores of the options of every point", "Add the missing points.", True)


def _answers(said: Any, path: Place, what: str, names: list[str]) -> Iterator[Problem]:
    """Numbers by name, a ranking, or comparisons: each name once, or comparisons that link all."""
    if isinstance(said, dict):
        for name in said:
            if name not in names:
                yield _unknown((*path, name), what, name, names, at_key=True)
        missing = _missing(names, said)
        if missing:
            yield Problem(path, f"no number for {_and(missing)}", "one for each", "Add the missing ones.", True)
        elif what == "point" and not any(_number(value) for value in said.values()):
            yield Problem(path, "weights that are all 0", "at least one weight above 0", "", True)
        return
    compared = [each for each in _list(said) if isinstance(each, dict)]
    if not compared:
        ranked = [each for each in _list(said) if isinstance(each, str)]
        for index, name in enumerate(ranked):
            if name not in names:
                yield _unknown((*path, index), what, name, names)
            elif name in ranked[:index]:
                yield Problem((*path, index), f"{name} a second time", "each once", "Drop one of the two.")
        missing = _missing(names, dict.fromkeys(ranked))
        if missing:
            yield Problem(path, f"no rank for {_and(missing)}", "a ranking of all", "Add the missing ones.", True)
        return
    pairs, sound = [], True
    for index, each in enumerate(compared):
        pair = []
        for key in ("better", "than"):
            name = each.get(key)
            if isinstance(name, str) and name not in names:
                yield _unknown((*path, index, key), what, name, names)
            pair.append(names.index(name) if isinstance(name, str) and name in names else -1)
        if pair[0] == pair[1] and pair[0] >= 0:
            yield Problem((*path, index, "than"), f"{each['than']}, compared with itself", "two different ones")
        sound &= min(pair) >= 0
        pairs.append((pair[0], pair[1]))
    if sound and not linked(len(names), pairs):
        remedy = "Compare each with at least one of the others, so that all hang together."
        yield Problem(path, "comparisons that do not link all", "comparisons that link all", remedy, True)


def _red_lines(said: Any, path: Place, parties: list[str]) -> Iterator[Problem]:
    lines = _list(_mapping(said).get("red_line_of"))
    for index, party in enumerate(lines):
        where = (*path, "red_line_of", index)
        if isinstance(party, str) and party not in parties:
            yield _unknown(where, "party", party, parties)
        elif isinstance(party, str) and party in lines[:index]:
            yield Problem(where, f"{party} a second time", "each party once", "Drop one of the two.")


def _conditions(data: Any, points: dict[str, list[str]], parties: list[str]) -> Iterator[Problem]:
    said = _mapping(data, "conditions")
    for index, condition in enumerate(_list(said.get("requires"))):
        if not isinstance(condition, dict):
            continue
        path: Place = ("conditions", "requires", index)
        for part in ("when", "then"):
            yield from _size(condition.get(part), (*path, part), "points", 1, MOST_POINTS)
            yield from _choices(_mapping(condition, part), (*path, part), points)
        for point in _mapping(condition, "then"):
            if point in _mapping(condition, "when"):
                remedy = "Write the options that may stand together into one of the two."
                found = f"the point {point}, which stands under `when` as well"
                yield Problem((*path, "then", point), found, "other points than under `when`", remedy, True)
    for index, condition in enumerate(_list(said.get("excludes"))):
        path = ("conditions", "excludes", index)
        yield from _size(condition, path, "points", 2, MOST_POINTS)
        yield from _choices(_mapping(condition), path, points)
    for index, condition in enumerate(_list(said.get("together"))):
        if not isinstance(condition, dict):
            continue
        path = ("conditions", "together", index)
        yield from _size(condition.get("options"), (*path, "options"), "points", 2, MOST_POINTS)
        yield from _size(condition.get("worth"), (*path, "worth"), "parties", 1, MOST_PARTIES)
        yield from _choices(_mapping(condition, "options"), (*path, "options"), points)
        for party in _mapping(condition, "worth"):
            if party not in parties:
                yield _unknown((*path, "worth", party), "party", party, parties, at_key=True)


def _choices(said: dict[str, Any], path: Place, points: dict[str, list[str]]) -> Iterator[Problem]:
    for point, options in said.items():
        if point not in points:
            yield _unknown((*path, point), "point", point, list(points), at_key=True)
            continue
        several = isinstance(options, list)
        for index, option in enumerate(options if several else [options]):
            where = (*path, point, index) if several else (*path, point)
            if isinstance(option, str) and option not in points[point]:
                yield _unknown(where, f"option of {point}", option, points[point])
            elif several and option in options[:index]:
                yield Problem(where, f"{shown(option)} a second time", "each option once", "Drop one of the two.")


def _drafts(data: Any, points: dict[str, list[str]]) -> Iterator[Problem]:
    for draft, choices in _mapping(data, "drafts").items():
        if not isinstance(choices, dict):
            continue
        yield from _choices({p: o for p, o in choices.items() if isinstance(o, str)}, ("drafts", draft), points)
        missing = _missing(list(points), choices)
        if missing:
            found = f"a draft without a choice for {_and(missing)}"
            yield Problem(("drafts", draft), found, "one option for every point", "Add the missing points.", True)


def _unknown(path: Place, what: str, word: str, known: list[str], *, at_key: bool = False) -> Problem:
    close = nearest(word, known)
    short = word if len(word) <= 40 else f"{word[:37]}..."
    remedy = f"nearest: {close}" if close else ""
    return Problem(path, f'the unknown {what} "{short}"', listing(known) or "none", remedy, at_key)


def _missing(words: list[str], said: dict[str, Any]) -> list[str]:
    """Words that are not said; a misspelt one is one fault, not an unknown word and a missing one."""
    meant = {nearest(word, words) for word in said if word not in words}
    return [word for word in words if word not in said and word not in meant]


def _mapping(data: Any, key: str | None = None) -> dict[str, Any]:
    """A mapping, or what stands under a key of it; empty where there is none."""
    if key is not None:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _and(words: list[str]) -> str:
    more = f" and {len(words) - 6} more" if len(words) > 6 else ""
    return ", ".join(words[:6]) + more


def _number(value: Any) -> float | None:
    """A number in its short or long form."""
    if isinstance(value, dict):
        value = value.get("value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

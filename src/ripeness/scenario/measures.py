"""The vocabulary of measures: what can be asked of a solved scenario, and how a question is written.

The names stand here, where a scenario's claims can be checked while they are read; what they are worth in a solved
game is worked out in `ripeness.questions.measures`. docs/measures.md lists them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ripeness.mechanisms.base import period_of_date
from ripeness.scenario.faults import listing, nearest, shown

SETTLEMENT, STILL_OPEN = "settlement", "still open"
"""Ends of a war that every game has."""

TRUTH, PUBLIC = "truth", "public"
"""The analyst, and what everybody holds in common: observers that are no actors."""

Parameter = Literal["of", "within", "at", "package", "view"]
PARAMETERS: tuple[Parameter, ...] = get_args(Parameter)

Named = Literal["", "actor", "belligerent", "proposer", "patron", "end", "posture", "level", "type"]
"""What the parameter `of` names."""

_SLACK = 1e-9
"""Rounding of months in periods."""


class Asked(NamedTuple):
    """One measure with its parameters, as text ``chance_of_settlement:within=12,view=patron``.

    Attributes:
        measure: a name of `MEASURES`.
        of: whose or of what: an actor, an end, a posture, an axis or one of its labels, a type; see the measure.
        within: months from the start, or the first day YYYY-MM(-DD) that no longer counts.
        at: months from the start, or a date YYYY-MM(-DD); means the period that contains it.
        package: a package of the agenda.
        view: whose outlook it is ("truth", an actor, a type); of `belief` and `misled`, who believes.
    """

    measure: str
    of: str | None = None
    within: int | str | None = None
    at: int | str | None = None
    package: str | None = None
    view: str | None = None

    def given(self) -> dict[str, int | str]:
        """The parameters that are stated, in the order in which they are written."""
        found = {name: getattr(self, name) for name in PARAMETERS}
        return {name: value for name, value in found.items() if value is not None}

    def __str__(self) -> str:
        said = ",".join(f"{name}={_written(value)}" for name, value in self.given().items())
        return f"{self.measure}:{said}" if said else self.measure


class Measure(NamedTuple):
    """What can be asked of a solved game.

    Attributes:
        unit: "share" is a share of what is disputed, "1" a probability or a ratio, "axis" that of the axis.
        meaning: one sentence; probabilities "while open" are given that the war is still going on.
        takes: parameters it may have; not both `at` and `within`.
        needs: parameters without which it means nothing.
        names: what `of` names.
        default: what is meant without `at` and `within`: "start", "horizon", or "" where neither is taken.
        example: a question as text.
    """

    name: str
    unit: str
    meaning: str
    takes: frozenset[str]
    needs: frozenset[str]
    names: Named
    default: str
    example: str


def _measures() -> dict[str, Measure]:
    flow, stock = "horizon", "start"
    when = {"at", "within", "view"}
    rows: list[tuple[str, str, str, set[str], set[str], Named, str, str]] = [
        ("chance_of_settlement", "1",
         "probability that a settlement is signed; with `of`, proposed by this actor; with `package`, on this package",
         {"of", "package", "within", "view"}, set(), "proposer", flow, "chance_of_settlement:within=12"),
        ("chance_of_end", "1", "probability that the war ends in the way that `of` names",
         {"of", "within", "view"}, {"of"}, "end", flow, "chance_of_end:of=withdrawal of the attacker,within=24"),
        ("chance_of_collapse", "1",
         "probability that the war ends without agreement, by a collapse, a withdrawal or an expulsion; with `of`, of "
         "this side",
         {"of", "within", "view"}, set(), "belligerent", flow, "chance_of_collapse:of=defender,within=24"),
        ("still_open", "1", "probability that the war is going on",
         {"at", "view"}, {"at"}, "", "", "still_open:at=2026-12"),
        ("hazard", "1/year", "hazard of a settlement, or of the end that `of` names, while open",
         {"of", *when}, set(), "end", stock, "hazard:at=2026-11"),
        ("duration", "month", "months of war to be expected, counted to the horizon or to `within`",
         {"within", "view"}, set(), "", flow, "duration:within=36"),
        ("median_duration", "month",
         "months until the war is over, or has ended in the way that `of` names, with a probability of one half; the "
         "horizon where that lies beyond it",
         {"of", "view"}, set(), "end", "", "median_duration:of=settlement"),
        ("terms", "share", "expected terms, the attacker's share, of what is signed",
         when, set(), "", flow, "terms:at=36"),
        ("durability", "1", "chance that what is signed lasts five years, the state staying as it is",
         when, set(), "", flow, "durability:within=12"),
        ("terms_slope", "share/year",
         "change of the terms with the date of settlement; over several dates, the mean by how likely each is",
         when, set(), "", flow, "terms_slope"),
        ("value_slope", "share/year",
         "change of an actor's value with the date of settlement; over several dates, the mean by how likely each is",
         {"of", *when}, {"of"}, "actor", flow, "value_slope:of=attacker"),
        ("value", "share", "what an actor expects from here on, while open",
         {"of", *when}, {"of"}, "actor", stock, "value:of=attacker"),
        ("gain_from_settling", "share",
         "what an actor gains, while open, by signing now over fighting on for a period and playing on from there: "
         "with `package`, by signing it, else by signing what it likes best",
         {"of", "package", *when}, {"of"}, "actor", stock, "gain_from_settling:of=attacker,at=12"),
        ("reservation", "share",
         "least terms that the attacker would sign, greatest that the defender would, while open: with `package`, in "
         "its class of guarantees, else in the class in which the side yields most",
         {"of", "package", *when}, {"of"}, "belligerent", stock, "reservation:of=defender,at=24"),
        ("zone_width", "share",
         "greatest terms that the defender would sign less the least that the attacker would, while open; below zero "
         "it is a gap: with `package`, in its class of guarantees, else in the class in which it is widest",
         {"package", *when}, set(), "", stock, "zone_width:at=12"),
        ("ripe", "1",
         "probability while open that some package is at least as good as fighting on for both belligerents; with "
         "`of`, for the patron as well",
         {"of", *when}, set(), "patron", stock, "ripe:at=12"),
        ("acceptable", "1",
         "probability while open that signing the package is at least as good for an actor as fighting on",
         {"of", "package", *when}, {"of", "package"}, "actor", stock,
         "acceptable:of=attacker,package=draft of 28 points"),
        ("posture", "1", "share of the periods while open in which the patron takes the posture that `of` names",
         {"of", *when}, {"of"}, "posture", flow, "posture:of=press defender,within=12"),
        ("effort", "1", "mean effort of a belligerent in the periods that are fought",
         {"of", *when}, {"of"}, "belligerent", flow, "effort:of=defender"),
        ("offered", "1",
         "share of the periods while open in which an actor makes an offer; with `package`, of this one",
         {"of", "package", *when}, {"of"}, "proposer", flow, "offered:of=patron,within=12"),
        ("accepted", "1", "chance that an offer by this actor is accepted; with `package`, an offer of it",
         {"of", "package", *when}, {"of"}, "proposer", flow, "accepted:of=patron,within=12"),
        ("level", "axis", "mean of an axis of the state while open; of one of its labels, the probability",
         {"of", *when}, {"of"}, "level", stock, "level:of=morale,at=24"),
        ("belief", "1",
         "what `view` believes of the type that `of` names, while open, on average as the analyst expects it",
         {"of", *when}, {"of"}, "type", stock, "belief:of=attacker: wider aims,at=12,view=patron"),
        ("misled", "1",
         "probability while open, where the type that `of` names is the true one, that `view` holds it less likely "
         "than not",
         {"of", *when}, {"of"}, "type", stock, "misled:of=attacker: wider aims,at=12,view=patron"),
    ]  # fmt: skip
    return {row[0]: Measure(*row[:3], frozenset(row[3]), frozenset(row[4]), *row[5:]) for row in rows}


MEASURES: Mapping[str, Measure] = _measures()
"""Every measure by its name."""


class Wrong(NamedTuple):
    """What is wrong with a question.

    Attributes:
        field: the parameter at fault, or "measure".
    """

    field: str
    found: str
    allowed: str
    remedy: str = ""

    def __str__(self) -> str:
        said = f"{self.field}: found {self.found}; allowed: {self.allowed}"
        return f"{said}. {self.remedy}" if self.remedy else said


class AskedError(ValueError):
    """A question that cannot be asked, with every fault of it."""

    def __init__(self, said: str, wrong: Sequence[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("\n".join(f"{said}: {each}" for each in self.wrong))


class Facts(NamedTuple):
    """What a question may name in one scenario; None: not known before the game is built, and not checked.

    Attributes:
        start: first day, YYYY-MM or YYYY-MM-DD.
        horizon: number of periods.
        types: "actor: type" of all actors with types.
        secret: those of them that others have to guess.
        levels: axes, and "axis: label" of labelled ones.
    """

    months_per_period: float
    start: str
    horizon: int
    roles: tuple[str, ...]
    types: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    postures: tuple[str, ...] | None = None
    levels: tuple[str, ...] | None = None
    packages: tuple[str, ...] | None = None
    ends: tuple[str, ...] | None = None

    def period_of(self, at: int | str | None) -> int:
        """Index of the period that contains a date, or a number of months from the start."""
        if isinstance(at, str):
            years = self.months_per_period / 12.0
            return period_of_date(at, np.datetime64(self.start, "D"), years)
        return 0 if at is None else int(at / self.months_per_period + _SLACK)

    def periods_within(self, within: int | str | None) -> int:
        """Number of whole periods before a date, or within a number of months."""
        return self.horizon if within is None else self.period_of(within)


def levels_named(axes: Iterable[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Names under which the measure `level` knows axes, each given as its name and labels."""
    return tuple(n for axis, labels in axes for n in ([f"{axis}: {label}" for label in labels] or [axis]))


def parse_asked(text: str) -> Asked:
    """The question that a text asks, ``measure:parameter=value,...``; `str` gives the text back.

    A value may contain anything but a comma before what reads as a further parameter; such a value is written in double
    quotes, as in JSON.

    Raises:
        AskedError: no such measure or parameter, or a parameter that it does not take or lacks, all of them together.
    """
    name, _, rest = text.partition(":")
    said: dict[str, Any] = {"measure": name.strip()}
    wrong = []
    for part in _parts(rest):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals:
            wrong.append(Wrong(key[:40], "no value", "parameter=value", f"Write {text.strip()[:60]}=…."))
        elif key in said:
            wrong.append(Wrong(key, "it a second time", "each parameter once"))
        else:
            said[key] = _read(key, value.strip())
    try:
        asked = asked_of(said)
    except AskedError as error:
        raise AskedError(text, [*wrong, *error.wrong]) from None
    if wrong:
        raise AskedError(text, wrong)
    return asked


def asked_of(fields: Mapping[str, Any]) -> Asked:
    """The question of a mapping with `measure` and its parameters, as a scenario file has it.

    Raises:
        AskedError: as `parse_asked`.
    """
    wrong = faults_of_fields(fields)
    if wrong:
        raise AskedError(str(fields.get("measure", "")), wrong)
    return Asked(**{name: value for name, value in fields.items() if value is not None})


def faults_of_fields(fields: Mapping[str, Any]) -> list[Wrong]:
    """What is wrong with a question whatever the scenario: names, kinds of values, what the measure takes and needs."""
    found: list[Wrong] = []
    name = fields.get("measure")
    measure = MEASURES.get(name) if isinstance(name, str) else None
    if measure is None:
        found.append(_unknown("measure", name, tuple(MEASURES)))
    for key, value in fields.items():
        if key == "measure" or value is None:
            continue
        if key not in PARAMETERS:
            found.append(_unknown(key, None, PARAMETERS, f'the unknown parameter "{key[:40]}"'))
        elif measure is not None and key not in measure.takes:
            takes = [each for each in PARAMETERS if each in measure.takes]
            said = f"a parameter that {name} does not take"
            found.append(Wrong(key, said, listing(takes) or "none", "Leave it out."))
        elif key in ("at", "within"):
            if not _is_time(value):
                found.append(Wrong(key, shown(value), "months from the start, or a date YYYY-MM"))
        elif not isinstance(value, str) or not value:
            found.append(Wrong(key, shown(value), "a name"))
    if measure is not None:
        for need in PARAMETERS:
            if need in measure.needs and fields.get(need) is None:
                called = {
                    "of": _CALLED[measure.names],
                    "at": "months from the start, or a date",
                    "package": "a package",
                }
                found.append(Wrong(need, "nothing", called[need], f"{name} needs it: {measure.example}"))
        if fields.get("at") is not None and fields.get("within") is not None and "at" in measure.takes:
            found.append(Wrong("within", "`at` as well", "one of the two", "Leave one out."))
    return found


def faults_of(asked: Asked, facts: Facts) -> list[Wrong]:
    """Everything that is wrong with a question to one scenario."""
    found = faults_of_fields(asked._asdict())
    wrong = {each.field for each in found}
    measure = MEASURES.get(asked.measure)
    if measure is None:
        return found
    if asked.of is not None and "of" not in wrong:
        found += _named(asked.of, measure, facts)
    if asked.package is not None and "package" not in wrong and facts.packages is not None:
        found += _one_of("package", asked.package, facts.packages)
    if asked.view is not None and "view" not in wrong:
        found += _one_of("view", asked.view, _views(asked, measure, facts))
    for key in ("at", "within"):
        said = getattr(asked, key)
        if said is not None and key not in wrong:
            found += _time(key, said, facts, last=facts.horizon - (key == "at" and asked.measure != "still_open"))
    return found


def check_asked(asked: Asked, facts: Facts) -> list[str]:
    """`faults_of` in sentences."""
    return [str(each) for each in faults_of(asked, facts)]


_CALLED: Mapping[str, str] = {
    "": "nothing",
    "actor": "an actor",
    "belligerent": "attacker or defender",
    "proposer": "an actor",
    "patron": "patron",
    "end": "an end of the war",
    "posture": "a posture",
    "level": "an axis of the state, or axis: label",
    "type": "actor: type",
}


def _named(of: str, measure: Measure, facts: Facts) -> list[Wrong]:
    ends = None
    if facts.ends is not None:
        # The horizon is where the calendar stops, and no event: it has no hazard, and no date.
        last = () if measure.name in ("hazard", "median_duration") else (STILL_OPEN,)
        ends = (SETTLEMENT, *facts.ends, *last)
    allowed: Mapping[str, tuple[str, ...] | None] = {
        "actor": facts.roles,
        "belligerent": facts.roles[:2],
        "proposer": facts.roles,
        "patron": facts.roles[2:],
        "end": ends,
        "posture": facts.postures,
        "level": facts.levels,
        "type": facts.secret,
    }
    names = allowed[measure.names]
    return [] if names is None else _one_of("of", of, names)


def _views(asked: Asked, measure: Measure, facts: Facts) -> tuple[str, ...]:
    """Who may look: at the war, or at the actor whose type is asked for."""
    if measure.names == "type":
        role = (asked.of or "").partition(": ")[0]
        return (TRUTH, PUBLIC, *(other for other in facts.roles if other != role))
    return (TRUTH, *facts.roles, *facts.types)


def _one_of(field: str, said: str, names: tuple[str, ...]) -> list[Wrong]:
    return [] if said in names else [_unknown(field, said, names)]


def _unknown(field: str, said: Any, names: Sequence[str], found: str = "") -> Wrong:
    close = nearest(said if isinstance(said, str) else field, names) if said or found else None
    shown_names = listing(list(names)) if names else "none in this scenario"
    return Wrong(field, found or shown(said), shown_names, f"nearest: {close}" if close else "")


def _time(field: str, said: int | str, facts: Facts, last: int) -> list[Wrong]:
    """What is wrong with a date: `last` is the last period, or number of periods, that has an answer."""
    first = 1 if field == "within" else 0
    try:
        period = facts.period_of(said)
    except ValueError:
        return [Wrong(field, shown(said), "months from the start, or a date YYYY-MM")]
    if first <= period <= last:
        return []
    least, most = (f"{each * facts.months_per_period:.4g}" for each in (first, last))
    return [Wrong(field, shown(said), f"{least} to {most} months from the start, {facts.start}")]


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value) is not None
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_NEXT = re.compile(r",\s*(?=[A-Za-z_]+\s*=)")
"""A comma that ends a value."""


def _parts(text: str) -> list[str]:
    """Parameters of a question, each as written."""
    found, rest = [], text.strip()
    while rest:
        quoted = re.match(r'\s*[A-Za-z_]+\s*=\s*"(?:[^"\\]|\\.)*"\s*(?=,|$)', rest)
        end = quoted.end() if quoted else (m.start() if (m := _NEXT.search(rest)) else len(rest))
        found.append(rest[:end])
        rest = rest[end:].lstrip(", ")
    return found


def _read(key: str, value: str) -> int | str:
    if key in ("at", "within") and value.isascii() and value.isdigit():
        return int(value)
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    return value


def _written(value: int | str) -> str:
    text = str(value)
    plain = not isinstance(value, str) or (text == text.strip() and text[:1] != '"' and not _NEXT.search(text))
    return text if plain else json.dumps(text, ensure_ascii=False)

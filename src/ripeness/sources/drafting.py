"""Draft scenarios: accepted findings as a commented scenario file that `ripeness check` accepts.

A draft states no number that is not in the texts: where the format asks for one, it stands there as the default of its
field, and says so, with the sentences that speak of it. What the texts claim becomes notes and a list of claims.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from ripeness.mechanisms.registry import registered
from ripeness.scenario.loading import parse
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.schema import Actor
from ripeness.sources.errors import SourceError
from ripeness.sources.findings import ActorValues, EventValues, Finding, MechanismValues, QuantityValues
from ripeness.sources.lexicon import Lexicon, load_lexicon
from ripeness.sources.project import Filter, Project, open_project

PARAMETERS: dict[str, tuple[tuple[str, str], ...]] = {
    "front": (("territory", "speed"),),
    "capacity": (("balance", "start"),),
    "morale": (("morale", "start"),),
    "aid": (("support", "start"),),
    "coercion": (("strikes", "strikes"),),
    "commitment": (("durability", "base"),),
    "stalling": (("channel", "attacker"),),
    "secrecy": (("channel", "defender_left_out"),),
    "terms": (("red_line", "defender_cost"),),
    "aims": (("wider_aims", "settlement"),),
    "signal": (("courtship", "asked"),),
    "patron-pressure": (("posture", "pressure"),),
    "patron-reliability": (("mood", ""),),
}
"""Mechanisms of a scenario that a finding switches on, and the number beside which it is cited."""

OF_PATRON = frozenset({"courtship", "posture", "mood"})
ORDER = (
    "territory",
    "balance",
    "support",
    "strikes",
    "morale",
    "strain",
    "mood",
    "posture",
    "courtship",
    "wider_aims",
    "red_line",
    "durability",
    "channel",
)
MOST_ALIASES = 200
"""Citations by alias in one file; a scenario may hold 256."""

_MONTHS = {
    name: k
    for k, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}


class Drafts(NamedTuple):
    """What was written.

    Attributes:
        scenario, plan: files; None where none was written.
        roles: who takes part, by role.
    """

    scenario: Path | None
    plan: Path | None
    roles: dict[str, str]
    findings: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "scenario": None if self.scenario is None else str(self.scenario),
            "plan": None if self.plan is None else str(self.plan),
            "roles": self.roles,
            "findings": self.findings,
            "notes": list(self.notes),
        }

    def sentences(self) -> list[str]:
        """The result in a few lines."""
        lines = []
        if self.scenario is not None:
            said = ", ".join(f"{role} {name}" for role, name in self.roles.items())
            lines.append(
                f"Wrote {self.scenario} from {self.findings} accepted findings: {said}. Check it with `ripeness "
                f"check {self.scenario}`."
            )
        if self.plan is not None:
            lines.append(f"Wrote {self.plan}: every worth in it waits for a number of yours.")
        return [*lines, *(f"Note: {note}" for note in self.notes)]


def write_drafts(
    project: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    attacker: str | None = None,
    defender: str | None = None,
    patron: str | None = None,
    plan: str | PathLike[str] | None = None,
    documents: Mapping[str, str] | None = None,
    start: str | None = None,
) -> Drafts:
    """Write a scenario from a project's accepted findings, and a plan file where one is asked for.

    Args:
        out: scenario file; None: named after the project, or none where only a plan is asked for. It must not exist.
        attacker, defender, patron: roles; None: by accepted events. `none` is no patron.
        plan: plan file to write from the plans among the documents.
        documents: where documents lie now, by identifier.
        start: first period, YYYY-MM; None: by the dates in accepted events.
    """
    with open_project(project, documents) as opened:
        scenario_file = Path(fspath(out)) if out is not None else None
        if out is None and plan is None:
            scenario_file = opened.path.with_suffix(".yaml").with_name(f"{_slug(opened.path.stem)}.yaml")
        plan_file = None if plan is None else Path(fspath(plan))
        faults = [
            f"{file} exists already and is left as it is; name another file."
            for file in (scenario_file, plan_file)
            if file is not None and file.exists()
        ]
        if faults:
            raise SourceError(faults)
        roles: dict[str, str] = {}
        count = 0
        notes: list[str] = []
        texts: list[tuple[Path, str]] = []
        if scenario_file is not None:
            drafted = draft_scenario(opened, attacker, defender, patron, start)
            texts.append((scenario_file, drafted.text))
            roles, count = drafted.roles, drafted.findings
            notes += drafted.notes
        if plan_file is not None:
            from ripeness.sources.plan_file import draft_plan

            text, more = draft_plan(opened)
            texts.append((plan_file, text))
            notes += more
        for file, text in texts:
            _write_new(file, text)
    return Drafts(scenario_file, plan_file, roles, count, tuple(notes))


class Draft(NamedTuple):
    """A scenario as text."""

    text: str
    roles: dict[str, str]
    findings: int
    notes: tuple[str, ...]


def draft_scenario(
    project: Project,
    attacker: str | None = None,
    defender: str | None = None,
    patron: str | None = None,
    start: str | None = None,
) -> Draft:
    """A commented scenario from accepted findings; the same project gives the same text.

    Raises:
        SourceError: nothing is accepted, or nothing says who fights whom.
    """
    accepted = [
        f
        for f in project.findings(Filter(statuses=("accepted",)))
        if f.kind in ("actor", "event", "mechanism", "quantity")
    ]
    if not accepted:
        raise SourceError(
            f"{project.path}: no finding is accepted; `ripeness review {project.path} --accept-all --kind "
            "mechanism` accepts by kind, `--accept ID` one by one."
        )
    sides = _sides(accepted)
    roles, notes = _roles(accepted, sides, attacker, defender, patron)
    lexicon = load_lexicon(project.meta().get("lexicon"))
    writer = _Writer(project, accepted, sides, roles, lexicon, start or _start(accepted))
    text = writer.text()
    parse(text, f"{_slug(project.path.stem)}.yaml")  # a draft that does not load would be our mistake
    return Draft(text, roles, len(accepted), (*notes, *writer.notes))


def _sides(accepted: Iterable[Finding]) -> dict[str, str]:
    """The state, or the last known side, that each actor belongs to."""
    direct: dict[str, str] = {}
    for f in accepted:
        if isinstance(f.values, ActorValues) and f.values.side:
            direct.setdefault(f.values.name, f.values.side)
    found = {}
    for name in direct:
        side, seen = name, {name}
        while direct.get(side, side) not in seen:
            side = direct[side]
            seen.add(side)
        found[name] = side
    return found


def _roles(
    accepted: Sequence[Finding],
    sides: Mapping[str, str],
    attacker: str | None,
    defender: str | None,
    patron: str | None,
) -> tuple[dict[str, str], list[str]]:
    events = [f.values for f in accepted if isinstance(f.values, EventValues)]
    attacks: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    helpers: Counter[str] = Counter()
    for e in events:
        source, target = sides.get(e.source, e.source), sides.get(e.target, e.target)
        if e.category == "ASSAULT" and source and e.mode in ("happened", "claimed"):
            attacks[source] += 1
            if target and target != source:
                pairs[source, target] += 1
        if e.category in ("AID", "SUPPORT", "CONSULT", "COERCE", "REQUEST") and source:
            helpers[source] += 1
    notes = []
    guessed = [role for role, given in (("attacker", attacker), ("defender", defender)) if given is None]
    if attacker is None:
        others = [(n, name) for name, n in attacks.items() if name != defender]
        if not others:
            raise SourceError("no accepted event says who attacks; name the sides with --attacker and --defender.")
        attacker = min(others, key=lambda item: (-item[0], item[1]))[1]
    if defender is None:
        targets = [(n, target) for (source, target), n in pairs.items() if source == attacker]
        if not targets:
            targets = [(n, name) for name, n in attacks.items() if name != attacker]
        if not targets:
            raise SourceError(f"no accepted event says whom {attacker} attacks; name the side with --defender.")
        defender = min(targets, key=lambda item: (-item[0], item[1]))[1]
    if attacker == defender:
        raise SourceError(f"attacker and defender are both {attacker}; name two.")
    roles = {"attacker": attacker, "defender": defender}
    if patron is None:
        third = [(n, name) for name, n in helpers.items() if name not in (attacker, defender)]
        if third and max(third)[0] >= 2:
            patron = min(third, key=lambda item: (-item[0], item[1]))[1]
            guessed.append("patron")
    if patron is not None and patron != "none":
        roles["patron"] = patron
    if guessed:
        notes.append(
            f"{', '.join(guessed)} chosen by accepted events; --attacker, --defender and --patron say otherwise."
        )
    return roles, notes


def _start(accepted: Iterable[Finding]) -> str | None:
    """The latest month that accepted events name, or None."""
    dates = []
    for f in accepted:
        if not isinstance(f.values, EventValues):
            continue
        found = re.search(rf"\b({'|'.join(_MONTHS)})\b(?:\s+\d{{1,2}})?,?\s+(\d{{4}})", f.values.when, re.I)
        if found:
            dates.append(f"{found[2]}-{_MONTHS[found[1].lower()]:02d}")
    return max(dates, default=None)


class _Writer:
    """Writes the file section by section, and counts the citations that it makes."""

    def __init__(
        self,
        project: Project,
        accepted: Sequence[Finding],
        sides: Mapping[str, str],
        roles: Mapping[str, str],
        lexicon: Lexicon,
        start: str | None,
    ) -> None:
        self.project, self.accepted, self.sides, self.roles = project, accepted, sides, roles
        self.lexicon, self.start = lexicon, start
        self.notes: list[str] = []
        self.documents = [row for row in project.documents() if any(f.document == row.id for f in accepted)]
        self.mechanisms: dict[str, list[Finding]] = defaultdict(list)
        for f in accepted:
            if isinstance(f.values, MechanismValues):
                self.mechanisms[f.values.mechanism].append(f)
        self.cited: dict[tuple[str, int], str] = {}
        self.n_aliases = 0

    def text(self) -> str:
        body = [*self._actors(), "", *self._mechanisms(), "", *self._end()]
        notes = self._notes()  # after the body, which decides what is cited
        return "\n".join([*self._head(), "", *notes, "", *body]) + "\n"

    def _head(self) -> list[str]:
        a, d = self.roles["attacker"], self.roles["defender"]
        lines = [
            f"# A draft made by `ripeness draft` from {_comment(self.project.path.name)}: {len(self.accepted)} "
            "accepted findings.",
            "# It states no number that the documents do not contain. Each number below is the default of its "
            "field, which the",
            "# note beside it says; the sentences cited there speak of the matter. Put your own numbers and ranges "
            "in their place.",
            "# Statements of documents are hypotheses, not facts.",
            "ripeness: 1",
            f"name: {_slug(self.project.path.stem)}",
            f"title: {_text(f'{a} and {d}: a draft')}",
            'summary: ""   # what the war is about, in a neutral sentence or two',
            'disputed: ""  # what a share of 0 and of 1 means in this war',
            "period: month",
        ]
        if self.start is None:
            lines.append('start: "2000-01"  # no document names a date: put the first month here')
            self.notes.append("no accepted event names a date; `start` is a placeholder.")
        else:
            lines.append(f"start: {_text(self.start)}  # the latest month that accepted events name")
        lines += ["horizon: 60     # periods; not from a document", "", "documents:"]
        for row in self.documents:
            lines += [f"  - id: {row.id}", f"    title: {_text(Path(row.path).name)}", f"    sha256: {row.sha256}"]
        return lines

    def _notes(self) -> list[str]:
        lines = ["notes:", "  sentences:  # every sentence that is cited, once"]
        for (document, number), name in self.cited.items():
            row = self.project.sentence(document, number)
            assert row is not None
            lines.append(f"    {name}: &{name} {{document: {document}, sentence: {number}, sha256: {row.sha256}}}")
        if not self.cited:
            lines[-1] = "  sentences: {}"
        lines += self._claims()
        lines += self._quantities()
        if "misjudgement" in self.mechanisms:
            lines.append(
                "  # The text speaks of misjudgement: see `beliefs` in docs/scenario.md for what an actor alone knows."
            )
        return lines

    def _claims(self) -> list[str]:
        """Findings that say what follows or will be, in the words of the lexicon, ready for tests."""
        claims = [
            f
            for found in self.mechanisms.values()
            for f in found
            if isinstance(f.values, MechanismValues) and f.values.claim
        ]
        claims.sort(key=lambda f: (f.document, f.sentence or 0, f.id))
        lines = ["  claims:  # hypotheses of the documents, each to be tested"] if claims else ["  claims: []"]
        for f in claims:
            v = f.values
            assert isinstance(v, MechanismValues)
            lines += [
                f"    - id: {f.document}-{f.sentence}-{v.mechanism}",
                f"      says: {_text(self._said(v))}",
                f"      voice: {_text(v.voice)}",
                f"      cites: {{document: {f.document}, sentence: {f.sentence}, sha256: {self._sha(f)}}}",
                f"      look_at: [{', '.join(self.lexicon.mechanisms[v.mechanism].look_at)}]",
                "      tests: {}",
            ]
        return lines

    def _quantities(self) -> list[str]:
        found = [f for f in self.accepted if isinstance(f.values, QuantityValues)]
        lines = ["  quantities:  # numbers that stand in the documents"] if found else ["  quantities: []"]
        for f in found:
            lines.append(f"    - {{says: {_text(f.summary())}, document: {f.document}, sentence: {f.sentence}}}")
        return lines

    def _sha(self, f: Finding) -> str:
        row = self.project.sentence(f.document, f.sentence or 0)
        assert row is not None
        return row.sha256

    def _said(self, v: MechanismValues) -> str:
        mechanism = self.lexicon.mechanisms[v.mechanism]
        return f"{mechanism.title}: {mechanism.plus if v.direction == '+' else mechanism.minus}" + (
            f" ({v.side})" if v.side else ""
        )

    def _actors(self) -> list[str]:
        lines = ["actors:"]
        for role, name in self.roles.items():
            lines += [f"  {role}:", f"    name: {_text(name)}"]
            leader = self._leader(name)
            if leader:
                lines.append(f"    leader: {_text(leader)}")
            side = [f for f in self.mechanisms["time"] if self._of(f) == name]
            side += self.mechanisms["broker-haste"] if role == "patron" else []
            lines += self._comments(side, "    ")
            lines.append(f"    discount_yearly: {self._number(Actor, 'discount_yearly', side)}")
        return lines

    def _leader(self, name: str) -> str:
        """The person of this side whose role is a leader's, and who is named most."""
        best: list[tuple[int, int, str]] = []
        for f in self.accepted:
            v = f.values
            if isinstance(v, ActorValues) and v.type == "person" and self.sides.get(v.name) == name:
                leads = any(
                    re.search(
                        r"\b(president|prime minister|king|queen|emperor|premier|chancellor|leader|sultan)\b",
                        role,
                        re.I,
                    )
                    for role in v.roles
                )
                best.append((-int(leads), -v.mentions, v.name))
        return min(best)[2] if best and min(best)[0] else ""

    def _of(self, f: Finding) -> str:
        v = f.values
        return self.sides.get(v.side, v.side) if isinstance(v, MechanismValues) else ""

    def _mechanisms(self) -> list[str]:
        wanted: dict[str, dict[str, list[Finding]]] = defaultdict(dict)
        for name, found in self.mechanisms.items():
            for mechanism, parameter in PARAMETERS.get(name, ()):
                if mechanism not in OF_PATRON or "patron" in self.roles:
                    wanted[mechanism].setdefault(parameter, []).extend(found)
        wanted.setdefault("territory", {}).setdefault("speed", [])
        wanted.setdefault("channel", {}).setdefault("attacker", [])
        known = registered()
        grown = True
        while grown:  # what one mechanism needs is switched on too
            grown = False
            for name in list(wanted):
                for need in getattr(known[name], "needs", ()):
                    if need in known and need not in wanted:
                        wanted[need] = {}
                        grown = True
        lines = ["mechanisms:"]
        for name in (n for n in ORDER if n in wanted):
            parameters = {p: f for p, f in wanted[name].items() if p}
            every = [f for found in wanted[name].values() for f in found]
            comments = self._comments(every, "    ")
            if not parameters and not comments:
                lines.append(f"  {name}: {{}}")
                continue
            lines.append(f"  {name}:" if parameters else f"  {name}: {{}}")
            lines += comments
            lines += [f"    {p}: {self._number(known[name], p, found)}" for p, found in parameters.items()]
        rest = [
            name
            for name in (
                "leader",
                "domestic-politics",
                "misjudgement",
                "patron-reliability",
                "patron-pressure",
                "signal",
                "broker-haste",
            )
            if name in self.mechanisms and not (PARAMETERS.get(name) and "patron" in self.roles)
        ]
        for name in rest:
            look = ", ".join(self.lexicon.mechanisms[name].look_at)
            lines += [
                f"  # {self.lexicon.mechanisms[name].title}: nothing is switched on; look at {look}.",
                *self._comments(self.mechanisms[name], "  "),
            ]
        return lines

    def _comments(self, found: Sequence[Finding], indent: str) -> list[str]:
        lines = []
        for f in sorted(found, key=lambda f: (f.document, f.sentence or 0, f.id)):
            v = f.values
            assert isinstance(v, MechanismValues)
            voice = "" if v.voice == "author" else f", as {v.voice} sees it"
            lines.append(
                f"{indent}# {_comment(self._said(v))}; the text {v.strength} it{_comment(voice)} ({f.document}, "
                f"sentence {f.sentence})"
            )
        return lines

    def _number(self, model: Any, name: str, found: Sequence[Finding]) -> str:
        default = model.model_fields[name].default
        assert isinstance(default, Quantity)
        assert default.range is not None
        low, high = min(default.range[0], default), max(default.range[1], default)
        said = f"{{value: {float(default):g}, range: [{low:g}, {high:g}]"
        names = [self._alias(f) for f in found]
        cites = list(dict.fromkeys(name for name in names if name))
        if cites:
            said += f", cites: [{', '.join(f'*{name}' for name in cites)}]"
        return f'{said}, note: "Default of the field, not from a document."}}'

    def _alias(self, f: Finding) -> str:
        if self.n_aliases >= MOST_ALIASES or f.sentence is None:
            return ""
        self.n_aliases += 1
        place = (f.document, f.sentence)
        if place not in self.cited:
            k = [row.id for row in self.documents].index(f.document)
            self.cited[place] = f"s{f.sentence}" if len(self.documents) == 1 else f"d{k + 1}s{f.sentence}"
        return self.cited[place]

    def _end(self) -> list[str]:
        return [
            "agenda:",
            "  grid:  # not from a document: terms around the line of contact, with and without guarantees",
            "    shifts: [-0.05, 0.0, 0.05]",
            "    guarantees: [0.0, 0.6]",
        ]


def _text(said: str) -> str:
    return json.dumps("".join(c if c.isprintable() else " " for c in said), ensure_ascii=False)


def _comment(said: str) -> str:
    return "".join(c if c.isprintable() else " " for c in said)


def _slug(stem: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return name or "draft"


def _write_new(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        os.link(part, file)  # fails where somebody else has written it meanwhile
    except FileExistsError:
        raise SourceError(f"{file} exists already and is left as it is; name another file.") from None
    except OSError as error:
        raise SourceError(f"{file}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)

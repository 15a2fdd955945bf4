"""Scenario files that are broken on purpose, by hand: each with the places and words of the faults that it must get.

A file is the sound one below with one piece replaced. In the replacement the mark § stands where a fault must be
reported, so that line and column are known without any parser; faults are listed in the order of their marks.
"""

from __future__ import annotations

from typing import NamedTuple

MARK = "§"

SOUND = """\
ripeness: 1
name: border-war
title: A border war
period: month
start: 2026-01
horizon: 24
documents:
  - id: analysis
    title: An analysis
    published: 2025-12-01
  - id: memo
    title: A memorandum
actors:
  attacker:
    name: Northland
    discount_yearly: 0.05
    efforts: [0.5, 1.0]
  defender:
    name: Southland
    discount_yearly: {value: 0.1, range: [0.05, 0.2], note: guessed}
  patron:
    name: Farland
mechanisms:
  territory:
    start: {value: 0.2, range: [0.1, 0.3], cites: {document: analysis, sentence: 4}}
    points: 7
  mood:
    start: impatient
    elections:
      - {date: 2026-11, redraw: [0.5, 0.3, 0.2]}
  posture:
    menu: [court attacker, press defender]
  deadline:
    date: 2026-06-30
    credibility: {value: 0.5, prior: {kind: uniform, parameters: [0.2, 0.6]}}
  durability: {}
  channel:
    attacker: 0.2
agenda:
  grid:
    shifts: [-0.05, 0.0, 0.05]
    guarantees: [0.0, 0.6]
  packages:
    - name: half
      terms: 0.5
      extra: {patron: 0.01}
    - name: ceasefire
      terms: line
choices:
  precision: {offer: 200}
frozen:
  cost: {attacker: 0.02, patron: 0.01}
notes:
  anything: [goes, {here: true}]
"""
"""A scenario without faults that uses every section."""


class Expected(NamedTuple):
    """One fault that must be reported.

    Attributes:
        found, allowed, remedy: fragments that the parts of the fault must contain.
    """

    line: int
    column: int
    path: str
    found: str
    allowed: str
    remedy: str


class Broken(NamedTuple):
    """A broken file and all of its faults, from top to bottom."""

    name: str
    text: str | bytes
    faults: tuple[Expected, ...]


def _broken(name: str, old: str, new: str, *faults: tuple[str, str, str] | tuple[str, str, str, str]) -> Broken:
    assert SOUND.count(old) == 1, (
        f"{name}: the piece to replace must occur once, {old!r} occurs {SOUND.count(old)} times"
    )
    return whole(name, SOUND.replace(old, new), *faults)


def whole(name: str, marked: str, *faults: tuple[str, str, str] | tuple[str, str, str, str]) -> Broken:
    pieces = marked.split(MARK)
    assert len(pieces) == len(faults) + 1, f"{name}: {len(faults)} faults need as many marks, not {len(pieces) - 1}"
    expected = []
    for index, (path, found, allowed, *remedy) in enumerate(faults):
        before = "".join(pieces[: index + 1])
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        expected.append(Expected(line, column, path, found, allowed, remedy[0] if remedy else ""))
    return Broken(name, "".join(pieces), tuple(expected))


READING = (
    whole("an empty file", "§", ("", "no content", "a mapping", "ripeness new")),
    whole("only comments", "§# nothing yet\n", ("", "no content", "a mapping")),
    whole("a list at the top", "§- ripeness: 1\n", ("", "a list of 1", "a mapping", "ripeness new")),
    whole("a text at the top", "§just words\n", ("", 'the text "just words"', "a mapping")),
    whole("a number at the top", "§1\n", ("", "1", "a mapping")),
    _broken(
        "two documents", "horizon: 24\n", "horizon: 24\n§---\nname: other\n",
        ("", "a second document", "one scenario", "Split"),
    ),
    _broken("a tab as indentation", "    name: Northland", "§\tname: Northland", ("", "a tab", "blanks", "Replace")),
    _broken("an open quotation mark", "A border war", '§"A border war', ("", "not YAML", "YAML 1.2", "not closed")),
    _broken(
        "an open bracket", "press defender]\n  deadline:", "press defender\n  deadline§:",
        ("", "expected ',' or ']'", "YAML 1.2", "close every bracket"),
    ),
    _broken("a colon in a text", "A border war", "War§: the border", ("", "not YAML", "YAML 1.2", "quotes")),
    _broken("a text that begins with @", "A border war", "§@war", ("", "'@'", "YAML 1.2", "quotes")),
    _broken(
        "a key without a colon", "horizon: 24\ndocuments", "horizon 24\n§documents",
        ("", "':'", "YAML", "before it"),
    ),
    _broken("ragged indentation", "    points: 7", "   §points: 7", ("", "not YAML", "YAML 1.2", "same column")),
    _broken("an unknown escape", "A border war", '"A \\§q war"', ("", "not YAML", "YAML 1.2", "Check the line")),
    _broken("an escape that is no character", "A border war", '"§\\U0011ffff"', ("", "no character", "YAML 1.2")),
    _broken("an escape for a terminal", "A border war", '§"\\e[31mred"', ("title", "U+001B", "printable", "Remove")),
    _broken("a control character", "A border war", "A §\x07 war", ("", "U+0007", "printable", "Remove")),
    _broken("a mark that turns the writing", "A border war", "A §\u202e war", ("", "U+202E", "printable", "Remove")),
    _broken("a key given twice", "horizon: 24\n", "horizon: 24\n§horizon: 36\n", ("horizon", "a second time", "once")),
    _broken(
        "a deep key given twice", "    points: 7\n", "    points: 7\n    §points: 9\n",
        ("mechanisms.territory.points", "first in line 26", "once", "Keep one"),
    ),
    _broken(
        "a merge key", "  durability: {}", "  durability: {§<<: 1}",
        ("mechanisms.durability", "merge key", "keys"),
    ),
    _broken("a tag", "horizon: 24", "horizon: §!!int 24", ("horizon", "the tag", "without tags", "Leave")),
    _broken(
        "a tag that would run code", "A border war", "§!!python/object/apply:os.system [ls]",
        ("title", "python", "without tags", "Leave"),
    ),
    _broken("an alias without its anchor", "horizon: 24", "horizon: §*long", ("horizon", "*long", "&long before")),
    _broken("an alias inside itself", "[goes, {here: true}]", "&self [§*self]", ("notes.anything.0", "inside", "hold")),
    _broken(
        "a list as a key", "  anything: [goes, {here: true}]", "  ? §[a, b]\n  : 1",
        ("notes", "as a key", "words"),
    ),
    _broken("a colon without a key", "horizon: 24\n", "horizon: 24\n§: 3\n", ("", "without a key", "before the colon")),
    _broken("a number without end", "horizon: 24", "horizon: §.inf", ("horizon", ".inf", "finite")),
    _broken(
        "not a number", "discount_yearly: 0.05", "discount_yearly: §.nan",
        ("actors.attacker.discount_yearly", ".nan", "finite"),
    ),
    _broken(
        "a number too large", "start: {value: 0.2,", "start: {value: §1e999,",
        ("mechanisms.territory.start.value", "1e999", "finite"),
    ),
    whole("another version of YAML", "§%YAML 1.1\n---\nripeness: 1\n", ("", "%YAML 1.1", "1.2", "Leave")),
    whole("too many levels", f"deep: {'[' * 31}§{'[' * 20}", (f"deep{'.0' * 31}", "32 levels", "at most 32")),
    whole(
        "too many values", "".join(f"k{i}: {MARK if i == 24_999 else ''}1\n" for i in range(25_000)),
        ("k24999", "more than 50,000", "at most 50,000"),
    ),
    whole(
        "aliases that multiply",
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{k + 1}: &a{k + 1} [{', '.join([f'*a{k}'] * 9)}]\n" for k in range(3))
        + "a4: [*a3, *a3, *a3, *a3, *a3, §*a3, *a3, *a3, *a3]\n",
        ("a4.5", "aliases count", "at most 50,000"),
    ),
    whole("too many aliases", f"a: &a 1\nb: [{'*a, ' * 256}§*a]\n", ("b.256", "256 aliases", "at most 256")),
    whole("a line too long", f"name: x\n§{'x' * 10_001}\n", ("", "10,001 characters", "at most 10,000", "Break")),
    whole("a file too large", "§" + "# filler\n" * 120_000, ("", "1,048,576 bytes", "at most", "Put long texts")),
    Broken(
        "bytes that are not UTF-8", SOUND.replace("A border war", "Gr\xfcn").encode("latin-1"),
        (Expected(3, 10, "", "0xfc", "UTF-8", "encoding"),),
    ),
    Broken("UTF-16", SOUND.encode("utf-16"), (Expected(1, 1, "", "0xff", "UTF-8", "encoding"),)),
)  # fmt: skip
"""What is no YAML, or more of it than a scenario may be."""

FIELDS = (
    _broken("another version of the format", "ripeness: 1", "ripeness: §2", ("ripeness", "2", "1")),
    _broken("the version as a text", "ripeness: 1", 'ripeness: §"1"', ("ripeness", 'the text "1"', "1")),
    whole(
        "no name", f"§{SOUND.replace('name: border-war', '')}",
        ("name", "nothing", "lower-case letters", "Add `name`"),
    ),
    _broken(
        "a name with blanks", "name: border-war", "name: §Border War",
        ("name", "Border War", "lower-case letters"),
    ),
    _broken("a name that climbs folders", "name: border-war", "name: §../../x", ("name", "../../x", "lower-case")),
    _broken("a misspelt section", "horizon: 24", "§horizn: 24", ("horizn", '"horizn"', "horizon", "nearest: horizon")),
    _broken("an unknown section", "documents:", "§weather: bad\ndocuments:", ("weather", '"weather"', "disputed")),
    _broken(
        "an unknown period", "period: month", "period: §monthly",
        ("period", "monthly", "quarter", "nearest: month"),
    ),
    _broken("a month that does not exist", "start: 2026-01", "start: §2026-13", ("start", "-13", "calendar", "month")),
    _broken("a day that does not exist", "start: 2026-01", "start: §2026-02-30", ("start", "-30", "calendar")),
    _broken("a year alone", "start: 2026-01", "start: §2026", ("start", "2026", "YYYY-MM", "quotes")),
    _broken("no periods", "horizon: 24", "horizon: §0", ("horizon", "0", "from 1 to 1200")),
    _broken("too many periods", "horizon: 24", "horizon: §1201", ("horizon", "1201", "from 1 to 1200")),
    _broken("half a period", "horizon: 24", "horizon: §24.5", ("horizon", "24.5", "a whole number")),
    _broken("a number in words", "horizon: 24", "horizon: §two years", ("horizon", "two years", "a whole number")),
    _broken("a quoted number", "horizon: 24", 'horizon: §"24"', ("horizon", '"24"', "a whole number", "Write 24")),
    _broken("a truth value for a number", "horizon: 24", "horizon: §true", ("horizon", "true", "a whole number")),
    _broken("an astronomic number", "horizon: 24", f"horizon: §{'9' * 50}", ("horizon", "50 digits", "1200")),
    _broken("a title in digits", "A border war", "§1914", ("title", "1914", "a text", "quotes")),
    _broken("an empty title", "A border war", '§""', ("title", 'the text ""', "a text of 1 to 500 characters")),
    _broken(
        "a section left empty", "choices:\n  precision: {offer: 200}", "§choices:  # to be written",
        ("choices", "nothing", "a mapping with precision", "Write {}"),
    ),
    _broken(
        "a list for a mapping", "precision: {offer: 200}", "precision: §[200]",
        ("choices.precision", "a list of 1", "a mapping with posture, offer, response, effort"),
    ),
    _broken(
        "a day that no document can have", "2025-12-01", "§2025-12-41",
        ("documents.0.published", "-41", "calendar"),
    ),
    _broken(
        "a document named twice", "id: memo", "id: §analysis",
        ("documents.1.id", "entry 0", "its own id", "Rename"),
    ),
    _broken(
        "a document without a title", "  - id: memo\n    title: A memorandum\n", "  - §id: memo\n",
        ("documents.1.title", "nothing", "a text", "Add `title`"),
    ),
    _broken(
        "a hash that is none", "published: 2025-12-01", "sha256: §cafe",
        ("documents.0.sha256", "cafe", "64 digits"),
    ),
    _broken(
        "a role misspelt", "attacker: 0.02, patron", "§atacker: 0.02, patron",
        ("frozen.cost.atacker", "atacker", "attacker, defender or patron", "nearest: attacker"),
    ),
    _broken(
        "an actor misspelt", "  defender:\n", "  §defendr:\n",
        ("actors.defendr", "defendr", "attacker, defender or patron", "nearest: defender"),
    ),
    _broken(
        "an actor without a name", "  patron:\n    name: Farland", "  §patron:\n    leader: nobody",
        ("actors.patron.name", "nothing", "a text", "Add `name`"),
    ),
    _broken(
        "two actors of one name", "name: Southland", "name: §Northland",
        ("actors.defender.name", "attacker", "own"),
    ),
    _broken(
        "a percentage", "discount_yearly: 0.05", "discount_yearly: §5%",
        ("actors.attacker.discount_yearly", '"5%"', "from 0 to 2 (per year)", "Write 0.05"),
    ),
    _broken(
        "a decimal comma", "discount_yearly: 0.05", "discount_yearly: §0,05",
        ("actors.attacker.discount_yearly", '"0,05"', "a number", "0.05, with a point"),
    ),
    _broken(
        "a rate out of bounds", "discount_yearly: 0.05", "discount_yearly: §-0.01",
        ("actors.attacker.discount_yearly", "-0.01", "from 0 to 2 (per year); plausible: 0.02 to 0.2"),
    ),
    _broken(
        "a number left out", "discount_yearly: 0.05", "§discount_yearly:",
        ("actors.attacker.discount_yearly", "nothing", "a number"),
    ),
    _broken(
        "efforts that fall", "[0.5, 1.0]", "[0.5, §0.4]",
        ("actors.attacker.efforts.1", "0.4 after 0.5", "increase"),
    ),
    _broken(
        "an effort above 1", "[0.5, 1.0]", "[0.5, §50]",
        ("actors.attacker.efforts.1", "50", "0 to 1", "write 0.5"),
    ),
    _broken("an effort for a list", "[0.5, 1.0]", "§0.5", ("actors.attacker.efforts", "0.5", "a list", "brackets")),
    _broken("no efforts", "[0.5, 1.0]", "§[]", ("actors.attacker.efforts", "an empty list", "1 to 16 entries")),
)  # fmt: skip
"""What a field cannot hold."""

NUMBERS = (
    _broken(
        "a long form without its value", "    discount_yearly: {value: 0.1, range", "    §discount_yearly: {range",
        ("actors.defender.discount_yearly.value", "nothing", "from 0 to 2", "Add `value`"),
    ),
    _broken(
        "a long form misspelt", "note: guessed", "§nota: guessed",
        ("actors.defender.discount_yearly.nota", "nota", "note", "nearest: note"),
    ),
    _broken(
        "a value as a text", "{value: 0.1, range", '{value: §"0.1", range',
        ("actors.defender.discount_yearly.value", '"0.1"', "a number", "Write 0.1"),
    ),
    _broken(
        "a value out of bounds", "{value: 0.1, range: [0.05, 0.2], note: guessed}", "{value: §2.5}",
        ("actors.defender.discount_yearly.value", "2.5", "from 0 to 2"),
    ),
    _broken(
        "a value outside its range", "{value: 0.1,", "{value: §0.3,",
        ("actors.defender.discount_yearly.value", "0.3, outside", "0.05 to 0.2", "Widen"),
    ),
    _broken(
        "a range upside down", "[0.05, 0.2]", "§[0.2, 0.05]",
        ("actors.defender.discount_yearly.range", "from 0.2 down to 0.05", "least", "Exchange"),
    ),
    _broken(
        "a range of three", "[0.05, 0.2]", "§[0.05, 0.1, 0.2]",
        ("actors.defender.discount_yearly.range", "a list of 3", "a list of 2"),
    ),
    _broken(
        "a range beyond the bounds", "[0.05, 0.2]", "[0.05, §3]",
        ("actors.defender.discount_yearly.range.1", "3 as an end", "from 0 to 2"),
    ),
    _broken(
        "a range and a prior", "prior: {kind: uniform", "range: [0.1, 0.9], prior: §{kind: uniform",
        ("mechanisms.deadline.credibility.prior", "a range and a prior", "one of the two", "Drop"),
    ),
    _broken(
        "an unknown prior", "kind: uniform", "kind: §unifrm",
        ("mechanisms.deadline.credibility.prior.kind", "unifrm", "triangular", "nearest: uniform"),
    ),
    _broken(
        "a prior with too few parameters", "parameters: [0.2, 0.6]", "parameters: §[0.2]",
        ("mechanisms.deadline.credibility.prior.parameters", "1 parameter", "2 for uniform: loc, scale"),
    ),
    _broken(
        "a prior of no width", "parameters: [0.2, 0.6]", "parameters: §[0.2, 0]",
        ("mechanisms.deadline.credibility.prior.parameters", "scale = 0", "above 0"),
    ),
    _broken(
        "a prior that rules its value out", "{value: 0.5, prior", "{value: §0.1, prior",
        ("mechanisms.deadline.credibility.value", "0.1", "0.2 to 0.8", "Change"),
    ),
    _broken(
        "a prior beyond the bounds", "prior: {kind: uniform, parameters: [0.2, 0.6]}",
        "prior: §{kind: uniform, parameters: [0.2, 0.9]}",
        ("mechanisms.deadline.credibility.prior", "0.2 to 1.1", "from 0 to 1", "parameters"),
    ),
    _broken(
        "a citation of an unknown document", "document: analysis", "document: §analysys",
        ("mechanisms.territory.start.cites.document", "analysys", "analysis or memo", "nearest: analysis"),
    ),
    _broken(
        "sentence zero", "sentence: 4", "sentence: §0",
        ("mechanisms.territory.start.cites.sentence", "0", "a whole number of at least 1"),
    ),
    _broken(
        "a citation in words", "{document: analysis, sentence: 4}", "§page 4",
        ("mechanisms.territory.start.cites", "page 4", "document, sentence and sha256"),
    ),
    _broken(
        "a second citation that is broken", "{document: analysis, sentence: 4}",
        "[{document: analysis}, {document: memo, §sentnce: 4}]",
        ("mechanisms.territory.start.cites.1.sentnce", "sentnce", "sentence", "nearest: sentence"),
    ),
    _broken(
        "a hash without a sentence", "sentence: 4}", f"sha256: §{'a' * 64}}}",
        ("mechanisms.territory.start.cites.sha256", "without a sentence", "numbered", "Add `sentence:`"),
    ),
)  # fmt: skip
"""Long forms of numbers, priors and citations."""

MECHANISMS = (
    _broken(
        "a mechanism misspelt", "  territory:\n", "  §teritory:\n",
        ("mechanisms.teritory", "teritory", "territory", "nearest: territory"),
    ),
    _broken(
        "an unknown mechanism", "  durability: {}", "  §sunspots: {}",
        ("mechanisms.sunspots", "sunspots", "durability"),
    ),
    whole(
        "no channel", SOUND.replace("mechanisms:\n", "§mechanisms:\n").replace("  channel:\n    attacker: 0.2\n", ""),
        ("mechanisms.channel", "nothing", "a mapping with attacker, defender", "Add `channel`"),
    ),
    _broken(
        "a mechanism without its values", "  durability: {}", "  §durability:",
        ("mechanisms.durability", "nothing", "a mapping with base", "Write {}"),
    ),
    _broken(
        "a mechanism switched on", "  durability: {}", "  durability: §yes",
        ("mechanisms.durability", '"yes"', "a mapping"),
    ),
    _broken(
        "a parameter misspelt", "    attacker: 0.2\nagenda", "    §atacker: 0.2\nagenda",
        ("mechanisms.channel.atacker", "atacker", "patron_standing_back", "nearest: attacker"),
    ),
    _broken(
        "a share in percent", "start: {value: 0.2, range: [0.1, 0.3], cites", "start: {value: §20, cites",
        ("mechanisms.territory.start.value", "20", "from 0 to 1", "write 0.2"),
    ),
    _broken(
        "a start off its axis", "    start: {value: 0.2, range: [0.1, 0.3], cites: {document: analysis, sentence: 4}}",
        "    start: §0.2\n    low: 0.25",
        ("mechanisms.territory.start", "0.2", "[0.25, 1]", "widen the axis"),
    ),
    _broken(
        "an unknown regime", "start: impatient", "start: §impatent",
        ("mechanisms.mood.start", "impatent", "supportive", "nearest: impatient"),
    ),
    _broken(
        "odds that do not sum to 1", "redraw: [0.5, 0.3, 0.2]", "redraw: §[0.5, 0.3, 0.3]",
        ("mechanisms.mood.elections.0.redraw", "1.1", "sum to 1", "Divide"),
    ),
    _broken(
        "an election without a day", "{date: 2026-11, redraw", "{date: §in autumn, redraw",
        ("mechanisms.mood.elections.0.date", "in autumn", "YYYY-MM", "YYYY-MM-DD"),
    ),
    _broken(
        "an unknown posture", "[court attacker, press defender]", "[court attacker, §pres defender]",
        ("mechanisms.posture.menu.1", "pres defender", "press attacker or press defender", "nearest: press defender"),
    ),
    _broken(
        "a deadline without a date", "  deadline:\n    date: 2026-06-30\n", "  §deadline:\n",
        ("mechanisms.deadline.date", "nothing", "a date as YYYY-MM", "Add `date`"),
    ),
    whole(
        "a patron's mechanisms without a patron",
        SOUND.replace("  patron:\n    name: Farland\n", "")
        .replace("  mood:", "  §mood:").replace("  posture:", "  §posture:")
        .replace("extra: {patron", "extra: {§patron").replace("attacker: 0.02, patron", "attacker: 0.02, §patron"),
        ("mechanisms.mood", "without a patron", "actors.patron", "Describe it under actors.patron"),
        ("mechanisms.posture", "without a patron", "actors.patron", "leave `posture` out"),
        ("agenda.packages.0.extra.patron", "without a patron", "attacker or defender", "leave the key out"),
        ("frozen.cost.patron", "without a patron", "attacker or defender", "leave the key out"),
    ),
)  # fmt: skip
"""Forces that do not exist, cannot take what they are given, or miss what they need."""

AGENDA = (
    whole(
        "nothing to offer", SOUND[: SOUND.index("agenda:")] + "§agenda: {}\n" + SOUND[SOUND.index("choices:") :],
        ("agenda", "without any package", "at least one package", "grid.shifts"),
    ),
    whole(
        "a grid of nothing",
        SOUND[: SOUND.index("agenda:")] + "agenda:\n  §grid: {guarantees: [0.5]}\n" + SOUND[SOUND.index("choices:") :],
        ("agenda.grid", "without any package", "at least one package", "grid.shifts"),
    ),
    _broken("terms above 1", "terms: 0.5", "terms: §50", ("agenda.packages.0.terms", "50", "from 0 to 1", "write 0.5")),
    _broken("terms below 0", "terms: 0.5", "terms: §-0.1", ("agenda.packages.0.terms", "-0.1", "from 0 to 1")),
    _broken(
        "terms in words", "terms: line", "terms: §lime",
        ("agenda.packages.1.terms", "lime", "line", "nearest: line"),
    ),
    _broken(
        "terms shifted out of reach", "terms: 0.5", "terms: 0.5\n      shift: §0.6",
        ("agenda.packages.0.shift", "makes 1.1", "from 0 to 1", "Change one"),
    ),
    _broken(
        "two packages of one name", "name: ceasefire", "name: §half",
        ("agenda.packages.1.name", "entry 0", "its own"),
    ),
    _broken("a package without terms", "- name: ceasefire\n      terms: line", "- §name: ceasefire",
            ("agenda.packages.1.terms", "nothing", "line", "Add `terms`")),
    _broken(
        "a shift beyond the whole", "[-0.05, 0.0, 0.05]", "[-0.05, §5, 0.05]",
        ("agenda.grid.shifts.1", "5", "-1 to 1"),
    ),
    _broken(
        "a shift twice", "[-0.05, 0.0, 0.05]", "[-0.05, 0.0, §-0.05]",
        ("agenda.grid.shifts.2", "a second", "once"),
    ),
    _broken("guarantees above 1", "[0.0, 0.6]", "[0.0, §6]", ("agenda.grid.guarantees.1", "6", "from 0 to 1", "0.06")),
    _broken("a precision below 0", "{offer: 200}", "{offer: §-1}", ("choices.precision.offer", "-1", "0 to 1000000")),
)  # fmt: skip
"""Packages that cannot be offered, and decisions that cannot be made."""

SEVERAL = (
    whole(
        "faults of every kind at once",
        SOUND.replace("start: 2026-01", "start: §2026-13")
        .replace("horizon: 24", "horizon: §never")
        .replace("document: analysis", "document: §analysys")
        .replace("  mood:\n    start: impatient", "  §mod:\n    start: impatient")
        .replace("    attacker: 0.2\n", "    §atacker: 0.2\n")
        .replace("terms: 0.5", "terms: §50")
        .replace("horizon: §never", "horizon: §never\n§horizon: 3"),
        ("start", "2026-13", "calendar"),
        ("horizon", "never", "a whole number"),
        ("horizon", "a second time", "once"),
        ("mechanisms.territory.start.cites.document", "analysys", "memo", "nearest: analysis"),
        ("mechanisms.mod", "mod", "mood", "nearest: mood"),
        ("mechanisms.channel.atacker", "atacker", "attacker", "nearest: attacker"),
        ("agenda.packages.0.terms", "50", "from 0 to 1", "write 0.5"),
    ),
)  # fmt: skip
"""Nothing hides anything else."""

BROKEN: tuple[Broken, ...] = (*READING, *FIELDS, *NUMBERS, *MECHANISMS, *AGENDA, *SEVERAL)

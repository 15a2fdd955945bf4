"""A sound scenario with types, and ways to break them; the mark § stands where a fault must be reported."""

from __future__ import annotations

from tests.scenario.broken import SOUND, Broken, whole

BELIEFS = """\
beliefs:
  known: false
  attacker:
    about: how far its aims reach
    leak_yearly: {value: 0.1, range: [0.0, 0.3]}
    types:
      - {name: limited aims, meaning: the ground alone}
      - name: wider aims
        meaning: also the order beyond it
        probability: {value: 0.4, range: [0.2, 0.6], cites: {document: analysis, sentence: 7}, note: a guess}
        seen_by: {defender: {value: 0.8, range: [0.6, 0.9]}, patron: 0.3, truth: 0.5}
        set:
          mechanisms.territory.attacker_cost: {value: 0.02, range: [0.01, 0.03], note: fights for more}
          actors.attacker.discount_yearly: 0.03
          mechanisms.mood.peace_benefit.1: 0.2
          agenda.packages.0.extra.patron: 0.02
  defender:
    resolution: 4
    types:
      - name: firm
      - {name: wavering, probability: 0.3, set: {mechanisms.territory.defender_cost: 0.1}}
      - {name: weary, probability: 0.2, set: {mechanisms.territory.defender_cost: 0.2}}
"""
TYPED = SOUND + BELIEFS
"""A scenario without faults in which attacker and defender have types."""


def _broken(name: str, old: str, new: str, *faults: tuple[str, str, str] | tuple[str, str, str, str]) -> Broken:
    assert TYPED.count(old) == 1, f"{name}: {old!r} occurs {TYPED.count(old)} times"
    return whole(name, TYPED.replace(old, new), *faults)


COST = "mechanisms.territory.attacker_cost: {value: 0.02, range: [0.01, 0.03], note: fights for more}"
BENEFIT = "mechanisms.mood.peace_benefit.1: 0.2"
A, D = "beliefs.attacker.types", "beliefs.defender.types"
NODES = "beliefs.attacker.nodes"
MOOD = SOUND[SOUND.index("  mood:") : SOUND.index("  deadline:")]
"""What needs a patron: its mood and its postures."""

BROKEN = (
    _broken(
        "a path misspelt", COST, "§mechanisms.teritory.atacker_cost: 0.02",
        (f"{A}.1.set.mechanisms.teritory.atacker_cost", "mechanisms.teritory", "a number of a mechanism",
         "nearest: mechanisms.territory.attacker_cost"),
    ),
    _broken(
        "a path to a mechanism that is not used", BENEFIT, "§mechanisms.balance.start: 0.1",
        (f"{A}.1.set.mechanisms.balance.start", "mechanisms.balance.start", "of this scenario"),
    ),
    _broken(
        "an entry beyond the list", BENEFIT, "§mechanisms.mood.peace_benefit.3: 0.2",
        (f"{A}.1.set.mechanisms.mood.peace_benefit.3", "peace_benefit.3", "a number", "nearest: mechanisms.mood"),
    ),
    _broken(
        "a menu for a number", BENEFIT, "§mechanisms.posture.menu: 1",
        (f"{A}.1.set.mechanisms.posture.menu", "posture.menu", "a number of a mechanism"),
    ),
    _broken(
        "points of an axis", BENEFIT, "§mechanisms.territory.points: 9",
        (f"{A}.1.set.mechanisms.territory.points", "territory.points", "a number of a mechanism"),
    ),
    _broken(
        "a date", BENEFIT, "§horizon: 9", (f"{A}.1.set.horizon", '"horizon"', "a number of a mechanism"),
    ),
    _broken(
        "effort levels", BENEFIT, "§actors.attacker.efforts.0: 0.4",
        (f"{A}.1.set.actors.attacker.efforts.0", "effort levels", "a number of a mechanism", "what an effort costs"),
    ),
    _broken(
        "the discount rate of another actor", "actors.attacker.discount_yearly: 0.03",
        "§actors.defender.discount_yearly: 0.03",
        (f"{A}.1.set.actors.defender.discount_yearly", "discount rate of the defender",
         "actors.attacker.discount_yearly", "Types of the defender"),
    ),
    _broken(
        "a number of a type beyond its bounds", BENEFIT, "mechanisms.mood.peace_benefit.1: §11",
        (f"{A}.1.set.mechanisms.mood.peace_benefit.1", "11", "from -10 to 10 (share of the prize)"),
    ),
    _broken(
        "a long form of a type beyond its bounds", COST, "mechanisms.territory.attacker_cost: {value: §12}",
        (f"{A}.1.set.mechanisms.territory.attacker_cost.value", "12", "from 0 to 10 (share of the prize as a rate)"),
    ),
    _broken(
        "a range of a type beyond its bounds", "[0.01, 0.03], note: fights", "[§-0.01, 0.03], note: fights",
        (f"{A}.1.set.mechanisms.territory.attacker_cost.range.0", "-0.01", "from 0 to 10"),
    ),
    _broken(
        "a text for a number of a type", BENEFIT, "mechanisms.mood.peace_benefit.1: §20%",
        (f"{A}.1.set.mechanisms.mood.peace_benefit.1", '"20%"', "from -10 to 10", "Write 0.2"),
    ),
    _broken(
        "a start of an axis", BENEFIT, "§mechanisms.territory.start: 0.25",
        (f"{A}.1.set.mechanisms.territory.start", "another grid", "leave axes", "Grids are the same"),
    ),
    _broken(
        "an end of an axis", BENEFIT, "§mechanisms.territory.high: 0.9",
        (f"{A}.1.set.mechanisms.territory.high", "another grid", "leave axes"),
    ),
    _broken(
        "a number that its mechanism refuses", BENEFIT, "mechanisms.mood.elections.0.redraw.0: §0.7",
        (f"{A}.1.set.mechanisms.mood.elections.0.redraw.0", "mechanisms.mood refuses: 1.2", "must sum to 1", "Divide"),
    ),
    _broken(
        "a first type with a probability", "{name: limited aims,", "{name: limited aims, §probability: 0.6,",
        (f"{A}.0.probability", "of the first type", "what they leave", "Leave it out"),
    ),
    _broken(
        "a type without a probability", "- {name: wavering, probability: 0.3,", "- §{name: wavering,",
        (f"{D}.1.probability", "nothing", "above 0 and below 1", "Add `probability`"),
    ),
    _broken(
        "probabilities that leave nothing", "weary, probability: 0.2", "weary, probability: §0.7",
        (f"{D}.2.probability", "add up to 1", "below 1", "Lower"),
    ),
    _broken(
        "a certainty", "wavering, probability: 0.3", "wavering, probability: §1",
        (f"{D}.1.probability", "1", "above 0 and below 1"),
    ),
    _broken(
        "an impossibility", "weary, probability: 0.2", "weary, probability: §0",
        (f"{D}.2.probability", "0", "above 0 and below 1"),
    ),
    _broken("an observer who is certain", "truth: 0.5", "truth: §1.0", (f"{A}.1.seen_by.truth", "1.0", "below 1")),
    _broken(
        "an observer of itself", "seen_by: {defender", "seen_by: {§attacker",
        (f"{A}.1.seen_by.attacker", "knows its own type", "defender, patron or truth", "Leave it out"),
    ),
    _broken(
        "an unknown observer", "truth: 0.5", "§world: 0.5",
        (f"{A}.1.seen_by.world", '"world"', "attacker, defender, patron or truth"),
    ),
    _broken(
        "a belief in the first type", "- name: firm", "- {name: firm, seen_by: {§patron: 0.9}}",
        (f"{D}.0.seen_by.patron", "in the first type", "what they leave"),
    ),
    _broken(
        "beliefs of an observer that leave nothing", "wavering, probability: 0.3,",
        "wavering, probability: 0.3, seen_by: {truth: §0.8},",
        (f"{D}.1.seen_by.truth", "add up to 1", "below 1", "Lower"),
    ),
    _broken("too few nodes", "    about: how", "    nodes: §4\n    about: how", (NODES, "4", "5 to 401")),
    _broken("too many nodes", "    about: how", "    nodes: §402\n    about: how", (NODES, "402", "5 to 401")),
    _broken(
        "a certainty with a point of its own", "    about: how", "    at: [0.5, §1]\n    about: how",
        ("beliefs.attacker.at.1", "1", "above 0 and below 1"),
    ),
    _broken(
        "a belief with two points of its own", "    about: how", "    at: [0.5, 0.3, §0.5]\n    about: how",
        ("beliefs.attacker.at.2", "0.5, which is entry 0 as well", "each belief once", "Leave it out"),
    ),
    _broken(
        "points of their own among three types", "resolution: 4", "resolution: 4\n    §at: [0.5]",
        ("beliefs.defender.at", "for 3 types", "with two types", "`resolution`"),
    ),
    _broken(
        "too fine a grid of beliefs", "resolution: 4", "resolution: §60",
        ("beliefs.defender.resolution", "1,891 beliefs", "at most 1,001", "Set resolution: 43"),
    ),
    _broken(
        "one type", "      - {name: limited aims, meaning: the ground alone}\n      -", "      §-",
        (A, "a list of 1", "a list of 2 to 6 entries"),
    ),
    _broken(
        "two types of one name", "name: weary", "name: §wavering",
        (f"{D}.2.name", "the name of type 1", "its own name", "Rename"),
    ),
    _broken(
        "types that do not differ", "- {name: weary, probability: 0.2, set: {mechanisms.territory.defender_cost: 0.2}}",
        "- §{name: weary, probability: 0.2, set: {mechanisms.territory.defender_cost: 0.1}}",
        (f"{D}.2", "the same as type 1", "types that differ", "`set`"),
    ),
    _broken(
        "a type that changes a number to what it is",
        "- {name: wavering, probability: 0.3, set: {mechanisms.territory.defender_cost: 0.1}}",
        "- §{name: wavering, probability: 0.3, set: {mechanisms.territory.defender_cost: 0.05}}",
        (f"{D}.1", "the same as type 0", "types that differ"),
    ),
    _broken(
        "a number that types of two actors change", "mechanisms.territory.defender_cost: 0.1}",
        "mechanisms.territory.defender_cost: 0.1, §mechanisms.mood.peace_benefit.1: 0.3}",
        (f"{D}.1.set.mechanisms.mood.peace_benefit.1", "types of the attacker", "types of one actor"),
    ),
    _broken(
        "a citation of an unknown document in a type", "cites: {document: analysis, sentence: 7}",
        "cites: {document: §anlysis, sentence: 7}",
        (f"{A}.1.probability.cites.document", "anlysis", "analysis or memo", "nearest: analysis"),
    ),
    whole(
        "types of a patron that is not there",
        TYPED.replace("  patron:\n    name: Farland\n", "").replace("patron: 0.3, ", "")
        .replace(MOOD, "")
        .replace("      extra: {patron: 0.01}\n", "").replace(", patron: 0.01", "")
        .replace(f"          {BENEFIT}\n          agenda.packages.0.extra.patron: 0.02\n", "")
        + "  §patron:\n    types:\n      - name: leaving\n"
        "      - {name: committed, probability: 0.5, set: {mechanisms.channel.patron: 0.4}}\n",
        ("beliefs.patron", "without one", "attacker or defender", "actors.patron"),
    ),
)  # fmt: skip
"""Types that are broken, each with its faults."""

BY_SCHEMA = {
    "a long form of a type beyond its bounds",
    "a range of a type beyond its bounds", "a text for a number of a type", "a certainty", "an impossibility",
    "an observer who is certain", "an unknown observer", "too few nodes", "too many nodes", "one type",
    "a certainty with a point of its own",
}  # fmt: skip
"""What the JSON Schema refuses as well; the rest is how the parts of a file fit together."""

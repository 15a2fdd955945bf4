"""NegMAS's scenario folders, in YAML or in its JSON: an outcome space, and one utility function for each negotiator.

Additive utility functions over listed values or ranges of whole numbers can be read: worth is weight x value function.
A reservation value that is infinite or missing is not stated; NegMAS then reckons with the worst utility.
Source: NegMAS 0.16, Scenario.dumpas and Scenario.from_yaml_files.
"""

from __future__ import annotations

from ripeness.interop.domains import Findings, Issue, Place, Profile, number_from, position, range_issue
from ripeness.interop.nodes import NOT_FINITE, RESERVED, child, entries, items, number_of, place_of, text_of
from ripeness.scenario.faults import listing, shown
from ripeness.scenario.reading import Node

SPACES = ("CartesianOutcomeSpace", "DiscreteCartesianOutcomeSpace", "SingletonOutcomeSpace")
ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityFunction", "AffineUtilityFunction")
DISCOUNTED = ("ExpDiscountedUFun", "LinDiscountedUFun")
LISTED = (
    "CategoricalIssue",
    "DiscreteCardinalIssue",
    "DiscreteOrdinalIssue",
    "OrdinalIssue",
    "CardinalIssue",
    "SingletonIssue",
)
RANGED = ("ContiguousIssue", "ContinuousIssue")
VALUE_FUNCTIONS = ("TableFun", "AffineFun", "LinearFun", "IdentityFun", "ConstFun")


def kind_of(root: Node) -> str:
    """The type that a file states, without its module."""
    return (text_of(child(root, "type")) or "").split(".")[-1]


def is_space(root: Node) -> bool:
    """Whether a file holds an outcome space."""
    return "OutcomeSpace" in kind_of(root)


def is_utility(root: Node) -> bool:
    """Whether a file holds a utility function."""
    return "fun" in kind_of(root).lower()


def read_issues(root: Node, file: str, levels: int | None, findings: Findings) -> tuple[Issue, ...]:
    """Issues of an outcome space, those with faults left out."""
    top = place_of(file, root)
    if kind_of(root) not in SPACES:
        findings.faults.append(top.fault(f"the outcome space {kind_of(root)}", listing(SPACES)))
        return ()
    nodes = items(child(root, "issues"))
    if not nodes:
        findings.faults.append(top.fault("no `issues`", "a list `issues` with at least one"))
    found: list[Issue] = []
    for index, node in enumerate(nodes):
        name = text_of(child(node, "name")) or f"issue {index + 1}"
        place = place_of(file, node, "issues", name)
        issue = _issue(name, node, place, levels, findings)
        if issue is not None and any(issue.name == other.name for other in found):
            findings.faults.append(place.fault("the issue a second time", "each issue once"))
        elif issue is not None:
            found.append(issue)
    return tuple(found)


def read_profile(root: Node, file: str, name: str, issues: tuple[Issue, ...], findings: Findings) -> Profile | None:
    """A utility function over the issues of its outcome space; None, with faults, where it is not an additive one."""
    before = len(findings.faults)
    inner, discount = root, None
    reservation = _reservation(root, file, findings)
    if kind_of(root) in DISCOUNTED:
        said = child(root, "ufun")
        inner = said if said is not None else root
        if reservation is None:
            reservation = _reservation(inner, file, findings)
        factor = child(root, "discount")
        if factor is not None:
            discount = number_of(factor, place_of(file, factor, "discount"), findings)
        else:
            findings.note(f"{file}: {kind_of(root)} is read without its cost of time.")
    place = place_of(file, inner)
    if kind_of(inner) not in ADDITIVE:
        remedy = "Only additive functions can be read: a plan's worths add up over its points."
        findings.faults.append(
            place.fault(f"the utility function {kind_of(inner) or 'without a type'}", listing(ADDITIVE), remedy)
        )
        return None
    weights = _weights(inner, file, issues, findings)
    functions = _functions(inner, file, issues, findings)
    if len(findings.faults) > before or weights is None or functions is None:
        return None
    rows = [tuple(weight * each for each in row) for weight, row in zip(weights, functions, strict=True)]
    constant = child(inner, "bias")
    if constant is not None:
        amount = number_of(constant, place_of(file, constant, "bias"), findings)
        if amount:
            rows[0] = tuple(each + amount for each in rows[0])
            findings.note(f"{file}: the constant {amount:g} is added to {issues[0].name}.")
    if len(findings.faults) > before:
        return None
    said_name = text_of(child(root, "name")) or text_of(child(inner, "name"))
    return Profile(said_name or name, tuple(rows), reservation, discount)


def _issue(name: str, node: Node, place: Place, levels: int | None, findings: Findings) -> Issue | None:
    kind = kind_of(node)
    said = items(child(node, "values"))
    texts = [text_of(each) for each in said]
    if kind in LISTED:
        named = [each for each in texts if each is not None]
        if not named or len(named) < len(texts) or len(set(named)) < len(named):
            findings.faults.append(
                place.fault("no list of different texts or numbers", "`values` with each value once")
            )
            return None
        return Issue(name, tuple(named))
    if kind in RANGED:
        bounds = [number_from(text) for text in texts]
        given = [each for each in bounds if each is not None]
        if len(texts) != 2 or len(given) != 2 or given[0] > given[1]:
            findings.faults.append(
                place.fault("a range that is none", "`values` with the lowest number and the highest")
            )
            return None
        low, high = given
        whole = range(int(low), int(high) + 1) if kind == "ContiguousIssue" else None
        return range_issue(name, whole, (low, high), levels, place, findings)
    findings.faults.append(place.fault(f"the issue type {kind or 'nothing'}", listing((*LISTED, *RANGED))))
    return None


def _weights(node: Node, file: str, issues: tuple[Issue, ...], findings: Findings) -> list[float] | None:
    """Weights in the order of the issues; 1 where none are stated."""
    said = child(node, "weights")
    if said is None:
        return [1.0] * len(issues)
    named = entries(said)
    nodes = (
        [named[issue.name].node if issue.name in named else None for issue in issues] if named else list(items(said))
    )
    if len(nodes) != len(issues):
        place = place_of(file, said, "weights")
        findings.faults.append(place.fault(f"{len(nodes)} weights", f"one for each of the {len(issues)} issues"))
        return None
    place = place_of(file, said, "weights")
    numbers = [
        number_of(each, place if each is None else place_of(file, each, "weights", index), findings)
        for index, each in enumerate(nodes)
    ]
    return [each for each in numbers if each is not None]


def _functions(node: Node, file: str, issues: tuple[Issue, ...], findings: Findings) -> list[tuple[float, ...]] | None:
    """Value functions of all issues, as the value of each of their values."""
    said = child(node, "values")
    if said is None and kind_of(node) != "LinearAdditiveUtilityFunction":
        return [row for issue in issues if (row := _identity(issue, place_of(file, node), findings)) is not None]
    named = entries(said)
    nodes = (
        [named[issue.name].node if issue.name in named else None for issue in issues] if named else list(items(said))
    )
    place = place_of(file, node if said is None else said, "values")
    if len(nodes) != len(issues):
        found = f"{len(nodes)} value functions"
        findings.faults.append(place.fault(found, f"one for each of the {len(issues)} issues"))
        return None
    rows = []
    for index, (issue, each) in enumerate(zip(issues, nodes, strict=True)):
        at = place if each is None else place_of(file, each, "values", index)
        row = _values(each, issue, at, findings)
        if row is not None:
            rows.append(row)
    return rows


def _values(node: Node | None, issue: Issue, place: Place, findings: Findings) -> tuple[float, ...] | None:
    """What a value function gives each value of an issue."""
    kind = "IdentityFun" if node is None else kind_of(node)
    if kind == "TableFun":
        return _table(child(node, "mapping"), issue, place, findings)
    if kind not in VALUE_FUNCTIONS:
        found = f"the value function {kind or shown(None if node is None else node.plain())}"
        findings.faults.append(place.fault(found, listing(VALUE_FUNCTIONS)))
        return None
    offset, slope = child(node, "bias"), child(node, "slope")
    constant = 0.0 if offset is None else number_of(offset, place._replace(path=f"{place.path}.bias"), findings)
    factor = 1.0 if slope is None else number_of(slope, place._replace(path=f"{place.path}.slope"), findings)
    if constant is None or factor is None:
        return None
    if kind == "ConstFun":
        return (constant,) * len(issue.values)
    numbers = _identity(issue, place, findings)
    return None if numbers is None else tuple(factor * each + constant for each in numbers)


def _table(node: Node | None, issue: Issue, place: Place, findings: Findings) -> tuple[float, ...] | None:
    before = len(findings.faults)
    given: dict[int, float] = {}
    for value, entry in entries(node).items():
        at = place_of(place.file, entry.node, place.path, value)
        index = position(issue, value)
        number = number_of(entry.node, at, findings)
        if index is None and not issue.numbers:
            findings.faults.append(at.fault("a value that the issue does not have", listing(issue.values)))
        elif index is not None and number is not None:
            given[index] = number
    missing = [value for index, value in enumerate(issue.values) if index not in given]
    if missing and len(findings.faults) == before:
        findings.faults.append(place.fault(f"no number for {', '.join(missing[:6])}", "one for every value"))
    return tuple(given[index] for index in range(len(issue.values))) if len(findings.faults) == before else None


def _identity(issue: Issue, place: Place, findings: Findings) -> tuple[float, ...] | None:
    """The values themselves, where they are numbers."""
    numbers = [number_from(value) for value in issue.values]
    given = [each for each in numbers if each is not None]
    if len(given) < len(numbers):
        findings.faults.append(place.fault(f"a formula for {issue.name}, whose values are texts", "TableFun"))
        return None
    return tuple(given)


def _reservation(node: Node, file: str, findings: Findings) -> float | None:
    """The reservation value; None where it is not stated."""
    said = child(node, RESERVED)
    outcome = child(node, "reserved_outcome")
    if outcome is not None and outcome.value is not None:
        remedy = f"Write its worth as `{RESERVED}`, and null here."
        findings.faults.append(
            place_of(file, outcome, "reserved_outcome").fault(shown(outcome.plain()), "null", remedy)
        )
    if said is None or said.value is None or said.value in NOT_FINITE:
        return None
    return number_of(said, place_of(file, said, RESERVED), findings)

"""GENIUS's XML files: a domain, and one utility profile for each negotiator.

The utility of an outcome is the sum over issues of weight x evaluation. An evaluation of a listed value is its number
divided by the largest of the issue (0 where that is below 0.00001); NegMAS does not divide. A range of whole numbers
has slope x (value - lower bound) + offset, cut to [0, 1]; a range of reals parameter1 x value + parameter0, cut; NegMAS
neither subtracts the bound nor cuts. GENIUS also counts a total above 1 as 1, which no sum over points can, and which
does not happen where weights sum to 1.
Source: GENIUS 8, package genius.core.utility, classes AdditiveUtilitySpace, EvaluatorDiscrete, EvaluatorInteger and
EvaluatorReal; NegMAS 0.16, UtilityFunction.from_xml_str.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ripeness.interop.domains import (
    Findings,
    Issue,
    Place,
    Profile,
    UtilityReading,
    number_from,
    position,
    range_issue,
)
from ripeness.interop.markup import Element
from ripeness.scenario.faults import listing, nearest

DOMAIN = "negotiation_template"
PROFILE = "utility_space"
LEAST_MAXIMUM = 1e-5
"""GENIUS counts evaluations as 0 where the largest is below this."""
RANGES = ("integer", "real")


def read_issues(root: Element, file: str, levels: int | None, findings: Findings) -> tuple[Issue, ...]:
    """Issues of a domain file in the order of their index, those with faults left out."""
    found: list[tuple[int, Issue]] = []
    names: set[str] = set()
    for element in root.all_named("issue"):
        name = element.attributes.get("name", "")
        place = _place(file, element, name)
        index = _index(element, place, findings)
        if not name:
            findings.faults.append(place.fault("an issue without a name", "an attribute `name`"))
        elif name in names:
            findings.faults.append(place.fault("the issue a second time", "each issue once", "Drop one of the two."))
        else:
            issue = _issue(element, name, place, levels, findings)
            if issue is not None and index is not None:
                found.append((index, issue))
        names.add(name)
    if not names:
        place = Place(file, root.line, root.column, "")
        findings.faults.append(place.fault("no <issue>", "at least one <issue> within an <objective>"))
    return tuple(issue for _, issue in sorted(found, key=lambda pair: pair[0]))


def read_profile(
    root: Element, file: str, name: str, issues: tuple[Issue, ...], reading: UtilityReading, findings: Findings
) -> Profile | None:
    """A profile over the issues of its domain; None, with faults, where it is not one."""
    before = len(findings.faults)
    top = Place(file, root.line, root.column, "")
    if next(root.all_named("utility_function"), None) or next(root.all_named("utility"), None):
        remedy = "Only additive profiles can be read: a plan's worths add up over its points."
        findings.faults.append(
            top.fault("a utility function of several issues at once", "<issue> and <weight>", remedy)
        )
        return None
    elements = _issue_elements(root, file, issues, findings)
    weights = _weights(root, file, elements, reading, findings)
    rows: list[tuple[float, ...]] = []
    others = [each.attributes.get("name", "") for each in root.all_named("issue")]
    meant = {nearest(each, [issue.name for issue in issues]) for each in others if each not in elements}
    missing = [issue.name for issue in issues if issue.name not in elements and issue.name not in meant]
    if missing and reading == "genius":
        remedy = "Add an <issue> of this name with an evaluation of every value."
        findings.faults.append(top.fault(f"no evaluations of {_and(missing)}", "an <issue> for every issue", remedy))
    for issue in issues:
        element = elements.get(issue.name)
        if element is None:
            findings.note(f"{name}: {issue.name} has no evaluations and counts nothing, as in NegMAS.")
            rows.append((0.0,) * len(issue.values))
            continue
        evaluations = _evaluations(element, file, issue, reading, findings)
        if evaluations is not None and issue.name in weights.of:
            rows.append(tuple(weights.of[issue.name] * each for each in evaluations))
    reservation = _setting(root, file, "reservation", findings)
    discount = _setting(root, file, "discount_factor", findings)
    if len(findings.faults) > before:
        return None
    if weights.constant:
        rows[0] = tuple(each + weights.constant for each in rows[0])
        findings.note(f"{name}: NegMAS's constant {weights.constant:g} is added to {issues[0].name}.")
    total = math.fsum(weights.of.values())
    if reading == "genius" and total > 1.0 + 1e-6:
        findings.note(f"{name}: weights sum to {total:.6g}. GENIUS counts utilities above 1 as 1; here they are kept.")
    return Profile(name, tuple(rows), 0.0 if reservation is None else reservation, discount)


class _Weights(NamedTuple):
    """Weights by issue, and NegMAS's weight of no issue, which it adds to every utility."""

    of: dict[str, float]
    constant: float


def _issue(element: Element, name: str, place: Place, levels: int | None, findings: Findings) -> Issue | None:
    """One issue of a domain."""
    kind = element.attributes.get("type", "discrete")
    if kind in RANGES:
        bounds = _bounds(element)
        if bounds is None or bounds[0] > bounds[1]:
            found = "no range of numbers" if bounds is None else f"a range from {bounds[0]:g} to {bounds[1]:g}"
            findings.faults.append(place.fault(found, "`lowerbound` and `upperbound`, the lower first"))
            return None
        low, high = bounds
        if kind == "real":
            return range_issue(name, None, bounds, levels, place, findings)
        return range_issue(name, range(math.ceil(low), math.floor(high) + 1), bounds, levels, place, findings)
    if kind != "discrete":
        findings.faults.append(place.fault(f"the type {kind!r}", "discrete, integer or real"))
        return None
    values: list[str] = []
    for item in element.named("item"):
        value = item.attributes.get("value")
        if value is None:
            found = "an item without a value"
            findings.faults.append(_place(place.file, item, name).fault(found, "an attribute `value`"))
        elif value in values:
            findings.note(f"{name}: the value {value!r} stands twice and is taken once.")
        else:
            values.append(value)
    if not values:
        findings.faults.append(place.fault("no <item>", "at least one <item> with a `value`"))
        return None
    return Issue(name, tuple(values))


def _issue_elements(root: Element, file: str, issues: tuple[Issue, ...], findings: Findings) -> dict[str, Element]:
    """The profile's <issue> of each issue of the domain."""
    known = [issue.name for issue in issues]
    found: dict[str, Element] = {}
    for element in root.all_named("issue"):
        name = element.attributes.get("name", "")
        place = _place(file, element, name)
        if name in found:
            findings.faults.append(place.fault("the issue a second time", "each issue once", "Drop one of the two."))
        elif name in known:
            found[name] = element
        elif not findings.incomplete:
            close = nearest(name, known)
            remedy = f"nearest: {close}" if close else "Check that the profile belongs to this domain."
            findings.faults.append(place.fault("an issue that the domain does not have", listing(known), remedy))
    return found


def _weights(
    root: Element, file: str, elements: dict[str, Element], reading: UtilityReading, findings: Findings
) -> _Weights:
    """Weights by issue, matched by the index that the profile itself gives to its issues, from 0 or from 1."""
    by_index: dict[int, float] = {}
    for element in root.all_named("weight"):
        place = _place(file, element, "")._replace(path="weight")
        index = _index(element, place, findings)
        value = _number(element, "value", place, findings)
        if index is None or value is None:
            continue
        if index in by_index:
            findings.faults.append(place.fault(f"index {index} a second time", "one weight for each issue"))
        by_index[index] = value
    indices: set[int] = set()
    index_of: dict[str, int] = {}
    for element in root.all_named("issue"):
        name = element.attributes.get("name", "")
        index = _index(element, _place(file, element, name), findings)
        if index is not None:
            indices.add(index)
            if elements.get(name) is element:
                index_of[name] = index
    shift = next((s for s in (0, 1, -1) if {i + s for i in indices} <= set(by_index)), 0)
    if shift:
        numbered = f"weights are numbered from {min(indices) + shift}, issues from {min(indices)}"
        findings.note(f"{file}: {numbered}; they are matched in order.")
    weights: dict[str, float] = {}
    for name, index in index_of.items():
        if index + shift in by_index:
            weights[name] = by_index[index + shift]
        elif reading == "negmas":
            weights[name] = 1.0
            findings.note(f"{name} has no weight in {file} and counts once, as in NegMAS.")
        else:
            place = _place(file, elements[name], name)
            remedy = f'Add <weight index="{index}" value="..."/>.'
            findings.faults.append(place.fault("no weight", f"a <weight> with the index {index}", remedy))
    objectives = {element.attributes.get("index") for element in root.all_named("objective")}
    more = {i: x for i, x in by_index.items() if i - shift not in indices and str(i) not in objectives}
    after = {i: x for i, x in more.items() if indices and i > max(indices)}
    if after and reading == "genius":
        findings.note(f"{file}: weights of no issue are left out, as in GENIUS: {', '.join(map(str, sorted(after)))}.")
    return _Weights(weights, math.fsum(after.values()) if reading == "negmas" else 0.0)


def _evaluations(
    element: Element, file: str, issue: Issue, reading: UtilityReading, findings: Findings
) -> tuple[float, ...] | None:
    """Evaluations of the values of an issue, without its weight."""
    place = _place(file, element, issue.name)
    evaluator = next(element.named("evaluator"), None)
    if evaluator is not None:
        return _evaluated(evaluator, element, file, issue, reading, findings)
    before = len(findings.faults)
    given: dict[int, float] = {}
    for item in element.named("item"):
        at = _place(file, item, issue.name)
        value = item.attributes.get("value")
        if value is None:
            findings.faults.append(at.fault("an item without a value", "an attribute `value`"))
            continue
        index = position(issue, value)
        if index is None and issue.numbers:
            continue  # a number that --levels has left out
        if index is None:
            close = nearest(value, issue.values)
            remedy = f"nearest: {close}" if close else ""
            found = f"the value {value!r}, which the domain does not have"
            findings.faults.append(at.fault(found, listing(issue.values), remedy))
            continue
        evaluation = _number(item, "evaluation", at, findings)
        if evaluation is None:
            continue
        if index in given and given[index] != evaluation:
            findings.faults.append(at.fault(f"{value!r} a second time, worth something else", "each value once"))
        given[index] = evaluation
    missing = [value for index, value in enumerate(issue.values) if index not in given]
    if len(findings.faults) == before and missing:
        remedy = "Add an <item> with `value` and `evaluation` for each."
        findings.faults.append(place.fault(f"no evaluation of {_and(missing)}", "one for every value", remedy))
    if len(findings.faults) > before:
        return None
    row = tuple(given[index] for index in range(len(issue.values)))
    if reading == "negmas":
        return row
    largest = max(row)
    return tuple(0.0 if largest < LEAST_MAXIMUM else each / largest for each in row)


def _evaluated(
    evaluator: Element, element: Element, file: str, issue: Issue, reading: UtilityReading, findings: Findings
) -> tuple[float, ...] | None:
    """Evaluations of a range of numbers by a formula."""
    place = _place(file, evaluator, issue.name)
    kind = evaluator.attributes.get("ftype", "linear")
    if not issue.numbers or kind not in ("linear", "constant"):
        found = f"an evaluator of type {kind!r}" + ("" if issue.numbers else " for values that are no numbers")
        findings.faults.append(place.fault(found, "linear or constant, for a range of numbers"))
        return None
    before = len(findings.faults)
    offset = _either(evaluator, ("offset", "parameter0"), 0.0, place, findings)
    slope = 0.0
    if kind == "linear":
        slope = _either(evaluator, ("slope", "parameter1"), 1.0 if reading == "negmas" else None, place, findings)
    if len(findings.faults) > before:
        return None
    start = 0.0
    if reading == "genius" and element.attributes.get("type") == "integer":
        bounds = _bounds(element)
        start = bounds[0] if bounds else issue.numbers[0]
    row = tuple(slope * (number - start) + offset for number in issue.numbers)
    if reading == "negmas" or kind == "constant":
        return row
    return tuple(min(max(each, 0.0), 1.0) for each in row)


def _either(
    element: Element, names: tuple[str, ...], otherwise: float | None, place: Place, findings: Findings
) -> float:
    """The first of some attributes that is there."""
    name = next((name for name in names if name in element.attributes), None)
    if name is None:
        if otherwise is None:
            findings.faults.append(place.fault("no slope", f"an attribute {listing([f'`{each}`' for each in names])}"))
        return otherwise or 0.0
    return _number(element, name, place, findings) or 0.0


def _bounds(element: Element) -> tuple[float, float] | None:
    """Lower and upper bound of a range, which stand in the issue or in a <range> of it."""
    for each in (element, *element.named("range")):
        low = number_from(each.attributes.get("lowerbound"))
        high = number_from(each.attributes.get("upperbound"))
        if low is not None and high is not None:
            return low, high
    return None


def _setting(root: Element, file: str, tag: str, findings: Findings) -> float | None:
    """The value of an element such as <reservation value="0.3"/>, or None."""
    element = next(root.all_named(tag), None)
    if element is None:
        return None
    return _number(element, "value", _place(file, element, "")._replace(path=tag), findings)


def _and(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


def _index(element: Element, place: Place, findings: Findings) -> int | None:
    """The attribute `index`."""
    said = element.attributes.get("index", "")
    if said.strip().isdecimal():
        return int(said)
    found = f"the index {said!r}" if "index" in element.attributes else "no index"
    findings.faults.append(place.fault(found, "a whole number, counted from 0 or from 1"))
    return None


def _number(element: Element, attribute: str, place: Place, findings: Findings) -> float | None:
    """An attribute that is a number; a fault where it is not."""
    said = element.attributes.get(attribute)
    number = number_from(said)
    if number is None:
        found = f"no `{attribute}`" if said is None else f"{attribute}={said!r}"
        remedy = (
            f"Write {said.replace(',', '.')}, with a point." if said and number_from(said.replace(",", ".")) else ""
        )
        findings.faults.append(place.fault(found, "a finite number", remedy))
    return number


def _place(file: str, element: Element, issue: str) -> Place:
    path = f"issue {issue}" if issue else element.tag
    return Place(file, element.line, element.column, path)

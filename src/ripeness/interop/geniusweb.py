"""GeniusWeb's JSON files: a domain, and one additive utility space for each negotiator.

The utility of an outcome is the sum over issues of weight x utility of the value, which lie in [0, 1]; utilities of a
range of numbers run in a straight line from its lowest to its highest. The worth of no agreement is that of the
reservation bid, whose open issues count 0; without one, any agreement is better than none.
Source: GeniusWeb 2, classes LinearAdditiveUtilitySpace, DiscreteValueSetUtilities and NumberValueSetUtilities of
geniusweb.profile.utilityspace, and its wiki; older files call the two kinds of utilities discreteutils and numberutils.
`reserved_value` and `discount_factor` are NegMAS's additions.
"""

from __future__ import annotations

import math

from ripeness.interop.domains import Findings, Issue, Place, Profile, number_from, position, range_issue
from ripeness.interop.nodes import RESERVED, child, entries, items, mapping, number_of, place_of, text_of
from ripeness.scenario.faults import listing, nearest
from ripeness.scenario.reading import Node

ADDITIVE = "LinearAdditiveUtilitySpace"
OTHER_PROFILES = ("SumOfGroupsUtilitySpace", "DefaultPartialOrdering", "DefaultProfile", "LinearAdditive")
LISTED = ("DiscreteValueSetUtilities", "discreteutils")
RANGED = ("NumberValueSetUtilities", "numberutils")
MOST_STEPS = 1_000_000


def read_issues(root: Node, file: str, levels: int | None, findings: Findings) -> tuple[Issue, ...]:
    """Issues of a domain, those with faults left out."""
    top = place_of(file, root)
    found = []
    for name, node in mapping(child(root, "issuesValues"), top, "issuesValues", findings):
        issue = _issue(name, node, place_of(file, node, "issuesValues", name), levels, findings)
        if issue is not None:
            found.append(issue)
    return tuple(found)


def embedded_domain(root: Node) -> Node | None:
    """The domain that a profile carries along."""
    return child(root, ADDITIVE, "domain")


def domain_name(root: Node, otherwise: str) -> str:
    """Name of a domain."""
    return text_of(child(root, "name")) or otherwise


def read_profile(root: Node, file: str, name: str, issues: tuple[Issue, ...], findings: Findings) -> Profile | None:
    """A profile over the issues of its domain; None, with faults, where it is not one."""
    before = len(findings.faults)
    space = child(root, ADDITIVE)
    if space is None or not isinstance(space.value, dict):
        kind = next(iter(entries(root)), "nothing")
        remedy = "Only additive profiles can be read: a plan's worths add up over its points."
        findings.faults.append(place_of(file, root).fault(f"the profile {kind}", ADDITIVE, remedy))
        return None
    top = place_of(file, space, ADDITIVE)
    weights = dict(mapping(child(space, "issueWeights"), top, "issueWeights", findings))
    utilities = dict(mapping(child(space, "issueUtilities"), top, "issueUtilities", findings))
    known = [issue.name for issue in issues]
    for key, said in (("issueWeights", weights), ("issueUtilities", utilities)):
        for unknown in [each for each in said if each not in known and not findings.incomplete]:
            close = nearest(unknown, known)
            remedy = f"nearest: {close}" if close else "Check that the profile belongs to this domain."
            place = place_of(file, said[unknown], key, unknown)
            findings.faults.append(place.fault("an issue that the domain does not have", listing(known), remedy))
    rows: list[tuple[float, ...]] = []
    for issue in issues:
        weight = None
        if issue.name in weights:
            weight = number_of(
                weights[issue.name], place_of(file, weights[issue.name], "issueWeights", issue.name), findings
            )
        else:
            around = child(space, "issueWeights")
            at = top if around is None else place_of(file, around, "issueWeights")
            findings.faults.append(at.fault(f"no weight of {issue.name}", "one for every issue"))
        row = _utilities(utilities.get(issue.name), issue, top, findings)
        if weight is not None and row is not None:
            rows.append(tuple(weight * each for each in row))
    if len(findings.faults) > before:
        return None
    reservation = _reservation(space, file, issues, rows, findings)
    discount = child(space, "discount_factor")
    factor = None if discount is None else number_of(discount, place_of(file, discount, "discount_factor"), findings)
    if len(findings.faults) > before:
        return None
    return Profile(text_of(child(space, "name")) or name, tuple(rows), reservation, factor)


def _issue(name: str, node: Node, place: Place, levels: int | None, findings: Findings) -> Issue | None:
    listed, ranged = child(node, "values"), child(node, "range")
    if listed is not None:
        values = [text_of(each) for each in items(listed)]
        named = [each for each in values if each is not None]
        if not values or len(set(named)) < len(values):
            findings.faults.append(place.fault("no list of different texts", "`values` with each value once"))
            return None
        return Issue(name, tuple(named))
    if ranged is None:
        findings.faults.append(place.fault("neither `values` nor `range`", "one of the two"))
        return None
    numbers = [number_from(text_of(each)) for each in items(ranged)]
    given = [each for each in numbers if each is not None]
    if len(numbers) != 3 or len(given) != 3 or given[0] > given[1] or given[2] <= 0.0:
        allowed = "three numbers: the lowest value, the highest, and a step above 0"
        findings.faults.append(place.fault("a range that is none", allowed))
        return None
    low, high, step = given
    n_steps = math.floor((high - low) / step + 1e-9)
    if n_steps >= MOST_STEPS:
        return range_issue(name, None, (low, high), levels, place, findings)
    # decimals such as 0.1 add up to others; the sum is brought back to the digits that the file could mean
    every = [round(low + step * k, 10) for k in range(n_steps + 1)]
    return range_issue(name, every, (low, every[-1]), levels, place, findings)


def _utilities(node: Node | None, issue: Issue, top: Place, findings: Findings) -> tuple[float, ...] | None:
    """Utilities of the values of an issue, without its weight."""
    path = ("issueUtilities", issue.name)
    if node is None:
        findings.faults.append(top.fault(f"no utilities of {issue.name}", "`issueUtilities` with every issue"))
        return None
    place = place_of(top.file, node, *path)
    listed = next((child(node, kind, "valueUtilities") for kind in LISTED if child(node, kind) is not None), None)
    ranged = next((child(node, kind) for kind in RANGED if child(node, kind) is not None), None)
    before = len(findings.faults)
    if listed is not None:
        given: dict[int, float] = {}
        for value, said in mapping(listed, place, "valueUtilities", findings):
            at = place_of(top.file, said, *path, value)
            index = position(issue, value)
            if index is None and not issue.numbers:
                close = nearest(value, issue.values)
                findings.faults.append(
                    at.fault(
                        "a value that the domain does not have",
                        listing(issue.values),
                        f"nearest: {close}" if close else "",
                    )
                )
            number = number_of(said, at, findings)
            if index is not None and number is not None:
                given[index] = number
        missing = [value for index, value in enumerate(issue.values) if index not in given]
        if missing and len(findings.faults) == before:
            # GeniusWeb counts a value without a utility 0
            findings.note(f"{top.file}: {', '.join(missing[:6])} of {issue.name} have no utility and count 0.")
        return (
            tuple(given.get(index, 0.0) for index in range(len(issue.values)))
            if len(findings.faults) == before
            else None
        )
    if ranged is not None and issue.numbers:
        keys = ("lowValue", "lowUtility", "highValue", "highUtility")
        ends = [number_of(child(ranged, key), place._replace(path=f"{place.path}.{key}"), findings) for key in keys]
        four = [each for each in ends if each is not None]
        if len(four) < 4:
            return None
        low, low_utility, high, high_utility = four
        slope = (high_utility - low_utility) / (high - low) if high > low else 0.0
        return tuple(low_utility + slope * (number - low) for number in issue.numbers)
    allowed = f"{RANGED[0]} or {LISTED[0]}" if issue.numbers else f"{LISTED[0]} with `valueUtilities`"
    findings.faults.append(place.fault("no utilities of this kind", allowed))
    return None


def _reservation(
    space: Node, file: str, issues: tuple[Issue, ...], rows: list[tuple[float, ...]], findings: Findings
) -> float | None:
    """Worth of the reservation bid, or NegMAS's reservation value; None: neither is stated."""
    bid = child(space, "reservationBid")
    if bid is not None and bid.value not in (None, {}):
        said = child(bid, "issuevalues") or child(bid, "issueValues")
        total = []
        known = {issue.name: index for index, issue in enumerate(issues)}
        top = place_of(file, bid, "reservationBid")
        for name, node in mapping(said, top, "issuevalues", findings):
            place = place_of(file, node, "reservationBid", name)
            issue = issues[known[name]] if name in known else None
            value = text_of(node)
            index = None if issue is None or value is None else position(issue, value)
            if issue is None or index is None:
                allowed = listing(issue.values) if issue else listing(list(known))
                findings.faults.append(place.fault("an issue or a value that the domain does not have", allowed))
            else:
                total.append(rows[known[name]][index])
        return math.fsum(total)
    stated = child(space, RESERVED)
    if stated is None or stated.value is None:
        return None
    return number_of(stated, place_of(file, stated, RESERVED), findings)

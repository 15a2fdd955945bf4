"""What private information changes, told from two runs: one with secrets, and one of the same war without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import numpy as np

from ripeness.questions.disagreement import WORTH
from ripeness.questions.reading import TOLD
from ripeness.questions.words import listing, month, percent, points

Information = Literal["none", "known", "private"]


def information(scenario: Mapping[str, Any]) -> Information:
    """Whether a scenario has no types, types that all know, or types that only their own actor knows."""
    beliefs = scenario.get("beliefs")
    if not beliefs:
        return "none"
    return "known" if beliefs.get("known") else "private"


def explained(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    changed: Collection[str],
) -> tuple[str, ...]:
    """Sentences on what private information changes; none unless exactly one of the runs has it.

    Args:
        before, after: scenarios of the two runs.
        earlier, later: their results, by key.
        changed: paths of the assumptions that differ.
    """
    kinds = information(before), information(after)
    if kinds.count("private") != 1:
        return ()
    scenario, secret, open_ = (before, earlier, later) if kinds[0] == "private" else (after, later, earlier)
    baseline = kinds[1] if kinds[0] == "private" else kinds[0]
    names = {role: str(actor["name"]) for role, actor in scenario["actors"].items() if actor}
    against = "with the same types known to all" if baseline == "known" else "without types"
    said = [
        f"With what is secret, against the war {against}: " + _settlement(secret, open_),
        _terms(secret, open_, names),
        _values(secret, open_, names),
        _caution(baseline, changed),
    ]
    return tuple(sentence for sentence in said if sentence)


def _settlement(secret: Mapping[str, Any], open_: Mapping[str, Any]) -> str:
    odds = secret.get("end_settlement"), open_.get("end_settlement")
    said = "no probability of a settlement is known"
    if odds[0] is not None and odds[1] is not None:
        gap = odds[0] - odds[1]
        verb = "as likely" if abs(gap) < TOLD else f"{points(gap)} {'more' if gap > 0 else 'less'} likely"
        said = f"a settlement by the horizon is {verb} ({percent(odds[0])} against {percent(odds[1])})"
    dates = secret.get("settlement_date"), open_.get("settlement_date")
    if dates[0] is not None and dates[1] is not None:
        first, second = (np.datetime64(date, "D") for date in dates)
        if first == second:
            said += f", and its median date, if there is one, is the same ({month(first)})"
        else:
            said += f", and its median date, if there is one, is {'later' if first > second else 'earlier'}: "
            said += f"{month(first)} against {month(second)}"
    return said + "."


def _terms(secret: Mapping[str, Any], open_: Mapping[str, Any], names: Mapping[str, str]) -> str:
    shares = secret.get("terms_median"), open_.get("terms_median")
    if shares[0] is None or shares[1] is None:
        return ""
    gap = shares[0] - shares[1]
    if abs(gap) < TOLD:
        return f"Median terms stay where they are, at {percent(shares[0])} for {names['attacker']}."
    towards = names["attacker" if gap > 0 else "defender"]
    return (
        f"Median terms lie {points(gap)} further towards {towards}: {percent(shares[0])} for {names['attacker']} "
        f"against {percent(shares[1])}."
    )


def _values(secret: Mapping[str, Any], open_: Mapping[str, Any], names: Mapping[str, str]) -> str:
    moved = []
    for role, name in names.items():
        values = secret.get(f"value_{role}"), open_.get(f"value_{role}")
        if values[0] is not None and values[1] is not None and abs(values[0] - values[1]) >= WORTH:
            gap = values[0] - values[1]
            moved.append(f"{100 * abs(gap):.2g}% {'more' if gap > 0 else 'less'} to {name}")
    if not moved:
        return f"At the start the war is worth the same to all, to {100 * WORTH:.2g}% of what is disputed."
    return f"At the start, as each sees it, the war is worth {listing(moved)}, of what is disputed, for ever."


def _caution(baseline: Information, changed: Collection[str]) -> str:
    if baseline == "none":
        return (
            "Part of this is what the types are, not that they are secret: without types the scenario stands as its "
            "first types have it, or as it stands without `set`. Compare with a run of the same scenario with "
            "beliefs.known=true to change nothing but what is known."
        )
    others = sorted(path for path in changed if path != "beliefs.known")
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        listed = ", ".join(others[:3])
        return f"Other assumptions differ as well ({listed}{more}), so that not all of this comes from secrecy."
    return ""

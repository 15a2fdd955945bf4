"""The outlook in plain words, made from its numbers: neutral, hedged, with the figures in every sentence.

Words for probabilities follow one scale (`words.LIKELIHOOD`). Nothing here judges anybody: every sentence holds under
the assumptions of the scenario, and says so where it could be read otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from ripeness.questions import disagreement
from ripeness.questions.endings import LASTING_YEARS, STILL_OPEN
from ripeness.questions.labels import values_of
from ripeness.questions.moment import Float
from ripeness.questions.reading import TOLD, Paragraph, Reading
from ripeness.questions.views import TRUTH
from ripeness.questions.words import between, gain, likelihood, listing, month, percent, points, rate, span

SHARP = 690.0
"""Precision from which a gain of one percent multiplies odds by a thousand and more."""

FLAT = 1e-3
"""Slopes of less than a thousandth of the prize a year are called flat."""

RUSH = 0.2
"""Part of all settlements in the last year from which the horizon itself is suspected."""


class Figure(NamedTuple):
    """One number for the top of the report."""

    label: str
    value: str
    note: str


class Summary(NamedTuple):
    """The outlook in words.

    Attributes:
        headline: the answer in one sentence.
        figures: the few numbers that matter most.
        paragraphs: the answers, one question each.
        warnings: what limits the reading of this run.
    """

    headline: str
    figures: tuple[Figure, ...]
    paragraphs: tuple[Paragraph, ...]
    warnings: tuple[str, ...]

    def text(self) -> str:
        """Everything as plain text, for a terminal."""
        blocks = [self.headline]
        blocks += [f"{p.question}\n{p.answer}" for p in self.paragraphs]
        blocks += [f"Note: {w}" for w in self.warnings]
        return "\n\n".join(blocks)


def summarise(tree: xr.DataTree) -> Summary:
    """The outlook in words."""
    r = Reading(tree)
    hidden = disagreement.paragraphs(r)
    paragraphs = [_ripe(r), _when(r), _terms(r), _durable(r), _delay(r), *hidden, _seats(r), _noise(r)]
    warnings = [w for w in str(r.attrs.get("warnings", "")).split("\n") if w]
    return Summary(_headline(r), _figures(r), tuple(p for p in paragraphs if p.answer), (*warnings, *_horizon(r)))


def _headline(r: Reading) -> str:
    total = float(r.array("outlook/cumulative_probability")[-1, 0])
    median = r.date("outlook/settlement_date", 0.5)
    when = "" if np.isnat(median) else f", with even odds reached in {month(median)}"
    said = f"a settlement by {r.horizon} is {likelihood(total)} ({percent(total)}){when}."
    view = str(r.attrs.get("view", TRUTH))
    whose = "" if view == TRUTH else f" and {_given(r, view)}"
    return f"Under the assumptions of this scenario{whose}, {said}"


def _given(r: Reading, view: str) -> str:
    role, given, kind = view.partition(": ")
    return f"given that {r.names[role]} is of the type “{kind}”" if given else f"as {r.names[role]} sees it"


def _figures(r: Reading) -> tuple[Figure, ...]:
    cumulative = r.array("outlook/cumulative_probability")[:, 0]
    period, within = r.within(1.0)
    figures = [
        Figure(f"Settled within {within}", percent(cumulative[period]), f"{percent(cumulative[-1])} by {r.horizon}")
    ]
    early, median, late = (r.date("outlook/settlement_date_given", q) for q in (0.05, 0.5, 0.95))
    if np.isnat(median):
        figures.append(Figure("Date of settlement", "none", f"no settlement by {r.horizon}"))
    else:
        figures.append(Figure("If settled: date", month(median), f"90% {between(early, late)}"))
    low, mid, high = r.quantiles("outlook/terms_overall", 0.05, 0.5, 0.95)
    if np.isfinite(mid):
        spread = f"90% between {percent(low)} and {percent(high)}" if high - low >= TOLD else "with little spread"
        figures.append(Figure(f"If settled: share of {r.names['attacker']}", percent(mid), spread))
    ripe = float(r.array("zone/ripe_probability")[0])
    value = "yes" if ripe >= 1 - TOLD else "no" if ripe <= TOLD else percent(ripe)
    figures.append(Figure("Ripe at the start?", value, _first_ripe(r)))
    return tuple(figures)


def _first_ripe(r: Reading) -> str:
    first: np.datetime64 = values_of(r.tree, "zone/first_ripe").reshape(1)[0]
    if np.isnat(first):
        return f"never more likely than not before {r.horizon}"
    return "some package suits both sides" if first == r.time[0] else f"more likely than not from {month(first)}"


def nearest_package(r: Reading) -> int:
    """The package that comes nearest to suiting both belligerents at the start: the smaller gain is largest."""
    start = r.array("seats/gain")[0]
    return int(np.argmax(np.minimum(start[0], start[1])))


def _horizon(r: Reading) -> tuple[str, ...]:
    """A warning where the end of the calendar drives the settlements."""
    settled = r.array("outlook/end_probability")[:, 0]
    hazard = r.array("outlook/hazard")[:, 0]
    n = max(1, round(1.0 / r.years_per_period))
    if len(r.time) < 3 * n or settled.sum() < TOLD:
        return ()
    share = settled[-n:].sum() / settled.sum()
    usual = float(np.median(hazard[:-n]))
    if share < RUSH or np.nanmax(hazard[-n:]) < 3.0 * usual:
        return ()
    return (
        f"{percent(share)} of the settlements fall into the last year before {r.horizon}, where the scenario ends and "
        "an open conflict counts as frozen: that date acts as a deadline. A `lookahead` beyond it takes this away.",
    )


def _ripe(r: Reading) -> Paragraph:
    ripe, n = r.array("zone/ripe_probability"), nearest_package(r)
    start = r.array("seats/gain")[0]
    a, d = r.names["attacker"], r.names["defender"]
    both = f"{gain(start[0, n])} to {a} and {gain(start[1, n])} to {d}"
    if ripe[0] >= 1 - TOLD:
        said = f"Yes: at the start some package of the agenda is worth at least as much to {a} and {d} as fighting on."
        said += f" The one that leaves the smaller gain largest, “{r.packages[n]}”, means {both}."
    elif ripe[0] <= TOLD:
        said = f"Not at the start: no package of the agenda is worth as much as fighting on to both {a} and {d}."
        said += f" The nearest, “{r.packages[n]}”, means {both}."
    else:
        said = f"In part: at the start some package suits both {a} and {d} with probability {percent(ripe[0])}."
    return Paragraph("ripe", "Is it ripe?", said + _ripe_later(r, ripe) + _patron_too(r, ripe) + _zone(r))


def _ripe_later(r: Reading, ripe: Float) -> str:
    period, within = r.within(2.0)
    if period >= r.n_open or r.n_open < 2:
        return ""
    return f" A war still open {within} on is ripe with probability {percent(ripe[period])}."


def _patron_too(r: Reading, ripe: Float) -> str:
    if not r.has("zone/ripe_with_patron"):
        return ""
    too = float(r.array("zone/ripe_with_patron")[0])
    if abs(too - ripe[0]) <= TOLD:
        return ""
    return f" A package that suits {r.names['patron']} as well exists at the start with probability {percent(too)}."


def _zone(r: Reading) -> str:
    least, most = r.array("zone/least_attacker")[0], r.array("zone/greatest_defender")[0]
    width = np.where(np.isfinite(most - least), most - least, -np.inf)
    k = int(np.argmax(width))
    if not np.isfinite(width[k]):
        return ""
    a, d = r.names["attacker"], r.names["defender"]
    said = f" With {r.names_of('zone/class_label')[k]}, {a} would sign from {percent(least[k])} upwards and {d} up to "
    said += f"{percent(most[k])} of what is disputed: "
    return said + (f"a zone of {points(width[k])}." if width[k] >= 0 else f"{points(width[k])} lie between them.")


def _when(r: Reading) -> Paragraph:
    cumulative = r.array("outlook/cumulative_probability")
    period, within = r.within(1.0)
    odds = [f"{percent(cumulative[period, 0])} within {within}"]
    if len(r.time) > period + 1:
        odds.append(f"{percent(cumulative[-1, 0])} by {r.horizon}")
    said = f"The probability of a settlement is {' and '.join(odds)}."
    early, late = (r.date("outlook/settlement_date_given", q) for q in (0.25, 0.75))
    if not np.isnat(early):
        said += f" If there is one, half of its probability lies {between(early, late)}."
    others = [(r.ends[k], float(cumulative[-1, k])) for k in range(1, len(r.ends)) if cumulative[-1, k] >= TOLD]
    if others:
        ranked = sorted(others, key=lambda other: -other[1])
        said += f" Otherwise: {listing([f'{_outcome(end, r)} ({percent(p)})' for end, p in ranked])}."
    by_proposer = r.array("outlook/settlement_by_proposer").sum(axis=0)
    if by_proposer.sum() > TOLD:
        j = int(np.argmax(by_proposer))
        who = r.names[r.names_of("outlook/proposer")[j]]
        said += f" {who} proposes {percent(by_proposer[j] / by_proposer.sum())} of the settlements that are signed."
    return Paragraph("when", "When may it end, and how?", said)


def _outcome(end: str, r: Reading) -> str:
    return f"still open at {r.horizon}" if end == STILL_OPEN else end


def _terms(r: Reading) -> Paragraph:
    question = "On which terms?"
    low, mid, high = r.quantiles("outlook/terms_overall", 0.05, 0.5, 0.95)
    if not np.isfinite(mid):
        return Paragraph("terms", question, "No settlement is signed within the horizon.")
    a = r.names["attacker"]
    said = f"If they settle, the median terms give {a} {percent(mid)} of what is disputed"
    said += f" (90% between {percent(low)} and {percent(high)})" if high - low >= TOLD else ""
    if r.has("axes/territory"):
        held = float(r.array("axes/territory/mean")[0])
        same = abs(mid - held) < TOLD
        said += (
            ", as much as it holds at the start" if same else f", against {percent(held)} that it holds at the start"
        )
    by_package = r.array("outlook/settlement_probability").sum(axis=0)
    n = int(np.argmax(by_package))
    share = percent(by_package[n] / by_package.sum())
    said += f". The likeliest package is “{r.packages[n]}” ({share} of settlements)."
    early, late = _first_and_last_third(r.array("outlook/terms_mean"), r.array("delay/settled"))
    if abs(late - early) >= TOLD:
        towards = a if late > early else r.names["defender"]
        said += f" Later ones lean towards {towards}: {percent(early)} in the first third, {percent(late)} in the last."
    return Paragraph("terms", question, said)


def _first_and_last_third(values: Float, weights: Float) -> tuple[float, float]:
    """Means of a variable over the first and the last third of the weight; equal where that is too little to say."""
    ok = np.isfinite(values) & (weights > 0)
    if ok.sum() < 3:
        return 0.0, 0.0
    v, w = values[ok], weights[ok]
    upto = np.cumsum(w) / w.sum()
    first, last = upto <= max(1 / 3, upto[0]), upto > min(2 / 3, upto[-2])
    return float(np.average(v[first], weights=w[first])), float(np.average(v[last], weights=w[last]))


def _durable(r: Reading) -> Paragraph:
    question = "How durable would it be?"
    hazard, broken = r.overall("outlook/breakdown_hazard"), r.overall("outlook/breakdown_probability")
    if not np.isfinite(broken):
        return Paragraph("durable", question, "")
    if broken <= 1e-6:
        return Paragraph("durable", question, "In this scenario a settlement, once signed, does not break.")
    said = f"Of what is signed, {percent(broken)} would break within {span(LASTING_YEARS)}"
    said += f", at a hazard of {rate(hazard)} a year." if np.isfinite(hazard) else "."
    guarantees = r.array("package_guarantees")
    by_package = r.array("outlook/settlement_probability").sum(axis=0)
    if np.ptp(guarantees) > 0 and by_package.sum() > 0:
        mean = float(np.average(guarantees, weights=by_package))
        said += f" The strength of the guarantees that are signed is {mean:.2f} on average, on a scale from 0 to 1."
    return Paragraph("durable", question, said)


def _delay(r: Reading) -> Paragraph:
    question = "Who gains from delay?"
    weights, by_actor = r.array("delay/settled"), r.array("delay/value_slope")
    terms = average(r.array("delay/terms_slope"), weights)
    slopes = {role: average(by_actor[:, k], weights) for k, role in enumerate(r.roles)}
    if not np.isfinite([terms, *slopes.values()]).all():
        return Paragraph("delay", question, "")
    towards = r.names["attacker" if terms > 0 else "defender"]
    moved = "hardly move" if abs(terms) < FLAT else f"move by {points(terms)} towards {towards}"
    said = (
        f"Comparing settlements by their date, terms {moved} per year of delay. What a side gets in all, war and peace "
    )
    said += f"seen from the start, {listing([f'{_changed(s)} for {r.names[x]}' for x, s in slopes.items()])}."
    rivals = {role: slopes[role] for role in ("attacker", "defender")}
    winners = [r.names[role] for role, s in rivals.items() if s >= FLAT]
    if winners:
        said += f" So a later date goes with more for {listing(winners)}."
    elif all(s <= -FLAT for s in rivals.values()):
        said += " So both belligerents get less at a later date, whichever way the terms move."
    return Paragraph("delay", question, said + " This compares histories; it is not the effect of forbidding talks.")


def average(values: Float, weights: Float) -> float:
    """Weighted mean over what is known; NaN where nothing is."""
    ok = np.isfinite(values) & (weights > 0)
    return float(np.average(values[ok], weights=weights[ok])) if ok.any() else float("nan")


def _changed(slope: float) -> str:
    return "hardly changes" if abs(slope) < FLAT else f"{'rises' if slope > 0 else 'falls'} by {points(slope)}"


def _seats(r: Reading) -> Paragraph:
    start = r.array("seats/gain")[0]
    n = len(r.packages)
    said = []
    for role, here in zip(r.roles, start, strict=True):
        good, best = int((here >= 0).sum()), int(np.argmax(here))
        count = "none" if good == 0 else f"all {n}" if good == n else f"{good} of {n}"
        seat = f"{r.names[role]} would rather sign {count} of the packages than fight on" if good in (0, n) else (
            f"{r.names[role]} would rather sign {count} packages than fight on"
        )  # fmt: skip
        said.append(f"At the start {seat}; the best for it, “{r.packages[best]}”, means {gain(here[best])}.")
    note = "A gain compares settling now with fighting on for a period and playing on from there, as a share for ever."
    return Paragraph("seats", "What does each side see?", " ".join([*said, note]))


def _noise(r: Reading) -> Paragraph:
    hazard, by_noise = float(r.attrs["hazard_at_zero_gain"]), float(r.attrs["settlement_by_noise"])
    total = float(r.array("outlook/cumulative_probability")[-1, 0])
    said = (
        f"Choices are made with errors. Settlements from which nobody gains or loses have a hazard of {rate(hazard)} a "
    )
    said += f"year; alone they would end the war by {r.horizon} with probability {percent(by_noise)}, against "
    said += f"{percent(total)} above."
    sharp = {k.removeprefix("sharpness_"): float(v) for k, v in r.attrs.items() if k.startswith("sharpness_")}
    if sharp:
        name, least = min(sharp.items(), key=lambda item: item[1])
        decision, _, role = name.partition("_")
        said += (
            f" The bluntest choice is the {decision} of {r.names.get(role, role)}: one percent of what is disputed, "
        )
        said += f"gained for one period, multiplies its odds by {_factor(least)}"
        said += f"; gained for ever, by {_factor(float(r.attrs[f'precision_{decision}']))}." if least < SHARP else "."
    return Paragraph("noise", "What is noise?", said)


def _factor(precision: float) -> str:
    """How a gain of one percent multiplies the odds of a choice."""
    exponent = 0.01 * precision
    return f"{np.exp(exponent):.3g}" if precision < SHARP else "more than a thousand"

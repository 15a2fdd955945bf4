"""The page of a measure: what it depends on, over all of the ranges and near the scenario's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import numpy as np

from ripeness.questions.claim_words import actor_names, amount, in_words, plain_number
from ripeness.questions.verdicts import Elasticity, Ensemble, Sensitivity, Why
from ripeness.report.charts.levers import against, indices, swings
from ripeness.report.page import Section, contents, document, figure
from ripeness.report.ranges import FOOTER, Figure, Named, method, rich_table, top, warnings_of
from ripeness.scenario.measures import MEASURES
from ripeness.scenario.schema import Scenario

STILL = 2e-5
"""Swings of this size or less are no more than rounding."""
APART = 0.1
"""Slopes of two step sizes that differ by more are said to disagree."""


def write_why_page(
    path: Path | str, scenario: Scenario, ensemble: Ensemble, why: Why, run_info: Mapping[str, str] | None = None
) -> None:
    """Write the page. The same arguments give the same bytes.

    Args:
        run_info: shown at the end, in its order.
    """
    Path(path).write_text(render_why(scenario, ensemble, why, run_info or {}), encoding="utf-8", newline="\n")


def render_why(scenario: Scenario, ensemble: Ensemble, why: Why, run_info: Mapping[str, str]) -> str:
    """The page as text."""
    names, measure, named = actor_names(scenario), MEASURES[why.asked.measure], Named(scenario)
    words = {path: named.word(path) for path in named.rows}
    asked = in_words(why.asked, names)
    sections = [_global(why, named, words, measure.unit, names)]
    if why.elasticities:
        sections.append(_local(why, named, words, measure.unit))
    points = (
        f"{asked[:1].upper()}{asked[1:]}: {measure.meaning}.",
        f"Over the ranges: {why.method}. An index is the part of the variance of the measure that goes away if the "
        "assumption is known (alone), or stays if all others are known (with interactions).",
        "Near the own numbers: central differences of solved games, by 5% of each range and, for those that count "
        "most, by 2.5% as well. A swing is the slope times the width of the range.",
    )
    sections.append(method(scenario, ensemble, points, run_info))
    spread = why.spread
    figures = [
        Figure("own numbers", amount(why.central, measure.unit), asked),
        Figure("median", amount(spread.median, measure.unit), f"of {spread.n:,} draws"),
        Figure(
            "5 to 95%",
            f"{amount(spread.quantiles[0], measure.unit)}",
            f"to {amount(spread.quantiles[-1], measure.unit)}",
        ),
        Figure("games not computed", f"{sum(count for _, count in ensemble.failures):,}", "left out"),
    ]
    warned = [*warnings_of(ensemble), *why.notes]
    head = top(scenario, f"Why {asked}", headline(why, named, asked), figures, warned)
    body = "\n".join([head, contents(sections), *(each.html() for each in sections), FOOTER])
    return document(f"{scenario.title}: why {asked}", body)


def headline(why: Why, named: Named, asked: str) -> str:
    """What matters most, in a sentence or two."""
    told = [each for each in why.sensitivities if each.first > each.first_error][:3]
    if told:
        said = ", ".join(f"{named.word(each.path)} ({each.first:.0%})" for each in told)
        first = f"Over the ranges {asked} depends most on {said}."
    else:
        first = f"Over the ranges no single assumption accounts for a part of {asked} that can be told from chance."
    if not why.elasticities:
        return first
    near = ", ".join(named.word(each.path) for each in why.elasticities[:3])
    return f"{first} Near the scenario's own numbers it answers most to {near}."


def _global(why: Why, named: Named, words: Mapping[str, str], unit: str, names: Mapping[str, str]) -> Section:
    drawn = indices(why, words)
    charts = figure(drawn) if drawn is not None else ""
    told = [each.path for each in why.sensitivities if each.first > each.first_error]
    small = "".join(figure(against(why, path, unit, words[path], names)) for path in why.drawn if path in told[:4])
    if small:
        charts += f'<div class="pair">{small}</div>'
    rows = [_index(each, named) for each in why.sensitivities]
    table = rich_table(("assumption", "range", "alone", "with interactions"), rows, "Parts of the variance")
    body = charts + f"<details><summary>All assumptions</summary>{table}</details>"
    return Section("ranges", "Over the ranges", f"By {why.method}.", body)


def _index(index: Sensitivity, named: Named) -> tuple[str, ...]:
    total = f"{index.total:.1%} ± {index.total_error:.1%}" if np.isfinite(index.total) else ""
    return (
        f'{escape(named.meaning(index.path))}<span class="path">{escape(index.path)}</span>',
        escape(named.span(index.path)), f"{index.first:.1%} ± {index.first_error:.1%}", total,
    )  # fmt: skip


def _local(why: Why, named: Named, words: Mapping[str, str], unit: str) -> Section:
    drawn = swings(why, unit, words)
    moving = [each for each in why.elasticities if abs(each.swing) > STILL]
    still = [named.word(each.path) for each in why.elasticities if abs(each.swing) <= STILL]
    rows = [_elasticity(each, named, unit) for each in moving]
    header = ("assumption", "value", "range", "slope", "swing over the range", "elasticity", "two step sizes")
    table = rich_table(header, rows, "Slopes near the scenario's own numbers")
    lead = "How the measure answers to each assumption by itself, the others staying as the scenario has them."
    rest = f"<p>It does not move with {escape(', '.join(still))}.</p>" if still else ""
    body = (figure(drawn) if drawn is not None else "") + table + rest
    return Section("near", "Near the scenario's own numbers", lead, body)


def _elasticity(said: Elasticity, named: Named, unit: str) -> tuple[str, ...]:
    apart = ""
    if np.isfinite(said.disagreement):
        apart = f"{said.disagreement:.1%} apart" + (": bent" if said.disagreement > APART else "")
    return (
        f'{escape(named.meaning(said.path))}<span class="path">{escape(said.path)}</span>',
        escape(plain_number(said.value)), escape(f"{plain_number(said.low)} to {plain_number(said.high)}"),
        escape(f"{said.slope:+.4g}{' (one side)' if said.one_sided else ''}"),
        escape(amount(said.swing, unit, signed=True)),
        escape(f"{said.elasticity:+.3f}" if np.isfinite(said.elasticity) else ""), escape(apart),
    )  # fmt: skip

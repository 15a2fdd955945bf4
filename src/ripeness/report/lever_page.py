"""The page of levers: what somebody could do, what that moves, whom it helps, and what it would take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from ripeness.questions.claim_words import (
    NOTHING,
    actor_names,
    amount,
    changes_in_words,
    in_words,
    plain_number,
    spread_said,
)
from ripeness.questions.verdicts import Ensemble, Least, LeverEffect, LeverTable
from ripeness.report.assumptions import Quotes
from ripeness.report.charts.levers import by_actor, effects, strengths
from ripeness.report.page import Section, contents, document, figure
from ripeness.report.ranges import FOOTER, Figure, Named, cites, method, rich_table, top, warnings_of
from ripeness.scenario.levers import Lever
from ripeness.scenario.measures import MEASURES
from ripeness.scenario.schema import Scenario


def write_lever_page(
    path: Path | str,
    scenario: Scenario,
    ensemble: Ensemble,
    table: LeverTable,
    quotes: Quotes | None = None,
    run_info: Mapping[str, str] | None = None,
) -> None:
    """Write the page. The same arguments give the same bytes.

    Args:
        quotes: cited sentences in their context; a citation without one is shown by its number.
        run_info: shown at the end, in its order.
    """
    Path(path).write_text(
        render_levers(scenario, ensemble, table, quotes or {}, run_info or {}), encoding="utf-8", newline="\n"
    )


def render_levers(
    scenario: Scenario, ensemble: Ensemble, table: LeverTable, quotes: Quotes, run_info: Mapping[str, str]
) -> str:
    """The page as text."""
    names, unit = actor_names(scenario), MEASURES[table.asked.measure].unit
    asked = in_words(table.asked, names)
    sections = [_alone(table, unit, names, asked), _whom(table, names)]
    if table.pairs:
        sections.append(_together(table, unit, names, asked))
    if table.target is not None:
        sections.append(_take(table, unit, names, asked, Named(scenario)))
    sections.append(_levers(table, quotes))
    points = (
        "A lever is compared with the same draw without it: what both have in common falls out. Everybody knows of it "
        "from the start, also where it begins later.",
        "A lever that sets a number beyond what its field allows goes to the nearest number that is allowed.",
        "Costs are those that the scenario states. They are counted while the lever lasts and the war goes on, "
        "discounted, as a share of the prize for ever; the game does not know of them.",
    )
    sections.append(method(scenario, ensemble, points, run_info))
    figures = [
        Figure("without any lever", amount(table.central, unit), "in the scenario's own numbers"),
        Figure("over the ranges", amount(table.base.median, unit), f"median of {table.base.n:,} draws"),
        Figure("levers", f"{len(table.singles)}", f"and {len(table.pairs)} pairs"),
        Figure("games not computed", f"{sum(count for _, count in ensemble.failures):,}", "left out"),
    ]
    head = top(scenario, f"Levers on {asked}", headline(table, unit, asked), figures, warnings_of(ensemble))
    body = "\n".join([head, contents(sections), *(each.html() for each in sections), FOOTER])
    return document(f"{scenario.title}: levers", body)


def headline(table: LeverTable, unit: str, asked: str) -> str:
    """What matters most, in a sentence or two."""
    best = next((each for each in table.singles if each.effect.n), None)
    if best is None:
        return f"No lever could be computed for {asked}."
    moved = amount(best.effect.median, unit, signed=True)
    said = f"“{best.levers[0].says}” moves {asked} most: {moved} in the median draw."
    if table.target is None:
        return said
    reached = [each for each in table.least if each.strength is not None]
    if not reached:
        return f"{said} No lever or pair alone takes it to {amount(table.target, unit)}."
    first = reached[0]
    return f"{said} {first.id} takes it to {amount(table.target, unit)} at {first.strength:.0%} of its strength."


def _alone(table: LeverTable, unit: str, names: Mapping[str, str], asked: str) -> Section:
    rows = [
        (
            _lever_cell(each), escape(each.levers[0].who), escape(spread_said(each.effect, unit)),
            escape(amount(each.central, unit, signed=True)),
            escape(f"{each.raises:.0%}" if math.isfinite(each.raises) else NOTHING),
            escape(_cost(each, names)), escape(f"{each.failed}" if each.failed else ""),
        )
        for each in table.singles
    ]  # fmt: skip
    header = ("lever", "who", f"change of {asked}: median (5 to 95%)", "own numbers", "raises it in", "cost", "failed")
    chart = (
        figure(effects(table, table.singles, unit, names, "effects")) if any(e.effect.n for e in table.singles) else ""
    )
    return Section("levers", "Each lever alone", "", chart + rich_table(header, rows, "Levers by their effect"))


def _lever_cell(effect: LeverEffect) -> str:
    said = " and ".join(f"“{each.says}”" for each in effect.levers) if len(effect.levers) > 1 else effect.levers[0].says
    return f'{escape(said)}<span class="path">{escape(effect.id)}</span>'


def _cost(effect: LeverEffect, names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[role]} {amount(cost, 'share')}" for role, cost in effect.cost.items())


def _whom(table: LeverTable, names: Mapping[str, str]) -> Section:
    shown = [each for each in table.singles if each.effect.n]
    rows = [
        (
            _lever_cell(each),
            *(
                escape(f"{spread_said(each.values[role], 'share')}; better off in {each.helps[role]:.0%}")
                for role in each.values
            ),
        )
        for each in shown
    ]
    roles = list(shown[0].values) if shown else []
    header = ("lever", *(names[role] for role in roles))
    lead = "What a lever changes in the value of the war to each, at its start. Helping one need not hurt the other."
    chart = figure(by_actor(shown, names)) if shown else ""
    return Section("whom", "Whom each lever helps", lead, chart + rich_table(header, rows, "Change of value by actor"))


def _together(table: LeverTable, unit: str, names: Mapping[str, str], asked: str) -> Section:
    rows = [
        (
            _lever_cell(each), escape(spread_said(each.effect, unit)), escape(amount(each.central, unit, signed=True)),
            escape(spread_said(each.interaction, unit) if each.interaction is not None else ""),
            escape(amount(each.central_interaction, unit, signed=True)),
        )
        for each in table.pairs
    ]  # fmt: skip
    header = ("pair", f"change of {asked}", "own numbers", "of it interaction", "own numbers")
    lead = (
        f"Pairs of the levers that do most alone, in {table.pair_draws:,} draws. The interaction is what the pair does "
        "beyond the sum of both alone."
    )
    return Section("pairs", "Levers in pairs", lead, rich_table(header, rows, "Pairs of levers"))


def _take(table: LeverTable, unit: str, names: Mapping[str, str], asked: str, named: Named) -> Section:
    assert table.target is not None
    rows = [
        (
            escape(each.id), escape(_least(each, unit)),
            "<br>".join(escape(f"{named.word(path)}: {plain_number(to)}") for path, to in each.settings.items()),
            escape(_in_draws(each)),
        )
        for each in table.least
    ]  # fmt: skip
    header = ("lever or pair", "least strength", "which sets", "over the ranges")
    lead = (
        f"What it would take to bring {asked} from {amount(table.central, unit)} to {amount(table.target, unit)}. A "
        "strength of 50% goes half of the way from what is to what the lever says; both levers of a pair have the same "
        "strength."
    )
    drawn = strengths(table, unit, names)
    chart = figure(drawn) if drawn is not None else ""
    return Section("take", "What it would take", lead, chart + rich_table(header, rows, "Least settings"))


def _least(least: Least, unit: str) -> str:
    if least.strength is None:
        nearest = f"not reached; nearest {amount(least.best.value, unit)} at {least.best.strength:.0%}"
        return nearest + (
            "" if least.monotone else ". The measure goes up and down: strengths between were not all tried"
        )
    said = "already there" if least.strength == 0.0 else f"{least.strength:.1%}"
    return said + ("" if least.monotone else ". The measure goes up and down: a smaller strength may do")


def _in_draws(least: Least) -> str:
    n = least.in_draws.size
    if not n:
        return ""
    known = least.in_draws[np.isfinite(least.in_draws)]
    if not known.size:
        return f"reached in none of {n} draws"
    return f"reached in {known.size} of {n} draws, median strength {np.median(known):.0%}"


def _levers(table: LeverTable, quotes: Quotes) -> Section:
    rows = [_lever_row(each.levers[0], quotes) for each in table.singles]
    header = ("lever", "changes", "from", "until", "why it stands so")
    return Section("what", "What the levers are", "", rich_table(header, rows, "Levers as the scenario has them"))


def _lever_row(lever: Lever, quotes: Quotes) -> Sequence[str]:
    return (
        f'{escape(lever.says)}<span class="path">{escape(lever.id)}</span>',
        escape(changes_in_words(lever.set)),
        escape("the start" if lever.from_ is None else _when(lever.from_)),
        escape("the end" if lever.until is None else _when(lever.until)),
        f"{escape(lever.note)}{cites(lever.citations, quotes)}",
    )


def _when(said: int | str) -> str:
    return f"month {said}" if isinstance(said, int) else said

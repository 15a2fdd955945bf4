"""The page of an ensemble: each measure over the draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from ripeness.questions.claim_words import actor_names, amount, in_words
from ripeness.questions.spreads import Measured
from ripeness.questions.verdicts import Ensemble
from ripeness.report.charts.spreads import histogram
from ripeness.report.page import Section, contents, document, figure
from ripeness.report.ranges import FOOTER, Figure, method, rich_table, top, warnings_of
from ripeness.scenario.measures import MEASURES
from ripeness.scenario.schema import Scenario


def write_sweep_page(
    path: Path | str, scenario: Scenario, ensemble: Ensemble, measured: Sequence[Measured],
    run_info: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Write the page. The same arguments give the same bytes.

    Args:
        run_info: shown at the end, in its order.
    """
    text = render_sweep(scenario, ensemble, measured, run_info or {})
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def render_sweep(
    scenario: Scenario, ensemble: Ensemble, measured: Sequence[Measured], run_info: Mapping[str, str]
) -> str:
    """The page as text."""
    names = actor_names(scenario)
    rows, charts, points = [], [], []
    for k, each in enumerate(measured):
        measure = MEASURES[each.asked.measure]
        words = in_words(each.asked, names)
        low, quarter, middle, most, high = (amount(q, measure.unit) for q in each.spread.quantiles)
        name = f'{escape(words[:1].upper() + words[1:])}<span class="path">{escape(str(each.asked))}</span>'
        rows.append((name, amount(each.central, measure.unit), low, quarter, middle, most, high, f"{each.spread.n:,}"))
        drawn = histogram(each, measure.unit, names, f"measure-{k}")
        charts.append(figure(drawn) if drawn is not None else "")
        points.append(f"{words[:1].upper()}{words[1:]}: {measure.meaning}.")
    header = ("measure", "own numbers", "5%", "25%", "median", "75%", "95%", "draws")
    table = rich_table(header, rows, "Measures over the draws")
    lead = "Each number with the part of the draws that lies below it."
    sections = [
        Section("measures", "Over the draws", lead, table + "".join(charts)),
        method(scenario, ensemble, points, run_info),
    ]
    figures = [
        Figure("draws", f"{ensemble.n:,}", f"of {ensemble.n_assumptions} assumptions"),
        Figure("games solved", f"{ensemble.solved:,}", f"{ensemble.horizon} periods each"),
        Figure("measures", f"{len(measured)}", "of every game"),
        Figure("games not computed", f"{sum(count for _, count in ensemble.failures):,}", "left out"),
    ]
    said = f"What {len(measured)} measures are over {ensemble.n:,} draws from the ranges of the assumptions."
    head = top(scenario, "Over the ranges", said, figures, warnings_of(ensemble))
    body = "\n".join([head, contents(sections), *(each.html() for each in sections), FOOTER])
    return document(f"{scenario.title}: over the ranges", body)

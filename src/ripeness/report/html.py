"""The report: one HTML file that needs no network, to be read on a phone, on a desk or on paper.

Everything that comes from a scenario is escaped on its way into the page.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ripeness.game import Game
from ripeness.questions import Histories, Outlook
from ripeness.questions.reading import Reading
from ripeness.questions.summary import Summary, summarise
from ripeness.questions.words import month, sentence, span
from ripeness.report import style
from ripeness.report.assumptions import Group, Line, Quotes, assumption_groups, document_list
from ripeness.report.charts import pictures
from ripeness.report.page import Section, contents, data_element, document, figure
from ripeness.report.picture import Picture
from ripeness.report.seat_pages import seat_sections
from ripeness.scenario.schema import Scenario

N_PATHS = 300
"""Histories drawn as raw paths."""


class ChartSection(NamedTuple):
    """A part of the page that shows charts: wide ones below each other, then small ones two by two."""

    anchor: str
    title: str
    lead: str
    wide: tuple[str, ...]
    small: tuple[str, ...] = ()


SECTIONS = (
    ChartSection("ending", "How and when it may end", "", ("fan", "hazard")),
    ChartSection("terms", "On which terms", "", ("terms", "front")),
    ChartSection(
        "ripe",
        "What both sides could sign",
        "A side signs when settling is worth at least as much to it as a period of fighting and what follows from it.",
        ("zone", "ripe"),
    ),
    ChartSection(
        "seats",
        "The view from each seat",
        "The same packages from each seat, in the same colours: where one is teal in every seat, all would rather sign "
        "it than fight on.",
        ("seat_attacker", "seat_defender", "seat_patron", "seats_by_line"),
    ),
    ChartSection(
        "beliefs",
        "Who believes what",
        "An actor with types knows its own; the others hold beliefs, read the same evidence, and may start apart.",
        ("views", "rejection_*", "secrets"),
        ("belief_*",),
    ),
    ChartSection(
        "delay",
        "Who gains from delay",
        "Slogans about delay mix up three things: how the terms move, and what each of the two sides gets in all.",
        ("delay_slopes",),
        ("delay_terms", "delay_values"),
    ),
    ChartSection("state", "How it would be fought", "While the war is open.", ("postures",), ("efforts", "axis_*")),
)
"""Names of charts by section; `axis_*` stands for all axes, and so on. What an outlook does not have is left out."""


def write_report(
    path: Path | str,
    outlook: Outlook,
    game: Game,
    scenario: Scenario | None = None,
    histories: Histories | None = None,
    run_info: Mapping[str, str] | None = None,
    quotes: Quotes | None = None,
) -> None:
    """Write the report. The same arguments give the same bytes.

    Args:
        scenario: where the assumptions come from; None: the game's.
        histories: to be told and drawn; None leaves that section out.
        run_info: how the run was made, shown at the end in its order.
        quotes: cited sentences in their context; a citation without one is shown by itself.
    """
    page = render(outlook, game, scenario or game.scenario, histories, run_info or {}, quotes)
    Path(path).write_text(page, encoding="utf-8", newline="\n")


def render(
    outlook: Outlook,
    game: Game,
    scenario: Scenario,
    histories: Histories | None,
    run_info: Mapping[str, str],
    quotes: Quotes | None = None,
) -> str:
    """The page as text."""
    reading, drawn = Reading(outlook.tree), pictures(outlook.tree)
    sections = [section for said in SECTIONS if (section := _charts(said, drawn))]
    sections += seat_sections(outlook.tree, drawn)
    if histories is not None and len(histories):
        sections.append(_histories(histories, reading))
    sections += [_assumptions(scenario, game, quotes), _method(reading, run_info)]
    parts = [
        _top(scenario, reading),
        _brief(summarise(outlook.tree)),
        contents(sections),
        *(section.html() for section in sections),
        "<footer>Made with ripeness, a workbench for wars that are negotiated while they are fought.</footer>",
    ]
    return document(f"{scenario.title}: outlook", "\n".join(parts))


def _top(scenario: Scenario, r: Reading) -> str:
    actors = [
        f'<li><span class="swatch {role}"></span><b>{escape(r.names[role])}</b> {role}'
        + (f", {escape(r.leaders[role])}" if r.leaders[role] else "")
        + "</li>"
        for role in r.roles
    ]
    dates = f"{month(r.time[0])} to {r.horizon}, by the {escape(scenario.period)}"
    facts = [*actors, f"<li>{dates}</li>"]
    about = f'<p class="about">{escape(scenario.summary)}</p>' if scenario.summary else ""
    disputed = scenario.disputed.strip()
    meaning = f'<p class="about"><b>What is disputed.</b> {escape(disputed)}</p>' if disputed else ""
    return (
        f'<header class="top"><p class="kicker">Outlook of a war that is negotiated while it is fought</p>'
        f'<h1>{escape(scenario.title)}</h1>{about}{meaning}<ul class="facts">{"".join(facts)}</ul></header>'
    )


def _brief(summary: Summary) -> str:
    figures = "".join(
        f'<div><dt>{escape(f.label)}</dt><dd class="value">{escape(f.value)}</dd>'
        f'<dd class="note">{escape(f.note)}</dd></div>'
        for f in summary.figures
    )
    answers = "".join(
        f"<div><dt>{escape(p.question)}</dt><dd>{escape(p.answer)}</dd></div>" for p in summary.paragraphs
    )
    warned = ""
    if summary.warnings:
        items = "".join(f"<li>{escape(w)}</li>" for w in summary.warnings)
        warned = f'<div class="warnings" role="note"><h2>Read with care</h2><ul>{items}</ul></div>'
    return (
        f'<main id="brief"><p class="headline">{escape(summary.headline)}</p><dl class="figures">{figures}</dl>{warned}'
        f'<dl class="brief">{answers}</dl></main>'
    )


def _charts(said: ChartSection, drawn: Mapping[str, Picture]) -> Section | None:
    """The section with the charts that this outlook has; None without any."""
    wide, small = (
        "".join(figure(drawn[name]) for pattern in patterns for name in fnmatch.filter(drawn, pattern))
        for patterns in (said.wide, said.small)
    )
    if not wide and not small:
        return None
    pairs = f'<div class="pair">{small}</div>' if small else ""
    return Section(said.anchor, said.title, said.lead, wide + pairs)


def _histories(histories: Histories, r: Reading) -> Section:
    stories = "".join(_story(histories, chosen.history, chosen.why) for chosen in histories.representatives())
    lead = f"Single paths drawn from the same solution: {len(histories):,}. They illustrate; no number rests on them."
    body = f'{_paths(histories, r)}<div class="stories">{stories}</div>'
    return Section("histories", "Sample histories", lead, body)


def _story(histories: Histories, k: int, why: str) -> str:
    events = "".join(
        f'<li class="{event.kind}"><time datetime="{event.date}">{month(event.date)}</time>{escape(event.text)}</li>'
        for event in histories.timeline(k)
    )
    return f'<article class="story"><h3>{escape(sentence(why))}</h3><ol>{events}</ol></article>'


def _paths(histories: Histories, r: Reading) -> str:
    """Raw paths of the line on a canvas, coloured by how they end."""
    axis = next((a for a in histories.game.axes if a.name == "territory"), None)
    if axis is None or axis.values.size < 2:
        return ""
    shown = slice(0, min(N_PATHS, len(histories)))
    levels = histories.levels("territory", shown)
    end = histories.dataset["end"].values[shown]
    ends = [str(e) for e in histories.dataset["ends"].values]
    known = np.isfinite(levels)
    step = np.searchsorted(axis.values, np.where(known, levels, axis.values[0]))
    low, high = float(np.nanmin(levels)), float(np.nanmax(levels))
    room = 0.05 * max(high - low, 0.02)
    dates = histories.game.dates
    data = {
        "levels": [float(f"{v:.6g}") for v in axis.values],
        "low": low - room,
        "high": high + room,
        "marks": _marks(low - room, high + room),
        "periods": int(dates.size - 1),
        "ticks": [[int(k), str(d)[:4]] for k, d in enumerate(dates.astype("datetime64[M]")) if str(d)[5:7] == "01"],
        "colours": style.end_colours(ends),
        "paths": [[int(e), [int(s) for s in row[ok]]] for e, row, ok in zip(end, step, known, strict=True)],
        "spread": float(0.6 * (axis.values[1] - axis.values[0])),
    }
    counts = np.bincount(end, minlength=len(ends))
    key = "".join(
        f'<li><span class="swatch" style="background:{colour}"></span>{escape(name)} ({count})</li>'
        for name, colour, count in zip(ends, style.end_colours(ends), counts, strict=True)
        if count
    )
    a = escape(r.names["attacker"])
    label = f"Paths of the share that {a} holds in {len(end)} histories, coloured by how they end"
    return (
        f'<figure id="chart-paths"><h3>The share that {a} holds, in {len(end)} histories</h3>'
        '<p class="reading">One line a history, with a dot where the war ends, in the colour of the end. Lines '
        "stand a little apart, so that none hides another.</p>"
        f'<ul class="key">{key}</ul><canvas id="paths" class="canvas" role="img" aria-label="{label}">{label}.</canvas>'
        f"{data_element('paths-data', data)}</figure>"
    )


def _marks(low: float, high: float) -> list[float]:
    """Round levels for a vertical axis."""
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / s <= 6)
    return [round(k * step, 6) for k in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)]


def _assumptions(scenario: Scenario, game: Game, quotes: Quotes | None) -> Section:
    groups = "".join(_group(group) for group in assumption_groups(scenario, game, quotes))
    documents = "".join(f"<li>{escape(line)}</li>" for line in document_list(scenario))
    listed = f'<div class="group"><h3>Documents</h3><ul class="documents">{documents}</ul></div>' if documents else ""
    lead = (
        "Every number that the result rests on. Grey values are defaults that the scenario does not state. A citation "
        "names a document, the number of a sentence and the beginning of its SHA-256. Mechanisms act in this "
        f"order within a period: {', '.join(name.replace('_', ' ') for name, _ in game.mechanisms)}."
    )
    button = '<p><button type="button" id="open-all" hidden>Open all</button></p>'
    return Section("assumptions", "Assumptions", lead, button + groups + listed)


def _group(group: Group) -> str:
    about = f"<p>{escape(group.about)}</p>" if group.about else ""
    columns = "".join(f'<col class="{name}">' for name in ("what", "value", "range", "source"))
    titles = ("What is assumed", "Value", "Range", "Source or reasoning")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    rows = "".join(_assumption(line) for line in group.rows)
    return (
        f'<details class="group"><summary>{escape(group.title)} <span>{len(group.rows)}</span></summary>{about}'
        '<table class="assumptions">'
        f'<caption class="unseen">Assumptions: {escape(group.title)}</caption>'
        f"<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _assumption(line: Line) -> str:
    shown = "" if line.given else ' class="default"'
    unit = f'<span class="unit">{escape(line.unit)}</span>' if line.unit else ""
    quotes = line.quotes or (None,) * len(line.citations)
    cited = "".join(_cite(said, quote) for said, quote in zip(line.citations, quotes, strict=True))
    label = ' data-label="Source"' if line.note or cited else ""
    return (
        f'<tr><th scope="row">{escape(line.meaning)}<span class="path">{escape(line.path)}</span></th>'
        f'<td data-label="Value"{shown}>{escape(line.value)}{unit}</td>'
        f"<td{_if(line.range, ' data-label=Range')}>{escape(line.range)}</td>"
        f"<td{label}>{escape(line.note)}{cited}</td></tr>"
    )


def _cite(said: str, quote: tuple[str, str, str] | None) -> str:
    """A citation; with the sentence in its context where the document was supplied."""
    cite = f'<span class="cite">{escape(said)}</span>'
    if quote is None:
        return cite
    before, sentence, after = (escape(part) for part in quote)
    return f'{cite}<blockquote class="quote">{before} <mark>{sentence}</mark> {after}</blockquote>'


def _if(condition: str, text: str) -> str:
    return text if condition else ""


def _method(r: Reading, run_info: Mapping[str, str]) -> Section:
    n_states, n_periods = int(r.attrs["n_states"]), int(r.attrs["n_periods"])
    points = (
        "The war is a dynamic game in which both sides, and the patron where there is one, decide each "
        f"{_period(r)} on postures, offers, answers and effort; a settlement can break, and then the war resumes.",
        "Choices are logit: what is worth more is chosen more often, with a stated precision. The equilibrium exists, "
        f"is unique, and is computed by one backward pass over {n_states:,} states and {n_periods:,} periods.",
        "The probabilities are exact for the model: they are carried forward over all states, not sampled.",
        _knowledge(r),
        "Values are in shares of what is disputed, for ever: a gain of 1% is worth one percent of it, permanently.",
        "What the model leaves out is not in the numbers. Assumptions with a range were taken at their stated value; "
        "the ranges show what to vary.",
        "This is not a verdict on anybody, and no better than its assumptions: it states what follows from them, and "
        "changes with them. Statements of sources are hypotheses here, never facts.",
    )
    items = "".join(f"<li>{escape(p)}</li>" for p in points)
    rows = "".join(
        f'<tr><th scope="row">{escape(k)}</th><td><code>{escape(v)}</code></td></tr>' for k, v in run_info.items()
    )
    table = f'<table class="run"><caption class="unseen">How this run was made</caption><tbody>{rows}</tbody></table>'
    info = f'<div class="group"><h3>This run</h3>{table}</div>' if rows else ""
    return Section("method", "Method and limits", "", f'<ul class="method">{items}</ul>{info}')


def _unique(r: Reading) -> str:
    if "beliefs" in r.tree.children:
        return "unique but where the notes above say otherwise"
    return "unique"


def _knowledge(r: Reading) -> str:
    if "beliefs" in r.tree.children:
        return (
            "An actor with several types knows its own. Everybody else infers it by Bayes' rule from offers, answers "
            "and efforts, and from battles whose odds differ; who starts from another belief reads the same evidence."
        )
    if "views" in r.tree.children:
        return "The types of the actors are drawn before the war and then known to all."
    return "All sides know the same; nobody has private information in this scenario."


def _period(r: Reading) -> str:
    named = str(r.attrs.get("period", ""))
    return named or span(r.years_per_period)

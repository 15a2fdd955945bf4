"""What pages about ensembles share: their heads, how assumptions and citations are named, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from ripeness.questions.claim_words import plain_number
from ripeness.questions.verdicts import Condition, Ensemble
from ripeness.report.assumptions import Quotes
from ripeness.report.page import Section
from ripeness.scenario.ledger import AssumptionRow, assumptions
from ripeness.scenario.quantity import Citation
from ripeness.scenario.schema import Scenario

FOOTER = "<footer>Made with ripeness, a workbench for wars that are negotiated while they are fought.</footer>"
KINDS = {
    "latin": "a Latin hypercube", "sobol": "a scrambled Sobol sequence",
    "saltelli": "blocks of a scrambled Sobol sequence for Sobol indices",
}  # fmt: skip
MOST_FAILURES = 5
MANY_COLUMNS = 5
"""Tables with more columns than this have narrow ones."""


class Figure(NamedTuple):
    """One of the four numbers at the head of a page."""

    label: str
    value: str
    note: str


class Named:
    """Assumptions as a page calls them: by their meaning, short and different from each other."""

    def __init__(self, scenario: Scenario) -> None:
        self.rows: Mapping[str, AssumptionRow] = {row.path: row for row in assumptions(scenario)}

    def word(self, path: str) -> str:
        """The end of its path in words, with the mechanism or actor that it belongs to."""
        parts = [part.replace("_", " ") for part in path.split(".")]
        if parts[0] == "beliefs" and "set" in parts:
            head, tail = parts[: parts.index("set")], parts[parts.index("set") + 1 :]
            kind = f" of type {int(head[-1]) + 1} of the {head[1]}" if head[-1].isdecimal() else ""
            return f"{self.word('.'.join(path.split('.')[-len(tail) :]))}{kind}"
        if parts[0] in ("mechanisms", "actors", "choices") and len(parts) > 2:
            return f"{parts[1]}: {' '.join(parts[2:])}"
        return " ".join(parts[1:]) if len(parts) > 1 else parts[0]

    def meaning(self, path: str) -> str:
        """What it means, without its full stop."""
        row = self.rows.get(path)
        return row.meaning.rstrip(".") if row is not None and row.meaning else self.word(path)

    def unit(self, path: str) -> str:
        row = self.rows.get(path)
        return row.unit if row is not None else ""

    def span(self, path: str) -> str:
        """Its range or prior."""
        row = self.rows.get(path)
        if row is None:
            return ""
        if row.prior is not None:
            return f"{row.prior.kind}({', '.join(map(plain_number, row.prior.parameters))})"
        return f"{plain_number(row.range[0])} to {plain_number(row.range[1])}" if row.range else ""

    def value(self, path: str) -> str:
        """The scenario's own number."""
        row = self.rows.get(path)
        return plain_number(row.value) if row is not None and isinstance(row.value, float) else ""

    def condition(self, said: Condition) -> str:
        """A part of the ranges: ``territory: speed above 0.012``."""
        return f"{self.word(said.path)} {'above' if said.above else 'up to'} {plain_number(said.threshold)}"

    def conditions(self, said: Sequence[Condition]) -> str:
        return " and ".join(map(self.condition, said))


def top(scenario: Scenario, kicker: str, headline: str, figures: Sequence[Figure], warnings: Sequence[str]) -> str:
    """Head of a page: title, what is most important, four figures, what to be careful about."""
    about = f'<p class="about">{escape(scenario.summary)}</p>' if scenario.summary else ""
    cells = "".join(
        f'<div><dt>{escape(f.label)}</dt><dd class="value">{escape(f.value)}</dd>'
        f'<dd class="note">{escape(f.note)}</dd></div>'
        for f in figures
    )
    items = "".join(f"<li>{escape(each)}</li>" for each in warnings)
    warned = f'<div class="warnings" role="note"><h2>Read with care</h2><ul>{items}</ul></div>' if items else ""
    return (
        f'<header class="top"><p class="kicker">{escape(kicker)}</p><h1>{escape(scenario.title)}</h1>{about}</header>'
        f'<main id="brief"><p class="headline">{escape(headline)}</p><dl class="figures">{cells}</dl>{warned}</main>'
    )


def warnings_of(ensemble: Ensemble) -> list[str]:
    """Draws that could not be computed, and what else is wrong with an ensemble."""
    found = [f"{_times(count)} could not be computed: {said}" for said, count in ensemble.failures[:MOST_FAILURES]]
    rest = sum(count for _, count in ensemble.failures[MOST_FAILURES:])
    if rest:
        found.append(f"{_times(rest)} more could not be computed for other reasons.")
    return [*found, *ensemble.notes]


def _times(count: int) -> str:
    return "1 game" if count == 1 else f"{count:,} games"


def cites(citations: Sequence[Citation], quotes: Quotes) -> str:
    """Cited sentences, in their context where the document was supplied. HTML."""
    found = []
    for cite in citations:
        place = cite.document + (f", sentence {cite.sentence}" if cite.sentence is not None else "")
        found.append(f'<span class="cite">{escape(place)}</span>')
        quote = quotes.get((cite.document, cite.sentence)) if cite.sentence is not None else None
        if quote is not None:
            before, said, after = map(escape, quote)
            found.append(f'<blockquote class="quote">{before} <mark>{said}</mark> {after}</blockquote>')
    return "".join(found)


def method(scenario: Scenario, ensemble: Ensemble, points: Sequence[str], run_info: Mapping[str, str]) -> Section:
    """How it was done, and what it cannot show."""
    shared = [
        *points,
        f"{ensemble.n_assumptions} assumptions were drawn {ensemble.n:,} times by {KINDS[ensemble.kind]} with seed "
        f"{ensemble.seed}, each from its range (evenly) or its prior; every draw is solved as a game of its own, over "
        f"{ensemble.horizon} periods on the {ensemble.grid} grid. A range says what is plausible, not what is likely: "
        "a share of the draws is no probability that something is true.",
        "Draws that could not be computed are counted and named, and left out of shares; they may lie where an answer "
        "would differ.",
        "Standard errors and intervals count the draws as independent. They lie more evenly than that, so that the "
        "errors are too large rather than too small.",
        "This is not a verdict on anybody. A claim of a source is a hypothesis here; what is tested is whether it "
        "follows from the assumptions in this model.",
    ]
    items = "".join(f"<li>{escape(each)}</li>" for each in shared)
    listed = "".join(
        f"<li>{escape(', '.join(filter(None, (each.id + ': ' + each.title, each.source, each.published))))}</li>"
        for each in scenario.documents
    )
    documents = f'<div class="group"><h3>Documents</h3><ul class="documents">{listed}</ul></div>' if listed else ""
    rows = "".join(
        f'<tr><th scope="row">{escape(key)}</th><td><code>{escape(value)}</code></td></tr>'
        for key, value in run_info.items()
    )
    info = (
        '<div class="group"><h3>This ensemble</h3><table class="run"><caption class="unseen">How it was made</caption>'
        f"<tbody>{rows}</tbody></table></div>"
        if rows
        else ""
    )
    return Section("method", "Method and limits", "", f'<ul class="method">{items}</ul>{documents}{info}')


def rich_table(header: Sequence[str], rows: Sequence[Sequence[str]], caption: str, kind: str = "words") -> str:
    """A table whose cells are HTML already, and its header is not; it scrolls where the screen is narrow."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    kind = f"{kind} many" if len(header) > MANY_COLUMNS else kind
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="{kind}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )

"""The shell of the report: one HTML document that fetches nothing and runs nothing but its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

from ripeness.report.picture import Picture, Table


def document(title: str, body: str) -> str:
    """A whole page. `body` is HTML already; `title` is not.

    A content security policy lets only the scripts below run, by their hashes, and lets nothing be fetched.
    """
    scripts = [_bundle(), _asset("report.js")]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes}; base-uri 'none'; "
        "form-action 'none'"
    )
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light">',
        '<meta name="generator" content="ripeness">',
        f"<title>{escape(title)}</title>",
        f"<style>{_asset('report.css')}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#brief">Skip to the summary</a>',
        f'<div class="page">\n{body}\n</div>',
        *(f"<script>{script}</script>" for script in scripts),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines)


def data_element(name: str, value: Any) -> str:
    """Data for the page's script. No text can end the element: every `<` is written as an escape of JSON."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def number_table(table: Table, caption: str, kind: str = "numbers") -> str:
    """A table of numbers, or of `words`, that scrolls by itself where the screen is narrow."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in table.rows
    )
    label = escape(f"{caption}: numbers")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="{kind}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


class Section(NamedTuple):
    """A part of the page with a heading of its own; `body` is HTML already, the rest is not."""

    anchor: str
    title: str
    lead: str
    body: str

    def html(self) -> str:
        lead = f'<p class="lead">{escape(self.lead)}</p>' if self.lead else ""
        return f'<section id="{self.anchor}"><h2>{escape(self.title)}</h2>{lead}{self.body}</section>'


def figure(p: Picture) -> str:
    """A chart with its finding, how to read it, and the numbers behind it."""
    spec = f"spec-{p.name}"
    numbers = f"<details><summary>Numbers</summary>{number_table(p.table, p.title)}</details>"
    return (
        f'<figure id="chart-{p.name}"><h3>{escape(p.title)}</h3><p class="reading">{escape(p.reading)}</p>'
        f'<div class="chart" data-spec="{spec}" role="img" aria-label="{escape(p.title)}"></div>'
        "<noscript><p>This chart needs scripts; its numbers stand below.</p></noscript>"
        f"{data_element(spec, p.spec())}{numbers}</figure>"
    )


def contents(sections: Sequence[Section]) -> str:
    """Links to the sections of a page."""
    items = "".join(f'<li><a href="#{s.anchor}">{escape(s.title)}</a></li>' for s in sections)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


@cache
def _asset(name: str) -> str:
    return files("ripeness.report").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    from vl_convert import javascript_bundle  # takes a second to load, which only a report should wait for

    bundle: str = javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

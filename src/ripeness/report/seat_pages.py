"""One page for each leader: what he values, believes, would accept and do, gets by waiting, and sees in the others."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import xarray as xr

from ripeness.questions.briefs import Brief, Seen, briefs, source_said, titled, worth
from ripeness.questions.labels import key_of
from ripeness.questions.reading import Reading
from ripeness.questions.words import percent, sentence
from ripeness.report.charts.perspectives import NAME, shown_packages
from ripeness.report.page import Section, figure, number_table
from ripeness.report.picture import Picture, Table

ANCHOR = "perspective-"


def seat_sections(tree: xr.DataTree, drawn: Mapping[str, Picture]) -> list[Section]:
    """A section for each seat; none where the outlook has no perspectives.

    Args:
        drawn: pictures by name.
    """
    if "perspectives" not in tree.children:
        return []
    r = Reading(tree)
    return [_page(Seen(r, k), brief, drawn) for k, brief in enumerate(briefs(tree))]


def _page(s: Seen, brief: Brief, drawn: Mapping[str, Picture]) -> Section:
    key = key_of(s.seat)
    answers = "".join(f"<div><dt>{escape(p.question)}</dt><dd>{escape(p.answer)}</dd></div>" for p in brief.paragraphs)
    body = (
        f'<p class="who"><span class="swatch {s.role}"></span>{escape(sentence(brief.about))}</p>'
        f'<p class="said">{escape(brief.headline)}</p><dl class="brief">{answers}</dl>'
        f"{number_table(packages_table(s), f'Packages this {s.period}, as seen from here', 'numbers wrapped')}"
        f'<p class="reading">{escape(_reading(s))}</p>'
    )
    if f"{NAME}{key}" in drawn:
        body += figure(drawn[f"{NAME}{key}"])
    tables = [number_table(war_table(s), f"What war pays {s.name} this {s.period}")]
    if (choices := choices_table(s)).rows:
        tables.append(number_table(choices, "Postures and efforts, as seen from here", "numbers"))
    body += f'<div class="pair tables">{"".join(tables)}</div>'
    return Section(ANCHOR + key.replace("_", "-"), titled(brief), "", body)


def signed(share: float) -> str:
    """A gain or a loss, with its sign."""
    return f"{100 * share:+.2f}%".replace("-0.00", "+0.00")


def _follows(s: Seen) -> bool:
    """Whether what others say together, or after the seat, is news: A answers first, and with types that tells D."""
    return s.role == "patron" or (s.role == "attacker" and bool(s.kind))


def packages_table(s: Seen) -> Table:
    """Every package: its worth and gain, who would accept it, and what it would gain to offer it."""
    accepts, others = s.array("acceptance"), s.array("others_accept")
    asked = [i for i, role in enumerate(s.r.roles) if role != "patron"]
    value, chance = s.array("offer_value"), s.array("offer_probability")[s.actor]
    header = ["package", "worth", "gain", *(f"{s.r.names[s.r.roles[i]]} accepts" for i in asked)]
    if _follows(s):
        header.append("both accept" if s.role == "patron" else f"{s.r.names['defender']}, once {s.name} does")
    header += ["offering it gains", "is offered"]
    rows = []
    for n in shown_packages(s):
        row = [s.r.packages[n], worth(float(s.array("peace")[n])), signed(float(s.gain[n]))]
        row += [_chance(accepts[i, n]) for i in asked]
        row += [_chance(others[n])] if _follows(s) else []
        over = float(value[n] - value[-1])
        rows.append((*row, signed(over) if np.isfinite(over) else "–", _chance(chance[n])))
    return Table(tuple(header), tuple(rows))


def _chance(probability: float) -> str:
    return percent(float(probability)) if np.isfinite(probability) else "–"


def _reading(s: Seen) -> str:
    said = "Worth: of settling now, as a share of what is disputed, for ever. Gain: over fighting on. Accepts: should "
    said += f"it be offered this {s.period}. The last two columns: if {s.name} gets to propose, what offering it gains "
    said += "over making no offer, and how often it is offered."
    if len(shown_packages(s)) < s.gain.size:
        said += f" Of {s.gain.size} packages those are shown that come nearest to suiting both sides."
    return said


def war_table(s: Seen) -> Table:
    """What war pays at the start, by mechanism."""
    parts, names = s.array("war_part"), s.names_of("war_source")
    order = [int(k) for k in np.argsort(-np.abs(parts), kind="stable") if parts[k] != 0.0]
    rows = [(source_said(names[k]), signed(float(parts[k]))) for k in order]
    rows.append(("in all, as a rate", f"{100 * s.number('war_rate'):.2f}%"))
    return Table(("part", "share"), tuple(rows))


def choices_table(s: Seen) -> Table:
    """Postures of the patron and efforts of both sides: how likely they seem, and what they are worth to the seat."""
    rows: list[tuple[str, ...]] = []
    postures = s.names_of("posture")
    if len(postures) > 1:
        chance, value = s.array("posture_probability"), s.array("posture_value")
        who = s.r.names["patron"]
        rows += [
            (f"{who}: {posture}", _chance(chance[m]), _worth(value[m]))
            for m, posture in enumerate(postures)
            if np.isfinite(value[m])
        ]
    levels = s.r.array("perspectives/level")
    for i, role in enumerate(s.r.roles):
        efforts = s.array("effort_probability")[i]
        own = np.flatnonzero(np.isfinite(efforts))
        if own.size > 1:
            value = s.array("effort_value") if role == s.role else np.full(efforts.size, np.nan)
            name = s.r.names[role]
            rows += [(f"{name}: effort {levels[k]:g}", _chance(efforts[k]), _worth(value[k])) for k in own]
    return Table(("choice", "probability", f"worth to {s.name}"), tuple(rows))


def _worth(value: float) -> str:
    return f"{100 * value:.3f}%" if np.isfinite(value) else "–"

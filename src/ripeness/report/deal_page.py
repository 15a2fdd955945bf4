"""The page of a plan: who could sign which draft, and the smallest change that all could; one file, offline."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ripeness.deals.amendments import Amendments
from ripeness.deals.desk import Desk
from ripeness.deals.drafts import DraftScore, PointVerdict, Verdict
from ripeness.deals.plan import PlanSection
from ripeness.deals.shortlist import Listed
from ripeness.report.charts.frontier import frontier
from ripeness.report.page import Section, contents, document, figure, number_table
from ripeness.report.picture import Table
from ripeness.scenario.quantity import Citation, Quantity

SIGNATURE = {"needed": "must sign", "asked": "is asked to sign as well", "none": "is not asked to sign"}

MOST_WORDED = 12
"""Equally small amendments that are put into words; the command prints all."""


def write_deal_page(path: Path | str, desk: Desk, agenda: Sequence[Listed] = ()) -> None:
    """Write the page. The same arguments give the same bytes.

    Args:
        desk: the answers, amendments of all drafts included.
        agenda: short list on which the war would be bargained over.
    """
    Path(path).write_text(render_deal(desk, agenda), encoding="utf-8", newline="\n")


def render_deal(desk: Desk, agenda: Sequence[Listed] = ()) -> str:
    """The page as text."""
    sections = [_frontier_section(desk)]
    if desk.drafts:
        sections.append(_articles(desk))
    sections += [_amendments(desk)] if desk.all_amendments or desk.conflict else []
    sections += [_solutions(desk)] if desk.solutions else []
    if len(desk.drafts) > 1:
        sections.append(_side_by_side(desk))
    sections += [_agenda(desk.plan, agenda)] if agenda else []
    sections.append(_method(desk))
    parts = [_top(desk), _brief(desk), contents(sections), *(section.html() for section in sections)]
    footer = "<footer>Made with ripeness, a workbench for wars that are negotiated while they are fought.</footer>"
    return document(f"{desk.plan.title}: who could sign what", "\n".join([*parts, footer]))


def headline(desk: Desk) -> str:
    """What matters most, in a sentence or two."""
    plan = desk.plan
    names = _and([plan.parties[party].name for party in desk.parties])
    if desk.conflict:
        return f"No version of this plan could be signed by {names}. What stands against each other is named below."
    signed = [each.draft for each in desk.drafts if _acceptable(desk, each)]
    said = f"{_count(desk.frontier.n_acceptable, 'efficient version')} could be signed by {names}"
    if not desk.drafts:
        return f"{said}."
    if signed:
        return f"{said}; of the drafts, {_and(signed)} could."
    shortest = min((each for each in desk.all_amendments if each.found), key=_size, default=None)
    if shortest is None:
        return f"{said}, but none of the {len(desk.drafts)} drafts as it stands."
    needs = f"The nearest, {shortest.draft}, needs {_count(len(shortest.found[0].changes), 'point')} changed."
    return f"{said}, but none of the {len(desk.drafts)} drafts as it stands. {needs}"


def _size(said: Amendments) -> tuple[int, float]:
    return len(said.found[0].changes), said.found[0].weight


def _acceptable(desk: Desk, said: DraftScore) -> bool:
    return not said.broken and all(each.signs for each in said.parties if each.party in desk.parties)


def _top(desk: Desk) -> str:
    plan = desk.plan
    about = f'<p class="about">{escape(plan.summary)}</p>' if plan.summary else ""
    parties = "".join(
        f"<li><b>{escape(party.name)}</b>{SIGNATURE[party.signature]}; it signs for a worth of "
        f"{_number(party.reservation)} or more{_span(party.reservation)}"
        f"{_why(party.reservation.note or '', party.reservation.cites, plan)}</li>"
        for party in plan.parties.values()
    )
    return (
        '<header class="top"><p class="kicker">Who could sign what</p>'
        f'<h1>{escape(plan.title)}</h1>{about}<ul class="signatures">{parties}</ul></header>'
    )


def _brief(desk: Desk) -> str:
    said = desk.frontier
    exact = "exact" if not said.within else f"within {said.within:.2%} of what is between best and worst"
    figures = [
        ("points", f"{len(desk.plan.points)}", f"{_large(_packages_of(desk.plan))} versions in all"),
        ("efficient versions", f"{said.n_packages:,}", f"nobody can gain without another losing; {exact}"),
        ("acceptable to all", f"{said.n_acceptable:,}", "of the efficient ones"),
        ("drafts acceptable", f"{sum(_acceptable(desk, each) for each in desk.drafts)} of {len(desk.drafts)}", ""),
    ]
    cells = "".join(
        f'<div><dt>{escape(label)}</dt><dd class="value">{value}</dd><dd class="note">{escape(note)}</dd></div>'
        for label, value, note in figures
    )
    warned = "".join(f"<li>{escape(each)}</li>" for each in desk.unanswered)
    warnings = f'<div class="warnings" role="note"><h2>Read with care</h2><ul>{warned}</ul></div>' if warned else ""
    first = f'<p class="headline">{escape(headline(desk))}</p>'
    return f'<main id="brief">{first}<dl class="figures">{cells}</dl>{warnings}</main>'


def _packages_of(plan: PlanSection) -> float:
    number = 1.0
    for point in plan.points.values():
        number *= len(point.options)
    return number


def _large(value: float) -> str:
    """A large number as people say it."""
    for size, word in ((1e12, "million million"), (1e9, "thousand million"), (1e6, "million")):
        if value >= size:
            return f"{value / size:,.3g} {word}"
    return f"{value:,.0f}"


def _frontier_section(desk: Desk) -> Section:
    first, second = (desk.plan.parties[party].name for party in desk.parties[:2])
    lead = (
        f"Versions of the plan by what they are worth to {first} and {second}. Up and to the right is better for both; "
        "the shaded corner is what both would sign."
    )
    return Section("frontier", "What could be agreed", lead, figure(frontier(desk)))


def _articles(desk: Desk) -> Section:
    lead = (
        "Articles on the left, the draft in the middle, what each party makes of it on the right. A verdict compares "
        "the option with the party's best and worst at that point. A red line is no price: whatever the other articles "
        "give, the party does not sign. Each number has its range and its reason under “why?”."
    )
    return Section("articles", "Article by article", lead, "".join(_draft(desk, said) for said in desk.drafts))


def _draft(desk: Desk, said: DraftScore) -> str:
    plan = desk.plan
    cells = {(each.point, each.party): each for each in said.points}
    rows = ""
    for name, point in plan.points.items():
        chosen = [cells[name, party] for party in plan.parties]
        verdicts = "".join(_verdict(plan, each) for each in chosen)
        rows += (
            f'<tr><th scope="row">{escape(point.title)}</th>'
            f"<td>{escape(_option_title(plan, name, chosen[0].option))}</td>"
            f'<td><ul class="verdicts">{verdicts}</ul></td></tr>'
        )
    signs = "".join(_signs(desk, verdict) for verdict in said.parties)
    broken = "".join(f"<li>{escape(f'It breaks a condition of the plan: {each}.')}</li>" for each in said.broken)
    rules = f'<ul class="plain">{broken}</ul>' if broken else ""
    return (
        f'<div class="draft"><h3>{escape(said.draft)}</h3><ul class="signatures">{signs}</ul>{rules}'
        f'<table class="articles"><caption class="unseen">{escape(said.draft)}, article by article</caption>'
        '<colgroup><col class="article"><col class="text"><col></colgroup><thead><tr><th scope="col">Article</th>'
        f'<th scope="col">The draft</th><th scope="col">Verdicts</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _signs(desk: Desk, verdict: Verdict) -> str:
    party = desk.plan.parties[verdict.party]
    kind = "yes" if verdict.signs else "no"
    word = "would sign" if verdict.signs else "would not sign"
    need = "" if verdict.party in desk.parties else " (its signature is not needed)"
    if verdict.red_lines:
        titles = _and([desk.plan.points[point].title for point in verdict.red_lines])
        reason = f"A red line is crossed at {titles}; nothing else in the text can pay for it."
    else:
        short = "more than" if verdict.gain >= 0 else "less than"
        reason = f"It is worth {_number(verdict.worth)}, {_number(abs(verdict.gain))} {short} no deal."
    return (
        f'<li><b>{escape(party.name)}</b><span class="verdict {kind}">{word}</span>{escape(need)} {escape(reason)}</li>'
    )


def _verdict(plan: PlanSection, said: PointVerdict) -> str:
    worth = plan.worths[said.point, said.option, said.party]
    span = f" (range {_number(worth.low)} to {_number(worth.high)})" if worth.low < worth.high else ""
    given_up = f", {_number(said.concession)} less than its best option here" if said.concession else ""
    line = (
        f"Worth {_number(worth.value)}{span}{given_up}. "
        + ("A red line: no worth elsewhere pays for it. " if said.verdict == "red line" else "")
        + (worth.why or "No reason is given in the plan.")
    )
    kind = said.verdict.replace(" ", "-")
    cites = worth.cites or plan.points[said.point].options[said.option].cites
    return (
        f'<li><span class="verdict {kind}">{escape(said.verdict)}</span> {escape(plan.parties[said.party].name)} '
        f"{_signed(worth.value)}{_why(line, cites, plan)}</li>"
    )


def _why(text: str, cites: Sequence[Citation], plan: PlanSection) -> str:
    titles = {document.id: document.title for document in plan.documents}
    sources = _and(
        [
            titles.get(cite.document, cite.document) + (f", sentence {cite.sentence}" if cite.sentence else "")
            for cite in cites
        ]
    )
    said = " ".join(part for part in (text, f"Source: {sources}." if sources else "") if part)
    return f'<details class="why"><summary>why?</summary><p>{escape(said)}</p></details>' if said else ""


def _amendments(desk: Desk) -> Section:
    if desk.conflict:
        items = "".join(f"<li>{escape(each.says)}</li>" for each in desk.conflict)
        lead = "These demands cannot be met together. Without any one of them, the rest can be."
        return Section("amendments", "What stands against each other", lead, f'<ul class="plain">{items}</ul>')
    body = "".join(_amended(desk, each) for each in desk.all_amendments)
    lead = (
        "The fewest points that have to be settled otherwise for all who must sign to sign; of those, the ones that "
        "take least to reopen. Nothing smaller will do: the list is complete unless it says otherwise."
    )
    return Section("amendments", "The smallest amendments", lead, body)


def _amended(desk: Desk, said: Amendments) -> str:
    head = f'<div class="draft"><h3>{escape(said.draft)}</h3>'
    if not said.found:
        text = f"Not found in time; any change that would do changes {_count(said.at_least, 'point')} or more."
        return f"{head}<p>{escape(text)}</p></div>"
    if not said.found[0].changes:
        return f"{head}<p>All who must sign could sign it as it stands.</p></div>"
    n = len(said.found)
    many = f"{_count(n, 'way')}{'' if said.complete else ' and more'}" if n > 1 or not said.complete else "One way only"
    lead = f"{_count(len(said.found[0].changes), 'point')} to change. {many}{', equally small' if n > 1 else ''}:"
    items = "".join(f"<li>{escape(in_words(desk, said, k))}</li>" for k in range(min(n, MOST_WORDED)))
    more = f"<p>And {n - MOST_WORDED} more.</p>" if n > MOST_WORDED else ""
    return f'{head}<p>{escape(lead)}</p><ol class="plain">{items}</ol>{more}</div>'


def in_words(desk: Desk, said: Amendments, index: int) -> str:
    """An amendment as a negotiator would put it: what changes, who gives, who gains, and why it is enough."""
    plan, amendment = desk.plan, said.found[index]
    steps = []
    for change in amendment.changes:
        title, before, after = plan.points[change.point].title, change.before, change.after
        old, new = (_option_title(plan, change.point, option) for option in (before, after))
        steps.append(f"{title}: “{new}” in place of “{old}”")
    before_it = {each.party: each.worth for score in desk.drafts if score.draft == said.draft for each in score.parties}
    moved = {party: worth - before_it[party] for party, worth in amendment.worth.items()}
    gives = [f"{plan.parties[p].name} gives up {_number(-by)}" for p, by in moved.items() if by < -5e-7]
    gains = [f"{plan.parties[p].name} gains {_number(by)}" for p, by in moved.items() if by > 5e-7]
    now = [
        f"{plan.parties[p].name} gets {_number(worth)} and signs for {_number(plan.parties[p].reservation)} or more"
        for p, worth in amendment.worth.items()
    ]
    lifted = [
        f"{plan.parties[verdict.party].name}'s red line at {plan.points[point].title}"
        for score in desk.drafts
        if score.draft == said.draft
        for verdict in score.parties
        if verdict.party in desk.parties
        for point in verdict.red_lines
    ]
    parts = ["; ".join(steps) + "."]
    parts += [f"That respects {_and(lifted)}."] if lifted else []
    parts += [f"{_and([*gives, *gains])}."] if gives or gains else []
    return " ".join([*parts, f"In all, {_and(now)}."])


def _solutions(desk: Desk) -> Section:
    names = [desk.plan.parties[party].name for party in desk.parties]
    rows = [(each.rule, *(_signed(each.gain[party]) for party in desk.parties)) for each in desk.solutions]
    rows += [
        (f"{rule}, drawing lots", *(_signed(gain[party]) for party in desk.parties))
        for rule, gain in desk.lotteries.items()
    ]
    body = number_table(Table(("rule", *names), tuple(rows)), "Gain over no deal")
    if desk.robustness is not None:
        held = tuple(
            (each.label, f"{each.share:.0%}", *(f"{each.by_party[party]:.0%}" for party in desk.parties))
            for each in desk.robustness.packages
        )
        caption = (
            f"How often it stays acceptable when every worth and reservation is drawn from its range "
            f"({desk.robustness.n_draws:,} draws)"
        )
        body += number_table(Table(("version", "all who must sign", *names), held), caption)
    header = ("article", *(each.rule for each in desk.solutions))
    options = tuple(
        (point.title, *(_option_title(desk.plan, name, each.options[name]) for each in desk.solutions))
        for name, point in desk.plan.points.items()
    )
    articles = number_table(Table(header, options), "Articles", "words")
    body += f"<details><summary>Their articles</summary>{articles}</details>"
    lead = (
        "Four rules for an impartial umpire: the largest product of gains (Nash), equal parts of what each could hope "
        "for (Kalai-Smorodinsky), the most for the one who gets least (egalitarian), the largest sum (utilitarian)."
    )
    return Section("rules", "What impartial rules pick, and how firm it is", lead, body)


def _side_by_side(desk: Desk) -> Section:
    header = ("article", *(each.draft for each in desk.drafts))
    rows = tuple(
        (point.title, *(_option_title(desk.plan, name, desk.plan.drafts[each.draft][name]) for each in desk.drafts))
        for name, point in desk.plan.points.items()
        if len({desk.plan.drafts[each.draft][name] for each in desk.drafts}) > 1
    )
    body = number_table(Table(header, rows), "Drafts side by side, where they differ", "words")
    return Section("drafts", "Where the drafts differ", "", body)


def _agenda(plan: PlanSection, agenda: Sequence[Listed]) -> Section:
    rows = tuple(
        (
            each.name,
            _signed(each.shift),
            f"{each.guarantees:.2f}",
            *(_signed(each.worth[party]) for party in plan.parties),
        )
        for each in agenda
    )
    names = [party.name for party in plan.parties.values()]
    table = Table(("version", "shift of the line", "guarantees", *(f"worth to {name}" for name in names)), rows)
    lead = (
        "The drafts, and efficient versions spread between them: what would be bargained over in the war if its agenda "
        "drew on this plan."
    )
    return Section("agenda", "The short list for the war", lead, number_table(table, "Short list"))


def _method(desk: Desk) -> Section:
    points = (
        "Worths are assumptions, each with its range, in a unit of each party's own; they add up over the points, plus "
        "what holds only together. Nothing here is a verdict on anybody.",
        "A party signs what crosses none of its red lines and is worth at least no deal to it.",
        "Efficient versions and smallest amendments are found exactly, by merging the points one after another; "
        "versions are never listed and then sifted." if not desk.frontier.within else
        "Efficient versions are approximate here, with a certain bound for each party; amendments are exact.",
        "A plan is a still picture: it says who could sign what today, not when, or what waiting does to it.",
    )  # fmt: skip
    items = "".join(f"<li>{escape(each)}</li>" for each in points)
    documents = "".join(
        f"<li>{escape(', '.join(filter(None, (each.title, each.source, each.published))))}</li>"
        for each in desk.plan.documents
    )
    listed = f'<div class="group"><h3>Documents</h3><ul class="documents">{documents}</ul></div>' if documents else ""
    return Section("method", "Method and limits", "", f'<ul class="method">{items}</ul>{listed}')


def _option_title(plan: PlanSection, point: str, option: str) -> str:
    return plan.points[point].options[option].title or option


def _number(value: float) -> str:
    return f"{float(value):.4g}"


def _signed(value: float) -> str:
    return f"{float(value):+.4g}" if value else "0"


def _span(said: Quantity) -> str:
    return f" (range {said.range[0]:.4g} to {said.range[1]:.4g})" if said.range is not None else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _and(words: Sequence[str]) -> str:
    return " and ".join(", ".join(words).rsplit(", ", 1)) if words else ""

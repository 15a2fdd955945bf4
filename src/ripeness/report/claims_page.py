"""The page of claims: what follows from the assumptions, over how much of their ranges, and what that hinges on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from ripeness.questions.claim_words import NOTHING, amount, plain_number, spread_said
from ripeness.questions.verdicts import FAILS, HOLDS, Ensemble, Extreme, Hinge, Region, Verdict
from ripeness.report.assumptions import Quotes
from ripeness.report.charts.claims import hinge as hinge_chart
from ripeness.report.charts.claims import margins, shares
from ripeness.report.page import Section, contents, document, figure
from ripeness.report.ranges import FOOTER, Figure, Named, cites, method, rich_table, top, warnings_of
from ripeness.scenario.schema import Scenario

BADGE = {"holds": "yes", "fails": "no", "depends": "concedes"}
MOST_REGIONS, MOST_LISTED = 3, 8
LEAST_DRAWS = 5
"""Of either outcome, below which nothing is said of what separates them."""
SAME = 0.1
"""Share of draws without any difference from which on it is pointed out."""

FEW = 20
"""With fewer draws no hinge can be told from chance."""


def write_claims_page(
    path: Path | str,
    scenario: Scenario,
    ensemble: Ensemble,
    verdicts: Sequence[Verdict],
    quotes: Quotes | None = None,
    run_info: Mapping[str, str] | None = None,
) -> None:
    """Write the page. The same arguments give the same bytes.

    Args:
        quotes: cited sentences in their context; a citation without one is shown by its number.
        run_info: shown at the end, in its order.
    """
    page = render_claims(scenario, ensemble, verdicts, quotes or {}, run_info or {})
    Path(path).write_text(page, encoding="utf-8", newline="\n")


def render_claims(
    scenario: Scenario, ensemble: Ensemble, verdicts: Sequence[Verdict], quotes: Quotes, run_info: Mapping[str, str]
) -> str:
    """The page as text."""
    named = Named(scenario)
    sections = [_all(verdicts, named), *(_claim(each, named, quotes) for each in verdicts)]
    points = (
        f"A claim holds in a draw where all of its tests hold there. It is said to hold where that is so in at least "
        f"{HOLDS:.0%} of the draws, to fail where in at most {FAILS:.0%}, and to depend on the assumptions in between.",
        "Hinges are splits of a classification tree that foretell draws which they were not fitted to (five-fold "
        "cross-validation). Where none does better than chance, none is named: then no single assumption decides.",
        "The strongest draws for and against are those with the largest and the least margin among the draws made; "
        "stronger ones may lie between them.",
    )
    sections.append(method(scenario, ensemble, points, run_info))
    figures = [
        Figure("claims", f"{len(verdicts)}", "that the scenario states"),
        Figure("draws", f"{ensemble.n:,}", f"{ensemble.solved:,} games solved"),
        Figure("assumptions drawn", f"{ensemble.n_assumptions}", "each over its range or prior"),
        Figure("games not computed", f"{sum(count for _, count in ensemble.failures):,}", "left out of the shares"),
    ]
    unsettled = [each.claim.id for each in verdicts if not each.firm and each.n]
    warned = warnings_of(ensemble)
    if unsettled:
        warned.append(
            f"More draws could change the verdict on {', '.join(unsettled)}: the interval reaches across a bound."
        )
    listed = sections if len(verdicts) <= MOST_LISTED else [sections[0], sections[-1]]  # the table links to the rest
    head = top(scenario, "Which claims follow from the assumptions", headline(verdicts) + ".", figures, warned)
    body = "\n".join([head, contents(listed), *(each.html() for each in sections), FOOTER])
    return document(f"{scenario.title}: claims", body)


def headline(verdicts: Sequence[Verdict]) -> str:
    """What became of the claims, in a sentence without its full stop."""
    count = {word: sum(each.verdict == word for each in verdicts) for word in BADGE}
    said = [
        f"{count['holds']} {'holds' if count['holds'] == 1 else 'hold'}",
        f"{count['depends']} {'depends' if count['depends'] == 1 else 'depend'} on the assumptions",
        f"{count['fails']} {'fails' if count['fails'] == 1 else 'fail'}",
    ]
    return f"Of {len(verdicts)} claim{'' if len(verdicts) == 1 else 's'}, {said[0]}, {said[1]} and {said[2]}"


def _all(verdicts: Sequence[Verdict], named: Named) -> Section:
    rows = [
        (
            f'<a href="#claim-{escape(each.claim.id)}">{escape(each.claim.says)}</a>'
            f'<span class="path">{escape(each.claim.id)}</span>',
            badge(each),
            escape(share_said(each)),
            _own(each),
            escape("; ".join(spread_said(test.effect, test.unit) for test in each.tests)),
            escape(hinge_or_mover(each, named)),
        )
        for each in verdicts
    ]
    header = ("claim", "verdict", "share of the draws", "own numbers", "effect: median (5 to 95%)", "hinges on")
    table = rich_table(header, rows, "Claims and what became of them", "words claims")
    return Section("claims", "All claims", "", figure(shares(verdicts)) + table)


def badge(verdict: Verdict) -> str:
    """The verdict as a label. HTML."""
    return f'<span class="verdict {BADGE[verdict.verdict]}">{verdict.verdict}</span>' if verdict.n else NOTHING


def share_said(verdict: Verdict) -> str:
    """The share of the draws with its standard error."""
    if not verdict.n:
        return "no draw could be judged"
    out = [
        f"{count:,} {what}" for count, what in ((verdict.failed, "failed"), (verdict.undefined, "undefined")) if count
    ]
    return f"{verdict.share:.1%} ± {verdict.error:.1%}" + (f" ({', '.join(out)})" if out else "")


def _own(verdict: Verdict) -> str:
    return {None: NOTHING, True: "holds", False: "fails"}[verdict.central]


def hinge_said(found: Hinge, named: Named) -> str:
    """A hinge as a sentence without its full stop."""
    side = "above" if found.above else "up to"
    better, worse = sorted((found.share_above, found.share_below), reverse=True)
    where = f"where {named.conditions(found.within)}: " if found.within else ""
    return (
        f"{where}{named.word(found.path)} {side} {plain_number(found.threshold)}: holds in {better:.0%}, "
        f"elsewhere in {worse:.0%}"
    )


def no_hinge(verdict: Verdict) -> str:
    """Why no hinge is named."""
    rare = min(verdict.share, 1.0 - verdict.share) * verdict.n if verdict.n else 0.0
    if verdict.n < FEW:
        return "not looked for: too few draws"
    if rare == 0:
        return "nothing: it is the same in every draw"
    if rare < LEAST_DRAWS:
        return f"too few draws in which it {'holds' if verdict.share < 0.5 else 'fails'} to tell"
    return f"no single assumption foretells it better than chance in {verdict.n:,} draws"


def hinge_or_mover(verdict: Verdict, named: Named) -> str:
    """The first hinge; without one, why, and what the size of the margin moves with most."""
    if verdict.hinges:
        return hinge_said(verdict.hinges[0], named)
    moving = [f"{named.word(each.path)} ({each.correlation:+.2f})" for each in verdict.movers[:2]]
    return no_hinge(verdict) + (f"; its margin moves with {' and '.join(moving)}" if moving else "")


def _claim(verdict: Verdict, named: Named, quotes: Quotes) -> Section:
    claim = verdict.claim
    note = f"<p>{escape(claim.note)}</p>" if claim.note else ""
    source = f'<p class="source">{cites(claim.citations, quotes)}</p>' if claim.citations else ""
    found = f"{badge(verdict)} {escape(share_said(verdict))}"
    own = f"In the scenario's own numbers it {_own(verdict)}." if verdict.central is not None else ""
    tests = "".join(_test(verdict, k) for k in range(len(verdict.tests)))
    body = f"{source}{note}<p>{found}. {escape(own)}</p>{tests}"
    drawn = margins(verdict)
    body += figure(drawn) if drawn is not None else ""
    body += _hinges(verdict, named) + _extremes(verdict, named)
    return Section(f"claim-{claim.id}", claim.says, "", body)


def _test(verdict: Verdict, k: int) -> str:
    said, asked = verdict.tests[k], verdict.claim.tests[k]
    note = f" {asked.note}" if asked.note else ""
    share = f" It passes in {said.share:.0%} of the draws." if len(verdict.tests) > 1 and said.effect.n else ""
    text = f"Test: {said.said}.{note} Effect {spread_said(said.effect, said.unit)} in the direction claimed."
    own = f" In the own numbers {amount(said.central, said.unit, signed=True)}."
    same = f" In {said.same:.0%} of the draws both sides are the same." if said.same >= SAME else ""
    return f"<p>{escape(text + own + share + same)}</p>"


def _hinges(verdict: Verdict, named: Named) -> str:
    if not verdict.hinges:
        more = _movers(verdict, named)
        return f"<h3>What it hinges on</h3><p>{escape(no_hinge(verdict).capitalize())}.{escape(more)}</p>"
    items = "".join(f"<li>{escape(_hinge_line(each, named))}</li>" for each in verdict.hinges)
    charts = "".join(
        figure(hinge_chart(verdict, each, named.meaning(each.path), named.unit(each.path)))
        for each in _once(verdict.hinges)
    )
    regions = [each for each in verdict.regions if each.n][:MOST_REGIONS] if len(verdict.hinges) > 1 else []
    parts = "".join(f"<li>{escape(_region(each, named))}</li>" for each in regions)
    together = f'<p>Together:</p><ul class="plain">{parts}</ul>' if parts else ""
    moving = escape(_movers(verdict, named).strip())
    return (
        f'<h3>What it hinges on</h3><ul class="plain">{items}</ul>{together}<p>{moving}</p>'
        f'<div class="pair">{charts}</div>'
    )


def _region(part: Region, named: Named) -> str:
    return (
        f"{named.conditions(part.conditions)}: holds in {part.density:.0%} of {part.n:,} draws, which is "
        f"{part.coverage:.0%} of all in which it holds."
    )


def _once(hinges: Sequence[Hinge]) -> list[Hinge]:
    """The first hinge of each assumption."""
    return list({each.path: each for each in reversed(hinges)}.values())[::-1]


def _hinge_line(found: Hinge, named: Named) -> str:
    low, high = found.interval
    unit = named.unit(found.path)
    return (
        f"{hinge_said(found, named)}. The threshold lies between {plain_number(low)} and {plain_number(high)}"
        f"{f' ({unit})' if unit else ''}, in a range of {named.span(found.path)}; the scenario has "
        f"{named.value(found.path)}. The side alone tells right in {found.accuracy:.0%} of draws not used to find it, "
        f"against {found.base_rate:.0%} without it, and removes {max(0.0, found.explained):.0%} of the uncertainty."
    )


def _movers(verdict: Verdict, named: Named) -> str:
    if not verdict.movers:
        return ""
    said = ", ".join(f"{named.word(each.path)} ({each.correlation:+.2f})" for each in verdict.movers)
    return f" The size of the margin moves with {said} (rank correlation)."


def _extremes(verdict: Verdict, named: Named) -> str:
    best, worst = verdict.strongest_for, verdict.strongest_against
    if best is None or worst is None or best.draw == worst.draw:
        return ""
    rows = [
        (
            f"{escape(named.meaning(each.path))}<span class=\"path\">{escape(each.path)}</span>",
            escape(plain_number(each.first)), escape(plain_number(each.second)), escape(named.value(each.path)),
            escape(named.span(each.path)), escape(f"{each.distance:+.2f}"), escape(f"{each.weight:.2f}"),
        )
        for each in verdict.contrasts
    ]  # fmt: skip
    effects = [
        (
            escape(test.said), escape(amount(best.effects[k], test.unit, signed=True)),
            escape(amount(worst.effects[k], test.unit, signed=True)),
            escape(amount(test.central, test.unit, signed=True)), "", "", "",
        )
        for k, test in enumerate(verdict.tests)
    ]  # fmt: skip
    header = (
        "", f"strongest for (draw {best.draw})", f"strongest against (draw {worst.draw})", "own numbers", "range",
        "apart, in widths", "moves the margin",
    )  # fmt: skip
    caption = "The strongest scenario inside the ranges for the claim, and against it"
    return f"<h3>Cross-examination</h3><p>{escape(_cross(best, worst))}</p>" + rich_table(
        header, effects + rows, caption
    )


def _cross(best: Extreme, worst: Extreme) -> str:
    if worst.margin > 0.0:
        return "Even in the draw that speaks most strongly against it the claim holds."
    if best.margin <= 0.0:
        return "Even in the draw that speaks most strongly for it the claim fails."
    return "Both draws lie inside the ranges. Listed are the assumptions that differ most and move the margin."

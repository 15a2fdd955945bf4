"""Pages of claims, levers and measures: what they say, and that they draw at the width of a phone and of a desk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import vl_convert

from ripeness.ensembles.inquiry import (
    ClaimsAnswer,
    LeversAnswer,
    Options,
    WhyAnswer,
    ask_claims,
    ask_levers,
    ask_why,
)
from ripeness.ensembles.plain import claims_dict, levers_dict, why_dict
from ripeness.questions.claim_words import amount, changes_in_words, comparison_in_words, in_words, spread_said
from ripeness.questions.verdicts import Spread
from ripeness.report.charts.claims import margins
from ripeness.report.claims_page import headline, render_claims, write_claims_page
from ripeness.report.lever_page import render_levers, write_lever_page
from ripeness.report.ranges import Named
from ripeness.report.why_page import render_why, write_why_page
from ripeness.scenario.measures import parse_asked
from tests.ensembles.wars import VARYING, war
from tests.report.browser import Browser, executable

HOSTILE = "<script>alert('x')</script> & “quotes”"
ALSO = f"""
  - id: hostile
    says: "{HOSTILE}"
    note: "{HOSTILE}"
    tests: [{{measure: value, of: attacker, is: more, than: 0.3, note: "{HOSTILE}"}}]
levers:
"""
QUOTES = {("study", 1): ("Before.", "What the study says.", "After.")}


@pytest.fixture(scope="module")
def scenario():
    return war(VARYING.replace("levers:\n", ALSO.lstrip("\n")))


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> Options:
    return Options(n=80, grid="normal", workers=1, folder=tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def claims(scenario, options) -> ClaimsAnswer:
    return ask_claims(scenario, None, options)


@pytest.fixture(scope="module")
def levers(scenario, options) -> LeversAnswer:
    asked = parse_asked("value:of=attacker")
    few = options._replace(n=4)
    return ask_levers(scenario, asked, ["faster", "talks"], few, most_pairs=1, pair_draws=2, target=0.4)


@pytest.fixture(scope="module")
def why(scenario, options, claims) -> WhyAnswer:
    return ask_why(scenario, parse_asked("value:of=defender"), options, local=False)


@pytest.fixture(scope="module")
def pages(claims, levers, why, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("written")
    paths = {name: folder / f"{name}.html" for name in ("claims", "levers", "why")}
    write_claims_page(paths["claims"], claims.scenario, claims.ensemble, claims.verdicts, QUOTES, {"seed": "0"})
    write_lever_page(paths["levers"], levers.scenario, levers.ensemble, levers.table)
    write_why_page(paths["why"], why.scenario, why.ensemble, why.why)
    return paths


def test_the_page_of_claims_says_what_became_of_each(claims, pages):
    page = pages["claims"].read_text(encoding="utf-8")
    assert headline(claims.verdicts) == "Of 6 claims, 1 holds, 4 depend on the assumptions and 1 fails"
    assert f"{headline(claims.verdicts)}." in page
    for each in claims.verdicts:
        assert f'id="claim-{each.claim.id}"' in page
        assert f"{each.share:.1%} ± {each.error:.1%}" in page
    assert "study, sentence 1" in page
    assert "<mark>What the study says.</mark>" in page
    assert "value slope of North is more than 0% a year" in page
    assert "attacker: discount yearly up to" in page
    assert "holds in 100%, elsewhere in 0%" in page
    assert "Strongest" not in page
    assert "strongest for (draw" in page


def test_texts_of_the_scenario_are_no_markup(pages):
    page = pages["claims"].read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_same_answers_give_the_same_bytes(claims, levers, why):
    for render in (
        lambda: render_claims(claims.scenario, claims.ensemble, claims.verdicts, {}, {}),
        lambda: render_levers(levers.scenario, levers.ensemble, levers.table, {}, {}),
        lambda: render_why(why.scenario, why.ensemble, why.why, {}),
    ):
        assert render() == render()


def test_the_page_of_levers_says_whom_each_helps_and_what_it_would_take(levers, pages):
    page = pages["levers"].read_text(encoding="utf-8")
    assert "“The advance doubles.” moves value of North most" in page
    assert "What it would take" in page
    assert "better off in 100%" in page
    best = next(each for each in levers.table.least if each.strength is None)
    assert f"not reached; nearest {amount(best.best.value, 'share')}" in page
    assert "cost" in page


def test_the_page_of_a_measure_says_what_it_depends_on(why, pages):
    page = pages["why"].read_text(encoding="utf-8")
    assert "Over the ranges value of South depends most on" in page
    assert why.why.sensitivities[0].path in page


def test_a_claim_that_could_not_be_judged_has_a_page_as_well(claims):
    first = claims.verdicts[0]
    unknown = Spread((math.nan,) * 5, math.nan, math.nan, 0)
    lost = replace(
        first, n=0, failed=80, share=math.nan, error=math.nan, margins=np.full(80, np.nan), firm=False,
        verdict="depends",
        tests=tuple(replace(test, effect=unknown, share=math.nan, central=math.nan) for test in first.tests),
        central=None, central_margin=math.nan, hinges=(), regions=(), movers=(), strongest_for=None,
        strongest_against=None, contrasts=(),
    )  # fmt: skip
    page = render_claims(claims.scenario, claims.ensemble, [lost], {}, {})
    assert "no draw could be judged" in page
    assert margins(lost) is None


def test_no_bar_of_the_margin_has_both_outcomes(claims):
    for each in claims.verdicts:
        drawn = margins(each)
        if drawn is None:
            continue
        bars = drawn.chart.to_dict(validate=False)["layer"][0]["data"]["values"]
        assert sum(bar["draws"] for bar in bars) == each.n
        assert sum(bar["draws"] for bar in bars if bar["outcome"] == "holds") == np.sum(each.margins > 0)


def test_every_chart_can_be_drawn(claims):
    from ripeness.report.charts.claims import hinge, shares

    drawn = [shares(claims.verdicts)]
    drawn += [p for each in claims.verdicts if (p := margins(each)) is not None]
    drawn += [hinge(each, found, "meaning", "unit") for each in claims.verdicts for found in each.hinges]
    assert len(drawn) > 6
    for each in drawn:
        assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(each.titled().to_dict(validate=False)))


def test_answers_are_plain_data(claims, levers, why):
    for said in (claims_dict(claims), levers_dict(levers), why_dict(why)):
        json.dumps(said, allow_nan=False)
    said = claims_dict(claims)["claims"][0]
    assert said["cites"] == [{"document": "study", "sentence": 1}]
    assert len(said["margins"]) == 80


def test_questions_comparisons_and_changes_in_words(scenario):
    names = {"attacker": "North", "defender": "South"}
    asked = parse_asked("acceptable:of=attacker,package=line,at=2027-01")
    assert in_words(asked, names) == "acceptable of North on “line” in 2027-01"
    assert in_words(parse_asked("chance_of_settlement:within=1,view=defender"), names) == (
        "chance of settlement within 1 month as South sees it"
    )
    dearer = next(each for each in scenario.claims if each.id == "dearer-than-middling")
    assert comparison_in_words(dearer.tests[0], scenario) == (
        "value of South is less than it is with mechanisms.territory.defender_losses set to 0.1"
    )
    assert changes_in_words({"a.b": "x2", "c": "+0.1", "d": None, "e": True, "f": 0.5}) == (
        "a.b times 2, c raised by 0.1, d left out, e set to true, f set to 0.5"
    )


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.1234, "share", "+12.3%"), (0.1234, "1", "+12.3 points"), (-3.0, "month", "-3.0 months"),
        (0.02, "share/year", "+2% a year"), (0.5, "1/year", "+0.5 a year"), (0.5, "axis", "+0.5"),
        (math.nan, "share", "—"), (0.0004, "share", "+0.040%"), (-1e-7, "1", "0 points"), (0.0, "share", "0%"),
    ],
)  # fmt: skip
def test_amounts_have_their_units(value, unit, said):
    assert amount(value, unit, signed=True) == said


def test_spreads_name_their_unit_once():
    spread = Spread((0.01, 0.02, 0.03, 0.04, 0.05), 0.03, 0.001, 9)
    assert spread_said(spread, "1") == "+3.0 (+1.0 to +5.0) points"
    assert spread_said(spread, "share") == "+3.0% (+1.0% to +5.0%)"


def test_assumptions_have_short_names(scenario):
    named = Named(scenario)
    assert named.word("mechanisms.territory.defender_losses") == "territory: defender losses"
    assert named.word("actors.attacker.discount_yearly") == "attacker: discount yearly"
    assert named.word("beliefs.attacker.types.1.set.mechanisms.wider_aims.settlement") == (
        "wider aims: settlement of type 2 of the attacker"
    )
    assert named.span("mechanisms.territory.defender_losses") == "0 to 0.2"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.skipif(executable() is None, reason="no Chromium or Chrome on this machine")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["claims", "levers", "why"])
def test_pages_draw_without_a_complaint_and_fit(browser: Browser, pages, name: str, width: int) -> None:
    browser.open(pages[name], width)
    assert browser.complaints() == []
    assert browser.requests() == []
    drawn = browser.evaluate("[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('svg path').length)")
    assert drawn
    assert min(drawn) > 0
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width

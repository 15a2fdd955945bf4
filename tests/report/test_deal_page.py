"""The page of a plan: what it says, and that it draws at the width of a phone and of a desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.deals.desk import negotiate
from ripeness.deals.plan_reading import parse_plan
from ripeness.report.deal_page import headline, in_words, render_deal, write_deal_page
from ripeness.runs.dealing import deal
from tests.deals.test_plan_reading import SOUND
from tests.report.browser import Browser, executable


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "plan.html"
    said = deal("ukraine-2025-12", n_draws=10, amend_all=True)
    write_deal_page(path, said.desk, [each.package for each in said.agenda])
    return path


def test_the_page_says_in_words_what_is_changed_who_gives_and_who_gains():
    desk = negotiate(parse_plan(SOUND), amend_all=True, lotteries=False)
    first = next(each for each in desk.all_amendments if each.draft == "first")
    words = in_words(desk, first, 0)
    assert words.startswith("Who watches it: “observers” in place of “none”.")
    assert "Northland gives up 0.1 and Southland gains 0.15." in words
    assert "Southland gets 0.35 and signs for 0.3 or more" in words
    assert headline(desk) == (
        "2 efficient versions could be signed by Northland and Southland; of the drafts, second could."
    )


def test_a_red_line_is_named_as_one_that_nothing_pays_for():
    text = SOUND.replace("first: {line: contact, force: none}", "first: {line: river, force: none}")
    page = render_deal(negotiate(parse_plan(text), amend_all=True))
    assert "A red line is crossed at Where the line runs; nothing else in the text can pay for it." in page
    assert 'class="verdict red-line"' in page


def test_every_verdict_of_the_page_has_its_range_and_reason(page: Path):
    text = page.read_text(encoding="utf-8")
    assert text.count('<details class="why">') >= 3 * 21 * 4
    assert text.count("Worth ") >= 3 * 21 * 4
    assert text.count("(range ") >= 3 * 21 * 4


def test_a_conflict_takes_the_place_of_amendments():
    text = SOUND.replace("reservation: 0.3, power", "reservation: 0.61, power")
    page = render_deal(negotiate(parse_plan(text), amend_all=True))
    assert "What stands against each other" in page
    assert "Southland signs for a worth of 0.61 or more" in page


def test_names_of_a_plan_cannot_become_markup():
    hostile = SOUND.replace("name: Northland", "name: '<script>window.pwned=1</script>'")
    hostile = hostile.replace("title: the line of contact", "title: '\"><img src=x onerror=alert(1)>'")
    page = render_deal(negotiate(parse_plan(hostile), amend_all=True))
    assert "<script>window.pwned" not in page
    assert "<img src=x" not in page


@pytest.mark.skipif(executable() is None, reason="no Chromium or Chrome on this machine")
def test_the_page_draws_without_a_complaint_and_nothing_is_wider_than_it(page: Path, tmp_path: Path):
    with Browser(tmp_path / "profile") as browser:
        for width in (390, 1280):
            browser.open(page, width)
            assert browser.complaints() == []
            assert browser.requests() == []
            assert browser.evaluate("document.querySelectorAll('.chart svg path').length") > 50
            browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert browser.evaluate("document.documentElement.scrollWidth") <= width
            outside = browser.evaluate(
                """[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .skip, .unseen'))
                     .filter(e => { const b = e.getBoundingClientRect(); return b.width && b.right > innerWidth + 1; })
                     .map(e => e.tagName + ' ' + e.className).slice(0, 5)"""
            )
            assert outside == []

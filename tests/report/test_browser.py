"""The report in a real browser, at the width of a phone and of a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from tests.report.browser import Browser, executable
from tests.report.test_html import hostile_report

pytestmark = pytest.mark.skipif(executable() is None, reason="no Chromium or Chrome on this machine")

WIDTHS = (390, *(pytest.param(width, marks=pytest.mark.slow) for width in (768, 1280)))
"""The narrowest has least room; what has no width in its name is tested at 1280."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
def test_page_draws_without_a_complaint_and_asks_for_nothing(browser: Browser, report: Path, width: int) -> None:
    browser.open(report, width)
    assert browser.complaints() == []
    assert browser.requests() == []
    drawn = browser.evaluate("[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('svg path').length)")
    assert len(drawn) >= 15
    assert min(drawn) > 0


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_page(browser: Browser, report: Path, width: int) -> None:
    browser.open(report, width)
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    outside = browser.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .skip, .unseen'))
             .filter(e => { const b = e.getBoundingClientRect(); return b.width && b.right > innerWidth + 1; })
             .map(e => e.tagName + ' ' + e.className).slice(0, 5)"""
    )
    assert outside == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_of_a_chart_is_cut_off(browser: Browser, report: Path, width: int) -> None:
    browser.open(report, width)
    cut = browser.evaluate(
        """[...document.querySelectorAll('.chart')].flatMap(chart => {
             const box = chart.querySelector('svg').getBoundingClientRect();
             return [...chart.querySelectorAll('svg text')].filter(t => {
               const b = t.getBoundingClientRect();
               return b.width && (b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 1);
             }).map(t => chart.dataset.spec + ': ' + t.textContent);
           })"""
    )
    assert cut == []


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_of_a_time_axis_do_not_run_into_each_other(browser: Browser, report: Path, width: int) -> None:
    browser.open(report, width)
    touching = browser.evaluate(
        """[...document.querySelectorAll('.chart')].flatMap(chart => {
             const axes = [...chart.querySelectorAll('svg g.role-axis-label')];
             return axes.flatMap(a => {
               const seen = [...a.querySelectorAll('text')]
                 .filter(t => t.textContent && t.getAttribute('opacity') !== '0');
               const boxes = seen.map(t => t.getBoundingClientRect()).sort((p, q) => p.left - q.left);
               return boxes.slice(1).filter((b, k) => Math.abs(b.top - boxes[k].top) < 2 && b.left < boxes[k].right)
                 .map(() => chart.dataset.spec);
             });
           })"""
    )
    assert touching == []


def test_charts_are_redrawn_when_the_page_is_turned(browser: Browser, report: Path) -> None:
    browser.open(report, 844)
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    browser.wait_for("document.querySelector('.chart svg').getBoundingClientRect().width < 380", timeout_s=30)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 390
    assert browser.complaints() == []


def test_histories_are_drawn_on_the_canvas(browser: Browser, report: Path) -> None:
    browser.open(report, 1280)
    inked = browser.evaluate(
        """(() => { const c = document.getElementById('paths');
             const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
             let n = 0; for (let k = 3; k < d.length; k += 4) n += d[k] > 0; return n / (d.length / 4); })()"""
    )
    assert inked > 0.02


def test_paper_has_all_assumptions_and_no_controls(browser: Browser, report: Path, tmp_path: Path) -> None:
    browser.open(report, 1280)
    browser.print_pdf(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert browser.evaluate("[...document.querySelectorAll('details.group')].every(d => d.open)")


def test_every_leader_prints_on_one_sheet(browser: Browser, report: Path, tmp_path: Path) -> None:
    browser.open(report, 1280)
    browser.print_pdf(tmp_path / "report.pdf")
    pages = PdfReader(tmp_path / "report.pdf").pages
    sheets = [normalize("NFKC", page.extract_text()) for page in pages]  # without ligatures
    for leader in ("President of North", "President of South", "Chancellor of East"):
        (first,) = (k for k, text in enumerate(sheets) if f"As {leader} sees it" in text and "What counts?" in text)
        assert "Postures and efforts, as seen from here" in sheets[first]
        following = sheets[first + 1]
        assert "sees it" in following or "Sample histories" in following


def test_a_hostile_scenario_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    hostile_report(tmp_path / "hostile.html")
    browser.open(tmp_path / "hostile.html", 1280)
    assert browser.evaluate("typeof window.pwned") == "undefined"
    assert browser.complaints() == []
    assert browser.requests() == []


def test_keyboard_reaches_the_summary_the_contents_and_the_numbers(browser: Browser, report: Path) -> None:
    browser.open(report, 1280)
    reached = []
    for _ in range(14):
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.append(browser.evaluate("document.activeElement.tagName"))
    assert reached[0] == "A"
    assert "SUMMARY" in reached

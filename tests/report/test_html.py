"""The report is one file that fetches nothing, runs nothing of a scenario's, and is the same each time."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ripeness.engine import Solution, solve
from ripeness.game import build
from ripeness.questions import Outlook, forecast, simulate
from ripeness.report import write_report
from ripeness.scenario.ledger import assumptions
from tests.questions import toys
from tests.questions.typed_toys import Played
from tests.report.conftest import RUN_INFO

HOSTILE = '</script><script>window.pwned = 1</script><img src=x onerror="window.pwned = 1">\''
VOID = {"meta", "br", "img", "col", "link", "input", "hr"}


class Page(HTMLParser):
    """Elements of a page, and whether they close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script" and "type" not in dict(attrs):
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            if "type" not in self.elements[-1][1]:
                self.scripts[-1] += data
        elif self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report.read_text(encoding="utf-8"))


def test_elements_close_in_order_and_identifiers_are_unique(page: Page) -> None:
    assert page.open == []
    found = [a["id"] for _, a in page.elements if "id" in a]
    assert len(found) == len(set(found))


def test_nothing_is_fetched(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "img", "base")
        assert "src" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")
    links = {str(a["href"])[1:] for tag, a in page.elements if tag == "a"}
    assert links <= {a.get("id") for _, a in page.elements}
    (policy,) = (a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")


def test_policy_admits_the_scripts_of_the_page_by_their_hashes(page: Page) -> None:
    (policy,) = (str(a["content"]) for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    admitted = re.findall(r"'sha256-([^']+)'", policy)
    assert [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in page.scripts] == admitted
    assert "unsafe-eval" not in policy
    assert policy.split("script-src")[1].split(";")[0].count("unsafe") == 0


def test_size_is_a_little_over_a_megabyte(report: Path) -> None:
    assert report.stat().st_size < 1_700_000


def test_every_assumption_stands_in_the_report(page: Page, solution: Solution) -> None:
    text = "".join(page.text)
    for row in assumptions(solution.game.scenario):
        assert row.path in text
    assert "sample histories" in text.lower()
    assert RUN_INFO["Inputs"] in text


def test_charts_and_tables_can_be_read_without_seeing(page: Page) -> None:
    charts = [a for tag, a in page.elements if a.get("class") == "chart"]
    assert len(charts) >= 15
    assert all(a["role"] == "img" and a["aria-label"] for a in charts)
    names = [tag for tag, _ in page.elements]
    assert names.count("table") == names.count("caption")
    assert all(a.get("scope") in ("col", "row") for tag, a in page.elements if tag == "th")
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_same_arguments_give_the_same_bytes(solution: Solution, outlook: Outlook, report: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.html"
    write_report(again, outlook, solution.game, histories=simulate(solution, 500, 0), run_info=RUN_INFO)
    assert again.read_bytes() == report.read_bytes()


def test_report_without_histories_or_run_info_leaves_those_sections_out(
    solution: Solution, outlook: Outlook, tmp_path: Path
) -> None:
    write_report(tmp_path / "bare.html", outlook, solution.game)
    text = (tmp_path / "bare.html").read_text(encoding="utf-8")
    assert 'id="histories"' not in text
    assert "This run" not in text


def test_report_of_the_smallest_game(textbook: Solution, tmp_path: Path) -> None:
    write_report(tmp_path / "t.html", forecast(textbook), textbook.game, histories=simulate(textbook, 50))
    text = "".join(Page((tmp_path / "t.html").read_text(encoding="utf-8")).text)
    assert "nan" not in re.findall(r"[a-z]+", text.lower())


def test_a_war_with_secrets_shows_who_believes_what(secret: Played, secret_outlook: Outlook, tmp_path: Path) -> None:
    write_report(tmp_path / "s.html", secret_outlook, secret.game)
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert '<section id="beliefs"><h2>Who believes what</h2>' in page
    for name in ("views", "rejection_attacker", "secrets", "belief_attacker_wider_aims"):
        assert f'id="chart-{name}"' in page
    text = "".join(Page(page).text)
    assert "An actor with several types knows its own." in text
    assert "What does a misreading cost, and whom?" in text
    assert "nan" not in re.findall(r"[a-z]+", text.lower())


def sections(page: str, start: str) -> dict[str, str]:
    """Text of the sections whose anchor begins so, by anchor."""
    found = re.findall(rf'<section id="({start}[^"]*)">(.*?)</section>', page, re.DOTALL)
    return {anchor: "".join(Page(f"<section>{body}</section>").text) for anchor, body in found}


QUESTIONS = (
    "What counts?", "What is believed and expected?", "What would be accepted this", "What would be done, and why?",
    "What does waiting bring?", "What do the others look like from here?",
)  # fmt: skip


def test_every_leader_has_a_page(report: Path, outlook: Outlook) -> None:
    page = report.read_text(encoding="utf-8")
    pages = sections(page, "perspective-")
    assert list(pages) == ["perspective-attacker", "perspective-defender", "perspective-patron"]
    for role, text in zip(("attacker", "defender", "patron"), pages.values(), strict=True):
        assert all(question in text for question in QUESTIONS)
        assert "nan" not in re.findall(r"[a-z]+", text.lower())
        assert page.count(f'href="#perspective-{role}"') == 1  # from the contents
        assert f'id="chart-perspective_{role}"' in page
    here = outlook.tree["perspectives"].to_dataset().sel(seat="defender")
    assert f"Fighting on is worth {100 * float(here['fight_on']):.1f}%" in pages["perspective-defender"]
    best = float(here["gain"].sel(actor="defender").max())
    assert f"{100 * best:+.2f}%" in pages["perspective-defender"]
    assert "is not asked to sign" in pages["perspective-patron"]


def test_every_type_of_a_leader_has_a_page(secret: Played, secret_outlook: Outlook, tmp_path: Path) -> None:
    write_report(tmp_path / "s.html", secret_outlook, secret.game)
    pages = sections((tmp_path / "s.html").read_text(encoding="utf-8"), "perspective-")
    assert list(pages) == [
        "perspective-attacker-limited-aims", "perspective-attacker-wider-aims", "perspective-defender",
        "perspective-patron",
    ]  # fmt: skip
    wider = pages["perspective-attacker-wider-aims"]
    assert "knows that it is of type “wider aims”; the others give this 70%" in wider
    assert "it believes: “limited aims” 30% and “wider aims” 70%" in pages["perspective-defender"]


def hostile_report(path: Path) -> None:
    """A report of a scenario that tries to run a script from every text that it may contain."""
    actors = {
        role: {**actor, "name": f"{actor['name']} {HOSTILE}", "leader": HOSTILE} for role, actor in toys.ACTORS.items()
    }
    packages = [{"name": f"deal {k} {HOSTILE}", "terms": 0.3 + 0.05 * k} for k in range(3)]
    game = build(
        toys.scenario(
            actors=actors,
            title=HOSTILE,
            summary=HOSTILE,
            disputed=HOSTILE,
            agenda={"packages": packages},
            documents=[{"id": "a", "title": HOSTILE, "source": HOSTILE}],
        )
    )
    solution = replace(solve(game.tables, threads=1), game=game)
    histories = simulate(solution, 100)
    write_report(path, forecast(solution), game, histories=histories, run_info={HOSTILE: HOSTILE})


def test_texts_of_a_scenario_never_become_markup(tmp_path: Path) -> None:
    hostile_report(tmp_path / "h.html")
    page = Page((tmp_path / "h.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert len(page.scripts) == 2
    assert all("pwned" not in script for script in page.scripts)
    assert not any(tag == "img" or any(name.startswith("on") for name in a) for tag, a in page.elements)

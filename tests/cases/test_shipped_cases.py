"""What holds for every shipped case: it builds, solves, sources its numbers, does what its page says."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

import ripeness
from ripeness.engine import Propagation, Solution, decisions, propagate
from ripeness.game import Game, build
from ripeness.scenario.citations import cited, sentences, verify_citations
from tests.cases.loaded import load
from tests.cases.stated import stated
from tests.conftest import ROOT

NAMES = ("korea-1951-07", "screening", "textbook", "ukraine-2025-12", "ukraine-2025-12-complete")
SECRETS = ("screening", "ukraine-2025-12")
"""Cases with private information."""

WARS = ("korea-1951-07", "ukraine-2025-12")
LARGE = ("ukraine-2025-12", "ukraine-2025-12-complete")
SOLVED = [*NAMES[:-1], pytest.param(NAMES[-1], marks=pytest.mark.slow)]
"""The largest takes half a minute; without its secret, ukraine-2025-12 is the same war on a smaller grid."""
SEED = "000_e724ddef27a56d8c.txt"
LEAST_QUOTE = 30
"""Characters from which a line of a document counts as its text; headings and credits are shorter."""

MENU = re.compile(r"\.efforts\.|^agenda\.grid\.")
"""Levels that actors choose from: alternatives, not assumptions."""


@cache
def solved(name: str, *sets: str) -> tuple[Game, Solution, Propagation]:
    """The game within the horizon without secrets, its solution and its outlook, on the coarse grid."""
    without = ["beliefs=null"] if name in SECRETS else []
    solution = ripeness.solve(build(load(name, *without, *sets), grid="coarse"))
    return solution.game, solution, propagate(solution)


def value_at_start(name: str, *sets: str) -> np.ndarray:
    game, solution, _ = solved(name, *sets)
    return np.asarray(decisions(solution, 0).value) @ game.tables.initial


def test_the_shipped_cases_are_those_tested_here():
    assert tuple(case.name for case in ripeness.cases()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_case_has_no_fault(name):
    assert ripeness.check(name) == []


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        pytest.param(
            name, grid, marks=pytest.mark.slow if grid == "fine" or (name in LARGE and grid == "normal") else ()
        )
        for name in NAMES
        for grid in ("coarse", "normal", "fine")
    ],
)
def test_a_case_builds_on_every_grid(name, grid):
    """A winter and a summer are enough: whether a grid fits its drift hangs on nothing else in the calendar."""
    game = build(load(name, "lookahead=0"), grid=grid, horizon=8)
    assert not game.noise.warnings


@pytest.mark.parametrize(
    ("name", "grid"),
    [("korea-1951-07", "coarse"), pytest.param("ukraine-2025-12", "normal", marks=pytest.mark.slow)],
)
def test_the_front_line_fits_its_grid_at_the_ends_of_its_ranges(name, grid):
    front = load(name).mechanisms["territory"]
    for speed in front.speed.range:
        for spread in front.spread.range:
            sets = (f"mechanisms.territory.speed={speed}", f"mechanisms.territory.spread={spread}", "lookahead=0")
            game = build(load(name, *sets), grid=grid, horizon=1)  # a finer one fits too
            assert np.isfinite(game.tables.pool).all()


@pytest.mark.parametrize("grid", ["coarse", pytest.param("normal", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", LARGE)
def test_the_sizes_of_the_largest_cases_are_those_of_their_pages(name, grid):
    page = (ROOT / "docs" / "cases" / f"{name}.md").read_text(encoding="utf-8")
    states = build(load(name, "lookahead=0"), grid=grid, horizon=1).tables.n_states
    assert f"{states:,} states" in page


def test_both_cases_of_ukraine_are_the_same_war():
    """They differ in the grid, the menus and the secret, as the page of the finer one says."""
    whole, finer = (
        {path: (float(number), number.range) for path, number in stated(load(name))}
        for name in ("ukraine-2025-12", "ukraine-2025-12-complete")
    )
    differ = {path for path in whole.keys() & finer.keys() if whole[path] != finer[path]}
    assert {path for path in differ if not path.endswith((".grain", ".points")) and not MENU.search(path)} == set()
    one_sided = {path.split(".")[0] for path in whole.keys() ^ finer.keys() if not MENU.search(path)}
    assert one_sided == {"beliefs", "plan"}


@pytest.mark.parametrize("name", SOLVED)
def test_values_lie_between_the_worst_and_the_best_that_can_happen(name):
    """A value is an average of flows, settlements, ends and the terminal value, so it lies between their extremes."""
    game, solution, _ = solved(name)
    tables = game.tables
    source = tables.operator_source
    for row in range(tables.n_rows):
        flows = tables.pool[np.unique(tables.flow[..., row])] / (1.0 - tables.discount[row])
        fixed, resume = tables.pool[tables.peace_fixed[..., row]], tables.pool[tables.peace_resume[..., row]]
        extremes = [flows, fixed / (1.0 - resume), tables.terminal[row]]
        for operator in np.unique(tables.nature[..., row]):
            if operator >= 0 and source[operator] >= 0:
                arms = tables.operator_weight[operator]
                leaves = 1.0 - tables.pool[arms[arms >= 0]].sum(axis=0)
                # below this probability, rounding of 1 - p makes the ratio meaningless, and the move is without effect
                some = leaves > 1e-9
                extremes.append(tables.pool[source[operator]][some] / leaves[some])
        low = min(float(found.min()) for found in extremes if found.size)
        high = max(float(found.max()) for found in extremes if found.size)
        rounding = 1e-5  # of float32, over the horizon
        values = np.asarray(solution.values)[:, row]
        assert np.all(np.isfinite(values))
        assert low - rounding <= values.min()
        assert values.max() <= high + rounding


@pytest.mark.parametrize("name", SOLVED)
def test_every_history_ends_somehow(name):
    _, _, forward = solved(name)
    total = forward.settled.sum() + forward.ended.sum() + np.sum(forward.frozen)
    assert total == pytest.approx(1.0, abs=1e-5)  # float32


@pytest.mark.parametrize("name", NAMES)
def test_every_number_says_its_range_and_where_it_comes_from(name):
    numbers = {path: number for path, number in stated(load(name)) if not MENU.search(path)}
    # a plan gives its reason once for all worths of an option: tests/cases/test_plans.py
    numbers = {path: number for path, number in numbers.items() if not path.startswith("plan.")}
    assert len(numbers) > 10
    assert [path for path, number in numbers.items() if number.range is None] == []
    assert [path for path, number in numbers.items() if not number.cites and not number.note] == []


def test_every_citation_of_the_analysis_names_a_sentence_by_number_and_hash():
    citations = [each for _, each in cited(load("ukraine-2025-12")) if each.document == "analysis"]
    assert len({citation.sentence for citation in citations}) > 20
    assert all(citation.sentence is not None and citation.sha256 is not None for citation in citations)


def test_the_cited_sentences_stand_in_the_document(shared):
    assert verify_citations(load("ukraine-2025-12"), {"analysis": shared / "seed" / SEED}) == []


def test_no_text_of_the_document_stands_in_a_case_or_on_its_page(shared):
    text = (shared / "seed" / SEED).read_text(encoding="utf-8")
    quotes = [sentence.text for sentence in sentences(text) if len(sentence.text) >= LEAST_QUOTE]
    for path in [
        *(ROOT / "src" / "ripeness" / "scenario" / "cases").glob("*.yaml"),
        *(ROOT / "docs" / "cases").glob("*.md"),
    ]:
        said = " ".join(path.read_text(encoding="utf-8").split())
        assert not any(quote in said for quote in quotes), path.name


@pytest.mark.parametrize("name", WARS)
def test_noise_alone_explains_few_settlements(name):
    game, _, forward = solved(name)
    assert 2.0 * game.noise.settled_by_noise < forward.settled.sum() < 0.95


@pytest.mark.parametrize("name", ["korea-1951-07", pytest.param("ukraine-2025-12", marks=pytest.mark.slow)])
def test_the_end_of_the_calendar_does_not_decide(name):
    """Twice the lookahead moves values by less than a hundredth of the prize, and few settlements."""
    longer = f"lookahead={2 * load(name).lookahead}"
    assert value_at_start(name)[:2] == pytest.approx(value_at_start(name, longer)[:2], abs=0.01)
    settled = [float(solved(name, *sets)[2].settled.sum()) for sets in ((), (longer,))]
    assert settled[0] == pytest.approx(settled[1], abs=0.1)


def test_the_front_in_ukraine_advances_as_it_did():
    """The mean advance of the first year lies between the yearly rates of the last 36 and the last 12 months."""
    game, _, forward = solved("ukraine-2025-12")
    line, open_ = game.level("territory"), forward.mass[12]
    advance = (line @ open_) / open_.sum() - line @ game.tables.initial
    assert 0.0048 <= advance <= 0.0084


def test_the_patron_takes_every_posture_and_none_always():
    game, _, forward = solved("ukraine-2025-12")
    chances = forward.posture[:48] / forward.posture[:48].sum(axis=1, keepdims=True)
    assert len(game.postures) == 4
    assert chances.min() > 0.05
    assert chances.max() < 0.6


def test_neither_side_would_sign_what_it_declined_in_2025():
    game, solution, _ = solved("ukraine-2025-12")
    now = decisions(solution, 0)
    fighting_on = np.einsum("ms,mrs->rs", now.posture, now.continuation) @ game.tables.initial
    gain = {
        package.name: np.asarray(now.peace[n]) @ game.tables.initial - fighting_on
        for n, package in enumerate(game.packages)
    }
    attacker, defender = 0, 1
    assert gain["ceasefire on the line, all else open"][attacker] < 0.0
    assert gain["Russian memorandum of June 2025"][defender] < 0.0


def test_the_death_of_the_leader_in_korea_at_least_doubles_the_hazard_of_a_settlement():
    game, solution, forward = solved("korea-1951-07")
    march_1953 = 20
    now = decisions(solution, march_1953)
    settles = sum(now.recognition[0, j] * (now.offer[0, j, :-1] * now.accept[1 - j, 0]).sum(axis=0) for j in range(2))
    hazard = []
    for leader in (0, 1):
        mass = forward.mass[march_1953] * (game.level("attacker leader") == leader)
        hazard.append(-np.log1p(-float(settles @ mass / mass.sum())))
    assert hazard[1] > 2.0 * hazard[0]

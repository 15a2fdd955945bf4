"""docs/private-information.md: its wars are sound, its commands say what exists, and its pictures are there."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from itertools import pairwise

import numpy as np
import pytest

import ripeness
from ripeness.game import build
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "private-information.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line, comments=True)
    for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
WARS = sorted((ROOT / "docs" / "figures").glob("*.yaml"))
FEW_LANES = 2_000
"""States times beliefs: what solves in seconds."""


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_war_of_the_page_is_small_and_sound(words):
    source = words[2] if "/" not in words[2] else str(ROOT / words[2])
    sets = [after for word, after in pairwise(words) if word == "--set"]
    game = build(ripeness.load(source, sets))
    assert len(game.types) == 1
    assert game.tables.n_states * game.tables.n_nodes <= FEW_LANES
    assert game.known == ("beliefs.known=true" in sets)


def test_every_war_of_the_figures_is_on_the_page():
    assert [path.name for path in WARS] == ["disagreement.yaml", "learning.yaml", "pleading.yaml"]
    assert all(f"docs/figures/{path.name}" in PAGE for path in WARS)


def test_every_picture_of_the_page_is_drawn_by_the_script():
    drawn = re.findall(r"\]\(images/(\w+)\.png\)", PAGE)
    script = (ROOT / "docs" / "figures" / "private_information.py").read_text(encoding="utf-8")
    assert drawn == re.findall(r'^    "(\w+)": \(', script, re.MULTILINE)


@pytest.fixture(scope="module")
def figures():
    """The script that draws the pictures, as a module."""
    path = ROOT / "docs" / "figures" / "private_information.py"
    spec = importlib.util.spec_from_file_location("private_information_figures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def said(*parts: str) -> None:
    for part in parts:
        assert part in PAGE


@pytest.mark.slow
def test_the_words_on_screening_are_those_of_its_run(figures):
    found = figures.screening()
    weak, tough = found.settled
    assert np.all(np.diff(found.asked[:3]) < 0.0)
    assert tough[:2].sum() < 0.5
    said("Most tough defenders refuse until the third year", "the belief in a weak one falls from 85% to about a half")
    assert found.belief[0] == pytest.approx(0.85, abs=0.005)
    assert found.belief[1] == pytest.approx(0.5, abs=0.1)
    said("about one in six does")
    assert 1.0 - weak[0] == pytest.approx(1 / 6, abs=0.03)


@pytest.mark.slow
def test_the_words_on_signalling_are_those_of_its_run(figures):
    found = figures.signalling()
    said("pleads in three quarters of all cases, one that stays in fewer than four in ten")
    assert found.secret[0] == pytest.approx(0.75, abs=0.02)
    said("from 50% to 33%", "raises it to 71%", "plead in 42% of all cases", "does so in 37%")
    assert found.after == pytest.approx((0.50, 0.33, 0.71), abs=0.005)
    assert (found.known[1], found.secret[1]) == pytest.approx((0.42, 0.37), abs=0.005)


@pytest.mark.slow
def test_the_words_on_learning_are_those_of_its_run(figures):
    found = figures.learning()
    said("with 66% on average, after five years with nearly 90%", "the two means average to 50% at every date")
    strong = found.mean[found.types.index("strong")]
    assert strong[12] == pytest.approx(0.66, abs=0.005)
    assert strong[-1] == pytest.approx(0.89, abs=0.01)
    np.testing.assert_allclose(np.mean(found.mean, axis=0), 0.5, atol=1e-9)
    said("The bands overlap for nearly four years")
    weak, strong_type = found.types.index("weak"), found.types.index("strong")
    apart = np.flatnonzero(found.high[weak] < found.low[strong_type])[0]
    assert 3.5 * 12 <= apart <= 4 * 12


@pytest.mark.slow
def test_the_words_on_disagreement_are_those_of_its_run(figures):
    found = figures.disagreement()
    apart, agreed = found.settled
    said("three wars in four are over within a year", "one or two in a hundred")
    said("half take more than two and a half years")
    year = 4  # quarters
    assert agreed[year - 1] == pytest.approx(0.75, abs=0.03)
    assert 0.005 < apart[year - 1] < 0.025
    assert apart[2 * year + 1] < 0.5 < apart[3 * year - 1]

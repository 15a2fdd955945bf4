"""docs/private-information.md: its wars are sound, its commands say what exists, and its pictures are there."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise

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

"""What docs/scenario.md shows does what the page says."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from ripeness.game import Game, build
from ripeness.scenario import Scenario, ScenarioError, parse
from ripeness.scenario.quantity import FAMILIES
from ripeness.scenario.reading import LIMITS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenario.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
WAR = EXAMPLES[0]


def test_first_example_is_a_scenario_that_makes_a_game() -> None:
    scenario = parse(WAR)
    assert scenario.mechanisms["territory"].start.cites[0].sentence == 4  # type: ignore[attr-defined]
    assert len(build(scenario).packages) == 3


def patron_of(war: str) -> str:
    """The war with a patron and with the mechanisms of the examples on types."""
    more = "  wider_aims: {}\n  mood: {start: impatient}\n  posture: {}\n"
    return war.replace("mechanisms:\n", f"  patron: {{name: Farland}}\nmechanisms:\n{more}")


def test_further_examples_fit_into_it() -> None:
    agenda, start, beliefs, _, _, asked, aliases = EXAMPLES[1:]
    with_claims = parse(WAR + asked)
    assert [len(with_claims.claims), len(with_claims.levers)] == [1, 1]
    game = build(parse(patron_of(WAR) + beliefs))
    assert game.types == {"attacker": ("limited aims", "wider aims")}
    assert game.tables.n_nodes == 15
    patron = patron_of(WAR)
    with_agenda = patron[: patron.index("agenda:")] + agenda
    assert [package.name for package in parse(with_agenda).agenda.packages] == ["swap of ground"]
    assert parse(re.sub(r"start: \{value.*\n", start, WAR)).mechanisms["territory"].start.note  # type: ignore[attr-defined]
    with_alias = re.sub(r"mechanisms:\n(  .*\n)+", aliases + "  channel: {}\n", WAR)
    assert parse(with_alias).mechanisms["territory"].start.cites[0].sentence == 4  # type: ignore[attr-defined]


def test_postures_and_moods_of_the_patron_tell_of_its_type() -> None:
    game = build(parse(patron_of(WAR) + EXAMPLES[4]))
    assert game.types == {"patron": ("leaving", "committed")}
    assert [axis.name for axis in game.axes if _tells(game, axis.name)] == ["mood"]
    maps = game.tables.profiles
    press = game.postures.index("press attacker")
    assert [float(game.tables.pool[k].max()) for k in maps.posture_cost[0, press]] == pytest.approx([0.005, 0.002])


def test_a_secret_reservation_moves_nothing_but_what_peace_is_worth_to_the_defender() -> None:
    (red_line,) = re.findall(r"`mechanisms\.(red_line: \{.*?\})`", TEXT)
    game = build(parse(WAR.replace("mechanisms:\n", f"mechanisms:\n  {red_line}\n") + EXAMPLES[5]))
    assert game.types == {"defender": ("firm", "yielding")}
    assert not any(_tells(game, axis.name) for axis in game.axes)
    firm, yielding = np.flatnonzero(np.array(game.actor_of_row) == "defender")
    maps, pool = game.tables.profiles, game.tables.pool
    worth = [pool[maps.peace_fixed[0, :, row, 0]] for row in (firm, yielding)]
    beyond = [np.maximum(game.terms - line, 0.0) for line in (0.2, 0.3)]
    assert worth[0] - worth[1] == pytest.approx(2.0 * (beyond[1] - beyond[0]))  # no peace breaks in this war
    assert np.array_equal(maps.peace_fixed[0, :, 0, 0], maps.peace_fixed[0, :, 0, 1])  # A's own worth is the same
    leak = game.tables.nature[-1].flat[0]
    kept = pool[maps.operator_weight[leak, 0]]
    assert kept == pytest.approx(math.exp(-0.3 / 12))


def _tells(game: Game, axis: str) -> bool:
    """Whether a move along an axis has odds that depend on the type of somebody."""
    shape = game.tables.shape
    dimension = [each.name for each in game.axes].index(axis)
    stride = int(np.prod(shape[dimension + 1 :]))
    for operator in range(game.tables.operator_offset.shape[0]):
        steps = {int(k) for k in game.tables.operator_offset[operator] if k != 0}
        weights = game.tables.profiles.operator_weight[operator]
        along = bool(steps) and all(k % stride == 0 and abs(k) < stride * shape[dimension] for k in steps)
        if along and np.any(weights != weights[..., :1]):
            return True
    return False


def test_every_section_kind_of_prior_and_limit_has_its_words() -> None:
    for section in Scenario.model_fields:
        assert f"`{section}`" in TEXT, section
    for kind, names in FAMILIES.items():
        row = next(line for line in TEXT.split("\n") if line.startswith(f"| `{kind}`"))
        assert all(name in row for name in names), kind
    for limit in (LIMITS.line_length, LIMITS.nodes, LIMITS.depth, LIMITS.aliases):
        assert f"{limit:,}" in TEXT
    assert LIMITS.n_bytes == 1 << 20


def test_settings_of_the_page_work() -> None:
    said = re.findall(r"--set ([a-z]+\.\S+=\S+)", TEXT)
    assert len(said) == 4
    inline = re.findall(r"`((?:horizon|actors|mechanisms)[\w.]*=[^`]+)`", TEXT)
    assert len(inline) == 4
    for each in [*said, *inline]:
        if "mood=null" not in each:
            parse(patron_of(WAR) + EXAMPLES[3], sets=[each])


def test_fault_of_the_page_is_worded_as_shown() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(WAR.replace("territory:", "teritory:").replace("discount_yearly: 0.05", "discount_yearly: 5%"))
    said = str(caught.value)
    for line in re.findall(r"war.yaml:\d+:\d+: (.*?)…", TEXT):
        assert line.strip() in said

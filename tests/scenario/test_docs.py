"""What docs/scenario.md shows does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ripeness.game import build
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
    """The war with a patron and with the mechanism of the example on types."""
    return war.replace("mechanisms:\n", "  patron: {name: Farland}\nmechanisms:\n  wider_aims: {}\n")


def test_further_examples_fit_into_it() -> None:
    agenda, start, beliefs, aliases = EXAMPLES[1:]
    game = build(parse(patron_of(WAR) + beliefs))
    assert game.types == {"attacker": ("limited aims", "wider aims")}
    assert game.tables.n_nodes == 15
    patron = patron_of(WAR)
    with_agenda = patron[: patron.index("agenda:")] + agenda
    assert [package.name for package in parse(with_agenda).agenda.packages] == ["swap of ground"]
    assert parse(re.sub(r"start: \{value.*\n", start, WAR)).mechanisms["territory"].start.note  # type: ignore[attr-defined]
    with_alias = re.sub(r"mechanisms:\n(  .*\n)+", aliases + "  channel: {}\n", WAR)
    assert parse(with_alias).mechanisms["territory"].start.cites[0].sentence == 4  # type: ignore[attr-defined]


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
    assert len(said) == 3
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

"""Channel: the chance to propose follows the rates, the posture and the mood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.engine import solve
from ripeness.game import build
from ripeness.mechanisms.base import POSTURES, Setting
from ripeness.mechanisms.channel import Channel
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Choices, Frozen, Precision
from tests.game.wars import war
from tests.mechanisms.hooks import MONTH, check_page, check_schema, setting

THREE = {"attacker": 0.05, "defender": 0.05, "patron": 0.05}


def talks(years: float = MONTH, posture: str = "stand back", mood: float | None = None, patron: bool = True) -> Setting:
    at = setting({} if mood is None else {"mood": [mood]}, posture=posture, years=years)
    return replace(at, discount_yearly=THREE if patron else {"attacker": 0.05, "defender": 0.05})


def test_few_proposals_come_at_their_rate_whatever_the_length_of_the_period() -> None:
    channel = Channel(attacker=0.1, defender=0.15, patron=0.1, patron_standing_back=0.5)
    for years in (7 / 365.25, MONTH, 0.25):
        found = channel.recognition(talks(years))
        rates = [float(found[role]) / (12 * years) for role in THREE]  # type: ignore[arg-type, index]
        assert rates == pytest.approx([0.1, 0.15, 0.05], rel=1e-12)


@given(
    rates=st.tuples(*(st.floats(0.0, 30.0) for _ in range(3))),
    posture=st.sampled_from(POSTURES),
    years=st.sampled_from((7 / 365.25, MONTH, 0.25, 1.0)),
)
def test_chances_never_exceed_one_together_and_keep_their_proportions(
    rates: tuple[float, float, float], posture: str, years: float
) -> None:
    channel = Channel(attacker=rates[0], defender=rates[1], patron=rates[2], defender_left_out=0.0)
    found = channel.recognition(talks(years, posture))
    assert sum(float(p) for p in found.values()) <= 1.0 + 1e-12
    assert all(float(p) >= 0.0 for p in found.values())
    if posture != "court attacker":
        assert found["attacker"] * rates[1] == pytest.approx(found["defender"] * rates[0])
    else:
        assert found["defender"] == 0.0


def test_posture_decides_who_is_left_out() -> None:
    channel = Channel(attacker=0.1, defender=0.1, patron=0.1, defender_left_out=0.3, attacker_left_out=0.6)

    def chances(posture: str) -> list[float]:
        return [float(p) for p in channel.recognition(talks(posture=posture)).values()]

    assert chances("stand back") == pytest.approx([0.1, 0.1, 0.025])
    assert chances("court attacker") == pytest.approx([0.1, 0.03, 0.1])
    assert chances("press attacker") == pytest.approx([0.06, 0.1, 0.1])
    assert chances("press defender") == pytest.approx([0.1, 0.1, 0.1])


def test_a_disengaged_patron_proposes_less_and_an_absent_one_never() -> None:
    channel = Channel(patron=0.4, patron_disengaged=0.25)
    for mood, factor in ((0.0, 1.0), (1.0, 1.0), (2.0, 0.25)):
        found = channel.recognition(talks(posture="press defender", mood=mood))["patron"]
        assert found == pytest.approx(0.4 * factor)
    assert np.all(channel.recognition(talks(posture="press defender", patron=False))["patron"] == 0.0)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_equally_patient_sides_divide_the_prize_by_their_chance_to_propose(share: float) -> None:
    """Theory II.1.3 with equal discount rates and nothing to gain at war or at the horizon: V_A = p for every horizon.

    Each of three periods may add one step of the grid of terms, 0.0101, and the margin (2 + ln(1 + precision)) /
    precision = 0.0011 that a proposer leaves to a responder of that precision (theory 0.4).
    """
    patient = {role: Actor(name=role, discount_yearly=2.0) for role in ("attacker", "defender")}
    scenario = war(
        Channel(attacker=30.0 * share, defender=30.0 * (1.0 - share)),
        actors=Actors(**patient),
        agenda=Agenda(grid=AgendaGrid(terms=tuple(np.linspace(0.0, 1.0, 100)))),
        choices=Choices(precision=Precision(**dict.fromkeys(("posture", "offer", "response", "effort"), 1e4))),
        frozen=Frozen(cost={"attacker": 0.5, "defender": 0.5}),
        horizon=3,
    )
    values = solve(build(scenario).tables, dtype=np.float64).values[0, :, 0, 0]
    assert values[0] == pytest.approx(share, abs=3 * (0.0101 + 0.0011))


def test_page_and_fields_agree() -> None:
    check_schema(Channel)
    check_page("channel", Channel)

"""Courtship: who enjoys the talks, and when enjoyment prevents a settlement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from ripeness.engine import propagate, solve
from ripeness.game import build
from ripeness.mechanisms.base import Mechanism, Package, Peace, Role, Setting
from ripeness.mechanisms.channel import Channel
from ripeness.mechanisms.courtship import Courtship
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Choices, Precision
from tests.game.wars import war
from tests.mechanisms.hooks import check_page, check_schema, setting

GAINS = Courtship(asked=0.1, spectacle_attacker=0.02, spectacle_defender=0.03, spectacle_patron=0.04)
THREE: Mapping[Role, float] = {"attacker": 0.05, "defender": 0.05, "patron": 0.05}


def with_patron(posture: str) -> Setting:
    return replace(setting(posture=posture), discount_yearly=THREE)


def test_talks_pay_only_while_they_go_on() -> None:
    assert GAINS.flow(with_patron("stand back")) == {}
    assert GAINS.flow(with_patron("press attacker")) == {"attacker": 0.02, "defender": 0.03, "patron": 0.04}
    assert GAINS.flow(with_patron("press defender")) == GAINS.flow(with_patron("press attacker"))


def test_a_courted_attacker_gains_more_and_the_defender_left_out_nothing() -> None:
    assert GAINS.flow(with_patron("court attacker")) == {
        "attacker": pytest.approx(0.12), "defender": 0.0, "patron": 0.04,
    }  # fmt: skip


def test_without_a_patron_talks_always_go_on() -> None:
    two = replace(setting(), discount_yearly={"attacker": 0.05, "defender": 0.05})
    assert GAINS.flow(two)["attacker"] == pytest.approx(0.02)


def test_nothing_of_it_is_left_under_peace() -> None:
    assert GAINS.peace(with_patron("court attacker"), Package("any", 0.5), 0.5) == Peace()


class Toll(Mechanism):
    """What the war costs each side, beside the gains from the talks."""

    name: ClassVar[str] = "toll"
    attacker: float
    defender: float

    def flow(self, at: Any) -> dict[str, float]:
        return {"attacker": self.attacker, "defender": self.defender}


@pytest.mark.parametrize(
    ("w_attacker", "w_defender", "settles"),
    [(-1.0, 1.2, False), (-1.0, 0.8, True), (-0.2, 0.4, True), (0.6, 0.6, False)],
)
def test_a_side_that_enjoys_the_talks_too_much_never_settles(
    w_attacker: float, w_defender: float, settles: bool
) -> None:
    """Theory II.8: with patient play nobody settles iff W_A + W_D > 1 or W_i > 1, W_i the flow of talking on for ever.

    The first two cases are its examples (g = W (1 - discount)); the margins are at least 0.2 of the prize for a period,
    which at precision 2000 is 2000 * 0.05 * 0.2 = 20 in log-odds per decision. 200 periods of discount 0.95.
    """
    rate = 0.95**-12 - 1
    scenario = war(
        Courtship(spectacle_attacker=0.0, spectacle_defender=3.0),
        Toll(attacker=w_attacker, defender=w_defender - 3.0),
        Channel(attacker=15.0, defender=15.0),
        actors=Actors(**{r: Actor(name=r, discount_yearly=rate, efforts=(1.0,)) for r in ("attacker", "defender")}),
        agenda=Agenda(grid=AgendaGrid(terms=tuple(np.linspace(0.0, 1.0, 51)))),
        choices=Choices(
            precision=Precision(**dict.fromkeys(("posture", "offer", "response", "effort"), 2000.0)),
            settlement_hazard_at_zero_gain=0.01,
        ),
        horizon=200,
    )
    still_open = propagate(solve(build(scenario).tables, dtype=np.float64)).open
    assert still_open[12] < 0.01 if settles else still_open[100] > 0.99


def test_page_and_fields_agree() -> None:
    check_schema(Courtship)
    check_page("courtship", Courtship)

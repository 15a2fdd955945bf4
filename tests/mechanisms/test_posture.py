"""Posture: the patron's menu, its costs, and when it is taken."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ripeness.engine import decisions, solve
from ripeness.game import GameError, build
from ripeness.mechanisms.base import POSTURES
from ripeness.mechanisms.channel import Channel
from ripeness.mechanisms.posture import Posture
from tests.game.wars import Line, war
from tests.mechanisms.hooks import check_page, check_schema, setting

SILENT = Channel(attacker=0.0, defender=0.0, patron=0.0)


def test_menu_begins_with_standing_back_and_keeps_the_usual_order() -> None:
    assert Posture().postures() == POSTURES
    assert Posture(menu=("press defender", "court attacker")).postures() == (
        "stand back",
        "court attacker",
        "press defender",
    )
    assert Posture(menu=()).postures() == ("stand back",)


def test_each_posture_costs_whom_it_should() -> None:
    posture = Posture(sanctions=0.1, sanctions_patron=0.02, pressure=0.05, attention=0.01)
    flows = {m: dict(posture.flow(setting(posture=m))) for m in POSTURES}
    assert flows == {
        "stand back": {},
        "court attacker": {"patron": -0.01},
        "press attacker": {"attacker": -0.1, "patron": -0.03},
        "press defender": {"defender": -0.05, "patron": -0.01},
    }


def test_precision_times_reluctance_is_the_log_odds_against_a_posture_that_changes_nothing() -> None:
    posture = Posture(
        sanctions=0.0, sanctions_patron=0.0, pressure=0.0, attention=0.0,
        reluctance_court=0.01, reluctance_press_attacker=0.02, reluctance_press_defender=0.0,
    )  # fmt: skip
    game = build(war(Line(), posture, SILENT, patron=True))
    chosen = decisions(solve(game.tables, dtype=np.float64), 0).posture[:, 0]
    log_odds = np.log(chosen / chosen[0])
    assert log_odds == pytest.approx(np.array([0.0, -0.4, -0.8, 0.0]), abs=1e-10)  # precision 40; values are equal


def test_a_posture_that_costs_the_patron_more_is_taken_less() -> None:
    def taken(attention: float) -> float:
        game = build(war(Line(), Posture(menu=("court attacker",), attention=attention), SILENT, patron=True))
        return float(decisions(solve(game.tables, dtype=np.float64), 0).posture[1, 0])

    chances = [taken(attention) for attention in (0.0, 0.5, 1.0, 2.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_a_posture_needs_a_patron() -> None:
    with pytest.raises(GameError, match=r"mechanisms.posture needs actors.patron"):
        build(war(Line(), Posture()))


def test_a_posture_is_named_once() -> None:
    with pytest.raises(ValidationError, match="name each posture once"):
        Posture(menu=("court attacker", "court attacker"))


def test_page_and_fields_agree() -> None:
    check_schema(Posture)
    check_page("posture", Posture)

"""Histories of wars with types: whose type it was, and how far beliefs moved."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ripeness.engine import SETTLED, Solution
from ripeness.game.beliefs import profile_types
from ripeness.questions import Histories, simulate
from ripeness.questions.views import belief_at_nodes
from tests.questions import typed_toys as toys

N_PERIODS = 8
GAME = toys.tiny(horizon=N_PERIODS, beliefs={"attacker": toys.ATTACKER, "defender": toys.DEFENDER})


def drawn() -> Any:
    """Two histories by hand: nobody learns; all come to know that A has wider aims, and the war settles."""
    start = int(np.flatnonzero(GAME.tables.initial)[0])
    profiles = profile_types(GAME.tables.types).tolist()
    quiet, certain = 2 * 5 + 2, 4 * 5 + 2  # nodes of A and D
    node = np.full((2, N_PERIODS + 1), quiet)
    node[1, 3:] = certain
    node[1, 7:] = -1
    return SimpleNamespace(
        end=np.array([-1, SETTLED]), end_period=np.array([N_PERIODS, 6]), package=np.array([-1, 1]),
        state=np.where(node >= 0, start, -1), posture=np.zeros((2, N_PERIODS), np.int8),
        proposer=np.full((2, N_PERIODS), 1, np.int8), offer=np.full((2, N_PERIODS), -1, np.int16),
        rejected=np.zeros((2, N_PERIODS), np.int8), effort=np.zeros((2, N_PERIODS), np.int16),
        profile=np.array([profiles.index([0, 1, 0]), profiles.index([1, 0, 0])]), node=node,
    )  # fmt: skip


@pytest.fixture
def histories(monkeypatch: pytest.MonkeyPatch) -> Histories:
    monkeypatch.setattr("ripeness.questions.histories.sample", lambda *_, **__: drawn())
    values = np.zeros((N_PERIODS + 1, GAME.tables.n_rows, GAME.tables.n_states, GAME.tables.n_nodes))
    return simulate(Solution(GAME.tables, values, GAME), 2)


def test_beliefs_along_a_history_are_those_of_its_nodes(histories: Histories) -> None:
    for observer in ("truth", "public", "defender", "patron"):
        seen = histories.beliefs("attacker", observer)
        at_node = belief_at_nodes(GAME, "attacker", observer)
        np.testing.assert_array_equal(seen[0], np.tile(at_node[2], (N_PERIODS + 1, 1)))
        np.testing.assert_array_equal(seen[1, 3:7], np.tile(at_node[4], (4, 1)))
        assert np.isnan(seen[1, 7:]).all()
    with pytest.raises(KeyError, match="attacker, defender"):
        histories.beliefs("patron", "truth")


def test_a_story_tells_the_types_and_when_a_belief_has_moved_for_good(histories: Histories) -> None:
    quiet, learned = histories.timeline(0), histories.timeline(1)
    assert quiet[0].text.endswith(
        "North is of type “limited aims” and South is of type “weary”, and each knows its own alone."
    )
    assert [event.kind for event in quiet if event.kind == "belief"] == []
    (event,) = (event for event in learned if event.kind == "belief")
    assert event.date == GAME.dates[3]
    assert event.text == (
        "The belief that North is of type “wider aims” moves: South's from 70% to 100% and East's from 20% to 100%."
    )


def test_the_true_types_are_in_the_dataset(histories: Histories) -> None:
    names = [str(name) for name in histories.dataset["profiles"].values]
    assert names[int(histories.dataset["profile"][0])] == "limited aims, weary"

"""Who knows what in ukraine-2025-12, as its page says it, and the further secrets that the page describes."""

from __future__ import annotations

import re
import shlex
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from ripeness.game import Game, build
from ripeness.scenario.beliefs import belief_of, public_belief
from tests.cases.loaded import load
from tests.conftest import ROOT

CASE = "ukraine-2025-12"
PAGE = (ROOT / "docs" / "cases" / f"{CASE}.md").read_text(encoding="utf-8")
CHANGED = ("mechanisms.wider_aims.settlement", "mechanisms.wider_aims.realignment")


def types():
    return load(CASE).beliefs.attacker.types


@cache
def small(*sets: str, horizon: int = 1) -> Game:
    """The first periods on the coarse grid."""
    return build(load(CASE, *sets, "lookahead=0"), grid="coarse", horizon=horizon)


def test_both_types_lie_as_far_from_the_case_without_types():
    """At even odds the means are the numbers of the case, so that `beliefs=null` is the same war without a secret."""
    aims = load(CASE).mechanisms["wider_aims"]
    limited, wider = types()
    assert tuple(limited.set) == tuple(wider.set) == CHANGED
    for path, without in zip(CHANGED, (aims.settlement, aims.realignment), strict=True):
        assert (limited.set[path] + wider.set[path]) / 2 == pytest.approx(without, abs=1e-12)


def test_the_ranges_of_the_types_meet_at_the_case_without_types():
    """So that in no draw from them the type with limited aims gains more from the war than the other."""
    limited, wider = types()
    settlement, realignment = CHANGED
    assert wider.set[settlement].range[1] <= limited.set[settlement].range[0]
    assert limited.set[realignment].range[1] <= wider.set[realignment].range[0]


def test_a_settlement_is_worth_less_to_the_type_with_wider_aims_by_what_the_page_says():
    limited, wider = (kind.set for kind in types())
    settlement, realignment = CHANGED
    terms = 0.25
    less = limited[settlement] - wider[settlement] + (wider[realignment] - limited[realignment]) * (1 - terms)
    assert less == pytest.approx(0.05, abs=1e-12)
    assert "At terms of 0.25 a settlement is worth 0.05 less" in PAGE


def test_beliefs_at_the_start_are_those_of_the_page():
    side = load(CASE).beliefs.attacker
    who = "the public|Ukraine|United States|the analyst"
    said = dict(re.findall(rf"^\| ({who})[^|]*\| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert {who: float(belief) for who, belief in said.items()} == pytest.approx({
        "the public": public_belief(side)[1], "Ukraine": belief_of(side, "defender")[1],
        "United States": belief_of(side, "patron")[1], "the analyst": belief_of(side, "truth")[1],
    })  # fmt: skip
    assert len(said) == 4


def test_types_differ_in_payoffs_alone_so_that_choices_tell_and_battles_do_not():
    weights = small().tables.profiles.operator_weight
    assert np.all(weights == weights[..., :1])


def further(file: str) -> list[str]:
    """Settings of the command of the page that reads a file of the page."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    content = {"resolve.yaml": blocks[0], "reservation.yaml": blocks[1]}[file]
    (line,) = [line for line in PAGE.splitlines() if line.startswith("ripeness run") and file in line]
    words = shlex.split(line.replace(f"$(cat {file})", "@"))
    return [after.replace("@", content) for word, after in pairwise(words) if word == "--set"]


def test_the_resolve_of_the_patron_can_be_a_secret_too():
    game = small(*further("resolve.yaml"), horizon=12)  # with the midterm elections
    assert dict(game.types) == {"patron": ("leaving", "committed")}
    assert game.tables.n_nodes == 9
    pressing = game.postures.index("press attacker")
    cost = game.tables.profiles.posture_cost[0, pressing]
    assert len(set(cost.tolist())) == 2
    weights = game.tables.profiles.operator_weight
    telling = np.flatnonzero(np.any(weights != weights[..., :1], axis=(1, 2)))
    mood = [axis.name for axis in game.axes].index("mood")
    stride = int(np.prod(game.tables.shape[mood + 1 :]))
    steps = game.tables.operator_offset[telling]
    assert telling.size == 2  # the switching of a month, and with it the redraw of an election
    assert np.all(steps % stride == 0)
    assert np.all(np.abs(steps) < 3 * stride)


def test_the_reservation_of_the_defender_can_be_a_secret_too():
    game = small(*further("reservation.yaml"))
    assert dict(game.types) == {"defender": ("firm", "yielding")}
    assert game.tables.n_nodes == 9
    firm, yielding = (k for k, role in enumerate(game.actor_of_row) if role == "defender")
    terms = game.terms
    pool, worth = game.tables.pool, game.tables.profiles.peace_fixed[0, :, :, 0]
    beyond = {line: np.maximum(terms - line, 0.0) for line in (0.22, 0.25)}
    harder = (beyond[0.22] - beyond[0.25]).max(axis=1) > 0.0
    assert harder.any()
    for n, is_harder in enumerate(harder):
        less = pool[worth[n, yielding]] - pool[worth[n, firm]]
        assert (less.max() > 1e-4) == is_harder
        assert less.min() > -1e-12


def test_nothing_but_the_aims_of_the_attacker_is_secret_by_default():
    assert list(load(CASE).beliefs.sides()) == ["attacker"]

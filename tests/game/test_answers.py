"""Hooks are asked once for all settings that look the same to them, and no game changes by that."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest

from ripeness.game.answers import Answers
from ripeness.mechanisms.base import Mechanism, Package, Setting
from ripeness.scenario import load
from ripeness.scenario.variants import with_numbers

LEVELS = {"territory": np.linspace(0.0, 1.0, 3)}
SEEN: list[tuple[str, Setting]] = []


def setting(**changes: Any) -> Setting:
    said = Setting(
        levels=LEVELS, posture="stand back", effort=(1.0, 0.5), period=0, n_periods=4, years_per_period=0.25,
        years_from_start=0.0, discount_yearly={"attacker": 0.1},
    )  # fmt: skip
    return dataclasses.replace(said, **changes)


class Watchful(Mechanism):
    """Reads one more field the deeper it looks."""

    name: ClassVar[str] = "watchful"

    def flow(self, at: Setting) -> Any:
        SEEN.append(("flow", at))
        if at.posture == "stand back":
            return {"attacker": at.levels["territory"] * 2.0}
        if at.effort[0] > 0.5:
            return {"attacker": at.levels["territory"] * at.effort[1]}
        return {"attacker": 1.0 * at.periods_until("2000-07")}

    def posture_cost(self, at: Setting) -> Any:
        SEEN.append(("posture_cost", at))
        return dataclasses.replace(at, posture="court attacker").period + vars(at)["n_periods"]

    def peace(self, at: Setting, package: Package, terms: Any) -> Any:
        SEEN.append(("peace", at))
        return np.asarray(terms) * package.guarantees


@pytest.fixture(autouse=True)
def _fresh() -> None:
    SEEN.clear()


def test_a_hook_is_asked_again_only_where_what_it_read_differs():
    memory, mechanism = Answers(), Watchful()
    at = [setting(period=k, effort=(e, 0.5), posture=p) for k in range(4) for e in (0.0, 1.0) for p in "ab"]
    back = [setting(period=k, effort=(e, 0.5)) for k in range(4) for e in (0.0, 1.0)]
    found = [memory.ask("watchful", mechanism, "flow", each) for each in (*at, *back, *at)]
    for answer, where in zip(found, (*at, *back, *at), strict=True):
        np.testing.assert_equal(answer, mechanism.flow(where))
    asked = len(SEEN) - len(found)
    # one for standing back; for each of two postures one at high effort, and four dates at low effort
    assert asked == 1 + 2 * (1 + 4)


def test_a_setting_that_a_hook_copies_counts_as_read_whole():
    memory, mechanism = Answers(), Watchful()
    at = [setting(period=k) for k in range(3)]
    assert [memory.ask("watchful", mechanism, "posture_cost", each) for each in at] == [4, 5, 6]


def test_equal_answers_are_one_object_and_other_grids_have_their_own():
    memory, mechanism = Answers(), Watchful()
    one = memory.ask("watchful", mechanism, "flow", setting(posture="a", effort=(1.0, 0.5)))
    assert memory.ask("watchful", mechanism, "flow", setting(posture="b", effort=(0.9, 0.5))) is one
    finer = setting(posture="a", levels={"territory": np.linspace(0.0, 1.0, 5)})
    assert memory.ask("watchful", mechanism, "flow", finer)["attacker"].shape == (5,)
    same = setting(posture="a", levels={"territory": np.linspace(0.0, 1.0, 3)})
    assert memory.ask("watchful", mechanism, "flow", same) is one


def test_packages_are_known_by_their_content():
    memory, mechanism, at = Answers(), Watchful(), setting()
    one, other = Package("a", 0.5, guarantees=0.5), Package("a", 0.5, guarantees=0.8)
    assert memory.ask("watchful", mechanism, "peace", at, [one, 0.5]) == 0.25
    assert memory.ask("watchful", mechanism, "peace", at, [other, 0.5]) == 0.4
    assert memory.ask("watchful", mechanism, "peace", at, [dataclasses.replace(one), 0.5]) == 0.25
    assert len(SEEN) == 2


@pytest.mark.parametrize("case", ["screening", "korea-1951-07"])
def test_games_of_a_draw_and_its_variant_are_the_same_with_and_without_memory(case: str):
    from ripeness.game import build

    scenario = load(case)
    territory = with_numbers(scenario.mechanisms["territory"], {"attacker_cost": 0.07})
    variant = scenario.model_copy(update={"mechanisms": {**scenario.mechanisms, "territory": territory}})
    memory = Answers()
    for each in (scenario, variant, scenario):
        alone, remembered = build(each, grid="coarse"), build(each, grid="coarse", answers=memory)
        assert _plain(alone.tables) == _plain(remembered.tables)
        assert alone.noise == remembered.noise
    assert _plain(build(scenario, grid="coarse").tables) != _plain(build(variant, grid="coarse").tables)


@pytest.mark.parametrize(("case", "horizon"), [("ukraine-2025-12-complete", 40), ("screening", 5)])
def test_epochs_that_are_alike_have_the_same_maps_and_only_these(case: str, horizon: int):
    from ripeness.game import build
    from ripeness.game.alike import first_alike
    from ripeness.game.build import variants_of

    game = build(load(case).model_copy(update={"lookahead": 0}), grid="coarse", horizon=horizon)
    tables = game.tables
    maps = [
        [getattr(tables, name)[epoch].tobytes() for name in ("flow", "recognition", "peace_fixed", "posture_cost")]
        + [tables.nature[:, epoch].tobytes()]
        for epoch in range(tables.flow.shape[0])
    ]
    assert first_alike(variants_of(game)) == tuple(map(maps.index, maps))
    if case != "screening":
        assert len(set(map(str, maps))) < len(maps)


def test_answers_that_depend_on_no_date_are_known_as_such():
    memory, mechanism = Answers(), Watchful()
    for posture, timeless in (("stand back", True), ("a", True)):
        at = setting(posture=posture)
        memory.ask("watchful", mechanism, "flow", at)
        assert memory.timeless(mechanism, "flow", at) == timeless
    weary = setting(posture="a", effort=(0.1, 0.1))
    memory.ask("watchful", mechanism, "flow", weary)
    assert not memory.timeless(mechanism, "flow", weary)
    assert not memory.timeless(mechanism, "peace", weary, [Package("a", 0.5), 0.5])  # never asked


def _plain(value: Any) -> Any:
    """Arrays as their bytes."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value

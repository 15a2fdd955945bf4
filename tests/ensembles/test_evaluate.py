"""One draw: the grid that it is solved on, whatever is asked of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ripeness.ensembles.draws import design
from ripeness.ensembles.evaluate import Batch, Work, refined
from ripeness.ensembles.inquiry import Options, ask_why
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import BASE, Variant, variant
from ripeness.game import build
from ripeness.game.errors import CoarseGridError, GameError
from ripeness.mechanisms.axes import MOST_POINTS, n_points, normal_points
from ripeness.mechanisms.base import GridSize
from ripeness.questions.digest import Digest
from ripeness.questions.measures import parse_asked
from ripeness.scenario import load
from ripeness.scenario.schema import Scenario

SPREAD = "mechanisms.territory.spread"
WIDE, NARROW = 0.02, 0.011
"""Of the front; at the first the drift fits four points, at the second it does not."""

DEARER = variant({"mechanisms.territory.attacker_cost": "x2"})


def war(points: int = 4, **sets: Any) -> Scenario:
    """A war whose front stands on few points, over three months."""
    others = [f"{path}={value}" for path, value in sets.items()]
    return load("korea-1951-07", ["horizon=3", "lookahead=0", f"mechanisms.territory.points={points}", *others])


def points_of(content: bytes | None) -> int:
    assert content is not None
    return int(Digest.from_bytes(content).arrays["points/territory"].size)


def solved(spread: float, *variants: Variant, grid: GridSize = "coarse") -> list[Any]:
    work = Work(war(), (SPREAD,), grid)
    return list(work(Batch(0, [spread], variants)))


def test_the_number_of_points_of_the_normal_grid_is_the_least_that_will_do():
    for grid in ("coarse", "normal", "fine"):
        for points in range(1, 60):
            normal = normal_points(points, grid)
            assert n_points(normal, grid) >= points
            assert normal == 1 or n_points(normal - 1, grid) < points


def test_a_draw_that_needs_more_points_gets_them_with_all_its_variants():
    with pytest.raises(CoarseGridError) as short:
        build(war(), grid="coarse")  # the case's own spread is between the two
    assert short.value.mechanism == "territory"
    needed = short.value.points
    assert needed > 4
    for result in solved(NARROW, BASE, DEARER):
        assert result.failure is None
        assert points_of(result.content) >= needed


def test_a_draw_that_does_not_keeps_its_grid():
    for result in solved(WIDE, BASE, DEARER):
        assert points_of(result.content) == 4


def test_the_grid_of_a_variant_is_that_of_its_draw_whatever_else_is_asked_for():
    together = solved(NARROW, BASE, DEARER)[1]
    assert solved(NARROW, DEARER)[0].content == together.content


def test_a_variant_that_alone_needs_more_points_fails_with_its_sentence():
    """It is compared with the draw, which has its own grid."""
    as_drawn, narrower = solved(WIDE, BASE, variant({SPREAD: NARROW}))
    assert as_drawn.failure is None
    assert "too coarse" in narrower.failure


@pytest.mark.parametrize("grid", ["coarse", "normal", "fine"])
def test_points_are_added_on_every_size_of_grid_and_a_grid_that_does_is_left_alone(grid: GridSize):
    with pytest.raises(CoarseGridError) as short:
        build(war(), grid=grid)
    found, game = refined(war(), grid)
    assert game is not None
    (points,) = (axis.values.size for axis in game.axes if axis.name == "territory")
    assert points >= short.value.points
    assert refined(found, grid)[0] is found


def test_what_no_number_of_points_would_do_for_stays_an_error():
    narrow = war(**{SPREAD: "{value: 1e-5}"})
    assert refined(narrow, "coarse") == (narrow, None)
    with pytest.raises(GameError, match="it would take") as fault:
        build(narrow, grid="coarse")
    assert not isinstance(fault.value, CoarseGridError)
    assert int(str(fault.value).split("it would take ")[1].split()[0]) > MOST_POINTS


def test_a_variant_of_a_draw_that_fails_is_judged_by_itself_in_any_order():
    cured = variant({SPREAD: WIDE})
    impossible = Work(war(), (SPREAD,), "coarse")
    for order in ((BASE, cured), (cured, BASE), (cured,)):
        for result in impossible(Batch(0, [1e-5], order)):
            assert (result.failure is None) == (result.variant == cured.id)


def test_an_ensemble_says_in_how_many_draws_an_axis_got_more_points(tmp_path: Path):
    asked = parse_asked("still_open:at=2")
    wide = {"value": WIDE, "range": [NARROW, WIDE]}
    answer = ask_why(war(**{SPREAD: json.dumps(wide)}), asked, Options(n=16, workers=1, folder=tmp_path), local=False)
    (note,) = (each for each in answer.ensemble.notes if "more points" in each)
    done = Sweep(answer.scenario, design(answer.scenario, 16, 0, "latin"), (BASE,), tmp_path, "coarse")
    sizes = [points_of(digest.to_bytes()) for _, digest in done.digests() if digest is not None]
    assert 0 < sum(size > 4 for size in sizes) < len(sizes) == 16
    assert f"In {sum(size > 4 for size in sizes)} of 16 draws the axis territory has more points" in note

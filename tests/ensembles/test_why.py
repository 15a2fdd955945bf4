"""Sensitivities against closed forms, elasticities against derivatives of the engine."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.engine.gradient import gradient
from ripeness.ensembles.draws import latin, saltelli, varying
from ripeness.ensembles.errors import EnsembleError
from ripeness.ensembles.inquiry import Options, ask_why
from ripeness.ensembles.sweep import extend, sweep
from ripeness.ensembles.why import block_indices, elasticities, given_data
from ripeness.game import build
from ripeness.runs.solving import solve
from ripeness.scenario.measures import Asked, parse_asked
from tests.ensembles.wars import SPEED, START, war

WEIGHTS = np.array([4.0, 2.0, 1.0])
KNOWN = WEIGHTS**2 / np.sum(WEIGHTS**2)
"""Sobol indices of a sum of independent evenly spread numbers, first and total alike."""


def linear(points):
    return points[:, :3] @ WEIGHTS


@pytest.mark.parametrize("p", [3, 12])
def test_indices_of_a_linear_toy_agree_with_the_closed_form(p):
    points = saltelli(256 * (p + 2), p, 0)
    found, blocks = block_indices(linear(points), [str(k) for k in range(p)])
    assert blocks == 256
    by_path = {int(each.path): each for each in found}
    for k in range(p):
        known = KNOWN[k] if k < 3 else 0.0
        assert by_path[k].first == pytest.approx(known, abs=1.5 * by_path[k].first_error + 1e-9)  # three errors
        assert by_path[k].total == pytest.approx(known, abs=1.5 * by_path[k].total_error + 1e-9)
    assert [int(each.path) for each in found[:3]] == [0, 1, 2]


def test_interactions_show_between_first_and_total():
    """Of (x - 1/2)(y - 1/2) neither accounts for anything alone, and both for all together."""
    points = saltelli(512 * 5, 3, 1)
    found, _ = block_indices((points[:, 0] - 0.5) * (points[:, 1] - 0.5), ["x", "y", "z"])
    by_path = {each.path: each for each in found}
    for name in ("x", "y"):
        assert by_path[name].first == pytest.approx(0.0, abs=0.1)
        assert by_path[name].total == pytest.approx(1.0, abs=0.2)
    assert by_path["z"].total == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("p", [3, 40])
def test_given_draws_give_the_first_indices(p):
    points = latin(512, p, 0)
    found = {int(each.path): each for each in given_data(points, linear(points), [str(k) for k in range(p)])}
    for k in range(3):
        # 0.05: three standard deviations of the estimator at 512 draws, over seeds
        assert found[k].first == pytest.approx(KNOWN[k], abs=0.06)
    assert max(abs(found[k].first) for k in range(3, p)) < 0.1 if p > 3 else True


def test_blocks_with_a_failed_draw_are_left_out():
    points = saltelli(64 * 5, 3, 0)
    values = linear(points)
    values[7] = np.nan
    found, blocks = block_indices(values, ["a", "b", "c"])
    assert blocks == 63
    assert np.isfinite(found[0].total)
    with pytest.raises(EnsembleError, match="multiple of 5"):
        block_indices(values[:-1], ["a", "b", "c"])


def test_what_does_not_vary_has_no_indices():
    points = latin(128, 3, 0)
    assert given_data(points, np.ones(128), ["a", "b", "c"]) == ()
    assert block_indices(np.ones(40), ["a", "b", "c"]) == ((), 8)


@pytest.fixture
def only(monkeypatch):
    """Lets differences be taken for some assumptions only, so that a test stays short."""

    def limit(*paths):
        monkeypatch.setattr(
            "ripeness.ensembles.why.varying", lambda scenario: [r for r in varying(scenario) if r.path in paths]
        )

    return limit


def test_elasticities_agree_with_the_exact_derivative(tmp_path, only):
    """A cost enters flows as a straight line: dV/dc is the derivative by the tables times their slope."""
    asked, path = Asked("value", of="attacker"), "mechanisms.territory.attacker_cost"
    only(path, "actors.defender.discount_yearly")
    sharp = [f"choices.precision.{name}={{value: 300}}" for name in ("response", "offer")]
    scenario = war("", f"{path}={{value: 0.2, range: [0.1, 0.3]}}", *sharp)
    done = sweep(scenario, 1, grid="normal", workers=1, folder=tmp_path, kind="latin")
    found = {
        each.path: each
        for each in elasticities(
            scenario, asked, done.central_value(asked), lambda v: extend(done, v, workers=1), checked=20
        )
    }[path]

    def game_at(cost: float):
        return build(war("", f"{path}={{value: {cost}}}", *sharp), grid="normal")

    game = game_at(0.2)
    slopes = (game_at(0.25).tables.pool - game_at(0.15).tables.pool) / 0.1
    exact = float((gradient(solve(game, dtype=np.float64), 0).pool * slopes).sum())
    assert exact < -0.01
    # float32 of a value near 0.3 over twice a step of 0.005: 6e-8 * 0.3 / 0.01, some ulps of it
    assert found.slope == pytest.approx(exact, abs=5e-5)
    assert found.disagreement < 1e-3
    assert found.swing == pytest.approx(exact * 0.2, abs=1e-5)
    assert found.elasticity == pytest.approx(exact * 0.2 / done.central_value(asked), rel=1e-2)


def test_at_the_end_of_a_range_only_one_side_is_looked_at(tmp_path, only):
    """The line after two years is start + 2 speed, at whichever side one looks."""
    scenario = war("", "mechanisms.territory.start={value: 0.3, range: [0.3, 0.4]}")
    asked = parse_asked("level:of=territory,at=24")
    only("mechanisms.territory.start")
    done = sweep(scenario, 1, grid="normal", workers=1, folder=tmp_path, kind="latin")
    found = elasticities(scenario, asked, done.central_value(asked), lambda v: extend(done, v, workers=1), checked=2)
    first = found[0]
    assert (first.path, first.one_sided) == ("mechanisms.territory.start", True)
    assert first.slope == pytest.approx(1.0, abs=2e-3)  # float32 over a step of 0.0025
    assert first.elasticity == pytest.approx(START / (START + 2 * SPEED), abs=2e-3)


@pytest.mark.slow
def test_indices_of_solved_games_agree_with_the_closed_form(tmp_path):
    """The line after two years is start + 2 speed, a sum of independent evenly spread numbers."""
    scenario = war(
        "", "mechanisms.territory.start={value: 0.3, range: [0.25, 0.35]}",
        "mechanisms.territory.speed={value: 0.02, range: [0.01, 0.03]}",
    )  # fmt: skip
    options = Options(grid="normal", workers=1, folder=tmp_path)
    answer = ask_why(scenario, parse_asked("level:of=territory,at=24"), options, blocks=16, local=False)
    first, second, *others = answer.why.sensitivities
    known = 0.1**2 / (0.1**2 + 0.04**2)
    assert first.path == "mechanisms.territory.start"
    assert first.total == pytest.approx(known, abs=1.5 * first.total_error)  # three errors
    assert second.path == "mechanisms.territory.speed"
    assert second.total == pytest.approx(1.0 - known, abs=1.5 * second.total_error)
    assert max(each.total for each in others) < 1e-6
    assert answer.ensemble.kind == "saltelli"


def test_correlated_assumptions_have_no_parts_of_their_own(tmp_path):
    scenario = war("""
correlations:
  - {between: [actors.attacker.discount_yearly, actors.defender.discount_yearly], rank: 0.5}
""")
    with pytest.raises(EnsembleError, match="independent"):
        ask_why(scenario, parse_asked("value:of=defender"), Options(folder=tmp_path), blocks=2)


@pytest.mark.slow
def test_two_numbers_account_for_a_value(tmp_path):
    scenario = war("", "mechanisms.territory.start={value: 0.3, range: [0.25, 0.35]}")
    options = Options(n=256, grid="normal", workers=1, folder=tmp_path)
    answer = ask_why(scenario, parse_asked("value:of=defender"), options, local=False)
    first = {each.path for each in answer.why.sensitivities[:2]}
    assert first == {"mechanisms.territory.start", "mechanisms.territory.defender_losses"}
    assert sum(each.first for each in answer.why.sensitivities[:2]) == pytest.approx(1.0, abs=0.15)

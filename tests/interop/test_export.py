"""`ripeness export gambit`: slices of scenarios, what they leave out, refusals, and files that are whole or absent."""

from __future__ import annotations

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ripeness.cli import export_commands
from ripeness.engine import solve
from ripeness.game import build
from ripeness.interop import unroll
from ripeness.interop.export import export_gambit
from ripeness.interop.slicing import hold_state, keep_packages, keep_periods, keep_postures
from ripeness.runs.errors import RunError
from ripeness.runs.reading import read_scenario

from .games import tiny
from .solving import largest_difference, of_engine, read_back, traced

AGREEMENT = 1e-6


@pytest.fixture
def command():
    """The command in a program of its own."""
    app = typer.Typer()
    export_commands.add_to(app)
    app.command()(lambda: None)  # a program of several commands, as the real one is

    def call(*arguments: object):
        return CliRunner().invoke(app, ["export", "gambit", *map(str, arguments)])

    return call


def test_a_slice_of_a_shipped_case_has_the_equilibrium_of_the_whole_game(tmp_path):
    """The first period of the textbook case with three packages: the tracer's offers are those of the engine, which
    solves all periods, because the rest of the game is put at its worth."""
    packages = [package.name for package in build(read_scenario("textbook").scenario).packages[:3]]
    done = export_gambit("textbook", tmp_path / "t.efg", packages=packages)
    assert done.information_sets <= 60
    outside = read_back((tmp_path / "t.efg").read_text(encoding="utf-8"))
    assert sum(len(player.infosets) for player in outside.players) == done.information_sets
    tables = keep_packages(build(read_scenario("textbook").scenario, grid="coarse").tables, range(3))
    whole = solve(tables, dtype=np.float64, threads=1)
    game = unroll(keep_periods(tables, 1, whole.values[1, :, :, 0]))
    assert largest_difference(traced(game), of_engine(game, whole)) < AGREEMENT


@pytest.mark.parametrize(("case", "options"), [
    ("korea-1951-07", ("--fixed-state", "--package", "line of contact, voluntary return at once")),
    ("ukraine-2025-12", ("--fixed-state", "--package", "line, guarantees 0.3", "--posture", "stand back",
                         "--as-if-decisive")),
])  # fmt: skip
def test_every_large_case_has_a_slice_that_can_be_exported(command, tmp_path, case, options):
    file = tmp_path / "war.efg"
    said = command(case, "--out", file, *options)
    assert said.exit_code == 0, said.output
    assert "nature's moves and ends of the war are dropped" in said.output
    assert file.read_bytes().startswith(b"EFG 2 R ")


def test_a_state_that_is_held_fixed_pays_what_it_pays_there():
    tables = tiny(3, states=3, exits=True, n_packages=1)
    held = hold_state(tables, 2)
    plain = solve(held, dtype=np.float64, threads=1)
    game = unroll(held)
    assert largest_difference(traced(game), of_engine(game, plain)) < AGREEMENT
    assert held.n_states == 1
    assert held.pool[held.flow[0, 0, 0, 0], 0] == tables.pool[tables.flow[0, 0, 0, 0], 2]


def test_a_patron_with_one_posture_left_does_not_choose():
    tables = keep_postures(tiny(3, postures=2), [1])
    assert {known.agent.decision for known in unroll(tables).information_sets} == {"offer", "response"}
    game, solution = unroll(tables), solve(tables, dtype=np.float64, threads=1)
    assert {known.posture for known in game.information_sets} == {1}
    assert largest_difference(traced(game), of_engine(game, solution)) < AGREEMENT


def test_fewer_packages_keep_their_own_weights():
    tables = tiny(3, n_packages=4)
    kept = keep_packages(tables, [3, 1])
    np.testing.assert_array_equal(kept.offer_weight, tables.offer_weight[:, [3, 1, 4]])
    np.testing.assert_array_equal(kept.peace_fixed, tables.peace_fixed[:, [3, 1]])


def test_fewer_periods_with_the_rest_at_its_worth_change_no_decision():
    tables = tiny(3, n_periods=4)
    whole = solve(tables, dtype=np.float64, threads=1)
    cut = keep_periods(tables, 2, whole.values[2, :, :, 0])
    np.testing.assert_array_equal(solve(cut, dtype=np.float64, threads=1).values[:2], whole.values[:2])


@pytest.mark.parametrize("cut", [
    lambda t: keep_packages(t, []), lambda t: keep_packages(t, [0, 0]), lambda t: keep_packages(t, [2]),
    lambda t: keep_postures(t, [1]), lambda t: keep_postures(t, []), lambda t: hold_state(t, 1), lambda t: keep_periods(t, 0), lambda t: keep_periods(t, 2),
])  # fmt: skip
def test_a_slice_outside_the_game_is_refused(cut):
    with pytest.raises(ValueError, match=r"got"):
        cut(tiny(0))


@pytest.mark.parametrize(("options", "words"), [
    ((), "information sets, the limit is 60"),
    (("--periods", 0), "--periods must lie in 1 .."),
    (("--periods", 10_000), "got 10000"),
    (("--package", "nonsense"), "--package must name different packages"),
    (("--set", "horizon=-3"), "horizon"),
])  # fmt: skip
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(command, tmp_path, options, words):
    said = command("textbook", "--out", tmp_path / "war.efg", *options)
    assert said.exit_code == 2
    assert words in said.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_exported_game_is_left_alone(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="left as it is"):
        export_gambit("textbook", file)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RunError, match="nowhere is no folder"):
        export_gambit("textbook", tmp_path / "nowhere" / "war.efg")


def test_an_exported_game_is_replaced_by_the_same_bytes(tmp_path):
    file, packages = tmp_path / "war.efg", [build(read_scenario("textbook").scenario).packages[0].name]
    export_gambit("textbook", file, packages=packages)
    before = file.read_bytes()
    export_gambit("textbook", file, packages=packages)
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["war.efg"]

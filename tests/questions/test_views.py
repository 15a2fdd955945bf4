"""Outlooks of games with types, as each sees them, against the plain loops of the theory's reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ripeness.engine import Solution
from ripeness.questions import Outlook, beliefs, forecast, lessons, secrets, views
from ripeness.questions.labels import values_of
from tests.questions import toys as plain
from tests.questions import typed_toys as toys
from tests.questions.typed_toys import GAMES, outlook, played

ROUNDING = 1e-12
"""Sums of at most 1e4 terms of size one in double precision."""


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.slow if " and " in name else ()) for name in GAMES])
def game(request: pytest.FixtureRequest) -> toys.Played:
    return played(request.param)


def array(out: Outlook, name: str) -> np.ndarray:
    return np.asarray(values_of(out.tree, name))


def test_the_outlook_under_a_view_is_the_mean_of_those_given_each_type(game: toys.Played) -> None:
    given = {name: outlook(game, name) for name in views.view_names(game.game) if ": " in name}
    if len(game.game.types) == 1:
        believed = {"truth": (0.6, 0.4), "attacker": (0.6, 0.4), "defender": (0.3, 0.7), "patron": (0.8, 0.2)}
        for view, weight in believed.items():
            seen = outlook(game, view)
            for name in ("outlook/end_probability", "outlook/settlement_by_proposer", "outlook/terms_probability"):
                expected = sum(w * array(each, name) for w, each in zip(weight, given.values(), strict=True))
                np.testing.assert_allclose(array(seen, name), expected, rtol=0, atol=ROUNDING)
    for name in views.view_names(game.game):
        cumulative = array(outlook(game, name), "outlook/cumulative_probability")
        every = outlook(game).tree["views/cumulative_probability"].sel(view=name)
        np.testing.assert_allclose(cumulative, every, rtol=0, atol=ROUNDING)


def test_what_is_open_under_the_truth_is_what_the_prior_makes_of_the_profiles(game: toys.Played) -> None:
    forward, out = game.forward, outlook(game)
    np.testing.assert_allclose(
        array(out, "outlook/open_probability"), forward.open[:-1] @ forward.prior, rtol=0, atol=ROUNDING
    )
    np.testing.assert_allclose(array(out, "views/profile_probability")[0], forward.prior, rtol=0, atol=ROUNDING)
    line = forward.mass[:-1].sum(axis=3).transpose(0, 2, 1) @ forward.prior
    found = array(out, "axes/territory/distribution") * array(out, "outlook/open_probability")[:, None]
    np.testing.assert_allclose(found, line, rtol=0, atol=ROUNDING)


def test_values_are_those_of_the_own_type_where_the_war_stands(game: toys.Played) -> None:
    tables, out = game.game.tables, outlook(game)
    rows = {
        (int(side), int(kind)): r for r, (side, kind) in enumerate(zip(tables.row_side, tables.row_type, strict=True))
    }
    for period in range(tables.n_periods):
        total, is_open = np.zeros(3), 0.0
        for theta, profile in enumerate(game.reference.beliefs.profiles):
            mass = game.forward.prior[theta] * game.forward.mass[period, theta]
            own = [rows[side, kind] for side, kind in enumerate(profile)]
            total += (game.reference.values[period, own] * mass).sum(axis=(1, 2))
            is_open += mass.sum()
        np.testing.assert_allclose(array(out, "outlook/value")[period], total / is_open, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(array(out, "views/value")[0], array(out, "outlook/value")[0], rtol=0, atol=ROUNDING)


def test_the_analyst_is_right_on_average_about_what_is_still_open(game: toys.Played) -> None:
    for role in game.game.types:
        tree = outlook(game).tree[f"beliefs/{role}"]
        mean = tree["mean"].sel(view="truth", observer="truth").values
        share = tree["type_probability"].sel(view="truth").values
        np.testing.assert_allclose(mean, share, rtol=0, atol=1e-10)  # Bayes' rule holds to 1e-12 in log-odds


def test_a_belief_is_a_martingale_under_the_analysts_truth(game: toys.Played) -> None:
    out, forward = outlook(game), game.forward
    for role in game.game.types:
        tree = out.tree[f"beliefs/{role}"]
        side, axis = ("attacker", "defender").index(role), views.axis_of(game.game, role)
        at_node = views.belief_at_nodes(game.game, role, "truth")
        place = np.array(game.reference.beliefs.joint)[:, side]
        at_horizon = np.einsum("x,xsb->b", forward.prior, forward.mass[-1])
        settled = float(array(out, "outlook/cumulative_probability")[-1, 0])
        signed = settled * tree["signed_distribution"].sel(view="truth").values
        assert axis.nodes.shape == at_node.shape
        np.testing.assert_allclose(
            signed @ at_node + at_horizon @ at_node[place], tree["start"].sel(observer="truth"), rtol=0, atol=1e-10
        )


def test_a_wrong_belief_is_followed_history_by_history(game: toys.Played) -> None:
    for role, kinds in game.game.types.items():
        tree = outlook(game).tree[f"beliefs/{role}"]
        side = ("attacker", "defender").index(role)
        place = np.array(game.reference.beliefs.joint)[:, side]
        for k in range(len(kinds)):
            weight = views.weights_of(game.game, views.type_name(role, kinds[k]))
            for o, observer in enumerate(views.observers(game.game, role)):
                seen = views.belief_at_nodes(game.game, role, observer)[place, k]
                for t in range(game.game.tables.n_periods):
                    at = np.einsum("x,xsb->b", weight, game.forward.mass[t])
                    assert tree["in_true_type"][t, k, o] == pytest.approx(at @ seen / at.sum(), abs=ROUNDING)
                    assert tree["misled"][t, k, o] == pytest.approx(at @ (seen < 0.5) / at.sum(), abs=ROUNDING)
                at = np.einsum("x,txb->b", weight, game.forward.settled_at)
                wrong = float(at @ (seen < 0.5) / at.sum())
                assert tree["misled_at_settlement"][k, o] == pytest.approx(wrong, abs=ROUNDING)
                reached = tree["in_true_type"].values[:, k, o] >= 0.5
                first = tree["seen_through"].values[k, o]
                assert np.isnat(first) if not reached.any() else first == array(outlook(game), "time")[reached.argmax()]


def test_a_rejection_teaches_by_bayes_rule(game: toys.Played) -> None:
    # One starting state and one posture: what is seen are the answers alone.
    start = int(np.flatnonzero(game.game.tables.initial)[0])
    node = game.reference.beliefs.start
    for role in game.game.types:
        side = ("attacker", "defender").index(role)
        tree = outlook(game).tree[f"beliefs/{role}"]
        for n in range(len(game.game.packages)):
            accepts = game.reference.stages[0].answer[side, 0, n, start][node].probability[:, 0]
            np.testing.assert_allclose(tree["acceptance_by_type"][n], accepts, rtol=0, atol=ROUNDING)
            for observer in views.observers(game.game, role):
                prior = views.belief_at_start(game.game, role, observer)
                for name, likelihood in (("after_rejection", 1 - accepts), ("after_acceptance", accepts)):
                    expected = prior * likelihood / (prior @ likelihood)
                    found = tree[name].sel(observer=observer)[n]
                    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_offers_and_efforts_teach_nothing_on_average(game: toys.Played) -> None:
    for role in game.game.types:
        tree = outlook(game).tree[f"beliefs/{role}"]
        for act in ("offer", "effort"):
            for observer in views.observers(game.game, role):
                prior = views.belief_at_start(game.game, role, observer)
                likely = tree[f"{act}_by_type"].values @ prior
                assert likely.sum() == pytest.approx(1.0, abs=ROUNDING)
                mean = likely @ tree[f"after_{act}"].sel(observer=observer).values
                np.testing.assert_allclose(mean, prior, rtol=0, atol=1e-10)


def test_gains_by_line_are_those_at_the_beliefs_of_the_start(game: toys.Played) -> None:
    out, stage = outlook(game), game.reference.stages[0]
    node = game.reference.beliefs.start
    found = array(out, "seats/gain_by_line")
    rows = views.rows_of(game.game)
    for n in range(len(game.game.packages)):
        gain = stage.peace[n, :, :, node] - stage.continuation[0, :, :, node]
        expected = sum(w * gain[own].T for w, own in zip(game.forward.prior, rows, strict=True))
        np.testing.assert_allclose(found[:, :, n], expected, rtol=0, atol=ROUNDING)


def test_the_postures_of_a_patron_with_types_tell_of_them() -> None:
    forces = {"line": plain.Line(points=3, spread=0.2), "talks": plain.Talks(), "bill": toys.Bill()}
    choices = {"precision": {"offer": 60.0, "response": 60.0, "effort": 40.0, "posture": 300.0}}
    game = toys.play(toys.tiny(mechanisms=forces, horizon=2, beliefs={"patron": toys.PATRON}, choices=choices))
    tree = outlook(game).tree
    group = tree["beliefs/patron"]
    start, node = int(np.flatnonzero(game.game.tables.initial)[0]), game.reference.beliefs.start
    chance = game.reference.stages[0].posture[start][node].probability
    np.testing.assert_allclose(group["posture_by_type"], chance.T, rtol=0, atol=ROUNDING)
    assert np.ptp(chance, axis=0).max() > 0.05  # the types do differ in what they do
    for observer in views.observers(game.game, "patron"):
        prior = views.belief_at_start(game.game, "patron", observer)
        for m in range(chance.shape[1]):
            expected = prior * chance[:, m] / (prior @ chance[:, m])
            found = group["after_posture"].sel(observer=observer)[m]
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
    assert "after_rejection" not in group  # it does not answer offers
    assert "gain_by_line" not in tree["seats"]
    fight = array(outlook(game), "outlook/continuation")[0]
    rows = views.rows_of(game.game)
    expected = sum(
        w * game.passed[0].continuation[own, start * game.game.tables.n_nodes + node]
        for w, own in zip(game.forward.prior, rows, strict=True)
    )
    np.testing.assert_allclose(fight, expected, rtol=0, atol=ROUNDING)


def test_an_unknown_view_names_the_known_ones(game: toys.Played) -> None:
    with pytest.raises(ValueError, match="truth, attacker, defender, patron, attacker: limited aims"):
        outlook(game, "world")


def test_where_all_know_the_same_all_views_are_the_same(tiny: Solution, tiny_outlook: Outlook) -> None:
    seen = forecast(tiny, view="patron").tree
    assert seen.attrs["view"] == "patron"
    seen.attrs["view"] = "truth"
    xr.testing.assert_identical(seen, tiny_outlook.tree)
    with pytest.raises(ValueError, match="truth, attacker, defender, patron; got"):
        forecast(tiny, view="attacker: limited aims")


def test_every_variable_is_documented_and_has_a_unit_and_a_meaning(game: toys.Played) -> None:
    page = (Path(__file__).parents[2] / "docs" / "outlook.md").read_text(encoding="utf-8")
    known = {*views.CATALOGUE, *beliefs.CATALOGUE, *lessons.CATALOGUE, *secrets.CATALOGUE}
    assert [name for name in sorted(known) if f"`{name}`" not in page] == []
    for path in ("views", *(f"beliefs/{role}" for role in game.game.types)):
        for name, values in outlook(game).tree[path].data_vars.items():
            assert str(name) in known
            assert values.attrs["long_name"], name
            assert "units" in values.attrs or values.dtype.kind == "M", name


def test_tree_with_types_survives_a_file_unchanged(game: toys.Played, tmp_path: Path) -> None:
    out = outlook(game)
    out.tree.to_netcdf(tmp_path / "outlook.nc", engine="h5netcdf")
    with xr.open_datatree(tmp_path / "outlook.nc", engine="h5netcdf") as read:
        xr.testing.assert_identical(out.tree, read.load())

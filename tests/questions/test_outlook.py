"""Every measure of the outlook against a forward pass by plain loops, and against sampling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ripeness.engine import Solution
from ripeness.questions import (
    Outlook,
    agreement,
    endings,
    forecast,
    outlook,
    paths,
    perspectives,
    ripe,
    seats,
    simulate,
)
from ripeness.questions.endings import LASTING_YEARS, SETTLEMENT, STILL_OPEN
from ripeness.questions.labels import values_of
from tests.questions.brute import Forward, forward

ROUNDING = 1e-12
"""Sums of at most 1e4 terms of size one in double precision."""


@pytest.fixture(scope="module")
def brute(tiny: Solution) -> Forward:
    return forward(tiny, tiny.game)


def _array(out: Outlook, name: str) -> np.ndarray:
    return np.asarray(values_of(out.tree, name))


def _given_open(brute: Forward, period: int, values: np.ndarray) -> np.ndarray:
    """Expectation over the states of one period; the state is the last axis of `values`."""
    mass = brute.open[period]
    return sum(p * values[..., s] for s, p in mass.items()) / sum(mass.values())  # type: ignore[return-value]


def _fight(brute: Forward, period: int) -> np.ndarray:
    d = brute.decided[period]
    return np.einsum("ms,mrs->rs", d.posture, d.continuation)


def test_ends_are_booked_in_their_period_and_sum_to_one(tiny_outlook: Outlook, brute: Forward) -> None:
    ends = [str(e) for e in _array(tiny_outlook, "outlook/end")]
    assert ends == [SETTLEMENT, "collapse of the defender", "withdrawal of the attacker", STILL_OPEN]
    expected = np.zeros((len(brute.open), len(ends)))
    for settled in brute.settled:
        expected[settled.period, 0] += settled.mass
    for (period, end), mass in brute.ended.items():
        expected[period, ends.index(end)] += mass
    found = _array(tiny_outlook, "outlook/end_probability")
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING)
    assert found.sum() == pytest.approx(1.0, abs=ROUNDING)
    np.testing.assert_allclose(
        _array(tiny_outlook, "outlook/cumulative_probability"), expected.cumsum(0), rtol=0, atol=ROUNDING
    )
    is_open = np.array([sum(mass.values()) for mass in brute.open])
    np.testing.assert_allclose(_array(tiny_outlook, "outlook/open_probability"), is_open, rtol=0, atol=ROUNDING)


def test_settlements_by_package_and_proposer(tiny_outlook: Outlook, brute: Forward) -> None:
    by_package = np.zeros((len(brute.open), 6))
    by_proposer = np.zeros((len(brute.open), 3))
    for s in brute.settled:
        by_package[s.period, s.package] += s.mass
        by_proposer[s.period, s.proposer] += s.mass
    found = _array(tiny_outlook, "outlook/settlement_probability")
    np.testing.assert_allclose(found, by_package, rtol=0, atol=ROUNDING)
    found = _array(tiny_outlook, "outlook/settlement_by_proposer")
    np.testing.assert_allclose(found, by_proposer, rtol=0, atol=ROUNDING)


def test_terms_are_those_of_the_package_in_the_state_where_it_is_signed(
    tiny: Solution, tiny_outlook: Outlook, brute: Forward
) -> None:
    terms = tiny.game.terms
    for t in range(len(brute.open)):
        signed = [(terms[s.package, s.state], s.mass) for s in brute.settled if s.period == t]
        x, w = np.array(signed).T
        mean = float((x * w).sum() / w.sum())
        assert _array(tiny_outlook, "outlook/terms_mean")[t] == pytest.approx(mean, abs=ROUNDING)
        order = np.argsort(x)
        reached = np.cumsum(w[order]) / w.sum()
        expected = [x[order][np.argmax(reached >= q - 1e-9)] for q in _array(tiny_outlook, "quantile")]
        # Terms are rounded to four digits before they are counted.
        np.testing.assert_allclose(_array(tiny_outlook, "outlook/terms_quantile")[t], expected, rtol=0, atol=0.5e-4)
    joint = _array(tiny_outlook, "outlook/terms_probability")
    np.testing.assert_allclose(
        joint.sum(1), _array(tiny_outlook, "outlook/end_probability")[:, 0], rtol=0, atol=ROUNDING
    )


def test_durability_is_read_back_from_the_mechanism(tiny: Solution, tiny_outlook: Outlook, brute: Forward) -> None:
    game = tiny.game
    line = game.level("territory")
    # The toy's hazard, written out again: 0.1 (1 - 0.8 guarantees) (0.5 + line) per year.
    hazard = np.array([0.1 * (1 - 0.8 * p.guarantees) * (0.5 + line) for p in game.packages])
    broken = sum(s.mass * -np.expm1(-hazard[s.package, s.state] * LASTING_YEARS) for s in brute.settled)
    total = sum(s.mass for s in brute.settled)
    found = tiny_outlook.tree["outlook/breakdown_probability"].attrs["overall"]
    assert found == pytest.approx(broken / total, abs=1e-10)
    per_period = sum(s.mass * -np.expm1(-hazard[s.package, s.state] * 0.25) for s in brute.settled) / total
    found = tiny_outlook.tree["outlook/breakdown_hazard"].attrs["overall"]
    assert found == pytest.approx(-np.log1p(-per_period) / 0.25, abs=1e-10)


def test_play_while_open(tiny_outlook: Outlook, brute: Forward) -> None:
    for t, d in enumerate(brute.decided):
        expected = _given_open(brute, t, d.posture)
        np.testing.assert_allclose(
            _array(tiny_outlook, "outlook/posture_probability")[t], expected, rtol=0, atol=ROUNDING
        )
        made = np.einsum("ms,mjs,mjns->jns", d.posture, d.recognition, d.offer)
        expected = _given_open(brute, t, made)
        found = _array(tiny_outlook, "outlook/proposal_probability")[t]
        np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING)
        expected = _given_open(brute, t, d.value)
        np.testing.assert_allclose(_array(tiny_outlook, "outlook/value")[t], expected, rtol=0, atol=ROUNDING)
        expected = _given_open(brute, t, _fight(brute, t))
        np.testing.assert_allclose(_array(tiny_outlook, "outlook/continuation")[t], expected, rtol=0, atol=ROUNDING)
        expected = _given_open(brute, t, d.peace.max(axis=0))
        np.testing.assert_allclose(_array(tiny_outlook, "outlook/best_settlement")[t], expected, rtol=0, atol=ROUNDING)


def test_accepted_offers_are_the_settlements(tiny_outlook: Outlook) -> None:
    offers = _array(tiny_outlook, "outlook/proposal_probability")[:, :, :-1].sum(2)
    accepted = _array(tiny_outlook, "outlook/acceptance_probability")
    is_open = _array(tiny_outlook, "outlook/open_probability")[:, None]
    settled = _array(tiny_outlook, "outlook/settlement_by_proposer")
    np.testing.assert_allclose(offers * accepted * is_open, settled, rtol=0, atol=ROUNDING)


def test_axes_are_the_marginals(tiny: Solution, tiny_outlook: Outlook, brute: Forward) -> None:
    for axis in tiny.game.axes:
        level = tiny.game.level(axis.name)
        group = paths.group_name(axis.name)
        for t in range(len(brute.open)):
            expected = [_given_open(brute, t, (level == v).astype(float)) for v in axis.values]
            found = _array(tiny_outlook, f"axes/{group}/distribution")[t]
            np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING)
            if not axis.labels:
                mean = _given_open(brute, t, level)
                assert _array(tiny_outlook, f"axes/{group}/mean")[t] == pytest.approx(mean, abs=ROUNDING)
    np.testing.assert_allclose(_array(tiny_outlook, "axes/territory/quantiles")[0], 0.3, rtol=0, atol=1e-9)


def test_ripe_states_are_found_by_asking_every_package(tiny_outlook: Outlook, brute: Forward) -> None:
    for t, d in enumerate(brute.decided):
        fight = _fight(brute, t)
        n_packages, n_rows, n_states = d.peace.shape
        both, all_three, shared = (np.zeros(n_states) for _ in range(3))
        for s in range(n_states):
            ok = [[d.peace[n, i, s] >= fight[i, s] for i in range(n_rows)] for n in range(n_packages)]
            both[s] = any(a and b for a, b, _ in ok)
            all_three[s] = any(a and b and c for a, b, c in ok)
            shared[s] = fight[0, s] + fight[1, s] <= 1
        for name, state in (("ripe_probability", both), ("ripe_with_patron", all_three), ("ripe_transferable", shared)):
            expected = _given_open(brute, t, state)
            assert _array(tiny_outlook, f"zone/{name}")[t] == pytest.approx(expected, abs=ROUNDING), name


def test_zone_of_a_class_is_found_by_trying_terms(tiny: Solution, tiny_outlook: Outlook, brute: Forward) -> None:
    # Peace is linear in terms in this game, so that W at any terms follows from W of one package of the class.
    game = tiny.game
    classes = agreement.offer_classes(game.packages)
    assert [c.guarantees for c in classes] == [0.0, 1.0]
    trial = np.linspace(0, 1, 2001)
    for t in (0, 5, 11):
        d, fight = brute.decided[t], _fight(brute, t)
        for k, group in enumerate(classes):
            n = int(group.members[0])
            least, most = np.zeros(game.tables.n_states), np.zeros(game.tables.n_states)
            for s in range(game.tables.n_states):
                index = game.tables.peace_resume[0, n, :2]
                worth = 1 - game.tables.pool[index, s]
                a = d.peace[n, 0, s] + worth[0] * (trial - game.terms[n, s]) >= fight[0, s]
                b = d.peace[n, 1, s] - worth[1] * (trial - game.terms[n, s]) >= fight[1, s]
                least[s] = trial[np.argmax(a)] if a.any() else 1.0
                most[s] = trial[len(trial) - 1 - np.argmax(b[::-1])] if b.any() else 0.0
            step = trial[1]
            found = _array(tiny_outlook, "zone/least_attacker")[t, k]
            assert found == pytest.approx(_given_open(brute, t, least), abs=step)
            found = _array(tiny_outlook, "zone/greatest_defender")[t, k]
            assert found == pytest.approx(_given_open(brute, t, most), abs=step)


def test_seats_are_gains_over_fighting_on(tiny: Solution, tiny_outlook: Outlook, brute: Forward) -> None:
    for t, d in enumerate(brute.decided):
        gain = (d.peace - _fight(brute, t)).transpose(1, 0, 2)
        found = _array(tiny_outlook, "seats/gain")[t]
        np.testing.assert_allclose(found, _given_open(brute, t, gain), rtol=0, atol=ROUNDING)
        modal = max(sorted(brute.open[t]), key=lambda s: brute.open[t][s])
        np.testing.assert_allclose(
            _array(tiny_outlook, "seats/gain_modal")[t], gain[:, :, modal], rtol=0, atol=ROUNDING
        )
    # The starting mass of the other axes sits on single points here: incumbent, supportive.
    start = (brute.decided[0].peace - _fight(brute, 0)).transpose(1, 0, 2)
    other = (tiny.game.level("mood") == 0) & (tiny.game.level("attacker leader") == 0)
    for k, level in enumerate(values_of(tiny_outlook.tree, "seats/line")):
        (state,) = np.flatnonzero(other & (tiny.game.level("territory") == level))
        np.testing.assert_allclose(
            _array(tiny_outlook, "seats/gain_by_line")[k], start[:, :, state], rtol=0, atol=ROUNDING
        )


def test_value_by_date_is_the_worth_of_the_branches_that_settle_then(tiny_outlook: Outlook, brute: Forward) -> None:
    for t in range(len(brute.open)):
        branches = [s for s in brute.settled if s.period == t]
        mass = sum(s.mass for s in branches)
        expected = sum(s.worth for s in branches) / mass
        np.testing.assert_allclose(_array(tiny_outlook, "delay/value")[t], expected, rtol=0, atol=1e-11)
    assert np.isfinite(_array(tiny_outlook, "delay/value_slope")).all()


def test_dates_are_where_the_cumulative_probability_reaches_the_quantile(tiny_outlook: Outlook) -> None:
    cumulative = _array(tiny_outlook, "outlook/cumulative_probability")[:, 0]
    time = _array(tiny_outlook, "time")
    for q, level in enumerate(_array(tiny_outlook, "quantile")):
        reached = np.flatnonzero(cumulative >= level)
        found = _array(tiny_outlook, "outlook/settlement_date")[q]
        assert np.isnat(found) if reached.size == 0 else found == time[reached[0]]
    given = _array(tiny_outlook, "outlook/settlement_date_given")
    assert not np.isnat(given).any()


@pytest.mark.parametrize("name", ["settlement", "collapse of the defender", "withdrawal of the attacker", "still open"])
def test_exact_probabilities_lie_within_four_standard_errors_of_sampling(
    small: Solution, small_outlook: Outlook, name: str
) -> None:
    n = 200_000
    histories = simulate(small, n, seed=7)
    ended = histories.ended(name)
    periods = np.minimum(histories.dataset["end_period"].values, small.tables.n_periods - 1)
    ends = [str(e) for e in _array(small_outlook, "outlook/end")]
    exact = _array(small_outlook, "outlook/end_probability")[:, ends.index(name)]
    counted = np.bincount(periods[ended], minlength=small.tables.n_periods) / n
    error = np.sqrt(np.maximum(exact * (1 - exact), 1 / n) / n)
    assert (np.abs(counted - exact) < 4 * error).all()


def test_terms_and_line_lie_within_four_standard_errors_of_sampling(small: Solution, small_outlook: Outlook) -> None:
    histories = simulate(small, 200_000, seed=11)
    terms = histories.dataset["terms"].values
    signed = terms[np.isfinite(terms)]
    exact = small_outlook.tree["outlook/terms_overall"].attrs["mean"]
    assert abs(signed.mean() - exact) < 4 * signed.std() / np.sqrt(signed.size) + 0.5e-4
    line = histories.levels("territory")[:, 12]
    still = np.isfinite(line)
    exact = _array(small_outlook, "axes/territory/mean")[12]
    assert abs(line[still].mean() - exact) < 4 * line[still].std() / np.sqrt(still.sum())


def test_tree_survives_a_file_unchanged(tiny_outlook: Outlook, tmp_path: Path) -> None:
    for node in tiny_outlook.tree.subtree:
        for name, array in node.variables.items():
            assert array.dtype != object, f"{node.path}/{name}"
    path = tmp_path / "outlook.nc"
    tiny_outlook.tree.to_netcdf(path, engine="h5netcdf")
    with xr.open_datatree(path, engine="h5netcdf") as read:
        xr.testing.assert_identical(tiny_outlook.tree, read.load())


def test_two_forecasts_are_the_same_to_the_bit(small: Solution, small_outlook: Outlook) -> None:
    xr.testing.assert_identical(forecast(small).tree, small_outlook.tree)


def test_every_variable_is_documented_and_has_a_unit_and_a_meaning(tiny: Solution, tiny_outlook: Outlook) -> None:
    page = (Path(__file__).parents[2] / "docs" / "outlook.md").read_text(encoding="utf-8")
    known = {*outlook.CATALOGUE, *endings.CATALOGUE, *agreement.CATALOGUE, *seats.CATALOGUE, *seats.DELAY}
    known |= set(perspectives.CATALOGUE)
    known |= set(paths.catalogue(tiny.game.axes[0]))
    assert [name for name in sorted(known) if f"`{name}`" not in page] == []
    for node in tiny_outlook.tree.subtree:
        for name, array in node.data_vars.items():
            assert str(name) in known or str(name).startswith("modal_")
            assert array.attrs["long_name"], name
            assert "units" in array.attrs or array.dtype.kind == "M", name


def test_forecast_without_a_labelled_game_says_what_is_missing(tiny: Solution) -> None:
    bare = Solution(tiny.tables, tiny.values)
    with pytest.raises(ValueError, match="no labelled game"):
        forecast(bare)


def test_forecast_refuses_a_game_of_another_length(tiny: Solution, small: Solution) -> None:
    with pytest.raises(ValueError, match="not the same game"):
        forecast(tiny, small.game)


def test_progress_counts_the_periods(tiny: Solution) -> None:
    told: list[tuple[int, int]] = []
    forecast(tiny, progress=lambda done, total: told.append((done, total)))
    assert told == [(k, 12) for k in range(1, 13)]


def test_a_notebook_shows_the_summary_and_the_tree(tiny_outlook: Outlook) -> None:
    shown = tiny_outlook._repr_html_()
    assert "Is it ripe?" in shown
    assert "xarray" in shown


def test_ripe_from_the_first_period_whose_probability_is_one_half() -> None:
    assert ripe.first_date(np.array([0.1, 0.5, 0.2])) == 1
    assert ripe.first_date(np.array([0.1, 0.2])) == -1

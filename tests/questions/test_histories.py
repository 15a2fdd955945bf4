"""Sampled histories: labels, determinism, and stories that say what happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from ripeness.engine import Solution, solve
from ripeness.game import build
from ripeness.questions import Histories, simulate, story
from tests.questions import toys


@pytest.fixture(scope="module")
def histories(small: Solution) -> Histories:
    return simulate(small, 3000, seed=3)


@pytest.fixture(scope="module")
def long_war() -> Histories:
    """A war that nobody wants to end, with many offers that fail and postures that change."""
    forces = {
        "line": toys.Line(points=13, costs=(-0.05, -0.05), spread=0.08),
        "talks": toys.Talks(chances=(0.3, 0.3, 0.4)),
        "breaks": toys.Breaks(),
        "mood": toys.Mood(),
        "collapse": toys.Collapse(),
    }
    choices = {"settlement_hazard_at_zero_gain": 1.0, "precision": dict.fromkeys(("offer", "response"), 5000.0)}
    game = build(toys.scenario(forces, period="month", horizon=120, choices=choices))
    return simulate(replace(solve(game.tables, threads=1), game=game), 400, seed=1)


def test_more_histories_begin_with_the_same_ones(small: Solution, histories: Histories) -> None:
    fewer = simulate(small, 500, seed=3, threads=2)
    xr.testing.assert_identical(fewer.dataset, histories.dataset.isel(history=slice(0, 500)))


def test_another_seed_draws_other_histories(small: Solution, histories: Histories) -> None:
    other = simulate(small, 500, seed=4)
    assert (other.dataset["end_period"].values != histories.dataset["end_period"].values[:500]).any()


def test_terms_are_those_of_the_package_at_the_line_where_it_was_signed(histories: Histories) -> None:
    data = histories.dataset
    line = histories.levels("territory")
    for k in np.flatnonzero(histories.ended("settlement"))[:200]:
        package = histories.game.packages[int(data["package"].values[k])]
        at = line[k, int(data["end_period"].values[k])]
        assert data["terms"].values[k] == pytest.approx(np.clip(at + package.shift, 0, 1), abs=1e-12)
    assert np.isnan(data["terms"].values[~histories.ended("settlement")]).all()


def test_levels_end_with_the_war(histories: Histories) -> None:
    line = histories.levels("territory")
    last = np.isfinite(line).sum(axis=1) - 1
    settled = histories.ended("settlement")
    assert (last[settled] == histories.dataset["end_period"].values[settled]).all()


def test_asking_for_an_unknown_end_names_the_known_ones(histories: Histories) -> None:
    with pytest.raises(KeyError, match="still open"):
        histories.ended("peace")


def test_stories_begin_at_the_start_end_with_the_end_and_keep_the_order_of_time(long_war: Histories) -> None:
    for k in range(100):
        told = long_war.timeline(k)
        dates = [event.date for event in told]
        assert dates == sorted(dates)
        assert told[0].kind == "start"
        assert told[0].date == long_war.game.dates[0]
        assert [e.kind for e in told].count("end") == 1
        assert told[-1].kind == "end"
        assert len(told) <= story.MOST_EVENTS
        for event in told:
            assert event.text.endswith(".")
            assert "nan" not in event.text


def test_stories_tell_who_rejected_what(long_war: Histories) -> None:
    data, packages = long_war.dataset, [p.name for p in long_war.game.packages]
    names = {1: "North rejects", 2: "South rejects", 3: "North and South reject"}
    told = 0
    for k in range(100):
        for event in long_war.timeline(k):
            if event.kind != "talks":
                continue
            t = int(np.flatnonzero(long_war.game.dates == event.date)[0])
            offer, refusal = int(data["offer"].values[k, t]), int(data["rejected"].values[k, t])
            assert f"“{packages[offer]}”; {names[refusal]} it." in event.text
            assert refusal in ((2,), (1,), (1, 2, 3))[int(data["proposer"].values[k, t])]
            told += 1
    assert told > 50


def test_stories_tell_new_leaders_at_the_date_of_the_succession(long_war: Histories) -> None:
    office = long_war.levels("attacker leader")
    told = 0
    for k in range(100):
        changes = np.flatnonzero(np.diff(office[k]) > 0) + 1
        found = [event.date for event in long_war.timeline(k) if event.kind == "leader"]
        assert found == [long_war.game.dates[t] for t in changes]
        told += len(found)
    assert told > 10


def test_the_end_is_told_as_it_was(long_war: Histories, histories: Histories) -> None:
    for drawn in (long_war, histories):
        for k in range(200):
            last, end = drawn.timeline(k)[-1], int(drawn.dataset["end"].values[k])
            if end == 0:
                package = drawn.game.packages[int(drawn.dataset["package"].values[k])].name
                assert f"Settlement on “{package}” proposed by" in last.text
            elif end == drawn.dataset.sizes["ends"] - 1:
                assert last.date == drawn.game.dates[-1]
            else:
                assert str(drawn.dataset["ends"].values[end]) in last.text


def test_representatives_are_the_same_each_time_and_stand_for_different_ends(long_war: Histories) -> None:
    chosen = long_war.representatives()
    assert chosen == long_war.representatives()
    assert len({r.history for r in chosen}) == len(chosen)
    ends = long_war.dataset["end"].values
    assert ends[chosen[0].history] == np.argmax(np.bincount(ends))
    longest = chosen[-1]
    if "longest" in longest.why:
        settled = long_war.ended("settlement")
        assert (
            long_war.dataset["duration"].values[longest.history] == long_war.dataset["duration"].values[settled].max()
        )


def test_typical_settlement_is_near_the_median_date(histories: Histories) -> None:
    typical = histories.representatives()[0]
    duration = histories.dataset["duration"].values[histories.ended("settlement")]
    assert "settlement" in typical.why
    share_below = (duration < histories.dataset["duration"].values[typical.history]).mean()
    share_above = (duration > histories.dataset["duration"].values[typical.history]).mean()
    assert max(share_below, share_above) <= 0.65


def test_simulating_without_a_labelled_game_says_what_to_do(small: Solution) -> None:
    with pytest.raises(ValueError, match="labelled game"):
        simulate(Solution(small.tables, small.values), 1)


def test_no_histories_is_an_empty_set(small: Solution) -> None:
    none = simulate(small, 0)
    assert len(none) == 0
    assert none.representatives() == ()

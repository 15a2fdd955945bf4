"""The summary says what the numbers say, hedged and neutral."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ripeness.engine import solve
from ripeness.game import build
from ripeness.questions import Outlook, forecast, words
from ripeness.questions.labels import values_of
from ripeness.questions.reading import Reading
from ripeness.questions.summary import nearest_package, summarise
from ripeness.scenario import load
from tests.questions import toys


def _outlook(**changes: object) -> Outlook:
    game = build(toys.scenario(**changes))  # type: ignore[arg-type]
    return forecast(replace(solve(game.tables, threads=1), game=game))


def test_headline_gives_the_probability_by_the_horizon_with_its_word(tiny_outlook: Outlook) -> None:
    total = float(values_of(tiny_outlook.tree, "outlook/cumulative_probability")[-1, 0])
    headline = summarise(tiny_outlook.tree).headline
    assert words.percent(total) in headline
    assert words.likelihood(total) in headline
    assert headline.startswith("Under the assumptions of this scenario")


def test_each_question_is_answered_once(tiny_outlook: Outlook) -> None:
    summary = summarise(tiny_outlook.tree)
    assert [p.key for p in summary.paragraphs] == ["ripe", "when", "terms", "durable", "delay", "seats", "noise"]
    for paragraph in summary.paragraphs:
        assert paragraph.answer.endswith(".")
        assert "nan" not in paragraph.answer
        assert "  " not in paragraph.answer
    assert summary.headline in tiny_outlook.summary()


def test_nearest_package_leaves_the_smaller_gain_largest(tiny_outlook: Outlook) -> None:
    gain = values_of(tiny_outlook.tree, "seats/gain")[0]
    best = max(range(gain.shape[1]), key=lambda n: min(gain[0, n], gain[1, n]))
    reading = Reading(tiny_outlook.tree)
    assert nearest_package(reading) == best
    assert reading.packages[best] in next(p.answer for p in summarise(tiny_outlook.tree).paragraphs if p.key == "ripe")


def test_ripe_is_answered_as_the_numbers_are() -> None:
    ripe = _outlook()
    assert summarise(ripe.tree).figures[-1].value == "yes"
    costless = {"line": toys.Line(costs=(-0.3, -0.3)), "talks": toys.Talks(), "mood": toys.Mood()}
    never = _outlook(mechanisms=costless)
    assert summarise(never.tree).figures[-1].value == "no"
    assert summarise(never.tree).paragraphs[0].answer.startswith("Not at the start")


def test_a_war_that_never_settles_is_told_without_terms_or_dates() -> None:
    silent = {"line": toys.Line(), "talks": toys.Talks(chances=(0.0, 0.0, 0.0))}
    summary = summarise(_outlook(mechanisms=silent).tree)
    told = summary.text()
    assert "No settlement is signed within the horizon." in told
    assert "nan" not in told.lower().replace("financ", "")
    assert [p.key for p in summary.paragraphs] == ["ripe", "when", "terms", "seats", "noise"]


def test_settlements_that_crowd_before_the_horizon_are_pointed_out() -> None:
    forces = {
        "line": toys.Line(costs=(-0.02, -0.02)),
        "talks": toys.Talks(chances=(0.3, 0.3, 0.3), with_postures=False),
    }
    choices = {"precision": {"offer": 3000.0, "response": 3000.0}}
    frozen = {"cost": {"attacker": 0.4, "defender": 0.4}}
    rush = _outlook(mechanisms=forces, period="month", horizon=72, frozen=frozen, choices=choices)
    assert any("acts as a deadline" in w for w in summarise(rush.tree).warnings)
    assert not any("acts as a deadline" in w for w in summarise(_outlook().tree).warnings)


def test_textbook_case_settles_at_once_on_the_terms_of_its_closed_form() -> None:
    game = build(load("textbook"))
    summary = summarise(forecast(replace(solve(game.tables), game=game)).tree)
    assert "does not break" in summary.text()
    assert words.percent(float(np.float64(1.0))) in summary.headline or "over 99%" in summary.headline
    assert "between January 2000 and January 2000" not in summary.text()


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0%"),
        (0.004, "under 1%"),
        (0.005, "under 1%"),
        (0.006, "1%"),
        (0.5, "50%"),
        (0.996, "over 99%"),
        (1.0, "100%"),
        (np.nan, "unknown"),
    ],
)
def test_percentages_claim_no_certainty_that_is_not_there(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_words_of_likelihood_rise_with_probability() -> None:
    said = [words.likelihood(p) for p in np.linspace(0, 1, 1001)]
    assert list(dict.fromkeys(said)) == [*(w for _, w in words.LIKELIHOOD), "almost certain"]


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (7 / 365.25, "7 days"),
        (1 / 12, "one month"),
        (0.25, "3 months"),
        (1.0, "one year"),
        (1.5, "18 months"),
        (5.0, "5 years"),
    ],
)
def test_spans_are_told_in_the_unit_that_fits(years: float, said: str) -> None:
    assert words.span(years) == said


def test_gains_and_differences_carry_their_sign_in_words() -> None:
    assert words.gain(0.0123) == "a gain of 1.2%"
    assert words.gain(-0.0007) == "a loss of 0.07%"
    assert words.gain(1e-7) == "neither gain nor loss"
    assert words.points(-0.01) == "1.0 percentage point"
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.between(np.datetime64("2030-01"), np.datetime64("2030-01")) == "in January 2030"

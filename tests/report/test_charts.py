"""Charts are valid, say what they show, and are the same each time."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import vl_convert

from ripeness.engine import Solution, solve
from ripeness.game import build
from ripeness.questions import Outlook, forecast
from ripeness.questions.labels import values_of
from ripeness.report import rows, style
from ripeness.report.charts import CHARTS, chart, names, picture, pictures
from tests.questions import toys

SECRET = [
    "views", "secrets", "rejection_attacker", "belief_attacker_limited_aims", "belief_attacker_wider_aims",
    "perspective_attacker_limited_aims", "perspective_attacker_wider_aims",
]  # fmt: skip
"""Charts that only a war with private information has."""

SEATS = ["perspective_attacker", "perspective_defender", "perspective_patron"]
EVERY = [*(name for name in CHARTS if name not in SECRET), *SEATS, "axis_mood", "axis_attacker_leader"]


@pytest.fixture
def shown(request: pytest.FixtureRequest, name: str) -> Outlook:
    """An outlook that has the chart."""
    found: Outlook = request.getfixturevalue("secret_outlook" if name in SECRET else "outlook")
    return found


@pytest.mark.parametrize("name", [*EVERY, *SECRET])
def test_chart_is_valid_and_says_what_is_seen(shown: Outlook, name: str) -> None:
    drawn = picture(shown.tree, name)
    assert drawn is not None
    drawn.titled().to_dict(validate=True)
    assert "nan" not in (drawn.title + drawn.reading).lower()
    assert drawn.reading.endswith(".")
    assert drawn.table.rows
    assert all(len(row) == len(drawn.table.header) for row in drawn.table.rows)
    description = drawn.spec()["description"]
    assert drawn.title in description


@pytest.mark.parametrize("name", [*EVERY, *SECRET])
def test_vega_compiles_and_draws_without_a_warning(
    shown: Outlook, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    drawn = picture(shown.tree, name)
    assert drawn is not None
    vl_convert.vegalite_to_vega(json.dumps(drawn.spec()), show_warnings=True)
    vl_convert.vegalite_to_svg(json.dumps(drawn.titled().to_dict()), show_warnings=True)
    said = capfd.readouterr()
    assert "WARN" not in said.out + said.err


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if k % 4 else ()) for k, name in enumerate([*EVERY, *SECRET])],
)
def test_two_drawings_are_the_same(shown: Outlook, name: str) -> None:
    first, second = (json.dumps(chart(shown.tree, name).to_dict(), sort_keys=True) for _ in range(2))
    assert first == second


def test_charts_of_the_smallest_game_leave_out_what_it_does_not_have(textbook: Solution) -> None:
    drawn = pictures(forecast(textbook).tree)
    assert set(drawn) >= {"fan", "hazard", "terms", "zone", "ripe", "seat_attacker", "seat_defender"}
    assert not {"seat_patron", "postures", "efforts"} & set(drawn)
    for p in drawn.values():
        vl_convert.vegalite_to_svg(json.dumps(p.titled().to_dict()))


def test_a_war_without_talks_has_charts() -> None:
    game = build(toys.scenario({"line": toys.Line(), "talks": toys.Talks(chances=(0.0, 0.0, 0.0))}))
    drawn = pictures(forecast(replace(solve(game.tables, threads=1), game=game)).tree)
    assert "fan" in drawn
    assert "terms" not in drawn
    assert "delay_slopes" not in drawn
    assert "almost excluded" in drawn["fan"].title


def test_one_period_is_enough() -> None:
    game = build(toys.scenario(horizon=1))
    for p in pictures(forecast(replace(solve(game.tables, threads=1), game=game)).tree).values():
        assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(p.titled().to_dict()))


def test_fan_stacks_to_one_at_every_date(outlook: Outlook) -> None:
    drawn = picture(outlook.tree, "fan")
    assert drawn is not None
    areas = drawn.spec()["layer"][0]["data"]["values"]
    by_date: dict[str, float] = {}
    for row in areas:
        by_date[row["date"]] = by_date.get(row["date"], 0.0) + row["value"]
    assert len(by_date) == 61
    np.testing.assert_allclose(list(by_date.values()), 1.0, rtol=0, atol=1e-5)  # numbers have six digits


def test_seats_show_the_gains_of_the_outlook(outlook: Outlook) -> None:
    drawn = picture(outlook.tree, "seat_defender")
    assert drawn is not None
    cells = drawn.spec()["layer"][1]["data"]["values"]
    gain = values_of(outlook.tree, "seats/gain")[0, 1]
    found = sorted(v for k, v in cells[0].items() if k.startswith("k"))
    np.testing.assert_allclose(found, np.sort(gain), rtol=1e-5)


def test_parts_of_a_package_add_up_to_its_mark(outlook: Outlook) -> None:
    for k, name in enumerate(SEATS):
        drawn = picture(outlook.tree, name)
        assert drawn is not None
        bars, line, marks = (layer["data"]["values"] for layer in drawn.spec()["layer"])
        for mark in marks:
            parts = [bar["value"] for bar in bars if bar["package"] == mark["package"]]
            assert sum(parts) == pytest.approx(mark["value"], abs=1e-5)  # numbers have six digits
            assert mark["value"] - line[0]["value"] == pytest.approx(mark["gain"], abs=1e-5)
        gains = values_of(outlook.tree, "perspectives/gain")[k, k]
        assert marks[0]["gain"] == pytest.approx(gains.max(), rel=1e-5)
        assert len(marks) == 12  # of 15


def test_beliefs_and_odds_are_those_of_the_outlook(secret_outlook: Outlook) -> None:
    tree = secret_outlook.tree
    drawn = picture(tree, "belief_attacker_wider_aims")
    assert drawn is not None
    lines = {row["series"]: row["value"] for row in drawn.spec()["layer"][1]["data"]["values"][::-1]}
    believed = tree["beliefs/attacker/in_true_type"].sel(true_type="wider aims")
    assert lines["Great Eastern Republic"] == pytest.approx(float(believed.sel(observer="patron")[0]), rel=1e-5)
    drawn = picture(tree, "rejection_attacker")
    assert drawn is not None
    dots = drawn.spec()["layer"][2]["data"]["values"]
    after = tree["beliefs/attacker/after_rejection"].sel(observer="defender", type="wider aims")
    packages = [str(name) for name in values_of(tree, "package")]
    of_south = {dot["name"]: dot["value"] for dot in dots if dot["series"] == "United Southern Command"}
    for name, value in of_south.items():
        assert value == pytest.approx(float(after[packages.index(name)]), rel=1e-5)


def test_those_who_believe_the_same_share_a_line(secret_outlook: Outlook) -> None:
    drawn = picture(secret_outlook.tree, "belief_attacker_limited_aims")
    assert drawn is not None
    series = {row["series"] for row in drawn.spec()["layer"][1]["data"]["values"]}
    assert series == {"the analyst", "United Southern Command", "Great Eastern Republic"}  # no line of the public's


def test_a_long_agenda_is_cut_to_what_is_nearest_to_suiting_both(textbook: Solution) -> None:
    drawn = picture(forecast(textbook).tree, "seat_attacker")
    assert drawn is not None
    assert len(drawn.table.rows) == 24
    assert "24 of 50 packages" in drawn.reading


def test_an_unknown_chart_names_the_known_ones(outlook: Outlook) -> None:
    with pytest.raises(KeyError, match="fan, hazard"):
        chart(outlook.tree, "pie")
    assert set(names(outlook.tree)) == {*EVERY, "views", "secrets"}


def test_a_chart_that_the_outlook_lacks_is_refused_in_words(textbook: Solution) -> None:
    with pytest.raises(KeyError, match="nothing to show"):
        chart(forecast(textbook).tree, "postures")


def test_outlook_plots_by_one_call(outlook: Outlook) -> None:
    assert outlook.plot("zone").to_dict()["title"]["text"]


def test_zone_is_split_where_the_lines_cross() -> None:
    time = np.array(["2030-01-01", "2030-01-03", "2030-01-05"], "datetime64[D]")
    least, most = np.array([0.2, 0.4, 0.4]), np.array([0.4, 0.2, 0.6])
    agreed = rows.zone_runs(time, least, most, agreed=True)
    apart = rows.zone_runs(time, least, most, agreed=False)
    assert [row["date"] for run in agreed for row in run] == [
        "2030-01-01T00:00:00", "2030-01-02T00:00:00", "2030-01-04T00:00:00", "2030-01-05T00:00:00",
    ]  # fmt: skip
    assert [(row["least"], row["most"]) for row in apart[0]] == [(0.3, 0.3), (0.4, 0.2), (0.4, 0.4)]


def test_lines_of_unknown_values_have_gaps_not_zeros() -> None:
    time = np.array(["2030-01-01", "2030-01-02"], "datetime64[D]")
    assert len(rows.lines(time, {"a": np.array([np.nan, 1.0])})) == 1
    assert rows.zone_runs(time, np.array([np.nan, 0.1]), np.array([0.2, 0.2]), agreed=True) == []


def test_roles_keep_their_colours_and_ends_differ() -> None:
    ends = ["settlement", "collapse of the defender", "withdrawal of the attacker", "other", "still open"]
    assert len(set(style.end_colours(ends))) == len(ends)
    assert len(set(style.ROLE_COLOUR.values())) == 3


def _luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, *style.ROLE_COLOUR.values(), style.SETTLEMENT_COLOUR])
def test_text_and_lines_stand_out_from_the_paper(colour: str) -> None:
    contrast = (_luminance(style.PAPER) + 0.05) / (_luminance(colour) + 0.05)
    assert contrast >= (4.5 if colour in (style.INK, style.MUTED) else 3.0)  # WCAG 2.2, text and graphics

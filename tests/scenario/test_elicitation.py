"""Weights and scores from ranks and comparisons, and costs over time, against published formulas and brute force."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from ripeness.deals.plan_reading import parse_plan
from ripeness.scenario import ScenarioError
from ripeness.scenario import elicitation as asked
from ripeness.scenario.plan import Cost
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.worths import taken_off


def test_rank_order_centroid_weights_are_the_published_ones():
    """Edwards & Barron (1994), table for two to four attributes."""
    published = {2: [0.75, 0.25], 3: [0.6111, 0.2778, 0.1111], 4: [0.5208, 0.2708, 0.1458, 0.0625]}
    for n, weights in published.items():
        np.testing.assert_allclose(asked.centroid_weights(n), weights, atol=5e-5)


def test_drawn_rankings_keep_the_order_sum_to_one_and_have_the_centroid_as_their_mean():
    drawn = asked.drawn_ranking(np.random.default_rng(0), 5, 20_000)
    assert np.all(np.diff(drawn, axis=1) <= 0.0)
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    error = 4.0 * drawn.std(axis=0) / math.sqrt(len(drawn))
    assert np.all(np.abs(drawn.mean(axis=0) - asked.centroid_weights(5)) < error)
    low, high = asked.rank_bounds(5)
    assert np.all(drawn >= low - 1e-12)
    assert np.all(drawn <= high + 1e-12)


def test_drawn_scores_have_even_steps_as_their_mean():
    drawn = asked.drawn_scores(np.random.default_rng(0), 4, 20_000)
    error = 4.0 * drawn.std(axis=0) / math.sqrt(len(drawn))
    inner = drawn[:, 1:-1]
    assert np.all(drawn[:, 0] == 1.0)
    assert np.all(drawn[:, -1] == 0.0)
    assert np.all(np.abs(inner.mean(axis=0) - asked.even_scores(4)[1:-1]) < error[1:-1])


def test_answers_that_agree_give_the_weights_they_were_made_from():
    true = np.array([0.4, 0.3, 0.2, 0.1])
    pairs = [(0, 1), (1, 2), (2, 3), (0, 3)]
    found = asked.compared_weights(4, pairs, [true[i] / true[j] for i, j in pairs])
    np.testing.assert_allclose(found.weights, true, atol=1e-12)
    assert found.inconsistency == pytest.approx(0.0, abs=1e-20)


def test_all_pairs_give_the_geometric_mean_of_rows_and_the_geometric_consistency_index():
    rng = np.random.default_rng(3)
    n = 5
    pairs = list(itertools.combinations(range(n), 2))
    times = np.exp(rng.normal(0.0, 1.0, len(pairs)))
    matrix = np.ones((n, n))
    for (i, j), said in zip(pairs, times, strict=True):
        matrix[i, j], matrix[j, i] = said, 1.0 / said
    mean = np.prod(matrix, axis=1) ** (1.0 / n)
    found = asked.compared_weights(n, pairs, times)
    np.testing.assert_allclose(found.weights, mean / mean.sum(), rtol=1e-12)
    errors = [math.log(matrix[i, j] * mean[j] / mean[i]) ** 2 for i, j in pairs]
    assert found.inconsistency == pytest.approx(2.0 * sum(errors) / ((n - 1) * (n - 2)))  # Aguaron & Moreno-Jimenez
    assert found.limit == 0.37


@pytest.mark.parametrize(
    ("pairs", "together"), [([(0, 1), (1, 2)], True), ([(0, 1), (2, 3)], False), ([(0, 1), (3, 2), (2, 1)], True)]
)
def test_comparisons_that_do_not_hang_together_are_told_apart(pairs, together):
    assert asked.linked(max(map(max, pairs)) + 1, pairs) == together


def test_a_cost_over_years_takes_off_what_its_discounted_stream_does():
    cost = Cost(while_borne=Quantity(0.2), years=Quantity(7.0), from_year=Quantity(2.0))
    rate, steps = 0.08, 10_000
    discount = (1.0 + rate) ** (-1.0 / steps)
    stream = (1.0 - discount) * sum(0.2 * discount**k for k in range(2 * steps, 9 * steps))
    assert taken_off(cost, rate) == pytest.approx(stream, rel=1e-9)


ASKED = {
    "plan": 1,
    "name": "asked",
    "title": "Asked in three ways",
    "parties": {
        "numbers": {
            "name": "A",
            "reservation": 0.5,
            "elicited": {
                "weights": {"x": {"value": 30, "range": [20, 40]}, "y": 10},
                "scores": {"x": {"a": 100, "b": 0}, "y": {"c": {"value": 80, "range": [60, 100]}, "d": 0, "e": 100}},
            },
        },
        "ranks": {
            "name": "B",
            "reservation": 0.5,
            "elicited": {"weights_ranked": ["y", "x"], "scores_ranked": {"x": ["b", "a"], "y": ["d", "c", "e"]}},
        },
        "pairs": {
            "name": "C",
            "reservation": 0.5,
            "elicited": {
                "weights_compared": [{"better": "x", "than": "y", "times": {"value": 3, "range": [2, 4]}}],
                "scores_compared": {
                    "x": [{"better": "a", "than": "b", "times": 2}],
                    "y": [{"better": "c", "than": "d", "times": 2}, {"better": "d", "than": "e", "times": 2}],
                },
            },
        },
        "given": {"name": "D", "reservation": 0.0, "discount_yearly": 0.1},
    },
    "points": {
        "x": {
            "title": "X",
            "options": {
                "a": {"worth": {"given": 1}},
                "b": {"worth": {"given": {"value": 0.5, "range": [0, 1]}}},
            },
        },
        "y": {
            "title": "Y",
            "options": {
                "c": {"worth": {"given": 0}, "costs": {"given": {"while_borne": 0.4, "years": 10}}},
                "d": {"worth": {"given": 0}},
                "e": {"worth": {"given": 0}},
            },
        },
    },
}  # fmt: skip


def test_worths_asked_for_in_three_ways_are_as_by_hand():
    worths = parse_plan(json.dumps(ASKED)).worths
    by_hand = {
        ("x", "a", "numbers"): 0.75,
        ("y", "c", "numbers"): 0.25 * 0.8,
        ("x", "b", "ranks"): 0.25,
        ("x", "a", "ranks"): 0.0,
        ("y", "c", "ranks"): 0.75 * 0.5,
        ("x", "b", "pairs"): 0.75 * 0.5,
        ("y", "e", "pairs"): 0.25 * 0.25,
        ("x", "b", "given"): 0.5,
        ("y", "c", "given"): -0.4 * (1 - 1.1**-10),
    }
    for choice, value in by_hand.items():
        assert worths[choice].value == pytest.approx(value, abs=1e-12), choice
    assert worths["x", "a", "numbers"].low == pytest.approx(2 / 3)
    assert worths["y", "c", "numbers"].high == pytest.approx(10 / 30)
    assert worths["x", "a", "pairs"][1:3] == pytest.approx((2 / 3, 0.8))
    assert "ranked" in worths["y", "c", "ranks"].why
    assert "comparisons" in worths["x", "b", "pairs"].why


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (("numbers", "weights"), {"x": 30}, "no number for y"),
        (("numbers", "weights"), {"x": 0, "y": 0}, "all 0"),
        (("numbers", "weights_ranked"), ["x", "y"], "weights and weights_ranked"),
        (("numbers", "scores"), {"x": {"a": 1, "b": 0}}, "no scores for y"),
        (("ranks", "weights_ranked"), ["y", "z"], 'unknown point "z"'),
        (("ranks", "weights_ranked"), ["y", "y", "x"], "y a second time"),
        (("ranks", "scores_ranked"), {"x": ["a"], "y": ["c", "d", "e"]}, "no rank for b"),
        (("pairs", "weights_compared"), [{"better": "x", "than": "x", "times": 2}], "compared with itself"),
        (("pairs", "weights_compared"), [{"better": "x", "than": "q", "times": 2}], 'unknown point "q"'),
    ],
)
def test_answers_that_leave_something_open_are_faults(path, value, found):
    data = json.loads(json.dumps(ASKED))
    data["parties"][path[0]]["elicited"][path[1]] = value
    with pytest.raises(ScenarioError) as caught:
        parse_plan(json.dumps(data))
    assert found in str(caught.value)


def test_a_worth_said_in_two_ways_is_a_fault():
    data = json.loads(json.dumps(ASKED))
    data["points"]["x"]["options"]["a"]["worth"]["ranks"] = 1
    with pytest.raises(ScenarioError, match="elicited as well"):
        parse_plan(json.dumps(data))


def test_ranges_of_compared_weights_are_those_of_all_corners():
    rng = np.random.default_rng(5)
    names, pairs = ["x", "y", "z"], [("x", "y"), ("y", "z"), ("x", "z")]
    said = []
    for better, than in pairs:
        low = float(rng.uniform(1, 2))
        said.append({"better": better, "than": than, "times": {"value": low + 1, "range": [low, low + 2]}})
    data = json.loads(json.dumps(ASKED))
    data["points"]["z"] = {"title": "Z", "options": {"f": {"worth": {"given": 0}}}}
    data["parties"] = {"pairs": {"name": "C", "reservation": 0}, "given": data["parties"]["given"]}
    scores = {"x": {"a": 100, "b": 0}, "y": {"c": 100, "d": 0, "e": 0}, "z": {"f": 100}}
    data["parties"]["pairs"]["elicited"] = {"weights_compared": said, "scores": scores}
    worths = parse_plan(json.dumps(data)).worths
    places = [(names.index(a), names.index(b)) for a, b in pairs]
    corners = np.array(
        [
            asked.compared_weights(3, places, times).weights
            for times in itertools.product(*(each["times"]["range"] for each in said))
        ]
    )
    for k, (point, option) in enumerate([("x", "a"), ("y", "c"), ("z", "f")]):
        worth = worths[point, option, "pairs"]
        assert (worth.low, worth.high) == pytest.approx((corners[:, k].min(), corners[:, k].max()), abs=1e-12)

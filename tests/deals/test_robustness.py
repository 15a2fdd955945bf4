"""How often packages stay acceptable, against going through every package, and lotteries against linear programmes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import linprog

from ripeness.deals.desk import MOST_OFTEN, negotiate
from ripeness.deals.plan_reading import parse_plan
from ripeness.deals.robustness import draw, most_often, stays
from tests.deals import plans
from tests.scenario.test_elicitation import ASKED


def with_ranges(seed: int) -> str:
    """A random plan in which every worth and reservation has a range."""
    data = plans.random_data(seed)

    def wide(value: float) -> dict[str, object]:
        return {"value": value, "range": [round(value - 0.6, 1), round(value + 0.6, 1)]}

    for party in data["parties"].values():
        party["reservation"] = wide(party["reservation"])
    for point in data["points"].values():
        for option in point["options"].values():
            option["worth"] = {name: wide(value) for name, value in option["worth"].items()}
    return json.dumps(data)


def test_the_share_of_draws_is_that_of_the_closed_form_where_one_number_moves():
    data = plans.random_data(2)
    for party in data["parties"].values():
        party["reservation"] = -100.0
    name = next(iter(data["parties"]))
    point, option = next((p, o) for p, said in data["points"].items() for o in said["options"])
    data["points"][point]["options"][option]["worth"][name] = {"value": 0.0, "range": [-2.0, 3.0]}
    for each in data["points"].values():
        for said in each["options"].values():
            said["red_line_of"] = []
    plan = parse_plan(json.dumps(data))
    n_draws = 4_000
    every = plans.Everything(plan)
    row = next(r for r in range(len(every.packages)) if every.kept[r] and every.packages[r][point] == option)
    package = [list(plan.points[p].options).index(o) for p, o in every.packages[row].items()]
    rest = every.worth[row][name] / 10
    data["parties"][name]["reservation"] = rest + 1.0  # reached where the number is 1 or more: 2 of 5
    plan = parse_plan(json.dumps(data))
    said = stays(plan, draw(plan, plan.signers, n_draws, 0), "one", package)
    assert abs(said.share - 0.4) < 4 * np.sqrt(0.4 * 0.6 / n_draws)
    assert said.by_party[name] == said.share


def test_the_package_acceptable_most_often_is_that_of_brute_force():
    n_found = n_best = 0
    for seed in range(0, 40):
        plan = parse_plan(with_ranges(seed))
        draws = draw(plan, plan.signers, 200, seed)
        every = plans.Everything(plan)
        shares = {}
        for row in every.possible:
            package = tuple(list(plan.points[p].options).index(o) for p, o in every.packages[row].items())
            gain = sum(
                np.array([draws.worth[k][:, option] for k, option in enumerate(package)])
            ) - draws.reservation  # fmt: skip
            for pattern, reward in zip(draws.patterns, draws.rewards, strict=True):
                if reward is not None and all(package[k] in said for k, said in pattern.members.items()):
                    gain = gain + reward
            shares[package] = float(np.mean(np.all(gain >= 0.0, axis=1)))
            assert stays(plan, draws, "one", package).share == shares[package]
        found = most_often(plan, draws, list(shares)[:3])
        assert (found is None) == (not shares)
        if found is not None:
            n_found += 1
            n_best += shares[found] == max(shares.values())
    assert n_found > 20
    assert n_best == n_found


def test_the_same_seed_gives_the_same_answer_and_drafts_are_told():
    text = with_ranges(4)
    first, second, other = (negotiate(parse_plan(text), n_draws=100, seed=seed).robustness for seed in (1, 1, 2))
    assert first == second != other
    assert first is not None
    assert [each.label for each in first.packages][:2] == ["first", "second"]
    assert first.packages[-1].label == MOST_OFTEN
    assert first.packages[-1].share == max(each.share for each in first.packages)


def test_draws_of_elicited_worths_stay_within_their_ranges_and_move_together():
    plan = parse_plan(json.dumps(ASKED))
    draws = draw(plan, list(plan.parties), 500, 0)
    for k, (point, said) in enumerate(plan.points.items()):
        for j, option in enumerate(said.options):
            for column, party in enumerate(plan.parties):
                worth = plan.worths[point, option, party]
                drawn = draws.worth[k][:, j, column]
                assert np.all(drawn >= worth.low - 1e-9)
                assert np.all(drawn <= worth.high + 1e-9)
    numbers = draws.worth[0][:, 0, 0]
    assert np.ptp(numbers) > 0.1
    best = draws.worth[1][:, 2, 0]  # scores 100 at both points: the two weights sum to one
    np.testing.assert_allclose(numbers + best, 1.0)


@pytest.mark.parametrize("n_parties", [2, 3])
def test_lotteries_are_the_linear_programmes_over_all_packages(n_parties):
    n_checked = 0
    for seed in range(60):
        every = plans.everything(seed)
        plan = every.plan
        if len(plan.signers) != n_parties or not every.acceptable:
            continue
        gain = np.array([every.gains(row) for row in every.possible]) / 10
        found = negotiate(plan, drafts=[]).lotteries
        least = linprog(
            np.append(np.zeros(len(gain)), -1.0),
            A_ub=np.column_stack([-gain.T, np.ones(n_parties)]),
            b_ub=np.zeros(n_parties),
            A_eq=[np.append(np.ones(len(gain)), 0.0)],
            b_eq=[1.0],
            bounds=[(0.0, None)] * len(gain) + [(None, None)],
        )
        if -least.fun <= 1e-9:
            assert found == {}
            continue
        n_checked += 1
        assert min(found["egalitarian"].values()) == pytest.approx(-least.fun, abs=1e-7)
        product = np.prod(list(found["Nash"].values()))
        powers = np.array([round(plan.parties[party].power) for party in plan.signers])
        if len(set(powers.tolist())) == 1:
            assert product >= max(np.prod(np.maximum(row, 0.0)) for row in gain) - 1e-9
    assert n_checked > 5

"""The war from each seat, against the equations (i.1)-(i.7) in plain loops, and against the engine's own choices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ripeness.engine import Solution, decisions, decisions_of_types
from ripeness.game import build
from ripeness.mechanisms.base import ROLES
from ripeness.questions import Outlook, forecast
from ripeness.questions.opening import A, D, Opening, P, Seat, seats
from ripeness.questions.perspectives import CATALOGUE
from ripeness.runs.solving import solve
from ripeness.scenario import load
from tests.questions import toys, typed_toys
from tests.questions.typed_toys import Played, outlook, played
from tests.theory import reference, reference_types

ROUNDING = 1e-12
"""Sums of at most 1e4 terms of size one in double precision."""


def seen(out: Outlook) -> xr.Dataset:
    return out.tree["perspectives"].to_dataset()


# --- Complete information -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(tiny: Solution) -> reference.Stage:
    """The first period of the toy by plain loops."""
    return reference.reference_solve(tiny.tables).stages[-1 if tiny.tables.n_periods == 1 else 0]


@pytest.fixture(scope="module")
def found(tiny_outlook: Outlook) -> xr.Dataset:
    return seen(tiny_outlook)


def at_start(tiny: Solution) -> Iterator[tuple[int, float]]:
    """Starting states and their mass."""
    yield from ((int(s), float(tiny.tables.initial[s])) for s in np.flatnonzero(tiny.tables.initial))


def test_gains_answers_and_values_are_those_of_the_equations(
    tiny: Solution, stage: reference.Stage, found: xr.Dataset
) -> None:
    n_postures, n_packages = stage.posture.shape[0], stage.peace.shape[0]
    for r, n in product(range(3), range(n_packages)):
        gain = accepts = peace = 0.0
        for s, mass in at_start(tiny):
            peace += mass * stage.peace[n, r, s]
            for m in range(n_postures):
                gain += mass * stage.posture[m, s] * (stage.peace[n, r, s] - stage.continuation[m, r, s])
                accepts += mass * stage.posture[m, s] * (stage.accept[r, m, n, s] if r < P else math.nan)
        for seat in range(3):  # where all know the same, all see the same
            assert float(found["gain"][seat, r, n]) == pytest.approx(gain, abs=ROUNDING)
            assert float(found["acceptance"][seat, r, n]) == pytest.approx(accepts, abs=ROUNDING, nan_ok=True)
        if r < P:
            assert float(found["others_accept"][1 - r, n]) == pytest.approx(accepts, abs=ROUNDING)
        assert float(found["peace"][r, n]) == pytest.approx(peace, abs=ROUNDING)
        if r < P:
            answers = found["answer_value"][r, n].values
            assert answers[0] - answers[1] == pytest.approx(gain, abs=ROUNDING)
            assert answers[0] == pytest.approx(peace, abs=ROUNDING)
        else:
            assert np.isnan(found["answer_value"][r, n]).all()
    value = [sum(mass * stage.value[r, s] for s, mass in at_start(tiny)) for r in range(3)]
    np.testing.assert_allclose(found["value"], value, rtol=0, atol=ROUNDING)


def test_offers_are_worth_what_they_bring_by_the_chance_of_acceptance(
    tiny: Solution, stage: reference.Stage, found: xr.Dataset
) -> None:
    """(i.5): an offer is worth C + A (W - C), where A is the chance that all others accept."""
    for j in range(3):
        talks = sum(
            mass * stage.posture[m, s] * stage.recognition[m, j, s] for s, mass in at_start(tiny) for m in range(2)
        )
        assert found["proposes"].values[:, j] == pytest.approx(talks, abs=ROUNDING)
        for n in range(stage.peace.shape[0] + 1):
            chance = worth = taken = 0.0
            for (s, mass), m in product(at_start(tiny), range(2)):
                here = mass * stage.posture[m, s] * stage.recognition[m, j, s] / talks
                c = stage.continuation[m, j, s]
                chance += here * stage.offer[m, j, n, s]
                if n == stage.peace.shape[0]:
                    worth += here * c
                    continue
                others = [stage.accept[k, m, n, s] for k in (A, D) if k != j]
                taken += here * math.prod(others)
                worth += here * (c + math.prod(others) * (stage.peace[n, j, s] - c))
            assert found["offer_probability"].values[:, j, n] == pytest.approx(chance, abs=ROUNDING)
            assert float(found["offer_value"][j, n]) == pytest.approx(worth, abs=ROUNDING)
            if n < stage.peace.shape[0]:
                assert float(found["offer_accepted"][j, n]) == pytest.approx(taken, abs=ROUNDING)


def test_efforts_are_worth_the_flow_and_the_war_that_follows(
    tiny: Solution, stage: reference.Stage, found: xr.Dataset
) -> None:
    """(i.1), with nature's expectation by walking through its operators; D has one effort, which tells what A's are."""
    t = tiny.tables
    next_values = tiny.values[1, :, :, 0]
    for e in range(2):
        total = chance = 0.0
        for (s, mass), m in product(at_start(tiny), range(2)):
            here = mass * stage.posture[m, s]
            operators = [int(o) for o in t.nature[:, 0, m, e, A]]
            later = reference.expected(t, operators, s, next_values[A])
            total += here * (t.pool[t.flow[0, m, e, A], s] + t.discount[A] * later)
            chance += here * stage.effort[m, e, s]
        assert float(found["effort_value"].sel(seat="attacker")[e]) == pytest.approx(total, abs=ROUNDING)
        assert found["effort_probability"].values[:, A, e] == pytest.approx(chance, abs=ROUNDING)
    assert found["level"].values.tolist() == [0.5, 1.0]
    only = found.sel(seat="defender")
    assert np.isnan(only["effort_value"][0])
    assert float(only["effort_value"][1]) == pytest.approx(float(only["fight_on"]), abs=ROUNDING)


def test_postures_are_worth_what_the_patron_weighs(tiny: Solution, stage: reference.Stage, found: xr.Dataset) -> None:
    for m in range(2):
        chance = sum(mass * stage.posture[m, s] for s, mass in at_start(tiny))
        assert found["posture_probability"].values[:, m] == pytest.approx(chance, abs=ROUNDING)
        for r in range(3):
            worth = sum(mass * stage.before_posture[m, r, s] for s, mass in at_start(tiny))
            assert float(found["posture_value"][r, m]) == pytest.approx(worth, abs=ROUNDING)
    assert found["posture_cost"].sel(seat="patron").values.tolist() == pytest.approx([0.0, 0.001], abs=ROUNDING)
    assert np.isnan(found["posture_cost"].sel(seat=["attacker", "defender"])).all()


def test_a_period_of_war_is_its_flow_and_what_follows(tiny: Solution, found: xr.Dataset) -> None:
    """C = (1 - delta) u + delta V', and `later` is the mean of the next period's values over nature's moves."""
    delta = tiny.tables.discount
    whole = (1.0 - delta) * found["war_rate"] + delta * found["later"]
    np.testing.assert_allclose(whole, found["fight_on"], rtol=0, atol=ROUNDING)
    first, t, total = decisions(tiny, 0), tiny.tables, 0.0
    for (s, mass), m, e in product(at_start(tiny), range(2), range(2)):
        here = mass * first.posture[m, s] * first.effort[m, e, s]
        total += here * reference.expected(t, [int(o) for o in t.nature[:, 0, m, e, D]], s, tiny.values[1, D, :, 0])
    assert float(found["later"].sel(seat="defender")) == pytest.approx(total, abs=ROUNDING)


def test_expectations_are_those_of_the_outlook_where_all_know_the_same(
    tiny_outlook: Outlook, found: xr.Dataset
) -> None:
    whole, delay = tiny_outlook.tree["outlook"], tiny_outlook.tree["delay"]
    for k, seat in enumerate(found["seat"].values):
        here = found.sel(seat=seat)
        np.testing.assert_allclose(here["cumulative_probability"], whole["cumulative_probability"], atol=ROUNDING)
        assert (here["settlement_date_given"].values == whole["settlement_date_given"].values).all()
        np.testing.assert_allclose(here["terms_overall"], whole["terms_overall"], atol=ROUNDING)
        assert float(here["terms_mean"]) == pytest.approx(whole["terms_overall"].attrs["mean"], abs=ROUNDING)
        np.testing.assert_allclose(here["value_by_date"], delay["value"][:, k], atol=ROUNDING)
        np.testing.assert_allclose(here["value_slope"], delay["value_slope"][:, k], atol=ROUNDING)
        np.testing.assert_allclose(here["gain"], tiny_outlook.tree["seats/gain"][0], atol=ROUNDING)


class Still(toys.Line):
    """A line without moves."""

    def axes(self, grid: str) -> tuple:
        return ()

    def moves(self, at) -> tuple:
        return ()


def test_a_war_of_one_period_and_one_package_by_hand() -> None:
    """Everything of the page in closed form: (i.1)-(i.7) for two sides, one state and one package."""
    forces = {
        "line": Still(costs=(0.05, 0.1)),
        "talks": toys.Talks(chances=(0.5, 0.25, 0.0), with_postures=False),
    }
    actors = {
        "attacker": {"name": "North", "discount_yearly": 0.25, "efforts": [1.0]},
        "defender": {"name": "South", "discount_yearly": 0.6, "efforts": [1.0]},
    }
    choices = {"settlement_hazard_at_zero_gain": 0.1, "precision": {"offer": 30.0, "response": 20.0}}
    game = build(
        toys.scenario(
            forces, actors=actors, agenda={"grid": {"terms": [0.45]}}, choices=choices, horizon=1, period="year",
            frozen={"cost": {"attacker": 0.08, "defender": 0.03}},
        )
    )  # fmt: skip
    here = seen(forecast(solve(game, dtype=np.float64, threads=1)))
    # A pays 0.05 (1 + 1) at full effort, D 0.1 (1 + 1); the line lies at one half; what is open then is frozen.
    u, later, w = (0.5 - 0.1, 0.5 - 0.2), (0.5 - 0.08, 0.5 - 0.03), (0.45, 0.55)
    delta = (0.8, 0.625)
    c = [(1 - d) * flow + d * v for d, flow, v in zip(delta, u, later, strict=True)]
    alpha = [1 / (1 + math.exp(-20.0 * (w[i] - c[i]))) for i in (A, D)]
    # Settling at no gain happens with hazard 0.1: talks 3/4, of which the answer accepts half.
    chance = 1 - math.exp(-0.1)
    weight = chance / (0.75 * 0.5 - chance)
    gains = [alpha[D] * (w[A] - c[A]), alpha[A] * (w[D] - c[D])]
    offers = [weight * math.exp(30.0 * g) / (1.0 + weight * math.exp(30.0 * g)) for g in gains]
    settles = 0.5 * offers[A] * alpha[D] + 0.25 * offers[D] * alpha[A]
    for i, seat in enumerate(("attacker", "defender")):
        mine = here.sel(seat=seat)
        expected = {
            "fight_on": c[i], "war_rate": u[i], "later": later[i], "value": c[i] + settles * (w[i] - c[i]),
            "terms_mean": 0.45,
        }  # fmt: skip
        for name, number in expected.items():
            assert float(mine[name]) == pytest.approx(number, abs=ROUNDING), name
        np.testing.assert_allclose(mine["gain"][:, 0], [w[A] - c[A], w[D] - c[D]], atol=ROUNDING)
        np.testing.assert_allclose(mine["acceptance"][:, 0], alpha, atol=ROUNDING)
        assert float(mine["others_accept"][0]) == pytest.approx(alpha[1 - i], abs=ROUNDING)
        np.testing.assert_allclose(mine["answer_value"][0], [w[i], c[i]], atol=ROUNDING)
        np.testing.assert_allclose(mine["offer_value"], [c[i] + gains[i], c[i]], atol=ROUNDING)
        np.testing.assert_allclose(mine["offer_probability"][i], [offers[i], 1 - offers[i]], atol=ROUNDING)
        assert float(mine["offer_accepted"][0]) == pytest.approx(alpha[1 - i], abs=ROUNDING)
        assert float(mine["cumulative_probability"][-1, 0]) == pytest.approx(settles, abs=ROUNDING)
        assert float(mine["value_by_date"][0]) == pytest.approx(w[i], abs=ROUNDING)
        assert mine["peace_part"].sel(peace_source="terms")[0] == pytest.approx(w[i], abs=ROUNDING)
        assert mine["war_part"].sel(war_source="line") == pytest.approx(u[i], abs=ROUNDING)


def test_the_textbook_case_is_its_closed_form() -> None:
    """docs/cases/textbook.md: A's value is 0.5825 on the grid of offers, and fighting on 0.2 * 0.4 + 0.8 * 0.5825."""
    game = build(load("textbook"))
    here = seen(forecast(solve(game, threads=1)))
    # Choices of precision 1e5 in single precision: values are right to 1e-5.
    np.testing.assert_allclose(here["value"], [0.5825, 0.4175], atol=1e-5)
    np.testing.assert_allclose(here["fight_on"], [0.2 * 0.4 + 0.8 * 0.5825, (0.3 + 2 * 0.4175) / 3], atol=1e-5)
    signed = here["acceptance"].sel(seat="attacker", actor="attacker").values > 0.5
    terms = game.terms[:, 0]
    assert signed.tolist() == (terms > 0.546).tolist()  # from its value of fighting on upwards
    offered = here["offer_probability"].sel(seat="attacker", actor="attacker").values[:-1]
    assert terms[int(np.argmax(offered))] == pytest.approx(0.6175)  # the last that D, who needs 0.378, accepts


# --- Parts --------------------------------------------------------------------------------------------------------


@cache
def solved(name: str) -> Solution:
    """Games of the engine, in double precision."""
    all_three = {
        "horizon": 2,
        "mechanisms": {"line": toys.Line(points=3, spread=0.2), "talks": toys.Talks(), "breaks": toys.Breaks(),
                       "bill": typed_toys.Bill()},
        "beliefs": {"attacker": typed_toys.ATTACKER, "defender": typed_toys.DEFENDER, "patron": typed_toys.PATRON},
    }  # fmt: skip
    three_types = {
        "horizon": 2,
        "beliefs": {
            "attacker": typed_toys.ATTACKER | {
                "resolution": 3,
                "types": [*typed_toys.ATTACKER["types"], {"name": "hollow", "probability": 0.2,
                                                          "set": {"mechanisms.line.costs.0": 0.1}}],
            }
        },
    }  # fmt: skip
    games = {
        "one type each": toys.tiny,
        "two types": lambda: typed_toys.tiny(actors={"defender": toys.ACTORS["defender"] | {"efforts": [0.4, 1.0]}}),
        "types of all three": lambda: typed_toys.tiny(**all_three),
        "three types": lambda: typed_toys.tiny(**three_types),
        "types known": lambda: typed_toys.tiny(beliefs={"attacker": typed_toys.ATTACKER, "known": True}),
    }
    return solve(games[name](), dtype=np.float64, threads=1)


NAMES = ("one type each", "two types", "types of all three", "three types", "types known")


@pytest.fixture(params=NAMES)
def solution(request: pytest.FixtureRequest) -> Solution:
    return solved(request.param)


@cache
def outlook_of(name: str) -> Outlook:
    return forecast(solved(name))


def opening(solution: Solution) -> Opening:
    one = solution.tables.n_profiles == 1
    return Opening(solution.game, solution, decisions(solution, 0) if one else decisions_of_types(solution, 0))


def reached(o: Opening) -> np.ndarray:
    """Joint beliefs at which no type is impossible; what an impossible type does is never read."""
    possible = np.ones(o.tables.n_nodes, bool)
    place = np.unravel_index(np.arange(o.tables.n_nodes), [axis.nodes.shape[0] for axis in o.tables.beliefs] or [1])
    for axis, at in zip(o.tables.beliefs, place, strict=False):
        possible &= (axis.nodes[at] > 0.0).all(axis=1)
    return possible


SOLVED = 1e-9
"""The engine's informed choices are solved to this, in units of log-odds (precision up to 2000 times a value)."""


@pytest.mark.parametrize("name", NAMES)
def test_parts_add_up_to_what_the_engine_uses(name: str) -> None:
    here = seen(outlook_of(name))
    np.testing.assert_allclose(here["peace_part"].sum("peace_source"), here["peace"], rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(here["war_part"].sum("war_source"), here["war_rate"], rtol=0, atol=ROUNDING)


def own(o: Opening, side: int) -> list[int]:
    return [int(r) for r in np.flatnonzero(o.tables.row_side == side)]


def logit(weight: np.ndarray, precision: float, worth: np.ndarray) -> np.ndarray:
    """Choice among the first axis, by its reference weights."""
    with np.errstate(divide="ignore"):
        odds = np.log(weight).reshape(-1, *(1,) * (worth.ndim - 1)) + precision * worth
    odds = np.exp(odds - odds.max(axis=0))
    return odds / odds.sum(axis=0)


def test_choices_follow_from_what_the_options_are_worth(solution: Solution) -> None:
    """Every choice of the engine is the logit of the values that are shown, wherever the war may start."""
    o, t = opening(solution), solution.tables
    p, inside = o.played, reached(opening(solution))
    n_postures = p.fight.shape[0]
    for j in range(p.offer.shape[0]):
        if np.isnan(p.offer[j, 0]).any():
            continue  # never gets to propose
        worth = o.offer_worth(j)
        for (k, row), m in product(enumerate(own(o, j)), range(n_postures)):
            expected = logit(t.offer_weight[0], float(t.precision_offer[j]), worth[m, k, :, row])
            np.testing.assert_allclose(p.offer[j, k, m][..., inside], expected[..., inside], rtol=0, atol=SOLVED)
    by_a, by_d, by_p = o.effort_worth(), o.reply_worth(), o.posture_worth()
    for (k, row), m in product(enumerate(own(o, A)), range(n_postures)):
        expected = logit(np.ones(by_a.shape[2]), float(t.precision_effort[0]), by_a[k, m, :, row])
        np.testing.assert_allclose(p.effort_a[k, m][..., inside], expected[..., inside], rtol=0, atol=SOLVED)
    for (k, row), m, a in product(enumerate(own(o, D)), range(n_postures), range(by_d.shape[2])):
        expected = logit(np.ones(by_d.shape[3]), float(t.precision_effort[1]), by_d[k, m, a, :, row])
        np.testing.assert_allclose(p.effort_d[k, m, a][..., inside], expected[..., inside], rtol=0, atol=SOLVED)
    for k, row in enumerate(own(o, P)):
        cost = o.at_states(t.profiles.posture_cost[0, :, k])[..., None]
        expected = logit(t.posture_weight[0], float(t.precision_posture), by_p[k, :, row] - cost)
        np.testing.assert_allclose(p.posture[k][..., inside], expected[..., inside], rtol=0, atol=SOLVED)


def test_values_before_choices_are_the_means_of_what_the_options_are_worth(solution: Solution) -> None:
    """(i.2), (i.6), (i.7) from the options back to the engine's C, U and V."""
    o, t = opening(solution), solution.tables
    p, inside = o.played, reached(opening(solution))
    fight = np.einsum("rkb,kmasb,kmarsb->mrsb", o.held[A], p.effort_a[: t.types[A]], o.effort_worth())
    np.testing.assert_allclose(fight[..., inside], p.fight[..., inside], rtol=0, atol=ROUNDING)
    before = p.fight.copy()
    for j in range(p.offer.shape[0]):
        if np.isnan(p.offer[j, 0]).any():
            continue
        mean = np.einsum("rkb,kmnsb,mknrsb->mrsb", o.held[j], p.offer[j, : t.types[j]], o.offer_worth(j))
        before += p.recognition[:, j, None, :, None] * (mean - p.fight)
    np.testing.assert_allclose(before[..., inside], p.before_posture[..., inside], rtol=0, atol=1e-10)
    value = np.einsum("rkb,kmsb,kmrsb->rsb", o.held[P], p.posture[: t.types[P]], o.posture_worth())
    np.testing.assert_allclose(value[..., inside], p.value[..., inside], rtol=0, atol=ROUNDING)


def test_a_seat_knows_its_type_and_believes_what_it_was_given() -> None:
    here = seen(outlook_of("types of all three"))
    belief = here["belief"]
    assert float(belief.sel(seat="attacker: wider aims", about="attacker: wider aims")) == 1.0
    for seat, about, number in (
        ("defender: firm", "attacker: wider aims", 0.7),
        ("patron: leaving", "attacker: wider aims", 0.2),
        ("attacker: limited aims", "defender: weary", 0.3),
        ("defender: weary", "patron: leaving", 0.2),
        ("attacker: limited aims", "patron: leaving", 0.4),
    ):
        assert float(belief.sel(seat=seat, about=about)) == pytest.approx(number, abs=ROUNDING)
    assert "belief" not in seen(outlook_of("one type each"))


@pytest.mark.parametrize("name", ["two types", "three types", "types known"])
def test_expectations_of_a_seat_are_the_outlook_of_its_view(name: str) -> None:
    """With one side's types alone, an observer's view, or that of a given type, is what the seat sees."""
    here, views = seen(outlook_of(name)), outlook_of(name).tree["views"].to_dataset()
    for seat in here["seat"].values:
        for shown in ("cumulative_probability", "terms_mean", "settlement_probability"):
            np.testing.assert_allclose(here[shown].sel(seat=seat), views[shown].sel(view=seat), atol=ROUNDING)
        role = str(here["seat_actor"].sel(seat=seat).values)
        value = views["value"].sel(view=seat, actor=role)
        assert float(here["value"].sel(seat=seat)) == pytest.approx(float(value), abs=ROUNDING)


@pytest.mark.parametrize("seat", ["attacker: limited aims", "defender", "patron"])
def test_gains_as_a_seat_sees_them_are_those_of_its_view(seat: str) -> None:
    whole = forecast(solved("two types"), view=seat).tree["seats/gain"][0]
    np.testing.assert_allclose(seen(outlook_of("two types"))["gain"].sel(seat=seat), whole, atol=ROUNDING)


# --- Types, against the plain loops of the reference -------------------------------------------------------------


@pytest.fixture(params=["attacker", pytest.param("attacker and defender", marks=pytest.mark.slow)])
def loops(request: pytest.FixtureRequest) -> Played:
    return played(request.param)


def test_offers_and_answers_of_types_are_those_of_the_plain_loops(loops: Played) -> None:
    """What each offer leads to, at the reference's own landing places and from its own values before answers."""
    here, t, beliefs = seen(outlook(loops)), loops.game.tables, loops.reference.beliefs
    stage, b = loops.reference.stages[0], loops.reference.beliefs.start
    n, states = len(loops.game.packages), [int(s) for s in np.flatnonzero(t.initial)]
    for seat in seats(loops.game):
        j, k = seat.side, seat.kind
        worth, chance, accepts = np.zeros(n + 1), np.zeros(n + 1), np.zeros((2, n))
        for s in states:
            c, mass = stage.continuation[0, :, s], float(t.initial[s])
            leads_to = np.zeros((n + 1, t.n_rows, t.n_nodes))
            leads_to[n] = c
            for package in range(n):
                leads_to[package] = stage.peace[package, :, s]
                for i in (D, A):
                    if i != j:
                        answers = stage.answer[i, 0, package, s]
                        outcome = np.stack([leads_to[package], c])
                        leads_to[package] = reference_types.before(beliefs, i, answers, outcome)
                for i in (A, D):
                    given = stage.answer[i, 0, package, s][b].probability[:, 0]
                    accepts[i, package] += mass * float(beliefs.own(seat.row, i, b) @ given)
            choice = stage.offer[0, j, s][b]
            for offer in range(n + 1):
                chance[offer] += mass * choice.probability[k, offer]
                worth[offer] += mass * sum(q[k] * leads_to[offer, seat.row, v] for v, q in choice.landing[offer])
        mine = here.sel(seat=seat.name)
        np.testing.assert_allclose(mine["others_accept"], signed(loops, seat), rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(mine["offer_value"], worth, rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(mine["offer_probability"].sel(actor=seat.role), chance, rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(mine["acceptance"][:2], accepts, rtol=0, atol=ROUNDING)


def signed(loops: Played, seat: Seat) -> np.ndarray:
    """(N,) probability that the other belligerents accept, once the seat does, by A's answer and then D's."""
    t, beliefs, stage = loops.game.tables, loops.reference.beliefs, loops.reference.stages[0]
    found = np.zeros(len(loops.game.packages))
    for n, s in product(range(found.size), np.flatnonzero(t.initial)):
        by_a, by_d = stage.answer[A, 0, n, int(s)], stage.answer[D, 0, n, int(s)]
        mass, b = float(t.initial[s]), beliefs.start
        of_d = [float(beliefs.own(seat.row, D, v) @ by_d[v].probability[:, 0]) for v in range(t.n_nodes)]
        for k, believed in enumerate(beliefs.own(seat.row, A, b)):
            accepts = 1.0 if seat.side == A else by_a[b].probability[k, 0]
            follows = 1.0 if seat.side == D else sum(q[k] * of_d[v] for v, q in by_a[b].landing[0])
            found[n] += mass * believed * accepts * follows
    return found


def test_an_answer_is_the_logit_of_what_either_answer_is_worth(loops: Played) -> None:
    """With one starting state the mean is no obstacle: alpha = sigma(lambda (accept - reject)), theory (ii.3)."""
    one = replace(loops.game, tables=loops.game.tables._replace(initial=np.eye(loops.game.tables.n_states)[1]))
    for role in ("attacker", "defender"):
        side = ROLES.index(role)
        here = seen(outlook(loops._replace(game=one)))
        for seat in (x for x in seats(one) if x.role == role):
            mine = here.sel(seat=seat.name)
            odds = float(one.tables.precision_response[side]) * (
                mine["answer_value"][:, 0] - mine["answer_value"][:, 1]
            )
            odds = odds + math.log(one.tables.accept_weight)
            expected = 1.0 / (1.0 + np.exp(-odds))
            np.testing.assert_allclose(mine["acceptance"].sel(actor=role), expected, rtol=0, atol=1e-9)


def test_every_variable_is_documented_and_has_a_unit_and_a_meaning() -> None:
    page = (Path(__file__).parents[2] / "docs" / "outlook.md").read_text(encoding="utf-8")
    assert [name for name in sorted(CATALOGUE) if f"`{name}`" not in page] == []
    here = seen(outlook_of("types of all three"))
    assert set(here.data_vars) == set(CATALOGUE)
    for name, values in here.data_vars.items():
        assert values.attrs["long_name"], name
        assert "units" in values.attrs or values.dtype.kind == "M", name

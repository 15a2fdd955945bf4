"""The textbook case against its closed form and the same finite game in plain Python (docs/cases/textbook.md)."""

from __future__ import annotations

import math

import numpy as np
import pytest

import ripeness
from ripeness.engine import decisions, propagate
from ripeness.game import build

PERIODS = 40
DISCOUNT = (1 / 1.25, 1 / 1.5)
FLOW = (0.4, 0.3)
CHANCE = (0.5, 0.5)
PRECISION = 1e5
TERMS = [0.4525 + 0.005 * k for k in range(50)]
STEP = 0.005


def closed_form(discount: tuple[float, float], flow: tuple[float, float], p: float) -> float:
    """V_A of the random-proposer game with a flow while disagreeing, infinite horizon and precision; equation (1)."""
    impatience = tuple(1 - d for d in discount)
    top = p * impatience[1] * (1 - flow[1]) + (1 - p) * impatience[0] * flow[0]
    return top / (p * impatience[1] + (1 - p) * impatience[0])


def tolerance(discount: tuple[float, float], p: float) -> float:
    """Theory 0.4: one period's error of rounding to the grid and of logit choice, carried on with weight rho."""
    rho = p * discount[1] + (1 - p) * discount[0]
    noise = (2 + math.log1p(PRECISION) + math.log(len(TERMS))) / PRECISION
    return (STEP + noise) / (1 - rho)


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def by_hand() -> list[tuple[float, float]]:
    """Values of both sides in every period, from (i.1) to (i.7) without arrays."""
    hazard = -math.expm1(-0.01)  # a year at zero gain; an offer from which nobody gains succeeds with 1/2
    weight = hazard / (0.5 - hazard) / len(TERMS)
    value = FLOW  # frozen at the horizon: half of the prize less the cost of the war
    values = [value]
    for _ in range(PERIODS):
        fights = tuple((1 - d) * u + d * v for d, u, v in zip(DISCOUNT, FLOW, value, strict=True))
        new = list(fights)
        for j in (0, 1):
            k = 1 - j
            gains = []
            for x in TERMS:
                peace = (x, 1 - x)
                accepts = logistic(PRECISION * (peace[k] - fights[k]))
                gains.append((accepts, tuple(w - c for w, c in zip(peace, fights, strict=True))))
            exponent = [math.log(weight) + PRECISION * a * gain[j] for a, gain in gains] + [0.0]
            most = max(exponent)
            odds = [math.exp(e - most) for e in exponent]
            for (accepts, gain), odd in zip(gains, odds, strict=False):
                for i in (0, 1):
                    new[i] += CHANCE[j] * odd / sum(odds) * accepts * gain[i]
        value = (new[0], new[1])
        values.append(value)
    return values[::-1]


def value_of_attacker(*sets: str) -> float:
    game = build(ripeness.load("textbook", sets))
    return float(decisions(ripeness.solve(game, dtype=np.float64), 0).value[0, 0])


def test_values_are_those_of_the_same_game_by_hand():
    solution = ripeness.solve(build(ripeness.load("textbook")), dtype=np.float64)
    found = np.asarray(solution.values)[:, :, 0, 0]
    # precision times the rounding of a value enters the exponents: 1e5 * 1e-16, over 40 contracting periods
    assert found == pytest.approx(np.array(by_hand()), abs=1e-9)


def test_terms_are_those_of_the_closed_form():
    value = value_of_attacker()
    assert closed_form(DISCOUNT, FLOW, 0.5) == pytest.approx(0.5875, abs=1e-15)
    assert abs(value - 0.5875) <= tolerance(DISCOUNT, 0.5)


@pytest.mark.parametrize(
    ("sets", "discount", "flow"),
    [
        (["mechanisms.territory.defender_cost=0.25"], DISCOUNT, (0.4, 0.25)),
        (["actors.defender.discount_yearly=0.25"], (0.8, 0.8), FLOW),
        (["mechanisms.territory.attacker_cost=0.05"], DISCOUNT, (0.45, 0.3)),
    ],
)
def test_terms_follow_costs_and_patience(sets, discount, flow):
    assert abs(value_of_attacker(*sets) - closed_form(discount, flow, 0.5)) <= tolerance(discount, 0.5)


def test_equal_patience_splits_what_peace_saves_whatever_the_discount_rate():
    halves = FLOW[0] + 0.5 * (1 - FLOW[0] - FLOW[1])
    for discount in (0.9, 0.8, 0.5):
        assert closed_form((discount, discount), FLOW, 0.5) == pytest.approx(halves, abs=1e-12)


def test_it_settles_at_once_and_the_proposer_gets_the_better_terms():
    game = build(ripeness.load("textbook"))
    forward = propagate(ripeness.solve(game, dtype=np.float64))
    assert forward.settled[0].sum() == pytest.approx(1.0, abs=1e-6)
    terms = [float(forward.settled[0, j] @ game.terms[:, 0] / forward.settled[0, j].sum()) for j in (0, 1)]
    fights = [(1 - d) * u + d * v for d, u, v in zip(DISCOUNT, FLOW, (0.5875, 0.4125), strict=True)]
    wanted = (1 - fights[1], fights[0])
    assert wanted == pytest.approx((0.625, 0.55))
    # a proposer's terms are off by its own rounding to the grid and by the discounted error of the value
    assert np.abs(np.subtract(terms, wanted)).max() <= STEP + max(DISCOUNT) * tolerance(DISCOUNT, 0.5)

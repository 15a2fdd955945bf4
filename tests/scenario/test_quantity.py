"""A number of a scenario is a float for the mathematics, and remembers what is known of it."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from ripeness.scenario import Quantity
from ripeness.scenario.quantity import Citation, Prior
from ripeness.scenario.schema import Actor, AgendaGrid

FULL = Quantity(0.1, (0.05, 0.2), None, (Citation(document="memo", sentence=3),), "a guess")


def known(value: Quantity) -> tuple[Any, ...]:
    return float(value), value.range, value.prior, value.cites, value.note


def test_quantity_computes_as_a_float() -> None:
    assert FULL + 1 == 1.1
    assert type(FULL * 2) is float
    assert f"{FULL:.2f}" == "0.10"
    assert np.array([FULL, FULL]).dtype == np.float64
    assert math.isclose(np.exp(FULL), math.exp(0.1))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copy_of_a_quantity_remembers_as_much(again: Any) -> None:
    assert known(again(FULL)) == known(FULL)


@pytest.mark.parametrize("said", [0.1, FULL, {"value": 0.1}, {"value": 0.1, "range": (0.05, 0.2)}])
def test_models_take_every_form_of_a_number_in_python(said: Any) -> None:
    actor = Actor(name="x", discount_yearly=said)
    assert isinstance(actor.discount_yearly, Quantity)
    assert float(actor.discount_yearly) == 0.1


def test_models_take_whole_numbers_and_lists_in_python() -> None:
    grid = AgendaGrid(shifts=[0, 0.1], guarantees=(1,))  # type: ignore[arg-type]
    assert grid.shifts == (0.0, 0.1)
    assert all(isinstance(shift, Quantity) for shift in grid.shifts)


@pytest.mark.parametrize(
    "said", ["0.1", True, None, math.nan, math.inf, [0.1], {}, {"value": "0.1"}, {"value": math.nan}]
)
def test_models_refuse_what_is_no_finite_number_in_python(said: Any) -> None:
    with pytest.raises(ValidationError):
        Actor(name="x", discount_yearly=said)


SCIPY = {
    "uniform": stats.uniform, "normal": stats.norm, "lognormal": stats.lognorm, "beta": stats.beta,
    "triangular": stats.triang,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("uniform", (0.2, 0.6)), ("uniform", (-1.0, 3.0)), ("normal", (0.1, 2.0)), ("lognormal", (0.5, 0.1, 2.0)),
        ("beta", (2.0, 5.0)), ("beta", (2.0, 5.0, -1.0, 4.0)), ("triangular", (0.3, 1.0, 2.0)),
        ("triangular", (0.0, 0.0, 1.0)),
    ],
)  # fmt: skip
def test_prior_takes_the_parameters_of_scipy_and_knows_its_support(kind: Any, parameters: tuple[float, ...]) -> None:
    low, high = SCIPY[kind](*parameters).support()
    assert Prior(kind=kind, parameters=parameters).support == pytest.approx((low, high), rel=1e-15)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("uniform", (0.2,)), ("uniform", (0.2, 0.0)), ("uniform", (0.2, -1.0)), ("normal", (0.0, 0.0)),
        ("normal", (0.0, 1.0, 2.0)), ("lognormal", (0.5, 1.0)), ("lognormal", (0.0, 0.0, 1.0)), ("beta", (0.0, 1.0)),
        ("beta", (1.0, 1.0, 0.0)), ("triangular", (1.1, 0.0, 1.0)), ("triangular", (0.5, 0.0, 0.0)), ("cauchy", (0, 1)),
    ],
)  # fmt: skip
def test_prior_refuses_parameters_that_make_no_distribution(kind: Any, parameters: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Prior(kind=kind, parameters=parameters)

"""Runners of the theory's part I (cases A.1 to A.6): logit choice, interpolation, grids."""

from __future__ import annotations

import re

import numpy as np

from ripeness.engine import propagate
from ripeness.game import stencil
from ripeness.theory import grids, softmax
from ripeness.theory.case import Case, CaseError, Resolution
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.tables_of_theory import pie_builder, play


def softmax_loss(case: Case, at: Resolution | None) -> Measured:
    """A.1 What a logit chooser loses at most."""
    n = case.count("n")
    return Measured(
        formula={"max_loss_times_lambda": softmax.largest_loss(n), "crude_bound": softmax.crude_loss_bound(n)}
    )


def lipschitz(case: Case, at: Resolution | None) -> Measured:
    """A.2 How much a logit-weighted value amplifies."""
    return Measured(formula={"constant": softmax.lipschitz_constant(case.count("n"))})


def interpolation(case: Case, at: Resolution | None) -> Measured:
    """A.4 Linear interpolation of a kink that noise has rounded off."""
    described = re.fullmatch(r"p\*z\+\(1-p\)\*\(([\d.]+)-z\), p=logistic\(lam\*\(2z-\1\)\)", str(case["function"]))
    if described is None:
        raise CaseError(f"params.function is not understood: {case['function']!r}")
    precision, n_cells = case.number("lam"), case.count("N")
    return Measured(
        formula={
            "max_error": grids.kink_interpolation_error(precision, n_cells, float(described[1])),
            "bound": grids.kink_interpolation_bound(precision, n_cells),
        }
    )


def numerical_diffusion(case: Case, at: Resolution | None) -> Measured:
    """A.5 Mass that moves by less than a step each period, through the forward pass."""
    step, shift, n_periods = case.number("h"), case.number("shift"), case.count("steps")
    part = shift / step
    if not 0.0 <= part <= 1.0:
        raise CaseError(f"params.shift must lie between 0 and h = {step:g}, found {shift:g}")
    builder = pie_builder([0.0], n_periods, (1.0, 1.0), shape=(n_periods + 1,), recognition=((0.0, 0.0),))
    room = (np.arange(n_periods + 1) < n_periods).astype(float)
    builder.set_nature(0, builder.move(0, {1: part * room, 0: 1.0 - part * room}))
    mass = propagate(play(builder.finish()), threads=1).mass[-1]
    place = step * np.arange(n_periods + 1)
    return Measured(
        game={"variance": float(mass @ (place - mass @ place) ** 2)},
        formula={"variance": grids.numerical_diffusion(step, shift, n_periods)},
    )


def trinomial(case: Case, at: Resolution | None) -> Measured:
    """A.6 The weights that the game of a scenario uses, and where the engine's forward pass sends the mass."""
    drift, variance, step = case.number("v"), case.number("s2"), case.number("h")
    weights = stencil.weights(np.array(drift), np.array(variance), step)
    exact = grids.up_stay_down(drift, variance, step)
    formula = {
        "up": exact.up,
        "down": exact.down,
        "stay": exact.stay,
        "h_min": exact.step_min,
        "h_max": exact.step_max,
        "feasible": exact.feasible,
    }
    if not exact.feasible:
        return Measured(formula=formula)
    builder = pie_builder([0.0], 1, (1.0, 1.0), shape=(3,), recognition=((0.0, 0.0),))
    middle = np.array([0.0, 1.0, 0.0])
    move = {1: weights.up * middle, 0: 1.0 - (1.0 - weights.stay) * middle, -1: weights.down * middle}
    builder.set_nature(0, builder.move(0, move))
    builder.initial = middle
    down, stay, up = (float(m) for m in propagate(play(builder.finish()), threads=1).mass[-1])
    return Measured(game={"up": up, "down": down, "stay": stay}, formula=formula)


PROPERTY = "a property of logit choice, without a game"
GRID = "a property of a grid, without a game"

RUNNERS = {
    "softmax_gap": Runner(softmax_loss, because=PROPERTY),
    "boltzmann_lipschitz": Runner(lipschitz, because=PROPERTY),
    "interp": Runner(interpolation, because=GRID),
    "numerical_diffusion": Runner(numerical_diffusion),
    "trinomial": Runner(trinomial),
}

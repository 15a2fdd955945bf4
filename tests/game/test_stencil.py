"""Up/stay/down weights."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.game.errors import GameError
from ripeness.game.stencil import close_ends, substeps, trinomial, weights
from ripeness.mechanisms.base import Axis


def axis(n, length=1.0):
    return Axis("territory", np.linspace(0.0, length, n), 0.5 * length, "share", "line")


def test_weights_are_those_of_the_theory(theory_cases):
    (case,) = [c for c in json.loads(theory_cases.read_text())["cases"] if c["id"] == "trinomial_1"]
    v, s2, h = (case["params"][k] for k in ("v", "s2", "h"))
    down, stay, up = weights(np.array(v), np.array(s2), h)
    expected = case["expected"]
    assert (up, stay, down) == pytest.approx([expected[k] for k in ("up", "stay", "down")], abs=1e-12)
    # Least step: one sub-step suffices just above it, and not just below. Greatest: the weights turn negative beyond.
    assert substeps(np.array(v), np.array(s2), expected["h_min"] * (1 + 1e-9)) == 1
    assert substeps(np.array(v), np.array(s2), expected["h_min"] * (1 - 1e-9)) == 2
    assert weights(np.array(v), np.array(s2), expected["h_max"] * (1 - 1e-9)).down >= 0.0
    assert weights(np.array(v), np.array(s2), expected["h_max"] * (1 + 1e-9)).down < 0.0


@given(
    drift=st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=8),
    spread=st.floats(0.01, 3.0),
    years=st.sampled_from((7 / 365.25, 1 / 12, 0.25, 1.0)),
    n=st.integers(2, 60),
)
def test_mean_and_variance_over_a_period_are_matched_or_the_grid_is_refused(drift, spread, years, n):
    drift = np.array(drift)
    line = axis(n)
    h = line.values[1]
    try:
        (down, stay, up), k = trinomial(drift, np.full(drift.shape, spread), line, years, mechanism="territory")
    except GameError:
        assert np.any(h * np.abs(drift) > spread**2 * (1 - 1e-9))  # the cell is too long for any number of sub-steps
        return
    assert np.all((down >= 0) & (stay >= 0) & (up >= 0))
    assert np.allclose(down + stay + up, 1.0, rtol=0, atol=1e-14)
    mean, second = h * (up - down), h**2 * (up + down)
    assert np.allclose(k * mean, drift * years, rtol=1e-9, atol=1e-12)
    assert np.allclose(k * (second - mean**2), spread**2 * years, rtol=1e-9, atol=1e-12)


@given(drift=st.floats(-2.0, 2.0), spread=st.floats(0.05, 2.0), step=st.floats(0.01, 1.0))
def test_number_of_substeps_is_the_least_that_is_not_too_fine(drift, spread, step):
    k = substeps(np.array(drift), np.array(spread**2), step)

    def too_fine(k):
        return spread**2 / k + drift**2 / k**2 > step**2 * (1 + 1e-9)

    assert not too_fine(k)
    assert k == 1 or spread**2 / (k - 1) + drift**2 / (k - 1) ** 2 > step**2 * (1 - 1e-9)


@pytest.mark.parametrize(("drift", "spread", "n"), [(0.5, 0.1, 5), (-1.0, 0.2, 11), (0.9, 0.05, 21)])
def test_a_grid_that_is_too_coarse_is_refused_with_a_number_of_points_that_does(drift, spread, n):
    with pytest.raises(GameError) as refused:
        trinomial(np.array([0.0, drift]), np.array([spread, spread]), axis(n), 1 / 12, mechanism="front")
    said = str(refused.value)
    assert "mechanisms.front" in said
    assert "'territory'" in said
    assert f"{n} points" in said
    assert f"{drift:+.3g}" in said
    assert f"{spread:.3g}" in said
    enough = int(said.split("mechanisms.front.points: ")[1].split()[0])
    trinomial(np.array([0.0, drift]), np.array([spread, spread]), axis(enough), 1 / 12, mechanism="front")


def test_a_drift_without_spread_is_refused_and_the_remedy_is_not_a_finer_grid():
    with pytest.raises(GameError, match="give it a spread above 0"):
        trinomial(np.array([0.1]), np.array([0.0]), axis(11), 1 / 12, mechanism="front")


def test_a_state_without_drift_and_spread_stays():
    (down, stay, up), k = trinomial(np.array([0.0, 0.1]), np.array([0.0, 0.3]), axis(11), 1 / 12, mechanism="front")
    assert (down[0], stay[0], up[0], k) == (0.0, 1.0, 0.0, 1)


def test_mass_that_would_leave_stays_at_the_end():
    found = weights(np.full((1, 2), 0.01), np.full((1, 2), 0.004), 0.1)
    down, stay, up = close_ends(found, 0, 5)
    assert down.shape == (5, 2)
    assert np.all(down[0] == 0.0)
    assert np.all(up[-1] == 0.0)
    assert np.allclose(down + stay + up, 1.0, rtol=0, atol=1e-15)
    assert np.allclose(stay[0], found.stay + found.down, rtol=0, atol=1e-15)
    assert np.allclose(up[1:-1], found.up, rtol=0, atol=0)

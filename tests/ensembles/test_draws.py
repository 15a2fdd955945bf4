"""Draws: the distributions that were asked for, and no draw that depends on how many there are."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from ripeness.ensembles.draws import (
    Design,
    correlated,
    cube,
    design,
    drawn,
    frozen,
    latin,
    quantiles,
    varying,
)  # fmt: skip
from ripeness.ensembles.errors import EnsembleError
from ripeness.scenario import Scenario, load
from ripeness.scenario.correlations import Correlation
from ripeness.scenario.ledger import AssumptionRow
from ripeness.scenario.quantity import Prior, Quantity
from ripeness.scenario.variants import put


@cache
def ukraine() -> Scenario:
    return load("ukraine-2025-12")


KINDS = ("sobol", "latin", "saltelli")

PRIORS = {
    "uniform": ((0.1, 0.5), stats.uniform(0.1, 0.5)),
    "normal": ((0.3, 0.4), stats.norm(0.3, 0.4)),
    "lognormal": ((0.5, 0.0, 0.3), stats.lognorm(0.5, 0.0, 0.3)),
    "beta": ((2.0, 5.0), stats.beta(2.0, 5.0)),
    "triangular": ((0.25, 0.1, 0.6), stats.triang(0.25, 0.1, 0.6)),
}


def row(prior: Prior | None = None, span: Any = None, bounds: tuple[float, float] = (-math.inf, math.inf)) -> Any:
    return AssumptionRow("x", 0.5, "", "", span, prior, (), None, True, bounds)


@pytest.mark.parametrize("kind", ["sobol", "latin"])
@pytest.mark.parametrize("n", [64, 256])
def test_points_have_one_in_each_stratum_of_every_axis(kind: Any, n: int):
    points = cube(n, 5, 7, kind)
    for column in points.T:
        assert sorted(np.floor(column * n).astype(int)) == list(range(n))


@pytest.mark.parametrize("kind", KINDS)
def test_a_larger_design_begins_with_the_smaller_one(kind: Any):
    scenario = load("korea-1951-07")
    large = design(scenario, 300, 3, kind)
    for n in (1, 2, 37, 256, 299):
        small = design(scenario, n, 3, kind)
        assert small.n == n
        np.testing.assert_array_equal(small.values, large.values[:n])
    other = design(scenario, 37, 4, kind)
    assert not np.any(np.all(other.values == large.values[:37], axis=1))


def test_two_latin_hypercubes_of_one_size_are_not_the_same_square():
    points = latin(512, 2, 0)
    assert abs(stats.spearmanr(points).statistic) < 4 / math.sqrt(512)  # four standard errors of independent ranks


@pytest.mark.parametrize("kind", list(PRIORS))
def test_priors_have_their_quantiles(kind: Any):
    parameters, wanted = PRIORS[kind]
    u = cube(1024, 1, 0, "sobol")[:, 0]
    values, said = quantiles(u, row(Prior(kind=kind, parameters=parameters)))
    assert said == []
    strata = wanted.ppf(np.arange(1025) / 1024)  # each of which holds one point
    assert np.all((strata[:-1] <= np.sort(values)) & (np.sort(values) <= strata[1:]))
    assert frozen(Prior(kind=kind, parameters=parameters)).mean() == wanted.mean()


def test_a_range_is_uniform_between_its_ends():
    u = cube(256, 1, 0, "sobol")[:, 0]
    values, _ = quantiles(u, row(span=(0.2, 0.6)))
    np.testing.assert_allclose(values, 0.2 + 0.4 * u, rtol=1e-14)
    ends, _ = quantiles(np.array([0.0, 1.0]), row(span=(0.1, 0.3)))
    assert ends.tolist() == [0.1, 0.3]


@pytest.mark.parametrize(
    ("prior", "bounds"),
    [
        (Prior(kind="normal", parameters=(0.9, 0.2)), (0.0, 1.0)),
        (Prior(kind="normal", parameters=(0.0, 1.0)), (3.0, math.inf)),  # far in a tail
        (Prior(kind="normal", parameters=(0.0, 1.0)), (-math.inf, -3.0)),
        (Prior(kind="lognormal", parameters=(1.0, 0.0, 0.5)), (-math.inf, 1.0)),
        (Prior(kind="normal", parameters=(0.5, 0.5)), (math.nextafter(0.0, 1.0), 1.0)),
    ],
)
def test_a_prior_is_cut_at_what_its_field_allows_and_says_so(prior: Prior, bounds: tuple[float, float]):
    u = cube(512, 1, 1, "sobol")[:, 0]
    values, (said,) = quantiles(u, row(prior, bounds=bounds))
    assert "is cut to what the field allows" in said
    assert values.min() >= bounds[0]
    assert values.max() <= bounds[1]
    # inside, odds are those of the prior: the share below any value is that of the prior, given the bounds
    family = frozen(prior)
    inside = family.cdf(bounds[1]) - family.cdf(bounds[0])
    for p in (0.1, 0.5, 0.9):
        x = np.quantile(values, p)
        assert (family.cdf(x) - family.cdf(bounds[0])) / inside == pytest.approx(p, abs=3 / 512)


def test_a_prior_without_mass_where_the_field_allows_any_is_refused():
    with pytest.raises(EnsembleError, match="no mass between 5 and 6"):
        quantiles(np.array([0.5]), row(Prior(kind="uniform", parameters=(0.0, 1.0)), bounds=(5.0, 6.0)))


def test_rank_correlations_are_those_asked_for_and_margins_stay():
    n = 4096
    asked = [Correlation(between=("a", "b"), rank=0.6), Correlation(between=("b", "d"), rank=-0.4)]
    points = cube(n, 4, 0, "sobol")
    joined = correlated(points, list("abcd"), asked)
    found = stats.spearmanr(joined).statistic
    error = 1.0 / math.sqrt(n - 1)  # standard error of a rank correlation of independent draws; these are more even
    wanted = {(0, 1): 0.6, (1, 3): -0.4, (0, 2): 0.0, (1, 2): 0.0, (0, 3): 0.0}
    for (i, k), rank in wanted.items():
        assert abs(found[i, k] - rank) < 4 * error
    np.testing.assert_array_equal(joined[:, 2], points[:, 2])
    for column in joined.T:
        assert stats.kstest(column, "uniform").statistic < 1.63 / math.sqrt(n)  # 1% point of Kolmogorov's law


def test_correlations_of_a_scenario_reach_its_draws():
    path, other = "mechanisms.territory.attacker_cost", "actors.attacker.discount_yearly"
    scenario = load("textbook", [f"correlations=[{{between: [{path}, {other}], rank: 0.8}}]"])
    found = design(scenario, 1024)
    columns = [found.paths.index(path), found.paths.index(other)]
    rank = stats.spearmanr(found.values[:, columns]).statistic
    assert abs(rank - 0.8) < 4 / math.sqrt(1023)
    plain = design(load("textbook"), 1024)
    untouched = [k for k in range(len(found.paths)) if k not in columns]
    np.testing.assert_array_equal(found.values[:, untouched], plain.values[:, untouched])


def test_what_lays_out_a_grid_varies_only_where_the_scenario_says_so():
    paths = [each.path for each in varying(load("textbook"))]
    assert "mechanisms.territory.attacker_cost" in paths
    assert not {"mechanisms.territory.low", "mechanisms.territory.high"} & set(paths)
    given = load("textbook", ["mechanisms.territory.high={value: 1.0, range: [0.9, 1.0]}"])
    assert "mechanisms.territory.high" in [each.path for each in varying(given)]
    paths = [each.path for each in varying(ukraine())]
    assert "mechanisms.balance.grain" in paths
    assert "mechanisms.territory.low" not in paths  # its range has equal ends
    assert "beliefs.attacker.types.1.set.mechanisms.wider_aims.settlement" in paths


def test_probabilities_of_a_list_add_up_in_every_draw():
    scenario = ukraine()
    found = design(scenario, 64)
    for election in range(3):
        columns = [found.paths.index(f"mechanisms.mood.elections.{election}.redraw.{k}") for k in range(3)]
        np.testing.assert_allclose(found.values[:, columns].sum(axis=1), 1.0, rtol=1e-14)
        assert found.values[:, columns].min() >= 0.0
        assert np.ptp(found.values[:, columns[0]]) > 0.1


def test_a_draw_is_the_scenario_with_its_numbers_in_their_places():
    scenario = ukraine()
    found = design(scenario, 2)
    changed = drawn(scenario, found.paths, found.values[1])
    for path, value in zip(found.paths, found.values[1], strict=True):
        assert float(_at(changed, path)) == value


def _at(value: Any, path: str) -> Any:
    """What stands at a path, found in another way than `put` finds it."""
    while path:
        known = value if isinstance(value, dict) else None
        if known is not None:
            key = max((each for each in known if path == each or path.startswith(f"{each}.")), key=len)
            value, path = known[key], path[len(key) + 1 :]
            continue
        key, _, path = path.partition(".")
        value = value[int(key)] if isinstance(value, tuple) else getattr(value, key)
    return value


def test_keys_that_are_paths_are_found_by_put():
    changes = {"set": {"mechanisms.line.costs.1": Quantity(0.2), "other": Quantity(0.1)}}
    assert put(changes, ["set", "mechanisms", "line", "costs", "1"], 0.5)["set"]["mechanisms.line.costs.1"] == 0.5
    with pytest.raises(ValueError, match="there is no 'mechanisms' to change"):
        put(changes, ["set", "mechanisms", "line", "costs", "2"], 0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n": 0}, "draws must be 1 to 1,000,000, got 0"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_options_that_will_not_do_are_refused(changes: dict[str, Any], said: str):
    with pytest.raises(EnsembleError, match=said):
        design(load("textbook"), **({"n": 4} | changes))


def test_a_scenario_in_which_nothing_varies_has_no_draws():
    sets = []
    for each in varying(load("textbook")):
        sets.append(f"{each.path}={{value: {each.value!r}, range: [{each.value!r}, {each.value!r}]}}")
    with pytest.raises(EnsembleError, match="no assumption of this scenario varies"):
        design(load("textbook", sets), 4)


def test_designs_say_what_they_are():
    found = design(load("textbook"), 4, 5, "latin")
    assert isinstance(found, Design)
    assert (found.n, found.seed, found.kind, len(found.paths)) == (4, 5, "latin", found.values.shape[1])

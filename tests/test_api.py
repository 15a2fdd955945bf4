"""The public names: which there are, that each is what it says, and that importing them costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ripeness

PUBLIC = {
    "Comparison", "Fault", "Game", "Histories", "Mechanism", "Outlook", "Plan", "Quantity", "Run", "Scenario",
    "ScenarioError", "Solution", "build", "cases", "check", "compare", "deal", "decisions", "forecast", "load",
    "load_plan", "run", "simulate", "solve", "verify", "write_deal_page", "write_report",
}  # fmt: skip
"""Adding a name here is a decision: it must be documented (docs/api.md), tested, and in the changelog."""


def test_the_public_names_are_these():
    assert set(ripeness.__all__) == PUBLIC
    assert len(ripeness.__all__) == len(PUBLIC)
    assert set(dir(ripeness)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_exists_and_explains_itself(name):
    assert (getattr(ripeness, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="oracle"):
        ripeness.oracle  # noqa: B018


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert ripeness.__version__ == version("ripeness")


def test_importing_ripeness_imports_nothing_heavy():
    script = "import sys, ripeness; print([m for m in ('numpy', 'numba', 'xarray', 'pydantic') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_no_public_name_is_hidden_by_a_module_of_the_same_name():
    """`import ripeness.x` sets the attribute x, so that a room called like a function would replace it."""
    import importlib
    import pkgutil

    for module in pkgutil.iter_modules(ripeness.__path__):
        assert module.name not in PUBLIC
        if module.name not in ("__main__", "cli"):
            importlib.import_module(f"ripeness.{module.name}")


def test_the_path_from_a_scenario_to_an_outlook_in_five_calls():
    scenario = ripeness.load("textbook", ["horizon=3"])
    solution = ripeness.solve(ripeness.build(scenario), dtype="float64")
    outlook, histories = ripeness.forecast(solution), ripeness.simulate(solution, 100, seed=1)
    assert solution.game.scenario is scenario
    assert float(outlook.tree["outlook/cumulative_probability"][-1].sum()) == pytest.approx(1.0, abs=1e-9)
    assert len(histories) == 100
    assert ripeness.decisions(solution, 0).offer.shape[-1] == solution.tables.n_states


def test_bare_tables_can_be_solved_too():
    game = ripeness.build(ripeness.load("textbook", ["horizon=3"]))
    bare = ripeness.solve(game.tables)
    assert bare.game is None
    assert (bare.values == ripeness.solve(game).values).all()


def test_a_notebook_shows_scenarios_games_outlooks_and_comparisons_as_html():
    solution = ripeness.solve(ripeness.build(ripeness.load("textbook", ["horizon=3"])))
    assert "<" in ripeness.forecast(solution)._repr_html_()


def test_published_results_can_be_verified_from_python(theory_cases):
    verdicts = ripeness.verify(theory_cases, sections=["1.1"])
    assert verdicts
    assert {verdict.status for verdict in verdicts} == {"PASS"}

"""A war with private information from file to run folder, with the engine itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import ripeness
from ripeness.questions import forecast, secrets
from ripeness.questions.views import weights_of
from ripeness.runs.execute import run
from ripeness.runs.results import results
from ripeness.scenario.variants import changed
from tests.questions import typed_toys as toys
from tests.scenario.typed import TYPED

pytestmark = pytest.mark.usefixtures("without_images")

CHANGES = ["horizon=3", "beliefs.attacker.nodes=5", "beliefs.defender.resolution=1", "lookahead=1"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("typed") / "war.yaml"
    path.write_text(TYPED, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(file: Path) -> ripeness.Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ripeness.runs.contents.save_charts", lambda folder, *_: [])
        return run(file, CHANGES, file.parent / "secret", grid="coarse", histories=50)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if " and " in name else ()) for name in toys.GAMES]
)
def test_the_engine_and_the_plain_loops_give_the_same_outlook(name: str) -> None:
    game = toys.played(name)
    expected = toys.outlook(game).tree
    found = forecast(ripeness.solve(game.game, dtype=np.float64)).tree
    untold = {  # the plain loops do not book payoffs by date
        ("/delay", "value"),
        ("/delay", "value_slope"),
        ("/perspectives", "value_by_date"),
        ("/perspectives", "value_slope"),
    }
    for node in expected.subtree:
        for variable, values in node.data_vars.items():
            if values.dtype.kind == "f" and (node.path, variable) not in untold and "modal" not in variable:
                np.testing.assert_allclose(found[node.path][variable], values, rtol=0, atol=1e-9, err_msg=str(variable))


def test_types_that_all_know_make_the_mixture_of_the_games_of_each_type() -> None:
    known = ripeness.build(toys.scenario(beliefs={"known": True, "attacker": toys.ATTACKER}))
    found = forecast(ripeness.solve(known, dtype=np.float64)).tree
    assert "beliefs" not in found.children
    expected = 0.0
    for k, weight in enumerate(weights_of(known, "truth")):
        changes = {key: float(number) for key, number in known.scenario.beliefs.attacker.types[k].set.items()}
        alone = changed(known.scenario.model_copy(update={"beliefs": None}), changes)
        tree = forecast(ripeness.solve(ripeness.build(alone), dtype=np.float64)).tree
        expected = expected + weight * tree["outlook/end_probability"].values
    np.testing.assert_allclose(found["outlook/end_probability"], expected, rtol=0, atol=1e-12)


def test_a_run_tells_what_is_believed_and_what_secrecy_changes(done: ripeness.Run) -> None:
    keys = {result.key: result.value for result in results(done.outlook.tree)}
    assert keys["belief_patron_attacker_wider_aims"] == pytest.approx(0.3)
    assert keys["several_solutions"] is not None
    told = {paragraph.key for paragraph in done.summary.paragraphs}
    assert {"beliefs", "rejection", "survival", "misreading", "secrets"} <= told
    stored = json.loads((done.path / "summary.json").read_text())["results"]
    assert {result["key"] for result in stored} == keys.keys()
    with xr.open_datatree(done.path / "results.nc", engine="h5netcdf") as tree:
        xr.testing.assert_equal(tree.load(), done.outlook.tree)
    assert done.histories is not None
    for k in range(5):
        assert "each knows its own alone" in done.histories.timeline(k)[0].text


def test_the_secrets_of_a_run_are_those_of_its_game(done: ripeness.Run, file: Path) -> None:
    game = ripeness.build(ripeness.load(file, CHANGES), grid="coarse")
    assert secrets.misreading(game) == ("defender", "patron")
    variants = [str(name) for name in done.outlook.tree["secrets/variant"].values]
    assert variants == ["as it is", "defender reads right", "patron reads right", "types known"]
    right = ripeness.solve(secrets.put_right(game, "patron"))
    expected = forecast(right).tree["outlook/cumulative_probability"]
    found = done.outlook.tree["secrets/cumulative_probability"].sel(variant="patron reads right")
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_comparing_with_the_types_known_explains_what_secrecy_changes(done: ripeness.Run, file: Path) -> None:
    known = run(file, [*CHANGES, "beliefs.known=true"], file.parent / "known", grid="coarse", histories=0)
    assert "secrets" not in known.outlook.tree.children
    answer = ripeness.compare(known.path, done.path)
    assert [change.key for change in answer.assumptions] == ["beliefs.known"]
    assert answer.explained[0].startswith("With what is secret, against the war with the same types known to all:")
    variant = done.outlook.tree["secrets/cumulative_probability"].sel(variant="types known", end="settlement")
    settled = known.outlook.tree["outlook/cumulative_probability"].sel(end="settlement")
    # In float32; the variant keeps a secret that may leak as a move of nature, the known game does without it.
    np.testing.assert_allclose(variant, settled, rtol=0, atol=1e-5)

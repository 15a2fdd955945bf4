"""A mechanism of another package, installed as a user installs one, is used by name in a scenario."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = ROOT / "tests" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder into which the package is installed, without any network."""
    target = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
            "--disable-pip-version-check", "--target", target, PLUGIN,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return target


def ripeness(*arguments: str, cwd: Path, path: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else dict(os.environ)
    return subprocess.run(
        [sys.executable, "-m", "ripeness", *arguments],
        capture_output=True, text=True, cwd=cwd, env=environment, check=False,
    )  # fmt: skip


USE = ("--set", "mechanisms.weariness.cost=0.5")


def test_the_page_shows_the_package_that_is_tested():
    page = (ROOT / "docs" / "mechanisms" / "README.md").read_text(encoding="utf-8")
    assert f"```python\n{(PLUGIN / 'weariness.py').read_text(encoding='utf-8')}```" in page
    entry = re.search(r'\[project\.entry-points\."ripeness\.mechanisms"\]\n.*\n', page)
    assert entry is not None
    assert entry[0] in (PLUGIN / "pyproject.toml").read_text(encoding="utf-8")


def test_a_scenario_can_name_a_mechanism_of_an_installed_package(installed, tmp_path):
    shown = ripeness("show", "textbook", *USE, "--json", cwd=tmp_path, path=installed)
    assert shown.returncode == 0, shown.stderr
    picture = json.loads(shown.stdout)
    assert "weariness" in [mechanism["name"] for mechanism in picture["mechanisms"]]
    assert ("weariness", 6) in [(axis["name"], axis["points"]) for axis in picture["axes"]]
    rows = {row["path"]: row for row in picture["assumptions"]}
    assert rows["mechanisms.weariness.cost"]["value"] == 0.5
    assert rows["mechanisms.weariness.rate"]["unit"] == "per year"
    schema = json.loads(ripeness("schema", cwd=tmp_path, path=installed).stdout)
    assert "weariness" in json.dumps(schema)


@pytest.mark.slow
def test_its_flows_move_the_result_the_way_they_must(installed, tmp_path):
    """A defender whom war costs more accepts worse terms (the closed form of the case, docs/cases/textbook.md)."""
    medians = []
    for name, more in (("without", ()), ("with", USE)):
        done = ripeness(
            "run", "textbook", *more, "--out", name, "--histories", "0", "--json", cwd=tmp_path, path=installed
        )
        assert done.returncode == 0, done.stderr
        results = {result["key"]: result["value"] for result in json.loads(done.stdout)["results"]}
        medians.append(results["greatest_defender"])
    assert medians[1] > medians[0]


def test_without_the_package_the_name_is_unknown_and_the_known_ones_are_listed(tmp_path):
    said = ripeness("check", "textbook", *USE, cwd=tmp_path, path=None)
    assert said.returncode == 2
    assert "weariness" in said.stderr
    assert "territory" in said.stderr

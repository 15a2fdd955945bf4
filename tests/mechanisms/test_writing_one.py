"""The page on writing a mechanism: its example is installed as another package would be, and used in a scenario."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from ripeness.engine import solve
from ripeness.game import build
from ripeness.mechanisms import registry
from ripeness.mechanisms.base import Mechanism
from tests.conftest import ROOT
from tests.game.wars import Line, war

PAGE = ROOT / "docs" / "mechanisms" / "README.md"


def install(folder: Path, entry: str, code: str) -> None:
    """What an installer leaves behind: a module, and metadata with the entry point."""
    (folder / "weariness.py").write_text(code, encoding="utf-8")
    metadata = folder / "weariness-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: weariness\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{entry}\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weariness", raising=False)
    importlib.invalidate_caches()
    return tmp_path


def example() -> tuple[str, str]:
    """Code and entry point of the example on the page."""
    text = PAGE.read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)
    entry = re.search(r'ripeness\.mechanisms"\]\n(.*?)\n```', text, flags=re.DOTALL)
    assert code is not None
    assert entry is not None
    return code.group(1), entry.group(1).replace('"', "")


def test_the_example_of_the_page_is_found_and_plays_its_part(site: Path) -> None:
    code, entry = example()
    install(site, entry, code)
    found = registry.registered()["weariness"]
    assert issubclass(found, Mechanism)
    for grid, points in (("coarse", 4), ("normal", 6), ("fine", 9)):
        game = build(war(Line(), found(rate=0.3)), grid=grid)  # type: ignore[arg-type, call-arg]
        assert game.tables.n_states == 3 * points
    tired = game.level("weariness")
    values = solve(game.tables, dtype=np.float64).values[0, 1, :, 0]
    with_line = np.isclose(game.level("territory"), 0.5)
    assert np.all(np.diff(values[with_line][np.argsort(tired[with_line])]) < 0)  # the more tired, the worse for D


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("weariness = weariness:nothing_of_the_kind", "which is not a Mechanism"),
        ("channel = weariness:Weariness", "has the name of a mechanism that exists already"),
    ],
)
def test_an_entry_point_that_offers_something_else_is_refused(site: Path, entry: str, message: str) -> None:
    code, _ = example()
    install(site, entry, code + "\n\nnothing_of_the_kind = 3\n")
    with pytest.raises(ValueError, match=message):
        registry.registered()


def test_the_page_lists_every_mechanism() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in registry.BUILT_IN:
        assert f"({name}.md)" in text
        assert (PAGE.parent / f"{name}.md").is_file()

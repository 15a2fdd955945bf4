"""What holds for every test: warnings are errors, and annotations are checked at run time."""

import ast
import os
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from tests import annotations

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


NOT_CHECKED = {
    # their signatures use a type that contains itself (plain YAML data), which beartype cannot follow
    "ripeness.scenario.reading",
    "ripeness.scenario.translation",
}


NOT_CHECKED = {
    # their signatures use a type that contains itself (plain YAML data), which beartype cannot follow
    "ripeness.scenario.reading",
    "ripeness.scenario.translation",
}


def _modules_to_check(wanted: str) -> list[str]:
    """Modules whose annotations are checked: those with arrays, of whose types and shapes mypy knows little, or `all`.

    Without those that have compiled functions, which Numba must see undecorated. Where there are no arrays mypy has
    found already what these checks find, and they take longer than all else that the fast tests do.
    """
    if wanted not in ("arrays", "all"):
        raise pytest.UsageError(f"RIPENESS_CHECK_ANNOTATIONS must be arrays or all, got {wanted!r}")
    modules = []
    for path in sorted((ROOT / "src" / "ripeness").rglob("*.py")):
        imported = {
            alias.name if isinstance(node, ast.Import) else node.module
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        roots = {(name or "").split(".")[0] for name in imported}
        compiled = "numba" in roots or "ripeness.engine.apart" in imported
        if path.name != "__init__.py" and not compiled and (wanted == "all" or "numpy" in roots):
            modules.append(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
    return [module for module in modules if module not in NOT_CHECKED]


install_import_hook(
    _modules_to_check(os.environ.get("RIPENESS_CHECK_ANNOTATIONS", "arrays")), f"{annotations.__name__}.checked"
)


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, with these exceptions."""
    config.addinivalue_line("filterwarnings", "error")
    # Raised by Python's own finaliser when a child process of another test is collected late; nothing of ours leaks.
    config.addinivalue_line("filterwarnings", "ignore:subprocess .* is still running:ResourceWarning")


@pytest.fixture
def without_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in this process draw no PNG and SVG files, which takes most of the time of a small one."""
    monkeypatch.setattr("ripeness.runs.contents.save_charts", lambda folder, *_: [])


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the theory's cases and the sources, which lies beside a checkout of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED.name} beside the project, which holds the theory's cases and the sources")
    return SHARED


@pytest.fixture(scope="session")
def theory_cases(shared: Path) -> Path:
    """The theory's cases."""
    path = shared / "theory_cases.json"
    if not path.is_file():
        pytest.skip("no theory_cases.json in the shared folder")
    return path

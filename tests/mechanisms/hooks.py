"""Settings for the hooks of mechanisms, and checks that hold for every mechanism."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ripeness.mechanisms.base import POSTURES, Drift, GridSize, Mechanism, Move, Setting
from tests.conftest import ROOT

MONTH = 1 / 12
EFFORTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0), (1.0, 0.5), (0.01, 0.0))
GRIDS: tuple[GridSize, ...] = ("coarse", "normal", "fine")
EXTREMES: dict[str, tuple[float, ...]] = {
    "territory": (0.0, 0.5, 1.0),
    "balance": (-1.0, 0.0, 1.0),
    "support": (0.0, 1.0, 1.5),
    "infrastructure": (0.0, 0.5, 1.0),
    "strain": (0.0, 0.5, 1.0),
    "morale": (0.0, 0.5, 1.0),
    "mood": (0.0, 1.0, 2.0),
}
"""Values of the axes that mechanisms read, with both ends of what other mechanisms can bring about."""


def setting(
    levels: Mapping[str, ArrayLike] | None = None,
    *,
    posture: str = "stand back",
    effort: tuple[float, float] = (1.0, 1.0),
    period: int = 0,
    n_periods: int = 1,
    years: float = MONTH,
    start: str = "2025-12-01",
) -> Setting:
    """A setting whose axes broadcast against each other, one dimension for each axis that is given."""
    given = {name: np.atleast_1d(np.asarray(values, np.float64)) for name, values in (levels or {}).items()}
    n = len(given)
    shaped = {name: v.reshape([-1 if k == d else 1 for k in range(n)]) for d, (name, v) in enumerate(given.items())}
    return Setting(
        levels=shaped, posture=posture, effort=effort, period=period, n_periods=n_periods, years_per_period=years,
        years_from_start=period * years, discount_yearly={}, start=np.datetime64(start, "D"),
    )  # fmt: skip


def all_settings(mechanism: Mechanism, grid: GridSize) -> Iterator[Setting]:
    """Every posture, pair of efforts and season, on the mechanism's own grid and the extremes of the other axes."""
    own = {axis.name: axis.values for axis in mechanism.axes(grid)}
    for posture, effort, start in product(POSTURES, EFFORTS, ("2026-01-01", "2026-07-01")):
        yield setting(EXTREMES | own, posture=posture, effort=effort, start=start)


def drift(moves: Sequence[Move]) -> Drift:
    """The one drift among some moves."""
    (found,) = (move for move in moves if isinstance(move, Drift))
    return found


def check_fits_grid(mechanism: Mechanism, grid: GridSize, substeps: int = 1) -> None:
    """Up/stay/down weights exist for a mechanism's drift in every setting, with at most that many sub-steps (iv.2)."""
    x = mechanism.axes(grid)[0].values
    h = x[1] - x[0]
    for at in all_settings(mechanism, grid):
        found = drift(mechanism.moves(at))
        v, s2 = np.asarray(found.drift) * MONTH, np.asarray(found.spread) ** 2 * MONTH
        assert np.all(np.sqrt(s2 / substeps + (v / substeps) ** 2) <= h)
        assert np.all(np.abs(v) * h <= s2 + 1e-12)  # holds for any number of sub-steps


def one_step(x: NDArray[np.float64], mean: ArrayLike, variance: ArrayLike) -> NDArray[np.float64]:
    """Transition matrix of the up/stay/down walk of theory (iv.2) on the grid x, mass kept at the ends."""
    h = x[1] - x[0]
    v, s2 = np.broadcast_to(mean, x.shape), np.broadcast_to(variance, x.shape)
    chain = np.zeros((x.size, x.size))
    for i in range(x.size):
        up, down = (s2[i] + v[i] ** 2) / (2 * h**2) + v[i] / (2 * h), (s2[i] + v[i] ** 2) / (2 * h**2) - v[i] / (2 * h)
        assert up >= -1e-12
        assert down >= -1e-12
        assert up + down <= 1 + 1e-12
        chain[i, min(i + 1, x.size - 1)] += up
        chain[i, max(i - 1, 0)] += down
        chain[i, i] += 1 - up - down
    return chain


def numbers(model: type[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and JSON schema of every field of a model that holds numbers."""
    schema = model.model_json_schema()
    for name, field in schema["properties"].items():
        said = str(field)
        if "'number'" in said or "'integer'" in said or "Assumption" in said:
            yield name, field


def check_schema(model: type[Any]) -> None:
    """Every number has unit, range, description, and a default within the range."""
    found = list(numbers(model))
    assert found
    for name, field in found:
        assert field.get("unit"), f"{name} has no unit"
        assert field.get("description"), f"{name} has no meaning"
        low, high = field["range"]
        assert low <= high
        info = model.model_fields[name]
        if not info.is_required():
            defaults = np.atleast_1d(np.asarray(info.default, np.float64))
            assert np.all((low <= defaults) & (defaults <= high)), f"default of {name} lies outside its range"


def table(model: type[Any]) -> list[str]:
    """Rows of the table of parameters that a page must show: name, unit, default, range, meaning."""
    schema = model.model_json_schema()["properties"]
    rows = []
    for name, info in model.model_fields.items():
        default = "required" if info.is_required() else _plain(info.default)
        span = schema[name].get("range")
        plausible = f"{span[0]:g} to {span[1]:g}" if span else ""
        rows.append(f"| `{name}` | {schema[name].get('unit', '')} | {default} | {plausible} | {info.description} |")
    return rows


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_plain(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def check_page(name: str, *models: type[Any]) -> None:
    """The page of a mechanism has the same sections as every other and shows each parameter as the code has it."""
    page = (ROOT / "docs" / "mechanisms" / f"{name}.md").read_text(encoding="utf-8")
    for section in ("What it models", "Equations", "Parameters", "Source", "How it can be wrong"):
        assert f"\n## {section}\n" in page, f"{name}.md has no section '{section}'"
    shown = re.findall(r"^\| `.*\|$", page, flags=re.MULTILINE)
    assert [row for model in models for row in table(model)] == shown

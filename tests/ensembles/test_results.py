"""Files of an ensemble: the same bytes whoever computed what when, and the numbers that the journal holds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ripeness.ensembles.errors import MissingLibrary
from ripeness.ensembles.results import BLOCK, blocks, write_results
from ripeness.ensembles.spreads import measured
from ripeness.ensembles.sweep import sweep
from ripeness.ensembles.variants import BASE, variant
from ripeness.questions.measures import parse_asked, value_of
from ripeness.scenario import load
from tests.conftest import ROOT
from tests.ensembles.sweeping import DEARER, IMPOSSIBLE, VARIANTS, swept, war

pytest.importorskip("zarr")
pytest.importorskip("pyarrow")

ASKED = [parse_asked("value:of=attacker"), parse_asked("terms")]


def files(folder: Path) -> dict[str, str]:
    """Hash of every file by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_results_are_the_same_bytes_whatever_the_order_the_workers_and_what_was_there(tmp_path: Path):
    once = write_results(swept(tmp_path / "once", 6, workers=1), ASKED)
    sweep(war(), 3, 11, [DEARER], folder=tmp_path / "grown", workers=1)
    swept(tmp_path / "grown", 8, workers=2)
    grown = write_results(swept(tmp_path / "grown", 6, workers=1), ASKED)
    assert files(once) == files(grown)
    assert len(files(once)) > 20
    again = write_results(swept(tmp_path / "once", 6, workers=1), ASKED)
    assert again == once
    assert files(again) == files(grown)


def test_files_hold_what_the_journal_holds(tmp_path: Path):
    import pandas as pd
    import xarray as xr

    done = swept(tmp_path, 5, workers=1)
    folder = write_results(done, ASKED)
    inputs = pd.read_parquet(folder / "inputs.parquet")
    assert list(inputs.columns) == ["draw", *done.paths]
    np.testing.assert_array_equal(inputs[list(done.paths)].to_numpy(), done.inputs)
    table = pd.read_parquet(folder / "measures.parquet")
    assert len(table) == 5 * len(VARIANTS)
    for each in (BASE, DEARER):
        rows = table[table["variant"] == each.id]
        assert rows["draw"].tolist() == list(range(5))
        np.testing.assert_array_equal(rows[str(ASKED[0])].to_numpy(), done.values(ASKED[0], each))
        assert rows["failure"].isna().all()
    failed = table[table["variant"] == IMPOSSIBLE.id]
    assert failed["failure"].str.contains("points").all()
    assert failed[str(ASKED[0])].isna().all()
    with xr.open_zarr(folder / "digests.zarr", group="as-drawn", consolidated=False) as digests:
        for draw, digest in done.digests():
            assert digest is not None
            found = digests.isel(draw=draw)
            np.testing.assert_array_equal(found["value"].values, digest.arrays["value"])
            np.testing.assert_array_equal(found["axis.territory"].values, digest.arrays["axis/territory"])
            np.testing.assert_array_equal(found["taken"].values, digest.arrays["posture"])
        assert digests["role"].values.tolist() == ["attacker", "defender"]
        assert digests["value"].dims == ("draw", "profile", "period", "role")
    with xr.open_zarr(folder / "digests.zarr", group=IMPOSSIBLE.id, consolidated=False) as digests:
        assert digests["failed"].values.all()


def test_draws_of_different_sizes_share_an_array_whose_rest_is_nothing(tmp_path: Path):
    import xarray as xr

    # a belief to have points of its own coincides with the start in no draw, so that sizes are equal; a variant on
    # another grid has its own group
    finer = variant({"mechanisms.territory.points": 3, "mechanisms.territory.spread": 0.05}, label="three points")
    done = sweep(load("textbook", ["horizon=4"]), 2, 0, [finer], grid="coarse", workers=1, folder=tmp_path)
    folder = write_results(done)
    for group, points in (("as-drawn", 1), (finer.id, 3)):
        with xr.open_zarr(folder / "digests.zarr", group=group, consolidated=False) as digests:
            assert digests["axis.territory"].shape == (2, 1, 4, points)


def test_the_store_can_be_left_out(tmp_path: Path):
    folder = write_results(swept(tmp_path, 2, workers=1), ASKED, store=False)
    assert sorted(path.name for path in folder.iterdir()) == ["inputs.parquet", "measures.parquet"]


def test_a_missing_library_is_a_sentence(tmp_path: Path, monkeypatch: Any):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"needs pyarrow, which is not installed. Run: pip install 'ripeness\[ens"):
        write_results(swept(tmp_path, 1, workers=1))


@pytest.mark.parametrize("n", [1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_blocks_cover_all_draws_once(n: int):
    assert [draw for first, last in blocks(n) for draw in range(first, last)] == list(range(n))


def test_measures_are_spread_as_numpy_says(tmp_path: Path):
    done = swept(tmp_path, 8, workers=1)
    (found,) = measured(done, ASKED[:1])
    values = done.values(ASKED[0])
    assert found.spread.quantiles == pytest.approx(tuple(np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))))
    own = done.central()
    assert own is not None
    assert found.central == value_of(own, ASKED[0])


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: Any):
    import re

    page = (ROOT / "docs" / "ensembles.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block.replace("variants=[aid]", "variants=[aid], workers=1"), known)
    assert known["effect"].shape == (16,)
    assert len(known["measures"]) == 32
    known["digests"].close()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_draws(tmp_path: Path):
    """Reading and writing sixteen times the draws holds no more than what a measure and the inputs take."""
    import tracemalloc

    peaks = []
    for n in (128, 2048):
        done = sweep(war(), n, kind="latin", folder=tmp_path / str(n))
        tracemalloc.start()
        done.values_of(ASKED)
        write_results(done, ASKED)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        done.close()
    per_draw = 8 * (len(done.paths) + 2 * len(ASKED)) + 400  # inputs, measures twice, and Python's rows of a block
    assert peaks[1] - peaks[0] < (2048 - 128) * per_draw + 4 * 2**20

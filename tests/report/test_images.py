"""Images are the same drawings, the same each time, in any order."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.questions import Outlook
from ripeness.report import save_charts
from ripeness.report.charts import pictures
from ripeness.report.images import renumbered

SOME = ("fan", "zone", "terms", "delay_slopes")


def test_all_charts_are_written_in_all_formats(outlook: Outlook, tmp_path: Path) -> None:
    written = save_charts(tmp_path / "charts", outlook, names=SOME)
    assert [p.name for p in written] == [f"{n}.{k}" for n in SOME for k in ("png", "svg")]
    for path in written:
        start = path.read_bytes()[:8]
        assert start == b"\x89PNG\r\n\x1a\n" if path.suffix == ".png" else start.startswith(b"<svg")


@pytest.mark.slow
def test_without_names_every_chart_of_the_outlook_is_written(outlook: Outlook, tmp_path: Path) -> None:
    written = save_charts(tmp_path, outlook, formats=("svg",))
    assert [p.stem for p in written] == list(pictures(outlook.tree))


@pytest.mark.parametrize("names", [SOME[:2], pytest.param(SOME, marks=pytest.mark.slow)], ids=len)
def test_images_do_not_depend_on_what_was_drawn_before(
    outlook: Outlook, tmp_path: Path, names: tuple[str, ...]
) -> None:
    save_charts(tmp_path / "a", outlook, names=names)
    save_charts(tmp_path / "b", outlook, names=names[::-1])
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_an_unknown_chart_is_refused_before_anything_is_drawn(outlook: Outlook, tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no chart is called 'pie'"):
        save_charts(tmp_path, outlook, names=["fan", "pie"])
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_clips_count_from_one_in_order_of_appearance() -> None:
    svg = '<g clip-path="url(#clip41)"/><g fill="url(#gradient_7)"/><defs><x id="clip41"/><y id="gradient_7"/></defs>'
    assert renumbered(svg) == svg.replace("clip41", "clip1").replace("gradient_7", "gradient_2")

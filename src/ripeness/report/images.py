"""The charts of an outlook as pictures: the same drawings as in the report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from ripeness.questions import Outlook
from ripeness.report.charts import pictures

Format = Literal["png", "svg"]

_ID = re.compile(r"\b(clip|gradient_|pattern_)\d+\b")

SCALE = 2
"""Pixels per point of a PNG: sharp in print and on dense screens."""


def save_charts(
    folder: Path | str, outlook: Outlook, formats: Iterable[Format] = ("png", "svg"), names: Iterable[str] | None = None
) -> list[Path]:
    """Write every chart in every format, `<name>.<format>`; the same outlook gives the same bytes.

    Args:
        folder: made if it is not there.
        names: charts to write; None: all that the outlook has.
    """
    import vl_convert  # takes a second to load, which only pictures should wait for

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = pictures(outlook.tree)
    wanted = list(drawn) if names is None else list(names)
    for name in wanted:
        if name not in drawn:
            raise KeyError(f"no chart is called {name!r} in this outlook; there are {', '.join(drawn)}")
    kinds, written = list(formats), []
    for name in wanted:
        svg = renumbered(vl_convert.vegalite_to_svg(json.dumps(drawn[name].titled().to_dict(validate=False))))
        for kind in kinds:
            path = folder / f"{name}.{kind}"
            if kind == "png":
                path.write_bytes(vl_convert.svg_to_png(svg, scale=SCALE))
            else:
                path.write_text(svg, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def renumbered(svg: str) -> str:
    """The same drawing with its clips and gradients counted from 1: the writer counts on from drawing to drawing."""
    order: dict[str, str] = {}
    return _ID.sub(lambda found: order.setdefault(found[0], f"{found[1]}{len(order) + 1}"), svg)

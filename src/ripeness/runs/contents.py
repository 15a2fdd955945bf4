"""What lies in a run folder, and how it gets there. The same inputs give the same bytes."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

from ripeness.game import Game
from ripeness.questions import Histories, Outlook
from ripeness.questions.summary import Summary, summarise
from ripeness.report import save_charts, write_report
from ripeness.report.assumptions import Quotes
from ripeness.runs.inputs import Inputs, encode
from ripeness.runs.results import results

Progress = Callable[[str, int, int], None]

SCENARIO, INPUTS, RESULTS, HISTORIES = "scenario.yaml", "inputs.json", "results.nc", "histories.nc"
SUMMARY, SUMMARY_TEXT, REPORT, CHARTS = "summary.json", "summary.txt", "report.html", "charts"

TEXT_WIDTH = 100


def save(
    folder: Path, inputs: Inputs, outlook: Outlook, histories: Histories | None, game: Game, progress: Progress,
    quotes: Quotes | None = None,
) -> Summary:  # fmt: skip
    """Fill a run folder; the report shows the quotes that are given."""
    summary = summarise(outlook.tree)
    for name, content in inputs.beside.items():
        (folder / name).write_bytes(content)
    (folder / SCENARIO).write_bytes(inputs.source)
    (folder / INPUTS).write_bytes(inputs.encoded())
    (folder / SUMMARY).write_bytes(encode(summary_document(inputs, outlook, summary)))
    (folder / SUMMARY_TEXT).write_text(wrapped(summary), encoding="utf-8")
    progress("writing results", 0, 1)
    save_tree(outlook.tree, folder / RESULTS)
    if histories is not None:
        save_tree(xr.DataTree(histories.dataset), folder / HISTORIES)
    progress("writing results", 1, 1)
    progress("drawing", 0, 2)
    save_charts(folder / CHARTS, outlook)
    for path in (folder / CHARTS).glob("*.svg"):
        path.write_text(numbered_anew(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    progress("drawing", 1, 2)
    write_report(folder / REPORT, outlook, game, histories=histories, run_info=run_info(inputs), quotes=quotes)
    progress("drawing", 2, 2)
    return summary


def summary_document(inputs: Inputs, outlook: Outlook, summary: Summary) -> dict[str, Any]:
    """The summary as plain data: `summary.json`, and what `ripeness run --json` prints."""
    return {
        "ripeness": inputs.document["ripeness"],
        "name": inputs.scenario["name"],
        "title": inputs.scenario["title"],
        "inputs_sha256": inputs.hash,
        "headline": summary.headline,
        "figures": [figure._asdict() for figure in summary.figures],
        "paragraphs": [paragraph._asdict() for paragraph in summary.paragraphs],
        "warnings": list(summary.warnings),
        "results": [result.as_dict() for result in results(outlook.tree)],
    }


def numbered_anew(svg: str) -> str:
    """A drawing whose identifiers count from 1: the renderer counts them over all drawings of a process."""
    names: dict[str, str] = {}

    def renamed(match: re.Match[str]) -> str:
        return match[1] + names.setdefault(match[2] + match[3], f"{match[2]}{len(names) + 1}")

    return re.sub(r'(\bid="|url\(#)(clip|gradient_)(\d+)\b', renamed, svg)


def run_info(inputs: Inputs) -> dict[str, str]:
    """How a run was made, in the words of its report."""
    said = inputs.document
    changes = {f"change {k}": change for k, change in enumerate(said["sets"], start=1)}
    options = {name: str(value) for name, value in inputs.options.items()}
    return {
        "scenario file": said["origin"],
        **changes,
        **options,
        "ripeness": said["ripeness"],
        "scenario (SHA-256)": said["scenario_sha256"],
        "inputs (SHA-256)": inputs.hash,
    }


def wrapped(summary: Summary) -> str:
    """The summary as lines of a page."""
    blocks = ["\n".join(textwrap.wrap(line, TEXT_WIDTH)) for line in summary.text().splitlines()]
    return "\n".join(blocks) + "\n"


def save_tree(tree: xr.DataTree, path: Path) -> None:
    """Write a tree as netCDF-4: arrays compressed, no time stamps."""
    packed = {
        node.path: {str(name): {"zlib": True, "complevel": 4} for name, array in node.data_vars.items() if array.ndim}
        for node in tree.subtree
    }
    tree.to_netcdf(path, engine="h5netcdf", encoding={path: said for path, said in packed.items() if said})


def scenario_name_of(folder: Path) -> str | None:
    """Name of the scenario whose run lies in a folder, or None where it holds no run."""
    try:
        document = json.loads((folder / INPUTS).read_text(encoding="utf-8"))
        return str(document["scenario"]["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

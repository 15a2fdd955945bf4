"""Findings for other programs: CSV for spreadsheets, JSON for scripts, REFI-QDA for QualCoder, NVivo and ATLAS.ti.

CSV and JSON hold findings and their places, and can be read back. A REFI-QDA project holds the documents themselves, as
its readers expect, so it is made only while the documents are at hand.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ripeness.sources.errors import SourceError
from ripeness.sources.findings import Finding
from ripeness.sources.project import ALL, Filter, Project

COLUMNS = (
    "id",
    "document",
    "sentence",
    "start",
    "end",
    "kind",
    "status",
    "origin",
    "verified",
    "quote",
    "summary",
    "values",
)


def export_findings(project: Project, path: str | PathLike[str], chosen: Filter = ALL) -> int:
    """Write findings in the format that the file's name ends in; returns how many.

    Raises:
        SourceError: another ending, or, for REFI-QDA, a document that is not at hand.
    """
    file = Path(fspath(path))
    findings = list(project.findings(chosen))
    if file.suffix == ".csv":
        content = to_csv(findings).encode("utf-8-sig")  # spreadsheets take a file without the mark for another encoding
    elif file.suffix == ".json":
        content = to_json(findings).encode()
    elif file.suffix == ".qdpx":
        from ripeness.sources.refi_qda import to_qdpx

        content = to_qdpx(project, findings)
    else:
        raise SourceError(f"{file}: export knows .csv, .json and .qdpx; name the file so.")
    _write(file, content)
    return len(findings)


def to_csv(findings: Iterable[Finding]) -> str:
    """Findings as CSV with a header; `values` is a JSON object, and `summary` says the same in words."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for f in findings:
        verified = "" if f.verified is None else str(f.verified).lower()
        values = json.dumps(f.values.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        sentence = "" if f.sentence is None else f.sentence
        row = (
            f.id,
            f.document,
            sentence,
            f.start,
            f.end,
            f.kind,
            f.status,
            f.origin,
            verified,
            f.quote,
            f.summary(),
            values,
        )
        rows.writerow([_unarmed(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def _unarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; the blank before it is taken off again on reading."""
    return f" {cell}" if cell[:1] in ("=", "+", "-", "@", "\t", " ") else cell


def from_csv(text: str) -> list[Finding]:
    """Findings from CSV.

    Raises:
        SourceError: with every row that is not a finding.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise SourceError(f"CSV without the columns {', '.join(missing)}; export writes {', '.join(COLUMNS)}.")
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        cells = {k: (v[1:] if v[:1] == " " else v) for k, v in row.items() if isinstance(v, str)}
        try:
            found.append(_finding({
                **{k: cells[k] for k in ("id", "document", "status", "origin", "quote")},
                "sentence": int(cells["sentence"]) if cells["sentence"] else None,
                "start": int(cells["start"]), "end": int(cells["end"]),
                "verified": {"": None, "true": True, "false": False}[cells["verified"]],
                "values": json.loads(cells["values"]),
            }))  # fmt: skip
        except (ValueError, KeyError, ValidationError) as error:
            faults.append(f"row {number}: {error}")
    if faults:
        raise SourceError(faults)
    return found


def to_json(findings: Iterable[Finding]) -> str:
    """Findings as one JSON object with the list `findings`."""
    return json.dumps({"findings": [f.model_dump(mode="json") for f in findings]}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> list[Finding]:
    """Findings from JSON."""
    try:
        return [_finding(said) for said in json.loads(text)["findings"]]
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise SourceError(f"not findings as JSON: {error}") from None


def _finding(said: dict[str, Any]) -> Finding:
    return Finding.model_validate_json(json.dumps(said), strict=True)


def _write(file: Path, content: bytes) -> None:
    """Write a file aside and rename it."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)

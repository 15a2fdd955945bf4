"""The command `ripeness-verify CASES.json`: does the engine reproduce published results?

Exit status: 0 when nothing failed, 1 when a case failed, 2 when the file cannot be read or the filters leave no case.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ripeness.theory.case import Case, UnreadableFileError, read_cases
from ripeness.theory.compare import Deviation, Verdict, verify_case

TITLES = {
    "1": "Alternating and random offers", "2": "War as a lottery", "3": "Commitment", "4": "War on a line of forts",
    "5": "War of attrition", "6": "Leaders", "7": "Mediators, patrons, deadlines, ripeness", "8": "Being courted",
    "9": "Quantal response", "10": "Attrition dynamics", "11": "Bargaining solutions", "12": "Delay, drift, patience",
    "A": "Numerics",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, filter, run, print; quiet when the reader of a pipe goes away."""
    try:
        return _run(_parser().parse_args(arguments))
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - what is left to flush goes nowhere
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ripeness-verify", description="Compare the engine with published results, case by case."
    )
    parser.add_argument("file", type=Path, metavar="CASES.json", help="cases in the format of docs/verification.md")
    parser.add_argument(
        "--section", action="append", default=[], help="only this section, or part: 1.10, 4 (repeatable)"
    )
    parser.add_argument("--id", action="append", default=[], help="only ids that begin with this (repeatable)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    output.add_argument("--table", action="store_true", help="the worst error by section, as Markdown")
    return parser


def _run(options: argparse.Namespace) -> int:
    try:
        cases = select(read_cases(options.file), options.section, options.id)
    except UnreadableFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    if not cases:
        print(f"{options.file}: no case is left by the filters", file=sys.stderr)
        return 2
    verdicts = []
    for case in cases:
        verdict = verify_case(case)
        verdicts.append(verdict)
        if not options.json and not options.table:
            print(line(verdict), flush=True)
    if options.json:
        print(json.dumps(as_document(verdicts), indent=1))
    elif options.table:
        print(table(verdicts))
    else:
        print(summary(verdicts))
    return 1 if any(v.status == "FAIL" for v in verdicts) else 0


def select(cases: Sequence[Case], sections: Sequence[str], ids: Sequence[str]) -> list[Case]:
    """Cases of the sections (or whole parts) and with the id prefixes asked for; all when nothing is asked."""

    def wanted(case: Case) -> bool:
        part = case.section.split(".")[0]
        in_section = not sections or case.section in sections or part in sections
        return in_section and (not ids or any(case.id.startswith(prefix) for prefix in ids))

    return [case for case in cases if wanted(case)]


def line(verdict: Verdict) -> str:
    """One line: id, section, kind, how, worst error against its tolerance, verdict, reason."""
    case, worst = verdict.case, verdict.worst
    error = f"{number(worst.error)} / {number(worst.tolerance)}" if worst else ""
    said = f"{case.id:<28} {case.section:>5}  {case.kind:<8} {verdict.how:<17} {error:<17} {verdict.status}"
    reason = verdict.reason if verdict.status != "PASS" else ""
    return f"{said}  {reason}".rstrip()


def summary(verdicts: Sequence[Verdict]) -> str:
    """Last line: how many passed, failed and were not run, and how they were tested."""
    count = {status: sum(v.status == status for v in verdicts) for status in ("PASS", "FAIL", "NOT RUN")}
    engine = sum(v.status == "PASS" and "engine" in v.how for v in verdicts)
    reasons = sorted({v.reason for v in verdicts if v.status == "NOT RUN"})
    left = f" ({'; '.join(reasons)})" if reasons else ""
    return (
        f"\n{len(verdicts)} cases: {count['PASS']} passed ({engine} through the engine, {count['PASS'] - engine} as "
        f"functions), {count['FAIL']} failed, {count['NOT RUN']} not run{left}"
    )


def table(verdicts: Sequence[Verdict]) -> str:
    """Worst error by section, as Markdown."""
    rows = [
        "| section | cases | tested as | exact or reference run | limit rule | closed form | verdict |",
        "| --- | --: | --- | --: | --: | --: | --- |",
    ]
    sections = list(dict.fromkeys(v.case.section for v in verdicts))
    part = ""
    for section in sections:
        if section.split(".")[0] != part:
            part = section.split(".")[0]
            rows.append(f"| **{part} {TITLES.get(part, '')}** | | | | | | |")
        rows.append(_table_row(section, [v for v in verdicts if v.case.section == section]))
    return "\n".join(rows)


def _table_row(section: str, verdicts: Sequence[Verdict]) -> str:
    every = [d for v in verdicts for d in v.deviations]
    sharp = _worst([d for d in every if d.basis in ("exact", "reference run", "property")])
    limit, formula = (_worst([d for d in every if d.basis == basis]) for basis in ("limit", "formula"))
    how = ", ".join(dict.fromkeys(v.how for v in verdicts if v.how)) or "-"
    states = [v.status for v in verdicts]
    if "FAIL" in states:
        verdict = f"**{states.count('FAIL')} failed**"
    elif "NOT RUN" in states:
        reason = ", ".join(dict.fromkeys(v.reason for v in verdicts if v.status == "NOT RUN"))
        verdict = f"{states.count('NOT RUN')} not run: {reason}"
    else:
        verdict = "passed"
    return f"| {section} | {len(verdicts)} | {how} | {sharp} | {limit} | {formula} | {verdict} |"


def _worst(deviations: Sequence[Deviation]) -> str:
    worst = max(deviations, key=lambda d: d.ratio, default=None)
    return f"{number(worst.error)} / {number(worst.tolerance)}" if worst else "-"


def as_document(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The same for machines; infinite and undefined numbers are null."""
    return {
        "cases": [
            {
                "id": v.case.id,
                "section": v.case.section,
                "kind": v.case.kind,
                "how": v.how or None,
                "status": v.status,
                "worst": _as_entry(v.worst),
                "n_compared": len(v.deviations),
                "reason": v.reason or None,
            }
            for v in verdicts
        ],
        "passed": sum(v.status == "PASS" for v in verdicts),
        "failed": sum(v.status == "FAIL" for v in verdicts),
        "not_run": sum(v.status == "NOT RUN" for v in verdicts),
    }


def _as_entry(deviation: Deviation | None) -> dict[str, Any] | None:
    if deviation is None:
        return None
    error, tolerance = (x if math.isfinite(x) else None for x in (deviation.error, deviation.tolerance))
    return {"name": deviation.name, "error": error, "tolerance": tolerance, "basis": deviation.basis}


def number(value: float) -> str:
    """Two digits, enough to judge an error by; nothing below rounding of the printed expectations."""
    if math.isnan(value):
        return "-"
    if value == 0.0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.1e}" if value < 1e-3 else f"{value:.2g}"


if __name__ == "__main__":
    sys.exit(main())

"""Published results against the engine, as a function."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ripeness.theory.case import read_cases
from ripeness.theory.compare import Verdict, verify_case
from ripeness.theory.verify import select


def verify(file: str | Path, sections: Sequence[str] = (), ids: Sequence[str] = ()) -> tuple[Verdict, ...]:
    """Compare the engine with published results; `ripeness-verify` prints the same.

    Args:
        file: cases in the format of docs/verification.md.
        sections: only these sections or parts, for example "1.10" or "4"; empty: all.
        ids: only cases whose id begins with one of these; empty: all.
    """
    return tuple(verify_case(case) for case in select(read_cases(Path(file)), sections, ids))

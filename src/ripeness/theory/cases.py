"""Which runner computes which case: by the longest prefix of its id that is known."""

from __future__ import annotations

from ripeness.theory.runner import NotRun, Runner
from ripeness.theory.runners import (
    attrition,
    commitment,
    concession,
    forts,
    leaders,
    numerics,
    offers,
    patrons,
    risk_return,
    screening,
    signalling,
    solutions,
    strict,
    trees,
)

RUNNERS: dict[str, Runner] = {
    **offers.RUNNERS,
    **strict.RUNNERS,
    **commitment.RUNNERS,
    **risk_return.RUNNERS,
    **screening.RUNNERS,
    **forts.RUNNERS,
    **concession.RUNNERS,
    **leaders.RUNNERS,
    **patrons.RUNNERS,
    **trees.RUNNERS,
    **attrition.RUNNERS,
    **solutions.RUNNERS,
    **numerics.RUNNERS,
    **signalling.RUNNERS,
}


def runner_of(case_id: str) -> Runner | NotRun:
    """The runner of an id such as "rub_inf_1": the longest known prefix that ends at an underscore or at the end."""
    parts = case_id.split("_")
    for n in range(len(parts), 0, -1):
        if (prefix := "_".join(parts[:n])) in RUNNERS:
            return RUNNERS[prefix]
    return NotRun("no runner for an id that begins like this; docs/verification.md lists those known")

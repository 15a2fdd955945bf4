"""Runners of theory II.9: trees of perfect information are games for the engine, crises with private values are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ripeness.engine import Solution, decisions, propagate
from ripeness.theory.case import Case, Resolution
from ripeness.theory.crisis import CrisisPayoffs, crisis_equilibria
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.tables_of_theory import ALWAYS_ACCEPT, pie_builder, play, values_at_start

Payoffs = Sequence[float]


def _take_or_pass(movers: Sequence[int], takes: Sequence[Payoffs], last: Payoffs, precision: float) -> Solution:
    """Movers take turns, one a period: the mover proposes "take", which the other accepts, or passes by silence."""
    n = len(movers)
    builder = pie_builder(
        np.zeros((1, 1)),
        n,
        (1.0, 1.0),
        recognition=tuple((float(mover == 0), float(mover == 1)) for mover in movers),
        precision=precision,
    )
    builder.accept_weight, builder.precision_response = ALWAYS_ACCEPT, np.zeros(2)
    for node, payoffs in enumerate(takes):
        for row in (0, 1):
            builder.set_peace(float(payoffs[row]), row, 0, epoch=node)
    builder.terminal = np.array([[float(x)] for x in last])
    return play(builder.finish())


def _taking(solution: Solution, movers: Sequence[int]) -> list[float]:
    return [float(decisions(solution, t, threads=1).offer[0, j, 0, 0]) for t, j in enumerate(movers)]


def centipede(case: Case, at: Resolution | None) -> Measured:
    """9.1 Take or pass, in turns."""
    takes = case["take_payoffs"]
    movers = [t % 2 for t in range(len(takes))]
    solution = _take_or_pass(movers, takes, case["pass_to_end"], case.number("lam"))
    passed = propagate(solution, threads=1)
    ends = [*passed.settled.sum(axis=(1, 2)).tolist(), float(passed.open[-1])]
    return Measured(
        game={
            "take_probs": _taking(solution, movers),
            "terminal_distribution": ends,
            "values": [float(values_at_start(solution, row)[0]) for row in (0, 1)],
        }
    )


def crisis_with_errors(case: Case, at: Resolution | None) -> Measured:
    """9.5 A challenges or not, B resists or concedes, A fights or backs down; "take" ends the crisis."""
    movers = (0, 1, 0)
    keep = (case.number("SA"), 0.0)
    concede = (case.number("VA"), case.number("CB"))
    back_down = (case.number("a"), case.number("VB"))
    war = (case.number("WA"), case.number("WB"))
    solution = _take_or_pass(movers, (keep, concede, back_down), war, case.number("lam"))
    going_on = [1.0 - x for x in _taking(solution, movers)]
    return Measured(game=dict(zip(("p_C", "p_R", "p_F"), going_on, strict=True)))


def crisis(case: Case, at: Resolution | None) -> Measured:
    """9.4 All equilibria under private values."""
    names = ("SA", "VA", "CB", "barWA", "barWB", "bara", "VB")
    found = crisis_equilibria(CrisisPayoffs(*(case.number(name) for name in names)))
    return Measured(
        game={
            "number": len(found),
            "p_R": [e.resist for e in found],
            "p_C": [e.challenge for e in found],
            "p_F": [e.fight for e in found],
        }
    )


RUNNERS = {
    "centipede": Runner(centipede),
    "crisis_aqre": Runner(crisis_with_errors),
    "crisis": Runner(
        crisis, on_engine=False, because="A's payoffs are private and continuous; a fixed point in one number instead"
    ),
}

"""Runners of theory II.1.10 to II.1.13: strict tests of I.i, finite games at finite precision, to rounding."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ripeness.engine import Solution, decisions, propagate
from ripeness.game.tables import TableBuilder, Tables
from ripeness.theory.case import Case, CaseError, Resolution
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.runners.texts import evaluate, linear
from ripeness.theory.tables_of_theory import A_FIRST, Ladder, pie_builder, play, settling, values_at_start


def _with_and_without_none(
    make: Callable[[float], Tables], read: Callable[[Solution], dict[str, Any]]
) -> dict[str, Any]:
    return {**read(play(make(1.0))), "without_none": read(play(make(0.0)))}


def _settlement(solution: Solution, keys: Sequence[str]) -> dict[str, Any]:
    passed = propagate(solution, threads=1)
    out: dict[str, Any] = {key: float(values_at_start(solution, row)[0]) for row, key in enumerate(keys)}
    dates = passed.settled.sum(axis=(1, 2))
    out["p_settle_t0"] = float(dates[0])
    out["settlement_date_distribution"] = dates.tolist()
    out["prob_no_deal"] = float(passed.open[-1])
    return out


def strict_offers(case: Case, at: Resolution | None) -> Measured:
    """1.10 The finite game itself: alternating offers, or a random proposer where the case gives p_A."""
    discount = (case.number("delta_A"), case.number("delta_D"))
    shares = np.linspace(0.0, 1.0, case.count("offer_points"))
    recognition = ((case.number("p_A"), 1.0 - case.number("p_A")),) if "p_A" in case.params else A_FIRST

    def make(none_weight: float) -> Tables:
        return pie_builder(
            shares,
            case.count("T"),
            discount,
            recognition=recognition,
            precision=case.number("lam"),
            none_weight=none_weight,
        ).finish()

    return Measured(game=_with_and_without_none(make, lambda solution: _settlement(solution, ("VA", "VD"))))


def strict_mediator(case: Case, at: Resolution | None) -> Measured:
    """1.11 A mediator who may propose, to both."""
    if case["M_settlement_payoff"] != "beta*x":
        raise CaseError(f"params.M_settlement_payoff: only 'beta*x' is known, found {case['M_settlement_payoff']!r}")
    shares = np.linspace(0.0, 1.0, case.count("offer_points"))
    recognition = case.by_actor("recognition", "ADM")

    def make(none_weight: float) -> Tables:
        builder = pie_builder(
            shares,
            case.count("T"),
            case.by_actor("delta", "ADM"),
            recognition=(recognition,),
            flow=case.by_actor("flow_on_rejection", "ADM"),
            precision=case.number("lam"),
            none_weight=none_weight,
        )
        for n, share in enumerate(shares):
            builder.set_peace(case.number("beta") * share, 2, n)
        return builder.finish()

    return Measured(game=_with_and_without_none(make, lambda solution: _settlement(solution, ("VA", "VD", "VM"))))


def strict_forts(case: Case, at: Resolution | None) -> Measured:
    """1.12 Four forts; the forward pass starts at the middle fort."""
    if case["terminal"] != "A n/N, D 1-n/N":
        raise CaseError(f"params.terminal: only 'A n/N, D 1-n/N' is known, found {case['terminal']!r}")
    n_forts, p, rho = case.count("N"), case.number("p"), case.number("rho_A")
    ladder = Ladder(
        n_forts,
        (p, p),
        (case.number("delta_A"), case.number("delta_D")),
        (case.number("c_A"), case.number("c_D")),
    )
    held = np.arange(n_forts + 1) / n_forts
    builder = ladder.builder(
        case.count("T"),
        shares=np.linspace(0.0, 1.0, case.count("offer_points")),
        recognition=((rho, 1.0 - rho),),
        precision=case.number("lam"),
        terminal=(held, 1.0 - held),
    )
    solution = play(builder.finish())
    game: dict[str, Any] = {}
    for key in (k for k in case.expected if k.startswith("ends_from_fort_")):
        start = int(key.removeprefix("ends_from_fort_"))
        passed = propagate(solution, initial=np.eye(n_forts + 1)[start], threads=1)
        ended = dict(zip(("A_wins", "D_wins"), passed.ended.sum(axis=0).tolist(), strict=True))
        game[key] = {"settlement": float(passed.settled.sum()), **ended, "still_open": float(passed.open[-1])}
    settles = settling(decisions(solution, 0, threads=1))
    game["VA"], game["VD"] = (values_at_start(solution, row).tolist() for row in (0, 1))
    game["p_settle_t0"] = [float(x) if live else None for x, live in zip(settles, ladder.live, strict=True)]
    return Measured(game=game)


def strict_period(case: Case, at: Resolution | None) -> Measured:
    """1.13 The whole period: posture, recognition, offer, response, two efforts a side, a patron, a fragile peace."""
    expected_texts = {
        "packages": "x=0,0.1,..,1: u_A=x, u_D=1-x, u_P=0.4-|x-0.5|",
        "peace": "breaks with hazard beta and resumes at the same state one period later",
    }
    for key, text in expected_texts.items():
        if case[key] != text:
            raise CaseError(f"params.{key}: only {text!r} is known, found {case[key]!r}")
    moves = re.fullmatch(
        r"up (.+), down (.+), stay the rest; the move off the grid is added to stay", case["transition"]
    )
    if moves is None:
        raise CaseError(f"params.transition is not understood: {case['transition']!r}")
    up_of, down_of = linear(moves[1]), linear(moves[2])
    flow_of = dict(re.findall(r"u_([ADP])=([^;]+)", case["flow"]))
    n_states, n_postures, n_levels = case.count("states"), case.count("postures"), case.count("effort_levels")
    precision = {name: float(value) for name, value in case["lam"].items()}
    state = np.arange(float(n_states))
    inside_up, inside_down = (state < n_states - 1).astype(float), (state > 0).astype(float)

    def make(none_weight: float) -> Tables:
        builder = TableBuilder(
            (n_states,),
            case.count("T"),
            case.by_actor("delta", "ADP"),
            n_packages=11,
            n_proposers=3,
            n_postures=n_postures,
            n_effort=(n_levels, n_levels),
        )
        for n, x in enumerate(np.linspace(0.0, 1.0, 11)):
            for row, utility in enumerate((x, 1.0 - x, 0.4 - abs(x - 0.5))):
                builder.set_peace(utility, row, n, breakdown=case.number("beta"))
        for m in range(n_postures):
            builder.set_posture_cost(case.number("posture_cost"), posture=m)
            for j, probability in enumerate(case["recognition_by_posture"][m]):
                builder.set_recognition(float(probability), j, posture=m)
            for effort_a in range(n_levels):
                for effort_d in range(n_levels):
                    place = {"posture": m, "effort": n_levels * effort_a + effort_d}
                    acts = {"eA": effort_a, "eD": effort_d, "m": m, "s": state}
                    for row, actor in enumerate("ADP"):
                        builder.set_flow(evaluate(linear(flow_of[actor]), **acts), row, **place)
                    up, down = evaluate(up_of, **acts) * inside_up, evaluate(down_of, **acts) * inside_down
                    builder.set_nature(0, builder.move(0, {1: up, 0: 1.0 - up - down, -1: down}), **place)
        builder.offer_weight[:, -1] = none_weight
        builder.precision_posture = precision["posture"]
        builder.precision_offer = np.full(3, precision["offer"])
        builder.precision_response = np.full(2, precision["response"])
        builder.precision_effort = np.full(2, precision["effort"])
        builder.terminal = np.array([[float(v) for v in case["terminal"][actor]] for actor in "ADP"])
        return builder.finish()

    def read(solution: Solution) -> dict[str, Any]:
        decided = decisions(solution, 0, threads=1)
        out: dict[str, Any] = {f"V{a}": values_at_start(solution, row).tolist() for row, a in enumerate("ADP")}
        out["p_settle_t0"] = settling(decided).tolist()
        out["posture_probs_t0"] = decided.posture.T.tolist()
        return out

    return Measured(game=_with_and_without_none(make, read))


RUNNERS = {
    "aqre_alt": Runner(strict_offers),
    "aqre_rr": Runner(strict_offers),
    "aqre_mediator": Runner(strict_mediator),
    "aqre_forts": Runner(strict_forts),
    "golden_complete": Runner(strict_period),
}

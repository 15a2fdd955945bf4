"""Runners of theory II.5, II.7.3 and II.9.2: both sides choose at once, so these are no games for the engine."""

from __future__ import annotations

import numpy as np

from ripeness.theory import concession as closed
from ripeness.theory.case import Case, CaseError, Resolution
from ripeness.theory.crisis import logit_equilibrium_2x2
from ripeness.theory.runner import Measured, Runner, resolved

AT_ONCE = "both sides choose at the same time; the engine's decisions come one after the other"


def logit_attrition(case: Case, at: Resolution | None) -> Measured:
    """5.1 Stationary logit equilibrium."""
    found = closed.logit_attrition(case.number("c"), case.number("V"), case.number("delta"), case.number("lam"))
    return Measured(game={"quit_prob": found.quit_probability, "value": found.value})


def symmetric_attrition(case: Case, at: Resolution | None) -> Measured:
    """5.1 Limit of the logit equilibrium; without noise both are indifferent, so only finite precisions are played."""
    at = resolved(at)
    cost, prize, discount = case.number("c"), case.number("V"), case.number("delta")
    found = closed.logit_attrition(cost, prize, discount, at.precision)
    quitting = closed.symmetric_quit_probability(cost, prize)
    return Measured(
        game={"quit_prob_tie0": found.quit_probability, "value": found.value},
        formula={
            "quit_prob_tie0": quitting,
            "quit_prob_tie_half": closed.symmetric_quit_probability_with_shared_tie(cost, prize, discount),
            "mean_rounds_fought": closed.mean_rounds_fought(quitting, quitting),
            # Worth of quitting, between which and staying a mixing side is indifferent.
            "value": 0.0,
        },
    )


def asymmetric_attrition(case: Case, at: Resolution | None) -> Measured:
    """5.2 Each side quits at the other's ratio of cost to prize."""
    found = closed.asymmetric_attrition(case.number("c_A"), case.number("V_A"), case.number("c_D"), case.number("V_D"))
    return Measured(
        formula={
            "hazard_A": found.hazard_a,
            "hazard_D": found.hazard_d,
            "prob_A_wins": found.win_probability_a,
            "mean_duration": found.mean_duration,
            "discrete_quit_A": found.quit_a,
            "discrete_quit_D": found.quit_d,
            "discrete_prob_A_wins_alone": found.a_wins_alone,
            "discrete_prob_both_quit": found.both_quit,
            "discrete_mean_rounds_fought": found.mean_rounds,
        }
    )


def private_values(case: Case, at: Resolution | None) -> Measured:
    """5.3 Waiting times under private values, with integrals by quadrature."""
    values, duration = case.numbers("v"), closed.mean_duration_under_private_values()
    return Measured(
        formula={
            "t_of_v": [closed.stopping_time(v) for v in values],
            "mean_duration": duration,
            "interim_payoff": [closed.interim_payoff(v) for v in values],
            "total_expected_cost": 2.0 * duration,  # both wait until the first gives in, at unit cost
        }
    )


def audience_costs(case: Case, at: Resolution | None) -> Measured:
    """5.4 A crisis before two publics."""
    found = closed.audience_contest(case.number("v"), case.number("wbar"), case.number("a_A"), case.number("a_D"))
    return Measured(
        formula={
            "horizon": found.horizon,
            "atom_A_at_0": found.atom_a,
            "atom_D_at_0": found.atom_d,
            "prob_war": found.war_probability,
            "survival_A_at_horizon": found.survival_a,
            "survival_D_at_horizon": found.survival_d,
        }
    )


def deadline_concession(case: Case, at: Resolution | None) -> Measured:
    """7.3 Silence before a deadline: backward induction in rounds of length h, and the continuous limit."""
    at = resolved(at)
    game_of = (case.number("c"), case.number("V"), case.number("e"), case.number("T"))
    in_rounds = closed.concession_before_deadline_in_rounds(*game_of, at.step)
    limit = closed.concession_before_deadline(*game_of)
    formula: dict[str, float] = {
        "silent_window": limit.silent_window,
        "atom_at_deadline": limit.atom_at_deadline,
    }
    for key in (k for k in case.expected if k.startswith("discrete_dt_")):
        period = float(key.removeprefix("discrete_dt_").replace("_", "."))
        formula[key] = closed.concession_before_deadline_in_rounds(*game_of, period).atom_at_deadline
    return Measured(
        game={"silent_window": in_rounds.silent_window, "atom_at_deadline": in_rounds.atom_at_deadline},
        formula=formula,
    )


def matching_pennies(case: Case, at: Resolution | None) -> Measured:
    """9.2 Logit equilibrium of a simultaneous game; must be the only one."""
    found = logit_equilibrium_2x2(
        np.array(case["row"], np.float64), np.array(case["col"], np.float64), case.number("lam")
    )
    if len(found) != 1:
        raise CaseError(f"the game has {len(found)} logit equilibria, the case expects one")
    return Measured(game={"p_row_first": found[0][0], "q_col_first": found[0][1]})


FINITE = (Resolution(0.02, 200.0), Resolution(0.02, 2000.0))
ROUNDS = (Resolution(0.1, float("inf")), Resolution(0.01, float("inf")))

RUNNERS = {
    "woa_logit": Runner(logit_attrition, on_engine=False, because=AT_ONCE),
    "woa_sym": Runner(symmetric_attrition, on_engine=False, because=AT_ONCE, resolutions=FINITE),
    "woa_asym": Runner(asymmetric_attrition, on_engine=False, because=AT_ONCE),
    "woa_private": Runner(private_values, on_engine=False, because=AT_ONCE),
    "audience": Runner(audience_costs, on_engine=False, because=AT_ONCE),
    "deadline_woa": Runner(deadline_concession, on_engine=False, because=AT_ONCE, resolutions=ROUNDS),
    "ochs": Runner(matching_pennies, on_engine=False, because=AT_ONCE),
}

"""Runners of theory II.3.3 to II.3.6: an uninformed side screens a tough one from a weak one while they fight."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ripeness.game.beliefs import simplex_nodes
from ripeness.game.tables import TableBuilder
from ripeness.theory.case import Case, CaseError, Resolution
from ripeness.theory.logit_screening import logit_screening_in_two_periods
from ripeness.theory.played import Played
from ripeness.theory.runner import DEFAULT_RESOLUTIONS, Measured, Runner, resolved
from ripeness.theory.screening import DecisiveRounds, screening_in_two_periods, screening_path
from ripeness.theory.tables_of_theory import (
    A_FIRST,
    EVERYWHERE,
    Exit,
    add_even_beliefs,
    pie_builder,
    set_exits,
    shares_on_grid,
)

LIMIT_STEPS = 50
"""Of the beliefs in [0, 1], for games that come near a limit without noise."""
SIMPLEX_STEPS = 100
FORCED = ("VA", "VD_by_type", "p_settle_t0")
"""Names that a case may also expect of the game without "none"."""
HORIZON = 40
"""Periods that stand for infinitely many; beliefs that matter are reached in a few."""


def _rounds(case: Case) -> DecisiveRounds:
    return DecisiveRounds(case.number("delta"), case.number("q"), case.number("p"), case.number("c_A"))


def _screening_builder(
    rounds: DecisiveRounds,
    costs: Sequence[float],
    shares: Sequence[float],
    n_periods: int,
    *,
    precision: float,
    none_weight: float = 1.0,
) -> TableBuilder:
    """A proposes every period to a D of unknown cost; a rejected offer costs a round, which may be decisive.

    After the last period they fight to the finish. Beliefs are added by the caller.
    """
    n = len(costs)
    builder = pie_builder(
        shares,
        n_periods,
        (rounds.discount,) * (n + 1),
        recognition=A_FIRST[:1],
        flow=[-rounds.cost_u, *(-cost for cost in costs)],
        precision=precision,
        none_weight=none_weight,
        types=(1, n, 1),
    )
    p = rounds.win_probability
    set_exits(builder, [Exit("decisive round", rounds.decisive, [p] + [1.0 - p] * n)], first_step=0)
    builder.terminal[:, 0] = [rounds.fighting_u, *(rounds.fighting(cost) for cost in costs)]
    return builder


def _with_and_without_none(play: Callable[[float], Played], read: Callable[[Played], dict[str, Any]]) -> dict[str, Any]:
    """What is read off the game, and some of it off the game in which a proposer must offer something."""
    forced = read(play(0.0))
    return {**read(play(1.0)), "without_none": {name: forced[name] for name in FORCED}}


def cost_types(case: Case, at: Resolution | None) -> Measured:
    """3.5 The finite game itself, two types on a grid with all beliefs reached, more on a grid of the simplex.

    Beside it, the same game without a grid of beliefs, for any number of types.
    """
    prior, costs, rounds = case.numbers("prior"), case.numbers("c_types"), _rounds(case)
    if len(prior) != len(costs):
        raise CaseError(f"params.prior and params.c_types must be as long, found {len(prior)} and {len(costs)}")
    shares = np.linspace(0.0, 1.0, case.count("offer_points")).tolist()

    def play(none_weight: float) -> Played:
        def make() -> TableBuilder:
            return _screening_builder(
                rounds, costs, shares, case.count("T"), precision=case.number("lam"), none_weight=none_weight
            )

        if len(prior) == 2:
            return Played.at_its_posteriors(make, 1, prior[1])
        builder = make()
        nodes, start = simplex_nodes(len(prior), SIMPLEX_STEPS, prior)
        builder.add_beliefs(1, nodes, start=start, resolution=SIMPLEX_STEPS)
        return Played.of(builder)

    def read(played: Played) -> dict[str, Any]:
        return {
            "VA": played.value(0),
            "VD_by_type": [played.value(1 + k) for k in range(len(costs))],
            "p_settle_t0": played.settles,
            "posterior_after_reject_by_offer": played.after_rejection().tolist(),
            "offer_probabilities_t0_none_last": played.offer(0).tolist(),
        }

    game = _with_and_without_none(play, read)
    formula = _without_a_grid(rounds, costs, prior, shares, case.number("lam")) if case.count("T") == 2 else {}
    return Measured(game, formula, belief_step=None if len(prior) == 2 else 1.0 / SIMPLEX_STEPS)


def _without_a_grid(
    rounds: DecisiveRounds, costs: Sequence[float], prior: Sequence[float], shares: Sequence[float], precision: float
) -> dict[str, Any]:
    def read(with_none: bool) -> dict[str, Any]:
        found = logit_screening_in_two_periods(rounds, costs, prior, shares, precision, with_none=with_none)
        return {
            "VA": found.value_u,
            "VD_by_type": found.value_by_type.tolist(),
            "p_settle_t0": found.settles,
            "posterior_after_reject_by_offer": found.belief_after_rejection.tolist(),
            "offer_probabilities_t0_none_last": found.offer.tolist(),
        }

    forced = read(False)
    return {**read(True), "without_none": {name: forced[name] for name in FORCED}}


def battles(case: Case, at: Resolution | None) -> Measured:
    """3.6 Forts: the odds of a battle depend on D's type, so battles inform as rejections do."""
    n_forts, start = case.count("N"), case.count("start")
    odds, prior = case.numbers("p_win_A_by_type"), case.number("prior_type1")
    if len(odds) != 2:
        raise CaseError(f"params.p_win_A_by_type must hold two numbers, found {odds}")
    discount, cost_a, cost_d = case.number("delta"), case.number("c_A"), case.number("c_D")
    fort = np.arange(n_forts + 1)
    live = ((fort > 0) & (fort < n_forts)).astype(float)
    held = fort / n_forts
    at_ends = (1.0 - live) * (1.0 - discount)  # the ends are worth what they pay from the start

    def make(none_weight: float) -> TableBuilder:
        builder = pie_builder(
            np.linspace(0.0, 1.0, case.count("offer_points")),
            case.count("T"),
            (discount,) * 3,
            shape=(n_forts + 1,),
            recognition=((live, 0.0),),
            flow=(at_ends * held - cost_a * live, *([at_ends * (1.0 - held) - cost_d * live] * 2)),
            precision=case.number("lam"),
            none_weight=none_weight,
            types=(1, 2, 1),
        )
        battle = builder.move(0, [{1: p * live, 0: 1.0 - live, -1: (1.0 - p) * live} for p in odds])
        builder.set_nature(0, battle, epoch=EVERYWHERE)
        ends = [Exit("A wins", fort == n_forts, [1.0, 0.0, 0.0]), Exit("D wins", fort == 0, [0.0, 1.0, 1.0])]
        set_exits(builder, ends, first_step=1)
        builder.terminal[:] = [held, 1.0 - held, 1.0 - held]
        builder.initial = np.eye(n_forts + 1)[start]
        return builder

    def play(none_weight: float) -> Played:
        won, lost = math.log(odds[1] / odds[0]), math.log((1.0 - odds[1]) / (1.0 - odds[0]))
        return Played.at_its_posteriors(partial(make, none_weight), 1, prior, evidence=(won, lost))

    def read(played: Played) -> dict[str, Any]:
        return {
            "VA": played.value(0, start),
            "VD_by_type": [played.value(row, start) for row in (1, 2)],
            "p_settle_t0": played.settles,
            "posterior_type1_after_reject_by_offer": played.after_rejection(start)[:, 1].tolist(),
        }

    return Measured(game=_with_and_without_none(play, read))


def _weak_or_tough(case: Case, at: Resolution, n_periods: int) -> Played:
    """A does not know whether D is weak (type 0) or tough (type 1)."""
    builder = _screening_builder(
        _rounds(case),
        (case.number("c_weak"), case.number("c_tough")),
        shares_on_grid(at).tolist(),
        n_periods,
        precision=at.precision,
    )
    add_even_beliefs(builder, 1, LIMIT_STEPS, 1.0 - case.number("prior_weak"))
    return Played.of(builder)


def screening_for_ever(case: Case, at: Resolution | None) -> Measured:
    """3.3 Infinite horizon: A's value from the game, the path from the recursion."""
    rounds, weak, tough = _rounds(case), case.number("c_weak"), case.number("c_tough")
    played = _weak_or_tough(case, resolved(at), HORIZON)
    fighting = rounds.fighting_u
    path = screening_path(
        rounds.net_value(weak), rounds.net_value(tough), rounds.discount_tilde, case.number("prior_weak")
    )
    return Measured(
        game={"value_A": played.value(0)},
        formula={
            "delta_tilde": rounds.discount_tilde,
            "W_A": fighting,
            "W_weak": rounds.fighting(weak),
            "W_tough": rounds.fighting(tough),
            "v_H": rounds.net_value(weak),
            "v_L": rounds.net_value(tough),
            "rounds": path.rounds,
            "A_share_offers": [fighting + offer for offer in path.net_offers],
            "beliefs_weak": list(path.beliefs),
            "belief_cutoffs": list(path.cutoffs),
            "value_A": fighting + path.value_net,
        },
    )


def screening_twice(case: Case, at: Resolution | None) -> Measured:
    """3.4 Two offers, then a fight to the finish."""
    rounds, weak, tough = _rounds(case), case.number("c_weak"), case.number("c_tough")
    if case.count("T") != 2:
        raise CaseError(f"params.T: only 2 is known, found {case['T']!r}")
    played = _weak_or_tough(case, resolved(at), 2)
    fighting = rounds.fighting_u
    found = screening_in_two_periods(
        rounds.net_value(weak), rounds.net_value(tough), rounds.discount_tilde, case.number("prior_weak")
    )
    formula = {
        "regime": found.regime,
        "value_A": fighting + found.value_net,
        "value_pool": fighting + found.pool,
        "value_screen": fighting + found.screen,
        "m1": found.first_cutoff,
        "screening_share": fighting + found.screening_price,
    }
    if found.delay is not None:
        formula["value_delay"] = fighting + found.delay
    return Measured(game={"value_A": played.value(0)}, formula=formula)


def screening_fast(case: Case, at: Resolution | None) -> Measured:
    """3.3 The screening path as offers become frequent: a closed recursion in the belief."""
    path = []
    for entry in case.expected["path"]:
        discount = float(entry["delta_tilde"])
        found = screening_path(case.number("v_H"), case.number("v_L"), discount, case.number("prior_weak"))
        path.append(
            {
                "delta_tilde": discount,
                "rounds": found.rounds,
                "net_offers": list(found.net_offers),
                "value_net": found.value_net,
                "cutoffs": list(found.cutoffs),
            }
        )
    patient = screening_path(case.number("v_H"), case.number("v_L"), 1.0 - 1e-12, case.number("prior_weak"))
    return Measured(formula={"path": path, "limit_offer": patient.net_offers[0]})


SHARP = (*DEFAULT_RESOLUTIONS[:2], Resolution(0.0025, 10_000.0), Resolution(0.005, math.inf))

RUNNERS = {
    "screening_fast": Runner(screening_fast, because="a limit of the recursion of 3.3, whose game is played there"),
    "screening_inf": Runner(screening_for_ever, resolutions=SHARP),
    "screening_T2": Runner(screening_twice, resolutions=SHARP),
    "aqre_types": Runner(cost_types),
    "aqre_battles": Runner(battles),
}

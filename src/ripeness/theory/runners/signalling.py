"""Runners of theory II.3.7, II.3.10, II.9.3 and A.3: offers, messages and answers of a side that knows its own type."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ripeness.game.tables import TableBuilder
from ripeness.theory.case import Case, CaseError, Resolution
from ripeness.theory.informed_choice import (
    InformedChoice,
    Payoffs,
    beliefs_after_rejection,
    continued_equilibrium,
    equilibria,
)
from ripeness.theory.played import Played
from ripeness.theory.runner import Measured, Runner
from ripeness.theory.runners.texts import evaluate, linear
from ripeness.theory.tables_of_theory import D_FIRST, pie_builder

Float = NDArray[np.float64]


def _logit(z: Float) -> Float:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))


def informed_proposer(case: Case, at: Resolution | None) -> Measured:
    """3.7 D knows the odds of war and makes one offer; A draws its conclusion, then accepts or fights."""
    odds, prior = np.array(case.numbers("p_win_A_by_type")), case.number("prior_type1")
    if odds.size != 2:
        raise CaseError(f"params.p_win_A_by_type must hold two numbers, found {odds.tolist()}")
    war_a, war_d = odds - case.number("c_A"), 1.0 - odds - case.number("c_D")
    shares = np.linspace(0.0, 1.0, case.count("offer_points"))

    def make(none_weight: float) -> TableBuilder:
        builder = pie_builder(
            shares,
            1,
            (1.0, 1.0, 1.0),
            recognition=D_FIRST[:1],
            flow=(0.0, *war_d.tolist()),
            precision=case.number("lam"),
            none_weight=none_weight,
            types=(1, 2, 1),
        )
        for kind in (0, 1):
            builder.set_flow_lump(war_a[kind], 0, profile=kind)
        return builder

    played, forced = (Played.at_its_posteriors(partial(make, none), 1, prior) for none in (1.0, 0.0))
    after = played.after_offer()[:, 1]
    accepted = [played.accepts_at(0, n, float(b)) for n, b in enumerate(after[:-1])]
    found = equilibria(_messages(shares, war_a, war_d, case.number("lam")), (1.0 - prior, prior))
    return Measured(
        game={
            "VA": played.value(0),
            "VD_by_type": [played.value(row) for row in (1, 2)],
            "posterior_type1_by_offer_none_last": after.tolist(),
            "acceptance_by_offer_none_last": [*accepted, 0.0],
            "without_none": {"VA": forced.value(0), "VD_by_type": [forced.value(row) for row in (1, 2)]},
        },
        formula={
            "number_of_equilibria": len(found),
            "posterior_type1_by_offer_none_last": found[0].belief[1].tolist(),
        },
    )


def _messages(shares: Float, war_a: Float, war_d: Float, precision: float) -> InformedChoice:
    """D's offers, and none as the last, as messages that A answers by logit on what it then believes."""

    def offering(share: float) -> Payoffs:
        def payoffs(belief: Float) -> Float:
            accepted = _logit(precision * (share - war_a @ belief))
            return np.asarray(accepted * (1.0 - share) + (1.0 - accepted) * war_d[:, None])

        return payoffs

    def silence(belief: Float) -> Float:
        return np.repeat(war_d[:, None], belief.shape[1], axis=1)

    return InformedChoice((*(offering(float(share)) for share in shares), silence), precision)


def both_propose(case: Case, at: Resolution | None) -> Measured:
    """3.10 A knows its type, both sides propose: A's offers signal, its answers to D's offers are screened."""
    prior, recognition = case.number("prior_type1"), case.by_actor("recognition", "AD")
    discount_a, discount_d = case.by_actor("delta", "AD")
    shares = np.linspace(0.0, 1.0, case.count("offer_points"))
    flow_a, flow_d = case.numbers("war_flow_A_by_type"), case.numbers("war_flow_D_by_type_of_A")
    last_a, last_d = case.numbers("terminal_A_by_type"), case.numbers("terminal_D_by_type_of_A")
    precision = {name: float(value) for name, value in case["lam"].items()}

    def make() -> TableBuilder:
        builder = pie_builder(
            shares, case.count("T"), (discount_a, discount_a, discount_d), recognition=(recognition,), types=(2, 1, 1)
        )
        for kind in (0, 1):
            builder.set_flow(flow_a[kind], kind)
            builder.terminal[kind] = last_a[kind]
            builder.set_flow(flow_d[kind], 2, profile=kind)
            builder.set_terminal(last_d[kind], 2, kind)
        builder.precision_offer = np.full(2, precision["offer"])
        builder.precision_response = np.full(2, precision["response"])
        return builder

    played = Played.at_its_posteriors(make, 0, prior)
    return Measured(
        game={
            "VA_by_type": [played.value(kind) for kind in (0, 1)],
            "VD": played.value(2),
            "p_settle_t0": played.settles,
            "posterior_type1_after_offer_of_A_none_last": played.after_offer()[:, 1].tolist(),
            "posterior_type1_after_rejection_by_A": played.after_rejection()[:, 1].tolist(),
            "A_offer_probs_by_type": played.offer_by_type(0).tolist(),
            "D_offer_probs_none_last": played.offer(1).tolist(),
        }
    )


BREAKFAST = (
    "sender 1 for preferred breakfast (strong beer, weak quiche) plus 2 if no fight; "
    "receiver 1 for fighting the weak or sparing the strong"
)


def beer_quiche(case: Case, at: Resolution | None) -> Measured:
    """9.3 Two messages of a weak (type 0) or strong (type 1) sender, all equilibria by (ii.2)."""
    if case["payoffs"] != BREAKFAST:
        raise CaseError(f"params.payoffs: only {BREAKFAST!r} is known, found {case['payoffs']!r}")
    precision, strong = case.number("lam"), case.number("prior_strong")

    def fight(belief: Float) -> Float:
        return _logit(precision * (belief[0] - belief[1]))

    def beer(belief: Float) -> Float:
        spared = 2.0 * (1.0 - fight(belief))
        return np.stack([spared, 1.0 + spared])

    def quiche(belief: Float) -> Float:
        return beer(belief)[::-1]

    choice, prior = InformedChoice((beer, quiche), precision), (1.0 - strong, strong)
    found = continued_equilibrium(choice, prior)
    fights = fight(found.belief)
    game: dict[str, Any] = {
        "equilibria_found": len(equilibria(choice, prior)),
        "beer_if_strong": found.choice[1, 0],
        "beer_if_weak": found.choice[0, 0],
        "strong_given_beer": found.belief[1, 0],
        "strong_given_quiche": found.belief[1, 1],
        "fight_after_beer": fights[0],
        "fight_after_quiche": fights[1],
    }
    return Measured(game={name: value if isinstance(value, int) else float(value) for name, value in game.items()})


def within_period_roots(case: Case, at: Resolution | None) -> Measured:
    """A.3 A belief in toughness that pays the tough: all posteriors after a rejection (ii.3)."""
    texts = (linear(str(case["Q1"])), linear(str(case["Q2"])))
    if any(set(text) - {"", "posterior"} for text in texts):
        raise CaseError(f"params.Q1 and params.Q2 must be sums in 'posterior', found {case['Q1']!r}, {case['Q2']!r}")
    accept = case.number("accept_value")

    def rejecting(belief: Float) -> Float:
        return np.stack([evaluate(text, posterior=belief[1]) + 0.0 * belief[1] for text in texts])

    roots = beliefs_after_rejection((accept, accept), rejecting, case.number("lam"), case.number("prior_type2"))
    return Measured(game={"number": len(roots), "roots": roots})


STAGE = "one informed choice by itself: all its equilibria, for arbitrary payoffs and without a belief grid"

RUNNERS = {
    "beer_quiche": Runner(beer_quiche, on_engine=False, because=STAGE),
    "within_period_roots": Runner(within_period_roots, on_engine=False, because=STAGE),
    "aqre_informed": Runner(informed_proposer),
    "golden_private": Runner(both_propose),
}

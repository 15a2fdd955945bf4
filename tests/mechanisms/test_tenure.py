"""Tenure: what office is worth, how it is lost, and what that does to the leader who decides."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.engine import propagate, solve
from ripeness.game import build
from ripeness.mechanisms.base import Exit, Mechanism, Package, Role, Setting, Succession
from ripeness.mechanisms.channel import Channel
from ripeness.mechanisms.tenure import (
    Clock,
    Successor,
    Tenure,
    at_war,
    discounted_chance,
    stream_until_removal,
    under_peace,
)
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Choices, Frozen, PackageSpec, Precision
from tests.game.wars import Line, war
from tests.mechanisms.hooks import MONTH, check_page, check_schema, numbers, setting

SAFE: dict[str, Any] = dict.fromkeys(("at_war", "bad_line", "in_peace", "bad_terms", "mortality"), 0.0)
START = np.datetime64("2025-12-01")
RATE = 0.1


def now(period: int = 0, years: float = MONTH, **levels: list[float]) -> Setting:
    both: dict[Role, float] = {"attacker": RATE, "defender": RATE}
    return replace(setting(levels, period=period, years=years), discount_yearly=both)


def removed_stream(utility: float, chances: np.ndarray, value: float, discount: float) -> float:
    """Direct sum: the leader gets `utility` while in office, and `value` for ever from the period after removal."""
    in_office, total = 1.0, 0.0
    for k, chance in enumerate(chances):
        total += in_office * (1 - discount) * discount**k * utility + in_office * chance * discount ** (k + 1) * value
        in_office *= 1 - chance
    return total + in_office * discount**chances.size * utility


@given(
    hazard=st.floats(0.0, 3.0), utility=st.floats(-1.0, 1.0), value=st.floats(-1.0, 1.0), rate=st.floats(0.01, 0.5),
    years=st.sampled_from((7 / 365.25, MONTH, 0.25, 1.0)),
)  # fmt: skip
def test_stream_until_removal_is_the_direct_sum(
    hazard: float, utility: float, value: float, rate: float, years: float
) -> None:
    chance, discount = 1 - np.exp(-hazard * years), (1 + rate) ** -years
    n = 4000
    expected = removed_stream(utility, np.full(n, chance), value, discount)
    left = (discount * (1 - chance)) ** n  # what the sum still misses
    found = stream_until_removal(utility, chance, value, discount)
    assert found == pytest.approx(expected, abs=2 * left + 1e-11)


def test_office_under_a_constant_hazard_tends_to_the_continuous_form() -> None:
    """office d / (d + h) with d = ln(1 + rate); the error is of the order of the period."""
    for years in (1e-2, 1e-3, 1e-4):
        discount, chance = (1 + RATE) ** -years, 1 - np.exp(-0.3 * years)
        d = np.log(1 + RATE)
        assert stream_until_removal(1.0, chance, 0.0, discount) == pytest.approx(d / (d + 0.3), abs=years)


@pytest.mark.parametrize("ahead", [(0,), (7,), (3, 15), (2, 2, 30)])
def test_votes_ahead_are_worth_what_they_would_be_on_their_dates(ahead: tuple[int, ...]) -> None:
    """The constant chance with the same discounted chance gives the leader exactly the value of the dated votes."""
    discount, loses, utility, value = 0.99, 0.4, 0.6, 0.1
    chances = np.zeros(60)
    dated = 1.0
    for n in range(60):
        held = ahead.count(n)
        chances[n] = 1 - (1 - loses) ** held
        dated *= (1 - loses) ** held
    lost = discounted_chance([(n + 1.0, loses) for n in ahead], discount)
    constant = lost * (1 - discount) / (discount * (1 - lost))
    expected = removed_stream(utility, chances, value, discount)
    assert stream_until_removal(utility, constant, value, discount) == pytest.approx(expected, abs=1e-14)


def test_a_vote_that_waits_for_peace_makes_peace_the_danger() -> None:
    clock = Clock(vote_after_peace=0.5, vote_risk=0.5, expected=0.4, **SAFE)
    assert np.all(np.asarray(at_war(clock, 0.4, now()).hazard) == 0.0)
    soon, late = (
        float(under_peace(clock.model_copy(update={"vote_after_peace": t}), 0.4, now(), RATE).hazard)
        for t in (0.5, 5.0)
    )
    assert soon > late > 0.0


def test_hazards_fall_with_the_outcome_and_turn_at_what_is_expected() -> None:
    clock = Clock(at_war=0.1, bad_line=0.3, in_peace=0.05, bad_terms=0.4, expected=0.3, width=0.02, mortality=0.03)
    share = np.linspace(0.0, 1.0, 101)
    for hazard, low, high in (
        (at_war(clock, share, now()).hazard, 0.13, 0.43),
        (under_peace(clock, share, now(), RATE).hazard, 0.08, 0.48),
    ):
        assert np.all(np.diff(hazard) <= 0)
        assert hazard[0] == pytest.approx(high, abs=1e-6)  # 15 widths from the threshold: e^-15
        assert hazard[-1] == pytest.approx(low, abs=1e-6)
        assert hazard[30] == pytest.approx((low + high) / 2)


def test_a_leader_below_what_is_expected_gambles_and_one_above_it_does_not() -> None:
    """Theory II.6.3: an even battle of +-0.2 under survival sigma(20 (x - 0.5)), read off the chance to win a vote."""
    clock = Clock(vote_risk=0.5, expected=0.5, width=1 / 20, elections=("2025-12",), **SAFE)

    def survival(share: float) -> float:
        return float(np.exp(-np.asarray(at_war(clock, share, now()).hazard) * MONTH))

    gains = [0.5 * (survival(x + 0.2) + survival(x - 0.2)) - survival(x) for x in (0.1, 0.3, 0.5, 0.7)]
    assert gains == pytest.approx([0.0087, 0.2322, 0.0, -0.2322], abs=5e-5)  # four decimals are given


def test_elections_are_held_in_the_period_of_their_date() -> None:
    clock = Clock(elections=("2026-03-20",), vote_risk=0.3, expected=0.5, **SAFE)
    tenure = Tenure(defender=clock)
    assert tenure.breaks(START, MONTH, 24) == (3, 4)  # twelve months before lies before the start, three months at it
    assert tenure.breaks(START, 7 / 365.25, 200) == (2, 15, 16)
    lost = [1 - np.exp(-float(at_war(clock, 0.5, now(period)).hazard) * MONTH) for period in (2, 3, 4)]
    assert lost == pytest.approx([0.0, 0.3, 0.0])


def political_part(clock: Clock, share: float) -> float:
    """Share of the hazard under peace that is not natural death."""
    hazard = float(under_peace(clock, share, now(), RATE).hazard)
    return (hazard - clock.mortality) / hazard


def test_natural_death_is_not_punished() -> None:
    clock = Clock(at_war=0.3, mortality=0.1, bad_line=0.0, care=0.5, punishment=0.2)
    assert at_war(clock, 0.4, now()).penalty == pytest.approx(0.2 * 0.75)
    assert at_war(Clock(**SAFE, care=0.5, punishment=0.2), 0.4, now()).penalty == 0.0
    assert under_peace(clock, 0.4, now(), RATE).penalty == pytest.approx(0.2 * political_part(clock, 0.4))


def solved(*mechanisms: Mechanism, horizon: int = 6, **changes: Any) -> Any:
    """Values of a war without talks, (T + 1, rows, states)."""
    silent = Channel(attacker=0.0, defender=0.0)
    game = build(war(*mechanisms, silent, horizon=horizon, **changes))
    return game, solve(game.tables, dtype=np.float64)


def test_at_war_a_leader_gets_office_until_he_is_removed() -> None:
    """Without talks, axes and peace: the direct sum over the period of removal, and what he minds after it."""
    clock = Clock(office=0.2, at_war=0.5, bad_line=0.0, mortality=0.1, care=0.8, punishment=0.3)
    game, solution = solved(Tenure(attacker=clock), horizon=6)
    discount = game.tables.discount[0]
    chance = 1 - np.exp(-0.6 * MONTH)
    # What the leader of his side has with k periods to go: his own recursion, for all leaders are alike.
    side = [game.tables.terminal[0, 0]]
    office = removed_stream(0.2, np.full(20_000, chance), 0.0, discount)
    for _ in range(6):
        after = 0.8 * (side[-1] - office) - 0.3 * 0.5 / 0.6
        side.append((1 - discount) * 0.2 + discount * ((1 - chance) * side[-1] + chance * after))
    expected, in_office = 0.0, 1.0
    for k in range(6):
        expected += in_office * (1 - discount) * discount**k * 0.2
        expected += in_office * chance * discount ** (k + 1) * (0.8 * (side[5 - k] - office) - 0.3 * 0.5 / 0.6)
        in_office *= 1 - chance
    expected += in_office * discount**6 * game.tables.terminal[0, 0]
    assert solution.values[0, 0, 0, 0] == pytest.approx(expected, abs=1e-14)
    # For the others nothing changes, and the war is still on.
    _, without = solved(horizon=6)
    assert solution.values[0, 1] == pytest.approx(without.values[0, 1], abs=1e-15)
    assert propagate(solution).open[-1] == pytest.approx(1.0, abs=1e-14)


def test_without_hazards_a_clock_only_adds_office() -> None:
    """Office is paid at war and in the frozen conflict alike, so that it is worth itself in every period."""
    _, plain = solved(Line(ends=False))
    _, safe = solved(Line(ends=False), Tenure(attacker=Clock(office=0.07, **SAFE)))
    assert safe.values[:, 0] == pytest.approx(plain.values[:, 0] + 0.07, abs=1e-14)


def test_a_successor_with_narrower_aims_settles_where_the_incumbent_fights() -> None:
    """At war A gets 0.6, under peace 0.5: the incumbent fights on. For the successor it is 0.4 against 0.7."""
    clock = Clock(**SAFE | {"at_war": 0.3}, office=0.0, successor=Successor(war=-0.2, peace=0.2))
    sharp = Choices(precision=Precision(**dict.fromkeys(("posture", "offer", "response", "effort"), 1000.0)))
    terms = Agenda(grid=AgendaGrid(terms=(0.5,)))
    scenario = war(Tenure(attacker=clock), Gain(), agenda=terms, horizon=24, choices=sharp)
    game = build(scenario)
    solution = solve(game.tables, dtype=np.float64)
    assert game.tables.shape == (2,)
    ahead = [propagate(solution, initial=np.eye(2)[leader]).open for leader in (0, 1)]
    assert ahead[1][3] < 0.05
    assert ahead[0][3] > 0.9  # a successor comes with 0.07 in three months
    mass = propagate(solution, initial=np.eye(2)[0]).mass
    assert mass[1, 1] / mass[1].sum() == pytest.approx(1 - np.exp(-0.3 * MONTH), rel=1e-12)


class Gain(Mechanism):
    """A gains from the war, D bears it."""

    name: ClassVar[str] = "gain"

    def flow(self, at: Any) -> dict[str, float]:
        return {"attacker": 0.6, "defender": 0.3}


def test_a_leader_who_minds_nothing_afterwards_is_as_one_whose_war_ends() -> None:
    """A limit where two models agree: without care, being removed is the same as the war ending at nothing."""
    clock = Clock(office=0.0, at_war=0.4, bad_line=0.0, mortality=0.0, in_peace=0.0, bad_terms=0.0, care=0.0)
    _, removed = solved(Line(ends=False), Tenure(attacker=clock))
    _, ended = solved(Line(ends=False), Ends())
    assert removed.values[:-1, 0] == pytest.approx(ended.values[:-1, 0], abs=1e-14)


class Ends(Mechanism):
    """The war ends with the hazard of the leader's removal, worth nothing."""

    name: ClassVar[str] = "ends"
    order: ClassVar[int] = 80

    def moves(self, at: Any) -> tuple[Any, ...]:
        return (Exit("end", 0.4, {}),)


def test_a_leader_who_minds_all_loses_his_office_and_nothing_else() -> None:
    """At care 1 removal without office or punishment changes no value, however dear the war is."""
    clock = Clock(office=0.0, at_war=0.4, bad_line=0.0, mortality=0.1, in_peace=0.0, bad_terms=0.0, care=1.0)
    _, removed = solved(Line(ends=False), Gain(), Tenure(attacker=clock))
    _, plain = solved(Line(ends=False), Gain())
    assert removed.values[:, 0] == pytest.approx(plain.values[:, 0], abs=1e-14)


def test_office_is_lost_once_and_not_again_by_every_successor() -> None:
    """At care 1 and a constant hazard, office at war is worth exactly its stream until removal."""
    clock = Clock(office=0.2, at_war=0.4, bad_line=0.0, mortality=0.1, in_peace=0.5, bad_terms=0.0, care=1.0)
    horizon = 1200
    game, solution = solved(Tenure(attacker=clock), horizon=horizon)
    discount = game.tables.discount[0]
    expected = stream_until_removal(0.2, 1 - np.exp(-0.5 * MONTH), 0.0, discount)
    # The frozen value at the horizon is off by less than one, and counts by no more than its discount.
    assert abs(solution.values[0, 0, 0, 0] - expected) <= discount**horizon


def test_a_removed_leader_minds_all_that_the_peace_pays_his_side() -> None:
    """Not its terms alone: with care 1 and no office, what a package adds beyond its terms counts in full."""
    clock = Clock(office=0.0, in_peace=0.5, bad_terms=0.0, mortality=0.1, care=1.0)
    package = PackageSpec(name="deal", terms=0.5, extra={"attacker": -0.3})
    agenda = Agenda(packages=(package,))
    with_clock, without = (build(war(*found, agenda=agenda)).tables for found in ((Tenure(attacker=clock),), ()))
    fixed, plain = (t.pool[t.peace_fixed[0, 0, 0], 0] for t in (with_clock, without))
    assert fixed == pytest.approx(plain, abs=1e-14)


@pytest.mark.parametrize("care", [0.0, 0.5, 1.0])
def test_a_costly_war_is_no_reason_to_wish_for_removal(care: float) -> None:
    """The more likely the removal, the less the war is worth to the leader, whatever the war costs his side."""
    values = []
    for hazard in (0.0, 0.1, 0.3, 1.0):
        clock = Clock(**SAFE | {"at_war": hazard}, office=0.05, care=care)
        _, solution = solved(Tenure(attacker=clock), Burden(), horizon=24)
        values.append(solution.values[0, 0, 0, 0])
    assert all(later < earlier for earlier, later in pairwise(values))


class Burden(Mechanism):
    """War costs A more than it holds for it, so that the leader's own value hangs on office and care."""

    name: ClassVar[str] = "burden"

    def flow(self, at: Any) -> dict[str, float]:
        return {"attacker": 0.3 - 0.2, "defender": 0.3}


def test_moves_name_the_axis_only_where_the_successor_differs() -> None:
    same, other = Tenure(attacker=Clock()), Tenure(attacker=Clock(successor=Successor()))
    assert same.axes("normal") == ()
    assert [move.axis for move in same.moves(now()) if isinstance(move, Succession)] == [None]
    (axis,) = other.axes("normal")
    assert (axis.name, axis.labels, axis.start) == ("attacker leader", ("incumbent", "successor"), 0.0)
    levels = {"attacker leader": [0.0, 1.0]}
    first, second = (move for move in other.moves(now(**levels)) if isinstance(move, Succession))
    assert (first.axis, second.axis) == ("attacker leader", None)
    assert np.asarray(second.hazard)[0] == 0.0


def test_frozen_conflict_is_worth_the_stream_until_removal() -> None:
    clock = Clock(office=0.1, in_peace=0.2, bad_terms=0.0, mortality=0.0, care=0.0)
    actors = Actors(attacker=Actor(name="A", discount_yearly=RATE), defender=Actor(name="D", discount_yearly=RATE))
    game = build(war(Tenure(attacker=clock), actors=actors, frozen=Frozen(cost={"attacker": 0.02})))
    discount = 1.1 ** (-1 / 12)
    chance = 1 - np.exp(-0.2 * MONTH)
    expected = removed_stream(0.6, np.full(5000, chance), 0.0, discount) - 0.02
    assert game.tables.terminal[0, 0] == pytest.approx(expected, abs=1e-12)


def test_both_leaders_are_judged_by_their_own_share() -> None:
    tenure = Tenure(attacker=Clock(expected=0.5), defender=Clock(expected=0.5))
    good_for_a = tenure.peace(now(), Package("any", 0.9), 0.9).removal
    assert float(np.asarray(good_for_a["attacker"].hazard)) < float(np.asarray(good_for_a["defender"].hazard))


def test_page_and_fields_agree() -> None:
    check_schema(Successor)
    for name, field in numbers(Clock):
        assert field["unit"], name
        assert field["description"], name
        low, high = field["range"]
        default = Clock.model_fields[name].default
        assert default is None or low <= default <= high
    check_page("tenure", Tenure, Clock, Successor)

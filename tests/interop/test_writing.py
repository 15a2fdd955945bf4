"""What stands in an exported game: structure, payoffs along paths by hand, what is refused, and the text itself."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from ripeness.game.beliefs import log_odds_nodes
from ripeness.game.tables import TableBuilder
from ripeness.interop import NotExportable, to_efg, unroll
from ripeness.interop.efg import _decimals
from ripeness.interop.extensive_form import Agent, Chance, Choice, Leaf, walk
from ripeness.interop.structure import Structure

from .games import tiny
from .solving import read_back

A, D, P = 0, 1, 2
DISCOUNT_A, DISCOUNT_D = 0.9, 0.8


def follow(node, *labels):
    """The node that a path of labels leads to."""
    for label in labels:
        node = next(follows for name, _, follows in node.branches if name == label)
    return node


def by_hand(n_periods=2):
    """A proposes one of two packages or none to D, in every period; then both fight, A at one of two efforts."""
    builder = TableBuilder((1,), n_periods, [DISCOUNT_A, DISCOUNT_D], n_packages=2, n_effort=(2, 1))
    builder.set_recognition(1.0, A)
    for effort, (of_a, of_d) in enumerate([(-0.1, -0.2), (0.05, -0.4)]):
        builder.set_flow_lump(of_a, A, effort=effort)
        builder.set_flow_lump(of_d, D, effort=effort)
    for n, share in enumerate([0.3, 0.6]):
        builder.set_peace(share, A, n)
        builder.set_peace(1.0 - share, D, n)
    builder.offer_weight[:] = (0.25, 0.5, 1.0)
    builder.accept_weight = 2.0
    builder.precision_offer[A], builder.precision_response[D], builder.precision_effort[A] = 10.0, 20.0, 30.0
    builder.terminal[:] = [[0.4], [0.5]]
    return builder.finish()


def test_a_settlement_in_the_second_period_is_discounted_to_the_period_of_each_decision():
    """Offer refused at once, hard fight, then the second package is agreed on."""
    root = unroll(by_hand()).root
    leaf = follow(root, "package 0", "reject", "effort 1", "package 1", "accept")
    assert isinstance(leaf, Leaf)
    assert (leaf.how, leaf.period, leaf.what, leaf.proposer) == ("settled", 1, 1, A)
    of_a, of_d = 0.05 + DISCOUNT_A * 0.6, -0.4 + DISCOUNT_D * 0.4  # from period 0 on
    assert leaf.payoffs == pytest.approx({
        Agent(0, "offer", A, 0): 10.0 * of_a + math.log(0.25),
        Agent(0, "response", D, 0): 20.0 * of_d,
        Agent(0, "effort", A, 0): 30.0 * of_a,
        Agent(1, "offer", A, 0): 10.0 * 0.6 + math.log(0.5),
        Agent(1, "response", D, 0): 20.0 * 0.4 + math.log(2.0),
    })  # fmt: skip


def test_a_war_open_at_the_horizon_pays_all_flows_and_the_terminal_value():
    leaf = follow(unroll(by_hand()).root, "none", "effort 0", "none", "effort 1")
    assert (leaf.how, leaf.what) == ("open", 0)
    of_a = -0.1 + DISCOUNT_A * 0.05 + DISCOUNT_A**2 * 0.4
    assert leaf.payoffs == pytest.approx({
        Agent(0, "offer", A, 0): 10.0 * of_a,
        Agent(0, "effort", A, 0): 30.0 * of_a,
        Agent(1, "offer", A, 0): 10.0 * (0.05 + DISCOUNT_A * 0.4),
        Agent(1, "effort", A, 0): 30.0 * (0.05 + DISCOUNT_A * 0.4),
    })  # fmt: skip


def test_periods_cut_the_tree_and_start_picks_the_state():
    tables = tiny(1, n_periods=3, states=3, n_packages=1, proposers=(1.0, 0.0))
    game = unroll(tables, start=2, periods=1)
    assert {leaf.what for leaf in walk(game.root) if isinstance(leaf, Leaf) and leaf.how == "open"} == {2}
    assert {known.agent.period for known in game.information_sets} == {0}
    assert unroll(tables, periods=1).root.what == "start"


def test_an_end_without_agreement_pays_what_the_war_is_worth_then():
    """The chance of the end is a draw; its value is discounted by one period."""
    builder = TableBuilder((1,), 1, [DISCOUNT_A, DISCOUNT_D], n_packages=1, n_effort=(2, 1))
    end = builder.end("collapse")
    builder.set_nature(0, builder.leave(0.25, 0.7, end), row=A)
    builder.set_nature(0, builder.leave(0.25, 0.1, end), row=D)
    builder.set_nature(0, builder.leave(0.25, 0.0, end), row=-1)
    builder.set_flow_lump(-0.03, A)
    builder.precision_effort[A] = 5.0
    builder.terminal[A] = 1.0
    builder.flow[:, :, 1] = builder.flow[:, :, 0]
    for row, value in ((A, 0.7), (D, 0.1), (-1, 0.0)):
        builder.set_nature(0, builder.leave(0.25, value, end), row=row, effort=1)
    root = unroll(builder.finish()).root
    draw = follow(root, "effort 0")
    assert isinstance(draw, Chance)
    assert {label.split(" at ")[0]: p for label, p, _ in draw.branches} == pytest.approx({
        "to state 0": 0.75, "collapse": 0.25,
    })  # fmt: skip
    collapse = next(leaf for _, _, leaf in draw.branches if leaf.how == "ended")
    assert collapse.payoffs[Agent(0, "effort", A, 0)] == pytest.approx(5.0 * (-0.03 + DISCOUNT_A * 0.7))


def test_the_cost_of_a_posture_is_felt_by_who_chooses_it_alone():
    tables = tiny(4, postures=2, n_packages=1)
    game = unroll(tables)
    cost = tables.pool[tables.posture_cost[0], 0]
    leaf = follow(game.root, "posture 1", "no talks")
    expected = tables.precision_posture * (
        tables.pool[tables.flow[0, 1, 0, P], 0] + tables.discount[P] * tables.terminal[P, 0] - cost[1]
    ) + math.log(tables.posture_weight[0, 1])
    assert leaf.payoffs == pytest.approx({Agent(0, "posture", P, 0): expected})


def typed(offset=0.0, prior_log_odds=0.7):
    """D offers one package or none to an A of two types, which differ in what the war costs them."""
    builder = TableBuilder((1,), 1, [DISCOUNT_A, DISCOUNT_A, DISCOUNT_D], n_packages=1, types=(2, 1, 1))
    builder.set_recognition(0.6, D)
    for row, cost in enumerate((0.3, 0.1)):
        builder.set_flow(-cost, row)
        builder.set_peace(0.4, row, 0)
    for profile, harm in enumerate((0.1, 0.5)):
        builder.set_flow(-harm, 2, profile=profile)
    builder.set_peace(0.6, 2, 0)
    nodes, start = log_odds_nodes(5, 3.0, prior_log_odds)
    offsets = np.zeros((4, 2))
    offsets[2, 1] = offset
    builder.add_beliefs(A, nodes, start=start, offset=offsets)
    return builder.finish()


def test_chance_draws_the_types_and_nobody_else_sees_them():
    game = unroll(typed())
    assert isinstance(game.root, Chance)
    odds = {label: p for label, p, _ in game.root.branches}
    assert odds["A is of type 1"] == pytest.approx(1.0 / (1.0 + math.exp(-0.7)))
    offers = [node.known for node in walk(game.root) if isinstance(node, Choice) and node.known.agent.side == D]
    assert len(offers) == 2
    assert len(set(offers)) == 1
    answers = {
        node.known.agent.type for node in walk(game.root) if isinstance(node, Choice) and node.known.package >= 0
    }
    assert answers == {0, 1}
    harm = {label: follow(first, "D proposes", "none").payoffs for label, _, first in game.root.branches}
    of_d = [payoffs[Agent(0, "offer", D, 0)] for payoffs in harm.values()]
    assert of_d == pytest.approx([(1.0 - DISCOUNT_D) * -0.1, (1.0 - DISCOUNT_D) * -0.5])  # precision 1, weight 1


@pytest.mark.parametrize("options", [
    {}, {"effort": (2, 2)}, {"n_periods": 2}, {"states": 3, "n_periods": 2, "exits": True, "n_packages": 1},
    {"postures": 2, "proposers": (0.3, 0.2, 0.4)}, {"none_weight": 0.0}, {"close": 0},
])  # fmt: skip
def test_the_size_is_counted_without_making_the_tree(options):
    tables = tiny(2, **options)
    size, _ = Structure(tables).measure()
    game = unroll(tables, limit=10**6, as_if_decisive=True)
    assert size.information_sets == len(game.information_sets)
    assert size.leaves == sum(isinstance(node, Leaf) for node in walk(game.root))


def test_a_size_is_counted_with_types():
    size, _ = Structure(typed()).measure()
    game = unroll(typed())
    assert size == (len(game.information_sets), sum(isinstance(node, Leaf) for node in walk(game.root)))


def broken_game():
    """Everything that keeps a game from being exported at once."""
    builder = TableBuilder(
        (2,), 3, [0.9, 0.9, 0.8, 0.95], n_packages=4, n_proposers=3, types=(2, 1, 1), n_effort=(2, 2)
    )  # fmt: skip
    for j in range(3):
        builder.set_recognition(0.2, j)
    builder.set_peace(0.5, 0, 0, breakdown=0.1)
    everything = slice(None)
    builder.set_nature(0, builder.hand_over([0.1, 0.0], 0.2, 0.5, axis=0), effort=everything, row=2)
    builder.set_nature(1, builder.hand_over([0.1, 0.1], 0.2, 1.0), effort=everything, row=0)
    nodes, start = log_odds_nodes(5, 3.0, 0.0)
    offsets = np.zeros((5, 2))
    offsets[2, 1] = 0.4
    builder.add_beliefs(A, nodes, start=start, offset=offsets)
    return builder.finish()


def test_every_reason_against_an_export_is_told_at_once():
    with pytest.raises(NotExportable) as refused:
        unroll(broken_game())
    said = str(refused.value)
    for reason in (
        r"too large to be counted|[\d,]+ information sets, the limit is 60",
        r"fewer periods \(the first alone has [\d,]+ information sets\)",
        "can break before the last period", "patron makes offers", "offsets of up to 0.4", "odds of nature",
        "although the war goes on",
    ):  # fmt: skip
        assert re.search(reason, said), reason


def test_the_remedy_says_how_many_packages_would_do_and_they_do():
    tables = tiny(5, n_packages=8, effort=(2, 2))
    with pytest.raises(NotExportable, match=r"75 information sets.*\(6 of 8 would do\)"):
        unroll(tables)
    assert len(unroll(tiny(5, n_packages=6, effort=(2, 2))).information_sets) <= 60
    assert len(unroll(tables, limit=75).information_sets) == 75


@pytest.mark.parametrize(("options", "message"), [
    ({"periods": 0}, r"periods must lie in 1 \.\. 1, got 0"), ({"periods": 2}, r"got 2"), ({"start": 1}, "got 1"),
])  # fmt: skip
def test_arguments_out_of_range_are_refused(options, message):
    with pytest.raises(NotExportable, match=message):
        unroll(tiny(0), **options)


def test_a_peace_that_breaks_after_the_last_period_is_worth_its_expectation():
    """W = fixed + resume * V_next (i.3), with V_next the terminal value."""
    builder = TableBuilder((1,), 1, [DISCOUNT_A, DISCOUNT_D], n_packages=1)
    builder.set_recognition(1.0, A)
    builder.set_peace(0.5, D, 0, breakdown=0.3)
    builder.precision_response[D] = 1.0
    builder.terminal[D] = 0.25
    leaf = follow(unroll(builder.finish()).root, "package 0", "accept")
    worth = ((1.0 - DISCOUNT_D) * 0.5 + DISCOUNT_D * 0.3 * 0.25) / (1.0 - DISCOUNT_D * 0.7)
    assert leaf.payoffs[Agent(0, "response", D, 0)] == pytest.approx(worth)


def test_probabilities_of_a_draw_are_decimals_that_sum_to_exactly_one():
    random = np.random.default_rng(0)
    from decimal import Decimal

    for _ in range(200):
        chances = random.dirichlet(np.full(random.integers(2, 9), 0.2)).tolist()
        told = [Decimal(each) for each in _decimals(chances)]
        assert sum(told) == 1
        assert min(told) > 0
        assert np.abs(np.array(told, float) - chances).max() < 1e-15


def test_the_text_reads_back_as_the_same_tree():
    """Players, information sets, actions, probabilities and payoffs, as pygambit sees them."""
    tables = tiny(6, effort=(2, 1), states=2, exits=True, n_packages=1)
    game = unroll(tables, title='a "war"', note="two\nlines")
    outside = read_back(to_efg(tables, title='a "war"', note="two\nlines"))
    assert outside.title == "a 'war'"
    assert len(outside.players) == len(game.agents)
    assert sum(len(player.infosets) for player in outside.players) == len(game.information_sets)

    def same(mine, other) -> int:
        if isinstance(mine, Leaf):
            assert other.is_terminal
            paid = [float(other.outcome[player]) for player in outside.players]
            assert paid == [mine.payoffs.get(agent, 0.0) for agent in game.agents]
            return 1
        assert [action.label for action in other.infoset.actions] == [label for label, _, _ in mine.branches]
        if isinstance(mine, Chance):
            odds = [float(action.prob) for action in other.infoset.actions]
            assert odds == pytest.approx([p for _, p, _ in mine.branches], abs=1e-15)
        return sum(same(below, child) for (_, _, below), child in zip(mine.branches, other.children, strict=True))

    assert same(game.root, outside.root) == Structure(tables).measure()[0].leaves

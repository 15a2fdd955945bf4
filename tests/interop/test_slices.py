"""What an exported game holds, and what cannot be exported; needs no other program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ripeness.game.tables import INFINITE_PRECISION
from ripeness.interop import ExportError, Slice, efg, extensive_form, restricted, terminal_values
from ripeness.interop.extensive import Chance, leaves
from tests.engine.typed_games import TypedGame, typed_game

SMALL = TypedGame(types=(1, 1, 1), shape=(1,), n_periods=1, n_packages=2, n_proposers=2, patron=False)
PATRON = replace(SMALL, n_proposers=3, patron=True)


def refused(tables, wanted=None, **options) -> tuple[str, ...]:
    with pytest.raises(ExportError) as error:
        extensive_form(tables, wanted or Slice(0, tables.n_periods), **options)
    return error.value.faults


def test_what_a_slice_of_one_period_holds():
    form = extensive_form(typed_game(1, replace(PATRON, n_effort=(2, 2))))
    kinds = [(s.situation.kind, s.situation.side) for s in form.information_sets]
    # P's offers are answered by both, and both choose efforts, D after each of A's
    assert [kinds.count(("offer", j)) for j in range(3)] == [1, 1, 1]
    assert [kinds.count(("answer", k)) for k in range(2)] == [4, 4]
    assert [kinds.count(("effort", k)) for k in range(2)] == [1, 2]
    assert len(form.observers) == 3
    # nobody proposes; "none", or one of two packages refused, by A or D; the same by P, whose packages fail in two ways
    assert sum(leaf.label == "war goes on" for leaf in leaves(form.root)) == 4 * (1 + 3 + 3 + 5)


def test_histories_that_tell_nothing_share_information_sets():
    """The second period looks alike after all of the first where nobody has types."""
    one = extensive_form(typed_game(1, SMALL))
    two = extensive_form(typed_game(1, replace(SMALL, n_periods=2)), Slice(0, 2))
    assert len(two.information_sets) == 2 * len(one.information_sets)


def test_types_that_everybody_knows_are_played_apart():
    """With types known from the start each profile is the game of its types alone."""
    tables = typed_game(1, replace(SMALL, types=(2, 1, 1)))
    known = extensive_form(tables._replace(known=True))
    assert isinstance(known.root, Chance)
    alone = extensive_form(typed_game(1, SMALL))
    assert len(known.information_sets) == 2 * len(alone.information_sets)
    assert all(len(s.situation.seen) == 1 for s in known.information_sets)


def test_a_certain_belief_leaves_no_draw():
    tables = typed_game(1, replace(SMALL, types=(2, 1, 1)))
    sure = extensive_form(tables._replace(beliefs=(tables.beliefs[0]._replace(start=0),)))
    assert not isinstance(sure.root, Chance) or sure.root.label == "recognition"
    assert [observer.label for observer in sure.observers] == ["value of A (type 0)", "value of D"]


def test_odds_sum_to_one_exactly_in_the_file():
    from fractions import Fraction

    text = efg(extensive_form(typed_game(2, replace(PATRON, types=(2, 2, 1), n_packages=1))))
    draws = [line for line in text.splitlines() if line.startswith("c ")]
    assert draws
    for line in draws:
        odds = line[line.index("{") + 1 : line.rindex("}")].split('"')[2::2]
        assert sum(map(Fraction, map(str.strip, odds))) == 1


def test_names_are_written_in_ascii_without_quotation_marks():
    tables = typed_game(2, SMALL)
    form = extensive_form(tables, title='Genève, "draft"')
    assert efg(form).startswith("EFG 2 R \"Geneve, 'draft'\" {")


def test_all_faults_of_a_slice_are_told_at_once():
    tables = typed_game(1, replace(SMALL, n_periods=3))
    said = refused(tables, Slice(5, 1, 9))
    assert said == ("period: found 5; allowed: 0 to 2.", "state: found 9; allowed: 0 to 0.")
    assert refused(tables, Slice(1, 3)) == ("periods: found 3; allowed: 1 to 2, from period 1 to the end.",)
    assert "found nothing for a slice that ends before the last period" in refused(tables, Slice(0, 1))[0]
    assert "found an array of shape (1,)" in refused(tables, Slice(2, 1), after=np.zeros(1))[0]


def test_too_many_information_sets_are_refused_with_what_would_fit():
    tables = typed_game(1, replace(SMALL, n_packages=8))
    (said,) = refused(tables, most_information_sets=10)
    assert said == (
        "the slice has 18 information sets (2 offers, 16 answers); allowed: 10. 4 packages would fit (--package); "
        "--most-information-sets 18 writes all."
    )
    fits = restricted(tables, packages=[0, 1, 2, 3])
    assert len(extensive_form(fits, most_information_sets=10).information_sets) == 10


def test_a_best_reply_is_no_logit_choice():
    tables = typed_game(1, SMALL)._replace(precision_response=np.array([1.0, INFINITE_PRECISION]))
    (said,) = refused(tables)
    assert said.startswith("precision of D, answer in period 0: found 1e+12, best reply; allowed: below 1e+12.")


def test_observers_who_differ_cannot_both_decide_after_evidence():
    """D and P disagree about A and both move in the second period, after A's answers have told of it."""
    tables = typed_game(1, replace(PATRON, types=(2, 1, 1), n_periods=2, n_packages=1, offsets=1.0))
    (said,) = refused(tables, Slice(0, 2), most_information_sets=10_000)
    assert said.startswith("beliefs: D and P start from different beliefs about A, and both decide after")


def test_an_answer_to_a_fragile_peace_must_not_hang_on_another():
    tables = typed_game(1, replace(PATRON, n_periods=2, n_packages=1, breakdown=0.3))
    (said,) = refused(tables, Slice(0, 2))
    assert said.startswith("package 0: found a peace that may break, which P may propose in period 0; allowed in")
    extensive_form(tables, Slice(1, 1), after=terminal_values(tables))


def test_rows_with_odds_that_the_truth_excludes_are_refused():
    tables = typed_game(1, replace(SMALL, n_periods=2, n_packages=1, shape=(2,), own_odds=True))
    pool = tables.pool.copy()
    truth = int(tables.nature[0, 0, 0, 0, -1])
    stays, moves = tables.operator_weight[truth][tables.operator_offset[truth] == 0], tables.operator_weight[truth]
    for table in moves[moves >= 0]:
        pool[table, 0] = float(table in stays)
    (said,) = refused(tables._replace(pool=pool), Slice(0, 2))
    assert said.startswith("nature: a row holds a move from state 0 possible that the truth excludes")

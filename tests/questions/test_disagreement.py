"""What is said of private information is what the numbers say."""

from __future__ import annotations

import numpy as np
import pytest

from ripeness.questions import Outlook
from ripeness.questions.disagreement import Side, telling_package
from ripeness.questions.labels import values_of
from ripeness.questions.reading import Reading
from ripeness.questions.secrets import KNOWN
from ripeness.questions.summary import summarise
from ripeness.questions.words import month, percent
from ripeness.runs.results import results
from tests.questions import typed_toys as toys
from tests.questions.typed_toys import outlook, played


@pytest.fixture(scope="module", params=["attacker", pytest.param("attacker and defender", marks=pytest.mark.slow)])
def said(request: pytest.FixtureRequest) -> Outlook:
    game = played(request.param)
    return outlook(game).with_group("secrets", toys.secrets(game))


def answer(out: Outlook, key: str) -> str:
    return next(p.answer for p in summarise(out.tree).paragraphs if p.key == key)


def test_private_information_is_answered_between_delay_and_seats(said: Outlook, tiny_outlook: Outlook) -> None:
    more = ["beliefs", "rejection", "survival", "misreading", "secrets"]
    paragraphs = summarise(said.tree).paragraphs
    keys = [p.key for p in paragraphs]
    assert keys[keys.index("delay") + 1 : keys.index("seats")] == more
    for paragraph in paragraphs:
        assert paragraph.answer.endswith(".")
        assert "nan" not in paragraph.answer
        assert "  " not in paragraph.answer
    assert not {p.key for p in summarise(tiny_outlook.tree).paragraphs} & set(more)


def test_beliefs_at_the_start_are_told_for_every_observer(said: Outlook) -> None:
    text = answer(said, "beliefs")
    assert "the probability of “wider aims” is 40% to the analyst, 70% to South and 20% to East." in text
    settled = said.tree["views/cumulative_probability"].sel(end="settlement").values[-1]
    for probability in settled:
        assert percent(probability) in text


def test_the_most_telling_rejection_that_is_not_rare_is_told_with_what_it_moves(said: Outlook) -> None:
    r = Reading(said.tree)
    side = Side(r, "attacker")
    n = telling_package(side)
    assert n is not None
    after, start = side.array("after_rejection"), side.array("start")
    public = side.observers.index("public")
    often = 1.0 - side.array("acceptance_by_type") @ start[public] >= 0.05
    assert often.any()
    moved = np.abs(after[:, public, 1] - start[public, 1])
    assert moved[n] == moved[often].max()
    text = answer(said, "rejection")
    assert f"“{r.packages[n]}” would tell most of North" in text
    south = side.observers.index("defender")
    assert f"South's from {percent(start[south, 1])} to {percent(after[n, south, 1])}" in text


def test_only_those_who_start_wrong_are_followed(said: Outlook) -> None:
    text = answer(said, "survival")
    assert "If North is of type “limited aims”, South starts from a belief of 30% in it" in text
    assert "If North is of type “wider aims”, East starts from a belief of 20% in it" in text
    assert "If North is of type “limited aims”, East" not in text
    reached = said.tree["beliefs/attacker/seen_through"].sel(true_type="wider aims", observer="patron").values
    assert np.isnat(reached) or month(reached) in text


def test_costs_and_gains_are_those_of_the_variants(said: Outlook) -> None:
    text = answer(said, "misreading")
    for role in ("South", "East"):
        assert f"If {role} started from the analyst's beliefs" in text
    shown = said.tree["secrets"].to_dataset().sel(variant=KNOWN)
    settled = float(shown["cumulative_probability"].sel(end="settlement").values[-1])
    base = float(said.tree["views/cumulative_probability"].sel(view="truth", end="settlement").values[-1])
    assert percent(settled if abs(settled - base) >= 0.005 else base) in answer(said, "secrets")


def test_another_view_says_whose_it_is() -> None:
    game = played("attacker")
    assert ", as East sees it," not in summarise(outlook(game).tree).headline
    assert " and as East sees it, a settlement" in summarise(outlook(game, "patron").tree).headline
    given = summarise(outlook(game, "attacker: wider aims").tree).headline
    assert " and given that North is of the type “wider aims”, a settlement" in given


def test_results_have_keys_of_their_own_and_the_numbers_of_the_tree(said: Outlook) -> None:
    found = {result.key: result for result in results(said.tree)}
    assert len(found) == len(results(said.tree))
    assert found["belief_patron_attacker_wider_aims"].value == pytest.approx(0.2)
    views = [str(v) for v in values_of(said.tree, "views/view")]
    settled = values_of(said.tree, "views/cumulative_probability")[-1, :, 0]
    assert found["settled_attacker_wider_aims"].value == settled[views.index("attacker: wider aims")]
    value = said.tree["views/value"].sel(view="attacker: wider aims", actor="attacker")
    assert found["value_attacker_wider_aims"].value == float(value)
    gain = said.tree["secrets/gain"].sel(variant="patron reads right", who="patron")
    assert found["gain_if_patron_reads_right_patron"].value == float(gain)
    assert found["settled_truth"].value == found["end_settlement"].value


def test_choices_with_several_solutions_are_never_silent() -> None:
    game = played("attacker")
    several = np.zeros((4, 5), np.int64)
    several[1, 2] = 7
    out = outlook(game, several=several)
    (note,) = (w for w in summarise(out.tree).warnings if "several solutions" in w)
    assert "at 7 choices in 1 of 4 periods" in note
    assert "response (7)" in note
    assert {r.key: r.value for r in results(out.tree)}["several_solutions"] == 7.0
    assert not any("several solutions" in w for w in summarise(outlook(game, several=several * 0).tree).warnings)

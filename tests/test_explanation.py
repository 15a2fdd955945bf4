"""What private information changes, from the numbers of two runs."""

from __future__ import annotations

import pytest

from ripeness.runs.explanation import explained, information

ACTORS = {"attacker": {"name": "North"}, "defender": {"name": "South"}, "patron": None}
SECRET = {"actors": ACTORS, "beliefs": {"known": False, "attacker": {}}}
KNOWN = {"actors": ACTORS, "beliefs": {"known": True, "attacker": {}}}
PLAIN = {"actors": ACTORS, "beliefs": None}
HIDDEN = {
    "end_settlement": 0.42, "settlement_date": "2031-05-01", "terms_median": 0.3, "value_attacker": 0.31,
    "value_defender": 0.6,
}  # fmt: skip
OPEN = {
    "end_settlement": 0.55, "settlement_date": "2030-03-01", "terms_median": 0.31, "value_attacker": 0.3,
    "value_defender": 0.6001,
}  # fmt: skip


def test_which_runs_have_secrets() -> None:
    assert [information(each) for each in (SECRET, KNOWN, PLAIN)] == ["private", "known", "none"]


@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_is_said_in_whichever_order_the_runs_are_named(backwards: bool) -> None:
    runs = ((SECRET, HIDDEN), (KNOWN, OPEN))
    (first, before), (second, after) = runs[::-1] if backwards else runs
    said = explained(first, second, before, after, {"beliefs.known"})
    assert said == (
        "With what is secret, against the war with the same types known to all: a settlement by the horizon is 13.0 "
        "percentage points less likely (42% against 55%), and its median date, if there is one, is later: May 2031 "
        "against March 2030.",
        "Median terms lie 1.0 percentage point further towards South: 30% for North against 31%.",
        "At the start, as each sees it, the war is worth 1% more to North, of what is disputed, for ever.",
    )


def test_nothing_is_explained_by_secrets_that_both_have_or_neither() -> None:
    assert explained(SECRET, SECRET, HIDDEN, OPEN, {"horizon"}) == ()
    assert explained(KNOWN, PLAIN, HIDDEN, OPEN, set()) == ()


def test_a_baseline_that_changes_more_than_what_is_known_is_pointed_out() -> None:
    assert "beliefs.known=true" in explained(PLAIN, SECRET, OPEN, HIDDEN, {"beliefs.attacker.nodes"})[-1]
    others = {"beliefs.known", "horizon", "mechanisms.balance.start"}
    said = explained(KNOWN, SECRET, OPEN, HIDDEN, others)[-1]
    assert said.startswith("Other assumptions differ as well (horizon, mechanisms.balance.start)")


def test_what_does_not_move_is_said_to_stay() -> None:
    said = explained(SECRET, KNOWN, HIDDEN, HIDDEN, {"beliefs.known"})
    assert "as likely (42% against 42%)" in said[0]
    assert "is the same (May 2031)" in said[0]
    assert said[1].startswith("Median terms stay")
    assert said[2].startswith("At the start the war is worth the same")
    silent = explained(SECRET, KNOWN, {"end_settlement": 0.0, "settlement_date": None}, {"end_settlement": 0.0}, set())
    assert "None" not in " ".join(silent)

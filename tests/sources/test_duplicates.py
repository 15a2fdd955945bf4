"""Near-duplicates, conflicts, and documents that are one text reworded."""

from __future__ import annotations

import pytest

from ripeness.sources.documents import Document
from ripeness.sources.duplicates import compare, dependence, features, signature
from ripeness.sources.lexicon import shipped
from ripeness.sources.plain import read_plain
from ripeness.sources.sentences import split_document
from ripeness.sources.words import tokens


def said(text: str):
    sentence = split_document(Document("d", "d", "text", "0" * 64, text, read_plain(text)))[0]
    return features(sentence, tokens(sentence.raw), shipped())


def pair(one: str, other: str):
    return compare(said(one), said(other))


SAME = [
    (
        "Envoys of both states met in Geneva on Friday to discuss the border.",
        "Envoys of both states held talks in Geneva on Friday to discuss the frontier.",
    ),
    ("Ethiopian troops attacked the town of Badme at dawn.", "Ethiopian soldiers attacked the town of Badme at dawn."),
    (
        "Iraqi shelling of Basra continues to cause destruction.",
        "Iraqi bombardment of Basra persists in causing devastation.",
    ),
    (
        "The rebels rejected the plan that the mediators proposed.",
        "The insurgents refused the proposal that the mediators proposed.",
    ),
]

DIFFERENT = [
    (
        "The president has threatened to bomb the port of the city.",
        "The president has bombed the port of the city.",
        "mode",
    ),
    (
        "The army attacked the town of Badme on Friday morning.",
        "The army did not attack the town of Badme on Friday morning.",
        "negation",
    ),
    (
        "The army lost 300 men in the battle for the bridge.",
        "The army lost 900 men in the battle for the bridge.",
        "number",
    ),
    (
        "Eritrea attacked Ethiopia along the border on Monday.",
        "Ethiopia attacked Eritrea along the border on Monday.",
        "who does it to whom",
    ),
    (
        "The delegates accepted the plan of the mediators in Doha.",
        "The delegates rejected the plan of the mediators in Doha.",
        "event",
    ),
    (
        "Iran attacked the port of Umm Qasr in the night.",
        "Iran attacked the port of Khorramshahr in the night.",
        "name",
    ),
    (
        "The government plans to withdraw its troops from the valley.",
        "The government withdrew its troops from the valley.",
        "mode",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_sentence_reworded_is_a_duplicate_with_its_differences(one, other):
    found = pair(one, other)
    assert found is not None
    assert found.relation == "duplicate", found
    assert found.differences


@pytest.mark.parametrize(("one", "other", "why"), DIFFERENT)
def test_sentences_that_tell_different_things_conflict_and_are_never_merged(one, other, why):
    found = pair(one, other)
    assert found is not None
    assert found.relation == "conflict"
    assert why in found.why, found


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_holds_the_other_way_round(one, other):
    assert pair(other, one).relation == pair(one, other).relation


def test_unrelated_sentences_are_nothing():
    assert pair(SAME[0][0], SAME[1][0]) is None
    assert pair("He left.", "She left.") is None


@pytest.mark.parametrize(("one", "other"), SAME)
def test_alike_sentences_share_a_band_so_that_they_are_compared(one, other):
    assert set(signature(said(one))) & set(signature(said(other)))


def test_two_documents_depend_where_a_third_of_the_shorter_is_in_both():
    assert dependence(4, 12, 40) == (round(4 / 12, 3), 4)
    assert dependence(4, 13, 40) is None
    assert dependence(2, 3, 3) is None  # two sentences may be chance

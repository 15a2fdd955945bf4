"""Sentences and line kinds: boundaries, spans, hashes, damage."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ripeness.scenario.citations import sentence_hash
from ripeness.sources.damage import damage
from ripeness.sources.documents import Document
from ripeness.sources.plain import read_plain
from ripeness.sources.sentences import boundaries, split_document


def document(text: str) -> Document:
    return Document("d", "d.txt", "text", "0" * 64, text, read_plain(text))


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in boundaries(text)]


# Each is one sentence a list entry: what a reader would say, written down before the rules were run on it.
CASES = [
    ["Gen. Charles de Gaulle left London.", "He flew to Algiers."],
    ["The U.S. Army landed at Inchon.", "It took Seoul."],
    ["He lives in the U.S.", "The war went on."],
    ["Losses rose by 3.5 percent to 1,200.50.", "Nobody knows why."],
    ["J. F. Kennedy met Mr. Khrushchev in Vienna.", "They argued."],
    ["The deal (see fig. 2) failed.", "Talks ended."],
    ['"Stop!" she said.', "He did not."],
    ["“We will not sign.”", "The minister left."],
    ["He asked: “Why now?”", "Nobody answered."],
    ["They met on Nov. 23 in Geneva.", "They parted on Dec. 1."],
    ["It began at 5 a.m. on Monday.", "By 6 p.m. it was over."],
    ["The text names arms, money, etc. in its annex.", "It names no date."],
    ["He hesitated... and then signed.", "The guns fell silent."],
    ["What remains?", "Not much!", "Perhaps a truce."],
    ["No. 5 of the list was struck out.", "The rest stood."],
    ["Prof. A. B. Smith of St. Petersburg disagrees.", "So do others."],
    ["The E.U. and the U.K. agreed.", "Norway did too."],
    ["See www.un.org for the text.", "It is long."],
    ["They offered $1.5 million.", "It was refused."],
    ["“The front is frozen,” he said. “Nobody moves.”"],
]


@pytest.mark.parametrize("sentences", CASES[:-1], ids=lambda s: s[0][:30])
def test_sentences_end_where_a_reader_says_so(sentences):
    assert split(" ".join(sentences)) == sentences


def test_a_quotation_that_goes_on_after_its_speaker_is_two_sentences():
    assert split(CASES[-1][0]) == ["“The front is frozen,” he said.", "“Nobody moves.”"]


@given(
    st.lists(st.sampled_from([s for case in CASES[:-1] for s in case]), min_size=1, max_size=8),
    st.sampled_from([" ", "\n", "  ", " \n "]),
)
def test_spans_cover_everything_but_blanks_and_never_overlap(sentences, blank):
    text = blank.join(sentences)
    places = list(boundaries(text))
    assert all(a < b for a, b in places)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(places))
    kept = "".join(text[a:b] for a, b in places)
    assert "".join(kept.split()) == "".join(text.split())


def test_spans_are_offsets_into_the_original_and_hashes_those_of_citations():
    text = "\nOne stands here.  Two stands there.\n\n  Three is alone.\n"
    found = split_document(document(text))
    assert [text[s.start : s.end] for s in found] == ["One stands here.", "Two stands there.", "Three is alone."]
    assert [s.id for s in found] == ["d:1", "d:2", "d:3"]
    assert [s.sha256 for s in found] == [sentence_hash(s.text) for s in found]


def test_lines_broken_at_a_fixed_width_are_joined_and_list_marks_kept_apart():
    text = (
        "The delegates met for three days in a hotel\nnear the lake and did not agree on anything\nthat matters. "
        "They left on Friday.\n\n"
        "1. The parties shall withdraw behind the line\nthat the map shows.\n2. Observers may be sent.\n"
    )
    found = [s.text for s in split_document(document(text))]
    assert (
        found[0]
        == "The delegates met for three days in a hotel near the lake and did not agree on anything that matters."
    )
    assert found[2] == "1. The parties shall withdraw behind the line that the map shows."
    assert found[3] == "2. Observers may be sent."


def test_line_kinds_of_a_page_of_news():
    text = "\n".join(
        [
            "Envoys leave without a deal",
            "The talks in Doha ended on Sunday. Nobody signed.",
            "“We came to listen, and we have heard enough.”",
            "Delegates of both sides leave the hotel in Doha, Qatar, March 3, 2019.",
            "Karim Jaafar/AFP/Getty Images",
            "Read more",
            "What the last round of talks was about, and why it failed so quickly",
            "Photo: Reuters",
            "The next round is in May.",
        ]
    )
    kinds = [s.kind for s in split_document(document(text))]
    assert kinds == ["heading", "body", "body", "quote", "caption", "credit", "teaser", "teaser", "credit", "body"]


@pytest.mark.parametrize(
    "wording",
    [
        "They reached the the border.",
        "He imposed sanctions yet and considered arms.",
        "The army said the a truce holds.",
        "It cameâ€™s to nothing.",
        "He said “we will stay.",
        "The talks failed.They left at once after.",
        "They left (on Monday.",
        "The army took the town , and stayed.",
    ],
)
def test_damaged_wording_is_flagged(wording):
    assert damage(wording)


@pytest.mark.parametrize("sentences", CASES, ids=lambda s: s[0][:30])
def test_sound_wording_is_not_flagged(sentences):
    assert not [s for s in sentences if damage(s)]


def test_sound_pairs_of_words_are_not_flagged():
    for said in (
        "He had had enough.",
        "She said that that was all.",
        "And yet they fought.",
        "It was long, long ago.",
        "Baden Baden is a town.",
    ):
        assert not damage(said), said

"""The real source document: what is found there against the developer's own labels (`seed_labels.json`).

The labels were made by the hand that wrote the rules, while they were written: they show that the rules do what was
meant, not how they fare on other texts. That is `test_frozen.py`. No text of the document is in this folder.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ripeness.scenario import load
from ripeness.scenario.citations import sentences as plain_sentences
from ripeness.sources.actors import find_actors
from ripeness.sources.documents import load_document
from ripeness.sources.duplicates import compare, features
from ripeness.sources.events import find_events
from ripeness.sources.lexicon import shipped
from ripeness.sources.mechanisms import find_mechanisms
from ripeness.sources.parsing import parsed
from ripeness.sources.sentences import split_document
from tests.sources.scoring import score

LABELS = json.loads((Path(__file__).parent / "seed_labels.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seed(shared):
    found = [
        p
        for p in sorted((shared / "seed").glob("*.txt"))
        if hashlib.sha256(p.read_bytes()).hexdigest() == LABELS["sha256"]
    ]
    if not found:
        pytest.skip("the shared folder has no source document with the hash of the labels")
    document = load_document(found[0])
    sentences = split_document(document)
    return document, sentences, find_actors(sentences)


def test_sentences_are_those_that_the_case_cites_by_hash(seed):
    """The case's hashes were made by another reader, one sentence a line."""
    document, sentences, _ = seed
    cited = load("ukraine-2025-12").notes["sentences"]
    assert len(sentences) == LABELS["sentences"]
    assert [s.text for s in sentences] == [s.text for s in plain_sentences(document.text)]
    assert all(sentences[c["sentence"] - 1].sha256 == c["sha256"] for c in cited.values())
    assert all(" ".join(document.original(s.start, s.end).split()) == s.text for s in sentences)


def test_every_line_kind_is_right(seed):
    found = {str(s.number): s.kind for s in seed[1] if s.kind != "body"}
    assert found == LABELS["kinds"]


def test_both_near_duplicate_pairs_and_no_other(seed):
    said = [features(p.sentence, p.tokens, shipped()) for p in parsed(*seed[1:])]
    pairs = {
        (i + 1, j + 1): pair
        for i in range(len(said))
        for j in range(i + 1, len(said))
        if (pair := compare(said[i], said[j])) is not None
    }
    assert [list(place) for place in pairs] == LABELS["duplicates"]
    assert all(pair.relation == "duplicate" and pair.differences for pair in pairs.values())


def test_damaged_wording_is_flagged_and_not_repaired(seed):
    document, sentences, _ = seed
    assert [s.number for s in sentences if s.flags] == LABELS["damaged"]
    assert all(s.raw in document.text for s in sentences)


def test_the_analogy_yields_no_events_and_no_mechanisms(seed):
    assert {p.sentence.number for p in parsed(*seed[1:]) if p.figurative} <= set(LABELS["analogy"])
    told = {e.sentence for p in parsed(*seed[1:]) for e in find_events(p, shipped())}
    assert not told & set(LABELS["analogy"])


def test_named_actors_have_an_f1_of_at_least_0_9(seed):
    found = score([actor.name for actor in seed[2].actors], LABELS["actors"])
    assert found.f1 >= 0.9, found


def test_events_have_a_precision_of_at_least_0_6_and_a_recall_of_at_least_0_85(seed):
    told = [(e.sentence, e.category) for p in parsed(*seed[1:]) for e in find_events(p, shipped())]
    found = score(told, map(tuple, LABELS["events"]))
    assert found.precision >= 0.6, found
    assert found.recall >= 0.85, found


def test_mechanisms_have_an_f1_of_at_least_0_8(seed):
    said = [m for p in parsed(*seed[1:]) for m in find_mechanisms(p, shipped())]
    found = score([(m.sentence, m.mechanism, m.direction) for m in said], map(tuple, LABELS["mechanisms"]))
    assert found.f1 >= 0.8, found

"""Quotes: a hundred good variants are accepted, a hundred bad ones refused."""

from __future__ import annotations

import itertools
import random

import pytest

from ripeness.sources.model.quotes import find_quote, normal

TEXT = (
    "The envoy said that “neither side can win this war” – and that both know it. By the summer of 1951 the front "
    "had not\n"
    "moved for weeks; the army’s losses, some 1,200 men a month, were kept secret. Talks began in July. Nobody "
    "believed\n"
    "that a truce would last, for the last truce had been broken within days. The king’s advisers — all but one — "
    "wanted to\n"
    "wait until the rains were over. He did not wait. The valley was taken at dawn, and the bridge with it, while the\n"
    "delegates slept in the old hotel by the lake. It was, as one of them said later, “a very short night”."
)
DOCUMENT = normal(TEXT)
QUOTES = (
    "neither side can win this war",
    "the front had not moved for weeks",
    "the army’s losses, some 1,200 men a month, were kept secret",
    "the last truce had been broken within days",
    "The king’s advisers — all but one — wanted to wait until the rains were over",
    "The valley was taken at dawn, and the bridge with it",
    "the delegates slept in the old hotel by the lake",
    "as one of them said later, “a very short night”",
    "both know it. By the summer of 1951 the front had not",
    "Nobody believed that a truce would last",
)


def with_ellipsis(quote: str, mark: str) -> str:
    words = quote.split()
    return " ".join(words[:2]) + mark + " ".join(words[-2:])


GOOD_CHANGES = {
    "as it stands": lambda q: q,
    "straight quotation marks": lambda q: q.replace("“", '"').replace("”", '"').replace("’", "'"),
    "quotation marks around it": lambda q: f"«{q}»",
    "other dashes": lambda q: q.replace(" — ", "--").replace("–", "-") if "—" in q else q.replace(" ", "\u00a0", 1),
    "doubled blanks": lambda q: q.replace(" ", "  "),
    "line breaks": lambda q: q.replace(" ", "\r\n"),
    "an ellipsis of three stops": lambda q: with_ellipsis(q, " ... "),
    "one character for an ellipsis": lambda q: with_ellipsis(q, "…"),
    "an ellipsis in brackets": lambda q: with_ellipsis(q, " [...] "),
    "a capital at its beginning and a stop at its end": lambda q: q[0].upper() + q[1:] + ".",
}


def _flip(q: str) -> str:
    words = q.split()
    k = len(words) // 2
    words[k - 1], words[k] = words[k], words[k - 1]
    return " ".join(words)


BAD_CHANGES = {
    "two words flipped": _flip,
    "a negation put in": lambda q: " ".join([*q.split()[:2], "not", *q.split()[2:]]),
    "a word replaced": lambda q: " ".join([*q.split()[:-1], "forever"]),
    "a word left out without an ellipsis": lambda q: " ".join(w for k, w in enumerate(q.split()) if k != 2),
    "a number changed": lambda q: (
        q.replace("1,200", "1,300").replace("1951", "1952") if any(c.isdigit() for c in q) else q + " in 1951 too"
    ),
    "a paraphrase": lambda q: "It was said that " + " ".join(reversed(q.split())),
    "parts in the wrong order": lambda q: " ".join(q.split()[-2:]) + " ... " + " ".join(q.split()[:2]),
    "too short": lambda q: " ".join(q.split()[:3]),
    "half a word at its end": lambda q: q.rstrip("”")[:-1],
    "an ellipsis for everything": lambda q: q.split()[0] + " ... " + q.split()[-1],
}

GOOD = [(f"{name}: {q[:20]}", change(q)) for (name, change), q in itertools.product(GOOD_CHANGES.items(), QUOTES)]
BAD = [(f"{name}: {q[:20]}", change(q)) for (name, change), q in itertools.product(BAD_CHANGES.items(), QUOTES)]


def test_there_are_a_hundred_of_each():
    assert len(GOOD) == len(BAD) == 100
    assert len(set(dict(GOOD).values())) >= 90


@pytest.mark.parametrize("quote", [q for _, q in GOOD], ids=[name for name, _ in GOOD])
def test_good_variants_are_accepted_at_their_place(quote):
    span = find_quote(quote, DOCUMENT)
    assert span is not None
    first = normal(quote).text.strip(" .").split()[0].strip(",.;")
    assert normal(TEXT[span[0] : span[1]]).text.startswith(first)


@pytest.mark.parametrize("quote", [q for _, q in BAD], ids=[name for name, _ in BAD])
def test_bad_variants_are_refused(quote):
    assert find_quote(quote, DOCUMENT) is None


def test_any_run_of_words_is_found_where_it_stands():
    chance = random.Random(0)
    words = TEXT.split()
    for _ in range(200):
        k = chance.randrange(len(words) - 6)
        span = find_quote(" ".join(words[k : k + 6]), DOCUMENT)
        assert span is not None
        assert "".join(normal(TEXT[span[0] : span[1]]).text.split()) == "".join(
            normal(" ".join(words[k : k + 6]).strip(" .,;:")).text.strip(" .,;:").split()
        )

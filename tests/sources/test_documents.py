"""Documents: encodings, HTML with places in the source, PDF, faults."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from ripeness.sources.documents import decode, identifiers, load_document
from ripeness.sources.errors import SourceError
from ripeness.sources.pdf import read_pdf
from ripeness.sources.sentences import split_document
from tests.sources.pdf_writing import pdf

PAGE = """<!DOCTYPE html><html><head><title>News</title><script>var a = "war";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/war">War</a></li></ul></nav>
<article><h1>Envoys leave without a deal</h1>
<p>The talks in <b>Doha</b> ended on Sunday &mdash; nobody signed. Egypt&rsquo;s envoy said so.</p>
<figure><img src="x"><figcaption>Delegates leave the hotel.</figcaption>
<span class="photo-credit">Jane Doe/AFP</span></figure>
<blockquote>We have heard enough of this.</blockquote>
<p>The army took the town.<p>The rebels left it.
</article><footer><p>Contact us here.</p></footer></body></html>"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return load_document(path)


def test_html_gives_visible_text_with_its_kinds(page):
    found = [(s.kind, s.text) for s in split_document(page)]
    assert found == [
        ("heading", "Envoys leave without a deal"),
        ("body", "The talks in Doha ended on Sunday — nobody signed."),
        ("body", "Egypt’s envoy said so."),
        ("caption", "Delegates leave the hotel."),
        ("credit", "Jane Doe/AFP"),
        ("quote", "We have heard enough of this."),
        ("body", "The army took the town."),
        ("body", "The rebels left it."),
    ]


def test_spans_of_html_are_offsets_into_its_source(page):
    said = {s.text: page.original(s.start, s.end) for s in split_document(page)}
    assert said["The talks in Doha ended on Sunday — nobody signed."].startswith("The talks in <b>Doha</b> ended")
    assert said["The rebels left it."] == "The rebels left it."


def test_a_span_inside_a_sentence_of_html_stands_where_it_says(page):
    sentence = split_document(page)[1]
    start = sentence.raw.index("Doha")
    assert page.original(*sentence.span(start, start + 4)) == "Doha"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Der Krieg dauert fünf Jahre – so heißt es.".encode(), None),
        ("Der Krieg dauert fünf Jahre – so heißt es.".encode("utf-16"), None),
        ("\ufeffDer Krieg dauert fünf Jahre – so heißt es.".encode(), None),
        ("Der Krieg dauert fünf Jahre – so heißt es.".encode("cp1252"), None),
        ("Der Krieg dauert fünf Jahre – so heißt es.".encode("mac-roman"), "mac-roman"),
    ],
)
def test_encodings_are_found_or_named(content, encoding):
    assert decode(content, "f", encoding)[0] == "Der Krieg dauert fünf Jahre – so heißt es."


def test_a_guessed_encoding_is_said():
    assert "cp1252" in decode("für".encode("cp1252"), "f.txt")[1][0]
    assert decode("<meta charset=koi8-r>война".encode("koi8-r"), "f", html=True)[0].endswith("война")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b" \n", "empty"),
        ("binary.txt", b"ab\0\0cd", "binary"),
        ("broken.pdf", b"%PDF-1.4 nothing", "PDF"),
        ("scan.pdf", pdf([[]]), "scan"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        load_document(path)


def test_a_pdf_is_read_page_by_page_without_running_heads(tmp_path):
    towns = ["Massawa", "Keren", "Barentu", "Nakfa", "Assab"]
    pages = [
        [
            "Report on the war",
            f"Page {k}",
            "The army took the town in the",
            f"north called {town}. It then stop-",
            f"ped near {town} for winter.",
        ]
        for k, town in enumerate(towns, start=1)
    ]
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(pages))
    document = load_document(path)
    found = split_document(document)
    assert [s.text for s in found[:2]] == [
        "The army took the town in the north called Massawa.",
        "It then stopped near Massawa for winter.",
    ]
    assert [s.page for s in found] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert document.original(found[0].start, found[0].end).startswith("The army took the town in the\nnorth")


def test_a_pdf_is_held_in_a_few_times_the_memory_of_its_text():
    """The text is held as a whole and in blocks. A number for each character would take eight times as much besides."""
    sentences = "The army took the towns in the north and\nthen went on towards the sea.\n" * 12
    pages = [sentences.replace("sea", f"sea {chr(97 + k)}").replace("army", f"army {chr(97 + k)}") for k in range(26)]
    content = pdf([["A report on wars", f"Page {k}", *page.split("\n")] for k, page in enumerate(pages)])
    read_pdf(content, "warm.pdf")
    tracemalloc.start()
    try:
        text, blocks, _ = read_pdf(content, "wars.pdf")
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert sum(len(block.text) for block in blocks if block.hint != "boilerplate") > 0.8 * len(text)
    assert held < 6 * len(text)


def test_identifiers_are_unique_and_fit_scenarios():
    assert identifiers(["a/News 1.txt", "b/news-1.txt", "c/Über.html"]) == ["news-1", "news-1-2", "ber"]

"""A quote can be verified against a document that a user supplies, without the document in the scenario."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ripeness.scenario import Scenario, parse, sentence_hash, verify_citations
from ripeness.scenario.citations import cited, sentences
from tests.scenario.broken import SOUND

TEXT = "\nFirst sentence.\n\n  Second   sentence,\twith blanks. \n \nThird sentence.\n"
START = "cites: {document: analysis, sentence: 4}"


def citing(said: str, documents: str = "") -> Scenario:
    text = SOUND.replace(START, f"cites: {said}")
    return parse(text.replace("    published: 2025-12-01\n", documents or "    published: 2025-12-01\n"))


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "analysis.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_sentences_are_lines_with_blanks_collapsed() -> None:
    assert [(each.number, each.line, each.text) for each in sentences(TEXT)] == [
        (1, 2, "First sentence."),
        (2, 4, "Second sentence, with blanks."),
        (3, 6, "Third sentence."),
    ]
    assert sentences("") == sentences(" \n\n") == ()
    assert sentences("a\r\nb\r\n") == sentences("\ufeffa\nb")


def test_hash_is_sha_256_of_the_collapsed_sentence() -> None:
    expected = hashlib.sha256(b"Second sentence, with blanks.").hexdigest()
    assert sentences(TEXT)[1].sha256 == sentence_hash(" Second  sentence, with\nblanks.") == expected


def test_every_citation_has_the_path_of_what_cites_it() -> None:
    scenario = citing("[{document: analysis, sentence: 1}, {document: memo}]")
    assert [(path, each.document, each.sentence) for path, each in cited(scenario)] == [
        ("mechanisms.territory.start", "analysis", 1),
        ("mechanisms.territory.start", "memo", None),
    ]


def test_quote_that_stands_has_no_fault(document: Path) -> None:
    sha256 = sentences(TEXT)[1].sha256
    whole = hashlib.sha256(document.read_bytes()).hexdigest()
    scenario = citing(f"{{document: analysis, sentence: 2, sha256: {sha256}}}", f"    sha256: {whole}\n")
    assert verify_citations(scenario, {"analysis": document}) == []
    assert verify_citations(scenario, {}) == []


def test_quote_of_another_sentence_is_found_where_the_sentence_stands(document: Path) -> None:
    scenario = citing(f"{{document: analysis, sentence: 2, sha256: {sentences(TEXT)[2].sha256}}}")
    (fault,) = verify_citations(scenario, {"analysis": str(document)})
    assert (fault.file, fault.line, fault.path) == (str(document), 4, "mechanisms.territory.start.cites")
    assert sentences(TEXT)[1].sha256 in fault.found
    assert fault.allowed == sentences(TEXT)[2].sha256
    assert fault.remedy == "The cited sentence has number 3 here."


def test_quote_that_stands_nowhere_says_so(document: Path) -> None:
    (fault,) = verify_citations(
        citing(f"{{document: analysis, sentence: 2, sha256: {'a' * 64}}}"), {"analysis": document}
    )
    assert "No sentence of this file" in fault.remedy


def test_sentence_beyond_the_end_is_a_fault(document: Path) -> None:
    (fault,) = verify_citations(citing("{document: analysis, sentence: 4}"), {"analysis": document})
    assert fault.found == "sentence 4 cited from a document of 3"
    assert fault.allowed == "sentences 1 to 3"


def test_other_version_of_a_document_is_a_fault(document: Path) -> None:
    scenario = citing("{document: analysis, sentence: 1}", f"    sha256: {'b' * 64}\n")
    (fault,) = verify_citations(scenario, {"analysis": document})
    assert (fault.path, fault.allowed) == ("documents.analysis.sha256", "b" * 64)


def test_unknown_and_unreadable_documents_are_faults(tmp_path: Path) -> None:
    binary = tmp_path / "memo.bin"
    binary.write_bytes(b"\xff\xfe")
    supplied = {"analysys": tmp_path / "x", "analysis": tmp_path / "none.txt", "memo": binary}
    said = {fault.path: fault for fault in verify_citations(parse(SOUND), supplied)}
    assert said["documents"].remedy == "nearest: analysis"
    assert "No such file" in said["documents.analysis"].found
    assert "not UTF-8" in said["documents.memo"].found


def test_sentences_of_a_real_document_are_its_lines(shared: Path) -> None:
    path = shared / "seed" / "000_e724ddef27a56d8c.txt"
    if not path.is_file():
        pytest.skip("the document that the shipped case cites is not in the shared folder")
    text = path.read_text(encoding="utf-8")
    split = sentences(text)
    assert len(split) == sum(1 for line in text.splitlines() if line.strip())
    last = split[-1]
    scenario = citing(f"{{document: analysis, sentence: {last.number}, sha256: {last.sha256}}}")
    assert verify_citations(scenario, {"analysis": path}) == []
    moved = citing(f"{{document: analysis, sentence: 1, sha256: {last.sha256}}}")
    assert [fault.line for fault in verify_citations(moved, {"analysis": path})] == [split[0].line]

"""Cited sentences in their context, from documents that a user supplies.

A document may be one sentence a line, as `ripeness.scenario.citations` reads it, or anything that `ripeness read`
reads. The hashes of the citations tell which of the two the scenario counted in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from ripeness.scenario.citations import cited, sentence_hash, sentences
from ripeness.scenario.schema import Scenario
from ripeness.sources.errors import SourceError

CONTEXT = 1
"""Sentences before and after a cited one that are shown with it."""


class Quote(NamedTuple):
    """A cited sentence with what stands before and after it; both may be empty."""

    before: str
    said: str
    after: str


def read_as_cited(scenario: Scenario, documents: Mapping[str, str | PathLike[str]]) -> dict[str, tuple[str, ...]]:
    """Sentences of each document, read in the way in which more of the scenario's hashes are met; one sentence a line
    where both meet as many. Documents that cannot be read at all are left out."""
    apart = read_apart(scenario, documents)
    by_lines = {name: _by_lines(path) for name, path in documents.items() if name not in apart}
    return {**{name: said for name, said in by_lines.items() if said}, **apart}


def read_apart(scenario: Scenario, documents: Mapping[str, str | PathLike[str]]) -> dict[str, tuple[str, ...]]:
    """Sentences of those documents that do not have one sentence a line, as far as the scenario's hashes tell."""
    found = {}
    for name, path in documents.items():
        wanted = [(c.sentence, c.sha256) for _, c in cited(scenario) if c.document == name and c.sentence and c.sha256]
        by_lines, by_rules = _by_lines(path), _by_rules(path, name)
        if by_rules and (not by_lines or _met(by_rules, wanted) > _met(by_lines, wanted)):
            found[name] = by_rules
    return found


def quotes(scenario: Scenario, documents: Mapping[str, str | PathLike[str]]) -> dict[tuple[str, int], Quote]:
    """Quotes by document and number, for all citations whose sentence stands in the document as it is cited."""
    read = read_as_cited(scenario, documents)
    found = {}
    for _, citation in cited(scenario):
        said = read.get(citation.document, ())
        number = citation.sentence
        if number is None or not 1 <= number <= len(said):
            continue
        if citation.sha256 is not None and sentence_hash(said[number - 1]) != citation.sha256:
            continue
        before = " ".join(said[max(0, number - 1 - CONTEXT) : number - 1])
        after = " ".join(said[number : number + CONTEXT])
        found[citation.document, number] = Quote(before, said[number - 1], after)
    return found


def _by_lines(path: str | PathLike[str]) -> tuple[str, ...]:
    try:
        return tuple(sentence.text for sentence in sentences(Path(fspath(path)).read_bytes().decode("utf-8")))
    except (OSError, ValueError):
        return ()


def _by_rules(path: str | PathLike[str], name: str) -> tuple[str, ...]:
    from ripeness.sources.documents import load_document
    from ripeness.sources.sentences import split_document

    try:
        return tuple(sentence.text for sentence in split_document(load_document(path, name)))
    except SourceError:
        return ()


def _met(said: Sequence[str], wanted: Sequence[tuple[int | None, str | None]]) -> int:
    return sum(n is not None and n <= len(said) and sentence_hash(said[n - 1]) == sha for n, sha in wanted)

"""Citations and the documents that they refer to: sentences, their hashes, and whether a quote still stands.

A document is a text file in UTF-8 with one sentence per line. Sentences are counted from 1; lines without anything but
blanks do not count. A sentence is hashed as SHA-256 of its UTF-8 bytes after blanks have been collapsed, so that
indentation and trailing blanks do not matter. A case stores only numbers and hashes, never a text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from ripeness.scenario.faults import Fault, nearest
from ripeness.scenario.quantity import Citation, Quantity
from ripeness.scenario.schema import Scenario


class Sentence(NamedTuple):
    """One sentence of a document.

    Attributes:
        number: counted from 1.
        line: of the file, counted from 1.
        text: with blanks collapsed.
    """

    number: int
    line: int
    text: str

    @property
    def sha256(self) -> str:
        """Hash by which a citation recognises the sentence."""
        return sentence_hash(self.text)


def sentence_hash(text: str) -> str:
    """SHA-256 of a sentence, blanks collapsed, as 64 hexadecimal digits."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def sentences(text: str) -> tuple[Sentence, ...]:
    """Sentences of a document, in their order."""
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    written = [(line, " ".join(said.split())) for line, said in lines if said.strip()]
    return tuple(Sentence(number, line, said) for number, (line, said) in enumerate(written, start=1))


def cited(scenario: Scenario) -> Iterator[tuple[str, Citation]]:
    """Every citation of a scenario with the path of what cites it."""
    yield from _cited(scenario, "")


def _cited(value: object, path: str) -> Iterator[tuple[str, Citation]]:
    if isinstance(value, Citation):
        yield path, value
    elif isinstance(value, Quantity):
        for citation in value.cites:
            yield path, citation
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from _cited(getattr(value, name), _joined(path, info.alias or name))
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _cited(below, _joined(path, key))
    elif isinstance(value, tuple | list):
        for index, below in enumerate(value):
            yield from _cited(below, _joined(path, index))


def _joined(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def verify_citations(
    scenario: Scenario,
    documents: Mapping[str, str | PathLike[str]],
    texts: Mapping[str, Sequence[str]] | None = None,
) -> list[Fault]:
    """Compare a scenario's citations with documents that a user supplies.

    Documents that are not supplied, and citations without a hash, are not judged beyond what can be: a sentence number
    must exist in a supplied document.

    Args:
        documents: files by the identifiers that the scenario uses.
        texts: sentences of documents that another reader has split; such a document need not have one sentence a line.

    Returns:
        Faults whose file and line are those of the document, sorted; empty where every quote stands.
    """
    known = {document.id: document for document in scenario.documents}
    faults: list[Fault] = []
    read: dict[str, tuple[Sentence, ...]] = {}
    for name, path in documents.items():
        file = fspath(path)
        if name not in known:
            close = nearest(name, known)
            allowed = ", ".join(known) or "no document: the scenario names none"
            remedy = f"nearest: {close}" if close else ""
            faults.append(Fault(file, 1, 1, "documents", f'the unknown document "{name}"', allowed, remedy))
            continue
        try:
            content = Path(file).read_bytes()
            said = (texts or {}).get(name)
            if said is None:
                read[name] = sentences(content.decode("utf-8"))
            else:
                read[name] = tuple(Sentence(number, 1, text) for number, text in enumerate(said, start=1))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "not UTF-8"
            found = f"a file that cannot be read ({reason})"
            faults.append(Fault(file, 1, 1, f"documents.{name}", found, "a text file in UTF-8, one sentence per line"))
            continue
        wanted, found_hash = known[name].sha256, hashlib.sha256(content).hexdigest()
        if wanted is not None and wanted != found_hash:
            remedy = "This is another version of the document; sentences may have moved."
            where = f"documents.{name}.sha256"
            faults.append(Fault(file, 1, 1, where, f"a file with SHA-256 {found_hash}", wanted, remedy))
    for where, citation in cited(scenario):
        if citation.document in read and citation.sentence is not None:
            file = fspath(documents[citation.document])
            faults += _judged(where, citation, read[citation.document], file)
    return sorted(faults, key=lambda fault: (fault.file, fault.line, fault.path))


def _judged(where: str, citation: Citation, text: tuple[Sentence, ...], file: str) -> Iterator[Fault]:
    assert citation.sentence is not None
    if citation.sentence > len(text):
        last = text[-1].line if text else 1
        found = f"sentence {citation.sentence} cited from a document of {len(text)}"
        yield Fault(file, last, 1, f"{where}.cites", found, f"sentences 1 to {len(text)}", "Check the document.")
        return
    sentence = text[citation.sentence - 1]
    if citation.sha256 is None or citation.sha256 == sentence.sha256:
        return
    moved = [each.number for each in text if each.sha256 == citation.sha256]
    remedy = f"The cited sentence has number {moved[0]} here." if moved else "No sentence of this file has that hash."
    found = f"sentence {sentence.number} with SHA-256 {sentence.sha256}"
    yield Fault(file, sentence.line, 1, f"{where}.cites", found, citation.sha256, remedy)

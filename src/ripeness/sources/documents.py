"""Documents as supplied: bytes, what they decode to, and the blocks of running text in them.

Offsets count characters of `Document.text`: of a text file its decoded characters (without a byte-order mark), of an
HTML file its source with all markup, of a PDF the text of its pages, each followed by a form feed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, NamedTuple

from ripeness.sources.blocks import Block
from ripeness.sources.errors import SourceError

Format = Literal["text", "html", "pdf"]

MOST_BYTES = 256 << 20
"""Largest file that is read."""

SUFFIXES: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}


class Document(NamedTuple):
    """One document.

    Attributes:
        id: name by which citations refer to it.
        path: as the user named it.
        sha256: of the file.
        text: what offsets count in.
        blocks: running text in reading order; boilerplate is marked, not dropped.
        notes: what a reader should know about how it was read, one sentence each.
    """

    id: str
    path: str
    format: Format
    sha256: str
    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    def original(self, start: int, end: int) -> str:
        """The characters at a span."""
        return self.text[start:end]


def load_document(
    path: str | PathLike[str],
    name: str | None = None,
    encoding: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Document:
    """Read a text, HTML or PDF file.

    Args:
        name: identifier; None: made from the file's name.
        encoding: of a text or HTML file; None: found from the bytes.
        progress: called with pages done and pages in all.

    Raises:
        SourceError: the file cannot be read, or is not one of these formats.
    """
    file = fspath(path)
    content = _content(file)
    said = name or identifier(Path(file).stem)
    if content.startswith(b"%PDF-") or Path(file).suffix.lower() == ".pdf":
        from ripeness.sources.pdf import read_pdf

        text, blocks, notes = read_pdf(content, file, progress)
        return Document(said, file, "pdf", _hash(content), text, blocks, notes)
    kind = SUFFIXES.get(Path(file).suffix.lower()) or ("html" if _looks_like_html(content) else "text")
    text, notes = decode(content, file, encoding, html=kind == "html")
    if kind == "html":
        from ripeness.sources.html import read_html

        blocks, more = read_html(text)
        return Document(said, file, "html", _hash(content), text, blocks, (*notes, *more))
    from ripeness.sources.plain import read_plain

    return Document(said, file, "text", _hash(content), text, read_plain(text), notes)


def identifiers(paths: Iterable[str | PathLike[str]]) -> list[str]:
    """Identifiers for documents, made from their names; equal ones are numbered."""
    names: list[str] = []
    counts: dict[str, int] = {}
    for path in paths:
        name = identifier(Path(fspath(path)).stem)
        counts[name] = counts.get(name, 0) + 1
        unique = name if counts[name] == 1 else f"{name}-{counts[name]}"
        while unique in names:
            counts[name] += 1
            unique = f"{name}-{counts[name]}"
        names.append(unique)
    return names


def identifier(stem: str) -> str:
    """A name of lower-case letters, digits and hyphens for a file."""
    name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return name[:60].strip("-") or "document"


def decode(content: bytes, file: str, encoding: str | None = None, html: bool = False) -> tuple[str, tuple[str, ...]]:
    """Characters of a file, with a note where its encoding had to be guessed.

    A byte-order mark decides, then UTF-8 where the bytes are valid, then the encoding that an HTML file declares, then
    windows-1252.
    """
    if encoding is not None:
        try:
            return content.decode(encoding).removeprefix("\ufeff"), ()
        except LookupError:
            raise SourceError(
                f"{file}: unknown encoding {encoding!r}; name one that Python knows, such as utf-8 or cp1251."
            ) from None
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{file}: byte {error.start} is not {encoding}; name its encoding with --encoding."
            ) from None
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(name, "replace").removeprefix("\ufeff"), ()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" in text:
            raise SourceError(f"{file}: the file holds binary data; text, HTML and PDF files can be read.")
        return text, ()
    declared = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", content[:4096]) if html else None
    for name in (*([declared[1].decode("ascii")] if declared else ()), "cp1252", "latin-1"):
        try:
            text = content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
        if "\0" in text:
            break
        guess = "as it declares" if declared and name == declared[1].decode("ascii") else "a guess"
        return text, (f"{file}: not UTF-8; read as {name} ({guess}). Name another encoding with --encoding.",)
    raise SourceError(f"{file}: the file holds binary data; text, HTML and PDF files can be read.")


def _content(file: str) -> bytes:
    try:
        size = Path(file).stat().st_size
        if size > MOST_BYTES:
            raise SourceError(f"{file}: {size:,} bytes; at most {MOST_BYTES:,} are read. Split the document.")
        content = Path(file).read_bytes()
    except OSError as error:
        raise SourceError(f"{file}: {error.strerror}.") from None
    if not content.strip():
        raise SourceError(f"{file}: the file is empty.")
    return content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _looks_like_html(content: bytes) -> bool:
    return re.match(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", content[:2048], re.I | re.S) is not None

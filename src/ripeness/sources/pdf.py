"""Blocks of a PDF: the text of its pages, without the running heads and page numbers that repeat on them."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Callable

from ripeness.sources.blocks import Block, joined
from ripeness.sources.errors import SourceError
from ripeness.sources.plain import read_plain

HEAD_LINES = 2
"""Lines at the top and at the bottom of a page that may be running heads."""

Pages = Callable[[int, int], None]
"""Called with pages done and pages in all."""

REPEATS = 3
"""Pages on which a line must stand at the same end to count as a running head."""


def read_pdf(
    content: bytes, file: str, progress: Pages | None = None
) -> tuple[str, tuple[Block, ...], tuple[str, ...]]:
    """Text of a PDF with its blocks and notes.

    Raises:
        SourceError: no PDF, encrypted, or without any text (a scan).
    """
    pages = _pages(content, file, progress)
    if not any(page.strip() for page in pages):
        raise SourceError(f"{file}: no text in {len(pages)} pages; a scan must be made text first (OCR).")
    heads = _running_heads(pages)
    blocks: list[Block] = []
    at = 0
    for number, page in enumerate(pages, start=1):
        for block in read_plain(page, number, at, wrapped=True):
            if _normalised(block.text) in heads or re.fullmatch(r"\W*\d{1,4}\W*", block.text):
                blocks.append(block._replace(hint="boilerplate"))
            else:
                blocks.append(_joined(block, heads))
        at += len(page) + 1
    silent = sum(not page.strip() for page in pages)
    notes = (f"{file}: {silent} of {len(pages)} pages hold no text.",) if silent else ()
    return "\f".join(pages) + "\f", tuple(blocks), notes


def _pages(content: bytes, file: str, progress: Pages | None) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdf.generic import StreamObject

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it reports what it repairs, which no reader can act on
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError(f"{file}: the PDF is encrypted; save a copy without a password.")
        found: list[str] = []
        for page in reader.pages:
            found.append(page.extract_text().replace("\f", "\n").replace("\0", ""))
            if progress is not None:
                progress(len(found), len(reader.pages))
            for key in [key for key, said in reader.resolved_objects.items() if isinstance(said, StreamObject)]:
                del reader.resolved_objects[key]  # contents and pictures of a page, which pypdf keeps to the end
        return found
    except SourceError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError, IndexError, OSError) as error:
        raise SourceError(f"{file}: a PDF that cannot be read ({type(error).__name__}: {error}).") from None


def _running_heads(pages: list[str]) -> set[str]:
    counts: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.split("\n") if line.strip()]
        counts.update({_normalised(line) for line in (*lines[:HEAD_LINES], *lines[-HEAD_LINES:])})
    return {said for said, count in counts.items() if count >= REPEATS and count >= 0.2 * len(pages) and said}


def _normalised(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split())).lower()


def _joined(block: Block, heads: set[str]) -> Block:
    """The block with running heads inside it cut out, and words joined that were divided at the end of a line."""
    if "\n" not in block.text:
        return block
    kept: list[tuple[str, int]] = []
    at = block.start
    lines = block.text.split("\n")
    for k, line in enumerate(lines):
        if _normalised(line) not in heads:
            after = lines[k + 1].lstrip() if k + 1 < len(lines) else ""
            if re.search(r"[a-z]-\s*$", line) and after[:1].islower():
                kept.append((line.rstrip()[:-1], at))
            else:
                kept.append((line + "\n" if k + 1 < len(lines) else line, at))
        at += len(line) + 1
    return joined(kept, block.hint, block.page) if kept else block._replace(hint="boilerplate")

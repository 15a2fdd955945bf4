"""Blocks of an HTML page: its visible text with the place of each character in the source.

Elements that never hold an article (navigation, scripts, forms) are left out, and blocks that consist mostly of links
are marked as boilerplate. Where the package trafilatura is installed (`pip install 'ripeness[documents]'`), blocks
that it does not count to the article are marked as well.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from ripeness.sources.blocks import Block, Hint, joined
from ripeness.sources.wordlists import word_set

BLOCKS = word_set("html", "blocks")
SILENT = word_set("html", "silent")
BOILERPLATE = frozenset({"nav", "footer", "form", "aside"})
VOID = word_set("html", "void")
CREDIT_CLASS = re.compile(r"\b(photo-?)?credits?\b|\bcopyright\b|\bbyline\b", re.I)
LINKS = 0.6
"""Share of a short block's characters inside links from which on it is boilerplate."""


def read_html(source: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Blocks of a page, and notes."""
    parser = _Parser(source)
    parser.feed(source)
    parser.close()
    parser.flush()
    blocks = parser.blocks
    article = _article(source)
    if article is None:
        note = (
            "Boilerplate of HTML pages is told by their elements alone; pip install 'ripeness[documents]' does better."
        )
        return tuple(blocks), (note,)
    if article:
        blocks = [_judged(block, article) for block in blocks]
    return tuple(blocks), ()


def _article(source: str) -> str | None:
    """The article by trafilatura, blanks collapsed; empty where it finds none, None where it is not installed."""
    try:
        from trafilatura import extract
    except ImportError:
        return None
    said = extract(source, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False)
    return _key(said or "")


def _judged(block: Block, article: str) -> Block:
    if block.hint in ("heading", "caption", "credit", "quote", "boilerplate") or _key(block.text) in article:
        return block
    return block._replace(hint="boilerplate")


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


class _Parser(HTMLParser):
    """Collects visible characters with their places, and closes a block at every block element."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.starts = [0, *(match.end() for match in re.finditer("\n", source))]
        self.blocks: list[Block] = []
        self.characters: list[tuple[str, int]] = []
        self.in_links = 0
        self.open: list[tuple[str, Hint]] = []

    def _place(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.flush()
        if tag in VOID:
            return
        self._end_implied(tag)
        given = dict(attrs)
        hint: Hint = ""
        if re.fullmatch("h[1-6]", tag):
            hint = "heading"
        elif tag in ("figcaption", "caption"):
            hint = "caption"
        elif tag == "blockquote":
            hint = "quote"
        elif tag == "li":
            hint = "list"
        elif tag in BOILERPLATE:
            hint = "boilerplate"
        if CREDIT_CLASS.search(given.get("class") or ""):
            hint = "credit"
            self.flush()
        self.open.append((tag, hint))

    def _end_implied(self, tag: str) -> None:
        """Paragraphs and list items end where the next begins, whether their end is written or not."""
        if tag not in ("p", "li") and not re.fullmatch("h[1-6]", tag):
            return
        inside = max(
            (k for k, (name, _) in enumerate(self.open) if name in ("ul", "ol", "div", "blockquote")), default=-1
        )
        for k, (name, _) in enumerate(self.open):
            if k > inside and (name == "p" or (name == tag == "li")):
                del self.open[k:]
                return

    def handle_endtag(self, tag: str) -> None:
        known = [k for k, (name, _) in enumerate(self.open) if name == tag]
        if tag in BLOCKS or (known and self.open[known[-1]][1] == "credit"):
            self.flush()
        if known:
            del self.open[known[-1] :]

    def handle_data(self, data: str) -> None:
        if self._silent():
            return
        at = self._place()
        self.characters.extend((said, at + k) for k, said in enumerate(data))
        self._count_links(len(data.strip()))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        if self._silent():
            return
        said = html.unescape(written)
        at = self._place()
        self.characters.extend((character, at) for character in said)
        self._count_links(len(said))

    def _count_links(self, n: int) -> None:
        if any(tag == "a" for tag, _ in self.open):
            self.in_links += n

    def _silent(self) -> bool:
        return any(tag in SILENT for tag, _ in self.open)

    def flush(self) -> None:
        """End the current block."""
        characters, links = self.characters, self.in_links
        self.characters, self.in_links = [], 0
        while characters and characters[0][0].isspace():
            characters.pop(0)
        while characters and characters[-1][0].isspace():
            characters.pop()
        if not characters:
            return
        hints = [hint for _, hint in self.open if hint]
        hint: Hint = "boilerplate" if "boilerplate" in hints else hints[-1] if hints else ""
        if hint in ("", "list") and links >= LINKS * len(characters) and len(characters) < 200:
            hint = "boilerplate"
        self.blocks.append(joined(characters, hint))

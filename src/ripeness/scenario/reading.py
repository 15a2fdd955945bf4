"""YAML to plain data that remembers where every key and value stands.

A subset of YAML 1.2 with the core schema: mappings with words as keys, lists, texts, finite numbers, truth values,
nothing. Anchors and aliases are allowed within limits; tags, merge keys and further documents are not. Everything is
counted while the parser runs, so that a file that would grow or nest without end is refused before it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from ripeness.scenario.faults import Fault, shown

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = Any  # a scalar, a list of such, or a mapping of words to such


@dataclass(frozen=True)
class Limits:
    """What a scenario file may cost to read; real ones stay far below."""

    n_bytes: int = 1 << 20
    line_length: int = 10_000
    depth: int = 32
    nodes: int = 50_000
    """Keys and values, with every alias counted as what it stands for."""
    aliases: int = 256


LIMITS = Limits()


@dataclass(frozen=True)
class Node:
    """One value and where it stands.

    Attributes:
        value: a scalar, a tuple of nodes, or a mapping of keys to entries.
        line, column: counted from 1.
        origin: 0 for the file, k for the k-th setting of the command line.
        size: keys and values in it, aliases expanded.
        height: levels of mappings and lists in it.
    """

    value: Scalar | tuple[Node, ...] | dict[str, Entry]
    line: int
    column: int
    origin: int = 0
    size: int = 1
    height: int = 0

    def plain(self) -> Plain:
        """The value without places."""
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        return self.value

    def child(self, key: str | int) -> Node | None:
        """The node under a key or index, or None."""
        if isinstance(self.value, dict):
            entry = self.value.get(str(key))
            return entry.node if entry else None
        if isinstance(self.value, tuple) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None


class Entry(NamedTuple):
    """A key of a mapping: where it stands, and what it holds."""

    line: int
    column: int
    origin: int
    node: Node


class Reading(NamedTuple):
    """A text as read: the top node (None where the text is no YAML at all), and the faults met on the way."""

    root: Node | None
    faults: tuple[Fault, ...]


class _Stop(Exception):
    """A fault after which reading cannot go on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read(source: bytes | str, file: str, limits: Limits = LIMITS) -> Reading:
    """Read a scenario file; the top level must be a mapping.

    Args:
        source: content of the file.
        file: its name in faults.
    """
    reading = read_value(source, file, limits=limits)
    root = reading.root
    if root is None or reading.faults or isinstance(root.value, dict):
        return reading
    found = "no content" if root.value is None else shown(root.plain())
    fault = Fault(
        file, root.line, root.column, "", found, "a mapping with the keys of a scenario, such as `ripeness: 1`",
        "`ripeness new FILE` writes a commented scenario to start from.",
    )  # fmt: skip
    return Reading(None, (fault,))


def read_value(source: bytes | str, file: str, origin: int = 0, limits: Limits = LIMITS) -> Reading:
    """Read one YAML value of any kind."""
    reader = _Reader(file, origin, limits)
    try:
        root = reader.document(reader.decoded(source))
    except _Stop as stop:
        return Reading(None, (*reader.faults, stop.fault))
    return Reading(root, tuple(reader.faults))


# What YAML lets a stream hold, less the next-line, line-separator and paragraph-separator characters and the byte-order
# mark: readers disagree on whether those end a line. This keeps escapes for terminals out of names and titles, too.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_CHARACTER = re.compile(r"\\U(?!0010|000[0-9a-fA-F])[0-9a-fA-F]{8}")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class _Reader:
    """Composes nodes from parser events and counts what they cost."""

    def __init__(self, file: str, origin: int, limits: Limits) -> None:
        self.file = file
        self.origin = origin
        self.limits = limits
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node | None] = {}
        self.n_nodes = 0
        self.n_aliases = 0
        self.depth = 0
        self.path: list[str] = []
        self._written = True
        """Whether the scalar read last has a text."""

    def decoded(self, source: bytes | str) -> str:
        """The text, checked for size and characters before any parsing."""
        n_bytes = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
        if n_bytes > self.limits.n_bytes:
            size = f"more than {self.limits.n_bytes:,} bytes"
            self._stop(1, 1, size, f"a file of at most {self.limits.n_bytes:,} bytes", "Put long texts in other files.")
        if isinstance(source, bytes):
            try:
                text = source.decode("utf-8")
            except UnicodeDecodeError as error:
                line, column = _place(source[: error.start].decode("utf-8"), error.start)
                found = f"the byte 0x{source[error.start]:02x}, which is not UTF-8"
                self._stop(line, column, found, "text in UTF-8", "Save the file in the encoding UTF-8.")
        else:
            text = source
        text = text.removeprefix("\ufeff")
        bad = _UNPRINTABLE.search(text) or _DIRECTION.search(text)
        if bad:
            found = f"the character U+{ord(bad.group()):04X}, which cannot be seen"
            self._stop(*_place(text, bad.start()), found, "printable characters", "Remove it.")
        for number, line_text in enumerate(text.split("\n"), start=1):
            if len(line_text) > self.limits.line_length:
                found = f"a line of {len(line_text):,} characters"
                self._stop(number, 1, found, f"lines of at most {self.limits.line_length:,} characters", "Break it up.")
        return text

    def document(self, text: str) -> Node:
        """The one document of the text."""
        try:
            return self._document(text)
        except MarkedYAMLError as error:
            raise self._syntax(text, error) from None
        except (YAMLError, ValueError, OverflowError) as error:
            escape = _NO_CHARACTER.search(text)  # the parser asks for its character without a check
            line, column = _place(text, escape.start()) if escape else (1, 1)
            found = f"{escape.group()}, which is no character" if escape else f"text that is not YAML ({error})"
            raise _Stop(Fault(self.file, line, column, "", found, "YAML 1.2", "Remove it.")) from None

    def _document(self, text: str) -> Node:
        events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        root: Node | None = None
        for event in events:
            if isinstance(event, StreamStartEvent | StreamEndEvent):
                continue
            if isinstance(event, DocumentStartEvent):
                line, column = self._at(event)
                if root is not None:
                    self._stop(line, column, "a second document", "one scenario in a file", "Split the file at `---`.")
                if event.version and tuple(event.version) != (1, 2):
                    found = f"%YAML {event.version[0]}.{event.version[1]}"
                    self._stop(1, 1, found, "YAML 1.2", "Leave the directive out.")
                root = self._node(next(events), events)
        return Node(None, 1, 1, self.origin) if root is None else root

    def _node(self, event: Event, events: Iterator[Event]) -> Node:
        line, column = self._at(event)
        if isinstance(event, AliasEvent):
            return self._alias(event, line, column)
        self._count(1, line, column)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self.anchors[anchor] = None  # until it is complete, an alias to it would hold itself
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._fault(
                line, column, f'the tag "{_short(str(tag))}"', "plain values without tags", "Leave the tag out."
            )
        if isinstance(event, MappingStartEvent):
            node = self._mapping(events, line, column)
        elif isinstance(event, SequenceStartEvent):
            node = self._sequence(events, line, column)
        else:
            node = Node(self._scalar(event, line, column), line, column, self.origin)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _alias(self, event: AliasEvent, line: int, column: int) -> Node:
        name = str(event.anchor)
        self.n_aliases += 1
        if self.n_aliases > self.limits.aliases:
            found = f"more than {self.limits.aliases} aliases"
            self._stop(line, column, found, f"at most {self.limits.aliases} aliases", "Write the values out.")
        if name not in self.anchors:
            self._fault(line, column, f"the alias *{name} without its anchor", f"an anchor &{name} before it")
            return Node(None, line, column, self.origin)
        target = self.anchors[name]
        if target is None:
            self._fault(line, column, f"the alias *{name} inside its own anchor", "values that do not hold themselves")
            return Node(None, line, column, self.origin)
        self._count(target.size, line, column)
        if self.depth + target.height > self.limits.depth:
            self._too_deep(line, column)
        return replace(target, line=line, column=column)

    def _mapping(self, events: Iterator[Event], line: int, column: int) -> Node:
        self._enter(line, column)
        entries: dict[str, Entry] = {}
        size, height = 1, 0
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key_line, key_column = self._at(event)
            key = self._key(event, events)
            self.path.append(key or "?")
            node = self._node(next(events), events)
            self.path.pop()
            if node.value is None and not self._written:  # an empty value stands where its key stands
                node = replace(node, line=key_line, column=key_column)
            size, height = size + 1 + node.size, max(height, node.height)
            if key is None:
                continue
            if key in entries:
                first = entries[key]
                found = f'the key "{_short(key)}" a second time (first in line {first.line})'
                self._fault(key_line, key_column, found, "each key once in a mapping", "Keep one of the two.", key)
                continue
            entries[key] = Entry(key_line, key_column, self.origin, node)
        self.depth -= 1
        return Node(entries, line, column, self.origin, size, height + 1)

    def _sequence(self, events: Iterator[Event], line: int, column: int) -> Node:
        self._enter(line, column)
        items: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            self.path.append(str(len(items)))
            items.append(self._node(event, events))
            self.path.pop()
        self.depth -= 1
        height = max((item.height for item in items), default=0)
        return Node(tuple(items), line, column, self.origin, 1 + sum(item.size for item in items), height + 1)

    def _key(self, event: Event, events: Iterator[Event]) -> str | None:
        """A key as the text that it is written as; None, with a fault, for anything but a word."""
        line, column = self._at(event)
        if not isinstance(event, ScalarEvent):
            node = self._node(event, events)
            found = f"{shown(node.plain())} as a key"
            self._fault(line, column, found, "words as keys", "Write a word, a colon and the value.")
            return None
        self._count(1, line, column)
        if event.anchor is not None or event.tag is not None:
            found = "an anchor or a tag on a key"
            self._fault(line, column, found, "anchors on values only, and no tags", "Leave it out.")
        text = str(event.value)
        if text == "<<":
            remedy = "Write the keys out, or repeat a whole value with an anchor (&name) and an alias (*name)."
            self._fault(line, column, "the merge key <<", "keys of the scenario", remedy)
            return None
        if not text.strip():
            self._fault(line, column, "a colon without a key", "a word before the colon", "Name the key.")
            return None
        return self._checked(text, line, column)

    def _scalar(self, event: Any, line: int, column: int) -> Scalar:
        text = self._checked(str(event.value), line, column)
        self._written = bool(event.value)
        if event.style is not None or not event.implicit[0]:
            return text
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        number: int | float
        if _INTEGER.fullmatch(text) and len(text) <= 64:
            return int(text)
        if _OCTAL.fullmatch(text) and len(text) <= 64:
            return int(text[2:], 8)
        if _HEXADECIMAL.fullmatch(text) and len(text) <= 64:
            return int(text[2:], 16)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if math.isfinite(number):
                return number
        elif not _NOT_FINITE.fullmatch(text):
            return text
        self._fault(line, column, f"the number {_short(text)}", "finite numbers", "Write a large number instead.")
        return 0.0

    def _checked(self, text: str, line: int, column: int) -> str:
        """The text, with a fault where an escape smuggled in what `decoded` refuses."""
        bad = _UNPRINTABLE.search(text) or _DIRECTION.search(text)
        if bad:
            found = f"an escape for the character U+{ord(bad.group()):04X}, which cannot be seen"
            self._fault(line, column, found, "printable characters", "Remove it.")
            return "?"
        return text

    def _at(self, event: Event) -> tuple[int, int]:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _enter(self, line: int, column: int) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            self._too_deep(line, column)

    def _too_deep(self, line: int, column: int) -> NoReturn:
        found = f"more than {self.limits.depth} levels inside one another"
        self._stop(
            line, column, found, f"at most {self.limits.depth} levels", "Check the indentation and the brackets."
        )

    def _count(self, n: int, line: int, column: int) -> None:
        self.n_nodes += n
        if self.n_nodes > self.limits.nodes:
            found = f"more than {self.limits.nodes:,} keys and values (aliases count as what they stand for)"
            self._stop(line, column, found, f"at most {self.limits.nodes:,}", "Leave out what the model does not read.")

    def _fault(self, line: int, column: int, found: str, allowed: str, remedy: str = "", key: str = "") -> None:
        where = ".".join([*self.path, key] if key else self.path)
        self.faults.append(Fault(self.file, line, column, where, found, allowed, remedy))

    def _stop(self, line: int, column: int, found: str, allowed: str, remedy: str) -> NoReturn:
        raise _Stop(Fault(self.file, line, column, ".".join(self.path), found, allowed, remedy))

    def _syntax(self, text: str, error: MarkedYAMLError) -> _Stop:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        lines = text.split("\n")
        problem = str(error.problem or error.context or "unknown").split("\n")[0]
        if "\\t" in problem or (line <= len(lines) and "\t" in lines[line - 1][: column + 1]):
            fault = Fault(self.file, line, column, "", "a tab", "blanks for indentation", "Replace each tab by blanks.")
            return _Stop(fault)
        begun = error.context_mark
        left_open = "end of stream" in problem or "stream end" in problem
        if begun and left_open:  # what is open matters, not where the file ends
            line, column = begun.line + 1, begun.column + 1
        elif error.context and begun and begun.line + 1 != line:
            problem += f", {error.context} that begins in line {begun.line + 1}"
        found = f"text that is not YAML: {_printable(problem.removeprefix('found '))}"
        return _Stop(Fault(self.file, line, column, "", found, "YAML 1.2", _advice(problem)))


def _advice(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "Put a text with a colon in quotes, and check the indentation of the line."
    if "end of stream" in problem or "stream end" in problem or "quoted scalar" in problem:
        return "A quotation mark or a bracket is opened and not closed."
    if "block" in problem or "document start" in problem:
        return "Keys of one mapping must begin in the same column."
    if "cannot start any token" in problem:
        return "Put texts that begin with %, @ or ` in quotes."
    if "flow" in problem:
        return "Separate entries by commas and close every bracket."
    return "Check the line and the one before it."


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column, counted from 1, of a character of a text."""
    before = text[:index]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:200]

"""XML as elements that know where they stand.

Document types and entities are refused, so that a file can neither grow while it is read nor reach for another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from ripeness.scenario.faults import Fault

MOST_BYTES = 8 << 20
DEEPEST = 32


@dataclass(frozen=True)
class Element:
    """An element of an XML file; texts between elements are left out.

    Attributes:
        line, column: where its tag begins, counted from 1.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)

    def named(self, tag: str) -> Iterator[Element]:
        """Children with a tag."""
        return (child for child in self.children if child.tag == tag)

    def all_named(self, tag: str) -> Iterator[Element]:
        """Elements with a tag anywhere below, in the order of the file."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all_named(tag)


class _RefusedError(Exception):
    """Something that well-formed XML may hold and these files may not."""


def read_markup(content: bytes, file: str, faults: list[Fault]) -> Element | None:
    """The root of an XML file; None, with a fault, where there is none.

    Args:
        file: its name in faults.
        faults: added to.
    """
    if len(content) > MOST_BYTES:
        faults.append(Fault(file, 1, 1, "", f"{len(content):,} bytes", f"at most {MOST_BYTES:,} bytes"))
        return None
    parser = expat.ParserCreate()
    roots: list[Element] = []
    open_elements: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) >= DEEPEST:
            raise _RefusedError(f"elements more than {DEEPEST} deep")
        element = Element(tag, attributes, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def doctype(*_: object) -> None:
        raise _RefusedError("a document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except _RefusedError as refused:
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        faults.append(Fault(file, *place, "", str(refused), "plain elements with attributes", "Take it out."))
        return None
    except expat.ExpatError as error:
        found = f"text that is not XML: {expat.ErrorString(error.code)}"
        remedy = "Check that every element is closed, and that the first line names the file's encoding."
        faults.append(Fault(file, error.lineno, error.offset + 1, "", found, "well-formed XML", remedy))
        return None
    return roots[0]

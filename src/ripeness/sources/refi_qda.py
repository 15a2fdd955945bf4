"""REFI-QDA: the exchange format of programs for qualitative analysis (`.qdpx`, version 1.5).

A zip file with `project.qde` (XML in the namespace urn:QDA-XML:project:1.0) and the texts in `sources/`. Codes are
the kinds of findings and what they say; each finding is a selection of a text with a coding, and its values are the
description. Identifiers follow from names, so that the same project gives the same bytes.

Source: REFI-QDA Standard 1.5, https://www.qdasoftware.org
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from ripeness.sources.errors import SourceError
from ripeness.sources.findings import ActorValues, DuplicateValues, EventValues, Finding, MechanismValues, PointValues
from ripeness.sources.project import Project

NAMESPACE = "urn:QDA-XML:project:1.0"
SCHEMA = f"{NAMESPACE} http://schema.qdasoftware.org/versions/Project/v1.5/Project.xsd"
_NAMES = uuid.UUID("a7b1f3c2-5f0e-5d0c-9a55-0d6c1e0c7d11")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The least date that a zip file can hold: members carry no time of writing."""


def to_qdpx(project: Project, findings: Sequence[Finding]) -> bytes:
    """A REFI-QDA project with the documents of these findings.

    Raises:
        SourceError: with every document that is not at hand.
    """
    ids = sorted({finding.document for finding in findings})
    missing = [row for row in project.documents() if row.id in ids and project.text(row.id) is None]
    if missing:
        raise SourceError(
            [
                f"{row.path}: not there any more, or changed; say where it is with --document {row.id}=PATH."
                for row in missing
            ]
        )
    root = ElementTree.Element(
        "Project",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": SCHEMA,
            "name": project.path.stem,
            "origin": "ripeness",
            "creatingUserGUID": _guid("user", "ripeness"),
        },
    )
    users = ElementTree.SubElement(root, "Users")
    ElementTree.SubElement(users, "User", {"guid": _guid("user", "ripeness"), "name": "ripeness"})
    _codes(ElementTree.SubElement(ElementTree.SubElement(root, "CodeBook"), "Codes"), findings)
    sources = ElementTree.SubElement(root, "Sources")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ids:
            again = project.text(name)
            assert again is not None
            text = (
                again[0].text.replace("\r\n", " \n").replace("\r", "\n")
            )  # readers count one character for a line break
            _source(sources, name, text, (f for f in findings if f.document == name))
            _add(archive, f"sources/{_guid('text', name)}.txt", text.encode())
        ElementTree.indent(root)
        xml = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        _add(archive, "project.qde", xml)
    return out.getvalue()


def code_of(finding: Finding) -> tuple[str, str]:
    """Kind and code of a finding."""
    v = finding.values
    if isinstance(v, EventValues):
        return "event", v.category
    if isinstance(v, MechanismValues):
        return "mechanism", f"{v.mechanism} {v.direction}"
    if isinstance(v, ActorValues):
        return "actor", v.name
    if isinstance(v, DuplicateValues):
        return "duplicate", v.relation
    if isinstance(v, PointValues):
        return "point", v.level
    return finding.kind, ""


def _codes(parent: ElementTree.Element, findings: Iterable[Finding]) -> None:
    tree: dict[str, set[str]] = {}
    for finding in findings:
        kind, name = code_of(finding)
        tree.setdefault(kind, set()).update({name} - {""})
    for kind in sorted(tree):
        top = ElementTree.SubElement(parent, "Code", {"guid": _guid("code", kind), "name": kind, "isCodable": "true"})
        for name in sorted(tree[kind]):
            ElementTree.SubElement(top, "Code", {"guid": _guid("code", kind, name), "name": name, "isCodable": "true"})


def _source(parent: ElementTree.Element, name: str, text: str, findings: Iterable[Finding]) -> None:
    source = ElementTree.SubElement(
        parent,
        "TextSource",
        {
            "guid": _guid("source", name),
            "name": name,
            "plainTextPath": f"internal://{_guid('text', name)}.txt",
            "creatingUser": _guid("user", "ripeness"),
        },
    )
    for finding in findings:
        if finding.end <= finding.start or finding.end > len(text):
            continue
        kind, code = code_of(finding)
        selection = ElementTree.SubElement(
            source,
            "PlainTextSelection",
            {
                "guid": _guid("selection", finding.id),
                "name": finding.id,
                "startPosition": str(finding.start),
                "endPosition": str(finding.end),
                "creatingUser": _guid("user", "ripeness"),
            },
        )
        ElementTree.SubElement(selection, "Description").text = _printable(
            f"{finding.summary()} [{finding.status}, {finding.origin}]"
        )
        coding = ElementTree.SubElement(
            selection, "Coding", {"guid": _guid("coding", finding.id), "creatingUser": _guid("user", "ripeness")}
        )
        ElementTree.SubElement(coding, "CodeRef", {"targetGUID": _guid("code", kind, *((code,) if code else ()))})


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(_NAMES, "\n".join(parts)))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _LONG_AGO)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    archive.writestr(member, content)

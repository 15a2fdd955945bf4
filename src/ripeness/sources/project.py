"""A project: one file that holds documents (not their text), sentences, findings, and every decision about them.

The file is a SQLite database. It is written aside and renamed when it is complete; the same documents and settings give
the same bytes. Decisions change a finding's row and add a line of history; nothing is ever deleted.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from ripeness.sources.documents import Document, load_document
from ripeness.sources.errors import SourceError
from ripeness.sources.findings import Finding, Status, read_values
from ripeness.sources.sentences import Sentence, split_document

FORMAT = "1"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  id TEXT PRIMARY KEY, place INTEGER NOT NULL, path TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL,
  encoding TEXT, sentences INTEGER NOT NULL, notes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sentences (
  document TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, kind TEXT NOT NULL,
  page INTEGER, sha256 TEXT NOT NULL, PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE TABLE findings (
  id TEXT PRIMARY KEY, document TEXT NOT NULL, sentence INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  kind TEXT NOT NULL, status TEXT NOT NULL, origin TEXT NOT NULL, verified INTEGER, quote TEXT NOT NULL,
  "values" TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX findings_by_place ON findings (document, sentence, start, id);
CREATE TABLE history (
  step INTEGER PRIMARY KEY, finding TEXT NOT NULL, action TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  note TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
);
"""

_WORK = """
CREATE TEMP TABLE work_bands (band INTEGER NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL);
CREATE INDEX temp.work_by_band ON work_bands (band);
CREATE TEMP TABLE work_pairs (
  one TEXT NOT NULL, other TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE TEMP TABLE work_features (
  document TEXT NOT NULL, number INTEGER NOT NULL, said TEXT NOT NULL, PRIMARY KEY (document, number)
) WITHOUT ROWID;
"""
"""What sentences are compared by while documents are read. It is near to their text, and so it is never kept."""


class DocumentRow(NamedTuple):
    """A document as a project remembers it."""

    id: str
    path: str
    format: str
    sha256: str
    encoding: str | None
    sentences: int
    notes: tuple[str, ...]


class SentenceRow(NamedTuple):
    """A sentence as a project remembers it: where it stands and its hash, not its text."""

    document: str
    number: int
    start: int
    end: int
    kind: str
    page: int | None
    sha256: str


class Step(NamedTuple):
    """One line of history."""

    step: int
    finding: str
    action: str
    before: str
    after: str
    note: str
    by: str
    at: str


class Filter(NamedTuple):
    """Which findings: all that fit every part that is given."""

    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sentences: tuple[int, ...] = ()
    about: str = ""
    origin: str = ""


ALL = Filter()
"""Every finding."""


class Project:
    """An open project file. Use it in a `with` block, or close it."""

    def __init__(self, path: str | PathLike[str], connection: sqlite3.Connection) -> None:
        self.path = Path(path)
        self.db = connection
        self._documents: dict[str, tuple[Document, tuple[Sentence, ...]] | None] = {}
        self.moved: dict[str, str] = {}
        """Where documents lie now, by identifier, if not where they were read."""

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()

    def meta(self) -> dict[str, str]:
        """What the project says of itself."""
        return dict(self.db.execute("SELECT key, value FROM meta ORDER BY key"))

    def documents(self) -> list[DocumentRow]:
        """Documents in the order in which they were read."""
        rows = self.db.execute(
            "SELECT id, path, format, sha256, encoding, sentences, notes FROM documents ORDER BY place"
        )
        return [DocumentRow(*row)._replace(notes=tuple(json.loads(row[6]))) for row in rows]

    def sentence_rows(self, document: str) -> list[SentenceRow]:
        """Sentences of a document."""
        rows = self.db.execute(
            'SELECT document, number, start, "end", kind, page, sha256 FROM sentences WHERE document = ? ORDER BY '
            "number",
            (document,),
        )
        return [SentenceRow(*row) for row in rows]

    def sentence(self, document: str, number: int) -> SentenceRow | None:
        """One sentence."""
        row = self.db.execute(
            'SELECT document, number, start, "end", kind, page, sha256 FROM sentences WHERE document = ? AND '
            "number = ?",
            (document, number),
        ).fetchone()
        return SentenceRow(*row) if row else None

    def findings(self, chosen: Filter = ALL, limit: int | None = None) -> Iterator[Finding]:
        """Findings that fit, document by document in the order of the text."""
        where, arguments = _where(chosen)
        many = "" if limit is None else f" LIMIT {int(limit)}"
        query = (
            'SELECT f.id, f.document, f.sentence, f.start, f."end", f.status, f.origin, f.verified, f.quote, '
            'f."values" FROM findings f '
            f"JOIN documents d ON d.id = f.document{where} ORDER BY d.place, f.sentence, f.start, f.id{many}"
        )
        for row in self.db.execute(query, arguments):
            yield _finding(row)

    def count(self, chosen: Filter = ALL) -> int:
        """How many findings fit."""
        where, arguments = _where(chosen)
        row = self.db.execute(
            f"SELECT count(*) FROM findings f JOIN documents d ON d.id = f.document{where}", arguments
        ).fetchone()
        return int(row[0])

    def counts(self) -> dict[str, dict[str, int]]:
        """Findings by kind and status."""
        found: dict[str, dict[str, int]] = {}
        for kind, status, n in self.db.execute(
            "SELECT kind, status, count(*) FROM findings GROUP BY kind, status ORDER BY kind, status"
        ):
            found.setdefault(kind, {})[status] = n
        return found

    def history(self) -> list[Step]:
        """Every decision, oldest first."""
        return [Step(*row) for row in self.db.execute("SELECT * FROM history ORDER BY step")]

    def text(self, document: str) -> tuple[Document, tuple[Sentence, ...]] | None:
        """A document read again, or None where it is not there or is no longer the one that was read."""
        if document not in self._documents:
            row = next((each for each in self.documents() if each.id == document), None)
            self._documents.clear()  # at most one is held
            self._documents[document] = None if row is None else _again(row, self.moved.get(document, row.path))
        return self._documents[document]

    def put_document(self, document: Document, sentences: Sequence[Sentence], encoding: str | None) -> None:
        """Add a document and its sentences."""
        place = self.db.execute("SELECT count(*) FROM documents").fetchone()[0]
        self.db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                place,
                document.path,
                document.format,
                document.sha256,
                encoding,
                len(sentences),
                json.dumps(document.notes),
            ),
        )
        self.db.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((s.document, s.number, s.start, s.end, s.kind, s.page, s.sha256) for s in sentences),
        )

    def put_findings(self, findings: Iterable[Finding]) -> None:
        """Add findings."""
        self.db.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (_row(f) for f in findings)
        )

    def decide(self, finding: Finding, action: str, after: Finding, note: str, by: str, at: str) -> None:
        """Replace a finding by what was decided about it, and write that down."""
        before = {"status": finding.status, "values": finding.values.model_dump(mode="json")}
        now = {"status": after.status, "values": after.values.model_dump(mode="json")}
        self.db.execute(
            'UPDATE findings SET status = ?, "values" = ? WHERE id = ?',
            (after.status, _plain(after.values.model_dump(mode="json")), finding.id),
        )
        self.db.execute(
            "INSERT INTO history (finding, action, before, after, note, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (finding.id, action, _plain(before), _plain(now), note, by, at),
        )


@contextlib.contextmanager
def written(path: str | PathLike[str], meta: Mapping[str, str]) -> Iterator[Project]:
    """A project to fill inside the `with` block; it appears whole at the end, or not at all.

    A project that is there already is added to: what it holds is kept.
    """
    target = Path(fspath(path))
    if not target.parent.is_dir():
        raise SourceError(f"{target}: no such folder; make it first.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists():
            with open_project(target) as old:
                old.db.execute("VACUUM INTO ?", (str(part),))
        connection = sqlite3.connect(part, isolation_level=None)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        with Project(target, connection) as project:
            connection.execute("PRAGMA temp_store = FILE")
            for statement in _WORK.split(";"):
                connection.execute(statement)
            connection.execute("BEGIN")
            if not target.exists():
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted({"format": FORMAT, **meta}.items()))
            yield project
            connection.execute("COMMIT")
            whole = target.with_name(f".{target.name}.{os.getpid()}.whole")
            whole.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(whole),))
        part.unlink()
        os.replace(whole, target)
    finally:
        for leftover in (part, target.with_name(f".{target.name}.{os.getpid()}.whole")):
            leftover.unlink(missing_ok=True)


def open_project(path: str | PathLike[str], documents: Mapping[str, str] | None = None) -> Project:
    """Open a project file.

    Args:
        documents: where documents lie now, by identifier.

    Raises:
        SourceError: no such file, or no project.
    """
    file = Path(fspath(path))
    if not file.is_file():
        raise SourceError(f"{file}: no such file; `ripeness read DOC --out {file}` makes a project.")
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
        found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.DatabaseError as error:
        raise SourceError(f"{file}: not a project of `ripeness read` ({error}).") from None
    if found is None or found[0] != FORMAT:
        raise SourceError(
            f"{file}: a project of format {found[0] if found else 'unknown'}; this version reads {FORMAT}."
        )
    project = Project(file, connection)
    unknown = sorted(set(documents or ()) - {row.id for row in project.documents()})
    if unknown:
        known = ", ".join(row.id for row in project.documents())
        raise SourceError([f"{file}: no document {name!r}; it has {known}." for name in unknown])
    project.moved = dict(documents or {})
    return project


def _again(row: DocumentRow, path: str) -> tuple[Document, tuple[Sentence, ...]] | None:
    try:
        document = load_document(path, row.id, row.encoding)
    except SourceError:
        return None
    return (document, split_document(document)) if document.sha256 == row.sha256 else None


def _where(chosen: Filter) -> tuple[str, list[Any]]:
    parts: list[str] = []
    arguments: list[Any] = []
    for column, values in (
        ("f.id", chosen.ids),
        ("f.kind", chosen.kinds),
        ("f.status", chosen.statuses),
        ("f.document", chosen.documents),
        ("f.sentence", chosen.sentences),
    ):
        if values:
            parts.append(f"{column} IN ({', '.join('?' * len(values))})")
            arguments += values
    if chosen.about:
        parts.append('instr(lower(f."values"), ?) > 0')
        arguments.append(chosen.about.lower())
    if chosen.origin:
        parts.append("f.origin = ?")
        arguments.append(chosen.origin)
    return (" WHERE " + " AND ".join(parts) if parts else ""), arguments


def _finding(row: Sequence[Any]) -> Finding:
    return Finding.model_construct(
        id=row[0],
        document=row[1],
        sentence=row[2],
        start=row[3],
        end=row[4],
        status=row[5],
        origin=row[6],
        verified=None if row[7] is None else bool(row[7]),
        quote=row[8],
        values=read_values(json.loads(row[9])),
    )


def _row(f: Finding) -> tuple[Any, ...]:
    verified = None if f.verified is None else int(f.verified)
    status: Status = f.status
    return (
        f.id,
        f.document,
        f.sentence,
        f.start,
        f.end,
        f.kind,
        status,
        f.origin,
        verified,
        f.quote,
        _plain(f.values.model_dump(mode="json")),
    )


def _plain(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

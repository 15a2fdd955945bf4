"""From files to a project: every document is read, searched and let go of, one after the other."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from ripeness.sources.actors import Cast, find_actors
from ripeness.sources.documents import Document, identifiers, load_document
from ripeness.sources.duplicates import Features, compare, dependence, features, signature
from ripeness.sources.errors import SourceError
from ripeness.sources.events import find_events
from ripeness.sources.findings import (
    ActorValues,
    AnyValues,
    DamageValues,
    DependenceValues,
    DuplicateValues,
    EventValues,
    Finding,
    Kind,
    MechanismValues,
    MergeValues,
    PointValues,
    QuantityValues,
)
from ripeness.sources.lexicon import Lexicon, load_lexicon
from ripeness.sources.mechanisms import find_mechanisms
from ripeness.sources.parsing import Parsed, parsed
from ripeness.sources.plans import find_points
from ripeness.sources.project import Filter, Project, written
from ripeness.sources.quantities import find_quantities
from ripeness.sources.sentences import Sentence, split_document
from ripeness.sources.words import tokens

Progress = Callable[[str, int, int], None]
Suggest = Callable[[Document, Sequence[Sentence]], Sequence[Finding]]
"""What a language model adds to a document's findings (`model/`)."""

LONG = {"pages": 20, "sentences": 500}
"""Pages, and sentences, from which on a document shows progress of its own."""

MOST_CANDIDATES = 12
"""Sentences of one band that a sentence is compared with, so that a phrase which stands everywhere costs no more."""


_PLURALS = {"quantity": "quantities", "damage": "damaged sentences"}


class Read(NamedTuple):
    """What was read.

    Attributes:
        skipped: documents that the project had already.
        notes: what to know about how documents were read.
    """

    path: Path
    documents: int
    skipped: int
    sentences: int
    findings: dict[str, int]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {**self._asdict(), "path": str(self.path), "notes": list(self.notes)}

    def sentence(self) -> str:
        """The result in a line or two."""
        found = (
            ", ".join(f"{n} {_PLURALS.get(kind, f'{kind}s') if n != 1 else kind}" for kind, n in self.findings.items())
            or "nothing"
        )
        known = f" ({self.skipped} known already)" if self.skipped else ""
        return (
            f"{self.path}: {self.documents} document{'' if self.documents == 1 else 's'}{known}, "
            f"{self.sentences:,} sentences; found {found}."
        )


def read_sources(
    paths: Sequence[str | PathLike[str]],
    out: str | PathLike[str],
    *,
    lexicon: str | PathLike[str] | None = None,
    encoding: str | None = None,
    suggest: Suggest | None = None,
    progress: Progress | None = None,
) -> Read:
    """Read documents into a project file, whole or not at all.

    Args:
        out: project file; one that is there already is added to.
        lexicon: file with changes to the lexicon; None: as it ships.
        encoding: of text and HTML files; None: found from each.
        suggest: a language model's part; None: rules alone, and nothing leaves the machine.

    Raises:
        SourceError: with every document that cannot be read; then nothing is written.
    """
    if not paths:
        raise SourceError("no document is named; name text, HTML or PDF files.")
    words = load_lexicon(lexicon)
    faults = [f"{fspath(path)}: no such file." for path in paths if not Path(fspath(path)).is_file()]
    if faults:
        raise SourceError(faults)
    notes: list[str] = []
    skipped = 0
    meta = {} if lexicon is None else {"lexicon": fspath(lexicon)}
    with written(out, meta) as project:
        known = {row.id: row for row in project.documents()}
        names = _names(paths, known)
        by_hash = {row.sha256: row.id for row in known.values()}
        for k, (path, name) in enumerate(zip(paths, names, strict=True)):
            if progress is not None:
                progress("reading", k, len(paths))
            try:
                document = load_document(path, name, encoding, _within("pages", progress, path))
            except SourceError as error:
                faults += error.faults
                continue
            if document.sha256 in by_hash:
                skipped += 1
                continue
            if known:
                notes += _recall(project, known, words)
                known = {}
            by_hash[document.sha256] = name
            notes += document.notes
            _read_one(project, document, words, encoding, suggest, _within("sentences", progress, path))
        if faults:
            raise SourceError(faults)
        if progress is not None:
            progress("reading", len(paths), len(paths))
        _compare_documents(project)
        counts = {kind: sum(n.values()) for kind, n in project.counts().items()}
        rows = project.documents()
    return Read(
        Path(fspath(out)), len(rows), skipped, sum(r.sentences for r in rows), counts, tuple(dict.fromkeys(notes))
    )


def _names(paths: Sequence[str | PathLike[str]], known: dict[str, Any]) -> list[str]:
    names = identifiers(paths)
    taken = set(known)
    found = []
    for name in names:
        unique, k = name, 1
        while unique in taken:
            k += 1
            unique = f"{name}-{k}"
        taken.add(unique)
        found.append(unique)
    return found


def _recall(project: Project, known: dict[str, Any], lexicon: Lexicon) -> list[str]:
    """Make sentences of documents that were read before ready to be compared with new ones; notes on those that are
    gone."""
    notes = []
    for name, row in known.items():
        again = project.text(name)
        if again is None:
            notes.append(f"{row.path}: not there any more, or changed; new documents are not compared with {name}.")
            continue
        for sentence in again[1]:
            if sentence.kind != "credit":
                said = features(sentence, tokens(sentence.raw), lexicon)
                _remember(project, sentence, said, signature(said))
    return notes


def _remember(project: Project, sentence: Sentence, said: Features, bands: Sequence[int]) -> None:
    if bands:
        place = (sentence.document, sentence.number)
        project.db.executemany("INSERT INTO work_bands VALUES (?, ?, ?)", ((band, *place) for band in bands))
        project.db.execute("INSERT INTO work_features VALUES (?, ?, ?)", (*place, json.dumps(said)))


def _read_one(
    project: Project, document: Document, lexicon: Lexicon, encoding: str | None, suggest: Suggest | None,
    tell: Callable[[int, int], None],
) -> None:  # fmt: skip
    sentences = split_document(document)
    cast = find_actors(sentences)
    project.put_document(document, sentences, encoding)
    project.put_findings(_numbered(_actors(sentences, cast)))
    project.put_findings(_numbered(_points(sentences)))
    pairs: Counter[str] = Counter()
    for done, said in enumerate(parsed(sentences, cast), 1):
        project.put_findings(_numbered([*_by_rules(said, lexicon), *_duplicates(project, said, lexicon, pairs)]))
        tell(done, len(sentences))
    project.db.executemany(
        "INSERT INTO work_pairs VALUES (?, ?, ?)", ((document.id, name, n) for name, n in sorted(pairs.items()))
    )
    if suggest is not None:
        project.put_findings(_numbered(suggest(document, sentences), project))


def _within(what: str, progress: Progress | None, path: str | PathLike[str]) -> Callable[[int, int], None]:
    """Progress within one long document."""
    stage = f"{what} of {Path(fspath(path)).name}"[:22]

    def tell(done: int, total: int) -> None:
        if progress is not None and total >= LONG[what]:
            progress(stage, done, total)

    return tell


def _numbered(findings: Iterable[Finding], project: Project | None = None) -> Iterator[Finding]:
    """Findings named by document, sentence, kind and a count, which goes on from what the project holds, if given."""
    counts: Counter[tuple[str, int, Kind]] = Counter()
    for finding in findings:
        key = (finding.document, finding.sentence or 0, finding.kind)
        if project is not None and key not in counts:
            counts[key] = project.count(Filter(documents=(key[0],), sentences=(key[1],), kinds=(key[2],)))
        counts[key] += 1
        yield finding.model_copy(update={"id": f"{key[0]}:{key[1]}:{key[2]}:{counts[key]}"})


def _found(sentence: Sentence, start: int, end: int, values: AnyValues) -> Finding:
    """A finding at `sentence.raw[start:end]`, without a name as yet."""
    return _plain_finding("", sentence.document, values, sentence.number, sentence.span(start, end))


def _actors(sentences: Sequence[Sentence], cast: Cast) -> Iterator[Finding]:
    """Each actor where it is named first."""
    for actor in cast.actors:
        sentence = sentences[actor.sentences[0] - 1]
        first = next(m for m in cast.mentions[sentence.number - 1] if m.actor == actor.name)
        row = tokens(sentence.raw)
        values = ActorValues(
            name=actor.name[:200],
            type=actor.kind,
            aliases=actor.aliases,
            roles=actor.roles[:8],
            side=actor.side,
            mentions=actor.n,
        )
        yield _found(sentence, row[first.first].start, row[first.end - 1].end, values)


def _points(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    for point in find_points(sentences):
        values = PointValues(label=point.label, level=point.level, parent=point.parent)
        first = sentences[point.sentences[0] - 1]
        yield _plain_finding("", first.document, values, first.number, (point.start, point.end))


def _by_rules(said: Parsed, lexicon: Lexicon) -> Iterator[Finding]:
    """What one sentence tells."""
    sentence = said.sentence
    for flag in sentence.flags:
        yield _found(sentence, 0, len(sentence.raw), DamageValues(what=flag))
    for event in find_events(said, lexicon):
        yield _found(
            sentence,
            event.start,
            event.end,
            EventValues(
                category=event.category,  # type: ignore[arg-type]
                source=event.source,
                target=event.target,
                mode=event.mode,
                when=event.when,
                where=event.where[:300],
            ),
        )
    for cue in find_mechanisms(said, lexicon):
        yield _found(
            sentence,
            cue.start,
            cue.end,
            MechanismValues(
                mechanism=cue.mechanism,  # type: ignore[arg-type]
                side=cue.side,
                direction=cue.direction,
                strength=cue.strength,
                voice=cue.voice,
                claim=cue.claim,
            ),
        )
    for quantity in find_quantities(said):
        values = QuantityValues(value=quantity.value, unit=quantity.unit, what=quantity.what, hedge=quantity.hedge)
        yield _found(sentence, quantity.start, quantity.end, values)


def _duplicates(project: Project, said: Parsed, lexicon: Lexicon, pairs: Counter[str]) -> Iterator[Finding]:
    """The earlier sentence, of this or another document, that a sentence is most alike to, if any; other documents are
    counted in `pairs`."""
    sentence = said.sentence
    if sentence.kind == "credit":
        return
    own = features(sentence, said.tokens, lexicon)
    bands = signature(own)
    best = None
    for place in _candidates(project, bands):
        pair = compare(_remembered(project, *place), own)
        if pair is not None and (best is None or pair.likeness > best[1].likeness):
            best = (place, pair)
    if best is None or best[1].likeness < 1.0:
        _remember(project, sentence, own, bands)
    if best is None:
        return
    (name, number), pair = best
    if name != sentence.document:
        pairs[name] += 1
    values = DuplicateValues(
        relation=pair.relation,
        other=f"{name}:{number}",
        likeness=pair.likeness,
        why=pair.why,
        differences=tuple((d.one[:60], d.other[:60]) for d in pair.differences[:20]),
    )
    yield _found(sentence, 0, len(sentence.raw), values)


def _candidates(project: Project, bands: Sequence[int]) -> list[tuple[str, int]]:
    found: dict[tuple[str, int], None] = {}
    for band in bands:
        rows = project.db.execute(
            "SELECT document, number FROM work_bands WHERE band = ? LIMIT ?", (band, MOST_CANDIDATES)
        )
        found.update(dict.fromkeys((name, number) for name, number in rows))
    return list(found)


def _remembered(project: Project, document: str, number: int) -> Features:
    row = project.db.execute(
        "SELECT said FROM work_features WHERE document = ? AND number = ?", (document, number)
    ).fetchone()
    said = json.loads(row[0])
    return Features(
        tuple(said[0]), said[1], tuple(said[2]), tuple(said[3]), tuple(said[4]), tuple(said[5]), said[6], said[7]
    )


def _compare_documents(project: Project) -> None:
    """Dependent documents, and names that may be one actor's; both look at the whole project."""
    sizes = {row.id: row.sentences for row in project.documents()}
    known = {
        (f.document, f.values.other)
        for f in project.findings(Filter(kinds=("dependence",)))
        if isinstance(f.values, DependenceValues)
    }
    found: list[Finding] = []
    for one, other, n in project.db.execute("SELECT one, other, n FROM work_pairs ORDER BY one, other").fetchall():
        warned = dependence(n, sizes[one], sizes[other])
        if warned is not None and (one, other) not in known:
            found.append(
                _plain_finding(
                    f"{one}:0:dependence:{len(found) + 1}",
                    one,
                    DependenceValues(other=other, share=warned.share, sentences=warned.n),
                )
            )
    project.put_findings(found)
    project.put_findings(_merges(project))


def _plain_finding(
    name: str, document: str, values: AnyValues, sentence: int | None = None, span: tuple[int, int] = (0, 0)
) -> Finding:
    return Finding.model_construct(
        id=name,
        document=document,
        sentence=sentence,
        start=span[0],
        end=span[1],
        status="suggested",
        origin="rules",
        verified=None,
        quote="",
        values=values,
    )


def _merges(project: Project) -> list[Finding]:
    """Suggestions that two names are one actor's: a surname and a full name, or two spellings."""
    first: dict[str, Finding] = {}
    for finding in project.findings(Filter(kinds=("actor",))):
        if isinstance(finding.values, ActorValues) and finding.values.type in ("person", "organisation"):
            first.setdefault(finding.values.name, finding)
    asked = {
        (f.values.name, f.values.into)
        for f in project.findings(Filter(kinds=("merge",)))
        if isinstance(f.values, MergeValues)
    }
    buckets: dict[str, list[str]] = defaultdict(list)
    for name in first:
        buckets[name.split()[-1].lower()[:3]].append(name)
    found: list[Finding] = []
    for names in buckets.values():
        for k, one in enumerate(names):
            for other in names[k + 1 :]:
                short, full = sorted((one, other), key=lambda n: (len(n), n))
                why = _same_actor(short, full)
                if why and (short, full) not in asked:
                    at = first[short]
                    n = len(found) + len(asked) + 1
                    found.append(
                        _plain_finding(
                            f"{at.document}:{at.sentence}:merge:{n}",
                            at.document,
                            MergeValues(name=short, into=full, why=why),
                            at.sentence,
                            (at.start, at.end),
                        )
                    )
    return found


def _same_actor(short: str, full: str) -> str:
    one, other = short.split(), full.split()
    if len(one) == 1 and len(other) > 1 and one[0].lower() == other[-1].lower():
        return "the same last name"
    if short.lower() != full.lower() and len(one) == len(other) and fuzz.ratio(short.lower(), full.lower()) >= 85:
        return "two spellings"
    if len(one) > 1 and len(other) > len(one) and one[-1] == other[-1] and one[0] == other[0]:
        return "the same first and last name"
    return ""

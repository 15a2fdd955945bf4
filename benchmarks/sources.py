"""How do time and memory of reading grow with the length of a document, and with the number of documents?

Makes a PDF of 300 pages and a thousand articles in a folder that is removed afterwards, reads parts of both in
processes of their own, and prints one JSON line for each. Checked are the number of documents, that planted copies are
found, and that four times as much takes little more memory. The last line says whether time is linear and memory flat.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLAT_MB = 12
"""Memory that four times as many articles or pages may take besides; the text of 300 pages is 1 MB."""

ROOT = Path(__file__).resolve().parents[1]
PLACES = [
    "Massawa",
    "Keren",
    "Barentu",
    "Assab",
    "Badme",
    "Zalambessa",
    "Basra",
    "Khorramshahr",
    "Abadan",
    "Goose-Green",
    "Stanley",
    "Kaesong",
    "Panmunjom",
]
STATES = [
    "Ethiopia",
    "Eritrea",
    "Iran",
    "Iraq",
    "Argentina",
    "Britain",
    "Peru",
    "Algeria",
    "Egypt",
    "Sudan",
    "Chad",
    "Libya",
    "France",
    "Jordan",
]
SENTENCES = (
    "{a} attacked the town of {p} on {day} and lost {n} men.",
    "{a} rejected the plan that {b} had proposed in {p}.",
    "Envoys of {a} and {b} met near {p} to discuss a truce for {n} days.",
    "{a} accused {b} of breaking the ceasefire at {p}.",
    "The army of {a} is short of ammunition after {n} days of fighting near {p}.",
    "{b} sent {n} tons of food to {p} in spring.",
    "The longer the siege of {p} lasts, the stronger {a} becomes.",
    "{a} says that it withdrew {n} soldiers from {p} on {day}.",
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def words() -> list[str]:
    """Some two thousand words, so that sentences of different articles differ as those of real ones do."""
    chance = random.Random(0)
    starts, middles, ends = (
        ["b", "br", "d", "dr", "f", "g", "gl", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w"],
        ["a", "e", "i", "o", "u", "ai", "ou", "ea"],
        ["ck", "d", "ft", "ll", "m", "nd", "nt", "rn", "rd", "sh", "st", "t"],
    )
    return sorted(
        {
            chance.choice(starts) + chance.choice(middles) + chance.choice(ends) + chance.choice(("", "er", "ow", "al"))
            for _ in range(4000)
        }
    )


WORDS = words()


def sentence(chance: random.Random) -> str:
    a, b = chance.sample(STATES, 2)
    told = chance.choice(SENTENCES).format(
        a=a, b=b, p=chance.choice(PLACES), n=chance.randrange(20, 90_000), day=chance.choice(DAYS)
    )
    x = [chance.choice(WORDS) for _ in range(6)]
    return f"{told[:-1]}, while {x[0]} {x[1]} and the {x[2]} {x[3]} of the {x[4]} {x[5]} went on."


def article(number: int, n_sentences: int = 40) -> list[str]:
    """Sentences of one article; every tenth one repeats half of the one before it."""
    chance = random.Random(number)
    found = [sentence(chance) for _ in range(n_sentences)]
    if number % 10 == 9:
        found[: n_sentences // 2] = article(number - 1, n_sentences)[: n_sentences // 2]
    return found


def make(folder: Path, n_articles: int, n_pages: int) -> None:
    sys.path.insert(0, str(ROOT))
    from tests.sources.pdf_writing import pdf

    for k in range(n_articles):
        (folder / f"article-{k:04}.txt").write_text("\n".join(article(k)) + "\n", encoding="utf-8")
    pages = [["A report on wars", f"Page {k + 1}", *article(k + 7_000_000, 25)] for k in range(n_pages)]
    for part in (n_pages // 4, n_pages // 2, n_pages):
        (folder / f"report-{part}.pdf").write_bytes(pdf(pages[:part]))


def read(paths: list[Path], out: Path) -> None:
    """Read in this process and print what it took."""
    from ripeness.sources.reading import read_sources

    ticks = 0

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal ticks
        ticks += 1

    load_document_of(paths[0])  # the gazetteer and the lexicon are read once
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start_s = time.perf_counter()
    done = read_sources(paths, out, progress=progress)
    seconds = time.perf_counter() - start_s
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = {
        "documents": done.documents,
        "sentences": done.sentences,
        "findings": sum(done.findings.values()),
        "duplicates": done.findings.get("duplicate", 0),
        "dependences": done.findings.get("dependence", 0),
        "seconds": round(seconds, 2),
        "peak_mb": round(peak_kb / 1024, 1),
        "start_mb": round(before_kb / 1024, 1),
        "project_mb": round(out.stat().st_size / 1e6, 2),
        "progress_ticks": ticks,
    }
    print(json.dumps(line))


def load_document_of(path: Path) -> None:
    from ripeness.sources.actors import find_actors
    from ripeness.sources.documents import Document
    from ripeness.sources.lexicon import shipped
    from ripeness.sources.plain import read_plain
    from ripeness.sources.sentences import split_document

    shipped()
    text = "\n".join(article(1))
    find_actors(split_document(Document("warm", str(path), "text", "0" * 64, text, read_plain(text))))


def measured(question: str, paths: list[Path], out: Path) -> dict:
    """One measurement in a process of its own, so that peaks of memory are its own."""
    out.unlink(missing_ok=True)
    command = [sys.executable, __file__, "--read", str(out), *map(str, paths)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    line = {"question": question, **json.loads(said.stdout)}
    print(json.dumps(line), flush=True)
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--read", metavar="OUT", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read(given.paths, Path(given.read))
        return
    n_articles, n_pages = (100, 32) if given.quick else (1000, 300)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, n_articles, n_pages)
        articles = sorted(folder.glob("article-*.txt"))
        out = folder / "p.ripeness"
        parts = (n_articles // 4, n_articles // 2, n_articles)
        many = [measured("articles", articles[:part], out) for part in parts]
        pages = [
            measured("pages of one PDF", [folder / f"report-{p}.pdf"], out)
            for p in (n_pages // 4, n_pages // 2, n_pages)
        ]
    assert [line["documents"] for line in many] == list(parts)
    assert many[-1]["dependences"] >= n_articles // 10, "planted copies were not found"
    more_mb = [round(lines[-1]["peak_mb"] - lines[0]["peak_mb"], 1) for lines in (many, pages)]
    assert max(more_mb) <= FLAT_MB, f"memory is not flat: {more_mb} MB more for four times the articles and pages"
    rate = [1000 * line["seconds"] / line["sentences"] for line in (*many, *pages)]
    answer = {
        "question": "is time linear, and memory flat?",
        "ms_per_sentence": [round(r, 2) for r in rate],
        "slowdown_articles": round(rate[2] / rate[0], 2),
        "slowdown_pages": round(rate[5] / rate[3], 2),
        "mb_more_for_four_times_the_articles": more_mb[0],
        "mb_more_for_four_times_the_pages": more_mb[1],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

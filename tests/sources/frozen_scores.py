"""Scores of the rules on the frozen texts (`frozen/README.md`), by the scoring that they suggest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from ripeness.sources.actors import find_actors
from ripeness.sources.documents import Document, load_document
from ripeness.sources.duplicates import compare, features
from ripeness.sources.events import find_events
from ripeness.sources.lexicon import shipped
from ripeness.sources.mechanisms import find_mechanisms
from ripeness.sources.parsing import parsed
from ripeness.sources.sentences import Sentence, split_document
from tests.sources.scoring import Score, score

FOLDER = Path(__file__).parent / "frozen"
ARTICLES = ("tigray-2022", "iran-iraq-1987", "korea-1952")
PLANS = ("sudan-exercise-draft-a", "sudan-exercise-draft-b")


class Frozen(NamedTuple):
    """A frozen text as read, with its labels."""

    name: str
    document: Document
    sentences: tuple[Sentence, ...]
    labels: dict[str, Any]


def frozen(name: str) -> Frozen:
    document = load_document(FOLDER / "texts" / f"{name}.txt", name)
    labels = json.loads((FOLDER / "labels" / f"{name}.json").read_text(encoding="utf-8"))
    return Frozen(name, document, split_document(document), labels)


def sentence_score(text: Frozen) -> Score:
    """Spans that are exactly those of the labels."""
    return score([(s.start, s.end) for s in text.sentences], [(s["start"], s["end"]) for s in text.labels["sentences"]])


def kind_share(text: Frozen) -> float:
    """Share of labelled sentences whose kind is right where a found sentence overlaps it most."""
    right = 0
    for said in text.labels["sentences"]:
        found = max(text.sentences, key=lambda s: min(s.end, said["end"]) - max(s.start, said["start"]))
        right += found.kind == said["kind"]
    return right / len(text.labels["sentences"])


def place_of(text: Frozen) -> dict[int, str]:
    """For each found sentence the labelled one that it overlaps most."""
    found = {}
    for s in text.sentences:
        best = max(text.labels["sentences"], key=lambda said: min(s.end, said["end"]) - max(s.start, said["start"]))
        if min(s.end, best["end"]) > max(s.start, best["start"]):
            found[s.number] = best["id"]
    return found


def pair_scores(text: Frozen) -> dict[str, Score]:
    """Duplicates and conflicts, each against the labels; reworded pairs by recall only."""
    places = place_of(text)
    rows = parsed(text.sentences, find_actors(text.sentences))
    said = [features(p.sentence, p.tokens, shipped()) for p in rows]
    found: dict[str, set[frozenset[str]]] = {"duplicate": set(), "conflict": set()}
    for i, one in enumerate(said):
        for j in range(i + 1, len(said)):
            pair = compare(one, said[j])
            ids = {places.get(text.sentences[i].number, ""), places.get(text.sentences[j].number, "")}
            if pair is not None and len(ids) == 2 and text.sentences[i].kind != "credit":
                found[pair.relation].add(frozenset(ids))
    labelled = {
        relation: {frozenset((p["a"], p["b"])) for p in text.labels["pairs"] if p["relation"] == relation}
        for relation in ("duplicate", "conflict")
    }
    return {relation: score(found[relation], labelled[relation]) for relation in labelled}


def actor_score(text: Frozen) -> Score:
    """Distinct named actors: a found one is right where one of its names is a name or alias of a labelled one."""
    labelled = [({a["name"], *a.get("aliases", ())}, a) for a in text.labels["actors"]]
    folded = [
        {" ".join(n.replace("’", "'").lower().removeprefix("the ").split()) for n in names} for names, _ in labelled
    ]
    offices = {a["id"]: a.get("held_by") for _, a in labelled}
    hit: set[int] = set()
    right = found = 0
    for actor in find_actors(text.sentences).actors:
        if actor.kind == "group":
            continue
        found += 1
        names = {" ".join(n.replace("’", "'").lower().split()) for n in (actor.name, *actor.aliases)}
        match = [k for k, known in enumerate(folded) if names & known]
        right += bool(match)
        hit.update(match)
    must = [k for k, (_, a) in enumerate(labelled) if not (a["kind"] == "office" and offices[a["id"]])]
    recall = sum(k in hit for k in must) / len(must)
    return Score(right / found, recall)


def event_scores(text: Frozen) -> tuple[Score, float]:
    """Events one-to-one by sentence and category, optional ones left out; and the share of matched ones whose mode is
    right."""
    places = place_of(text)
    rows = parsed(text.sentences, find_actors(text.sentences))
    left = list(text.labels["events"])
    found = [(places.get(e.sentence, ""), e.category, e.mode) for p in rows for e in find_events(p, shipped())]
    matched, free, modes = 0, 0, 0
    for sentence, category, mode in found:
        fits = [e for e in left if e["sentence"] == sentence and category == e["category"]]
        fits = fits or [e for e in left if e["sentence"] == sentence and category in (e.get("also") or ())]
        if fits:
            left.remove(fits[0])
            free += bool(fits[0].get("optional"))
            matched += not fits[0].get("optional")
            modes += not fits[0].get("optional") and mode == fits[0]["mode"]
    must = sum(not e.get("optional") for e in text.labels["events"])
    return Score(matched / max(1, len(found) - free), matched / must), modes / max(1, matched)


NAMES = {
    "patron's reliability": "patron-reliability",
    "patron's pressure": "patron-pressure",
    "broker's haste": "broker-haste",
    "domestic politics": "domestic-politics",
}


def mechanism_scores(text: Frozen) -> tuple[Score, float]:
    """Mechanisms one-to-one by sentence and mechanism, optional ones left out; and the share of matched ones whose
    direction is right."""
    places = place_of(text)
    rows = parsed(text.sentences, find_actors(text.sentences))
    sign = {"up": "+", "down": "-"}
    left = list(text.labels["mechanisms"])
    kinds = {s.number: s.kind for s in text.sentences}
    found = [
        (places.get(m.sentence, ""), m.mechanism, m.direction)
        for p in rows
        for m in find_mechanisms(p, shipped())
        if kinds[m.sentence] in ("body", "caption", "quote")
    ]
    matched, free, directions, directed = 0, 0, 0, 0
    for sentence, mechanism, direction in found:
        fits = [
            m
            for m in left
            if m["sentence"] == sentence and NAMES.get(m["mechanism"].replace("’", "'"), m["mechanism"]) == mechanism
        ]
        if fits:
            left.remove(fits[0])
            free += bool(fits[0].get("optional"))
            matched += not fits[0].get("optional")
            if not fits[0].get("optional") and fits[0]["direction"] in sign:
                directed += 1
                directions += sign[fits[0]["direction"]] == direction
    must = sum(not m.get("optional") for m in text.labels["mechanisms"])
    return Score(matched / max(1, len(found) - free), matched / must), directions / max(1, directed)


def table() -> list[str]:
    """The figures of the page on sources, as rows of Markdown."""
    rows = []
    for name in ARTICLES:
        text = frozen(name)
        events, modes = event_scores(text)
        mechanisms, directions = mechanism_scores(text)
        pairs = pair_scores(text)
        rows.append(
            f"| {name} | {sentence_score(text).f1:.2f} | {kind_share(text):.2f} | {pairs['duplicate'].recall:.2f} "
            f"/ {pairs['conflict'].recall:.2f} | {actor_score(text).f1:.2f} | "
            f"{events.precision:.2f} / {events.recall:.2f} | {modes:.2f} | {mechanisms.precision:.2f} / "
            f"{mechanisms.recall:.2f} | {directions:.2f} |"
        )
    return rows


def plan_scores() -> dict[str, float]:
    """Points of both drafts, and their alignment."""
    from ripeness.sources.plans import align, find_points

    drafts = [find_points(frozen(name).sentences) for name in PLANS]
    labels = [frozen(name).labels for name in PLANS]
    points = [
        len({p.label for p in found if p.level == "point"} & {str(q["number"]) for q in said["points"]})
        / len(said["points"])
        for found, said in zip(drafts, labels, strict=True)
    ]
    gold = json.loads((FOLDER / "labels" / "sudan-exercise-alignment.json").read_text(encoding="utf-8"))
    number = [{q["id"]: str(q["number"]) for q in said["points"]} for said in labels]
    pairs = {(number[0].get(p["a"]), number[1].get(p["b"])): p["relation"] for p in gold["alignment"]}
    words = {"added": "new"}
    found = {
        (c.one.label if c.one else None, c.other.label if c.other else None): words.get(c.kind, c.kind)
        for c in align(*drafts)
    }
    shared = set(found) & set(pairs)
    return {
        "points": sum(points) / 2,
        "aligned": score(found, pairs).f1,
        "relation": sum(found[p] == pairs[p] for p in shared) / max(1, len(shared)),
    }


if __name__ == "__main__":
    print("\n".join(table()))
    print(plan_scores())

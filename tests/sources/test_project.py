"""Projects, review, exports and drafts: round trips, history, whole or absent, the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest

from ripeness.runs.checking import check_all
from ripeness.sources.drafting import write_drafts
from ripeness.sources.errors import SourceError
from ripeness.sources.exports import export_findings, from_csv, from_json, to_csv, to_json
from ripeness.sources.project import Filter, open_project
from ripeness.sources.reading import read_sources
from ripeness.sources.refi_qda import NAMESPACE
from ripeness.sources.review import decide, edit, grow_lexicon, shown

HERE = __import__("pathlib").Path(__file__).parent
KOREA, FALKLANDS = HERE / "texts" / "korea.txt", HERE / "texts" / "falklands.txt"


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "korea.ripeness"
    read_sources([KOREA], path)
    return path


def test_the_same_documents_give_the_same_bytes(tmp_path, project):
    again = tmp_path / "again.ripeness"
    read_sources([KOREA], again)
    assert again.read_bytes() == project.read_bytes()


def test_no_text_of_a_document_is_kept(project):
    """No run of eight words of the document stands in the project file."""
    words = KOREA.read_text(encoding="utf-8").split()
    content = project.read_bytes().decode("latin-1")
    assert not [k for k in range(len(words) - 8) if " ".join(words[k : k + 8]) in content]


def test_findings_stand_where_they_say(project):
    text = KOREA.read_text(encoding="utf-8")
    with open_project(project) as opened:
        for finding in opened.findings():
            view = shown(opened, finding)
            assert view.marked == " ".join(text[finding.start : finding.end].split())
            row = opened.sentence(finding.document, finding.sentence)
            assert row.start <= finding.start <= finding.end <= row.end


def test_adding_a_document_keeps_what_was_decided(project):
    with open_project(project) as opened:
        assert decide(opened, "accept", Filter(kinds=("actor",)), by="me", clock=lambda: "2026-01-01T00:00:00Z") > 5
        before = [f for f in opened.findings() if f.status == "accepted"]
    done = read_sources([KOREA, FALKLANDS], project)
    assert (done.documents, done.skipped) == (2, 1)
    with open_project(project) as opened:
        assert [f for f in opened.findings() if f.status == "accepted"] == before
        assert len(opened.history()) == len(before)


def test_a_reworded_copy_is_found_and_warned_about(tmp_path):
    one = tmp_path / "one.txt"
    other = tmp_path / "other.txt"
    one.write_text(KOREA.read_text(encoding="utf-8"), encoding="utf-8")
    reworded = (
        KOREA.read_text(encoding="utf-8")
        .replace("aircraft, guns", "guns, aircraft")
        .replace("Talks began", "Negotiations began")
        .replace("attacked", "struck")
        .replace("rejected", "refused")
        .replace("armistice", "truce")
    )
    other.write_text(reworded, encoding="utf-8")
    read_sources([one, other, FALKLANDS], tmp_path / "p.ripeness")
    with open_project(tmp_path / "p.ripeness") as opened:
        warned = [(f.document, f.values.other) for f in opened.findings(Filter(kinds=("dependence",)))]
    assert warned == [("other", "one")]


def test_two_names_of_one_actor_are_a_suggestion(tmp_path):
    (tmp_path / "a.txt").write_text("President Anwar Sadat flew home. Sadat said so.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Sadat said that he was tired. President Anwar Saddat left.", encoding="utf-8")
    read_sources([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "p.ripeness")
    with open_project(tmp_path / "p.ripeness") as opened:
        merges = {(f.values.name, f.values.into, f.values.why) for f in opened.findings(Filter(kinds=("merge",)))}
    assert ("Anwar Sadat", "Anwar Saddat", "two spellings") in merges


def test_an_edit_is_checked_accepted_and_kept_in_the_history(project):
    with open_project(project) as opened:
        finding = next(iter(opened.findings(Filter(kinds=("event",)))))
        after = edit(
            opened, finding.id, {"mode": "denied", "target": "China"}, note="read again", by="me", clock=lambda: "t"
        )
        assert (after.status, after.values.mode, after.values.target) == ("accepted", "denied", "China")
        with pytest.raises(SourceError) as error:
            edit(opened, finding.id, {"mode": "maybe", "colour": "red"})
        assert len(error.value.faults) == 2
        step = opened.history()[-1]
        assert (step.action, step.note, step.by) == ("edit", "read again", "me")
        assert json.loads(step.before)["values"]["mode"] == finding.values.mode


def test_unknown_words_of_a_filter_are_all_told(project):
    with open_project(project) as opened, pytest.raises(SourceError) as error:
        decide(opened, "accept", Filter(kinds=("evnt",), documents=("corea",), ids=("x:1:event:1",)))
    assert len(error.value.faults) == 3


def test_bulk_decisions_fit_the_filter(project):
    with open_project(project) as opened:
        n = opened.count(Filter(kinds=("mechanism",), about="broker"))
        assert n == decide(opened, "reject", Filter(kinds=("mechanism",), about="broker"))
        assert {f.values.mechanism for f in opened.findings(Filter(statuses=("rejected",)))} == {"broker-haste"}
        assert decide(opened, "reset", Filter(statuses=("rejected",))) == n


def test_a_lexicon_file_grows_by_decisions_and_is_read_again(project, tmp_path):
    with open_project(project) as opened:
        finding = next(f for f in opened.findings(Filter(kinds=("mechanism",))) if f.values.mechanism == "front")
        edit(opened, finding.id, {"mechanism": "morale", "direction": "-"})
        assert grow_lexicon(opened, tmp_path / "mine.toml") == 1
        assert grow_lexicon(opened, tmp_path / "mine.toml") == 0
    read_sources([KOREA], tmp_path / "again.ripeness", lexicon=tmp_path / "mine.toml")
    with open_project(tmp_path / "again.ripeness") as opened:
        assert [
            f
            for f in opened.findings(Filter(kinds=("mechanism",), sentences=(finding.sentence,)))
            if f.values.mechanism == "morale"
        ]


def test_csv_and_json_come_back_as_they_were(project):
    with open_project(project) as opened:
        found = list(opened.findings())
    assert from_csv(to_csv(found)) == found
    assert from_json(to_json(found)) == found
    rows = list(csv.reader(io.StringIO(to_csv(found))))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@")]


def test_broken_csv_is_told_row_by_row(project):
    with open_project(project) as opened:
        text = to_csv(list(opened.findings(limit=3)))
    broken = text.replace("suggested", "maybe")
    with pytest.raises(SourceError) as error:
        from_csv(broken)
    assert len(error.value.faults) == 3


def test_refi_qda_holds_texts_codes_and_selections_and_is_read_by_another_program(project, tmp_path):
    path = tmp_path / "korea.qdpx"
    with open_project(project) as opened:
        n = export_findings(opened, path)
        found = {f.id: f for f in opened.findings()}
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("sources/")}
        root = ElementTree.fromstring(archive.read("project.qde"))
    q = f"{{{NAMESPACE}}}"
    assert root.tag == f"{q}Project"
    assert [child.tag for child in root] == [f"{q}Users", f"{q}CodeBook", f"{q}Sources"]  # the order of the schema
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{q}Code")}
    source = root.find(f".//{q}TextSource")
    text = texts["sources/" + source.get("plainTextPath").removeprefix("internal://")]
    assert text == KOREA.read_text(encoding="utf-8")
    guid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    assert all(guid.fullmatch(e.get("guid")) for e in root.iter() if e.get("guid"))
    assert len({e.get("guid") for e in root.iter() if e.get("guid")}) == sum(1 for e in root.iter() if e.get("guid"))
    selections = root.findall(f".//{q}PlainTextSelection")
    assert len(selections) == n == len(found)
    for selection in selections:
        finding = found[selection.get("name")]
        assert (int(selection.get("startPosition")), int(selection.get("endPosition"))) == (finding.start, finding.end)
        assert [child.tag for child in selection] == [f"{q}Description", f"{q}Coding"]
        assert selection.find(f"{q}Coding/{q}CodeRef").get("targetGUID") in codes


def test_refi_qda_is_valid_by_models_made_from_the_published_schema(project, tmp_path, monkeypatch):
    refi = pytest.importorskip("pyrefiqda", reason="pyrefiqda, models made from the published schema, is not installed")
    path = tmp_path / "korea.qdpx"
    with open_project(project) as opened:
        n = export_findings(opened, path)
    monkeypatch.chdir(tmp_path)  # it unpacks where it is called
    source = refi.RefiProject.load(str(path)).sources.text_source[0]
    assert len(source.plain_text_selection) == n


def test_a_moved_document_is_asked_for(tmp_path):
    copy = tmp_path / "war.txt"
    copy.write_bytes(KOREA.read_bytes())
    read_sources([copy], tmp_path / "p.ripeness")
    copy.rename(tmp_path / "elsewhere.txt")
    with open_project(tmp_path / "p.ripeness") as opened:
        assert shown(opened, next(iter(opened.findings()))).sentence == ""
        with pytest.raises(SourceError, match="--document war=PATH"):
            export_findings(opened, tmp_path / "p.qdpx")
    with open_project(tmp_path / "p.ripeness", {"war": str(tmp_path / "elsewhere.txt")}) as opened:
        assert shown(opened, next(iter(opened.findings()))).sentence


def test_faults_of_all_documents_are_told_and_nothing_is_written(tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.txt").write_bytes(b"a\0b")
    with pytest.raises(SourceError) as error:
        read_sources([KOREA, tmp_path / "empty.txt", tmp_path / "binary.txt"], tmp_path / "p.ripeness")
    assert len(error.value.faults) == 2
    assert [p.name for p in tmp_path.iterdir() if p.suffix not in (".txt",)] == []


def test_what_is_interrupted_leaves_the_project_as_it_was(project, tmp_path):
    before = project.read_bytes()

    def interrupted(document, sentences):
        raise KeyboardInterrupt  # all that the rules find is written by then

    with pytest.raises(KeyboardInterrupt):
        read_sources([FALKLANDS], project, suggest=interrupted)
    assert project.read_bytes() == before
    assert list(tmp_path.iterdir()) == [project]


PEAKS = """
import sys, tracemalloc
from ripeness.sources.reading import read_sources

said = (
    "Iran attacked the town of Basra in spring and lost 300 men, and Iraq, which is short of ammunition, says that "
    "it will reject the plan that Egypt has proposed to it near Kuwait.\\n"
)
for name, n in (("warm", 200), ("short", 50), ("long", 200)):
    path = sys.argv[1] + "/" + name
    open(path + ".txt", "w").write(said * n)
    if name != "warm":
        tracemalloc.start()
    done = read_sources([path + ".txt"], path + ".ripeness")
    assert sum(done.findings.values()) > 8 * n
    print(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
"""


def test_memory_grows_with_the_text_of_a_document_and_not_with_its_words_and_findings(tmp_path):
    """A sentence of 180 letters is held with its mentions in 800 bytes; words and findings take 12,000 more."""
    said = subprocess.run([sys.executable, "-c", PEAKS, str(tmp_path)], capture_output=True, text=True, check=True)
    _, short, long = map(int, said.stdout.split())
    assert long - short < 150 * 2500


def test_a_long_document_tells_how_far_it_is(tmp_path):
    told: list[tuple[str, int, int]] = []
    lengths = {"long": 500, "short": 499}
    for name, n in lengths.items():
        path = tmp_path / f"{name}.txt"
        path.write_text("\n\n".join(f"Talks went on for {k} days." for k in range(n)))
        read_sources([path], tmp_path / name, progress=lambda *said: told.append(said))
    within = [said for said in told if said[0] != "reading"]
    assert within == [("sentences of long.txt", k, 500) for k in range(1, 501)]


def test_a_file_that_is_no_project_is_refused(tmp_path):
    (tmp_path / "x.ripeness").write_text("no database")
    with pytest.raises(SourceError, match="not a project"):
        open_project(tmp_path / "x.ripeness")


@pytest.fixture
def accepted(project):
    with open_project(project) as opened:
        decide(opened, "accept", Filter())
    return project


def test_accepted_findings_become_a_scenario_that_the_check_accepts_with_every_citation(accepted, tmp_path):
    out = tmp_path / "korea.yaml"
    done = write_drafts(accepted, out, attacker="China", defender="South Korea", patron="United States")
    assert done.roles["patron"] == "United States"
    checked = check_all(out, (), {"korea": str(KOREA)})
    assert checked.faults == ()
    assert checked.verified > 10
    assert checked.unverified == 0


def test_a_draft_says_of_every_number_that_it_is_a_default_and_quotes_nothing(accepted, tmp_path):
    out = tmp_path / "korea.yaml"
    write_drafts(accepted, out, attacker="China", defender="South Korea")
    text = out.read_text(encoding="utf-8")
    numbers = re.findall(r"\{value: .*\}", text)
    assert len(numbers) >= 8
    assert all("not from a document" in number for number in numbers)
    words = KOREA.read_text(encoding="utf-8").split()
    assert not [k for k in range(len(words) - 8) if " ".join(words[k : k + 8]) in text]


def test_a_draft_is_never_written_over_a_file_and_needs_accepted_findings(project, accepted, tmp_path):
    out = tmp_path / "korea.yaml"
    out.write_text("mine")
    with pytest.raises(SourceError, match="exists already"):
        write_drafts(accepted, out)
    assert out.read_text() == "mine"
    with open_project(project) as opened:
        decide(opened, "reset", Filter())
    with pytest.raises(SourceError, match="no finding is accepted"):
        write_drafts(project, tmp_path / "new.yaml")


def test_importing_ripeness_and_its_commands_does_not_import_the_sources():
    script = (
        "import sys, ripeness, ripeness.cli, ripeness.runs.execute\n"
        "heavy = ('sqlite3', 'pypdf', 'rapidfuzz', 'countryinfo')\n"
        "print([m for m in sys.modules if m.startswith('ripeness.sources') or m in heavy])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"

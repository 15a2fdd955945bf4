"""Events: who did what to whom, in which mode; what is no event; quantities and mechanisms by their cues."""

from __future__ import annotations

import pytest

from ripeness.sources.actors import find_actors
from ripeness.sources.documents import Document
from ripeness.sources.errors import SourceError
from ripeness.sources.events import find_events
from ripeness.sources.lexicon import Lexicon, load_lexicon, shipped
from ripeness.sources.mechanisms import MechanismFinding, find_mechanisms
from ripeness.sources.parsing import Parsed, parsed
from ripeness.sources.plain import read_plain
from ripeness.sources.quantities import Quantity, find_quantities
from ripeness.sources.sentences import split_document


def parts(text: str) -> list[Parsed]:
    sentences = split_document(Document("d", "d", "text", "0" * 64, text, read_plain(text)))
    return list(parsed(sentences, find_actors(sentences)))


def events(text: str) -> list[tuple[str, str, str, str]]:
    return [(e.source, e.category, e.target, e.mode) for said in parts(text) for e in find_events(said, shipped())]


def mechanisms(text: str, lexicon: Lexicon) -> list[MechanismFinding]:
    return [found for said in parts(text) for found in find_mechanisms(said, lexicon)]


def quantities(text: str) -> list[Quantity]:
    return [found for said in parts(text) for found in find_quantities(said)]


def test_the_sixteen_categories_are_plovers():
    assert list(shipped().events) == [
        "AGREE",
        "CONSULT",
        "SUPPORT",
        "CONCEDE",
        "COOPERATE",
        "AID",
        "RETREAT",
        "REQUEST",
        "ACCUSE",
        "REJECT",
        "THREATEN",
        "PROTEST",
        "SANCTION",
        "MOBILIZE",
        "COERCE",
        "ASSAULT",
    ]
    assert len(shipped().mechanisms) == 18


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Iraq invaded Iran in September 1980.", ("Iraq", "ASSAULT", "Iran", "happened")),
        ("Iran was attacked by Iraq.", ("Iraq", "ASSAULT", "Iran", "happened")),
        ("Iraqi attacks on Iran went on.", ("Iraq", "ASSAULT", "Iran", "happened")),
        ("The invasion of Kuwait by Iraq shocked the region.", ("Iraq", "ASSAULT", "Kuwait", "happened")),
        ("Egypt accepted the proposal of the United States.", ("Egypt", "AGREE", "United States", "happened")),
        ("Ethiopia accused Eritrea of bad faith.", ("Ethiopia", "ACCUSE", "Eritrea", "happened")),
        ("Ethiopia threatened to attack Eritrea.", ("Ethiopia", "ASSAULT", "Eritrea", "threatened")),
        ("Ethiopia will attack Eritrea.", ("Ethiopia", "ASSAULT", "Eritrea", "planned")),
        ("Ethiopia says it attacked Eritrea.", ("Ethiopia", "ASSAULT", "Eritrea", "claimed")),
        ("Ethiopia did not attack Eritrea.", ("Ethiopia", "ASSAULT", "Eritrea", "denied")),
        ("The United States imposed sanctions on Serbia.", ("United States", "SANCTION", "Serbia", "happened")),
        ("Talks between India and Pakistan began.", ("India", "CONSULT", "Pakistan", "happened")),
        ("India and Pakistan signed an agreement.", ("India", "AGREE", "Pakistan", "happened")),
        ("France sent weapons to Chad.", ("France", "AID", "Chad", "happened")),
        ("Libya withdrew from Chad.", ("Libya", "RETREAT", "Chad", "happened")),
        ("The rebels released prisoners.", ("the rebels", "CONCEDE", "", "happened")),
    ],
)
def test_who_does_what_to_whom(text, event):
    assert event in events(text)


def test_a_pronoun_stands_for_the_person_named_before():
    assert ("Anwar Sadat", "CONSULT", "Israel", "happened") in events(
        "President Anwar Sadat was tired. He visited Israel."
    )


@pytest.mark.parametrize(
    "text",
    [
        "A party that attacks a neighbour pays for it.",
        "An army attacks at dawn.",
        "The film captured the attention of Iran.",
        "It makes sense if you are a grocer who attacks the price of eggs. Iran attacked the grocer and his eggs.",
        "Photo: Iran Attacks/Reuters",
    ],
)
def test_nobody_in_particular_and_figures_of_speech_tell_of_no_event(text):
    assert events(text) == []


@pytest.mark.parametrize(
    ("text", "value", "unit", "what"),
    [
        ("Some 27,000 prisoners went home.", 27000, "", "prisoners"),
        ("It cost $1.5 billion.", 1.5e9, "USD", ""),
        ("They held 20 percent of the land.", 20, "percent", "land"),
        ("A 27-point plan was read.", 27, "", "point"),
        ("After almost eleven months nothing moved.", 11, "months", ""),
        ("Ten thousand men fell.", 10000, "", "men"),
    ],
)
def test_numbers_are_quantities_with_units(text, value, unit, what):
    found = quantities(text)
    assert [(q.value, q.unit) for q in found] == [(value, unit)]
    if what:
        assert found[0].what == what


@pytest.mark.parametrize(
    "text", ["It began in 1980.", "They met on March 3, 2019.", "The 148th Brigade left.", "One of them left."]
)
def test_dates_and_names_are_no_quantities(text):
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("text", "mechanism", "direction", "side"),
    [
        ("The longer the siege lasts, the stronger Iran becomes.", "time", "+", "Iran"),
        ("Iraqi troops are short of ammunition.", "capacity", "-", "Iraq"),
        ("President Anwar Sadat faces elections in May.", "domestic-politics", "-", "Anwar Sadat"),
        ("Pakistan was wrongly sure of victory.", "misjudgement", "+", "Pakistan"),
        ("Eritrea broke the ceasefire twice.", "commitment", "-", "Eritrea"),
        ("The United States exerted pressure on Israel.", "patron-pressure", "+", "Israel"),
    ],
)
def test_mechanisms_have_a_side_and_a_direction(text, mechanism, direction, side):
    found = {(m.mechanism, m.direction, m.side) for m in mechanisms(text, shipped())}
    assert (mechanism, direction, side) in found


def test_a_view_that_is_reported_has_the_voice_of_who_holds_it():
    found = mechanisms("President Anwar Sadat believed that time was on his side.", shipped())
    assert [m.voice for m in found if m.mechanism == "time"] == ["Anwar Sadat"]


def test_no_finding_proposes_a_number():
    assert not {"value", "number", "amount"} & set(mechanisms("Iran is short of men.", shipped())[0]._fields)


def test_the_lexicon_grows_by_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[mechanism.time]\nadd = [{pattern = "the ~candle burns", direction = "-"}]\n[mechanism.morale]\nremove = '
        '["despair"]\n'
    )
    text = "In Iran the candle burns. Iran was in despair."
    assert {m.mechanism for m in mechanisms(text, shipped())} == {"morale"}
    assert {(m.mechanism, m.direction) for m in mechanisms(text, load_lexicon(path))} == {("time", "-")}


def test_every_fault_of_a_lexicon_file_is_told_at_once(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[mechanism.tme]\nadd = []\n[mechanism.time]\nadd = [{pattern = ".. x"}, {pattern = "x", side = "left"}, '
        "3]\n[colour.red]\n"
    )
    with pytest.raises(SourceError) as error:
        load_lexicon(path)
    assert len(error.value.faults) == 5

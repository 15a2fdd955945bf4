"""Actors: the gazetteer, its corrections, and names discovered from a text."""

from __future__ import annotations

from countryinfo import CountryInfo

from ripeness.sources.actors import find_actors
from ripeness.sources.documents import Document
from ripeness.sources.gazetteer import corrections, gazetteer
from ripeness.sources.plain import read_plain
from ripeness.sources.sentences import split_document


def cast(text: str):
    return find_actors(split_document(Document("d", "d", "text", "0" * 64, text, read_plain(text))))


def named(text: str) -> dict:
    return {actor.name: actor for actor in cast(text).actors}


def actor_of(*words: str) -> str:
    return gazetteer().names[words].actor


def test_members_of_the_united_nations_are_there():
    """193 members, two observers, and three more that texts name; past states besides."""
    assert len(gazetteer().states) >= 193


def test_mistakes_of_the_package_are_corrected():
    raw = CountryInfo("France").all()
    assert raw["british indian ocean territory"]["demonym"] == "Indian"  # the mistake is still there
    assert actor_of("indian") == "India"
    assert actor_of("french") == "France"
    assert actor_of("chinese") == "China"
    assert actor_of("astana") == "Kazakhstan"
    assert actor_of("congolese") == "Democratic Republic of the Congo"
    assert actor_of("eswatini") == actor_of("swaziland") == "Eswatini"
    assert actor_of("north", "macedonia") == "North Macedonia"
    assert actor_of("argentinian") == "Argentina"
    assert actor_of("kosovo") == "Kosovo"
    assert ("island",) not in gazetteer().names


def test_every_correction_still_corrects_something():
    known = {info.get("name") for info in CountryInfo("France").all().values()}
    fix = corrections()
    assert set(fix["drop"]) <= known
    assert set(fix["rename"]) <= known
    states = gazetteer().states
    assert set(fix["capital"]) | set(fix["demonyms"]) | set(fix["aliases"]) <= states
    assert set(fix["seats"].values()) <= states


def test_people_are_told_by_titles_roles_and_verbs():
    found = named(
        "Egyptian President Anwar Sadat flew to Jerusalem in 1977. Sadat spoke to the Knesset. His foreign "
        "minister, Ismail Fahmy, "
        "had resigned. Menachem Begin, who led the Likud party, listened."
    )
    assert found["Anwar Sadat"].kind == "person"
    assert found["Anwar Sadat"].aliases == ("Sadat",)
    assert found["Anwar Sadat"].roles == ("President",)
    assert found["Anwar Sadat"].side == "Egypt"
    assert "Ismail Fahmy" in found
    assert "Menachem Begin" in found


def test_organisations_are_told_by_their_last_word_or_as_acronyms():
    found = named(
        "The Sudan People's Liberation Army took Torit. Fighters of the FARC left the Colombian Senate alone. NATO "
        "watched."
    )
    assert found["FARC"].kind == "organisation"
    assert found["NATO"].kind == "organisation"
    assert any("Liberation Army" in name for name in found)


def test_a_capital_after_a_preposition_is_a_place_and_else_a_government():
    said = cast("Tehran rejected the plan. The envoy returned to Baghdad.")
    assert [m.use for m in said.mentions[0]] == ["name"]
    assert [m.use for m in said.mentions[1]] == ["place"]


def test_words_that_merely_begin_a_sentence_are_no_names():
    assert (
        set(named("Losses mounted. Nobody knew why. Meanwhile talks went on. Diplomats say losses were high.")) == set()
    )


def test_photographers_in_credits_are_no_actors():
    assert "Karim Jaafar" not in named("Delegates leave the hall in Doha.\nKarim Jaafar/AFP/Getty Images")


def test_weapons_and_ships_are_no_actors():
    assert set(named("Argentina fired an Exocet missile at the destroyer Sheffield.")) == {"Argentina"}

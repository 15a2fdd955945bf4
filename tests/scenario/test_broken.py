"""Every broken file gets all of its faults, each at its place, and no other."""

from __future__ import annotations

import pytest

from ripeness.scenario import ScenarioError, parse
from tests.scenario import typed
from tests.scenario.broken import BROKEN, SOUND, Broken

LONGEST = "too many values"
"""Takes seconds; limits on what is read are tested in test_reading.py as well."""


def test_the_file_that_the_broken_ones_come_from_is_sound() -> None:
    assert parse(SOUND).name == "border-war"
    assert parse(typed.TYPED).beliefs is not None


def test_names_of_broken_files_differ_and_there_are_more_than_sixty() -> None:
    everything = [*BROKEN, *typed.BROKEN]
    assert len({broken.name for broken in everything}) == len(everything) > 60


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(each, id=each.name.replace(" ", "-"), marks=pytest.mark.slow if each.name == LONGEST else ())
        for each in (*BROKEN, *typed.BROKEN)
    ],
)
def test_broken_file_gets_its_faults_at_their_places(broken: Broken) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(broken.text, "war.yaml")
    faults = caught.value.faults
    said = str(caught.value)
    assert [(fault.line, fault.column, fault.path) for fault in faults] == [
        (each.line, each.column, each.path) for each in broken.faults
    ], said
    for fault, expected in zip(faults, broken.faults, strict=True):
        assert fault.file == "war.yaml"
        assert expected.found in fault.found, said
        assert expected.allowed in fault.allowed, said
        assert expected.remedy in fault.remedy, said
    assert_words_of_our_own(caught.value)


def assert_words_of_our_own(error: ScenarioError) -> None:
    said = str(error)
    for word in ("Input should", "Field required", "pydantic", "Traceback", "validation error", "None", "[type="):
        assert word not in said
    assert all(fault.found and fault.allowed for fault in error.faults)
    assert all(character.isprintable() or character == "\n" for character in said)

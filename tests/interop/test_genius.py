"""GENIUS's XML files: utilities against sums by hand, numbering from 0 and 1, ranges of numbers, and faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ripeness.interop.domain_files import read_domain
from ripeness.interop.domains import Domain, UtilityReading
from ripeness.scenario.faults import ScenarioError
from tests.interop.domains import PICNIC, genius_domain, genius_profile, write_genius

ROUNDING = 1e-15
"""A product and a quotient of numbers below 1."""


def utility(domain: Domain, side: int, *values: str) -> float:
    """Worth of an outcome, by names."""
    profile = domain.profiles[side]
    places = [issue.values.index(value) for issue, value in zip(domain.issues, values, strict=True)]
    return sum(row[place] for row, place in zip(profile.worth, places, strict=True))


def faults(*sources: Path, utility: UtilityReading = "genius", levels: int | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        read_domain(sources, utility=utility, levels=levels)
    assert all(fault.line >= 1 and fault.column >= 1 for fault in raised.value.faults)
    return [str(fault) for fault in raised.value.faults]


def test_utility_is_weight_times_evaluation_by_the_largest(tmp_path):
    domain = read_domain([write_genius(tmp_path, PICNIC)])
    assert [issue.name for issue in domain.issues] == ["Main dish", "Drinks"]
    assert domain.issues[1].values == ("Water", 'Wine "red"')
    assert utility(domain, 0, "Meat", 'Wine "red"') == pytest.approx(0.76, abs=ROUNDING)
    assert utility(domain, 1, "Meat", 'Wine "red"') == pytest.approx(0.7, abs=ROUNDING)
    assert utility(domain, 0, "Fish & rice", "Water") == pytest.approx(0.85, abs=ROUNDING)


def test_negmas_reading_leaves_evaluations_as_they_are(tmp_path):
    domain = read_domain([write_genius(tmp_path, PICNIC)], utility="negmas")
    assert utility(domain, 0, "Meat", 'Wine "red"') == pytest.approx(3.2, abs=1e-14)
    assert utility(domain, 1, "Meat", 'Wine "red"') == pytest.approx(7.0, abs=1e-14)


def test_reservation_and_discount_are_kept_as_written(tmp_path):
    first, second = read_domain([write_genius(tmp_path, PICNIC)]).profiles
    assert (first.reservation, first.discount) == (0.2, None)
    assert (second.reservation, second.discount) == (-0.5, 0.9)
    assert second.reserved("written") == -0.5
    assert second.reserved("at-least-worst") == 0.0  # Meat and water are worth nothing to prof2


def test_a_missing_reservation_is_zero(tmp_path):
    side = PICNIC.sides["prof1"]._replace(reservation=None)
    folder = write_genius(tmp_path, PICNIC._replace(sides={**PICNIC.sides, "prof1": side}))
    assert read_domain([folder]).profiles[0].reservation == 0.0


@pytest.mark.parametrize(("base", "weights_base"), [(1, 1), (0, 0), (1, 0), (0, 1)])
def test_issues_and_weights_may_be_numbered_from_zero_or_one(tmp_path, base, weights_base):
    domain = read_domain([write_genius(tmp_path, PICNIC, base, weights_base)])
    assert utility(domain, 0, "Meat", 'Wine "red"') == pytest.approx(0.76, abs=ROUNDING)
    assert any("matched in order" in note for note in domain.notes) == (base != weights_base)


def test_issues_are_found_by_name_and_values_by_name_whatever_their_order(tmp_path):
    write_genius(tmp_path, PICNIC)
    turned = {name: list(reversed(PICNIC.values[name])) for name in reversed(PICNIC.values)}
    (tmp_path / "prof1.xml").write_text(genius_profile(turned, PICNIC.sides["prof1"]), encoding="utf-8")
    domain = read_domain([tmp_path])
    assert utility(domain, 0, "Meat", 'Wine "red"') == pytest.approx(0.76, abs=ROUNDING)


def test_objectives_within_objectives_hold_issues_like_others(tmp_path):
    write_genius(tmp_path, PICNIC)
    for name in ("domain", "prof1", "prof2"):
        text = (tmp_path / f"{name}.xml").read_text(encoding="utf-8")
        nested = text.replace('<issue index="2"', '<objective index="9" name="more"><issue index="2"')
        nested = nested.replace("</objective>", "</objective></objective>").replace(
            "</negotiation_template>", "<!-- nested --></negotiation_template>"
        )
        (tmp_path / f"{name}.xml").write_text(nested, encoding="utf-8")
    assert utility(read_domain([tmp_path]), 1, "Chips", "Water") == pytest.approx(0.3, abs=ROUNDING)


RANGES = """<negotiation_template><utility_space><objective index="0" name="root">
<issue index="1" name="price" type="integer" lowerbound="10" upperbound="14"/>
<issue index="2" name="share" type="real"><range lowerbound="0" upperbound="2"/></issue>
</objective></utility_space></negotiation_template>"""

RANGES_PROFILE = """<utility_space><objective index="0" name="any">
<weight index="1" value="0.5"/><weight index="2" value="0.5"/>
<issue index="1" name="price" type="integer" lowerbound="10" upperbound="14">
<evaluator ftype="linear" offset="0.2" slope="0.25"/></issue>
<issue index="2" name="share" type="real"><range lowerbound="0" upperbound="2"/>
<evaluator ftype="linear" parameter0="0.1" parameter1="0.6"/></issue>
</objective></utility_space>"""


def ranges(folder: Path) -> Path:
    (folder / "ranges.xml").write_text(RANGES, encoding="utf-8")
    for name in ("one", "two"):
        (folder / f"{name}.xml").write_text(RANGES_PROFILE, encoding="utf-8")
    return folder


def test_ranges_of_numbers_in_genius_count_from_their_bound_and_are_cut(tmp_path):
    domain = read_domain([ranges(tmp_path)], levels=5)
    assert domain.issues[0].values == ("10", "11", "12", "13", "14")
    assert domain.issues[1].values == ("0", "0.5", "1", "1.5", "2")
    # 0.2 + 0.25 (price - 10), at most 1; 0.1 + 0.6 share, at most 1; each times 0.5
    assert domain.profiles[0].worth[0] == pytest.approx((0.1, 0.225, 0.35, 0.475, 0.5), abs=ROUNDING)
    assert domain.profiles[0].worth[1] == pytest.approx((0.05, 0.2, 0.35, 0.5, 0.5), abs=ROUNDING)


def test_ranges_of_numbers_in_negmas_are_neither_shifted_nor_cut(tmp_path):
    domain = read_domain([ranges(tmp_path)], utility="negmas", levels=5)
    assert domain.profiles[0].worth[0] == pytest.approx((1.35, 1.475, 1.6, 1.725, 1.85), abs=1e-14)
    assert domain.profiles[0].worth[1] == pytest.approx((0.05, 0.2, 0.35, 0.5, 0.65), abs=1e-14)


def test_a_range_of_reals_needs_levels(tmp_path):
    (said,) = faults(ranges(tmp_path))
    assert said.startswith(f"{tmp_path / 'ranges.xml'}:3:1: issue share: found every number from 0 to 2;")
    assert "--levels" in said


def test_all_faults_of_all_files_come_at_once(tmp_path):
    write_genius(tmp_path, PICNIC)
    one, two = tmp_path / "prof1.xml", tmp_path / "prof2.xml"
    text = one.read_text(encoding="utf-8")
    text = text.replace('value="Meat"', 'value="Meet"').replace('evaluation="5"', 'evaluation="5,0"')
    one.write_text(text, encoding="utf-8")
    text = two.read_text(encoding="utf-8")
    text = text.replace('<weight index="2" value="0.7"/>', "").replace(
        'reservation value="-0.5"', 'reservation value="x"'
    )
    two.write_text(text.replace('name="Main dish"', 'name="Mian dish"'), encoding="utf-8")
    said = faults(tmp_path)
    assert len(said) == 5
    assert said[0].startswith(f"{one}:8:1: issue Main dish: found the value 'Meet'")
    assert "nearest: Meat" in said[0]
    assert said[1].startswith(f"{one}:11:1: issue Drinks: found evaluation='5,0'")
    assert "Write 5.0" in said[1]
    assert said[2].startswith(f"{two}:5:1: issue Mian dish: found an issue that the domain does not have")
    assert "nearest: Main dish" in said[2]  # one fault, not an unknown issue and a missing one
    assert said[3].startswith(f"{two}:10:1: issue Drinks: found no weight; allowed: a <weight> with the index 2")
    assert said[4].startswith(f"{two}:15:1: reservation: found value='x'")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<utility_space><objective>", "found text that is not XML"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><utility_space/>', "found a document type"),
        ("<a>" * 100, "found elements more than 32 deep"),
        ("<something/>", "found neither a domain nor a profile"),
    ],
)
def test_files_that_are_no_profiles_are_refused(tmp_path, content, found):
    write_genius(tmp_path, PICNIC)
    bad = tmp_path / "bad.xml"
    bad.write_text(content, encoding="utf-8")
    sources = [tmp_path / name for name in ("domain.xml", "prof1.xml", "prof2.xml")]
    (said,) = faults(*sources, bad)
    assert said.startswith(f"{bad}:1:")
    assert found in said


def test_profiles_that_are_not_additive_are_refused(tmp_path):
    write_genius(tmp_path, PICNIC)
    text = (
        '<utility_space><objective index="0"><utility_function><ufun type="PlainUfun"/></utility_function></objective>'
    )
    (tmp_path / "prof1.xml").write_text(f"{text}</utility_space>", encoding="utf-8")
    (said,) = faults(tmp_path)
    assert "found a utility function of several issues at once" in said


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("prof1.xml", "prof2.xml"), "found no domain"),
        (("domain.xml", "prof1.xml"), "found 1 profile;"),
        (("domain.xml", "prof1.xml", "prof3.xml"), "found no file of this name"),
        ((), "found no domain"),
    ],
)
def test_a_domain_and_two_profiles_are_needed(tmp_path, names, found):
    write_genius(tmp_path, PICNIC)
    assert any(found in said for said in faults(*(tmp_path / name for name in names)))


def test_a_folder_with_two_domains_is_ambiguous(tmp_path):
    write_genius(tmp_path, PICNIC)
    (tmp_path / "other.xml").write_text(genius_domain(PICNIC.values), encoding="utf-8")
    (said,) = faults(tmp_path)
    assert "2 domains: domain.xml, other.xml" in said
    assert "Name the files instead" in said

"""Domains as plans and back: worths, reservations, names, what is refused, and the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ripeness.cli.app import main
from ripeness.deals.desk import negotiate
from ripeness.deals.plan_reading import load_plan, parse_plan
from ripeness.deals.plan_writing import plan_text
from ripeness.interop.domain_files import read_domain
from ripeness.interop.domain_writing import scenario_files
from ripeness.interop.domains import Domain, Issue, Profile
from ripeness.interop.errors import ExportError
from ripeness.interop.plans import domain_of, names_for, plan_data, rounding
from tests.interop.domains import PICNIC, random_texts, write_genius

RIVERS = (Path(__file__).resolve().parents[2] / "docs" / "deals.md").read_text(encoding="utf-8")


def picnic(folder: Path) -> Domain:
    return read_domain([write_genius(folder, PICNIC)])


def test_a_domain_becomes_a_plan_with_the_same_worths(tmp_path):
    plan = parse_plan(plan_text(plan_data(picnic(tmp_path))))
    assert list(plan.points) == ["main-dish", "drinks"]
    assert plan.points["main-dish"].title == "Main dish"
    assert list(plan.points["main-dish"].options) == ["chips", "fish-rice", "meat"]
    assert plan.points["drinks"].options["wine-red"].title == 'Wine "red"'
    meat, wine = plan.points["main-dish"].options["meat"].worth, plan.points["drinks"].options["wine-red"].worth
    assert meat["prof1"] + wine["prof1"] == pytest.approx(0.76, abs=1e-15)
    assert (meat["prof1"], wine["prof1"]) == (0.6, 0.16)  # not 0.16000000000000003
    assert plan.signers == ("prof1", "prof2")


def test_reservations_as_written_or_at_least_the_worst(tmp_path):
    domain = picnic(tmp_path)
    written = parse_plan(plan_text(plan_data(domain))).parties["prof2"].reservation
    raised = parse_plan(plan_text(plan_data(domain, reservation="at-least-worst"))).parties["prof2"].reservation
    assert (float(written), float(raised)) == (-0.5, 0.0)
    assert "Discount factor 0.9" in (written.note or "")
    assert "Written -0.5; raised" in (raised.note or "")


def test_a_lower_reservation_moves_the_nash_point():
    """With r = 0 the products of gains are 0.5 * 0.5 and 0.9 * 0.2; with r = -2 they are 0.5 * 2.5 and 0.9 * 2.2."""
    issue = Issue("deal", ("middle", "first", "second"))
    profiles = (Profile("a", ((0.5, 0.9, 0.0),), 0.0), Profile("b", ((0.5, 0.2, 0.0),), -2.0))
    domain = Domain("two", (issue,), profiles)
    picks = []
    for reading in ("written", "at-least-worst"):
        plan = parse_plan(plan_text(plan_data(domain, reservation=reading)))
        picks.append(negotiate(plan).solutions[0].options["deal"])
    assert picks == ["first", "middle"]


def test_the_worst_package_is_worth_a_reservation_raised_to_it():
    """Twice a third is two thirds, but twice 0.333333 is less than that."""
    issues = (Issue("i", ("p", "q")), Issue("j", ("r", "s")))
    against = Profile("b", ((1.0, 0.0), (1.0, 0.0)), 0.0)
    for unstated in (None, -1.0):
        profile = Profile("a", ((1 / 3, 1.0), (1 / 3, 1.0)), unstated)
        plan = parse_plan(plan_text(plan_data(Domain("x", issues, (profile, against)), reservation="at-least-worst")))
        frontier = negotiate(plan).frontier
        assert frontier.n_packages == frontier.n_acceptable


def test_rounding_is_told_and_a_larger_scale_makes_it_smaller():
    third = Profile("a", ((1 / 3, 0.5),), 0.0)
    domain = Domain("x", (Issue("i", ("p", "q")),), (third, replace(third, name="b")))
    assert rounding(domain, 1.0) == pytest.approx(1 / 3e6, rel=1e-6)  # 0.333333 lacks a third of a millionth
    assert rounding(domain, 10_000.0) == pytest.approx(1 / 3e10, rel=1e-3)
    plan = parse_plan(plan_text(plan_data(domain, scale=10_000.0)))
    assert plan.points["i"].options["p"].worth["a"] == pytest.approx(10_000 / 3, rel=5e-15)  # fifteen digits


def test_names_are_short_plain_and_different():
    assert names_for(["19'' LCD", "Ärger & Not", "日本", "a b", "A-B"], "option") == [
        "19-lcd", "arger-not", "option-3", "a-b", "a-b-2",
    ]  # fmt: skip


def test_signs_that_cannot_be_seen_become_blanks():
    issue = Issue("which\u200eway\tnow", ("\u202e", "b"))
    profile = Profile("a\x85b", ((0.0, 1.0),), 0.0)
    plan = parse_plan(plan_text(plan_data(Domain("\u200b", (issue,), (profile, profile)))))
    assert [point.title for point in plan.points.values()] == ["which way now"]
    assert {party: said.name for party, said in plan.parties.items()} == {"a-b": "a b", "a-b-2": "a b"}
    assert list(plan.points["which-way-now"].options) == ["option-1", "b"]


def test_a_domain_larger_than_a_plan_is_refused_with_every_reason():
    wide = Issue("wide", tuple(map(str, range(51))))
    profile = Profile("a", (tuple(1e6 for _ in range(51)),), 0.0)
    with pytest.raises(ExportError) as raised:
        plan_data(Domain("x", (wide,), (profile,)))
    assert [fault.split(":")[0] for fault in raised.value.faults] == [
        "negotiators", "values of wide", "utilities of a",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["yml", "json", "xml"])
@pytest.mark.parametrize("seed", range(10))
def test_what_is_written_reads_back(tmp_path, form, seed):
    domain = read_domain([write_genius(tmp_path / "from", random_texts(seed, n_sides=2 + seed % 3))])
    plan = parse_plan(plan_text(plan_data(domain)))
    folder = tmp_path / "to"
    folder.mkdir()
    for name, content in scenario_files(domain_of(plan), form).items():
        (folder / name).write_bytes(content)
    back = read_domain([folder])
    assert back.issues == domain.issues
    for ours, theirs in zip(back.profiles, domain.profiles, strict=True):
        assert ours.name == theirs.name
        assert ours.reservation == theirs.reservation
        for row, other in zip(ours.worth, theirs.worth, strict=True):
            assert row == pytest.approx(other, abs=1e-15)  # fifteen digits of numbers below 1


def test_elicited_worths_and_costs_over_time_are_written_as_the_numbers_that_they_come_to():
    """Of a, weights 3 and 1 and scores of 100; of b, a worth less a cost borne for two years: 4 (1 - 2^-2)."""
    plan = parse_plan(
        json.dumps(
            {
                "plan": 1,
                "name": "asked",
                "title": "Asked",
                "parties": {
                    "a": {
                        "name": "A",
                        "reservation": 0,
                        "elicited": {
                            "weights": {"land": 3, "time": 1},
                            "scores": {"land": {"keep": 100, "give": 20}, "time": {"now": 0, "later": 100}},
                        },
                    },
                    "b": {"name": "B", "reservation": 0, "discount_yearly": 1},
                },
                "points": {
                    "land": {
                        "title": "Land",
                        "options": {
                            "keep": {"worth": {"b": 0.0}},
                            "give": {"worth": {"b": 9.0}, "costs": {"b": {"while_borne": 4, "years": 2}}},
                        },
                    },
                    "time": {
                        "title": "Time",
                        "options": {"now": {"worth": {"b": 1.0}}, "later": {"worth": {"b": 0.5}}},
                    },
                },
            }
        )
    )
    a, b = domain_of(plan).profiles
    assert np.ravel(a.worth) == pytest.approx([0.75, 0.15, 0.0, 0.25])
    assert np.ravel(b.worth) == pytest.approx([0.0, 6.0, 1.0, 0.5])


def test_xml_means_the_same_to_genius_and_to_negmas_also_below_zero(tmp_path):
    issues = (Issue("mixed", ("p", "q")), Issue("below", ("r", "s", "t")), Issue("nothing", ("u", "v")))
    rows = ((-1.0, 3.0), (-2.0, -0.5, 0.0), (0.0, 0.0))
    domain = Domain("signs", issues, (Profile("a", rows, -1.0), Profile("b", rows, 0.5, discount=0.75)))
    for name, content in scenario_files(domain, "xml").items():
        (tmp_path / name).write_bytes(content)
    for reading in ("genius", "negmas"):
        back = read_domain([tmp_path], utility=reading)
        for row, wanted in zip(back.profiles[0].worth, rows, strict=True):
            assert row == pytest.approx(wanted, abs=1e-15)
        assert back.profiles[1].discount == 0.75


@pytest.mark.parametrize("form", ["yml", "json"])
def test_discount_factors_are_kept_where_files_are_written(tmp_path, form):
    domain = picnic(tmp_path / "from")
    for name, content in scenario_files(domain, form).items():
        (tmp_path / name).write_bytes(content)
    back = read_domain([tmp_path])
    assert [profile.discount for profile in back.profiles] == [None, 0.9]
    assert [profile.reservation for profile in back.profiles] == [0.2, -0.5]


NEGMAS_SPACE = """issues:
- name: i one
  type: CategoricalIssue
  values: [a, b c, 'yes']
- {name: num, type: ContiguousIssue, values: [0, 3]}
- {name: card, type: negmas.outcomes.DiscreteCardinalIssue, values: [1, 5.0]}
name: dom
path: null
type: DiscreteCartesianOutcomeSpace
"""
NEGMAS_UTILITY = """name: NAME
reserved_outcome: null
reserved_value: RESERVED
stability: 2047
type: LinearAdditiveUtilityFunction
values:
- mapping: {a: 0.1, b c: 1.0, 'yes': 0.3}
  type: TableFun
- {bias: 0.1, slope: 0.2, type: AffineFun}
- mapping: {1: 0.5, 5.0: 2}
  type: TableFun
weights: [0.5, 2.0, 1.0]
"""


def negmas_folder(folder: Path, *changes: tuple[str, str]) -> Path:
    (folder / "dom.yml").write_text(NEGMAS_SPACE, encoding="utf-8")
    (folder / "_stats.yaml").write_text("statistics: {}", encoding="utf-8")
    for name, reserved in (("u1", "0.25"), ("u2", "-.inf")):
        text = NEGMAS_UTILITY.replace("NAME", name).replace("RESERVED", reserved)
        for old, new in changes:
            text = text.replace(old, new)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_scenario_folder_of_negmas_is_read(tmp_path):
    domain = read_domain([negmas_folder(tmp_path)])
    assert [issue.values for issue in domain.issues] == [("a", "b c", "yes"), ("0", "1", "2", "3"), ("1", "5.0")]
    first, second = domain.profiles
    assert first.worth[0] == (0.05, 0.5, 0.15)
    assert first.worth[1] == pytest.approx((0.2, 0.6, 1.0, 1.4), abs=1e-15)
    assert first.worth[2] == (0.5, 2.0)
    assert (first.reservation, second.reservation) == (0.25, None)
    assert second.reserved("written") == pytest.approx(0.75, abs=1e-15)  # 0.05 + 0.2 + 0.5, the worst


def test_all_faults_of_a_scenario_folder_come_at_once(tmp_path):
    folder = negmas_folder(
        tmp_path, ("type: AffineFun", "type: SinFun"), ("[0.5, 2.0, 1.0]", "[0.5, x]"), ("a: 0.1, ", "")
    )
    with pytest.raises(ValueError, match="6 faults") as raised:
        read_domain([folder])
    said = [f"{fault.path}: {fault.found}" for fault in raised.value.faults]  # type: ignore[attr-defined]
    assert said[:3] == ["values.0: no number for a", "values.1: the value function SinFun", "weights: 2 weights"]


class TestCommands:
    """`ripeness import` and `ripeness export negmas`."""

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    @pytest.fixture(autouse=True)
    def in_empty_folder(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("signal.signal", lambda *_: None)

    def test_import_writes_a_plan_that_deal_accepts(self, capsys, tmp_path):
        write_genius(tmp_path / "picnic", PICNIC)
        status, out, _ = self.run(capsys, "import", "picnic", "--out", "plan.yaml")
        assert status == 0
        assert "Wrote plan.yaml: 2 points, parties prof1, prof2." in out
        status, out, _ = self.run(capsys, "deal", "plan.yaml", "--json")
        assert status == 0
        answer = json.loads(out)
        assert answer["solutions"][0]["options"] == {"main-dish": "meat", "drinks": "wine-red"}

    def test_import_never_overwrites(self, capsys, tmp_path):
        write_genius(tmp_path / "picnic", PICNIC)
        (tmp_path / "plan.yaml").write_text("mine", encoding="utf-8")
        status, _, err = self.run(capsys, "import", "picnic", "--out", "plan.yaml")
        assert status == 2
        assert "plan.yaml, which is there already; allowed: a new file" in err
        assert (tmp_path / "plan.yaml").read_text(encoding="utf-8") == "mine"

    def test_a_broken_file_leaves_nothing_behind(self, capsys, tmp_path):
        write_genius(tmp_path / "picnic", PICNIC)
        (tmp_path / "picnic" / "prof1.xml").write_text("<utility_space/>", encoding="utf-8")
        status, _, err = self.run(capsys, "import", "picnic", "--out", "plan.yaml")
        assert status == 2
        assert "found no evaluations of Main dish, Drinks;" in err
        assert not (tmp_path / "plan.yaml").exists()

    def test_export_and_import_are_inverse(self, capsys, tmp_path):
        write_genius(tmp_path / "picnic", PICNIC)
        self.run(capsys, "import", "picnic", "--out", "plan.yaml")
        for form in ("yml", "json", "xml"):
            status, out, _ = self.run(
                capsys, "export", "negmas", "plan.yaml", "--out", form, "--format", form, "--json"
            )
            assert status == 0
            assert json.loads(out)["files"] == [f"domain.{form}", f"prof1.{form}", f"prof2.{form}"]
            assert self.run(capsys, "import", form, "--out", f"{form}.yaml")[0] == 0
            before, after = load_plan("plan.yaml"), load_plan(f"{form}.yaml")
            for point in before.points:
                for option, said in before.points[point].options.items():
                    assert after.points[point].options[option].worth == pytest.approx(said.worth, abs=1e-15)

    def test_export_refuses_what_it_cannot_hold_unless_told_to_leave_it_out(self, capsys, tmp_path):
        text = RIVERS.partition("```yaml\n")[2].partition("```")[0]
        (tmp_path / "rivers.yaml").write_text(text, encoding="utf-8")
        status, _, err = self.run(capsys, "export", "negmas", "rivers.yaml")
        assert status == 2
        assert err.count("allowed: none") == 4  # three kinds of conditions and a red line
        assert not (tmp_path / "two-rivers").exists()
        status, out, _ = self.run(capsys, "export", "negmas", "rivers.yaml", "--without-conditions")
        assert status == 0
        assert "Left out: points.line.options.river" in out
        assert "whose consent is not needed (guild)" in out
        domain = read_domain([tmp_path / "two-rivers"])
        assert [profile.name for profile in domain.profiles] == ["Northland", "Southland"]
        assert [profile.reservation for profile in domain.profiles] == [0.3, 0.3]

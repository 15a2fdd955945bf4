"""The command ripeness-verify: one line a case, an exit status to rely on, clear words for a bad file."""

from __future__ import annotations

import json

import pytest

from ripeness.theory.verify import main

GOOD = {
    "id": "duel_x", "section": "10.4", "kind": "exact", "tolerance": {"abs": 1e-9},
    "params": {"alpha": 0.3, "beta": 0.2, "p_A": 0.3, "p_D": 0.4}, "expected": {"exp_prob_A": 0.6},
}  # fmt: skip
WRONG = {**GOOD, "id": "duel_y", "expected": {"exp_prob_A": 0.7}}
UNKNOWN = {**GOOD, "id": "unheard_of_9", "section": "3.10"}


@pytest.fixture
def write(tmp_path):
    def to_file(*cases):
        path = tmp_path / "cases.json"
        path.write_text(json.dumps({"schema_version": 1, "cases": list(cases)}))
        return str(path)

    return to_file


def test_all_passed_exits_with_zero_and_says_how_each_was_tested(write, capsys):
    assert main([write(GOOD, UNKNOWN)]) == 0
    passed, left_out, _, said = capsys.readouterr().out.splitlines()
    assert passed.split()[:4] == ["duel_x", "10.4", "exact", "engine"]
    assert passed.endswith("PASS")
    assert left_out.endswith("docs/verification.md lists those known")
    assert said.startswith("2 cases: 1 passed (1 through the engine, 0 as functions), 0 failed, 1 not run")


def test_a_failure_exits_with_one_and_names_the_number(write, capsys):
    assert main([write(GOOD, WRONG)]) == 1
    out = capsys.readouterr().out
    assert "FAIL  exp_prob_A (exact)" in out
    assert "0.1 / 1.0e-09" in out


def test_json_says_the_same_to_machines(write, capsys):
    assert main([write(GOOD, WRONG, UNKNOWN), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [case["status"] for case in document["cases"]] == ["PASS", "FAIL", "NOT RUN"]
    assert (document["passed"], document["failed"], document["not_run"]) == (1, 1, 1)
    assert document["cases"][1]["worst"]["error"] == pytest.approx(0.1)


def test_filters_leave_only_what_was_asked_for(write, capsys):
    path = write(GOOD, WRONG, UNKNOWN)
    assert main([path, "--id", "duel_x"]) == 0
    assert main([path, "--section", "3"]) == 0
    assert main([path, "--section", "3.10", "--json"]) == 0
    assert main([path, "--section", "77"]) == 2
    assert "no case is left by the filters" in capsys.readouterr().err


def test_table_is_markdown_by_section(write, capsys):
    assert main([write(GOOD, WRONG, UNKNOWN), "--table"]) == 1
    rows = capsys.readouterr().out.splitlines()
    assert all(row.startswith("|") and row.endswith("|") for row in rows)
    assert len({row.count("|") for row in rows}) == 1
    assert any("**1 failed**" in row for row in rows)
    assert any("1 not run: no runner" in row for row in rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "a list under 'cases'"),
        ('{"cases": 3}', "a list under 'cases'"),
        ('{"schema_version": 2, "cases": []}', "schema_version 2 is not known"),
        ('{"cases": [3]}', "case 0: must be an object"),
        ('{"cases": [{"id": "a"}]}', "case 0 (a): 'section' must be a text"),
        ("[" * 100_000, "nested too deeply"),
        ('{"cases": [' + "9" * 5000 + "]}", "not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_exits_with_two_and_says_why(tmp_path, capsys, text, said):
    path = tmp_path / "cases.json"
    path.write_text(text)
    assert main([str(path)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "guess"}, "kind must be one of exact, limit, formula, property"),
        ({"expected": {}}, "expected is empty"),
        ({"engine": 3}, "'engine' and 'tolerance' must be objects"),
        ({"tolerance": {"abs": -1}}, "tolerance.abs must be a number between 0"),
        ({"tolerance": {"abs": True}}, "tolerance.abs must be a number between 0"),
        ({"tolerance": {"reference_runs": [{"h": 0.1}]}}, "must be a list of objects with h and lam"),
        ({"tolerance": {"reference_runs": [{"h": 0, "lam": 1}]}}, "h of a reference run must be a positive number"),
        ({"tolerance": {"applies_to": 3}}, "tolerance.applies_to must be names"),
    ],
)
def test_all_faults_of_the_cases_are_reported_together(write, capsys, change, said):
    assert main([write({**GOOD, **change}, GOOD, GOOD, {**GOOD, "id": 3})]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "id 'duel_x' stands twice" in err
    assert "case 3: 'id' must be a text, found 3" in err


def test_a_missing_file_exits_with_two(tmp_path, capsys):
    assert main([str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err

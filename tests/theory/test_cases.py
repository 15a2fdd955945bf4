"""Published results come out of the engine: every case of the theory at its stated tolerance."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ripeness.theory.case import Case, parse_case, read_cases
from ripeness.theory.cases import runner_of
from ripeness.theory.compare import verify_case
from ripeness.theory.runner import NotRun

PATH = Path(__file__).resolve().parents[3] / "shared" / "theory_cases.json"
CASES = read_cases(PATH) if PATH.is_file() else []
SLOW = (
    "fearon_risk_return", "powell_status_quo", "screening_T2", "screening_inf", "golden_private_2", "aqre_types_3",
    "aqre_types_2", "optimism_3", "optimism_4", "preventive_inf_2", "courted_1", "courted_2",
)  # fmt: skip
"""Two hundred types, some hundred packages at precisions of thousands over many periods, thousands of beliefs; and the
longest of those that have others of their kind among the fast ones."""
PARAMETERS = [
    pytest.param(case, id=case.id, marks=[pytest.mark.slow] if case.id.startswith(SLOW) else []) for case in CASES
]


@pytest.mark.skipif(not CASES, reason=f"no {PATH.name} in the folder shared beside the project")
@pytest.mark.parametrize("case", PARAMETERS)
def test_case_holds_at_its_stated_tolerance(case):
    verdict = verify_case(case)
    assert verdict.status == "PASS", f"{verdict.reason}: {verdict.worst}"


def test_every_case_is_run(theory_cases):
    assert [case.id for case in CASES if isinstance(runner_of(case.id), NotRun)] == []
    assert len(CASES) == 166


def test_a_runner_sees_names_but_no_expected_numbers():
    expected = {"VA": 0.5, "by_date": [0.1, {"sum": 3, "yes": True}], "path": [{"delta_tilde": 0.9, "rounds": 2}]}
    assert _case(id="x", params={}, expected=expected).blind().expected == {
        "VA": None,
        "by_date": [None, {"sum": None, "yes": None}],
        "path": [{"delta_tilde": 0.9, "rounds": None}],
    }


@pytest.mark.parametrize(
    "case_id", ["aqre_alt_2", "rub_finite_1", "golden_complete_1", "courted_4", "optimism_6", "beer_quiche_lam2_p0.6"]
)
def test_every_wrong_expectation_is_noticed(theory_cases, case_id):
    case = next(case for case in CASES if case.id == case_id)
    wrong = replace(case, expected={name: _shifted(value) for name, value in case.expected.items()})
    verdict = verify_case(wrong)
    assert verdict.status == "FAIL"
    noticed = {re.split(r"[.\[ ]", d.name)[0] for d in verdict.deviations if d.ratio > 1.0}
    assert noticed == set(case.expected)


def _shifted(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [_shifted(value[0]), *value[1:]] if value else [1]
    if isinstance(value, dict):
        return {key: _shifted(inner) for key, inner in value.items()}
    return 3 if value is None else value + 2.0


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "params lacks 'T'"),
        ({"T": 1.5}, "params.T must be a whole number"),
        ({"T": "x"}, "params.T must be a number"),
    ],
)
def test_a_case_that_lacks_a_parameter_fails_and_says_which(params, said):
    given = {"lam": 1, "delta_A": 1, "delta_D": 1, "offer_points": 3, **params}
    case = _case(id="aqre_alt_x", params=given, expected={"VA": 0.5})
    verdict = verify_case(case)
    assert verdict.status == "FAIL"
    assert said in verdict.reason


def test_an_expected_name_that_is_not_computed_fails():
    params = {"delta_A": 0.9, "delta_D": 0.8, "T": 1, "lam": 10, "offer_points": 11}
    verdict = verify_case(_case(id="aqre_alt_x", params=params, expected={"VX": 0.5}))
    assert (verdict.status, verdict.reason) == ("FAIL", "not computed: VX")


def test_an_id_without_a_runner_is_not_run():
    verdict = verify_case(_case(id="unheard_of_1", params={}, expected={"VA": 0.5}))
    assert verdict.status == "NOT RUN"
    assert "no runner" in verdict.reason


def _case(**given: Any) -> Case:
    return parse_case({"section": "1", "kind": "exact", "tolerance": {"abs": 1e-9}, **given})

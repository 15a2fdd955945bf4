"""The claims of the shipped war: all arguments of its source, and which of them need a secret to be asked."""

from __future__ import annotations

import pytest

from ripeness.ensembles.inquiry import Options, ask_claims
from ripeness.scenario import ScenarioError, load
from ripeness.scenario.cases import case_text
from ripeness.scenario.loading import parse

NAME = "ukraine-2025-12"
ABOUT_SECRETS = ["the-patron-expects-peace-too-soon", "the-misreading-costs-ukraine"]


def test_every_claim_cites_its_sentences():
    claims = load(NAME).claims
    assert len(claims) >= 18
    assert all(claim.citations and all(each.sha256 for each in claim.citations) for claim in claims)


def test_what_is_claimed_changes_nothing_in_the_war():
    """A claim only asks: with and without claims and levers it is the same scenario to everything that is solved."""
    from ripeness.scenario.ledger import scenario_hash

    war = load(NAME)
    assert scenario_hash(war) == scenario_hash(war.model_copy(update={"claims": (), "levers": ()}))


def test_claims_about_secrets_are_set_aside_where_there_are_none():
    assert [claim.id for claim in load(NAME).claims if claim.needs == "beliefs.attacker"] == ABOUT_SECRETS
    load(NAME, ["beliefs=null"])
    without = case_text(NAME).replace(b"    needs: beliefs.attacker\n", b"")
    with pytest.raises(ScenarioError, match=r"claims\.10.*beliefs\.attacker\.types"):
        parse(without, "war.yaml", ["beliefs=null", "plan=null"])


@pytest.mark.slow
def test_a_claim_set_aside_is_named(tmp_path):
    war = load(NAME, ["beliefs=null"])
    asked = ask_claims(
        war, [ABOUT_SECRETS[0], "the-line-moves-slowly-and-one-way"], Options(n=2, folder=tmp_path / "e")
    )
    assert [each.claim.id for each in asked.verdicts] == ["the-line-moves-slowly-and-one-way"]
    assert any(ABOUT_SECRETS[0] in note and ABOUT_SECRETS[1] not in note for note in asked.ensemble.notes)

"""The deal desk on a plan file, or on the plan of a scenario with what the solved war says about signing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ripeness.deals.desk import Desk, negotiate
from ripeness.deals.plan import PlanSection
from ripeness.deals.plan_reading import load_plan
from ripeness.deals.shortlist import Listed, party_of, shortlist
from ripeness.game.breaking import breakdown_yearly
from ripeness.mechanisms.base import Package
from ripeness.scenario.cases import case_names
from ripeness.scenario.faults import Fault, ScenarioError
from ripeness.scenario.loading import load, read_source
from ripeness.scenario.quantity import Quantity
from ripeness.scenario.reading import read
from ripeness.scenario.schema import Scenario

N_LISTED = 8
"""Efficient packages on the short list where the agenda does not say how many."""


@dataclass(frozen=True)
class OnAgenda:
    """A package of the short list, and how soon a peace on it would break.

    Attributes:
        breaks_yearly: hazard per year at the start of the scenario.
    """

    package: Listed
    breaks_yearly: float


@dataclass(frozen=True)
class Dealt:
    """What `ripeness deal` says.

    Attributes:
        desk: the answers about the plan.
        agenda: short list on which the war would be bargained over; empty for a plan without a war.
        from_war: reservations of the solved war, by party; empty where they are the plan's own.
    """

    desk: Desk
    agenda: tuple[OnAgenda, ...]
    from_war: Mapping[str, Quantity]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        agenda = [
            {
                "name": each.package.name, "draft": each.package.draft, "options": each.package.options,
                "worth": each.package.worth, "shift": each.package.shift, "guarantees": each.package.guarantees,
                "extra": each.package.extra, "breaks_yearly": each.breaks_yearly,
            }
            for each in self.agenda
        ]  # fmt: skip
        war = {party: {"value": float(said), "range": said.range} for party, said in self.from_war.items()}
        return {**self.desk.as_dict(), "agenda": agenda, "reservations_from_war": war}


def deal(
    source: str | Path,
    sets: Sequence[str] = (),
    run: str | Path | None = None,
    *,
    drafts: Sequence[str] | None = None,
    parties: Sequence[str] | None = None,
    amend: str | None = None,
    time_limit_s: float | None = None,
    n_draws: int = 0,
    seed: int = 0,
    amend_all: bool = False,
) -> Dealt:
    """Answers about a plan file, or about the plan of a case or scenario file.

    Args:
        source: plan file, scenario file, or name of a shipped case.
        sets: changes `path=value` of a scenario.
        run: run folder of the war, whose values of fighting on become the reservations of the parties with a `role`.

    Raises:
        ScenarioError: faults of the file, or of the names given.
        DealError: the plan is too large for an exact answer.
        RunError: a folder that is no run of a war with a plan's actors.
    """
    plan, scenario = read_plan(source, sets)
    from_war: dict[str, Quantity] = {}
    if run is not None:
        from ripeness.runs.reservations import with_reservations  # loads xarray, for which others need not wait

        plan, from_war = with_reservations(plan, run)
    desk = negotiate(plan, drafts, parties, amend, time_limit_s, n_draws, seed, amend_all)
    return Dealt(desk, on_agenda(plan, scenario), from_war)


def read_plan(source: str | Path, sets: Sequence[str] = ()) -> tuple[PlanSection, Scenario | None]:
    """The plan in a file of its own, or in a scenario together with that scenario.

    Raises:
        ScenarioError: with every fault; a scenario without a plan is one.
    """
    is_case = isinstance(source, str) and source in case_names()
    if not is_case:
        text, file = read_source(source)
        root = read(text, file).root
        if root is None or root.child("ripeness") is None:
            if sets:
                found = "changes of a plan file"
                raise ScenarioError([Fault("--set", 1, 1, "", found, "changes of a scenario", "Edit the plan.")])
            return load_plan(source), None
    scenario = load(source, sets)
    if scenario.plan is None:
        remedy = "Add `plan`, with points and options or the name of a plan file; docs/deals.md has one."
        raise ScenarioError([Fault(str(source), 1, 1, "plan", "no plan", "a scenario with a plan", remedy)])
    said = scenario.plan
    if "title" not in said.model_fields_set:
        said = said.model_copy(update={"title": f"Plan of {scenario.title}"})
    return said, scenario


def on_agenda(plan: PlanSection, scenario: Scenario | None) -> tuple[OnAgenda, ...]:
    """The short list of a scenario's plan, whether or not its agenda draws on it."""
    if scenario is None or party_of(plan, "attacker") is None or party_of(plan, "defender") is None:
        return ()
    asked = scenario.agenda.plan
    listed = shortlist(plan, N_LISTED if asked is None else asked.packages, None if asked is None else asked.drafts)
    return tuple(
        OnAgenda(
            each, breakdown_yearly(scenario, Package(each.name, None, each.shift, each.guarantees, each.extra))
        )
        for each in listed
    )  # fmt: skip

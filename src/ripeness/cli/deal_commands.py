"""Commands about plans: deal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ripeness.cli.scenario_commands import Json, Sets
from ripeness.cli.terminal import console, guarded, print_json

if TYPE_CHECKING:
    from ripeness.deals.amendments import Amendment
    from ripeness.deals.desk import Desk
    from ripeness.deals.drafts import DraftComparison, DraftScore
    from ripeness.runs.dealing import Dealt


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(guarded(deal))


def deal(
    plan: Annotated[
        str, typer.Argument(metavar="PLAN_OR_CASE", help="A plan file, or a case or scenario file that has a plan.")
    ],
    drafts: Annotated[
        str | None, typer.Option("--drafts", metavar="A,B", help="Drafts to score; two are compared. [default: all]")
    ] = None,
    parties: Annotated[
        str | None,
        typer.Option("--parties", metavar="A,B,C", help="Whose signatures are needed. [default: the plan's]"),
    ] = None,
    amend: Annotated[
        str | None, typer.Option("--amend", metavar="DRAFT", help="Smallest changes that make it acceptable to all.")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="RUN", help="Run folder of the war: who signs is what beats fighting on there."),
    ] = None,
    frontier: Annotated[
        Path | None, typer.Option("--frontier", metavar="OUT", help="Write the page of the plan, one HTML file.")
    ] = None,
    sets: Sets = None,
    n_draws: Annotated[
        int, typer.Option("--draws", min=0, max=100_000, help="Draws of the worths from their ranges; 0: none.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 0,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0.0, help="Seconds for each question; then what is known so far.")
    ] = 60.0,
    as_json: Json = False,
) -> None:
    """Who could sign which version of a plan, and the smallest change that all could."""
    from ripeness.runs.dealing import deal as dealt

    said = dealt(
        plan, tuple(sets or ()), run, drafts=_names(drafts), parties=_names(parties), amend=amend,
        time_limit_s=time_limit_s, n_draws=n_draws, seed=seed, amend_all=frontier is not None,
    )  # fmt: skip
    if frontier is not None:
        from ripeness.report.deal_page import write_deal_page

        write_deal_page(frontier, said.desk, [each.package for each in said.agenda])
    if as_json:
        print_json(said.as_dict())
        return
    _print_answer(said, amend)
    if frontier is not None:
        print(f"\nPage: {frontier}")


def _print_answer(said: Dealt, amend: str | None) -> None:
    answer, out = said.desk, console()
    print(f"{answer.plan.title}: {_count(answer.plan.points, 'point')}; must sign: {', '.join(_signers(answer))}")
    asked = [party.name for party in answer.plan.parties.values() if party.signature == "asked"]
    if asked:
        print(f"Asked to sign as well: {', '.join(asked)}")
    for party, reservation in said.from_war.items():
        low, high = reservation.range or (reservation, reservation)
        name = answer.plan.parties[party].name
        print(f"{name} signs for {reservation:.4g} or more ({low:.4g} to {high:.4g}), by the solved war.")
    for name, asked_party in answer.plan.parties.items():
        for sentence in _inconsistent(answer, name, asked_party):
            print(sentence)
    print(_frontier(answer))
    for each in answer.drafts:
        _print_draft(out, answer, each)
    if answer.comparison is not None:
        _print_comparison(out, answer, answer.comparison)
    if answer.solutions:
        _print_solutions(out, answer)
    else:
        _print_conflict(answer)
    if answer.robustness is not None:
        _print_robustness(out, answer)
    if said.agenda:
        _print_agenda(out, said)
    if answer.amendments is not None:
        _print_amendments(answer)
    elif amend is not None and answer.conflict:
        print(f"\nNo change of {amend} makes it acceptable to all: no package is.")
    for sentence in answer.unanswered:
        print(f"\n{sentence}")


def _names(said: str | None) -> list[str] | None:
    """Words between commas."""
    return None if said is None else [word.strip() for word in said.split(",") if word.strip()]


def _count(things: Any, word: str) -> str:
    number = things if isinstance(things, int) else len(things)
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _signers(answer: Desk) -> list[str]:
    return [answer.plan.parties[party].name for party in answer.parties]


def _frontier(answer: Desk) -> str:
    said = answer.frontier
    if not said.n_packages:
        return "No package keeps the plan's conditions and the signers' red lines."
    figures = f"{_count(said.n_packages, 'efficient package')}, {said.n_acceptable:,} of them acceptable to all"
    if not said.within:
        return f"{figures} (exact)."
    bounds = ", ".join(f"{party} {bound:.3g}" for party, bound in said.bound.items())
    return (
        f"{figures} (approximate: for every package, one listed is at most this much worse: {bounds}; "
        f"{said.within:.2%} of what is between best and worst)."
    )


def _table(columns: Sequence[str]) -> Any:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if index == 0 else "right", overflow="fold")
    return table


def _show(out: Any, title: str, table: Any) -> None:
    from rich.text import Text

    out.print(Text(title, style="bold"))
    out.print(table)


def _add(table: Any, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*map(Text, cells))


def _print_draft(out: Any, answer: Desk, said: DraftScore) -> None:
    table = _table(["party", "worth", "reservation", "gain", "signs"])
    for verdict in said.parties:
        must = verdict.party in answer.parties
        crossed = f": red line at {', '.join(verdict.red_lines)}" if verdict.red_lines else ""
        signs = ("yes" if verdict.signs else f"no{crossed}") + ("" if must else " (need not)")
        name = answer.plan.parties[verdict.party].name
        _add(table, name, f"{verdict.worth:.4g}", f"{verdict.reservation:.4g}", f"{verdict.gain:+.4g}", signs)
    out.print()
    _show(out, f"Draft {said.draft}", table)
    for condition in said.broken:
        print(f"It breaks a condition: {condition}.")
    parties = list(answer.plan.parties)
    table = _table(["point", "option", *parties])
    cells = {(each.point, each.party): each for each in said.points}
    for name in answer.plan.points:
        row = [cells[name, party] for party in parties]
        _add(table, name, row[0].option, *(_verdict(each.verdict, each.concession) for each in row))
    _show(out, "Point by point", table)


def _verdict(word: str, concession: float) -> str:
    return f"{word} -{concession:.4g}" if concession else word


def _print_comparison(out: Any, answer: Desk, said: DraftComparison) -> None:
    parties = list(answer.plan.parties)
    table = _table(["point", "before", "after", *parties])
    for each in said.differences:
        _add(table, each.point, each.before, each.after, *(f"{each.change[party]:+.4g}" for party in parties))
    if any(said.together.values()):
        _add(table, "worth together", "", "", *(f"{said.together[party]:+.4g}" for party in parties))
    _add(table, "all", "", "", *(f"{said.total[party]:+.4g}" for party in parties))
    out.print()
    _show(out, f"From {said.before} to {said.after}: change of worth", table)


def _print_solutions(out: Any, answer: Desk) -> None:
    table = _table(["rule", *answer.parties])
    for chosen in answer.solutions:
        _add(table, chosen.rule, *(f"{chosen.gain[party]:+.4g}" for party in answer.parties))
    for rule, gain in answer.lotteries.items():
        _add(table, f"{rule}, by lot", *(f"{gain[party]:+.4g}" for party in answer.parties))
    out.print()
    _show(out, "What impartial rules pick: gain over the reservation", table)
    table = _table(["point", *(chosen.rule for chosen in answer.solutions)])
    for point in answer.plan.points:
        _add(table, point, *(chosen.options[point] for chosen in answer.solutions))
    _show(out, "Their options", table)


def _inconsistent(answer: Desk, name: str, party: Any) -> list[str]:
    """Sentences on comparisons that contradict each other more than is commonly accepted."""
    from ripeness.scenario.worths import comparisons_of

    if party.elicited is None:
        return []
    asked = {"points": (list(answer.plan.points), party.elicited.weights_compared)}
    for point, said in party.elicited.scores_compared.items():
        asked[f"options of {point}"] = (list(answer.plan.points[point].options), said)
    found = []
    for what, (things, comparisons) in asked.items():
        answers = comparisons_of(things, comparisons) if comparisons else None
        if answers is not None and answers.inconsistency > answers.limit:
            index = f"index {answers.inconsistency:.2f}, commonly at most {answers.limit:.2f}"
            found.append(f"Comparisons of {name} between {what} contradict each other ({index}): ask again.")
    return found


def _print_robustness(out: Any, answer: Desk) -> None:
    said = answer.robustness
    if said is None:
        return
    table = _table(["package", "all who must sign", *answer.parties])
    for each in said.packages:
        _add(table, each.label, f"{each.share:.1%}", *(f"{each.by_party[party]:.1%}" for party in answer.parties))
    out.print()
    _show(out, f"How often it stays acceptable over the ranges of the worths ({said.n_draws:,} draws)", table)


def _print_agenda(out: Any, said: Dealt) -> None:
    plan = said.desk.plan
    roles = [role for role in ("attacker", "defender", "patron") if role in said.agenda[0].package.extra]
    table = _table(["package", "shift", "guarantees", "breaks a year", *(f"beyond terms: {role}" for role in roles)])
    for each in said.agenda:
        listed = each.package
        extra = (f"{listed.extra[role]:+.4g}" for role in roles)
        _add(
            table, listed.name, f"{listed.shift:+.4g}", f"{listed.guarantees:.2f}", f"{each.breaks_yearly:.3f}", *extra
        )
    out.print()
    _show(out, "Short list for the war (agenda.plan)", table)
    points = [point for point in plan.points if len({each.package.options[point] for each in said.agenda}) > 1]
    columns = [each.package for each in said.agenda if not each.package.draft]
    table = _table(["point", *(each.name for each in columns)])
    for point in points:
        _add(table, point, *(each.options[point] for each in columns))
    _show(out, "Their options, where packages of the list differ", table)


def _print_conflict(answer: Desk) -> None:
    if len(answer.conflict) == 1:
        print("\nNo package is acceptable to all: this cannot be met, even by itself:")
    else:
        print("\nNo package is acceptable to all. These cannot be met together; without any one of them, the rest can:")
    for demand in answer.conflict:
        print(f"  - {demand.says}")


def _print_amendments(answer: Desk) -> None:
    said = answer.amendments
    if said is None or not said.found:
        return
    first = said.found[0]
    if not first.changes:
        print(f"\n{said.draft} is acceptable to all as it stands.")
        return
    more = "" if said.complete else " and more"
    print(
        f"\nSmallest amendments of {said.draft}: {_count(first.changes, 'point')} changed, weight {first.weight:.4g}; "
        f"{len(said.found)}{more} equally small."
    )
    for number, amendment in enumerate(said.found, 1):
        print(f"  {number}. {_amendment(amendment)}")


def _amendment(said: Amendment) -> str:
    changes = "; ".join(f"{each.point}: {each.before} -> {each.after}" for each in said.changes)
    worth = ", ".join(f"{party} {value:.4g}" for party, value in said.worth.items())
    return f"{changes} (worth: {worth})"

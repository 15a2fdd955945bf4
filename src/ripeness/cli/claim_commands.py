"""Commands about whole ranges of assumptions: claims, levers, why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ripeness.cli.run_commands import Grid
from ripeness.cli.scenario_commands import Json, Sets, Source
from ripeness.cli.terminal import console, guarded, print_json, progress_bar

if TYPE_CHECKING:
    from ripeness.ensembles.inquiry import ClaimsAnswer, LeversAnswer, Options, WhyAnswer
    from ripeness.questions.verdicts import Ensemble
    from ripeness.scenario import Scenario


class Kind(StrEnum):
    """How the draws are spread over the ranges."""

    latin = "latin"
    sobol = "sobol"


Draws = Annotated[int, typer.Option("--draws", min=1, help="How many scenarios are drawn from the ranges.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")]
KindOption = Annotated[Kind, typer.Option("--kind", help="How the draws are spread over the ranges.")]
GridOption = Annotated[Grid, typer.Option("--grid", help="Size of the axes that do not state their own.")]
Horizon = Annotated[int | None, typer.Option("--horizon", help="Number of periods. [default: the scenario's]")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; they change no result. [default: one a processor]")
]
On = Annotated[str | None, typer.Option("--on", metavar="tcp://…", help="Dask scheduler that computes instead.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder of the results. [default: ensembles/NAME-HASH]")
]
Page = Annotated[Path | None, typer.Option("--page", metavar="FILE", help="The page. [default: in that folder]")]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID=PATH", help="Quote cited sentences from it in the page; may be repeated."),
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Compute draws again that failed before.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    for command in (claims, levers, why):
        app.command()(guarded(command))


def claims(
    source: Source,
    only: Annotated[
        str | None, typer.Option("--only", metavar="A,B", help="Ids of claims to judge. [default: all]")
    ] = None,
    sets: Sets = None,
    draws: Draws = 256,
    seed: Seed = 0,
    kind: KindOption = Kind.latin,
    grid: GridOption = Grid.coarse,
    horizon: Horizon = None,
    workers: Workers = None,
    on: On = None,
    out: Out = None,
    page: Page = None,
    document: Documents = None,
    retry_failed: Retry = False,
    as_json: Json = False,
) -> None:
    """In how much of the ranges each claim holds, and what that hinges on."""
    from ripeness.ensembles.inquiry import ask_claims
    from ripeness.report.claims_page import write_claims_page

    scenario, quotes = _read(source, sets, document)
    with progress_bar(not as_json) as progress:
        options = _options(draws, seed, kind, grid, horizon, workers, on, out, retry_failed, progress)
        answer = ask_claims(scenario, _names(only), options)
    path = _page(page, answer.ensemble, "claims")
    write_claims_page(path, scenario, answer.ensemble, answer.verdicts, quotes, run_info(scenario, answer.ensemble))
    if as_json:
        from ripeness.ensembles.plain import claims_dict

        print_json({**claims_dict(answer), "page": str(path)})
        return
    _print_claims(answer)
    _print_end(answer.ensemble, path)


def levers(
    source: Source,
    measure: Annotated[
        str, typer.Option("--measure", metavar="MEASURE", help="What levers are ranked by, as for `why`.")
    ] = "chance_of_settlement",
    target: Annotated[
        float | None, typer.Option("--target", help="Value of the measure: what would it take to reach it?")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="A,B", help="Ids of levers to compare. [default: all]")
    ] = None,
    pairs: Annotated[int, typer.Option("--pairs", min=0, help="At most so many pairs, of the strongest levers.")] = 6,
    pair_draws: Annotated[int, typer.Option("--pair-draws", min=0, help="In how many draws pairs are solved.")] = 32,
    target_draws: Annotated[
        int, typer.Option("--target-draws", min=0, help="In how many draws the least strength is found as well.")
    ] = 0,
    sets: Sets = None,
    draws: Draws = 256,
    seed: Seed = 0,
    kind: KindOption = Kind.latin,
    grid: GridOption = Grid.coarse,
    horizon: Horizon = None,
    workers: Workers = None,
    on: On = None,
    out: Out = None,
    page: Page = None,
    document: Documents = None,
    retry_failed: Retry = False,
    as_json: Json = False,
) -> None:
    """What somebody could do: levers ranked by what they do to a measure, whom they help, and what it would take."""
    from ripeness.ensembles.inquiry import ask_levers
    from ripeness.report.lever_page import write_lever_page
    from ripeness.scenario.measures import parse_asked

    asked = parse_asked(measure)
    scenario, quotes = _read(source, sets, document)
    with progress_bar(not as_json) as progress:
        options = _options(draws, seed, kind, grid, horizon, workers, on, out, retry_failed, progress)
        answer = ask_levers(
            scenario, asked, _names(only), options, most_pairs=pairs, pair_draws=pair_draws, target=target,
            target_draws=target_draws,
        )  # fmt: skip
    path = _page(page, answer.ensemble, f"levers-{_slug(measure)}")
    write_lever_page(path, scenario, answer.ensemble, answer.table, quotes, run_info(scenario, answer.ensemble))
    if as_json:
        from ripeness.ensembles.plain import levers_dict

        print_json({**levers_dict(answer), "page": str(path)})
        return
    _print_levers(answer)
    _print_end(answer.ensemble, path)


def why(
    measure: Annotated[
        str, typer.Argument(metavar="MEASURE", help="For example chance_of_settlement:within=12 or value:of=attacker.")
    ],
    source: Source,
    blocks: Annotated[
        int, typer.Option("--blocks", min=0, help="Blocks of draws for first and total indices; 0: from the ensemble.")
    ] = 0,
    local: Annotated[bool, typer.Option("--local/--no-local", help="Slopes near the scenario's own numbers.")] = True,
    sets: Sets = None,
    draws: Draws = 256,
    seed: Seed = 0,
    kind: KindOption = Kind.latin,
    grid: GridOption = Grid.coarse,
    horizon: Horizon = None,
    workers: Workers = None,
    on: On = None,
    out: Out = None,
    page: Page = None,
    retry_failed: Retry = False,
    as_json: Json = False,
) -> None:
    """What a measure depends on: over the whole ranges, and near the scenario's own numbers."""
    from ripeness.ensembles.inquiry import ask_why
    from ripeness.report.why_page import write_why_page
    from ripeness.scenario.measures import parse_asked

    asked = parse_asked(measure)
    scenario, _ = _read(source, sets, None)
    with progress_bar(not as_json) as progress:
        options = _options(draws, seed, kind, grid, horizon, workers, on, out, retry_failed, progress)
        answer = ask_why(scenario, asked, options, blocks=blocks, local=local)
    path = _page(page, answer.ensemble, f"why-{_slug(measure)}")
    write_why_page(path, scenario, answer.ensemble, answer.why, run_info(scenario, answer.ensemble))
    if as_json:
        from ripeness.ensembles.plain import why_dict

        print_json({**why_dict(answer), "page": str(path)})
        return
    _print_why(answer)
    _print_end(answer.ensemble, path)


def _read(source: str, sets: Sequence[str] | None, document: Sequence[str] | None) -> tuple[Scenario, Any]:
    """The scenario, and quotes from the documents supplied."""
    from ripeness.scenario import load

    scenario = load(source, tuple(sets or ()))
    if not document:
        return scenario, {}
    from ripeness.runs.execute import quotes_of

    return scenario, quotes_of(scenario, dict(_pair(said) for said in document))


def _pair(said: str) -> tuple[str, str]:
    name, equals, path = said.partition("=")
    if not (equals and name and path):
        raise typer.BadParameter(f"{said!r} is not of the form ID=PATH", param_hint="--document")
    return name, path


def _options(
    draws: int, seed: int, kind: Kind, grid: Grid, horizon: int | None, workers: int | None, on: str | None,
    out: Path | None, retry_failed: bool, progress: Any,
) -> Options:  # fmt: skip
    from ripeness.ensembles.inquiry import Options

    return Options(draws, seed, kind.value, grid.value, horizon, workers, on, out, retry_failed, progress)


def _names(said: str | None) -> list[str] | None:
    """Words between commas."""
    return None if said is None else [word.strip() for word in said.split(",") if word.strip()]


def _slug(measure: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", measure.lower()).strip("-")[:80]


def _page(page: Path | None, ensemble: Ensemble, name: str) -> Path:
    return Path(ensemble.folder) / f"{name}.html" if page is None else page


def run_info(scenario: Scenario, ensemble: Ensemble) -> dict[str, str]:
    """What a page says at its end of how it was made."""
    from importlib.metadata import version

    from ripeness.scenario import scenario_hash

    return {
        "ripeness": version("ripeness"), "scenario": scenario.name, "scenario SHA-256": scenario_hash(scenario),
        "draws": f"{ensemble.n}, {ensemble.kind}, seed {ensemble.seed}", "grid": ensemble.grid,
        "horizon": f"{ensemble.horizon} periods", "folder": ensemble.folder,
    }  # fmt: skip


def _print_claims(answer: ClaimsAnswer) -> None:
    from ripeness.questions.claim_words import amount
    from ripeness.report.claims_page import headline, hinge_or_mover, hinge_said, share_said
    from ripeness.report.ranges import Named

    named, to = Named(answer.scenario), console()
    print(f"{headline(answer.verdicts)}.")
    table = _table(["claim", "verdict", "share", "own", "effect", "hinges on"], right=())
    for each in answer.verdicts:
        effect = "; ".join(amount(test.effect.median, test.unit, signed=True) for test in each.tests)
        own = {None: "", True: "holds", False: "fails"}[each.central]
        said = "; ".join(hinge_said(found, named) for found in each.hinges[:2]) or hinge_or_mover(each, named)
        word = each.verdict if each.firm else f"{each.verdict}?"
        _add(table, each.claim.id, word, share_said(each), own, effect, said)
    to.print(table)
    if any(not each.firm for each in answer.verdicts):
        print("A question mark: more draws could change the verdict.")


def _print_levers(answer: LeversAnswer) -> None:
    from ripeness.questions.claim_words import actor_names, amount, in_words, plain_number, spread_said
    from ripeness.report.lever_page import headline
    from ripeness.scenario.measures import MEASURES

    table, names, to = answer.table, actor_names(answer.scenario), console()
    unit, asked = MEASURES[table.asked.measure].unit, in_words(table.asked, names)
    print(headline(table, unit, asked))
    print(
        f"Without any lever: {amount(table.central, unit)} in the scenario's own numbers, "
        f"{spread_plain(table.base, unit)}"
    )
    roles = list(names)
    shown = _table(["lever", "change: median (5 to 95%)", "own", *(f"to {names[role]}" for role in roles), "cost"])
    for each in table.singles:
        cost = ", ".join(f"{names[role]} {amount(c, 'share')}" for role, c in each.cost.items())
        values = (amount(each.values[role].median, "share", signed=True) for role in roles)
        _add(shown, each.id, spread_said(each.effect, unit), amount(each.central, unit, signed=True), *values, cost)
    to.print(shown)
    if table.pairs:
        shown = _table(["pair", "change: median (5 to 95%)", "own", "of it interaction"])
        for each in table.pairs:
            interaction = "" if each.interaction is None else amount(each.interaction.median, unit, signed=True)
            own = amount(each.central, unit, signed=True)
            _add(shown, each.id, spread_said(each.effect, unit), own, interaction)
        to.print(shown)
    if table.target is not None:
        print(f"What it would take to reach {amount(table.target, unit)}:")
        for least in table.least:
            if least.strength is None:
                said = f"not reached; nearest {amount(least.best.value, unit)} at {least.best.strength:.0%} strength"
            else:
                numbers = ", ".join(f"{path} = {plain_number(to_)}" for path, to_ in least.settings.items())
                said = f"{least.strength:.1%} of its strength ({numbers})"
            print(f"  {least.id}: {said}{'' if least.monotone else '; the measure goes up and down'}")


def spread_plain(spread: Any, unit: str) -> str:
    """Median and 90% of a measure."""
    from ripeness.questions.claim_words import amount

    low, middle, high = (amount(spread.quantiles[k], unit) for k in (0, 2, -1))
    return f"median {middle} of the draws (5 to 95%: {low} to {high})"


def _print_why(answer: WhyAnswer) -> None:
    from ripeness.questions.claim_words import actor_names, amount, in_words
    from ripeness.report.ranges import Named
    from ripeness.report.why_page import headline
    from ripeness.scenario.measures import MEASURES

    said, named, to = answer.why, Named(answer.scenario), console()
    unit, asked = MEASURES[said.asked.measure].unit, in_words(said.asked, actor_names(answer.scenario))
    print(headline(said, named, asked))
    print(f"{amount(said.central, unit)} in the scenario's own numbers, {spread_plain(said.spread, unit)}")
    told = [each for each in said.sensitivities if each.first > each.first_error][:10]
    if told:
        table = _table(["assumption", "alone", "with interactions"])
        for index in told:
            total = f"{index.total:.1%} ± {index.total_error:.1%}" if index.total == index.total else ""
            _add(table, index.path, f"{index.first:.1%} ± {index.first_error:.1%}", total)
        to.print(table)
    if said.elasticities:
        table = _table(["near the own numbers", "swing over the range", "elasticity"])
        for each in said.elasticities[:10]:
            elasticity = f"{each.elasticity:+.3f}" if each.elasticity == each.elasticity else ""
            _add(table, each.path, amount(each.swing, unit, signed=True), elasticity)
        to.print(table)
    for note in said.notes:
        print(note)


def _print_end(ensemble: Ensemble, path: Path) -> None:
    for sentence, count in ensemble.failures[:3]:
        print(f"{count:,} game{'' if count == 1 else 's'} could not be computed: {sentence}")
    for note in ensemble.notes:
        print(note)
    print(f"\n{ensemble.n:,} draws, kept in {ensemble.folder}   Page: {path}")


def _table(columns: Sequence[str], right: Sequence[int] | None = None) -> Any:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for index, column in enumerate(columns):
        to_right = index > 0 if right is None else index in right
        table.add_column(Text(column), justify="right" if to_right else "left", overflow="fold")
    return table


def _add(table: Any, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*map(Text, cells))

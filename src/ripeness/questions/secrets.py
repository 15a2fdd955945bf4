"""What misreadings and secrets change: the same war solved again with an observer put right, or with nothing hidden.

An observer *misreads* an actor when it starts from another belief than the analyst's. In the variant in which it reads
right, it starts from the analyst's belief and all else is the same; everybody knows that, and plays accordingly. In the
variant in which the types are known, they are drawn by the analyst's probabilities and made known to all at the start.
What differs in the outlook under the truth is what the misreading, or the secret, changes; what differs in an actor's
expected payoffs under the truth is what it costs him.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import Passing, Solution, propagate_types
from ripeness.engine.private.geometry import certain_node, start_node
from ripeness.game import Game, Tables
from ripeness.game.beliefs import profile_types, simplex_nodes
from ripeness.game.tables import BeliefAxis
from ripeness.mechanisms.base import ROLES, Role
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float
from ripeness.questions.views import TRUTH, Views, has_types, type_name, weights_of

AS_IT_IS, KNOWN = "as it is", "types known"

CERTAIN = 60.0
"""Log-odds that leave any other type no weight in double precision."""

SAME = 1e-12
"""Log-odds closer than this are the same belief."""

Solve = Callable[[str, Game], Solution]
"""Solves a variant, which has a name."""

CATALOGUE: Catalogue = {
    "cumulative_probability": Variable(
        "time variant end", "1", "probability that the war has ended in this way by then"
    ),
    "settlement_date": Variable("variant quantile", "date", "date of settlement"),
    "settlement_date_given": Variable("variant quantile", "date", "date of settlement, given that there is one"),
    "terms_mean": Variable("variant", "share", "mean terms of any settlement"),
    "terms_overall": Variable("variant quantile", "share", "quantiles of the terms of any settlement"),
    "value": Variable("variant who", "share", "expected payoff from the start on, by the analyst's beliefs"),
    "gain": Variable("variant who", "share", "expected payoff less that of the war as it is"),
}


class Seat(NamedTuple):
    """Whose payoffs are weighed.

    Attributes:
        name: the actor, or the actor and its type.
        row: its value row.
    """

    name: str
    row: int


def misreading(game: Game) -> tuple[Role, ...]:
    """The actors that start from another belief about somebody than the analyst's."""
    if not has_types(game) or game.known:
        return ()
    wrong = {game.actor_of_row[row] for row in range(len(game.actor_of_row)) if _misreads(game.tables, row)}
    return tuple(role for role in game.roles if role in wrong)


def _misreads(tables: Tables, row: int) -> bool:
    side = int(tables.row_side[row])
    return any(axis.side != side and np.abs(axis.offset[row] - axis.offset[-1]).max() > SAME for axis in tables.beliefs)


def put_right(game: Game, role: Role) -> Game:
    """The game in which one actor starts from the analyst's beliefs."""
    rows = [row for row, actor in enumerate(game.actor_of_row) if actor == role]
    axes = []
    for axis in game.tables.beliefs:
        offset = axis.offset.copy()
        if axis.side != ROLES.index(role):
            offset[rows] = axis.offset[-1]
        axes.append(axis._replace(offset=offset))
    return replace(game, tables=game.tables._replace(beliefs=tuple(axes)))


def made_known(game: Game) -> Game:
    """The game in which the types are known to all from the start: on each axis the certainties, and the prior."""
    axes = []
    for axis in game.tables.beliefs:
        start = axis.nodes[axis.start]
        if start.size == 2:
            axes.append(axis._replace(nodes=np.array([[1.0, 0.0], start, [0.0, 1.0]]), start=1))
        else:
            nodes, place = simplex_nodes(start.size, 1, start.tolist())
            axes.append(axis._replace(nodes=nodes, start=place, resolution=1))
    return replace(game, tables=game.tables._replace(beliefs=tuple(axes), known=True), known=True)


def seats(game: Game) -> tuple[Seat, ...]:
    """Every value row of the game, by the name of its actor and type."""
    return tuple(
        Seat(type_name(role, game.types[role][int(game.tables.row_type[row])]) if role in game.types else role, row)
        for row, role in enumerate(game.actor_of_row)
    )


def audited(game: Game) -> Game:
    """The game with one more row for every row that misreads: paid the same, believing the analyst, choosing nothing.

    What such a row expects at the start is what the actor, mistaken as it is, will get on average by the analyst's
    beliefs. The added rows stand last, in the order of those they belong to.
    """
    tables = game.tables
    wrong = [row for row in range(tables.n_rows) if _misreads(tables, row)]
    if not wrong or game.known:
        return game
    n = tables.n_rows

    def more(array: NDArray[Any], axis: int) -> NDArray[Any]:
        """Rows along an axis, each added one a copy."""
        return np.concatenate([array, array.take(wrong, axis=axis)], axis=axis)

    maps = tables.by_profile
    axes = tuple(axis._replace(offset=_offsets(tables, axis, wrong)) for axis in tables.beliefs)
    nature = np.concatenate([tables.nature[..., :n], tables.nature[..., wrong], tables.nature[..., n:]], axis=-1)
    return replace(
        game,
        tables=tables._replace(
            discount=more(tables.discount, 0), flow=more(tables.flow, 3), peace_fixed=more(tables.peace_fixed, 2),
            peace_resume=more(tables.peace_resume, 2), nature=nature, terminal=more(tables.terminal, 0), beliefs=axes,
            terminal_nodes=None if tables.terminal_nodes is None else more(tables.terminal_nodes, 0),
            by_profile=None if maps is None else maps._replace(
                flow=more(maps.flow, 3), peace_fixed=more(maps.peace_fixed, 2), terminal=more(maps.terminal, 0),
            ),
        ),
    )  # fmt: skip


def unaudited(game: Game, solution: Solution) -> Solution:
    """The solution of `audited(game)` without the added rows; they choose nothing, so that nothing else changes."""
    n, kept = game.tables.n_rows, solution.tables.n_periods
    if solution.tables.n_rows == n:
        return solution
    tables = game.tables._replace(epoch_of_period=game.tables.epoch_of_period[:kept])
    if game.lookahead:
        tables = tables._replace(terminal_nodes=solution.values[kept, :n].astype(np.float64))
    game = replace(game, tables=tables, lookahead=0)
    return replace(solution, tables=tables, values=solution.values[:, :n], game=game)


def _offsets(tables: Tables, axis: BeliefAxis, wrong: list[int]) -> Float:
    """Offsets with the added rows before the truth: the truth's own, and certainty of the own type."""
    added = []
    for row in wrong:
        if tables.row_side[row] == axis.side:
            kind = int(tables.row_type[row])
            away = np.where(np.arange(axis.nodes.shape[1]) == kind, 0.0, -CERTAIN)
            added.append(away - away[0])
        else:
            added.append(axis.offset[-1])
    return np.concatenate([axis.offset[:-1], np.array(added), axis.offset[-1:]])


def secrets(game: Game, solution: Solution, tree: xr.DataTree, solve: Solve) -> xr.Dataset:
    """The group "secrets" of the tree: the war as it is, with each misreading put right, and with the types known.

    One backward and one forward pass for every variant.

    Args:
        game: the game as it was built, with its lookahead.
        solution: the solution of `audited(game)`.
        tree: the outlook of `unaudited(game, solution)`.
        solve: how to solve a variant.
    """
    wrong = misreading(game)
    variants: Mapping[str, Game] = {
        **{f"{role} reads right": put_right(game, role) for role in wrong}, KNOWN: made_known(game),
    }  # fmt: skip
    names, numbers, values = [AS_IT_IS], [_as_it_is(tree)], [_worth(game, solution)]
    for name, changed in variants.items():
        found = solve(name, audited(changed))
        names.append(name)
        values.append(_worth(changed, found))
        numbers.append(_under_truth(unaudited(changed, found)))
    value = np.array(values)
    arrays = {key: np.stack([each[key] for each in numbers]) for key in numbers[0]}
    arrays["cumulative_probability"] = arrays["cumulative_probability"].transpose(1, 0, 2)
    arrays |= {"value": value, "gain": value - value[0]}
    coords = {
        "variant": text(names),
        "who": text([seat.name for seat in seats(game)]),
        "end": np.asarray(tree["views/end"].values),
    }
    return dataset(arrays, CATALOGUE, coords, "What misreadings and secrets change, under the truth")


_TOLD = ("cumulative_probability", "settlement_date", "settlement_date_given", "terms_mean", "terms_overall")


def _as_it_is(tree: xr.DataTree) -> dict[str, NDArray[Any]]:
    """Numbers of the war as it is under the truth, from its own outlook."""
    shown = tree["views"].to_dataset().sel(view=TRUTH)
    return {name: np.asarray(shown[name].values) for name in _TOLD}


def _under_truth(solution: Solution) -> dict[str, NDArray[Any]]:
    """The same numbers of another solution, by one forward pass."""
    game: Game = solution.game
    views = Views(game)

    def visit(period: int, passing: Passing) -> None:
        views.visit(period, passing)

    shown = views.dataset(propagate_types(solution, visit, payoffs=False))
    place = [str(name) for name in shown["view"].values].index(TRUTH)
    return {name: np.asarray(shown[name].isel(view=place).values) for name in _TOLD}


def _worth(game: Game, solution: Solution) -> Float:
    """(rows,) expected payoffs under the truth, from a solution that audits those who misread.

    Args:
        game: without the rows that audit.
    """
    tables = game.tables
    initial = np.asarray(tables.initial, np.float64)
    first = np.asarray(solution.values[0], np.float64)  # (rows, S, J)
    if game.known:
        profiles, truth = profile_types(tables.types), weights_of(game, TRUTH)
        found = np.zeros(tables.n_rows)
        for row in range(tables.n_rows):
            side, kind = int(tables.row_side[row]), int(tables.row_type[row])
            weight = truth * (profiles[:, side] == kind)
            at = [first[row, :, certain_node(tables, profile)] @ initial for profile in profiles]
            found[row] = weight @ np.array(at) / weight.sum()
        return found
    here = np.einsum("rs,s->r", first[:, :, start_node(tables)], initial)
    found = np.array(here[: tables.n_rows])
    wrong = [row for row in range(tables.n_rows) if _misreads(tables, row)]
    found[wrong] = here[tables.n_rows :]
    return found

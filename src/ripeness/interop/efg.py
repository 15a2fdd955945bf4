"""Gambit's text format for extensive-form games (.efg), written from a tree.

Format: "EFG 2 R", title and players, a comment, then the nodes in prefix order; see the manual of Gambit, "Game
representation formats". Probabilities of a draw are decimals that sum to exactly one, as Gambit asks.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ripeness.game.tables import Tables
from ripeness.interop.extensive_form import Chance, Choice, ExtensiveGame, InformationSet, Leaf, walk
from ripeness.interop.labels import agent_name
from ripeness.interop.unrolling import unroll

DIGITS = 17
"""Decimals of a probability."""

HOW_TO_SOLVE = (
    "Each decision of each type of each side in each period is a player of its own, whose payoffs hold its precision "
    "and reference weights: the logit equilibrium at lambda = 1 is that of ripeness."
)


def to_efg(tables: Tables, **options: Any) -> str:
    """A small game as text in Gambit's format.

    Args:
        options: as of `unroll`: start, periods, title, note, labels, limit, as_if_decisive.

    Raises:
        NotExportable: with every reason.
    """
    return efg_text(unroll(tables, **options), tables.types)


def efg_text(game: ExtensiveGame, types: tuple[int, int, int] = (1, 1, 1)) -> str:
    """Text of a tree.

    Args:
        types: how many types each side has; a player's type is told where there are several.
    """
    players = {agent: k + 1 for k, agent in enumerate(game.agents)}
    number: dict[InformationSet, int] = {}
    for known in game.information_sets:
        number[known] = 1 + sum(other.agent == known.agent for other in number)
    names = " ".join(_quoted(agent_name(agent, types)) for agent in game.agents)
    lines = [
        f"EFG 2 R {_quoted(game.title)} {{ {names} }}",
        _quoted(f"{game.note} {HOW_TO_SOLVE}".strip()),
        "",
    ]
    draws = leaves = 0
    for node in walk(game.root):
        if isinstance(node, Leaf):
            leaves += 1
            payoffs = ", ".join(_payoff(node.payoffs.get(agent, 0.0)) for agent in game.agents)
            lines.append(f't "" {leaves} {_quoted(_ending(node, leaves))} {{ {payoffs} }}')
        elif isinstance(node, Chance):
            draws += 1
            chances = _decimals([chance for _, chance, _ in node.branches])
            actions = " ".join(
                f"{_quoted(label)} {chance}" for (label, _, _), chance in zip(node.branches, chances, strict=True)
            )
            lines.append(f'c "" {draws} {_quoted(f"{node.what} {draws}")} {{ {actions} }} 0')
        else:
            lines.append(_choice(node, players, number))
    return "\n".join(lines) + "\n"


def _choice(node: Choice, players: dict[Any, int], number: dict[InformationSet, int]) -> str:
    known = node.known
    actions = " ".join(_quoted(label) for label, _, _ in node.branches)
    name = "; ".join(known.history) or "start"
    return f'p "" {players[known.agent]} {number[known]} {_quoted(name)} {{ {actions} }} 0'


def _ending(leaf: Leaf, number: int) -> str:
    return f"{leaf.how} {number}"


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return f'"{plain}"'


def _payoff(value: float) -> str:
    """The shortest decimal that reads back as the same number, without an exponent."""
    return format(Decimal(repr(float(value))), "f")


def _decimals(chances: list[float]) -> list[str]:
    """Decimals next to the probabilities that sum to exactly one; the largest takes the rest."""
    unit = 10**DIGITS
    parts = [max(round(chance * unit), 1) for chance in chances]
    largest = max(range(len(parts)), key=parts.__getitem__)
    parts[largest] += unit - sum(parts)
    return [format(Decimal(part) / unit, "f") for part in parts]

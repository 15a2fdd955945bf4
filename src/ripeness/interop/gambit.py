"""Gambit's text format for extensive-form games, `.efg`.

Source: the format's description in the manual of Gambit 16, "Extensive game files". Nodes stand in prefix order; an
information set is given in full at every one of its nodes; probabilities and payoffs are decimals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext

from ripeness.interop.extensive import Agent, Chance, ExtensiveForm, Leaf, Node


def efg(form: ExtensiveForm) -> str:
    """A game as the content of an `.efg` file."""
    players = " ".join(_quoted(name) for name in form.players)
    first = len(form.observers) + 1
    number = {agent: first + k for k, agent in enumerate(form.agents)}
    within: dict[Agent, int] = {}
    place = []  # number of each information set among those of its player
    for s in form.information_sets:
        within[s.agent] = within.get(s.agent, 0) + 1
        place.append(within[s.agent])
    lines = [f"EFG 2 R {_quoted(form.title)} {{ {players} }}", _quoted(form.comment), ""]
    ends, draws = 0, 0
    waiting: list[Node] = [form.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Leaf):
            ends += 1
            payoffs = ", ".join(_number(x) for x in form.payoffs(node))
            lines.append(f't "" {ends} {_quoted(f"{ends}: {node.label}")} {{ {payoffs} }}')
            continue
        if isinstance(node, Chance):
            draws += 1
            pairs = zip(node.labels, _probabilities(node.odds), strict=True)
            actions = " ".join(f"{_quoted(label)} {odds}" for label, odds in pairs)
            lines.append(f'c "" {draws} {_quoted(f"{node.label} {draws}")} {{ {actions} }} 0')
        else:
            s = form.information_sets[node.information_set]
            actions = " ".join(_quoted(label) for label in s.action_labels)
            at = place[node.information_set]
            lines.append(f'p "" {number[s.agent]} {at} {_quoted(s.label)} {{ {actions} }} 0')
        waiting.extend(reversed(node.children))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A label in quotation marks. Other programs read ASCII only: accents are dropped, other signs become '?'."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split()))
    kept = "".join(c for c in plain if not unicodedata.combining(c)).encode("ascii", "replace").decode("ascii")
    return '"' + kept.replace("\\", "/").replace('"', "'") + '"'


def _number(value: float) -> str:
    """A float as a decimal from which the same float is read; no negative zero."""
    return repr(float(value) + 0.0)


def _probabilities(odds: Sequence[float]) -> list[str]:
    """Decimals that sum to one exactly: the largest is what the others leave."""
    with localcontext() as context:
        context.prec = 60
        exact = [Decimal(repr(float(p))) for p in odds]
        largest = max(range(len(exact)), key=lambda k: exact[k])
        exact[largest] = 1 - sum((p for k, p in enumerate(exact) if k != largest), Decimal(0))
    return [f"{p:f}" for p in exact]

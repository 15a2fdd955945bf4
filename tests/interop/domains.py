"""Small negotiation domains as the files that GENIUS, GeniusWeb and NegMAS have, made up for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np

Evaluations = dict[str, dict[str, float]]
"""Evaluation of each value of each issue."""


class Side(NamedTuple):
    """A negotiator as a GENIUS profile has it."""

    weights: dict[str, float]
    evaluations: Evaluations
    reservation: float | None = None
    discount: float | None = None


class Texts(NamedTuple):
    """A domain and its profiles."""

    values: dict[str, list[str]]
    sides: dict[str, Side]


PICNIC = Texts(
    values={"Main dish": ["Chips", "Fish & rice", "Meat"], "Drinks": ["Water", 'Wine "red"']},
    sides={
        "prof1": Side(
            {"Main dish": 0.6, "Drinks": 0.4},
            {"Main dish": {"Chips": 1, "Fish & rice": 3, "Meat": 4}, "Drinks": {"Water": 5, 'Wine "red"': 2}},
            reservation=0.2,
        ),
        "prof2": Side(
            {"Main dish": 0.3, "Drinks": 0.7},
            {"Main dish": {"Chips": 2, "Fish & rice": 1, "Meat": 0}, "Drinks": {"Water": 0, 'Wine "red"': 10}},
            reservation=-0.5,
            discount=0.9,
        ),
    },
)
"""By hand: in GENIUS, Meat and wine are worth 0.6 * 4/4 + 0.4 * 2/5 = 0.76 to prof1, 0.3 * 0/2 + 0.7 * 10/10 = 0.7 to
prof2; in NegMAS 0.6 * 4 + 0.4 * 2 = 3.2 and 0.3 * 0 + 0.7 * 10 = 7."""


def write_genius(folder: Path, texts: Texts, base: int = 1, weights_base: int | None = None) -> Path:
    """The files of a GENIUS domain, with issues and items numbered from `base`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "domain.xml").write_text(genius_domain(texts.values, base), encoding="utf-8")
    for name, side in texts.sides.items():
        text = genius_profile(texts.values, side, base, base if weights_base is None else weights_base)
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder


def genius_domain(values: dict[str, list[str]], base: int = 1) -> str:
    issues = "".join(
        f'<issue index="{k}" name={quoteattr(name)} type="discrete" etype="discrete" vtype="discrete">\n'
        + "".join(f'<item index="{j}" value={quoteattr(value)} cost="0"/>\n' for j, value in enumerate(of, base))
        + "</issue>\n"
        for k, (name, of) in enumerate(values.items(), base)
    )
    top = f'<utility_space number_of_issues="{len(values)}">\n<objective index="0" name="root" type="objective">\n'
    return f"<negotiation_template>\n{top}{issues}</objective>\n</utility_space>\n</negotiation_template>\n"


def genius_profile(values: dict[str, list[str]], side: Side, base: int = 1, weights_base: int = 1) -> str:
    weights = "".join(
        f'<weight index="{k}" value="{side.weights[name]!r}"/>\n' for k, name in enumerate(values, weights_base)
    )
    issues = "".join(
        f'<issue index="{k}" name={quoteattr(name)} type="discrete" etype="discrete">\n'
        + "".join(
            f'<item index="{j}" value={quoteattr(value)} evaluation="{side.evaluations[name][value]}"/>\n'
            for j, value in enumerate(of, base)
        )
        + "</issue>\n"
        for k, (name, of) in enumerate(values.items(), base)
    )
    more = "" if side.reservation is None else f'<reservation value="{side.reservation!r}"/>\n'
    more += "" if side.discount is None else f'<discount_factor value="{side.discount!r}"/>\n'
    return f'<utility_space>\n<objective index="0" name="any">\n{weights}{issues}</objective>\n{more}</utility_space>\n'


def random_texts(seed: int, n_sides: int = 2) -> Texts:
    """A domain of two to four issues; weights sum to 1, evaluations are whole numbers, reservations anywhere near."""
    rng = np.random.default_rng(seed)
    values = {
        f"issue {k}": [f"value {j}" for j in range(int(rng.integers(2, 5)))] for k in range(int(rng.integers(2, 5)))
    }
    sides = {}
    for number in range(n_sides):
        shares = rng.dirichlet(np.ones(len(values)))
        sides[f"side{number}"] = Side(
            {name: float(share) for name, share in zip(values, shares, strict=True)},
            {name: {value: int(rng.integers(1, 40)) for value in of} for name, of in values.items()},
            reservation=float(rng.uniform(-0.3, 0.6)),
        )
    return Texts(values, sides)


def geniusweb_profile(texts: Texts, name: str, *, old: bool = False, reservation_bid: Any = None) -> str:
    """A GeniusWeb profile with evaluations as utilities; `old` with the older name of its utilities."""
    side = texts.sides[name]
    kind = "discreteutils" if old else "DiscreteValueSetUtilities"
    space = {
        "issueUtilities": {issue: {kind: {"valueUtilities": of}} for issue, of in side.evaluations.items()},
        "issueWeights": side.weights,
        "domain": geniusweb_domain(texts),
        "name": name,
        "reservationBid": reservation_bid,
    }
    return json.dumps({"LinearAdditiveUtilitySpace": space})


def geniusweb_domain(texts: Texts) -> dict[str, Any]:
    return {"name": "web", "issuesValues": {issue: {"values": of} for issue, of in texts.values.items()}}

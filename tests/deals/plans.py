"""Small random plans, and what is true of them by going through every package."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import numpy as np

from ripeness.deals.plan import Plan
from ripeness.deals.plan_reading import parse_plan

Package = dict[str, str]


def random_data(seed: int) -> dict[str, Any]:
    """A plan of two to four parties as plain data, with conditions, red lines, ties and drafts."""
    rng = np.random.default_rng(seed)

    def number(low: int, high: int) -> float:
        return int(rng.integers(low, high)) / 10

    names = [f"party{k}" for k in range(int(rng.integers(2, 5)))]
    options = {
        f"point{k}": [f"option{j}" for j in range(int(rng.integers(2, 4)))]
        for k in range(int(rng.integers(2, 8 - len(names))))
    }
    points = {
        point: {
            "title": point,
            "weight": int(rng.integers(0, 3)),
            "ordered": bool((seed + int(point[5:])) % 3 == 0),
            "options": {
                option: {
                    "worth": {name: number(-9, 10) for name in names},
                    "red_line_of": [name for name in names if rng.uniform() < 0.05],
                }
                for option in found
            },
        }
        for point, found in options.items()
    }

    def choice(of: Sequence[str]) -> dict[str, Any]:
        chosen = {}
        for point in of:
            several = [option for option in options[point] if rng.uniform() < 0.4]
            chosen[point] = several or options[point][int(rng.integers(len(options[point])))]
        return chosen

    def some_points() -> list[str]:
        size = int(rng.integers(2, min(4, len(options)) + 1))
        return [str(each) for each in rng.choice(list(options), size, replace=False)]

    conditions: dict[str, list[Any]] = {"requires": [], "excludes": [], "together": []}
    for _ in range(int(rng.integers(0, 3))):
        first, *rest = some_points()
        conditions["requires"].append({"when": choice([first]), "then": choice(rest)})
    for _ in range(int(rng.integers(0, 3))):
        conditions["excludes"].append(choice(some_points()))
    for _ in range(int(rng.integers(0, 3))):
        worth = {name: number(-9, 10) for name in names if rng.uniform() < 0.8} or {names[0]: 0.5}
        conditions["together"].append({"options": choice(some_points()), "worth": worth})
    height = float(rng.uniform(-1.0, 1.0))
    return {
        "plan": 1,
        "name": f"random-{seed}",
        "title": "A random plan",
        "parties": {
            name: {
                "name": name.title(),
                "reservation": round(height * len(points) * 0.5 + number(-9, 10), 1),
                "power": int(rng.integers(1, 4)),
                "consents": bool(index < 2 or rng.uniform() < 0.8),
            }
            for index, name in enumerate(names)
        },
        "points": points,
        "conditions": conditions,
        "drafts": {
            draft: {point: found[int(rng.integers(len(found)))] for point, found in options.items()}
            for draft in ("first", "second")
        },
    }


class Everything:
    """Every package of a plan, with what each is worth: nothing here knows how the program finds any of it.

    Worths are whole tenths, in which random plans are written.

    Attributes:
        packages: every combination of options.
        worth: for each package, tenths by party.
        kept: whether each keeps all conditions of the plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        names = list(plan.points)
        self.packages: list[Package] = [
            dict(zip(names, options, strict=True))
            for options in itertools.product(*(list(point.options) for point in plan.points.values()))
        ]
        self.reservation = {name: tenths(party.reservation) for name, party in plan.parties.items()}
        alone = {
            (point, option, party): tenths(said.worth[party])
            for point, options in plan.points.items()
            for option, said in options.options.items()
            for party in plan.parties
        }
        rewards = [
            (sets_of(each.options), {party: tenths(each.worth.get(party, 0.0)) for party in plan.parties})
            for each in plan.conditions.together
        ]
        self.worth = [
            {
                party: sum(alone[point, option, party] for point, option in package.items())
                + sum(reward[party] for choices, reward in rewards if chosen(package, choices))
                for party in plan.parties
            }
            for package in self.packages
        ]
        self.rules = {
            **{
                ("requires", index): (sets_of(each.when), sets_of(each.then))
                for index, each in enumerate(plan.conditions.requires)
            },
            **{("excludes", index): (sets_of(each), None) for index, each in enumerate(plan.conditions.excludes)},
        }
        self.kept = [self.keeps(package, list(self.rules)) for package in self.packages]
        self.possible = [
            row
            for row, package in enumerate(self.packages)
            if self.kept[row] and not crosses(plan, package, plan.signers)
        ]
        """Rows that keep the conditions and the signers' red lines."""
        self.acceptable = [row for row in self.possible if min(self.gains(row)) >= 0]

    def keeps(self, package: Package, rules: Collection[tuple[str, int]]) -> bool:
        """Whether a package keeps some requirements and exclusions."""
        for rule in rules:
            when, then = self.rules[rule]
            if chosen(package, when) and (then is None or not chosen(package, then)):
                return False
        return True

    def worths(self, row: int) -> tuple[int, ...]:
        """Tenths to each signer."""
        return tuple(self.worth[row][party] for party in self.plan.signers)

    def gains(self, row: int) -> tuple[int, ...]:
        return tuple(self.worth[row][party] - self.reservation[party] for party in self.plan.signers)


def tenths(value: float) -> int:
    return round(value * 10)


def sets_of(choices: dict[str, Any]) -> dict[str, set[str]]:
    return {point: {said} if isinstance(said, str) else set(said) for point, said in choices.items()}


def chosen(package: Package, choices: dict[str, set[str]]) -> bool:
    return all(package[point] in options for point, options in choices.items())


def crosses(plan: Plan, package: Package, parties: Collection[str]) -> bool:
    """Whether a package has an option that one of the parties cannot sign."""
    return any(set(plan.points[at].options[option].red_line_of) & set(parties) for at, option in package.items())


@cache
def everything(seed: int) -> Everything:
    """A random plan and all of its packages. Most are made without the reader of files, which takes longest."""
    text = json.dumps(random_data(seed))
    return Everything(parse_plan(text) if seed % 60 == 0 else Plan.model_validate_json(text, strict=True))


N_PLANS = 300

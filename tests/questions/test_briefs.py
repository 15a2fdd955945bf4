"""What is said from each seat has the numbers of the outlook in it, whatever a war lacks."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from ripeness.game import Game, build
from ripeness.questions import Outlook, forecast
from ripeness.questions.briefs import Brief, Seen, briefs, titled
from ripeness.questions.reading import Reading
from ripeness.runs.solving import solve
from ripeness.scenario import load
from tests.questions import toys, typed_toys
from tests.questions.typed_toys import outlook, played


def told(game: Game) -> tuple[Brief, ...]:
    return briefs(forecast(solve(game, threads=1)).tree)


def answers(brief: Brief) -> dict[str, str]:
    return {p.key: p.answer for p in brief.paragraphs}


KEYS = ["counts", "believed", "accepted", "done", "waiting", "others"]


def test_figures_stand_in_the_sentences(tiny_outlook: Outlook) -> None:
    here = tiny_outlook.tree["perspectives"].to_dataset()
    for k, brief in enumerate(briefs(tiny_outlook.tree)):
        mine, said = here.isel(seat=k), answers(brief)
        assert list(said) == KEYS
        assert f"Fighting on is worth {100 * float(mine['fight_on']):.1f}%" in said["counts"]
        assert f"{100 * float(mine['war_rate']):.1f}% of what is disputed as a rate this quarter" in said["counts"]
        gains = mine["gain"][k].values
        assert f"{int((gains >= 0).sum())} of 6" in said["accepted"] or "all 6" in said["accepted"]
        assert f"“{here['package'].values[int(np.argmax(gains))]}”" in said["accepted"]
        assert f"probability {round(100 * float(mine['proposes'][k]))}%" in said["done"]
    patron = answers(briefs(tiny_outlook.tree)[2])
    assert "East is not asked to sign" in patron["accepted"]
    assert re.search(r"East would most likely (stand back|press defender) \(\d+%\)", patron["done"])


def test_what_waiting_brings_adds_up(tiny_outlook: Outlook) -> None:
    """W - C is what peace saves this period and what is hoped for after it: (1 - d)(W - u) + d (W - V')."""
    r = Reading(tiny_outlook.tree)
    for k in range(3):
        s = Seen(r, k)
        delta, rate, later = (s.number(name) for name in ("discount", "war_rate", "later"))
        for n in range(len(r.packages)):
            peace = float(s.array("peace")[n])
            split = (1 - delta) * (peace - rate) + delta * (peace - later)
            assert split == pytest.approx(float(s.gain[n]), abs=1e-12)


def test_the_package_within_reach_is_the_best_that_the_others_take(tiny_outlook: Outlook) -> None:
    here = tiny_outlook.tree["perspectives"].to_dataset()
    for k in range(3):
        s = Seen(Reading(tiny_outlook.tree), k)
        taken = here["others_accept"][k].values >= 0.5
        expected = int(np.argmax(np.where(taken, s.gain, -np.inf))) if taken.any() else None
        assert s.within_reach() == expected


def test_types_and_beliefs_are_told() -> None:
    found = briefs(outlook(played("attacker")).tree)
    assert [titled(b) for b in found][:3] == [
        "As President of North sees it, if of type “limited aims”",
        "As President of North sees it, if of type “wider aims”",
        "As President of South sees it",
    ]
    assert "the others give this 30% (South) and 80% (East)" in answers(found[0])["believed"]
    assert "Of North it believes: “limited aims” 30% and “wider aims” 70%." in answers(found[2])["believed"]
    assert "(the analyst:" in answers(found[1])["believed"]


def test_the_screening_case_reads_as_its_closed_form() -> None:
    """docs/cases/screening.md: A proposes alone; the weak type accepts up to 0.76, what war is worth to it."""
    attacker, weak, _ = told(build(load("screening")))
    assert "Defender does not get to propose" in answers(weak)["done"]
    assert "Attacker is never asked" in answers(weak)["others"]
    assert "none would be accepted" not in answers(weak)["waiting"]
    assert "With probability 100% Attacker gets to propose" in answers(attacker)["done"]


ODD: dict[str, Any] = {
    "nobody talks": lambda: build(
        toys.scenario({"line": toys.Line(), "talks": toys.Talks(chances=(0.0, 0.0, 0.0))})
    ),
    "one period": lambda: build(toys.scenario(horizon=1)),
    "no patron, one package": lambda: build(
        toys.scenario(
            {"line": toys.Line(), "talks": toys.Talks(with_postures=False)},
            actors={role: toys.ACTORS[role] for role in ("attacker", "defender")},
            agenda={"grid": {"terms": [0.4]}},
        )
    ),
    "types known": lambda: typed_toys.tiny(beliefs={"attacker": typed_toys.ATTACKER, "known": True}),
    "only the patron talks": lambda: typed_toys.tiny(
        mechanisms={"line": toys.Line(points=3, spread=0.2), "talks": toys.Talks(chances=(0.0, 0.0, 0.9))}
    ),
    "nobody talks, with types": lambda: typed_toys.tiny(
        mechanisms={"line": toys.Line(points=3, spread=0.2), "talks": toys.Talks(chances=(0.0, 0.0, 0.0))}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ODD))
def test_a_war_that_lacks_something_is_told_without_gaps(name: str) -> None:
    found = told(ODD[name]())
    for brief in found:
        text = brief.text()
        assert [p.key for p in brief.paragraphs] == KEYS
        assert all(p.answer for p in brief.paragraphs)
        assert not re.search(r"\b(nan|inf|None|NaT)\b", text)
        assert "  " not in text
    if name == "types known":
        assert "made known to all" in answers(found[0])["believed"]
    if name.startswith("nobody talks"):
        assert "does not get to propose" in answers(found[0])["done"]

"""Sampled histories: single paths through the war, for stories and for statistics of whole paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.engine import SETTLED, Solution, sample
from ripeness.game import Game
from ripeness.mechanisms.base import Role
from ripeness.questions.endings import SETTLEMENT, STILL_OPEN
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.story import Event, tell
from ripeness.questions.views import belief_at_nodes, has_types, nodes_of, profile_names
from ripeness.questions.words import the_end

Float = NDArray[np.float64]

CATALOGUE: Catalogue = {
    "end": Variable("history", "1", "how the war ended, index into `ends`"),
    "end_period": Variable("history", "1", "period in which the war ended; the number of periods when frozen"),
    "package": Variable("history", "1", "package settled on, -1 without a settlement"),
    "terms": Variable("history", "share", "terms settled on"),
    "duration": Variable("history", "years", "time from the start to the start of the period in which the war ended"),
    "state": Variable("history boundary", "1", "state at the start of each period, -1 after the end"),
    "posture": Variable("history time", "1", "posture chosen, -1 after the end"),
    "proposer": Variable("history time", "1", "who could propose, -1 nobody"),
    "offer": Variable("history time", "1", "package offered, -1 none"),
    "rejected": Variable("history time", "1", "who rejected the offer: 1 the attacker, 2 the defender, 3 both"),
    "effort": Variable("history time", "1", "pair of efforts, -1 when the war settled first"),
    "profile": Variable("history", "1", "true types of the actors, index into `profiles`"),
    "node": Variable("history boundary", "1", "joint node of the public beliefs, then that at a signing, -1 after"),
}
"""The last two only with private information."""


class Representative(NamedTuple):
    """A history that stands for many.

    Attributes:
        history: its place in the dataset.
        why: what it stands for, in a few words.
    """

    history: int
    why: str


@dataclass(frozen=True)
class Histories:
    """Histories of one solved game.

    Attributes:
        dataset: one row per history; dimensions history, time (periods) and boundary (periods and the horizon).
        game: what the numbers mean.
    """

    dataset: xr.Dataset
    game: Game

    def __len__(self) -> int:
        return int(self.dataset.sizes["history"])

    def _repr_html_(self) -> str:
        shown: str = self.dataset._repr_html_()
        return shown

    def levels(self, axis: str, histories: slice | NDArray[np.intp] = slice(None)) -> Float:
        """(history, boundary) value of an axis along the chosen histories; NaN after the end."""
        state = self.dataset["state"].values[histories]
        values = np.asarray(self.game.level(axis), np.float64)
        return np.where(state >= 0, values[np.maximum(state, 0)], np.nan)

    def beliefs(self, role: Role, observer: str, histories: slice | NDArray[np.intp] = slice(None)) -> Float:
        """(history, boundary, type) what an observer believes of an actor with types; NaN after the end.

        In a history that settles, the entry after the period of the settlement is the belief at the signing.

        Args:
            observer: an actor, "truth" or "public".
        """
        if role not in self.game.types:
            raise KeyError(f"the {role} has no types; they have: {', '.join(self.game.types) or 'nobody'}")
        node = self.dataset["node"].values[histories]
        place = nodes_of(self.game, role)[np.maximum(node, 0)]
        believed = belief_at_nodes(self.game, role, observer)[place]
        return np.where(node[..., None] >= 0, believed, np.nan)

    def ended(self, end: str) -> NDArray[np.bool_]:
        """Which histories ended this way."""
        ends = [str(name) for name in self.dataset["ends"].values]
        if end not in ends:
            raise KeyError(f"no end is called {end!r}; there are {', '.join(ends)}")
        return np.asarray(self.dataset["end"].values == ends.index(end))

    def timeline(self, history: int) -> tuple[Event, ...]:
        """One history told as a short dated story."""
        one = {str(name): values.values[history] for name, values in self.dataset.data_vars.items()}
        end = str(self.dataset["ends"].values[int(one["end"])])
        return tell(self.game, one, end)

    def representatives(self, most: int = 4) -> tuple[Representative, ...]:
        """Histories that stand for many: a typical one of every end that is not rare, the commonest first.

        The typical history of an end is the one whose duration, terms and line at the end are nearest to the medians of
        that end, each measured in standard deviations; ties go to the first drawn.
        """
        end = self.dataset["end"].values
        ends = [str(name) for name in self.dataset["ends"].values]
        counts = np.bincount(end, minlength=len(ends))
        chosen: list[Representative] = []
        for code in np.argsort(-counts, kind="stable"):
            if counts[code] == 0 or len(chosen) >= most - 1:
                break
            members = np.flatnonzero(end == code)
            share = counts[code] / max(1, end.size)
            many = "few (under 1%)" if share < 0.01 else "over 99%" if 0.99 < share < 1.0 else f"{share:.0%}"
            fate = "are still open at the horizon" if ends[code] == STILL_OPEN else f"end in {the_end(ends[code])}"
            why = f"typical of the {many} that {fate}"
            chosen.append(Representative(int(members[_most_typical(self._traits(members))]), why))
        long = self._longest(tuple(r.history for r in chosen))
        return (*chosen, *long)[:most]

    def _traits(self, members: NDArray[np.intp]) -> Float:
        rows = [self.dataset["duration"].values[members]]
        terms = self.dataset["terms"].values[members]
        if np.isfinite(terms).all():
            rows.append(terms)
        if any(axis.name == "territory" for axis in self.game.axes):
            state = self.dataset["state"].values[members]
            last = np.maximum((state >= 0).sum(axis=1) - 1, 0)
            rows.append(self.game.level("territory")[np.maximum(state[np.arange(members.size), last], 0)])
        return np.array(rows, np.float64).T

    def _longest(self, taken: tuple[int, ...]) -> tuple[Representative, ...]:
        """The longest war that ended in a settlement, unless it is told already."""
        settled = np.flatnonzero(self.ended(SETTLEMENT))
        if settled.size == 0:
            return ()
        longest = int(settled[np.argmax(self.dataset["duration"].values[settled])])
        if longest in taken:
            return ()
        return (Representative(longest, "the longest war of all that ended in a settlement"),)


def simulate(solution: Solution, n: int = 1000, seed: int = 0, threads: int | None = None) -> Histories:
    """Draw histories of a solved game; the same seed draws the same ones.

    Args:
        n: number of histories.
        seed: any integer.

    Raises:
        ValueError: the solution carries no labelled game.
    """
    game = solution.game
    if game is None:
        raise ValueError("solution carries no labelled game, so that histories have no dates. Solve a built scenario.")
    drawn = sample(solution, n, seed, threads=threads)
    n_ends = len(game.tables.ends)
    end = np.where(drawn.end == SETTLED, 0, np.where(drawn.end >= 0, drawn.end + 1, n_ends + 1)).astype(np.int32)
    last = np.minimum(drawn.end_period, game.tables.n_periods - 1)
    state_at_end = drawn.state[np.arange(n), last]
    terms = np.full(n, np.nan)
    settled = drawn.package >= 0
    terms[settled] = game.terms[drawn.package[settled], state_at_end[settled]]
    arrays = {
        "end": end,
        "end_period": drawn.end_period,
        "package": drawn.package,
        "terms": terms,
        "duration": drawn.end_period * game.years_per_period,
        "state": drawn.state,
        "posture": drawn.posture,
        "proposer": drawn.proposer,
        "offer": drawn.offer,
        "rejected": drawn.rejected,
        "effort": drawn.effort,
    }
    coords = {
        "time": ("time", game.dates[:-1].astype("datetime64[ns]"), {"long_name": "start of the period"}),
        "boundary": (
            "boundary",
            game.dates.astype("datetime64[ns]"),
            {"long_name": "start of the period, and the horizon"},
        ),
        "ends": ("ends", text([SETTLEMENT, *game.tables.ends, STILL_OPEN])),
    }
    if has_types(game):
        arrays |= {"profile": drawn.profile, "node": drawn.node}
        coords["profiles"] = ("profiles", text(profile_names(game)))
    data = dataset(arrays, CATALOGUE, coords, "Sampled histories", {"end": {"seed": float(seed)}})
    return Histories(data, game)


def _most_typical(traits: Float) -> int:
    """Row nearest to the medians, in standard deviations of each column."""
    centre, width = np.median(traits, axis=0), traits.std(axis=0)
    scaled = (traits - centre) / np.where(width > 0.0, width, 1.0)
    return int(np.argmin((scaled**2).sum(axis=1)))

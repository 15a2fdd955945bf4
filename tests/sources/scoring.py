"""How well findings meet labels: precision, recall and F1 of sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Score(NamedTuple):
    """Share of findings that are labelled, share of labels that are found, and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(found: Iterable, labelled: Iterable) -> Score:
    """Score of a set of findings against a set of labels."""
    one, other = set(found), set(labelled)
    hits = len(one & other)
    return Score(hits / len(one) if one else 0.0, hits / len(other) if other else 1.0)

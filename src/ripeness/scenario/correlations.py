"""Correlations between assumptions, as an analyst writes them.

A rank correlation (Spearman's) says how two uncertain numbers go together, whatever their distributions. Draws get it
from a Gaussian copula: normal scores with the correlation 2 sin(pi r / 6), at which uniform margins have the rank
correlation r (Pearson 1907).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ripeness.scenario.quantity import Citation
from ripeness.scenario.section import Section

MOST_CORRELATIONS = 1000


class Correlation(Section):
    """How two assumptions that an ensemble draws go together."""

    between: tuple[str, str] = Field(description="Paths of two numbers with a range or a prior, as for `--set`.")
    rank: float = Field(
        gt=-1.0, lt=1.0, description="Rank correlation (Spearman's): above 0 they tend to be high together."
    )
    note: str = Field(default="", max_length=2000, description="Source or reasoning in the analyst's words.")
    cites: Citation | tuple[Citation, ...] = Field(default=(), description="Sentences it rests on.")


def normal_correlation(rank: float) -> float:
    """Correlation of normal scores whose ranks have the correlation `rank`."""
    return 2.0 * math.sin(math.pi * rank / 6.0)


def matrix_of(paths: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    """(p, p) correlations of the normal scores of some paths, from rank correlations by pair of paths."""
    place = {path: k for k, path in enumerate(paths)}
    found = np.eye(len(paths))
    for (one, other), rank in pairs.items():
        found[place[one], place[other]] = found[place[other], place[one]] = normal_correlation(rank)
    return found

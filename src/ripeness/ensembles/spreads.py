"""How measures are spread over the draws of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

from ripeness.ensembles.statistics import spread_of
from ripeness.ensembles.sweep import Sweep
from ripeness.ensembles.variants import BASE, Variant
from ripeness.questions.spreads import Measured
from ripeness.scenario.measures import Asked


def measured(done: Sweep, asked: Sequence[Asked], variant: Variant = BASE) -> tuple[Measured, ...]:
    """Measures over the draws under a variant, with one pass over what was kept."""
    values = done.values_of(asked, variant)
    return tuple(
        Measured(each, done.central_value(each, variant), spread_of(values[:, k]), values[:, k])
        for k, each in enumerate(asked)
    )
